//! The centre at which every history begins: set up once, and copied for each.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use fengsui_desk::{Clock, Desk, DeskSettings, IdSource};
use fengsui_scenarios::{PEOPLE, appoint, register};
use fengsui_store::{Faults, ModelDisk, NoFaults};
use fengsui_vocabulary::{PersonId, PlanId};
use jiff::{SignedDuration, Timestamp};

use crate::Failed;
use crate::time::{NodeClock, SeededIds, WorldTime};

/// A centre that is set up.
#[derive(Clone, Debug)]
pub(crate) struct Image {
    pub(crate) disk: ModelDisk,
    pub(crate) people: BTreeMap<&'static str, PersonId>,
    /// The last position of the setting up.
    pub(crate) position: u64,
}

/// The centres, each under other plans; one of them by its place.
pub(crate) async fn image(which: u64) -> Result<Image, Failed> {
    static IMAGES: OnceLock<[OnceLock<Image>; PLANS.len()]> = OnceLock::new();
    let images = IMAGES.get_or_init(Default::default);
    let which = usize::try_from(which).unwrap_or_default() % PLANS.len();
    let (Some(held), Some(plans)) = (images.get(which), PLANS.get(which)) else {
        return Err("there is no such centre".into());
    };
    if let Some(image) = held.get() {
        return Ok(image.clone());
    }
    let image = set_up(plans).await?;
    Ok(held.get_or_init(|| image).clone())
}

/// When every history begins.
pub(crate) fn beginning() -> Timestamp {
    Timestamp::from_second(BEGINNING).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// Opens a desk on a disk.
pub(crate) async fn open(
    disk: &ModelDisk,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn IdSource>,
    faults: Arc<dyn Faults>,
) -> Result<Desk, fengsui_desk::DeskFault> {
    let settings = DeskSettings { url: "model:".to_owned(), clock, ids };
    Desk::on_model(disk, &settings, faults).await
}

async fn set_up(plans: &[&str]) -> Result<Image, Failed> {
    let disk = ModelDisk::default();
    let time = WorldTime::at(beginning() - SignedDuration::from_hours(24));
    let ids = Arc::new(SeededIds::of(0));
    let centre = open(&disk, NodeClock::of(&time), ids, Arc::new(NoFaults)).await?;
    for plan in plans {
        centre.adopt_plan(&centre.console(), &plan.parse::<PlanId>()?).await?;
    }
    register(&centre).await?;
    appoint(&centre, "beacon-tower").await?;
    let mut people = BTreeMap::new();
    for person in PEOPLE {
        let account = centre.account(person.login).await?;
        people.insert(person.login, account.ok_or("somebody has no account")?.person);
    }
    let position = centre.model_store().head().await?.position;
    centre.close().await;
    Ok(Image { disk, people, position })
}

/// The plans of each centre, the leading one first.
const PLANS: [&[&str]; 2] = [&["shanghai-2019"], &["shanghai-2019", "cac-measures-2025"]];

/// 2026-03-14 08:00 in Shanghai.
const BEGINNING: i64 = 1_773_446_400;

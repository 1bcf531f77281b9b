//! `fengsui demo`: a populated centre on loopback, in real time.
//!
//! Its past is told by a clock that is set to hours ago, through the same use cases as in real life;
//! then the machine's own clock takes over.

mod sensor;

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use fengsui_desk::{Clock as _, Desk, DeskSettings, MachineClock, MachineIds, StoryClock};
use fengsui_formats::{Format, Setting};
use fengsui_notices::Notices;
use fengsui_records::FeedName;
use fengsui_scenarios::{PEOPLE, StoryFault, appoint, name_duty, register, tell_by_the_clock};
use fengsui_watch::{Feed, Registry};
use jiff::{SignedDuration, Timestamp};

use super::serve::{Listening, default_address, open, until_stopped};
use super::watch::taken_in;
use super::{Failure, Start, init};
use crate::arguments::Demo;
use crate::printing::say;
use crate::watching::{beside, holdings_of};

/// The folder of the demonstration.
const DATA: &str = "fengsui-demo";

/// What happened before it begins.
const STORY: &str = include_str!("../../../../../scenarios/demo.story");

/// How far back that story begins: its 08:00 is now.
const PAST: SignedDuration = SignedDuration::from_hours(8);

/// The password of every account of the demonstration.
const PASSWORD: &str = "beacon-tower";

pub(super) async fn run(start: &Start, demo: Demo) -> Result<ExitCode, Failure> {
    let data = start.data(DATA);
    if !data.join("fengsui.db").exists() {
        say("telling the story so far …");
        populate(&data).await?;
    }
    let desk = open(&data).await?;
    watch(start, &desk, &data).await?;
    say(&format!("the record is in {}", data.display()));
    say("sign in with any of these; the password is the same for all of them:");
    say(&format!("  password: {PASSWORD}"));
    for person in PEOPLE {
        say(&format!("  {:<12} {} · {}", person.login, person.name, person.what));
    }
    let address = demo.listen.or(start.config.server.listen).unwrap_or_else(default_address);
    // A demonstration tells nobody outside: the screen is its only way.
    let notices = Notices::none();
    until_stopped(start, desk, Listening { address, tls: None, data, notices }).await
}

/// Lets the watch take in what its sensors saw in the last day, once.
async fn watch(start: &Start, desk: &Desk, data: &Path) -> Result<(), Failure> {
    if data.join("lake").exists() {
        return Ok(());
    }
    say("taking in what the sensors saw …");
    let now = MachineClock.now();
    let files = [
        ("sensor-north", Format::Eve, sensor::alerts(now)),
        ("partner", Format::IntelMq, sensor::services(now)),
    ];
    let folder = tempfile::tempdir().map_err(|fault| Failure::of("no temporary folder", &fault))?;
    let known = Arc::new(beside(start.watch(), Registry::build(holdings_of(&desk.directory())))?);
    // Made under another name first: what was cut short begins anew.
    let (draft, lake) = (data.join("lake-being-filled"), data.join("lake"));
    if draft.exists() {
        std::fs::remove_dir_all(&draft).map_err(|fault| Failure::of("the lake", &fault))?;
    }
    for (feed, format, lines) in files {
        let file = folder.path().join(feed);
        std::fs::write(&file, lines).map_err(|fault| Failure::of("no temporary file", &fault))?;
        let name: FeedName = feed.parse().map_err(|fault| Failure::of("no name", &fault))?;
        let feed = Feed::new(name, format, Setting::default());
        taken_in(&draft, (feed, format), &file, Arc::clone(&known)).await?;
    }
    std::fs::rename(&draft, &lake).map_err(|fault| Failure::of("the lake", &fault))
}

/// Makes the record in a folder of its own first: a demonstration that was cut short begins anew.
async fn populate(data: &Path) -> Result<(), Failure> {
    let draft = data.join("being-told");
    let cannot =
        |fault: std::io::Error| Failure::of(&format!("cannot write to {}", data.display()), &fault);
    if draft.exists() {
        std::fs::remove_dir_all(&draft).map_err(cannot)?;
    }
    init::make_folder(data)?;
    init::make_folder(&draft)?;
    let begins = whole_minute(MachineClock.now() - PAST);
    let clock = Arc::new(StoryClock::at(begins));
    let desk = Desk::open(&DeskSettings {
        clock: Arc::<StoryClock>::clone(&clock),
        ids: Arc::new(MachineIds),
        ..init::desk_settings(&draft)
    })
    .await?;
    let told = tell_the_past(&desk, &clock, begins).await;
    desk.close().await;
    told.map_err(|fault| Failure::of("the story cannot be told", &fault))?;
    for file in std::fs::read_dir(&draft).map_err(cannot)? {
        let file = file.map_err(cannot)?;
        std::fs::rename(file.path(), data.join(file.file_name())).map_err(cannot)?;
    }
    std::fs::remove_dir_all(&draft).map_err(cannot)
}

async fn tell_the_past(
    desk: &Desk,
    clock: &StoryClock,
    begins: Timestamp,
) -> Result<(), StoryFault> {
    let plan = "shanghai-2019".parse();
    let plan = plan.map_err(|_unreadable| StoryFault::said("shanghai-2019", "is no plan"))?;
    desk.adopt_plan(&desk.console(), &plan).await?;
    register(desk).await?;
    adopt_the_measures(desk).await?;
    appoint(desk, PASSWORD).await?;
    name_duty(desk).await?;
    tell_by_the_clock(desk, clock, begins, (STORY, begins + PAST)).await
}

/// The national Measures apply beside the city's plan; a municipality's Office is its provincial one.
async fn adopt_the_measures(desk: &Desk) -> Result<(), StoryFault> {
    let misspelt = |word: &'static str| move |_unreadable| StoryFault::said(word, "is no name");
    let measures = "cac-measures-2025".parse().map_err(misspelt("cac-measures-2025"))?;
    desk.adopt_plan(&desk.console(), &measures).await?;
    for (here, there) in [("cac_office", "provincial_cac"), ("linkage_centre", "police")] {
        let here = here.parse().map_err(misspelt(here))?;
        let there = there.parse().map_err(misspelt(there))?;
        let lead = desk.lead_plan();
        let office = lead.and_then(|lead| desk.directory().filled_by(&lead, &here, None));
        let office = office.ok_or_else(|| StoryFault::said(here.as_str(), "is bound to nobody"))?;
        desk.bind_role_of(&desk.console(), &measures, &there, office).await?;
    }
    Ok(())
}

fn whole_minute(time: Timestamp) -> Timestamp {
    Timestamp::from_second(time.as_second() / 60 * 60).unwrap_or(time)
}

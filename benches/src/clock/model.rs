//! An incident at five units, as it is copied: told of what is owed, reminded, nothing done yet.

use std::sync::Arc;

use fengsui_desk::content::{ReportContent, Reporter};
use fengsui_desk::{
    Acceptance, Accepting, Arrival, Clock, Desk, IncidentModel, MachineClock, StoryClock,
};
use fengsui_response::{Actor, Affected, Anchors, IntakeChannel, ReportKind};
use fengsui_vocabulary::{Facts, IncidentId, Lang, OrganisationId};
use jiff::{SignedDuration, Timestamp};

use crate::Failed;
use crate::centre::Centre;

/// Open duties with a time of one copy: three oral reports of each unit, and two written ones.
pub(super) const DUTIES: u64 = 25;

/// The oral ones: they fall due together.
pub(super) const ORAL: u64 = 15;

const UNITS: [&str; 5] = [
    "浦江数据服务有限公司",
    "申城轨道交通运营中心",
    "东海港务信息中心",
    "汇南人民医院",
    "闵西职业技术学院",
];

/// What is copied.
pub(super) struct Model {
    pub(super) incident: Arc<IncidentModel>,
    /// When everything in it happened.
    pub(super) at: Timestamp,
}

impl Model {
    /// Tells it, with the clock looking so many minutes after it began.
    pub(super) async fn told(centre: &Centre, looks: &[i64]) -> Result<Self, Failed> {
        let at = MachineClock.now() - SignedDuration::from_hours(8);
        let clock = Arc::new(StoryClock::at(at));
        let shown: Arc<dyn Clock> = Arc::<StoryClock>::clone(&clock);
        let desk = centre.desk_by(shown).await?;
        let incident = incident(&desk, at).await?;
        for minutes in looks {
            let now = at + SignedDuration::from_mins(*minutes);
            clock.set(now);
            desk.tick(now).await?;
        }
        let incident = Arc::new(desk.incident_model(incident).await?);
        desk.close().await;
        Ok(Self { incident, at })
    }
}

async fn incident(desk: &Desk, at: Timestamp) -> Result<IncidentId, Failed> {
    let anchors = Anchors { discovered_at: Some(at), ..Anchors::default() };
    let directory = desk.directory();
    let unit =
        |organisation: Option<OrganisationId>| Affected { organisation, district: None, anchors };
    let arrival = Arrival {
        kind: ReportKind::Incident,
        channel: IntakeChannel::Web,
        taken_in_by: None,
        follows: None,
        affected: UNITS.iter().map(|name| unit(directory.named(name))).collect(),
        facts: Facts::new(),
        content: ReportContent {
            title: "大面积入侵".parse()?,
            description: "发生了什么".parse()?,
            reporter: Reporter::default(),
            file_names: Vec::new(),
            organisation: None,
            lang: Lang::Zh,
        },
        files: Vec::new(),
        call: None,
        sealed_because: None,
    };
    let taken = desk.take_in(&Actor::public(), desk.command_id(), arrival, None).await?;
    let account = desk.account("lin").await?.ok_or("lin is not there")?;
    let by = desk.viewer(account.person).ok_or("lin is nobody")?.actor;
    let accepting = Accepting { by, role: None, happened_at: None };
    let open = Acceptance::Open("大面积入侵".parse()?);
    Ok(desk.accept(taken.report, desk.command_id(), accepting, open).await?)
}

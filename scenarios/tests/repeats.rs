//! What the simulation found, told once more on a real record: a clock that was set back, a repeat.

#![expect(clippy::unwrap_used, reason = "a test stops at what it does not expect")]

use std::sync::Arc;

use fengsui_desk::content::{ReportContent, Reporter};
use fengsui_desk::{
    Acceptance, Accepting, Arrival, Desk, DeskSettings, StoryClock, StoryIds, Viewer,
};
use fengsui_response::{Actor, Affected, Anchors, IntakeChannel, ReportKind};
use fengsui_scenarios::{appoint, register};
use fengsui_vocabulary::{CommandId, Facts, IncidentId, Lang, ReportId};
use jiff::{SignedDuration, Timestamp};

struct Centre {
    desk: Desk,
    clock: Arc<StoryClock>,
    _folder: tempfile::TempDir,
}

async fn centre() -> Centre {
    let folder = tempfile::tempdir().unwrap();
    let clock = Arc::new(StoryClock::at(at("10:00")));
    let settings = DeskSettings {
        url: format!("sqlite://{}", folder.path().join("fengsui.db").display()),
        clock: Arc::<StoryClock>::clone(&clock),
        ids: Arc::new(StoryIds::default()),
    };
    let desk = Desk::open(&settings).await.unwrap();
    desk.adopt_plan(&desk.console(), &"shanghai-2019".parse().unwrap()).await.unwrap();
    register(&desk).await.unwrap();
    appoint(&desk, "beacon-tower").await.unwrap();
    Centre { desk, clock, _folder: folder }
}

fn at(time: &str) -> Timestamp {
    format!("2026-03-14T{time}:00+08:00").parse().unwrap()
}

impl Centre {
    async fn viewer(&self, login: &str) -> Viewer {
        let account = self.desk.account(login).await.unwrap().unwrap();
        self.desk.viewer(account.person).unwrap()
    }

    async fn report(&self, discovered: &str) -> ReportId {
        let organisation = self.desk.directory().named("浦江数据服务有限公司");
        let anchors = Anchors { discovered_at: Some(at(discovered)), ..Anchors::default() };
        let arrival = Arrival {
            kind: ReportKind::Incident,
            channel: IntakeChannel::Web,
            taken_in_by: None,
            follows: None,
            affected: vec![Affected { organisation, district: None, anchors }],
            facts: Facts::new(),
            content: ReportContent {
                title: "入侵".parse().unwrap(),
                description: "发生了什么".parse().unwrap(),
                reporter: Reporter::default(),
                file_names: Vec::new(),
                organisation: None,
                lang: Lang::Zh,
            },
            files: Vec::new(),
            call: None,
            sealed_because: None,
        };
        let id = self.desk.command_id();
        self.desk.take_in(&Actor::public(), id, arrival, None).await.unwrap().report
    }

    async fn accept(&self, report: ReportId, id: CommandId, into: Acceptance) -> IncidentId {
        let by = self.viewer("lin").await.actor;
        let accepting = Accepting { by, role: None, happened_at: None };
        self.desk.accept(report, id, accepting, into).await.unwrap()
    }
}

#[tokio::test]
async fn boards_equal_a_rebuild_although_the_clock_was_set_back() {
    let centre = centre().await;
    centre.report("09:40").await;
    centre.clock.set(at("09:00"));
    // Owed until 09:20 by a clock that is wrong; the journal stands at 10:00 and says it was missed.
    centre.report("08:50").await;
    let rebuilt = centre.desk.rebuild(|_, _| {}).await.unwrap();
    assert_eq!(rebuilt.differences, Vec::<String>::new());
    assert_eq!(centre.desk.now(), at("10:00"), "time stands still until the clock has caught up");
    centre.clock.set(at("10:00") + SignedDuration::from_secs(1));
    assert!(centre.desk.now() > at("10:00"));
}

#[tokio::test]
async fn a_repeated_acceptance_names_the_incident_that_it_opened() {
    let centre = centre().await;
    let (one, other) = (centre.report("09:40").await, centre.report("09:45").await);
    let open = || Acceptance::Open("一个事件".parse().unwrap());
    let (first, second) = (CommandId::from_bits(1 << 90), CommandId::from_bits(2 << 90));
    let opened = centre.accept(one, first, open()).await;
    let later = centre.accept(other, second, open()).await;
    // It is about both: of two incidents the later one has the greater id.
    let third = CommandId::from_bits(3 << 90);
    assert_eq!(centre.accept(one, third, Acceptance::Join(later)).await, later);
    assert_eq!(centre.accept(one, first, open()).await, opened);
    assert_eq!(centre.accept(other, second, open()).await, later);
}

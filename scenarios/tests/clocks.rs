//! Clocks through the desk: outages, two nodes, a clock that is set back, what was entered later, and
//! what happens by itself only once.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops at what it does not expect"
)]

use std::collections::BTreeSet;
use std::sync::Arc;

use fengsui_desk::content::{ReportContent, Reporter};
use fengsui_desk::{
    Acceptance, Accepting, Arrival, Desk, DeskFault, DeskSettings, StoryClock, StoryIds, Ticked,
    Viewer,
};
use fengsui_plan::Channel;
use fengsui_response::incident::{IncidentCommand, MeetDuty};
use fengsui_response::{
    Actor, Affected, Anchors, Asked, Delivery, IntakeChannel, ReportKind, Tick,
};
use fengsui_scenarios::{appoint, register};
use fengsui_vocabulary::{Facts, IncidentId, Lang, Line, ReportId};
use jiff::Timestamp;
use serde_json::Value;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

struct Centre {
    desk: Desk,
    clock: Arc<StoryClock>,
    folder: tempfile::TempDir,
}

#[tokio::test]
async fn whoever_owes_a_duty_is_told_when_it_arises_reminded_and_told_of_the_miss() {
    let centre = shanghai().await;
    let incident = centre.incident("09:00", "09:02").await;
    centre.tick("09:02").await;
    assert_eq!(centre.kinds("message-intended").await.len(), 1, "the unit, once for all duties");
    assert_eq!(centre.tick("09:02").await, Ticked::default(), "nothing happens twice");
    assert_eq!(centre.tick("09:14").await, Ticked::default());
    let half = centre.tick("09:15").await;
    assert_eq!((half.reminded, half.missed), (3, 0));
    assert_eq!(centre.tick("09:30").await.missed, 0, "not missed yet");
    let missed = centre.tick("09:31").await;
    assert_eq!((missed.missed, missed.commits), (3, 1));
    let view = centre.desk.incident(&centre.viewer("lin").await, incident).await.unwrap();
    let noticed: Vec<_> = view.incident.noticed.misses().map(|(_, miss)| miss).collect();
    assert!(noticed.iter().all(|it| it.due == at("09:30") && it.noticed_at == at("09:31")));
    let told = centre.addressees("duty-missed").await;
    assert_eq!(told.len(), 4, "the unit, and the three officers of the centre: {told:?}");
    centre.boards_are_sound().await;
}

#[tokio::test]
async fn after_an_outage_every_miss_is_recorded_once_in_the_order_of_due_times() {
    let centre = shanghai().await;
    let starts = ["09:00", "09:07", "09:12", "09:31", "09:45"];
    for clock in starts {
        centre.incident(clock, clock).await;
    }
    let ticked = centre.tick("12:00").await;
    assert_eq!(
        ticked.missed,
        5 * 5,
        "three oral reports, and the written one to two: the web brought the third"
    );
    assert_eq!(centre.tick("12:00").await, Ticked::default());
    let due = centre.due_times().await;
    assert_eq!(due.len(), 25);
    assert!(due.is_sorted(), "{due:?}");
    let entries = centre.kinds("duties-missed").await;
    let noticed: BTreeSet<&str> =
        entries.iter().map(|it| it["recorded_at"].as_str().unwrap()).collect();
    assert_eq!(noticed.len(), 1, "all of them were noticed when the clock came back");
    let reminded = centre.kinds("duties-reminded").await;
    let streams: BTreeSet<&str> =
        reminded.iter().map(|it| it["stream"].as_str().unwrap()).collect();
    assert_eq!(streams.len(), 5);
    centre.boards_are_sound().await;
}

#[tokio::test]
async fn two_nodes_record_everything_once_between_them() {
    let centre = shanghai().await;
    for clock in ["09:00", "09:03", "09:06", "09:09", "09:12", "09:15"] {
        centre.incident(clock, clock).await;
    }
    centre.clock.set(at("11:30"));
    let other = centre.another().await;
    let (one, two) = tokio::join!(centre.desk.tick(at("11:30")), other.tick(at("11:30")));
    let (one, two) = (one.unwrap(), two.unwrap());
    assert_eq!(one.missed + two.missed, 30, "{one:?} {two:?}");
    let due = centre.due_times().await;
    assert_eq!(due.len(), 30);
    assert!(due.is_sorted(), "{due:?}");
    other.close().await;
    centre.boards_are_sound().await;
}

#[tokio::test]
async fn a_clock_that_is_set_back_or_jumps_repeats_and_skips_nothing() {
    let centre = shanghai().await;
    centre.incident("09:00", "09:02").await;
    assert_eq!(centre.tick("09:35").await.missed, 3);
    assert_eq!(centre.tick("08:35").await, Ticked::default(), "an hour back");
    let later = centre.incident("08:40", "08:41").await;
    let told = centre.tick("08:42").await;
    assert_eq!((told.missed, told.failed), (0, 0));
    assert!(told.reminded > 0);
    assert_eq!(centre.tick("09:09").await.missed, 0, "not before the clock says so");
    assert_eq!(centre.tick("09:11").await.missed, 3);
    let ticked = centre.tick("23:00").await;
    assert_eq!(ticked.missed, 2 + 2, "the written reports of both, after a jump");
    assert_eq!(centre.tick("23:00").await, Ticked::default());
    assert_eq!(centre.due_times().await.len(), 10);
    let view = centre.desk.incident(&centre.viewer("lin").await, later).await.unwrap();
    assert_eq!(view.incident.noticed.misses().count(), 5);
    centre.boards_are_sound().await;
}

#[tokio::test]
async fn a_miss_stays_when_the_delivery_is_entered_later_and_two_people_clear_it() {
    let centre = shanghai().await;
    let incident = centre.incident("09:00", "09:02").await;
    centre.tick("09:40").await;
    let tick = centre.open_tick(incident, "sh-4.1.1-oral", "linkage_centre").await;
    let told = MeetDuty {
        ticks: vec![tick.clone()],
        channel: Channel::Oral,
        act: Delivery::Other { note: line("当面报告") },
        late_because: None,
    };
    centre
        .ask("chen", incident, ("09:45", Some("09:20")), IncidentCommand::MeetDuty(told))
        .await
        .unwrap();
    assert_eq!(centre.tick("09:46").await.missed, 0);
    let clear = || IncidentCommand::ClearMiss { ticks: vec![tick.clone()] };
    let alone = centre.ask("chen", incident, ("09:50", None), clear()).await;
    assert!(matches!(alone, Err(DeskFault::Refused(_))));
    centre.ask("luo", incident, ("09:51", None), clear()).await.unwrap();
    let view = centre.desk.incident(&centre.viewer("lin").await, incident).await.unwrap();
    let miss = view.incident.noticed.misses().find(|(of, _)| **of == tick).unwrap().1;
    assert_eq!((miss.due, miss.noticed_at), (at("09:30"), at("09:40")));
    assert_eq!(centre.tick("10:40").await.missed, 2, "only what is written");
    centre.boards_are_sound().await;
}

#[tokio::test]
async fn what_the_clock_recorded_about_a_report_goes_with_it_into_the_incident() {
    let centre = shanghai().await;
    let report = centre.report("09:00").await;
    centre.tick("09:01").await;
    let waited = centre.tick("09:12").await;
    assert_eq!(waited.commits, 1, "nobody has accepted it for ten minutes");
    assert_eq!(centre.kinds("report-left-waiting").await.len(), 1);
    centre.tick("09:35").await;
    assert_eq!(centre.due_times().await.len(), 3);
    let incident = centre.accept(report, "09:40").await;
    assert_eq!(centre.tick("09:40").await, Ticked::default(), "it was told of this already");
    centre.tick("10:30").await;
    assert_eq!(centre.due_times().await.len(), 5, "three misses before, two after");
    assert_eq!(centre.kinds("report-left-waiting").await.len(), 1);
    let view = centre.desk.incident(&centre.viewer("lin").await, incident).await.unwrap();
    let misses: Vec<_> = view.incident.noticed.misses().map(|(_, miss)| miss.noticed_at).collect();
    assert_eq!(misses.iter().filter(|it| **it == at("09:35")).count(), 3, "noticed before");
    centre.boards_are_sound().await;
}

#[tokio::test]
async fn a_centre_puts_its_own_rules_in_force_and_the_record_says_when() {
    let centre = shanghai().await;
    let desk = &centre.desk;
    let by = centre.viewer("registrar").await.actor;
    let wrong = desk.adopt_house(&by, "[reminders]\nbefore = [2.0]\n").await.unwrap_err();
    let DeskFault::Malformed(problems) = wrong else { panic!("{wrong:?}") };
    assert!(problems.first().unwrap().problem.starts_with("2:11: "), "{problems:?}");
    assert!(desk.house_text().await.unwrap().contains("before = [0.0, 0.5, 0.8]"));
    centre.incident("09:00", "09:02").await;
    let ours = "[reminders]\nbefore = [0.9]\n";
    desk.adopt_house(&by, ours).await.unwrap();
    assert_eq!(centre.kinds("house-adopted").await.len(), 1);
    assert_eq!(desk.house_text().await.unwrap(), ours);
    assert_eq!(centre.tick("09:26").await, Ticked::default());
    assert_eq!(centre.tick("09:27").await.reminded, 3);
    let other = centre.another().await;
    assert_eq!(other.house_text().await.unwrap(), ours, "another node reads it from the record");
    assert_eq!(other.tick(at("09:27")).await.unwrap(), Ticked::default());
    other.close().await;
    centre.boards_are_sound().await;
}

#[tokio::test]
async fn the_loop_sees_what_was_written_and_stops_when_told() {
    let centre = shanghai().await;
    let stop = CancellationToken::new();
    let mut running = JoinSet::new();
    running.spawn({
        let (desk, stop) = (centre.desk.clone(), stop.clone());
        async move { desk.run_clock(stop).await }
    });
    let mut moved = centre.desk.follow();
    centre.report("09:00").await;
    let mut seen = 0;
    while centre.kinds("duties-reminded").await.is_empty() {
        moved.recv().await.unwrap();
        seen += 1;
        assert!(seen < 100, "the clock does not look");
    }
    stop.cancel();
    running.join_next().await.unwrap().unwrap();
}

async fn shanghai() -> Centre {
    let folder = tempfile::tempdir().unwrap();
    let clock = Arc::new(StoryClock::at(at("08:30")));
    let desk = Desk::open(&settings(&folder, &clock, StoryIds::default())).await.unwrap();
    desk.adopt_plan(&desk.console(), &"shanghai-2019".parse().unwrap()).await.unwrap();
    register(&desk).await.unwrap();
    appoint(&desk, "beacon-tower").await.unwrap();
    Centre { desk, clock, folder }
}

fn settings(folder: &tempfile::TempDir, clock: &Arc<StoryClock>, ids: StoryIds) -> DeskSettings {
    DeskSettings {
        url: format!("sqlite://{}", folder.path().join("fengsui.db").display()),
        clock: Arc::<StoryClock>::clone(clock),
        ids: Arc::new(ids),
    }
}

impl Centre {
    /// Another node on the same record; its ids are its own.
    async fn another(&self) -> Desk {
        let mut settings = settings(&self.folder, &self.clock, StoryIds::default());
        settings.ids = Arc::new(fengsui_desk::MachineIds);
        Desk::open(&settings).await.unwrap()
    }

    async fn tick(&self, clock: &str) -> Ticked {
        self.clock.set(at(clock));
        self.desk.tick(at(clock)).await.unwrap()
    }

    async fn viewer(&self, login: &str) -> Viewer {
        let account = self.desk.account(login).await.unwrap().unwrap();
        self.desk.viewer(account.person).unwrap()
    }

    /// A unit noticed something and reports it at once.
    async fn report(&self, clock: &str) -> ReportId {
        self.clock.set(at(clock));
        let organisation = self.desk.directory().named("浦江数据服务有限公司");
        let anchors = Anchors { discovered_at: Some(at(clock)), ..Anchors::default() };
        let arrival = Arrival {
            kind: ReportKind::Incident,
            channel: IntakeChannel::Web,
            taken_in_by: None,
            follows: None,
            affected: vec![Affected { organisation, district: None, anchors }],
            facts: Facts::new(),
            content: ReportContent {
                title: line("客户数据被窃"),
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

    async fn accept(&self, report: ReportId, clock: &str) -> IncidentId {
        self.clock.set(at(clock));
        let by = self.viewer("lin").await.actor;
        let accepting = Accepting { by, role: None, happened_at: None };
        let open = Acceptance::Open(line("客户数据被窃"));
        self.desk.accept(report, self.desk.command_id(), accepting, open).await.unwrap()
    }

    async fn incident(&self, reported: &str, accepted: &str) -> IncidentId {
        let report = self.report(reported).await;
        self.accept(report, accepted).await
    }

    async fn open_tick(&self, incident: IncidentId, duty: &str, to: &str) -> Tick {
        let view = self.desk.incident(&self.viewer("lin").await, incident).await.unwrap();
        let is_it = |it: &&fengsui_plan::Duty| {
            it.duty == *duty && it.to.as_ref().is_some_and(|role| role == to)
        };
        view.incident.tick_of(view.duties.iter().find(is_it).unwrap())
    }

    async fn ask(
        &self,
        login: &str,
        incident: IncidentId,
        (clock, happened): (&str, Option<&str>),
        command: IncidentCommand,
    ) -> Result<(), DeskFault> {
        self.clock.set(at(clock));
        let mut asked = Asked::now(self.viewer(login).await.actor, command);
        asked.happened_at = happened.map(at);
        let id = self.desk.command_id();
        self.desk.act_on_incident(incident, id, asked, Vec::new()).await.map(drop)
    }

    /// Entries of one kind, in the order of the journal.
    async fn kinds(&self, kind: &str) -> Vec<Value> {
        let mut found = Vec::new();
        let read = |line: String| {
            let entry: Value = serde_json::from_str(&line).unwrap();
            if entry["kind"] == kind {
                found.push(entry);
            }
        };
        self.desk.export(0, read).await.unwrap();
        found
    }

    /// The due times of all misses, in the order of the journal.
    async fn due_times(&self) -> Vec<Timestamp> {
        let entries = self.kinds("duties-missed").await;
        let missed =
            entries.iter().flat_map(|it| it["payload"]["missed"].as_array().unwrap().clone());
        missed.map(|it| it["due"].as_str().unwrap().parse().unwrap()).collect()
    }

    async fn addressees(&self, occasion: &str) -> BTreeSet<String> {
        let messages = self.kinds("message-intended").await;
        let of = messages.iter().filter(|it| it["payload"]["occasion"] == occasion);
        of.map(|it| it["payload"]["to"].to_string()).collect()
    }

    async fn boards_are_sound(&self) {
        let rebuilt = self.desk.rebuild(|_, _| {}).await.unwrap();
        assert_eq!(rebuilt.differences, Vec::<String>::new());
        assert!(self.desk.verify(|_, _| {}).await.unwrap().is_ok());
    }
}

fn line(text: &str) -> Line {
    text.parse().unwrap()
}

/// A time of 14 March 2026 in Shanghai.
fn at(clock: &str) -> Timestamp {
    format!("2026-03-14T{clock}:00+08:00").parse().unwrap()
}

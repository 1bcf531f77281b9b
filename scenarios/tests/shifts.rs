//! The shift desk through the real desk: one shift hands over to the next, what was done on paper is entered
//! afterwards, and the paper says what the worklist says.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test stops at what it does not expect")]

use std::collections::BTreeSet;
use std::sync::Arc;

use fengsui_desk::content::{ReportContent, Reporter};
use fengsui_desk::{
    Acceptance, Accepting, Arrival, BackEntered, BackEntry, Desk, DeskFault, DeskSettings,
    DoneBefore, LogText, LoggedBefore, NewLogEntry, OpenCase, Preparing, ShiftView, StoryClock,
    StoryIds, TableMistake, TakingOver, Viewer,
};
use fengsui_plan::Channel;
use fengsui_response::{Actor, Affected, Anchors, IntakeChannel, LogAbout, ReportKind};
use fengsui_scenarios::{appoint, register};
use fengsui_vocabulary::{Facts, IncidentId, Lang, Line, PersonId, Prose, ReportId};
use jiff::Timestamp;

#[tokio::test]
async fn the_night_shift_hands_over_at_eight_and_stays_responsible_until_somebody_comes() {
    let centre = centre().await;
    centre.begin("mara", "00:05").await.unwrap();
    let night = centre.on_duty().await;
    centre.log(&night, "mara", "01:00", "市民来电询问").await.unwrap();
    let incident = centre.incident("02:00").await;
    centre.prepare("mara", "07:50", &["lin"]).await.unwrap();
    centre.sign("mara", "07:58").await.unwrap();

    // Eight has come and gone; whoever should relieve her is late.
    centre.clock.set(at("08:40"));
    let still = centre.on_duty().await;
    assert_eq!(still.shift.officer(), Some(centre.person("mara").await));
    centre.log(&still, "mara", "08:45", "接班人员未到").await.unwrap();

    centre.take_over("lin", "09:10").await.unwrap();
    let day = centre.on_duty().await;
    assert_eq!(day.shift.officer(), Some(centre.person("lin").await));
    assert_eq!(day.shift.begun.as_ref().unwrap().after, Some(night.id));
    let ended = centre.desk.shift(&centre.viewer("lin").await, night.id).await.unwrap();
    assert_eq!(ended.shift.end.as_ref().unwrap().at, at("09:10"));

    let text = ended.hand_over.unwrap();
    assert!(text.duties.iter().any(|duty| duty.stream == format!("incident:{incident}")));
    assert_eq!(text.incidents.len(), 1);
    assert!(text.incidents[0].title.contains("客户数据被窃"), "{}", text.incidents[0].title);
    let changes: Vec<&str> = text.changes.iter().map(|line| line.kind.as_str()).collect();
    assert!(changes.contains(&"incident-opened") && changes.contains(&"report-taken-in"));
    assert_eq!(text.changes.last().unwrap().text.as_ref().unwrap().text.as_str(), "市民来电询问");
    let counts = ended.shift.hand_over.unwrap().counts;
    assert_eq!(u64::from(counts.duties), text.duties_in_all);
    assert!(counts.overdue > 0, "first reports were due long ago");
    centre.rebuilt_is_identical().await;
}

#[tokio::test]
async fn a_hand_over_signed_twice_is_refused_and_nothing_changes() {
    let centre = centre().await;
    centre.begin("mara", "00:05").await.unwrap();
    centre.prepare("mara", "07:50", &[]).await.unwrap();
    centre.sign("mara", "07:58").await.unwrap();
    let before = centre.on_duty().await;
    assert_eq!(
        refusal(&centre.sign("mara", "07:59").await.unwrap_err()),
        "hand-over-signed-already"
    );
    let after = centre.on_duty().await;
    assert_eq!(before.shift, after.shift);
    // The same form sent again is the same command: told as done, and done once.
    let command = centre.desk.command_id();
    let view = centre.on_duty().await;
    let taking = taking(&view);
    let lin = centre.actor("lin").await;
    centre.clock.set(at("08:00"));
    let first = centre.desk.take_over_shift(&lin, view.id, command, taking.clone()).await.unwrap();
    let again = centre.desk.take_over_shift(&lin, view.id, command, taking).await.unwrap();
    assert!(!first.repeated && again.repeated);
    let page = centre.desk.shifts(&centre.viewer("lin").await, None).await.unwrap();
    assert_eq!(page.lines.len(), 2);
}

#[tokio::test]
async fn content_that_changed_between_the_signatures_must_be_signed_again() {
    let centre = centre().await;
    centre.begin("mara", "00:05").await.unwrap();
    centre.prepare("mara", "07:50", &[]).await.unwrap();
    centre.sign("mara", "07:58").await.unwrap();
    let read = taking(&centre.on_duty().await);
    centre.incident("07:59").await;
    assert!(centre.on_duty().await.since_prepared > 0, "the screen says that it is stale");
    centre.prepare("mara", "08:01", &[]).await.unwrap();
    let refused = centre.take_over_with("lin", "08:02", read).await.unwrap_err();
    assert_eq!(refusal(&refused), "hand-over-changed");
    let refused = centre.take_over("lin", "08:03").await.unwrap_err();
    assert_eq!(refusal(&refused), "hand-over-not-signed");
    centre.sign("mara", "08:04").await.unwrap();
    centre.take_over("lin", "08:05").await.unwrap();
}

#[tokio::test]
async fn of_two_officers_who_take_over_at_once_one_does_and_the_other_is_told_who() {
    let centre = centre().await;
    centre.begin("mara", "00:05").await.unwrap();
    centre.prepare("mara", "07:50", &[]).await.unwrap();
    centre.sign("mara", "07:58").await.unwrap();
    let read = taking(&centre.on_duty().await);
    let (one, other) = tokio::join!(
        centre.take_over_with("lin", "08:00", read.clone()),
        centre.take_over_with("shen", "08:00", read)
    );
    let refused: Vec<_> = [one, other].into_iter().filter_map(Result::err).collect();
    assert_eq!(refused.iter().map(refusal).collect::<Vec<_>>(), ["shift-ended"]);
    let page = centre.desk.shifts(&centre.viewer("lin").await, None).await.unwrap();
    assert_eq!(page.lines.iter().filter(|line| line.is_on_duty).count(), 1);
}

#[tokio::test]
async fn of_two_officers_who_begin_the_first_shift_at_once_one_does() {
    let centre = centre().await;
    let (one, other) = tokio::join!(centre.begin("mara", "00:05"), centre.begin("lin", "00:05"));
    let refused: Vec<_> = [one, other].into_iter().filter_map(Result::err).collect();
    assert_eq!(refused.iter().map(refusal).collect::<Vec<_>>(), ["shift-on-duty"]);
    assert_eq!(refusal(&centre.begin("shen", "00:06").await.unwrap_err()), "shift-on-duty");
}

#[tokio::test]
async fn nobody_relieves_themselves_except_by_saying_that_nobody_came() {
    let centre = centre().await;
    centre.begin("mara", "00:05").await.unwrap();
    centre.prepare("mara", "07:50", &[]).await.unwrap();
    centre.sign("mara", "07:58").await.unwrap();
    let refused = centre.take_over("mara", "09:00").await.unwrap_err();
    assert_eq!(refusal(&refused), "needs-second-person");
    let night = centre.on_duty().await;
    let alone = TakingOver { alone: Some(prose("接班人员因台风未到")), ..taking(&night) };
    centre.take_over_with("mara", "09:30", alone).await.unwrap();
    let ended = centre.desk.shift(&centre.viewer("audit").await, night.id).await.unwrap();
    assert_eq!(ended.alone.unwrap().as_str(), "接班人员因台风未到");
}

#[tokio::test]
async fn the_people_of_the_next_shift_are_told_in_the_deciding_transaction() {
    let centre = centre().await;
    centre.begin("mara", "00:05").await.unwrap();
    let before = centre.desk.verify(|_, _| {}).await.unwrap().unwrap();
    centre.prepare("mara", "07:50", &["lin", "shen"]).await.unwrap();
    let mut lines = Vec::new();
    centre.desk.export(before.position, |line| lines.push(line)).await.unwrap();
    let told = lines.iter().filter(|line| line.contains("\"message-intended\"")).count();
    assert!(told >= 2, "{lines:?}");
    let command = |line: &String| {
        line.split("\"command_id\":\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
    };
    let commands: BTreeSet<String> = lines.iter().map(command).collect();
    assert_eq!(commands.len(), 1, "one transaction: {commands:?}");
}

#[tokio::test]
async fn the_duty_log_holds_what_people_wrote_and_what_the_program_did_newest_first() {
    let centre = centre().await;
    centre.begin("mara", "00:05").await.unwrap();
    let shift = centre.on_duty().await;
    let incident = centre.incident("01:00").await;
    centre.clock.set(at("01:30"));
    let about = Some(LogAbout::Incident(incident));
    let mara = centre.actor("mara").await;
    let entry = NewLogEntry { at: Some(at("01:10")), text: prose("通知处室"), about };
    let command = centre.desk.command_id();
    centre.desk.write_log(&mara, shift.id, command, entry).await.unwrap();
    let text = LogText { text: prose("通知值班处长"), because: Some(line("写错了")) };
    let command = centre.desk.command_id();
    centre.desk.correct_log(&mara, shift.id, command, (1, text)).await.unwrap();

    let viewer = centre.viewer("lin").await;
    let page = centre.desk.duty_log(&viewer, &shift, (None, 50)).await.unwrap();
    assert_eq!(page.next, None);
    let kinds: Vec<&str> = page.lines.iter().map(|line| line.kind.as_str()).collect();
    assert_eq!(&kinds[..2], ["shift-log-corrected", "shift-log-written"]);
    assert_eq!(*kinds.last().unwrap(), "shift-begun");
    let old = &page.lines[1];
    assert_eq!((old.at, old.recorded_at, old.corrected_by), (at("01:10"), at("01:30"), Some(2)));
    assert!(old.title.contains("客户数据被窃"));

    // Page by page it is the same.
    let (mut paged, mut before) = (Vec::new(), None);
    loop {
        let page = centre.desk.duty_log(&viewer, &shift, (before, 2)).await.unwrap();
        paged.extend(page.lines);
        match page.next {
            Some(next) => before = Some(next),
            None => break,
        }
    }
    assert_eq!(paged, page.lines);
    // A district does not see the shift desk at all.
    let district = centre.viewer("zhou").await;
    assert!(matches!(centre.desk.shift(&district, shift.id).await, Err(DeskFault::Absent)));
    let own = centre.desk.duty_log(&district, &shift, (None, 50)).await.unwrap();
    assert!(own.lines.iter().all(|line| line.text.is_none() && !line.kind.starts_with("shift")));
    centre.rebuilt_is_identical().await;
}

#[tokio::test]
async fn of_a_batch_with_one_bad_row_the_others_are_entered_and_nothing_is_lost() {
    let centre = centre().await;
    centre.begin("mara", "00:05").await.unwrap();
    centre.incident("02:00").await;
    centre.clock.set(at("06:00"));
    let cases = centre.desk.open_cases(&centre.viewer("chen").await).await.unwrap();
    let open: Vec<_> = cases[0].duties().map(|(_, duty)| duty.clone()).collect();
    let oral = open.iter().find(|duty| duty.channel == Channel::Oral).unwrap();
    let due = oral.due.unwrap();
    let row = |at: Timestamp, late: Option<&str>| DoneBefore {
        stream: cases[0].stream.clone(),
        key: oral.key(),
        at,
        channel: Channel::Oral,
        by: Some(line("马岚")),
        whom: Some(line("联动中心值班员")),
        note: Some(prose("口头报告基本情况")),
        late_because: late.map(line),
    };
    let late = due + jiff::SignedDuration::from_mins(30);
    let rows = [
        BackEntry::Done(row(late, None)), // late, and nobody says why
        BackEntry::Logged(LoggedBefore { at: at("03:00"), text: prose("断电") }),
        BackEntry::Done(row(at("07:00"), None)), // not yet
        BackEntry::Done(row(due, None)),
        BackEntry::Done(DoneBefore {
            key: "shanghai-2019/sh-9/a/b//".to_owned(),
            ..row(due, None)
        }),
    ];
    let mara = centre.actor("mara").await;
    let results = centre.desk.back_enter(&mara, &rows).await;
    let said: Vec<String> = results
        .iter()
        .map(|result| match result {
            Ok(entered) => format!("{entered:?}"),
            Err(fault) => refusal(fault).to_owned(),
        })
        .collect();
    assert_eq!(said, ["needs-late-reason", "Logged", "in-the-future", "RecordedLate", "not-owed"]);
    let again = centre.desk.back_enter(&mara, &rows[1..4]).await;
    assert!(matches!(again[0], Ok(BackEntered::Before)), "the same row is entered once");
    assert!(matches!(again[2], Ok(BackEntered::Before)));
    // It stays on the list until somebody else confirms it, and the list says why.
    let cases = centre.desk.open_cases(&centre.viewer("chen").await).await.unwrap();
    assert!(cases[0].duty(&oral.tick).unwrap().is_entered);
    centre.rebuilt_is_identical().await;
}

#[tokio::test]
async fn a_table_with_a_line_that_cannot_be_read_says_where_and_has_no_effect() {
    let centre = centre().await;
    centre.begin("mara", "00:05").await.unwrap();
    centre.incident("02:00").await;
    centre.clock.set(at("06:00"));
    let cases = centre.desk.open_cases(&centre.viewer("mara").await).await.unwrap();
    let table = centre.desk.back_entry_table(&cases).unwrap();
    let untouched = centre.desk.read_back_entries(table.as_bytes(), &cases);
    assert_eq!(untouched.problems[0].mistake, TableMistake::Nothing);

    let duty = cases[0].duties().next().unwrap().1;
    let number = &cases[0].number;
    let head = "case,duty,done_at,channel,by,whom,note,late_because\n";
    let sound = format!(
        "{head}{number},{},2026-03-14 02:20,oral,马岚,值班员,已报,\n,,2026-03-14 03:00,,,,断电,\n",
        duty.key()
    );
    let read = centre.desk.read_back_entries(sound.as_bytes(), &cases);
    assert!(read.is_sound(), "{:?}", read.problems);
    assert_eq!(read.rows.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [2, 3]);

    let bad = format!(
        "{head}{number},{key},2026-03-14 02:20,oral,马岚,值班员,已报,\n\
         9999-1,{key},半夜,鸽子,,值班员,已报,\n,,2026-03-14 09:00,,,,断电,\n",
        key = duty.key()
    );
    let read = centre.desk.read_back_entries(bad.as_bytes(), &cases);
    assert!(!read.is_sound());
    let places: Vec<_> = read.problems.iter().map(|it| (it.line, it.column.unwrap())).collect();
    assert_eq!(places, [(3, "done_at"), (3, "case"), (3, "channel"), (3, "by"), (4, "done_at")]);
    assert_eq!(read.problems[4].mistake, TableMistake::Future);
    let narrow = centre.desk.read_back_entries(b"case,duty\n1,2,3\n", &cases);
    assert!(matches!(narrow.problems[0].mistake, TableMistake::NoColumn(_)));
    let binary = centre.desk.read_back_entries(&[0xff, 0xfe, 0], &cases);
    assert_eq!(binary.problems[0].mistake, TableMistake::NotText);
}

#[tokio::test]
async fn the_paper_says_what_the_worklist_says() {
    let centre = centre().await;
    centre.begin("mara", "00:05").await.unwrap();
    let incident = centre.incident("02:00").await;
    centre.clock.set(at("03:00"));
    let paper = centre.desk.paper().await.unwrap();
    let view = centre.desk.incident(&centre.viewer("mara").await, incident).await.unwrap();
    let work = centre.desk.worklist(&view);
    let expected: Vec<_> = work
        .iter()
        .flat_map(|group| &group.ticks)
        .map(|(duty, tick)| (tick.clone(), duty.due, duty.state))
        .collect();
    let case: &OpenCase =
        paper.cases.iter().find(|case| case.stream == format!("incident:{incident}")).unwrap();
    let printed: Vec<_> =
        case.duties().map(|(_, duty)| (duty.tick.clone(), duty.due, duty.state)).collect();
    assert_eq!(printed, expected);
    assert!(!printed.is_empty());

    for lang in [Lang::Zh, Lang::En] {
        let text = paper.text(lang);
        for (_, duty) in case.duties() {
            assert!(text.contains(&duty.key()), "{}", duty.key());
        }
        assert_eq!(text.matches('□').count() % 3, 0, "a box for each duty and two for the channel");
        assert!(text.contains("021-5550 0020"), "the linkage centre is called there: {text}");
    }
    assert!(paper.text(Lang::Zh).contains("马岚"), "who is on duty");
    let waiting = centre.report("04:00").await;
    centre.clock.set(at("04:01"));
    let paper = centre.desk.paper().await.unwrap();
    assert!(paper.cases.iter().any(|case| case.stream == format!("report:{waiting}")));
}

struct Centre {
    desk: Desk,
    clock: Arc<StoryClock>,
    _folder: tempfile::TempDir,
}

async fn centre() -> Centre {
    let folder = tempfile::tempdir().unwrap();
    let clock = Arc::new(StoryClock::at(at("00:00")));
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

impl Centre {
    async fn person(&self, login: &str) -> PersonId {
        self.desk.account(login).await.unwrap().unwrap().person
    }

    async fn viewer(&self, login: &str) -> Viewer {
        self.desk.viewer(self.person(login).await).unwrap()
    }

    async fn actor(&self, login: &str) -> Actor {
        self.viewer(login).await.actor
    }

    async fn on_duty(&self) -> ShiftView {
        self.desk.shift_view(&self.viewer("audit").await).await.unwrap().unwrap()
    }

    async fn begin(&self, login: &str, clock: &str) -> Result<(), DeskFault> {
        self.clock.set(at(clock));
        let by = self.actor(login).await;
        self.desk.begin_shift(&by, self.desk.command_id(), None).await.map(drop)
    }

    async fn log(
        &self,
        shift: &ShiftView,
        login: &str,
        clock: &str,
        text: &str,
    ) -> Result<(), DeskFault> {
        self.clock.set(at(clock));
        let by = self.actor(login).await;
        let entry = NewLogEntry { at: None, text: prose(text), about: None };
        self.desk.write_log(&by, shift.id, self.desk.command_id(), entry).await.map(drop)
    }

    async fn prepare(&self, login: &str, clock: &str, told: &[&str]) -> Result<(), DeskFault> {
        self.clock.set(at(clock));
        let by = self.actor(login).await;
        let mut preparing = Preparing::default();
        for login in told {
            preparing.told.insert(self.person(login).await);
        }
        let shift = self.on_duty().await.id;
        self.desk.prepare_hand_over(&by, shift, self.desk.command_id(), preparing).await.map(drop)
    }

    async fn sign(&self, login: &str, clock: &str) -> Result<(), DeskFault> {
        self.clock.set(at(clock));
        let by = self.actor(login).await;
        let view = self.on_duty().await;
        let TakingOver { content, remarks, .. } = taking(&view);
        self.desk
            .sign_hand_over(&by, view.id, self.desk.command_id(), (content, remarks))
            .await
            .map(drop)
    }

    async fn take_over(&self, login: &str, clock: &str) -> Result<(), DeskFault> {
        let read = taking(&self.on_duty().await);
        self.take_over_with(login, clock, read).await
    }

    async fn take_over_with(
        &self,
        login: &str,
        clock: &str,
        read: TakingOver,
    ) -> Result<(), DeskFault> {
        self.clock.set(at(clock));
        let by = self.actor(login).await;
        let shift = self.desk.shifts(&self.viewer("audit").await, None).await.unwrap();
        let shift = shift.lines.iter().rev().find(|line| line.is_on_duty).unwrap().shift;
        self.desk.take_over_shift(&by, shift, self.desk.command_id(), read).await.map(drop)
    }

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
                description: prose("发生了什么"),
                reporter: Reporter::default(),
                file_names: Vec::new(),
                organisation: None,
                lang: Lang::Zh,
            },
            files: Vec::new(),
            call: None,
            sealed_because: None,
        };
        let command = self.desk.command_id();
        self.desk.take_in(&Actor::public(), command, arrival, None).await.unwrap().report
    }

    async fn incident(&self, clock: &str) -> IncidentId {
        let report = self.report(clock).await;
        let by = self.actor("lin").await;
        let accepting = Accepting { by, role: None, happened_at: None };
        let open = Acceptance::Open(line("客户数据被窃"));
        let command = self.desk.command_id();
        self.desk.accept(report, command, accepting, open).await.unwrap()
    }

    async fn rebuilt_is_identical(&self) {
        let rebuilt = self.desk.rebuild(|_, _| {}).await.unwrap();
        assert_eq!(rebuilt.differences, Vec::<String>::new());
    }
}

fn taking(view: &ShiftView) -> TakingOver {
    let Some(hand_over) = &view.shift.hand_over else { panic!("nothing is prepared") };
    TakingOver {
        content: hand_over.content.digest.clone(),
        remarks: view.shift.remark_count(),
        alone: None,
    }
}

fn refusal(fault: &DeskFault) -> &'static str {
    let DeskFault::Refused(refusal) = fault else { panic!("no refusal: {fault}") };
    refusal.name()
}

fn at(clock: &str) -> Timestamp {
    format!("2026-03-14T{clock}:00+08:00").parse().unwrap()
}

fn line(text: &str) -> Line {
    text.parse().unwrap()
}

fn prose(text: &str) -> Prose {
    text.parse().unwrap()
}

//! Custody through the desk: two people erase, a hold forbids it, a package of evidence holds what is left.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::excessive_nesting,
    clippy::explicit_counter_loop,
    clippy::similar_names,
    reason = "a test stops at what it does not expect"
)]

use std::future::{Future, poll_fn};
use std::io::Cursor;
use std::net::Ipv4Addr;
use std::path::Path;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;

use fengsui_desk::content::{ReportContent, Reporter};
use fengsui_desk::{
    Acceptance, Accepting, Arrival, ArrivedFile, AuditLine, Desk, DeskFault, DeskSettings, Done,
    EvidenceAsked, EvidenceBroken, Handed, ReportFilter, StoryClock, StoryIds, Viewer,
    verify_evidence,
};
use fengsui_outbound::{
    Dialler, Facility, Names, Outcome, Reach, Severity, Syslog, SyslogLimits, SyslogRecord,
    SyslogRoute, SyslogWire, Trust,
};
use fengsui_response::custody::CustodyCommand;
use fengsui_response::house::House;
use fengsui_response::report::ReportCommand;
use fengsui_response::{
    Actor, Affected, Anchors, Asked, ErasureScope, IntakeChannel, Refusal, ReportKind,
};
use fengsui_scenarios::{appoint, register};
use fengsui_vocabulary::{Facts, IncidentId, Lang, Line, ReportId};
use jiff::Timestamp;
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

const WORDS: &str = "zebra-contact-13800001111";

struct Centre {
    desk: Desk,
    clock: Arc<StoryClock>,
    folder: tempfile::TempDir,
}

async fn centre() -> Centre {
    let folder = tempfile::tempdir().unwrap();
    let clock = Arc::new(StoryClock::at("2026-03-14T02:00:00Z".parse().unwrap()));
    let desk = open(folder.path(), &clock).await;
    desk.adopt_plan(&desk.console(), &"shanghai-2019".parse().unwrap()).await.unwrap();
    register(&desk).await.unwrap();
    appoint(&desk, "beacon-tower").await.unwrap();
    Centre { desk, clock, folder }
}

async fn open(folder: &Path, clock: &Arc<StoryClock>) -> Desk {
    let settings = DeskSettings {
        url: format!("sqlite://{}", folder.join("fengsui.db").display()),
        clock: Arc::<StoryClock>::clone(clock),
        ids: Arc::new(StoryIds::default()),
    };
    Desk::open(&settings).await.unwrap()
}

impl Centre {
    async fn viewer(&self, login: &str) -> Viewer {
        let account = self.desk.account(login).await.unwrap().unwrap();
        self.desk.viewer(account.person).unwrap()
    }

    async fn report(&self, title: &str) -> ReportId {
        let organisation = self.desk.directory().named("浦江数据服务有限公司");
        let discovered_at: Timestamp = "2026-03-14T01:40:00Z".parse().unwrap();
        let anchors = Anchors { discovered_at: Some(discovered_at), ..Anchors::default() };
        let file = ArrivedFile {
            media_type: line("text/plain"),
            bytes: format!("{WORDS} in a file").into_bytes(),
        };
        let arrival = Arrival {
            kind: ReportKind::Incident,
            channel: IntakeChannel::Web,
            taken_in_by: None,
            follows: None,
            affected: vec![Affected { organisation, district: None, anchors }],
            facts: Facts::new(),
            content: ReportContent {
                title: line(title),
                description: format!("发生了什么 {WORDS}").parse().unwrap(),
                reporter: Reporter::default(),
                file_names: vec![line("../日志.txt")],
                organisation: None,
                lang: Lang::Zh,
            },
            files: vec![file],
            call: None,
            sealed_because: None,
        };
        let command = self.desk.command_id();
        self.desk.take_in(&Actor::public(), command, arrival, None).await.unwrap().report
    }

    async fn accept(&self, report: ReportId) -> IncidentId {
        let by = self.viewer("lin").await.actor;
        let accepting = Accepting { by, role: None, happened_at: None };
        let opening = Acceptance::Open(line("一个事件"));
        let command = self.desk.command_id();
        self.desk.accept(report, command, accepting, opening).await.unwrap();
        let lin = self.viewer("lin").await;
        let view = self.desk.report(&lin, report).await.unwrap();
        *view.report.incidents.keys().next().unwrap()
    }

    async fn decline(&self, report: ReportId) {
        let by = self.viewer("lin").await.actor;
        let command = ReportCommand::Decline { reason: line("与本市无关") };
        let asked = Asked::now(by, command);
        let id = self.desk.command_id();
        self.desk.act_on_report(report, id, asked, Vec::new()).await.unwrap();
    }

    async fn act(
        &self,
        login: &str,
        subject: &str,
        command: CustodyCommand,
    ) -> Result<Done, DeskFault> {
        let asked = Asked::now(self.viewer(login).await.actor, command);
        self.desk.act_on_custody(subject, self.desk.command_id(), asked).await
    }

    async fn finds(&self, words: &str) -> usize {
        let audit = self.viewer("audit").await;
        self.desk.search(&audit, words).await.unwrap().len()
    }

    async fn holds_together(&self) {
        let rebuilt = self.desk.rebuild(|_, _| {}).await.unwrap();
        assert_eq!(rebuilt.differences, Vec::<String>::new());
        self.desk.verify(|_, _| {}).await.unwrap().unwrap();
    }

    /// Whether words stand in any file of the record.
    fn is_on_disk(&self, words: &str) -> bool {
        std::fs::read_dir(self.folder.path()).unwrap().any(|file| {
            let bytes = std::fs::read(file.unwrap().path()).unwrap();
            bytes.windows(words.len()).any(|window| window == words.as_bytes())
        })
    }
}

fn line(text: &str) -> Line {
    text.parse().unwrap()
}

fn of_report(report: ReportId) -> String {
    format!("report:{report}")
}

fn of_incident(incident: IncidentId) -> String {
    format!("incident:{incident}")
}

fn request() -> CustodyCommand {
    CustodyCommand::RequestErasure {
        what: ErasureScope::AllTexts,
        ground: line("当事人要求删除"),
        demanded_by: Some(line("当事人本人")),
    }
}

fn approve(request: u32) -> CustodyCommand {
    CustodyCommand::ApproveErasure { request, texts: Vec::new(), held: Vec::new() }
}

fn hold() -> CustodyCommand {
    CustodyCommand::PlaceHold {
        ground: line("立案侦查"), demanded_by: Some(line("市公安局"))
    }
}

fn refusal(done: Result<Done, DeskFault>) -> Refusal {
    match done {
        Err(DeskFault::Refused(refusal)) => refusal,
        other => panic!("expected a refusal, not {other:?}"),
    }
}

#[tokio::test]
async fn what_two_people_erase_is_gone_from_boards_search_and_disk() {
    let centre = centre().await;
    let report = centre.report("zebra title").await;
    let incident = centre.accept(report).await;
    let subject = of_report(report);
    assert_eq!(centre.finds("zebra").await, 1);
    assert!(centre.is_on_disk(WORDS));

    centre.act("lin", &subject, request()).await.unwrap();
    centre.act("wei", &subject, request()).await.unwrap_err();
    let alone = refusal(centre.act("lin", &subject, approve(1)).await);
    assert!(matches!(alone, Refusal::NeedsCapacity { .. }), "{alone}");
    let done = centre.act("wei", &subject, approve(1)).await.unwrap();
    assert_eq!(done.kinds, ["erasure-approved", "texts-erased"]);

    assert_eq!(centre.finds("zebra").await, 0);
    assert!(!centre.is_on_disk(WORDS) && !centre.is_on_disk("zebra title"));
    let lin = centre.viewer("lin").await;
    let view = centre.desk.report(&lin, report).await.unwrap();
    assert!(view.content.is_none());
    let erased = view.erased(&view.report.intake.as_ref().unwrap().content).unwrap();
    assert_eq!(erased.ground, "当事人要求删除");
    let listed = centre.desk.reports(&lin, &ReportFilter::default()).await.unwrap();
    assert_eq!(listed.lines[0].title, "");
    centre.desk.incident(&lin, incident).await.unwrap();
    centre.holds_together().await;

    let custody = centre.desk.custody(&lin, &of_incident(incident)).await.unwrap().custody;
    assert_eq!(custody.log[0].event.kind(), "related-texts-erased", "the incident knows of it");
    centre.desk.close().await;
    let again = open(centre.folder.path(), &centre.clock).await;
    again.verify(|_, _| {}).await.unwrap().unwrap();
}

#[tokio::test]
async fn nobody_approves_what_they_asked_for_and_a_repeat_does_it_once() {
    let centre = centre().await;
    let subject = of_report(centre.report("zebra").await);
    centre.act("wei", &subject, request()).await.unwrap();
    let alone = refusal(centre.act("wei", &subject, approve(1)).await);
    assert!(matches!(alone, Refusal::NeedsSecondPerson { .. }), "{alone}");
    assert_eq!(centre.finds("zebra").await, 1, "nothing happened");

    let asked = Asked::now(centre.viewer("audit").await.actor, approve(1));
    let command = centre.desk.command_id();
    for repeated in [false, true] {
        let done = centre.desk.act_on_custody(&subject, command, asked.clone()).await.unwrap();
        assert_eq!(done.repeated, repeated);
    }
    assert_eq!(refusal(centre.act("audit", &subject, approve(1)).await), Refusal::RequestSettled);
}

#[tokio::test]
async fn a_hold_on_the_incident_forbids_erasing_its_reports() {
    let centre = centre().await;
    let report = centre.report("zebra").await;
    let incident = centre.accept(report).await;
    centre.act("lin", &of_incident(incident), hold()).await.unwrap();
    centre.act("lin", &of_report(report), request()).await.unwrap();
    let held = refusal(centre.act("wei", &of_report(report), approve(1)).await);
    let expected = Some(line(&of_incident(incident)));
    assert!(matches!(&held, Refusal::LegalHold { subject, .. } if *subject == expected), "{held}");
    assert_eq!(centre.finds("zebra").await, 1);

    let lift = CustodyCommand::LiftHold { hold: 1, reason: line("案件终结") };
    centre.act("wei", &of_incident(incident), lift).await.unwrap();
    centre.act("wei", &of_report(report), approve(1)).await.unwrap();
    assert_eq!(centre.finds("zebra").await, 0);
    centre.holds_together().await;
}

#[tokio::test]
async fn only_who_sees_the_subject_and_works_with_it_may_ask() {
    let centre = centre().await;
    let subject = of_report(centre.report("zebra").await);
    let told = centre.act("xu", &subject, request()).await;
    assert!(matches!(told, Err(DeskFault::Absent)), "another district: {told:?}");
    let told = refusal(centre.act("gao", &subject, request()).await);
    assert!(matches!(told, Refusal::NeedsCapacity { .. }), "a liaison: {told}");
    let told = centre.act("lin", "centre", request()).await;
    assert!(matches!(told, Err(DeskFault::Absent)), "the packs stay: {told:?}");
    centre.act("lin", &subject, request()).await.unwrap();
    let work = |login: &'static str| {
        let centre = &centre;
        async move { centre.desk.custody_work(&centre.viewer(login).await).await.unwrap() }
    };
    assert_eq!(work("audit").await.waiting.len(), 1);
    assert_eq!(work("xu").await.waiting.len(), 0);
}

#[tokio::test]
async fn whoever_decided_with_the_old_text_in_hand_decides_again_without_it() {
    let centre = centre().await;
    for turn in 1..=6 {
        let report = centre.report("zebra").await;
        let subject = of_report(report);
        centre.act("lin", &subject, request()).await.unwrap();
        let (erased, ()) =
            tokio::join!(centre.act("wei", &subject, approve(1)), centre.decline(report));
        erased.unwrap();
        assert_eq!(centre.finds("zebra").await, 0, "turn {turn}");
    }
    centre.holds_together().await;
}

#[tokio::test]
async fn an_approval_that_is_cut_off_anywhere_is_whole_or_nothing() {
    let centre = centre().await;
    let subject = of_report(centre.report("zebra").await);
    centre.act("lin", &subject, request()).await.unwrap();
    let by = centre.viewer("wei").await;
    let mut cut_off = 0;
    for polls in 1..2_000 {
        let asked = Asked::now(by.actor.clone(), approve(1));
        let command = centre.desk.command_id();
        let approval = centre.desk.act_on_custody(&subject, command, asked);
        let ended = polled_at_most(polls, approval).await;
        // Whatever was handed to the writer by then is written before this is answered.
        centre.desk.command_id();
        let custody = centre.desk.custody(&by, &subject).await.unwrap();
        let is_gone = custody.texts.iter().all(|text| text.bytes.is_none());
        let is_approved = custody.custody.waiting().next().is_none();
        centre.holds_together().await;
        let custody_after = centre.desk.custody(&by, &subject).await.unwrap();
        if is_approved == is_gone && is_gone {
            assert_eq!(centre.finds("zebra").await, 0);
            assert!(custody_after.custody.erased.len() >= 2);
            assert!(ended.is_some() || cut_off > 0);
            return;
        }
        cut_off += 1;
    }
    panic!("it never came to an end");
}

/// Runs something until it has been polled so often, then drops it as a crash would.
async fn polled_at_most<F: Future>(polls: usize, future: F) -> Option<F::Output> {
    let mut future = pin!(future);
    let mut polled = 0;
    poll_fn(|context| {
        if polled == polls {
            return Poll::Ready(None);
        }
        polled += 1;
        future.as_mut().poll(context).map(Some)
    })
    .await
}

#[tokio::test]
async fn the_program_erases_what_the_rules_of_the_house_say_and_nothing_under_a_hold() {
    let house: House = toml::from_str(include_str!("../../plans/house.toml")).unwrap();
    let centre = centre().await;
    let (old, held, open) = (
        centre.report("zebra old").await,
        centre.report("zebra held").await,
        centre.report("zebra open").await,
    );
    centre.decline(old).await;
    centre.decline(held).await;
    centre.act("lin", &of_report(held), hold()).await.unwrap();
    let due = || async { centre.desk.retention_due_under(&house.retention).await.unwrap().lines };

    centre.clock.set("2028-03-13T02:00:00Z".parse().unwrap());
    assert!(due().await.is_empty(), "not a day before");
    centre.clock.set("2028-03-14T02:00:00Z".parse().unwrap());
    let lines = due().await;
    let listed: Vec<_> = lines.iter().map(|it| (it.subject.clone(), it.held.is_some())).collect();
    assert_eq!(listed, [(of_report(old), false), (of_report(held), true)]);
    assert_eq!(centre.finds("zebra").await, 3, "a list erases nothing");

    assert_eq!(centre.desk.erase_these(lines).await.unwrap(), 1);
    assert_eq!(centre.finds("zebra").await, 2);
    let custody = centre.desk.custody(&centre.viewer("audit").await, &of_report(old)).await;
    let erased = custody.unwrap().custody.erased;
    assert!(erased.values().all(|it| it.ground == line("declined_reports = P2Y")));
    assert_eq!(due().await.len(), 1, "only what is held is left");
    assert!(
        centre.desk.report(&centre.viewer("audit").await, open).await.unwrap().content.is_some()
    );
    centre.holds_together().await;
    assert_eq!(centre.desk.erase_due().await.unwrap(), 0, "without a rule nothing goes");
}

#[tokio::test]
async fn a_package_of_evidence_holds_and_a_flipped_byte_is_found() {
    let centre = centre().await;
    let report = centre.report("zebra").await;
    let incident = centre.accept(report).await;
    centre.act("lin", &of_incident(incident), hold()).await.unwrap();
    let lin = centre.viewer("lin").await;
    let asked = EvidenceAsked {
        incident,
        command_id: centre.desk.command_id(),
        made_for: line("市公安局网安总队"),
        purpose: line("立案侦查"),
    };
    let out = Cursor::new(Vec::new());
    let (made, file) = centre.desk.make_evidence(&lin, asked.clone(), out).await.unwrap();
    let file = file.into_inner();
    assert_eq!(made.bytes, u64::try_from(file.len()).unwrap());

    let sound = verify_evidence(Cursor::new(&file)).unwrap();
    assert_eq!((sound.texts, sound.left_out), (2, 0), "content and attachment");
    assert!(sound.entries >= 4, "{sound:?}");
    assert_eq!(sound.made_for, line("市公安局网安总队"));

    centre.clock.set("2026-03-14T05:00:00Z".parse().unwrap());
    centre.act("wei", &of_incident(incident), hold()).await.unwrap_err();
    let again = Cursor::new(Vec::new());
    let (repeated, same) = centre.desk.make_evidence(&lin, asked, again).await.unwrap();
    assert_eq!(same.into_inner(), file, "the same bytes whenever it is made");
    assert_eq!((repeated.package, repeated.is_as_recorded), (1, true));

    for at in (0..file.len()).step_by(97) {
        let mut flipped = file.clone();
        flipped[at] ^= 1;
        let told = verify_evidence(Cursor::new(&flipped));
        assert!(told.is_err() || is_only_about_the_container(&flipped, &file), "byte {at}");
    }
    let shorter = verify_evidence(Cursor::new(&file[..file.len() - 40]));
    assert!(matches!(shorter, Err(EvidenceBroken::NotAPackage(_))), "{shorter:?}");
}

/// Some bytes of the container say nothing: times, permissions, sizes that stand twice. Their change is
/// found by the SHA-256 of the whole file; what is in the package must be the same.
fn is_only_about_the_container(flipped: &[u8], file: &[u8]) -> bool {
    let sound = |bytes: &[u8]| verify_evidence(Cursor::new(bytes.to_vec())).unwrap();
    sound(flipped) == sound(file)
}

#[tokio::test]
async fn a_package_leaves_out_what_was_erased_and_says_why() {
    let centre = centre().await;
    let report = centre.report("zebra").await;
    let incident = centre.accept(report).await;
    let lin = centre.viewer("lin").await;
    let asked = |desk: &Desk| EvidenceAsked {
        incident,
        command_id: desk.command_id(),
        made_for: line("市公安局"),
        purpose: line("取证"),
    };
    let first = asked(&centre.desk);
    let (made, _) = centre.desk.make_evidence(&lin, first, Vec::new()).await.unwrap();
    let hand_over = CustodyCommand::HandOverPackage {
        package: made.package,
        recipient: line("王警官"),
        receipt: line("收字7号"),
    };
    centre.act("lin", &of_incident(incident), hand_over).await.unwrap();
    centre.act("lin", &of_report(report), request()).await.unwrap();
    centre.act("wei", &of_report(report), approve(1)).await.unwrap();

    let (again, _) = centre.desk.evidence(&lin, incident, 1, Vec::new()).await.unwrap();
    assert!(!again.is_as_recorded, "it cannot be made again");
    let second = asked(&centre.desk);
    let (_, file) = centre.desk.make_evidence(&lin, second, Vec::new()).await.unwrap();
    let sound = verify_evidence(Cursor::new(&file)).unwrap();
    assert_eq!((sound.texts, sound.left_out), (0, 2));
    assert!(!String::from_utf8_lossy(&file).contains("zebra"));
    assert!(String::from_utf8_lossy(&file).contains("当事人要求删除"));

    let gao = centre.viewer("zhou").await;
    let third = asked(&centre.desk);
    let told = centre.desk.make_evidence(&gao, third, Vec::new()).await;
    assert!(matches!(told, Err(DeskFault::NotYours | DeskFault::Absent)), "{told:?}");
}

#[tokio::test]
async fn a_collector_of_logs_gets_every_entry_in_order_and_no_text() {
    let centre = centre().await;
    centre.report("zebra").await;
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let syslog = syslog_to(listener.local_addr().unwrap().port());
    let mut collector = JoinSet::new();
    collector.spawn(async move {
        let mut heard = String::new();
        for does_break in [false, true, false] {
            let (mut stream, _) = listener.accept().await.unwrap();
            if does_break {
                // Closed with octets unread, so the other side is told that it broke.
                stream.read_exact(&mut [0; 10]).await.unwrap();
            } else {
                stream.read_to_string(&mut heard).await.unwrap();
            }
        }
        heard
    });
    let hand_on = || async {
        let take = |batch: Vec<AuditLine>| {
            let (syslog, records) =
                (syslog.clone(), batch.iter().map(record_of).collect::<Vec<_>>());
            async move { matches!(syslog.send(&records).await, Outcome::Delivered { .. }) }
        };
        centre.desk.hand_on_audit("syslog", take).await.unwrap()
    };
    assert_eq!(hand_on().await, Handed::On);
    centre.report("zebra again").await;
    assert_eq!(hand_on().await, Handed::Nothing, "nobody knows, so it comes again");
    assert_eq!(hand_on().await, Handed::On);
    assert_eq!(hand_on().await, Handed::Everything);

    let heard = collector.join_next().await.unwrap().unwrap();
    let positions = heard.split("position=\"").skip(1);
    let positions: Vec<u64> =
        positions.map(|rest| rest.split('"').next().unwrap().parse().unwrap()).collect();
    let head = centre.desk.verify(|_, _| {}).await.unwrap().unwrap();
    assert_eq!(positions, (1..=head.position).collect::<Vec<_>>(), "all of them, in order");
    assert!(!heard.contains("zebra") && !heard.contains("浦江"), "no text, no name");
}

fn syslog_to(port: u16) -> Syslog {
    let reach = Reach::public().and(["127.0.0.0/8".parse().unwrap()]);
    let dialler = Dialler::new(Names::System, reach, Trust::nobody());
    let route = SyslogRoute { host: "127.0.0.1".to_owned(), port, wire: SyslogWire::Plain };
    Syslog::new(dialler, route, SyslogLimits::default())
}

fn record_of(line: &AuditLine) -> SyslogRecord {
    SyslogRecord {
        facility: Facility::AUDIT,
        severity: Severity::Notice,
        at: line.recorded_at,
        host: "desk".to_owned(),
        kind: line.kind.clone(),
        data_id: "entry@32473",
        data: vec![("position", line.position.to_string()), ("actor", line.actor.clone())],
        text: line.stream.clone(),
    }
}

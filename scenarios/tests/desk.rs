//! What the desk promises, on a centre that is set up: nothing twice, nothing lost, nobody sees what
//! they may not, and an edited byte is found.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops at what it does not expect"
)]

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use fengsui_desk::content::{ReportContent, Reporter};
use fengsui_desk::{
    Acceptance, Accepting, Arrival, Capacity, Desk, DeskFault, DeskSettings, NewAccount, OnlyOpen,
    ReportFilter, SignInRefused, StoryClock, StoryIds, Viewer,
};
use fengsui_response::{Actor, Affected, Anchors, IntakeChannel, Refusal, ReportKind};
use fengsui_scenarios::{appoint, register};
use fengsui_vocabulary::{CommandId, Facts, Lang};
use jiff::{SignedDuration, Timestamp};

const PASSWORD: &str = "beacon-tower";

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
    appoint(&desk, PASSWORD).await.unwrap();
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

    fn arrival(&self, title: &str) -> Arrival {
        let organisation = self.desk.directory().named("浦江数据服务有限公司");
        let discovered_at: Timestamp = "2026-03-14T01:40:00Z".parse().unwrap();
        let anchors = Anchors { discovered_at: Some(discovered_at), ..Anchors::default() };
        Arrival {
            kind: ReportKind::Incident,
            channel: IntakeChannel::Web,
            taken_in_by: None,
            follows: None,
            affected: vec![Affected { organisation, district: None, anchors }],
            facts: Facts::new(),
            content: ReportContent {
                title: title.parse().unwrap(),
                description: "发生了什么".parse().unwrap(),
                reporter: Reporter::default(),
                file_names: Vec::new(),
                organisation: None,
                lang: Lang::Zh,
            },
            files: Vec::new(),
            call: None,
            sealed_because: None,
        }
    }

    async fn accept(
        &self,
        login: &str,
        report: fengsui_vocabulary::ReportId,
    ) -> Result<(), DeskFault> {
        let accepting =
            Accepting { by: self.viewer(login).await.actor, role: None, happened_at: None };
        let title = Acceptance::Open("一个事件".parse().unwrap());
        self.desk.accept(report, self.desk.command_id(), accepting, title).await.map(drop)
    }
}

#[tokio::test]
async fn a_double_submit_is_one_report_with_the_same_receipt() {
    let centre = centre().await;
    let command = CommandId::from_bits(4_711);
    let first =
        centre.desk.take_in(&Actor::public(), command, centre.arrival("一"), None).await.unwrap();
    let second =
        centre.desk.take_in(&Actor::public(), command, centre.arrival("一"), None).await.unwrap();
    assert_eq!((&first.number, &first.secret), (&second.number, &second.secret));
    assert_eq!((first.position, &first.leaf), (second.position, &second.leaf));
    assert!(second.repeated);
    let lin = centre.viewer("lin").await;
    let reports = centre.desk.reports(&lin, &ReportFilter::default()).await.unwrap();
    assert_eq!(reports.lines.len(), 1);
}

#[tokio::test]
async fn of_two_officers_who_accept_at_once_one_wins_and_the_other_is_told_by_whom() {
    let centre = centre().await;
    let receipt = centre
        .desk
        .take_in(&Actor::public(), centre.desk.command_id(), centre.arrival("一"), None)
        .await
        .unwrap();
    let (one, other) =
        tokio::join!(centre.accept("lin", receipt.report), centre.accept("mara", receipt.report));
    let refused = [one, other].into_iter().filter_map(Result::err).collect::<Vec<_>>();
    assert!(
        matches!(refused.as_slice(), [DeskFault::Refused(Refusal::AlreadyAccepted { .. })]),
        "{refused:?}"
    );
    let lin = centre.viewer("lin").await;
    let incidents = centre.desk.incidents(&lin, OnlyOpen::Yes, None).await.unwrap();
    assert_eq!(incidents.lines.len(), 1);
}

#[tokio::test]
async fn a_wrong_secret_opens_nothing() {
    let centre = centre().await;
    let receipt = centre
        .desk
        .take_in(&Actor::public(), centre.desk.command_id(), centre.arrival("一"), None)
        .await
        .unwrap();
    let opened = centre.desk.open_receipt(&receipt.number, &receipt.secret).await.unwrap();
    assert_eq!(opened, receipt.report);
    let lower = receipt.secret.to_lowercase();
    assert!(centre.desk.open_receipt(&receipt.number, &lower).await.is_ok());
    for (number, secret) in
        [(receipt.number.as_str(), "AAAAAAAAAAAA"), ("20260314-AAAAAA", receipt.secret.as_str())]
    {
        let refused = centre.desk.open_receipt(number, secret).await;
        assert!(matches!(refused, Err(DeskFault::Absent)), "{refused:?}");
    }
}

#[tokio::test]
async fn a_time_in_the_future_is_refused_and_nothing_is_written() {
    let centre = centre().await;
    let before = centre.desk.verify(|_, _| {}).await.unwrap().unwrap();
    let mut arrival = centre.arrival("一");
    for affected in &mut arrival.affected {
        affected.anchors.discovered_at = Some("2026-03-15T00:00:00Z".parse().unwrap());
    }
    let refused =
        centre.desk.take_in(&Actor::public(), centre.desk.command_id(), arrival, None).await;
    assert!(matches!(refused, Err(DeskFault::Refused(Refusal::InTheFuture { .. }))), "{refused:?}");
    let after = centre.desk.verify(|_, _| {}).await.unwrap().unwrap();
    assert_eq!(before, after);
}

#[tokio::test]
async fn a_login_is_locked_after_five_wrong_passwords_and_opens_later() {
    let centre = centre().await;
    for _ in 0..5 {
        let refused = centre.desk.sign_in("lin", "wrong-password").await.unwrap();
        assert_eq!(refused.unwrap_err(), SignInRefused::Wrong);
    }
    let locked = centre.desk.sign_in("lin", PASSWORD).await.unwrap();
    assert!(matches!(locked, Err(SignInRefused::Locked { .. })), "{locked:?}");
    let now = "2026-03-14T02:16:00Z".parse().unwrap();
    centre.clock.set(now);
    let signed_in = centre.desk.sign_in("LIN ", PASSWORD).await.unwrap().unwrap();
    let session = centre.desk.session(&signed_in.cookie.0).await.unwrap();
    assert_eq!(session.map(|session| session.login), Some("lin".to_owned()));
    centre.clock.set(now + SignedDuration::from_hours(13));
    assert_eq!(centre.desk.session(&signed_in.cookie.0).await.unwrap(), None);
}

#[tokio::test]
async fn a_login_that_does_not_exist_gets_the_same_answer() {
    let centre = centre().await;
    let refused = centre.desk.sign_in("nobody", PASSWORD).await.unwrap();
    assert_eq!(refused.unwrap_err(), SignInRefused::Wrong);
}

#[tokio::test]
async fn a_login_is_taken_once() {
    let centre = centre().await;
    let again = NewAccount {
        login: "Lin".to_owned(),
        name: "另一人".to_owned(),
        password: Some(PASSWORD.to_owned()),
        organisation: None,
        roles: BTreeSet::new(),
        capacities: BTreeSet::from([Capacity::Liaison]),
    };
    let refused = centre.desk.add_account(&centre.desk.console(), again).await;
    assert!(refused.unwrap_err().to_string().contains("mended"));
}

#[tokio::test]
async fn a_table_of_organisations_is_taken_whole_or_not_at_all() {
    let centre = centre().await;
    let table =
        "name_zh,name_en,parent,district\n新单位,New Unit,,310115\n下属,Below,新单位,310115\n";
    let import = centre.desk.read_organisations(table);
    assert!(import.is_sound(), "{:?}", import.lines);
    let bad =
        centre.desk.read_organisations("name_zh,parent\n甲,没有的单位\n浦江数据服务有限公司,\n");
    let lines: Vec<String> = bad.lines.iter().map(ToString::to_string).collect();
    assert_eq!(
        lines,
        [
            "line 2: mend: parent: 没有的单位 is neither registered nor on an earlier line",
            "line 3: mend: name_zh: 浦江数据服务有限公司 is registered already",
        ]
    );
    assert!(centre.desk.import_organisations(&centre.desk.console(), bad).await.is_err());
    assert_eq!(centre.desk.directory().named("甲"), None);
    let console = centre.desk.console();
    assert_eq!(centre.desk.import_organisations(&console, import).await.unwrap(), 2);
    let parent = centre.desk.directory().named("新单位").unwrap();
    let below = centre.desk.directory().named("下属").unwrap();
    assert!(centre.desk.directory().subtree(parent).contains(&below));
}

#[tokio::test]
async fn one_edited_byte_makes_verification_fail_at_that_entry() {
    let centre = centre().await;
    let receipt = centre
        .desk
        .take_in(&Actor::public(), centre.desk.command_id(), centre.arrival("一"), None)
        .await
        .unwrap();
    centre.desk.close().await;
    edit(centre.folder.path(), b"\"kind\":\"incident\"", b"\"kind\":\"incidenT\"");
    let desk = open(centre.folder.path(), &centre.clock).await;
    let broken = desk.verify(|_, _| {}).await.unwrap().unwrap_err();
    assert_eq!(broken.position, receipt.position);
}

#[tokio::test]
async fn a_text_edited_beside_the_journal_is_found_too() {
    let centre = centre().await;
    let receipt = centre
        .desk
        .take_in(&Actor::public(), centre.desk.command_id(), centre.arrival("原话"), None)
        .await
        .unwrap();
    centre.desk.close().await;
    edit(centre.folder.path(), "发生了什么".as_bytes(), "发生了啥么".as_bytes());
    let desk = open(centre.folder.path(), &centre.clock).await;
    let broken = desk.verify(|_, _| {}).await.unwrap().unwrap_err();
    assert_eq!(broken.position, receipt.position);
}

/// Changes bytes in the database's file, wherever they stand.
fn edit(folder: &Path, from: &[u8], to: &[u8]) {
    assert_eq!(from.len(), to.len());
    let file = folder.join("fengsui.db");
    let mut bytes = std::fs::read(&file).unwrap();
    let mut edited = 0;
    for start in 0..=bytes.len() - from.len() {
        if bytes[start..start + from.len()] == *from {
            bytes[start..start + from.len()].copy_from_slice(to);
            edited += 1;
        }
    }
    assert!(edited > 0, "nothing to edit");
    std::fs::write(&file, bytes).unwrap();
}

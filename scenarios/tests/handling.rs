//! Handling through the desk: a report under the procedure of CNCERT from receipt to result, a technical
//! plan with its steps, numbers of documents.

#![expect(clippy::unwrap_used, reason = "a test stops at what it does not expect")]

use std::collections::BTreeSet;
use std::sync::Arc;

use fengsui_desk::content::{ReportContent, Reporter};
use fengsui_desk::{
    Acceptance, Accepting, Arrival, Capacity, Desk, DeskFault, DeskSettings, NewAccount,
    StoryClock, StoryIds, Viewer,
};
use fengsui_plan::{Act, Channel};
use fengsui_response::incident::{
    IncidentCommand, IssueDocument, MeetDuty, RecordFacts, TakeTechnicalStep, Verdict,
    VoiceDecision,
};
use fengsui_response::organisation::Networks;
use fengsui_response::report::ReportCommand;
use fengsui_response::{
    Actor, Affected, Anchors, Asked, BlobRef, Delivery, Details, IntakeChannel, OrganisationKind,
    Outlook, ReportKind, Step,
};
use fengsui_scenarios::{appoint, register};
use fengsui_vocabulary::{
    FactValue, Facts, IncidentId, Label, Lang, Line, PlanId, ReportId, Scalar,
};
use jiff::Timestamp;

struct Centre {
    desk: Desk,
    clock: Arc<StoryClock>,
    _folder: tempfile::TempDir,
}

#[tokio::test]
async fn golden_14_a_report_with_weak_evidence_goes_from_receipt_to_result() {
    let centre = cert().await;
    let report = centre.report("钓鱼网站").await;
    assert_eq!(centre.owed_by(report).await, ["cncert-3-receipt"]);
    centre.tell(report, "cncert-3-receipt", "09:05").await.unwrap();
    assert!(centre.owed_by(report).await.is_empty());

    centre.about(report, "10:00", decline("页面无法访问,也没有截图")).await.unwrap();
    assert_eq!(centre.owed_by(report).await, ["cncert-3-acceptance"], "and why");
    centre.tell(report, "cncert-3-acceptance", "10:10").await.unwrap();
    assert!(centre.owed_by(report).await.is_empty());
    let refused = centre.accept(report, "10:20").await.unwrap_err();
    assert_eq!(refusal(&refused), "report-declined");

    let reopen = ReportCommand::Reopen { reason: line("补充了邮件原文") };
    centre.about(report, "15:00", reopen).await.unwrap();
    let incident = centre.accept(report, "15:30").await.unwrap();
    assert_eq!(centre.owed(incident).await, ["cncert-3-acceptance"], "each answer is told");
    centre.meet(incident, "cncert-3-acceptance", "15:40").await.unwrap();
    let confirmed = FactValue::Exact(Scalar::Flag(true));
    let facts = RecordFacts {
        facts: [("confirmed_by_evidence".parse().unwrap(), confirmed)].into(),
        said_by: None,
        ground: None,
        outlook: Outlook::Observed,
    };
    centre.ask("duty", incident, "15:45", IncidentCommand::RecordFacts(facts)).await.unwrap();
    assert_eq!(centre.owed(incident).await, ["cncert-3-handling"]);
    centre.meet(incident, "cncert-3-handling", "16:00").await.unwrap();

    centre.ask("duty", incident, "16:05", voice(Step::Start)).await.unwrap();
    centre.ask("duty", incident, "18:00", voice(Step::End)).await.unwrap();
    assert_eq!(centre.owed(incident).await, ["cncert-3-result"]);
    let review = IncidentCommand::Review { text: centre.text().await };
    centre.ask("duty", incident, "18:20", review).await.unwrap();
    let close = || IncidentCommand::Close { note: None };
    let early = centre.ask("duty", incident, "18:25", close()).await.unwrap_err();
    assert_eq!(refusal(&early), "not-closable", "the reporter was not told the result");
    centre.meet(incident, "cncert-3-result", "18:30").await.unwrap();
    centre.ask("duty", incident, "18:40", close()).await.unwrap();

    let view = centre.desk.incident(&centre.viewer("duty").await, incident).await.unwrap();
    let answers = view.duties.iter().filter(|duty| duty.duty == "cncert-3-acceptance");
    let times: Vec<_> = answers.map(|duty| (duty.arose_at, duty.done_at.unwrap())).collect();
    assert_eq!(times, [(at("10:00"), at("10:10")), (at("15:30"), at("15:40"))]);
}

#[tokio::test]
async fn beside_another_plan_the_procedure_of_cncert_owes_the_same_from_acceptance_on() {
    let centre = shanghai().await;
    let desk = &centre.desk;
    desk.adopt_plan(&desk.console(), &cncert()).await.unwrap();
    let office = desk.directory().named("市网络与信息安全应急管理事务中心").unwrap();
    let role = "cncert".parse().unwrap();
    desk.bind_role_of(&desk.console(), &cncert(), &role, office).await.unwrap();
    let report = centre.report("钓鱼网站").await;
    centre.about_as("lin", report, "10:00", decline("证据不足")).await.unwrap();
    let reopen = ReportCommand::Reopen { reason: line("补充了邮件原文") };
    centre.about_as("lin", report, "15:00", reopen).await.unwrap();
    let incident = centre.accept_as("lin", report, "15:30").await.unwrap();
    let owed: Vec<String> = centre.owed(incident).await;
    let of_cncert: Vec<_> = owed.iter().filter(|duty| duty.starts_with("cncert")).collect();
    assert_eq!(of_cncert, ["cncert-3-receipt", "cncert-3-acceptance", "cncert-3-acceptance"]);
    centre.meet_as("tang", incident, "cncert-3-receipt", "15:40").await.unwrap();
    let left = centre.owed(incident).await;
    assert!(!left.iter().any(|duty| duty == "cncert-3-receipt"), "{left:?}");
}

#[tokio::test]
async fn a_technical_plan_waits_for_its_next_step_on_the_desks_of_those_who_may_take_it() {
    let centre = shanghai().await;
    let report = centre.report("入侵").await;
    let incident = centre.accept_as("lin", report, "10:00").await.unwrap();
    let judge = IncidentCommand::JudgeLevel {
        plan: "shanghai-2019".parse().unwrap(),
        level: "II".parse().unwrap(),
        reason: Some(line("初判")),
    };
    centre.ask("lin", incident, "10:01", judge).await.unwrap();
    let tang = centre.viewer("tang").await;
    let unseen = centre.desk.incident(&tang, incident).await;
    assert!(matches!(unseen, Err(DeskFault::Absent)), "not the management centre's work yet");
    let draft = centre.draft("lin", incident, "10:05").await;
    let lines = centre.waiting("tang").await;
    assert_eq!(lines, ["technical-step test_technical_plan"]);
    for (login, step) in [
        ("tang", Act::TestTechnicalPlan),
        ("wei", Act::AssessTechnicalPlan),
        ("wei", Act::ApproveTechnicalPlan),
    ] {
        let about = technical(step, Some(&draft), None);
        centre.ask(login, incident, "10:10", about).await.unwrap();
    }
    assert!(centre.waiting("wei").await.is_empty());
    assert_eq!(centre.waiting("tang").await, ["technical-step resource_technical_plan"]);
    let early = technical(Act::ExecuteTechnicalPlan, Some(&draft), None);
    let refused = centre.ask("gao", incident, "10:20", early).await.unwrap_err();
    assert_eq!(refusal(&refused), "out-of-turn");
    for (login, step) in [("tang", Act::ResourceTechnicalPlan), ("wei", Act::OrderTechnicalPlan)] {
        centre.ask(login, incident, "10:25", technical(step, Some(&draft), None)).await.unwrap();
    }
    // The unit where it happened carries it out, and is nobody's role here.
    let execute = technical(Act::ExecuteTechnicalPlan, Some(&draft), None);
    centre.ask("gao", incident, "10:30", execute).await.unwrap();
    let view = centre.desk.incident(&centre.viewer("lin").await, incident).await.unwrap();
    let found = view.technical().unwrap();
    assert_eq!((found.rounds.len(), found.next), (1, None));
    let text: Option<String> = view.text(&draft);
    assert_eq!(text.as_deref(), Some("隔离、清除、恢复"), "the draft can be read");
    let rebuilt = centre.desk.rebuild(|_, _| {}).await.unwrap();
    assert_eq!(rebuilt.differences, Vec::<String>::new());
}

#[tokio::test]
async fn a_number_is_one_documents_own_over_all_incidents() {
    let centre = shanghai().await;
    let mut incidents = Vec::new();
    for title in ["一", "二"] {
        let report = centre.report(title).await;
        incidents.push(centre.accept_as("lin", report, "10:00").await.unwrap());
    }
    let (one, other) = (incidents.remove(0), incidents.remove(0));
    centre.ask("lin", one, "10:05", centre.document("沪网信报〔2026〕1号").await).await.unwrap();
    for incident in [one, other] {
        let document = centre.document("沪网信报〔2026〕1号").await;
        let taken = centre.ask("lin", incident, "10:06", document).await.unwrap_err();
        assert_eq!(refusal(&taken), "number-taken");
        assert!(taken.to_string().contains("沪网信报〔2026〕1号"), "{taken}");
    }
    centre.ask("lin", other, "10:07", centre.document("沪网信报〔2026〕2号").await).await.unwrap();
    let view = centre.desk.incident(&centre.viewer("lin").await, other).await.unwrap();
    assert_eq!(view.incident.documents.len(), 1, "what was refused was not written");
}

#[tokio::test]
async fn of_two_documents_that_want_one_number_at_once_one_gets_it() {
    let centre = shanghai().await;
    let mut incidents = Vec::new();
    for title in ["一", "二"] {
        let report = centre.report(title).await;
        incidents.push(centre.accept_as("lin", report, "10:00").await.unwrap());
    }
    let (first, second) = (centre.document("1号").await, centre.document("1号").await);
    let (one, other) = tokio::join!(
        centre.ask("lin", incidents[0], "10:05", first),
        centre.ask("shen", incidents[1], "10:05", second)
    );
    let refused: Vec<_> = [one, other].into_iter().filter_map(Result::err).collect();
    assert_eq!(refused.iter().map(refusal).collect::<Vec<_>>(), ["number-taken"]);
}

/// A centre that works under the procedure of CNCERT, with two people on duty.
async fn cert() -> Centre {
    let centre = empty().await;
    let desk = &centre.desk;
    desk.adopt_plan(&desk.console(), &cncert()).await.unwrap();
    let details = Details {
        name: Label::new("国家互联网应急中心", "CNCERT/CC"),
        parent: None,
        district: None,
        sector: None,
        kinds: BTreeSet::from([OrganisationKind::Authority]),
        systems: Vec::new(),
        duty_telephone: None,
        responsible_post: None,
        contacts: None,
        networks: Networks::default(),
        filings: Vec::new(),
    };
    let office = desk.register_organisation(&desk.console(), details).await.unwrap();
    desk.bind_role(&desk.console(), &"cncert".parse().unwrap(), office).await.unwrap();
    for login in ["duty", "second"] {
        let account = NewAccount {
            login: login.to_owned(),
            name: login.to_owned(),
            password: None,
            organisation: Some(office),
            roles: BTreeSet::new(),
            capacities: BTreeSet::from([Capacity::Officer]),
        };
        desk.add_account(&desk.console(), account).await.unwrap();
    }
    centre
}

async fn shanghai() -> Centre {
    let centre = empty().await;
    let desk = &centre.desk;
    desk.adopt_plan(&desk.console(), &"shanghai-2019".parse().unwrap()).await.unwrap();
    register(desk).await.unwrap();
    appoint(desk, "beacon-tower").await.unwrap();
    centre
}

async fn empty() -> Centre {
    let folder = tempfile::tempdir().unwrap();
    let clock = Arc::new(StoryClock::at(at("08:50")));
    let settings = DeskSettings {
        url: format!("sqlite://{}", folder.path().join("fengsui.db").display()),
        clock: Arc::<StoryClock>::clone(&clock),
        ids: Arc::new(StoryIds::default()),
    };
    let desk = Desk::open(&settings).await.unwrap();
    Centre { desk, clock, _folder: folder }
}

impl Centre {
    async fn viewer(&self, login: &str) -> Viewer {
        let account = self.desk.account(login).await.unwrap().unwrap();
        self.desk.viewer(account.person).unwrap()
    }

    /// Somebody outside reports at nine o'clock.
    async fn report(&self, title: &str) -> ReportId {
        self.clock.set(at("09:00"));
        let organisation = self.desk.directory().named("浦江数据服务有限公司");
        let arrival = Arrival {
            kind: ReportKind::Incident,
            channel: IntakeChannel::Web,
            taken_in_by: None,
            follows: None,
            affected: vec![Affected { organisation, district: None, anchors: Anchors::default() }],
            facts: Facts::new(),
            content: ReportContent {
                title: line(title),
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

    async fn about(
        &self,
        report: ReportId,
        clock: &str,
        command: ReportCommand,
    ) -> Result<(), DeskFault> {
        self.about_as("duty", report, clock, command).await
    }

    async fn about_as(
        &self,
        login: &str,
        report: ReportId,
        clock: &str,
        command: ReportCommand,
    ) -> Result<(), DeskFault> {
        self.clock.set(at(clock));
        let asked = Asked::now(self.viewer(login).await.actor, command);
        let id = self.desk.command_id();
        self.desk.act_on_report(report, id, asked, Vec::new()).await.map(drop)
    }

    /// What the report's page says that somebody has to do, as the due index has it too.
    async fn owed_by(&self, report: ReportId) -> Vec<String> {
        let viewer = self.viewer("duty").await;
        let view = self.desk.report(&viewer, report).await.unwrap();
        let open = view.duties.iter().filter(|duty| duty.state.is_open());
        let owed: Vec<String> = open.map(|duty| duty.duty.to_string()).collect();
        let due = self.desk.due_next(&viewer, 50).await.unwrap();
        let listed: Vec<String> = due.iter().map(|line| line.duty.to_string()).collect();
        assert_eq!(owed, listed, "the list of what is due says the same");
        owed
    }

    /// Tells the reporter something that is owed because of the report.
    async fn tell(&self, report: ReportId, duty: &str, clock: &str) -> Result<(), DeskFault> {
        let view = self.desk.report(&self.viewer("duty").await, report).await.unwrap();
        let open = view.duties.iter().filter(|it| it.duty == *duty && it.state.is_open());
        let ticks = open.map(|duty| view.report.tick_of(duty)).collect();
        self.about(report, clock, ReportCommand::MeetDuty(told(ticks))).await
    }

    async fn accept(&self, report: ReportId, clock: &str) -> Result<IncidentId, DeskFault> {
        self.accept_as("duty", report, clock).await
    }

    async fn accept_as(
        &self,
        login: &str,
        report: ReportId,
        clock: &str,
    ) -> Result<IncidentId, DeskFault> {
        self.clock.set(at(clock));
        let by = self.viewer(login).await.actor;
        let accepting = Accepting { by, role: None, happened_at: None };
        let open = Acceptance::Open(line("一个事件"));
        self.desk.accept(report, self.desk.command_id(), accepting, open).await
    }

    /// What is owed because of the incident, under every plan.
    async fn owed(&self, incident: IncidentId) -> Vec<String> {
        let login = if self.desk.account("duty").await.unwrap().is_some() { "duty" } else { "lin" };
        let view = self.desk.incident(&self.viewer(login).await, incident).await.unwrap();
        let open = view.duties.iter().filter(|duty| duty.state.is_open());
        open.map(|duty| duty.duty.to_string()).collect()
    }

    async fn meet(&self, incident: IncidentId, duty: &str, clock: &str) -> Result<(), DeskFault> {
        self.meet_as("duty", incident, duty, clock).await
    }

    async fn meet_as(
        &self,
        login: &str,
        incident: IncidentId,
        duty: &str,
        clock: &str,
    ) -> Result<(), DeskFault> {
        let view = self.desk.incident(&self.viewer(login).await, incident).await.unwrap();
        let open = view.duties.iter().filter(|it| it.duty == *duty && it.state.is_open());
        let ticks = open.map(|duty| view.incident.tick_of(duty)).collect();
        self.ask(login, incident, clock, IncidentCommand::MeetDuty(told(ticks))).await
    }

    async fn ask(
        &self,
        login: &str,
        incident: IncidentId,
        clock: &str,
        command: IncidentCommand,
    ) -> Result<(), DeskFault> {
        self.clock.set(at(clock));
        let asked = Asked::now(self.viewer(login).await.actor, command);
        let id = self.desk.command_id();
        self.desk.act_on_incident(incident, id, asked, Vec::new()).await.map(drop)
    }

    async fn draft(&self, login: &str, incident: IncidentId, clock: &str) -> BlobRef {
        self.clock.set(at(clock));
        let kept = self.desk.write_text(&"隔离、清除、恢复").await.unwrap();
        let text = kept.reference.clone();
        let command = technical(Act::DraftTechnicalPlan, None, Some(text.clone()));
        let asked = Asked::now(self.viewer(login).await.actor, command);
        let blobs = kept.new.into_iter().collect();
        self.desk.act_on_incident(incident, self.desk.command_id(), asked, blobs).await.unwrap();
        text
    }

    async fn text(&self) -> BlobRef {
        self.desk.write_text(&".".repeat(200_000)).await.unwrap().reference
    }

    async fn document(&self, number: &str) -> IncidentCommand {
        IncidentCommand::IssueDocument(IssueDocument {
            title: line("续报"),
            form: None,
            number: Some(line(number)),
            text: self.text().await,
            to: BTreeSet::new(),
            meets: Vec::new(),
            late_because: None,
        })
    }

    /// What waits for somebody, as their desk shows it.
    async fn waiting(&self, login: &str) -> Vec<String> {
        let lines = self.desk.desk_view(&self.viewer(login).await).await.unwrap().waiting;
        let of_technical = lines.iter().filter(|line| line.what == "technical-step");
        of_technical.map(|line| format!("{} {}", line.what, line.subject)).collect()
    }
}

fn technical(step: Act, draft: Option<&BlobRef>, text: Option<BlobRef>) -> IncidentCommand {
    IncidentCommand::TakeTechnicalStep(TakeTechnicalStep {
        plan: None,
        step,
        draft: draft.map(|draft| draft.digest.clone()),
        text,
        verdict: Verdict::Passed,
        note: None,
        on_behalf: None,
    })
}

fn voice(step: Step) -> IncidentCommand {
    IncidentCommand::VoiceDecision(VoiceDecision {
        step,
        level: "priority".parse().unwrap(),
        scope: line("钓鱼网站"),
        reason: Some(line("优先处置")),
    })
}

fn decline(reason: &str) -> ReportCommand {
    ReportCommand::Decline { reason: line(reason) }
}

fn told(ticks: Vec<fengsui_response::Tick>) -> MeetDuty {
    MeetDuty {
        ticks,
        channel: Channel::Written,
        act: Delivery::Other { note: line("邮件答复") },
        late_because: None,
    }
}

fn refusal(fault: &DeskFault) -> &'static str {
    match fault {
        DeskFault::Refused(refusal) => refusal.name(),
        DeskFault::Malformed(_)
        | DeskFault::Absent
        | DeskFault::NotYours
        | DeskFault::Erased { .. }
        | DeskFault::Unwritable(_)
        | DeskFault::Overtaken(_)
        | DeskFault::Busy
        | DeskFault::Store(_)
        | DeskFault::Unreadable(_) => "no refusal",
    }
}

fn cncert() -> PlanId {
    "cncert".parse().unwrap()
}

fn line(text: &str) -> Line {
    text.parse().unwrap()
}

/// A time of 14 March 2026 in Shanghai.
fn at(clock: &str) -> Timestamp {
    format!("2026-03-14T{clock}:00+08:00").parse().unwrap()
}

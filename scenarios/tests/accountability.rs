//! Holding to account through the desk: what is suggested to whom, files, hearings, decisions, statistics.

#![expect(clippy::unwrap_used, reason = "a test stops at what it does not expect")]

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use fengsui_desk::content::{Addition, ReportContent, Reporter, Writing};
use fengsui_desk::{
    Acceptance, Accepting, AccountabilityShelf, Arrival, Capacity, Desk, DeskFault, DeskSettings,
    Done, GroupBy, Kept, NewAccount, NewAccountability, OfferedPack, StatisticsPeriod, StoryClock,
    StoryIds, Viewer,
};
use fengsui_plan::Library;
use fengsui_response::accountability::{AccountabilityCommand, AccountabilityStatus, DecideFile};
use fengsui_response::incident::{IncidentCommand, MeetDuty};
use fengsui_response::{
    AccountabilityKind, Actor, Affected, Anchors, Asked, Delivery, Evidence, Ground, IntakeChannel,
    Outcome, ReportKind,
};
use fengsui_scenarios::{appoint, register};
use fengsui_vocabulary::{AccountabilityId, Facts, IncidentId, Lang, OrganisationId};
use jiff::Timestamp;

const UNIT: &str = "浦江数据服务有限公司";

struct Centre {
    desk: Desk,
    clock: Arc<StoryClock>,
    /// Texts that the next command refers to.
    texts: Mutex<Vec<Kept>>,
    _folder: tempfile::TempDir,
}

/// A centre under the Shanghai plan in an edition whose text names when its clocks start.
async fn centre() -> Centre {
    let folder = tempfile::tempdir().unwrap();
    let clock = Arc::new(StoryClock::at(at("09:00")));
    let settings = DeskSettings {
        url: format!("sqlite://{}", folder.path().join("fengsui.db").display()),
        clock: Arc::<StoryClock>::clone(&clock),
        ids: Arc::new(StoryIds::default()),
    };
    let desk = Desk::open(&settings).await.unwrap();
    let shanghai = "shanghai-2019".parse().unwrap();
    desk.adopt_plan(&desk.console(), &shanghai).await.unwrap();
    register(&desk).await.unwrap();
    appoint(&desk, "beacon-tower").await.unwrap();
    let second = NewAccount {
        login: "keeper".to_owned(),
        name: "第二位预案员".to_owned(),
        password: None,
        organisation: desk.directory().named("市委网信办"),
        roles: BTreeSet::new(),
        capacities: BTreeSet::from([Capacity::PlanOfficer]),
    };
    desk.add_account(&desk.console(), second).await.unwrap();
    let text = Library::shipped().source(&shanghai).unwrap().text;
    let text = text.split("[[scenario]]").next().unwrap().replace(", assumed = true", "");
    let centre = Centre { desk, clock, texts: Mutex::default(), _folder: folder };
    let (one, other) = (centre.actor("registrar").await, centre.actor("keeper").await);
    let pack = OfferedPack { bytes: text.into_bytes(), signature: None };
    let plan = centre.desk.draft_pack(&one, pack).await.unwrap();
    centre.desk.approve_pack(&other, &plan).await.unwrap();
    centre.desk.adopt_edition(&other, &plan, None).await.unwrap();
    centre
}

#[tokio::test]
async fn a_late_unit_is_suggested_opened_heard_and_decided_by_somebody_else() {
    let centre = centre().await;
    let desk = &centre.desk;
    let incident = centre.incident("10:00").await;
    centre.call(incident, "10:30", "linkage_centre").await;
    centre.clock.set(at("10:35"));
    assert_eq!(centre.suggested("lin").await, ["late 1", "omitted 2"]);

    let lin = centre.actor("lin").await;
    let (again, it) = (desk.command_id(), centre.about_unit(AccountabilityKind::Late, incident));
    let file = desk.open_accountability(&lin, again, it.clone()).await.unwrap();
    assert_eq!(desk.open_accountability(&lin, again, it.clone()).await.unwrap(), file, "a repeat");
    let taken = desk.open_accountability(&centre.actor("zhou").await, desk.command_id(), it).await;
    assert_eq!(refusal(&taken.unwrap_err()), "exists-already");
    assert_eq!(centre.suggested("lin").await, ["omitted 2"], "it is being dealt with");

    let view = desk.accountability(&centre.viewer("lin").await, file).await.unwrap();
    let [Ground::Duty { due, done: Some(done), clause, .. }] = view.file.ground.as_slice() else {
        panic!("{:?}", view.file.ground)
    };
    assert_eq!((*due, *done, clause.as_str()), (at("10:10"), at("10:30"), "4.1.1"));
    let [attached] = view.file.evidence.as_slice() else { panic!("{:?}", view.file.evidence) };
    let Evidence::Tick { entries, .. } = &attached.evidence else { panic!("{attached:?}") };
    assert_eq!(entries.len(), 2, "the report that told the start, and the call: {entries:?}");

    // The unit sees nothing of it before it is asked.
    let gao = centre.viewer("gao").await;
    assert!(matches!(desk.accountability(&gao, file).await, Err(DeskFault::Absent)));
    assert!(desk.accountability_of(&gao, &gao.organisations).await.unwrap().is_empty());
    let early = centre.ask("shen", file, "10:36", ruling(&centre).await).await.unwrap_err();
    assert_eq!(refusal(&early), "not-heard");
    let ask = AccountabilityCommand::AskToBeHeard {
        answer_by: at("18:00"),
        text: centre.text("请陈述").await,
    };
    centre.ask("lin", file, "10:40", ask).await.unwrap();
    let asked = desk.accountability_of(&gao, &gao.organisations).await.unwrap();
    assert_eq!(
        (asked.len(), asked[0].state.as_str(), asked[0].answer_by),
        (1, "asked", Some(at("18:00")))
    );
    let seen = desk.accountability(&gao, file).await.unwrap();
    assert!(seen.is_own && !seen.may_act);
    assert_eq!(seen.file.ground, view.file.ground, "what it is accused of");

    let hear = AccountabilityCommand::Hear {
        statement: centre.text("值班电话占线").await,
        files: vec![],
    };
    centre.ask("gao", file, "11:00", hear).await.unwrap();
    let alone = centre.ask("lin", file, "11:05", ruling(&centre).await).await.unwrap_err();
    assert_eq!(refusal(&alone), "needs-second-person");
    let decided = centre.ask("shen", file, "11:06", ruling(&centre).await).await.unwrap();
    assert_eq!(decided.kinds, ["accountability-decided"]);
    let seen = desk.accountability(&gao, file).await.unwrap();
    assert_eq!(seen.file.status, AccountabilityStatus::Decided(Outcome::Sanction));
    let closed = desk
        .accountability_files(&centre.viewer("wei").await, AccountabilityShelf::Closed, None)
        .await
        .unwrap();
    assert_eq!(closed.lines.len(), 1);
    assert_eq!(desk.rebuild(|_, _| {}).await.unwrap().differences, Vec::<String>::new());
}

#[tokio::test]
async fn a_dismissed_suggestion_comes_back_only_for_what_is_new() {
    let centre = centre().await;
    let incident = centre.incident("10:00").await;
    centre.clock.set(at("10:15"));
    assert_eq!(centre.suggested("lin").await, ["omitted 3"]);
    let it = centre.about_unit(AccountabilityKind::Omitted, incident);
    let lin = centre.actor("lin").await;
    centre.desk.dismiss_suggestion(&lin, centre.desk.command_id(), it).await.unwrap();
    assert!(centre.suggested("lin").await.is_empty());
    assert!(centre.suggested("zhou").await.is_empty(), "it is dismissed for everybody");
    centre.clock.set(at("10:41"));
    assert_eq!(centre.suggested("lin").await, ["omitted 2"], "the written reports are missed now");
    let shelf = AccountabilityShelf::Dismissed;
    let viewer = centre.viewer("lin").await;
    let dismissed = centre.desk.accountability_files(&viewer, shelf, None).await.unwrap();
    assert_eq!(dismissed.lines.len(), 1);

    let nothing = centre.about_unit(AccountabilityKind::False, incident);
    let refused = centre.desk.dismiss_suggestion(&lin, centre.desk.command_id(), nothing).await;
    assert_eq!(refusal(&refused.unwrap_err()), "nothing");
    assert_eq!(centre.desk.rebuild(|_, _| {}).await.unwrap().differences, Vec::<String>::new());
}

#[tokio::test]
async fn what_is_found_later_goes_into_the_file_there_is() {
    let centre = centre().await;
    let incident = centre.incident("10:00").await;
    centre.clock.set(at("10:15"));
    let lin = centre.actor("lin").await;
    let it = centre.about_unit(AccountabilityKind::Omitted, incident);
    let file = centre.desk.open_accountability(&lin, centre.desk.command_id(), it).await.unwrap();
    centre.clock.set(at("10:41"));
    let page = centre.desk.suggestions(&centre.viewer("lin").await, None).await.unwrap();
    assert_eq!((page.lines[0].file, page.lines[0].ground.len()), (Some(file), 2));
    let done = centre.desk.attach_found(&lin, centre.desk.command_id(), file).await.unwrap();
    assert_eq!(done.kinds, ["evidence-attached"]);
    assert!(centre.suggested("lin").await.is_empty());
    let view = centre.desk.accountability(&centre.viewer("lin").await, file).await.unwrap();
    assert_eq!((view.file.ground.len(), view.file.evidence.len()), (5, 5));
}

#[tokio::test]
async fn a_district_holds_its_own_units_to_account_and_sees_nothing_of_others() {
    let centre = centre().await;
    let desk = &centre.desk;
    let incident = centre.incident("10:00").await;
    centre.clock.set(at("10:15"));
    assert_eq!(centre.suggested("zhou").await, ["omitted 3"]);
    assert!(centre.suggested("xu").await.is_empty());
    assert!(centre.suggested("gao").await.is_empty());
    let it = centre.about_unit(AccountabilityKind::Omitted, incident);
    let xu = centre.actor("xu").await;
    let refused = desk.open_accountability(&xu, desk.command_id(), it.clone()).await;
    assert!(matches!(refused, Err(DeskFault::NotYours)), "{refused:?}");
    let zhou = centre.actor("zhou").await;
    let file = desk.open_accountability(&zhou, desk.command_id(), it).await.unwrap();
    assert!(desk.accountability(&centre.viewer("lin").await, file).await.is_ok());
    let unseen = desk.accountability(&centre.viewer("xu").await, file).await;
    assert!(matches!(unseen, Err(DeskFault::Absent)));
    let gao = centre.actor("gao").await;
    let own = NewAccountability {
        incident: None,
        ..centre.about_unit(AccountabilityKind::NoPlan, incident)
    };
    let refused = desk.open_accountability(&gao, desk.command_id(), own.clone()).await.unwrap_err();
    assert!(matches!(refused, DeskFault::NotYours), "{refused}");

    // A matter without an incident is unique in its year; contributions are not.
    desk.open_accountability(&zhou, desk.command_id(), own.clone()).await.unwrap();
    let again = desk.open_accountability(&zhou, desk.command_id(), own.clone()).await;
    assert_eq!(refusal(&again.unwrap_err()), "exists-already");
    for _ in 0..2 {
        let merit = NewAccountability { kind: AccountabilityKind::Commendation, ..own.clone() };
        desk.open_accountability(&zhou, desk.command_id(), merit).await.unwrap();
    }
    let shelf = AccountabilityShelf::Commendations;
    let viewer = centre.viewer("zhou").await;
    assert_eq!(desk.accountability_files(&viewer, shelf, None).await.unwrap().lines.len(), 2);
}

#[tokio::test]
async fn figures_count_what_fell_due_and_everybody_sees_what_they_answer_for() {
    let centre = centre().await;
    let desk = &centre.desk;
    let incident = centre.incident("10:00").await;
    centre.call(incident, "10:30", "linkage_centre").await;
    centre.clock.set(at("12:00"));
    let day = StatisticsPeriod { from: day("2026-03-14"), until: day("2026-03-14") };
    let lin = centre.viewer("lin").await;
    let by_unit = desk.statistics(&lin, GroupBy::Organisation, day).await.unwrap();
    let unit = desk.directory().named(UNIT).unwrap();
    let line = by_unit.lines.iter().find(|line| line.key == unit.to_string()).unwrap();
    let tally = &line.tally;
    // Six first reports: the form met one in time, one call came 20 minutes late, four never came.
    assert_eq!((tally.fallen_due(), tally.in_time, tally.late, tally.missed), (6, 1, 1, 4));
    assert_eq!((tally.median_lateness(), tally.reports), (Some(20), 1));
    assert_eq!(by_unit.zone, "Asia/Shanghai");

    let by_district = desk.statistics(&lin, GroupBy::District, day).await.unwrap();
    let keys: Vec<&str> = by_district.lines.iter().map(|line| line.key.as_str()).collect();
    assert_eq!(keys[0], "310115");
    let by_month = desk.statistics(&lin, GroupBy::Month, day).await.unwrap();
    assert_eq!(by_month.lines[0].key, "2026-03");
    assert_eq!(by_month.total, by_unit.total);
    let by_plan = desk.statistics(&lin, GroupBy::Plan, day).await.unwrap();
    assert_eq!(by_plan.lines[0].key, "shanghai-2019");

    let before = StatisticsPeriod { from: day_before(), until: day_before() };
    let nothing = desk.statistics(&lin, GroupBy::Organisation, before).await.unwrap();
    assert!(nothing.lines.is_empty());
    let backwards = StatisticsPeriod { from: day.from, until: day_before() };
    let refused = desk.statistics(&lin, GroupBy::Plan, backwards).await.unwrap_err();
    assert_eq!(refusal(&refused), "period-backwards");
    for (login, due) in [("zhou", 6), ("gao", 6), ("xu", 0), ("tan", 0)] {
        let viewer = centre.viewer(login).await;
        let seen = desk.statistics(&viewer, GroupBy::Organisation, day).await.unwrap();
        assert_eq!(seen.total.fallen_due(), due, "{login}");
    }
    let own = desk.punctuality_of(&centre.viewer("gao").await, unit).await.unwrap();
    assert_eq!((own.fallen_due(), own.late), (6, 1));
}

#[tokio::test]
async fn a_closed_incident_leaves_its_misses_as_omissions() {
    let centre = centre().await;
    let incident = centre.incident("10:00").await;
    centre.clock.set(at("11:00"));
    let lin = centre.viewer("lin").await;
    let view = centre.desk.incident(&lin, incident).await.unwrap();
    let blocking = view.duties.iter().filter(|duty| duty.state.is_open());
    let ticks: Vec<_> = blocking.map(|duty| view.incident.tick_of(duty)).collect();
    let waive = IncidentCommand::WaiveDuty { ticks, reason: "已并案".parse().unwrap() };
    centre.about(incident, "11:01", waive).await;
    centre.clock.set(at("11:02"));
    assert!(centre.suggested("lin").await.is_empty(), "nobody owes it any more");
    let day = StatisticsPeriod { from: day("2026-03-14"), until: day("2026-03-14") };
    let seen = centre.desk.statistics(&lin, GroupBy::Organisation, day).await.unwrap();
    assert_eq!((seen.total.set_aside, seen.total.missed), (5, 0));
}

impl Centre {
    async fn viewer(&self, login: &str) -> Viewer {
        let account = self.desk.account(login).await.unwrap().unwrap();
        self.desk.viewer(account.person).unwrap()
    }

    async fn actor(&self, login: &str) -> Actor {
        self.viewer(login).await.actor
    }

    fn unit(&self) -> OrganisationId {
        self.desk.directory().named(UNIT).unwrap()
    }

    /// The unit noticed it at 09:40 and filled in the form; Lin accepted it.
    async fn incident(&self, clock: &str) -> IncidentId {
        self.clock.set(at(clock));
        let anchors = Anchors { discovered_at: Some(at("09:40")), ..Anchors::default() };
        let arrival = Arrival {
            kind: ReportKind::Incident,
            channel: IntakeChannel::Web,
            taken_in_by: None,
            follows: None,
            affected: vec![Affected { organisation: Some(self.unit()), district: None, anchors }],
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
        let desk = &self.desk;
        let receipt =
            desk.take_in(&Actor::public(), desk.command_id(), arrival, None).await.unwrap();
        let accepting = Accepting { by: self.actor("lin").await, role: None, happened_at: None };
        let title = Acceptance::Open("一个事件".parse().unwrap());
        desk.accept(receipt.report, desk.command_id(), accepting, title).await.unwrap()
    }

    /// The linkage centre enters a call of the unit.
    async fn call(&self, incident: IncidentId, clock: &str, to: &str) {
        let viewer = self.viewer("lin").await;
        let view = self.desk.incident(&viewer, incident).await.unwrap();
        let is_it = |duty: &&fengsui_plan::Duty| {
            duty.duty == "sh-4.1.1-oral" && duty.to.as_ref().is_some_and(|it| it.as_str() == to)
        };
        let ticks = view.duties.iter().filter(is_it).map(|it| view.incident.tick_of(it)).collect();
        let met = IncidentCommand::MeetDuty(MeetDuty {
            ticks,
            channel: fengsui_plan::Channel::Oral,
            act: Delivery::Other { note: "电话".parse().unwrap() },
            late_because: Some("占线".parse().unwrap()),
        });
        self.about(incident, clock, met).await;
    }

    async fn about(&self, incident: IncidentId, clock: &str, command: IncidentCommand) {
        self.clock.set(at(clock));
        let is_met = matches!(command, IncidentCommand::MeetDuty(_));
        let by = if is_met { "chen" } else { "lin" };
        let asked = Asked::now(self.actor(by).await, command);
        let id = self.desk.command_id();
        self.desk.act_on_incident(incident, id, asked, Vec::new()).await.unwrap();
    }

    async fn ask(
        &self,
        login: &str,
        file: AccountabilityId,
        clock: &str,
        command: AccountabilityCommand,
    ) -> Result<Done, DeskFault> {
        self.clock.set(at(clock));
        let asked = Asked::now(self.actor(login).await, command);
        let blobs = self.texts.lock().unwrap().drain(..).filter_map(|text| text.new).collect();
        self.desk.act_on_accountability(file, self.desk.command_id(), asked, blobs).await
    }

    async fn text(&self, text: &str) -> fengsui_response::BlobRef {
        let addition = Addition { text: text.parse().unwrap(), file_names: Vec::new() };
        let text = self.desk.write_text(&addition).await.unwrap();
        let reference = text.reference.clone();
        self.texts.lock().unwrap().push(text);
        reference
    }

    fn about_unit(&self, kind: AccountabilityKind, incident: IncidentId) -> NewAccountability {
        NewAccountability {
            kind,
            organisation: self.unit(),
            incident: Some(incident),
            reason: Writing { text: "首报超时".parse().unwrap() },
        }
    }

    async fn suggested(&self, login: &str) -> Vec<String> {
        let page = self.desk.suggestions(&self.viewer(login).await, None).await.unwrap();
        let mut told: Vec<_> = page
            .lines
            .iter()
            .map(|line| format!("{} {}", line.kind.name(), line.ground.len()))
            .collect();
        told.sort();
        told
    }
}

async fn ruling(centre: &Centre) -> AccountabilityCommand {
    AccountabilityCommand::Decide(Box::new(DecideFile {
        outcome: Outcome::Sanction,
        reason: centre.text("迟报属实").await,
        document: Some("沪网办〔2026〕12号".parse().unwrap()),
        file: None,
    }))
}

fn refusal(fault: &DeskFault) -> &'static str {
    match fault {
        DeskFault::Refused(refusal) => refusal.name(),
        DeskFault::Malformed(_)
        | DeskFault::Absent
        | DeskFault::NotYours
        | DeskFault::Overtaken(_)
        | DeskFault::Busy
        | DeskFault::Store(_)
        | DeskFault::Unreadable(_)
        | DeskFault::Erased { .. }
        | DeskFault::Unwritable(_) => "no refusal",
    }
}

fn day(text: &str) -> jiff::civil::Date {
    text.parse().unwrap()
}

fn day_before() -> jiff::civil::Date {
    day("2026-03-13")
}

/// A time of 14 March 2026 in Shanghai.
fn at(clock: &str) -> Timestamp {
    format!("2026-03-14T{clock}:00+08:00").parse().unwrap()
}

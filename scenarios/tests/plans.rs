//! Several plans at one centre: drafted, approved, adopted; applied to one incident; exchanged.

#![expect(clippy::unwrap_used, reason = "a test stops at what it does not expect")]

use std::collections::BTreeSet;
use std::sync::Arc;

use fengsui_desk::content::{ReportContent, Reporter};
use fengsui_desk::signature::{Algorithm, SigningKey, Trust, TrustedKey};
use fengsui_desk::{
    Acceptance, Accepting, Arrival, Capacity, Desk, DeskFault, DeskSettings, NewAccount, NewRuling,
    NextForPack, OfferedPack, PACK_BYTES_MAX, StoryClock, StoryIds, Viewer,
};
use fengsui_plan::{Act, Library};
use fengsui_response::centre::{Life, NamePolicy, SignatureDemand};
use fengsui_response::incident::IncidentCommand;
use fengsui_response::{
    Actor, Affected, Anchors, Asked, IntakeChannel, PlanRef, PolicyHow, Refusal, ReportKind,
};
use fengsui_scenarios::{appoint, register};
use fengsui_vocabulary::{Facts, IncidentId, Lang, PlanId};
use jiff::Timestamp;

struct Centre {
    desk: Desk,
    clock: Arc<StoryClock>,
    folder: tempfile::TempDir,
}

/// A centre under the Shanghai plan, with two keepers of the plans.
async fn centre() -> Centre {
    let folder = tempfile::tempdir().unwrap();
    let clock = Arc::new(StoryClock::at("2026-03-14T02:00:00Z".parse().unwrap()));
    let desk = open(&folder, &clock).await;
    desk.adopt_plan(&desk.console(), &shanghai()).await.unwrap();
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
    Centre { desk, clock, folder }
}

async fn open(folder: &tempfile::TempDir, clock: &Arc<StoryClock>) -> Desk {
    let settings = DeskSettings {
        url: format!("sqlite://{}", folder.path().join("fengsui.db").display()),
        clock: Arc::<StoryClock>::clone(clock),
        ids: Arc::new(StoryIds::default()),
    };
    Desk::open(&settings).await.unwrap()
}

fn shanghai() -> PlanId {
    "shanghai-2019".parse().unwrap()
}

/// The Shanghai pack under another id: it owes the same to roles of the same names.
fn second_pack() -> Vec<u8> {
    told(|text| text.replace("id = \"shanghai-2019\"", "id = \"test-second\""))
}

/// A new edition of the Shanghai pack; the comment makes it another text.
fn another_edition() -> Vec<u8> {
    told(|text| format!("{text}\n# 2026\n"))
}

fn told(change: impl Fn(String) -> String) -> Vec<u8> {
    change(Library::shipped().source(&shanghai()).unwrap().text).into_bytes()
}

fn unsigned(bytes: Vec<u8>) -> OfferedPack {
    OfferedPack { bytes, signature: None }
}

impl Centre {
    async fn viewer(&self, login: &str) -> Viewer {
        let account = self.desk.account(login).await.unwrap().unwrap();
        self.desk.viewer(account.person).unwrap()
    }

    async fn actor(&self, login: &str) -> Actor {
        self.viewer(login).await.actor
    }

    /// Drafted by one keeper, approved and adopted by the other.
    async fn bring_into_force(&self, bytes: Vec<u8>) -> PlanRef {
        let (one, other) = (self.actor("registrar").await, self.actor("keeper").await);
        let plan = self.desk.draft_pack(&one, unsigned(bytes)).await.unwrap();
        self.desk.approve_pack(&other, &plan).await.unwrap();
        self.desk.adopt_edition(&other, &plan, None).await.unwrap();
        plan
    }

    /// An incident of a unit in Pudong, accepted by lin.
    async fn incident(&self) -> IncidentId {
        let organisation = self.desk.directory().named("浦江数据服务有限公司");
        let discovered_at: Timestamp = "2026-03-14T01:40:00Z".parse().unwrap();
        let anchors = Anchors { discovered_at: Some(discovered_at), ..Anchors::default() };
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
        let desk = &self.desk;
        let receipt =
            desk.take_in(&Actor::public(), desk.command_id(), arrival, None).await.unwrap();
        let accepting = Accepting { by: self.actor("lin").await, role: None, happened_at: None };
        let title = Acceptance::Open("一个事件".parse().unwrap());
        desk.accept(receipt.report, desk.command_id(), accepting, title).await.unwrap()
    }

    async fn ask(
        &self,
        by: Actor,
        incident: IncidentId,
        command: IncidentCommand,
    ) -> Result<Vec<String>, DeskFault> {
        let asked = Asked::now(by, command);
        let id = self.desk.command_id();
        self.desk.act_on_incident(incident, id, asked, Vec::new()).await.map(|done| done.kinds)
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

#[tokio::test]
async fn a_pack_goes_from_draft_to_force_and_survives_a_restart() {
    let centre = centre().await;
    let (one, other) = (centre.actor("registrar").await, centre.actor("keeper").await);
    let desk = &centre.desk;
    let plan = desk.draft_pack(&one, unsigned(another_edition())).await.unwrap();
    let line = |desk: &Desk| {
        let lines = desk.editions_of_plans();
        lines.into_iter().find(|line| line.edition == plan).unwrap()
    };
    assert_eq!(line(desk).life, Life::Drafted);
    assert_eq!(line(desk).next, NextForPack::Approve { not_by: one.person });
    assert_eq!(desk.findings(&plan).await.unwrap(), Vec::new());
    let alone = desk.approve_pack(&one, &plan).await.unwrap_err();
    assert_eq!(refusal(&alone), "needs-second-person");
    let early = desk.adopt_edition(&other, &plan, None).await.unwrap_err();
    assert_eq!(refusal(&early), "plan-not-approved");
    desk.approve_pack(&other, &plan).await.unwrap();
    let day = "2026-03-15".parse().unwrap();
    desk.adopt_edition(&other, &plan, Some(day)).await.unwrap();
    assert_eq!(line(desk).life, Life::Coming);
    centre.clock.set("2026-03-14T16:00:00Z".parse().unwrap());
    assert_eq!(line(desk).life, Life::InForce, "it is midnight in Shanghai");
    assert_eq!(desk.lead_plan().map(|lead| lead.hash.clone()), Some(plan.hash.clone()));
    desk.close().await;
    let again = open(&centre.folder, &centre.clock).await;
    assert_eq!(line(&again).life, Life::InForce);
}

#[tokio::test]
async fn a_hostile_pack_is_refused_and_the_edition_before_stays_in_force() {
    let centre = centre().await;
    let by = centre.actor("registrar").await;
    let before = centre.desk.lead_plan().unwrap().hash.clone();
    let offers: [Vec<u8>; 5] = [
        Vec::new(),
        vec![b' '; PACK_BYTES_MAX + 1],
        vec![0xff, 0xfe],
        b"format = 1".to_vec(),
        told(|text| text.replace("clause = \"4.2.1\"", "clause = \"99.9\"")),
    ];
    for bytes in offers {
        let refused = centre.desk.draft_pack(&by, unsigned(bytes)).await.unwrap_err();
        let DeskFault::Malformed(problems) = refused else { panic!("{refused}") };
        assert!(!problems.is_empty() && !problems[0].problem.is_empty());
    }
    assert!(centre.desk.directory().centre().drafts.is_empty());
    assert_eq!(centre.desk.lead_plan().unwrap().hash, before);
}

#[tokio::test]
async fn where_a_signature_is_needed_only_one_that_holds_is_taken() {
    let centre = centre().await;
    let by = centre.actor("registrar").await;
    let key = SigningKey::generate(Algorithm::Ed25519, [7; 32]).unwrap();
    let stranger = SigningKey::generate(Algorithm::Ed25519, [8; 32]).unwrap();
    let trusted = TrustedKey { name: "市委网信办".to_owned(), key: key.public().unwrap() };
    centre.desk.set_trust(Trust { demand: SignatureDemand::Valid, keys: vec![trusted] });
    let offered = |signature| OfferedPack { bytes: another_edition(), signature };
    let wrong = stranger.sign(&another_edition()).unwrap();
    for signature in [None, Some(wrong), Some(key.sign(b"else").unwrap())] {
        let refused = centre.desk.draft_pack(&by, offered(signature)).await.unwrap_err();
        assert_eq!(refusal(&refused), "signature-needed");
    }
    let signature = key.sign(&another_edition()).unwrap();
    centre.desk.draft_pack(&by, offered(Some(signature))).await.unwrap();
}

#[tokio::test]
async fn a_shipped_edition_is_adopted_without_approval_only_at_the_machine() {
    let centre = centre().await;
    let plan = centre.bring_into_force(another_edition()).await;
    let by = centre.actor("registrar").await;
    let refused = centre.desk.adopt_plan(&by, &shanghai()).await.unwrap_err();
    assert_eq!(refusal(&refused), "plan-not-approved");
    assert_eq!(centre.desk.lead_plan().unwrap().hash, plan.hash);
}

#[tokio::test]
async fn an_incident_stands_under_every_plan_in_force_and_roles_stay_their_plans_own() {
    let centre = centre().await;
    let second = centre.bring_into_force(second_pack()).await;
    let desk = &centre.desk;
    // Under the second plan the linkage centre is the office: the names of roles are the packs' own.
    let linkage = desk.directory().named("市应急联动中心").unwrap();
    let role = "cac_office".parse().unwrap();
    desk.bind_role_of(&desk.console(), &second.plan, &role, linkage).await.unwrap();
    let pudong = desk.directory().named("浦东新区网信办").unwrap();
    let district = "district_authority".parse().unwrap();
    desk.bind_role_of(&desk.console(), &second.plan, &district, pudong).await.unwrap();
    let incident = centre.incident().await;
    let lin = centre.viewer("lin").await;
    let view = desk.incident(&lin, incident).await.unwrap();
    let plans: Vec<_> = view.incident.plans.iter().map(|it| it.plan.as_str()).collect();
    assert_eq!(plans, ["shanghai-2019", "test-second"]);
    let resolved = view.incident.resolved.iter().filter(|(_, filled)| **filled == pudong);
    assert_eq!(resolved.count(), 2, "the district's authority, under each plan");
    let due = desk.due_next(&lin, 200).await.unwrap();
    assert!(due.iter().any(|line| line.plan == second.plan), "the due index has every plan");

    let judge = |plan: &PlanId| IncidentCommand::JudgeLevel {
        plan: plan.clone(),
        level: "IV".parse().unwrap(),
        reason: Some("初判".parse().unwrap()),
    };
    let foreign = centre.ask(lin.actor.clone(), incident, judge(&second.plan)).await.unwrap_err();
    assert_eq!(refusal(&foreign), "no-role");
    let chen = centre.actor("chen").await;
    let foreign = centre.ask(chen.clone(), incident, judge(&shanghai())).await.unwrap_err();
    assert_eq!(
        refusal(&foreign),
        "not-authorised",
        "the linkage centre judges nothing in Shanghai"
    );
    centre.ask(chen, incident, judge(&second.plan)).await.unwrap();
    centre.ask(lin.actor.clone(), incident, judge(&shanghai())).await.unwrap();

    let view = desk.incident(&lin, incident).await.unwrap();
    let work = desk.worklist(&view);
    let of_both = work.iter().filter(|group| {
        let plans: BTreeSet<_> = group.ticks.iter().map(|(duty, _)| &duty.plan).collect();
        plans.len() == 2
    });
    assert!(
        of_both.count() > 0,
        "what both plans want of the unit for the district stands together"
    );
    let open = view.duties.iter().filter(|duty| duty.state.is_open()).count();
    assert_eq!(work.iter().map(|group| group.ticks.len()).sum::<usize>(), open);
    let rebuilt = desk.rebuild(|_, _| {}).await.unwrap();
    assert_eq!(rebuilt.differences, Vec::<String>::new());
}

#[tokio::test]
async fn a_decision_not_to_report_is_in_the_register() {
    let centre = centre().await;
    let second = centre.bring_into_force(second_pack()).await;
    let incident = centre.incident().await;
    let lin = centre.viewer("lin").await;
    for plan in [shanghai(), second.plan.clone()] {
        let reason = "未达标准".parse().unwrap();
        let command = IncidentCommand::DecideNotToReport { plan, reason };
        centre.ask(lin.actor.clone(), incident, command).await.unwrap();
    }
    let all = centre.desk.not_reported(&lin, None, None).await.unwrap();
    assert_eq!(all.lines.len(), 2);
    let of_one = centre.desk.not_reported(&lin, Some(&second.plan), None).await.unwrap();
    let [line] = of_one.lines.as_slice() else { panic!("{of_one:?}") };
    assert_eq!((line.by_name.as_str(), line.reason.as_str()), ("林越", "未达标准"));
    let tang = centre.viewer("tan").await;
    assert!(centre.desk.not_reported(&tang, None, None).await.unwrap().lines.is_empty());
}

#[tokio::test]
async fn keepers_of_the_plans_take_a_running_incident_on_without_seeing_the_rest_of_it() {
    let centre = centre().await;
    let incident = centre.incident().await;
    let from = PlanRef::of(&Library::shipped().plan(&shanghai()).unwrap());
    let to = centre.bring_into_force(another_edition()).await;
    let (one, other) = (centre.viewer("registrar").await, centre.viewer("keeper").await);
    let told = |command| command;
    let migrate = told(IncidentCommand::MigratePlan {
        from: from.clone(),
        to: to.clone(),
        reason: "新版施行".parse().unwrap(),
    });
    centre.ask(other.actor.clone(), incident, migrate).await.unwrap();
    let waiting = centre.desk.plans_waiting(&one).await.unwrap();
    assert_eq!(waiting.len(), 1);
    assert_eq!((waiting[0].incident, waiting[0].what.as_str()), (incident, "migration"));
    let confirm = || IncidentCommand::ConfirmMigration { from: from.plan.clone() };
    let alone = centre.ask(other.actor.clone(), incident, confirm()).await.unwrap_err();
    assert_eq!(refusal(&alone), "needs-second-person");
    let stranger = centre.ask(centre.actor("tan").await, incident, confirm()).await;
    assert!(matches!(stranger, Err(DeskFault::Absent)), "{stranger:?}");
    centre.ask(one.actor.clone(), incident, confirm()).await.unwrap();
    let plans = centre.desk.plans_of_incident(&other, incident).await.unwrap();
    assert_eq!(plans.len(), 1);
    assert!(plans[0].leads && plans[0].edition == to);
    assert!(matches!(centre.desk.incident(&other, incident).await, Err(DeskFault::Absent)));
    let replayed = centre.desk.replay(&to, &from, |_, _| {}).await.unwrap();
    assert!(replayed.is_empty(), "both editions ask the same: {replayed:?}");
}

#[tokio::test]
async fn a_stricter_edition_is_seen_in_a_replay_before_it_is_adopted() {
    let centre = centre().await;
    let incident = centre.incident().await;
    let lin = centre.actor("lin").await;
    let judge = IncidentCommand::JudgeLevel {
        plan: shanghai(),
        level: "IV".parse().unwrap(),
        reason: Some("初判".parse().unwrap()),
    };
    centre.ask(lin, incident, judge).await.unwrap();
    // Its golden scenarios tell the times of the edition before, so they are left out.
    let stricter = told(|text| {
        let rules = text.split("[[scenario]]").next().unwrap_or_default();
        rules.replace("within = \"PT30M\"", "within = \"PT20M\"")
    });
    let by = centre.actor("registrar").await;
    let before = PlanRef::of(&Library::shipped().plan(&shanghai()).unwrap());
    let drafted = centre.desk.draft_pack(&by, unsigned(stricter)).await;
    let Ok(after) = drafted else { panic!("{drafted:?}") };
    let mut told_of = Vec::new();
    let replayed =
        centre.desk.replay(&before, &after, |done, of| told_of.push((done, of))).await.unwrap();
    assert_eq!(told_of, [(1, 1)]);
    let [one] = replayed.as_slice() else { panic!("{replayed:?}") };
    assert!(one.differences.iter().any(|it| it.duty.is_some()), "{one:?}");
}

#[tokio::test]
async fn rulings_wordings_and_policies_are_kept_by_the_keepers_of_the_plans() {
    let centre = centre().await;
    let (one, other) = (centre.actor("registrar").await, centre.actor("keeper").await);
    let desk = &centre.desk;
    let clause: fengsui_vocabulary::ClauseId = "4.1.1".parse().unwrap();
    let edition = PlanRef::of(&desk.lead_plan().unwrap());
    for question in ["何时起算？", "口头报告怎样记？"] {
        let ruling = NewRuling {
            plan: shanghai(),
            clause: clause.clone(),
            question: question.parse().unwrap(),
            ruling: "自发现时起算。".parse().unwrap(),
            role: None,
        };
        desk.interpret_clause(&one, ruling).await.unwrap();
    }
    let rulings = desk.rulings(&shanghai(), &clause).await.unwrap();
    assert_eq!(rulings.iter().map(|it| it.number).collect::<Vec<_>>(), [2, 1]);
    desk.withdraw_interpretation(&other, 2, "有误".parse().unwrap()).await.unwrap();
    let rulings = desk.rulings(&shanghai(), &clause).await.unwrap();
    assert!(rulings[0].withdrawn.is_some() && rulings[1].withdrawn.is_none());

    assert!(desk.wording(&edition, &clause).await.unwrap().is_none());
    desk.attach_wording(&one, &edition, None, "全文".into()).await.unwrap();
    desk.attach_wording(&one, &edition, Some(clause.clone()), "本条".into()).await.unwrap();
    let beside = desk.wording(&edition, &clause).await.unwrap().unwrap();
    assert_eq!((beside.clause, beside.bytes), (Some(clause), "本条".as_bytes().to_vec()));

    let plan = desk.lead_plan().unwrap();
    let proposal = plan.authorities.iter().find(|authority| authority.policy.is_some()).unwrap();
    let commission: fengsui_vocabulary::RoleId = "commission".parse().unwrap();
    let policy = NamePolicy {
        plan: shanghai(),
        act: proposal.act,
        levels: proposal.levels.iter().cloned().collect(),
        how: PolicyHow::Any(vec![commission.clone()]),
        reason: "本地规定".parse().unwrap(),
    };
    desk.name_policy(&one, policy).await.unwrap();
    let alone = desk.approve_policy(&one, 1).await.unwrap_err();
    assert_eq!(refusal(&alone), "needs-second-person");
    let level = proposal.levels.first();
    desk.approve_policy(&other, 1).await.unwrap();
    let plan = desk.lead_plan().unwrap();
    assert!(plan.may(&commission, proposal.act, level).is_ok());
    assert!(desk.policies()[0].plan == shanghai());
    let judged = NamePolicy {
        plan: shanghai(),
        act: Act::JudgeLevel,
        levels: BTreeSet::new(),
        how: PolicyHow::Any(vec![commission]),
        reason: "不当".parse().unwrap(),
    };
    let refused = desk.name_policy(&one, judged).await;
    assert!(matches!(refused, Err(DeskFault::Refused(Refusal::NotLeftOpen { .. }))), "{refused:?}");
}

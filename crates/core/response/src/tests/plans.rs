//! Several plans on one incident: applied, set aside, exchanged for another edition.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use fengsui_plan::{Act, Channel, DutyState, Plan};
use fengsui_vocabulary::{IncidentId, PersonId, RoleId};

use crate::incident::{
    InTheWay, Incident, IncidentCommand, MeetDuty, OpenIncident, ReceiveReport, Standing, Waiting,
};
use crate::testing::people::{OFFICE, UNIT, gao, lin, mara, rui, tang};
use crate::testing::{Stage, another_edition, at, blob, changed, line, overlay, shanghai, tick};
use crate::{
    Actor, Affected, AnchorKind, Anchors, Asked, Delivery, Packs, Party, PlanRef, ReadBack,
    Refusal, ScopeAnswer, Tick,
};

const HERE: Option<Party> = Some(Party::Organisation(UNIT));

/// The same plan under another id, without a scope: it applies to everything.
fn second() -> Arc<Plan> {
    Arc::new(changed(|plan| plan.id = "test-second".parse().unwrap()))
}

/// A plan that names the Shanghai one as superseded.
fn successor() -> Arc<Plan> {
    let mut plan = changed(|plan| plan.id = "test-successor".parse().unwrap());
    plan.about.supersedes = vec!["shanghai-2019".to_owned()];
    plan.hash = format!("{:064x}", 9);
    Arc::new(plan)
}

/// An incident of 10:00 opened where all of these plans are in force.
fn opened(plans: &[Arc<Plan>]) -> Stage {
    let mut stage = Stage::under(shanghai());
    stage.packs = plans.iter().cloned().collect();
    let discovered_at = Some(at("10:00"));
    let open = OpenIncident {
        incident: IncidentId::from_bits(1),
        number: line("2026-0001"),
        title: line("入侵"),
        plans: plans.iter().map(|plan| PlanRef::of(plan)).collect(),
        affected: vec![Affected {
            organisation: Some(UNIT),
            district: None,
            anchors: Anchors { discovered_at, ..Anchors::default() },
        }],
    };
    stage.incident("10:00", &Asked::now(lin(), IncidentCommand::Open(open))).unwrap();
    stage
}

fn plans_of(incident: &Incident) -> Vec<&str> {
    incident.plans.iter().map(|edition| edition.plan.as_str()).collect()
}

fn apply(plan: &Plan, reason: Option<&str>) -> IncidentCommand {
    IncidentCommand::ApplyPlan { plan: PlanRef::of(plan), reason: reason.map(line) }
}

fn set_aside(plan: &Plan) -> IncidentCommand {
    IncidentCommand::SetPlanAside { plan: plan.id.clone(), reason: line("不适用") }
}

fn second_keeper() -> Actor {
    Actor { person: PersonId::from_bits(51), ..rui() }
}

/// Somebody with roles under another plan only.
fn under(plan: &Plan, roles: &[&str]) -> Actor {
    let roles: BTreeSet<RoleId> = roles.iter().map(|role| role.parse().unwrap()).collect();
    Actor {
        person: PersonId::from_bits(80),
        organisation: Some(OFFICE),
        lead: Some(shanghai().id.clone()),
        elsewhere: BTreeMap::from([(plan.id.clone(), roles)]),
        ..Actor::public()
    }
}

fn judge(plan: &Plan, level: &str) -> IncidentCommand {
    IncidentCommand::JudgeLevel {
        plan: plan.id.clone(),
        level: level.parse().unwrap(),
        reason: Some(line("初判")),
    }
}

#[test]
fn every_plan_in_force_that_certainly_applies_is_applied_when_an_incident_is_opened() {
    let stage = opened(&[shanghai(), second(), overlay()]);
    assert_eq!(plans_of(&stage.incident), ["shanghai-2019", "test-second"]);
    let standing = &stage.incident.considered[&overlay().id];
    assert_eq!((standing.standing, standing.answer), (Standing::Considered, ScopeAnswer::MayApply));
    let duties = stage.incident.duties_under(&stage.packs, at("10:01"));
    let of = |plan: &Plan| duties.iter().filter(|duty| duty.plan == plan.id).count();
    assert!(of(&shanghai()) > 0);
    assert_eq!(of(&second()), of(&shanghai()));
    assert_eq!(of(&overlay()), 0, "nobody has said that it applies");
}

#[test]
fn a_plan_that_may_apply_waits_for_whoever_judges_the_level_and_blocks_closing() {
    let mut stage = opened(&[shanghai(), overlay()]);
    let waiting = stage.incident.waiting(&stage.packs, at("10:01"));
    let [Waiting::Applicability { plan, answer, awaits, .. }] = waiting.as_slice() else {
        panic!("{waiting:?}");
    };
    assert_eq!((plan, *answer), (&overlay().id, ScopeAnswer::MayApply));
    assert_eq!(awaits, &BTreeSet::from(["cac_office".parse().unwrap()]));
    let undecided = InTheWay::PlanUndecided { plan: overlay().id.clone() };
    let in_the_way = stage.incident.is_closable(&stage.packs, at("10:01")).unwrap_err();
    assert!(in_the_way.contains(&undecided), "{in_the_way:?}");

    let refused = |stage: &mut Stage, by: Actor, command: IncidentCommand| {
        stage.incident("10:02", &Asked::now(by, command)).unwrap_err().name()
    };
    assert_eq!(refused(&mut stage, tang(), apply(&overlay(), Some("是"))), "no-role");
    assert_eq!(refused(&mut stage, mara(), apply(&overlay(), Some("是"))), "not-authorised");
    assert_eq!(refused(&mut stage, lin(), apply(&overlay(), None)), "nothing", "it needs a reason");
    stage.incident("10:03", &Asked::now(lin(), apply(&overlay(), Some("是")))).unwrap();
    assert_eq!(plans_of(&stage.incident), ["shanghai-2019", "gdpr-33"]);
    assert!(stage.incident.waiting(&stage.packs, at("10:04")).is_empty());
    assert_eq!(refused(&mut stage, lin(), apply(&overlay(), Some("是"))), "no-change");
    assert!(stage.incident.check().is_empty());
}

#[test]
fn a_keeper_of_the_plans_sets_a_plan_aside_but_never_the_leading_one() {
    let mut stage = opened(&[shanghai(), second(), overlay()]);
    let leading = stage.incident("10:01", &Asked::now(rui(), set_aside(&shanghai())));
    assert_eq!(leading, Err(Refusal::LeadPlan { plan: shanghai().id.clone() }));
    stage.incident("10:02", &Asked::now(rui(), set_aside(&second()))).unwrap();
    stage.incident("10:02", &Asked::now(rui(), set_aside(&overlay()))).unwrap();
    assert_eq!(plans_of(&stage.incident), ["shanghai-2019"]);
    assert!(stage.incident.waiting(&stage.packs, at("10:03")).is_empty());
    let again = stage.incident("10:04", &Asked::now(rui(), set_aside(&second())));
    assert_eq!(again, Err(Refusal::NoChange));
    let standing = &stage.incident.considered[&second().id];
    assert_eq!((standing.standing, standing.by), (Standing::SetAside, rui().person));
    // What was set aside comes back only with a reason.
    let silently = stage.incident("10:05", &Asked::now(rui(), apply(&second(), None)));
    assert_eq!(silently.unwrap_err().name(), "nothing");
    stage.incident("10:06", &Asked::now(rui(), apply(&second(), Some("复核")))).unwrap();
    assert_eq!(plans_of(&stage.incident), ["shanghai-2019", "test-second"]);
}

#[test]
fn a_plan_that_is_not_in_force_here_is_not_applied() {
    let mut stage = opened(&[shanghai()]);
    stage.packs.insert(second());
    let refused = stage.incident("10:01", &Asked::now(rui(), apply(&second(), Some("要用"))));
    assert_eq!(refused, Err(Refusal::PlanNotInForce { plan: second().id.clone() }));
    let unknown = stage.incident("10:01", &Asked::now(rui(), apply(&overlay(), Some("要用"))));
    assert_eq!(unknown.unwrap_err().name(), "plan-not-at-hand");
}

#[test]
fn nobody_acts_under_one_plan_by_a_role_of_another() {
    let mut stage = opened(&[shanghai(), second()]);
    let office = under(&second(), &["cac_office", "cac_duty_room"]);
    let judged = stage.incident("10:01", &Asked::now(office.clone(), judge(&shanghai(), "IV")));
    assert_eq!(judged.unwrap_err().name(), "no-role");
    let judged = stage.incident("10:01", &Asked::now(lin(), judge(&second(), "IV")));
    assert_eq!(judged.unwrap_err().name(), "no-role", "the Office of Shanghai has none there");
    let role = "cac_office".parse().unwrap();
    let as_office = Asked::now(lin(), judge(&second(), "IV")).in_role(role);
    assert_eq!(stage.incident("10:01", &as_office).unwrap_err().name(), "not-in-role");
    stage.incident("10:02", &Asked::now(office, judge(&second(), "IV"))).unwrap();
    stage.incident("10:03", &Asked::now(lin(), judge(&shanghai(), "III"))).unwrap();
    let level = |plan: &Plan| stage.incident.level(plan).map(|level| level.to_string());
    assert_eq!(level(&second()).as_deref(), Some("IV"));
    assert_eq!(level(&shanghai()).as_deref(), Some("III"));
}

#[test]
fn a_delivery_to_a_role_of_one_plan_is_not_entered_by_that_of_another() {
    let mut stage = opened(&[shanghai(), second()]);
    stage.incident("10:01", &Asked::now(lin(), judge(&shanghai(), "IV"))).unwrap();
    let ours = tick("sh-4.1.1-oral", HERE, "incident_unit", "linkage_centre");
    let theirs = Tick { plan: second().id.clone(), ..ours.clone() };
    let meet = |ticks| {
        IncidentCommand::MeetDuty(MeetDuty {
            ticks,
            channel: Channel::Oral,
            act: Delivery::Call { record: blob(30), read_back: ReadBack::Confirmed },
            late_because: None,
        })
    };
    let centre = under(&second(), &["linkage_centre"]);
    let refused = stage.incident("10:10", &Asked::now(centre.clone(), meet(vec![ours.clone()])));
    assert_eq!(refused, Err(Refusal::NotYours));
    let office = under(&second(), &["cac_office"]);
    stage.incident("10:10", &Asked::now(office, judge(&second(), "IV"))).unwrap();
    stage.incident("10:11", &Asked::now(centre, meet(vec![theirs.clone()]))).unwrap();
    // The desk meets both by one call; the first is met already.
    let both = meet(vec![ours.clone()]);
    stage.incident("10:12", &Asked::now(lin(), both)).unwrap();
    let stands = |plan: &Plan, of: &Tick| {
        let duties = stage.incident.duties(plan, at("10:13"));
        let found = duties.iter().find(|duty| stage.incident.tick_of(duty) == *of);
        found.map(|duty| (duty.state, duty.done_at))
    };
    assert_eq!(stands(&shanghai(), &ours), Some((DutyState::Done, Some(at("10:12")))));
    assert_eq!(stands(&second(), &theirs), Some((DutyState::Done, Some(at("10:11")))));
}

#[test]
fn one_act_meets_duties_of_several_plans_each_recorded_apart() {
    let mut stage = opened(&[shanghai(), second()]);
    stage.incident("10:01", &Asked::now(lin(), judge(&shanghai(), "IV"))).unwrap();
    let office = under(&second(), &["cac_office"]);
    stage.incident("10:02", &Asked::now(office, judge(&second(), "IV"))).unwrap();
    let ours = tick("sh-4.1.1-oral", HERE, "incident_unit", "linkage_centre");
    let theirs = Tick { plan: second().id.clone(), ..ours.clone() };
    let call = IncidentCommand::MeetDuty(MeetDuty {
        ticks: vec![ours.clone(), theirs.clone()],
        channel: Channel::Oral,
        act: Delivery::Call { record: blob(30), read_back: ReadBack::Confirmed },
        late_because: None,
    });
    let happened = stage.incident("10:10", &Asked::now(lin(), call)).unwrap();
    assert_eq!(happened.len(), 2);
    assert_eq!(stage.incident.met(&ours).map(|met| met.at), Some(at("10:10")));
    assert_eq!(stage.incident.met(&theirs).map(|met| met.at), Some(at("10:10")));
}

#[test]
fn a_receipt_starts_the_clock_of_the_plan_whose_role_received() {
    let mut stage = opened(&[shanghai(), second()]);
    let receive = |plan: Option<&Plan>| {
        IncidentCommand::ReceiveReport(ReceiveReport {
            by: "linkage_centre".parse().unwrap(),
            plan: plan.map(|plan| plan.id.clone()),
            channel: Channel::Oral,
            report: None,
            act: Delivery::Other { note: line("来电") },
            late_because: None,
        })
    };
    stage.incident("10:02", &Asked::now(lin(), judge(&shanghai(), "II"))).unwrap();
    let office = under(&second(), &["cac_office"]);
    stage.incident("10:02", &Asked::now(office, judge(&second(), "II"))).unwrap();
    let is_onward = |duty: &fengsui_plan::Duty| {
        duty.duty.as_str() == "sh-4.1.2-oral" && duty.actor.as_str() == "linkage_centre"
    };
    let onward = |stage: &Stage, plan: &Plan| {
        let duties = stage.incident.duties(plan, at("10:20"));
        duties.iter().filter(|duty| is_onward(duty)).count()
    };
    stage.incident("10:05", &Asked::now(mara(), receive(None))).unwrap();
    assert!(onward(&stage, &shanghai()) > 0);
    assert_eq!(onward(&stage, &second()), 0, "its linkage centre has received nothing");
    let refused = stage.incident("10:06", &Asked::now(mara(), receive(Some(&overlay()))));
    assert_eq!(refused.unwrap_err().name(), "unknown");
    stage.incident("10:07", &Asked::now(lin(), receive(Some(&second())))).unwrap();
    assert!(onward(&stage, &second()) > 0);
}

#[test]
fn awareness_is_per_plan() {
    let mut stage = opened(&[shanghai(), second()]);
    let aware = |plan: Option<&Plan>, clock: &str| IncidentCommand::RecordAnchor {
        party: Party::Organisation(UNIT),
        anchor: AnchorKind::Aware,
        plan: plan.map(|plan| plan.id.clone()),
        at: at(clock),
        offset: Some(jiff::tz::offset(1)),
    };
    let stranger = stage.incident("10:30", &Asked::now(lin(), aware(Some(&overlay()), "10:10")));
    assert_eq!(stranger.unwrap_err().name(), "unknown");
    stage.incident("10:30", &Asked::now(lin(), aware(Some(&second()), "10:10"))).unwrap();
    stage.incident("10:31", &Asked::now(lin(), aware(Some(&shanghai()), "10:20"))).unwrap();
    let again = stage.incident("10:32", &Asked::now(lin(), aware(Some(&second()), "10:11")));
    assert_eq!(again.unwrap_err().name(), "anchor-known");
    let history = stage.incident.history();
    let told: Vec<_> = history.happenings.iter().filter(|it| it.offset.is_some()).collect();
    assert_eq!(told.len(), 2);
    assert_eq!(told[0].plan.as_ref(), Some(&second().id));
}

#[test]
fn a_decision_not_to_report_is_per_plan() {
    let mut stage = opened(&[shanghai(), second()]);
    let decide = |plan: &Plan| IncidentCommand::DecideNotToReport {
        plan: plan.id.clone(),
        reason: line("未达标准"),
    };
    let stranger = stage.incident("10:01", &Asked::now(lin(), decide(&overlay())));
    assert_eq!(stranger.unwrap_err().name(), "unknown");
    stage.incident("10:01", &Asked::now(lin(), decide(&second()))).unwrap();
    assert_eq!(
        stage.incident("10:02", &Asked::now(lin(), decide(&second()))),
        Err(Refusal::NoChange)
    );
    assert_eq!(stage.incident.not_reported.keys().collect::<Vec<_>>(), [&second().id]);
}

fn migrate(from: &Plan, to: &Plan) -> IncidentCommand {
    IncidentCommand::MigratePlan {
        from: PlanRef::of(from),
        to: PlanRef::of(to),
        reason: line("新版施行"),
    }
}

fn confirm(from: &Plan) -> IncidentCommand {
    IncidentCommand::ConfirmMigration { from: from.id.clone() }
}

#[test]
fn a_running_incident_goes_on_under_another_edition_when_two_keepers_say_so() {
    let mut stage = opened(&[shanghai()]);
    stage.incident("10:01", &Asked::now(lin(), judge(&shanghai(), "IV"))).unwrap();
    stage.packs = Packs::from_iter([another_edition()]);
    stage.packs.insert(shanghai());
    let before = stage.incident.duties(&shanghai(), at("10:20"));
    let refused = |stage: &mut Stage, by: Actor, command: IncidentCommand| {
        stage.incident("10:02", &Asked::now(by, command)).unwrap_err().name()
    };
    let by_lin = refused(&mut stage, lin(), migrate(&shanghai(), &another_edition()));
    assert_eq!(by_lin, "needs-capacity");
    assert_eq!(refused(&mut stage, rui(), confirm(&shanghai())), "no-migration");
    let backwards = refused(&mut stage, rui(), migrate(&another_edition(), &shanghai()));
    assert_eq!(backwards, "unknown");
    let propose = Asked::now(rui(), migrate(&shanghai(), &another_edition()));
    stage.incident("10:03", &propose).unwrap();
    assert_eq!(stage.incident.lead(), Some(&PlanRef::of(&shanghai())), "it waits");
    let waiting = stage.incident.waiting(&stage.packs, at("10:04"));
    assert!(matches!(waiting.as_slice(), [Waiting::Migration { .. }]), "{waiting:?}");
    assert_eq!(refused(&mut stage, rui(), confirm(&shanghai())), "needs-second-person");
    let again = refused(&mut stage, second_keeper(), migrate(&shanghai(), &another_edition()));
    assert_eq!(again, "migration-waiting");
    stage.incident("10:05", &Asked::now(second_keeper(), confirm(&shanghai()))).unwrap();
    assert_eq!(stage.incident.lead(), Some(&PlanRef::of(&another_edition())));
    assert_eq!(stage.incident.duties(&another_edition(), at("10:20")), before);
    assert_eq!(stage.incident.judgements.len(), 1);
    assert!(stage.incident.check().is_empty());
}

#[test]
fn what_was_judged_and_done_counts_under_the_plan_that_supersedes() {
    let mut stage = opened(&[shanghai()]);
    stage.incident("10:01", &Asked::now(lin(), judge(&shanghai(), "IV"))).unwrap();
    let oral = tick("sh-4.1.1-oral", HERE, "incident_unit", "linkage_centre");
    let call = IncidentCommand::MeetDuty(MeetDuty {
        ticks: vec![oral.clone()],
        channel: Channel::Oral,
        act: Delivery::Call { record: blob(30), read_back: ReadBack::Confirmed },
        late_because: None,
    });
    stage.incident("10:10", &Asked::now(lin(), call)).unwrap();
    stage.packs = Packs::from_iter([successor(), second()]);
    stage.packs.insert(shanghai());
    let stranger = stage.incident("10:11", &Asked::now(rui(), migrate(&shanghai(), &second())));
    assert_eq!(stranger.unwrap_err().name(), "not-a-successor");
    stage.incident("10:12", &Asked::now(rui(), migrate(&shanghai(), &successor()))).unwrap();
    stage.incident("10:13", &Asked::now(second_keeper(), confirm(&shanghai()))).unwrap();
    let plan = successor();
    assert_eq!(stage.incident.level(&plan).map(|it| it.to_string()).as_deref(), Some("IV"));
    let now = Tick { plan: plan.id.clone(), ..oral };
    let duties = stage.incident.duties(&plan, at("10:20"));
    let done = duties.iter().find(|duty| stage.incident.tick_of(duty) == now).unwrap();
    assert_eq!((done.state, done.done_at), (DutyState::Done, Some(at("10:10"))));
    let kinds: Vec<_> = stage.incident.log.iter().map(|it| it.event.kind()).collect();
    assert!(kinds.contains(&"level-judged") && kinds.contains(&"plan-migrated"), "{kinds:?}");
    // The Office of Shanghai is not yet an office of the new plan: nobody bound it.
    let judged = stage.incident("10:21", &Asked::now(lin(), judge(&plan, "III")));
    assert_eq!(judged.unwrap_err().name(), "no-role");
}

#[test]
fn a_judgement_that_the_new_edition_does_not_know_is_not_carried_over() {
    let mut stage = opened(&[shanghai()]);
    stage.incident("10:01", &Asked::now(lin(), judge(&shanghai(), "IV"))).unwrap();
    let mut without = changed(|plan| plan.hash = format!("{:064x}", 7));
    let authority = without.authorities.iter_mut().find(|it| it.act == Act::JudgeLevel).unwrap();
    authority.how = fengsui_plan::How::AnyOf(vec!["commission".parse().unwrap()]);
    let without = Arc::new(without);
    stage.packs = Packs::from_iter([Arc::clone(&without)]);
    stage.packs.insert(shanghai());
    stage.incident("10:02", &Asked::now(rui(), migrate(&shanghai(), &without))).unwrap();
    stage.incident("10:03", &Asked::now(second_keeper(), confirm(&shanghai()))).unwrap();
    assert!(stage.incident.judged(&without.id).is_none());
    stage.incident("10:04", &Asked::now(gao(), judge(&without, "IV"))).unwrap();
}

#[test]
fn a_withdrawn_migration_leaves_everything_as_it_was() {
    let mut stage = opened(&[shanghai()]);
    stage.packs = Packs::from_iter([another_edition()]);
    stage.packs.insert(shanghai());
    stage.incident("10:02", &Asked::now(rui(), migrate(&shanghai(), &another_edition()))).unwrap();
    let withdraw =
        IncidentCommand::WithdrawMigration { from: shanghai().id.clone(), reason: line("暂不") };
    stage.incident("10:03", &Asked::now(second_keeper(), withdraw)).unwrap();
    let confirmed = stage.incident("10:04", &Asked::now(second_keeper(), confirm(&shanghai())));
    assert_eq!(confirmed.unwrap_err().name(), "no-migration");
    assert_eq!(stage.incident.lead(), Some(&PlanRef::of(&shanghai())));
}

#[test]
fn submissions_that_tell_different_facts_under_different_plans_are_flagged() {
    use crate::incident::{IssueDocument, RecordFacts};
    use fengsui_vocabulary::{FactValue, Facts, Scalar};

    let mut stage = opened(&[shanghai(), second()]);
    stage.incident("10:01", &Asked::now(lin(), judge(&shanghai(), "IV"))).unwrap();
    let office = under(&second(), &["cac_office"]);
    stage.incident("10:01", &Asked::now(office, judge(&second(), "IV"))).unwrap();
    let know = |word: &str| {
        let value = FactValue::Exact(Scalar::Word(word.parse().unwrap()));
        IncidentCommand::RecordFacts(RecordFacts {
            facts: Facts::from([("security_threat".parse().unwrap(), value)]),
            said_by: None,
            ground: None,
            outlook: crate::Outlook::Observed,
        })
    };
    let issue = |plan: &Plan, text| {
        let written = tick("sh-4.1.1-written", HERE, "incident_unit", "linkage_centre");
        IncidentCommand::IssueDocument(IssueDocument {
            title: line("首报"),
            form: None,
            number: None,
            text: blob(text),
            to: BTreeSet::new(),
            meets: vec![Tick { plan: plan.id.clone(), ..written }],
            late_because: None,
        })
    };
    stage.incident("10:02", &Asked::now(lin(), know("some"))).unwrap();
    stage.incident("10:03", &Asked::now(lin(), issue(&shanghai(), 70))).unwrap();
    assert!(stage.incident.inconsistencies().is_empty(), "there is one submission");
    stage.incident("10:04", &Asked::now(lin(), know("serious"))).unwrap();
    stage.incident("10:05", &Asked::now(lin(), issue(&second(), 71))).unwrap();
    let found = stage.incident.inconsistencies();
    let [one] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!(one.fact.as_str(), "security_threat");
    let plans: Vec<_> = one.said.iter().map(|(submitted, _)| submitted.plan.as_str()).collect();
    assert_eq!(plans, ["shanghai-2019", "test-second"]);
}

#[test]
fn facts_suggest_but_a_person_decides_whether_a_plan_goes_or_comes() {
    use crate::incident::RecordFacts;
    use fengsui_vocabulary::{FactValue, Facts, Scalar};

    let mut stage = opened(&[shanghai(), overlay()]);
    let know = |flag| {
        IncidentCommand::RecordFacts(RecordFacts {
            facts: Facts::from([(
                "eu_personal_data".parse().unwrap(),
                FactValue::Exact(Scalar::Flag(flag)),
            )]),
            said_by: None,
            ground: None,
            outlook: crate::Outlook::Observed,
        })
    };
    let waits = |stage: &Stage| {
        let waiting = stage.incident.waiting(&stage.packs, at("11:00"));
        waiting.iter().find_map(|it| match it {
            Waiting::Applicability { answer, since, .. } => Some((*answer, *since)),
            Waiting::Voice { .. }
            | Waiting::Endorsement { .. }
            | Waiting::Approval { .. }
            | Waiting::Confirmation { .. }
            | Waiting::Clearance { .. }
            | Waiting::Migration { .. }
            | Waiting::TechnicalStep { .. } => None,
        })
    };
    assert_eq!(waits(&stage), Some((ScopeAnswer::MayApply, at("10:00"))));
    stage.incident("10:01", &Asked::now(lin(), know(true))).unwrap();
    assert_eq!(waits(&stage), Some((ScopeAnswer::Applies, at("10:01"))));
    assert_eq!(plans_of(&stage.incident), ["shanghai-2019"], "nothing is added silently");
    stage.incident("10:02", &Asked::now(lin(), apply(&overlay(), None))).unwrap();
    assert_eq!(waits(&stage), None);
    let standing = &stage.incident.considered[&overlay().id];
    assert_eq!(standing.because[0].standing, crate::GroundStanding::Met);
    stage.incident("10:03", &Asked::now(lin(), know(false))).unwrap();
    assert_eq!(waits(&stage), Some((ScopeAnswer::DoesNotApply, at("10:03"))));
    assert_eq!(
        plans_of(&stage.incident),
        ["shanghai-2019", "gdpr-33"],
        "nothing is dropped silently"
    );
    // Whoever keeps it says why, and is not asked again until something else becomes known.
    stage.incident("10:04", &Asked::now(lin(), apply(&overlay(), Some("存疑从严")))).unwrap();
    assert_eq!(waits(&stage), None);
    stage.incident("10:05", &Asked::now(lin(), set_aside(&overlay()))).unwrap();
    assert_eq!(waits(&stage), None);
    stage.incident("10:06", &Asked::now(lin(), know(true))).unwrap();
    assert_eq!(waits(&stage), Some((ScopeAnswer::Applies, at("10:06"))));
}

//! The technical plan: each step in its turn, by whom the plan names, about the text that was read.

use std::collections::BTreeSet;
use std::sync::Arc;

use fengsui_plan::{Act, How, Plan};
use fengsui_vocabulary::{PersonId, RoleId};

use crate::incident::{IncidentCommand, OnBehalf, TakeTechnicalStep, Technical, Verdict, Waiting};
use crate::testing::people::{chen, gao, lin, mara, sun, tang};
use crate::testing::{Scenario, Stage, at, blob, changed, given, judged, line, overlay, shanghai};
use crate::{
    Actor, Asked, Given, IncidentEvent, IncidentOpened, LevelJudged, Means, PlanRef, ReadBack,
    StepOutcome,
};

const TAKEN: &[&str] = &["technical-step-taken"];

#[test]
fn the_steps_are_taken_in_the_order_of_the_plan() {
    at_level("II")
        .when("10:05", &Asked::now(handler(), about(Act::TestTechnicalPlan, 80)))
        .is_refused("out-of-turn")
        .when("10:05", &Asked::now(handler(), draft(80)))
        .happens(TAKEN)
        .when("10:06", &Asked::now(gao(), about(Act::ApproveTechnicalPlan, 80)))
        .is_refused("out-of-turn")
        .when("10:07", &Asked::now(handler(), about(Act::TestTechnicalPlan, 80)))
        .happens(TAKEN)
        .when("10:08", &Asked::now(handler(), about(Act::TestTechnicalPlan, 80)))
        .is_refused("out-of-turn")
        .when("10:09", &Asked::now(gao(), about(Act::AssessTechnicalPlan, 80)))
        .happens(TAKEN)
        .when("10:10", &Asked::now(lin(), about(Act::ApproveTechnicalPlan, 80)))
        .is_refused("not-authorised")
        .when("10:11", &Asked::now(gao(), about(Act::ApproveTechnicalPlan, 80)))
        .happens(TAKEN)
        .when("10:12", &Asked::now(lin(), about(Act::ResourceTechnicalPlan, 80)))
        .happens(TAKEN)
        .when("10:13", &Asked::now(lin(), about(Act::ExecuteTechnicalPlan, 80)))
        .is_refused("out-of-turn")
        .when("10:14", &Asked::now(gao(), about(Act::OrderTechnicalPlan, 80)))
        .happens(TAKEN)
        .when("10:15", &Asked::now(sun(), about(Act::ExecuteTechnicalPlan, 80)))
        .is_refused("no-role")
        .when("10:16", &Asked::now(tang(), about(Act::ExecuteTechnicalPlan, 80)))
        .happens(TAKEN)
        .when("10:17", &Asked::now(tang(), about(Act::ExecuteTechnicalPlan, 80)))
        .is_refused("out-of-turn");
}

#[test]
fn a_step_out_of_turn_is_told_what_comes_first_and_by_which_clause() {
    let mut stage = opened(&shanghai());
    take(&mut stage, "10:05", handler(), draft(80));
    let early = Asked::now(gao(), about(Act::ApproveTechnicalPlan, 80));
    let refused = stage.incident("10:06", &early).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "before you approve a technical plan, somebody must have a technical plan tested (clause 4.4.1)"
    );
    assert_eq!(refused.clause().map(ToString::to_string).as_deref(), Some("4.4.1"));
}

#[test]
fn the_order_is_the_packs_and_a_pack_without_one_has_no_technical_plan() {
    let plan = changed(|plan| {
        let order = plan.technical_plan.as_mut().unwrap();
        order.steps = vec![Act::DraftTechnicalPlan, Act::OrderTechnicalPlan];
    });
    given(Arc::new(plan), [judged("10:02", "IV")])
        .when("10:05", &Asked::now(lin(), draft(80)))
        .happens(TAKEN)
        .when("10:06", &Asked::now(lin(), about(Act::TestTechnicalPlan, 80)))
        .is_refused("unknown")
        .when("10:07", &Asked::now(lin(), about(Act::OrderTechnicalPlan, 80)))
        .happens(TAKEN);
    given(Arc::new(changed(|plan| plan.technical_plan = None)), [])
        .when("10:05", &Asked::now(lin(), draft(80)))
        .is_refused("no-technical-plan");
    assert_eq!(opened(&shanghai()).incident.technical(&overlay()), None);
}

#[test]
fn nobody_approves_alone_what_they_drafted() {
    let by_office = Some(by_telephone("cac_office"));
    at_level("IV")
        .when("10:05", &Asked::now(lin(), draft(80)))
        .happens(TAKEN)
        .when("10:06", &Asked::now(lin(), about(Act::TestTechnicalPlan, 80)))
        .happens(TAKEN)
        .when("10:07", &Asked::now(lin(), about(Act::AssessTechnicalPlan, 80)))
        .happens(TAKEN)
        .when("10:08", &Asked::now(lin(), about(Act::ApproveTechnicalPlan, 80)))
        .is_refused("needs-second-person")
        .when("10:08", &Asked::now(lin(), behalf(Act::ApproveTechnicalPlan, 80, by_office)))
        .is_refused("needs-second-person")
        .when("10:09", &Asked::now(chen(), about(Act::ApproveTechnicalPlan, 80)))
        .happens(TAKEN);
}

#[test]
fn every_step_is_about_the_text_that_was_read() {
    let unread = IncidentCommand::TakeTechnicalStep(TakeTechnicalStep {
        draft: None,
        ..step(Act::TestTechnicalPlan)
    });
    let empty = IncidentCommand::TakeTechnicalStep(step(Act::DraftTechnicalPlan));
    let test = || about(Act::TestTechnicalPlan, 80);
    at_level("IV")
        .when("10:05", &Asked::now(lin(), empty))
        .is_refused("needs-text")
        .when("10:05", &Asked::now(lin(), draft(80)))
        .happens(TAKEN)
        .when("10:06", &Asked::now(lin(), draft(80)))
        .is_refused("no-change")
        .when("10:06", &Asked::now(lin(), unread))
        .is_refused("needs-text")
        .when("10:06", &Asked::now(lin(), about(Act::TestTechnicalPlan, 81)))
        .is_refused("text-changed")
        .when("10:06", &Asked::now(lin(), test()).at(at("10:04")))
        .is_refused("before-it-began")
        .when("10:07", &Asked::now(chen(), draft(81)))
        .happens(TAKEN)
        .when("10:08", &Asked::now(lin(), test()))
        .is_refused("text-changed");
}

#[test]
fn what_does_not_pass_is_drafted_again_and_everything_stays() {
    let mut stage = opened(&shanghai());
    take(&mut stage, "10:05", handler(), draft(80));
    take(&mut stage, "10:06", handler(), down(Act::TestTechnicalPlan, 80));
    let next = technical(&stage).next.unwrap();
    assert_eq!((next.step, &next.draft), (Act::DraftTechnicalPlan, &None));
    let again = stage.incident("10:07", &Asked::now(handler(), about(Act::TestTechnicalPlan, 80)));
    assert_eq!(again.unwrap_err().name(), "out-of-turn");
    take(&mut stage, "10:08", handler(), draft(81));
    take(&mut stage, "10:09", handler(), about(Act::TestTechnicalPlan, 81));
    take(&mut stage, "10:10", gao(), about(Act::AssessTechnicalPlan, 81));
    take(&mut stage, "10:11", gao(), down(Act::ApproveTechnicalPlan, 81));
    take(&mut stage, "10:12", handler(), draft(82));
    let found = technical(&stage);
    let rounds: Vec<_> = found
        .rounds
        .iter()
        .map(|round| (round.draft.clone(), round.steps.len(), round.returned().is_some()))
        .collect();
    assert_eq!(rounds, [(blob(80), 2, true), (blob(81), 4, true), (blob(82), 1, false)]);
    assert!(stage.incident.check().is_empty());
}

#[test]
fn only_a_judgement_turns_a_plan_down() {
    at_level("IV")
        .when("10:05", &Asked::now(lin(), draft(80)))
        .happens(TAKEN)
        .when("10:06", &Asked::now(lin(), down(Act::AssessTechnicalPlan, 80)))
        .is_refused("out-of-turn")
        .when("10:06", &Asked::now(lin(), draft_turned_down()))
        .is_refused("nothing-to-judge");
}

#[test]
fn the_level_in_force_says_whose_step_it_is() {
    let approve = || about(Act::ApproveTechnicalPlan, 80);
    let to_approval = |level| {
        at_level(level)
            .when("10:05", &Asked::now(lin(), draft(80)))
            .happens(TAKEN)
            .when("10:06", &Asked::now(lin(), about(Act::TestTechnicalPlan, 80)))
            .happens(TAKEN)
            .when("10:07", &Asked::now(lin(), about(Act::AssessTechnicalPlan, 80)))
            .happens(TAKEN)
    };
    to_approval("III").when("10:08", &Asked::now(chen(), approve())).happens(TAKEN);
    to_approval("II").when("10:08", &Asked::now(chen(), approve())).is_refused("not-authorised");
}

#[test]
fn a_step_may_be_written_down_for_whoever_took_it() {
    let drafted = |role| {
        let (text, on_behalf) = (Some(blob(80)), Some(by_telephone(role)));
        let drafted = TakeTechnicalStep { text, on_behalf, ..step(Act::DraftTechnicalPlan) };
        IncidentCommand::TakeTechnicalStep(drafted)
    };
    at_level("II")
        .when("10:05", &Asked::now(tang(), drafted("handling_group")))
        .is_refused("no-role")
        .when("10:05", &Asked::now(lin(), drafted("press_office")))
        .is_refused("not-authorised");
    let mut stage = opened(&shanghai());
    take(&mut stage, "10:05", lin(), drafted("handling_group"));
    let taken = &technical(&stage).rounds[0].steps[0];
    assert_eq!((taken.role.as_str(), taken.by), ("handling_group", lin().person));
    assert!(matches!(taken.given, Given::OnBehalf { .. }));
    assert!(stage.incident.log.last().unwrap().on_behalf_of.is_some());
}

#[test]
fn offices_that_decide_together_each_take_their_part() {
    let plan = changed(|plan| {
        let offices = vec![role("cac_office"), role("linkage_centre")];
        for authority in &mut plan.authorities {
            if authority.act == Act::TestTechnicalPlan {
                authority.how = How::Joint(offices.clone());
            }
        }
    });
    let mut stage = opened(&Arc::new(plan));
    let test = || about(Act::TestTechnicalPlan, 80);
    take(&mut stage, "10:05", lin(), draft(80));
    take(&mut stage, "10:06", lin(), test());
    let next = technical(&stage).next.unwrap();
    assert_eq!(next.by, BTreeSet::from([role("linkage_centre")]));
    let again = stage.incident("10:07", &Asked::now(chen(), test())).unwrap_err();
    assert_eq!(again.name(), "endorsed-already");
    let early = stage.incident("10:07", &Asked::now(lin(), about(Act::AssessTechnicalPlan, 80)));
    assert_eq!(early.unwrap_err().name(), "out-of-turn");
    take(&mut stage, "10:08", mara(), test());
    assert_eq!(technical(&stage).next.unwrap().step, Act::AssessTechnicalPlan);
    let outcomes: Vec<_> =
        technical(&stage).rounds[0].steps.iter().map(|it| it.outcome.clone()).collect();
    assert_eq!(outcomes, [StepOutcome::Passed, StepOutcome::Joined, StepOutcome::Passed]);
}

#[test]
fn the_next_step_waits_for_its_roles_and_a_plan_nobody_drafted_for_nobody() {
    let mut stage = opened(&shanghai());
    let first = technical(&stage).next.unwrap();
    assert_eq!((first.step, first.since), (Act::DraftTechnicalPlan, None));
    assert!(first.by.contains(&role("handling_group")));
    assert!(waiting(&stage).is_empty());
    take(&mut stage, "10:05", lin(), draft(80));
    take(&mut stage, "10:06", lin(), about(Act::TestTechnicalPlan, 80));
    take(&mut stage, "10:07", lin(), about(Act::AssessTechnicalPlan, 80));
    let [Waiting::TechnicalStep { step, draft, awaits, since, .. }] = &waiting(&stage)[..] else {
        panic!("one step waits: {:?}", waiting(&stage))
    };
    assert_eq!((*step, *since), (Act::ApproveTechnicalPlan, at("10:07")));
    assert_eq!(draft, &Some(blob(80).digest));
    assert_eq!(awaits, &BTreeSet::from([role("commission"), role("headquarters")]));
    let is_for = |actor: Actor| waiting(&stage)[0].is_for(actor.person, &actor.roles);
    assert!(is_for(gao()) && !is_for(chen()));
    let leader_who_drafted = Actor { person: lin().person, ..gao() };
    assert!(!is_for(leader_who_drafted), "nobody approves what they drafted");
}

#[test]
fn a_technical_plan_does_not_stand_in_the_way_of_closing() {
    let mut stage = opened(&shanghai());
    let before = stage.incident.is_closable(&stage.packs, at("10:30"));
    take(&mut stage, "10:05", lin(), draft(80));
    assert_eq!(stage.incident.is_closable(&stage.packs, at("10:30")), before);
}

#[test]
fn a_step_of_a_draft_that_nobody_knows_changes_nothing_and_is_found() {
    let mut stage = opened(&shanghai());
    let taken = crate::TechnicalStepTaken {
        plan: stage.plan.id.clone(),
        step: Act::TestTechnicalPlan,
        draft: blob(99).digest,
        role: role("cac_office"),
        given: Given::InPerson,
        outcome: StepOutcome::Passed,
        text: None,
        note: None,
    };
    happen(&mut stage, taken.into());
    assert!(stage.incident.technical_rounds.is_empty());
    assert_eq!(stage.incident.check().len(), 1);
}

fn at_level(level: &str) -> Scenario {
    given(shanghai(), [judged("10:02", level)])
}

/// An incident of level II under this plan.
fn opened(plan: &Arc<Plan>) -> Stage {
    let mut stage = Stage::under(Arc::clone(plan));
    let opened = IncidentOpened {
        incident: fengsui_vocabulary::IncidentId::from_bits(1),
        number: line("2026-0001"),
        title: line("入侵"),
        plans: vec![PlanRef::of(plan)],
    };
    happen(&mut stage, opened.into());
    let judged = LevelJudged {
        plan: plan.id.clone(),
        level: "II".parse().unwrap(),
        computed: crate::Computed { certain: None, possible: None },
        role: role("cac_office"),
        reason: None,
    };
    happen(&mut stage, judged.into());
    stage
}

fn happen(stage: &mut Stage, event: IncidentEvent) {
    let recorded = crate::Recorded {
        happened_at: at("10:00"),
        recorded_at: at("10:00"),
        actor: Actor::PROGRAM,
        on_behalf_of: None,
        event,
    };
    crate::incident::evolve(&mut stage.incident, &recorded);
}

#[track_caller]
fn take(stage: &mut Stage, clock: &str, by: Actor, command: IncidentCommand) {
    let happened = stage.incident(clock, &Asked::now(by, command)).unwrap();
    assert_eq!(happened.iter().map(IncidentEvent::kind).collect::<Vec<_>>(), TAKEN);
}

fn technical(stage: &Stage) -> Technical<'_> {
    stage.incident.technical(&stage.plan).unwrap()
}

fn waiting(stage: &Stage) -> Vec<Waiting> {
    stage.incident.waiting(&stage.packs, at("10:30"))
}

fn step(step: Act) -> TakeTechnicalStep {
    TakeTechnicalStep {
        plan: None,
        step,
        draft: None,
        text: None,
        verdict: Verdict::Passed,
        note: None,
        on_behalf: None,
    }
}

fn draft(text: u128) -> IncidentCommand {
    let text = Some(blob(text));
    IncidentCommand::TakeTechnicalStep(TakeTechnicalStep { text, ..step(Act::DraftTechnicalPlan) })
}

fn about(act: Act, text: u128) -> IncidentCommand {
    behalf(act, text, None)
}

fn behalf(act: Act, text: u128, on_behalf: Option<OnBehalf>) -> IncidentCommand {
    let draft = Some(blob(text).digest);
    IncidentCommand::TakeTechnicalStep(TakeTechnicalStep { draft, on_behalf, ..step(act) })
}

fn down(act: Act, text: u128) -> IncidentCommand {
    let verdict = Verdict::TurnedDown { reason: line("未考虑备份系统") };
    let draft = Some(blob(text).digest);
    IncidentCommand::TakeTechnicalStep(TakeTechnicalStep { draft, verdict, ..step(act) })
}

fn draft_turned_down() -> IncidentCommand {
    let verdict = Verdict::TurnedDown { reason: line("不可行") };
    let text = Some(blob(81));
    IncidentCommand::TakeTechnicalStep(TakeTechnicalStep {
        text,
        verdict,
        ..step(Act::DraftTechnicalPlan)
    })
}

/// Somebody of the handling group.
fn handler() -> Actor {
    Actor {
        person: PersonId::from_bits(81),
        lead: "shanghai-2019".parse().ok(),
        roles: BTreeSet::from([role("handling_group")]),
        ..Actor::public()
    }
}

fn by_telephone(of: &str) -> OnBehalf {
    OnBehalf {
        role: role(of),
        means: Means::Telephone,
        read_back: ReadBack::Confirmed,
        record: None,
    }
}

fn role(role: &str) -> RoleId {
    role.parse().unwrap()
}

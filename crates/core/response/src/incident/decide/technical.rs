//! The technical plan: one step after the other, as the pack orders them.
//!
//! Every step but the draft names the text that was read, so that nobody tests, approves or carries out
//! another one than they saw.

use fengsui_plan::{Act, Authority, How, NotAuthorised, Plan};
use fengsui_vocabulary::RoleId;

use super::{Case, Decision, deciders, for_whom};
use crate::incident::{TakeTechnicalStep, TechnicalRound, Verdict};
use crate::{Given, Refusal, StepOutcome, TechnicalStepTaken};

pub(super) fn take(case: &Case<'_>, it: &TakeTechnicalStep) -> Decision {
    let plan = it.plan.as_ref().map_or(Ok(case.plan), |plan| case.plan_of(plan))?;
    let order = plan
        .technical_plan
        .as_ref()
        .ok_or_else(|| Refusal::NoTechnicalPlan { plan: plan.id.clone() })?;
    if !order.steps.contains(&it.step) {
        let name = it.step.name().to_owned();
        return Err(Refusal::Unknown { what: "step of a technical plan", name });
    }
    let begins = it.draft.is_none() && order.steps.first() == Some(&it.step);
    let round = if begins { None } else { Some(in_turn(case, plan, it)?) };
    let (role, given, authority) = taking(case, plan, it)?;
    let outcome = outcome(case, round, it, (&role, authority))?;
    let draft = match (round, &it.text) {
        (Some(round), _) => round.draft.digest.clone(),
        (None, Some(text)) if case.incident.has_drafted(&plan.id, &text.digest) => {
            return Err(Refusal::NoChange);
        }
        (None, Some(text)) => text.digest.clone(),
        (None, None) => return Err(Refusal::NeedsText { step: it.step }),
    };
    let taken = TechnicalStepTaken {
        plan: plan.id.clone(),
        step: it.step,
        draft,
        role: role.clone(),
        given: given.clone(),
        outcome,
        text: it.text.clone(),
        note: it.note.clone(),
    };
    Ok(for_whom(vec![case.happens(taken)], &role, &given))
}

/// The round that this step goes on with: it is the step's turn, and this text was read.
fn in_turn<'a>(
    case: &Case<'a>,
    plan: &Plan,
    it: &TakeTechnicalStep,
) -> Result<&'a TechnicalRound, Refusal> {
    let round = case.incident.technical_round(&plan.id);
    let order = plan.technical_plan.as_ref();
    let next = round.and_then(|round| round.next(plan));
    match (round, order) {
        (Some(round), Some(_)) if next == Some(it.step) => match &it.draft {
            None => Err(Refusal::NeedsText { step: it.step }),
            Some(read) if *read != round.draft.digest => Err(Refusal::TextChanged),
            Some(_) => check_after(case, round).map(|()| round),
        },
        (_, Some(order)) => {
            let first = next.or_else(|| order.steps.first().copied()).unwrap_or(it.step);
            let clause = order.clause.clone();
            Err(Refusal::OutOfTurn { step: it.step, first, clause })
        }
        (_, None) => Err(Refusal::NoTechnicalPlan { plan: plan.id.clone() }),
    }
}

/// No step happened before the one that it follows.
fn check_after(case: &Case<'_>, round: &TechnicalRound) -> Result<(), Refusal> {
    match round.last().map(|last| last.at) {
        Some(earliest) if case.at < earliest => {
            Err(Refusal::BeforeItBegan { at: case.at, earliest })
        }
        Some(_) | None => Ok(()),
    }
}

/// In which role the step is taken, how it was given, and by which authority of the plan.
fn taking<'a>(
    case: &Case<'a>,
    plan: &'a Plan,
    it: &TakeTechnicalStep,
) -> Result<(RoleId, Given, &'a Authority), Refusal> {
    let level = case.incident.level(plan);
    let authority = plan
        .authority(it.step, level.as_ref())
        .filter(|authority| authority.how != How::Undefined)
        .ok_or(NotAuthorised::Undefined)?;
    let by = deciders(&authority.how);
    if let Some(on_behalf) = &it.on_behalf {
        case.acting(Act::RecordFacts)?;
        check_named(authority, by, &on_behalf.role)?;
        return Ok((on_behalf.role.clone(), on_behalf.given(), authority));
    }
    if let Some(role) = &case.asked.role {
        if !case.fills(plan, role, None) {
            return Err(Refusal::NotInRole { role: role.clone() });
        }
        check_named(authority, by, role)?;
        return Ok((role.clone(), Given::InPerson, authority));
    }
    match by.iter().find(|role| case.fills(plan, role, None)) {
        Some(role) => Ok((role.clone(), Given::InPerson, authority)),
        None => match case.asked.by.roles_under(&plan.id).first() {
            Some(role) => Err(not_named(authority, by, role)),
            None => Err(Refusal::NoRole { act: it.step }),
        },
    }
}

/// What comes of it: turned down, taken, or joined where other offices are still missing.
fn outcome(
    case: &Case<'_>,
    round: Option<&TechnicalRound>,
    it: &TakeTechnicalStep,
    (role, authority): (&RoleId, &Authority),
) -> Result<StepOutcome, Refusal> {
    let person = case.asked.by.person;
    if let Some(round) = round.filter(|_| it.step == Act::ApproveTechnicalPlan)
        && round.drafters().contains(&person)
    {
        return Err(Refusal::NeedsSecondPerson { done_by: person });
    }
    if let Verdict::TurnedDown { reason } = &it.verdict {
        return if is_judgement(it.step) {
            Ok(StepOutcome::Returned { reason: reason.clone() })
        } else {
            Err(Refusal::NothingToJudge { step: it.step })
        };
    }
    let How::Joint(offices) = &authority.how else { return Ok(StepOutcome::Passed) };
    let joined: Vec<_> = round.into_iter().flat_map(|round| round.joined(it.step)).collect();
    if joined.iter().any(|taken| taken.role == *role) {
        return Err(Refusal::EndorsedAlready { role: role.clone() });
    }
    if joined.iter().any(|taken| taken.by == person) {
        return Err(Refusal::NeedsSecondPerson { done_by: person });
    }
    let is_there = |office: &RoleId| office == role || joined.iter().any(|it| it.role == *office);
    let is_complete = offices.iter().all(is_there);
    Ok(if is_complete { StepOutcome::Passed } else { StepOutcome::Joined })
}

/// Whether a step says if the draft is good enough.
const fn is_judgement(step: Act) -> bool {
    matches!(step, Act::TestTechnicalPlan | Act::AssessTechnicalPlan | Act::ApproveTechnicalPlan)
}

fn check_named(authority: &Authority, by: &[RoleId], role: &RoleId) -> Result<(), Refusal> {
    if by.contains(role) { Ok(()) } else { Err(not_named(authority, by, role)) }
}

fn not_named(authority: &Authority, by: &[RoleId], role: &RoleId) -> Refusal {
    Refusal::NotAuthorised(NotAuthorised::Role {
        role: role.to_string(),
        clause: authority.clause.clone(),
        by: by.to_vec(),
    })
}

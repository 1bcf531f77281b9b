//! The response: first response, voices of a decision, proposals, headquarters.

use std::collections::BTreeSet;

use fengsui_plan::{Act, Authority, How};
use fengsui_vocabulary::{DutyId, LevelId, Line, RoleId};

use super::judge::judgement;
use super::{Case, Decision, deliver, for_whom};
use crate::incident::{FormHeadquarters, OnBehalf, ResponseState, SubmitProposal, VoiceDecision};
use crate::{
    CommandTaken, Decided, DecisionVoiced, FirstResponseBegun, HeadquartersFormed, IncidentEvent,
    NotControlled, ProposalEndorsed, ProposalSubmitted, Refusal, ResponseAdjusted, ResponseEnded,
    ResponseStarted, Step,
};

pub(super) fn begin(case: &Case<'_>, note: Option<&Line>) -> Decision {
    case.acting(Act::RecordFacts)?;
    Ok(case.only(FirstResponseBegun { note: note.cloned() }))
}

/// An office gives its voice. When every office that the plan names gave the same one, it is decided.
pub(super) fn voice(case: &Case<'_>, it: &VoiceDecision) -> Decision {
    let goal = goal(case, it.step, &it.level, &it.scope)?;
    let (role, authority) = authorised(case, &goal)?;
    let judged = judged_by_voice(case, &goal, &role, it.reason.as_ref())?;
    let offices = match &authority.how {
        How::Undefined => return Err(fengsui_plan::NotAuthorised::Undefined.into()),
        How::AnyOf(_) | How::Higher(_) => {
            let effect = effect(case, &goal, crate::Decision::By(BTreeSet::from([role])))?;
            return Ok(judged.into_iter().chain([case.happens(effect)]).collect());
        }
        How::Joint(offices) => offices,
        How::Approval { .. } => {
            let clause = authority.clause.clone();
            return Err(Refusal::NeedsApproval { step: it.step, clause });
        }
    };
    let same: Vec<_> = case
        .incident
        .response
        .voices
        .iter()
        .filter(|(_, voice)| {
            (voice.step, &voice.level, &voice.scope) == (goal.step, &goal.level, &goal.scope)
        })
        .collect();
    if same.iter().any(|(office, _)| **office == role) {
        return Err(Refusal::EndorsedAlready { role });
    }
    if let Some((_, voice)) = same.iter().find(|(_, voice)| voice.by == case.asked.by.person) {
        return Err(Refusal::NeedsSecondPerson { done_by: voice.by });
    }
    let mut events = vec![case.happens(DecisionVoiced {
        step: goal.step,
        level: goal.level.clone(),
        scope: goal.scope.clone(),
        role: role.clone(),
    })];
    events.extend(judged);
    let voiced: BTreeSet<RoleId> =
        same.into_iter().map(|(office, _)| office.clone()).chain([role]).collect();
    if offices.iter().all(|office| voiced.contains(office)) {
        events.push(case.happens(effect(case, &goal, crate::Decision::By(voiced))?));
    }
    Ok(events)
}

/// The voice of whoever judges the level is its judgement too, unless it has judged so already.
fn judged_by_voice(
    case: &Case<'_>,
    goal: &Goal,
    role: &RoleId,
    reason: Option<&Line>,
) -> Result<Option<Decided<IncidentEvent>>, Refusal> {
    let judged = case.incident.judged(&case.plan.id);
    let is_known = judged.is_some_and(|judged| judged.level == goal.level);
    let may_judge = case.plan.may(role, Act::JudgeLevel, Some(&goal.level)).is_ok();
    match goal.step {
        Step::Start | Step::Adjust | Step::Escalate if may_judge && !is_known => {
            let by = (role.clone(), &goal.level);
            let judged = judgement(case, case.plan, by, reason)?;
            Ok(Some(case.happens(judged)))
        }
        Step::Start | Step::Adjust | Step::Escalate | Step::End => Ok(None),
    }
}

/// One office submits a proposal; the others endorse it, then it waits for approval.
pub(super) fn submit(case: &Case<'_>, it: &SubmitProposal) -> Decision {
    let goal = goal(case, it.step, &it.level, &it.scope)?;
    let (role, authority) = authorised(case, &goal)?;
    match authority.how {
        How::Approval { .. } => {}
        How::AnyOf(_) | How::Joint(_) | How::Higher(_) | How::Undefined => {
            let clause = authority.clause.clone();
            return Err(Refusal::NeedsNoApproval { step: it.step, clause });
        }
    }
    if case.incident.response.waiting().is_some() {
        return Err(Refusal::ProposalWaiting);
    }
    let mut events = vec![case.happens(ProposalSubmitted {
        step: goal.step,
        level: goal.level,
        scope: goal.scope,
        text: it.text.clone(),
        role: role.clone(),
    })];
    if let Some(duty) = &it.meets {
        events.extend(deliver::meet_by_text(case, duty, &role, &it.text)?);
    }
    Ok(events)
}

pub(super) fn endorse(case: &Case<'_>, digest: &str, meets: Option<&DutyId>) -> Decision {
    let proposal = super::answer::waiting(case, digest)?;
    let (act, level) = case.incident.act_of(case.plan, proposal.step, &proposal.level);
    let offices = proposal.offices();
    // An actor who fills several offices endorses for the one that is still missing.
    let missing = case
        .authority(act, Some(&level))?
        .how
        .initiators()
        .iter()
        .find(|office| case.mine().contains(*office) && !offices.contains(office));
    let role = match (&case.asked.role, missing) {
        (None, Some(office)) => office.clone(),
        (Some(_), _) | (None, None) => case.acting_at(act, Some(&level))?.0,
    };
    if offices.contains(&role) {
        return Err(Refusal::EndorsedAlready { role });
    }
    if proposal.people().contains(&case.asked.by.person) {
        return Err(Refusal::NeedsSecondPerson { done_by: case.asked.by.person });
    }
    let digest = digest.to_owned();
    let mut events = vec![case.happens(ProposalEndorsed { digest, role: role.clone() })];
    if let Some(duty) = meets {
        events.extend(deliver::meet_by_text(case, duty, &role, &proposal.text)?);
    }
    Ok(events)
}

pub(super) fn headquarters(case: &Case<'_>, it: &FormHeadquarters) -> Decision {
    let authority = case.authority(Act::FormHeadquarters, case.level.as_ref())?;
    let (role, given) = case.deciding(authority, it.on_behalf.as_ref())?;
    if let Some(group) = it.groups.iter().find(|group| !case.plan.roles.contains_key(*group)) {
        return Err(Refusal::Unknown { what: "role", name: group.to_string() });
    }
    let formed = HeadquartersFormed {
        role: role.clone(),
        given: given.clone(),
        commander: it.commander,
        members: it.members.clone(),
        groups: it.groups.clone(),
        seat: it.seat.clone(),
    };
    Ok(for_whom(vec![case.happens(formed)], &role, &given))
}

/// A role takes unified command.
pub(super) fn command(case: &Case<'_>, on_behalf: Option<&OnBehalf>) -> Decision {
    let level = case.incident.response.level().or(case.level.as_ref());
    let authority = case.authority(Act::TakeCommand, level)?;
    let (role, given) = case.deciding(authority, on_behalf)?;
    if case.incident.command == Some(role.clone()) {
        return Err(Refusal::NoChange);
    }
    let taken = CommandTaken { role: role.clone(), given: given.clone() };
    Ok(for_whom(vec![case.happens(taken)], &role, &given))
}

/// Whoever may ask for a higher response may say that this one does not hold.
pub(super) fn not_controlled(case: &Case<'_>, reason: &Line) -> Decision {
    let level = case.incident.response.level().or(case.level.as_ref());
    let (role, _) = case.acting_at(Act::EscalateResponse, level)?;
    Ok(case.only(NotControlled { role, reason: reason.clone() }))
}

/// What a decision would bring about.
pub(super) struct Goal {
    pub(super) step: Step,
    pub(super) level: LevelId,
    pub(super) scope: Line,
}

/// What a decision moves the response to, whatever happened to it since it was proposed.
pub(super) fn effect(
    case: &Case<'_>,
    goal: &Goal,
    decision: crate::Decision,
) -> Result<IncidentEvent, Refusal> {
    let is_running = case.incident.response.level().is_some();
    let (level, scope) = (goal.level.clone(), goal.scope.clone());
    match goal.step {
        Step::Start | Step::Adjust | Step::Escalate if is_running => {
            Ok(ResponseAdjusted { level, scope, decision }.into())
        }
        Step::Start | Step::Adjust | Step::Escalate => {
            Ok(ResponseStarted { level, scope, decision }.into())
        }
        Step::End if is_running => Ok(ResponseEnded { level, decision }.into()),
        Step::End => Err(Refusal::NoResponse),
    }
}

/// Refuses what cannot be: to start twice, to end what never began, to respond too mildly.
fn goal(case: &Case<'_>, step: Step, level: &LevelId, scope: &Line) -> Result<Goal, Refusal> {
    let running = match &case.incident.response.state {
        ResponseState::Running { level, scope, .. } => Some((level, scope)),
        ResponseState::NotStarted | ResponseState::Ended { .. } => None,
    };
    match (step, running) {
        (Step::Start, Some(_)) => return Err(Refusal::ResponseRunning),
        (Step::Adjust | Step::Escalate | Step::End, None) => return Err(Refusal::NoResponse),
        (Step::Adjust | Step::Escalate, Some(now)) if now == (level, scope) => {
            return Err(Refusal::ResponseUnchanged);
        }
        (Step::End, Some((level, scope))) => {
            return Ok(Goal { step, level: level.clone(), scope: scope.clone() });
        }
        (Step::Start, None) | (Step::Adjust | Step::Escalate, Some(_)) => {}
    }
    if case.plan.level(level).is_none() {
        return Err(Refusal::Unknown { what: "level", name: level.to_string() });
    }
    if let Some(in_force) = &case.level
        && !case.plan.is_at_least(level, in_force)
    {
        return Err(Refusal::TooMild { level: level.clone(), in_force: in_force.clone() });
    }
    Ok(Goal { step, level: level.clone(), scope: scope.clone() })
}

/// In which role the actor takes part in this decision.
fn authorised<'a>(case: &Case<'a>, goal: &Goal) -> Result<(RoleId, &'a Authority), Refusal> {
    let (act, level) = case.incident.act_of(case.plan, goal.step, &goal.level);
    case.acting_at(act, Some(&level))
}

/// The events of a decision that somebody else may have taken.
pub(super) fn given_by(
    case: &Case<'_>,
    events: Vec<IncidentEvent>,
    (role, given): (&RoleId, &crate::Given),
) -> Vec<Decided<IncidentEvent>> {
    for_whom(events.into_iter().map(|event| case.happens(event)).collect(), role, given)
}

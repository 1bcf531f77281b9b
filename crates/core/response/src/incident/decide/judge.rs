//! Judging the level.

use fengsui_plan::{Act, Plan};
use fengsui_vocabulary::{LevelId, Line, PlanId, RoleId};

use super::{Case, Decision};
use crate::scene::acting;
use crate::{LevelJudged, Refusal};

/// The level is judged under one plan by the role that this plan names; what the facts give is kept beside it.
pub(super) fn judge(
    case: &Case<'_>,
    plan: &PlanId,
    level: &LevelId,
    reason: Option<&Line>,
) -> Decision {
    let plan = case.plan_of(plan)?;
    if plan.level(level).is_none() {
        return Err(Refusal::Unknown { what: "level", name: level.to_string() });
    }
    let (role, _) = acting(case.asked, plan, Act::JudgeLevel, Some(level))?;
    if case.incident.judged(&plan.id).is_some_and(|judged| judged.level == *level) {
        return Err(Refusal::JudgedAlready { level: level.clone() });
    }
    let judged = judgement(case, plan, (role, level), reason)?;
    Ok(case.only(judged))
}

/// A judgement with what the facts give beside it; where they give another level, it needs a reason.
pub(super) fn judgement(
    case: &Case<'_>,
    plan: &Plan,
    (role, level): (RoleId, &LevelId),
    reason: Option<&Line>,
) -> Result<LevelJudged, Refusal> {
    let computed = case.incident.computed(plan);
    if computed.certain.as_ref() != Some(level) && reason.is_none() {
        return Err(Refusal::NeedsReason { level: level.clone(), certain: computed.certain });
    }
    Ok(LevelJudged {
        plan: plan.id.clone(),
        level: level.clone(),
        computed,
        role,
        reason: reason.cloned(),
    })
}

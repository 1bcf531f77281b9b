//! What this plan does not govern, and what is not reported under one.

use fengsui_plan::Act;
use fengsui_vocabulary::{Line, PlanId};

use super::{Case, Decision};
use crate::{NotReported, PartHandedOver, Refusal};

pub(super) fn part(case: &Case<'_>, part: &str, reason: &Line) -> Decision {
    let role = case.acting(Act::HandOver)?;
    if !case.plans().any(|plan| plan.hand_overs.iter().any(|known| known.part == part)) {
        return Err(Refusal::Unknown { what: "part", name: part.to_owned() });
    }
    if case.incident.handed_over.contains_key(part) {
        return Err(Refusal::HandedOverAlready { part: part.to_owned() });
    }
    Ok(case.only(PartHandedOver { part: part.to_owned(), role, reason: reason.clone() }))
}

pub(super) fn not_reported(case: &Case<'_>, plan: &PlanId, reason: &Line) -> Decision {
    let role = case.acting(Act::WaiveDuty)?;
    case.plan_of(plan)?;
    if case.incident.not_reported.contains_key(plan) {
        return Err(Refusal::NoChange);
    }
    Ok(case.only(NotReported { plan: plan.clone(), role, reason: reason.clone() }))
}

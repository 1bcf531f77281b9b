//! Bringing the centre up to date.

use fengsui_vocabulary::PersonId;
use jiff::Timestamp;

use super::{
    Adopted, AdoptedHouse, Bound, Centre, Checked, Draft, DraftState, Interpretation, Policy,
    PolicyState, RoleKey, Wording,
};
use crate::{
    CentreEvent, ClauseInterpreted, PlanAdopted, PlanDrafted, PlanRef, PolicyNamed, Recorded,
};

/// Brings the centre up to date with one event.
pub fn evolve(centre: &mut Centre, recorded: &Recorded<CentreEvent>) {
    let (by, at) = (recorded.actor, recorded.happened_at);
    match &recorded.event {
        CentreEvent::PlanAdopted(it) => adopted(centre, it, recorded),
        CentreEvent::RoleBound(bound) => {
            let key = RoleKey {
                plan: bound.plan.clone(),
                role: bound.role.clone(),
                district: bound.district.clone(),
                sector: bound.sector.clone(),
            };
            let by = Bound { organisation: bound.organisation, persons: bound.persons.clone() };
            centre.bindings.insert(key, by);
        }
        CentreEvent::RoleUnbound(unbound) => {
            centre.bindings.remove(&RoleKey {
                plan: unbound.plan.clone(),
                role: unbound.role.clone(),
                district: unbound.district.clone(),
                sector: unbound.sector.clone(),
            });
        }
        CentreEvent::PlanDrafted(it) => {
            centre.drafts.insert(it.plan.clone(), drafted(it, by, at));
        }
        CentreEvent::PlanChecked(it) => {
            if let Some(draft) = centre.drafts.get_mut(&it.plan) {
                let (errors, warnings) = (it.errors, it.warnings);
                draft.checked = Some(Checked { findings: it.findings.clone(), errors, warnings });
            }
        }
        CentreEvent::PlanApproved(it) => {
            set_draft(centre, &it.plan, DraftState::Approved { by, at });
        }
        CentreEvent::DraftWithdrawn(it) => {
            let reason = it.reason.clone();
            set_draft(centre, &it.plan, DraftState::Withdrawn { by, reason });
        }
        CentreEvent::ClauseInterpreted(it) => {
            centre.interpretations.insert(it.number, interpreted(it, by, at));
        }
        CentreEvent::InterpretationWithdrawn(it) => {
            if let Some(ruling) = centre.interpretations.get_mut(&it.number) {
                ruling.withdrawn = Some((by, at, it.reason.clone()));
            }
        }
        CentreEvent::WordingAttached(it) => {
            let place = (it.plan.clone(), it.clause.clone());
            let wording = Wording { wording: it.wording.clone(), at, by };
            centre.wordings.entry(place).or_default().push(wording);
        }
        CentreEvent::HouseAdopted(it) => {
            let (hash, bytes) = (it.hash.clone(), it.bytes.clone());
            centre.houses.push(AdoptedHouse { hash, bytes, at, by });
        }
        CentreEvent::PolicyNamed(it) => {
            centre.policies.insert(it.number, named(it, by, at));
        }
        CentreEvent::PolicyApproved(it) => {
            set_policy(centre, it.number, PolicyState::Approved { by, at });
        }
        CentreEvent::PolicyWithdrawn(it) => {
            let reason = it.reason.clone();
            set_policy(centre, it.number, PolicyState::Withdrawn { by, reason });
        }
    }
}

fn drafted(it: &PlanDrafted, by: PersonId, at: Timestamp) -> Draft {
    Draft {
        plan: it.plan.clone(),
        bytes: it.bytes.clone(),
        signature: it.signature.clone(),
        by,
        at,
        checked: None,
        state: DraftState::Waiting,
    }
}

fn interpreted(it: &ClauseInterpreted, by: PersonId, at: Timestamp) -> Interpretation {
    Interpretation {
        number: it.number,
        plan: it.plan.clone(),
        clause: it.clause.clone(),
        question: it.question.clone(),
        ruling: it.ruling.clone(),
        role: it.role.clone(),
        at,
        by,
        withdrawn: None,
    }
}

fn named(it: &PolicyNamed, by: PersonId, at: Timestamp) -> Policy {
    Policy {
        number: it.number,
        plan: it.plan.clone(),
        act: it.act,
        levels: it.levels.clone(),
        how: it.how.clone(),
        reason: it.reason.clone(),
        by,
        at,
        state: PolicyState::Waiting,
    }
}

fn set_draft(centre: &mut Centre, plan: &PlanRef, state: DraftState) {
    if let Some(draft) = centre.drafts.get_mut(plan) {
        draft.state = state;
    }
}

fn set_policy(centre: &mut Centre, number: u32, state: PolicyState) {
    if let Some(policy) = centre.policies.get_mut(&number) {
        policy.state = state;
    }
}

fn adopted(centre: &mut Centre, it: &PlanAdopted, recorded: &Recorded<CentreEvent>) {
    // What was to take force before this was written has done so.
    *centre = centre.as_of(recorded.recorded_at);
    let edition = Adopted {
        plan: it.plan.clone(),
        bytes: it.bytes.clone(),
        calendars: it.calendars.clone(),
        at: recorded.happened_at,
        by: recorded.actor,
        from: it.from,
        supersedes: it.supersedes.clone(),
    };
    if let Some(draft) = centre.drafts.get_mut(&it.plan) {
        draft.state = DraftState::Adopted;
    }
    centre.adopted.insert(it.plan.clone(), edition.clone());
    if it.from.is_some() {
        centre.coming.insert(it.plan.plan.clone(), edition);
    } else {
        centre.coming.remove(&it.plan.plan);
        centre.take_force(edition);
    }
}

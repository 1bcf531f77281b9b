//! Which plans govern an incident: applied, set aside, exchanged for another edition.

use fengsui_plan::{Act, Plan};
use fengsui_vocabulary::{Line, PlanId, RoleId};

use super::{Case, Decision};
use crate::books::check_count;
use crate::incident::plans::{Applicability, Migration, Standing, applicability};
use crate::incident::{Incident, PLANS_MAX};
use crate::{
    Capacity, IncidentEvent, MigrationProposed, MigrationWithdrawn, PlanApplied, PlanConsidered,
    PlanRef, PlanSetAside, Refusal, Scene, ScopeAnswer,
};

/// What becomes of the plans in force besides the leading one when an incident is opened: those that
/// certainly apply do, the others are kept in mind.
pub(crate) fn considered(
    incident: &Incident,
    plans: &[PlanRef],
    scene: &Scene<'_>,
) -> Result<Vec<IncidentEvent>, Refusal> {
    let facts = incident.current_facts();
    let mut events = Vec::new();
    for edition in plans.iter().skip(1) {
        let plan = edition.clone();
        let Applicability { answer, because } = applicability(scene.plan(edition)?, &facts);
        events.push(match answer {
            ScopeAnswer::Applies => {
                PlanApplied { plan, answer, because, role: None, reason: None }.into()
            }
            ScopeAnswer::MayApply | ScopeAnswer::DoesNotApply => {
                PlanConsidered { plan, answer, because }.into()
            }
        });
    }
    Ok(events)
}

/// Applies a plan; or says that it stays although what is known has changed.
pub(super) fn apply(case: &Case<'_>, edition: &PlanRef, reason: Option<&Line>) -> Decision {
    let role = steering(case)?;
    let plan = case.scene.plan(edition)?;
    let standing = case.incident.considered.get(&edition.plan);
    if standing.is_none_or(|standing| standing.edition != *edition)
        && !case.scene.packs.is_in_force(edition)
    {
        return Err(Refusal::PlanNotInForce { plan: edition.plan.clone() });
    }
    let Applicability { answer, because } = case.incident.applicability(plan);
    if let Some(applied) = case.incident.edition(&edition.plan) {
        if applied != edition {
            return Err(Refusal::ExistsAlready); // to another edition it goes by migration
        }
        let is_confirmed = standing.is_none_or(|standing| answer >= standing.answer);
        if is_confirmed {
            return Err(Refusal::NoChange);
        }
    }
    let is_set_aside = standing.is_some_and(|it| it.standing == Standing::SetAside);
    if reason.is_none() && (answer != ScopeAnswer::Applies || is_set_aside) {
        return Err(Refusal::Nothing { what: "reason" });
    }
    check_count("plans", case.incident.plans.len() + 1, PLANS_MAX)?;
    let plan = edition.clone();
    Ok(case.only(PlanApplied { plan, answer, because, role, reason: reason.cloned() }))
}

/// Sets a plan aside, with a reason. The leading plan governs whatever happens.
pub(super) fn set_aside(case: &Case<'_>, plan: &PlanId, reason: &Line) -> Decision {
    let role = steering(case)?;
    if *plan == case.plan.id {
        return Err(Refusal::LeadPlan { plan: plan.clone() });
    }
    let standing = case.incident.considered.get(plan);
    let edition = case.incident.edition(plan).or_else(|| standing.map(|it| &it.edition));
    let edition = edition.ok_or_else(|| unknown(plan))?;
    let Applicability { answer, because } = case.incident.applicability(case.scene.plan(edition)?);
    if standing.is_some_and(|it| it.standing == Standing::SetAside && it.answer == answer) {
        return Err(Refusal::NoChange);
    }
    let plan = edition.clone();
    Ok(case.only(PlanSetAside { plan, answer, because, role, reason: reason.clone() }))
}

/// Proposes to go on under another edition; a second person confirms it.
pub(super) fn migrate(case: &Case<'_>, from: &PlanRef, to: &PlanRef, reason: &Line) -> Decision {
    plan_officer(case)?;
    if case.incident.migration_waiting(&from.plan).is_some() {
        return Err(Refusal::MigrationWaiting { plan: from.plan.clone() });
    }
    check_migration(case, from, to)?;
    let (from, to) = (from.clone(), to.clone());
    Ok(case.only(MigrationProposed { from, to, reason: reason.clone() }))
}

pub(super) fn confirm(case: &Case<'_>, from: &PlanId) -> Decision {
    plan_officer(case)?;
    let migration = waiting(case, from)?;
    if migration.proposed_by == case.asked.by.person {
        return Err(Refusal::NeedsSecondPerson { done_by: migration.proposed_by });
    }
    let to = check_migration(case, &migration.from, &migration.to)?;
    let until_now = case.scene.plan(&migration.from)?;
    let proposal = (&migration.reason, migration.proposed_by);
    Ok(case.only(case.incident.going_on((until_now, to), proposal)))
}

pub(super) fn withdraw(case: &Case<'_>, from: &PlanId, reason: &Line) -> Decision {
    plan_officer(case)?;
    let from = waiting(case, from)?.from.clone();
    Ok(case.only(MigrationWithdrawn { from, reason: reason.clone() }))
}

fn waiting<'a>(case: &Case<'a>, from: &PlanId) -> Result<&'a Migration, Refusal> {
    let waiting = case.incident.migration_waiting(from);
    waiting.ok_or_else(|| Refusal::NoMigration { plan: from.clone() })
}

/// The plan to which this may go: in force here, another edition of the same plan or one that
/// supersedes it, and able to carry what is under way.
fn check_migration<'a>(case: &Case<'a>, from: &PlanRef, to: &PlanRef) -> Result<&'a Plan, Refusal> {
    if !case.incident.plans.contains(from) {
        return Err(unknown(&from.plan));
    }
    if from == to {
        return Err(Refusal::NoChange);
    }
    let plan = case.scene.plan(to)?;
    if !case.scene.packs.is_in_force(to) {
        return Err(Refusal::PlanNotInForce { plan: to.plan.clone() });
    }
    if from.plan != to.plan {
        if !plan.about.supersedes.iter().any(|it| it == from.plan.as_str()) {
            let (from, to) = (from.plan.clone(), to.plan.clone());
            return Err(Refusal::NotASuccessor { from, to });
        }
        if case.incident.edition(&to.plan).is_some() {
            return Err(Refusal::ExistsAlready);
        }
    }
    if case.incident.lead() == Some(from) {
        if case.incident.response.waiting().is_some() {
            return Err(Refusal::ProposalWaiting);
        }
        let running = case.incident.response.level();
        if let Some(level) = running.filter(|level| plan.level(level).is_none()) {
            return Err(Refusal::Unknown { what: "level", name: level.to_string() });
        }
    }
    Ok(plan)
}

/// Whoever may judge the level under the leading plan, or keeps the plans, says which plans apply.
fn steering(case: &Case<'_>) -> Result<Option<RoleId>, Refusal> {
    let of_levels = case.plan.levels.iter().map(|level| Some(&level.id));
    let judging = std::iter::once(case.level.as_ref())
        .chain(of_levels)
        .find_map(|level| case.acting_at(Act::JudgeLevel, level).ok());
    match judging {
        Some((role, _)) => Ok(Some(role)),
        None if case.asked.by.has(Capacity::PlanOfficer) => Ok(None),
        None => case.acting(Act::JudgeLevel).map(Some),
    }
}

fn plan_officer(case: &Case<'_>) -> Result<(), Refusal> {
    if case.asked.by.has(Capacity::PlanOfficer) {
        return Ok(());
    }
    Err(Refusal::NeedsCapacity { capacity: Capacity::PlanOfficer })
}

fn unknown(plan: &PlanId) -> Refusal {
    Refusal::Unknown { what: "plan of this incident", name: plan.to_string() }
}

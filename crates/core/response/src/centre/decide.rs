//! Deciding what follows from a command to the centre.

use std::collections::BTreeMap;

use fengsui_plan::{Library, Plan};
use fengsui_vocabulary::{ClauseId, PersonId, PlanId};
use jiff::Timestamp;
use jiff::civil::Date;

use super::policy::{self, PolicyState};
use super::{
    AttachWording, Bound, Centre, CentreCommand, Draft, DraftPack, DraftState, InterpretClause,
    RoleKey, SignatureDemand,
};
use crate::{
    Actor, Asked, BlobRef, Capacity, CentreEvent, ClauseInterpreted, Decided, DraftWithdrawn,
    HouseAdopted, InterpretationWithdrawn, PlanAdopted, PlanApproved, PlanChecked, PlanDrafted,
    PlanRef, PolicyApproved, PolicyWithdrawn, Refusal, RoleBound, RoleUnbound, Scene,
    SignatureVerdict, WordingAttached,
};

type Events = Result<Vec<CentreEvent>, Refusal>;

/// Decides what follows from a command to the centre. Only a keeper of the plans may ask.
pub fn decide(
    centre: &Centre,
    asked: &Asked<CentreCommand>,
    scene: &Scene<'_>,
) -> Result<Vec<Decided<CentreEvent>>, Refusal> {
    let happened_at = scene.happened_at(asked)?;
    if !asked.by.has(Capacity::PlanOfficer) {
        return Err(Refusal::NeedsCapacity { capacity: Capacity::PlanOfficer });
    }
    let centre = centre.as_of(scene.now);
    let case = Case { centre: &centre, asked, scene };
    let decided = |event| Decided { happened_at, on_behalf_of: None, event };
    Ok(events(&case)?.into_iter().map(decided).collect())
}

/// Everything that a verb looks at.
pub(super) struct Case<'a> {
    pub(super) centre: &'a Centre,
    pub(super) asked: &'a Asked<CentreCommand>,
    pub(super) scene: &'a Scene<'a>,
}

fn events(case: &Case<'_>) -> Events {
    match &case.asked.command {
        CentreCommand::DraftPack(it) => draft(case, it),
        CentreCommand::ApprovePack { plan } => approve(case, plan),
        CentreCommand::WithdrawDraft { plan, reason } => {
            waiting_or_approved(case, plan)?;
            one(DraftWithdrawn { plan: plan.clone(), reason: reason.clone() })
        }
        CentreCommand::AdoptPlan { plan, bytes, calendars, from } => {
            adopt(case, plan, (bytes, calendars), *from)
        }
        CentreCommand::BindRole { role, bound } => bind(case, role, bound),
        CentreCommand::UnbindRole { role } => unbind(case, role),
        CentreCommand::InterpretClause(it) => interpret(case, it),
        CentreCommand::WithdrawInterpretation { number, reason } => {
            let known = case.centre.interpretations.get(number);
            match known.map(|it| it.withdrawn.is_some()) {
                None => Err(unknown("ruling", number)),
                Some(true) => Err(Refusal::NoChange),
                Some(false) => {
                    one(InterpretationWithdrawn { number: *number, reason: reason.clone() })
                }
            }
        }
        CentreCommand::AttachWording(it) => attach(case, it),
        CentreCommand::AdoptHouse { hash, bytes } => {
            if case.centre.houses.last().is_some_and(|house| house.hash == *hash) {
                return Err(Refusal::NoChange);
            }
            one(HouseAdopted { hash: hash.clone(), bytes: bytes.clone() })
        }
        CentreCommand::NamePolicy(it) => policy::name(case, it),
        CentreCommand::ApprovePolicy { number } => {
            let policy =
                case.centre.policies.get(number).ok_or_else(|| unknown("policy", number))?;
            if policy.state != PolicyState::Waiting {
                return Err(Refusal::NoChange);
            }
            second_person(case, policy.by)?;
            one(PolicyApproved { number: *number })
        }
        CentreCommand::WithdrawPolicy { number, reason } => {
            let policy =
                case.centre.policies.get(number).ok_or_else(|| unknown("policy", number))?;
            if matches!(policy.state, PolicyState::Withdrawn { .. }) {
                return Err(Refusal::NoChange);
            }
            one(PolicyWithdrawn { number: *number, reason: reason.clone() })
        }
    }
}

/// A draft with errors is not kept: there is nothing in it that could be approved.
fn draft(case: &Case<'_>, it: &DraftPack) -> Events {
    if it.demand == SignatureDemand::Valid && !matches!(it.signature, SignatureVerdict::ValidBy(_))
    {
        return Err(Refusal::SignatureNeeded);
    }
    if it.errors > 0 {
        let count = usize::try_from(it.errors).unwrap_or(usize::MAX);
        return Err(Refusal::TooMany { what: "errors in the pack", count, count_max: 0 });
    }
    let is_open = |draft: &Draft| match draft.state {
        DraftState::Waiting | DraftState::Approved { .. } => true,
        DraftState::Adopted | DraftState::Withdrawn { .. } => false,
    };
    if case.centre.drafts.get(&it.plan).is_some_and(is_open) {
        return Err(Refusal::ExistsAlready);
    }
    if case.centre.edition(&it.plan.plan) == Some(&it.plan) {
        return Err(Refusal::NoChange);
    }
    let plan = it.plan.clone();
    Ok(vec![
        PlanDrafted { plan, bytes: it.bytes.clone(), signature: it.signature.clone() }.into(),
        PlanChecked {
            plan: it.plan.clone(),
            findings: it.findings.clone(),
            errors: it.errors,
            warnings: it.warnings,
        }
        .into(),
    ])
}

fn approve(case: &Case<'_>, plan: &PlanRef) -> Events {
    let draft = waiting_or_approved(case, plan)?;
    match draft.state {
        DraftState::Waiting => {}
        DraftState::Approved { .. } | DraftState::Adopted | DraftState::Withdrawn { .. } => {
            return Err(Refusal::NoChange);
        }
    }
    second_person(case, draft.by)?;
    one(PlanApproved { plan: plan.clone() })
}

fn adopt(
    case: &Case<'_>,
    edition: &PlanRef,
    (bytes, calendars): (&BlobRef, &BTreeMap<String, BlobRef>),
    from: Option<Date>,
) -> Events {
    let plan = case.scene.plan(edition)?;
    if case.centre.edition(&edition.plan) == Some(edition) {
        return Err(Refusal::NoChange);
    }
    if !is_approved(case, edition) && !is_set_up(case, edition) {
        return Err(Refusal::PlanNotApproved { plan: edition.plan.clone() });
    }
    let ends = |id: &String| {
        let id: PlanId = id.parse().ok()?;
        (id != edition.plan && case.centre.in_force.contains_key(&id)).then_some(id)
    };
    one(PlanAdopted {
        plan: edition.clone(),
        bytes: bytes.clone(),
        calendars: calendars.clone(),
        from: from.and_then(|day| begins(plan, day)).filter(|from| *from > case.scene.now),
        supersedes: plan.about.supersedes.iter().filter_map(ends).collect(),
    })
}

/// Approved now, or adopted before: to return to an earlier edition needs no new approval.
fn is_approved(case: &Case<'_>, edition: &PlanRef) -> bool {
    let state = case.centre.drafts.get(edition).map(|draft| &draft.state);
    matches!(state, Some(DraftState::Approved { .. } | DraftState::Adopted))
}

/// What ships was approved by whoever ships it: enough while the centre is set up at the machine itself.
fn is_set_up(case: &Case<'_>, edition: &PlanRef) -> bool {
    let ships = Library::shipped().plan(&edition.plan).is_some_and(|it| it.hash == edition.hash);
    case.asked.by.person == Actor::PROGRAM && ships
}

/// The beginning of a day on the plan's own clock.
fn begins(plan: &Plan, day: Date) -> Option<Timestamp> {
    day.to_zoned(plan.time_zone.clone()).ok().map(|zoned| zoned.timestamp())
}

fn bind(case: &Case<'_>, role: &RoleKey, bound: &Bound) -> Events {
    if !plan_in_force(case, &role.plan)?.roles.contains_key(&role.role) {
        return Err(unknown("role", &role.role));
    }
    if bound.organisation.is_none() && bound.persons.is_empty() {
        return Err(Refusal::Nothing { what: "organisation or person" });
    }
    if case.centre.bindings.get(role) == Some(bound) {
        return Err(Refusal::NoChange);
    }
    let RoleKey { plan, role, district, sector } = role.clone();
    let Bound { organisation, persons } = bound.clone();
    one(RoleBound { plan, role, district, organisation, persons, sector })
}

fn unbind(case: &Case<'_>, role: &RoleKey) -> Events {
    if !case.centre.bindings.contains_key(role) {
        return Err(Refusal::NoChange);
    }
    let RoleKey { plan, role, district, sector } = role.clone();
    one(RoleUnbound { plan, role, district, sector })
}

fn interpret(case: &Case<'_>, it: &InterpretClause) -> Events {
    let plan = plan_in_force(case, &it.plan)?;
    check_clause(plan, &it.clause)?;
    if let Some(role) = &case.asked.role {
        crate::scene::holds(case.asked, &plan.id, role)?;
    }
    one(ClauseInterpreted {
        number: next(case.centre.interpretations.keys()),
        plan: it.plan.clone(),
        clause: it.clause.clone(),
        question: it.question.clone(),
        ruling: it.ruling.clone(),
        role: case.asked.role.clone(),
    })
}

fn attach(case: &Case<'_>, it: &AttachWording) -> Events {
    if let Some(clause) = &it.clause {
        check_clause(case.scene.plan(&it.plan)?, clause)?;
    }
    if !case.centre.adopted.contains_key(&it.plan) {
        return Err(unknown("adopted edition", &it.plan.plan));
    }
    let (plan, clause) = (it.plan.clone(), it.clause.clone());
    one(WordingAttached { plan, clause, wording: it.wording.clone() })
}

fn check_clause(plan: &Plan, clause: &ClauseId) -> Result<(), Refusal> {
    if plan.clauses.contains_key(clause) { Ok(()) } else { Err(unknown("clause", clause)) }
}

fn waiting_or_approved<'a>(case: &Case<'a>, plan: &PlanRef) -> Result<&'a Draft, Refusal> {
    let draft = case.centre.drafts.get(plan).ok_or_else(|| unknown("draft", &plan.plan))?;
    match draft.state {
        DraftState::Waiting | DraftState::Approved { .. } => Ok(draft),
        DraftState::Adopted | DraftState::Withdrawn { .. } => Err(Refusal::NoChange),
    }
}

pub(super) fn plan_in_force<'a>(case: &Case<'a>, plan: &PlanId) -> Result<&'a Plan, Refusal> {
    let edition = case.centre.edition(plan).or_else(|| {
        // Roles of an edition that takes force later are bound before it does.
        case.centre.coming.get(plan).map(|adopted| &adopted.plan)
    });
    case.scene.plan(edition.ok_or_else(|| unknown("adopted plan", plan))?)
}

fn second_person(case: &Case<'_>, done_by: PersonId) -> Result<(), Refusal> {
    if case.asked.by.person == done_by {
        return Err(Refusal::NeedsSecondPerson { done_by });
    }
    Ok(())
}

pub(super) fn next<'a>(numbers: impl DoubleEndedIterator<Item = &'a u32>) -> u32 {
    numbers.last().map_or(1, |last| last.saturating_add(1))
}

#[expect(clippy::unnecessary_wraps, reason = "it is the answer of a verb")]
pub(super) fn one(event: impl Into<CentreEvent>) -> Events {
    Ok(vec![event.into()])
}

pub(super) fn unknown(what: &'static str, name: impl std::fmt::Display) -> Refusal {
    Refusal::Unknown { what, name: name.to_string() }
}

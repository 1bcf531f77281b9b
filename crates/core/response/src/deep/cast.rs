//! Who plays: one separate person of a separate organisation for each role, and an officer.

use std::collections::{BTreeMap, BTreeSet};

use fengsui_plan::{Act, Binding, How, Plan};
use fengsui_vocabulary::{OrganisationId, PersonId, PlanId, RoleId};

use super::Optional;
use crate::{Actor, Capacity};

/// Everybody who plays.
pub(super) struct Cast {
    people: BTreeMap<RoleId, Actor>,
    officer: Actor,
}

impl Cast {
    /// The cast of a plan.
    pub(super) fn of(plan: &Plan, optional: Optional) -> Self {
        let mut roles: BTreeMap<&RoleId, BTreeSet<RoleId>> = BTreeMap::new();
        for role in plan.roles.keys() {
            if let Some(by) = filled_by(plan, role, optional) {
                roles.entry(by).or_default().insert(role.clone());
            }
        }
        let mut people = BTreeMap::new();
        for (number, (by, held)) in (PERSON_FIRST..).zip(&roles) {
            let organisation = match binding(plan, by) {
                Some(Binding::Affected) => UNIT,
                Some(
                    Binding::Deployment
                    | Binding::Optional
                    | Binding::District
                    | Binding::Sector
                    | Binding::Outside
                    | Binding::Set
                    | Binding::Converted,
                )
                | None => OrganisationId::from_bits(number),
            };
            let actor = person(&plan.id, number, organisation, held.clone());
            people.extend(held.iter().map(|role| (role.clone(), actor.clone())));
        }
        Self { people, officer: person(&plan.id, OFFICER, OFFICE, BTreeSet::new()) }
    }

    /// Who fills a role.
    pub(super) fn holder(&self, role: &RoleId) -> Option<&Actor> {
        self.people.get(role)
    }

    /// The officer who fills no role.
    pub(super) const fn officer(&self) -> &Actor {
        &self.officer
    }

    /// Who may take part in an act at some level, each in each of the roles.
    pub(super) fn players<'a>(
        &'a self,
        plan: &'a Plan,
        act: Act,
    ) -> impl Iterator<Item = (&'a RoleId, &'a Actor)> {
        let roles: BTreeSet<&RoleId> = plan
            .authorities
            .iter()
            .filter(|authority| authority.act == act)
            .flat_map(|authority| initiators(&authority.how).chain(approvers(&authority.how)))
            .collect();
        roles.into_iter().filter_map(|role| Some((role, self.holder(role)?)))
    }
}

/// Who approves, where somebody does.
pub(super) fn approvers(how: &How) -> std::slice::Iter<'_, RoleId> {
    match how {
        How::Approval { approve, .. } => approve.iter(),
        How::AnyOf(_) | How::Joint(_) | How::Higher(_) | How::Undefined => [].iter(),
    }
}

/// How a role becomes somebody.
pub(super) fn binding(plan: &Plan, role: &RoleId) -> Option<Binding> {
    plan.roles.get(role).map(|role| role.bound)
}

fn initiators(how: &How) -> std::slice::Iter<'_, RoleId> {
    how.initiators().iter()
}

/// Whose person fills a role: its own, or that of the role which becomes it; a set is nobody.
fn filled_by<'a>(plan: &'a Plan, role: &'a RoleId, optional: Optional) -> Option<&'a RoleId> {
    let mut role = role;
    for _ in 0..=plan.roles.len() {
        let known = plan.roles.get(role)?;
        match (known.bound, optional) {
            (Binding::Set, _) | (Binding::Optional, Optional::Unfilled) => return None,
            (Binding::Converted, _) => role = known.converted_from.as_ref()?,
            (Binding::Affected, _) => return first_affected(plan),
            (Binding::Deployment | Binding::District | Binding::Sector | Binding::Outside, _)
            | (Binding::Optional, Optional::Filled) => return Some(role),
        }
    }
    None // a circle, which no checked pack has
}

/// One organisation is affected, whatever it is called in different duties.
fn first_affected(plan: &Plan) -> Option<&RoleId> {
    plan.roles.values().find(|role| role.bound == Binding::Affected).map(|role| &role.id)
}

fn person(
    plan: &PlanId,
    number: u128,
    organisation: OrganisationId,
    roles: BTreeSet<RoleId>,
) -> Actor {
    Actor {
        person: PersonId::from_bits(number),
        organisation: Some(organisation),
        lead: Some(plan.clone()),
        roles,
        elsewhere: BTreeMap::new(),
        capacities: BTreeSet::from([Capacity::Officer, Capacity::Leader]),
    }
}

/// The organisation where it happened.
pub(super) const UNIT: OrganisationId = OrganisationId::from_bits(1);

const OFFICE: OrganisationId = OrganisationId::from_bits(2);
const OFFICER: u128 = 2;

/// Numbers below are the program's own, the unit's and the officer's.
const PERSON_FIRST: u128 = 10;

//! A person who acts here: what somebody may do, and nothing about who they are.

use std::collections::{BTreeMap, BTreeSet};

use fengsui_vocabulary::{Line, OrganisationId, PersonId, PlanId, RoleId};

use crate::{
    Actor, AppointmentChanged, Asked, Capacity, Decided, PersonAppointed, PersonDismissed,
    PersonEvent, Recorded, Refusal, Scene,
};

/// A person as far as the stream tells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Person {
    /// Who; none before the appointment.
    pub id: Option<PersonId>,
    /// What they may do.
    pub appointment: Appointment,
    /// Why they were dismissed, if they were.
    pub dismissed: Option<Line>,
}

/// What a person may do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Appointment {
    /// In which organisation.
    pub organisation: Option<OrganisationId>,
    /// Roles filled in person.
    pub roles: BTreeSet<RoleId>,
    /// The plan whose roles those are; none means the leading one.
    pub plan: Option<PlanId>,
    /// What they may do besides.
    pub capacities: BTreeSet<Capacity>,
}

/// What may be asked about a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PersonCommand {
    /// Appoint.
    Appoint {
        /// Who.
        person: PersonId,
        /// To do what.
        appointment: Appointment,
    },
    /// Change the appointment.
    Change {
        /// To do what from now on.
        appointment: Appointment,
    },
    /// Dismiss.
    Dismiss {
        /// Why.
        reason: Line,
    },
}

impl PersonCommand {
    /// Its name: chosen once, for records and programs.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Appoint { .. } => "appoint-person",
            Self::Change { .. } => "change-appointment",
            Self::Dismiss { .. } => "dismiss-person",
        }
    }
}

impl Person {
    /// The actor that this person is where this plan leads, with the roles that come through bindings,
    /// plan by plan.
    pub fn actor(
        &self,
        lead: Option<&PlanId>,
        mut bound: BTreeMap<PlanId, BTreeSet<RoleId>>,
    ) -> Option<Actor> {
        let person = self.id.filter(|_| self.dismissed.is_none())?;
        if let Some(plan) = self.appointment.plan.as_ref().or(lead) {
            let own = bound.entry(plan.clone()).or_default();
            own.extend(self.appointment.roles.iter().cloned());
        }
        let roles = lead.and_then(|lead| bound.remove(lead)).unwrap_or_default();
        Some(Actor {
            person,
            organisation: self.appointment.organisation,
            lead: lead.cloned(),
            roles,
            elsewhere: bound,
            capacities: self.appointment.capacities.clone(),
        })
    }
}

/// Decides what follows from a command about a person. Nobody appoints themselves, except that the
/// program appoints the first administrator.
pub fn decide(
    person: &Person,
    asked: &Asked<PersonCommand>,
    scene: &Scene<'_>,
) -> Result<Vec<Decided<PersonEvent>>, Refusal> {
    let happened_at = scene.happened_at(asked)?;
    if asked.by.person != Actor::PROGRAM && !asked.by.has(Capacity::Administrator) {
        return Err(Refusal::NeedsCapacity { capacity: Capacity::Administrator });
    }
    let event = match &asked.command {
        PersonCommand::Appoint { person: id, appointment } => {
            if person.id.is_some() && person.dismissed.is_none() {
                return Err(Refusal::ExistsAlready);
            }
            check(*id, asked, appointment)?;
            let Appointment { organisation, roles, plan, capacities } = appointment.clone();
            PersonAppointed { person: *id, organisation, roles, plan, capacities }.into()
        }
        PersonCommand::Change { appointment } => {
            check(serving(person)?, asked, appointment)?;
            if person.appointment == *appointment {
                return Err(Refusal::NoChange);
            }
            let Appointment { organisation, roles, plan, capacities } = appointment.clone();
            AppointmentChanged { organisation, roles, plan, capacities }.into()
        }
        PersonCommand::Dismiss { reason } => {
            let id = serving(person)?;
            if id == asked.by.person {
                return Err(Refusal::NeedsSecondPerson { done_by: id });
            }
            PersonDismissed { reason: reason.clone() }.into()
        }
    };
    Ok(vec![Decided { happened_at, on_behalf_of: None, event }])
}

/// Brings a person up to date with one event.
pub fn evolve(person: &mut Person, recorded: &Recorded<PersonEvent>) {
    match &recorded.event {
        PersonEvent::Appointed(appointed) => {
            person.id = Some(appointed.person);
            person.dismissed = None;
            person.appointment = Appointment {
                organisation: appointed.organisation,
                roles: appointed.roles.clone(),
                plan: appointed.plan.clone(),
                capacities: appointed.capacities.clone(),
            };
        }
        PersonEvent::Changed(changed) => {
            person.appointment = Appointment {
                organisation: changed.organisation,
                roles: changed.roles.clone(),
                plan: changed.plan.clone(),
                capacities: changed.capacities.clone(),
            };
        }
        PersonEvent::Dismissed(dismissed) => person.dismissed = Some(dismissed.reason.clone()),
    }
}

fn serving(person: &Person) -> Result<PersonId, Refusal> {
    if person.dismissed.is_some() {
        return Err(Refusal::Dismissed);
    }
    person.id.ok_or(Refusal::Absent)
}

fn check(
    id: PersonId,
    asked: &Asked<PersonCommand>,
    appointment: &Appointment,
) -> Result<(), Refusal> {
    if id == asked.by.person {
        return Err(Refusal::NeedsSecondPerson { done_by: id });
    }
    let has = |capacity| appointment.capacities.contains(&capacity);
    for (one, other) in APART {
        if has(one) && has(other) {
            return Err(Refusal::CapacitiesConflict { one, other });
        }
    }
    Ok(())
}

/// Whoever keeps accounts or does the work does not audit it.
const APART: [(Capacity, Capacity); 2] =
    [(Capacity::Auditor, Capacity::Administrator), (Capacity::Auditor, Capacity::Officer)];

//! One worklist from all plans: what several plans want of the same sender for the same recipient stands
//! together, each tick recorded apart.
//!
//! Nothing is merged in the record: a group only says that one document or call may meet several ticks.

use std::collections::BTreeMap;

use fengsui_plan::{Binding, Channel, Duty, Plan, Stage};
use fengsui_response::incident::Incident;
use fengsui_response::{Packs, Tick};
use fengsui_vocabulary::{OrganisationId, PlanId, RoleId};
use jiff::Timestamp;

use crate::{Desk, Directory, IncidentView};

/// What is owed by one to one, under however many plans.
#[derive(Clone, Debug)]
pub struct WorkGroup {
    /// Who owes it.
    pub from: Holder,
    /// To whom.
    pub to: Option<Holder>,
    /// What it is.
    pub deliverable: Deliverable,
    /// The duties with the ticks that meet them, the next due first.
    pub ticks: Vec<(Duty, Tick)>,
    /// When the first of them is due.
    pub due: Option<Timestamp>,
}

/// Somebody who sends or receives.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Holder {
    /// This organisation, whatever the plans call its role.
    Organisation(OrganisationId),
    /// A role of one plan that nobody in particular fills here.
    Role(PlanId, RoleId),
    /// An affected organisation that is not identified yet.
    Unidentified(String),
}

/// What is delivered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Deliverable {
    /// A call.
    Call,
    /// A document of one stage of reporting, or of none that the plan names.
    Document(Option<Stage>),
}

impl Desk {
    /// The open duties of an incident from all its plans, as one worklist: the next due first.
    pub fn worklist(&self, view: &IncidentView) -> Vec<WorkGroup> {
        worklist(&view.incident, &view.duties, &self.packs(), &self.directory())
    }
}

/// The open duties of an incident as one worklist.
pub(crate) fn worklist(
    incident: &Incident,
    duties: &[Duty],
    packs: &Packs,
    directory: &Directory,
) -> Vec<WorkGroup> {
    type Key = (Holder, Option<Holder>, Deliverable, Option<String>);
    let mut groups: BTreeMap<Key, Vec<(Duty, Tick)>> = BTreeMap::new();
    for duty in duties.iter().filter(|duty| duty.state.is_open()) {
        let edition = incident.edition(&duty.plan);
        let Some(plan) = edition.and_then(|edition| packs.of(edition)) else { continue };
        let holder = |role: &RoleId| holder(incident, (plan, role), duty, directory);
        let key = (
            holder(&duty.actor),
            duty.to.as_ref().map(holder),
            deliverable(plan, duty),
            duty.organisation.clone(),
        );
        groups.entry(key).or_default().push((duty.clone(), incident.tick_of(duty)));
    }
    let when = |duty: &Duty| duty.due.unwrap_or(duty.arose_at);
    let mut work: Vec<WorkGroup> = groups
        .into_iter()
        .map(|((from, to, deliverable, _), mut ticks)| {
            ticks.sort_by_key(|(duty, _)| when(duty));
            let due = ticks.iter().filter_map(|(duty, _)| duty.due).min();
            WorkGroup { from, to, deliverable, ticks, due }
        })
        .collect();
    work.sort_by_key(|group| group.ticks.first().map(|(duty, _)| when(duty)));
    work
}

fn holder(
    incident: &Incident,
    (plan, role): (&Plan, &RoleId),
    duty: &Duty,
    directory: &Directory,
) -> Holder {
    let party = incident.party_of(duty);
    let affected = party.and_then(|party| incident.organisation_of(&party));
    let found = match plan.roles.get(role).map(|role| role.bound) {
        Some(Binding::Affected) => match (affected, &duty.organisation) {
            (None, Some(organisation)) => return Holder::Unidentified(organisation.clone()),
            (known, _) => known,
        },
        Some(Binding::District | Binding::Sector) => {
            incident.resolved.get(&(plan.id.clone(), role.clone(), party)).copied()
        }
        Some(
            Binding::Deployment
            | Binding::Optional
            | Binding::Outside
            | Binding::Set
            | Binding::Converted,
        )
        | None => directory.filled_by(plan, role, None),
    };
    found.map_or_else(|| Holder::Role(plan.id.clone(), role.clone()), Holder::Organisation)
}

fn deliverable(plan: &Plan, duty: &Duty) -> Deliverable {
    match duty.channel {
        Channel::Oral => Deliverable::Call,
        Channel::Written | Channel::Any => {
            let form = plan
                .duties
                .iter()
                .find(|rule| rule.id == duty.duty && rule.senders.contains(&duty.actor))
                .and_then(|rule| plan.forms.get(rule.form.as_ref()?));
            Deliverable::Document(form.and_then(|form| form.stage))
        }
    }
}

//! Recording what people did and wrote.

use fengsui_plan::{Act, Channel, Plan};
use fengsui_vocabulary::{FormId, IncidentId, Line, RoleId};

use super::{Case, Decision, deliver};
use crate::books::{Deed, Lateness};
use crate::incident::{IssueDocument, OnBehalf};
use crate::scene::holds;
use crate::{
    BlobRef, Capacity, Delivery, DocumentIssued, Given, IncidentConfirmed, IncidentRelated,
    InstructionRecorded, MeasureRecorded, NoteWritten, Refusal, Relation,
};

/// Only whom the plan names takes a measure; whoever works on the incident writes it down for them.
pub(super) fn measure<'p>(
    case: &Case<'p>,
    measure: &str,
    (note, text): (&Line, Option<&BlobRef>),
    on_behalf: Option<&OnBehalf>,
) -> Decision {
    let of_plan = |plan: &'p Plan| {
        let known = plan.measures.iter().find(|known| known.id == measure)?;
        Some((plan, known))
    };
    let (plan, known) = case
        .plans()
        .find_map(of_plan)
        .ok_or_else(|| Refusal::Unknown { what: "measure", name: measure.to_owned() })?;
    let is_mine = |role: &RoleId| {
        let is_asked = case.asked.role.as_ref().is_none_or(|asked| asked == role);
        is_asked && case.fills(plan, role, None)
    };
    let is_theirs = |role: &&RoleId| {
        on_behalf.map_or_else(|| is_mine(role), |on_behalf| on_behalf.role == **role)
    };
    let role = known.by.iter().find(is_theirs).ok_or_else(|| Refusal::MeasureOfOthers {
        measure: measure.to_owned(),
        clause: known.clause.clone(),
        by: known.by.clone(),
    })?;
    if on_behalf.is_some() {
        case.acting(Act::RecordFacts)?;
    }
    let given = on_behalf.map(OnBehalf::given);
    let recorded = MeasureRecorded {
        measure: measure.to_owned(),
        role: role.clone(),
        note: note.clone(),
        text: text.cloned(),
        given: given.clone(),
    };
    let events = vec![case.happens(recorded)];
    Ok(match given {
        Some(given) => super::for_whom(events, role, &given),
        None => events,
    })
}

pub(super) fn confirm(case: &Case<'_>, evidence: &BlobRef, note: &Line) -> Decision {
    case.acting(Act::RecordFacts)?;
    Ok(case.only(IncidentConfirmed { evidence: evidence.clone(), note: note.clone() }))
}

/// A document is issued, and the duties that it meets are met by exactly this text.
pub(super) fn document(case: &Case<'_>, it: &IssueDocument) -> Decision {
    let role = match (&case.asked.role, it.meets.first()) {
        (Some(role), _) => {
            let plan = it.meets.first().map_or(&case.plan.id, |tick| &tick.plan);
            holds(case.asked, plan, role).or_else(|_| holds(case.asked, &case.plan.id, role))?;
            role.clone()
        }
        (None, Some(tick)) if case.asked.by.roles_under(&tick.plan).contains(&tick.by) => {
            tick.by.clone()
        }
        (None, _) => case.acting(Act::RecordFacts)?,
    };
    let has_form = |form: &FormId| case.plans().any(|plan| plan.forms.contains_key(form));
    if let Some(form) = it.form.as_ref().filter(|form| !has_form(form)) {
        return Err(Refusal::Unknown { what: "form", name: form.to_string() });
    }
    let is_taken = |number: &&Line| {
        case.incident.documents.iter().any(|document| document.number.as_ref() == Some(*number))
    };
    if let Some(number) = it.number.as_ref().filter(is_taken) {
        return Err(Refusal::NumberTaken { number: number.clone() });
    }
    let mut events = vec![case.happens(DocumentIssued {
        title: it.title.clone(),
        form: it.form.clone(),
        number: it.number.clone(),
        text: it.text.clone(),
        role,
        to: it.to.clone(),
        facts: Some(case.incident.current_facts()).filter(|facts| !facts.is_empty()),
        plan: it.meets.first().map(|tick| tick.plan.clone()),
    })];
    if !it.meets.is_empty() {
        let act = Delivery::Document { text: it.text.clone(), form: it.form.clone() };
        let deed = Deed {
            channel: Channel::Written,
            act: &act,
            late_because: it.late_because.as_ref(),
            lateness: Lateness::NeedsReason,
        };
        events.extend(deliver::meet_all(case, &it.meets, deed)?);
    }
    Ok(events)
}

pub(super) fn note(case: &Case<'_>, text: &BlobRef) -> Decision {
    if !case.asked.by.has(Capacity::Officer) {
        case.acting(Act::RecordFacts)?;
    }
    Ok(case.only(NoteWritten { text: text.clone() }))
}

/// An instruction is a leader's own, or written down by whoever works on the incident.
pub(super) fn instruction(
    case: &Case<'_>,
    text: &BlobRef,
    on_behalf: Option<&OnBehalf>,
) -> Decision {
    let (role, given) = match on_behalf {
        Some(on_behalf) => {
            case.acting(Act::RecordFacts)?;
            if !case.plan.roles.contains_key(&on_behalf.role) {
                let name = on_behalf.role.to_string();
                return Err(Refusal::Unknown { what: "role", name });
            }
            (on_behalf.role.clone(), on_behalf.given())
        }
        None if case.asked.by.has(Capacity::Leader) => {
            let role = case.asked.role.as_ref().or_else(|| case.mine().first());
            let role = role.ok_or(Refusal::NotYours)?;
            holds(case.asked, &case.plan.id, role)?;
            (role.clone(), Given::InPerson)
        }
        None => return Err(Refusal::NeedsCapacity { capacity: Capacity::Leader }),
    };
    let recorded =
        InstructionRecorded { role: role.clone(), given: given.clone(), text: text.clone() };
    Ok(super::for_whom(vec![case.happens(recorded)], &role, &given))
}

pub(super) fn relate(case: &Case<'_>, relation: Relation, other: IncidentId) -> Decision {
    case.acting(Act::RecordFacts)?;
    if case.incident.id == Some(other) {
        return Err(Refusal::RelatedToItself);
    }
    if case.incident.relations.contains(&(relation, other)) {
        return Err(Refusal::NoChange);
    }
    Ok(case.only(IncidentRelated { relation, other }))
}

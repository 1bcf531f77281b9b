//! Opening an incident.

use fengsui_plan::Act;
use fengsui_vocabulary::{IncidentId, Line};
use jiff::Timestamp;

use super::plans::considered;
use crate::books::check_count;
use crate::incident::{Incident, IncidentCommand, OpenIncident, PLANS_MAX, Status};
use crate::scene::acting;
use crate::{
    Asked, Decided, FirstResponseBegun, IncidentEvent, IncidentOpened, OrganisationAdded, Party,
    PlanRef, Refusal, Scene,
};

/// Opens an incident without a report: an authority saw it itself.
pub(super) fn open(
    incident: &Incident,
    it: &OpenIncident,
    asked: &Asked<IncidentCommand>,
    scene: &Scene<'_>,
) -> super::Decision {
    let at = scene.happened_at(asked)?;
    let heading = (it.incident, &it.number, &it.title);
    let mut events = opening(incident, heading, &it.plans, scene)?;
    let lead = it.plans.first().ok_or(Refusal::Nothing { what: "plan" })?;
    acting(asked, scene.plan(lead)?, Act::AcceptReport, None)?;
    for affected in &it.affected {
        affected.anchors.check(at)?;
        let organisation =
            affected.organisation.ok_or(Refusal::Nothing { what: "organisation" })?;
        events.push(IncidentEvent::from(OrganisationAdded {
            party: Party::Organisation(organisation),
            organisation: Some(organisation),
            district: affected.district.clone(),
            anchors: affected.anchors,
        }));
    }
    events.extend(considered(incident, &it.plans, scene)?);
    Ok(as_of(at, events))
}

/// The beginning of every incident: it is open, and first response, which needs no level, has begun.
pub(crate) fn opening(
    incident: &Incident,
    (id, number, title): (IncidentId, &Line, &Line),
    plans: &[PlanRef],
    scene: &Scene<'_>,
) -> Result<Vec<IncidentEvent>, Refusal> {
    if incident.status != Status::Absent {
        return Err(Refusal::ExistsAlready);
    }
    check_count("plans", plans.len(), PLANS_MAX)?;
    for plan in plans {
        scene.plan(plan)?;
    }
    let opened = IncidentOpened {
        incident: id,
        number: number.clone(),
        title: title.clone(),
        plans: plans.iter().take(1).cloned().collect(),
    };
    Ok(vec![opened.into(), FirstResponseBegun { note: None }.into()])
}

fn as_of(at: Timestamp, events: Vec<IncidentEvent>) -> Vec<Decided<IncidentEvent>> {
    events.into_iter().map(|event| Decided::new(at, event)).collect()
}

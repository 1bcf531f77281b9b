//! What moves duties: receipts, deliveries, judgements.

use fengsui_plan::{Happening, What};
use fengsui_vocabulary::{PersonId, PlanId, RoleId};
use jiff::Timestamp;

use super::Effect;
use super::knowledge::happens;
use crate::incident::{Incident, Judgement, Met, NotReporting};
use crate::{
    DutiesMissed, DutiesReminded, DutyMet, DutyWaived, IncidentEvent, LevelJudged, MissCleared,
    NotReported, PartHandedOver, Party, Recorded, ReportReceived,
};

type Entry = Recorded<IncidentEvent>;

pub(super) fn received(incident: &mut Incident, it: &ReportReceived, entry: &Entry) -> Effect {
    receive(incident, (&it.by, it.plan.as_ref()), (entry.happened_at, entry.recorded_at));
    Effect::Changed
}

/// A role of one plan received it: another plan's role of the same name did not.
pub(super) fn receive(
    incident: &mut Incident,
    (by, plan): (&RoleId, Option<&PlanId>),
    times: (Timestamp, Timestamp),
) {
    let what = What::ReportReceived { by: by.clone() };
    match plan.or_else(|| incident.lead().map(|lead| &lead.plan)).cloned() {
        Some(plan) => under(incident, None, &plan, times, what),
        None => happens(incident, None, times, what),
    }
}

pub(super) fn met(incident: &mut Incident, it: &DutyMet, entry: &Entry) -> Effect {
    keep(incident, it, (entry.happened_at, entry.recorded_at), entry.actor);
    Effect::Changed
}

pub(super) fn cleared(incident: &mut Incident, it: &MissCleared, entry: &Entry) -> Option<()> {
    clear(incident, it, (entry.happened_at, entry.recorded_at), entry.actor)
}

pub(super) fn waived(incident: &mut Incident, it: &DutyWaived, entry: &Entry) -> Effect {
    incident.waived.insert(it.tick.clone(), it.reason.clone());
    let what = What::Waived { tick: it.tick.in_history(None), reason: it.reason.to_string() };
    under(incident, it.tick.party, &it.tick.plan, (entry.happened_at, entry.recorded_at), what);
    Effect::Changed
}

pub(super) fn reminded(incident: &mut Incident, it: &DutiesReminded, entry: &Entry) -> Effect {
    it.reminded.iter().for_each(|it| incident.noticed.remind(it, entry.recorded_at));
    Effect::Changed
}

pub(super) fn missed(incident: &mut Incident, it: &DutiesMissed, entry: &Entry) -> Effect {
    it.missed.iter().for_each(|it| incident.noticed.miss(it, entry.recorded_at));
    Effect::Changed
}

pub(super) fn judged(incident: &mut Incident, it: &LevelJudged, entry: &Entry) -> Effect {
    incident.judgements.push(Judgement {
        plan: it.plan.clone(),
        level: it.level.clone(),
        computed: it.computed.clone(),
        role: it.role.clone(),
        reason: it.reason.clone(),
        at: entry.happened_at,
        by: entry.actor,
    });
    let what = What::LevelDecided { level: it.level.clone(), by: vec![it.role.clone()] };
    under(incident, None, &it.plan, (entry.happened_at, entry.recorded_at), what);
    Effect::Changed
}

pub(super) fn handed_over(incident: &mut Incident, it: &PartHandedOver, entry: &Entry) -> Effect {
    incident.handed_over.insert(it.part.clone(), (entry.happened_at, it.reason.clone()));
    let what = What::HandedOver { part: it.part.clone() };
    happens(incident, None, (entry.happened_at, entry.recorded_at), what);
    Effect::Changed
}

pub(super) fn not_reported(incident: &mut Incident, it: &NotReported, entry: &Entry) -> Effect {
    let decision = NotReporting {
        role: it.role.clone(),
        reason: it.reason.clone(),
        at: entry.happened_at,
        by: entry.actor,
    };
    incident.not_reported.insert(it.plan.clone(), decision);
    let what = What::NotReported { reason: it.reason.to_string() };
    under(incident, None, &it.plan, (entry.happened_at, entry.recorded_at), what);
    Effect::Changed
}

/// Keeps a delivery, whether entered here or brought by a report.
pub(super) fn keep(
    incident: &mut Incident,
    it: &DutyMet,
    (at, recorded_at): (Timestamp, Timestamp),
    entered_by: PersonId,
) {
    incident.met.push(Met {
        tick: it.tick.clone(),
        channel: it.channel,
        act: it.act.clone(),
        late_because: it.late_because.clone(),
        at,
        recorded_at,
        entered_by,
        cleared_by: None,
    });
    let what = What::Delivered(it.tick.in_history(Some(it.channel)));
    under(incident, it.tick.party, &it.tick.plan, (at, recorded_at), what);
}

/// Keeps a confirmation of the last delivery of a tick.
pub(super) fn clear(
    incident: &mut Incident,
    it: &MissCleared,
    times: (Timestamp, Timestamp),
    by: PersonId,
) -> Option<()> {
    let is_meant = |met: &&mut Met| {
        met.tick == it.tick && met.entered_by == it.entered_by && met.cleared_by.is_none()
    };
    let met = incident.met.iter_mut().find(is_meant)?;
    met.cleared_by = Some(by);
    let tick = it.tick.in_history(Some(met.channel));
    let what = What::MissCleared { tick, confirmed_by: by.to_string() };
    under(incident, it.tick.party, &it.tick.plan, times, what);
    Some(())
}

fn under(
    incident: &mut Incident,
    party: Option<Party>,
    plan: &PlanId,
    (at, recorded_at): (Timestamp, Timestamp),
    what: What,
) {
    let happening = Happening {
        at,
        recorded_at,
        offset: None,
        organisation: None,
        plan: Some(plan.clone()),
        what,
    };
    incident.happenings.push((party, happening));
}

//! Whom it happened to, and what is known of it.

use fengsui_plan::{Happening, What};
use fengsui_vocabulary::PlanId;
use jiff::Timestamp;
use jiff::tz::Offset;

use super::{Effect, ticks};
use crate::incident::{Correction, FactEntry, Heading, Incident, JoinedReport, Status};
use crate::{
    AnchorCorrected, AnchorKind, AnchorRecorded, Carried, CarriedWhat, FactsRecorded,
    IncidentClassified, IncidentConfirmed, IncidentEvent, IncidentOpened, IncidentRelated,
    OrganisationAdded, OrganisationIdentified, Outlook, Party, Recorded, ReportJoined,
    RoleResolved, SupplementReceived,
};

type Entry = Recorded<IncidentEvent>;

pub(super) fn opened(incident: &mut Incident, it: &IncidentOpened, entry: &Entry) -> Effect {
    incident.id = Some(it.incident);
    incident.heading = Some(Heading {
        number: it.number.clone(),
        title: it.title.clone(),
        opened_at: entry.happened_at,
    });
    incident.plans.clone_from(&it.plans);
    incident.status = Status::Open;
    Effect::Changed
}

pub(super) fn added(incident: &mut Incident, it: &OrganisationAdded, entry: &Entry) -> Effect {
    let affected = incident.affected.entry(it.party).or_default();
    affected.organisation = it.organisation;
    affected.district.clone_from(&it.district);
    for (anchor, at) in it.anchors.known() {
        let told = Told { at, recorded_at: entry.recorded_at, offset: None };
        set_anchor(incident, it.party, (anchor, None), told);
    }
    Effect::Changed
}

pub(super) fn identified(incident: &mut Incident, it: &OrganisationIdentified) -> Option<()> {
    let affected = incident.affected.get_mut(&it.party)?;
    affected.organisation = Some(it.organisation);
    if it.district.is_some() {
        affected.district.clone_from(&it.district);
    }
    Some(())
}

pub(super) fn resolved(incident: &mut Incident, it: &RoleResolved) -> Option<()> {
    let lead = || incident.lead().map(|lead| lead.plan.clone());
    let plan = it.plan.clone().or_else(lead)?;
    incident.resolved.insert((plan, it.role.clone(), it.party), it.organisation);
    Some(())
}

pub(super) fn anchored(incident: &mut Incident, it: &AnchorRecorded, entry: &Entry) -> Option<()> {
    incident.affected.get(&it.party)?;
    let offset = it.offset.and_then(|seconds| Offset::from_seconds(seconds).ok());
    let told = Told { at: it.at, recorded_at: entry.recorded_at, offset };
    set_anchor(incident, it.party, (it.anchor, it.plan.clone()), told);
    Some(())
}

pub(super) fn corrected(
    incident: &mut Incident,
    it: &AnchorCorrected,
    entry: &Entry,
) -> Option<()> {
    let correction = Correction {
        anchor: it.anchor,
        from: it.from,
        to: it.to,
        reason: it.reason.clone(),
        by: entry.actor,
    };
    correct_anchor(incident, it.party, correction, (entry.happened_at, entry.recorded_at))
}

pub(super) fn joined(incident: &mut Incident, it: &ReportJoined, entry: &Entry) -> Effect {
    incident.reports.insert(
        it.report,
        JoinedReport { number: it.number.clone(), joined_at: entry.happened_at, supplements: 0 },
    );
    for carried in &it.carried {
        take_over(incident, carried);
        incident.carried.push((it.report, carried.clone()));
    }
    happens(incident, None, (entry.happened_at, entry.recorded_at), What::ReportAccepted);
    Effect::Changed
}

pub(super) fn supplemented(incident: &mut Incident, it: &SupplementReceived) -> Option<()> {
    let report = incident.reports.get_mut(&it.report)?;
    report.supplements = report.supplements.saturating_add(1);
    Some(())
}

pub(super) fn learnt(incident: &mut Incident, it: &FactsRecorded, entry: &Entry) -> Effect {
    learn(incident, it, (entry.happened_at, entry.recorded_at), entry.actor);
    Effect::Changed
}

pub(super) fn classified(incident: &mut Incident, it: &IncidentClassified) -> Effect {
    incident.classes.clone_from(&it.classes);
    incident.parts_of_classes.clone_from(&it.hands_over);
    incident.primary_class = Some(it.primary.clone());
    Effect::Changed
}

pub(super) fn confirmed(incident: &mut Incident, it: &IncidentConfirmed) -> Effect {
    incident.confirmed = Some(it.evidence.clone());
    Effect::Changed
}

pub(super) fn related(incident: &mut Incident, it: &IncidentRelated) -> Effect {
    incident.relations.insert((it.relation, it.other));
    Effect::Changed
}

/// What a report brings with it takes the place that it would have had here, times unchanged.
fn take_over(incident: &mut Incident, carried: &Carried) {
    let times = (carried.at, carried.recorded_at);
    match &carried.what {
        CarriedWhat::Anchor { party, anchor } => {
            let told = Told { at: carried.at, recorded_at: carried.recorded_at, offset: None };
            set_anchor(incident, *party, (*anchor, None), told);
        }
        CarriedWhat::AnchorCorrected { party, anchor, from, to, reason } => {
            let correction = Correction {
                anchor: *anchor,
                from: *from,
                to: *to,
                reason: reason.clone(),
                by: carried.entered_by,
            };
            // Without the anchor there is nothing to correct; the event itself stays in the log.
            let _unknown = correct_anchor(incident, *party, correction, times);
        }
        CarriedWhat::Facts(facts) => learn(incident, facts, times, carried.entered_by),
        CarriedWhat::Met(met) => ticks::keep(incident, met, times, carried.entered_by),
        CarriedWhat::Cleared(cleared) => {
            let _unknown = ticks::clear(incident, cleared, times, carried.entered_by);
        }
        CarriedWhat::Reminded(it) => incident.noticed.remind(it, carried.recorded_at),
        CarriedWhat::Missed(it) => incident.noticed.miss(it, carried.recorded_at),
        CarriedWhat::Received { by, .. } => ticks::receive(incident, (by, None), times),
        CarriedWhat::Declined { .. } | CarriedWhat::Reopened => {
            if let Some((party, happening)) = carried.happening() {
                incident.happenings.push((party, happening));
            }
        }
    }
}

/// When an anchor was, and how that was told.
struct Told {
    at: Timestamp,
    recorded_at: Timestamp,
    offset: Option<Offset>,
}

/// The first reading of an anchor is the origin of clocks; a later one of another report does not
/// move them, only a correction with a reason does.
fn set_anchor(
    incident: &mut Incident,
    party: Party,
    (anchor, plan): (AnchorKind, Option<PlanId>),
    Told { at, recorded_at, offset }: Told,
) {
    let affected = incident.affected.entry(party).or_default();
    if anchor == AnchorKind::Aware {
        if affected.aware.contains_key(&plan) {
            return;
        }
        affected.aware.insert(plan.clone(), at);
    } else {
        if affected.anchors.at(anchor).is_some() {
            return;
        }
        affected.anchors.set(anchor, at);
    }
    let happening =
        Happening { at, recorded_at, offset, organisation: None, plan, what: anchor.happening() };
    incident.happenings.push((Some(party), happening));
}

fn correct_anchor(
    incident: &mut Incident,
    party: Party,
    correction: Correction,
    times: (Timestamp, Timestamp),
) -> Option<()> {
    let affected = incident.affected.get_mut(&party)?;
    let what = What::AnchorCorrected {
        anchor: correction.anchor.name().to_owned(),
        to: correction.to,
        reason: correction.reason.to_string(),
    };
    affected.corrections.push(correction);
    happens(incident, Some(party), times, what);
    Some(())
}

fn learn(
    incident: &mut Incident,
    it: &FactsRecorded,
    (at, recorded_at): (Timestamp, Timestamp),
    entered_by: fengsui_vocabulary::PersonId,
) {
    for (fact, value) in &it.facts {
        incident.facts.entry(fact.clone()).or_default().push(FactEntry {
            value: value.clone(),
            said_by: it.said_by.clone(),
            ground: it.ground.clone(),
            outlook: it.outlook,
            at,
            recorded_at,
            entered_by,
        });
    }
    match it.outlook {
        Outlook::Observed => {
            happens(incident, None, (at, recorded_at), What::Facts(it.facts.clone()));
        }
        Outlook::Forecast => {}
    }
}

/// Something that moves duties happened.
pub(super) fn happens(
    incident: &mut Incident,
    party: Option<Party>,
    (at, recorded_at): (Timestamp, Timestamp),
    what: What,
) {
    let happening =
        Happening { at, recorded_at, offset: None, organisation: None, plan: None, what };
    incident.happenings.push((party, happening));
}

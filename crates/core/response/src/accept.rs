//! What touches several streams in one commit: a report becomes part of an incident, is supplemented
//! there, is split, is merged.
//!
//! Acceptance hands the report's times, receipts and ticks to the incident unchanged, so no clock moves.

use std::collections::BTreeMap;

use fengsui_plan::Act;
use fengsui_vocabulary::{IncidentId, Line, ReportId};

use crate::books::check_count;
use crate::incident::{Incident, Status, considered, evolve, opening};
use crate::report::{Case, Report, SupplementReport, TakeIn, absorption, acceptance, parts};
use crate::{
    Anchors, Asked, Decided, FactsRecorded, IncidentEvent, OrganisationAdded, Outlook, Party,
    PlanRef, Refusal, ReportEvent, ReportJoined, ReportSplit, SaidBy, Scene, SupplementReceived,
};

/// Accept a report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AcceptReport {
    /// Open an incident with it.
    Open {
        /// The new incident.
        incident: IncidentId,
        /// Its number; a claim keeps it unique.
        number: Line,
        /// What it is called.
        title: Line,
        /// The editions of the plans in force, the leading one first: those that apply will.
        plans: Vec<PlanRef>,
    },
    /// Join an incident with it.
    Join {
        /// Which.
        incident: IncidentId,
    },
}

/// What follows for the report and for the incident.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// Events of the report.
    pub report: Vec<Decided<ReportEvent>>,
    /// Events of the incident.
    pub incident: Vec<Decided<IncidentEvent>>,
}

/// What follows for the report and for each incident that it is part of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Supplemented {
    /// Events of the report.
    pub report: Vec<Decided<ReportEvent>>,
    /// Events of the incidents.
    pub incidents: BTreeMap<IncidentId, Vec<Decided<IncidentEvent>>>,
}

/// Split a report into new ones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SplitReport {
    /// The new reports. Kind, channel and receipt are the whole's.
    pub parts: Vec<TakeIn>,
    /// Why.
    pub reason: Line,
}

/// What follows for one report, and for others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Regrouped {
    /// Events of the report that goes on elsewhere.
    pub report: Vec<Decided<ReportEvent>>,
    /// Events of the reports in which it goes on.
    pub others: BTreeMap<ReportId, Vec<Decided<ReportEvent>>>,
}

impl AcceptReport {
    /// Its name: chosen once, for records and programs.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Open { .. } => "accept-report",
            Self::Join { .. } => "join-report",
        }
    }

    /// The incident that it goes into.
    pub const fn incident(&self) -> IncidentId {
        match self {
            Self::Open { incident, .. } | Self::Join { incident } => *incident,
        }
    }
}

/// Decides what follows when a report is accepted; `incident` is the one named in the command, empty
/// if it is to be opened.
pub fn accept(
    report: &Report,
    incident: &Incident,
    asked: &Asked<AcceptReport>,
    scene: &Scene<'_>,
) -> Result<Accepted, Refusal> {
    let case = Case::of(report, asked, scene)?;
    let report_events = acceptance(&case, asked.command.incident())?;
    let mut events = match &asked.command {
        AcceptReport::Open { incident: id, number, title, plans } => {
            // A report opens one incident; it may join others.
            if !report.incidents.is_empty() {
                return Err(case.accepted());
            }
            opening(incident, (*id, number, title), plans, scene)?
        }
        AcceptReport::Join { .. } => {
            check_open(incident)?;
            Vec::new()
        }
    };
    events.extend(affected(report, incident));
    events.push(IncidentEvent::from(ReportJoined {
        report: case.intake.report,
        number: case.intake.number.clone(),
        carried: report.carried(),
    }));
    if let AcceptReport::Open { plans, .. } = &asked.command {
        // Whether a plan applies is asked of what the report brings.
        let mut opened = incident.clone();
        for event in &events {
            let recorded = Decided::new(case.at, event.clone());
            evolve(&mut opened, &recorded.recorded(scene.now, asked.by.person));
        }
        events.extend(considered(&opened, plans, scene)?);
    }
    // First response begins on receipt, not on acceptance.
    let happened_at = |event: &IncidentEvent| {
        let is_first_response = matches!(event, IncidentEvent::FirstResponseBegun(_));
        if is_first_response { case.intake.taken_in_at } else { case.at }
    };
    let incident =
        events.into_iter().map(|event| Decided::new(happened_at(&event), event)).collect();
    Ok(Accepted { report: report_events, incident })
}

/// Decides what follows when a reporter adds something; `incidents` are those that the report is part
/// of. What the reporter knows becomes known there in the same commit.
pub fn supplement(
    report: &Report,
    incidents: &BTreeMap<IncidentId, Incident>,
    asked: &Asked<SupplementReport>,
    scene: &Scene<'_>,
) -> Result<Supplemented, Refusal> {
    let case = Case::of(report, asked, scene)?;
    let report_events = crate::report::supplement(&case)?;
    let id = case.intake.report;
    let facts = &asked.command.facts;
    let incidents = incidents
        .iter()
        .filter(|(_, incident)| incident.reports.contains_key(&id))
        .map(|(incident_id, incident)| {
            let received = SupplementReceived { report: id };
            let mut events = vec![Decided::new(case.at, IncidentEvent::from(received))];
            if incident.is_open() && !facts.is_empty() {
                let known = FactsRecorded {
                    facts: facts.clone(),
                    said_by: SaidBy::Report(id),
                    ground: None,
                    outlook: Outlook::Observed,
                };
                events.push(Decided::new(case.at, IncidentEvent::from(known)));
            }
            (*incident_id, events)
        })
        .collect();
    Ok(Supplemented { report: report_events, incidents })
}

/// Decides what follows when a report is split.
pub fn split(
    report: &Report,
    asked: &Asked<SplitReport>,
    scene: &Scene<'_>,
) -> Result<Regrouped, Refusal> {
    let case = Case::of(report, asked, scene)?;
    let role = case.acting(Act::AcceptReport)?;
    case.check_waiting()?;
    let SplitReport { parts: new, reason } = &asked.command;
    check_count("parts", new.len(), PARTS_MAX)?;
    let mut others = BTreeMap::new();
    for part in new {
        if part.report == case.intake.report || others.contains_key(&part.report) {
            return Err(Refusal::ExistsAlready);
        }
        others.insert(part.report, parts(&case, part)?);
    }
    let into = new.iter().map(|part| part.report).collect();
    let split = ReportSplit { into, role, reason: reason.clone() };
    Ok(Regrouped { report: vec![case.happens(split)], others })
}

/// Decides what follows when a report is merged into another one that still waits, as the command says.
pub fn merge(
    report: &Report,
    into: &Report,
    asked: &Asked<MergeReport>,
    scene: &Scene<'_>,
) -> Result<Regrouped, Refusal> {
    let id = asked.command.into;
    Case::of(into, asked, scene)?.check_waiting()?;
    let case = Case::of(report, asked, scene)?;
    if case.intake.report == id {
        return Err(Refusal::RelatedToItself);
    }
    let (report, other) = absorption(&case, id)?;
    Ok(Regrouped { report, others: BTreeMap::from([(id, other)]) })
}

/// Merge a report into another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MergeReport {
    /// Which.
    pub into: ReportId,
}

/// Affected organisations that the incident does not know yet. Their times come with the report.
fn affected<'a>(
    report: &'a Report,
    incident: &'a Incident,
) -> impl Iterator<Item = IncidentEvent> + 'a {
    report.affected.iter().filter_map(|(party, affected)| {
        let party = affected.organisation.map_or(*party, Party::Organisation);
        let key = party.to_string();
        if incident.affected.keys().any(|known| incident.key(known) == key) {
            return None;
        }
        Some(IncidentEvent::from(OrganisationAdded {
            party,
            organisation: affected.organisation,
            district: affected.district.clone(),
            anchors: Anchors::default(),
        }))
    })
}

fn check_open(incident: &Incident) -> Result<(), Refusal> {
    match incident.status {
        Status::Open => Ok(()),
        Status::Absent => Err(Refusal::Absent),
        Status::Closed(_) => Err(Refusal::IncidentClosed),
    }
}

/// New reports of one split.
const PARTS_MAX: usize = 50;

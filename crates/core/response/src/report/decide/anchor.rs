//! Whom a report is about, and when it happened there.

use fengsui_plan::Act;
use fengsui_vocabulary::{DistrictCode, Line, OrganisationId};
use jiff::Timestamp;

use super::{Case, Decision};
use crate::report::{ReportCommand, ReportedOrganisation};
use crate::scene::check_time;
use crate::{
    AnchorCorrected, AnchorKind, AnchorRecorded, Anchors, CarriedWhat, OrganisationIdentified,
    Party, Refusal,
};

type Asking<'a> = Case<'a, ReportCommand>;

pub(super) fn identify(
    case: &Asking<'_>,
    party: Party,
    organisation: OrganisationId,
    district: Option<&DistrictCode>,
) -> Decision {
    case.acting(Act::AcceptReport)?;
    case.check_waiting()?;
    if affected(case, party)?.organisation.is_some() {
        return Err(Refusal::IdentifiedAlready { party });
    }
    let is_it = |known: &ReportedOrganisation| known.organisation == Some(organisation);
    if case.report.affected.values().any(is_it) {
        return Err(Refusal::AffectedAlready { organisation });
    }
    Ok(case.only(OrganisationIdentified { party, organisation, district: district.cloned() }))
}

pub(super) fn record(
    case: &Asking<'_>,
    party: Party,
    anchor: AnchorKind,
    at: Timestamp,
) -> Decision {
    case.acting(Act::AcceptReport)?;
    case.check_waiting()?;
    check_time(at, case.at)?;
    let affected = affected(case, party)?;
    if let Some(at) = affected.anchors.at(anchor) {
        return Err(Refusal::AnchorKnown { anchor, at });
    }
    let mut readings = readings(case, party, affected);
    readings.set(anchor, at);
    readings.check(case.at)?;
    match anchor {
        // Awareness is per plan, and plans apply to incidents.
        AnchorKind::Aware => Err(Refusal::AnchorUnknown { anchor }),
        AnchorKind::Occurred | AnchorKind::Discovered | AnchorKind::Informed => {
            Ok(case.only(AnchorRecorded { party, anchor, plan: None, at, offset: None }))
        }
    }
}

pub(super) fn correct(
    case: &Asking<'_>,
    party: Party,
    (anchor, to): (AnchorKind, Timestamp),
    reason: &Line,
) -> Decision {
    case.acting(Act::AcceptReport)?;
    case.check_waiting()?;
    let mut readings = readings(case, party, affected(case, party)?);
    let from = readings.at(anchor).ok_or(Refusal::AnchorUnknown { anchor })?;
    if from == to {
        return Err(Refusal::NoChange);
    }
    readings.set(anchor, to);
    readings.check(case.at)?;
    Ok(case.only(AnchorCorrected { party, anchor, from, to, reason: reason.clone() }))
}

fn affected<'a>(case: &Asking<'a>, party: Party) -> Result<&'a ReportedOrganisation, Refusal> {
    case.report
        .affected
        .get(&party)
        .ok_or_else(|| Refusal::Unknown { what: "affected organisation", name: party.to_string() })
}

/// The times as they are read now, corrections included.
fn readings(case: &Asking<'_>, party: Party, affected: &ReportedOrganisation) -> Anchors {
    let mut readings = affected.anchors;
    for carried in &case.report.ledger {
        if let CarriedWhat::AnchorCorrected { party: whose, anchor, to, .. } = &carried.what
            && *whose == party
        {
            readings.set(*anchor, *to);
        }
    }
    readings
}

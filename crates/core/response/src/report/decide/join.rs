//! The report's side of what touches several streams: accepted, supplemented, split, merged.

use fengsui_plan::Act;
use fengsui_vocabulary::{IncidentId, ReportId};

use super::take_in::{FACTS_MAX, at_most, check_attachments, intake};
use super::{Case, Decision};
use crate::report::{Report, ReportStatus, SupplementReport, TakeIn};
use crate::{
    Capacity, Carried, CarriedWhat, Decided, Party, Refusal, ReportAbsorbed, ReportAccepted,
    ReportEvent, ReportMerged, ReportSupplemented,
};

type Events = Vec<Decided<ReportEvent>>;

/// Accepted into an incident; into a second one as well, but into none twice.
pub(crate) fn acceptance<C>(case: &Case<'_, C>, incident: IncidentId) -> Decision {
    let role = case.acting(Act::AcceptReport)?;
    match case.report.status {
        ReportStatus::Accepted if !case.report.incidents.contains_key(&incident) => {}
        ReportStatus::Accepted
        | ReportStatus::Waiting
        | ReportStatus::Absent
        | ReportStatus::Declined(_)
        | ReportStatus::Sealed(_)
        | ReportStatus::Split(_)
        | ReportStatus::Merged(_) => case.check_waiting()?,
    }
    Ok(vec![case.happens(ReportAccepted { incident, role })])
}

pub(crate) fn supplement(case: &Case<'_, SupplementReport>) -> Decision {
    let it = &case.asked.command;
    check_reporter(case)?;
    case.check_alive()?;
    check_attachments(&it.attachments)?;
    at_most("facts", it.facts.len(), FACTS_MAX)?;
    at_most("supplements", case.report.supplements.len() + 1, SUPPLEMENTS_MAX)?;
    case.plan.prepare(&it.facts)?;
    Ok(vec![case.happens(ReportSupplemented {
        content: it.content.clone(),
        attachments: it.attachments.clone(),
        facts: it.facts.clone(),
    })])
}

/// A part of a split report: taken in when the whole was, with the receipts and deliveries that are
/// about it.
pub(crate) fn parts<C>(case: &Case<'_, C>, part: &TakeIn) -> Decision {
    let taken_in_at = case.intake.taken_in_at;
    let mut part = part.clone();
    part.kind = case.intake.kind;
    part.channel = case.intake.channel;
    part.taken_in_by = case.intake.taken_in_by.clone();
    part.follows = Some(case.intake.report);
    part.lead = case.intake.lead.clone();
    let mut events: Events = intake(&part, taken_in_at, case.scene)?;
    let is_ours = |party: &Party| {
        part.affected.iter().any(|it| it.organisation.map(Party::Organisation) == Some(*party))
    };
    let carried = carried_of(case.report, |what| match what {
        CarriedWhat::Received { .. } => true,
        CarriedWhat::Met(met) => met.tick.party.as_ref().is_none_or(is_ours),
        CarriedWhat::Cleared(it) => it.tick.party.as_ref().is_none_or(is_ours),
        CarriedWhat::Reminded(it) => it.tick.party.as_ref().is_none_or(is_ours),
        CarriedWhat::Missed(it) => it.tick.party.as_ref().is_none_or(is_ours),
        CarriedWhat::Anchor { .. }
        | CarriedWhat::AnchorCorrected { .. }
        | CarriedWhat::Facts(_)
        | CarriedWhat::Declined { .. }
        | CarriedWhat::Reopened => false,
    });
    // What the intake of the part meets again was met by the whole.
    events.retain(|decided| !matches!(decided.event, ReportEvent::DutyMet(_)));
    events.push(case.happens(ReportAbsorbed { report: case.intake.report, carried }));
    Ok(events)
}

/// Merged into another report that still waits; both sides.
pub(crate) fn absorption<C>(
    case: &Case<'_, C>,
    into: ReportId,
) -> Result<(Events, Events), Refusal> {
    let role = case.acting(Act::AcceptReport)?;
    case.check_waiting()?;
    let carried = carried_of(case.report, |_| true);
    Ok((
        vec![case.happens(ReportMerged { into, role })],
        vec![case.happens(ReportAbsorbed { report: case.intake.report, carried })],
    ))
}

/// Whoever holds the number and secret (the web checks it), a member of an affected organisation, or
/// an officer who was told.
pub(super) fn check_reporter<C>(case: &Case<'_, C>) -> Result<(), Refusal> {
    let by = &case.asked.by;
    let is_affected = || {
        case.report
            .affected
            .values()
            .any(|it| it.organisation.is_some() && it.organisation == by.organisation)
    };
    if by.is_nobody() || by.has(Capacity::Officer) || is_affected() {
        Ok(())
    } else {
        Err(Refusal::NotYours)
    }
}

fn carried_of(report: &Report, keep: impl Fn(&CarriedWhat) -> bool) -> Vec<Carried> {
    report.carried().into_iter().filter(|carried| keep(&carried.what)).collect()
}

/// Supplements of one report.
const SUPPLEMENTS_MAX: usize = 200;

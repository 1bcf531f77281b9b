//! Taking a report in: the receipt starts clocks, and meets what was owed to whoever took it in.

use std::collections::BTreeSet;

use fengsui_plan::Duty;
use fengsui_vocabulary::RoleId;
use jiff::Timestamp;

use super::Decision;
use crate::books::{Books, Deed, Lateness};
use crate::report::{Report, ReportCommand, TakeIn, evolve};
use crate::{
    Asked, Attachment, Decided, Delivery, IntakeChannel, Party, Recorded, Refusal, ReportEvent,
    ReportSealed, ReportTakenIn, Scene,
};

pub(super) fn take_in(
    report: &Report,
    it: &TakeIn,
    asked: &Asked<ReportCommand>,
    scene: &Scene<'_>,
) -> Decision {
    if report.intake.is_some() {
        return Err(Refusal::ExistsAlready);
    }
    let at = scene.happened_at(asked)?;
    let plan = scene.plan(&it.lead)?;
    match it.channel {
        // A call is taken by somebody who fills the role, or the role of which it is a part.
        IntakeChannel::Oral => {
            let part_of = plan.roles.get(&it.taken_in_by).and_then(|role| role.part_of.as_ref());
            let fills = |role: &RoleId| asked.by.roles_under(&plan.id).contains(role);
            if !fills(&it.taken_in_by) && !part_of.is_some_and(fills) {
                return Err(Refusal::NotInRole { role: it.taken_in_by.clone() });
            }
        }
        IntakeChannel::Web
        | IntakeChannel::Mail
        | IntakeChannel::Fax
        | IntakeChannel::Api
        | IntakeChannel::Partner
        | IntakeChannel::Detection => {}
    }
    intake(it, at, scene)
}

/// The events of an intake, whoever decided that it is one.
pub(super) fn intake(it: &TakeIn, at: Timestamp, scene: &Scene<'_>) -> Decision {
    check(it, at, scene)?;
    let mut events = vec![Decided::new(at, taken_in(it))];
    if let Some(reason) = &it.sealed_because {
        events.push(Decided::new(at, ReportSealed { reason: reason.clone() }));
        return Ok(events);
    }
    let plan = scene.plan(&it.lead)?;
    let mut report = Report::default();
    for event in &events {
        evolve(&mut report, &as_recorded(event, scene.now));
    }
    let key = |party: &Party| report.key(party);
    let party = |duty: &Duty| report.party_of(duty);
    let duties = report.duties(plan, scene.now);
    let books = Books { plan, duties, at, key: &key, party: &party };
    let channel = it.channel.delivers();
    let ticks = books.met_by_receipt(&it.taken_in_by, channel);
    if !ticks.is_empty() {
        let written = Delivery::Report { report: it.report };
        let act = it.call.as_ref().unwrap_or(&written);
        let lateness = Lateness::MayBeSilent;
        let met = books.meet(&ticks, Deed { channel, act, late_because: None, lateness })?;
        events.extend(met.into_iter().map(|met| Decided::new(at, met)));
    }
    Ok(events)
}

fn taken_in(it: &TakeIn) -> ReportTakenIn {
    ReportTakenIn {
        report: it.report,
        number: it.number.clone(),
        kind: it.kind,
        channel: it.channel,
        taken_in_by: it.taken_in_by.clone(),
        follows: it.follows,
        affected: it.affected.clone(),
        facts: it.facts.clone(),
        content: it.content.clone(),
        attachments: it.attachments.clone(),
        lead: it.lead.clone(),
    }
}

fn check(it: &TakeIn, at: Timestamp, scene: &Scene<'_>) -> Result<(), Refusal> {
    let plan = scene.plan(&it.lead)?;
    if !plan.roles.contains_key(&it.taken_in_by) {
        return Err(Refusal::Unknown { what: "role", name: it.taken_in_by.to_string() });
    }
    at_most("affected organisations", it.affected.len(), AFFECTED_MAX)?;
    at_most("facts", it.facts.len(), FACTS_MAX)?;
    check_attachments(&it.attachments)?;
    plan.prepare(&it.facts)?;
    let mut known = BTreeSet::new();
    for affected in &it.affected {
        affected.anchors.check(at)?;
        if let Some(organisation) = affected.organisation.filter(|it| !known.insert(*it)) {
            return Err(Refusal::AffectedAlready { organisation });
        }
    }
    Ok(())
}

/// Refuses more files than fit.
pub(super) fn check_attachments(attachments: &[Attachment]) -> Result<(), Refusal> {
    at_most("attachments", attachments.len(), ATTACHMENTS_MAX)
}

pub(super) fn at_most(what: &'static str, count: usize, count_max: usize) -> Result<(), Refusal> {
    if count > count_max { Err(Refusal::TooMany { what, count, count_max }) } else { Ok(()) }
}

/// The event as it will be read back: what follows from it may be decided at once.
fn as_recorded(event: &Decided<ReportEvent>, now: Timestamp) -> Recorded<ReportEvent> {
    event.clone().recorded(now, crate::Actor::PROGRAM)
}

/// Affected organisations of one report.
const AFFECTED_MAX: usize = 50;

/// Facts of one report.
pub(super) const FACTS_MAX: usize = 200;

/// Files of one report or answer.
const ATTACHMENTS_MAX: usize = 20;

//! Rows of an incident.

use std::collections::BTreeSet;

use fengsui_plan::{Duty, Plan};
use fengsui_response::Packs;
use fengsui_response::incident::{Heading, Incident, NotReporting, ResponseState, Waiting};
use fengsui_store::{BoardRows, StreamRows, Value};
use fengsui_vocabulary::{LevelId, PlanId, RoleId};

use super::accountability::suggestion_rows;
use super::clock::clock_rows;
use super::duty::{duty_rows, roles_with_a_part};
use super::folded;
use crate::boards::{INCIDENT, NOT_REPORTED, SEARCH, WAITING};
use crate::stream::Loaded;
use crate::viewer::{capacity_key, district_key, organisation_key, own_key, role_key};

/// Everything that follows from an incident.
pub(crate) fn incident_rows(loaded: &Loaded<Incident>, packs: &Packs) -> StreamRows {
    let incident = &loaded.state;
    let Some(heading) = &incident.heading else { return StreamRows::default() };
    let lead = incident.lead().and_then(|lead| packs.of(lead));
    let duties = incident.worklist(packs, loaded.recorded_at);
    let waiting = incident.waiting(packs, loaded.recorded_at);
    let mut sight = affected_keys(incident);
    for plan in incident.plans.iter().filter_map(|edition| packs.of(edition)) {
        let roles = roles_with_a_part(&duties, plan);
        sight.extend(roles.into_iter().map(|role| role_key(&plan.id, role)));
    }
    if let Some(plan) = lead {
        sight.extend(resolved_keys(incident));
        let awaited = waiting.iter().flat_map(|it| {
            let plan = it.plan().unwrap_or(&plan.id);
            it.awaits().iter().map(|role| role_key(plan, role))
        });
        sight.extend(awaited);
        sight.extend(working_keys(incident, &plan.id));
    }
    let row = row(incident, heading, lead.map(AsRef::as_ref), &duties);
    StreamRows {
        stream: loaded.stream.clone(),
        boards: vec![
            BoardRows { board: INCIDENT.name, rows: vec![row] },
            duty_rows(&duties),
            BoardRows {
                board: WAITING.name,
                rows: lead.map(|plan| waiting_lines(&waiting, plan)).unwrap_or_default(),
            },
            BoardRows { board: NOT_REPORTED.name, rows: not_reported(incident, heading) },
            suggestion_rows(incident, &duties, packs),
            BoardRows { board: SEARCH.name, rows: vec![search(heading)] },
            clock_rows(incident.fires_at(&duties, packs, loaded.recorded_at)),
        ],
        sight: sight.into_iter().collect(),
    }
}

fn affected_keys(incident: &Incident) -> BTreeSet<String> {
    let mut keys = BTreeSet::new();
    for affected in incident.affected.values() {
        keys.extend(affected.organisation.as_ref().map(own_key));
        keys.extend(affected.district.as_ref().map(district_key));
    }
    keys
}

fn row(incident: &Incident, heading: &Heading, lead: Option<&Plan>, duties: &[Duty]) -> Vec<Value> {
    let computed = lead.map(|plan| incident.computed(plan));
    let level = |level: Option<LevelId>| Value::from(level.map(String::from));
    let judged = lead.and_then(|plan| incident.judged(&plan.id));
    let open = duties.iter().filter(|duty| duty.state.is_open());
    vec![
        heading.number.as_str().into(),
        heading.title.as_str().into(),
        if incident.is_open() { "open" } else { "closed" }.into(),
        heading.opened_at.into(),
        lead.map(|plan| plan.id.as_str()).unwrap_or_default().into(),
        level(computed.as_ref().and_then(|computed| computed.certain.clone())),
        level(computed.and_then(|computed| computed.possible)),
        level(judged.map(|judgement| judgement.level.clone())),
        response_name(&incident.response.state).into(),
        level(incident.response.level().cloned()),
        open.clone().filter_map(|duty| duty.due).min().into(),
        i64::try_from(open.count()).unwrap_or(i64::MAX).into(),
        incident.is_open().into(),
    ]
}

/// The groups of the headquarters look at the incident that they were formed for, and whoever took a step
/// of its technical plan goes on seeing what became of it.
fn working_keys<'i>(incident: &'i Incident, lead: &'i PlanId) -> impl Iterator<Item = String> + 'i {
    let formed = incident.headquarters.iter().flat_map(|formed| &formed.groups);
    let steps = incident
        .technical_rounds
        .iter()
        .flat_map(|round| round.steps.iter().map(|taken| role_key(&round.plan, &taken.role)));
    formed.map(|group| role_key(lead, group)).chain(steps)
}

/// Whoever fills a role of the district or the sector of an affected organisation looks at it as well.
fn resolved_keys(incident: &Incident) -> impl Iterator<Item = String> {
    incident.resolved.values().map(organisation_key)
}

fn waiting_lines(waiting: &[Waiting], lead: &Plan) -> Vec<Vec<Value>> {
    waiting.iter().flat_map(|waiting| waiting_rows(waiting, lead)).collect()
}

fn waiting_rows(waiting: &Waiting, lead: &Plan) -> Vec<Vec<Value>> {
    let (what, subject, level) = match waiting {
        Waiting::Voice { step, level, .. } => {
            ("voice", super::report::word(step), Some(level.as_str()))
        }
        Waiting::Endorsement { digest, .. } => ("endorsement", digest.clone(), None),
        Waiting::Approval { digest, .. } => ("approval", digest.clone(), None),
        Waiting::Confirmation { digest, .. } => ("confirmation", digest.clone(), None),
        Waiting::Clearance { tick, .. } => ("clearance", tick.duty.to_string(), None),
        Waiting::Applicability { plan, .. } => ("applicability", plan.to_string(), None),
        Waiting::Migration { from, .. } => ("migration", from.to_string(), None),
        Waiting::TechnicalStep { step, .. } => ("technical-step", step.name().to_owned(), None),
    };
    let row = |role: &str, holder: String| {
        vec![
            role.into(),
            holder.into(),
            what.into(),
            waiting.since().into(),
            level.into(),
            subject.as_str().into(),
        ]
    };
    let plan = waiting.plan().unwrap_or(&lead.id);
    let of_role = |role: &RoleId| row(role.as_str(), role_key(plan, role));
    let of_capacity = waiting.awaits_capacity().map(|it| row("", capacity_key(it)));
    waiting.awaits().iter().map(of_role).chain(of_capacity).collect()
}

fn not_reported(incident: &Incident, heading: &Heading) -> Vec<Vec<Value>> {
    let row = |(plan, decision): (&PlanId, &NotReporting)| {
        vec![
            heading.number.as_str().into(),
            heading.title.as_str().into(),
            plan.as_str().into(),
            decision.role.as_str().into(),
            decision.by.to_string().into(),
            decision.reason.as_str().into(),
            decision.at.into(),
        ]
    };
    incident.not_reported.iter().map(row).collect()
}

fn search(heading: &Heading) -> Vec<Value> {
    vec![
        "incident".into(),
        heading.number.as_str().into(),
        heading.title.as_str().into(),
        heading.opened_at.into(),
        folded(&format!("{} {}", heading.number, heading.title)).into(),
    ]
}

/// The word for where a response stands.
pub(crate) const fn response_name(state: &ResponseState) -> &'static str {
    match state {
        ResponseState::NotStarted => "not-started",
        ResponseState::Running { .. } => "running",
        ResponseState::Ended { .. } => "ended",
    }
}

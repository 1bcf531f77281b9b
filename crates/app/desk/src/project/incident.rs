//! Rows of an incident.

use std::collections::BTreeSet;

use fengsui_plan::{Duty, Plan};
use fengsui_response::Packs;
use fengsui_response::incident::{Heading, Incident, ResponseState, Waiting};
use fengsui_store::{BoardRows, StreamRows, Value};
use fengsui_vocabulary::{LevelId, RoleId};

use super::duty::{duty_rows, roles_with_a_part};
use super::folded;
use crate::boards::{INCIDENT, SEARCH, WAITING};
use crate::stream::Loaded;
use crate::viewer::{district_key, own_key, role_key};

/// Everything that follows from an incident.
pub(crate) fn incident_rows(loaded: &Loaded<Incident>, packs: &Packs) -> StreamRows {
    let incident = &loaded.state;
    let Some(heading) = &incident.heading else { return StreamRows::default() };
    let lead = incident.lead().and_then(|lead| packs.of(lead));
    let duties = incident.duties_under(packs, loaded.recorded_at);
    let waiting = incident.waiting(packs, loaded.recorded_at);
    let mut sight = affected_keys(incident);
    if let Some(plan) = lead {
        sight.extend(roles_with_a_part(&duties, plan).into_iter().map(role_key));
    }
    sight.extend(waiting.iter().flat_map(Waiting::awaits).map(role_key));
    let row = row(incident, heading, lead.map(AsRef::as_ref), &duties);
    StreamRows {
        stream: loaded.stream.clone(),
        boards: vec![
            BoardRows { board: INCIDENT.name, rows: vec![row] },
            duty_rows(&duties),
            BoardRows {
                board: WAITING.name,
                rows: waiting.iter().flat_map(waiting_rows).collect(),
            },
            BoardRows { board: SEARCH.name, rows: vec![search(heading)] },
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

fn waiting_rows(waiting: &Waiting) -> Vec<Vec<Value>> {
    let (what, subject, level) = match waiting {
        Waiting::Voice { step, level, .. } => {
            ("voice", super::report::word(step), Some(level.as_str()))
        }
        Waiting::Endorsement { digest, .. } => ("endorsement", digest.clone(), None),
        Waiting::Approval { digest, .. } => ("approval", digest.clone(), None),
        Waiting::Confirmation { digest, .. } => ("confirmation", digest.clone(), None),
        Waiting::Clearance { tick, .. } => ("clearance", tick.duty.to_string(), None),
    };
    let row = |role: &RoleId| {
        vec![
            role.as_str().into(),
            what.into(),
            waiting.since().into(),
            level.into(),
            subject.as_str().into(),
        ]
    };
    waiting.awaits().iter().map(row).collect()
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

//! Rows of accountability files, and of what the program suggests about an incident.

use std::collections::BTreeSet;

use fengsui_plan::{Duty, Library};
use fengsui_response::accountability::{
    Accountability, AccountabilityStatus, Hearing, Suggestion, suggestions,
};
use fengsui_response::incident::Incident;
use fengsui_response::{Ground, Matter, Packs};
use fengsui_store::{BoardRows, StreamRows, Value};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::boards::{ACCOUNTABILITY, SUGGESTION};
use crate::stream::Loaded;
use crate::viewer::{district_key, organisation_key};

/// A suggestion as its row keeps it.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    matter: Matter,
    ground: Vec<(Timestamp, Ground)>,
}

/// Everything that follows from an accountability file.
pub(crate) fn accountability_rows(loaded: &Loaded<Accountability>) -> StreamRows {
    let file = &loaded.state;
    let (Some(matter), Some(opened_at)) = (&file.matter, file.opened_at) else {
        return StreamRows::default();
    };
    let answer_by = match file.hearing {
        Hearing::Asked { answer_by } if file.is_open() => Some(answer_by),
        Hearing::Asked { .. } | Hearing::NotAsked | Hearing::Heard | Hearing::Lapsed => None,
    };
    let outcome = match file.status {
        AccountabilityStatus::Decided(outcome) => Some(outcome.name()),
        AccountabilityStatus::Absent
        | AccountabilityStatus::Dismissed
        | AccountabilityStatus::Open
        | AccountabilityStatus::Withdrawn => None,
    };
    let ground: BTreeSet<String> = file.ground.iter().filter_map(Ground::key).collect();
    let row = vec![
        matter.kind.name().into(),
        matter.organisation.to_string().into(),
        matter.incident.map(|incident| incident.to_string()).into(),
        state_of(file).into(),
        outcome.into(),
        opened_at.into(),
        answer_by.into(),
        file.decisions.last().map(|ruling| ruling.at).into(),
        serde_json::to_string(&ground).unwrap_or_default().into(),
    ];
    StreamRows {
        stream: loaded.stream.clone(),
        boards: vec![BoardRows { board: ACCOUNTABILITY.name, rows: vec![row] }],
        sight: sight(file, matter).into_iter().collect(),
    }
}

/// The authority of its district, whoever opened it, and the organisation itself once it was asked.
fn sight(file: &Accountability, matter: &Matter) -> BTreeSet<String> {
    let mut keys: BTreeSet<String> = matter.district.iter().map(district_key).collect();
    keys.extend(file.opened_for.iter().map(organisation_key));
    if file.is_shown_to_organisation() {
        keys.insert(organisation_key(&matter.organisation));
    }
    keys
}

/// The word for where a file stands, as lists filter by it.
const fn state_of(file: &Accountability) -> &'static str {
    match (file.status, file.hearing) {
        (AccountabilityStatus::Absent, _) => "absent",
        (AccountabilityStatus::Dismissed, _) => "dismissed",
        (AccountabilityStatus::Open, Hearing::NotAsked) => "open",
        (AccountabilityStatus::Open, Hearing::Asked { .. }) => "asked",
        (AccountabilityStatus::Open, Hearing::Heard | Hearing::Lapsed) => "heard",
        (AccountabilityStatus::Decided(_), _) => "decided",
        (AccountabilityStatus::Withdrawn, _) => "withdrawn",
    }
}

/// What the program suggests about an incident, now or when times pass.
pub(super) fn suggestion_rows(incident: &Incident, duties: &[Duty], packs: &Packs) -> BoardRows {
    let found = suggestions(incident, duties, packs, Library::shipped().catalogue());
    BoardRows { board: SUGGESTION.name, rows: found.into_iter().map(suggestion_row).collect() }
}

fn suggestion_row(found: Suggestion) -> Vec<Value> {
    let (kind, organisation) = (found.matter.kind.name(), found.matter.organisation.to_string());
    let kept = Kept { matter: found.matter, ground: found.ground };
    vec![
        kind.into(),
        organisation.into(),
        found.since.into(),
        serde_json::to_string(&kept).unwrap_or_default().into(),
    ]
}

/// A suggestion as its row kept it.
pub(crate) fn suggestion_of(text: &str) -> Result<Suggestion, serde_json::Error> {
    let Kept { matter, ground } = serde_json::from_str(text)?;
    let since = ground.iter().map(|(since, _)| *since).min().unwrap_or(Timestamp::MAX);
    Ok(Suggestion { matter, since, ground })
}

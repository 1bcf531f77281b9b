//! Rows of a report.

use std::collections::BTreeSet;

use fengsui_plan::Duty;
use fengsui_response::Packs;
use fengsui_response::report::{Intake, Report, ReportStatus};
use fengsui_store::{BoardRows, StreamRows, Value};

use super::clock::clock_rows;
use super::duty::{duty_rows, roles_with_a_part};
use super::folded;
use crate::boards::{DUTY_DUE, REPORT, SEARCH};
use crate::content::ReportContent;
use crate::stream::Loaded;
use crate::viewer::{district_key, organisation_key, role_key};

/// Everything that follows from a report.
pub(crate) fn report_rows(
    loaded: &Loaded<Report>,
    content: Option<&ReportContent>,
    packs: &Packs,
) -> StreamRows {
    let report = &loaded.state;
    let Some(intake) = &report.intake else { return StreamRows::default() };
    let content = content.filter(|_| !matches!(report.status, ReportStatus::Sealed(_)));
    let plan = packs.of(&intake.lead);
    let duties = report.worklist(packs, loaded.recorded_at);
    let mut sight = sight(report, intake);
    if let Some(plan) = plan {
        let roles = roles_with_a_part(&duties, plan);
        sight.extend(roles.into_iter().map(|role| role_key(&plan.id, role)));
    }
    StreamRows {
        stream: loaded.stream.clone(),
        boards: vec![
            BoardRows { board: REPORT.name, rows: vec![row(report, intake, content)] },
            due(&duties),
            BoardRows { board: SEARCH.name, rows: vec![search(intake, content)] },
            clock_rows(report.fires_at(&duties, packs, loaded.recorded_at)),
        ],
        sight: sight.into_iter().collect(),
    }
}

fn due(duties: &[Duty]) -> BoardRows {
    if duties.is_empty() {
        return BoardRows { board: DUTY_DUE.name, rows: Vec::new() };
    }
    duty_rows(duties)
}

fn row(report: &Report, intake: &Intake, content: Option<&ReportContent>) -> Vec<Value> {
    let affected: Vec<String> = report.affected.keys().map(|party| report.key(party)).collect();
    let accepted = report.incidents.iter().next_back();
    let questions = i64::try_from(report.open_questions().count()).unwrap_or(i64::MAX);
    vec![
        intake.number.as_str().into(),
        state_name(&report.status).into(),
        word(&intake.kind).into(),
        word(&intake.channel).into(),
        content.map(|content| content.title.as_str()).unwrap_or_default().into(),
        intake.taken_in_by.as_str().into(),
        intake.taken_in_at.into(),
        affected.join(" ").into(),
        accepted.map(|(incident, _)| incident.to_string()).into(),
        accepted.map(|(_, by)| by.to_string()).into(),
        questions.into(),
    ]
}

fn search(intake: &Intake, content: Option<&ReportContent>) -> Vec<Value> {
    let mut text = intake.number.to_string();
    for part in content.into_iter().flat_map(texts) {
        text.push(' ');
        text.push_str(part);
    }
    vec![
        "report".into(),
        intake.number.as_str().into(),
        content.map(|content| content.title.as_str()).unwrap_or_default().into(),
        intake.taken_in_at.into(),
        folded(&text).into(),
    ]
}

fn texts(content: &ReportContent) -> impl Iterator<Item = &str> {
    let organisation = content.organisation.as_deref();
    [Some(&*content.title), Some(&*content.description), organisation].into_iter().flatten()
}

fn sight(report: &Report, intake: &Intake) -> BTreeSet<String> {
    let mut keys = BTreeSet::from([role_key(&intake.lead.plan, &intake.taken_in_by)]);
    for affected in report.affected.values() {
        keys.extend(affected.organisation.as_ref().map(organisation_key));
        keys.extend(affected.district.as_ref().map(district_key));
    }
    keys
}

/// The word for where a report stands, as lists filter by it.
pub(crate) const fn state_name(status: &ReportStatus) -> &'static str {
    match status {
        ReportStatus::Absent => "absent",
        ReportStatus::Waiting => "waiting",
        ReportStatus::Accepted => "accepted",
        ReportStatus::Declined(_) => "declined",
        ReportStatus::Sealed(_) => "sealed",
        ReportStatus::Split(_) => "split",
        ReportStatus::Merged(_) => "merged",
    }
}

/// The word by which payloads call a plain choice.
pub(crate) fn word<T: serde::Serialize>(choice: &T) -> String {
    match serde_json::to_value(choice) {
        Ok(serde_json::Value::String(word)) => word,
        Ok(_) | Err(_) => String::new(),
    }
}

//! `GET /reports`, `GET /reports/{report}` and its files.

use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use fengsui_desk::{Desk, ErasedText, Page, ReportFilter, ReportLine, ReportView};
use fengsui_response::{Affected, IntakeChannel, ReportKind, Tick};
use fengsui_vocabulary::{BlobId, Facts, IncidentId, Line, Prose, ReportId, RoleId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::take_in::Contact;
use crate::api::body::{Filter, Named};
use crate::api::client::Client;
use crate::api::duties::DutyOf;
use crate::api::problem::Problem;
use crate::api::schema;

/// Which reports.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Which {
    /// Only those that stand so: `waiting`, `accepted`, `declined`, `sealed`, `split`, `merged`.
    state: Option<String>,
    /// From where on: `next` of the page before.
    after: Option<String>,
}

/// A report as a client may see it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Report {
    /// Which.
    #[schema(value_type = String)]
    #[serde(rename = "report")]
    id: ReportId,
    /// Its number.
    number: String,
    /// The version of its stream.
    version: u64,
    /// Where it stands.
    state: &'static str,
    /// What it is about.
    #[schema(value_type = String)]
    kind: ReportKind,
    /// How it came.
    #[schema(value_type = String)]
    channel: IntakeChannel,
    /// Which role took it in.
    #[schema(value_type = String)]
    taken_in_by: RoleId,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    taken_in_at: Timestamp,
    /// In a line; absent when it was sealed or erased.
    #[schema(value_type = Option<String>)]
    title: Option<Line>,
    /// In the reporter's words.
    #[schema(value_type = Option<String>)]
    description: Option<Prose>,
    /// Who reported.
    reporter: Contact,
    /// Whom it happened to.
    affected: Vec<AffectedParty>,
    /// What the reporter knows.
    #[schema(value_type = schema::Facts)]
    facts: Facts,
    /// Files, each to be had at `/reports/{report}/files/{file}`.
    files: Vec<File>,
    /// The incidents that it is part of.
    #[schema(value_type = Vec<String>)]
    incidents: Vec<IncidentId>,
    /// Who owes what to whom because of it, until an incident takes over.
    duties: Vec<DutyOf>,
    /// That what the reporter wrote was erased; absent when it was not.
    #[serde(skip_serializing_if = "Option::is_none")]
    erased: Option<Erasure>,
}

/// That a text was erased.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Erasure {
    /// When.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// On what ground.
    ground: String,
}

/// One affected organisation of a report or an incident.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct AffectedParty {
    /// Its place, as duties and commands name it.
    pub(crate) party: String,
    /// What is known of it.
    #[serde(flatten)]
    #[schema(value_type = schema::Anchored)]
    pub(crate) affected: Affected,
}

/// A file of a report.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ReportFile)]
pub(crate) struct File {
    /// Which.
    #[schema(value_type = String)]
    #[serde(rename = "file")]
    id: BlobId,
    /// Its name.
    name: String,
    /// What it claims to be. Nothing has looked into it.
    #[schema(value_type = String)]
    media_type: Line,
    /// How many bytes.
    bytes: u64,
}

/// `GET /api/v1/reports`
pub(crate) async fn list(
    State(desk): State<Desk>,
    client: Client,
    Filter(which): Filter<Which>,
) -> Result<Json<Page<ReportLine>>, Problem> {
    let filter = ReportFilter { state: which.state, after: which.after };
    Ok(Json(desk.reports(&client.viewer, &filter).await?))
}

/// `GET /api/v1/reports/{report}`
pub(crate) async fn one(
    State(desk): State<Desk>,
    client: Client,
    Named(report): Named<ReportId>,
) -> Result<Json<Report>, Problem> {
    let view = desk.report(&client.viewer, report).await?;
    Report::of(&view).map(Json).ok_or_else(Problem::absent)
}

/// `GET /api/v1/reports/{report}/files/{file}`
pub(crate) async fn file(
    State(desk): State<Desk>,
    client: Client,
    Named((report, file)): Named<(ReportId, BlobId)>,
) -> Result<Response, Problem> {
    let file = desk.report_file(&client.viewer, report, file).await?;
    let headers = [
        (header::CONTENT_TYPE, "application/octet-stream"),
        (header::CONTENT_DISPOSITION, "attachment"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    Ok((headers, file.bytes).into_response())
}

impl Erasure {
    fn of(erased: &ErasedText) -> Self {
        Self { at: erased.at, ground: erased.ground.clone() }
    }
}

impl Report {
    fn of(view: &ReportView) -> Option<Self> {
        let intake = view.report.intake.as_ref()?;
        let content = view.content.as_ref();
        let reporter = content.map(|content| content.reporter.clone()).unwrap_or_default();
        let affected = view.report.affected.iter().map(|(party, known)| AffectedParty {
            party: party.to_string(),
            affected: Affected {
                organisation: known.organisation,
                district: known.district.clone(),
                anchors: known.anchors,
            },
        });
        let files = view.files().into_iter().map(|(name, attachment)| File {
            id: attachment.file.blob,
            name,
            media_type: attachment.media_type.clone(),
            bytes: attachment.bytes,
        });
        let duties = view.duties.iter().filter_map(|duty| {
            let tick = Tick::of(duty, view.report.party_of(duty));
            DutyOf::of(duty, tick, view.lead.as_deref()?)
        });
        Some(Self {
            id: view.id,
            number: intake.number.to_string(),
            version: view.version,
            state: state_name(view),
            kind: intake.kind,
            channel: intake.channel,
            taken_in_by: intake.taken_in_by.clone(),
            taken_in_at: intake.taken_in_at,
            title: content.map(|content| content.title.clone()),
            description: content.map(|content| content.description.clone()),
            reporter: Contact {
                name: reporter.name,
                telephone: reporter.telephone,
                mail: reporter.mail,
            },
            affected: affected.collect(),
            facts: view.report.facts.clone(),
            files: files.collect(),
            incidents: view.report.incidents.keys().copied().collect(),
            duties: duties.collect(),
            erased: view.erased(&intake.content).map(Erasure::of),
        })
    }
}

fn state_name(view: &ReportView) -> &'static str {
    use fengsui_response::report::ReportStatus;

    match view.report.status {
        ReportStatus::Absent => "absent",
        ReportStatus::Waiting => "waiting",
        ReportStatus::Accepted => "accepted",
        ReportStatus::Declined(_) => "declined",
        ReportStatus::Sealed(_) => "sealed",
        ReportStatus::Split(_) => "split",
        ReportStatus::Merged(_) => "merged",
    }
}

//! `POST /reports/{report}/accept`, `…/decline`, `…/reopen`.

use axum::Json;
use axum::extract::State;
use fengsui_desk::{Acceptance, Accepting, Desk};
use fengsui_response::Asked;
use fengsui_response::report::ReportCommand;
use fengsui_vocabulary::{IncidentId, Line, ReportId};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::asking::{Asking, Carried, asking};
use crate::api::body::{Body, Key, Named};
use crate::api::client::Client;
use crate::api::problem::Problem;

asking! {
    /// Accept a report: open an incident with it, or join one. Exactly one of `title` and `incident`.
    pub(crate) struct AcceptReport {
        /// What the new incident is called.
        #[serde(default)]
        #[schema(value_type = Option<String>, max_length = 200)]
        title: Option<Line>,
        /// The incident to join.
        #[serde(default)]
        #[schema(value_type = Option<String>)]
        incident: Option<IncidentId>,
    }
}

asking! {
    /// Decline a report. The reporter reads the reason.
    pub(crate) struct DeclineReport {
        /// Why.
        #[schema(value_type = String, max_length = 200)]
        reason: Line,
    }
}

asking! {
    /// Open a declined report again.
    pub(crate) struct ReopenReport {
        /// Why.
        #[schema(value_type = String, max_length = 200)]
        reason: Line,
    }
}

/// The incident into which a report was accepted.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub(crate) struct AcceptedInto {
    /// Which.
    #[schema(value_type = String)]
    incident: IncidentId,
}

/// `POST /api/v1/reports/{report}/accept`
pub(crate) async fn accept(
    State(desk): State<Desk>,
    client: Client,
    Named(report): Named<ReportId>,
    key: Key,
    Body(body): Body<AcceptReport>,
) -> Result<Json<AcceptedInto>, Problem> {
    desk.report(&client.viewer, report).await?;
    let asking = body.asking(&key, &client.viewer, &desk)?;
    let into = match (body.title, body.incident) {
        (Some(title), None) => Acceptance::Open(title),
        (None, Some(incident)) => Acceptance::Join(incident),
        (Some(_), Some(_)) | (None, None) => {
            return Err(Problem::field("title", "give either `title` or `incident`"));
        }
    };
    let accepting = Accepting { by: asking.by, role: asking.role, happened_at: asking.happened_at };
    let incident = desk.accept(report, asking.command_id, accepting, into).await?;
    Ok(Json(AcceptedInto { incident }))
}

/// `POST /api/v1/reports/{report}/decline`
pub(crate) async fn decline(
    State(desk): State<Desk>,
    client: Client,
    Named(report): Named<ReportId>,
    key: Key,
    Body(body): Body<DeclineReport>,
) -> Result<Json<Carried>, Problem> {
    let asking = body.asking(&key, &client.viewer, &desk)?;
    act(&desk, &client, report, asking, ReportCommand::Decline { reason: body.reason }).await
}

/// `POST /api/v1/reports/{report}/reopen`
pub(crate) async fn reopen(
    State(desk): State<Desk>,
    client: Client,
    Named(report): Named<ReportId>,
    key: Key,
    Body(body): Body<ReopenReport>,
) -> Result<Json<Carried>, Problem> {
    let asking = body.asking(&key, &client.viewer, &desk)?;
    act(&desk, &client, report, asking, ReportCommand::Reopen { reason: body.reason }).await
}

async fn act(
    desk: &Desk,
    client: &Client,
    report: ReportId,
    asking: Asking,
    command: ReportCommand,
) -> Result<Json<Carried>, Problem> {
    desk.report(&client.viewer, report).await?;
    let Asking { command_id, by, role, happened_at } = asking;
    let asked = Asked { by, role, happened_at, command };
    let done = desk.act_on_report(report, command_id, asked, Vec::new()).await?;
    Ok(Json(Carried::of(done)))
}

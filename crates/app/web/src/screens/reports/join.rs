//! 并入: the report becomes part of an incident that is open already.

use axum::extract::{Path, State};
use axum::response::Response;
use fengsui_desk::{Acceptance, Accepting, Desk};
use fengsui_vocabulary::{IncidentId, ReportId};

use super::{Form, Onward};
use crate::error::WebError;
use crate::form::Reading;
use crate::routes;
use crate::session::SignedIn;
use crate::upload::Sent;

/// `POST /reports/{report}/join`
pub(super) async fn join(
    State(desk): State<Desk>,
    officer: SignedIn,
    Path(report): Path<ReportId>,
    sent: Sent,
) -> Result<Response, WebError> {
    let form = Form { desk: &desk, officer: &officer, report, name: "join" };
    let done = carry_out(&form, &sent).await;
    form.answer(sent, done).await
}

async fn carry_out(form: &Form<'_>, sent: &Sent) -> Result<Onward, WebError> {
    form.check_sight().await?;
    let mut reading = Reading::of(sent, &form.officer.visitor);
    let command = reading.command();
    let incident = reading.choice::<IncidentId>("incident");
    let (command, incident) = reading.done(command.zip(incident))?;
    form.desk.incident(&form.officer.viewer, incident).await?;
    let by = form.officer.viewer.actor.clone();
    let accepting = Accepting { by, role: None, happened_at: None };
    let into = Acceptance::Join(incident);
    form.desk.accept(form.report, command, accepting, into).await?;
    Ok(Onward { to: routes::incident(incident), said: "said-joined" })
}

//! 封存: sealing what may hold state secrets, at once and by whoever sees it first.

use axum::extract::{Path, State};
use axum::response::Response;
use fengsui_desk::Desk;
use fengsui_response::report::ReportCommand;
use fengsui_vocabulary::ReportId;

use super::{Form, Onward};
use crate::error::WebError;
use crate::form::Reading;
use crate::session::SignedIn;
use crate::upload::Sent;

/// `POST /reports/{report}/seal`
pub(super) async fn seal(
    State(desk): State<Desk>,
    officer: SignedIn,
    Path(report): Path<ReportId>,
    sent: Sent,
) -> Result<Response, WebError> {
    let form = Form { desk: &desk, officer: &officer, report, name: "seal" };
    let done = carry_out(&form, &sent).await;
    form.answer(sent, done).await
}

async fn carry_out(form: &Form<'_>, sent: &Sent) -> Result<Onward, WebError> {
    form.check_sight().await?;
    let mut reading = Reading::of(sent, &form.officer.visitor);
    let command = reading.command();
    let reason = reading.line("reason");
    let (command, reason) = reading.done(command.zip(reason))?;
    form.act(command, (ReportCommand::Seal { reason }, None), None).await?;
    Ok(form.done("said-sealed"))
}

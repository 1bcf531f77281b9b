//! 重新受理: a declined report waits again.

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

/// `POST /reports/{report}/reopen`
pub(super) async fn reopen(
    State(desk): State<Desk>,
    officer: SignedIn,
    Path(report): Path<ReportId>,
    sent: Sent,
) -> Result<Response, WebError> {
    let form = Form { desk: &desk, officer: &officer, report, name: "reopen" };
    let done = carry_out(&form, &sent).await;
    form.answer(sent, done).await
}

async fn carry_out(form: &Form<'_>, sent: &Sent) -> Result<Onward, WebError> {
    form.check_sight().await?;
    let mut reading = Reading::of(sent, &form.officer.visitor);
    let command = reading.command();
    let reason = reading.line("reason");
    let (command, reason) = reading.done(command.zip(reason))?;
    form.act(command, (ReportCommand::Reopen { reason }, None), None).await?;
    Ok(form.done("said-reopened"))
}

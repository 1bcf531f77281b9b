//! 确认补录: a second person confirms what somebody else entered after its time.

use axum::extract::{Path, State};
use axum::response::Response;
use fengsui_desk::Desk;
use fengsui_response::report::ReportCommand;
use fengsui_vocabulary::ReportId;

use super::forms::chosen_ticks;
use super::{Form, Onward};
use crate::error::WebError;
use crate::form::Reading;
use crate::session::SignedIn;
use crate::upload::Sent;

/// `POST /reports/{report}/clear`
pub(super) async fn clear(
    State(desk): State<Desk>,
    officer: SignedIn,
    Path(report): Path<ReportId>,
    sent: Sent,
) -> Result<Response, WebError> {
    let form = Form { desk: &desk, officer: &officer, report, name: "clear" };
    let done = carry_out(&form, &sent).await;
    form.answer(sent, done).await
}

async fn carry_out(form: &Form<'_>, sent: &Sent) -> Result<Onward, WebError> {
    let view = form.desk.report(&form.officer.viewer, form.report).await?;
    let mut reading = Reading::of(sent, &form.officer.visitor);
    let command = reading.command();
    let ticks = chosen_ticks(&mut reading, &view);
    let (command, ticks) = reading.done(command.zip(ticks))?;
    form.act(command, (ReportCommand::ClearMiss { ticks }, None), None).await?;
    Ok(form.done("said-cleared"))
}

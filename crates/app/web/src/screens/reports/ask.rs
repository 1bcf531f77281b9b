//! 提问: asking the reporter something.

use axum::extract::{Path, State};
use axum::response::Response;
use fengsui_desk::Desk;
use fengsui_desk::content::Writing;
use fengsui_response::report::ReportCommand;
use fengsui_vocabulary::ReportId;

use super::{Form, Onward};
use crate::error::WebError;
use crate::form::Reading;
use crate::session::SignedIn;
use crate::upload::Sent;

/// `POST /reports/{report}/ask`
pub(super) async fn ask(
    State(desk): State<Desk>,
    officer: SignedIn,
    Path(report): Path<ReportId>,
    sent: Sent,
) -> Result<Response, WebError> {
    let form = Form { desk: &desk, officer: &officer, report, name: "ask" };
    let done = carry_out(&form, &sent).await;
    form.answer(sent, done).await
}

async fn carry_out(form: &Form<'_>, sent: &Sent) -> Result<Onward, WebError> {
    form.check_sight().await?;
    let mut reading = Reading::of(sent, &form.officer.visitor);
    let command = reading.command();
    let text = reading.prose("text");
    let (command, text) = reading.done(command.zip(text))?;
    let kept = form.desk.write_text(&Writing { text }).await?;
    let ask = ReportCommand::Ask { text: kept.reference.clone() };
    form.act(command, (ask, None), Some(kept)).await?;
    Ok(form.done("said-asked"))
}

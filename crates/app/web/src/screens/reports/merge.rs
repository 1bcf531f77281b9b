//! 合并: the report goes on in another one that still waits.

use axum::extract::{Path, State};
use axum::response::Response;
use fengsui_desk::Desk;
use fengsui_vocabulary::ReportId;

use super::{Form, Onward};
use crate::error::WebError;
use crate::form::Reading;
use crate::routes;
use crate::session::SignedIn;
use crate::upload::Sent;

/// `POST /reports/{report}/merge`
pub(super) async fn merge(
    State(desk): State<Desk>,
    officer: SignedIn,
    Path(report): Path<ReportId>,
    sent: Sent,
) -> Result<Response, WebError> {
    let form = Form { desk: &desk, officer: &officer, report, name: "merge" };
    let done = carry_out(&form, &sent).await;
    form.answer(sent, done).await
}

async fn carry_out(form: &Form<'_>, sent: &Sent) -> Result<Onward, WebError> {
    form.check_sight().await?;
    let mut reading = Reading::of(sent, &form.officer.visitor);
    let command = reading.command();
    let into = reading.choice::<ReportId>("into");
    let (command, into) = reading.done(command.zip(into))?;
    form.desk.report(&form.officer.viewer, into).await?;
    let by = &form.officer.viewer.actor;
    form.desk.merge_reports(by, form.report, into, command).await?;
    Ok(Onward { to: routes::report(into), said: "said-merged" })
}

//! 另一角色接报: another role received the report; its own clock runs from then.

use axum::extract::{Path, State};
use axum::response::Response;
use fengsui_desk::Desk;
use fengsui_plan::Channel;
use fengsui_response::Delivery;
use fengsui_response::incident::ReceiveReport;
use fengsui_response::report::ReportCommand;
use fengsui_vocabulary::{ReportId, RoleId};

use super::{Form, Onward};
use crate::error::WebError;
use crate::form::Reading;
use crate::session::SignedIn;
use crate::upload::Sent;

/// `POST /reports/{report}/receive`
pub(super) async fn receive(
    State(desk): State<Desk>,
    officer: SignedIn,
    Path(report): Path<ReportId>,
    sent: Sent,
) -> Result<Response, WebError> {
    let form = Form { desk: &desk, officer: &officer, report, name: "receive" };
    let done = carry_out(&form, &sent).await;
    form.answer(sent, done).await
}

async fn carry_out(form: &Form<'_>, sent: &Sent) -> Result<Onward, WebError> {
    form.check_sight().await?;
    let mut reading = Reading::of(sent, &form.officer.visitor);
    let command = reading.command();
    let by = reading.choice::<RoleId>("by");
    let channel = channel(&mut reading);
    let note = reading.line("note");
    let at = reading.time("happened_at");
    let late_because = reading.line_or_none("late_because");
    let read = reading.done(command.zip(by).zip(channel).zip(note).zip(at))?;
    let ((((command, by), channel), note), at) = read;
    let act = Delivery::Other { note };
    let report = Some(form.report);
    let receive = ReceiveReport { by, channel, report, act, late_because, plan: None };
    form.act(command, (ReportCommand::Receive(receive), Some(at)), None).await?;
    Ok(form.done("said-received"))
}

fn channel(reading: &mut Reading<'_>) -> Option<Channel> {
    match reading.text("channel") {
        "oral" => Some(Channel::Oral),
        "written" => Some(Channel::Written),
        _ => {
            reading.wrong("channel", "error-choice");
            None
        }
    }
}

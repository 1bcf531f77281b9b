//! 登记通话: an oral report as an act, with who called whom and what was said.

use axum::extract::{Path, State};
use axum::response::Response;
use fengsui_desk::Desk;
use fengsui_desk::content::CallRecord;
use fengsui_plan::Channel;
use fengsui_response::incident::MeetDuty;
use fengsui_response::report::ReportCommand;
use fengsui_response::{Delivery, ReadBack, Tick};
use fengsui_vocabulary::{CommandId, Line, ReportId};
use jiff::Timestamp;

use super::forms::chosen_ticks;
use super::{Form, Onward};
use crate::error::WebError;
use crate::form::Reading;
use crate::session::SignedIn;
use crate::upload::Sent;

/// `POST /reports/{report}/call`
pub(super) async fn call(
    State(desk): State<Desk>,
    officer: SignedIn,
    Path(report): Path<ReportId>,
    sent: Sent,
) -> Result<Response, WebError> {
    let form = Form { desk: &desk, officer: &officer, report, name: "call" };
    let done = carry_out(&form, &sent).await;
    form.answer(sent, done).await
}

/// What was read of a form about a call.
struct Call {
    command: CommandId,
    ticks: Vec<Tick>,
    happened_at: Timestamp,
    record: CallRecord,
    read_back: ReadBack,
    late_because: Option<Line>,
}

async fn carry_out(form: &Form<'_>, sent: &Sent) -> Result<Onward, WebError> {
    let view = form.desk.report(&form.officer.viewer, form.report).await?;
    let mut reading = Reading::of(sent, &form.officer.visitor);
    let ticks = chosen_ticks(&mut reading, &view);
    let call = read(reading, ticks)?;
    let kept = form.desk.write_text(&call.record).await?;
    let act = Delivery::Call { record: kept.reference.clone(), read_back: call.read_back };
    let late_because = call.late_because;
    let meet = MeetDuty { ticks: call.ticks, channel: Channel::Oral, act, late_because };
    let meet = (ReportCommand::MeetDuty(meet), Some(call.happened_at));
    form.act(call.command, meet, Some(kept)).await?;
    Ok(form.done("said-call-recorded"))
}

fn read(mut reading: Reading<'_>, ticks: Option<Vec<Tick>>) -> Result<Call, WebError> {
    let command = reading.command();
    let (caller, answered_by) = (reading.line("caller"), reading.line("callee"));
    let said = reading.prose("said");
    let at = reading.time("happened_at");
    let late_because = reading.line_or_none("late_because");
    let is_read_back = reading.is_ticked("read_back");
    let record = caller.zip(answered_by).zip(said);
    let record = record.map(|((caller, callee), said)| CallRecord { caller, callee, said });
    let read = reading.done(command.zip(ticks).zip(at).zip(record))?;
    let (((command, ticks), happened_at), record) = read;
    let read_back = if is_read_back { ReadBack::Confirmed } else { ReadBack::NotDone };
    Ok(Call { command, ticks, happened_at, record, read_back, late_because })
}

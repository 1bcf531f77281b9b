//! 更正时间: a time of an affected organisation, recorded or corrected; both readings stay.

use axum::extract::{Path, State};
use axum::response::Response;
use fengsui_desk::Desk;
use fengsui_response::report::{Report, ReportCommand};
use fengsui_response::{AnchorKind, Party};
use fengsui_vocabulary::{Line, ReportId};
use jiff::Timestamp;

use super::{Form, Onward};
use crate::error::WebError;
use crate::form::Reading;
use crate::session::SignedIn;
use crate::upload::Sent;

/// `POST /reports/{report}/anchor`
pub(super) async fn set_anchor(
    State(desk): State<Desk>,
    officer: SignedIn,
    Path(report): Path<ReportId>,
    sent: Sent,
) -> Result<Response, WebError> {
    let form = Form { desk: &desk, officer: &officer, report, name: "anchor" };
    let done = carry_out(&form, &sent).await;
    form.answer(sent, done).await
}

async fn carry_out(form: &Form<'_>, sent: &Sent) -> Result<Onward, WebError> {
    let view = form.desk.report(&form.officer.viewer, form.report).await?;
    let mut reading = Reading::of(sent, &form.officer.visitor);
    let command = reading.command();
    let party = reading.choice::<Party>("party");
    let anchor = anchor(&mut reading);
    let at = reading.time("at");
    let asked = party.zip(anchor).zip(at);
    let is_known = party
        .zip(anchor)
        .is_some_and(|(party, anchor)| known(&view.report, party, anchor).is_some());
    let reason = if is_known { reading.line("reason") } else { reading.line_or_none("reason") };
    let (command, ((party, anchor), at)) = reading.done(command.zip(asked))?;
    let what = setting(is_known.then_some(reason).flatten(), (party, anchor, at));
    form.act(command, (what, None), None).await?;
    Ok(form.done("said-anchor-set"))
}

fn known(report: &Report, party: Party, anchor: AnchorKind) -> Option<Timestamp> {
    report.affected.get(&party)?.anchors.at(anchor)
}

fn setting(
    correct_because: Option<Line>,
    (party, anchor, at): (Party, AnchorKind, Timestamp),
) -> ReportCommand {
    match correct_because {
        Some(reason) => ReportCommand::CorrectAnchor { party, anchor, to: at, reason },
        None => ReportCommand::RecordAnchor { party, anchor, at },
    }
}

fn anchor(reading: &mut Reading<'_>) -> Option<AnchorKind> {
    match reading.text("anchor") {
        "occurred" => Some(AnchorKind::Occurred),
        "discovered" => Some(AnchorKind::Discovered),
        "informed" => Some(AnchorKind::Informed),
        _ => {
            reading.wrong("anchor", "error-choice");
            None
        }
    }
}

//! What is posted to a call-out: answers, people added, its end.

use axum::extract::{Path, State};
use axum::response::Response;
use fengsui_desk::Desk;
use fengsui_response::CallOutAnswer;
use fengsui_vocabulary::CallOutId;

use super::{path, show};
use crate::error::WebError;
use crate::form::{Reading, Returned};
use crate::session::SignedIn;
use crate::upload::Sent;

/// `POST /call-outs/{call_out}/coming`
pub(super) async fn coming(
    State(desk): State<Desk>,
    reader: SignedIn,
    Path(id): Path<CallOutId>,
    sent: Sent,
) -> Result<Response, WebError> {
    let done = answer(&desk, &reader, id, (&sent, CallOutAnswer::Coming)).await;
    back(&desk, &reader, id, ("coming", sent, done)).await
}

/// `POST /call-outs/{call_out}/cannot`
pub(super) async fn cannot(
    State(desk): State<Desk>,
    reader: SignedIn,
    Path(id): Path<CallOutId>,
    sent: Sent,
) -> Result<Response, WebError> {
    let done = answer(&desk, &reader, id, (&sent, CallOutAnswer::Cannot)).await;
    back(&desk, &reader, id, ("cannot", sent, done)).await
}

/// `POST /call-outs/{call_out}/told`
pub(super) async fn told(
    State(desk): State<Desk>,
    reader: SignedIn,
    Path(id): Path<CallOutId>,
    sent: Sent,
) -> Result<Response, WebError> {
    let done = write_down(&desk, &reader, id, &sent).await;
    back(&desk, &reader, id, ("told", sent, done)).await
}

/// `POST /call-outs/{call_out}/add`
pub(super) async fn add(
    State(desk): State<Desk>,
    reader: SignedIn,
    Path(id): Path<CallOutId>,
    sent: Sent,
) -> Result<Response, WebError> {
    let mut reading = Reading::of(&sent, &reader.visitor);
    let command = reading.command();
    let person = reading.choice("person");
    let done = match reading.done(command.zip(person)) {
        Ok((command, person)) => {
            let by = &reader.viewer.actor;
            see(&desk, &reader, id).await?;
            desk.add_to_call_out(by, command, (id, person)).await.map(drop).map_err(WebError::from)
        }
        Err(fault) => Err(fault),
    };
    back(&desk, &reader, id, ("add", sent, done)).await
}

/// `POST /call-outs/{call_out}/end`
pub(super) async fn end(
    State(desk): State<Desk>,
    reader: SignedIn,
    Path(id): Path<CallOutId>,
    sent: Sent,
) -> Result<Response, WebError> {
    let mut reading = Reading::of(&sent, &reader.visitor);
    let command = reading.command();
    let done = match reading.done(command) {
        Ok(command) => {
            see(&desk, &reader, id).await?;
            let by = &reader.viewer.actor;
            desk.end_call_out(by, command, id).await.map(drop).map_err(WebError::from)
        }
        Err(fault) => Err(fault),
    };
    back(&desk, &reader, id, ("end", sent, done)).await
}

/// `POST /call-outs/{call_out}/cancel`
pub(super) async fn cancel(
    State(desk): State<Desk>,
    reader: SignedIn,
    Path(id): Path<CallOutId>,
    sent: Sent,
) -> Result<Response, WebError> {
    let mut reading = Reading::of(&sent, &reader.visitor);
    let command = reading.command();
    let reason = reading.prose("reason");
    let done = match reading.done(command.zip(reason)) {
        Ok((command, reason)) => {
            see(&desk, &reader, id).await?;
            let by = &reader.viewer.actor;
            desk.cancel_call_out(by, command, (id, reason)).await.map(drop).map_err(WebError::from)
        }
        Err(fault) => Err(fault),
    };
    back(&desk, &reader, id, ("cancel", sent, done)).await
}

async fn answer(
    desk: &Desk,
    reader: &SignedIn,
    id: CallOutId,
    (sent, answer): (&Sent, CallOutAnswer),
) -> Result<(), WebError> {
    let mut reading = Reading::of(sent, &reader.visitor);
    let command = reading.command();
    let command = reading.done(command)?;
    let by = &reader.viewer.actor;
    see(desk, reader, id).await?;
    // Whoever sees it and is not on call is told so, and it is kept that they tried.
    let said = (by.person, answer, None);
    desk.answer_call_out(by, command, id, said).await?;
    Ok(())
}

async fn write_down(
    desk: &Desk,
    reader: &SignedIn,
    id: CallOutId,
    sent: &Sent,
) -> Result<(), WebError> {
    let mut reading = Reading::of(sent, &reader.visitor);
    let command = reading.command();
    let person = reading.choice("person");
    let answer = match reading.text("answer") {
        "coming" => Some(CallOutAnswer::Coming),
        "cannot" => Some(CallOutAnswer::Cannot),
        _ => {
            reading.wrong("answer", "error-choice");
            None
        }
    };
    let said_at = reading.time_or_none("said_at");
    let (command, (person, answer)) = reading.done(command.zip(person.zip(answer)))?;
    see(desk, reader, id).await?;
    let by = &reader.viewer.actor;
    desk.answer_call_out(by, command, id, (person, answer, said_at)).await?;
    Ok(())
}

/// Nobody steers what they may not see.
async fn see(desk: &Desk, reader: &SignedIn, id: CallOutId) -> Result<(), WebError> {
    desk.call_out_view(&reader.viewer, id).await?;
    Ok(())
}

async fn back(
    desk: &Desk,
    reader: &SignedIn,
    id: CallOutId,
    (form, sent, done): (&str, Sent, Result<(), WebError>),
) -> Result<Response, WebError> {
    match done {
        Ok(()) => Ok(reader.visitor.on_to(&path(id), "said-call-out")),
        Err(fault) => {
            let returned = Returned::of(form, sent, fault, &reader.visitor)?;
            show::draw(desk, reader, id, Some(&returned)).await
        }
    }
}

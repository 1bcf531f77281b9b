//! The forms of the shift desk that were sent: each of them one command.

use std::collections::BTreeSet;

use axum::extract::{Path, State};
use axum::response::Response;
use fengsui_desk::{Desk, LogText, NewLogEntry, Preparing, TakingOver};
use fengsui_response::LogAbout;
use fengsui_vocabulary::{PersonId, ShiftId};
use jiff::Timestamp;

use super::{hand_over, show};
use crate::error::WebError;
use crate::form::{Reading, Returned};
use crate::routes::{self, SHIFT};
use crate::session::SignedIn;
use crate::upload::Sent;

/// `POST /shift/begin`
pub(super) async fn begin(
    State(desk): State<Desk>,
    officer: SignedIn,
    sent: Sent,
) -> Result<Response, WebError> {
    let done = async {
        let mut reading = Reading::of(&sent, &officer.visitor);
        let (at, command) = (reading.time_or_none("at"), reading.command());
        let command = reading.done(command)?;
        desk.begin_shift(&officer.viewer.actor, command, at).await?;
        Ok("said-shift-begun")
    };
    let done = done.await;
    answer((&desk, &officer), (None, "begin"), sent, done).await
}

/// `POST /shift/{shift}/log`
pub(super) async fn write_log(
    State(desk): State<Desk>,
    officer: SignedIn,
    Path(shift): Path<ShiftId>,
    sent: Sent,
) -> Result<Response, WebError> {
    let done = async {
        let mut reading = Reading::of(&sent, &officer.visitor);
        let (text, at) = (reading.prose("text"), reading.time_or_none("at"));
        let about = about(&desk, &mut reading);
        let all = text.zip(reading.command());
        let (text, command) = reading.done(all)?;
        let entry = NewLogEntry { at, text, about };
        desk.write_log(&officer.viewer.actor, shift, command, entry).await?;
        Ok("said-log-written")
    };
    let done = done.await;
    answer((&desk, &officer), (Some(shift), "log"), sent, done).await
}

/// `POST /shift/{shift}/correct`
pub(super) async fn correct_log(
    State(desk): State<Desk>,
    officer: SignedIn,
    Path(shift): Path<ShiftId>,
    sent: Sent,
) -> Result<Response, WebError> {
    let done = async {
        let mut reading = Reading::of(&sent, &officer.visitor);
        let (number, text) = (reading.choice("number"), reading.prose("text"));
        let because = reading.line_or_none("because");
        let all = number.zip(text).zip(reading.command());
        let ((number, text), command) = reading.done(all)?;
        let text = LogText { text, because };
        desk.correct_log(&officer.viewer.actor, shift, command, (number, text)).await?;
        Ok("said-log-corrected")
    };
    let done = done.await;
    answer((&desk, &officer), (Some(shift), "correct"), sent, done).await
}

/// `POST /shift/{shift}/join`
pub(super) async fn join(
    State(desk): State<Desk>,
    officer: SignedIn,
    Path(shift): Path<ShiftId>,
    sent: Sent,
) -> Result<Response, WebError> {
    let done = async {
        let mut reading = Reading::of(&sent, &officer.visitor);
        let all = reading.choice::<PersonId>("person").zip(reading.command());
        let (person, command) = reading.done(all)?;
        desk.join_shift(&officer.viewer.actor, shift, command, person).await?;
        Ok("said-shift-joined")
    };
    let done = done.await;
    answer((&desk, &officer), (Some(shift), "join"), sent, done).await
}

/// `POST /shift/{shift}/leave`
pub(super) async fn leave(
    State(desk): State<Desk>,
    officer: SignedIn,
    Path(shift): Path<ShiftId>,
    sent: Sent,
) -> Result<Response, WebError> {
    let done = async {
        let mut reading = Reading::of(&sent, &officer.visitor);
        let all = reading.choice::<PersonId>("person").zip(reading.command());
        let (person, command) = reading.done(all)?;
        desk.leave_shift(&officer.viewer.actor, shift, command, person).await?;
        Ok("said-shift-left")
    };
    let done = done.await;
    answer((&desk, &officer), (Some(shift), "leave"), sent, done).await
}

/// `POST /shift/{shift}/remark`
pub(super) async fn remark(
    State(desk): State<Desk>,
    officer: SignedIn,
    Path(shift): Path<ShiftId>,
    sent: Sent,
) -> Result<Response, WebError> {
    let done = async {
        let mut reading = Reading::of(&sent, &officer.visitor);
        let all = reading.prose("text").zip(reading.command());
        let (text, command) = reading.done(all)?;
        desk.remark_hand_over(&officer.viewer.actor, shift, command, text).await?;
        Ok("said-hand-over-remarked")
    };
    let done = done.await;
    answer((&desk, &officer), (Some(shift), "remark"), sent, done).await
}

/// `POST /shift/{shift}/prepare`
pub(super) async fn prepare(
    State(desk): State<Desk>,
    officer: SignedIn,
    Path(shift): Path<ShiftId>,
    sent: Sent,
) -> Result<Response, WebError> {
    let done = async {
        let mut reading = Reading::of(&sent, &officer.visitor);
        let told: BTreeSet<PersonId> = reading.several("told").into_iter().collect();
        let begins_at = later(&mut reading, &officer, "begins_at");
        let command = reading.command();
        let command = reading.done(command)?;
        let preparing = Preparing { told, begins_at };
        desk.prepare_hand_over(&officer.viewer.actor, shift, command, preparing).await?;
        Ok("said-hand-over-prepared")
    };
    match done.await {
        // What was prepared is there to be read before it is signed.
        Ok(said) => {
            let href = format!("{}/hand-over", routes::shift(shift));
            Ok(officer.visitor.on_to(&href, said))
        }
        refused => answer((&desk, &officer), (Some(shift), "prepare"), sent, refused).await,
    }
}

/// `POST /shift/{shift}/sign`
pub(super) async fn sign(
    State(desk): State<Desk>,
    officer: SignedIn,
    Path(shift): Path<ShiftId>,
    sent: Sent,
) -> Result<Response, WebError> {
    let done = async {
        let mut reading = Reading::of(&sent, &officer.visitor);
        let content = reading.text("content").to_owned();
        let all = reading.choice::<u32>("remarks").zip(reading.command());
        let (remarks, command) = reading.done(all)?;
        let by = &officer.viewer.actor;
        desk.sign_hand_over(by, shift, command, (content, remarks)).await?;
        Ok("said-hand-over-signed")
    };
    let done: Result<&'static str, WebError> = done.await;
    match done {
        Ok(said) => Ok(officer.visitor.on_to(SHIFT, said)),
        Err(fault) => {
            let returned = Returned::of("sign", sent, fault, &officer.visitor)?;
            hand_over::with_form(&desk, &officer, shift, &returned).await
        }
    }
}

/// `POST /shift/{shift}/take-over`
pub(super) async fn take_over(
    State(desk): State<Desk>,
    officer: SignedIn,
    Path(shift): Path<ShiftId>,
    sent: Sent,
) -> Result<Response, WebError> {
    let done = async {
        let mut reading = Reading::of(&sent, &officer.visitor);
        let content = reading.text("content").to_owned();
        let is_alone = !reading.text("alone").trim().is_empty();
        let alone = if is_alone { reading.prose("alone") } else { None };
        let all = reading.choice::<u32>("remarks").zip(reading.command());
        let (remarks, command) = reading.done(all)?;
        let taking = TakingOver { content, remarks, alone };
        desk.take_over_shift(&officer.viewer.actor, shift, command, taking).await?;
        Ok("said-hand-over-taken-over")
    };
    let done: Result<&'static str, WebError> = done.await;
    match done {
        Ok(said) => Ok(officer.visitor.on_to(SHIFT, said)),
        Err(fault) => {
            let returned = Returned::of("take-over", sent, fault, &officer.visitor)?;
            hand_over::with_form(&desk, &officer, shift, &returned).await
        }
    }
}

/// On to the shift, or back with what was typed.
async fn answer(
    (desk, officer): (&Desk, &SignedIn),
    (shift, form): (Option<ShiftId>, &str),
    sent: Sent,
    done: Result<&'static str, WebError>,
) -> Result<Response, WebError> {
    match done {
        Ok(said) => {
            let path = shift.map_or_else(|| SHIFT.to_owned(), routes::shift);
            Ok(officer.visitor.on_to(&path, said))
        }
        Err(fault) => {
            let returned = Returned::of(form, sent, fault, &officer.visitor)?;
            show::with_form(desk, officer, shift, &returned).await
        }
    }
}

/// What an entry is about: a choice, or an organisation by its name.
fn about(desk: &Desk, reading: &mut Reading<'_>) -> Option<LogAbout> {
    let named = reading.text("organisation").trim();
    let chosen = reading.text("about").trim();
    if chosen.is_empty() {
        if named.is_empty() {
            return None;
        }
        let organisation = desk.directory().named(named);
        if organisation.is_none() {
            reading.wrong("organisation", "org-parent-unknown");
        }
        return organisation.map(LogAbout::Organisation);
    }
    let about = match chosen.split_once(':') {
        Some(("incident", id)) => id.parse().ok().map(LogAbout::Incident),
        Some(("report", id)) => id.parse().ok().map(LogAbout::Report),
        Some(_) | None => None,
    };
    if about.is_none() {
        reading.wrong("about", "error-choice");
    }
    about
}

/// A time that may lie in the future.
fn later(reading: &mut Reading<'_>, officer: &SignedIn, field: &str) -> Option<Timestamp> {
    let text = reading.text(field).trim();
    if text.is_empty() {
        return None;
    }
    let at = officer.clock().from_field(text);
    if at.is_none() {
        reading.wrong(field, "error-time");
    }
    at
}

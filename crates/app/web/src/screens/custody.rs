//! 保管: holds, erasures that two people decide, packages of evidence of one incident.
//!
//! One page for each subject, named by its stream; [`page`] draws it, the handler here carries out its forms.

mod page;
mod work;

pub(crate) use page::erased_words;

use std::fs::File;
use std::io::{Seek, SeekFrom};

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use fengsui_desk::{Capacity, Desk, DeskFault, EvidenceAsked};
use fengsui_response::custody::{Custody, CustodyCommand};
use fengsui_response::{Asked, ErasureScope};
use fengsui_vocabulary::{BlobId, CommandId, IncidentId, Line};
use tokio_util::io::ReaderStream;

use crate::answer::{drawn, drawn_as};
use crate::error::WebError;
use crate::form::{Reading, Returned};
use crate::lang::Words;
use crate::parts::{Html, Link, Mood, StateBadge};
use crate::routes::{CUSTODY, Route, Who, custody};
use crate::session::SignedIn;
use crate::state::Web;
use crate::upload::Sent;

/// Those who handle such things; who may do what is decided by the desk.
const HANDLERS: Who =
    Who::Any(&[Capacity::Officer, Capacity::Leader, Capacity::Auditor, Capacity::Administrator]);

/// Who may take which route.
pub(crate) const ROUTES: &[Route] = &[
    Route::get(CUSTODY, HANDLERS),
    Route::get("/custody/{subject}", HANDLERS),
    Route::get("/custody/{subject}/packages/{number}", HANDLERS),
    Route::post("/custody/{subject}/{verb}", HANDLERS),
];

/// The routes.
pub(crate) fn routes() -> Router<Web> {
    Router::new()
        .route(CUSTODY, get(work::show))
        .route("/custody/{subject}", get(show))
        .route("/custody/{subject}/packages/{number}", get(hand_out))
        .route("/custody/{subject}/{verb}", post(carry_out))
}

/// `GET /custody/{subject}`
async fn show(
    State(desk): State<Desk>,
    reader: SignedIn,
    Path(subject): Path<String>,
) -> Result<Response, WebError> {
    drawn(&page::screen(&desk, &reader, &subject, None).await?)
}

/// `POST /custody/{subject}/{verb}`
async fn carry_out(
    State(desk): State<Desk>,
    reader: SignedIn,
    Path((subject, verb)): Path<(String, String)>,
    sent: Sent,
) -> Result<Response, WebError> {
    let verb = page::VERBS.iter().copied().find(|it| *it == verb).ok_or(WebError::NoSuchPage)?;
    desk.custody(&reader.viewer, &subject).await?;
    match done(&desk, &reader, (&subject, verb), &sent).await {
        Ok(()) => Ok(reader.visitor.on_to(&custody(&subject), said(verb))),
        Err(error) => {
            let returned = Returned::of(verb, sent, error, &reader.visitor)?;
            let view = page::screen(&desk, &reader, &subject, Some(&returned)).await?;
            drawn_as(returned.status(), &view)
        }
    }
}

async fn done(
    desk: &Desk,
    reader: &SignedIn,
    (subject, verb): (&str, &str),
    sent: &Sent,
) -> Result<(), WebError> {
    let mut reading = Reading::of(sent, &reader.visitor);
    let command = reading.command();
    if verb == "package" {
        let (made_for, purpose) = (reading.line("made_for"), reading.line("purpose"));
        let (command, (made_for, purpose)) = reading.done(command.zip(made_for.zip(purpose)))?;
        return make_package(desk, reader, subject, (command, made_for, purpose)).await;
    }
    let what = read(verb, &mut reading);
    let (command, what) = reading.done(command.zip(what))?;
    let asked = Asked::now(reader.viewer.actor.clone(), what);
    desk.act_on_custody(subject, command, asked).await?;
    Ok(())
}

/// What a form asks, besides a package.
fn read(verb: &str, reading: &mut Reading<'_>) -> Option<CustodyCommand> {
    Some(match verb {
        "hold" => {
            let demanded_by = reading.line_or_none("demanded_by");
            CustodyCommand::PlaceHold { ground: reading.line("ground")?, demanded_by }
        }
        "lift" => {
            let (hold, reason) = (reading.choice("hold"), reading.line("reason"));
            CustodyCommand::LiftHold { hold: hold?, reason: reason? }
        }
        "request" => {
            let these = reading.several::<BlobId>("texts");
            let demanded_by = reading.line_or_none("demanded_by");
            let what = if these.is_empty() {
                ErasureScope::AllTexts
            } else {
                ErasureScope::These(these.into_iter().collect())
            };
            CustodyCommand::RequestErasure { what, ground: reading.line("ground")?, demanded_by }
        }
        "withdraw" | "refuse" => {
            let (request, reason) = (reading.choice("request"), reading.line("reason"));
            let (request, reason) = (request?, reason?);
            if verb == "refuse" {
                CustodyCommand::RefuseErasure { request, reason }
            } else {
                CustodyCommand::WithdrawErasure { request, reason }
            }
        }
        "approve" => {
            let request = reading.choice("request")?;
            CustodyCommand::ApproveErasure { request, texts: Vec::new(), held: Vec::new() }
        }
        "hand-over" => {
            let package = reading.choice("package");
            let (recipient, receipt) = (reading.line("recipient"), reading.line("receipt"));
            CustodyCommand::HandOverPackage {
                package: package?,
                recipient: recipient?,
                receipt: receipt?,
            }
        }
        _ => {
            let (who, what) = (reading.line("who"), reading.line("what"));
            CustodyCommand::NoteAccess { who: who?, what: what? }
        }
    })
}

/// What is said when it is done.
fn said(verb: &str) -> &'static str {
    match verb {
        "hold" => "said-custody-held",
        "lift" => "said-custody-lifted",
        "request" => "said-custody-requested",
        "withdraw" => "said-custody-withdrawn",
        "refuse" => "said-custody-refused",
        "approve" => "said-custody-erased",
        "package" => "said-custody-packaged",
        "hand-over" => "said-custody-handed-over",
        _ => "said-custody-noted",
    }
}

/// Only what is said about it is kept; the file is made again whenever it is fetched.
async fn make_package(
    desk: &Desk,
    reader: &SignedIn,
    subject: &str,
    (command_id, made_for, purpose): (CommandId, Line, Line),
) -> Result<(), WebError> {
    let incident = incident_of(subject).ok_or(DeskFault::Absent)?;
    let asked = EvidenceAsked { incident, command_id, made_for, purpose };
    desk.make_evidence(&reader.viewer, asked, std::io::sink()).await?;
    Ok(())
}

/// `GET /custody/{subject}/packages/{number}`
async fn hand_out(
    State(desk): State<Desk>,
    reader: SignedIn,
    Path((subject, number)): Path<(String, u32)>,
) -> Result<Response, WebError> {
    let incident = incident_of(&subject).ok_or(DeskFault::Absent)?;
    let file = tempfile::tempfile().map_err(unwritable)?;
    let (made, mut file) = desk.evidence(&reader.viewer, incident, number, file).await?;
    if !made.is_as_recorded {
        // A text was erased since: what was handed over then cannot be made again.
        return Ok(reader.visitor.on_to(&custody(&subject), "said-custody-not-again"));
    }
    file.seek(SeekFrom::Start(0)).map_err(unwritable)?;
    let name = format!("attachment; filename=\"fengsui-{incident}-{number}.zip\"");
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/zip")),
        (header::CONTENT_LENGTH, HeaderValue::from(made.bytes)),
        (header::CACHE_CONTROL, HeaderValue::from_static("private, no-store")),
        (
            header::CONTENT_DISPOSITION,
            HeaderValue::from_str(&name)
                .unwrap_or_else(|_malformed| HeaderValue::from_static("attachment")),
        ),
    ];
    Ok((headers, body_of(file)).into_response())
}

fn body_of(file: File) -> Body {
    Body::from_stream(ReaderStream::new(tokio::fs::File::from_std(file)))
}

#[expect(clippy::needless_pass_by_value, reason = "it is used as a function of an error")]
fn unwritable(fault: std::io::Error) -> WebError {
    DeskFault::Unwritable(fault.to_string()).into()
}

/// The way to the custody of a subject, for those who handle such things.
pub(crate) fn custody_link(reader: &SignedIn, subject: &str) -> Option<Link> {
    let handles = reader.viewer.is_any(&fengsui_response::custody::HANDLES);
    handles.then(|| Link::new(custody(subject), reader.words().t("custody")))
}

/// What stands in the head of a subject that is held, or of which something waits.
pub(crate) fn custody_marks(words: Words, custody: &Custody) -> Vec<Html> {
    let mark = |mood, key: &str| Html::of(&StateBadge::new(mood, words.t(key)));
    let held = custody.holds_in_force().next();
    let waits = custody.waiting().next();
    let held = held.map(|_| mark(Mood::Attention, "custody-mark-held"));
    held.into_iter().chain(waits.map(|_| mark(Mood::Waiting, "custody-mark-waiting"))).collect()
}

/// The incident that a stream is of.
fn incident_of(subject: &str) -> Option<IncidentId> {
    subject.strip_prefix("incident:")?.parse().ok()
}

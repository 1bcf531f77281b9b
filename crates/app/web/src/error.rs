//! What goes wrong, by three classes: a refusal is an answer (409, 422), absence is 404, a fault 500 or
//! 503. Handlers return [`WebError`]; it is dressed as a page or as JSON where the visitor is known.

use std::sync::Arc;

use askama::Template;
use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use fengsui_desk::{DeskFault, FieldProblem};
use fengsui_press::PressFault;
use fengsui_response::Refusal;
use serde_json::json;

use crate::lang::Words;
use crate::page::Width;
use crate::parts::Link;
use crate::rate::TooOften;
use crate::refusal;
use crate::routes;
use crate::session::Visitor;
use crate::views::ErrorView;

/// After how many seconds somebody should try again when the disk is full.
const FULL_RETRY_SECONDS: i64 = 60;

/// After how many seconds somebody should try again when there is too much at once.
const BUSY_RETRY_SECONDS: i64 = 2;

/// Why a request was not carried out.
#[derive(Debug, thiserror::Error)]
pub(crate) enum WebError {
    /// The desk says no, or could not do it.
    #[error(transparent)]
    Desk(#[from] DeskFault),
    /// Nobody is signed in.
    #[error("sign in first")]
    SignInFirst {
        /// Where to go on afterwards.
        next: String,
    },
    /// The route is for others.
    #[error("this is not for this account")]
    NotForYou,
    /// The form did not come from one of our pages, or from one that has grown old.
    #[error("this form is no longer valid; load its page again")]
    Foreign,
    /// Too often from one address.
    #[error("too many requests; try again later")]
    TooOften(TooOften),
    /// More bytes than fit.
    #[error("this is too large")]
    TooLarge,
    /// The request cannot be read.
    #[error("the request cannot be read: {0}")]
    Unreadable(String),
    /// There is no such page.
    #[error("there is no such page")]
    NoSuchPage,
    /// A document could not be printed.
    #[error(transparent)]
    Press(PressFault),
    /// A screen could not be drawn.
    #[error("the screen cannot be drawn")]
    Draw(#[from] askama::Error),
}

impl WebError {
    /// What the command found wrong with its form, if that is what happened.
    pub(crate) fn mend(problems: Vec<FieldProblem>) -> Self {
        Self::Desk(DeskFault::Malformed(problems))
    }

    /// The status to answer with.
    pub(crate) fn status(&self) -> StatusCode {
        match self {
            Self::Desk(fault) => status_of(fault),
            Self::SignInFirst { .. } => StatusCode::UNAUTHORIZED,
            Self::NotForYou | Self::Foreign => StatusCode::FORBIDDEN,
            Self::TooOften(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Unreadable(_) => StatusCode::BAD_REQUEST,
            Self::NoSuchPage => StatusCode::NOT_FOUND,
            Self::Press(fault) => status_of_press(fault),
            Self::Draw(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn retry_after_seconds(&self) -> Option<i64> {
        match self {
            Self::TooOften(it) => Some(it.retry_after.as_secs().max(1)),
            Self::Desk(fault) if fault.is_full() => Some(FULL_RETRY_SECONDS),
            Self::Desk(fault) if fault.may_pass() => Some(BUSY_RETRY_SECONDS),
            Self::Desk(_)
            | Self::SignInFirst { .. }
            | Self::NotForYou
            | Self::Foreign
            | Self::TooLarge
            | Self::Unreadable(_)
            | Self::NoSuchPage
            | Self::Press(_)
            | Self::Draw(_) => None,
        }
    }

    /// A name for programs.
    fn name(&self) -> &'static str {
        match self {
            Self::Desk(fault) => name_of(fault),
            Self::SignInFirst { .. } => "sign-in-first",
            Self::NotForYou => "not-for-you",
            Self::Foreign => "foreign-form",
            Self::TooOften(_) => "too-often",
            Self::TooLarge => "too-large",
            Self::Unreadable(_) => "unreadable",
            Self::NoSuchPage => "no-such-page",
            Self::Press(_) => "not-printable",
            Self::Draw(_) => "fault",
        }
    }

    /// The key of the title, and of the line that says what to do.
    fn keys(&self) -> (&'static str, Option<&'static str>) {
        match self {
            Self::Desk(fault) => keys_of(fault),
            Self::SignInFirst { .. } => ("sign-in", Some("sign-in-lead")),
            Self::NotForYou => ("error-forbidden", Some("error-forbidden-text")),
            Self::Foreign => ("error-csrf", Some("error-csrf-text")),
            Self::TooOften(_) => ("error-too-many", Some("error-too-many-text")),
            Self::TooLarge => ("error-too-large", None),
            Self::Unreadable(_) => ("form-refused", Some("error-unreadable")),
            Self::NoSuchPage => ("error-not-found", Some("error-not-found-text")),
            Self::Press(PressFault::NoChineseFont { .. }) => {
                ("error-press", Some("error-press-no-font"))
            }
            Self::Press(_) => ("error-press", None),
            Self::Draw(_) => ("error-fault", Some("error-fault-text")),
        }
    }
}

/// The status of what the desk says: a refusal about who asks is 403, of what stands already 409, of
/// what is asked 422.
pub(crate) fn status_of(fault: &DeskFault) -> StatusCode {
    match fault {
        DeskFault::Refused(refusal) if refusal.is_about_authority() => StatusCode::FORBIDDEN,
        DeskFault::Refused(refusal) if is_about_state(refusal) => StatusCode::CONFLICT,
        DeskFault::Refused(_) | DeskFault::Malformed(_) => StatusCode::UNPROCESSABLE_ENTITY,
        DeskFault::Absent => StatusCode::NOT_FOUND,
        DeskFault::Erased { .. } => StatusCode::GONE,
        DeskFault::NotYours => StatusCode::FORBIDDEN,
        DeskFault::Overtaken(_) => StatusCode::CONFLICT,
        DeskFault::Busy => StatusCode::SERVICE_UNAVAILABLE,
        DeskFault::Store(_) if fault.is_full() || fault.may_pass() => {
            StatusCode::SERVICE_UNAVAILABLE
        }
        DeskFault::Store(_) | DeskFault::Unreadable(_) | DeskFault::Unwritable(_) => {
            StatusCode::INTERNAL_SERVER_ERROR
        }
    }
}

/// Whether a refusal is about how things stand, not about what was typed.
fn is_about_state(refusal: &Refusal) -> bool {
    !matches!(
        refusal,
        Refusal::InTheFuture { .. }
            | Refusal::TooLongAgo { .. }
            | Refusal::BeforeItBegan { .. }
            | Refusal::ContradictoryAnchors { .. }
            | Refusal::TooMany { .. }
            | Refusal::Nothing { .. }
            | Refusal::NameOutOfRange { .. }
            | Refusal::Unknown { .. }
            | Refusal::FactsRefused(_)
            | Refusal::WrongChannel { .. }
            | Refusal::NeedsLateReason { .. }
            | Refusal::NeedsReason { .. }
            | Refusal::TooMild { .. }
            | Refusal::PeriodBackwards { .. }
            | Refusal::RosterOverlap { .. }
            | Refusal::StandsElsewhere { .. }
            | Refusal::StandsNot { .. }
    )
}

/// The status of a document that cannot be printed: without fonts nobody here can, else it is the text.
fn status_of_press(fault: &PressFault) -> StatusCode {
    match fault {
        PressFault::NoChineseFont { .. } => StatusCode::SERVICE_UNAVAILABLE,
        PressFault::NoGlyph { .. } | PressFault::Untitled | PressFault::TooMuch { .. } => {
            StatusCode::UNPROCESSABLE_ENTITY
        }
        PressFault::FontGone { .. } | PressFault::Engine { .. } => {
            StatusCode::INTERNAL_SERVER_ERROR
        }
    }
}

/// What keeps a document from being printed, in the visitor's words.
fn press_said(fault: &PressFault, words: Words) -> String {
    match fault {
        PressFault::NoChineseFont { searched } => {
            let folders = searched.folders.iter().map(|folder| folder.display().to_string());
            let folders: Vec<String> = folders.collect();
            words.ta("error-press-searched", &[("folders", &folders.join(", "))])
        }
        PressFault::NoGlyph { characters } => {
            words.ta("error-press-glyphs", &[("characters", &characters.to_string())])
        }
        PressFault::Untitled => words.t("error-press-untitled").into_owned(),
        PressFault::TooMuch { count_max, .. } => {
            words.ta("error-press-too-much", &[("max", &count_max.to_string())])
        }
        PressFault::FontGone { .. } | PressFault::Engine { .. } => {
            words.t("error-fault-text").into_owned()
        }
    }
}

/// A name for programs: of a refusal, its own.
pub(crate) fn name_of(fault: &DeskFault) -> &'static str {
    match fault {
        DeskFault::Refused(refusal) => refusal.name(),
        DeskFault::Malformed(_) => "malformed",
        DeskFault::Absent => "absent",
        DeskFault::Erased { .. } => "erased",
        DeskFault::NotYours => "not-yours",
        DeskFault::Overtaken(_) => "overtaken",
        DeskFault::Busy => "busy",
        DeskFault::Store(_) if fault.is_full() => "full",
        DeskFault::Store(_) | DeskFault::Unreadable(_) | DeskFault::Unwritable(_) => "fault",
    }
}

fn keys_of(fault: &DeskFault) -> (&'static str, Option<&'static str>) {
    match fault {
        DeskFault::Refused(refusal) if refusal.is_about_authority() => ("error-forbidden", None),
        DeskFault::Refused(_) => ("error-refused", None),
        DeskFault::Malformed(_) => ("form-refused", None),
        DeskFault::Absent => ("error-not-found", Some("error-not-found-text")),
        DeskFault::Erased { .. } => ("error-erased", None),
        DeskFault::NotYours => ("error-forbidden", Some("error-forbidden-text")),
        DeskFault::Overtaken(_) => ("error-conflict", None),
        DeskFault::Busy => ("error-busy", Some("error-too-many-text")),
        DeskFault::Store(_) if fault.is_full() => ("error-full", Some("error-full-text")),
        DeskFault::Store(_) if fault.may_pass() => ("error-busy", Some("error-too-many-text")),
        DeskFault::Store(_) | DeskFault::Unreadable(_) | DeskFault::Unwritable(_) => {
            ("error-fault", Some("error-fault-text"))
        }
    }
}

/// A failure on its way to whoever knows the visitor.
#[derive(Clone, Debug)]
struct Failed(Arc<WebError>);

impl IntoResponse for WebError {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(Failed(Arc::new(self)));
        response
    }
}

/// Says in the visitor's words what went wrong, if anything did.
pub(crate) fn dressed(visitor: &Visitor, path: &str, mut response: Response) -> Response {
    if let Some(Failed(error)) = response.extensions_mut().remove::<Failed>() {
        return answer(visitor, path, &error);
    }
    if response.status() == StatusCode::SERVICE_UNAVAILABLE {
        // A form that came back with its words, because there was no room to write.
        let seconds = HeaderValue::from(FULL_RETRY_SECONDS);
        response.headers_mut().entry(header::RETRY_AFTER).or_insert(seconds);
    }
    response
}

/// The answer that says what went wrong.
pub(crate) fn answer(visitor: &Visitor, path: &str, error: &WebError) -> Response {
    let status = error.status();
    let reference = status.is_server_error().then(|| reference(visitor));
    if let Some(reference) = &reference {
        tracing::error!(%reference, path, fault = ?error, "request failed");
    }
    let mut response = match error {
        error if routes::is_for_programs(path) => told(status, error, reference.as_deref()),
        WebError::SignInFirst { .. } if path == routes::LIVE => status.into_response(),
        WebError::SignInFirst { next } => Redirect::to(&routes::sign_in(next)).into_response(),
        WebError::Desk(_)
        | WebError::NotForYou
        | WebError::Foreign
        | WebError::TooOften(_)
        | WebError::TooLarge
        | WebError::Unreadable(_)
        | WebError::NoSuchPage
        | WebError::Press(_)
        | WebError::Draw(_) => match page(visitor, error, reference) {
            Ok(page) => (status, Html(page)).into_response(),
            Err(_) => status.into_response(),
        },
    };
    if let Some(seconds) = error.retry_after_seconds() {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

/// What a program is told.
fn told(status: StatusCode, error: &WebError, reference: Option<&str>) -> Response {
    let mut body = json!({ "error": error.name(), "message": error.to_string() });
    if let Some(fields) = body.as_object_mut() {
        if let WebError::Desk(DeskFault::Malformed(problems)) = error {
            let problems =
                problems.iter().map(|it| json!({ "field": it.field, "problem": it.problem }));
            fields.insert("fields".to_owned(), problems.collect());
        }
        if let WebError::Desk(DeskFault::Refused(refusal)) = error
            && let Some(clause) = refusal::clause_of(refusal)
        {
            fields.insert("clause".to_owned(), clause.as_str().into());
        }
        if let Some(reference) = reference {
            fields.insert("reference".to_owned(), reference.into());
        }
    }
    (status, Json(body)).into_response()
}

fn page(visitor: &Visitor, error: &WebError, reference: Option<String>) -> askama::Result<String> {
    let words = visitor.words();
    let (title, text) = error.keys();
    let mut lines: Vec<String> = text.iter().map(|key| words.t(key).into_owned()).collect();
    match error {
        WebError::Desk(DeskFault::Refused(refusal)) => {
            lines.insert(0, refusal::said(refusal, visitor));
        }
        WebError::Desk(DeskFault::Malformed(problems)) => {
            lines.extend(problems.iter().map(|problem| problem.problem.clone()));
        }
        WebError::Desk(DeskFault::Overtaken(by)) => lines.push(by.clone()),
        WebError::Desk(DeskFault::Erased { at, ground }) => {
            let at = visitor.clock().short(*at, words);
            lines.push(words.ta("erased-text", &[("t", &at), ("ground", ground)]));
        }
        WebError::Press(fault) => lines.push(press_said(fault, words)),
        WebError::Desk(_)
        | WebError::SignInFirst { .. }
        | WebError::NotForYou
        | WebError::Foreign
        | WebError::TooOften(_)
        | WebError::TooLarge
        | WebError::Unreadable(_)
        | WebError::NoSuchPage
        | WebError::Draw(_) => {}
    }
    let mut page = visitor.page("error", words.t(title), "");
    page.width = Width::Narrow;
    page.live = None;
    ErrorView {
        page,
        status: error.status().as_u16(),
        title: words.t(title).into_owned(),
        lines,
        clause: None,
        ways: ways(visitor, error),
        reference,
    }
    .render()
}

/// The way on: back to the form, and home.
fn ways(visitor: &Visitor, error: &WebError) -> Vec<Link> {
    let words = visitor.words();
    let home = match visitor.viewer() {
        Some(_) => Link::new(routes::HOME, words.t("error-to-desk")),
        None => Link::new(routes::HOME, words.t("error-to-home")),
    };
    let is_about_page = matches!(error.status(), StatusCode::NOT_FOUND);
    let back = (!is_about_page).then(|| Link::new(visitor.path(), words.t("back")));
    back.into_iter().chain([home]).collect()
}

/// What the visitor quotes and the log knows.
fn reference(visitor: &Visitor) -> String {
    format!("{:x}", visitor.clock().now.as_microsecond())
}

//! `POST /watch/feeds/{feed}`: a program pushes what its sensor saw. It is answered when it is on disk; what
//! it says is read afterwards.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use fengsui_desk::{Capacity, DeskFault, PushRefused, Scope};
use fengsui_records::FeedName;
use serde::Serialize;
use utoipa::ToSchema;

use super::body::Named;
use super::client;
use super::problem::Problem;
use crate::state::Web;

/// Bytes of one push.
pub(crate) const PUSH_BYTES_MAX: usize = 8 * 1024 * 1024;

/// After how many seconds somebody should push again when the spool is full.
const FULL_RETRY_SECONDS: &str = "10";

/// Where pushed bytes are.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[schema(as = Pushed)]
pub(crate) struct PushedBody {
    /// The number in the spool of the feed.
    number: i64,
}

/// A client that may push: its token was made for that, or acts as somebody of the desk.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pusher;

impl FromRequestParts<Web> for Pusher {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Problem> {
        let (token, viewer) = client::known(parts, web).await?;
        let may = match token.scope {
            Scope::Push => true,
            Scope::Person => viewer.is(Capacity::Officer) && viewer.handles(),
        };
        let detail = "this token may not push; an administrator makes one that may";
        if may { Ok(Self) } else { Err(Problem::not_yours(detail)) }
    }
}

/// `POST /api/v1/watch/feeds/{feed}`
pub(crate) async fn push(
    State(web): State<Web>,
    _pusher: Pusher,
    Named(feed): Named<String>,
    request: Request,
) -> Result<Response, Response> {
    let said = |problem: Problem| problem.into_response();
    let no_feed = || said(refused(&PushRefused::NoSuchFeed));
    let watch = web.desk.lookout().ok_or_else(no_feed)?;
    let feed: FeedName = feed.parse().map_err(|_malformed| no_feed())?;
    // Each push is held in memory until it is on disk, so not too many at a time.
    let _permit = web.uploads.try_acquire().map_err(|_full| said(DeskFault::Busy.into()))?;
    let bytes = read(request, &web).await.map_err(said)?;
    match watch.push(&feed, &bytes).await {
        Ok(pushed) => {
            let number = pushed.number;
            Ok((StatusCode::ACCEPTED, Json(PushedBody { number })).into_response())
        }
        Err(fault) => Err(with_time(&fault, said(refused(&fault)))),
    }
}

/// The bytes of a push. Only reading decides how many there are: what was announced may be wrong.
async fn read(request: Request, web: &Web) -> Result<Bytes, Problem> {
    Bytes::from_request(request, web).await.map_err(|fault| match fault.status() {
        StatusCode::PAYLOAD_TOO_LARGE => refused(&PushRefused::TooLarge { max: PUSH_BYTES_MAX }),
        _ => Problem::new(StatusCode::BAD_REQUEST, "unreadable", fault.body_text()),
    })
}

/// What a push is answered that was not taken.
fn refused(fault: &PushRefused) -> Problem {
    let (status, name) = match fault {
        PushRefused::NoSuchFeed => (StatusCode::NOT_FOUND, "no-such-feed"),
        PushRefused::TooLarge { .. } => (StatusCode::PAYLOAD_TOO_LARGE, "too-large"),
        PushRefused::Full => (StatusCode::SERVICE_UNAVAILABLE, "spool-full"),
        PushRefused::NotKept { source } => {
            tracing::error!(%source, "a push could not be kept");
            (StatusCode::SERVICE_UNAVAILABLE, "not-kept")
        }
    };
    Problem::new(status, name, fault.to_string())
}

/// A full spool empties in its own time.
fn with_time(fault: &PushRefused, mut answer: Response) -> Response {
    match fault {
        PushRefused::Full | PushRefused::NotKept { .. } => {
            let seconds = HeaderValue::from_static(FULL_RETRY_SECONDS);
            answer.headers_mut().insert(header::RETRY_AFTER, seconds);
        }
        PushRefused::NoSuchFeed | PushRefused::TooLarge { .. } => {}
    }
    answer
}

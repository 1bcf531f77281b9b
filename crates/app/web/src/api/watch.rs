//! `POST /watch/feeds/{feed}`: a program pushes what its sensor saw. It is answered when it is on disk; what
//! it says is read afterwards.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, FromRequest, FromRequestParts, Request, State};
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

/// After how many seconds somebody should push again when the spool is full.
const FULL_RETRY_SECONDS: &str = "10";

/// Where pushed bytes are.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[schema(as = Pushed)]
pub(crate) struct PushedBody {
    /// The number in the spool of the feed.
    number: i64,
}

/// Letters of a name of an encoding.
const ENCODING_CHARS_MAX: usize = 64;

/// A client that may push: its token was made for that, or acts as somebody of the desk.
#[derive(Clone, Debug)]
pub(crate) struct Pusher {
    /// The one feed it may push to, where its token names one.
    feed: Option<FeedName>,
}

impl FromRequestParts<Web> for Pusher {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Problem> {
        let (token, viewer) = client::known(parts, web).await?;
        let may = match token.scope {
            Scope::Push => true,
            Scope::Person => viewer.is(Capacity::Officer) && viewer.handles(),
        };
        let detail = "this token may not push; an administrator makes one that may";
        if may { Ok(Self { feed: token.feed }) } else { Err(Problem::not_yours(detail)) }
    }
}

/// `POST /api/v1/watch/feeds/{feed}`
pub(crate) async fn push(
    State(web): State<Web>,
    Pusher { feed: own }: Pusher,
    Named(feed): Named<String>,
    request: Request,
) -> Result<Response, Response> {
    let said = |problem: Problem| problem.into_response();
    let no_feed = || said(refused(&PushRefused::NoSuchFeed));
    let feed: FeedName = feed.parse().map_err(|_malformed| no_feed())?;
    if let Some(own) = own.filter(|own| *own != feed) {
        let detail = format!("this token may push to the feed {own}, and to no other");
        return Err(said(Problem::not_yours(&detail)));
    }
    let watch = web.desk.lookout().ok_or_else(no_feed)?;
    let bytes_max = watch.push_bytes_max(&feed).ok_or_else(no_feed)?;
    let told = |fault: PushRefused| with_time(&fault, said(refused(&fault)));
    let encoding = encoding(&request).map_err(told)?;
    // Each push is held in memory until it is on disk, so not too many at a time.
    let _permit = web.uploads.try_acquire().map_err(|_full| said(DeskFault::Busy.into()))?;
    let bytes = read(request, bytes_max, &web).await.map_err(said)?;
    match watch.push(&feed, bytes.into(), encoding.as_deref()).await {
        Ok(pushed) => {
            let number = pushed.number;
            Ok((StatusCode::ACCEPTED, Json(PushedBody { number })).into_response())
        }
        Err(fault) => Err(told(fault)),
    }
}

/// How the body is packed. Several encodings over one another are not read.
fn encoding(request: &Request) -> Result<Option<String>, PushRefused> {
    let mut named = request.headers().get_all(header::CONTENT_ENCODING).iter();
    let (first, second) = (named.next(), named.next());
    let text = |value: &HeaderValue| {
        String::from_utf8_lossy(value.as_bytes()).chars().take(ENCODING_CHARS_MAX).collect()
    };
    match (first, second) {
        (None, _) => Ok(None),
        (Some(one), None) => Ok(Some(text(one))),
        (Some(_), Some(other)) => Err(PushRefused::EncodingUnknown(text(other))),
    }
}

/// The bytes of a push. Only reading decides how many there are: what was announced may be wrong.
async fn read(mut request: Request, bytes_max: usize, web: &Web) -> Result<Bytes, Problem> {
    DefaultBodyLimit::max(bytes_max).apply(&mut request);
    Bytes::from_request(request, web).await.map_err(|fault| match fault.status() {
        StatusCode::PAYLOAD_TOO_LARGE => {
            refused(&PushRefused::TooLarge { max: bytes_max, of: "bytes" })
        }
        _ => Problem::new(StatusCode::BAD_REQUEST, "unreadable", fault.body_text()),
    })
}

/// What a push is answered that was not taken.
fn refused(fault: &PushRefused) -> Problem {
    let (status, name) = match fault {
        PushRefused::NoSuchFeed => (StatusCode::NOT_FOUND, "no-such-feed"),
        PushRefused::TooLarge { .. } => (StatusCode::PAYLOAD_TOO_LARGE, "too-large"),
        PushRefused::EncodingUnknown(_) => (StatusCode::UNSUPPORTED_MEDIA_TYPE, "encoding-unknown"),
        PushRefused::NotUnpacked => (StatusCode::BAD_REQUEST, "not-unpacked"),
        PushRefused::Empty => (StatusCode::BAD_REQUEST, "empty"),
        PushRefused::Full => (StatusCode::SERVICE_UNAVAILABLE, "spool-full"),
        PushRefused::NotKept { source } => {
            tracing::error!(%source, "a push could not be kept");
            (StatusCode::SERVICE_UNAVAILABLE, "not-kept")
        }
    };
    Problem::new(status, name, fault.to_string())
}

/// A full spool empties in its own time; and who packs otherwise is told how to (RFC 7694).
fn with_time(fault: &PushRefused, mut answer: Response) -> Response {
    match fault {
        PushRefused::Full | PushRefused::NotKept { .. } => {
            let seconds = HeaderValue::from_static(FULL_RETRY_SECONDS);
            answer.headers_mut().insert(header::RETRY_AFTER, seconds);
        }
        PushRefused::EncodingUnknown(_) => {
            let known = HeaderValue::from_static("gzip, zstd");
            answer.headers_mut().insert(header::ACCEPT_ENCODING, known);
        }
        PushRefused::NoSuchFeed
        | PushRefused::TooLarge { .. }
        | PushRefused::NotUnpacked
        | PushRefused::Empty => {}
    }
    answer
}

//! Bodies and queries: bounded, JSON in UTF-8, unknown keys refused, every mistake with its path.

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode};
use fengsui_vocabulary::{CommandId, PersonId};
use serde::de::DeserializeOwned;
use serde_json::error::Category;
use sha2::{Digest, Sha256};

use super::problem::Problem;
use crate::state::Web;

/// Bytes of a body.
pub(crate) const BODY_BYTES_MAX: usize = 1024 * 1024;

/// Characters of a key that names a command.
const KEY_CHARS_MAX: usize = 255;

/// A body that was read.
#[derive(Clone, Debug)]
pub(crate) struct Body<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequest<Web> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, web: &Web) -> Result<Self, Problem> {
        if !is_json(request.headers()) {
            let detail = "send `Content-Type: application/json`";
            return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "not-json", detail));
        }
        let bytes = Bytes::from_request(request, web).await.map_err(|fault| unread(&fault))?;
        parsed(&bytes).map(Self)
    }
}

/// What a list is asked for.
#[derive(Clone, Debug)]
pub(crate) struct Filter<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequestParts<Web> for Filter<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _web: &Web) -> Result<Self, Problem> {
        match Query::try_from_uri(&parts.uri) {
            Ok(Query(filter)) => Ok(Self(filter)),
            Err(fault) => Err(Problem::field("query", fault.body_text())),
        }
    }
}

/// What an address names. A malformed id is as absent as an unknown one.
#[derive(Clone, Debug)]
pub(crate) struct Named<T>(pub(crate) T);

impl<T: DeserializeOwned + Send> FromRequestParts<Web> for Named<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Problem> {
        match Path::from_request_parts(parts, web).await {
            Ok(Path(named)) => Ok(Self(named)),
            Err(_) => Err(Problem::absent()),
        }
    }
}

/// The key by which a client names a command, from the header; the body may name it too.
#[derive(Clone, Debug)]
pub(crate) struct Key {
    header: Option<String>,
    address: String,
}

impl FromRequestParts<Web> for Key {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _web: &Web) -> Result<Self, Problem> {
        let header = match parts.headers.get("idempotency-key").map(|key| key.to_str()) {
            None => None,
            Some(Ok(key)) => Some(key.trim().trim_matches('"').to_owned()),
            Some(Err(_)) => return Err(Problem::field("Idempotency-Key", "use ASCII letters")),
        };
        debug_assert!(parts.method == Method::POST, "only commands have keys");
        Ok(Self { header, address: parts.uri.path().to_owned() })
    }
}

impl Key {
    /// The command that a client means: the same key at the same address is the same command, and no
    /// client can name another one's. Without a key every request is a command of its own.
    pub(crate) fn command_id(
        &self,
        body: Option<&str>,
        person: PersonId,
        drawn: impl FnOnce() -> CommandId,
    ) -> Result<CommandId, Problem> {
        let Some(key) = body.or(self.header.as_deref()) else {
            return Ok(drawn());
        };
        if key.is_empty() || key.chars().count() > KEY_CHARS_MAX {
            let problem = format!("use 1 to {KEY_CHARS_MAX} characters");
            return Err(Problem::field("command_id", problem));
        }
        let mut hash = Sha256::new();
        for part in ["fengsui-command-v1", &person.to_string(), &self.address, key] {
            hash.update(part.as_bytes());
            hash.update([0]);
        }
        let mut bits = [0; 16];
        bits.iter_mut().zip(hash.finalize()).for_each(|(bit, byte)| *bit = byte);
        Ok(CommandId::from_bits(u128::from_be_bytes(bits)))
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let value = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let media_type = value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    media_type == "application/json"
}

fn unread(fault: &BytesRejection) -> Problem {
    if fault.status() == StatusCode::PAYLOAD_TOO_LARGE {
        let detail =
            format!("a body has at most {BODY_BYTES_MAX} bytes; send large files by the form");
        return Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too-large", detail);
    }
    Problem::new(StatusCode::BAD_REQUEST, "unreadable", fault.body_text())
}

/// Reads a body; only one that is wrong is read a second time, to say where.
fn parsed<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    // Positions are no names: what is not an object is not read as one.
    if bytes.iter().find(|byte| !byte.is_ascii_whitespace()).is_some_and(|byte| *byte != b'{') {
        let detail = "send one JSON object in UTF-8";
        return Err(Problem::new(StatusCode::BAD_REQUEST, "not-json", detail));
    }
    let fault = match serde_json::from_slice(bytes) {
        Ok(body) => return Ok(body),
        Err(fault) => fault,
    };
    if std::str::from_utf8(bytes).is_err() {
        return Err(Problem::new(StatusCode::BAD_REQUEST, "not-utf-8", "send JSON in UTF-8"));
    }
    match fault.classify() {
        Category::Syntax | Category::Eof | Category::Io => {
            Err(Problem::new(StatusCode::BAD_REQUEST, "not-json", fault.to_string()))
        }
        Category::Data => Err(located(bytes, &fault, std::marker::PhantomData::<T>)),
    }
}

fn located<T: DeserializeOwned>(
    bytes: &[u8],
    fault: &serde_json::Error,
    _wanted: std::marker::PhantomData<T>,
) -> Problem {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    match serde_path_to_error::deserialize::<_, T>(&mut reader) {
        Err(fault) => Problem::field(&fault.path().to_string(), fault.inner()),
        Ok(_) => Problem::field(".", fault), // something follows the value
    }
}

//! What the API answers when it does not do what was asked: RFC 9457 problem details.
//!
//! A refusal names the clause; a body that cannot be read names every field that must be mended. What
//! is absent and what is not for this client look the same.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use fengsui_desk::DeskFault;
use serde::Serialize;
use utoipa::ToSchema;

use crate::error::{name_of, status_of};
use crate::refusal;

/// Why a request was not carried out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Problem {
    /// The kind of problem, a stable name: `urn:fengsui:problem:needs-second-person`.
    #[serde(rename = "type")]
    kind: String,
    /// The status of the answer.
    status: u16,
    /// What went wrong, the same for every problem of this kind.
    title: &'static str,
    /// What went wrong here, and what to do.
    detail: String,
    /// The clause of the plan on which a refusal rests.
    #[serde(skip_serializing_if = "Option::is_none")]
    clause: Option<String>,
    /// The fields that must be mended.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    fields: Vec<Field>,
}

/// One field that must be mended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ProblemField)]
pub(crate) struct Field {
    /// Its path in the body: `affected[0].organisation`.
    field: String,
    /// What is wrong and what to do.
    problem: String,
}

/// The media type of every problem.
pub(crate) const MEDIA_TYPE: &str = "application/problem+json";

impl Problem {
    /// A problem without fields.
    pub(crate) fn new(status: StatusCode, name: &str, detail: impl Into<String>) -> Self {
        Self {
            kind: format!("urn:fengsui:problem:{name}"),
            status: status.as_u16(),
            title: title(status),
            detail: detail.into(),
            clause: None,
            fields: Vec::new(),
        }
    }

    /// A body whose fields must be mended.
    pub(crate) fn mend(fields: impl IntoIterator<Item = (String, String)>) -> Self {
        let mut problem = Self::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "malformed",
            "some fields must be mended; nothing was changed",
        );
        let field = |(field, problem)| Field { field, problem };
        problem.fields = fields.into_iter().map(field).collect();
        problem
    }

    /// One field that must be mended.
    pub(crate) fn field(field: &str, problem: impl std::fmt::Display) -> Self {
        Self::mend([(field.to_owned(), problem.to_string())])
    }

    /// What is not there, or not for this client.
    pub(crate) fn absent() -> Self {
        Self::new(StatusCode::NOT_FOUND, "absent", "there is no such thing, or not for you")
    }

    /// No token, or one that is not valid (any more).
    pub(crate) fn unknown_client() -> Self {
        let detail = "send `Authorization: Bearer` with a valid token";
        Self::new(StatusCode::UNAUTHORIZED, "unknown-client", detail)
    }

    /// Not the work of this account.
    pub(crate) fn not_yours(detail: &str) -> Self {
        Self::new(StatusCode::FORBIDDEN, "not-yours", detail)
    }
}

impl From<DeskFault> for Problem {
    fn from(fault: DeskFault) -> Self {
        let (status, name) = (status_of(&fault), name_of(&fault));
        match &fault {
            DeskFault::Malformed(fields) => {
                Self::mend(fields.iter().map(|it| (it.field.clone(), it.problem.clone())))
            }
            DeskFault::Refused(refusal) => {
                let mut problem = Self::new(status, name, refusal.to_string());
                problem.clause = refusal::clause_of(refusal).map(ToString::to_string);
                problem
            }
            DeskFault::Absent => Self::absent(),
            DeskFault::Erased { .. }
            | DeskFault::NotYours
            | DeskFault::Overtaken(_)
            | DeskFault::Busy => Self::new(status, name, fault.to_string()),
            DeskFault::Store(_) | DeskFault::Unreadable(_) | DeskFault::Unwritable(_) => {
                tracing::error!(?fault, "request failed");
                let detail = if fault.is_full() {
                    "the disk is full; nothing was written; it recovers by itself"
                } else {
                    "nothing was written; try again, and tell an administrator if it stays so"
                };
                Self::new(status, name, detail)
            }
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status);
        let status = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut answer = (status, axum::Json(self)).into_response();
        let headers = answer.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if status == StatusCode::SERVICE_UNAVAILABLE {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
        }
        answer
    }
}

fn title(status: StatusCode) -> &'static str {
    match status {
        StatusCode::BAD_REQUEST => "the request cannot be read",
        StatusCode::UNAUTHORIZED => "the client is not known",
        StatusCode::FORBIDDEN => "this is for others",
        StatusCode::NOT_FOUND => "there is no such thing",
        StatusCode::METHOD_NOT_ALLOWED => "this address does not do that",
        StatusCode::CONFLICT => "this cannot be done as things stand",
        StatusCode::PAYLOAD_TOO_LARGE => "the body is too large",
        StatusCode::UNSUPPORTED_MEDIA_TYPE => "the body is not JSON",
        StatusCode::UNPROCESSABLE_ENTITY => "the request must be mended",
        StatusCode::SERVICE_UNAVAILABLE => "try again in a moment",
        _ => "something failed",
    }
}

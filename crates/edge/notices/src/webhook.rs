//! A message as JSON for a program that listens.

use fengsui_outbound::{HttpFault, Request, Url};
use serde::Serialize;

use crate::message::{Message, MessageId};
use crate::signature::{IDEMPOTENCY_KEY, SIGNATURE, Secret, TIMESTAMP};
use crate::words::{Passage, Phrase};

/// What the other side receives. Fields are added, never renamed.
#[derive(Serialize)]
struct Body<'a> {
    id: &'a str,
    attempt: u32,
    written_at: String,
    lang: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<&'a Phrase>,
    subject: &'a Phrase,
    text: &'a Passage,
    #[serde(skip_serializing_if = "Option::is_none")]
    in_reply_to: Option<&'a str>,
}

/// Why a message cannot become a request.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unfit {
    #[error("the message cannot be written as JSON")]
    Json(#[from] serde_json::Error),
    #[error(transparent)]
    Header(#[from] HttpFault),
}

/// The signed request.
pub(crate) fn composed(
    message: &Message,
    url: &Url,
    secret: &Secret,
    to: Option<&Phrase>,
) -> Result<Request, Unfit> {
    let body = Body {
        id: message.id.bare(),
        attempt: message.attempt.number,
        written_at: message.written_at.to_string(),
        lang: message.lang.tag(),
        to,
        subject: &message.subject,
        text: &message.text,
        in_reply_to: message.in_reply_to.as_ref().map(MessageId::bare),
    };
    let body = serde_json::to_vec(&body)?;
    let at = message.attempt.at;
    let signature = secret.sign(at, &body);
    let request = Request::post(url.clone(), body)
        .with("content-type", "application/json")?
        .with(TIMESTAMP, &at.as_second().to_string())?
        .with(SIGNATURE, &signature)?
        .with(IDEMPOTENCY_KEY, message.id.bare())?;
    Ok(request)
}

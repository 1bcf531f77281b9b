//! Forms are taken only from our own pages: a token in the form, and what the browser says of its origin.
//!
//! Signed in, the token is the session's. Without a session it is also in a cookie that only this host
//! can set (double submit).

use axum::http::{HeaderMap, header};

use crate::cookie::Jar;
use crate::error::WebError;
use crate::session::{FORM, Visitor};

/// The field that carries the token.
pub(crate) const FIELD: &str = "csrf";

/// Characters of a token.
const TOKEN_CHARS: usize = 64;

/// The form token that a browser without a session was given before.
pub(crate) fn kept(jar: &Jar) -> Option<&str> {
    let is_token = |text: &&str| {
        text.len() == TOKEN_CHARS && text.bytes().all(|byte| byte.is_ascii_hexdigit())
    };
    jar.get(FORM).filter(is_token)
}

/// Refuses a form that another site made the browser send.
pub(crate) fn check_origin(headers: &HeaderMap) -> Result<(), WebError> {
    let text =
        |name| headers.get(name).and_then(|value: &axum::http::HeaderValue| value.to_str().ok());
    if let Some(site) = text("sec-fetch-site")
        && !matches!(site, "same-origin" | "none")
    {
        return Err(WebError::Foreign);
    }
    // Our own pages send no referrer, so that browsers call their origin `null`: the token decides.
    let origin = text(header::ORIGIN.as_str()).filter(|origin| *origin != "null");
    let host = text("x-forwarded-host").or_else(|| text(header::HOST.as_str()));
    match (origin.and_then(|origin| origin.split_once("://")), host) {
        (Some((_, origin)), Some(host)) if origin != host => Err(WebError::Foreign),
        (Some(_), Some(_) | None) | (None, _) => Ok(()),
    }
}

/// Refuses a form without the visitor's token. Takes as long for every wrong token.
pub(crate) fn check_token(visitor: &Visitor, token: &str) -> Result<(), WebError> {
    let (ours, theirs) = (visitor.csrf().as_bytes(), token.as_bytes());
    let differs = ours.iter().zip(theirs).fold(0, |differs, (one, other)| differs | (one ^ other));
    if ours.is_empty() || ours.len() != theirs.len() || differs != 0 {
        return Err(WebError::Foreign);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(pairs: &[(&'static str, &str)]) -> bool {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.insert(*name, value.parse().unwrap());
        }
        check_origin(&headers).is_ok()
    }

    #[test]
    fn a_form_from_another_site_is_refused() {
        assert!(checked(&[]));
        assert!(checked(&[("origin", "http://desk.example:8080"), ("host", "desk.example:8080")]));
        assert!(checked(&[("origin", "null"), ("sec-fetch-site", "same-origin")]));
        assert!(!checked(&[("origin", "http://evil.example"), ("host", "desk.example")]));
        assert!(!checked(&[("sec-fetch-site", "cross-site")]));
        assert!(!checked(&[("sec-fetch-site", "same-site")]));
    }
}

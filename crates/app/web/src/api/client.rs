//! Who calls: a program with a token, acting as the person the token was made for.

use axum::extract::{FromRef, FromRequestParts};
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use fengsui_desk::{ApiToken, Desk, Scope, Viewer};

use super::problem::Problem;
use crate::state::Web;

/// A client that has shown a valid token.
#[derive(Clone, Debug)]
pub(crate) struct Client {
    /// As whom it acts, and what it may see.
    pub(crate) viewer: Viewer,
}

impl FromRequestParts<Web> for Client {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Problem> {
        let (token, viewer) = known(parts, web).await?;
        match token.scope {
            Scope::Person => Ok(Self { viewer }),
            Scope::Push => Err(Problem::not_yours("this token may push records, and nothing else")),
        }
    }
}

/// The token that was shown, and the person on whose behalf it was made.
pub(crate) async fn known(parts: &Parts, web: &Web) -> Result<(ApiToken, Viewer), Problem> {
    let desk = Desk::from_ref(web);
    let token = bearer(parts).ok_or_else(Problem::unknown_client)?;
    let known = desk.token(token).await?.ok_or_else(Problem::unknown_client)?;
    let viewer = desk.viewer(known.person).ok_or_else(Problem::unknown_client)?;
    Ok((known, viewer))
}

fn bearer(parts: &Parts) -> Option<&str> {
    let value = parts.headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}

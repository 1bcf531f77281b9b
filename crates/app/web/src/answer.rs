//! Answers: a screen, or on to the next one.

use askama::Template;
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};

use crate::cookie::Cookie;
use crate::error::WebError;
use crate::session::{SAID, Visitor};

/// A screen.
pub(crate) fn drawn(view: &impl Template) -> Result<Response, WebError> {
    drawn_as(StatusCode::OK, view)
}

/// A screen with another status: a form that came back.
pub(crate) fn drawn_as(status: StatusCode, view: &impl Template) -> Result<Response, WebError> {
    Ok((status, Html(view.render()?)).into_response())
}

impl Visitor {
    /// On to another screen, which says first what was done: the key of the words, `said-…`.
    pub(crate) fn on_to(&self, path: &str, said: &str) -> Response {
        let mut response = Redirect::to(path).into_response();
        let cookie = Cookie::new(SAID, said).header(self.is_secure());
        response.headers_mut().append(header::SET_COOKIE, cookie);
        response
    }

    /// An answer that also gives or takes a cookie.
    pub(crate) fn with_cookie(&self, mut response: Response, cookie: Cookie<'_>) -> Response {
        response.headers_mut().append(header::SET_COOKIE, cookie.header(self.is_secure()));
        response
    }
}

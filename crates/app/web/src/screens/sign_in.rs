//! The door: signing in and out.

use axum::Router;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use fengsui_desk::SignInRefused;
use serde::Deserialize;

use crate::answer::drawn_as;
use crate::cookie::{self, Cookie};
use crate::error::WebError;
use crate::page::Width;
use crate::parts::{Field, FieldKind, Form, Header, Weight};
use crate::rate::Deed;
use crate::routes::{self, Route, Who};
use crate::session::{RECEIPT, SESSION, Visitor};
use crate::state::Web;
use crate::upload::Sent;
use crate::views::SignIn;

/// Attempts of one address in ten minutes; a login is locked sooner.
const ATTEMPTS_MAX: u32 = 60;

pub(crate) const ROUTES: &[Route] = &[
    Route::get(routes::SIGN_IN, Who::Public),
    Route::post(routes::SIGN_IN, Who::Public),
    Route::post(routes::SIGN_OUT, Who::SignedIn),
];

pub(crate) fn routes() -> Router<Web> {
    Router::new()
        .route(routes::SIGN_IN, get(show).post(sign_in))
        .route(routes::SIGN_OUT, post(sign_out))
}

/// Where to go on to afterwards.
#[derive(Debug, Default, Deserialize)]
struct Onward {
    next: Option<String>,
}

/// `GET /sign-in`
async fn show(visitor: Visitor, Query(onward): Query<Onward>) -> Result<Response, WebError> {
    let next = routes::local(onward.next.as_deref());
    if visitor.viewer().is_some() {
        return Ok(Redirect::to(next).into_response());
    }
    drawn_as(StatusCode::OK, &door(&visitor, next, "", None))
}

/// `POST /sign-in`
async fn sign_in(
    State(web): State<Web>,
    visitor: Visitor,
    sent: Sent,
) -> Result<Response, WebError> {
    let now = web.desk.now();
    web.rates
        .count(Deed::SignIn, visitor.address(), ATTEMPTS_MAX, now)
        .map_err(WebError::TooOften)?;
    let (login, next) = (sent.text("name"), routes::local(Some(sent.text("next"))));
    match web.desk.sign_in(login, sent.text("password")).await? {
        Ok(signed_in) => {
            let response = Redirect::to(next).into_response();
            Ok(visitor.with_cookie(response, Cookie::new(SESSION, &signed_in.cookie.0)))
        }
        Err(refused) => {
            let view = door(&visitor, next, login, Some(refused));
            drawn_as(StatusCode::UNPROCESSABLE_ENTITY, &view)
        }
    }
}

/// `POST /sign-out`
async fn sign_out(
    State(web): State<Web>,
    visitor: Visitor,
    headers: axum::http::HeaderMap,
    _form: Sent,
) -> Result<Response, WebError> {
    let jar = cookie::Jar::read(&headers, visitor.is_secure());
    if let Some(token) = jar.get(SESSION) {
        web.desk.sign_out(token).await?;
    }
    let mut response = visitor.on_to(routes::HOME, "said-signed-out");
    for name in [SESSION, RECEIPT] {
        let gone = cookie::gone(name, visitor.is_secure());
        response.headers_mut().append(axum::http::header::SET_COOKIE, gone);
    }
    Ok(response)
}

fn door(visitor: &Visitor, next: &str, login: &str, refused: Option<SignInRefused>) -> SignIn {
    let words = visitor.words();
    let mut page = visitor.page("sign-in", words.t("sign-in"), routes::SIGN_IN);
    page.width = Width::Narrow;
    let mut form = Form::new("sign-in", routes::SIGN_IN, visitor.csrf(), words.t("sign-in"), words)
        .hiding("next", next)
        .with(Field::line("name", words.t("sign-in-name")).autocomplete("username").value(login))
        .with(
            Field::new("password", words.t("sign-in-password"), FieldKind::Line("password"))
                .autocomplete("current-password"),
        )
        .weighing(Weight::Primary);
    form.draft = None;
    if let Some(refused) = refused {
        form = form.refused(match refused {
            SignInRefused::Wrong => words.t("sign-in-wrong").into_owned(),
            SignInRefused::Locked { until } => {
                words.ta("sign-in-locked", &[("t", &visitor.clock().short(until, words))])
            }
        });
    }
    let lead = if next == routes::HOME { "sign-in-lead" } else { "sign-in-on" };
    SignIn { page, header: Header::new(words.t("sign-in")).lead(words.t(lead)), form }
}

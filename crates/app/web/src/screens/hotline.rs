//! 接警: an empty form and a running timer; a call becomes an oral report.

mod form;

use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use fengsui_desk::{Capacity, Receipt};

use self::form::{Read, read, screen};
use crate::answer::{drawn, drawn_as};
use crate::error::WebError;
use crate::form::Returned;
use crate::routes::{self, Route, Who};
use crate::session::SignedIn;
use crate::state::Web;
use crate::upload::Sent;

/// Who may take which route.
pub(crate) const ROUTES: &[Route] = &[
    Route::get(routes::HOTLINE, Who::Any(&[Capacity::Officer])),
    Route::post(routes::HOTLINE, Who::Any(&[Capacity::Officer])),
];

/// The routes.
pub(crate) fn routes() -> Router<Web> {
    Router::new().route(routes::HOTLINE, get(show).post(take_in))
}

/// `GET /hotline`
async fn show(State(web): State<Web>, officer: SignedIn) -> Result<Response, WebError> {
    drawn(&screen(&web.desk, &officer, None))
}

/// `POST /hotline`
async fn take_in(
    State(web): State<Web>,
    officer: SignedIn,
    sent: Sent,
) -> Result<Response, WebError> {
    match carry_out(&web, &officer, &sent).await {
        Ok(taken) => Ok(officer.visitor.on_to(&routes::report(taken.report), "said-call-taken-in")),
        Err(error) => {
            let returned = Returned::of(form::FORM, sent, error, &officer.visitor)?;
            drawn_as(returned.status(), &screen(&web.desk, &officer, Some(&returned)))
        }
    }
}

async fn carry_out(web: &Web, officer: &SignedIn, sent: &Sent) -> Result<Receipt, WebError> {
    let Read { command, arrival, happened_at } = read(&web.desk, officer, sent)?;
    let by = &officer.viewer.actor;
    Ok(web.desk.take_in(by, command, arrival, Some(happened_at)).await?)
}

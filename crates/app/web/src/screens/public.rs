//! 公众: report without an account, and follow the report by number and secret.

mod answer;
mod look_up;
mod receipt;
mod report;
mod report_form;
mod status;
mod supplement;

use axum::Router;
use axum::routing::{get, post};
use fengsui_desk::{Desk, DeskFault};
use fengsui_response::Actor;
use fengsui_vocabulary::ReportId;

use crate::error::WebError;
use crate::routes::{self, Route, Who};
use crate::session::Visitor;
use crate::state::Web;

/// Who may take which route.
pub(crate) const ROUTES: &[Route] = &[
    Route::get(routes::PUBLIC_REPORT, Who::Public),
    Route::post(routes::PUBLIC_REPORT, Who::Public),
    Route::get(routes::LOOK_UP, Who::Public),
    Route::post(routes::LOOK_UP, Who::Public),
    Route::post(routes::LOOK_UP_LEAVE, Who::Public),
    Route::post(routes::SUPPLEMENT, Who::Public),
    Route::post(ANSWER, Who::Public),
];

/// Where a question is answered; see [`routes::answer`].
const ANSWER: &str = "/report/look-up/answers/{question}";

/// The routes.
pub(crate) fn routes() -> Router<Web> {
    Router::new()
        .route(routes::PUBLIC_REPORT, get(report::show).post(report::submit))
        .route(routes::LOOK_UP, get(look_up::show).post(look_up::open))
        .route(routes::LOOK_UP_LEAVE, post(look_up::leave))
        .route(routes::SUPPLEMENT, post(supplement::supplement))
        .route(ANSWER, post(answer::answer))
}

/// Who reports: the person who is signed in, else somebody without a name.
fn reporter(visitor: &Visitor) -> Actor {
    visitor.viewer().map_or_else(Actor::public, |viewer| viewer.actor.clone())
}

/// The report whose receipt this browser has opened.
fn opened(desk: &Desk, visitor: &Visitor) -> Result<ReportId, WebError> {
    let pass = visitor.receipt_pass().and_then(|pass| desk.receipt_of_pass(pass));
    pass.ok_or(WebError::Desk(DeskFault::Absent))
}

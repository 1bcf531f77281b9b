//! 预案: the plans as readable documents, with what the program will do beside each clause.

mod adopt;
mod book;
mod list;
mod show;
mod tables;
mod wording;

use axum::Router;
use axum::routing::{get, post};
use fengsui_desk::Capacity;

use crate::routes::{PLANS, Route, Who};
use crate::state::Web;

/// Who may take which route.
pub(crate) const ROUTES: &[Route] = &[
    Route::get(PLANS, Who::SignedIn),
    Route::get("/plans/{plan}", Who::SignedIn),
    Route::post("/plans/{plan}/adopt", Who::Any(&[Capacity::PlanOfficer])),
];

/// The routes.
pub(crate) fn routes() -> Router<Web> {
    Router::new()
        .route(PLANS, get(list::list))
        .route("/plans/{plan}", get(show::show))
        .route("/plans/{plan}/adopt", post(adopt::adopt))
}

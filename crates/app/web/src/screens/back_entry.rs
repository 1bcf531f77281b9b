//! 补录: entering afterwards what was done on paper while the machine was down.

mod form;
mod show;
mod table;

use axum::Router;
use axum::routing::{get, post};
use fengsui_desk::Capacity;

use crate::routes::{BACK_ENTRY, Route, Who};
use crate::state::Web;

const OFFICERS: Who = Who::Any(&[Capacity::Officer]);

/// Who may take which route; what they may enter is the plan's.
pub(crate) const ROUTES: &[Route] = &[
    Route::get(BACK_ENTRY, OFFICERS),
    Route::post(BACK_ENTRY, OFFICERS),
    Route::get("/back-entry/table", OFFICERS),
    Route::post("/back-entry/table", OFFICERS),
];

/// The routes.
pub(crate) fn routes() -> Router<Web> {
    Router::new()
        .route(BACK_ENTRY, get(show::show).post(show::enter))
        .route("/back-entry/table", get(table::download))
        .route("/back-entry/table", post(table::upload))
}

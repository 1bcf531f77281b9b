//! 问责: what the program suggests to look at, files with hearing and decision, statistics.
//!
//! The program suggests and people decide. An organisation reads its own file from when it is asked.

mod acts;
mod file;
mod list;
mod open;
mod said;
mod show;
mod statistics;
mod verbs;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};
use fengsui_desk::Capacity;

pub(crate) use list::own_files;
pub(crate) use statistics::figures;

use crate::routes::{ACCOUNTABILITY, Route, Who};
use crate::state::Web;

/// Bytes of a form with files.
const FORM_BYTES_MAX: usize = 64 * 1024 * 1024;

/// Who reads files.
const READERS: Who = Who::Any(&[Capacity::Officer, Capacity::Leader, Capacity::Auditor]);

/// Who holds others to account; whom, the registry says.
const HOLDERS: Who = Who::Any(&[Capacity::Officer, Capacity::Leader]);

/// Who may take which route.
pub(crate) const ROUTES: &[Route] = &[
    Route::get(ACCOUNTABILITY, READERS),
    Route::post(ACCOUNTABILITY, HOLDERS),
    Route::get("/accountability/open", HOLDERS),
    Route::post("/accountability/dismissals", HOLDERS),
    Route::get("/accountability/statistics", READERS),
    Route::get("/accountability/statistics.csv", READERS),
    Route::get("/accountability/statistics.xlsx", READERS),
    Route::get("/accountability/{record}", Who::SignedIn),
    Route::post("/accountability/{record}/evidence", HOLDERS),
    Route::post("/accountability/{record}/found", HOLDERS),
    Route::post("/accountability/{record}/hearing", HOLDERS),
    Route::post("/accountability/{record}/statement", Who::SignedIn),
    Route::post("/accountability/{record}/decision", HOLDERS),
    Route::post("/accountability/{record}/withdrawal", HOLDERS),
    Route::post("/accountability/{record}/reopening", HOLDERS),
    Route::get("/accountability/{record}/files/{document}", Who::SignedIn),
];

/// The routes.
pub(crate) fn routes() -> Router<Web> {
    let files = || DefaultBodyLimit::max(FORM_BYTES_MAX);
    Router::new()
        .route(ACCOUNTABILITY, get(list::list).post(open::open))
        .route("/accountability/open", get(open::show))
        .route("/accountability/dismissals", post(open::dismiss))
        .route("/accountability/statistics", get(statistics::show))
        .route("/accountability/statistics.csv", get(statistics::csv))
        .route("/accountability/statistics.xlsx", get(statistics::xlsx))
        .route("/accountability/{record}", get(show::show))
        .route("/accountability/{record}/evidence", post(verbs::attach).layer(files()))
        .route("/accountability/{record}/found", post(verbs::attach_found))
        .route("/accountability/{record}/hearing", post(verbs::ask))
        .route("/accountability/{record}/statement", post(verbs::hear).layer(files()))
        .route("/accountability/{record}/decision", post(verbs::decide).layer(files()))
        .route("/accountability/{record}/withdrawal", post(verbs::withdraw))
        .route("/accountability/{record}/reopening", post(verbs::reopen).layer(files()))
        .route("/accountability/{record}/files/{document}", get(file::file))
}

//! 预案: the plans as readable documents, with what the program will do beside each clause.
//!
//! A plan has one page per question somebody asks of it; [`frame`] is what the pages share. Comparing
//! two plans and trying one out keep nothing.

mod adopt;
mod authorities;
mod book;
mod checks;
mod compare;
mod drawing;
mod duties;
mod evidence;
mod frame;
mod levels;
mod list;
mod moments;
mod papers;
mod read;
mod scenarios;
mod show;
mod tables;
mod taxonomies;
mod tested;
mod try_out;
mod wording;

use axum::Router;
use axum::routing::{get, post};
use fengsui_desk::Capacity;

use crate::routes::{PLANS, Route, Who};
use crate::state::Web;

/// Who works with plans, and may have the program read one from a file.
const READERS: &[Capacity] = &[
    Capacity::Officer,
    Capacity::Leader,
    Capacity::Registrar,
    Capacity::PlanOfficer,
    Capacity::Auditor,
];

/// Who may take which route.
pub(crate) const ROUTES: &[Route] = &[
    Route::get(PLANS, Who::SignedIn),
    Route::get("/plans/compare", Who::SignedIn),
    Route::post("/plans/compare", Who::Any(READERS)),
    Route::get("/plans/taxonomies", Who::SignedIn),
    Route::get("/plans/{plan}", Who::SignedIn),
    Route::get("/plans/{plan}/duties", Who::SignedIn),
    Route::get("/plans/{plan}/levels", Who::SignedIn),
    Route::get("/plans/{plan}/authorities", Who::SignedIn),
    Route::get("/plans/{plan}/papers", Who::SignedIn),
    Route::get("/plans/{plan}/checks", Who::SignedIn),
    Route::get("/plans/{plan}/try", Who::SignedIn),
    Route::post("/plans/{plan}/try", Who::SignedIn),
    Route::post("/plans/{plan}/adopt", Who::Any(&[Capacity::PlanOfficer])),
];

/// The routes.
pub(crate) fn routes() -> Router<Web> {
    Router::new()
        .route(PLANS, get(list::list))
        .route("/plans/compare", get(compare::compare).post(compare::compare_file))
        .route("/plans/taxonomies", get(taxonomies::taxonomies))
        .route("/plans/{plan}", get(show::show))
        .route("/plans/{plan}/duties", get(duties::duties))
        .route("/plans/{plan}/levels", get(levels::levels))
        .route("/plans/{plan}/authorities", get(authorities::authorities))
        .route("/plans/{plan}/papers", get(papers::papers))
        .route("/plans/{plan}/checks", get(checks::checks))
        .route("/plans/{plan}/try", get(try_out::ask).post(try_out::answer))
        .route("/plans/{plan}/adopt", post(adopt::adopt))
}

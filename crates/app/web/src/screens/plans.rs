//! 预案: the plans as readable documents, with what the program will do beside each clause.
//!
//! A plan has one page per question somebody asks of it; [`frame`] is what the pages share. Comparing
//! two plans and trying one out keep nothing.

mod authorities;
mod book;
mod checks;
mod clause;
mod compare;
mod drawing;
mod duties;
mod edition;
mod editions;
mod evidence;
mod frame;
mod levels;
mod list;
mod moments;
mod papers;
mod policies;
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

/// Who brings plans into force, and says how they are read.
const KEEPERS: Who = Who::Any(&[Capacity::PlanOfficer]);

/// Who may take which route.
pub(crate) const ROUTES: &[Route] = &[
    Route::get(PLANS, Who::SignedIn),
    Route::get("/plans/compare", Who::SignedIn),
    Route::post("/plans/compare", Who::Any(READERS)),
    Route::get("/plans/taxonomies", Who::SignedIn),
    Route::get("/plans/editions", Who::Any(READERS)),
    Route::post("/plans/editions", KEEPERS),
    Route::get("/plans/{plan}", Who::SignedIn),
    Route::get("/plans/{plan}/duties", Who::SignedIn),
    Route::get("/plans/{plan}/levels", Who::SignedIn),
    Route::get("/plans/{plan}/authorities", Who::SignedIn),
    Route::get("/plans/{plan}/papers", Who::SignedIn),
    Route::get("/plans/{plan}/checks", Who::SignedIn),
    Route::get("/plans/{plan}/try", Who::SignedIn),
    Route::post("/plans/{plan}/try", Who::SignedIn),
    Route::get("/plans/{plan}/clause", Who::SignedIn),
    Route::post("/plans/{plan}/rulings", KEEPERS),
    Route::post("/plans/{plan}/rulings/withdraw", KEEPERS),
    Route::post("/plans/{plan}/wordings", KEEPERS),
    Route::post("/plans/{plan}/policies", KEEPERS),
    Route::post("/plans/{plan}/policies/approve", KEEPERS),
    Route::post("/plans/{plan}/policies/withdraw", KEEPERS),
    Route::get("/plans/{plan}/edition", Who::Any(READERS)),
    Route::post("/plans/{plan}/edition/approve", KEEPERS),
    Route::post("/plans/{plan}/edition/withdraw", KEEPERS),
    Route::post("/plans/{plan}/adopt", KEEPERS),
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
        .merge(kept())
}

/// What keepers of the plans do.
fn kept() -> Router<Web> {
    Router::new()
        .route(editions::EDITIONS, get(editions::editions).post(editions::draft))
        .route("/plans/{plan}/clause", get(clause::clause))
        .route("/plans/{plan}/rulings", post(clause::rule))
        .route("/plans/{plan}/rulings/withdraw", post(clause::withdraw_ruling))
        .route("/plans/{plan}/wordings", post(clause::attach_wording))
        .route("/plans/{plan}/policies", post(policies::name))
        .route("/plans/{plan}/policies/approve", post(policies::approve))
        .route("/plans/{plan}/policies/withdraw", post(policies::withdraw))
        .route("/plans/{plan}/edition", get(edition::edition))
        .route("/plans/{plan}/edition/approve", post(edition::approve))
        .route("/plans/{plan}/edition/withdraw", post(edition::withdraw))
        .route("/plans/{plan}/adopt", post(edition::adopt))
}

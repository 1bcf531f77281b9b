//! 值班表: who is on duty, the month, one day, tables in and out, and what holds for all months.

mod day;
pub(crate) mod duty;
mod month;
mod settings;
mod table;
mod typed;

use axum::Router;
use axum::routing::{get, post};
use fengsui_desk::Capacity;
use fengsui_response::roster::Month;
use jiff::civil::Date;

use crate::routes::{ROSTER, Route, Who};
use crate::state::Web;

/// Those who may look; what they see is for whoever steers incidents here, or keeps the plan.
const READERS: Who = Who::Any(&[
    Capacity::Officer,
    Capacity::Leader,
    Capacity::PlanOfficer,
    Capacity::Administrator,
    Capacity::Auditor,
]);

const KEEPERS: Who = Who::Any(&[
    Capacity::Officer,
    Capacity::Leader,
    Capacity::PlanOfficer,
    Capacity::Administrator,
]);

const SETTLERS: Who = Who::Any(&[Capacity::Leader, Capacity::PlanOfficer, Capacity::Administrator]);

/// Where tables are read.
const IMPORT: &str = "/roster/import";

/// Where head, posts, shifts and days off are settled.
const SETTINGS: &str = "/roster/settings";

/// Who may take which route.
pub(crate) const ROUTES: &[Route] = &[
    Route::get(ROSTER, READERS),
    Route::get("/roster/days/{day}", READERS),
    Route::post("/roster/days/{day}", KEEPERS),
    Route::post("/roster/days/{day}/substitute", KEEPERS),
    Route::post("/roster/days/{day}/withdraw", KEEPERS),
    Route::get(IMPORT, KEEPERS),
    Route::post(IMPORT, KEEPERS),
    Route::get("/roster/export", READERS),
    Route::get(SETTINGS, READERS),
    Route::post("/roster/settings/head", SETTLERS),
    Route::post("/roster/settings/posts", SETTLERS),
    Route::post("/roster/settings/shifts", SETTLERS),
    Route::post("/roster/settings/days", SETTLERS),
];

/// The routes.
pub(crate) fn routes() -> Router<Web> {
    Router::new()
        .route(ROSTER, get(month::show))
        .route("/roster/days/{day}", get(day::show).post(day::edit))
        .route("/roster/days/{day}/substitute", post(day::substitute))
        .route("/roster/days/{day}/withdraw", post(day::withdraw))
        .route(IMPORT, get(table::show).post(table::import))
        .route("/roster/export", get(table::export))
        .route(SETTINGS, get(settings::show))
        .route("/roster/settings/head", post(settings::head))
        .route("/roster/settings/posts", post(settings::posts))
        .route("/roster/settings/shifts", post(settings::shifts))
        .route("/roster/settings/days", post(settings::days))
}

/// The page of a month.
fn month_path(month: Month) -> String {
    format!("{ROSTER}?month={month}")
}

/// The page of a day.
fn day_path(day: Date) -> String {
    format!("{ROSTER}/days/{day}")
}

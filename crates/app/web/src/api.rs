//! The JSON API: the same verbs as the screens, for programs that bear a token.
//!
//! A token acts as one person: what that person may see and do, the program may. Bodies are bounded and
//! read strictly; what goes wrong is told as a problem of RFC 9457. See `docs/api.md`.
//!
//! Start reading at [`reports::take_in`], then [`incidents::act`], one way for every verb.

mod asking;
mod body;
mod client;
mod duties;
mod incidents;
mod openapi;
mod problem;
mod registry;
mod reports;
mod schema;
mod watch;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};

use crate::routes::{Route, Who};
use crate::state::Web;
use reports::{decide, read, take_in};

/// Who may take which route.
pub(crate) const ROUTES: &[Route] = &[
    Route::get("/api/v1/openapi.json", Who::Public),
    Route::post("/api/v1/reports", Who::Client),
    Route::get("/api/v1/reports", Who::Client),
    Route::get("/api/v1/reports/{report}", Who::Client),
    Route::get("/api/v1/reports/{report}/files/{file}", Who::Client),
    Route::post("/api/v1/reports/{report}/accept", Who::Client),
    Route::post("/api/v1/reports/{report}/decline", Who::Client),
    Route::post("/api/v1/reports/{report}/reopen", Who::Client),
    Route::get("/api/v1/incidents", Who::Client),
    Route::get("/api/v1/incidents/{incident}", Who::Client),
    Route::get("/api/v1/organisations", Who::Client),
    Route::get("/api/v1/duties", Who::Client),
    Route::get("/api/v1/search", Who::Client),
    Route::get("/api/v1/plans", Who::Client),
    Route::get("/api/v1/plans/{plan}", Who::Client),
    Route::post("/api/v1/watch/feeds/{feed}", Who::Client),
];

/// Who may take which verb of an incident.
pub(crate) const VERBS: &[Route] = incidents::verbs::ROUTES;

/// The routes.
pub(crate) fn routes() -> Router<Web> {
    let api = Router::new()
        .route("/openapi.json", get(openapi::show))
        .route("/reports", get(read::list).post(take_in::take_in))
        .route("/reports/{report}", get(read::one))
        .route("/reports/{report}/files/{file}", get(read::file))
        .route("/reports/{report}/accept", post(decide::accept))
        .route("/reports/{report}/decline", post(decide::decline))
        .route("/reports/{report}/reopen", post(decide::reopen))
        .route("/incidents", get(incidents::read::list))
        .route("/incidents/{incident}", get(incidents::read::one))
        .route("/organisations", get(registry::organisations))
        .route("/duties", get(duties::due_next))
        .route("/search", get(registry::search))
        .route("/plans", get(registry::plans))
        .route("/plans/{plan}", get(registry::plan))
        .route("/watch/feeds/{feed}", post(watch::push))
        .merge(incidents::verbs::routes())
        .layer(DefaultBodyLimit::max(body::BODY_BYTES_MAX));
    Router::new().nest("/api/v1", api)
}

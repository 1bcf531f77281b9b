//! 本单位: what a unit owes to whom by when, its reports, where its incidents stand.
//!
//! Nothing of other organisations is here, and nothing of how an incident is handled.

mod record_call;
mod show;

use axum::Router;
use axum::routing::{get, post};

use crate::routes::{MINE, Route, Who};
use crate::state::Web;

/// Where a call that the unit made is entered.
const CALLS: &str = "/mine/calls";

/// Who may take which route.
pub(crate) const ROUTES: &[Route] =
    &[Route::get(MINE, Who::SignedIn), Route::post(CALLS, Who::SignedIn)];

/// The routes.
pub(crate) fn routes() -> Router<Web> {
    Router::new().route(MINE, get(show::show)).route(CALLS, post(record_call::record_call))
}

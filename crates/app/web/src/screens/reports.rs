//! Screens under `/reports`.

use axum::Router;

use crate::routes::Route;
use crate::state::Web;

/// Who may take which route.
pub(crate) const ROUTES: &[Route] = &[];

/// The routes.
pub(crate) fn routes() -> Router<Web> {
    Router::new()
}

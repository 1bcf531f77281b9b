//! Server-rendered screens, the JSON API and the public pages.
//!
//! Web contains no rule and touches no SQL: it fills views and carries commands to the desk.
//!
//! Start reading at [`router`], then `routes` (every path and who may take it) and `session`.

mod answer;
mod api;
pub mod assets;
mod cookie;
mod csrf;
mod error;
mod facts;
mod form;
mod grades;
pub mod lang;
mod live;
pub mod page;
pub mod parts;
mod press;
mod rate;
mod refusal;
pub mod routes;
mod say;
mod screens;
mod session;
mod settings;
mod state;
mod upload;
pub mod views;

use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::middleware::{from_fn, from_fn_with_state};
use fengsui_desk::Desk;
use tower_http::compression::CompressionLayer;
use tower_http::timeout::TimeoutLayer;
use tower_http::trace::TraceLayer;

pub use settings::{Limits, WebSettings};

use error::WebError;
use state::Web;

/// How long an answer may take, the reading of a form included.
const ANSWERED_WITHIN: Duration = Duration::from_mins(2);

/// Every screen and the API of a desk. Serve it with the addresses of its clients
/// (`into_make_service_with_connect_info::<SocketAddr>`).
pub fn router(desk: Desk, settings: WebSettings) -> Router {
    let body_bytes_max = settings.limits.body_bytes_max();
    let web = Web::new(desk, settings);
    Router::new()
        .merge(assets::routes())
        .merge(screens::routes())
        .merge(live::routes())
        .merge(api::routes())
        .route_layer(from_fn_with_state(web.clone(), routes::guard))
        .fallback(async || WebError::NoSuchPage)
        .layer(from_fn_with_state(web.clone(), session::arrive))
        .layer(DefaultBodyLimit::max(body_bytes_max))
        .layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, ANSWERED_WITHIN))
        .layer(CompressionLayer::new())
        .layer(from_fn(assets::harden))
        .layer(TraceLayer::new_for_http())
        .with_state(web)
}

//! 值班: who is on duty, the duty log, and how a shift hands over to the next.

mod acts;
mod forms;
mod hand_over;
mod log;
mod show;

use axum::Router;
use axum::routing::{get, post};
use fengsui_desk::{Capacity, DeskFault, Reach, Viewer};

pub(crate) use log::timeline;

use crate::error::WebError;
use crate::routes::{self, Route, Who};
use crate::session::SignedIn;
use crate::state::Web;

/// Who looks.
const LOOK: Who = Who::Any(&[Capacity::Officer, Capacity::Leader, Capacity::Auditor]);

/// Who writes.
const WRITE: Who = Who::Any(&[Capacity::Officer]);

/// Who may take which route; a district's officers are turned away by the desk.
pub(crate) const ROUTES: &[Route] = &[
    Route::get(routes::SHIFT, LOOK),
    Route::get("/shift/{shift}", LOOK),
    Route::get("/shift/{shift}/hand-over", LOOK),
    Route::post("/shift/begin", WRITE),
    Route::post("/shift/{shift}/log", WRITE),
    Route::post("/shift/{shift}/correct", WRITE),
    Route::post("/shift/{shift}/join", WRITE),
    Route::post("/shift/{shift}/leave", WRITE),
    Route::post("/shift/{shift}/remark", WRITE),
    Route::post("/shift/{shift}/prepare", WRITE),
    Route::post("/shift/{shift}/sign", WRITE),
    Route::post("/shift/{shift}/take-over", WRITE),
];

/// The routes.
pub(crate) fn routes() -> Router<Web> {
    Router::new()
        .route(routes::SHIFT, get(show::on_duty))
        .route("/shift/begin", post(acts::begin))
        .route("/shift/{shift}", get(show::one))
        .route("/shift/{shift}/hand-over", get(hand_over::show))
        .route("/shift/{shift}/log", post(acts::write_log))
        .route("/shift/{shift}/correct", post(acts::correct_log))
        .route("/shift/{shift}/join", post(acts::join))
        .route("/shift/{shift}/leave", post(acts::leave))
        .route("/shift/{shift}/remark", post(acts::remark))
        .route("/shift/{shift}/prepare", post(acts::prepare))
        .route("/shift/{shift}/sign", post(acts::sign))
        .route("/shift/{shift}/take-over", post(acts::take_over))
}

/// Whether the shift desk is this viewer's place: it is the whole centre's.
pub(crate) fn stands(viewer: Option<&Viewer>) -> bool {
    let capacities = [Capacity::Officer, Capacity::Leader, Capacity::Auditor];
    viewer.is_some_and(|viewer| viewer.reach == Reach::Whole && viewer.is_any(&capacities))
}

/// Turns away who sees a part of the centre only.
fn check(reader: &SignedIn) -> Result<(), WebError> {
    if stands(Some(&reader.viewer)) { Ok(()) } else { Err(DeskFault::Absent.into()) }
}

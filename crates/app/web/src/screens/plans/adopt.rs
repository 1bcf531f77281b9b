//! `POST /plans/{plan}/adopt`: new incidents start on the edition that ships with this program.

use axum::extract::{Path, State};
use axum::response::Response;
use fengsui_desk::Desk;
use fengsui_vocabulary::PlanId;

use crate::error::WebError;
use crate::routes;
use crate::session::SignedIn;
use crate::upload::Sent;

/// `POST /plans/{plan}/adopt`
pub(super) async fn adopt(
    State(desk): State<Desk>,
    reader: SignedIn,
    Path(plan): Path<PlanId>,
    _form: Sent,
) -> Result<Response, WebError> {
    desk.adopt_plan(&reader.viewer.actor, &plan).await?;
    Ok(reader.visitor.on_to(&routes::plan(&plan), "said-plan-adopted"))
}

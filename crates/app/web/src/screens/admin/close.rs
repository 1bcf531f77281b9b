//! `POST /admin/accounts/{login}/close`: nobody signs in with it any more.

use axum::extract::{Path, State};
use axum::response::Response;
use fengsui_desk::Desk;

use super::account_path;
use crate::error::WebError;
use crate::session::SignedIn;
use crate::upload::Sent;

/// `POST /admin/accounts/{login}/close`
pub(super) async fn close(
    State(desk): State<Desk>,
    reader: SignedIn,
    Path(login): Path<String>,
    _form: Sent,
) -> Result<Response, WebError> {
    desk.close_account(&reader.viewer.actor, &login).await?;
    Ok(reader.visitor.on_to(&account_path(&login), "said-admin-closed"))
}

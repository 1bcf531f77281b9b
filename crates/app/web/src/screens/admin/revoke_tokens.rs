//! `POST /admin/tokens/revoke`: every token of a client is taken back.

use axum::extract::State;
use axum::response::Response;
use fengsui_desk::Desk;

use super::account_path;
use crate::error::WebError;
use crate::form::Reading;
use crate::session::SignedIn;
use crate::upload::Sent;

/// `POST /admin/tokens/revoke`
pub(super) async fn revoke_tokens(
    State(desk): State<Desk>,
    reader: SignedIn,
    sent: Sent,
) -> Result<Response, WebError> {
    let mut reading = Reading::of(&sent, &reader.visitor);
    let client = reading.line("client");
    let client = reading.done(client)?;
    let revoked = desk.revoke_tokens(&client).await?;
    let said = if revoked == 0 { "said-admin-none-revoked" } else { "said-admin-revoked" };
    Ok(reader.visitor.on_to(&account_path(sent.text("login")), said))
}

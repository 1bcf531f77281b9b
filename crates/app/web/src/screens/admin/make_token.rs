//! `POST /admin/accounts/{login}/tokens`: a token for one client, shown once.

use axum::extract::{Path, State};
use axum::response::Response;
use fengsui_desk::{Desk, DeskFault, Scope};

use super::account::draw;
use crate::error::WebError;
use crate::form::Reading;
use crate::parts::{Notice, Tone};
use crate::session::SignedIn;
use crate::upload::Sent;

/// `POST /admin/accounts/{login}/tokens`
pub(super) async fn make_token(
    State(desk): State<Desk>,
    reader: SignedIn,
    Path(login): Path<String>,
    sent: Sent,
) -> Result<Response, WebError> {
    let words = reader.words();
    let mut reading = Reading::of(&sent, &reader.visitor);
    let client = reading.line("client");
    let scope = if reading.is_ticked("push") { Scope::Push } else { Scope::Person };
    let client = reading.done(client)?;
    let account = desk.account(&login).await?.filter(|account| !account.is_closed);
    let account = account.ok_or(DeskFault::Absent)?;
    let token = desk.make_token_for(scope, account.person, &client).await?;
    let secret = Notice::new(Tone::Done, words.t("token-shown-once")).line(token);
    draw(&desk, &reader, &login, Some(secret)).await
}

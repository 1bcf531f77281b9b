//! `POST /admin/accounts/{login}/password`: a new password, made up here and shown once.

use axum::extract::{Path, State};
use axum::response::Response;
use fengsui_desk::Desk;

use super::account::draw;
use crate::error::WebError;
use crate::parts::{Notice, Tone};
use crate::session::SignedIn;
use crate::upload::Sent;

/// `POST /admin/accounts/{login}/password`
pub(super) async fn reset_password(
    State(desk): State<Desk>,
    reader: SignedIn,
    Path(login): Path<String>,
    _form: Sent,
) -> Result<Response, WebError> {
    let words = reader.words();
    let password = desk.made_up_password();
    desk.set_password(&login, &password).await.map_err(super::add::fault)?;
    let said = words.ta("account-initial-password", &[("password", &password)]);
    let secret = Notice::new(Tone::Done, words.t("admin-reset")).line(said);
    draw(&desk, &reader, &login, Some(secret)).await
}

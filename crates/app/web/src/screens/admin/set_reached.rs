//! `POST /admin/accounts/{login}/reached`: where the person is reached besides the screen.

use axum::extract::{Path, State};
use axum::response::Response;
use fengsui_desk::{Desk, Reached, ReachedMalformed};
use fengsui_vocabulary::Lang;

use super::account::draw_returned;
use super::account_path;
use crate::error::WebError;
use crate::form::{Reading, Returned};
use crate::session::SignedIn;
use crate::upload::Sent;

/// The form.
pub(super) const FORM: &str = "reached";

/// `POST /admin/accounts/{login}/reached`
pub(super) async fn set_reached(
    State(desk): State<Desk>,
    reader: SignedIn,
    Path(login): Path<String>,
    sent: Sent,
) -> Result<Response, WebError> {
    let done = match read(&sent, &reader) {
        Ok(reached) => desk.set_reached(&login, reached).await.map_err(WebError::from),
        Err(error) => Err(error),
    };
    match done {
        Ok(()) => Ok(reader.visitor.on_to(&account_path(&login), "said-admin-reached")),
        Err(error) => {
            let returned = Returned::of(FORM, sent, error, &reader.visitor)?;
            draw_returned(&desk, &reader, &login, &returned).await
        }
    }
}

fn read(sent: &Sent, reader: &SignedIn) -> Result<Reached, WebError> {
    let mut reading = Reading::of(sent, &reader.visitor);
    let lang: Option<Lang> = reading.choice("lang");
    let (mail, mobile) = (reading.text("mail"), reading.text("mobile"));
    let reached = match Reached::read(mail, mobile, lang.unwrap_or_default()) {
        Ok(reached) => Some(reached),
        Err(ReachedMalformed::Mail(_)) => {
            reading.wrong("mail", "account-mail-wrong");
            None
        }
        Err(ReachedMalformed::Mobile(_)) => {
            reading.wrong("mobile", "account-mobile-wrong");
            None
        }
    };
    reading.done(reached)
}

//! `POST /admin/roles`: who fills a role of the leading plan from now on.

use axum::extract::State;
use axum::response::Response;
use fengsui_desk::Desk;

use super::ROLES;
use super::roles::{FORM, draw};
use crate::error::WebError;
use crate::form::{Reading, Returned};
use crate::session::SignedIn;
use crate::upload::Sent;

/// `POST /admin/roles`
pub(super) async fn bind_role(
    State(desk): State<Desk>,
    reader: SignedIn,
    sent: Sent,
) -> Result<Response, WebError> {
    match bind(&desk, &reader, &sent).await {
        Ok(()) => Ok(reader.visitor.on_to(ROLES, "said-admin-bound")),
        Err(fault) => {
            draw(&desk, &reader, Some(&Returned::of(FORM, sent, fault, &reader.visitor)?))
        }
    }
}

async fn bind(desk: &Desk, reader: &SignedIn, sent: &Sent) -> Result<(), WebError> {
    let mut reading = Reading::of(sent, &reader.visitor);
    let role = reading.choice("role");
    let organisation = reader.visitor.directory().named(sent.text("organisation"));
    if organisation.is_none() {
        reading.wrong("organisation", "org-parent-unknown");
    }
    let (role, organisation) = reading.done(role.zip(organisation))?;
    Ok(desk.bind_role(&reader.viewer.actor, &role, organisation).await?)
}

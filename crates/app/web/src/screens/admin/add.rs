//! `POST /admin/accounts`: a new account, with a first password that is shown once.

use axum::extract::State;
use axum::response::Response;
use fengsui_desk::{Capacity, Desk, NewAccount, PasswordFault};

use super::accounts::{FORM, draw};
use crate::error::WebError;
use crate::form::{Reading, Returned};
use crate::parts::{Notice, Tone};
use crate::session::SignedIn;
use crate::upload::Sent;

/// `POST /admin/accounts`
pub(super) async fn add(
    State(desk): State<Desk>,
    reader: SignedIn,
    sent: Sent,
) -> Result<Response, WebError> {
    let words = reader.words();
    let password = desk.made_up_password();
    let added = match read(&sent, &reader, password.clone()) {
        Ok(new) => desk.add_account(&reader.viewer.actor, new).await.map_err(fault),
        Err(fault) => Err(fault),
    };
    match added {
        Ok(_) => {
            let said = words.ta("account-initial-password", &[("password", &password)]);
            let secret = Notice::new(Tone::Done, words.t("admin-added")).line(said);
            draw(&desk, &reader, None, Some(secret)).await
        }
        Err(fault) => {
            let returned = Returned::of(FORM, sent, fault, &reader.visitor)?;
            draw(&desk, &reader, Some(&returned), None).await
        }
    }
}

fn read(sent: &Sent, reader: &SignedIn, password: String) -> Result<NewAccount, WebError> {
    let mut reading = Reading::of(sent, &reader.visitor);
    let (login, name) = (reading.line("login"), reading.line("name"));
    let typed = sent.text("organisation").trim();
    let organisation = reader.visitor.directory().named(typed);
    if !typed.is_empty() && organisation.is_none() {
        reading.wrong("organisation", "org-parent-unknown");
    }
    let capacities = sent.all("capacities").iter().filter(|typed| !typed.is_empty());
    let capacities = capacities
        .filter_map(|typed| Capacity::ALL.into_iter().find(|capacity| capacity.name() == typed))
        .collect();
    let roles = reading.several("roles").into_iter().collect();
    let new = login.zip(name).map(|(login, name)| NewAccount {
        login: login.to_string(),
        name: name.to_string(),
        password: Some(password),
        organisation,
        roles,
        capacities,
    });
    reading.done(new)
}

/// What a password or the desk said.
pub(super) fn fault(fault: PasswordFault) -> WebError {
    match fault {
        PasswordFault::Desk(fault) => fault.into(),
        PasswordFault::Weak(weak) => {
            WebError::mend(vec![fengsui_desk::FieldProblem::new("password", weak.to_string())])
        }
    }
}

//! `GET` and `POST /organisations/{organisation}/change`: what an organisation is from a day on.

use axum::extract::{Path, State};
use axum::response::Response;
use fengsui_desk::content::Contacts;
use fengsui_desk::{Desk, OrganisationView};
use fengsui_vocabulary::OrganisationId;

use super::amend::{Amended, amend, page};
use super::{details, period};
use crate::error::WebError;
use crate::form::{Reading, Returned};
use crate::parts::{Form, Weight};
use crate::routes;
use crate::session::SignedIn;
use crate::upload::Sent;

/// The form on its screen.
const FORM: &str = "change";

/// `GET /organisations/{organisation}/change`
pub(super) async fn show(
    State(desk): State<Desk>,
    reader: SignedIn,
    Path(organisation): Path<OrganisationId>,
) -> Result<Response, WebError> {
    let view = desk.organisation(&reader.viewer, organisation).await?;
    draw(&desk, &reader, &view, None)
}

/// `POST /organisations/{organisation}/change`
pub(super) async fn change(
    State(desk): State<Desk>,
    reader: SignedIn,
    Path(organisation): Path<OrganisationId>,
    sent: Sent,
) -> Result<Response, WebError> {
    let view = desk.organisation(&reader.viewer, organisation).await?;
    let changed = match read(&sent, &reader, &view) {
        Ok(amended) => amend(&desk, &reader, &view, amended).await,
        Err(fault) => Err(fault),
    };
    match changed {
        Ok(()) => Ok(reader.visitor.on_to(&routes::organisation(organisation), "said-org-changed")),
        Err(fault) => {
            let returned = Returned::of(FORM, sent, fault, &reader.visitor)?;
            draw(&desk, &reader, &view, Some(&returned))
        }
    }
}

fn read(
    sent: &Sent,
    reader: &SignedIn,
    view: &OrganisationView,
) -> Result<(Amended, period::Period), WebError> {
    let mut reading = Reading::of(sent, &reader.visitor);
    let entry = details::read(&mut reading, sent, &reader.visitor, Some(view));
    let period = period::read(&mut reading);
    let (entry, period) = reading.done(entry.zip(period))?;
    let people = view.contacts.clone().unwrap_or_default().people;
    let contacts = Contacts { responsible: entry.responsible, people };
    let amended = Amended { contacts: Some(contacts), ..Amended::only(entry.details) };
    Ok((amended, period))
}

fn draw(
    desk: &Desk,
    reader: &SignedIn,
    view: &OrganisationView,
    returned: Option<&Returned>,
) -> Result<Response, WebError> {
    let words = reader.words();
    let action = format!("{}/change", routes::organisation(view.id));
    let form =
        Form::new(FORM, &action, reader.csrf(), words.t("save"), words).weighing(Weight::Primary);
    let form = details::fields(form, Some(view), reader.visitor.directory(), words);
    let form = period::fields(form, desk.today(), words);
    let title = words.t("organisation-change").into_owned();
    let lead = words.t("org-change-lead").into_owned();
    let forms = vec![("form", words.t("org-entry").into_owned(), form)];
    page(reader, view, (title, lead), forms, returned)
}

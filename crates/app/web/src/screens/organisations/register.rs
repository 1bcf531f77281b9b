//! `GET /organisations/register` and `POST /organisations`: a new organisation.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use fengsui_desk::Desk;
use fengsui_desk::content::Contacts;
use fengsui_vocabulary::OrganisationId;

use super::details::{self, Entry};
use crate::answer::drawn_as;
use crate::error::WebError;
use crate::form::{Reading, Returned};
use crate::page::Width;
use crate::parts::{Form, Header, Html, Link, Weight};
use crate::routes::{self, ORGANISATIONS};
use crate::session::SignedIn;
use crate::upload::Sent;
use crate::views::{General, Section};

/// The form on its screen.
const FORM: &str = "register";

/// `GET /organisations/register`
pub(super) async fn show(reader: SignedIn) -> Result<Response, WebError> {
    draw(&reader, None)
}

/// `POST /organisations`
pub(super) async fn register(
    State(desk): State<Desk>,
    reader: SignedIn,
    sent: Sent,
) -> Result<Response, WebError> {
    let registered = match read(&sent, &reader) {
        Ok(entry) => write(&desk, &reader, entry).await,
        Err(fault) => Err(fault),
    };
    match registered {
        Ok(id) => Ok(reader.visitor.on_to(&routes::organisation(id), "said-org-registered")),
        Err(fault) => draw(&reader, Some(&Returned::of(FORM, sent, fault, &reader.visitor)?)),
    }
}

fn read(sent: &Sent, reader: &SignedIn) -> Result<Entry, WebError> {
    let mut reading = Reading::of(sent, &reader.visitor);
    let entry = details::read(&mut reading, sent, &reader.visitor, None);
    reading.done(entry)
}

async fn write(desk: &Desk, reader: &SignedIn, entry: Entry) -> Result<OrganisationId, WebError> {
    let Entry { mut details, responsible } = entry;
    let mut blobs = Vec::new();
    if responsible.is_some() {
        let contacts = Contacts { responsible, people: Vec::new() };
        let kept = desk.write_text(&contacts).await?;
        blobs.extend(kept.new);
        details.contacts = Some(kept.reference);
    }
    Ok(desk.register_organisation_with(&reader.viewer.actor, details, blobs).await?)
}

fn draw(reader: &SignedIn, returned: Option<&Returned>) -> Result<Response, WebError> {
    let words = reader.words();
    let title = words.t("organisation-register");
    let mut page = reader.page("organisation-register", title.clone(), ORGANISATIONS);
    page.width = Width::Narrow;
    page.live = None;
    let form = Form::new(FORM, ORGANISATIONS, reader.csrf(), title.clone(), words)
        .weighing(Weight::Primary);
    let form = details::fields(form, None, reader.visitor.directory(), words);
    let form = returned.iter().fold(form, |form, returned| returned.put_back(form));
    let crumbs = vec![Link::new(ORGANISATIONS, words.t("organisations"))];
    let status = returned.map_or(StatusCode::OK, Returned::status);
    drawn_as(
        status,
        &General {
            page,
            header: Header::new(title.clone()).below(crumbs, words),
            strip: None,
            tabs: None,
            sections: vec![Section::new("form", words.t("org-entry"), Html::of(&form))],
            acts: Vec::new(),
        },
    )
}

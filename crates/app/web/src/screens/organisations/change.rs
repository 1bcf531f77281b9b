//! `GET` and `POST /organisations/{organisation}/change`: what an organisation is from today on.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use fengsui_desk::{Desk, OrganisationView};
use fengsui_vocabulary::OrganisationId;

use super::details;
use crate::answer::drawn_as;
use crate::error::WebError;
use crate::form::Returned;
use crate::page::Width;
use crate::parts::{Form, Header, Html, Link, Weight};
use crate::routes::{self, ORGANISATIONS};
use crate::session::SignedIn;
use crate::upload::Sent;
use crate::views::{General, Section};

/// The form on its screen.
const FORM: &str = "change";

/// `GET /organisations/{organisation}/change`
pub(super) async fn show(
    State(desk): State<Desk>,
    reader: SignedIn,
    Path(organisation): Path<OrganisationId>,
) -> Result<Response, WebError> {
    draw(&reader, &desk.organisation(&reader.viewer, organisation).await?, None)
}

/// `POST /organisations/{organisation}/change`
pub(super) async fn change(
    State(desk): State<Desk>,
    reader: SignedIn,
    Path(organisation): Path<OrganisationId>,
    sent: Sent,
) -> Result<Response, WebError> {
    let view = desk.organisation(&reader.viewer, organisation).await?;
    let by = &reader.viewer.actor;
    let changed = match details::read(&sent, &reader.visitor, Some(&view.details)) {
        Ok(details) => {
            desk.change_organisation(by, organisation, details).await.map_err(WebError::from)
        }
        Err(fault) => Err(fault),
    };
    match changed {
        Ok(()) => Ok(reader.visitor.on_to(&routes::organisation(organisation), "said-org-changed")),
        Err(fault) => {
            draw(&reader, &view, Some(&Returned::of(FORM, sent, fault, &reader.visitor)?))
        }
    }
}

fn draw(
    reader: &SignedIn,
    view: &OrganisationView,
    returned: Option<&Returned>,
) -> Result<Response, WebError> {
    let words = reader.words();
    let directory = reader.visitor.directory();
    let title = words.t("organisation-change");
    let mut page = reader.page("organisation-change", title.clone(), ORGANISATIONS);
    page.width = Width::Narrow;
    page.live = None;
    let action = format!("{}/change", routes::organisation(view.id));
    let form =
        Form::new(FORM, &action, reader.csrf(), words.t("save"), words).weighing(Weight::Primary);
    let form = details::fields(form, Some(&view.details), directory, words);
    let form = returned.iter().fold(form, |form, returned| returned.put_back(form));
    let name = directory.name_of(view.id);
    let crumbs = vec![
        Link::new(ORGANISATIONS, words.t("organisations")),
        Link::new(routes::organisation(view.id), name.in_lang(words.lang())),
    ];
    let header = Header::new(title.clone()).below(crumbs, words).lead(words.t("org-change-lead"));
    drawn_as(
        returned.map_or(StatusCode::OK, Returned::status),
        &General {
            page,
            header,
            strip: None,
            tabs: None,
            sections: vec![Section::new("form", words.t("org-entry"), Html::of(&form))],
            acts: Vec::new(),
        },
    )
}

//! `GET /organisations/register` and `POST /organisations`: a new organisation.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use fengsui_desk::Desk;

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
    let registered = match details::read(&sent, &reader.visitor, None) {
        Ok(details) => {
            desk.register_organisation(&reader.viewer.actor, details).await.map_err(WebError::from)
        }
        Err(fault) => Err(fault),
    };
    match registered {
        Ok(id) => Ok(reader.visitor.on_to(&routes::organisation(id), "said-org-registered")),
        Err(fault) => draw(&reader, Some(&Returned::of(FORM, sent, fault, &reader.visitor)?)),
    }
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

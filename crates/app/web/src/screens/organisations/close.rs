//! `GET` and `POST /organisations/{organisation}/close`: the end of an organisation, or where it went.

use axum::extract::{Path, State};
use axum::response::Response;
use fengsui_desk::{Desk, OrganisationView};
use fengsui_vocabulary::{Line, OrganisationId};
use jiff::civil::Date;

use super::amend::page;
use super::{details, period};
use crate::error::WebError;
use crate::form::{Reading, Returned};
use crate::lang::Words;
use crate::parts::{Consequence, Effect, Field, Form};
use crate::routes;
use crate::say::Saying;
use crate::session::SignedIn;
use crate::upload::Sent;

/// The form on its screen.
const FORM: &str = "close";

/// `GET /organisations/{organisation}/close`
pub(super) async fn show(
    State(desk): State<Desk>,
    reader: SignedIn,
    Path(organisation): Path<OrganisationId>,
) -> Result<Response, WebError> {
    let view = desk.organisation(&reader.viewer, organisation).await?;
    draw(&desk, &reader, &view, None)
}

/// `POST /organisations/{organisation}/close`
pub(super) async fn close(
    State(desk): State<Desk>,
    reader: SignedIn,
    Path(organisation): Path<OrganisationId>,
    sent: Sent,
) -> Result<Response, WebError> {
    let view = desk.organisation(&reader.viewer, organisation).await?;
    let by = &reader.viewer.actor;
    let closed = match read(&sent, &reader, &view) {
        Ok((closed_on, into)) => {
            desk.close_organisation(by, organisation, closed_on, into).await.map_err(WebError::from)
        }
        Err(fault) => Err(fault),
    };
    match closed {
        Ok(()) => Ok(reader.visitor.on_to(&routes::organisation(organisation), "said-org-closed")),
        Err(fault) => {
            let returned = Returned::of(FORM, sent, fault, &reader.visitor)?;
            draw(&desk, &reader, &view, Some(&returned))
        }
    }
}

/// The last day, where it goes, and why.
fn read(
    sent: &Sent,
    reader: &SignedIn,
    view: &OrganisationView,
) -> Result<(Date, (Option<OrganisationId>, Line)), WebError> {
    let mut reading = Reading::of(sent, &reader.visitor);
    let closed_on = period::day(&mut reading, "closed_on");
    let first = view.organisation.periods.iter().map(|period| period.from).min();
    if closed_on.zip(first).is_some_and(|(closed_on, first)| closed_on < first) {
        reading.wrong("closed_on", "org-closed-before");
    }
    let into = details::registered(&mut reading, "merged_into", reader.visitor.directory());
    if into == Some(view.id) {
        reading.wrong("merged_into", "org-merged-itself");
    }
    let reason = reading.line("reason");
    reading.done(closed_on.zip(reason).map(|(closed_on, reason)| (closed_on, (into, reason))))
}

fn draw(
    desk: &Desk,
    reader: &SignedIn,
    view: &OrganisationView,
    returned: Option<&Returned>,
) -> Result<Response, WebError> {
    let words = reader.words();
    let action = format!("{}/close", routes::organisation(view.id));
    let form = Form::new(FORM, &action, reader.csrf(), words.t("org-close"), words)
        .with(
            period::day_field("closed_on", words.t("org-closed-on"))
                .value(desk.today().to_string()),
        )
        .with(
            Field::line("merged_into", words.t("org-merged-into"))
                .optional()
                .hint(words.t("org-merged-hint")),
        )
        .with(Field::line("reason", words.t("org-close-reason")))
        .showing(consequence(desk, reader, view, words));
    let title = words.t("org-close").into_owned();
    let lead = words.t("org-close-lead").into_owned();
    let forms = vec![("form", words.t("org-close").into_owned(), form)];
    page(reader, view, (title, lead), forms, returned)
}

/// What the end leaves behind.
fn consequence(
    desk: &Desk,
    reader: &SignedIn,
    view: &OrganisationView,
    words: Words,
) -> Consequence {
    let lead = desk.lead_plan();
    let saying = Saying::to(&reader.visitor, lead.as_deref());
    let effect =
        |who: String, key: &str| Effect { who, what: words.t(key).into_owned(), echo: None };
    let mut effects = vec![effect(saying.organisation(&view.id.to_string()), "org-close-entry")];
    for role in &view.roles {
        effects.push(effect(saying.role(role), "org-close-role"));
    }
    if !view.below.is_empty() {
        effects
            .push(effect(words.tn("org-close-count-below", view.below.len()), "org-close-below"));
    }
    let open = view.duties.iter().filter(|duty| duty.state.is_open()).count();
    if open > 0 {
        effects.push(effect(words.tn("org-close-count-duties", open), "org-close-duties"));
    }
    Consequence {
        id: "close-what".to_owned(),
        title: words.t("org-close-title").into_owned(),
        effects,
        agree: words.t("org-close-agree").into_owned(),
    }
}

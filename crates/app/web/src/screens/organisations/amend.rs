//! What every form of an entry has in common: it is drawn on a page of its own, and what it says becomes
//! a change from a day on.

use axum::http::StatusCode;
use axum::response::Response;
use fengsui_desk::content::Contacts;
use fengsui_desk::{Desk, OrganisationChange, OrganisationView};
use fengsui_response::Details;

use super::period::Period;
use crate::answer::drawn_as;
use crate::error::WebError;
use crate::form::Returned;
use crate::page::Width;
use crate::parts::{Form, Header, Html, Link};
use crate::routes::{self, ORGANISATIONS};
use crate::session::SignedIn;
use crate::views::{General, Section};

/// An entry as it is to be.
pub(super) struct Amended {
    pub(super) details: Details,
    /// Whom to reach, if that changes.
    pub(super) contacts: Option<Contacts>,
    /// A document for the filing at a place.
    pub(super) document: Option<(usize, fengsui_desk::ArrivedFile)>,
}

impl Amended {
    /// Nothing besides the details.
    pub(super) const fn only(details: Details) -> Self {
        Self { details, contacts: None, document: None }
    }
}

/// Makes an entry what it is to be.
pub(super) async fn amend(
    desk: &Desk,
    reader: &SignedIn,
    view: &OrganisationView,
    (amended, period): (Amended, Period),
) -> Result<(), WebError> {
    let mut to = amended.details;
    let mut blobs = Vec::new();
    let known = view.contacts.clone().unwrap_or_default();
    if let Some(contacts) = amended.contacts.filter(|contacts| *contacts != known) {
        to.contacts = None;
        if contacts != Contacts::default() {
            let kept = desk.write_text(&contacts).await?;
            blobs.extend(kept.new);
            to.contacts = Some(kept.reference);
        }
    }
    if let Some((place, file)) = amended.document {
        let kept = desk.keep_files(vec![file], &mut blobs).await?.pop();
        if let Some(filing) = to.filings.get_mut(place) {
            filing.document = kept;
        }
    }
    let was = view.details.clone();
    let change = OrganisationChange { was, to, from: period.from, until: period.until, blobs };
    desk.change_organisation(&reader.viewer.actor, view.id, change).await?;
    Ok(())
}

/// A page with forms about one organisation.
pub(super) fn page(
    reader: &SignedIn,
    view: &OrganisationView,
    (title, lead): (String, String),
    forms: Vec<(&str, String, Form)>,
    returned: Option<&Returned>,
) -> Result<Response, WebError> {
    let words = reader.words();
    let mut page = reader.page("organisation-change", title.clone(), ORGANISATIONS);
    page.width = Width::Narrow;
    page.live = None; // nobody is disturbed while typing
    let name = reader.visitor.directory().name_of(view.id);
    let crumbs = vec![
        Link::new(ORGANISATIONS, words.t("organisations")),
        Link::new(routes::organisation(view.id), name.in_lang(words.lang())),
    ];
    let section = |(id, title, form): (&str, String, Form)| {
        let form = match returned {
            Some(returned) => returned.put_back(form),
            None => form,
        };
        Section::new(id, title, Html::of(&form))
    };
    drawn_as(
        returned.map_or(StatusCode::OK, Returned::status),
        &General {
            page,
            header: Header::new(title).below(crumbs, words).lead(lead),
            strip: None,
            tabs: None,
            sections: forms.into_iter().map(section).collect(),
            acts: Vec::new(),
        },
    )
}

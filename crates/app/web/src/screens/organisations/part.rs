//! `GET` and `POST /organisations/{organisation}/{part}` and `…/{part}/{place}`: one system, contact or
//! filing, added, changed or removed. A place is a number in the list as it is shown.

use axum::extract::{Path, State};
use axum::response::Response;
use fengsui_desk::{Desk, OrganisationView};
use fengsui_vocabulary::OrganisationId;

use super::amend::{Amended, amend, page};
use super::period::{self, Period};
use super::{contact, filing, system};
use crate::error::WebError;
use crate::form::{Reading, Returned};
use crate::lang::Words;
use crate::parts::{Consequence, Effect, Form, Sends, Weight};
use crate::routes;
use crate::session::SignedIn;
use crate::upload::Sent;

/// The form that keeps what was typed.
const FORM: &str = "part";

/// The form that removes.
const REMOVE: &str = "remove";

/// What was at the place when the form was drawn.
const WAS: &str = "was";

/// A list that belongs to an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// Its systems.
    Systems,
    /// Whom to reach.
    Contacts,
    /// What it filed.
    Filings,
}

/// One of the list, or the one that is to be added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// At the end.
    New,
    /// The one at this index.
    At(usize),
}

impl Part {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Systems => "systems",
            Self::Contacts => "contacts",
            Self::Filings => "filings",
        }
    }

    fn of(name: &str) -> Result<Self, WebError> {
        let all = [Self::Systems, Self::Contacts, Self::Filings];
        all.into_iter().find(|part| part.name() == name).ok_or(WebError::NoSuchPage)
    }

    /// The page on which one is added.
    pub(super) fn path(self, organisation: OrganisationId) -> String {
        format!("{}/{}", routes::organisation(organisation), self.name())
    }

    /// What each of them is called, in the order in which they are kept.
    fn names(self, view: &OrganisationView) -> Vec<String> {
        match self {
            Self::Systems => view.details.systems.iter().map(|it| it.name.to_string()).collect(),
            Self::Contacts => view
                .contacts
                .iter()
                .flat_map(|contacts| &contacts.people)
                .map(|it| it.name.to_string())
                .collect(),
            Self::Filings => view.details.filings.iter().map(|it| it.title.to_string()).collect(),
        }
    }

    /// What the list is called.
    const fn key(self) -> &'static str {
        match self {
            Self::Systems => "organisation-systems",
            Self::Contacts => "organisation-contacts",
            Self::Filings => "org-filings",
        }
    }

    const fn add_key(self) -> &'static str {
        match self {
            Self::Systems => "org-system-add",
            Self::Contacts => "org-contact-add",
            Self::Filings => "org-filing-add",
        }
    }

    const fn lead_key(self) -> &'static str {
        match self {
            Self::Systems => "org-system-lead",
            Self::Contacts => "org-contact-lead",
            Self::Filings => "org-filing-lead",
        }
    }

    /// What it is called to whoever adds one.
    pub(super) fn add_words(self, words: Words) -> String {
        words.t(self.add_key()).into_owned()
    }
}

impl Place {
    fn of(text: &str, part: Part, view: &OrganisationView) -> Result<Self, WebError> {
        let number: usize = text.parse().map_err(|_no_number| WebError::NoSuchPage)?;
        let index = number.checked_sub(1).filter(|index| *index < part.names(view).len());
        index.map(Self::At).ok_or(WebError::NoSuchPage)
    }

    /// Its index, if it is there already.
    pub(super) const fn index(self) -> Option<usize> {
        match self {
            Self::New => None,
            Self::At(index) => Some(index),
        }
    }

    /// Puts something there.
    pub(super) fn put<T>(self, into: &mut Vec<T>, value: T) {
        match self {
            Self::New => into.push(value),
            Self::At(index) => {
                if let Some(held) = into.get_mut(index) {
                    *held = value;
                }
            }
        }
    }
}

/// What somebody asks about.
struct Asked {
    view: OrganisationView,
    part: Part,
    place: Place,
}

impl Asked {
    async fn of(
        desk: &Desk,
        reader: &SignedIn,
        (organisation, part, place): (OrganisationId, &str, Option<&str>),
    ) -> Result<Self, WebError> {
        let part = Part::of(part)?;
        let view = desk.organisation(&reader.viewer, organisation).await?;
        let place = match place {
            Some(place) => Place::of(place, part, &view)?,
            None => Place::New,
        };
        Ok(Self { view, part, place })
    }

    /// What is at the place.
    fn name(&self) -> Option<String> {
        self.part.names(&self.view).into_iter().nth(self.place.index()?)
    }

    fn path(&self) -> String {
        let path = self.part.path(self.view.id);
        self.place.index().map_or_else(|| path.clone(), |index| format!("{path}/{}", index + 1))
    }
}

/// `GET /organisations/{organisation}/{part}`
pub(super) async fn show_new(
    State(desk): State<Desk>,
    reader: SignedIn,
    Path((organisation, part)): Path<(OrganisationId, String)>,
) -> Result<Response, WebError> {
    let asked = Asked::of(&desk, &reader, (organisation, &part, None)).await?;
    draw(&desk, &reader, &asked, None)
}

/// `GET /organisations/{organisation}/{part}/{place}`
pub(super) async fn show(
    State(desk): State<Desk>,
    reader: SignedIn,
    Path((organisation, part, place)): Path<(OrganisationId, String, String)>,
) -> Result<Response, WebError> {
    let asked = Asked::of(&desk, &reader, (organisation, &part, Some(&place))).await?;
    draw(&desk, &reader, &asked, None)
}

/// `POST /organisations/{organisation}/{part}`
pub(super) async fn add(
    State(desk): State<Desk>,
    reader: SignedIn,
    Path((organisation, part)): Path<(OrganisationId, String)>,
    sent: Sent,
) -> Result<Response, WebError> {
    let asked = Asked::of(&desk, &reader, (organisation, &part, None)).await?;
    let read = read(&sent, &reader, &asked);
    done(&desk, &reader, (&asked, FORM), (read, sent)).await
}

/// `POST /organisations/{organisation}/{part}/{place}`
pub(super) async fn change(
    State(desk): State<Desk>,
    reader: SignedIn,
    Path((organisation, part, place)): Path<(OrganisationId, String, String)>,
    sent: Sent,
) -> Result<Response, WebError> {
    let asked = Asked::of(&desk, &reader, (organisation, &part, Some(&place))).await?;
    let read = read(&sent, &reader, &asked);
    done(&desk, &reader, (&asked, FORM), (read, sent)).await
}

/// `POST /organisations/{organisation}/{part}/{place}/remove`
pub(super) async fn remove(
    State(desk): State<Desk>,
    reader: SignedIn,
    Path((organisation, part, place)): Path<(OrganisationId, String, String)>,
    sent: Sent,
) -> Result<Response, WebError> {
    let asked = Asked::of(&desk, &reader, (organisation, &part, Some(&place))).await?;
    let read = without(&sent, &reader, &asked);
    done(&desk, &reader, (&asked, REMOVE), (read, sent)).await
}

async fn done(
    desk: &Desk,
    reader: &SignedIn,
    (asked, form): (&Asked, &str),
    (read, sent): (Result<(Amended, Period), WebError>, Sent),
) -> Result<Response, WebError> {
    let changed = match read {
        Ok(amended) => amend(desk, reader, &asked.view, amended).await,
        Err(fault) => Err(fault),
    };
    match changed {
        Ok(()) => {
            let place = format!("{}#{}", routes::organisation(asked.view.id), asked.part.name());
            Ok(reader.visitor.on_to(&place, "said-org-changed"))
        }
        Err(fault) => {
            let returned = Returned::of(form, sent, fault, &reader.visitor)?;
            draw(desk, reader, asked, Some(&returned))
        }
    }
}

fn read(sent: &Sent, reader: &SignedIn, asked: &Asked) -> Result<(Amended, Period), WebError> {
    let mut reading = Reading::of(sent, &reader.visitor);
    unmoved(&mut reading, asked);
    let amended = match asked.part {
        Part::Systems => system::read(&mut reading, &asked.view, asked.place),
        Part::Contacts => contact::read(&mut reading, &asked.view, asked.place),
        Part::Filings => filing::read(&mut reading, (sent, reader), &asked.view, asked.place),
    };
    let period = period::read(&mut reading);
    if !sent.files.is_empty() && (amended.is_none() || period.is_none()) {
        reading.wrong("document", "org-document-again");
    }
    reading.done(amended.zip(period))
}

/// Somebody else may have changed the list since the form was drawn.
fn unmoved(reading: &mut Reading<'_>, asked: &Asked) {
    if reading.text(WAS) != asked.name().unwrap_or_default() {
        reading.wrong(WAS, "org-part-moved");
    }
}

fn without(sent: &Sent, reader: &SignedIn, asked: &Asked) -> Result<(Amended, Period), WebError> {
    let mut reading = Reading::of(sent, &reader.visitor);
    unmoved(&mut reading, asked);
    let period = period::read(&mut reading);
    let Some(index) = asked.place.index() else { return Err(WebError::NoSuchPage) };
    let period = reading.done(period)?;
    let mut amended = Amended::only(asked.view.details.clone());
    match asked.part {
        Part::Systems => drop(amended.details.systems.remove(index)),
        Part::Filings => drop(amended.details.filings.remove(index)),
        Part::Contacts => {
            let mut contacts = asked.view.contacts.clone().unwrap_or_default();
            contacts.people.remove(index);
            amended.contacts = Some(contacts);
        }
    }
    Ok((amended, period))
}

fn draw(
    desk: &Desk,
    reader: &SignedIn,
    asked: &Asked,
    returned: Option<&Returned>,
) -> Result<Response, WebError> {
    let words = reader.words();
    let name = asked.name();
    let path = asked.path();
    let mut form = Form::new(FORM, &path, reader.csrf(), words.t("save"), words)
        .weighing(Weight::Primary)
        .hiding(WAS, name.clone().unwrap_or_default());
    form = match asked.part {
        Part::Systems => system::fields(form, system::at(&asked.view, asked.place), words),
        Part::Contacts => contact::fields(form, contact::at(&asked.view, asked.place), words),
        Part::Filings => {
            form.sends = Sends::Files;
            filing::fields(form, filing::at(&asked.view, asked.place), desk.today(), words)
        }
    };
    let form = period::fields(form, desk.today(), words);
    let title = name.clone().unwrap_or_else(|| asked.part.add_words(words));
    let mut forms = vec![("form", words.t(asked.part.key()).into_owned(), form)];
    if let Some(name) = name {
        let removing = removing(desk, reader, (&path, &name));
        forms.push((REMOVE, words.t("remove").into_owned(), removing));
    }
    let lead = words.t(asked.part.lead_key()).into_owned();
    page(reader, &asked.view, (title, lead), forms, returned)
}

fn removing(desk: &Desk, reader: &SignedIn, (path, name): (&str, &str)) -> Form {
    let words = reader.words();
    let form =
        Form::new(REMOVE, &format!("{path}/remove"), reader.csrf(), words.t("remove"), words)
            .hiding(WAS, name);
    let from = period::day_field("from", words.t("org-remove-from"));
    let mut form = form.with(from.value(desk.today().to_string())).showing(Consequence {
        id: "remove-what".to_owned(),
        title: words.t("org-remove-title").into_owned(),
        effects: vec![Effect {
            who: name.to_owned(),
            what: words.t("org-remove-what").into_owned(),
            echo: None,
        }],
        agree: words.t("org-remove-agree").into_owned(),
    });
    form.draft = None;
    form
}

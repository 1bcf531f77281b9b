//! The form of somebody to reach. Who they are is kept apart from the record.

use fengsui_desk::OrganisationView;
use fengsui_desk::content::Contact;
use fengsui_vocabulary::{Line, Prose};

use super::amend::Amended;
use super::details::telephone;
use super::part::Place;
use crate::form::Reading;
use crate::lang::Words;
use crate::parts::{Field, FieldKind, Form};

/// People of one organisation at most.
const PEOPLE_MAX: usize = 100;

/// Whoever is at a place.
pub(super) fn at(view: &OrganisationView, place: Place) -> Option<&Contact> {
    view.contacts.as_ref()?.people.get(place.index()?)
}

/// The fields of a contact.
pub(super) fn fields(form: Form, now: Option<&Contact>, words: Words) -> Form {
    let text = |text: Option<&Line>| text.map(ToString::to_string).unwrap_or_default();
    form.with(
        Field::line("name", words.t("organisation-contact-name"))
            .value(text(now.map(|now| &now.name))),
    )
    .with(
        Field::line("post", words.t("organisation-contact-post"))
            .optional()
            .value(text(now.and_then(|now| now.post.as_ref()))),
    )
    .with(
        Field::new("telephone", words.t("organisation-telephone"), FieldKind::Line("tel"))
            .optional()
            .hint(words.t("org-contact-telephone-hint"))
            .value(text(now.and_then(|now| now.telephone.as_ref()))),
    )
    .with(
        Field::new("mail", words.t("organisation-mail"), FieldKind::Line("email"))
            .optional()
            .value(text(now.and_then(|now| now.mail.as_ref()))),
    )
    .with(
        Field::prose("key", words.t("org-contact-key"))
            .optional()
            .hint(words.t("org-contact-key-hint"))
            .value(
                now.and_then(|now| now.key.as_ref()).map(ToString::to_string).unwrap_or_default(),
            ),
    )
}

/// The entry with whoever the form says.
pub(super) fn read(
    reading: &mut Reading<'_>,
    view: &OrganisationView,
    place: Place,
) -> Option<Amended> {
    let name = reading.line("name");
    let post = reading.line_or_none("post");
    let has_telephone = !reading.text("telephone").trim().is_empty();
    let telephone = telephone(reading, "telephone");
    let has_mail = !reading.text("mail").trim().is_empty();
    let mail = mail(reading);
    if !has_telephone && !has_mail {
        reading.wrong("telephone", "org-contact-unreachable");
    }
    let key = key(reading);
    let mut contacts = view.contacts.clone().unwrap_or_default();
    if place == Place::New && contacts.people.len() >= PEOPLE_MAX {
        reading.wrong("name", "org-part-full");
    }
    let contact = Contact { name: name?, post, telephone, mail, key };
    place.put(&mut contacts.people, contact);
    let amended = Amended::only(view.details.clone());
    Some(Amended { contacts: Some(contacts), ..amended })
}

fn mail(reading: &mut Reading<'_>) -> Option<Line> {
    let mail = reading.line_or_none("mail")?;
    let halves = mail.split_once('@');
    let is_mail = halves
        .is_some_and(|(who, place)| !who.is_empty() && !place.is_empty() && !place.contains('@'))
        && !mail.contains(char::is_whitespace);
    if !is_mail {
        reading.wrong("mail", "org-mail-wrong");
        return None;
    }
    Some(mail)
}

fn key(reading: &mut Reading<'_>) -> Option<Prose> {
    if reading.text("key").trim().is_empty() { None } else { reading.prose("key") }
}

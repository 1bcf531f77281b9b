//! The form of something that an organisation filed: its own plan, its list of reserves.

use fengsui_desk::{ArrivedFile, OrganisationView};
use fengsui_response::organisation::FILINGS_MAX;
use fengsui_response::{Filing, FilingKind};
use jiff::civil::Date;

use super::amend::Amended;
use super::part::Place;
use super::period;
use crate::form::Reading;
use crate::lang::Words;
use crate::parts::{Field, FieldKind, Form, Opt};
use crate::session::SignedIn;
use crate::upload::Sent;

/// Every kind, with its word in forms.
const KINDS: [(&str, FilingKind); 3] = [
    ("own-plan", FilingKind::OwnPlan),
    ("reserve-list", FilingKind::ReserveList),
    ("other", FilingKind::Other),
];

/// The key of a kind's word.
pub(super) const fn kind_key(kind: FilingKind) -> &'static str {
    match kind {
        FilingKind::OwnPlan => "org-filing-own-plan",
        FilingKind::ReserveList => "org-filing-reserve-list",
        FilingKind::Other => "org-filing-other",
    }
}

/// The filing at a place.
pub(super) fn at(view: &OrganisationView, place: Place) -> Option<&Filing> {
    view.details.filings.get(place.index()?)
}

/// The fields of a filing.
pub(super) fn fields(form: Form, now: Option<&Filing>, today: Date, words: Words) -> Form {
    let kind = now.and_then(|now| KINDS.iter().find(|(_, kind)| *kind == now.kind));
    let kinds = KINDS.iter().map(|(name, kind)| Opt::new(*name, words.t(kind_key(*kind))));
    let filed_on = now.map_or(today, |now| now.filed_on);
    let review_on = now.and_then(|now| now.review_on).map(|day| day.to_string());
    let has_document = now.is_some_and(|now| now.document.is_some());
    let document = if has_document { "org-document-replace" } else { "org-document-hint" };
    form.with(
        Field::new("kind", words.t("org-filing-kind"), FieldKind::Radio(kinds.collect()))
            .value(kind.map(|(name, _)| *name).unwrap_or_default()),
    )
    .with(
        Field::line("title", words.t("org-filing-title"))
            .value(now.map(|now| now.title.to_string()).unwrap_or_default()),
    )
    .with(period::day_field("filed_on", words.t("org-filed-on")).value(filed_on.to_string()))
    .with(
        period::day_field("review_on", words.t("org-review-on"))
            .optional()
            .value(review_on.unwrap_or_default()),
    )
    .with(
        Field::new("document", words.t("org-document"), FieldKind::Files(""))
            .optional()
            .hint(words.t(document)),
    )
}

/// The entry with the filing that the form says.
pub(super) fn read(
    reading: &mut Reading<'_>,
    (sent, reader): (&Sent, &SignedIn),
    view: &OrganisationView,
    place: Place,
) -> Option<Amended> {
    let kind = kind(reading);
    let title = reading.line("title");
    let filed_on = period::day(reading, "filed_on");
    if filed_on.is_some_and(|day| day > reader.visitor.directory().day()) {
        reading.wrong("filed_on", "org-filed-ahead");
    }
    let review_on = period::day_or_none(reading, "review_on");
    if review_on.zip(filed_on).is_some_and(|(review_on, filed_on)| review_on < filed_on) {
        reading.wrong("review_on", "org-review-before");
    }
    if sent.files.len() > 1 {
        reading.wrong("document", "org-document-one");
    }
    if place == Place::New && view.details.filings.len() >= FILINGS_MAX {
        reading.wrong("title", "org-part-full");
    }
    let document = at(view, place).and_then(|now| now.document.clone());
    let filing = Filing { kind: kind?, title: title?, filed_on: filed_on?, review_on, document };
    let mut details = view.details.clone();
    place.put(&mut details.filings, filing);
    let index = place.index().unwrap_or(view.details.filings.len());
    let document: Option<ArrivedFile> = sent.files.first().map(|sent| sent.file.clone());
    Some(Amended { document: document.map(|file| (index, file)), ..Amended::only(details) })
}

fn kind(reading: &mut Reading<'_>) -> Option<FilingKind> {
    let typed = reading.text("kind");
    let known = KINDS.iter().find(|(name, _)| *name == typed);
    if known.is_none() {
        reading.wrong("kind", if typed.is_empty() { "error-needed" } else { "error-choice" });
    }
    known.map(|(_, kind)| *kind)
}

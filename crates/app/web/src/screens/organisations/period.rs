//! From which day to which day something holds, as every form of the registry asks it.

use jiff::civil::{Date, date};

use crate::form::Reading;
use crate::lang::Words;
use crate::parts::{Field, FieldKind, Form};

/// From when to when.
#[derive(Clone, Copy, Debug)]
pub(super) struct Period {
    pub(super) from: Date,
    pub(super) until: Option<Date>,
}

/// The two days at the end of a form; today and no end unless somebody says otherwise.
pub(super) fn fields(form: Form, today: Date, words: Words) -> Form {
    form.under(words.t("org-holds"))
        .with(
            day_field("from", words.t("organisation-valid-from"))
                .hint(words.t("org-from-hint"))
                .value(today.to_string()),
        )
        .with(
            day_field("until", words.t("organisation-valid-until"))
                .optional()
                .hint(words.t("org-until-hint")),
        )
}

/// A day.
pub(super) fn day_field(name: &str, label: impl Into<String>) -> Field {
    Field::new(name, label, FieldKind::Line("date"))
}

/// What the two days say.
pub(super) fn read(reading: &mut Reading<'_>) -> Option<Period> {
    let from = day(reading, "from");
    let until = day_or_none(reading, "until");
    let from = from?;
    if until.is_some_and(|until| until < from) {
        reading.wrong("until", "org-until-before");
    }
    Some(Period { from, until })
}

/// A day that must be there.
pub(super) fn day(reading: &mut Reading<'_>, field: &str) -> Option<Date> {
    if reading.text(field).trim().is_empty() {
        reading.wrong(field, "error-needed");
        return None;
    }
    day_or_none(reading, field)
}

/// A day that may be left empty.
pub(super) fn day_or_none(reading: &mut Reading<'_>, field: &str) -> Option<Date> {
    let text = reading.text(field).trim();
    if text.is_empty() {
        return None;
    }
    let known = date(1900, 1, 1)..=date(2199, 12, 31);
    let day = text.parse().ok().filter(|day| known.contains(day));
    if day.is_none() {
        reading.wrong(field, "org-day-wrong");
    }
    day
}

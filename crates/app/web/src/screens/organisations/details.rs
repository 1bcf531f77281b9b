//! The form of an organisation's entry, and what it says.

use std::collections::BTreeSet;

use fengsui_desk::{DISTRICTS, Directory, OrganisationView};
use fengsui_response::organisation::Networks;
use fengsui_response::{Details, OrganisationKind};
use fengsui_vocabulary::{DistrictCode, Label, Line, OrganisationId};

use crate::form::Reading;
use crate::lang::Words;
use crate::parts::{Field, FieldKind, Form, Opt};
use crate::session::Visitor;
use crate::upload::Sent;

/// What the form says.
pub(super) struct Entry {
    pub(super) details: Details,
    /// Who answers for security in person; kept apart.
    pub(super) responsible: Option<Line>,
}

/// The fields of an entry, filled in with what it is.
pub(super) fn fields(
    form: Form,
    now: Option<&OrganisationView>,
    directory: &Directory,
    words: Words,
) -> Form {
    let form = who(form, now.map(|now| &now.details), directory, words);
    let text = |text: Option<&Line>| text.map(ToString::to_string).unwrap_or_default();
    let details = now.map(|now| &now.details);
    let contacts = now.and_then(|now| now.contacts.as_ref());
    form.under(words.t("org-answers"))
        .with(
            Field::new("telephone", words.t("organisation-telephone"), FieldKind::Line("tel"))
                .optional()
                .hint(words.t("org-telephone-hint"))
                .value(text(details.and_then(|it| it.duty_telephone.as_ref()))),
        )
        .with(
            Field::line("post", words.t("org-responsible-post"))
                .optional()
                .value(text(details.and_then(|it| it.responsible_post.as_ref()))),
        )
        .with(
            Field::line("responsible", words.t("organisation-responsible"))
                .optional()
                .hint(words.t("org-kept-apart"))
                .value(text(contacts.and_then(|it| it.responsible.as_ref()))),
        )
}

/// Who it is and where it belongs.
fn who(form: Form, now: Option<&Details>, directory: &Directory, words: Words) -> Form {
    let text = |value: Option<String>| value.unwrap_or_default();
    let parent = now.and_then(|now| now.parent).map(|id| directory.name_of(id).zh);
    let district = now.and_then(|now| now.district.as_ref().map(ToString::to_string));
    let sector = now.and_then(|now| now.sector.as_ref().map(ToString::to_string));
    let kinds: Vec<String> =
        now.iter().flat_map(|now| now.kinds.iter()).map(|kind| kind_name(*kind)).collect();
    let districts = FieldKind::Select(districts(words));
    form.with(
        Field::line("name_zh", words.t("org-name-zh"))
            .value(text(now.map(|now| now.name.zh.clone()))),
    )
    .with(
        Field::line("name_en", words.t("organisation-name-en"))
            .optional()
            .value(text(now.map(|now| now.name.en.clone()))),
    )
    .with(
        Field::line("parent", words.t("organisation-parent"))
            .optional()
            .hint(words.t("org-parent-hint"))
            .value(text(parent)),
    )
    .with(
        Field::new("district", words.t("organisation-district"), districts)
            .optional()
            .value(text(district)),
    )
    .with(
        Field::line("sector", words.t("organisation-sector"))
            .optional()
            .hint(words.t("org-sector-hint"))
            .value(text(sector)),
    )
    .with(
        Field::new("kinds", words.t("organisation-kind"), FieldKind::Several(kind_choices(words)))
            .optional()
            .value(kinds.join(" ")),
    )
}

/// What a form says; what it does not ask stays as it was.
pub(super) fn read(
    reading: &mut Reading<'_>,
    sent: &Sent,
    visitor: &Visitor,
    now: Option<&OrganisationView>,
) -> Option<Entry> {
    let name_zh = reading.line("name_zh");
    let name_en = reading.line_or_none("name_en");
    let id = now.map(|now| now.id);
    if let Some(name) = &name_zh
        && visitor.directory().named(name).is_some_and(|named| Some(named) != id)
    {
        reading.wrong("name_zh", "org-name-taken");
    }
    let parent = parent(reading, visitor.directory(), id);
    let district = reading.choice_or_none::<DistrictCode>("district");
    let sector = reading.line_or_none("sector");
    let kinds = kinds(reading, sent);
    let duty_telephone = telephone(reading, "telephone");
    let responsible_post = reading.line_or_none("post");
    let responsible = reading.line_or_none("responsible");
    let now = now.map(|now| &now.details);
    let details = Details {
        name: Label::new(
            name_zh?.to_string(),
            name_en.map(|it| it.to_string()).unwrap_or_default(),
        ),
        parent,
        district,
        sector,
        kinds,
        systems: now.map(|now| now.systems.clone()).unwrap_or_default(),
        duty_telephone,
        responsible_post,
        contacts: now.and_then(|now| now.contacts.clone()),
        networks: now.map_or_else(Networks::default, |now| now.networks.clone()),
        filings: now.map(|now| now.filings.clone()).unwrap_or_default(),
    };
    Some(Entry { details, responsible })
}

/// A telephone: digits, and what people write between and behind them.
pub(super) fn telephone(reading: &mut Reading<'_>, field: &str) -> Option<Line> {
    let telephone = reading.line_or_none(field)?;
    let is_telephone = |it: char| it.is_ascii_digit() || " +-()（）,;/转x".contains(it);
    let digits = telephone.chars().filter(char::is_ascii_digit).count();
    if digits < 3 || !telephone.chars().all(is_telephone) {
        reading.wrong(field, "org-telephone-wrong");
        return None;
    }
    Some(telephone)
}

/// A registered organisation by its name, to be named in a field.
pub(super) fn registered(
    reading: &mut Reading<'_>,
    field: &str,
    directory: &Directory,
) -> Option<OrganisationId> {
    let typed = reading.text(field).trim();
    if typed.is_empty() {
        return None;
    }
    let known = directory.named(typed);
    match known.and_then(|id| directory.organisation(id)) {
        None => reading.wrong(field, "org-parent-unknown"),
        Some(organisation) if organisation.closed.is_some() => {
            reading.wrong(field, "org-named-closed");
        }
        Some(_) => {}
    }
    known
}

/// The one above; nobody is above themselves, not even by a detour.
fn parent(
    reading: &mut Reading<'_>,
    directory: &Directory,
    id: Option<OrganisationId>,
) -> Option<OrganisationId> {
    let parent = registered(reading, "parent", directory)?;
    if id.is_some_and(|id| directory.subtree(id).contains(&parent)) {
        reading.wrong("parent", "org-parent-below");
    }
    Some(parent)
}

fn districts(words: Words) -> Vec<Opt> {
    let nowhere = Opt::new("", words.t("org-no-district"));
    let district =
        |it: &fengsui_desk::District| Opt::new(it.code, it.label().in_lang(words.lang()));
    std::iter::once(nowhere).chain(DISTRICTS.iter().map(district)).collect()
}

fn kind_choices(words: Words) -> Vec<Opt> {
    super::KINDS
        .iter()
        .map(|kind| Opt::new(kind_name(*kind), words.t(super::kind_key(*kind))))
        .collect()
}

/// The word of a kind in forms: the end of its key.
fn kind_name(kind: OrganisationKind) -> String {
    super::kind_key(kind).trim_start_matches("org-kind-").to_owned()
}

fn kinds(reading: &mut Reading<'_>, sent: &Sent) -> BTreeSet<OrganisationKind> {
    let mut kinds = BTreeSet::new();
    for typed in sent.all("kinds").iter().filter(|typed| !typed.is_empty()) {
        match super::KINDS.iter().find(|kind| kind_name(**kind) == *typed) {
            Some(kind) => {
                kinds.insert(*kind);
            }
            None => reading.wrong("kinds", "error-choice"),
        }
    }
    kinds
}

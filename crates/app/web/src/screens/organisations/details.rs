//! The form of an organisation, and what it says.

use fengsui_desk::{DISTRICTS, Directory};
use fengsui_response::{Details, Importance, OrganisationKind, System};
use fengsui_vocabulary::{DistrictCode, Label, Lang, OrganisationId};

use crate::error::WebError;
use crate::form::Reading;
use crate::lang::Words;
use crate::parts::{Field, FieldKind, Form, Opt};
use crate::session::Visitor;
use crate::upload::Sent;

/// The fields of an organisation, filled in with what it is.
pub(super) fn fields(
    form: Form,
    now: Option<&Details>,
    directory: &Directory,
    words: Words,
) -> Form {
    let text = |value: Option<String>| value.unwrap_or_default();
    let parent = now.and_then(|now| now.parent).map(|id| directory.name_of(id).zh);
    let district = now.and_then(|now| now.district.as_ref().map(ToString::to_string));
    let sector = now.and_then(|now| now.sector.as_ref().map(ToString::to_string));
    let telephone = now.and_then(|now| now.duty_telephone.as_ref().map(ToString::to_string));
    let post = now.and_then(|now| now.responsible_post.as_ref().map(ToString::to_string));
    let kinds: Vec<String> =
        now.iter().flat_map(|now| now.kinds.iter()).map(|kind| kind_name(*kind)).collect();
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
        Field::new(
            "district",
            words.t("organisation-district"),
            FieldKind::Select(districts(words)),
        )
        .optional()
        .value(text(district)),
    )
    .with(Field::line("sector", words.t("organisation-sector")).optional().value(text(sector)))
    .with(
        Field::new("kinds", words.t("organisation-kind"), FieldKind::Several(kind_choices(words)))
            .optional()
            .value(kinds.join(" ")),
    )
    .with(
        Field::new("telephone", words.t("organisation-telephone"), FieldKind::Line("tel"))
            .optional()
            .hint(words.t("org-telephone-hint"))
            .value(text(telephone)),
    )
    .with(Field::line("post", words.t("org-responsible-post")).optional().value(text(post)))
    .with(
        Field::prose("systems", words.t("organisation-systems"))
            .optional()
            .hint(words.t("org-systems-hint"))
            .value(now.map(|now| systems_as_typed(&now.systems, words)).unwrap_or_default()),
    )
}

/// What a form says; what it does not ask stays as it was.
pub(super) fn read(
    sent: &Sent,
    visitor: &Visitor,
    now: Option<&Details>,
) -> Result<Details, WebError> {
    let mut reading = Reading::of(sent, visitor);
    let name_zh = reading.line("name_zh");
    let name_en = reading.line_or_none("name_en");
    let parent = parent(&mut reading, sent, visitor.directory());
    let district = reading.choice_or_none::<DistrictCode>("district");
    let sector = reading.line_or_none("sector");
    let kinds = kinds(&mut reading, sent);
    let duty_telephone = reading.line_or_none("telephone");
    let responsible_post = reading.line_or_none("post");
    let systems = systems(&mut reading, sent, visitor.words());
    let details = name_zh.map(|name_zh| Details {
        name: Label::new(name_zh.to_string(), name_en.map(|it| it.to_string()).unwrap_or_default()),
        parent,
        district,
        sector,
        kinds,
        systems,
        duty_telephone,
        responsible_post,
        contacts: now.and_then(|now| now.contacts.clone()),
    });
    reading.done(details)
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

fn parent(reading: &mut Reading<'_>, sent: &Sent, directory: &Directory) -> Option<OrganisationId> {
    let typed = sent.text("parent").trim();
    if typed.is_empty() {
        return None;
    }
    let known = directory.named(typed);
    if known.is_none() {
        reading.wrong("parent", "org-parent-unknown");
    }
    known
}

fn kinds(reading: &mut Reading<'_>, sent: &Sent) -> std::collections::BTreeSet<OrganisationKind> {
    let mut kinds = std::collections::BTreeSet::new();
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

/// One system a line: `网上银行 | 重要`; without a bar it is an ordinary one.
fn systems(reading: &mut Reading<'_>, sent: &Sent, words: Words) -> Vec<System> {
    let mut systems = Vec::new();
    for line in sent.text("systems").lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (name, importance) = line.rsplit_once(['|', '\u{ff5c}']).unwrap_or((line, ""));
        match (name.parse(), importance_of(importance.trim())) {
            (Ok(name), Some(importance)) => systems.push(System { name, importance }),
            (Err(fault), _) => reading.note("systems", format!("{line}: {fault}")),
            (Ok(_), None) => {
                reading.note("systems", words.ta("org-systems-wrong", &[("line", line)]));
            }
        }
    }
    systems
}

const IMPORTANCES: [Importance; 3] =
    [Importance::Ordinary, Importance::Important, Importance::CriticalInfrastructure];

/// The importance that a word of either language means.
fn importance_of(word: &str) -> Option<Importance> {
    if word.is_empty() {
        return Some(Importance::Ordinary);
    }
    let means = |importance: &Importance| {
        let key = super::importance_key(*importance);
        let is = |lang: Lang| Words::of(lang).t(key).eq_ignore_ascii_case(word);
        is(Lang::Zh) || is(Lang::En)
    };
    IMPORTANCES.into_iter().find(means)
}

fn systems_as_typed(systems: &[System], words: Words) -> String {
    let line = |system: &System| {
        format!("{} | {}", system.name, words.t(super::importance_key(system.importance)))
    };
    systems.iter().map(line).collect::<Vec<_>>().join("\n")
}

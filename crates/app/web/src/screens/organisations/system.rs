//! The form of one system.

use fengsui_desk::OrganisationView;
use fengsui_response::organisation::{SERVICES_MAX, SYSTEMS_MAX};
use fengsui_response::{Designation, Details, Importance, Protection, System};
use fengsui_vocabulary::Line;

use super::amend::Amended;
use super::part::Place;
use crate::form::Reading;
use crate::lang::Words;
use crate::parts::{Field, FieldKind, Form, Opt};

/// Every importance, milder first, with its word in forms.
const IMPORTANCES: [(&str, Importance); 3] = [
    ("ordinary", Importance::Ordinary),
    ("important", Importance::Important),
    ("critical", Importance::CriticalInfrastructure),
];

/// The system at a place.
pub(super) fn at(view: &OrganisationView, place: Place) -> Option<&System> {
    view.details.systems.get(place.index()?)
}

/// The fields of a system.
pub(super) fn fields(form: Form, now: Option<&System>, words: Words) -> Form {
    let importance = now.map_or(Importance::Ordinary, |now| now.importance);
    let importance = IMPORTANCES.iter().find(|(_, known)| *known == importance);
    let designated = now.is_some_and(|now| !now.designation.is_none());
    let protection = now.and_then(|now| now.protection).map(|it| it.to_string());
    let services: Vec<&str> = now.iter().flat_map(|now| &now.services).map(Line::as_str).collect();
    let choices = IMPORTANCES
        .iter()
        .map(|(name, importance)| Opt::new(*name, words.t(super::importance_key(*importance))));
    let grades = ["1", "2", "3", "4", "5"]
        .map(|level| Opt::new(level, words.ta("org-protection-level", &[("level", level)])));
    let grades = std::iter::once(Opt::new("", words.t("org-protection-none"))).chain(grades);
    form.with(
        Field::line("name", words.t("organisation-system-name"))
            .value(now.map(|now| now.name.to_string()).unwrap_or_default()),
    )
    .with(
        Field::new(
            "importance",
            words.t("organisation-system-importance"),
            FieldKind::Radio(choices.collect()),
        )
        .value(importance.map(|(name, _)| *name).unwrap_or_default()),
    )
    .with(
        Field::new("designated", words.t("org-designated"), FieldKind::Tick)
            .optional()
            .hint(words.t("org-designated-hint"))
            .value(if designated { "yes" } else { "" }),
    )
    .with(
        Field::new("protection", words.t("org-protection"), FieldKind::Select(grades.collect()))
            .optional()
            .value(protection.unwrap_or_default()),
    )
    .with(
        Field::prose("services", words.t("org-services"))
            .optional()
            .hint(words.t("org-services-hint"))
            .value(services.join("\n")),
    )
}

/// The entry with the system that the form says.
pub(super) fn read(
    reading: &mut Reading<'_>,
    view: &OrganisationView,
    place: Place,
) -> Option<Amended> {
    let name = reading.line("name");
    let others = view.details.systems.iter().enumerate();
    let mut others = others.filter(|(index, _)| Some(*index) != place.index());
    if name.as_ref().is_some_and(|name| others.any(|(_, system)| system.name == *name)) {
        reading.wrong("name", "org-system-twice");
    }
    if place == Place::New && view.details.systems.len() >= SYSTEMS_MAX {
        reading.wrong("name", "org-part-full");
    }
    let importance = importance(reading);
    let designation = if reading.is_ticked("designated") {
        Designation::CriticalInfrastructure
    } else {
        Designation::None
    };
    let is_critical = importance.is_none_or(|it| it == Importance::CriticalInfrastructure);
    if !designation.is_none() && !is_critical {
        reading.wrong("importance", "org-system-designated");
    }
    let protection = reading.choice_or_none::<Protection>("protection");
    let services = services(reading);
    let system = System { name: name?, importance: importance?, designation, protection, services };
    let mut details = Details { ..view.details.clone() };
    place.put(&mut details.systems, system);
    Some(Amended::only(details))
}

fn importance(reading: &mut Reading<'_>) -> Option<Importance> {
    let typed = reading.text("importance");
    let known = IMPORTANCES.iter().find(|(name, _)| *name == typed);
    if known.is_none() {
        let key = if typed.is_empty() { "error-needed" } else { "error-choice" };
        reading.wrong("importance", key);
    }
    known.map(|(_, importance)| *importance)
}

/// One a line.
fn services(reading: &mut Reading<'_>) -> Vec<Line> {
    let lines = reading.text("services").lines().map(str::trim).filter(|line| !line.is_empty());
    let mut services = Vec::new();
    for line in lines {
        match line.parse() {
            Ok(service) => services.push(service),
            Err(_) => reading.wrong("services", "org-services-wrong"),
        }
    }
    if services.len() > SERVICES_MAX {
        reading.wrong("services", "org-services-wrong");
    }
    services
}

//! Classifying, 分类: by the taxonomies of the plan, one class first.

use std::collections::BTreeSet;

use fengsui_response::ClassRef;
use fengsui_response::incident::IncidentCommand;

use super::sight::Sight;
use super::tabs::Tab;
use super::typed::{Reading, Typed, Wrong};
use super::verb::{Asking, Verb, WhenStale};
use crate::parts::{Act, Field, FieldKind, Opt};

pub(super) const VERB: Verb =
    Verb { name: "classes", tab: Tab::Facts, when_stale: WhenStale::Tell, act, read };

fn act(sight: &Sight<'_>) -> Option<Act> {
    if !sight.works() {
        return None;
    }
    let options = options(sight);
    let incident = &sight.view.incident;
    let chosen: Vec<String> = incident.classes.iter().map(key_of).collect();
    let primary = incident.primary_class.as_ref().map(key_of).unwrap_or_default();
    let mut first = vec![Opt::new("", sight.t("inc-choose"))];
    first.extend(options.clone());
    let form = sight
        .form(VERB.name, "incident-classify")
        .with(
            Field::new("primary", sight.t("inc-class-primary"), FieldKind::Select(first))
                .value(primary)
                .hint(sight.t("report-class-hint")),
        )
        .with(
            Field::new("classes", sight.t("inc-class-others"), FieldKind::Several(options))
                .value(chosen.join(" "))
                .optional(),
        );
    Some(sight.act(VERB.name, "incident-classify", form))
}

fn read(typed: &Typed, sight: &Sight<'_>) -> Result<Asking, Wrong> {
    let mut form = Reading::of(typed, sight);
    let known: Vec<ClassRef> = classes(sight).map(|(class, _)| class).collect();
    let find = |key: &str| known.iter().find(|class| key_of(class) == key).cloned();
    let primary = find(typed.one("primary"));
    let mut chosen: BTreeSet<ClassRef> = typed.all("classes").filter_map(find).collect();
    let Some(primary) = primary else {
        form.note("primary", sight.t("error-choice"));
        return Err(form.wrong());
    };
    chosen.insert(primary.clone());
    form.sound(Asking::Plain(IncidentCommand::Classify { classes: chosen, primary }))
}

/// A class as people read it.
pub(super) fn name_of(sight: &Sight<'_>, class: &ClassRef) -> String {
    let found = classes(sight).find(|(known, _)| known == class);
    found.map_or_else(|| class.code.to_string(), |(_, name)| name)
}

fn classes(sight: &Sight<'_>) -> impl Iterator<Item = (ClassRef, String)> {
    sight.lead().taxonomies.iter().flat_map(move |taxonomy| {
        taxonomy.classes.iter().map(move |class| {
            let known = ClassRef { taxonomy: taxonomy.id.clone(), code: class.code.clone() };
            let away = if class.hands_over.is_some() {
                sight.t("inc-class-hands-over")
            } else {
                String::new()
            };
            (known, format!("{} {}{away}", class.code, sight.legal(&class.label)))
        })
    })
}

fn options(sight: &Sight<'_>) -> Vec<Opt> {
    classes(sight).map(|(class, name)| Opt::new(key_of(&class), name)).collect()
}

fn key_of(class: &ClassRef) -> String {
    format!("{}|{}", class.taxonomy, class.code)
}

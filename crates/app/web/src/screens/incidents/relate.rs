//! Relating the incident to another one.

use fengsui_response::Relation;
use fengsui_response::incident::IncidentCommand;
use fengsui_vocabulary::IncidentId;

use super::sight::Sight;
use super::tabs::Tab;
use super::typed::{Reading, Typed, Wrong};
use super::verb::{Asking, Verb, WhenStale};
use crate::parts::{Act, Field, FieldKind, Opt};

pub(super) const VERB: Verb =
    Verb { name: "relations", tab: Tab::Notes, when_stale: WhenStale::GoOn, act, read };

const RELATIONS: [(&str, Relation); 3] = [
    ("part-of", Relation::PartOf),
    ("duplicate-of", Relation::DuplicateOf),
    ("merged-into", Relation::MergedInto),
];

fn act(sight: &Sight<'_>) -> Option<Act> {
    if !sight.may(fengsui_plan::Act::RecordFacts) {
        return None;
    }
    let options = RELATIONS.iter().map(|(word, relation)| Opt::new(*word, name(sight, *relation)));
    let form = sight
        .form(VERB.name, "inc-relate")
        .with(
            Field::new("relation", sight.t("inc-relation"), FieldKind::Radio(options.collect()))
                .value("part-of"),
        )
        .with(Field::line("other", sight.t("inc-other")).hint(sight.t("inc-other-hint")));
    Some(sight.act(VERB.name, "inc-relate", form))
}

fn read(typed: &Typed, sight: &Sight<'_>) -> Result<Asking, Wrong> {
    let mut form = Reading::of(typed, sight);
    let relation = form.one_of("relation", &RELATIONS);
    let other = typed.one("other").rsplit('/').next().unwrap_or_default();
    let other: Option<IncidentId> = other.split('?').next().unwrap_or_default().parse().ok();
    if other.is_none() {
        form.note("other", sight.t("inc-other-unknown"));
    }
    let (Some(relation), Some(other)) = (relation, other) else { return Err(form.wrong()) };
    form.sound(Asking::Plain(IncidentCommand::Relate { relation, other }))
}

/// A relation in words.
pub(super) fn name(sight: &Sight<'_>, relation: Relation) -> String {
    match relation {
        Relation::PartOf => sight.t("inc-relation-part"),
        Relation::DuplicateOf => sight.t("inc-relation-duplicate"),
        Relation::MergedInto => sight.t("inc-relation-merged"),
    }
}

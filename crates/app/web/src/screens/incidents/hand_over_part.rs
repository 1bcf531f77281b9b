//! Handing a part over to another plan, 移交: the rest stays here, and both are kept.

use std::collections::BTreeSet;

use fengsui_plan::Act as PlanAct;
use fengsui_response::incident::IncidentCommand;

use super::sight::Sight;
use super::tabs::Tab;
use super::typed::{Reading, Typed, Wrong};
use super::verb::{Asking, Verb, WhenStale, echo};
use crate::parts::{Act, Field, FieldKind, Opt};

pub(super) const VERB: Verb =
    Verb { name: "parts", tab: Tab::Facts, when_stale: WhenStale::Tell, act, read };

fn act(sight: &Sight<'_>) -> Option<Act> {
    if !sight.is_open() || !sight.may(PlanAct::HandOver) {
        return None;
    }
    let parts = parts(sight);
    let options: Vec<Opt> =
        parts.iter().map(|(part, said)| Opt::new(part.clone(), said.clone())).collect();
    if options.is_empty() {
        return None;
    }
    let effects = vec![echo(sight.t("inc-part-goes"), "", "part")];
    let form = sight
        .form(VERB.name, "incident-hand-over")
        .with(Field::new("part", sight.t("inc-part"), FieldKind::Select(options)))
        .with(Field::line("reason", sight.t("inc-reason")))
        .showing(sight.consequence(VERB.name, sight.t("inc-part-title"), effects));
    Some(sight.act(VERB.name, "incident-hand-over", form))
}

fn read(typed: &Typed, sight: &Sight<'_>) -> Result<Asking, Wrong> {
    let mut form = Reading::of(typed, sight);
    let part: Option<String> = form.chosen("part");
    let reason = form.line("reason");
    form.agreed();
    let (Some(part), Some(reason)) = (part, reason) else { return Err(form.wrong()) };
    form.sound(Asking::Plain(IncidentCommand::HandOverPart { part, reason }))
}

/// Parts that another plan governs and nobody has handed over yet, with where they go.
pub(super) fn parts(sight: &Sight<'_>) -> Vec<(String, String)> {
    let incident = &sight.view.incident;
    let by_facts = sight.view.grade.iter().flat_map(|grade| &grade.hand_over).map(|it| &it.part);
    let mut open: BTreeSet<&String> = by_facts.chain(&incident.parts_of_classes).collect();
    open.retain(|part| !incident.handed_over.contains_key(*part));
    open.into_iter().map(|part| (part.clone(), name_of(sight, part))).collect()
}

/// A part by where it goes.
pub(super) fn name_of(sight: &Sight<'_>, part: &str) -> String {
    let known = sight.lead().hand_overs.iter().find(|known| known.part == part);
    let Some(known) = known else { return part.to_owned() };
    format!("{} → {}", sight.fact_name(&known.fact), sight.said(&known.to))
}

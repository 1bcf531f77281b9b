//! Correcting a time, with a reason: both readings stay, and clocks that run keep their origin.

use fengsui_response::incident::IncidentCommand;

use super::record_anchor::{KINDS, anchor_options, party_options};
use super::sight::Sight;
use super::tabs::Tab;
use super::typed::{Reading, Typed, Wrong};
use super::verb::{Asking, Verb, WhenStale, effect};
use crate::parts::{Act, Field, FieldKind};

pub(super) const VERB: Verb =
    Verb { name: "corrections", tab: Tab::Organisations, when_stale: WhenStale::Tell, act, read };

fn act(sight: &Sight<'_>) -> Option<Act> {
    let has_times = sight.affected().any(|(_, it)| it.anchors.known().next().is_some());
    if !has_times || !sight.works() {
        return None;
    }
    let effects = vec![effect(sight.t("duties"), sight.t("inc-correct-effect"))];
    let parties = FieldKind::Select(party_options(sight));
    let form = sight
        .form(VERB.name, "incident-set-anchor")
        .with(Field::new("party", sight.t("organisation"), parties))
        .with(
            Field::new("anchor", sight.t("inc-anchor"), FieldKind::Select(anchor_options(sight)))
                .value("discovered"),
        )
        .with(Field::new("at", sight.t("inc-anchor-to"), FieldKind::Time))
        .with(Field::line("reason", sight.t("inc-reason")))
        .showing(sight.consequence(VERB.name, sight.t("inc-correct-title"), effects));
    Some(sight.act(VERB.name, "incident-set-anchor", form))
}

fn read(typed: &Typed, sight: &Sight<'_>) -> Result<Asking, Wrong> {
    let mut form = Reading::of(typed, sight);
    let party = form.chosen("party");
    let anchor = form.one_of("anchor", &KINDS);
    let to = form.time("at");
    let reason = form.line("reason");
    form.agreed();
    let (Some(party), Some(anchor), Some(to), Some(reason)) = (party, anchor, to, reason) else {
        return Err(form.wrong());
    };
    form.sound(Asking::Plain(IncidentCommand::CorrectAnchor { party, anchor, to, reason }))
}

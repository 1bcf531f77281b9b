//! Closing, 结案: nothing owed is open, the response has ended, the review is there.

use fengsui_plan::Act as PlanAct;
use fengsui_response::incident::IncidentCommand;

use super::sight::Sight;
use super::tabs::Tab;
use super::typed::{Reading, Typed, Wrong};
use super::verb::{Asking, Verb, WhenStale, effect};
use crate::parts::{Act, Field};

pub(super) const VERB: Verb =
    Verb { name: "closing", tab: Tab::Review, when_stale: WhenStale::Tell, act, read };

fn act(sight: &Sight<'_>) -> Option<Act> {
    if !sight.is_open() || !sight.view.in_the_way.is_empty() || !sight.may(PlanAct::CloseIncident) {
        return None;
    }
    let effects = vec![effect(sight.t("incident"), sight.t("inc-close-effect"))];
    let form = sight
        .form(VERB.name, "incident-close")
        .with(Field::line("note", sight.t("inc-close-note")).optional())
        .showing(sight.consequence(VERB.name, sight.t("inc-close-title"), effects));
    Some(sight.act(VERB.name, "incident-close", form))
}

fn read(typed: &Typed, sight: &Sight<'_>) -> Result<Asking, Wrong> {
    let mut form = Reading::of(typed, sight);
    let note = form.maybe_line("note");
    form.agreed();
    form.sound(Asking::Plain(IncidentCommand::Close { note }))
}

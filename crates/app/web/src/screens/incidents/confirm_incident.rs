//! Confirming the incident by evidence.

use fengsui_desk::content::Writing;
use fengsui_response::incident::IncidentCommand;

use super::sight::Sight;
use super::tabs::Tab;
use super::typed::{Reading, Typed, Wrong};
use super::verb::{Asking, Text, Verb, WhenStale};
use crate::parts::{Act, Field};

pub(super) const VERB: Verb =
    Verb { name: "evidence", tab: Tab::Facts, when_stale: WhenStale::GoOn, act, read };

fn act(sight: &Sight<'_>) -> Option<Act> {
    if sight.view.incident.confirmed.is_some() || !sight.works() {
        return None;
    }
    let form = sight
        .form(VERB.name, "inc-confirm-incident")
        .with(Field::line("note", sight.t("inc-evidence-shows")))
        .with(Field::prose("text", sight.t("inc-evidence")).hint(sight.t("inc-evidence-hint")));
    Some(sight.act(VERB.name, "inc-confirm-incident", form))
}

fn read(typed: &Typed, sight: &Sight<'_>) -> Result<Asking, Wrong> {
    let mut form = Reading::of(typed, sight);
    let note = form.line("note");
    let text = form.prose("text");
    let (Some(note), Some(text)) = (note, text) else { return Err(form.wrong()) };
    form.sound(Asking::with(Text::Writing(Writing { text }), move |evidence| {
        IncidentCommand::ConfirmIncident { evidence, note }
    }))
}

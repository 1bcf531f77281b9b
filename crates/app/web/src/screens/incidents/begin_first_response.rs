//! Beginning first response, 先期处置: it waits for no level.

use fengsui_response::incident::IncidentCommand;

use super::sight::Sight;
use super::tabs::Tab;
use super::typed::{Reading, Typed, Wrong};
use super::verb::{Asking, Verb, WhenStale};
use crate::parts::{Act, Field};

pub(super) const VERB: Verb =
    Verb { name: "first-response", tab: Tab::Response, when_stale: WhenStale::GoOn, act, read };

fn act(sight: &Sight<'_>) -> Option<Act> {
    if sight.view.incident.response.first_response_at.is_some() || !sight.works() {
        return None;
    }
    let form = sight
        .form(VERB.name, "inc-first-response")
        .with(Field::line("note", sight.t("inc-what-is-done")).optional());
    Some(sight.act(VERB.name, "inc-first-response", form))
}

fn read(typed: &Typed, sight: &Sight<'_>) -> Result<Asking, Wrong> {
    let mut form = Reading::of(typed, sight);
    let note = form.maybe_line("note");
    form.sound(Asking::Plain(IncidentCommand::BeginFirstResponse { note }))
}

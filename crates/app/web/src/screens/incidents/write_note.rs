//! Writing a note, 记事.

use fengsui_desk::Capacity;
use fengsui_desk::content::Writing;
use fengsui_plan::Act as PlanAct;
use fengsui_response::incident::IncidentCommand;

use super::sight::Sight;
use super::tabs::Tab;
use super::typed::{Reading, Typed, Wrong};
use super::verb::{Asking, Text, Verb, WhenStale};
use crate::parts::{Act, Field};

pub(super) const VERB: Verb =
    Verb { name: "notes", tab: Tab::Notes, when_stale: WhenStale::GoOn, act, read };

fn act(sight: &Sight<'_>) -> Option<Act> {
    if !sight.viewer.is(Capacity::Officer) && !sight.may(PlanAct::RecordFacts) {
        return None;
    }
    let form = sight
        .form(VERB.name, "incident-remark")
        .with(Field::prose("text", sight.t("incident-remark-text")));
    Some(sight.act(VERB.name, "incident-remark", form))
}

fn read(typed: &Typed, sight: &Sight<'_>) -> Result<Asking, Wrong> {
    let mut form = Reading::of(typed, sight);
    let Some(text) = form.prose("text") else { return Err(form.wrong()) };
    form.sound(Asking::with(Text::Writing(Writing { text }), |text| IncidentCommand::WriteNote {
        text,
    }))
}

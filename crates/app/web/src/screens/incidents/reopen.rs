//! Opening a closed incident again, with a reason.

use fengsui_plan::Act as PlanAct;
use fengsui_response::incident::{IncidentCommand, Status};

use super::sight::Sight;
use super::tabs::Tab;
use super::typed::{Reading, Typed, Wrong};
use super::verb::{Asking, Verb, WhenStale};
use crate::parts::{Act, Field};

pub(super) const VERB: Verb =
    Verb { name: "reopening", tab: Tab::Review, when_stale: WhenStale::Tell, act, read };

fn act(sight: &Sight<'_>) -> Option<Act> {
    match sight.view.incident.status {
        Status::Closed(_) if sight.may(PlanAct::ReopenIncident) => {}
        Status::Closed(_) | Status::Open | Status::Absent => return None,
    }
    let form =
        sight.form(VERB.name, "incident-reopen").with(Field::line("reason", sight.t("inc-reason")));
    Some(sight.act(VERB.name, "incident-reopen", form))
}

fn read(typed: &Typed, sight: &Sight<'_>) -> Result<Asking, Wrong> {
    let mut form = Reading::of(typed, sight);
    let Some(reason) = form.line("reason") else { return Err(form.wrong()) };
    form.sound(Asking::Plain(IncidentCommand::Reopen { reason }))
}

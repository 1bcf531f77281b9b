//! Saying that the incident is not under control: it sets nothing in motion by itself.

use fengsui_plan::Act as PlanAct;
use fengsui_response::incident::IncidentCommand;

use super::sight::Sight;
use super::tabs::Tab;
use super::typed::{Reading, Typed, Wrong};
use super::verb::{Asking, Verb, WhenStale};
use crate::parts::{Act, Field};

pub(super) const VERB: Verb =
    Verb { name: "control", tab: Tab::Response, when_stale: WhenStale::Tell, act, read };

fn act(sight: &Sight<'_>) -> Option<Act> {
    let level = sight.view.incident.response.level().cloned().or_else(|| sight.level_in_force());
    if !sight.is_open() || !sight.may_at(PlanAct::EscalateResponse, level.as_ref()) {
        return None;
    }
    let plan = sight.lead();
    let form = sight
        .form(VERB.name, "inc-not-controlled")
        .with(Field::line("reason", sight.t("inc-reason")));
    let mut act = sight.act(VERB.name, "inc-not-controlled", form);
    act.lead = Some(sight.t("inc-not-controlled-lead"));
    let authority = plan.authority(PlanAct::EscalateResponse, level.as_ref());
    act.clause = authority.map(|it| sight.clause(plan, &it.clause, "do-control"));
    Some(act)
}

fn read(typed: &Typed, sight: &Sight<'_>) -> Result<Asking, Wrong> {
    let mut form = Reading::of(typed, sight);
    let Some(reason) = form.line("reason") else { return Err(form.wrong()) };
    form.sound(Asking::Plain(IncidentCommand::ReportNotControlled { reason }))
}

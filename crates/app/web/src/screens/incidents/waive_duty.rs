//! Waiving duties, 免除: with a reason that stays in the file.

use fengsui_plan::Act as PlanAct;
use fengsui_response::incident::IncidentCommand;

use super::sight::Sight;
use super::tabs::Tab;
use super::typed::{Reading, Typed, Wrong};
use super::verb::{Asking, Verb, WhenStale, effect};
use crate::parts::{Act, Field};

pub(super) const VERB: Verb =
    Verb { name: "waivers", tab: Tab::Duties, when_stale: WhenStale::Tell, act, read };

fn act(sight: &Sight<'_>) -> Option<Act> {
    if !sight.is_open() || !sight.may(PlanAct::WaiveDuty) {
        return None;
    }
    let effects = vec![effect(sight.t("duties"), sight.t("inc-waive-effect"))];
    let form = sight
        .form(VERB.name, "duty-waive")
        .with(sight.duty_choice(|_| true)?)
        .with(Field::line("reason", sight.t("inc-reason")))
        .showing(sight.consequence(VERB.name, sight.t("inc-waive-title"), effects));
    Some(sight.act(VERB.name, "duty-waive", form))
}

fn read(typed: &Typed, sight: &Sight<'_>) -> Result<Asking, Wrong> {
    let mut form = Reading::of(typed, sight);
    let ticks = form.ticks("ticks");
    let reason = form.line("reason");
    form.agreed();
    let Some(reason) = reason else { return Err(form.wrong()) };
    form.sound(Asking::Plain(IncidentCommand::WaiveDuty { ticks, reason }))
}

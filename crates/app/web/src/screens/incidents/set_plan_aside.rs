//! Setting a plan aside: it does not govern this incident, with the reason that stays in the file.

use fengsui_desk::PlanOfIncident;
use fengsui_response::incident::{IncidentCommand, Standing};
use fengsui_vocabulary::PlanId;

use super::apply_plan::option;
use super::plans_tab::may_steer;
use super::sight::Sight;
use super::tabs::Tab;
use super::typed::{Reading, Typed, Wrong};
use super::verb::{Asking, Verb, WhenStale, echo, effect};
use crate::parts::{Act, Field, FieldKind, Opt};

pub(super) const VERB: Verb =
    Verb { name: "set-plan-aside", tab: Tab::Plans, when_stale: WhenStale::Tell, act, read };

/// Whether it can be set aside: it governs or was looked at, and was not set aside on what is known now.
pub(super) fn is_open(it: &PlanOfIncident) -> bool {
    let is_set_aside = it.decided.as_ref().is_some_and(|decided| {
        decided.standing == Standing::SetAside && decided.answer == it.now.answer
    });
    !it.leads && (it.applies || it.decided.is_some()) && !is_set_aside
}

fn act(sight: &Sight<'_>) -> Option<Act> {
    let options: Vec<Opt> = sight
        .view
        .plans
        .iter()
        .filter(|it| is_open(it))
        .map(|it| Opt::new(it.edition.plan.as_str(), option(sight, it)))
        .collect();
    if options.is_empty() || !sight.is_open() || !may_steer(sight) {
        return None;
    }
    let effects = vec![
        echo(sight.t("plan"), "", "plan"),
        effect(sight.t("duties"), sight.t("applies-aside-effect")),
    ];
    let chosen = sight.meant.unwrap_or_default();
    let form = sight
        .form(VERB.name, "applies-aside")
        .with(Field::new("plan", sight.t("plan"), FieldKind::Select(options)).value(chosen))
        .with(Field::line("reason", sight.t("inc-reason")))
        .showing(sight.consequence(VERB.name, sight.t("applies-aside-title"), effects));
    Some(sight.act(VERB.name, "applies-aside", form))
}

fn read(typed: &Typed, sight: &Sight<'_>) -> Result<Asking, Wrong> {
    let mut form = Reading::of(typed, sight);
    let plan: Option<PlanId> = form.chosen("plan");
    let reason = form.line("reason");
    form.agreed();
    let (Some(plan), Some(reason)) = (plan, reason) else { return Err(form.wrong()) };
    form.sound(Asking::Plain(IncidentCommand::SetPlanAside { plan, reason }))
}

//! Deciding not to report under one plan, with a reason: kept in the file.

use fengsui_plan::Act as PlanAct;
use fengsui_response::incident::IncidentCommand;
use fengsui_vocabulary::PlanId;

use super::sight::Sight;
use super::tabs::Tab;
use super::typed::{Reading, Typed, Wrong};
use super::verb::{Asking, Verb, WhenStale, echo, effect};
use crate::parts::{Act, Field, FieldKind, Opt};

pub(super) const VERB: Verb =
    Verb { name: "not-reported", tab: Tab::Duties, when_stale: WhenStale::Tell, act, read };

fn act(sight: &Sight<'_>) -> Option<Act> {
    // Where a plan lets a recorded decision release its duties; under others they are waived one by one.
    let incident = &sight.view.incident;
    let open = incident.plans.iter().filter(|it| !incident.not_reported.contains_key(&it.plan));
    let others = open
        .filter_map(|it| sight.plan(&it.plan))
        .filter(|it| it.duties.iter().any(|duty| duty.released_by_decision));
    let options: Vec<Opt> =
        others.map(|plan| Opt::new(plan.id.as_str(), sight.legal(&plan.about.title))).collect();
    if options.is_empty() || !sight.is_open() || !sight.may(PlanAct::WaiveDuty) {
        return None;
    }
    let effects = vec![
        echo(sight.t("plan"), "", "plan"),
        effect(sight.t("duties"), sight.t("inc-not-reported-effect")),
    ];
    let form = sight
        .form(VERB.name, "incident-not-report")
        .with(Field::new("plan", sight.t("plan"), FieldKind::Select(options)))
        .with(Field::line("reason", sight.t("inc-reason")))
        .showing(sight.consequence(VERB.name, sight.t("incident-not-report"), effects));
    Some(sight.act(VERB.name, "incident-not-report", form))
}

fn read(typed: &Typed, sight: &Sight<'_>) -> Result<Asking, Wrong> {
    let mut form = Reading::of(typed, sight);
    let plan: Option<PlanId> = form.chosen("plan");
    let reason = form.line("reason");
    form.agreed();
    let (Some(plan), Some(reason)) = (plan, reason) else { return Err(form.wrong()) };
    form.sound(Asking::Plain(IncidentCommand::DecideNotToReport { plan, reason }))
}

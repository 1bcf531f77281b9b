//! Applying a plan besides the leading one, or confirming that it stays: somebody decides, facts suggest.

use fengsui_desk::PlanOfIncident;
use fengsui_response::ScopeAnswer;
use fengsui_response::incident::{IncidentCommand, Standing};
use fengsui_vocabulary::PlanId;

use super::plans_tab::{answered, may_steer};
use super::sight::Sight;
use super::tabs::Tab;
use super::typed::{Reading, Typed, Wrong};
use super::verb::{Asking, Verb, WhenStale, echo, effect};
use crate::parts::{Act, Field, FieldKind, Opt};

pub(super) const VERB: Verb =
    Verb { name: "apply-plan", tab: Tab::Plans, when_stale: WhenStale::Tell, act, read };

/// Whether there is something to decide: it does not govern yet, or what is known speaks against it now.
pub(super) fn is_open(it: &PlanOfIncident) -> bool {
    let speaks_against = |it: &PlanOfIncident| {
        it.decided.as_ref().is_some_and(|decided| {
            decided.standing == Standing::Applied && it.now.answer < decided.answer
        })
    };
    !it.leads && (!it.applies || speaks_against(it))
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
        effect(sight.t("duties"), sight.t("applies-apply-effect")),
    ];
    let chosen = sight.meant.unwrap_or_default();
    let form = sight
        .form(VERB.name, "applies-apply")
        .with(Field::new("plan", sight.t("plan"), FieldKind::Select(options)).value(chosen))
        .with(
            Field::line("reason", sight.t("inc-reason"))
                .hint(sight.t("applies-apply-reason"))
                .optional(),
        )
        .showing(sight.consequence(VERB.name, sight.t("applies-apply-title"), effects));
    Some(sight.act(VERB.name, "applies-apply", form))
}

/// A plan with what the facts give now.
pub(super) fn option(sight: &Sight<'_>, it: &PlanOfIncident) -> String {
    let answer: ScopeAnswer = it.now.answer;
    format!("{} · {}", sight.legal(&it.title), answered(sight, answer))
}

fn read(typed: &Typed, sight: &Sight<'_>) -> Result<Asking, Wrong> {
    let mut form = Reading::of(typed, sight);
    let plan: Option<PlanId> = form.chosen("plan");
    let reason = form.maybe_line("reason");
    form.agreed();
    let Some(plan) = plan else { return Err(form.wrong()) };
    let Some(found) = sight.view.plans.iter().find(|it| it.edition.plan == plan) else {
        form.note("plan", sight.t("error-choice"));
        return Err(form.wrong());
    };
    form.sound(Asking::Plain(IncidentCommand::ApplyPlan { plan: found.edition.clone(), reason }))
}

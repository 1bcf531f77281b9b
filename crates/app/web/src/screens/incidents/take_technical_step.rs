//! The next step of the technical plan, 处置方案: the pack says which one it is and whose.

use fengsui_desk::content::Writing;
use fengsui_plan::Act as PlanAct;
use fengsui_response::StepOutcome;
use fengsui_response::incident::{
    IncidentCommand, NextStep, TakeTechnicalStep, TechnicalStep, Verdict,
};
use fengsui_vocabulary::RoleId;

use super::on_behalf;
use super::sight::Sight;
use super::tabs::Tab;
use super::typed::{Reading, Typed, Wrong};
use super::verb::{Asking, Text, Verb, WhenStale};
use crate::parts::{Act, Field, FieldKind, Html, Item, Items, Opt};

pub(super) const VERB: Verb =
    Verb { name: "technical-steps", tab: Tab::Response, when_stale: WhenStale::Tell, act, read };

/// How a step may end, by the word in forms.
const VERDICTS: [(&str, bool); 2] = [("passed", true), ("returned", false)];

fn act(sight: &Sight<'_>) -> Option<Act> {
    let next = next(sight)?;
    let is_mine = next.by.iter().any(|role| sight.viewer.actor.roles.contains(role));
    if !sight.is_open() || !(is_mine || sight.works()) {
        return None;
    }
    let mut form = sight
        .form(VERB.name, "inc-technical-take")
        .hiding("step", next.step.name())
        .with(Field::prose("text", sight.t("inc-technical-text")).hint(name(sight, next.step)));
    if let Some(draft) = &next.draft {
        form = form.hiding("draft", draft.clone());
    }
    if is_judged(next.step) {
        let options = VERDICTS
            .iter()
            .map(|(word, _)| Opt::new(*word, sight.t(&format!("inc-technical-{word}"))));
        form = form
            .with(
                Field::new(
                    "verdict",
                    sight.t("inc-technical-verdict"),
                    FieldKind::Radio(options.collect()),
                )
                .value("passed"),
            )
            .with(Field::line("reason", sight.t("inc-technical-reason")).optional());
    }
    if !is_mine {
        form = form.hiding("behalf", "yes");
        let roles: Vec<RoleId> = next.by.iter().cloned().collect();
        for field in on_behalf::fields(sight, &roles) {
            form = form.with(field);
        }
    }
    let mut act = sight.act(VERB.name, "inc-technical-take", form);
    act.lead = Some(sight.ta("inc-technical-next", &[("step", &name(sight, next.step))]));
    Some(act)
}

fn read(typed: &Typed, sight: &Sight<'_>) -> Result<Asking, Wrong> {
    let mut form = Reading::of(typed, sight);
    let word: Option<String> = form.chosen("step");
    let draft: Option<String> = form.maybe_chosen("draft");
    let text = form.prose("text");
    let step = word.and_then(|word| PlanAct::ALL.into_iter().find(|act| act.name() == word));
    let passed = match step {
        Some(step) if is_judged(step) => form.one_of("verdict", &VERDICTS),
        Some(_) | None => Some(true),
    };
    let reason = if passed == Some(false) { form.line("reason") } else { None };
    let told = if form.ticked("behalf") { on_behalf::read(&mut form) } else { None };
    let (Some(step), Some(text), Some(passed)) = (step, text, passed) else {
        return Err(form.wrong());
    };
    let verdict = match (passed, reason) {
        (true, _) => Verdict::Passed,
        (false, Some(reason)) => Verdict::TurnedDown { reason },
        (false, None) => return Err(form.wrong()),
    };
    // The text of the step is its record, so what was told on behalf needs none of its own.
    form.sound(Asking::with(Text::Writing(Writing { text }), move |text| {
        IncidentCommand::TakeTechnicalStep(TakeTechnicalStep {
            plan: None,
            step,
            draft,
            on_behalf: told.map(|told| told.on_behalf(Some(text.clone()))),
            text: Some(text),
            verdict,
            note: None,
        })
    }))
}

/// What was done so far, the newest draft last.
pub(super) fn taken(sight: &Sight<'_>) -> Option<Items> {
    let technical = sight.view.incident.technical(sight.lead())?;
    let steps = technical.rounds.iter().flat_map(|round| &round.steps);
    let items = steps.map(|taken| item(sight, taken)).collect();
    Some(Items { items, empty: sight.t("inc-technical-none") })
}

fn item(sight: &Sight<'_>, taken: &TechnicalStep) -> Item {
    let name = name(sight, taken.step);
    let title = match &taken.text {
        Some(text) => Html::link(&super::paths::text(sight.view.id, text.blob), &name),
        None => Html::text(name),
    };
    let outcome = outcome(sight, &taken.outcome);
    let text = format!("{} · {outcome}", sight.role(&taken.role));
    Item { title, text, side: Html::of(&sight.moment(taken.at)) }
}

/// What came of a step, in words.
pub(super) fn outcome(sight: &Sight<'_>, outcome: &StepOutcome) -> String {
    match outcome {
        StepOutcome::Passed => sight.t("inc-technical-passed"),
        StepOutcome::Joined => sight.t("inc-technical-joined"),
        StepOutcome::Returned { reason } => {
            format!("{}: {reason}", sight.t("inc-technical-returned"))
        }
    }
}

/// A step by its name.
pub(super) fn name(sight: &Sight<'_>, step: PlanAct) -> String {
    sight.t(&format!("book-act-{}", step.name().replace('_', "-")))
}

fn next(sight: &Sight<'_>) -> Option<NextStep> {
    sight.view.incident.technical(sight.lead())?.next
}

/// Whether a step may turn the draft down.
const fn is_judged(step: PlanAct) -> bool {
    matches!(
        step,
        PlanAct::TestTechnicalPlan | PlanAct::AssessTechnicalPlan | PlanAct::ApproveTechnicalPlan
    )
}

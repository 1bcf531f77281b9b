//! Judging the level, 研判定级: what the facts give stays beside it.

use std::sync::Arc;

use fengsui_plan::{Act as PlanAct, Plan};
use fengsui_response::incident::IncidentCommand;
use fengsui_vocabulary::{LevelId, PlanId};

use super::sight::Sight;
use super::tabs::Tab;
use super::typed::{Reading, Typed, Wrong};
use super::verb::{Asking, Verb, WhenStale, echo, effect};
use crate::parts::{Act, Field, FieldKind, Opt};

pub(super) const VERB: Verb =
    Verb { name: "level", tab: Tab::Overview, when_stale: WhenStale::Tell, act, read };

fn act(sight: &Sight<'_>) -> Option<Act> {
    let plan = sight.lead();
    let judged = judged_by_reader(sight);
    if !sight.is_open() || judged.is_empty() {
        return None;
    }
    let computed = sight.view.incident.computed(plan);
    let is_lead_only = sight.view.incident.plans.len() == 1;
    let certain = computed.certain.as_ref().map(|it| value_of(sight, plan, it));
    let mut options = vec![Opt::new("", sight.t("inc-choose"))];
    for plan in &judged {
        options.extend(plan.levels.iter().map(|level| {
            let name = sight.level_name(plan, &level.id);
            let of =
                if is_lead_only { name } else { format!("{} · {name}", plan_name(sight, plan)) };
            Opt::new(value_of(sight, plan, &level.id), of)
        }));
    }
    let form = sight
        .form(VERB.name, "grade-judge")
        .with(
            Field::new("level", sight.t("level"), FieldKind::Select(options))
                .value(certain.unwrap_or_default())
                .hint(sight.t("inc-judge-hint")),
        )
        .with(
            Field::line("reason", sight.t("inc-reason"))
                .hint(sight.t("inc-judge-reason"))
                .optional(),
        );
    let effects = vec![
        echo(sight.t("level"), "", "level"),
        effect(sight.t("duties"), sight.t("inc-judge-effect")),
    ];
    let title = sight.t("inc-judge-title");
    let mut act = sight.act(
        VERB.name,
        "grade-judge",
        form.showing(sight.consequence(VERB.name, title, effects)),
    );
    let authority = plan.authority(PlanAct::JudgeLevel, computed.certain.as_ref());
    act.clause = authority.map(|it| sight.clause(plan, &it.clause, "do-level"));
    Some(act)
}

/// Between a plan and its level in a form.
const BETWEEN: char = '|';

/// The plans of this incident whose level the reader may judge: each plan says who.
fn judged_by_reader(sight: &Sight<'_>) -> Vec<Arc<Plan>> {
    let plans = sight.view.incident.plans.iter().filter_map(|it| sight.plan(&it.plan));
    let may = |plan: &Arc<Plan>| {
        let mut levels = plan.levels.iter();
        levels.any(|level| sight.may_under(plan, PlanAct::JudgeLevel, Some(&level.id)))
    };
    plans.filter(may).collect()
}

fn plan_name(sight: &Sight<'_>, plan: &Plan) -> String {
    sight.said(&plan.about.title)
}

/// How the form names a level: alone where only one plan governs.
fn value_of(sight: &Sight<'_>, plan: &Plan, level: &LevelId) -> String {
    if sight.view.incident.plans.len() == 1 {
        return level.to_string();
    }
    format!("{}{BETWEEN}{level}", plan.id)
}

fn read(typed: &Typed, sight: &Sight<'_>) -> Result<Asking, Wrong> {
    let mut form = Reading::of(typed, sight);
    let chosen: Option<String> = form.chosen("level");
    let (plan, level) = match chosen.as_deref().and_then(|it| it.split_once(BETWEEN)) {
        Some((plan, level)) => (plan.parse::<PlanId>().ok(), level.parse::<LevelId>().ok()),
        None => (form.maybe_chosen("plan"), chosen.as_deref().and_then(|it| it.parse().ok())),
    };
    let reason = form.maybe_line("reason");
    form.agreed();
    let Some(level) = level else { return Err(form.wrong()) };
    let plan = plan.unwrap_or_else(|| sight.lead().id.clone());
    form.sound(Asking::Plain(IncidentCommand::JudgeLevel { plan, level, reason }))
}

//! Judging the level, 研判定级: what the facts give stays beside it.

use fengsui_plan::Act as PlanAct;
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
    let may = plan.levels.iter().any(|level| sight.may_at(PlanAct::JudgeLevel, Some(&level.id)));
    if !sight.is_open() || !may {
        return None;
    }
    let computed = sight.view.incident.computed(plan);
    let certain = computed.certain.as_ref().map(LevelId::to_string).unwrap_or_default();
    let mut options = vec![Opt::new("", sight.t("inc-choose"))];
    options.extend(
        plan.levels.iter().map(|it| Opt::new(it.id.as_str(), sight.level_name(plan, &it.id))),
    );
    let mut form = sight
        .form(VERB.name, "grade-judge")
        .with(
            Field::new("level", sight.t("level"), FieldKind::Select(options))
                .value(certain)
                .hint(sight.t("inc-judge-hint")),
        )
        .with(
            Field::line("reason", sight.t("inc-reason"))
                .hint(sight.t("inc-judge-reason"))
                .optional(),
        );
    if sight.view.incident.plans.len() > 1 {
        let plans = sight.view.incident.plans.iter().filter_map(|it| sight.plan(&it.plan));
        let options = plans.map(|it| Opt::new(it.id.as_str(), sight.legal(&it.about.title)));
        let field = Field::new("plan", sight.t("plan"), FieldKind::Select(options.collect()));
        form = form.with(field.value(plan.id.as_str()));
    }
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

fn read(typed: &Typed, sight: &Sight<'_>) -> Result<Asking, Wrong> {
    let mut form = Reading::of(typed, sight);
    let level: Option<LevelId> = form.chosen("level");
    let plan: Option<PlanId> = form.maybe_chosen("plan");
    let reason = form.maybe_line("reason");
    form.agreed();
    let Some(level) = level else { return Err(form.wrong()) };
    let plan = plan.unwrap_or_else(|| sight.lead().id.clone());
    form.sound(Asking::Plain(IncidentCommand::JudgeLevel { plan, level, reason }))
}

//! The steps of a response that can be taken now, and whose decision each is.

use fengsui_plan::{Act as PlanAct, Authority, How};
use fengsui_response::Step;
use fengsui_response::incident::ResponseState;
use fengsui_vocabulary::{LevelId, Line};

use super::sight::Sight;
use crate::parts::Opt;

/// The steps by the words in forms.
pub(super) const STEPS: [(&str, Step); 4] = [
    ("start", Step::Start),
    ("adjust", Step::Adjust),
    ("escalate", Step::Escalate),
    ("end", Step::End),
];

/// The steps that can be taken as the response stands.
pub(super) fn possible(sight: &Sight<'_>) -> &'static [(&'static str, Step)] {
    match sight.view.incident.response.state {
        ResponseState::NotStarted | ResponseState::Ended { .. } => &STEPS[..1],
        ResponseState::Running { .. } => &STEPS[1..],
    }
}

/// The level at which a step is taken unless somebody chooses another.
pub(super) fn level(sight: &Sight<'_>) -> Option<LevelId> {
    sight.level_in_force().or_else(|| sight.view.incident.response.level().cloned())
}

/// What the plan says about a step at a level.
pub(super) fn authority<'s>(
    sight: &'s Sight<'_>,
    step: Step,
    level: &LevelId,
) -> Option<&'s Authority> {
    let plan = sight.lead();
    let running = sight.view.incident.response.level().unwrap_or(level);
    let worse = if plan.is_at_least(running, level) { running } else { level };
    match step {
        Step::Start => plan.authority(PlanAct::StartResponse, Some(level)),
        Step::Adjust => plan.authority(PlanAct::AdjustResponse, Some(worse)),
        Step::Escalate => plan.authority(PlanAct::EscalateResponse, Some(running)),
        Step::End => plan.authority(PlanAct::EndResponse, Some(running)),
    }
}

/// How a step is decided, as far as forms differ by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// The offices give their voices.
    Voice,
    /// The offices propose and others approve.
    Proposal,
}

/// Steps that the reader takes part in, one way or the other.
pub(super) fn mine(sight: &Sight<'_>, way: Way) -> Vec<(&'static str, Step)> {
    let Some(level) = level(sight) else { return Vec::new() };
    let roles = &sight.viewer.actor.roles;
    let is_mine = |step: Step| {
        let plan = sight.lead();
        let levels = plan.levels.iter().map(|it| &it.id);
        // A response milder than the level in force is never decided.
        let levels = levels.filter(|it| step == Step::End || plan.is_at_least(it, &level));
        levels.filter_map(|level| authority(sight, step, level)).any(|authority| {
            let found = match authority.how {
                How::AnyOf(_) | How::Joint(_) | How::Higher(_) | How::Undefined => Way::Voice,
                How::Approval { .. } => Way::Proposal,
            };
            found == way && authority.how.initiators().iter().any(|role| roles.contains(role))
        })
    };
    possible(sight).iter().copied().filter(|(_, step)| is_mine(*step)).collect()
}

/// The step that suggests itself.
pub(super) fn suggested(sight: &Sight<'_>, among: &[(&'static str, Step)]) -> &'static str {
    let running = sight.view.incident.response.level();
    let in_force = sight.level_in_force();
    let is_enough = match (running, &in_force) {
        (Some(running), Some(in_force)) => sight.lead().is_at_least(running, in_force),
        (Some(_), None) => true,
        (None, _) => false,
    };
    let wanted = match (running, is_enough, &sight.view.incident.not_controlled) {
        (None, _, _) => Step::Start,
        (Some(_), false, _) => Step::Adjust,
        (Some(_), true, Some(_)) => Step::Escalate,
        (Some(_), true, None) => Step::End,
    };
    let found = among.iter().find(|(_, step)| *step == wanted).or_else(|| among.first());
    found.map_or("", |(word, _)| *word)
}

/// The steps to choose from.
pub(super) fn options(sight: &Sight<'_>, steps: &[(&'static str, Step)]) -> Vec<Opt> {
    steps.iter().map(|(word, step)| Opt::new(*word, name(sight, *step))).collect()
}

/// The levels to choose from.
pub(super) fn level_options(sight: &Sight<'_>) -> Vec<Opt> {
    let plan = sight.lead();
    plan.levels.iter().map(|it| Opt::new(it.id.as_str(), sight.level_name(plan, &it.id))).collect()
}

/// A step in words.
pub(super) fn name(sight: &Sight<'_>, step: Step) -> String {
    match step {
        Step::Start => sight.t("incident-start-response"),
        Step::Adjust => sight.t("inc-step-adjust"),
        Step::Escalate => sight.t("inc-step-escalate"),
        Step::End => sight.t("incident-end-response"),
    }
}

/// The scope as it is now, or what suggests itself: everybody it happened to.
pub(super) fn scope(sight: &Sight<'_>) -> String {
    let response = &sight.view.incident.response;
    let voiced = response.voices.values().next().map(|voice| voice.scope.clone());
    let now = match &response.state {
        ResponseState::Running { scope, .. } => Some(scope.clone()),
        ResponseState::NotStarted | ResponseState::Ended { .. } => None,
    };
    if let Some(scope) = voiced.or(now) {
        return scope.to_string();
    }
    let names: Vec<String> = sight.affected().map(|(party, _)| sight.party(party)).collect();
    let all = names.join("、");
    all.parse::<Line>().map(|line| line.to_string()).unwrap_or_default()
}

//! An office's voice in a decision about the response: it takes effect when all have given the same.

use std::collections::BTreeSet;

use fengsui_plan::How;
use fengsui_response::incident::{IncidentCommand, VoiceDecision, Waiting};
use fengsui_vocabulary::{LevelId, RoleId};

use super::sight::Sight;
use super::steps::{self, Way};
use super::tabs::Tab;
use super::typed::{Reading, Typed, Wrong};
use super::verb::{Asking, Verb, WhenStale, echo, effect};
use crate::parts::{Act, Effect, Field, FieldKind};

pub(super) const VERB: Verb =
    Verb { name: "voices", tab: Tab::Response, when_stale: WhenStale::Tell, act, read };

fn act(sight: &Sight<'_>) -> Option<Act> {
    let steps = steps::mine(sight, Way::Voice);
    let level = steps::level(sight)?;
    if steps.is_empty() || !sight.is_open() {
        return None;
    }
    let joined = sight.view.waiting.iter().find_map(|waiting| match waiting {
        Waiting::Voice { step, level, scope, .. } => {
            Some((*step, level.clone(), scope.to_string()))
        }
        Waiting::Endorsement { .. }
        | Waiting::Approval { .. }
        | Waiting::Confirmation { .. }
        | Waiting::Clearance { .. }
        | Waiting::Applicability { .. }
        | Waiting::Migration { .. }
        | Waiting::TechnicalStep { .. } => None,
    });
    let (step, level, scope) = match joined {
        Some((step, level, scope)) => {
            let word = steps.iter().find(|(_, known)| *known == step).map_or("", |(word, _)| *word);
            (word, level, scope)
        }
        None => (steps::suggested(sight, &steps), level, steps::scope(sight)),
    };
    let options = FieldKind::Radio(steps::options(sight, &steps));
    let effects = effects(sight, &steps, &level);
    let form = sight
        .form(VERB.name, "inc-voice")
        .with(Field::new("step", sight.t("inc-step"), options).value(step))
        .with(
            Field::new(
                "level",
                sight.t("response-level"),
                FieldKind::Select(steps::level_options(sight)),
            )
            .value(level.as_str()),
        )
        .with(Field::line("scope", sight.t("inc-scope")).value(scope))
        .with(
            Field::line("reason", sight.t("inc-reason"))
                .hint(sight.t("inc-voice-reason"))
                .optional(),
        )
        .showing(sight.consequence(VERB.name, sight.t("inc-voice-title"), effects));
    let mut act = sight.act(VERB.name, "inc-voice", form);
    act.lead = Some(sight.t("inc-voice-lead"));
    Some(act)
}

fn read(typed: &Typed, sight: &Sight<'_>) -> Result<Asking, Wrong> {
    let mut form = Reading::of(typed, sight);
    let step = form.one_of("step", steps::possible(sight));
    let level: Option<LevelId> = form.chosen("level");
    let scope = form.line("scope");
    let reason = form.maybe_line("reason");
    form.agreed();
    let (Some(step), Some(level), Some(scope)) = (step, level, scope) else {
        return Err(form.wrong());
    };
    form.sound(Asking::Plain(IncidentCommand::VoiceDecision(VoiceDecision {
        step,
        level,
        scope,
        reason,
    })))
}

/// What the voice does: to the response, and to whose voice it still needs.
fn effects(
    sight: &Sight<'_>,
    steps: &[(&'static str, fengsui_response::Step)],
    level: &LevelId,
) -> Vec<Effect> {
    let authorities = steps.iter().filter_map(|(_, step)| steps::authority(sight, *step, level));
    let offices: BTreeSet<RoleId> = authorities
        .flat_map(|authority| match &authority.how {
            How::AnyOf(roles) | How::Joint(roles) => roles.clone(),
            How::Approval { .. } | How::Higher(_) | How::Undefined => Vec::new(),
        })
        .collect();
    let voiced = &sight.view.incident.response.voices;
    let others: Vec<&RoleId> = offices
        .iter()
        .filter(|role| !voiced.contains_key(*role) && !sight.viewer.actor.roles.contains(*role))
        .collect();
    let mut effects = vec![
        echo(sight.t("response"), sight.t("response-level"), "level"),
        echo(sight.t("inc-scope"), "", "scope"),
    ];
    if others.is_empty() {
        effects.push(effect(sight.t("inc-at-once"), sight.t("inc-voice-complete")));
    } else {
        effects.push(effect(sight.roles(others), sight.t("inc-voice-others")));
    }
    effects
}

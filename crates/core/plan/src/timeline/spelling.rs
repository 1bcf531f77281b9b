//! Misspelt words of a timeline: a happening under a wrong name would silently owe nothing.
//!
//! A timeline may serve plans that are not at hand, so a word that no plan knows is refused only if
//! it is nearly one that a plan does know.

use fengsui_vocabulary::{Facts, RoleId};
use toml::de::DeTable;

use crate::model::Plan;
use crate::pack::tree::{At, Sink, listed, nearest};

/// What words are checked against.
#[derive(Clone, Copy)]
pub(crate) struct Spelling<'a> {
    plans: &'a [&'a Plan],
}

/// What a word names.
#[derive(Clone, Copy)]
pub(super) enum Named {
    Plan,
    Role,
    Level,
    Part,
}

impl<'a> Spelling<'a> {
    /// Checks against the words of these plans; without any nothing is refused.
    pub(crate) const fn of(plans: &'a [&'a Plan]) -> Self {
        Self { plans }
    }

    /// Notes a word that is nearly one of a plan's.
    pub(super) fn check(self, named: Named, word: &At<String>, sink: &Sink) {
        let words: Vec<&str> = self.plans.iter().flat_map(|plan| words_of(plan, named)).collect();
        if words.contains(&word.value.as_str()) {
            return;
        }
        if let Some(near) = nearest(&word.value, words.into_iter()) {
            sink.error(
                "unknown-word",
                word.span.clone(),
                format!("no plan here knows `{}`", word.value),
                format!("did you mean `{near}`?"),
            );
        }
    }

    /// Notes a duty that should be a plan's, by what its id begins with, and is not; and one of
    /// several senders where none is named.
    pub(super) fn check_duty(self, duty: &At<String>, sender: Option<&RoleId>, sink: &Sink) {
        let is_of = |plan: &&&Plan| {
            duty.value.strip_prefix(&plan.short).is_some_and(|rest| rest.starts_with('-'))
        };
        let Some(plan) = self.plans.iter().find(is_of) else { return };
        if let Some(rule) = plan.duties.iter().find(|rule| rule.id == *duty.value) {
            if rule.senders.len() > 1 && sender.is_none() {
                let senders = listed(rule.senders.iter().map(RoleId::as_str));
                let what = format!("`{}` has several senders", duty.value);
                sink.error(
                    "missing-sender",
                    duty.span.clone(),
                    what,
                    format!("add `by`: {senders}"),
                );
            }
            return;
        }
        let ids = || plan.duties.iter().map(|rule| rule.id.as_str());
        let help = nearest(&duty.value, ids()).map_or_else(
            || format!("`fengsui plan show {}` lists its duties", plan.id),
            |near| format!("did you mean `{near}`?"),
        );
        let what = format!("`{}` has no duty `{}`", plan.id, duty.value);
        sink.error("unknown-duty", duty.span.clone(), what, help);
    }

    /// Notes facts that are nearly known ones, and values that do not fit.
    pub(super) fn check_facts(self, facts: &Facts, table: &DeTable<'_>, sink: &Sink) {
        for (key, value) in table {
            let name: &str = key.get_ref();
            let Some((id, known)) = facts.get_key_value(name) else { continue };
            let asked = self.plans.iter().find_map(|plan| plan.facts.get(id));
            let near = self.plans.iter().find_map(|plan| plan.facts.nearest(name));
            match (asked.map(|fact| (fact, fact.bounds_of(known))), near) {
                (Some((fact, Err(problem))), _) => sink.error(
                    "fact-value",
                    value.span(),
                    format!("fact `{id}`: {problem}"),
                    format!("allowed: {}", fact.allowed()),
                ),
                (None, Some(near)) => sink.error(
                    "unknown-fact",
                    key.span(),
                    format!("there is no fact `{id}`"),
                    format!("did you mean `{near}`?"),
                ),
                (Some((_, Ok(_))), _) | (None, None) => {}
            }
        }
    }
}

fn words_of(plan: &Plan, named: Named) -> Vec<&str> {
    match named {
        Named::Plan => vec![plan.id.as_str()],
        Named::Role => plan.roles.keys().map(AsRef::as_ref).collect(),
        Named::Level => plan.levels.iter().map(|level| level.id.as_str()).collect(),
        Named::Part => plan.hand_overs.iter().map(|part| part.part.as_str()).collect(),
    }
}

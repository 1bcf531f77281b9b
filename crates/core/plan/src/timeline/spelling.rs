//! Misspelt words of a timeline: a happening under a wrong name would silently owe nothing.
//!
//! A timeline may serve plans that are not at hand, so a word that no plan knows is refused only if
//! it is nearly one that a plan does know.

use fengsui_vocabulary::{DutyId, Facts, PlanId, RoleId};
use toml::de::DeTable;

use super::facts;
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

/// Whose part in a duty a role has.
#[derive(Clone, Copy)]
pub(super) enum Side {
    Sender,
    Recipient,
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
        let mut rules = plan.duties.iter().filter(|rule| rule.id == *duty.value).peekable();
        if rules.peek().is_some() {
            if let Some(rule) = rules.find(|rule| rule.senders.len() > 1)
                && sender.is_none()
            {
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

    /// Notes a level that none of the plans it is about knows: a decision of it would move nothing.
    pub(super) fn check_level(self, level: &At<String>, about: &[Option<PlanId>], sink: &Sink) {
        let is_about = |plan: &&&Plan| {
            about.iter().any(|about| about.as_ref().is_none_or(|about| *about == plan.id))
        };
        let asked: Vec<_> = self.plans.iter().filter(is_about).collect();
        let levels = || asked.iter().flat_map(|plan| words_of(plan, Named::Level));
        if asked.is_empty() || levels().any(|known| known == level.value) {
            return;
        }
        let help = nearest(&level.value, levels()).map_or_else(
            || format!("write one of: {}", listed(levels())),
            |near| format!("did you mean `{near}`?"),
        );
        let what = format!("no plan here knows the level `{}`", level.value);
        sink.error("unknown-word", level.span.clone(), what, help);
    }

    /// Notes somebody who neither owes a duty nor is owed it: a delivery of theirs would count for
    /// nothing. A duty that no plan here knows is left alone.
    pub(super) fn check_party(self, duty: &DutyId, party: &At<RoleId>, side: Side, sink: &Sink) {
        let has = |plan: &&&'a Plan| plan.duties.iter().any(|rule| rule.id == *duty);
        let Some(plan) = self.plans.iter().find(has) else { return };
        let (code, does) = match side {
            Side::Sender => ("wrong-sender", "does not owe"),
            Side::Recipient => ("wrong-recipient", "is not owed"),
        };
        let rules = plan.duties.iter().filter(|rule| rule.id == *duty);
        let parties: Vec<&RoleId> = rules
            .flat_map(|rule| match side {
                Side::Sender => &rule.senders,
                Side::Recipient => &rule.to,
            })
            .collect();
        let name = party.value.as_str();
        let is_one = parties.iter().any(|whole| plan.stands_for(name, whole.as_str()));
        if is_one || parties.is_empty() {
            return;
        }
        let words = || parties.iter().map(|party| party.as_str());
        let help = nearest(name, words()).map_or_else(
            || format!("write one of: {}", listed(words())),
            |near| format!("did you mean `{near}`?"),
        );
        sink.error(code, party.span.clone(), format!("`{name}` {does} `{duty}`"), help);
    }

    /// Notes facts that no plan knows, and values that do not fit.
    pub(super) fn check_facts(self, facts: &Facts, table: &DeTable<'_>, sink: &Sink) {
        let catalogues: Vec<_> = self.plans.iter().map(|plan| &*plan.facts).collect();
        if !catalogues.is_empty() {
            facts::check(facts, table, &catalogues, sink);
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

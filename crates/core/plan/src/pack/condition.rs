//! Conditions of duties: what must hold, monotone and bounded.

use fengsui_vocabulary::{AnchorName, FactId, LevelId};

use super::compile::Pack;
use super::criterion::scalar;
use super::names::Kind;
use super::tree::{At, Node};
use crate::catalogue::{Fact, FactKind, Worse};
use crate::model::Condition;

/// Times that an organisation may be said to have in the sense of one plan.
const STATED: &[(&str, ())] = &[("aware", ())];

/// Conditions within conditions at most.
pub(super) const DEPTH_MAX: usize = 8;

impl Pack<'_> {
    /// Reads the condition of a duty.
    pub(super) fn condition(&self, node: Node<'_>, depth: usize) -> Option<Condition> {
        if self.is_too_deep(node, depth) {
            return None;
        }
        let table = node.table()?;
        let chosen = table
            .only_one(&["level_at_least", "flag", "fact", "stated", "any", "all"], "condition");
        let option = table.optional("is");
        let least = table.optional("at_least");
        table.finish();
        let (key, value) = chosen?;
        if let Some(stray) = option.or(least).filter(|_| key != "fact") {
            return self.stray(stray, key);
        }
        match key {
            "level_at_least" => {
                let level: At<LevelId> = value.name()?;
                Some(Condition::LevelAtLeast(self.names.resolve(Kind::Level, level)?))
            }
            "flag" => Some(Condition::Flag(self.flag(value)?.id.clone())),
            "fact" => match least {
                Some(least) => self.fact_at_least(value, least, option),
                None => self.fact_is(value, option),
            },
            "stated" => {
                let () = value.word(STATED)?;
                let name: At<AnchorName> = value.name()?;
                Some(Condition::Stated(name.value))
            }
            "any" => Some(Condition::Any(self.conditions(value, depth)?)),
            _ => Some(Condition::All(self.conditions(value, depth)?)),
        }
    }

    /// A fact of the catalogue.
    pub(super) fn fact(&self, node: Node<'_>) -> Option<&Fact> {
        let name: At<FactId> = node.name()?;
        let fact = self.facts.get(&name.value);
        if fact.is_none() {
            let near = self.facts.nearest(name.value.as_str());
            self.sink.error(
                "unknown-fact",
                name.span,
                format!("no fact is called `{}`", name.value),
                near.map_or_else(
                    || "`fengsui plan facts` lists them; a pack may add its own `[[fact]]`".into(),
                    |near| format!("did you mean `{near}`?"),
                ),
            );
        }
        fact
    }

    /// A fact that is a flag.
    pub(super) fn flag(&self, node: Node<'_>) -> Option<&Fact> {
        let fact = self.fact(node)?;
        if fact.kind == FactKind::Flag {
            return Some(fact);
        }
        self.sink.error(
            "not-a-flag",
            node.span(),
            format!("the fact `{}` is not a flag; it is {}", fact.id, fact.allowed()),
            "compare it: `{ fact = \"…\", at_least = … }`",
        );
        None
    }

    /// Notes nesting that nobody could read.
    pub(super) fn is_too_deep(&self, node: Node<'_>, depth: usize) -> bool {
        if depth < DEPTH_MAX {
            return false;
        }
        self.sink.error(
            "nested-too-deep",
            node.span(),
            format!("conditions are nested deeper than {DEPTH_MAX}"),
            "split the rule into several",
        );
        true
    }

    /// Notes a comparator that stands beside something that is not compared.
    pub(super) fn stray<T>(&self, node: Node<'_>, key: &str) -> Option<T> {
        self.sink.error(
            "stray-comparator",
            node.span(),
            format!("nothing is compared here: `{key}` stands alone"),
            "write `fact = \"…\"` with a comparator, or leave the comparator out",
        );
        None
    }

    /// Notes an empty list of conditions.
    pub(super) fn is_empty(&self, node: Node<'_>, length: usize) -> bool {
        if length == 0 {
            self.sink.error(
                "empty-list",
                node.span(),
                "a list of conditions is empty",
                "`any = []` never holds and `all = []` always does: write conditions, or none",
            );
        }
        length == 0
    }

    fn conditions(&self, node: Node<'_>, depth: usize) -> Option<Vec<Condition>> {
        let items = node.items();
        if self.is_empty(node, items.len()) {
            return None;
        }
        let read: Vec<_> = items.iter().map(|item| self.condition(*item, depth + 1)).collect();
        read.into_iter().collect()
    }

    fn fact_at_least(
        &self,
        value: Node<'_>,
        least: Node<'_>,
        option: Option<Node<'_>>,
    ) -> Option<Condition> {
        if let Some(option) = option {
            return self.stray(option, "at_least");
        }
        let fact = self.fact(value)?;
        let axis = self.least_of(fact, least)?;
        Some(Condition::FactAtLeast(fact.id.clone(), axis))
    }

    /// How bad a fact must be, on its own axis; notes what would not be monotone.
    fn least_of(&self, fact: &Fact, least: Node<'_>) -> Option<i64> {
        if !fact.has_order() || fact.worse == Worse::Lower {
            self.sink.error(
                "not-monotone",
                least.span(),
                format!("`at_least` on `{}` could become false when things get worse", fact.id),
                "it fits facts of which more is worse; use `flag` or `is` for others",
            );
            return None;
        }
        if let Some(word) = least.value().as_str().filter(|_| !fact.choices().is_empty())
            && fact.choice(word).is_none()
        {
            return self.unknown_choice(fact, least, word);
        }
        let axis = scalar(least).and_then(|value| fact.axis_of(&value).ok());
        if axis.is_none() {
            self.sink.error(
                "value-does-not-fit",
                least.span(),
                format!("this is not a value of the fact `{}`", fact.id),
                format!("allowed: {}", fact.allowed()),
            );
        }
        axis
    }

    fn fact_is(&self, value: Node<'_>, option: Option<Node<'_>>) -> Option<Condition> {
        let fact = self.fact(value)?;
        let Some(option) = option else {
            self.sink.error(
                "nothing-chosen",
                value.span(),
                "this condition does not say what the fact must be",
                "add `is = \"…\"`, or write `{ flag = \"…\" }`",
            );
            return None;
        };
        if !matches!(fact.kind, FactKind::Choice { .. }) {
            self.sink.error(
                "not-monotone",
                option.span(),
                format!("`is` on `{}` could become false when things get worse", fact.id),
                "`is` fits choices without an order only; use `flag`, or a level",
            );
            return None;
        }
        let word = option.text()?;
        if fact.choice(&word).is_none() {
            return self.unknown_choice(fact, option, &word);
        }
        Some(Condition::FactIs(fact.id.clone(), word))
    }

    /// Notes a word that a choice does not have.
    pub(super) fn unknown_choice<T>(&self, fact: &Fact, node: Node<'_>, word: &str) -> Option<T> {
        let words = fact.choices().iter().map(|choice| choice.id.as_str());
        let help = super::tree::nearest(word, words).map_or_else(
            || format!("allowed: {}", fact.allowed()),
            |near| format!("did you mean `{near}`?"),
        );
        self.sink.error(
            "unknown-choice",
            node.span(),
            format!("`{word}` is not an answer to `{}`", fact.id),
            help,
        );
        None
    }
}

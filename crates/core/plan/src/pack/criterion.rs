//! Criteria of levels: facts compared with what is bad, never with what is good.

use std::cell::RefCell;

use fengsui_vocabulary::{LevelId, Scalar};
use toml::de::DeValue;

use super::compile::Pack;
use super::names::Kind;
use super::tree::{Node, Table};
use crate::catalogue::{Fact, FactKind, Worse};
use crate::grade::{COMBINATIONS_MAX, COMPARISONS_MAX, Compiled, Grader, Score, Slots, Test};
use crate::model::{Criterion, HandOver, Level};

/// Reads tests and numbers the facts they name.
pub(super) struct Tests<'p, 'a> {
    pub(super) pack: &'p Pack<'a>,
    pub(super) slots: RefCell<Slots>,
    /// The scores that tests may name.
    pub(super) scores: Vec<Score>,
}

impl<'a> Pack<'a> {
    /// Reads every criterion, score and scope, and compiles them.
    pub(super) fn grader(
        &self,
        root: &Table<'a>,
        levels: &[Level],
        hand_overs: &[HandOver],
    ) -> Grader {
        let tests = Tests { pack: self, slots: RefCell::default(), scores: self.scores(root) };
        let ids: Vec<LevelId> = levels.iter().map(|level| level.id.clone()).collect();
        let mut compiled = Vec::new();
        for table in root.tables("criterion") {
            compiled.extend(tests.criterion(&table, &ids));
        }
        let scoped = tests.scopes(root);
        let mut slots = tests.slots.into_inner();
        for hand_over in hand_overs {
            if let Some(fact) = self.facts.get(&hand_over.fact) {
                slots.take(fact);
            }
        }
        let grader = Grader::new(slots, compiled, ids).with(tests.scores, scoped);
        self.refuse_too_much(&grader);
        grader
    }

    /// Notes what could not be evaluated in reasonable time.
    fn refuse_too_much(&self, grader: &Grader) {
        let first = |kind| self.names.of(kind).values().next().cloned().unwrap_or(0..0);
        let (by_criteria, by_scopes) = grader.combinations();
        for (combinations, kind, word) in
            [(by_criteria, Kind::Criterion, "criteria"), (by_scopes, Kind::Scope, "scopes")]
        {
            if combinations > COMBINATIONS_MAX {
                self.sink.error(
                    "too-many-combinations",
                    first(kind),
                    format!("the choices that {word} look at have more than {COMBINATIONS_MAX} combinations"),
                    format!("use fewer choices without an order in {word}"),
                );
            }
        }
        let comparisons = grader.comparisons();
        if comparisons > COMPARISONS_MAX {
            self.sink.error(
                "too-many-comparisons",
                first(Kind::Criterion),
                format!("criteria and scopes make {comparisons} comparisons; at most {COMPARISONS_MAX} are evaluated"),
                "make one criterion of several that say the same",
            );
        }
    }
}

impl Tests<'_, '_> {
    fn criterion(&self, table: &Table<'_>, levels: &[LevelId]) -> Option<Compiled> {
        let pack = self.pack;
        let id = table.name("id");
        let level = table.name("level").and_then(|level| pack.names.resolve(Kind::Level, level));
        let clause = pack.clause(table);
        let label = table.label("label");
        let presumed = table.flag_or("presumed", false);
        let test = table.required("when").and_then(|node| self.test(node, 0));
        table.finish();
        let level: LevelId = level?;
        let rank = levels.iter().position(|id| *id == level)?;
        let criterion =
            Criterion { id: id?.value, level, clause: clause?, label: label?, presumed: presumed? };
        Some(Compiled { criterion, rank, test: test? })
    }

    /// Reads a test.
    pub(super) fn test(&self, node: Node<'_>, depth: usize) -> Option<Test> {
        if self.pack.is_too_deep(node, depth) {
            return None;
        }
        let table = node.table()?;
        let chosen = table.only_one(&["fact", "flag", "score", "any", "all"], "criterion");
        let compared: Vec<_> =
            COMPARATORS.iter().filter_map(|key| Some((*key, table.optional(key)?))).collect();
        table.finish();
        let (key, value) = chosen?;
        if let Some((_, comparator)) = compared.first().filter(|_| !matches!(key, "fact" | "score"))
        {
            return self.pack.stray(*comparator, key);
        }
        match key {
            "fact" => self.comparison(value, &compared),
            "flag" => {
                let slot = self.slots.borrow_mut().take(self.pack.flag(value)?);
                Some(Test::AtLeast { slot, least: 1 })
            }
            "score" => self.score(value, &compared),
            "any" => Some(Test::Any(self.tests(value, depth)?)),
            _ => Some(Test::All(self.tests(value, depth)?)),
        }
    }

    fn tests(&self, node: Node<'_>, depth: usize) -> Option<Vec<Test>> {
        let items = node.items();
        if self.pack.is_empty(node, items.len()) {
            return None;
        }
        let read: Vec<_> = items.iter().map(|item| self.test(*item, depth + 1)).collect();
        read.into_iter().collect()
    }

    fn comparison(&self, node: Node<'_>, compared: &[(&str, Node<'_>)]) -> Option<Test> {
        let fact = self.pack.fact(node)?;
        let [(comparator, value)] = compared else {
            let span = compared.get(1).map_or(node.span(), |(_, node)| node.span());
            self.pack.sink.error(
                "one-comparator",
                span,
                format!("`{}` needs exactly one comparator; here are {}", fact.id, compared.len()),
                "write `at_least` or `more_than` (`at_most` or `less_than` where less is worse), or `is`",
            );
            return None;
        };
        self.pack.refuse_comparator(fact, comparator, *value)?;
        if value.value().as_table().is_some() {
            return self.bar(fact, comparator, *value);
        }
        if *comparator == "is" {
            let option = self.pack.axis(fact, *value)?;
            return Some(Test::Is { slot: self.slots.borrow_mut().take(fact), option });
        }
        let least = self.pack.least(fact, comparator, *value)?;
        let slot = self.slots.borrow_mut().take(fact);
        Some(Test::AtLeast { slot, least })
    }
}

impl Pack<'_> {
    /// The least value on the axis that meets a comparator, for facts that have an order.
    pub(super) fn least(&self, fact: &Fact, comparator: &str, value: Node<'_>) -> Option<i64> {
        let axis = self.axis(fact, value)?;
        let is_beyond = matches!(comparator, "more_than" | "less_than");
        let least = if is_beyond { axis.saturating_add(1) } else { axis };
        self.refuse_end(fact, (least, least), value)?;
        Some(least)
    }

    /// Gives nothing, and says why, for a comparator that does not fit the fact.
    pub(super) fn refuse_comparator(
        &self,
        fact: &Fact,
        comparator: &str,
        value: Node<'_>,
    ) -> Option<()> {
        let is_choice = matches!(fact.kind, FactKind::Choice { .. });
        let fits = match comparator {
            "is" => is_choice,
            "at_least" | "more_than" => fact.has_order() && fact.worse == Worse::Higher,
            _ => fact.has_order() && fact.worse == Worse::Lower,
        };
        if fits {
            return Some(());
        }
        let sink = self.sink;
        if fact.has_order() {
            let (way, right) = match fact.worse {
                Worse::Higher => ("more", "`at_least` or `more_than`"),
                Worse::Lower => ("less", "`at_most` or `less_than`"),
            };
            sink.error(
                "not-monotone",
                value.span(),
                format!(
                    "`{comparator}` on `{}` would let a worse value give a milder level",
                    fact.id
                ),
                format!(
                    "of `{}` {way} is worse: use {right}; levels are tried from the top",
                    fact.id
                ),
            );
        } else {
            let right = match fact.kind {
                FactKind::Flag => format!("write `{{ flag = \"{}\" }}`", fact.id),
                FactKind::Choice { .. } => "it has no order: write `is`".into(),
                FactKind::Region => {
                    "a place is not compared: use a choice or a flag that says where".into()
                }
                FactKind::OrderedChoice { .. }
                | FactKind::Count
                | FactKind::Money { .. }
                | FactKind::Share
                | FactKind::Duration => "use `at_least`".into(),
            };
            let what = format!("`{comparator}` does not fit the fact `{}`", fact.id);
            sink.error("comparator-does-not-fit", value.span(), what, right);
        }
        None
    }

    /// Gives nothing, and says why, for a bound that decides nothing: what it asks where everything
    /// is mildest, and where everything is worst.
    pub(super) fn refuse_end(
        &self,
        fact: &Fact,
        (mildest, worst): (i64, i64),
        value: Node<'_>,
    ) -> Option<()> {
        let domain = fact.domain();
        let (code, what) = if mildest <= domain.mildest {
            ("always-met", "every value meets this, even an unknown one")
        } else if worst > domain.worst {
            ("never-met", "no value can ever meet this")
        } else {
            return Some(());
        };
        self.sink.error(
            code,
            value.span(),
            format!("{what}: the bound on `{}` decides nothing", fact.id),
            format!("allowed values: {}", fact.allowed()),
        );
        None
    }

    /// A written value on the axis of its fact.
    pub(super) fn axis(&self, fact: &Fact, node: Node<'_>) -> Option<i64> {
        if !fact.choices().is_empty()
            && let Some(word) = node.value().as_str()
            && fact.choice(word).is_none()
        {
            return self.unknown_choice(fact, node, word);
        }
        let axis = scalar(node).and_then(|value| fact.axis_of(&value).ok());
        if axis.is_none() {
            self.sink.error(
                "value-does-not-fit",
                node.span(),
                format!("this is not a value of the fact `{}`", fact.id),
                format!("allowed: {}", fact.allowed()),
            );
        }
        axis
    }
}

/// A value as it is written.
pub(super) fn scalar(node: Node<'_>) -> Option<Scalar> {
    match node.value() {
        DeValue::String(text) => text.parse().ok().map(Scalar::Word),
        DeValue::Integer(_) => node.whole().map(Scalar::Whole),
        DeValue::Float(number) => {
            let digits: String = number.as_str().chars().filter(|digit| *digit != '_').collect();
            fengsui_vocabulary::Number::from_f64(digits.parse().ok()?).map(Scalar::Decimal)
        }
        DeValue::Boolean(flag) => Some(Scalar::Flag(*flag)),
        DeValue::Datetime(_) | DeValue::Array(_) | DeValue::Table(_) => None,
    }
}

const COMPARATORS: &[&str] = &["at_least", "more_than", "at_most", "less_than", "is"];

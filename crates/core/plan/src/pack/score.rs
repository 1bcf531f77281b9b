//! Scores: `[[score]]` tables, and the tests that compare them.

use std::collections::BTreeSet;
use std::sync::Arc;

use fengsui_vocabulary::FactId;

use super::compile::Pack;
use super::criterion::Tests;
use super::names::Kind;
use super::tree::{At, Node, Table, listed, nearest};
use crate::catalogue::{Fact, FactKind};
use crate::grade::{End, Reached, Scale, Score, ScoreTerm, Test, Weighted};

/// Facts of one score at most.
const TERMS_MAX: usize = 32;

/// The most that one fact may weigh.
const WEIGHT_MAX: i64 = 1_000;

/// The most points there are.
const POINTS_MAX: i64 = 100;

impl<'a> Pack<'a> {
    /// Reads every score.
    pub(super) fn scores(&self, root: &Table<'a>) -> Vec<Score> {
        root.tables("score").iter().filter_map(|table| self.score(table)).collect()
    }

    fn score(&self, table: &Table<'_>) -> Option<Score> {
        let id: Option<At<_>> = table.name("id");
        let clause = self.clause(table);
        let label = table.label("label");
        let terms = table.required("terms").and_then(|node| self.score_terms(node));
        table.finish();
        Some(Score { id: id?.value, clause: clause?, label: label?, terms: terms? })
    }

    fn score_terms(&self, node: Node<'_>) -> Option<Vec<ScoreTerm>> {
        let tables = node.tables();
        if tables.is_empty() || tables.len() > TERMS_MAX {
            self.sink.error(
                "terms-count",
                node.span(),
                format!("a score has 1 to {TERMS_MAX} terms; here are {}", tables.len()),
                "write `{ fact = \"…\", weight = 1, points = { … } }` for each fact",
            );
            return None;
        }
        let mut seen: BTreeSet<FactId> = BTreeSet::new();
        let mut terms = Vec::new();
        for table in &tables {
            let term = self.score_term(table);
            if let Some(term) = &term
                && !seen.insert(term.fact.clone())
            {
                self.sink.error(
                    "repeated",
                    table.span(),
                    format!("the fact `{}` stands in this score twice", term.fact),
                    "add its weights, and keep one of them",
                );
            }
            terms.push(term);
        }
        terms.into_iter().collect()
    }

    fn score_term(&self, table: &Table<'_>) -> Option<ScoreTerm> {
        let fact = table.required("fact").and_then(|node| self.scored(node));
        let weight = table.required("weight").and_then(|node| self.whole(node, 1..=WEIGHT_MAX));
        let points = table.required("points");
        table.finish();
        let fact = fact?;
        let points = points.and_then(|node| self.points(fact, node));
        Some(ScoreTerm { fact: fact.id.clone(), weight: weight?, points: points? })
    }

    /// A fact whose every answer can have points.
    fn scored(&self, node: Node<'_>) -> Option<&Fact> {
        let fact = self.fact(node)?;
        if matches!(fact.kind, FactKind::Flag | FactKind::OrderedChoice { .. }) {
            return Some(fact);
        }
        self.sink.error(
            "not-scored",
            node.span(),
            format!("the answers to `{}` cannot have points", fact.id),
            "a score takes flags, and choices that stand from the mildest to the worst",
        );
        None
    }

    /// The points of each answer, from the mildest to the worst.
    fn points(&self, fact: &Fact, node: Node<'_>) -> Option<Vec<i64>> {
        if node.value().as_table().is_none() {
            return node.wrong("points by answer: `{ no = 0, yes = 100 }`");
        }
        let answers = answers_of(fact);
        let mut given = Vec::new();
        for (answer, points) in node.entries() {
            if !answers.contains(&answer.value) {
                return self.unknown_answer(fact, &answers, &answer);
            }
            given.push((answer.value, self.whole(points, 0..=POINTS_MAX)?));
        }
        let mut points = Vec::new();
        for answer in &answers {
            let Some((_, known)) = given.iter().find(|(given, _)| given == answer) else {
                self.sink.error(
                    "points-missing",
                    node.span(),
                    format!("the answer `{answer}` to `{}` has no points here", fact.id),
                    "give every answer its points, 0 too",
                );
                return None;
            };
            points.push(*known);
        }
        self.refuse_falling(fact, &points, node)?;
        Some(points)
    }

    fn unknown_answer<T>(&self, fact: &Fact, answers: &[&str], answer: &At<&str>) -> Option<T> {
        let words = answers.iter().copied();
        let help = nearest(answer.value, words.clone()).map_or_else(
            || format!("its answers: {}", listed(words)),
            |near| format!("did you mean `{near}`?"),
        );
        let what = format!("`{}` is not an answer to `{}`", answer.value, fact.id);
        self.sink.error("unknown-choice", answer.span.clone(), what, help);
        None
    }

    /// Gives nothing, and says why, for points that fall where the fact gets worse.
    fn refuse_falling(&self, fact: &Fact, points: &[i64], node: Node<'_>) -> Option<()> {
        if points.is_sorted() {
            return Some(());
        }
        self.sink.error(
            "not-monotone",
            node.span(),
            format!("a worse answer to `{}` has fewer points than a milder one", fact.id),
            format!(
                "points must not fall from the mildest to the worst: {}",
                answers_of(fact).join(", ")
            ),
        );
        None
    }

    /// A whole number within limits.
    fn whole(&self, node: Node<'_>, limits: std::ops::RangeInclusive<i64>) -> Option<i64> {
        let number = node.whole().filter(|number| limits.contains(number));
        if number.is_none() {
            self.sink.error(
                "number-out-of-range",
                node.span(),
                "this number does not fit here",
                format!("write a whole number from {} to {}", limits.start(), limits.end()),
            );
        }
        number
    }
}

impl Tests<'_, '_> {
    /// A score compared with a number of points.
    pub(super) fn score(&self, node: Node<'_>, compared: &[(&str, Node<'_>)]) -> Option<Test> {
        let name: At<fengsui_vocabulary::CriterionId> = node.name()?;
        let id = self.pack.names.resolve(Kind::Score, name)?;
        let &[("at_least", value)] = compared else {
            let span = compared.first().map_or(node.span(), |(_, node)| node.span());
            self.pack.sink.error(
                "one-comparator",
                span,
                format!("the score `{id}` needs `at_least`, and nothing else"),
                "write `{ score = \"…\", at_least = 75 }`: of points more is worse",
            );
            return None;
        };
        let at_least = self.pack.whole(value, 1..=POINTS_MAX)?;
        let place = self.scores.iter().position(|score| score.id == id)?;
        let scale = self.scale(place)?;
        let reached = Reached { scale: Arc::new(scale), at_least };
        self.refuse_score(&reached, value)?;
        Some(Test::Score(Box::new(reached)))
    }

    fn scale(&self, place: usize) -> Option<Scale> {
        let score = self.scores.get(place)?;
        let terms = score.terms.iter().map(|term| {
            let fact = self.pack.facts.get(&term.fact)?;
            let slot = self.slots.borrow_mut().take(fact);
            Some(Weighted { slot, weight: term.weight, points: term.points.clone() })
        });
        Some(Scale { score: place, terms: terms.collect::<Option<_>>()? })
    }

    /// Gives nothing, and says why, for points that are always or never reached.
    fn refuse_score(&self, reached: &Reached, value: Node<'_>) -> Option<()> {
        let domains = self.slots.borrow().domains();
        let (code, what) = if reached.is_met(End::Mildest, &domains) {
            ("always-met", "the mildest answers reach this already")
        } else if reached.is_met(End::Worst, &domains) {
            return Some(());
        } else {
            ("never-met", "not even the worst answers reach this")
        };
        self.pack.sink.error(
            code,
            value.span(),
            format!("{what}: the bound on the score decides nothing"),
            "compare it with the points that the terms give",
        );
        None
    }
}

/// The answers to a fact from the mildest to the worst.
fn answers_of(fact: &Fact) -> Vec<&str> {
    if fact.kind == FactKind::Flag {
        return vec!["no", "yes"];
    }
    fact.choices().iter().map(|choice| choice.id.as_str()).collect()
}

//! The catalogue of facts: what may be known about an incident, and which way is worse.
//!
//! Every value becomes an interval on one axis where more is worse, so that a criterion is a
//! comparison of two whole numbers. The axis is in hundredths for money, in thousand-millionths for
//! shares, in seconds for durations; a choice is its place in the list.
//!
//! Start reading at [`Catalogue`].

mod read;
mod value;

use std::collections::BTreeMap;

use fengsui_vocabulary::{FactId, FactValue, Facts, Label};
use serde::Serialize;

pub(crate) use read::read_facts;
pub use value::{Bounds, FactProblem};
pub(crate) use value::{SHARE_PARTS, decimal, iso_duration, share};

use crate::diagnostic::{Diagnostic, Source};
use crate::pack::tree::{Sink, Table, nearest, parse};

/// The facts that plans may ask for, in the order in which people are asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Catalogue {
    facts: Vec<Fact>,
    places: BTreeMap<FactId, usize>,
}

/// One fact: what is asked, and what an answer may be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fact {
    /// Its id: `people_leaked`.
    pub id: FactId,
    /// What an answer may be.
    #[serde(flatten)]
    pub kind: FactKind,
    /// Which way is worse.
    pub worse: Worse,
    /// What is counted, if anything is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<Label>,
    /// The question.
    pub question: Label,
    /// What helps to answer it.
    pub guidance: Label,
}

/// What the answer to a question may be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum FactKind {
    /// Yes or no.
    Flag,
    /// One of some words, mildest first.
    OrderedChoice {
        /// The words.
        choices: Vec<ChoiceOption>,
    },
    /// One of some words without an order.
    Choice {
        /// The words.
        choices: Vec<ChoiceOption>,
    },
    /// A whole number from 0.
    Count,
    /// An amount of money, exact to two places.
    Money {
        /// ISO 4217: `CNY`.
        currency: String,
    },
    /// A number from 0 to 1.
    Share,
    /// A duration in ISO 8601: `PT6H`.
    Duration,
    /// An administrative division by its GB/T 2260 code: `310115`.
    Region,
}

/// One word of a choice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChoiceOption {
    /// The word in files: `severe`.
    pub id: String,
    /// The word on screens.
    pub label: Label,
    /// What helps to recognise it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub guidance: Option<Label>,
}

/// Which way of a fact is worse.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Worse {
    /// More is worse; of words, the later one.
    Higher,
    /// Less is worse.
    Lower,
}

/// What is known, as intervals where more is worse; absent facts are unknown.
pub type Known = BTreeMap<FactId, Bounds>;

/// Why facts were not taken: every one that is wrong, with what is allowed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", listed(.0))]
pub struct FactsRefused(pub Vec<FactRefused>);

/// Why one fact was not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("fact `{fact}`: {problem}")]
pub struct FactRefused {
    /// The fact.
    pub fact: FactId,
    /// What is wrong, and what is allowed.
    pub problem: FactProblem,
}

impl Catalogue {
    /// Reads a catalogue such as `plans/facts.toml`.
    pub fn read(source: &Source) -> Result<Self, Vec<Diagnostic>> {
        let sink = Sink::default();
        let mut catalogue = Self::default();
        if let Some(tree) = parse(source, &sink) {
            let root = Table::root(&tree, &sink);
            crate::pack::read_format(&root, &sink);
            catalogue.extend(read_facts(&root, &sink), &sink);
            root.finish();
        }
        if sink.has_errors() {
            return Err(sink.into_diagnostics(source));
        }
        Ok(catalogue)
    }

    /// Adds facts; one that is there already is noted as a mistake.
    pub(crate) fn extend(&mut self, facts: Vec<(std::ops::Range<usize>, Fact)>, sink: &Sink) {
        for (span, fact) in facts {
            if self.places.contains_key(&fact.id) {
                sink.error(
                    "duplicate-id",
                    span,
                    format!("the fact `{}` is defined already", fact.id),
                    "give it another id, or leave it out and use the one that is there",
                );
                continue;
            }
            self.places.insert(fact.id.clone(), self.facts.len());
            self.facts.push(fact);
        }
    }

    /// A fact by its id.
    pub fn get(&self, id: &FactId) -> Option<&Fact> {
        self.facts.get(*self.places.get(id)?)
    }

    /// A fact by its id as text.
    pub fn find(&self, id: &str) -> Option<&Fact> {
        self.facts.get(*self.places.get(id)?)
    }

    /// Every fact, in the order in which people are asked.
    pub fn facts(&self) -> &[Fact] {
        &self.facts
    }

    /// The id nearest to a misspelt one.
    pub fn nearest(&self, id: &str) -> Option<&str> {
        nearest(id, self.facts.iter().map(|fact| fact.id.as_str()))
    }

    /// Turns written values into intervals, or says which fact is wrong and what is allowed.
    pub fn parse(&self, facts: &Facts) -> Result<Known, FactsRefused> {
        let mut known = Known::new();
        self.parse_each(facts, |fact, bounds| {
            known.insert(fact.id.clone(), bounds);
        })?;
        Ok(known)
    }

    /// The same without a map: `take` gets every fact with its interval.
    pub(crate) fn parse_each<'a>(
        &'a self,
        facts: &Facts,
        mut take: impl FnMut(&'a Fact, Bounds),
    ) -> Result<(), FactsRefused> {
        let mut refused = Vec::new();
        for (id, value) in facts {
            let parsed = match self.get(id) {
                Some(fact) => fact.bounds_of(value).map(|bounds| (fact, bounds)),
                None => {
                    Err(FactProblem::Unknown { near: self.nearest(id.as_str()).map(str::to_owned) })
                }
            };
            match parsed {
                Ok((fact, bounds)) => take(fact, bounds),
                Err(problem) => refused.push(FactRefused { fact: id.clone(), problem }),
            }
        }
        if refused.is_empty() { Ok(()) } else { Err(FactsRefused(refused)) }
    }
}

impl FactKind {
    /// Its name in packs.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Flag => "flag",
            Self::OrderedChoice { .. } => "ordered_choice",
            Self::Choice { .. } => "choice",
            Self::Count => "count",
            Self::Money { .. } => "money",
            Self::Share => "share",
            Self::Duration => "duration",
            Self::Region => "region",
        }
    }
}

impl Fact {
    /// The words it may be answered with; empty for numbers.
    pub fn choices(&self) -> &[ChoiceOption] {
        match &self.kind {
            FactKind::OrderedChoice { choices } | FactKind::Choice { choices } => choices,
            FactKind::Flag
            | FactKind::Count
            | FactKind::Money { .. }
            | FactKind::Share
            | FactKind::Duration
            | FactKind::Region => &[],
        }
    }

    /// A word of its choices.
    pub fn choice(&self, id: &str) -> Option<&ChoiceOption> {
        self.choices().iter().find(|choice| choice.id == id)
    }

    /// A value in words for people: the choice's label, or the number with its unit.
    pub fn shown(&self, value: &FactValue, lang: fengsui_vocabulary::Lang) -> String {
        let word = value.to_string();
        let shown = self.choice(&word).map_or(word, |choice| choice.label.in_lang(lang).to_owned());
        match &self.unit {
            Some(unit) => format!("{shown} {}", unit.in_lang(lang)),
            None => shown,
        }
    }
}

fn listed(refused: &[FactRefused]) -> String {
    refused.iter().map(FactRefused::to_string).collect::<Vec<_>>().join("; ")
}

//! The test of a criterion, on numbered facts.

use std::collections::BTreeMap;

use fengsui_vocabulary::FactId;

use super::bar::Bar;
use super::score::Reached;
use crate::catalogue::{Bounds, Fact, FactKind};

/// What a criterion asks, monotone by construction: more is worse on every axis.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Test {
    /// The fact is at least so bad.
    AtLeast { slot: usize, least: i64 },
    /// The unordered choice is this one.
    Is { slot: usize, option: i64 },
    /// The fact is beyond a bound that depends on other facts.
    Bar(Box<Bar>),
    /// A score is reached.
    Score(Box<Reached>),
    /// Any of them.
    Any(Vec<Test>),
    /// All of them.
    All(Vec<Test>),
}

/// One end of everything that is possible.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    Mildest,
    Worst,
}

/// The facts that one plan judges by, numbered.
#[derive(Clone, Debug, Default)]
pub(crate) struct Slots {
    facts: Vec<Fact>,
    places: BTreeMap<FactId, usize>,
}

impl End {
    /// The value of an interval at this end.
    pub(crate) const fn of(self, bounds: Bounds) -> i64 {
        match self {
            Self::Mildest => bounds.mildest,
            Self::Worst => bounds.worst,
        }
    }
}

impl Test {
    /// Whether it holds at the mildest completion. Unordered choices must be fixed.
    pub(crate) fn is_certain(&self, bounds: &[Bounds]) -> bool {
        match self {
            Self::AtLeast { slot, least } => {
                bounds.get(*slot).is_some_and(|bounds| bounds.mildest >= *least)
            }
            Self::Is { slot, option } => bounds
                .get(*slot)
                .is_some_and(|bounds| bounds.is_exact() && bounds.mildest == *option),
            Self::Bar(bar) => bar.is_met(End::Mildest, bounds),
            Self::Score(reached) => reached.is_met(End::Mildest, bounds),
            Self::Any(tests) => tests.iter().any(|test| test.is_certain(bounds)),
            Self::All(tests) => tests.iter().all(|test| test.is_certain(bounds)),
        }
    }

    /// Whether it holds at the worst completion.
    pub(crate) fn is_possible(&self, bounds: &[Bounds]) -> bool {
        match self {
            Self::AtLeast { slot, least } => {
                bounds.get(*slot).is_some_and(|bounds| bounds.worst >= *least)
            }
            Self::Is { slot, option } => bounds
                .get(*slot)
                .is_some_and(|bounds| (bounds.mildest..=bounds.worst).contains(option)),
            Self::Bar(bar) => bar.is_met(End::Worst, bounds),
            Self::Score(reached) => reached.is_met(End::Worst, bounds),
            Self::Any(tests) => tests.iter().any(|test| test.is_possible(bounds)),
            Self::All(tests) => tests.iter().all(|test| test.is_possible(bounds)),
        }
    }

    /// Whether it may hold and may not.
    pub(crate) fn is_open(&self, bounds: &[Bounds]) -> bool {
        self.is_possible(bounds) && !self.is_certain(bounds)
    }

    /// How many comparisons it makes at most.
    pub(crate) fn comparisons(&self) -> usize {
        match self {
            Self::AtLeast { .. } | Self::Is { .. } => 1,
            Self::Bar(bar) => bar.terms.len(),
            Self::Score(reached) => reached.scale.terms.len(),
            Self::Any(tests) | Self::All(tests) => tests.iter().map(Self::comparisons).sum(),
        }
    }

    /// Adds the choices without an order that it looks at.
    pub(crate) fn add_choices(&self, slots: &mut Vec<usize>) {
        match self {
            Self::Is { slot, .. } if !slots.contains(slot) => slots.push(*slot),
            Self::Is { .. } | Self::AtLeast { .. } | Self::Bar(_) | Self::Score(_) => {}
            Self::Any(tests) | Self::All(tests) => {
                for test in tests {
                    test.add_choices(slots);
                }
            }
        }
    }

    /// Adds the places of the scores that it compares.
    pub(crate) fn add_scores(&self, scores: &mut Vec<usize>) {
        match self {
            Self::Score(reached) => scores.push(reached.scale.score),
            Self::AtLeast { .. } | Self::Is { .. } | Self::Bar(_) => {}
            Self::Any(tests) | Self::All(tests) => {
                for test in tests {
                    test.add_scores(scores);
                }
            }
        }
    }

    /// Adds the ordered facts that meet it alone, whatever the others are.
    pub(crate) fn add_sufficient(&self, slots: &mut Vec<usize>) {
        match self {
            Self::AtLeast { slot, .. } => slots.push(*slot),
            Self::Bar(bar) => slots.push(bar.slot),
            Self::Any(tests) => {
                for test in tests {
                    test.add_sufficient(slots);
                }
            }
            Self::Is { .. } | Self::Score(_) | Self::All(_) => {}
        }
    }
}

impl Slots {
    /// The number of a fact, new if it has none yet.
    pub(crate) fn take(&mut self, fact: &Fact) -> usize {
        if let Some(slot) = self.places.get(&fact.id) {
            return *slot;
        }
        let slot = self.facts.len();
        self.places.insert(fact.id.clone(), slot);
        self.facts.push(fact.clone());
        slot
    }

    pub(crate) fn place(&self, fact: &FactId) -> Option<usize> {
        self.places.get(fact).copied()
    }

    pub(crate) fn fact(&self, slot: usize) -> Option<&Fact> {
        self.facts.get(slot)
    }

    /// Everything unknown.
    pub(crate) fn domains(&self) -> Box<[Bounds]> {
        self.facts.iter().map(Fact::domain).collect()
    }

    /// The facts that are choices without an order.
    pub(crate) fn unordered(&self) -> impl Iterator<Item = usize> {
        self.facts
            .iter()
            .enumerate()
            .filter(|(_, fact)| matches!(fact.kind, FactKind::Choice { .. }))
            .map(|(slot, _)| slot)
    }

    /// How many ways there are to fix some choices; stops counting where nobody goes.
    pub(crate) fn combinations(&self, open: &[usize]) -> usize {
        open.iter().fold(1, |product: usize, slot| product.saturating_mul(self.options(*slot)))
    }

    /// Fixes open choices to one of their combinations.
    pub(crate) fn fix(&self, open: &[usize], combination: usize, bounds: &mut [Bounds]) {
        let mut rest = combination;
        for &slot in open {
            let options = self.options(slot);
            let option = i64::try_from(rest % options).unwrap_or_default();
            rest /= options;
            if let Some(bounds) = bounds.get_mut(slot) {
                *bounds = Bounds::exactly(option);
            }
        }
    }

    fn options(&self, slot: usize) -> usize {
        self.facts.get(slot).map_or(1, |fact| fact.choices().len().max(1))
    }
}

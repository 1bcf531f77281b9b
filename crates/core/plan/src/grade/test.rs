//! The test of a criterion, on numbered facts.

use std::collections::BTreeMap;

use fengsui_vocabulary::FactId;

use crate::catalogue::{Bounds, Fact, FactKind};

/// What a criterion asks, monotone by construction: more is worse on every axis.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Test {
    /// The fact is at least so bad.
    AtLeast { slot: usize, least: i64 },
    /// The unordered choice is this one.
    Is { slot: usize, option: i64 },
    /// Any of them.
    Any(Vec<Test>),
    /// All of them.
    All(Vec<Test>),
}

/// The facts that one plan judges by, numbered.
#[derive(Clone, Debug, Default)]
pub(crate) struct Slots {
    facts: Vec<Fact>,
    places: BTreeMap<FactId, usize>,
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
            Self::Any(tests) => tests.iter().any(|test| test.is_possible(bounds)),
            Self::All(tests) => tests.iter().all(|test| test.is_possible(bounds)),
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

//! Scores: a weighted mean of points that facts give, from 0 to 100.
//!
//! Compared without a division: the weighted sum with the bound times the sum of the weights. Points
//! never fall where a fact gets worse, which is checked when a pack is read.

use std::sync::Arc;

use fengsui_vocabulary::{ClauseId, CriterionId, FactId, Label};

use super::End;
use crate::catalogue::Bounds;

/// A weighted mean of points, as the pack states it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Score {
    /// Its id: `nciss`.
    pub id: CriterionId,
    /// The clause that sets it up.
    pub clause: ClauseId,
    /// What it is.
    pub label: Label,
    /// What goes into it.
    pub terms: Vec<ScoreTerm>,
}

/// One fact of a score.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScoreTerm {
    /// The fact.
    pub fact: FactId,
    /// How much it weighs.
    pub weight: i64,
    /// The points of each answer, from the mildest to the worst.
    pub points: Vec<i64>,
}

/// A score on numbered facts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Scale {
    /// Its place among the scores of the pack.
    pub(crate) score: usize,
    pub(crate) terms: Vec<Weighted>,
}

/// One term of a score, on a numbered fact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Weighted {
    pub(crate) slot: usize,
    pub(crate) weight: i64,
    pub(crate) points: Vec<i64>,
}

/// A score compared with a number of points.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reached {
    pub(crate) scale: Arc<Scale>,
    pub(crate) at_least: i64,
}

impl Scale {
    /// The sum of the weights.
    pub(crate) fn weights(&self) -> i64 {
        self.terms.iter().map(|term| term.weight).sum()
    }

    /// The weighted sum of points when every fact is at that end.
    pub(crate) fn sum(&self, end: End, bounds: &[Bounds]) -> i64 {
        self.terms.iter().map(|term| term.weighted(end, bounds)).sum()
    }
}

impl Weighted {
    /// The points of a fact at that end.
    pub(crate) fn points(&self, end: End, bounds: &[Bounds]) -> i64 {
        let place = bounds.get(self.slot).and_then(|known| usize::try_from(end.of(*known)).ok());
        place.and_then(|place| self.points.get(place)).copied().unwrap_or_default()
    }

    fn weighted(&self, end: End, bounds: &[Bounds]) -> i64 {
        self.weight * self.points(end, bounds)
    }
}

impl Reached {
    /// Whether it is met when every fact is at that end.
    pub(crate) fn is_met(&self, end: End, bounds: &[Bounds]) -> bool {
        self.scale.sum(end, bounds) >= self.needed()
    }

    /// The weighted sum that is asked.
    pub(crate) fn needed(&self) -> i64 {
        self.at_least * self.scale.weights()
    }

    /// Whether knowing the fact of one term could decide what is open.
    pub(crate) fn could_decide(&self, term: &Weighted, bounds: &[Bounds]) -> bool {
        let of_others = |end: End| self.scale.sum(end, bounds) - term.weighted(end, bounds);
        let missing = |end: End| self.needed() - term.weighted(end, bounds);
        // With some sum of the others, the worst answer suffices and the mildest does not.
        let least = of_others(End::Mildest).max(missing(End::Worst));
        least <= of_others(End::Worst).min(missing(End::Mildest) - 1)
    }
}

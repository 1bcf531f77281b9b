//! A bound that depends on other facts: half a million, or five per cent of the turnover.
//!
//! Exact: a share of a whole number becomes the first whole number that meets it. The facts that a
//! share is taken of are milder the higher they are, so the bound is lowest where they are worst.
//!
//! Start reading at [`Bar::needed`].

use super::End;
use crate::catalogue::{Bounds, SHARE_PARTS};

/// A fact compared with the lowest or the highest of some terms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Bar {
    pub(crate) slot: usize,
    pub(crate) terms: Vec<Term>,
    pub(crate) pick: Pick,
    pub(crate) edge: Edge,
}

/// One term of a bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Term {
    /// A number on the axis of the fact compared.
    Number(i64),
    /// A share, in its smallest parts, of another fact.
    Share { parts: i64, of: usize },
}

/// Which of its terms is the bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pick {
    Lowest,
    Highest,
}

/// Whether the bound itself is met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Edge {
    Included,
    Excluded,
}

/// What a bound asks of its fact, and of which other fact that is a share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Needed {
    pub(crate) least: i64,
    pub(crate) share_of: Option<usize>,
}

impl Bar {
    /// Whether it is met when every fact is at that end.
    pub(crate) fn is_met(&self, end: End, bounds: &[Bounds]) -> bool {
        let known = bounds.get(self.slot);
        known.is_some_and(|known| end.of(*known) >= self.needed(end, bounds).least)
    }

    /// What it asks when every fact is at that end.
    pub(crate) fn needed(&self, end: End, bounds: &[Bounds]) -> Needed {
        self.needed_at(|slot| bounds.get(slot).map(|known| end.of(*known)))
    }

    /// Whether knowing one fact could decide what is open.
    pub(crate) fn could_decide(&self, slot: usize, bounds: &[Bounds]) -> bool {
        let Some(known) = bounds.get(self.slot) else { return false };
        if slot == self.slot {
            return !known.is_exact();
        }
        // The bound moves furthest with one fact where the others stay out of its way.
        let others = match self.pick {
            Pick::Lowest => End::Mildest,
            Pick::Highest => End::Worst,
        };
        let least = |own: End| {
            let end = |one: usize| if one == slot { own } else { others };
            self.needed_at(|one| bounds.get(one).map(|known| end(one).of(*known))).least
        };
        let (low, high) = (least(End::Worst), least(End::Mildest));
        low < high && low <= known.worst && known.mildest < high
    }

    /// The facts that shares are taken of, each once.
    pub(crate) fn shared(&self) -> Vec<usize> {
        let mut slots = Vec::new();
        for term in &self.terms {
            match term {
                Term::Share { of, .. } if !slots.contains(of) => slots.push(*of),
                Term::Share { .. } | Term::Number(_) => {}
            }
        }
        slots
    }

    /// The highest value of a fact whose shares are still met by an amount; none if not even the
    /// least value is low enough.
    pub(crate) fn highest_met(&self, of: usize, amount: i64) -> Option<i64> {
        let shares = self.terms.iter().filter_map(|term| match term {
            Term::Share { parts, of: slot } if *slot == of => Some(*parts),
            Term::Share { .. } | Term::Number(_) => None,
        });
        let parts = match self.pick {
            Pick::Lowest => shares.min(),
            Pick::Highest => shares.max(),
        }?;
        let (whole, parts) = (i128::from(amount) * i128::from(SHARE_PARTS), i128::from(parts));
        let highest = match self.edge {
            Edge::Included => whole.div_euclid(parts),
            Edge::Excluded => (whole - 1).div_euclid(parts),
        };
        (highest >= 0).then(|| i64::try_from(highest).unwrap_or(i64::MAX))
    }

    fn needed_at(&self, at: impl Fn(usize) -> Option<i64>) -> Needed {
        let needed = self.terms.iter().map(|term| match *term {
            Term::Number(number) => Needed { least: self.first(number), share_of: None },
            Term::Share { parts, of } => {
                // A fact that is milder the higher it is stands below zero on its axis.
                let amount = at(of).map_or(i64::MAX, i64::saturating_neg);
                Needed { least: self.least_of(parts, amount), share_of: Some(of) }
            }
        });
        let picked = match self.pick {
            Pick::Lowest => needed.min_by_key(|needed| needed.least),
            Pick::Highest => needed.max_by_key(|needed| needed.least),
        };
        picked.unwrap_or(Needed { least: i64::MAX, share_of: None })
    }

    /// The first value that meets a number.
    pub(super) fn first(&self, number: i64) -> i64 {
        match self.edge {
            Edge::Included => number,
            Edge::Excluded => number.saturating_add(1),
        }
    }

    fn least_of(&self, parts: i64, amount: i64) -> i64 {
        let product = i128::from(parts) * i128::from(amount);
        let whole = i128::from(SHARE_PARTS);
        let least = match self.edge {
            Edge::Included => (product + whole - 1).div_euclid(whole),
            Edge::Excluded => product.div_euclid(whole) + 1,
        };
        i64::try_from(least).unwrap_or(i64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Slot 0 compared with a third of slot 1.
    fn third(edge: Edge) -> Bar {
        let terms = vec![Term::Share { parts: 333_333_333, of: 1 }];
        Bar { slot: 0, terms, pick: Pick::Lowest, edge }
    }

    #[test]
    fn a_share_is_met_exactly_and_never_by_rounding() {
        for (edge, amount, least) in [
            (Edge::Included, 1_000_000_000, 333_333_333),
            (Edge::Excluded, 1_000_000_000, 333_333_334),
            (Edge::Included, 3, 1),
            (Edge::Excluded, 3, 1),
            (Edge::Included, 0, 0),
            (Edge::Excluded, 0, 1),
            (Edge::Included, 4, 2),
        ] {
            let bounds = [Bounds::exactly(0), Bounds::exactly(-amount)];
            assert_eq!(third(edge).needed(End::Mildest, &bounds).least, least, "{edge:?} {amount}");
        }
    }

    #[test]
    fn the_highest_value_that_is_still_met_is_just_not_exceeded() {
        let is_met = |edge: Edge, amount: i64, whole: i64| {
            let bounds = [Bounds::exactly(amount), Bounds::exactly(-whole)];
            third(edge).is_met(End::Mildest, &bounds)
        };
        for (edge, amount) in
            (1..50).flat_map(|amount| [Edge::Included, Edge::Excluded].map(|edge| (edge, amount)))
        {
            let highest = third(edge).highest_met(1, amount).unwrap();
            assert!(is_met(edge, amount, highest), "{edge:?} {amount} {highest}");
            assert!(!is_met(edge, amount, highest + 1), "{edge:?} {amount} {highest}");
        }
        assert_eq!(third(Edge::Excluded).highest_met(1, 0), None);
        assert_eq!(third(Edge::Included).highest_met(1, 0), Some(0));
    }

    #[test]
    fn the_largest_numbers_do_not_overflow() {
        let bounds = [Bounds::exactly(i64::MAX), Bounds::exactly(i64::MIN)];
        assert!(third(Edge::Excluded).is_met(End::Worst, &bounds));
    }
}

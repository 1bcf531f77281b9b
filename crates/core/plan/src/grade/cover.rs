//! Whether a criterion can ever decide: found before a plan is used, not when it is needed.

use super::{Compiled, Grader, Slots, Test};
use crate::catalogue::Bounds;

/// Mildest ways to meet a criterion that are looked at; with more of them nothing is claimed.
const WAYS_MAX: usize = 256;

/// Pairs of comparisons that are looked at to see whether one test entails another.
const PAIRS_MAX: usize = 4_096;

/// What keeps a criterion from ever deciding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Shadow {
    /// It contradicts itself.
    Contradiction,
    /// Whenever it is met, a criterion of a worse level is met as well.
    Worse(String),
    /// Whenever it is met, another criterion of its own level is met as well.
    Same(String),
}

/// One mildest way to meet a test: the facts it asks for, everything else as mild as can be.
type Way = Box<[Bounds]>;

impl Grader {
    /// The criteria that can never decide, with what keeps them from it.
    pub(crate) fn shadows(&self) -> Vec<(&Compiled, Shadow)> {
        self.criteria.iter().filter_map(|one| Some((one, self.shadow_of(one)?))).collect()
    }

    fn shadow_of(&self, one: &Compiled) -> Option<Shadow> {
        let Some(ways) = ways_of(&one.test, &self.slots) else {
            return self.written_shadow_of(one);
        };
        if ways.is_empty() {
            return Some(Shadow::Contradiction);
        }
        let covers = |other: &Compiled| ways.iter().all(|way| other.test.is_certain(way));
        let is_covered_by_worse = ways.iter().all(|way| {
            let worse = self.criteria.iter().filter(|other| other.rank < one.rank);
            worse.into_iter().any(|other| other.test.is_certain(way))
        });
        if is_covered_by_worse {
            let worse = self.criteria.iter().find(|other| {
                other.rank < one.rank && ways.first().is_some_and(|way| other.test.is_certain(way))
            })?;
            return Some(Shadow::Worse(worse.criterion.id.to_string()));
        }
        let others = self.criteria.iter().filter(|other| {
            other.rank == one.rank && other.criterion.id != one.criterion.id && covers(other)
        });
        // Of two that say the same, the later one is the redundant one.
        let mut earlier = others.filter(|other| {
            let back = ways_of(&other.test, &self.slots).unwrap_or_default();
            let is_same = back.iter().all(|way| one.test.is_certain(way));
            !is_same || self.place(other) < self.place(one)
        });
        earlier.next().map(|other| Shadow::Same(other.criterion.id.to_string()))
    }

    /// The same where the ways cannot be listed: only what the writing shows.
    fn written_shadow_of(&self, one: &Compiled) -> Option<Shadow> {
        let is_small = |other: &&Compiled| {
            let pairs = one.test.comparisons().saturating_mul(other.test.comparisons());
            pairs <= PAIRS_MAX
        };
        let mut covering = self
            .criteria
            .iter()
            .take_while(|other| other.rank <= one.rank)
            .filter(|other| other.criterion.id != one.criterion.id)
            .filter(is_small)
            .filter(|other| one.test.entails(&other.test));
        let other = covering.find(|other| {
            let is_same = other.test.entails(&one.test);
            other.rank < one.rank || !is_same || self.place(other) < self.place(one)
        })?;
        let id = other.criterion.id.to_string();
        Some(if other.rank < one.rank { Shadow::Worse(id) } else { Shadow::Same(id) })
    }

    fn place(&self, one: &Compiled) -> Option<usize> {
        self.criteria.iter().position(|other| other.criterion.id == one.criterion.id)
    }
}

/// Every mildest way to meet a test; none if there are too many to look at.
fn ways_of(test: &Test, slots: &Slots) -> Option<Vec<Way>> {
    match test {
        Test::AtLeast { slot, least } => Some(vec![way(slots, *slot, *least)]),
        Test::Is { slot, option } => Some(vec![way(slots, *slot, *option)]),
        // There are as many as the other facts have values.
        Test::Bar(_) | Test::Score(_) => None,
        Test::Any(tests) => {
            let mut ways = Vec::new();
            for test in tests {
                ways.extend(ways_of(test, slots)?);
                if ways.len() > WAYS_MAX {
                    return None;
                }
            }
            Some(ways)
        }
        Test::All(tests) => tests.iter().try_fold(vec![nothing(slots)], |ways, test| {
            let more = ways_of(test, slots)?;
            let joined: Vec<_> = ways
                .iter()
                .flat_map(|one| more.iter().filter_map(|other| joined(one, other, slots)))
                .collect();
            (joined.len() <= WAYS_MAX).then_some(joined)
        }),
    }
}

/// Everything as mild as can be; unordered choices stay open.
fn nothing(slots: &Slots) -> Way {
    let mut way = slots.domains();
    let unordered: Vec<_> = slots.unordered().collect();
    for (slot, bounds) in way.iter_mut().enumerate() {
        if !unordered.contains(&slot) {
            bounds.worst = bounds.mildest;
        }
    }
    way
}

fn way(slots: &Slots, slot: usize, value: i64) -> Way {
    let mut way = nothing(slots);
    if let Some(bounds) = way.get_mut(slot) {
        *bounds = Bounds::exactly(value);
    }
    way
}

/// Both ways at once; none if they contradict each other.
fn joined(one: &Way, other: &Way, slots: &Slots) -> Option<Way> {
    let unordered: Vec<_> = slots.unordered().collect();
    let mut way = Vec::with_capacity(one.len());
    for (slot, (one, other)) in one.iter().zip(other.iter()).enumerate() {
        if !unordered.contains(&slot) {
            way.push(Bounds::exactly(one.mildest.max(other.mildest)));
        } else if !one.is_exact() {
            way.push(*other);
        } else if !other.is_exact() || one == other {
            way.push(*one);
        } else {
            return None;
        }
    }
    Some(way.into())
}

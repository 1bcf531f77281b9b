//! Whether one test holds whenever another does, seen from how they are written.
//!
//! A "yes" is always right; a "no" may only mean that the writing does not show it.

use super::{Bar, Edge, Pick, Reached, Term, Test};

impl Test {
    /// Whether the other one surely holds whenever this one does.
    pub(crate) fn entails(&self, other: &Test) -> bool {
        if self.entails_as_whole(other) {
            return true;
        }
        match self {
            Self::Any(tests) => tests.iter().all(|test| test.entails(other)),
            Self::All(tests) => tests.iter().any(|test| test.entails(other)),
            Self::AtLeast { .. } | Self::Is { .. } | Self::Bar(_) | Self::Score(_) => false,
        }
    }

    fn entails_as_whole(&self, other: &Test) -> bool {
        match (self, other) {
            (_, Self::Any(tests)) => tests.iter().any(|test| self.entails(test)),
            (_, Self::All(tests)) => tests.iter().all(|test| self.entails(test)),
            (Self::AtLeast { slot, least }, Self::AtLeast { slot: same, least: other }) => {
                slot == same && least >= other
            }
            (Self::AtLeast { slot, least }, Self::Bar(bar)) => {
                bar.slot == *slot && bar.is_met_by(*least)
            }
            (Self::Bar(bar), Self::AtLeast { slot, least }) => {
                bar.slot == *slot && bar.asks(*least)
            }
            (Self::Bar(bar), Self::Bar(other)) => bar.entails(other),
            (Self::Score(reached), Self::Score(other)) => reached.entails(other),
            (Self::Is { .. }, Self::Is { .. }) => self == other,
            (
                Self::AtLeast { .. }
                | Self::Is { .. }
                | Self::Bar(_)
                | Self::Score(_)
                | Self::Any(_)
                | Self::All(_),
                Self::AtLeast { .. } | Self::Is { .. } | Self::Bar(_) | Self::Score(_),
            ) => false,
        }
    }
}

impl Bar {
    /// Whether a value meets it whatever the other facts are.
    fn is_met_by(&self, value: i64) -> bool {
        let is_met = |term: &Term| match term {
            Term::Number(number) => value >= self.first(*number),
            Term::Share { .. } => false,
        };
        match self.pick {
            Pick::Lowest => self.terms.iter().any(is_met),
            Pick::Highest => self.terms.iter().all(is_met),
        }
    }

    /// Whether it asks at least so much whatever the other facts are.
    fn asks(&self, least: i64) -> bool {
        let is_asked = |term: &Term| match term {
            Term::Number(number) => self.first(*number) >= least,
            Term::Share { .. } => false,
        };
        match self.pick {
            Pick::Lowest => self.terms.iter().all(is_asked),
            Pick::Highest => self.terms.iter().any(is_asked),
        }
    }

    /// Whether every way to meet this one meets the other: term by term.
    fn entails(&self, other: &Self) -> bool {
        if self.slot != other.slot {
            return false;
        }
        let is_harder = |own: &Term, term: &Term| self.is_harder(own, other, term);
        // The lowest is met by any of its terms, the highest by all of them.
        match (self.pick, other.pick) {
            (Pick::Lowest, Pick::Lowest) => {
                self.terms.iter().all(|own| other.terms.iter().any(|term| is_harder(own, term)))
            }
            (Pick::Highest, Pick::Highest) => {
                other.terms.iter().all(|term| self.terms.iter().any(|own| is_harder(own, term)))
            }
            (Pick::Lowest, Pick::Highest) => {
                self.terms.iter().all(|own| other.terms.iter().all(|term| is_harder(own, term)))
            }
            (Pick::Highest, Pick::Lowest) => {
                self.terms.iter().any(|own| other.terms.iter().any(|term| is_harder(own, term)))
            }
        }
    }

    fn is_harder(&self, own: &Term, other: &Self, term: &Term) -> bool {
        match (own, term) {
            (Term::Number(own), Term::Number(number)) => self.first(*own) >= other.first(*number),
            (Term::Share { parts, of }, Term::Share { parts: other_parts, of: same }) => {
                let is_edge_kept = self.edge == other.edge || self.edge == Edge::Excluded;
                of == same && parts >= other_parts && is_edge_kept
            }
            (Term::Number(_), Term::Share { .. }) | (Term::Share { .. }, Term::Number(_)) => false,
        }
    }
}

impl Reached {
    fn entails(&self, other: &Self) -> bool {
        self.scale == other.scale && self.at_least >= other.at_least
    }
}

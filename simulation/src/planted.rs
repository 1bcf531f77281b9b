//! Defects that are built in on purpose: a simulation that does not find them proves nothing.

use fengsui_store::Planted;

use crate::byitself::Slip;

/// A defect, by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Defect {
    /// Its name.
    pub name: &'static str,
    place: Place,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Store(Planted),
    Clockwork(Slip),
}

impl Defect {
    /// The defect of a name.
    pub fn named(name: &str) -> Option<Self> {
        DEFECTS.iter().copied().find(|defect| defect.name == name)
    }

    pub(crate) const fn planted(self) -> Option<Planted> {
        match self.place {
            Place::Store(planted) => Some(planted),
            Place::Clockwork(_) => None,
        }
    }

    pub(crate) const fn slip(self) -> Option<Slip> {
        match self.place {
            Place::Store(_) => None,
            Place::Clockwork(slip) => Some(slip),
        }
    }
}

const fn of_store(name: &'static str, planted: Planted) -> Defect {
    Defect { name, place: Place::Store(planted) }
}

const fn of_clockwork(name: &'static str, slip: Slip) -> Defect {
    Defect { name, place: Place::Clockwork(slip) }
}

/// Every defect that can be built in.
pub const DEFECTS: &[Defect] = &[
    of_store("acknowledged-early", Planted::AcknowledgedEarly),
    of_store("applied-twice", Planted::AppliedTwice),
    of_store("board-row-lost", Planted::BoardRowLost),
    of_store("version-unchecked", Planted::VersionUnchecked),
    of_store("claim-unchecked", Planted::ClaimUnchecked),
    of_store("hash-broken", Planted::HashBroken),
    of_store("answer-differs", Planted::AnswerDiffers),
    of_clockwork("skips-what-fell-due", Slip::SkipsWhatFellDue),
    of_clockwork("fires-twice", Slip::FiresTwice),
    of_clockwork("newest-first", Slip::NewestFirst),
    of_clockwork("sent-before-it-is", Slip::SentBeforeItIs),
    of_clockwork("doubled-in-silence", Slip::DoubledInSilence),
];

//! Payloads of the duty roster.

use fengsui_vocabulary::{Label, Line, PersonId, PostName, ShiftName};
use jiff::civil::{Date, Time};
use serde::{Deserialize, Serialize};

use crate::BlobRef;

payloads! {
    /// Somebody heads the centre: answers for every hour that nobody is on the roster for.
    RosterHeadNamed = RosterHeadNamedV1 {
        /// Who.
        person: PersonId,
    }

    /// The posts were settled; replaces those before.
    RosterPostsSet = RosterPostsSetV1 {
        /// The posts, in the order in which they are shown.
        posts: Vec<Post>,
    }

    /// The shifts were settled from a day on; those before stay as they were.
    RosterShiftsSet = RosterShiftsSetV1 {
        /// The first day.
        from: Date,
        /// Shifts that begin on a day that is worked.
        worked: Vec<Shift>,
        /// Shifts that begin on a day of rest.
        rest: Vec<Shift>,
    }

    /// Days off and days worked were settled; replaces what was before.
    RosterDaysSet = RosterDaysSetV1 {
        /// The calendars that hold here, by id.
        calendars: Vec<Line>,
        /// Days that the centre itself has off or works.
        days: Vec<OwnDays>,
    }

    /// People were named.
    RosterFilled = RosterFilledV1 {
        /// For which slots; each replaces what was there.
        slots: Vec<FilledSlot>,
        /// How they came in.
        how: FilledHow,
    }

    /// Slots were cleared.
    RosterCleared = RosterClearedV1 {
        /// Which.
        slots: Vec<Slot>,
    }

    /// Somebody stands in for somebody, for one shift.
    RosterSubstituted = RosterSubstitutedV1 {
        /// Where.
        slot: Slot,
        /// For whom.
        absent: PersonId,
        /// Who.
        stands_in: PersonId,
        /// Why: it may be somebody's health, so it is beside the journal.
        reason: BlobRef,
    }

    /// Nobody stands in any more.
    SubstitutionWithdrawn = SubstitutionWithdrawnV1 {
        /// Where.
        slot: Slot,
        /// For whom.
        absent: PersonId,
    }
}

/// A post: something that somebody must stand at every hour.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Post {
    /// Its name, which the rules of the house use.
    pub id: PostName,
    /// What it is called.
    pub label: Label,
}

/// A shift by the clock on the wall. One that does not end after it begins ends on the next day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shift {
    /// Its name.
    pub id: ShiftName,
    /// What it is called.
    pub label: Label,
    /// When it begins.
    pub begins: Time,
    /// When it ends.
    pub ends: Time,
}

/// Days that a centre itself has off or works, whatever the calendars say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OwnDays {
    /// The first.
    pub first: Date,
    /// The last.
    pub last: Date,
    /// Which they are.
    pub are: DayKind,
    /// What they are called.
    pub label: Label,
}

/// Whether a day is worked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DayKind {
    /// It is.
    Worked,
    /// It is a day of rest.
    Rest,
}

/// A place on the roster: one post of one shift of one day.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Slot {
    /// The day on which the shift begins.
    pub on: Date,
    /// The shift.
    pub shift: ShiftName,
    /// The post.
    pub post: PostName,
}

/// A slot with the people named for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FilledSlot {
    /// Which.
    pub slot: Slot,
    /// Whoever stands it, then the deputies in turn.
    pub people: Vec<PersonId>,
}

/// How people came onto the roster.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FilledHow {
    /// Somebody named them.
    ByHand,
    /// From a table.
    Imported,
}

//! A shift that somebody stood: who was on duty, what they wrote down, how they handed over.
//!
//! Plans for duty are the roster's; here is what really happened. Until a shift is taken over it stays
//! responsible, whatever the clock says. A hand-over is signed on both sides by different people, and both
//! signatures hold for exactly one content: prepared again, or remarked on again, it must be signed again.
//!
//! Start reading at [`Shift`], then [`decide()`] and [`take_over`].

mod command;
mod decide;
mod evolve;
mod refusal;

use std::collections::{BTreeMap, BTreeSet};

use fengsui_vocabulary::{PersonId, ShiftId};
use jiff::Timestamp;

use crate::{BlobRef, HandOverCounts, LogAbout};

pub use command::{BeginShift, ShiftCommand, TakeOver};
pub use decide::{Relieved, begin, decide, take_over};
pub use evolve::evolve;
pub use refusal::ShiftRefusal;

/// Entries of one shift's log at most: more than anybody writes in one.
pub const LOG_MAX: usize = 1_000;

/// A shift as far as its stream tells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shift {
    /// How it began; none before that.
    pub begun: Option<Begun>,
    /// Who stands it now, and since when; whoever is responsible among them.
    pub members: BTreeMap<PersonId, Timestamp>,
    /// Who stood it and has left.
    pub left: BTreeSet<PersonId>,
    /// Its log by number, from 1.
    pub log: BTreeMap<u32, LogEntry>,
    /// What the next shift is to be told besides what the program finds.
    pub remarks: Vec<Remark>,
    /// The hand-over as it was prepared last.
    pub hand_over: Option<HandOver>,
    /// How it ended.
    pub end: Option<End>,
}

/// How a shift began.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Begun {
    /// Which shift.
    pub shift: ShiftId,
    /// The one before it.
    pub after: Option<ShiftId>,
    /// Who is responsible.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
}

/// An entry of the duty log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogEntry {
    /// What it says.
    pub text: BlobRef,
    /// What it is about.
    pub about: Option<LogAbout>,
    /// The entry that it corrects.
    pub corrects: Option<u32>,
    /// The entry by which it was corrected.
    pub corrected_by: Option<u32>,
    /// Who wrote it.
    pub by: PersonId,
    /// When it happened.
    pub at: Timestamp,
    /// When it was written.
    pub recorded_at: Timestamp,
}

/// A remark for the next shift.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remark {
    /// What it says.
    pub text: BlobRef,
    /// Who made it.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
}

/// A hand-over that was prepared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HandOver {
    /// What it says.
    pub content: BlobRef,
    /// How much of what it holds.
    pub counts: HandOverCounts,
    /// Who was told that it waits.
    pub told: BTreeSet<PersonId>,
    /// Who prepared it.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
    /// The signature of the outgoing side, as long as it holds.
    pub signed: Option<Signed>,
}

/// A signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signed {
    /// Whose.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
}

/// How a shift ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct End {
    /// The shift that took over.
    pub next: ShiftId,
    /// Who took over.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
    /// Why the same person went on.
    pub alone: Option<BlobRef>,
}

impl Shift {
    /// Whether it is responsible now.
    pub const fn is_on_duty(&self) -> bool {
        self.begun.is_some() && self.end.is_none()
    }

    /// Who is responsible for it.
    pub fn officer(&self) -> Option<PersonId> {
        self.begun.as_ref().map(|begun| begun.by)
    }

    /// How many remarks belong to the hand-over.
    pub fn remark_count(&self) -> u32 {
        u32::try_from(self.remarks.len()).unwrap_or(u32::MAX)
    }
}

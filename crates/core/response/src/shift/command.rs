//! What may be asked of a shift.

use std::collections::BTreeSet;

use fengsui_vocabulary::{PersonId, ShiftId};

use crate::{BlobRef, HandOverCounts, LogAbout};

/// Begin the first shift of a centre.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BeginShift {
    /// Its id.
    pub shift: ShiftId,
}

/// Take a shift over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TakeOver {
    /// The id of the shift that begins.
    pub next: ShiftId,
    /// The digest of the content that was read.
    pub content: String,
    /// How many remarks were read with it.
    pub remarks: u32,
    /// Why the same person goes on, where nobody relieves them.
    pub alone: Option<BlobRef>,
}

/// What may be asked of a shift that goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ShiftCommand {
    /// Add somebody to it.
    Join {
        /// Who.
        person: PersonId,
    },
    /// Take somebody off it.
    Leave {
        /// Who.
        person: PersonId,
    },
    /// Write into its log.
    WriteLog {
        /// What.
        text: BlobRef,
        /// What it is about.
        about: Option<LogAbout>,
    },
    /// Correct an entry of its log.
    CorrectLog {
        /// Which.
        number: u32,
        /// What is right, and why.
        text: BlobRef,
    },
    /// Freeze what is to be handed over.
    PrepareHandOver {
        /// What it says.
        content: BlobRef,
        /// How much of what it holds.
        counts: HandOverCounts,
        /// Who is told.
        told: BTreeSet<PersonId>,
    },
    /// Add a remark for the next shift.
    Remark {
        /// What it says.
        text: BlobRef,
    },
    /// Sign the hand-over for the outgoing side.
    SignHandOver {
        /// The digest of the content that was read.
        content: String,
        /// How many remarks were read with it.
        remarks: u32,
    },
}

impl BeginShift {
    /// Its name: chosen once, for records and programs.
    pub const NAME: &str = "begin-shift";
}

impl TakeOver {
    /// Its name: chosen once, for records and programs.
    pub const NAME: &str = "take-over-shift";
}

impl ShiftCommand {
    /// Its name: chosen once, for records and programs.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Join { .. } => "join-shift",
            Self::Leave { .. } => "leave-shift",
            Self::WriteLog { .. } => "write-log",
            Self::CorrectLog { .. } => "correct-log",
            Self::PrepareHandOver { .. } => "prepare-hand-over",
            Self::Remark { .. } => "remark-hand-over",
            Self::SignHandOver { .. } => "sign-hand-over",
        }
    }
}

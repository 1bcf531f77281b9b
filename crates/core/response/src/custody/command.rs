//! What may be asked about the custody of a subject.

use fengsui_vocabulary::Line;
use jiff::Timestamp;

use crate::{BlobRef, ErasureScope};

/// What may be asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CustodyCommand {
    /// Nothing of the subject may be erased from now on.
    PlaceHold {
        /// On what ground.
        ground: Line,
        /// By whose demand.
        demanded_by: Option<Line>,
    },
    /// A hold no longer holds.
    LiftHold {
        /// Which.
        hold: u32,
        /// Why.
        reason: Line,
    },
    /// Texts are to be erased.
    RequestErasure {
        /// Which.
        what: ErasureScope,
        /// On what ground.
        ground: Line,
        /// By whose demand.
        demanded_by: Option<Line>,
    },
    /// A request is taken back.
    WithdrawErasure {
        /// Which.
        request: u32,
        /// Why.
        reason: Line,
    },
    /// A request is refused.
    RefuseErasure {
        /// Which.
        request: u32,
        /// Why.
        reason: Line,
    },
    /// A request is approved; the texts go in the same step.
    ApproveErasure {
        /// Which.
        request: u32,
        /// The texts that the subject has, erased ones left out.
        texts: Vec<BlobRef>,
        /// What the subject belongs to and is held.
        held: Vec<Held>,
    },
    /// A rule of the house says that it has been kept long enough. Only the program asks this.
    EraseByRule {
        /// The rule, as it is written.
        rule: Line,
        /// The texts that the subject has, erased ones left out.
        texts: Vec<BlobRef>,
        /// What the subject belongs to and is held.
        held: Vec<Held>,
    },
    /// A package of evidence was made.
    RecordPackage(Packaged),
    /// A package was handed over.
    HandOverPackage {
        /// Which.
        package: u32,
        /// To whom.
        recipient: Line,
        /// The receipt that was given for it.
        receipt: Line,
    },
    /// Somebody had a look at what is held.
    NoteAccess {
        /// Who looked.
        who: Line,
        /// At what, and why.
        what: Line,
    },
}

/// Something to which the subject belongs and that is held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// Its stream.
    pub subject: Line,
    /// On what ground.
    pub ground: Line,
}

/// What is known of the file of a package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Packaged {
    /// SHA-256 of the file, in lower-case hexadecimal digits.
    pub sha256: String,
    /// How many bytes it has.
    pub bytes: u64,
    /// The last entry of the journal that it takes in.
    pub position: u64,
    /// The hash of that entry.
    pub head: String,
    /// When it was made.
    pub made_at: Timestamp,
    /// For whom.
    pub made_for: Line,
    /// What for.
    pub purpose: Line,
}

impl CustodyCommand {
    /// Its name in records of refusals.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::PlaceHold { .. } => "place-hold",
            Self::LiftHold { .. } => "lift-hold",
            Self::RequestErasure { .. } => "request-erasure",
            Self::WithdrawErasure { .. } => "withdraw-erasure",
            Self::RefuseErasure { .. } => "refuse-erasure",
            Self::ApproveErasure { .. } => "approve-erasure",
            Self::EraseByRule { .. } => "erase-by-rule",
            Self::RecordPackage(_) => "record-package",
            Self::HandOverPackage { .. } => "hand-over-package",
            Self::NoteAccess { .. } => "note-access",
        }
    }
}

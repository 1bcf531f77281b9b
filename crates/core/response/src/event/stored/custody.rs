//! Payloads of custody: holds, erasures, packages of evidence.

use std::collections::BTreeSet;

use fengsui_vocabulary::{BlobId, Line};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::BlobRef;

payloads! {
    /// A legal hold was placed: nothing of the subject is erased until it is lifted.
    HoldPlaced = HoldPlacedV1 {
        /// Its number in the custody of the subject, from 1.
        hold: u32,
        /// On what ground.
        ground: Line,
        /// By whose demand, where it was not our own wish.
        demanded_by: Option<Line>,
    }

    /// A hold was lifted by somebody who had not placed it.
    HoldLifted = HoldLiftedV1 {
        /// Which.
        hold: u32,
        /// Why.
        reason: Line,
    }

    /// Somebody asked that texts be erased.
    ErasureRequested = ErasureRequestedV1 {
        /// Its number in the custody of the subject, from 1.
        request: u32,
        /// Which texts.
        what: ErasureScope,
        /// On what ground.
        ground: Line,
        /// By whose demand, where it was not our own wish.
        demanded_by: Option<Line>,
    }

    /// The request was taken back by whoever made it.
    ErasureWithdrawn = ErasureWithdrawnV1 {
        /// Which.
        request: u32,
        /// Why.
        reason: Line,
    }

    /// The request was refused.
    ErasureRefused = ErasureRefusedV1 {
        /// Which.
        request: u32,
        /// Why.
        reason: Line,
    }

    /// The request was approved by somebody else than who made it.
    ErasureApproved = ErasureApprovedV1 {
        /// Which.
        request: u32,
    }

    /// Texts were erased: they and their keys are gone, and every board that came from them was made anew.
    TextsErased = TextsErasedV1 {
        /// The request that was approved; none where a rule of the house says so.
        request: Option<u32>,
        /// On what ground: that of the request, or the rule.
        ground: Line,
        /// Each of them, with the digest under its own key that went with it.
        blobs: Vec<BlobRef>,
    }

    /// Texts of something that belongs to the subject were erased.
    RelatedTextsErased = RelatedTextsErasedV1 {
        /// The stream whose texts they were.
        subject: Line,
        /// On what ground.
        ground: Line,
        /// How many.
        count: u32,
    }

    /// A package of evidence was made.
    EvidencePackaged = EvidencePackagedV1 {
        /// Its number in the custody of the subject, from 1.
        package: u32,
        /// SHA-256 of the file, in lower-case hexadecimal digits.
        sha256: String,
        /// How many bytes it has.
        bytes: u64,
        /// The last entry of the journal that it takes in.
        position: u64,
        /// The hash of that entry.
        head: String,
        /// When it was made.
        made_at: Timestamp,
        /// For whom.
        made_for: Line,
        /// What for.
        purpose: Line,
    }

    /// A package was handed over.
    EvidenceHandedOver = EvidenceHandedOverV1 {
        /// Which.
        package: u32,
        /// To whom.
        recipient: Line,
        /// The receipt that was given for it.
        receipt: Line,
    }

    /// Somebody had a look at what is held.
    AccessNoted = AccessNotedV1 {
        /// Who looked.
        who: Line,
        /// At what, and why.
        what: Line,
    }
}

/// Which texts a request is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum ErasureScope {
    /// Every text and file of the subject.
    AllTexts,
    /// These.
    These(BTreeSet<BlobId>),
}

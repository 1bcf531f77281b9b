//! Payloads of shifts: who was on duty, what they wrote down, how they handed over.

use std::collections::BTreeSet;

use fengsui_vocabulary::{IncidentId, OrganisationId, PersonId, ReportId, ShiftId};
use serde::{Deserialize, Serialize};

use crate::BlobRef;

payloads! {
    /// A shift began: the first of a centre, or by taking over. Whoever began it is responsible.
    ShiftBegun = ShiftBegunV1 {
        /// Which.
        shift: ShiftId,
        /// The shift before it; none for the first one of a centre.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        after: Option<ShiftId>,
    }

    /// Somebody joined the shift.
    ShiftJoined = ShiftJoinedV1 {
        /// Who.
        person: PersonId,
    }

    /// Somebody left the shift.
    ShiftLeft = ShiftLeftV1 {
        /// Who.
        person: PersonId,
    }

    /// Something was written into the duty log.
    ShiftLogWritten = ShiftLogWrittenV1 {
        /// Its number within the shift, from 1.
        number: u32,
        /// What it says.
        text: BlobRef,
        /// What it is about, if anything here.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        about: Option<LogAbout>,
    }

    /// An entry of the duty log was corrected; the old one stays.
    ShiftLogCorrected = ShiftLogCorrectedV1 {
        /// The number of the new entry.
        number: u32,
        /// The entry that it corrects.
        corrects: u32,
        /// What is right, and why it was corrected.
        text: BlobRef,
    }

    /// The hand-over was prepared: from here on its content does not change.
    HandOverPrepared = HandOverPreparedV1 {
        /// What it says.
        content: BlobRef,
        /// How much of what it holds.
        counts: HandOverCounts,
        /// Who is told that it waits: the people of the next shift.
        #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
        told: BTreeSet<PersonId>,
    }

    /// Somebody of the shift added a remark for the next one.
    HandOverRemarked = HandOverRemarkedV1 {
        /// What it says.
        text: BlobRef,
    }

    /// Somebody of the outgoing shift signed the hand-over.
    HandOverSigned = HandOverSignedV1 {
        /// The digest of the content that was signed.
        content: String,
        /// How many remarks belong to it.
        remarks: u32,
    }

    /// The shift was taken over: it ends, and the next one begins in the same commit.
    ShiftTakenOver = ShiftTakenOverV1 {
        /// The shift that begins.
        next: ShiftId,
        /// The digest of the content that was signed on both sides.
        content: String,
        /// How many remarks belong to it.
        remarks: u32,
        /// Why the same person goes on: nobody relieved them.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        alone: Option<BlobRef>,
    }
}

/// What an entry of the duty log is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum LogAbout {
    /// An incident.
    Incident(IncidentId),
    /// A report.
    Report(ReportId),
    /// An organisation.
    Organisation(OrganisationId),
}

/// How much of what a hand-over holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HandOverCounts {
    /// Open duties.
    pub duties: u32,
    /// How many of them are overdue.
    pub overdue: u32,
    /// What reporters wait for, or are asked.
    pub promises: u32,
    /// Decisions that wait.
    pub waiting: u32,
    /// Running incidents.
    pub incidents: u32,
    /// Messages that are not delivered.
    pub messages: u32,
    /// What happened during the shift.
    pub changes: u32,
}

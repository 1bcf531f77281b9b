//! Payloads of what happens by itself: reminders, misses; and the rules of the house that were in force.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{BlobRef, Tick};

payloads! {
    /// Whoever owes these duties was reminded.
    DutiesReminded = DutiesRemindedV1 {
        /// Which duties, each with the step of the rules of the house.
        reminded: Vec<Reminded>,
    }

    /// These duties were not done in time. When that was noticed is when this was recorded.
    DutiesMissed = DutiesMissedV1 {
        /// Which duties, the earliest due first.
        missed: Vec<Missed>,
    }

    /// A report has waited so long that people are called out.
    ReportLeftWaiting = ReportLeftWaitingV1 {
        /// Since when it waits.
        since: Timestamp,
    }

    /// The centre put its own rules of the house in force.
    HouseAdopted = HouseAdoptedV1 {
        /// SHA-256 of the bytes, in lower-case hexadecimal digits.
        hash: String,
        /// The bytes.
        bytes: BlobRef,
    }
}

/// One reminder of one duty.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reminded {
    /// The duty.
    pub tick: Tick,
    /// Which reminder.
    pub step: ReminderStep,
    /// When it was to be given.
    pub at: Timestamp,
}

/// One duty that was missed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Missed {
    /// The duty.
    pub tick: Tick,
    /// When it was due.
    pub due: Timestamp,
}

/// Which reminder, by what the rules of the house say and not by its place in a list: rules change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum ReminderStep {
    /// So many thousandths of the time allowed have gone; 0 is when the duty arises.
    Before(u16),
    /// So long since it arose, where it is to be done at once.
    Immediate(SignedDuration),
    /// So long after the due time.
    After(SignedDuration),
    /// People are called out because it was missed.
    CallOut,
}

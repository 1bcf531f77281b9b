//! What the plan obliges everybody to do, and by when.
//!
//! A duty is a function of the pack, the history and the time: nothing here is stored.
//! What people did about a duty (done, missed, waived) is in the history like everything else.
//!
//! Start reading at `duties_of`.

use fengsui_vocabulary::{ClauseId, DutyId, Label, PlanId, RoleId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::model::Channel;

/// One duty of one sender towards one recipient.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Duty {
    /// The plan that imposes it.
    pub plan: PlanId,
    /// Its id.
    pub duty: DutyId,
    /// The clause.
    pub clause: ClauseId,
    /// What it is.
    pub label: Label,
    /// Who owes it.
    pub actor: RoleId,
    /// To whom; none for a duty without a recipient.
    pub to: Option<RoleId>,
    /// By which channel.
    pub channel: Channel,
    /// The affected organisation, where the duty is one organisation's own.
    pub organisation: Option<String>,
    /// When it is due; none where the text gives no number.
    pub due: Option<Timestamp>,
    /// When it was done.
    pub done_at: Option<Timestamp>,
    /// When it came to be owed.
    pub arose_at: Timestamp,
    /// Other reckonings of the text, or of a corrected anchor.
    pub also_read_as: Vec<Timestamp>,
    /// The kind of its deadline.
    pub kind: DutyKind,
    /// The name of its anchor.
    pub anchor: String,
    /// Whether the pack assumes that anchor because the text names none.
    pub assumed: bool,
    /// The slot of a recurring duty, from 1.
    pub slot: Option<u32>,
    /// Where it stands.
    pub state: DutyState,
    /// Why it is owed, and why it stands where it stands.
    pub because: Vec<Because>,
}

/// The kind of a deadline.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DutyKind {
    /// By a time.
    Within,
    /// At once, without a number.
    Immediate,
    /// In the same act.
    Simultaneous,
    /// Again and again.
    Recurring,
    /// All the time.
    Continuing,
    /// When asked.
    OnRequest,
    /// The text gives no time.
    Undefined,
}

/// Where a duty stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DutyState {
    /// Owed.
    Pending,
    /// Done in time.
    Done,
    /// Done in time, entered after its time, confirmed by a second person.
    DoneRecordedLate,
    /// Done after its time.
    Late,
    /// Past its time and still open.
    Missed,
    /// Waived with a reason.
    Waived,
    /// Replaced by a stricter duty.
    Superseded,
    /// Done, where the text gives no time: only elapsed time is recorded.
    Elapsed,
}

impl DutyState {
    /// Whether something still has to be done.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Pending | Self::Missed)
    }
}

/// One reason, with the clause it rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Because {
    /// The clause.
    pub clause: ClauseId,
    /// The reason in words.
    pub text: Label,
}

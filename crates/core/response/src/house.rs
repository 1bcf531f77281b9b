//! The rules of the house: when people are reminded and called out, and how long things are kept.
//!
//! No law: where the plan has a number, the plan's holds. They are data (`plans/house.toml` ships) and a
//! centre puts its own in force; times already recorded do not change with them.

use jiff::{SignedDuration, Span};
use serde::{Deserialize, Serialize};

/// The rules of the house.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct House {
    /// When people are reminded of a duty.
    #[serde(default)]
    pub reminders: Reminders,
    /// When people are called out, and in which order.
    #[serde(default, rename = "call_out")]
    pub call_outs: Vec<CallOutRule>,
    /// How long things are kept.
    #[serde(default)]
    pub retention: Retention,
    /// From when on the program says that it is not well.
    #[serde(default)]
    pub self_watch: SelfWatchLimits,
}

/// From when on the program says that it is not well. What has no limit is shown and not judged.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SelfWatchLimits {
    /// How far the machine's clock may be off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clock_offset_max: Option<SignedDuration>,
    /// How old the last backup may be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub backup_age_max: Option<SignedDuration>,
    /// How long a reminder, a miss or a call may wait for the clock loop.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clock_lag_max: Option<SignedDuration>,
    /// How long a message may wait to be sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dispatch_lag_max: Option<SignedDuration>,
    /// How long no heartbeat may have been taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub heartbeat_silence_max: Option<SignedDuration>,
}

/// When people are reminded of a duty.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reminders {
    /// Shares of the time allowed, between 0 and 1, rising: a reminder when so much of it has gone.
    #[serde(default)]
    pub before: Vec<f64>,
    /// Times after the due time, not negative, rising.
    #[serde(default)]
    pub after: Vec<SignedDuration>,
    /// Times after a duty arose that is to be done at once, rising.
    #[serde(default)]
    pub immediate: Vec<SignedDuration>,
}

/// When people are called out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CallOutRule {
    /// The occasion.
    pub when: CallOutWhen,
    /// How long the occasion lasts before anybody is called.
    #[serde(default)]
    pub after: SignedDuration,
    /// Who is called, one after the other.
    pub steps: Vec<CallOutStep>,
}

/// An occasion to call people out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CallOutWhen {
    /// A duty of the centre was missed.
    DutyMissed,
    /// A report waits and nobody has accepted or declined it.
    ReportWaiting,
    /// Somebody on duty asks for help.
    ByHand,
}

/// One step of a call-out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CallOutStep {
    /// The post on the roster; none for the head of the centre.
    #[serde(default)]
    pub post: Option<String>,
    /// Which of those who are named for it.
    pub who: CallOutWho,
    /// How long to wait for an answer.
    pub wait: SignedDuration,
}

/// Which of those named for a post.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CallOutWho {
    /// Whoever stands it.
    First,
    /// The deputies, in turn.
    Deputy,
    /// The head of the centre.
    Head,
}

/// How long things are kept after they have ended.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Retention {
    /// Logs; at least six months whatever is written here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub logs: Option<RetainedFor>,
    /// Texts of reports that were declined.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub declined_reports: Option<RetainedFor>,
    /// Texts of messages that were delivered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub messages: Option<RetainedFor>,
}

/// A calendar span such as `P6M`.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RetainedFor(pub Span);

impl PartialEq for RetainedFor {
    fn eq(&self, other: &Self) -> bool {
        self.0.fieldwise() == other.0.fieldwise()
    }
}

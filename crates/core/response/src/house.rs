//! The rules of the house: when people are reminded and called out, and how long things are kept.
//!
//! No law: where the plan has a number, the plan's holds. They are data (`plans/house.toml` ships) and a
//! centre puts its own in force; times already recorded do not change with them.

mod read;

use std::sync::{Arc, LazyLock};

use fengsui_vocabulary::{DutyId, Line, PlanId};
use jiff::{SignedDuration, Span};
use serde::{Deserialize, Serialize};

pub use read::{HouseMistake, HouseMistakes};

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
    /// What the program may suggest about lateness where no text gives a number, and how long
    /// organisations have to be heard.
    #[serde(default)]
    pub accountability: Accountable,
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
    /// How often it is gone through when nobody answers, from the second time on beginning with the
    /// head; none means once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rounds: Option<u32>,
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

/// When the program may suggest that somebody be held to account, and what they may count on.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Accountable {
    /// How long an organisation has at least to answer before anybody decides.
    #[serde(default)]
    pub hearing: SignedDuration,
    /// Local policies, each with its name.
    #[serde(default, rename = "policy")]
    pub policies: Vec<LatenessPolicy>,
}

/// A named policy of this centre: from when on a duty counts as late although its text gives no number, or
/// although the pack only assumes where its clock starts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LatenessPolicy {
    /// What it is called where somebody asks on what ground.
    pub name: Line,
    /// The plan.
    pub plan: PlanId,
    /// The duty.
    pub duty: DutyId,
    /// How long it takes at most from when the duty arose; none takes the plan's own number, which only an
    /// assumed start kept from counting.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub within: Option<SignedDuration>,
}

/// A calendar span such as `P6M`.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RetainedFor(pub Span);

impl House {
    /// The bytes of those that ship.
    pub const SHIPPED: &str = include_str!("../../../../plans/house.toml");

    /// Those that ship: they hold until a centre puts its own in force.
    pub fn shipped() -> Arc<Self> {
        static SHIPPED: LazyLock<Arc<House>> =
            LazyLock::new(|| Arc::new(House::read(House::SHIPPED).unwrap_or_default()));
        Arc::clone(&SHIPPED)
    }

    /// How long an occasion lasts before anybody is called out; none where nobody ever is.
    pub fn call_out_after(&self, when: CallOutWhen) -> Option<SignedDuration> {
        self.call_outs.iter().filter(|rule| rule.when == when).map(|rule| rule.after).min()
    }
}

impl House {
    /// The rule for an occasion.
    pub fn call_out(&self, when: CallOutWhen) -> Option<&CallOutRule> {
        self.call_outs.iter().find(|rule| rule.when == when)
    }
}

impl PartialEq for RetainedFor {
    fn eq(&self, other: &Self) -> bool {
        self.0.fieldwise() == other.0.fieldwise()
    }
}

//! A message to one recipient: what became of it, attempt by attempt.
//!
//! The intent is written in the transaction of whatever decided it. Every attempt that ended is an event;
//! one whose end is not known is *uncertain* and is tried again under the same id, so it may arrive twice,
//! which the record shows. When again is decided here; sending is done elsewhere.
//!
//! Start reading at [`Standing`], then [`decide()`].

mod decide;
mod evolve;

use fengsui_vocabulary::{Lang, Line, MessageId, PersonId};
use jiff::{SignedDuration, Timestamp};

use crate::{Addressee, BlobRef, BounceFate, GivenUpBecause, Occasion, Way};

pub use decide::{Ended, MessageCommand, decide};
pub use evolve::evolve;

/// A message as far as its stream tells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Message {
    /// What was intended; none before that.
    pub intent: Option<Intent>,
    /// Where it stands.
    pub standing: Standing,
    /// When it is tried next; none when nothing happens by itself.
    pub next_attempt_at: Option<Timestamp>,
    /// Every attempt of which something is known, in order.
    pub attempts: Vec<Attempt>,
    /// What mail servers reported about it.
    pub bounces: Vec<Bounced>,
    /// When it was opened on the screen.
    pub seen_at: Option<Timestamp>,
    /// Why it is not tried any more.
    pub given_up: Option<GivenUp>,
    /// Attempts since it was queued, or tried again by hand: the pause grows with them.
    pub tries: u32,
}

/// What was intended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Intent {
    /// Which message.
    pub message: MessageId,
    /// The stream that it is about.
    pub about: Line,
    /// On which occasion.
    pub occasion: Occasion,
    /// Who is told.
    pub to: Addressee,
    /// By which way.
    pub way: Way,
    /// In which language.
    pub lang: Lang,
    /// Address and words.
    pub content: BlobRef,
    /// When it was decided.
    pub at: Timestamp,
}

/// Where a message stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// Nothing was intended yet.
    #[default]
    Absent,
    /// It has not been tried since it was queued.
    Waiting,
    /// It was not taken, and is tried again.
    Deferred,
    /// It may have arrived, and is tried again.
    Uncertain,
    /// It waits until a way out is configured.
    Unconfigured,
    /// The other side has it.
    Delivered,
    /// The other side does not want it: somebody must look.
    Refused,
    /// It was taken and came back: somebody must look.
    Bounced,
    /// It was tried often enough: somebody must look.
    Exhausted,
    /// Somebody gave it up.
    GivenUp,
    /// It is on somebody's screen.
    Unseen,
    /// They have opened it.
    Seen,
}

/// One attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// Its number, from one.
    pub number: u32,
    /// When it began.
    pub began_at: Timestamp,
    /// When its end was noticed.
    pub ended_at: Timestamp,
    /// How it ended.
    pub end: AttemptEnd,
    /// Whether its end was unknown for a while; it stays marked.
    pub was_uncertain: bool,
    /// What the other side said.
    pub answer: Option<BlobRef>,
}

/// How an attempt ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum AttemptEnd {
    /// Taken over.
    Delivered,
    /// Not now.
    Deferred,
    /// Not ever.
    Refused,
    /// Not before a setting is changed.
    Unconfigured,
    /// Nobody can say: the answer did not come.
    NoAnswer,
    /// Nobody can say: the program stopped.
    Interrupted,
}

/// What a mail server reported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bounced {
    /// What it does about it.
    pub fate: BounceFate,
    /// The report.
    pub report: BlobRef,
    /// When it came.
    pub at: Timestamp,
}

/// Why a message is not tried any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GivenUp {
    /// Why.
    pub because: GivenUpBecause,
    /// What whoever gave it up says.
    pub reason: Option<BlobRef>,
    /// Who.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
}

impl Message {
    /// The number of the next attempt.
    pub fn next_attempt(&self) -> u32 {
        self.attempts.iter().map(|attempt| attempt.number).max().unwrap_or(0).saturating_add(1)
    }

    /// How many attempts may have arrived without anybody knowing.
    pub fn uncertain_attempts(&self) -> u32 {
        let uncertain = self.attempts.iter().filter(|attempt| attempt.was_uncertain).count();
        u32::try_from(uncertain).unwrap_or(u32::MAX)
    }

    /// Whether the other side has it, whatever came afterwards.
    pub fn was_delivered(&self) -> bool {
        self.attempts.iter().any(|attempt| attempt.end == AttemptEnd::Delivered)
    }

    fn attempt(&self, number: u32) -> Option<&Attempt> {
        self.attempts.iter().find(|attempt| attempt.number == number)
    }
}

impl Standing {
    /// Every standing that a message can have, in the order in which lists offer them.
    pub const ALL: [Self; 11] = [
        Self::Waiting,
        Self::Deferred,
        Self::Uncertain,
        Self::Unconfigured,
        Self::Refused,
        Self::Bounced,
        Self::Exhausted,
        Self::Delivered,
        Self::GivenUp,
        Self::Unseen,
        Self::Seen,
    ];

    /// The word by which boards and lists call it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Absent => "absent",
            Self::Waiting => "waiting",
            Self::Deferred => "deferred",
            Self::Uncertain => "uncertain",
            Self::Unconfigured => "unconfigured",
            Self::Delivered => "delivered",
            Self::Refused => "refused",
            Self::Bounced => "bounced",
            Self::Exhausted => "exhausted",
            Self::GivenUp => "given-up",
            Self::Unseen => "unseen",
            Self::Seen => "seen",
        }
    }

    /// Whether somebody must look: nothing more happens by itself, and it did not arrive.
    pub const fn needs_somebody(self) -> bool {
        match self {
            Self::Refused | Self::Bounced | Self::Exhausted => true,
            Self::Absent
            | Self::Waiting
            | Self::Deferred
            | Self::Uncertain
            | Self::Unconfigured
            | Self::Delivered
            | Self::GivenUp
            | Self::Unseen
            | Self::Seen => false,
        }
    }

    /// Whether it is still going to be sent.
    pub const fn is_queued(self) -> bool {
        match self {
            Self::Waiting | Self::Deferred | Self::Uncertain | Self::Unconfigured => true,
            Self::Absent
            | Self::Delivered
            | Self::Refused
            | Self::Bounced
            | Self::Exhausted
            | Self::GivenUp
            | Self::Unseen
            | Self::Seen => false,
        }
    }
}

impl AttemptEnd {
    /// The word by which screens call it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Delivered => "delivered",
            Self::Deferred => "deferred",
            Self::Refused => "refused",
            Self::Unconfigured => "unconfigured",
            Self::NoAnswer => "no-answer",
            Self::Interrupted => "interrupted",
        }
    }

    /// Whether nobody can say what became of it.
    pub const fn is_uncertain(self) -> bool {
        match self {
            Self::NoAnswer | Self::Interrupted => true,
            Self::Delivered | Self::Deferred | Self::Refused | Self::Unconfigured => false,
        }
    }
}

/// How long to wait after so many tries: a minute, then twice as long each time, at most an hour.
pub fn pause_after(tries: u32) -> SignedDuration {
    let doublings = tries.saturating_sub(1).min(DOUBLINGS_MAX);
    let minutes = 1_i64.checked_shl(doublings).unwrap_or(i64::MAX);
    SignedDuration::from_mins(minutes).min(PAUSE_MAX)
}

/// The longest pause between two tries.
pub const PAUSE_MAX: SignedDuration = SignedDuration::from_hours(1);

/// Tries after which somebody must look: about two and a half days.
pub const TRIES_MAX: u32 = 60;

/// Two to the sixth minutes are more than the longest pause.
const DOUBLINGS_MAX: u32 = 6;

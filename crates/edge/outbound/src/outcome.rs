//! What became of one sending.

use std::time::Duration;

use crate::answer::Answer;

/// What became of one sending. The four differ in what must happen next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The other side has taken it over.
    Delivered {
        /// Its words.
        answer: Answer,
    },
    /// It was not taken, and the same again would not be taken either.
    Refused {
        /// True: the destination does not want this. False: nothing is wrong with the message, but
        /// a setting must be changed first (a password, an address that may not be reached).
        permanent: bool,
        /// Its words, or why nothing was opened.
        answer: Answer,
    },
    /// It was not taken now; the same may be sent again later.
    Deferred {
        /// Its words, or why it could not be reached.
        answer: Answer,
        /// How long the other side asks to wait.
        retry_after: Option<Duration>,
    },
    /// Everything was sent and the answer did not come: taken or not, nobody here can say.
    ///
    /// Send again with the same Message-ID or idempotency key, and mark both as uncertain.
    Unknown {
        /// What was seen instead of an answer.
        why: Answer,
    },
}

impl Outcome {
    /// One word for logs and counters.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Delivered { .. } => "delivered",
            Self::Refused { .. } => "refused",
            Self::Deferred { .. } => "deferred",
            Self::Unknown { .. } => "unknown",
        }
    }

    pub(crate) fn deferred(why: impl std::fmt::Display) -> Self {
        Self::Deferred { answer: Answer::ours(why), retry_after: None }
    }

    pub(crate) fn unknown(why: impl std::fmt::Display) -> Self {
        Self::Unknown { why: Answer::ours(why) }
    }

    /// Refused until somebody changes a setting.
    pub(crate) fn misconfigured(why: impl std::fmt::Display) -> Self {
        Self::Refused { permanent: false, answer: Answer::ours(why) }
    }
}

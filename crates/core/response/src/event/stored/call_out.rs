//! Payloads of call-outs.

use fengsui_vocabulary::{CallOutId, Line, MessageId, PersonId, PostName};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::BlobRef;
use crate::house::{CallOutWhen, CallOutWho};

payloads! {
    /// People are called out. The ladder is frozen: what the roster or the house changes later does
    /// not touch it.
    CallOutBegun = CallOutBegunV1 {
        /// Which.
        call_out: CallOutId,
        /// The stream that it is about.
        about: Line,
        /// On which occasion.
        occasion: CallOutWhen,
        /// Why: words of people may be in it, so it is beside the journal.
        because: BlobRef,
        /// Who is called, one after the other.
        ladder: Vec<LadderStep>,
        /// How often it is gone through at most.
        rounds_max: u32,
    }

    /// Somebody was called.
    PersonCalled = PersonCalledV1 {
        /// In which round, from 1.
        round: u32,
        /// At which step of the ladder, from 1.
        step: u32,
        /// Who.
        person: PersonId,
        /// Until when an answer is waited for.
        until: Timestamp,
        /// The messages that said so.
        messages: Vec<MessageId>,
    }

    /// A step passed without anybody coming.
    CallOutStepPassed = CallOutStepPassedV1 {
        /// In which round.
        round: u32,
        /// Which step.
        step: u32,
        /// Why.
        why: PassedWhy,
    }

    /// Somebody answered.
    CallOutAnswered = CallOutAnsweredV1 {
        /// Who; whoever wrote it down may be somebody else, who was told by telephone.
        person: PersonId,
        /// What.
        answer: CallOutAnswer,
        /// The round and step at which they had been called last, if they were.
        called_at: Option<(u32, u32)>,
    }

    /// Somebody comes: nobody else is called.
    CallOutTaken = CallOutTakenV1 {
        /// Who.
        person: PersonId,
    }

    /// Whoever was to come cannot after all.
    CallOutReleased = CallOutReleasedV1 {
        /// Who.
        person: PersonId,
    }

    /// Somebody who is not on the ladder may answer too.
    CallOutPersonAdded = CallOutPersonAddedV1 {
        /// Who.
        person: PersonId,
        /// The messages that said so.
        messages: Vec<MessageId>,
    }

    /// Everybody was called as often as the house says, and nobody comes.
    CallOutExhausted = CallOutExhaustedV1 {
        /// How often.
        rounds: u32,
    }

    /// Whoever took it is there.
    CallOutEnded = CallOutEndedV1 {
        /// Who took it.
        person: PersonId,
    }

    /// It was cancelled.
    CallOutCancelled = CallOutCancelledV1 {
        /// Why, in the words of whoever did it.
        reason: BlobRef,
    }
}

/// One step of a frozen ladder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LadderStep {
    /// Which of those named for the post.
    pub who: CallOutWho,
    /// The post; none for the head of the centre.
    pub post: Option<PostName>,
    /// The person; none if nobody is there, not even a head.
    pub person: Option<PersonId>,
    /// How this came to be the person.
    pub because: StepBecause,
    /// How long an answer is waited for.
    pub wait: SignedDuration,
}

/// How somebody came to be called at a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StepBecause {
    /// They are on the roster.
    OnRoster,
    /// They stand in for somebody who is.
    StandsIn,
    /// Nobody is on the roster: the head of the centre answers.
    Gap,
    /// They head the centre.
    IsHead,
}

/// Why a step passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PassedWhy {
    /// Nobody answered in time.
    NoAnswer,
    /// Whoever was called cannot come.
    Cannot,
    /// There is nobody to call.
    Vacant,
}

/// What somebody who was called says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CallOutAnswer {
    /// "I am coming."
    Coming,
    /// "I cannot."
    Cannot,
}

//! Payloads of messages that go out.

use fengsui_vocabulary::{Lang, Line, MessageId, OrganisationId, PersonId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::BlobRef;

payloads! {
    /// It was decided that somebody must be told: written with what was decided.
    MessageIntended = MessageIntendedV1 {
        /// Which.
        message: MessageId,
        /// The stream that it is about.
        about: Line,
        /// On which occasion.
        occasion: Occasion,
        /// Who is told.
        to: Addressee,
        /// By which way.
        way: Way,
        /// In which language.
        lang: Lang,
        /// Address and words: they are personal, so they are beside the journal.
        content: BlobRef,
    }

    /// The other side has taken it over.
    MessageDelivered = MessageDeliveredV1 {
        /// Which attempt, from one.
        attempt: u32,
        /// When that attempt began.
        began_at: Timestamp,
        /// What the other side said.
        answer: BlobRef,
    }

    /// It was not taken now.
    MessageDeferred = MessageDeferredV1 {
        /// Which attempt.
        attempt: u32,
        /// When it began.
        began_at: Timestamp,
        /// When it is tried again.
        until: Timestamp,
        /// What the other side said, or why it could not be reached.
        answer: BlobRef,
    }

    /// It was not taken, and the same again would not be either.
    MessageRefused = MessageRefusedV1 {
        /// Which attempt.
        attempt: u32,
        /// When it began.
        began_at: Timestamp,
        /// What it would take.
        lasts: RefusalLasts,
        /// What the other side said, or why nothing was opened.
        answer: BlobRef,
    }

    /// It was sent, or may have been, and what became of it is not known: it is tried again under the
    /// same id and may arrive twice.
    MessageUncertain = MessageUncertainV1 {
        /// Which attempt.
        attempt: u32,
        /// When it began.
        began_at: Timestamp,
        /// Why it is not known.
        because: Unclear,
        /// When it is tried again.
        until: Timestamp,
        /// What was seen instead of an answer; none when nobody was there to see it.
        answer: Option<BlobRef>,
    }

    /// No way out is configured for it: it waits for one.
    MessageParked = MessageParkedV1 {}

    /// A mail server reports that it did not arrive.
    MessageBounced = MessageBouncedV1 {
        /// What that server does about it.
        fate: BounceFate,
        /// The report, as it is kept.
        report: BlobRef,
    }

    /// Whoever it was for has opened it on the screen.
    MessageSeen = MessageSeenV1 {}

    /// Somebody has it tried again, at once.
    MessageTriedAgain = MessageTriedAgainV1 {}

    /// It is not tried any more.
    MessageGivenUp = MessageGivenUpV1 {
        /// Why.
        because: GivenUpBecause,
        /// What whoever gave it up says; none when the program did.
        reason: Option<BlobRef>,
    }

    /// Nothing is sent until a person has looked: after a restore, or from another node.
    DispatchHeld = DispatchHeldV1 {
        /// Why.
        reason: Line,
    }

    /// A person has looked, and sending goes on from what the journal says.
    JournalResumed = JournalResumedV1 {
        /// How often this journal was taken up again: one is the first time.
        epoch: u32,
        /// Why it may go on.
        reason: Line,
    }
}

/// What a refusal would take to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RefusalLasts {
    /// The destination does not want this message.
    ForEver,
    /// Nothing is wrong with the message: a setting must be changed.
    UntilConfigured,
}

/// Why it is not known what became of an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Unclear {
    /// It was sent whole and the answer did not come.
    NoAnswer,
    /// The program stopped, or was cut off, while it was under way.
    Interrupted,
}

/// What a mail server does about a letter that it could not hand on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BounceFate {
    /// It will not arrive, and the same address would fail again.
    Permanent,
    /// The server has given up for now.
    GivenUp,
    /// The server is still trying.
    Delayed,
}

/// Why a message is not tried any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum GivenUpBecause {
    /// It was tried often enough; somebody must look.
    TriedOften,
    /// Somebody decided so.
    ByHand,
}

/// Why somebody is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Occasion {
    /// A duty will be due.
    DutyDue,
    /// A duty was missed.
    DutyMissed,
    /// A report was received: a receipt.
    ReportReceived,
    /// Somebody is called out.
    CallOut,
    /// A hand-over is ready.
    HandOverReady,
    /// An approval is asked for.
    ApprovalAsked,
    /// A directive must be acknowledged.
    DirectiveIssued,
    /// Words that somebody wrote.
    Plain,
}

/// Who is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Addressee {
    /// Somebody who works here.
    Person(PersonId),
    /// An organisation of the registry, through its contacts.
    Organisation(OrganisationId),
    /// Whoever reported something and left an address.
    Reporter,
}

/// By which way.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Way {
    /// Mail.
    Mail,
    /// A configured webhook, such as a gateway for short messages, by its name.
    Webhook(Line),
    /// The screen of whoever is told.
    Screen,
}

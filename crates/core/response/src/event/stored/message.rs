//! Payloads of messages that go out.

use fengsui_vocabulary::{Lang, Line, MessageId, OrganisationId, PersonId};
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

//! A message to one recipient: what became of it, attempt by attempt.
//!
//! The intent is written in the transaction of whatever decided it. An attempt whose end is not known is
//! *uncertain* and is tried again under the same id; nothing here decides when.

use fengsui_vocabulary::{Lang, Line, MessageId};
use jiff::Timestamp;

use crate::{Addressee, BlobRef, MessageEvent, Occasion, Recorded, Way};

/// A message as far as its stream tells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Message {
    /// What was intended; none before that.
    pub intent: Option<Intent>,
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

/// Brings a message up to date with one event.
pub fn evolve(message: &mut Message, recorded: &Recorded<MessageEvent>) {
    match &recorded.event {
        MessageEvent::Intended(it) => {
            message.intent = Some(Intent {
                message: it.message,
                about: it.about.clone(),
                occasion: it.occasion,
                to: it.to,
                way: it.way.clone(),
                lang: it.lang,
                content: it.content.clone(),
                at: recorded.happened_at,
            });
        }
    }
}

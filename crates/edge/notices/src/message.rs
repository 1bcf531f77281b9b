//! One message for one recipient, ready to be sent as often as it takes.

use std::fmt;
use std::str::FromStr;

use fengsui_outbound::Url;
use fengsui_vocabulary::{Lang, Realm};
use jiff::Timestamp;

use crate::mail::Mailbox;
use crate::signature::Secret;
use crate::words::{Passage, Phrase};

/// One message for one recipient.
///
/// Sent again, it has the same id, the same date and the same words; only the attempt differs.
#[derive(Clone, Debug)]
pub struct Message {
    /// The same for every attempt: by it the other side recognises a double.
    pub id: MessageId,
    /// Only the live realm goes out.
    pub realm: Realm,
    /// Who receives it, and by which way.
    pub destination: Destination,
    /// The subject line.
    pub subject: Phrase,
    /// The text. There is no HTML.
    pub text: Passage,
    /// The language of both.
    pub lang: Lang,
    /// What it answers.
    pub in_reply_to: Option<MessageId>,
    /// When it was decided that this must go out.
    pub written_at: Timestamp,
    /// Which try this is.
    pub attempt: Attempt,
}

/// Who receives a message, and by which way.
#[derive(Clone, Debug)]
pub enum Destination {
    /// A mail address.
    Mail(Mailbox),
    /// A program that listens: an SMS gateway, a chat, a partner.
    Webhook {
        /// Where it listens.
        url: Url,
        /// What proves to it that the message is ours; one for each destination.
        secret: Secret,
        /// Whom it should reach in turn: a telephone number, a channel.
        to: Option<Phrase>,
    },
}

/// Which try it is, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// One is the first.
    pub number: u32,
    /// The time of this try.
    pub at: Timestamp,
}

/// What a message is known by everywhere: `<id@host>`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct MessageId(String);

/// Why a text is no Message-ID.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no message id: expected `<`, letters and digits, one `@`, a host, `>`")]
pub struct MessageIdMalformed(String);

impl MessageId {
    /// The id of a message of ours: what the record calls it, at the name of this centre's host.
    pub fn of(id: impl fmt::Display, host: &str) -> Result<Self, MessageIdMalformed> {
        format!("<{id}@{host}>").parse()
    }

    /// With its angle brackets.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Without its angle brackets.
    pub fn bare(&self) -> &str {
        self.0.trim_start_matches('<').trim_end_matches('>')
    }
}

impl FromStr for MessageId {
    type Err = MessageIdMalformed;

    fn from_str(text: &str) -> Result<Self, MessageIdMalformed> {
        let malformed = || MessageIdMalformed(text.chars().take(80).collect());
        let bare = text.strip_prefix('<').and_then(|rest| rest.strip_suffix('>'));
        let (left, right) = bare.and_then(|bare| bare.split_once('@')).ok_or_else(malformed)?;
        let is_fit = |part: &str| !part.is_empty() && part.chars().all(is_fit_for_an_id);
        let is_short = text.len() <= BYTES_MAX;
        (is_short && is_fit(left) && is_fit(right))
            .then(|| Self(text.to_owned()))
            .ok_or_else(malformed)
    }
}

impl fmt::Display for MessageId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

fn is_fit_for_an_id(letter: char) -> bool {
    letter.is_ascii_graphic()
        && !matches!(letter, '<' | '>' | '@' | '"' | '(' | ')' | '\\' | ',' | ';')
}

/// An id fits on one line of a header.
const BYTES_MAX: usize = 250;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_made_of_the_records_and_the_hosts() {
        let id = MessageId::of("ntc_01j", "desk.test").unwrap();
        assert_eq!((id.as_str(), id.bare()), ("<ntc_01j@desk.test>", "ntc_01j@desk.test"));
    }

    #[test]
    fn an_id_that_would_break_a_header_is_refused() {
        for text in
            ["a@b", "<a>", "<@b>", "<a@>", "<a b@c>", "<a@b>\r\nBcc: c", "<a@b@c>", "<警@b>"]
        {
            assert!(text.parse::<MessageId>().is_err(), "{text:?}");
        }
        assert!(format!("<{}@b>", "a".repeat(300)).parse::<MessageId>().is_err());
    }
}

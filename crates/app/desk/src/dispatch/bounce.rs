//! Reports of mail servers that come back: matched by message, or kept for a person to look at.
//!
//! Anybody can write such a report, so it stops nothing that cannot be begun again by hand. It is
//! acknowledged when it is on disk; the same report handed in twice counts once.

use std::fmt;

use fengsui_notices::{Bounce, Fate, bounces_of};
use fengsui_response::message::MessageCommand;
use fengsui_response::{Actor, Asked, BounceFate};
use fengsui_vocabulary::{CommandId, MessageId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::record::AboutMessage;
use crate::secret::sha256_hex;
use crate::{Desk, DeskFault};

/// What became of a report of a mail server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BounceTaken {
    /// It is noted at this message.
    Noted(MessageId),
    /// It belongs to no message here: it is kept for a person to look at.
    Kept,
}

/// A report that belongs to no message here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StrayReport {
    /// When it came.
    pub at: Timestamp,
    /// Why it was not matched.
    pub why: String,
    /// Whom something did not reach, as far as the report says.
    pub recipient: Option<String>,
    /// Its beginning, as text.
    pub text: String,
}

/// A report about one of our messages, as it is kept beside the journal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct BounceReport {
    /// Whom it did not reach, as the report writes it.
    pub(crate) recipient: String,
    /// The server's status.
    pub(crate) status: Option<String>,
    /// The words of the server that refused it.
    pub(crate) diagnostic: Option<String>,
}

impl fmt::Display for BounceReport {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.recipient)?;
        for part in self.status.iter().chain(&self.diagnostic) {
            write!(out, " · {part}")?;
        }
        Ok(())
    }
}

/// Where stray reports are kept, by the hash of their bytes.
const STRAY: &str = "stray-report";

/// How much of a stray report is kept.
const STRAY_CHARS_MAX: usize = 20_000;

impl Desk {
    /// Takes in a report that a mail server hands over. When this returns it is on disk.
    pub async fn take_bounce(&self, bytes: &[u8]) -> Result<Vec<BounceTaken>, DeskFault> {
        let bounces = match bounces_of(bytes) {
            Ok(bounces) => bounces,
            Err(malformed) => return Ok(vec![self.keep_stray(bytes, &malformed, None).await?]),
        };
        let mut taken = Vec::new();
        for bounce in bounces {
            taken.push(self.take_one(bytes, &bounce).await?);
        }
        Ok(taken)
    }

    /// Reports that belong to no message here, the oldest first.
    pub async fn stray_reports(&self) -> Result<Vec<(String, StrayReport)>, DeskFault> {
        let mut strays = self.all_kept::<StrayReport>(STRAY).await?;
        strays.sort_by_key(|(_, stray)| stray.at);
        Ok(strays)
    }

    /// Puts a stray report away, because somebody has looked at it.
    pub async fn put_stray_away(&self, key: &str) -> Result<(), DeskFault> {
        self.forget(STRAY, key).await
    }

    async fn take_one(&self, bytes: &[u8], bounce: &Bounce) -> Result<BounceTaken, DeskFault> {
        let recipient = Some(bounce.recipient.to_string());
        let id = bounce.original_message_id.as_ref();
        let Some(message) = id.and_then(|id| id.bare().split_once('@')?.0.parse().ok()) else {
            let why = "it does not name a message of ours";
            return self.keep_stray(bytes, why, recipient).await;
        };
        let report = BounceReport {
            recipient: bounce.recipient.to_string(),
            status: bounce.status.as_ref().map(ToString::to_string),
            diagnostic: bounce.diagnostic.as_ref().map(ToString::to_string),
        };
        let report = self.keep_json(&report).await?;
        let fate = fate_of(bounce.fate);
        let command = MessageCommand::RecordBounce { fate, report: report.reference };
        let about = AboutMessage {
            command_id: CommandId::from_bits(self.draw()),
            asked: Asked::now(Actor::program(), command),
            blobs: report.new.into_iter().collect(),
            ends: None,
        };
        match self.write_message(message, about).await {
            Ok(_) => Ok(BounceTaken::Noted(message)),
            Err(DeskFault::Absent) => {
                self.keep_stray(bytes, "there is no such message here", recipient).await
            }
            Err(fault) => Err(fault),
        }
    }

    async fn keep_stray(
        &self,
        bytes: &[u8],
        why: impl fmt::Display + Send,
        recipient: Option<String>,
    ) -> Result<BounceTaken, DeskFault> {
        let text = String::from_utf8_lossy(bytes);
        let is_kept = |letter: &char| !letter.is_control() || matches!(letter, '\n' | '\t');
        let stray = StrayReport {
            at: self.now(),
            why: why.to_string(),
            recipient,
            text: text.chars().filter(is_kept).take(STRAY_CHARS_MAX).collect(),
        };
        self.keep(STRAY, &sha256_hex(bytes), &stray, None).await?;
        Ok(BounceTaken::Kept)
    }
}

const fn fate_of(fate: Fate) -> BounceFate {
    match fate {
        Fate::Permanent => BounceFate::Permanent,
        Fate::GivenUp => BounceFate::GivenUp,
        Fate::Delayed => BounceFate::Delayed,
    }
}

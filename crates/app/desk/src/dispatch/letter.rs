//! A message of the record as it goes out, and what came back as the record keeps it.

use std::fmt;

use fengsui_notices::{
    Attempt, Destination, Mailbox, Message as Letter, MessageId as HeaderId, Outcome, Passage,
    Phrase,
};
use fengsui_response::message::{Ended, Intent};
use fengsui_response::{RefusalLasts, Way};
use fengsui_store::NewBlob;
use fengsui_vocabulary::Realm;
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use super::lease::Leased;
use super::step::Fared;
use crate::outgoing::MessageContent;
use crate::{Desk, DeskFault};

/// What the other side said, as it is kept beside the journal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ServerAnswer {
    /// The number of the protocol.
    pub(crate) code: Option<u16>,
    /// Its words, or ours.
    pub(crate) text: String,
}

impl fmt::Display for ServerAnswer {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.code {
            Some(code) => write!(out, "{code} {}", self.text),
            None => out.write_str(&self.text),
        }
    }
}

/// How a sending ended: for the record, and for the health of the host.
pub(crate) struct Told {
    pub(crate) ended: Ended,
    pub(crate) fared: Fared,
    pub(crate) answer: Vec<NewBlob>,
}

/// Why a message cannot become a letter; it would not become one later either.
pub(crate) type Unfit = &'static str;

impl Desk {
    /// The letter of an attempt.
    pub(crate) async fn letter(&self, leased: &Leased) -> Result<Result<Letter, Unfit>, DeskFault> {
        if leased.realm != Realm::Live {
            return Ok(Err("this belongs to an exercise, and an exercise does not go out"));
        }
        let Some(intent) = &leased.loaded.state.intent else {
            return Ok(Err("nothing was intended"));
        };
        let Some(content) = self.json::<MessageContent>(&intent.content).await? else {
            return Ok(Err("its words were erased"));
        };
        Ok(self.composed(leased, intent, &content))
    }

    fn composed(
        &self,
        leased: &Leased,
        intent: &Intent,
        content: &MessageContent,
    ) -> Result<Letter, Unfit> {
        let host = content.host.as_deref().unwrap_or("localhost");
        Ok(Letter {
            id: HeaderId::of(intent.message, host)
                .map_err(|_unfit| "its host cannot stand in an id")?,
            realm: leased.realm.clone(),
            destination: self.destination(&intent.way, content)?,
            subject: Phrase::of(&content.subject),
            text: Passage::of(&content.text),
            lang: intent.lang,
            in_reply_to: None,
            written_at: intent.at,
            attempt: Attempt { number: leased.lease.attempt, at: leased.lease.began_at },
        })
    }

    fn destination(&self, way: &Way, content: &MessageContent) -> Result<Destination, Unfit> {
        let address = content.address.as_deref();
        match way {
            Way::Mail => {
                let address = address.ok_or("it has no address")?;
                let address = address.parse().map_err(|_unfit| "its address is no mail address")?;
                Ok(Destination::Mail(Mailbox::bare(address)))
            }
            Way::Webhook(name) => {
                let ways = self.ways();
                let hook = ways.hooks.get(name).ok_or("its webhook is not configured")?;
                let (url, secret) = (hook.url.clone(), hook.secret.clone());
                Ok(Destination::Webhook { url, secret, to: address.map(Phrase::of) })
            }
            Way::Screen => Err("it is on the screen"),
        }
    }

    /// An outcome as the record keeps it.
    pub(crate) async fn told(&self, outcome: Outcome) -> Result<Told, DeskFault> {
        let (code, text) = match &outcome {
            Outcome::Delivered { answer }
            | Outcome::Refused { answer, .. }
            | Outcome::Deferred { answer, .. }
            | Outcome::Unknown { why: answer } => (answer.code, answer.text.clone()),
        };
        let kept = self.keep_json(&ServerAnswer { code, text }).await?;
        let answer = kept.reference;
        let (ended, fared) = match outcome {
            Outcome::Delivered { .. } => (Ended::Delivered { answer }, Fared::Answered),
            Outcome::Refused { permanent: true, .. } => {
                (Ended::Refused { lasts: RefusalLasts::ForEver, answer }, Fared::Answered)
            }
            Outcome::Refused { permanent: false, .. } => {
                let lasts = RefusalLasts::UntilConfigured;
                (Ended::Refused { lasts, answer }, Fared::Misconfigured)
            }
            Outcome::Deferred { retry_after, .. } => {
                // Without a number nobody answered: the host is not there.
                let fared = if code.is_some() { Fared::Answered } else { Fared::Silent };
                let retry_after = retry_after.and_then(|it| SignedDuration::try_from(it).ok());
                (Ended::Deferred { retry_after, answer }, fared)
            }
            Outcome::Unknown { .. } => (Ended::Unknown { answer }, Fared::Silent),
        };
        Ok(Told { ended, fared, answer: kept.new.into_iter().collect() })
    }

    /// What is written when nobody came back from a sending in time.
    pub(crate) async fn told_silent(&self) -> Result<Told, DeskFault> {
        let text = "the sending did not come to an end in time".to_owned();
        let kept = self.keep_json(&ServerAnswer { code: None, text }).await?;
        let ended = Ended::Unknown { answer: kept.reference };
        Ok(Told { ended, fared: Fared::Silent, answer: kept.new.into_iter().collect() })
    }

    /// What is written of a message that never became a letter.
    pub(crate) async fn told_unfit(&self, why: Unfit) -> Result<Told, DeskFault> {
        let answer = ServerAnswer { code: None, text: why.to_owned() };
        let kept = self.keep_json(&answer).await?;
        let lasts = RefusalLasts::ForEver;
        let ended = Ended::Refused { lasts, answer: kept.reference };
        // No host was asked, so none is to blame.
        Ok(Told { ended, fared: Fared::Answered, answer: kept.new.into_iter().collect() })
    }
}

//! What must be told to whom because of what is being decided: written in the same transaction.
//!
//! An intent is a stream of its own (`message:…`), so whatever becomes of it never meets the decision that
//! caused it. Sending is somebody else's: see `dispatch`.

use std::sync::Arc;

use fengsui_notices::{Centre, Notice, Phrase, Url, Words};
use fengsui_response::message::Message;
use fengsui_response::{Actor, Addressee, Decided, MessageIntended, Occasion};
use fengsui_store::{NewBlob, StreamCommit};
use fengsui_vocabulary::{Label, Lang, Line, MessageId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::project;
use crate::stream::{Loaded, message_stream};
use crate::ways::WayTo;
use crate::{Desk, DeskFault};

/// Somebody who must be told something.
#[derive(Clone, Debug)]
pub(crate) struct Outgoing {
    /// The stream that it is about.
    pub(crate) about: String,
    /// Who is told.
    pub(crate) to: Addressee,
    /// What is said.
    pub(crate) notice: Notice,
}

/// What a commit gains so that somebody is told.
#[derive(Clone, Debug, Default)]
pub(crate) struct Intents {
    pub(crate) streams: Vec<StreamCommit>,
    pub(crate) blobs: Vec<NewBlob>,
}

/// How this centre signs what it writes, and where its screens are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Correspondence {
    /// Its name.
    pub name: Label,
    /// The telephone that is always answered.
    pub telephone: Option<Line>,
    /// Where its screens are reached from outside.
    pub base: Url,
}

/// Address and words of a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct MessageContent {
    /// Where it goes; none for the screen.
    pub(crate) address: Option<String>,
    /// The subject line.
    pub(crate) subject: String,
    /// The text.
    pub(crate) text: String,
    /// The host in its Message-ID: the same at every attempt, whatever the centre is called by then.
    #[serde(default)]
    pub(crate) host: Option<String>,
}

impl Desk {
    /// The streams and texts of what must be told, for the commit that decides it.
    pub(crate) async fn intents(
        &self,
        outgoing: &[Outgoing],
        now: Timestamp,
    ) -> Result<Intents, DeskFault> {
        let mut intents = Intents::default();
        for it in outgoing {
            for way in self.ways_to(it).await? {
                self.intend(it, way, now, &mut intents).await?;
            }
        }
        Ok(intents)
    }

    /// The same for somebody who is reached by one way only, such as a reporter by the address left.
    pub(crate) async fn intents_by(
        &self,
        outgoing: &Outgoing,
        way: WayTo,
        now: Timestamp,
    ) -> Result<Intents, DeskFault> {
        let mut intents = Intents::default();
        self.intend(outgoing, way, now, &mut intents).await?;
        Ok(intents)
    }

    /// A place of the screens, as somebody outside reaches it.
    pub(crate) fn place(&self, path: &str) -> Url {
        let base = &self.correspondence().base;
        base.join(path).unwrap_or_else(|_unfit| base.clone())
    }

    async fn intend(
        &self,
        outgoing: &Outgoing,
        WayTo { way, address, lang }: WayTo,
        now: Timestamp,
        intents: &mut Intents,
    ) -> Result<(), DeskFault> {
        let Words { subject, text } = outgoing.notice.words(lang, &self.signs_as(lang));
        let (subject, text) = (subject.to_string(), text.to_string());
        let host = self.correspondence().base.host_str().map(str::to_owned);
        let content = self.keep_json(&MessageContent { address, subject, text, host }).await?;
        let message = MessageId::from_bits(self.draw());
        let about = outgoing.about.parse::<Line>();
        let intended = MessageIntended {
            message,
            about: about.map_err(|fault| DeskFault::Unreadable(fault.to_string()))?,
            occasion: occasion_of(&outgoing.notice),
            to: outgoing.to,
            way,
            lang,
            content: content.reference,
        };
        let loaded = Loaded::<Message>::new(message_stream(message));
        let decided = [Decided::new(now, intended)];
        let after = loaded.after(&decided, now, Actor::PROGRAM);
        intents.streams.push(loaded.gains(&decided, project::message_rows(&after)));
        intents.blobs.extend(content.new);
        Ok(())
    }

    fn signs_as(&self, lang: Lang) -> Centre {
        let signed: Arc<Correspondence> = self.correspondence();
        Centre {
            name: Phrase::of(signed.name.in_lang(lang)),
            telephone: signed.telephone.as_ref().map(|it| Phrase::of(it.as_str())),
        }
    }
}

impl Default for Correspondence {
    fn default() -> Self {
        Self { name: Label::new("应急值班室", "duty room"), telephone: None, base: here() }
    }
}

#[expect(clippy::expect_used, reason = "a constant address is one")]
fn here() -> Url {
    "http://127.0.0.1:8080/".parse().expect("a loopback address is an address")
}

pub(crate) const fn occasion_of(notice: &Notice) -> Occasion {
    match notice {
        Notice::DutyDue(_) => Occasion::DutyDue,
        Notice::DutyMissed(_) => Occasion::DutyMissed,
        Notice::ReportReceived(_) => Occasion::ReportReceived,
        Notice::CallOut(_) => Occasion::CallOut,
        Notice::HandOverReady(_) => Occasion::HandOverReady,
        Notice::ApprovalAsked(_) => Occasion::ApprovalAsked,
        Notice::DirectiveIssued(_) => Occasion::DirectiveIssued,
        Notice::Plain(_) => Occasion::Plain,
    }
}

//! Messages: lists, one of them with every attempt, and how many somebody has not opened.

use fengsui_response::message::{AttemptEnd, Message, Standing};
use fengsui_response::{Addressee, BounceFate, GivenUpBecause, Occasion, Way};
use fengsui_store::{Direction, Filter, Row, Select, Value};
use fengsui_vocabulary::{Lang, MessageId, PersonId};
use jiff::Timestamp;
use serde::Serialize;

use super::Page;
use super::list::{PAGE_LINES, id_of, place};
use crate::boards::MESSAGE;
use crate::content::Writing;
use crate::dispatch::{BounceReport, ServerAnswer};
use crate::outgoing::MessageContent;
use crate::project::{addressee_key, occasion_named, way_named};
use crate::stream::message_stream;
use crate::{Desk, DeskFault, Viewer};

/// A message in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MessageLine {
    /// Which.
    pub message: MessageId,
    /// Where it stands: `waiting`, `delivered`, …
    pub state: String,
    /// By which way.
    pub way: Way,
    /// On which occasion.
    pub occasion: Occasion,
    /// The stream that it is about.
    pub about: String,
    /// Who is told: a person, an organisation, or `reporter`.
    pub addressee: String,
    /// When it was decided.
    pub intended_at: Timestamp,
    /// When it is tried next.
    pub next_attempt_at: Option<Timestamp>,
    /// How often it was tried.
    pub attempts: i64,
    /// How many of those may have arrived without anybody knowing.
    pub uncertain: i64,
}

/// Which messages a list shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MessageFilter {
    /// Standing in one of these.
    pub states: Vec<Standing>,
    /// Only what may have arrived more than once.
    pub only_uncertain: bool,
    /// Only what is addressed to the viewer, on the screen.
    pub only_mine: bool,
    /// Only what is about this stream.
    pub about: Option<String>,
    /// The place to go on from.
    pub after: Option<String>,
}

/// One message with everything that is known of it.
#[derive(Clone, Debug)]
pub struct MessageView {
    /// Which.
    pub message: MessageId,
    /// What is known from its stream.
    pub state: Message,
    /// The subject; none when the words were erased.
    pub subject: Option<String>,
    /// The text.
    pub text: Option<String>,
    /// Where it goes, besides the screen.
    pub address: Option<String>,
    /// Every attempt, in order.
    pub attempts: Vec<AttemptLine>,
    /// What mail servers reported.
    pub bounces: Vec<(Timestamp, BounceFate, String)>,
    /// Why it is not tried any more: in whose words, if a person's.
    pub given_up: Option<(GivenUpBecause, PersonId, Timestamp, Option<String>)>,
    /// Since when an attempt is under way.
    pub under_way_since: Option<Timestamp>,
    /// Whether the viewer is the one who is told.
    pub is_mine: bool,
}

/// One attempt, with what the other side said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttemptLine {
    /// Its number.
    pub number: u32,
    /// When it began.
    pub began_at: Timestamp,
    /// When its end was noticed.
    pub ended_at: Timestamp,
    /// How it ended.
    pub end: AttemptEnd,
    /// Whether its end was unknown for a while.
    pub was_uncertain: bool,
    /// What the other side said.
    pub answer: Option<String>,
}

impl Desk {
    /// Messages that a viewer may see, the newest first.
    pub async fn messages(
        &self,
        viewer: &Viewer,
        filter: &MessageFilter,
    ) -> Result<Page<MessageLine>, DeskFault> {
        let mut select = Select::of(&MESSAGE, viewer.sight())
            .order("intended_at", Direction::Descending)
            .after(place(filter.after.as_deref()))
            .limit(PAGE_LINES + 1);
        if !filter.states.is_empty() {
            let states = filter.states.iter().map(|state| state.name().into()).collect();
            select = select.filter(Filter::In("state", states));
        }
        if filter.only_uncertain {
            select = select.filter(Filter::AtLeast("uncertain", 1_i64.into()));
        }
        if filter.only_mine {
            select = select.filter(mine(viewer)).filter(Filter::Eq("way", "screen".into()));
        }
        if let Some(about) = &filter.about {
            select = select.filter(Filter::Eq("about", about.as_str().into()));
        }
        self.page(&select, message_line).await
    }

    /// How many messages wait on the viewer's screen to be opened.
    pub async fn unseen_messages(&self, viewer: &Viewer) -> Result<u64, DeskFault> {
        let unseen = Select::of(&MESSAGE, viewer.sight())
            .filter(mine(viewer))
            .filter(Filter::Eq("state", Standing::Unseen.name().into()));
        Ok(self.store().count(&unseen).await?)
    }

    /// One message with every attempt.
    pub async fn message(
        &self,
        viewer: &Viewer,
        message: MessageId,
    ) -> Result<MessageView, DeskFault> {
        let stream = message_stream(message);
        if !self.store().may_see(&stream, &viewer.sight()).await? {
            return Err(DeskFault::Absent);
        }
        let state = self.load_existing::<Message>(stream).await?.state;
        let intent = state.intent.as_ref().ok_or(DeskFault::Absent)?;
        let content = self.json::<MessageContent>(&intent.content).await?;
        let is_mine = keys_of(viewer).contains(&addressee_key(intent.to));
        let mut attempts = Vec::new();
        for attempt in &state.attempts {
            let answer = match &attempt.answer {
                Some(answer) => self.json::<ServerAnswer>(answer).await?.map(|it| it.to_string()),
                None => None,
            };
            attempts.push(AttemptLine {
                number: attempt.number,
                began_at: attempt.began_at,
                ended_at: attempt.ended_at,
                end: attempt.end,
                was_uncertain: attempt.was_uncertain,
                answer,
            });
        }
        let mut bounces = Vec::new();
        for bounce in &state.bounces {
            let report = self.json::<BounceReport>(&bounce.report).await?;
            let said = report.map(|it| it.to_string()).unwrap_or_default();
            bounces.push((bounce.at, bounce.fate, said));
        }
        let under_way_since = self.lease_of(message).await?.map(|lease| lease.began_at);
        let given_up = self.given_up(&state).await?;
        let (subject, text, address) = match content {
            Some(content) => (Some(content.subject), Some(content.text), content.address),
            None => (None, None, None),
        };
        Ok(MessageView {
            message,
            state,
            subject,
            text,
            address,
            attempts,
            bounces,
            given_up,
            under_way_since,
            is_mine,
        })
    }

    /// What an addressee is called.
    pub fn addressee_name(&self, addressee: &str, lang: Lang) -> Option<String> {
        let directory = self.directory();
        if let Ok(person) = addressee.parse() {
            return Some(directory.person_name(person, lang));
        }
        let organisation = addressee.parse().ok()?;
        Some(directory.name_of(organisation).in_lang(lang).to_owned())
    }

    async fn given_up(
        &self,
        state: &Message,
    ) -> Result<Option<(GivenUpBecause, PersonId, Timestamp, Option<String>)>, DeskFault> {
        let Some(given_up) = &state.given_up else { return Ok(None) };
        let reason = match &given_up.reason {
            Some(reason) => self.json::<Writing>(reason).await?.map(|it| it.text.to_string()),
            None => None,
        };
        Ok(Some((given_up.because, given_up.by, given_up.at, reason)))
    }
}

/// What is addressed to the viewer, or to the viewer's own organisation.
fn mine(viewer: &Viewer) -> Filter {
    let keys = keys_of(viewer).into_iter().map(Value::from).collect();
    Filter::In("addressee", keys)
}

fn keys_of(viewer: &Viewer) -> Vec<String> {
    let own = viewer.actor.organisation.map(Addressee::Organisation);
    let own = own.into_iter().chain([Addressee::Person(viewer.person())]);
    own.map(addressee_key).collect()
}

fn message_line(row: &Row) -> Result<MessageLine, DeskFault> {
    let unreadable = |what: &str| DeskFault::Unreadable(what.to_owned());
    let (way, occasion) = (row.text("way")?, row.text("occasion")?);
    Ok(MessageLine {
        message: id_of(row, "message:")?,
        state: row.text("state")?.to_owned(),
        way: way_named(way).ok_or_else(|| unreadable(way))?,
        occasion: occasion_named(occasion).ok_or_else(|| unreadable(occasion))?,
        about: row.text("about")?.to_owned(),
        addressee: row.text("addressee")?.to_owned(),
        intended_at: row.time("intended_at")?,
        next_attempt_at: row.opt_time("next_attempt_at")?,
        attempts: row.int("attempts")?,
        uncertain: row.int("uncertain")?,
    })
}

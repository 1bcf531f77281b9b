//! What may be asked of a message, and what follows.

use jiff::{SignedDuration, Timestamp};

use super::{Message, PAUSE_MAX, Standing, TRIES_MAX, pause_after};
use crate::dispatch::keeps_the_post;
use crate::{
    Actor, Addressee, Asked, BlobRef, BounceFate, Decided, GivenUpBecause, MessageBounced,
    MessageDeferred, MessageDelivered, MessageEvent, MessageGivenUp, MessageParked, MessageRefused,
    MessageSeen, MessageTriedAgain, MessageUncertain, Refusal, RefusalLasts, Scene, Unclear, Way,
};

/// What may be asked of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MessageCommand {
    /// Write down how an attempt ended.
    RecordEnd {
        /// Which attempt.
        attempt: u32,
        /// When it began.
        began_at: Timestamp,
        /// How it ended.
        ended: Ended,
    },
    /// Write down that it waits for a way out.
    Park,
    /// Write down what a mail server reports.
    RecordBounce {
        /// What that server does about it.
        fate: BounceFate,
        /// The report.
        report: BlobRef,
    },
    /// Open it on the screen.
    See,
    /// Have it tried again, at once.
    TryAgain,
    /// Have it tried no more.
    GiveUp {
        /// Why.
        reason: BlobRef,
    },
}

/// How an attempt ended, as whoever sent it saw it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ended {
    /// Taken over.
    Delivered {
        /// What the other side said.
        answer: BlobRef,
    },
    /// Not taken.
    Refused {
        /// What it would take.
        lasts: RefusalLasts,
        /// What the other side said.
        answer: BlobRef,
    },
    /// Not taken now.
    Deferred {
        /// How long the other side asks to wait.
        retry_after: Option<SignedDuration>,
        /// What it said.
        answer: BlobRef,
    },
    /// Sent, and no answer came.
    Unknown {
        /// What was seen instead.
        answer: BlobRef,
    },
    /// Whoever sent it is gone.
    Interrupted,
}

impl MessageCommand {
    /// Its name: chosen once, for records and programs.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::RecordEnd { .. } => "record-attempt",
            Self::Park => "park-message",
            Self::RecordBounce { .. } => "record-bounce",
            Self::See => "see-message",
            Self::TryAgain => "try-message-again",
            Self::GiveUp { .. } => "give-message-up",
        }
    }
}

/// Decides what follows from a command about a message.
pub fn decide(
    message: &Message,
    asked: &Asked<MessageCommand>,
    scene: &Scene<'_>,
) -> Result<Vec<Decided<MessageEvent>>, Refusal> {
    let intent = message.intent.as_ref().ok_or(Refusal::Absent)?;
    let events = match &asked.command {
        MessageCommand::RecordEnd { attempt, began_at, ended } => {
            program_only(&asked.by)?;
            record_end(message, (*attempt, *began_at), ended, scene.now)
        }
        MessageCommand::Park => {
            program_only(&asked.by)?;
            let is_due = message.standing.is_queued() && message.standing != Standing::Unconfigured;
            is_due.then(|| MessageParked {}.into()).into_iter().collect()
        }
        MessageCommand::RecordBounce { fate, report } => {
            program_only(&asked.by)?;
            record_bounce(message, *fate, report)
        }
        MessageCommand::See => {
            if intent.way != Way::Screen || !is_for(intent.to, &asked.by) {
                return Err(Refusal::NotYours);
            }
            let is_new = message.seen_at.is_none();
            is_new.then(|| MessageSeen {}.into()).into_iter().collect()
        }
        MessageCommand::TryAgain => {
            keeps_the_post(&asked.by)?;
            vec![try_again(message)?]
        }
        MessageCommand::GiveUp { reason } => {
            keeps_the_post(&asked.by)?;
            vec![give_up(message, reason)?]
        }
    };
    Ok(events.into_iter().map(|event| Decided::new(scene.now, event)).collect())
}

/// An end that is known already is written once; one that was unknown may become known later.
fn record_end(
    message: &Message,
    (attempt, began_at): (u32, Timestamp),
    ended: &Ended,
    now: Timestamp,
) -> Vec<MessageEvent> {
    if let Some(known) = message.attempt(attempt) {
        let says_more = !matches!(ended, Ended::Unknown { .. } | Ended::Interrupted);
        if !known.end.is_uncertain() || !says_more {
            return Vec::new();
        }
    }
    let tries = message.tries.saturating_add(1);
    let event = ending(ended, (attempt, began_at), |asked| until(now, tries, asked));
    let is_tried_on = matches!(event, MessageEvent::Deferred(_) | MessageEvent::Uncertain(_));
    let is_open = message.standing.is_queued();
    let mut events = vec![event];
    if is_tried_on && is_open && tries >= TRIES_MAX {
        let because = GivenUpBecause::TriedOften;
        events.push(MessageGivenUp { because, reason: None }.into());
    }
    events
}

/// The event for the end of an attempt; `until` says when it is tried again.
fn ending(
    ended: &Ended,
    (attempt, began_at): (u32, Timestamp),
    until: impl Fn(Option<SignedDuration>) -> Timestamp,
) -> MessageEvent {
    match ended.clone() {
        Ended::Delivered { answer } => MessageDelivered { attempt, began_at, answer }.into(),
        Ended::Refused { lasts, answer } => {
            MessageRefused { attempt, began_at, lasts, answer }.into()
        }
        Ended::Deferred { retry_after, answer } => {
            MessageDeferred { attempt, began_at, until: until(retry_after), answer }.into()
        }
        Ended::Unknown { answer } => MessageUncertain {
            attempt,
            began_at,
            because: Unclear::NoAnswer,
            until: until(None),
            answer: Some(answer),
        }
        .into(),
        Ended::Interrupted => MessageUncertain {
            attempt,
            began_at,
            because: Unclear::Interrupted,
            // Whoever waits for it should not wait for our mishap as well.
            until: until(Some(SignedDuration::ZERO)),
            answer: None,
        }
        .into(),
    }
}

/// What the other side asks for is respected up to the longest pause; without it the pause rises.
fn until(now: Timestamp, tries: u32, asked: Option<SignedDuration>) -> Timestamp {
    let pause = asked.unwrap_or_else(|| pause_after(tries)).clamp(SignedDuration::ZERO, PAUSE_MAX);
    now.checked_add(pause).unwrap_or(now)
}

/// Anybody can write such a report, and servers repeat theirs: each fate is noted once.
fn record_bounce(message: &Message, fate: BounceFate, report: &BlobRef) -> Vec<MessageEvent> {
    let since = message.attempts.iter().map(|attempt| attempt.began_at).max();
    let is_known = message
        .bounces
        .iter()
        .any(|known| known.fate == fate && since.is_none_or(|since| known.at >= since));
    if is_known {
        return Vec::new();
    }
    vec![MessageBounced { fate, report: report.clone() }.into()]
}

fn try_again(message: &Message) -> Result<MessageEvent, Refusal> {
    match message.standing {
        Standing::Deferred
        | Standing::Uncertain
        | Standing::Unconfigured
        | Standing::Refused
        | Standing::Bounced
        | Standing::Exhausted
        | Standing::GivenUp => Ok(MessageTriedAgain {}.into()),
        Standing::Absent
        | Standing::Waiting
        | Standing::Delivered
        | Standing::Unseen
        | Standing::Seen => Err(Refusal::NoChange),
    }
}

fn give_up(message: &Message, reason: &BlobRef) -> Result<MessageEvent, Refusal> {
    if message.standing.is_queued() || message.standing.needs_somebody() {
        let because = GivenUpBecause::ByHand;
        return Ok(MessageGivenUp { because, reason: Some(reason.clone()) }.into());
    }
    Err(Refusal::NoChange)
}

/// Whether somebody opens what is addressed to them, or to their organisation.
fn is_for(to: Addressee, by: &Actor) -> bool {
    match to {
        Addressee::Person(person) => person == by.person,
        Addressee::Organisation(organisation) => by.organisation == Some(organisation),
        Addressee::Reporter => false,
    }
}

/// Nobody writes down by hand what a machine saw.
fn program_only(by: &Actor) -> Result<(), Refusal> {
    if by.person == Actor::PROGRAM { Ok(()) } else { Err(Refusal::NotYours) }
}

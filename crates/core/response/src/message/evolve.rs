//! What events make of a message.

use jiff::Timestamp;

use super::{Attempt, AttemptEnd, Bounced, GivenUp, Intent, Message, Standing};
use crate::{
    BlobRef, BounceFate, GivenUpBecause, MessageEvent, MessageGivenUp, MessageIntended, Recorded,
    RefusalLasts, Unclear, Way,
};

/// Brings a message up to date with one event.
pub fn evolve(message: &mut Message, recorded: &Recorded<MessageEvent>) {
    let at = recorded.happened_at;
    match &recorded.event {
        MessageEvent::Intended(it) => intended(message, it, at),
        MessageEvent::Delivered(it) => {
            let end = (AttemptEnd::Delivered, Some(it.answer.clone()));
            attempted(message, (it.attempt, it.began_at, at), end);
            stand(message, Standing::Delivered, None);
        }
        MessageEvent::Deferred(it) => {
            let end = (AttemptEnd::Deferred, Some(it.answer.clone()));
            attempted(message, (it.attempt, it.began_at, at), end);
            stand_if_open(message, Standing::Deferred, Some(it.until));
        }
        MessageEvent::Refused(it) => {
            let (end, standing) = match it.lasts {
                RefusalLasts::ForEver => (AttemptEnd::Refused, Standing::Refused),
                RefusalLasts::UntilConfigured => (AttemptEnd::Unconfigured, Standing::Unconfigured),
            };
            let answer = Some(it.answer.clone());
            attempted(message, (it.attempt, it.began_at, at), (end, answer));
            stand_if_open(message, standing, None);
        }
        MessageEvent::Uncertain(it) => {
            let end = match it.because {
                Unclear::NoAnswer => AttemptEnd::NoAnswer,
                Unclear::Interrupted => AttemptEnd::Interrupted,
            };
            attempted(message, (it.attempt, it.began_at, at), (end, it.answer.clone()));
            stand_if_open(message, Standing::Uncertain, Some(it.until));
        }
        MessageEvent::Parked(_) => stand_if_open(message, Standing::Unconfigured, None),
        MessageEvent::Bounced(it) => {
            message.bounces.push(Bounced { fate: it.fate, report: it.report.clone(), at });
            if it.fate != BounceFate::Delayed {
                stand(message, Standing::Bounced, None);
            }
        }
        MessageEvent::Seen(_) => {
            message.seen_at = Some(at);
            stand(message, Standing::Seen, None);
        }
        MessageEvent::TriedAgain(_) => {
            message.given_up = None;
            message.tries = 0;
            stand(message, Standing::Waiting, Some(at));
        }
        MessageEvent::GivenUp(it) => given_up(message, it, recorded),
    }
}

fn intended(message: &mut Message, it: &MessageIntended, at: Timestamp) {
    message.intent = Some(Intent {
        message: it.message,
        about: it.about.clone(),
        occasion: it.occasion,
        to: it.to,
        way: it.way.clone(),
        lang: it.lang,
        content: it.content.clone(),
        at,
    });
    match it.way {
        // It is delivered by being there.
        Way::Screen => stand(message, Standing::Unseen, None),
        Way::Mail | Way::Webhook(_) => stand(message, Standing::Waiting, Some(at)),
    }
}

fn attempted(
    message: &mut Message,
    (number, began_at, ended_at): (u32, Timestamp, Timestamp),
    (end, answer): (AttemptEnd, Option<BlobRef>),
) {
    let was_uncertain = end.is_uncertain();
    if let Some(known) = message.attempts.iter_mut().find(|known| known.number == number) {
        // The end of an uncertain attempt became known late: another one may be under way by now.
        *known = Attempt { end, ended_at, answer, was_uncertain: true, ..known.clone() };
        return;
    }
    message.tries = message.tries.saturating_add(1);
    message.attempts.push(Attempt { number, began_at, ended_at, end, was_uncertain, answer });
}

fn stand(message: &mut Message, standing: Standing, next_attempt_at: Option<Timestamp>) {
    message.standing = standing;
    message.next_attempt_at = next_attempt_at;
}

/// What an attempt says while it is over already, because it was given up or another one arrived,
/// changes nothing any more.
fn stand_if_open(message: &mut Message, standing: Standing, next_attempt_at: Option<Timestamp>) {
    if message.standing.is_queued() {
        stand(message, standing, next_attempt_at);
    }
}

fn given_up(message: &mut Message, it: &MessageGivenUp, recorded: &Recorded<MessageEvent>) {
    let standing = match it.because {
        GivenUpBecause::TriedOften => Standing::Exhausted,
        GivenUpBecause::ByHand => Standing::GivenUp,
    };
    message.given_up = Some(GivenUp {
        because: it.because,
        reason: it.reason.clone(),
        by: recorded.actor,
        at: recorded.happened_at,
    });
    stand(message, standing, None);
}

//! People called out one after the other, until somebody says that they come.
//!
//! The ladder is frozen when it begins. One person is called at a time; every call, answer and silence
//! is recorded. Nobody's silence ends it: when the ladder is used up it begins again with the head, as
//! often as the house says, and then stays open where everybody sees it.
//!
//! Start reading at [`CallOut`], then [`decide()`].

mod decide;
mod ladder;

use std::collections::BTreeMap;

use fengsui_vocabulary::{CallOutId, Line, MessageId, PersonId};
use jiff::Timestamp;

use crate::house::{CallOutWhen, CallOutWho};
use crate::{BlobRef, CallOutAnswer, CallOutEvent, LadderStep, PassedWhy, Recorded};

pub use decide::{BeginCallOut, CallOutCommand, decide};
pub use ladder::{ladder, ladder_of_post};

/// Rounds at most, whatever the house says.
pub const ROUNDS_MAX: u32 = 20;

/// Steps of a ladder at most.
pub const STEPS_MAX: usize = 40;

/// People added to one call-out at most.
pub const ADDED_MAX: usize = 50;

/// A call-out, as far as its stream tells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CallOut {
    /// How it began; none before that.
    pub begun: Option<Begun>,
    /// Every step that was reached, in order.
    pub tried: Vec<Tried>,
    /// Who was added, and when.
    pub added: BTreeMap<PersonId, Timestamp>,
    /// Every answer, in order.
    pub answers: Vec<Answer>,
    /// Who comes.
    pub taken: Option<Taken>,
    /// When everybody had been called as often as the house says.
    pub exhausted_at: Option<Timestamp>,
    /// How it was closed.
    pub closed: Option<Closed>,
}

/// How a call-out began.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Begun {
    /// Which.
    pub call_out: CallOutId,
    /// The stream that it is about.
    pub about: Line,
    /// On which occasion.
    pub occasion: CallOutWhen,
    /// Why.
    pub because: BlobRef,
    /// Who is called, one after the other.
    pub ladder: Vec<LadderStep>,
    /// How often it is gone through at most.
    pub rounds_max: u32,
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub by: PersonId,
}

/// A place in a call-out: which round, which step of the ladder, both from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The round.
    pub round: u32,
    /// The step.
    pub step: u32,
}

/// A step that was reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tried {
    /// Which.
    pub place: Place,
    /// Who was called, if there was anybody.
    pub call: Option<Call>,
    /// Why and when it passed, if it did.
    pub passed: Option<(PassedWhy, Timestamp)>,
}

/// Somebody was called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// Who.
    pub person: PersonId,
    /// When.
    pub at: Timestamp,
    /// Until when an answer is waited for.
    pub until: Timestamp,
    /// The messages that said so.
    pub messages: Vec<MessageId>,
}

/// What somebody answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Who.
    pub person: PersonId,
    /// What.
    pub answer: CallOutAnswer,
    /// Where they had been called last, if they were.
    pub place: Option<Place>,
    /// When they said so.
    pub at: Timestamp,
    /// Who wrote it down.
    pub by: PersonId,
}

/// Somebody comes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken {
    /// Who.
    pub person: PersonId,
    /// Since when.
    pub at: Timestamp,
}

/// How a call-out was closed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Closed {
    /// Whoever took it is there.
    Ended {
        /// When.
        at: Timestamp,
        /// Who wrote it down.
        by: PersonId,
    },
    /// It was cancelled.
    Cancelled {
        /// When.
        at: Timestamp,
        /// By whom.
        by: PersonId,
        /// Why.
        reason: BlobRef,
    },
}

/// Where a call-out stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// It has not begun.
    Absent,
    /// Somebody is called and has not answered.
    Calling,
    /// Nobody answered: somebody must look at it.
    Exhausted,
    /// Somebody comes.
    Taken,
    /// Whoever took it is there.
    Ended,
    /// It was cancelled.
    Cancelled,
}

impl Standing {
    /// The word used in boards and addresses.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Absent => "absent",
            Self::Calling => "calling",
            Self::Exhausted => "exhausted",
            Self::Taken => "taken",
            Self::Ended => "ended",
            Self::Cancelled => "cancelled",
        }
    }

    /// Whether somebody still has something to do about it.
    pub const fn is_open(self) -> bool {
        match self {
            Self::Calling | Self::Exhausted | Self::Taken => true,
            Self::Absent | Self::Ended | Self::Cancelled => false,
        }
    }
}

impl CallOut {
    /// Where it stands.
    pub fn standing(&self) -> Standing {
        match &self.closed {
            Some(Closed::Ended { .. }) => Standing::Ended,
            Some(Closed::Cancelled { .. }) => Standing::Cancelled,
            None if self.begun.is_none() => Standing::Absent,
            None if self.taken.is_some() => Standing::Taken,
            None if self.exhausted_at.is_some() => Standing::Exhausted,
            None => Standing::Calling,
        }
    }

    /// The call that is waited for.
    pub fn current(&self) -> Option<(Place, &Call)> {
        match self.standing() {
            Standing::Calling => {
                let last = self.tried.last().filter(|tried| tried.passed.is_none())?;
                Some((last.place, last.call.as_ref()?))
            }
            Standing::Absent
            | Standing::Exhausted
            | Standing::Taken
            | Standing::Ended
            | Standing::Cancelled => None,
        }
    }

    /// When the clock must look at it next: when the wait of the current step is over.
    pub fn fires_at(&self) -> Option<Timestamp> {
        self.current().map(|(_, call)| call.until)
    }

    /// Whether somebody may answer: they are on the ladder, or were added.
    pub fn is_on_call(&self, person: PersonId) -> bool {
        self.added.contains_key(&person) || self.is_on_ladder(person)
    }

    /// Everybody who may answer.
    pub fn people(&self) -> impl Iterator<Item = PersonId> {
        let ladder = self.begun.iter().flat_map(|begun| &begun.ladder);
        ladder.filter_map(|step| step.person).chain(self.added.keys().copied())
    }

    /// Where somebody was called last.
    pub fn called(&self, person: PersonId) -> Option<&Tried> {
        let is_theirs = |tried: &&Tried| tried.call.as_ref().is_some_and(|it| it.person == person);
        self.tried.iter().rev().find(is_theirs)
    }

    /// The last answer of somebody.
    pub fn answer_of(&self, person: PersonId) -> Option<&Answer> {
        self.answers.iter().rev().find(|answer| answer.person == person)
    }

    /// Where a call-out begins.
    pub(crate) const fn first() -> Place {
        Place { round: 1, step: 1 }
    }

    fn is_on_ladder(&self, person: PersonId) -> bool {
        let steps = self.begun.iter().flat_map(|begun| &begun.ladder);
        steps.filter_map(|step| step.person).any(|it| it == person)
    }
}

impl Begun {
    /// A step of the ladder.
    pub fn step(&self, step: u32) -> Option<&LadderStep> {
        self.ladder.get(usize::try_from(step).ok()?.checked_sub(1)?)
    }

    /// The place after another one: the next step, or the head again in the next round.
    pub fn after(&self, place: Place) -> Option<Place> {
        let next = Place { step: place.step.saturating_add(1), ..place };
        if self.step(next.step).is_some() {
            return Some(next);
        }
        if place.round >= self.rounds_max {
            return None;
        }
        let round = place.round.saturating_add(1);
        self.ladder.first().map(|_| Place { round, step: self.begins_again() })
    }

    /// The step with which later rounds begin: the head, else the last one that has somebody.
    fn begins_again(&self) -> u32 {
        let head = self.ladder.iter().position(|step| step.who == CallOutWho::Head);
        let manned = self.ladder.iter().rposition(|step| step.person.is_some());
        let index = head.or(manned).unwrap_or(0);
        u32::try_from(index).unwrap_or(0).saturating_add(1)
    }
}

/// Brings a call-out up to date with one event.
pub fn evolve(call_out: &mut CallOut, recorded: &Recorded<CallOutEvent>) {
    let (at, by) = (recorded.happened_at, recorded.actor);
    match &recorded.event {
        CallOutEvent::Begun(it) => {
            call_out.begun = Some(Begun {
                call_out: it.call_out,
                about: it.about.clone(),
                occasion: it.occasion,
                because: it.because.clone(),
                ladder: it.ladder.clone(),
                rounds_max: it.rounds_max,
                at,
                by,
            });
        }
        CallOutEvent::PersonCalled(it) => {
            let messages = it.messages.clone();
            let call = Call { person: it.person, at, until: it.until, messages };
            let place = Place { round: it.round, step: it.step };
            call_out.tried.push(Tried { place, call: Some(call), passed: None });
        }
        CallOutEvent::StepPassed(it) => {
            let place = Place { round: it.round, step: it.step };
            let passed = Some((it.why, at));
            match call_out.tried.last_mut().filter(|tried| tried.place == place) {
                Some(tried) => tried.passed = passed,
                None => call_out.tried.push(Tried { place, call: None, passed }),
            }
        }
        CallOutEvent::Answered(it) => {
            let place = it.called_at.map(|(round, step)| Place { round, step });
            let (person, answer) = (it.person, it.answer);
            call_out.answers.push(Answer { person, answer, place, at, by });
        }
        CallOutEvent::Taken(it) => call_out.taken = Some(Taken { person: it.person, at }),
        CallOutEvent::Released(_) => call_out.taken = None,
        CallOutEvent::PersonAdded(it) => {
            call_out.added.insert(it.person, at);
        }
        CallOutEvent::Exhausted(_) => call_out.exhausted_at = Some(at),
        CallOutEvent::Ended(_) => call_out.closed = Some(Closed::Ended { at, by }),
        CallOutEvent::Cancelled(it) => {
            let reason = it.reason.clone();
            call_out.closed = Some(Closed::Cancelled { at, by, reason });
        }
    }
}

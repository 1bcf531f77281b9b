//! Deciding what follows from what is asked of a call-out.

use fengsui_vocabulary::{CallOutId, Line, PersonId};
use jiff::Timestamp;

use super::{ADDED_MAX, Begun, CallOut, Place, ROUNDS_MAX, STEPS_MAX, Standing};
use crate::house::CallOutWhen;
use crate::{
    Actor, Asked, BlobRef, CallOutAnswer, CallOutAnswered, CallOutBegun, CallOutCancelled,
    CallOutEnded, CallOutEvent, CallOutExhausted, CallOutPersonAdded, CallOutReleased,
    CallOutStepPassed, CallOutTaken, Capacity, Decided, LadderStep, PassedWhy, PersonCalled,
    Refusal, Scene,
};

type Events = Result<Vec<CallOutEvent>, Refusal>;

/// What may be asked of a call-out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CallOutCommand {
    /// Begin it and call the first one.
    Begin(BeginCallOut),
    /// The clock: the wait of a step may be over.
    Fire,
    /// Answer, or write down what somebody answered by telephone.
    Answer {
        /// Who answers.
        person: PersonId,
        /// What.
        answer: CallOutAnswer,
    },
    /// Let somebody answer who is not on the ladder.
    Add {
        /// Who.
        person: PersonId,
    },
    /// Whoever took it is there.
    End,
    /// Call nobody any more.
    Cancel {
        /// Why.
        reason: BlobRef,
    },
}

/// Begin a call-out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BeginCallOut {
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
}

impl CallOutCommand {
    /// Its name: chosen once, for records and programs.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Begin(_) => "begin-call-out",
            Self::Fire => "fire-call-out",
            Self::Answer { .. } => "answer-call-out",
            Self::Add { .. } => "add-to-call-out",
            Self::End => "end-call-out",
            Self::Cancel { .. } => "cancel-call-out",
        }
    }
}

/// Decides what follows from a command to a call-out.
pub fn decide(
    call_out: &CallOut,
    asked: &Asked<CallOutCommand>,
    scene: &Scene<'_>,
) -> Result<Vec<Decided<CallOutEvent>>, Refusal> {
    let happened_at = scene.happened_at(asked)?;
    let case = Case { call_out, by: &asked.by, now: scene.now, happened_at };
    let events = match &asked.command {
        CallOutCommand::Begin(begin) => case.begin(begin)?,
        CallOutCommand::Fire => case.fire()?,
        CallOutCommand::Answer { person, answer } => case.answer(*person, *answer)?,
        CallOutCommand::Add { person } => case.add(*person)?,
        CallOutCommand::End => case.end()?,
        CallOutCommand::Cancel { reason } => case.cancel(reason)?,
    };
    // Only what somebody said may have been before now; whoever is called is called now.
    let at = |event: &CallOutEvent| match event {
        CallOutEvent::Answered(_) | CallOutEvent::Taken(_) | CallOutEvent::Released(_) => {
            happened_at
        }
        CallOutEvent::Begun(_)
        | CallOutEvent::PersonCalled(_)
        | CallOutEvent::StepPassed(_)
        | CallOutEvent::PersonAdded(_)
        | CallOutEvent::Exhausted(_)
        | CallOutEvent::Ended(_)
        | CallOutEvent::Cancelled(_) => scene.now,
    };
    let decided = |event| Decided { happened_at: at(&event), on_behalf_of: None, event };
    Ok(events.into_iter().map(decided).collect())
}

/// Everything that a verb looks at.
struct Case<'a> {
    call_out: &'a CallOut,
    by: &'a Actor,
    now: Timestamp,
    happened_at: Timestamp,
}

impl Case<'_> {
    fn begin(&self, begin: &BeginCallOut) -> Events {
        if self.call_out.begun.is_some() {
            return Err(Refusal::ExistsAlready);
        }
        if begin.occasion == CallOutWhen::ByHand {
            self.check_desk()?;
        } else if self.by.person != Actor::PROGRAM {
            return Err(Refusal::NotYours);
        }
        let (count, count_max) = (begin.ladder.len(), STEPS_MAX);
        if count > count_max {
            return Err(Refusal::TooMany { what: "steps", count, count_max });
        }
        let rounds_max = begin.rounds_max.clamp(1, ROUNDS_MAX);
        let BeginCallOut { call_out, about, occasion, because, ladder, .. } = begin.clone();
        let state = Begun {
            call_out,
            about: about.clone(),
            occasion,
            because: because.clone(),
            ladder: ladder.clone(),
            rounds_max,
            at: self.now,
            by: self.by.person,
        };
        let it = CallOutBegun { call_out, about, occasion, because, ladder, rounds_max };
        let mut events = vec![it.into()];
        let first = state.ladder.first().map(|_| CallOut::first());
        self.go_on(&state, first, &mut events);
        Ok(events)
    }

    /// Nothing follows when it was looked at too early, or twice.
    fn fire(&self) -> Events {
        if self.by.person != Actor::PROGRAM {
            return Err(Refusal::NotYours);
        }
        match self.call_out.current() {
            Some((place, call)) if call.until <= self.now => {
                let mut events = vec![passed(place, PassedWhy::NoAnswer)];
                self.go_on_after(place, &mut events)?;
                Ok(events)
            }
            Some(_) | None => Ok(Vec::new()),
        }
    }

    fn answer(&self, person: PersonId, answer: CallOutAnswer) -> Events {
        let begun = self.open()?;
        if self.happened_at < begun.at {
            return Err(Refusal::BeforeItBegan { at: self.happened_at, earliest: begun.at });
        }
        if person != self.by.person {
            self.check_desk()?;
        }
        if !self.call_out.is_on_call(person) {
            return Err(Refusal::NotOnCall);
        }
        match answer {
            CallOutAnswer::Coming => self.coming(person),
            CallOutAnswer::Cannot => self.cannot(person),
        }
    }

    fn coming(&self, person: PersonId) -> Events {
        match &self.call_out.taken {
            Some(taken) if taken.person == person => Err(Refusal::NoChange),
            Some(taken) => Err(Refusal::TakenAlready { by: taken.person }),
            None => Ok(vec![
                self.answered(person, CallOutAnswer::Coming),
                CallOutTaken { person }.into(),
            ]),
        }
    }

    fn cannot(&self, person: PersonId) -> Events {
        let mut events = vec![self.answered(person, CallOutAnswer::Cannot)];
        if self.call_out.taken.as_ref().is_some_and(|taken| taken.person == person) {
            events.push(CallOutReleased { person }.into());
            self.go_on_after_release(person, &mut events)?;
            return Ok(events);
        }
        match self.call_out.current() {
            Some((place, call)) if call.person == person => {
                events.push(passed(place, PassedWhy::Cannot));
                self.go_on_after(place, &mut events)?;
            }
            Some(_) | None => {
                let said = self.call_out.answer_of(person).map(|it| it.answer);
                if said == Some(CallOutAnswer::Cannot) {
                    return Err(Refusal::NoChange);
                }
                if self.call_out.called(person).is_none()
                    && !self.call_out.added.contains_key(&person)
                {
                    return Err(Refusal::NotOnCall); // nobody has called them yet
                }
            }
        }
        Ok(events)
    }

    /// The step that was under way when somebody said that they come goes on, unless it was theirs or
    /// is over.
    fn go_on_after_release(
        &self,
        person: PersonId,
        events: &mut Vec<CallOutEvent>,
    ) -> Result<(), Refusal> {
        if self.call_out.exhausted_at.is_some() {
            return Ok(()); // it is flagged as before
        }
        let Some(last) = self.call_out.tried.last() else { return Ok(()) };
        let is_over = match (&last.call, &last.passed) {
            (Some(call), None) if call.person == person => Some(PassedWhy::Cannot),
            (Some(call), None) if call.until <= self.now => Some(PassedWhy::NoAnswer),
            (Some(_), None) | (None, _) | (_, Some(_)) => None,
        };
        if let Some(why) = is_over {
            events.push(passed(last.place, why));
        }
        if is_over.is_some() || last.passed.is_some() {
            self.go_on_after(last.place, events)?;
        }
        Ok(())
    }

    fn add(&self, person: PersonId) -> Events {
        self.open()?;
        self.check_desk()?;
        if self.call_out.is_on_call(person) {
            return Err(Refusal::NoChange);
        }
        let (count, count_max) = (self.call_out.added.len() + 1, ADDED_MAX);
        if count > count_max {
            return Err(Refusal::TooMany { what: "people", count, count_max });
        }
        Ok(vec![CallOutPersonAdded { person, messages: Vec::new() }.into()])
    }

    fn end(&self) -> Events {
        self.open()?;
        let Some(taken) = &self.call_out.taken else {
            return Err(Refusal::Nothing { what: "person who comes" });
        };
        if taken.person != self.by.person {
            self.check_desk()?;
        }
        Ok(vec![CallOutEnded { person: taken.person }.into()])
    }

    fn cancel(&self, reason: &BlobRef) -> Events {
        self.open()?;
        self.check_desk()?;
        Ok(vec![CallOutCancelled { reason: reason.clone() }.into()])
    }

    fn open(&self) -> Result<&Begun, Refusal> {
        let begun = self.call_out.begun.as_ref().ok_or(Refusal::Absent)?;
        match self.call_out.standing() {
            Standing::Calling | Standing::Exhausted | Standing::Taken => Ok(begun),
            Standing::Absent => Err(Refusal::Absent),
            Standing::Ended | Standing::Cancelled => Err(Refusal::CallOutOver),
        }
    }

    fn check_desk(&self) -> Result<(), Refusal> {
        if self.by.has(Capacity::Officer) || self.by.has(Capacity::Leader) {
            return Ok(());
        }
        Err(Refusal::NeedsCapacity { capacity: Capacity::Officer })
    }

    fn answered(&self, person: PersonId, answer: CallOutAnswer) -> CallOutEvent {
        let called = self.call_out.called(person).map(|tried| tried.place);
        let called_at = called.map(|place| (place.round, place.step));
        CallOutAnswered { person, answer, called_at }.into()
    }

    fn go_on_after(&self, place: Place, events: &mut Vec<CallOutEvent>) -> Result<(), Refusal> {
        let begun = self.call_out.begun.as_ref().ok_or(Refusal::Absent)?;
        self.go_on(begun, begun.after(place), events);
        Ok(())
    }

    /// Calls the next one. Steps without anybody pass at once; after the last one nobody is left.
    fn go_on(&self, begun: &Begun, from: Option<Place>, events: &mut Vec<CallOutEvent>) {
        let mut next = from;
        while let Some(place) = next {
            let step = begun.step(place.step);
            if let Some((person, step)) = step.and_then(|step| Some((step.person?, step))) {
                let until = self.now.checked_add(step.wait).unwrap_or(Timestamp::MAX);
                let Place { round, step } = place;
                events
                    .push(PersonCalled { round, step, person, until, messages: Vec::new() }.into());
                return;
            }
            events.push(passed(place, PassedWhy::Vacant));
            next = begun.after(place);
        }
        events.push(CallOutExhausted { rounds: begun.rounds_max }.into());
    }
}

fn passed(Place { round, step }: Place, why: PassedWhy) -> CallOutEvent {
    CallOutStepPassed { round, step, why }.into()
}

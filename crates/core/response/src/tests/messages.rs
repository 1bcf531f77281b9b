//! What becomes of a message, and when sending is held.

use fengsui_vocabulary::{Lang, MessageId};
use jiff::SignedDuration;

use crate::dispatch::{self, Dispatch, DispatchCommand};
use crate::message::{
    AttemptEnd, Ended, Message, MessageCommand, PAUSE_MAX, Standing, TRIES_MAX, decide, evolve,
    pause_after,
};
use crate::testing::people::{lin, mara, rui, tang};
use crate::testing::{at, blob, line};
use crate::{
    Actor, Addressee, Asked, BounceFate, Decided, DispatchEvent, DispatchHeld, GivenUpBecause,
    JournalResumed, MessageBounced, MessageDeferred, MessageDelivered, MessageEvent,
    MessageGivenUp, MessageIntended, MessageParked, MessageRefused, MessageSeen, MessageTriedAgain,
    MessageUncertain, Occasion, Packs, Refusal, RefusalLasts, Scene, Unclear, Way,
};

/// A message as a story: who does what when, and where it stands then.
struct Told(Message);

impl Told {
    fn by(way: Way) -> Self {
        let mut message = Message::default();
        evolve(
            &mut message,
            &Decided::new(at("09:00"), intended(way)).recorded(at("09:00"), lin().person),
        );
        Self(message)
    }

    fn mail() -> Self {
        Self::by(Way::Mail)
    }

    fn ask(
        &mut self,
        clock: &str,
        by: Actor,
        command: MessageCommand,
    ) -> Result<Vec<&str>, Refusal> {
        let packs = Packs::default();
        let (now, person) = (at(clock), by.person);
        let decided = decide(&self.0, &Asked::now(by, command), &Scene::new(now, &packs))?;
        let kinds = decided.iter().map(|decided| decided.event.kind()).collect();
        for event in decided {
            evolve(&mut self.0, &event.recorded(now, person));
        }
        Ok(kinds)
    }

    fn ends(&mut self, clock: &str, attempt: u32, ended: Ended) -> Vec<&str> {
        let command = MessageCommand::RecordEnd { attempt, began_at: at(clock), ended };
        self.ask(clock, Actor::program(), command).unwrap()
    }

    fn stands(&self) -> (&'static str, Option<String>) {
        let next = self.0.next_attempt_at.map(|next| {
            let since = next.duration_since(at("09:00")).as_mins();
            format!("{:02}:{:02}", 9 + since / 60, since % 60)
        });
        (self.0.standing.name(), next)
    }
}

fn deferred() -> Ended {
    Ended::Deferred { retry_after: None, answer: blob(451) }
}

fn delivered() -> Ended {
    Ended::Delivered { answer: blob(250) }
}

fn unknown() -> Ended {
    Ended::Unknown { answer: blob(0) }
}

fn refused(lasts: RefusalLasts) -> Ended {
    Ended::Refused { lasts, answer: blob(550) }
}

#[expect(clippy::unnecessary_wraps, reason = "it stands beside what may be none")]
fn waits(clock: &str) -> Option<String> {
    Some(clock.to_owned())
}

#[test]
fn a_message_waits_from_the_moment_it_was_decided_and_is_delivered_once() {
    let mut told = Told::mail();
    assert_eq!(told.stands(), ("waiting", waits("09:00")));
    assert_eq!(told.ends("09:01", 1, delivered()), ["message-delivered"]);
    assert_eq!(told.stands(), ("delivered", None));
    assert_eq!(told.ends("09:02", 1, delivered()), [""; 0], "an end is written once");
    assert_eq!(told.0.uncertain_attempts(), 0);
}

#[test]
fn pauses_rise_and_are_bounded() {
    let minutes: Vec<i64> = (1..=9).map(|tries| pause_after(tries).as_mins()).collect();
    assert_eq!(minutes, [1, 2, 4, 8, 16, 32, 60, 60, 60]);
    assert_eq!(pause_after(0).as_mins(), 1);
    assert_eq!(pause_after(u32::MAX), PAUSE_MAX);
}

#[test]
fn what_was_put_off_is_tried_again_later_each_time() {
    let mut told = Told::mail();
    assert_eq!(told.ends("09:00", 1, deferred()), ["message-deferred"]);
    assert_eq!(told.stands(), ("deferred", waits("09:01")));
    told.ends("09:01", 2, deferred());
    assert_eq!(told.stands(), ("deferred", waits("09:03")));
    told.ends("09:03", 3, delivered());
    assert_eq!((told.stands().0, told.0.attempts.len()), ("delivered", 3));
}

#[test]
fn a_wait_that_is_asked_for_is_kept_up_to_an_hour() {
    let mut told = Told::mail();
    let asked = |minutes| Ended::Deferred {
        retry_after: Some(SignedDuration::from_mins(minutes)),
        answer: blob(429),
    };
    told.ends("09:00", 1, asked(10));
    assert_eq!(told.stands(), ("deferred", waits("09:10")));
    told.ends("09:10", 2, asked(6_000));
    assert_eq!(told.stands(), ("deferred", waits("10:10")));
    told.ends("10:10", 3, asked(-5));
    assert_eq!(told.stands(), ("deferred", waits("10:10")));
}

#[test]
fn an_unknown_end_is_tried_again_and_stays_marked_for_ever() {
    let mut told = Told::mail();
    assert_eq!(told.ends("09:00", 1, unknown()), ["message-uncertain"]);
    assert_eq!(told.stands(), ("uncertain", waits("09:01")));
    told.ends("09:01", 2, delivered());
    assert_eq!(told.stands(), ("delivered", None));
    assert_eq!(told.0.uncertain_attempts(), 1);
}

#[test]
fn an_attempt_whose_sender_is_gone_is_uncertain_and_tried_again_at_once() {
    let mut told = Told::mail();
    told.ends("09:05", 1, Ended::Interrupted);
    assert_eq!(told.stands(), ("uncertain", waits("09:05")));
    assert_eq!(told.ends("09:05", 1, Ended::Interrupted), [""; 0]);
    assert_eq!(told.ends("09:05", 1, unknown()), [""; 0], "it says no more than was known");
}

#[test]
fn an_answer_that_comes_after_its_attempt_was_given_for_lost_still_counts() {
    let mut told = Told::mail();
    told.ends("09:05", 1, Ended::Interrupted);
    assert_eq!(told.ends("09:06", 1, delivered()), ["message-delivered"]);
    assert_eq!(told.stands(), ("delivered", None));
    assert_eq!(told.0.uncertain_attempts(), 1);
    // The second attempt was under way already: that it arrived twice is in the record.
    assert_eq!(told.ends("09:07", 2, delivered()), ["message-delivered"]);
    let ends: Vec<AttemptEnd> = told.0.attempts.iter().map(|attempt| attempt.end).collect();
    assert_eq!(ends, [AttemptEnd::Delivered; 2]);
}

#[test]
fn a_delivered_message_is_not_queued_again_by_a_late_failure() {
    let mut told = Told::mail();
    told.ends("09:05", 1, Ended::Interrupted);
    told.ends("09:06", 2, delivered());
    told.ends("09:07", 1, deferred());
    assert_eq!(told.stands(), ("delivered", None));
}

#[test]
fn a_refusal_needs_somebody_and_a_setting_waits_for_one() {
    let mut told = Told::mail();
    told.ends("09:00", 1, refused(RefusalLasts::ForEver));
    assert_eq!(told.stands(), ("refused", None));
    assert!(told.0.standing.needs_somebody());
    let mut told = Told::mail();
    told.ends("09:00", 1, refused(RefusalLasts::UntilConfigured));
    assert_eq!(told.stands(), ("unconfigured", None));
    assert!(!told.0.standing.needs_somebody() && told.0.standing.is_queued());
}

#[test]
fn a_message_without_a_way_out_waits_and_is_sent_when_there_is_one() {
    let mut told = Told::mail();
    let park =
        |told: &mut Told| told.ask("09:00", Actor::program(), MessageCommand::Park).unwrap().len();
    assert_eq!(park(&mut told), 1);
    assert_eq!(told.stands(), ("unconfigured", None));
    assert_eq!(park(&mut told), 0);
    told.ends("09:30", 1, delivered());
    assert_eq!(told.stands(), ("delivered", None));
}

#[test]
fn after_so_many_tries_somebody_must_look() {
    let mut told = Told::mail();
    for attempt in 1..TRIES_MAX {
        assert_eq!(told.ends("09:00", attempt, deferred()), ["message-deferred"]);
    }
    let last = told.ends("09:00", TRIES_MAX, deferred());
    assert_eq!(last, ["message-deferred", "message-given-up"]);
    assert_eq!(told.stands(), ("exhausted", None));
    told.ask("09:00", lin(), MessageCommand::TryAgain).unwrap();
    assert_eq!(told.stands(), ("waiting", waits("09:00")));
    told.ends("09:00", TRIES_MAX + 1, deferred());
    assert_eq!(told.stands(), ("deferred", waits("09:01")), "the pauses begin anew");
}

#[test]
fn a_bounce_brings_a_delivered_message_back_as_work() {
    let mut told = Told::mail();
    told.ends("09:00", 1, delivered());
    let bounce = |told: &mut Told, clock, fate| {
        let command = MessageCommand::RecordBounce { fate, report: blob(9) };
        told.ask(clock, Actor::program(), command).unwrap().len()
    };
    assert_eq!(bounce(&mut told, "09:05", BounceFate::Delayed), 1);
    assert_eq!(told.stands(), ("delivered", None), "the server is still trying");
    assert_eq!(bounce(&mut told, "09:10", BounceFate::Permanent), 1);
    assert_eq!(bounce(&mut told, "09:11", BounceFate::Permanent), 0, "servers repeat themselves");
    assert_eq!(told.stands(), ("bounced", None));
    told.ask("09:20", lin(), MessageCommand::TryAgain).unwrap();
    told.ends("09:21", 2, delivered());
    assert_eq!(told.stands(), ("delivered", None));
    assert_eq!(bounce(&mut told, "09:30", BounceFate::Permanent), 1, "it came back once more");
    told.ask("09:40", lin(), MessageCommand::GiveUp { reason: blob(8) }).unwrap();
    assert_eq!(told.stands(), ("given-up", None));
}

#[test]
fn what_was_given_up_is_not_tried_again_by_an_attempt_that_was_under_way() {
    let mut told = Told::mail();
    told.ask("09:00", lin(), MessageCommand::GiveUp { reason: blob(8) }).unwrap();
    told.ends("09:01", 1, deferred());
    assert_eq!(told.stands(), ("given-up", None));
    told.ends("09:02", 2, delivered());
    assert_eq!(told.stands(), ("delivered", None), "but if it arrived, it arrived");
}

#[test]
fn a_screen_message_is_seen_once_and_by_its_addressee_only() {
    let mut told = Told::by(Way::Screen);
    assert_eq!(told.stands(), ("unseen", None));
    let refused = told.ask("09:01", lin(), MessageCommand::See).unwrap_err();
    assert_eq!(refused.name(), "not-yours");
    assert_eq!(told.ask("09:02", mara(), MessageCommand::See).unwrap(), ["message-seen"]);
    assert_eq!(told.ask("09:03", mara(), MessageCommand::See).unwrap(), [""; 0]);
    assert_eq!(told.stands(), ("seen", None));
    let nothing = told.ask("09:04", lin(), MessageCommand::TryAgain).unwrap_err();
    assert_eq!(nothing, Refusal::NoChange);
}

#[test]
fn only_those_who_keep_the_post_try_again_or_give_up_and_only_the_program_writes_ends() {
    let mut told = Told::mail();
    told.ends("09:00", 1, refused(RefusalLasts::ForEver));
    let give_up = || MessageCommand::GiveUp { reason: blob(8) };
    for command in [MessageCommand::TryAgain, give_up()] {
        assert_eq!(told.ask("09:01", tang(), command).unwrap_err().name(), "needs-capacity");
    }
    let by_hand =
        MessageCommand::RecordEnd { attempt: 2, began_at: at("09:01"), ended: delivered() };
    for command in [by_hand, MessageCommand::Park] {
        assert_eq!(told.ask("09:01", lin(), command).unwrap_err().name(), "not-yours");
    }
    assert_eq!(told.ask("09:01", rui(), give_up()).unwrap(), ["message-given-up"]);
}

#[test]
fn every_standing_is_queued_or_needs_somebody_or_is_over() {
    for standing in Standing::ALL {
        assert!(!(standing.is_queued() && standing.needs_somebody()), "{}", standing.name());
    }
}

/// Asks it, and lets what follows happen.
fn told_dispatch(
    dispatch: &mut Dispatch,
    by: Actor,
    command: DispatchCommand,
) -> Result<Vec<&'static str>, Refusal> {
    let packs = Packs::default();
    let person = by.person;
    let scene = Scene::new(at("09:00"), &packs);
    let decided = dispatch::decide(dispatch, &Asked::now(by, command), &scene)?;
    let kinds = decided.iter().map(|decided| decided.event.kind()).collect();
    for event in decided {
        dispatch::evolve(dispatch, &event.recorded(at("09:00"), person));
    }
    Ok(kinds)
}

#[test]
fn held_sending_goes_on_only_when_a_person_says_so() {
    let mut dispatch = Dispatch::default();
    let hold = |why: &str| DispatchCommand::Hold { reason: line(why) };
    let release = || DispatchCommand::Release { reason: line("已核对发件记录") };
    let told = told_dispatch(&mut dispatch, lin(), release());
    assert_eq!(told, Err(Refusal::NoChange), "it is not held");
    let kinds = told_dispatch(&mut dispatch, Actor::program(), hold("restored"));
    assert_eq!(kinds.unwrap(), ["dispatch-held"]);
    assert_eq!(told_dispatch(&mut dispatch, Actor::program(), hold("restored")).unwrap(), [""; 0]);
    told_dispatch(&mut dispatch, Actor::program(), hold("another node")).unwrap();
    assert_eq!(dispatch.held.len(), 2);
    for by in [Actor::program(), tang()] {
        let refused = told_dispatch(&mut dispatch, by, release()).unwrap_err();
        assert_eq!(refused.name(), "needs-capacity");
    }
    assert_eq!(told_dispatch(&mut dispatch, lin(), release()).unwrap(), ["journal-resumed"]);
    assert!(!dispatch.is_held());
    assert_eq!(dispatch.epoch, 1);
}

fn intended(way: Way) -> MessageIntended {
    MessageIntended {
        message: MessageId::from_bits(1),
        about: line("incident:inc_00000000000000000000000001"),
        occasion: Occasion::DutyDue,
        to: Addressee::Person(mara().person),
        way,
        lang: Lang::Zh,
        content: blob(7),
    }
}

/// One of each kind, for the samples.
pub(super) fn of_messages() -> Vec<MessageEvent> {
    let (attempt, began_at) = (1, at("09:00"));
    vec![
        intended(Way::Webhook(line("sms"))).into(),
        MessageDelivered { attempt, began_at, answer: blob(1) }.into(),
        MessageDeferred { attempt, began_at, until: at("09:01"), answer: blob(1) }.into(),
        MessageRefused { attempt, began_at, lasts: RefusalLasts::UntilConfigured, answer: blob(1) }
            .into(),
        MessageUncertain {
            attempt,
            began_at,
            because: Unclear::NoAnswer,
            until: at("09:01"),
            answer: Some(blob(1)),
        }
        .into(),
        MessageParked {}.into(),
        MessageBounced { fate: BounceFate::GivenUp, report: blob(2) }.into(),
        MessageSeen {}.into(),
        MessageTriedAgain {}.into(),
        MessageGivenUp { because: GivenUpBecause::ByHand, reason: Some(blob(3)) }.into(),
    ]
}

/// One of each kind, for the samples.
pub(super) fn of_dispatch() -> Vec<DispatchEvent> {
    vec![
        DispatchHeld { reason: line("已从备份恢复") }.into(),
        JournalResumed { epoch: 1, reason: line("已核对发件记录") }.into(),
    ]
}

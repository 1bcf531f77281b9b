//! Calling people out: told as stories, and every order of answers and silences by brute force.

use fengsui_vocabulary::{CallOutId, Label, MessageId, PersonId};
use jiff::{SignedDuration, Timestamp};

use crate::CallOutAnswer::{Cannot, Coming};
use crate::call_out::{
    BeginCallOut, CallOut, CallOutCommand, Standing, decide, evolve, ladder, ladder_of_post,
};
use crate::house::{CallOutRule, CallOutStep, CallOutWhen, CallOutWho, House};
use crate::roster::{GapWhy, Manning, OnDuty, Standing as Stands};
use crate::testing::people::{gao, lin, mara, tang};
use crate::testing::{at, blob, line};
use crate::{
    Actor, Asked, CallOutAnswer, CallOutAnswered, CallOutBegun, CallOutCancelled, CallOutEnded,
    CallOutEvent, CallOutExhausted, CallOutPersonAdded, CallOutReleased, CallOutStepPassed,
    CallOutTaken, LadderStep, Packs, PassedWhy, PersonCalled, Post, Refusal, Scene, StepBecause,
};

const LIN: PersonId = PersonId::from_bits(10);
const CHEN: PersonId = PersonId::from_bits(11);
const MARA: PersonId = PersonId::from_bits(20);
const HEAD: PersonId = PersonId::from_bits(30);
const TANG: PersonId = PersonId::from_bits(40);

/// A call-out and the time.
#[derive(Clone)]
struct Night {
    call_out: CallOut,
    now: Timestamp,
    written: Vec<CallOutEvent>,
}

impl Night {
    fn quiet() -> Self {
        Self { call_out: CallOut::default(), now: at("02:00"), written: Vec::new() }
    }

    /// First, deputy, head: five, five, ten minutes; twice.
    fn begun() -> Self {
        Self::with(three_steps(), 2)
    }

    fn with(ladder: Vec<LadderStep>, rounds_max: u32) -> Self {
        let mut night = Self::quiet();
        night.ask(Actor::program(), CallOutCommand::Begin(begin(ladder, rounds_max))).unwrap();
        night
    }

    fn ask(&mut self, by: Actor, command: CallOutCommand) -> Result<Vec<&'static str>, Refusal> {
        let packs = Packs::default();
        let (person, asked) = (by.person, Asked::now(by, command));
        self.apply(person, &asked, &packs)
    }

    fn apply(
        &mut self,
        person: PersonId,
        asked: &Asked<CallOutCommand>,
        packs: &Packs,
    ) -> Result<Vec<&'static str>, Refusal> {
        let decided = decide(&self.call_out, asked, &Scene::new(self.now, packs))?;
        let kinds = decided.iter().map(|it| it.event.kind()).collect();
        for it in decided {
            self.written.push(it.event.clone());
            evolve(&mut self.call_out, &it.recorded(self.now, person));
        }
        Ok(kinds)
    }

    fn minutes(&mut self, minutes: i64) -> &mut Self {
        self.now += SignedDuration::from_mins(minutes);
        self
    }

    fn fire(&mut self) -> Vec<&'static str> {
        self.ask(Actor::program(), CallOutCommand::Fire).unwrap()
    }

    fn says(&mut self, person: PersonId, answer: CallOutAnswer) -> Result<Vec<&str>, Refusal> {
        let by = Actor { person, ..tang() };
        self.ask(by, CallOutCommand::Answer { person, answer })
    }

    fn called(&self) -> Option<PersonId> {
        self.call_out.current().map(|(_, call)| call.person)
    }
}

fn step(who: CallOutWho, person: Option<PersonId>, minutes: i64) -> LadderStep {
    let because = if who == CallOutWho::Head { StepBecause::IsHead } else { StepBecause::OnRoster };
    let post = (who != CallOutWho::Head).then(|| "duty-officer".parse().unwrap());
    LadderStep { who, post, person, because, wait: SignedDuration::from_mins(minutes) }
}

fn three_steps() -> Vec<LadderStep> {
    vec![
        step(CallOutWho::First, Some(LIN), 5),
        step(CallOutWho::Deputy, Some(CHEN), 5),
        step(CallOutWho::Head, Some(HEAD), 10),
    ]
}

fn begin(ladder: Vec<LadderStep>, rounds_max: u32) -> BeginCallOut {
    BeginCallOut {
        call_out: CallOutId::from_bits(1),
        about: line("incident:inc_00000000000000000000000001"),
        occasion: CallOutWhen::DutyMissed,
        because: blob(32),
        ladder,
        rounds_max,
    }
}

#[test]
fn the_first_is_called_at_once_and_comes() {
    let mut night = Night::begun();
    assert_eq!(night.called(), Some(LIN));
    assert_eq!(night.call_out.fires_at(), Some(at("02:05")));
    assert_eq!(night.minutes(2).fire(), [""; 0], "it was looked at too early");
    assert_eq!(night.says(LIN, Coming).unwrap(), ["call-out-answered", "call-out-taken"]);
    assert_eq!(night.call_out.standing(), Standing::Taken);
    assert_eq!(night.call_out.fires_at(), None);
    assert_eq!(night.minutes(60).fire(), [""; 0]);
    assert_eq!(night.says(LIN, Coming).unwrap_err(), Refusal::NoChange);
    night.ask(Actor { person: LIN, ..tang() }, CallOutCommand::End).unwrap();
    assert_eq!(night.call_out.standing(), Standing::Ended);
    assert_eq!(night.says(CHEN, Coming).unwrap_err(), Refusal::CallOutOver);
}

#[test]
fn silence_goes_up_the_ladder_and_begins_again_with_the_head() {
    let mut night = Night::begun();
    let mut called = vec![night.called()];
    for minutes in [5, 5, 10] {
        let kinds = night.minutes(minutes).fire();
        assert_eq!(kinds, ["call-out-step-passed", "person-called"]);
        assert_eq!(night.fire(), [""; 0], "a second look finds nothing to do");
        called.push(night.called());
    }
    assert_eq!(called, [Some(LIN), Some(CHEN), Some(HEAD), Some(HEAD)]);
    assert_eq!(night.minutes(10).fire(), ["call-out-step-passed", "call-out-exhausted"]);
    assert_eq!(night.call_out.standing(), Standing::Exhausted);
    assert!(night.call_out.standing().is_open(), "it stays where everybody sees it");
    assert_eq!(night.call_out.fires_at(), None);
}

#[test]
fn after_an_outage_one_step_passes_and_the_next_has_its_whole_time() {
    let mut night = Night::begun();
    assert_eq!(night.minutes(300).fire(), ["call-out-step-passed", "person-called"]);
    assert_eq!(night.called(), Some(CHEN));
    assert_eq!(night.call_out.fires_at(), Some(at("07:05")));
}

#[test]
fn i_cannot_calls_the_next_at_once() {
    let mut night = Night::begun();
    let kinds = night.minutes(1).says(LIN, Cannot).unwrap();
    assert_eq!(kinds, ["call-out-answered", "call-out-step-passed", "person-called"]);
    assert_eq!((night.called(), night.call_out.fires_at()), (Some(CHEN), Some(at("02:06"))));
    assert_eq!(night.says(LIN, Cannot).unwrap_err(), Refusal::NoChange);
}

#[test]
fn an_answer_after_the_step_has_passed_is_taken_while_nobody_else_comes() {
    let mut night = Night::begun();
    night.minutes(5).fire();
    assert_eq!(night.called(), Some(CHEN));
    night.minutes(1).says(LIN, Coming).unwrap();
    let tried = night.call_out.called(LIN).unwrap();
    assert_eq!(tried.passed, Some((PassedWhy::NoAnswer, at("02:05"))), "that it passed stays");
    assert_eq!(night.call_out.answer_of(LIN).unwrap().at, at("02:06"), "and when the answer came");
    let refused = night.says(CHEN, Coming).unwrap_err();
    assert_eq!(refused, Refusal::TakenAlready { by: LIN });
}

#[test]
fn an_answer_is_taken_even_when_everybody_had_been_called() {
    let mut night = Night::with(three_steps(), 1);
    for _ in 0..3 {
        night.minutes(10).fire();
    }
    assert_eq!(night.call_out.standing(), Standing::Exhausted);
    night.says(CHEN, Coming).unwrap();
    assert_eq!(night.call_out.standing(), Standing::Taken);
    night.says(CHEN, Cannot).unwrap();
    assert_eq!(night.call_out.standing(), Standing::Exhausted, "flagged again");
}

#[test]
fn whoever_is_not_on_call_is_refused_until_the_officer_adds_them() {
    let mut night = Night::begun();
    assert_eq!(night.says(TANG, Coming).unwrap_err(), Refusal::NotOnCall);
    assert_eq!(night.says(TANG, Cannot).unwrap_err(), Refusal::NotOnCall);
    let add = || CallOutCommand::Add { person: TANG };
    assert_eq!(night.ask(tang(), add()).unwrap_err().name(), "needs-capacity");
    assert_eq!(night.ask(mara(), add()).unwrap(), ["call-out-person-added"]);
    assert_eq!(night.ask(mara(), add()).unwrap_err(), Refusal::NoChange);
    assert_eq!(night.called(), Some(LIN), "the ladder goes on");
    night.says(TANG, Coming).unwrap();
    assert_eq!(night.call_out.taken.as_ref().map(|it| it.person), Some(TANG));
}

#[test]
fn somebody_of_the_ladder_may_come_before_they_are_called_but_not_decline() {
    let mut night = Night::begun();
    assert_eq!(night.says(HEAD, Cannot).unwrap_err(), Refusal::NotOnCall);
    assert_eq!(night.says(HEAD, Coming).unwrap(), ["call-out-answered", "call-out-taken"]);
    assert_eq!(night.call_out.answer_of(HEAD).unwrap().place, None);
}

#[test]
fn who_comes_and_then_cannot_sets_the_ladder_going_again() {
    let mut night = Night::begun();
    night.minutes(1).says(LIN, Coming).unwrap();
    let kinds = night.minutes(20).says(LIN, Cannot).unwrap();
    let expected =
        ["call-out-answered", "call-out-released", "call-out-step-passed", "person-called"];
    assert_eq!(kinds, expected);
    assert_eq!(night.called(), Some(CHEN));
    // A volunteer who withdraws leaves the step that runs as it was.
    night.says(HEAD, Coming).unwrap();
    night.minutes(1).says(HEAD, Cannot).unwrap();
    assert_eq!((night.called(), night.call_out.fires_at()), (Some(CHEN), Some(at("02:26"))));
    // And when its time is over meanwhile, it passes.
    night.says(HEAD, Coming).unwrap();
    night.minutes(30).says(HEAD, Cannot).unwrap();
    assert_eq!(night.called(), Some(HEAD));
}

#[test]
fn what_was_said_by_telephone_is_written_down_by_the_desk_with_its_own_time() {
    let mut night = Night::begun();
    night.minutes(4);
    let answer = CallOutCommand::Answer { person: LIN, answer: Coming };
    assert_eq!(night.ask(tang(), answer.clone()).unwrap_err().name(), "needs-capacity");
    let asked = Asked::now(mara(), answer).at(at("02:02"));
    night.apply(MARA, &asked, &Packs::default()).unwrap();
    let said = night.call_out.answer_of(LIN).unwrap();
    assert_eq!((said.at, said.by), (at("02:02"), MARA));
    let mut night = Night::begun();
    let early = Asked::now(mara(), CallOutCommand::Answer { person: LIN, answer: Coming });
    let refused = night.apply(MARA, &early.at(at("01:59")), &Packs::default()).unwrap_err();
    assert_eq!(refused.name(), "before-it-began");
}

#[test]
fn it_is_cancelled_with_a_reason_by_the_desk_alone() {
    let mut night = Night::begun();
    let cancel = || CallOutCommand::Cancel { reason: blob(5) };
    assert_eq!(night.ask(tang(), cancel()).unwrap_err().name(), "needs-capacity");
    night.ask(gao(), cancel()).unwrap();
    assert_eq!(night.call_out.standing(), Standing::Cancelled);
    assert_eq!(night.ask(gao(), cancel()).unwrap_err(), Refusal::CallOutOver);
    assert_eq!(night.minutes(30).fire(), [""; 0]);
}

#[test]
fn nobody_but_the_program_fires_it_and_nobody_ends_what_nobody_took() {
    let mut night = Night::begun();
    assert_eq!(night.ask(mara(), CallOutCommand::Fire).unwrap_err(), Refusal::NotYours);
    assert_eq!(night.ask(mara(), CallOutCommand::End).unwrap_err().name(), "nothing");
    let again = CallOutCommand::Begin(begin(three_steps(), 1));
    assert_eq!(night.ask(Actor::program(), again.clone()).unwrap_err(), Refusal::ExistsAlready);
    assert_eq!(Night::quiet().ask(mara(), again).unwrap_err(), Refusal::NotYours);
    let by_hand = BeginCallOut { occasion: CallOutWhen::ByHand, ..begin(three_steps(), 1) };
    let by_hand = CallOutCommand::Begin(by_hand);
    assert!(Night::quiet().ask(tang(), by_hand.clone()).is_err());
    assert!(Night::quiet().ask(lin(), by_hand).is_ok());
}

#[test]
fn steps_without_anybody_pass_at_once_and_are_recorded() {
    let vacant = || step(CallOutWho::First, None, 5);
    let night = Night::with(vec![vacant(), step(CallOutWho::Deputy, Some(CHEN), 5)], 1);
    let kinds: Vec<_> = night.written.iter().map(CallOutEvent::kind).collect();
    assert_eq!(kinds, ["call-out-begun", "call-out-step-passed", "person-called"]);
    for ladder in [vec![], vec![vacant()], vec![vacant(), step(CallOutWho::Head, None, 5)]] {
        let night = Night::with(ladder, 3);
        assert_eq!(night.call_out.standing(), Standing::Exhausted, "nobody at all: it is flagged");
    }
}

#[test]
fn the_ladder_comes_from_the_house_and_the_roster() {
    let told = |ladder: &[LadderStep]| -> Vec<String> {
        let line = |it: &LadderStep| {
            let person = it.person.map_or(0, PersonId::bits);
            format!("{person} {:?} {}", it.because, it.wait.as_mins())
        };
        ladder.iter().map(line).collect()
    };
    let stands = |person, instead_of| Stands { person, instead_of };
    let officer = vec![stands(MARA, Some(LIN)), stands(CHEN, None), stands(TANG, None)];
    let on_duty = on_duty(officer, Some(HEAD));
    assert_eq!(
        told(&ladder(&rule(), &on_duty)),
        ["20 StandsIn 5", "11 OnRoster 7", "40 OnRoster 7", "30 Gap 10", "30 IsHead 15"],
        "the deputies in turn; nobody stands the leader's post, so the head does"
    );
    let leader = "duty-leader".parse().unwrap();
    assert_eq!(told(&ladder_of_post(&rule(), &leader, &on_duty)), ["30 Gap 10", "30 IsHead 15"]);
    let other = "scribe".parse().unwrap();
    assert_eq!(told(&ladder_of_post(&rule(), &other, &on_duty)), ["30 Gap 5", "30 IsHead 15"]);
    let nobody = OnDuty { posts: Vec::new(), head: None, ..on_duty };
    assert_eq!(told(&ladder(&rule(), &nobody)), ["0 Gap 5", "0 Gap 10", "0 IsHead 15"]);
}

fn on_duty(officer: Vec<Stands>, head: Option<PersonId>) -> OnDuty {
    let post = |id: &str| Post { id: id.parse().unwrap(), label: Label::new(id, id) };
    let manning = |id, people: Vec<Stands>| Manning {
        post: post(id),
        gap: people.is_empty().then_some(GapWhy::Nobody),
        people,
    };
    OnDuty {
        at: at("02:00"),
        shift: None,
        until: None,
        posts: vec![manning("duty-officer", officer), manning("duty-leader", Vec::new())],
        head,
    }
}

fn rule() -> CallOutRule {
    let step = |post: Option<&str>, who, minutes| CallOutStep {
        post: post.map(str::to_owned),
        who,
        wait: SignedDuration::from_mins(minutes),
    };
    CallOutRule {
        when: CallOutWhen::DutyMissed,
        after: SignedDuration::ZERO,
        steps: vec![
            step(Some("duty-officer"), CallOutWho::First, 5),
            step(Some("duty-officer"), CallOutWho::Deputy, 7),
            step(Some("duty-leader"), CallOutWho::First, 10),
            step(None, CallOutWho::Head, 15),
        ],
        rounds: Some(2),
    }
}

#[test]
fn the_house_that_ships_calls_out_on_every_occasion_and_begins_again_with_the_head() {
    let house = House::shipped();
    for when in [CallOutWhen::DutyMissed, CallOutWhen::ReportWaiting, CallOutWhen::ByHand] {
        let rule = house.call_out(when).unwrap();
        assert!(rule.rounds.unwrap() > 1, "{when:?}");
        assert_eq!(rule.steps.last().unwrap().who, CallOutWho::Head, "{when:?}");
    }
    let rounds = |text: &str| House::SHIPPED.replacen("rounds = 3", text, 1);
    assert!(House::read(&rounds("rounds = 20")).is_ok());
    for bad in ["rounds = 0", "rounds = 21", "rounds = -1"] {
        assert!(House::read(&rounds(bad)).is_err(), "{bad}");
    }
}

/// What may come next, in the brute force.
#[derive(Clone, Copy, Debug)]
enum Move {
    /// Time goes on a little, then the clock looks.
    Early,
    /// The wait is over, then the clock looks.
    Late,
    Says(PersonId, CallOutAnswer),
    Add,
    End,
    Cancel,
}

/// Every order of silences, answers, additions and ends up to a depth, from the same beginning.
#[test]
fn in_every_order_of_answers_and_silences_one_is_called_at_a_time_and_no_step_is_left_out() {
    let mut ladder = three_steps();
    ladder.insert(2, step(CallOutWho::First, None, 5)); // nobody stands that post
    let start = Night::with(ladder, 2);
    let mut moves = vec![Move::Early, Move::Late, Move::Add, Move::End, Move::Cancel];
    for person in [LIN, CHEN, HEAD, TANG] {
        moves.extend([Coming, Cannot].map(|answer| Move::Says(person, answer)));
    }
    let mut histories = 0;
    let mut waiting = vec![(start, 0)];
    while let Some((night, depth)) = waiting.pop() {
        check(&night);
        histories += 1;
        if depth == 6 {
            continue;
        }
        for it in &moves {
            let mut next = night.clone();
            let before = night.written.len();
            play(&mut next, *it);
            if next.written.len() > before || matches!(it, Move::Late) {
                waiting.push((next, depth + 1));
            }
        }
    }
    assert!(histories > 30_000, "{histories}");
}

fn play(night: &mut Night, it: Move) {
    let standing = night.call_out.standing();
    let _refused = match it {
        Move::Early => {
            let kinds = night.minutes(1).fire();
            assert!(kinds.is_empty(), "too early: {kinds:?}");
            Ok(kinds)
        }
        Move::Late => {
            let was = night.call_out.current().map(|(place, _)| place);
            night.now = night.call_out.fires_at().unwrap_or(night.now);
            let kinds = night.fire();
            assert_eq!(was.is_some(), !kinds.is_empty());
            assert!(night.fire().is_empty(), "fires once");
            Ok(kinds)
        }
        Move::Says(person, answer) => night.says(person, answer),
        Move::Add => night.ask(mara(), CallOutCommand::Add { person: TANG }),
        Move::End => night.ask(mara(), CallOutCommand::End),
        Move::Cancel => night.ask(mara(), CallOutCommand::Cancel { reason: blob(1) }),
    };
    if !standing.is_open() {
        assert_eq!(night.call_out.standing(), standing, "what is over stays over");
    }
}

/// What must hold after every history.
fn check(night: &Night) {
    let begun = night.call_out.begun.as_ref().unwrap();
    let mut open = None; // the step that waits
    let mut expected = Some(CallOut::first());
    let (mut exhausted, mut closed, mut takes, mut releases) = (0, 0, 0, 0);
    for event in &night.written {
        match event {
            CallOutEvent::PersonCalled(it) => {
                assert_eq!(open, None, "two are called at once");
                let place = expected.expect("called after the last step");
                assert_eq!((it.round, it.step), (place.round, place.step), "a step is left out");
                assert_eq!(begun.step(it.step).unwrap().person, Some(it.person));
                open = Some(place);
            }
            CallOutEvent::StepPassed(it) => {
                let place = expected.expect("passed after the last step");
                assert_eq!((it.round, it.step), (place.round, place.step));
                assert_eq!(open.is_none(), it.why == PassedWhy::Vacant);
                open = None;
                expected = begun.after(place);
            }
            CallOutEvent::Exhausted(_) => {
                assert_eq!((open, expected), (None, None), "given up before the end");
                exhausted += 1;
            }
            CallOutEvent::Taken(it) => {
                assert!(night.call_out.is_on_call(it.person), "taken by somebody not on call");
                takes += 1;
            }
            CallOutEvent::Released(_) => releases += 1,
            CallOutEvent::Ended(_) | CallOutEvent::Cancelled(_) => closed += 1,
            CallOutEvent::Begun(_) | CallOutEvent::Answered(_) | CallOutEvent::PersonAdded(_) => {}
        }
        assert!(takes == releases || takes == releases + 1, "taken by two");
    }
    assert!(exhausted <= 1 && closed <= 1, "it ends once");
    assert_eq!(night.call_out.standing().is_open(), closed == 0);
    if night.call_out.standing() == Standing::Calling {
        assert!(night.call_out.current().is_some(), "nobody is called and nobody notices");
    }
}

/// One event of each kind, for the samples.
pub(super) fn samples() -> Vec<CallOutEvent> {
    let begin = begin(three_steps(), 2);
    vec![
        CallOutBegun {
            call_out: begin.call_out,
            about: begin.about,
            occasion: begin.occasion,
            because: begin.because,
            ladder: begin.ladder,
            rounds_max: 2,
        }
        .into(),
        PersonCalled {
            round: 1,
            step: 1,
            person: LIN,
            until: at("02:05"),
            messages: vec![MessageId::from_bits(7)],
        }
        .into(),
        CallOutStepPassed { round: 1, step: 1, why: PassedWhy::NoAnswer }.into(),
        CallOutAnswered { person: LIN, answer: Coming, called_at: Some((1, 1)) }.into(),
        CallOutTaken { person: LIN }.into(),
        CallOutReleased { person: LIN }.into(),
        CallOutPersonAdded { person: TANG, messages: vec![] }.into(),
        CallOutExhausted { rounds: 2 }.into(),
        CallOutEnded { person: LIN }.into(),
        CallOutCancelled { reason: blob(34) }.into(),
    ]
}

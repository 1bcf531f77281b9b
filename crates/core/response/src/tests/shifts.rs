//! Shifts: what is written down, and how one is handed over to the next.

use std::collections::BTreeSet;

use fengsui_vocabulary::{IncidentId, PersonId, ShiftId};

use crate::shift::{
    BeginShift, Shift, ShiftCommand, ShiftRefusal, TakeOver, begin, decide, evolve, take_over,
};
use crate::testing::people::{chen, lin, mara, tang, wei};
use crate::testing::{at, blob};
use crate::{
    Actor, Asked, Decided, HandOverCounts, HandOverPrepared, HandOverRemarked, HandOverSigned,
    LogAbout, Packs, Refusal, Scene, ShiftBegun, ShiftEvent, ShiftJoined, ShiftLeft,
    ShiftLogCorrected, ShiftLogWritten, ShiftTakenOver,
};

/// Lin's night shift, with Chen.
struct Night {
    shift: Shift,
    packs: Packs,
}

fn night() -> Night {
    let packs = Packs::default();
    let mut night = Night { shift: Shift::default(), packs };
    let asked = Asked::now(lin(), BeginShift { shift: NIGHT });
    let begun = begin(None, &asked, &Scene::new(at("00:00"), &night.packs)).unwrap();
    night.happen("00:00", &lin(), begun);
    night.does("00:01", &lin(), ShiftCommand::Join { person: chen().person });
    night
}

impl Night {
    fn asks(&self, clock: &str, asked: &Asked<ShiftCommand>) -> Result<Vec<ShiftEvent>, Refusal> {
        let decided = decide(&self.shift, asked, &Scene::new(at(clock), &self.packs))?;
        Ok(decided.into_iter().map(|decided| decided.event).collect())
    }

    fn does(&mut self, clock: &str, by: &Actor, command: ShiftCommand) {
        let asked = Asked::now(by.clone(), command);
        let decided = decide(&self.shift, &asked, &Scene::new(at(clock), &self.packs)).unwrap();
        self.happen(clock, by, decided);
    }

    #[track_caller]
    fn refuses(&self, clock: &str, by: &Actor, command: ShiftCommand) -> &'static str {
        self.asks(clock, &Asked::now(by.clone(), command)).unwrap_err().name()
    }

    fn happen(&mut self, clock: &str, by: &Actor, decided: Vec<Decided<ShiftEvent>>) {
        for it in decided {
            evolve(&mut self.shift, &it.recorded(at(clock), by.person));
        }
    }

    fn prepares(&mut self, clock: &str, content: u128) {
        let content = blob(content);
        let told = BTreeSet::from([mara().person]);
        let counts = HandOverCounts::default();
        self.does(clock, &chen(), ShiftCommand::PrepareHandOver { content, counts, told });
    }

    fn takes_over(&self, clock: &str, by: Actor, take: TakeOver) -> Result<Shift, Refusal> {
        let person = by.person;
        let scene = Scene::new(at(clock), &self.packs);
        let relieved = take_over(&self.shift, &Asked::now(by, take), &scene)?;
        let mut next = Shift::default();
        for it in relieved.begun {
            evolve(&mut next, &it.recorded(at(clock), person));
        }
        assert_eq!(relieved.ended.len(), 1);
        Ok(next)
    }
}

fn signs(content: u128, remarks: u32) -> ShiftCommand {
    ShiftCommand::SignHandOver { content: blob(content).digest, remarks }
}

fn taking(content: u128, remarks: u32) -> TakeOver {
    TakeOver { next: DAY, content: blob(content).digest, remarks, alone: None }
}

#[test]
fn a_second_shift_cannot_begin_beside_one_on_duty() {
    let night = night();
    let asked = Asked::now(mara(), BeginShift { shift: DAY });
    let refused = begin(Some(&night.shift), &asked, &Scene::new(at("01:00"), &night.packs));
    assert_eq!(refused, Err(ShiftRefusal::OnDuty { by: lin().person }.into()));
}

#[test]
fn only_officers_stand_a_shift() {
    let asked = Asked::now(tang(), BeginShift { shift: NIGHT });
    let packs = Packs::default();
    let refused = begin(None, &asked, &Scene::new(at("00:00"), &packs));
    assert_eq!(refused.unwrap_err().name(), "needs-capacity");
    let write = ShiftCommand::WriteLog { text: blob(1), about: None };
    assert_eq!(night().refuses("01:00", &tang(), write), "needs-capacity");
}

#[test]
fn what_was_done_before_it_was_written_down_has_both_times() {
    let mut night = night();
    let write = ShiftCommand::WriteLog { text: blob(1), about: None };
    let asked = Asked::now(lin(), write.clone()).at(at("02:10"));
    let decided = decide(&night.shift, &asked, &Scene::new(at("03:00"), &night.packs)).unwrap();
    night.happen("03:00", &lin(), decided);
    let entry = &night.shift.log[&1];
    assert_eq!((entry.at, entry.recorded_at), (at("02:10"), at("03:00")));
    let future = Asked::now(lin(), write).at(at("04:00"));
    assert_eq!(night.asks("03:00", &future).unwrap_err().name(), "in-the-future");
}

#[test]
fn a_corrected_entry_stays_and_is_corrected_once() {
    let mut night = night();
    let about = Some(LogAbout::Incident(IncidentId::from_bits(1)));
    night.does("01:00", &lin(), ShiftCommand::WriteLog { text: blob(1), about });
    night.does("01:05", &chen(), ShiftCommand::CorrectLog { number: 1, text: blob(2) });
    let old = &night.shift.log[&1];
    assert_eq!((&old.text, old.corrected_by), (&blob(1), Some(2)));
    let new = &night.shift.log[&2];
    assert_eq!((&new.text, new.corrects, new.about), (&blob(2), Some(1), about));
    let again = ShiftCommand::CorrectLog { number: 1, text: blob(3) };
    assert_eq!(night.refuses("01:06", &lin(), again), "log-corrected-already");
    let missing = ShiftCommand::CorrectLog { number: 9, text: blob(3) };
    assert_eq!(night.refuses("01:06", &lin(), missing), "unknown");
}

#[test]
fn until_it_is_taken_over_the_old_shift_stays_responsible() {
    let mut night = night();
    night.prepares("07:50", 1);
    night.does("07:55", &lin(), signs(1, 0));
    // It is long past eight and nobody came.
    assert!(night.shift.is_on_duty());
    night.does("11:00", &lin(), ShiftCommand::WriteLog { text: blob(2), about: None });
    let next = night.takes_over("11:05", mara(), taking(1, 0)).unwrap();
    assert_eq!(next.officer(), Some(mara().person));
    assert_eq!(next.begun.unwrap().after, Some(NIGHT));
}

#[test]
fn a_hand_over_is_signed_once_and_by_somebody_of_the_shift() {
    let mut night = night();
    assert_eq!(night.refuses("07:49", &lin(), signs(1, 0)), "no-hand-over");
    night.prepares("07:50", 1);
    assert_eq!(night.refuses("07:51", &mara(), signs(1, 0)), "not-on-shift");
    night.does("07:55", &lin(), signs(1, 0));
    assert_eq!(night.refuses("07:56", &lin(), signs(1, 0)), "hand-over-signed-already");
    assert_eq!(night.refuses("07:56", &chen(), signs(1, 0)), "hand-over-signed-already");
}

#[test]
fn what_was_prepared_again_must_be_signed_again() {
    let mut night = night();
    night.prepares("07:50", 1);
    night.does("07:55", &lin(), signs(1, 0));
    night.prepares("07:58", 2);
    let refused = night.takes_over("08:00", mara(), taking(1, 0)).unwrap_err();
    assert_eq!(refused.name(), "hand-over-changed");
    let refused = night.takes_over("08:00", mara(), taking(2, 0)).unwrap_err();
    assert_eq!(refused.name(), "hand-over-not-signed");
    assert_eq!(night.refuses("08:01", &lin(), signs(1, 0)), "hand-over-changed");
}

#[test]
fn a_remark_after_the_signature_takes_it_away() {
    let mut night = night();
    night.prepares("07:50", 1);
    night.does("07:55", &lin(), signs(1, 0));
    night.does("07:56", &chen(), ShiftCommand::Remark { text: blob(3) });
    let refused = night.takes_over("08:00", mara(), taking(1, 0)).unwrap_err();
    assert_eq!(refused.name(), "hand-over-changed");
    night.does("08:01", &lin(), signs(1, 1));
    assert!(night.takes_over("08:02", mara(), taking(1, 1)).is_ok());
}

#[test]
fn remarks_stay_when_the_hand_over_is_prepared_again() {
    let mut night = night();
    night.does("06:00", &lin(), ShiftCommand::Remark { text: blob(3) });
    night.prepares("07:50", 1);
    night.prepares("07:55", 2);
    assert_eq!(night.shift.remark_count(), 1);
}

#[test]
fn nobody_relieves_themselves_unless_nobody_else_comes_and_that_is_said() {
    let mut night = night();
    night.prepares("07:50", 1);
    night.does("07:55", &chen(), signs(1, 0));
    // Chen signed, Lin is responsible: neither of them is somebody else.
    for same in [lin(), chen()] {
        let refused = night.takes_over("08:00", same, taking(1, 0)).unwrap_err();
        assert_eq!(refused.name(), "needs-second-person");
    }
    let alone = TakeOver { alone: Some(blob(9)), ..taking(1, 0) };
    assert!(night.takes_over("08:30", lin(), alone.clone()).is_ok());
    // Whoever is somebody else went on alone in no case.
    let scene = Scene::new(at("08:30"), &night.packs);
    let relieved = take_over(&night.shift, &Asked::now(wei(), alone), &scene).unwrap();
    let ShiftEvent::TakenOver(ended) = &relieved.ended[0].event else { panic!() };
    assert_eq!(ended.alone, None);
}

#[test]
fn after_it_was_taken_over_nothing_is_added_but_mistakes_are_put_right() {
    let mut night = night();
    night.does("01:00", &lin(), ShiftCommand::WriteLog { text: blob(1), about: None });
    night.prepares("07:50", 1);
    night.does("07:55", &lin(), signs(1, 0));
    let scene = Scene::new(at("08:00"), &night.packs);
    let asked = Asked::now(mara(), taking(1, 0));
    let relieved = take_over(&night.shift, &asked, &scene).unwrap();
    night.happen("08:00", &mara(), relieved.ended);
    let write = ShiftCommand::WriteLog { text: blob(2), about: None };
    assert_eq!(night.refuses("08:01", &lin(), write), "shift-ended");
    let refused = night.takes_over("08:01", wei(), taking(1, 0)).unwrap_err();
    assert_eq!(refused, ShiftRefusal::Ended { by: mara().person }.into());
    night.does("08:02", &lin(), ShiftCommand::CorrectLog { number: 1, text: blob(3) });
}

#[test]
fn whoever_is_responsible_stays_and_others_come_and_go() {
    let mut night = night();
    let leave = |who: Actor| ShiftCommand::Leave { person: who.person };
    assert_eq!(night.refuses("02:00", &lin(), leave(lin())), "shift-responsible");
    assert_eq!(night.refuses("02:00", &mara(), leave(chen())), "not-on-shift");
    night.does("02:00", &chen(), leave(chen()));
    assert_eq!(night.refuses("02:01", &chen(), leave(chen())), "not-on-shift");
    let join = |who: Actor| ShiftCommand::Join { person: who.person };
    assert_eq!(night.refuses("02:02", &mara(), join(chen())), "not-on-shift");
    night.does("02:02", &chen(), join(chen()));
    assert_eq!(night.refuses("02:03", &chen(), join(chen())), "on-shift-already");
}

/// One of each kind, for the samples.
pub(super) fn examples() -> Vec<ShiftEvent> {
    let counts = HandOverCounts {
        duties: 7,
        overdue: 1,
        promises: 2,
        waiting: 1,
        incidents: 3,
        messages: 4,
        changes: 12,
    };
    vec![
        ShiftBegun { shift: DAY, after: Some(NIGHT) }.into(),
        ShiftJoined { person: PersonId::from_bits(11) }.into(),
        ShiftLeft { person: PersonId::from_bits(11) }.into(),
        ShiftLogWritten {
            number: 1,
            text: blob(1),
            about: Some(LogAbout::Incident(IncidentId::from_bits(1))),
        }
        .into(),
        ShiftLogCorrected { number: 2, corrects: 1, text: blob(2) }.into(),
        HandOverPrepared {
            content: blob(3),
            counts,
            told: BTreeSet::from([PersonId::from_bits(20)]),
        }
        .into(),
        HandOverRemarked { text: blob(4) }.into(),
        HandOverSigned { content: blob(3).digest, remarks: 1 }.into(),
        ShiftTakenOver { next: DAY, content: blob(3).digest, remarks: 1, alone: Some(blob(5)) }
            .into(),
    ]
}

const NIGHT: ShiftId = ShiftId::from_bits(1);
const DAY: ShiftId = ShiftId::from_bits(2);

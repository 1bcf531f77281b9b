//! What happens by itself, whatever people do: every moment once, none skipped.

use std::collections::BTreeMap;

use fengsui_plan::{
    Allowance, Calendar, DutyKind, DutyState, Happening, History, Plan, What, worklist_of,
};
use jiff::civil::date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::{any, prop, prop_assert, prop_assert_eq, proptest};
use proptest::test_runner::TestCaseError;

use super::properties::{Try, World, packs};
use crate::clock::{Moment, MomentStep, Stretch, moments_of};
use crate::house::House;
use crate::incident::Incident;
use crate::testing::{at, changed, discovered, given, shanghai};
use crate::{Actor, Decided, IncidentEvent, Packs, ReminderStep, Tick};

#[test]
fn the_moments_of_a_duty_are_shares_of_its_time_then_the_miss_then_reminders() {
    let stage = given(shanghai(), [discovered("10:00")]).stage();
    let duties = stage.incident.duties(&stage.plan, at("10:00"));
    let oral = duties.iter().find(|duty| duty.duty == *"sh-4.1.1-oral").unwrap();
    let stretch = Stretch { from: oral.arose_at, until: None };
    let moments = moments_of(oral, stretch, &House::shipped());
    let expected = [
        ("10:00", "told 0"),
        ("10:15", "told 500"),
        ("10:24", "told 800"),
        ("10:30", "missed"),
        ("10:30", "after 0"),
        ("10:30", "call-out"),
        ("10:40", "after 600"),
        ("11:30", "after 3600"),
    ];
    let told: Vec<_> = moments.iter().map(|moment| (moment.at, words(moment))).collect();
    let expected: Vec<_> = expected.map(|(clock, word)| (at(clock), word.to_owned())).to_vec();
    assert_eq!(told, expected);
    let miss = moments.iter().find(|moment| moment.step == MomentStep::Miss).unwrap();
    assert_eq!(miss.fires_at(), at("10:30") + SignedDuration::from_micros(1), "not at it: past it");
}

#[test]
fn what_is_to_be_done_at_once_has_reminders_and_no_miss_and_what_has_no_time_nothing() {
    let stage = given(shanghai(), [discovered("10:00")]).stage();
    let duties = stage.incident.duties(&stage.plan, at("10:00"));
    let mut duty = duties[0].clone();
    let stretch = Stretch { from: at("10:00"), until: None };
    (duty.kind, duty.due) = (DutyKind::Immediate, None);
    let moments = moments_of(&duty, stretch, &House::shipped());
    assert_eq!(
        moments.iter().map(|it| it.at).collect::<Vec<_>>(),
        ["10:00", "10:05", "10:15", "11:00"].map(at)
    );
    assert!(moments.iter().all(|it| it.step != MomentStep::Miss));
    for kind in [DutyKind::Continuing, DutyKind::OnRequest, DutyKind::Undefined] {
        duty.kind = kind;
        assert_eq!(moments_of(&duty, stretch, &House::shipped()), []);
    }
    for state in [DutyState::Done, DutyState::Late, DutyState::Waived, DutyState::Superseded] {
        (duty.kind, duty.state) = (DutyKind::Immediate, state);
        assert_eq!(moments_of(&duty, stretch, &House::shipped()), []);
    }
}

#[test]
fn after_an_outage_reminders_are_recorded_together_and_the_miss_with_its_due_time() {
    let mut stage = given(shanghai(), [discovered("10:00")]).stage();
    stage.packs.set_house(House::shipped());
    assert_eq!(stage.incident.next_fires_at(&stage.packs, at("10:00")), Some(at("10:00")));
    let now = at("10:50");
    let kinds = tick(&mut stage.incident, &stage.packs, now);
    assert_eq!(kinds, ["duties-missed", "duties-reminded"]);
    let misses: Vec<_> = stage.incident.noticed.misses().map(|(_, miss)| *miss).collect();
    assert_eq!(misses.len(), 3, "the oral report to three recipients");
    assert!(misses.iter().all(|miss| miss.due == at("10:30") && miss.noticed_at == now));
    assert!(tick(&mut stage.incident, &stage.packs, now).is_empty(), "nothing happens twice");
    let next = stage.incident.next_fires_at(&stage.packs, now);
    assert_eq!(next, Some(at("11:00") + SignedDuration::from_micros(1)), "the written report");
}

#[test]
fn rules_that_came_later_do_not_go_back_behind_what_was_recorded() {
    let mut stage = given(shanghai(), [discovered("10:00")]).stage();
    stage.packs.set_house(House::shipped());
    tick(&mut stage.incident, &stage.packs, at("10:20"));
    let house = House::read("[reminders]\nbefore = [0.1, 0.2, 0.9]\n").unwrap();
    stage.packs.set_house(std::sync::Arc::new(house));
    let mut duties = stage.incident.worklist(&stage.packs, at("10:20"));
    duties.retain(|duty| duty.duty == *"sh-4.1.1-oral");
    let next = stage.incident.clock(&duties, &stage.packs).fires_at();
    assert_eq!(next, Some(at("10:27")), "nine tenths; half of the time was told already");
}

#[test]
fn shares_follow_the_time_that_a_calendar_gives_through_summer_time_leap_days_and_holidays() {
    let berlin = |due: Allowance| {
        changed(|plan| {
            plan.time_zone = TimeZone::get("Europe/Berlin").unwrap();
            let holidays = [date(2028, 5, 1), date(2028, 5, 1), date(2028, 5, 2)];
            plan.calendars.insert(
                "overlapping".into(),
                Calendar { off: holidays.into(), ..Calendar::default() },
            );
            let rule = plan.duties.iter_mut().find(|rule| rule.id == *"sh-4.1.1-oral").unwrap();
            rule.due = due;
        })
    };
    let cases = [
        // 23 hours, because the clock is put forward in the night.
        (
            Allowance::Days(1),
            "2026-03-28T12:00:00+01:00",
            "2026-03-28T23:30:00+01:00",
            "2026-03-29T12:00:00+02:00",
        ),
        // 25 hours in autumn.
        (
            Allowance::Days(1),
            "2026-10-24T12:00:00+02:00",
            "2026-10-25T00:30:00+02:00",
            "2026-10-25T12:00:00+01:00",
        ),
        // A month after the leap day.
        (
            Allowance::CalendarMonths(1),
            "2028-01-29T12:00:00+01:00",
            "2028-02-14T00:00:00+01:00",
            "2028-02-29T12:00:00+01:00",
        ),
        // Friday; Monday and Tuesday are off, Monday twice in the calendar.
        (
            Allowance::WorkingDays { days: 1, calendar: "overlapping".into() },
            "2028-04-28T23:59:59+02:00",
            "2028-05-01T11:59:59+02:00",
            "2028-05-03T23:59:59+02:00",
        ),
    ];
    for (due, from, half, until) in cases {
        let plan = berlin(due);
        let [from, half, until]: [Timestamp; 3] = [from, half, until].map(|it| it.parse().unwrap());
        let found = moments_after(&plan, from);
        let at_half = found.iter().find(|it| words(it) == "told 500").unwrap().at;
        let missed = found.iter().find(|it| it.step == MomentStep::Miss).unwrap().at;
        assert_eq!((at_half, missed), (half, until), "{from}");
    }
}

/// The moments of the oral report of a unit that noticed something then.
fn moments_after(plan: &Plan, noticed_at: Timestamp) -> Vec<Moment> {
    let happening = Happening {
        at: noticed_at,
        recorded_at: noticed_at,
        offset: None,
        organisation: Some("unit".to_owned()),
        plan: None,
        what: What::Discovered,
    };
    let duties = worklist_of(plan, &History { happenings: vec![happening] }, noticed_at);
    let oral = duties.iter().find(|duty| duty.duty == *"sh-4.1.1-oral").unwrap();
    moments_of(oral, Stretch { from: oral.arose_at, until: None }, &House::shipped())
}

proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(40))]

    #[test]
    fn every_moment_that_has_passed_is_recorded_exactly_once(
        steps in prop::collection::vec(((any::<u8>(), any::<u8>(), any::<u8>(), 0_u8..40, 0_u8..10), any::<bool>()), 1..60)
    ) {
        let mut packs = packs();
        packs.set_house(House::shipped());
        let mut world = World::new(&packs);
        for ((verb, who, what, after, ago), runs) in steps {
            let attempt: Try = (verb, who, what, 0, ago);
            let until = world.now + SignedDuration::from_mins(i64::from(after));
            if runs {
                run(&mut world, until)?;
            }
            world.now = until;
            world.attempt(attempt)?;
        }
        run_out(&mut world)?;
        world.check()?;
    }
}

/// The clock runs: it looks at exactly the times at which it says that something happens.
fn run(world: &mut World<'_>, until: Timestamp) -> Result<(), TestCaseError> {
    loop {
        let next = world.incident.next_fires_at(world.packs, world.now);
        let between = world.now + until.duration_since(world.now) / 2;
        if next.is_some_and(|next| next > between) {
            let later = world.incident.next_fires_at(world.packs, between);
            prop_assert_eq!(next, later, "it does not depend on when it is asked");
        }
        let Some(next) = next.filter(|next| *next <= until) else { return check(world) };
        world.now = world.now.max(next);
        fire(world)?;
    }
}

/// The clock looks once after a while.
fn run_out(world: &mut World<'_>) -> Result<(), TestCaseError> {
    world.now += SignedDuration::from_hours(2);
    fire(world)?;
    check(world)
}

fn fire(world: &mut World<'_>) -> Result<(), TestCaseError> {
    let now = world.now;
    let decided = world.incident.fire(world.packs, now, (now, now));
    prop_assert!(
        !decided.is_empty()
            || world.incident.next_fires_at(world.packs, now).is_none_or(|next| next > now)
    );
    for decided in decided {
        world.happen(decided.recorded(now, Actor::PROGRAM));
    }
    let next = world.incident.next_fires_at(world.packs, now);
    prop_assert!(next.is_none_or(|next| next > now), "what was recorded moves it on");
    Ok(())
}

/// Found without the clock: whatever is missed now is on record once, and nothing is on record twice.
fn check(world: &World<'_>) -> Result<(), TestCaseError> {
    let mut missed: BTreeMap<&Tick, Timestamp> = BTreeMap::new();
    let mut reminded: BTreeMap<(&Tick, ReminderStep), Timestamp> = BTreeMap::new();
    for entry in &world.log {
        if let IncidentEvent::DutiesMissed(it) = &entry.event {
            for it in &it.missed {
                prop_assert!(it.due < entry.recorded_at);
                prop_assert!(missed.insert(&it.tick, it.due).is_none(), "twice: {:?}", it.tick);
            }
        }
        if let IncidentEvent::DutiesReminded(it) = &entry.event {
            for it in &it.reminded {
                prop_assert!(it.at <= entry.recorded_at);
                prop_assert!(reminded.insert((&it.tick, it.step), it.at).is_none());
            }
        }
    }
    for duty in world.incident.duties_under(world.packs, world.now) {
        if duty.state == DutyState::Missed {
            let due = missed.get(&world.incident.tick_of(&duty));
            prop_assert!(due.is_some(), "nobody noticed {:?}", duty);
        }
    }
    Ok(())
}

fn tick(incident: &mut Incident, packs: &Packs, now: Timestamp) -> Vec<&'static str> {
    let decided: Vec<Decided<IncidentEvent>> = incident.fire(packs, now, (now, now));
    let kinds = decided.iter().map(|it| it.event.kind()).collect();
    for decided in decided {
        crate::incident::evolve(incident, &decided.recorded(now, Actor::PROGRAM));
    }
    kinds
}

fn words(moment: &Moment) -> String {
    match moment.step {
        MomentStep::Miss => "missed".to_owned(),
        MomentStep::Reminder(ReminderStep::Before(share)) => format!("told {share}"),
        MomentStep::Reminder(ReminderStep::After(since)) => format!("after {}", since.as_secs()),
        MomentStep::Reminder(ReminderStep::Immediate(since)) => {
            format!("since {}", since.as_secs())
        }
        MomentStep::Reminder(ReminderStep::CallOut) => "call-out".to_owned(),
    }
}

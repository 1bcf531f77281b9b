//! Who is on duty: golden days, clocks that change, gaps, substitutions, overlaps.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use fengsui_plan::{Calendar, Library};
use fengsui_vocabulary::{Label, PersonId};
use jiff::civil::{Date, Time, date};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::roster::{
    Gap, GapWhy, Month, OnDuty, Pattern, Roster, RosterCommand, RosterMonth, RosterSettings,
    SettingsCommand, decide, decide_settings, evolve, evolve_settings,
};
use crate::testing::people::{gao, lin, rui, tang};
use crate::testing::{blob, line};
use crate::{
    Actor, Asked, DayKind, FilledHow, FilledSlot, OwnDays, Packs, Post, Refusal, RosterCleared,
    RosterDaysSet, RosterEvent, RosterFilled, RosterHeadNamed, RosterPostsSet, RosterSettingsEvent,
    RosterShiftsSet, RosterSubstituted, Scene, Shift, Slot, SubstitutionWithdrawn,
};

const LIN: PersonId = PersonId::from_bits(10);
const CHEN: PersonId = PersonId::from_bits(11);
const MARA: PersonId = PersonId::from_bits(20);
const WEI: PersonId = PersonId::from_bits(21);
const HEAD: PersonId = PersonId::from_bits(30);

/// A roster that can be changed, with everything around it.
struct Room {
    settings: RosterSettings,
    months: BTreeMap<Month, RosterMonth>,
    zone: TimeZone,
    calendars: BTreeMap<String, Calendar>,
    serving: BTreeSet<PersonId>,
    now: Timestamp,
}

impl Room {
    fn empty(zone: &str) -> Self {
        Self {
            settings: RosterSettings::default(),
            months: BTreeMap::new(),
            zone: TimeZone::get(zone).unwrap(),
            calendars: Library::shipped().calendars().clone(),
            serving: BTreeSet::from([LIN, CHEN, MARA, WEI, HEAD]),
            now: "2026-12-31T00:00:00Z".parse().unwrap(),
        }
    }

    /// Day and night on days that are worked, one long shift on days of rest; two posts.
    fn of(zone: &str) -> Self {
        let mut room = Self::empty(zone);
        room.settle(SettingsCommand::NameHead { person: HEAD }).unwrap();
        room.settle(SettingsCommand::SetPosts { posts: posts() }).unwrap();
        let pattern = Pattern {
            worked: vec![shift("day", "08:00", "18:00"), shift("night", "18:00", "08:00")],
            rest: vec![shift("whole", "08:00", "08:00")],
        };
        let from = date(2024, 1, 1);
        room.settle(SettingsCommand::SetShifts { from, pattern }).unwrap();
        let calendars = vec![line("cn-2026")];
        room.settle(SettingsCommand::SetDays { calendars, days: Vec::new() }).unwrap();
        room
    }

    fn roster(&self) -> Roster<'_> {
        Roster {
            settings: &self.settings,
            months: &self.months,
            zone: &self.zone,
            calendars: &self.calendars,
            serving: &self.serving,
        }
    }

    fn settle(&mut self, command: SettingsCommand) -> Result<(), Refusal> {
        self.settle_as(rui(), command)
    }

    fn settle_as(&mut self, by: Actor, command: SettingsCommand) -> Result<(), Refusal> {
        let packs = Packs::default();
        let (person, asked) = (by.person, Asked::now(by, command));
        let decided = decide_settings(&self.roster(), &asked, &Scene::new(self.now, &packs))?;
        for it in decided {
            evolve_settings(&mut self.settings, &it.recorded(self.now, person));
        }
        Ok(())
    }

    fn ask(&mut self, month: &str, command: RosterCommand) -> Result<(), Refusal> {
        self.ask_as(lin(), month, command)
    }

    fn ask_as(&mut self, by: Actor, month: &str, command: RosterCommand) -> Result<(), Refusal> {
        let packs = Packs::default();
        let month: Month = month.parse().unwrap();
        let (person, asked) = (by.person, Asked::now(by, command));
        let scene = Scene::new(self.now, &packs);
        let decided = decide(&self.roster(), month, &asked, &scene)?;
        let state = self.months.entry(month).or_default();
        for it in decided {
            evolve(state, &it.recorded(self.now, person));
        }
        Ok(())
    }

    fn name(&mut self, on: Date, at: (&str, &str), people: &[PersonId]) -> Result<(), Refusal> {
        let slots = vec![filled(on, at, people)];
        let month = Month::of(on).to_string();
        self.ask(&month, RosterCommand::Fill { slots, how: FilledHow::ByHand })
    }

    fn at(&self, text: &str) -> Timestamp {
        let at: jiff::civil::DateTime = text.parse().unwrap();
        at.to_zoned(self.zone.clone()).unwrap().timestamp()
    }

    fn on_duty(&self, text: &str) -> OnDuty {
        self.roster().on_duty(self.at(text))
    }

    fn gaps(&self, month: &str) -> Vec<Gap> {
        self.roster().gaps(month.parse().unwrap())
    }
}

fn posts() -> Vec<Post> {
    vec![
        Post {
            id: "duty-officer".parse().unwrap(), label: Label::new("值班员", "duty officer")
        },
        Post {
            id: "duty-leader".parse().unwrap(), label: Label::new("带班领导", "duty leader")
        },
    ]
}

fn shift(id: &str, begins: &str, ends: &str) -> Shift {
    let time = |text: &str| -> Time { text.parse().unwrap() };
    let label = Label::new(id, id);
    Shift { id: id.parse().unwrap(), label, begins: time(begins), ends: time(ends) }
}

fn slot(on: Date, (shift, post): (&str, &str)) -> Slot {
    Slot { on, shift: shift.parse().unwrap(), post: post.parse().unwrap() }
}

fn filled(on: Date, at: (&str, &str), people: &[PersonId]) -> FilledSlot {
    FilledSlot { slot: slot(on, at), people: people.to_vec() }
}

fn name(person: PersonId) -> &'static str {
    match person {
        LIN => "lin",
        CHEN => "chen",
        MARA => "mara",
        WEI => "wei",
        HEAD => "head",
        _ => "?",
    }
}

/// Who is on duty as a table: shift, when it changes, each post.
fn told(room: &Room, on_duty: &OnDuty) -> String {
    let clock = |at: Timestamp| at.to_zoned(room.zone.clone()).strftime("%d %H:%M").to_string();
    let shift = on_duty.shift.as_ref().map_or("-", |it| it.shift.id.as_str());
    let mut table = format!("{shift} until {}", on_duty.until.map_or("?".to_owned(), clock));
    for manning in &on_duty.posts {
        let people: Vec<String> = manning
            .people
            .iter()
            .map(|it| match it.instead_of {
                None => name(it.person).to_owned(),
                Some(absent) => format!("{} for {}", name(it.person), name(absent)),
            })
            .collect();
        let gap = manning.gap.map(|why| format!("{why:?}: {}", name(on_duty.head.unwrap())));
        let people = people.join(", ");
        write!(table, " | {} {}", manning.post.id, gap.unwrap_or(people)).unwrap();
    }
    table
}

const OFFICER: (&str, &str) = ("day", "duty-officer");
const LEADER: (&str, &str) = ("day", "duty-leader");
const NIGHT: (&str, &str) = ("night", "duty-officer");

#[test]
fn golden_days_of_the_roster() {
    let mut room = Room::of("Asia/Shanghai");
    // 27 February 2026 is a Friday, the 28th a Saturday that is worked, 1 March a Sunday.
    room.name(date(2026, 2, 27), OFFICER, &[LIN, CHEN]).unwrap();
    room.name(date(2026, 2, 27), LEADER, &[WEI]).unwrap();
    room.name(date(2026, 2, 27), NIGHT, &[MARA, LIN]).unwrap();
    room.name(date(2026, 2, 28), NIGHT, &[CHEN]).unwrap();
    room.name(date(2026, 3, 1), ("whole", "duty-officer"), &[MARA]).unwrap();
    let days = [
        ("2026-02-27T08:00", "day until 27 18:00 | duty-officer lin, chen | duty-leader wei"),
        ("2026-02-27T17:59:59", "day until 27 18:00 | duty-officer lin, chen | duty-leader wei"),
        (
            "2026-02-27T18:00",
            "night until 28 08:00 | duty-officer mara, lin | duty-leader Nobody: head",
        ),
        (
            "2026-02-28T03:00",
            "night until 28 08:00 | duty-officer mara, lin | duty-leader Nobody: head",
        ),
        (
            "2026-02-28T09:00",
            "day until 28 18:00 | duty-officer Nobody: head | duty-leader Nobody: head",
        ),
        ("2026-03-01T02:00", "night until 01 08:00 | duty-officer chen | duty-leader Nobody: head"),
        ("2026-03-01T12:00", "whole until 02 08:00 | duty-officer mara | duty-leader Nobody: head"),
        ("2026-03-02T07:59", "whole until 02 08:00 | duty-officer mara | duty-leader Nobody: head"),
    ];
    for (at, expected) in days {
        assert_eq!(told(&room, &room.on_duty(at)), expected, "{at}");
    }
}

#[test]
fn a_holiday_has_the_shifts_of_a_day_of_rest_and_a_make_up_day_those_of_work() {
    let room = Room::of("Asia/Shanghai");
    let shifts = |day: Date| -> Vec<String> {
        room.roster().shifts_of(day).iter().map(|it| it.shift.id.to_string()).collect()
    };
    assert_eq!(shifts(date(2026, 10, 1)), ["whole"], "National Day, a Thursday");
    assert_eq!(shifts(date(2026, 10, 10)), ["day", "night"], "a Saturday that is worked");
    assert_eq!(shifts(date(2026, 10, 11)), ["whole"], "a Sunday");
    assert_eq!(shifts(date(2027, 10, 1)), ["day", "night"], "no calendar knows 2027");
    assert!(!room.settings.knows(date(2027, 10, 1), &room.calendars));
}

#[test]
fn holidays_that_overlap_count_once_and_the_centre_has_the_first_word() {
    let mut room = Room::of("Asia/Shanghai");
    let days = |first, last, are| OwnDays { first, last, are, label: Label::new("本院", "own") };
    // Two own holidays that overlap each other, the national one and a weekend; then an own working day.
    let own = vec![
        days(date(2026, 9, 30), date(2026, 10, 4), DayKind::Rest),
        days(date(2026, 10, 3), date(2026, 10, 8), DayKind::Rest),
        days(date(2026, 10, 8), date(2026, 10, 17), DayKind::Worked),
    ];
    let month: Month = "2026-10".parse().unwrap();
    let rest = |room: &Room| room.settings.days_of_rest(month.days(), &room.calendars);
    let without = rest(&room);
    assert_eq!(without.len(), 13, "seven in a row from the 1st, then weekends but one Saturday");
    let calendars = vec![line("cn-2026"), line("cn-2026")];
    room.settle(SettingsCommand::SetDays { calendars, days: own }).unwrap();
    let with = rest(&room);
    assert!(with.contains(&date(2026, 10, 8)), "rest before work where the centre says both");
    assert!(!with.contains(&date(2026, 10, 11)), "the centre works that Sunday");
    // The 8th more; the 11th and the 17th less.
    assert_eq!(with.len(), without.len() + 1 - 2);
}

#[test]
fn a_night_on_which_the_clocks_change_has_an_hour_more_or_less_and_no_gap() {
    let mut room = Room::of("Europe/Berlin");
    room.settle(SettingsCommand::SetDays { calendars: vec![], days: vec![] }).unwrap();
    let hours = |day: Date| -> Vec<i64> {
        let shifts = room.roster().shifts_of(day);
        shifts.iter().map(|it| it.ends.duration_since(it.begins).as_hours()).collect()
    };
    assert_eq!(hours(date(2026, 3, 27)), [10, 14], "a Friday");
    assert_eq!(hours(date(2026, 3, 28)), [23], "the clocks go forward in that shift");
    assert_eq!(hours(date(2026, 10, 24)), [25], "and back in this one");
    // No moment of either year's change is without a shift, and each belongs to exactly one.
    for day in [date(2026, 3, 28), date(2026, 10, 24)] {
        let mut at = room.at(&format!("{day}T00:00"));
        for _ in 0..(3 * 24 * 4) {
            let roster = room.roster();
            let covering: usize = [day.yesterday().unwrap(), day]
                .into_iter()
                .chain((1..5).map(|it| day.checked_add(jiff::Span::new().days(it)).unwrap()))
                .flat_map(|day| roster.shifts_of(day))
                .filter(|shift| shift.begins <= at && at < shift.ends)
                .count();
            assert_eq!(covering, 1, "{at}");
            assert!(roster.on_duty(at).shift.is_some());
            at += SignedDuration::from_mins(15);
        }
    }
}

#[test]
fn a_shift_that_ends_at_a_time_the_clocks_leave_out_ends_where_the_next_begins() {
    let mut room = Room::of("Europe/Berlin");
    let pattern = Pattern {
        worked: vec![shift("one", "02:30", "14:00"), shift("two", "14:00", "02:30")],
        rest: vec![shift("one", "02:30", "14:00"), shift("two", "14:00", "02:30")],
    };
    room.settle(SettingsCommand::SetShifts { from: date(2026, 1, 1), pattern }).unwrap();
    // On 29 March 02:30 does not exist.
    let roster = room.roster();
    let before = roster.shifts_of(date(2026, 3, 28)).pop().unwrap();
    let after = roster.shifts_of(date(2026, 3, 29)).remove(0);
    assert_eq!(before.ends, after.begins);
    assert_eq!(before.ends.to_string(), "2026-03-29T01:30:00Z", "03:30 summer time");
}

#[test]
fn the_29th_of_february_is_a_day_like_any_other() {
    let mut room = Room::of("Asia/Shanghai");
    let leap = date(2028, 2, 29);
    let month: Month = "2028-02".parse().unwrap();
    assert_eq!((month.last(), month.days().count()), (leap, 29));
    room.name(leap, NIGHT, &[LIN]).unwrap();
    assert!(room.on_duty("2028-03-01T07:00").stands(LIN));
    assert_eq!("2026-02".parse::<Month>().unwrap().days().count(), 28);
    for bad in ["2026-13", "2026-1", "26-01", "", "2026-02-01", "1999-01", "２０２６-01"] {
        assert!(bad.parse::<Month>().is_err(), "{bad}");
    }
}

#[test]
fn gaps_are_shown_with_their_reason_and_the_head_answers_for_them() {
    let mut room = Room::of("Asia/Shanghai");
    let pattern = Pattern { worked: vec![shift("night", "18:00", "08:00")], rest: vec![] };
    room.settle(SettingsCommand::SetShifts { from: date(2026, 3, 1), pattern }).unwrap();
    for day in "2026-03".parse::<Month>().unwrap().days() {
        for post in ["duty-officer", "duty-leader"] {
            let person = if post == "duty-officer" { LIN } else { WEI };
            // Days of rest have no shift, so nothing can be named there.
            let named = room.name(day, ("night", post), &[person]);
            assert_eq!(named.is_ok(), room.settings.kind(day, &room.calendars) == DayKind::Worked);
        }
    }
    let gaps = room.gaps("2026-03");
    assert!(gaps.iter().all(|gap| gap.why == GapWhy::NoShift && gap.post.is_none()));
    // The pattern before had one long shift on Sunday 1 March; that day is of the new one, without any.
    assert_eq!(gaps[0].begins, room.at("2026-03-01T08:00"), "the night before lasts until then");
    assert_eq!(gaps[0].ends, room.at("2026-03-02T18:00"));
    let on_duty = room.on_duty("2026-03-03T12:00");
    assert_eq!((on_duty.shift.clone(), on_duty.head), (None, Some(HEAD)));
    assert_eq!(on_duty.until, Some(room.at("2026-03-03T18:00")), "when somebody is there again");
    assert_eq!(on_duty.answers_for("duty-officer"), Some(HEAD));

    room.serving.remove(&LIN);
    let left = room.on_duty("2026-03-03T20:00");
    assert_eq!(left.posts[0].gap, Some(GapWhy::Left));
    assert_eq!(left.answers_for("duty-officer"), Some(HEAD));
    assert_eq!(left.answers_for("duty-leader"), Some(WEI));
    room.serving.remove(&HEAD);
    assert_eq!(room.on_duty("2026-03-03T20:00").answers_for("duty-officer"), None, "nobody at all");
}

#[test]
fn without_posts_a_whole_month_is_one_gap() {
    let room = Room::empty("Asia/Shanghai");
    let gaps = room.gaps("2026-03");
    assert_eq!(gaps.len(), 1);
    assert_eq!(gaps[0].why, GapWhy::NoPost);
    assert_eq!(
        (gaps[0].begins, gaps[0].ends),
        (room.at("2026-03-01T00:00"), room.at("2026-04-01T00:00"))
    );
    assert_eq!(room.on_duty("2026-03-03T20:00").until, None);
}

#[test]
fn every_minute_of_a_month_is_covered_or_a_gap() {
    let mut room = Room::of("America/New_York");
    room.settle(SettingsCommand::SetDays { calendars: vec![], days: vec![] }).unwrap();
    let pattern = Pattern {
        worked: vec![shift("night", "19:00", "06:30")],
        rest: vec![shift("day", "06:30", "19:00"), shift("night", "19:00", "06:30")],
    };
    room.settle(SettingsCommand::SetShifts { from: date(2026, 3, 5), pattern }).unwrap();
    let month: Month = "2026-03".parse().unwrap();
    let gaps = room.gaps("2026-03");
    let mut at = room.at("2026-03-01T00:00");
    while at < room.at("2026-04-01T00:00") {
        let gap =
            gaps.iter().filter(|gap| gap.post.is_none()).find(|it| it.begins <= at && at < it.ends);
        assert_eq!(room.roster().shift_at(at).is_none(), gap.is_some(), "{at}");
        at += SignedDuration::from_mins(30);
    }
    assert_eq!(month.before().to_string(), "2026-02");
    assert_eq!(month.after().to_string(), "2026-04");
}

#[test]
fn whoever_stands_in_may_have_somebody_stand_in() {
    let mut room = Room::of("Asia/Shanghai");
    let on = date(2026, 3, 3);
    room.name(on, OFFICER, &[LIN, CHEN]).unwrap();
    let substitute = |absent, stands_in| RosterCommand::Substitute {
        slot: slot(on, OFFICER),
        absent,
        stands_in,
        reason: blob(1),
    };
    let people = |room: &Room| {
        let on_duty = room.on_duty("2026-03-03T09:00");
        let people = &on_duty.posts[0].people;
        people.iter().map(|it| (it.person, it.instead_of)).collect::<Vec<_>>()
    };
    room.ask("2026-03", substitute(LIN, MARA)).unwrap();
    assert_eq!(people(&room), [(MARA, Some(LIN)), (CHEN, None)]);
    room.ask("2026-03", substitute(MARA, WEI)).unwrap();
    assert_eq!(people(&room), [(WEI, Some(LIN)), (CHEN, None)]);
    // Neither of the absent comes back by standing in, and nobody stands in for who does not stand.
    for (absent, stands_in) in [(WEI, LIN), (WEI, MARA), (WEI, WEI), (LIN, HEAD), (HEAD, LIN)] {
        let refused = room.ask("2026-03", substitute(absent, stands_in)).unwrap_err();
        assert_eq!(refused.name(), "stands-not", "{absent} {stands_in}");
    }
    room.ask("2026-03", substitute(WEI, CHEN)).unwrap();
    assert_eq!(people(&room), [(CHEN, Some(LIN))], "a deputy who stands in stands once");
    let withdraw = |absent| RosterCommand::WithdrawSubstitution { slot: slot(on, OFFICER), absent };
    room.ask("2026-03", withdraw(WEI)).unwrap();
    room.ask("2026-03", withdraw(MARA)).unwrap();
    assert_eq!(people(&room), [(MARA, Some(LIN)), (CHEN, None)]);
    assert_eq!(room.ask("2026-03", withdraw(MARA)).unwrap_err(), Refusal::NoChange);
}

#[test]
fn a_circle_of_substitutions_that_a_journal_might_hold_ends_where_it_began() {
    let on = slot(date(2026, 3, 3), OFFICER);
    let mut month = RosterMonth::default();
    let now = "2026-03-01T00:00:00Z".parse().unwrap();
    let mut happen = |event: RosterEvent| {
        evolve(&mut month, &crate::Decided::new(now, event).recorded(now, LIN));
    };
    let slots = vec![FilledSlot { slot: on.clone(), people: vec![LIN] }];
    happen(RosterFilled { slots, how: FilledHow::ByHand }.into());
    for (absent, stands_in) in [(LIN, MARA), (MARA, LIN)] {
        happen(RosterSubstituted { slot: on.clone(), absent, stands_in, reason: blob(1) }.into());
    }
    let standing = month.entries[&on].standing();
    assert_eq!(standing.iter().map(|it| it.person).collect::<Vec<_>>(), [LIN]);
}

#[test]
fn nobody_stands_two_posts_of_a_shift_or_one_post_twice() {
    let mut room = Room::of("Asia/Shanghai");
    let on = date(2026, 3, 3);
    room.name(on, OFFICER, &[LIN, CHEN]).unwrap();
    let twice = room.name(on, LEADER, &[LIN]).unwrap_err();
    assert_eq!(
        twice,
        Refusal::StandsElsewhere { person: LIN, slot: "2026-03-03 day duty-officer".to_owned() }
    );
    room.name(on, LEADER, &[WEI, LIN]).unwrap();
    assert_eq!(room.name(on, LEADER, &[WEI, WEI]).unwrap_err().name(), "stands-elsewhere");
    let slots = vec![filled(on, NIGHT, &[LIN]), filled(on, NIGHT, &[WEI])];
    let overlap = room.ask("2026-03", RosterCommand::Fill { slots, how: FilledHow::Imported });
    assert_eq!(overlap.unwrap_err().name(), "roster-overlap");
    let substitute = RosterCommand::Substitute {
        slot: slot(on, OFFICER),
        absent: LIN,
        stands_in: WEI,
        reason: blob(1),
    };
    assert_eq!(room.ask("2026-03", substitute).unwrap_err().name(), "stands-elsewhere");
}

#[test]
fn what_the_roster_does_not_know_is_refused_by_name() {
    let mut room = Room::of("Asia/Shanghai");
    let on = date(2026, 3, 3);
    let unknown = [
        (on, ("day", "watchman"), LIN, "there is no post `watchman` here"),
        (on, ("whole", "duty-officer"), LIN, "there is no shift `2026-03-03 whole` here"),
        (on, OFFICER, PersonId::from_bits(99), "there is no person"),
        (date(2026, 4, 3), OFFICER, LIN, "there is no day of this month `2026-04-03` here"),
    ];
    for (day, at, person, said) in unknown {
        let slots = vec![filled(day, at, &[person])];
        let refused = room.ask("2026-03", RosterCommand::Fill { slots, how: FilledHow::ByHand });
        assert!(refused.unwrap_err().to_string().starts_with(said), "{said}");
    }
    let calendars = vec![line("xx-2026")];
    let refused = room.settle(SettingsCommand::SetDays { calendars, days: vec![] });
    assert_eq!(refused.unwrap_err().to_string(), "there is no calendar `xx-2026` here");
}

#[test]
fn shifts_that_overlap_are_refused_with_their_place() {
    let mut room = Room::of("Asia/Shanghai");
    let from = date(2026, 6, 1);
    let patterns: [(Vec<Shift>, Vec<Shift>, &str); 4] = [
        (
            vec![shift("day", "08:00", "18:00"), shift("night", "17:00", "08:00")],
            vec![],
            "day 08:00–18:00 and night 17:00–08:00 overlap; mend one of them",
        ),
        (
            vec![shift("day", "07:00", "18:00"), shift("night", "18:00", "08:00")],
            vec![],
            "night 18:00–08:00 and day 07:00–18:00 overlap; mend one of them",
        ),
        (
            vec![shift("day", "08:00", "18:00")],
            vec![shift("whole", "09:00", "09:00")],
            "whole 09:00–09:00 and day 08:00–18:00 overlap; mend one of them",
        ),
        (vec![shift("a", "01:00", "02:00"), shift("a", "03:00", "04:00")], vec![], "a and shift a"),
    ];
    for (worked, rest, said) in patterns {
        let command = SettingsCommand::SetShifts { from, pattern: Pattern { worked, rest } };
        let refused = room.settle(command).unwrap_err();
        assert!(refused.to_string().starts_with(said), "{refused}");
    }
}

#[test]
fn another_pattern_that_begins_earlier_ends_the_last_night_of_the_one_before() {
    let mut room = Room::of("Asia/Shanghai");
    let early = vec![shift("early", "06:00", "06:00")];
    let pattern = Pattern { worked: early.clone(), rest: early };
    room.settle(SettingsCommand::SetShifts { from: date(2026, 6, 2), pattern }).unwrap();
    let on_duty = room.on_duty("2026-06-02T05:59");
    assert_eq!(told(&room, &on_duty).split(" |").next(), Some("night until 02 06:00"));
    assert_eq!(room.on_duty("2026-06-02T06:00").shift.unwrap().shift.id, "early");
}

#[test]
fn who_may_not_keep_the_roster_is_refused() {
    let mut room = Room::of("Asia/Shanghai");
    let slots = vec![filled(date(2026, 3, 3), OFFICER, &[LIN])];
    let fill = || RosterCommand::Fill { slots: slots.clone(), how: FilledHow::ByHand };
    assert_eq!(room.ask_as(tang(), "2026-03", fill()).unwrap_err().name(), "needs-capacity");
    let head = || SettingsCommand::NameHead { person: LIN };
    assert_eq!(room.settle_as(lin(), head()).unwrap_err().name(), "needs-capacity");
    room.settle_as(gao(), head()).unwrap();
    room.ask_as(rui(), "2026-03", fill()).unwrap();
    assert_eq!(room.ask_as(rui(), "2026-03", fill()).unwrap_err(), Refusal::NoChange);
}

#[test]
fn a_week_and_a_month_are_drafted_like_those_before() {
    let mut room = Room::of("Asia/Shanghai");
    for (day, person) in [(2, LIN), (3, CHEN), (4, MARA), (5, WEI), (6, LIN)] {
        room.name(date(2026, 3, day), OFFICER, &[person, HEAD]).unwrap();
    }
    room.name(date(2026, 3, 7), ("whole", "duty-officer"), &[CHEN]).unwrap();
    let told = |slots: &[FilledSlot]| -> Vec<String> {
        let line = |it: &FilledSlot| format!("{} {}", it.slot.place(), name(it.people[0]));
        slots.iter().map(line).collect()
    };
    let week = room.roster().like_the_week_before(date(2026, 3, 9));
    assert_eq!(
        told(&week),
        [
            "2026-03-09 day duty-officer lin",
            "2026-03-10 day duty-officer chen",
            "2026-03-11 day duty-officer mara",
            "2026-03-12 day duty-officer wei",
            "2026-03-13 day duty-officer lin",
            "2026-03-14 whole duty-officer chen",
        ]
    );
    // April: each day as the same day of the week in March; the 6th is a holiday, so its shifts differ.
    let month = room.roster().like_the_month_before("2026-04".parse().unwrap());
    let drafted = told(&month);
    assert!(drafted.contains(&"2026-04-03 day duty-officer lin".to_owned()), "{drafted:?}");
    assert!(!drafted.iter().any(|it| it.starts_with("2026-04-06")), "{drafted:?}");
    room.serving.remove(&LIN);
    let without = told(&room.roster().like_the_week_before(date(2026, 3, 9)));
    assert_eq!(without[0], "2026-03-09 day duty-officer head", "whoever has left is left out");
}

#[test]
fn entries_of_a_shift_that_is_gone_are_named() {
    let mut room = Room::of("Asia/Shanghai");
    let on = date(2026, 3, 3);
    room.name(on, OFFICER, &[LIN]).unwrap();
    let pattern = Pattern { worked: vec![shift("whole", "08:00", "08:00")], rest: vec![] };
    room.settle(SettingsCommand::SetShifts { from: date(2026, 3, 1), pattern }).unwrap();
    let strays = room.roster().strays("2026-03".parse().unwrap());
    assert_eq!(strays, [slot(on, OFFICER)]);
    room.ask("2026-03", RosterCommand::Clear { slots: strays }).unwrap();
    assert!(room.roster().strays("2026-03".parse().unwrap()).is_empty());
}

/// One event of each kind, for the samples.
pub(super) fn settings_samples() -> Vec<RosterSettingsEvent> {
    vec![
        RosterHeadNamed { person: HEAD }.into(),
        RosterPostsSet { posts: posts() }.into(),
        RosterShiftsSet {
            from: date(2026, 1, 1),
            worked: vec![shift("day", "08:00", "18:00"), shift("night", "18:00", "08:00")],
            rest: vec![shift("whole", "08:00", "08:00")],
        }
        .into(),
        RosterDaysSet {
            calendars: vec![line("cn-2026")],
            days: vec![OwnDays {
                first: date(2026, 7, 1),
                last: date(2026, 7, 2),
                are: DayKind::Rest,
                label: Label::new("院庆", "anniversary"),
            }],
        }
        .into(),
    ]
}

/// One event of each kind, for the samples.
pub(super) fn samples() -> Vec<RosterEvent> {
    let slot = slot(date(2026, 3, 14), NIGHT);
    let slots = vec![FilledSlot { slot: slot.clone(), people: vec![LIN, CHEN] }];
    vec![
        RosterFilled { slots, how: FilledHow::Imported }.into(),
        RosterCleared { slots: vec![slot.clone()] }.into(),
        RosterSubstituted { slot: slot.clone(), absent: LIN, stands_in: MARA, reason: blob(33) }
            .into(),
        SubstitutionWithdrawn { slot, absent: LIN }.into(),
    ]
}

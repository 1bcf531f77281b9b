//! Who is on duty when, and where nobody is.

use std::collections::BTreeSet;

use fengsui_vocabulary::{PersonId, ShiftName};
use jiff::civil::{Date, DateTime, Time};
use jiff::{Timestamp, ToSpan};

use super::{Entry, Month, Roster};
use crate::{DayKind, FilledSlot, Post, Shift, Slot};

/// Days that are looked ahead for the next shift.
const DAYS_AHEAD: i32 = 15;

/// A shift of one day, from when to when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShiftTime {
    /// The day on which it begins.
    pub on: Date,
    /// The shift.
    pub shift: Shift,
    /// When it begins.
    pub begins: Timestamp,
    /// When it ends. On a day on which the clocks change it is an hour shorter or longer.
    pub ends: Timestamp,
}

/// Somebody who stands a post.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Standing {
    /// Who.
    pub person: PersonId,
    /// For whom they stand in.
    pub instead_of: Option<PersonId>,
}

/// A post and who stands it at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Manning {
    /// The post.
    pub post: Post,
    /// Whoever stands it, then the deputies in turn.
    pub people: Vec<Standing>,
    /// Why nobody does; the head of the centre answers then.
    pub gap: Option<GapWhy>,
}

/// Who is on duty at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OnDuty {
    /// When.
    pub at: Timestamp,
    /// The shift that runs, if one does.
    pub shift: Option<ShiftTime>,
    /// When that changes.
    pub until: Option<Timestamp>,
    /// Every post.
    pub posts: Vec<Manning>,
    /// Who heads the centre and answers for gaps.
    pub head: Option<PersonId>,
}

/// Why nobody stands a post.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum GapWhy {
    /// There are no posts at all.
    NoPost,
    /// No shift runs.
    NoShift,
    /// Nobody is named.
    Nobody,
    /// Those who are named do not work here any more.
    Left,
}

/// A time for which nobody is on the roster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gap {
    /// The day on which it begins.
    pub on: Date,
    /// Which shift, if one runs.
    pub shift: Option<ShiftName>,
    /// Which post; none means every post.
    pub post: Option<Post>,
    /// When it begins.
    pub begins: Timestamp,
    /// When it ends.
    pub ends: Timestamp,
    /// Why.
    pub why: GapWhy,
}

impl OnDuty {
    /// Who answers for a post: whoever stands it, else the head.
    pub fn answers_for(&self, post: &str) -> Option<PersonId> {
        let manning = self.posts.iter().find(|manning| manning.post.id == *post);
        manning.and_then(|it| it.people.first()).map(|it| it.person).or(self.head)
    }

    /// Whether somebody stands a post, first or as a deputy.
    pub fn stands(&self, person: PersonId) -> bool {
        self.posts.iter().any(|manning| manning.people.iter().any(|it| it.person == person))
    }
}

impl Roster<'_> {
    /// Who stands which post at a moment.
    pub fn on_duty(&self, at: Timestamp) -> OnDuty {
        let shift = self.shift_at(at);
        let until = match &shift {
            Some(shift) => Some(shift.ends),
            None => self.next_shift(at).map(|shift| shift.begins),
        };
        let posts = self.settings.posts.iter().map(|post| self.manned(shift.as_ref(), post));
        OnDuty { at, posts: posts.collect(), until, shift, head: self.head() }
    }

    /// Who heads the centre, if they still work here.
    pub fn head(&self) -> Option<PersonId> {
        self.settings.head.filter(|head| self.serving.contains(head))
    }

    /// The shift that runs at a moment.
    pub fn shift_at(&self, at: Timestamp) -> Option<ShiftTime> {
        let today = self.day_of(at);
        let yesterday = today.yesterday().unwrap_or(today);
        let shifts = self.shifts_of(yesterday).into_iter().chain(self.shifts_of(today));
        shifts.filter(|shift| shift.begins <= at && at < shift.ends).last()
    }

    /// The first shift that begins after a moment.
    pub fn next_shift(&self, after: Timestamp) -> Option<ShiftTime> {
        let days =
            self.day_of(after).series(1.day()).take(usize::try_from(DAYS_AHEAD).unwrap_or(0));
        days.flat_map(|day| self.shifts_of(day)).find(|shift| shift.begins > after)
    }

    /// The shifts that begin on a day, in order. The last one of a pattern ends where the first of the
    /// next pattern begins, should that be earlier.
    pub fn shifts_of(&self, on: Date) -> Vec<ShiftTime> {
        let tomorrow = on.tomorrow().map(|day| self.on_the_wall(day)).unwrap_or_default();
        let next = tomorrow.iter().map(|time| time.begins).min();
        let mut times = self.on_the_wall(on);
        for time in &mut times {
            time.ends = next.map_or(time.ends, |next| time.ends.min(next)).max(time.begins);
        }
        times.sort_by_key(|time| time.begins);
        times
    }

    fn on_the_wall(&self, on: Date) -> Vec<ShiftTime> {
        let kind = self.settings.kind(on, self.calendars);
        self.settings.shifts(on, kind).iter().map(|shift| self.time_of(on, shift)).collect()
    }

    /// The day of a moment on the centre's clock.
    pub fn day_of(&self, at: Timestamp) -> Date {
        self.zone.to_datetime(at).date()
    }

    /// A post of a shift, and who stands it.
    pub fn manned(&self, shift: Option<&ShiftTime>, post: &Post) -> Manning {
        let (people, gap) = match shift {
            None => (Vec::new(), Some(GapWhy::NoShift)),
            Some(time) => self.standing(&slot(time, post)),
        };
        Manning { post: post.clone(), people, gap }
    }

    /// Times of a month for which nobody is on the roster, in order.
    pub fn gaps(&self, month: Month) -> Vec<Gap> {
        let mut gaps = self.uncovered(month);
        for day in month.days() {
            for time in self.shifts_of(day) {
                gaps.extend(self.settings.posts.iter().filter_map(|post| self.gap(&time, post)));
            }
        }
        gaps.sort_by(|one, other| {
            let post = |gap: &Gap| gap.post.as_ref().map(|post| post.id.clone());
            (one.begins, post(one)).cmp(&(other.begins, post(other)))
        });
        gaps
    }

    /// Entries that belong to no shift or post of their day: the pattern or the calendar has changed.
    pub fn strays(&self, month: Month) -> Vec<Slot> {
        let Some(entries) = self.months.get(&month).map(|it| &it.entries) else {
            return Vec::new();
        };
        let is_stray = |slot: &&Slot| {
            let has_shift = self.shifts_of(slot.on).iter().any(|it| it.shift.id == slot.shift);
            !has_shift || self.post(slot.post.as_str()).is_none()
        };
        entries.keys().filter(is_stray).cloned().collect()
    }

    /// What seven days would be if they were as those a week before.
    pub fn like_the_week_before(&self, first: Date) -> Vec<FilledSlot> {
        let days = first.series(1.day()).take(7);
        days.flat_map(|day| self.like(day, day.saturating_sub(7.days()))).collect()
    }

    /// What a month would be if it were as the one before: each day as the same day of the week, four or
    /// five weeks earlier.
    pub fn like_the_month_before(&self, month: Month) -> Vec<FilledSlot> {
        let source = |day: Date| {
            let four_weeks = day.saturating_sub(28.days());
            if four_weeks < month.first() { four_weeks } else { day.saturating_sub(35.days()) }
        };
        month.days().flat_map(|day| self.like(day, source(day))).collect()
    }

    /// People as they were named for a day, for the shifts of another; without who stood in.
    fn like(&self, day: Date, source: Date) -> Vec<FilledSlot> {
        let shifts = self.shifts_of(day).into_iter();
        let posts = &self.settings.posts;
        let slots = shifts.flat_map(|time| posts.iter().map(move |post| slot(&time, post)));
        let filled = slots.map(|slot| {
            let from = Slot { on: source, ..slot.clone() };
            let people = self.entry(&from).map(|entry| entry.people.clone()).unwrap_or_default();
            let serves = |person: &PersonId| self.serving.contains(person);
            FilledSlot { slot, people: people.into_iter().filter(serves).collect() }
        });
        filled.filter(|filled| !filled.people.is_empty()).collect()
    }

    fn standing(&self, slot: &Slot) -> (Vec<Standing>, Option<GapWhy>) {
        let named = self.entry(slot).map(Entry::standing).unwrap_or_default();
        if named.is_empty() {
            return (named, Some(GapWhy::Nobody));
        }
        let serves = |it: &Standing| self.serving.contains(&it.person);
        let serving: Vec<Standing> = named.into_iter().filter(serves).collect();
        let gap = serving.is_empty().then_some(GapWhy::Left);
        (serving, gap)
    }

    fn gap(&self, time: &ShiftTime, post: &Post) -> Option<Gap> {
        let (_, why) = self.standing(&slot(time, post));
        Some(Gap {
            on: time.on,
            shift: Some(time.shift.id.clone()),
            post: Some(post.clone()),
            begins: time.begins,
            ends: time.ends,
            why: why?,
        })
    }

    /// Times of a month in which no shift runs.
    fn uncovered(&self, month: Month) -> Vec<Gap> {
        let midnight = |day: Date| self.instant(day.to_datetime(Time::midnight()));
        let (begins, ends) = (midnight(month.first()), midnight(month.after().first()));
        let before = month.first().yesterday().into_iter();
        let mut shifts: Vec<ShiftTime> =
            before.chain(month.days()).flat_map(|day| self.shifts_of(day)).collect();
        shifts.sort_by_key(|shift| shift.begins);
        let why = if self.settings.posts.is_empty() { GapWhy::NoPost } else { GapWhy::NoShift };
        if why == GapWhy::NoPost {
            shifts.clear();
        }
        let gap = |begins, ends| Gap {
            on: self.day_of(begins),
            shift: None,
            post: None,
            begins,
            ends,
            why,
        };
        let mut gaps = Vec::new();
        let mut covered_until = begins;
        for shift in shifts {
            if shift.begins > covered_until {
                gaps.push(gap(covered_until, shift.begins.min(ends)));
            }
            covered_until = covered_until.max(shift.ends);
        }
        if covered_until < ends {
            gaps.push(gap(covered_until, ends));
        }
        gaps
    }

    fn time_of(&self, on: Date, shift: &Shift) -> ShiftTime {
        let last = if shift.ends > shift.begins { on } else { on.tomorrow().unwrap_or(on) };
        let begins = self.instant(on.to_datetime(shift.begins));
        let ends = self.instant(last.to_datetime(shift.ends)).max(begins);
        ShiftTime { on, shift: shift.clone(), begins, ends }
    }

    /// A time on the wall as an instant. One that the clocks leave out is taken as much later, of one
    /// that they show twice the first; the end of a shift and the beginning of the next are so the same.
    fn instant(&self, at: DateTime) -> Timestamp {
        self.zone.to_timestamp(at).unwrap_or(Timestamp::MAX)
    }
}

impl ShiftTime {
    /// The name under which it is asked for: `2026-03-14/night`.
    pub fn key(&self) -> String {
        format!("{}/{}", self.on, self.shift.id)
    }
}

/// The kinds of day after one another that a pattern must fit.
pub(super) const KINDS: [DayKind; 2] = [DayKind::Worked, DayKind::Rest];

fn slot(time: &ShiftTime, post: &Post) -> Slot {
    Slot { on: time.on, shift: time.shift.id.clone(), post: post.id.clone() }
}

/// Names of people once each, in the order in which they stand.
pub(super) fn has_twice(people: &[PersonId]) -> Option<PersonId> {
    let mut seen = BTreeSet::new();
    people.iter().copied().find(|person| !seen.insert(*person))
}

//! Deciding what follows from what is asked about the roster.

use std::collections::{BTreeMap, BTreeSet};

use fengsui_vocabulary::PersonId;
use jiff::civil::{Date, DateTime, date};

use super::duty::{KINDS, has_twice};
use super::settings::SettingsCommand;
use super::{Month, OWN_DAYS_MAX, PEOPLE_MAX, POSTS_MAX, Pattern, Roster, SHIFTS_MAX};
use crate::{
    Asked, BlobRef, Capacity, Decided, FilledHow, FilledSlot, Post, Refusal, RosterCleared,
    RosterDaysSet, RosterEvent, RosterFilled, RosterHeadNamed, RosterPostsSet, RosterSettingsEvent,
    RosterShiftsSet, RosterSubstituted, Scene, Shift, Slot, SubstitutionWithdrawn,
};

/// What may be asked about a month.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RosterCommand {
    /// Name people.
    Fill {
        /// For which slots.
        slots: Vec<FilledSlot>,
        /// How they came in.
        how: FilledHow,
    },
    /// Clear slots.
    Clear {
        /// Which.
        slots: Vec<Slot>,
    },
    /// Have somebody stand in, for one shift.
    Substitute {
        /// Where.
        slot: Slot,
        /// For whom: somebody who stands there.
        absent: PersonId,
        /// Who.
        stands_in: PersonId,
        /// Why.
        reason: BlobRef,
    },
    /// Have somebody stand in no longer.
    WithdrawSubstitution {
        /// Where.
        slot: Slot,
        /// For whom.
        absent: PersonId,
    },
}

impl RosterCommand {
    /// Its name: chosen once, for records and programs.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Fill { .. } => "fill-roster",
            Self::Clear { .. } => "clear-roster",
            Self::Substitute { .. } => "substitute",
            Self::WithdrawSubstitution { .. } => "withdraw-substitution",
        }
    }
}

/// Decides what follows from a command about all months.
pub fn decide_settings(
    roster: &Roster<'_>,
    asked: &Asked<SettingsCommand>,
    scene: &Scene<'_>,
) -> Result<Vec<Decided<RosterSettingsEvent>>, Refusal> {
    const KEEPERS: [Capacity; 3] =
        [Capacity::Leader, Capacity::PlanOfficer, Capacity::Administrator];
    let happened_at = scene.happened_at(asked)?;
    if !KEEPERS.iter().any(|capacity| asked.by.has(*capacity)) {
        return Err(Refusal::NeedsCapacity { capacity: Capacity::Leader });
    }
    let event = match &asked.command {
        SettingsCommand::NameHead { person } => {
            check_serving(roster, *person)?;
            changed(roster.settings.head != Some(*person))?;
            RosterHeadNamed { person: *person }.into()
        }
        SettingsCommand::SetPosts { posts } => {
            check_count("posts", posts.len(), POSTS_MAX)?;
            let names: Vec<&str> = posts.iter().map(|post| post.id.as_str()).collect();
            check_names("post", &names)?;
            posts.iter().try_for_each(|post: &Post| check_label(&post.label.zh))?;
            changed(roster.settings.posts != *posts)?;
            RosterPostsSet { posts: posts.clone() }.into()
        }
        SettingsCommand::SetShifts { from, pattern } => {
            check_pattern(pattern)?;
            let (from, Pattern { worked, rest }) = (*from, pattern.clone());
            RosterShiftsSet { from, worked, rest }.into()
        }
        SettingsCommand::SetDays { calendars, days } => {
            check_count("periods", days.len(), OWN_DAYS_MAX)?;
            if let Some(unknown) =
                calendars.iter().find(|id| !roster.calendars.contains_key(id.as_str()))
            {
                return Err(Refusal::Unknown { what: "calendar", name: unknown.to_string() });
            }
            if let Some(it) = days.iter().find(|it| it.last < it.first) {
                return Err(Refusal::PeriodBackwards { from: it.first, until: it.last });
            }
            RosterDaysSet { calendars: calendars.clone(), days: days.clone() }.into()
        }
    };
    Ok(vec![Decided { happened_at, on_behalf_of: None, event }])
}

/// Decides what follows from a command about a month. The roster has that month as it is.
pub fn decide(
    roster: &Roster<'_>,
    month: Month,
    asked: &Asked<RosterCommand>,
    scene: &Scene<'_>,
) -> Result<Vec<Decided<RosterEvent>>, Refusal> {
    const KEEPERS: [Capacity; 4] =
        [Capacity::Officer, Capacity::Leader, Capacity::PlanOfficer, Capacity::Administrator];
    let happened_at = scene.happened_at(asked)?;
    if !KEEPERS.iter().any(|capacity| asked.by.has(*capacity)) {
        return Err(Refusal::NeedsCapacity { capacity: Capacity::Officer });
    }
    let event = match &asked.command {
        RosterCommand::Fill { slots, how } => fill(roster, month, slots, *how)?,
        RosterCommand::Clear { slots } => clear(roster, slots)?,
        RosterCommand::Substitute { slot, absent, stands_in, reason } => {
            substitute(roster, slot, *absent, *stands_in)?;
            RosterSubstituted {
                slot: slot.clone(),
                absent: *absent,
                stands_in: *stands_in,
                reason: reason.clone(),
            }
            .into()
        }
        RosterCommand::WithdrawSubstitution { slot, absent } => {
            let entry = roster.entry(slot);
            changed(entry.is_some_and(|entry| entry.substitutions.contains_key(absent)))?;
            SubstitutionWithdrawn { slot: slot.clone(), absent: *absent }.into()
        }
    };
    Ok(vec![Decided { happened_at, on_behalf_of: None, event }])
}

/// Only what changes is written: substitutions of the other slots stay.
fn fill(
    roster: &Roster<'_>,
    month: Month,
    slots: &[FilledSlot],
    how: FilledHow,
) -> Result<RosterEvent, Refusal> {
    let mut seen: BTreeSet<&Slot> = BTreeSet::new();
    for FilledSlot { slot, people } in slots {
        check_slot(roster, month, slot)?;
        if !seen.insert(slot) {
            return Err(Refusal::RosterOverlap { one: slot.place(), other: slot.place() });
        }
        if people.is_empty() {
            return Err(Refusal::Nothing { what: "person" });
        }
        check_count("people", people.len(), PEOPLE_MAX)?;
        people.iter().try_for_each(|person| check_serving(roster, *person))?;
        if let Some(person) = has_twice(people) {
            return Err(Refusal::StandsElsewhere { person, slot: slot.place() });
        }
    }
    check_firsts(roster, slots)?;
    let is_other = |filled: &&FilledSlot| {
        roster.entry(&filled.slot).is_none_or(|entry| entry.people != filled.people)
    };
    let slots: Vec<FilledSlot> = slots.iter().filter(is_other).cloned().collect();
    changed(!slots.is_empty())?;
    Ok(RosterFilled { slots, how }.into())
}

/// Nobody stands two posts of a shift: called out for one, they would be missing at the other.
fn check_firsts(roster: &Roster<'_>, slots: &[FilledSlot]) -> Result<(), Refusal> {
    let mut firsts: BTreeMap<&Slot, PersonId> = BTreeMap::new();
    for filled in slots {
        firsts.extend(filled.people.first().map(|first| (&filled.slot, *first)));
    }
    for (slot, first) in &firsts {
        for post in &roster.settings.posts {
            let other = Slot { post: post.id.clone(), ..(*slot).clone() };
            if other == **slot {
                continue;
            }
            let there = firsts.get(&other).copied().or_else(|| {
                roster.entry(&other).and_then(|entry| entry.standing().first().map(|it| it.person))
            });
            if there == Some(*first) {
                return Err(Refusal::StandsElsewhere { person: *first, slot: other.place() });
            }
        }
    }
    Ok(())
}

fn clear(roster: &Roster<'_>, slots: &[Slot]) -> Result<RosterEvent, Refusal> {
    let filled = |slot: &&Slot| roster.entry(slot).is_some();
    let slots: Vec<Slot> = slots.iter().filter(filled).cloned().collect();
    changed(!slots.is_empty())?;
    Ok(RosterCleared { slots }.into())
}

fn substitute(
    roster: &Roster<'_>,
    slot: &Slot,
    absent: PersonId,
    stands_in: PersonId,
) -> Result<(), Refusal> {
    let stands = |person: PersonId, at: &Slot| {
        roster.entry(at).is_some_and(|it| it.standing().iter().any(|it| it.person == person))
    };
    if !stands(absent, slot) {
        return Err(Refusal::StandsNot { person: absent, slot: slot.place() });
    }
    check_serving(roster, stands_in)?;
    // Whoever was absent does not come back by standing in: that substitution is withdrawn instead.
    let is_absent =
        roster.entry(slot).is_some_and(|entry| entry.substitutions.contains_key(&stands_in));
    if stands_in == absent || is_absent {
        return Err(Refusal::StandsNot { person: stands_in, slot: slot.place() });
    }
    let is_first = |at: &Slot, person| {
        let entry = roster.entry(at);
        entry.and_then(|it| it.standing().first().copied()).is_some_and(|it| it.person == person)
    };
    if is_first(slot, absent) {
        for post in &roster.settings.posts {
            let other = Slot { post: post.id.clone(), ..slot.clone() };
            if other != *slot && is_first(&other, stands_in) {
                let slot = other.place();
                return Err(Refusal::StandsElsewhere { person: stands_in, slot });
            }
        }
    }
    Ok(())
}

fn check_slot(roster: &Roster<'_>, month: Month, slot: &Slot) -> Result<(), Refusal> {
    if Month::of(slot.on) != month {
        return Err(Refusal::Unknown { what: "day of this month", name: slot.on.to_string() });
    }
    if roster.post(slot.post.as_str()).is_none() {
        return Err(Refusal::Unknown { what: "post", name: slot.post.to_string() });
    }
    if !roster.shifts_of(slot.on).iter().any(|time| time.shift.id == slot.shift) {
        let name = format!("{} {}", slot.on, slot.shift);
        return Err(Refusal::Unknown { what: "shift", name });
    }
    Ok(())
}

/// Shifts may follow one another in any order of days, worked or not.
fn check_pattern(pattern: &Pattern) -> Result<(), Refusal> {
    for kind in KINDS {
        let shifts = pattern.of(kind);
        check_count("shifts", shifts.len(), SHIFTS_MAX)?;
        let names: Vec<&str> = shifts.iter().map(|shift| shift.id.as_str()).collect();
        check_names("shift", &names)?;
        shifts.iter().try_for_each(|shift| check_label(&shift.label.zh))?;
        check_day(shifts)?;
    }
    if pattern.worked.is_empty() && pattern.rest.is_empty() {
        return Err(Refusal::Nothing { what: "shift" });
    }
    for today in KINDS {
        for tomorrow in KINDS {
            check_night(pattern.of(today), pattern.of(tomorrow))?;
        }
    }
    Ok(())
}

/// No two shifts of one day overlap.
fn check_day(shifts: &[Shift]) -> Result<(), Refusal> {
    for (place, one) in shifts.iter().enumerate() {
        for other in shifts.iter().skip(place + 1) {
            let ((one_begins, one_ends), (other_begins, other_ends)) = (span(one), span(other));
            if one_begins < other_ends && other_begins < one_ends {
                return Err(overlap(one, other));
            }
        }
    }
    Ok(())
}

/// No shift lasts into one of the next day.
fn check_night(today: &[Shift], tomorrow: &[Shift]) -> Result<(), Refusal> {
    for one in today {
        for other in tomorrow {
            let (_, ends) = span(one);
            if ends > NEXT_DAY.to_datetime(other.begins) {
                return Err(overlap(one, other));
            }
        }
    }
    Ok(())
}

const DAY: Date = date(2026, 1, 1);
const NEXT_DAY: Date = date(2026, 1, 2);

/// From when to when a shift lasts, on a day like any other.
fn span(shift: &Shift) -> (DateTime, DateTime) {
    let last = if shift.ends > shift.begins { DAY } else { NEXT_DAY };
    (DAY.to_datetime(shift.begins), last.to_datetime(shift.ends))
}

fn overlap(one: &Shift, other: &Shift) -> Refusal {
    let place = |shift: &Shift| {
        let Shift { id, begins, ends, .. } = shift;
        format!("{id} {}–{}", begins.strftime("%H:%M"), ends.strftime("%H:%M"))
    };
    Refusal::RosterOverlap { one: place(one), other: place(other) }
}

fn check_names(what: &'static str, names: &[&str]) -> Result<(), Refusal> {
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    match names.iter().find(|name| !seen.insert(name)) {
        Some(twice) => Err(Refusal::RosterOverlap {
            one: (*twice).to_owned(),
            other: format!("{what} {twice}"),
        }),
        None => Ok(()),
    }
}

fn check_label(zh: &str) -> Result<(), Refusal> {
    if zh.trim().is_empty() || zh.chars().count() > LABEL_CHARS_MAX {
        return Err(Refusal::NameOutOfRange { chars_max: LABEL_CHARS_MAX });
    }
    Ok(())
}

fn check_count(what: &'static str, count: usize, count_max: usize) -> Result<(), Refusal> {
    if count > count_max {
        return Err(Refusal::TooMany { what, count, count_max });
    }
    Ok(())
}

fn check_serving(roster: &Roster<'_>, person: PersonId) -> Result<(), Refusal> {
    if roster.serving.contains(&person) {
        return Ok(());
    }
    Err(Refusal::Unknown { what: "person", name: person.to_string() })
}

fn changed(is_changed: bool) -> Result<(), Refusal> {
    if is_changed { Ok(()) } else { Err(Refusal::NoChange) }
}

/// Characters of a label at most.
const LABEL_CHARS_MAX: usize = 60;

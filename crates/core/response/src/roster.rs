//! The duty roster: who stands which post, hour by hour.
//!
//! What holds for all months (head, posts, shifts, days off) is one stream, each month is another. A gap
//! is never filled silently: it is shown, and the head of the centre answers for it.
//!
//! Start reading at [`Roster`]; what may be asked is in [`RosterCommand`] and [`SettingsCommand`].

mod decide;
mod duty;
mod month;
mod settings;

use std::collections::{BTreeMap, BTreeSet};

use fengsui_plan::Calendar;
use fengsui_vocabulary::PersonId;
use jiff::tz::TimeZone;

use crate::{BlobRef, FilledSlot, Post, Recorded, RosterEvent, Shift, Slot};

pub use decide::{RosterCommand, decide, decide_settings};
pub use duty::{Gap, GapWhy, Manning, OnDuty, ShiftTime, Standing};
pub use month::{Month, MonthMalformed};
pub use settings::{RosterSettings, SettingsCommand, evolve_settings};

/// Posts of one roster at most.
pub const POSTS_MAX: usize = 12;

/// Shifts that begin on one day at most.
pub const SHIFTS_MAX: usize = 8;

/// People named for one slot at most.
pub const PEOPLE_MAX: usize = 8;

/// Periods of own days at most.
pub const OWN_DAYS_MAX: usize = 100;

/// The roster of one month, as far as its stream tells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RosterMonth {
    /// Who is named where.
    pub entries: BTreeMap<Slot, Entry>,
}

/// Who is named for a slot.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entry {
    /// Whoever stands it, then the deputies in turn.
    pub people: Vec<PersonId>,
    /// Who stands in for whom.
    pub substitutions: BTreeMap<PersonId, Substitution>,
}

/// Somebody stands in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Substitution {
    /// Who.
    pub stands_in: PersonId,
    /// Why.
    pub reason: BlobRef,
    /// Who wrote it down.
    pub by: PersonId,
}

/// Everything that says who is on duty when.
#[derive(Clone, Copy, Debug)]
pub struct Roster<'a> {
    /// What holds for all months.
    pub settings: &'a RosterSettings,
    /// The months that were looked up.
    pub months: &'a BTreeMap<Month, RosterMonth>,
    /// The zone of the centre.
    pub zone: &'a TimeZone,
    /// The calendars at hand, by id.
    pub calendars: &'a BTreeMap<String, Calendar>,
    /// Those who work here; whoever has left stands nothing.
    pub serving: &'a BTreeSet<PersonId>,
}

/// Shifts of days that are worked and of days of rest.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pattern {
    /// Shifts that begin on a day that is worked.
    pub worked: Vec<Shift>,
    /// Shifts that begin on a day of rest.
    pub rest: Vec<Shift>,
}

/// Brings the roster of a month up to date with one event.
pub fn evolve(month: &mut RosterMonth, recorded: &Recorded<RosterEvent>) {
    match &recorded.event {
        RosterEvent::Filled(filled) => {
            for FilledSlot { slot, people } in &filled.slots {
                let people = people.clone();
                let entry = Entry { people, substitutions: BTreeMap::new() };
                month.entries.insert(slot.clone(), entry);
            }
        }
        RosterEvent::Cleared(cleared) => {
            for slot in &cleared.slots {
                month.entries.remove(slot);
            }
        }
        RosterEvent::Substituted(it) => {
            let substitution = Substitution {
                stands_in: it.stands_in,
                reason: it.reason.clone(),
                by: recorded.actor,
            };
            let entry = month.entries.entry(it.slot.clone()).or_default();
            entry.substitutions.insert(it.absent, substitution);
        }
        RosterEvent::SubstitutionWithdrawn(it) => {
            if let Some(entry) = month.entries.get_mut(&it.slot) {
                entry.substitutions.remove(&it.absent);
            }
        }
    }
}

impl Entry {
    /// Who really stands there, in order, with whom they stand in for. Whoever stands in for somebody
    /// may have somebody stand in for them.
    pub fn standing(&self) -> Vec<Standing> {
        let mut standing: Vec<Standing> = Vec::new();
        for named in &self.people {
            let person = self.really(*named);
            let instead_of = (person != *named).then_some(*named);
            if !standing.iter().any(|it| it.person == person) {
                standing.push(Standing { person, instead_of });
            }
        }
        standing
    }

    /// Follows substitutions to their end; one that leads in a circle ends where it began.
    fn really(&self, named: PersonId) -> PersonId {
        let mut person = named;
        for _ in 0..=self.substitutions.len() {
            match self.substitutions.get(&person) {
                Some(substitution) => person = substitution.stands_in,
                None => return person,
            }
        }
        named
    }
}

impl Slot {
    /// The slot in words that need no translation: `2026-03-14 night duty-officer`.
    pub fn place(&self) -> String {
        format!("{} {} {}", self.on, self.shift, self.post)
    }
}

impl<'a> Roster<'a> {
    /// A post by its name.
    pub fn post(&self, name: &str) -> Option<&'a Post> {
        self.settings.posts.iter().find(|post| post.id == *name)
    }

    /// What is named for a slot.
    pub fn entry(&self, slot: &Slot) -> Option<&'a Entry> {
        self.months.get(&Month::of(slot.on))?.entries.get(slot)
    }
}

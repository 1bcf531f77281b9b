//! What happens by itself: whoever owes a duty is reminded, and a miss is written down, once each.
//!
//! A moment is a function of the duty and the rules of the house; what was recorded is remembered in
//! [`Noticed`] and does not happen again. When is asked of [`Clockwork::fires_at`], what follows of
//! [`Clockwork::fire`]; who is told, and how, is nothing of this.

mod moments;
mod streams;

use std::collections::BTreeMap;

use fengsui_plan::Duty;
use fengsui_vocabulary::{DutyId, PlanId, RoleId};
use jiff::{SignedDuration, Timestamp};

use crate::house::House;
use crate::{DutiesMissed, DutiesReminded, Missed, Party, Reminded, ReminderStep, Tick};

pub use moments::{Moment, MomentStep, Stretch, moments_of};

/// What the clock recorded about the duties of one stream.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Noticed {
    reminded: BTreeMap<Tick, BTreeMap<ReminderStep, Reminder>>,
    missed: BTreeMap<Tick, Miss>,
}

/// A reminder that was recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reminder {
    /// When it was to be given.
    pub at: Timestamp,
    /// When it was recorded, and given.
    pub recorded_at: Timestamp,
}

/// A miss that was recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Miss {
    /// When the duty was due.
    pub due: Timestamp,
    /// When it was noticed that nobody had done it; later than due after an outage.
    pub noticed_at: Timestamp,
}

/// What one firing records.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fired {
    /// Misses, the earliest due first.
    pub missed: Vec<Missed>,
    /// Reminders, the earliest first.
    pub reminded: Vec<Reminded>,
}

/// The duties of one stream beside what was recorded about them.
#[derive(Debug)]
pub struct Clockwork<'a> {
    hands: Vec<Hand<'a>>,
}

/// One duty that something may still happen to by itself.
#[derive(Debug)]
struct Hand<'a> {
    duty: &'a Duty,
    tick: Tick,
    /// What was not recorded yet, the earliest first.
    pending: Vec<Moment>,
    /// Whether its miss was recorded.
    is_miss_recorded: bool,
}

/// What makes a duty one object, by what an affected organisation is called now: it may have been
/// identified since something was recorded.
type Key<'a> =
    (&'a PlanId, &'a DutyId, Option<String>, &'a RoleId, Option<&'a RoleId>, Option<u32>);

/// What was recorded about one duty.
#[derive(Clone, Debug, Default)]
struct Record<'a> {
    reminded: Vec<(&'a ReminderStep, &'a Reminder)>,
    miss: Option<&'a Miss>,
}

/// How parties of a stream are called.
pub(crate) struct Names<'a> {
    /// What an affected organisation is called in histories.
    pub(crate) key: &'a dyn Fn(&Party) -> String,
    /// The one that became known first: it took over what was owed before anybody was known.
    pub(crate) first: Option<String>,
    /// The tick of a duty.
    pub(crate) tick: &'a dyn Fn(&Duty) -> Tick,
}

impl Noticed {
    /// Remembers a reminder; the first one counts.
    pub(crate) fn remind(&mut self, it: &Reminded, recorded_at: Timestamp) {
        let steps = self.reminded.entry(it.tick.clone()).or_default();
        steps.entry(it.step).or_insert(Reminder { at: it.at, recorded_at });
    }

    /// Remembers a miss; the first one counts.
    pub(crate) fn miss(&mut self, it: &Missed, recorded_at: Timestamp) {
        let miss = Miss { due: it.due, noticed_at: recorded_at };
        self.missed.entry(it.tick.clone()).or_insert(miss);
    }

    /// Every miss, by tick.
    pub fn misses(&self) -> impl Iterator<Item = (&Tick, &Miss)> {
        self.missed.iter()
    }

    /// Every reminder, by tick and step.
    pub fn reminders(&self) -> impl Iterator<Item = (&Tick, &ReminderStep, &Reminder)> {
        self.reminded.iter().flat_map(|(tick, steps)| {
            steps.iter().map(move |(step, reminder)| (tick, step, reminder))
        })
    }

    fn by_key(&self, names: &Names<'_>) -> BTreeMap<Key<'_>, Record<'_>> {
        let mut records: BTreeMap<Key<'_>, Record<'_>> = BTreeMap::new();
        for (tick, steps) in &self.reminded {
            let record = records.entry(key_of(tick, names)).or_default();
            record.reminded.extend(steps);
        }
        for (tick, miss) in &self.missed {
            records.entry(key_of(tick, names)).or_default().miss.get_or_insert(miss);
        }
        records
    }
}

impl Fired {
    /// Whether nothing happens.
    pub fn is_empty(&self) -> bool {
        self.missed.is_empty() && self.reminded.is_empty()
    }

    /// The events to be written: misses first, because reminders after the due time follow from them.
    pub(crate) fn events<E: From<DutiesMissed> + From<DutiesReminded>>(&self) -> Vec<E> {
        let missed = self.missed.chunks(TICKS_MAX);
        let missed = missed.map(|missed| E::from(DutiesMissed { missed: missed.to_vec() }));
        let reminded = self.reminded.chunks(TICKS_MAX);
        let reminded = reminded.map(|it| E::from(DutiesReminded { reminded: it.to_vec() }));
        missed.chain(reminded).collect()
    }
}

impl<'a> Clockwork<'a> {
    /// Puts duties beside what was recorded about them.
    pub(crate) fn of(
        duties: &'a [Duty],
        noticed: &'a Noticed,
        names: &Names<'_>,
        house: &House,
    ) -> Self {
        let records = noticed.by_key(names);
        let stretches = moments::stretches(duties);
        let hands = duties.iter().zip(stretches).filter_map(|(duty, stretch)| {
            let moments = moments_of(duty, stretch, house);
            if moments.is_empty() {
                return None;
            }
            let record = record_of(duty, &records, names);
            let is_miss_recorded = record.is_some_and(|it| it.miss.is_some());
            let pending = pending(moments, record);
            (!pending.is_empty()).then(|| Hand {
                duty,
                tick: (names.tick)(duty),
                pending,
                is_miss_recorded,
            })
        });
        Self { hands: hands.collect() }
    }

    /// When the first thing happens that was not recorded yet.
    pub fn fires_at(&self) -> Option<Timestamp> {
        let moments = self.hands.iter().flat_map(|hand| &hand.pending);
        moments.map(Moment::fires_at).min()
    }

    /// The due times of misses that are to be recorded at a time, the earliest first.
    pub fn misses_by(&self, now: Timestamp) -> Vec<Timestamp> {
        let moments = self.hands.iter().flat_map(|hand| &hand.pending);
        let mut due: Vec<_> = moments
            .filter(|moment| moment.step == MomentStep::Miss && moment.fires_at() <= now)
            .map(|moment| moment.at)
            .collect();
        due.sort();
        due
    }

    /// What is recorded now: misses due until then, and every reminder that fell due meanwhile except
    /// those about a miss that is not recorded yet.
    pub fn fire(&self, now: Timestamp, until: Timestamp) -> Fired {
        let mut fired = Fired::default();
        self.hands.iter().for_each(|hand| hand.fire((now, until), &mut fired));
        fired.missed.sort_by_key(|missed| missed.due);
        fired.reminded.sort_by_key(|reminded| reminded.at);
        fired
    }

    /// The duty of a tick.
    pub fn duty(&self, tick: &Tick) -> Option<&'a Duty> {
        self.hands.iter().find(|hand| hand.tick == *tick).map(|hand| hand.duty)
    }
}

impl Hand<'_> {
    fn fire(&self, (now, until): (Timestamp, Timestamp), fired: &mut Fired) {
        let mut is_missed = self.is_miss_recorded;
        for moment in self.pending.iter().filter(|moment| moment.fires_at() <= now) {
            let (tick, at) = (|| self.tick.clone(), moment.at);
            match moment.step {
                MomentStep::Miss if at <= until => {
                    is_missed = true;
                    fired.missed.push(Missed { tick: tick(), due: at });
                }
                MomentStep::Reminder(step) if is_missed || !step.is_about_a_miss() => {
                    fired.reminded.push(Reminded { tick: tick(), step, at });
                }
                MomentStep::Miss | MomentStep::Reminder(_) => {}
            }
        }
    }
}

impl ReminderStep {
    /// Whether it makes sense only once the miss is on record.
    const fn is_about_a_miss(self) -> bool {
        match self {
            Self::After(_) | Self::CallOut => true,
            Self::Before(_) | Self::Immediate(_) => false,
        }
    }
}

/// What was not recorded yet. A reminder that another one has overtaken is not given any more: rules
/// of the house that came later do not remind of what is past.
fn pending(moments: Vec<Moment>, record: Option<&Record<'_>>) -> Vec<Moment> {
    let Some(record) = record else { return moments };
    let last = record.reminded.iter().map(|(_, reminder)| reminder.at).max();
    let is_open = |moment: &Moment| match moment.step {
        MomentStep::Miss => record.miss.is_none(),
        MomentStep::Reminder(step) => {
            record.reminded.iter().all(|(known, _)| **known != step)
                && last.is_none_or(|last| moment.at >= last)
        }
    };
    moments.into_iter().filter(is_open).collect()
}

fn record_of<'r, 'k>(
    duty: &'k Duty,
    records: &'r BTreeMap<Key<'k>, Record<'k>>,
    names: &Names<'_>,
) -> Option<&'r Record<'k>> {
    let key = |organisation: Option<String>| {
        let (to, slot) = (duty.to.as_ref(), duty.slot);
        (&duty.plan, &duty.duty, organisation, &duty.actor, to, slot)
    };
    let took_over =
        || (duty.organisation.is_some() && duty.organisation == names.first).then_some(None);
    let exact = records.get(&key(duty.organisation.clone()));
    exact.or_else(|| records.get(&key(took_over()?)))
}

fn key_of<'t>(tick: &'t Tick, names: &Names<'_>) -> Key<'t> {
    let organisation = tick.party.as_ref().map(names.key);
    (&tick.plan, &tick.duty, organisation, &tick.by, tick.to.as_ref(), tick.slot)
}

/// Ticks in one entry at most; more make another one.
const TICKS_MAX: usize = 500;

/// What "past its due time" means to a clock that counts microseconds.
const JUST_AFTER: SignedDuration = SignedDuration::from_micros(1);

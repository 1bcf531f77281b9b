//! The moments of one duty, from its times and the rules of the house.

use std::collections::BTreeMap;

use fengsui_plan::{Duty, DutyKind};
use jiff::{SignedDuration, Timestamp};

use super::JUST_AFTER;
use crate::ReminderStep;
use crate::house::{CallOutWhen, House};

/// Something that happens to a duty by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// When it is to happen.
    pub at: Timestamp,
    /// What.
    pub step: MomentStep,
}

/// What happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MomentStep {
    /// Whoever owes it is reminded.
    Reminder(ReminderStep),
    /// It is missed.
    Miss,
}

/// The time that a duty has for itself: for a slot of a recurring one that begins where the slot before
/// was due, and reminders of it end where the next one is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stretch {
    /// Where its time begins.
    pub from: Timestamp,
    /// Where nobody is reminded of it any more.
    pub until: Option<Timestamp>,
}

impl Moment {
    /// From when on it has happened: a duty is missed only after its due time, not at it.
    pub fn fires_at(&self) -> Timestamp {
        let is_after = match self.step {
            MomentStep::Miss => true,
            MomentStep::Reminder(step) => step.is_about_a_miss(),
        };
        if is_after { later(self.at, JUST_AFTER) } else { self.at }
    }
}

/// Every moment of an open duty, the earliest first; none of one that is not open or has no clock.
pub fn moments_of(duty: &Duty, stretch: Stretch, house: &House) -> Vec<Moment> {
    if !duty.state.is_open() {
        return Vec::new();
    }
    let mut moments = match (duty.kind, duty.due) {
        (DutyKind::Immediate, _) => immediate(stretch, house),
        (DutyKind::Within | DutyKind::Simultaneous | DutyKind::Recurring, Some(due)) => {
            timed(stretch, due, house)
        }
        (
            DutyKind::Within
            | DutyKind::Simultaneous
            | DutyKind::Recurring
            | DutyKind::Continuing
            | DutyKind::OnRequest
            | DutyKind::Undefined,
            _,
        ) => Vec::new(),
    };
    moments.retain(|moment| match moment.step {
        MomentStep::Miss => true,
        MomentStep::Reminder(_) => stretch.until.is_none_or(|until| moment.at < until),
    });
    moments.sort_by_key(Moment::fires_at);
    moments
}

/// The stretches of duties, in their order.
pub(super) fn stretches(duties: &[Duty]) -> Vec<Stretch> {
    let one = |duty: &Duty| {
        (
            duty.plan.clone(),
            duty.duty.clone(),
            duty.organisation.clone(),
            duty.actor.clone(),
            duty.to.clone(),
        )
    };
    let mut slots = BTreeMap::new();
    for duty in duties.iter().filter(|duty| duty.kind == DutyKind::Recurring) {
        slots.insert((one(duty), duty.slot), duty.due);
    }
    let stretch = |duty: &Duty| {
        let slot = |number: Option<u32>| slots.get(&(one(duty), Some(number?))).copied().flatten();
        match (duty.kind, duty.slot) {
            (DutyKind::Recurring, Some(number)) => Stretch {
                from: slot(number.checked_sub(1))
                    .map_or(duty.arose_at, |due| due.max(duty.arose_at)),
                until: slot(number.checked_add(1)),
            },
            _ => Stretch { from: duty.arose_at, until: None },
        }
    };
    duties.iter().map(stretch).collect()
}

fn immediate(stretch: Stretch, house: &House) -> Vec<Moment> {
    let reminder = |since: &SignedDuration| Moment {
        at: later(stretch.from, *since),
        step: MomentStep::Reminder(ReminderStep::Immediate(*since)),
    };
    house.reminders.immediate.iter().map(reminder).collect()
}

fn timed(stretch: Stretch, due: Timestamp, house: &House) -> Vec<Moment> {
    let allowed = due.duration_since(stretch.from).max(SignedDuration::ZERO);
    let before = house.reminders.before.iter().filter_map(|share| {
        let thousandths = thousandths(*share);
        // Without any time allowed there is one moment only: when it arises.
        let is_one = thousandths == 0 || !allowed.is_zero();
        is_one.then(|| Moment {
            at: later(stretch.from, share_of(allowed, thousandths)),
            step: MomentStep::Reminder(ReminderStep::Before(thousandths)),
        })
    });
    let after = house.reminders.after.iter().map(|since| Moment {
        at: later(due, *since),
        step: MomentStep::Reminder(ReminderStep::After(*since)),
    });
    let call_out = house.call_out_after(CallOutWhen::DutyMissed).map(|since| Moment {
        at: later(due, since),
        step: MomentStep::Reminder(ReminderStep::CallOut),
    });
    let miss = Moment { at: due, step: MomentStep::Miss };
    before.chain([miss]).chain(after).chain(call_out).collect()
}

/// A share in thousandths.
fn thousandths(share: f64) -> u16 {
    let all = (0..=1_000_u16).rev();
    // The last thousandth that the share has reached, to within half of one.
    all.into_iter().find(|it| f64::from(*it) <= share * 1_000.0 + 0.5).unwrap_or_default()
}

fn share_of(allowed: SignedDuration, thousandths: u16) -> SignedDuration {
    let microseconds = allowed.as_micros() * i128::from(thousandths) / 1_000;
    SignedDuration::from_micros(i64::try_from(microseconds).unwrap_or(i64::MAX))
}

fn later(at: Timestamp, by: SignedDuration) -> Timestamp {
    at.checked_add(by).unwrap_or(Timestamp::MAX)
}

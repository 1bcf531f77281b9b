//! What became of each duty: deliveries, misses, waivers, and stricter duties that replace it.

use std::collections::BTreeMap;

use fengsui_vocabulary::{DutyId, RoleId};
use jiff::Timestamp;

use super::arise::{Holder, Owed};
use super::known::{Known, Seen};
use super::record::{Delivery, Record, record};
use super::{DutyKind, DutyState};
use crate::model::{DutyRule, OnLowerLevel};

/// One duty towards one recipient, with where it stands.
#[derive(Clone, Debug)]
pub(super) struct Settled<'a> {
    pub(super) owed: Owed<'a>,
    pub(super) to: Option<&'a RoleId>,
    pub(super) state: DutyState,
    pub(super) done_at: Option<Timestamp>,
    pub(super) notes: Notes<'a>,
    record: Record<'a>,
}

/// What else there is to say about where a duty stands.
#[derive(Clone, Debug, Default)]
pub(super) struct Notes<'a> {
    /// A delivery in time that was entered late and that nobody has confirmed yet.
    pub(super) claimed: Option<Seen>,
    /// The delivery entered late and who confirmed it.
    pub(super) cleared: Option<(Seen, &'a str)>,
    pub(super) waived: Option<(Timestamp, &'a str)>,
    /// The stricter duty and when it arose.
    pub(super) superseded_by: Option<(&'a DutyId, Timestamp)>,
    /// The duties that it replaces, each with its time.
    pub(super) replaces: Vec<(&'a DutyId, Option<Timestamp>)>,
    /// Whether it was past its time before a stricter duty replaced it.
    pub(super) was_missed: bool,
    /// Whether the level fell below the one that the duty is for.
    pub(super) level_fell: bool,
}

/// What ties a stricter duty to those it replaces: sender, organisation, recipient.
type Pair<'a> = (&'a RoleId, Holder<'a>, Option<&'a RoleId>);

/// Splits what has arisen by recipient and says where each stands.
pub(super) fn settled<'a>(known: &'a Known<'a>, arisen: &[Owed<'a>]) -> Vec<Settled<'a>> {
    let mut settled = Vec::new();
    let mut stricter = Vec::new();
    for owed in arisen {
        for to in recipients(owed.rule) {
            let record = record(known, owed, to);
            let mut tick = Settled {
                owed: owed.clone(),
                to,
                state: DutyState::Pending,
                done_at: None,
                notes: Notes::default(),
                record,
            };
            if owed.rule.overrides.is_empty() {
                tick.stand(known);
                settled.push(tick);
            } else {
                stricter.push(tick);
            }
        }
    }
    stricter.sort_by_key(|tick| tick.owed.arose_at);
    let mut pairs: BTreeMap<Pair<'a>, Vec<usize>> = BTreeMap::new();
    for (place, tick) in settled.iter().enumerate() {
        pairs.entry(tick.pair()).or_default().push(place);
    }
    let mut replacing = Vec::new();
    for tick in stricter {
        let places = pairs.get(&tick.pair()).map(Vec::as_slice).unwrap_or_default();
        replacing.extend(replace(known, tick, &mut settled, places));
    }
    settled.append(&mut replacing);
    one_per_branch(&mut settled);
    settled
}

/// Lets a stricter duty replace the open ones of its pair; none if nothing was open.
fn replace<'a>(
    known: &Known<'a>,
    mut stricter: Settled<'a>,
    settled: &mut [Settled<'a>],
    places: &[usize],
) -> Option<Settled<'a>> {
    let (arose_at, known_at) = (stricter.owed.arose_at, stricter.owed.known_at);
    let overrides = &stricter.owed.rule.overrides;
    let is_replaced = |tick: &Settled<'_>| overrides.contains(&tick.owed.rule.id);
    let (mut arose_before, mut was_open) = (false, false);
    for tick in places.iter().filter_map(|place| settled.get(*place)).filter(|it| is_replaced(it)) {
        if tick.owed.arose_at <= arose_at && tick.owed.known_at <= known_at {
            arose_before = true;
            was_open |= !tick.record.closes(tick.owed.due, arose_at, known_at);
        }
    }
    if arose_before && !was_open {
        return None; // everything had been delivered: nothing is left to hurry
    }
    stricter.stand(known);
    if stricter.notes.level_fell {
        return Some(stricter); // it let go, so what it would replace is owed as before
    }

    let mut closed_at = None;
    let mut is_any_replaced = false;
    for place in places {
        let Some(tick) = settled.get_mut(*place).filter(|tick| is_replaced(tick)) else { continue };
        stricter.record.deliveries.extend(tick.record.from(arose_at));
        tick.record.keep_before(arose_at);
        tick.stand(known);
        if tick.state.is_open() {
            is_any_replaced = true;
            stricter.notes.replaces.push((&tick.owed.rule.id, tick.time()));
            tick.supersede(&stricter.owed.rule.id, arose_at);
        } else if tick.notes.superseded_by.is_none() {
            closed_at = closed_at.max(tick.done_at);
        }
    }
    if let (false, Some(at)) = (is_any_replaced, closed_at) {
        // Entered later: all of it had been delivered before the stricter duty arose.
        stricter.record.deliveries.push(Delivery::at(at));
    }
    stricter.stand(known);
    let also = &mut stricter.owed.also_read_as;
    also.extend(stricter.notes.replaces.iter().filter_map(|(_, due)| *due));
    also.sort();
    also.dedup();
    Some(stricter)
}

/// Of several branches that owe the same to the same recipient the earliest holds.
fn one_per_branch(settled: &mut Vec<Settled<'_>>) {
    if settled.iter().all(|tick| tick.owed.rule.branch.is_none()) {
        return;
    }
    let mut earliest = BTreeMap::new();
    for tick in settled.iter() {
        let first = earliest.entry(tick.key()).or_insert_with(|| tick.time_or_start());
        *first = tick.time_or_start().min(*first);
    }
    settled.retain(|tick| match earliest.get(&tick.key()) {
        // The first that is met takes the entry away: of two equal ones one stays.
        Some(first) if *first == tick.time_or_start() => earliest.remove(&tick.key()).is_some(),
        Some(_) | None => false,
    });
}

/// A duty to nobody in particular is one duty.
fn recipients(rule: &DutyRule) -> Vec<Option<&RoleId>> {
    if rule.to.is_empty() { vec![None] } else { rule.to.iter().map(Some).collect() }
}

impl<'a> Settled<'a> {
    fn pair(&self) -> Pair<'a> {
        (self.owed.sender, self.owed.holder, self.to)
    }

    /// What makes it one object among those of all branches.
    fn key(&self) -> (&'a DutyId, Pair<'a>, Option<u32>) {
        (&self.owed.rule.id, self.pair(), self.owed.slot)
    }

    fn time_or_start(&self) -> Timestamp {
        self.owed.due.unwrap_or(self.owed.arose_at)
    }

    /// The time in the text: the one that holds, or the one that lay before the duty arose.
    fn time(&self) -> Option<Timestamp> {
        self.owed.due.or_else(|| self.owed.also_read_as.first().copied())
    }

    fn supersede(&mut self, by: &'a DutyId, arose_at: Timestamp) {
        self.state = DutyState::Superseded;
        self.done_at = None;
        self.notes.superseded_by = Some((by, arose_at));
        self.notes.was_missed = self.owed.due.is_some_and(|due| due < arose_at);
        let also = &mut self.owed.also_read_as;
        also.extend(self.owed.due);
        also.sort();
        also.dedup();
    }

    /// Where the duty stands, from what was done about it.
    fn stand(&mut self, known: &Known<'a>) {
        if self.notes.superseded_by.is_some() {
            return;
        }
        (self.state, self.done_at) = match self.owed.due {
            Some(due) => self.stand_by(due, known.now),
            None => self.stand_without_time(),
        };
        if !self.state.is_open() {
            return;
        }
        if let Some((waived_at, reason)) = self.record.waived {
            self.state = DutyState::Waived;
            self.notes.waived = Some((waived_at.at, reason));
            return;
        }
        if let Some(reason) = self.released(known) {
            self.state = DutyState::Waived;
            self.notes.waived = Some(reason);
            return;
        }
        match known.plan.settings.on_lower_level {
            OnLowerLevel::Supersede if !known.standing.holds(&self.owed.rule.when) => {
                self.state = DutyState::Superseded;
                self.notes.level_fell = true;
            }
            OnLowerLevel::Supersede | OnLowerLevel::Continue => {}
        }
    }

    /// The decision not to report, if it came when this was owed and the plan lets it release it.
    fn released(&self, known: &Known<'a>) -> Option<(Timestamp, &'a str)> {
        let (seen, reason) = known.not_reported.filter(|_| self.owed.rule.released_by_decision)?;
        (seen.at >= self.owed.arose_at).then_some((seen.at, reason))
    }

    fn stand_by(&mut self, due: Timestamp, now: Timestamp) -> (DutyState, Option<Timestamp>) {
        let first = |wanted: &dyn Fn(&&Delivery<'a>) -> bool| {
            self.record.deliveries.iter().filter(wanted).min_by_key(|it| it.seen.at).copied()
        };
        let is_in_time = |delivery: &Delivery<'_>| delivery.seen.at <= due;
        let is_entered_late = |delivery: &Delivery<'_>| delivery.seen.recorded_at > due;
        if let Some(punctual) = first(&|it| is_in_time(it) && !is_entered_late(it)) {
            return (DutyState::Done, Some(punctual.seen.at));
        }
        let entered = |it: &&Delivery<'a>| is_in_time(it) && is_entered_late(it);
        if let Some(cleared) = first(&|it| entered(it) && it.cleared.is_some()) {
            self.notes.cleared = cleared.cleared.map(|(_, by)| (cleared.seen, by));
            return (DutyState::DoneRecordedLate, Some(cleared.seen.at));
        }
        let claimed = first(&entered);
        let late = first(&|it| !is_in_time(it));
        self.notes.claimed = claimed.map(|claimed| claimed.seen);
        match late {
            Some(late) => (DutyState::Late, Some(late.seen.at)),
            None if now > due => (DutyState::Missed, None),
            None => (DutyState::Pending, None),
        }
    }

    fn stand_without_time(&self) -> (DutyState, Option<Timestamp>) {
        let done_at = self.record.deliveries.iter().map(|it| it.seen.at).min();
        let done_at = done_at.or(self.owed.ended_at);
        let done = match self.owed.kind {
            DutyKind::OnRequest => DutyState::Done,
            DutyKind::Immediate
            | DutyKind::Undefined
            | DutyKind::Continuing
            | DutyKind::Within
            | DutyKind::Simultaneous
            | DutyKind::Recurring => DutyState::Elapsed,
        };
        (if done_at.is_some() { done } else { DutyState::Pending }, done_at)
    }
}

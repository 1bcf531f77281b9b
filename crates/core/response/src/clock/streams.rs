//! The clocks of incidents and reports.

use std::collections::BTreeMap;

use fengsui_plan::{Duty, DutyKind};
use jiff::Timestamp;

use super::{Clockwork, Miss, Names, Reminder};
use crate::house::CallOutWhen;
use crate::incident::Incident;
use crate::report::Report;
use crate::{CarriedWhat, Decided, IncidentEvent, Packs, ReportEvent, ReportLeftWaiting};

impl Incident {
    /// Its clock, for duties that were asked of it.
    pub fn clock<'d>(&'d self, duties: &'d [Duty], packs: &Packs) -> Clockwork<'d> {
        let names = Names {
            key: &|party| self.key(party),
            first: self.first_affected().map(|party| self.key(&party)),
            tick: &|duty| self.tick_of(duty),
        };
        Clockwork::of(duties, &self.noticed, &names, packs.house())
    }

    /// When something happens to it by itself next, as of a time. It does not depend on that time as
    /// long as nothing happened.
    pub fn next_fires_at(&self, packs: &Packs, as_of: Timestamp) -> Option<Timestamp> {
        self.fires_at(&self.worklist(packs, as_of), packs, as_of)
    }

    /// The same with the duties as of that time, which whoever asks may have at hand.
    pub fn fires_at(&self, duties: &[Duty], packs: &Packs, as_of: Timestamp) -> Option<Timestamp> {
        let here = self.clock(duties, packs).fires_at();
        first_of(here, duties, as_of, |end| {
            self.clock(&self.worklist(packs, end), packs).fires_at()
        })
    }

    /// The miss of a duty, if it is on record.
    pub fn miss_of(&self, duty: &Duty) -> Option<&Miss> {
        self.noticed.missed.get(&self.tick_of(duty))
    }

    /// The reminders of a duty that are on record.
    pub fn reminders_of(&self, duty: &Duty) -> Vec<&Reminder> {
        let steps = self.noticed.reminded.get(&self.tick_of(duty));
        steps.into_iter().flat_map(BTreeMap::values).collect()
    }

    /// What the clock records as of a time: what has happened by `now`, misses only up to `until`.
    pub fn fire(
        &self,
        packs: &Packs,
        as_of: Timestamp,
        (now, until): (Timestamp, Timestamp),
    ) -> Vec<Decided<IncidentEvent>> {
        let duties = self.worklist(packs, as_of);
        let fired = self.clock(&duties, packs).fire(now, until);
        fired.events().into_iter().map(|event: IncidentEvent| Decided::new(as_of, event)).collect()
    }
}

impl Report {
    /// Its clock, for duties that were asked of it.
    pub fn clock<'d>(&'d self, duties: &'d [Duty], packs: &Packs) -> Clockwork<'d> {
        let first = self.ledger.iter().find_map(|carried| match &carried.what {
            CarriedWhat::Anchor { party, .. } => Some(self.key(party)),
            CarriedWhat::AnchorCorrected { .. }
            | CarriedWhat::Facts(_)
            | CarriedWhat::Received { .. }
            | CarriedWhat::Met(_)
            | CarriedWhat::Cleared(_)
            | CarriedWhat::Reminded(_)
            | CarriedWhat::Missed(_)
            | CarriedWhat::Declined { .. }
            | CarriedWhat::Reopened => None,
        });
        let names =
            Names { key: &|party| self.key(party), first, tick: &|duty| self.tick_of(duty) };
        Clockwork::of(duties, &self.noticed, &names, packs.house())
    }

    /// What somebody has to do about it now under its leading plan, without reasons.
    pub fn worklist(&self, packs: &Packs, as_of: Timestamp) -> Vec<Duty> {
        let plan = self.intake.as_ref().and_then(|intake| packs.of(&intake.lead));
        plan.map(|plan| self.owed_shortly(plan, as_of)).unwrap_or_default()
    }

    /// When something happens to it by itself next, as of a time.
    pub fn next_fires_at(&self, packs: &Packs, as_of: Timestamp) -> Option<Timestamp> {
        self.fires_at(&self.worklist(packs, as_of), packs, as_of)
    }

    /// The same with the duties as of that time, which whoever asks may have at hand.
    pub fn fires_at(&self, duties: &[Duty], packs: &Packs, as_of: Timestamp) -> Option<Timestamp> {
        let here = self.clock(duties, packs).fires_at();
        let first = first_of(here, duties, as_of, |end| {
            self.clock(&self.worklist(packs, end), packs).fires_at()
        });
        earliest(first, self.left_waiting_at(packs).map(|(_, at)| at))
    }

    /// What the clock records as of a time: what has happened by `now`, misses only up to `until`.
    pub fn fire(
        &self,
        packs: &Packs,
        as_of: Timestamp,
        (now, until): (Timestamp, Timestamp),
    ) -> Vec<Decided<ReportEvent>> {
        let duties = self.worklist(packs, as_of);
        let fired = self.clock(&duties, packs).fire(now, until);
        let mut events: Vec<ReportEvent> = fired.events();
        if let Some((since, at)) = self.left_waiting_at(packs)
            && at <= now
        {
            events.push(ReportLeftWaiting { since }.into());
        }
        events.into_iter().map(|event| Decided::new(as_of, event)).collect()
    }

    /// Since when it waits for somebody to accept or decline it, and when people are called out
    /// because of that; none once they were.
    fn left_waiting_at(&self, packs: &Packs) -> Option<(Timestamp, Timestamp)> {
        let intake = self.intake.as_ref().filter(|_| self.is_waiting())?;
        let reopened = self.ledger.iter().rev().find_map(|carried| match carried.what {
            CarriedWhat::Reopened => Some(carried.at),
            CarriedWhat::Anchor { .. }
            | CarriedWhat::AnchorCorrected { .. }
            | CarriedWhat::Facts(_)
            | CarriedWhat::Received { .. }
            | CarriedWhat::Met(_)
            | CarriedWhat::Cleared(_)
            | CarriedWhat::Reminded(_)
            | CarriedWhat::Missed(_)
            | CarriedWhat::Declined { .. } => None,
        });
        let since = reopened.unwrap_or(intake.taken_in_at);
        if self.left_waiting.is_some_and(|told| told >= since) {
            return None;
        }
        let after = packs.house().call_out_after(CallOutWhen::ReportWaiting)?;
        Some((since, since.checked_add(after).unwrap_or(Timestamp::MAX)))
    }
}

/// When the first thing happens; `then` says so as of a later time. Where a slot that is done already
/// ends, the next one begins by itself, and nobody writes anything then that would make the clock look
/// again.
fn first_of(
    here: Option<Timestamp>,
    duties: &[Duty],
    as_of: Timestamp,
    then: impl Fn(Timestamp) -> Option<Timestamp>,
) -> Option<Timestamp> {
    let mut ends: Vec<Timestamp> = duties
        .iter()
        .filter(|duty| duty.kind == DutyKind::Recurring && !duty.state.is_open())
        .filter_map(|duty| duty.due)
        .filter(|due| *due > as_of)
        .collect();
    ends.sort();
    ends.dedup();
    ends.into_iter().fold(here, |first, end| {
        if first.is_some_and(|first| first <= end) { first } else { earliest(first, then(end)) }
    })
}

fn earliest(one: Option<Timestamp>, other: Option<Timestamp>) -> Option<Timestamp> {
    [one, other].into_iter().flatten().min()
}

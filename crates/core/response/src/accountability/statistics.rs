//! How punctual somebody was: counts, medians and percentiles of duties.
//!
//! What each figure is: *in time*, done by the due time and entered by then; *recorded late*, done by the
//! due time, entered afterwards and confirmed by a second person; *late*, done after it; *missed*, past
//! it and not done, in a record that is open; *omitted*, the same in a record that is closed; *owed*, not
//! due yet; *set aside*, waived or replaced. Duties that are to be done at once have no due time: of those
//! only the time they took is told. What a text gives no time for is not counted.
//!
//! Lateness is in whole minutes, begun ones counted in full. Median and 90th percentile are nearest ranks:
//! the smallest value that at least half, or nine tenths, do not exceed.

use std::collections::BTreeMap;

use fengsui_plan::{DutyKind, DutyState};
use jiff::Timestamp;

/// One duty as it is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CountedDuty {
    /// The kind of its deadline.
    pub kind: DutyKind,
    /// Where it stands; past and open is *missed*.
    pub state: DutyState,
    /// When it was due.
    pub due: Option<Timestamp>,
    /// When it was done.
    pub done_at: Option<Timestamp>,
    /// When it arose.
    pub arose_at: Timestamp,
    /// Whether the record it belongs to is closed.
    pub record: RecordState,
}

/// Whether a record is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecordState {
    /// Something may still be done.
    Open,
    /// Nothing more will come.
    Closed,
}

/// The figures of one organisation, district, plan or month.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Done in time.
    pub in_time: u64,
    /// Done in time, entered afterwards and confirmed.
    pub recorded_late: u64,
    /// Done after its time.
    pub late: u64,
    /// Past its time and not done.
    pub missed: u64,
    /// Past its time, not done, and the record is closed.
    pub omitted: u64,
    /// Not due yet.
    pub owed: u64,
    /// Waived or replaced.
    pub set_aside: u64,
    /// To be done at once, and done.
    pub immediate_done: u64,
    /// To be done at once, and not done.
    pub immediate_open: u64,
    /// Reports received.
    pub reports: u64,
    lateness: Minutes,
    elapsed: Minutes,
}

/// How often each number of minutes occurred. As many places as there are different numbers, whatever the
/// number of duties.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Minutes {
    times: BTreeMap<u64, u64>,
    count: u64,
}

impl Tally {
    /// Counts a duty.
    pub fn add(&mut self, duty: &CountedDuty) {
        let is_set_aside = matches!(duty.state, DutyState::Waived | DutyState::Superseded);
        match (duty.kind, duty.due) {
            (DutyKind::Continuing | DutyKind::OnRequest | DutyKind::Undefined, _) => {}
            _ if is_set_aside => self.set_aside += 1,
            (DutyKind::Immediate, _)
            | (DutyKind::Within | DutyKind::Recurring | DutyKind::Simultaneous, None) => {
                self.add_immediate(duty);
            }
            (DutyKind::Within | DutyKind::Recurring | DutyKind::Simultaneous, Some(due)) => {
                self.add_due(duty, due);
            }
        }
    }

    /// Adds what somebody else counted.
    pub fn merge(&mut self, other: &Self) {
        self.in_time += other.in_time;
        self.recorded_late += other.recorded_late;
        self.late += other.late;
        self.missed += other.missed;
        self.omitted += other.omitted;
        self.owed += other.owed;
        self.set_aside += other.set_aside;
        self.immediate_done += other.immediate_done;
        self.immediate_open += other.immediate_open;
        self.reports += other.reports;
        self.lateness.merge(&other.lateness);
        self.elapsed.merge(&other.elapsed);
    }

    /// Duties that had a time and whose time has come, whatever became of them.
    pub const fn fallen_due(&self) -> u64 {
        self.in_time + self.recorded_late + self.late + self.missed + self.omitted
    }

    /// How late those were that were done late, in minutes: half of them at most so much.
    pub fn median_lateness(&self) -> Option<u64> {
        self.lateness.rank(1, 2)
    }

    /// The same for nine tenths of them.
    pub fn lateness_of_nine_tenths(&self) -> Option<u64> {
        self.lateness.rank(9, 10)
    }

    /// How long what was to be done at once took, in minutes: half of them at most so much.
    pub fn median_elapsed(&self) -> Option<u64> {
        self.elapsed.rank(1, 2)
    }

    fn add_immediate(&mut self, duty: &CountedDuty) {
        match duty.done_at {
            Some(done) => {
                self.immediate_done += 1;
                self.elapsed.add(minutes_between(duty.arose_at, done));
            }
            None => self.immediate_open += 1,
        }
    }

    fn add_due(&mut self, duty: &CountedDuty, due: Timestamp) {
        match (duty.state, duty.record) {
            (DutyState::Done | DutyState::Elapsed, _) => self.in_time += 1,
            (DutyState::DoneRecordedLate, _) => self.recorded_late += 1,
            (DutyState::Late, _) => {
                self.late += 1;
                self.lateness.add(minutes_between(due, duty.done_at.unwrap_or(due)));
            }
            (DutyState::Missed, RecordState::Open) => self.missed += 1,
            (DutyState::Missed, RecordState::Closed) => self.omitted += 1,
            (DutyState::Pending, _) => self.owed += 1,
            (DutyState::Waived | DutyState::Superseded, _) => self.set_aside += 1,
        }
    }
}

impl Minutes {
    fn add(&mut self, minutes: u64) {
        *self.times.entry(minutes).or_default() += 1;
        self.count += 1;
    }

    fn merge(&mut self, other: &Self) {
        for (minutes, times) in &other.times {
            *self.times.entry(*minutes).or_default() += times;
        }
        self.count += other.count;
    }

    /// The smallest number that at least `part` of `whole` do not exceed.
    fn rank(&self, part: u64, whole: u64) -> Option<u64> {
        let wanted = (self.count * part).div_ceil(whole);
        let mut seen = 0;
        for (minutes, times) in &self.times {
            seen += times;
            if seen >= wanted {
                return Some(*minutes);
            }
        }
        None
    }
}

/// Whole minutes from one time to another, begun ones counted in full; none the other way round.
fn minutes_between(from: Timestamp, to: Timestamp) -> u64 {
    let seconds = to.duration_since(from).as_millis().max(0);
    u64::try_from((seconds + 59_999) / 60_000).unwrap_or(u64::MAX)
}

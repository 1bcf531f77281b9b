//! Repeats of one round, counted by key: they become rows of the same commit.
//!
//! A row takes the place of the first repeat it counts, which is nobody else's, so its key is unique as well.
//! `time.source` is the first of them, `until` in `extra` the last, `count` how many.

use std::collections::HashMap;
use std::hash::BuildHasherDefault;

use fengsui_records::{Column, Record, Value};

use crate::columns::{Dated, RowKind, micros};
use crate::dedupe::{Key, Plain, Print};
use crate::rows::{Origin, Rows, Spot};

/// Repeats that are being counted.
#[derive(Default)]
pub(super) struct Repeats {
    places: HashMap<(u32, Print), usize, BuildHasherDefault<Plain>>,
    counts: Vec<Repeat>,
    /// Where what a sampling rule left out is counted, by source.
    left_out: HashMap<u32, usize, BuildHasherDefault<Plain>>,
    /// Where entries of lists that stay are counted, by source.
    stayed: HashMap<u32, usize, BuildHasherDefault<Plain>>,
}

/// What was left out, and how often.
struct Repeat {
    origin: Origin,
    spot: Spot,
    dated: Dated,
    reason: &'static str,
    count: i64,
    first: i64,
    last: i64,
    key: Vec<(Column, Value)>,
}

/// A record that is not kept.
pub(super) struct Passing<'a> {
    /// The number of its source.
    pub(super) source: u32,
    /// Where it comes from.
    pub(super) origin: &'a Origin,
    /// Which it is.
    pub(super) spot: Spot,
    /// When it happened.
    pub(super) dated: Dated,
}

impl Repeats {
    /// Keys that are counted before they are made rows.
    pub(super) const KEYS_MAX: usize = 64 * 1024;

    /// How many keys there are.
    pub(super) fn len(&self) -> usize {
        self.counts.len()
    }

    /// Counts a repeat.
    pub(super) fn repeat(&mut self, of: &Passing<'_>, print: Print, record: &Record, key: &Key) {
        let next = self.counts.len();
        let place = *self.places.entry((of.source, print)).or_insert(next);
        if place == next {
            let cells = key.columns_for(record).iter();
            let cells = cells.filter_map(|column| Some((*column, record.get(*column)?.clone())));
            self.counts.push(Repeat::new(of, "repeat", cells.collect()));
        }
        self.count(place, of.dated);
    }

    /// Counts what a sampling rule left out.
    pub(super) fn leave_out(&mut self, of: &Passing<'_>) {
        let next = self.counts.len();
        let place = *self.left_out.entry(of.source).or_insert(next);
        if place == next {
            self.counts.push(Repeat::new(of, "sampled", Vec::new()));
        }
        self.count(place, of.dated);
    }

    /// Counts an entry of a list that stays as it was.
    pub(super) fn stay(&mut self, of: &Passing<'_>) {
        let next = self.counts.len();
        let place = *self.stayed.entry(of.source).or_insert(next);
        if place == next {
            self.counts.push(Repeat::new(of, "unchanged", Vec::new()));
        }
        self.count(place, of.dated);
    }

    /// Makes rows of all, and forgets them.
    pub(super) fn put(&mut self, rows: &mut Rows) {
        self.places.clear();
        self.left_out.clear();
        self.stayed.clear();
        for repeat in self.counts.drain(..) {
            rows.begin(RowKind::Suppressed, &repeat.origin, repeat.spot, repeat.dated);
            rows.put_time(Column::TimeSource, repeat.first);
            rows.put_number(Column::Count, repeat.count);
            rows.put_reason(repeat.reason);
            for (column, value) in &repeat.key {
                rows.put(*column, value);
            }
            let until = jiff::Timestamp::from_microsecond(repeat.last).unwrap_or_default();
            rows.put_text(Column::Extra, &format!("{{\"until\":\"{until}\"}}"));
        }
    }

    fn count(&mut self, place: usize, dated: Dated) {
        if let Some(repeat) = self.counts.get_mut(place) {
            repeat.count += 1;
            repeat.first = repeat.first.min(dated.micros);
            repeat.last = repeat.last.max(dated.micros);
        }
    }
}

impl Repeat {
    fn new(of: &Passing<'_>, reason: &'static str, key: Vec<(Column, Value)>) -> Self {
        Self {
            origin: of.origin.clone(),
            spot: of.spot,
            dated: of.dated,
            reason,
            count: 0,
            first: of.dated.micros,
            last: of.dated.micros,
            key,
        }
    }
}

/// The time of a record that counts.
pub(super) fn dated(record: &Record, origin: &Origin) -> Dated {
    Dated::judge(record.time(Column::TimeSource).map(micros), origin.observation)
}

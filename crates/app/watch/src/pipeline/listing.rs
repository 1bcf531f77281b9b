//! Lists on their way: held until all of a delivery is there, then compared with what is known.
//!
//! A list is committed whole: until its last piece has come its source does not move on, and a kill begins it again.

use std::collections::btree_map::Entry as MapEntry;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use fengsui_formats::{Block, Outcome, Reason};
use fengsui_records::{Column, Record};

use super::round::{Aside, Bench, Job, Numbering, Round, put_aside, read_piece};
use super::tally::{Passing, dated};
use super::{Collector, Made, Memory, Timing, WatchFault, patiently};
use crate::columns::{Dated, RowKind, micros};
use crate::counters::Tally;
use crate::enrichment::Enrichment;
use crate::feed::Feed;
use crate::inbox::{Part, source_of};
use crate::lists::{Entry, ListRule, ListState, Listed};
use crate::rows::{Origin, Rows, Spot};
use crate::shelf::{Progress, Shelf};

/// Deliveries of lists that are not complete, by the number of their source.
pub(super) type Pending = BTreeMap<u32, Vec<Block>>;

/// What comes of one outcome of a list.
struct Line<'a> {
    spot: Spot,
    raw: &'a [u8],
    outcome: Outcome,
}

impl<S: Shelf> Round<'_, S> {
    /// Takes a part of a list; with the last, compares it.
    pub(super) fn handle_list(
        &self,
        job: Job,
        rule: &ListRule,
        bench: &mut Bench<S::Written>,
    ) -> Result<(), WatchFault> {
        let mut gate = self.wait_turn(job.turn)?;
        let memory = self.memory(&mut gate, &job)?;
        if matches!(job.part, Part::First | Part::Whole) {
            memory.pending.insert(job.source, Vec::new());
        }
        let mut job = job;
        let held = memory.pending.remove(&job.source).filter(|_| !job.is_cut());
        job.drop_old();
        if held.is_none() && job.block.pieces.is_empty() {
            self.pass_turn(gate);
            return Ok(());
        }
        let odd = match &held {
            None => Some(Reason::ListWithoutBeginning),
            Some(blocks) => {
                let bytes: usize = blocks.iter().map(|block| block.bytes.len()).sum();
                (bytes + job.block.bytes.len() > rule.bytes_max).then_some(Reason::ListTooLong)
            }
        };
        let mut blocks = held.unwrap_or_default();
        blocks.push(std::mem::take(&mut job.block));
        let mut tally = Tally::default();
        if let Some(reason) = odd {
            // What comes after it has no beginning then, and is quarantined as well.
            self.set_aside(&job, &blocks, reason, (&mut tally, bench))?;
        } else if matches!(job.part, Part::Last | Part::Whole) {
            self.compare(&job, &blocks, memory, (&mut tally, bench))?;
        } else {
            memory.pending.insert(job.source, blocks);
        }
        self.pass_turn(gate);
        bench.tallies.entry(job.feed.name.clone()).or_default().add(&tally);
        Ok(())
    }

    /// Compares a whole list with what is known of it.
    fn compare(
        &self,
        job: &Job,
        blocks: &[Block],
        memory: &mut Memory,
        (tally, bench): (&mut Tally, &mut Bench<S::Written>),
    ) -> Result<(), WatchFault> {
        let mut delivered = BTreeMap::new();
        each_line(job, blocks, |line| {
            if let Outcome::Record(record) = line.outcome {
                let (entry, content) = Listed::prints(&record, self.seed);
                delivered.entry(entry).or_insert(content);
            }
            Ok(())
        })?;
        let rule = job.feed.list.unwrap_or_default();
        if let Some(suspicion) = memory.listed.suspect(&delivered, &rule) {
            tracing::warn!(feed = %job.feed.name, reason = suspicion.as_str(), "a list is not believed");
            return self.set_aside(job, blocks, suspicion, (tally, bench));
        }
        // Later than anything known, so that what is rebuilt is in the right order.
        let observation = job.origin.observation.max(memory.listed.delivered + 1);
        let origin = Origin { observation, ..job.origin.clone() };
        memory.listed.delivered = observation;
        let observed = Dated { micros: observation, suspect: None };
        let mut once = BTreeSet::new();
        let last = each_line(job, blocks, |line| {
            tally.read += 1;
            tally.bytes += u64::try_from(line.raw.len()).unwrap_or_default();
            let record = match line.outcome {
                Outcome::Record(record) => record,
                Outcome::Quarantined(reason) => {
                    let aside = Aside::of_list(line.spot, line.raw, reason);
                    put_aside(&origin, &aside, (tally, &mut bench.rows));
                    return self.write_if_full(bench);
                }
            };
            let prints = Listed::prints(&record, self.seed);
            let state = once
                .insert(prints.0)
                .then(|| memory.listed.take(prints, &record, observation))
                .flatten();
            if let Some(state) = state {
                tally.records += 1;
                let at = (line.spot, line.raw);
                self.put_entry(&origin, at, (&record, state), &mut bench.rows);
            } else {
                tally.suppressed += 1;
                let of = Passing {
                    source: job.source,
                    origin: &origin,
                    spot: line.spot,
                    dated: observed,
                };
                bench.repeats.stay(&of);
            }
            self.write_if_full(bench)
        })?;
        let gone = memory.listed.delist(&delivered);
        self.put_gone(&origin, gone, last, (tally, bench))
    }

    /// A row about an entry of which something is new.
    fn put_entry(
        &self,
        origin: &Origin,
        (spot, raw): (Spot, &[u8]),
        (record, state): (&Record, ListState),
        rows: &mut Rows,
    ) {
        let dated = dated(record, origin);
        rows.begin(RowKind::Record, origin, spot, dated);
        rows.put_record(record);
        rows.put_text(Column::ListState, state.as_str());
        self.enrichment.put(record, dated, rows);
        rows.put_raw(raw);
    }

    /// Rows about entries that are on the list no more, numbered after the last piece.
    fn put_gone(
        &self,
        origin: &Origin,
        gone: Vec<Entry>,
        after: Spot,
        (tally, bench): (&mut Tally, &mut Bench<S::Written>),
    ) -> Result<(), WatchFault> {
        for (nth, entry) in (after.nth..).zip(gone) {
            tally.delisted += 1;
            let end = (ListState::Delisted, Spot { nth, ..after });
            put_end(self.enrichment, &mut bench.rows, origin, end, &entry);
            self.write_if_full(bench)?;
        }
        Ok(())
    }

    /// Quarantines a list, piece by piece.
    fn set_aside(
        &self,
        job: &Job,
        blocks: &[Block],
        reason: Reason,
        (tally, bench): (&mut Tally, &mut Bench<S::Written>),
    ) -> Result<(), WatchFault> {
        let origin = job.origin.clone();
        let mut is_said = false;
        let after = each_line(job, blocks, |line| {
            tally.read += 1;
            is_said = true;
            let reason = match line.outcome {
                Outcome::Record(_) => reason,
                Outcome::Quarantined(reason) => reason,
            };
            let aside = Aside::of_list(line.spot, line.raw, reason);
            put_aside(&origin, &aside, (tally, &mut bench.rows));
            self.write_if_full(bench)
        })?;
        if !is_said {
            // Nothing but comments, or nothing at all.
            tally.read += 1;
            let piece = blocks.iter().find_map(|block| Some(block.piece(*block.pieces.first()?)));
            if let Some(raw) = piece {
                let aside = Aside::of_list(after, raw, reason);
                put_aside(&origin, &aside, (tally, &mut bench.rows));
            } else {
                *tally.quarantined.entry(reason.as_str()).or_default() += 1;
            }
        }
        Ok(())
    }
}

/// Reads a list from its beginning; where a row after its last would be.
fn each_line(
    job: &Job,
    blocks: &[Block],
    mut each: impl FnMut(Line<'_>) -> Result<(), WatchFault>,
) -> Result<Spot, WatchFault> {
    let mut reader = (job.feed.open)(job.name.as_deref());
    let mut outcomes = Vec::new();
    let mut numbering = Numbering::default();
    let mut last = job.skip.unwrap_or_default();
    let pieces =
        blocks.iter().flat_map(|block| block.pieces.iter().map(move |piece| (block, *piece)));
    for (block, piece) in pieces {
        last = piece.offset;
        read_piece(piece, block, job.unreadable, reader.as_mut(), &mut outcomes);
        for mut outcome in outcomes.drain(..) {
            if let Outcome::Record(record) = &mut outcome {
                job.feed.defaults.complete(record);
            }
            let spot = Spot { offset: last, nth: numbering.next(last) };
            each(Line { spot, raw: block.piece(piece), outcome })?;
        }
    }
    Ok(Spot { offset: last, nth: numbering.next(last) })
}

impl<S: Shelf> Collector<'_, S> {
    /// Ends the entries of lists that have not been delivered for too long. To be called now and then.
    pub fn tend(&mut self, timing: &dyn Timing) -> Result<(), WatchFault> {
        let feeds: Vec<Arc<Feed>> = self.feeds.values().cloned().collect();
        for feed in feeds {
            let Some(after) = feed.list.and_then(|rule| rule.expires_after) else { continue };
            let now = micros(timing.now());
            let silent = i64::try_from(after.as_micros()).unwrap_or(i64::MAX);
            let memory = self.memory(&feed, now, timing)?;
            let is_due = memory.listed.delivered.saturating_add(silent) <= now;
            if is_due && memory.listed.len() > 0 {
                let gone = memory.listed.clear();
                memory.listed.delivered = now;
                self.expire(&feed, now, &gone, timing).inspect_err(|_fault| self.forget())?;
            }
        }
        Ok(())
    }

    fn memory(
        &mut self,
        feed: &Arc<Feed>,
        now: i64,
        timing: &dyn Timing,
    ) -> Result<&mut Memory, WatchFault> {
        let (rows, counters, key) = (self.shelf, &self.counters, self.seed);
        Ok(match self.memories.entry(feed.name.clone()) {
            MapEntry::Occupied(known) => known.into_mut(),
            MapEntry::Vacant(place) => {
                place.insert(Memory::read(feed, (key, now), |recall, each| {
                    patiently(counters, timing, || rows.read(recall, each))
                })?)
            }
        })
    }

    /// Shelves the end of entries. The source is the clock: two collectors end them once.
    fn expire(
        &mut self,
        feed: &Arc<Feed>,
        now: i64,
        gone: &[Entry],
        timing: &dyn Timing,
    ) -> Result<(), WatchFault> {
        let origin = Origin {
            feed: feed.name.as_str().into(),
            partition: EXPIRY.into(),
            parser: feed.parser,
            observation: now,
        };
        let source = source_of(&feed.name, EXPIRY);
        let from = patiently(&self.counters, timing, || self.shelf.reached(&source))?;
        let mut rows = Rows::new();
        let mut written = Vec::new();
        for (nth, entry) in (0..).zip(gone) {
            let end = (ListState::Expired, Spot { offset: now, nth });
            put_end(&self.enrichment, &mut rows, &origin, end, entry);
            if rows.len() >= self.limits.batch_rows {
                let batch = rows.finish()?;
                written.extend(patiently(&self.counters, timing, || self.shelf.write(&batch))?);
            }
        }
        if !rows.is_empty() {
            let batch = rows.finish()?;
            written.extend(patiently(&self.counters, timing, || self.shelf.write(&batch))?);
        }
        let progress = [Progress { source, from, to: now }];
        match self.commit(&written, &progress, timing)? {
            Made::Done => {
                let delisted = u64::try_from(gone.len()).unwrap_or_default();
                let tally = Tally { delisted, ..Tally::default() };
                self.counters.add(&BTreeMap::from([(feed.name.clone(), tally)]));
            }
            Made::Overtaken => self.memories.clear(),
        }
        Ok(())
    }
}

impl Job {
    /// Whether its beginning is on the shelf already: then it was too long to be compared, and set aside.
    fn is_cut(&self) -> bool {
        self.block.pieces.first().is_some_and(|piece| Some(piece.offset) <= self.skip)
    }

    fn drop_old(&mut self) {
        let skip = self.skip;
        self.block.pieces.retain(|piece| Some(piece.offset) > skip);
    }
}

/// A row about the end of an entry.
fn put_end(
    enrichment: &Enrichment,
    rows: &mut Rows,
    origin: &Origin,
    (state, spot): (ListState, Spot),
    entry: &Entry,
) {
    let dated = Dated { micros: origin.observation, suspect: None };
    rows.begin(RowKind::Record, origin, spot, dated);
    rows.put_record(&entry.about);
    rows.put_text(Column::ListState, state.as_str());
    enrichment.put(&entry.about, dated, rows);
}

/// The partition of what the clock does.
const EXPIRY: &str = "expiry";

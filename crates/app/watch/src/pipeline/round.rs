//! One round: workers pull, read, judge in order, build and write. Nothing is visible when it ends; the commit follows.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use fengsui_formats::{Block, Outcome, Piece, Reader, Reason};
use fengsui_records::{Column, FeedName, Record};
use jiff::Timestamp;

use super::rereading::{is_outdated, put_resolved};
use super::tally::{Passing, Repeats, dated};
use super::{Collector, Limits, Memories, Memory, Source, Sources, Timing, WatchFault, patiently};
use crate::again::{About, Again, Old};
use crate::columns::{Dated, RowKind, micros};
use crate::counters::{Counters, Tally};
use crate::dedupe::{Print, Seed};
use crate::enrichment::Enrichment;
use crate::feed::{Feed, Feeds};
use crate::inbox::{Delivery, Part, Tap, Tapped, TurnedBack, source_of};
use crate::leases::{Lease, Leases};
use crate::rows::{Origin, Rows, Spot};
use crate::shelf::Shelf;

/// Takes in what comes within one round.
pub(super) fn take<S: Shelf>(
    collector: &mut Collector<'_, S>,
    tap: &mut dyn Tap,
    timing: &dyn Timing,
) -> Result<Done<S::Written>, WatchFault> {
    let round = Round {
        shelf: collector.shelf,
        leases: collector.leases,
        feeds: &collector.feeds,
        enrichment: &collector.enrichment,
        counters: &collector.counters,
        limits: collector.limits,
        seed: collector.seed,
        timing,
        entrance: Mutex::new(Entrance {
            tap,
            sources: &mut collector.sources,
            begun: &mut collector.begun,
            began: timing.now(),
            next: 0,
            bytes: 0,
            state: State::Open,
        }),
        gate: Mutex::new(Gate { turn: 0, is_stopped: false, memories: &mut collector.memories }),
        turned: Condvar::new(),
        done: Mutex::new(Done { written: Vec::new(), tallies: BTreeMap::new(), is_ended: false }),
    };
    round.run()?;
    let is_ended = lock(&round.entrance).state == State::Ended;
    let done = round.done.into_inner().unwrap_or_else(PoisonError::into_inner);
    Ok(Done { is_ended, ..done })
}

/// What a round has done; not visible yet.
pub(super) struct Done<W> {
    pub(super) written: Vec<W>,
    pub(super) tallies: BTreeMap<FeedName, Tally>,
    pub(super) is_ended: bool,
}

/// How one document is read: in parallel where the reader keeps nothing between pieces.
pub(super) struct Slot {
    reader: Mutex<Box<dyn Reader>>,
    /// Deliveries whose order matters and that are not read yet.
    in_order: AtomicUsize,
}

/// What the workers of a round share.
pub(super) struct Round<'r, S: Shelf> {
    pub(super) shelf: &'r S,
    leases: &'r dyn Leases,
    feeds: &'r Feeds,
    pub(super) enrichment: &'r Enrichment,
    pub(super) counters: &'r Counters,
    limits: Limits,
    pub(super) seed: Seed,
    pub(super) timing: &'r dyn Timing,
    entrance: Mutex<Entrance<'r>>,
    gate: Mutex<Gate<'r>>,
    turned: Condvar,
    done: Mutex<Done<S::Written>>,
}

/// Where deliveries are pulled, one worker at a time.
struct Entrance<'r> {
    tap: &'r mut dyn Tap,
    sources: &'r mut Sources,
    begun: &'r mut u32,
    began: Timestamp,
    next: u64,
    bytes: usize,
    state: State,
}

/// Whether more is pulled.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Open,
    Closed,
    Ended,
}

/// Where deliveries are judged, in the order in which they were pulled.
pub(super) struct Gate<'r> {
    turn: u64,
    is_stopped: bool,
    memories: &'r mut Memories,
}

/// One delivery on its way.
pub(super) struct Job {
    /// Its place in the order.
    pub(super) turn: u64,
    pub(super) origin: Origin,
    pub(super) source: u32,
    pub(super) feed: Arc<Feed>,
    pub(super) name: Option<Arc<str>>,
    pub(super) block: Block,
    pub(super) part: Part,
    /// Why none of its pieces can be read.
    pub(super) unreadable: Option<Reason>,
    /// What is at or below is on the shelf already, or in hand.
    pub(super) skip: Option<i64>,
    /// What its pieces are in quarantine, where they are read again.
    pub(super) again: Option<Arc<Again>>,
    reading: Reading,
}

/// How the pieces of a delivery are read.
enum Reading {
    /// By a reader of its own.
    Apart(Box<dyn Reader>),
    /// By the reader of the document, when it is its turn.
    InOrder(Arc<Slot>),
    /// As a part of a list.
    List,
    /// Each piece by itself: they were in quarantine.
    Again,
}

/// What a worker has in hand.
pub(super) struct Bench<W> {
    pub(super) rows: Rows,
    pub(super) repeats: Repeats,
    written: Vec<W>,
    pub(super) tallies: BTreeMap<FeedName, Tally>,
    pub(super) outcomes: Vec<Outcome>,
    pub(super) taken: Vec<Taken>,
}

/// What became of a piece, or of a part of it.
pub(super) struct Taken {
    pub(super) piece: Piece,
    pub(super) spot: Spot,
    pub(super) what: What,
}

/// A record and what is to become of it, or why there is none.
pub(super) enum What {
    Record {
        record: Record,
        dated: Dated,
        print: Option<Print>,
        verdict: Verdict,
    },
    /// With what it needs to be read again, where it is the first of its piece.
    Unreadable(Reason, Option<Box<str>>),
    /// A row in quarantine, by its place, is resolved.
    Resolved(String),
}

/// Which piece stood last in a row about what came of it: each stands in one.
#[derive(Default)]
struct Kept {
    last: Option<usize>,
}

/// What is to become of a record.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    Keep,
    Repeat,
    LeaveOut,
}

/// Whether the next delivery may be judged.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Turn {
    Hold,
    Pass,
}

/// Numbers what comes of pieces: pieces with one offset are numbered together.
#[derive(Default)]
pub(super) struct Numbering {
    offset: Option<i64>,
    next: i32,
}

impl<'r, S: Shelf> Round<'r, S> {
    /// Pieces that are read before they are judged: what a worker has in memory at once.
    pub(super) const SLICE: usize = 8 * 1024;

    fn run(&self) -> Result<(), WatchFault> {
        if self.limits.workers <= 1 {
            return self.work();
        }
        thread::scope(|scope| {
            let workers: Vec<_> =
                (0..self.limits.workers).map(|_| scope.spawn(|| self.work())).collect();
            let finished = workers
                .into_iter()
                .map(|worker| worker.join().unwrap_or(Err(WatchFault::ReaderFailed)));
            finished.fold(Ok(()), worse)
        })
    }

    /// One worker: until nothing more is pulled.
    fn work(&self) -> Result<(), WatchFault> {
        let mut alarm = Alarm { round: self, is_armed: true };
        let mut bench = Bench {
            rows: Rows::new(),
            repeats: Repeats::default(),
            written: Vec::new(),
            tallies: BTreeMap::new(),
            outcomes: Vec::new(),
            taken: Vec::new(),
        };
        while let Some(job) = self.pull()? {
            self.handle(job, &mut bench)?;
        }
        bench.repeats.put(&mut bench.rows);
        self.write(&mut bench)?;
        let mut done = lock(&self.done);
        done.written.append(&mut bench.written);
        for (feed, tally) in bench.tallies {
            done.tallies.entry(feed).or_default().add(&tally);
        }
        alarm.is_armed = false;
        Ok(())
    }

    /// The next delivery that has something new.
    fn pull(&self) -> Result<Option<Job>, WatchFault> {
        let mut entrance = lock(&self.entrance);
        loop {
            let patience = self.patience(&entrance);
            if entrance.state != State::Open || patience.is_zero() {
                return Ok(None);
            }
            let job = match entrance.tap.next(patience) {
                Tapped::Nothing => entrance.close(State::Closed),
                Tapped::Ended => entrance.close(State::Ended),
                Tapped::Delivery(delivery) => self.admit(&mut entrance, delivery)?,
            };
            if job.is_some() {
                return Ok(job);
            }
        }
    }

    /// How long to wait for a delivery: none, where the round has lasted or taken long enough.
    fn patience(&self, entrance: &Entrance<'_>) -> Duration {
        if entrance.bytes >= self.limits.round_bytes {
            return Duration::ZERO;
        }
        let lasted = self.timing.now().duration_since(entrance.began);
        let lasted = Duration::try_from(lasted).unwrap_or_default();
        self.limits.round.saturating_sub(lasted)
    }

    /// Takes a delivery in; `None` where there is nothing new in it, or another collector reads its source.
    fn admit(
        &self,
        entrance: &mut Entrance<'_>,
        delivery: Delivery,
    ) -> Result<Option<Job>, WatchFault> {
        let name = source_of(&delivery.feed, &delivery.partition);
        if !entrance.sources.contains_key(&name) {
            let Some(source) = self.begin(&name, &delivery, *entrance.begun)? else {
                entrance.tap.turn_back(&name, TurnedBack::HeldElsewhere);
                return Ok(None);
            };
            *entrance.begun = entrance.begun.wrapping_add(1);
            entrance.sources.insert(name.clone(), source);
        }
        if let Some(again) = &delivery.again
            && is_outdated(again, &name, entrance.sources, entrance.tap)
        {
            return Ok(None);
        }
        let Some(source) = entrance.sources.get_mut(&name) else { return Ok(None) };
        let reading = source.reading(&delivery);
        let skip = source.ahead;
        source.ahead = source.ahead.max(delivery.block.reached());
        let is_old = delivery.block.pieces.iter().all(|piece| Some(piece.offset) <= skip);
        if let Some(committed) = source.committed
            && delivery.block.reached().is_some_and(|reached| reached <= committed)
        {
            // It was kept before, and whoever delivers it again was not told.
            entrance.tap.done(&name, committed);
        }
        if is_old && reading.passes(&delivery) {
            return Ok(None);
        }
        // Until the whole of a list is here, its source stands still.
        let ends = matches!(delivery.part, Part::Whole | Part::Last);
        source.is_unsettled = source.feed.list.is_some() && !ends;
        entrance.bytes += delivery.block.bytes.len();
        let turn = entrance.next;
        entrance.next += 1;
        Ok(Some(Job {
            turn,
            origin: Origin {
                feed: Arc::clone(&source.feed_text),
                partition: Arc::clone(&source.partition),
                parser: source.feed.parser,
                observation: micros(self.timing.now()),
            },
            source: source.number,
            feed: Arc::clone(&source.feed),
            name: delivery.name,
            part: delivery.part,
            unreadable: delivery.unreadable,
            block: delivery.block,
            skip,
            again: delivery.again,
            reading,
        }))
    }

    /// Begins a source: whose it is, and how far it is on the shelf.
    fn begin(
        &self,
        name: &str,
        delivery: &Delivery,
        number: u32,
    ) -> Result<Option<Source>, WatchFault> {
        let Some(feed) = self.feeds.get(&delivery.feed) else {
            return Err(WatchFault::NoSuchFeed(delivery.feed.clone()));
        };
        let Lease::Taken(lease) = self.leases.try_take(name)? else { return Ok(None) };
        let reached = patiently(self.counters, self.timing, || self.shelf.reached(name))?;
        Ok(Some(Source {
            number,
            feed: Arc::clone(feed),
            feed_text: feed.name.as_str().into(),
            partition: Arc::clone(&delivery.partition),
            _lease: lease,
            slot: None,
            is_unsettled: false,
            committed: reached,
            ahead: reached,
        }))
    }

    fn handle(&self, mut job: Job, bench: &mut Bench<S::Written>) -> Result<(), WatchFault> {
        match std::mem::replace(&mut job.reading, Reading::Apart(Box::new(Nobody))) {
            Reading::Apart(mut reader) => self.read(&job, reader.as_mut(), bench),
            Reading::Again => self.read_again(&job, bench),
            Reading::List => {
                let rule = job.feed.list.unwrap_or_default();
                self.handle_list(job, &rule, bench)
            }
            Reading::InOrder(slot) => {
                drop(self.wait_turn(job.turn)?);
                let mut reader = lock(&slot.reader);
                job.pass_over(reader.as_mut(), &mut bench.outcomes);
                let read = self.read(&job, reader.as_mut(), bench);
                slot.in_order.fetch_sub(1, Ordering::AcqRel);
                read
            }
        }
    }

    /// Reads the new pieces of a delivery and does with them what is to be done.
    fn read(
        &self,
        job: &Job,
        reader: &mut dyn Reader,
        bench: &mut Bench<S::Written>,
    ) -> Result<(), WatchFault> {
        let first = job.block.pieces.partition_point(|piece| Some(piece.offset) <= job.skip);
        let pieces = job.block.pieces.get(first..).unwrap_or_default();
        let mut tally = Tally::default();
        let mut numbering = Numbering::default();
        let mut slices = pieces.chunks(Self::SLICE).peekable();
        if slices.peek().is_none() {
            self.judge(job, &mut [], Turn::Pass)?;
        }
        while let Some(slice) = slices.next() {
            for piece in slice {
                tally.bytes += u64::try_from(piece.end - piece.start).unwrap_or_default();
                read_piece(*piece, &job.block, job.unreadable, reader, &mut bench.outcomes);
                self.take_outcomes(*piece, (job, &*reader), &mut numbering, bench);
            }
            let turn = if slices.peek().is_some() { Turn::Hold } else { Turn::Pass };
            tally.forgotten += self.judge(job, &mut bench.taken, turn)?;
            self.build(job, &mut tally, bench)?;
        }
        bench.tallies.entry(job.feed.name.clone()).or_default().add(&tally);
        Ok(())
    }

    /// Completes and prints what a piece gave.
    fn take_outcomes(
        &self,
        piece: Piece,
        (job, reader): (&Job, &dyn Reader),
        numbering: &mut Numbering,
        bench: &mut Bench<S::Written>,
    ) {
        let mut about = job.about(piece, reader, &bench.outcomes);
        for outcome in bench.outcomes.drain(..) {
            let spot = Spot { offset: piece.offset, nth: numbering.next(piece.offset) };
            let what = match outcome {
                Outcome::Record(record) => self.take_record(record, job, &job.origin),
                Outcome::Quarantined(reason) => What::Unreadable(reason, about.take()),
            };
            bench.taken.push(Taken { piece, spot, what });
        }
    }

    /// Completes and prints a record.
    pub(super) fn take_record(&self, mut record: Record, job: &Job, origin: &Origin) -> What {
        job.feed.defaults.complete(&mut record);
        let dated = dated(&record, origin);
        let print =
            job.feed.rule.as_ref().and_then(|rule| Print::of(&record, dated, rule, self.seed));
        let is_left_out = job.feed.one_in.is_some_and(|one_in| {
            let print = print.unwrap_or_else(|| Print::of_all(&record, self.seed));
            !print.is_kept(one_in.get())
        });
        let verdict = if is_left_out { Verdict::LeaveOut } else { Verdict::Keep };
        What::Record { record, dated, print, verdict }
    }

    /// Judges which records are repeats, in the order of deliveries; how many keys were forgotten for it.
    pub(super) fn judge(
        &self,
        job: &Job,
        taken: &mut [Taken],
        then: Turn,
    ) -> Result<u64, WatchFault> {
        let mut gate = self.wait_turn(job.turn)?;
        let mut forgotten = 0;
        if let Some(rule) = &job.feed.rule
            && !taken.is_empty()
        {
            let memory = self.memory(&mut gate, job)?;
            for one in taken {
                let observed = job.observed(one.piece);
                one.what.judge(|print| memory.seen.is_first(print, observed));
            }
            memory.seen.tidy(job.origin.observation, rule);
            forgotten = memory.seen.take_forgotten();
        }
        if then == Turn::Pass {
            gate.turn += 1;
            self.turned.notify_all();
        }
        Ok(forgotten)
    }

    pub(super) fn wait_turn(&self, turn: u64) -> Result<MutexGuard<'_, Gate<'r>>, WatchFault> {
        let gate = self
            .turned
            .wait_while(lock(&self.gate), |gate| gate.turn != turn && !gate.is_stopped)
            .unwrap_or_else(PoisonError::into_inner);
        if gate.is_stopped { Err(WatchFault::Stopped) } else { Ok(gate) }
    }

    /// Lets the next delivery be judged.
    pub(super) fn pass_turn(&self, mut gate: MutexGuard<'_, Gate<'r>>) {
        gate.turn += 1;
        self.turned.notify_all();
    }

    /// What is remembered of a feed; read from the shelf where nothing is.
    pub(super) fn memory<'g>(
        &self,
        gate: &'g mut Gate<'_>,
        job: &Job,
    ) -> Result<&'g mut Memory, WatchFault> {
        let entry = gate.memories.entry(job.feed.name.clone());
        Ok(match entry {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(place) => place.insert(Memory::read(
                &job.feed,
                (self.seed, job.origin.observation),
                |recall, each| {
                    patiently(self.counters, self.timing, || self.shelf.read(recall, each))
                },
            )?),
        })
    }

    /// Makes rows of what was judged.
    pub(super) fn build(
        &self,
        job: &Job,
        tally: &mut Tally,
        bench: &mut Bench<S::Written>,
    ) -> Result<(), WatchFault> {
        let mut taken = std::mem::take(&mut bench.taken);
        let mut kept = Kept::default();
        for one in taken.drain(..) {
            tally.read += u64::from(!matches!(one.what, What::Resolved(_)));
            self.build_one(job, one, &mut kept, (tally, bench));
            self.write_if_full(bench)?;
        }
        bench.taken = taken;
        Ok(())
    }

    fn build_one(
        &self,
        job: &Job,
        Taken { piece, spot, what }: Taken,
        kept: &mut Kept,
        (tally, bench): (&mut Tally, &mut Bench<S::Written>),
    ) {
        let raw = job.block.piece(piece);
        let (old, origin) = (job.old(piece), job.origin_of(piece));
        match what {
            What::Unreadable(reason, about) => {
                let raw = about.is_some().then_some(raw);
                let aside = Aside { spot, raw, about: about.as_deref(), reason, old };
                put_aside(&origin, &aside, (tally, &mut bench.rows));
            }
            What::Resolved(place) => {
                put_resolved(&job.origin, spot, (old, &place), &mut bench.rows);
            }
            What::Record { record, dated, verdict: Verdict::Keep, .. } => {
                tally.records += 1;
                bench.rows.begin(RowKind::Record, &origin, spot, dated);
                match old {
                    Some(old) => bench.rows.put_again(&old.place()),
                    None => tally.see(origin.observation - dated.micros),
                }
                bench.rows.put_record(&record);
                self.enrichment.put(&record, dated, &mut bench.rows);
                if kept.is_first(piece) {
                    bench.rows.put_raw(raw);
                }
            }
            What::Record { record, dated, print, verdict } => {
                let of = Passing { source: job.source, origin: &origin, spot, dated };
                let is_repeat = verdict == Verdict::Repeat;
                bench.pass(job, &of, print.filter(|_| is_repeat), &record);
                *if is_repeat { &mut tally.suppressed } else { &mut tally.sampled } += 1;
            }
        }
    }

    /// Writes the rows a worker has built when they are many.
    pub(super) fn write_if_full(&self, bench: &mut Bench<S::Written>) -> Result<(), WatchFault> {
        if bench.repeats.len() >= Repeats::KEYS_MAX {
            bench.repeats.put(&mut bench.rows);
        }
        let is_full = bench.rows.bytes() >= self.limits.batch_bytes
            || bench.rows.len() >= self.limits.batch_rows;
        if is_full { self.write(bench) } else { Ok(()) }
    }

    /// Writes the rows a worker has built.
    fn write(&self, bench: &mut Bench<S::Written>) -> Result<(), WatchFault> {
        if bench.rows.is_empty() {
            return Ok(());
        }
        let batch = bench.rows.finish()?;
        let written = patiently(self.counters, self.timing, || self.shelf.write(&batch))?;
        bench.written.extend(written);
        Ok(())
    }
}

impl Entrance<'_> {
    fn close(&mut self, state: State) -> Option<Job> {
        self.state = state;
        None
    }
}

impl<W> Bench<W> {
    /// Counts a record that is not kept.
    fn pass(&mut self, job: &Job, of: &Passing<'_>, repeats: Option<Print>, record: &Record) {
        match (repeats, &job.feed.rule) {
            (Some(print), Some(rule)) => self.repeats.repeat(of, print, record, &rule.key),
            (_, _) => self.repeats.leave_out(of),
        }
    }
}

impl Job {
    /// What a piece is in quarantine, where it is read again.
    pub(super) fn old(&self, piece: Piece) -> Option<&Old> {
        self.again.as_ref()?.at(piece.offset)
    }

    /// When a piece was taken in first.
    fn observed(&self, piece: Piece) -> i64 {
        self.old(piece).map_or(self.origin.observation, |old| old.mark.observed)
    }

    /// Where the rows of a piece come from: what is read again has happened when it was taken in first.
    pub(super) fn origin_of(&self, piece: Piece) -> Cow<'_, Origin> {
        match self.old(piece) {
            None => Cow::Borrowed(&self.origin),
            Some(old) => {
                Cow::Owned(Origin { observation: old.mark.observed, ..self.origin.clone() })
            }
        }
    }

    /// What is kept beside a piece where a part of it cannot be read.
    fn about(&self, piece: Piece, reader: &dyn Reader, outcomes: &[Outcome]) -> Option<Box<str>> {
        if !outcomes.iter().any(|outcome| matches!(outcome, Outcome::Quarantined(_))) {
            return None;
        }
        if self.unreadable.is_some() || piece.shortened {
            return Some(About::of_unread().written());
        }
        let (raw, name) = (self.block.piece(piece), self.name.as_deref());
        Some(About::of(raw, outcomes, name, &reader.head()).written())
    }

    /// Lets a reader that needs the beginning of its document see what is taken in already.
    fn pass_over(&self, reader: &mut dyn Reader, outcomes: &mut Vec<Outcome>) {
        let old = self.block.pieces.iter().take_while(|piece| Some(piece.offset) <= self.skip);
        for piece in old {
            if reader.fork().is_some() {
                return;
            }
            read_piece(*piece, &self.block, self.unreadable, reader, outcomes);
            outcomes.clear();
        }
    }
}

impl Kept {
    fn is_first(&mut self, piece: Piece) -> bool {
        self.last.replace(piece.start) != Some(piece.start)
    }
}

impl What {
    /// A record that would be kept is a repeat unless its key is there for the first time.
    fn judge(&mut self, is_first: impl FnOnce(Print) -> bool) {
        if let Self::Record { print: Some(print), verdict, .. } = self
            && *verdict == Verdict::Keep
            && !is_first(*print)
        {
            *verdict = Verdict::Repeat;
        }
    }
}

impl Reading {
    /// Whether a delivery without anything new need not be looked at.
    fn passes(&self, delivery: &Delivery) -> bool {
        match self {
            Self::Apart(_) | Self::Again => true,
            Self::InOrder(_) => false,
            // The end of a list may bring nothing but itself.
            Self::List => {
                let ends = matches!(delivery.part, Part::Whole | Part::Last);
                !(ends && delivery.block.pieces.is_empty())
            }
        }
    }
}

impl Source {
    /// How a delivery is read: by its document's reader, or by one of its own where that keeps nothing.
    fn reading(&mut self, delivery: &Delivery) -> Reading {
        if delivery.again.is_some() {
            return Reading::Again;
        }
        if self.feed.list.is_some() {
            return Reading::List;
        }
        let begins = matches!(delivery.part, Part::Whole | Part::First);
        let ends = matches!(delivery.part, Part::Whole | Part::Last);
        let slot = match self.slot.take().filter(|_| !begins) {
            Some(slot) => slot,
            None => Arc::new(Slot {
                reader: Mutex::new((self.feed.open)(delivery.name.as_deref())),
                in_order: AtomicUsize::new(0),
            }),
        };
        self.slot = (!ends).then(|| Arc::clone(&slot));
        if slot.in_order.load(Ordering::Acquire) == 0
            && let Some(reader) = lock(&slot.reader).fork()
        {
            return Reading::Apart(reader);
        }
        slot.in_order.fetch_add(1, Ordering::AcqRel);
        Reading::InOrder(slot)
    }
}

impl Numbering {
    pub(super) fn next(&mut self, offset: i64) -> i32 {
        if self.offset.replace(offset) != Some(offset) {
            self.next = 0;
        }
        let number = self.next;
        self.next += 1;
        number
    }
}

/// Stops the other workers when one of them fails: they may wait for its turn.
struct Alarm<'a, 'r, S: Shelf> {
    round: &'a Round<'r, S>,
    is_armed: bool,
}

impl<S: Shelf> Drop for Alarm<'_, '_, S> {
    fn drop(&mut self) {
        if self.is_armed {
            lock(&self.round.gate).is_stopped = true;
            self.round.turned.notify_all();
        }
    }
}

/// Stands where a reader was taken from.
struct Nobody;

impl Reader for Nobody {
    fn read(&mut self, _piece: &[u8], out: &mut Vec<Outcome>) {
        out.push(Outcome::Quarantined(Reason::NotThisFormat));
    }

    fn fork(&self) -> Option<Box<dyn Reader>> {
        None
    }
}

/// Something that could not be read or believed.
pub(super) struct Aside<'a> {
    spot: Spot,
    /// The piece, in its first row.
    raw: Option<&'a [u8]>,
    /// What it needs to be read again.
    about: Option<&'a str>,
    reason: Reason,
    /// What it was in quarantine before.
    old: Option<&'a Old>,
}

impl<'a> Aside<'a> {
    /// A line of a list: it is compared with the others, not read by itself.
    pub(super) fn of_list(spot: Spot, raw: &'a [u8], reason: Reason) -> Self {
        Self { spot, raw: Some(raw), about: None, reason, old: None }
    }
}

/// A row about it.
pub(super) fn put_aside(
    origin: &Origin,
    aside: &Aside<'_>,
    (tally, rows): (&mut Tally, &mut Rows),
) {
    *tally.quarantined.entry(aside.reason.as_str()).or_default() += 1;
    let observed = Dated { micros: origin.observation, suspect: None };
    rows.begin(RowKind::Quarantined, origin, aside.spot, observed);
    rows.put_reason(aside.reason.as_str());
    if let Some(raw) = aside.raw {
        rows.put_raw(raw);
    }
    if let Some(about) = aside.about {
        rows.put_text(Column::Extra, about);
    }
    if let Some(old) = aside.old {
        rows.put_again(&old.place());
    }
}

/// Reads one piece, unless it cannot be read whatever it says.
pub(super) fn read_piece(
    piece: Piece,
    block: &Block,
    unreadable: Option<Reason>,
    reader: &mut dyn Reader,
    outcomes: &mut Vec<Outcome>,
) {
    match unreadable.or(piece.shortened.then_some(Reason::TooLong)) {
        Some(reason) => outcomes.push(Outcome::Quarantined(reason)),
        None => reader.read(block.piece(piece), outcomes),
    }
}

/// What the workers came to: the fault that says why, rather than that others were stopped by it.
fn worse(one: Result<(), WatchFault>, other: Result<(), WatchFault>) -> Result<(), WatchFault> {
    if matches!(one, Ok(()) | Err(WatchFault::Stopped)) && other.is_err() { other } else { one }
}

fn lock<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

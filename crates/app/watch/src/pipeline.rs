//! From blocks to rows on the shelf: read, judge repeats, enrich, build, write, commit.
//!
//! A *round* is what one commit makes visible. Within it, workers read and build in parallel; repeats are judged in the order
//! in which deliveries were pulled. A source moves on in the same commit as its rows, so a kill at any point loses and doubles
//! nothing: what was not committed is delivered again, what was is skipped.
//!
//! A full or unreachable shelf is waited for with everything in hand; then nothing is pulled, and sources wait.
//!
//! Start reading at [`Collector::round`].

mod listing;
mod memory;
mod rereading;
mod round;
mod tally;

use std::any::Any;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use fengsui_records::FeedName;
use jiff::Timestamp;

use self::memory::Memory;
use crate::again::AGAIN;
use crate::counters::Counters;
use crate::dedupe::Seed;
use crate::enrichment::Enrichment;
use crate::feed::{Feed, Feeds};
use crate::inbox::{Tap, TurnedBack};
use crate::leases::{LeaseFault, Leases};
use crate::shelf::{Progress, Shelf, ShelfFault};

/// How much is done at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Threads that read and build.
    pub workers: usize,
    /// How long a round lasts.
    pub round: Duration,
    /// Bytes of input in a round.
    pub round_bytes: usize,
    /// Bytes of rows a worker builds before it writes them.
    pub batch_bytes: usize,
    /// Rows a worker builds before it writes them.
    pub batch_rows: usize,
}

/// The time, and waiting: given, so that nothing here sleeps or asks a clock.
pub trait Timing: Sync {
    /// What time it is.
    fn now(&self) -> Timestamp;

    /// Called when the shelf cannot be used; returns when it should be tried again, or says that the watch ends.
    fn wait(&self, fault: &ShelfFault) -> Wait;
}

/// What to do after waiting for the shelf.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wait {
    /// Try again.
    Again,
    /// Let go of everything that is not committed.
    Stop,
}

/// What became of a round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Passed {
    /// Something was committed.
    Committed,
    /// There was nothing to do.
    Nothing,
    /// Another collector had taken a source on; what was in hand was let go, and its sources begin again.
    Overtaken,
    /// Nothing will come any more, and everything is committed.
    Ended,
}

/// The watch cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum WatchFault {
    /// The shelf could not be used, and waiting for it was ended.
    #[error(
        "the watch was ended while the lake could not be used; what was not committed is read again"
    )]
    Stopped,
    /// Leases cannot be had.
    #[error("the watch cannot find out which sources are its own")]
    Lease(#[from] LeaseFault),
    /// A delivery of a feed that is not configured.
    #[error("there is no feed {0}; add it to the configuration")]
    NoSuchFeed(FeedName),
    /// Rows do not fit the table.
    #[error("rows could not be built")]
    Rows(#[from] arrow::error::ArrowError),
    /// A reader failed altogether.
    #[error("a reader failed; its source is read again from what is committed")]
    ReaderFailed,
}

/// Takes deliveries of feeds to a shelf.
pub struct Collector<'a, S: Shelf> {
    shelf: &'a S,
    leases: &'a dyn Leases,
    feeds: Feeds,
    enrichment: Arc<Enrichment>,
    counters: Arc<Counters>,
    limits: Limits,
    seed: Seed,
    sources: Sources,
    /// Sources that have been begun: each gets another number.
    begun: u32,
    memories: Memories,
}

/// What a collector works with.
pub struct Equipment<'a, S: Shelf> {
    /// Where rows go.
    pub shelf: &'a S,
    /// Who may read a source.
    pub leases: &'a dyn Leases,
    /// What is known beside the feeds.
    pub enrichment: Arc<Enrichment>,
    /// How much is done at once.
    pub limits: Limits,
    /// The key of the hashes: random, and kept to oneself.
    pub seed: Seed,
}

/// A source that is being read.
pub(crate) struct Source {
    number: u32,
    feed: Arc<Feed>,
    partition: Arc<str>,
    /// The name of the feed, as it stands in rows.
    feed_text: Arc<str>,
    /// Held while it is read here.
    _lease: Box<dyn Any + Send>,
    /// The reader of the document that is being read.
    slot: Option<Arc<round::Slot>>,
    /// Whether it is in the middle of a list, which is committed whole.
    is_unsettled: bool,
    committed: Option<i64>,
    /// How far it has been pulled.
    ahead: Option<i64>,
}

/// Sources by name.
type Sources = BTreeMap<String, Source>;

/// What is remembered of feeds: rebuilt from the shelf, never kept apart.
type Memories = BTreeMap<FeedName, Memory>;

impl Limits {
    /// Limits for a machine with so many cores.
    pub fn of(cores: usize) -> Self {
        Self {
            workers: cores.clamp(1, 64),
            round: Duration::from_secs(1),
            round_bytes: 256 * 1024 * 1024,
            batch_bytes: 32 * 1024 * 1024,
            batch_rows: 128 * 1024,
        }
    }
}

impl<'a, S: Shelf> Collector<'a, S> {
    /// Sources that are remembered between rounds at most.
    const SOURCES_MAX: usize = 4_096;

    /// A collector of these feeds.
    pub fn new(equipment: Equipment<'a, S>, feeds: impl IntoIterator<Item = Feed>) -> Self {
        Self {
            shelf: equipment.shelf,
            leases: equipment.leases,
            enrichment: equipment.enrichment,
            limits: equipment.limits,
            seed: equipment.seed,
            feeds: feeds.into_iter().map(|feed| (feed.name.clone(), Arc::new(feed))).collect(),
            counters: Arc::new(Counters::default()),
            sources: Sources::new(),
            begun: 0,
            memories: Memories::new(),
        }
    }

    /// Counts in figures that somebody else looks at while it collects.
    #[must_use]
    pub fn counting_in(mut self, counters: Arc<Counters>) -> Self {
        self.counters = counters;
        self
    }

    /// What has been done.
    pub fn counters(&self) -> Arc<Counters> {
        Arc::clone(&self.counters)
    }

    /// Uses other knowledge from the next round on.
    pub fn enrich_with(&mut self, enrichment: Arc<Enrichment>) {
        self.enrichment = enrichment;
    }

    /// Rounds until the tap ends.
    pub fn run(&mut self, tap: &mut dyn Tap, timing: &dyn Timing) -> Result<(), WatchFault> {
        loop {
            match self.round(tap, timing)? {
                Passed::Ended => return Ok(()),
                Passed::Committed | Passed::Nothing | Passed::Overtaken => {}
            }
        }
    }

    /// Pulls, takes in and commits what comes within one round.
    pub fn round(&mut self, tap: &mut dyn Tap, timing: &dyn Timing) -> Result<Passed, WatchFault> {
        let done = round::take(self, tap, timing).inspect_err(|_fault| self.forget())?;
        let progress = self.progress();
        if progress.is_empty() && done.written.is_empty() {
            return Ok(if done.is_ended { Passed::Ended } else { Passed::Nothing });
        }
        let committed = self.commit(&done.written, &progress, timing);
        match committed.inspect_err(|_fault| self.forget())? {
            Made::Done => {
                self.settle(tap, &progress);
                self.counters.add(&done.tallies);
                Ok(Passed::Committed)
            }
            Made::Overtaken => {
                self.turn_back(tap, &progress, timing)?;
                Ok(Passed::Overtaken)
            }
        }
    }

    /// How far each source has come since the last commit.
    fn progress(&self) -> Vec<Progress> {
        self.sources
            .iter()
            .filter(|(_, source)| source.ahead > source.committed && !source.is_unsettled)
            .filter_map(|(name, source)| {
                let to = source.ahead?;
                Some(Progress { source: name.clone(), from: source.committed, to })
            })
            .collect()
    }

    /// Commits, however often it takes. A fault leaves open whether it was done: then the shelf is asked.
    fn commit(
        &self,
        written: &[S::Written],
        progress: &[Progress],
        timing: &dyn Timing,
    ) -> Result<Made, WatchFault> {
        loop {
            let fault = match self.shelf.commit(written, progress) {
                Ok(()) => return Ok(Made::Done),
                Err(ShelfFault::Overtaken { .. }) => return Ok(Made::Overtaken),
                Err(fault) => fault,
            };
            self.wait(&fault, timing)?;
            match self.standing(progress, timing)? {
                Standing::Before => {}
                Standing::After => return Ok(Made::Done),
                Standing::Elsewhere => return Ok(Made::Overtaken),
            }
        }
    }

    /// Where the sources of a commit stand on the shelf.
    fn standing(&self, progress: &[Progress], timing: &dyn Timing) -> Result<Standing, WatchFault> {
        let mut is_before = true;
        let mut is_after = true;
        for step in progress {
            let reached = patiently(&self.counters, timing, || self.shelf.reached(&step.source))?;
            is_before &= reached == step.from;
            is_after &= reached == Some(step.to);
        }
        Ok(match (is_before, is_after) {
            // A commit without progress has nothing to be recognised by, and there is none such.
            (true, _) => Standing::Before,
            (false, true) => Standing::After,
            (false, false) => Standing::Elsewhere,
        })
    }

    /// After a commit: sources stand where they are, and may let go of what they delivered.
    fn settle(&mut self, tap: &mut dyn Tap, progress: &[Progress]) {
        for step in progress {
            tap.done(&step.source, step.to);
            let Some(source) = self.sources.get_mut(&step.source) else { continue };
            source.committed = Some(step.to);
            if *source.partition == *AGAIN {
                // Nobody reads again all the time: whoever wants to next may have it.
                self.sources.remove(&step.source);
            }
        }
        if self.sources.len() > Self::SOURCES_MAX {
            // Those that are in the middle of a document stay.
            self.sources.retain(|_, source| source.slot.is_some() || source.is_unsettled);
        }
    }

    /// After another collector went ahead: its sources begin again from where they stand now.
    fn turn_back(
        &mut self,
        tap: &mut dyn Tap,
        progress: &[Progress],
        timing: &dyn Timing,
    ) -> Result<(), WatchFault> {
        self.memories.clear();
        let unsettled = self.sources.iter().filter(|(_, source)| source.is_unsettled);
        let mut back: BTreeSet<String> = unsettled.map(|(name, _)| name.clone()).collect();
        back.extend(progress.iter().map(|step| step.source.clone()));
        for name in back {
            // What is not in hand stays: it is where the shelf says it is.
            self.sources.remove(&name);
            let reached = patiently(&self.counters, timing, || self.shelf.reached(&name))?;
            tap.turn_back(&name, TurnedBack::Overtaken { reached });
        }
        Ok(())
    }

    /// Forgets everything that is not on the shelf: it is rebuilt from there.
    fn forget(&mut self) {
        self.sources.clear();
        self.memories.clear();
    }

    fn wait(&self, fault: &ShelfFault, timing: &dyn Timing) -> Result<(), WatchFault> {
        self.counters.stall();
        tracing::warn!(%fault, "the shelf cannot be used; waiting");
        match timing.wait(fault) {
            Wait::Again => Ok(()),
            Wait::Stop => Err(WatchFault::Stopped),
        }
    }
}

/// Asks the shelf until it answers.
pub(crate) fn patiently<T>(
    counters: &Counters,
    timing: &dyn Timing,
    mut ask: impl FnMut() -> Result<T, ShelfFault>,
) -> Result<T, WatchFault> {
    loop {
        match ask() {
            Ok(answer) => return Ok(answer),
            Err(fault) => {
                tracing::warn!(%fault, "the shelf cannot be used; waiting");
                counters.stall();
                if timing.wait(&fault) == Wait::Stop {
                    return Err(WatchFault::Stopped);
                }
            }
        }
    }
}

/// What became of a commit.
enum Made {
    Done,
    Overtaken,
}

/// Where the sources of a commit stand.
enum Standing {
    Before,
    After,
    Elsewhere,
}

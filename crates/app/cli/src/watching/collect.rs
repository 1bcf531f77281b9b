//! Collecting while the program runs: a task for each source, one collector for all of them.
//!
//! Sources hand blocks to a bounded inbox and wait when it is full; what the lake has committed is told back to them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use fengsui_desk::{Clock as _, MachineClock};
use fengsui_intake::{Positions, Push, Source, SourceFault};
use fengsui_lake::{Compaction, KEPT_AT_LEAST, Lake};
use fengsui_records::FeedName;
use fengsui_watch::{
    Collector, Counters, Enrichment, Equipment, Feed, Inbox, Limits, Passed, Sent, Shelf as _,
    Timing as _, WatchSettings, source_of,
};
use jiff::SignedDuration;
use tokio::runtime::Handle;
use tokio::sync::watch::Receiver;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::gauges::{Alarm, Gauging};
use super::sources::{Begin, Openings};
use super::{FileLeases, Known, LakeShelf, Lasting, Rereading, handed_on, seed};
use crate::commands::lake::kept_from;
use crate::commands::{Failure, Start};

/// How long a source that has nothing is left alone.
const TICK: Duration = Duration::from_secs(1);

/// How often lists are looked at that nobody delivers any more.
const TEND_EVERY: SignedDuration = SignedDuration::from_mins(1);

/// How often the lake is tidied up.
const TIDY_EVERY: Duration = Duration::from_mins(1);

/// How long a source that failed is left alone.
const AFTER_FAULT: Duration = Duration::from_secs(5);

/// The watch while it collects.
pub(crate) struct Collecting {
    /// Where pushes go.
    pub(crate) push: Arc<Push>,
    /// The way of what is read again.
    pub(crate) rereading: Arc<Rereading>,
    stop: CancellationToken,
    tasks: TaskTracker,
    inbox: Arc<Inbox>,
    gauging: JoinHandle<Option<Gauging>>,
}

impl Collecting {
    /// Begins to collect from the configured feeds; nothing where there are none.
    pub(crate) async fn begin(
        start: &Start,
        data: &Path,
        lake: &Lake,
        known: Known,
    ) -> Result<Self, Failure> {
        start.watch().check().map_err(|fault| Failure::of("[watch] cannot be used", &fault))?;
        let shelf = LakeShelf::new(lake.clone(), Handle::current());
        let inbox = Inbox::new(Inbox::BYTES_MAX);
        let (stop, tasks) = (CancellationToken::new(), TaskTracker::new());
        let mut openings = Openings::new(start, data, shelf.clone(), (stop.clone(), tasks.clone()));
        let (counters, lake_alarm) = (Arc::<Counters>::default(), Alarm::default());
        let mut gauging = Gauging::of(data, Arc::clone(&counters), lake_alarm.clone());
        let mut feeds = Vec::new();
        for settings in &start.watch().feeds {
            let opened = openings.open(settings).await?;
            let bringer = Bringer {
                feed: opened.feed.name.clone(),
                begin: opened.begin,
                alarm: opened.dials.bringing.clone(),
                shelf: shelf.clone(),
                inbox: Arc::clone(&inbox),
                stop: stop.clone(),
                seen: BTreeSet::new(),
                told: BTreeMap::new(),
                ended: BTreeMap::new(),
            };
            tasks.spawn(bringer.bring());
            gauging.add(opened.feed.name.clone(), opened.dials);
            feeds.push(opened.feed);
        }
        let way = (shelf.clone(), lake.clone());
        let rereading = Arc::new(Rereading::new(way, Arc::clone(&inbox), &feeds));
        let leases = FileLeases(data.join("leases"));
        let work = Work {
            shelf,
            leases,
            known: known.follow(),
            feeds,
            counters,
            alarm: lake_alarm,
            stop: stop.clone(),
        };
        let (tap, seed) = (Arc::clone(&inbox), seed()?);
        tasks.spawn_blocking(move || work.collect(tap, seed));
        tasks.spawn(tidied(lake.clone(), start.watch().clone(), stop.clone()));
        tasks.spawn(known.keep_up(stop.clone()));
        let gauging = tasks.spawn(gauging.say_until(stop.clone()));
        tasks.close();
        Ok(Self { push: Arc::new(openings.push), rereading, stop, tasks, inbox, gauging })
    }

    /// Ends: what is in hand is committed or left to be delivered again.
    pub(crate) async fn end(self) {
        self.stop.cancel();
        self.inbox.close();
        self.tasks.wait().await;
        // What was committed last is said as well.
        if let Ok(Some(gauging)) = self.gauging.await {
            gauging.say_once().await;
        }
    }
}

/// Keeps the lake in order: merges what grows, lets go of what has been kept long enough, sweeps.
async fn tidied(lake: Lake, watch: WatchSettings, stop: CancellationToken) {
    let mut turns = tokio::time::interval(TIDY_EVERY);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = turns.tick() => {}
        }
        let turn = async {
            lake.compact(Compaction::default(), |_done| {}).await?;
            if let Some(before) = kept_from(&watch, MachineClock.now()) {
                lake.expire(before).await?;
            }
            lake.vacuum(KEPT_AT_LEAST).await
        };
        let done = tokio::select! {
            () = stop.cancelled() => return,
            done = turn => done,
        };
        if let Err(fault) = done {
            tracing::warn!(%fault, "the lake could not be tidied up; trying again later");
        }
    }
}

/// What the collector's thread has.
struct Work {
    shelf: LakeShelf,
    leases: FileLeases,
    known: Receiver<Arc<Enrichment>>,
    feeds: Vec<Feed>,
    counters: Arc<Counters>,
    alarm: Alarm,
    stop: CancellationToken,
}

impl Work {
    /// Collects until the inbox is closed; begins anew after a fault, from what is committed.
    fn collect(mut self, mut tap: Arc<Inbox>, seed: fengsui_watch::Seed) {
        let equipment = Equipment {
            shelf: &self.shelf,
            leases: &self.leases,
            enrichment: Arc::clone(&self.known.borrow_and_update()),
            limits: Limits::of(std::thread::available_parallelism().map_or(1, usize::from)),
            seed,
        };
        let mut collector =
            Collector::new(equipment, self.feeds.clone()).counting_in(Arc::clone(&self.counters));
        let timing = Lasting { stop: self.stop.clone(), alarm: self.alarm.clone() };
        let mut tended = timing.now();
        loop {
            if self.known.has_changed().unwrap_or_default() {
                collector.enrich_with(Arc::clone(&self.known.borrow_and_update()));
            }
            let is_due = timing.now().duration_since(tended) >= TEND_EVERY;
            if is_due {
                tended = timing.now();
            }
            let tidy = if is_due { collector.tend(&timing) } else { Ok(()) };
            match tidy.and_then(|()| collector.round(&mut tap, &timing)) {
                Ok(Passed::Ended) => return,
                Ok(Passed::Committed | Passed::Nothing | Passed::Overtaken) => {
                    self.alarm.call_off();
                }
                Err(_stopped) if self.stop.is_cancelled() => return,
                Err(fault) => {
                    tracing::error!(%fault, "the collector broke off; it goes on from what is committed");
                    self.alarm.raise(&fault);
                }
            }
        }
    }
}

/// Brings what one source has to the inbox.
struct Bringer {
    feed: FeedName,
    begin: Begin,
    alarm: Alarm,
    shelf: LakeShelf,
    inbox: Arc<Inbox>,
    stop: CancellationToken,
    /// Partitions something was delivered of.
    seen: BTreeSet<String>,
    /// How far their source was told that they are safe.
    told: BTreeMap<String, i64>,
    /// Partitions that are complete, and where they end.
    ended: BTreeMap<String, i64>,
}

impl Bringer {
    async fn bring(mut self) {
        let stop = self.stop.clone();
        tokio::select! {
            () = stop.cancelled() => {}
            () = self.for_ever() => {}
        }
    }

    async fn for_ever(&mut self) {
        loop {
            let mut source = (self.begin)();
            self.seen.clear();
            self.ended.clear();
            while self.one(source.as_mut()).await {}
            tokio::time::sleep(AFTER_FAULT).await;
        }
    }

    /// One delivery; `false` when the source must begin again.
    async fn one(&mut self, source: &mut dyn Source) -> bool {
        self.tell(source).await;
        let next = source.next(&self.positions()).await;
        self.judge(&next);
        match next {
            Ok(Some(delivery)) => {
                let is_first = self.seen.insert(delivery.partition.clone());
                if let (true, Some(end)) = (delivery.ended, delivery.block.reached()) {
                    self.ended.insert(delivery.partition.clone(), end);
                }
                self.send(handed_on(&self.feed, delivery, is_first)).await
            }
            Ok(None) => {
                tokio::time::sleep(TICK).await;
                true
            }
            Err(fault) => {
                tracing::warn!(feed = %self.feed, %fault, "the source of a feed has nothing to give");
                false
            }
        }
    }

    /// Says whether the source is well, and what it no longer has.
    fn judge(&self, next: &Result<Option<fengsui_intake::Delivery>, SourceFault>) {
        match next {
            Ok(_) => self.alarm.call_off(),
            Err(fault) => self.alarm.raise(fault),
        }
        if let Err(SourceFault::Missed { after, first, .. }) = next {
            self.alarm.miss(first.saturating_sub(*after).saturating_sub(1));
        }
    }

    async fn send(&self, delivery: fengsui_watch::Delivery) -> bool {
        let inbox = Arc::clone(&self.inbox);
        let sent = tokio::task::spawn_blocking(move || inbox.send(delivery)).await;
        matches!(sent, Ok(Sent::Taken))
    }

    /// Tells the source what is on disk for good, so that it may forget it.
    async fn tell(&mut self, source: &mut dyn Source) {
        let (ended, told) = (&mut self.ended, &mut self.told);
        ended.retain(|partition, end| {
            let is_safe = told.get(partition).is_some_and(|told| *told >= *end);
            if is_safe {
                self.seen.remove(partition);
                told.remove(partition);
            }
            !is_safe
        });
        for partition in &self.seen {
            let kept = self.inbox.kept(&source_of(&self.feed, partition));
            let Some(kept) = kept.filter(|kept| self.told.get(partition) != Some(kept)) else {
                continue;
            };
            match source.committed(partition, kept).await {
                Ok(()) => {
                    self.told.insert(partition.clone(), kept);
                }
                Err(fault) => {
                    tracing::warn!(feed = %self.feed, %fault, "a source could not be told what is kept");
                }
            }
        }
    }

    fn positions(&self) -> Positions {
        let (lake, feed) = (self.shelf.clone(), self.feed.clone());
        Positions::asking(move |partition: &str| lake.reached(&source_of(&feed, partition)))
    }
}

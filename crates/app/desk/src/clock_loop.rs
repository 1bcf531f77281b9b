//! What happens by itself: the loop that looks when something is due and has it recorded.
//!
//! When is a board of one row a stream; what follows is asked of the stream itself. The oldest moment of
//! all streams comes first, so misses stand in the journal in the order of their due times. Every firing
//! has a command id that follows from stream and version: nothing is recorded twice by two nodes, or
//! after an answer that was lost.

mod order;
mod tell;
#[cfg(test)]
mod tests;
mod wind;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use fengsui_response::Actor;
use fengsui_store::{AppendFault, Commit, Committed, Direction, Filter, Row, Select, Sight};
use jiff::{SignedDuration, Timestamp};
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use self::order::{Firing, Waiting};
use self::wind::{Prepared, Watched};
use crate::boards::CLOCK;
use crate::{Desk, DeskFault};

/// What the clock did at one time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ticked {
    /// Commits that were written.
    pub commits: u64,
    /// Misses that were recorded.
    pub missed: u64,
    /// Reminders that were recorded.
    pub reminded: u64,
    /// Streams that could not be looked at; they are looked at again.
    pub failed: u64,
}

/// How much of the machine the clock takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Pace {
    /// All of it.
    Full,
    /// Half of it while nothing but reminders is recorded: whoever writes meanwhile comes first.
    BesideOthers,
}

/// Streams that were given up until the next look, and how often others were tried.
type Tries = BTreeMap<String, usize>;

impl Desk {
    /// Looks at the clock until told to stop: at the next moment, when something was written, and at
    /// least once a second.
    pub async fn run_clock(&self, until: CancellationToken) {
        let mut moved = self.follow();
        loop {
            match self.tick_unless(self.now(), (&until, Pace::BesideOthers)).await {
                Ok(ticked) if ticked == Ticked::default() => {}
                Ok(ticked) => tracing::debug!(?ticked, "the clock has fired"),
                Err(fault) => tracing::warn!(%fault, "the clock could not look; it looks again"),
            }
            let pause = self.pause().await;
            tokio::select! {
                () = until.cancelled() => return,
                () = tokio::time::sleep(pause) => {}
                open = woken(&mut moved) => if !open { return },
            }
        }
    }

    /// Has everything recorded whose moment has come by a time, the oldest first.
    pub async fn tick(&self, now: Timestamp) -> Result<Ticked, DeskFault> {
        self.tick_unless(now, (&CancellationToken::new(), Pace::Full)).await
    }

    async fn tick_unless(
        &self,
        now: Timestamp,
        (until, pace): (&CancellationToken, Pace),
    ) -> Result<Ticked, DeskFault> {
        let mut ticked = Ticked::default();
        let mut tries = Tries::new();
        while !until.is_cancelled() {
            let given_up = tries.values().filter(|tried| **tried >= TRIES_MAX).count();
            let limit = u32::try_from(WINDOW + 1 + given_up).unwrap_or(u32::MAX);
            let mut rows = self.due_rows(now, limit).await?;
            rows.retain(|(stream, _)| tries.get(stream).is_none_or(|tried| *tried < TRIES_MAX));
            let bound = rows.get(WINDOW).map_or(now, |(_, fires_at)| *fires_at);
            rows.truncate(WINDOW);
            if rows.is_empty() {
                ticked.failed = u64::try_from(given_up).unwrap_or(u64::MAX);
                return Ok(ticked);
            }
            for (stream, _) in &rows {
                *tries.entry(stream.clone()).or_default() += 1;
            }
            let (began, missed) = (Instant::now(), ticked.missed);
            self.fire_window(rows, (now, bound), (&mut ticked, &mut tries)).await;
            if pace == Pace::BesideOthers && ticked.missed == missed {
                tokio::time::sleep(began.elapsed().min(LOOK_EVERY)).await;
            }
        }
        Ok(ticked)
    }

    /// Streams to be looked at by a time, the oldest moment first.
    async fn due_rows(
        &self,
        now: Timestamp,
        limit: u32,
    ) -> Result<Vec<(String, Timestamp)>, DeskFault> {
        let select = Select::of(&CLOCK, Sight::Everything)
            .filter(Filter::AtMost("fires_at", now.into()))
            .order("fires_at", Direction::Ascending)
            .limit(limit);
        let due = |row: &Row| Ok((row.stream().to_owned(), row.time("fires_at")?));
        self.store().rows(&select).await?.iter().map(due).collect()
    }

    /// How long to sleep: to the next moment, but never long.
    async fn pause(&self) -> Duration {
        let select =
            Select::of(&CLOCK, Sight::Everything).order("fires_at", Direction::Ascending).limit(1);
        let next = match self.store().rows(&select).await {
            Ok(rows) => rows.first().and_then(|row| row.time("fires_at").ok()),
            Err(_) => None,
        };
        let left = next.map_or(SignedDuration::MAX, |at| at.duration_since(self.now()));
        let left = if left.is_positive() { left.unsigned_abs() } else { LOOK_EVERY };
        left.min(LOOK_EVERY)
    }

    /// Fires some streams in the order of their moments, none beyond a bound.
    async fn fire_window(
        &self,
        rows: Vec<(String, Timestamp)>,
        (now, bound): (Timestamp, Timestamp),
        (ticked, tries): (&mut Ticked, &mut Tries),
    ) {
        let mut watched = self.wind_all(rows, now, tries).await;
        let waiting: Vec<Waiting> = watched.iter().map(|(waiting, _)| waiting.clone()).collect();
        for group in order::groups(&waiting, bound) {
            let mut prepared = self.prepare_group(&group, &mut watched, now).await;
            let commits: Vec<Commit> =
                prepared.iter_mut().filter_map(|(_, it)| it.commit.take()).collect();
            let ends = self.store().append_in_order(commits).await;
            self.learn_from(&ends).await;
            for (place, after) in recorded(prepared, ends, ticked) {
                tries.remove(after.stream());
                put_back(&mut watched, place, after);
            }
        }
    }

    /// Whoever was overtaken looks how far the journal is: its time may be ahead of this node's clock.
    async fn learn_from(&self, ends: &[Result<Committed, AppendFault>]) {
        let entries = ends.iter().flatten().flat_map(|committed| &committed.entries);
        entries.for_each(|placed| self.has_recorded(placed.recorded_at));
        let is_overtaken = |end: &Result<_, _>| matches!(end, Err(AppendFault::Overtaken { .. }));
        if !ends.iter().any(is_overtaken) {
            return;
        }
        match self.store().head().await {
            Ok(head) => self.has_recorded(head.recorded_at),
            Err(fault) => tracing::warn!(%fault, "the clock could not look how far the journal is"),
        }
    }

    /// Reads streams, several at a time. What cannot be read is left for later and stops nobody else.
    async fn wind_all(
        &self,
        rows: Vec<(String, Timestamp)>,
        now: Timestamp,
        tries: &mut Tries,
    ) -> Vec<(Waiting, Option<Watched>)> {
        let mut tasks = JoinSet::new();
        for (place, (stream, fires_at)) in rows.into_iter().enumerate() {
            let desk = self.clone();
            tasks.spawn(async move {
                let wound = desk.wind(stream.clone(), (fires_at, now)).await;
                (place, stream, wound)
            });
        }
        let mut wound = BTreeMap::new();
        while let Some(joined) = tasks.join_next().await {
            match joined {
                Ok((place, _, Ok(Some((waiting, watched))))) => {
                    wound.insert(place, (waiting, Some(watched)));
                }
                Ok((_, _, Ok(None))) => {}
                Ok((_, stream, Err(fault))) => {
                    tracing::warn!(stream, %fault, "the clock cannot look at a stream");
                    tries.insert(stream, TRIES_MAX);
                }
                Err(fault) => tracing::error!(%fault, "a look of the clock broke off"),
            }
        }
        wound.into_values().collect()
    }

    /// What the firings of a group write, in their order. They are of different streams.
    async fn prepare_group(
        &self,
        group: &[Firing],
        watched: &mut [(Waiting, Option<Watched>)],
        now: Timestamp,
    ) -> Vec<(usize, Prepared)> {
        let mut tasks = JoinSet::new();
        for (rank, firing) in group.iter().enumerate() {
            let taken = watched.get_mut(firing.place).and_then(|(_, watched)| watched.take());
            let Some(watched) = taken else { continue };
            let (desk, until, place) = (self.clone(), firing.until, firing.place);
            tasks.spawn(async move {
                let prepared = desk.prepare(watched, now, until).await;
                (rank, place, prepared)
            });
        }
        let mut prepared = BTreeMap::new();
        while let Some(joined) = tasks.join_next().await {
            match joined {
                Ok((rank, place, Ok(Some(it)))) => {
                    prepared.insert(rank, (place, it));
                }
                Ok((_, _, Ok(None))) => {}
                Ok((_, _, Err(fault))) => {
                    tracing::warn!(%fault, "what the clock has to record could not be prepared");
                }
                Err(fault) => tracing::error!(%fault, "a firing of the clock broke off"),
            }
        }
        prepared.into_values().collect()
    }
}

fn put_back(watched: &mut [(Waiting, Option<Watched>)], place: usize, after: Watched) {
    if let Some((_, slot)) = watched.get_mut(place) {
        *slot = Some(after);
    }
}

/// The streams as they are on record now, with their places.
fn recorded(
    prepared: Vec<(usize, Prepared)>,
    ends: Vec<Result<Committed, AppendFault>>,
    ticked: &mut Ticked,
) -> Vec<(usize, Watched)> {
    let mut streams = Vec::new();
    for ((place, prepared), end) in prepared.into_iter().zip(ends) {
        streams.extend(take(end, prepared, ticked).map(|after| (place, after)));
    }
    streams
}

/// Takes the end of a commit; gives back the state that was prepared if it is the one on record.
fn take(
    end: Result<Committed, AppendFault>,
    prepared: Prepared,
    ticked: &mut Ticked,
) -> Option<Watched> {
    match end {
        Ok(committed) if committed.repeated => None, // another node, or this one before
        Ok(_) => {
            ticked.commits += 1;
            ticked.missed += prepared.missed;
            ticked.reminded += prepared.reminded;
            Some(prepared.after)
        }
        Err(AppendFault::Overtaken { .. }) => None, // it is looked at again
        Err(fault) => {
            let stream = prepared.after.stream();
            tracing::warn!(stream, %fault, "the clock could not write; it looks again");
            None
        }
    }
}

/// Waits until something was written and a little longer, so that what comes together is looked at
/// together. False when nothing will be written any more.
async fn woken(moved: &mut Receiver<fengsui_store::Moved>) -> bool {
    match moved.recv().await {
        Err(RecvError::Closed) => return false,
        Ok(_) | Err(RecvError::Lagged(_)) => {}
    }
    tokio::time::sleep(GATHER).await;
    *moved = moved.resubscribe();
    true
}

/// Who acts when nobody does.
pub(crate) const CLOCK_ACTOR: fengsui_vocabulary::PersonId = Actor::PROGRAM;

/// Streams that are looked at together.
const WINDOW: usize = 256;

/// How often one stream is tried at one look.
const TRIES_MAX: usize = 8;

/// How long the clock sleeps at most.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// How long writes are gathered before the clock looks.
const GATHER: Duration = Duration::from_millis(5);

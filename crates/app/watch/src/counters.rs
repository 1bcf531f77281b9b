//! What has been done since the program began, per feed.
//!
//! Counted when a commit succeeds, so that it agrees with the shelf; the shelf is what holds for good.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use fengsui_records::FeedName;

/// Figures of all feeds.
#[derive(Debug, Default)]
pub struct Counters {
    feeds: Mutex<BTreeMap<FeedName, Tally>>,
    stalled: AtomicU64,
}

/// Figures of one feed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Bytes of pieces.
    pub bytes: u64,
    /// What pieces gave: records, repeats, and what could not be read.
    pub read: u64,
    /// Records that were kept.
    pub records: u64,
    /// Repeats, and entries of a list that stayed as they were.
    pub suppressed: u64,
    /// What a sampling rule left out.
    pub sampled: u64,
    /// What could not be read, by reason.
    pub quarantined: BTreeMap<&'static str, u64>,
    /// Quarantined pieces that were read again, and are in quarantine no more, or for another reason.
    pub resolved: u64,
    /// Quarantined pieces of which nothing new could be said.
    pub unchanged: u64,
    /// Entries that went from a list.
    pub delisted: u64,
    /// Keys of the dedupe that were forgotten for want of room.
    pub forgotten: u64,
    /// Microseconds between happening and being taken in, of the newest record of the last commit.
    pub lag: Option<i64>,
}

impl Counters {
    /// The figures of a feed.
    pub fn of(&self, feed: &FeedName) -> Tally {
        let feeds = self.feeds.lock().unwrap_or_else(PoisonError::into_inner);
        feeds.get(feed).cloned().unwrap_or_default()
    }

    /// The figures of all feeds.
    pub fn all(&self) -> BTreeMap<FeedName, Tally> {
        self.feeds.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// How often the shelf was full or away, and the watch waited.
    pub fn stalled(&self) -> u64 {
        self.stalled.load(Ordering::Relaxed)
    }

    /// The watch waits for the shelf.
    pub(crate) fn stall(&self) {
        self.stalled.fetch_add(1, Ordering::Relaxed);
    }

    /// Adds what one commit did.
    pub(crate) fn add(&self, done: &BTreeMap<FeedName, Tally>) {
        let mut feeds = self.feeds.lock().unwrap_or_else(PoisonError::into_inner);
        for (feed, tally) in done {
            feeds.entry(feed.clone()).or_default().add(tally);
        }
    }
}

impl Tally {
    /// Adds another's figures.
    pub(crate) fn add(&mut self, other: &Self) {
        self.bytes += other.bytes;
        self.read += other.read;
        self.records += other.records;
        self.suppressed += other.suppressed;
        self.sampled += other.sampled;
        for (reason, count) in &other.quarantined {
            *self.quarantined.entry(reason).or_default() += count;
        }
        self.resolved += other.resolved;
        self.unchanged += other.unchanged;
        self.delisted += other.delisted;
        self.forgotten += other.forgotten;
        self.lag = match (self.lag, other.lag) {
            (_, Some(newer)) => Some(newer),
            (older, None) => older,
        };
    }

    /// Takes a record's time, to know how far behind the feed is.
    pub(crate) fn see(&mut self, lag: i64) {
        self.lag = Some(self.lag.map_or(lag, |least| least.min(lag)));
    }

    /// What could not be read, whatever the reason.
    pub fn unreadable(&self) -> u64 {
        self.quarantined.values().sum()
    }
}

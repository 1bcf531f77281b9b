//! Blocks on their way from the sources to the collector.
//!
//! The collector pulls from a [`Tap`]. An [`Inbox`] is the one for sources with threads of their own: it holds a bounded
//! number of bytes, and when it is full a source waits. Nothing in it has been promised to anybody: a source may let go of
//! what it delivered only when the tap has been told that it is [done](Tap::done).

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use fengsui_formats::{Block, Reason};
use fengsui_records::FeedName;

use crate::again::Again;

/// Pieces of one partition of one feed, in their order.
///
/// Pieces that have the same offset (parts of one message) are all in one delivery.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// The feed.
    pub feed: FeedName,
    /// The partition of its source: `file:<fingerprint>`, `spool`.
    pub partition: Arc<str>,
    /// The name of the file or the subject of the message.
    pub name: Option<Arc<str>>,
    /// The pieces.
    pub block: Block,
    /// Which part of a document they are.
    pub part: Part,
    /// Why none of them can be read, where the source knows: it could not be decompressed.
    pub unreadable: Option<Reason>,
    /// What they are in quarantine, where they are read again.
    pub again: Option<Arc<Again>>,
}

/// Which part of a document a delivery is: of a file, of a message, of one fetching of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// All of it.
    Whole,
    /// Its beginning: whatever was remembered of a header before is forgotten.
    First,
    /// What comes after. A file that grows has only these after the first.
    Middle,
    /// Its end.
    Last,
}

/// Where deliveries come from.
pub trait Tap: Send {
    /// The next delivery; waits no longer than the patience.
    fn next(&mut self, patience: Duration) -> Tapped;

    /// What a source delivered up to here is on the shelf for good.
    fn done(&mut self, source: &str, reached: i64);

    /// What was taken of a source and not yet [done](Self::done) has been forgotten.
    fn turn_back(&mut self, source: &str, why: TurnedBack);
}

/// What came out of a tap.
#[derive(Debug)]
pub enum Tapped {
    /// A delivery.
    Delivery(Delivery),
    /// Nothing waits.
    Nothing,
    /// Nothing will come any more.
    Ended,
}

/// Why a source must begin again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TurnedBack {
    /// Another collector has taken it on: deliver from the first piece after this offset.
    Overtaken {
        /// How far it is on the shelf.
        reached: Option<i64>,
    },
    /// Another collector reads it: offer it again later, from the beginning of what is not taken in.
    HeldElsewhere,
}

/// What became of a delivery that was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sent {
    /// It waits for the collector.
    Taken,
    /// It was not taken: the source must begin again.
    TurnedBack(TurnedBack),
    /// It was not taken: the watch ends.
    Closed,
}

/// What was heard of something that was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heard {
    /// It is on the shelf for good.
    Kept,
    /// It was let go of.
    TurnedBack(TurnedBack),
    /// Nothing yet.
    Nothing,
}

/// What waits in an inbox.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Waiting {
    /// Deliveries.
    pub deliveries: usize,
    /// Their bytes.
    pub bytes: usize,
    /// Sources that wait for room.
    pub senders: usize,
}

/// A bounded queue of deliveries.
#[derive(Debug)]
pub struct Inbox {
    bytes_max: usize,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    queue: VecDeque<Delivery>,
    waiting: Waiting,
    turned_back: BTreeMap<String, TurnedBack>,
    done: BTreeMap<String, i64>,
    is_closed: bool,
}

impl Inbox {
    /// Bytes that wait at most, unless configured otherwise.
    pub const BYTES_MAX: usize = 64 * 1024 * 1024;

    /// An empty one that holds so many bytes, and one delivery in any case.
    pub fn new(bytes_max: usize) -> Arc<Self> {
        Arc::new(Self { bytes_max, state: Mutex::default(), changed: Condvar::new() })
    }

    /// Puts a delivery into the queue; waits while there is no room.
    pub fn send(&self, delivery: Delivery) -> Sent {
        let source = source_of(&delivery.feed, &delivery.partition);
        let bytes = delivery.block.bytes.len();
        let mut state = self.state();
        state.waiting.senders += 1;
        let sent = loop {
            if let Some(why) = state.turned_back.remove(&source) {
                break Sent::TurnedBack(why);
            }
            if state.is_closed {
                break Sent::Closed;
            }
            if state.queue.is_empty() || state.waiting.bytes + bytes <= self.bytes_max {
                break Sent::Taken;
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        };
        state.waiting.senders -= 1;
        if sent == Sent::Taken {
            state.waiting.bytes += bytes;
            state.waiting.deliveries += 1;
            state.queue.push_back(delivery);
            self.changed.notify_all();
        }
        sent
    }

    /// Puts a delivery into the queue if there is room now; `None` where there is none.
    pub fn offer(&self, delivery: Delivery) -> Option<Sent> {
        let source = source_of(&delivery.feed, &delivery.partition);
        let bytes = delivery.block.bytes.len();
        let mut state = self.state();
        if state.is_closed {
            return Some(Sent::Closed);
        }
        if !state.queue.is_empty() && state.waiting.bytes + bytes > self.bytes_max {
            return None;
        }
        // What was let go of before is nothing to this one.
        state.turned_back.remove(&source);
        state.waiting.bytes += bytes;
        state.waiting.deliveries += 1;
        state.queue.push_back(delivery);
        self.changed.notify_all();
        Some(Sent::Taken)
    }

    /// Waits until what was offered of a source is kept up to here, or let go of; no longer than the patience.
    pub fn hear(&self, source: &str, reached: i64, patience: Duration) -> Heard {
        let is_open = |state: &mut State| {
            let kept = state.done.get(source).is_some_and(|kept| *kept >= reached);
            !kept && !state.turned_back.contains_key(source)
        };
        let (mut state, _waited) = self
            .changed
            .wait_timeout_while(self.state(), patience, is_open)
            .unwrap_or_else(PoisonError::into_inner);
        if state.done.get(source).is_some_and(|kept| *kept >= reached) {
            return Heard::Kept;
        }
        state.turned_back.remove(source).map_or(Heard::Nothing, Heard::TurnedBack)
    }

    /// How far a source is on the shelf for good, as far as this run of the program knows.
    pub fn kept(&self, source: &str) -> Option<i64> {
        self.state().done.get(source).copied()
    }

    /// What waits.
    pub fn waiting(&self) -> Waiting {
        self.state().waiting
    }

    /// Ends it: nothing more is taken, what waits is still handed on.
    pub fn close(&self) {
        self.state().is_closed = true;
        self.changed.notify_all();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Tap for Arc<Inbox> {
    fn next(&mut self, patience: Duration) -> Tapped {
        let waits = |state: &mut State| state.queue.is_empty() && !state.is_closed;
        let (mut state, _waited) = self
            .changed
            .wait_timeout_while(self.state(), patience, waits)
            .unwrap_or_else(PoisonError::into_inner);
        let Some(delivery) = state.queue.pop_front() else {
            return if state.is_closed { Tapped::Ended } else { Tapped::Nothing };
        };
        state.waiting.bytes -= delivery.block.bytes.len();
        state.waiting.deliveries -= 1;
        self.changed.notify_all();
        Tapped::Delivery(delivery)
    }

    fn done(&mut self, source: &str, reached: i64) {
        self.state().done.insert(source.to_owned(), reached);
        self.changed.notify_all();
    }

    fn turn_back(&mut self, source: &str, why: TurnedBack) {
        let mut state = self.state();
        let (back, kept): (VecDeque<Delivery>, _) = std::mem::take(&mut state.queue)
            .into_iter()
            .partition(|delivery| source_of(&delivery.feed, &delivery.partition) == source);
        state.queue = kept;
        state.waiting.deliveries = state.queue.len();
        state.waiting.bytes -=
            back.iter().map(|delivery| delivery.block.bytes.len()).sum::<usize>();
        state.turned_back.insert(source.to_owned(), why);
        self.changed.notify_all();
    }
}

/// The name of a source on the shelf.
pub fn source_of(feed: &FeedName, partition: &str) -> String {
    format!("{feed}/{partition}")
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;

    fn delivery(partition: &str, bytes: usize) -> Delivery {
        let mut block = Block::default();
        block.push(&vec![b'x'; bytes], 1);
        Delivery {
            feed: "north".parse().expect("a name"),
            partition: partition.into(),
            name: None,
            block,
            part: Part::Whole,
            unreadable: None,
            again: None,
        }
    }

    fn send_many(inbox: &Inbox, partition: &str) {
        for _ in 0..25 {
            assert_eq!(inbox.send(delivery(partition, 40)), Sent::Taken);
        }
    }

    #[test]
    fn a_full_inbox_makes_its_sources_wait_and_loses_nothing() {
        let inbox = Inbox::new(100);
        let mut tap = Arc::clone(&inbox);
        thread::scope(|scope| {
            for sender in 0..4 {
                let inbox = Arc::clone(&inbox);
                let partition = format!("p{sender}");
                scope.spawn(move || send_many(&inbox, &partition));
            }
            for _ in 0..100 {
                assert!(inbox.waiting().bytes <= 100);
                assert!(matches!(tap.next(Duration::from_mins(1)), Tapped::Delivery(_)));
            }
        });
        assert_eq!(inbox.waiting(), Waiting::default());
        assert!(matches!(tap.next(Duration::ZERO), Tapped::Nothing));
        inbox.close();
        assert!(matches!(tap.next(Duration::ZERO), Tapped::Ended));
        assert_eq!(inbox.send(delivery("p", 1)), Sent::Closed);
    }

    #[test]
    fn what_is_larger_than_the_inbox_still_gets_through() {
        let inbox = Inbox::new(10);
        assert_eq!(inbox.send(delivery("p", 500)), Sent::Taken);
        let mut tap = Arc::clone(&inbox);
        assert!(matches!(tap.next(Duration::ZERO), Tapped::Delivery(_)));
    }

    #[test]
    fn a_source_that_is_turned_back_is_told_once_and_its_deliveries_are_dropped() {
        let inbox = Inbox::new(1_000);
        inbox.send(delivery("mine", 1));
        inbox.send(delivery("other", 1));
        let mut tap = Arc::clone(&inbox);
        let why = TurnedBack::Overtaken { reached: Some(7) };
        tap.turn_back("north/mine", why);
        assert_eq!(inbox.waiting(), Waiting { deliveries: 1, bytes: 1, senders: 0 });
        assert_eq!(inbox.send(delivery("mine", 1)), Sent::TurnedBack(why));
        assert_eq!(inbox.send(delivery("mine", 1)), Sent::Taken);
    }

    #[test]
    fn who_offers_hears_what_became_of_it() {
        let inbox = Inbox::new(100);
        let mut tap = Arc::clone(&inbox);
        assert_eq!(inbox.offer(delivery("again", 60)), Some(Sent::Taken));
        assert_eq!(inbox.offer(delivery("again", 60)), None, "there is no room");
        assert_eq!(inbox.hear("north/again", 1, Duration::ZERO), Heard::Nothing);
        let why = TurnedBack::Overtaken { reached: Some(7) };
        tap.turn_back("north/again", why);
        let patience = Duration::from_mins(1);
        assert_eq!(inbox.hear("north/again", 1, patience), Heard::TurnedBack(why));
        assert_eq!(inbox.offer(delivery("again", 60)), Some(Sent::Taken));
        thread::scope(|scope| {
            scope.spawn(|| tap.done("north/again", 1));
            assert_eq!(inbox.hear("north/again", 1, patience), Heard::Kept);
        });
        inbox.close();
        assert_eq!(inbox.offer(delivery("again", 1)), Some(Sent::Closed));
    }
}

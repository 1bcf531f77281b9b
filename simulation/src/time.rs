//! Virtual time: it passes only when somebody says so, and each node may be wrong about it.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use fengsui_desk::{Clock, IdSource};
use jiff::{SignedDuration, Timestamp};

use crate::rng::Rng;

/// What time it really is in a history.
#[derive(Debug)]
pub(crate) struct WorldTime(AtomicI64);

impl WorldTime {
    pub(crate) fn at(time: Timestamp) -> Arc<Self> {
        Arc::new(Self(AtomicI64::new(time.as_microsecond())))
    }

    pub(crate) fn now(&self) -> Timestamp {
        instant(self.0.load(Ordering::Relaxed))
    }

    pub(crate) fn pass(&self, span: SignedDuration) {
        self.0.fetch_add(microseconds(span), Ordering::Relaxed);
    }
}

/// The clock of one node: right, but for what it jumped.
#[derive(Debug)]
pub(crate) struct NodeClock {
    time: Arc<WorldTime>,
    off_by: AtomicI64,
}

impl NodeClock {
    pub(crate) fn of(time: &Arc<WorldTime>) -> Arc<Self> {
        Arc::new(Self { time: Arc::clone(time), off_by: AtomicI64::new(0) })
    }

    /// Jumps: from now on it is off by this.
    pub(crate) fn jump(&self, off_by: SignedDuration) {
        self.off_by.store(microseconds(off_by), Ordering::Relaxed);
    }

    /// Stands as if it were that time, until somebody says otherwise.
    pub(crate) fn show(&self, time: Timestamp) {
        self.jump(time.duration_since(self.time.now()));
    }
}

impl Clock for NodeClock {
    fn now(&self) -> Timestamp {
        let off_by = self.off_by.load(Ordering::Relaxed);
        instant(self.time.now().as_microsecond().saturating_add(off_by))
    }
}

/// Ids and secrets from dice. The first bytes of a secret are few, so that numbers made of them meet.
#[derive(Debug)]
pub(crate) struct SeededIds(Mutex<Rng>);

impl SeededIds {
    pub(crate) fn of(seed: u64) -> Self {
        Self(Mutex::new(Rng::of(seed)))
    }
}

impl IdSource for SeededIds {
    fn draw(&self, now: Timestamp) -> u128 {
        let mut rng = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let random = (u128::from(rng.next()) << 64 | u128::from(rng.next())) >> 48;
        let milliseconds = u128::try_from(now.as_millisecond()).unwrap_or_default();
        milliseconds << 80 | random
    }

    fn secret(&self) -> [u8; 32] {
        let mut rng = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut secret = [0; 32];
        for part in secret.chunks_mut(8) {
            part.copy_from_slice(&rng.next().to_le_bytes());
        }
        let few = u8::try_from(rng.below(FEW_NUMBERS)).unwrap_or_default();
        for (byte, value) in secret.iter_mut().zip([few, 0, 0, 0, 0, 0]) {
            *byte = value;
        }
        secret
    }
}

fn instant(microsecond: i64) -> Timestamp {
    Timestamp::from_microsecond(microsecond).unwrap_or(Timestamp::UNIX_EPOCH)
}

fn microseconds(span: SignedDuration) -> i64 {
    i64::try_from(span.as_micros()).unwrap_or_default()
}

/// Numbers that may be drawn on one day.
const FEW_NUMBERS: u64 = 32;

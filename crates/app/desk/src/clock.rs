//! Where time and ids come from: given to the desk, so that a story can be told again exactly.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};

use jiff::Timestamp;

/// Tells the time. The core never asks; the desk asks once per command.
pub trait Clock: Send + Sync + fmt::Debug {
    /// What time it is, to the microsecond.
    fn now(&self) -> Timestamp;
}

/// Draws ids and secrets.
pub trait IdSource: Send + Sync + fmt::Debug {
    /// 128 bits that nobody else has drawn; later ones sort after earlier ones where it matters.
    fn draw(&self, now: Timestamp) -> u128;

    /// 256 bits nobody can guess.
    fn secret(&self) -> [u8; 32];
}

/// The machine's own clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct MachineClock;

impl Clock for MachineClock {
    #[expect(clippy::disallowed_methods, reason = "this is the clock everybody else is given")]
    fn now(&self) -> Timestamp {
        microseconds(Timestamp::now())
    }
}

/// The machine's own randomness, with the time in front so that ids sort by age.
#[derive(Clone, Copy, Debug, Default)]
pub struct MachineIds;

impl IdSource for MachineIds {
    fn draw(&self, now: Timestamp) -> u128 {
        let random = u128::from_be_bytes(random_bytes());
        let milliseconds = u128::try_from(now.as_millisecond()).unwrap_or(0);
        (milliseconds << 80) | (random >> 48)
    }

    fn secret(&self) -> [u8; 32] {
        random_bytes()
    }
}

/// A clock that stands where it was set, for stories and tests.
#[derive(Debug)]
pub struct StoryClock(std::sync::Mutex<Timestamp>);

impl StoryClock {
    /// Starts at a time.
    pub fn at(time: Timestamp) -> Self {
        Self(std::sync::Mutex::new(time))
    }

    /// Moves to a time.
    pub fn set(&self, time: Timestamp) {
        *self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = time;
    }
}

impl Clock for StoryClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// Ids in a row, for stories and tests: the same story has the same ids.
#[derive(Debug, Default)]
pub struct StoryIds(AtomicU64);

impl IdSource for StoryIds {
    fn draw(&self, _now: Timestamp) -> u128 {
        u128::from(self.0.fetch_add(1, Ordering::Relaxed) + 1)
    }

    fn secret(&self) -> [u8; 32] {
        let mut secret = [7; 32];
        let drawn = (self.0.fetch_add(1, Ordering::Relaxed) + 1).to_le_bytes();
        for (place, byte) in secret.iter_mut().zip(drawn) {
            *place = byte;
        }
        secret
    }
}

/// Cuts a time to the microsecond, which is what the journal keeps.
pub(crate) fn microseconds(time: Timestamp) -> Timestamp {
    Timestamp::from_microsecond(time.as_microsecond()).unwrap_or(time)
}

#[expect(clippy::expect_used, reason = "without randomness no secret may be made: better to stop")]
fn random_bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the system gives random bytes");
    bytes
}

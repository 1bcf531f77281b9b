//! The machine's own clock, dice and leases, for the collector.

use std::fs::File;
use std::path::PathBuf;
use std::time::Duration;

use fengsui_desk::{Clock as _, MachineClock};
use fengsui_watch::{Lease, LeaseFault, Leases, Seed, ShelfFault, Timing, Wait};
use jiff::{SignedDuration, Timestamp};
use tokio_util::sync::CancellationToken;

use super::gauges::Alarm;
use crate::commands::Failure;

/// How long is waited before a full or unreachable lake is tried again.
const AGAIN_AFTER: Duration = Duration::from_secs(2);

/// Within what time the same thing is a repeat, unless a feed says otherwise.
pub(crate) const fn usual_window() -> SignedDuration {
    SignedDuration::from_hours(1)
}

/// The clock, for somebody who waits at a terminal: a lake that cannot be used ends it.
pub(crate) struct Machine;

impl Timing for Machine {
    fn now(&self) -> Timestamp {
        MachineClock.now()
    }

    fn wait(&self, _fault: &ShelfFault) -> Wait {
        Wait::Stop
    }
}

/// The clock, for a collector that goes on until it is stopped.
pub(super) struct Lasting {
    pub(super) stop: CancellationToken,
    /// Raised while the lake takes nothing.
    pub(super) alarm: Alarm,
}

impl Timing for Lasting {
    fn now(&self) -> Timestamp {
        MachineClock.now()
    }

    fn wait(&self, fault: &ShelfFault) -> Wait {
        tracing::warn!(%fault, "the lake cannot be used; waiting with everything in hand");
        self.alarm.raise(fault);
        std::thread::sleep(AGAIN_AFTER);
        if self.stop.is_cancelled() { Wait::Stop } else { Wait::Again }
    }
}

/// The key of the hashes that tell repeats: random, so that nobody outside can make two things look the same.
pub(crate) fn seed() -> Result<Seed, Failure> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|fault| Failure::of("no random numbers here", &fault))?;
    let both = u128::from_le_bytes(bytes);
    let half = |number: u128| u64::try_from(number & u128::from(u64::MAX)).unwrap_or_default();
    Ok(Seed(half(both), half(both >> 64)))
}

/// Leases by locks on files of a folder: the kernel gives them back when a collector is killed.
#[derive(Debug)]
pub(crate) struct FileLeases(pub(crate) PathBuf);

impl Leases for FileLeases {
    fn try_take(&self, source: &str) -> Result<Lease, LeaseFault> {
        let fault = |cause: std::io::Error| LeaseFault {
            source_name: source.to_owned(),
            source: Box::new(cause),
        };
        std::fs::create_dir_all(&self.0).map_err(fault)?;
        let name: String =
            source.chars().map(|letter| if letter == '/' { '.' } else { letter }).collect();
        let file = File::create(self.0.join(name)).map_err(fault)?;
        match file.try_lock() {
            Ok(()) => Ok(Lease::Taken(Box::new(file))),
            Err(std::fs::TryLockError::WouldBlock) => Ok(Lease::HeldElsewhere),
            Err(std::fs::TryLockError::Error(cause)) => Err(fault(cause)),
        }
    }
}

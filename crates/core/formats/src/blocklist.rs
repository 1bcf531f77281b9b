//! Blocklist.

pub(crate) mod addresses;

use crate::reading::{Outcome, Reader, Reason};

/// Reads it.
pub(crate) struct Blocklist;

impl Reader for Blocklist {
    fn read(&mut self, _piece: &[u8], out: &mut Vec<Outcome>) {
        out.push(Outcome::Quarantined(Reason::NotThisFormat));
    }

    fn fork(&self) -> Option<Box<dyn Reader>> {
        Some(Box::new(Self))
    }
}

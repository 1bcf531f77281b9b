//! Zeek.

use crate::reading::{Outcome, Reader, Reason};

/// Reads it.
#[derive(Default)]
pub(crate) struct Zeek;

impl Reader for Zeek {
    fn read(&mut self, _piece: &[u8], out: &mut Vec<Outcome>) {
        out.push(Outcome::Quarantined(Reason::NotThisFormat));
    }

    fn fork(&self) -> Option<Box<dyn Reader>> {
        None
    }
}

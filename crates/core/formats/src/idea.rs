//! Idea.

use crate::reading::{Outcome, Reader, Reason};

/// Reads it.
pub(crate) struct Idea;

impl Reader for Idea {
    fn read(&mut self, _piece: &[u8], out: &mut Vec<Outcome>) {
        out.push(Outcome::Quarantined(Reason::NotThisFormat));
    }

    fn fork(&self) -> Option<Box<dyn Reader>> {
        Some(Box::new(Self))
    }
}

//! Table.

use crate::Setting;
use crate::reading::{Outcome, Reader, Reason};

/// Reads it.
pub(crate) struct Table;

impl Table {
    /// Opens it with what it needs.
    pub(crate) fn open(_setting: &Setting) -> Self {
        Self
    }
}

impl Reader for Table {
    fn read(&mut self, _piece: &[u8], out: &mut Vec<Outcome>) {
        out.push(Outcome::Quarantined(Reason::NotThisFormat));
    }

    fn fork(&self) -> Option<Box<dyn Reader>> {
        None
    }
}

//! Report.

use crate::Setting;
use crate::reading::{Outcome, Reader, Reason};

/// Reads it.
pub(crate) struct Report;

impl Report {
    /// Opens it with what it needs.
    pub(crate) fn open(_setting: &Setting) -> Self {
        Self
    }
}

impl Reader for Report {
    fn read(&mut self, _piece: &[u8], out: &mut Vec<Outcome>) {
        out.push(Outcome::Quarantined(Reason::NotThisFormat));
    }

    fn fork(&self) -> Option<Box<dyn Reader>> {
        None
    }
}

/// The reports there are and what their columns mean.
#[derive(Debug)]
pub struct Schema;

/// Why a text is no schema.
#[derive(Debug, thiserror::Error)]
pub enum SchemaFault {}

impl Schema {
    /// Reads the published schema.
    pub fn read(_json: &[u8]) -> Result<Self, SchemaFault> {
        Ok(Self)
    }
}

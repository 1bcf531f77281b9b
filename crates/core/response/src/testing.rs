//! Telling a story in a test: given what happened, when somebody asks, then this follows.
//!
//! Times are those of 14 March 2026 in Shanghai, written `10:25`; ids are small numbers; people and
//! organisations are the ones in [`people`].

pub mod people;
mod stage;
mod told;

pub use stage::{
    Stage, another_edition, at, blob, changed, duty_table, line, overlay, shanghai, tick,
};
pub use told::{Outcome, Scenario, Told, discovered, given, judged, known};

//! A timeline file: what happened, written by hand, for rehearsals, tests and other programs.
//!
//! Read strictly: an unknown key or word is refused with its place, because a misspelt happening
//! would silently owe nothing. What it means is not known here: a [`Timeline`] is only a [`History`].
//!
//! Start reading at [`Timeline::read`].

mod facts;
mod happened;
mod holders;
mod slots;
mod spelling;

use jiff::Timestamp;

pub(crate) use self::facts::facts;
pub use self::facts::read_facts_file;
pub(crate) use self::happened::{Entry, entries, moment};
pub(crate) use self::slots::resolved;
pub(crate) use self::spelling::Spelling;
use crate::diagnostic::{Diagnostic, Source};
use crate::history::History;
use crate::model::Plan;
use crate::pack::tree::{self, Sink, Table};

/// A timeline that has been read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timeline {
    /// What happened, in order of recording.
    pub history: History,
    /// The last time in the file.
    pub last: Timestamp,
}

impl Timeline {
    /// Reads a timeline file.
    ///
    /// The plans are asked whether words are misspelt, and which slot a date-time in `slot` means.
    pub fn read(source: &Source, plans: &[&Plan]) -> Result<Self, Vec<Diagnostic>> {
        let sink = Sink::default();
        match written(source, plans, &sink) {
            Some(timeline) if !sink.has_errors() => Ok(timeline),
            Some(_) | None => Err(sink.into_diagnostics(source)),
        }
    }
}

fn written(source: &Source, plans: &[&Plan], sink: &Sink) -> Option<Timeline> {
    let tree = tree::parse(source, sink)?;
    let root = Table::root(&tree, sink);
    let entries = entries(&root.required("happened")?.tables(), Spelling::of(plans));
    root.finish();
    holders::check(&entries, plans, sink);
    let last = entries.iter().map(|entry| entry.happening.recorded_at).max();
    if last.is_none() && !sink.has_errors() {
        sink.error(
            "nothing-happened",
            0..0,
            "nothing happened in this timeline",
            "add a `[[happened]]` table with `at` and `what`",
        );
    }
    if sink.has_errors() {
        return None; // a half-read history would resolve slots wrongly
    }
    Some(Timeline { history: resolved(&entries, plans, sink), last: last? })
}

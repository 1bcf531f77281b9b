//! Histories by the thousand: the desk as it is, on a model of the store, in virtual time, with faults at
//! every call; and an oracle that looks at what is left.
//!
//! A history follows from its seed and from nothing else: one thread, dice instead of chance, no clock
//! but its own. What is found is told with the seed, and the seed tells it again.
//!
//! Start reading at [`simulate`], then `history.rs` (what happens) and `oracle.rs` (what must hold).

mod byitself;
mod centre;
mod client;
mod deed;
mod history;
mod oracle;
mod planted;
mod rng;
mod schedule;
mod time;
mod weather;
mod world;

use fengsui_store::digest;

use crate::history::{Ended, History};

pub use oracle::Violation;
pub use planted::{DEFECTS, Defect};

/// Why a history could not be carried out to its end.
pub type Failed = Box<dyn std::error::Error + Send + Sync>;

/// How one history went.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// Its seed.
    pub seed: u64,
    /// Acts that were carried out.
    pub acts: usize,
    /// Commands that were answered as done.
    pub commands: usize,
    /// Entries in the journal, those of the setting up included.
    pub entries: u64,
    /// What was told and what is in the journal, in one value: the same for the same seed.
    pub transcript: String,
    /// What did not hold.
    pub found: Option<Violation>,
    /// The whole history, line by line.
    pub lines: Vec<String>,
}

/// Carries out the history of a seed, with a defect built in or without.
pub fn simulate(seed: u64, defect: Option<Defect>) -> Result<Outcome, Failed> {
    let ended = History::drawn(seed).carried_out(defect)?;
    Ok(outcome(seed, ended))
}

/// The shortest history of a seed that still shows what was found.
pub fn shrink(found: &Outcome, defect: Option<Defect>) -> Result<Outcome, Failed> {
    let rule = found.found.as_ref().map_or("", |violation| violation.rule);
    let mut history = History::drawn(found.seed);
    history.acts.truncate(found.acts);
    let shortest = history.shrunk(defect, rule)?;
    Ok(outcome(found.seed, shortest.carried_out(defect)?))
}

fn outcome(seed: u64, ended: Ended) -> Outcome {
    let Ended { told, found, acts, commands, entries, head } = ended;
    let transcript = digest(head.as_bytes(), told.join("\n").as_bytes());
    let found = history::first(&found).cloned();
    Outcome { seed, acts, commands, entries, transcript, found, lines: told }
}

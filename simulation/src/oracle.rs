//! What must hold whatever happened, in plain code that knows the journal and the answers, and nothing
//! of how the desk comes to them.

mod boards;
mod byitself;
mod journal;

use std::collections::BTreeMap;

use fengsui_vocabulary::CommandId;

use crate::Failed;
use crate::deed::Answer;
use crate::world::World;

/// Something that must hold and does not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// Which rule, in a few words.
    pub rule: &'static str,
    /// What was found.
    pub told: String,
}

/// What was found, as far as somebody looked.
pub(crate) type Findings = Vec<Violation>;

/// What clients were told.
#[derive(Debug, Default)]
pub(crate) struct Heard {
    done: BTreeMap<CommandId, (String, Answer)>,
    refused: BTreeMap<CommandId, String>,
    found: Findings,
}

impl Heard {
    /// Somebody was told that it is done.
    pub(crate) fn done(&mut self, command: CommandId, deed: String, answer: Answer) {
        if let Some((_, before)) = self.done.get_mut(&command) {
            if !before.agrees(&answer) {
                let told = format!("{deed}: first {before:?}, then {answer:?}");
                self.found.push(Violation { rule: SAME_ANSWER, told });
            }
            if *before == Answer::Done(None) {
                *before = answer;
            }
            return;
        }
        self.done.insert(command, (deed, answer));
    }

    /// Somebody was told no.
    pub(crate) fn refused(&mut self, command: CommandId, deed: &str, why: &str) {
        self.refused.insert(command, format!("{deed}: {why}"));
    }

    /// Somebody was told no about something that had been done.
    pub(crate) fn refused_although_done(&mut self, deed: &str, why: &str) {
        let told = format!("{deed}: it had been done, and a repeat was told: {why}");
        self.found.push(Violation { rule: SAME_ANSWER, told });
    }

    /// The desk said what it never should.
    pub(crate) fn wrong(&mut self, told: String) {
        self.found.push(Violation { rule: NOTHING_UNREADABLE, told });
    }

    /// How many commands were answered as done.
    pub(crate) fn commands(&self) -> usize {
        self.done.len()
    }
}

/// Looks at everything while nobody does anything; the first finding matters, the others may follow from it.
pub(crate) async fn look(world: &World, ticked: Ticked) -> Result<Findings, Failed> {
    let mut found = world.heard.borrow().found.clone();
    let entries = world.disk.entries_after(0)?;
    journal::look(world, &entries, &mut found);
    if found.is_empty() {
        boards::look(world, &entries, &mut found).await?;
    }
    if let (Ticked::At(now), true) = (ticked, found.is_empty()) {
        byitself::look(world, &entries, now, &mut found).await?;
    }
    Ok(found)
}

/// Whether what happens by itself has had its turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ticked {
    /// By a clock that showed this.
    At(jiff::Timestamp),
    /// No node could.
    No,
}

pub(crate) const SAME_ANSWER: &str = "a repeat is told the same";
pub(crate) const NOTHING_UNREADABLE: &str = "nothing is unreadable";
pub(crate) const NOTHING_LOST: &str = "what was acknowledged is in the journal";
pub(crate) const ONCE: &str = "a command is in the journal once";
pub(crate) const REFUSED: &str = "what was refused changed nothing";
pub(crate) const NO_GAPS: &str = "positions and versions have no gaps, times do not run back";
pub(crate) const UNIQUE: &str = "a number belongs to one";
pub(crate) const CHAIN: &str = "the chain is whole";
pub(crate) const BOARDS: &str = "boards equal what a rebuild gives";
pub(crate) const DUTIES: &str = "the due board has the duties of the folded state";
pub(crate) const NOTHING_MISSED: &str = "what fell due is recorded";
pub(crate) const FIRED_ONCE: &str = "what fell due is recorded once";
pub(crate) const OLDEST_FIRST: &str =
    "what fell due is recorded oldest first, and not before its time";
pub(crate) const SENT: &str = "no message is lost";
pub(crate) const DOUBLED: &str = "a message that arrived twice says so";

//! Whether anything is sent at all: held after a restore or from another node, until a person has looked.
//!
//! What was sent after the backup that a journal comes from is not in that journal. Going on by itself
//! would tell people again what they were told, or worse. Everything queued stays as it is meanwhile.

use fengsui_vocabulary::{Line, PersonId};
use jiff::Timestamp;

use crate::{
    Actor, Asked, Capacity, Decided, DispatchEvent, DispatchHeld, JournalResumed, Recorded,
    Refusal, Scene,
};

/// Sending as a whole, as far as its stream tells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dispatch {
    /// How often it was taken up again.
    pub epoch: u32,
    /// Why nothing is sent, the oldest reason first; empty when it goes on.
    pub held: Vec<Held>,
    /// When it was last taken up again, and by whom.
    pub resumed: Option<Held>,
}

/// Why sending is held, or goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// In the words of whoever said so.
    pub reason: Line,
    /// Since when.
    pub at: Timestamp,
    /// Who said so.
    pub by: PersonId,
}

/// What may be asked about sending.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DispatchCommand {
    /// Hold it.
    Hold {
        /// Why.
        reason: Line,
    },
    /// Let it go on.
    Release {
        /// Why it may.
        reason: Line,
    },
}

impl DispatchCommand {
    /// Its name: chosen once, for records and programs.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Hold { .. } => "hold-dispatch",
            Self::Release { .. } => "release-dispatch",
        }
    }
}

impl Dispatch {
    /// Whether nothing may be sent.
    pub fn is_held(&self) -> bool {
        !self.held.is_empty()
    }
}

/// Decides what follows from a command about sending.
pub fn decide(
    dispatch: &Dispatch,
    asked: &Asked<DispatchCommand>,
    scene: &Scene<'_>,
) -> Result<Vec<Decided<DispatchEvent>>, Refusal> {
    let event = match &asked.command {
        DispatchCommand::Hold { reason } => {
            if asked.by.person != Actor::PROGRAM {
                keeps_the_post(&asked.by)?;
            }
            if dispatch.held.iter().any(|held| held.reason == *reason) {
                return Ok(Vec::new());
            }
            DispatchEvent::from(DispatchHeld { reason: reason.clone() })
        }
        DispatchCommand::Release { reason } => {
            keeps_the_post(&asked.by)?;
            if !dispatch.is_held() {
                return Err(Refusal::NoChange);
            }
            let epoch = dispatch.epoch.saturating_add(1);
            JournalResumed { epoch, reason: reason.clone() }.into()
        }
    };
    Ok(vec![Decided::new(scene.now, event)])
}

/// Brings it up to date with one event.
pub fn evolve(dispatch: &mut Dispatch, recorded: &Recorded<DispatchEvent>) {
    let said = |reason: &Line| Held {
        reason: reason.clone(),
        at: recorded.happened_at,
        by: recorded.actor,
    };
    match &recorded.event {
        DispatchEvent::Held(it) => dispatch.held.push(said(&it.reason)),
        DispatchEvent::Resumed(it) => {
            dispatch.held.clear();
            dispatch.epoch = it.epoch;
            dispatch.resumed = Some(said(&it.reason));
        }
    }
}

/// Who looks after what goes out: the desk, and whoever keeps the machine.
pub(crate) fn keeps_the_post(by: &Actor) -> Result<(), Refusal> {
    if by.has(Capacity::Officer) || by.has(Capacity::Administrator) {
        return Ok(());
    }
    Err(Refusal::NeedsCapacity { capacity: Capacity::Officer })
}

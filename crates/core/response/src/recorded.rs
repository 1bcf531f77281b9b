//! Events before and after the journal.

use fengsui_vocabulary::{PersonId, RoleId};
use jiff::Timestamp;

/// What a decision says should be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decided<E> {
    /// When it happened, by what the actor says.
    pub happened_at: Timestamp,
    /// For whom the actor wrote it down, where somebody else decided it.
    pub on_behalf_of: Option<RoleId>,
    /// What happened.
    pub event: E,
}

impl<E> Decided<E> {
    /// An event of the actor's own.
    pub fn new(happened_at: Timestamp, event: impl Into<E>) -> Self {
        Self { happened_at, on_behalf_of: None, event: event.into() }
    }

    /// The event as the journal will have it.
    pub fn recorded(self, recorded_at: Timestamp, actor: PersonId) -> Recorded<E> {
        Recorded {
            happened_at: self.happened_at,
            recorded_at,
            actor,
            on_behalf_of: self.on_behalf_of,
            event: self.event,
        }
    }
}

/// What was written: state comes from `happened_at`, order from the journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded<E> {
    /// When it happened, by what the actor says.
    pub happened_at: Timestamp,
    /// When it was written.
    pub recorded_at: Timestamp,
    /// Who wrote it.
    pub actor: PersonId,
    /// For whom, where somebody else decided it.
    pub on_behalf_of: Option<RoleId>,
    /// What happened.
    pub event: E,
}

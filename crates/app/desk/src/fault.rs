//! Why a use case did not do what was asked: three classes, which the web turns into answers.

use fengsui_response::Refusal;
use fengsui_store::StoreFault;

/// Why something was not done.
#[derive(Debug, thiserror::Error)]
pub enum DeskFault {
    /// The domain says no, with the reason for whoever asked.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// What was given cannot be read; nothing was changed.
    #[error("some fields must be mended")]
    Malformed(Vec<FieldProblem>),
    /// There is no such thing, or not for this viewer.
    #[error("there is no such record")]
    Absent,
    /// It was there and was erased.
    #[error("this was erased {at} on the ground: {ground}")]
    Erased {
        /// When.
        at: jiff::Timestamp,
        /// On what ground.
        ground: String,
    },
    /// Not the work of this account.
    #[error("this account may not do this")]
    NotYours,
    /// Somebody else was quicker; what they did is told.
    #[error("somebody else was quicker: {0}")]
    Overtaken(String),
    /// Too much at once: try again shortly.
    #[error("the desk is busy; try again in a moment")]
    Busy,
    /// The store could not do its work.
    #[error("the record cannot be read or written")]
    Store(#[from] StoreFault),
    /// The record holds something that this program cannot read.
    #[error("the record holds something unreadable: {0}")]
    Unreadable(String),
    /// What was asked for could not be written to where it should go.
    #[error("the file could not be written: {0}; look whether there is room")]
    Unwritable(String),
}

impl DeskFault {
    /// Whether there was no room to write; nothing was written.
    pub const fn is_full(&self) -> bool {
        matches!(self, Self::Store(StoreFault::Full))
    }

    /// Whether it may go better in a moment: too much at once, held by another program, closing.
    pub const fn may_pass(&self) -> bool {
        matches!(
            self,
            Self::Busy | Self::Store(StoreFault::Unreachable { .. } | StoreFault::Closed)
        )
    }
}

/// One field that must be mended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldProblem {
    /// The name of the field.
    pub field: String,
    /// What is wrong and what to do; a message key or a plain sentence.
    pub problem: String,
}

impl FieldProblem {
    /// Names a field and what is wrong with it.
    pub fn new(field: impl Into<String>, problem: impl Into<String>) -> Self {
        Self { field: field.into(), problem: problem.into() }
    }
}

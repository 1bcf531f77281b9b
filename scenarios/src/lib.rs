//! Whole-system stories: a script goes in, a transcript comes out, through the use cases of the desk.
//!
//! A story is a text that a duty officer can read; see [`tell`]. Stories are the acceptance record, and
//! one of them is the past of the demonstration.

mod centre;
mod people;
mod roster;
mod script;
mod teller;
mod watch;

pub use centre::register;
pub use people::{PEOPLE, Someone, appoint};
pub use roster::name_duty;
pub use script::{Line, Step, StoryMalformed, read};
pub use teller::{Teller, tell, tell_by_the_clock};
pub use watch::StoryLookout;

/// Why a story could not be told.
#[derive(Debug, thiserror::Error)]
pub enum StoryFault {
    /// A line cannot be read.
    #[error(transparent)]
    Malformed(#[from] StoryMalformed),
    /// The desk could not do its work.
    #[error(transparent)]
    Desk(#[from] fengsui_desk::DeskFault),
    /// An account could not be made.
    #[error(transparent)]
    Password(#[from] fengsui_desk::PasswordFault),
    /// Something in it is not what it should be.
    #[error("`{text}`: {problem}")]
    Said {
        /// What stands there.
        text: String,
        /// What is wrong with it.
        problem: String,
    },
}

impl StoryFault {
    /// Names a text and what is wrong with it.
    pub fn said(text: impl Into<String>, problem: impl Into<String>) -> Self {
        Self::Said { text: text.into(), problem: problem.into() }
    }
}

/// Something typed in a story that must be readable.
pub(crate) fn said<T: std::str::FromStr>(text: &str) -> Result<T, StoryFault>
where
    T::Err: std::fmt::Display,
{
    text.parse().map_err(|fault: T::Err| StoryFault::said(text, fault.to_string()))
}

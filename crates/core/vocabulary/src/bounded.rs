//! Texts that people typed: bounded, without U+0000, trimmed.

use std::fmt;
use std::ops::Deref;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// One line: names, titles, reasons. At most 200 characters.
pub type Line = Text<200>;

/// Several paragraphs: descriptions, summaries, documents. At most 20,000 characters.
pub type Prose = Text<20_000>;

/// A text of at most `CHARS_MAX` characters, not empty, without U+0000.
///
/// Neither database engine stores U+0000 in a text, and no person types it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Text<const CHARS_MAX: usize>(Box<str>);

/// Why a text was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TextOutOfRange {
    /// Nothing but white space.
    #[error("this must not be empty")]
    Empty,
    /// More characters than the place has.
    #[error("this has {chars} characters; at most {chars_max} fit")]
    TooLong {
        /// How many there are.
        chars: usize,
        /// How many fit.
        chars_max: usize,
    },
    /// U+0000, which no person types.
    #[error("this contains the character U+0000; remove it")]
    Nul,
}

impl<const CHARS_MAX: usize> Text<CHARS_MAX> {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<const CHARS_MAX: usize> FromStr for Text<CHARS_MAX> {
    type Err = TextOutOfRange;

    fn from_str(text: &str) -> Result<Self, TextOutOfRange> {
        let text = text.trim();
        if text.is_empty() {
            return Err(TextOutOfRange::Empty);
        }
        let chars = text.chars().count();
        if chars > CHARS_MAX {
            return Err(TextOutOfRange::TooLong { chars, chars_max: CHARS_MAX });
        }
        if text.contains('\0') {
            return Err(TextOutOfRange::Nul);
        }
        Ok(Self(text.into()))
    }
}

impl<const CHARS_MAX: usize> TryFrom<String> for Text<CHARS_MAX> {
    type Error = TextOutOfRange;

    fn try_from(text: String) -> Result<Self, TextOutOfRange> {
        text.parse()
    }
}

impl<const CHARS_MAX: usize> From<Text<CHARS_MAX>> for String {
    fn from(text: Text<CHARS_MAX>) -> Self {
        text.0.into()
    }
}

impl<const CHARS_MAX: usize> Deref for Text<CHARS_MAX> {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl<const CHARS_MAX: usize> fmt::Display for Text<CHARS_MAX> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.pad(&self.0)
    }
}

impl<const CHARS_MAX: usize> fmt::Debug for Text<CHARS_MAX> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&*self.0, out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_counts_characters_not_bytes() {
        assert!("警".repeat(200).parse::<Line>().is_ok());
        assert_eq!(
            "警".repeat(201).parse::<Line>(),
            Err(TextOutOfRange::TooLong { chars: 201, chars_max: 200 })
        );
    }

    #[test]
    fn nothing_and_nul_are_refused() {
        assert_eq!(" \n".parse::<Line>(), Err(TextOutOfRange::Empty));
        assert_eq!("a\0b".parse::<Line>(), Err(TextOutOfRange::Nul));
    }
}

//! What keeps a sheet from becoming pages, told so that somebody can mend it.

use std::collections::BTreeSet;
use std::fmt;
use std::path::PathBuf;

/// Why there is no PDF. A page with empty boxes instead of characters is never made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PressFault {
    /// No font here can write Chinese.
    #[error(
        "no font for Chinese among {searched}; install one (Debian: `apt-get install \
         fonts-noto-cjk`) or name a folder that has one"
    )]
    NoChineseFont {
        /// Where fonts were looked for.
        searched: Searched,
    },
    /// The sheet has characters that no font has.
    #[error("no font has {characters}; install a font with them or take them out of the text")]
    NoGlyph {
        /// Which.
        characters: Unprintable,
    },
    /// A font that was there at the start cannot be read any more.
    #[error("the font {} cannot be read any more; start the program again", file.display())]
    FontGone {
        /// Its file.
        file: PathBuf,
    },
    /// A document without a title: nobody could find it again, or have it read aloud.
    #[error("the document has no title; give it one")]
    Untitled,
    /// More than a document may have.
    #[error("{count} {what}; at most {count_max} fit on one document: divide it")]
    TooMuch {
        /// What there is too much of.
        what: &'static str,
        /// How much of it.
        count: usize,
        /// How much of it is allowed.
        count_max: usize,
    },
    /// The engine refused: a fault of this crate's templates, or a font that may not be embedded.
    #[error("the typesetter refused the document: {message}")]
    Engine {
        /// In the engine's own words.
        message: String,
    },
}

/// The folders where fonts were looked for, and how many faces were in them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Searched {
    /// The folders, in order; those that do not exist are among them.
    pub folders: Vec<PathBuf>,
    /// How many faces were found in all.
    pub faces: usize,
}

impl fmt::Display for Searched {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "the {} faces in ", self.faces)?;
        if self.folders.is_empty() {
            return out.write_str("no folder");
        }
        for (index, folder) in self.folders.iter().enumerate() {
            let separator = if index == 0 { "" } else { ", " };
            write!(out, "{separator}{}", folder.display())?;
        }
        Ok(())
    }
}

/// Characters that no font has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unprintable(pub BTreeSet<char>);

impl fmt::Display for Unprintable {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, character) in self.0.iter().take(TOLD_MAX).enumerate() {
            let separator = if index == 0 { "" } else { ", " };
            write!(out, "{separator}`{character}` (U+{:04X})", u32::from(*character))?;
        }
        match self.0.len().saturating_sub(TOLD_MAX) {
            0 => Ok(()),
            more => write!(out, " and {more} more"),
        }
    }
}

const TOLD_MAX: usize = 12;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_character_is_told_with_its_number() {
        let characters = Unprintable(['𒀀', '字'].into());
        assert_eq!(
            PressFault::NoGlyph { characters }.to_string(),
            "no font has `字` (U+5B57), `𒀀` (U+12000); install a font with them or take them out \
             of the text"
        );
    }

    #[test]
    fn many_missing_characters_are_told_briefly() {
        let characters = Unprintable(('\u{12000}'..'\u{12014}').collect());
        assert!(characters.to_string().ends_with(" and 8 more"), "{characters}");
    }
}

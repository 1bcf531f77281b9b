//! Texts that are safe to send: without anything that could end a line, a header or a letter.
//!
//! They are made, never refused: a warning with a shortened title is better than none.

use std::fmt;

use serde::Serialize;

/// Words on one line, at most [`Phrase::CHARS_MAX`] characters.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Phrase(String);

/// Several lines, at most [`Passage::CHARS_MAX`] characters.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Passage(String);

impl Phrase {
    /// What does not fit is cut, and an ellipsis says so.
    pub const CHARS_MAX: usize = 300;

    /// Makes one line of any text: line ends and control characters become one blank.
    pub fn of(text: impl AsRef<str>) -> Self {
        let mut line = String::new();
        for letter in text.as_ref().chars().filter(|letter| !turns_direction(*letter)) {
            let is_blank = ends_line(letter) || letter == ' ';
            if !is_blank {
                line.push(letter);
            } else if !line.is_empty() && !line.ends_with(' ') {
                line.push(' ');
            }
        }
        Self(cut(line.trim_end(), Self::CHARS_MAX))
    }

    /// The line.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Passage {
    /// What does not fit is cut, and an ellipsis says so.
    pub const CHARS_MAX: usize = 50_000;

    /// Makes lines of any text: of control characters only the line end stays, and never more than
    /// one empty line together.
    pub fn of(text: impl AsRef<str>) -> Self {
        let mut lines: Vec<String> = Vec::new();
        for line in text.as_ref().replace("\r\n", "\n").split(['\n', '\r', '\u{2028}', '\u{2029}'])
        {
            let line = of_line(line);
            if !line.is_empty() || lines.last().is_some_and(|last| !last.is_empty()) {
                lines.push(line);
            }
        }
        Self(cut(lines.join("\n").trim_end(), Self::CHARS_MAX))
    }

    /// The lines, each ended by LF but the last.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Phrase {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl fmt::Display for Passage {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// A line within a passage: indentation stays, what cannot be seen goes.
fn of_line(line: &str) -> String {
    let seen = line.chars().filter(|letter| !turns_direction(*letter));
    let seen: String = seen.map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
    seen.trim_end().to_owned()
}

fn ends_line(letter: char) -> bool {
    letter.is_control() || matches!(letter, '\u{2028}' | '\u{2029}')
}

/// Marks that make a text read otherwise than it is written: `exe.fdp` for `pdf.exe`.
fn turns_direction(letter: char) -> bool {
    matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

fn cut(text: &str, chars_max: usize) -> String {
    if text.chars().nth(chars_max).is_none() {
        return text.to_owned();
    }
    let mut kept: String = text.chars().take(chars_max.saturating_sub(1)).collect();
    kept.truncate(kept.trim_end().len());
    kept.push('…');
    kept
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_phrase_is_one_line_whatever_it_is_made_of() {
        assert_eq!(Phrase::of(" a\r\nBcc: b\t\0c  d ").as_str(), "a Bcc: b c d");
        assert_eq!(Phrase::of("文件\u{202e}fdp.exe").as_str(), "文件fdp.exe");
        assert_eq!(Phrase::of("警".repeat(400)).as_str().chars().count(), Phrase::CHARS_MAX);
    }

    #[test]
    fn a_passage_keeps_its_lines_and_loses_the_rest() {
        let made = Passage::of("\n\na \r\n\r\n\r\n\r\n  b\0\rc\u{2028}d\n\n");
        assert_eq!(made.as_str(), "a\n\n  b\nc\nd");
    }

    proptest! {
        #[test]
        fn making_a_second_time_changes_nothing(text in any::<String>()) {
            let phrase = Phrase::of(&text);
            prop_assert_eq!(&Phrase::of(phrase.as_str()), &phrase);
            let passage = Passage::of(&text);
            prop_assert_eq!(&Passage::of(passage.as_str()), &passage);
        }
    }
}

//! What the other side said, fit to be kept and shown.

use std::fmt;

/// What the other side said, or why it said nothing: one line, bounded, without control characters.
#[derive(Clone, PartialEq, Eq)]
pub struct Answer {
    /// The number of the protocol: 250, 451, 404. None when there was no answer.
    pub code: Option<u16>,
    /// Its words, or ours.
    pub text: String,
}

impl Answer {
    /// An answer with its number.
    pub fn coded(code: u16, text: &str) -> Self {
        Self { code: Some(code), text: one_line(text) }
    }

    /// Words of ours, where the other side said nothing.
    pub fn ours(text: impl fmt::Display) -> Self {
        Self { code: None, text: one_line(&text.to_string()) }
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.code {
            Some(code) if self.text.is_empty() => write!(out, "{code}"),
            Some(code) => write!(out, "{code} {}", self.text),
            None => out.write_str(&self.text),
        }
    }
}

impl fmt::Debug for Answer {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "`{self}`")
    }
}

/// Joined by blanks, without control characters, at most [`CHARS_MAX`] characters.
fn one_line(text: &str) -> String {
    let mut line = String::new();
    for (place, letter) in text.trim().chars().enumerate() {
        if place >= CHARS_MAX {
            line.push('…');
            break;
        }
        line.push(if letter.is_control() { ' ' } else { letter });
    }
    line
}

/// How much of an answer is kept.
const CHARS_MAX: usize = 400;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_one_bounded_line() {
        let answer = Answer::coded(550, &format!("no\r\nsuch\0user {}", "长".repeat(1000)));
        assert_eq!(answer.text.chars().count(), CHARS_MAX + 1);
        assert!(answer.to_string().starts_with("550 no  such user 长"));
    }
}

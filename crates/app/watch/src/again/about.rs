//! What is kept beside a quarantined piece so that it can be read by itself: JSON in the column `extra` of its first row.

use fengsui_formats::{Head, Outcome};
use serde::{Deserialize, Serialize};

/// What a piece needs to be read by itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct About {
    /// How many outcomes it gave; none, where it was not read: then it may be a part of a piece.
    parts: usize,
    /// Which of them could not be read, where others could.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    unread: Vec<usize>,
    /// The name of its document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) document: Option<String>,
    /// The pieces that say what it means.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) head: Vec<String>,
    /// Whether there are some, and they could not be kept.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    head_lost: bool,
}

/// Letters of the name of a document that are kept.
const DOCUMENT_CHARS_MAX: usize = 1_024;

impl About {
    /// Of a piece that was read, and some of whose outcomes are quarantined.
    pub(crate) fn of(
        raw: &[u8],
        outcomes: &[Outcome],
        document: Option<&str>,
        head: &Head,
    ) -> Self {
        let is_unread = |outcome: &Outcome| matches!(outcome, Outcome::Quarantined(_));
        let unread = outcomes.iter().enumerate().filter(|(_, outcome)| is_unread(outcome));
        let about = Self::of_parts(unread.map(|(place, _)| place).collect(), outcomes.len());
        let head_lost = matches!(head, Head::Lost);
        let mut head = match head {
            Head::Pieces(pieces) => pieces.to_vec(),
            Head::None | Head::Lost => Vec::new(),
        };
        // A piece of the head was the last that came then, and is read after the others.
        if head.last().is_some_and(|last| last.as_bytes() == raw) {
            head.pop();
        }
        let document = document.map(|name| name.chars().take(DOCUMENT_CHARS_MAX).collect());
        Self { document, head, head_lost, ..about }
    }

    /// Of a piece that was never read.
    pub(crate) fn of_unread() -> Self {
        Self::default()
    }

    /// Of the same piece, which now gives other outcomes.
    pub(super) fn with_parts(&self, unread: Vec<usize>, parts: usize) -> Self {
        let about = Self::of_parts(unread, parts);
        Self { parts: about.parts, unread: about.unread, ..self.clone() }
    }

    fn of_parts(unread: Vec<usize>, parts: usize) -> Self {
        let unread = if unread.len() == parts { Vec::new() } else { unread };
        Self { parts, unread, ..Self::default() }
    }

    /// As it was written; `None` where it cannot be understood.
    pub(super) fn read(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    /// As it is written.
    pub(crate) fn written(&self) -> Box<str> {
        serde_json::to_string(self).unwrap_or_default().into()
    }

    /// Whether it holds all that is needed.
    pub(super) fn is_enough(&self) -> bool {
        self.parts > 0 && !self.head_lost
    }

    /// The rows it has in quarantine, counted from the first of them.
    pub(super) fn rows(&self) -> Vec<i32> {
        let first = self.unread.first().copied().unwrap_or_default();
        let number = |place: usize| i32::try_from(place.saturating_sub(first)).unwrap_or(i32::MAX);
        if self.unread.is_empty() {
            return (0..self.parts.max(1)).map(number).collect();
        }
        self.unread.iter().map(|place| number(*place)).collect()
    }

    /// Which of so many outcomes are those that could not be read before; `None` where that cannot be told.
    pub(super) fn new_ones(&self, outcomes: usize) -> Option<Vec<usize>> {
        if self.unread.is_empty() {
            return Some((0..outcomes).collect());
        }
        (outcomes == self.parts).then(|| self.unread.clone())
    }
}

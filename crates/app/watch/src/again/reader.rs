//! Reads one quarantined piece by itself, with the parser of now and what was kept beside it.

use fengsui_formats::{Outcome, Reader, Reason};

use super::{About, Old};
use crate::feed::{Feed, Opener};

/// Reads quarantined pieces; those of one document after each other share what their head says.
pub(crate) struct Rereader {
    open: Opener,
    parser: &'static str,
    /// Whether pieces of this format mean nothing without others before them.
    has_head: bool,
    /// The last document, as far as the order of its pieces does not matter behind its head.
    known: Option<Known>,
}

/// A document whose head has been read.
struct Known {
    document: Option<String>,
    head: Vec<String>,
    reader: Box<dyn Reader>,
}

/// What came of a piece.
pub(crate) struct Came {
    /// The outcomes that are new, each with its place among all of them.
    pub(crate) outcomes: Vec<(usize, Outcome)>,
    /// How many outcomes there are, with those that were read before.
    pub(crate) parts: usize,
    /// What is kept beside it where it goes back into quarantine.
    pub(crate) about: Option<About>,
}

impl Rereader {
    pub(crate) fn new(feed: &Feed) -> Self {
        let has_head = feed.needs_beginning();
        Self { open: feed.open.clone(), parser: feed.parser, has_head, known: None }
    }

    /// What comes of a piece now; `None` where it cannot be read by itself, or nothing new can be said of it.
    pub(crate) fn read(&mut self, old: &Old, raw: &[u8]) -> Option<Came> {
        let may_be = Reason::of(&old.reason).is_none_or(Reason::may_be_read_again);
        if !may_be || !old.about.as_ref().map_or(!self.has_head, About::is_enough) {
            return None;
        }
        let mut outcomes = Vec::new();
        self.reader_for(old).read(raw, &mut outcomes);
        let parts = outcomes.len();
        let new_ones = match &old.about {
            Some(about) => about.new_ones(parts)?,
            // It may have given more than is in quarantine: only what gives one outcome is surely not read yet.
            None => vec![0; usize::from(parts == 1)],
        };
        if old.about.is_none() && new_ones.is_empty() {
            return None;
        }
        let is_new = |place: &usize| new_ones.binary_search(place).is_ok();
        let outcomes: Vec<(usize, Outcome)> =
            outcomes.into_iter().enumerate().filter(|(place, _)| is_new(place)).collect();
        if self.says_the_same(old, &outcomes) {
            return None;
        }
        let unread: Vec<usize> = outcomes
            .iter()
            .filter(|(_, outcome)| matches!(outcome, Outcome::Quarantined(_)))
            .map(|(place, _)| *place)
            .collect();
        let about = old.about.clone().unwrap_or_default();
        let about = (!unread.is_empty()).then(|| about.with_parts(unread, parts));
        Some(Came { outcomes, parts, about })
    }

    /// Whether the same parser says the same as before: then there is nothing to write down.
    fn says_the_same(&self, old: &Old, outcomes: &[(usize, Outcome)]) -> bool {
        let rows = old.about.as_ref().map_or(1, |about| about.rows().len());
        let mut reasons = outcomes.iter().map(|(_, outcome)| match outcome {
            Outcome::Quarantined(reason) => Some(reason.as_str()),
            Outcome::Record(_) => None,
        });
        old.parser == self.parser
            && outcomes.len() == rows
            && reasons.next() == Some(Some(old.reason.as_str()))
            && reasons.all(|reason| reason.is_some())
    }

    /// A reader that knows what was before the piece.
    fn reader_for(&mut self, old: &Old) -> Box<dyn Reader> {
        let empty = About::default();
        let about = old.about.as_ref().unwrap_or(&empty);
        if let Some(known) = &self.known
            && known.document == about.document
            && known.head == about.head
            && let Some(reader) = known.reader.fork()
        {
            return reader;
        }
        let mut reader = (self.open)(about.document.as_deref());
        for piece in &about.head {
            reader.recall(piece.as_bytes());
        }
        match reader.fork() {
            Some(fork) => {
                let (document, head) = (about.document.clone(), about.head.clone());
                self.known = Some(Known { document, head, reader });
                fork
            }
            None => reader,
        }
    }
}

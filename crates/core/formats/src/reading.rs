//! What becomes of one piece: records, or the reason why not.

use std::sync::Arc;

pub use fengsui_records::Reason;
use fengsui_records::{Column, Record};

/// Turns pieces of one format into records.
///
/// Pieces come in their order. A reader that keeps nothing between two pieces says so by `fork`,
/// and its pieces may then be read in parallel.
pub trait Reader: Send {
    /// Reads one piece, without its line end, and adds what became of it to `out`.
    ///
    /// Headers, comments and empty lines give nothing. One piece may give several records.
    fn read(&mut self, piece: &[u8], out: &mut Vec<Outcome>);

    /// Another reader for pieces after this point; `None` while the order of pieces matters.
    fn fork(&self) -> Option<Box<dyn Reader>>;

    /// Takes a piece that was read before a restart: what it says about later pieces (a header) is
    /// learned, and nothing is given. Whoever goes on in the middle of a source whose format has a
    /// header recalls what was before, until `fork` says that enough is known.
    fn recall(&mut self, piece: &[u8]) {
        if self.fork().is_none() {
            self.read(piece, &mut Vec::new());
        }
    }

    /// What pieces after this point cannot be read without. It is kept beside what is quarantined, so that it
    /// can be read again by itself.
    fn head(&self) -> Head {
        Head::None
    }
}

/// The pieces at the beginning of a document that say what later ones mean, as they came.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Head {
    /// A piece says everything itself.
    #[default]
    None,
    /// These, in their order.
    Pieces(Arc<Vec<String>>),
    /// There is one, and it is longer than is kept, or no text: later pieces cannot be read by themselves.
    Lost,
}

impl Head {
    /// Bytes that are kept.
    pub const BYTES_MAX: usize = 16 * 1024;

    /// Pieces that are kept.
    pub const PIECES_MAX: usize = 16;

    /// Adds a piece; without all of its pieces a head is worth nothing.
    pub(crate) fn push(&mut self, piece: &[u8]) {
        *self = match (std::mem::take(self), str::from_utf8(piece)) {
            (Self::None, Ok(text)) => Self::with(Arc::default(), text),
            (Self::Pieces(pieces), Ok(text)) => Self::with(pieces, text),
            (Self::Lost, _) | (Self::None | Self::Pieces(_), Err(_)) => Self::Lost,
        };
    }

    /// Drops pieces that begin so: others have taken their place.
    pub(crate) fn forget(&mut self, begins: &str) {
        if let Self::Pieces(pieces) = self
            && pieces.iter().any(|piece| piece.starts_with(begins))
        {
            Arc::make_mut(pieces).retain(|piece| !piece.starts_with(begins));
        }
    }

    /// How many pieces there are.
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::None | Self::Lost => 0,
            Self::Pieces(pieces) => pieces.len(),
        }
    }

    fn with(mut pieces: Arc<Vec<String>>, text: &str) -> Self {
        let bytes: usize = pieces.iter().map(String::len).sum();
        if pieces.len() >= Self::PIECES_MAX || bytes + text.len() > Self::BYTES_MAX {
            return Self::Lost;
        }
        Arc::make_mut(&mut pieces).push(text.to_owned());
        Self::Pieces(pieces)
    }
}

/// What became of one piece, or of one part of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// A record.
    Record(Record),
    /// It could not be read; it is kept as it came, to be read again.
    Quarantined(Reason),
}

/// Takes a text into a column that is empty; where that is not possible, it is kept under the name the
/// source gave it.
pub(crate) fn take(record: &mut Record, column: Column, name: &str, text: &str) {
    if text.trim().is_empty() {
        return;
    }
    let value = if record.get(column).is_none() { column.kind().read(text) } else { None };
    match value {
        Some(value) => record.push(column, value),
        None => record.keep_text(name, text),
    }
}

/// Whether a piece holds blanks only, which is nothing to read and nothing to complain of.
pub(crate) fn is_blank(piece: &[u8]) -> bool {
    piece.trim_ascii().is_empty()
}

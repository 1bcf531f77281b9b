//! What becomes of one piece: records, or the reason why not.

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
}

/// What became of one piece, or of one part of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// A record.
    Record(Record),
    /// It could not be read; it is kept as it came, to be read again.
    Quarantined(Reason),
}

/// Why a piece could not be read. The names are counted in summaries and stand in the lake.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// Longer than a piece may be.
    TooLong,
    /// Not UTF-8.
    NotUtf8,
    /// Not JSON, or cut off.
    NotJson,
    /// Nested too deeply, or with too many parts.
    TooComplex,
    /// Sound in itself, and not of this format.
    NotThisFormat,
    /// More or fewer cells than columns.
    CellsDiffer,
    /// A report the schema does not know.
    UnknownReport,
    /// The schema of the reports has not been given.
    NoSchema,
    /// The mapping of the feed has not been given.
    NoMapping,
    /// The columns are not those the mapping or the schema expects.
    ColumnsChanged,
    /// Nothing in it says when, whom or what.
    Empty,
    /// It could not be decompressed, or grew beyond what is allowed.
    NotDecompressed,
}

impl Reason {
    /// The name in summaries and in the lake.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::TooLong => "too_long",
            Self::NotUtf8 => "not_utf8",
            Self::NotJson => "not_json",
            Self::TooComplex => "too_complex",
            Self::NotThisFormat => "not_this_format",
            Self::CellsDiffer => "cells_differ",
            Self::UnknownReport => "unknown_report",
            Self::NoSchema => "no_schema",
            Self::NoMapping => "no_mapping",
            Self::ColumnsChanged => "columns_changed",
            Self::Empty => "empty",
            Self::NotDecompressed => "not_decompressed",
        }
    }
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

//! Reports of Shadowserver: CSV, one report a file, by the schema the centre was given.
//!
//! The schema is read at run time ([`Schema`]); which report a file is stands in its name, and where the name
//! is silent the columns may say it. New columns are kept in `extra`; a report that lost the columns
//! nothing can be said without is quarantined row by row, as is one the schema does not know.

mod columns;
mod convert;
mod layout;
mod schema;
#[cfg(test)]
mod tests;

pub use schema::{Schema, SchemaFault};

use std::sync::Arc;

use crate::Setting;
use crate::reading::{Head, Outcome, Reader, Reason};
use layout::Layout;

/// Reads the rows of one report.
pub(crate) struct Report {
    state: State,
    head: Head,
    cells: Cells,
}

/// How far a report has been understood.
#[derive(Clone)]
enum State {
    /// The header has not been seen.
    Before(Start),
    /// The header has been seen; rows are read by it.
    Reading(Arc<Layout>),
    /// No row of it can be read, and this is why.
    Refused(Reason),
}

/// What is known before the header.
#[derive(Clone)]
struct Start {
    schema: Option<Arc<Schema>>,
    name: Option<String>,
}

impl Report {
    /// Opens it with what it needs.
    pub(crate) fn open(setting: &Setting) -> Self {
        let start = Start { schema: setting.shadowserver.clone(), name: setting.name.clone() };
        Self { state: State::Before(start), head: Head::None, cells: Cells::new() }
    }
}

impl Reader for Report {
    fn read(&mut self, piece: &[u8], out: &mut Vec<Outcome>) {
        let piece = piece.strip_prefix(BYTE_ORDER_MARK).unwrap_or(piece);
        if piece.iter().all(u8::is_ascii_whitespace) {
            return;
        }
        if matches!(self.state, State::Before(_)) {
            self.head.push(piece);
        }
        let row = match self.cells.parse(piece) {
            Ok(row) => row,
            Err(reason) => return out.push(Outcome::Quarantined(reason)),
        };
        match &self.state {
            State::Reading(layout) if layout.is_again(&row) => {}
            State::Reading(layout) => out.push(layout.read(&row)),
            State::Refused(reason) => out.push(Outcome::Quarantined(*reason)),
            State::Before(start) => {
                let state = start.begin(&row);
                // A first row that is no header is data: it must not vanish.
                if let (State::Refused(reason), false) = (&state, is_header(&row)) {
                    out.push(Outcome::Quarantined(*reason));
                }
                self.state = state;
            }
        }
    }

    fn fork(&self) -> Option<Box<dyn Reader>> {
        match &self.state {
            State::Before(_) => None,
            State::Reading(_) | State::Refused(_) => {
                let (state, head) = (self.state.clone(), self.head.clone());
                Some(Box::new(Self { state, head, cells: Cells::new() }))
            }
        }
    }

    fn head(&self) -> Head {
        self.head.clone()
    }
}

impl Start {
    fn begin(&self, header: &[&str]) -> State {
        let Some(schema) = &self.schema else {
            return State::Refused(Reason::NoSchema);
        };
        let named = self.name.as_deref().and_then(|name| schema.named(name));
        let Some(sheet) = named.or_else(|| schema.fitting(header)) else {
            return State::Refused(Reason::UnknownReport);
        };
        match Layout::new(sheet, header) {
            Some(layout) => State::Reading(Arc::new(layout)),
            None => State::Refused(Reason::ColumnsChanged),
        }
    }
}

/// Whether a row holds names of columns and nothing else.
fn is_header(row: &[&str]) -> bool {
    row.iter().all(|cell| {
        cell.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b' '))
            && cell.bytes().next().is_some_and(|first| first.is_ascii_alphabetic())
    })
}

/// Takes a row of CSV apart; its room is used again for the next.
struct Cells {
    reader: csv_core::Reader,
    text: Vec<u8>,
    ends: Vec<usize>,
}

impl Cells {
    fn new() -> Self {
        Self { reader: csv_core::Reader::new(), text: Vec::new(), ends: vec![0; CELLS_MAX] }
    }

    fn parse(&mut self, piece: &[u8]) -> Result<Vec<&str>, Reason> {
        self.reader.reset();
        if self.text.len() < piece.len() + 1 {
            self.text.resize(piece.len() + 1, 0);
        }
        let (result, taken, mut written, mut count) =
            self.reader.read_record(piece, &mut self.text, &mut self.ends);
        match result {
            csv_core::ReadRecordResult::InputEmpty => {
                // The row has no line end of its own: an empty input says that it is complete.
                let text = self.text.get_mut(written..).unwrap_or_default();
                let ends = self.ends.get_mut(count..).unwrap_or_default();
                let (_, _, more, ended) = self.reader.read_record(&[], text, ends);
                written += more;
                count += ended;
            }
            csv_core::ReadRecordResult::Record if taken == piece.len() => {}
            csv_core::ReadRecordResult::Record | csv_core::ReadRecordResult::End => {
                return Err(Reason::CellsDiffer);
            }
            csv_core::ReadRecordResult::OutputFull | csv_core::ReadRecordResult::OutputEndsFull => {
                return Err(Reason::TooComplex);
            }
        }
        self.row(written, count)
    }

    fn row(&self, written: usize, count: usize) -> Result<Vec<&str>, Reason> {
        if count >= CELLS_MAX {
            return Err(Reason::TooComplex);
        }
        let bytes = self.text.get(..written).unwrap_or_default();
        let text = std::str::from_utf8(bytes).map_err(|_why| Reason::NotUtf8)?;
        let mut start = 0;
        let mut row = Vec::with_capacity(count);
        for end in self.ends.iter().take(count) {
            // A cell that does not end between two letters cannot be: the whole is UTF-8 and commas are ASCII.
            row.push(text.get(start..*end).unwrap_or_default().trim());
            start = *end;
        }
        Ok(row)
    }
}

const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// Cells a row may have; the widest report has fewer than two hundred.
const CELLS_MAX: usize = 2_048;

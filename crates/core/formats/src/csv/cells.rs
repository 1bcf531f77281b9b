//! The cells of one row.

use csv_core::{ReadRecordResult, ReaderBuilder};

use crate::reading::Reason;

/// Cells a row may have.
const CELLS_MAX: usize = 4096;

/// The cells of one row, without quotes.
pub(super) struct Cells {
    text: String,
    /// Where each cell ends.
    ends: Vec<usize>,
}

impl Cells {
    /// Takes a row apart. One whose quotes are not closed has no cells that could be trusted.
    pub(super) fn of(row: &str, delimiter: u8) -> Result<Self, Reason> {
        let mut reader = ReaderBuilder::new().delimiter(delimiter).build();
        // A row that ends with its line has closed its quotes.
        let input = [row.as_bytes(), b"\n"].concat();
        let mut text = vec![0; input.len()];
        let mut ends = vec![0; input.len().min(CELLS_MAX)];
        let (result, read, written, cells) = reader.read_record(&input, &mut text, &mut ends);
        match result {
            ReadRecordResult::Record if read >= row.len() => {}
            ReadRecordResult::OutputEndsFull => return Err(Reason::TooComplex),
            ReadRecordResult::Record
            | ReadRecordResult::InputEmpty
            | ReadRecordResult::OutputFull
            | ReadRecordResult::End => return Err(Reason::CellsDiffer),
        }
        text.truncate(written);
        ends.truncate(cells);
        let text = String::from_utf8(text).map_err(|_invalid| Reason::NotUtf8)?;
        Ok(Self { text, ends })
    }

    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    pub(super) fn get(&self, at: usize) -> Option<&str> {
        let start = at.checked_sub(1).map_or(Some(0), |before| self.ends.get(before).copied())?;
        self.text.get(start..*self.ends.get(at)?)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.ends.len()).filter_map(|at| self.get(at))
    }
}

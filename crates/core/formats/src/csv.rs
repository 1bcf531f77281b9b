//! Any CSV, by a mapping.
//!
//! The first row is the header unless the mapping gives the columns. A feed may change its columns
//! overnight: one that lacks a mapped column is kept and not read, until somebody has looked.

mod cells;

use std::sync::Arc;

use fengsui_records::Record;

use crate::Setting;
use crate::mapping::{Mapping, OnNewColumns, Required};
use crate::reading::{Head, Outcome, Reader, Reason, is_blank};
use cells::Cells;

/// Reads it.
#[derive(Clone)]
pub(crate) struct Table {
    mapping: Option<Arc<Mapping>>,
    header: Option<Arc<Header>>,
    head: Head,
}

/// The columns, in their order.
struct Header {
    names: Vec<String>,
    /// For every rule of the mapping, its column.
    places: Vec<Option<usize>>,
    /// Columns no rule takes.
    unmapped: Vec<usize>,
    /// Whether rows may be read by it.
    is_as_mapped: bool,
}

impl Table {
    /// Opens it with what it needs.
    pub(crate) fn open(setting: &Setting) -> Self {
        let mapping = setting.mapping.clone();
        let header = mapping.as_deref().and_then(|mapping| {
            let names = mapping.columns.clone()?;
            Some(Arc::new(Header::of(names, mapping)))
        });
        Self { mapping, header, head: Head::None }
    }

    /// Whether the header is still to come, and this may be it. Without a mapping nobody knows which of the first
    /// pieces is the header and which a comment.
    fn may_be_header(&self, piece: &[u8]) -> bool {
        let Some(mapping) = &self.mapping else { return self.head.len() < Head::PIECES_MAX };
        let comment = mapping.comment.as_deref().unwrap_or_default();
        let is_comment = !comment.is_empty() && piece.starts_with(comment.as_bytes());
        self.header.is_none() && !is_comment
    }

    fn row(&mut self, piece: &[u8]) -> Result<Option<Record>, Reason> {
        let mapping = self.mapping.as_deref().ok_or(Reason::NoMapping)?;
        let text = str::from_utf8(piece).map_err(|_invalid| Reason::NotUtf8)?;
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        if mapping.comment.as_deref().is_some_and(|comment| text.starts_with(comment)) {
            return Ok(None);
        }
        let cells = Cells::of(text, mapping.delimiter)?;
        let Some(header) = &self.header else {
            let names = cells.iter().map(|cell| cell.trim().to_owned()).collect();
            let header = Header::of(names, mapping);
            let is_as_mapped = header.is_as_mapped;
            self.header = Some(Arc::new(header));
            return if is_as_mapped { Ok(None) } else { Err(Reason::ColumnsChanged) };
        };
        if !header.is_as_mapped {
            return Err(Reason::ColumnsChanged);
        }
        if cells.len() != header.names.len() {
            return Err(Reason::CellsDiffer);
        }
        // Files put one behind the other bring their headers with them.
        if cells.iter().map(str::trim).eq(header.names.iter()) {
            return Ok(None);
        }
        header.record(mapping, &cells).map(Some)
    }
}

impl Header {
    fn of(names: Vec<String>, mapping: &Mapping) -> Self {
        let place = |from: &str| names.iter().position(|name| name == from);
        let places: Vec<_> = mapping.rules.iter().map(|rule| place(&rule.from)).collect();
        let is_complete = mapping
            .rules
            .iter()
            .zip(&places)
            .all(|(rule, place)| place.is_some() || !rule.is_required(Required::InEveryRow));
        let has_new = names.iter().any(|name| !mapping.names(name));
        let may_have_new = mapping.on_new_columns == OnNewColumns::Keep;
        let unmapped = (0..names.len()).filter(|at| !places.contains(&Some(*at))).collect();
        let is_as_mapped = is_complete && (may_have_new || !has_new);
        Self { names, places, unmapped, is_as_mapped }
    }

    fn record(&self, mapping: &Mapping, cells: &Cells) -> Result<Record, Reason> {
        let mut record = Record::new();
        for (rule, place) in mapping.rules.iter().zip(&self.places) {
            if let Some(cell) = place.and_then(|place| cells.get(place)) {
                rule.apply(&mut record, cell);
            }
        }
        for place in &self.unmapped {
            if let (Some(name), Some(cell)) = (self.names.get(*place), cells.get(*place)) {
                record.keep_text(name, cell);
            }
        }
        if record.values().next().is_none() && record.extra_members().is_empty() {
            return Err(Reason::Empty);
        }
        mapping.complete(&mut record);
        Ok(record)
    }
}

impl Reader for Table {
    fn read(&mut self, piece: &[u8], out: &mut Vec<Outcome>) {
        if is_blank(piece) {
            return;
        }
        if self.may_be_header(piece) {
            self.head.push(piece);
        }
        match self.row(piece) {
            Ok(None) => {}
            Ok(Some(record)) => out.push(Outcome::Record(record)),
            Err(reason) => out.push(Outcome::Quarantined(reason)),
        }
    }

    fn fork(&self) -> Option<Box<dyn Reader>> {
        // Rows depend on nothing but the header.
        self.header.is_some().then(|| -> Box<dyn Reader> { Box::new(self.clone()) })
    }

    fn head(&self) -> Head {
        self.head.clone()
    }
}

#[cfg(test)]
mod tests;

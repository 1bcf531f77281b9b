//! Zeek's logs: tab-separated with a header, or one JSON object a line.
//!
//! The originator is the source, the responder the destination. Fields are known by their names,
//! whichever log they stand in; every other field is kept under its own name with its own type.
//! A header may come again in mid-stream and change everything, so rows are read in their order.

mod field;
mod header;

use std::borrow::Cow;

use fengsui_records::{Column, Record, Value};

use crate::Setting;
use crate::members::{Members, text_of};
use crate::moment;
use crate::reading::{Head, Outcome, Reader, Reason, take};
use field::Meaning;
use header::{Field, Header};

/// Reads it.
pub(crate) struct Zeek {
    header: Header,
    /// The lines the header was read from.
    head: Head,
    /// The log, as the name of the file says it: JSON does not.
    log: Option<String>,
}

impl Zeek {
    /// Opens it with what it needs.
    pub(crate) fn open(setting: &Setting) -> Self {
        Self {
            header: Header::default(),
            head: Head::None,
            log: setting.name.as_deref().and_then(log_of),
        }
    }

    fn record_of(&mut self, piece: &[u8]) -> Result<Option<Record>, Reason> {
        let text = str::from_utf8(piece).map_err(|_invalid| Reason::NotUtf8)?;
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let text = text.strip_suffix('\r').unwrap_or(text);
        if text.trim_ascii().is_empty() {
            return Ok(None);
        }
        if let Some(line) = text.strip_prefix('#') {
            self.remember(line, text);
            return self.header.take(line).map(|()| None);
        }
        if text.trim_ascii_start().starts_with('{') {
            return self.object(piece);
        }
        self.row(text).map(Some)
    }

    /// Keeps a line of the header. One that begins anew takes the place of the one before, as does a line of its name.
    fn remember(&mut self, line: &str, text: &str) {
        if line.starts_with("separator ") {
            self.head = Head::None;
        }
        let name = line.split(|letter: char| !letter.is_ascii_alphabetic() && letter != '_').next();
        match name {
            Some("open" | "close") | None => {}
            Some(name) => {
                self.head.forget(&format!("#{name}"));
                self.head.push(text.as_bytes());
            }
        }
    }

    fn row(&self, text: &str) -> Result<Record, Reason> {
        let header = &self.header;
        if header.fields.is_empty() {
            return Err(Reason::NotThisFormat);
        }
        let cells = text.split(header.separator.as_str());
        if cells.clone().count() != header.fields.len() {
            return Err(Reason::CellsDiffer);
        }
        let mut record = Record::with_room(text.len());
        let mut later = field::Later::default();
        for (cell, field) in cells.zip(&header.fields) {
            if cell != header.unset && cell != header.empty {
                self.cell(&mut record, &mut later, field, cell);
            }
        }
        later.finish(&mut record, header.path.as_deref().or(self.log.as_deref()));
        Ok(record)
    }

    fn cell(&self, record: &mut Record, later: &mut field::Later, field: &Field, cell: &str) {
        if field.is_many {
            let elements: Vec<_> = cell.split(self.header.set_separator.as_str()).collect();
            return match (field.meaning, elements.as_slice()) {
                (Meaning::Column(column), [only]) => {
                    take(record, column, &field.name, &header::unescaped(only));
                }
                _ => record.keep_json(&field.name, &header::list(field.kind, &elements)),
            };
        }
        match field.meaning {
            Meaning::Other => record.keep_json(&field.name, &header::json(field.kind, cell)),
            meaning @ (Meaning::Time | Meaning::Column(_) | Meaning::Small(_) | Meaning::Later) => {
                text_cell(record, later, meaning, &field.name, &header::unescaped(cell));
            }
        }
    }

    fn object(&self, piece: &[u8]) -> Result<Option<Record>, Reason> {
        let Some(text) = text_of(piece)? else { return Ok(None) };
        let mut members = Members::of(text)?;
        let mut record = Record::with_room(text.len());
        let mut later = field::Later::default();
        let (mut log, mut is_zeek) = (None, false);
        while let Some(member) = members.next()? {
            let (name, value) = (member.name, member.value);
            let meaning = field::meaning_of(name);
            is_zeek |= matches!(name, "ts" | "uid" | "id.orig_h" | "_path");
            let number = value.is_number().then(|| Cow::Borrowed(value.as_str()));
            match (meaning, value.text().or(number)) {
                (_, Some(text)) if name == "_path" && log.is_none() => log = Some(text),
                (Meaning::Other, _) | (_, None) => member.keep(&mut record),
                (Meaning::Column(column), _) => member.put(&mut record, column),
                (meaning, Some(text)) => {
                    text_cell(&mut record, &mut later, meaning, name, &text);
                }
            }
        }
        if !is_zeek {
            return Err(Reason::NotThisFormat);
        }
        later.finish(&mut record, log.as_deref().or(self.log.as_deref()));
        Ok(Some(record))
    }
}

impl Reader for Zeek {
    fn read(&mut self, piece: &[u8], out: &mut Vec<Outcome>) {
        match self.record_of(piece) {
            Ok(None) => {}
            Ok(Some(record)) => out.push(Outcome::Record(record)),
            Err(reason) => out.push(Outcome::Quarantined(reason)),
        }
    }

    fn fork(&self) -> Option<Box<dyn Reader>> {
        None
    }

    fn head(&self) -> Head {
        self.head.clone()
    }

    fn recall(&mut self, piece: &[u8]) {
        // Rows teach nothing, and there may be millions of them.
        if piece.starts_with(b"#") || piece.starts_with(b"\xef\xbb\xbf") {
            self.read(piece, &mut Vec::new());
        }
    }
}

fn text_cell(
    record: &mut Record,
    later: &mut field::Later,
    meaning: Meaning,
    name: &str,
    text: &str,
) {
    match meaning {
        Meaning::Time => time(record, name, text),
        Meaning::Column(column) => take(record, column, name, text),
        Meaning::Small(column) => take(record, column, name, &text.to_lowercase()),
        Meaning::Later => {
            if let Some(text) = later.put_aside(name, text) {
                record.keep_text(name, &text);
            }
        }
        Meaning::Other => record.keep_text(name, text),
    }
}

/// Seconds since 1970, or what the JSON writer makes of them when it is told to.
fn time(record: &mut Record, name: &str, text: &str) {
    match moment::of_seconds(text) {
        Some(at) if record.get(Column::TimeSource).is_none() => {
            record.push(Column::TimeSource, Value::Time(at));
        }
        Some(_) | None => take(record, Column::TimeSource, name, text),
    }
}

/// `conn` of `/logs/conn.10:00:00-11:00:00.log.gz`.
fn log_of(name: &str) -> Option<String> {
    let file = name.rsplit(['/', '\\']).next()?;
    let log = file.split('.').next()?;
    let is_log = !log.is_empty() && file.contains(".log") && log.len() <= 64;
    is_log.then(|| log.to_owned())
}

#[cfg(test)]
mod tests;

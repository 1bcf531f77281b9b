//! The header of a tab-separated log, and the cells it explains.

use std::borrow::Cow;

use super::field::{Meaning, meaning_of};
use crate::reading::Reason;

/// Fields a log may have.
const FIELDS_MAX: usize = 1024;

/// What the lines beginning with `#` have said so far.
#[derive(Debug)]
pub(super) struct Header {
    pub(super) separator: String,
    pub(super) set_separator: String,
    pub(super) empty: String,
    pub(super) unset: String,
    pub(super) path: Option<String>,
    pub(super) fields: Vec<Field>,
}

/// One column of the log.
#[derive(Debug)]
pub(super) struct Field {
    pub(super) name: String,
    pub(super) meaning: Meaning,
    pub(super) kind: Kind,
    /// A set or a vector.
    pub(super) is_many: bool,
}

/// How a value is written in JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Number,
    Bool,
    Text,
}

impl Default for Header {
    fn default() -> Self {
        Self {
            separator: "\t".to_owned(),
            set_separator: ",".to_owned(),
            empty: "(empty)".to_owned(),
            unset: "-".to_owned(),
            path: None,
            fields: Vec::new(),
        }
    }
}

impl Header {
    /// Takes one line of a header, without its `#`.
    pub(super) fn take(&mut self, line: &str) -> Result<(), Reason> {
        if let Some(separator) = line.strip_prefix("separator ") {
            // A new header begins: nothing of the one before holds any longer.
            *self = Self::default();
            if !separator.is_empty() {
                self.separator = unescaped(separator).into_owned();
            }
            return Ok(());
        }
        let Some((name, rest)) = line.split_once(self.separator.as_str()) else { return Ok(()) };
        match name {
            "set_separator" if !rest.is_empty() => self.set_separator = rest.to_owned(),
            "empty_field" => self.empty = rest.to_owned(),
            "unset_field" => self.unset = rest.to_owned(),
            "path" => self.path = Some(rest.chars().take(64).collect()),
            "fields" => self.set_fields(rest)?,
            "types" => self.set_types(rest),
            _ => {}
        }
        Ok(())
    }

    fn set_fields(&mut self, names: &str) -> Result<(), Reason> {
        let names: Vec<_> = names.split(self.separator.as_str()).collect();
        self.fields.clear();
        if names.len() > FIELDS_MAX {
            return Err(Reason::TooComplex);
        }
        let field = |name: &&str| Field {
            name: (*name).to_owned(),
            meaning: meaning_of(name),
            kind: Kind::Text,
            is_many: false,
        };
        self.fields = names.iter().map(field).collect();
        Ok(())
    }

    fn set_types(&mut self, types: &str) {
        for (field, name) in self.fields.iter_mut().zip(types.split(self.separator.as_str())) {
            let inner = name.split_once('[').and_then(|(_, rest)| rest.strip_suffix(']'));
            field.is_many = inner.is_some();
            field.kind = match inner.unwrap_or(name) {
                "count" | "int" | "double" | "interval" | "port" | "time" => Kind::Number,
                "bool" => Kind::Bool,
                _ => Kind::Text,
            };
        }
    }
}

/// A cell as JSON, by its type.
pub(super) fn json(kind: Kind, cell: &str) -> String {
    match (kind, cell) {
        (Kind::Bool, "T") => "true".to_owned(),
        (Kind::Bool, "F") => "false".to_owned(),
        (Kind::Number, number) if serde_json::from_str::<serde_json::Number>(number).is_ok() => {
            number.to_owned()
        }
        (Kind::Bool | Kind::Number | Kind::Text, text) => {
            serde_json::Value::String(unescaped(text).into_owned()).to_string()
        }
    }
}

/// The elements of a set or a vector as JSON.
pub(super) fn list(kind: Kind, elements: &[&str]) -> String {
    let elements: Vec<_> = elements.iter().map(|element| json(kind, element)).collect();
    format!("[{}]", elements.join(","))
}

/// A cell without its escapes: `\x09` is a tab. What would be no text is left as it is written.
pub(super) fn unescaped(cell: &str) -> Cow<'_, str> {
    if !cell.contains('\\') {
        return Cow::Borrowed(cell);
    }
    let mut bytes = Vec::with_capacity(cell.len());
    let mut rest = cell.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        match (first, after) {
            (b'\\', [b'\\', after @ ..]) => {
                bytes.push(b'\\');
                rest = after;
            }
            (b'\\', [b'x', high, low, after @ ..]) => match (digit(*high), digit(*low)) {
                (Some(high), Some(low)) => {
                    bytes.push(high * 16 + low);
                    rest = after;
                }
                _ => bytes.push(b'\\'),
            },
            (byte, _) => bytes.push(*byte),
        }
    }
    match String::from_utf8(bytes) {
        Ok(text) => Cow::Owned(text),
        Err(_no_text) => Cow::Borrowed(cell),
    }
}

fn digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

//! One record: what a feed said about one thing at one time.

use std::borrow::Cow;
use std::net::IpAddr;

use jiff::Timestamp;
use memchr::memchr2;

use crate::classification::Classification;
use crate::column::Column;
use crate::value::Value;

/// What a feed said about one thing at one time, in the words of the schema.
///
/// Holds only the columns that have a value, each once. What no column takes is kept in `extra`,
/// so that nothing a source says is lost.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Record {
    values: Vec<(Column, Value)>,
    /// Members of a JSON object, each `"name":value`, separated by commas.
    extra: String,
}

impl Record {
    /// An empty record with room for what most feeds say.
    pub fn new() -> Self {
        Self { values: Vec::with_capacity(24), extra: String::new() }
    }

    /// An empty record with room for so many bytes in `extra`.
    pub fn with_room(extra_bytes: usize) -> Self {
        Self { values: Vec::with_capacity(24), extra: String::with_capacity(extra_bytes) }
    }

    /// The columns that have a value, in the order they were set. `extra` is not among them.
    pub fn values(&self) -> impl Iterator<Item = (Column, &Value)> {
        self.values.iter().map(|(column, value)| (*column, value))
    }

    /// The value of a column.
    #[inline]
    pub fn get(&self, column: Column) -> Option<&Value> {
        self.values.iter().find(|(set, _)| *set == column).map(|(_, value)| value)
    }

    /// The text of a column.
    pub fn text(&self, column: Column) -> Option<&str> {
        match self.get(column) {
            Some(Value::Text(text)) => Some(text),
            Some(Value::Integer(_) | Value::Ip(_) | Value::Time(_)) | None => None,
        }
    }

    /// The number of a column.
    pub fn number(&self, column: Column) -> Option<i64> {
        match self.get(column) {
            Some(Value::Integer(number)) => Some(*number),
            Some(Value::Text(_) | Value::Ip(_) | Value::Time(_)) | None => None,
        }
    }

    /// The address of a column.
    pub fn ip(&self, column: Column) -> Option<IpAddr> {
        match self.get(column) {
            Some(Value::Ip(address)) => Some(*address),
            Some(Value::Text(_) | Value::Integer(_) | Value::Time(_)) | None => None,
        }
    }

    /// The instant of a column.
    pub fn time(&self, column: Column) -> Option<Timestamp> {
        match self.get(column) {
            Some(Value::Time(at)) => Some(*at),
            Some(Value::Text(_) | Value::Integer(_) | Value::Ip(_)) | None => None,
        }
    }

    /// Sets a column; what it held before is forgotten.
    pub fn set(&mut self, column: Column, value: Value) {
        match self.values.iter_mut().find(|(set, _)| *set == column) {
            Some((_, held)) => *held = value,
            None => self.values.push((column, value)),
        }
    }

    /// Adds a column that the caller knows to have no value yet: `set` without looking.
    #[inline]
    pub fn push(&mut self, column: Column, value: Value) {
        debug_assert!(self.get(column).is_none(), "{} is set twice", column.as_str());
        self.values.push((column, value));
    }

    /// Adds a column that has no value yet, with a text that stands in the program.
    #[inline]
    pub fn push_static(&mut self, column: Column, text: &'static str) {
        self.push(column, Value::Text(Cow::Borrowed(text)));
    }

    /// Sets a column to a text that stands in the program.
    pub fn set_static(&mut self, column: Column, text: &'static str) {
        self.set(column, Value::Text(Cow::Borrowed(text)));
    }

    /// Sets type and class together, as one follows from the other.
    pub fn classify(&mut self, classification: Classification) {
        self.set_static(Column::Taxonomy, classification.taxonomy());
        self.set_static(Column::Type, classification.as_str());
    }

    /// Reads a text into a column; one that is no value of its kind is kept in `extra`
    /// under the column's name, so that it can be looked at. An empty text is no value.
    pub fn read(&mut self, column: Column, text: &str) {
        if text.trim().is_empty() {
            return;
        }
        match column.kind().read(text) {
            Some(value) => self.set(column, value),
            None => self.keep_text(column.as_str(), text),
        }
    }

    /// Takes a number into a column, or into `extra` where the column does not take it.
    pub fn take_number(&mut self, column: Column, number: i64) {
        match column.kind().take_number(number) {
            Some(value) => self.set(column, value),
            None => self.keep_json(column.as_str(), &number.to_string()),
        }
    }

    /// Keeps a member no column holds. `json` is a complete JSON value; only its line ends,
    /// which can be nothing but blanks, are taken out.
    pub fn keep_json(&mut self, name: &str, json: &str) {
        self.begin_member(name);
        self.push_on_one_line(json);
    }

    /// Keeps a member no column holds, name and value as JSON writes them: `"name":value`.
    #[inline]
    pub fn keep_member(&mut self, member: &str) {
        self.separate();
        self.push_on_one_line(member);
    }

    /// Keeps an object no column holds: whatever `fill` keeps goes into it. An empty one is not kept.
    pub fn keep_object(&mut self, name: &str, fill: impl FnOnce(&mut Self)) {
        let before = self.extra.len();
        self.begin_member(name);
        self.extra.push('{');
        let opened = self.extra.len();
        fill(self);
        if self.extra.len() == opened {
            self.extra.truncate(before);
        } else {
            self.extra.push('}');
        }
    }

    fn push_on_one_line(&mut self, json: &str) {
        if memchr2(b'\n', b'\r', json.as_bytes()).is_some() {
            self.extra.push_str(&json.replace(['\n', '\r'], " "));
        } else {
            self.extra.push_str(json);
        }
    }

    fn separate(&mut self) {
        if !self.extra.is_empty() && !self.extra.ends_with('{') {
            self.extra.push(',');
        }
    }

    fn begin_member(&mut self, name: &str) {
        self.separate();
        push_quoted(&mut self.extra, name);
        self.extra.push(':');
    }

    /// Keeps a text no column holds. An empty one is not kept.
    pub fn keep_text(&mut self, name: &str, text: &str) {
        if text.is_empty() {
            return;
        }
        self.begin_member(name);
        push_quoted(&mut self.extra, text);
    }

    /// Whatever no column holds, as a JSON object; `None` where there is nothing.
    pub fn extra(&self) -> Option<String> {
        (!self.extra.is_empty()).then(|| format!("{{{}}}", self.extra))
    }

    /// The members of `extra`, without the braces; empty where there is nothing.
    pub fn extra_members(&self) -> &str {
        &self.extra
    }

    /// The record as one line of JSON, columns in the order of the schema.
    pub fn to_json(&self) -> String {
        let mut values: Vec<&(Column, Value)> = self.values.iter().collect();
        values.sort_by_key(|(column, _)| *column);
        let mut json = String::from("{");
        for (column, value) in values {
            push_member(&mut json, column.as_str(), &shown(*column, value));
        }
        if let Some(extra) = self.extra() {
            push_member(&mut json, Column::Extra.as_str(), &extra);
        }
        json.push('}');
        json
    }
}

/// A value as JSON.
fn shown(column: Column, value: &Value) -> String {
    match value {
        Value::Integer(number) => number.to_string(),
        Value::Text(text) if column.kind() == crate::Kind::Json => text.clone().into_owned(),
        Value::Text(_) | Value::Ip(_) | Value::Time(_) => {
            let mut quoted = String::new();
            push_quoted(&mut quoted, &value.shown());
            quoted
        }
    }
}

fn push_member(json: &mut String, name: &str, value: &str) {
    if json.len() > 1 {
        json.push(',');
    }
    push_quoted(json, name);
    json.push(':');
    json.push_str(value);
}

/// A text as JSON writes it. What needs no escape is copied in stretches.
fn push_quoted(out: &mut String, text: &str) {
    out.push('"');
    let mut rest = text;
    while let Some(place) = rest.bytes().position(needs_escape) {
        let (plain, escaped) = rest.split_at(place);
        out.push_str(plain);
        let mut letters = escaped.chars();
        if let Some(letter) = letters.next() {
            push_escaped(out, letter);
        }
        rest = letters.as_str();
    }
    out.push_str(rest);
    out.push('"');
}

/// Only letters of one byte need an escape, so a text may be cut before each of them.
fn needs_escape(byte: u8) -> bool {
    byte < b' ' || matches!(byte, b'"' | b'\\')
}

fn push_escaped(out: &mut String, letter: char) {
    match letter {
        '"' => out.push_str("\\\""),
        '\\' => out.push_str("\\\\"),
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        control => {
            let code = u32::from(control);
            let digits = [code >> 4, code & 15].map(|digit| char::from_digit(digit, 16));
            out.push_str("\\u00");
            out.extend(digits.into_iter().flatten());
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_no_value_of_its_column_is_kept_beside_it() {
        let mut record = Record::new();
        record.read(Column::SourceIp, "8.8.8.8");
        record.read(Column::SourcePort, "many");
        record.take_number(Column::DestinationPort, 70_000);
        record.classify(Classification::Scanner);
        assert_eq!(
            record.to_json(),
            r#"{"classification.taxonomy":"information-gathering","classification.type":"scanner","source.ip":"8.8.8.8","extra":{"source.port":"many","destination.port":70000}}"#
        );
    }

    #[test]
    fn an_object_is_kept_with_what_is_in_it_and_on_one_line() {
        let mut record = Record::new();
        record.keep_object("empty", |_| {});
        record.keep_object("alert", |record| {
            record.keep_json("gid", "1");
            record.keep_object("none", |_| {});
            record.keep_text("rule", "a\"b\u{1}");
        });
        record.keep_json("list", "[1,\r\n2]");
        assert_eq!(
            record.extra_members(),
            r#""alert":{"gid":1,"rule":"a\"b\u0001"},"list":[1,  2]"#
        );
    }

    proptest! {
        #[test]
        fn a_record_is_always_one_line_of_json(name in ".*", text in ".*") {
            let mut record = Record::new();
            record.read(Column::Description, &text);
            record.keep_text(&name, &text);
            let json = record.to_json();
            prop_assert!(!json.contains('\n'));
            prop_assert!(serde_json::from_str::<serde_json::Value>(&json).is_ok(), "{json}");
        }
    }
}

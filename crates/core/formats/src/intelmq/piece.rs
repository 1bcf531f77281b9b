//! A piece of JSON as a tree, within bounds, and the few things all formats of exchange need of it.

use std::borrow::Cow;

use fengsui_records::{Column, Kind, Record, Value as Cell};
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde_json::{Map, Value};

use crate::reading::Reason;

/// Reads a piece as a tree; `None` where there is nothing in it.
///
/// How deep it is and how many values it has is counted before anything is built.
pub(crate) fn tree(piece: &[u8]) -> Result<Option<Value>, Reason> {
    let piece = piece.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(piece);
    if piece.iter().all(u8::is_ascii_whitespace) {
        return Ok(None);
    }
    let text = std::str::from_utf8(piece).map_err(|_why| Reason::NotUtf8)?;
    if is_too_complex(piece) {
        return Err(Reason::TooComplex);
    }
    serde_json::from_str(text).map(Some).map_err(|_why| Reason::NotJson)
}

/// Reads a piece as an object; `None` where there is nothing in it.
pub(crate) fn object(piece: &[u8]) -> Result<Option<Map<String, Value>>, Reason> {
    match tree(piece)? {
        None => Ok(None),
        Some(Value::Object(members)) => Ok(Some(members)),
        Some(Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_)) => {
            Err(Reason::NotThisFormat)
        }
    }
}

/// An instant as sources write it; one without zone is UTC.
pub(crate) fn instant(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    let bare = text.strip_suffix("UTC").or(text.strip_suffix("GMT")).unwrap_or(text).trim_end();
    if let Ok(at) = bare.parse::<Timestamp>() {
        return Some(at);
    }
    let civil: DateTime = bare.parse().ok()?;
    civil.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
}

/// Takes a JSON value into a column that has none yet; what does not fit is kept in `extra`.
pub(crate) fn take(record: &mut Record, column: Column, value: &Value) {
    let read = match value {
        Value::String(text) if text.trim().is_empty() => return,
        Value::String(text) => read_text(column, text),
        Value::Number(number) => number.as_i64().and_then(|n| column.kind().take_number(n)),
        Value::Null => return,
        Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    };
    match read {
        Some(cell) if record.get(column).is_none() => record.set(column, cell),
        Some(_) | None => keep(record, column.as_str(), value),
    }
}

/// Takes a text into a column that has none yet; what does not fit is kept in `extra` under its own name.
pub(crate) fn put(record: &mut Record, column: Column, name: &str, text: &str) {
    if text.trim().is_empty() {
        return;
    }
    match read_text(column, text) {
        Some(cell) if record.get(column).is_none() => record.set(column, cell),
        Some(_) | None => record.keep_text(name, text),
    }
}

/// Keeps a JSON value in `extra`; null is nothing.
pub(crate) fn keep(record: &mut Record, name: &str, value: &Value) {
    if !value.is_null() {
        record.keep_json(name, &value.to_string());
    }
}

/// Sets a column to a text of ours.
pub(crate) fn set_text(record: &mut Record, column: Column, text: String) {
    record.set(column, Cell::Text(Cow::Owned(text)));
}

fn read_text(column: Column, text: &str) -> Option<Cell> {
    match column.kind() {
        Kind::Time => instant(text).map(Cell::Time),
        Kind::Text
        | Kind::Integer
        | Kind::Port
        | Kind::Asn
        | Kind::Ip
        | Kind::Network
        | Kind::Fqdn
        | Kind::Country
        | Kind::Json => column.kind().read(text),
    }
}

/// Whether a piece is nested too deeply or has too many values, found without building anything.
fn is_too_complex(piece: &[u8]) -> bool {
    let (mut depth, mut values) = (0_usize, 0_usize);
    let mut text = Text::Outside;
    for byte in piece {
        text = match (text, byte) {
            (Text::Outside, b'"') | (Text::Escaped, _) => Text::Within,
            (Text::Within, b'\\') => Text::Escaped,
            (Text::Within, b'"') => Text::Outside,
            (same, _) => same,
        };
        if text != Text::Outside {
            continue;
        }
        match byte {
            b'[' | b'{' => (depth, values) = (depth + 1, values + 1),
            b']' | b'}' => depth = depth.saturating_sub(1),
            b',' => values += 1,
            _ => {}
        }
        if depth > DEPTH_MAX || values > VALUES_MAX {
            return true;
        }
    }
    false
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Text {
    Outside,
    Within,
    Escaped,
}

/// How deep values may be nested.
const DEPTH_MAX: usize = 64;

/// Values one piece may have.
const VALUES_MAX: usize = 2_000_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tree_is_bounded_before_it_is_built() {
        assert_eq!(tree(b"  \r"), Ok(None));
        assert_eq!(tree(b"{\"a\":"), Err(Reason::NotJson));
        assert_eq!(tree(b"\"\xFF\""), Err(Reason::NotUtf8));
        assert_eq!(tree("[".repeat(DEPTH_MAX + 1).as_bytes()), Err(Reason::TooComplex));
        assert_eq!(tree("[0".repeat(DEPTH_MAX).as_bytes()), Err(Reason::NotJson));
        let flat = format!("[{}0]", "0,".repeat(VALUES_MAX));
        assert_eq!(tree(flat.as_bytes()), Err(Reason::TooComplex));
        let brackets_in_text = format!("\"{}\\\"{}\"", "[".repeat(99), "{".repeat(99));
        assert!(tree(brackets_in_text.as_bytes()).is_ok_and(|tree| tree.is_some()));
        assert_eq!(object(b"[1]"), Err(Reason::NotThisFormat));
    }

    #[test]
    fn a_time_without_zone_is_utc() {
        let at = Some("2010-02-10T00:00:01Z".parse().unwrap());
        for text in ["2010-02-10 00:00:01", "2010-02-10T00:00:01", "2010-02-10 00:00:01 UTC"] {
            assert_eq!(instant(text), at, "{text}");
        }
        assert_eq!(instant("2010-02-10T08:00:01+08:00"), at);
        assert_eq!(instant("2010-02-30 00:00:01"), None);
        assert_eq!(instant("soon"), None);
    }
}

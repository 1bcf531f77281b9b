//! A piece of JSON as a tree, within bounds, and the few things all formats of exchange need of it.

use fengsui_records::{Column, Kind, Record, Value as Cell};
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde_json::{Map, Value};

use crate::reading::{Outcome, Reason};

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
        Some(
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_),
        ) => Err(Reason::NotThisFormat),
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

/// Sets a column to a text if it takes it; the text is kept elsewhere where it does not.
pub(crate) fn set_readable(record: &mut Record, column: Column, text: &str) {
    if let Some(cell) = read_text(column, text) {
        record.set(column, cell);
    }
}

/// Keeps a JSON value in `extra`; null is nothing.
pub(crate) fn keep(record: &mut Record, name: &str, value: &Value) {
    if !value.is_null() {
        record.keep_json(name, &value.to_string());
    }
}

/// A marking of the Traffic Light Protocol 2.0, as sources write it: `tlp:amber+strict`, `TLP-GREEN`, `white`.
pub(crate) fn tlp(text: &str) -> Option<&'static str> {
    let text = text.trim().to_ascii_lowercase();
    let colour = text.strip_prefix("tlp").unwrap_or(&text).trim_start_matches([':', '-', '_', ' ']);
    match colour.trim_end_matches(['"', ' ']).trim_start_matches('"') {
        "clear" | "white" => Some("CLEAR"),
        "green" => Some("GREEN"),
        "amber" => Some("AMBER"),
        "amber+strict" | "amber-strict" | "amber_strict" => Some("AMBER+STRICT"),
        "red" => Some("RED"),
        _ => None,
    }
}

/// Takes a marking; one that is none is kept beside it.
pub(crate) fn mark(record: &mut Record, text: &str) {
    match tlp(text) {
        Some(colour) => record.set_static(Column::Tlp, colour),
        None => record.keep_text(Column::Tlp.as_str(), text),
    }
}

/// Takes how sure a source is: a share of a hundred, perhaps with a fraction.
pub(crate) fn take_accuracy(record: &mut Record, value: &Value) {
    let share = match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.trim().parse().ok(),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    };
    let whole = share
        .filter(|share| (0.0..=100.0).contains(share))
        .and_then(|share| format!("{share:.0}").parse::<i64>().ok());
    match whole {
        Some(whole) => record.set(Column::Accuracy, Cell::Integer(whole)),
        None => keep(record, Column::Accuracy.as_str(), value),
    }
}

/// Sets the source's own key. One thing that gives several records has `/2`, `/3` … after the first.
pub(crate) fn set_key(record: &mut Record, key: &str, at: usize) {
    match (key.is_empty(), at) {
        (true, _) => {}
        (false, 0) => record.read(Column::SourceKey, key),
        (false, at) => record.read(Column::SourceKey, &format!("{key}/{}", at + 1)),
    }
}

/// The records of one piece. What they share is copied into each, so that a small piece could grow without
/// end: how many there are and how much they hold is bounded.
pub(crate) struct Harvest {
    outcomes: Vec<Outcome>,
    records_max: usize,
    bytes: usize,
}

impl Harvest {
    /// For at most so many records.
    pub(crate) fn new(records_max: usize) -> Self {
        Self { outcomes: Vec::new(), records_max, bytes: 0 }
    }

    /// Adds a record; an error where the piece is too much as a whole.
    pub(crate) fn push(&mut self, record: Record) -> Result<(), Reason> {
        let texts: usize = record
            .values()
            .map(|(_, value)| match value {
                Cell::Text(text) => text.len(),
                Cell::Integer(_) | Cell::Ip(_) | Cell::Time(_) => 0,
            })
            .sum();
        self.bytes += texts + record.extra_members().len();
        if self.outcomes.len() >= self.records_max || self.bytes > RECORDS_BYTES_MAX {
            return Err(Reason::TooComplex);
        }
        self.outcomes.push(Outcome::Record(record));
        Ok(())
    }

    /// Adds the reason why a part of the piece cannot be read.
    pub(crate) fn refuse(&mut self, reason: Reason) -> Result<(), Reason> {
        if self.outcomes.len() >= self.records_max {
            return Err(Reason::TooComplex);
        }
        self.outcomes.push(Outcome::Quarantined(reason));
        Ok(())
    }

    /// What became of the piece; empty where nothing was in it.
    pub(crate) fn outcomes(self) -> Vec<Outcome> {
        self.outcomes
    }
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

/// Bytes the records of one piece may hold together.
const RECORDS_BYTES_MAX: usize = 256 * 1024 * 1024;

/// Values one piece may have.
const VALUES_MAX: usize = 2_000_000;

/// What the tests of all these formats need.
#[cfg(test)]
pub(crate) mod testing {
    use proptest::prelude::*;

    use super::{Outcome, Value};
    use crate::reading::Reader;

    /// What becomes of a piece.
    pub(crate) fn outcomes(reader: &mut dyn Reader, piece: &[u8]) -> Vec<Outcome> {
        let mut out = Vec::new();
        reader.read(piece, &mut out);
        out
    }

    /// A record as JSON, or the name of a reason. Fails where `extra` holds what is no JSON.
    pub(crate) fn shown(outcome: &Outcome) -> Value {
        match outcome {
            Outcome::Record(record) => json(&record.to_json()),
            Outcome::Quarantined(reason) => Value::from(reason.as_str()),
        }
    }

    /// A text as JSON.
    pub(crate) fn json(text: &str) -> Value {
        serde_json::from_str(text).unwrap()
    }

    /// Any JSON, its names mostly such as the formats know.
    pub(crate) fn any_json() -> impl Strategy<Value = Value> {
        let text = prop_oneof![
            Just("192.0.2.1".to_owned()),
            Just("2026-03-14T00:00:00Z".to_owned()),
            Just("1773446400".to_owned()),
            Just("[ipv4-addr:value = '192.0.2.1']".to_owned()),
            prop::sample::select(NAMES).prop_map(str::to_owned),
            ".{0,12}",
        ];
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            text.prop_map(Value::from),
        ];
        leaf.prop_recursive(5, 64, 8, |inner| {
            let name = prop_oneof![
                4 => prop::sample::select(NAMES).prop_map(str::to_owned),
                1 => ".{0,8}",
            ];
            prop_oneof![
                1 => prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
                3 => prop::collection::btree_map(name, inner, 0..8)
                    .prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }

    /// Names and words of all the formats of exchange.
    const NAMES: &[&str] = &[
        "source.ip",
        "source",
        "ip",
        "time.source",
        "classification.type",
        "extra",
        "__type",
        "Event",
        "feed.accuracy",
        "Format",
        "IDEA0",
        "ID",
        "DetectTime",
        "Category",
        "Source",
        "Target",
        "IP4",
        "IP6",
        "Port",
        "Proto",
        "Node",
        "Hostname",
        "URL",
        "Note",
        "type",
        "bundle",
        "objects",
        "indicator",
        "id",
        "pattern",
        "indicator--1",
        "relationship",
        "source_ref",
        "target_ref",
        "relationship_type",
        "indicates",
        "observed-data",
        "object_refs",
        "ipv4-addr",
        "value",
        "object_marking_refs",
        "malware",
        "malware--1",
        "name",
        "confidence",
        "revoked",
        "response",
        "Attribute",
        "Object",
        "Tag",
        "info",
        "uuid",
        "timestamp",
        "ip-src",
        "ip-dst|port",
        "deleted",
        "tlp:amber",
        "labels",
        "sighting",
        "sighting_of_ref",
        "hashes",
        "MD5",
    ];
}

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
    fn what_a_piece_may_give_is_bounded_by_count_and_by_size() {
        let mut record = Record::new();
        record.read(Column::Description, "12345");
        record.keep_text("a", "b");
        let held = 5 + record.extra_members().len();
        let mut few = Harvest::new(2);
        assert_eq!(few.push(record.clone()), Ok(()));
        assert_eq!(few.refuse(Reason::NotThisFormat), Ok(()));
        assert_eq!(few.push(record.clone()), Err(Reason::TooComplex));
        assert_eq!(few.refuse(Reason::NotThisFormat), Err(Reason::TooComplex));
        assert_eq!(few.outcomes().len(), 2);
        let full =
            || Harvest { outcomes: Vec::new(), records_max: 9, bytes: RECORDS_BYTES_MAX - held };
        assert_eq!(full().push(record.clone()), Ok(()));
        record.keep_text("c", "d");
        assert_eq!(full().push(record), Err(Reason::TooComplex));
    }

    #[test]
    fn a_marking_is_read_however_it_is_written() {
        for text in ["tlp:amber+strict", "TLP:AMBER+STRICT", "tlp:\"amber+strict\"", "Amber-Strict"]
        {
            assert_eq!(tlp(text), Some("AMBER+STRICT"), "{text}");
        }
        assert_eq!(tlp("TLP:WHITE"), Some("CLEAR"));
        assert_eq!(tlp("tlp:ex:chr"), None);
        assert_eq!(tlp("infrared"), None);
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

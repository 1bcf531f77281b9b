//! What an observable, or one comparison of a pattern, puts into columns.

use fengsui_records::{Column, Record};
use serde_json::{Map, Value};

use super::pattern::Comparison;
use crate::blocklist::addresses::prefixes;
use crate::intelmq::piece;

/// Something found: a path such as patterns use, and its value.
pub(super) type Fact = (String, String);

/// The facts of one comparison.
pub(super) fn of_comparison(comparison: &Comparison) -> Fact {
    (comparison.path.clone(), comparison.value.clone())
}

/// The facts of one observable; `resolve` finds others by their id or key.
pub(super) fn of_object<'a>(
    object: &'a Map<String, Value>,
    resolve: &dyn Fn(&str) -> Option<&'a Map<String, Value>>,
) -> Vec<Fact> {
    let kind = text(object, "type");
    let mut facts = Vec::new();
    for (name, value) in object {
        let path = format!("{kind}:{name}");
        match value {
            Value::String(id) if name.ends_with("_ref") => {
                let found = resolve(id).map(|found| text(found, "value"));
                let found = found.filter(|text| (1..=REFERRED_BYTES_MAX).contains(&text.len()));
                facts.extend(found.map(|value| (format!("{path}.value"), value.to_owned())));
            }
            Value::String(text) => facts.push((path, text.clone())),
            Value::Number(number) => facts.push((path, number.to_string())),
            Value::Array(several) => {
                let texts = several.iter().filter_map(Value::as_str);
                facts.extend(texts.take(FEW).map(|text| (format!("{path}[*]"), text.to_owned())));
            }
            Value::Object(hashes) if name == "hashes" => {
                let texts = hashes.iter().filter_map(|(name, hash)| Some((name, hash.as_str()?)));
                facts.extend(texts.map(|(name, hash)| (format!("{path}.{name}"), hash.to_owned())));
            }
            Value::Null | Value::Bool(_) | Value::Object(_) => {}
        }
    }
    facts
}

/// What became of a fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Put {
    /// It is in a column.
    Taken,
    /// Its column holds another value.
    Occupied,
    /// No column takes it.
    Unknown,
}

/// Puts a fact into its column.
pub(super) fn put((path, value): &Fact, record: &mut Record) -> Put {
    if let Some((ip, network)) = address(path) {
        return put_address(value, ip, network, record);
    }
    let Some(column) = column(path, value) else { return Put::Unknown };
    let is_small = SMALL.contains(&column);
    let value = if is_small { value.to_ascii_lowercase() } else { value.clone() };
    match (column.kind().read(&value), record.get(column)) {
        (None, _) => Put::Unknown,
        (Some(value), Some(held)) if *held == value => Put::Taken,
        (Some(_), Some(_)) => Put::Occupied,
        (Some(value), None) => {
            record.set(column, value);
            Put::Taken
        }
    }
}

fn put_address(value: &str, ip: Column, network: Column, record: &mut Record) -> Put {
    let Some([prefix]) = prefixes(value).and_then(|found| <[_; 1]>::try_from(found).ok()) else {
        // Some write a name where an address belongs.
        return Put::Unknown;
    };
    if record.get(ip).is_some() || record.get(network).is_some() {
        return Put::Occupied;
    }
    prefix.set(record, ip, network);
    Put::Taken
}

fn address(path: &str) -> Option<(Column, Column)> {
    match path {
        "ipv4-addr:value" | "ipv6-addr:value" | "network-traffic:src_ref.value" => {
            Some((Column::SourceIp, Column::SourceNetwork))
        }
        "network-traffic:dst_ref.value" => {
            Some((Column::DestinationIp, Column::DestinationNetwork))
        }
        _ => None,
    }
}

fn column(path: &str, value: &str) -> Option<Column> {
    if let Some(algorithm) = hash(path) {
        let digits = value.len();
        return HASHES
            .iter()
            .find(|(name, length, _)| *name == algorithm && *length == digits)
            .map(|(.., column)| *column);
    }
    PATHS.iter().find(|(known, _)| *known == path).map(|(_, column)| *column)
}

/// The algorithm of a hash: `SHA-256`, `sha256` and `SHA256` are one.
fn hash(path: &str) -> Option<String> {
    let (kind, name) = path.split_once(":hashes.")?;
    let bare = name.trim_matches(['\'', '"']).replace(['-', '_'], "").to_ascii_lowercase();
    matches!(kind, "file" | "artifact").then_some(bare)
}

fn text<'a>(object: &'a Map<String, Value>, name: &str) -> &'a str {
    object.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// Whether a list says something a column takes beyond its first member is not asked: these many are looked at.
const FEW: usize = 8;

/// A text that stands elsewhere and is referred to: a name of a host is no longer.
const REFERRED_BYTES_MAX: usize = 320;

/// Columns whose values are in small letters.
const SMALL: &[Column] =
    &[Column::MalwareMd5, Column::MalwareSha1, Column::MalwareSha256, Column::Transport];

const HASHES: &[(&str, usize, Column)] = &[
    ("md5", 32, Column::MalwareMd5),
    ("sha1", 40, Column::MalwareSha1),
    ("sha256", 64, Column::MalwareSha256),
];

const PATHS: &[(&str, Column)] = &[
    ("domain-name:value", Column::SourceFqdn),
    ("url:value", Column::SourceUrl),
    ("email-addr:value", Column::SourceAccount),
    ("email-message:sender_ref.value", Column::SourceAccount),
    ("email-message:from_ref.value", Column::SourceAccount),
    ("user-account:account_login", Column::SourceAccount),
    ("autonomous-system:number", Column::SourceAsn),
    ("autonomous-system:name", Column::SourceAsName),
    ("network-traffic:src_port", Column::SourcePort),
    ("network-traffic:dst_port", Column::DestinationPort),
    ("network-traffic:protocols[*]", Column::Transport),
    ("vulnerability:name", Column::Vulnerability),
    ("software:name", Column::Product),
];

/// Keeps an observable whole under its place.
pub(super) fn keep(record: &mut Record, objects: Vec<Value>) {
    if !objects.is_empty() {
        piece::keep(record, "objects", &Value::Array(objects));
    }
}

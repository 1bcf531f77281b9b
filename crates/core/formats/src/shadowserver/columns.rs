//! What the names of columns mean where the schema only lists them.
//!
//! The report is about one side: the address named first. Its columns (`ip`, `src_ip`, `http_referer_ip`, in the
//! report on targets `dst_ip`) go to `source.*`, those of the other side to `destination.*`. What
//! stands in no table here is kept in `extra` under its own name.

use std::collections::BTreeMap;

use fengsui_records::Column;

use super::convert::Conversion;
use super::schema::{Field, Target};

/// The prefix of the side the report is about.
pub(super) fn subject(names: &[String]) -> &'static str {
    let prefix_of =
        |name: &String| PREFIXES.iter().find(|prefix| name.strip_prefix(*prefix) == Some("ip"));
    names.iter().find_map(prefix_of).copied().unwrap_or_default()
}

/// What becomes of a column of a report whose other columns are these.
pub(super) fn meaning(name: &str, subject: &str, names: &[String]) -> Field {
    let found = one_side(name, subject, names).or_else(|| by_name(name, subject, names));
    match found {
        Some((column, conversion)) => Field { target: Target::Column(column), conversion },
        None => Field { target: Target::Extra(name.to_owned()), conversion: Conversion::Plain },
    }
}

/// The groups of columns nothing can be said without: when, and whom.
pub(super) fn needed(fields: &BTreeMap<String, Vec<Field>>) -> Vec<Vec<String>> {
    let going_to = |wanted: &[Column]| -> Vec<String> {
        let goes = |fields: &[Field]| {
            fields.iter().any(
                |field| matches!(&field.target, Target::Column(column) if wanted.contains(column)),
            )
        };
        fields.iter().filter(|(_, f)| goes(f)).map(|(name, _)| name.clone()).collect()
    };
    [going_to(WHEN), going_to(WHOM)].into_iter().filter(|group| !group.is_empty()).collect()
}

fn one_side(name: &str, subject: &str, names: &[String]) -> Option<(Column, Conversion)> {
    let about = name.strip_prefix(subject).and_then(side);
    if let Some((source, _, conversion)) = about {
        return Some((source, conversion));
    }
    let other = if subject == "dst_" { "src_" } else { "dst_" };
    let has_other = !subject.is_empty() && names.iter().any(|name| name == &format!("{other}ip"));
    let (_, destination, conversion) =
        has_other.then(|| name.strip_prefix(other)).flatten().and_then(side)?;
    destination.map(|column| (column, conversion))
}

fn side(suffix: &str) -> Option<(Column, Option<Column>, Conversion)> {
    SIDE.iter()
        .find(|(name, ..)| *name == suffix)
        .map(|(_, source, destination, conversion)| (*source, *destination, *conversion))
}

fn by_name(name: &str, subject: &str, names: &[String]) -> Option<(Column, Conversion)> {
    let has_address = names.iter().any(|name| name.ends_with("ip"));
    let (_, about_host, about_event, conversion) =
        NAMED.iter().find(|(named, ..)| *named == name).copied()?;
    let column = if subject.is_empty() { about_host } else { about_event };
    // What was asked for is the subject only where nobody's address is.
    let is_bystander = name == "request" && has_address;
    column.filter(|_| !is_bystander).map(|column| (column, conversion))
}

const WHEN: &[Column] = &[Column::TimeSource];

const WHOM: &[Column] =
    &[Column::SourceIp, Column::SourceFqdn, Column::SourceUrl, Column::SourceAccount];

/// Prefixes of the columns of one side.
const PREFIXES: &[&str] = &["", "src_", "dst_", "http_referer_"];

type Side = (&'static str, Column, Option<Column>, Conversion);

/// Columns each side has: the name without its prefix, where it goes as source and as destination.
const SIDE: &[Side] = &[
    ("ip", Column::SourceIp, Some(Column::DestinationIp), Conversion::Address),
    ("port", Column::SourcePort, Some(Column::DestinationPort), Conversion::Plain),
    ("network", Column::SourceNetwork, Some(Column::DestinationNetwork), Conversion::Plain),
    ("asn", Column::SourceAsn, Some(Column::DestinationAsn), Conversion::NotZero),
    ("geo", Column::SourceCountry, Some(Column::DestinationCountry), Conversion::Plain),
    ("region", Column::SourceRegion, None, Conversion::Plain),
    ("city", Column::SourceCity, None, Conversion::Plain),
    ("hostname", Column::SourceReverseDns, Some(Column::DestinationFqdn), Conversion::Plain),
];

type Named = (&'static str, Option<Column>, Option<Column>, Conversion);

/// Other columns: where they go in reports on hosts (`ip`), and in reports on events (`src_ip`, `dst_ip`).
const NAMED: &[Named] = &[
    ("timestamp", Some(Column::TimeSource), Some(Column::TimeSource), Conversion::UtcTime),
    ("protocol", Some(Column::Transport), Some(Column::Transport), Conversion::Lower),
    ("application", Some(Column::Application), Some(Column::Application), Conversion::Lower),
    ("infection", Some(Column::Identifier), Some(Column::Identifier), Conversion::Lower),
    ("family", Some(Column::MalwareName), Some(Column::MalwareName), Conversion::Lower),
    ("ransomware", Some(Column::MalwareName), None, Conversion::Lower),
    ("severity", Some(Column::Severity), Some(Column::Severity), Conversion::Plain),
    ("status", Some(Column::Status), Some(Column::Status), Conversion::Plain),
    ("count", Some(Column::Count), Some(Column::Count), Conversion::Plain),
    (
        "vulnerability_id",
        Some(Column::Vulnerability),
        Some(Column::Vulnerability),
        Conversion::Plain,
    ),
    ("md5", Some(Column::MalwareMd5), Some(Column::MalwareMd5), Conversion::Hex(32)),
    ("sha1", Some(Column::MalwareSha1), Some(Column::MalwareSha1), Conversion::Hex(40)),
    ("sha256", Some(Column::MalwareSha256), Some(Column::MalwareSha256), Conversion::Hex(64)),
    ("payload_md5", None, Some(Column::MalwareMd5), Conversion::Hex(32)),
    ("file_md5", None, Some(Column::MalwareMd5), Conversion::Hex(32)),
    ("file_sha256", None, Some(Column::MalwareSha256), Conversion::Hex(64)),
    ("url", Some(Column::SourceUrl), None, Conversion::Url),
    ("website", Some(Column::SourceUrl), None, Conversion::Url),
    ("http_url", None, Some(Column::DestinationUrl), Conversion::Url),
    ("http_host", Some(Column::SourceFqdn), Some(Column::DestinationFqdn), Conversion::Host),
    ("host", Some(Column::SourceFqdn), None, Conversion::Host),
    ("request", Some(Column::SourceFqdn), None, Conversion::Host),
    ("query", None, Some(Column::DestinationFqdn), Conversion::Host),
    ("email", Some(Column::SourceAccount), None, Conversion::Plain),
    ("account", Some(Column::SourceAccount), None, Conversion::Plain),
    ("username", None, Some(Column::DestinationAccount), Conversion::Plain),
];

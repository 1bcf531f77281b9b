//! The one table: its physical columns, how they are sorted, and what a day is.
//!
//! The lake is given this as data and knows no column; rows are made in [`crate::rows`].

use std::sync::{Arc, LazyLock};

use arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};
use fengsui_records::{Column, Kind};
use jiff::Timestamp;

/// The column the table is partitioned by.
pub const PARTITION: &str = "day";

/// By what rows are sorted when files are compacted.
pub const SORT: &[&str] = &["source.key", "time.source"];

/// Columns that get a Bloom filter: those one asks single values of.
pub const BLOOM: &[&str] = &[
    "source.ip",
    "source.key",
    "destination.ip",
    "destination.key",
    "source.fqdn",
    "source.url",
    "destination.fqdn",
    "organisation",
    "signature.id",
    "malware.hash.md5",
    "malware.hash.sha1",
    "malware.hash.sha256",
    "vulnerability",
    "source_key",
];

/// The views offered to SQL beside `everything`, and their texts over it.
///
/// `time` is the time that counts for the day: see [`Dated`].
pub const VIEWS: &[(&str, &str)] = &[
    (
        "records",
        "SELECT *, CASE WHEN suspect IS NULL THEN coalesce(\"time.source\", \"time.observation\") \
         ELSE \"time.observation\" END AS \"time\" FROM everything WHERE kind = 'record'",
    ),
    ("suppressed", "SELECT * FROM everything WHERE kind = 'suppressed'"),
    (
        "quarantine",
        "SELECT told.* FROM (SELECT day AS resolved_day, feed AS resolved_feed, again AS resolved_place \
         FROM everything WHERE kind = 'resolved') AS resolved \
         RIGHT ANTI JOIN (SELECT * FROM everything WHERE kind = 'quarantined') AS told \
         ON resolved_day = told.day AND resolved_feed = told.feed AND resolved_place = \
         told.\"partition\" || '/' || CAST(told.\"offset\" AS VARCHAR) || '/' || CAST(told.nth AS VARCHAR)",
    ),
    ("resolved", "SELECT * FROM everything WHERE kind = 'resolved'"),
];

/// What a row is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RowKind {
    /// A record.
    Record,
    /// How often something was repeated, or left out by a sampling rule.
    Suppressed,
    /// A piece that could not be read.
    Quarantined,
    /// That a piece is in quarantine no more: it was read again. Of the same day as the piece.
    Resolved,
}

impl RowKind {
    /// The text in the column `kind`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Record => "record",
            Self::Suppressed => "suppressed",
            Self::Quarantined => "quarantined",
            Self::Resolved => "resolved",
        }
    }
}

/// The physical columns of the table, in their order.
pub fn schema() -> SchemaRef {
    Arc::clone(&SCHEMA)
}

/// The time of a record that counts for its day and for repeats, and whether its clock is suspect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dated {
    /// Microseconds since 1970: the source's time, or that of the observation where the source has none
    /// or an impossible one.
    pub micros: i64,
    /// Why the source's own time was not believed.
    pub suspect: Option<&'static str>,
}

impl Dated {
    /// How long before its observation something may have happened.
    pub const BACK_MAX: i64 = 400 * DAY;
    /// How long after its observation it may seem to have happened.
    pub const AHEAD_MAX: i64 = DAY;

    /// Judges the source's time by that of the observation, both in microseconds.
    pub fn judge(source: Option<i64>, observation: i64) -> Self {
        let earliest = observation.saturating_sub(Self::BACK_MAX);
        let latest = observation.saturating_add(Self::AHEAD_MAX);
        match source {
            Some(micros) if (earliest..=latest).contains(&micros) => Self { micros, suspect: None },
            Some(_) => Self { micros: observation, suspect: Some("clock") },
            None => Self { micros: observation, suspect: None },
        }
    }

    /// The day, as days since 1970 in UTC.
    pub fn day(self) -> i32 {
        i32::try_from(self.micros.div_euclid(DAY)).unwrap_or_default()
    }
}

/// Microseconds since 1970.
pub(crate) fn micros(at: Timestamp) -> i64 {
    at.as_microsecond()
}

/// A day in microseconds.
pub(crate) const DAY: i64 = 24 * 60 * 60 * 1_000_000;

/// How values of a column are kept.
fn data_type(kind: Kind) -> DataType {
    match kind {
        Kind::Integer | Kind::Port | Kind::Asn => DataType::Int64,
        Kind::Time => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
        Kind::Text | Kind::Ip | Kind::Network | Kind::Fqdn | Kind::Country | Kind::Json => {
            DataType::Utf8
        }
    }
}

static SCHEMA: LazyLock<SchemaRef> = LazyLock::new(|| {
    let mut fields = vec![
        Field::new(PARTITION, DataType::Date32, false),
        Field::new("kind", DataType::Utf8, false),
        Field::new("feed", DataType::Utf8, false),
        Field::new("partition", DataType::Utf8, false),
        Field::new("offset", DataType::Int64, false),
        Field::new("nth", DataType::Int32, false),
    ];
    for column in Column::ALL {
        fields.push(Field::new(column.as_str(), data_type(column.kind()), true));
    }
    for name in ["source.key", "destination.key", "parser", "reason", "suspect", "again"] {
        fields.push(Field::new(name, DataType::Utf8, true));
    }
    fields.push(Field::new("raw", DataType::Binary, true));
    Arc::new(Schema::new(fields))
});

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> i64 {
        micros(text.parse().expect("an instant"))
    }

    #[test]
    fn the_table_has_the_columns_that_everybody_agreed_on() {
        let schema = schema();
        let names: Vec<&str> = schema.fields().iter().map(|field| field.name().as_str()).collect();
        assert_eq!(
            &names[..7],
            ["day", "kind", "feed", "partition", "offset", "nth", "time.source"]
        );
        let last = names.len() - 8;
        assert_eq!(
            &names[last..],
            [
                "extra",
                "source.key",
                "destination.key",
                "parser",
                "reason",
                "suspect",
                "again",
                "raw"
            ]
        );
        for (place, column) in Column::ALL.iter().enumerate() {
            assert_eq!(names[6 + place], column.as_str());
        }
        let mut once = names.clone();
        once.sort_unstable();
        once.dedup();
        assert_eq!(once.len(), names.len(), "two columns bear one name");
    }

    #[test]
    fn what_sorts_filters_and_partitions_is_a_column() {
        let schema = schema();
        for name in SORT.iter().chain(BLOOM).chain([&PARTITION]) {
            assert!(schema.field_with_name(name).is_ok(), "{name}");
        }
    }

    #[test]
    fn the_day_is_the_sources_unless_its_clock_is_far_off() {
        let observed = at("2026-03-14T09:00:00Z");
        let day = |text: &str| {
            let dated = Dated::judge(Some(at(text)), observed);
            (dated.day() - Dated::judge(None, observed).day(), dated.suspect)
        };
        assert_eq!(day("2026-03-13T23:59:59Z"), (-1, None));
        assert_eq!(day("2026-03-15T09:00:00Z"), (1, None));
        assert_eq!(day("2026-03-15T09:00:01Z"), (0, Some("clock")));
        assert_eq!(day("2025-02-07T09:00:00Z"), (-400, None));
        assert_eq!(day("1970-01-01T00:00:00Z"), (0, Some("clock")));
        assert_eq!(day("9999-01-01T00:00:00Z"), (0, Some("clock")));
    }
}

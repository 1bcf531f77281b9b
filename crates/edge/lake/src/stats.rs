//! What the log says about the rows of a file: how many, and between which values.
//!
//! Files that cannot hold what is asked for are left out without being opened. The form is Delta's: times are
//! rounded outwards to milliseconds, because readers may not keep more.

use std::collections::BTreeMap;

use arrow::datatypes::{DataType, Field, TimeUnit};
use datafusion::common::ScalarValue;
use jiff::{Timestamp, Unit};
use parquet::arrow::arrow_reader::statistics::StatisticsConverter;
use parquet::file::metadata::RowGroupMetaData as Group;
use serde_json::{Map, Value, json};

use crate::fault::LakeFault;
use crate::shape::Shape;

/// Longer texts say too little for what they cost in the log.
const TEXT_MAX: usize = 64;

/// What is known of the rows of one file.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct FileStats {
    pub(crate) rows: Option<u64>,
    pub(crate) columns: BTreeMap<String, Span>,
}

/// Between which values a column lies in one file.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Span {
    pub(crate) least: Option<ScalarValue>,
    pub(crate) greatest: Option<ScalarValue>,
    pub(crate) nulls: Option<u64>,
}

impl FileStats {
    /// Reads them off the end of a file that was just written.
    pub(crate) fn of_groups(groups: &[Group], shape: &Shape) -> Result<Self, LakeFault> {
        let mut stats = Self { rows: Some(rows_of(groups)), columns: BTreeMap::new() };
        let Some(group) = groups.first() else { return Ok(stats) };
        let stored = shape.stored();
        let parquet_schema = group.schema_descr();
        for field in shape.measured() {
            let converter = StatisticsConverter::try_new(field.name(), &stored, parquet_schema);
            let span = converter.and_then(|converter| span_of(&converter, groups));
            let span = span.map_err(|error| LakeFault::of("measure its files", error))?;
            stats.columns.insert(field.name().clone(), span);
        }
        Ok(stats)
    }

    /// As it stands in the log.
    pub(crate) fn to_json(&self) -> String {
        let mut least = Map::new();
        let mut greatest = Map::new();
        let mut nulls = Map::new();
        for (name, span) in &self.columns {
            if let Some(value) = span.least.as_ref().and_then(|value| value_of(value, Round::Down))
            {
                least.insert(name.clone(), value);
            }
            if let Some(value) = span.greatest.as_ref().and_then(|value| value_of(value, Round::Up))
            {
                greatest.insert(name.clone(), value);
            }
            if let Some(count) = span.nulls {
                nulls.insert(name.clone(), count.into());
            }
        }
        let rows = self.rows;
        json!({"numRecords": rows, "minValues": least, "maxValues": greatest, "nullCount": nulls})
            .to_string()
    }

    /// Reads what the log says; what cannot be read is not known, and then nothing is left out because of it.
    pub(crate) fn from_json(text: Option<&str>, shape: &Shape) -> Self {
        let Some(stats) = text.and_then(|text| serde_json::from_str::<Value>(text).ok()) else {
            return Self::default();
        };
        let of =
            |part: &str, field: &Field| stats.get(part).and_then(|part| part.get(field.name()));
        let columns = shape.measured().into_iter().map(|field| {
            let span = Span {
                least: of("minValues", field).and_then(|value| scalar_of(value, field)),
                greatest: of("maxValues", field).and_then(|value| scalar_of(value, field)),
                nulls: of("nullCount", field).and_then(Value::as_u64),
            };
            (field.name().clone(), span)
        });
        let columns = columns.collect();
        Self { rows: stats.get("numRecords").and_then(Value::as_u64), columns }
    }
}

fn rows_of(groups: &[Group]) -> u64 {
    groups.iter().filter_map(|group| u64::try_from(group.num_rows()).ok()).sum()
}

fn span_of(converter: &StatisticsConverter<'_>, groups: &[Group]) -> parquet::errors::Result<Span> {
    let least = converter.row_group_mins(groups)?;
    let greatest = converter.row_group_maxes(groups)?;
    let nulls = converter.row_group_null_counts(groups)?;
    let values = |array: &arrow::array::ArrayRef| {
        (0..array.len())
            .filter_map(|row| ScalarValue::try_from_array(array, row).ok())
            .filter(|value| !value.is_null())
            .collect::<Vec<_>>()
    };
    let (least, greatest) = (values(&least), values(&greatest));
    let nulls: u64 = nulls.iter().flatten().sum();
    // A row group of nulls alone has no least value, and one of unknown values neither: tell them apart.
    let known = least.len() == groups.len() || nulls == rows_of(groups);
    let pick = |values: Vec<ScalarValue>, wanted: std::cmp::Ordering| {
        values.into_iter().reduce(|a, b| if b.partial_cmp(&a) == Some(wanted) { b } else { a })
    };
    Ok(Span {
        least: pick(least, std::cmp::Ordering::Less).filter(|_| known),
        greatest: pick(greatest, std::cmp::Ordering::Greater).filter(|_| known),
        nulls: Some(nulls),
    })
}

#[derive(Clone, Copy)]
enum Round {
    Down,
    Up,
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the engine's types; those that are not measured"
)]
fn value_of(value: &ScalarValue, round: Round) -> Option<Value> {
    match value {
        ScalarValue::Utf8(Some(text)) if text.len() <= TEXT_MAX => Some(text.as_str().into()),
        ScalarValue::Int32(Some(number)) => Some((*number).into()),
        ScalarValue::Int64(Some(number)) => Some((*number).into()),
        ScalarValue::TimestampMicrosecond(Some(micros), _) => {
            time_of(*micros, round).map(Into::into)
        }
        _ => None,
    }
}

fn time_of(micros: i64, round: Round) -> Option<String> {
    let millis = micros.div_euclid(1_000);
    let above = matches!(round, Round::Up) && micros.rem_euclid(1_000) > 0;
    let at = Timestamp::from_millisecond(millis.checked_add(i64::from(above))?).ok()?;
    at.round(Unit::Millisecond).ok().map(|at| format!("{at:.3}"))
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the engine's types; those that are not measured"
)]
fn scalar_of(value: &Value, field: &Field) -> Option<ScalarValue> {
    match field.data_type() {
        DataType::Utf8 => value.as_str().map(ScalarValue::from),
        DataType::Int32 => {
            value.as_i64().and_then(|number| i32::try_from(number).ok()).map(ScalarValue::from)
        }
        DataType::Int64 => value.as_i64().map(ScalarValue::from),
        DataType::Timestamp(TimeUnit::Microsecond, zone) => {
            let at: Timestamp = value.as_str()?.parse().ok()?;
            Some(ScalarValue::TimestampMicrosecond(Some(at.as_microsecond()), zone.clone()))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::tests::shape;

    fn told(column: &str, least: ScalarValue, greatest: ScalarValue) -> Span {
        let span = Span { least: Some(least), greatest: Some(greatest), nulls: Some(3) };
        let stats = FileStats { rows: Some(9), columns: BTreeMap::from([(column.into(), span)]) };
        let read = FileStats::from_json(Some(&stats.to_json()), &shape());
        assert_eq!(read.rows, Some(9));
        read.columns[column].clone()
    }

    proptest! {
        #[test]
        fn times_read_back_enclose_what_was_written(
            least in -60_000_000_000_000_000i64..250_000_000_000_000_000,
            longer in 0i64..1_000_000_000_000,
        ) {
            let time = |micros| ScalarValue::TimestampMicrosecond(Some(micros), Some("UTC".into()));
            let span = told("time.source", time(least), time(least + longer));
            let (read_least, read_greatest) = (span.least.unwrap(), span.greatest.unwrap());
            prop_assert!(read_least <= time(least) && read_least > time(least - 1_000));
            prop_assert!(read_greatest >= time(least + longer));
            prop_assert!(read_greatest < time(least + longer + 1_000));
        }

        #[test]
        fn texts_read_back_are_what_was_written_or_unknown(text in ".{0,90}") {
            let value = ScalarValue::from(text.as_str());
            let span = told("source.key", value.clone(), value.clone());
            let known = (text.len() <= TEXT_MAX).then_some(value);
            prop_assert_eq!(span, Span { least: known.clone(), greatest: known, nulls: Some(3) });
        }

        #[test]
        fn whatever_others_wrote_is_read(text in ".{0,60}") {
            FileStats::from_json(Some(&text), &shape());
        }
    }
}

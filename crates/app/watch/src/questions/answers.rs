//! Rows of the lake as the words the screens know.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray as _};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Int64Type, TimeUnit};
use arrow::error::ArrowError;
use arrow::record_batch::RecordBatch;
use fengsui_records::{Feed, Hit, Place, Slice, Top};
use jiff::Timestamp;

/// Letters of a piece that are shown.
const RAW_SHOWN_MAX: usize = 64 * 1024;

/// The rows of [`find`](super::find) and [`records`](super::records).
pub fn hits_of(rows: &[RecordBatch]) -> Result<Vec<Hit>, ArrowError> {
    let mut hits = Vec::new();
    for batch in rows {
        let names: Vec<&str> =
            batch.schema_ref().fields().iter().map(|field| field.name().as_str()).collect();
        let texts = texts_of(batch)?;
        let raw = batch.column_by_name("raw").cloned();
        for row in 0..batch.num_rows() {
            let mut columns: BTreeMap<String, String> = names
                .iter()
                .zip(&texts)
                .filter(|(_, text)| text.is_valid(row))
                .map(|(name, text)| {
                    ((*name).to_owned(), text.as_string::<i32>().value(row).to_owned())
                })
                .collect();
            let raw = raw.as_ref().and_then(|raw| shown(raw, row));
            hits.extend(place_of(&mut columns).map(|place| Hit { place, columns, raw }));
        }
    }
    Ok(hits)
}

/// The rows of [`trend`](super::trend).
pub fn slices_of(rows: &[RecordBatch]) -> Result<Vec<Slice>, ArrowError> {
    let mut slices = Vec::new();
    for batch in rows {
        let begins = numbers(batch, "begins")?;
        let records = numbers(batch, "records")?;
        let rows = begins.into_iter().zip(records);
        slices.extend(rows.filter_map(|(begins, records)| {
            let from = Timestamp::from_microsecond(begins?).ok()?;
            Some(Slice { from, records: count(records) })
        }));
    }
    Ok(slices)
}

/// The rows of [`top`](super::top).
pub fn tops_of(rows: &[RecordBatch]) -> Result<Vec<Top>, ArrowError> {
    let mut tops = Vec::new();
    for batch in rows {
        let values = text(batch, "value")?;
        let records = numbers(batch, "records")?;
        let rows = values.into_iter().zip(records);
        tops.extend(
            rows.filter_map(|(value, records)| {
                Some(Top { value: value?, records: count(records) })
            }),
        );
    }
    Ok(tops)
}

/// The rows of [`feeds`](super::feeds).
pub fn feeds_of(rows: &[RecordBatch]) -> Result<Vec<Feed>, ArrowError> {
    let mut feeds = Vec::new();
    for batch in rows {
        let names = text(batch, "feed")?;
        let column = |name| numbers(batch, name);
        let (hour, day, seen) = (column("last_hour")?, column("last_day")?, column("last_seen")?);
        let lag = column("lag")?;
        let (suppressed, sampled) = (column("suppressed")?, column("sampled")?);
        let (quarantined, dropped) = (column("quarantined")?, column("dropped")?);
        let usual_gap = column("usual_gap")?;
        for (row, name) in names.into_iter().enumerate() {
            let at = |column: &[Option<i64>]| column.get(row).copied().flatten();
            let Some(name) = name.and_then(|name| name.parse().ok()) else { continue };
            feeds.push(Feed {
                name,
                last_hour: count(at(&hour)),
                last_day: count(at(&day)),
                last_seen: at(&seen).and_then(|at| Timestamp::from_microsecond(at).ok()),
                lag_seconds: at(&lag),
                suppressed: count(at(&suppressed)),
                sampled: count(at(&sampled)),
                quarantined: count(at(&quarantined)),
                dropped: count(at(&dropped)),
                usual_gap_seconds: at(&usual_gap),
                intake: None,
            });
        }
    }
    Ok(feeds)
}

/// Every column as text. A piece is bytes and is shown by itself.
fn texts_of(batch: &RecordBatch) -> Result<Vec<ArrayRef>, ArrowError> {
    let columns = batch.columns().iter();
    columns
        .map(|column| {
            let kind = column.data_type();
            if is_bytes(kind) {
                Ok(arrow::array::new_null_array(&DataType::Utf8, column.len()))
            } else if matches!(kind, DataType::Timestamp(_, _)) {
                cast(&cast(column, &instant())?, &DataType::Utf8)
            } else {
                cast(column, &DataType::Utf8)
            }
        })
        .collect()
}

/// Takes the place out of the columns; a row without one is no record.
fn place_of(columns: &mut BTreeMap<String, String>) -> Option<Place> {
    Some(Place {
        feed: columns.remove("feed")?.parse().ok()?,
        partition: columns.remove("partition")?,
        offset: columns.remove("offset")?.parse().ok()?,
        nth: columns.remove("nth")?.parse().ok()?,
    })
}

fn shown(raw: &ArrayRef, row: usize) -> Option<String> {
    let raw = cast(raw, &DataType::Binary).ok()?;
    let bytes = raw.is_valid(row).then(|| raw.as_binary::<i32>().value(row))?;
    Some(String::from_utf8_lossy(bytes).chars().take(RAW_SHOWN_MAX).collect())
}

fn is_bytes(kind: &DataType) -> bool {
    matches!(kind, DataType::Binary | DataType::LargeBinary | DataType::BinaryView)
}

/// Microseconds since 1970, in UTC.
fn instant() -> DataType {
    DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()))
}

pub(super) fn text(batch: &RecordBatch, name: &str) -> Result<Vec<Option<String>>, ArrowError> {
    let column = cast(column(batch, name)?, &DataType::Utf8)?;
    Ok(column.as_string::<i32>().iter().map(|text| text.map(str::to_owned)).collect())
}

/// A column as whole numbers; instants are microseconds since 1970.
pub(super) fn numbers(batch: &RecordBatch, name: &str) -> Result<Vec<Option<i64>>, ArrowError> {
    let column = column(batch, name)?;
    let is_instant = matches!(column.data_type(), DataType::Timestamp(_, _));
    let column = if is_instant { cast(column, &instant())? } else { Arc::clone(column) };
    let column = cast(&column, &DataType::Int64)?;
    Ok(column.as_primitive::<Int64Type>().iter().collect())
}

pub(super) fn column<'a>(batch: &'a RecordBatch, name: &str) -> Result<&'a ArrayRef, ArrowError> {
    batch
        .column_by_name(name)
        .ok_or_else(|| ArrowError::SchemaError(format!("the answer lacks the column {name}")))
}

pub(super) fn count(number: Option<i64>) -> u64 {
    number.and_then(|number| u64::try_from(number).ok()).unwrap_or_default()
}

//! Rows of alerts as the watch would have made them: the same in every run.

use std::net::Ipv4Addr;
use std::sync::Arc;

use arrow::array::{
    ArrayRef, Date32Array, Int32Array, Int64Array, StringArray, TimestampMicrosecondArray,
    new_null_array,
};
use arrow::record_batch::RecordBatch;
use fengsui_watch::{key_of, schema};
use jiff::ToSpan as _;
use jiff::civil::{Date, date as civil};

use crate::Failed;
use crate::watch::Numbers;

/// Addresses that alerts come from.
const SOURCES: u64 = 1 << 20;

/// Addresses they go to, rules that found them, organisations that are hit.
const TARGETS: u64 = 1 << 16;
const RULES: u64 = 2_000;
const ORGANISATIONS: u64 = 5_000;

/// Rules that ever hit one organisation: what it runs decides, and the same few most often.
const RULES_EACH: u64 = 64;

/// The first day.
const FIRST: Date = civil(2026, 3, 1);

/// A day in microseconds.
const DAY: u64 = 86_400_000_000;

/// A day as SQL writes it.
pub(super) fn date(day: u64) -> Date {
    FIRST.saturating_add(i64::try_from(day).unwrap_or_default().days())
}

/// One of the addresses that alerts come from.
pub(super) fn address(number: u64) -> Ipv4Addr {
    let low = u32::try_from(number % SOURCES).unwrap_or_default();
    Ipv4Addr::from(0x0B00_0000 + low)
}

/// So many rows of a day.
pub(super) fn of_day(day: u64, seed: u64, rows: u64) -> Result<RecordBatch, Failed> {
    let mut numbers = Numbers::from(seed);
    let drawn: Vec<[u64; 5]> = (0..rows)
        .map(|_| {
            let organisation = numbers.below(ORGANISATIONS).min(numbers.below(ORGANISATIONS));
            let rule = numbers.below(RULES_EACH).min(numbers.below(RULES_EACH));
            [
                numbers.below(SOURCES),
                numbers.below(TARGETS),
                (organisation * 37 + rule * 11) % RULES,
                organisation,
                numbers.below(DAY),
            ]
        })
        .collect();
    let length = usize::try_from(rows)?;
    let since = date(day).since(civil(1970, 1, 1))?.get_days();
    let midnight = i64::from(since) * i64::try_from(DAY)?;
    let text = |of: &dyn Fn(&[u64; 5]) -> String| -> ArrayRef {
        Arc::new(drawn.iter().map(|row| Some(of(row))).collect::<StringArray>())
    };
    let same = |word: &str| text(&|_row| word.to_owned());
    let target =
        |row: &[u64; 5]| Ipv4Addr::from(0x0C00_0000 + u32::try_from(row[1]).unwrap_or_default());
    let times = || {
        let at = drawn.iter().map(|row| midnight + i64::try_from(row[4]).unwrap_or_default());
        TimestampMicrosecondArray::from_iter_values(at).with_timezone("UTC")
    };
    let base = i64::try_from(seed * 1_000_000)?;
    let schema = schema();
    let columns = schema.fields().iter().map(|field| -> Result<ArrayRef, Failed> {
        Ok(match field.name().as_str() {
            "day" => Arc::new(Date32Array::from(vec![since; length])),
            "kind" => same("record"),
            "feed" => same("bench"),
            "partition" => same("rows"),
            "offset" => Arc::new((base..).take(length).collect::<Int64Array>()),
            "nth" => Arc::new(Int32Array::from(vec![0; length])),
            "time.source" | "time.observation" => Arc::new(times()),
            "classification.taxonomy" => same("intrusion-attempts"),
            "classification.type" => same("ids-alert"),
            "source.ip" => text(&|row| address(row[0]).to_string()),
            "source.key" => text(&|row| key_of(address(row[0]).into())),
            "destination.ip" => text(&|row| target(row).to_string()),
            "destination.key" => text(&|row| key_of(target(row).into())),
            "destination.port" => Arc::new(Int64Array::from(vec![443; length])),
            "protocol.transport" => same("tcp"),
            "signature.id" => {
                Arc::new(drawn.iter().map(|row| i64::try_from(row[2]).ok()).collect::<Int64Array>())
            }
            "signature.name" => text(&|row| format!("Rule {} of the bench", row[2])),
            "organisation" => text(&|row| format!("org_{:026}", row[3])),
            "district" => text(&|row| format!("3101{:02}", row[3] % 16 + 1)),
            "parser" => same("eve/1"),
            _ => new_null_array(field.data_type(), length),
        })
    });
    let columns = columns.collect::<Result<_, _>>()?;
    Ok(RecordBatch::try_new(schema, columns)?)
}

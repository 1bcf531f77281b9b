//! Questions about what could not be read, and what came of reading it again.

use std::fmt::Write as _;

use arrow::array::{Array, AsArray};
use arrow::compute::cast;
use arrow::datatypes::DataType;
use arrow::error::ArrowError;
use arrow::record_batch::RecordBatch;
use fengsui_records::{FeedName, Place, QuarantineSearch, Reread, Unread, UnreadCount};
use jiff::Timestamp;

use super::answers::{column, count, numbers, text};
use super::{day_of, instant, quoted};
use crate::again::{AGAIN, Mark, Quarantined, Unresolved};

/// Letters of a piece that are shown.
const BEGINNING_MAX: usize = 400;

/// How much of a feed is in quarantine, by what it was read as.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Left {
    /// The feed.
    pub feed: FeedName,
    /// The format it was read as.
    pub format: String,
    /// Pieces.
    pub pieces: u64,
}

/// What could not be read, newest first: one more than `most`.
pub fn quarantine(asked: &QuarantineSearch, most: usize) -> String {
    format!(
        "SELECT feed, \"partition\", \"offset\", nth, \"time.observation\" AS at, reason, raw \
         FROM quarantine WHERE {} \
         ORDER BY \"time.observation\" DESC, \"offset\" DESC, nth LIMIT {}",
        searched(asked),
        most.saturating_add(1)
    )
}

/// How many pieces could not be read, by feed and reason.
pub fn quarantine_counts(asked: &QuarantineSearch) -> String {
    format!(
        "SELECT feed, reason, count(*) AS pieces FROM quarantine WHERE {} \
         GROUP BY feed, reason ORDER BY pieces DESC, feed, reason",
        searched(asked)
    )
}

/// How many pieces may be read again, by feed and what they were read as.
pub fn left(feed: Option<&FeedName>, reason: Option<&str>) -> String {
    let mut condition = "raw IS NOT NULL".to_owned();
    // Writing to a String cannot fail.
    if let Some(feed) = feed {
        let _written = write!(condition, " AND feed = {}", quoted(feed.as_str()));
    }
    if let Some(reason) = reason {
        let _written = write!(condition, " AND reason = {}", quoted(reason));
    }
    format!(
        "SELECT feed, split_part(parser, '/', 1) AS format, count(*) AS pieces FROM quarantine \
         WHERE {condition} GROUP BY 1, 2 ORDER BY 1, 2"
    )
}

/// The mark of the last piece that is looked up at once, as its only row.
pub fn unresolved_end(asked: &Unresolved) -> String {
    format!(
        "SELECT at, \"partition\", \"offset\", nth FROM (SELECT \"time.observation\" AS at, \
         \"partition\", \"offset\", nth FROM quarantine WHERE {} \
         ORDER BY at, \"partition\", \"offset\", nth LIMIT {}) \
         ORDER BY at DESC, \"partition\" DESC, \"offset\" DESC, nth DESC LIMIT 1",
        wanted(asked),
        asked.pieces_max.max(1)
    )
}

/// The pieces up to a mark, in no order.
pub fn unresolved(asked: &Unresolved, last: &Mark) -> String {
    format!(
        "SELECT \"time.observation\" AS at, \"partition\", \"offset\", nth, reason, parser, extra, raw \
         FROM quarantine WHERE {} AND NOT ({})",
        wanted(asked),
        behind(last)
    )
}

/// What came of pieces that were read again, by their offsets in the partition [`AGAIN`]: behind one, up to another.
pub fn reread(feed: &FeedName, after: Option<i64>, until: i64) -> String {
    format!(
        "SELECT count(DISTINCT CASE WHEN kind = 'resolved' THEN \"offset\" END) AS resolved, \
         count(*) FILTER (WHERE kind = 'record') AS records, \
         coalesce(sum(\"count\") FILTER (WHERE kind = 'suppressed'), 0) AS suppressed, \
         count(*) FILTER (WHERE kind = 'quarantined') AS quarantined FROM everything \
         WHERE feed = {} AND \"partition\" = '{AGAIN}' AND \"offset\" > {} AND \"offset\" <= {until}",
        quoted(feed.as_str()),
        after.unwrap_or_default()
    )
}

/// The rows of [`quarantine`].
pub fn unread_of(rows: &[RecordBatch]) -> Result<Vec<Unread>, ArrowError> {
    let mut unread = Vec::new();
    for batch in rows {
        let feeds = text(batch, "feed")?;
        let reasons = text(batch, "reason")?;
        let raw = cast(column(batch, "raw")?, &DataType::Binary)?;
        let pieces = raw.as_binary::<i32>();
        for (row, mark) in marks_of(batch)?.into_iter().enumerate() {
            let word = |column: &[Option<String>]| column.get(row).cloned().flatten();
            let feed = word(&feeds).and_then(|feed| feed.parse().ok());
            let (Some(mark), Some(feed)) = (mark, feed) else { continue };
            let Ok(at) = Timestamp::from_microsecond(mark.observed) else { continue };
            let Mark { partition, offset, nth, .. } = mark;
            let piece = if pieces.is_valid(row) { pieces.value(row) } else { &[] };
            let beginning = String::from_utf8_lossy(piece);
            unread.push(Unread {
                place: Place { feed, partition, offset, nth },
                at,
                reason: word(&reasons).unwrap_or_default(),
                beginning: beginning.chars().take(BEGINNING_MAX).collect(),
                bytes: u64::try_from(piece.len()).unwrap_or(u64::MAX),
            });
        }
    }
    Ok(unread)
}

/// The rows of [`quarantine_counts`].
pub fn counts_of(rows: &[RecordBatch]) -> Result<Vec<UnreadCount>, ArrowError> {
    let mut counts = Vec::new();
    for batch in rows {
        let pieces = numbers(batch, "pieces")?;
        let named = text(batch, "feed")?.into_iter().zip(text(batch, "reason")?);
        counts.extend(named.zip(pieces).filter_map(|((feed, reason), pieces)| {
            let feed = feed?.parse().ok()?;
            Some(UnreadCount { feed, reason: reason.unwrap_or_default(), pieces: count(pieces) })
        }));
    }
    Ok(counts)
}

/// The rows of [`left`].
pub fn left_of(rows: &[RecordBatch]) -> Result<Vec<Left>, ArrowError> {
    let mut all = Vec::new();
    for batch in rows {
        let pieces = numbers(batch, "pieces")?;
        let named = text(batch, "feed")?.into_iter().zip(text(batch, "format")?);
        all.extend(named.zip(pieces).filter_map(|((feed, format), pieces)| {
            Some(Left { feed: feed?.parse().ok()?, format: format?, pieces: count(pieces) })
        }));
    }
    Ok(all)
}

/// The rows of [`unresolved`]; of [`unresolved_end`], only their marks.
pub fn quarantined_of(batch: &RecordBatch) -> Result<Vec<Quarantined>, ArrowError> {
    let optional = |name: &str| match batch.column_by_name(name) {
        Some(_) => text(batch, name),
        None => Ok(vec![None; batch.num_rows()]),
    };
    let (reasons, parsers) = (optional("reason")?, optional("parser")?);
    let abouts = optional("extra")?;
    let raw = batch.column_by_name("raw").map(|raw| cast(raw, &DataType::Binary)).transpose()?;
    let raw = raw.as_deref().map(AsArray::as_binary::<i32>);
    let mut pieces = Vec::with_capacity(batch.num_rows());
    for (row, mark) in marks_of(batch)?.into_iter().enumerate() {
        let word = |column: &[Option<String>]| column.get(row).cloned().flatten();
        let raw = raw.filter(|raw| raw.is_valid(row)).map_or(&[][..], |raw| raw.value(row));
        let Some(mark) = mark else { continue };
        pieces.push(Quarantined {
            mark,
            reason: word(&reasons).unwrap_or_default(),
            parser: word(&parsers).unwrap_or_default(),
            about: word(&abouts),
            raw: raw.to_vec(),
        });
    }
    Ok(pieces)
}

/// The row of [`reread`]; how many pieces were looked at is not in it.
pub fn came_of(rows: &[RecordBatch]) -> Result<Reread, ArrowError> {
    let mut came = Reread::default();
    for batch in rows {
        let number =
            |name| Ok::<_, ArrowError>(count(numbers(batch, name)?.first().copied().flatten()));
        came.resolved += number("resolved")?;
        came.records += number("records")?;
        came.suppressed += number("suppressed")?;
        came.quarantined += number("quarantined")?;
    }
    Ok(came)
}

fn marks_of(batch: &RecordBatch) -> Result<Vec<Option<Mark>>, ArrowError> {
    let (times, partitions) = (numbers(batch, "at")?, text(batch, "partition")?);
    let (offsets, nths) = (numbers(batch, "offset")?, numbers(batch, "nth")?);
    let rows = times.into_iter().zip(partitions).zip(offsets.into_iter().zip(nths));
    let mark = |((at, partition), (offset, nth)): ((Option<i64>, Option<String>), _)| {
        let (offset, nth): (Option<i64>, Option<i64>) = (offset, nth);
        let nth = i32::try_from(nth?).ok()?;
        Some(Mark { observed: at?, partition: partition?, offset: offset?, nth })
    };
    Ok(rows.map(mark).collect())
}

/// Pieces that could not be read have no time of their own: their day is that of their observation.
fn searched(asked: &QuarantineSearch) -> String {
    let (day, since) = (day_of(asked.since), instant(asked.since));
    let mut condition = format!("day >= {day} AND \"time.observation\" >= {since}");
    // Writing to a String cannot fail.
    if let Some(feed) = &asked.feed {
        let _written = write!(condition, " AND feed = {}", quoted(feed.as_str()));
    }
    if let Some(reason) = &asked.reason {
        let _written = write!(condition, " AND reason = {}", quoted(reason));
    }
    condition
}

/// A piece is in the first of its rows, and what that row says is asked for.
fn wanted(asked: &Unresolved) -> String {
    let mut all = vec![format!("feed = {} AND raw IS NOT NULL", quoted(asked.feed.as_str()))];
    if let Some(reason) = &asked.reason {
        all.push(format!("reason = {}", quoted(reason)));
    }
    if let Some(format) = &asked.format {
        all.push(format!("split_part(parser, '/', 1) = {}", quoted(format)));
    }
    if let Some(after) = &asked.after {
        all.push(format!("({})", behind(after)));
    }
    if let Some(until) = asked.again_until {
        all.push(format!("(\"partition\" <> '{AGAIN}' OR \"offset\" <= {until})"));
    }
    all.join(" AND ")
}

/// A piece comes after another in the order in which they are read again.
fn behind(mark: &Mark) -> String {
    let at = instant(Timestamp::from_microsecond(mark.observed).unwrap_or_default());
    let (partition, offset, nth) = (quoted(&mark.partition), mark.offset, mark.nth);
    format!(
        "\"time.observation\" > {at} OR (\"time.observation\" = {at} AND (\"partition\" > {partition} \
         OR (\"partition\" = {partition} AND (\"offset\" > {offset} \
         OR (\"offset\" = {offset} AND nth > {nth})))))"
    )
}

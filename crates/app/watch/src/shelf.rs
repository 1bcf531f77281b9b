//! Where rows are put for good, and where the watch reads again what it put there, as a port.
//!
//! What the watch remembers (which repeats it has seen, what is on a list) is rebuilt from the shelf by a
//! [`Recall`]: a question without SQL, so that a model in memory can answer it too; [`Recall::sql`] words it for the lake.

use std::fmt::Write as _;

use arrow::record_batch::RecordBatch;
use fengsui_records::{Column, FeedName};
use jiff::Timestamp;

use crate::again::{Quarantined, Unresolved};
use crate::columns::RowKind;

/// Where rows are put for good. The lake is one; a model in memory is another.
///
/// Methods block and may be called from any thread.
pub trait Shelf: Send + Sync {
    /// A file that is on disk and that nobody sees yet.
    type Written: Send;

    /// How far a source has been taken in, read anew from the shelf itself; `None` where nothing has.
    fn reached(&self, source: &str) -> Result<Option<i64>, ShelfFault>;

    /// Writes rows as files that nobody sees yet; they are on disk when this returns.
    fn write(&self, rows: &RecordBatch) -> Result<Vec<Self::Written>, ShelfFault>;

    /// Makes files visible and moves sources on, both or neither; on disk when this returns.
    ///
    /// Borrows the files: after a fault that leaves open whether it was done, the same ones are offered again.
    fn commit(&self, written: &[Self::Written], progress: &[Progress]) -> Result<(), ShelfFault>;

    /// Reads rows that are visible, batch by batch: however many there are, few are in memory.
    fn read(&self, recall: &Recall, each: &mut dyn FnMut(&RecordBatch)) -> Result<(), ShelfFault>;

    /// What is in quarantine and not resolved, in the order of [`Mark`](crate::Mark), within the bounds asked for.
    fn unresolved(&self, asked: &Unresolved) -> Result<Vec<Quarantined>, ShelfFault>;
}

/// How far a source moves on with one commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Progress {
    /// The source: feed and partition.
    pub source: String,
    /// Where it must stand before: another collector may have been there.
    pub from: Option<i64>,
    /// Where it stands after.
    pub to: i64,
}

/// Which rows the watch wants to read again: those of one feed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recall {
    /// Records, or what was suppressed.
    pub kind: RowKind,
    /// Of which feed.
    pub feed: FeedName,
    /// Which columns, in this order.
    pub columns: Vec<Column>,
    /// Those taken in at this instant or later; all of them where there is none.
    pub since: Option<Timestamp>,
    /// Those taken in at this instant or before; all of them where there is none.
    pub until: Option<Timestamp>,
    /// Those that have a value in this column.
    pub having: Option<Column>,
}

/// The shelf could not do its work.
#[derive(Debug, thiserror::Error)]
pub enum ShelfFault {
    /// Another collector took the source on: read again from where it stands.
    #[error("the source {source_name} has been taken on by another collector, to {reached:?}")]
    Overtaken {
        /// The source.
        source_name: String,
        /// Where it stands.
        reached: Option<i64>,
    },
    /// Nothing more can be written: what waits must wait.
    #[error("the lake has no room left; free space on its disk")]
    Full {
        /// The cause.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// It could not be read or written.
    #[error("the lake could not be reached")]
    Unreachable {
        /// The cause.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl Recall {
    /// The question as SQL over the views of [`VIEWS`](crate::VIEWS), in the dialect of the lake.
    ///
    /// The name of a feed holds no quote, so nothing needs to be escaped.
    pub fn sql(&self) -> String {
        let columns: Vec<String> =
            self.columns.iter().map(|column| format!("\"{}\"", column.as_str())).collect();
        let view = match self.kind {
            RowKind::Record => "records",
            RowKind::Suppressed => "suppressed",
            RowKind::Quarantined => "quarantine",
            RowKind::Resolved => "resolved",
        };
        let columns = columns.join(", ");
        let mut sql = format!("SELECT {columns} FROM {view} WHERE feed = '{}'", self.feed);
        for (sign, at) in [(">=", self.since), ("<=", self.until)] {
            let Some(at) = at else { continue };
            let added = write!(sql, " AND \"time.observation\" {sign} TIMESTAMP '{at}'");
            debug_assert!(added.is_ok(), "writing to a string never fails");
        }
        if let Some(column) = self.having {
            sql.push_str(" AND \"");
            sql.push_str(column.as_str());
            sql.push_str("\" IS NOT NULL");
        }
        sql
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recall_is_worded_as_one_question_over_the_records_of_its_feed() {
        let recall = Recall {
            kind: RowKind::Record,
            feed: "north".parse().expect("a name"),
            columns: vec![Column::SourceIp, Column::TimeSource],
            since: Some(Timestamp::from_microsecond(7).expect("an instant")),
            until: Some(Timestamp::from_microsecond(8).expect("an instant")),
            having: Some(Column::ListState),
        };
        assert_eq!(
            recall.sql(),
            "SELECT \"source.ip\", \"time.source\" FROM records WHERE feed = 'north' \
             AND \"time.observation\" >= TIMESTAMP '1970-01-01T00:00:00.000007Z' \
             AND \"time.observation\" <= TIMESTAMP '1970-01-01T00:00:00.000008Z' \
             AND \"list.state\" IS NOT NULL"
        );
    }
}

//! Where rows are put for good, as a port.

use arrow::record_batch::RecordBatch;

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
    fn commit(&self, written: Vec<Self::Written>, progress: &[Progress]) -> Result<(), ShelfFault>;

    /// Reads rows by SQL over the view `everything`: what the watch remembers is rebuilt from it.
    fn read(&self, sql: &str) -> Result<Vec<RecordBatch>, ShelfFault>;
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

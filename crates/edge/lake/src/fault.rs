//! What can go wrong with a lake, in words for whoever has to act.

use std::error::Error;
use std::io;
use std::time::Duration;

use datafusion::error::DataFusionError;
use deltalake_core::DeltaTableError;

use crate::bucket::BucketFault;

/// What caused a fault.
pub(crate) type Cause = Box<dyn Error + Send + Sync>;

/// The engine says by this name alone that a question has put too much on disk.
const SPILL_IS_FULL: &str = "max_temp_directory_size";

/// The lake could not do what was asked. Nothing has been changed, unless a variant says otherwise.
#[derive(Debug, thiserror::Error)]
pub enum LakeFault {
    /// Somebody else took this source on: go on from where it stands.
    #[error("{app} has been taken on by somebody else, to {reached:?}; go on from there")]
    Overtaken {
        /// The source, as it is called in the table's log.
        app: String,
        /// Where it stands.
        reached: Option<i64>,
    },
    /// The disk is full.
    #[error("the disk of the lake has no room left; free space on it")]
    Full {
        /// The cause.
        source: Cause,
    },
    /// Something could not be read or written.
    #[error("the lake cannot {act}; look at its disk or bucket, and its rights there")]
    Unreachable {
        /// What was to be done.
        act: &'static str,
        /// The cause.
        source: Cause,
    },
    /// The storage of a bucket did not do it.
    #[error("the lake cannot {act} in its bucket")]
    Bucket {
        /// What was to be done.
        act: &'static str,
        /// What to do about it.
        source: BucketFault,
    },
    /// This place cannot hold a lake.
    #[error("{place} cannot hold a lake: {why}")]
    Place {
        /// Where.
        place: String,
        /// Why not.
        why: String,
    },
    /// The table is not of the shape that this program writes.
    #[error("the table is not as this program writes it: {why}; give another folder")]
    Shape {
        /// What differs.
        why: String,
    },
    /// A file is gone that was to appear.
    #[error("the file {path} is gone before it was committed; write its rows again")]
    Gone {
        /// Which.
        path: String,
    },
    /// Too many others wrote at the same time.
    #[error("too many others write to the lake; try again")]
    Busy,
    /// A question that is none.
    #[error("{why}")]
    Malformed {
        /// What is wrong, and where.
        why: String,
    },
    /// A statement that is more than a question.
    #[error(
        "only questions are answered here (SELECT, WITH, VALUES, EXPLAIN, DESCRIBE), one at a time: {why}"
    )]
    Forbidden {
        /// What it would have done.
        why: String,
    },
    /// The answer takes longer than it may.
    #[error("the answer takes longer than {} s; ask for less time or fewer rows", limit.as_secs_f32())]
    TooLong {
        /// What was allowed.
        limit: Duration,
    },
    /// The answer takes more memory or disk than it may.
    #[error("the answer takes more memory or disk than it may; ask for less time or fewer rows")]
    TooMuch {
        /// The cause.
        source: Cause,
    },
    /// The question failed while it was being answered.
    #[error("the question could not be answered: {why}")]
    Failed {
        /// What is wrong.
        why: String,
    },
}

impl LakeFault {
    /// A fault of what was to be done, or a full disk if that is its cause.
    pub(crate) fn of(act: &'static str, source: impl Into<Cause>) -> Self {
        let source = source.into();
        match BucketFault::among(&*source) {
            Some(source) => Self::Bucket { act, source },
            None if is_full(&*source) => Self::Full { source },
            None => Self::Unreachable { act, source },
        }
    }

    /// What the engine says about a question.
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the engine's faults; most need no name of ours"
    )]
    pub(crate) fn of_question(fault: DataFusionError) -> Self {
        if is_full(&fault) {
            return Self::Full { source: fault.into() };
        }
        if fault.to_string().contains(SPILL_IS_FULL) {
            return Self::TooMuch { source: fault.into() };
        }
        match fault.find_root() {
            DataFusionError::ResourcesExhausted(_) => Self::TooMuch { source: fault.into() },
            DataFusionError::ObjectStore(_)
            | DataFusionError::IoError(_)
            | DataFusionError::ParquetError(_) => Self::of("read its files", fault),
            DataFusionError::SQL(..)
            | DataFusionError::Plan(_)
            | DataFusionError::SchemaError(..)
            | DataFusionError::NotImplemented(_)
            | DataFusionError::Diagnostic(..) => Self::Malformed { why: with_place(&fault) },
            _ => Self::Failed { why: fault.strip_backtrace() },
        }
    }
}

impl From<DeltaTableError> for LakeFault {
    fn from(fault: DeltaTableError) -> Self {
        Self::of("read its log", fault)
    }
}

/// What is wrong with a question, and where in it.
fn with_place(fault: &DataFusionError) -> String {
    let what = fault.strip_backtrace();
    let place = fault.diagnostic().and_then(|diagnostic| diagnostic.span);
    place.map_or(what.clone(), |span| {
        format!("{what} (line {}, column {})", span.start.line, span.start.column)
    })
}

/// Whether a full disk is somewhere among the causes.
fn is_full(fault: &(dyn Error + 'static)) -> bool {
    let mut cause = Some(fault);
    while let Some(error) = cause {
        if error.downcast_ref::<io::Error>().is_some_and(is_full_disk) {
            return true;
        }
        cause = error.source();
    }
    false
}

fn is_full_disk(error: &io::Error) -> bool {
    let full = matches!(
        error.kind(),
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge
    );
    // An error of ours may be wrapped once more, as `io::Error::other` does.
    full || error.get_ref().is_some_and(|inner| is_full(inner))
}

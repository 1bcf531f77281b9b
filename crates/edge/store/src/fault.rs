//! Why the store did not do what was asked: what the caller can act on, apart from what it cannot.

use std::sync::Arc;

use fengsui_vocabulary::BlobId;

/// The store could not do its work. The decision may still be sound.
#[derive(Clone, Debug, thiserror::Error)]
pub enum StoreFault {
    /// The disk, the quota or the database is full. Nothing was written; try again when there is room.
    #[error("there is no room left to write; free space and try again")]
    Full,
    /// The database did not answer in time, or another program holds it.
    #[error("the database cannot be reached or is held by another program")]
    Unreachable {
        /// What the driver said.
        #[source]
        source: Arc<sqlx::Error>,
    },
    /// The database refused a statement.
    #[error("the database refused to {doing}")]
    Database {
        /// What was being done.
        doing: &'static str,
        /// What the driver said.
        #[source]
        source: Arc<sqlx::Error>,
    },
    /// What was given does not fit the tables; a mistake of the calling program.
    #[error("what was given cannot be stored: {0}")]
    Malformed(String),
    /// What is stored cannot be read as what it should be.
    #[error("what is stored cannot be read: {0}")]
    Unreadable(String),
    /// A text holds the character U+0000, which one of the engines cannot store.
    #[error("a text holds the character U+0000: {0}")]
    Nul(&'static str),
    /// The database was written by a newer version of this program.
    #[error("the database has schema {found}, this program knows {known}; use the newer program")]
    Newer {
        /// The schema of the database.
        found: i64,
        /// The newest schema this program knows.
        known: i64,
    },
    /// The database does not write safely, so that no answer could be trusted.
    #[error("the database is not set to write safely: {0}")]
    Unsafe(String),
    /// The store is being closed and takes nothing more.
    #[error("the store is closing")]
    Closed,
}

impl StoreFault {
    /// Sorts what the driver said by what can be done about it.
    pub(crate) fn of(doing: &'static str, source: sqlx::Error) -> Self {
        match class_of(&source) {
            Class::Full => Self::Full,
            Class::Unreachable => Self::Unreachable { source: Arc::new(source) },
            Class::Unreadable => Self::Unreadable(format!("{doing}: {source}")),
            Class::Other => Self::Database { doing, source: Arc::new(source) },
        }
    }
}

/// Why a command was not committed.
#[derive(Clone, Debug, thiserror::Error)]
pub enum AppendFault {
    /// Somebody else wrote first: reload, decide again, retry.
    #[error("stream {stream} has moved on")]
    Overtaken {
        /// The stream that moved.
        stream: String,
    },
    /// The key belongs to somebody else: decide again with another one, or refuse.
    #[error("{key} of {series} is taken")]
    ClaimLost {
        /// What kind of uniqueness.
        series: String,
        /// The key that is taken.
        key: String,
        /// Who holds it.
        holder: String,
    },
    /// Side state that was to change is no longer as expected: reload and decide again.
    #[error("the side state {kind}/{key} has changed")]
    SideChanged {
        /// The kind of side state.
        kind: String,
        /// Its key.
        key: String,
    },
    /// An entry points at a blob that is not stored (any more).
    #[error("the blob {0} is not stored; store it again")]
    BlobMissing(BlobId),
    /// Too much waits already: try again in a moment.
    #[error("too many commands wait for the journal; try again in a moment")]
    Busy,
    /// The store could not do its work.
    #[error(transparent)]
    Store(#[from] StoreFault),
}

/// Why side state was not written.
#[derive(Clone, Debug, thiserror::Error)]
pub enum SideFault {
    /// Somebody else changed it in between.
    #[error("the side state has changed in between")]
    Changed,
    /// The store could not do its work.
    #[error(transparent)]
    Store(#[from] StoreFault),
}

/// Why rebuilt boards did not take the place of the others.
#[derive(Clone, Debug, thiserror::Error)]
pub enum ShadowFault {
    /// The journal has moved on since: bring the shadow up to date and swap again.
    #[error("the journal has moved on to position {position}")]
    MovedOn {
        /// Where the journal is now.
        position: u64,
    },
    /// The store could not do its work.
    #[error(transparent)]
    Store(#[from] StoreFault),
}

/// What can be done about an error of the driver.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Class {
    Full,
    Unreachable,
    Unreadable,
    Other,
}

fn class_of(error: &sqlx::Error) -> Class {
    use sqlx::Error;

    if let Error::Database(told) = error {
        return class_of_code(told.code().as_deref().unwrap_or_default());
    }
    if matches!(error, Error::Io(source) if source.kind() == std::io::ErrorKind::StorageFull) {
        return Class::Full;
    }
    if matches!(
        error,
        Error::Io(_)
            | Error::Tls(_)
            | Error::PoolTimedOut
            | Error::PoolClosed
            | Error::WorkerCrashed
    ) {
        return Class::Unreachable;
    }
    if matches!(error, Error::ColumnDecode { .. } | Error::Decode(_) | Error::TypeNotFound { .. }) {
        return Class::Unreadable;
    }
    Class::Other
}

/// SQLite gives its (extended) result code as a number, PostgreSQL five letters or digits.
fn class_of_code(code: &str) -> Class {
    if code.len() == 5 {
        return match code {
            "53100" => Class::Full,
            // A deadlock between nodes is the one thing that helps to try again.
            "40001" | "40P01" => Class::Unreachable,
            "55P03" | "57014" | "57P01" | "57P02" | "57P03" | "25P03" | "53300" => {
                Class::Unreachable
            }
            _ if code.starts_with("08") => Class::Unreachable,
            _ => Class::Other,
        };
    }
    match code.parse::<u32>().map(|extended| extended & 0xff) {
        Ok(SQLITE_FULL) => Class::Full,
        Ok(SQLITE_BUSY | SQLITE_LOCKED | SQLITE_CANTOPEN) => Class::Unreachable,
        Ok(SQLITE_CORRUPT | SQLITE_NOTADB) => Class::Unreadable,
        _ => Class::Other,
    }
}

const SQLITE_BUSY: u32 = 5;
const SQLITE_LOCKED: u32 = 6;
const SQLITE_CORRUPT: u32 = 11;
const SQLITE_FULL: u32 = 13;
const SQLITE_CANTOPEN: u32 = 14;
const SQLITE_NOTADB: u32 = 26;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_told_apart_on_both_engines() {
        assert_eq!(class_of_code("13"), Class::Full);
        assert_eq!(class_of_code("53100"), Class::Full);
        assert_eq!(class_of_code("517"), Class::Unreachable);
        assert_eq!(class_of_code("23505"), Class::Other);
        assert_eq!(class_of_code("1555"), Class::Other);
    }
}

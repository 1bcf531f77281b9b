//! Side state: what is not derived from the journal and may change, by kind and key.
//!
//! Credentials, sessions, lock-outs, drafts, cursors. A value is a text and has a version, so that
//! two writers cannot overwrite each other unseen. What has expired stays until it is swept: the
//! reader compares the time.

use fengsui_vocabulary::BlobId;
use jiff::Timestamp;
use sqlx::any::AnyRow;

use crate::board::time_of;
use crate::commit::nul_free;
use crate::fault::{SideFault, StoreFault};
use crate::journal::{column, count, number};
use crate::statement::{Bind, Statement};
use crate::store::{Store, modelled};
use crate::writer::Step;

/// One value of side state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Side {
    /// Its key among those of its kind.
    pub key: String,
    /// The value.
    pub value: String,
    /// How often it was written.
    pub version: u64,
    /// From when on it counts as absent.
    pub expires_at: Option<Timestamp>,
}

/// What must be there for a write to take place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    /// Whatever is there is replaced.
    Any,
    /// Nothing may be there.
    Absent,
    /// The value must be of this version.
    Version(u64),
}

/// A change of side state in the same step as a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SideWrite {
    /// Writes a value.
    Put {
        /// The kind of side state.
        kind: String,
        /// The key.
        key: String,
        /// The value.
        value: String,
        /// What must be there.
        expected: Expected,
        /// From when on it counts as absent.
        expires_at: Option<Timestamp>,
    },
    /// Removes a value; nothing happens when there is none.
    Delete {
        /// The kind of side state.
        kind: String,
        /// The key.
        key: String,
    },
    /// Erases the content of a blob and its key. That there was one is still known.
    EraseBlob(BlobId),
}

impl SideWrite {
    /// What it changes: two commands that change the same do not share a transaction.
    pub(crate) fn place(&self) -> (String, String) {
        match self {
            Self::Put { kind, key, .. } | Self::Delete { kind, key } => (kind.clone(), key.clone()),
            Self::EraseBlob(blob) => (String::new(), blob.to_string()),
        }
    }

    pub(crate) fn check(&self) -> Result<(), StoreFault> {
        match self {
            Self::Put { kind, key, value, .. } => {
                nul_free("side kind", kind)?;
                nul_free("side key", key)?;
                nul_free("side value", value)
            }
            Self::Delete { kind, key } => {
                nul_free("side kind", kind)?;
                nul_free("side key", key)
            }
            Self::EraseBlob(_) => Ok(()),
        }
    }

    /// The statements that carry it out, and whether each must find what it changes.
    pub(crate) fn steps(&self) -> Result<Vec<Step>, StoreFault> {
        Ok(match self {
            Self::Put { kind, key, value, expected, expires_at } => {
                let expires = Bind::Int(expires_at.map(Timestamp::as_microsecond));
                let mut binds =
                    vec![kind.as_str().into(), key.as_str().into(), value.as_str().into(), expires];
                vec![match expected {
                    Expected::Any => Step::may(Statement::of(PUT, binds)),
                    Expected::Absent => Step::must(Statement::of(PUT_FIRST, binds)),
                    Expected::Version(version) => {
                        binds.push(number(*version)?.into());
                        Step::must(Statement::of(PUT_AFTER, binds))
                    }
                }]
            }
            Self::Delete { kind, key } => {
                let binds = vec![kind.as_str().into(), key.as_str().into()];
                vec![Step::may(Statement::of(DELETE, binds))]
            }
            Self::EraseBlob(blob) => vec![
                Step::may(Statement::of(ERASE_CHUNKS, vec![blob.to_string().into()])),
                Step::may(Statement::of(ERASE_KEY, vec![blob.to_string().into()])),
            ],
        })
    }
}

impl Store {
    /// The value of a key, expired or not.
    pub async fn side_get(&self, kind: &str, key: &str) -> Result<Option<Side>, StoreFault> {
        modelled!(self, node => node.side_get(kind, key).await);
        let asked = Statement::of(READ, vec![kind.into(), key.into()]);
        let rows = self.read("read side state", asked).await?;
        rows.first().map(side_of).transpose()
    }

    /// Writes a value, when what is expected is there.
    pub async fn side_put(&self, write: SideWrite) -> Result<(), SideFault> {
        write.check()?;
        modelled!(self, node => node.side_put(write).await);
        match self.carry_out("write side state", write.steps()?).await? {
            Some(_) => Ok(()),
            None => Err(SideFault::Changed),
        }
    }

    /// Removes a value and tells whether there was one.
    pub async fn side_delete(&self, kind: &str, key: &str) -> Result<bool, StoreFault> {
        let write = SideWrite::Delete { kind: kind.to_owned(), key: key.to_owned() };
        write.check()?;
        modelled!(self, node => node.side_delete(write).await);
        let touched = self.carry_out("delete side state", write.steps()?).await?;
        Ok(touched.is_some_and(|rows| rows.iter().any(|count| *count > 0)))
    }

    /// The values of one kind whose keys begin with a prefix, in the order of their keys.
    pub async fn side_list(&self, kind: &str, prefix: &str) -> Result<Vec<Side>, StoreFault> {
        modelled!(self, node => node.side_list(kind, prefix).await);
        let beyond = format!("{prefix}{}", char::MAX);
        let limit = i64::from(LIST_MAX).into();
        let binds = vec![kind.into(), prefix.into(), beyond.into(), limit];
        let rows = self.read("list side state", Statement::of(LIST, binds)).await?;
        rows.iter().map(side_of).collect()
    }

    /// Removes what has expired and tells how much that was.
    pub async fn side_sweep(&self, now: Timestamp) -> Result<u64, StoreFault> {
        modelled!(self, node => node.side_sweep(now).await);
        let step = Step::may(Statement::of(SWEEP, vec![now.as_microsecond().into()]));
        let touched = self.carry_out("sweep side state", vec![step]).await?;
        Ok(touched.unwrap_or_default().iter().sum())
    }
}

fn side_of(row: &AnyRow) -> Result<Side, StoreFault> {
    Ok(Side {
        key: column(row, 0)?,
        value: column(row, 1)?,
        version: count(row, 2)?,
        expires_at: column::<Option<i64>>(row, 3)?.map(time_of).transpose()?,
    })
}

/// Values a list gives at most.
const LIST_MAX: u32 = 100_000;

const READ: &str = "
    SELECT key, value, version, expires_at
    FROM side
    WHERE kind = $1 AND key = $2
";

/// Keys from a prefix on and before whatever no longer begins with it.
const LIST: &str = "
    SELECT key, value, version, expires_at
    FROM side
    WHERE kind = $1 AND key >= $2 AND key < $3
    ORDER BY key
    LIMIT $4
";

const PUT: &str = "
    INSERT INTO side (kind, key, value, version, expires_at)
    VALUES ($1, $2, $3, 1, $4)
    ON CONFLICT (kind, key) DO UPDATE
    SET value = excluded.value, version = side.version + 1, expires_at = excluded.expires_at
";

/// Affects no row when there is a value already.
const PUT_FIRST: &str = "
    INSERT INTO side (kind, key, value, version, expires_at)
    VALUES ($1, $2, $3, 1, $4)
    ON CONFLICT (kind, key) DO NOTHING
";

/// Affects no row when another writer was first.
const PUT_AFTER: &str = "
    UPDATE side
    SET value = $3, version = version + 1, expires_at = $4
    WHERE kind = $1 AND key = $2 AND version = $5
";

const DELETE: &str = "DELETE FROM side WHERE kind = $1 AND key = $2";

const SWEEP: &str = "DELETE FROM side WHERE expires_at IS NOT NULL AND expires_at <= $1";

const ERASE_CHUNKS: &str = "DELETE FROM blob_chunk WHERE blob = $1";

/// The row stays, so that nobody stores other content under the same id.
const ERASE_KEY: &str = "UPDATE blob SET key = NULL WHERE blob = $1";

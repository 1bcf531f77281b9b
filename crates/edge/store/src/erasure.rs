//! What an erasure needs besides the commit that carries it out.
//!
//! Which streams point at a text, so that all their boards are made anew with it; and leaving nothing of
//! it in files beside the database. What backups and file systems still hold is beyond this program.

use std::collections::BTreeSet;

use fengsui_vocabulary::BlobId;
use sqlx::{Executor as _, Row as _};

use crate::engine::Engine;
use crate::fault::StoreFault;
use crate::journal::{column, number};
use crate::statement::{Bind, Statement};
use crate::store::Store;

/// Whether the write-ahead log was emptied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scrubbed {
    /// Nothing of what was erased is left in files of the database.
    Clean,
    /// Somebody was still reading; the next checkpoint, or another call, does it.
    Later,
    /// The engine keeps what it no longer needs until it cleans up by itself.
    ByTheEngine,
}

impl Store {
    /// The streams whose entries point at any of these blobs. Looks through the whole journal.
    pub async fn streams_that_point_at(
        &self,
        blobs: &BTreeSet<BlobId>,
    ) -> Result<BTreeSet<String>, StoreFault> {
        let last = self.head().await?.position;
        let wanted: Vec<String> = blobs.iter().map(|blob| format!("%{blob}%")).collect();
        let mut found = BTreeSet::new();
        for some in wanted.chunks(WANTED_AT_ONCE) {
            let mut after = 0;
            while after < last {
                let until = after.saturating_add(ENTRIES_AT_ONCE).min(last);
                let asked = pointing(some, number(after)?, number(until)?);
                let rows = self.read("find what points at a text", asked).await?;
                let streams = rows.iter().map(|row| column::<String>(row, 0));
                found.extend(streams.collect::<Result<Vec<_>, _>>()?);
                after = until;
            }
        }
        Ok(found)
    }

    /// Empties the write-ahead log of the embedded database, where old pages still say what was erased.
    pub async fn scrub(&self) -> Result<Scrubbed, StoreFault> {
        match self.engine() {
            Engine::Postgres => return Ok(Scrubbed::ByTheEngine),
            Engine::Sqlite => {}
        }
        let fault = |error| StoreFault::of("empty the write-ahead log", error);
        let mut connection = self.writer()?.acquire().await.map_err(fault)?;
        let row = connection.fetch_one("PRAGMA wal_checkpoint(TRUNCATE)").await.map_err(fault)?;
        let is_busy = row.try_get::<i64, _>(0).map_err(fault)? != 0;
        Ok(if is_busy { Scrubbed::Later } else { Scrubbed::Clean })
    }
}

/// Streams with an entry between two positions that names one of these.
fn pointing(wanted: &[String], after: i64, until: i64) -> Statement {
    let mut sql =
        "SELECT DISTINCT stream FROM entry WHERE position > $1 AND position <= $2".to_owned();
    let mut binds: Vec<Bind> = vec![after.into(), until.into()];
    for (at, like) in (3..).zip(wanted) {
        sql.push_str(if at == 3 { " AND (" } else { " OR " });
        sql.push_str("payload LIKE $");
        sql.push_str(&at.to_string());
        binds.push(like.as_str().into());
    }
    sql.push(')');
    Statement::of(sql, binds)
}

/// Blobs that are looked for in one pass.
const WANTED_AT_ONCE: usize = 64;

/// Entries that one statement looks through.
const ENTRIES_AT_ONCE: u64 = 100_000;

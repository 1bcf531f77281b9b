//! The journal as a log for others: who did what kind of thing to what and when; no text, no name.
//!
//! It is handed on in its order, at least once: the cursor moves only after a batch was taken. The position in
//! each line shows doubles to whoever receives them.

use fengsui_store::Entry;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Desk, DeskFault};

/// Where the cursors of feeds are kept.
const CURSOR: &str = "feed-cursor";

/// Lines of one batch.
const LINES_MAX: u32 = 500;

/// One entry of the journal, without what it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditLine {
    /// Its place in the journal.
    pub position: u64,
    /// The stream.
    pub stream: String,
    /// Its place in the stream.
    pub version: u64,
    /// The kind of event.
    pub kind: String,
    /// Who acted, by id.
    pub actor: String,
    /// For which role the actor wrote it down.
    pub on_behalf_of: Option<String>,
    /// The command it came from.
    pub command: String,
    /// When it happened, as the actor says.
    pub happened_at: Timestamp,
    /// When it was recorded.
    pub recorded_at: Timestamp,
    /// The hash of the entry.
    pub hash: String,
}

/// What became of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Handed {
    /// It was taken, and there may be more.
    On,
    /// There is nothing to hand on.
    Everything,
    /// It was not taken, or nobody knows: the same batch comes again.
    Nothing,
}

#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize)]
struct Cursor {
    position: u64,
}

impl Desk {
    /// The next lines for a feed, and nothing when it has them all.
    pub async fn audit_batch(&self, feed: &str) -> Result<Vec<AuditLine>, DeskFault> {
        let Cursor { position } = self.kept(CURSOR, feed).await?.unwrap_or_default();
        self.audit_after(position).await
    }

    /// The lines after a position, at most a batch of them.
    pub async fn audit_after(&self, position: u64) -> Result<Vec<AuditLine>, DeskFault> {
        let entries = self.store().entries(position, LINES_MAX).await?;
        Ok(entries.into_iter().map(audit_line).collect())
    }

    /// A feed has taken everything up to a position.
    pub async fn audit_taken(&self, feed: &str, position: u64) -> Result<(), DeskFault> {
        self.keep(CURSOR, feed, &Cursor { position }, None).await
    }

    /// Hands on one batch; `take` says whether it was taken.
    pub async fn hand_on_audit<F>(
        &self,
        feed: &str,
        take: impl FnOnce(Vec<AuditLine>) -> F + Send,
    ) -> Result<Handed, DeskFault>
    where
        F: Future<Output = bool> + Send,
    {
        let batch = self.audit_batch(feed).await?;
        let Some(last) = batch.last().map(|line| line.position) else {
            return Ok(Handed::Everything);
        };
        if !take(batch).await {
            return Ok(Handed::Nothing);
        }
        self.audit_taken(feed, last).await?;
        Ok(Handed::On)
    }
}

fn audit_line(entry: Entry) -> AuditLine {
    AuditLine {
        position: entry.position,
        version: entry.version,
        command: entry.command_id.to_string(),
        happened_at: entry.happened_at,
        recorded_at: entry.recorded_at,
        hash: entry.hash.to_string(),
        stream: entry.stream,
        kind: entry.kind,
        actor: entry.actor,
        on_behalf_of: entry.on_behalf_of,
    }
}

//! What is written in one step: entries of several streams, and what follows from them.

use std::collections::BTreeSet;

use fengsui_vocabulary::{BlobId, CommandId, Realm};
use jiff::Timestamp;

use crate::board::Value;
use crate::fault::{AppendFault, StoreFault};
use crate::hash::Hash;
use crate::side::SideWrite;

/// One decided command: all of it is written, or nothing.
#[derive(Clone, Debug, PartialEq)]
pub struct Commit {
    /// A repeat of the same command is answered from the record.
    pub command_id: CommandId,
    /// Live, or one exercise.
    pub realm: Realm,
    /// Who acted.
    pub actor: String,
    /// For whom the actor entered it.
    pub on_behalf_of: Option<String>,
    /// The time of the decision; the time of record is never before the entry before.
    pub now: Timestamp,
    /// Until when its board rows hold, where they depend on the time: a writer that would record it then
    /// or later has it decided again instead.
    pub holds_until: Option<Timestamp>,
    /// What the caller wants back, now and on a repeat.
    pub answer: String,
    /// The streams that move on.
    pub streams: Vec<StreamCommit>,
    /// Keys that must belong to this command's holders alone.
    pub claims: Vec<Claim>,
    /// Small blobs that are written along.
    pub blobs: Vec<NewBlob>,
    /// Side state that changes in the same step.
    pub side: Vec<SideWrite>,
}

impl Commit {
    /// A command that writes nothing yet.
    pub fn of(
        command_id: CommandId,
        realm: Realm,
        actor: impl Into<String>,
        now: Timestamp,
    ) -> Self {
        Self {
            command_id,
            realm,
            actor: actor.into(),
            on_behalf_of: None,
            now,
            holds_until: None,
            answer: String::new(),
            streams: Vec::new(),
            claims: Vec::new(),
            blobs: Vec::new(),
            side: Vec::new(),
        }
    }
}

/// What one stream gains.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StreamCommit {
    /// The stream, such as `incident:inc_…`.
    pub stream: String,
    /// The version it had when the command was decided; 0 when it is new.
    pub expected: u64,
    /// What happened, oldest first. A new stream needs at least one.
    pub entries: Vec<NewEntry>,
    /// The rows of this stream in the boards that are named; they replace those there.
    pub boards: Vec<BoardRows>,
    /// The keys of those who may see the stream from now on, or `None` to leave it.
    pub sight: Option<Vec<String>>,
}

/// One entry to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewEntry {
    /// The kind of event, such as `level-judged`.
    pub kind: String,
    /// The version of the payload's shape.
    pub kind_version: u16,
    /// When it happened, as the actor says.
    pub happened_at: Timestamp,
    /// The payload, kept byte for byte.
    pub payload: String,
    /// The blobs the payload points at; they are kept from now on.
    pub blobs: Vec<BlobId>,
}

/// The rows of one stream in one board.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BoardRows {
    /// The name of the board.
    pub board: &'static str,
    /// The rows, in order, each with one value per column of the board.
    pub rows: Vec<Vec<Value>>,
}

/// A key that only one holder may have, such as a receipt number or an account's name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Claim {
    /// What kind of uniqueness.
    pub series: String,
    /// The key.
    pub key: String,
    /// Who holds it. Claiming again for the same holder changes nothing.
    pub holder: String,
}

/// A blob of at most one chunk that is written along with a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewBlob {
    /// The id the payload names.
    pub id: BlobId,
    /// The blob's own random key, for the digest; it goes with the blob.
    pub key: Vec<u8>,
    /// The content.
    pub bytes: Vec<u8>,
}

/// What the journal made of a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Committed {
    /// The command.
    pub command_id: CommandId,
    /// What its first commit said.
    pub answer: String,
    /// Where its entries are, in the order in which they were given.
    pub entries: Vec<Placed>,
    /// Whether it had been committed before.
    pub repeated: bool,
}

/// Where an entry is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placed {
    /// Its stream.
    pub stream: String,
    /// Its place in the stream, from 1.
    pub version: u64,
    /// Its place in the journal, from 1.
    pub position: u64,
    /// Its hash: the leaf of every proof.
    pub hash: Hash,
    /// When it was recorded.
    pub recorded_at: Timestamp,
}

impl Commit {
    /// Whether its rows no longer hold when the journal stands at a time; says which stream to look at
    /// again.
    pub(crate) fn is_late(&self, recorded_at: i64) -> Option<&StreamCommit> {
        let until = self.holds_until?.as_microsecond();
        self.streams.first().filter(|_| self.now.as_microsecond().max(recorded_at) >= until)
    }

    /// Refuses what no engine could store, before it waits with others in one transaction.
    pub(crate) fn check(&self, chunk_bytes_max: usize) -> Result<(), AppendFault> {
        self.check_texts()?;
        let mut seen = BTreeSet::new();
        for part in &self.streams {
            if !seen.insert(&part.stream) {
                return Err(malformed(format!("stream {} is named twice", part.stream)));
            }
            if part.expected == 0 && part.entries.is_empty() {
                return Err(malformed(format!("stream {} is new and has no entry", part.stream)));
            }
            let boards: BTreeSet<_> = part.boards.iter().map(|rows| rows.board).collect();
            if boards.len() != part.boards.len() {
                return Err(malformed(format!("stream {} names a board twice", part.stream)));
            }
        }
        let claims: BTreeSet<_> = self.claims.iter().map(|it| (&it.series, &it.key)).collect();
        let blobs: BTreeSet<_> = self.blobs.iter().map(|blob| blob.id).collect();
        let side: BTreeSet<_> = self.side.iter().map(SideWrite::place).collect();
        if claims.len() < self.claims.len()
            || blobs.len() < self.blobs.len()
            || side.len() < self.side.len()
        {
            return Err(malformed("a claim, blob or side state is named twice".to_owned()));
        }
        if self.blobs.iter().any(|blob| blob.bytes.len() > chunk_bytes_max) {
            return Err(malformed(
                "a blob of more than one chunk must be stored before".to_owned(),
            ));
        }
        Ok(())
    }

    fn check_texts(&self) -> Result<(), StoreFault> {
        nul_free("actor", &self.actor)?;
        nul_free("on_behalf_of", self.on_behalf_of.as_deref().unwrap_or_default())?;
        nul_free("answer", &self.answer)?;
        for part in &self.streams {
            nul_free("stream", &part.stream)?;
            for entry in &part.entries {
                nul_free("kind", &entry.kind)?;
                nul_free("payload", &entry.payload)?;
            }
            for key in part.sight.iter().flatten() {
                nul_free("sight", key)?;
            }
        }
        for claim in &self.claims {
            nul_free("claim", &claim.series)?;
            nul_free("claim", &claim.key)?;
            nul_free("claim", &claim.holder)?;
        }
        self.side.iter().try_for_each(SideWrite::check)
    }
}

/// Refuses U+0000, which PostgreSQL cannot store.
pub(crate) fn nul_free(what: &'static str, text: &str) -> Result<(), StoreFault> {
    if text.contains('\0') { Err(StoreFault::Nul(what)) } else { Ok(()) }
}

fn malformed(told: String) -> AppendFault {
    AppendFault::Store(StoreFault::Malformed(told))
}

//! Reading the journal: entries of a stream, entries in their one order, the head.

use fengsui_vocabulary::{CommandId, Realm};
use jiff::Timestamp;
use sqlx::Row as _;
use sqlx::any::AnyRow;

use crate::board::time_of;
use crate::commit::{Committed, Placed};
use crate::fault::StoreFault;
use crate::hash::{Hash, hash_of};
use crate::statement::{Bind, Statement};
use crate::store::{Store, modelled};

/// One entry of the journal: what happened, once and for ever.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its place in the journal, from 1, without gaps.
    pub position: u64,
    /// The stream it belongs to.
    pub stream: String,
    /// Its place in the stream, from 1.
    pub version: u64,
    /// Live, or one exercise.
    pub realm: Realm,
    /// When it was recorded; never before the entry before it.
    pub recorded_at: Timestamp,
    /// When it happened, as the actor says.
    pub happened_at: Timestamp,
    /// Who acted.
    pub actor: String,
    /// For whom the actor entered it.
    pub on_behalf_of: Option<String>,
    /// The command it came from.
    pub command_id: CommandId,
    /// The kind of event.
    pub kind: String,
    /// The version of the payload's shape.
    pub kind_version: u16,
    /// The payload, byte for byte as it was given.
    pub payload: String,
    /// The hash of the entry before it.
    pub previous: Hash,
    /// The hash over everything above.
    pub hash: Hash,
}

impl Entry {
    /// Whether the hash it bears is the hash of what it says.
    pub fn is_sound(&self) -> bool {
        RawEntry::from_entry(self).is_some_and(|raw| raw.is_sound())
    }
}

/// Where the journal is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// The position of the last entry; 0 when there is none.
    pub position: u64,
    /// The hash of the last entry.
    pub hash: Hash,
    /// When the last entry was recorded.
    pub recorded_at: Timestamp,
}

impl Store {
    /// Entries of one stream after a version, oldest first, at most so many.
    pub async fn stream(
        &self,
        stream: &str,
        after: u64,
        max: u32,
    ) -> Result<Vec<Entry>, StoreFault> {
        modelled!(self, node => node.stream(stream, after, max).await);
        let binds = vec![stream.into(), number(after)?.into(), i64::from(max).into()];
        self.entries_of(Statement::of(READ_STREAM, binds)).await
    }

    /// Entries after a position in the order of the journal, at most so many.
    pub async fn entries(&self, after_position: u64, max: u32) -> Result<Vec<Entry>, StoreFault> {
        modelled!(self, node => node.entries(after_position, max).await);
        let binds = vec![number(after_position)?.into(), i64::from(max).into()];
        self.entries_of(Statement::of(READ_AFTER, binds)).await
    }

    /// Entries stream by stream after one of them: the order in which boards are rebuilt.
    pub async fn entries_by_stream(
        &self,
        after: (&str, u64),
        max: u32,
    ) -> Result<Vec<Entry>, StoreFault> {
        modelled!(self, node => node.entries_by_stream(after, max).await);
        let (stream, version) = after;
        let binds = vec![stream.into(), number(version)?.into(), i64::from(max).into()];
        self.entries_of(Statement::of(READ_BY_STREAM, binds)).await
    }

    /// One entry by its place in the journal.
    pub async fn entry(&self, position: u64) -> Result<Option<Entry>, StoreFault> {
        let Some(before) = position.checked_sub(1) else { return Ok(None) };
        let found = self.entries(before, 1).await?;
        Ok(found.into_iter().find(|entry| entry.position == position))
    }

    /// The version of a stream; 0 when there is no such stream.
    pub async fn version(&self, stream: &str) -> Result<u64, StoreFault> {
        modelled!(self, node => node.version(stream).await);
        let rows = self.read("read a version", Statement::of(READ_VERSION, vec![stream.into()]));
        rows.await?.first().map_or(Ok(0), |row| count(row, 0))
    }

    /// Where the journal is now.
    pub async fn head(&self) -> Result<Head, StoreFault> {
        modelled!(self, node => node.head().await);
        let rows = self.read("read the head", Statement::of(READ_HEAD, vec![])).await?;
        let row =
            rows.first().ok_or_else(|| StoreFault::Unreadable("there is no head".to_owned()))?;
        head_of(row)
    }

    /// What became of a command, when it was committed.
    pub async fn committed(&self, command: CommandId) -> Result<Option<Committed>, StoreFault> {
        modelled!(self, node => node.committed(command).await);
        let asked = Statement::of(READ_COMMAND, vec![command.to_string().into()]);
        let rows = self.read("look up a command", asked).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        let first: i64 = column(row, 0)?;
        let entries: i64 = column(row, 1)?;
        let answer = column(row, 2)?;

        let asked = Statement::of(READ_PLACED, vec![first.into(), (first + entries).into()]);
        let placed = self.read("look up a command", asked).await?;
        let entries = placed.iter().map(placed_of).collect::<Result<_, _>>()?;
        Ok(Some(Committed { command_id: command, answer, entries, repeated: true }))
    }

    pub(crate) async fn entries_of(&self, asked: Statement) -> Result<Vec<Entry>, StoreFault> {
        let rows = self.read("read entries", asked).await?;
        rows.iter().map(|row| RawEntry::of(row).and_then(RawEntry::into_entry)).collect()
    }
}

/// An entry as the columns have it: what is hashed and what is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RawEntry {
    pub(crate) position: i64,
    pub(crate) stream: String,
    pub(crate) version: i64,
    pub(crate) realm: String,
    pub(crate) recorded_at: i64,
    pub(crate) happened_at: i64,
    pub(crate) actor: String,
    pub(crate) on_behalf_of: Option<String>,
    pub(crate) command_id: String,
    pub(crate) kind: String,
    pub(crate) kind_version: i64,
    pub(crate) payload: String,
    pub(crate) previous: Vec<u8>,
    pub(crate) hash: Vec<u8>,
}

impl RawEntry {
    pub(crate) fn of(row: &AnyRow) -> Result<Self, StoreFault> {
        Ok(Self {
            position: column(row, 0)?,
            stream: column(row, 1)?,
            version: column(row, 2)?,
            realm: column(row, 3)?,
            recorded_at: column(row, 4)?,
            happened_at: column(row, 5)?,
            actor: column(row, 6)?,
            on_behalf_of: column(row, 7)?,
            command_id: column(row, 8)?,
            kind: column(row, 9)?,
            kind_version: column(row, 10)?,
            payload: column(row, 11)?,
            previous: column(row, 12)?,
            hash: column(row, 13)?,
        })
    }

    /// Whether the hash it bears is the hash of what it says.
    pub(crate) fn is_sound(&self) -> bool {
        self.hash == hash_of(self).as_bytes()
    }

    pub(crate) fn into_entry(self) -> Result<Entry, StoreFault> {
        let at = self.position;
        let hash = |bytes: &[u8]| {
            Hash::from_slice(bytes).ok_or_else(|| unreadable(at, "hash", &"it is not 32 bytes"))
        };
        Ok(Entry {
            position: u64::try_from(at).map_err(|error| unreadable(at, "position", &error))?,
            version: u64::try_from(self.version)
                .map_err(|error| unreadable(at, "version", &error))?,
            realm: self.realm.parse().map_err(|error| unreadable(at, "realm", &error))?,
            recorded_at: time_of(self.recorded_at)?,
            happened_at: time_of(self.happened_at)?,
            command_id: self
                .command_id
                .parse()
                .map_err(|error| unreadable(at, "command", &error))?,
            kind_version: u16::try_from(self.kind_version)
                .map_err(|error| unreadable(at, "kind's version", &error))?,
            previous: hash(&self.previous)?,
            hash: hash(&self.hash)?,
            stream: self.stream,
            actor: self.actor,
            on_behalf_of: self.on_behalf_of,
            kind: self.kind,
            payload: self.payload,
        })
    }

    /// The columns that an entry was read from; none for numbers that no journal reaches.
    fn from_entry(entry: &Entry) -> Option<Self> {
        Some(Self {
            position: i64::try_from(entry.position).ok()?,
            stream: entry.stream.clone(),
            version: i64::try_from(entry.version).ok()?,
            realm: entry.realm.to_string(),
            recorded_at: entry.recorded_at.as_microsecond(),
            happened_at: entry.happened_at.as_microsecond(),
            actor: entry.actor.clone(),
            on_behalf_of: entry.on_behalf_of.clone(),
            command_id: entry.command_id.to_string(),
            kind: entry.kind.clone(),
            kind_version: entry.kind_version.into(),
            payload: entry.payload.clone(),
            previous: entry.previous.as_bytes().to_vec(),
            hash: entry.hash.as_bytes().to_vec(),
        })
    }

    pub(crate) fn into_binds(self) -> Vec<Bind> {
        vec![
            self.position.into(),
            self.stream.into(),
            self.version.into(),
            self.realm.into(),
            self.recorded_at.into(),
            self.happened_at.into(),
            self.actor.into(),
            Bind::Text(self.on_behalf_of),
            self.command_id.into(),
            self.kind.into(),
            self.kind_version.into(),
            self.payload.into(),
            self.previous.into(),
            self.hash.into(),
        ]
    }
}

fn unreadable(position: i64, what: &str, why: &dyn std::fmt::Display) -> StoreFault {
    StoreFault::Unreadable(format!("the {what} of the entry at position {position}: {why}"))
}

pub(crate) fn head_of(row: &AnyRow) -> Result<Head, StoreFault> {
    let hash: Option<Vec<u8>> = column(row, 2)?;
    Ok(Head {
        position: count(row, 0)?,
        recorded_at: time_of(column(row, 1)?)?,
        hash: match hash {
            None => Hash::ZERO,
            Some(bytes) => Hash::from_slice(&bytes)
                .ok_or_else(|| StoreFault::Unreadable("the hash of the head".to_owned()))?,
        },
    })
}

/// Stream, version, position, hash, time of record: what a command is answered with.
pub(crate) fn placed_of(row: &AnyRow) -> Result<Placed, StoreFault> {
    let hash: Vec<u8> = column(row, 3)?;
    Ok(Placed {
        stream: column(row, 0)?,
        version: count(row, 1)?,
        position: count(row, 2)?,
        hash: Hash::from_slice(&hash)
            .ok_or_else(|| StoreFault::Unreadable("the hash of an entry".to_owned()))?,
        recorded_at: time_of(column(row, 4)?)?,
    })
}

/// One column of a row.
pub(crate) fn column<'r, T>(row: &'r AnyRow, index: usize) -> Result<T, StoreFault>
where
    T: sqlx::Decode<'r, sqlx::Any> + sqlx::Type<sqlx::Any>,
{
    row.try_get(index).map_err(|error| StoreFault::of("read a column", error))
}

/// One column that counts something.
pub(crate) fn count(row: &AnyRow, index: usize) -> Result<u64, StoreFault> {
    let number: i64 = column(row, index)?;
    u64::try_from(number)
        .map_err(|error| StoreFault::Unreadable(format!("{number} is no count: {error}")))
}

/// A count as the engines store it.
pub(crate) fn number(count: u64) -> Result<i64, StoreFault> {
    i64::try_from(count).map_err(|error| StoreFault::Malformed(format!("{count}: {error}")))
}

/// Entries of one stream after a version, oldest first, at most `$3` of them.
const READ_STREAM: &str = "
    SELECT position, stream, version, realm, recorded_at, happened_at, actor, on_behalf_of,
        command_id, kind, kind_version, payload, previous, hash
    FROM entry
    WHERE stream = $1 AND version > $2
    ORDER BY version
    LIMIT $3
";

/// Entries after a position, at most `$2` of them.
pub(crate) const READ_AFTER: &str = "
    SELECT position, stream, version, realm, recorded_at, happened_at, actor, on_behalf_of,
        command_id, kind, kind_version, payload, previous, hash
    FROM entry
    WHERE position > $1
    ORDER BY position
    LIMIT $2
";

/// Entries stream by stream after a version of a stream, at most `$3` of them.
const READ_BY_STREAM: &str = "
    SELECT position, stream, version, realm, recorded_at, happened_at, actor, on_behalf_of,
        command_id, kind, kind_version, payload, previous, hash
    FROM entry
    WHERE (stream, version) > ($1, $2)
    ORDER BY stream, version
    LIMIT $3
";

const READ_VERSION: &str = "SELECT version FROM stream WHERE stream = $1";

pub(crate) const READ_HEAD: &str = "SELECT position, recorded_at, hash FROM head";

const READ_COMMAND: &str = "
    SELECT first_position, entries, answer
    FROM command
    WHERE command_id = $1
";

/// What a command wrote lies side by side.
pub(crate) const READ_PLACED: &str = "
    SELECT stream, version, position, hash, recorded_at
    FROM entry
    WHERE position >= $1 AND position < $2
    ORDER BY position
";

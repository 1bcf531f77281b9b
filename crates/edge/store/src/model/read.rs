//! Reading the journal.

use std::ops::Bound;
use std::sync::Arc;

use fengsui_vocabulary::CommandId;

use super::Node;
use super::disk::Disk;
use super::faults::Call;
use crate::board::time_of;
use crate::commit::Committed;
use crate::fault::StoreFault;
use crate::hash::Hash;
use crate::journal::{Entry, Head, RawEntry, number};

impl Disk {
    pub(super) fn version(&self, stream: &str) -> u64 {
        self.streams.get(stream).copied().unwrap_or_default()
    }

    /// The entries behind a version of a stream, on into the streams after it.
    fn from(&self, stream: &str, after: u64) -> Result<Vec<&Arc<RawEntry>>, StoreFault> {
        let place = (stream.to_owned(), number(after)?);
        let places = self.places.range((Bound::Excluded(place), Bound::Unbounded));
        Ok(places.filter_map(|(_, position)| self.entries.get(position)).collect())
    }
}

fn entries_of<'e>(
    entries: impl Iterator<Item = &'e Arc<RawEntry>>,
    max: u32,
) -> Result<Vec<Entry>, StoreFault> {
    let max = usize::try_from(max).unwrap_or(usize::MAX);
    entries.take(max).map(|entry| RawEntry::clone(entry).into_entry()).collect()
}

impl Node {
    pub(crate) async fn stream(
        &self,
        stream: &str,
        after: u64,
        max: u32,
    ) -> Result<Vec<Entry>, StoreFault> {
        self.call(Call::reads("read a stream"), |disk| {
            let found = disk.from(stream, after)?;
            entries_of(found.into_iter().take_while(|entry| entry.stream == stream), max)
        })
        .await
    }

    pub(crate) async fn entries(&self, after: u64, max: u32) -> Result<Vec<Entry>, StoreFault> {
        let after = number(after)?;
        self.call(Call::reads("read entries"), |disk| {
            let range = (Bound::Excluded(after), Bound::Unbounded);
            entries_of(disk.entries.range(range).map(|(_, entry)| entry), max)
        })
        .await
    }

    pub(crate) async fn entries_by_stream(
        &self,
        (stream, version): (&str, u64),
        max: u32,
    ) -> Result<Vec<Entry>, StoreFault> {
        self.call(Call::reads("read entries by stream"), |disk| {
            entries_of(disk.from(stream, version)?.into_iter(), max)
        })
        .await
    }

    pub(crate) async fn version(&self, stream: &str) -> Result<u64, StoreFault> {
        self.call(Call::reads("read a version"), |disk| Ok(disk.version(stream))).await
    }

    pub(crate) async fn head(&self) -> Result<Head, StoreFault> {
        self.call(Call::reads("read the head"), |disk| {
            Ok(Head {
                position: u64::try_from(disk.position).unwrap_or_default(),
                recorded_at: time_of(disk.recorded_at)?,
                hash: Hash::from_slice(&disk.hash)
                    .ok_or_else(|| StoreFault::Unreadable("the hash of the head".to_owned()))?,
            })
        })
        .await
    }

    pub(crate) async fn committed(
        &self,
        command: CommandId,
    ) -> Result<Option<Committed>, StoreFault> {
        self.call(Call::reads("look up a command"), |disk| {
            let Some(carried) = disk.commands.get(&command) else { return Ok(None) };
            let entries = disk.placed(carried.first, carried.first + carried.entries)?;
            let answer = carried.answer.clone();
            Ok(Some(Committed { command_id: command, answer, entries, repeated: true }))
        })
        .await
    }

    /// Entries as they lie on the disk, for whoever proves them.
    pub(crate) async fn page_of(&self, after: i64, max: i64) -> Result<Vec<RawEntry>, StoreFault> {
        let max = usize::try_from(max).unwrap_or_default();
        self.call(Call::reads("read entries"), |disk| {
            let range = (Bound::Excluded(after), Bound::Unbounded);
            let found = disk.entries.range(range).take(max);
            Ok(found.map(|(_, entry)| RawEntry::clone(entry)).collect())
        })
        .await
    }

    /// Whether an entry follows another by its hash, wherever it is.
    pub(crate) async fn has_successor(&self, hash: &[u8]) -> Result<bool, StoreFault> {
        self.call(Call::reads("look for an entry"), |disk| {
            Ok(disk.entries.values().any(|entry| entry.previous == hash))
        })
        .await
    }

    /// The first and the last position.
    pub(crate) async fn ends(&self) -> Result<(i64, i64), StoreFault> {
        self.call(Call::reads("read the ends"), |disk| {
            let first = disk.entries.first_key_value().map_or(1, |(position, _)| *position);
            let last = disk.entries.last_key_value().map_or(0, |(position, _)| *position);
            Ok((first, last))
        })
        .await
    }

    pub(crate) async fn stale_boards(&self) -> Result<Vec<String>, StoreFault> {
        self.call(Call::reads("read the boards"), |disk| {
            let stale = disk.boards.iter().filter(|(_, table)| table.is_stale);
            Ok(stale.map(|(name, _)| (*name).to_owned()).collect())
        })
        .await
    }
}

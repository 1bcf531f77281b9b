//! Carrying out one command: what the databases do in one transaction, in the same order.
//!
//! Everything is checked before anything changes, so a command is there whole or not at all.

use std::collections::BTreeSet;
use std::io;
use std::sync::Arc;

use fengsui_vocabulary::BlobId;

use super::disk::{Blob, Carried, Disk, Planted, Rows, Sights, Table};
use super::side;
use crate::board::{Board, Value, time_of};
use crate::commit::{Commit, Committed, Placed, StreamCommit};
use crate::fault::{AppendFault, StoreFault};
use crate::hash::{Hash, hash_of};
use crate::journal::{RawEntry, number};

impl Disk {
    /// Writes a command, or answers it from the record when it was written before.
    pub(super) fn write(
        &mut self,
        commit: &Commit,
        boards: &[&'static Board],
    ) -> Result<Committed, AppendFault> {
        if let Some(before) = self.repeated(commit)? {
            return Ok(before);
        }
        self.check_blobs(commit)?;
        self.check_streams(commit)?;
        if let Some(part) = commit.is_late(self.recorded_at) {
            return Err(AppendFault::Overtaken { stream: part.stream.clone() });
        }
        self.check_claims(commit)?;
        self.check_side(commit)?;
        self.check_new_blobs(commit)?;
        if self.is_planted(Planted::AcknowledgedEarly) {
            self.unsaved = None;
            self.unsaved = Some(Box::new(self.clone()));
        }
        for claim in &commit.claims {
            let place = (claim.series.clone(), claim.key.clone());
            self.claims.insert(place, claim.holder.clone());
        }
        for write in &commit.side {
            side::write(self, write)?;
        }
        self.put_boards(commit, boards);
        self.put_blobs(commit);
        let committed = self.put_entries(commit)?;
        if self.is_planted(Planted::AppliedTwice) && is_chosen(commit, 4) {
            self.put_entries(commit)?;
        }
        Ok(committed)
    }

    /// What was answered and not yet saved goes with the node that answered.
    pub(super) fn lose_what_is_unsaved(&mut self) {
        if let Some(before) = self.unsaved.take() {
            *self = *before;
        }
    }

    pub(super) fn is_planted(&self, planted: Planted) -> bool {
        self.planted == Some(planted)
    }

    fn repeated(&self, commit: &Commit) -> Result<Option<Committed>, StoreFault> {
        let Some(carried) = self.commands.get(&commit.command_id) else { return Ok(None) };
        let mut answer = carried.answer.clone();
        let mut first = carried.first;
        if self.is_planted(Planted::AnswerDiffers) {
            first = (first - 1).max(1);
            answer.push(' ');
        }
        let entries = self.placed(first, first + carried.entries)?;
        Ok(Some(Committed { command_id: commit.command_id, answer, entries, repeated: true }))
    }

    /// Where the entries from one position to before another are.
    pub(super) fn placed(&self, first: i64, end: i64) -> Result<Vec<Placed>, StoreFault> {
        let placed = |entry: &Arc<RawEntry>| {
            let entry = RawEntry::clone(entry).into_entry()?;
            Ok(Placed {
                stream: entry.stream,
                version: entry.version,
                position: entry.position,
                hash: entry.hash,
                recorded_at: entry.recorded_at,
            })
        };
        self.entries.range(first..end.max(first)).map(|(_, entry)| placed(entry)).collect()
    }

    /// An entry must not point at a blob that is not there; those written along are.
    fn check_blobs(&self, commit: &Commit) -> Result<(), AppendFault> {
        let along: BTreeSet<BlobId> = commit.blobs.iter().map(|blob| blob.id).collect();
        for blob in points_at(commit).filter(|blob| !along.contains(blob)) {
            if self.blobs.get(&blob).is_none_or(|known| known.size.is_none()) {
                return Err(AppendFault::BlobMissing(blob));
            }
        }
        Ok(())
    }

    /// Each stream is where it was when the command was decided.
    fn check_streams(&self, commit: &Commit) -> Result<(), AppendFault> {
        if self.is_planted(Planted::VersionUnchecked) {
            return Ok(());
        }
        let elsewhere = |part: &&StreamCommit| self.version(&part.stream) != part.expected;
        let overtaken = commit.streams.iter().filter(elsewhere);
        // As on the databases: streams that should be new first, and of several the last is named.
        match overtaken.max_by_key(|part| (part.expected == 0, &part.stream)) {
            Some(part) => Err(AppendFault::Overtaken { stream: part.stream.clone() }),
            None => Ok(()),
        }
    }

    fn check_claims(&self, commit: &Commit) -> Result<(), AppendFault> {
        if self.is_planted(Planted::ClaimUnchecked) {
            return Ok(());
        }
        let mut claims: Vec<_> = commit.claims.iter().collect();
        claims.sort();
        for claim in claims.into_iter().rev() {
            let (series, key) = (claim.series.clone(), claim.key.clone());
            let holder = self.claims.get(&(series.clone(), key.clone()));
            if let Some(holder) = holder.filter(|holder| **holder != claim.holder) {
                let holder = holder.clone();
                return Err(AppendFault::ClaimLost { series, key, holder });
            }
        }
        Ok(())
    }

    fn check_side(&self, commit: &Commit) -> Result<(), AppendFault> {
        match commit.side.iter().find(|write| !side::is_expected(self, write)) {
            Some(write) => {
                let (kind, key) = write.place();
                Err(AppendFault::SideChanged { kind, key })
            }
            None => Ok(()),
        }
    }

    /// A blob's id is taken for ever.
    fn check_new_blobs(&self, commit: &Commit) -> Result<(), StoreFault> {
        if commit.blobs.iter().any(|blob| self.blobs.contains_key(&blob.id)) {
            return Err(refused("write to the journal"));
        }
        Ok(())
    }

    fn put_boards(&mut self, commit: &Commit, boards: &[&'static Board]) {
        let forgets = self.is_planted(Planted::BoardRowLost) && is_chosen(commit, 4);
        for part in &commit.streams {
            for given in &part.boards {
                let kept = given.rows.len().saturating_sub(usize::from(forgets));
                let rows = given.rows.iter().take(kept).cloned().collect();
                let known = boards.iter().find(|board| board.name == given.board);
                let table = known.and_then(|board| self.boards.get_mut(board.name));
                replace(table, &part.stream, rows);
            }
            if let Some(keys) = &part.sight {
                put_sight(&mut self.sight, &part.stream, keys);
            }
        }
    }

    fn put_blobs(&mut self, commit: &Commit) {
        for blob in &commit.blobs {
            let kept = Blob {
                size: Some(u64::try_from(blob.bytes.len()).unwrap_or(u64::MAX)),
                key: Some(blob.key.clone()),
                stored_at: commit.now.as_microsecond(),
                used_by: None,
            };
            self.blobs.insert(blob.id, kept);
            if !blob.bytes.is_empty() {
                self.chunks.insert((blob.id, 0), blob.bytes.clone().into());
            }
        }
        let uses = commit.streams.iter().flat_map(|part| {
            let blobs = part.entries.iter().flat_map(|entry| &entry.blobs);
            blobs.map(move |blob| (blob, &part.stream))
        });
        for (blob, stream) in uses {
            if let Some(known) = self.blobs.get_mut(blob) {
                known.used_by.get_or_insert_with(|| stream.clone());
            }
        }
    }

    /// Chains the entries to the head and leaves it at the last of them.
    fn put_entries(&mut self, commit: &Commit) -> Result<Committed, StoreFault> {
        let first = self.position + 1;
        if commit.streams.iter().any(|part| !part.entries.is_empty()) {
            self.recorded_at = self.recorded_at.max(commit.now.as_microsecond());
        }
        for part in &commit.streams {
            self.put_stream(commit, part)?;
        }
        let entries = self.position - first + 1;
        let carried = Carried { first, entries, answer: commit.answer.clone() };
        self.commands.entry(commit.command_id).or_insert(carried);
        Ok(Committed {
            command_id: commit.command_id,
            answer: commit.answer.clone(),
            entries: self.placed(first, first + entries)?,
            repeated: false,
        })
    }

    fn put_stream(&mut self, commit: &Commit, part: &StreamCommit) -> Result<(), StoreFault> {
        let mut version = number(self.version(&part.stream))?;
        for new in &part.entries {
            version += 1;
            self.position += 1;
            let mut entry = RawEntry {
                position: self.position,
                stream: part.stream.clone(),
                version,
                realm: commit.realm.to_string(),
                recorded_at: self.recorded_at,
                happened_at: new.happened_at.as_microsecond(),
                actor: commit.actor.clone(),
                on_behalf_of: commit.on_behalf_of.clone(),
                command_id: commit.command_id.to_string(),
                kind: new.kind.clone(),
                kind_version: new.kind_version.into(),
                payload: new.payload.clone(),
                previous: self.hash.clone(),
                hash: Vec::new(),
            };
            entry.hash = self.hash_of(&entry).as_bytes().to_vec();
            time_of(entry.recorded_at)?;
            self.hash.clone_from(&entry.hash);
            self.places.insert((part.stream.clone(), version), self.position);
            self.entries.insert(self.position, Arc::new(entry));
        }
        self.streams.insert(part.stream.clone(), u64::try_from(version).unwrap_or_default());
        Ok(())
    }

    fn hash_of(&self, entry: &RawEntry) -> Hash {
        if self.is_planted(Planted::HashBroken) && entry.position % 16 == 0 {
            let shifted = RawEntry { version: entry.version + 1, ..entry.clone() };
            return hash_of(&shifted);
        }
        hash_of(entry)
    }
}

fn replace(table: Option<&mut Table>, stream: &str, rows: Vec<Vec<Value>>) {
    if let Some(table) = table {
        put_rows(&mut table.rows, stream, rows);
    }
}

/// The rows of a stream replace those it had.
pub(super) fn put_rows(table: &mut Rows, stream: &str, rows: Vec<Vec<Value>>) {
    if rows.is_empty() {
        table.remove(stream);
    } else {
        table.insert(stream.to_owned(), Arc::new(rows));
    }
}

/// The keys of a stream replace those it had.
pub(super) fn put_sight(sight: &mut Sights, stream: &str, keys: &[String]) {
    if keys.is_empty() {
        sight.remove(stream);
    } else {
        sight.insert(stream.to_owned(), Arc::new(keys.iter().cloned().collect()));
    }
}

/// What a database says when a key is there already.
pub(super) fn refused(doing: &'static str) -> StoreFault {
    let taken = io::Error::new(io::ErrorKind::AlreadyExists, "the key is taken");
    StoreFault::Database { doing, source: Arc::new(sqlx::Error::Io(taken)) }
}

fn points_at(commit: &Commit) -> impl Iterator<Item = BlobId> {
    let entries = commit.streams.iter().flat_map(|part| &part.entries);
    entries.flat_map(|entry| &entry.blobs).copied()
}

/// One command in so many is hit by a planted defect, the same ones every time.
fn is_chosen(commit: &Commit, one_in: u128) -> bool {
    commit.command_id.bits().is_multiple_of(one_in)
}

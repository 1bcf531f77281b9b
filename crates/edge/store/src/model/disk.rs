//! What is on the disk: the tables of the databases as maps.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::ops::Bound;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use fengsui_vocabulary::{BlobId, CommandId};

use crate::board::{Board, Value};
use crate::fault::StoreFault;
use crate::hash::Hash;
use crate::journal::{Entry, RawEntry, number};

/// A disk that several nodes write to and that survives each of them. Clones are the same disk.
#[derive(Clone, Default)]
pub struct ModelDisk(Arc<Mutex<Disk>>);

impl fmt::Debug for ModelDisk {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let disk = self.lock();
        out.debug_struct("ModelDisk").field("position", &disk.position).finish_non_exhaustive()
    }
}

/// A defect that is built in on purpose, so that whoever looks for such defects can be tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Planted {
    /// A command is answered before it is on disk.
    AcknowledgedEarly,
    /// A command is written twice.
    AppliedTwice,
    /// The last row of a board is forgotten.
    BoardRowLost,
    /// Whoever was overtaken writes all the same.
    VersionUnchecked,
    /// A key is given to whoever asks for it.
    ClaimUnchecked,
    /// An entry gets a wrong hash.
    HashBroken,
    /// A repeat is answered with something else.
    AnswerDiffers,
}

impl ModelDisk {
    /// Another disk that holds the same.
    #[must_use]
    pub fn copied(&self) -> Self {
        Self(Arc::new(Mutex::new(self.lock().clone())))
    }

    /// Builds a defect in.
    pub fn plant(&self, planted: Planted) {
        self.lock().planted = Some(planted);
    }

    /// Everything that is in the journal after a position, read past every node.
    pub fn entries_after(&self, position: u64) -> Result<Vec<Entry>, StoreFault> {
        let after = (Bound::Excluded(number(position)?), Bound::Unbounded);
        let disk = self.lock();
        let entries = disk.entries.range(after);
        entries.map(|(_, entry)| RawEntry::clone(entry).into_entry()).collect()
    }

    /// Whether a command was carried out.
    pub fn holds(&self, command: CommandId) -> bool {
        self.lock().commands.contains_key(&command)
    }

    /// Where the commands are that were carried out: the first position of each, and how many entries.
    pub fn commands(&self) -> BTreeMap<CommandId, (u64, u64)> {
        let count = |number: i64| u64::try_from(number).unwrap_or_default();
        let disk = self.lock();
        let commands = disk.commands.iter();
        commands.map(|(id, it)| (*id, (count(it.first), count(it.entries)))).collect()
    }

    /// Who holds which key of a series.
    pub fn claims(&self, series: &str) -> BTreeMap<String, String> {
        let disk = self.lock();
        let of_series = disk.claims.iter().filter(|((known, _), _)| known == series);
        of_series.map(|((_, key), holder)| (key.clone(), holder.clone())).collect()
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Disk> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The tables. What is large is shared between copies, since nothing of it changes in place.
#[derive(Clone, Debug)]
pub(super) struct Disk {
    pub(super) entries: BTreeMap<i64, Arc<RawEntry>>,
    /// Where each version of each stream is.
    pub(super) places: BTreeMap<(String, i64), i64>,
    pub(super) position: i64,
    pub(super) recorded_at: i64,
    pub(super) hash: Vec<u8>,
    pub(super) streams: BTreeMap<String, u64>,
    pub(super) commands: BTreeMap<CommandId, Carried>,
    pub(super) claims: BTreeMap<(String, String), String>,
    pub(super) blobs: BTreeMap<BlobId, Blob>,
    pub(super) chunks: BTreeMap<(BlobId, i64), Arc<[u8]>>,
    pub(super) side: BTreeMap<(String, String), Kept>,
    pub(super) boards: BTreeMap<&'static str, Table>,
    pub(super) sight: Sights,
    pub(super) shadow: Option<Shadows>,
    pub(super) planted: Option<Planted>,
    /// What was there before the last command, while a node that answers too early may still lose it.
    pub(super) unsaved: Option<Box<Disk>>,
}

impl Default for Disk {
    fn default() -> Self {
        Self {
            entries: BTreeMap::new(),
            places: BTreeMap::new(),
            position: 0,
            recorded_at: 0,
            hash: Hash::ZERO.as_bytes().to_vec(),
            streams: BTreeMap::new(),
            commands: BTreeMap::new(),
            claims: BTreeMap::new(),
            blobs: BTreeMap::new(),
            chunks: BTreeMap::new(),
            side: BTreeMap::new(),
            boards: BTreeMap::new(),
            sight: Sights::new(),
            shadow: None,
            planted: None,
            unsaved: None,
        }
    }
}

/// A command that was carried out.
#[derive(Clone, Debug)]
pub(super) struct Carried {
    pub(super) first: i64,
    pub(super) entries: i64,
    pub(super) answer: String,
}

/// A blob; one of no size is still being written, one without a key was erased.
#[derive(Clone, Debug)]
pub(super) struct Blob {
    pub(super) size: Option<u64>,
    pub(super) key: Option<Vec<u8>>,
    pub(super) stored_at: i64,
    pub(super) used_by: Option<String>,
}

/// A value of side state.
#[derive(Clone, Debug)]
pub(super) struct Kept {
    pub(super) value: String,
    pub(super) version: u64,
    pub(super) expires_at: Option<i64>,
}

/// The rows of a board by stream, each set in its order.
pub(super) type Rows = BTreeMap<String, Arc<Vec<Vec<Value>>>>;

/// Who may see which stream.
pub(super) type Sights = BTreeMap<String, Arc<BTreeSet<String>>>;

/// One board.
#[derive(Clone, Debug, Default)]
pub(super) struct Table {
    pub(super) shape: String,
    pub(super) is_stale: bool,
    pub(super) rows: Rows,
}

/// Boards in the making.
#[derive(Clone, Debug, Default)]
pub(super) struct Shadows {
    pub(super) boards: BTreeMap<&'static str, Rows>,
    pub(super) sight: Sights,
}

impl Disk {
    /// Makes the boards that are missing or have another shape; those are empty and, unless the journal
    /// is, stale.
    pub(super) fn make(&mut self, boards: &[&'static Board]) -> Result<(), StoreFault> {
        for board in boards {
            if !board.is_well_named() {
                let told = format!("board {} has a bad name in it", board.name);
                return Err(StoreFault::Malformed(told));
            }
            let shape = board.shape();
            if self.boards.get(board.name).is_none_or(|table| table.shape != shape) {
                let is_stale = self.position > 0;
                self.boards.insert(board.name, Table { shape, is_stale, rows: Rows::new() });
            }
        }
        Ok(())
    }
}

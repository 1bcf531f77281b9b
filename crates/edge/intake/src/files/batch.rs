//! Files that are read once, to their ends.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fs::{File, Metadata};
use std::io::{self, Read as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{FileProgress, Pattern, Report, listed, name_of};
use crate::carving::Carve;
use crate::contents::{Contents, ContentsFault, Unopen};
use crate::source::{Delivery, Positions, SourceFault};
use crate::unpack::Origin;

/// Files that are read once.
pub(super) struct Batch {
    carve: Carve,
    folder: Option<(PathBuf, Pattern)>,
    queue: VecDeque<PathBuf>,
    seen: BTreeMap<PathBuf, Seen>,
    current: Option<Current>,
    /// What was read and is to be handed on.
    ready: Option<Delivery>,
    /// Contents that were begun since this process runs: the lake may not have them yet.
    begun: BTreeSet<String>,
    report: Option<Report>,
    /// Bytes of the files that are done, and of all that are known.
    done: u64,
    total: u64,
}

/// A file as it was at the last tick.
struct Seen {
    stamp: Stamp,
    is_taken: bool,
}

/// What changes when somebody writes to a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stamp {
    file: (u64, u64),
    bytes: u64,
    modified: (i64, i64),
}

struct Current {
    path: PathBuf,
    file: Arc<File>,
    stamp: Stamp,
    partition: String,
    contents: Contents,
}

impl Batch {
    pub(super) fn of(paths: Vec<PathBuf>, carve: Carve) -> Self {
        let sizes = paths.iter().filter_map(|path| std::fs::metadata(path).ok());
        let total = sizes.map(|about| about.len()).sum();
        let queue = paths.into();
        Self {
            carve,
            folder: None,
            queue,
            seen: BTreeMap::new(),
            current: None,
            ready: None,
            begun: BTreeSet::new(),
            report: None,
            done: 0,
            total,
        }
    }

    pub(super) fn in_folder(path: PathBuf, pattern: Pattern, carve: Carve) -> Self {
        Self { folder: Some((path, pattern)), ..Self::of(Vec::new(), carve) }
    }

    pub(super) fn report_to(&mut self, report: Report) {
        self.report = Some(report);
    }

    pub(super) fn has_ended(&self) -> bool {
        self.folder.is_none() && self.current.is_none() && self.queue.is_empty()
    }

    pub(super) fn next(&mut self, after: &Positions) -> Result<Option<Delivery>, SourceFault> {
        loop {
            if self.ready.is_some() {
                return Ok(self.ready.take());
            }
            if let Some(current) = self.current.take() {
                self.read_on(current)?;
            } else if let Some(path) = self.queue.pop_front() {
                self.begin(&path, after)?;
            } else if !self.look()? {
                return Ok(None);
            }
        }
    }

    fn read_on(&mut self, mut current: Current) -> Result<(), SourceFault> {
        let next = current.next();
        self.tell(&current);
        match next {
            Ok(Some(delivery)) => {
                self.current = Some(current);
                self.ready = Some(delivery);
                Ok(())
            }
            Ok(None) => {
                self.done += current.stamp.bytes;
                Ok(())
            }
            Err(fault) => {
                self.begun.remove(&current.partition);
                Err(self.again(&current.path, fault))
            }
        }
    }

    /// Begins a file, unless the same bytes were begun under another name.
    fn begin(&mut self, path: &Path, after: &Positions) -> Result<(), SourceFault> {
        let opened = Current::open(path, self.carve, after);
        let current = opened.map_err(|fault| self.again(path, fault))?;
        if self.begun.insert(current.partition.clone()) {
            self.current = Some(current);
        } else {
            self.done += current.stamp.bytes;
        }
        Ok(())
    }

    /// A tick: whether there are files that stood still since the last one.
    fn look(&mut self) -> Result<bool, SourceFault> {
        let Some((folder, pattern)) = &self.folder else { return Ok(false) };
        let mut before = std::mem::take(&mut self.seen);
        for (path, about) in listed(folder, pattern)? {
            let stamp = Stamp::of(&about);
            let known = before.remove(&path);
            let stood_still = known.as_ref().is_some_and(|known| known.stamp == stamp);
            let was_taken = known.is_some_and(|known| known.is_taken) && stood_still;
            if stood_still && !was_taken {
                self.total += stamp.bytes;
                self.queue.push_back(path.clone());
            }
            self.seen.insert(path, Seen { stamp, is_taken: stood_still });
        }
        Ok(!self.queue.is_empty())
    }

    /// A file with a fault is looked at again when it has stood still again.
    fn again(&mut self, path: &Path, fault: SourceFault) -> SourceFault {
        self.seen.remove(path);
        fault
    }

    fn tell(&mut self, current: &Current) {
        if let Some(report) = &mut self.report {
            let bytes = self.done + current.contents.packed_bytes().min(current.stamp.bytes);
            report(&FileProgress { path: current.path.clone(), bytes, total: self.total });
        }
    }
}

impl Current {
    fn open(path: &Path, carve: Carve, after: &Positions) -> Result<Self, SourceFault> {
        let fault = |source| SourceFault::File { path: path.to_owned(), source };
        // Opening a pipe would wait for its other end.
        if !std::fs::metadata(path).map_err(fault)?.is_file() {
            return Err(fault(io::Error::other("not a regular file")));
        }
        let file = Arc::new(File::open(path).map_err(fault)?);
        let stamp = Stamp::of(&file.metadata().map_err(fault)?);
        let partition = format!("file:{}", fingerprint(&file).map_err(fault)?);
        let origin = Origin::File(Arc::clone(&file));
        let name = name_of(path);
        let unopen =
            Unopen { origin, partition: partition.clone(), name: name.as_deref(), is_part: false };
        let contents = Contents::open(&unopen, carve, after).map_err(|it| match it {
            ContentsFault::Io(source) => fault(source),
            ContentsFault::Source(fault) => fault,
        })?;
        Ok(Self { path: path.to_owned(), file, stamp, partition, contents })
    }

    fn next(&mut self) -> Result<Option<Delivery>, SourceFault> {
        let fault = |source| SourceFault::File { path: self.path.clone(), source };
        let next = self.contents.next().map_err(fault)?;
        let stamp = Stamp::of(&self.file.metadata().map_err(fault)?);
        // What was already given of it stays; it is a part of what the file is going to be.
        if stamp != self.stamp {
            return Err(SourceFault::Changed { path: self.path.clone() });
        }
        Ok(next)
    }
}

impl Stamp {
    fn of(about: &Metadata) -> Self {
        Self {
            file: (about.dev(), about.ino()),
            bytes: about.len(),
            modified: (about.mtime(), about.mtime_nsec()),
        }
    }
}

/// BLAKE3 of a file: nothing of it can be taken in before, so it must be quick.
fn fingerprint(file: &Arc<File>) -> io::Result<String> {
    let mut reader = Origin::File(Arc::clone(file)).reader();
    let mut sum = blake3::Hasher::new();
    let mut buffer = vec![0; HASHED_BYTES];
    loop {
        match reader.read(&mut buffer)? {
            0 => return Ok(sum.finalize().to_hex().to_string()),
            read => {
                sum.update(buffer.get(..read).unwrap_or_default());
            }
        }
    }
}

/// What is read at once for the fingerprint.
const HASHED_BYTES: usize = 256 * 1024;

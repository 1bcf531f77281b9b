//! Files that grow: followed through renaming, cutting off and beginning anew.

use std::collections::BTreeMap;
use std::fs::File;
use std::io;
use std::os::unix::fs::{FileExt as _, MetadataExt as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use sha2::{Digest as _, Sha256};

use super::{Pattern, hex, listed, name_of};
use crate::carving::{Carve, Carving, Content};
use crate::source::{Delivery, Positions, SourceFault};
use crate::unpack::Origin;
use crate::wide;

/// The growing files of a folder.
pub(super) struct Growing {
    carve: Carve,
    folder: PathBuf,
    pattern: Pattern,
    followed: BTreeMap<(u64, u64), Followed>,
    /// The file that was read last: the others come before it is read again.
    turn: (u64, u64),
}

struct Followed {
    path: PathBuf,
    file: Arc<File>,
    /// Which partition it is: by how it begins, and how often it began anew.
    base: String,
    generation: u32,
    carving: Carving,
    /// What lies just before where we are; when it differs, the file began anew.
    before: Vec<u8>,
    /// Ticks since its name was gone.
    gone: u8,
}

impl Growing {
    pub(super) fn in_folder(folder: PathBuf, pattern: Pattern, carve: Carve) -> Self {
        Self { carve, folder, pattern, followed: BTreeMap::new(), turn: (0, 0) }
    }

    pub(super) fn next(&mut self, after: &Positions) -> Result<Option<Delivery>, SourceFault> {
        if let Some(delivery) = self.read(after)? {
            return Ok(Some(delivery));
        }
        self.look(after)?;
        self.read(after)
    }

    /// Reads the files in turn until one has something.
    fn read(&mut self, after: &Positions) -> Result<Option<Delivery>, SourceFault> {
        let behind = self.followed.keys().filter(|key| **key > self.turn);
        let order: Vec<_> =
            behind.chain(self.followed.keys().filter(|key| **key <= self.turn)).copied().collect();
        for key in order {
            let Some(followed) = self.followed.get_mut(&key) else { continue };
            self.turn = key;
            let Some(delivery) = followed.next(self.carve, after)? else { continue };
            if delivery.ended {
                self.followed.remove(&key);
            }
            return Ok(Some(delivery));
        }
        Ok(None)
    }

    /// A tick: follows what is new, and lets go of what has gone.
    fn look(&mut self, after: &Positions) -> Result<(), SourceFault> {
        for followed in self.followed.values_mut() {
            followed.gone = followed.gone.saturating_add(1);
        }
        for (path, about) in listed(&self.folder, &self.pattern)? {
            let key = (about.dev(), about.ino());
            if let Some(followed) = self.followed.get_mut(&key) {
                followed.gone = 0;
                followed.path = path;
            } else if self.followed.len() >= FOLLOWED_MAX {
                let path = self.folder.clone();
                return Err(SourceFault::TooMany { path, files_max: FOLLOWED_MAX });
            } else if let Some(followed) = Followed::begin(&path, key, self.carve, after)? {
                self.followed.insert(key, followed);
            }
        }
        // Whoever had it open may write a last line after its name is gone.
        for followed in self.followed.values_mut().filter(|followed| followed.gone > 1) {
            followed.carving.close();
        }
        Ok(())
    }
}

impl Followed {
    /// Begins to follow a file; `None` while it has no first line, and where it is packed.
    fn begin(
        path: &Path,
        key: (u64, u64),
        carve: Carve,
        after: &Positions,
    ) -> Result<Option<Self>, SourceFault> {
        let fault = |source| SourceFault::File { path: path.to_owned(), source };
        let file = Arc::new(File::open(path).map_err(fault)?);
        let about = file.metadata().map_err(fault)?;
        if (about.dev(), about.ino()) != key {
            return Ok(None);
        }
        let Some(base) = beginning(&file).map_err(fault)? else { return Ok(None) };
        let mut generation = 0;
        let mut known = after.reached(&partition(&base, 0))?;
        while let Some(reached) = after.reached(&partition(&base, generation + 1))? {
            generation += 1;
            known = Some(reached);
        }
        // It is shorter than what was read of it: it began anew while nobody looked.
        if known.is_some_and(|known| about.len() < u64::try_from(known).unwrap_or(0)) {
            generation += 1;
            known = None;
        }
        let Some(carving) =
            carving(path, &file, partition(&base, generation), known, carve).map_err(fault)?
        else {
            return Ok(None);
        };
        let mut followed = Self {
            path: path.to_owned(),
            file,
            base,
            generation,
            carving,
            before: Vec::new(),
            gone: 0,
        };
        followed.before = followed.just_before().map_err(fault)?;
        Ok(Some(followed))
    }

    fn next(&mut self, carve: Carve, after: &Positions) -> Result<Option<Delivery>, SourceFault> {
        let path = self.path.clone();
        let fault = |source| SourceFault::File { path: path.clone(), source };
        if self.began_anew().map_err(fault)? && !self.begin_anew(carve, after)? {
            return Ok(None);
        }
        let delivery = self.carving.next().map_err(fault)?;
        self.before = self.just_before().map_err(fault)?;
        Ok(delivery)
    }

    fn began_anew(&self) -> io::Result<bool> {
        let is_shorter = self.file.metadata()?.len() < self.carving.at();
        Ok(is_shorter || self.just_before()? != self.before)
    }

    /// Reads the file from its beginning as another partition; whether it has one yet.
    fn begin_anew(&mut self, carve: Carve, after: &Positions) -> Result<bool, SourceFault> {
        let fault = |source| SourceFault::File { path: self.path.clone(), source };
        let Some(base) = beginning(&self.file).map_err(fault)? else { return Ok(false) };
        let mut generation = if base == self.base { self.generation + 1 } else { 0 };
        while after.reached(&partition(&base, generation))?.is_some() {
            generation += 1;
        }
        let opened = carving(&self.path, &self.file, partition(&base, generation), None, carve);
        let Some(carving) = opened.map_err(fault)? else { return Ok(false) };
        (self.base, self.generation, self.carving) = (base, generation, carving);
        Ok(true)
    }

    fn just_before(&self) -> io::Result<Vec<u8>> {
        let at = self.carving.at();
        let from = at.saturating_sub(wide(BEFORE_BYTES));
        let mut before = vec![0; BEFORE_BYTES];
        let wanted = usize::try_from(at - from).unwrap_or(0);
        before.truncate(wanted);
        let read = self.file.read_at(&mut before, from)?;
        before.truncate(read);
        Ok(before)
    }
}

fn carving(
    path: &Path,
    file: &Arc<File>,
    partition: String,
    known: Option<i64>,
    carve: Carve,
) -> io::Result<Option<Carving>> {
    let origin = Origin::File(Arc::clone(file));
    let member = match origin.members(carve.unpack) {
        Ok(members) => members.into_iter().next().filter(crate::unpack::Member::is_plain),
        Err(crate::unpack::Unopened::Io(fault)) => return Err(fault),
        Err(crate::unpack::Unopened::Malformed) => None,
    };
    let Some(member) = member else { return Ok(None) };
    let name = name_of(path);
    let carving = Carving::open(Content { origin, member, partition, name, known }, carve)?;
    Ok(Some(carving.growing()))
}

/// Where a file lies and how it begins: the hash of everything up to its first line that is no comment.
fn beginning(file: &File) -> io::Result<Option<String>> {
    let about = file.metadata()?;
    let mut head = vec![0; FIRST_BYTES];
    let mut filled = 0;
    while let Some(room) = head.get_mut(filled..).filter(|room| !room.is_empty()) {
        match file.read_at(room, wide(filled))? {
            0 => break,
            read => filled += read,
        }
    }
    head.truncate(filled);
    let mut end = 0;
    for line in head.split_inclusive(|byte| *byte == b'\n') {
        end += line.len();
        let is_whole = line.ends_with(b"\n") || end == FIRST_BYTES;
        if is_whole && (!line.starts_with(b"#") || end == FIRST_BYTES) {
            let sum = Sha256::digest(head.get(..end).unwrap_or_default());
            let sum = hex(sum.get(..8).unwrap_or_default());
            return Ok(Some(format!("file:{:x}-{:x}-{sum}", about.dev(), about.ino())));
        }
    }
    Ok(None)
}

fn partition(base: &str, generation: u32) -> String {
    match generation {
        0 => base.to_owned(),
        anew => format!("{base}~{anew}"),
    }
}

/// Files that are followed at once.
const FOLLOWED_MAX: usize = 1024;

/// How much of the beginning of a file tells it from others.
const FIRST_BYTES: usize = 4096;

/// How many bytes before the place we are at are compared.
const BEFORE_BYTES: usize = 64;

//! The files of a spool: each is named after its first number and its salt.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use super::frame::{Found, find, look};
use crate::wide;

/// One file of the spool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Segment {
    pub(super) path: PathBuf,
    pub(super) salt: u32,
    /// How many of its bytes are durable.
    pub(super) bytes: u64,
}

/// All files of the spool by their first number.
#[derive(Debug, Default)]
pub(super) struct Segments(BTreeMap<i64, Segment>);

/// What reading a segment to its end found.
#[derive(Debug, Default)]
pub(super) struct Scan {
    /// Behind the last frame of the last complete commit.
    pub(super) end: usize,
    /// The last number of it.
    pub(super) last: Option<i64>,
    pub(super) memo: Option<Vec<u8>>,
    /// Whether what follows the end is more than a commit that was cut off.
    pub(super) is_damaged: bool,
}

impl Segment {
    pub(super) fn of(folder: &Path, first: i64, salt: u32) -> Self {
        Self { path: folder.join(format!("{first:020}-{salt:08x}.{SUFFIX}")), salt, bytes: 0 }
    }
}

impl Segments {
    /// Lists the folder. Where a name stands twice, the longer file is the one that was used.
    pub(super) fn list(folder: &Path) -> io::Result<Self> {
        let mut all: BTreeMap<i64, Segment> = BTreeMap::new();
        for entry in std::fs::read_dir(folder)? {
            let entry = entry?;
            let path = entry.path();
            let Some((first, salt)) = named(&path) else { continue };
            let segment = Segment { path, salt, bytes: entry.metadata()?.len() };
            if all.get(&first).is_none_or(|other| other.bytes < segment.bytes) {
                all.insert(first, segment);
            }
        }
        Ok(Self(all))
    }

    pub(super) fn last(&self) -> Option<(i64, &Segment)> {
        self.0.last_key_value().map(|(first, segment)| (*first, segment))
    }

    /// The first number of the first segment.
    pub(super) fn first(&self) -> Option<i64> {
        self.0.first_key_value().map(|(first, _)| *first)
    }

    /// The segment a number is in, or the first one where it is gone already.
    pub(super) fn holding(&self, number: i64) -> Option<(i64, Segment)> {
        let found = self.0.range(..=number).next_back().or_else(|| self.0.first_key_value());
        found.map(|(first, segment)| (*first, segment.clone()))
    }

    /// The first number of the segment after this one.
    pub(super) fn after(&self, first: i64) -> Option<i64> {
        self.0.range(first.saturating_add(1)..).next().map(|(next, _)| *next)
    }

    pub(super) fn put(&mut self, first: i64, segment: Segment) {
        self.0.insert(first, segment);
    }

    pub(super) fn grown(&mut self, first: i64, bytes: u64) {
        if let Some(segment) = self.0.get_mut(&first) {
            segment.bytes = bytes;
        }
    }

    pub(super) fn bytes_of(&self, first: i64) -> u64 {
        self.0.get(&first).map_or(0, |segment| segment.bytes)
    }

    pub(super) fn bytes(&self) -> u64 {
        self.0.values().map(|segment| segment.bytes).sum()
    }

    /// Takes out the segments that have nothing behind a number. The last one stays: its name keeps the count.
    pub(super) fn take_up_to(&mut self, number: i64) -> Vec<(i64, Segment)> {
        let mut taken = Vec::new();
        while let Some((first, _)) = self.0.first_key_value() {
            let first = *first;
            if self.after(first).is_none_or(|next| next > number.saturating_add(1)) {
                break;
            }
            taken.extend(self.0.remove_entry(&first));
        }
        taken
    }
}

/// Reads a segment from its beginning: where its last complete commit ends.
pub(super) fn scan(bytes: &[u8], salt: u32, length_max: usize, first: i64) -> Scan {
    let mut scan = Scan::default();
    let mut pending = Scan::default();
    let mut at = 0;
    while let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
        match look(rest, salt, length_max) {
            Found::Frame(frame, length) => {
                at += length;
                if frame.memo {
                    pending.memo = Some(frame.bytes.to_vec());
                } else {
                    pending.last = Some(frame.number);
                }
                if frame.rest == 0 {
                    scan.take(&mut pending, at);
                }
            }
            Found::Begun(_) | Found::Damage => {
                let from = scan.last.map_or(first, |last| last + 1);
                let Some(next) = find(rest, salt, length_max, &(from..i64::MAX)) else { break };
                at += next;
            }
        }
    }
    let rest = bytes.get(at..).unwrap_or_default();
    scan.is_damaged = matches!(look(rest, salt, length_max), Found::Damage);
    if scan.is_damaged {
        // The commit may have been acknowledged: what is sound of it stays.
        scan.take(&mut pending, at);
    }
    scan
}

impl Scan {
    fn take(&mut self, pending: &mut Self, end: usize) {
        self.end = end;
        self.last = pending.last.take().or(self.last);
        self.memo = pending.memo.take().or_else(|| self.memo.take());
    }

    pub(super) fn end_on_disk(&self) -> u64 {
        wide(self.end)
    }
}

fn named(path: &Path) -> Option<(i64, u32)> {
    let name = path.file_name()?.to_str()?.strip_suffix(SUFFIX)?.strip_suffix('.')?;
    let (first, salt) = name.split_once('-')?;
    Some((first.parse().ok()?, u32::from_str_radix(salt, 16).ok()?))
}

const SUFFIX: &str = "spool";

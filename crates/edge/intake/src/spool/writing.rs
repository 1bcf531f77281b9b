//! The one thread that writes: it gathers what waits and synchronises the disk once for all of it.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::FileExt as _;
use std::path::Path;
use std::sync::Arc;

use tokio::sync::{mpsc, oneshot};

use super::frame::{Frame, HEADER};
use super::segment::{Scan, Segment, Segments, scan};
use super::{Entry, Receipt, Shared, SpoolFault};
use crate::wide;

/// Entries that want to be on disk.
#[derive(Debug)]
pub(super) struct Append {
    pub(super) entries: Vec<Entry>,
    pub(super) memo: Option<Vec<u8>>,
    pub(super) done: oneshot::Sender<Result<Receipt, SpoolFault>>,
}

/// The writer and the segment it writes to.
#[derive(Debug)]
pub(super) struct Writer {
    shared: Arc<Shared>,
    /// Held as long as the writer lives.
    _lock: File,
    file: File,
    first: i64,
    salt: u32,
    /// How many bytes of the segment are durable; whatever lies behind was never acknowledged.
    length: u64,
    /// The number of the next entry.
    next: i64,
    /// Whether a commit failed and left something behind the durable bytes.
    is_torn: bool,
}

/// Commits that go to disk together.
#[derive(Default)]
struct Group {
    bytes: Vec<u8>,
    next: i64,
    memo: Option<Vec<u8>>,
    waiting: Vec<(Receipt, oneshot::Sender<Result<Receipt, SpoolFault>>)>,
}

impl Writer {
    /// Finds the end of what was acknowledged, cuts off what was not, and never steps back in numbers.
    pub(super) fn recover(
        shared: Arc<Shared>,
        lock: File,
        reached: Option<i64>,
    ) -> io::Result<Self> {
        let segments = Segments::list(&shared.folder)?;
        let reached = reached.unwrap_or(0);
        let Some((first, segment)) = segments.last().map(|(first, last)| (first, last.clone()))
        else {
            return Self::on_new_segment(shared, lock, segments, reached.max(0) + 1);
        };
        let bytes = std::fs::read(&segment.path)?;
        let found = scan(&bytes, segment.salt, shared.length_max(), first);
        let behind = bytes.get(found.end..).unwrap_or_default();
        if found.is_damaged {
            shared.put_aside(&segment, found.end_on_disk(), behind)?;
        }
        let file = OpenOptions::new().write(true).open(&segment.path)?;
        if !behind.is_empty() {
            file.set_len(found.end_on_disk())?;
        }
        file.sync_all()?;
        let next = found.next(first, behind.len());
        Self::settle(&shared, segments, first, &found);
        let after = found.last.map_or(first, |last| last + 1);
        if next > after || reached >= next {
            let segments = std::mem::take(&mut shared.state().segments);
            return Self::on_new_segment(shared, lock, segments, next.max(reached + 1));
        }
        shared.state().durable = next - 1;
        let length = found.end_on_disk();
        let salt = segment.salt;
        Ok(Self { shared, _lock: lock, file, first, salt, length, next, is_torn: false })
    }

    fn settle(shared: &Shared, mut segments: Segments, first: i64, found: &Scan) {
        segments.grown(first, found.end_on_disk());
        let mut state = shared.state();
        state.segments = segments;
        state.memo.clone_from(&found.memo);
    }

    fn on_new_segment(
        shared: Arc<Shared>,
        lock: File,
        mut segments: Segments,
        first: i64,
    ) -> io::Result<Self> {
        let memo = shared.state().memo.clone();
        let (file, segment) = created(&shared.folder, first, memo.as_deref())?;
        let (salt, length) = (segment.salt, segment.bytes);
        segments.put(first, segment);
        let mut state = shared.state();
        state.segments = segments;
        state.durable = first - 1;
        drop(state);
        Ok(Self { shared, _lock: lock, file, first, salt, length, next: first, is_torn: false })
    }

    /// Works until nobody is left who could bring anything.
    pub(super) fn run(mut self, mut incoming: mpsc::Receiver<Append>) {
        while let Some(append) = incoming.blocking_recv() {
            let mut group = Group { next: self.next, ..Group::default() };
            self.join(&mut group, append);
            while group.bytes.len() < GROUP_BYTES
                && let Ok(append) = incoming.try_recv()
            {
                self.join(&mut group, append);
            }
            self.commit(group);
        }
    }

    /// Puts a commit into the group, or tells it to wait.
    fn join(&mut self, group: &mut Group, append: Append) {
        let needed: usize = append.entries.iter().map(Entry::weight).sum();
        let needed = needed + append.memo.as_ref().map_or(0, |memo| memo.len() + HEADER);
        if group.bytes.is_empty() && !self.has_room(needed) {
            self.make_room();
        }
        if self.has_room(group.bytes.len() + needed) {
            group.add(append, self.salt);
        } else {
            self.shared.state().refused += 1;
            answer(append.done, Err(SpoolFault::Full));
        }
    }

    fn has_room(&self, needed: usize) -> bool {
        let taken = self.shared.state().segments.bytes();
        taken.saturating_add(wide(needed)) <= self.shared.limits.bytes_max
    }

    /// Begins a segment, so that the last one can go as soon as it is safe elsewhere.
    fn make_room(&mut self) {
        if self.next > self.first && !self.is_torn {
            self.rotate();
        }
        let forgotten = self.shared.state().forgotten;
        if let Err(fault) = self.shared.forget(forgotten) {
            tracing::error!(%fault, "a spool cannot delete what is safe elsewhere");
        }
    }

    fn commit(&mut self, group: Group) {
        let written = self.written(&group.bytes);
        match written {
            Ok(()) => {
                self.length += wide(group.bytes.len());
                self.next = group.next;
                self.publish(group.memo);
                for (receipt, done) in group.waiting {
                    answer(done, Ok(receipt));
                }
                self.rotate_when_large();
            }
            Err(source) => {
                tracing::error!(folder = %self.shared.folder.display(), %source, "a spool cannot write");
                self.is_torn = true;
                let fault = SpoolFault::disk(&self.shared.folder, source);
                for (_receipt, done) in group.waiting {
                    answer(done, Err(fault.clone()));
                }
            }
        }
    }

    fn written(&mut self, bytes: &[u8]) -> io::Result<()> {
        if self.is_torn {
            self.file.set_len(self.length)?;
            self.file.sync_all()?;
            self.is_torn = false;
        }
        self.file.write_all_at(bytes, self.length)?;
        self.file.sync_data()
    }

    fn publish(&self, memo: Option<Vec<u8>>) {
        let mut state = self.shared.state();
        state.segments.grown(self.first, self.length);
        state.durable = self.next - 1;
        if memo.is_some() {
            state.memo = memo;
        }
    }

    fn rotate_when_large(&mut self) {
        if self.length < self.shared.limits.segment_bytes || self.next == self.first {
            return;
        }
        self.rotate();
    }

    fn rotate(&mut self) {
        let memo = self.shared.state().memo.clone();
        match created(&self.shared.folder, self.next, memo.as_deref()) {
            Ok((file, segment)) => {
                self.file = file;
                self.first = self.next;
                self.salt = segment.salt;
                self.length = segment.bytes;
                self.shared.state().segments.put(self.first, segment);
            }
            // The old segment goes on growing; it is tried again after the next commit.
            Err(source) => {
                tracing::error!(folder = %self.shared.folder.display(), %source, "a spool cannot begin a segment");
            }
        }
    }
}

impl Group {
    fn add(&mut self, append: Append, salt: u32) {
        let frames = append.entries.len() + usize::from(append.memo.is_some());
        let mut rest = u32::try_from(frames).unwrap_or(u32::MAX);
        for entry in &append.entries {
            rest = rest.saturating_sub(1);
            let frame = Frame {
                number: self.next,
                rest,
                shortened: entry.shortened,
                memo: false,
                name: entry.name.as_deref().map(short),
                bytes: &entry.bytes,
            };
            frame.write(salt, &mut self.bytes);
            self.next += 1;
        }
        if let Some(memo) = append.memo {
            memo_frame(self.next, &memo).write(salt, &mut self.bytes);
            self.memo = Some(memo);
        }
        self.waiting.push((Receipt { number: self.next - 1 }, append.done));
    }
}

impl Scan {
    /// The next number: behind everything that may have been acknowledged and is now damaged.
    fn next(&self, first: i64, behind: usize) -> i64 {
        let after = self.last.map_or(first, |last| last + 1);
        if !self.is_damaged {
            return after;
        }
        let may_have_been = i64::try_from(behind / HEADER).unwrap_or(i64::MAX);
        after.saturating_add(may_have_been).saturating_add(1)
    }
}

impl Shared {
    /// How long the body of a frame may be: an entry, and its name.
    pub(super) fn length_max(&self) -> usize {
        self.limits.entry_bytes_max.saturating_add(NAME_BYTES_MAX + 2)
    }
}

/// Makes a segment: it has its name only when it is whole, so a memo is never lost on the way.
fn created(folder: &Path, first: i64, memo: Option<&[u8]>) -> io::Result<(File, Segment)> {
    let salt = getrandom::u32().map_err(io::Error::other)?;
    let mut segment = Segment::of(folder, first, salt);
    let draft = folder.join("draft");
    let file = OpenOptions::new().write(true).create(true).truncate(true).open(&draft)?;
    let mut bytes = Vec::new();
    if let Some(memo) = memo {
        memo_frame(first, memo).write(salt, &mut bytes);
    }
    file.write_all_at(&bytes, 0)?;
    file.sync_all()?;
    std::fs::rename(&draft, &segment.path)?;
    File::open(folder)?.sync_all()?;
    segment.bytes = wide(bytes.len());
    Ok((file, segment))
}

fn memo_frame(number: i64, memo: &[u8]) -> Frame<'_> {
    Frame { number, rest: 0, shortened: false, memo: true, name: None, bytes: memo }
}

/// The beginning of a name, as much as a frame takes.
fn short(name: &str) -> &str {
    name.get(..name.floor_char_boundary(NAME_BYTES_MAX)).unwrap_or(name)
}

fn answer(done: oneshot::Sender<Result<Receipt, SpoolFault>>, answer: Result<Receipt, SpoolFault>) {
    // Whoever asked may have gone; what is on disk stays on disk.
    drop(done.send(answer));
}

/// So much goes to disk at once at most, one commit more or less.
const GROUP_BYTES: usize = 16 * 1024 * 1024;

/// Bytes a name may have.
const NAME_BYTES_MAX: usize = 255;

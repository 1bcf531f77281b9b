//! A small spool: what senders cannot say twice is on disk here before they are answered.
//!
//! Entries have numbers that rise without gap for ever; a number is never given twice, not even when the
//! folder was emptied or its end was damaged. Many writers share one synchronisation of the disk. The spool
//! is bounded: who comes to a full one is told to wait. What is damaged is put aside, counted and passed over.
//! Whoever fills it may leave a memo (a cursor), kept in the same commit as the entries it belongs to.
//!
//! Start reading at [`Spool::append`]; [`SpoolSource`] reads.

mod frame;
mod reading;
mod segment;
mod source;
#[cfg(test)]
mod tests;
mod writing;

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use tokio::sync::{Notify, Semaphore, mpsc, oneshot};

use crate::wide;
use segment::{Segment, Segments};
pub use source::{Content, SpoolSource};
use writing::{Append, Writer};

/// The spool of one feed. Clones are the same spool.
#[derive(Clone, Debug)]
pub struct Spool {
    inner: Arc<Inner>,
}

/// One entry.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entry {
    /// The name of a file, where there is one.
    pub name: Option<String>,
    /// The bytes.
    pub bytes: Vec<u8>,
    /// Whether it was longer than allowed, and only its beginning is here.
    pub shortened: bool,
}

/// How much a spool may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SpoolLimits {
    /// All of it, on disk.
    pub bytes_max: u64,
    /// A segment is closed when it is as large as this; whole segments are deleted.
    pub segment_bytes: u64,
    /// One entry.
    pub entry_bytes_max: usize,
    /// What may wait in memory for the disk.
    pub waiting_bytes_max: u32,
}

/// Entries are on disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// The number of the last of them.
    pub number: i64,
}

/// How a spool stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SpoolStanding {
    /// The last number that is on disk; 0 where there was none yet.
    pub durable: i64,
    /// Entries that are not known to be safe elsewhere.
    pub waiting: u64,
    /// Bytes on disk.
    pub bytes: u64,
    /// Bytes it may have.
    pub bytes_max: u64,
    /// How often something damaged was put aside since it was opened.
    pub damaged: u64,
    /// How often a sender was told to wait since it was opened.
    pub refused: u64,
}

/// Why a spool did not take or give something. What was to be kept is not kept.
#[derive(Clone, Debug, thiserror::Error)]
pub enum SpoolFault {
    /// No room: come again.
    #[error("the spool is full; send again later")]
    Full,
    /// Larger than an entry may be.
    #[error("{bytes} bytes are more than the {bytes_max} that are taken at once")]
    TooLarge {
        /// How many there are.
        bytes: usize,
        /// The limit.
        bytes_max: usize,
    },
    /// The disk.
    #[error("the spool in {} cannot be used; look at its disk", folder.display())]
    Disk {
        /// Where.
        folder: PathBuf,
        /// The cause.
        source: Arc<io::Error>,
    },
    /// Another process has it.
    #[error("the spool in {} belongs to another process that is still running", folder.display())]
    Taken {
        /// Where.
        folder: PathBuf,
    },
    /// The spool was closed.
    #[error("the spool is closed; what was to be kept is not kept")]
    Closed,
}

#[derive(Debug)]
struct Inner {
    shared: Arc<Shared>,
    /// `None` once the spool closes.
    commands: Option<mpsc::Sender<Append>>,
    waiting: Semaphore,
    writer: Option<JoinHandle<()>>,
}

/// What the writer, the readers and those who ask have in common.
#[derive(Debug)]
struct Shared {
    folder: PathBuf,
    limits: SpoolLimits,
    state: Mutex<State>,
    room: Notify,
}

#[derive(Debug, Default)]
struct State {
    segments: Segments,
    durable: i64,
    memo: Option<Vec<u8>>,
    /// Up to where everything is safe elsewhere, as far as we were told.
    forgotten: i64,
    damaged: u64,
    refused: u64,
}

impl Spool {
    /// Opens a spool, and makes it where there is none.
    ///
    /// `reached` is how far the lake has taken it in: numbers up to there are never given again, whatever
    /// became of the folder.
    pub fn open(
        folder: &Path,
        limits: SpoolLimits,
        reached: Option<i64>,
    ) -> Result<Self, SpoolFault> {
        let fault = |source| SpoolFault::disk(folder, source);
        std::fs::create_dir_all(folder).map_err(fault)?;
        let lock = locked(folder)?;
        let shared = Arc::new(Shared {
            folder: folder.to_owned(),
            limits,
            state: Mutex::default(),
            room: Notify::new(),
        });
        shared.state().forgotten = reached.unwrap_or(0);
        let writer = Writer::recover(Arc::clone(&shared), lock, reached).map_err(fault)?;
        let (commands, incoming) = mpsc::channel(COMMANDS_MAX);
        let writer = std::thread::Builder::new()
            .name("spool".to_owned())
            .spawn(move || writer.run(incoming))
            .map_err(fault)?;
        let waiting = Semaphore::new(usize::try_from(limits.waiting_bytes_max).unwrap_or(0));
        let inner = Inner { shared, commands: Some(commands), waiting, writer: Some(writer) };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// Keeps entries, all or none; they are on disk when this returns.
    pub async fn append(&self, entries: Vec<Entry>) -> Result<Receipt, SpoolFault> {
        self.append_with(entries, None).await
    }

    /// Keeps entries and a memo, all or none. The memo takes the place of the one before.
    pub async fn append_with(
        &self,
        entries: Vec<Entry>,
        memo: Option<Vec<u8>>,
    ) -> Result<Receipt, SpoolFault> {
        let limits = self.inner.shared.limits;
        let longest = entries.iter().map(|entry| entry.bytes.len()).max().unwrap_or(0);
        let longest = longest.max(memo.as_ref().map_or(0, Vec::len));
        if longest > limits.entry_bytes_max {
            return Err(SpoolFault::TooLarge { bytes: longest, bytes_max: limits.entry_bytes_max });
        }
        let bytes = entries.iter().map(Entry::weight).sum::<usize>();
        // The memo is written once more at the head of a segment.
        let with_memo =
            wide(bytes) + memo.as_ref().map_or(0, |memo| 2 * wide(memo.len() + frame::HEADER));
        if with_memo > limits.bytes_max {
            return Err(SpoolFault::TooLarge { bytes, bytes_max: narrow(limits.bytes_max) });
        }
        // What is larger than everything that may wait waits alone.
        let permits = u32::try_from(bytes).unwrap_or(u32::MAX).min(limits.waiting_bytes_max);
        let closed = |_gone| SpoolFault::Closed;
        let _permit = self.inner.waiting.acquire_many(permits).await.map_err(closed)?;
        let (done, answer) = oneshot::channel();
        let commands = self.inner.commands.as_ref().ok_or(SpoolFault::Closed)?;
        commands.send(Append { entries, memo, done }).await.map_err(|_gone| SpoolFault::Closed)?;
        answer.await.map_err(|_gone| SpoolFault::Closed)?
    }

    /// Keeps entries one after the other, and waits while the spool is full: for senders that can be made to wait.
    ///
    /// Where it is broken off, the first of them may be kept.
    pub async fn append_in_time(&self, entries: Vec<Entry>) -> Result<Receipt, SpoolFault> {
        let part_bytes = narrow(self.inner.shared.limits.bytes_max / 4);
        let mut receipt = Receipt { number: self.standing().durable };
        let mut entries = entries.into_iter().peekable();
        while entries.peek().is_some() {
            let (mut part, mut bytes) = (Vec::new(), 0);
            while let Some(entry) =
                entries.next_if(|it| bytes == 0 || bytes + it.weight() <= part_bytes)
            {
                bytes += entry.weight();
                part.push(entry);
            }
            receipt = self.append_part(part).await?;
        }
        Ok(receipt)
    }

    async fn append_part(&self, part: Vec<Entry>) -> Result<Receipt, SpoolFault> {
        loop {
            let room = self.inner.shared.room.notified();
            tokio::pin!(room);
            // Room that is made while we are told that there is none is not missed.
            room.as_mut().enable();
            match self.append(part.clone()).await {
                Err(SpoolFault::Full) => room.await,
                done => return done,
            }
        }
    }

    /// What was left as the memo of the last commit that had one.
    pub fn memo(&self) -> Option<Vec<u8>> {
        self.inner.shared.state().memo.clone()
    }

    /// Forgets what is safe elsewhere: whole segments up to this number.
    pub fn forget(&self, number: i64) -> Result<(), SpoolFault> {
        self.inner.shared.forget(number)
    }

    /// How it stands.
    pub fn standing(&self) -> SpoolStanding {
        let state = self.inner.shared.state();
        SpoolStanding {
            durable: state.durable,
            waiting: state.waiting(),
            bytes: state.segments.bytes(),
            bytes_max: self.inner.shared.limits.bytes_max,
            damaged: state.damaged,
            refused: state.refused,
        }
    }
}

impl State {
    /// How many entries are there and not known to be safe elsewhere: what is before the first segment is.
    fn waiting(&self) -> u64 {
        let before_first = self.segments.first().map_or(self.durable, |first| first - 1);
        let safe = self.forgotten.max(before_first);
        u64::try_from(self.durable.saturating_sub(safe)).unwrap_or_default()
    }
}

impl Entry {
    /// An entry of bytes alone.
    pub fn of(bytes: impl Into<Vec<u8>>) -> Self {
        Self { bytes: bytes.into(), ..Self::default() }
    }

    fn weight(&self) -> usize {
        self.bytes.len() + self.name.as_ref().map_or(0, String::len) + frame::HEADER
    }
}

impl Default for SpoolLimits {
    fn default() -> Self {
        Self {
            bytes_max: 4 * 1024 * 1024 * 1024,
            segment_bytes: 64 * 1024 * 1024,
            entry_bytes_max: 64 * 1024 * 1024,
            waiting_bytes_max: 64 * 1024 * 1024,
        }
    }
}

impl SpoolFault {
    fn disk(folder: &Path, source: io::Error) -> Self {
        Self::Disk { folder: folder.to_owned(), source: Arc::new(source) }
    }
}

impl Drop for Inner {
    /// What was accepted is written before the spool is gone.
    fn drop(&mut self) {
        drop(self.commands.take());
        if let Some(writer) = self.writer.take()
            && writer.join().is_err()
        {
            tracing::error!(folder = %self.shared.folder.display(), "the writer of a spool broke off");
        }
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        // Every change of the state is complete in itself, so a panic elsewhere leaves it sound.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn forget(&self, number: i64) -> Result<(), SpoolFault> {
        let mut state = self.state();
        state.forgotten = state.forgotten.max(number);
        let done = state.segments.take_up_to(number);
        drop(state);
        let mut outcome = Ok(());
        for (first, segment) in done {
            match std::fs::remove_file(&segment.path) {
                Err(source) if source.kind() != io::ErrorKind::NotFound => {
                    self.state().segments.put(first, segment);
                    outcome = Err(SpoolFault::disk(&self.folder, source));
                }
                Ok(()) | Err(_) => {}
            }
        }
        self.room.notify_waiters();
        outcome
    }

    /// Puts damaged bytes aside, where somebody may look at them, and counts them.
    fn put_aside(&self, segment: &Segment, at: u64, bytes: &[u8]) -> io::Result<()> {
        let folder = self.folder.join(ASIDE);
        std::fs::create_dir_all(&folder)?;
        let name = segment.path.file_stem().unwrap_or_default().to_string_lossy();
        let path = folder.join(format!("{name}-{at}"));
        self.state().damaged += 1;
        tracing::error!(path = %path.display(), bytes = bytes.len(), "put damaged bytes of a spool aside");
        std::fs::write(&path, bytes)?;
        File::open(&path)?.sync_all()
    }
}

fn locked(folder: &Path) -> Result<File, SpoolFault> {
    let fault = |source| SpoolFault::disk(folder, source);
    let lock = File::create(folder.join("lock")).map_err(fault)?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(std::fs::TryLockError::WouldBlock) => {
            Err(SpoolFault::Taken { folder: folder.to_owned() })
        }
        Err(std::fs::TryLockError::Error(source)) => Err(fault(source)),
    }
}

/// A length as memory counts.
fn narrow(length: u64) -> usize {
    usize::try_from(length).unwrap_or(usize::MAX)
}

/// Where damaged bytes are put.
const ASIDE: &str = "damaged";

/// Commits that may wait for the disk.
const COMMANDS_MAX: usize = 4096;

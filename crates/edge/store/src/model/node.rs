//! One node: what it has open, what waits to be written, whether it still lives.

use std::collections::VecDeque;
use std::fmt;
use std::future::pending;
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::broadcast;

use super::disk::{Disk, ModelDisk};
use super::faults::{Call, Fate, Faults, step_back};
use crate::board::Board;
use crate::commit::{Commit, Committed};
use crate::fault::{AppendFault, StoreFault};
use crate::settings::{Figures, Settings};
use crate::store::Moved;

/// A handle of a disk. It ends by itself when a fault says so.
pub(crate) struct Node {
    disk: ModelDisk,
    pub(crate) boards: &'static [&'static Board],
    pub(crate) chunk_bytes_max: usize,
    queue_max: usize,
    faults: Arc<dyn Faults>,
    waiting: Mutex<VecDeque<Waiting>>,
    figures: Mutex<Figures>,
    moved: broadcast::Sender<Moved>,
    has_crashed: AtomicBool,
    is_closed: AtomicBool,
}

/// A command that waits for the next batch, and where its answer goes.
struct Waiting {
    commit: Commit,
    answer: Answer,
}

/// Where an answer is put down.
type Answer = Arc<Mutex<Option<Result<Committed, AppendFault>>>>;

impl fmt::Debug for Node {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Node").field("disk", &self.disk).finish_non_exhaustive()
    }
}

impl Node {
    pub(crate) async fn open(
        disk: ModelDisk,
        settings: &Settings,
        boards: &'static [&'static Board],
        faults: Arc<dyn Faults>,
    ) -> Result<Self, StoreFault> {
        let (moved, _) = broadcast::channel(FOLLOWED_MAX);
        let node = Self {
            disk,
            boards,
            chunk_bytes_max: settings.chunk_bytes_max,
            queue_max: settings.queue_max.max(1),
            faults,
            waiting: Mutex::default(),
            figures: Mutex::default(),
            moved,
            has_crashed: AtomicBool::new(false),
            is_closed: AtomicBool::new(false),
        };
        node.call(Call::writes("make the tables"), |disk| disk.make(boards)).await?;
        Ok(node)
    }

    pub(crate) fn has_crashed(&self) -> bool {
        self.has_crashed.load(Ordering::Relaxed)
    }

    pub(crate) fn follow(&self) -> broadcast::Receiver<Moved> {
        self.moved.subscribe()
    }

    pub(crate) fn figures(&self) -> Figures {
        *locked(&self.figures)
    }

    pub(crate) fn close(&self) {
        self.is_closed.store(true, Ordering::Relaxed);
        self.write_what_waits();
    }

    /// One call: the faults are asked, it is done in one step, and they are asked again.
    pub(super) async fn call<T, E: From<StoreFault>>(
        &self,
        call: Call,
        work: impl FnOnce(&mut Disk) -> Result<T, E>,
    ) -> Result<T, E> {
        self.check_open()?;
        self.suffer(self.faults.before(&call)).await?;
        let done = work(&mut self.disk.lock());
        self.suffer(self.faults.after(&call)).await?;
        done
    }

    /// Waits with others for the next batch.
    pub(crate) async fn append(&self, commit: Commit) -> Result<Committed, AppendFault> {
        let call = Call::commits(commit.command_id);
        self.check_open()?;
        self.suffer(self.faults.before(&call)).await?;
        let answer = Answer::default();
        self.queue(Waiting { commit, answer: Arc::clone(&answer) })?;
        step_back().await;
        self.write_what_waits();
        self.suffer(self.faults.after(&call)).await?;
        let answer = locked(&answer).take();
        answer.unwrap_or(Err(AppendFault::Store(StoreFault::Closed)))
    }

    /// Several in their order, as one batch. Once one cannot be taken, those after it are not either.
    pub(crate) async fn append_in_order(
        &self,
        commits: Vec<Result<Commit, AppendFault>>,
    ) -> Vec<Result<Committed, AppendFault>> {
        let answers: Vec<Answer> = commits.iter().map(|_| Answer::default()).collect();
        let mut takes_more = true;
        for (commit, answer) in commits.into_iter().zip(&answers) {
            let taken =
                if takes_more { self.take(commit, answer).await } else { Err(AppendFault::Busy) };
            takes_more &= taken.is_ok();
            if let Err(fault) = taken {
                *locked(answer) = Some(Err(fault));
            }
        }
        step_back().await;
        self.write_what_waits();
        let mut ends = Vec::with_capacity(answers.len());
        for answer in &answers {
            let closed = Err(AppendFault::Store(StoreFault::Closed));
            let answer = locked(answer).take().unwrap_or(closed);
            ends.push(match answer {
                Ok(committed) => {
                    let call = Call::commits(committed.command_id);
                    match self.suffer(self.faults.after(&call)).await {
                        Ok(()) => Ok(committed),
                        Err(fault) => Err(fault.into()),
                    }
                }
                Err(fault) => Err(fault),
            });
        }
        ends
    }

    async fn take(
        &self,
        commit: Result<Commit, AppendFault>,
        answer: &Answer,
    ) -> Result<(), AppendFault> {
        let commit = commit?;
        self.check_open()?;
        self.suffer(self.faults.before(&Call::commits(commit.command_id))).await?;
        self.queue(Waiting { commit, answer: Arc::clone(answer) })
    }

    fn queue(&self, waiting: Waiting) -> Result<(), AppendFault> {
        let mut queue = locked(&self.waiting);
        if queue.len() >= self.queue_max {
            return Err(AppendFault::Busy);
        }
        queue.push_back(waiting);
        Ok(())
    }

    /// Writes everything that waits, in its order, as one batch.
    fn write_what_waits(&self) {
        let batch: Vec<Waiting> = locked(&self.waiting).drain(..).collect();
        if batch.is_empty() || self.has_crashed() {
            return;
        }
        let mut streams = Vec::new();
        let mut position = 0;
        let mut written = 0_u64;
        for Waiting { commit, answer } in batch {
            let ended = self.disk.lock().write(&commit, self.boards);
            let mut figures = locked(&self.figures);
            match &ended {
                Ok(committed) if committed.repeated => figures.repeats += 1,
                Ok(committed) => {
                    written += 1;
                    figures.commits += 1;
                    figures.entries += u64::try_from(committed.entries.len()).unwrap_or_default();
                    position = committed.entries.last().map_or(position, |it| it.position);
                    streams.extend(commit.streams.into_iter().map(|part| part.stream));
                }
                Err(_) => {}
            }
            *locked(&answer) = Some(ended);
        }
        if written > 0 {
            let mut figures = locked(&self.figures);
            figures.batches += 1;
            figures.flushes += 1;
        }
        if !streams.is_empty() && self.moved.receiver_count() > 0 {
            // It fails only when the last listener has just left.
            drop(self.moved.send(Moved { position, streams: streams.into() }));
        }
    }

    fn check_open(&self) -> Result<(), StoreFault> {
        let is_gone = self.has_crashed() || self.is_closed.load(Ordering::Relaxed);
        if is_gone { Err(StoreFault::Closed) } else { Ok(()) }
    }

    /// What is to become of a call, becomes of it.
    async fn suffer(&self, fate: Fate) -> Result<(), StoreFault> {
        match fate {
            Fate::GoOn => Ok(()),
            Fate::Wait(times) => {
                for _ in 0..times {
                    step_back().await;
                }
                Ok(())
            }
            Fate::Fail => Err(lost()),
            Fate::Crash => {
                self.has_crashed.store(true, Ordering::Relaxed);
                self.disk.lock().lose_what_is_unsaved();
                pending().await
            }
        }
    }
}

/// What the driver says when the connection is cut.
fn lost() -> StoreFault {
    let cut = io::Error::new(io::ErrorKind::ConnectionReset, "a fault of the simulation");
    StoreFault::Unreachable { source: Arc::new(sqlx::Error::Io(cut)) }
}

pub(super) fn locked<T>(held: &Mutex<T>) -> MutexGuard<'_, T> {
    held.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Batches a follower may be behind.
const FOLLOWED_MAX: usize = 1_024;

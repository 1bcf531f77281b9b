//! The store itself: opening, appending, following, closing.

use std::fmt;
use std::sync::Arc;

use sqlx::AnyPool;
use sqlx::any::AnyRow;
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{Semaphore, broadcast, mpsc, oneshot};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::board::Board;
use crate::commit::{Commit, Committed};
use crate::engine::{Engine, Role, connect};
use crate::fault::{AppendFault, StoreFault};
use crate::journal::column;
use crate::schema;
use crate::settings::{Figures, Settings};
use crate::statement::Statement;
use crate::writer::{Counters, Job, Step, Task, Waiting, Writer, weight};

/// The journal, the boards, the blobs and the side state of one database. Clones share it.
#[derive(Clone)]
pub struct Store(Arc<Inner>);

struct Inner {
    engine: Engine,
    url: String,
    boards: &'static [&'static Board],
    chunk_bytes_max: usize,
    readers: AnyPool,
    writer: AnyPool,
    jobs: mpsc::Sender<Job>,
    /// Room for what waits, in KiB.
    room: Arc<Semaphore>,
    moved: broadcast::Sender<Moved>,
    counters: Arc<Counters>,
    closing: CancellationToken,
    tasks: TaskTracker,
}

/// Statements that wait for the writer.
#[derive(Debug)]
pub(crate) struct HandedIn(oneshot::Receiver<Result<Option<Vec<u64>>, StoreFault>>);

impl HandedIn {
    /// Waits until they are on disk.
    pub(crate) async fn ended(self) -> Result<Option<Vec<u64>>, StoreFault> {
        self.0.await.unwrap_or(Err(StoreFault::Closed))
    }
}

/// Told after a batch is on disk: how far the journal is, and which streams changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moved {
    /// The position of the last entry of the batch; 0 when it had none.
    pub position: u64,
    /// The streams that moved on or whose boards changed.
    pub streams: Arc<[String]>,
}

impl fmt::Debug for Store {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Store").field("engine", &self.0.engine).finish_non_exhaustive()
    }
}

impl Store {
    /// Opens a database, makes the tables that are missing and starts the writer.
    pub async fn open(
        settings: &Settings,
        boards: &'static [&'static Board],
    ) -> Result<Self, StoreFault> {
        let engine = Engine::of(&settings.url)?;
        let writer = connect(engine, Role::Writer, settings).await?;
        let acquired = writer.acquire().await;
        let mut connection = acquired.map_err(|error| StoreFault::of("open it", error))?;
        engine.check_durable(&mut connection).await?;
        schema::create(&mut connection, engine, boards).await?;
        drop(connection);
        let readers = connect(engine, Role::Reader, settings).await?;

        let (jobs, waiting) = mpsc::channel(settings.queue_max.max(1));
        let (moved, _) = broadcast::channel(FOLLOWED_MAX);
        let inner = Inner {
            engine,
            url: settings.url.clone(),
            boards,
            chunk_bytes_max: settings.chunk_bytes_max.clamp(1, CHUNK_BYTES_MAX),
            readers,
            writer: writer.clone(),
            jobs,
            room: Arc::new(Semaphore::new(WAITING_KIBIBYTES_MAX)),
            moved: moved.clone(),
            counters: Arc::default(),
            closing: CancellationToken::new(),
            tasks: TaskTracker::new(),
        };
        let task = Writer {
            engine,
            pool: writer,
            boards,
            batch_max: settings.batch_max.max(1),
            jobs: waiting,
            closing: inner.closing.clone(),
            counters: Arc::clone(&inner.counters),
            moved,
        };
        inner.tasks.spawn(task.run());
        inner.tasks.close();
        Ok(Self(Arc::new(inner)))
    }

    /// Writes a command. When this returns it is on disk, whole, or nothing of it is.
    ///
    /// A repeat of a command that was committed before gets the first answer.
    pub async fn append(&self, commit: Commit) -> Result<Committed, AppendFault> {
        commit.check(self.0.chunk_bytes_max)?;
        self.check_boards(&commit)?;
        let kibibytes = u32::try_from(weight(&commit) / 1_024 + 1).unwrap_or(u32::MAX);
        let room = Arc::clone(&self.0.room).try_acquire_many_owned(kibibytes);
        let Ok(room) = room else { return Err(AppendFault::Busy) };
        let (answer, answered) = oneshot::channel();
        let waiting = Waiting { commit, answer, _room: room };
        self.0.jobs.try_send(Job::Append(Box::new(waiting))).map_err(|refused| match refused {
            TrySendError::Full(_) => AppendFault::Busy,
            TrySendError::Closed(_) => AppendFault::Store(StoreFault::Closed),
        })?;
        answered.await.unwrap_or(Err(AppendFault::Store(StoreFault::Closed)))
    }

    /// Follows what this node commits from now on. Who falls behind is told so and should look again.
    pub fn follow(&self) -> broadcast::Receiver<Moved> {
        self.0.moved.subscribe()
    }

    /// What the writer has done since the store was opened.
    pub fn figures(&self) -> Figures {
        self.0.counters.figures()
    }

    /// Boards that were made anew since the journal began and have not been rebuilt.
    pub async fn stale_boards(&self) -> Result<Vec<String>, StoreFault> {
        let asked = Statement::of("SELECT board FROM board WHERE stale = 1 ORDER BY board", vec![]);
        let rows = self.read("read the boards", asked).await?;
        rows.iter().map(|row| column(row, 0)).collect()
    }

    /// Takes nothing more, writes what waits and lets the database go.
    pub async fn close(&self) {
        self.0.closing.cancel();
        self.0.tasks.wait().await;
        self.0.readers.close().await;
        self.0.writer.close().await;
    }

    pub(crate) fn engine(&self) -> Engine {
        self.0.engine
    }

    pub(crate) fn url(&self) -> &str {
        &self.0.url
    }

    pub(crate) fn chunk_bytes_max(&self) -> usize {
        self.0.chunk_bytes_max
    }

    pub(crate) fn boards(&self) -> &'static [&'static Board] {
        self.0.boards
    }

    pub(crate) fn board(&self, name: &str) -> Result<&'static Board, StoreFault> {
        self.0
            .boards
            .iter()
            .copied()
            .find(|board| board.name == name)
            .ok_or_else(|| StoreFault::Malformed(format!("there is no board {name}")))
    }

    /// Reads with one of the readers.
    pub(crate) async fn read(
        &self,
        doing: &'static str,
        asked: Statement,
    ) -> Result<Vec<AnyRow>, StoreFault> {
        let fault = |error| StoreFault::of(doing, error);
        let mut connection = self.0.readers.acquire().await.map_err(fault)?;
        asked.rows(&mut connection).await.map_err(fault)
    }

    /// Has the writer carry out some statements in a transaction of their own.
    pub(crate) async fn carry_out(
        &self,
        doing: &'static str,
        steps: Vec<Step>,
    ) -> Result<Option<Vec<u64>>, StoreFault> {
        self.hand_in(doing, steps).await?.ended().await
    }

    /// As [`Self::carry_out`], without waiting for the end.
    pub(crate) async fn hand_in(
        &self,
        doing: &'static str,
        steps: Vec<Step>,
    ) -> Result<HandedIn, StoreFault> {
        let (answer, answered) = oneshot::channel();
        let job = Job::Task(Task { doing, steps, answer });
        if self.0.jobs.send(job).await.is_err() {
            return Err(StoreFault::Closed);
        }
        Ok(HandedIn(answered))
    }

    /// Rows that do not fit their boards are refused before they wait with others.
    fn check_boards(&self, commit: &Commit) -> Result<(), StoreFault> {
        for given in commit.streams.iter().flat_map(|part| &part.boards) {
            let board = self.board(given.board)?;
            for row in &given.rows {
                board.check(row)?;
            }
        }
        Ok(())
    }
}

/// Batches a follower may be behind.
const FOLLOWED_MAX: usize = 1_024;

/// Payloads and blobs that may wait for the writer, in KiB.
const WAITING_KIBIBYTES_MAX: usize = 128 << 10;

/// Bytes a chunk may have, whatever the settings say.
const CHUNK_BYTES_MAX: usize = 1 << 20;

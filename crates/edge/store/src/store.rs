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
pub struct Store(Kind);

/// What a store is: a database, or in a simulation a model of one.
#[derive(Clone)]
enum Kind {
    Sql(Arc<Inner>),
    #[cfg(feature = "model")]
    Model(Arc<crate::model::Node>),
}

/// Lets the model answer, when this store is one.
macro_rules! modelled {
    ($store:expr, $model:ident => $answer:expr) => {
        #[cfg(feature = "model")]
        if let Some($model) = $store.model() {
            return $answer;
        }
    };
}
pub(crate) use modelled;

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
        match &self.0 {
            Kind::Sql(inner) => {
                out.debug_struct("Store").field("engine", &inner.engine).finish_non_exhaustive()
            }
            #[cfg(feature = "model")]
            Kind::Model(node) => out.debug_tuple("Store").field(node).finish(),
        }
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
        Ok(Self(Kind::Sql(Arc::new(inner))))
    }

    /// Writes a command. When this returns it is on disk, whole, or nothing of it is.
    ///
    /// A repeat of a command that was committed before gets the first answer.
    pub async fn append(&self, commit: Commit) -> Result<Committed, AppendFault> {
        modelled!(self, node => {
            self.check(&commit)?;
            node.append(commit).await
        });
        self.offer(commit)?.await.unwrap_or(Err(AppendFault::Store(StoreFault::Closed)))
    }

    /// Writes commands so that their entries stand in the journal in this order, with as few flushes as
    /// it takes. They must not share streams. Once one cannot be taken, those after it are not either.
    pub async fn append_in_order(
        &self,
        commits: Vec<Commit>,
    ) -> Vec<Result<Committed, AppendFault>> {
        modelled!(self, node => {
            let checked = commits.into_iter().map(|it| self.check(&it).map(|()| it)).collect();
            node.append_in_order(checked).await
        });
        let mut offered = Vec::with_capacity(commits.len());
        let mut takes_more = true;
        for commit in commits {
            let offer = if takes_more { self.offer(commit) } else { Err(AppendFault::Busy) };
            takes_more &= offer.is_ok();
            offered.push(offer);
        }
        let mut ends = Vec::with_capacity(offered.len());
        for offer in offered {
            ends.push(match offer {
                Ok(answered) => {
                    answered.await.unwrap_or(Err(AppendFault::Store(StoreFault::Closed)))
                }
                Err(fault) => Err(fault),
            });
        }
        ends
    }

    /// Hands a command to the writer, behind those that were handed in before.
    fn offer(
        &self,
        commit: Commit,
    ) -> Result<oneshot::Receiver<Result<Committed, AppendFault>>, AppendFault> {
        self.check(&commit)?;
        let inner = self.sql()?;
        let kibibytes = u32::try_from(weight(&commit) / 1_024 + 1).unwrap_or(u32::MAX);
        let room = Arc::clone(&inner.room).try_acquire_many_owned(kibibytes);
        let Ok(room) = room else { return Err(AppendFault::Busy) };
        let (answer, answered) = oneshot::channel();
        let waiting = Waiting { commit, answer, _room: room };
        inner.jobs.try_send(Job::Append(Box::new(waiting))).map_err(|refused| match refused {
            TrySendError::Full(_) => AppendFault::Busy,
            TrySendError::Closed(_) => AppendFault::Store(StoreFault::Closed),
        })?;
        Ok(answered)
    }

    /// Follows what this node commits from now on. Who falls behind is told so and should look again.
    pub fn follow(&self) -> broadcast::Receiver<Moved> {
        match &self.0 {
            Kind::Sql(inner) => inner.moved.subscribe(),
            #[cfg(feature = "model")]
            Kind::Model(node) => node.follow(),
        }
    }

    /// What the writer has done since the store was opened.
    pub fn figures(&self) -> Figures {
        match &self.0 {
            Kind::Sql(inner) => inner.counters.figures(),
            #[cfg(feature = "model")]
            Kind::Model(node) => node.figures(),
        }
    }

    /// Boards that were made anew since the journal began and have not been rebuilt.
    pub async fn stale_boards(&self) -> Result<Vec<String>, StoreFault> {
        modelled!(self, node => node.stale_boards().await);
        let asked = Statement::of("SELECT board FROM board WHERE stale = 1 ORDER BY board", vec![]);
        let rows = self.read("read the boards", asked).await?;
        rows.iter().map(|row| column(row, 0)).collect()
    }

    /// Takes nothing more, writes what waits and lets the database go.
    pub async fn close(&self) {
        match &self.0 {
            Kind::Sql(inner) => {
                inner.closing.cancel();
                inner.tasks.wait().await;
                inner.readers.close().await;
                inner.writer.close().await;
            }
            #[cfg(feature = "model")]
            Kind::Model(node) => node.close(),
        }
    }

    #[cfg(feature = "model")]
    pub(crate) fn of_model(node: crate::model::Node) -> Self {
        Self(Kind::Model(Arc::new(node)))
    }

    #[cfg(feature = "model")]
    pub(crate) fn model(&self) -> Option<&Arc<crate::model::Node>> {
        match &self.0 {
            Kind::Sql(_) => None,
            Kind::Model(node) => Some(node),
        }
    }

    /// The database. What the model was not taught is told, not guessed.
    #[cfg_attr(
        not(feature = "model"),
        expect(clippy::unnecessary_wraps, reason = "in a simulation there may be none")
    )]
    fn sql(&self) -> Result<&Inner, StoreFault> {
        match &self.0 {
            Kind::Sql(inner) => Ok(inner),
            #[cfg(feature = "model")]
            Kind::Model(_) => {
                Err(StoreFault::Malformed("the model of a store does not know how".to_owned()))
            }
        }
    }

    /// How the database is spoken to. A model is asked before any statement is made.
    pub(crate) fn engine(&self) -> Engine {
        match &self.0 {
            Kind::Sql(inner) => inner.engine,
            #[cfg(feature = "model")]
            Kind::Model(_) => Engine::Sqlite,
        }
    }

    pub(crate) fn url(&self) -> Result<&str, StoreFault> {
        self.sql().map(|inner| inner.url.as_str())
    }

    pub(crate) fn chunk_bytes_max(&self) -> usize {
        match &self.0 {
            Kind::Sql(inner) => inner.chunk_bytes_max,
            #[cfg(feature = "model")]
            Kind::Model(node) => node.chunk_bytes_max,
        }
    }

    pub(crate) fn boards(&self) -> &'static [&'static Board] {
        match &self.0 {
            Kind::Sql(inner) => inner.boards,
            #[cfg(feature = "model")]
            Kind::Model(node) => node.boards,
        }
    }

    pub(crate) fn board(&self, name: &str) -> Result<&'static Board, StoreFault> {
        self.boards()
            .iter()
            .copied()
            .find(|board| board.name == name)
            .ok_or_else(|| StoreFault::Malformed(format!("there is no board {name}")))
    }

    /// The connection that writes, between two batches.
    pub(crate) fn writer(&self) -> Result<&AnyPool, StoreFault> {
        self.sql().map(|inner| &inner.writer)
    }

    /// Reads with one of the readers.
    pub(crate) async fn read(
        &self,
        doing: &'static str,
        asked: Statement,
    ) -> Result<Vec<AnyRow>, StoreFault> {
        let fault = |error| StoreFault::of(doing, error);
        let mut connection = self.sql()?.readers.acquire().await.map_err(fault)?;
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
        if self.sql()?.jobs.send(job).await.is_err() {
            return Err(StoreFault::Closed);
        }
        Ok(HandedIn(answered))
    }

    fn check(&self, commit: &Commit) -> Result<(), AppendFault> {
        commit.check(self.chunk_bytes_max())?;
        Ok(self.check_boards(commit)?)
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

//! The one writer of a node: it gathers what waits and writes it in one transaction.
//!
//! Everybody who writes waits here, so SQLite never has to refuse a lock and one flush to disk
//! serves many commands. A batch that fails is run again in halves, until the command that the
//! database will not have stands alone. After an unclear end the record is asked first.

mod batch;

use std::collections::{HashSet, VecDeque};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use sqlx::{AnyConnection, AnyPool, Connection};
use tokio::sync::{OwnedSemaphorePermit, broadcast, mpsc, oneshot};
use tokio_util::sync::CancellationToken;

use crate::board::Board;
use crate::commit::{Commit, Committed};
use crate::engine::Engine;
use crate::fault::{AppendFault, StoreFault};
use crate::settings::Figures;
use crate::statement::Statement;
use crate::store::Moved;
use crate::writer::batch::{Outcome, write};
pub(crate) use crate::writer::batch::{insert_into, rows_of, sight_rows};

/// One statement of a task, and whether the task is void when it touches no row.
#[derive(Clone, Debug)]
pub(crate) struct Step {
    pub(crate) statement: Statement,
    pub(crate) need: Need,
}

/// What a statement must find.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Need {
    Nothing,
    Row,
}

impl Step {
    /// A statement that may touch no row.
    pub(crate) fn may(statement: Statement) -> Self {
        Self { statement, need: Need::Nothing }
    }

    /// A statement that must touch a row, or everything is taken back.
    pub(crate) fn must(statement: Statement) -> Self {
        Self { statement, need: Need::Row }
    }
}

/// Statements in a transaction of their own; answered with the rows each touched, or with `None`
/// when one of them found nothing and must have.
#[derive(Debug)]
pub(crate) struct Task {
    pub(crate) doing: &'static str,
    pub(crate) steps: Vec<Step>,
    pub(crate) answer: oneshot::Sender<Result<Option<Vec<u64>>, StoreFault>>,
}

/// A command and who waits for it.
#[derive(Debug)]
pub(crate) struct Waiting {
    pub(crate) commit: Commit,
    pub(crate) answer: oneshot::Sender<Result<Committed, AppendFault>>,
    /// The room it takes up while it waits; free again when it is answered.
    pub(crate) _room: OwnedSemaphorePermit,
}

/// What may wait for the writer.
#[derive(Debug)]
pub(crate) enum Job {
    Append(Box<Waiting>),
    Task(Task),
}

/// The writer's counters, read by anybody.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    commits: AtomicU64,
    entries: AtomicU64,
    batches: AtomicU64,
    flushes: AtomicU64,
    halvings: AtomicU64,
    repeats: AtomicU64,
}

impl Counters {
    pub(crate) fn figures(&self) -> Figures {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Figures {
            commits: read(&self.commits),
            entries: read(&self.entries),
            batches: read(&self.batches),
            flushes: read(&self.flushes),
            halvings: read(&self.halvings),
            repeats: read(&self.repeats),
        }
    }
}

/// The task that writes.
pub(crate) struct Writer {
    pub(crate) engine: Engine,
    pub(crate) pool: AnyPool,
    pub(crate) boards: &'static [&'static Board],
    pub(crate) batch_max: usize,
    pub(crate) jobs: mpsc::Receiver<Job>,
    pub(crate) closing: CancellationToken,
    pub(crate) counters: Arc<Counters>,
    pub(crate) moved: broadcast::Sender<Moved>,
}

impl Writer {
    /// Writes until the store is closed or dropped; what waits by then is still written.
    pub(crate) async fn run(mut self) {
        let mut backlog = VecDeque::new();
        while self.gather(&mut backlog).await {
            if let Some(Job::Task(task)) = backlog.pop_front_if(|job| matches!(job, Job::Task(_))) {
                self.carry_out(task).await;
                continue;
            }
            let size = rounded(backlog.len().min(self.batch_max));
            let batch = pick(&mut backlog, size);
            self.settle(batch).await;
        }
    }

    /// Waits for a first job and takes along what else is there. False when nothing will come.
    async fn gather(&mut self, backlog: &mut VecDeque<Job>) -> bool {
        if backlog.is_empty() {
            let first = tokio::select! {
                job = self.jobs.recv() => job,
                () = self.closing.cancelled(), if !self.jobs.is_closed() => {
                    self.jobs.close();
                    self.jobs.recv().await
                }
            };
            let Some(first) = first else { return false };
            backlog.push_back(first);
        }
        while backlog.len() < self.batch_max {
            let Ok(job) = self.jobs.try_recv() else { break };
            backlog.push_back(job);
        }
        true
    }

    async fn carry_out(&self, task: Task) {
        let ended = self.run_task(task.doing, task.steps).await;
        if task.answer.send(ended).is_err() {
            tracing::debug!(doing = task.doing, "nobody waits for this any more");
        }
    }

    async fn run_task(
        &self,
        doing: &'static str,
        steps: Vec<Step>,
    ) -> Result<Option<Vec<u64>>, StoreFault> {
        let mut connection =
            self.pool.acquire().await.map_err(|error| StoreFault::of(doing, error))?;
        match run_steps(&mut connection, self.engine, steps).await {
            Ok(touched) => {
                if touched.is_some() {
                    self.counters.flushes.fetch_add(1, Ordering::Relaxed);
                }
                Ok(touched)
            }
            Err(error) => {
                connection.close_on_drop();
                Err(StoreFault::of(doing, error))
            }
        }
    }

    /// Writes a batch, in parts if need be, and answers everybody in it.
    async fn settle(&self, batch: Vec<Waiting>) {
        let mut parts = vec![(batch, Try::First)];
        while let Some((mut part, tried)) = parts.pop() {
            match self.write(&part).await {
                Ok(outcomes) => self.answer(part, outcomes),
                Err(StoreFault::Unreachable { source }) if tried == Try::First => {
                    tracing::warn!(error = %source, "the database was lost; trying once more");
                    parts.push((part, Try::Second));
                }
                Err(fault @ StoreFault::Database { .. }) if part.len() > 1 => {
                    tracing::warn!(error = %fault, commands = part.len(), "a batch failed; halving it");
                    self.counters.halvings.fetch_add(1, Ordering::Relaxed);
                    let rest = part.split_off(part.len() / 2);
                    parts.push((rest, Try::First));
                    parts.push((part, Try::First));
                }
                Err(fault) => refuse(part, &fault),
            }
        }
    }

    async fn write(&self, part: &[Waiting]) -> Result<Vec<Outcome>, StoreFault> {
        let commits: Vec<&Commit> = part.iter().map(|waiting| &waiting.commit).collect();
        let acquired = self.pool.acquire().await;
        let mut connection = acquired.map_err(|error| StoreFault::of("begin to write", error))?;
        let written = write(&mut connection, self.engine, self.boards, &commits).await;
        if written.is_err() {
            // The engine may have ended the transaction by itself: a fresh connection is certain.
            connection.close_on_drop();
        }
        written
    }

    fn answer(&self, part: Vec<Waiting>, outcomes: Vec<Outcome>) {
        let mut streams = Vec::new();
        let mut position = 0;
        let mut fresh = 0;
        for (waiting, outcome) in part.into_iter().zip(outcomes) {
            let answer = outcome.into_answer();
            match &answer {
                Ok(committed) if committed.repeated => add(&self.counters.repeats, 1),
                Ok(committed) => {
                    fresh += 1;
                    add(&self.counters.entries, committed.entries.len());
                    position = committed.entries.last().map_or(position, |it| it.position);
                    streams.extend(waiting.commit.streams.into_iter().map(|it| it.stream));
                }
                Err(_) => {}
            }
            if waiting.answer.send(answer).is_err() {
                tracing::debug!("nobody waits for this command any more");
            }
        }
        if fresh > 0 {
            add(&self.counters.commits, fresh);
            add(&self.counters.batches, 1);
            add(&self.counters.flushes, 1);
        }
        if !streams.is_empty() && self.moved.receiver_count() > 0 {
            // It fails only when the last listener has just left.
            drop(self.moved.send(Moved { position, streams: streams.into() }));
        }
    }
}

fn add(counter: &AtomicU64, number: usize) {
    counter.fetch_add(u64::try_from(number).unwrap_or(u64::MAX), Ordering::Relaxed);
}

/// How often a part has been tried on a database that could not be reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Try {
    First,
    Second,
}

fn refuse(part: Vec<Waiting>, fault: &StoreFault) {
    tracing::error!(error = %fault, commands = part.len(), "commands could not be written");
    for waiting in part {
        if waiting.answer.send(Err(fault.clone().into())).is_err() {
            tracing::debug!("nobody waits for this command any more");
        }
    }
}

async fn run_steps(
    connection: &mut AnyConnection,
    engine: Engine,
    steps: Vec<Step>,
) -> Result<Option<Vec<u64>>, sqlx::Error> {
    let mut transaction = connection.begin_with(engine.begin()).await?;
    let mut touched = Vec::with_capacity(steps.len());
    for step in steps {
        let rows = step.statement.run(&mut transaction).await?;
        if rows == 0 && step.need == Need::Row {
            transaction.rollback().await?;
            return Ok(None);
        }
        touched.push(rows);
    }
    transaction.commit().await?;
    Ok(Some(touched))
}

/// Rounds down to two binary digits: batches of few sizes are few statements, and known ones.
fn rounded(size: usize) -> usize {
    let digits = usize::BITS - size.leading_zeros();
    let shift = digits.saturating_sub(2);
    size >> shift << shift
}

/// Takes commands that have nothing in common; the others wait for the next batch, in their order.
fn pick(backlog: &mut VecDeque<Job>, size: usize) -> Vec<Waiting> {
    let mut taken = HashSet::new();
    let mut batch = Vec::new();
    let mut bytes = 0;
    let mut left = VecDeque::with_capacity(backlog.len());
    for job in backlog.drain(..) {
        match job {
            Job::Append(waiting)
                if batch.len() < size
                    && bytes < BATCH_BYTES_MAX
                    && is_apart(&waiting.commit, &mut taken) =>
            {
                bytes += weight(&waiting.commit);
                batch.push(*waiting);
            }
            Job::Append(_) | Job::Task(_) => left.push_back(job),
        }
    }
    *backlog = left;
    batch
}

/// Whether a command shares nothing with those taken; if so, what it touches is taken.
fn is_apart(commit: &Commit, taken: &mut HashSet<(u8, String)>) -> bool {
    let command = std::iter::once((0, commit.command_id.to_string()));
    let streams = commit.streams.iter().map(|part| (1, part.stream.clone()));
    let claims = commit.claims.iter().map(|claim| (2, format!("{}\0{}", claim.series, claim.key)));
    let blobs = commit.blobs.iter().map(|blob| (3, blob.id.to_string()));
    let side = commit.side.iter().map(|write| {
        let (kind, key) = write.place();
        (4, format!("{kind}\0{key}"))
    });
    let places: Vec<_> = command.chain(streams).chain(claims).chain(blobs).chain(side).collect();
    if places.iter().any(|place| taken.contains(place)) {
        return false;
    }
    taken.extend(places);
    true
}

/// Bytes of payloads and blobs.
pub(crate) fn weight(commit: &Commit) -> usize {
    let entries = commit.streams.iter().flat_map(|part| &part.entries);
    let payloads: usize = entries.map(|entry| entry.payload.len()).sum();
    let blobs: usize = commit.blobs.iter().map(|blob| blob.bytes.len()).sum();
    payloads + blobs
}

/// Payloads and blobs that share a transaction; the command that goes beyond is the last.
const BATCH_BYTES_MAX: usize = 8 << 20;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn batches_have_few_sizes() {
        let sizes = [1, 2, 3, 5, 34, 63, 64, 100, 256].map(rounded);
        assert_eq!(sizes, [1, 2, 3, 4, 32, 48, 64, 96, 256]);
    }
}

//! Questions in SQL: one snapshot, read only, bounded in rows, time, memory and disk.
//!
//! Each question is computed on threads of its own, which are let go when its time is up: a computation that never
//! pauses keeps nobody waiting. The answer comes in batches while it is made.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use datafusion::common::tree_node::{Transformed, TreeNode as _};
use datafusion::datasource::physical_plan::{FileGroup, FileScanConfig};
use datafusion::datasource::source::DataSourceExec;
use datafusion::error::DataFusionError;
use datafusion::execution::SendableRecordBatchStream;
use datafusion::execution::context::SQLOptions;
use datafusion::logical_expr::LogicalPlan;
use datafusion::physical_plan::coop::CooperativeExec;
use datafusion::physical_plan::{ExecutionPlan, execute_stream};
use datafusion::prelude::{DataFrame, SessionContext};
use datafusion::sql::parser::{DFParser, Statement};
use datafusion::sql::sqlparser::ast::Statement as SqlStatement;
use futures::{Stream, StreamExt as _};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, timeout_at};

use crate::data::Pin;
use crate::disk::Disk;
use crate::fault::LakeFault;
use crate::lake::Lake;
use crate::log::State;
use crate::session::Means;
use crate::threads::{Threads, as_many_as_compute};

/// A longer text is no question of a person.
const SQL_BYTES_MAX: usize = 64 << 10;
/// The engine pauses after 128 batches; one of a join counts as so many, since more is done with it.
const COUNTS_AS: usize = 16;
/// What makes rows out of lists, as the engine calls it.
const UNNEST: &str = "UnnestExec";
/// Batches that are ready before they are asked for.
const AHEAD: usize = 2;
const BATCH_ROWS: usize = 8 << 10;
/// As many as any answer may have.
const ROWS_MAX: usize = 1 << 40;

/// What one question may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Rows of the answer; the rest is left out, and said.
    pub rows: usize,
    /// From the question to the last row.
    pub time: Duration,
    /// Bytes of memory.
    pub memory: usize,
    /// Bytes of disk for what does not fit into memory.
    pub spill: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { rows: 10_000, time: Duration::from_secs(30), memory: 256 << 20, spill: 2 << 30 }
    }
}

/// How an answer ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// It has not yet.
    Open,
    /// These are all rows.
    Whole,
    /// There are more rows than it may have.
    Cut,
}

/// How far a question has been worked on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Scanned {
    /// Files that may hold what is asked for.
    pub files_all: usize,
    /// Those of them that have been opened.
    pub files: usize,
    /// Rows that have been read and looked at further.
    pub rows: usize,
    /// Bytes that have been read.
    pub bytes: usize,
}

/// An answer, as it comes.
#[derive(Debug)]
pub struct Answer {
    /// Its columns.
    pub schema: SchemaRef,
    batches: mpsc::Receiver<Result<RecordBatch, LakeFault>>,
    plan: Arc<dyn ExecutionPlan>,
    ended: Ended,
    rows_left: usize,
    deadline: Instant,
    limits: Limits,
    _threads: Threads,
}

impl Lake {
    /// Answers a question about the lake as it is now.
    pub async fn query(&self, sql: &str, limits: Limits) -> Result<Answer, LakeFault> {
        let deadline = Instant::now() + limits.time;
        check(sql)?;
        let snapshot = timeout_at(deadline, self.inner.snapshot()).await;
        let late = |_late| LakeFault::TooLong { limit: limits.time };
        let (state, pin) = snapshot.map_err(late)??;
        let threads = Threads::start()?;
        let (planned, plan) = oneshot::channel();
        let (ready, batches) = mpsc::channel(AHEAD);
        let work = Work { lake: self.clone(), state, _pin: pin, sql: sql.to_owned(), limits };
        threads.run(work.answer(planned, ready));
        let plan = match timeout_at(deadline, plan).await {
            Err(_late) => return Err(LakeFault::TooLong { limit: limits.time }),
            Ok(Err(_gone)) => return Err(broken()),
            Ok(Ok(planned)) => planned?,
        };
        let rows_left = limits.rows;
        let (schema, ended) = (plan.schema(), Ended::Open);
        Ok(Answer { schema, batches, plan, ended, rows_left, deadline, limits, _threads: threads })
    }
}

impl Answer {
    /// The next rows; `None` at the end, of which [`Answer::ended`] says whether it is the end of all rows.
    pub async fn next(&mut self) -> Result<Option<RecordBatch>, LakeFault> {
        if self.ended != Ended::Open {
            return Ok(None);
        }
        let batch = match timeout_at(self.deadline, self.batches.recv()).await {
            Err(_late) => return Err(LakeFault::TooLong { limit: self.limits.time }),
            Ok(None) => {
                self.ended = Ended::Whole;
                return Ok(None);
            }
            Ok(Some(batch)) => batch?,
        };
        if batch.num_rows() > self.rows_left {
            self.ended = Ended::Cut;
            let rest = batch.slice(0, self.rows_left);
            return Ok((rest.num_rows() > 0).then_some(rest));
        }
        self.rows_left -= batch.num_rows();
        Ok(Some(batch))
    }

    /// All rows as a stream.
    pub fn into_stream(self) -> impl Stream<Item = Result<RecordBatch, LakeFault>> {
        futures::stream::try_unfold(self, |mut answer| async move {
            Ok(answer.next().await?.map(|batch| (batch, answer)))
        })
    }

    /// All rows in memory: for answers that are known to be small.
    pub async fn collect(mut self) -> Result<Vec<RecordBatch>, LakeFault> {
        let mut batches = vec![];
        while let Some(batch) = self.next().await? {
            batches.push(batch);
        }
        Ok(batches)
    }

    /// Whether it has ended, and whether these were all rows.
    pub fn ended(&self) -> Ended {
        self.ended
    }

    /// How far it has been worked on.
    pub fn scanned(&self) -> Scanned {
        self.work().scanned()
    }

    /// The work on it, to look at from elsewhere while rows are waited for.
    pub fn work(&self) -> Progress {
        Progress(Arc::clone(&self.plan))
    }

    /// Writes all rows as a Parquet file, which is there as a whole or not at all. Answers with their number.
    pub async fn write_parquet(&mut self, path: &Path) -> Result<usize, LakeFault> {
        const WRITE: &str = "write the answer";
        let path = std::path::absolute(path).map_err(|error| LakeFault::of(WRITE, error))?;
        let file = Disk::default().begin(&path).map_err(|error| LakeFault::of(WRITE, error))?;
        let properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(ZstdLevel::default()))
            .build();
        let writer = ArrowWriter::try_new(file, Arc::clone(&self.schema), Some(properties));
        let mut writer = writer.map_err(|error| LakeFault::of(WRITE, error))?;
        let mut rows = 0;
        while let Some(batch) = self.next().await? {
            rows += batch.num_rows();
            writer.write(&batch).map_err(|error| LakeFault::of(WRITE, error))?;
        }
        let file = writer.into_inner().map_err(|error| LakeFault::of(WRITE, error))?;
        file.finish().map_err(|error| LakeFault::of(WRITE, error))?;
        Ok(rows)
    }
}

/// The work on an answer.
#[derive(Clone, Debug)]
pub struct Progress(Arc<dyn ExecutionPlan>);

impl Progress {
    /// How far it has come.
    pub fn scanned(&self) -> Scanned {
        let mut scanned = Scanned::default();
        add_up(&*self.0, &mut scanned);
        scanned
    }
}

/// A question being worked on.
struct Work {
    lake: Lake,
    state: Arc<State>,
    _pin: Pin,
    sql: String,
    limits: Limits,
}

type Planned = Result<Arc<dyn ExecutionPlan>, LakeFault>;

impl Work {
    async fn answer(
        self,
        planned: oneshot::Sender<Planned>,
        ready: mpsc::Sender<Result<RecordBatch, LakeFault>>,
    ) {
        let (plan, mut rows) = match self.start().await {
            Ok(started) => started,
            Err(fault) => {
                drop(planned.send(Err(fault)));
                return;
            }
        };
        if planned.send(Ok(plan)).is_err() {
            return; // nobody waits any more
        }
        while let Some(batch) = rows.next().await {
            let failed = batch.is_err();
            let batch = batch.map_err(LakeFault::of_question);
            if ready.send(batch).await.is_err() || failed {
                return;
            }
        }
    }

    async fn start(
        &self,
    ) -> Result<(Arc<dyn ExecutionPlan>, SendableRecordBatchStream), LakeFault> {
        let (memory, spill) = (self.limits.memory, self.limits.spill);
        let means = Means { memory, spill, threads: as_many_as_compute(), batch_rows: BATCH_ROWS };
        let files = self.state.files.values().cloned().collect();
        let session = self.lake.inner.engine.session(files, means).await;
        let session = session.map_err(LakeFault::of_question)?;
        let rows = self.plan(&session).await?;
        let context = Arc::new(rows.task_ctx());
        let plan = rows.create_physical_plan().await.map_err(LakeFault::of_question)?;
        let plan = pausing(plan).map_err(LakeFault::of_question)?;
        let rows = execute_stream(Arc::clone(&plan), context).map_err(LakeFault::of_question)?;
        Ok((plan, rows))
    }

    async fn plan(&self, session: &SessionContext) -> Result<DataFrame, LakeFault> {
        let reading = SQLOptions::new()
            .with_allow_ddl(false)
            .with_allow_dml(false)
            .with_allow_statements(false);
        let plan = session.state().create_logical_plan(&self.sql).await;
        let plan = plan.map_err(LakeFault::of_question)?;
        reading.verify_plan(&plan).map_err(|fault| forbidden(&fault.strip_backtrace()))?;
        let bare = matches!(
            plan,
            LogicalPlan::Explain(_) | LogicalPlan::Analyze(_) | LogicalPlan::DescribeTable(_)
        );
        let rows = session.execute_logical_plan(plan).await.map_err(LakeFault::of_question)?;
        if bare {
            return Ok(rows);
        }
        // One more than may be shown, to know whether there are more.
        let most = self.limits.rows.min(ROWS_MAX).saturating_add(1);
        rows.limit(0, Some(most)).map_err(LakeFault::of_question)
    }
}

/// Whether the text is one statement that only asks.
fn check(sql: &str) -> Result<(), LakeFault> {
    if sql.len() > SQL_BYTES_MAX {
        let why = format!("a question is longer than {SQL_BYTES_MAX} bytes");
        return Err(LakeFault::Malformed { why });
    }
    let statements = DFParser::parse_sql(sql);
    let statements = statements.map_err(LakeFault::of_question)?;
    let mut statements = statements.iter();
    let (Some(statement), None) = (statements.next(), statements.next()) else {
        return Err(forbidden("this is not one statement"));
    };
    asks(statement)
}

#[expect(clippy::wildcard_enum_match_arm, reason = "whatever a statement is, it does not ask")]
fn asks(statement: &Statement) -> Result<(), LakeFault> {
    match statement {
        Statement::Statement(sql) => match &**sql {
            SqlStatement::Query(_) | SqlStatement::ExplainTable { .. } => Ok(()),
            SqlStatement::Explain { statement, .. }
                if matches!(**statement, SqlStatement::Query(_)) =>
            {
                Ok(())
            }
            _ => Err(forbidden("this statement does something else")),
        },
        Statement::Explain(explained) => asks(&explained.statement),
        Statement::CreateExternalTable(_) => Err(forbidden("it makes a table of a file")),
        Statement::CopyTo(_) => Err(forbidden("it writes a file")),
        Statement::Reset(_) => Err(forbidden("it changes a setting")),
    }
}

fn forbidden(why: &str) -> LakeFault {
    LakeFault::Forbidden { why: why.to_owned() }
}

fn broken() -> LakeFault {
    LakeFault::Failed {
        why: "the engine stopped; say it more simply, and tell the administrator".into(),
    }
}

/// Lets whatever makes many rows out of few pause now and then: else it is not heard that nobody waits any more.
///
/// The engine sees to it that reading pauses, and to a join one batch that was read can be work for an hour.
fn pausing(plan: Arc<dyn ExecutionPlan>) -> Result<Arc<dyn ExecutionPlan>, DataFusionError> {
    let wrapped = plan.transform_up(|node| {
        if node.children().len() < 2 && node.name() != UNNEST {
            return Ok(Transformed::no(node));
        }
        let mut pausing = node;
        for _ in 0..COUNTS_AS {
            pausing = Arc::new(CooperativeExec::new(pausing));
        }
        Ok(Transformed::yes(pausing))
    });
    wrapped.map(|plan| plan.data)
}

fn files_of(plan: &dyn ExecutionPlan) -> usize {
    let source = plan.downcast_ref::<DataSourceExec>();
    let source = source.and_then(|source| source.data_source().downcast_ref::<FileScanConfig>());
    source.map_or(0, |source| source.file_groups.iter().map(FileGroup::len).sum())
}

/// Adds up what the leaves of a plan have read.
fn add_up(plan: &dyn ExecutionPlan, scanned: &mut Scanned) {
    let children = plan.children();
    if children.is_empty()
        && let Some(metrics) = plan.metrics()
    {
        let count = |name: &str| metrics.sum_by_name(name).map_or(0, |value| value.as_usize());
        scanned.files += count("files_opened");
        scanned.files_all += files_of(plan);
        scanned.bytes += count("bytes_scanned");
        scanned.rows += metrics.output_rows().unwrap_or(0);
    }
    for child in children {
        add_up(&**child, scanned);
    }
}

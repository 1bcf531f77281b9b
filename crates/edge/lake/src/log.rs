//! The table's log: which files are the table, and how far each source has come.
//!
//! A change is one file `_delta_log/<version>.json` that is put only if there is none of that name, so whoever
//! names the next version first has it. Each has an id, by which its writer knows it again where an answer got lost.
//! The state is kept and brought up to date from the files that came after; checkpoints, and the first reading, are
//! deltalake's. There is no lock and no daemon: a writer that was overtaken reads what the other one did, checks what
//! it is about to do again, and tries the next version.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use bytes::Bytes;
use deltalake_core::checkpoints::{cleanup_metadata, create_checkpoint};
use deltalake_core::kernel::engine::arrow_conversion::TryIntoKernel as _;
use deltalake_core::kernel::{
    Action, Add, CommitInfo, MetadataExt as _, Protocol, Remove, StructType, Transaction,
    new_metadata,
};
use deltalake_core::logstore::{LogStoreRef, commit_uri_from_version};
use deltalake_core::{DeltaTable, DeltaTableError, TableProperty};
use futures::TryStreamExt as _;
use object_store::path::Path;
use object_store::{Error as StoreError, ObjectStore, ObjectStoreExt as _};
use serde::Deserialize;
use tokio::sync::{Mutex, MutexGuard};
use uuid::Uuid;

use crate::fault::LakeFault;
use crate::medium::{Medium, Named};
use crate::shape::{self, Shape};
use crate::stats::FileStats;

/// How often a change is tried when others are quicker.
const ATTEMPTS_MAX: usize = 200;
/// A checkpoint spares readers the files before it; making one reads the whole state.
const COMMITS_PER_CHECKPOINT: u64 = 64;
/// How long old files of the log stay after a checkpoint has made them needless.
const LOG_RETENTION: &str = "interval 6 hours";
/// How long the log remembers that a file was removed. Longer than files are kept after it.
const REMOVED_RETENTION: &str = "interval 2 days";
const LAST_CHECKPOINT: &str = "_delta_log/_last_checkpoint";
const WRITE: &str = "write its log";
const READ: &str = "read its log";

/// A file that is part of the table.
#[derive(Debug)]
pub(crate) struct Active {
    pub(crate) add: Add,
    pub(crate) stats: FileStats,
    pub(crate) day: String,
}

/// The table at one version.
#[derive(Clone, Debug, Default)]
pub(crate) struct State {
    pub(crate) version: u64,
    pub(crate) files: BTreeMap<String, Arc<Active>>,
}

/// A source that moves on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The source, as it is called in the log.
    pub app: String,
    /// Where it must stand before.
    pub from: Option<i64>,
    /// Where it stands after.
    pub to: i64,
}

/// What one commit does.
#[derive(Debug)]
pub(crate) struct Change<'a> {
    /// By which it is known again.
    pub(crate) id: Uuid,
    pub(crate) steps: &'a [Step],
    pub(crate) adds: Vec<Add>,
    pub(crate) removes: Vec<Arc<Active>>,
    /// What it is called in the table's history.
    pub(crate) operation: &'static str,
    /// Whether rows come or go; compaction only moves them.
    pub(crate) moves_rows_only: bool,
    /// By the disk's clock, in milliseconds.
    pub(crate) at: i64,
}

/// How a change ended.
#[derive(Debug)]
pub(crate) enum Appended {
    Done,
    /// A file that was to be removed is not part of the table any more: nothing was written.
    Outdated,
    /// It may have been written, or may still come to be: what it names must stay.
    Unsure(LakeFault),
}

/// The log of one table.
#[derive(Debug)]
pub(crate) struct Log {
    medium: Medium,
    store: Arc<dyn ObjectStore>,
    shape: Arc<Shape>,
    known: Mutex<Known>,
}

/// What has been read of it.
pub(crate) struct Known {
    pub(crate) state: Arc<State>,
    /// Versions of sources, as far as they were asked for or seen.
    sources: BTreeMap<String, Option<i64>>,
    /// The table when it was last read as a whole.
    table: DeltaTable,
}

impl std::fmt::Debug for Known {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Known").field("version", &self.state.version).finish_non_exhaustive()
    }
}

impl Log {
    /// Reads the log at this place, and begins it where there is none.
    pub(crate) async fn open(medium: Medium, shape: Arc<Shape>) -> Result<Self, LakeFault> {
        let log_store = medium.log()?;
        let store = log_store.object_store(None);
        if !log_store.is_delta_table_location().await? {
            create(&medium, &*store, &shape).await?;
        }
        let known = Known::read(log_store, &shape).await?;
        let log = Self { medium, store, shape, known: Mutex::new(known) };
        log.widen().await?;
        Ok(log)
    }

    /// Whether there is a log at all.
    pub(crate) async fn is_at(medium: &Medium) -> Result<bool, LakeFault> {
        Ok(medium.log()?.is_delta_table_location().await?)
    }

    /// The table as it is now, read anew.
    pub(crate) async fn now(&self) -> Result<MutexGuard<'_, Known>, LakeFault> {
        let mut known = self.known.lock().await;
        self.catch_up(&mut known).await?;
        Ok(known)
    }

    /// How far a source has come, read anew.
    pub(crate) async fn reached(&self, app: &str) -> Result<Option<i64>, LakeFault> {
        let mut known = self.now().await?;
        self.source(&mut known, app).await
    }

    /// Makes a change, after whatever others did: all of it or nothing, and on disk.
    pub(crate) async fn append(&self, change: &Change<'_>) -> Result<Appended, LakeFault> {
        let mut known = self.known.lock().await;
        for _ in 0..ATTEMPTS_MAX {
            self.catch_up(&mut known).await?;
            self.check(&mut known, change.steps).await?;
            let files = &known.state.files;
            if !change.removes.iter().all(|old| files.contains_key(&old.add.path)) {
                return Ok(Appended::Outdated);
            }
            let actions = change.actions();
            match self.put(known.next_version(), &actions).await? {
                Named::Ours => {}
                Named::Taken => continue, // look what somebody else did
                Named::Refused(error) => return Err(LakeFault::of(WRITE, error)),
                Named::Unsure(error) => return Ok(Appended::Unsure(LakeFault::of(WRITE, error))),
            }
            known.take(actions, &self.shape);
            self.tidy(&mut known).await;
            return Ok(Appended::Done);
        }
        Err(LakeFault::Busy)
    }

    /// Files that were part of the table, and when they were removed, in milliseconds.
    pub(crate) async fn removed(&self) -> Result<BTreeMap<String, i64>, LakeFault> {
        let mut table = self.known.lock().await.table.clone();
        table.update_state().await?;
        let log_store = table.log_store();
        let tombstones = table.snapshot()?.all_tombstones(&*log_store);
        let removed = tombstones.map_ok(|removed| {
            (removed.path().into_owned(), removed.deletion_timestamp().unwrap_or(i64::MAX))
        });
        Ok(removed.try_collect().await?)
    }

    /// Reads what came after the version that is known.
    async fn catch_up(&self, known: &mut Known) -> Result<(), LakeFault> {
        loop {
            let next = known.next_version();
            let news = match self.read(next).await? {
                Some(actions) if actions.iter().all(is_plain) => News::Actions(actions),
                Some(_) => News::Whole,
                // The next version may be gone because a checkpoint stands for it.
                None if self.checkpointed().await?.is_some_and(|version| version >= next) => {
                    News::Whole
                }
                None => return Ok(()),
            };
            match news {
                News::Actions(actions) => known.take(actions, &self.shape),
                News::Whole => *known = Known::read(known.table.log_store(), &self.shape).await?,
            }
        }
    }

    /// Whether every source stands where its step begins.
    async fn check(&self, known: &mut Known, steps: &[Step]) -> Result<(), LakeFault> {
        for step in steps {
            let reached = self.source(known, &step.app).await?;
            if reached != step.from {
                return Err(LakeFault::Overtaken { app: step.app.clone(), reached });
            }
        }
        Ok(())
    }

    async fn source(&self, known: &mut Known, app: &str) -> Result<Option<i64>, LakeFault> {
        if let Some(reached) = known.sources.get(app) {
            return Ok(*reached);
        }
        if let Ok(reached) = known.ask(app).await {
            return Ok(reached);
        }
        // What was read as a whole may have been cleaned away since.
        *known = Known::read(known.table.log_store(), &self.shape).await?;
        known.ask(app).await
    }

    async fn read(&self, version: u64) -> Result<Option<Vec<Action>>, LakeFault> {
        let bytes = match self.store.get(&commit_uri_from_version(Some(version))).await {
            Ok(found) => found.bytes().await.map_err(|error| LakeFault::of(READ, error))?,
            Err(StoreError::NotFound { .. }) => return Ok(None),
            Err(error) => return Err(LakeFault::of(READ, error)),
        };
        let actions = serde_json::Deserializer::from_slice(&bytes).into_iter::<Action>();
        let actions: Result<Vec<_>, _> = actions.collect();
        actions.map(Some).map_err(|error| LakeFault::of(READ, error))
    }

    async fn put(&self, version: u64, actions: &[Action]) -> Result<Named, LakeFault> {
        put(&self.medium, &*self.store, version, actions).await
    }

    async fn checkpointed(&self) -> Result<Option<u64>, LakeFault> {
        let bytes = match self.store.get(&Path::from(LAST_CHECKPOINT)).await {
            Ok(found) => found.bytes().await.map_err(|error| LakeFault::of(READ, error))?,
            Err(StoreError::NotFound { .. }) => return Ok(None),
            Err(error) => return Err(LakeFault::of(READ, error)),
        };
        Ok(serde_json::from_slice::<LastCheckpoint>(&bytes).ok().map(|last| last.version))
    }

    /// Makes a checkpoint now and then, and drops what is older. Nothing is lost if that fails.
    async fn tidy(&self, known: &mut Known) {
        if !known.state.version.is_multiple_of(COMMITS_PER_CHECKPOINT) {
            return;
        }
        let table = &mut known.table;
        let tidied = async {
            table.update_state().await?;
            create_checkpoint(table, None).await?;
            cleanup_metadata(table, None).await
        };
        if let Err(error) = tidied.await {
            tracing::warn!(%error, "the lake has no checkpoint; its log grows");
        }
    }

    /// Gives the table the columns that this program has and it has not.
    async fn widen(&self) -> Result<(), LakeFault> {
        let mut known = self.known.lock().await;
        for _ in 0..ATTEMPTS_MAX {
            self.catch_up(&mut known).await?;
            let snapshot = known.table.snapshot()?.snapshot();
            if self.shape.missing_in(&snapshot.arrow_schema())?.is_empty() {
                return Ok(());
            }
            let schema = delta_schema(&self.shape)?;
            let metadata = snapshot.metadata().clone().with_schema(&schema);
            let metadata = metadata.map_err(DeltaTableError::from)?;
            let next = known.next_version();
            match self.put(next, &[Action::Metadata(metadata)]).await? {
                Named::Ours | Named::Taken => {}
                Named::Refused(error) | Named::Unsure(error) => {
                    return Err(LakeFault::of(WRITE, error));
                }
            }
        }
        Err(LakeFault::Busy)
    }
}

impl Known {
    /// Reads the whole log, as far as a checkpoint does not stand for it.
    async fn read(log_store: LogStoreRef, shape: &Shape) -> Result<Self, LakeFault> {
        let mut table = DeltaTable::new(log_store);
        table.load().await?;
        let snapshot = table.snapshot()?;
        shape.missing_in(&snapshot.snapshot().arrow_schema())?;
        check_protocol(snapshot.protocol())?;
        if *snapshot.metadata().partition_columns() != [shape.partition.clone()] {
            return Err(shape::fault(format!("it is not split by `{}`", shape.partition)));
        }
        let mut state = State { version: snapshot.version(), files: BTreeMap::new() };
        #[expect(deprecated, reason = "the entries of the log are kept as they are")]
        for add in snapshot.log_data().iter().map(|file| file.add_action()) {
            state.put(add, shape);
        }
        Ok(Self { state: Arc::new(state), sources: BTreeMap::new(), table })
    }

    fn next_version(&self) -> u64 {
        self.state.version.saturating_add(1)
    }

    /// Brings what is known up to the next version.
    fn take(&mut self, actions: Vec<Action>, shape: &Shape) {
        let state = Arc::make_mut(&mut self.state);
        state.version = state.version.saturating_add(1);
        for action in actions {
            match action {
                Action::Add(add) => state.put(add, shape),
                Action::Remove(remove) => {
                    state.files.remove(&remove.path);
                }
                Action::Txn(txn) => {
                    self.sources.insert(txn.app_id, Some(txn.version));
                }
                Action::Metadata(_)
                | Action::Protocol(_)
                | Action::Cdc(_)
                | Action::CommitInfo(_)
                | Action::DomainMetadata(_) => {}
            }
        }
    }

    /// Asks the table as it was read: what came since then is in `sources` already.
    async fn ask(&mut self, app: &str) -> Result<Option<i64>, LakeFault> {
        let log_store = self.table.log_store();
        let reached = self.table.snapshot()?.transaction_version(&*log_store, app).await?;
        self.sources.insert(app.to_owned(), reached);
        Ok(reached)
    }
}

impl State {
    fn put(&mut self, add: Add, shape: &Shape) {
        let stats = FileStats::from_json(add.stats.as_deref(), shape);
        let day = add.partition_values.get(&shape.partition).cloned().flatten().unwrap_or_default();
        self.files.insert(add.path.clone(), Arc::new(Active { add, stats, day }));
    }
}

impl Change<'_> {
    fn actions(&self) -> Vec<Action> {
        let data_change = !self.moves_rows_only;
        let info = CommitInfo {
            timestamp: Some(self.at),
            operation: Some(self.operation.to_owned()),
            engine_info: Some(concat!("fengsui/", env!("CARGO_PKG_VERSION")).to_owned()),
            is_blind_append: Some(self.removes.is_empty()),
            info: HashMap::from([("txnId".to_owned(), self.id.to_string().into())]),
            ..CommitInfo::default()
        };
        let txn = |step: &Step| {
            Action::Txn(Transaction::new_with_last_update(&step.app, step.to, Some(self.at)))
        };
        let remove = |old: &Arc<Active>| {
            Action::Remove(Remove {
                path: old.add.path.clone(),
                data_change,
                deletion_timestamp: Some(self.at),
                extended_file_metadata: Some(true),
                partition_values: Some(old.add.partition_values.clone()),
                size: Some(old.add.size),
                ..Remove::default()
            })
        };
        let add = |add: &Add| Action::Add(Add { data_change, ..add.clone() });
        std::iter::once(Action::CommitInfo(info))
            .chain(self.steps.iter().map(txn))
            .chain(self.removes.iter().map(remove))
            .chain(self.adds.iter().map(add))
            .collect()
    }
}

/// What came after the version that is known.
enum News {
    Actions(Vec<Action>),
    /// Something that changes what the table is, or so much that it is read as a whole.
    Whole,
}

fn is_plain(action: &Action) -> bool {
    !matches!(action, Action::Metadata(_) | Action::Protocol(_))
}

#[derive(Deserialize)]
struct LastCheckpoint {
    version: u64,
}

/// Begins the table. If somebody else was first, theirs it is.
async fn create(medium: &Medium, store: &dyn ObjectStore, shape: &Shape) -> Result<(), LakeFault> {
    let properties = HashMap::from([
        (TableProperty::LogRetentionDuration.as_ref().to_owned(), LOG_RETENTION.to_owned()),
        (
            TableProperty::DeletedFileRetentionDuration.as_ref().to_owned(),
            REMOVED_RETENTION.to_owned(),
        ),
    ]);
    let metadata = new_metadata(&delta_schema(shape)?, [&shape.partition], properties);
    let metadata = metadata.map_err(DeltaTableError::from)?;
    let protocol = serde_json::from_str(r#"{"minReaderVersion":1,"minWriterVersion":2}"#);
    let protocol: Protocol = protocol.map_err(|error| LakeFault::of(WRITE, error))?;
    let first = [Action::Protocol(protocol), Action::Metadata(metadata)];
    match put(medium, store, 0, &first).await? {
        Named::Ours | Named::Taken => Ok(()),
        Named::Refused(error) | Named::Unsure(error) => Err(LakeFault::of(WRITE, error)),
    }
}

/// Puts the file of one version.
async fn put(
    medium: &Medium,
    store: &dyn ObjectStore,
    version: u64,
    actions: &[Action],
) -> Result<Named, LakeFault> {
    medium.check_names().await?;
    let mut text = Vec::new();
    for action in actions {
        serde_json::to_writer(&mut text, action).map_err(|error| LakeFault::of(WRITE, error))?;
        text.push(b'\n');
    }
    let path = commit_uri_from_version(Some(version));
    Ok(medium.name(store, &path, Bytes::from(text)).await)
}

fn delta_schema(shape: &Shape) -> Result<StructType, LakeFault> {
    let schema = shape.schema.as_ref().try_into_kernel();
    schema.map_err(|error| shape::fault(format!("a column cannot be stored: {error}")))
}

/// Deletion vectors and renamed columns would make files lie; nobody else may have turned them on.
fn check_protocol(protocol: &Protocol) -> Result<(), LakeFault> {
    if protocol.min_reader_version() > 1 || protocol.min_writer_version() > 2 {
        return Err(shape::fault("another program has turned on features of its log".into()));
    }
    Ok(())
}

//! Where questions are answered: the engine with one store, bounded memory, and only what cannot do harm.
//!
//! There is no file format, no table that is a file, no setting, no catalogue of this machine to ask for. Functions
//! that make something huge out of nothing are left out: what they make is not counted by the memory pool.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::Arc;

use datafusion::common::{DataFusionError, Result};
use datafusion::execution::SessionStateDefaults;
use datafusion::execution::cache::cache_manager::{CacheManagerConfig, FileMetadataCache};
use datafusion::execution::cache::default_cache::DefaultCache;
use datafusion::execution::disk_manager::{DiskManagerBuilder, DiskManagerMode};
use datafusion::execution::memory_pool::{FairSpillPool, TrackConsumersPool};
use datafusion::execution::object_store::ObjectStoreRegistry;
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::execution::session_state::SessionStateBuilder;
use datafusion::prelude::{SessionConfig, SessionContext};
use object_store::ObjectStore;
use tokio::sync::watch;
use url::Url;

use crate::log::Active;
use crate::shape::{EVERYTHING, Shape};
use crate::spill::Spill;
use crate::table::Files;

/// The only store that a question can reach.
pub(crate) const STORE: &str = "lake://table";
/// The ends of files, read once: they tell where everything is.
const FOOTER_CACHE_BYTES: usize = 64 << 20;
/// Consumers of memory that a fault names.
const CONSUMERS_NAMED: usize = 5;
/// What a sort keeps for merging what it has put on disk.
const MERGE_BYTES: usize = 4 << 20;

/// Functions that make something huge out of nothing.
const LEFT_OUT: &[&str] = &[
    "array_repeat",
    "array_resize",
    "arrow_cast",
    "arrow_try_cast",
    "generate_series",
    "gen_series",
    "lpad",
    "range",
    "repeat",
    "rpad",
    "space",
];

/// Makes sessions, each for one question.
#[derive(Debug)]
pub(crate) struct Engine {
    store: Arc<dyn ObjectStore>,
    footers: Arc<FileMetadataCache>,
    spill: Spill,
    at_work: watch::Sender<usize>,
    shape: Arc<Shape>,
}

/// What a session may use.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Means {
    pub(crate) memory: usize,
    pub(crate) spill: u64,
    pub(crate) threads: usize,
    pub(crate) batch_rows: usize,
}

impl Engine {
    pub(crate) fn new(store: Arc<dyn ObjectStore>, spill: PathBuf, shape: &Arc<Shape>) -> Self {
        let footers = DefaultCache::new(FOOTER_CACHE_BYTES).with_name("footers");
        Self {
            store,
            footers: Arc::new(footers),
            spill: Spill::open(spill),
            at_work: watch::Sender::new(0),
            shape: Arc::clone(shape),
        }
    }

    /// A session over some files: the table, and its views.
    pub(crate) async fn session(
        &self,
        files: Vec<Arc<Active>>,
        means: Means,
    ) -> Result<SessionContext> {
        let session = self.bare(means)?;
        let table = Files::new(Arc::clone(&self.shape), files);
        session.register_table(EVERYTHING, Arc::new(table))?;
        for (name, sql) in &self.shape.views {
            let view = session.sql(sql).await?.into_view();
            session.register_table(name.as_str(), view)?;
        }
        Ok(session)
    }

    /// What questions put on disk.
    pub(crate) fn spill(&self) -> &Spill {
        &self.spill
    }

    /// Waits until no session holds memory or disk.
    pub(crate) async fn idle(&self) {
        // The sender is here, so it cannot fail.
        drop(self.at_work.subscribe().wait_for(|sessions| *sessions == 0).await);
    }

    fn bare(&self, means: Means) -> Result<SessionContext> {
        let named = NonZeroUsize::new(CONSUMERS_NAMED).unwrap_or(NonZeroUsize::MIN);
        let pool = TrackConsumersPool::new(FairSpillPool::new(means.memory), named);
        let disk = DiskManagerBuilder::default()
            .with_mode(DiskManagerMode::Directories(vec![self.spill.folder()?]))
            .with_max_temp_directory_size(means.spill);
        let caches = CacheManagerConfig::default()
            .with_file_metadata_cache(Some(Arc::clone(&self.footers)))
            .with_metadata_cache_limit(FOOTER_CACHE_BYTES);
        let environment = RuntimeEnvBuilder::new()
            .with_memory_pool(Arc::new(pool))
            .with_disk_manager_builder(disk)
            .with_cache_manager(caches)
            .with_object_store_registry(Arc::new(self.one_store()))
            .build_arc()?;
        let scalars = SessionStateDefaults::default_scalar_functions().into_iter();
        let scalars = scalars.filter(|function| !LEFT_OUT.contains(&function.name()));
        let state = SessionStateBuilder::new()
            .with_config(settings(means))
            .with_runtime_env(environment)
            .with_expr_planners(SessionStateDefaults::default_expr_planners())
            .with_scalar_functions(scalars.collect())
            .with_higher_order_functions(SessionStateDefaults::default_higher_order_functions())
            .with_aggregate_functions(SessionStateDefaults::default_aggregate_functions())
            .with_window_functions(SessionStateDefaults::default_window_functions())
            .with_table_function_list(SessionStateDefaults::default_table_functions())
            .build();
        Ok(SessionContext::new_with_state(state))
    }

    fn one_store(&self) -> OneStore {
        self.at_work.send_modify(|sessions| *sessions += 1);
        OneStore { store: Arc::clone(&self.store), at_work: self.at_work.clone() }
    }
}

fn settings(means: Means) -> SessionConfig {
    let mut config = SessionConfig::new()
        .with_target_partitions(means.threads)
        .with_batch_size(means.batch_rows)
        .with_information_schema(false)
        .with_sort_spill_reservation_bytes(MERGE_BYTES.min(means.memory / 8));
    let options = config.options_mut();
    options.execution.parquet.pushdown_filters = true;
    options.execution.parquet.reorder_filters = true;
    options.sql_parser.collect_spans = true;
    config
}

/// A registry of one store: no name leads anywhere else. It goes with the session, after its memory and its disk.
#[derive(Debug)]
struct OneStore {
    store: Arc<dyn ObjectStore>,
    at_work: watch::Sender<usize>,
}

impl Drop for OneStore {
    fn drop(&mut self) {
        self.at_work.send_modify(|sessions| *sessions = sessions.saturating_sub(1));
    }
}

impl ObjectStoreRegistry for OneStore {
    fn register_store(&self, _: &Url, _: Arc<dyn ObjectStore>) -> Option<Arc<dyn ObjectStore>> {
        None
    }

    fn get_store(&self, url: &Url) -> Result<Arc<dyn ObjectStore>> {
        if url.as_str().starts_with(STORE) {
            return Ok(Arc::clone(&self.store));
        }
        Err(DataFusionError::Plan("only the tables of the lake can be asked".into()))
    }
}

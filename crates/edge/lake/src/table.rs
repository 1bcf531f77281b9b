//! The files of one snapshot as a table that the engine can read, and nothing else.
//!
//! The log says between which values a file lies, so most files are never opened. Within a file, the engine goes on
//! by row group, Bloom filter and page.

use std::collections::HashSet;
use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanArray, UInt64Array};
use arrow::datatypes::{DataType, FieldRef, SchemaRef};
use async_trait::async_trait;
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::pruning::PruningStatistics;
use datafusion::common::{Column, DFSchema, DataFusionError, Result, ScalarValue};
use datafusion::datasource::listing::PartitionedFile;
use datafusion::datasource::object_store::ObjectStoreUrl;
use datafusion::datasource::physical_plan::parquet::CachedParquetFileReaderFactory;
use datafusion::datasource::physical_plan::{FileGroup, FileScanConfigBuilder, ParquetSource};
use datafusion::datasource::source::DataSourceExec;
use datafusion::datasource::table_schema::TableSchema;
use datafusion::logical_expr::utils::conjunction;
use datafusion::logical_expr::{Expr, TableProviderFilterPushDown, TableType};
use datafusion::physical_optimizer::pruning::PruningPredicateBuilder;
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::empty::EmptyExec;

use crate::log::Active;
use crate::session::STORE;
use crate::shape::Shape;

/// Some files of a lake.
#[derive(Debug)]
pub(crate) struct Files {
    shape: Arc<Shape>,
    files: Vec<Arc<Active>>,
}

impl Files {
    pub(crate) fn new(shape: Arc<Shape>, files: Vec<Arc<Active>>) -> Self {
        Self { shape, files }
    }

    /// The files that may hold rows of which all filters are true.
    fn matching(&self, session: &dyn Session, filters: &[Expr]) -> Result<Vec<Arc<Active>>> {
        let Some(filter) = conjunction(filters.to_vec()) else { return Ok(self.files.clone()) };
        let schema = DFSchema::try_from(Arc::clone(&self.shape.schema))?;
        let filter = session.create_physical_expr(filter, &schema)?;
        let columns =
            PruningPredicateBuilder::new().with_file_schema(Arc::clone(&self.shape.schema));
        let Some(predicate) = columns.build(filter) else {
            return Ok(self.files.clone()); // nothing can be said beforehand
        };
        let keep = predicate.prune(self)?;
        let kept = self.files.iter().zip(keep).filter_map(|(file, keep)| keep.then_some(file));
        Ok(kept.cloned().collect())
    }

    /// One value of each file, as a column.
    fn column(
        &self,
        column: &Column,
        of: impl Fn(&Active) -> Option<&ScalarValue>,
    ) -> Option<ArrayRef> {
        let kind = self.shape.field(column.name())?.data_type();
        let unknown = ScalarValue::try_from(kind).ok()?;
        let days = column.name() == self.shape.partition;
        let value = |file: &Arc<Active>| {
            let known = if days { day_of(file) } else { of(file).cloned() };
            known.unwrap_or_else(|| unknown.clone())
        };
        ScalarValue::iter_to_array(self.files.iter().map(value)).ok()
    }

    fn counts(&self, of: impl Fn(&Active) -> Option<u64>) -> ArrayRef {
        Arc::new(self.files.iter().map(|file| of(file)).collect::<UInt64Array>())
    }
}

#[async_trait]
impl TableProvider for Files {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.shape.schema)
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    fn supports_filters_pushdown(
        &self,
        filters: &[&Expr],
    ) -> Result<Vec<TableProviderFilterPushDown>> {
        Ok(vec![TableProviderFilterPushDown::Inexact; filters.len()])
    }

    async fn scan(
        &self,
        session: &dyn Session,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let files = self.matching(session, filters)?;
        let all = (0..self.shape.schema.fields().len()).collect::<Vec<_>>();
        let wanted = projection.unwrap_or(&all);
        if files.is_empty() {
            return Ok(Arc::new(EmptyExec::new(Arc::new(self.shape.schema.project(wanted)?))));
        }
        let schema = table_schema(&self.shape)?;
        // The engine keeps the partition column behind the others.
        let place = |index: &usize| {
            let name = self.shape.schema.fields().get(*index).map(|field| field.name().as_str());
            Ok(schema.table_schema().index_of(name.unwrap_or_default())?)
        };
        let places = wanted.iter().map(place).collect::<Result<Vec<_>>>()?;
        let environment = session.runtime_env();
        let url = ObjectStoreUrl::parse(STORE)?;
        let readers = CachedParquetFileReaderFactory::new(
            environment.object_store(&url)?,
            environment.cache_manager.get_file_metadata_cache(),
        );
        let source = ParquetSource::new(schema)
            .with_table_parquet_options(session.default_table_options().parquet)
            .with_parquet_file_reader_factory(Arc::new(readers));
        let config = FileScanConfigBuilder::new(url, Arc::new(source))
            .with_file_groups(groups(&files, session.config().target_partitions())?)
            .with_projection_indices(Some(places))?
            .with_limit(limit)
            .build();
        Ok(DataSourceExec::from_data_source(config))
    }
}

impl PruningStatistics for Files {
    fn min_values(&self, column: &Column) -> Option<ArrayRef> {
        self.column(column, |file| file.stats.columns.get(column.name())?.least.as_ref())
    }

    fn max_values(&self, column: &Column) -> Option<ArrayRef> {
        self.column(column, |file| file.stats.columns.get(column.name())?.greatest.as_ref())
    }

    fn num_containers(&self) -> usize {
        self.files.len()
    }

    fn null_counts(&self, column: &Column) -> Option<ArrayRef> {
        let days = column.name() == self.shape.partition;
        Some(self.counts(
            |file| {
                if days { Some(0) } else { file.stats.columns.get(column.name())?.nulls }
            },
        ))
    }

    fn row_counts(&self) -> Option<ArrayRef> {
        Some(self.counts(|file| file.stats.rows))
    }

    fn contained(&self, _: &Column, _: &HashSet<ScalarValue>) -> Option<BooleanArray> {
        None
    }
}

/// The columns of a file, and the day behind them.
fn table_schema(shape: &Shape) -> Result<TableSchema> {
    let day: FieldRef = Arc::new(shape.schema.field_with_name(&shape.partition)?.clone());
    Ok(TableSchema::builder(shape.stored()).with_table_partition_cols(vec![day]).build())
}

/// Files shared out so that each of the engine's threads has about the same to read.
fn groups(files: &[Arc<Active>], threads: usize) -> Result<Vec<FileGroup>> {
    let mut largest_first: Vec<&Arc<Active>> = files.iter().collect();
    largest_first.sort_by_key(|file| std::cmp::Reverse(file.add.size));
    let mut shares = vec![(0i64, vec![]); threads.clamp(1, files.len())];
    for file in largest_first {
        if let Some((bytes, share)) = shares.iter_mut().min_by_key(|(bytes, _)| *bytes) {
            *bytes = bytes.saturating_add(file.add.size);
            share.push(partitioned(file)?);
        }
    }
    Ok(shares.into_iter().map(|(_, share)| FileGroup::new(share)).collect())
}

fn partitioned(file: &Active) -> Result<PartitionedFile> {
    let day = day_of(file).ok_or_else(|| {
        DataFusionError::Execution(format!("the file {} is of no day", file.add.path))
    })?;
    let bytes = u64::try_from(file.add.size).unwrap_or(0);
    let mut partitioned = PartitionedFile::new(file.add.path.clone(), bytes);
    // A file keeps its name only as long as it keeps its bytes: what is known of it stays true.
    partitioned.partition_values = vec![day];
    Ok(partitioned)
}

fn day_of(file: &Active) -> Option<ScalarValue> {
    ScalarValue::try_from_string(file.day.clone(), &DataType::Date32).ok()
}

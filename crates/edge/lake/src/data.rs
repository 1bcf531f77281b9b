//! Data files: rows of one day as Parquet, there for good and invisible until they are committed.

use std::collections::{BTreeMap, HashMap};
use std::io::BufWriter;
use std::sync::{Arc, Mutex, PoisonError};

use arrow::array::{Array, AsArray, RecordBatch, UInt32Array};
use arrow::compute::take_record_batch;
use arrow::datatypes::{DataType, Date32Type, SchemaRef};
use deltalake_core::kernel::Add;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::metadata::SortingColumn;
use parquet::file::properties::{EnabledStatistics, WriterProperties, WriterPropertiesBuilder};
use parquet::schema::types::ColumnPath;
use uuid::Uuid;

use crate::fault::LakeFault;
use crate::medium::{Medium, OpenObject};
use crate::shape::Shape;
use crate::stats::FileStats;

/// Rows of one group of a fresh file: it is small, and read as a whole.
const FRESH_GROUP_ROWS_MAX: usize = 1 << 20;
/// Rows of one group of a compacted file: few enough that a look-up reads little.
const SORTED_GROUP_ROWS_MAX: usize = 1 << 18;
/// So a Bloom filter never has more values than this.
const SORTED_VALUES_MAX: u64 = 1 << 18;
const PAGE_ROWS_MAX: usize = 8 << 10;
/// Pages of bytes that nobody searches. Larger ones press hardly better, take longer, and look-ups read more.
const BLOB_PAGE_BYTES_MAX: usize = 256 << 10;
const BUFFER_BYTES: usize = 1 << 20;
/// Files whose rows are in order are told by their names, which every engine keeps.
const SORTED: &str = "sorted-";
const FRESH: &str = "fresh-";

/// A file that is on disk and that nobody sees until it is committed.
#[derive(Clone, Debug)]
pub struct DataFile {
    pub(crate) add: Add,
    pub(crate) stats: FileStats,
    /// Holds the sweeper off, as long as the file waits.
    pub(crate) _pin: Pin,
}

impl DataFile {
    /// Its name within the table.
    pub fn path(&self) -> &str {
        &self.add.path
    }

    /// How many bytes it takes.
    pub fn bytes(&self) -> u64 {
        u64::try_from(self.add.size).unwrap_or(0)
    }

    /// How many rows it holds.
    pub fn rows(&self) -> u64 {
        self.stats.rows.unwrap_or(0)
    }
}

/// How hard files are pressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Squeeze {
    /// For rows that were just read: as quick as pressing can be, since they are merged soon.
    Fresh,
    /// For rows that stay: sorted, small, and with what helps to find them.
    Sorted,
}

/// Writes data files of one shape.
#[derive(Debug)]
pub(crate) struct Writer {
    pub(crate) shape: Arc<Shape>,
    pub(crate) stored: SchemaRef,
    pub(crate) medium: Medium,
    pub(crate) pins: Pins,
}

impl Writer {
    /// Writes rows, one file for each day among them.
    pub(crate) fn write(
        &self,
        rows: &RecordBatch,
        how: Squeeze,
    ) -> Result<Vec<DataFile>, LakeFault> {
        self.check(rows)?;
        let mut files = vec![];
        for (day, rows) in split(rows, &self.shape.partition)? {
            let mut file = self.begin(&day, how)?;
            file.write(&rows)?;
            files.push(file.finish()?);
        }
        Ok(files)
    }

    /// Begins a file of one day.
    pub(crate) fn begin(&self, day: &str, how: Squeeze) -> Result<OpenFile<'_>, LakeFault> {
        let mark = if how == Squeeze::Sorted { SORTED } else { FRESH };
        let path = format!("{}={day}/{mark}{}.parquet", self.shape.partition, Uuid::new_v4());
        let pin = self.pins.pin([path.clone()]);
        let file = self.medium.begin(&path).map_err(|error| LakeFault::of(WRITE, error))?;
        let file = BufWriter::with_capacity(BUFFER_BYTES, file);
        let properties = properties(&self.shape, how);
        let writer = ArrowWriter::try_new(file, self.stored.clone(), Some(properties));
        let writer = writer.map_err(|error| LakeFault::of(WRITE, error))?;
        Ok(OpenFile { of: self, writer, path, day: day.to_owned(), pin })
    }

    fn check(&self, rows: &RecordBatch) -> Result<(), LakeFault> {
        let (ours, theirs) = (&self.shape.schema, rows.schema());
        let same = ours.fields().len() == theirs.fields().len()
            && ours.fields().iter().zip(theirs.fields()).all(|(ours, theirs)| {
                ours.name() == theirs.name() && ours.data_type() == theirs.data_type()
            });
        if same {
            Ok(())
        } else {
            Err(crate::shape::fault("rows have other columns than the table".into()))
        }
    }
}

const WRITE: &str = "write its files";

/// A data file that is being written; dropped before its end, it is removed.
pub(crate) struct OpenFile<'a> {
    of: &'a Writer,
    writer: ArrowWriter<BufWriter<OpenObject>>,
    path: String,
    day: String,
    pin: Pin,
}

impl OpenFile<'_> {
    /// Adds rows, whose columns are those of the table or of a file of it.
    pub(crate) fn write(&mut self, rows: &RecordBatch) -> Result<(), LakeFault> {
        let partition = &self.of.shape.partition;
        let schema = rows.schema();
        let columns = schema.fields().iter().zip(rows.columns());
        let columns = columns.filter(|(field, _)| field.name() != partition);
        let columns = columns.map(|(_, column)| Arc::clone(column)).collect();
        let stored = RecordBatch::try_new(self.of.stored.clone(), columns);
        let stored = stored.map_err(|error| LakeFault::of(WRITE, error))?;
        self.writer.write(&stored).map_err(|error| LakeFault::of(WRITE, error))
    }

    /// Bytes so far, as they will be in the file.
    pub(crate) fn bytes(&self) -> usize {
        self.writer.bytes_written().saturating_add(self.writer.in_progress_size())
    }

    /// Puts it on disk.
    pub(crate) fn finish(mut self) -> Result<DataFile, LakeFault> {
        self.writer.flush().map_err(|error| LakeFault::of(WRITE, error))?;
        let stats = FileStats::of_groups(self.writer.flushed_row_groups(), &self.of.shape)?;
        let buffer = self.writer.into_inner().map_err(|error| LakeFault::of(WRITE, error))?;
        let file = buffer.into_inner().map_err(|error| LakeFault::of(WRITE, error.into_error()))?;
        let (bytes, written_at) = file.finish().map_err(|error| LakeFault::of(WRITE, error))?;
        let partition_values = HashMap::from([(self.of.shape.partition.clone(), Some(self.day))]);
        let add = Add {
            path: self.path,
            partition_values,
            size: i64::try_from(bytes).unwrap_or(i64::MAX),
            modification_time: written_at,
            data_change: true,
            stats: Some(stats.to_json()),
            ..Add::default()
        };
        Ok(DataFile { add, stats, _pin: self.pin })
    }
}

/// Whether the rows of a file are in order, by its name.
pub(crate) fn is_sorted(path: &str) -> bool {
    path.rsplit('/').next().is_some_and(|name| name.starts_with(SORTED))
}

/// Rows by day, in the order of days; the rows of one day stay in their order.
fn split(rows: &RecordBatch, partition: &str) -> Result<Vec<(String, RecordBatch)>, LakeFault> {
    let days =
        rows.column_by_name(partition).and_then(|days| days.as_primitive_opt::<Date32Type>());
    let Some(days) = days.filter(|days| days.null_count() == 0) else {
        return Err(crate::shape::fault(format!("every row needs a day in `{partition}`")));
    };
    let mut by_day = BTreeMap::<i32, Vec<u32>>::new();
    for (row, day) in (0u32..).zip(days.values()) {
        by_day.entry(*day).or_default().push(row);
    }
    let single = by_day.len() == 1;
    let part = |(day, picked): (i32, Vec<u32>)| {
        let rows = if single {
            rows.clone()
        } else {
            let picked = UInt32Array::from(picked);
            take_record_batch(rows, &picked).map_err(|error| LakeFault::of(WRITE, error))?
        };
        Ok((day_text(day)?, rows))
    };
    by_day.into_iter().map(part).collect()
}

/// A day as the log writes it.
pub(crate) fn day_text(day: i32) -> Result<String, LakeFault> {
    let span = jiff::Span::new().try_days(day);
    let date = span.and_then(|days| jiff::civil::date(1970, 1, 1).checked_add(days));
    date.map(|date| date.to_string()).map_err(|error| odd_day(&error))
}

fn odd_day(error: &jiff::Error) -> LakeFault {
    crate::shape::fault(format!("a row has a day that is none: {error}"))
}

fn properties(shape: &Shape, how: Squeeze) -> WriterProperties {
    let zstd = |level| Compression::ZSTD(ZstdLevel::try_new(level).unwrap_or_default());
    let (compression, group_rows) = match how {
        Squeeze::Fresh => (Compression::LZ4_RAW, FRESH_GROUP_ROWS_MAX),
        Squeeze::Sorted => (zstd(3), SORTED_GROUP_ROWS_MAX),
    };
    let mut builder = WriterProperties::builder()
        .set_created_by(concat!("fengsui ", env!("CARGO_PKG_VERSION")).to_owned())
        .set_compression(compression)
        .set_max_row_group_row_count(Some(group_rows))
        .set_data_page_row_count_limit(PAGE_ROWS_MAX)
        .set_statistics_enabled(EnabledStatistics::Page);
    for field in shape.stored().fields() {
        let path = ColumnPath::new(vec![field.name().clone()]);
        if field.data_type() == &DataType::Binary {
            builder = builder
                .set_column_dictionary_enabled(path.clone(), false)
                .set_column_statistics_enabled(path.clone(), EnabledStatistics::None)
                .set_column_data_page_size_limit(path, BLOB_PAGE_BYTES_MAX);
        }
    }
    if how == Squeeze::Sorted { for_search(builder, shape).build() } else { builder.build() }
}

/// What only files that stay are worth: Bloom filters, and a word about their order.
fn for_search(mut builder: WriterPropertiesBuilder, shape: &Shape) -> WriterPropertiesBuilder {
    for name in &shape.bloom {
        let path = ColumnPath::new(vec![name.clone()]);
        builder = builder
            .set_column_bloom_filter_enabled(path.clone(), true)
            .set_column_bloom_filter_max_ndv(path, SORTED_VALUES_MAX);
    }
    let stored = shape.stored();
    let place =
        |name: &String| stored.index_of(name).ok().and_then(|index| i32::try_from(index).ok());
    let order = shape.sort.iter().map_while(place);
    let order =
        order.map(|column_idx| SortingColumn { column_idx, descending: false, nulls_first: false });
    builder.set_sorting_columns(Some(order.collect()))
}

/// Files that this process still needs, though no snapshot may name them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Pins(Arc<Mutex<BTreeMap<String, usize>>>);

impl Pins {
    pub(crate) fn pin(&self, paths: impl IntoIterator<Item = String>) -> Pin {
        let paths: Vec<String> = paths.into_iter().collect();
        let mut pinned = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for path in &paths {
            *pinned.entry(path.clone()).or_default() += 1;
        }
        drop(pinned);
        Pin { pins: self.clone(), paths }
    }

    pub(crate) fn holds(&self, path: &str) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).contains_key(path)
    }
}

/// Holds the sweeper off some files until it is dropped.
#[derive(Debug)]
pub(crate) struct Pin {
    pins: Pins,
    paths: Vec<String>,
}

impl Clone for Pin {
    fn clone(&self) -> Self {
        self.pins.pin(self.paths.iter().cloned())
    }
}

impl Drop for Pin {
    fn drop(&mut self) {
        let mut pinned = self.pins.0.lock().unwrap_or_else(PoisonError::into_inner);
        for path in &self.paths {
            let Some(count) = pinned.get_mut(path) else { continue };
            *count = count.saturating_sub(1);
            if *count == 0 {
                pinned.remove(path);
            }
        }
    }
}

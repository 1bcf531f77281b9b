//! What every test stands on: a small table, and rows that one can tell apart.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use arrow::array::{
    ArrayRef, AsArray, BinaryArray, Date32Array, Int32Array, Int64Array, RecordBatch, StringArray,
    TimestampMicrosecondArray,
};
use arrow::datatypes::{DataType, Field, Int32Type, Int64Type, Schema, TimeUnit};

use object_store::{BackoffConfig, RetryConfig};
use tempfile::{TempDir, tempdir};

use super::storage::Storage;
use crate::bucket::OpenBucket;
use crate::medium::Medium;
use crate::{Access, Lake, LakeFault, Limits, Place, Shape, Step};

/// Runs each fact on a folder and on a bucket.
macro_rules! in_every_place {
    ($($fact:ident)*) => {
        mod in_a_folder {
            $(#[tokio::test(flavor = "multi_thread")] async fn $fact() {
                super::$fact($crate::tests::ground::Ground::folder()).await;
            })*
        }
        mod in_a_bucket {
            $(#[tokio::test(flavor = "multi_thread")] async fn $fact() {
                super::$fact($crate::tests::ground::Ground::bucket()).await;
            })*
        }
    };
}
pub(crate) use in_every_place;

/// Where a test keeps its lake.
pub(crate) enum Ground {
    /// The second removes it at the end.
    Folder(PathBuf, #[expect(dead_code, reason = "it is held, not read")] Option<TempDir>),
    Bucket(Storage, TempDir),
}

impl Ground {
    pub(crate) fn folder() -> Self {
        let folder = tempdir().unwrap();
        Self::Folder(folder.path().to_owned(), Some(folder))
    }

    /// A folder that somebody else removes.
    pub(crate) fn at(folder: &Path) -> Self {
        Self::Folder(folder.to_owned(), None)
    }

    pub(crate) fn bucket() -> Self {
        Self::Bucket(Storage::begin(), tempdir().unwrap())
    }

    pub(crate) async fn open(&self) -> Lake {
        self.try_open(shape()).await.unwrap()
    }

    pub(crate) async fn try_open(&self, shape: Shape) -> Result<Lake, LakeFault> {
        self.open_as(shape, "s3://lake/of/records").await
    }

    /// Opens another place of the same storage.
    pub(crate) async fn open_at(&self, url: &str) -> Result<Lake, LakeFault> {
        self.open_as(shape(), url).await
    }

    async fn open_as(&self, shape: Shape, url: &str) -> Result<Lake, LakeFault> {
        match self {
            Self::Folder(folder, _) => Lake::open(Place::Folder(folder.clone()), shape).await,
            Self::Bucket(storage, scratch) => {
                let scratch = scratch.path().join("spill");
                let access = Access { settings: storage.settings(), scratch };
                let bucket = OpenBucket::open(&url.parse().unwrap(), &access, impatient())?;
                Lake::on(Medium::Bucket(bucket), access.scratch, shape).await
            }
        }
    }

    /// Files whose names contain something.
    pub(crate) fn names(&self, part: &str) -> Vec<String> {
        match self {
            Self::Folder(folder, _) => {
                let all = ["", "_delta_log"].map(|below| folder.join(below));
                let listed = all.iter().flat_map(|folder| std::fs::read_dir(folder).unwrap());
                let names = listed.map(|entry| entry.unwrap().path().display().to_string());
                names.filter(|name| name.contains(part)).collect()
            }
            Self::Bucket(storage, _) => storage.names(part),
        }
    }

    pub(crate) fn data_files(&self) -> Vec<String> {
        match self {
            Self::Folder(folder, _) => data_files(folder),
            Self::Bucket(storage, _) => storage.names("day="),
        }
    }

    /// Takes a file away behind everybody's back.
    pub(crate) fn lose(&self, name: &str) {
        match self {
            Self::Folder(folder, _) => std::fs::remove_file(folder.join(name)).unwrap(),
            Self::Bucket(storage, _) => storage.lose(name),
        }
    }

    /// What a writer leaves that is killed half-way; a storage shows nothing of it.
    pub(crate) fn leave_half_a_file(&self) -> usize {
        match self {
            Self::Folder(folder, _) => {
                let staged = folder.join("_delta_log/00000000000000000009.json#123");
                std::fs::write(staged, "half").unwrap();
                1
            }
            Self::Bucket(..) => 0,
        }
    }

    /// What somebody else keeps in the same place.
    pub(crate) fn leave_notes(&self) {
        match self {
            Self::Folder(folder, _) => {
                std::fs::write(folder.join("notes.txt"), "of somebody").unwrap();
            }
            Self::Bucket(storage, _) => storage.leave("of/records/notes.txt"),
        }
    }
}

/// A storage that is told to fail is asked again at once.
fn impatient() -> RetryConfig {
    let (init_backoff, max_backoff) = (Duration::from_millis(1), Duration::from_millis(5));
    let backoff = BackoffConfig { init_backoff, max_backoff, base: 2.0 };
    RetryConfig { backoff, max_retries: 3, retry_timeout: Duration::from_secs(30) }
}

/// 2026-11-01, in days since 1970.
pub(crate) const DAY: i32 = 20_758;

pub(crate) fn shape() -> Shape {
    let text = |name: &str| Field::new(name, DataType::Utf8, true);
    let zone = Some("UTC".into());
    let schema = Schema::new(vec![
        Field::new("day", DataType::Date32, true),
        text("kind"),
        text("feed"),
        text("partition"),
        Field::new("offset", DataType::Int64, true),
        Field::new("nth", DataType::Int32, true),
        text("source.ip"),
        text("source.key"),
        Field::new("time.source", DataType::Timestamp(TimeUnit::Microsecond, zone), true),
        Field::new("raw", DataType::Binary, true),
    ]);
    Shape {
        schema: Arc::new(schema),
        partition: "day".into(),
        sort: vec!["source.key".into(), "time.source".into()],
        bloom: vec!["source.ip".into()],
        views: vec![("records".into(), "SELECT * FROM everything WHERE kind = 'record'".into())],
    }
}

/// Rows of one day; row `offset` is from the address 10.x.y.z, spread over the network.
pub(crate) fn rows(day: i32, feed: &str, offsets: std::ops::Range<i64>) -> RecordBatch {
    let spread: Vec<i64> = offsets.clone().map(|offset| (offset * 7_919) % 65_536).collect();
    let count = spread.len();
    let kinds =
        offsets.clone().map(|offset| if offset % 10 == 9 { "suppressed" } else { "record" });
    let ips = spread.iter().map(|at| Some(format!("10.0.{}.{}", at / 256, at % 256)));
    let keys = spread.iter().map(|at| Some(format!("{:032x}", 0xffff_0a00_0000_i64 + at)));
    let times = offsets.clone().map(|offset| i64::from(day) * 86_400_000_000 + offset * 1_001);
    let raws: Vec<Vec<u8>> =
        offsets.clone().map(|offset| format!("piece {offset}").into()).collect();
    let columns: Vec<ArrayRef> = vec![
        Arc::new(Date32Array::from(vec![day; count])),
        Arc::new(kinds.map(Some).collect::<StringArray>()),
        Arc::new(StringArray::from(vec![feed; count])),
        Arc::new(StringArray::from(vec!["spool"; count])),
        Arc::new(offsets.collect::<Int64Array>()),
        Arc::new(Int32Array::from(vec![0; count])),
        Arc::new(ips.collect::<StringArray>()),
        Arc::new(keys.collect::<StringArray>()),
        Arc::new(TimestampMicrosecondArray::from_iter_values(times).with_timezone("UTC")),
        Arc::new(BinaryArray::from_iter_values(raws)),
    ];
    RecordBatch::try_new(shape().schema, columns).unwrap()
}

pub(crate) fn both(a: &RecordBatch, b: &RecordBatch) -> RecordBatch {
    arrow::compute::concat_batches(&a.schema(), [a, b]).unwrap()
}

pub(crate) async fn open(folder: &Path) -> Lake {
    Lake::open(Place::Folder(folder.to_owned()), shape()).await.unwrap()
}

pub(crate) fn step(app: &str, from: Option<i64>, to: i64) -> Step {
    Step { app: app.into(), from, to }
}

/// Puts rows of one feed on the lake and moves it on to the end of them.
pub(crate) async fn put(
    lake: &Lake,
    day: i32,
    feed: &str,
    offsets: std::ops::Range<i64>,
) -> Result<(), LakeFault> {
    let from = (offsets.start > 0).then_some(offsets.start);
    let to = offsets.end;
    let files = lake.write(&rows(day, feed, offsets))?;
    lake.commit(files, &[step(&format!("{feed}/spool"), from, to)]).await
}

pub(crate) async fn ask(lake: &Lake, sql: &str) -> Vec<RecordBatch> {
    lake.query(sql, Limits::default()).await.unwrap().collect().await.unwrap()
}

/// The one number that answers a question.
pub(crate) async fn number(lake: &Lake, sql: &str) -> i64 {
    let answer = ask(lake, sql).await;
    answer[0].column(0).as_primitive::<Int64Type>().value(0)
}

/// The keys of all rows, in order, with their repeats.
pub(crate) async fn keys(lake: &Lake) -> Vec<(String, i64, i32)> {
    let limits = Limits { rows: 10_000_000, ..Limits::default() };
    let sql = "SELECT feed, \"offset\", nth FROM everything";
    let batches = lake.query(sql, limits).await.unwrap().collect().await.unwrap();
    let mut keys = vec![];
    for batch in &batches {
        let feeds = batch.column(0).as_string::<i32>();
        let offsets = batch.column(1).as_primitive::<Int64Type>();
        let nths = batch.column(2).as_primitive::<Int32Type>();
        for row in 0..batch.num_rows() {
            keys.push((feeds.value(row).to_owned(), offsets.value(row), nths.value(row)));
        }
    }
    keys.sort();
    keys
}

/// Checks that a feed has exactly the rows before `end`, each once.
pub(crate) fn exactly(keys: &[(String, i64, i32)], feed: &str, end: i64) {
    let of_feed: Vec<i64> = keys.iter().filter(|key| key.0 == feed).map(|key| key.1).collect();
    let different: BTreeSet<i64> = of_feed.iter().copied().collect();
    assert_eq!(of_feed.len(), different.len(), "rows of {feed} are doubled");
    assert!(different.iter().copied().eq(0..end), "{feed} has {} rows, not {end}", different.len());
}

/// A question that has to put much on disk before its first row.
pub(crate) const SPILLING: &str = "SELECT max(n) FROM (SELECT row_number() OVER \
     (ORDER BY s.value DESC, raw, \"source.key\") n \
     FROM everything e CROSS JOIN generate_series(1, 1000000) s)";

/// What it may take.
pub(crate) fn spilling() -> Limits {
    Limits { rows: 1_000, time: Duration::from_mins(10), memory: 24 << 20, spill: 8 << 30 }
}

/// Bytes that questions have put on disk.
pub(crate) fn spilt(folder: &Path) -> u64 {
    let Ok(entries) = std::fs::read_dir(folder) else { return 0 };
    let of = |entry: std::fs::DirEntry| match entry.metadata() {
        Ok(about) if about.is_dir() => spilt(&entry.path()),
        Ok(about) => about.len(),
        Err(_) => 0, // it is gone already
    };
    entries.flatten().map(of).sum()
}

/// The data files in a folder, whoever they belong to.
pub(crate) fn data_files(folder: &Path) -> Vec<String> {
    let mut found = vec![];
    for day in std::fs::read_dir(folder).unwrap().flatten() {
        if day.file_name().to_string_lossy().starts_with("day=") {
            let files = std::fs::read_dir(day.path()).unwrap().flatten();
            found.extend(files.map(|file| file.file_name().to_string_lossy().into_owned()));
        }
    }
    found.sort();
    found
}

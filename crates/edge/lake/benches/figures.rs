//! How fast a lake is: writing, committing, merging, and two questions.
//!
//! `cargo bench -p fengsui-lake -- FOLDER ROWS_PER_DAY`: thirty days are written to the folder unless they are there.
#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a benchmark says what it measured")]

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use arrow::array::{
    ArrayRef, BinaryArray, Date32Array, Int32Array, Int64Array, RecordBatch, StringArray,
    TimestampMicrosecondArray, new_null_array,
};
use arrow::datatypes::{DataType, Field, Schema, TimeUnit};

use fengsui_lake::{Compaction, Depth, Lake, Limits, Place, Shape, Step};

const DAYS: i32 = 30;
const FIRST_DAY: i32 = 20_730;
const BATCH: i64 = 100_000;
const EMPTY_COLUMNS: usize = 32;
const ADDRESSES: i64 = 4_000_000;

fn main() {
    let mut given = std::env::args().skip(1).filter(|given| !given.starts_with("--"));
    let folder = PathBuf::from(given.next().unwrap_or_else(|| "target/lake-figures".into()));
    let per_day = given.next().and_then(|rows| rows.parse().ok()).unwrap_or(330_000);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(measure(folder, per_day));
}

async fn measure(folder: PathBuf, per_day: i64) {
    let lake = Lake::open(Place::Folder(folder), shape()).await.unwrap();
    if lake.table().await.unwrap().files == 0 {
        fill(&lake, per_day).await;
    }
    println!("{:?}", lake.table().await.unwrap());
    let point = "SELECT \"time.source\", \"event.signature\", raw FROM everything \
                 WHERE \"source.ip\" = '10.30.132.128' AND \"source.key\" = '00000000000000000000ffff0a1e8480'";
    let ranged = "SELECT count(*) FROM everything WHERE \"source.key\" BETWEEN \
                  '00000000000000000000ffff0a1e8400' AND '00000000000000000000ffff0a1e84ff'";
    let top = "SELECT \"event.signature\", \"source.network\", count(*) n FROM everything \
               WHERE day >= '2026-10-26' GROUP BY 1, 2 ORDER BY n DESC LIMIT 20";
    for (name, sql) in
        [("one address, 30 days", point), ("a /24, 30 days", ranged), ("top, 7 days", top)]
    {
        let mut times = vec![];
        let mut last = String::new();
        for _ in 0..5 {
            let began = Instant::now();
            let limits = Limits { time: Duration::from_mins(2), ..Limits::default() };
            let mut answer = lake.query(sql, limits).await.unwrap();
            let mut rows = 0;
            while let Some(batch) = answer.next().await.unwrap() {
                rows += batch.num_rows();
            }
            times.push(began.elapsed());
            last = format!("{rows} rows, {:?}", answer.scanned());
        }
        println!(
            "{name}: first {:?}, best {:?}; {last}",
            times.first().unwrap(),
            times.iter().min().unwrap()
        );
    }
}

async fn fill(lake: &Lake, per_day: i64) {
    let (mut writing, mut committing, mut commits) = (Duration::ZERO, Duration::ZERO, 0);
    let mut reached = None;
    for day in 0..DAYS {
        let mut start = 0;
        while start < per_day {
            let rows = rows(FIRST_DAY + day, start, BATCH.min(per_day - start));
            let began = Instant::now();
            let files = lake.write(&rows).unwrap();
            writing += began.elapsed();
            let to = reached.unwrap_or(0) + BATCH;
            let began = Instant::now();
            let step = Step { app: "eve/file".into(), from: reached, to };
            lake.commit(files, &[step]).await.unwrap();
            committing += began.elapsed();
            commits += 1;
            reached = Some(to);
            start += BATCH;
        }
    }
    let rows = f64::from(DAYS) * f64::from(u32::try_from(per_day).unwrap());
    println!("written: {:.3} s a million rows", writing.as_secs_f64() * 1e6 / rows);
    println!("committed: {:?} each, of {commits}", committing / commits);
    println!("{:?}", lake.table().await.unwrap());
    let began = Instant::now();
    let whole = Compaction { depth: Depth::Whole, ..Compaction::default() };
    let done = lake.compact(whole, |_| {}).await.unwrap();
    println!("merged in {:?}: {done:?}", began.elapsed());
}

fn shape() -> Shape {
    let text = |name: &str| Field::new(name, DataType::Utf8, true);
    let mut fields = vec![
        Field::new("day", DataType::Date32, true),
        text("kind"),
        text("feed"),
        Field::new("offset", DataType::Int64, true),
        Field::new("nth", DataType::Int32, true),
        Field::new(
            "time.source",
            DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
            true,
        ),
        text("source.ip"),
        text("source.network"),
        text("source.key"),
        text("event.signature"),
    ];
    fields.extend((0..EMPTY_COLUMNS).map(|column| text(&format!("empty.{column}"))));
    fields.push(Field::new("raw", DataType::Binary, true));
    Shape {
        schema: Arc::new(Schema::new(fields)),
        partition: "day".into(),
        sort: vec!["source.key".into(), "time.source".into()],
        bloom: vec!["source.ip".into()],
        views: vec![],
    }
}

/// Rows that look drawn and are the same every time.
fn rows(day: i32, start: i64, count: i64) -> RecordBatch {
    let numbers = start..start + count;
    let drawn = |row: i64, most: i64| {
        (row * 48_271 + i64::from(day) * 16_807).rem_euclid(2_147_483_647) % most
    };
    let address = |row: i64| drawn(row, ADDRESSES);
    let dotted = |at: i64| format!("10.{}.{}.{}", at >> 16 & 255, at >> 8 & 255, at & 255);
    let text = |of: &dyn Fn(i64) -> String| -> ArrayRef {
        Arc::new(numbers.clone().map(|row| Some(of(row))).collect::<StringArray>())
    };
    let length = usize::try_from(count).unwrap();
    let times = numbers.clone().map(|row| i64::from(day) * 86_400_000_000 + row * 250_000);
    let raw = numbers.clone().map(|row| {
        let (ip, signature) = (dotted(address(row)), drawn(row, 300));
        format!("{{\"timestamp\":\"{row:030}\",\"flow_id\":{},\"src_ip\":\"{ip}\",\"src_port\":{},\"alert\":\
                 {{\"signature_id\":{signature},\"signature\":\"SCAN of kind {signature}\",\"category\":\"Attempted\"}},\
                 \"http\":{{\"url\":\"/index.php?id={}\",\"agent\":\"Mozilla/5.0 (X11; Linux x86_64) {:0300}\"}}}}",
                 drawn(row * 31, 1 << 31), drawn(row, 60_000), drawn(row * 7, 1 << 31), drawn(row, 97)).into_bytes()
    });
    let mut columns: Vec<ArrayRef> = vec![
        Arc::new(Date32Array::from(vec![day; length])),
        text(&|_| "record".into()),
        text(&|_| "eve".into()),
        Arc::new(numbers.clone().collect::<Int64Array>()),
        Arc::new(Int32Array::from(vec![0; length])),
        Arc::new(TimestampMicrosecondArray::from_iter_values(times).with_timezone("UTC")),
        text(&|row| dotted(address(row))),
        text(&|row| format!("10.{}.0.0/16", address(row) >> 16)),
        text(&|row| format!("{:032x}", 0xffff_0a00_0000 + address(row))),
        text(&|row| format!("SCAN of kind {}", drawn(row, 300))),
    ];
    columns.extend((0..EMPTY_COLUMNS).map(|_| new_null_array(&DataType::Utf8, length)));
    columns.push(Arc::new(BinaryArray::from_iter_values(raw)));
    RecordBatch::try_new(shape().schema, columns).unwrap()
}

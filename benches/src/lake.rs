//! The lake: records of thirty days, and two questions an analyst asks of them.
//!
//! One address over thirty days, and the rules that hit each organisation most in seven days. `DuckDB` is asked the same of the same
//! files. Rows are made here, because reading is measured by the run `watch`; they are written, committed and merged by the delivered lake.

mod rows;

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use fengsui_lake::{Compaction, Depth, Lake, Limits, Place, Shape};
use fengsui_watch::{BLOOM, PARTITION, SORT, VIEWS, key_of, schema};
use serde::{Deserialize, Serialize};
use tokio::runtime::Builder;
use tokio::task::JoinSet;

use crate::Failed;
use crate::figures::{Times, milliseconds, per_second, print, remark};

/// Rows in the lake, unless `FENGSUI_BENCH_RECORDS` says otherwise.
const ROWS: u64 = 100_000_000;

/// Days they are of.
const DAYS: u64 = 30;

/// Rows of one file before files are merged.
const ROWS_A_FILE: u64 = 250_000;

/// How often each question is asked, each time of another address or rank.
const QUESTIONS: u64 = 7;

/// What `DuckDB` is told to do.
const SCRIPT: &str = include_str!("../duckdb/lake.py");

#[derive(Serialize)]
struct Line {
    run: &'static str,
    rows: u64,
    days: u64,
    lake_megabytes: u64,
    files_before: usize,
    files_after: usize,
    write_rows_per_second: u64,
    compact_ms: f64,
    address_p50_ms: f64,
    address_longest_ms: f64,
    address_ms_goal: f64,
    address_duckdb_ms: Option<f64>,
    top_p50_ms: f64,
    top_longest_ms: f64,
    top_ms_goal: f64,
    top_duckdb_ms: Option<f64>,
}

#[derive(Deserialize)]
struct Said {
    address_ms: f64,
    top_ms: f64,
}

pub(crate) fn run() -> Result<(), Failed> {
    let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(measure())
}

async fn measure() -> Result<(), Failed> {
    let rows = match std::env::var("FENGSUI_BENCH_RECORDS") {
        Ok(number) => number.parse()?,
        Err(_unset) => ROWS,
    };
    let folder = tempfile::tempdir()?;
    let lake = open(folder.path()).await?;
    remark(&format!("writing {rows} rows of {DAYS} days"));
    let began = Instant::now();
    fill(&lake, rows / DAYS).await?;
    let wrote = began.elapsed();
    let before = lake.table().await?;
    remark(&format!("merging {} files", before.files));
    let began = Instant::now();
    let compaction = Compaction { depth: Depth::Whole, ..Compaction::default() };
    lake.compact(compaction, |_done| {}).await?;
    let compacted = began.elapsed();
    lake.vacuum(jiff::SignedDuration::ZERO).await?;
    let after = lake.table().await?;
    remark("asking");
    let (address, top) = (asked(&lake, address_question).await?, asked(&lake, top_question).await?);
    let theirs = duckdb(folder.path());
    let (address, top) = (address.sorted(), top.sorted());
    print(&Line {
        run: "lake",
        rows: after.rows,
        days: DAYS,
        lake_megabytes: after.bytes >> 20,
        files_before: before.files,
        files_after: after.files,
        write_rows_per_second: per_second(before.rows, wrote),
        compact_ms: milliseconds(compacted),
        address_p50_ms: address.percentile(50),
        address_longest_ms: address.longest(),
        address_ms_goal: 300.0,
        address_duckdb_ms: theirs.as_ref().map(|said| said.address_ms),
        top_p50_ms: top.percentile(50),
        top_longest_ms: top.longest(),
        top_ms_goal: 2_000.0,
        top_duckdb_ms: theirs.as_ref().map(|said| said.top_ms),
    })
}

async fn open(folder: &Path) -> Result<Lake, Failed> {
    let named = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
    let shape = Shape {
        schema: schema(),
        partition: PARTITION.to_owned(),
        sort: named(SORT),
        bloom: named(BLOOM),
        views: VIEWS.iter().map(|&(name, sql)| (name.to_owned(), sql.to_owned())).collect(),
    };
    Ok(Lake::open(Place::Folder(folder.to_owned()), shape).await?)
}

/// Writes the rows of each day, two files at a time.
async fn fill(lake: &Lake, rows_a_day: u64) -> Result<(), Failed> {
    let mut under_way = JoinSet::new();
    for day in 0..DAYS {
        let mut left = rows_a_day;
        while left > 0 {
            let rows = left.min(ROWS_A_FILE);
            left -= rows;
            let (writer, seed) = (lake.clone(), day * 1_000_000 + left / ROWS_A_FILE);
            under_way.spawn_blocking(move || {
                let batch = rows::of_day(day, seed, rows)?;
                Ok::<_, Failed>(writer.write(&batch)?)
            });
            if under_way.len() >= 2
                && let Some(written) = under_way.join_next().await
            {
                lake.commit(written??, &[]).await?;
            }
        }
    }
    while let Some(written) = under_way.join_next().await {
        lake.commit(written??, &[]).await?;
    }
    Ok(())
}

/// How long answers to questions took; an empty one is a mistake of this program.
async fn asked(lake: &Lake, question: fn(u64) -> String) -> Result<Times, Failed> {
    let mut times = Times::default();
    for number in 0..QUESTIONS {
        let began = Instant::now();
        let rows = lake.query(&question(number), LIMITS).await?.collect().await?;
        times.push(began.elapsed());
        if rows.iter().all(|batch| batch.num_rows() == 0) {
            return Err(format!("no answer to {}", question(number)).into());
        }
    }
    Ok(times)
}

fn address_question(number: u64) -> String {
    let address = rows::address(number * 7_919 + 13);
    format!(
        "SELECT \"time.source\", \"signature.name\", organisation FROM records \
         WHERE \"source.ip\" = '{address}' AND \"source.key\" = '{}' ORDER BY 1",
        key_of(address.into())
    )
}

fn top_question(number: u64) -> String {
    format!(
        "SELECT organisation, \"signature.name\", count(*) AS records FROM records \
         WHERE day >= DATE '{}' GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2 LIMIT {}",
        rows::date(DAYS - 7),
        20 + number
    )
}

/// The same questions, asked of the same files.
fn duckdb(folder: &Path) -> Option<Said> {
    let python = std::env::var_os("FENGSUI_BENCH_PYTHON").unwrap_or_else(|| "python3".into());
    let (address, top) = (address_question(1), top_question(1));
    let output =
        Command::new(python).args(["-c", SCRIPT]).arg(folder).args([address, top]).output().ok()?;
    if !output.status.success() {
        remark(&format!("no figures of DuckDB: {}", String::from_utf8_lossy(&output.stderr)));
    }
    serde_json::from_slice(&output.stdout).ok()
}

/// What a question may take.
const LIMITS: Limits =
    Limits { rows: 1_000_000, time: Duration::from_mins(1), memory: 512 << 20, spill: 4 << 30 };

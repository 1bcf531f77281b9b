//! The watch: a million alerts of Suricata from a file into the lake, by the program as it is delivered.
//!
//! Parsed, normalised, given an owner out of 100,000 prefixes, deduplicated and committed durably. In the same run and on the same
//! file `DuckDB` does the same work (prefix join, distinct, Parquet) and a plain conversion to Parquet, as a measure of the machine.

mod duckdb;
mod feed;

pub(crate) use feed::Numbers;

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde::Serialize;
use serde_json::Value;

use crate::Failed;
use crate::figures::{milliseconds, per_second, print, remark};
use crate::server::program;

/// Alerts in the file, unless `FENGSUI_BENCH_RECORDS` says otherwise.
const RECORDS: u64 = 1_000_000;

/// How often each is run; the median is told.
const ROUNDS: usize = 3;

/// How often the memory of a process is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(20);

#[derive(Serialize)]
struct Line {
    run: &'static str,
    records: u64,
    bytes: u64,
    kept: u64,
    suppressed: u64,
    records_per_second: u64,
    records_per_second_goal: u64,
    ratio_to_duckdb_same_work: Option<f64>,
    ratio_to_duckdb_plain: Option<f64>,
    peak_rss_mb: u64,
    peak_rss_mb_goal: u64,
    ingest_ms: f64,
    duckdb_same_work_ms: Option<f64>,
    duckdb_plain_ms: Option<f64>,
    duckdb_kept: Option<u64>,
    again_ms: f64,
    again_records: u64,
}

/// What one run of the program did.
struct Ingested {
    took: Duration,
    peak_megabytes: u64,
    summary: Value,
}

pub(crate) fn run() -> Result<(), Failed> {
    let records = match std::env::var("FENGSUI_BENCH_RECORDS") {
        Ok(number) => number.parse()?,
        Err(_unset) => RECORDS,
    };
    let folder = tempfile::tempdir()?;
    let (alerts, registry) = (folder.path().join("eve.json"), folder.path().join("registry.csv"));
    remark(&format!("writing {records} alerts"));
    feed::write_alerts(&alerts, records)?;
    feed::write_registry(&registry)?;
    let duckdb = duckdb::DuckDb::find();
    if duckdb.is_none() {
        remark(
            "no DuckDB here: `pip install duckdb`, or name a Python that has it in FENGSUI_BENCH_PYTHON",
        );
    }
    let (mut ours, mut same, mut plain) = (Vec::new(), Vec::new(), Vec::new());
    let mut kept_there = None;
    for round in 0..ROUNDS {
        remark(&format!("round {} of {ROUNDS}", round + 1));
        ours.push(ingest(&folder.path().join(format!("lake-{round}")), &alerts, &registry)?);
        if let Some(duckdb) = &duckdb {
            let measured = duckdb.convert(folder.path(), &alerts, &registry)?;
            same.push(measured.same_work);
            plain.push(measured.plain);
            kept_there = Some(measured.kept);
        }
    }
    let again = ingest(&folder.path().join("lake-0"), &alerts, &registry)?;
    ours.sort_by_key(|ingested| ingested.took);
    let middle = ours.get(ROUNDS / 2).ok_or("no round was run")?;
    let (same, plain) = (median(same), median(plain));
    let counted = |of: &Value, key: &str| of.get(key).and_then(Value::as_u64).unwrap_or_default();
    let (kept, suppressed) =
        (counted(&middle.summary, "records"), counted(&middle.summary, "suppressed"));
    if kept + suppressed != records {
        return Err(format!("{records} alerts went in, {kept} + {suppressed} are there").into());
    }
    print(&Line {
        run: "watch",
        records,
        bytes: fs::metadata(&alerts)?.len(),
        kept,
        suppressed,
        records_per_second: per_second(records, middle.took),
        records_per_second_goal: 200_000,
        ratio_to_duckdb_same_work: same.map(|same| quotient(same, middle.took)),
        ratio_to_duckdb_plain: plain.map(|plain| quotient(plain, middle.took)),
        peak_rss_mb: ours.iter().map(|ingested| ingested.peak_megabytes).max().unwrap_or_default(),
        peak_rss_mb_goal: 600,
        ingest_ms: milliseconds(middle.took),
        duckdb_same_work_ms: same.map(milliseconds),
        duckdb_plain_ms: plain.map(milliseconds),
        duckdb_kept: kept_there,
        again_ms: milliseconds(again.took),
        again_records: counted(&again.summary, "records"),
    })
}

/// Lets the program take the file in, and looks at its memory meanwhile.
fn ingest(lake: &Path, alerts: &Path, registry: &Path) -> Result<Ingested, Failed> {
    let began = Instant::now();
    let mut child = Command::new(program())
        .args(["watch", "ingest", "--as", "eve", "--feed", "bench", "--quiet", "--registry"])
        .arg(registry)
        .arg("--data")
        .arg(lake)
        .arg(alerts)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()?;
    let peak_megabytes = watched(&mut child)?;
    let took = began.elapsed();
    let output = child.wait_with_output()?;
    let said = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() {
        return Err(format!("the program could not take the file in: {said}").into());
    }
    let summary = said.lines().rev().find_map(|line| serde_json::from_str(line).ok());
    let summary = summary.ok_or_else(|| format!("the program gave no summary: {said}"))?;
    Ok(Ingested { took, peak_megabytes, summary })
}

/// Waits for a process; the most memory it had.
fn watched(child: &mut Child) -> Result<u64, Failed> {
    let about = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    loop {
        let kilobytes = fs::read_to_string(&about).ok().and_then(|about| {
            let line = about.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
            line.split_whitespace().next()?.parse::<u64>().ok()
        });
        peak = peak.max(kilobytes.unwrap_or_default() / 1024);
        if child.try_wait()?.is_some() {
            return Ok(peak);
        }
        std::thread::sleep(LOOK_EVERY);
    }
}

fn median(mut times: Vec<Duration>) -> Option<Duration> {
    times.sort_unstable();
    times.get(times.len() / 2).copied()
}

/// How many times as fast: above 1, the program was faster.
fn quotient(theirs: Duration, ours: Duration) -> f64 {
    (theirs.as_secs_f64() / ours.as_secs_f64().max(1e-9) * 1e2).round() / 1e2
}

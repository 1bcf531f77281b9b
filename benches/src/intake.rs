//! How many reports a second are taken in and answered when they are on disk.
//!
//! The server is `fengsui serve` itself; the clients are in this process, on one thread, so both share
//! the machine. Three runs: the API, the public form, and the API with the server killed again and again.

mod client;
mod killed;
mod report;

use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;
use tokio::runtime::Builder;

use self::client::{Load, Loaded};
use self::report::{ApiReport, FormReport};
use crate::Failed;
use crate::centre::Centre;
use crate::disk;
use crate::figures::{per_second, print, ratio, remark};
use crate::server::{Server, Written, own_processor_time};

/// Connections that are kept open, each with one request under way.
const CONNECTIONS: usize = 64;

/// How long the server is warmed before anything counts.
const WARMING: Duration = Duration::from_secs(3);

/// How long a figure is measured.
const LASTING: Duration = Duration::from_secs(15);

#[derive(Serialize)]
struct Line {
    acknowledged_per_second: u64,
    p50_ms: f64,
    p99_ms: f64,
    max_ms: f64,
    run: &'static str,
    acknowledged: u64,
    #[serde(flatten)]
    durable: Durable,
    #[serde(flatten)]
    shared: Shared,
}

#[derive(Serialize)]
struct FormLine {
    run: &'static str,
    reports_per_second: u64,
    p50_ms: f64,
    p99_ms: f64,
    max_ms: f64,
    acknowledged: u64,
    #[serde(flatten)]
    durable: Durable,
    #[serde(flatten)]
    shared: Shared,
}

/// What lies between an answer and the disk.
#[derive(Serialize)]
struct Durable {
    batches: u64,
    fsyncs: u64,
    reports_per_fsync: f64,
    fsyncs_of_machine: Option<u64>,
    disk_fsyncs_per_second: u64,
}

/// Who used the machine.
#[derive(Serialize)]
struct Shared {
    connections: usize,
    body_bytes: usize,
    server_cores: f64,
    client_cores: f64,
    server_megabytes: u64,
}

pub(crate) fn run() -> Result<(), Failed> {
    let runtime = Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(api())?;
    runtime.block_on(public_form())?;
    runtime.block_on(killed::run())
}

async fn api() -> Result<(), Failed> {
    let centre = Centre::made().await?;
    let reports = ApiReport::sent_with(&centre.token("mara").await?);
    let measured = measure(&centre, reports).await?;
    let (times, elapsed) = (measured.loaded.times.sorted(), measured.loaded.elapsed);
    print(&Line {
        acknowledged_per_second: per_second(measured.acknowledged, elapsed),
        p50_ms: times.percentile(50),
        p99_ms: times.percentile(99),
        max_ms: times.longest(),
        run: "intake",
        acknowledged: measured.acknowledged,
        durable: measured.durable,
        shared: measured.shared,
    })
}

async fn public_form() -> Result<(), Failed> {
    let centre = Centre::made().await?;
    let measured = measure(&centre, FormReport::new()).await?;
    let (times, elapsed) = (measured.loaded.times.sorted(), measured.loaded.elapsed);
    print(&FormLine {
        run: "intake_public_form",
        reports_per_second: per_second(measured.acknowledged, elapsed),
        p50_ms: times.percentile(50),
        p99_ms: times.percentile(99),
        max_ms: times.longest(),
        acknowledged: measured.acknowledged,
        durable: measured.durable,
        shared: measured.shared,
    })
}

/// What one run gave.
struct Measured {
    loaded: Loaded,
    acknowledged: u64,
    durable: Durable,
    shared: Shared,
}

/// Warms a server, loads it, stops it, and compares what it wrote with what it acknowledged.
async fn measure(centre: &Centre, sender: impl client::Sender) -> Result<Measured, Failed> {
    let disk_fsyncs_per_second = disk::flushes_per_second(centre.folder())?;
    let server = Server::on(centre)?;
    remark(&format!("loading {} for {} s", server.address(), (WARMING + LASTING).as_secs()));
    let fsyncs_before = disk::flushes_of_machine();
    let body_bytes = sender.body_bytes();
    let sender = Arc::new(sender);
    let load =
        Load { address: server.address(), connections: CONNECTIONS, lasting: WARMING, first: 0 };
    let warmed = load.run(&sender).await?.times.count();
    let (server_before, client_before) = (server.processor_time(), own_processor_time());
    let loaded = Load { lasting: LASTING, first: warmed, ..load }.run(&sender).await?;
    let server_time = server.processor_time().saturating_sub(server_before);
    let client_time = own_processor_time().saturating_sub(client_before);
    let cores = |used: Duration| ratio(milliseconds_of(used), milliseconds_of(loaded.elapsed));
    let shared = Shared {
        connections: CONNECTIONS,
        body_bytes,
        server_cores: cores(server_time),
        client_cores: cores(client_time),
        server_megabytes: server.memory_megabytes().1,
    };
    let written = server.stop(centre)?;
    let fsyncs_after = disk::flushes_of_machine();
    let acknowledged = loaded.times.count();
    check(written, warmed + acknowledged)?;
    let durable = Durable {
        batches: written.batches,
        fsyncs: written.flushes,
        reports_per_fsync: ratio(written.commits, written.flushes),
        fsyncs_of_machine: fsyncs_after.zip(fsyncs_before).map(|(after, before)| after - before),
        disk_fsyncs_per_second,
    };
    if durable.fsyncs_of_machine.is_some_and(|fsyncs| fsyncs < written.batches) {
        return Err(format!("the disk was flushed less often than {written:?}").into());
    }
    Ok(Measured { loaded, acknowledged, durable, shared })
}

/// Every batch must have ended with a flush, and every acknowledged report be a commit.
fn check(written: Written, acknowledged: u64) -> Result<(), Failed> {
    let is_durable = written.batches > 0 && written.flushes >= written.batches;
    if is_durable && written.commits == acknowledged {
        return Ok(());
    }
    Err(format!("{acknowledged} were acknowledged, but the writer says {written:?}").into())
}

fn milliseconds_of(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

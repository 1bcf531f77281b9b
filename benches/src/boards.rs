//! How fast pages are with a hundred thousand incidents, and how fast boards are made anew.
//!
//! Pages are asked of `fengsui serve` itself by somebody who is signed in, one after another; what is
//! measured includes the way over loopback. Folding and rebuilding are measured in this process.

mod fill;
mod pages;

use std::time::{Duration, Instant};

use fengsui_desk::Rebuilt;
use serde::Serialize;
use tokio::runtime::Builder;

use self::pages::{Page, PageTimes};
use crate::Failed;
use crate::centre::Centre;
use crate::figures::{per_second, print, remark};
use crate::server::Server;

/// Incidents in the record, unless `FENGSUI_BENCH_INCIDENTS` says otherwise.
const INCIDENTS: u64 = 100_000;

/// Milliseconds and megabytes that are the goal.
const PAGE_MS_GOAL: f64 = 25.0;
const MEMORY_MEGABYTES_GOAL: u64 = 400;

#[derive(Serialize)]
struct Line {
    run: &'static str,
    incidents: u64,
    entries: u64,
    pages: Vec<PageTimes>,
    page_p95_ms_goal: f64,
    memory_megabytes: u64,
    memory_megabytes_max: u64,
    memory_megabytes_goal: u64,
    fold_entries_per_second: u64,
    fold_entries_per_second_goal: u64,
    rebuild_entries_per_second: u64,
    rebuild_entries_per_second_goal: u64,
    rebuild_differences: usize,
    fill_seconds: u64,
    database_megabytes: u64,
}

pub(crate) fn run() -> Result<(), Failed> {
    let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(measure())
}

async fn measure() -> Result<(), Failed> {
    let incidents = match std::env::var("FENGSUI_BENCH_INCIDENTS") {
        Ok(text) => text.parse()?,
        Err(_) => INCIDENTS,
    };
    let centre = Centre::told(fill::STORY).await?;
    let desk = centre.desk().await?;
    let began = Instant::now();
    fill::fill(&desk, incidents).await?;
    let filling = began.elapsed();
    let asked = pages::chosen(&desk).await?;
    desk.close().await;
    let (pages, memory) = served(&centre, &asked).await?;

    let desk = centre.desk().await?;
    let (folded, folding) = timed("folding", || desk.fold_everything()).await?;
    let (rebuilt, rebuilding) = timed("rebuilding", || desk.rebuild(|_, _| {})).await?;
    desk.close().await;
    print(&Line {
        run: "boards",
        incidents,
        entries: folded.entries,
        pages,
        page_p95_ms_goal: PAGE_MS_GOAL,
        memory_megabytes: memory.0,
        memory_megabytes_max: memory.1,
        memory_megabytes_goal: MEMORY_MEGABYTES_GOAL,
        fold_entries_per_second: per_second(folded.entries, folding),
        fold_entries_per_second_goal: 100_000,
        rebuild_entries_per_second: per_second(rebuilt.entries, rebuilding),
        rebuild_entries_per_second_goal: 20_000,
        rebuild_differences: rebuilt.differences.len(),
        fill_seconds: filling.as_secs(),
        database_megabytes: std::fs::metadata(centre.file("fengsui.db"))?.len() >> 20,
    })?;
    match rebuilt.differences.first() {
        None => Ok(()),
        Some(difference) => Err(format!("the rebuilt boards differ: {difference}").into()),
    }
}

/// Asks a server for every page, and for its memory afterwards.
async fn served(centre: &Centre, asked: &[Page]) -> Result<(Vec<PageTimes>, (u64, u64)), Failed> {
    let server = Server::on(centre)?;
    let mut pages = Vec::new();
    for page in asked {
        remark(&format!("asking for {} as {}", page.name, page.login));
        pages.push(page.times(server.address()).await?);
    }
    let memory = server.memory_megabytes();
    server.stop(centre)?;
    Ok((pages, memory))
}

async fn timed<F>(doing: &str, work: impl FnOnce() -> F) -> Result<(Rebuilt, Duration), Failed>
where
    F: Future<Output = Result<Rebuilt, fengsui_desk::DeskFault>>,
{
    remark(doing);
    let began = Instant::now();
    let done = work().await?;
    Ok((done, began.elapsed()))
}

//! The clock over a million open duties: a look when nothing is due, catching up after an outage, and ten
//! thousand duties that fall due at the same instant.
//!
//! Everything is measured in this process, on the desk that `fengsui serve` uses. How long a duty took is
//! told from its due time to when its entry was on disk, as whoever follows the journal sees it.

mod model;

use std::sync::Arc;
use std::time::{Duration, Instant};

use fengsui_desk::{Clock as _, Desk, MachineClock};
use jiff::SignedDuration;
use serde::Serialize;
use tokio::runtime::Builder;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use self::model::{DUTIES, Model, ORAL};
use crate::Failed;
use crate::centre::Centre;
use crate::figures::{Times, milliseconds, print, remark};

/// Open duties in the record, unless `FENGSUI_BENCH_DUTIES` says otherwise.
const OPEN_DUTIES: u64 = 1_000_000;

/// Duties that fall due at the same instant.
const AT_ONCE: u64 = 10_000;

/// Duties that fell due in the outage.
const OUTAGE_DUTIES: u64 = 10_000;

/// Copies in one commit, and commits under way.
const COPIES: usize = 50;
const UNDER_WAY: usize = 4;

/// Looks at a clock with nothing due.
const LOOKS: u32 = 200;

#[derive(Serialize)]
struct Line {
    run: &'static str,
    open_duties: u64,
    incidents: u64,
    tick_idle_p50_ms: f64,
    tick_idle_p99_ms: f64,
    tick_idle_ms_goal: f64,
    outage_missed: u64,
    outage_reminded: u64,
    outage_commits: u64,
    catch_up_ms: f64,
    catch_up_ms_goal: f64,
    at_once_duties: u64,
    at_once_incidents: u64,
    at_once_p50_ms: f64,
    at_once_p99_ms: f64,
    at_once_longest_ms: f64,
    at_once_ms_goal: f64,
    memory_megabytes_max: u64,
    fill_seconds: u64,
    database_megabytes: u64,
}

pub(crate) fn run() -> Result<(), Failed> {
    let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(measure())
}

async fn measure() -> Result<(), Failed> {
    let open = match std::env::var("FENGSUI_BENCH_DUTIES") {
        Ok(text) => text.parse()?,
        Err(_) => OPEN_DUTIES,
    };
    let centre = Centre::made().await?;
    let told = Model::told(&centre, &[0]).await?;
    let late = Model::told(&centre, &[0, 15, 24]).await?;
    let desk = centre.desk().await?;
    let began = Instant::now();
    let incidents = (open / DUTIES).max(1);
    remark(&format!("{incidents} incidents with {DUTIES} open duties each"));
    let now = desk.now();
    fill(&desk, (&told, 1), incidents, |_| now.duration_since(told.at)).await?;
    desk.tick(desk.now()).await?; // the models themselves are hours old
    let idle = idle(&desk).await?;
    let outage = OUTAGE_DUTIES.min(open).div_ceil(DUTIES);
    let first = incidents + 1;
    // They began one after the other within an hour, and all of it is past by now.
    let early = |copy: u64| {
        let apart =
            SignedDuration::from_millis(i64::try_from(copy * 3_600_000 / outage).unwrap_or(0));
        now.duration_since(told.at) - SignedDuration::from_hours(3) + apart
    };
    fill(&desk, (&told, first), outage, early).await?;
    desk.close().await;
    let filling = began.elapsed();

    let desk = centre.desk().await?;
    let began = Instant::now();
    let caught_up = desk.tick(desk.now()).await?;
    let catching_up = began.elapsed();
    remark(&format!("caught up in {} ms: {caught_up:?}", milliseconds(catching_up)));
    let many = AT_ONCE.min(open).div_ceil(ORAL);
    let at_once = at_once(&desk, &late, (first + outage, many)).await?.sorted();
    desk.close().await;
    print(&Line {
        run: "clock",
        open_duties: incidents * DUTIES,
        incidents,
        tick_idle_p50_ms: idle.0,
        tick_idle_p99_ms: idle.1,
        tick_idle_ms_goal: 50.0,
        outage_missed: caught_up.missed,
        outage_reminded: caught_up.reminded,
        outage_commits: caught_up.commits,
        catch_up_ms: milliseconds(catching_up),
        catch_up_ms_goal: 10_000.0,
        at_once_duties: many * ORAL,
        at_once_incidents: many,
        at_once_p50_ms: at_once.percentile(50),
        at_once_p99_ms: at_once.percentile(99),
        at_once_longest_ms: at_once.longest(),
        at_once_ms_goal: 1_000.0,
        memory_megabytes_max: memory_max(),
        fill_seconds: filling.as_secs(),
        database_megabytes: std::fs::metadata(centre.file("fengsui.db"))?.len() >> 20,
    })?;
    if caught_up.missed != outage * DUTIES {
        return Err(format!("{} misses instead of {}", caught_up.missed, outage * DUTIES).into());
    }
    Ok(())
}

/// Copies of a model, each with the delay that its number says.
async fn fill(
    desk: &Desk,
    (model, first): (&Model, u64),
    copies: u64,
    delay: impl Fn(u64) -> SignedDuration,
) -> Result<(), Failed> {
    let delays: Vec<SignedDuration> = (0..copies).map(delay).collect();
    let mut commits = JoinSet::new();
    let mut number = first;
    for delays in delays.chunks(COPIES) {
        let (desk, delays, from) = (desk.clone(), delays.to_vec(), number);
        let (incident, now) = (Arc::clone(&model.incident), desk.now());
        number += u64::try_from(delays.len())?;
        commits
            .spawn(async move { desk.copy_incident_later(&incident, (from, &delays), now).await });
        if commits.len() >= UNDER_WAY
            && let Some(ended) = commits.join_next().await
        {
            ended??;
        }
    }
    while let Some(ended) = commits.join_next().await {
        ended??;
    }
    Ok(())
}

/// How long a look takes when nothing is due: the middle and the 99th of a hundred.
async fn idle(desk: &Desk) -> Result<(f64, f64), Failed> {
    let mut times = Times::default();
    for _ in 0..LOOKS {
        let began = Instant::now();
        let ticked = desk.tick(desk.now()).await?;
        times.push(began.elapsed());
        if ticked.commits > 0 {
            return Err("something was due although nothing should be".into());
        }
    }
    let sorted = times.sorted();
    Ok((sorted.percentile(50), sorted.percentile(99)))
}

/// Lets many duties fall due at one instant while the clock runs; how long after it each was on disk.
async fn at_once(desk: &Desk, model: &Model, (first, copies): (u64, u64)) -> Result<Times, Failed> {
    let due = desk.now() + SignedDuration::from_secs(20);
    let origin = due - SignedDuration::from_mins(30);
    fill(desk, (model, first), copies, |_| origin.duration_since(model.at)).await?;
    if desk.now() > due {
        return Err("the machine was too slow to prepare it in time".into());
    }
    let stop = CancellationToken::new();
    let mut clock = JoinSet::new();
    let mut moved = desk.follow();
    clock.spawn({
        let (desk, stop) = (desk.clone(), stop.clone());
        async move { desk.run_clock(stop).await }
    });
    let mut times = Times::default();
    while times.count() < copies * ORAL {
        let waited = tokio::time::timeout(Duration::from_mins(1), moved.recv()).await;
        let seen = waited.map_err(|_elapsed| "the clock did not fire")??;
        let late = MachineClock.now().duration_since(due).unsigned_abs();
        let incidents = seen.streams.iter().filter(|it| it.starts_with("incident:")).count();
        for _ in 0..u64::try_from(incidents)? * ORAL {
            times.push(late);
        }
    }
    stop.cancel();
    while let Some(ended) = clock.join_next().await {
        ended?;
    }
    Ok(times)
}

/// The most memory that this process ever had, in megabytes.
fn memory_max() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    kilobytes.unwrap_or_default() >> 10
}

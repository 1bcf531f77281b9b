//! How much the store takes on: commits that are on disk when answered, reads, a rebuild.
//!
//! `cargo run --release -p fengsui-store --example throughput -- [URL] [SECONDS]`; without a URL
//! an embedded database in a temporary folder. One line of JSON per run.

use std::error::Error;
use std::io::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use fengsui_store::{
    Board, BoardRows, Claim, Column, Commit, Direction, Filter, NewBlob, NewEntry, Select,
    Settings, Sight, Store, StreamCommit, StreamRows, Value,
};
use fengsui_vocabulary::{BlobId, CommandId, Realm};
use jiff::Timestamp;
use tokio::task::JoinSet;

type Failed = Box<dyn Error + Send + Sync>;

static REPORT: Board = Board {
    name: "board_report",
    columns: &[
        Column::text("number"),
        Column::text("state"),
        Column::text("title"),
        Column::text_opt("incident"),
        Column::int("taken_in_at"),
    ],
    indexes: &[&["state", "taken_in_at"], &["number"], &["taken_in_at"]],
};

static DUTY: Board = Board {
    name: "board_duty",
    columns: &[
        Column::text("duty"),
        Column::int_opt("due_at"),
        Column::int("is_open"),
        Column::text("view"),
    ],
    indexes: &[&["is_open", "due_at"]],
};

static SEARCH: Board = Board {
    name: "board_search",
    columns: &[Column::text("folded"), Column::int("at")],
    indexes: &[&["at"]],
};

static BOARDS: &[&Board] = &[&REPORT, &DUTY, &SEARCH];

/// Commands that wait at the same time.
const IN_FLIGHT: u64 = 64;

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> Result<(), Failed> {
    let mut arguments = std::env::args().skip(1);
    let folder = tempfile::tempdir()?;
    let settings = match arguments.next().filter(|url| url != "-") {
        Some(url) => Settings::at(url),
        None => Settings::file(&folder.path().join("fengsui.db")),
    };
    let seconds = arguments.next().map_or(Ok(5), |text| text.parse())?;
    let store = Store::open(&settings, BOARDS).await?;

    intake(&store, Duration::from_secs(seconds)).await?;
    fold(&store).await?;
    verify(&store).await?;
    rebuild(&store).await?;
    pages(&store).await?;
    store.close().await;
    Ok(())
}

async fn intake(store: &Store, lasting: Duration) -> Result<(), Failed> {
    let stop = Arc::new(AtomicBool::new(false));
    let next = Arc::new(AtomicU64::new(1));
    let mut clients = JoinSet::new();
    let began = Instant::now();
    for _ in 0..IN_FLIGHT {
        let (store, stop, next) = (store.clone(), Arc::clone(&stop), Arc::clone(&next));
        clients.spawn(async move {
            let mut took = Vec::new();
            while !stop.load(Ordering::Relaxed) {
                let number = next.fetch_add(1, Ordering::Relaxed);
                let sent = Instant::now();
                store.append(report(number)?).await?;
                took.push(sent.elapsed());
            }
            Ok::<_, Failed>(took)
        });
    }
    tokio::time::sleep(lasting).await;
    stop.store(true, Ordering::Relaxed);
    let mut took = Vec::new();
    while let Some(client) = clients.join_next().await {
        took.extend(client??);
    }
    let elapsed = began.elapsed().as_secs_f64();
    took.sort();
    let figures = store.figures();
    let count = f64::from(u32::try_from(took.len())?);
    let at = |share: usize| took.get(took.len() * share / 100).copied().unwrap_or_default();
    let line = format!(
        r#"{{"run":"append","acknowledged_per_second":{:.0},"p50_ms":{:.1},"p99_ms":{:.1},"max_ms":{:.1},"commits":{},"batches":{},"flushes":{},"load":"{}"}}"#,
        count / elapsed,
        at(50).as_secs_f64() * 1e3,
        at(99).as_secs_f64() * 1e3,
        took.last().copied().unwrap_or_default().as_secs_f64() * 1e3,
        figures.commits,
        figures.batches,
        figures.flushes,
        load(),
    );
    tell(&line)
}

async fn fold(store: &Store) -> Result<(), Failed> {
    let began = Instant::now();
    let mut entries = 0_u32;
    let mut bytes = 0;
    let mut after = (String::new(), 0);
    loop {
        let page = store.entries_by_stream((&after.0, after.1), 2_000).await?;
        let Some(last) = page.last() else { break };
        after = (last.stream.clone(), last.version);
        entries += u32::try_from(page.len())?;
        bytes += page.iter().map(|entry| entry.payload.len()).sum::<usize>();
    }
    rate("read_by_stream", entries, began.elapsed(), bytes)?;

    let began = Instant::now();
    let mut entries = 0_u32;
    let mut after = 0;
    loop {
        let page = store.entries(after, 2_000).await?;
        let Some(last) = page.last() else { break };
        after = last.position;
        entries += u32::try_from(page.len())?;
    }
    rate("read_in_order", entries, began.elapsed(), 0)
}

async fn verify(store: &Store) -> Result<(), Failed> {
    let began = Instant::now();
    let head = store.verify(&mut |_| {}, &mut |_| Ok(())).await?;
    rate("verify", u32::try_from(head.position)?, began.elapsed(), 0)
}

async fn rebuild(store: &Store) -> Result<(), Failed> {
    let began = Instant::now();
    let mut shadow = store.rebuild().await?;
    let mut entries = 0_u32;
    let mut after = (String::new(), 0);
    loop {
        let page = store.entries_by_stream((&after.0, after.1), 2_000).await?;
        let Some(last) = page.last() else { break };
        after = (last.stream.clone(), last.version);
        entries += u32::try_from(page.len())?;
        for entry in page {
            shadow
                .put(StreamRows {
                    boards: rows(&entry.stream, entry.happened_at),
                    sight: sight(&entry.stream),
                    stream: entry.stream,
                })
                .await?;
        }
    }
    let put = shadow.rows();
    rate("rebuild_entries", entries, began.elapsed(), 0)?;
    rate("rebuild_rows", u32::try_from(put)?, began.elapsed(), 0)?;

    let began = Instant::now();
    let compared = shadow.compare().await?;
    rate("rebuild_compare", u32::try_from(compared.rows)?, began.elapsed(), 0)?;
    if compared.different > 0 {
        return Err("the rebuilt boards differ".into());
    }
    let began = Instant::now();
    shadow.swap(store.head().await?.position).await?;
    rate("rebuild_swap", u32::try_from(put)?, began.elapsed(), 0)
}

/// What screens ask, against everything that was taken in.
async fn pages(store: &Store) -> Result<(), Failed> {
    let few = Sight::Keys(["org:few".to_owned()].into());
    let many = Sight::Keys(["district:310101".to_owned(), "org:few".to_owned()].into());
    for (who, sight) in [("all", Sight::Everything), ("many", many), ("few", few)] {
        let page = Select::of(&REPORT, sight)
            .filter(Filter::Eq("state", "received".into()))
            .order("taken_in_at", Direction::Descending)
            .limit(50);
        let found = Select {
            filters: vec![Filter::Contains("folded", "9 report".to_owned())],
            ..page.clone()
        };
        let found =
            Select { board: SEARCH.name, order: vec![("at", Direction::Descending)], ..found };
        for (what, select) in [("page", &page), ("search", &found)] {
            let mut took = Vec::new();
            for _ in 0..40 {
                let began = Instant::now();
                store.rows(select).await?;
                took.push(began.elapsed());
            }
            percentiles(&format!("{what}_{who}"), took)?;
        }
        let mut took = Vec::new();
        for _ in 0..10 {
            let began = Instant::now();
            store.count(&page).await?;
            took.push(began.elapsed());
        }
        percentiles(&format!("count_{who}"), took)?;
    }
    Ok(())
}

fn percentiles(run: &str, mut took: Vec<Duration>) -> Result<(), Failed> {
    took.sort();
    let at = |share: usize| {
        took.get(took.len() * share / 100).copied().unwrap_or_default().as_secs_f64() * 1e3
    };
    tell(&format!(r#"{{"run":"{run}","p50_ms":{:.2},"p95_ms":{:.2}}}"#, at(50), at(95)))
}

/// One report: an entry, a stream, a receipt number, two texts of about 1 KB, rows, sights.
fn report(number: u64) -> Result<Commit, Failed> {
    let now = Timestamp::from_microsecond(1_790_000_000_000_000 + i64::try_from(number)?)?;
    let bits = id_bits(number);
    let stream = format!("report:rep_{bits:032x}");
    let blobs = [BlobId::from_bits(bits), BlobId::from_bits(bits ^ 1)];
    let mut commit =
        Commit::of(CommandId::from_bits(bits), Realm::Live, "per_00000000000000000000000001", now);
    commit.answer = format!(r#"{{"number":"R-{number}"}}"#);
    commit.claims = vec![Claim {
        series: "receipt".to_owned(),
        key: number.to_string(),
        holder: stream.clone(),
    }];
    commit.blobs = blobs
        .iter()
        .map(|id| NewBlob { id: *id, key: vec![7; 32], bytes: vec![b'x'; 1_024] })
        .collect();
    commit.streams = vec![StreamCommit {
        expected: 0,
        entries: vec![NewEntry {
            kind: "report-received".to_owned(),
            kind_version: 1,
            happened_at: now,
            payload: format!(
                r#"{{"channel":"api","text":"{}","contact":"{}"}}"#,
                blobs[0], blobs[1]
            ),
            blobs: blobs.to_vec(),
        }],
        boards: rows(&stream, now),
        sight: Some(sight(&stream)),
        stream,
    }];
    Ok(commit)
}

fn rows(stream: &str, now: Timestamp) -> Vec<BoardRows> {
    let duty = |name: &str| -> Vec<Value> {
        vec![name.into(), now.into(), true.into(), "x".repeat(300).into()]
    };
    vec![
        BoardRows {
            board: "board_report",
            rows: vec![vec![
                stream.into(),
                "received".into(),
                "客户数据被窃取，现场保留".into(),
                Value::Null,
                now.into(),
            ]],
        },
        BoardRows { board: "board_duty", rows: vec![duty("sh-4.1.1-oral")] },
        BoardRows {
            board: "board_search",
            rows: vec![vec!["客户数据被窃取，现场保留 report".repeat(3).into(), now.into()]],
        },
    ]
}

/// One of 16 districts, and for one stream in 256 an organisation of its own.
fn sight(stream: &str) -> Vec<String> {
    let last = stream.bytes().last().unwrap_or(b'0');
    let before = stream.bytes().nth_back(8).unwrap_or(b'0');
    let organisation = if last == b'0' && before == b'a' { "org:few" } else { "org:other" };
    let district = if before == b'b' { "district:310101" } else { "district:310104" };
    vec![organisation.to_owned(), district.to_owned(), "role:cac_duty_room".to_owned()]
}

/// Ids as an id source gives them: the time in front, chance behind. `SCATTERED` in the
/// environment takes the time away, which is the harder case for a tree.
fn id_bits(number: u64) -> u128 {
    let chance = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    if std::env::var_os("SCATTERED").is_some() {
        return u128::from(chance) << 64 | u128::from(number) << 1;
    }
    u128::from(number) << 65 | u128::from(chance) << 1
}

fn rate(run: &str, count: u32, elapsed: Duration, bytes: usize) -> Result<(), Failed> {
    let per_second = f64::from(count) / elapsed.as_secs_f64();
    tell(&format!(
        r#"{{"run":"{run}","count":{count},"per_second":{per_second:.0},"bytes":{bytes},"load":"{}"}}"#,
        load()
    ))
}

fn load() -> String {
    std::fs::read_to_string("/proc/loadavg").unwrap_or_default().trim().to_owned()
}

fn tell(line: &str) -> Result<(), Failed> {
    writeln!(std::io::stdout(), "{line}").map_err(Into::into)
}

//! The server is killed three times under load. What it had acknowledged must be there, exactly once.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::sleep;

use super::CONNECTIONS;
use super::report::ApiReport;
use crate::Failed;
use crate::centre::Centre;
use crate::figures::{print, remark};
use crate::http::Connection;
use crate::server::{Server, command};

/// How often the server is killed.
const KILLS: u64 = 3;

/// How long it may work between two deaths.
const ALIVE: Duration = Duration::from_secs(3);

/// How often a client sends one report at most: it is sent again after every death.
const SENDINGS_MAX: u64 = 1_000;

/// How long a client waits before it looks for the new server.
const PAUSE: Duration = Duration::from_millis(20);

/// The kind of the entry that a report begins with.
const TAKEN_IN: &str = "report-taken-in";

#[derive(Serialize)]
struct Line {
    run: &'static str,
    kills: u64,
    acknowledged: u64,
    sent_again: u64,
    acknowledged_before: u64,
    in_journal: u64,
    missing: u64,
    twice: u64,
    journal_verifies: bool,
    reports_per_second: u64,
}

/// What a client remembers: the receipt number of each of its reports.
#[derive(Debug, Default)]
struct Kept {
    numbers: BTreeMap<String, String>,
    sent_again: u64,
    acknowledged_before: u64,
}

/// What is read of a receipt.
#[derive(Deserialize)]
struct Receipt {
    number: String,
    repeated: bool,
}

/// What is read of an entry.
#[derive(Deserialize)]
struct Entry {
    kind: String,
    command_id: String,
    payload: Payload,
}

#[derive(Deserialize)]
struct Payload {
    #[serde(default)]
    number: String,
}

pub(super) async fn run() -> Result<(), Failed> {
    let centre = Centre::made().await?;
    let reports = Arc::new(ApiReport::sent_with(&centre.token("mara").await?));
    let mut server = Server::on(&centre)?;
    let (place, places) = watch::channel(Some(server.address()));
    let next = Arc::new(AtomicU64::new(0));
    let mut clients = JoinSet::new();
    let began = Instant::now();
    for _ in 0..CONNECTIONS {
        clients.spawn(send(Arc::clone(&reports), places.clone(), Arc::clone(&next)));
    }
    for death in 1..=KILLS {
        sleep(ALIVE).await;
        server.kill()?;
        remark(&format!("killed the server ({death} of {KILLS})"));
        server = Server::on(&centre)?;
        place.send(Some(server.address()))?;
    }
    sleep(ALIVE).await;
    place.send(None)?;
    let mut kept = Kept::default();
    while let Some(ended) = clients.join_next().await {
        let theirs = ended??;
        kept.numbers.extend(theirs.numbers);
        kept.sent_again += theirs.sent_again;
        kept.acknowledged_before += theirs.acknowledged_before;
    }
    let elapsed = began.elapsed();
    server.stop(&centre)?;
    judge(&centre, &kept, elapsed)
}

/// Sends reports until there is no server any more; each again and again until it is acknowledged.
async fn send(
    reports: Arc<ApiReport>,
    mut place: watch::Receiver<Option<SocketAddr>>,
    next: Arc<AtomicU64>,
) -> Result<Kept, Failed> {
    let mut kept = Kept::default();
    let mut connection = None;
    loop {
        if place.borrow_and_update().is_none() {
            return Ok(kept);
        }
        let number = next.fetch_add(1, Ordering::Relaxed);
        let key = format!("report-{number}");
        let request = reports.keyed(&key, number);
        let mut sendings = 0;
        let receipt = loop {
            sendings += 1;
            if sendings > SENDINGS_MAX {
                return Err(format!("{key} was never acknowledged").into());
            }
            match once(&mut connection, &place, &request).await? {
                Some(receipt) => break receipt,
                None => sleep(PAUSE).await,
            }
        };
        kept.sent_again += sendings - 1;
        kept.acknowledged_before += u64::from(receipt.repeated);
        kept.numbers.insert(key, receipt.number);
    }
}

/// One attempt; none when the server died or is not there.
async fn once(
    connection: &mut Option<Connection>,
    place: &watch::Receiver<Option<SocketAddr>>,
    request: &[u8],
) -> Result<Option<Receipt>, Failed> {
    if connection.is_none() {
        // The last place stays good after the end was announced: what was begun is finished.
        let Some(address) = *place.borrow() else { return Err("the server went first".into()) };
        *connection = Connection::to(address).await.ok();
    }
    let Some(open) = connection.as_mut() else { return Ok(None) };
    match open.send(request).await {
        Ok(answer) if answer.status == 201 => Ok(Some(serde_json::from_slice(&answer.body)?)),
        Ok(answer) => Err(format!("refused: {} {}", answer.status, answer.text()).into()),
        Err(_dead) => {
            *connection = None;
            Ok(None)
        }
    }
}

/// Compares the receipts with the journal, and has the program prove the journal.
fn judge(centre: &Centre, kept: &Kept, elapsed: Duration) -> Result<(), Failed> {
    let verified = command(centre, &["journal", "verify"]).is_ok();
    let export = command(centre, &["journal", "export"])?;
    let mut times = BTreeMap::<String, u64>::new();
    let mut commands = BTreeSet::new();
    let mut twice = 0;
    for line in export.stdout.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
        let entry: Entry = serde_json::from_slice(line)?;
        if entry.kind == TAKEN_IN {
            *times.entry(entry.payload.number).or_default() += 1;
            twice += u64::from(!commands.insert(entry.command_id));
        }
    }
    let numbers: BTreeSet<&String> = kept.numbers.values().collect();
    let missing = numbers.iter().filter(|number| !times.contains_key(**number)).count();
    twice += times.values().map(|times| times - 1).sum::<u64>();
    let (acknowledged, in_journal) = (kept.numbers.len(), times.len());
    let line = Line {
        run: "intake_killed",
        kills: KILLS,
        acknowledged: u64::try_from(acknowledged)?,
        sent_again: kept.sent_again,
        acknowledged_before: kept.acknowledged_before,
        in_journal: u64::try_from(in_journal)?,
        missing: u64::try_from(missing)?,
        twice,
        journal_verifies: verified,
        reports_per_second: crate::figures::per_second(u64::try_from(acknowledged)?, elapsed),
    };
    print(&line)?;
    let is_sound = verified && missing == 0 && twice == 0;
    // Every report was sent until it was acknowledged, so there is none beyond those.
    if is_sound && numbers.len() == acknowledged && in_journal == acknowledged {
        return Ok(());
    }
    Err("what was acknowledged and what is in the journal differ".into())
}

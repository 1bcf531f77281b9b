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

/// One client: where the server was last, and the connection to it.
struct Client {
    places: watch::Receiver<Option<SocketAddr>>,
    place: Option<SocketAddr>,
    connection: Option<Connection>,
}

/// Sends reports until there is no server any more; each again and again until it is acknowledged.
async fn send(
    reports: Arc<ApiReport>,
    places: watch::Receiver<Option<SocketAddr>>,
    next: Arc<AtomicU64>,
) -> Result<Kept, Failed> {
    let mut client = Client { places, place: None, connection: None };
    let mut kept = Kept::default();
    while client.looks() {
        let number = next.fetch_add(1, Ordering::Relaxed);
        let key = format!("report-{number}");
        let (receipt, sendings) = client.insist(&reports.keyed(&key, number)).await?;
        kept.sent_again += sendings - 1;
        kept.acknowledged_before += u64::from(receipt.repeated);
        kept.numbers.insert(key, receipt.number);
    }
    Ok(kept)
}

impl Client {
    /// Takes up where the server is now; false when the run is over. The last place stays good, because
    /// what was begun is finished.
    fn looks(&mut self) -> bool {
        let place = *self.places.borrow_and_update();
        self.place = place.or(self.place);
        place.is_some()
    }

    /// Sends until it is acknowledged; says how often that was.
    async fn insist(&mut self, request: &[u8]) -> Result<(Receipt, u64), Failed> {
        for sendings in 1..=SENDINGS_MAX {
            if let Some(receipt) = self.once(request).await? {
                return Ok((receipt, sendings));
            }
            sleep(PAUSE).await;
            self.looks();
        }
        Err("a report was never acknowledged".into())
    }

    /// One attempt; none when the server died or is not there.
    async fn once(&mut self, request: &[u8]) -> Result<Option<Receipt>, Failed> {
        let connection = match (self.connection.take(), self.place) {
            (Some(open), _) => Some(open),
            (None, Some(place)) => Connection::to(place).await.ok(),
            (None, None) => None,
        };
        let Some(mut connection) = connection else { return Ok(None) };
        match connection.send(request).await {
            Ok(answer) if answer.status == 201 => {
                self.connection = Some(connection);
                Ok(Some(serde_json::from_slice(&answer.body)?))
            }
            Ok(answer) => Err(format!("refused: {}", answer.said()).into()),
            Err(_dead) => Ok(None),
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

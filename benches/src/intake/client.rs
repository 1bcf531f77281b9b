//! Many clients at once, each sending its next report when the last one was acknowledged.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tokio::task::JoinSet;

use crate::Failed;
use crate::figures::Times;
use crate::http::{Answer, Connection};

/// Who makes the requests.
pub(super) trait Sender: Send + Sync + 'static {
    /// Bytes of a body, roughly.
    fn body_bytes(&self) -> usize;

    /// What a connection sends first, once; its answer is handed to `request`.
    fn greeting(&self) -> Option<Vec<u8>>;

    /// The report of this number.
    fn request(&self, number: u64, greeted: Option<&Answer>) -> Result<Vec<u8>, Failed>;

    /// Whether the answer acknowledges the report.
    fn is_acknowledged(&self, answer: &Answer) -> bool;
}

/// So many connections to one server for so long.
#[derive(Clone, Copy, Debug)]
pub(super) struct Load {
    address: SocketAddr,
    connections: usize,
    lasting: Duration,
}

/// What the load gave.
#[derive(Debug, Default)]
pub(super) struct Loaded {
    pub(super) times: Times,
    pub(super) elapsed: Duration,
}

impl Load {
    pub(super) fn on(address: SocketAddr, connections: usize) -> Self {
        Self { address, connections, lasting: Duration::ZERO }
    }

    pub(super) fn lasting(self, lasting: Duration) -> Self {
        Self { lasting, ..self }
    }

    /// Sends until the time is over; every answer must acknowledge its report.
    pub(super) async fn run<S: Sender>(self, sender: S) -> Result<(Loaded, S), Failed> {
        let sender = Arc::new(sender);
        let next = Arc::new(AtomicU64::new(0));
        let mut clients = JoinSet::new();
        let began = Instant::now();
        for _ in 0..self.connections {
            clients.spawn(send(self, began, Arc::clone(&sender), Arc::clone(&next)));
        }
        let mut loaded = Loaded::default();
        while let Some(ended) = clients.join_next().await {
            loaded.times.extend(ended??);
        }
        loaded.elapsed = began.elapsed();
        let sender = Arc::into_inner(sender).ok_or("a client is still sending")?;
        Ok((loaded, sender))
    }
}

async fn send(
    load: Load,
    began: Instant,
    sender: Arc<impl Sender>,
    next: Arc<AtomicU64>,
) -> Result<Times, Failed> {
    let mut connection = Connection::to(load.address).await?;
    let greeted = match sender.greeting() {
        Some(greeting) => Some(connection.send(&greeting).await?),
        None => None,
    };
    let mut times = Times::default();
    while began.elapsed() < load.lasting {
        let number = next.fetch_add(1, Ordering::Relaxed);
        let request = sender.request(number, greeted.as_ref())?;
        let sent = Instant::now();
        let answer = connection.send(&request).await?;
        if !sender.is_acknowledged(&answer) {
            return Err(format!("not acknowledged: {} {}", answer.status, answer.text()).into());
        }
        times.push(sent.elapsed());
    }
    Ok(times)
}

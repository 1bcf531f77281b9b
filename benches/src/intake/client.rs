//! Many clients at once, each sending its next report when the last one was acknowledged.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tokio::task::JoinSet;

use crate::Failed;
use crate::figures::Times;
use crate::http::Connection;

/// Who makes the requests.
pub(super) trait Sender: Send + Sync + 'static {
    /// What every request of one connection needs.
    type Opened: Send + Sync;

    /// Bytes of a body, roughly.
    fn body_bytes(&self) -> usize;

    /// Whatever comes before the first report of a connection.
    fn open(
        &self,
        connection: &mut Connection,
    ) -> impl Future<Output = Result<Self::Opened, Failed>> + Send;

    /// The report of this number.
    fn request(&self, opened: &Self::Opened, number: u64) -> Vec<u8>;

    /// The status of an answer that acknowledges a report.
    const ACKNOWLEDGED: u16;
}

/// So many connections to one server for so long.
#[derive(Clone, Copy, Debug)]
pub(super) struct Load {
    pub(super) address: SocketAddr,
    pub(super) connections: usize,
    pub(super) lasting: Duration,
    /// The number of the first report: no number is sent twice.
    pub(super) first: u64,
}

/// What the load gave.
#[derive(Debug, Default)]
pub(super) struct Loaded {
    pub(super) times: Times,
    pub(super) elapsed: Duration,
}

impl Load {
    /// Sends until the time is over; every answer must acknowledge its report.
    pub(super) async fn run<S: Sender>(self, sender: &Arc<S>) -> Result<Loaded, Failed> {
        let next = Arc::new(AtomicU64::new(self.first));
        let mut clients = JoinSet::new();
        let began = Instant::now();
        for _ in 0..self.connections {
            clients.spawn(send(self, began, Arc::clone(sender), Arc::clone(&next)));
        }
        let mut loaded = Loaded::default();
        while let Some(ended) = clients.join_next().await {
            loaded.times.extend(ended??);
        }
        loaded.elapsed = began.elapsed();
        Ok(loaded)
    }
}

async fn send<S: Sender>(
    load: Load,
    began: Instant,
    sender: Arc<S>,
    next: Arc<AtomicU64>,
) -> Result<Times, Failed> {
    let mut connection = Connection::to(load.address).await?;
    let opened = sender.open(&mut connection).await?;
    let mut times = Times::default();
    while began.elapsed() < load.lasting {
        let request = sender.request(&opened, next.fetch_add(1, Ordering::Relaxed));
        let sent = Instant::now();
        let answer = connection.send(&request).await?;
        if answer.status != S::ACKNOWLEDGED {
            return Err(format!("not acknowledged: {}", answer.said()).into());
        }
        times.push(sent.elapsed());
    }
    Ok(times)
}

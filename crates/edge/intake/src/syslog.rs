//! Syslog from sensors: UDP, TCP and TLS, straight into the spool.
//!
//! Syslog has no acknowledgement. Over TCP and TLS a full spool makes us stop reading, so the sender waits;
//! over UDP what finds no room is lost, and counted. Messages are told apart by octet counting or by line ends
//! (RFC 6587, RFC 5425), whichever a connection begins with. What a message says is not read here.

mod framing;
mod header;
mod overflow;
mod tls;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream, UdpSocket};
use tokio::sync::{Semaphore, mpsc};
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;

use crate::spool::{Entry, Spool, SpoolFault};
use framing::Framer;
pub use header::SyslogHeader;
pub use tls::{SyslogTls, SyslogTlsFault};

/// Listens for syslog and keeps it in a spool.
#[derive(Debug)]
pub struct Syslog {
    udp: Option<UdpSocket>,
    tcp: Option<TcpListener>,
    tls: Option<(TcpListener, SyslogTls)>,
    keeper: Keeper,
}

/// How much syslog may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SyslogLimits {
    /// Bytes of one message; of a longer one the beginning is kept.
    pub message_bytes_max: usize,
    /// Connections at a time; more are closed at once.
    pub connections_max: usize,
    /// A connection that says nothing for so long is closed.
    pub idle_max: Duration,
    /// So long a TLS handshake may take.
    pub handshake_max: Duration,
    /// Datagrams that may wait for the disk.
    pub datagrams_max: usize,
}

/// What has happened since the start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SyslogCounts {
    /// Messages on disk.
    pub kept: u64,
    /// What was heard and found no room.
    pub dropped: u64,
    /// Datagrams that the kernel dropped because they came faster than they were heard, where it says so.
    pub overflowed: u64,
    /// Messages of which only the beginning is kept.
    pub shortened: u64,
    /// Connections that were closed because what they sent could not be told apart.
    pub malformed: u64,
    /// Connections that were not taken: too many, or no TLS.
    pub refused: u64,
}

/// Why syslog cannot be listened to.
#[derive(Debug, thiserror::Error)]
#[error("cannot listen for syslog on {address}; is the port taken, or below 1024?")]
pub struct SyslogFault {
    /// Where.
    address: SocketAddr,
    /// The cause.
    source: io::Error,
}

/// What every connection needs to keep what it hears.
#[derive(Clone, Debug)]
struct Keeper {
    spool: Spool,
    limits: SyslogLimits,
    header: SyslogHeader,
    counters: Arc<Counters>,
}

#[derive(Debug, Default)]
struct Counters {
    kept: AtomicU64,
    dropped: AtomicU64,
    shortened: AtomicU64,
    malformed: AtomicU64,
    refused: AtomicU64,
}

impl Syslog {
    /// Keeps in `spool` whatever comes, with or without its header.
    pub fn new(spool: Spool, header: SyslogHeader, limits: SyslogLimits) -> Self {
        let keeper = Keeper { spool, limits, header, counters: Arc::default() };
        Self { udp: None, tcp: None, tls: None, keeper }
    }

    /// Listens on UDP. Gives the address with the port that was found.
    pub async fn on_udp(&mut self, address: SocketAddr) -> Result<SocketAddr, SyslogFault> {
        let fault = |source| SyslogFault { address, source };
        let socket = UdpSocket::bind(address).await.map_err(fault)?;
        let found = socket.local_addr().map_err(fault)?;
        self.udp = Some(socket);
        Ok(found)
    }

    /// Listens on TCP, in the clear.
    pub async fn on_tcp(&mut self, address: SocketAddr) -> Result<SocketAddr, SyslogFault> {
        let (listener, found) = listening(address).await?;
        self.tcp = Some(listener);
        Ok(found)
    }

    /// Listens on TCP with TLS.
    pub async fn on_tls(
        &mut self,
        address: SocketAddr,
        tls: SyslogTls,
    ) -> Result<SocketAddr, SyslogFault> {
        let (listener, found) = listening(address).await?;
        self.tls = Some((listener, tls));
        Ok(found)
    }

    /// Asks what has happened, while it runs; to be called once it is said where to listen.
    pub fn counts(&self) -> impl Fn() -> SyslogCounts + Send + Sync + use<> {
        let counters = Arc::clone(&self.keeper.counters);
        let udp = self.udp.as_ref().and_then(|socket| socket.local_addr().ok());
        move || SyslogCounts {
            overflowed: udp.and_then(overflow::overflowed).unwrap_or_default(),
            ..counters.now()
        }
    }

    /// Listens until it is told to stop; what was heard by then is kept.
    pub async fn run(self, stop: CancellationToken) {
        let mut work = JoinSet::new();
        let places = Arc::new(Semaphore::new(self.keeper.limits.connections_max));
        if let Some(socket) = self.udp {
            work.spawn(datagrams(socket, self.keeper.clone(), stop.clone()));
        }
        if let Some(listener) = self.tcp {
            let door = Door { listener, tls: None, places: Arc::clone(&places) };
            work.spawn(door.open(self.keeper.clone(), stop.clone()));
        }
        if let Some((listener, tls)) = self.tls {
            let door = Door { listener, tls: Some(tls.acceptor()), places };
            work.spawn(door.open(self.keeper, stop));
        }
        while work.join_next().await.is_some() {}
    }
}

/// A socket that connections come to.
struct Door {
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
    places: Arc<Semaphore>,
}

impl Door {
    async fn open(self, keeper: Keeper, stop: CancellationToken) {
        let mut work = JoinSet::new();
        loop {
            let accepted = tokio::select! {
                accepted = self.listener.accept() => accepted,
                Some(_done) = work.join_next() => continue,
                () = stop.cancelled() => break,
            };
            let Ok((stream, peer)) = accepted else {
                // Out of descriptors, mostly: others must end first.
                tokio::time::sleep(ACCEPT_PAUSE).await;
                continue;
            };
            let Ok(place) = Arc::clone(&self.places).try_acquire_owned() else {
                keeper.counters.refused.fetch_add(1, Ordering::Relaxed);
                continue;
            };
            let (keeper, tls, stop) = (keeper.clone(), self.tls.clone(), stop.clone());
            work.spawn(async move {
                keeper.connection(stream, tls, &stop).await;
                tracing::debug!(%peer, "a syslog connection has ended");
                drop(place);
            });
        }
        while work.join_next().await.is_some() {}
    }
}

impl Keeper {
    async fn connection(
        &self,
        stream: TcpStream,
        tls: Option<TlsAcceptor>,
        stop: &CancellationToken,
    ) {
        let Some(tls) = tls else { return self.hear(stream, stop).await };
        match timeout(self.limits.handshake_max, tls.accept(stream)).await {
            Ok(Ok(stream)) => self.hear(stream, stop).await,
            Ok(Err(_)) | Err(_) => {
                self.counters.refused.fetch_add(1, Ordering::Relaxed);
            }
        }
    }

    /// Hears a connection to its end. Nothing is read while the spool is full.
    async fn hear(
        &self,
        mut stream: impl AsyncRead + AsyncWrite + Unpin,
        stop: &CancellationToken,
    ) {
        let mut framer = Framer::new(self.limits.message_bytes_max);
        let mut buffer = vec![0; READ_BYTES];
        loop {
            let read = tokio::select! {
                read = timeout(self.limits.idle_max, stream.read(&mut buffer)) => read,
                () = stop.cancelled() => break,
            };
            let Ok(Ok(length @ 1..)) = read else { break };
            let heard = framer.push(buffer.get(..length).unwrap_or_default());
            let is_malformed = framer.is_malformed();
            if !self.keep(heard, stop).await {
                break;
            }
            if is_malformed {
                self.counters.malformed.fetch_add(1, Ordering::Relaxed);
                break;
            }
        }
        self.keep(framer.finish(), stop).await;
        // A courtesy of TLS; whoever has gone does not need it.
        drop(timeout(self.limits.handshake_max, stream.shutdown()).await);
    }

    /// Whether the messages are on disk.
    async fn keep(&self, messages: Vec<Entry>, stop: &CancellationToken) -> bool {
        let entries = self.stripped(messages);
        if entries.is_empty() {
            return true;
        }
        let count = crate::wide(entries.len());
        let kept = tokio::select! {
            biased;
            kept = self.spool.append_in_time(entries) => kept,
            // The sender keeps what we did not read; this is lost with the connection, as the protocol has it.
            () = stop.cancelled() => Err(SpoolFault::Closed),
        };
        match kept {
            Ok(_receipt) => self.counters.kept.fetch_add(count, Ordering::Relaxed),
            Err(_) => self.counters.dropped.fetch_add(count, Ordering::Relaxed),
        };
        kept.is_ok()
    }

    fn stripped(&self, messages: Vec<Entry>) -> Vec<Entry> {
        let mut entries = Vec::with_capacity(messages.len());
        for mut entry in messages {
            if entry.shortened {
                self.counters.shortened.fetch_add(1, Ordering::Relaxed);
            }
            self.header.apply(&mut entry.bytes);
            if !entry.bytes.is_empty() {
                entries.push(entry);
            }
        }
        entries
    }
}

/// Hears datagrams, and keeps in one commit whatever came while the disk was busy.
async fn datagrams(socket: UdpSocket, keeper: Keeper, stop: CancellationToken) {
    let (heard, mut waiting) = mpsc::channel(keeper.limits.datagrams_max.max(1));
    let hearing = async {
        let mut buffer = vec![0; DATAGRAM_BYTES];
        loop {
            let read = tokio::select! {
                read = socket.recv(&mut buffer) => read,
                () = stop.cancelled() => break,
            };
            let Ok(length) = read else { continue };
            let bytes = buffer.get(..length).unwrap_or_default();
            let entry = framing::cut(bytes, keeper.limits.message_bytes_max);
            if heard.try_send(entry).is_err() {
                keeper.counters.dropped.fetch_add(1, Ordering::Relaxed);
            }
        }
        drop(heard);
    };
    let keeping = async {
        let mut group = Vec::new();
        while waiting.recv_many(&mut group, DATAGRAMS_AT_ONCE).await > 0 {
            let entries = keeper.stripped(std::mem::take(&mut group));
            let count = crate::wide(entries.len());
            match keeper.spool.append(entries).await {
                Ok(_receipt) => keeper.counters.kept.fetch_add(count, Ordering::Relaxed),
                Err(_) => keeper.counters.dropped.fetch_add(count, Ordering::Relaxed),
            };
        }
    };
    tokio::join!(hearing, keeping);
}

async fn listening(address: SocketAddr) -> Result<(TcpListener, SocketAddr), SyslogFault> {
    let fault = |source| SyslogFault { address, source };
    let listener = TcpListener::bind(address).await.map_err(fault)?;
    let found = listener.local_addr().map_err(fault)?;
    Ok((listener, found))
}

impl Counters {
    fn now(&self) -> SyslogCounts {
        SyslogCounts {
            kept: self.kept.load(Ordering::Relaxed),
            dropped: self.dropped.load(Ordering::Relaxed),
            overflowed: 0,
            shortened: self.shortened.load(Ordering::Relaxed),
            malformed: self.malformed.load(Ordering::Relaxed),
            refused: self.refused.load(Ordering::Relaxed),
        }
    }
}

impl Default for SyslogLimits {
    fn default() -> Self {
        Self {
            message_bytes_max: 64 * 1024,
            connections_max: 1000,
            idle_max: Duration::from_hours(1),
            handshake_max: Duration::from_secs(15),
            datagrams_max: 65_536,
        }
    }
}

/// What is read from a connection at once.
const READ_BYTES: usize = 64 * 1024;

/// The longest datagram there is.
const DATAGRAM_BYTES: usize = 65_535;

/// Datagrams in one commit.
const DATAGRAMS_AT_ONCE: usize = 4096;

/// How long nobody is let in when letting in failed.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

#[cfg(test)]
mod tests;

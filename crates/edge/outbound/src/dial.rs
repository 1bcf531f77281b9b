//! Opening a connection: look the name up, judge the address, connect to that very address.

use std::fmt;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::ServerName;

use crate::names::Names;
use crate::network::{NotReached, Reach, Wire};
use crate::outcome::Outcome;
use crate::tls::Trust;

/// Opens connections to addresses that may be reached, and no others.
#[derive(Clone)]
pub struct Dialler {
    names: Names,
    reach: Reach,
    connector: TlsConnector,
    connect_max: Duration,
}

/// A connection, whatever carries it.
pub(crate) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

pub(crate) type BoxedStream = Box<dyn Stream>;

/// Why no connection was opened; nothing was sent.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DialFault {
    #[error("the name {host} could not be looked up: {source}")]
    Name { host: String, source: io::Error },
    #[error("the name {host} has no address")]
    NoAddress { host: String },
    #[error("{host} is at {address}, which may not be reached unless its network is configured")]
    OutOfReach { host: String, address: IpAddr },
    #[error("{host} at {address} is public: without TLS only configured networks are spoken to")]
    InTheClear { host: String, address: IpAddr },
    #[error("no connection to {address}: {source}")]
    Connect { address: SocketAddr, source: io::Error },
    #[error("no connection to {host} within {} s", .within.as_secs_f32())]
    TimedOut { host: String, within: Duration },
    #[error("{host} cannot stand in a certificate")]
    NameMalformed { host: String },
    #[error("no TLS with {host}: {source}")]
    Tls { host: String, source: io::Error },
}

impl Dialler {
    /// Looks names up in `names`, connects within `reach`, believes `trust`.
    pub fn new(names: Names, reach: Reach, trust: Trust) -> Self {
        Self { names, reach, connector: trust.connector(), connect_max: CONNECT_MAX }
    }

    /// Gives up on a connection, and on its TLS, after this long instead of 15 seconds.
    #[must_use]
    pub fn connecting_within(mut self, connect_max: Duration) -> Self {
        self.connect_max = connect_max;
        self
    }

    /// Opens a connection on which `wire` will be spoken.
    ///
    /// The address that was judged is the one that is connected to: no name is looked up twice.
    pub(crate) async fn connect(
        &self,
        host: &str,
        port: u16,
        wire: Wire,
    ) -> Result<BoxedStream, DialFault> {
        let addresses = self.addresses(host, port).await?;
        let mut fault = DialFault::NoAddress { host: host.to_owned() };
        for address in addresses {
            match self.opened(host, address, wire).await {
                Ok(stream) => return Ok(stream),
                Err(next) => fault = next,
            }
        }
        Err(fault)
    }

    /// Encrypts a connection and makes sure that the other side is `host`.
    pub(crate) async fn encrypt(
        &self,
        stream: BoxedStream,
        host: &str,
    ) -> Result<BoxedStream, DialFault> {
        let bare = host.trim_start_matches('[').trim_end_matches(']').to_owned();
        let name = ServerName::try_from(bare)
            .map_err(|_invalid| DialFault::NameMalformed { host: host.to_owned() })?;
        match timeout(self.connect_max, self.connector.connect(name, stream)).await {
            Ok(Ok(stream)) => Ok(Box::new(stream)),
            Ok(Err(source)) => Err(DialFault::Tls { host: host.to_owned(), source }),
            Err(_elapsed) => Err(self.timed_out(host)),
        }
    }

    /// The first address of a host that may be reached, for what is not a connection.
    pub(crate) async fn reachable(
        &self,
        host: &str,
        port: u16,
    ) -> Result<Option<SocketAddr>, DialFault> {
        let addresses = self.addresses(host, port).await?;
        Ok(addresses.into_iter().find(|address| self.reach.standing(address.ip()).is_some()))
    }

    /// The addresses of a host, within the time for connecting.
    async fn addresses(&self, host: &str, port: u16) -> Result<Vec<SocketAddr>, DialFault> {
        let looked_up = timeout(self.connect_max, self.names.addresses(host, port)).await;
        let found = looked_up.map_err(|_elapsed| self.timed_out(host))?;
        found.map_err(|source| DialFault::Name { host: host.to_owned(), source })
    }

    async fn opened(
        &self,
        host: &str,
        address: SocketAddr,
        wire: Wire,
    ) -> Result<BoxedStream, DialFault> {
        let host_name = || host.to_owned();
        let ip = address.ip();
        match self.reach.judge(ip, wire) {
            Ok(()) => {}
            Err(NotReached::OutOfReach) => {
                return Err(DialFault::OutOfReach { host: host_name(), address: ip });
            }
            Err(NotReached::InTheClear) => {
                return Err(DialFault::InTheClear { host: host_name(), address: ip });
            }
        }
        match timeout(self.connect_max, connected(address)).await {
            Ok(Ok(stream)) => Ok(Box::new(stream)),
            Ok(Err(source)) => Err(DialFault::Connect { address, source }),
            Err(_elapsed) => Err(self.timed_out(host)),
        }
    }

    fn timed_out(&self, host: &str) -> DialFault {
        DialFault::TimedOut { host: host.to_owned(), within: self.connect_max }
    }
}

impl fmt::Debug for Dialler {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Dialler")
            .field("names", &self.names)
            .field("reach", &self.reach)
            .field("connect_max", &self.connect_max)
            .finish_non_exhaustive()
    }
}

impl From<DialFault> for Outcome {
    fn from(fault: DialFault) -> Self {
        match fault {
            DialFault::OutOfReach { .. }
            | DialFault::InTheClear { .. }
            | DialFault::NameMalformed { .. } => Self::misconfigured(fault),
            // Name servers, networks and certificates are mended by others, without our doing.
            DialFault::Name { .. }
            | DialFault::NoAddress { .. }
            | DialFault::Connect { .. }
            | DialFault::TimedOut { .. }
            | DialFault::Tls { .. } => Self::deferred(fault),
        }
    }
}

async fn connected(address: SocketAddr) -> io::Result<TcpStream> {
    let stream = TcpStream::connect(address).await?;
    // Dialogues of short lines: waiting to fill a packet costs 40 ms a line.
    stream.set_nodelay(true)?;
    Ok(stream)
}

/// How long a connection may take to open, and TLS to be agreed.
const CONNECT_MAX: Duration = Duration::from_secs(15);

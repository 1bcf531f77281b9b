//! Asking a time server how far this machine's clock is off. The clock itself is never set here.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use jiff::SignedDuration;
use rsntp::{AsyncSntpClient, Config};

use crate::dial::Dialler;

/// One time server.
#[derive(Clone, Debug)]
pub struct TimeServer {
    dialler: Dialler,
    host: String,
    port: u16,
}

/// Why nobody knows how far the clock is off.
#[derive(Debug, thiserror::Error)]
pub enum TimeFault {
    /// The server cannot be found or may not be reached.
    #[error("the time server {host} cannot be reached: {why}")]
    Unreachable {
        /// The server.
        host: String,
        /// Why not.
        why: String,
    },
    /// It did not answer in time, or not as a time server does.
    #[error("the time server {host} gave no answer that can be used: {why}")]
    NoAnswer {
        /// The server.
        host: String,
        /// What was wrong.
        why: String,
    },
}

impl TimeServer {
    /// A server by name and port; 123 is usual.
    pub fn new(dialler: Dialler, host: impl Into<String>, port: u16) -> Self {
        Self { dialler, host: host.into(), port }
    }

    /// Its name.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// What must be added to this machine's time, to within half of the way there and back.
    pub async fn offset(&self) -> Result<SignedDuration, TimeFault> {
        let address = self.address().await?;
        let own: SocketAddr = match address {
            SocketAddr::V4(_) => (Ipv4Addr::UNSPECIFIED, 0).into(),
            SocketAddr::V6(_) => (Ipv6Addr::UNSPECIFIED, 0).into(),
        };
        // Connected: an answer from anybody else is not heard.
        let config = Config::default().bind_address(own).timeout(ANSWER_MAX).connect_ip(true);
        let answer = AsyncSntpClient::with_config(config).synchronize(address).await;
        let answer = answer.map_err(|fault| self.no_answer(&fault))?;
        let seconds = answer.clock_offset().as_secs_f64();
        SignedDuration::try_from_secs_f64(seconds).map_err(|fault| self.no_answer(&fault))
    }

    async fn address(&self) -> Result<SocketAddr, TimeFault> {
        let unreachable = |why: String| TimeFault::Unreachable { host: self.host.clone(), why };
        self.dialler
            .reachable(&self.host, self.port)
            .await
            .map_err(|fault| unreachable(fault.to_string()))?
            .ok_or_else(|| unreachable("it has no address that may be reached".to_owned()))
    }

    fn no_answer(&self, fault: &dyn std::fmt::Display) -> TimeFault {
        TimeFault::NoAnswer { host: self.host.clone(), why: fault.to_string() }
    }
}

/// A time server on the same continent answers within a tenth of this.
const ANSWER_MAX: Duration = Duration::from_secs(3);

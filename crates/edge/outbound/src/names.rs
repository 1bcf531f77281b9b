//! From the name of a machine to its addresses.

use std::collections::BTreeMap;
use std::io;
use std::net::{IpAddr, SocketAddr};

/// Where names are looked up.
#[derive(Clone, Debug, Default)]
pub enum Names {
    /// What the machine uses: its hosts file and name servers.
    #[default]
    System,
    /// Only these; for a network without a name server.
    Fixed(BTreeMap<String, Vec<IpAddr>>),
}

impl Names {
    /// The addresses of a host, in the order they should be tried; a literal address is its own.
    pub(crate) async fn addresses(&self, host: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
        if let Some(address) = literal(host) {
            return Ok(vec![SocketAddr::new(address, port)]);
        }
        match self {
            Self::System => {
                let found = tokio::net::lookup_host((host, port)).await?;
                Ok(found.take(ADDRESSES_MAX).collect())
            }
            Self::Fixed(known) => {
                let found = known.get(host).into_iter().flatten().take(ADDRESSES_MAX);
                Ok(found.map(|address| SocketAddr::new(*address, port)).collect())
            }
        }
    }
}

/// An address written where a name could be, with or without the brackets of a URL.
fn literal(host: &str) -> Option<IpAddr> {
    let bare = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(host);
    bare.parse().ok()
}

/// A name with more addresses than this is not tried to its end.
const ADDRESSES_MAX: usize = 8;

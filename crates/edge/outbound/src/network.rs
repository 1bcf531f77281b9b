//! Which addresses may be connected to: public ones, and the networks that were configured.
//!
//! The tables follow the special-purpose registries for both families of addresses.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

/// A network: an address and how many of its leading bits count, `10.1.0.0/16`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    prefix: u8,
}

/// Why a text is no network.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no network: write an address and a prefix, such as `10.1.0.0/16`")]
pub struct NetworkMalformed(String);

/// How an address stands to the configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Reachable by everybody.
    Public,
    /// In a network that the administrator named.
    Configured,
}

/// How what is sent travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wire {
    /// Nothing but TLS, or nothing before it.
    Encrypted,
    /// Readable on the way.
    Clear,
}

/// Why an address is not connected to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NotReached {
    /// It is neither public nor configured.
    OutOfReach,
    /// It is public, and what would travel there could be read by everybody.
    InTheClear,
}

/// Where this program may connect to.
///
/// Without configuration: public addresses only. A page that a reporter names, or a partner's
/// name server, must not make it speak to the machines beside it.
#[derive(Clone, Debug, Default)]
pub struct Reach {
    configured: Vec<Network>,
}

impl Network {
    /// Whether the address is in this network; an IPv4 address written as IPv6 counts as IPv4.
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.address, address.to_canonical()) {
            (IpAddr::V4(own), IpAddr::V4(other)) => {
                self.agree(own.to_bits().into(), other.to_bits().into(), 32)
            }
            (IpAddr::V6(own), IpAddr::V6(other)) => self.agree(own.to_bits(), other.to_bits(), 128),
            (IpAddr::V4(_), IpAddr::V6(_)) | (IpAddr::V6(_), IpAddr::V4(_)) => false,
        }
    }

    fn agree(&self, left: u128, right: u128, bits: u32) -> bool {
        let host_bits = bits.saturating_sub(self.prefix.into());
        (left ^ right).checked_shr(host_bits).unwrap_or(0) == 0
    }

    const fn v4(first: [u8; 4], prefix: u8) -> Self {
        let [a, b, c, d] = first;
        Self { address: IpAddr::V4(Ipv4Addr::new(a, b, c, d)), prefix }
    }

    const fn v6(first: [u16; 3], prefix: u8) -> Self {
        let [a, b, c] = first;
        Self { address: IpAddr::V6(Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0)), prefix }
    }

    /// Whether no bit is set behind the prefix: `10.1.2.3/8` is more likely a slip than a wish.
    fn is_exact(&self) -> bool {
        let (bits, width) = match self.address {
            IpAddr::V4(address) => (u128::from(address.to_bits()), 32),
            IpAddr::V6(address) => (address.to_bits(), 128),
        };
        let host_bits = u32::saturating_sub(width, self.prefix.into());
        u32::from(self.prefix) <= width && bits.trailing_zeros().min(width) >= host_bits
    }
}

impl FromStr for Network {
    type Err = NetworkMalformed;

    fn from_str(text: &str) -> Result<Self, NetworkMalformed> {
        let malformed = || NetworkMalformed(text.chars().take(80).collect());
        let (address, prefix) = text.split_once('/').ok_or_else(malformed)?;
        let address: IpAddr = address.parse().ok().ok_or_else(malformed)?;
        let prefix = prefix.parse().ok().ok_or_else(malformed)?;
        let network = Self { address, prefix };
        let is_plain = address == address.to_canonical() && network.is_exact();
        is_plain.then_some(network).ok_or_else(malformed)
    }
}

impl fmt::Display for Network {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}/{}", self.address, self.prefix)
    }
}

impl Reach {
    /// Public addresses only.
    pub fn public() -> Self {
        Self::default()
    }

    /// Public addresses and these networks.
    #[must_use]
    pub fn and(mut self, networks: impl IntoIterator<Item = Network>) -> Self {
        self.configured.extend(networks);
        self
    }

    /// How an address stands; `None` when it must not be connected to.
    pub fn standing(&self, address: IpAddr) -> Option<Standing> {
        if self.configured.iter().any(|network| network.contains(address)) {
            return Some(Standing::Configured);
        }
        is_public(address).then_some(Standing::Public)
    }

    /// Whether a connection may be opened: in the clear to configured networks only.
    pub(crate) fn judge(&self, address: IpAddr, wire: Wire) -> Result<(), NotReached> {
        match (self.standing(address), wire) {
            (None, Wire::Encrypted | Wire::Clear) => Err(NotReached::OutOfReach),
            (Some(Standing::Public), Wire::Clear) => Err(NotReached::InTheClear),
            (Some(Standing::Public), Wire::Encrypted)
            | (Some(Standing::Configured), Wire::Encrypted | Wire::Clear) => Ok(()),
        }
    }
}

fn is_public(address: IpAddr) -> bool {
    let is_special = NOT_PUBLIC.iter().any(|network| network.contains(address));
    match address.to_canonical() {
        IpAddr::V4(_) => !is_special,
        // Everything outside the one block of global unicast is refused, known or not: loopback,
        // link-local, unique local, multicast, translated IPv4.
        IpAddr::V6(_) => GLOBAL_UNICAST.contains(address) && !is_special,
    }
}

const GLOBAL_UNICAST: Network = Network::v6([0x2000, 0, 0], 3);

const NOT_PUBLIC: &[Network] = &[
    Network::v4([0, 0, 0, 0], 8),         // this host
    Network::v4([10, 0, 0, 0], 8),        // private
    Network::v4([100, 64, 0, 0], 10),     // shared by carriers
    Network::v4([127, 0, 0, 0], 8),       // loopback
    Network::v4([169, 254, 0, 0], 16),    // link-local, metadata of clouds
    Network::v4([172, 16, 0, 0], 12),     // private
    Network::v4([192, 0, 0, 0], 24),      // protocol assignments
    Network::v4([192, 0, 2, 0], 24),      // documentation
    Network::v4([192, 88, 99, 0], 24),    // 6to4 relays
    Network::v4([192, 168, 0, 0], 16),    // private
    Network::v4([198, 18, 0, 0], 15),     // benchmarks
    Network::v4([198, 51, 100, 0], 24),   // documentation
    Network::v4([203, 0, 113, 0], 24),    // documentation
    Network::v4([224, 0, 0, 0], 4),       // multicast
    Network::v4([240, 0, 0, 0], 4),       // reserved, broadcast
    Network::v6([0x2001, 0, 0], 23),      // protocol assignments, Teredo
    Network::v6([0x2001, 0x0db8, 0], 32), // documentation
    Network::v6([0x2002, 0, 0], 16),      // 6to4: carries an IPv4 address
    Network::v6([0x3fff, 0, 0], 20),      // documentation
];

#[cfg(test)]
mod tests {
    use super::*;

    fn standing(reach: &Reach, address: &str) -> Option<Standing> {
        reach.standing(address.parse().unwrap())
    }

    #[test]
    fn public_addresses_are_reached() {
        for address in ["1.1.1.1", "100.63.255.255", "100.128.0.0", "172.32.0.1", "2606:4700::1"] {
            assert_eq!(standing(&Reach::public(), address), Some(Standing::Public), "{address}");
        }
    }

    #[test]
    fn addresses_that_are_not_public_are_refused_in_every_spelling() {
        let special = [
            "0.0.0.0",
            "10.0.0.1",
            "100.64.0.1",
            "127.0.0.1",
            "127.255.255.254",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.0.1",
            "192.0.2.1",
            "198.18.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::127.0.0.1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "64:ff9b::7f00:1",
            "64:ff9b:1::1",
            "100::1",
            "fc00::1",
            "fd12::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
            "2001::1",
            "2001:db8::1",
            "2002:7f00:1::",
            "3fff::1",
            "5f00::1",
        ];
        for address in special {
            assert_eq!(standing(&Reach::public(), address), None, "{address}");
        }
    }

    #[test]
    fn a_configured_network_is_reached_and_its_neighbour_is_not() {
        let reach =
            Reach::public().and(["10.1.0.0/16".parse().unwrap(), "fd00:1::/32".parse().unwrap()]);
        assert_eq!(standing(&reach, "10.1.255.1"), Some(Standing::Configured));
        assert_eq!(standing(&reach, "::ffff:10.1.0.1"), Some(Standing::Configured));
        assert_eq!(standing(&reach, "fd00:1::9"), Some(Standing::Configured));
        assert_eq!(standing(&reach, "10.2.0.1"), None);
        assert_eq!(standing(&reach, "fd00:2::9"), None);
    }

    #[test]
    fn only_a_configured_network_is_spoken_to_in_the_clear() {
        let reach = Reach::public().and(["10.1.0.0/16".parse().unwrap()]);
        let judge = |address: &str, wire| reach.judge(address.parse().unwrap(), wire);
        assert_eq!(judge("1.1.1.1", Wire::Encrypted), Ok(()));
        assert_eq!(judge("1.1.1.1", Wire::Clear), Err(NotReached::InTheClear));
        assert_eq!(judge("10.1.0.1", Wire::Clear), Ok(()));
        assert_eq!(judge("10.2.0.1", Wire::Encrypted), Err(NotReached::OutOfReach));
        assert_eq!(judge("10.2.0.1", Wire::Clear), Err(NotReached::OutOfReach));
    }

    #[test]
    fn a_network_with_a_slip_is_refused() {
        for text in
            ["10.1.2.3/8", "10.0.0.0", "10.0.0.0/33", "::/129", "::ffff:10.0.0.0/104", "x/8"]
        {
            assert!(text.parse::<Network>().is_err(), "{text}");
        }
        for text in ["0.0.0.0/0", "::/0", "10.1.2.3/32", "::1/128", "10.0.0.0/8"] {
            assert_eq!(text.parse::<Network>().unwrap().to_string(), text);
        }
    }
}

//! Which addresses, autonomous systems and domains are an organisation's.
//!
//! Each is read leniently and kept in one form, so that the same network is the same text everywhere.
//! Whether somebody else says the same is not refused here: networks are shared, leased and moved.

use std::collections::BTreeSet;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The networks of an organisation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Networks {
    /// Addresses, by prefix.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub prefixes: BTreeSet<Prefix>,
    /// Autonomous systems.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub systems: BTreeSet<Asn>,
    /// Domains, each with everything below it.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub domains: BTreeSet<Domain>,
}

/// One network of any sort.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Network {
    /// Addresses.
    Prefix(Prefix),
    /// An autonomous system.
    System(Asn),
    /// A domain.
    Domain(Domain),
}

/// The addresses that begin with the same bits: `203.0.113.0/24`, `2001:db8::/32`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Prefix {
    address: IpAddr,
    bits: u8,
}

/// The number of an autonomous system: `AS64500`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Asn(u32);

/// A domain as it is looked up, in ASCII and small letters: `xn--fiqs8s.example`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Domain(Box<str>);

/// Why a network was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NetworkMalformed {
    /// No address.
    #[error("this is no address or prefix; write 203.0.113.0/24 or 2001:db8::/32")]
    Address,
    /// More bits than an address has.
    #[error("the number after the stroke is at most {bits_max}")]
    Bits {
        /// How many bits such an address has.
        bits_max: u8,
    },
    /// So many addresses that nobody has them all.
    #[error("this is too wide for one organisation; write at least {bits_min} after the stroke")]
    TooWide {
        /// How many bits must be given.
        bits_min: u8,
    },
    /// Addresses that are no organisation's: loopback, link-local, multicast.
    #[error("these addresses belong to no organisation")]
    Nobodys,
    /// No number of an autonomous system.
    #[error("this is no number of an autonomous system; write AS64500")]
    System,
    /// No domain.
    #[error("this is no domain; write example.cn, without http:// and without a path")]
    Domain,
}

impl Networks {
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.count() == 0
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.prefixes.len() + self.systems.len() + self.domains.len()
    }

    /// Adds one.
    pub fn insert(&mut self, network: Network) {
        match network {
            Network::Prefix(prefix) => self.prefixes.insert(prefix),
            Network::System(asn) => self.systems.insert(asn),
            Network::Domain(domain) => self.domains.insert(domain),
        };
    }

    /// Each of them: addresses first, then autonomous systems, then domains.
    pub fn iter(&self) -> impl Iterator<Item = Network> {
        let prefixes = self.prefixes.iter().copied().map(Network::Prefix);
        let systems = self.systems.iter().copied().map(Network::System);
        prefixes.chain(systems).chain(self.domains.iter().cloned().map(Network::Domain))
    }

    /// What both have: ours first, theirs second. What everybody may use for themselves does not count.
    pub fn overlaps(&self, others: &Self) -> Vec<(Network, Network)> {
        let mut both = Vec::new();
        for ours in self.iter() {
            let theirs = others.iter().filter(|theirs| ours.overlaps(theirs));
            both.extend(theirs.map(|theirs| (ours.clone(), theirs)));
        }
        both
    }
}

impl Network {
    /// Whether both have something in common that only one organisation can have.
    pub fn overlaps(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Prefix(one), Self::Prefix(other)) => one.overlaps(*other) && !one.is_private(),
            (Self::System(one), Self::System(other)) => one == other && !one.is_private(),
            (Self::Domain(one), Self::Domain(other)) => one.covers(other) || other.covers(one),
            (Self::Prefix(_) | Self::System(_) | Self::Domain(_), _) => false,
        }
    }
}

impl Prefix {
    /// Whether an address is in both.
    pub fn overlaps(self, other: Self) -> bool {
        let bits = self.bits.min(other.bits);
        masked(self.address, bits) == masked(other.address, bits)
    }

    /// Whether anybody may use these addresses inside their own walls.
    pub fn is_private(self) -> bool {
        match self.address {
            IpAddr::V4(address) => {
                // 100.64.0.0/10 is a carrier's own.
                let is_carriers = masked(self.address, 10) == IpAddr::V4(CARRIERS);
                address.is_private() || (is_carriers && self.bits >= 10)
            }
            IpAddr::V6(address) => address.is_unique_local(),
        }
    }
}

impl Asn {
    /// The number, without the letters before it.
    pub const fn number(self) -> u32 {
        self.0
    }

    /// Whether anybody may use this number inside their own walls.
    pub const fn is_private(self) -> bool {
        matches!(self.0, 64_512..=65_534 | 4_200_000_000..=4_294_967_294)
    }
}

impl Domain {
    /// The domain as it is looked up.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The domain as people write it: 例子.中国.
    pub fn as_written(&self) -> String {
        let (written, fault) = idna::domain_to_unicode(&self.0);
        if fault.is_ok() { written } else { self.0.to_string() }
    }

    /// Whether the other one is this one or below it.
    pub fn covers(&self, other: &Self) -> bool {
        let above = other.0.strip_suffix(&*self.0);
        above.is_some_and(|above| above.is_empty() || above.ends_with('.'))
    }
}

impl FromStr for Network {
    type Err = NetworkMalformed;

    /// An autonomous system begins with AS, a prefix has a stroke or is an address; the rest are domains.
    fn from_str(text: &str) -> Result<Self, NetworkMalformed> {
        let text = text.trim();
        if let Ok(asn) = text.parse()
            && text.starts_with(['A', 'a'])
        {
            return Ok(Self::System(asn));
        }
        let is_domain = !text.contains("://")
            && !text.contains(['/', ':'])
            && text.chars().any(|it| !it.is_ascii_digit() && it != '.');
        if is_domain { text.parse().map(Self::Domain) } else { text.parse().map(Self::Prefix) }
    }
}

impl FromStr for Prefix {
    type Err = NetworkMalformed;

    fn from_str(text: &str) -> Result<Self, NetworkMalformed> {
        let (address, bits) = match text.trim().split_once('/') {
            Some((address, bits)) => (address.trim(), Some(bits.trim())),
            None => (text.trim(), None),
        };
        let address: IpAddr = address.parse().map_err(|_no_address| NetworkMalformed::Address)?;
        let bits_max = bits_of(address);
        let bits = match bits {
            None => bits_max,
            Some(bits) if !bits.is_empty() && bits.bytes().all(|it| it.is_ascii_digit()) => {
                bits.parse().map_err(|_too_many| NetworkMalformed::Bits { bits_max })?
            }
            Some(_) => return Err(NetworkMalformed::Address),
        };
        Self::of(address, bits)
    }
}

impl Prefix {
    fn of(address: IpAddr, bits: u8) -> Result<Self, NetworkMalformed> {
        let bits_max = bits_of(address);
        if bits > bits_max {
            return Err(NetworkMalformed::Bits { bits_max });
        }
        // An IPv4 address in the clothes of IPv6 is an IPv4 address.
        if let (IpAddr::V6(written), Some(bits)) = (address, bits.checked_sub(96))
            && let Some(plain) = written.to_ipv4_mapped()
        {
            return Self::of(IpAddr::V4(plain), bits);
        }
        let bits_min = match address {
            IpAddr::V4(_) => 8,
            IpAddr::V6(_) => 16,
        };
        if bits < bits_min {
            return Err(NetworkMalformed::TooWide { bits_min });
        }
        let address = masked(address, bits);
        if is_nobodys(address) {
            return Err(NetworkMalformed::Nobodys);
        }
        Ok(Self { address, bits })
    }
}

impl FromStr for Asn {
    type Err = NetworkMalformed;

    fn from_str(text: &str) -> Result<Self, NetworkMalformed> {
        let text = text.trim();
        let is_named = text.get(..2).is_some_and(|named| named.eq_ignore_ascii_case("as"));
        let number = if is_named { text.get(2..).unwrap_or_default().trim_start() } else { text };
        if number.is_empty() || !number.bytes().all(|it| it.is_ascii_digit()) {
            return Err(NetworkMalformed::System);
        }
        match number.parse() {
            // The first and the last number are nobody's.
            Ok(0 | u32::MAX) | Err(_) => Err(NetworkMalformed::System),
            Ok(number) => Ok(Self(number)),
        }
    }
}

impl FromStr for Domain {
    type Err = NetworkMalformed;

    fn from_str(text: &str) -> Result<Self, NetworkMalformed> {
        let text = text.trim();
        let text = text.strip_prefix("*.").unwrap_or(text);
        let text = text.strip_suffix(['.', '。']).unwrap_or(text);
        if text.len() > DOMAIN_BYTES_MAX {
            return Err(NetworkMalformed::Domain);
        }
        let ascii =
            idna::domain_to_ascii_strict(text).map_err(|_no_domain| NetworkMalformed::Domain)?;
        let last = ascii.rsplit('.').next().unwrap_or_default();
        // A single label is a registry's, and what ends in digits is an address.
        if !ascii.contains('.') || last.bytes().all(|it| it.is_ascii_digit()) {
            return Err(NetworkMalformed::Domain);
        }
        Ok(Self(ascii.into()))
    }
}

macro_rules! written {
    ($($type:ty),+) => { $(
        impl From<$type> for String {
            fn from(it: $type) -> Self {
                it.to_string()
            }
        }

        impl TryFrom<String> for $type {
            type Error = NetworkMalformed;

            fn try_from(text: String) -> Result<Self, NetworkMalformed> {
                text.parse()
            }
        }
    )+ };
}

written!(Prefix, Asn, Domain);

impl fmt::Display for Network {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Prefix(prefix) => prefix.fmt(out),
            Self::System(asn) => asn.fmt(out),
            Self::Domain(domain) => domain.fmt(out),
        }
    }
}

impl fmt::Display for Prefix {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}/{}", self.address, self.bits)
    }
}

impl fmt::Display for Asn {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "AS{}", self.0)
    }
}

impl fmt::Display for Domain {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

const fn bits_of(address: IpAddr) -> u8 {
    match address {
        IpAddr::V4(_) => 32,
        IpAddr::V6(_) => 128,
    }
}

/// The address with only its first bits left.
fn masked(address: IpAddr, bits: u8) -> IpAddr {
    match address {
        IpAddr::V4(address) => {
            let mask = u32::MAX.checked_shl(u32::from(32_u8.saturating_sub(bits))).unwrap_or(0);
            IpAddr::V4(Ipv4Addr::from_bits(address.to_bits() & mask))
        }
        IpAddr::V6(address) => {
            let mask = u128::MAX.checked_shl(u32::from(128_u8.saturating_sub(bits))).unwrap_or(0);
            IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & mask))
        }
    }
}

fn is_nobodys(address: IpAddr) -> bool {
    let is_link_local = match address {
        IpAddr::V4(address) => address.is_link_local() || address.is_broadcast(),
        IpAddr::V6(address) => address.is_unicast_link_local(),
    };
    is_link_local || address.is_loopback() || address.is_multicast() || address.is_unspecified()
}

/// Shared by the customers of a carrier, RFC 6598.
const CARRIERS: Ipv4Addr = Ipv4Addr::new(100, 64, 0, 0);

/// Bytes that are looked at as a domain; no real one is longer, in whatever script.
const DOMAIN_BYTES_MAX: usize = 1_000;

#[cfg(test)]
mod tests {
    use super::*;

    fn prefix(text: &str) -> Result<String, NetworkMalformed> {
        text.parse::<Prefix>().map(|it| it.to_string())
    }

    fn domain(text: &str) -> Result<String, NetworkMalformed> {
        text.parse::<Domain>().map(|it| it.to_string())
    }

    fn networks(texts: &[&str]) -> Networks {
        let mut networks = Networks::default();
        for text in texts {
            networks.insert(text.parse().unwrap());
        }
        networks
    }

    #[test]
    fn a_prefix_is_kept_in_one_form() {
        assert_eq!(prefix("203.0.113.77/24").unwrap(), "203.0.113.0/24");
        assert_eq!(prefix(" 203.0.113.77 ").unwrap(), "203.0.113.77/32");
        assert_eq!(prefix("2001:0DB8:0:0::1/32").unwrap(), "2001:db8::/32");
        assert_eq!(prefix("::ffff:203.0.113.0/120").unwrap(), "203.0.113.0/24");
    }

    #[test]
    fn what_is_no_prefix_of_somebody_is_refused() {
        for bad in ["", "203.0.113", "203.0.113.0/", "203.0.113.0/+8", "a/24", "203.0.113.0/24/8"] {
            assert_eq!(prefix(bad), Err(NetworkMalformed::Address), "{bad}");
        }
        assert_eq!(prefix("203.0.113.0/33"), Err(NetworkMalformed::Bits { bits_max: 32 }));
        assert_eq!(prefix("203.0.113.0/999"), Err(NetworkMalformed::Bits { bits_max: 32 }));
        assert_eq!(prefix("2001:db8::/129"), Err(NetworkMalformed::Bits { bits_max: 128 }));
        assert_eq!(prefix("0.0.0.0/0"), Err(NetworkMalformed::TooWide { bits_min: 8 }));
        assert_eq!(prefix("::/0"), Err(NetworkMalformed::TooWide { bits_min: 16 }));
        for bad in ["127.0.0.1", "224.0.0.1", "169.254.1.1", "::1", "fe80::1", "ff02::1"] {
            assert_eq!(prefix(bad), Err(NetworkMalformed::Nobodys), "{bad}");
        }
    }

    #[test]
    fn the_number_of_an_autonomous_system_is_read_with_and_without_its_letters() {
        for good in ["AS64500", "as 64500", "64500"] {
            assert_eq!(good.parse::<Asn>().unwrap().to_string(), "AS64500");
        }
        for bad in ["", "AS", "AS0", "AS-1", "AS4294967295", "AS4294967296", "ASx", "云"] {
            assert_eq!(bad.parse::<Asn>(), Err(NetworkMalformed::System), "{bad}");
        }
    }

    #[test]
    fn a_domain_is_kept_as_it_is_looked_up_and_shown_as_it_is_written() {
        assert_eq!(domain("*.Example.CN.").unwrap(), "example.cn");
        assert_eq!(domain("浦江数据。中国"), domain("浦江数据.中国"));
        let written = domain("浦江数据.中国").unwrap();
        assert!(written.starts_with("xn--") && written.ends_with(".xn--fiqs8s"), "{written}");
        assert_eq!(written.parse::<Domain>().unwrap().as_written(), "浦江数据.中国");
        let long = format!("{}.cn", "a".repeat(64));
        for bad in
            ["", "cn", "http://example.cn", "example.cn/x", "a b.cn", "1.2.3.4", &long, "-a.cn"]
        {
            assert_eq!(domain(bad), Err(NetworkMalformed::Domain), "{bad}");
        }
    }

    #[test]
    fn a_word_says_by_itself_what_sort_of_network_it_is() {
        let sort = |text: &str| text.parse::<Network>().map(|it| it.to_string());
        assert_eq!(sort("as64500").unwrap(), "AS64500");
        assert_eq!(sort("asia.example").unwrap(), "asia.example");
        assert_eq!(sort("203.0.113.0/24").unwrap(), "203.0.113.0/24");
        assert_eq!(sort("2001:db8::/32").unwrap(), "2001:db8::/32");
        assert_eq!(sort("203.0.113.300"), Err(NetworkMalformed::Address));
        assert_eq!(sort("https://example.cn"), Err(NetworkMalformed::Address));
    }

    #[test]
    fn two_overlap_where_one_holds_the_other() {
        let ours = networks(&["203.0.113.0/24", "AS65551", "example.cn", "10.0.0.0/8", "AS64512"]);
        let theirs = networks(&["203.0.113.128/25", "AS65551", "www.example.cn", "10.1.0.0/16"]);
        let both: Vec<_> =
            ours.overlaps(&theirs).iter().map(|(one, other)| format!("{one} {other}")).collect();
        assert_eq!(
            both,
            ["203.0.113.0/24 203.0.113.128/25", "AS65551 AS65551", "example.cn www.example.cn"]
        );
        let apart = networks(&["198.51.100.0/24", "myexample.cn", "2001:db8::/32", "AS64512"]);
        assert_eq!(ours.overlaps(&apart), []);
    }

    #[test]
    fn what_is_written_down_is_read_again() {
        let networks = networks(&["203.0.113.0/24", "AS64500", "浦江数据.中国"]);
        let text = serde_json::to_string(&networks).unwrap();
        assert_eq!(serde_json::from_str::<Networks>(&text).unwrap(), networks);
        assert!(serde_json::from_str::<Networks>("{\"prefixes\":[\"x\"]}").is_err());
        assert_eq!(serde_json::to_string(&Networks::default()).unwrap(), "{}");
    }
}

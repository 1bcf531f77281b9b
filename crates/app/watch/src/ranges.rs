//! Prefixes, and which of them an address is in: a sorted table of intervals, built once.
//!
//! Nested prefixes are cut into intervals that do not overlap, each pointing to its longest prefix, and every
//! prefix to the next shorter one around it. A look-up is one binary search and a short walk.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

/// The addresses that begin with the same bits, version 4 or 6.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Prefix {
    address: IpAddr,
    bits: u8,
}

/// Why a text is no prefix.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is no prefix; write 203.0.113.0/24 or 2001:db8::/32")]
pub struct PrefixMalformed(String);

impl Prefix {
    /// A prefix of an address; bits after the prefix are cleared. `None` where there are too many.
    pub fn new(address: IpAddr, bits: u8) -> Option<Self> {
        // A network of version 4 in the form of version 6 is one of version 4.
        let (address, bits) = match (address, address.to_canonical()) {
            (IpAddr::V6(_), IpAddr::V4(plain)) if bits >= 96 => (IpAddr::V4(plain), bits - 96),
            (address, _) => (address, bits),
        };
        match address {
            IpAddr::V4(address) if bits <= 32 => {
                let first = u32::from(address) & mask_v4(bits);
                Some(Self { address: IpAddr::V4(first.into()), bits })
            }
            IpAddr::V6(address) if bits <= 128 => {
                let first = u128::from(address) & mask_v6(bits);
                Some(Self { address: IpAddr::V6(first.into()), bits })
            }
            IpAddr::V4(_) | IpAddr::V6(_) => None,
        }
    }

    /// How many bits are the same.
    pub fn bits(self) -> u8 {
        self.bits
    }

    /// The first address.
    pub fn first(self) -> IpAddr {
        self.address
    }

    /// The last address.
    pub fn last(self) -> IpAddr {
        match self.address {
            IpAddr::V4(first) => IpAddr::V4((u32::from(first) | !mask_v4(self.bits)).into()),
            IpAddr::V6(first) => IpAddr::V6((u128::from(first) | !mask_v6(self.bits)).into()),
        }
    }
}

impl FromStr for Prefix {
    type Err = PrefixMalformed;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let malformed = || PrefixMalformed(text.chars().take(80).collect());
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, bits.parse().map_err(|_odd| malformed())?),
            None => (text, if text.contains(':') { 128 } else { 32 }),
        };
        let address: IpAddr = address.parse().map_err(|_odd| malformed())?;
        Self::new(address, bits).ok_or_else(malformed)
    }
}

impl std::fmt::Display for Prefix {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{}/{}", self.address, self.bits)
    }
}

/// Prefixes that can be looked up by address. What belongs to a prefix is found by its place.
#[derive(Debug, Default)]
pub(crate) struct Ranges {
    /// Each once, sorted.
    prefixes: Vec<Prefix>,
    /// The next shorter prefix around each, by place.
    parents: Vec<u32>,
    v4: Table<u32>,
    v6: Table<u128>,
    /// Where in `v4.starts` the addresses of each upper half begin: a search then needs a few steps only.
    jumps: Vec<u32>,
}

impl Ranges {
    /// Builds the table of prefixes, each once and sorted.
    pub(crate) fn build(mut prefixes: Vec<Prefix>) -> Self {
        prefixes.sort_unstable();
        prefixes.dedup();
        let mut ranges = Self { parents: vec![NONE; prefixes.len()], ..Self::default() };
        let mut v4 = Vec::new();
        let mut v6 = Vec::new();
        for (place, prefix) in (0_u32..).zip(&prefixes) {
            match prefix.address {
                IpAddr::V4(first) => v4.push(span_v4(first, prefix.bits, place)),
                IpAddr::V6(first) => v6.push(span_v6(first, prefix.bits, place)),
            }
        }
        ranges.v4 = Table::build(&v4, &mut ranges.parents, |last| last.checked_add(1));
        ranges.v6 = Table::build(&v6, &mut ranges.parents, |last| last.checked_add(1));
        ranges.jumps = ranges.v4.jumps();
        ranges.prefixes = prefixes;
        ranges
    }

    /// The place of a prefix.
    pub(crate) fn place(&self, prefix: Prefix) -> Option<usize> {
        self.prefixes.binary_search(&prefix).ok()
    }

    /// How many prefixes there are.
    pub(crate) fn len(&self) -> usize {
        self.prefixes.len()
    }

    /// The places of the prefixes an address is in, longest first.
    pub(crate) fn around(&self, address: IpAddr) -> impl Iterator<Item = usize> {
        let mut next = match address {
            IpAddr::V4(address) => self.find_v4(u32::from(address)),
            IpAddr::V6(address) => self.v6.find(u128::from(address)),
        };
        std::iter::from_fn(move || {
            let place = usize::try_from(next).ok()?;
            next = *self.parents.get(place)?;
            Some(place)
        })
    }

    /// The prefix at a place.
    pub(crate) fn prefix(&self, place: usize) -> Option<Prefix> {
        self.prefixes.get(place).copied()
    }

    /// The place of some prefix that has addresses in common with this one: one around it, or else one in it.
    pub(crate) fn touching(&self, prefix: Prefix) -> Option<usize> {
        if let Some(place) = self.around(prefix.address).next() {
            return Some(place);
        }
        let place = match prefix.address {
            IpAddr::V4(first) => {
                let (first, last, _) = span_v4(first, prefix.bits, NONE);
                self.v4.within(first, last)
            }
            IpAddr::V6(first) => {
                let (first, last, _) = span_v6(first, prefix.bits, NONE);
                self.v6.within(first, last)
            }
        };
        place.and_then(|place| usize::try_from(place).ok())
    }

    fn find_v4(&self, address: u32) -> u32 {
        let half = usize::try_from(address >> 16).unwrap_or_default();
        let at = |place: Option<&u32>| {
            place.and_then(|place| usize::try_from(*place).ok()).unwrap_or_default()
        };
        let (from, until) = (at(self.jumps.get(half)), at(self.jumps.get(half + 1)));
        let starts = self.v4.starts.get(from..until).unwrap_or_default();
        let after = from + starts.partition_point(|start| *start <= address);
        after.checked_sub(1).and_then(|place| self.v4.longest.get(place)).copied().unwrap_or(NONE)
    }
}

/// Intervals of one version: where each begins and the longest prefix it is in.
#[derive(Debug, Default)]
struct Table<K> {
    starts: Vec<K>,
    longest: Vec<u32>,
}

impl<K: Copy + Ord> Table<K> {
    /// `spans` are sorted by their first address, wider ones first.
    fn build(spans: &[(K, K, u32)], parents: &mut [u32], after: impl Fn(K) -> Option<K>) -> Self {
        let mut table = Self { starts: Vec::new(), longest: Vec::new() };
        let mut open: Vec<(K, u32)> = Vec::new();
        for (first, last, place) in spans.iter().copied() {
            table.close(&mut open, Some(first), &after);
            let around = open.last().map_or(NONE, |(_, place)| *place);
            if let Some(parent) = usize::try_from(place).ok().and_then(|at| parents.get_mut(at)) {
                *parent = around;
            }
            table.begin(first, place);
            open.push((last, place));
        }
        table.close(&mut open, None, &after);
        table
    }

    /// Ends the prefixes that end before an address: after each, the one around it goes on.
    fn close(
        &mut self,
        open: &mut Vec<(K, u32)>,
        before: Option<K>,
        after: &impl Fn(K) -> Option<K>,
    ) {
        while let Some((last, _)) = open.last().copied() {
            if before.is_some_and(|first| last >= first) {
                return;
            }
            open.pop();
            if let Some(next) = after(last) {
                self.begin(next, open.last().map_or(NONE, |(_, place)| *place));
            }
        }
    }

    fn begin(&mut self, start: K, place: u32) {
        if self.starts.last() == Some(&start) {
            self.starts.pop();
            self.longest.pop();
        }
        self.starts.push(start);
        self.longest.push(place);
    }

    fn find(&self, address: K) -> u32 {
        let after = self.starts.partition_point(|start| *start <= address);
        after.checked_sub(1).and_then(|place| self.longest.get(place)).copied().unwrap_or(NONE)
    }

    /// A prefix that begins between two addresses.
    fn within(&self, first: K, last: K) -> Option<u32> {
        let from = self.starts.partition_point(|start| *start < first);
        let until = self.starts.partition_point(|start| *start <= last);
        self.longest.get(from..until)?.iter().copied().find(|place| *place != NONE)
    }
}

impl Table<u32> {
    fn jumps(&self) -> Vec<u32> {
        let mut starts = self.starts.iter().peekable();
        let mut before = 0;
        let mut jumps = Vec::with_capacity((1 << 16) + 1);
        for half in 0..=1_u64 << 16 {
            while starts.next_if(|start| u64::from(**start) < half << 16).is_some() {
                before += 1;
            }
            jumps.push(before);
        }
        jumps
    }
}

/// No prefix.
const NONE: u32 = u32::MAX;

fn span_v4(first: Ipv4Addr, bits: u8, place: u32) -> (u32, u32, u32) {
    let first = u32::from(first);
    (first, first | !mask_v4(bits), place)
}

fn span_v6(first: Ipv6Addr, bits: u8, place: u32) -> (u128, u128, u32) {
    let first = u128::from(first);
    (first, first | !mask_v6(bits), place)
}

fn mask_v4(bits: u8) -> u32 {
    u32::MAX.checked_shl(32 - u32::from(bits.min(32))).unwrap_or_default()
}

fn mask_v6(bits: u8) -> u128 {
    u128::MAX.checked_shl(128 - u32::from(bits.min(128))).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn prefix(text: &str) -> Prefix {
        text.parse().expect("a prefix")
    }

    fn around(ranges: &Ranges, address: &str) -> Vec<String> {
        ranges
            .around(address.parse().expect("an address"))
            .map(|place| ranges.prefix(place).expect("a prefix").to_string())
            .collect()
    }

    #[test]
    fn the_prefixes_of_an_address_come_longest_first() {
        let ranges = Ranges::build(
            [
                "0.0.0.0/0",
                "203.0.113.0/24",
                "203.0.113.128/25",
                "203.0.113.255/32",
                "::/0",
                "2001:db8::/32",
            ]
            .map(prefix)
            .to_vec(),
        );
        assert_eq!(
            around(&ranges, "203.0.113.255"),
            ["203.0.113.255/32", "203.0.113.128/25", "203.0.113.0/24", "0.0.0.0/0"]
        );
        assert_eq!(around(&ranges, "203.0.114.0"), ["0.0.0.0/0"]);
        assert_eq!(around(&ranges, "255.255.255.255"), ["0.0.0.0/0"]);
        assert_eq!(around(&ranges, "2001:db8::1"), ["2001:db8::/32", "::/0"]);
        assert_eq!(around(&ranges, "ffff::"), ["::/0"]);
    }

    #[test]
    fn a_prefix_is_read_in_one_form() {
        assert_eq!(prefix("203.0.113.77/24").to_string(), "203.0.113.0/24");
        assert_eq!(prefix("::ffff:203.0.113.0/120").to_string(), "203.0.113.0/24");
        assert_eq!(prefix("203.0.113.7").to_string(), "203.0.113.7/32");
        for wrong in ["", "203.0.113.0/33", "2001:db8::/129", "x/8", "203.0.113.0/-1"] {
            assert!(wrong.parse::<Prefix>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn two_networks_touch_when_one_is_in_the_other() {
        let ranges = Ranges::build(vec![prefix("8.8.8.8/32"), prefix("2001:db8::/32")]);
        for (network, touches) in [
            ("8.8.8.0/24", true),
            ("0.0.0.0/0", true),
            ("8.8.8.8/32", true),
            ("8.8.8.9/32", false),
            ("8.8.9.0/24", false),
            ("2001:db8:1::/48", true),
            ("2001:db9::/32", false),
            ("::/0", true),
        ] {
            assert_eq!(ranges.touching(prefix(network)).is_some(), touches, "{network}");
        }
    }

    fn any_prefix() -> impl Strategy<Value = Prefix> {
        // Few leading bits differ, so that prefixes nest.
        prop_oneof![
            (0_u32..256, 0_u32..256, 0_u8..=32).prop_map(|(high, low, bits)| {
                Prefix::new(Ipv4Addr::from(high << 24 | low).into(), bits).expect("a prefix")
            }),
            (0_u128..8, 0_u128..256, 0_u8..=128).prop_map(|(high, low, bits)| {
                Prefix::new(Ipv6Addr::from(high << 125 | low).into(), bits).expect("a prefix")
            }),
        ]
    }

    proptest! {
        #[test]
        fn the_table_finds_what_a_plain_search_finds(
            prefixes in proptest::collection::vec(any_prefix(), 0..60),
            addresses in proptest::collection::vec(any_prefix(), 1..60),
        ) {
            let ranges = Ranges::build(prefixes);
            for address in addresses.into_iter().map(Prefix::first) {
                let mut plain: Vec<usize> = (0..ranges.len())
                    .filter(|place| {
                        let prefix = ranges.prefix(*place).expect("a prefix");
                        prefix.address.is_ipv4() == address.is_ipv4()
                            && Prefix::new(address, prefix.bits) == Some(prefix)
                    })
                    .collect();
                plain.sort_by_key(|place| std::cmp::Reverse(ranges.prefix(*place).map(Prefix::bits)));
                prop_assert_eq!(ranges.around(address).collect::<Vec<_>>(), plain);
            }
        }
    }
}

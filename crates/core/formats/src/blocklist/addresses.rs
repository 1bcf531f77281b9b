//! Addresses as lists and exchange formats write them: one, a prefix, or a range.
//!
//! A range is taken apart into the prefixes that cover it and nothing else, so that it is found by address.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use fengsui_records::{Column, Record, Value};

/// One address or one prefix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Prefix {
    address: IpAddr,
    length: u32,
}

impl Prefix {
    fn of(address: IpAddr) -> Self {
        Self { address, length: width(address) }
    }

    /// Sets a single address or a network, whichever it is.
    pub(crate) fn set(self, record: &mut Record, ip: Column, network: Column) {
        if self.length == width(self.address) {
            return record.set(ip, Value::Ip(self.address));
        }
        record.read(network, &format!("{}/{}", self.address, self.length));
    }
}

/// The prefixes a text means; `None` where it is no address, prefix or range.
///
/// At most 62 of version 4 or 254 of version 6: that is what the least convenient range needs.
pub(crate) fn prefixes(text: &str) -> Option<Vec<Prefix>> {
    let text = text.trim();
    if let Some((address, length)) = text.split_once('/') {
        return prefix(address.trim(), length.trim()).map(|prefix| vec![prefix]);
    }
    if let Some((first, last)) = text.split_once('-') {
        return range(parse(first)?, parse(last)?);
    }
    parse(text).map(|address| vec![Prefix::of(address)])
}

fn parse(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
    bare.parse().ok().map(|address: IpAddr| address.to_canonical())
}

fn prefix(address: &str, length: &str) -> Option<Prefix> {
    let written: IpAddr = address.parse().ok()?;
    let length: u32 = length.parse().ok().filter(|length| *length <= width(written))?;
    let address = written.to_canonical();
    // A mapped address of version 4 has a length of version 6.
    let length = length.checked_sub(width(written) - width(address))?;
    let hosts = width(address) - length;
    let network = bits(address).checked_shr(hosts).unwrap_or(0).checked_shl(hosts).unwrap_or(0);
    Some(Prefix { address: from_bits(network, address), length })
}

fn range(first: IpAddr, last: IpAddr) -> Option<Vec<Prefix>> {
    let (mut start, end) = (bits(first), bits(last));
    if first.is_ipv4() != last.is_ipv4() || start > end {
        return None;
    }
    let mut prefixes = Vec::new();
    loop {
        let aligned = start.trailing_zeros().min(width(first));
        // Addresses that are left, less one: all of version 6 would not fit otherwise.
        let left = end - start;
        let fitting = left.checked_add(1).map_or(width(first), u128::ilog2);
        let hosts = aligned.min(fitting);
        prefixes.push(Prefix { address: from_bits(start, first), length: width(first) - hosts });
        let size = 1_u128.checked_shl(hosts);
        match size.filter(|size| *size <= left) {
            Some(size) => start += size,
            None => return Some(prefixes),
        }
    }
}

fn width(address: IpAddr) -> u32 {
    if address.is_ipv4() { 32 } else { 128 }
}

fn bits(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => u128::from(address.to_bits()),
        IpAddr::V6(address) => address.to_bits(),
    }
}

/// An address of the same version as another.
fn from_bits(bits: u128, like: IpAddr) -> IpAddr {
    match like {
        IpAddr::V4(_) => Ipv4Addr::from_bits(u32::try_from(bits).unwrap_or(u32::MAX)).into(),
        IpAddr::V6(_) => Ipv6Addr::from_bits(bits).into(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shown(text: &str) -> Option<String> {
        let shown = |prefix: &Prefix| format!("{}/{}", prefix.address, prefix.length);
        prefixes(text).map(|prefixes| prefixes.iter().map(shown).collect::<Vec<_>>().join(" "))
    }

    #[test]
    fn a_prefix_is_its_network_and_a_range_is_its_prefixes() {
        assert_eq!(shown("192.0.2.7").as_deref(), Some("192.0.2.7/32"));
        assert_eq!(shown("[2001:db8::1]").as_deref(), Some("2001:db8::1/128"));
        assert_eq!(shown("192.0.2.7/24").as_deref(), Some("192.0.2.0/24"));
        assert_eq!(shown("::ffff:192.0.2.7/120").as_deref(), Some("192.0.2.0/24"));
        assert_eq!(shown("0.0.0.0/0").as_deref(), Some("0.0.0.0/0"));
        assert_eq!(shown("192.0.2.0 - 192.0.2.255").as_deref(), Some("192.0.2.0/24"));
        assert_eq!(
            shown("192.0.2.4-192.0.2.10").as_deref(),
            Some("192.0.2.4/30 192.0.2.8/31 192.0.2.10/32")
        );
        assert_eq!(shown("::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff").as_deref(), Some("::/0"));
        for none in [
            "192.0.2.9-192.0.2.1",
            "192.0.2.1-2001:db8::1",
            "192.0.2.1/33",
            "a-b",
            "",
            "::ffff:1.2.3.4/90",
        ] {
            assert_eq!(shown(none), None, "{none}");
        }
    }

    proptest! {
        #[test]
        fn the_prefixes_of_a_range_cover_it_without_gap_or_overlap(one in any::<u32>(), other in any::<u32>()) {
            let (first, last) = (one.min(other), one.max(other));
            let text = format!("{}-{}", Ipv4Addr::from_bits(first), Ipv4Addr::from_bits(last));
            let prefixes = prefixes(&text).unwrap();
            prop_assert!(prefixes.len() <= 62);
            let mut next = u128::from(first);
            for prefix in &prefixes {
                prop_assert_eq!(bits(prefix.address), next);
                next += 1 << (32 - prefix.length);
            }
            prop_assert_eq!(next, u128::from(last) + 1);
        }
    }
}

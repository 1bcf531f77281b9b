//! The constituency: whose an address, a name or an autonomous system was at a time.
//!
//! Longest prefix first, then the closest domain, then the autonomous system; at the same length the newest
//! entry, then the smallest id. The source is looked up first, the destination only if the source is nobody's.
//! Built once from plain entries; days are days of UTC.

use std::collections::HashMap;
use std::net::IpAddr;

use fengsui_records::{Column, Record};
use fengsui_vocabulary::{DistrictCode, OrganisationId};
use jiff::civil::Date;

use crate::ranges::{Prefix, Ranges};

/// What one organisation has, from a day on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holding {
    /// Whose.
    pub organisation: OrganisationId,
    /// Its district.
    pub district: Option<DistrictCode>,
    /// Its sector.
    pub sector: Option<String>,
    /// The first day on which it has them; always, where there is none.
    pub from: Option<Date>,
    /// The last day, if there is one.
    pub until: Option<Date>,
    /// Addresses.
    pub prefixes: Vec<Prefix>,
    /// Autonomous systems.
    pub systems: Vec<u32>,
    /// Domains, each with everything below it.
    pub domains: Vec<String>,
}

/// Whose everything is.
#[derive(Debug, Default)]
pub struct Registry {
    owners: Vec<Owner>,
    ranges: Ranges,
    /// Entries by the place of their prefix.
    by_prefix: Vec<Vec<Entry>>,
    by_domain: HashMap<Box<str>, Vec<Entry>>,
    by_system: HashMap<u32, Vec<Entry>>,
}

/// An organisation as it was in one period.
#[derive(Debug, PartialEq, Eq)]
pub struct Owner {
    /// Its id.
    pub organisation: Box<str>,
    /// Its district.
    pub district: Option<Box<str>>,
    /// Its sector.
    pub sector: Option<Box<str>>,
}

/// Whose something is, and why.
#[derive(Debug, PartialEq, Eq)]
pub struct Owned<'a> {
    /// The best match.
    pub owner: &'a Owner,
    /// The side and the entry: `source: prefix 203.0.113.0/24`.
    pub because: &'a str,
    /// Other organisations that match, best first, as a JSON list.
    pub others: Option<String>,
}

/// What is known about one side of a record.
#[derive(Clone, Copy, Debug, Default)]
pub struct Side<'a> {
    /// Its address.
    pub ip: Option<IpAddr>,
    /// Its network, where there is no address.
    pub network: Option<Prefix>,
    /// Its name.
    pub name: Option<&'a str>,
    /// Its autonomous system.
    pub system: Option<u32>,
}

/// Which side of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// The affected or offending one.
    Source,
    /// The other.
    Destination,
}

/// One entry: whose, when, and the texts that say so.
#[derive(Debug)]
struct Entry {
    owner: usize,
    from: i32,
    until: i32,
    source: Box<str>,
    destination: Box<str>,
}

impl Registry {
    /// Other organisations that are named at most.
    pub const OTHERS_MAX: usize = 16;

    /// Builds the tables.
    pub fn build(holdings: Vec<Holding>) -> Self {
        let prefixes =
            holdings.iter().flat_map(|holding| holding.prefixes.iter().copied()).collect();
        let ranges = Ranges::build(prefixes);
        let mut by_prefix = Vec::new();
        by_prefix.resize_with(ranges.len(), Vec::new);
        let mut registry = Self { ranges, by_prefix, ..Self::default() };
        for holding in holdings {
            registry.add(holding);
        }
        registry.rank();
        registry
    }

    /// How many prefixes there are.
    pub fn prefixes(&self) -> usize {
        self.ranges.len()
    }

    /// Whose a record is, on a day since 1970.
    pub fn owner_of(
        &self,
        source: &Side<'_>,
        destination: &Side<'_>,
        day: i32,
    ) -> Option<Owned<'_>> {
        self.find(source, End::Source, day)
            .or_else(|| self.find(destination, End::Destination, day))
    }

    fn find(&self, side: &Side<'_>, end: End, day: i32) -> Option<Owned<'_>> {
        let mut best: Option<(&Entry, &Owner)> = None;
        let mut others: Vec<(&Entry, &Owner)> = Vec::new();
        self.each(side, &mut |entry| {
            if day < entry.from || day > entry.until {
                return;
            }
            let Some(owner) = self.owners.get(entry.owner) else { return };
            let Some((_, first)) = &best else {
                best = Some((entry, owner));
                return;
            };
            let is_known = first.organisation == owner.organisation
                || others.iter().any(|(_, other)| other.organisation == owner.organisation);
            if !is_known && others.len() < Self::OTHERS_MAX {
                others.push((entry, owner));
            }
        });
        let (entry, owner) = best?;
        let others = (!others.is_empty()).then(|| listed(&others, end));
        Some(Owned { owner, because: entry.because(end), others })
    }

    /// Every entry that fits, best first, whatever its days.
    fn each<'a>(&'a self, side: &Side<'_>, visit: &mut impl FnMut(&'a Entry)) {
        let (address, bits_max) = match (side.ip, side.network) {
            (Some(address), _) => (Some(address), u8::MAX),
            (None, Some(network)) => (Some(network.first()), network.bits()),
            (None, None) => (None, 0),
        };
        if let Some(address) = address {
            let places = self.ranges.around(address).filter(|place| {
                // A network is somebody's only where all of it is.
                bits_max == u8::MAX
                    || self.ranges.prefix(*place).is_some_and(|prefix| prefix.bits() <= bits_max)
            });
            for place in places {
                self.by_prefix.get(place).into_iter().flatten().for_each(&mut *visit);
            }
        }
        if let Some(name) = side.name
            && !self.by_domain.is_empty()
        {
            in_ascii(name, &mut |name| {
                let entries = domains_of(name).filter_map(|domain| self.by_domain.get(domain));
                entries.flatten().for_each(&mut *visit);
            });
        }
        if let Some(system) = side.system {
            self.by_system.get(&system).into_iter().flatten().for_each(visit);
        }
    }

    fn add(&mut self, holding: Holding) {
        let owner = self.owners.len();
        let days = (holding.from.map_or(i32::MIN, day_of), holding.until.map_or(i32::MAX, day_of));
        let entry = |what: String| Entry {
            owner,
            from: days.0,
            until: days.1,
            source: format!("source: {what}").into(),
            destination: format!("destination: {what}").into(),
        };
        for prefix in holding.prefixes {
            let entries = self.ranges.place(prefix).and_then(|place| self.by_prefix.get_mut(place));
            if let Some(entries) = entries {
                entries.push(entry(format!("prefix {prefix}")));
            }
        }
        for system in holding.systems {
            self.by_system.entry(system).or_default().push(entry(format!("as AS{system}")));
        }
        for domain in holding.domains {
            in_ascii(&domain, &mut |name| {
                let entries = self.by_domain.entry(name.into()).or_default();
                entries.push(entry(format!("domain {}", shown(name))));
            });
        }
        self.owners.push(Owner {
            organisation: holding.organisation.to_string().into(),
            district: holding.district.map(|district| district.to_string().into()),
            sector: holding.sector.map(Into::into),
        });
    }

    /// Within one prefix, domain or system: the newest first, then by id.
    fn rank(&mut self) {
        let owners = &self.owners;
        let id = |entry: &Entry| owners.get(entry.owner).map(|owner| owner.organisation.as_ref());
        let rank = |entries: &mut Vec<Entry>| {
            entries.sort_by(|one, other| {
                other.from.cmp(&one.from).then_with(|| id(one).cmp(&id(other)))
            });
        };
        self.by_prefix.iter_mut().for_each(rank);
        self.by_domain.values_mut().for_each(rank);
        self.by_system.values_mut().for_each(rank);
    }
}

impl Entry {
    fn because(&self, end: End) -> &str {
        match end {
            End::Source => &self.source,
            End::Destination => &self.destination,
        }
    }
}

impl<'a> Side<'a> {
    /// What a record says about one of its sides.
    pub fn of(record: &'a Record, end: End) -> Self {
        let (ip, network, asn, fqdn, url) = match end {
            End::Source => (
                Column::SourceIp,
                Column::SourceNetwork,
                Column::SourceAsn,
                Column::SourceFqdn,
                Column::SourceUrl,
            ),
            End::Destination => (
                Column::DestinationIp,
                Column::DestinationNetwork,
                Column::DestinationAsn,
                Column::DestinationFqdn,
                Column::DestinationUrl,
            ),
        };
        let mut side = Self { ip: record.ip(ip), ..Self::default() };
        side.system = record.number(asn).and_then(|number| u32::try_from(number).ok());
        side.name = record.text(fqdn);
        if side.ip.is_none() {
            side.network = record.text(network).and_then(|text| text.parse().ok());
        }
        if side.ip.is_none() && side.name.is_none() {
            side.take_host(record.text(url));
        }
        side
    }

    /// The host of a URL is a name or an address.
    fn take_host(&mut self, url: Option<&'a str>) {
        let Some(host) = url.and_then(host_of) else { return };
        match host.parse::<IpAddr>() {
            Ok(address) => self.ip = Some(address.to_canonical()),
            Err(_name) => self.name = Some(host),
        }
    }
}

/// The host in a URL, without brackets and port.
pub(crate) fn host_of(url: &str) -> Option<&str> {
    let (_scheme, rest) = url.split_once("://")?;
    let authority = rest.split(['/', '?', '#', '\\']).next()?;
    let host = authority.rsplit_once('@').map_or(authority, |(_account, host)| host);
    let host = match host.strip_prefix('[') {
        Some(bracketed) => bracketed.split_once(']')?.0,
        None => host.split_once(':').map_or(host, |(host, _port)| host),
    };
    (!host.is_empty()).then_some(host)
}

/// A name and the domains it is below, closest first.
pub(crate) fn domains_of(name: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(name), |name| name.split_once('.').map(|(_, parent)| parent))
        .filter(|name| !name.is_empty())
        .take(LABELS_MAX)
}

/// Gives a name as it is looked up: in small letters and ASCII, without a dot at the end.
pub(crate) fn in_ascii(name: &str, then: &mut impl FnMut(&str)) {
    let name = name.trim_end_matches('.');
    if name.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase()) {
        then(name);
    } else if let Ok(name) = idna::domain_to_ascii(name) {
        then(&name);
    } else {
        then(&name.to_lowercase());
    }
}

/// Names have no more labels.
const LABELS_MAX: usize = 127;

/// Days since 1970.
fn day_of(date: Date) -> i32 {
    let span = date.duration_since(Date::constant(1970, 1, 1));
    i32::try_from(span.as_hours() / 24).unwrap_or_default()
}

/// Ids and reasons hold nothing that JSON must escape; see [`Registry::add`].
fn listed(others: &[(&Entry, &Owner)], end: End) -> String {
    let mut list = String::with_capacity(96 * others.len());
    for (entry, owner) in others {
        list.push(if list.is_empty() { '[' } else { ',' });
        list.push_str("{\"organisation\":\"");
        list.push_str(&owner.organisation);
        list.push_str("\",\"because\":\"");
        list.push_str(entry.because(end));
        list.push_str("\"}");
    }
    list.push(']');
    list
}

/// A name as it can stand in any text: what is no letter of a domain is a question mark.
fn shown(name: &str) -> String {
    let is_plain = |letter: char| letter.is_alphanumeric() || "-_.*".contains(letter);
    name.chars().map(|letter| if is_plain(letter) { letter } else { '?' }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holding(id: u128) -> Holding {
        Holding {
            organisation: OrganisationId::from_bits(id),
            district: Some("310115".parse().expect("a district")),
            sector: Some("energy".to_owned()),
            from: None,
            until: None,
            prefixes: vec![],
            systems: vec![],
            domains: vec![],
        }
    }

    fn prefixes(id: u128, texts: &[&str]) -> Holding {
        let prefixes = texts.iter().map(|text| text.parse().expect("a prefix")).collect();
        Holding { prefixes, ..holding(id) }
    }

    fn id(bits: u128) -> String {
        OrganisationId::from_bits(bits).to_string()
    }

    fn record(cells: &[(Column, &str)]) -> Record {
        let mut record = Record::new();
        for (column, text) in cells {
            record.read(*column, text);
        }
        record
    }

    fn found(
        registry: &Registry,
        record: &Record,
        day: i32,
    ) -> Option<(String, String, Option<String>)> {
        let source = Side::of(record, End::Source);
        let destination = Side::of(record, End::Destination);
        registry.owner_of(&source, &destination, day).map(|owned| {
            (owned.owner.organisation.to_string(), owned.because.to_owned(), owned.others)
        })
    }

    #[test]
    fn a_domain_that_is_none_still_gives_sound_json() {
        let odd = |id| Holding { domains: vec!["a\"b\\.cn".to_owned()], ..holding(id) };
        let registry = Registry::build(vec![odd(1), odd(2)]);
        let side = Side { name: Some("a\"b\\.cn"), ..Side::default() };
        let owned = registry.owner_of(&side, &Side::default(), 0).expect("an owner");
        assert_eq!(owned.because, "source: domain a?b?.cn");
        let others = owned.others.expect("others");
        assert!(serde_json::from_str::<serde_json::Value>(&others).is_ok(), "{others}");
    }

    #[test]
    fn the_longest_prefix_wins_and_the_others_are_named() {
        let registry = Registry::build(vec![
            prefixes(1, &["203.0.0.0/16", "2001:db8::/32"]),
            prefixes(2, &["203.0.113.0/24"]),
            prefixes(3, &["2001:db8:7::/48"]),
        ]);
        let alert = record(&[(Column::SourceIp, "203.0.113.7")]);
        let others =
            format!(r#"[{{"organisation":"{}","because":"source: prefix 203.0.0.0/16"}}]"#, id(1));
        assert_eq!(
            found(&registry, &alert, 0),
            Some((id(2), "source: prefix 203.0.113.0/24".to_owned(), Some(others)))
        );
        let six = record(&[(Column::SourceIp, "2001:db8:7::1")]);
        assert_eq!(found(&registry, &six, 0).map(|found| found.0), Some(id(3)));
        assert_eq!(found(&registry, &record(&[(Column::SourceIp, "198.51.100.1")]), 0), None);
    }

    #[test]
    fn prefix_comes_before_domain_and_domain_before_system() {
        let registry = Registry::build(vec![
            prefixes(1, &["203.0.113.0/24"]),
            Holding { domains: vec!["example.cn".to_owned()], ..holding(2) },
            Holding { systems: vec![64_500], ..holding(3) },
        ]);
        let all = record(&[
            (Column::SourceIp, "203.0.113.7"),
            (Column::SourceFqdn, "www.example.cn"),
            (Column::SourceAsn, "64500"),
        ]);
        let (best, because, others) = found(&registry, &all, 0).expect("an owner");
        assert_eq!((best, because.as_str()), (id(1), "source: prefix 203.0.113.0/24"));
        let others = others.expect("others");
        assert!(others.find(&id(2)) < others.find(&id(3)), "{others}");
        let named = record(&[(Column::SourceFqdn, "www.example.cn"), (Column::SourceAsn, "64500")]);
        assert_eq!(found(&registry, &named, 0).expect("an owner").1, "source: domain example.cn");
    }

    #[test]
    fn a_name_belongs_to_its_domain_and_not_to_one_that_ends_alike() {
        let registry = Registry::build(vec![
            Holding { domains: vec!["Example.CN".to_owned()], ..holding(1) },
            Holding { domains: vec!["中国.example".to_owned()], ..holding(2) },
        ]);
        let name = |name: &str| found(&registry, &record(&[(Column::SourceFqdn, name)]), 0);
        assert!(name("example.cn").is_some());
        assert!(name("a.b.example.cn.").is_some());
        assert!(name("notexample.cn").is_none());
        assert!(name("www.中国.example").is_some());
        assert!(name("www.xn--fiqs8s.example").is_some());
        let url = record(&[(Column::SourceUrl, "https://u:p@www.example.cn:8443/a?b")]);
        assert!(found(&registry, &url, 0).is_some());
    }

    #[test]
    fn the_day_of_the_record_decides_and_the_newest_entry_wins() {
        let day = |text: &str| text.parse::<Date>().expect("a date");
        let old = Holding {
            from: Some(day("2025-01-01")),
            until: Some(day("2025-12-31")),
            ..prefixes(1, &["203.0.113.0/24"])
        };
        let newer = Holding { from: Some(day("2025-07-01")), ..prefixes(2, &["203.0.113.0/24"]) };
        let registry = Registry::build(vec![old, newer]);
        let alert = record(&[(Column::SourceIp, "203.0.113.7")]);
        let on = |text| found(&registry, &alert, day_of(day(text))).map(|found| found.0);
        assert_eq!(on("2024-12-31"), None);
        assert_eq!(on("2025-01-01"), Some(id(1)));
        assert_eq!(on("2025-12-31"), Some(id(2)));
        assert_eq!(on("2026-01-01"), Some(id(2)));
    }

    #[test]
    fn entries_of_the_same_length_and_day_are_ranked_by_id() {
        let registry = Registry::build(vec![
            prefixes(9, &["203.0.113.0/24"]),
            prefixes(4, &["203.0.113.0/24"]),
        ]);
        let alert = record(&[(Column::SourceIp, "203.0.113.7")]);
        assert_eq!(found(&registry, &alert, 0).map(|found| found.0), Some(id(4)));
    }

    #[test]
    fn the_destination_counts_only_where_the_source_is_nobodys() {
        let registry = Registry::build(vec![
            prefixes(1, &["203.0.113.0/24"]),
            prefixes(2, &["198.51.100.0/24"]),
        ]);
        let inward =
            record(&[(Column::SourceIp, "8.8.8.8"), (Column::DestinationIp, "198.51.100.1")]);
        assert_eq!(
            found(&registry, &inward, 0),
            Some((id(2), "destination: prefix 198.51.100.0/24".to_owned(), None))
        );
        let both =
            record(&[(Column::SourceIp, "203.0.113.7"), (Column::DestinationIp, "198.51.100.1")]);
        assert_eq!(found(&registry, &both, 0).map(|found| found.0), Some(id(1)));
    }

    #[test]
    fn a_network_is_somebodys_only_where_all_of_it_is() {
        let registry = Registry::build(vec![prefixes(1, &["203.0.113.0/24"])]);
        let network = |text| found(&registry, &record(&[(Column::SourceNetwork, text)]), 0);
        assert!(network("203.0.113.0/25").is_some());
        assert!(network("203.0.0.0/16").is_none());
        assert!(network("0.0.0.0/0").is_none());
    }
}

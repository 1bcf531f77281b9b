//! Lists of what is known as good: a feed that names it is mistaken or poisoned, and the record says so.
//!
//! Lists are those of MISP (JSON: `name`, `type`, `list`) or plain text, one entry a line. A match marks; it never drops.

use std::collections::HashMap;

use fengsui_records::{Column, Record};
use serde::Deserialize;

use crate::ranges::{Prefix, Ranges};
use crate::registry::{End, Side, domains_of, in_ascii};

/// Lists of what is known as good.
#[derive(Debug, Default)]
pub struct WarningLists {
    names: Vec<Box<str>>,
    ranges: Ranges,
    /// Which list each prefix is from, by its place.
    by_prefix: Vec<u32>,
    /// Names that hold with everything below them.
    domains: HashMap<Box<str>, u32>,
    /// Texts that hold as they are.
    texts: HashMap<Box<str>, u32>,
    entries: usize,
    pending: Vec<(Prefix, u32)>,
}

/// Why a text is no warning list.
#[derive(Debug, thiserror::Error)]
pub enum WarningListFault {
    /// Larger than allowed.
    #[error("the warning list has more than {} bytes; split it", WarningLists::LIST_BYTES_MAX)]
    TooLarge,
    /// Too many entries in all lists together.
    #[error(
        "the warning lists have more than {} entries; leave some out",
        WarningLists::ENTRIES_MAX
    )]
    TooMany,
    /// Not UTF-8.
    #[error("the warning list is not UTF-8; save it as such")]
    NotUtf8 {
        /// The cause.
        source: std::str::Utf8Error,
    },
    /// Not JSON of the expected form.
    #[error("the warning list is not JSON with \"name\", \"type\" and \"list\"")]
    NotAList {
        /// The cause.
        source: serde_json::Error,
    },
    /// A type that is not understood.
    #[error(
        "warning lists of the type \"{0}\" are not understood; use cidr, hostname or string, or leave it out"
    )]
    TypeUnknown(String),
    /// An entry that is none.
    #[error("entry {number} is no network: {text}")]
    EntryOdd {
        /// Which, from 1.
        number: usize,
        /// What it says.
        text: String,
    },
}

/// A list as MISP publishes it.
#[derive(Deserialize)]
struct MispList {
    name: String,
    #[serde(rename = "type")]
    kind: String,
    list: Vec<String>,
}

/// How entries of a list are compared.
#[derive(Clone, Copy)]
enum Comparison {
    Network,
    Host,
    Text,
    /// As each entry looks.
    Guess,
}

impl WarningLists {
    /// Bytes of one list.
    pub const LIST_BYTES_MAX: usize = 64 * 1024 * 1024;
    /// Entries of all lists.
    pub const ENTRIES_MAX: usize = 2_000_000;

    /// Adds a list; `name` is what a plain text is called. Call [`Self::finish`] after the last.
    pub fn add(&mut self, name: &str, bytes: &[u8]) -> Result<(), WarningListFault> {
        if bytes.len() > Self::LIST_BYTES_MAX {
            return Err(WarningListFault::TooLarge);
        }
        let text =
            std::str::from_utf8(bytes).map_err(|source| WarningListFault::NotUtf8 { source })?;
        let text = text.trim_start_matches('\u{feff}');
        if text.trim_start().starts_with('{') {
            let list: MispList = serde_json::from_str(text)
                .map_err(|source| WarningListFault::NotAList { source })?;
            let comparison = match list.kind.as_str() {
                "cidr" => Comparison::Network,
                "hostname" => Comparison::Host,
                "string" => Comparison::Text,
                other => {
                    return Err(WarningListFault::TypeUnknown(other.chars().take(40).collect()));
                }
            };
            return self.add_entries(&list.name, comparison, list.list.iter().map(String::as_str));
        }
        let lines = text.lines().map(|line| line.split(['#', ';']).next().unwrap_or_default());
        self.add_entries(name, Comparison::Guess, lines)
    }

    /// Builds the tables.
    #[must_use]
    pub fn finish(mut self) -> Self {
        let pending = std::mem::take(&mut self.pending);
        self.ranges = Ranges::build(pending.iter().map(|(prefix, _)| *prefix).collect());
        self.by_prefix = vec![0; self.ranges.len()];
        // The first list that has an entry gives its name.
        for (prefix, list) in pending.into_iter().rev() {
            let place = self.ranges.place(prefix);
            if let Some(of) = place.and_then(|place| self.by_prefix.get_mut(place)) {
                *of = list;
            }
        }
        self
    }

    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.entries
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.entries == 0
    }

    /// The list that knows the source of a record as good: its address, a network that touches it, its name, its URL.
    pub fn known_good(&self, record: &Record, source: &Side<'_>) -> Option<&str> {
        if self.is_empty() {
            return None;
        }
        let by_address = source.ip.and_then(|address| self.ranges.around(address).next());
        let by_network = || source.network.and_then(|network| self.ranges.touching(network));
        let place = by_address.or_else(by_network);
        let list = place.and_then(|place| self.by_prefix.get(place)).copied();
        let list = list.or_else(|| source.name.and_then(|name| self.by_name(name)));
        let list = list.or_else(|| {
            let shown =
                [Column::SourceUrl, Column::MalwareMd5, Column::MalwareSha1, Column::MalwareSha256];
            shown
                .iter()
                .filter_map(|column| record.text(*column))
                .find_map(|text| self.by_text(text))
        });
        let place = usize::try_from(list?).ok()?;
        self.names.get(place).map(AsRef::as_ref)
    }

    fn by_name(&self, name: &str) -> Option<u32> {
        if self.domains.is_empty() && self.texts.is_empty() {
            return None;
        }
        let mut found = None;
        in_ascii(name, &mut |name| {
            found = self
                .by_text(name)
                .or_else(|| domains_of(name).find_map(|domain| self.domains.get(domain).copied()));
        });
        found
    }

    fn by_text(&self, text: &str) -> Option<u32> {
        self.texts.get(text).copied()
    }

    fn add_domain(&mut self, domain: &str, list: u32) {
        in_ascii(domain, &mut |name| {
            self.domains.entry(name.into()).or_insert(list);
        });
    }

    fn add_entries<'t>(
        &mut self,
        name: &str,
        comparison: Comparison,
        entries: impl Iterator<Item = &'t str>,
    ) -> Result<(), WarningListFault> {
        let list = u32::try_from(self.names.len()).unwrap_or(u32::MAX);
        self.names.push(name.chars().take(NAME_MAX).collect::<String>().into());
        for (number, entry) in (1_usize..).zip(entries) {
            let entry = entry.trim();
            if entry.is_empty() {
                continue;
            }
            self.entries += 1;
            if self.entries > Self::ENTRIES_MAX {
                return Err(WarningListFault::TooMany);
            }
            let prefix = entry.parse::<Prefix>();
            match (comparison, prefix) {
                (Comparison::Network | Comparison::Guess | Comparison::Text, Ok(prefix)) => {
                    self.pending.push((prefix, list));
                }
                (Comparison::Network, Err(_odd)) => {
                    let text = entry.chars().take(80).collect();
                    return Err(WarningListFault::EntryOdd { number, text });
                }
                (Comparison::Host | Comparison::Guess, _) => {
                    self.add_domain(entry.trim_start_matches('.'), list);
                }
                (Comparison::Text, Err(_text)) => {
                    self.texts.entry(entry.into()).or_insert(list);
                }
            }
        }
        Ok(())
    }
}

impl WarningLists {
    /// The list that knows a record's source as good.
    pub fn of(&self, record: &Record) -> Option<&str> {
        self.known_good(record, &Side::of(record, End::Source))
    }
}

/// Letters of a list's name.
const NAME_MAX: usize = 200;

#[cfg(test)]
mod tests {
    use super::*;

    const RESOLVERS: &str = r#"{"name": "Public resolvers", "version": 3, "description": "",
        "type": "cidr", "matching_attributes": ["ip-src"],
        "list": ["8.8.8.8", "2001:4860:4860::8888/128", "198.51.100.0/24"]}"#;

    fn lists() -> WarningLists {
        let mut lists = WarningLists::default();
        lists.add("-", RESOLVERS.as_bytes()).expect("a list");
        lists
            .add("-", br#"{"name": "Big sites", "type": "hostname", "list": [".example.com", "Good.example"]}"#)
            .expect("a list");
        lists
            .add("-", br#"{"name": "Empty files", "type": "string", "list": ["d41d8cd98f00b204e9800998ecf8427e"]}"#)
            .expect("a list");
        lists
            .add("ours", "# ours\n203.0.113.0/24 # the office\nportal.cn\n\n".as_bytes())
            .expect("a list");
        lists.finish()
    }

    fn of(column: Column, text: &str) -> Option<String> {
        let mut record = Record::new();
        record.read(column, text);
        lists().of(&record).map(str::to_owned)
    }

    #[test]
    fn what_is_on_a_list_is_known_by_its_name() {
        for (column, text, list) in [
            (Column::SourceIp, "8.8.8.8", Some("Public resolvers")),
            (Column::SourceIp, "8.8.8.9", None),
            (Column::SourceIp, "2001:4860:4860::8888", Some("Public resolvers")),
            (Column::SourceIp, "203.0.113.9", Some("ours")),
            (Column::SourceFqdn, "www.example.com", Some("Big sites")),
            (Column::SourceFqdn, "notexample.com", None),
            (Column::SourceFqdn, "good.example", Some("Big sites")),
            (Column::SourceFqdn, "a.portal.cn", Some("ours")),
            (Column::SourceUrl, "http://8.8.8.8:8080/x", Some("Public resolvers")),
            (Column::SourceUrl, "https://www.example.com/login", Some("Big sites")),
            (Column::MalwareMd5, "d41d8cd98f00b204e9800998ecf8427e", Some("Empty files")),
            (Column::DestinationIp, "8.8.8.8", None),
        ] {
            assert_eq!(of(column, text).as_deref(), list, "{text}");
        }
    }

    #[test]
    fn a_network_that_swallows_a_good_address_is_marked_too() {
        for network in ["8.8.8.0/24", "0.0.0.0/0", "198.51.100.128/25"] {
            assert!(of(Column::SourceNetwork, network).is_some(), "{network}");
        }
        assert!(of(Column::SourceNetwork, "192.0.2.0/24").is_none());
    }

    #[test]
    fn what_is_no_list_is_refused_with_the_reason() {
        let fault = |text: &str| {
            WarningLists::default().add("x", text.as_bytes()).expect_err("a fault").to_string()
        };
        assert!(fault("{").starts_with("the warning list is not JSON"));
        assert!(fault(r#"{"name":"x","type":"regex","list":[]}"#).contains("regex"));
        assert!(
            fault(r#"{"name":"x","type":"cidr","list":["8.8.8.8","8.8.8.8/33"]}"#)
                .contains("entry 2")
        );
        let mut lists = WarningLists::default();
        assert!(matches!(lists.add("x", b"\xff"), Err(WarningListFault::NotUtf8 { .. })));
    }
}

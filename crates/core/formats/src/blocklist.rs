//! A list of addresses, networks, ranges, names or URLs, one a line; also the file of hosts and lists as Spamhaus
//! writes them (`192.0.2.0/24 ; SBL1`).
//!
//! A range gives a record for each prefix it is made of. What kind of thing the list is about it does not say
//! itself: the type is `undetermined` until the feed's settings say otherwise. A remark after the entry is kept.

pub(crate) mod addresses;

use std::net::SocketAddr;

use fengsui_records::{Classification, Column, Record, Value};

use crate::reading::{Outcome, Reader, Reason};
use addresses::prefixes;

/// Reads it.
pub(crate) struct Blocklist;

impl Reader for Blocklist {
    fn read(&mut self, piece: &[u8], out: &mut Vec<Outcome>) {
        let piece = piece.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(piece);
        let Ok(line) = std::str::from_utf8(piece) else {
            return out.push(Outcome::Quarantined(Reason::NotUtf8));
        };
        let (entry, remark) = apart(line.trim());
        if entry.is_empty() {
            return;
        }
        match read(entry, remark) {
            Some(records) => out.extend(records.into_iter().map(Outcome::Record)),
            None => out.push(Outcome::Quarantined(Reason::NotThisFormat)),
        }
    }

    fn fork(&self) -> Option<Box<dyn Reader>> {
        Some(Box::new(Self))
    }
}

/// Entry and remark of a line. A `#` within a word belongs to a URL, and so does `//`.
fn apart(line: &str) -> (&str, &str) {
    let begins = |at: usize| {
        let before = line.get(..at).unwrap_or_default();
        before.is_empty() || before.ends_with(char::is_whitespace)
    };
    let words = line.match_indices(['#', ';']).chain(line.match_indices("//"));
    let in_words = words.filter(|(at, _)| begins(*at)).map(|(at, _)| at);
    // No address has a semicolon, so that one directly after it is the end of it.
    let address_ends =
        line.find(';').filter(|at| prefixes(line.get(..*at).unwrap_or_default()).is_some());
    match in_words.chain(address_ends).min().and_then(|at| line.split_at_checked(at)) {
        Some((entry, remark)) => (entry.trim(), remark.trim_start_matches(['#', ';', '/']).trim()),
        None => (line, ""),
    }
}

fn read(entry: &str, remark: &str) -> Option<Vec<Record>> {
    let mut base = Record::new();
    base.classify(Classification::Undetermined);
    base.keep_text("remark", remark);
    if let Some(names) = hosts(entry) {
        let blocked = names.into_iter().filter(|name| !LOCAL.contains(name));
        return blocked.map(|name| one(&base, Column::SourceFqdn, name, name)).collect();
    }
    if let Some(records) = read_prefixes(&base, entry) {
        return Some(records);
    }
    if let Some((address, more)) = annotated(entry) {
        base.keep_text("more", more);
        return read_prefixes(&base, address);
    }
    if let Ok(socket) = entry.parse::<SocketAddr>() {
        let mut record = keyed(&base, entry);
        record.set(Column::SourceIp, Value::Ip(socket.ip().to_canonical()));
        record.take_number(Column::SourcePort, socket.port().into());
        return Some(vec![record]);
    }
    let column = if entry.contains("://") { Column::SourceUrl } else { Column::SourceFqdn };
    let is_sound = column == Column::SourceUrl || is_name(entry);
    let is_one_word = !entry.contains(char::is_whitespace);
    (is_sound && is_one_word).then(|| one(&base, column, entry, entry))?.map(|record| vec![record])
}

/// A record for each prefix an entry is.
fn read_prefixes(base: &Record, entry: &str) -> Option<Vec<Record>> {
    let record = |prefix: &addresses::Prefix| {
        let mut record = keyed(base, entry);
        prefix.set(&mut record, Column::SourceIp, Column::SourceNetwork);
        record
    };
    prefixes(entry).map(|prefixes| prefixes.iter().map(record).collect())
}

/// An address, and what some lists say of it after a blank: a count, a date. A second address is another format.
fn annotated(entry: &str) -> Option<(&str, &str)> {
    let (address, more) = entry.split_once(char::is_whitespace)?;
    let is_second = more.split_whitespace().any(|word| prefixes(word).is_some());
    (prefixes(address).is_some() && !is_second).then_some((address, more.trim()))
}

/// Whether a word has the form of a domain name. Numbers only are an address that was mistyped.
fn is_name(word: &str) -> bool {
    let last = word.trim_end_matches('.').rsplit_once('.').map(|(_, last)| last);
    last.is_some_and(|last| last.chars().any(|letter| !letter.is_ascii_digit()))
}

/// The names of a line of a file of hosts: an address that leads nowhere, and the names that are to lead there.
fn hosts(entry: &str) -> Option<Vec<&str>> {
    let (address, names) = entry.split_once(char::is_whitespace)?;
    let names: Vec<&str> = names.split_whitespace().collect();
    let is_preamble =
        || prefixes(address).is_some() && names.iter().all(|name| LOCAL.contains(name));
    (NOWHERE.contains(&address) || is_preamble()).then_some(names)
}

fn one(base: &Record, column: Column, text: &str, key: &str) -> Option<Record> {
    let value = column.kind().read(text)?;
    let mut record = keyed(base, key);
    record.set(column, value);
    Some(record)
}

fn keyed(base: &Record, key: &str) -> Record {
    let mut record = base.clone();
    record.read(Column::SourceKey, key);
    record
}

/// Where a file of hosts sends names that are not to be reached.
const NOWHERE: &[&str] = &["0.0.0.0", "127.0.0.1", "::", "::1"];

/// Names every file of hosts begins with; they are not blocked, and a line of them alone is nothing.
const LOCAL: &[&str] = &[
    "0.0.0.0",
    "broadcasthost",
    "ip6-allhosts",
    "ip6-allnodes",
    "ip6-allrouters",
    "ip6-localhost",
    "ip6-localnet",
    "ip6-loopback",
    "ip6-mcastprefix",
    "local",
    "localhost",
    "localhost.localdomain",
];

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::{Blocklist, apart};
    use crate::intelmq::piece::testing::{json, outcomes, shown};

    fn read_all(line: &str) -> Vec<Value> {
        outcomes(&mut Blocklist, line.as_bytes()).iter().map(shown).collect()
    }

    /// The columns that are not the same for every entry.
    fn entries(list: &str) -> Vec<String> {
        let said = |record: Value| {
            let columns =
                ["source.ip", "source.network", "source.fqdn", "source.url", "source_key"];
            let mut said: Vec<String> = columns
                .iter()
                .filter_map(|name| record[*name].as_str())
                .map(str::to_owned)
                .collect();
            said.extend(record["extra"]["more"].as_str().map(str::to_owned));
            said.extend(record["extra"]["remark"].as_str().map(|remark| format!("({remark})")));
            said.extend(record.as_str().map(str::to_owned));
            said.join(" ")
        };
        list.lines().flat_map(read_all).map(said).collect()
    }

    #[test]
    fn every_kind_of_entry_is_read() {
        assert_eq!(
            entries(include_str!("../fixtures/blocklist/mixed.txt")),
            [
                "192.0.2.1 192.0.2.1",
                "192.0.2.2 192.0.2.2/32",
                "198.51.100.0/24 198.51.100.0/24 (SBL123)",
                "198.51.100.0/25 198.51.100.0/25 (SBL124)",
                "2001:db8::/32 2001:db8::/32",
                "2001:db8::1 2001:db8::1 (a remark)",
                "203.0.113.4/31 203.0.113.4-203.0.113.6",
                "203.0.113.6 203.0.113.4-203.0.113.6",
                "bad.example Bad.Example.",
                "http://bad.example/a#b;c//d http://bad.example/a#b;c//d",
                "http://bad.example/ http://bad.example/ (again)",
                "worse.example worse.example (hosts)",
                "worst.example worst.example (hosts)",
                "ads.example ads.example",
                "192.0.2.9 192.0.2.9:8080",
                "192.0.2.10 192.0.2.10 8 2026-03-14",
            ]
        );
    }

    #[test]
    fn an_entry_is_undetermined_and_its_own_key() {
        assert_eq!(
            read_all("192.0.2.0/24 ; SBL123")[0],
            json(
                r#"{"classification.taxonomy":"other","classification.type":"undetermined",
                "source.network":"192.0.2.0/24","source_key":"192.0.2.0/24","extra":{"remark":"SBL123"}}"#
            )
        );
    }

    #[test]
    fn comments_are_nothing_and_what_is_no_entry_says_so() {
        for nothing in [
            "",
            "   ",
            "# 192.0.2.1",
            "255.255.255.255 broadcasthost",
            "0.0.0.0 0.0.0.0",
            "; a",
            "// b",
            "\t#",
        ] {
            assert!(read_all(nothing).is_empty(), "{nothing}");
        }
        for odd in [
            "nothing",
            "two words.example",
            "192.0.2.1 192.0.2.2",
            "192.0.2.1/33",
            "999.0.2.1:80",
            "0.0.0.0 a/b",
        ] {
            assert_eq!(read_all(odd), ["not_this_format"], "{odd}");
        }
        assert_eq!(outcomes(&mut Blocklist, b"\xFF.example").len(), 1);
    }

    proptest! {
        #[test]
        fn a_line_that_is_no_comment_gives_at_least_one_outcome(line in "[0-9a-f.:/ #;-]{0,30}|.{0,30}") {
            let entry = apart(line.trim_start_matches('\u{feff}').trim()).0.to_owned();
            let is_local = super::hosts(&entry)
                .is_some_and(|names| names.iter().all(|name| super::LOCAL.contains(name)));
            prop_assert_eq!(read_all(&line).is_empty(), entry.is_empty() || is_local);
        }

        #[test]
        fn any_bytes_are_survived(line in prop::collection::vec(any::<u8>(), 0..60)) {
            prop_assert!(outcomes(&mut Blocklist, &line).len() <= 254);
        }
    }
}

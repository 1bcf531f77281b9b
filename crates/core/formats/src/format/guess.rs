//! Which format a file seems to be. What it holds counts first, its name only where that says nothing.

use std::net::IpAddr;

use super::Format;

/// Lines that are looked at.
const LINES_MAX: usize = 20;

pub(super) fn guess(name: &str, head: &[u8]) -> Option<Format> {
    let text = String::from_utf8_lossy(head);
    let text = text.trim_start_matches('\u{feff}').trim_start();
    if text.is_empty() {
        return by_name(name);
    }
    if text.starts_with("#separator ") || text.starts_with("#fields\t") {
        return Some(Format::Zeek);
    }
    if text.starts_with(['{', '[']) {
        return Some(json(text));
    }
    let first = text.lines().next().unwrap_or_default();
    if names_version(first, "LEEF:") {
        return Some(Format::Leef);
    }
    if names_version(first, "CEF:") {
        return Some(Format::Cef);
    }
    if is_shadowserver(first) {
        return Some(Format::Shadowserver);
    }
    if is_list(text) {
        return Some(Format::Blocklist);
    }
    if is_table(text) { Some(Format::Csv) } else { by_name(name) }
}

/// Which members an object names tells whose it is.
fn json(text: &str) -> Format {
    let has = |name: &str| text.contains(&format!("\"{name}\""));
    let signs: &[(Format, bool)] = &[
        (Format::Eve, has("event_type") && has("timestamp")),
        (Format::Idea, has("IDEA0")),
        (Format::Stix, text.contains("\"bundle--") || has("spec_version")),
        (Format::Misp, MISP.iter().filter(|name| has(name)).count() >= 2),
        (Format::IntelMq, INTELMQ.iter().filter(|name| has(name)).count() >= 2),
        (Format::Zeek, has("id.orig_h") || has("_path") || has("ts") && has("uid")),
    ];
    signs.iter().find(|(_, fits)| *fits).map_or(Format::Json, |(format, _)| *format)
}

const MISP: &[&str] = &["Event", "Attribute", "threat_level_id", "Orgc", "info", "EventReport"];

const INTELMQ: &[&str] = &[
    "classification.type",
    "classification.taxonomy",
    "feed.name",
    "feed.provider",
    "time.observation",
    "time.source",
    "source.ip",
    "source.fqdn",
];

/// `CEF:0|`, wherever syslog put it.
fn names_version(line: &str, mark: &str) -> bool {
    line.split(mark).skip(1).any(|rest| {
        rest.starts_with(|letter: char| letter.is_ascii_digit())
            && rest.find('|').is_some_and(|bar| bar <= 4)
    })
}

/// Its reports begin with the time and name addresses and networks in columns of their own.
fn is_shadowserver(header: &str) -> bool {
    let columns: Vec<_> = header.split(',').map(|cell| cell.trim().trim_matches('"')).collect();
    let has = |names: &[&str]| names.iter().any(|name| columns.contains(name));
    columns.first() == Some(&"timestamp")
        && has(&["ip", "src_ip", "dst_ip", "http_host", "domain"])
        && has(&["asn", "src_asn", "dst_asn", "geo", "src_geo"])
}

/// Every line begins with an address, a network, an address of a page or a name, and says little else.
fn is_list(text: &str) -> bool {
    let lines: Vec<_> = whole_lines(text)
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with(['#', ';', '/']))
        .collect();
    !lines.is_empty() && lines.iter().all(|line| is_entry(line))
}

fn is_entry(line: &str) -> bool {
    let mut words = line.split(|letter: char| letter.is_whitespace() || letter == ';');
    let first = words.next().unwrap_or_default();
    let (address, length) = first.split_once('/').unwrap_or((first, "0"));
    let is_network = address.parse::<IpAddr>().is_ok() && length.parse::<u8>().is_ok();
    let is_page = first.contains("://");
    let is_alone = words.next().is_none();
    let is_name = is_alone
        && first.contains('.')
        && first
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_' | b'*'));
    is_network || is_page || is_name
}

/// The first lines have as many cells each.
fn is_table(text: &str) -> bool {
    [',', ';', '\t', '|'].into_iter().any(|delimiter| {
        let mut counts = whole_lines(text).take(3).map(|line| line.matches(delimiter).count());
        counts.next().is_some_and(|first| first > 0 && counts.all(|count| count >= first))
    })
}

/// The lines of a head. The last may be cut off, so it counts only if it is the only one.
fn whole_lines(text: &str) -> impl Iterator<Item = &str> {
    let count = text.lines().count();
    let whole = if text.ends_with('\n') { count } else { count.saturating_sub(1).max(1) };
    text.lines().take(whole.min(LINES_MAX))
}

fn by_name(name: &str) -> Option<Format> {
    let file = name.rsplit(['/', '\\']).next().unwrap_or(name).to_ascii_lowercase();
    let has = |part: &str| file.contains(part);
    if file.starts_with("eve") && has(".json") {
        Some(Format::Eve)
    } else if has(".csv") || has(".tsv") {
        Some(Format::Csv)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_a_file_holds_says_what_it_is_whatever_its_name() {
        for (head, format) in [
            ("{\"timestamp\":\"2026\",\"event_type\":\"dns\",\"src", Format::Eve),
            ("\u{feff}#separator \\x09\n#set", Format::Zeek),
            ("{\"ts\":1.5,\"uid\":\"C1\",\"id.orig_h\":\"192.0.2.1\"}", Format::Zeek),
            ("{\"Format\": \"IDEA0\", \"ID\":", Format::Idea),
            ("{\n \"type\": \"bundle\",\n \"id\": \"bundle--1\"", Format::Stix),
            ("{\"Event\":{\"info\":\"x\",\"Attribute\":[", Format::Misp),
            ("[{\"source.ip\":\"192.0.2.1\",\"classification.type\":\"spam\"}]", Format::IntelMq),
            ("{\"anything\":1}", Format::Json),
            ("<134>Mar 14 09:26:53 fw CEF:0|V|P|1|a|n|5|src=1", Format::Cef),
            ("LEEF:2.0|V|P|1|a|^|src=1", Format::Leef),
            ("\"timestamp\",\"ip\",\"protocol\",\"port\",\"asn\",\"geo\"\n", Format::Shadowserver),
            ("# a list\n192.0.2.0/24 ; SBL1\n192.0.2.7\n2001:db8::/32\n", Format::Blocklist),
            ("bad.example\nworse.example\ncut.exam", Format::Blocklist),
            ("https://bad.example/a,b\nhttp://192.0.2.1/x\n", Format::Blocklist),
            ("ip;seen\n192.0.2.1;2026\n", Format::Csv),
        ] {
            assert_eq!(Format::guess("x.csv", head.as_bytes()), Some(format), "{head}");
        }
    }

    #[test]
    fn a_name_counts_only_where_the_content_says_nothing() {
        assert_eq!(Format::guess("/var/log/eve.json", b""), Some(Format::Eve));
        assert_eq!(Format::guess("a.csv.gz", b"  "), Some(Format::Csv));
        assert_eq!(Format::guess("notes.txt", b"some words\nand more words\n"), None);
    }

    proptest! {
        #[test]
        fn any_head_may_be_guessed_at(name in ".{0,9}", head in prop::collection::vec(any::<u8>(), 0..80)) {
            let guessed = Format::guess(&name, &head);
            prop_assert!(guessed.is_none_or(|format| Format::ALL.contains(&format)));
        }
    }
}

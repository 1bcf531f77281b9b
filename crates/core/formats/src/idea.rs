//! IDEA 0: one message, one or more records.
//!
//! A record is about one source, so a message gives one for each address of its sources; ranges are
//! taken apart into prefixes. Of several targets the first is in the columns, and all of them are in `extra`, as
//! is every member no column holds. The second record and those after it have `/2`, `/3` … at the end of their key.

mod category;
mod side;

use fengsui_records::{Column, Record};
use serde_json::{Map, Value};

use crate::blocklist::addresses::Prefix;
use crate::intelmq::piece::{self, Harvest};
use crate::reading::{Outcome, Reader, Reason};
use side::{SOURCE, TARGET, several};

/// Reads it.
pub(crate) struct Idea;

impl Reader for Idea {
    fn read(&mut self, piece: &[u8], out: &mut Vec<Outcome>) {
        match piece::object(piece).and_then(|message| message.map_or(Ok(Vec::new()), |m| read(&m)))
        {
            Ok(outcomes) => out.extend(outcomes),
            Err(reason) => out.push(Outcome::Quarantined(reason)),
        }
    }

    fn fork(&self) -> Option<Box<dyn Reader>> {
        Some(Box::new(Self))
    }
}

fn read(message: &Map<String, Value>) -> Result<Vec<Outcome>, Reason> {
    if message.get("Format").and_then(Value::as_str) != Some("IDEA0") {
        return Err(Reason::NotThisFormat);
    }
    let base = shared(message);
    let key = message.get("ID").and_then(Value::as_str).unwrap_or_default();
    let mut harvest = Harvest::new(RECORDS_MAX);
    for (at, subject) in subjects(message)?.into_iter().enumerate() {
        let mut record = base.clone();
        subject.fill(&mut record);
        piece::set_key(&mut record, key, at);
        harvest.push(record)?;
    }
    Ok(harvest.outcomes())
}

/// What one record is about: a source, and one of its addresses.
struct Subject<'a> {
    source: Option<&'a Map<String, Value>>,
    address: Option<Prefix>,
    /// Addresses that are none.
    odd: Vec<Value>,
}

impl Subject<'_> {
    fn fill(self, record: &mut Record) {
        if let Some(address) = self.address {
            SOURCE.set(address, record);
        }
        let mut rest = self.source.map(|source| SOURCE.take(source, record)).unwrap_or_default();
        if !self.odd.is_empty() {
            rest.insert("IP".to_owned(), Value::Array(self.odd));
        }
        if !rest.is_empty() {
            piece::keep(record, "Source", &Value::Object(rest));
        }
    }
}

/// One for each address of each source; a source without address is one, and so is a message without source.
fn subjects(message: &Map<String, Value>) -> Result<Vec<Subject<'_>>, Reason> {
    let mut subjects = Vec::new();
    let sources = message.get("Source").map(several).unwrap_or_default();
    for source in sources.into_iter().filter_map(Value::as_object) {
        let (addresses, mut odd) = side::addresses(source, RECORDS_MAX)?;
        if addresses.is_empty() {
            subjects.push(Subject {
                source: Some(source),
                address: None,
                odd: std::mem::take(&mut odd),
            });
        }
        for address in addresses {
            let odd = std::mem::take(&mut odd);
            subjects.push(Subject { source: Some(source), address: Some(address), odd });
        }
        if subjects.len() > RECORDS_MAX {
            return Err(Reason::TooComplex);
        }
    }
    if subjects.is_empty() {
        subjects.push(Subject { source: None, address: None, odd: Vec::new() });
    }
    Ok(subjects)
}

/// What all records of a message have in common.
fn shared(message: &Map<String, Value>) -> Record {
    let mut record = Record::new();
    let categories: Vec<&str> = message
        .get("Category")
        .map(several)
        .unwrap_or_default()
        .into_iter()
        .filter_map(Value::as_str)
        .collect();
    record.classify(category::classification(&categories));
    if let Some(first) = categories.first() {
        record.read(Column::Identifier, first);
    }
    let said_at = |name: &str| message.get(name).and_then(Value::as_str).and_then(piece::instant);
    let when = TIMES.iter().find(|name| said_at(name).is_some());
    for (name, value) in message {
        match name.as_str() {
            "Format" | "ID" => {}
            "Category" if categories.len() == 1 => {}
            name if when.is_some_and(|when| *when == name) => take_time(name, value, &mut record),
            "Source" => keep_odd(name, value, &mut record),
            "Target" => take_targets(value, &mut record),
            name => take_member(name, value, &mut record),
        }
    }
    // Only where there is no description is the note one.
    if record.get(Column::Description).is_none() {
        let note = message.get("Note").and_then(Value::as_str).unwrap_or_default();
        record.read(Column::Description, note);
    }
    record
}

fn take_member(name: &str, value: &Value, record: &mut Record) {
    match name {
        "Description" => piece::take(record, Column::Description, value),
        "ConnCount" => piece::take(record, Column::Count, value),
        "Note" if value.is_string() && record.get(Column::Description).is_none() => {}
        "Confidence" => take_confidence(value, record),
        "Node" => take_nodes(value, record),
        "Ref" => take_references(value, record),
        "Attach" => take_attached(value, record),
        _ => piece::keep(record, name, value),
    }
}

fn take_time(name: &str, value: &Value, record: &mut Record) {
    match value.as_str() {
        Some(text) => piece::put(record, Column::TimeSource, name, text),
        None => piece::keep(record, name, value),
    }
}

/// A share of one.
fn take_confidence(value: &Value, record: &mut Record) {
    match value.as_f64().map(|share| Value::from(share * 100.0)) {
        Some(percent) if value.as_f64().is_some_and(|share| (0.0..=1.0).contains(&share)) => {
            piece::take_accuracy(record, &percent);
        }
        Some(_) | None => piece::keep(record, "Confidence", value),
    }
}

/// Sources that are no objects cannot be read, and are kept.
fn keep_odd(name: &str, value: &Value, record: &mut Record) {
    if several(value).iter().any(|one| !one.is_object()) {
        piece::keep(record, name, value);
    }
}

fn take_targets(value: &Value, record: &mut Record) {
    let targets = several(value);
    let Some(first) = targets.first().and_then(|first| first.as_object()) else {
        return piece::keep(record, "Target", value);
    };
    let rest = TARGET.take(first, record);
    let Ok((addresses, odd)) = side::addresses(first, RECORDS_MAX) else {
        return piece::keep(record, "Target", value);
    };
    if let Some(address) = addresses.first() {
        TARGET.set(*address, record);
    }
    let is_whole = rest.is_empty() && odd.is_empty() && addresses.len() <= 1 && targets.len() == 1;
    if !is_whole {
        piece::keep(record, "Target", value);
    }
}

/// The first node is who made the message; what a node says beyond its name is kept.
fn take_nodes(value: &Value, record: &mut Record) {
    let nodes = several(value);
    let name = nodes.first().and_then(|node| node.get("Name")).and_then(Value::as_str);
    if let Some(name) = name {
        record.read(Column::Provider, name);
    }
    let has_more = |node: &&Value| node.as_object().is_none_or(|node| node.len() > 1);
    if name.is_none() || nodes.len() > 1 || nodes.iter().any(has_more) {
        piece::keep(record, "Node", value);
    }
}

/// References are kept; vulnerabilities and addresses of pages among them are found by column too.
fn take_references(value: &Value, record: &mut Record) {
    for reference in several(value).into_iter().filter_map(Value::as_str) {
        let bare = reference.strip_prefix("cve:").unwrap_or(reference);
        if bare.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("CVE-")) {
            first(record, Column::Vulnerability, &bare.to_ascii_uppercase());
        } else if reference.starts_with("http://") || reference.starts_with("https://") {
            first(record, Column::DescriptionUrl, reference);
        }
    }
    piece::keep(record, "Ref", value);
}

/// Attached files are kept; their hashes are found by column too.
fn take_attached(value: &Value, record: &mut Record) {
    let hashes = several(value).into_iter().filter_map(|file| file.get("Hash"));
    for hash in hashes.flat_map(several).filter_map(Value::as_str) {
        let column = match hash.split_once(':') {
            Some(("md5", _)) => Column::MalwareMd5,
            Some(("sha1", _)) => Column::MalwareSha1,
            Some(("sha256", _)) => Column::MalwareSha256,
            Some(_) | None => continue,
        };
        let digits = hash.split_once(':').map_or("", |(_, digits)| digits);
        first(record, column, &digits.to_ascii_lowercase());
    }
    piece::keep(record, "Attach", value);
}

/// Sets a column that has no value yet; what it is set to is kept elsewhere too.
fn first(record: &mut Record, column: Column, text: &str) {
    if record.get(column).is_none() {
        record.read(column, text);
    }
}

/// Members that say when, the most telling first.
const TIMES: &[&str] = &["EventTime", "WinStartTime", "DetectTime", "CreateTime"];

/// Records one message may give.
const RECORDS_MAX: usize = 1_000;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::intelmq::piece::testing::{any_json, json, outcomes, shown};

    fn read_all(piece: &str) -> Vec<Value> {
        outcomes(&mut Idea, piece.as_bytes()).iter().map(shown).collect()
    }

    #[test]
    fn a_message_gives_a_record_for_each_address_of_its_sources() {
        let read = read_all(include_str!("../fixtures/idea/scan.json"));
        let addresses: Vec<&Value> = read
            .iter()
            .map(|record| record.get("source.ip").unwrap_or(&record["source.network"]))
            .collect();
        assert_eq!(
            addresses,
            ["192.0.2.4/31", "192.0.2.6", "198.51.100.0/24", "2001:db8::9"]
                .map(Value::from)
                .iter()
                .collect::<Vec<_>>()
        );
        assert_eq!(
            read[3],
            json(
                r#"{"time.source":"2026-03-14T09:00:00Z","classification.taxonomy":"information-gathering",
                "classification.type":"scanner","classification.identifier":"Recon.Scanning","feed.provider":"cn.example.lamp",
                "feed.accuracy":75,"source.ip":"2001:db8::9","source.port":40000,"source.fqdn":"nine.example",
                "destination.ip":"203.0.113.5","destination.port":22,"protocol.transport":"tcp",
                "event_description.text":"somebody knocks","event_description.url":"https://example.org/1",
                "vulnerability":"CVE-2026-1234","malware.hash.md5":"0123456789abcdef0123456789abcdef",
                "source_key":"4390fc3f-c753-4a3e-bc83-1b44f24baf75/4","count":12,
                "extra":{"DetectTime":"2026-03-14T09:01:00Z","Note":"at night","_Own":{"a":1},
                "Ref":["cve:cve-2026-1234","https://example.org/1"],
                "Attach":[{"Hash":["md5:0123456789ABCDEF0123456789abcdef"],"FileName":["a.exe"]}],
                "Node":[{"Name":"cn.example.lamp","SW":["Lamp"]}],
                "Target":[{"IP4":["203.0.113.5"],"Port":[22]},{"IP4":["203.0.113.6"],"Port":[22]}],
                "Source":{"Type":["OriginSpoofed"],"Hostname":["nine.example","neun.example"]}}}"#
            )
        );
        assert_eq!(read[0]["source_key"], "4390fc3f-c753-4a3e-bc83-1b44f24baf75");
    }

    #[test]
    fn a_message_without_address_is_one_record() {
        let name = read_all(
            r#"{"Format":"IDEA0","ID":"1","DetectTime":"2026-03-14T09:00:00Z","Category":["Fraud.Phishing","Test"],
            "Note":"a page","Source":[{"URL":["http://a.example/"],"IP4":["nowhere"]}]}"#,
        );
        assert_eq!(name.len(), 1);
        assert_eq!(name[0]["source.url"], "http://a.example/");
        assert_eq!(name[0]["classification.type"], "test");
        assert_eq!(name[0]["event_description.text"], "a page");
        assert_eq!(
            name[0]["extra"],
            json(r#"{"Category":["Fraud.Phishing","Test"],"Source":{"IP":["nowhere"]}}"#)
        );
        let bare = read_all(r#"{"Format":"IDEA0","ID":"2","Target":{"IP4":["203.0.113.5"]}}"#);
        assert_eq!(bare.len(), 1);
        assert_eq!(bare[0]["destination.ip"], "203.0.113.5");
        assert_eq!(bare[0].get("extra"), None);
    }

    #[test]
    fn values_that_do_not_fit_are_kept_as_they_came() {
        let odd = read_all(
            r#"{"Format":"IDEA0","ID":7,"EventTime":"soon","DetectTime":"2026-03-14T09:00:00Z","Confidence":7,"ConnCount":"x","Category":3,
            "Source":["192.0.2.1"],"Target":5,"Node":"n","Description":4}"#,
        );
        assert_eq!(odd.len(), 1);
        assert_eq!(odd[0]["event_description.text"], "4");
        assert_eq!(odd[0]["time.source"], "2026-03-14T09:00:00Z");
        assert_eq!(
            odd[0]["extra"],
            json(
                r#"{"EventTime":"soon","Confidence":7,"count":"x","Category":3,"Source":["192.0.2.1"],"Target":5,"Node":"n"}"#
            )
        );
    }

    #[test]
    fn a_message_with_too_many_sources_is_quarantined() {
        let sources = |count: usize| {
            let one = r#"{"IP4":["192.0.2.1"]}"#;
            format!(r#"{{"Format":"IDEA0","ID":"1","Source":[{}]}}"#, vec![one; count].join(","))
        };
        assert_eq!(read_all(&sources(RECORDS_MAX)).len(), RECORDS_MAX);
        assert_eq!(read_all(&sources(RECORDS_MAX + 1)), ["too_complex"]);
    }

    #[test]
    fn what_is_no_message_says_why() {
        assert_eq!(read_all(r#"{"Format":"IDEA9"}"#), ["not_this_format"]);
        assert_eq!(read_all("7"), ["not_this_format"]);
        assert_eq!(read_all("{]"), ["not_json"]);
        assert!(read_all("").is_empty());
    }

    proptest! {
        #[test]
        fn any_message_gives_at_least_one_outcome(tree in any_json()) {
            let mut message = tree.as_object().cloned().unwrap_or_default();
            message.insert("Format".to_owned(), Value::from("IDEA0"));
            let read = read_all(&Value::Object(message).to_string());
            prop_assert!(!read.is_empty());
            prop_assert!(read.iter().all(Value::is_object));
        }

        #[test]
        fn any_bytes_are_survived(piece in prop::collection::vec(any::<u8>(), 0..120)) {
            let is_blank = piece.iter().all(u8::is_ascii_whitespace);
            prop_assert_eq!(outcomes(&mut Idea, &piece).is_empty(), is_blank);
        }
    }
}

//! The `IntelMQ` Data Format: JSON whose names are those of our columns, flat (`source.ip`) or nested.
//!
//! Names no column has and values that do not fit theirs are kept in `extra`. A report (`__type` is `Report`) is a
//! parcel whose contents another format reads; it becomes one record that says so, contents and all.

pub(crate) mod piece;

use fengsui_records::{Classification, Column, Record};
use serde_json::{Map, Value};

use crate::reading::{Outcome, Reader, Reason};

/// Reads it.
pub(crate) struct IntelMq;

impl Reader for IntelMq {
    fn read(&mut self, piece: &[u8], out: &mut Vec<Outcome>) {
        match piece::object(piece) {
            Ok(None) => {}
            Ok(Some(members)) => out.push(read(&members)),
            Err(reason) => out.push(Outcome::Quarantined(reason)),
        }
    }

    fn fork(&self) -> Option<Box<dyn Reader>> {
        Some(Box::new(Self))
    }
}

fn read(members: &Map<String, Value>) -> Outcome {
    if members.is_empty() {
        return Outcome::Quarantined(Reason::Empty);
    }
    let mut record = Record::new();
    let mut reading = Reading { record: &mut record, known: 0 };
    reading.members("", members);
    if reading.known == 0 {
        return Outcome::Quarantined(Reason::NotThisFormat);
    }
    classify(&mut record, members);
    Outcome::Record(record)
}

/// A record while it is read.
struct Reading<'a> {
    record: &'a mut Record,
    /// Members this format knows.
    known: usize,
}

impl Reading<'_> {
    fn members(&mut self, path: &str, members: &Map<String, Value>) {
        for (name, value) in members {
            let name = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
            match value {
                Value::Object(_) if name == "extra" => self.extra(value),
                Value::Object(inner) if leads_to_columns(&name) => self.members(&name, inner),
                Value::Null
                | Value::Bool(_)
                | Value::Number(_)
                | Value::String(_)
                | Value::Array(_)
                | Value::Object(_) => self.member(&name, value),
            }
        }
    }

    fn member(&mut self, name: &str, value: &Value) {
        self.known += usize::from(Column::from_name(name).is_some() || name == TYPE);
        if let Some(member) = name.strip_prefix("extra.").filter(|member| !member.is_empty()) {
            return piece::keep(self.record, member, value);
        }
        match Column::from_name(name) {
            Some(Column::Extra) => self.extra(value),
            Some(Column::Taxonomy | Column::Type) => {}
            Some(Column::Accuracy) => piece::take_accuracy(self.record, value),
            Some(Column::Tlp) => match value.as_str() {
                Some(text) => piece::mark(self.record, text),
                None => piece::keep(self.record, name, value),
            },
            Some(column) => piece::take(self.record, column, &small(column, value)),
            None if name == TYPE && value == "Event" => {}
            None => piece::keep(self.record, name, value),
        }
    }

    /// `extra` is an object, or the text of one.
    fn extra(&mut self, value: &Value) {
        let parsed = value.as_str().and_then(|text| piece::object(text.as_bytes()).ok().flatten());
        match (parsed, value) {
            (Some(members), _) => self.keep_all(&members),
            (None, Value::Object(members)) => self.keep_all(members),
            (None, _) => piece::keep(self.record, Column::Extra.as_str(), value),
        }
    }

    fn keep_all(&mut self, members: &Map<String, Value>) {
        for (name, value) in members {
            piece::keep(self.record, name, value);
        }
    }
}

/// Sets type and class by the type; what was said and is not said by it is kept.
fn classify(record: &mut Record, members: &Map<String, Value>) {
    if members.get(TYPE).is_some_and(|kind| kind == "Report") {
        record.classify(Classification::Undetermined);
        record.set_static(Column::Identifier, "intelmq:report");
        return;
    }
    let said = |name: &str, part: &str| {
        let nested = || members.get("classification").and_then(|inner| inner.get(part));
        members.get(name).or_else(nested).and_then(Value::as_str).unwrap_or_default().to_owned()
    };
    let (kind, taxonomy) =
        (said(Column::Type.as_str(), "type"), said(Column::Taxonomy.as_str(), "taxonomy"));
    let known = Classification::from_name(&kind);
    let renamed = || RENAMED.iter().find(|(old, _)| *old == kind).map(|(_, new)| *new);
    let classification = known.or_else(renamed).unwrap_or(Classification::Undetermined);
    record.classify(classification);
    if known.is_none() {
        record.keep_text(Column::Type.as_str(), &kind);
    }
    if taxonomy != classification.taxonomy() {
        record.keep_text(Column::Taxonomy.as_str(), &taxonomy);
    }
}

/// Names of protocols and malware are kept in small letters.
fn small(column: Column, value: &Value) -> Value {
    let is_small = [Column::Transport, Column::Application, Column::MalwareName].contains(&column);
    match value {
        Value::String(text) if is_small => Value::String(text.to_lowercase()),
        Value::Null
        | Value::Bool(_)
        | Value::Number(_)
        | Value::String(_)
        | Value::Array(_)
        | Value::Object(_) => value.clone(),
    }
}

/// Whether columns have names that begin with this one.
fn leads_to_columns(name: &str) -> bool {
    Column::ALL
        .iter()
        .any(|column| column.as_str().strip_prefix(name).is_some_and(|rest| rest.starts_with('.')))
}

/// What a message is: an event or a report.
const TYPE: &str = "__type";

/// Types of versions before 3 of the format, and those of its class "other", as types of the RSIT.
const RENAMED: &[(&str, Classification)] = &[
    ("backdoor", Classification::SystemCompromise),
    ("blacklist", Classification::Other),
    ("botnet drone", Classification::InfectedSystem),
    ("brute force", Classification::BruteForce),
    ("c&c", Classification::C2Server),
    ("c2server", Classification::C2Server),
    ("compromised", Classification::SystemCompromise),
    ("ddos amplifier", Classification::DdosAmplifier),
    ("defacement", Classification::UnauthorisedInformationModification),
    ("dga domain", Classification::Other),
    ("dga-domain", Classification::Other),
    ("dropzone", Classification::Other),
    ("ids alert", Classification::IdsAlert),
    ("infected system", Classification::InfectedSystem),
    ("leak", Classification::DataLeak),
    ("malware", Classification::Other),
    ("malware configuration", Classification::MalwareConfiguration),
    ("malware-distribution-site", Classification::MalwareDistribution),
    ("potentially unwanted accessible", Classification::PotentiallyUnwantedAccessible),
    ("proxy", Classification::Other),
    ("ransomware", Classification::InfectedSystem),
    ("tor", Classification::Other),
    ("unauthorized-command", Classification::SystemCompromise),
    ("unauthorized-login", Classification::SystemCompromise),
    ("unknown", Classification::Undetermined),
    ("vulnerable client", Classification::VulnerableSystem),
    ("vulnerable service", Classification::VulnerableSystem),
    ("vulnerable system", Classification::VulnerableSystem),
    ("weak crypto", Classification::WeakCrypto),
];

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::piece::testing::{any_json, json, outcomes, shown};
    use super::*;

    fn read_one(piece: &str) -> Value {
        let mut read = outcomes(&mut IntelMq, piece.as_bytes());
        assert_eq!(read.len(), 1);
        shown(&read.remove(0))
    }

    #[test]
    fn flat_and_nested_events_give_the_same_record() {
        let flat = read_one(include_str!("../fixtures/intelmq/flat.json"));
        let nested = read_one(include_str!("../fixtures/intelmq/nested.json"));
        assert_eq!(flat, nested);
        assert_eq!(
            flat,
            json(
                r#"{"time.source":"2026-03-14T09:26:53Z","time.observation":"2026-03-14T09:27:00Z",
                "classification.taxonomy":"vulnerable","classification.type":"vulnerable-system",
                "classification.identifier":"open-lamp","feed.provider":"Example","feed.accuracy":80,
                "source.ip":"192.0.2.7","source.asn":4134,"source.geolocation.cc":"CN",
                "protocol.transport":"tcp","malware.name":"firefly","tlp":"AMBER",
                "extra":{"lamp.colour":"red","bulbs":[1,2],"feed.name":"Lamps","source.port":"many","source.tor_node":true,
                "raw":"eWVz","comment":"see there"}}"#
            )
        );
    }

    #[test]
    fn a_type_that_is_none_of_the_rsit_is_kept_beside_it() {
        let old =
            read_one(r#"{"classification.type":"c&c","classification.taxonomy":"malicious code"}"#);
        assert_eq!(old["classification.type"], "c2-server");
        assert_eq!(
            old["extra"],
            json(r#"{"classification.type":"c&c","classification.taxonomy":"malicious code"}"#)
        );
        let odd = read_one(r#"{"classification":{"type":"sorcery"},"source":{"ip":"192.0.2.1"}}"#);
        assert_eq!(odd["classification.type"], "undetermined");
        assert_eq!(odd["extra"]["classification.type"], "sorcery");
    }

    #[test]
    fn values_that_do_not_fit_are_kept_as_they_came() {
        let odd = read_one(
            r#"{"__type":"Event","source.ip":["192.0.2.1"],"feed.accuracy":101.5,"tlp":"purple",
            "time.source":"2026-13-01","count":"7","extra":"[1]"}"#,
        );
        assert_eq!(odd["count"], 7);
        assert_eq!(
            odd["extra"],
            json(
                r#"{"source.ip":["192.0.2.1"],"feed.accuracy":101.5,"tlp":"purple",
                "time.source":"2026-13-01","extra":"[1]"}"#
            )
        );
        let text = read_one(r#"{"source.port":443,"extra":"{\"a\":{\"b\":1}}"}"#);
        assert_eq!(text["extra"], json(r#"{"a":{"b":1}}"#));
    }

    #[test]
    fn a_report_is_kept_with_its_contents() {
        let report =
            read_one(r#"{"__type":"Report","feed.provider":"Example","raw":"MS4yLjMuNA=="}"#);
        assert_eq!(report["classification.identifier"], "intelmq:report");
        assert_eq!(report["extra"], json(r#"{"__type":"Report","raw":"MS4yLjMuNA=="}"#));
    }

    #[test]
    fn what_is_no_event_says_why() {
        assert_eq!(read_one("{"), "not_json");
        assert_eq!(read_one("{}"), "empty");
        assert_eq!(read_one("[1]"), "not_this_format");
        assert_eq!(read_one(r#"{"event_type":"alert"}"#), "not_this_format");
        assert_eq!(outcomes(&mut IntelMq, b" \r").len(), 0);
    }

    #[test]
    fn every_renamed_type_is_no_type_of_the_rsit_itself() {
        for (old, _) in RENAMED {
            assert_eq!(Classification::from_name(old), None, "{old}");
        }
    }

    proptest! {
        #[test]
        fn any_json_gives_one_outcome(tree in any_json()) {
            let read = outcomes(&mut IntelMq, tree.to_string().as_bytes());
            prop_assert_eq!(read.len(), 1);
            shown(read.first().unwrap());
        }

        #[test]
        fn any_bytes_are_survived(piece in prop::collection::vec(any::<u8>(), 0..120)) {
            let is_blank = piece.iter().all(u8::is_ascii_whitespace);
            prop_assert_eq!(outcomes(&mut IntelMq, &piece).is_empty(), is_blank);
        }
    }
}

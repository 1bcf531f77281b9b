//! Events of our own.

use proptest::prelude::*;

use super::*;
use crate::intelmq::piece::testing::{any_json, json, outcomes, shown};

const EVENT: &str = include_str!("../../fixtures/misp/event.json");

fn read_all(piece: &str) -> Vec<Value> {
    outcomes(&mut Misp, piece.as_bytes()).iter().map(shown).collect()
}

/// The record of a key.
fn by_key(key: &str) -> Value {
    let mut read = read_all(EVENT);
    let at = read.iter().position(|record| record["source_key"] == key).unwrap();
    read.swap_remove(at)
}

#[test]
fn an_event_and_each_of_its_attributes_is_a_record() {
    let read = read_all(EVENT);
    let identifiers: Vec<&Value> =
        read.iter().map(|record| &record["classification.identifier"]).collect();
    assert_eq!(
        identifiers,
        [
            "misp:event",
            "misp:ip-dst|port",
            "misp:domain|ip",
            "misp:filename|sha256",
            "misp:text",
            "misp:ip-src",
            "misp:url",
            "misp:vulnerability",
            "misp:ip-src",
            "misp:url",
            "misp:md5",
            "misp:size-in-bytes",
            "misp:object"
        ]
    );
    assert_eq!(
        read[0],
        json(
            r#"{"time.source":"2026-03-14T09:00:00Z","classification.taxonomy":"malicious-code",
            "classification.type":"c2-server","classification.identifier":"misp:event","feed.provider":"Example CERT",
            "event_description.text":"Fireflies in March","malware.name":"firefly","tlp":"GREEN","source_key":"e0",
            "extra":{"date":"2026-03-13","timestamp":"1773478800","threat_level_id":"2","analysis":"1",
            "Orgc":{"name":"Example CERT"},"Tag":[{"name":"tlp:green"},{"name":"rsit:malicious-code=\"c2-server\""},
            {"name":"misp-galaxy:malpedia=\"Firefly\""}],"RelatedEvent":[{"a":1}]}}"#
        )
    );
}

#[test]
fn an_attribute_goes_to_the_columns_of_its_type() {
    assert_eq!(
        by_key("a1"),
        json(
            r#"{"time.source":"2026-03-14T10:00:00Z","classification.taxonomy":"malicious-code",
            "classification.type":"c2-server","classification.identifier":"misp:ip-dst|port","feed.provider":"Example CERT",
            "source.ip":"192.0.2.7","source.port":4711,"event_description.text":"Fireflies in March",
            "malware.name":"firefly","tlp":"RED","source_key":"a1",
            "extra":{"event":"e0","type":"ip-dst|port","category":"Network activity","to_ids":true,"comment":"seen",
            "timestamp":"1773482400","Tag":[{"name":"tlp:amber"},{"name":"TLP:RED"}]}}"#
        )
    );
    let pair = by_key("a2");
    assert_eq!(
        (&pair["source.fqdn"], &pair["source.network"]),
        (&json("\"a.example\""), &json("\"192.0.2.0/24\""))
    );
    assert_eq!(pair["tlp"], "GREEN", "its own tags say nothing of it");
    let file = by_key("a3");
    assert_eq!(file["malware.hash.sha256"], "ab".repeat(32));
    assert_eq!(file["extra"]["filename"], "a");
    assert_eq!(by_key("a7")["vulnerability"], "CVE-2026-1234");
}

#[test]
fn what_no_column_takes_is_kept_with_its_type() {
    let text = by_key("a4");
    assert_eq!(text["extra"]["value"], "a remark");
    assert_eq!(text["time.source"], "2026-03-14T08:30:00Z");
    let odd = by_key("a5");
    assert_eq!(odd.get("source.ip"), None);
    assert_eq!(odd["extra"]["value"], "not an address");
    assert_eq!(by_key("o2")["extra"]["value"], "1234");
}

#[test]
fn what_is_deleted_or_only_proposed_says_so() {
    assert_eq!(by_key("a6")["status"], "deleted");
    assert_eq!(by_key("p1")["status"], "proposed");
    assert_eq!(by_key("p2")["status"], "proposed");
    assert_eq!(by_key("a1").get("status"), None);
}

#[test]
fn an_attribute_of_an_object_says_which() {
    let hash = by_key("o1");
    assert_eq!(hash["malware.hash.md5"], "0123456789abcdef0123456789abcdef");
    assert_eq!(hash["extra"]["object"], "file");
    assert_eq!(hash["extra"]["object_uuid"], "f0");
    assert_eq!(
        hash["extra"]["Object"],
        json(r#"{"uuid":"f0","name":"file","comment":"found","Tag":[{"name":"tlp:white"}]}"#),
        "what the object says of itself is with its first attribute"
    );
    assert_eq!(by_key("o2")["extra"].get("Object"), None);
    assert_eq!(hash["tlp"], "CLEAR", "the object's marking comes before the event's");
    assert_eq!(by_key("f1")["extra"]["name"], "empty");
}

#[test]
fn every_shape_an_event_comes_in_is_read() {
    let bare = r#"{"info":"a","Attribute":[{"type":"ip-src","value":"192.0.2.1","uuid":"x"}]}"#;
    let expected = read_all(bare);
    assert_eq!(expected.len(), 2);
    for shape in [
        format!(r#"{{"Event":{bare}}}"#),
        format!(r#"{{"response":[{bare}]}}"#),
        format!(r#"{{"response":[{{"Event":{bare}}}]}}"#),
        format!(r#"{{"response":{{"Event":{bare}}}}}"#),
    ] {
        assert_eq!(read_all(&shape), expected, "{shape}");
    }
    let alone = read_all(
        r#"{"response":{"Attribute":[{"type":"ip-src","value":"192.0.2.1","uuid":"x"}]}}"#,
    );
    assert_eq!(alone.len(), 1);
    assert_eq!(alone[0]["source.ip"], "192.0.2.1");
    let one = read_all(r#"{"Attribute":{"type":"AS","value":"AS4134"}}"#);
    assert_eq!(one[0]["source.asn"], 4134);
    let number = read_all(r#"{"Attribute":[{"type":"port","value":4711}],"Object":"odd"}"#);
    assert_eq!(number[0]["source.port"], 4711);
}

#[test]
fn what_is_no_event_says_why() {
    assert_eq!(read_all(r#"{"response":[]}"#), ["empty"]);
    assert_eq!(read_all(r#"{"response":[1,{"a":1}]}"#), ["not_this_format"; 2]);
    assert_eq!(read_all(r#"{"Event":{}}"#), ["empty"]);
    assert_eq!(read_all(r#"{"type":"bundle"}"#), ["not_this_format"]);
    assert_eq!(read_all(r#"{"Attribute":[7],"Object":[8]}"#), ["not_this_format"; 2]);
    assert_eq!(read_all("{\"info\":"), ["not_json"]);
    assert!(read_all("\n").is_empty());
}

proptest! {
    #[test]
    fn any_event_gives_at_least_one_outcome(tree in any_json(), attributes in prop::collection::vec(any_json(), 0..4)) {
        let count = attributes.len();
        let mut event = tree.as_object().cloned().unwrap_or_default();
        event.insert("Attribute".to_owned(), Value::Array(attributes));
        event.insert("info".to_owned(), Value::from("a"));
        let read = read_all(&serde_json::json!({"Event": event}).to_string());
        prop_assert!(read.len() > count);
    }

    #[test]
    fn any_json_gives_at_least_one_outcome(tree in any_json()) {
        prop_assert!(!read_all(&tree.to_string()).is_empty());
    }

    #[test]
    fn any_bytes_are_survived(piece in prop::collection::vec(any::<u8>(), 0..120)) {
        let is_blank = piece.iter().all(u8::is_ascii_whitespace);
        prop_assert_eq!(outcomes(&mut Misp, &piece).is_empty(), is_blank);
    }
}

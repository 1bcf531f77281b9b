//! Bundles of our own.

use proptest::prelude::*;

use super::*;
use crate::intelmq::piece::testing::{any_json, json, outcomes, shown};

fn read_all(piece: &str) -> Vec<Value> {
    outcomes(&mut Stix, piece.as_bytes()).iter().map(shown).collect()
}

#[test]
fn an_indicator_gives_a_record_for_each_alternative_of_its_pattern() {
    let read = read_all(include_str!("../../fixtures/stix/bundle.json"));
    let keys: Vec<&Value> = read.iter().map(|record| &record["source_key"]).collect();
    let id = "indicator--11111111-1111-4111-8111-111111111111";
    assert_eq!(keys[3], id);
    assert_eq!(keys[4], &Value::from(format!("{id}/2")));
    assert_eq!(
        read[3],
        json(
            r#"{"time.source":"2026-03-14T09:00:00Z","classification.taxonomy":"malicious-code",
            "classification.type":"c2-server","classification.identifier":"malicious-activity",
            "feed.provider":"Example CERT","feed.accuracy":80,"source.ip":"192.0.2.7",
            "event_description.text":"Where the firefly phones home","event_description.url":"https://example.org/f",
            "signature.name":"Firefly C2","malware.name":"firefly","tlp":"AMBER+STRICT","status":"revoked",
            "vulnerability":"CVE-2026-1234","source_key":"indicator--11111111-1111-4111-8111-111111111111",
            "extra":{"type":"indicator","spec_version":"2.1","created":"2026-03-14T08:00:00.000Z",
            "modified":"2026-03-14T08:30:00.000Z","created_by_ref":"identity--22222222-2222-4222-8222-222222222222",
            "pattern_type":"stix","pattern":"[ipv4-addr:value = '192.0.2.7' OR ipv4-addr:value = '198.51.100.0/24'] OR [file:hashes.'SHA-256' = 'AA00000000000000000000000000000000000000000000000000000000000000']",
            "valid_until":"2026-04-14T09:00:00Z","indicator_types":["malicious-activity"],
            "kill_chain_phases":[{"kill_chain_name":"x","phase_name":"command-and-control"}],
            "external_references":[{"source_name":"cve","external_id":"CVE-2026-1234","url":"https://example.org/f"}],
            "object_marking_refs":["marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da","marking-definition--33333333-3333-4333-8333-333333333333"],
            "x_own":{"a":1}}}"#
        )
    );
    assert_eq!(read[4]["source.network"], "198.51.100.0/24");
    assert_eq!(read[4].get("extra"), None, "what they share is kept once");
    assert_eq!(
        read[5]["malware.hash.sha256"],
        "aa00000000000000000000000000000000000000000000000000000000000000"
    );
    assert_eq!(read[5]["malware.name"], "firefly");
}

#[test]
fn every_other_object_gives_a_record_that_says_what_it_is() {
    let read = read_all(include_str!("../../fixtures/stix/bundle.json"));
    assert_eq!(read.len(), 9);
    let kinds: Vec<&Value> =
        read.iter().map(|record| &record["classification.identifier"]).collect();
    assert_eq!(kinds[..3], ["stix:identity", "stix:marking-definition", "stix:malware"]);
    assert_eq!(kinds[6..], ["stix:relationship", "stix:observed-data", "stix:x-lamp"]);
    assert_eq!(read[6]["extra"]["target_ref"], "malware--44444444-4444-4444-8444-444444444444");
    assert_eq!(read[2]["malware.name"], "firefly");
    assert_eq!(
        read[8]["extra"],
        json(r#"{"type":"x-lamp","lit":true,"created":"2026-03-14T08:00:00.000Z"}"#)
    );
}

#[test]
fn observed_data_hold_the_observables_they_refer_to() {
    let read = read_all(include_str!("../../fixtures/stix/bundle.json"));
    let seen = &read[7];
    assert_eq!(seen["time.source"], "2026-03-14T07:00:00Z");
    assert_eq!(seen["source.ip"], "192.0.2.50");
    assert_eq!(seen["destination.ip"], "203.0.113.5");
    assert_eq!(seen["destination.port"], 443);
    assert_eq!(seen["protocol.transport"], "tcp");
    assert_eq!(seen["source.fqdn"], "a.example");
    assert_eq!(seen["count"], 50);
    assert_eq!(seen["extra"]["objects"].as_array().unwrap().len(), 4);
    assert_eq!(seen["extra"]["last_observed"], "2026-03-14T07:30:00Z");
}

#[test]
fn observed_data_of_2_0_need_as_many_records_as_they_have_addresses() {
    let read = read_all(
        r#"{"type":"observed-data","id":"observed-data--1","first_observed":"2026-03-14T07:00:00Z","number_observed":1,
        "objects":{"0":{"type":"ipv4-addr","value":"192.0.2.1"},"1":{"type":"ipv4-addr","value":"192.0.2.2"},
        "2":{"type":"domain-name","value":"b.example"}}}"#,
    );
    assert_eq!(read.len(), 2);
    assert_eq!(read[0]["source.ip"], "192.0.2.1");
    assert_eq!(read[1]["source.ip"], "192.0.2.2");
    assert_eq!(read[1]["source.fqdn"], "b.example");
    assert_eq!(read[1]["source_key"], "observed-data--1/2");
    assert_eq!(read[0]["extra"]["objects"]["2"]["value"], "b.example");
}

#[test]
fn a_pattern_that_is_not_simple_is_kept_whole() {
    for pattern in ["[file:name MATCHES '^a$']", "[windows-registry-key:key = 'HKLM']"] {
        let object = serde_json::json!({
            "type": "indicator", "id": "indicator--1", "pattern": pattern, "labels": ["Phishing"],
        });
        let read = read_all(&object.to_string());
        assert_eq!(read.len(), 1);
        assert_eq!(read[0]["extra"]["pattern"], pattern);
        assert_eq!(read[0]["classification.type"], "phishing");
    }
    let foreign = r#"{"type":"indicator","id":"indicator--1","pattern_type":"snort","pattern":"[ipv4-addr:value = '192.0.2.1']"}"#;
    assert_eq!(read_all(foreign)[0].get("source.ip"), None);
}

#[test]
fn a_sighting_names_the_malware_that_was_seen() {
    let read = read_all(
        r#"{"objects":[{"type":"malware","id":"malware--1","name":"Firefly"},
        {"type":"sighting","id":"sighting--1","sighting_of_ref":"malware--1","count":3,"last_seen":"2026-03-14T07:00:00Z"}]}"#,
    );
    assert_eq!(read[1]["malware.name"], "firefly");
    assert_eq!(read[1]["count"], 3);
    assert_eq!(read[1]["time.source"], "2026-03-14T07:00:00Z");
    assert_eq!(read[1]["extra"], json(r#"{"type":"sighting","sighting_of_ref":"malware--1"}"#));
}

#[test]
fn an_object_that_refers_to_itself_does_not_vanish() {
    let read = read_all(
        r#"{"type":"bundle","id":"bundle--1","objects":[
        {"type":"observed-data","id":"observed-data--1","object_refs":["observed-data--1","ipv4-addr--1","ipv4-addr--1"]},
        {"type":"ipv4-addr","id":"ipv4-addr--1","value":"192.0.2.1"},
        {"type":"ipv4-addr","id":"ipv4-addr--1","value":"192.0.2.2"}]}"#,
    );
    assert_eq!(read.len(), 2, "of two objects with one id the second is the one referred to");
    assert_eq!(read[0]["source.ip"], "192.0.2.2");
    assert_eq!(read[1]["source.ip"], "192.0.2.1");
}

#[test]
fn markings_of_both_versions_are_known() {
    let marked = |marking: &str| {
        let object = serde_json::json!({
            "type": "x-a", "id": "x-a--1", "object_marking_refs": [format!("marking-definition--{marking}")],
        });
        read_all(&object.to_string())[0]["tlp"].clone()
    };
    assert_eq!(marked("5e57c739-391a-4eb3-b6be-7d15ca92d5ed"), "RED");
    assert_eq!(marked("94868c89-83c2-464b-929b-a1a8aa3c8487"), "CLEAR");
    assert_eq!(marked("00000000-0000-4000-8000-000000000000"), Value::Null);
}

#[test]
fn what_is_no_bundle_says_why() {
    assert_eq!(read_all(r#"{"type":"bundle","id":"bundle--1"}"#), ["empty"]);
    assert_eq!(read_all(r#"{"type":"bundle","id":"bundle--1","objects":[]}"#), ["empty"]);
    assert_eq!(read_all(r#"{"type":"bundle","id":"bundle--1","objects":{}}"#), ["not_this_format"]);
    assert_eq!(read_all(r#"{"type":"alert"}"#), ["not_this_format"]);
    assert_eq!(read_all(r#"{"objects":[1,{"type":"a","id":"b--1"}]}"#), ["not_this_format"; 2]);
    assert_eq!(read_all("[]"), ["not_this_format"]);
    assert!(read_all(" ").is_empty());
}

proptest! {
    #[test]
    fn any_objects_give_at_least_one_outcome_each(
        objects in prop::collection::vec((any_json(), prop::sample::select(KINDS)), 1..6),
    ) {
        let mut count = 0;
        let objects: Vec<Value> = objects.into_iter().map(|(tree, kind)| {
            let mut object = tree.as_object().cloned().unwrap_or_default();
            object.insert("type".to_owned(), Value::from(kind));
            object.insert("id".to_owned(), Value::from(format!("{kind}--1")));
            count += usize::from(!kind.ends_with("-addr"));
            Value::Object(object)
        }).collect();
        let read = read_all(&serde_json::json!({"type": "bundle", "objects": objects}).to_string());
        prop_assert!(read.len() >= count.max(1));
    }

    #[test]
    fn any_json_gives_at_least_one_outcome(tree in any_json()) {
        prop_assert!(!read_all(&tree.to_string()).is_empty());
    }

    #[test]
    fn any_bytes_are_survived(piece in prop::collection::vec(any::<u8>(), 0..120)) {
        let is_blank = piece.iter().all(u8::is_ascii_whitespace);
        prop_assert_eq!(outcomes(&mut Stix, &piece).is_empty(), is_blank);
    }
}

const KINDS: &[&str] = &[
    "indicator",
    "observed-data",
    "sighting",
    "relationship",
    "malware",
    "ipv4-addr",
    "network-traffic",
    "x-own",
];

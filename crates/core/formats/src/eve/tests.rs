//! Events of Suricata, sound and damaged.

use proptest::prelude::*;
use serde_json::{Value as Json, json};

use super::*;

fn read(text: &str) -> Outcome {
    let mut out = Vec::new();
    Eve.read(text.as_bytes(), &mut out);
    assert_eq!(out.len(), 1, "{text}");
    out.remove(0)
}

fn record(text: &str) -> Record {
    match read(text) {
        Outcome::Record(record) => record,
        Outcome::Quarantined(reason) => panic!("{reason:?}: {text}"),
    }
}

fn shown(text: &str) -> String {
    let json: Json = serde_json::from_str(&record(text).to_json()).unwrap();
    serde_json::to_string_pretty(&json).unwrap()
}

const ALERT: &str = r#"{"timestamp":"2026-03-14T09:26:53.123456+0800","flow_id":1234567890123456,"in_iface":"eth1","event_type":"alert","src_ip":"203.0.113.7","src_port":51234,"dest_ip":"198.51.100.20","dest_port":8080,"proto":"TCP","tx_id":2,"community_id":"1:AbC=","alert":{"action":"blocked","gid":1,"signature_id":2034647,"rev":1,"signature":"TRY lookup in a \"header\"","category":"Attempted Administrator Privilege Gain","severity":1,"metadata":{"cve":["CVE_2021_44228"],"malware_family":["Kinsing"]}},"http":{"hostname":"WWW.example.cn","http_port":8080,"url":"\/a?b=\u4e2d","http_method":"GET","status":200},"app_proto":"http","flow":{"pkts_toserver":3,"start":"2026-03-14T09:26:53.000001+0800"}}"#;

#[test]
fn an_alert_becomes_columns_and_the_rest_is_kept_beside_them() {
    insta::assert_snapshot!(shown(ALERT), @r#"
    {
      "classification.identifier": "Attempted Administrator Privilege Gain",
      "classification.taxonomy": "intrusion-attempts",
      "classification.type": "ids-alert",
      "destination.fqdn": "www.example.cn",
      "destination.ip": "198.51.100.20",
      "destination.port": 8080,
      "destination.url": "http://WWW.example.cn:8080/a?b=中",
      "extra": {
        "alert": {
          "gid": 1,
          "metadata": {
            "cve": [
              "CVE_2021_44228"
            ],
            "malware_family": [
              "Kinsing"
            ]
          },
          "rev": 1
        },
        "community_id": "1:AbC=",
        "flow": {
          "pkts_toserver": 3,
          "start": "2026-03-14T09:26:53.000001+0800"
        },
        "http": {
          "http_method": "GET",
          "status": 200
        },
        "in_iface": "eth1"
      },
      "feed.code": "alert",
      "malware.name": "kinsing",
      "protocol.application": "http",
      "protocol.transport": "tcp",
      "severity": "1",
      "signature.id": 2034647,
      "signature.name": "TRY lookup in a \"header\"",
      "source.ip": "203.0.113.7",
      "source.port": 51234,
      "source_key": "1234567890123456/2",
      "status": "blocked",
      "time.source": "2026-03-14T01:26:53.123456Z",
      "vulnerability": "CVE-2021-44228"
    }
    "#);
}

#[test]
fn a_sensor_says_how_much_it_lost() {
    let text = r#"{"timestamp":"2026-03-14T09:26:53.1+0000","event_type":"stats","stats":{"uptime":60,"capture":{"kernel_packets":1000,"kernel_drops":17},"decoder":{"pkts":983}}}"#;
    insta::assert_snapshot!(shown(text), @r#"
    {
      "classification.identifier": "sensor-stats",
      "classification.taxonomy": "other",
      "classification.type": "undetermined",
      "count": 17,
      "extra": {
        "stats": {
          "capture": {
            "kernel_drops": 17,
            "kernel_packets": 1000
          },
          "decoder": {
            "pkts": 983
          },
          "uptime": 60
        }
      },
      "feed.code": "stats",
      "time.source": "2026-03-14T09:26:53.1Z"
    }
    "#);
}

#[test]
fn names_belong_to_the_server_whichever_way_the_packet_went() {
    let text = r#"{"event_type":"alert","direction":"to_client","src_ip":"192.0.2.1","dest_ip":"192.0.2.2","alert":{"signature_id":1},"tls":{"sni":"Login.Example.CN","version":"TLS 1.3"}}"#;
    let record = record(text);
    assert_eq!(record.text(Column::SourceFqdn), Some("login.example.cn"));
    assert_eq!(record.text(Column::DestinationFqdn), None);
    assert_eq!(record.extra_members(), r#""direction":"to_client","tls":{"version":"TLS 1.3"}"#);
}

#[test]
fn every_version_says_what_name_was_asked_for() {
    for dns in [
        r#"{"type":"query","rrname":"c2.example"}"#,
        r#"{"query":[{"rrname":"c2.example"}]}"#,
        r#"{"version":3,"queries":[{"rrname":"c2.example","rrtype":"A"}]}"#,
    ] {
        let record = record(&format!(r#"{{"event_type":"dns","dns":{dns}}}"#));
        assert_eq!(record.text(Column::DestinationFqdn), Some("c2.example"), "{dns}");
        assert_eq!(record.text(Column::Application), Some("dns"));
        assert_eq!(record.text(Column::Type), Some("undetermined"));
    }
}

#[test]
fn a_vulnerability_is_recognised_in_every_way_rules_name_one() {
    for text in [
        "CVE_2021_44228",
        "cve-2021-44228",
        "cve,2021-44228",
        "2021-44228",
        "https://nvd.nist.gov/vuln/detail/CVE-2021-44228",
    ] {
        assert_eq!(cve_of(text).as_deref(), Some("CVE-2021-44228"), "{text}");
    }
    for text in ["2021-442", "url,example.com/2021-44228x", "cve,soon", ""] {
        assert_eq!(cve_of(text), None, "{text}");
    }
}

#[test]
fn what_is_not_of_its_kind_is_kept_as_it_came() {
    let text = r#"{"event_type":"alert","src_ip":"nowhere","src_port":null,"dest_port":70000,"dest_ip":["192.0.2.1"],"flow_id":"x","tx_id":-1,"proto":6,"app_proto":"failed","alert":{"signature_id":1e300,"severity":{"a":1},"signature":5,"category":null},"http":[1],"dns":"no","stats":null}"#;
    let record = record(text);
    assert_eq!(record.text(Column::SignatureName), Some("5"));
    assert_eq!(record.text(Column::Type), Some("ids-alert"));
    assert_eq!(
        record.extra_members(),
        r#""src_ip":"nowhere","dest_port":70000,"dest_ip":["192.0.2.1"],"proto":6,"alert":{"signature_id":1e300,"severity":{"a":1}},"flow_id":"x","tx_id":-1,"app_proto":"failed","http":[1],"dns":"no""#
    );
}

#[test]
fn of_a_member_said_twice_the_first_counts_and_the_second_is_kept() {
    let text = r#"{"event_type":"alert","event_type":"dns","src_ip":"192.0.2.1","src_ip":"192.0.2.2","proto":"TCP","proto":"UDP","alert":{"severity":1,"severity":2,"action":"allowed","action":"blocked"},"http":{"url":"/a","hostname":"a.example","url":"/b","hostname":"b.example"}}"#;
    let record = record(text);
    assert_eq!(record.ip(Column::SourceIp), Some([192, 0, 2, 1].into()));
    assert_eq!(record.text(Column::DestinationUrl), Some("http://a.example/a"));
    assert_eq!(
        record.extra_members(),
        r#""event_type":"dns","src_ip":"192.0.2.2","proto":"UDP","alert":{"severity":2,"action":"blocked"},"http":{"url":"/b","hostname":"b.example"}"#
    );
}

#[test]
fn what_cannot_be_read_is_quarantined_with_its_reason() {
    let deep = format!(r#"{{"event_type":"a","b":{}{}}}"#, "[".repeat(80), "]".repeat(80));
    let very_deep = format!(r#"{{"event_type":"a","b":{}"#, "[".repeat(1_000_000));
    let (cut_off, _) = ALERT.split_at(ALERT.len() / 2);
    let twice = format!("{ALERT}{ALERT}");
    for (text, reason) in [
        (cut_off, Reason::NotJson),
        (twice.as_str(), Reason::NotJson),
        ("{\"event_type\":\"a\"", Reason::NotJson),
        ("{\"event_type\":\"\\u12g4\"}", Reason::NotJson),
        ("{\"event_type\":\"a\",\"b\":\"\\ud800\"}", Reason::NotJson),
        ("{\"event_type\":\"a\",\"b\":\"\\ud83d\\u0041\"}", Reason::NotJson),
        ("no json", Reason::NotJson),
        ("{\"event_type\":\"a\",\"b\":1e999}", Reason::NotJson),
        (&deep, Reason::TooComplex),
        (&very_deep, Reason::TooComplex),
        ("{}", Reason::NotThisFormat),
        ("{\"event_type\":5}", Reason::NotThisFormat),
        ("{\"type\":\"bundle\"}", Reason::NotThisFormat),
        ("[1]", Reason::NotThisFormat),
        ("\"text\"", Reason::NotThisFormat),
    ] {
        assert_eq!(read(text), Outcome::Quarantined(reason), "{text:.200}");
    }
    let mut out = Vec::new();
    Eve.read(b"{\"event_type\":\"\xff\"}", &mut out);
    assert_eq!(out, [Outcome::Quarantined(Reason::NotUtf8)]);
    Eve.read(b" \r", &mut out);
    assert_eq!(out.len(), 1);
}

#[test]
fn every_category_in_the_table_is_there_once() {
    for (at, (text, _)) in category::TABLE.iter().enumerate() {
        assert!(!category::TABLE[..at].iter().any(|(earlier, _)| earlier == text), "{text}");
    }
    let book = include_str!("../../../../../docs/formats.md");
    for (text, found) in category::TABLE.iter().filter(|row| row.1 != Classification::IdsAlert) {
        assert!(book.contains(&format!("| {text} | `{}` |", found.as_str())), "{text}");
    }
    let known = category::known("A Network Trojan was detected").map(|(_, found)| *found);
    assert_eq!(known, Some(Classification::InfectedSystem));
    assert_eq!(category::known("of our own"), None);
}

/// Any JSON, with texts that are unlike each other.
fn json() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        any::<u32>().prop_map(|number| json!(number)),
        "[a-z]{6,9}".prop_map(Json::String),
        "\\PC{0,9}".prop_map(Json::String),
        Just(Json::Bool(true)),
        "203\\.0\\.113\\.[1-9]".prop_map(Json::String),
    ];
    leaf.prop_recursive(3, 24, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Json::Array),
            prop::collection::btree_map(name(), inner, 0..6)
                .prop_map(|members| Json::Object(members.into_iter().collect())),
        ]
    })
}

/// Names that mean something here, and others.
fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        prop::sample::select(vec![
            "timestamp",
            "src_ip",
            "dest_port",
            "proto",
            "flow_id",
            "tx_id",
            "app_proto",
            "alert",
            "signature",
            "signature_id",
            "severity",
            "category",
            "metadata",
            "cve",
            "references",
            "action",
            "malware_family",
            "http",
            "hostname",
            "url",
            "http_port",
            "dns",
            "rrname",
            "query",
            "tls",
            "sni",
            "fileinfo",
            "md5",
            "stats",
            "capture",
            "kernel_drops",
            "direction",
        ])
        .prop_map(str::to_owned),
        "[a-z\"\\\\é]{1,5}",
    ]
}

/// The texts and numbers within, small, as they are found again in a record.
fn leaves(json: &Json, out: &mut Vec<String>) {
    match json {
        Json::Null | Json::Bool(_) => {}
        Json::Number(number) => out.push(number.to_string()),
        Json::String(text) => out.push(text.trim().trim_end_matches('.').to_lowercase()),
        Json::Array(elements) => elements.iter().for_each(|element| leaves(element, out)),
        Json::Object(members) => members.values().for_each(|member| leaves(member, out)),
    }
}

proptest! {
    #[test]
    fn whatever_an_event_says_is_in_its_record(
        members in prop::collection::btree_map(name(), json(), 0..12)
    ) {
        let mut event: serde_json::Map<String, Json> = members.into_iter().collect();
        event.insert("event_type".to_owned(), json!("something"));
        let event = Json::Object(event);
        let record = record(&event.to_string()).to_json();
        let record: Json = serde_json::from_str(&record).unwrap();
        let (mut said, mut kept) = (Vec::new(), Vec::new());
        leaves(&event, &mut said);
        leaves(&record, &mut kept);
        let kept = kept.join("\n");
        for leaf in said {
            prop_assert!(kept.contains(&leaf), "{leaf} is lost: {record}");
        }
    }

    #[test]
    fn no_bytes_whatever_make_it_panic_or_fall_silent(
        bytes in prop_oneof![
            prop::collection::vec(any::<u8>(), 0..60),
            prop::collection::vec(prop::sample::select(b"{}[]\",:\\u01eE-.tfn \xc3\xa9".to_vec()), 0..40),
            (0..ALERT.len(), any::<u8>()).prop_map(|(place, byte)| {
                let mut bytes = ALERT.as_bytes().to_vec();
                bytes[place] = byte;
                bytes
            }),
        ]
    ) {
        let mut out = Vec::new();
        Eve.read(&bytes, &mut out);
        let is_blank = str::from_utf8(&bytes).is_ok_and(|text| {
            text.strip_prefix('\u{feff}').unwrap_or(text).trim_ascii().is_empty()
        });
        prop_assert_eq!(out.len(), usize::from(!is_blank));
        for outcome in out {
            if let Outcome::Record(record) = outcome {
                prop_assert!(serde_json::from_str::<Json>(&record.to_json()).is_ok());
            }
        }
    }
}

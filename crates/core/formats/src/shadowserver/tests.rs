//! Reports by a small schema of our own.

use proptest::prelude::*;
use serde_json::Value;

use super::*;

const SCHEMA: &[u8] = include_bytes!("../../fixtures/shadowserver/schema.json");
const MAPPED: &[u8] = include_bytes!("../../fixtures/shadowserver/schema-mapped.json");
const LAMPS: &[u8] =
    include_bytes!("../../fixtures/shadowserver/2026-03-14-scan_lamp-shanghai.csv");
const LURE: &[u8] = include_bytes!("../../fixtures/shadowserver/event4_lure.csv");

fn report(schema: &[u8], name: Option<&str>) -> Report {
    Report::open(&Setting {
        shadowserver: Some(Arc::new(Schema::read(schema).unwrap())),
        name: name.map(str::to_owned),
        ..Setting::default()
    })
}

/// The rows of a file: a line end within quotes ends none.
fn rows(file: &[u8]) -> Vec<&[u8]> {
    let mut quoted = false;
    file.split(|byte| {
        quoted ^= *byte == b'"';
        *byte == b'\n' && !quoted
    })
    .map(|row| row.strip_suffix(b"\r").unwrap_or(row))
    .collect()
}

fn read(reader: &mut dyn Reader, file: &[u8]) -> Vec<Outcome> {
    let mut out = Vec::new();
    for row in rows(file) {
        reader.read(row, &mut out);
    }
    out
}

fn records(outcomes: &[Outcome]) -> Vec<Value> {
    let shown = |outcome: &Outcome| match outcome {
        Outcome::Record(record) => serde_json::from_str(&record.to_json()).unwrap(),
        Outcome::Quarantined(reason) => Value::from(reason.as_str()),
    };
    outcomes.iter().map(shown).collect()
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

#[test]
fn a_row_is_read_by_the_report_its_file_is_named_after() {
    let mut reader = report(SCHEMA, Some("2026-03-14-scan_lamp-shanghai.csv"));
    let read = records(&read(&mut reader, &[BYTE_ORDER_MARK, LAMPS].concat()));
    assert_eq!(read.len(), 3);
    assert_eq!(
        read[0],
        json(
            r#"{"time.source":"2026-03-14T01:02:03Z","classification.taxonomy":"vulnerable",
            "classification.type":"potentially-unwanted-accessible","classification.identifier":"accessible-lamp",
            "feed.provider":"Shadowserver","feed.code":"scan_lamp","source.ip":"192.0.2.7","source.port":4711,
            "source.asn":4134,"source.reverse_dns":"lamp7.example.cn","source.geolocation.cc":"CN",
            "source.geolocation.region":"SHANGHAI","source.geolocation.city":"SHANGHAI","protocol.transport":"tcp",
            "event_description.text":"Accessible-Lamp","event_description.url":"https://reports.example/accessible-lamp",
            "product":"Lumen L-7","severity":"high","extra":{"tag":"lamp,desk","device_vendor":"Lumen",
            "device_model":"L-7","banner":"Welcome, \"guest\"\nplease knock","glow":"warm"}}"#
        )
    );
}

#[test]
fn a_cell_that_is_no_value_of_its_column_is_kept_and_its_row_is_not_lost() {
    let mut reader = report(SCHEMA, Some("scan_lamp.csv"));
    let read = records(&read(&mut reader, LAMPS));
    assert_eq!(read[1]["source.ip"], "2001:db8::7");
    assert_eq!(read[1]["extra"]["port"], "471100");
    assert_eq!(read[2]["extra"], json(r#"{"timestamp":"yesterday","asn":"0","geo":"CHN"}"#));
    assert_eq!(read[2].get("time.source"), None);
}

#[test]
fn a_report_on_events_has_two_sides() {
    let mut reader = report(SCHEMA, Some("event4_lure"));
    let read = records(&read(&mut reader, LURE));
    assert_eq!(
        read[0],
        json(
            r#"{"time.source":"2026-03-14T05:06:07Z","classification.taxonomy":"intrusion-attempts",
            "classification.type":"brute-force","classification.identifier":"ssh-brute-force",
            "feed.provider":"Shadowserver","feed.code":"event4_lure","source.ip":"192.0.2.66","source.port":40000,
            "source.asn":64500,"source.geolocation.cc":"NL","source.geolocation.city":"AMSTERDAM",
            "destination.ip":"198.51.100.9","destination.port":22,"destination.asn":64501,
            "destination.fqdn":"lure.example","destination.geolocation.cc":"CN","destination.account":"root",
            "protocol.transport":"tcp","protocol.application":"ssh","event_description.text":"Lure-Events IPv4",
            "malware.name":"mirai","malware.hash.md5":"0123456789abcdef0123456789abcdef","count":12,
            "extra":{"dst_city":"SHANGHAI","http_url":"GET /x HTTP/1.1","http_host":"lure.example:8080"}}"#
        )
    );
    assert_eq!(read[1]["destination.url"], "http://lure.example/y");
    assert_eq!(read[1]["extra"]["payload_md5"], "not a hash");
    assert_eq!(read[1]["classification.identifier"], "lure-events-ipv4");
}

#[test]
fn in_a_report_on_targets_the_target_is_the_source() {
    let mut reader = report(SCHEMA, Some("event4_flood_target"));
    let file = b"timestamp,dst_ip,dst_port,dst_asn,dst_network,src_ip,src_port,attack\n\
        2026-03-14 00:00:00,192.0.2.1,80,4134,192.0.2.0/24,198.51.100.1,123,ntp\n";
    let read = records(&read(&mut reader, file));
    assert_eq!(read[0]["source.ip"], "192.0.2.1");
    assert_eq!(read[0]["source.network"], "192.0.2.0/24");
    assert_eq!(read[0]["destination.ip"], "198.51.100.1");
}

#[test]
fn a_report_is_found_by_name_and_title_and_else_by_its_columns() {
    let schema = Schema::read(SCHEMA).unwrap();
    let named = |name| schema.named(name).map(|view| view.sheet.code.as_str());
    assert_eq!(schema.len(), 6);
    assert!(!schema.is_empty());
    assert_eq!(named("2026-03-14-scan6_lamp-cn-asn.csv.gz"), Some("scan6_lamp"));
    assert_eq!(named("/spool/SCAN_LAMP.CSV"), Some("scan_lamp"));
    assert_eq!(named("[report] China Accessible-Lamp Report: 2026-03-14"), Some("scan_lamp"));
    assert_eq!(named("China IPv6-Accessible-Lamp Report"), Some("scan6_lamp"));
    assert_eq!(named("2026-03-14-scan_stove-cn.csv"), None);
    assert_eq!(named("Accessible-Lampshade"), None);
    let fitting = |header: &[&str]| schema.fitting(header).map(|view| view.sheet.code.as_str());
    assert_eq!(fitting(&["timestamp", "ip", "reason"]), Some("naughty"));
    assert_eq!(fitting(&["timestamp", "Email"]), Some("leaked_account"));
    assert_eq!(fitting(&["timestamp", "ip"]), None, "three reports could have it");
    assert_eq!(fitting(&["timestamp", "ip", "novelty"]), None);
}

#[test]
fn a_report_without_class_has_that_of_its_twin_and_an_odd_class_is_kept() {
    let mut six = report(SCHEMA, Some("scan6_lamp.csv"));
    let read_six = records(&read(&mut six, b"timestamp,ip\n2026-03-14 00:00:00,2001:db8::1\n"));
    assert_eq!(read_six[0]["classification.type"], "potentially-unwanted-accessible");
    let mut odd = report(SCHEMA, Some("naughty.csv"));
    let read_odd =
        records(&read(&mut odd, b"timestamp,ip,reason\n2026-03-14 00:00:00,192.0.2.1,spam\n"));
    assert_eq!(read_odd[0]["classification.type"], "undetermined");
    assert_eq!(read_odd[0]["extra"]["classification.type"], "blocklist");
    assert_eq!(read_odd[0]["extra"]["reason"], "spam");
}

#[test]
fn a_report_that_cannot_be_read_says_why_for_every_row() {
    let why = |setting: &Setting, file: &[u8]| records(&read(&mut Report::open(setting), file));
    let nothing = Setting { name: Some("scan_lamp.csv".to_owned()), ..Setting::default() };
    assert_eq!(why(&nothing, b"timestamp,ip\na,b\n\nc,d\n"), ["no_schema", "no_schema"]);
    let schema = Some(Arc::new(Schema::read(SCHEMA).unwrap()));
    let with = |name: &str| Setting {
        shadowserver: schema.clone(),
        name: Some(name.to_owned()),
        ..Setting::default()
    };
    assert_eq!(why(&with("scan_stove.csv"), b"when,what\na,b\n"), ["unknown_report"]);
    assert_eq!(why(&with("scan_lamp.csv"), b"time,ip\na,b\nc,d\n"), ["columns_changed"; 2]);
    assert_eq!(why(&with("scan_lamp.csv"), b"timestamp,address\na,b\n"), ["columns_changed"]);
    let headless = b"2026-03-14 00:00:00,192.0.2.1\n2026-03-14 00:00:01,192.0.2.2\n";
    assert_eq!(why(&with("scan_lamp.csv"), headless), ["columns_changed"; 2], "no row vanishes");
}

#[test]
fn a_row_of_another_length_is_quarantined_and_the_next_is_read() {
    let mut reader = report(SCHEMA, Some("naughty.csv"));
    let file = b"timestamp,ip,reason\n\
        2026-03-14 00:00:00,192.0.2.1\n\
        2026-03-14 00:00:00,192.0.2.1,a,b\n\
        ,,\n\
        2026-03-14 00:00:00,192.0.2.1,\xFF\n\
        \n\
        2026-03-14 00:00:00,192.0.2.9,a\n";
    let read = records(&read(&mut reader, file));
    assert_eq!(read[..4], ["cells_differ", "cells_differ", "empty", "not_utf8"]);
    assert_eq!(read[4]["source.ip"], "192.0.2.9");
    assert_eq!(read.len(), 5);
    let mut out = Vec::new();
    reader.read(",".repeat(CELLS_MAX).as_bytes(), &mut out);
    reader.read(b"a,b,c\nd,e,f", &mut out);
    assert_eq!(records(&out), ["too_complex", "cells_differ"]);
}

#[test]
fn the_address_of_nobody_is_no_address() {
    let mut reader = report(SCHEMA, Some("naughty.csv"));
    let read = records(&read(&mut reader, b"timestamp,ip,reason\n2026-03-14 00:00:00,0.0.0.0,a\n"));
    assert_eq!(read[0].get("source.ip"), None);
    assert_eq!(read[0]["extra"]["ip"], "0.0.0.0");
}

#[test]
fn a_url_is_made_of_host_and_path_with_the_scheme_the_row_says() {
    let url = |header: &str, row: &str| {
        let mut reader = report(MAPPED, Some("scan_lamp"));
        let file = format!("timestamp,ip,path,{header}\n2026-03-14 00:00:00,192.0.2.1,{row}\n");
        records(&read(&mut reader, file.as_bytes()))[0]["source.url"].clone()
    };
    assert_eq!(
        url("http_host,application", "GET /a HTTP/1.1,h.example,https"),
        "https://h.example/a"
    );
    assert_eq!(url("http_host,port", "/a,h.example,443"), "https://h.example/a");
    assert_eq!(url("http_host,port,application", "/a,h.example,443,http"), "http://h.example/a");
    assert_eq!(url("hostname", "http://other.example/b,h.example"), "http://other.example/b");
    assert_eq!(url("hostname", "/a,"), Value::Null);
    assert_eq!(url("hostname", "no path,h.example"), Value::Null);
}

#[test]
fn a_header_between_rows_is_nothing_and_another_one_is_told() {
    let mut reader = report(SCHEMA, Some("naughty.csv"));
    let file = b"timestamp,ip,reason\n\
        2026-03-14 00:00:00,192.0.2.1,a\n\
        \"Timestamp\",ip,reason\n\
        2026-03-14 00:00:00,192.0.2.2,b\n\
        ip,timestamp,reason\n\
        timestamp,ip,reason,more\n";
    let read = records(&read(&mut reader, file));
    assert_eq!(read.len(), 4);
    assert_eq!(read[1]["source.ip"], "192.0.2.2");
    assert_eq!(read[2..], ["columns_changed", "columns_changed"]);
}

#[test]
fn a_name_that_comes_twice_in_the_header_loses_no_cell() {
    let mut reader = report(SCHEMA, Some("naughty.csv"));
    let read = records(&read(
        &mut reader,
        b"timestamp,ip,ip,x,x,\n2026-03-14 00:00:00,192.0.2.1,2,3,4,5\n",
    ));
    assert_eq!(read[0]["source.ip"], "192.0.2.1");
    assert_eq!(read[0]["extra"]["ip.3"], "2");
    assert_eq!(read[0]["extra"]["x"], "3");
    assert_eq!(read[0]["extra"]["x.5"], "4");
    assert_eq!(read[0]["extra"][".6"], "5");
}

#[test]
fn rows_may_be_read_apart_once_the_header_is_known() {
    let mut reader = report(SCHEMA, Some("scan_lamp.csv"));
    assert!(reader.fork().is_none());
    let pieces = rows(LAMPS);
    reader.read(pieces[0], &mut Vec::new());
    let mut here = Vec::new();
    let mut there = Vec::new();
    let mut fork = reader.fork().unwrap();
    reader.read(pieces[1], &mut here);
    fork.read(pieces[1], &mut there);
    assert_eq!(here.len(), 1);
    assert_eq!(here, there);
}

#[test]
fn a_schema_that_says_where_columns_go_is_followed() {
    let mut reader = report(MAPPED, Some("scan_lamp.csv"));
    let file = b"timestamp,ip,port,asn,hostname,path,http_host,relay,lit,watts,rooms,colour,maker,mood,size\n\
        2026-03-14 00:00:00,192.0.2.1,80,0,a.example,/p?q,www.example,1,Y,7.5,\"[1,\"\"x\"\"]\",red,unknown,merry,3\n";
    let followed = records(&read(&mut reader, file));
    assert_eq!(
        followed[0],
        json(
            r#"{"time.source":"2026-03-14T00:00:00Z","classification.taxonomy":"vulnerable",
            "classification.type":"vulnerable-system","classification.identifier":"open-lamp",
            "feed.provider":"Shadowserver","feed.code":"scan_lamp","source.ip":"192.0.2.1","source.port":80,
            "source.reverse_dns":"a.example","source.url":"http://www.example/p?q","protocol.application":"lamp",
            "event_description.text":"Accessible-Lamp","status":"merry",
            "extra":{"asn":"0","http_host":"www.example","source.tor_node":true,"lit":true,"watts":7.5,
            "rooms":[1,"x"],"shade":"red","maker":"unknown","size":"3","made_by":"a scan"}}"#
        )
    );
    let mut changed = report(MAPPED, Some("scan_lamp.csv"));
    let lacking = records(&read(&mut changed, b"timestamp,port\na,1\n"));
    assert_eq!(lacking, ["columns_changed"]);
}

#[test]
fn a_schema_that_is_none_says_what_is_wrong_and_where() {
    let why = |text: &str| Schema::read(text.as_bytes()).unwrap_err().to_string();
    assert!(why("{").starts_with("the schema is not JSON"));
    assert!(why("[]").starts_with("the schema names no reports"));
    assert!(why(r#"{"_meta":{}}"#).starts_with("the schema names no reports"));
    assert!(why(r#"{"a":1}"#).starts_with("a of the schema is not an object"));
    assert!(why(r#"{"a":{}}"#).starts_with("a of the schema has no fields"));
    assert!(why(r#"{"a":{"fields":3}}"#).starts_with("a.fields of the schema is not a list"));
    assert!(
        why(r#"{"a":{"fields":["x",7]}}"#).starts_with("a.fields[1] of the schema is not a name")
    );
    assert!(why(r#"{"a":{"required_fields":[["x"]]}}"#).starts_with("a.required_fields[0] of the"));
    assert!(
        why(r#"{"a":{"required_fields":[["x","y"]],"constant_fields":{"b":1}}}"#)
            .starts_with("a.constant_fields.b of the schema is not a text")
    );
    assert!(why(&" ".repeat(9 * 1024 * 1024)).contains("more than 8388608"));
    let crowd: Vec<String> =
        (0..2_001).map(|n| format!("\"r{n}\":{{\"fields\":[\"ip\"]}}")).collect();
    assert!(why(&format!("{{{}}}", crowd.join(","))).contains("2001 reports"));
}

proptest! {
    #[test]
    fn every_row_after_the_header_gives_exactly_one_outcome(
        rows in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..80), 0..8),
        named in any::<bool>(),
    ) {
        let mut reader = report(SCHEMA, named.then_some("scan_lamp"));
        reader.read(b"timestamp,ip,reason", &mut Vec::new());
        for row in rows {
            let mut out = Vec::new();
            reader.read(&row, &mut out);
            let bare = row.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&row);
            let is_blank = bare.iter().all(u8::is_ascii_whitespace);
            prop_assert_eq!(out.len(), usize::from(!is_blank));
        }
    }

    #[test]
    fn a_schema_of_any_bytes_never_panics(json in prop::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(Schema::read(&json).is_err());
    }

    #[test]
    fn any_header_and_any_row_are_survived(header in ".{0,60}", row in ".{0,60}") {
        let mut reader = report(MAPPED, Some("scan_lamp"));
        let mut out = Vec::new();
        reader.read(header.as_bytes(), &mut out);
        reader.read(row.as_bytes(), &mut out);
        prop_assert!(out.len() <= 2);
    }
}

//! Logs of Zeek, in both their shapes.

use proptest::prelude::*;
use serde_json::Value as Json;

use super::*;

const HEADER: &str = "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\tconn\n#open\t2026-03-14-09-26-53\n#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tservice\tduration\tlocal_orig\thistory\ttunnel_parents\n#types\ttime\tstring\taddr\tport\taddr\tport\tenum\tstring\tinterval\tbool\tstring\tset[string]\n";

fn outcomes(name: Option<&str>, text: &str) -> Vec<Outcome> {
    let setting = Setting { name: name.map(str::to_owned), ..Setting::default() };
    let mut reader = Zeek::open(&setting);
    let mut out = Vec::new();
    for line in text.lines() {
        reader.read(line.as_bytes(), &mut out);
    }
    out
}

fn only(name: Option<&str>, text: &str) -> Record {
    match outcomes(name, text).pop() {
        Some(Outcome::Record(record)) => record,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_connection_is_read_by_its_header() {
    let row = "1773451613.123456\tCx1\t192.0.2.1\t51234\t2001:db8::1\t53\tUDP\tdns\t0.25\tT\tD\\x09d\\x5c\tA,B\\x2cC\n";
    let record = only(None, &format!("{HEADER}{row}#close\t2026\n"));
    assert_eq!(
        record.to_json(),
        r#"{"time.source":"2026-03-14T01:26:53.123456Z","classification.taxonomy":"other","classification.type":"undetermined","classification.identifier":"conn","feed.code":"conn","source.ip":"192.0.2.1","source.port":51234,"destination.ip":"2001:db8::1","destination.port":53,"protocol.transport":"udp","protocol.application":"dns","source_key":"Cx1","extra":{"duration":0.25,"local_orig":true,"history":"D\td\\","tunnel_parents":["A","B,C"]}}"#
    );
}

#[test]
fn unset_and_empty_cells_say_nothing() {
    let record = only(None, &format!("{HEADER}-\tCx1\t-\t-\t-\t-\t-\t-\t-\t-\t-\t(empty)\n"));
    assert_eq!(record.values().count(), 5);
    assert_eq!(record.extra(), None);
}

#[test]
fn a_header_in_mid_stream_changes_what_rows_mean() {
    let text = "one\ttwo\n#separator \\x7c\n#fields|uid|query\n#types|string|string\nC1|a.example\nC2\n#separator \\x09\nC3|b.example\n#fields\tquery\tuid\nb.example\tC4\n";
    let out = outcomes(None, text);
    let said: Vec<_> = out
        .iter()
        .map(|outcome| match outcome {
            Outcome::Record(record) => record.text(Column::SourceKey).unwrap().to_owned(),
            Outcome::Quarantined(reason) => reason.as_str().to_owned(),
        })
        .collect();
    assert_eq!(said, ["not_this_format", "C1", "cells_differ", "not_this_format", "C4"]);
}

#[test]
fn json_says_the_same_and_the_name_of_the_file_says_which_log() {
    let text = r#"{"ts":1773451613.123456,"uid":"Cx1","id.orig_h":"192.0.2.1","id.orig_p":51234,"id.resp_h":"192.0.2.2","id.resp_p":80,"method":"GET","host":"www.example.cn:8080","uri":"/a","resp_mime_types":["text/html"],"md5":null}"#;
    let record = only(Some("/logs/http.09:00:00-10:00:00.log.gz"), text);
    assert_eq!(
        record.to_json(),
        r#"{"time.source":"2026-03-14T01:26:53.123456Z","classification.taxonomy":"other","classification.type":"undetermined","classification.identifier":"http","feed.code":"http","source.ip":"192.0.2.1","source.port":51234,"destination.ip":"192.0.2.2","destination.port":80,"destination.fqdn":"www.example.cn","destination.url":"http://www.example.cn:8080/a","source_key":"Cx1","extra":{"method":"GET","resp_mime_types":["text/html"]}}"#
    );
    let record =
        only(None, r#"{"_path":"ssl","ts":"2026-03-14T01:26:53.1Z","server_name":"A.example"}"#);
    assert_eq!(record.text(Column::FeedCode), Some("ssl"));
    assert_eq!(record.text(Column::DestinationFqdn), Some("a.example"));
    assert!(record.time(Column::TimeSource).is_some());
}

#[test]
fn a_notice_says_who_and_what() {
    let text = r#"{"_path":"notice","ts":1,"note":"Scan::Port_Scan","msg":"192.0.2.1 scanned","src":"192.0.2.1","dst":"192.0.2.2","p":22,"actions":["Notice::ACTION_LOG"]}"#;
    let record = only(None, text);
    assert_eq!(record.text(Column::Type), Some("scanner"));
    assert_eq!(record.text(Column::Identifier), Some("Scan::Port_Scan"));
    assert_eq!(record.ip(Column::SourceIp), Some([192, 0, 2, 1].into()));
    assert_eq!(record.number(Column::DestinationPort), Some(22));
}

#[test]
fn files_weird_things_and_losses_are_understood() {
    let files = "#fields\tts\tfuid\ttx_hosts\trx_hosts\tsha256\n#types\ttime\tstring\tset[addr]\tset[addr]\tstring\n1\tF1\t192.0.2.1\t192.0.2.2,192.0.2.3\tabc\n";
    let record = only(Some("files.log"), files);
    assert_eq!(record.ip(Column::SourceIp), Some([192, 0, 2, 1].into()));
    assert_eq!(record.text(Column::MalwareSha256), Some("abc"));
    assert_eq!(record.extra_members(), r#""fuid":"F1","rx_hosts":["192.0.2.2","192.0.2.3"]"#);
    let weird = only(None, r#"{"_path":"weird","ts":1,"name":"bad_TCP_checksum"}"#);
    assert_eq!(weird.text(Column::Identifier), Some("bad_TCP_checksum"));
    let loss = only(None, r#"{"_path":"capture_loss","ts":1,"gaps":9,"acks":90}"#);
    assert_eq!(loss.text(Column::Identifier), Some("sensor-stats"));
    assert_eq!(loss.number(Column::Count), Some(9));
}

#[test]
fn what_is_not_zeeks_is_quarantined() {
    for (text, reason) in [
        ("{\"a\":1}", Reason::NotThisFormat),
        ("{\"ts\":1", Reason::NotJson),
        ("a,b,c", Reason::NotThisFormat),
    ] {
        assert_eq!(outcomes(None, text), [Outcome::Quarantined(reason)]);
    }
    let many = format!("#fields\t{}\n", "a\t".repeat(2000));
    assert_eq!(outcomes(None, &many), [Outcome::Quarantined(Reason::TooComplex)]);
}

proptest! {
    #[test]
    fn no_bytes_whatever_make_it_panic_or_fall_silent(
        lines in prop::collection::vec(
            prop_oneof![
                prop::collection::vec(any::<u8>(), 0..40),
                prop::collection::vec(prop::sample::select(b"#\tfieldstyp\\x09{}\":,-1.\xc3\xa9".to_vec()), 0..40),
                Just(b"#fields\tts\tuid\tquery\thost\turi".to_vec()),
                Just(b"#types\ttime\tset[string]\tvector[count]\tbool\tdouble".to_vec()),
                "[0-9a-z\\\\,.x-]{0,4}(\t[0-9a-zTF\\\\,.x-]{0,4}){4}".prop_map(String::into_bytes),
            ],
            0..6,
        )
    ) {
        let mut reader = Zeek::open(&Setting::default());
        for line in lines {
            let mut out = Vec::new();
            reader.read(&line, &mut out);
            let silent = line.starts_with(b"#") || crate::reading::is_blank(&line);
            prop_assert!(out.len() == 1 || silent && out.len() <= 1, "{line:?}: {out:?}");
            for outcome in out {
                if let Outcome::Record(record) = outcome {
                    prop_assert!(serde_json::from_str::<Json>(&record.to_json()).is_ok());
                }
            }
        }
    }
}

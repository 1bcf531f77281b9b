//! Tables by a mapping.

use proptest::prelude::*;

use fengsui_records::Column;

use super::*;

const MAPPING: &str = "format = 1\n[[column]]\nfrom = \"ip\"\nto = \"source.ip\"\n[[column]]\nfrom = \"port\"\nto = \"source.port\"\nrequired = false\n";

fn reader(mapping: &str) -> Table {
    let mapping = Mapping::read("feed.toml", mapping).unwrap();
    Table::open(&Setting { mapping: Some(Arc::new(mapping)), ..Setting::default() })
}

fn read(reader: &mut Table, rows: &[&str]) -> Vec<String> {
    let mut out = Vec::new();
    for row in rows {
        reader.read(row.as_bytes(), &mut out);
    }
    out.into_iter()
        .map(|outcome| match outcome {
            Outcome::Record(record) => {
                let ip = record.ip(Column::SourceIp).map(|ip| ip.to_string());
                format!("{} {}", ip.unwrap_or_default(), record.extra_members())
            }
            Outcome::Quarantined(reason) => reason.as_str().to_owned(),
        })
        .collect()
}

#[test]
fn without_a_mapping_every_row_says_so() {
    let mut table = Table::open(&Setting::default());
    assert_eq!(read(&mut table, &["ip", "", "192.0.2.1"]), ["no_mapping", "no_mapping"]);
}

#[test]
fn a_feed_that_loses_a_column_overnight_is_kept_and_not_read() {
    let mut table = reader(MAPPING);
    assert_eq!(read(&mut table, &["ip,port", "192.0.2.1,22"]), ["192.0.2.1 "]);
    let mut table = reader(MAPPING);
    let rows = read(&mut table, &["address,port", "192.0.2.1,22"]);
    assert_eq!(rows, ["columns_changed", "columns_changed"]);
    assert_eq!(read(&mut reader(MAPPING), &["ip", "192.0.2.1"]), ["192.0.2.1 "]);
}

#[test]
fn a_column_more_is_kept_unless_the_mapping_wants_to_be_asked() {
    let rows = ["ip,port,new", "192.0.2.1,22,x"];
    assert_eq!(read(&mut reader(MAPPING), &rows), ["192.0.2.1 \"new\":\"x\""]);
    let strict = format!("on_new_columns = \"quarantine\"\n{MAPPING}");
    assert_eq!(read(&mut reader(&strict), &rows), ["columns_changed", "columns_changed"]);
    let known = format!("known = [\"new\"]\n{strict}");
    assert_eq!(read(&mut reader(&known), &rows), ["192.0.2.1 \"new\":\"x\""]);
}

#[test]
fn rows_that_do_not_fit_are_quarantined_and_headers_in_between_are_not() {
    let rows =
        ["\u{feff}\"ip\",port", "192.0.2.1", "192.0.2.1,22,x", "ip,port", ",", "\"192.0.2.2,22"];
    assert_eq!(
        read(&mut reader(MAPPING), &rows),
        ["cells_differ", "cells_differ", "empty", "cells_differ"]
    );
    let listed = format!("columns = [\"ip\"]\ncomment = \"#\"\n{MAPPING}");
    assert_eq!(read(&mut reader(&listed), &["# by us", "192.0.2.9"]), ["192.0.2.9 "]);
}

#[test]
fn rows_may_be_read_in_parallel_once_the_header_is_known() {
    let mut table = reader(MAPPING);
    assert!(table.fork().is_none());
    read(&mut table, &["port,ip"]);
    let mut out = Vec::new();
    table.fork().unwrap().read(b"22,192.0.2.1", &mut out);
    assert!(
        matches!(out.as_slice(), [Outcome::Record(record)] if record.ip(Column::SourceIp).is_some())
    );
}

proptest! {
    #[test]
    fn no_bytes_whatever_make_it_panic_or_fall_silent(
        rows in prop::collection::vec(
            prop_oneof![
                prop::collection::vec(any::<u8>(), 0..20),
                "[a-c,\"\n0-9.é]{0,12}".prop_map(String::into_bytes),
            ],
            0..6,
        )
    ) {
        let mut table = reader(&format!("columns = [\"ip\", \"b\"]\n{MAPPING}"));
        for row in rows {
            let mut out = Vec::new();
            table.read(&row, &mut out);
            let is_header = row == b"ip,b";
            prop_assert_eq!(out.len(), usize::from(!is_blank(&row) && !is_header), "{:?}", row);
            for outcome in out {
                if let Outcome::Record(record) = outcome {
                    prop_assert!(serde_json::from_str::<serde_json::Value>(&record.to_json()).is_ok());
                }
            }
        }
    }
}

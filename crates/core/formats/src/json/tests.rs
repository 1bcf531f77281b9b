//! Objects by a mapping.

use proptest::prelude::*;

use super::*;

fn reader(mapping: &str) -> Json {
    let mapping = Mapping::read("feed.toml", mapping).unwrap();
    Json::open(&Setting { mapping: Some(Arc::new(mapping)), ..Setting::default() })
}

fn read(mapping: &str, text: &str) -> String {
    let mut out = Vec::new();
    reader(mapping).read(text.as_bytes(), &mut out);
    match out.as_slice() {
        [Outcome::Record(record)] => record.to_json(),
        [Outcome::Quarantined(reason)] => reason.as_str().to_owned(),
        other => panic!("{other:?}"),
    }
}

const MAPPING: &str = "format = 1\n[[column]]\nfrom = \"host.addresses.0\"\nto = \"source.ip\"\n[[column]]\nfrom = \"/a~1b/c\"\nto = \"source.fqdn\"\n[[column]]\nfrom = \"dotted.name\"\nto = \"count\"\n";

#[test]
fn paths_lead_into_objects_and_arrays() {
    let json = read(
        MAPPING,
        r#"{"host":{"addresses":["192.0.2.1"]},"a/b":{"c":"X.example"},"dotted.name":7,"flag":true,"none":null}"#,
    );
    assert_eq!(
        json,
        r#"{"classification.taxonomy":"other","classification.type":"undetermined","source.ip":"192.0.2.1","source.fqdn":"x.example","count":7,"extra":{"host":{"addresses":["192.0.2.1"]},"a/b":{"c":"X.example"},"flag":true}}"#
    );
}

#[test]
fn objects_that_do_not_fit_are_quarantined_with_their_reason() {
    let strict = format!("on_new_columns = \"quarantine\"\n{MAPPING}");
    assert_eq!(read(&strict, r#"{"dotted.name":1,"new":2}"#), "columns_changed");
    let required = format!("{MAPPING}required = true\n");
    assert_eq!(read(&required, r#"{"a/b":{"c":"x.example"}}"#), "columns_changed");
    assert_eq!(read(MAPPING, "{}"), "empty");
    assert_eq!(read(MAPPING, "[1]"), "not_this_format");
    assert_eq!(read(MAPPING, "{\"a\":"), "not_json");
    let mut out = Vec::new();
    Json::open(&Setting::default()).read(b"{}", &mut out);
    assert_eq!(out, [Outcome::Quarantined(Reason::NoMapping)]);
}

proptest! {
    #[test]
    fn no_bytes_whatever_make_it_panic_or_fall_silent(
        bytes in prop_oneof![
            prop::collection::vec(any::<u8>(), 0..60),
            "\\{\"(host|a/b|dotted.name)\":[{}\\[\\]\",:0-9a-c]{0,12}\\}".prop_map(String::into_bytes),
        ]
    ) {
        let mut out = Vec::new();
        reader(MAPPING).read(&bytes, &mut out);
        let is_silent = text_of(&bytes).is_ok_and(|text| text.is_none());
        prop_assert_eq!(out.len(), usize::from(!is_silent));
        for outcome in out {
            if let Outcome::Record(record) = outcome {
                prop_assert!(serde_json::from_str::<serde_json::Value>(&record.to_json()).is_ok());
            }
        }
    }
}

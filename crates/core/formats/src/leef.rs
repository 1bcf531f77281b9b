//! Log Event Extended Format, 1.0 and 2.0: a header of five parts, then names and values between tabs
//! or whatever delimiter the header names.

use fengsui_records::{Classification, Column, Record};

use crate::envelope;
use crate::reading::{Outcome, Reader, Reason, take};

/// Reads it.
pub(crate) struct Leef;

impl Reader for Leef {
    fn read(&mut self, piece: &[u8], out: &mut Vec<Outcome>) {
        if crate::reading::is_blank(piece) {
            return;
        }
        out.push(match record_of(piece) {
            Ok(record) => Outcome::Record(record),
            Err(reason) => Outcome::Quarantined(reason),
        });
    }

    fn fork(&self) -> Option<Box<dyn Reader>> {
        Some(Box::new(Self))
    }
}

fn record_of(piece: &[u8]) -> Result<Record, Reason> {
    let text = str::from_utf8(piece).map_err(|_invalid| Reason::NotUtf8)?;
    let (before, event) = envelope::split(text, "LEEF:").ok_or(Reason::NotThisFormat)?;
    let mut parts = event.splitn(6, '|');
    let mut part = || parts.next().ok_or(Reason::NotThisFormat);
    let (version, vendor, product, device, code) = (part()?, part()?, part()?, part()?, part()?);
    let rest = part().unwrap_or_default();
    let version = version.strip_prefix("LEEF:").unwrap_or(version);
    let (delimiter, attributes) = match version {
        "2.0" | "2" => delimiter_of(rest),
        _ => ('\t', rest),
    };
    let mut record = Record::with_room(text.len());
    record.classify(Classification::Undetermined);
    record.keep_text("leefVersion", version);
    take(&mut record, Column::Provider, "deviceVendor", vendor);
    record.keep_text("deviceProduct", product);
    record.keep_text("deviceVersion", device);
    take(&mut record, Column::FeedCode, "eventId", code);
    if let Ok(number) = code.trim().parse() {
        record.take_number(Column::SignatureId, number);
    }
    for attribute in attributes.split(delimiter).filter(|text| !text.trim().is_empty()) {
        match attribute.split_once('=') {
            Some((name, value)) => pair(&mut record, name.trim(), value),
            None => record.keep_text("attribute", attribute),
        }
    }
    envelope::keep(&mut record, before);
    Ok(record)
}

/// The delimiter that version 2.0 may name (`^`, `x5E`, `0x5E`), and the attributes behind it.
fn delimiter_of(rest: &str) -> (char, &str) {
    let Some((named, attributes)) = rest.split_once('|') else { return ('\t', rest) };
    let mut letters = named.chars();
    let delimiter = match (letters.next(), letters.next()) {
        (None, _) => Some('\t'),
        (Some(letter), None) => Some(letter),
        (Some(_), Some(_)) => hexadecimal(named),
    };
    match delimiter {
        Some(delimiter) => (delimiter, attributes),
        // The header ends early, and the bar stands in a value.
        None => ('\t', rest),
    }
}

fn hexadecimal(text: &str) -> Option<char> {
    let digits = text.strip_prefix('0').unwrap_or(text).strip_prefix(['x', 'X'])?;
    let is_short = (1..=4).contains(&digits.len());
    let code = u32::from_str_radix(digits, 16).ok().filter(|_| is_short)?;
    char::from_u32(code)
}

fn pair(record: &mut Record, name: &str, value: &str) {
    let column = match name {
        "src" => Column::SourceIp,
        "srcPort" => Column::SourcePort,
        "dst" => Column::DestinationIp,
        "dstPort" => Column::DestinationPort,
        "usrName" => Column::SourceAccount,
        "url" => Column::DestinationUrl,
        "sev" => Column::Severity,
        "cat" => Column::Identifier,
        "msg" => Column::Description,
        "proto" => return take(record, Column::Transport, name, &value.to_lowercase()),
        "devTime" => return envelope::time(record, name, value),
        _ => return record.keep_text(name, value),
    };
    take(record, column, name, value);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value as Json;

    use super::*;

    fn only(text: &str) -> Outcome {
        let mut out = Vec::new();
        Leef.read(text.as_bytes(), &mut out);
        assert_eq!(out.len(), 1, "{text}");
        out.remove(0)
    }

    #[test]
    fn both_versions_and_every_delimiter_say_the_same() {
        let wanted = r#"{"time.source":"2026-03-14T01:26:53.123Z","classification.taxonomy":"other","classification.type":"undetermined","classification.identifier":"scan","feed.provider":"Try","feed.code":"77","source.ip":"192.0.2.1","destination.port":22,"protocol.transport":"tcp","signature.id":77,"severity":"5","extra":{"leefVersion":"V","deviceProduct":"Wall","deviceVersion":"1","policy":"a = b | c"}}"#;
        let attributes = "src=192.0.2.1;dstPort=22;proto=TCP;sev=5;cat=scan;devTime=1773451613123;policy=a = b | c";
        for (version, named, delimiter) in [
            ("1.0", "", "\t"),
            ("2.0", "^|", "^"),
            ("2.0", "x5E|", "^"),
            ("2.0", "0x09|", "\t"),
            ("2.0", "|", "\t"),
        ] {
            let attributes = attributes.replace(';', delimiter);
            let text = format!("LEEF:{version}|Try|Wall|1|77|{named}{attributes}");
            let Outcome::Record(record) = only(&text) else { panic!("{text}") };
            assert_eq!(record.to_json(), wanted.replace("\"V\"", &format!("\"{version}\"")));
        }
    }

    #[test]
    fn a_header_alone_is_a_record_and_less_is_none() {
        assert!(matches!(only("<13>Mar 14 09:26:53 h LEEF:1.0|V|P|1|id"), Outcome::Record(_)));
        for text in ["LEEF:1.0|V|P|1", "CEF:0|V|P|1|a|n|5|", "x"] {
            assert_eq!(only(text), Outcome::Quarantined(Reason::NotThisFormat), "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_whatever_make_it_panic_or_fall_silent(
            bytes in prop_oneof![
                prop::collection::vec(any::<u8>(), 0..60),
                "LEEF:[12]\\.0\\|[a-z|]{5,20}\\|[x0-9^é]{0,4}\\|[a-z=^\té|]{0,40}"
                    .prop_map(String::into_bytes),
            ]
        ) {
            let mut out = Vec::new();
            Leef.read(&bytes, &mut out);
            prop_assert_eq!(out.len(), usize::from(!crate::reading::is_blank(&bytes)));
            for outcome in out {
                if let Outcome::Record(record) = outcome {
                    prop_assert!(serde_json::from_str::<Json>(&record.to_json()).is_ok());
                }
            }
        }
    }
}

//! Common Event Format: a header of seven parts, then names and values with blanks in them.
//!
//! A rule's number and name are the signature; the maker of the device is the provider. The class of an
//! event is the maker's own, so it is not turned into one of the RSIT.

use std::borrow::Cow;

use fengsui_records::{Classification, Column, Record};

use crate::envelope;
use crate::reading::{Outcome, Reader, Reason, take};

/// Reads it.
pub(crate) struct Cef;

impl Reader for Cef {
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
    let (before, event) = envelope::split(text, "CEF:").ok_or(Reason::NotThisFormat)?;
    let (header, extension) = header(event).ok_or(Reason::NotThisFormat)?;
    let [version, vendor, product, device, class, name, severity] = header;
    let mut record = Record::with_room(text.len());
    record.classify(Classification::Undetermined);
    record.keep_text("cefVersion", version.strip_prefix("CEF:").unwrap_or(&version));
    take(&mut record, Column::Provider, "deviceVendor", &vendor);
    record.keep_text("deviceProduct", &product);
    record.keep_text("deviceVersion", &device);
    take(&mut record, Column::FeedCode, "deviceEventClassId", &class);
    if let Ok(number) = class.trim().parse() {
        record.take_number(Column::SignatureId, number);
    }
    take(&mut record, Column::SignatureName, "name", &name);
    take(&mut record, Column::Severity, "severity", &severity);
    for (name, value) in pairs(extension.trim()) {
        pair(&mut record, name, &unescaped(value));
    }
    envelope::keep(&mut record, before);
    Ok(record)
}

/// The seven parts of a header, and what follows the seventh bar.
fn header(event: &str) -> Option<([Cow<'_, str>; 7], &str)> {
    let mut parts: [Cow<'_, str>; 7] = Default::default();
    let mut rest = event;
    for (at, part) in parts.iter_mut().enumerate() {
        let (head, tail) = match split_bar(rest) {
            Some(split) => split,
            // An event without an extension may leave out the last bar.
            None if at == 6 => (rest, ""),
            None => return None,
        };
        *part = unescaped(head);
        rest = tail;
    }
    Some((parts, rest))
}

/// Splits at the first bar without a backslash before it.
fn split_bar(text: &str) -> Option<(&str, &str)> {
    let mut is_escaped = false;
    let place = text.bytes().position(|byte| {
        let is_bar = byte == b'|' && !is_escaped;
        is_escaped = byte == b'\\' && !is_escaped;
        is_bar
    })?;
    Some((text.get(..place)?, text.get(place + 1..)?))
}

/// Names and values of an extension. A value goes on to the blank before the next name.
fn pairs(extension: &str) -> Vec<(&str, &str)> {
    let mut starts = Vec::new();
    let mut is_escaped = false;
    for (place, byte) in extension.bytes().enumerate() {
        let is_sign = byte == b'=' && !is_escaped;
        is_escaped = byte == b'\\' && !is_escaped;
        if is_sign && let Some(name) = name_before(extension, place) {
            starts.push((place - name.len(), place));
        }
    }
    let ends = starts.iter().skip(1).map(|(name, _)| *name).chain([extension.len()]);
    let first = starts.first().map_or(extension.len(), |(name, _)| *name);
    let unnamed = extension.get(..first).filter(|text| !text.trim().is_empty());
    let named = starts.iter().zip(ends).filter_map(|((name, sign), end)| {
        Some((extension.get(*name..*sign)?, extension.get(sign + 1..end)?.trim_end()))
    });
    unnamed.map(|text| ("", text.trim())).into_iter().chain(named).collect()
}

/// The name that ends before a sign; a sign within a value (`?a=b`) has none before it.
fn name_before(extension: &str, sign: usize) -> Option<&str> {
    let before = extension.get(..sign)?;
    let name = before.rsplit([' ', '\t']).next()?;
    let is_name = !name.is_empty()
        && name.bytes().all(|byte| {
            byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-' | b'[' | b']')
        });
    is_name.then_some(name)
}

/// A text without its escapes.
fn unescaped(text: &str) -> Cow<'_, str> {
    if !text.contains('\\') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        if letter != '\\' {
            out.push(letter);
            continue;
        }
        match letters.next() {
            Some('n') => out.push('\n'),
            Some('r') => out.push('\r'),
            Some(escaped @ ('\\' | '|' | '=')) => out.push(escaped),
            // No escape of this format: a path of Windows, most likely.
            Some(other) => out.extend(['\\', other]),
            None => out.push('\\'),
        }
    }
    Cow::Owned(out)
}

fn pair(record: &mut Record, name: &str, value: &str) {
    let column = match name {
        "src" => Column::SourceIp,
        "spt" => Column::SourcePort,
        "shost" => Column::SourceFqdn,
        "suser" => Column::SourceAccount,
        "dst" => Column::DestinationIp,
        "dpt" => Column::DestinationPort,
        "dhost" => Column::DestinationFqdn,
        "duser" => Column::DestinationAccount,
        "request" => Column::DestinationUrl,
        "msg" => Column::Description,
        "cnt" => Column::Count,
        "act" => Column::Status,
        "externalId" => Column::SourceKey,
        "proto" => return take(record, Column::Transport, name, &value.to_lowercase()),
        "app" => return take(record, Column::Application, name, &value.to_lowercase()),
        "rt" => return envelope::time(record, name, value),
        "fileHash" => return envelope::hash(record, name, value),
        "" => return record.keep_text("extension", value),
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
        Cef.read(text.as_bytes(), &mut out);
        assert_eq!(out.len(), 1, "{text}");
        out.remove(0)
    }

    fn json(text: &str) -> String {
        match only(text) {
            Outcome::Record(record) => record.to_json(),
            Outcome::Quarantined(reason) => panic!("{reason:?}: {text}"),
        }
    }

    #[test]
    fn header_and_extension_are_read_with_their_escapes() {
        let text = r"CEF:0|Try \| Co|Wall\\Guard|1.0|100|port scan|8|src=192.0.2.1 spt=51234 dst=192.0.2.2 dpt=22 proto=TCP rt=1773451613123 msg=two words\nand a \= sign request=http://www.example.cn/?a=b&c=d cs1Label=zone name cs1=C:\temp\x fileHash=D41D8CD98F00B204E9800998ECF8427E";
        assert_eq!(
            json(text),
            r#"{"time.source":"2026-03-14T01:26:53.123Z","classification.taxonomy":"other","classification.type":"undetermined","feed.provider":"Try | Co","feed.code":"100","source.ip":"192.0.2.1","source.port":51234,"destination.ip":"192.0.2.2","destination.port":22,"destination.url":"http://www.example.cn/?a=b&c=d","protocol.transport":"tcp","event_description.text":"two words\nand a = sign","signature.id":100,"signature.name":"port scan","malware.hash.md5":"d41d8cd98f00b204e9800998ecf8427e","severity":"8","extra":{"cefVersion":"0","deviceProduct":"Wall\\Guard","deviceVersion":"1.0","cs1Label":"zone name","cs1":"C:\\temp\\x"}}"#
        );
    }

    #[test]
    fn what_syslog_put_before_it_is_kept_and_says_the_time_if_nothing_else_does() {
        let newer = json("<134>1 2026-03-14T09:26:53+08:00 fw1 app - - - CEF:0|V|P|1|a|n|5|");
        assert!(newer.starts_with(r#"{"time.source":"2026-03-14T01:26:53Z""#), "{newer}");
        let older = json("<134>Mar 14 09:26:53 fw1 CEF:0|V|P|1|a|n|5|src=192.0.2.1");
        assert!(!older.contains("time.source"), "{older}");
        assert!(older.contains(r#""syslog":"<134>Mar 14 09:26:53 fw1""#), "{older}");
        let own = json("<1>1 2026-03-14T09:26:53Z x CEF:0|V|P|1|a|n|5|rt=Mar 14 2026 01:00:00 UTC");
        assert!(own.starts_with(r#"{"time.source":"2026-03-14T01:00:00Z""#), "{own}");
    }

    #[test]
    fn a_name_said_twice_and_a_value_of_another_kind_are_kept() {
        let json = json("CEF:0|V|P|1|a|n|5|src=one src=192.0.2.1 src=192.0.2.2 stray rt=yesterday");
        assert!(json.contains(r#""src":"one","src":"192.0.2.2 stray","rt":"yesterday""#), "{json}");
    }

    #[test]
    fn what_is_no_cef_is_quarantined() {
        for text in ["", "CEF:0|V|P|1|a|n", "XCEF:0|V|P|1|a|n|5|", "LEEF:1.0|a|b|c|d|"] {
            if !text.is_empty() {
                assert_eq!(only(text), Outcome::Quarantined(Reason::NotThisFormat), "{text}");
            }
        }
    }

    proptest! {
        #[test]
        fn no_bytes_whatever_make_it_panic_or_fall_silent(
            bytes in prop_oneof![
                prop::collection::vec(any::<u8>(), 0..60),
                "CEF:0\\|[a-z|\\\\]{5,20}\\|[a-z= \\\\é|]{0,40}".prop_map(String::into_bytes),
            ]
        ) {
            let mut out = Vec::new();
            Cef.read(&bytes, &mut out);
            prop_assert_eq!(out.len(), usize::from(!crate::reading::is_blank(&bytes)));
            for outcome in out {
                if let Outcome::Record(record) = outcome {
                    prop_assert!(serde_json::from_str::<Json>(&record.to_json()).is_ok());
                }
            }
        }
    }
}

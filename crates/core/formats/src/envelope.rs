//! What stands before an event that came by syslog, and the ways devices write the time.

use fengsui_records::{Column, Record, Value};
use jiff::Timestamp;
use jiff::civil::DateTime;

use crate::moment;
use crate::reading::take;

/// Splits a line into what syslog put before the event, and the event from its mark on.
pub(crate) fn split<'a>(text: &'a str, mark: &str) -> Option<(&'a str, &'a str)> {
    let mut from = 0;
    while let Some(place) = text.get(from..)?.find(mark) {
        let place = from + place;
        let (before, event) = text.split_at_checked(place)?;
        if before.is_empty() || before.ends_with([' ', '\t', ':', ']', '\u{feff}']) {
            return Some((before.trim_start_matches('\u{feff}').trim(), event));
        }
        from = place + mark.len();
    }
    None
}

/// Keeps what syslog said; its time counts where the event names none.
pub(crate) fn keep(record: &mut Record, envelope: &str) {
    if envelope.is_empty() {
        return;
    }
    record.keep_text("syslog", envelope);
    if record.get(Column::TimeSource).is_none() {
        // RFC 5424 says the year and the offset; of RFC 3164 neither is known, so nothing is guessed.
        let stamp = envelope.split_ascii_whitespace().take(3).find_map(instant);
        if let Some(at) = stamp {
            record.push(Column::TimeSource, Value::Time(at));
        }
    }
}

fn instant(word: &str) -> Option<Timestamp> {
    let word = word.rsplit('>').next()?;
    word.contains('T').then(|| word.parse().ok())?
}

/// Reads the time of a device: milliseconds since 1970, an instant of ISO 8601, or words that name UTC.
pub(crate) fn time(record: &mut Record, name: &str, text: &str) {
    let text = text.trim();
    let at = moment::of_unit(text, 6).or_else(|| in_words(text));
    match at {
        Some(at) if record.get(Column::TimeSource).is_none() => {
            record.push(Column::TimeSource, Value::Time(at));
        }
        Some(_) | None => take(record, Column::TimeSource, name, text),
    }
}

/// `Mar 14 2026 09:26:53.123 UTC`. Without a zone it names no instant.
fn in_words(text: &str) -> Option<Timestamp> {
    let civil = ["UTC", "GMT", "Z"].iter().find_map(|zone| text.strip_suffix(zone))?.trim_end();
    let at = DateTime::strptime("%b %d %Y %H:%M:%S%.f", civil).ok()?;
    at.to_zoned(jiff::tz::TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
}

/// Takes a hash into the column of its length.
pub(crate) fn hash(record: &mut Record, name: &str, text: &str) {
    let column = match text.len() {
        _ if !text.bytes().all(|byte| byte.is_ascii_hexdigit()) => None,
        32 => Some(Column::MalwareMd5),
        40 => Some(Column::MalwareSha1),
        64 => Some(Column::MalwareSha256),
        _ => None,
    };
    match column {
        Some(column) => take(record, column, name, &text.to_ascii_lowercase()),
        None => record.keep_text(name, text),
    }
}

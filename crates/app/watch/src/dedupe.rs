//! Repeats: which of them are kept, which are counted.
//!
//! A record repeats another where the key columns are the same and both happened in the same window. Windows are
//! aligned (the hour from nine to ten, not an hour from the first), so the answer does not depend on the order in which
//! records come, nor on where the program was killed, and a clock that jumps only moves a record to another window.
//!
//! What has been seen is a table of keyed 128-bit hashes. With four million of them held and 10^12 records a year, one
//! record in 10^19 years is taken for a repeat by chance; the key of the hash is given and secret, so not on purpose either.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use arrow::record_batch::RecordBatch;
use fengsui_records::{Column, Record, Value};
use jiff::{SignedDuration, Timestamp};
use siphasher::sip128::{Hasher128, SipHasher13};

use crate::columns::{Dated, micros};
use crate::rows::{mapped, record_with, value_of};

/// What counts as a repeat in one feed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Which columns must be the same.
    pub key: Key,
    /// How long a window is, in microseconds.
    window: i64,
    /// How many keys are held at most.
    pub keys_max: usize,
}

/// Which columns make two records the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Key {
    /// By what the record is: an alert, something about an address, something about a name or a file.
    Usual,
    /// These.
    Columns(Vec<Column>),
}

/// Why a rule cannot be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RuleOdd {
    /// No window.
    #[error("the window of a dedupe rule is one second to 30 days")]
    Window,
    /// Nothing to compare.
    #[error("a dedupe rule names at least one column")]
    NoColumn,
    /// A column the watch itself fills in.
    #[error("{0} is filled in after repeats are counted; name columns the source gives")]
    Added(&'static str),
}

impl Rule {
    /// Keys that are held at most, unless the feed says otherwise; each takes about 30 bytes.
    pub const KEYS_MAX: usize = 2_000_000;

    /// A rule.
    pub fn new(key: Key, window: SignedDuration) -> Result<Self, RuleOdd> {
        let window = i64::try_from(window.as_micros()).unwrap_or_default();
        if !(SECOND..=30 * 86_400 * SECOND).contains(&window) {
            return Err(RuleOdd::Window);
        }
        if let Key::Columns(columns) = &key {
            if columns.is_empty() {
                return Err(RuleOdd::NoColumn);
            }
            if let Some(added) = columns.iter().find(|column| ADDED.contains(column)) {
                return Err(RuleOdd::Added(added.as_str()));
            }
        }
        Ok(Self { key, window, keys_max: Self::KEYS_MAX })
    }

    /// The same rule, holding so many keys at most.
    #[must_use]
    pub fn holding(self, keys_max: usize) -> Self {
        Self { keys_max, ..self }
    }

    /// How long a key is held after it was first seen: two windows, so that records may come late.
    pub(crate) fn held_for(&self) -> i64 {
        self.window.saturating_mul(2)
    }

    /// The window an instant is in.
    fn window_of(&self, dated: Dated) -> i64 {
        dated.micros.div_euclid(self.window)
    }

    /// The columns that tell repeats: what must be read again to rebuild.
    pub(crate) fn columns(&self) -> Vec<Column> {
        match &self.key {
            Key::Columns(columns) => columns.clone(),
            Key::Usual => {
                let mut columns = [ALERT, ADDRESS, NAMED].concat();
                columns.sort_unstable();
                columns.dedup();
                columns
            }
        }
    }
}

impl Key {
    /// The columns that count for one record; empty where nothing says what it is about.
    pub(crate) fn columns_for(&self, record: &Record) -> &[Column] {
        match self {
            Self::Columns(columns) => columns,
            Self::Usual if record.get(Column::SignatureId).is_some() => ALERT,
            Self::Usual if record.get(Column::SourceIp).is_some() => ADDRESS,
            Self::Usual if SUBJECT.iter().any(|column| record.get(*column).is_some()) => NAMED,
            Self::Usual => &[],
        }
    }
}

/// A hash that nobody outside can steer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Seed(pub u64, pub u64);

/// The hash of a key and its window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Print {
    high: u64,
    low: u64,
}

impl Print {
    /// The print of a record; `None` where nothing says what it is about.
    pub(crate) fn of(record: &Record, dated: Dated, rule: &Rule, seed: Seed) -> Option<Self> {
        let mut hasher = SipHasher13::new_with_keys(seed.0, seed.1);
        let mut buffer = Buffer::default();
        let mut is_anything = false;
        for column in rule.key.columns_for(record) {
            if let Some(value) = record.get(*column) {
                is_anything = true;
                buffer.add(*column, value, &mut hasher);
            }
        }
        if !is_anything {
            return None;
        }
        buffer.add_number(rule.window_of(dated), &mut hasher);
        buffer.flush(&mut hasher);
        let print = hasher.finish128();
        Some(Self { high: print.h1, low: print.h2 })
    }

    /// Whether a rule that keeps one in so many keeps this one.
    pub(crate) fn is_kept(self, one_in: u32) -> bool {
        self.low.checked_rem(u64::from(one_in)).is_none_or(|rest| rest == 0)
    }

    /// The print of some columns of a record, whatever its time.
    pub(crate) fn of_columns(
        columns: impl Iterator<Item = Column>,
        record: &Record,
        seed: Seed,
    ) -> Self {
        let mut hasher = SipHasher13::new_with_keys(seed.0, seed.1);
        let mut buffer = Buffer::default();
        for column in columns {
            if let Some(value) = record.get(column) {
                buffer.add(column, value, &mut hasher);
            }
        }
        buffer.flush(&mut hasher);
        let print = hasher.finish128();
        Self { high: print.h1, low: print.h2 }
    }

    /// The print of the whole of a record, for rules on records that have no key.
    pub(crate) fn of_all(record: &Record, seed: Seed) -> Self {
        let mut hasher = SipHasher13::new_with_keys(seed.0, seed.1);
        let mut buffer = Buffer::default();
        for (column, value) in record.values() {
            buffer.add(column, value, &mut hasher);
        }
        buffer.flush(&mut hasher);
        hasher.write(record.extra_members().as_bytes());
        let print = hasher.finish128();
        Self { high: print.h1, low: print.h2 }
    }
}

/// Which keys have been seen.
#[derive(Debug)]
pub(crate) struct Seen {
    /// When each was first seen, in seconds since 1970.
    prints: HashMap<Print, u32, BuildHasherDefault<Plain>>,
    keys_max: usize,
    /// How many were forgotten for want of room before their time.
    forgotten: u64,
}

impl Seen {
    /// Nothing yet.
    pub(crate) fn new(keys_max: usize) -> Self {
        Self { prints: HashMap::default(), keys_max: keys_max.max(8), forgotten: 0 }
    }

    /// Takes a key in; whether it is there for the first time.
    pub(crate) fn is_first(&mut self, print: Print, observed: i64) -> bool {
        let mut is_first = false;
        self.prints.entry(print).or_insert_with(|| {
            is_first = true;
            seconds(observed)
        });
        is_first
    }

    /// Forgets what is past its time, and the oldest where there is too much. Called between blocks.
    pub(crate) fn tidy(&mut self, observed: i64, rule: &Rule) {
        if self.prints.len() <= self.keys_max {
            return;
        }
        let earliest = seconds(observed.saturating_sub(rule.held_for()));
        self.prints.retain(|_, first| *first >= earliest);
        let most = self.keys_max - self.keys_max / 8;
        let Some(excess) = self.prints.len().checked_sub(most).filter(|excess| *excess > 0) else {
            return;
        };
        let mut ages: Vec<u32> = self.prints.values().copied().collect();
        let (_, limit, _) = ages.select_nth_unstable(excess - 1);
        let limit = *limit;
        let mut left = excess;
        self.prints.retain(|_, first| {
            let goes = *first <= limit && left > 0;
            left -= usize::from(goes);
            !goes
        });
        self.forgotten += u64::try_from(excess).unwrap_or_default();
    }

    /// How many were forgotten before their time, since last asked.
    pub(crate) fn take_forgotten(&mut self) -> u64 {
        std::mem::take(&mut self.forgotten)
    }

    /// How many are held.
    pub(crate) fn len(&self) -> usize {
        self.prints.len()
    }

    /// Takes in rows that were read again.
    pub(crate) fn remember(&mut self, batch: &RecordBatch, rule: &Rule, seed: Seed) {
        let columns = rule.columns();
        let mut newest = i64::MIN;
        for row in 0..batch.num_rows() {
            let record = record_with(batch, row, &columns);
            let time = |column| match value_of(batch, column, row) {
                Some(Value::Time(at)) => Some(micros(at)),
                Some(Value::Text(_) | Value::Integer(_) | Value::Ip(_)) | None => None,
            };
            let observed = time(Column::TimeObservation).unwrap_or_default();
            let dated = Dated::judge(time(Column::TimeSource), observed);
            newest = newest.max(observed);
            if let Some(print) = Print::of(&record, dated, rule, seed) {
                self.is_first(print, observed);
            }
        }
        self.tidy(newest, rule);
    }
}

/// The instant from which records are read again.
pub(crate) fn since(rule: &Rule, now: Timestamp) -> Option<Timestamp> {
    Timestamp::from_microsecond(micros(now).saturating_sub(rule.held_for())).ok()
}

/// What identifies an alert.
const ALERT: &[Column] =
    &[Column::SourceIp, Column::DestinationIp, Column::SignatureId, Column::DestinationPort];

/// What identifies something about an address.
const ADDRESS: &[Column] =
    &[Column::SourceIp, Column::SourcePort, Column::Type, Column::Identifier, Column::FeedCode];

/// What identifies something that has no address: all that may say what it is about.
const NAMED: &[Column] = &[
    Column::SourceNetwork,
    Column::SourceFqdn,
    Column::SourceUrl,
    Column::SourceAccount,
    Column::DestinationIp,
    Column::DestinationFqdn,
    Column::DestinationUrl,
    Column::MalwareMd5,
    Column::MalwareSha1,
    Column::MalwareSha256,
    Column::Vulnerability,
    Column::SourceKey,
    Column::Type,
    Column::Identifier,
    Column::FeedCode,
];

/// One of these must be there for [`NAMED`] to mean anything.
const SUBJECT: &[Column] = &[
    Column::SourceNetwork,
    Column::SourceFqdn,
    Column::SourceUrl,
    Column::SourceAccount,
    Column::MalwareMd5,
    Column::MalwareSha1,
    Column::MalwareSha256,
    Column::Vulnerability,
    Column::SourceKey,
];

/// Columns that are filled in for kept records only, or are different in every repeat.
const ADDED: &[Column] = &[
    Column::TimeObservation,
    Column::Organisation,
    Column::OrganisationBecause,
    Column::OrganisationOthers,
    Column::District,
    Column::Sector,
    Column::KnownGood,
    Column::ListState,
    Column::Extra,
];

const SECOND: i64 = 1_000_000;

fn seconds(micros: i64) -> u32 {
    u32::try_from(micros.div_euclid(SECOND)).unwrap_or_default()
}

/// Gathers short values, so that the hash is fed seldom.
struct Buffer {
    bytes: [u8; 128],
    len: usize,
}

impl Default for Buffer {
    fn default() -> Self {
        Self { bytes: [0; 128], len: 0 }
    }
}

impl Buffer {
    /// Every value is preceded by its column, and a text by its length: two keys never look alike.
    fn add(&mut self, column: Column, value: &Value, hasher: &mut SipHasher13) {
        let place = u8::try_from(column.place()).unwrap_or(u8::MAX);
        match value {
            Value::Ip(address) => {
                self.push(&[place], hasher);
                self.push(&mapped(*address).octets(), hasher);
            }
            Value::Integer(number) => {
                self.push(&[place], hasher);
                self.add_number(*number, hasher);
            }
            Value::Time(at) => {
                self.push(&[place], hasher);
                self.add_number(micros(*at), hasher);
            }
            Value::Text(text) => {
                self.push(&[place], hasher);
                self.add_number(i64::try_from(text.len()).unwrap_or(i64::MAX), hasher);
                self.push(text.as_bytes(), hasher);
            }
        }
    }

    fn add_number(&mut self, number: i64, hasher: &mut SipHasher13) {
        self.push(&number.to_le_bytes(), hasher);
    }

    fn push(&mut self, bytes: &[u8], hasher: &mut SipHasher13) {
        let end = self.len + bytes.len();
        if let Some(place) = self.bytes.get_mut(self.len..end) {
            place.copy_from_slice(bytes);
            self.len = end;
            return;
        }
        self.flush(hasher);
        hasher.write(bytes);
    }

    fn flush(&mut self, hasher: &mut SipHasher13) {
        hasher.write(self.bytes.get(..self.len).unwrap_or_default());
        self.len = 0;
    }
}

/// Prints are hashes already.
#[derive(Debug, Default)]
pub(crate) struct Plain(u64);

impl Hasher for Plain {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u64(&mut self, number: u64) {
        self.0 ^= number;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SEED: Seed = Seed(1, 2);

    fn hourly() -> Rule {
        Rule::new(Key::Usual, SignedDuration::from_hours(1)).expect("a rule")
    }

    fn record(cells: &[(Column, &str)]) -> Record {
        let mut record = Record::new();
        for (column, text) in cells {
            record.read(*column, text);
        }
        record
    }

    fn at(text: &str) -> Dated {
        let micros = micros(text.parse().expect("an instant"));
        Dated { micros, suspect: None }
    }

    #[test]
    fn alerts_of_one_rule_between_the_same_hosts_repeat_each_other_within_the_hour() {
        let alert = |port| {
            record(&[
                (Column::SourceIp, "203.0.113.7"),
                (Column::DestinationIp, "198.51.100.1"),
                (Column::SignatureId, "2001219"),
                (Column::SourcePort, port),
            ])
        };
        let print = |record: &Record, time| Print::of(record, at(time), &hourly(), SEED);
        let first = print(&alert("40000"), "2026-03-14T09:00:00Z");
        assert!(first.is_some());
        assert_eq!(first, print(&alert("40001"), "2026-03-14T09:59:59Z"));
        assert_ne!(first, print(&alert("40000"), "2026-03-14T10:00:00Z"));
        assert_ne!(
            first,
            Print::of(&alert("40000"), at("2026-03-14T09:00:00Z"), &hourly(), Seed(9, 2))
        );
    }

    #[test]
    fn two_names_are_never_the_same_and_nothing_repeats_nothing() {
        let print =
            |record: &Record| Print::of(record, at("2026-03-14T09:00:00Z"), &hourly(), SEED);
        let one = record(&[(Column::SourceUrl, "http://a.example/"), (Column::Type, "phishing")]);
        let other = record(&[(Column::SourceUrl, "http://b.example/"), (Column::Type, "phishing")]);
        assert_ne!(print(&one), print(&other));
        assert_eq!(print(&record(&[(Column::Type, "phishing")])), None);
        let moved = record(&[(Column::SourceUrl, "phishing"), (Column::Type, "http://a.example/")]);
        assert_ne!(print(&one), print(&moved));
    }

    #[test]
    fn a_rule_names_columns_of_the_source_and_a_sensible_window() {
        let hour = SignedDuration::from_hours(1);
        let columns = |columns: &[Column]| Rule::new(Key::Columns(columns.to_vec()), hour);
        assert_eq!(columns(&[]), Err(RuleOdd::NoColumn));
        assert_eq!(columns(&[Column::District]), Err(RuleOdd::Added("district")));
        assert_eq!(Rule::new(Key::Usual, SignedDuration::ZERO), Err(RuleOdd::Window));
        assert!(columns(&[Column::SourceIp]).is_ok());
    }

    #[test]
    fn the_oldest_keys_are_forgotten_first_and_counted() {
        let rule = hourly();
        let mut seen = Seen::new(80);
        let print = |number| Print { high: number, low: number };
        for number in 0..100 {
            let observed = i64::try_from(number).expect("small") * SECOND;
            assert!(seen.is_first(print(number), observed));
        }
        seen.tidy(100 * SECOND, &rule);
        assert_eq!(seen.len(), 70);
        assert_eq!(seen.take_forgotten(), 30);
        assert!(!seen.is_first(print(99), 100 * SECOND));
        assert!(!seen.is_first(print(30), 100 * SECOND));
        assert!(seen.is_first(print(29), 100 * SECOND));
    }

    #[test]
    fn keys_past_their_time_make_room_without_being_missed() {
        let rule = hourly();
        let mut seen = Seen::new(8);
        for number in 0..8 {
            seen.is_first(Print { high: number, low: 0 }, 0);
        }
        let later = 3 * 3_600 * SECOND;
        seen.is_first(Print { high: 99, low: 0 }, later);
        seen.tidy(later, &rule);
        assert_eq!((seen.len(), seen.take_forgotten()), (1, 0));
    }

    proptest! {
        #[test]
        fn a_key_is_the_same_whatever_its_values_come_to_in_bytes(
            one in ".{0,200}", other in ".{0,200}", port in 0_i64..3,
        ) {
            let rule = Rule::new(
                Key::Columns(vec![Column::SourceUrl, Column::SourceFqdn, Column::SourcePort]),
                SignedDuration::from_hours(1),
            ).expect("a rule");
            let make = |url: &str, name: &str| {
                let mut record = Record::new();
                record.set(Column::SourceUrl, Value::Text(url.to_owned().into()));
                record.set(Column::SourceFqdn, Value::Text(name.to_owned().into()));
                record.set(Column::SourcePort, Value::Integer(port));
                Print::of(&record, Dated { micros: 0, suspect: None }, &rule, SEED)
            };
            prop_assert_eq!(make(&one, &other), make(&one, &other));
            prop_assert_eq!(make(&one, &other) == make(&other, &one), one == other);
            let both = format!("{one}{other}");
            prop_assert_eq!(make(&both, "") == make(&one, &other), other.is_empty());
        }
    }
}

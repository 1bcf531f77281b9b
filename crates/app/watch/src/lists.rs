//! The life of a block-list: each delivery is the whole list, and rows say what became of its entries.
//!
//! An entry is what it is about (address, network, name, URL, hash); its content is what is said about it. What is known of a
//! list is rebuilt from the rows that were shelved for it. A list that is suddenly empty or half is a fault of the feed, not good
//! news: it is quarantined, and nobody is taken off.

use std::collections::BTreeMap;

use arrow::record_batch::RecordBatch;
use fengsui_records::{Column, Reason, Record, Value};
use jiff::SignedDuration;

use crate::columns::micros;
use crate::dedupe::{Print, Seed};
use crate::rows::{record_with, value_of};

/// How a list is followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ListRule {
    /// How much of the list may vanish with one delivery, in per cent of what was on it.
    pub vanished_max: u8,
    /// How long entries hold without a delivery; for ever, where there is no limit.
    pub expires_after: Option<SignedDuration>,
    /// Bytes of one delivery.
    pub bytes_max: usize,
}

/// What became of an entry; the text in `list.state`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ListState {
    /// It was not on the list before.
    New,
    /// Something else is said about it now.
    Changed,
    /// It is not on the list any more.
    Delisted,
    /// Nothing has been heard of the list for too long.
    Expired,
}

impl ListRule {
    /// Per cent that may vanish, unless configured otherwise.
    pub const VANISHED_MAX: u8 = 50;
    /// Bytes of one delivery, unless configured otherwise.
    pub const BYTES_MAX: usize = 64 * 1024 * 1024;
}

impl Default for ListRule {
    fn default() -> Self {
        Self { vanished_max: Self::VANISHED_MAX, expires_after: None, bytes_max: Self::BYTES_MAX }
    }
}

impl ListState {
    /// The text in the column.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Changed => "changed",
            Self::Delisted => "delisted",
            Self::Expired => "expired",
        }
    }

    fn is_listed(text: &str) -> bool {
        text == Self::New.as_str() || text == Self::Changed.as_str()
    }
}

/// What is on a list.
#[derive(Debug, Default)]
pub(crate) struct Listed {
    entries: BTreeMap<Print, Entry>,
    /// When it was delivered last, in microseconds since 1970.
    pub(crate) delivered: i64,
}

/// An entry that is on a list.
#[derive(Debug)]
pub(crate) struct Entry {
    content: Print,
    observed: i64,
    is_listed: bool,
    /// What it is about and of what kind: what a row about its end says.
    pub(crate) about: Record,
}

impl Listed {
    /// Lists with fewer entries may change altogether.
    const SMALL: usize = 10;

    /// The entry a record is, and what it says about it.
    pub(crate) fn prints(record: &Record, seed: Seed) -> (Print, Print) {
        let entry = Print::of_columns(ENTRY.iter().copied(), record, seed);
        (entry, Print::of_columns(CONTENT.iter().copied(), record, seed))
    }

    /// How many entries are on the list.
    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    /// Why a delivery with these entries is not to be believed.
    pub(crate) fn suspect(
        &self,
        delivered: &BTreeMap<Print, Print>,
        rule: &ListRule,
    ) -> Option<Reason> {
        if delivered.is_empty() {
            return Some(Reason::ListEmpty);
        }
        let vanished = self.entries.keys().filter(|entry| !delivered.contains_key(entry)).count();
        let is_shrunk = self.entries.len() >= Self::SMALL
            && vanished * 100 > self.entries.len() * usize::from(rule.vanished_max);
        is_shrunk.then_some(Reason::ListShrunk)
    }

    /// Takes an entry in; `None` where it stays as it was.
    pub(crate) fn take(
        &mut self,
        (entry, content): (Print, Print),
        record: &Record,
        observed: i64,
    ) -> Option<ListState> {
        let state = match self.entries.get(&entry) {
            Some(known) if known.content == content => return None,
            Some(_) => ListState::Changed,
            None => ListState::New,
        };
        let about = about(record);
        self.entries.insert(entry, Entry { content, observed, is_listed: true, about });
        Some(state)
    }

    /// Takes off what a delivery does not have.
    pub(crate) fn delist(&mut self, delivered: &BTreeMap<Print, Print>) -> Vec<Entry> {
        let gone: Vec<Print> =
            self.entries.keys().filter(|entry| !delivered.contains_key(entry)).copied().collect();
        gone.iter().filter_map(|entry| self.entries.remove(entry)).collect()
    }

    /// Takes everything off.
    pub(crate) fn clear(&mut self) -> Vec<Entry> {
        std::mem::take(&mut self.entries).into_values().collect()
    }

    /// Columns that must be read again to rebuild.
    pub(crate) fn columns() -> Vec<Column> {
        let mut columns = [ENTRY, CONTENT, ABOUT].concat();
        columns.push(Column::ListState);
        columns.push(Column::TimeObservation);
        columns.sort_unstable();
        columns.dedup();
        columns
    }

    /// Takes in rows that were read again, in any order; [`Self::remembered`] comes after the last.
    pub(crate) fn remember(&mut self, batch: &RecordBatch, seed: Seed) {
        let columns = [ENTRY, CONTENT, ABOUT].concat();
        for row in 0..batch.num_rows() {
            let record = record_with(batch, row, &columns);
            let observed = observed(batch, row);
            let state = value_of(batch, Column::ListState, row);
            let is_listed = state.is_some_and(|state| ListState::is_listed(&state.shown()));
            self.delivered = self.delivered.max(observed);
            let (entry, content) = Self::prints(&record, seed);
            let is_newer = self.entries.get(&entry).is_none_or(|known| known.observed < observed);
            if is_newer {
                let about = about(&record);
                self.entries.insert(entry, Entry { content, observed, is_listed, about });
            }
        }
    }

    /// Takes in that the list was delivered as it was.
    pub(crate) fn remember_delivery(&mut self, batch: &RecordBatch) {
        for row in 0..batch.num_rows() {
            self.delivered = self.delivered.max(observed(batch, row));
        }
    }

    /// Lets go of what is not on the list any more.
    pub(crate) fn remembered(mut self) -> Self {
        self.entries.retain(|_, entry| entry.is_listed);
        self
    }
}

fn observed(batch: &RecordBatch, row: usize) -> i64 {
    match value_of(batch, Column::TimeObservation, row) {
        Some(Value::Time(at)) => micros(at),
        Some(Value::Text(_) | Value::Integer(_) | Value::Ip(_)) | None => 0,
    }
}

fn about(record: &Record) -> Record {
    let mut about = Record::default();
    for column in ENTRY.iter().chain(ABOUT) {
        if let Some(value) = record.get(*column) {
            about.set(*column, value.clone());
        }
    }
    about
}

/// What an entry is about.
const ENTRY: &[Column] = &[
    Column::SourceIp,
    Column::SourcePort,
    Column::SourceNetwork,
    Column::SourceFqdn,
    Column::SourceUrl,
    Column::MalwareMd5,
    Column::MalwareSha1,
    Column::MalwareSha256,
];

/// What is said about it. Not when: many lists stamp every entry with the time of their making.
const CONTENT: &[Column] = &[
    Column::Type,
    Column::Identifier,
    Column::Accuracy,
    Column::Transport,
    Column::Application,
    Column::Description,
    Column::MalwareName,
    Column::MalwareVersion,
    Column::Product,
    Column::Vulnerability,
    Column::Severity,
    Column::Status,
    Column::Tlp,
];

/// What a row about the end of an entry says besides.
const ABOUT: &[Column] = &[
    Column::Taxonomy,
    Column::Type,
    Column::Identifier,
    Column::Provider,
    Column::FeedCode,
    Column::MalwareName,
];

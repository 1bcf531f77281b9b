//! What is remembered of a feed: rebuilt from the shelf, never kept apart.

use arrow::record_batch::RecordBatch;
use fengsui_records::{Column, FeedName};
use jiff::Timestamp;

use super::WatchFault;
use super::listing::Pending;
use crate::columns::RowKind;
use crate::dedupe::{Rule, Seed, Seen, since};
use crate::feed::Feed;
use crate::lists::{ListRule, Listed};
use crate::shelf::Recall;

/// What is remembered of one feed.
pub(crate) struct Memory {
    /// Which keys have been seen.
    pub(super) seen: Seen,
    /// What is on its list.
    pub(super) listed: Listed,
    /// Parts of lists that are not complete.
    pub(super) pending: Pending,
}

impl Memory {
    /// Rebuilds it; `read` asks the shelf until it answers.
    pub(super) fn read(
        feed: &Feed,
        (key, observation): (Seed, i64),
        mut read: impl FnMut(&Recall, &mut dyn FnMut(&RecordBatch)) -> Result<(), WatchFault>,
    ) -> Result<Self, WatchFault> {
        let now = Timestamp::from_microsecond(observation).unwrap_or_default();
        let mut seen = Seen::new(feed.rule.as_ref().map_or(0, |rule| rule.keys_max));
        let mut listed = Listed::default();
        if let Some(rule) = &feed.list {
            read(&list_recall(&feed.name), &mut |batch| listed.remember(batch, key))?;
            if let Some(recall) = delivery_recall(&feed.name, rule, now) {
                read(&recall, &mut |batch| listed.remember_delivery(batch))?;
            }
            listed = listed.remembered();
        } else if let Some(rule) = &feed.rule {
            read(&recall(&feed.name, rule, now), &mut |batch| seen.remember(batch, rule, key))?;
        }
        tracing::debug!(feed = %feed.name, keys = seen.len(), entries = listed.len(), "memory rebuilt");
        Ok(Self { seen, listed, pending: Pending::new() })
    }
}

/// Records of the last windows.
fn recall(feed: &FeedName, rule: &Rule, now: Timestamp) -> Recall {
    let since = since(rule, now);
    let columns = told_by(rule);
    Recall { kind: RowKind::Record, feed: feed.clone(), columns, since, until: None, having: None }
}

/// Records that what was taken in between two times may repeat, or be repeated by.
pub(super) fn recall_around(feed: &FeedName, rule: &Rule, (first, last): (i64, i64)) -> Recall {
    let at = |micros| Timestamp::from_microsecond(micros).ok();
    Recall {
        kind: RowKind::Record,
        feed: feed.clone(),
        columns: told_by(rule),
        since: at(first.saturating_sub(rule.held_for())),
        until: at(last.saturating_add(rule.held_for())),
        having: None,
    }
}

/// The columns that tell repeats, and those that tell when.
fn told_by(rule: &Rule) -> Vec<Column> {
    let mut columns = rule.columns();
    for column in [Column::TimeSource, Column::TimeObservation] {
        if !columns.contains(&column) {
            columns.push(column);
        }
    }
    columns
}

/// Everything that is known of a list.
fn list_recall(feed: &FeedName) -> Recall {
    Recall {
        kind: RowKind::Record,
        feed: feed.clone(),
        columns: Listed::columns(),
        since: None,
        until: None,
        having: Some(Column::ListState),
    }
}

/// When a list was delivered without any change; of no interest where its entries hold for ever.
fn delivery_recall(feed: &FeedName, rule: &ListRule, now: Timestamp) -> Option<Recall> {
    let after = rule.expires_after?;
    Some(Recall {
        kind: RowKind::Suppressed,
        feed: feed.clone(),
        columns: vec![Column::TimeObservation],
        since: now.checked_sub(after).ok(),
        until: None,
        having: None,
    })
}

//! The watch: what feeds say becomes rows on a shelf, durably, once, and with whose it is.
//!
//! read → normalise → enrich → deduplicate → shelve. Sources, sockets and the query engine are elsewhere:
//! bytes come in as blocks, rows go out to a [`Shelf`].

mod again;
mod columns;
mod counters;
mod dedupe;
mod enrichment;
mod feed;
mod geo;
mod inbox;
mod leases;
mod lists;
mod pipeline;
pub mod questions;
mod ranges;
mod registry;
mod rows;
mod said;
mod settings;
mod shelf;
mod shown;
mod warning_lists;

pub use again::{
    AGAIN, Again, AgainTap, Mark, Quarantined, Tried, Unresolved, Untaken, Within, look_up, try_out,
};
pub use columns::{BLOOM, Dated, PARTITION, RowKind, SORT, VIEWS, schema};
pub use counters::{Counters, Tally};
pub use dedupe::{Key, Rule, RuleOdd, Seed};
pub use enrichment::Enrichment;
pub use feed::{Defaults, Feed, Opener};
pub use geo::{Geo, GeoFault};
pub use inbox::{Delivery, Heard, Inbox, Part, Sent, Tap, Tapped, TurnedBack, Waiting, source_of};
pub use leases::{Lease, LeaseFault, Leases, LocalLeases};
pub use lists::{ListRule, ListState};
pub use pipeline::{Collector, Equipment, Limits, Passed, Timing, Wait, WatchFault};
pub use ranges::{Prefix, PrefixMalformed};
pub use registry::{End, Holding, Owned, Owner, Registry, Side};
pub use rows::{Origin, Rows, Spot, key_of, record_of, spot_of, text_of, value_of};
pub use said::{Gauges, Losses, Said, Seen, complete};
pub use settings::{
    DedupeSettings, FeedSettings, FolderSettings, ListSettings, MailSettings, Manner, NatsSettings,
    PullSettings, PushSettings, SettingsOdd, SourceSettings, SyslogSettings, WatchSettings,
};
pub use shelf::{Progress, Recall, Shelf, ShelfFault};
pub use shown::bytes_as_text;
pub use warning_lists::{WarningListFault, WarningLists};

#[cfg(test)]
mod histories;
#[cfg(test)]
mod testing;

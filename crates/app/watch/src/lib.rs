//! The watch: what feeds say becomes rows on a shelf, durably, once, and with whose it is.
//!
//! read → normalise → enrich → deduplicate → shelve. Sources, sockets and the query engine are elsewhere:
//! bytes come in as blocks, rows go out to a [`Shelf`].

mod columns;
mod dedupe;
mod leases;
pub mod questions;
mod ranges;
mod registry;
mod rows;
mod shelf;
mod shown;

pub use columns::{BLOOM, Dated, PARTITION, RowKind, SORT, VIEWS, schema};
pub use dedupe::{Key, Rule, RuleOdd, Seed};
pub use leases::{Lease, LeaseFault, Leases, LocalLeases};
pub use ranges::{Prefix, PrefixMalformed};
pub use registry::{End, Holding, Owned, Owner, Registry, Side};
pub use rows::{Origin, Rows, Spot, key_of, record_of, spot_of, text_of, value_of};
pub use shelf::{Progress, Recall, Shelf, ShelfFault};
pub use shown::bytes_as_text;

//! The watch: what feeds say becomes rows on a shelf, durably, once, and with whose it is.
//!
//! read → normalise → enrich → deduplicate → shelve. Sources, sockets and the query engine are elsewhere:
//! bytes come in as blocks, rows go out to a [`Shelf`].

mod shelf;

pub use shelf::{Progress, Shelf, ShelfFault};

//! Records at scale: one durable Delta table, its upkeep, and SQL over it.
//!
//! Tables are known here, and what their columns mean is not: a [`Shape`] says what is stored and how.
//! Files are written invisibly ([`Lake::write`]) and appear together with how far their source has come
//! ([`Lake::commit`]); whatever has been answered with `Ok` is on disk. Questions ([`Lake::query`]) read
//! one snapshot, change nothing and are bounded. There is no clock here: what is old is said by who asks.

mod bucket;
mod compact;
mod data;
mod disk;
mod fault;
mod lake;
mod log;
mod medium;
mod question;
mod session;
mod shape;
mod spill;
mod stats;
mod store;
mod table;
mod threads;
mod vacuum;

pub use bucket::{Access, BucketFault};
pub use compact::{Compacted, Compaction, Depth};
pub use data::{DataFile, Squeeze};
pub use fault::LakeFault;
pub use lake::{Lake, Place, Step, Table};
pub use question::{Answer, Ended, Limits, Progress, Scanned};
pub use shape::Shape;
pub use vacuum::{KEPT_AT_LEAST, Swept};

#[cfg(test)]
mod tests;

//! The journal, the boards, the blobs and the side state, on SQLite or PostgreSQL.
//!
//! One SQL text serves both engines. Payloads are opaque here and board rows are flat: what an
//! event means is not known in this crate. Everything that is written goes through one task per
//! node, which gathers what waits into one transaction; an answer is given only when it is on disk.
//! No statement here updates or deletes an entry.
//!
//! Start reading at [`Store::append`]; what a stored entry is, for ever, is at [`Entry`].

mod blob;
mod board;
mod commit;
mod copy;
mod engine;
mod erasure;
mod fault;
mod hash;
mod journal;
#[cfg(feature = "model")]
mod model;
mod schema;
mod select;
mod settings;
mod shadow;
mod side;
mod statement;
mod store;
mod verify;
mod writer;

pub use blob::{BlobSink, Collected, StoredBlob};
pub use board::{Board, Column, ColumnKind, Row, Value};
pub use commit::{BoardRows, Claim, Commit, Committed, NewBlob, NewEntry, Placed, StreamCommit};
pub use erasure::Scrubbed;
pub use fault::{AppendFault, ShadowFault, SideFault, StoreFault};
pub use hash::{Hash, HashMalformed, digest};
pub use journal::{Entry, Head};
#[cfg(feature = "model")]
pub use model::{Call, Fate, Faults, ModelDisk, NoFaults, Planted, Tampering, Touch};
pub use select::{Cursor, CursorMalformed, Direction, Filter, Select, Sight};
pub use settings::{Figures, Settings};
pub use shadow::{Comparison, Difference, Shadow, StreamRows};
pub use side::{Expected, Side, SideWrite};
pub use store::{Moved, Store};
pub use verify::{Broken, Progress, VerifyFault, Why};

//! What the store promises, on both engines and on the model of them.
//!
//! Each fact is written once and runs on SQLite, on PostgreSQL and in memory. `FENGSUI_TEST_POSTGRES` names the
//! server; `scripts/with-postgres` starts one. Without it those tests fail; `off` leaves them out.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that panics has failed, which is what it is for"
)]

#[path = "contract/blobs.rs"]
mod blobs;
#[path = "contract/boards.rs"]
mod boards;
#[path = "contract/chance.rs"]
mod chance;
#[path = "contract/copy.rs"]
mod copy;
#[path = "contract/journal.rs"]
mod journal;
#[path = "contract/loss.rs"]
mod loss;
#[path = "contract/place.rs"]
mod place;
#[path = "contract/rebuild.rs"]
mod rebuild;
#[path = "contract/side.rs"]
mod side;
#[path = "contract/tampering.rs"]
mod tampering;

//! The public pages, the reports, the desk and the guard of every route, through the real router on a
//! SQLite file, with a clock that stands where it was set.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test that fails should say where"
)]

mod bad_input;
mod centre;
mod guard;
mod public;
mod reports;
mod shifts;
mod watch;

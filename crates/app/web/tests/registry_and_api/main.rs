//! The registry's screens, the plans, the administration and the API, through the real router on a
//! SQLite file, with a clock that stands where it was set.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::excessive_nesting,
    clippy::format_push_string,
    reason = "a test that is wrong should stop"
)]

mod accountability;
mod api;
mod custody;
mod house;
mod plans;
mod push;
mod registry;
mod roster;
mod screens;

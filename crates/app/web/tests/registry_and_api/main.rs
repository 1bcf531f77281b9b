//! The registry's screens, the plans, the administration and the API, through the real router on a
//! SQLite file, with a clock that stands where it was set.

mod api;
mod house;
mod screens;

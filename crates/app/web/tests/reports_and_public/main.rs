//! The public pages, the reports, the desk and the guard of every route, through the real router on a
//! SQLite file, with a clock that stands where it was set.

mod bad_input;
mod centre;
mod guard;
mod public;
mod reports;

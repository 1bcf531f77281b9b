//! The lake as a whole, with a small table shaped like the real one.

mod killed;
mod questions;
mod ground;
mod upkeep;
mod writing;

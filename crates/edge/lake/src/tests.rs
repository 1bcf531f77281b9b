//! The lake as a whole, with a small table shaped like the real one.

mod ground;
mod killed;
mod outcomes;
mod questions;
mod storage;
mod upkeep;
mod writing;

pub(crate) use ground::shape;

//! The watch joined to the lake, to the sources and to the desk. Nothing is decided here.

mod holdings;
mod shelf;

pub(crate) use holdings::{holdings_of, read_holdings};
pub(crate) use shelf::{LakeShelf, open_lake};

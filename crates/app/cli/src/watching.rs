//! The watch joined to the lake, to the sources and to the desk. Nothing is decided here.

mod bucket;
mod collect;
mod enriched;
mod gauges;
mod holdings;
mod lookout;
mod machine;
mod rereading;
mod shelf;
mod sources;
mod tap;
mod understood;

pub(crate) use bucket::place_at;
pub(crate) use collect::Collecting;
pub(crate) use enriched::{Known, beside, enrichment};
pub(crate) use gauges::completed;
pub(crate) use holdings::holdings_of;
pub(crate) use lookout::LakeLookout;
use machine::Lasting;
pub(crate) use machine::{FileLeases, Machine, seed, usual_window};
pub(crate) use rereading::Rereading;
pub(crate) use shelf::{LakeShelf, find_lake, open_lake, open_place};
pub(crate) use tap::{FileTap, handed_on};
pub(crate) use understood::{Understood, read_mapping};

//! An emergency plan as data: read it, check it, grade by it, know who owes what to whom by when.
//!
//! Pure: no clock, no files; packs that ship are compiled in. This crate does not know what an
//! incident, a screen or a database is.
//!
//! Start reading at [`Plan`], then [`duties_of`] and [`Plan::grade`].

mod book;
mod canonical;
mod catalogue;
mod compare;
mod diagnostic;
mod duty;
mod grade;
mod history;
mod library;
mod model;
mod pack;
mod scenario;
mod taxonomy;
mod timeline;
mod timeline_drawing;

pub use book::*;
pub use canonical::*;
pub use catalogue::*;
pub use compare::*;
pub use diagnostic::*;
pub use duty::*;
pub use grade::*;
pub use history::*;
pub use library::*;
pub use model::*;
pub use pack::*;
pub use scenario::*;
pub use taxonomy::*;
pub use timeline::*;
pub use timeline_drawing::*;

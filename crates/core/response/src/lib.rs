//! Reports, incidents, organisations, the centre, people: what may be asked of them and what follows.
//!
//! Pure: `decide` looks at a state, at what was asked and at the [`Scene`], and answers with events or
//! a [`Refusal`]; `evolve` brings a state up to date with one event and never fails. No level, no
//! deadline and no authority is here: those are the plan's. No clock, no ids of its own, no I/O.
//!
//! Start reading at [`incident`], then [`accept`], where a report becomes part of an incident.

pub mod accept;
pub mod accountability;
mod actor;
mod anchor;
mod blob;
mod books;
pub mod call_out;
pub mod centre;
pub mod clock;
pub mod custody;
pub mod deep;
pub mod dispatch;
mod event;
pub mod house;
pub mod incident;
pub mod message;
pub mod organisation;
mod party;
pub mod person;
mod recorded;
mod refusal;
pub mod report;
pub mod roster;
mod scene;
pub mod shift;
#[cfg(any(test, feature = "testing"))]
#[expect(clippy::missing_panics_doc, reason = "a test that fails panics")]
pub mod testing;
#[cfg(test)]
mod tests;
mod tick;

pub use actor::{Actor, Asked, Capacity, CapacityUnknown};
pub use anchor::{AnchorKind, Anchors};
pub use blob::{Attachment, BlobRef};
pub use event::*;
pub use party::{Affected, Party, PartyMalformed};
pub use recorded::{Decided, Recorded};
pub use refusal::Refusal;
pub use scene::{Packs, PlanRef, Scene};
pub use tick::{Carried, CarriedWhat, Delivery, ReadBack, Tick};

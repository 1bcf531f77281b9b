//! Custody: what may not be erased, what was, and who was given evidence.
//!
//! One short stream beside each subject (`custody:report:…`), so that whatever is held, erased or handed over is
//! told in one place. A hold blocks erasure, also that by rules of the house. Nobody approves an erasure that they
//! asked for, and nobody lifts a hold that they placed.
//!
//! Start reading at [`decide()`]; how long things are kept is at [`retention`].

mod command;
mod decide;
mod evolve;
pub mod retention;

use std::collections::{BTreeMap, BTreeSet};

use fengsui_vocabulary::{BlobId, Line, PersonId};
use jiff::Timestamp;

use crate::{Actor, BlobRef, Capacity, CustodyEvent, ErasureScope, Recorded, Refusal};

pub use command::{CustodyCommand, Held, Packaged};
pub use decide::{decide, of_related};
pub use evolve::evolve;

/// The custody of one subject as far as its stream tells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Custody {
    /// Holds by number.
    pub holds: BTreeMap<u32, Hold>,
    /// Requests to erase, by number.
    pub requests: BTreeMap<u32, Request>,
    /// What was erased.
    pub erased: BTreeMap<BlobId, Erased>,
    /// Packages of evidence by number.
    pub packages: BTreeMap<u32, Package>,
    /// Everything that was written to its stream, in order.
    pub log: Vec<Recorded<CustodyEvent>>,
}

/// A legal hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hold {
    /// On what ground.
    pub ground: Line,
    /// By whose demand.
    pub demanded_by: Option<Line>,
    /// Who placed it.
    pub placed_by: PersonId,
    /// When.
    pub placed_at: Timestamp,
    /// When, by whom and why it was lifted.
    pub lifted: Option<Ended>,
}

/// How something ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ended {
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub by: PersonId,
    /// Why; none where no reason is asked for.
    pub reason: Option<Line>,
}

/// A request to erase texts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Which.
    pub what: ErasureScope,
    /// On what ground.
    pub ground: Line,
    /// By whose demand.
    pub demanded_by: Option<Line>,
    /// Who asked.
    pub requested_by: PersonId,
    /// When.
    pub requested_at: Timestamp,
    /// Where it stands.
    pub standing: Standing,
}

/// Where a request stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Somebody else must decide.
    Waiting,
    /// It was taken back.
    Withdrawn(Ended),
    /// It was refused.
    Refused(Ended),
    /// It was approved and carried out.
    Approved(Ended),
}

/// That something was erased.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Erased {
    /// When.
    pub at: Timestamp,
    /// On what ground.
    pub ground: Line,
    /// What its digest was.
    pub digest: String,
}

/// A package of evidence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Package {
    /// What is known of the file.
    pub file: Packaged,
    /// Who made it.
    pub made_by: PersonId,
    /// To whom it was handed over, oldest first.
    pub handed_over: Vec<HandedOver>,
}

/// That a package was handed over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HandedOver {
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub by: PersonId,
    /// To whom.
    pub recipient: Line,
    /// The receipt that was given for it.
    pub receipt: Line,
}

/// Who may place a hold, ask for an erasure and handle evidence.
pub const HANDLES: [Capacity; 4] =
    [Capacity::Officer, Capacity::Leader, Capacity::Auditor, Capacity::Administrator];

/// Who may approve or refuse an erasure and lift a hold: never alone what they asked for themselves.
pub const DECIDES: [Capacity; 2] = [Capacity::Leader, Capacity::Auditor];

impl Custody {
    /// Holds in force, by number.
    pub fn holds_in_force(&self) -> impl Iterator<Item = (u32, &Hold)> {
        let in_force = self.holds.iter().filter(|(_, hold)| hold.lifted.is_none());
        in_force.map(|(number, hold)| (*number, hold))
    }

    /// Requests that wait for somebody's decision, by number.
    pub fn waiting(&self) -> impl Iterator<Item = (u32, &Request)> {
        let waiting = self.requests.iter().filter(|(_, it)| it.standing == Standing::Waiting);
        waiting.map(|(number, request)| (*number, request))
    }

    /// Which of these texts a request is about: those not erased yet.
    pub fn meant<'a>(&self, what: &ErasureScope, texts: &'a [BlobRef]) -> Vec<&'a BlobRef> {
        let is_meant = |text: &&BlobRef| match what {
            ErasureScope::AllTexts => true,
            ErasureScope::These(these) => these.contains(&text.blob),
        };
        let mut seen = BTreeSet::new();
        let fresh = texts.iter().filter(|text| !self.erased.contains_key(&text.blob));
        fresh.filter(is_meant).filter(|text| seen.insert(text.blob)).collect()
    }
}

/// Whether somebody works in one of these capacities, or the refusal that says so.
pub(crate) fn needs(by: &Actor, capacities: &[Capacity]) -> Result<(), Refusal> {
    if capacities.iter().any(|capacity| by.has(*capacity)) {
        return Ok(());
    }
    let capacity = capacities.first().copied().unwrap_or(Capacity::Auditor);
    Err(Refusal::NeedsCapacity { capacity })
}

//! Use cases of the desk: load, decide, commit; what follows for the boards; who may see what.
//!
//! It joins the response and the plan with the store, and speaks neither HTTP nor SQL. The clock, ids
//! and secrets are given to it, so the same story can be told again exactly.
//!
//! Start reading at [`Desk`], then `commit` (how a command is carried out) and `view`.

mod accept;
mod account;
mod blobs;
mod boards;
mod cache;
mod call_out;
mod clock;
mod commit;
pub mod content;
#[cfg(feature = "testing")]
mod copies;
mod desk;
mod directory;
mod districts;
mod fault;
mod intake;
mod journal;
mod live;
mod outgoing;
mod packs;
mod pass;
mod project;
mod registry;
mod replay;
mod roster;
mod secret;
pub mod signature;
mod stream;
mod upkeep;
mod view;
mod viewer;

pub use accept::{Acceptance, Accepting, Added};
pub use account::{
    Account, ApiToken, PASSWORD_CHARS_MIN, PasswordFault, PasswordWeak, Session, SessionCookie,
    SignInRefused, SignedIn,
};
pub use blobs::Kept;
pub use call_out::{CallOutFilter, CallOutLine, CallOutMay, CallOutView, CallOutWhom, NewCallOut};
pub use clock::{Clock, IdSource, MachineClock, MachineIds, StoryClock, StoryIds};
pub use commit::Done;
pub use desk::{Desk, DeskSettings};
pub use directory::Directory;
pub use districts::{DISTRICTS, District};
pub use fault::{DeskFault, FieldProblem};
pub use fengsui_response::Capacity;
pub use fengsui_store::{Broken, Head};
pub use intake::{Arrival, ArrivedFile, FILES_MAX, Receipt};
pub use journal::Rebuilt;
pub use outgoing::Correspondence;
pub use packs::{NewRuling, OfferedPack, PACK_BYTES_MAX, WORDING_BYTES_MAX};
pub use registry::{
    AccountLine, ImportLine, ImportMistake, ImportProblem, NewAccount, NewOrganisation,
    OrganisationChange, OrganisationImport, RoleLine,
};
pub use replay::Replayed;
pub use roster::{
    DraftLike, NewSubstitution, RosterBook, RosterDay, RosterImport, RosterLine, RosterMistake,
    RosterPerson, RosterProblem, RosterShift, RosterView, SubstitutionLine,
};
pub use view::{
    Deliverable, DeskView, DraftLine, DutyLine, EditionLine, Holder, IncidentLine, IncidentView,
    MineView, NextForPack, NotReportedLine, OnlyOpen, OrganisationLine, OrganisationView, Owed,
    Page, PlanOfIncident, PlanWaiting, ReadFile, ReceiptView, ReportFilter, ReportLine, ReportView,
    RulingView, SearchHit, SharedNetwork, WaitingLine, WordingView, WorkGroup,
};
pub use viewer::{Reach, Viewer};

//! Use cases of the desk: load, decide, commit; what follows for the boards; who may see what.
//!
//! It joins the response and the plan with the store, and speaks neither HTTP nor SQL. The clock, ids
//! and secrets are given to it, so the same story can be told again exactly.
//!
//! Start reading at [`Desk`], then `commit` (how a command is carried out) and `view`.

mod accept;
mod account;
mod accountability;
mod audit;
mod back_entry;
mod backup;
mod blobs;
mod boards;
mod cache;
mod call_out;
mod clock;
mod clock_loop;
mod commit;
pub mod content;
#[cfg(feature = "testing")]
mod copies;
mod custody;
mod desk;
mod detection;
mod directory;
mod dispatch;
mod districts;
mod fault;
mod house;
mod intake;
mod journal;
mod live;
mod lookout;
mod open_work;
mod outgoing;
mod packs;
mod paper;
mod pass;
mod project;
mod registry;
mod replay;
mod roster;
mod secret;
mod self_watch;
mod shift;
pub mod signature;
mod stream;
mod upkeep;
mod view;
mod viewer;
mod ways;
mod wire;

pub use accept::{Acceptance, Accepting, Added};
pub use account::{
    Account, ApiToken, PASSWORD_CHARS_MIN, PasswordFault, PasswordWeak, Scope, Session,
    SessionCookie, SignInRefused, SignedIn,
};
pub use accountability::NewAccountability;
pub use audit::{AuditLine, Handed};
pub use back_entry::{
    BackEntered, BackEntry, BackEntryTable, DoneBefore, LoggedBefore, TABLE_COLUMNS, TableMistake,
    TableProblem,
};
pub use backup::{BackupFault, BackupMade, BackupStage, FilesFault, Manifest};
pub use blobs::Kept;
pub use call_out::{CallOutFilter, CallOutLine, CallOutMay, CallOutView, CallOutWhom, NewCallOut};
pub use clock::{Clock, IdSource, MachineClock, MachineIds, StoryClock, StoryIds};
pub use clock_loop::Ticked;
pub use commit::Done;
#[cfg(feature = "testing")]
pub use copies::IncidentModel;
pub use custody::{
    CustodyLine, CustodyView, CustodyWork, DueLine, ErasedText, EvidenceAsked, EvidenceBroken,
    EvidenceMade, EvidenceSound, HeldText, RetentionDue, verify_evidence,
};
pub use desk::{Desk, DeskSettings};
pub use detection::{Detected, Gathered, NotGathered, RECORDS_MAX, Struck};
pub use directory::Directory;
pub use dispatch::{BounceTaken, DispatchLag, Dispatching, NodeId, NodeIdMalformed, StrayReport};
pub use districts::{DISTRICTS, District};
pub use fault::{DeskFault, FieldProblem};
pub use fengsui_response::Capacity;
pub use fengsui_store::{Broken, Head};
pub use intake::{Arrival, ArrivedFile, FILES_MAX, Receipt};
pub use journal::Rebuilt;
pub use lookout::{Lookout, NoAnswer, NotReread, PushRefused, Pushed};
pub use open_work::{OpenCase, OpenDuty, OpenGroup};
pub use outgoing::Correspondence;
pub use packs::{NewRuling, OfferedPack, PACK_BYTES_MAX, WORDING_BYTES_MAX};
pub use paper::{Paper, PaperCall, PaperSection};
pub use registry::{
    AccountLine, ImportLine, ImportMistake, ImportProblem, NewAccount, NewOrganisation,
    OrganisationChange, OrganisationImport, RoleLine,
};
pub use replay::Replayed;
pub use roster::{
    DraftLike, NewSubstitution, RosterBook, RosterDay, RosterImport, RosterLine, RosterMistake,
    RosterPerson, RosterProblem, RosterShift, RosterView, SubstitutionLine,
};
pub use self_watch::{Ailment, ClockJump, ClockReading, HeartbeatReading, SelfWatch};
pub use shift::{
    HandOverChange, HandOverDuty, HandOverIncident, HandOverMessage, HandOverPromise, HandOverText,
    HandOverWaiting, LOG_KINDS, LogLine, LogPage, LogText, NewLogEntry, Preparing, ShiftLine,
    ShiftView, TakingOver,
};
pub use view::{
    AccountabilityLine, AccountabilityShelf, AccountabilityView, GroupBy, StatisticsLine,
    StatisticsPeriod, StatisticsView, SuggestionLine,
};
pub use view::{
    AttemptLine, Deliverable, DeskView, DraftLine, DutyLine, EditionLine, Holder, IncidentLine,
    IncidentView, MessageFilter, MessageLine, MessageView, MineView, NextForPack, NotReportedLine,
    OnlyOpen, OrganisationLine, OrganisationView, Owed, Page, PlanOfIncident, PlanWaiting,
    ReadFile, ReceiptView, ReportFilter, ReportLine, ReportView, RulingView, SearchHit,
    SharedNetwork, WaitingLine, WordingView, WorkGroup,
};
pub use viewer::{Reach, Viewer};
pub use ways::{Hook, Reached, ReachedMalformed, Ways};

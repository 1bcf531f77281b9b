//! What the screens and the API read. Everything goes through a [`crate::Viewer`].

mod desk;
mod incident;
mod list;
mod mine;
mod organisation;
mod plans;
mod receipt;
mod report;
mod work;

pub use desk::DeskView;
pub use incident::IncidentView;
pub use list::{
    DutyLine, IncidentLine, OnlyOpen, Page, ReportFilter, ReportLine, SearchHit, WaitingLine,
};
pub(crate) use list::{PAGE_LINES, id_of, parsed, place};
pub use mine::MineView;
pub use organisation::{OrganisationLine, OrganisationView, SharedNetwork};
pub use plans::{
    DraftLine, EditionLine, NextForPack, NotReportedLine, PlanOfIncident, PlanWaiting, RulingView,
    WordingView,
};
pub use receipt::{Owed, ReceiptView};
pub use report::{ReadFile, ReportView};
pub(crate) use work::worklist;
pub use work::{Deliverable, Holder, WorkGroup};

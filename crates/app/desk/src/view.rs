//! What the screens and the API read. Everything goes through a [`crate::Viewer`].

mod accountability;
mod desk;
mod incident;
mod list;
mod message;
mod mine;
mod organisation;
mod plans;
mod receipt;
mod report;
mod statistics;
mod work;

pub use accountability::{
    AccountabilityLine, AccountabilityShelf, AccountabilityView, SuggestionLine,
};
pub use desk::DeskView;
pub use incident::IncidentView;
pub use list::{
    DutyLine, IncidentLine, OnlyOpen, Page, ReportFilter, ReportLine, SearchHit, WaitingLine,
};
pub(crate) use list::{PAGE_LINES, id_of, parsed, place};
pub use message::{AttemptLine, MessageFilter, MessageLine, MessageView};
pub use mine::MineView;
pub use organisation::{OrganisationLine, OrganisationView, SharedNetwork};
pub use plans::{
    DraftLine, EditionLine, NextForPack, NotReportedLine, PlanOfIncident, PlanWaiting, RulingView,
    WordingView,
};
pub use receipt::{Owed, ReceiptView};
pub use report::{ReadFile, ReportView};
pub use statistics::{GroupBy, StatisticsLine, StatisticsPeriod, StatisticsView};
pub(crate) use work::worklist;
pub use work::{Deliverable, Holder, WorkGroup};

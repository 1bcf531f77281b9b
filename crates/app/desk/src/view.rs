//! What the screens and the API read. Everything goes through a [`crate::Viewer`].

mod desk;
mod incident;
mod list;
mod mine;
mod organisation;
mod receipt;
mod report;

pub use desk::DeskView;
pub use incident::IncidentView;
pub use list::{
    DutyLine, IncidentLine, OnlyOpen, Page, ReportFilter, ReportLine, SearchHit, WaitingLine,
};
pub use mine::MineView;
pub use organisation::{OrganisationLine, OrganisationView, SharedNetwork};
pub use receipt::{Owed, ReceiptView};
pub use report::{ReadFile, ReportView};

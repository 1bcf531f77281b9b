//! What each screen shows, as plain parts: the templates are typed by these.
//!
//! A handler fills a view and answers with it; nothing is looked up or decided here. Screens that are only
//! headings over parts use [`General`].

mod answers;
mod public;
mod work;

pub use answers::{Document, ErrorView, Imprint, Paragraph};
pub use public::{LookUp, LookUpResult, PublicReport, Receipt, ReceiptNumber, SignIn};
pub use work::{
    BookClause, Desk, Duplicate, General, IncidentView, MyOrganisation, Organisations, PlanGrade,
    PlanView, Plans, ReportView, Reports, SearchGroup, SearchView, Section,
};

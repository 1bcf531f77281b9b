//! Screens of people who are signed in.

use askama::Template;

use crate::page::{Page, Place};
use crate::parts::{
    Act, Grade, Header, Html, Items, Next, Notice, Pages, Pairs, Search, Strip, Table, Tabs,
    Timeline,
};

/// 值班台: what is due next, what waits, what runs, what was done last.
#[derive(Debug, Template)]
#[template(path = "desk.html")]
pub struct Desk {
    /// The frame.
    pub page: Page,
    /// The head.
    pub header: Header,
    /// What is due next; none if nothing is.
    pub next: Option<Next>,
    /// What is due after that.
    pub due: Table,
    /// What waits for the reader: voices, approvals, confirmations.
    pub waiting: Items,
    /// Reports that wait, the oldest first.
    pub reports: Items,
    /// How many reports wait in all.
    pub reports_waiting: u64,
    /// Running incidents.
    pub incidents: Table,
    /// Who is on duty now, and who is being called.
    pub on_duty: Html,
    /// The last lines of the duty log; none while nobody is on duty.
    pub log: Option<Timeline>,
    /// Whether the shift desk is the reader's place too.
    pub stands: bool,
}

/// 报告: not yet accepted, oldest promise first.
#[derive(Debug, Template)]
#[template(path = "reports.html")]
pub struct Reports {
    /// The frame.
    pub page: Page,
    /// The head.
    pub header: Header,
    /// Which reports.
    pub tabs: Tabs,
    /// The search box.
    pub search: Search,
    /// The reports.
    pub table: Table,
    /// The rest of them.
    pub pages: Option<Pages>,
    /// Likely duplicates, side by side.
    pub duplicates: Vec<Duplicate>,
}

/// Two reports that may be one.
#[derive(Debug)]
pub struct Duplicate {
    /// Why it seems so.
    pub why: String,
    /// The earlier one.
    pub first: Pairs,
    /// The later one.
    pub second: Pairs,
    /// What can be done: join, keep apart.
    pub acts: Vec<Act>,
}

/// One report.
#[derive(Debug, Template)]
#[template(path = "report.html")]
pub struct ReportView {
    /// The frame.
    pub page: Page,
    /// The head.
    pub header: Header,
    /// State, due, receipts.
    pub strip: Strip,
    /// What was reported.
    pub told: Pairs,
    /// The reporter's own words.
    pub words: Option<String>,
    /// Files.
    pub attachments: Items,
    /// What happened to it.
    pub story: Timeline,
    /// Its duties.
    pub duties: Table,
    /// What it would be graded.
    pub grade: Option<Grade>,
    /// Likely duplicates, side by side.
    pub duplicates: Vec<Duplicate>,
    /// What can be done.
    pub acts: Vec<Act>,
}

/// 事件: the story on the left, the law on the right.
#[derive(Debug, Template)]
#[template(path = "incident.html")]
pub struct IncidentView {
    /// The frame.
    pub page: Page,
    /// The head.
    pub header: Header,
    /// Level per plan, state, T+, people.
    pub strip: Strip,
    /// What is due next.
    pub next: Option<Next>,
    /// Facts, organisations, documents, review.
    pub tabs: Tabs,
    /// What happened.
    pub story: Timeline,
    /// Who owes what to whom.
    pub duties: Table,
    /// The grade of each plan, the lead plan first.
    pub grades: Vec<PlanGrade>,
    /// Who may do what at this level.
    pub authority: Table,
    /// What the reader can do.
    pub acts: Vec<Act>,
}

/// The grade by one plan.
#[derive(Debug)]
pub struct PlanGrade {
    /// The plan.
    pub plan: String,
    /// Its grade.
    pub grade: Grade,
}

/// 单位: the tree, searchable.
#[derive(Debug, Template)]
#[template(path = "organisations.html")]
pub struct Organisations {
    /// The frame.
    pub page: Page,
    /// The head.
    pub header: Header,
    /// The search box.
    pub search: Search,
    /// The organisations.
    pub table: Table,
    /// The rest of them.
    pub pages: Option<Pages>,
}

/// 本单位: what I owe to whom by when.
#[derive(Debug, Template)]
#[template(path = "my_organisation.html")]
pub struct MyOrganisation {
    /// The frame.
    pub page: Page,
    /// The head.
    pub header: Header,
    /// What is due next.
    pub next: Option<Next>,
    /// What I owe.
    pub duties: Table,
    /// My reports and incidents.
    pub reports: Table,
    /// Questions put to me.
    pub questions: Items,
    /// What is known about us: contacts, telephones, systems.
    pub about: Pairs,
}

/// 预案: the plans in force and the editions kept.
#[derive(Debug, Template)]
#[template(path = "plans.html")]
pub struct Plans {
    /// The frame.
    pub page: Page,
    /// The head.
    pub header: Header,
    /// The plans.
    pub table: Table,
    /// Roles that are bound to nobody.
    pub unbound: Items,
}

/// One plan as a readable document: what it says, and what the program will do.
#[derive(Debug, Template)]
#[template(path = "plan.html")]
pub struct PlanView {
    /// The frame.
    pub page: Page,
    /// The head.
    pub header: Header,
    /// Issuer, edition, dates, hash.
    pub about: Pairs,
    /// What everybody should know about this text.
    pub notice: Option<Notice>,
    /// The clauses.
    pub clauses: Vec<BookClause>,
    /// What the text leaves open, and how it is filled here.
    pub policies: Table,
}

/// One clause of a plan.
#[derive(Debug)]
pub struct BookClause {
    /// The name of its place on the page: `c-4.1.1`.
    pub id: String,
    /// Its number.
    pub number: String,
    /// Our paraphrase in the reader's language.
    pub text: String,
    /// The Chinese beside it, for a reader of English.
    pub chinese: Option<String>,
    /// The official wording, if attached.
    pub official: Option<String>,
    /// How sure we are, as a badge.
    pub evidence: Html,
    /// What the program will do.
    pub does: Vec<Html>,
}

/// Results of a search.
#[derive(Debug, Template)]
#[template(path = "search.html")]
pub struct SearchView {
    /// The frame.
    pub page: Page,
    /// The head.
    pub header: Header,
    /// The search box.
    pub search: Search,
    /// Results by kind.
    pub groups: Vec<SearchGroup>,
    /// What to say when nothing was found, or nothing was asked.
    pub empty: String,
}

/// Results of one kind.
#[derive(Debug)]
pub struct SearchGroup {
    /// What they are.
    pub title: String,
    /// The results.
    pub items: Items,
}

/// A screen that is headings over parts: an organisation, an account, a tab of an incident.
#[derive(Debug, Template)]
#[template(path = "general.html")]
pub struct General {
    /// The frame.
    pub page: Page,
    /// The head.
    pub header: Header,
    /// The strip of the thing, on every tab of it.
    pub strip: Option<Strip>,
    /// The tabs of the thing.
    pub tabs: Option<Tabs>,
    /// The parts.
    pub sections: Vec<Section>,
    /// What can be done.
    pub acts: Vec<Act>,
}

/// A heading over a part.
#[derive(Debug)]
pub struct Section {
    /// A name on this screen; it refreshes by it.
    pub id: String,
    /// The heading.
    pub title: String,
    /// The part.
    pub body: Html,
}

impl Section {
    /// A heading over a part.
    pub fn new(id: &str, title: impl Into<String>, body: Html) -> Self {
        Self { id: id.to_owned(), title: title.into(), body }
    }
}

//! How the document describes values of other crates. Nothing here is ever filled: the values
//! themselves are written and read by their own types, which these mirror.
#![expect(dead_code, reason = "these only describe; nothing is ever one of them")]

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

/// What is known about an incident: a fact of the catalogue (`fengsui plan facts`) with its value, or
/// with a range when only its ends are known.
#[derive(Serialize, ToSchema)]
pub(crate) struct Facts(BTreeMap<String, FactValue>);

/// A value that is known exactly, or a range with both ends included.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
pub(crate) enum FactValue {
    /// Yes or no.
    Flag(bool),
    /// A number.
    Number(f64),
    /// A word of the catalogue, a duration, a district.
    Word(String),
    /// Only the ends are known.
    Range {
        /// The lower end; absent when it is open.
        min: Option<Scalar>,
        /// The upper end; absent when it is open.
        max: Option<Scalar>,
    },
}

/// One end of a range.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
pub(crate) enum Scalar {
    /// A number.
    Number(f64),
    /// A word of the catalogue or a duration.
    Word(String),
}

/// Times of an affected organisation: the origins of clocks.
#[derive(Serialize, ToSchema)]
#[expect(clippy::struct_field_names, reason = "they are called so in bodies")]
pub(crate) struct Anchors {
    /// When it began.
    #[schema(format = DateTime)]
    occurred_at: Option<String>,
    /// When the organisation noticed it.
    #[schema(format = DateTime)]
    discovered_at: Option<String>,
    /// When the organisation was told.
    #[schema(format = DateTime)]
    informed_at: Option<String>,
}

/// One duty of one sender towards one recipient, as lists of duties give it.
#[derive(Serialize, ToSchema)]
pub(crate) struct Tick {
    /// The plan that imposes it.
    plan: String,
    /// The duty: `sh-4.1.1-oral`.
    duty: String,
    /// The affected organisation, where the duty is one organisation's own.
    party: Option<String>,
    /// The role that owes it.
    by: String,
    /// The role to which.
    to: Option<String>,
    /// The slot of a recurring duty, from 1.
    slot: Option<u32>,
}

/// The class of a taxonomy.
#[derive(Serialize, ToSchema)]
pub(crate) struct ClassRef {
    /// The taxonomy: `gbz-20986-2007`.
    taxonomy: String,
    /// The code.
    code: String,
}

/// Who said something: exactly one of these.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum SaidBy {
    /// Whoever sent a report.
    Report(String),
    /// An organisation.
    Organisation(String),
    /// A role of the plan.
    Role(String),
}

/// A call: who called whom, and what was said.
#[derive(Serialize, ToSchema)]
pub(crate) struct CallRecord {
    /// Who called.
    caller: String,
    /// Who answered.
    callee: String,
    /// What was said.
    said: String,
}

/// A document exactly as it was sent.
#[derive(Serialize, ToSchema)]
pub(crate) struct DocumentText {
    /// Its title.
    title: String,
    /// 首报, 续报 or 终报.
    stage: String,
    /// To whom, by name.
    addressees: Vec<String>,
    /// From whom, by name.
    sender: String,
    /// Who signs.
    signatory: Option<String>,
    /// What was filled in.
    fields: Vec<DocumentField>,
    /// The free text below.
    body: Option<String>,
}

/// A field of a document.
#[derive(Serialize, ToSchema)]
pub(crate) struct DocumentField {
    /// What was asked.
    label: String,
    /// What stands there.
    value: String,
    /// Whether nobody has verified it yet.
    unverified: bool,
}

/// What is known of one affected organisation.
#[derive(Serialize, ToSchema)]
pub(crate) struct Anchored {
    /// Which, if the registry knows it.
    organisation: Option<String>,
    /// Where it is.
    district: Option<String>,
    /// When it happened there.
    anchors: Anchors,
}

/// A duty as `fengsui plan duties` says it. Times carry the offset of the plan.
#[derive(Serialize, ToSchema)]
pub(crate) struct DutyView {
    /// The plan that imposes it.
    plan: String,
    /// Its id.
    duty: String,
    /// The clause.
    clause: String,
    /// The role that owes it.
    actor: String,
    /// The role to which.
    to: Option<String>,
    /// `oral`, `written` or `any`.
    channel: String,
    /// The affected organisation whose own it is.
    organisation: Option<String>,
    /// When it is due.
    #[schema(format = DateTime)]
    due: Option<String>,
    /// When it was done.
    #[schema(format = DateTime)]
    done_at: Option<String>,
    /// When it came to be owed.
    #[schema(format = DateTime)]
    arose_at: String,
    /// Other reckonings of the text, or of a corrected anchor.
    also_read_as: Vec<String>,
    /// `within`, `immediate`, `simultaneous`, `recurring`, `continuing`, `on_request`, `undefined`.
    kind: String,
    /// Where its clock starts.
    anchor: String,
    /// Whether that start is assumed, because the text names none.
    assumed: bool,
    /// The slot of a recurring duty, from 1.
    slot: Option<u32>,
    /// `pending`, `done`, `done_recorded_late`, `late`, `missed`, `waived`, `superseded`, `elapsed`.
    state: String,
    /// Why.
    because: Vec<Because>,
}

/// One reason.
#[derive(Serialize, ToSchema)]
pub(crate) struct Because {
    /// The clause it rests on.
    clause: String,
    /// The reason, Chinese first, then English.
    text: String,
}

/// A text in both languages; the Chinese one is the legal one.
#[derive(Serialize, ToSchema)]
pub(crate) struct Label {
    /// Simplified Chinese.
    zh: String,
    /// English; may be empty.
    en: String,
}

/// A report in a list.
#[derive(Serialize, ToSchema)]
pub(crate) struct ReportLine {
    /// Which.
    report: String,
    /// Its number.
    number: String,
    /// `waiting`, `accepted`, `declined`, `sealed`, `split` or `merged`.
    state: String,
    /// What it is about.
    kind: String,
    /// How it came.
    channel: String,
    /// In a line.
    title: String,
    /// Which role took it in.
    taken_in_by: String,
    /// When.
    #[schema(format = DateTime)]
    taken_in_at: String,
    /// The affected organisations, by id or by place in the report.
    affected: Vec<String>,
    /// The incident it is part of.
    incident: Option<String>,
    /// Questions that wait for the reporter.
    open_questions: i64,
}

/// An incident in a list.
#[derive(Serialize, ToSchema)]
pub(crate) struct IncidentLine {
    /// Which.
    incident: String,
    /// Its number.
    number: String,
    /// What it is called.
    title: String,
    /// Whether it is open.
    is_open: bool,
    /// When it was opened.
    #[schema(format = DateTime)]
    opened_at: String,
    /// The leading plan.
    plan: String,
    /// The level that is certain.
    certain: Option<String>,
    /// The level that is possible.
    possible: Option<String>,
    /// The level that was judged.
    judged: Option<String>,
    /// `not-started`, `running` or `ended`.
    response: String,
    /// The level of the running response.
    response_level: Option<String>,
    /// When the next duty is due.
    #[schema(format = DateTime)]
    next_due_at: Option<String>,
    /// Duties that are open.
    open_duties: i64,
}

/// A duty in a list.
#[derive(Serialize, ToSchema)]
pub(crate) struct DutyLine {
    /// The stream it belongs to: `report:…` or `incident:…`.
    stream: String,
    /// The plan.
    plan: String,
    /// The duty.
    duty: String,
    /// The clause.
    clause: String,
    /// What it is.
    label: Label,
    /// The affected organisation whose duty it is.
    organisation: Option<String>,
    /// The role that owes it.
    sender: String,
    /// The role to which.
    recipient: Option<String>,
    /// The slot of a recurring one.
    slot: Option<u32>,
    /// `oral`, `written` or `any`.
    channel: String,
    /// The kind of its deadline.
    kind: String,
    /// Where it stands now.
    state: String,
    /// When it is due.
    #[schema(format = DateTime)]
    due: Option<String>,
    /// When it came to be owed.
    #[schema(format = DateTime)]
    arose_at: String,
    /// When it was done.
    #[schema(format = DateTime)]
    done_at: Option<String>,
    /// Whether its anchor is assumed.
    assumed: bool,
}

/// An organisation in a list.
#[derive(Serialize, ToSchema)]
pub(crate) struct OrganisationLine {
    /// Which.
    organisation: String,
    /// Its name.
    name: Label,
    /// The one above it.
    parent: Option<String>,
    /// Its district, by GB/T 2260 code.
    district: Option<String>,
    /// Its sector.
    sector: Option<String>,
    /// What it is in the sense of the law.
    kinds: Vec<String>,
    /// `registered` or `closed`.
    state: String,
}

/// A page of reports.
#[derive(Serialize, ToSchema)]
pub(crate) struct ReportPage {
    /// The reports.
    lines: Vec<ReportLine>,
    /// What to ask for the next page: `after`; absent on the last one.
    next: Option<String>,
}

/// A page of incidents.
#[derive(Serialize, ToSchema)]
pub(crate) struct IncidentPage {
    /// The incidents.
    lines: Vec<IncidentLine>,
    /// What to ask for the next page: `after`; absent on the last one.
    next: Option<String>,
}

/// A page of organisations.
#[derive(Serialize, ToSchema)]
pub(crate) struct OrganisationPage {
    /// The organisations.
    lines: Vec<OrganisationLine>,
    /// What to ask for the next page: `after`; absent on the last one.
    next: Option<String>,
}

/// What a search found.
#[derive(Serialize, ToSchema)]
pub(crate) struct SearchHit {
    /// The stream: `report:…`, `incident:…`, `organisation:…`.
    stream: String,
    /// `report`, `incident` or `organisation`.
    kind: String,
    /// Its number, where it has one.
    number: String,
    /// What it is called.
    title: String,
    /// When it came.
    #[schema(format = DateTime)]
    at: String,
}

/// What the reporter holds, 回执.
#[derive(Serialize, ToSchema)]
pub(crate) struct Receipt {
    /// Which report.
    report: String,
    /// The number to name.
    number: String,
    /// What opens it besides the number.
    secret: String,
    /// When it was taken in.
    #[schema(format = DateTime)]
    taken_in_at: String,
    /// The place of its first entry in the journal.
    position: u64,
    /// The hash of that entry.
    leaf: String,
    /// Whether the same report had been taken in before.
    repeated: bool,
}

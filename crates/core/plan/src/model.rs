//! A plan after reading and checking: what the rest of the program asks.
//!
//! Everything here is a value of some pack; only the shapes are ours. A [`Plan`] exists only when its
//! pack has no error, so every reference inside it resolves.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use fengsui_vocabulary::{
    AnchorName, ClauseId, CriterionId, DutyId, FactId, FormId, Label, LevelId, PlanId, RoleId,
    TaxonomyCode,
};
use jiff::SignedDuration;
use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use crate::catalogue::Catalogue;
use crate::grade::Grader;
use crate::scenario::Scenario;

/// An emergency plan, ready to be carried out.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The pack's identity: `shanghai-2019`.
    pub id: PlanId,
    /// What its duty ids begin with: `sh`.
    pub short: String,
    /// SHA-256 of the pack's bytes, in lower-case hexadecimal digits.
    pub hash: String,
    /// The same for what the pack says, with everything it stands on: comments, white space and the
    /// order of keys do not matter.
    pub canonical_hash: String,
    /// What the pack says, with everything it stands on.
    pub(crate) whole: Arc<serde_json::Value>,
    /// The pack's bytes as they were read: kept in the record on adoption.
    pub text: String,
    /// Title, edition, issuer, dates.
    pub about: About,
    /// The zone in which this plan reckons and shows times.
    pub time_zone: TimeZone,
    /// Whether an anchor's own offset goes before that zone.
    pub reckons_by: Reckoning,
    /// The plans that this one stands on, the nearest first.
    pub lineage: Vec<PlanId>,
    /// When the plan applies to an incident; none means to every incident that is taken in here.
    pub scopes: Vec<Scope>,
    /// The levels, worst first. A level's rank is its index.
    pub levels: Vec<Level>,
    /// Every clause that a rule cites, and every clause without a rule with the reason.
    pub clauses: BTreeMap<ClauseId, Clause>,
    /// The abstract roles.
    pub roles: BTreeMap<RoleId, Role>,
    /// The criteria, compiled for evaluation.
    pub grader: Grader,
    /// Parts that belong to another plan.
    pub hand_overs: Vec<HandOver>,
    /// Who owes what to whom.
    pub duties: Vec<DutyRule>,
    /// Who may do what.
    pub authorities: Vec<Authority>,
    /// What the text leaves open, and how this deployment fills it.
    pub policies: BTreeMap<String, Policy>,
    /// Readings of the text that were chosen, declared for everybody to see.
    pub readings: Vec<Reading>,
    /// The order in which a technical plan 处置方案 is made and carried out, if the text gives one.
    pub technical_plan: Option<TechnicalPlan>,
    /// The catalogue of measures.
    pub measures: Vec<Measure>,
    /// Forms of documents.
    pub forms: BTreeMap<FormId, Form>,
    /// Classes of incidents.
    pub taxonomies: Vec<Taxonomy>,
    /// How the pack reads what the text leaves to reckoning.
    pub settings: Settings,
    /// Calendars by id, for working days.
    pub calendars: BTreeMap<String, Calendar>,
    /// The facts this plan asks for and judges by: the shared catalogue and the pack's own.
    pub facts: Arc<Catalogue>,
    /// Golden scenarios: what happens, and what must then be owed.
    pub scenarios: Vec<Scenario>,
}

/// On whose clock a plan reckons days and shows times.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reckoning {
    /// On the plan's own.
    #[default]
    Zone,
    /// On the clock of the time at which the duty's clock started, where its offset is known.
    Anchor,
}

/// One way in which a plan applies to an incident.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scope {
    /// Its id.
    pub id: CriterionId,
    /// The clause.
    pub clause: ClauseId,
    /// What it says.
    pub label: Label,
}

/// Title page of a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct About {
    /// Title of the plan.
    pub title: Label,
    /// Who issued it.
    pub issuer: Label,
    /// Where it is in force.
    pub jurisdiction: Option<Label>,
    /// Edition as the issuer calls it.
    pub edition: String,
    /// Official document number, if it has one.
    pub document_number: Option<String>,
    /// First day in force, if known.
    pub in_force_from: Option<Date>,
    /// Last day in force, if it has ended.
    pub in_force_until: Option<Date>,
    /// Earlier editions that this one replaces.
    pub supersedes: Vec<String>,
    /// What everybody should know: the pack does not replace the official text.
    pub notice: Label,
}

/// One level of a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Level {
    /// Its own name: `I`.
    pub id: LevelId,
    /// The clause that sets it up.
    pub clause: ClauseId,
    /// Its word: 特别重大 / extremely major.
    pub label: Label,
    /// The colour of warnings and badges, if the plan has colours.
    pub colour: Option<Colour>,
}

/// The four colours of warnings, worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Colour {
    /// 红色
    Red,
    /// 橙色
    Orange,
    /// 黄色
    Yellow,
    /// 蓝色
    Blue,
}

/// A clause in our own words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clause {
    /// Its number: `4.1.1`.
    pub id: ClauseId,
    /// Its place in the text, from 0.
    pub place: usize,
    /// Our paraphrase in both languages; the deployment shows the official wording beside it.
    pub text: Label,
    /// How sure we are of it.
    pub evidence: Evidence,
    /// Where it was read.
    pub source: String,
    /// Obligations of the register of regimes that it carries: `SH-31`.
    pub carries: Vec<String>,
    /// Why no rule follows from it, if none does.
    pub no_rule: Option<Label>,
}

/// How a rule is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Evidence {
    /// Read in the official text.
    Official,
    /// Read only in somebody else's account of it.
    Secondary,
    /// From memory: not to be relied on before somebody has looked.
    #[default]
    Unverified,
}

/// A role of the plan: bound to organisations or people at deployment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Role {
    /// Its id: `cac_duty_room`.
    pub id: RoleId,
    /// Its name.
    pub label: Label,
    /// Where the plan establishes it.
    pub clause: ClauseId,
    /// Receipt by this role counts as receipt by that one: the duty room receives for the Office.
    pub part_of: Option<RoleId>,
    /// How it becomes somebody.
    pub bound: Binding,
    /// The role that becomes this one by a decision, for [`Binding::Converted`].
    pub converted_from: Option<RoleId>,
}

/// How a role becomes an organisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Binding {
    /// Bound once at deployment; unbound it blocks the start.
    Deployment,
    /// Bound at deployment if the place has it; unbound it blocks nothing.
    Optional,
    /// Every affected organisation of the incident is one.
    Affected,
    /// The authority of the district of the affected organisation.
    District,
    /// The authority for the sector of the affected organisation.
    Sector,
    /// Somebody outside whom duties reach by telephone or post (a ministry, those affected): it may
    /// be bound, and unbound it blocks nothing.
    Outside,
    /// A set kept elsewhere (all districts, all key units): nobody in particular.
    Set,
    /// Another role that becomes this one by a decision (the Commission becomes headquarters).
    Converted,
}

/// A part of incidents that another plan governs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HandOver {
    /// What it is called in commands: `content_part`.
    pub part: String,
    /// The flag that shows it.
    pub fact: FactId,
    /// The clause that excludes it.
    pub clause: ClauseId,
    /// The plan that governs it instead.
    pub to: Label,
}

/// One duty as the pack states it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DutyRule {
    /// Its stable id.
    pub id: DutyId,
    /// The clause that imposes it.
    pub clause: ClauseId,
    /// Which of several branches of the duty this is; the branches share its id.
    pub branch: Option<String>,
    /// What it is.
    pub label: Arc<Label>,
    /// Who owes it; several senders owe it each.
    pub senders: Vec<RoleId>,
    /// To whom; several recipients are several ticks.
    pub to: Vec<RoleId>,
    /// By which channel.
    pub channel: Channel,
    /// Where its clock starts.
    pub anchor: Anchor,
    /// Whether the text names that start; if not, the anchor is assumed and shown so.
    pub assumed: bool,
    /// What must hold for the duty to arise, besides its anchor.
    pub when: Condition,
    /// How long it allows.
    pub due: Allowance,
    /// Duties whose open ticks it replaces.
    pub overrides: Vec<DutyId>,
    /// The document that fulfils it.
    pub form: Option<FormId>,
    /// Whether an open one stands in the way of closing the incident.
    pub blocks_closing: bool,
    /// Whether a recorded decision not to report under this plan releases it.
    pub released_by_decision: bool,
    /// Fields of the form that suffice to meet the time; the rest is owed as a supplement.
    pub partial: Vec<String>,
    /// The duty whose channel is to be used again.
    pub same_channel_as: Option<DutyId>,
}

/// The way something must be delivered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Channel {
    /// By voice, recorded as an act.
    Oral,
    /// In writing.
    Written,
    /// Either.
    Any,
}

/// Where a clock starts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Anchor {
    /// A named time of each affected organisation: `occurred`, `discovered`, `informed`, `aware`.
    Organisation(AnchorName),
    /// The first receipt of any report of the incident by the sender or a part of it.
    Received,
    /// The moment the condition became true.
    Condition,
    /// A named moment of the incident: `response_started`, `response_ended`, `handling_ended`,
    /// `report_accepted`, `report_declined`, `report_received` (by anybody).
    Incident(AnchorName),
    /// The issue of a warning of at least this colour; adjustments that reach it count if told so.
    WarningIssued {
        /// Mildest colour that counts; none means every colour.
        at_least: Option<Colour>,
        /// Whether an adjustment counts as an issue.
        adjustments: bool,
    },
    /// The lifting of the warning.
    WarningLifted,
    /// The delivery of another duty by the same sender (and organisation).
    Delivered(DutyId),
    /// Every one of these moments of the incident starts a clock of its own.
    Each(Vec<AnchorName>),
    /// Every recording of facts after the first delivery of another duty starts a clock of its own.
    FollowUp(DutyId),
}

/// What must hold, monotone: more severity never makes it false.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Condition {
    /// Always.
    Always,
    /// The level in force (judged, else certain) is this one or worse.
    LevelAtLeast(LevelId),
    /// A flag is known to be true.
    Flag(FactId),
    /// A choice is known to be this.
    FactIs(FactId, String),
    /// An ordered fact is certainly at least so bad, on its own axis.
    FactAtLeast(FactId, i64),
    /// A time of an affected organisation was stated in the sense of this plan.
    Stated(AnchorName),
    /// Any of them.
    Any(Vec<Condition>),
    /// All of them.
    All(Vec<Condition>),
}

/// How long a plan allows, in the plan's own words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Allowance {
    /// "At once": no number; only elapsed time is recorded.
    Immediate,
    /// In the same act as its anchor.
    Simultaneous,
    /// So long after the anchor, in absolute time.
    Within(SignedDuration),
    /// Calendar days after the anchor, same wall-clock time.
    Days(u16),
    /// Calendar months after the anchor, same wall-clock time; a missing day is the month's last.
    CalendarMonths(u8),
    /// Working days of a calendar, counting from the next day, ending 23:59:59.
    WorkingDays {
        /// How many.
        days: u16,
        /// Which calendar.
        calendar: String,
    },
    /// Again and again while a state lasts.
    Every {
        /// The distance of two slots.
        period: SignedDuration,
        /// The state.
        lasting: Lasting,
    },
    /// All the time while a state lasts; elapsed, never late.
    Continuing(Lasting),
    /// When somebody asks.
    OnRequest,
    /// "In time", or nothing at all: no number in the text.
    Undefined,
}

/// A state that something recurs or continues in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Lasting {
    /// From the issue of a warning until it is lifted.
    WarningPeriod,
    /// From the start of the response until its end.
    Response,
}

/// Who may do one thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authority {
    /// The thing.
    pub act: Act,
    /// The clause that gives the authority, or that leaves it open.
    pub clause: ClauseId,
    /// The levels it is for; empty means every level.
    pub levels: Vec<LevelId>,
    /// How it is exercised.
    pub how: How,
    /// The local policy that fills a gap of the text, if the text names nobody.
    pub policy: Option<String>,
}

/// How an authority is exercised.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum How {
    /// Any one of these roles.
    AnyOf(Vec<RoleId>),
    /// All of these roles together.
    Joint(Vec<RoleId>),
    /// All of `propose` submit, then any one of `approve` approves.
    Approval {
        /// Who proposes, jointly.
        propose: Vec<RoleId>,
        /// Who approves, any one.
        approve: Vec<RoleId>,
    },
    /// It is beyond this plan's own competence: this role outside decides when asked, and its decision is recorded.
    Higher(RoleId),
    /// The text names nobody: blocked until the deployment names who.
    Undefined,
}

/// What may be done only by whom the plan names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    /// 受理 accept a report.
    AcceptReport,
    /// 不予受理 decline a report.
    DeclineReport,
    /// Record facts and classes of an incident.
    RecordFacts,
    /// 判定 judge the level.
    JudgeLevel,
    /// Decide (or have approved) level and scope of a response, and start it.
    StartResponse,
    /// Ask that level and scope be set because the situation is not under control.
    EscalateResponse,
    /// Take unified command.
    TakeCommand,
    /// Adjust level or scope of a response.
    AdjustResponse,
    /// End a response.
    EndResponse,
    /// Form the headquarters.
    FormHeadquarters,
    /// Confirm what clears a miss.
    ClearMiss,
    /// Waive a duty with a reason.
    WaiveDuty,
    /// Hand a part over to another plan.
    HandOver,
    /// Investigate and assess afterwards.
    Review,
    /// Close an incident.
    CloseIncident,
    /// Reopen a closed incident.
    ReopenIncident,
    /// 信息发布 publish.
    Release,
    /// Supply the wording of a release.
    SupplyWording,
    /// 舆论引导 guide opinion.
    GuideOpinion,
    /// Issue a warning.
    IssueWarning,
    /// Adjust a warning.
    AdjustWarning,
    /// Lift a warning.
    LiftWarning,
    /// Approve a technical plan.
    ApproveTechnicalPlan,
    /// Draft a technical plan 处置方案.
    DraftTechnicalPlan,
    /// 检验 have the draft tested.
    TestTechnicalPlan,
    /// Assess the result of the test and make the plan formal.
    AssessTechnicalPlan,
    /// Obtain what the approved plan needs.
    ResourceTechnicalPlan,
    /// 指令 order that it be carried out.
    OrderTechnicalPlan,
    /// Carry it out.
    ExecuteTechnicalPlan,
}

/// How a deployment fills what the text leaves open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// Its name in the pack.
    pub id: String,
    /// The clause that leaves it open.
    pub clause: ClauseId,
    /// What is open, and what is done here.
    pub text: Label,
}

/// A reading of an ambiguous text that the pack declares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// Its name, where another plan may want to replace it.
    pub id: Option<String>,
    /// The clause.
    pub clause: ClauseId,
    /// What is ambiguous and how it is read here.
    pub text: Label,
}

/// How a technical plan is made and carried out: each step only after the one before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TechnicalPlan {
    /// The clause.
    pub clause: ClauseId,
    /// The steps in their order; each has an authority of its own.
    pub steps: Vec<Act>,
}

/// A measure of the catalogue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Measure {
    /// Its id: `contain`.
    pub id: String,
    /// The clause.
    pub clause: ClauseId,
    /// What it is.
    pub label: Label,
    /// When and how it is taken.
    pub text: Label,
    /// Who takes it.
    pub by: Vec<RoleId>,
}

/// A form of a document, in the order it is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Form {
    /// Its id.
    pub id: FormId,
    /// The clause that calls for it.
    pub clause: ClauseId,
    /// Its title.
    pub title: Label,
    /// The stage of reporting that it belongs to, if it belongs to one.
    pub stage: Option<Stage>,
    /// The levels that it is for; empty means every level.
    pub levels: Vec<LevelId>,
    /// How it looks on paper.
    pub layout: Layout,
    /// Its fields.
    pub fields: Vec<FormField>,
}

/// One field of a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormField {
    /// What it is filled from: a fact id or a name such as `description`.
    pub id: String,
    /// What is asked.
    pub label: Label,
    /// Whether the document may not leave it empty.
    pub required: bool,
    /// When the field is there at all.
    pub when: Condition,
}

/// A stage of reporting, 首报、续报、终报.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// 首报
    First,
    /// 续报
    FollowUp,
    /// 终报
    Final,
    /// 总结
    Summary,
    /// A notice to those affected.
    Notice,
    /// A warning.
    Warning,
}

/// How a document looks on paper.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Layout {
    /// A letter.
    #[default]
    Letter,
    /// An official document 公文 to a superior, with its signatory.
    Official,
    /// Rows of labels and values.
    Table,
}

/// A classification of incidents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taxonomy {
    /// Its id: `gbz-20986-2007`.
    pub id: String,
    /// The clause that uses it; none if it is shared and the plan only names it.
    pub clause: Option<ClauseId>,
    /// Its title.
    pub title: Label,
    /// How sure we are of it.
    pub evidence: Evidence,
    /// Where it was read, for a shared one.
    pub source: Option<String>,
    /// Its edition, for a shared one.
    pub version: Option<String>,
    /// The taxonomy that it replaces.
    pub replaces: Option<String>,
    /// Its classes, in its own order.
    pub classes: Vec<Class>,
}

/// One class of a taxonomy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Class {
    /// Its code: `IDI/III`.
    pub code: TaxonomyCode,
    /// Its name.
    pub label: Label,
    /// How sure we are of its code.
    pub evidence: Evidence,
    /// The part that this class hands over to another plan, if any.
    pub hands_over: Option<String>,
}

/// How the pack reads what the text leaves to reckoning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// What becomes of a duty whose time lay before it arose.
    pub late_arising: LateArising,
    /// What becomes of open duties when the level falls.
    pub on_lower_level: OnLowerLevel,
}

/// Readings of a duty that arises after its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LateArising {
    /// It is owed at once; the text's own reckoning is shown beside it.
    Immediate,
    /// It is late from the start.
    AsReckoned,
}

/// Readings of a level that falls while duties are open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnLowerLevel {
    /// What arose stays owed: nothing is lost.
    Continue,
    /// Open duties of the higher level are superseded.
    Supersede,
}

/// Days off and days worked of one country and some years.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Calendar {
    /// Its id: `cn-2026`.
    pub id: String,
    /// What it is.
    pub label: Label,
    /// How sure we are of it.
    pub evidence: Evidence,
    /// Where it was read.
    pub source: String,
    /// The first day it knows.
    pub first: Date,
    /// The last day it knows.
    pub last: Date,
    /// Days off besides Saturdays and Sundays.
    pub off: Vec<Date>,
    /// Saturdays and Sundays that are worked (调休).
    pub worked: Vec<Date>,
}

impl Calendar {
    /// Whether a day is worked; Monday to Friday is, where the calendar says nothing else.
    pub fn is_worked(&self, day: Date) -> bool {
        let is_weekday = !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
        if is_weekday { !self.off.contains(&day) } else { self.worked.contains(&day) }
    }

    /// Whether it was made for this day.
    pub fn knows(&self, day: Date) -> bool {
        (self.first..=self.last).contains(&day)
    }
}

/// A criterion of a level, as the pack states it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Criterion {
    /// Its id.
    pub id: CriterionId,
    /// The level that it gives.
    pub level: LevelId,
    /// The clause.
    pub clause: ClauseId,
    /// What it says.
    pub label: Label,
    /// Whether the text says "normally": the result is then a presumption.
    pub presumed: bool,
}

/// Why somebody may not do something. Shown to whoever asked, with the clause.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAuthorised {
    /// The plan gives this to others.
    #[error("{role} may not do this at this level (clause {clause}): it is for {}", names(.by))]
    Role {
        /// Who asked.
        role: String,
        /// The clause that decides.
        clause: ClauseId,
        /// Who may.
        by: Vec<RoleId>,
    },
    /// The plan names nobody and no local policy fills the gap.
    #[error("the plan names nobody for this; adopt a local policy first")]
    Undefined,
}

fn names(roles: &[RoleId]) -> String {
    roles.iter().map(RoleId::as_str).collect::<Vec<_>>().join(", ")
}

impl Act {
    /// Every act, in the order of an incident's life.
    pub const ALL: [Self; 29] = [
        Self::AcceptReport,
        Self::DeclineReport,
        Self::RecordFacts,
        Self::JudgeLevel,
        Self::StartResponse,
        Self::EscalateResponse,
        Self::TakeCommand,
        Self::AdjustResponse,
        Self::EndResponse,
        Self::FormHeadquarters,
        Self::ClearMiss,
        Self::WaiveDuty,
        Self::HandOver,
        Self::Review,
        Self::CloseIncident,
        Self::ReopenIncident,
        Self::Release,
        Self::SupplyWording,
        Self::GuideOpinion,
        Self::IssueWarning,
        Self::AdjustWarning,
        Self::LiftWarning,
        Self::ApproveTechnicalPlan,
        Self::DraftTechnicalPlan,
        Self::TestTechnicalPlan,
        Self::AssessTechnicalPlan,
        Self::ResourceTechnicalPlan,
        Self::OrderTechnicalPlan,
        Self::ExecuteTechnicalPlan,
    ];

    /// Its name in packs and files.
    pub const fn name(self) -> &'static str {
        match self {
            Self::AcceptReport => "accept_report",
            Self::DeclineReport => "decline_report",
            Self::RecordFacts => "record_facts",
            Self::JudgeLevel => "judge_level",
            Self::StartResponse => "start_response",
            Self::EscalateResponse => "escalate_response",
            Self::TakeCommand => "take_command",
            Self::AdjustResponse => "adjust_response",
            Self::EndResponse => "end_response",
            Self::FormHeadquarters => "form_headquarters",
            Self::ClearMiss => "clear_miss",
            Self::WaiveDuty => "waive_duty",
            Self::HandOver => "hand_over",
            Self::Review => "review",
            Self::CloseIncident => "close_incident",
            Self::ReopenIncident => "reopen_incident",
            Self::Release => "release",
            Self::SupplyWording => "supply_wording",
            Self::GuideOpinion => "guide_opinion",
            Self::IssueWarning => "issue_warning",
            Self::AdjustWarning => "adjust_warning",
            Self::LiftWarning => "lift_warning",
            Self::ApproveTechnicalPlan => "approve_technical_plan",
            Self::DraftTechnicalPlan => "draft_technical_plan",
            Self::TestTechnicalPlan => "test_technical_plan",
            Self::AssessTechnicalPlan => "assess_technical_plan",
            Self::ResourceTechnicalPlan => "resource_technical_plan",
            Self::OrderTechnicalPlan => "order_technical_plan",
            Self::ExecuteTechnicalPlan => "execute_technical_plan",
        }
    }
}

impl Act {
    /// Whether it is a step of a technical plan.
    pub const fn is_of_a_technical_plan(self) -> bool {
        matches!(
            self,
            Self::DraftTechnicalPlan
                | Self::TestTechnicalPlan
                | Self::AssessTechnicalPlan
                | Self::ApproveTechnicalPlan
                | Self::ResourceTechnicalPlan
                | Self::OrderTechnicalPlan
                | Self::ExecuteTechnicalPlan
        )
    }
}

impl Anchor {
    /// Whether a turn of a warning starts the clock.
    pub const fn is_on_warning(&self) -> bool {
        match self {
            Self::WarningIssued { .. } | Self::WarningLifted => true,
            Self::Organisation(_)
            | Self::Received
            | Self::Condition
            | Self::Incident(_)
            | Self::Delivered(_)
            | Self::Each(_)
            | Self::FollowUp(_) => false,
        }
    }
}

impl Plan {
    /// A level by its name.
    pub fn level(&self, id: &LevelId) -> Option<&Level> {
        self.levels.iter().find(|level| level.id == *id)
    }

    /// A level's place, 0 for the worst; none for a level of another plan.
    pub fn rank(&self, id: &LevelId) -> Option<usize> {
        self.levels.iter().position(|level| level.id == *id)
    }

    /// Whether `level` is `least` or worse.
    pub fn is_at_least(&self, level: &LevelId, least: &LevelId) -> bool {
        match (self.rank(level), self.rank(least)) {
            (Some(level), Some(least)) => level <= least,
            (None, _) | (_, None) => false,
        }
    }

    /// The rules of a duty: one, or one per branch.
    pub fn rules_of<'p>(&'p self, duty: &'p DutyId) -> impl Iterator<Item = &'p DutyRule> {
        self.duties.iter().filter(move |rule| rule.id == *duty)
    }

    /// The rule that a duty of this plan follows from.
    pub fn rule_of(&self, duty: &crate::Duty) -> Option<&DutyRule> {
        let is_it = |rule: &&DutyRule| rule.id == duty.duty && rule.branch == duty.branch;
        self.duties.iter().find(is_it)
    }

    /// Whether a role stands for another: it is that one, a part of it, or what it was converted to.
    pub fn stands_for(&self, role: &str, whole: &str) -> bool {
        let mut role = role;
        let mut passed = BTreeSet::new();
        while role != whole {
            if !passed.insert(role) {
                return false; // a circle, which no checked pack has
            }
            let Some(narrower) = self.roles.get(role) else { return false };
            match narrower.part_of.as_ref().or(narrower.converted_from.as_ref()) {
                Some(wider) => role = wider.as_str(),
                None => return false,
            }
        }
        true
    }

    /// The authority for an act at a level (none: an act before any level is known).
    pub fn authority(&self, act: Act, level: Option<&LevelId>) -> Option<&Authority> {
        self.authorities.iter().find(|authority| {
            authority.act == act
                && (authority.levels.is_empty()
                    || level.is_some_and(|level| authority.levels.contains(level)))
        })
    }

    /// Whether a role takes part in an act at a level, and under which authority.
    pub fn may(
        &self,
        role: &RoleId,
        act: Act,
        level: Option<&LevelId>,
    ) -> Result<&Authority, NotAuthorised> {
        let authority = self.authority(act, level).ok_or(NotAuthorised::Undefined)?;
        if authority.how == How::Undefined {
            return Err(NotAuthorised::Undefined);
        }
        let by = authority.how.initiators();
        if by.contains(role) {
            return Ok(authority);
        }
        Err(NotAuthorised::Role {
            role: role.to_string(),
            clause: authority.clause.clone(),
            by: by.to_vec(),
        })
    }
}

impl How {
    /// Who begins the act: those who do it, or those who propose it.
    pub fn initiators(&self) -> &[RoleId] {
        match self {
            Self::AnyOf(roles) | Self::Joint(roles) => roles,
            Self::Approval { propose, .. } => propose,
            Self::Higher(role) => std::slice::from_ref(role),
            Self::Undefined => &[],
        }
    }
}

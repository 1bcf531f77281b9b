//! An incident, 事件: what happened to whom, what is known, who decided what, who owes what.
//!
//! The state is everything that was written, folded; duties and grades are computed from it and the
//! plan when somebody asks. Which level, which deadline and whose decision it takes is the plan's.
//!
//! Start reading at [`Incident`], then [`decide()`] and [`evolve()`].

mod command;
mod decide;
mod evolve;
pub(crate) mod plans;
mod query;
mod response;
mod technical;
mod waiting;

use std::collections::{BTreeMap, BTreeSet};

use fengsui_plan::{Channel, Happening};
use fengsui_vocabulary::{
    DistrictCode, FactId, FactValue, Facts, FormId, IncidentId, LevelId, Line, OrganisationId,
    PersonId, PlanId, ReportId, RoleId,
};
use jiff::Timestamp;

use crate::clock::Noticed;
use crate::{
    AnchorKind, Anchors, BlobRef, Carried, ClassRef, Computed, Delivery, Given, IncidentEvent,
    Outlook, Party, PlanRef, Recorded, Relation, SaidBy, Tick,
};

pub use command::*;
pub use decide::decide;
pub(crate) use decide::{considered, opening};
pub use evolve::evolve;
pub use plans::{
    Applicability, Migration, MigrationState, PlanStanding, Standing, Undecided, applicability,
};
pub(crate) use query::are_apart;
pub use query::{Contradiction, InTheWay, Inconsistency, StoryItem, StoryWhat, Submitted};
pub use response::{
    Approval, Endorsement, Proposal, ProposalState, Response, ResponseState, Voice,
};
pub use technical::{NextStep, Technical, TechnicalRound, TechnicalStep};
pub use waiting::Waiting;

/// An incident as far as its stream tells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Incident {
    /// Which; none before it is opened.
    pub id: Option<IncidentId>,
    /// Its number and title.
    pub heading: Option<Heading>,
    /// The editions of the plans that apply, the leading one first.
    pub plans: Vec<PlanRef>,
    /// Open or closed.
    pub status: Status,
    /// Whom it happened to.
    pub affected: BTreeMap<Party, AffectedOrganisation>,
    /// Roles that depend on facts, and what they became.
    pub resolved: BTreeMap<(PlanId, RoleId, Option<Party>), OrganisationId>,
    /// How the other plans in force stand to it, in the editions of its opening.
    pub considered: BTreeMap<PlanId, PlanStanding>,
    /// Proposals to go on under another edition, oldest first.
    pub migrations: Vec<Migration>,
    /// The reports that joined it.
    pub reports: BTreeMap<ReportId, JoinedReport>,
    /// What is known, each fact with its whole provenance, oldest first.
    pub facts: BTreeMap<FactId, Vec<FactEntry>>,
    /// Its classes.
    pub classes: BTreeSet<ClassRef>,
    /// Parts that its classes hand over to another plan, whether somebody did so or not.
    pub parts_of_classes: BTreeSet<String>,
    /// The class that counts first.
    pub primary_class: Option<ClassRef>,
    /// Judgements of the level, oldest first.
    pub judgements: Vec<Judgement>,
    /// Duties that were met, in order of recording.
    pub met: Vec<Met>,
    /// What the clock recorded about duties.
    pub noticed: Noticed,
    /// Duties that were waived.
    pub waived: BTreeMap<Tick, Line>,
    /// The response.
    pub response: Response,
    /// The headquarters, if it was formed.
    pub headquarters: Option<Headquarters>,
    /// The role that took unified command, if one did.
    pub command: Option<RoleId>,
    /// When and why it was last found not to be under control.
    pub not_controlled: Option<(Timestamp, Line)>,
    /// Measures taken, oldest first.
    pub measures: Vec<MeasureTaken>,
    /// Rounds of the technical plan, oldest first: one for each draft.
    pub technical_rounds: Vec<TechnicalRound>,
    /// Parts that went to another plan, with when and why.
    pub handed_over: BTreeMap<String, (Timestamp, Line)>,
    /// Plans under which it was decided not to report.
    pub not_reported: BTreeMap<PlanId, NotReporting>,
    /// The evidence that confirmed it.
    pub confirmed: Option<BlobRef>,
    /// Documents issued, oldest first.
    pub documents: Vec<Document>,
    /// Notes, oldest first.
    pub notes: Vec<Note>,
    /// Leaders' instructions, oldest first.
    pub instructions: Vec<Instruction>,
    /// The review since it was last opened.
    pub review: Option<BlobRef>,
    /// How it stands to other incidents.
    pub relations: BTreeSet<(Relation, IncidentId)>,
    /// Everything that was written to its stream, in order.
    pub log: Vec<Recorded<IncidentEvent>>,
    /// What moves duties, each with the affected organisation it belongs to.
    happenings: Vec<(Option<Party>, Happening)>,
    /// What reports brought with them, for the story.
    carried: Vec<(ReportId, Carried)>,
    /// Entries of the log that referred to something unknown.
    without_effect: Vec<usize>,
}

/// Number and title.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heading {
    /// Its number.
    pub number: Line,
    /// What it is called.
    pub title: Line,
    /// When it was opened.
    pub opened_at: Timestamp,
}

/// Whether an incident is open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Status {
    /// It was never opened.
    #[default]
    Absent,
    /// It is open.
    Open,
    /// It was closed then.
    Closed(Timestamp),
}

/// One affected organisation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AffectedOrganisation {
    /// Which, if known.
    pub organisation: Option<OrganisationId>,
    /// Where it is.
    pub district: Option<DistrictCode>,
    /// Its times as they were recorded first: the origins of clocks.
    pub anchors: Anchors,
    /// Awareness in the sense of single plans.
    pub aware: BTreeMap<Option<PlanId>, Timestamp>,
    /// Corrections, oldest first; both readings stay.
    pub corrections: Vec<Correction>,
}

/// A corrected time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Correction {
    /// Which.
    pub anchor: AnchorKind,
    /// What was recorded before.
    pub from: Timestamp,
    /// What it is.
    pub to: Timestamp,
    /// Why.
    pub reason: Line,
    /// By whom.
    pub by: PersonId,
}

/// A report of this incident.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JoinedReport {
    /// Its number.
    pub number: Line,
    /// When it joined.
    pub joined_at: Timestamp,
    /// How often it was supplemented since.
    pub supplements: u32,
}

/// One value of a fact, with where it comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FactEntry {
    /// The value.
    pub value: FactValue,
    /// Who said so.
    pub said_by: SaidBy,
    /// On what ground.
    pub ground: Option<Line>,
    /// Whether it is so, or is expected.
    pub outlook: Outlook,
    /// When it became known.
    pub at: Timestamp,
    /// When it was written down.
    pub recorded_at: Timestamp,
    /// Who wrote it down.
    pub entered_by: PersonId,
}

/// A judgement of the level.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement {
    /// Under which plan.
    pub plan: PlanId,
    /// The level.
    pub level: LevelId,
    /// What the facts gave then.
    pub computed: Computed,
    /// By which role.
    pub role: RoleId,
    /// Why.
    pub reason: Option<Line>,
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub by: PersonId,
}

/// A duty that was met.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Met {
    /// The duty.
    pub tick: Tick,
    /// The channel used.
    pub channel: Channel,
    /// What was done.
    pub act: Delivery,
    /// Why it was late.
    pub late_because: Option<Line>,
    /// When it was done.
    pub at: Timestamp,
    /// When it was written down.
    pub recorded_at: Timestamp,
    /// Who wrote it down.
    pub entered_by: PersonId,
    /// Who confirmed it, where it was entered after its time.
    pub cleared_by: Option<PersonId>,
}

/// The headquarters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Headquarters {
    /// When it was formed.
    pub formed_at: Timestamp,
    /// Who decided.
    pub role: RoleId,
    /// How the decision was given.
    pub given: Given,
    /// The commander.
    pub commander: Option<PersonId>,
    /// The member organisations.
    pub members: BTreeSet<OrganisationId>,
    /// The working groups.
    pub groups: BTreeSet<RoleId>,
    /// Where it sits.
    pub seat: Option<Line>,
}

/// A measure that was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MeasureTaken {
    /// Which of the plan's catalogue.
    pub measure: String,
    /// By which role.
    pub role: RoleId,
    /// What was done.
    pub note: Line,
    /// More about it.
    pub text: Option<BlobRef>,
    /// How it was told, where somebody else wrote it down.
    pub given: Option<Given>,
    /// When.
    pub at: Timestamp,
}

/// A document that was issued.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// What it is called.
    pub title: Line,
    /// The form it was written on.
    pub form: Option<FormId>,
    /// Its number.
    pub number: Option<Line>,
    /// The text exactly as issued.
    pub text: BlobRef,
    /// By which role.
    pub role: RoleId,
    /// To whom.
    pub to: BTreeSet<RoleId>,
    /// The plan under which it was issued.
    pub plan: Option<PlanId>,
    /// What was known when it was issued.
    pub facts: Option<Facts>,
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub by: PersonId,
}

/// A decision not to report under one plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotReporting {
    /// In which role.
    pub role: RoleId,
    /// Why.
    pub reason: Line,
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub by: PersonId,
}

/// A note.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// What it says.
    pub text: BlobRef,
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub by: PersonId,
}

/// A leader's instruction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instruction {
    /// In which role.
    pub role: RoleId,
    /// How it was given.
    pub given: Given,
    /// What it says.
    pub text: BlobRef,
    /// When.
    pub at: Timestamp,
}

/// Plans on one incident.
pub(crate) const PLANS_MAX: usize = 16;

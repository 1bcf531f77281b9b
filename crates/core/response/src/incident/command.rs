//! What may be asked of an incident.

use std::collections::BTreeSet;

use fengsui_plan::{Act, Channel};
use fengsui_vocabulary::{
    DistrictCode, DutyId, Facts, FormId, IncidentId, LevelId, Line, OrganisationId, PersonId,
    PlanId, ReportId, RoleId,
};
use jiff::Timestamp;
use jiff::tz::Offset;

use crate::{
    Affected, AnchorKind, Anchors, BlobRef, ClassRef, Delivery, Given, Means, Outlook, Party,
    PlanRef, ReadBack, Relation, SaidBy, Step, Tick,
};

/// What may be asked of an incident.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IncidentCommand {
    /// Open it without a report; with a report it is opened by [`crate::accept::accept`].
    Open(OpenIncident),
    /// Add an affected organisation.
    AddOrganisation(AddOrganisation),
    /// Say which organisation an unidentified one is.
    IdentifyOrganisation {
        /// Its place.
        party: Party,
        /// Which organisation.
        organisation: OrganisationId,
        /// Where it is.
        district: Option<DistrictCode>,
    },
    /// Say which organisation fills a role that depends on facts.
    ResolveRole {
        /// The plan whose role it is.
        plan: PlanId,
        /// The role.
        role: RoleId,
        /// For whom, where it differs by affected organisation.
        party: Option<Party>,
        /// The organisation.
        organisation: OrganisationId,
        /// The version of the registry's stream in which this was read.
        registry_version: u64,
    },
    /// Record a time of an affected organisation.
    RecordAnchor {
        /// Whose.
        party: Party,
        /// Which.
        anchor: AnchorKind,
        /// In the sense of which plan, for awareness.
        plan: Option<PlanId>,
        /// The time.
        at: Timestamp,
        /// The offset from UTC in which it was told, where that is known.
        offset: Option<Offset>,
    },
    /// Correct a time; both readings stay.
    CorrectAnchor {
        /// Whose.
        party: Party,
        /// Which.
        anchor: AnchorKind,
        /// What it is.
        to: Timestamp,
        /// Why.
        reason: Line,
    },
    /// Record facts.
    RecordFacts(RecordFacts),
    /// Choose the classes.
    Classify {
        /// All of them.
        classes: BTreeSet<ClassRef>,
        /// The one that counts first; one of them.
        primary: ClassRef,
    },
    /// Record that a role received a report; meets what was owed to it by that channel.
    ReceiveReport(ReceiveReport),
    /// Record that duties were met.
    MeetDuty(MeetDuty),
    /// Confirm what somebody else entered after its time.
    ClearMiss {
        /// The duties.
        ticks: Vec<Tick>,
    },
    /// Waive duties.
    WaiveDuty {
        /// The duties.
        ticks: Vec<Tick>,
        /// Why.
        reason: Line,
    },
    /// Judge the level.
    JudgeLevel {
        /// Under which plan.
        plan: PlanId,
        /// The level.
        level: LevelId,
        /// Why; needed where it differs from what the facts give for certain.
        reason: Option<Line>,
    },
    /// Begin first response; needs no level.
    BeginFirstResponse {
        /// What is done.
        note: Option<Line>,
    },
    /// Give an office's voice in a decision about the response. When every office of the plan gave the
    /// same one, the decision takes effect; where the plan names one role, at once. The voice of whoever
    /// judges the level is its judgement too, from that moment: the other offices delay no clock.
    VoiceDecision(VoiceDecision),
    /// Submit a handling proposal.
    SubmitProposal(SubmitProposal),
    /// Endorse the waiting proposal for another office.
    EndorseProposal {
        /// The digest of the text that was read.
        digest: String,
        /// The duty that this meets towards each of its recipients.
        meets: Option<DutyId>,
    },
    /// Approve the waiting proposal, signed in.
    ApproveProposal {
        /// The digest of the text that was read.
        digest: String,
    },
    /// Write down that somebody approved the waiting proposal.
    RecordApproval {
        /// The digest of the text that was read out or sent.
        digest: String,
        /// Who decided, and how it reached the actor.
        on_behalf: OnBehalf,
    },
    /// Confirm an approval that somebody else wrote down.
    ConfirmApproval {
        /// The digest of the text that was approved.
        digest: String,
    },
    /// Return the waiting proposal.
    ReturnProposal {
        /// The digest of the text that was read.
        digest: String,
        /// Why.
        reason: Line,
        /// Who decided, where the actor only writes it down.
        on_behalf: Option<OnBehalf>,
    },
    /// Withdraw the waiting proposal.
    WithdrawProposal {
        /// The digest of its text.
        digest: String,
        /// Why.
        reason: Line,
    },
    /// Form the headquarters.
    FormHeadquarters(FormHeadquarters),
    /// Say that it is not under control.
    ReportNotControlled {
        /// Why.
        reason: Line,
    },
    /// Take unified command.
    TakeCommand {
        /// Who decided, where the actor only writes it down.
        on_behalf: Option<OnBehalf>,
    },
    /// Record a measure of the plan's catalogue.
    RecordMeasure {
        /// Which.
        measure: String,
        /// What was done.
        note: Line,
        /// More about it.
        text: Option<BlobRef>,
        /// Who took it, where the actor only writes it down.
        on_behalf: Option<OnBehalf>,
    },
    /// Take a step of the technical plan, in the order of the pack.
    TakeTechnicalStep(TakeTechnicalStep),
    /// Hand a part over to another plan.
    HandOverPart {
        /// Which part, as the plan calls it.
        part: String,
        /// Why.
        reason: Line,
    },
    /// Decide not to report under one plan.
    DecideNotToReport {
        /// The plan.
        plan: PlanId,
        /// Why.
        reason: Line,
    },
    /// Apply a plan in force besides the leading one, or confirm that it stays applied.
    ApplyPlan {
        /// The edition.
        plan: PlanRef,
        /// Why; needed where the facts do not say so for certain.
        reason: Option<Line>,
    },
    /// Set a plan aside: it does not govern this incident.
    SetPlanAside {
        /// The plan.
        plan: PlanId,
        /// Why.
        reason: Line,
    },
    /// Propose to go on under another edition of a plan, or under the plan that supersedes it.
    MigratePlan {
        /// The edition under which it runs.
        from: PlanRef,
        /// The edition under which it is to go on.
        to: PlanRef,
        /// Why.
        reason: Line,
    },
    /// Confirm, as a second person, that it goes on so.
    ConfirmMigration {
        /// The plan under which it runs.
        from: PlanId,
    },
    /// Withdraw such a proposal, or refuse to confirm it.
    WithdrawMigration {
        /// The plan under which it runs.
        from: PlanId,
        /// Why.
        reason: Line,
    },
    /// Confirm the incident by evidence.
    ConfirmIncident {
        /// The evidence.
        evidence: BlobRef,
        /// What it shows.
        note: Line,
    },
    /// Issue a document, and meet duties with it.
    IssueDocument(IssueDocument),
    /// Write a note.
    WriteNote {
        /// The note.
        text: BlobRef,
    },
    /// Write down a leader's instruction.
    RecordInstruction {
        /// What it says.
        text: BlobRef,
        /// Who gave it, where the actor only writes it down.
        on_behalf: Option<OnBehalf>,
    },
    /// Record the review.
    Review {
        /// Cause, nature, impact, loss, responsibility, lessons.
        text: BlobRef,
    },
    /// Close it.
    Close {
        /// In a sentence.
        note: Option<Line>,
    },
    /// Open it again.
    Reopen {
        /// Why.
        reason: Line,
    },
    /// Relate it to another incident.
    Relate {
        /// How.
        relation: Relation,
        /// To which.
        other: IncidentId,
    },
}

/// Open an incident without a report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenIncident {
    /// Its id.
    pub incident: IncidentId,
    /// Its number; a claim keeps it unique.
    pub number: Line,
    /// What it is called.
    pub title: Line,
    /// The editions of the plans in force, the leading one first: those that apply will.
    pub plans: Vec<PlanRef>,
    /// Whom it happened to; each one identified.
    pub affected: Vec<Affected>,
}

/// Add an affected organisation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddOrganisation {
    /// Which.
    pub organisation: OrganisationId,
    /// Where it is.
    pub district: Option<DistrictCode>,
    /// When it happened there.
    pub anchors: Anchors,
}

/// Record facts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordFacts {
    /// Which, and what they are.
    pub facts: Facts,
    /// Who said so; none means the role in which this is recorded.
    pub said_by: Option<SaidBy>,
    /// On what ground.
    pub ground: Option<Line>,
    /// Whether it is so, or is expected.
    pub outlook: Outlook,
}

/// Record that a role received a report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReceiveReport {
    /// The role.
    pub by: RoleId,
    /// The plan whose role it is; none means the leading one.
    pub plan: Option<PlanId>,
    /// How.
    pub channel: Channel,
    /// Which report, if it has one here.
    pub report: Option<ReportId>,
    /// What was done.
    pub act: Delivery,
    /// Why it was late.
    pub late_because: Option<Line>,
}

/// Record that duties were met by one act.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MeetDuty {
    /// The duties, one for each recipient.
    pub ticks: Vec<Tick>,
    /// The channel used.
    pub channel: Channel,
    /// What was done.
    pub act: Delivery,
    /// Why it was late; needed where it was.
    pub late_because: Option<Line>,
}

/// An office's voice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VoiceDecision {
    /// What is decided.
    pub step: Step,
    /// At which level.
    pub level: LevelId,
    /// In which scope.
    pub scope: Line,
    /// Why, where the office judges the level by its voice and the facts give another one.
    pub reason: Option<Line>,
}

/// Submit a handling proposal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubmitProposal {
    /// What is proposed.
    pub step: Step,
    /// At which level.
    pub level: LevelId,
    /// In which scope.
    pub scope: Line,
    /// The exact text.
    pub text: BlobRef,
    /// The duty that this meets towards each of its recipients.
    pub meets: Option<DutyId>,
}

/// Somebody decided, and the actor writes it down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OnBehalf {
    /// The role of whoever decided.
    pub role: RoleId,
    /// How it reached the actor.
    pub means: Means,
    /// Whether it was read back.
    pub read_back: ReadBack,
    /// The note, the fax, or the record of the call.
    pub record: Option<BlobRef>,
}

impl OnBehalf {
    /// How it was given, as events keep it.
    pub(crate) fn given(&self) -> Given {
        Given::OnBehalf {
            means: self.means,
            read_back: self.read_back,
            record: self.record.clone(),
        }
    }
}

/// Form the headquarters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormHeadquarters {
    /// The commander.
    pub commander: Option<PersonId>,
    /// The member organisations.
    pub members: BTreeSet<OrganisationId>,
    /// The working groups, as roles of the plan.
    pub groups: BTreeSet<RoleId>,
    /// Where it sits.
    pub seat: Option<Line>,
    /// Who decided, where the actor only writes it down.
    pub on_behalf: Option<OnBehalf>,
}

/// Take a step of the technical plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TakeTechnicalStep {
    /// Under which plan of the incident; none means the leading one.
    pub plan: Option<PlanId>,
    /// Which step.
    pub step: Act,
    /// The digest of the draft that was read; none begins a round with another draft.
    pub draft: Option<String>,
    /// What is written: the draft itself, the result of the test, the order.
    pub text: Option<BlobRef>,
    /// Whether it goes on.
    pub verdict: Verdict,
    /// In a sentence.
    pub note: Option<Line>,
    /// Who did or decided it, where the actor only writes it down.
    pub on_behalf: Option<OnBehalf>,
}

/// Whether a technical plan goes on after a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It does.
    Passed,
    /// A step that judges it turns it down: it is to be drafted again.
    TurnedDown {
        /// Why.
        reason: Line,
    },
}

/// Issue a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssueDocument {
    /// What it is called.
    pub title: Line,
    /// The form it is written on.
    pub form: Option<FormId>,
    /// Its number; a claim keeps it unique.
    pub number: Option<Line>,
    /// The text exactly as issued.
    pub text: BlobRef,
    /// To whom.
    pub to: BTreeSet<RoleId>,
    /// The duties that it meets in writing.
    pub meets: Vec<Tick>,
    /// Why it was late; needed where it was.
    pub late_because: Option<Line>,
}

impl IncidentCommand {
    /// Its name: chosen once, for records and programs.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Open(_) => "open-incident",
            Self::AddOrganisation(_) => "add-organisation",
            Self::IdentifyOrganisation { .. } => "identify-organisation",
            Self::ResolveRole { .. } => "resolve-role",
            Self::RecordAnchor { .. } => "record-anchor",
            Self::CorrectAnchor { .. } => "correct-anchor",
            Self::RecordFacts(_) => "record-facts",
            Self::Classify { .. } => "classify",
            Self::ReceiveReport(_) => "receive-report",
            Self::MeetDuty(_) => "meet-duty",
            Self::ClearMiss { .. } => "clear-miss",
            Self::WaiveDuty { .. } => "waive-duty",
            Self::JudgeLevel { .. } => "judge-level",
            Self::BeginFirstResponse { .. } => "begin-first-response",
            Self::VoiceDecision(_) => "voice-decision",
            Self::SubmitProposal(_) => "submit-proposal",
            Self::EndorseProposal { .. } => "endorse-proposal",
            Self::ApproveProposal { .. } => "approve-proposal",
            Self::RecordApproval { .. } => "record-approval",
            Self::ConfirmApproval { .. } => "confirm-approval",
            Self::ReturnProposal { .. } => "return-proposal",
            Self::WithdrawProposal { .. } => "withdraw-proposal",
            Self::FormHeadquarters(_) => "form-headquarters",
            Self::ReportNotControlled { .. } => "report-not-controlled",
            Self::TakeCommand { .. } => "take-command",
            Self::RecordMeasure { .. } => "record-measure",
            Self::TakeTechnicalStep(_) => "take-technical-step",
            Self::HandOverPart { .. } => "hand-over-part",
            Self::DecideNotToReport { .. } => "decide-not-to-report",
            Self::ApplyPlan { .. } => "apply-plan",
            Self::SetPlanAside { .. } => "set-plan-aside",
            Self::MigratePlan { .. } => "migrate-plan",
            Self::ConfirmMigration { .. } => "confirm-migration",
            Self::WithdrawMigration { .. } => "withdraw-migration",
            Self::ConfirmIncident { .. } => "confirm-incident",
            Self::IssueDocument(_) => "issue-document",
            Self::WriteNote { .. } => "write-note",
            Self::RecordInstruction { .. } => "record-instruction",
            Self::Review { .. } => "review-incident",
            Self::Close { .. } => "close-incident",
            Self::Reopen { .. } => "reopen-incident",
            Self::Relate { .. } => "relate-incident",
        }
    }
}

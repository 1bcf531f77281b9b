//! Payloads of events, by version. What is here was written to journals and never changes.
//!
//! A change makes a new version beside the old one: `LevelJudgedV2` with `From<LevelJudgedV1>`, and the
//! name without a number moves on to it. That holds as well for every type used inside a payload.
//! Nothing personal is in a payload: people's names, telephones and words are in blobs.

mod words;

use std::collections::{BTreeMap, BTreeSet};

use fengsui_plan::{Act, Channel};
use fengsui_vocabulary::{
    ClauseId, DistrictCode, DutyId, Facts, FormId, IncidentId, Label, LevelId, Line,
    OrganisationId, PersonId, PlanId, ReportId, RoleId,
};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::organisation::Networks;
use crate::{
    Affected, AnchorKind, Anchors, Attachment, BlobRef, Capacity, Carried, Delivery, Party,
    PlanRef, Tick,
};

pub use accountability::*;
pub use call_out::*;
pub use clock::*;
pub use custody::*;
pub use message::*;
pub use roster::*;
pub use shift::*;
pub use words::*;

/// Makes payload structures and the names without a number that stand for the newest version.
macro_rules! payloads {
    ($(
        $(#[$doc:meta])*
        $name:ident = $versioned:ident { $($(#[$what:meta])* $field:ident: $type:ty,)* }
    )+) => {
        $(
            $(#[$doc])*
            #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
            #[serde(deny_unknown_fields)]
            pub struct $versioned {
                $($(#[$what])* pub $field: $type,)*
            }

            $(#[$doc])*
            pub type $name = $versioned;
        )+
    };
}

mod accountability;
mod call_out;
mod clock;
mod custody;
mod message;
mod roster;
mod shift;

payloads! {
    /// An incident was opened.
    IncidentOpened = IncidentOpenedV1 {
        /// Which.
        incident: IncidentId,
        /// Its number, unique by a claim.
        number: Line,
        /// What it is called.
        title: Line,
        /// The editions of the plans that apply, the leading one first.
        plans: Vec<PlanRef>,
    }

    /// An organisation turned out to be affected.
    OrganisationAdded = OrganisationAddedV1 {
        /// Its place in the incident.
        party: Party,
        /// Which organisation, if known.
        organisation: Option<OrganisationId>,
        /// Where it is.
        district: Option<DistrictCode>,
        /// When it happened there.
        anchors: Anchors,
    }

    /// It turned out which organisation an unidentified one is.
    OrganisationIdentified = OrganisationIdentifiedV1 {
        /// Its place.
        party: Party,
        /// Which organisation.
        organisation: OrganisationId,
        /// Where it is.
        district: Option<DistrictCode>,
    }

    /// A role that depends on facts became an organisation.
    RoleResolved = RoleResolvedV1 {
        /// The role: the authority of the district where it happened.
        role: RoleId,
        /// For whom, where it differs by affected organisation.
        party: Option<Party>,
        /// The organisation that fills it.
        organisation: OrganisationId,
        /// The version of the registry's stream in which this was read.
        registry_version: u64,
        /// The plan whose role it is; none means the leading one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        plan: Option<PlanId>,
    }

    /// A time of an affected organisation became known.
    AnchorRecorded = AnchorRecordedV1 {
        /// Whose.
        party: Party,
        /// Which.
        anchor: AnchorKind,
        /// In the sense of which plan, for awareness.
        plan: Option<PlanId>,
        /// The time.
        at: Timestamp,
        /// The offset from UTC in which it was told, in seconds: some plans reckon by it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        offset: Option<i32>,
    }

    /// A time turned out to be wrong; both readings stay.
    AnchorCorrected = AnchorCorrectedV1 {
        /// Whose.
        party: Party,
        /// Which.
        anchor: AnchorKind,
        /// What was recorded before.
        from: Timestamp,
        /// What it is.
        to: Timestamp,
        /// Why.
        reason: Line,
    }

    /// A report joined an incident.
    ReportJoined = ReportJoinedV1 {
        /// Which.
        report: ReportId,
        /// Its number.
        number: Line,
        /// What happened to it so far, times unchanged.
        carried: Vec<Carried>,
    }

    /// A joined report was supplemented.
    SupplementReceived = SupplementReceivedV1 {
        /// Which.
        report: ReportId,
    }

    /// Facts became known.
    FactsRecorded = FactsRecordedV1 {
        /// Which, and what they are now.
        facts: Facts,
        /// Who said so.
        said_by: SaidBy,
        /// On what ground.
        ground: Option<Line>,
        /// Whether it is so, or is expected.
        outlook: Outlook,
    }

    /// An incident's classes were chosen.
    IncidentClassified = IncidentClassifiedV1 {
        /// All of them.
        classes: BTreeSet<ClassRef>,
        /// The one that counts first.
        primary: ClassRef,
        /// The parts that these classes hand over to another plan.
        hands_over: BTreeSet<String>,
    }

    /// A role received a report.
    ReportReceived = ReportReceivedV1 {
        /// Who.
        by: RoleId,
        /// How.
        channel: Channel,
        /// Which report, if it has one.
        report: Option<ReportId>,
        /// The plan whose role received it; none means the leading one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        plan: Option<PlanId>,
    }

    /// A duty was met towards one recipient.
    DutyMet = DutyMetV1 {
        /// The duty.
        tick: Tick,
        /// The channel used.
        channel: Channel,
        /// What was done.
        act: Delivery,
        /// Why it was late.
        late_because: Option<Line>,
    }

    /// A second person confirmed what was entered after its time.
    MissCleared = MissClearedV1 {
        /// The duty.
        tick: Tick,
        /// Who had entered it.
        entered_by: PersonId,
    }

    /// A duty was waived.
    DutyWaived = DutyWaivedV1 {
        /// The duty.
        tick: Tick,
        /// By which role.
        role: RoleId,
        /// Why.
        reason: Line,
    }

    /// The level was judged.
    LevelJudged = LevelJudgedV1 {
        /// Under which plan.
        plan: PlanId,
        /// The level.
        level: LevelId,
        /// What the facts gave at that moment.
        computed: Computed,
        /// By which role.
        role: RoleId,
        /// Why, where it differs from what the facts give.
        reason: Option<Line>,
    }

    /// First response began.
    FirstResponseBegun = FirstResponseBegunV1 {
        /// What is done, if anybody said so.
        note: Option<Line>,
    }

    /// One of several offices that decide jointly gave its voice.
    DecisionVoiced = DecisionVoicedV1 {
        /// What is decided.
        step: Step,
        /// At which level.
        level: LevelId,
        /// In which scope.
        scope: Line,
        /// By which office.
        role: RoleId,
    }

    /// The response started.
    ResponseStarted = ResponseStartedV1 {
        /// At which level.
        level: LevelId,
        /// In which scope.
        scope: Line,
        /// By what decision.
        decision: Decision,
    }

    /// The response's level or scope changed.
    ResponseAdjusted = ResponseAdjustedV1 {
        /// Its level from now on.
        level: LevelId,
        /// Its scope from now on.
        scope: Line,
        /// By what decision.
        decision: Decision,
    }

    /// The response ended.
    ResponseEnded = ResponseEndedV1 {
        /// Its last level.
        level: LevelId,
        /// By what decision.
        decision: Decision,
    }

    /// A handling proposal was submitted, 处置建议.
    ProposalSubmitted = ProposalSubmittedV1 {
        /// What is proposed.
        step: Step,
        /// At which level.
        level: LevelId,
        /// In which scope.
        scope: Line,
        /// The exact text; its digest is the proposal's name from now on.
        text: BlobRef,
        /// By which office.
        role: RoleId,
    }

    /// Another office endorsed the proposal.
    ProposalEndorsed = ProposalEndorsedV1 {
        /// The digest of the text that was read.
        digest: String,
        /// By which office.
        role: RoleId,
    }

    /// The proposal was approved.
    ProposalApproved = ProposalApprovedV1 {
        /// The digest of the text that was read.
        digest: String,
        /// By which role.
        role: RoleId,
        /// How the decision was given.
        given: Given,
    }

    /// An approval that was recorded on behalf was confirmed.
    ApprovalConfirmed = ApprovalConfirmedV1 {
        /// The digest of the text that was approved.
        digest: String,
        /// In which role it was confirmed: the approving one, or one that confirms for it.
        role: RoleId,
        /// Who had recorded it.
        recorded_by: PersonId,
    }

    /// The proposal was returned.
    ProposalReturned = ProposalReturnedV1 {
        /// The digest of the text that was read.
        digest: String,
        /// By which role.
        role: RoleId,
        /// How the decision was given.
        given: Given,
        /// Why.
        reason: Line,
    }

    /// The proposal was withdrawn or overtaken.
    ProposalLapsed = ProposalLapsedV1 {
        /// The digest of its text.
        digest: String,
        /// Why.
        reason: Line,
    }

    /// The headquarters was formed.
    HeadquartersFormed = HeadquartersFormedV1 {
        /// By which role.
        role: RoleId,
        /// How the decision was given.
        given: Given,
        /// The commander.
        commander: Option<PersonId>,
        /// The member organisations.
        members: BTreeSet<OrganisationId>,
        /// The working groups, as roles of the plan.
        groups: BTreeSet<RoleId>,
        /// Where it sits.
        seat: Option<Line>,
    }

    /// Somebody found that the incident is not under control.
    NotControlled = NotControlledV1 {
        /// By which role.
        role: RoleId,
        /// Why.
        reason: Line,
    }

    /// A role took unified command.
    CommandTaken = CommandTakenV1 {
        /// Which.
        role: RoleId,
        /// How the decision was given.
        given: Given,
    }

    /// A measure was taken.
    MeasureRecorded = MeasureRecordedV1 {
        /// Which of the plan's catalogue.
        measure: String,
        /// By which role.
        role: RoleId,
        /// What was done.
        note: Line,
        /// More about it.
        text: Option<BlobRef>,
        /// How it was told, where somebody else wrote it down.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        given: Option<Given>,
    }

    /// A step of the technical plan was taken; the first one of the order begins a round.
    TechnicalStepTaken = TechnicalStepTakenV1 {
        /// Under which plan.
        plan: PlanId,
        /// Which step.
        step: Act,
        /// The digest of the draft that it is about.
        draft: String,
        /// By which role.
        role: RoleId,
        /// How it was given.
        given: Given,
        /// What came of it.
        outcome: StepOutcome,
        /// What was written: the draft, the result of the test, the order.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        text: Option<BlobRef>,
        /// In a sentence.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<Line>,
    }

    /// A part went to another plan.
    PartHandedOver = PartHandedOverV1 {
        /// Which part, as the plan calls it.
        part: String,
        /// By which role.
        role: RoleId,
        /// Why.
        reason: Line,
    }

    /// It was decided not to report under one plan.
    NotReported = NotReportedV1 {
        /// The plan.
        plan: PlanId,
        /// By which role.
        role: RoleId,
        /// Why.
        reason: Line,
    }

    /// Evidence confirmed an incident.
    IncidentConfirmed = IncidentConfirmedV1 {
        /// The evidence.
        evidence: BlobRef,
        /// What it shows.
        note: Line,
    }

    /// A document was issued.
    DocumentIssued = DocumentIssuedV1 {
        /// What it is called.
        title: Line,
        /// The form it was written on.
        form: Option<FormId>,
        /// Its number, unique by a claim.
        number: Option<Line>,
        /// The text exactly as issued.
        text: BlobRef,
        /// By which role.
        role: RoleId,
        /// To whom.
        to: BTreeSet<RoleId>,
        /// What was known when it was issued, so that submissions can be compared.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        facts: Option<Facts>,
        /// The plan under which it was issued; none means the leading one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        plan: Option<PlanId>,
    }

    /// A plan in force was looked at and does not apply, or nobody can say yet whether it does.
    PlanConsidered = PlanConsideredV1 {
        /// The edition, which this incident keeps.
        plan: PlanRef,
        /// What the facts gave.
        answer: ScopeAnswer,
        /// Why.
        because: Vec<ScopeGround>,
    }

    /// A plan was applied to the incident besides the leading one.
    PlanApplied = PlanAppliedV1 {
        /// The edition, which this incident keeps.
        plan: PlanRef,
        /// What the facts gave.
        answer: ScopeAnswer,
        /// Why.
        because: Vec<ScopeGround>,
        /// By which role, where somebody decided it in one; none where the facts did, or a plan officer.
        role: Option<RoleId>,
        /// Why, where somebody decided it.
        reason: Option<Line>,
    }

    /// A plan was set aside: it does not govern this incident.
    PlanSetAside = PlanSetAsideV1 {
        /// The edition.
        plan: PlanRef,
        /// What the facts gave.
        answer: ScopeAnswer,
        /// Why.
        because: Vec<ScopeGround>,
        /// By which role; none where a plan officer decided it.
        role: Option<RoleId>,
        /// Why it was set aside.
        reason: Line,
    }

    /// Somebody proposed that the incident goes on under another edition.
    MigrationProposed = MigrationProposedV1 {
        /// The edition under which it runs.
        from: PlanRef,
        /// The edition under which it is to go on.
        to: PlanRef,
        /// Why.
        reason: Line,
    }

    /// A proposed migration was withdrawn, or refused by whoever was to confirm it.
    MigrationWithdrawn = MigrationWithdrawnV1 {
        /// The plan under which it runs.
        from: PlanRef,
        /// Why.
        reason: Line,
    }

    /// The incident goes on under another edition. What was written under the old one stays written.
    PlanMigrated = PlanMigratedV1 {
        /// The edition until now.
        from: PlanRef,
        /// The edition from now on.
        to: PlanRef,
        /// Why.
        reason: Line,
        /// Who had proposed it.
        proposed_by: PersonId,
        /// The levels that both know: judgements of these go on.
        levels: BTreeSet<LevelId>,
        /// The duties that both know: what was done about these counts.
        duties: BTreeSet<DutyId>,
    }

    /// Somebody wrote a note.
    NoteWritten = NoteWrittenV1 {
        /// The note.
        text: BlobRef,
    }

    /// A leader gave an instruction, 批示.
    InstructionRecorded = InstructionRecordedV1 {
        /// In which role.
        role: RoleId,
        /// How it was given.
        given: Given,
        /// What it says.
        text: BlobRef,
    }

    /// An incident was investigated and assessed.
    IncidentReviewed = IncidentReviewedV1 {
        /// Cause, nature, impact, loss, responsibility, lessons.
        text: BlobRef,
        /// By which role.
        role: RoleId,
    }

    /// An incident was closed.
    IncidentClosed = IncidentClosedV1 {
        /// By which role.
        role: RoleId,
        /// In a sentence, if anybody said so.
        note: Option<Line>,
    }

    /// An incident was opened again.
    IncidentReopened = IncidentReopenedV1 {
        /// By which role.
        role: RoleId,
        /// Why.
        reason: Line,
    }

    /// An incident was related to another.
    IncidentRelated = IncidentRelatedV1 {
        /// How.
        relation: Relation,
        /// To which.
        other: IncidentId,
    }

    /// A report was taken in.
    ReportTakenIn = ReportTakenInV1 {
        /// Which.
        report: ReportId,
        /// Its number, unique by a claim.
        number: Line,
        /// What it is about.
        kind: ReportKind,
        /// How it came.
        channel: IntakeChannel,
        /// Which role took it in: receipt starts that role's clocks.
        taken_in_by: RoleId,
        /// The earlier report that it goes on from.
        follows: Option<ReportId>,
        /// Whom it happened to, and when.
        affected: Vec<Affected>,
        /// What the reporter knows.
        facts: Facts,
        /// Title, description, who reports: kept apart, because people are named in it.
        content: BlobRef,
        /// Files that came with it.
        attachments: Vec<Attachment>,
        /// The plan by which first reports are owed until it is accepted.
        lead: PlanRef,
    }

    /// The reporter added something.
    ReportSupplemented = ReportSupplementedV1 {
        /// What was added.
        content: BlobRef,
        /// Files that came with it.
        attachments: Vec<Attachment>,
        /// What the reporter knows now.
        facts: Facts,
    }

    /// The desk asked the reporter something.
    QuestionAsked = QuestionAskedV1 {
        /// Its number in this report, from 1.
        question: u32,
        /// The question.
        text: BlobRef,
    }

    /// The reporter answered.
    QuestionAnswered = QuestionAnsweredV1 {
        /// Which question.
        question: u32,
        /// The answer.
        text: BlobRef,
        /// Files that came with it.
        attachments: Vec<Attachment>,
    }

    /// A report was accepted into an incident.
    ReportAccepted = ReportAcceptedV1 {
        /// Which incident.
        incident: IncidentId,
        /// By which role.
        role: RoleId,
    }

    /// A report was declined.
    ReportDeclined = ReportDeclinedV1 {
        /// Why, as the reporter will read it.
        reason: Line,
        /// By which role.
        role: RoleId,
    }

    /// A declined report was opened again.
    ReportReopened = ReportReopenedV1 {
        /// Why.
        reason: Line,
    }

    /// A report was split into new reports.
    ReportSplit = ReportSplitV1 {
        /// Which.
        into: Vec<ReportId>,
        /// By which role.
        role: RoleId,
        /// Why.
        reason: Line,
    }

    /// A report was merged into another one.
    ReportMerged = ReportMergedV1 {
        /// Which.
        into: ReportId,
        /// By which role.
        role: RoleId,
    }

    /// Another report was merged into this one.
    ReportAbsorbed = ReportAbsorbedV1 {
        /// Which.
        report: ReportId,
        /// What happened to it so far, times unchanged.
        carried: Vec<Carried>,
    }

    /// A report was sealed: it may hold state secrets, and this is no place for them.
    ReportSealed = ReportSealedV1 {
        /// Why.
        reason: Line,
    }

    /// The reporter was told the result.
    ResultTold = ResultToldV1 {
        /// What was told.
        text: BlobRef,
    }

    /// An organisation was registered.
    OrganisationRegistered = OrganisationRegisteredV1 {
        /// Which.
        organisation: OrganisationId,
        /// What it is.
        details: Details,
        /// The first day on which that holds.
        valid_from: Date,
    }

    /// An organisation's details changed.
    OrganisationChanged = OrganisationChangedV1 {
        /// What it is.
        details: Details,
        /// The first day on which that holds.
        valid_from: Date,
        /// The last day on which it holds, if it is known.
        valid_until: Option<Date>,
    }

    /// An organisation was closed, or merged into another.
    OrganisationClosed = OrganisationClosedV1 {
        /// Its last day.
        closed_on: Date,
        /// Where it went.
        merged_into: Option<OrganisationId>,
        /// Why.
        reason: Line,
    }

    /// A plan was adopted: its bytes and its calendars' are in the record.
    PlanAdopted = PlanAdoptedV1 {
        /// The edition.
        plan: PlanRef,
        /// The pack's bytes.
        bytes: BlobRef,
        /// Its calendars' bytes by id.
        calendars: BTreeMap<String, BlobRef>,
        /// From when on it is in force, where that is not at once.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        from: Option<Timestamp>,
        /// Other plans that it supersedes: they end where it begins.
        #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
        supersedes: BTreeSet<PlanId>,
    }

    /// An edition of a plan was drafted: its bytes are in the record.
    PlanDrafted = PlanDraftedV1 {
        /// The edition.
        plan: PlanRef,
        /// The pack's bytes.
        bytes: BlobRef,
        /// What its signature is worth.
        signature: SignatureVerdict,
    }

    /// A draft was checked.
    PlanChecked = PlanCheckedV1 {
        /// The edition.
        plan: PlanRef,
        /// What was found.
        findings: BlobRef,
        /// How many errors.
        errors: u32,
        /// How many warnings.
        warnings: u32,
    }

    /// A draft was approved by somebody other than whoever drafted it.
    PlanApproved = PlanApprovedV1 {
        /// The edition.
        plan: PlanRef,
    }

    /// A draft was withdrawn.
    DraftWithdrawn = DraftWithdrawnV1 {
        /// The edition.
        plan: PlanRef,
        /// Why.
        reason: Line,
    }

    /// A question about a clause was ruled on, 解释.
    ClauseInterpreted = ClauseInterpretedV1 {
        /// Its number here, from 1.
        number: u32,
        /// The plan.
        plan: PlanId,
        /// The clause.
        clause: ClauseId,
        /// What was asked.
        question: BlobRef,
        /// What holds.
        ruling: BlobRef,
        /// In which role of the plan, if in one.
        role: Option<RoleId>,
    }

    /// A ruling was withdrawn; it stays readable.
    InterpretationWithdrawn = InterpretationWithdrawnV1 {
        /// Which.
        number: u32,
        /// Why.
        reason: Line,
    }

    /// The official wording was attached to an edition.
    WordingAttached = WordingAttachedV1 {
        /// The edition.
        plan: PlanRef,
        /// The clause; none for the whole text.
        clause: Option<ClauseId>,
        /// Its bytes.
        wording: BlobRef,
    }

    /// Somebody proposed who does here what the text leaves open.
    PolicyNamed = PolicyNamedV1 {
        /// Its number here, from 1.
        number: u32,
        /// The plan.
        plan: PlanId,
        /// What is left open.
        act: Act,
        /// The levels it is for; empty means every level.
        levels: BTreeSet<LevelId>,
        /// Who does it.
        how: PolicyHow,
        /// Why.
        reason: Line,
    }

    /// A policy was approved by somebody other than whoever named it; it holds from then on.
    PolicyApproved = PolicyApprovedV1 {
        /// Which.
        number: u32,
    }

    /// A policy was withdrawn; what the pack says holds again.
    PolicyWithdrawn = PolicyWithdrawnV1 {
        /// Which.
        number: u32,
        /// Why.
        reason: Line,
    }

    /// A role of a plan became an organisation and people.
    RoleBound = RoleBoundV1 {
        /// The plan.
        plan: PlanId,
        /// The role.
        role: RoleId,
        /// In which district, where the role differs by district.
        district: Option<DistrictCode>,
        /// The organisation that fills it.
        organisation: Option<OrganisationId>,
        /// The people who fill it in person.
        persons: BTreeSet<PersonId>,
        /// In which sector, where the role differs by sector.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        sector: Option<Line>,
    }

    /// A role of a plan became nobody.
    RoleUnbound = RoleUnboundV1 {
        /// The plan.
        plan: PlanId,
        /// The role.
        role: RoleId,
        /// In which district, where the role differs by district.
        district: Option<DistrictCode>,
        /// In which sector, where the role differs by sector.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        sector: Option<Line>,
    }

    /// Somebody was appointed.
    PersonAppointed = PersonAppointedV1 {
        /// Who.
        person: PersonId,
        /// In which organisation.
        organisation: Option<OrganisationId>,
        /// Roles filled in person.
        roles: BTreeSet<RoleId>,
        /// The plan whose roles those are; none means the leading one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        plan: Option<PlanId>,
        /// What the person may do besides.
        capacities: BTreeSet<Capacity>,
    }

    /// An appointment changed.
    AppointmentChanged = AppointmentChangedV1 {
        /// In which organisation from now on.
        organisation: Option<OrganisationId>,
        /// Roles filled in person from now on.
        roles: BTreeSet<RoleId>,
        /// The plan whose roles those are; none means the leading one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        plan: Option<PlanId>,
        /// What the person may do besides from now on.
        capacities: BTreeSet<Capacity>,
    }

    /// Somebody was dismissed.
    PersonDismissed = PersonDismissedV1 {
        /// Why.
        reason: Line,
    }

    /// A command was refused to a signed-in person.
    RefusalRecorded = RefusalRecordedV1 {
        /// The stream it was about: `incident:inc_…`.
        subject: Line,
        /// The command: `judge-level`.
        command: Line,
        /// The refusal's name: `needs-second-person`.
        refusal: Line,
    }

    /// What an organisation is, in one period.
    Details = DetailsV1 {
        /// Its name; the English one may be empty.
        name: Label,
        /// The organisation above it.
        parent: Option<OrganisationId>,
        /// Where it is.
        district: Option<DistrictCode>,
        /// Its sector.
        sector: Option<Line>,
        /// What it is in the sense of the law.
        kinds: BTreeSet<OrganisationKind>,
        /// Its systems.
        systems: Vec<System>,
        /// The telephone of its duty room, day and night.
        duty_telephone: Option<Line>,
        /// The post that answers for security.
        responsible_post: Option<Line>,
        /// People and how to reach them, kept apart.
        contacts: Option<BlobRef>,
        /// Its networks.
        #[serde(default, skip_serializing_if = "Networks::is_empty")]
        networks: Networks,
        /// What it filed: its own plan, its list of reserves.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        filings: Vec<Filing>,
    }

    /// A system of an organisation.
    System = SystemV1 {
        /// What it is called.
        name: Line,
        /// How important it is.
        importance: Importance,
        /// Whether it was designated critical information infrastructure.
        #[serde(default, skip_serializing_if = "Designation::is_none")]
        designation: Designation,
        /// The level of graded protection, 等保, if it was graded.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        protection: Option<Protection>,
        /// What it does for others.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        services: Vec<Line>,
    }

    /// Something that an organisation filed with an authority.
    Filing = FilingV1 {
        /// What it is.
        kind: FilingKind,
        /// What it is called.
        title: Line,
        /// When it was filed.
        filed_on: Date,
        /// When it has to be looked at again, if that is known.
        review_on: Option<Date>,
        /// The document itself, if it is here.
        document: Option<Attachment>,
    }

    /// What the facts give.
    Computed = ComputedV1 {
        /// The level that is certain.
        certain: Option<LevelId>,
        /// The level that is possible.
        possible: Option<LevelId>,
    }
}

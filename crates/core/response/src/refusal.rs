//! Why a command was turned down: an answer of the domain, shown to whoever asked.

use fengsui_plan::{Act, Channel, FactsRefused, NotAuthorised};
use fengsui_vocabulary::{
    ClauseId, DutyId, IncidentId, LevelId, Line, OrganisationId, PersonId, PlanId, RoleId,
};
use jiff::Timestamp;
use jiff::civil::Date;

use crate::incident::InTheWay;
use crate::shift::ShiftRefusal;
use crate::{AnchorKind, Capacity, Party, Step};

/// Why a command was turned down.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The plan gives this to others, or to nobody.
    #[error(transparent)]
    NotAuthorised(#[from] NotAuthorised),
    /// The actor fills no role at all.
    #[error("you fill no role of the plan, so you may not {}", act_name(*act))]
    NoRole {
        /// What was tried.
        act: Act,
    },
    /// The actor does not fill the role in which the command was given.
    #[error("you do not fill the role {role}")]
    NotInRole {
        /// The role.
        role: RoleId,
    },
    /// The actor lacks a capacity.
    #[error("this needs the capacity {}", capacity.name())]
    NeedsCapacity {
        /// Which.
        capacity: Capacity,
    },
    /// Only people who have a part in it may do this.
    #[error("this is for the sender, the recipient, the affected organisation or the desk")]
    NotYours,
    /// Nobody approves or confirms alone what they did themselves.
    #[error("{done_by} did this, so somebody else must approve or confirm it")]
    NeedsSecondPerson {
        /// Who did it.
        done_by: PersonId,
    },
    /// These two cannot be one person's.
    #[error("{} and {} cannot be the same person's", one.name(), other.name())]
    CapacitiesConflict {
        /// One of them.
        one: Capacity,
        /// The other.
        other: Capacity,
    },
    /// Nobody holds their own organisation to account.
    #[error("this is about your own organisation, so somebody of another one must do it")]
    OwnOrganisation,
    /// The organisation was not heard yet.
    #[error("{}", not_heard(*answer_by))]
    NotHeard {
        /// By when it may answer, if it was asked.
        answer_by: Option<Timestamp>,
    },
    /// The accountability file is not open.
    #[error("this file is not open; reopen it on new evidence")]
    FileClosed,
    /// The accountability file is open.
    #[error("this file is open; add to it instead")]
    FileOpen,
    /// The edition of a plan is not at hand.
    #[error("the edition of {plan} on which this started is not at hand; adopt it again")]
    PlanNotAtHand {
        /// Which plan.
        plan: PlanId,
    },
    /// A time after the present, or after what it belongs to.
    #[error("{at} lies after {latest}; mend the time")]
    InTheFuture {
        /// The time given.
        at: Timestamp,
        /// The latest possible.
        latest: Timestamp,
    },
    /// A time before this century.
    #[error("{at} lies before this century; mend the time")]
    TooLongAgo {
        /// The time given.
        at: Timestamp,
    },
    /// A time before what it follows from.
    #[error("{at} lies before {earliest}, when it began; mend the time")]
    BeforeItBegan {
        /// The time given.
        at: Timestamp,
        /// The earliest possible.
        earliest: Timestamp,
    },
    /// Noticed before it began.
    #[error("{anchor} at {at}, but it occurred at {occurred_at}; mend one of the times")]
    ContradictoryAnchors {
        /// Which anchor.
        anchor: AnchorKind,
        /// Its time.
        at: Timestamp,
        /// When it is said to have begun.
        occurred_at: Timestamp,
    },
    /// This anchor is known; it can be corrected with a reason.
    #[error("{anchor} is already recorded as {at}; correct it with a reason instead")]
    AnchorKnown {
        /// Which anchor.
        anchor: AnchorKind,
        /// Its time.
        at: Timestamp,
    },
    /// This anchor is not known, so nothing can be corrected.
    #[error("{anchor} is not recorded yet, so there is nothing to correct")]
    AnchorUnknown {
        /// Which anchor.
        anchor: AnchorKind,
    },
    /// More of something than fits.
    #[error("{count} {what} are too many: at most {count_max}")]
    TooMany {
        /// Of what.
        what: &'static str,
        /// How many were given.
        count: usize,
        /// How many fit.
        count_max: usize,
    },
    /// Nothing was given where something is needed.
    #[error("name at least one {what}")]
    Nothing {
        /// What is missing.
        what: &'static str,
    },
    /// A name that is empty, too long or not a text.
    #[error(
        "a Chinese name of at most {chars_max} characters is needed; an English one may follow"
    )]
    NameOutOfRange {
        /// How many characters fit.
        chars_max: usize,
    },
    /// A reference to something that does not exist here.
    #[error("there is no {what} `{name}` here")]
    Unknown {
        /// What sort of thing.
        what: &'static str,
        /// What it was called.
        name: String,
    },
    /// Facts that the catalogue does not have, or values that it does not allow.
    #[error(transparent)]
    FactsRefused(#[from] FactsRefused),
    /// It exists already.
    #[error("this exists already")]
    ExistsAlready,
    /// It does not exist.
    #[error("this does not exist")]
    Absent,
    /// The incident is closed.
    #[error("this incident is closed; reopen it first")]
    IncidentClosed,
    /// The incident is not closed.
    #[error("this incident is not closed")]
    IncidentOpen,
    /// Something stands in the way of closing.
    #[error("this incident cannot be closed yet: {} things stand in the way", in_the_way.len())]
    NotClosable {
        /// What.
        in_the_way: Vec<InTheWay>,
    },
    /// The report was accepted already.
    #[error("this report was already accepted by {by} into {incident}")]
    AlreadyAccepted {
        /// Into which incident.
        incident: IncidentId,
        /// By whom.
        by: PersonId,
    },
    /// The report was declined.
    #[error("this report was declined; reopen it first")]
    ReportDeclined,
    /// The report is not declined.
    #[error("this report is not declined")]
    ReportNotDeclined,
    /// The report was not accepted yet.
    #[error("this report is not accepted yet")]
    ReportNotAccepted,
    /// The report was sealed.
    #[error("this report is sealed: what may be classified is not handled here")]
    ReportSealed,
    /// The report was split or merged.
    #[error("this report goes on elsewhere: it was split or merged")]
    ReportGoesOnElsewhere,
    /// The question was answered already.
    #[error("this question was answered already")]
    AnsweredAlready,
    /// The organisation is there already.
    #[error("{organisation} is already among the affected organisations")]
    AffectedAlready {
        /// Which.
        organisation: OrganisationId,
    },
    /// The organisation is known already.
    #[error("{party} is already identified")]
    IdentifiedAlready {
        /// Which.
        party: Party,
    },
    /// There is no such duty.
    #[error("{duty} is not owed like this: look at the duties again")]
    NotOwed {
        /// Which duty.
        duty: DutyId,
    },
    /// The duty was met or waived.
    #[error("{duty} was already met or waived")]
    SettledAlready {
        /// Which duty.
        duty: DutyId,
    },
    /// The duty was replaced by a stricter one.
    #[error("{duty} was replaced by a stricter duty; meet that one")]
    DutySuperseded {
        /// Which duty.
        duty: DutyId,
    },
    /// The channel is not the duty's.
    #[error("{duty} is to be met by the channel {}", channel_name(*channel))]
    WrongChannel {
        /// Which duty.
        duty: DutyId,
        /// The channel it needs.
        channel: Channel,
    },
    /// It was late, and nobody said why.
    #[error("{duty} was due at {due}: say why it is late")]
    NeedsLateReason {
        /// Which duty.
        duty: DutyId,
        /// When it was due.
        due: Timestamp,
    },
    /// There is no miss to clear.
    #[error("there is nothing to confirm for {duty}")]
    NothingToClear {
        /// Which duty.
        duty: DutyId,
    },
    /// Judged otherwise than the facts give, and nobody said why.
    #[error("the facts give {}: say why it is judged {level}", level_name(certain.as_ref()))]
    NeedsReason {
        /// The level judged.
        level: LevelId,
        /// The level that the facts give.
        certain: Option<LevelId>,
    },
    /// The level is judged like this already.
    #[error("this level is already judged {level}")]
    JudgedAlready {
        /// The level.
        level: LevelId,
    },
    /// A response milder than the incident.
    #[error("the level in force is {in_force}, so a response at {level} is too mild")]
    TooMild {
        /// The level given.
        level: LevelId,
        /// The level in force.
        in_force: LevelId,
    },
    /// There is a response already.
    #[error("the response has already started; adjust it instead")]
    ResponseRunning,
    /// There is no response.
    #[error("no response has started, so there is none to adjust or end")]
    NoResponse,
    /// The response still runs.
    #[error("the response has not ended yet; end it first")]
    ResponseNotEnded,
    /// The response has this level and scope already.
    #[error("the response is already like this")]
    ResponseUnchanged,
    /// At this level the step needs an approved proposal.
    #[error("at this level to {} needs an approved proposal (clause {clause})", step.name())]
    NeedsApproval {
        /// Which step.
        step: Step,
        /// The clause.
        clause: ClauseId,
    },
    /// At this level the step needs no approval.
    #[error("at this level to {} is decided without a proposal (clause {clause})", step.name())]
    NeedsNoApproval {
        /// Which step.
        step: Step,
        /// The clause.
        clause: ClauseId,
    },
    /// A proposal is waiting.
    #[error("another proposal is waiting; withdraw it or wait for its answer")]
    ProposalWaiting,
    /// No proposal is waiting.
    #[error("no proposal is waiting")]
    NoProposal,
    /// The text is not the one that is waiting.
    #[error("the text has changed since you read it; read it again")]
    TextChanged,
    /// The office endorsed it already.
    #[error("{role} has already submitted or endorsed this")]
    EndorsedAlready {
        /// Which office.
        role: RoleId,
    },
    /// Not every office has endorsed it.
    #[error("this still needs the endorsement of {}", names(missing))]
    NotEndorsed {
        /// Whose is missing.
        missing: Vec<RoleId>,
    },
    /// There is no approval to confirm.
    #[error("there is no approval to confirm")]
    NothingToConfirm,
    /// The part was handed over already.
    #[error("the part `{part}` was already handed over")]
    HandedOverAlready {
        /// Which part.
        part: String,
    },
    /// Related to itself.
    #[error("an incident cannot be related to itself")]
    RelatedToItself,
    /// It is about a shift.
    #[error(transparent)]
    Shift(#[from] ShiftRefusal),
    /// The organisation is closed.
    #[error("this organisation is closed")]
    OrganisationClosed,
    /// A period that ends before it begins.
    #[error("this holds from {from} until {until}: mend one of the days")]
    PeriodBackwards {
        /// The first day.
        from: Date,
        /// The last day.
        until: Date,
    },
    /// The person was dismissed.
    #[error("this person was dismissed")]
    Dismissed,
    /// The leading plan says who may do what; it cannot be taken away.
    #[error("{plan} leads here; it cannot be set aside, only exchanged for another edition")]
    LeadPlan {
        /// Which plan.
        plan: PlanId,
    },
    /// The edition is not in force here.
    #[error("this edition of {plan} is not in force here; adopt it first")]
    PlanNotInForce {
        /// Which plan.
        plan: PlanId,
    },
    /// The edition was not approved.
    #[error("this edition of {plan} was not approved; draft it and have somebody else approve it")]
    PlanNotApproved {
        /// Which plan.
        plan: PlanId,
    },
    /// The pack's signature is needed here and does not hold.
    #[error("the signature of this pack does not hold, and one that does is needed here")]
    SignatureNeeded,
    /// A migration waits already.
    #[error("somebody already proposed to take this incident on from {plan}")]
    MigrationWaiting {
        /// The plan under which it runs.
        plan: PlanId,
    },
    /// No migration waits.
    #[error("nobody proposed to take this incident on from {plan}")]
    NoMigration {
        /// The plan under which it runs.
        plan: PlanId,
    },
    /// The other plan does not say that it supersedes this one.
    #[error("{to} does not say that it supersedes {from}")]
    NotASuccessor {
        /// The plan under which it runs.
        from: PlanId,
        /// The other one.
        to: PlanId,
    },
    /// The text names somebody, so no policy may name others.
    #[error("the text itself says who may {} (clause {clause})", act_name(*act))]
    NotLeftOpen {
        /// What.
        act: Act,
        /// The clause.
        clause: ClauseId,
    },
    /// The plan's text knows no technical plan.
    #[error("the text of {plan} gives no order for a technical plan, so there is none to make")]
    NoTechnicalPlan {
        /// Which plan.
        plan: PlanId,
    },
    /// Another step of the technical plan comes before this one.
    #[error(
        "before you {}, somebody must {} (clause {clause})", act_name(*step), act_name(*first)
    )]
    OutOfTurn {
        /// What was tried.
        step: Act,
        /// What comes first.
        first: Act,
        /// The clause that gives the order.
        clause: ClauseId,
    },
    /// Nobody said which text it is about.
    #[error("to {} needs a text: the draft itself, or which one was read", act_name(*step))]
    NeedsText {
        /// What was tried.
        step: Act,
    },
    /// This step judges nothing, so it turns nothing down.
    #[error("to {} is no judgement; only a test, its assessment and the approval turn a plan down", act_name(*step))]
    NothingToJudge {
        /// What was tried.
        step: Act,
    },
    /// The plan gives this measure to others.
    #[error("the measure `{measure}` is for {} only (clause {clause})", names(by))]
    MeasureOfOthers {
        /// Which measure.
        measure: String,
        /// The clause that says so.
        clause: ClauseId,
        /// Whose it is.
        by: Vec<RoleId>,
    },
    /// The number is another document's.
    #[error("the number {number} is already another document's; give this one its own")]
    NumberTaken {
        /// Which number.
        number: Line,
    },
    /// Two shifts at once.
    #[error("{one} and {other} overlap; mend one of them")]
    RosterOverlap {
        /// One of them.
        one: String,
        /// The other.
        other: String,
    },
    /// Somebody cannot stand two posts, or one post twice.
    #[error("{person} already stands {slot}; name somebody else")]
    StandsElsewhere {
        /// Who.
        person: PersonId,
        /// Where.
        slot: String,
    },
    /// Nobody stands in for somebody who is not on the roster.
    #[error("{person} does not stand {slot}, so nobody can stand in")]
    StandsNot {
        /// Who.
        person: PersonId,
        /// Where not.
        slot: String,
    },
    /// Not one of those who are called out.
    #[error("you are not on call for this; the officer on duty can add you")]
    NotOnCall,
    /// The call-out has ended.
    #[error("this call-out has ended")]
    CallOutOver,
    /// Somebody else comes.
    #[error("{by} said so first and is coming")]
    TakenAlready {
        /// Who.
        by: PersonId,
    },
    /// A legal hold stands against it.
    #[error("a legal hold stands against this ({ground}); it must be lifted first")]
    LegalHold {
        /// What is held, where it is not the subject itself.
        subject: Option<Line>,
        /// On what ground it is held.
        ground: Line,
    },
    /// The request was decided or taken back.
    #[error("this request was already decided or taken back")]
    RequestSettled,
    /// Nothing of what is meant is left.
    #[error("there is no text left here that could be erased")]
    NothingToErase,
    /// Nothing would change.
    #[error("nothing would change")]
    NoChange,
}

impl Refusal {
    /// Its name: chosen once, for screens, records and programs.
    #[expect(clippy::too_many_lines, reason = "one line for each name")]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::NotAuthorised(_) => "not-authorised",
            Self::NoRole { .. } => "no-role",
            Self::NotInRole { .. } => "not-in-role",
            Self::NeedsCapacity { .. } => "needs-capacity",
            Self::NotYours => "not-yours",
            Self::NeedsSecondPerson { .. } => "needs-second-person",
            Self::CapacitiesConflict { .. } => "capacities-conflict",
            Self::OwnOrganisation => "own-organisation",
            Self::NotHeard { .. } => "not-heard",
            Self::FileClosed => "file-closed",
            Self::FileOpen => "file-open",
            Self::PlanNotAtHand { .. } => "plan-not-at-hand",
            Self::InTheFuture { .. } => "in-the-future",
            Self::TooLongAgo { .. } => "too-long-ago",
            Self::BeforeItBegan { .. } => "before-it-began",
            Self::ContradictoryAnchors { .. } => "contradictory-anchors",
            Self::AnchorKnown { .. } => "anchor-known",
            Self::AnchorUnknown { .. } => "anchor-unknown",
            Self::TooMany { .. } => "too-many",
            Self::Nothing { .. } => "nothing",
            Self::NameOutOfRange { .. } => "name-out-of-range",
            Self::Unknown { .. } => "unknown",
            Self::FactsRefused(_) => "facts-refused",
            Self::ExistsAlready => "exists-already",
            Self::Absent => "absent",
            Self::IncidentClosed => "incident-closed",
            Self::IncidentOpen => "incident-open",
            Self::NotClosable { .. } => "not-closable",
            Self::AlreadyAccepted { .. } => "already-accepted",
            Self::ReportDeclined => "report-declined",
            Self::ReportNotDeclined => "report-not-declined",
            Self::ReportNotAccepted => "report-not-accepted",
            Self::ReportSealed => "report-sealed",
            Self::ReportGoesOnElsewhere => "report-goes-on-elsewhere",
            Self::AnsweredAlready => "answered-already",
            Self::AffectedAlready { .. } => "affected-already",
            Self::IdentifiedAlready { .. } => "identified-already",
            Self::NotOwed { .. } => "not-owed",
            Self::SettledAlready { .. } => "settled-already",
            Self::DutySuperseded { .. } => "duty-superseded",
            Self::WrongChannel { .. } => "wrong-channel",
            Self::NeedsLateReason { .. } => "needs-late-reason",
            Self::NothingToClear { .. } => "nothing-to-clear",
            Self::NeedsReason { .. } => "needs-reason",
            Self::JudgedAlready { .. } => "judged-already",
            Self::TooMild { .. } => "too-mild",
            Self::ResponseRunning => "response-running",
            Self::NoResponse => "no-response",
            Self::ResponseNotEnded => "response-not-ended",
            Self::ResponseUnchanged => "response-unchanged",
            Self::NeedsApproval { .. } => "needs-approval",
            Self::NeedsNoApproval { .. } => "needs-no-approval",
            Self::ProposalWaiting => "proposal-waiting",
            Self::NoProposal => "no-proposal",
            Self::TextChanged => "text-changed",
            Self::EndorsedAlready { .. } => "endorsed-already",
            Self::NotEndorsed { .. } => "not-endorsed",
            Self::NothingToConfirm => "nothing-to-confirm",
            Self::HandedOverAlready { .. } => "handed-over-already",
            Self::RelatedToItself => "related-to-itself",
            Self::Shift(refusal) => refusal.name(),
            Self::OrganisationClosed => "organisation-closed",
            Self::PeriodBackwards { .. } => "period-backwards",
            Self::Dismissed => "dismissed",
            Self::LeadPlan { .. } => "lead-plan",
            Self::PlanNotInForce { .. } => "plan-not-in-force",
            Self::PlanNotApproved { .. } => "plan-not-approved",
            Self::SignatureNeeded => "signature-needed",
            Self::MigrationWaiting { .. } => "migration-waiting",
            Self::NoMigration { .. } => "no-migration",
            Self::NotASuccessor { .. } => "not-a-successor",
            Self::NotLeftOpen { .. } => "not-left-open",
            Self::NoTechnicalPlan { .. } => "no-technical-plan",
            Self::OutOfTurn { .. } => "out-of-turn",
            Self::NeedsText { .. } => "needs-text",
            Self::NothingToJudge { .. } => "nothing-to-judge",
            Self::MeasureOfOthers { .. } => "measure-of-others",
            Self::NumberTaken { .. } => "number-taken",
            Self::RosterOverlap { .. } => "roster-overlap",
            Self::StandsElsewhere { .. } => "stands-elsewhere",
            Self::StandsNot { .. } => "stands-not",
            Self::NotOnCall => "not-on-call",
            Self::CallOutOver => "call-out-over",
            Self::TakenAlready { .. } => "taken-already",
            Self::LegalHold { .. } => "legal-hold",
            Self::RequestSettled => "request-settled",
            Self::NothingToErase => "nothing-to-erase",
            Self::NoChange => "no-change",
        }
    }

    /// The clause that it rests on, if one decides.
    pub const fn clause(&self) -> Option<&ClauseId> {
        if let Self::NotAuthorised(NotAuthorised::Role { clause, .. })
        | Self::NeedsApproval { clause, .. }
        | Self::NeedsNoApproval { clause, .. }
        | Self::NotLeftOpen { clause, .. }
        | Self::OutOfTurn { clause, .. }
        | Self::MeasureOfOthers { clause, .. } = self
        {
            Some(clause)
        } else {
            None
        }
    }

    /// Whether it is about who asks, not about what is asked.
    pub const fn is_about_authority(&self) -> bool {
        if let Self::Shift(refusal) = self {
            return refusal.is_about_authority();
        }
        matches!(
            self,
            Self::NotAuthorised(_)
                | Self::NoRole { .. }
                | Self::NotInRole { .. }
                | Self::NeedsCapacity { .. }
                | Self::NotYours
                | Self::NeedsSecondPerson { .. }
                | Self::NotOnCall
                | Self::OwnOrganisation
                | Self::MeasureOfOthers { .. }
        )
    }
}

impl Step {
    /// The step as a verb.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Start => "start a response",
            Self::Adjust => "adjust the response",
            Self::Escalate => "escalate the response",
            Self::End => "end the response",
        }
    }
}

/// An act as a verb, for people.
const fn act_name(act: Act) -> &'static str {
    match act {
        Act::AcceptReport => "accept a report",
        Act::DeclineReport => "decline a report",
        Act::RecordFacts => "record facts",
        Act::JudgeLevel => "judge the level",
        Act::StartResponse => "start a response",
        Act::EscalateResponse => "ask for a higher response",
        Act::TakeCommand => "take unified command",
        Act::AdjustResponse => "adjust the response",
        Act::EndResponse => "end the response",
        Act::FormHeadquarters => "form the headquarters",
        Act::ClearMiss => "confirm what clears a miss",
        Act::WaiveDuty => "waive a duty",
        Act::HandOver => "hand a part over",
        Act::Review => "review an incident",
        Act::CloseIncident => "close an incident",
        Act::ReopenIncident => "reopen an incident",
        Act::Release => "publish",
        Act::SupplyWording => "supply the wording of a release",
        Act::GuideOpinion => "guide opinion",
        Act::IssueWarning => "issue a warning",
        Act::AdjustWarning => "adjust a warning",
        Act::LiftWarning => "lift a warning",
        Act::ApproveTechnicalPlan => "approve a technical plan",
        Act::DraftTechnicalPlan => "draft a technical plan",
        Act::TestTechnicalPlan => "have a technical plan tested",
        Act::AssessTechnicalPlan => "assess the test of a technical plan",
        Act::ResourceTechnicalPlan => "obtain what a technical plan needs",
        Act::OrderTechnicalPlan => "order a technical plan",
        Act::ExecuteTechnicalPlan => "carry out a technical plan",
    }
}

const fn channel_name(channel: Channel) -> &'static str {
    match channel {
        Channel::Oral => "oral",
        Channel::Written => "written",
        Channel::Any => "any",
    }
}

fn not_heard(answer_by: Option<Timestamp>) -> String {
    answer_by.map_or_else(
        || "ask the organisation to be heard before you decide".to_owned(),
        |by| format!("the organisation may answer until {by}; decide when it was heard or then"),
    )
}

fn level_name(level: Option<&LevelId>) -> &str {
    level.map_or("no level", LevelId::as_str)
}

fn names(roles: &[RoleId]) -> String {
    roles.iter().map(RoleId::as_str).collect::<Vec<_>>().join(", ")
}

//! Events: what is written to the journal, once and for ever.
//!
//! Each kind is a string chosen once and written out by hand. An event holds the newest version of
//! its payload; older versions become the newest one when they are read. A sample of every version
//! is committed under `samples/`, and a test reads them all.

mod stored;

pub use stored::*;

/// An event as the journal keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// Its kind: `level-judged`.
    pub kind: &'static str,
    /// The version of its payload.
    pub version: u32,
    /// Its payload as JSON.
    pub payload: String,
}

/// An entry of the journal that this program cannot read.
#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    /// The kind or version is of a newer program, or of another stream.
    #[error("an entry of kind `{kind}` version {version} does not belong here; update the program")]
    Unknown {
        /// The kind found.
        kind: String,
        /// The version found.
        version: u32,
    },
    /// The payload is not what its version says.
    #[error("the payload of an entry of kind `{kind}` version {version} cannot be read")]
    Payload {
        /// The kind.
        kind: String,
        /// The version.
        version: u32,
        /// What is wrong with it.
        source: serde_json::Error,
    },
}

/// Makes the events of one kind of stream from a table of kinds, newest payload and version.
macro_rules! events {
    (
        $(#[$doc:meta])*
        $name:ident {
            $($(#[$what:meta])* $variant:ident($payload:ident) = $kind:literal, $version:literal;)+
        }
    ) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum $name {
            $($(#[$what])* $variant(Box<$payload>),)+
        }

        impl $name {
            /// Every kind that a stream of this sort may hold, with its newest version.
            pub const KINDS: &[(&str, u32)] = &[$(($kind, $version)),+];

            /// The kind, as the journal has it.
            pub const fn kind(&self) -> &'static str {
                match self {
                    $(Self::$variant(_) => $kind,)+
                }
            }

            /// The event as the journal keeps it, always in the newest version.
            pub fn to_stored(&self) -> Stored {
                match self {
                    $(Self::$variant(payload) => Stored {
                        kind: $kind,
                        version: $version,
                        payload: written(&**payload),
                    },)+
                }
            }

            /// Reads what the journal kept.
            pub fn read(kind: &str, version: u32, payload: &str) -> Result<Self, Unreadable> {
                match (kind, version) {
                    $(($kind, $version) => {
                        let payload: $payload = from_json(kind, version, payload)?;
                        Ok(payload.into())
                    })+
                    _ => Err(Unreadable::Unknown { kind: kind.to_owned(), version }),
                }
            }
        }

        $(impl From<$payload> for $name {
            fn from(payload: $payload) -> Self {
                Self::$variant(Box::new(payload))
            }
        })+
    };
}

events! {
    /// What happens to an incident.
    IncidentEvent {
        /// It was opened.
        Opened(IncidentOpened) = "incident-opened", 1;
        /// An organisation turned out to be affected.
        OrganisationAdded(OrganisationAdded) = "organisation-added", 1;
        /// It turned out which organisation an unidentified one is.
        OrganisationIdentified(OrganisationIdentified) = "organisation-identified", 1;
        /// A role that depends on facts became an organisation.
        RoleResolved(RoleResolved) = "role-resolved", 1;
        /// A time of an affected organisation became known.
        AnchorRecorded(AnchorRecorded) = "anchor-recorded", 1;
        /// A time turned out to be wrong; both readings stay.
        AnchorCorrected(AnchorCorrected) = "anchor-corrected", 1;
        /// A report joined with everything that happened to it so far.
        ReportJoined(ReportJoined) = "report-joined", 1;
        /// A joined report was supplemented.
        SupplementReceived(SupplementReceived) = "supplement-received", 1;
        /// Facts became known.
        FactsRecorded(FactsRecorded) = "facts-recorded", 1;
        /// Its classes were chosen.
        Classified(IncidentClassified) = "incident-classified", 1;
        /// A role received a report of it.
        ReportReceived(ReportReceived) = "report-received", 1;
        /// A duty was met.
        DutyMet(DutyMet) = "duty-met", 1;
        /// A second person confirmed what was entered after its time.
        MissCleared(MissCleared) = "miss-cleared", 1;
        /// A duty was waived.
        DutyWaived(DutyWaived) = "duty-waived", 1;
        /// The level was judged.
        LevelJudged(LevelJudged) = "level-judged", 1;
        /// First response began; it needs no level.
        FirstResponseBegun(FirstResponseBegun) = "first-response-begun", 1;
        /// One of several offices that decide jointly gave its voice.
        DecisionVoiced(DecisionVoiced) = "decision-voiced", 1;
        /// The response started.
        ResponseStarted(ResponseStarted) = "response-started", 1;
        /// The response's level or scope changed.
        ResponseAdjusted(ResponseAdjusted) = "response-adjusted", 1;
        /// The response ended.
        ResponseEnded(ResponseEnded) = "response-ended", 1;
        /// A handling proposal was submitted.
        ProposalSubmitted(ProposalSubmitted) = "proposal-submitted", 1;
        /// Another office endorsed the proposal.
        ProposalEndorsed(ProposalEndorsed) = "proposal-endorsed", 1;
        /// The proposal was approved.
        ProposalApproved(ProposalApproved) = "proposal-approved", 1;
        /// An approval that was recorded on behalf was confirmed.
        ApprovalConfirmed(ApprovalConfirmed) = "approval-confirmed", 1;
        /// The proposal was returned.
        ProposalReturned(ProposalReturned) = "proposal-returned", 1;
        /// The proposal was withdrawn or overtaken.
        ProposalLapsed(ProposalLapsed) = "proposal-lapsed", 1;
        /// The headquarters was formed.
        HeadquartersFormed(HeadquartersFormed) = "headquarters-formed", 1;
        /// Somebody found that it is not under control.
        NotControlled(NotControlled) = "not-controlled", 1;
        /// A role took unified command.
        CommandTaken(CommandTaken) = "command-taken", 1;
        /// A measure was taken.
        MeasureRecorded(MeasureRecorded) = "measure-recorded", 1;
        /// A step of the technical plan was taken.
        TechnicalStepTaken(TechnicalStepTaken) = "technical-step-taken", 1;
        /// A part went to another plan.
        PartHandedOver(PartHandedOver) = "part-handed-over", 1;
        /// Whoever owes duties was reminded.
        DutiesReminded(DutiesReminded) = "duties-reminded", 1;
        /// Duties were not done in time.
        DutiesMissed(DutiesMissed) = "duties-missed", 1;
        /// It was decided not to report under one plan.
        NotReported(NotReported) = "not-reported", 1;
        /// Evidence confirmed it.
        Confirmed(IncidentConfirmed) = "incident-confirmed", 1;
        /// A document was issued.
        DocumentIssued(DocumentIssued) = "document-issued", 1;
        /// Somebody wrote a note.
        NoteWritten(NoteWritten) = "note-written", 1;
        /// A leader gave an instruction, 批示.
        InstructionRecorded(InstructionRecorded) = "instruction-recorded", 1;
        /// It was investigated and assessed.
        Reviewed(IncidentReviewed) = "incident-reviewed", 1;
        /// It was closed.
        Closed(IncidentClosed) = "incident-closed", 1;
        /// It was opened again.
        Reopened(IncidentReopened) = "incident-reopened", 1;
        /// It was related to another incident.
        Related(IncidentRelated) = "incident-related", 1;
        /// A plan in force was looked at.
        PlanConsidered(PlanConsidered) = "plan-considered", 1;
        /// A plan was applied besides the leading one.
        PlanApplied(PlanApplied) = "plan-applied", 1;
        /// A plan was set aside.
        PlanSetAside(PlanSetAside) = "plan-set-aside", 1;
        /// It was proposed to go on under another edition.
        MigrationProposed(MigrationProposed) = "migration-proposed", 1;
        /// That proposal was withdrawn.
        MigrationWithdrawn(MigrationWithdrawn) = "migration-withdrawn", 1;
        /// It goes on under another edition.
        PlanMigrated(PlanMigrated) = "plan-migrated", 1;
    }
}

events! {
    /// What happens to a report.
    ReportEvent {
        /// It was taken in.
        TakenIn(ReportTakenIn) = "report-taken-in", 1;
        /// It turned out which organisation an unidentified one is.
        OrganisationIdentified(OrganisationIdentified) = "organisation-identified", 1;
        /// A time of an affected organisation became known.
        AnchorRecorded(AnchorRecorded) = "anchor-recorded", 1;
        /// A time turned out to be wrong; both readings stay.
        AnchorCorrected(AnchorCorrected) = "anchor-corrected", 1;
        /// Another role received it.
        Received(ReportReceived) = "report-received", 1;
        /// A duty was met.
        DutyMet(DutyMet) = "duty-met", 1;
        /// A second person confirmed what was entered after its time.
        MissCleared(MissCleared) = "miss-cleared", 1;
        /// Whoever owes duties was reminded.
        DutiesReminded(DutiesReminded) = "duties-reminded", 1;
        /// Duties were not done in time.
        DutiesMissed(DutiesMissed) = "duties-missed", 1;
        /// It has waited so long that people are called out.
        LeftWaiting(ReportLeftWaiting) = "report-left-waiting", 1;
        /// The reporter added something.
        Supplemented(ReportSupplemented) = "report-supplemented", 1;
        /// The desk asked the reporter something.
        QuestionAsked(QuestionAsked) = "question-asked", 1;
        /// The reporter answered.
        QuestionAnswered(QuestionAnswered) = "question-answered", 1;
        /// It was accepted into an incident.
        Accepted(ReportAccepted) = "report-accepted", 1;
        /// It was declined.
        Declined(ReportDeclined) = "report-declined", 1;
        /// It was opened again.
        Reopened(ReportReopened) = "report-reopened", 1;
        /// It was split into new reports.
        Split(ReportSplit) = "report-split", 1;
        /// It was merged into another report.
        Merged(ReportMerged) = "report-merged", 1;
        /// Another report was merged into it.
        Absorbed(ReportAbsorbed) = "report-absorbed", 1;
        /// It was sealed.
        Sealed(ReportSealed) = "report-sealed", 1;
        /// The reporter was told the result.
        ResultTold(ResultTold) = "result-told", 1;
        /// Texts of it were erased.
        TextsErased(TextsErased) = "texts-erased", 1;
    }
}

events! {
    /// What happens to the custody of a subject.
    CustodyEvent {
        /// A legal hold was placed.
        HoldPlaced(HoldPlaced) = "hold-placed", 1;
        /// A hold was lifted.
        HoldLifted(HoldLifted) = "hold-lifted", 1;
        /// Somebody asked that texts be erased.
        ErasureRequested(ErasureRequested) = "erasure-requested", 1;
        /// The request was taken back.
        ErasureWithdrawn(ErasureWithdrawn) = "erasure-withdrawn", 1;
        /// The request was refused.
        ErasureRefused(ErasureRefused) = "erasure-refused", 1;
        /// The request was approved.
        ErasureApproved(ErasureApproved) = "erasure-approved", 1;
        /// Texts were erased.
        TextsErased(TextsErased) = "texts-erased", 1;
        /// Texts of something that belongs to the subject were erased.
        RelatedTextsErased(RelatedTextsErased) = "related-texts-erased", 1;
        /// A package of evidence was made.
        EvidencePackaged(EvidencePackaged) = "evidence-packaged", 1;
        /// A package was handed over.
        EvidenceHandedOver(EvidenceHandedOver) = "evidence-handed-over", 1;
        /// Somebody had a look at what is held.
        AccessNoted(AccessNoted) = "access-noted", 1;
    }
}

events! {
    /// What happens to an organisation of the registry.
    OrganisationEvent {
        /// It was registered.
        Registered(OrganisationRegistered) = "organisation-registered", 1;
        /// Its details changed.
        Changed(OrganisationChanged) = "organisation-changed", 1;
        /// It was closed, or merged into another.
        Closed(OrganisationClosed) = "organisation-closed", 1;
    }
}

events! {
    /// What happens to the centre itself.
    CentreEvent {
        /// A plan was adopted.
        PlanAdopted(PlanAdopted) = "plan-adopted", 1;
        /// A role of a plan became an organisation and people.
        RoleBound(RoleBound) = "role-bound", 1;
        /// A role of a plan became nobody.
        RoleUnbound(RoleUnbound) = "role-unbound", 1;
        /// An edition was drafted.
        PlanDrafted(PlanDrafted) = "plan-drafted", 1;
        /// A draft was checked.
        PlanChecked(PlanChecked) = "plan-checked", 1;
        /// A draft was approved.
        PlanApproved(PlanApproved) = "plan-approved", 1;
        /// A draft was withdrawn.
        DraftWithdrawn(DraftWithdrawn) = "draft-withdrawn", 1;
        /// A question about a clause was ruled on.
        ClauseInterpreted(ClauseInterpreted) = "clause-interpreted", 1;
        /// A ruling was withdrawn.
        InterpretationWithdrawn(InterpretationWithdrawn) = "interpretation-withdrawn", 1;
        /// The official wording was attached.
        WordingAttached(WordingAttached) = "wording-attached", 1;
        /// Rules of the house were put in force.
        HouseAdopted(HouseAdopted) = "house-adopted", 1;
        /// A policy was proposed.
        PolicyNamed(PolicyNamed) = "policy-named", 1;
        /// A policy was approved.
        PolicyApproved(PolicyApproved) = "policy-approved", 1;
        /// A policy was withdrawn.
        PolicyWithdrawn(PolicyWithdrawn) = "policy-withdrawn", 1;
    }
}

events! {
    /// What happens to a person who acts here.
    PersonEvent {
        /// Somebody was appointed.
        Appointed(PersonAppointed) = "person-appointed", 1;
        /// The appointment changed.
        Changed(AppointmentChanged) = "appointment-changed", 1;
        /// Somebody was dismissed.
        Dismissed(PersonDismissed) = "person-dismissed", 1;
    }
}

events! {
    /// What happens to a message that goes out.
    MessageEvent {
        /// It was decided that it must go out.
        Intended(MessageIntended) = "message-intended", 1;
        /// The other side has taken it over.
        Delivered(MessageDelivered) = "message-delivered", 1;
        /// It was not taken now.
        Deferred(MessageDeferred) = "message-deferred", 1;
        /// It was not taken, and the same again would not be either.
        Refused(MessageRefused) = "message-refused", 1;
        /// What became of it is not known.
        Uncertain(MessageUncertain) = "message-uncertain", 1;
        /// It waits for a way out to be configured.
        Parked(MessageParked) = "message-parked", 1;
        /// A mail server reports that it did not arrive.
        Bounced(MessageBounced) = "message-bounced", 1;
        /// Whoever it was for has opened it.
        Seen(MessageSeen) = "message-seen", 1;
        /// Somebody has it tried again.
        TriedAgain(MessageTriedAgain) = "message-tried-again", 1;
        /// It is not tried any more.
        GivenUp(MessageGivenUp) = "message-given-up", 1;
    }
}

events! {
    /// What happens to sending as a whole.
    DispatchEvent {
        /// Nothing is sent until a person has looked.
        Held(DispatchHeld) = "dispatch-held", 1;
        /// A person has looked: it goes on.
        Resumed(JournalResumed) = "journal-resumed", 1;
    }
}

events! {
    /// What is settled about the duty roster for all months.
    RosterSettingsEvent {
        /// Somebody heads the centre.
        HeadNamed(RosterHeadNamed) = "roster-head-named", 1;
        /// The posts were settled.
        PostsSet(RosterPostsSet) = "roster-posts-set", 1;
        /// The shifts were settled.
        ShiftsSet(RosterShiftsSet) = "roster-shifts-set", 1;
        /// Days off and days worked were settled.
        DaysSet(RosterDaysSet) = "roster-days-set", 1;
    }
}

events! {
    /// What happens to the duty roster of a month.
    RosterEvent {
        /// People were named.
        Filled(RosterFilled) = "roster-filled", 1;
        /// Slots were cleared.
        Cleared(RosterCleared) = "roster-cleared", 1;
        /// Somebody stands in for somebody.
        Substituted(RosterSubstituted) = "roster-substituted", 1;
        /// Nobody stands in any more.
        SubstitutionWithdrawn(SubstitutionWithdrawn) = "substitution-withdrawn", 1;
    }
}

events! {
    /// What happens to a call-out.
    CallOutEvent {
        /// It began.
        Begun(CallOutBegun) = "call-out-begun", 1;
        /// Somebody was called.
        PersonCalled(PersonCalled) = "person-called", 1;
        /// A step passed.
        StepPassed(CallOutStepPassed) = "call-out-step-passed", 1;
        /// Somebody answered.
        Answered(CallOutAnswered) = "call-out-answered", 1;
        /// Somebody comes.
        Taken(CallOutTaken) = "call-out-taken", 1;
        /// Whoever was to come cannot after all.
        Released(CallOutReleased) = "call-out-released", 1;
        /// Somebody was added to those who may answer.
        PersonAdded(CallOutPersonAdded) = "call-out-person-added", 1;
        /// Nobody answered.
        Exhausted(CallOutExhausted) = "call-out-exhausted", 1;
        /// Whoever took it is there.
        Ended(CallOutEnded) = "call-out-ended", 1;
        /// It was cancelled.
        Cancelled(CallOutCancelled) = "call-out-cancelled", 1;
    }
}

events! {
    /// What happens to an accountability file, 问责.
    AccountabilityEvent {
        /// It was opened.
        Opened(AccountabilityOpened) = "accountability-opened", 1;
        /// A suggestion was dismissed; no file was opened.
        Dismissed(SuggestionDismissed) = "suggestion-dismissed", 1;
        /// Evidence was attached.
        EvidenceAttached(EvidenceAttached) = "evidence-attached", 1;
        /// The organisation was asked to be heard.
        HearingAsked(HearingAsked) = "hearing-asked", 1;
        /// The organisation was heard.
        Heard(OrganisationHeard) = "organisation-heard", 1;
        /// The organisation let its time pass.
        HearingLapsed(HearingLapsed) = "hearing-lapsed", 1;
        /// It was decided.
        Decided(AccountabilityDecided) = "accountability-decided", 1;
        /// It was withdrawn.
        Withdrawn(AccountabilityWithdrawn) = "accountability-withdrawn", 1;
        /// It was opened again on new evidence.
        Reopened(AccountabilityReopened) = "accountability-reopened", 1;
    }
}

events! {
    /// What happens to a shift.
    ShiftEvent {
        /// It began.
        Begun(ShiftBegun) = "shift-begun", 1;
        /// Somebody joined it.
        Joined(ShiftJoined) = "shift-joined", 1;
        /// Somebody left it.
        Left(ShiftLeft) = "shift-left", 1;
        /// Something was written into its log.
        LogWritten(ShiftLogWritten) = "shift-log-written", 1;
        /// An entry of its log was corrected.
        LogCorrected(ShiftLogCorrected) = "shift-log-corrected", 1;
        /// Its hand-over was prepared.
        HandOverPrepared(HandOverPrepared) = "hand-over-prepared", 1;
        /// A remark was added for the next shift.
        HandOverRemarked(HandOverRemarked) = "hand-over-remarked", 1;
        /// The outgoing side signed.
        HandOverSigned(HandOverSigned) = "hand-over-signed", 1;
        /// It was taken over.
        TakenOver(ShiftTakenOver) = "shift-taken-over", 1;
    }
}

events! {
    /// What was refused to a person, kept in that person's own stream.
    RefusalEvent {
        /// A command was refused.
        Recorded(RefusalRecorded) = "refusal-recorded", 1;
    }
}

#[expect(clippy::expect_used, reason = "payloads are plain structures with text keys")]
fn written<P: serde::Serialize>(payload: &P) -> String {
    serde_json::to_string(payload).expect("a payload is JSON")
}

fn from_json<P: serde::de::DeserializeOwned>(
    kind: &str,
    version: u32,
    payload: &str,
) -> Result<P, Unreadable> {
    serde_json::from_str(payload).map_err(|source| Unreadable::Payload {
        kind: kind.to_owned(),
        version,
        source,
    })
}

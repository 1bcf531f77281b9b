//! The verbs of an incident, in the order of an incident's life.
//!
//! A body names what the command names; texts are kept beside the journal. Whether a verb is allowed,
//! and to whom, is decided by the plan and the response, not here.

use std::collections::BTreeSet;
use std::iter;

use axum::Router;
use axum::routing::post;
use fengsui_desk::content::DocumentText;
use fengsui_plan::Channel;
use fengsui_response::incident::{self, IncidentCommand};
use fengsui_response::{
    AnchorKind, Anchors, ClassRef, Outlook, Party, Relation, SaidBy, Step, Tick,
};
use fengsui_vocabulary::{
    DistrictCode, DutyId, Facts, FormId, IncidentId, LevelId, Line, OrganisationId, PersonId,
    PlanId, Prose, ReportId, RoleId,
};
use jiff::Timestamp;

use super::act::{Verb, act};
use super::texts::{Behalf, Deed, Kept, Text};
use crate::api::asking::asking;
use crate::api::openapi::Document;
use crate::api::schema;
use crate::routes::{Route, Who};
use crate::state::Web;

/// Makes a verb: the body, its address, and the command that it is.
macro_rules! verb {
    (
        $(#[$doc:meta])*
        $name:ident, $summary:literal { $($(#[$what:meta])* $field:ident: $type:ty,)* }
        texts($before:ident) $texts:expr;
        command($this:ident, $kept:ident) $command:expr;
    ) => {
        asking! {
            $(#[$doc])*
            pub(crate) struct $name { $($(#[$what])* $field: $type,)* }
        }

        impl Verb for $name {
            const SUMMARY: &'static str = $summary;

            fn asking(
                &self,
                key: &crate::api::body::Key,
                viewer: &fengsui_desk::Viewer,
                desk: &fengsui_desk::Desk,
            ) -> Result<crate::api::asking::Asking, crate::api::problem::Problem> {
                Self::asking(self, key, viewer, desk)
            }

            fn texts(&self) -> Vec<Text> {
                let $before = self;
                $texts
            }

            fn into_command(
                self,
                $kept: &mut Kept,
            ) -> Result<IncidentCommand, crate::api::problem::Problem> {
                let $this = self;
                Ok($command)
            }
        }
    };
}

/// Makes the list of verbs: as routes, for the guard, and for the document.
macro_rules! verbs {
    ($($name:ident at $path:literal;)+) => {
        /// Who may take which verb.
        pub(crate) const ROUTES: &[Route] =
            &[$(Route::post(concat!("/api/v1/incidents/{incident}/", $path), Who::Client)),+];

        /// The verbs as routes.
        pub(crate) fn routes() -> Router<Web> {
            Router::new()
                $(.route(concat!("/incidents/{incident}/", $path), post(act::<$name>)))+
        }

        /// The verbs in the document.
        pub(crate) fn describe(document: Document) -> Document {
            document $(.verb::<$name>($path))+
        }
    };
}

verbs! {
    RecordFacts at "facts";
    Classify at "classes";
    AddOrganisation at "organisations";
    IdentifyOrganisation at "identifications";
    RecordAnchor at "anchors";
    CorrectAnchor at "anchor-corrections";
    ReceiveReport at "receipts";
    MeetDuty at "duties";
    ClearMiss at "clearances";
    WaiveDuty at "waivers";
    JudgeLevel at "level";
    BeginFirstResponse at "first-response";
    VoiceDecision at "voices";
    SubmitProposal at "proposals";
    EndorseProposal at "endorsements";
    ApproveProposal at "approvals";
    ConfirmApproval at "confirmations";
    ReturnProposal at "returns";
    WithdrawProposal at "withdrawals";
    FormHeadquarters at "headquarters";
    ReportNotControlled at "not-controlled";
    TakeCommand at "command";
    RecordMeasure at "measures";
    HandOverPart at "hand-overs";
    DecideNotToReport at "not-reported";
    ConfirmIncident at "evidence";
    IssueDocument at "documents";
    WriteNote at "notes";
    RecordInstruction at "instructions";
    ReviewIncident at "review";
    CloseIncident at "close";
    ReopenIncident at "reopen";
    RelateIncident at "relations";
}

verb! {
    /// Record facts. Every value stays with its source; the newest counts.
    RecordFacts, "Record facts" {
        /// Which, and what they are.
        #[schema(value_type = schema::Facts)]
        facts: Facts,
        /// Who said so; absent means the role in which it is recorded.
        #[serde(default)]
        #[schema(value_type = Option<schema::SaidBy>)]
        said_by: Option<SaidBy>,
        /// On what ground.
        #[serde(default)]
        #[schema(value_type = Option<String>, max_length = 200)]
        ground: Option<Line>,
        /// `observed` or `forecast`.
        #[serde(default)]
        #[schema(value_type = String, default = "observed")]
        outlook: Outlook,
    }
    texts(_it) Vec::new();
    command(it, _kept) IncidentCommand::RecordFacts(incident::RecordFacts { facts: it.facts, said_by: it.said_by, ground: it.ground, outlook: it.outlook });
}

verb! {
    /// Choose the classes. Replaces the ones before.
    Classify, "Choose the classes" {
        /// All of them.
        #[schema(value_type = Vec<schema::ClassRef>)]
        classes: BTreeSet<ClassRef>,
        /// The one that counts first; one of them.
        #[schema(value_type = schema::ClassRef)]
        primary: ClassRef,
    }
    texts(_it) Vec::new();
    command(it, _kept) IncidentCommand::Classify { classes: it.classes, primary: it.primary };
}

verb! {
    /// Add an affected organisation with its times.
    AddOrganisation, "Add an affected organisation" {
        /// Which.
        #[schema(value_type = String)]
        organisation: OrganisationId,
        /// Where it is, by GB/T 2260 code.
        #[serde(default)]
        #[schema(value_type = Option<String>)]
        district: Option<DistrictCode>,
        /// When it happened there.
        #[serde(default)]
        #[schema(value_type = schema::Anchors)]
        anchors: Anchors,
    }
    texts(_it) Vec::new();
    command(it, _kept) IncidentCommand::AddOrganisation(incident::AddOrganisation { organisation: it.organisation, district: it.district, anchors: it.anchors });
}

verb! {
    /// Say which organisation an unidentified one is.
    IdentifyOrganisation, "Say which organisation an unidentified one is" {
        /// Its place: `org_…`, or the place in a report.
        #[schema(value_type = String)]
        party: Party,
        /// Which organisation.
        #[schema(value_type = String)]
        organisation: OrganisationId,
        /// Where it is, by GB/T 2260 code.
        #[serde(default)]
        #[schema(value_type = Option<String>)]
        district: Option<DistrictCode>,
    }
    texts(_it) Vec::new();
    command(it, _kept) IncidentCommand::IdentifyOrganisation { party: it.party, organisation: it.organisation, district: it.district };
}

verb! {
    /// Record a time of an affected organisation.
    RecordAnchor, "Record a time of an affected organisation" {
        /// Its place: `org_…`, or the place in a report.
        #[schema(value_type = String)]
        party: Party,
        /// Which: `occurred`, `discovered`, `informed`, `aware`.
        #[schema(value_type = String)]
        anchor: AnchorKind,
        /// In the sense of which plan, for awareness.
        #[serde(default)]
        #[schema(value_type = Option<String>)]
        plan: Option<PlanId>,
        /// The time.
        #[schema(value_type = String, format = DateTime)]
        at: Timestamp,
    }
    texts(_it) Vec::new();
    command(it, _kept) IncidentCommand::RecordAnchor { party: it.party, anchor: it.anchor, plan: it.plan, at: it.at, offset: None };
}

verb! {
    /// Correct a time; both readings stay, and clocks that have started do not move.
    CorrectAnchor, "Correct a time; both readings stay" {
        /// Its place: `org_…`, or the place in a report.
        #[schema(value_type = String)]
        party: Party,
        /// Which: `occurred`, `discovered`, `informed`, `aware`.
        #[schema(value_type = String)]
        anchor: AnchorKind,
        /// What it is.
        #[schema(value_type = String, format = DateTime)]
        to: Timestamp,
        /// Why.
        #[schema(value_type = String, max_length = 200)]
        reason: Line,
    }
    texts(_it) Vec::new();
    command(it, _kept) IncidentCommand::CorrectAnchor { party: it.party, anchor: it.anchor, to: it.to, reason: it.reason };
}

verb! {
    /// Record that a role received a report: its own clock starts, and what was owed to it is met.
    ReceiveReport, "Record that a role received a report" {
        /// The role.
        #[schema(value_type = String)]
        by: RoleId,
        /// How: `oral` or `written`.
        #[schema(value_type = String)]
        channel: Channel,
        /// Which report, if it has one here.
        #[serde(default)]
        #[schema(value_type = Option<String>)]
        report: Option<ReportId>,
        /// What was done.
        act: Deed,
        /// Why it was late; needed where it was.
        #[serde(default)]
        #[schema(value_type = Option<String>, max_length = 200)]
        late_because: Option<Line>,
    }
    texts(it) it.act.texts();
    command(it, kept) IncidentCommand::ReceiveReport(incident::ReceiveReport { by: it.by, channel: it.channel, report: it.report, act: it.act.into_delivery(kept)?, late_because: it.late_because, plan: None });
}

verb! {
    /// Record that duties were met by one act.
    MeetDuty, "Record that duties were met" {
        /// The duties, as lists of duties name them.
        #[schema(value_type = Vec<schema::Tick>)]
        ticks: Vec<Tick>,
        /// The channel used: `oral` or `written`.
        #[schema(value_type = String)]
        channel: Channel,
        /// What was done.
        act: Deed,
        /// Why it was late; needed where it was.
        #[serde(default)]
        #[schema(value_type = Option<String>, max_length = 200)]
        late_because: Option<Line>,
    }
    texts(it) it.act.texts();
    command(it, kept) IncidentCommand::MeetDuty(incident::MeetDuty { ticks: it.ticks, channel: it.channel, act: it.act.into_delivery(kept)?, late_because: it.late_because });
}

verb! {
    /// Confirm what somebody else entered after its time.
    ClearMiss, "Confirm what somebody else entered after its time" {
        /// The duties, as lists of duties name them.
        #[schema(value_type = Vec<schema::Tick>)]
        ticks: Vec<Tick>,
    }
    texts(_it) Vec::new();
    command(it, _kept) IncidentCommand::ClearMiss { ticks: it.ticks };
}

verb! {
    /// Waive duties with a reason.
    WaiveDuty, "Waive duties" {
        /// The duties, as lists of duties name them.
        #[schema(value_type = Vec<schema::Tick>)]
        ticks: Vec<Tick>,
        /// Why.
        #[schema(value_type = String, max_length = 200)]
        reason: Line,
    }
    texts(_it) Vec::new();
    command(it, _kept) IncidentCommand::WaiveDuty { ticks: it.ticks, reason: it.reason };
}

verb! {
    /// Judge the level under a plan.
    JudgeLevel, "Judge the level" {
        /// Under which plan.
        #[schema(value_type = String)]
        plan: PlanId,
        /// The level.
        #[schema(value_type = String)]
        level: LevelId,
        /// Why; needed where it differs from what the facts give for certain.
        #[serde(default)]
        #[schema(value_type = Option<String>, max_length = 200)]
        reason: Option<Line>,
    }
    texts(_it) Vec::new();
    command(it, _kept) IncidentCommand::JudgeLevel { plan: it.plan, level: it.level, reason: it.reason };
}

verb! {
    /// Begin first response; it needs no level.
    BeginFirstResponse, "Begin first response" {
        /// What is done.
        #[serde(default)]
        #[schema(value_type = Option<String>, max_length = 200)]
        note: Option<Line>,
    }
    texts(_it) Vec::new();
    command(it, _kept) IncidentCommand::BeginFirstResponse { note: it.note };
}

verb! {
    /// Give an office's voice in a decision about the response. When every office gave the same one, it takes effect.
    VoiceDecision, "Give an office's voice in a decision about the response" {
        /// What is decided: `start`, `adjust`, `escalate`, `end`.
        #[schema(value_type = String)]
        step: Step,
        /// The level.
        #[schema(value_type = String)]
        level: LevelId,
        /// In which scope.
        #[schema(value_type = String, max_length = 200)]
        scope: Line,
        /// Why, where the office judges the level by its voice and the facts give another one.
        #[serde(default)]
        #[schema(value_type = Option<String>, max_length = 200)]
        reason: Option<Line>,
    }
    texts(_it) Vec::new();
    command(it, _kept) IncidentCommand::VoiceDecision(incident::VoiceDecision { step: it.step, level: it.level, scope: it.scope, reason: it.reason });
}

verb! {
    /// Submit a handling proposal, 处置建议.
    SubmitProposal, "Submit a handling proposal" {
        /// What is decided: `start`, `adjust`, `escalate`, `end`.
        #[schema(value_type = String)]
        step: Step,
        /// The level.
        #[schema(value_type = String)]
        level: LevelId,
        /// In which scope.
        #[schema(value_type = String, max_length = 200)]
        scope: Line,
        /// The exact text.
        #[schema(value_type = String, max_length = 20000)]
        text: Prose,
        /// The duty that this meets towards each of its recipients.
        #[serde(default)]
        #[schema(value_type = Option<String>)]
        meets: Option<DutyId>,
    }
    texts(it) vec![Text::written(&it.text)];
    command(it, kept) IncidentCommand::SubmitProposal(incident::SubmitProposal { step: it.step, level: it.level, scope: it.scope, text: kept.next()?, meets: it.meets });
}

verb! {
    /// Endorse the waiting proposal for another office.
    EndorseProposal, "Endorse the waiting proposal for another office" {
        /// The digest of the text that was read.
        digest: String,
        /// The duty that this meets towards each of its recipients.
        #[serde(default)]
        #[schema(value_type = Option<String>)]
        meets: Option<DutyId>,
    }
    texts(_it) Vec::new();
    command(it, _kept) IncidentCommand::EndorseProposal { digest: it.digest, meets: it.meets };
}

verb! {
    /// Approve the waiting proposal; with `on_behalf`, write down that somebody else did.
    ApproveProposal, "Approve the waiting proposal, or write an approval down" {
        /// The digest of the text that was read.
        digest: String,
        /// Who decided, where the client only writes it down.
        #[serde(default)]
        on_behalf: Option<Behalf>,
    }
    texts(it) Behalf::texts(it.on_behalf.as_ref()).collect();
    command(it, kept) match Behalf::of(it.on_behalf, kept)? {
            None => IncidentCommand::ApproveProposal { digest: it.digest },
            Some(on_behalf) => IncidentCommand::RecordApproval { digest: it.digest, on_behalf },
        };
}

verb! {
    /// Confirm an approval that somebody else wrote down.
    ConfirmApproval, "Confirm an approval that somebody else wrote down" {
        /// The digest of the text that was read.
        digest: String,
    }
    texts(_it) Vec::new();
    command(it, _kept) IncidentCommand::ConfirmApproval { digest: it.digest };
}

verb! {
    /// Return the waiting proposal.
    ReturnProposal, "Return the waiting proposal" {
        /// The digest of the text that was read.
        digest: String,
        /// Why.
        #[schema(value_type = String, max_length = 200)]
        reason: Line,
        /// Who decided, where the client only writes it down.
        #[serde(default)]
        on_behalf: Option<Behalf>,
    }
    texts(it) Behalf::texts(it.on_behalf.as_ref()).collect();
    command(it, kept) IncidentCommand::ReturnProposal { digest: it.digest, reason: it.reason, on_behalf: Behalf::of(it.on_behalf, kept)? };
}

verb! {
    /// Withdraw the waiting proposal.
    WithdrawProposal, "Withdraw the waiting proposal" {
        /// The digest of the text that was read.
        digest: String,
        /// Why.
        #[schema(value_type = String, max_length = 200)]
        reason: Line,
    }
    texts(_it) Vec::new();
    command(it, _kept) IncidentCommand::WithdrawProposal { digest: it.digest, reason: it.reason };
}

verb! {
    /// Form the headquarters.
    FormHeadquarters, "Form the headquarters" {
        /// The commander.
        #[serde(default)]
        #[schema(value_type = Option<String>)]
        commander: Option<PersonId>,
        /// The member organisations.
        #[serde(default)]
        #[schema(value_type = Vec<String>)]
        members: BTreeSet<OrganisationId>,
        /// The working groups, as roles of the plan.
        #[serde(default)]
        #[schema(value_type = Vec<String>)]
        groups: BTreeSet<RoleId>,
        /// Where it sits.
        #[serde(default)]
        #[schema(value_type = Option<String>, max_length = 200)]
        seat: Option<Line>,
        /// Who decided, where the client only writes it down.
        #[serde(default)]
        on_behalf: Option<Behalf>,
    }
    texts(it) Behalf::texts(it.on_behalf.as_ref()).collect();
    command(it, kept) IncidentCommand::FormHeadquarters(incident::FormHeadquarters { commander: it.commander, members: it.members, groups: it.groups, seat: it.seat, on_behalf: Behalf::of(it.on_behalf, kept)? });
}

verb! {
    /// Say that it is not under control.
    ReportNotControlled, "Say that it is not under control" {
        /// Why.
        #[schema(value_type = String, max_length = 200)]
        reason: Line,
    }
    texts(_it) Vec::new();
    command(it, _kept) IncidentCommand::ReportNotControlled { reason: it.reason };
}

verb! {
    /// Take unified command.
    TakeCommand, "Take unified command" {
        /// Who decided, where the client only writes it down.
        #[serde(default)]
        on_behalf: Option<Behalf>,
    }
    texts(it) Behalf::texts(it.on_behalf.as_ref()).collect();
    command(it, kept) IncidentCommand::TakeCommand { on_behalf: Behalf::of(it.on_behalf, kept)? };
}

verb! {
    /// Record a measure of the plan's catalogue.
    RecordMeasure, "Record a measure" {
        /// Which.
        measure: String,
        /// What was done.
        #[schema(value_type = String, max_length = 200)]
        note: Line,
        /// More about it.
        #[serde(default)]
        #[schema(value_type = Option<String>, max_length = 20000)]
        text: Option<Prose>,
    }
    texts(it) it.text.iter().map(Text::written).collect();
    command(it, kept) IncidentCommand::RecordMeasure { measure: it.measure, note: it.note, text: it.text.map(|_| kept.next()).transpose()?, on_behalf: None };
}

verb! {
    /// Hand a part over to another plan.
    HandOverPart, "Hand a part over to another plan" {
        /// Which part, as the plan calls it.
        part: String,
        /// Why.
        #[schema(value_type = String, max_length = 200)]
        reason: Line,
    }
    texts(_it) Vec::new();
    command(it, _kept) IncidentCommand::HandOverPart { part: it.part, reason: it.reason };
}

verb! {
    /// Decide not to report under one plan.
    DecideNotToReport, "Decide not to report under one plan" {
        /// The plan.
        #[schema(value_type = String)]
        plan: PlanId,
        /// Why.
        #[schema(value_type = String, max_length = 200)]
        reason: Line,
    }
    texts(_it) Vec::new();
    command(it, _kept) IncidentCommand::DecideNotToReport { plan: it.plan, reason: it.reason };
}

verb! {
    /// Confirm the incident by evidence.
    ConfirmIncident, "Confirm the incident by evidence" {
        /// The evidence.
        #[schema(value_type = String, max_length = 20000)]
        text: Prose,
        /// What it shows.
        #[schema(value_type = String, max_length = 200)]
        note: Line,
    }
    texts(it) vec![Text::written(&it.text)];
    command(it, kept) IncidentCommand::ConfirmIncident { evidence: kept.next()?, note: it.note };
}

verb! {
    /// Issue a document, and meet duties with it.
    IssueDocument, "Issue a document" {
        /// What it is called.
        #[schema(value_type = String, max_length = 200)]
        title: Line,
        /// The form it is written on.
        #[serde(default)]
        #[schema(value_type = Option<String>)]
        form: Option<FormId>,
        /// Its number.
        #[serde(default)]
        #[schema(value_type = Option<String>, max_length = 200)]
        number: Option<Line>,
        /// The text exactly as issued.
        #[schema(value_type = schema::DocumentText)]
        document: Box<DocumentText>,
        /// To whom.
        #[serde(default)]
        #[schema(value_type = Vec<String>)]
        to: BTreeSet<RoleId>,
        /// The duties that it meets in writing.
        #[serde(default)]
        #[schema(value_type = Vec<schema::Tick>)]
        meets: Vec<Tick>,
        /// Why it was late; needed where it was.
        #[serde(default)]
        #[schema(value_type = Option<String>, max_length = 200)]
        late_because: Option<Line>,
    }
    texts(it) vec![Text::Document(it.document.clone())];
    command(it, kept) IncidentCommand::IssueDocument(incident::IssueDocument { title: it.title, form: it.form, number: it.number, text: kept.next()?, to: it.to, meets: it.meets, late_because: it.late_because });
}

verb! {
    /// Write a note.
    WriteNote, "Write a note" {
        /// The note.
        #[schema(value_type = String, max_length = 20000)]
        text: Prose,
    }
    texts(it) vec![Text::written(&it.text)];
    command(_it, kept) IncidentCommand::WriteNote { text: kept.next()? };
}

verb! {
    /// Write down a leader's instruction.
    RecordInstruction, "Write down a leader's instruction" {
        /// What it says.
        #[schema(value_type = String, max_length = 20000)]
        text: Prose,
        /// Who decided, where the client only writes it down.
        #[serde(default)]
        on_behalf: Option<Behalf>,
    }
    texts(it) iter::once(Text::written(&it.text)).chain(Behalf::texts(it.on_behalf.as_ref())).collect();
    command(it, kept) IncidentCommand::RecordInstruction { text: kept.next()?, on_behalf: Behalf::of(it.on_behalf, kept)? };
}

verb! {
    /// Record the review: cause, nature, impact, loss, responsibility, lessons.
    ReviewIncident, "Record the review" {
        /// The review.
        #[schema(value_type = String, max_length = 20000)]
        text: Prose,
    }
    texts(it) vec![Text::written(&it.text)];
    command(_it, kept) IncidentCommand::Review { text: kept.next()? };
}

verb! {
    /// Close it.
    CloseIncident, "Close it" {
        /// In a sentence.
        #[serde(default)]
        #[schema(value_type = Option<String>, max_length = 200)]
        note: Option<Line>,
    }
    texts(_it) Vec::new();
    command(it, _kept) IncidentCommand::Close { note: it.note };
}

verb! {
    /// Open it again.
    ReopenIncident, "Open it again" {
        /// Why.
        #[schema(value_type = String, max_length = 200)]
        reason: Line,
    }
    texts(_it) Vec::new();
    command(it, _kept) IncidentCommand::Reopen { reason: it.reason };
}

verb! {
    /// Relate it to another incident.
    RelateIncident, "Relate it to another incident" {
        /// How: `part-of`, `duplicate-of`, `merged-into`.
        #[schema(value_type = String)]
        relation: Relation,
        /// To which.
        #[schema(value_type = String)]
        other: IncidentId,
    }
    texts(_it) Vec::new();
    command(it, _kept) IncidentCommand::Relate { relation: it.relation, other: it.other };
}

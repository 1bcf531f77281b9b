//! What may be asked of a report.

use fengsui_vocabulary::{DistrictCode, Facts, Line, OrganisationId, ReportId, RoleId};
use jiff::Timestamp;

use crate::incident::{MeetDuty, ReceiveReport};
use crate::{
    Affected, AnchorKind, Attachment, BlobRef, Delivery, IntakeChannel, Party, PlanRef, ReportKind,
    Tick,
};

/// What may be asked of a report. Accepting, supplementing, splitting and merging touch several streams:
/// see [`crate::accept`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReportCommand {
    /// Take it in.
    TakeIn(Box<TakeIn>),
    /// Say which organisation an unidentified one is.
    IdentifyOrganisation {
        /// Its place.
        party: Party,
        /// Which organisation.
        organisation: OrganisationId,
        /// Where it is.
        district: Option<DistrictCode>,
    },
    /// Record a time of an affected organisation.
    RecordAnchor {
        /// Whose.
        party: Party,
        /// Which.
        anchor: AnchorKind,
        /// The time.
        at: Timestamp,
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
    /// Record that another role received it; meets what was owed to it by that channel.
    Receive(ReceiveReport),
    /// Record that duties were met.
    MeetDuty(MeetDuty),
    /// Confirm what somebody else entered after its time.
    ClearMiss {
        /// The duties.
        ticks: Vec<Tick>,
    },
    /// Ask the reporter something.
    Ask {
        /// The question.
        text: BlobRef,
    },
    /// Answer a question.
    Answer {
        /// Which.
        question: u32,
        /// The answer.
        text: BlobRef,
        /// Files that come with it.
        attachments: Vec<Attachment>,
    },
    /// Decline it.
    Decline {
        /// Why, as the reporter will read it.
        reason: Line,
    },
    /// Open a declined one again.
    Reopen {
        /// Why.
        reason: Line,
    },
    /// Seal it: it may hold state secrets.
    Seal {
        /// Why.
        reason: Line,
    },
    /// Tell the reporter the result.
    TellResult {
        /// What is told.
        text: BlobRef,
    },
}

/// Take a report in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TakeIn {
    /// Its id.
    pub report: ReportId,
    /// Its number; a claim keeps it unique.
    pub number: Line,
    /// What it is about.
    pub kind: ReportKind,
    /// How it came.
    pub channel: IntakeChannel,
    /// Which role takes it in.
    pub taken_in_by: RoleId,
    /// The earlier report that it goes on from.
    pub follows: Option<ReportId>,
    /// Whom it happened to.
    pub affected: Vec<Affected>,
    /// What the reporter knows.
    pub facts: Facts,
    /// Title, description, who reports, as JSON.
    pub content: BlobRef,
    /// Files that come with it.
    pub attachments: Vec<Attachment>,
    /// The plan by which first reports are owed until it is accepted.
    pub lead: PlanRef,
    /// The record of the call, for an oral one.
    pub call: Option<Delivery>,
    /// Whether the reporter or the call-taker suspects state secrets in it; only a stub is kept then.
    pub sealed_because: Option<Line>,
}

/// Take more from the reporter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SupplementReport {
    /// What is added, as JSON.
    pub content: BlobRef,
    /// Files that come with it.
    pub attachments: Vec<Attachment>,
    /// What the reporter knows now.
    pub facts: Facts,
}

impl ReportCommand {
    /// Its name: chosen once, for records and programs.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::TakeIn(_) => "take-in",
            Self::IdentifyOrganisation { .. } => "identify-organisation",
            Self::RecordAnchor { .. } => "record-anchor",
            Self::CorrectAnchor { .. } => "correct-anchor",
            Self::Receive(_) => "receive-report",
            Self::MeetDuty(_) => "meet-duty",
            Self::ClearMiss { .. } => "clear-miss",
            Self::Ask { .. } => "ask-reporter",
            Self::Answer { .. } => "answer-question",
            Self::Decline { .. } => "decline-report",
            Self::Reopen { .. } => "reopen-report",
            Self::Seal { .. } => "seal-report",
            Self::TellResult { .. } => "tell-result",
        }
    }
}

//! What happened, as far as duties are concerned: the second argument of every duty.
//!
//! A timeline file and a running incident both become a [`History`], so both get the same duties.
//! Two times: `at` is when it happened, `recorded_at` when it was written down. Order is the order
//! of recording.

use fengsui_vocabulary::{DutyId, Facts, LevelId, PlanId, RoleId};
use jiff::Timestamp;
use jiff::tz::Offset;

use crate::model::{Channel, Colour};

/// Everything that happened, in order of recording.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct History {
    /// In order of `recorded_at`.
    pub happenings: Vec<Happening>,
}

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Happening {
    /// When it happened.
    pub at: Timestamp,
    /// When it was written down; not before `at`.
    pub recorded_at: Timestamp,
    /// The offset from UTC in which `at` was told, where it is known: for plans that reckon by it.
    pub offset: Option<Offset>,
    /// The affected organisation it belongs to, if it belongs to one; any stable key.
    pub organisation: Option<String>,
    /// The plan it is about, if only one; of a warning the plan that governs it.
    pub plan: Option<PlanId>,
    /// What it was.
    pub what: What,
}

/// What may happen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// The incident began.
    Occurred,
    /// The organisation noticed it.
    Discovered,
    /// The organisation was told of it.
    Informed,
    /// The organisation is aware of it in the sense of one regime.
    Aware,
    /// Facts became known; later ones replace earlier ones.
    Facts(Facts),
    /// Somebody decided the level. Only the judging authority's decision moves duties.
    LevelDecided {
        /// The level.
        level: LevelId,
        /// Who decided; empty means the judging authority.
        by: Vec<RoleId>,
    },
    /// A role received a report.
    ReportReceived {
        /// Who received it.
        by: RoleId,
    },
    /// A duty was carried out towards one recipient.
    Delivered(Tick),
    /// A second person confirmed a delivery that was entered after its time.
    MissCleared {
        /// The delivery.
        tick: Tick,
        /// Who confirmed.
        confirmed_by: String,
    },
    /// A duty was waived with a reason.
    Waived {
        /// The duty, sender and recipient.
        tick: Tick,
        /// Why.
        reason: String,
    },
    /// An anchor was found to be wrong: both readings are shown from now on.
    AnchorCorrected {
        /// Which: `discovered`.
        anchor: String,
        /// The corrected time.
        to: Timestamp,
        /// Why.
        reason: String,
    },
    /// The report was accepted.
    ReportAccepted,
    /// The report was declined.
    ReportDeclined {
        /// Why.
        reason: String,
    },
    /// A declined report was opened again.
    ReportReopened,
    /// A part went to another plan.
    HandedOver {
        /// Which part.
        part: String,
    },
    /// It was decided not to report under one regime.
    NotReported {
        /// Why.
        reason: String,
    },
    /// A warning was issued.
    WarningIssued(Colour),
    /// The warning's colour changed.
    WarningAdjusted(Colour),
    /// The warning ended.
    WarningLifted,
    /// The response started.
    ResponseStarted,
    /// The response ended.
    ResponseEnded,
    /// Handling ended.
    HandlingEnded,
}

/// One duty towards one recipient.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tick {
    /// The duty.
    pub duty: DutyId,
    /// The sender, where there are several.
    pub by: Option<RoleId>,
    /// The recipient; none means every recipient.
    pub to: Option<RoleId>,
    /// The channel used.
    pub channel: Option<Channel>,
    /// The slot of a recurring duty, from 1.
    pub slot: Option<u32>,
}

impl What {
    /// Whether it is a turn of a warning. One plan governs a warning; others may add duties to it.
    pub const fn is_about_a_warning(&self) -> bool {
        matches!(self, Self::WarningIssued(_) | Self::WarningAdjusted(_) | Self::WarningLifted)
    }

    /// The word for it in timelines and anchors.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Occurred => "occurred",
            Self::Discovered => "discovered",
            Self::Informed => "informed",
            Self::Aware => "aware",
            Self::Facts(_) => "facts",
            Self::LevelDecided { .. } => "level_decided",
            Self::ReportReceived { .. } => "report_received",
            Self::Delivered(_) => "delivered",
            Self::MissCleared { .. } => "miss_cleared",
            Self::Waived { .. } => "waived",
            Self::AnchorCorrected { .. } => "anchor_corrected",
            Self::ReportAccepted => "report_accepted",
            Self::ReportDeclined { .. } => "report_declined",
            Self::ReportReopened => "report_reopened",
            Self::HandedOver { .. } => "handed_over",
            Self::NotReported { .. } => "not_reported",
            Self::WarningIssued(_) => "warning_issued",
            Self::WarningAdjusted(_) => "warning_adjusted",
            Self::WarningLifted => "warning_lifted",
            Self::ResponseStarted => "response_started",
            Self::ResponseEnded => "response_ended",
            Self::HandlingEnded => "handling_ended",
        }
    }
}

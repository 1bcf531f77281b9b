//! Why something about a shift was turned down.

use fengsui_vocabulary::PersonId;

/// Why something about a shift was turned down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ShiftRefusal {
    /// Exactly one shift is on duty.
    #[error("{by} is on duty; take the shift over instead")]
    OnDuty {
        /// Who is responsible for it.
        by: PersonId,
    },
    /// It ended.
    #[error("this shift was taken over by {by}")]
    Ended {
        /// Who took over.
        by: PersonId,
    },
    /// Only whoever stands the shift may do this.
    #[error("only somebody of this shift may do this; join it first")]
    NotOnShift,
    /// They stand it already.
    #[error("this person stands this shift already")]
    OnShiftAlready,
    /// Whoever is responsible stays.
    #[error("whoever is responsible for a shift stays until it is taken over")]
    Responsible,
    /// Nothing is prepared.
    #[error("no hand-over is prepared; prepare it first")]
    NoHandOver,
    /// It is not what was read.
    #[error("the hand-over has changed since it was read; read it again")]
    Changed,
    /// It is signed.
    #[error("{by} has signed this hand-over already")]
    SignedAlready {
        /// Who.
        by: PersonId,
    },
    /// The outgoing side has not signed.
    #[error("the outgoing shift has not signed this hand-over")]
    NotSigned,
    /// Another entry took its place.
    #[error("this entry was corrected by entry {by}; correct that one")]
    CorrectedAlready {
        /// Its number.
        by: u32,
    },
}

impl ShiftRefusal {
    /// Its name: chosen once, for records, programs and words.
    pub const fn name(self) -> &'static str {
        match self {
            Self::OnDuty { .. } => "shift-on-duty",
            Self::Ended { .. } => "shift-ended",
            Self::NotOnShift => "not-on-shift",
            Self::OnShiftAlready => "on-shift-already",
            Self::Responsible => "shift-responsible",
            Self::NoHandOver => "no-hand-over",
            Self::Changed => "hand-over-changed",
            Self::SignedAlready { .. } => "hand-over-signed-already",
            Self::NotSigned => "hand-over-not-signed",
            Self::CorrectedAlready { .. } => "log-corrected-already",
        }
    }

    /// Whether it is about who asks, not about what is asked.
    pub const fn is_about_authority(self) -> bool {
        matches!(self, Self::NotOnShift)
    }
}

//! The states that duties recur in: warnings and responses, from their turns.

use jiff::Timestamp;

use super::known::Seen;
use crate::model::{Colour, Lasting};

/// A turn of a warning or of a response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Turn {
    pub(super) step: Step,
    pub(super) seen: Seen,
}

/// What turned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Issued(Colour),
    Adjusted(Colour),
    Lifted,
    Started,
    Ended,
}

/// A stretch of time in which a state lasted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Period {
    pub(super) start: Seen,
    pub(super) end: Option<Timestamp>,
}

impl Step {
    /// Its name as an anchor.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Issued(_) => "warning_issued",
            Self::Adjusted(_) => "warning_adjusted",
            Self::Lifted => "warning_lifted",
            Self::Started => "response_started",
            Self::Ended => "response_ended",
        }
    }

    /// What it does to a state.
    const fn effect(self, lasting: Lasting) -> Effect {
        match (lasting, self) {
            (Lasting::WarningPeriod, Self::Issued(_)) | (Lasting::Response, Self::Started) => {
                Effect::Begins
            }
            (Lasting::WarningPeriod, Self::Lifted) | (Lasting::Response, Self::Ended) => {
                Effect::Ends
            }
            (Lasting::WarningPeriod, Self::Adjusted(_) | Self::Started | Self::Ended)
            | (Lasting::Response, Self::Issued(_) | Self::Adjusted(_) | Self::Lifted) => {
                Effect::None
            }
        }
    }
}

enum Effect {
    Begins,
    Ends,
    None,
}

/// The stretches of a state, from turns in the order in which they happened.
///
/// A second beginning does not move the first: the grid of a recurring duty stays, and of two
/// beginnings the one that was recorded first holds.
pub(super) fn periods(turns: &[Turn], lasting: Lasting) -> Vec<Period> {
    let mut periods: Vec<Period> = Vec::new();
    for turn in turns {
        let open = periods.last_mut().filter(|period| period.end.is_none());
        match (turn.step.effect(lasting), open) {
            (Effect::Begins, None) => periods.push(Period { start: turn.seen, end: None }),
            (Effect::Begins, Some(period)) => {
                if turn.seen.recorded_at < period.start.recorded_at {
                    period.start = turn.seen;
                }
            }
            (Effect::Ends, Some(period)) => period.end = Some(turn.seen.at),
            (Effect::Ends, None) | (Effect::None, _) => {}
        }
    }
    periods
}

//! Times at which clocks start, per affected organisation.

use std::fmt;

use fengsui_plan::What;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::Refusal;

/// A named time of one affected organisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AnchorKind {
    /// It began.
    Occurred,
    /// The organisation noticed it.
    Discovered,
    /// The organisation was told.
    Informed,
    /// The organisation is aware of it in the sense of one plan.
    Aware,
}

impl AnchorKind {
    /// Its name in plans.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Occurred => "occurred",
            Self::Discovered => "discovered",
            Self::Informed => "informed",
            Self::Aware => "aware",
        }
    }

    /// The same in a plan's history.
    pub(crate) const fn happening(self) -> What {
        match self {
            Self::Occurred => What::Occurred,
            Self::Discovered => What::Discovered,
            Self::Informed => What::Informed,
            Self::Aware => What::Aware,
        }
    }
}

impl fmt::Display for AnchorKind {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.pad(self.name())
    }
}

/// What an organisation says about when it happened; what it does not say is unknown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Anchors {
    /// When it began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub occurred_at: Option<Timestamp>,
    /// When the organisation noticed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub discovered_at: Option<Timestamp>,
    /// When the organisation was told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub informed_at: Option<Timestamp>,
}

impl Anchors {
    /// The times that are known, in the order in which they must lie.
    pub fn known(&self) -> impl Iterator<Item = (AnchorKind, Timestamp)> {
        [
            (AnchorKind::Occurred, self.occurred_at),
            (AnchorKind::Discovered, self.discovered_at),
            (AnchorKind::Informed, self.informed_at),
        ]
        .into_iter()
        .filter_map(|(kind, at)| at.map(|at| (kind, at)))
    }

    /// One of them; awareness is kept elsewhere, because it is per plan.
    pub const fn at(&self, anchor: AnchorKind) -> Option<Timestamp> {
        match anchor {
            AnchorKind::Occurred => self.occurred_at,
            AnchorKind::Discovered => self.discovered_at,
            AnchorKind::Informed => self.informed_at,
            AnchorKind::Aware => None,
        }
    }

    /// Sets one of them; awareness is kept elsewhere, because it is per plan.
    pub(crate) fn set(&mut self, anchor: AnchorKind, at: Timestamp) {
        match anchor {
            AnchorKind::Occurred => self.occurred_at = Some(at),
            AnchorKind::Discovered => self.discovered_at = Some(at),
            AnchorKind::Informed => self.informed_at = Some(at),
            AnchorKind::Aware => {}
        }
    }

    /// Refuses times after `latest`, times before this century, and noticing what had not begun.
    pub(crate) fn check(&self, latest: Timestamp) -> Result<(), Refusal> {
        for (anchor, at) in self.known() {
            crate::scene::check_time(at, latest)?;
            if let Some(occurred_at) = self.occurred_at.filter(|occurred_at| at < *occurred_at) {
                return Err(Refusal::ContradictoryAnchors { anchor, at, occurred_at });
            }
        }
        Ok(())
    }
}

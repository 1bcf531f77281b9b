//! Whom it happened to.

use std::fmt;
use std::str::FromStr;

use fengsui_vocabulary::{DistrictCode, OrganisationId, ReportId};
use serde::{Deserialize, Serialize};

use crate::Anchors;

/// An affected organisation's place in a report or incident. It never changes, even when it turns out
/// later who it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum Party {
    /// An organisation of the registry.
    Organisation(OrganisationId),
    /// The n-th affected organisation of a report, from 0, not known to the registry when it came in.
    Unidentified(ReportId, u16),
}

/// A text that is no party.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no affected organisation: expected `org_…` or `rep_…` with `-` and a number")]
pub struct PartyMalformed(String);

impl fmt::Display for Party {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Organisation(organisation) => write!(out, "{organisation}"),
            Self::Unidentified(report, index) => write!(out, "{report}-{index}"),
        }
    }
}

impl FromStr for Party {
    type Err = PartyMalformed;

    fn from_str(text: &str) -> Result<Self, PartyMalformed> {
        let malformed = || PartyMalformed(text.chars().take(64).collect());
        if let Ok(organisation) = text.parse() {
            return Ok(Self::Organisation(organisation));
        }
        let (report, index) = text.split_once('-').ok_or_else(malformed)?;
        match (report.parse(), index.parse()) {
            (Ok(report), Ok(index)) => Ok(Self::Unidentified(report, index)),
            (Err(_), _) | (_, Err(_)) => Err(malformed()),
        }
    }
}

impl From<Party> for String {
    fn from(party: Party) -> Self {
        party.to_string()
    }
}

impl TryFrom<String> for Party {
    type Error = PartyMalformed;

    fn try_from(text: String) -> Result<Self, PartyMalformed> {
        text.parse()
    }
}

/// One affected organisation as a report tells of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Affected {
    /// Which one, if the registry knows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organisation: Option<OrganisationId>,
    /// Where it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub district: Option<DistrictCode>,
    /// When it happened there.
    #[serde(default)]
    pub anchors: Anchors,
}

//! The words inside payloads: they too were written to journals and never change.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use fengsui_plan::Channel;
use fengsui_vocabulary::{
    ClauseId, CriterionId, FactId, Line, OrganisationId, ReportId, RoleId, TaxonomyCode,
};
use serde::{Deserialize, Serialize};

use crate::{BlobRef, ReadBack};

/// Whether a plan applies to an incident, the least certain first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ScopeAnswer {
    /// It does not.
    DoesNotApply,
    /// It depends on what is not known.
    MayApply,
    /// It does.
    Applies,
}

/// One scope of a plan beside what was known: why it applies, or does not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScopeGround {
    /// The scope; what it says is in the edition.
    pub scope: CriterionId,
    /// Its clause.
    pub clause: ClauseId,
    /// Where it stood.
    pub standing: GroundStanding,
    /// The facts that would decide it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ask: Vec<FactId>,
}

/// Where one scope stood.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum GroundStanding {
    /// Certainly met.
    Met,
    /// It depended on what was not known.
    Undecided,
    /// Certainly not met.
    NotMet,
}

/// What the signature of a pack is worth.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum SignatureVerdict {
    /// There is none.
    Unsigned,
    /// It holds, by a key of this name that is trusted here.
    ValidBy(String),
    /// It does not hold, or no key that is trusted here made it.
    Wrong,
}

/// Who does what a text leaves open, as a deployment names it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum PolicyHow {
    /// Any one of these roles.
    Any(Vec<RoleId>),
    /// All of these roles together.
    Joint(Vec<RoleId>),
    /// All of `propose` submit, then any one of `approve` approves.
    Approval {
        /// Who proposes, jointly.
        propose: Vec<RoleId>,
        /// Who approves, any one.
        approve: Vec<RoleId>,
    },
}

/// A class of one taxonomy of the plan.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClassRef {
    /// The taxonomy.
    pub taxonomy: String,
    /// The code.
    pub code: TaxonomyCode,
}

/// Who said something.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SaidBy {
    /// Whoever sent a report.
    Report(ReportId),
    /// An organisation.
    Organisation(OrganisationId),
    /// A role of the plan.
    Role(RoleId),
}

/// Whether something is so, or is expected to become so.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outlook {
    /// It is so.
    #[default]
    Observed,
    /// It is expected; it grades warnings, not incidents.
    Forecast,
}

/// What is decided about a response.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Step {
    /// To start it.
    Start,
    /// To change its level or scope.
    Adjust,
    /// To change its level or scope because it is not under control.
    Escalate,
    /// To end it.
    End,
}

/// By what decision a response moved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Decision {
    /// These roles decided, jointly if there are several.
    By(BTreeSet<RoleId>),
    /// A proposal with this digest was approved.
    Proposal(String),
}

/// What came of a step of the technical plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum StepOutcome {
    /// One of several offices did its part; the others are still missing.
    Joined,
    /// It was taken, and what was judged passed.
    Passed,
    /// It did not pass: it is to be drafted again.
    Returned {
        /// Why.
        reason: Line,
    },
}

/// How a decision was given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Given {
    /// By the actor, signed in.
    InPerson,
    /// By somebody else, and the actor wrote it down.
    OnBehalf {
        /// How it reached the actor.
        means: Means,
        /// Whether it was read back.
        read_back: ReadBack,
        /// The note, the fax, or the record of the call.
        record: Option<BlobRef>,
    },
}

/// How a decision reached whoever wrote it down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Means {
    /// By telephone.
    Telephone,
    /// On paper.
    Note,
    /// By fax.
    Fax,
    /// Face to face.
    Spoken,
}

/// How one incident stands to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Relation {
    /// It is part of the other.
    PartOf,
    /// It is the same as the other.
    DuplicateOf,
    /// It goes on in the other; its clocks stay where they are.
    MergedInto,
}

/// What a report is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReportKind {
    /// Something happened.
    Incident,
    /// More about it, 续报.
    Supplement,
    /// The last about it, 终报.
    Final,
    /// Something was seen that may matter.
    Monitoring,
    /// Something almost happened.
    NearMiss,
}

/// How a report came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum IntakeChannel {
    /// The public form.
    Web,
    /// A call or a visit.
    Oral,
    /// Mail.
    Mail,
    /// Fax.
    Fax,
    /// A program of the reporter's.
    Api,
    /// A partner.
    Partner,
    /// Our own detection.
    Detection,
}

impl IntakeChannel {
    /// What that is in the sense of a duty.
    pub const fn delivers(self) -> Channel {
        match self {
            Self::Oral => Channel::Oral,
            Self::Web | Self::Mail | Self::Fax | Self::Api | Self::Partner | Self::Detection => {
                Channel::Written
            }
        }
    }
}

/// What an organisation is in the sense of the law; it can be several of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OrganisationKind {
    /// Operates critical information infrastructure.
    CiiOperator,
    /// A body of the central Party or State, or of their enterprises.
    CentralBody,
    /// A key unit for security, 重点单位.
    KeyUnit,
    /// An authority that this plan or another names.
    Authority,
    /// The cybersecurity authority of a district.
    DistrictAuthority,
    /// The government of a district.
    DistrictGovernment,
    /// A body of the Party or State.
    PublicBody,
    /// A professional institution or support team.
    ProfessionalInstitution,
    /// Provides networks or services to others.
    ServiceProvider,
    /// Another network operator.
    Operator,
    /// A partner of exchange.
    Partner,
}

/// How important a system is, milder first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Importance {
    /// Ordinary.
    Ordinary,
    /// Important.
    Important,
    /// Critical information infrastructure.
    CriticalInfrastructure,
}

/// Whether a system was designated critical information infrastructure, 认定.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Designation {
    /// It was not.
    #[default]
    None,
    /// It was.
    CriticalInfrastructure,
}

impl Designation {
    /// Whether it was not.
    pub const fn is_none(&self) -> bool {
        matches!(self, Self::None)
    }
}

/// A level of graded protection: 1 to 5, the higher the stricter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "u8", try_from = "u8")]
pub struct Protection(u8);

/// No level of graded protection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a level of graded protection is 1 to 5")]
pub struct ProtectionOutOfRange;

impl From<Protection> for u8 {
    fn from(protection: Protection) -> Self {
        protection.0
    }
}

impl TryFrom<u8> for Protection {
    type Error = ProtectionOutOfRange;

    fn try_from(level: u8) -> Result<Self, ProtectionOutOfRange> {
        if (1..=5).contains(&level) { Ok(Self(level)) } else { Err(ProtectionOutOfRange) }
    }
}

impl FromStr for Protection {
    type Err = ProtectionOutOfRange;

    fn from_str(text: &str) -> Result<Self, ProtectionOutOfRange> {
        text.trim().parse::<u8>().map_err(|_no_number| ProtectionOutOfRange)?.try_into()
    }
}

impl fmt::Display for Protection {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(out)
    }
}

/// What an organisation files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FilingKind {
    /// Its own plan, 预案备案.
    OwnPlan,
    /// The list of its reserves, 储备物资清单备案.
    ReserveList,
    /// Something else.
    Other,
}

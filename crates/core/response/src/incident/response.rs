//! The response, 应急响应: voices, proposals, approvals, and what they started.

use std::collections::{BTreeMap, BTreeSet};

use fengsui_vocabulary::{LevelId, Line, PersonId, RoleId};
use jiff::Timestamp;

use crate::{BlobRef, Decision, Given, Step};

/// The response of one incident.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Response {
    /// When first response began; it needs no level.
    pub first_response_at: Option<Timestamp>,
    /// Whether it runs.
    pub state: ResponseState,
    /// When it started first.
    pub started_at: Option<Timestamp>,
    /// Voices of a decision that is not complete yet, one for each office.
    pub voices: BTreeMap<RoleId, Voice>,
    /// Proposals, oldest first; at most the last one waits.
    pub proposals: Vec<Proposal>,
}

/// Whether a response runs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum ResponseState {
    /// None was decided yet.
    #[default]
    NotStarted,
    /// It runs.
    Running {
        /// At this level.
        level: LevelId,
        /// In this scope.
        scope: Line,
        /// Since then like this.
        since: Timestamp,
        /// By this decision.
        decision: Decision,
    },
    /// It ended.
    Ended {
        /// At this level.
        level: LevelId,
        /// Then.
        at: Timestamp,
        /// By this decision.
        decision: Decision,
    },
}

/// One office's voice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Voice {
    /// What is decided.
    pub step: Step,
    /// At which level.
    pub level: LevelId,
    /// In which scope.
    pub scope: Line,
    /// By whom.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
}

/// A handling proposal, 处置建议.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// What is proposed.
    pub step: Step,
    /// At which level.
    pub level: LevelId,
    /// In which scope.
    pub scope: Line,
    /// The exact text; its digest is the proposal's name.
    pub text: BlobRef,
    /// The office that submitted it, then those that endorsed it.
    pub endorsements: Vec<Endorsement>,
    /// Where it stands.
    pub state: ProposalState,
}

/// An office that stands behind a proposal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endorsement {
    /// The office.
    pub role: RoleId,
    /// The person.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
}

/// Where a proposal stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProposalState {
    /// It waits for endorsements or for approval.
    Waiting,
    /// It was approved.
    Approved(Approval),
    /// It was returned.
    Returned {
        /// By which role.
        role: RoleId,
        /// Why.
        reason: Line,
        /// When.
        at: Timestamp,
    },
    /// It was withdrawn or overtaken.
    Lapsed {
        /// Why.
        reason: Line,
        /// When.
        at: Timestamp,
    },
}

/// An approval.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Approval {
    /// The role that approved.
    pub role: RoleId,
    /// How the decision was given.
    pub given: Given,
    /// Who wrote it down; whoever approved, where it was in person.
    pub entered_by: PersonId,
    /// When it was given.
    pub at: Timestamp,
    /// Who confirmed it and when, where it was written down on behalf.
    pub confirmed: Option<(PersonId, Timestamp)>,
}

impl Approval {
    /// Whether it was written down on behalf and nobody has confirmed it.
    pub const fn is_unconfirmed(&self) -> bool {
        matches!(self.given, Given::OnBehalf { .. }) && self.confirmed.is_none()
    }
}

impl Proposal {
    /// The people who submitted or endorsed it: none of them approves it.
    pub fn people(&self) -> BTreeSet<PersonId> {
        self.endorsements.iter().map(|endorsement| endorsement.by).collect()
    }

    /// The offices that submitted or endorsed it.
    pub fn offices(&self) -> BTreeSet<&RoleId> {
        self.endorsements.iter().map(|endorsement| &endorsement.role).collect()
    }

    /// Its approval, if it was approved.
    pub const fn approval(&self) -> Option<&Approval> {
        match &self.state {
            ProposalState::Approved(approval) => Some(approval),
            ProposalState::Waiting
            | ProposalState::Returned { .. }
            | ProposalState::Lapsed { .. } => None,
        }
    }
}

impl Response {
    /// The proposal that waits, if one does.
    pub fn waiting(&self) -> Option<&Proposal> {
        self.proposals.last().filter(|proposal| proposal.state == ProposalState::Waiting)
    }

    /// A proposal by the digest of its text.
    pub fn proposal(&self, digest: &str) -> Option<&Proposal> {
        self.proposals.iter().rev().find(|proposal| proposal.text.digest == digest)
    }

    /// Its level while it runs.
    pub const fn level(&self) -> Option<&LevelId> {
        match &self.state {
            ResponseState::Running { level, .. } => Some(level),
            ResponseState::NotStarted | ResponseState::Ended { .. } => None,
        }
    }

    /// Approvals that were written down on behalf and that nobody has confirmed.
    pub fn unconfirmed(&self) -> impl Iterator<Item = (&Proposal, &Approval)> {
        self.proposals
            .iter()
            .filter_map(|proposal| proposal.approval().map(|approval| (proposal, approval)))
            .filter(|(_, approval)| approval.is_unconfirmed())
    }

    pub(super) fn waiting_mut(&mut self, digest: &str) -> Option<&mut Proposal> {
        self.proposals.last_mut().filter(|proposal| {
            proposal.state == ProposalState::Waiting && proposal.text.digest == digest
        })
    }
}

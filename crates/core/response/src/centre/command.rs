//! What may be asked of the centre.

use std::collections::{BTreeMap, BTreeSet};

use fengsui_plan::Act;
use fengsui_vocabulary::{ClauseId, LevelId, Line, PlanId};
use jiff::civil::Date;

use super::{Bound, RoleKey};
use crate::{BlobRef, PlanRef, PolicyHow, SignatureVerdict};

/// What may be asked of the centre.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CentreCommand {
    /// Draft an edition of a plan, with what its check found.
    DraftPack(DraftPack),
    /// Approve a draft that somebody else made.
    ApprovePack {
        /// The edition.
        plan: PlanRef,
    },
    /// Withdraw a draft.
    WithdrawDraft {
        /// The edition.
        plan: PlanRef,
        /// Why.
        reason: Line,
    },
    /// Adopt an edition of a plan; it must be at hand and approved. What ships is adopted without that
    /// when the centre is set up.
    AdoptPlan {
        /// The edition.
        plan: PlanRef,
        /// The pack's bytes.
        bytes: BlobRef,
        /// Its calendars' bytes by id.
        calendars: BTreeMap<String, BlobRef>,
        /// The first day on which it is in force; none means at once.
        from: Option<Date>,
    },
    /// Say who fills a role; replaces whoever filled it.
    BindRole {
        /// Which role.
        role: RoleKey,
        /// Who fills it.
        bound: Bound,
    },
    /// Say that nobody fills a role.
    UnbindRole {
        /// Which role.
        role: RoleKey,
    },
    /// Rule on a question about a clause.
    InterpretClause(InterpretClause),
    /// Withdraw a ruling; it stays readable.
    WithdrawInterpretation {
        /// Which.
        number: u32,
        /// Why.
        reason: Line,
    },
    /// Attach the official wording.
    AttachWording(AttachWording),
    /// Propose who does here what a text leaves open.
    NamePolicy(NamePolicy),
    /// Approve a policy that somebody else named.
    ApprovePolicy {
        /// Which.
        number: u32,
    },
    /// Put rules of the house in force that were read without a mistake.
    AdoptHouse {
        /// SHA-256 of their bytes.
        hash: String,
        /// The bytes.
        bytes: BlobRef,
    },
    /// Withdraw a policy.
    WithdrawPolicy {
        /// Which.
        number: u32,
        /// Why.
        reason: Line,
    },
}

/// Draft an edition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DraftPack {
    /// The edition.
    pub plan: PlanRef,
    /// The pack's bytes.
    pub bytes: BlobRef,
    /// What its signature is worth.
    pub signature: SignatureVerdict,
    /// What this deployment asks of signatures.
    pub demand: SignatureDemand,
    /// What the check found.
    pub findings: BlobRef,
    /// How many errors.
    pub errors: u32,
    /// How many warnings.
    pub warnings: u32,
}

/// What a deployment asks of the signatures of packs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SignatureDemand {
    /// Nothing: what a signature is worth is kept beside the draft.
    #[default]
    None,
    /// One that holds, by a key that is trusted here.
    Valid,
}

/// Rule on a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InterpretClause {
    /// The plan.
    pub plan: PlanId,
    /// The clause.
    pub clause: ClauseId,
    /// What was asked.
    pub question: BlobRef,
    /// What holds.
    pub ruling: BlobRef,
}

/// Attach the official wording.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttachWording {
    /// The edition.
    pub plan: PlanRef,
    /// The clause; none for the whole text.
    pub clause: Option<ClauseId>,
    /// Its bytes.
    pub wording: BlobRef,
}

/// Name who does what a text leaves open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamePolicy {
    /// The plan.
    pub plan: PlanId,
    /// What is left open.
    pub act: Act,
    /// The levels it is for; empty means every level.
    pub levels: BTreeSet<LevelId>,
    /// Who does it.
    pub how: PolicyHow,
    /// Why.
    pub reason: Line,
}

impl CentreCommand {
    /// Its name: chosen once, for records and programs.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::DraftPack(_) => "draft-pack",
            Self::ApprovePack { .. } => "approve-pack",
            Self::WithdrawDraft { .. } => "withdraw-draft",
            Self::AdoptPlan { .. } => "adopt-plan",
            Self::BindRole { .. } => "bind-role",
            Self::UnbindRole { .. } => "unbind-role",
            Self::InterpretClause(_) => "interpret-clause",
            Self::WithdrawInterpretation { .. } => "withdraw-interpretation",
            Self::AttachWording(_) => "attach-wording",
            Self::NamePolicy(_) => "name-policy",
            Self::ApprovePolicy { .. } => "approve-policy",
            Self::AdoptHouse { .. } => "adopt-house",
            Self::WithdrawPolicy { .. } => "withdraw-policy",
        }
    }
}

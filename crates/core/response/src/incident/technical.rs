//! The technical plan of an incident, 处置方案: its drafts, and the steps that each of them went through.
//!
//! Which steps there are, in which order and whose they are is the pack's. A draft begins a round, and a
//! round that did not pass ends; what happened in it stays. Nothing here stands in the way of closing.

use std::collections::BTreeSet;

use fengsui_plan::{Act, Plan};
use fengsui_vocabulary::{ClauseId, Line, PersonId, PlanId, RoleId};
use jiff::Timestamp;

use super::Incident;
use super::decide::deciders;
use crate::{BlobRef, Given, StepOutcome};

/// One draft of a technical plan, with everything that was done about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TechnicalRound {
    /// Under which plan.
    pub plan: PlanId,
    /// The draft: its digest is the round's name.
    pub draft: BlobRef,
    /// The steps that were taken, oldest first; the first one is the draft.
    pub steps: Vec<TechnicalStep>,
}

/// One step of a technical plan, as it was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TechnicalStep {
    /// Which.
    pub step: Act,
    /// By which role.
    pub role: RoleId,
    /// How it was given.
    pub given: Given,
    /// What came of it.
    pub outcome: StepOutcome,
    /// What was written: the draft, the result of the test, the order.
    pub text: Option<BlobRef>,
    /// In a sentence.
    pub note: Option<Line>,
    /// When.
    pub at: Timestamp,
    /// Who took it, or wrote it down.
    pub by: PersonId,
}

/// Where the technical plan of an incident stands under one plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Technical<'a> {
    /// The clause that gives the order.
    pub clause: &'a ClauseId,
    /// The steps in their order.
    pub steps: &'a [Act],
    /// The rounds, oldest first: only the last one goes on.
    pub rounds: Vec<&'a TechnicalRound>,
    /// The step that comes next; none when all were taken. Another draft may always begin a round.
    pub next: Option<NextStep>,
}

/// The step that comes next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NextStep {
    /// Which.
    pub step: Act,
    /// The roles that may take it at the level in force; empty where the plan names nobody.
    pub by: BTreeSet<RoleId>,
    /// People who may not: nobody approves what they drafted.
    pub not_by: BTreeSet<PersonId>,
    /// The digest of the draft that it is about; none where it begins a round.
    pub draft: Option<String>,
    /// Since when it can be taken; none before anybody drafted anything.
    pub since: Option<Timestamp>,
}

impl TechnicalRound {
    /// Why it went back, if it did.
    pub fn returned(&self) -> Option<&Line> {
        self.steps.iter().find_map(|taken| match &taken.outcome {
            StepOutcome::Returned { reason } => Some(reason),
            StepOutcome::Joined | StepOutcome::Passed => None,
        })
    }

    /// The last thing that was done about it.
    pub fn last(&self) -> Option<&TechnicalStep> {
        self.steps.last()
    }

    /// The step of a plan's order that comes next; none when it went back or every step was taken.
    pub fn next(&self, plan: &Plan) -> Option<Act> {
        let steps = &plan.technical_plan.as_ref()?.steps;
        let open = steps.iter().find(|step| !self.passed(**step)).copied();
        open.filter(|_| self.returned().is_none())
    }

    /// Whether a step was taken by everybody whose it is.
    pub fn passed(&self, step: Act) -> bool {
        self.steps.iter().any(|taken| taken.step == step && taken.outcome == StepOutcome::Passed)
    }

    /// Who gave a part of a step that is for several offices together.
    pub fn joined(&self, step: Act) -> impl Iterator<Item = &TechnicalStep> {
        let of_step = move |taken: &&TechnicalStep| {
            taken.step == step && taken.outcome == StepOutcome::Joined
        };
        self.steps.iter().filter(of_step)
    }

    /// Who drafted it: none of them approves it.
    pub fn drafters(&self) -> BTreeSet<PersonId> {
        let Some(first) = self.steps.first().map(|taken| taken.step) else {
            return BTreeSet::new();
        };
        let of_draft = self.steps.iter().filter(|taken| taken.step == first);
        of_draft.map(|taken| taken.by).collect()
    }
}

impl Incident {
    /// Where the technical plan stands under one of the incident's plans; none where that plan's text
    /// gives no order for one.
    pub fn technical<'a>(&'a self, plan: &'a Plan) -> Option<Technical<'a>> {
        let order = plan.technical_plan.as_ref()?;
        let rounds = self.technical_rounds.iter().filter(|round| round.plan == plan.id).collect();
        Some(Technical {
            clause: &order.clause,
            steps: &order.steps,
            rounds,
            next: self.next_technical(plan),
        })
    }

    /// The round that goes on, if one does.
    pub(super) fn technical_round(&self, plan: &PlanId) -> Option<&TechnicalRound> {
        let last = self.technical_rounds.iter().rev().find(|round| round.plan == *plan)?;
        last.returned().is_none().then_some(last)
    }

    /// Whether this text is a draft already: another round takes another text.
    pub(super) fn has_drafted(&self, plan: &PlanId, digest: &str) -> bool {
        let mut rounds = self.technical_rounds.iter();
        rounds.any(|round| round.plan == *plan && round.draft.digest == digest)
    }

    fn next_technical(&self, plan: &Plan) -> Option<NextStep> {
        let steps = &plan.technical_plan.as_ref()?.steps;
        let round = self.technical_round(&plan.id);
        let step = match round {
            Some(round) => round.next(plan)?,
            None => *steps.first()?,
        };
        let joined: Vec<_> = round.into_iter().flat_map(|round| round.joined(step)).collect();
        let authority = plan.authority(step, self.level(plan).as_ref());
        let named = authority.map_or(&[][..], |authority| deciders(&authority.how));
        let is_missing = |role: &&RoleId| joined.iter().all(|taken| taken.role != **role);
        let mut not_by: BTreeSet<PersonId> = joined.iter().map(|taken| taken.by).collect();
        if step == Act::ApproveTechnicalPlan {
            not_by.extend(round.map(TechnicalRound::drafters).unwrap_or_default());
        }
        let mut rounds = self.technical_rounds.iter().rev();
        let before = rounds.find(|round| round.plan == plan.id);
        Some(NextStep {
            step,
            by: named.iter().filter(is_missing).cloned().collect(),
            not_by,
            draft: round.map(|round| round.draft.digest.clone()),
            since: before.and_then(TechnicalRound::last).map(|last| last.at),
        })
    }
}

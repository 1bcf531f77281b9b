//! Whether a plan applies to an incident at all.
//!
//! A plan applies where any of its scopes is met; without a scope it applies everywhere. What belongs
//! to another plan although this one applies is handed over, see [`super::HandOverPart`].
//!
//! Start reading at [`Plan::applicability`].

use fengsui_vocabulary::{ClauseId, CriterionId, FactId, Facts, Label, PlanId};
use serde::{Deserialize, Serialize};

use super::explain::Side;
use super::{FactReason, Grader, PreparedFacts, ScoreReason, Test, open_of};
use crate::catalogue::FactsRefused;
use crate::model::{Plan, Scope};

/// Whether a plan applies, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Applicability {
    /// The plan.
    pub plan: PlanId,
    /// The answer.
    pub answer: Applies,
    /// Every scope with where it stands; empty where the plan applies to everything.
    pub because: Vec<ScopeReason>,
}

/// Whether a plan applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Applies {
    /// Whatever is still unknown, it applies.
    Applies,
    /// It depends on what is unknown.
    MayApply,
    /// Whatever is still unknown, it does not apply.
    DoesNotApply,
}

/// One scope beside what is known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ScopeReason {
    /// The scope.
    pub scope: CriterionId,
    /// Its clause.
    pub clause: ClauseId,
    /// What it says.
    pub label: Label,
    /// Where it stands.
    pub standing: ScopeStanding,
    /// The facts that would decide it.
    pub ask: Vec<FactId>,
    /// The facts that meet it, or what is known of those that would decide it.
    pub facts: Vec<FactReason>,
    /// The same for scores.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub scores: Vec<ScoreReason>,
}

/// Where a scope stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ScopeStanding {
    /// Certainly met.
    Met,
    /// Met or not, depending on what is unknown.
    Undecided,
    /// Certainly not met.
    NotMet,
}

/// One scope with its test; without one it is always met.
#[derive(Clone, Debug)]
pub(crate) struct Scoped {
    pub(crate) scope: Scope,
    pub(crate) test: Option<Test>,
}

/// What all completions of the choices tried so far agree on.
#[derive(Clone, Copy)]
struct Tally {
    is_certain: bool,
    is_possible: bool,
}

impl Plan {
    /// Whether this plan applies; refuses facts that are not in the catalogue.
    pub fn applicability(&self, facts: &Facts) -> Result<Applicability, FactsRefused> {
        Ok(self.applicability_prepared(&self.prepare(facts)?))
    }

    /// Whether this plan applies by prepared facts.
    pub fn applicability_prepared(&self, facts: &PreparedFacts) -> Applicability {
        let (answer, standings) = self.grader.standings(facts);
        let scopes = self.grader.scopes.iter().zip(standings);
        let because = scopes.map(|(scoped, standing)| self.grader.stands(scoped, standing, facts));
        Applicability { plan: self.id.clone(), answer, because: because.collect() }
    }
}

impl Grader {
    /// The choices without an order that scopes look at.
    pub(super) fn choices_of_scopes(&self) -> Vec<usize> {
        let mut choices = Vec::new();
        for test in self.scopes.iter().filter_map(|scoped| scoped.test.as_ref()) {
            test.add_choices(&mut choices);
        }
        choices
    }

    /// The answer, and where each scope stands.
    pub(super) fn standings(&self, facts: &PreparedFacts) -> (Applies, Vec<ScopeStanding>) {
        if self.scopes.is_empty() {
            return (Applies::Applies, Vec::new());
        }
        let open = open_of(&self.choices_of_scopes(), &facts.bounds);
        let mut bounds = facts.bounds.clone();
        let mut whole = Tally::NOTHING_TRIED;
        let mut each = vec![Tally::NOTHING_TRIED; self.scopes.len()];
        for combination in 0..self.slots.combinations(&open) {
            self.slots.fix(&open, combination, &mut bounds);
            let mut any = Tally::NEVER;
            for (scoped, tally) in self.scopes.iter().zip(&mut each) {
                let now = scoped.test.as_ref().map_or(Tally::ALWAYS, |test| Tally {
                    is_certain: test.is_certain(&bounds),
                    is_possible: test.is_possible(&bounds),
                });
                tally.add(now);
                any.is_certain |= now.is_certain;
                any.is_possible |= now.is_possible;
            }
            whole.add(any);
        }
        let answer = match whole.standing() {
            ScopeStanding::Met => Applies::Applies,
            ScopeStanding::Undecided => Applies::MayApply,
            ScopeStanding::NotMet => Applies::DoesNotApply,
        };
        (answer, each.into_iter().map(Tally::standing).collect())
    }

    fn stands(
        &self,
        scoped: &Scoped,
        standing: ScopeStanding,
        facts: &PreparedFacts,
    ) -> ScopeReason {
        let reasons = match (standing, &scoped.test) {
            (ScopeStanding::Met, Some(test)) => self.reasons(test, Side::Met, facts),
            (ScopeStanding::Undecided, Some(test)) => self.reasons(test, Side::Open, facts),
            (ScopeStanding::NotMet, Some(_)) | (_, None) => super::explain::Reasons::default(),
        };
        ScopeReason {
            scope: scoped.scope.id.clone(),
            clause: scoped.scope.clause.clone(),
            label: scoped.scope.label.clone(),
            standing,
            ask: reasons.ask,
            facts: reasons.facts,
            scores: reasons.scores,
        }
    }
}

impl Tally {
    const NOTHING_TRIED: Self = Self { is_certain: true, is_possible: false };
    const ALWAYS: Self = Self { is_certain: true, is_possible: true };
    const NEVER: Self = Self { is_certain: false, is_possible: false };

    fn add(&mut self, now: Self) {
        self.is_certain &= now.is_certain;
        self.is_possible |= now.is_possible;
    }

    fn standing(self) -> ScopeStanding {
        match (self.is_certain, self.is_possible) {
            (true, _) => ScopeStanding::Met,
            (false, true) => ScopeStanding::Undecided,
            (false, false) => ScopeStanding::NotMet,
        }
    }
}

//! The level that facts give: what is certain, what is possible, why, and what to ask.
//!
//! Every criterion is monotone, so the grade at the mildest completion of what is unknown is certain
//! and the grade at the worst is possible. Both are exact. Choices without an order are tried out.
//! Nothing is decided here: a computed level is a suggestion to those who judge.
//!
//! Start reading at [`Plan::grade`].

mod cover;
mod explain;
#[cfg(test)]
mod proofs;
mod test;

use fengsui_vocabulary::{ClauseId, CriterionId, FactId, Facts, Label, LevelId, PlanId};
use serde::Serialize;

pub(crate) use cover::Shadow;
pub(crate) use test::{Slots, Test};

use crate::catalogue::{Bounds, Fact, FactsRefused};
use crate::model::{Criterion, Plan};

/// Combinations of unordered choices that are tried out at most.
pub(crate) const COMBINATIONS_MAX: usize = 256;

/// Criteria compiled for evaluation, those of the worst level first.
#[derive(Clone, Debug, Default)]
pub struct Grader {
    slots: Slots,
    criteria: Vec<Compiled>,
    levels: Vec<LevelId>,
}

/// One criterion with its test.
#[derive(Clone, Debug)]
pub(crate) struct Compiled {
    pub(crate) criterion: Criterion,
    pub(crate) rank: usize,
    pub(crate) test: Test,
}

/// Facts laid out for one plan: every fact the plan judges by as an interval.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PreparedFacts {
    bounds: Box<[Bounds]>,
    /// Slots of unordered choices that are not known.
    open: Vec<usize>,
}

/// What facts give under one plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Grade {
    /// The plan.
    pub plan: PlanId,
    /// The level at the mildest completion of what is unknown; none if no criterion is certainly met.
    pub certain: Option<LevelId>,
    /// The level at the worst completion.
    pub possible: Option<LevelId>,
    /// Whether the certain level rests only on numbers that the text calls normal.
    pub presumed: bool,
    /// The criteria that give the certain level.
    pub matched: Vec<Matched>,
    /// The criteria that may yet give a worse level.
    pub undecided: Vec<Undecided>,
    /// Parts that belong to another plan.
    pub hand_over: Vec<HandOverPart>,
}

/// A criterion that is certainly met.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Matched {
    /// The criterion.
    pub criterion: CriterionId,
    /// The level it gives.
    pub level: LevelId,
    /// Its clause.
    pub clause: ClauseId,
    /// The facts that meet it.
    pub because: Vec<FactReason>,
}

/// A criterion that is met or not, depending on what is unknown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Undecided {
    /// The criterion.
    pub criterion: CriterionId,
    /// The level it would give.
    pub level: LevelId,
    /// Its clause.
    pub clause: ClauseId,
    /// The facts that would decide it.
    pub ask: Vec<FactId>,
    /// What is known of each, and how much is missing.
    pub margins: Vec<FactReason>,
}

/// One fact beside what a criterion asks of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FactReason {
    /// The fact.
    pub fact: FactId,
    /// What is known: `severe`, `800000…1200000`; none if nothing is.
    pub value: Option<String>,
    /// What the criterion asks at least, or exactly for a choice.
    pub needs: String,
    /// How far the mildest value lies beyond what is asked; with a minus sign, how much is missing.
    /// Steps for words, the fact's own unit for numbers; none for yes and no, and for a choice
    /// without an order.
    pub margin: Option<String>,
}

/// A part of the incident that another plan governs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct HandOverPart {
    /// What it is called in commands: `content_part`.
    pub part: String,
    /// The clause that excludes it.
    pub clause: ClauseId,
    /// The plan that governs it instead.
    pub to: Label,
}

impl Plan {
    /// The level that facts give, with the reasons; refuses facts that are not in the catalogue.
    pub fn grade(&self, facts: &Facts) -> Result<Grade, FactsRefused> {
        Ok(self.grade_prepared(&self.prepare(facts)?))
    }

    /// Lays out facts for this plan.
    pub fn prepare(&self, facts: &Facts) -> Result<PreparedFacts, FactsRefused> {
        self.grader.prepare(self, facts)
    }

    /// The certain and the possible level, without reasons.
    pub fn level_of(&self, facts: &PreparedFacts) -> (Option<&LevelId>, Option<&LevelId>) {
        let (certain, possible) = self.grader.ranks(facts);
        (self.grader.levels.get(certain), self.grader.levels.get(possible))
    }

    /// The criteria, those of the worst level first.
    pub fn criteria(&self) -> impl Iterator<Item = &Criterion> {
        self.grader.criteria.iter().map(|compiled| &compiled.criterion)
    }

    /// The facts that its criteria and hand-overs look at, in the order of the catalogue.
    pub fn facts_asked(&self) -> impl Iterator<Item = &Fact> {
        self.facts.facts().iter().filter(|fact| self.grader.slots.place(&fact.id).is_some())
    }
}

impl Grader {
    pub(crate) fn new(slots: Slots, mut criteria: Vec<Compiled>, levels: Vec<LevelId>) -> Self {
        criteria.sort_by_key(|compiled| compiled.rank);
        Self { slots, criteria, levels }
    }

    fn prepare(&self, plan: &Plan, facts: &Facts) -> Result<PreparedFacts, FactsRefused> {
        let mut bounds = self.slots.domains();
        plan.facts.parse_each(facts, |fact, known| {
            if let Some(bounds) = self.slots.place(&fact.id).and_then(|slot| bounds.get_mut(slot)) {
                *bounds = known;
            }
        })?;
        let open = self.slots.unordered().filter(|&slot| !is_exact(&bounds, slot)).collect();
        Ok(PreparedFacts { bounds, open })
    }

    /// Ranks of the certain and the possible level; the number of levels stands for none.
    fn ranks(&self, facts: &PreparedFacts) -> (usize, usize) {
        if facts.open.is_empty() {
            return self.ranks_of(&facts.bounds);
        }
        let mut bounds = facts.bounds.clone();
        let mut ranks = (0, self.levels.len());
        for combination in 0..self.slots.combinations(&facts.open) {
            self.slots.fix(&facts.open, combination, &mut bounds);
            let (certain, possible) = self.ranks_of(&bounds);
            ranks = (ranks.0.max(certain), ranks.1.min(possible));
        }
        ranks
    }

    fn ranks_of(&self, bounds: &[Bounds]) -> (usize, usize) {
        let none = self.levels.len();
        let mut possible = none;
        for compiled in &self.criteria {
            if possible == none && compiled.test.is_possible(bounds) {
                possible = compiled.rank;
            }
            if compiled.test.is_certain(bounds) {
                return (compiled.rank, possible);
            }
        }
        (none, possible)
    }
}

fn is_exact(bounds: &[Bounds], slot: usize) -> bool {
    bounds.get(slot).is_some_and(|bounds| bounds.is_exact())
}

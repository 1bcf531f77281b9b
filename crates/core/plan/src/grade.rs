//! The level that facts give: what is certain, what is possible, why, and what to ask.
//!
//! Every criterion is monotone, so the grade at the mildest completion of what is unknown is certain
//! and the grade at the worst is possible. Both are exact, with bounds that depend on other facts and
//! with scores too. Choices without an order are tried out.
//! Nothing is decided here: a computed level is a suggestion to those who judge.
//!
//! Start reading at [`Plan::grade`]; whether a plan applies at all is [`Plan::applicability`].

mod bar;
mod cover;
mod entail;
mod explain;
#[cfg(test)]
mod proofs;
mod scope;
mod score;
mod test;

use fengsui_vocabulary::{ClauseId, CriterionId, FactId, Facts, Label, LevelId, PlanId};
use serde::Serialize;

pub(crate) use bar::{Bar, Edge, Pick, Term};
pub(crate) use cover::Shadow;
pub(crate) use scope::Scoped;
pub use scope::{Applicability, Applies, ScopeReason, ScopeStanding};
pub(crate) use score::{Reached, Scale, Weighted};
pub use score::{Score, ScoreTerm};
pub(crate) use test::{End, Slots, Test};

use crate::catalogue::{Bounds, Fact, FactsRefused};
use crate::model::{Criterion, Plan, Scope};

/// Combinations of unordered choices that are tried out at most.
pub(crate) const COMBINATIONS_MAX: usize = 256;

/// Comparisons that all criteria and scopes of a plan make at most.
pub(crate) const COMPARISONS_MAX: usize = 4_096;

/// Criteria compiled for evaluation, those of the worst level first.
#[derive(Clone, Debug, Default)]
pub struct Grader {
    slots: Slots,
    criteria: Vec<Compiled>,
    levels: Vec<LevelId>,
    /// When the plan applies; beside the criteria, so that grading does not look at it.
    scopes: Vec<Scoped>,
    scores: Vec<Score>,
    /// Slots of unordered choices that criteria look at.
    choices: Vec<usize>,
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
    /// Slots of unordered choices that criteria look at and that are not known.
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
    /// The scores that meet it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub scores: Vec<ScoreReason>,
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
    /// The scores that would decide it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub scores: Vec<ScoreReason>,
}

/// One fact beside what a criterion asks of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FactReason {
    /// The fact.
    pub fact: FactId,
    /// What is known: `severe`, `800000…1200000`; none if nothing is.
    pub value: Option<String>,
    /// What the criterion asks at least, or exactly for a choice. Where that depends on other facts:
    /// what suffices whatever they are, `500000…` where no number does.
    pub needs: String,
    /// How far the mildest value lies beyond what is asked; with a minus sign, how much is missing.
    /// Steps for words, the fact's own unit for numbers; none for yes and no, for a choice without
    /// an order, and where no number suffices or nothing is known.
    pub margin: Option<String>,
}

/// One score beside what a criterion asks of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ScoreReason {
    /// The score.
    pub score: CriterionId,
    /// The clause that sets it up.
    pub clause: ClauseId,
    /// What it is.
    pub label: Label,
    /// Its points, two decimal places, never rounded up: `41.66`, `20…83.33`.
    pub value: String,
    /// The points that are asked at least.
    pub needs: String,
    /// How far the mildest points lie beyond that; with a minus sign, how many are missing.
    pub margin: String,
    /// What goes into it.
    pub terms: Vec<ScoreTermReason>,
}

/// What one fact gives to a score.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ScoreTermReason {
    /// The fact.
    pub fact: FactId,
    /// What is known of it; none if nothing is.
    pub value: Option<String>,
    /// How much it weighs.
    pub weight: i64,
    /// Its points: `40`, `0…100`.
    pub points: String,
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

    /// The scores that criteria compare, in the order of the pack.
    pub fn scores(&self) -> impl Iterator<Item = &Score> {
        self.grader.scores.iter()
    }

    /// The facts that its criteria, scopes and hand-overs look at, in the order of the catalogue.
    pub fn facts_asked(&self) -> impl Iterator<Item = &Fact> {
        self.facts.facts().iter().filter(|fact| self.grader.slots.place(&fact.id).is_some())
    }
}

impl Grader {
    pub(crate) fn new(slots: Slots, mut criteria: Vec<Compiled>, levels: Vec<LevelId>) -> Self {
        criteria.sort_by_key(|compiled| compiled.rank);
        let mut choices = Vec::new();
        for compiled in &criteria {
            compiled.test.add_choices(&mut choices);
        }
        Self { slots, criteria, levels, scopes: Vec::new(), scores: Vec::new(), choices }
    }

    /// The same with scores to explain and scopes; their facts have slots already.
    pub(crate) fn with(self, scores: Vec<Score>, scoped: Vec<Scoped>) -> Self {
        Self { scores, scopes: scoped, ..self }
    }

    /// When the plan applies.
    pub(crate) fn scopes(&self) -> impl Iterator<Item = &Scope> {
        self.scopes.iter().map(|scoped| &scoped.scope)
    }

    /// Every criterion with its test.
    pub(crate) fn compiled(&self) -> &[Compiled] {
        &self.criteria
    }

    /// The fact of a slot.
    pub(crate) fn fact(&self, slot: usize) -> Option<&Fact> {
        self.slots.fact(slot)
    }

    /// Combinations of choices that are tried out where nothing is known: by criteria, by scopes.
    pub(crate) fn combinations(&self) -> (usize, usize) {
        (self.slots.combinations(&self.choices), self.slots.combinations(&self.choices_of_scopes()))
    }

    /// How many comparisons all criteria and scopes make.
    pub(crate) fn comparisons(&self) -> usize {
        self.tests().map(Test::comparisons).sum()
    }

    /// The places of the scores that criteria and scopes compare.
    pub(crate) fn scores_used(&self) -> Vec<usize> {
        let mut scores = Vec::new();
        for test in self.tests() {
            test.add_scores(&mut scores);
        }
        scores
    }

    fn tests(&self) -> impl Iterator<Item = &Test> {
        let criteria = self.criteria.iter().map(|compiled| &compiled.test);
        criteria.chain(self.scopes.iter().filter_map(|scoped| scoped.test.as_ref()))
    }

    fn prepare(&self, plan: &Plan, facts: &Facts) -> Result<PreparedFacts, FactsRefused> {
        let mut bounds = self.slots.domains();
        plan.facts.parse_each(facts, |fact, known| {
            if let Some(bounds) = self.slots.place(&fact.id).and_then(|slot| bounds.get_mut(slot)) {
                *bounds = known;
            }
        })?;
        let open = open_of(&self.choices, &bounds);
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

/// The choices among these that are not known.
fn open_of(choices: &[usize], bounds: &[Bounds]) -> Vec<usize> {
    let is_open = |slot: &usize| bounds.get(*slot).is_some_and(|bounds| !bounds.is_exact());
    choices.iter().copied().filter(is_open).collect()
}

//! The reasons behind a grade: which facts met a criterion, which would decide one.

use fengsui_vocabulary::FactId;

use super::{
    Compiled, FactReason, Grade, Grader, HandOverPart, Matched, PreparedFacts, Test, Undecided,
};
use crate::catalogue::{Bounds, Fact};
use crate::model::Plan;

impl Plan {
    /// The level that prepared facts give, with the reasons.
    pub fn grade_prepared(&self, facts: &PreparedFacts) -> Grade {
        let grader = &self.grader;
        let (certain, possible) = grader.ranks(facts);
        let matched: Vec<_> = grader
            .of_rank(certain)
            .filter(|compiled| compiled.test.is_certain(&facts.bounds))
            .collect();
        let undecided = grader.undecided(certain, matched.is_empty(), facts);
        Grade {
            plan: self.id.clone(),
            certain: grader.levels.get(certain).cloned(),
            possible: grader.levels.get(possible).cloned(),
            presumed: !matched.is_empty() && matched.iter().all(|met| met.criterion.presumed),
            matched: matched.iter().map(|met| grader.matched(met, facts)).collect(),
            undecided,
            hand_over: self.parts_handed_over(facts),
        }
    }

    fn parts_handed_over(&self, facts: &PreparedFacts) -> Vec<HandOverPart> {
        let is_shown = |fact: &FactId| {
            let slot = self.grader.slots.place(fact);
            slot.and_then(|slot| facts.bounds.get(slot)).is_some_and(|bounds| bounds.mildest >= 1)
        };
        self.hand_overs
            .iter()
            .filter(|hand_over| is_shown(&hand_over.fact))
            .map(|hand_over| HandOverPart {
                part: hand_over.part.clone(),
                clause: hand_over.clause.clone(),
                to: hand_over.to.clone(),
            })
            .collect()
    }
}

impl Grader {
    fn of_rank(&self, rank: usize) -> impl Iterator<Item = &Compiled> {
        self.criteria.iter().filter(move |compiled| compiled.rank == rank)
    }

    /// Criteria of worse levels that are open; those of the certain level too when it is certain
    /// only because every choice leads to it by a criterion of its own.
    fn undecided(&self, certain: usize, own: bool, facts: &PreparedFacts) -> Vec<Undecided> {
        self.criteria
            .iter()
            .filter(|compiled| compiled.rank < certain || (own && compiled.rank == certain))
            .filter(|compiled| {
                compiled.test.is_possible(&facts.bounds) && !compiled.test.is_certain(&facts.bounds)
            })
            .map(|compiled| self.open(compiled, facts))
            .collect()
    }

    fn matched(&self, compiled: &Compiled, facts: &PreparedFacts) -> Matched {
        let mut because = Vec::new();
        self.reasons_met(&compiled.test, &facts.bounds, &mut because);
        Matched {
            criterion: compiled.criterion.id.clone(),
            level: compiled.criterion.level.clone(),
            clause: compiled.criterion.clause.clone(),
            because,
        }
    }

    fn open(&self, compiled: &Compiled, facts: &PreparedFacts) -> Undecided {
        let mut margins = Vec::new();
        self.reasons_open(&compiled.test, &facts.bounds, &mut margins);
        let mut ask: Vec<FactId> = Vec::with_capacity(margins.len());
        for margin in &margins {
            if !ask.contains(&margin.fact) {
                ask.push(margin.fact.clone());
            }
        }
        Undecided {
            criterion: compiled.criterion.id.clone(),
            level: compiled.criterion.level.clone(),
            clause: compiled.criterion.clause.clone(),
            ask,
            margins,
        }
    }

    fn reasons_met(&self, test: &Test, bounds: &[Bounds], reasons: &mut Vec<FactReason>) {
        match test {
            Test::AtLeast { .. } | Test::Is { .. } => reasons.extend(self.reason(test, bounds)),
            Test::Any(tests) | Test::All(tests) => {
                for test in tests.iter().filter(|test| test.is_certain(bounds)) {
                    self.reasons_met(test, bounds, reasons);
                }
            }
        }
    }

    fn reasons_open(&self, test: &Test, bounds: &[Bounds], reasons: &mut Vec<FactReason>) {
        match test {
            Test::AtLeast { .. } | Test::Is { .. } => reasons.extend(self.reason(test, bounds)),
            Test::Any(tests) | Test::All(tests) => {
                let open = |test: &&Test| test.is_possible(bounds) && !test.is_certain(bounds);
                for test in tests.iter().filter(open) {
                    self.reasons_open(test, bounds, reasons);
                }
            }
        }
    }

    fn reason(&self, test: &Test, bounds: &[Bounds]) -> Option<FactReason> {
        let (slot, needed) = match test {
            Test::AtLeast { slot, least } => (*slot, *least),
            Test::Is { slot, option } => (*slot, *option),
            Test::Any(_) | Test::All(_) => return None,
        };
        let (fact, known) = (self.slots.fact(slot)?, bounds.get(slot)?);
        let margin = match test {
            Test::AtLeast { least, .. } if fact.has_order() => {
                Some(fact.written_distance(known.mildest - least))
            }
            Test::AtLeast { .. } | Test::Is { .. } | Test::Any(_) | Test::All(_) => None,
        };
        Some(FactReason {
            fact: fact.id.clone(),
            value: written(fact, *known),
            needs: fact.written(needed),
            margin,
        })
    }
}

/// What is known of a fact as text; none if nothing is.
fn written(fact: &Fact, known: Bounds) -> Option<String> {
    let domain = fact.domain();
    if known.is_exact() {
        return Some(fact.written(known.mildest));
    }
    if known == domain {
        return None;
    }
    let end = |value: i64, open: i64| {
        if value == open { String::new() } else { fact.written(value) }
    };
    let (mild, bad) = (end(known.mildest, domain.mildest), end(known.worst, domain.worst));
    Some(match fact.worse {
        crate::catalogue::Worse::Higher => format!("{mild}…{bad}"),
        crate::catalogue::Worse::Lower => format!("{bad}…{mild}"),
    })
}

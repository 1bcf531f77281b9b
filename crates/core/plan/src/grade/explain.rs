//! The reasons behind a grade: which facts met a criterion, which would decide one.

use fengsui_vocabulary::FactId;

use super::{
    Bar, Compiled, End, FactReason, Grade, Grader, HandOverPart, Matched, PreparedFacts, Reached,
    ScoreReason, ScoreTermReason, Test, Undecided, Weighted,
};
use crate::catalogue::{Bounds, Fact, decimal};
use crate::model::Plan;

/// What is told of a test: what meets it, or what would decide it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Met,
    Open,
}

/// The reasons of one test.
#[derive(Debug, Default)]
pub(super) struct Reasons {
    pub(super) facts: Vec<FactReason>,
    pub(super) scores: Vec<ScoreReason>,
    pub(super) ask: Vec<FactId>,
}

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
            .filter(|compiled| compiled.test.is_open(&facts.bounds))
            .map(|compiled| self.open(compiled, facts))
            .collect()
    }

    fn matched(&self, compiled: &Compiled, facts: &PreparedFacts) -> Matched {
        let reasons = self.reasons(&compiled.test, Side::Met, facts);
        Matched {
            criterion: compiled.criterion.id.clone(),
            level: compiled.criterion.level.clone(),
            clause: compiled.criterion.clause.clone(),
            because: reasons.facts,
            scores: reasons.scores,
        }
    }

    fn open(&self, compiled: &Compiled, facts: &PreparedFacts) -> Undecided {
        let reasons = self.reasons(&compiled.test, Side::Open, facts);
        Undecided {
            criterion: compiled.criterion.id.clone(),
            level: compiled.criterion.level.clone(),
            clause: compiled.criterion.clause.clone(),
            ask: reasons.ask,
            margins: reasons.facts,
            scores: reasons.scores,
        }
    }

    /// What meets a test, or what would decide it.
    pub(super) fn reasons(&self, test: &Test, side: Side, facts: &PreparedFacts) -> Reasons {
        let mut reasons = Reasons::default();
        self.add_reasons(test, side, &facts.bounds, &mut reasons);
        reasons
    }

    fn add_reasons(&self, test: &Test, side: Side, bounds: &[Bounds], reasons: &mut Reasons) {
        match test {
            Test::AtLeast { slot, least } => {
                self.add_fact(*slot, *least, bounds, reasons);
                reasons.add_question(side, self.slots.fact(*slot));
            }
            Test::Is { slot, option } => {
                self.add_fact(*slot, *option, bounds, reasons);
                reasons.add_question(side, self.slots.fact(*slot));
            }
            Test::Bar(bar) => self.add_bar(bar, side, bounds, reasons),
            Test::Score(reached) => self.add_score(reached, side, bounds, reasons),
            Test::Any(tests) | Test::All(tests) => {
                let counts = |test: &&Test| match side {
                    Side::Met => test.is_certain(bounds),
                    Side::Open => test.is_open(bounds),
                };
                for test in tests.iter().filter(counts) {
                    self.add_reasons(test, side, bounds, reasons);
                }
            }
        }
    }

    /// Adds one fact with what is asked of it.
    fn add_fact(&self, slot: usize, needed: i64, bounds: &[Bounds], reasons: &mut Reasons) {
        let (Some(fact), Some(known)) = (self.slots.fact(slot), bounds.get(slot)) else { return };
        reasons.facts.push(FactReason {
            fact: fact.id.clone(),
            value: written(fact, *known),
            needs: fact.written(needed),
            margin: fact.has_order().then(|| fact.written_distance(known.mildest - needed)),
        });
    }

    fn add_bar(&self, bar: &Bar, side: Side, bounds: &[Bounds], reasons: &mut Reasons) {
        let needed = bar.needed(End::Mildest, bounds);
        let is_unbounded = needed.share_of.is_some_and(|slot| self.is_unknown(slot, bounds));
        if is_unbounded {
            self.add_unbounded(bar, bounds, reasons);
        } else {
            self.add_fact(bar.slot, needed.least, bounds, reasons);
        }
        let shared = bar.shared();
        for slot in std::iter::once(bar.slot).chain(shared.iter().copied()) {
            if bar.could_decide(slot, bounds) {
                reasons.add_question(side, self.slots.fact(slot));
            }
        }
        for of in shared {
            let counts = match side {
                Side::Met => needed.share_of == Some(of),
                Side::Open => bar.could_decide(of, bounds),
            };
            if counts {
                self.add_shared(bar, of, bounds, reasons);
            }
        }
    }

    /// A bound that rests on a fact of which nothing is known has no number that suffices.
    fn add_unbounded(&self, bar: &Bar, bounds: &[Bounds], reasons: &mut Reasons) {
        let Some((fact, known)) = self.slots.fact(bar.slot).zip(bounds.get(bar.slot)) else {
            return;
        };
        let least = bar.needed(End::Worst, bounds).least;
        reasons.facts.push(FactReason {
            fact: fact.id.clone(),
            value: written(fact, *known),
            needs: format!("{}…", fact.written(least)),
            margin: None,
        });
    }

    /// Adds a fact that a share is taken of: up to where what is known of the other one suffices,
    /// `0…` where every value may do.
    fn add_shared(&self, bar: &Bar, of: usize, bounds: &[Bounds], reasons: &mut Reasons) {
        let Some((fact, known)) = self.slots.fact(of).zip(bounds.get(of)) else { return };
        let amounts = bounds.get(bar.slot).map(|amount| [amount.mildest, amount.worst]);
        let highest =
            amounts.into_iter().flatten().filter_map(|amount| bar.highest_met(of, amount));
        // Higher is milder, so that it lies below zero.
        let most =
            highest.into_iter().find(|highest| *highest > 0).unwrap_or_default().saturating_neg();
        let mildest = fact.domain().mildest;
        let needs =
            if most <= mildest { format!("{}…", fact.written(0)) } else { fact.written(most) };
        let is_bounded = most > mildest && known.mildest > mildest;
        reasons.facts.push(FactReason {
            fact: fact.id.clone(),
            value: written(fact, *known),
            needs,
            margin: is_bounded.then(|| fact.written_distance(known.mildest - most)),
        });
    }

    fn add_score(&self, reached: &Reached, side: Side, bounds: &[Bounds], reasons: &mut Reasons) {
        let scale = &reached.scale;
        let Some(score) = self.scores.get(scale.score) else { return };
        let (mildest, worst) = (scale.sum(End::Mildest, bounds), scale.sum(End::Worst, bounds));
        let weights = scale.weights();
        let terms = scale.terms.iter().filter_map(|term| self.score_term(term, bounds));
        reasons.scores.push(ScoreReason {
            score: score.id.clone(),
            clause: score.clause.clone(),
            label: score.label.clone(),
            value: from_to(&mean(mildest, weights), &mean(worst, weights)),
            needs: reached.at_least.to_string(),
            margin: mean(mildest - reached.needed(), weights),
            terms: terms.collect(),
        });
        for term in scale.terms.iter().filter(|term| reached.could_decide(term, bounds)) {
            reasons.add_question(side, self.slots.fact(term.slot));
        }
    }

    fn score_term(&self, term: &Weighted, bounds: &[Bounds]) -> Option<ScoreTermReason> {
        let (fact, known) = (self.slots.fact(term.slot)?, bounds.get(term.slot)?);
        let points = |end: End| term.points(end, bounds).to_string();
        Some(ScoreTermReason {
            fact: fact.id.clone(),
            value: written(fact, *known),
            weight: term.weight,
            points: from_to(&points(End::Mildest), &points(End::Worst)),
        })
    }

    /// Whether the mildest value of a fact is as mild as can be, so that nothing bounds it.
    fn is_unknown(&self, slot: usize, bounds: &[Bounds]) -> bool {
        let (fact, known) = (self.slots.fact(slot), bounds.get(slot));
        fact.zip(known).is_some_and(|(fact, known)| known.mildest == fact.domain().mildest)
    }
}

impl Reasons {
    /// Adds a question once; what meets a test leaves none.
    fn add_question(&mut self, side: Side, fact: Option<&Fact>) {
        let (Side::Open, Some(fact)) = (side, fact) else { return };
        if !self.ask.contains(&fact.id) {
            self.ask.push(fact.id.clone());
        }
    }
}

fn from_to(from: &str, to: &str) -> String {
    if from == to { from.to_owned() } else { format!("{from}…{to}") }
}

/// A weighted sum as a mean of two decimal places, never rounded up.
fn mean(sum: i64, weights: i64) -> String {
    let hundredths = (sum * 100).checked_div_euclid(weights).unwrap_or_default();
    decimal(hundredths, 2)
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

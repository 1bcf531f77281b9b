//! Certain and possible are exact: each is reached by some completion, and nothing lies beyond them.
//!
//! Everything is tried out: facts small enough for all their completions, and tests evaluated by
//! their definition instead of by the ends of intervals.

use std::sync::Arc;

use fengsui_vocabulary::Label;
use proptest::prelude::*;

use super::{
    Applies, Bar, Compiled, Edge, Grader, Pick, PreparedFacts, Reached, Scale, ScopeStanding,
    Scoped, Shadow, Slots, Term, Test, Weighted, open_of,
};
use crate::catalogue::{Bounds, Catalogue, SHARE_PARTS};
use crate::diagnostic::Source;
use crate::model::{Criterion, Scope};

/// How the values of a fact behave on its axis, as far as they are tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Axis {
    Ordered { mildest: i64, worst: i64 },
    Choice { options: i64 },
}

const LOSS: usize = 3;
const TURNOVER: usize = 4;
const STAFF: usize = 5;
const OPERATOR: usize = 6;
const CAUSE: usize = 7;

/// The facts in the order of their slots.
const FACTS: &[(&str, &str, Axis)] = &[
    ("severity", THREE_ORDERED, Axis::Ordered { mildest: 0, worst: 2 }),
    ("spread", TWO_ORDERED, Axis::Ordered { mildest: 0, worst: 1 }),
    ("flagged", "kind = \"flag\"", Axis::Ordered { mildest: 0, worst: 1 }),
    ("loss", "kind = \"count\"", Axis::Ordered { mildest: 0, worst: 3 }),
    ("turnover", "kind = \"count\"\nworse = \"lower\"", Axis::Ordered { mildest: -4, worst: 0 }),
    ("staff", "kind = \"count\"\nworse = \"lower\"", Axis::Ordered { mildest: -2, worst: 0 }),
    ("operator", THREE, Axis::Choice { options: 3 }),
    ("cause", TWO, Axis::Choice { options: 2 }),
];

const THREE_ORDERED: &str = "kind = \"ordered_choice\"\nchoices = [{ id = \"a\", label = { zh = \"甲\", en = \"a\" } }, { id = \"b\", label = { zh = \"甲\", en = \"a\" } }, { id = \"c\", label = { zh = \"甲\", en = \"a\" } }]";
const TWO_ORDERED: &str = "kind = \"ordered_choice\"\nchoices = [{ id = \"a\", label = { zh = \"甲\", en = \"a\" } }, { id = \"b\", label = { zh = \"甲\", en = \"a\" } }]";
const THREE: &str = "kind = \"choice\"\nchoices = [{ id = \"a\", label = { zh = \"甲\", en = \"a\" } }, { id = \"b\", label = { zh = \"甲\", en = \"a\" } }, { id = \"c\", label = { zh = \"甲\", en = \"a\" } }]";
const TWO: &str = "kind = \"choice\"\nchoices = [{ id = \"a\", label = { zh = \"甲\", en = \"a\" } }, { id = \"b\", label = { zh = \"甲\", en = \"a\" } }]";

const LEVELS: &[&str] = &["I", "II", "III"];

proptest! {
    #![proptest_config(ProptestConfig { cases: 250, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn certain_and_possible_are_the_mildest_and_the_worst_of_all_completions(
        tests in criteria(),
        bounds in known(),
    ) {
        let grader = grader(&tests);
        let levels: Vec<usize> =
            completions(&bounds).iter().map(|exact| exact_level(&grader, exact)).collect();
        let (certain, possible) = grader.ranks(&prepared(&grader, &bounds));
        prop_assert_eq!(Some(&certain), levels.iter().max());
        prop_assert_eq!(Some(&possible), levels.iter().min());
    }

    #[test]
    fn a_worse_fact_never_gives_a_milder_level(
        tests in criteria(),
        bounds in known(),
        worse in known(),
    ) {
        let grader = grader(&tests);
        let raised: Vec<Bounds> = FACTS
            .iter()
            .zip(bounds.iter().zip(&worse))
            .map(|((_, _, axis), (one, other))| match axis {
                Axis::Ordered { .. } => Bounds {
                    mildest: one.mildest.max(other.mildest),
                    worst: one.worst.max(other.worst),
                },
                Axis::Choice { .. } => *one,
            })
            .collect();
        let (certain, possible) = grader.ranks(&prepared(&grader, &bounds));
        let (raised_certain, raised_possible) = grader.ranks(&prepared(&grader, &raised));
        prop_assert!(raised_certain <= certain);
        prop_assert!(raised_possible <= possible);
    }

    #[test]
    fn knowing_more_never_widens_what_is_possible(
        tests in criteria(),
        bounds in known(),
        pick in any::<prop::sample::Index>(),
    ) {
        let grader = grader(&tests);
        let all = completions(&bounds);
        let (certain, possible) = grader.ranks(&prepared(&grader, &bounds));
        let exact = pick.get::<Vec<Bounds>>(&all);
        let (exact_certain, exact_possible) = grader.ranks(&prepared(&grader, exact));
        prop_assert_eq!(exact_certain, exact_possible);
        prop_assert!((possible..=certain).contains(&exact_certain));
    }

    #[test]
    fn a_criterion_said_never_to_decide_never_does(tests in criteria()) {
        let grader = grader(&tests);
        let everything: Vec<Bounds> = FACTS.iter().map(|(_, _, axis)| whole(*axis)).collect();
        let silent: Vec<_> = grader
            .shadows()
            .into_iter()
            .filter(|(_, shadow)| !matches!(shadow, Shadow::Same(_)))
            .collect();
        if silent.is_empty() {
            return Ok(());
        }
        for exact in completions(&everything) {
            for (compiled, _) in &silent {
                let decides =
                    holds(&compiled.test, &exact) && exact_level(&grader, &exact) == compiled.rank;
                prop_assert!(!decides, "{:?} at {:?}", compiled.test, exact);
            }
        }
    }

    #[test]
    fn a_test_that_entails_another_one_holds_only_with_it((one, other) in related()) {
        if !one.entails(&other) {
            return Ok(());
        }
        let everything: Vec<Bounds> = FACTS.iter().map(|(_, _, axis)| whole(*axis)).collect();
        for exact in completions(&everything) {
            prop_assert!(!holds(&one, &exact) || holds(&other, &exact), "{:?}", exact);
        }
    }

    #[test]
    fn a_plan_applies_exactly_where_a_scope_holds_in_every_completion(
        tests in prop::collection::vec(prop::option::weighted(0.9, test()), 0..4),
        bounds in known(),
    ) {
        let grader = grader(&[]).with(Vec::new(), scopes(&tests));
        let (answer, standings) = grader.standings(&prepared(&grader, &bounds));
        let all = completions(&bounds);
        let is_met = |test: &Option<Test>, exact: &[Bounds]| {
            test.as_ref().is_none_or(|test| holds(test, exact))
        };
        let applies = |exact: &Vec<Bounds>| {
            tests.is_empty() || tests.iter().any(|test| is_met(test, exact))
        };
        let expected = match (all.iter().all(applies), all.iter().any(applies)) {
            (true, _) => Applies::Applies,
            (false, true) => Applies::MayApply,
            (false, false) => Applies::DoesNotApply,
        };
        prop_assert_eq!(answer, expected);
        prop_assert_eq!(standings.len(), tests.len());
        for (test, standing) in tests.iter().zip(standings) {
            let met = |exact: &Vec<Bounds>| is_met(test, exact);
            let expected = match (all.iter().all(met), all.iter().any(met)) {
                (true, _) => ScopeStanding::Met,
                (false, true) => ScopeStanding::Undecided,
                (false, false) => ScopeStanding::NotMet,
            };
            prop_assert_eq!(standing, expected);
        }
    }

    #[test]
    fn a_fact_of_a_bound_is_asked_exactly_if_it_could_decide(bar in bar(), bounds in known()) {
        let test = Test::Bar(Box::new(bar.clone()));
        if !test.is_open(&bounds) {
            return Ok(());
        }
        for slot in std::iter::once(bar.slot).chain(bar.shared()) {
            let could = can_decide(&test, slot, &bounds);
            prop_assert_eq!(bar.could_decide(slot, &bounds), could, "{} {:?}", slot, bar);
        }
    }

    #[test]
    fn a_fact_of_a_score_that_could_decide_is_asked(reached in score(), bounds in known()) {
        let test = Test::Score(Box::new(reached.clone()));
        if !test.is_open(&bounds) {
            return Ok(());
        }
        let asked = |term: &&Weighted| reached.could_decide(term, &bounds);
        prop_assert!(reached.scale.terms.iter().any(|term| asked(&term)));
        for term in &reached.scale.terms {
            let could = can_decide(&test, term.slot, &bounds);
            prop_assert!(asked(&term) || !could, "{:?}", term);
            let is_known = bounds[term.slot].is_exact();
            prop_assert!(!(asked(&term) && is_known), "{:?} is known", term);
        }
    }
}

/// Whether two completions that differ in one fact only differ in the answer.
fn can_decide(test: &Test, slot: usize, bounds: &[Bounds]) -> bool {
    completions(bounds).into_iter().any(|mut exact| {
        let before = holds(test, &exact);
        (bounds[slot].mildest..=bounds[slot].worst).any(|value| {
            exact[slot] = Bounds::exactly(value);
            holds(test, &exact) != before
        })
    })
}

fn grader(tests: &[(usize, Test)]) -> Grader {
    let compiled = tests.iter().enumerate().map(|(number, (rank, test))| Compiled {
        criterion: Criterion {
            id: format!("c{number}").parse().unwrap(),
            level: LEVELS[*rank].parse().unwrap(),
            clause: "1".parse().unwrap(),
            label: Label::new("甲", "a"),
            presumed: false,
        },
        rank: *rank,
        test: test.clone(),
    });
    let levels = LEVELS.iter().map(|level| level.parse().unwrap()).collect();
    Grader::new(slots(), compiled.collect(), levels)
}

fn scopes(tests: &[Option<Test>]) -> Vec<Scoped> {
    let scope = |number: usize| Scope {
        id: format!("s{number}").parse().unwrap(),
        clause: "1".parse().unwrap(),
        label: Label::new("甲", "a"),
    };
    let numbered = tests.iter().enumerate();
    numbered.map(|(number, test)| Scoped { scope: scope(number), test: test.clone() }).collect()
}

fn slots() -> Slots {
    let label = "{ zh = \"甲\", en = \"a\" }";
    let tables: Vec<String> = FACTS
        .iter()
        .map(|(id, kind, _)| {
            format!("[[fact]]\nid = \"{id}\"\n{kind}\nquestion = {label}\nguidance = {label}\n")
        })
        .collect();
    let text = format!("format = 1\n{}", tables.concat());
    let catalogue = Catalogue::read(&Source { name: "facts.toml".into(), text }).unwrap();
    let mut slots = Slots::default();
    for fact in catalogue.facts() {
        slots.take(fact);
    }
    slots
}

/// The level at one completion, by the definition: the worst level with a criterion that holds.
fn exact_level(grader: &Grader, exact: &[Bounds]) -> usize {
    let met = grader.criteria.iter().filter(|compiled| holds(&compiled.test, exact));
    met.map(|compiled| compiled.rank).min().unwrap_or(LEVELS.len())
}

fn holds(test: &Test, exact: &[Bounds]) -> bool {
    match test {
        Test::AtLeast { slot, least } => exact[*slot].mildest >= *least,
        Test::Is { slot, option } => exact[*slot].mildest == *option,
        Test::Bar(bar) => {
            let value = exact[bar.slot].mildest;
            let mut beyond = bar.terms.iter().map(|term| {
                // Both sides in parts of a whole: nothing is divided.
                let bound = match term {
                    Term::Number(number) => number * SHARE_PARTS,
                    Term::Share { parts, of } => parts * -exact[*of].mildest,
                };
                match bar.edge {
                    Edge::Included => value * SHARE_PARTS >= bound,
                    Edge::Excluded => value * SHARE_PARTS > bound,
                }
            });
            match bar.pick {
                Pick::Lowest => beyond.any(|beyond| beyond),
                Pick::Highest => beyond.all(|beyond| beyond),
            }
        }
        Test::Score(reached) => {
            let terms = &reached.scale.terms;
            let points =
                |term: &Weighted| term.points[usize::try_from(exact[term.slot].mildest).unwrap()];
            let short: i64 =
                terms.iter().map(|term| term.weight * (points(term) - reached.at_least)).sum();
            short >= 0
        }
        Test::Any(tests) => tests.iter().any(|test| holds(test, exact)),
        Test::All(tests) => tests.iter().all(|test| holds(test, exact)),
    }
}

fn completions(bounds: &[Bounds]) -> Vec<Vec<Bounds>> {
    bounds.iter().fold(vec![Vec::new()], |all, bounds| {
        all.iter()
            .flat_map(|head| {
                (bounds.mildest..=bounds.worst).map(|value| {
                    let mut longer = head.clone();
                    longer.push(Bounds::exactly(value));
                    longer
                })
            })
            .collect()
    })
}

fn prepared(grader: &Grader, bounds: &[Bounds]) -> PreparedFacts {
    PreparedFacts { bounds: bounds.into(), open: open_of(&grader.choices, bounds) }
}

fn whole(axis: Axis) -> Bounds {
    match axis {
        Axis::Ordered { mildest, worst } => Bounds { mildest, worst },
        Axis::Choice { options } => Bounds { mildest: 0, worst: options - 1 },
    }
}

/// Intervals of every fact; a choice is known or wholly unknown.
fn known() -> impl Strategy<Value = Vec<Bounds>> {
    let intervals: Vec<_> = FACTS
        .iter()
        .map(|(_, _, axis)| {
            let axis = *axis;
            let all = whole(axis);
            let value = all.mildest..=all.worst;
            (value.clone(), value).prop_map(move |(one, other)| match axis {
                Axis::Choice { .. } if one != other => all,
                Axis::Choice { .. } | Axis::Ordered { .. } => {
                    Bounds { mildest: one.min(other), worst: one.max(other) }
                }
            })
        })
        .collect();
    intervals
}

fn criteria() -> impl Strategy<Value = Vec<(usize, Test)>> {
    prop::collection::vec((0..LEVELS.len(), test()), 1..6)
}

fn test() -> impl Strategy<Value = Test> {
    let leaf = prop_oneof![
        3 => ordered().prop_map(|(slot, least)| Test::AtLeast { slot, least }),
        2 => (0_i64..3).prop_map(|option| Test::Is { slot: OPERATOR, option }),
        1 => (0_i64..2).prop_map(|option| Test::Is { slot: CAUSE, option }),
        3 => bar().prop_map(|bar| Test::Bar(Box::new(bar))),
        2 => score().prop_map(|reached| Test::Score(Box::new(reached))),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 1..4).prop_map(Test::Any),
            prop::collection::vec(inner, 1..4).prop_map(Test::All),
        ]
    })
}

/// Two tests of which one often entails the other.
fn related() -> impl Strategy<Value = (Test, Test)> {
    let index = any::<prop::sample::Index>();
    let bars = (bar(), bar(), index, any::<bool>()).prop_map(|(one, other, count, is_swapped)| {
        let terms = one.terms.iter().take(1 + count.index(one.terms.len())).copied().collect();
        let other = Test::Bar(Box::new(Bar { terms, ..other }));
        let one = Test::Bar(Box::new(one));
        if is_swapped { (other, one) } else { (one, other) }
    });
    let number = (bar(), 0_i64..=4, any::<bool>()).prop_map(|(bar, least, is_swapped)| {
        let (number, bar) = (Test::AtLeast { slot: LOSS, least }, Test::Bar(Box::new(bar)));
        if is_swapped { (bar, number) } else { (number, bar) }
    });
    prop_oneof![(test(), test()), bars, number]
}

/// An ordered fact with a value that is not its mildest.
fn ordered() -> impl Strategy<Value = (usize, i64)> {
    (0..=STAFF).prop_flat_map(|slot| {
        let all = whole(FACTS[slot].2);
        (Just(slot), all.mildest + 1..=all.worst)
    })
}

fn bar() -> impl Strategy<Value = Bar> {
    let share = prop_oneof![
        (1_i64..=10).prop_map(|tenths| tenths * SHARE_PARTS / 10),
        Just(SHARE_PARTS / 3),
        Just(SHARE_PARTS / 3 * 2 + 1),
    ];
    let term = prop_oneof![
        (0_i64..=4).prop_map(Term::Number),
        (share, TURNOVER..=STAFF).prop_map(|(parts, of)| Term::Share { parts, of }),
    ];
    let pick = prop_oneof![Just(Pick::Lowest), Just(Pick::Highest)];
    let edge = prop_oneof![Just(Edge::Included), Just(Edge::Excluded)];
    (prop::collection::vec(term, 1..4), pick, edge).prop_map(|(terms, pick, edge)| Bar {
        slot: LOSS,
        terms,
        pick,
        edge,
    })
}

fn score() -> impl Strategy<Value = Reached> {
    // Half of the scores share one scale, so that some tests entail each other.
    let common = Just(vec![
        Weighted { slot: 0, weight: 2, points: vec![0, 40, 100] },
        Weighted { slot: 2, weight: 1, points: vec![0, 100] },
    ]);
    (prop_oneof![common, scale()], 1_i64..=20).prop_map(|(terms, fifths)| Reached {
        scale: Arc::new(Scale { score: 0, terms }),
        at_least: fifths * 5,
    })
}

fn scale() -> impl Strategy<Value = Vec<Weighted>> {
    let weighted = |slot: usize, answers: usize| {
        let points = prop::collection::vec(0_i64..=100, answers);
        (1_i64..4, points).prop_map(move |(weight, mut points)| {
            points.sort_unstable();
            Weighted { slot, weight, points }
        })
    };
    (weighted(0, 3), weighted(1, 2), weighted(2, 2), 1_usize..=3).prop_map(
        |(severity, spread, flag, count)| {
            [severity, spread, flag].into_iter().take(count).collect()
        },
    )
}

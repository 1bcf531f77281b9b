//! Certain and possible are exact: each is reached by some completion, and nothing lies beyond them.

use proptest::prelude::*;

use super::{Compiled, Grader, PreparedFacts, Shadow, Slots, Test};
use crate::catalogue::Bounds;
use crate::library::Library;
use crate::model::Criterion;

/// Small facts whose completions can all be tried; the last is a choice without an order.
const FACTS: &[(&str, i64)] = &[
    ("system_loss", 5),
    ("data_threat", 5),
    ("system_importance", 3),
    ("special_circumstances", 2),
    ("operator_kind", 3),
];

const LEVELS: &[&str] = &["I", "II", "III"];

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn certain_and_possible_are_the_mildest_and_the_worst_of_all_completions(
        tests in criteria(),
        bounds in known(),
    ) {
        let grader = grader(&tests);
        let facts = prepared(&bounds);
        let levels: Vec<usize> =
            completions(&bounds).iter().map(|exact| exact_level(&grader, exact)).collect();
        let (certain, possible) = grader.ranks(&facts);
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
        let (last, ordered) = bounds.split_last().unwrap();
        let raised: Vec<Bounds> = ordered
            .iter()
            .zip(&worse)
            .map(|(one, other)| Bounds {
                mildest: one.mildest.max(other.mildest),
                worst: one.worst.max(other.worst),
            })
            .chain([*last])
            .collect();
        let (certain, possible) = grader.ranks(&prepared(&bounds));
        let (raised_certain, raised_possible) = grader.ranks(&prepared(&raised));
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
        let (certain, possible) = grader.ranks(&prepared(&bounds));
        let (exact_certain, exact_possible) = grader.ranks(&prepared(pick.get::<Vec<Bounds>>(&all)));
        prop_assert_eq!(exact_certain, exact_possible);
        prop_assert!((possible..=certain).contains(&exact_certain));
    }

    #[test]
    fn a_criterion_said_never_to_decide_never_does(tests in criteria()) {
        let grader = grader(&tests);
        let everything: Vec<Bounds> =
            FACTS.iter().map(|(_, size)| Bounds { mildest: 0, worst: size - 1 }).collect();
        for (compiled, shadow) in grader.shadows() {
            if matches!(shadow, Shadow::Same(_)) {
                continue;
            }
            for exact in completions(&everything) {
                let decides = compiled.test.is_certain(&exact)
                    && exact_level(&grader, &exact) == compiled.rank;
                prop_assert!(!decides, "{:?} at {:?}", compiled.test, exact);
            }
        }
    }
}

fn grader(tests: &[(usize, Test)]) -> Grader {
    let mut slots = Slots::default();
    for (id, _) in FACTS {
        slots.take(Library::shipped().catalogue().find(id).unwrap());
    }
    let compiled = tests.iter().enumerate().map(|(number, (rank, test))| Compiled {
        criterion: Criterion {
            id: format!("c{number}").parse().unwrap(),
            level: LEVELS[*rank].parse().unwrap(),
            clause: "1".parse().unwrap(),
            label: fengsui_vocabulary::Label::new("甲", "a"),
            presumed: false,
        },
        rank: *rank,
        test: test.clone(),
    });
    let levels = LEVELS.iter().map(|level| level.parse().unwrap()).collect();
    Grader::new(slots, compiled.collect(), levels)
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

fn prepared(bounds: &[Bounds]) -> PreparedFacts {
    let last = bounds.len() - 1;
    let open = if bounds[last].is_exact() { Vec::new() } else { vec![last] };
    PreparedFacts { bounds: bounds.into(), open }
}

/// Intervals of every fact; the choice is known or wholly unknown.
fn known() -> impl Strategy<Value = Vec<Bounds>> {
    let ordered: Vec<_> = FACTS
        .iter()
        .map(|(id, size)| {
            let size = *size;
            let is_choice = *id == "operator_kind";
            (0..size, 0..size).prop_map(move |(one, other)| {
                if is_choice && one != other {
                    Bounds { mildest: 0, worst: size - 1 }
                } else {
                    Bounds { mildest: one.min(other), worst: one.max(other) }
                }
            })
        })
        .collect();
    ordered
}

fn criteria() -> impl Strategy<Value = Vec<(usize, Test)>> {
    prop::collection::vec((0..LEVELS.len(), test()), 1..6)
}

fn test() -> impl Strategy<Value = Test> {
    let at_least = (0..FACTS.len() - 1).prop_flat_map(|slot| {
        (1..FACTS[slot].1).prop_map(move |least| Test::AtLeast { slot, least })
    });
    let is =
        (0..FACTS[FACTS.len() - 1].1).prop_map(|option| Test::Is { slot: FACTS.len() - 1, option });
    prop_oneof![3 => at_least, 1 => is].prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 1..4).prop_map(Test::Any),
            prop::collection::vec(inner, 1..4).prop_map(Test::All),
        ]
    })
}

//! The short run of the simulation. `cargo xtask simulate --seeds 5000` is the long one.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that panics has failed, which is what it is for"
)]

use std::ops::RangeInclusive;

use fengsui_simulation::{DEFECTS, Defect, Outcome, shrink, simulate};

/// Everything that must hold does in each of these histories.
fn hold(seeds: RangeInclusive<u64>) {
    let mut commands = 0;
    for seed in seeds {
        let outcome = simulate(seed, None).unwrap();
        if outcome.found.is_some() {
            let short = shrink(&outcome, None).unwrap();
            panic!("seed {seed}, made short:\n{}", short.lines.join("\n"));
        }
        commands += outcome.commands;
    }
    assert!(commands > 300, "only {commands} commands were carried out");
}

#[test]
fn histories_1_to_50_hold() {
    hold(1..=50);
}

#[test]
fn histories_51_to_100_hold() {
    hold(51..=100);
}

#[test]
fn histories_101_to_150_hold() {
    hold(101..=150);
}

#[test]
fn histories_151_to_200_hold() {
    hold(151..=200);
}

/// The first history that shows a defect.
fn found(defect: Defect) -> Outcome {
    let outcomes = (1..=SEEDS_MAX).map(|seed| simulate(seed, Some(defect)).unwrap());
    let mut broken = outcomes.filter(|outcome| outcome.found.is_some());
    broken.next().unwrap_or_else(|| panic!("{} is not found in {SEEDS_MAX} seeds", defect.name))
}

#[test]
fn every_defect_that_is_built_in_is_found() {
    for (name, rules) in EXPECTED {
        let outcome = found(Defect::named(name).unwrap());
        let rule = outcome.found.unwrap().rule;
        assert!(rules.contains(&rule), "{name} is found as: {rule}");
    }
    let expected = EXPECTED.iter().map(|(name, _)| *name);
    assert!(DEFECTS.iter().map(|defect| defect.name).eq(expected), "one of them is not tried");
}

#[test]
fn the_same_seed_tells_the_same_history() {
    for seed in [1, 7, 285, 447] {
        let (one, other) = (simulate(seed, None).unwrap(), simulate(seed, None).unwrap());
        assert_eq!(one.lines, other.lines);
        assert_eq!(one.transcript, other.transcript);
    }
    assert_ne!(simulate(1, None).unwrap().transcript, simulate(2, None).unwrap().transcript);
}

#[test]
fn a_failing_history_is_made_short_and_still_shows_what_was_found() {
    let defect = Defect::named("claim-unchecked").unwrap();
    let whole = found(defect);
    let short = shrink(&whole, Some(defect)).unwrap();
    assert!(short.acts <= 8 && short.acts < whole.acts, "{} of {}", short.acts, whole.acts);
    assert_eq!(short.found.map(|it| it.rule), whole.found.map(|it| it.rule));
    assert!(short.lines.last().unwrap().starts_with("VIOLATED"));
}

/// Seeds within which every defect is found.
const SEEDS_MAX: u64 = 150;

/// Each defect, and the rules that it breaks: which one is seen first depends on the history.
const EXPECTED: &[(&str, &[&str])] = &[
    ("acknowledged-early", &["what was acknowledged is in the journal"]),
    ("applied-twice", &["a command is in the journal once"]),
    ("board-row-lost", &[DUTIES, BOARDS]),
    ("version-unchecked", &[DUTIES, BOARDS]),
    ("claim-unchecked", &["a number belongs to one"]),
    ("hash-broken", &["the chain is whole"]),
    ("answer-differs", &["a repeat is told the same", "what was acknowledged is in the journal"]),
    ("skips-what-fell-due", &["what fell due is recorded"]),
    ("fires-twice", &["what fell due is recorded once"]),
    ("newest-first", &["what fell due is recorded oldest first, and not before its time"]),
    ("sent-before-it-is", &["no message is lost"]),
    ("doubled-in-silence", &["a message that arrived twice says so"]),
];

const DUTIES: &str = "the due board has the duties of the folded state";

const BOARDS: &str = "boards equal what a rebuild gives";

//! The names that a pack defines, looked up ahead so that rules may stand in any order.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::ops::Range;

use super::tree::{At, Node, Sink, Table, listed, nearest};

/// What a name may stand for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    Level,
    Role,
    Clause,
    Criterion,
    Score,
    Scope,
    Duty,
    Policy,
    Measure,
    Form,
    Taxonomy,
    Part,
}

/// Every name with the place where it is defined.
#[derive(Debug)]
pub(crate) struct Names<'a> {
    sink: &'a Sink,
    defined: BTreeMap<Kind, BTreeMap<&'a str, Range<usize>>>,
}

/// Where names of each kind are defined: list, key, word for people, code of a finding.
const LISTS: &[(Kind, &str, &str, &str, &str)] = &[
    (Kind::Level, "level", "id", "level", "unknown-level"),
    (Kind::Role, "role", "id", "role", "unknown-role"),
    (Kind::Clause, "clause", "id", "clause", "unknown-clause"),
    (Kind::Criterion, "criterion", "id", "criterion", "unknown-criterion"),
    (Kind::Score, "score", "id", "score", "unknown-score"),
    (Kind::Scope, "scope", "id", "scope", "unknown-scope"),
    (Kind::Duty, "duty", "id", "duty", "unknown-duty"),
    (Kind::Policy, "policy", "id", "local policy", "unknown-policy"),
    (Kind::Measure, "measure", "id", "measure", "unknown-measure"),
    (Kind::Form, "form", "id", "form", "unknown-form"),
    (Kind::Taxonomy, "taxonomy", "id", "taxonomy", "unknown-taxonomy"),
    (Kind::Part, "hand_over", "part", "part to hand over", "unknown-part"),
];

impl<'a> Names<'a> {
    /// Collects every name; notes those that are defined twice.
    pub(crate) fn collect(root: &Table<'a>) -> Self {
        let sink = root.sink();
        let mut defined = BTreeMap::new();
        for (kind, list, key, word, _) in LISTS {
            let found = match kind {
                Kind::Duty => without_branches(root.glance_beside(list, key, "branch")),
                Kind::Level
                | Kind::Role
                | Kind::Clause
                | Kind::Criterion
                | Kind::Policy
                | Kind::Measure
                | Kind::Form
                | Kind::Taxonomy
                | Kind::Part
                | Kind::Score
                | Kind::Scope => root.glance(list, key),
            };
            defined.insert(*kind, defined_once(found, word, sink));
        }
        Self { sink, defined }
    }

    /// Takes a name that must be defined.
    pub(crate) fn resolve<T: Display>(&self, kind: Kind, name: At<T>) -> Option<T> {
        let text = name.value.to_string();
        if self.of(kind).contains_key(text.as_str()) {
            return Some(name.value);
        }
        let (word, code) = LISTS
            .iter()
            .find(|(listed, ..)| *listed == kind)
            .map_or(("name", "unknown-name"), |(_, _, _, word, code)| (*word, *code));
        let known = self.of(kind).keys().copied();
        let help = match nearest(&text, known.clone()) {
            Some(near) => format!("did you mean `{near}`?"),
            None if self.of(kind).is_empty() => format!("this pack defines no {word}; add one"),
            None => format!("defined here: {}", listed(known)),
        };
        self.sink.error(code, name.span, format!("no {word} is called `{text}`"), help);
        None
    }

    /// Takes a list of names that must be defined and not repeat.
    pub(crate) fn resolve_each<T>(&self, kind: Kind, node: Node<'_>) -> Vec<T>
    where
        T: Display + std::str::FromStr + PartialEq,
    {
        let mut taken = Vec::new();
        for name in node.names::<T>() {
            let span = name.span.clone();
            let Some(name) = self.resolve(kind, name) else { continue };
            if taken.contains(&name) {
                self.sink.error(
                    "repeated",
                    span,
                    format!("`{name}` stands here twice"),
                    "leave one of them out",
                );
                continue;
            }
            taken.push(name);
        }
        taken
    }

    /// The names of one kind with their places.
    pub(crate) fn of(&self, kind: Kind) -> &BTreeMap<&'a str, Range<usize>> {
        static NONE: BTreeMap<&str, Range<usize>> = BTreeMap::new();
        self.defined.get(&kind).unwrap_or(&NONE)
    }

    /// Where a name is defined.
    pub(crate) fn place(&self, kind: Kind, name: &str) -> Range<usize> {
        self.of(kind).get(name).cloned().unwrap_or(0..0)
    }
}

/// Duties with branches share an id: each is one name as long as its branches differ.
fn without_branches<'a>(
    found: Vec<(&'a str, Option<&'a str>, Range<usize>)>,
) -> Vec<(&'a str, Range<usize>)> {
    let mut seen: Vec<(&str, Option<&str>)> = Vec::new();
    let mut names = Vec::new();
    for (name, branch, span) in found {
        let is_another_branch = branch.is_some()
            && seen.iter().all(|(other, taken)| *other != name || taken.is_some())
            && !seen.contains(&(name, branch));
        if !is_another_branch || seen.iter().all(|(other, _)| *other != name) {
            names.push((name, span));
        }
        seen.push((name, branch));
    }
    names
}

/// Names with the place of each; notes the second place of a name that has two.
fn defined_once<'a>(
    found: Vec<(&'a str, Range<usize>)>,
    word: &str,
    sink: &Sink,
) -> BTreeMap<&'a str, Range<usize>> {
    let mut places = BTreeMap::new();
    for (name, span) in found {
        if places.contains_key(name) {
            let what = format!("the {word} `{name}` is defined twice");
            sink.error("duplicate-id", span, what, "give one of them another id, or leave it out");
        } else {
            places.insert(name, span);
        }
    }
    places
}

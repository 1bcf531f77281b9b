//! What changes for whom between two editions of a plan, or between a plan and what it stands on.
//!
//! [`compare`] looks at the rules, in words; [`replay()`] at what they give in incidents that happened.
//! Where it cannot be shown that nobody may do less than before, a change counts as looser.

mod allowance;
mod criterion;
mod duty;
mod papers;
mod replay;
mod rules;
mod words;

use std::collections::BTreeMap;

use fengsui_vocabulary::{ClauseId, Label, PlanId, RoleId};
use serde::{Deserialize, Serialize};

pub(crate) use self::criterion::test_of;
pub use self::replay::{Difference, Replay, replay};
pub(crate) use self::words::start;
use crate::model::Plan;

/// What differs between two plans, the most important first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Comparison {
    /// The plan as it was.
    pub from: PlanId,
    /// The plan as it is.
    pub to: PlanId,
    /// What changed: what is looser or gone first.
    pub changes: Vec<Change>,
}

/// One change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Change {
    /// Which way it goes.
    pub kind: ChangeKind,
    /// What it is about.
    pub about: Subject,
    /// The clause, where there is one: of the plan as it is, or was for what is gone.
    pub clause: Option<ClauseId>,
    /// For whom it changes something.
    pub who: Vec<RoleId>,
    /// The change in words.
    pub text: Label,
}

/// Which way a change goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    /// Less is asked than before, or it cannot be shown that it is not.
    Looser,
    /// It is gone.
    Removed,
    /// More is asked than before.
    Stricter,
    /// It is new.
    Added,
    /// It is different, neither more nor less.
    Changed,
}

/// What a change is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Subject {
    /// What kind of thing.
    pub kind: SubjectKind,
    /// Its id; of a duty with branches `id/branch`.
    pub id: String,
}

/// The kinds of things that change, the most important first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SubjectKind {
    /// A duty.
    Duty,
    /// A criterion of a level.
    Criterion,
    /// A score that criteria look at.
    Score,
    /// A level.
    Level,
    /// When the plan applies.
    Scope,
    /// What another plan governs.
    HandOver,
    /// Who may do something.
    Authority,
    /// How the plan reckons.
    Setting,
    /// A role.
    Role,
    /// A local policy.
    Policy,
    /// A declared reading.
    Reading,
    /// A form of a document.
    Form,
    /// A measure.
    Measure,
    /// A classification.
    Taxonomy,
    /// A clause.
    Clause,
}

/// What changes for whom from one plan to another.
pub fn compare(a: &Plan, b: &Plan) -> Comparison {
    let mut ledger = Ledger { a, b, changes: Vec::new() };
    ledger.duties();
    ledger.criteria();
    ledger.rules();
    ledger.papers();
    let mut changes = ledger.changes;
    changes.sort_by(|one, other| (one.kind, &one.about).cmp(&(other.kind, &other.about)));
    Comparison { from: a.id.clone(), to: b.id.clone(), changes }
}

/// What a plan asks less than the one it stands on.
pub(crate) fn loosened(parent: &Plan, child: &Plan) -> Vec<Change> {
    let mut ledger = Ledger { a: parent, b: child, changes: Vec::new() };
    ledger.duties();
    ledger.criteria();
    ledger.settings();
    let is_less = |change: &Change| match change.kind {
        ChangeKind::Looser | ChangeKind::Removed => true,
        ChangeKind::Stricter | ChangeKind::Added | ChangeKind::Changed => false,
    };
    ledger.changes.into_iter().filter(is_less).collect()
}

/// Two plans, and what was found so far.
struct Ledger<'p> {
    a: &'p Plan,
    b: &'p Plan,
    changes: Vec<Change>,
}

/// A thing of both plans, or of one.
enum Pair<'p, T> {
    Gone(&'p T),
    Kept(&'p T, &'p T),
    New(&'p T),
}

impl Ledger<'_> {
    /// Notes a change.
    fn note(
        &mut self,
        kind: ChangeKind,
        about: Subject,
        place: (Option<&ClauseId>, &[RoleId]),
        text: Label,
    ) {
        let (clause, who) = place;
        let clause = clause.cloned();
        self.changes.push(Change { kind, about, clause, who: who.to_vec(), text });
    }
}

impl SubjectKind {
    fn of(self, id: &(impl ToString + ?Sized)) -> Subject {
        Subject { kind: self, id: id.to_string() }
    }
}

/// The things of two plans beside each other, by what they are known by.
fn paired<'p, T, K: Ord>(
    old: impl IntoIterator<Item = &'p T>,
    new: impl IntoIterator<Item = &'p T>,
    key: impl Fn(&'p T) -> K,
) -> Vec<Pair<'p, T>> {
    let mut both: BTreeMap<K, (Option<&'p T>, Option<&'p T>)> = BTreeMap::new();
    for thing in old {
        both.entry(key(thing)).or_default().0 = Some(thing);
    }
    for thing in new {
        both.entry(key(thing)).or_default().1 = Some(thing);
    }
    both.into_values()
        .filter_map(|pair| match pair {
            (Some(old), Some(new)) => Some(Pair::Kept(old, new)),
            (Some(old), None) => Some(Pair::Gone(old)),
            (None, Some(new)) => Some(Pair::New(new)),
            (None, None) => None,
        })
        .collect()
}

//! What changes about criteria, scopes and scores: on the tests as they are written.
//!
//! A new criterion is stricter or the same where it can be shown that whatever met the old one meets
//! it too. Kinds of tests that are not known here are compared as a whole.

use fengsui_vocabulary::{Label, Scalar};
use serde_json::Value;

use super::ChangeKind::{Added, Changed, Looser, Removed, Stricter};
use super::{ChangeKind, Ledger, Pair, SubjectKind, paired, words};
use crate::catalogue::Fact;
use crate::model::{Criterion, Plan, Scope};

impl<'p> Ledger<'p> {
    /// Notes what changes about criteria, and about what is written like them.
    pub(super) fn criteria(&mut self) {
        let (a, b) = (self.a, self.b);
        let (old, new): (Vec<_>, Vec<_>) = (a.criteria().collect(), b.criteria().collect());
        for pair in paired(old, new, |criterion: &'p Criterion| &criterion.id) {
            match pair {
                Pair::Gone(gone) => self.whole_criterion(Removed, gone),
                Pair::New(new) => self.whole_criterion(Added, new),
                Pair::Kept(old, new) => self.criterion(old, new),
            }
        }
        self.scopes();
        self.scores();
    }

    fn whole_criterion(&mut self, kind: ChangeKind, criterion: &Criterion) {
        let (zh, en) = if kind == Removed { ("不再适用", "gone") } else { ("新增", "new") };
        let text = Label::new(
            format!("{} 级标准{zh}:{}", criterion.level, criterion.label.zh),
            format!("criterion of level {} {en}: {}", criterion.level, criterion.label.en),
        );
        let about = SubjectKind::Criterion.of(&criterion.id);
        self.note(kind, about, (Some(&criterion.clause), &[]), text);
    }

    fn criterion(&mut self, old: &Criterion, new: &Criterion) {
        let mut found: Vec<(ChangeKind, Label)> = Vec::new();
        if old.level != new.level {
            // Where the old level is gone, nobody can say which way it goes.
            let is_worse = self.b.rank(&old.level).zip(self.b.rank(&new.level));
            let is_worse = is_worse.is_some_and(|(old, new)| new < old);
            let kind = if is_worse { Stricter } else { Looser };
            let (from, to) = (words::plain(&old.level), words::plain(&new.level));
            found.push((kind, words::instead(("等级", "level"), &from, &to)));
        }
        if old.presumed != new.presumed {
            let kind = if new.presumed { Looser } else { Stricter };
            let (from, to) = (words::yes(old.presumed), words::yes(new.presumed));
            found.push((kind, words::instead(("仅为通常", "only normally"), &from, &to)));
        }
        let (from, to) = (
            written(self.a, "criterion", old.id.as_str()),
            written(self.b, "criterion", new.id.as_str()),
        );
        found.extend(self.turn_of(from, to));
        for (kind, text) in found {
            let text = words::about(&new.label, &text);
            self.note(kind, SubjectKind::Criterion.of(&new.id), (Some(&new.clause), &[]), text);
        }
    }

    /// Which way a test changed, in words.
    fn turn_of(&self, old: Option<&Value>, new: Option<&Value>) -> Option<(ChangeKind, Label)> {
        if old == new {
            return None;
        }
        let always = Value::Null;
        let (old, new) = (old.unwrap_or(&always), new.unwrap_or(&always));
        let kind = if follows(self.b, old, new) { Stricter } else { Looser };
        let (from, to) = (spelt(self.a, old), spelt(self.b, new));
        Some((kind, words::instead(("条件", "met when"), &from, &to)))
    }

    fn scopes(&mut self) {
        let (a, b) = (self.a, self.b);
        for pair in paired(&a.scopes, &b.scopes, |scope: &'p Scope| &scope.id) {
            let (kind, scope, text) = match pair {
                // A plan without any scope applies to everything.
                Pair::Gone(scope) if b.scopes.is_empty() => {
                    (Stricter, scope, Label::new("改为一律适用", "it applies to everything now"))
                }
                Pair::Gone(scope) => (Removed, scope, Label::new("不再适用", "gone")),
                Pair::New(scope) if a.scopes.is_empty() => (
                    Looser,
                    scope,
                    Label::new("不再一律适用", "it no longer applies to everything"),
                ),
                Pair::New(scope) => (Added, scope, Label::new("新的适用情形", "newly covered")),
                Pair::Kept(old, new) => {
                    let (from, to) = (
                        written(a, "scope", old.id.as_str()),
                        written(b, "scope", new.id.as_str()),
                    );
                    match self.turn_of(from, to) {
                        Some((kind, text)) => (kind, new, text),
                        None => continue,
                    }
                }
            };
            let text = words::about(&scope.label, &text);
            self.note(kind, SubjectKind::Scope.of(&scope.id), (Some(&scope.clause), &[]), text);
        }
    }

    fn scores(&mut self) {
        for id in entries(self.a, "score").chain(entries(self.b, "score")).filter_map(id_of) {
            let about = SubjectKind::Score.of(id);
            if self.changes.iter().any(|change| change.about == about) {
                continue;
            }
            let find = |plan: &'p Plan| entries(plan, "score").find(|it| id_of(it) == Some(id));
            let (kind, zh, en) = match (find(self.a), find(self.b)) {
                (Some(old), Some(new)) if old == new => continue,
                (Some(_), Some(_)) => (Changed, "改变", "changed"),
                (Some(_), None) => (Removed, "不再使用", "gone"),
                (None, _) => (Added, "新增", "new"),
            };
            let text = Label::new(format!("评分 {id}:{zh}"), format!("score {id}: {en}"));
            self.note(kind, about, (None, &[]), text);
        }
    }
}

/// The test of a criterion or a scope in words, as it is written in the pack.
pub(crate) fn test_of(plan: &Plan, list: &str, id: &str) -> Option<Label> {
    Some(spelt(plan, written(plan, list, id)?))
}

fn entries<'p>(plan: &'p Plan, list: &str) -> impl Iterator<Item = &'p Value> {
    plan.whole.get(list).and_then(Value::as_array).into_iter().flatten()
}

fn id_of(entry: &Value) -> Option<&str> {
    entry.get("id")?.as_str()
}

/// The test of an entry as it is written.
fn written<'p>(plan: &'p Plan, list: &str, id: &str) -> Option<&'p Value> {
    entries(plan, list).find(|entry| id_of(entry) == Some(id))?.get("when")
}

/// Whether the one test is met whenever the other is, as far as can be seen; null is always met.
fn follows(plan: &Plan, whenever: &Value, holds: &Value) -> bool {
    if whenever == holds || holds.is_null() {
        return true;
    }
    let part = |test: &'_ Value, key| test.get(key).and_then(Value::as_array).cloned();
    if let Some(cases) = part(whenever, "any") {
        return cases.iter().all(|case| follows(plan, case, holds));
    }
    if let Some(parts) = part(holds, "all") {
        return parts.iter().all(|part| follows(plan, whenever, part));
    }
    if let Some(cases) = part(holds, "any")
        && cases.iter().any(|case| follows(plan, whenever, case))
    {
        return true;
    }
    if let Some(parts) = part(whenever, "all") {
        return parts.iter().any(|part| follows(plan, part, holds));
    }
    bounds_follow(plan, whenever, holds)
}

/// The same for two comparisons of one fact or one score.
fn bounds_follow(plan: &Plan, whenever: &Value, holds: &Value) -> bool {
    for key in ["fact", "score"] {
        let (Some(one), Some(other)) = (whenever.get(key), holds.get(key)) else { continue };
        if one != other {
            return false;
        }
        let fact = one.as_str().and_then(|fact| plan.facts.find(fact));
        return COMPARATORS.iter().any(|(old, new)| {
            let pair = whenever.get(*old).zip(holds.get(*new));
            pair.is_some_and(|(old, new)| no_higher(fact, old, new))
        });
    }
    false
}

/// Whether the new bound is never harder to reach than the old one.
fn no_higher(fact: Option<&Fact>, old: &Value, new: &Value) -> bool {
    if old == new {
        return true;
    }
    let terms = |bound: &Value, key: &str| bound.get(key).and_then(Value::as_array).cloned();
    if let (Some(old), Some(new)) = (terms(old, "lowest_of"), terms(new, "lowest_of")) {
        return old.iter().all(|old| new.iter().any(|new| no_higher(fact, old, new)));
    }
    if let (Some(old), Some(new)) = (terms(old, "highest_of"), terms(new, "highest_of")) {
        return new.iter().all(|new| old.iter().any(|old| no_higher(fact, old, new)));
    }
    if let Some(new) = terms(new, "lowest_of") {
        return new.iter().any(|new| no_higher(fact, old, new));
    }
    if let Some(old) = terms(old, "highest_of") {
        return old.iter().any(|old| no_higher(fact, old, new));
    }
    if let (Some(was), Some(is)) = (old.get("share"), new.get("share")) {
        let numbers = was.as_f64().zip(is.as_f64());
        return old.get("of") == new.get("of") && numbers.is_some_and(|(was, is)| is <= was);
    }
    match fact {
        Some(fact) => match (axis(fact, old), axis(fact, new)) {
            (Some(old), Some(new)) => new <= old,
            (None, _) | (_, None) => false,
        },
        None => old.as_f64().zip(new.as_f64()).is_some_and(|(old, new)| new <= old),
    }
}

fn axis(fact: &Fact, value: &Value) -> Option<i64> {
    let scalar: Scalar = serde_json::from_value(value.clone()).ok()?;
    fact.axis_of(&scalar).ok()
}

/// A test in words.
fn spelt(plan: &Plan, test: &Value) -> Label {
    let list = |tests: &[Value], zh: &str, en: &str| {
        let inner = |test: &Value| {
            let spelt = spelt(plan, test);
            let is_list =
                tests.len() > 1 && (test.get("any").is_some() || test.get("all").is_some());
            if is_list {
                Label::new(format!("({})", spelt.zh), format!("({})", spelt.en))
            } else {
                spelt
            }
        };
        words::list(&tests.iter().map(inner).collect::<Vec<_>>(), zh, en)
    };
    if test.is_null() {
        return Label::new("无条件", "always");
    }
    if let Some(tests) = test.get("any").and_then(Value::as_array) {
        return list(tests, "或", " or ");
    }
    if let Some(tests) = test.get("all").and_then(Value::as_array) {
        return list(tests, "且", " and ");
    }
    if let Some(flag) = test.get("flag").and_then(Value::as_str) {
        return words::plain(flag);
    }
    let name = test.get("fact").or_else(|| test.get("score")).and_then(Value::as_str);
    let Some(name) = name else { return words::plain(test) };
    let fact = plan.facts.find(name);
    let signs =
        [("at_least", "≥"), ("more_than", ">"), ("at_most", "≤"), ("less_than", "<"), ("is", "=")];
    let compared = signs.iter().find_map(|(key, sign)| Some((sign, test.get(*key)?)));
    match compared {
        Some((sign, value)) => {
            let value = bound(fact, value);
            Label::new(format!("{name} {sign} {}", value.zh), format!("{name} {sign} {}", value.en))
        }
        None => words::plain(test),
    }
}

fn bound(fact: Option<&Fact>, value: &Value) -> Label {
    for (key, zh, en) in
        [("lowest_of", "较低者", "lowest of"), ("highest_of", "较高者", "highest of")]
    {
        if let Some(terms) = value.get(key).and_then(Value::as_array) {
            let terms: Vec<Label> = terms.iter().map(|term| bound(fact, term)).collect();
            let terms = words::list(&terms, "、", ", ");
            return Label::new(format!("{}中{zh}", terms.zh), format!("{en} {}", terms.en));
        }
    }
    if let Some((share, of)) = value.get("share").zip(value.get("of").and_then(Value::as_str)) {
        return words::plain(&format!("{share} × {of}"));
    }
    let word = value.as_str().and_then(|word| fact?.choice(word));
    match (word, value.as_str()) {
        (Some(choice), _) => choice.label.clone(),
        (None, Some(text)) => words::plain(text),
        (None, None) => words::plain(value),
    }
}

/// Pairs of comparators that can be told from their bounds: "more than" lies beyond "at least".
const COMPARATORS: &[(&str, &str)] = &[
    ("at_least", "at_least"),
    ("more_than", "more_than"),
    ("more_than", "at_least"),
    ("at_most", "at_most"),
    ("less_than", "less_than"),
    ("less_than", "at_most"),
];

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::library::Library;

    fn is_stricter(old: &Value, new: &Value) -> bool {
        let plan = Library::shipped().plan(&"shanghai-2019".parse().unwrap()).unwrap();
        follows(&plan, old, new)
    }

    #[test]
    fn a_bound_that_is_never_harder_to_reach_loosens_nothing() {
        let bound =
            |comparator: &str, value: Value| json!({ "fact": "people_leaked", comparator: value });
        let lowest = |number: u64, share: f64| json!({ "lowest_of": [number, { "share": share, "of": "users" }] });
        let highest = |number: u64, share: f64| json!({ "highest_of": [number, { "share": share, "of": "users" }] });
        for (old, new, expected) in [
            (bound("at_least", json!(10)), bound("at_least", json!(9)), true),
            (bound("at_least", json!(10)), bound("at_least", json!(11)), false),
            (bound("more_than", json!(10)), bound("at_least", json!(10)), true),
            (bound("at_least", json!(10)), bound("more_than", json!(10)), false),
            (bound("at_least", lowest(10, 0.5)), bound("at_least", lowest(10, 0.4)), true),
            (bound("at_least", lowest(10, 0.5)), bound("at_least", lowest(11, 0.4)), false),
            (bound("at_least", json!(10)), bound("at_least", lowest(10, 0.4)), true),
            (bound("at_least", lowest(10, 0.4)), bound("at_least", json!(10)), false),
            (bound("at_least", highest(10, 0.5)), bound("at_least", highest(9, 0.5)), true),
            (bound("at_least", highest(10, 0.5)), bound("at_least", json!(10)), true),
            (bound("at_least", json!(10)), bound("at_least", highest(10, 0.5)), false),
            (
                json!({ "score": "s", "at_least": 75 }),
                json!({ "score": "s", "at_least": 70 }),
                true,
            ),
            (
                json!({ "score": "s", "at_least": 75 }),
                json!({ "score": "t", "at_least": 70 }),
                false,
            ),
        ] {
            assert_eq!(is_stricter(&old, &new), expected, "{old} {new}");
        }
    }

    #[test]
    fn one_more_case_loosens_nothing_and_one_more_condition_does() {
        let (flag, fact) =
            (json!({ "flag": "a" }), json!({ "fact": "security_threat", "at_least": "some" }));
        let worse = json!({ "fact": "security_threat", "at_least": "serious" });
        for (old, new, expected) in [
            (flag.clone(), json!({ "any": [fact, flag] }), true),
            (json!({ "any": [fact, flag] }), flag.clone(), false),
            (flag.clone(), json!({ "all": [fact, flag] }), false),
            (json!({ "all": [fact, flag] }), flag.clone(), true),
            (worse.clone(), fact.clone(), true),
            (fact.clone(), worse.clone(), false),
            (json!({ "any": [flag, worse] }), json!({ "any": [fact, flag] }), true),
            (json!({ "all": [flag, worse] }), json!({ "all": [fact, flag] }), true),
            (fact.clone(), Value::Null, true),
            (Value::Null, fact.clone(), false),
            (json!({ "unheard_of": 1 }), json!({ "unheard_of": 2 }), false),
        ] {
            assert_eq!(is_stricter(&old, &new), expected, "{old} {new}");
        }
    }
}

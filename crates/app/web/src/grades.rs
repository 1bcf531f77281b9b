//! A computed grade and why, as a part of a screen.

use std::collections::BTreeMap;

use fengsui_plan::{Grade as Computed, Matched, Plan};
use fengsui_vocabulary::{CriterionId, FactId, LevelId};

use crate::parts::{Grade, Question, Reason, Standing};
use crate::say::Saying;

/// A computed grade: what is certain and possible, what matched, what to ask.
pub(crate) fn grade(saying: Saying<'_>, plan: &Plan, computed: &Computed) -> Grade {
    let words = saying.words;
    let certain = saying.level_or_none(&plan.id, computed.certain.as_ref(), Standing::Computed);
    let mut grade = Grade::new(certain, words);
    if computed.possible != computed.certain {
        let possible = computed.possible.as_ref();
        grade.possible = possible.map(|it| saying.level(&plan.id, it, Standing::Possible));
    }
    grade.reasons = computed.matched.iter().map(|it| reason(saying, plan, it)).collect();
    grade.questions = questions(saying, plan, computed);
    if computed.presumed {
        grade.remarks.push(words.t("grade-presumed").into_owned());
    }
    for part in &computed.hand_over {
        let to = part.to.in_lang(saying.lang());
        grade.remarks.push(words.ta("grade-hand-over", &[("plan", to)]));
    }
    grade
}

fn reason(saying: Saying<'_>, plan: &Plan, matched: &Matched) -> Reason {
    let facts = matched.because.iter().map(|because| {
        let value = because.value.as_deref().unwrap_or("?");
        format!(
            "{}: {}",
            question(saying, plan, &because.fact),
            word(saying, plan, &because.fact, value)
        )
    });
    Reason {
        level: saying.level(&plan.id, &matched.level, Standing::Computed),
        text: criterion(saying, plan, &matched.criterion),
        facts: facts.collect(),
        clause: saying.clause(&plan.id, &matched.clause),
    }
}

/// What is not known, each fact once, with the worst level that it could give.
fn questions(saying: Saying<'_>, plan: &Plan, computed: &Computed) -> Vec<Question> {
    let mut worst: BTreeMap<&FactId, &LevelId> = BTreeMap::new();
    for undecided in &computed.undecided {
        for fact in &undecided.ask {
            let known = worst.entry(fact).or_insert(&undecided.level);
            if plan.rank(&undecided.level) < plan.rank(known) {
                *known = &undecided.level;
            }
        }
    }
    let asked = plan.facts_asked().filter_map(|fact| Some((fact, *worst.get(&fact.id)?)));
    asked
        .map(|(fact, level)| {
            let level = saying.words.ta("grade-up-to-level", &[("level", level.as_str())]);
            Question {
                ask: fact.question.in_lang(saying.lang()).to_owned(),
                changes: vec![level],
                clause: None,
            }
        })
        .collect()
}

fn criterion(saying: Saying<'_>, plan: &Plan, id: &CriterionId) -> String {
    let known = plan.criteria().find(|criterion| criterion.id == *id);
    known.map_or_else(|| id.to_string(), |it| it.label.in_lang(saying.lang()).to_owned())
}

fn question(saying: Saying<'_>, plan: &Plan, fact: &FactId) -> String {
    let known = plan.facts.get(fact);
    known.map_or_else(|| fact.to_string(), |it| it.question.in_lang(saying.lang()).to_owned())
}

/// A value such as `severe` or `some…` in words.
fn word(saying: Saying<'_>, plan: &Plan, fact: &FactId, written: &str) -> String {
    let one = |text: &str| {
        let choice = plan.facts.get(fact).and_then(|known| known.choice(text));
        match (choice, text) {
            (Some(choice), _) => choice.label.in_lang(saying.lang()).to_owned(),
            (None, "true") => saying.words.t("yes").into_owned(),
            (None, "false") => saying.words.t("no").into_owned(),
            (None, other) => other.to_owned(),
        }
    };
    match written.split_once('…') {
        Some((from, "")) => saying.words.ta("fact-at-least", &[("from", &one(from))]),
        Some(("", to)) => saying.words.ta("fact-at-most", &[("to", &one(to))]),
        Some((from, to)) => {
            saying.words.ta("fact-range", &[("from", &one(from)), ("to", &one(to))])
        }
        None => one(written),
    }
}

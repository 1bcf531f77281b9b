//! Facts as questions of a form, and the answers read back.
//!
//! What an answer may be is the catalogue's business; here it only becomes a field and a value.

use fengsui_desk::DISTRICTS;
use fengsui_plan::{Fact, FactKind, Plan};
use fengsui_vocabulary::{FactId, FactValue, Facts};

use crate::form::Reading;
use crate::lang::Words;
use crate::parts::{Field, FieldKind, Form, Opt};
use crate::screens::incidents::values::{range, value_of};

/// The field of those choices that may be worse than chosen.
pub(crate) const WORSE: &str = "worse";

/// The questions that a reporter can answer: what the plan judges by, without what only people with
/// a role may say, and without what hands a part over.
pub(crate) fn questions(plan: &Plan) -> Vec<&Fact> {
    let is_handed_over =
        |fact: &Fact| plan.hand_overs.iter().any(|hand_over| hand_over.fact == fact.id);
    plan.facts_asked()
        .filter(|fact| !is_handed_over(fact) && fact.id != *"special_circumstances")
        .collect()
}

/// The form with a field for each question, and one for what may be worse than chosen.
pub(crate) fn asking(form: Form, facts: &[&Fact], words: Words) -> Form {
    let lang = words.lang();
    let mut form = form;
    for fact in facts {
        form = form.with(field(fact, words));
    }
    let ordered: Vec<Opt> = facts
        .iter()
        .filter(|fact| matches!(fact.kind, FactKind::OrderedChoice { .. }))
        .map(|fact| Opt::new(fact.id.as_str(), fact.question.in_lang(lang)))
        .collect();
    if ordered.is_empty() {
        return form;
    }
    let field = Field::new(WORSE, words.t("facts-worse"), FieldKind::Several(ordered));
    form.with(field.hint(words.t("facts-worse-hint")).optional())
}

fn field(fact: &Fact, words: Words) -> Field {
    let lang = words.lang();
    let unknown = Opt::new("", words.t("facts-unknown"));
    let kind = match &fact.kind {
        FactKind::Flag => FieldKind::Select(vec![
            unknown,
            Opt::new("yes", words.t("yes")),
            Opt::new("no", words.t("no")),
        ]),
        FactKind::OrderedChoice { choices } | FactKind::Choice { choices } => {
            let choices = choices.iter().map(|choice| {
                let label = choice.label.in_lang(lang);
                match &choice.guidance {
                    Some(guidance) => {
                        Opt::new(choice.id.clone(), format!("{label} — {}", guidance.in_lang(lang)))
                    }
                    None => Opt::new(choice.id.clone(), label),
                }
            });
            let has_guidance = fact.choices().iter().any(|choice| choice.guidance.is_some());
            let options = std::iter::once(unknown).chain(choices).collect();
            // What has to be explained is read in full; the rest is folded, so that phones scroll less.
            if has_guidance { FieldKind::Radio(options) } else { FieldKind::Select(options) }
        }
        FactKind::Region => {
            let districts = DISTRICTS.iter().map(|it| Opt::new(it.code, it.label().in_lang(lang)));
            FieldKind::Select(std::iter::once(unknown).chain(districts).collect())
        }
        FactKind::Count | FactKind::Money { .. } | FactKind::Share | FactKind::Duration => {
            FieldKind::Line("text")
        }
    };
    let hint = match &fact.kind {
        FactKind::Count | FactKind::Money { .. } => {
            format!("{} {}", fact.guidance.in_lang(lang), words.t("facts-range-hint"))
        }
        FactKind::Duration => {
            format!("{} {}", fact.guidance.in_lang(lang), words.t("facts-duration-hint"))
        }
        FactKind::Flag
        | FactKind::OrderedChoice { .. }
        | FactKind::Choice { .. }
        | FactKind::Share
        | FactKind::Region => fact.guidance.in_lang(lang).to_owned(),
    };
    Field::new(&name(&fact.id), fact.question.in_lang(lang), kind).hint(hint).optional()
}

/// The answers; what was left open is unknown.
pub(crate) fn answered(reading: &mut Reading<'_>, facts: &[&Fact]) -> Facts {
    let worse: Vec<String> = reading.several(WORSE);
    let mut answered = Facts::new();
    for fact in facts {
        let name = name(&fact.id);
        let text = reading.text(&name).trim().to_owned();
        if text.is_empty() {
            continue;
        }
        let may_be_worse = worse.iter().any(|id| *id == fact.id.as_str());
        let value = value_of(fact, &text).and_then(|value| match value {
            FactValue::Exact(chosen) if may_be_worse => range(Some(chosen), None),
            value @ (FactValue::Exact(_) | FactValue::Range(_)) => Some(value),
        });
        match value.filter(|value| fact.bounds_of(value).is_ok()) {
            Some(value) => {
                answered.insert(fact.id.clone(), value);
            }
            None => reading.wrong(&name, wrong_key(fact)),
        }
    }
    answered
}

fn wrong_key(fact: &Fact) -> &'static str {
    match &fact.kind {
        FactKind::Flag
        | FactKind::OrderedChoice { .. }
        | FactKind::Choice { .. }
        | FactKind::Region => "error-choice",
        FactKind::Count | FactKind::Money { .. } | FactKind::Share => "error-number",
        FactKind::Duration => "error-duration",
    }
}

fn name(fact: &FactId) -> String {
    format!("fact.{fact}")
}

//! Tests of criteria and scopes in words: a sentence for one, a list for several at once.

use askama::Template;
use askama::filters::HtmlSafe;
use fengsui_plan::{Fact, FactKind, Plan};
use fengsui_vocabulary::{FactValue, Scalar};
use serde_json::Value;

use super::wording::exactly;
use crate::lang::Words;
use crate::screens::incidents::values::value_in;

/// A test in words, with what it is made of.
#[derive(Debug, PartialEq, Eq, Template)]
#[template(path = "plans/test.html")]
pub(super) struct Tested {
    text: String,
    parts: Vec<Tested>,
}

impl HtmlSafe for Tested {}

/// Says the tests of one plan.
#[derive(Clone, Copy, Debug)]
pub(super) struct Telling<'a> {
    pub(super) plan: &'a Plan,
    pub(super) words: Words,
}

impl Telling<'_> {
    /// A test in words.
    pub(super) fn test(self, test: &Value) -> Tested {
        for (key, said) in [("any", "plan-test-any"), ("all", "plan-test-all")] {
            if let Some(parts) = test.get(key).and_then(Value::as_array) {
                let parts: Vec<Tested> = parts.iter().map(|part| self.test(part)).collect();
                return Tested { text: self.words.t(said).into_owned(), parts };
            }
        }
        Tested { text: self.single(test), parts: Vec::new() }
    }

    fn single(self, asked: &Value) -> String {
        let text = |key: &str| asked.get(key).and_then(Value::as_str);
        if let Some(flag) = text("flag") {
            return self.words.ta("book-flag", &[("q", &self.question(flag))]);
        }
        if let Some(score) = text("score") {
            let known = self.plan.scores().find(|known| known.id == *score);
            let name = known.map_or(score, |known| known.label.in_lang(self.words.lang()));
            let points = asked.get("at_least").map(Value::to_string).unwrap_or_default();
            return self.words.ta("plan-test-score", &[("score", name), ("points", &points)]);
        }
        let Some(id) = text("fact") else { return asked.to_string() };
        let fact = self.plan.facts.find(id);
        let compared = COMPARED.iter().find_map(|(key, said)| Some((asked.get(*key)?, *said)));
        let Some((least, said)) = compared else { return self.question(id) };
        self.words.ta(said, &[("q", &self.question(id)), ("v", &self.bound(fact, least))])
    }

    /// What is asked of a fact: a value, or one that depends on other facts.
    fn bound(self, fact: Option<&Fact>, asked: &Value) -> String {
        for (key, said) in [("lowest_of", "plan-test-lowest"), ("highest_of", "plan-test-highest")]
        {
            if let Some(terms) = asked.get(key).and_then(Value::as_array) {
                let terms: Vec<String> = terms.iter().map(|term| self.bound(fact, term)).collect();
                let terms = terms.join(&self.words.t("plan-test-between"));
                return self.words.ta(said, &[("terms", &terms)]);
            }
        }
        if let (Some(share), Some(of)) =
            (asked.get("share").and_then(Value::as_f64), asked.get("of").and_then(Value::as_str))
        {
            let (share, of) = (percent(share), self.question(of));
            return self.words.ta("plan-test-share", &[("share", &share), ("q", &of)]);
        }
        let scalar = serde_json::from_value::<Scalar>(asked.clone()).ok();
        match (fact, scalar) {
            (Some(fact), Some(scalar)) => value(fact, scalar, self.words),
            (_, _) => asked.to_string(),
        }
    }

    fn question(self, fact: &str) -> String {
        let known = self.plan.facts.find(fact);
        known.map_or_else(
            || fact.to_owned(),
            |known| known.question.in_lang(self.words.lang()).to_owned(),
        )
    }
}

/// One value of a fact in words; shares as people say them.
pub(super) fn value(fact: &Fact, scalar: Scalar, words: Words) -> String {
    if let (FactKind::Share, Scalar::Decimal(share)) = (&fact.kind, &scalar)
        && let Ok(share) = share.as_str().parse()
    {
        return percent(share);
    }
    if let (FactKind::Duration, Scalar::Word(length)) = (&fact.kind, &scalar)
        && let Ok(length) = length.parse()
    {
        return exactly(length, words);
    }
    value_in(fact, &FactValue::Exact(scalar), words)
}

/// A value as the plan writes it, `severe` or `800000…`, in words.
pub(super) fn written(plan: &Plan, fact: &str, text: &str, words: Words) -> String {
    let Some(known) = plan.facts.find(fact) else { return text.to_owned() };
    let one = |text: &str| {
        let number = text.parse::<i64>().map(Scalar::Whole);
        let scalar = match (text, number) {
            ("true", _) => Some(Scalar::Flag(true)),
            ("false", _) => Some(Scalar::Flag(false)),
            (_, Ok(whole)) => Some(whole),
            (_, Err(_)) => match serde_json::from_str::<f64>(text) {
                Ok(number) => fengsui_vocabulary::Number::from_f64(number).map(Scalar::Decimal),
                Err(_) => text.parse().ok().map(Scalar::Word),
            },
        };
        scalar.map_or_else(|| text.to_owned(), |scalar| value(known, scalar, words))
    };
    match text.split_once('…') {
        Some((from, "")) => words.ta("fact-at-least", &[("from", &one(from))]),
        Some(("", to)) => words.ta("fact-at-most", &[("to", &one(to))]),
        Some((from, to)) => words.ta("fact-range", &[("from", &one(from)), ("to", &one(to))]),
        None => one(text),
    }
}

/// 0.05 as `5%`, without a rest of the division.
fn percent(share: f64) -> String {
    let text = format!("{:.6}", share * 100.0);
    format!("{}%", text.trim_end_matches('0').trim_end_matches('.'))
}

const COMPARED: &[(&str, &str)] = &[
    ("at_least", "plan-test-at-least"),
    ("more_than", "plan-test-more-than"),
    ("at_most", "plan-test-at-most"),
    ("less_than", "plan-test-less-than"),
    ("is", "plan-test-is"),
];

#[cfg(test)]
mod tests {
    use fengsui_plan::Library;
    use fengsui_vocabulary::Lang;

    use super::*;
    use crate::screens::plans::read::Written;

    fn said(plan: &str, criterion: &str) -> String {
        let plan = Library::shipped().plan(&plan.parse().unwrap()).unwrap();
        let written = Written::of(&plan);
        let telling = Telling { plan: &plan, words: Words::of(Lang::En) };
        telling.test(written.test("criterion", criterion).unwrap()).to_string()
    }

    /// Every test of a plan, in words.
    fn all_said(plan: &Plan, words: Words) -> Vec<String> {
        let (written, telling) = (Written::of(plan), Telling { plan, words });
        let criteria = plan.criteria().map(|it| ("criterion", it.id.as_str()));
        let scopes = plan.scopes.iter().map(|it| ("scope", it.id.as_str()));
        let tests = criteria.chain(scopes).filter_map(|(list, id)| written.test(list, id));
        tests.map(|test| telling.test(test).to_string()).collect()
    }

    #[test]
    fn every_criterion_and_scope_of_a_shipped_plan_is_said_in_words() {
        let words = [Words::of(Lang::Zh), Words::of(Lang::En)];
        for plan in Library::shipped().plans() {
            let said = words.map(|words| all_said(plan, words)).concat();
            assert!(said.len() >= 2 * plan.criteria().count(), "{}", plan.id);
            let unsaid: Vec<_> = said.iter().filter(|it| it.contains(['{', '⟦'])).collect();
            assert!(unsaid.is_empty(), "{}: {unsaid:?}", plan.id);
        }
    }

    #[test]
    fn a_bound_that_depends_on_another_fact_names_it() {
        let plan = Library::shipped().plan(&"nis2-2022".parse().unwrap()).unwrap();
        let by_share = plan.criteria().map(|it| said("nis2-2022", it.id.as_str()));
        let by_share: Vec<String> = by_share.filter(|said| said.contains("5%")).collect();
        assert!(!by_share.is_empty());
        assert!(by_share[0].contains("500,000 EUR"), "{}", by_share[0]);
    }

    #[test]
    fn shares_are_said_in_hundreds() {
        assert_eq!(percent(0.05), "5%");
        assert_eq!(percent(0.001), "0.1%");
        assert_eq!(percent(0.5), "50%");
    }
}

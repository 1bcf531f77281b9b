//! Values of facts: as people read them, and as they type them.

use fengsui_plan::{Fact, FactKind};
use fengsui_vocabulary::{FactRange, FactValue, Lang, Number, Scalar};
use jiff::SignedDuration;

use super::sight::Sight;
use crate::lang::{Words, span};

impl Sight<'_> {
    /// A value in the reader's words.
    pub(super) fn value(&self, fact: &Fact, value: &FactValue) -> String {
        value_in(fact, value, self.words)
    }

    /// Something a grade says of a fact, such as `severe` or `800000…1200000`, in the reader's words.
    pub(super) fn word_of(&self, fact: &Fact, written: &str) -> String {
        match written.split_once('…') {
            Some((from, to)) => {
                let (from, to) = (scalar_of(fact, from), scalar_of(fact, to));
                self.value(fact, &FactValue::Range(FactRange { min: from, max: to }))
            }
            None => scalar_of(fact, written).map_or_else(
                || written.to_owned(),
                |scalar| self.value(fact, &FactValue::Exact(scalar)),
            ),
        }
    }
}

/// A value in the words of a language.
pub(crate) fn value_in(fact: &Fact, value: &FactValue, words: Words) -> String {
    let end = |scalar: &Scalar| scalar_in(fact, scalar, words);
    let said = match value {
        FactValue::Exact(scalar) => end(scalar),
        FactValue::Range(FactRange { min: Some(min), max: Some(max) }) => {
            words.ta("fact-range", &[("from", &end(min)), ("to", &end(max))])
        }
        FactValue::Range(FactRange { min: Some(min), max: None }) => {
            words.ta("fact-at-least", &[("from", &end(min))])
        }
        FactValue::Range(FactRange { min: None, max: Some(max) }) => {
            words.ta("fact-at-most", &[("to", &end(max))])
        }
        FactValue::Range(FactRange { min: None, max: None }) => words.t("unknown").into_owned(),
    };
    match (&fact.unit, &fact.kind) {
        (_, FactKind::Duration) | (None, _) => said,
        (Some(unit), _) => format!("{said} {}", unit.in_lang(words.lang())),
    }
}

fn scalar_in(fact: &Fact, scalar: &Scalar, words: Words) -> String {
    match scalar {
        Scalar::Flag(true) => words.t("yes").into_owned(),
        Scalar::Flag(false) => words.t("no").into_owned(),
        Scalar::Whole(number) => grouped(&number.to_string()),
        Scalar::Decimal(number) => grouped(number.as_str()),
        Scalar::Word(word) => {
            if let Some(choice) = fact.choice(word) {
                return choice.label.in_lang(words.lang()).to_owned();
            }
            let length = word.parse::<SignedDuration>().ok();
            match (&fact.kind, length) {
                (FactKind::Duration, Some(length)) => span(length, words),
                (_, _) => word.to_string(),
            }
        }
    }
}

/// Digits in groups of three.
pub(crate) fn grouped(digits: &str) -> String {
    let (whole, part) = match digits.split_once('.') {
        Some((whole, part)) => (whole, Some(part)),
        None => (digits, None),
    };
    let mut out = String::new();
    let count = whole.chars().count();
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (count - place) % 3 == 0 && digit != '-' {
            out.push(',');
        }
        out.push(digit);
    }
    match part {
        Some(part) => format!("{out}.{part}"),
        None => out,
    }
}

/// Reads what was typed: `severe`, `1,000,000`, `800000-1200000`, `≥1000`, `≤500`, `6h30m`.
///
/// None when it fits nothing; what the catalogue allows is checked later.
pub(crate) fn value_of(fact: &Fact, typed: &str) -> Option<FactValue> {
    let typed = typed.trim();
    if let Some(rest) = typed.strip_prefix('≥').or_else(|| typed.strip_prefix(">=")) {
        return range(Some(scalar_of(fact, rest)?), None);
    }
    if let Some(rest) = typed.strip_prefix('≤').or_else(|| typed.strip_prefix("<=")) {
        return range(None, Some(scalar_of(fact, rest)?));
    }
    for between in ["…", "~", "—", "至", " to ", "-"] {
        if let Some((from, to)) = typed.split_once(between)
            && !matches!(fact.kind, FactKind::Region)
        {
            return range(Some(scalar_of(fact, from)?), Some(scalar_of(fact, to)?));
        }
    }
    scalar_of(fact, typed).map(FactValue::Exact)
}

/// Two ends as a value; equal ends are exact.
pub(crate) fn range(min: Option<Scalar>, max: Option<Scalar>) -> Option<FactValue> {
    match (min, max) {
        (Some(min), Some(max)) if min == max => Some(FactValue::Exact(min)),
        (None, None) => None,
        (min, max) => Some(FactValue::Range(FactRange { min, max })),
    }
}

/// One end of a value.
pub(crate) fn scalar_of(fact: &Fact, typed: &str) -> Option<Scalar> {
    let typed = typed.trim();
    match &fact.kind {
        FactKind::Flag => match typed {
            "true" | "yes" | "是" => Some(Scalar::Flag(true)),
            "false" | "no" | "否" => Some(Scalar::Flag(false)),
            _ => None,
        },
        FactKind::OrderedChoice { .. } | FactKind::Choice { .. } => {
            let choice = fact.choice(typed)?;
            choice.id.parse().ok().map(Scalar::Word)
        }
        FactKind::Count | FactKind::Money { .. } | FactKind::Share => number(typed),
        FactKind::Duration => duration(typed),
        FactKind::Region => typed.parse().ok().map(Scalar::Word),
    }
}

fn number(typed: &str) -> Option<Scalar> {
    let plain: String =
        typed.chars().filter(|letter| ![',', ',', ' ', '_'].contains(letter)).collect();
    if let Some(of_hundred) = plain.strip_suffix('%').or_else(|| plain.strip_suffix('%')) {
        let share: f64 = of_hundred.parse().ok()?;
        return Number::from_f64(share / 100.0).map(Scalar::Decimal);
    }
    if let Some(of_ten_thousand) = plain.strip_suffix('万') {
        let whole: i64 = of_ten_thousand.parse().ok()?;
        return whole.checked_mul(10_000).map(Scalar::Whole);
    }
    if let Ok(whole) = plain.parse() {
        return Some(Scalar::Whole(whole));
    }
    Number::from_f64(plain.parse().ok()?).map(Scalar::Decimal)
}

/// `PT6H`, `6h30m`, `6小时30分`, or minutes.
fn duration(typed: &str) -> Option<Scalar> {
    let upper = typed
        .replace("小时", "H")
        .replace("分钟", "M")
        .replace('分', "M")
        .replace('秒', "S")
        .to_uppercase();
    let upper: String = upper.chars().filter(|letter| !letter.is_whitespace()).collect();
    let text = if upper.starts_with("PT") {
        upper
    } else if upper.chars().all(|digit| digit.is_ascii_digit()) {
        format!("PT{upper}M")
    } else {
        format!("PT{upper}")
    };
    let length: SignedDuration = text.parse().ok()?;
    if length.is_negative() {
        return None;
    }
    text.parse().ok().map(Scalar::Word)
}

/// The words of documents: Chinese, whoever reads.
pub(super) fn chinese() -> Words {
    Words::of(Lang::Zh)
}

#[cfg(test)]
mod tests {
    use fengsui_plan::Library;

    use super::*;

    fn fact(id: &str) -> &'static Fact {
        Library::shipped().catalogue().find(id).unwrap()
    }

    fn said(id: &str, typed: &str) -> String {
        value_of(fact(id), typed)
            .map_or_else(|| "?".to_owned(), |value| value_in(fact(id), &value, Words::of(Lang::Zh)))
    }

    #[test]
    fn values_are_read_as_people_type_them_and_said_as_people_read_them() {
        assert_eq!(said("people_leaked", "1,000,000"), "1,000,000 人");
        assert_eq!(said("people_leaked", "120万"), "1,200,000 人");
        assert_eq!(said("people_leaked", "800000-1200000"), "800,000 至 1,200,000 人");
        assert_eq!(said("people_leaked", "≥ 1000"), "至少 1,000 人");
        assert_eq!(said("system_loss", "severe"), "严重");
        assert_eq!(said("sensitive_data_affected", "yes"), "是");
        assert_eq!(said("portal_outage", "6小时30分"), "6 小时 30 分");
        assert_eq!(said("portal_outage", "90"), "1 小时 30 分");
        assert_eq!(said("people_leaked", "many"), "?");
    }

    #[test]
    fn equal_ends_are_an_exact_value() {
        let end = || Some(Scalar::Whole(7));
        assert_eq!(range(end(), end()), Some(FactValue::Exact(Scalar::Whole(7))));
        assert_eq!(range(None, None), None);
    }
}

//! Reads `[[fact]]` tables, of the shared catalogue or of a pack.

use std::collections::BTreeSet;
use std::ops::Range;

use super::{ChoiceOption, Fact, FactKind, Worse};
use crate::pack::tree::{At, Node, Sink, Table};

/// Choices of one fact at most: an unknown one is tried out completely.
const CHOICES_MAX: usize = 64;

/// Reads every `[[fact]]`, with the place of each.
pub(crate) fn read_facts(root: &Table<'_>, sink: &Sink) -> Vec<(Range<usize>, Fact)> {
    root.tables("fact").iter().filter_map(|table| read_fact(table, sink)).collect()
}

fn read_fact(table: &Table<'_>, sink: &Sink) -> Option<(Range<usize>, Fact)> {
    let id: Option<At<_>> = table.name("id");
    let word = table.required("kind").and_then(|node| node.word(KINDS));
    let worse = match table.optional("worse") {
        Some(node) => node.word(&[("higher", Worse::Higher), ("lower", Worse::Lower)]),
        None => Some(Worse::Higher),
    };
    let unit = table.optional("unit").map(Node::label);
    let question = table.label("question");
    let guidance = table.label("guidance");
    let kind = word.and_then(|word| read_kind(word, table, sink));
    table.finish();
    let (id, kind, worse) = (id?, kind?, worse?);
    if worse == Worse::Lower && !is_number(&kind) {
        sink.error(
            "worse-of-words",
            id.span,
            "`worse = \"lower\"` fits numbers only",
            "list the choices from the mildest to the worst instead",
        );
        return None;
    }
    let unit = match unit {
        Some(unit) => Some(unit?),
        None => None,
    };
    let fact = Fact { id: id.value, kind, worse, unit, question: question?, guidance: guidance? };
    Some((id.span, fact))
}

fn read_kind(word: Word, table: &Table<'_>, sink: &Sink) -> Option<FactKind> {
    Some(match word {
        Word::Flag => FactKind::Flag,
        Word::OrderedChoice => FactKind::OrderedChoice { choices: read_choices(table, sink)? },
        Word::Choice => FactKind::Choice { choices: read_choices(table, sink)? },
        Word::Count => FactKind::Count,
        Word::Money => FactKind::Money { currency: read_currency(table, sink)? },
        Word::Share => FactKind::Share,
        Word::Duration => FactKind::Duration,
        Word::Region => FactKind::Region,
    })
}

fn read_choices(table: &Table<'_>, sink: &Sink) -> Option<Vec<ChoiceOption>> {
    let list = table.required("choices")?;
    let mut seen = BTreeSet::new();
    let mut choices = Vec::new();
    for entry in list.tables() {
        let id: Option<At<fengsui_vocabulary::FactId>> = entry.name("id");
        let label = entry.label("label");
        let guidance = entry.optional("guidance").and_then(Node::label);
        entry.finish();
        let (id, label) = (id?, label?);
        if !seen.insert(id.value.clone()) {
            sink.error(
                "duplicate-id",
                id.span,
                format!("the choice `{}` is listed twice", id.value),
                "leave one of them out",
            );
            return None;
        }
        choices.push(ChoiceOption { id: id.value.as_str().to_owned(), label, guidance });
    }
    if !(2..=CHOICES_MAX).contains(&choices.len()) {
        sink.error(
            "choices-count",
            list.span(),
            format!("a choice has 2 to {CHOICES_MAX} words; here are {}", choices.len()),
            "use a flag for yes and no, a count for a number",
        );
        return None;
    }
    Some(choices)
}

fn read_currency(table: &Table<'_>, sink: &Sink) -> Option<String> {
    let node = table.required("currency")?;
    let currency = node.text()?;
    if currency.len() == 3 && currency.bytes().all(|letter| letter.is_ascii_uppercase()) {
        return Some(currency);
    }
    sink.error(
        "unknown-currency",
        node.span(),
        format!("`{currency}` is not a currency"),
        "write its three letters of ISO 4217: `CNY`",
    );
    None
}

fn is_number(kind: &FactKind) -> bool {
    match kind {
        FactKind::Count | FactKind::Money { .. } | FactKind::Share | FactKind::Duration => true,
        FactKind::Flag
        | FactKind::OrderedChoice { .. }
        | FactKind::Choice { .. }
        | FactKind::Region => false,
    }
}

#[derive(Clone, Copy)]
enum Word {
    Flag,
    OrderedChoice,
    Choice,
    Count,
    Money,
    Share,
    Duration,
    Region,
}

const KINDS: &[(&str, Word)] = &[
    ("flag", Word::Flag),
    ("ordered_choice", Word::OrderedChoice),
    ("choice", Word::Choice),
    ("count", Word::Count),
    ("money", Word::Money),
    ("share", Word::Share),
    ("duration", Word::Duration),
    ("region", Word::Region),
];

//! A table of facts as it is written: what a value means is for the catalogue to say.

use fengsui_vocabulary::{FactRange, FactValue, Facts, Number, Scalar};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::catalogue::Catalogue;
use crate::diagnostic::{Diagnostic, Source};
use crate::pack::tree::{self, Node, Sink, Table};

/// Reads a facts file: `[facts]` and nothing else, every value as the catalogue allows it.
pub fn read_facts_file(source: &Source, catalogue: &Catalogue) -> Result<Facts, Vec<Diagnostic>> {
    let sink = Sink::default();
    let facts = tree::parse(source, &sink).and_then(|tree| {
        let root = Table::root(&tree, &sink);
        let node = root.required("facts");
        let facts = node.and_then(facts);
        root.finish();
        let (facts, table) = (facts?, node?.value().as_table()?);
        check(&facts, table, &[catalogue], &sink);
        Some(facts)
    });
    match facts {
        Some(facts) if !sink.has_errors() => Ok(facts),
        Some(_) | None => Err(sink.into_diagnostics(source)),
    }
}

/// The values of a table of facts; none where one of them is not a value, which is noted.
pub(crate) fn facts(node: Node<'_>) -> Option<Facts> {
    let Some(table) = node.value().as_table() else {
        return node.wrong("a table of facts: `{ people_leaked = 1_000_000 }`");
    };
    let sink = node.sink();
    let mut facts = Facts::new();
    for (key, value) in table {
        let word: &str = key.get_ref();
        match (word.parse(), value_of(value)) {
            (Ok(id), Some(value)) => {
                facts.insert(id, value);
            }
            (Ok(_), None) => sink.error(
                "wrong-type",
                value.span(),
                format!("this is not a value of `{word}`"),
                "write `true`, a number of at most 18 digits, a word in quotes, or `{ min = …, max = … }`",
            ),
            (Err(_), _) => sink.error(
                "malformed-name",
                key.span(),
                "this is not the name of a fact",
                "`fengsui plan facts` lists the facts there are",
            ),
        }
    }
    Some(facts)
}

/// Notes facts that none of these catalogues knows, and values that do not fit.
pub(super) fn check(facts: &Facts, table: &DeTable<'_>, catalogues: &[&Catalogue], sink: &Sink) {
    for (key, value) in table {
        let name: &str = key.get_ref();
        let Some((id, known)) = facts.get_key_value(name) else { continue };
        let Some(fact) = catalogues.iter().find_map(|catalogue| catalogue.get(id)) else {
            let near = catalogues.iter().find_map(|catalogue| catalogue.nearest(name));
            let help = near.map_or_else(
                || "`fengsui plan facts` lists the facts there are".to_owned(),
                |near| format!("did you mean `{near}`?"),
            );
            sink.error("unknown-fact", key.span(), format!("there is no fact `{id}`"), help);
            continue;
        };
        if let Err(problem) = fact.bounds_of(known) {
            sink.error(
                "fact-value",
                value.span(),
                format!("fact `{id}`: {}", problem.what()),
                problem.help(),
            );
        }
    }
}

fn value_of(value: &Spanned<DeValue<'_>>) -> Option<FactValue> {
    match value.get_ref() {
        DeValue::Table(table) => range(table).map(FactValue::Range),
        DeValue::String(_)
        | DeValue::Integer(_)
        | DeValue::Float(_)
        | DeValue::Boolean(_)
        | DeValue::Datetime(_)
        | DeValue::Array(_) => scalar(value.get_ref()).map(FactValue::Exact),
    }
}

fn range(table: &DeTable<'_>) -> Option<FactRange> {
    let mut range = FactRange { min: None, max: None };
    for (key, value) in table {
        let end = scalar(value.get_ref())?;
        match key.get_ref().as_ref() {
            "min" => range.min = Some(end),
            "max" => range.max = Some(end),
            _ => return None,
        }
    }
    Some(range)
}

fn scalar(value: &DeValue<'_>) -> Option<Scalar> {
    match value {
        DeValue::String(word) => word.parse().ok().map(Scalar::Word),
        DeValue::Integer(number) => {
            i64::from_str_radix(number.as_str(), number.radix()).ok().map(Scalar::Whole)
        }
        DeValue::Float(number) => {
            number.as_str().parse().ok().and_then(Number::from_f64).map(Scalar::Decimal)
        }
        DeValue::Boolean(flag) => Some(Scalar::Flag(*flag)),
        DeValue::Datetime(_) | DeValue::Array(_) | DeValue::Table(_) => None,
    }
}

//! A pack, as far as coverage asks: what its clauses carry, and which rules and scenarios it has.
//!
//! Whether the pack is sound is not asked here; the plan's own reader says that.

use std::collections::{BTreeMap, BTreeSet};

use toml::{Table, Value};

/// What a pack has.
#[derive(Debug)]
pub(super) struct Pack {
    pub(super) id: String,
    pub(super) title: String,
    /// The clauses that carry each number, in the order of the text.
    pub(super) carried: BTreeMap<String, Vec<String>>,
    /// Every rule as `kind:id`.
    pub(super) rules: BTreeSet<String>,
    /// What each role is called.
    pub(super) roles: BTreeMap<String, String>,
    pub(super) scenarios: BTreeSet<String>,
}

impl Pack {
    pub(super) fn read(id: &str, text: &str) -> Result<Self, String> {
        let table: Table =
            text.parse().map_err(|fault: toml::de::Error| fault.message().to_owned())?;
        let title = table.get("plan").and_then(|plan| plan.get("title")).and_then(english);
        let roles = items(&table, "role");
        let scenarios = items(&table, "scenario");
        Ok(Self {
            id: id.to_owned(),
            title: title.unwrap_or(id).to_owned(),
            carried: carried(&table),
            rules: RULES.iter().flat_map(|(kind, key)| rules(&table, kind, key)).collect(),
            roles: roles.filter_map(|role| Some((word(role, "id")?, label(role)?))).collect(),
            scenarios: scenarios.filter_map(|scenario| word(scenario, "id")).collect(),
        })
    }
}

/// Kinds of rule, and the key by which each is named.
const RULES: [(&str, &str); 13] = [
    ("authority", "act"),
    ("criterion", "id"),
    ("duty", "id"),
    ("fact", "id"),
    ("form", "id"),
    ("hand_over", "part"),
    ("level", "id"),
    ("measure", "id"),
    ("policy", "id"),
    ("reading", "clause"),
    ("role", "id"),
    ("scope", "id"),
    ("taxonomy", "id"),
];

fn carried(table: &Table) -> BTreeMap<String, Vec<String>> {
    let mut carried: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for clause in items(table, "clause") {
        let Some(id) = word(clause, "id") else { continue };
        let numbers = clause.get("carries").and_then(Value::as_array).into_iter().flatten();
        for number in numbers.filter_map(Value::as_str) {
            carried.entry(number.to_owned()).or_default().push(id.clone());
        }
    }
    carried
}

fn rules(table: &Table, kind: &str, key: &str) -> Vec<String> {
    items(table, kind).filter_map(|it| Some(format!("{kind}:{}", word(it, key)?))).collect()
}

fn items<'a>(table: &'a Table, key: &str) -> impl Iterator<Item = &'a Value> {
    table.get(key).and_then(Value::as_array).into_iter().flatten()
}

fn word(value: &Value, key: &str) -> Option<String> {
    value.get(key)?.as_str().map(str::to_owned)
}

fn label(role: &Value) -> Option<String> {
    english(role.get("label")?).map(str::to_owned)
}

fn english(value: &Value) -> Option<&str> {
    value.get("en")?.as_str()
}

//! What people wrote about each number: its state, what carries it, the tests that show it.

use std::collections::BTreeMap;

use toml::{Table, Value};

use super::LEDGER;
use crate::finding::Finding;

/// Everything that people wrote.
#[derive(Debug)]
pub(super) struct Ledger {
    /// By number: `SH-31`.
    pub(super) entries: BTreeMap<String, Entry>,
    /// In which line each number stands, counted from nought.
    lines: BTreeMap<String, usize>,
}

/// What people wrote about one number.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) state: State,
    /// Rules of the pack, commands, screens: `duty:sh-4.1.1-oral`, `command:judge-level`.
    pub(super) by: Vec<String>,
    /// The role that answers for it.
    pub(super) owner: Option<String>,
    /// Tests, scenarios and stories: `path::name`, `scenario:pack/id`, `story:file`, `browser:file`.
    pub(super) tests: Vec<String>,
    /// What a reader must know besides.
    pub(super) note: Option<Note>,
}

/// One line in both languages.
#[derive(Clone, Debug)]
pub(super) struct Note {
    pub(super) zh: String,
    pub(super) en: String,
}

/// How far the program carries an obligation out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum State {
    Works,
    Policy,
    DataOnly,
    Absent,
}

impl State {
    pub(super) const ALL: [Self; 4] = [Self::Works, Self::Policy, Self::DataOnly, Self::Absent];

    /// As people write it.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Works => "works",
            Self::Policy => "policy",
            Self::DataOnly => "data only",
            Self::Absent => "absent",
        }
    }
}

impl Ledger {
    pub(super) fn read(text: &str) -> Result<Self, Finding> {
        let table: Table =
            text.parse().map_err(|fault: toml::de::Error| Finding::of(LEDGER, fault.message()))?;
        let lines = lines_of(text);
        let mut ledger = Self { entries: BTreeMap::new(), lines };
        for (number, value) in &table {
            let entry = Entry::read(value).map_err(|what| ledger.finding(number, &what))?;
            ledger.entries.insert(number.clone(), entry);
        }
        Ok(ledger)
    }

    /// Something about one number, at its line.
    pub(super) fn finding(&self, number: &str, what: &str) -> Finding {
        let what = format!("{number}: {what}");
        match self.lines.get(number) {
            Some(line) => Finding::in_line(LEDGER, *line, what),
            None => Finding::of(LEDGER, what),
        }
    }
}

fn lines_of(text: &str) -> BTreeMap<String, usize> {
    let headings = text.lines().enumerate();
    let number =
        |line: &str| Some(line.trim().strip_prefix('[')?.strip_suffix(']')?.trim().to_owned());
    headings.filter_map(|(index, line)| Some((number(line)?, index))).collect()
}

impl Entry {
    fn read(value: &Value) -> Result<Self, String> {
        let table = value.as_table().ok_or("write it as a table")?;
        if let Some(key) = table.keys().find(|key| !KEYS.contains(&key.as_str())) {
            return Err(format!("there is no `{key}` here; there are {}", KEYS.join(", ")));
        }
        Ok(Self {
            state: state(table)?,
            by: words(table, "by")?,
            owner: table.get("owner").map(|value| line(value, "owner")).transpose()?,
            tests: words(table, "tests")?,
            note: table.get("note").map(note).transpose()?,
        })
    }
}

fn state(table: &Table) -> Result<State, String> {
    let word = table.get("state").and_then(Value::as_str).unwrap_or_default();
    State::ALL.into_iter().find(|state| state.word() == word).ok_or_else(|| {
        let states: Vec<&str> = State::ALL.iter().map(|state| state.word()).collect();
        format!("its state is `{word}`; there are {}", states.join(", "))
    })
}

fn words(table: &Table, key: &str) -> Result<Vec<String>, String> {
    match table.get(key) {
        None => Ok(Vec::new()),
        Some(Value::Array(items)) => items.iter().map(|item| line(item, key)).collect(),
        Some(_) => Err(format!("`{key}` is a list of texts")),
    }
}

fn note(value: &Value) -> Result<Note, String> {
    let said = |language: &str| {
        let text = value.get(language).ok_or_else(|| format!("the note lacks `{language}`"))?;
        line(text, "note")
    };
    Ok(Note { zh: said("zh")?, en: said("en")? })
}

/// A text of one line that says something.
fn line(value: &Value, key: &str) -> Result<String, String> {
    let text = value.as_str().map(str::trim).unwrap_or_default();
    if text.is_empty() || text.contains('\n') {
        return Err(format!("`{key}` needs a text of one line"));
    }
    Ok(text.to_owned())
}

const KEYS: [&str; 5] = ["state", "by", "owner", "tests", "note"];

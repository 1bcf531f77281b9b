//! Organisations from a table: every line is read before any is written.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use fengsui_response::{Details, OrganisationKind};
use fengsui_vocabulary::{DistrictCode, Label, Line, OrganisationId};
use serde::Deserialize;

use crate::Directory;

/// Lines of one table at most.
const LINES_MAX: usize = 20_000;

/// A table of organisations, read but not written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OrganisationImport {
    /// What would become of each line.
    pub lines: Vec<ImportLine>,
}

/// What would become of one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportLine {
    /// Its number in the file, the heading being 1.
    pub line: u64,
    /// The organisation, or what must be mended.
    pub outcome: Result<NewOrganisation, String>,
}

/// An organisation that is to be registered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewOrganisation {
    /// Its name; the English one may be empty.
    pub name: Label,
    /// The Chinese name of the one above it.
    pub parent: Option<String>,
    /// Where it is.
    pub district: Option<DistrictCode>,
    /// Its sector, such as 金融.
    pub sector: Option<Line>,
    /// What it is in the sense of the law.
    pub kinds: BTreeSet<OrganisationKind>,
    /// The telephone that is answered at every hour.
    pub telephone: Option<Line>,
}

impl NewOrganisation {
    /// The same as the registry keeps it, below its parent.
    pub(crate) fn into_details(self, parent: Option<OrganisationId>) -> Details {
        Details {
            name: self.name,
            parent,
            district: self.district,
            sector: self.sector,
            kinds: self.kinds,
            systems: Vec::new(),
            duty_telephone: self.telephone,
            responsible_post: None,
            contacts: None,
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    name_zh: String,
    #[serde(default)]
    name_en: String,
    #[serde(default)]
    kind: String,
    #[serde(default)]
    parent: String,
    #[serde(default)]
    district: String,
    #[serde(default)]
    sector: String,
    #[serde(default)]
    telephone: String,
}

impl OrganisationImport {
    /// Whether every line can be registered, and there is at least one.
    pub fn is_sound(&self) -> bool {
        !self.lines.is_empty() && self.lines.iter().all(|line| line.outcome.is_ok())
    }

    /// How many would be registered.
    pub fn count(&self) -> usize {
        self.lines.iter().filter(|line| line.outcome.is_ok()).count()
    }

    /// Reads a table against the registry: names must be new, parents known or on an earlier line.
    pub(crate) fn read(table: &str, directory: &Directory) -> Self {
        let table = table.trim_start_matches('\u{feff}');
        let mut reader =
            csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(table.as_bytes());
        let mut seen: BTreeMap<String, u64> = BTreeMap::new();
        let mut lines = Vec::new();
        for (index, row) in reader.deserialize::<Row>().enumerate() {
            let line = row_number(index, &row);
            if lines.len() == LINES_MAX {
                let problem = format!("a table has at most {LINES_MAX} lines; split it");
                lines.push(ImportLine { line, outcome: Err(problem) });
                break;
            }
            let outcome = row
                .map_err(|fault| without_place(&fault))
                .and_then(|row| organisation(row, line, directory, &mut seen));
            lines.push(ImportLine { line, outcome });
        }
        Self { lines }
    }
}

fn row_number(index: usize, row: &Result<Row, csv::Error>) -> u64 {
    let place = row.as_ref().err().and_then(csv::Error::position).map(csv::Position::line);
    place.unwrap_or_else(|| u64::try_from(index).unwrap_or(u64::MAX).saturating_add(2))
}

fn without_place(fault: &csv::Error) -> String {
    match fault.kind() {
        csv::ErrorKind::Deserialize { err, .. } => err.to_string(),
        csv::ErrorKind::Utf8 { .. } => "this is not UTF-8; save the table as UTF-8".to_owned(),
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
            format!("this line has {len} columns, the heading {expected_len}")
        }
        csv::ErrorKind::Io(_) | csv::ErrorKind::Seek | csv::ErrorKind::Serialize(_) | _ => {
            fault.to_string()
        }
    }
}

fn organisation(
    row: Row,
    line: u64,
    directory: &Directory,
    seen: &mut BTreeMap<String, u64>,
) -> Result<NewOrganisation, String> {
    let name: Line = row.name_zh.parse().map_err(|fault| format!("name_zh: {fault}"))?;
    if let Some(earlier) = seen.insert(name.to_string(), line) {
        return Err(format!("{name} is on line {earlier} already"));
    }
    if directory.named(&name).is_some() {
        return Err(format!("{name} is registered already"));
    }
    let parent = some(row.parent);
    if let Some(parent) = &parent
        && directory.named(parent).is_none()
        && seen.get(parent).is_none_or(|earlier| *earlier >= line)
    {
        return Err(format!("parent {parent} is neither registered nor on an earlier line"));
    }
    Ok(NewOrganisation {
        name: Label::new(name.to_string(), row.name_en),
        parent,
        district: parsed("district", some(row.district))?,
        sector: parsed("sector", some(row.sector))?,
        kinds: kinds(&row.kind)?,
        telephone: parsed("telephone", some(row.telephone))?,
    })
}

/// Kinds by the words that payloads use, several with spaces between; none means an operator.
fn kinds(text: &str) -> Result<BTreeSet<OrganisationKind>, String> {
    let kind = |word: &str| {
        serde_json::from_value(serde_json::Value::from(word))
            .map_err(|fault| format!("kind: {fault}"))
    };
    let kinds: BTreeSet<_> = text.split_whitespace().map(kind).collect::<Result<_, _>>()?;
    Ok(if kinds.is_empty() { BTreeSet::from([OrganisationKind::Operator]) } else { kinds })
}

fn some(text: String) -> Option<String> {
    (!text.is_empty()).then_some(text)
}

fn parsed<T: std::str::FromStr>(column: &str, text: Option<String>) -> Result<Option<T>, String>
where
    T::Err: fmt::Display,
{
    let read = |text: String| text.parse().map_err(|fault| format!("{column}: {fault}"));
    text.map(read).transpose()
}

impl fmt::Display for ImportLine {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.outcome {
            Ok(organisation) => write!(out, "line {}: {}", self.line, organisation.name.zh),
            Err(problem) => write!(out, "line {}: mend: {problem}", self.line),
        }
    }
}

//! Organisations from a table: every line is read before any is written.

mod row;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use fengsui_response::organisation::{NetworkMalformed, Networks};
use fengsui_response::{Details, OrganisationKind, System};
use fengsui_vocabulary::{DistrictCode, Label, Line, OrganisationId};

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
    /// The organisation, or everything that must be mended.
    pub outcome: Result<NewOrganisation, Vec<ImportProblem>>,
}

/// What must be mended, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportProblem {
    /// In which column; none where it is the line as a whole.
    pub column: Option<&'static str>,
    /// What is wrong.
    pub mistake: ImportMistake,
}

/// What can be wrong with a table.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ImportMistake {
    /// Nothing where something must be.
    #[error("this must not be empty")]
    Empty,
    /// An earlier line has the name.
    #[error("{name} is on line {line} already")]
    NamedBefore {
        /// The name.
        name: String,
        /// The line.
        line: u64,
    },
    /// The registry has the name.
    #[error("{name} is registered already")]
    Registered {
        /// The name.
        name: String,
    },
    /// Nobody above it is called so.
    #[error("{parent} is neither registered nor on an earlier line")]
    ParentUnknown {
        /// The name.
        parent: String,
    },
    /// A word that is none of those that are known here.
    #[error("{word} is not known here; use one of {known}")]
    Unknown {
        /// The word.
        word: String,
        /// Those that are known.
        known: String,
    },
    /// No network.
    #[error("{text}: {why}")]
    Network {
        /// What is there.
        text: String,
        /// Why it is none.
        why: NetworkMalformed,
    },
    /// Two systems with one name.
    #[error("the system {name} is there twice")]
    SystemTwice {
        /// The name.
        name: String,
    },
    /// Designated, but not said to be critical.
    #[error("the system {name} is designated, so its importance is critical")]
    NotCritical {
        /// The name.
        name: String,
    },
    /// More than one organisation has.
    #[error("{count} are too many; at most {count_max} fit")]
    TooMany {
        /// How many there are.
        count: usize,
        /// How many fit.
        count_max: usize,
    },
    /// Not as it has to be, in the words of whoever read it.
    #[error("{0}")]
    Malformed(String),
    /// Another number of columns than the heading has.
    #[error("this line has {count} columns, the heading {wanted}")]
    Columns {
        /// How many there are.
        count: u64,
        /// How many there must be.
        wanted: u64,
    },
    /// Bytes that are no text.
    #[error("this is not UTF-8; save the table as UTF-8")]
    NotText,
    /// More lines than a table has.
    #[error("a table has at most {lines_max} lines; split it")]
    TooLong {
        /// How many it has.
        lines_max: usize,
    },
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
    /// The post that answers for security.
    pub post: Option<Line>,
    /// Its systems.
    pub systems: Vec<System>,
    /// Its networks.
    pub networks: Networks,
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
            systems: self.systems,
            duty_telephone: self.telephone,
            responsible_post: self.post,
            contacts: None,
            networks: self.networks,
            filings: Vec::new(),
        }
    }
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
        // Between CR and LF the reader does not know yet that a line has ended.
        let table = table.trim_start_matches('\u{feff}').replace("\r\n", "\n");
        let mut reader =
            csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(table.as_bytes());
        let headings = match reader.headers() {
            Ok(headings) => headings.clone(),
            Err(fault) => return Self { lines: vec![of_fault(&fault, 1)] },
        };
        let mut seen: BTreeMap<String, u64> = BTreeMap::new();
        let mut lines: Vec<ImportLine> = Vec::new();
        for record in reader.records() {
            let line = match record {
                _ if lines.len() == LINES_MAX => {
                    let mistake = ImportMistake::TooLong { lines_max: LINES_MAX };
                    lines.push(ImportLine { line: last(&lines) + 1, outcome: whole(mistake) });
                    break;
                }
                Err(fault) => of_fault(&fault, last(&lines) + 1),
                Ok(record) => {
                    let line = record.position().map_or(0, csv::Position::line);
                    let outcome = match record.deserialize(Some(&headings)) {
                        Ok(row) => row::organisation(row, line, directory, &mut seen),
                        Err(fault) => of_fault(&fault, line).outcome,
                    };
                    ImportLine { line, outcome }
                }
            };
            lines.push(line);
        }
        Self { lines }
    }
}

fn last(lines: &[ImportLine]) -> u64 {
    lines.last().map_or(1, |line| line.line)
}

fn whole(mistake: ImportMistake) -> Result<NewOrganisation, Vec<ImportProblem>> {
    Err(vec![ImportProblem { column: None, mistake }])
}

fn of_fault(fault: &csv::Error, line: u64) -> ImportLine {
    let mistake = match fault.kind() {
        csv::ErrorKind::Deserialize { err, .. } => ImportMistake::Malformed(err.to_string()),
        csv::ErrorKind::Utf8 { .. } => ImportMistake::NotText,
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
            ImportMistake::Columns { count: *len, wanted: *expected_len }
        }
        csv::ErrorKind::Io(_) | csv::ErrorKind::Seek | csv::ErrorKind::Serialize(_) | _ => {
            ImportMistake::Malformed(fault.to_string())
        }
    };
    ImportLine { line: fault.position().map_or(line, csv::Position::line), outcome: whole(mistake) }
}

impl fmt::Display for ImportProblem {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.column {
            Some(column) => write!(out, "{column}: {}", self.mistake),
            None => self.mistake.fmt(out),
        }
    }
}

impl fmt::Display for ImportLine {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.outcome {
            Ok(organisation) => write!(out, "line {}: {}", self.line, organisation.name.zh),
            Err(problems) => {
                let problems: Vec<String> = problems.iter().map(ToString::to_string).collect();
                write!(out, "line {}: mend: {}", self.line, problems.join("; "))
            }
        }
    }
}

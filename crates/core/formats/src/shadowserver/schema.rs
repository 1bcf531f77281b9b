//! The schema: which reports there are and what their columns mean.
//!
//! Two shapes are published and both are read. The list of reports says of each its `name`, `url`, class and
//! `fields` (names only): what a column means is then taken from [`super::columns`]. The schema for
//! the `IntelMQ` parser says it itself: `required_fields` and `optional_fields` as `[to, from, conversion]`
//! and `constant_fields`. The files themselves are not part of this program.

use std::collections::{BTreeMap, BTreeSet};

use fengsui_records::{Classification, Column};
use serde_json::{Map, Value};

use super::columns;
use super::convert::Conversion;

/// The reports there are and what their columns mean.
#[derive(Debug)]
pub struct Schema {
    sheets: BTreeMap<String, Sheet>,
}

/// Why a text is no schema.
#[derive(Debug, thiserror::Error)]
pub enum SchemaFault {
    /// More bytes than a schema can have.
    #[error(
        "the schema has {0} bytes, more than {SCHEMA_BYTES_MAX}; give the file of the report schema"
    )]
    TooLong(usize),
    /// No JSON.
    #[error("the schema is not JSON; fetch the file anew")]
    NotJson {
        /// Where and why.
        #[source]
        source: serde_json::Error,
    },
    /// JSON, and not a list of reports.
    #[error("the schema names no reports; give the file of the report schema")]
    NoReports,
    /// More reports than there can be.
    #[error(
        "the schema names {0} reports, more than {REPORTS_MAX}; give the file of the report schema"
    )]
    TooManyReports(usize),
    /// One report is not as it should be.
    #[error("{place} of the schema {wrong}; fetch the file anew or correct it there")]
    Report {
        /// Where: `scan_rdp.fields[3]`.
        place: String,
        /// What is wrong there.
        wrong: &'static str,
    },
}

/// One kind of report.
#[derive(Debug)]
pub(super) struct Sheet {
    /// Its code: `scan_rdp`.
    pub(super) code: String,
    /// Its name: `Accessible-RDP`.
    pub(super) title: String,
    /// Where it is described.
    pub(super) url: Option<String>,
    /// What the schema says it is, in its own words.
    pub(super) class: Option<String>,
    /// Values every row has.
    pub(super) constants: Vec<(Target, String)>,
    /// What becomes of a column.
    pub(super) fields: BTreeMap<String, Vec<Field>>,
    /// The columns nothing can be said without: of each group at least one.
    pub(super) needed: Vec<Vec<String>>,
    /// The prefix of the columns of the side the report is about.
    pub(super) subject: &'static str,
}

/// What becomes of a cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Field {
    pub(super) target: Target,
    pub(super) conversion: Conversion,
}

/// Where a value goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// Into a column.
    Column(Column),
    /// Into `extra`, under this name.
    Extra(String),
}

impl Schema {
    /// Reads the published schema.
    pub fn read(json: &[u8]) -> Result<Self, SchemaFault> {
        if json.len() > SCHEMA_BYTES_MAX {
            return Err(SchemaFault::TooLong(json.len()));
        }
        let root: Value =
            serde_json::from_slice(json).map_err(|source| SchemaFault::NotJson { source })?;
        let Value::Object(reports) = root else {
            return Err(SchemaFault::NoReports);
        };
        if reports.len() > REPORTS_MAX {
            return Err(SchemaFault::TooManyReports(reports.len()));
        }
        let mut sheets = BTreeMap::new();
        for (code, report) in reports.iter().filter(|(code, _)| !code.starts_with('_')) {
            sheets.insert(code.to_ascii_lowercase(), Sheet::read(code, report)?);
        }
        if sheets.is_empty() {
            return Err(SchemaFault::NoReports);
        }
        Ok(Self { sheets })
    }

    /// How many reports it knows.
    pub fn len(&self) -> usize {
        self.sheets.len()
    }

    /// Whether it knows none; a schema that was read always knows some.
    pub fn is_empty(&self) -> bool {
        self.sheets.is_empty()
    }

    /// The report a file name or a subject names: by its code, else by its title.
    pub(super) fn named(&self, name: &str) -> Option<View<'_>> {
        let name = name.to_ascii_lowercase();
        let words = name.split(|letter: char| !(letter.is_ascii_alphanumeric() || letter == '_'));
        let coded = words.filter_map(|word| self.sheets.get(word)).max_by_key(|s| s.code.len());
        let titled = || {
            let within = |sheet: &&Sheet| stands_in(&name, &sheet.title.to_ascii_lowercase());
            self.sheets.values().filter(within).max_by_key(|sheet| sheet.title.len())
        };
        coded.or_else(titled).map(|sheet| self.view(sheet))
    }

    /// The one report whose columns these are; `None` where there are several or none.
    pub(super) fn fitting(&self, header: &[&str]) -> Option<View<'_>> {
        let header: BTreeSet<String> =
            header.iter().map(|cell| cell.to_ascii_lowercase()).collect();
        let holds = |sheet: &&Sheet| header.iter().all(|cell| sheet.fields.contains_key(cell));
        let only = |exactly: bool| {
            let mut fitting = self
                .sheets
                .values()
                .filter(holds)
                .filter(|sheet| !exactly || sheet.fields.len() == header.len());
            fitting.next().filter(|_| fitting.next().is_none())
        };
        only(true).or_else(|| only(false)).map(|sheet| self.view(sheet))
    }

    fn view<'a>(&'a self, sheet: &'a Sheet) -> View<'a> {
        let twin = sheet.class.is_none().then(|| twin(&sheet.code)).flatten();
        let twin = twin.and_then(|code| self.sheets.get(&code));
        let class = sheet.class.as_deref().or(twin.and_then(|twin| twin.class.as_deref()));
        View { sheet, class }
    }
}

/// A report as its rows are read by it.
#[derive(Clone, Copy, Debug)]
pub(super) struct View<'a> {
    pub(super) sheet: &'a Sheet,
    /// What it is: where the schema says it only of the same report for version 4, then that.
    pub(super) class: Option<&'a str>,
}

impl View<'_> {
    pub(super) fn classification(&self) -> Option<Classification> {
        self.class.and_then(Classification::from_name)
    }
}

impl Sheet {
    fn read(code: &str, report: &Value) -> Result<Self, SchemaFault> {
        let Value::Object(report) = report else {
            return Err(fault(code.to_owned(), "is not an object"));
        };
        let mut sheet = Self {
            code: code.to_owned(),
            title: text(report, "name").or(text(report, "feed_name")).unwrap_or(code).to_owned(),
            url: text(report, "url").map(str::to_owned),
            class: text(report, "classification.type").map(str::to_owned),
            constants: Vec::new(),
            fields: BTreeMap::new(),
            needed: Vec::new(),
            subject: "",
        };
        if report.contains_key("fields") {
            sheet.read_names(report)?;
        } else {
            sheet.read_mapped(report)?;
        }
        if sheet.fields.is_empty() {
            return Err(fault(code.to_owned(), "has no fields"));
        }
        Ok(sheet)
    }

    /// The shape that lists names.
    fn read_names(&mut self, report: &Map<String, Value>) -> Result<(), SchemaFault> {
        let mut names = Vec::new();
        for (at, field) in list(report, &self.code, "fields")?.iter().enumerate() {
            let Some(name) = field.as_str().filter(|name| !name.is_empty()) else {
                return Err(fault(format!("{}.fields[{at}]", self.code), "is not a name"));
            };
            names.push(name.to_ascii_lowercase());
        }
        self.subject = columns::subject(&names);
        for name in &names {
            let field = columns::meaning(name, self.subject, &names);
            self.fields.insert(name.clone(), vec![field]);
        }
        self.needed = columns::needed(&self.fields);
        Ok(())
    }

    /// The shape that says where each column goes.
    fn read_mapped(&mut self, report: &Map<String, Value>) -> Result<(), SchemaFault> {
        for (from, field) in mapped(report, &self.code, "required_fields")? {
            self.needed.push(vec![from.clone()]);
            self.fields.entry(from).or_default().push(field);
        }
        for (from, field) in mapped(report, &self.code, "optional_fields")? {
            self.fields.entry(from).or_default().push(field);
        }
        let Some(Value::Object(constants)) = report.get("constant_fields") else {
            return Ok(());
        };
        for (name, value) in constants {
            let place = || format!("{}.constant_fields.{name}", self.code);
            let value = value.as_str().ok_or_else(|| fault(place(), "is not a text"))?;
            self.take_constant(name, value);
        }
        Ok(())
    }

    fn take_constant(&mut self, name: &str, value: &str) {
        match name {
            "classification.type" => self.class = Some(value.to_owned()),
            // It follows from the type.
            "classification.taxonomy" => {}
            other => self.constants.push((Target::of(other, other), value.to_owned())),
        }
    }
}

impl Target {
    /// Where a dotted name points; `extra.` alone means: under the column's own name.
    fn of(name: &str, from: &str) -> Self {
        match (Column::from_name(name), name.strip_prefix("extra.")) {
            (Some(Column::Extra), _) | (None, Some("")) => Self::Extra(from.to_owned()),
            (Some(column), _) => Self::Column(column),
            (None, Some(member)) => Self::Extra(member.to_owned()),
            (None, None) => Self::Extra(name.to_owned()),
        }
    }
}

fn mapped(
    report: &Map<String, Value>,
    code: &str,
    name: &str,
) -> Result<Vec<(String, Field)>, SchemaFault> {
    let wrong = "is not [target, column] or [target, column, conversion]";
    let read =
        |(at, field)| read_field(field).ok_or_else(|| fault(format!("{code}.{name}[{at}]"), wrong));
    list(report, code, name)?.iter().enumerate().map(read).collect()
}

fn read_field(field: &Value) -> Option<(String, Field)> {
    let parts = field.as_array()?;
    let target = parts.first()?.as_str()?;
    let from = parts.get(1)?.as_str()?;
    let conversion = match parts.get(2) {
        None | Some(Value::Null) => Conversion::Plain,
        Some(name) => Conversion::of(name.as_str()?),
    };
    let target = Target::of(target, from);
    Some((from.to_ascii_lowercase(), Field { target, conversion }))
}

/// The code of the same report for version 4: `scan6_rdp` is `scan_rdp`, `event6_sinkhole` is `event4_sinkhole`.
fn twin(code: &str) -> Option<String> {
    match code.split_once("6_") {
        Some(("event", rest)) => Some(format!("event4_{rest}")),
        Some((kind, rest)) => Some(format!("{kind}_{rest}")),
        None => code.strip_suffix('6').map(str::to_owned),
    }
}

/// Whether a title stands in a text as a whole word.
fn stands_in(text: &str, title: &str) -> bool {
    let joins = |letter: Option<char>| letter.is_some_and(|l| l.is_alphanumeric() || l == '-');
    !title.is_empty()
        && text.match_indices(title).any(|(at, found)| {
            let before = text.get(..at).and_then(|before| before.chars().next_back());
            let after = text.get(at + found.len()..).and_then(|after| after.chars().next());
            !joins(before) && !joins(after)
        })
}

fn text<'a>(report: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    report.get(name).and_then(Value::as_str).filter(|text| !text.is_empty())
}

fn list<'a>(
    report: &'a Map<String, Value>,
    code: &str,
    name: &str,
) -> Result<&'a [Value], SchemaFault> {
    let place = || format!("{code}.{name}");
    match report.get(name) {
        None => Ok(&[]),
        Some(Value::Array(fields)) if fields.len() <= FIELDS_MAX => Ok(fields),
        Some(Value::Array(_)) => Err(fault(place(), "has too many fields")),
        Some(_) => Err(fault(place(), "is not a list")),
    }
}

fn fault(place: String, wrong: &'static str) -> SchemaFault {
    SchemaFault::Report { place, wrong }
}

/// Bytes of a schema; the one of 2026 has fewer than 200,000.
const SCHEMA_BYTES_MAX: usize = 8 * 1024 * 1024;

/// Reports of a schema; there are 170.
const REPORTS_MAX: usize = 2_000;

/// Fields of one report.
const FIELDS_MAX: usize = 2_000;

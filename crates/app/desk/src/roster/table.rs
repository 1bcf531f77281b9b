//! A month of the roster as a table: `date,shift,post,first,deputies`, people by what they type to sign
//! in. Every line is read before any is written, and what is wrong is told with line and column.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use fengsui_response::roster::{Month, PEOPLE_MAX, Roster};
use fengsui_response::{FilledSlot, Slot};
use fengsui_vocabulary::PersonId;
use jiff::civil::Date;
use serde::Deserialize;

use super::Logins;

/// Lines of one table at most: more than a year of one post has.
const LINES_MAX: usize = 4_000;

/// Months that one table may touch.
const MONTHS_MAX: usize = 24;

/// A table of slots, read but not written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RosterImport {
    /// What would become of each line.
    pub lines: Vec<RosterLine>,
}

/// What would become of one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RosterLine {
    /// Its number in the file, the heading being 1.
    pub line: u64,
    /// Who stands where, or everything that must be mended.
    pub outcome: Result<FilledSlot, Vec<RosterProblem>>,
}

/// What must be mended, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RosterProblem {
    /// In which column; none where it is the line as a whole.
    pub column: Option<&'static str>,
    /// What is wrong.
    pub mistake: RosterMistake,
}

/// What can be wrong with a table.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RosterMistake {
    /// No day.
    #[error("`{0}` is no day; write it as 2026-03-14")]
    NoDay(String),
    /// The day has no such shift.
    #[error("{on} has no shift `{shift}`; it has {known}")]
    NoShift {
        /// The day.
        on: Date,
        /// What is there.
        shift: String,
        /// What could be.
        known: String,
    },
    /// There is no such post.
    #[error("there is no post `{post}`; there are {known}")]
    NoPost {
        /// What is there.
        post: String,
        /// What could be.
        known: String,
    },
    /// Nobody signs in so, or not as an officer or leader.
    #[error("`{0}` is the login of nobody who may stand a post")]
    Nobody(String),
    /// Nobody is named.
    #[error("name who stands it")]
    Empty,
    /// Twice in one slot.
    #[error("`{0}` is named twice")]
    Twice(String),
    /// More people than a slot has.
    #[error("{count} people: at most {count_max} fit")]
    TooMany {
        /// How many there are.
        count: usize,
        /// How many fit.
        count_max: usize,
    },
    /// An earlier line has this slot.
    #[error("line {0} names people for this already")]
    NamedBefore(u64),
    /// An earlier line has the same person first at another post of this shift.
    #[error("`{login}` stands {post} in this shift already, on line {line}")]
    StandsElsewhere {
        /// Who.
        login: String,
        /// Where.
        post: String,
        /// On which line.
        line: u64,
    },
    /// Not as it has to be, in the words of whoever read it.
    #[error("{0}")]
    Malformed(String),
    /// Bytes that are no text.
    #[error("this is not UTF-8; save the table as UTF-8")]
    NotText,
    /// More than a table has.
    #[error("a table has at most {lines_max} lines and {months_max} months; split it")]
    TooLong {
        /// How many lines.
        lines_max: usize,
        /// How many months.
        months_max: usize,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    date: String,
    shift: String,
    post: String,
    #[serde(default)]
    first: String,
    #[serde(default)]
    deputies: String,
}

impl RosterImport {
    /// Whether every line can be taken, and there is at least one.
    pub fn is_sound(&self) -> bool {
        !self.lines.is_empty() && self.lines.iter().all(|line| line.outcome.is_ok())
    }

    /// What must be mended, each as a sentence with its place.
    pub fn problems(&self) -> impl Iterator<Item = String> {
        self.lines.iter().filter(|line| line.outcome.is_err()).map(ToString::to_string)
    }

    pub(super) fn read(table: &str, roster: &Roster<'_>, logins: &Logins) -> Self {
        let table = plain(table);
        let mut reader = reader(&table);
        let headings = match reader.headers() {
            Ok(headings) => headings.clone(),
            Err(fault) => return Self { lines: vec![of_fault(&fault, 1)] },
        };
        let mut seen = Seen { roster, logins, slots: BTreeMap::new(), firsts: BTreeMap::new() };
        let mut lines: Vec<RosterLine> = Vec::new();
        for record in reader.records() {
            let next = lines.last().map_or(2, |line| line.line + 1);
            let line = match record {
                _ if lines.len() == LINES_MAX => too_long(next),
                Err(fault) => of_fault(&fault, next),
                Ok(record) => {
                    let line = record.position().map_or(next, csv::Position::line);
                    let outcome = match record.deserialize(Some(&headings)) {
                        Ok(row) => seen.slot(&row, line),
                        Err(fault) => of_fault(&fault, line).outcome,
                    };
                    RosterLine { line, outcome }
                }
            };
            lines.push(line);
            if lines.len() > LINES_MAX {
                break;
            }
        }
        if months_of(&table).len() == MONTHS_MAX {
            lines.push(too_long(lines.last().map_or(1, |line| line.line)));
        }
        Self { lines }
    }
}

/// The months that a table speaks of, as far as they can be read.
pub(super) fn months_of(table: &str) -> BTreeSet<Month> {
    let table = plain(table);
    let mut reader = reader(&table);
    let mut months = BTreeSet::new();
    for record in reader.records().take(LINES_MAX).flatten() {
        months.extend(record.get(0).and_then(day).map(Month::of));
        if months.len() == MONTHS_MAX {
            break;
        }
    }
    months
}

/// Slots as a table that can be read again.
pub(super) fn written(slots: &[FilledSlot], logins: &Logins) -> String {
    let mut table = csv::Writer::from_writer(Vec::new());
    let login = |person: &PersonId| logins.by_person.get(person).map(|login| cell(login));
    let mut lines = vec![["date", "shift", "post", "first", "deputies"].map(str::to_owned)];
    for FilledSlot { slot, people } in slots {
        let mut people = people.iter().filter_map(login);
        let first = people.next().unwrap_or_default();
        let deputies = people.collect::<Vec<_>>().join(" ");
        let (shift, post) = (slot.shift.to_string(), slot.post.to_string());
        lines.push([slot.on.to_string(), shift, post, first, deputies]);
    }
    for line in lines {
        // Writing into memory does not fail.
        let _written = table.write_record(line);
    }
    String::from_utf8(table.into_inner().unwrap_or_default()).unwrap_or_default()
}

/// What was read so far.
struct Seen<'a> {
    roster: &'a Roster<'a>,
    logins: &'a Logins,
    slots: BTreeMap<Slot, u64>,
    firsts: BTreeMap<(Date, String, PersonId), (String, u64)>,
}

impl Seen<'_> {
    fn slot(&mut self, row: &Row, line: u64) -> Result<FilledSlot, Vec<RosterProblem>> {
        let mut problems = Vec::new();
        let mut note = |column, mistake| problems.push(RosterProblem { column, mistake });
        let on = day(&row.date);
        if on.is_none() {
            note(Some("date"), RosterMistake::NoDay(short(&row.date)));
        }
        if let Some(mistake) = on.and_then(|on| self.shift_mistake(on, &row.shift)) {
            note(Some("shift"), mistake);
        }
        if self.roster.post(&row.post).is_none() {
            let known = names(self.roster.settings.posts.iter().map(|post| post.id.as_str()));
            note(Some("post"), RosterMistake::NoPost { post: short(&row.post), known });
        }
        let people = self.people(row, &mut note);
        let slot = on.and_then(|on| {
            Some(Slot { on, shift: row.shift.parse().ok()?, post: row.post.parse().ok()? })
        });
        let Some(slot) = slot.filter(|_| problems.is_empty()) else { return Err(problems) };
        self.note_overlaps(&slot, (row, line), people.first().copied())?;
        Ok(FilledSlot { slot, people })
    }

    fn shift_mistake(&self, on: Date, shift: &str) -> Option<RosterMistake> {
        let times = self.roster.shifts_of(on);
        if times.iter().any(|time| time.shift.id == *shift) {
            return None;
        }
        let known = names(times.iter().map(|time| time.shift.id.as_str()));
        Some(RosterMistake::NoShift { on, shift: short(shift), known })
    }

    fn people(
        &self,
        row: &Row,
        note: &mut impl FnMut(Option<&'static str>, RosterMistake),
    ) -> Vec<PersonId> {
        let mut people: Vec<PersonId> = Vec::new();
        let typed = [("first", &row.first), ("deputies", &row.deputies)];
        for (column, text) in typed {
            let is_between = |it: char| it.is_whitespace() || BETWEEN.contains(&it);
            let logins: Vec<&str> =
                text.split(is_between).filter(|login| !login.is_empty()).collect();
            if column == "first" && logins.is_empty() {
                note(Some(column), RosterMistake::Empty);
            }
            for login in logins {
                match self.person(login, &people) {
                    Ok(person) => people.push(person),
                    Err(mistake) => note(Some(column), mistake),
                }
            }
        }
        let (count, count_max) = (people.len(), PEOPLE_MAX);
        if count > count_max {
            note(Some("deputies"), RosterMistake::TooMany { count, count_max });
        }
        people
    }

    fn person(&self, login: &str, so_far: &[PersonId]) -> Result<PersonId, RosterMistake> {
        let login = as_typed(login).to_lowercase();
        match self.logins.by_login.get(&login) {
            None => Err(RosterMistake::Nobody(short(&login))),
            Some(person) if so_far.contains(person) => Err(RosterMistake::Twice(login)),
            Some(person) => Ok(*person),
        }
    }

    /// Two lines for one slot, or one person first at two posts of a shift.
    fn note_overlaps(
        &mut self,
        slot: &Slot,
        (row, line): (&Row, u64),
        first: Option<PersonId>,
    ) -> Result<(), Vec<RosterProblem>> {
        if let Some(earlier) = self.slots.insert(slot.clone(), line) {
            let mistake = RosterMistake::NamedBefore(earlier);
            return Err(vec![RosterProblem { column: None, mistake }]);
        }
        let Some(first) = first else { return Ok(()) };
        let key = (slot.on, slot.shift.to_string(), first);
        let here = (slot.post.to_string(), line);
        if let Some((post, line)) = self.firsts.insert(key, here) {
            let mistake = RosterMistake::StandsElsewhere { login: row.first.clone(), post, line };
            return Err(vec![RosterProblem { column: Some("first"), mistake }]);
        }
        Ok(())
    }
}

fn reader(table: &str) -> csv::Reader<&[u8]> {
    csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(table.as_bytes())
}

/// Between CR and LF the reader does not know yet that a line has ended.
fn plain(table: &str) -> String {
    table.trim_start_matches('\u{feff}').replace("\r\n", "\n")
}

fn day(text: &str) -> Option<Date> {
    let day: Date = text.trim().parse().ok()?;
    (text.trim().len() == "2026-03-14".len()).then_some(day)
}

fn of_fault(fault: &csv::Error, line: u64) -> RosterLine {
    let mistake = match fault.kind() {
        csv::ErrorKind::Utf8 { .. } => RosterMistake::NotText,
        csv::ErrorKind::Deserialize { err, .. } => RosterMistake::Malformed(err.to_string()),
        csv::ErrorKind::UnequalLengths { .. }
        | csv::ErrorKind::Io(_)
        | csv::ErrorKind::Seek
        | csv::ErrorKind::Serialize(_)
        | _ => RosterMistake::Malformed(fault.to_string()),
    };
    let line = fault.position().map_or(line, csv::Position::line);
    RosterLine { line, outcome: Err(vec![RosterProblem { column: None, mistake }]) }
}

fn too_long(line: u64) -> RosterLine {
    let mistake = RosterMistake::TooLong { lines_max: LINES_MAX, months_max: MONTHS_MAX };
    RosterLine { line, outcome: Err(vec![RosterProblem { column: None, mistake }]) }
}

/// A cell that no program for tables takes for a formula.
fn cell(text: &str) -> String {
    let is_formula = text.starts_with(['=', '+', '-', '@']);
    if is_formula { format!("'{text}") } else { text.to_owned() }
}

fn as_typed(text: &str) -> &str {
    text.strip_prefix('\'').unwrap_or(text)
}

fn names<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let names = names.collect::<Vec<_>>().join(", ");
    if names.is_empty() { "none".to_owned() } else { names }
}

fn short(text: &str) -> String {
    text.chars().take(40).collect()
}

/// What may stand between deputies besides blanks.
const BETWEEN: [char; 5] = [',', ';', '，', '；', '、'];

impl fmt::Display for RosterProblem {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.column {
            Some(column) => write!(out, "{column}: {}", self.mistake),
            None => self.mistake.fmt(out),
        }
    }
}

impl fmt::Display for RosterLine {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.outcome {
            Ok(filled) => write!(out, "line {}: {}", self.line, filled.slot.place()),
            Err(problems) => {
                let problems: Vec<String> = problems.iter().map(ToString::to_string).collect();
                write!(out, "line {}: mend: {}", self.line, problems.join("; "))
            }
        }
    }
}

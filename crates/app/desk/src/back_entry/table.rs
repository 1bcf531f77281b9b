//! The rows of a back-entry as a table: written for filling in, and read again.
//!
//! Every line is read before any is entered. One that cannot be read keeps the whole table back; one that
//! is refused by a rule does not, because that is found out only when it is entered.

use std::collections::BTreeMap;

use fengsui_plan::Channel;
use fengsui_vocabulary::{Line, Prose, TextOutOfRange};
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use super::{BackEntry, DoneBefore, LoggedBefore};
use crate::{Desk, DeskFault, OpenCase, OpenDuty};

/// Lines of one table at most.
const LINES_MAX: usize = 2_000;

/// Problems that are told at most: who has so many mends the table, not the lines.
const PROBLEMS_MAX: usize = 200;

/// The columns of the table. `what` and `due` are there to be read by people.
pub const TABLE_COLUMNS: [&str; 10] =
    ["case", "duty", "what", "due", "done_at", "channel", "by", "whom", "note", "late_because"];

/// A table that was read; nothing of it is entered yet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BackEntryTable {
    /// What is to be entered, with the line it stands on.
    pub rows: Vec<(u64, BackEntry)>,
    /// What must be mended first.
    pub problems: Vec<TableProblem>,
}

/// What must be mended, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableProblem {
    /// The line, the heading being 1.
    pub line: u64,
    /// The column; none where it is the line as a whole.
    pub column: Option<&'static str>,
    /// What is wrong.
    pub mistake: TableMistake,
}

/// What can be wrong with a table.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TableMistake {
    /// Nothing where something must be.
    #[error("this must not be empty")]
    Empty,
    /// A text that does not fit.
    #[error("at most {chars_max} characters fit")]
    TooLong {
        /// How many fit.
        chars_max: usize,
    },
    /// A character that no text has.
    #[error("this holds a character that cannot be kept")]
    Nul,
    /// No time.
    #[error("`{0}` is no time; write 2026-03-14 08:30")]
    NoTime(String),
    /// A time to come.
    #[error("this lies in the future")]
    Future,
    /// Neither of the two channels.
    #[error("`{0}` is no channel; write oral or written")]
    NoChannel(String),
    /// Nothing is open under this number.
    #[error("nothing is open under the number `{0}`")]
    NoCase(String),
    /// The heading lacks a column.
    #[error("the column `{0}` is missing in the heading")]
    NoColumn(&'static str),
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
    TooManyLines {
        /// How many it may have.
        lines_max: usize,
    },
    /// Nothing is filled in.
    #[error("no line of the table says that anything was done")]
    Nothing,
}

impl Desk {
    /// The open duties as a table to be filled in.
    pub fn back_entry_table(&self, cases: &[OpenCase]) -> Result<String, DeskFault> {
        let zone = self.zone();
        let mut writer = csv::Writer::from_writer(Vec::new());
        let wrong = |fault: csv::Error| DeskFault::Unreadable(fault.to_string());
        writer.write_record(TABLE_COLUMNS).map_err(wrong)?;
        for (case, duty) in cases.iter().flat_map(rows_of) {
            let due = duty.due.map(|due| clock(due, &zone)).unwrap_or_default();
            let channel = if duty.channel == Channel::Oral { "oral" } else { "written" };
            let (key, what) = (duty.key(), duty.label.zh.as_str());
            let (number, due) = (case.number.as_str(), due.as_str());
            let row = [number, key.as_str(), what, due, "", channel, "", "", "", ""];
            writer.write_record(row).map_err(wrong)?;
        }
        let bytes =
            writer.into_inner().map_err(|fault| DeskFault::Unreadable(fault.to_string()))?;
        // Spreadsheets take a table for UTF-8 only when it says so.
        let text = String::from_utf8(bytes).map_err(|_binary| unreadable_text())?;
        Ok(format!("\u{feff}{text}"))
    }

    /// Reads a table that was filled in, against what is open.
    pub fn read_back_entries(&self, table: &[u8], cases: &[OpenCase]) -> BackEntryTable {
        let mut read = BackEntryTable::default();
        let Ok(table) = std::str::from_utf8(table) else {
            read.wrong(1, None, TableMistake::NotText);
            return read;
        };
        let table = table.trim_start_matches('\u{feff}').replace("\r\n", "\n");
        let mut reader =
            csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(table.as_bytes());
        let Some(columns) = read.columns(&mut reader) else { return read };
        let streams: BTreeMap<&str, &str> =
            cases.iter().map(|case| (case.number.as_str(), case.stream.as_str())).collect();
        let (now, zone) = (self.now(), self.zone());
        let mut line = 1;
        for (count, record) in reader.records().enumerate() {
            if count >= LINES_MAX {
                let mistake = TableMistake::TooManyLines { lines_max: LINES_MAX };
                read.wrong(line + 1, None, mistake);
                break;
            }
            match record {
                Err(fault) => {
                    line = fault.position().map_or(line + 1, csv::Position::line);
                    read.wrong(line, None, of_fault(&fault));
                }
                Ok(record) => {
                    line = record.position().map_or(line + 1, csv::Position::line);
                    let mut reading = Reading {
                        line,
                        record: &record,
                        columns: &columns,
                        streams: &streams,
                        now,
                        zone: &zone,
                        read: &mut read,
                    };
                    reading.row();
                }
            }
        }
        if read.rows.is_empty() && read.problems.is_empty() {
            read.wrong(line, None, TableMistake::Nothing);
        }
        read
    }
}

impl BackEntryTable {
    /// Whether every line can be read, and one at least says something.
    pub fn is_sound(&self) -> bool {
        self.problems.is_empty() && !self.rows.is_empty()
    }

    fn wrong(&mut self, line: u64, column: Option<&'static str>, mistake: TableMistake) {
        if self.problems.len() < PROBLEMS_MAX {
            self.problems.push(TableProblem { line, column, mistake });
        }
    }

    /// Where each column stands; none when one that is needed is missing.
    fn columns(
        &mut self,
        reader: &mut csv::Reader<&[u8]>,
    ) -> Option<BTreeMap<&'static str, usize>> {
        let headings = match reader.headers() {
            Ok(headings) => headings.clone(),
            Err(fault) => {
                self.wrong(1, None, of_fault(&fault));
                return None;
            }
        };
        let mut columns = BTreeMap::new();
        for column in TABLE_COLUMNS {
            match headings.iter().position(|heading| heading == column) {
                Some(place) => drop(columns.insert(column, place)),
                None if matches!(column, "what" | "due") => {}
                None => self.wrong(1, Some(column), TableMistake::NoColumn(column)),
            }
        }
        self.problems.is_empty().then_some(columns)
    }
}

/// One line being read.
struct Reading<'a> {
    line: u64,
    record: &'a csv::StringRecord,
    columns: &'a BTreeMap<&'static str, usize>,
    streams: &'a BTreeMap<&'a str, &'a str>,
    now: Timestamp,
    zone: &'a TimeZone,
    read: &'a mut BackEntryTable,
}

impl<'a> Reading<'a> {
    fn row(&mut self) {
        let filled = ["done_at", "by", "whom", "note", "late_because"];
        if filled.iter().all(|column| self.cell(column).is_empty()) {
            return; // still open: nothing was done
        }
        let known = self.read.problems.len();
        let at = self.time();
        let entry = if self.cell("duty").is_empty() {
            let text = self.needed_prose();
            at.zip(text).map(|(at, text)| BackEntry::Logged(LoggedBefore { at, text }))
        } else {
            self.done(at)
        };
        if let Some(entry) = entry.filter(|_| self.read.problems.len() == known) {
            self.read.rows.push((self.line, entry));
        }
    }

    fn done(&mut self, at: Option<Timestamp>) -> Option<BackEntry> {
        let stream = self.stream();
        let channel = self.channel();
        let (by, whom) = (self.needed_line("by"), self.needed_line("whom"));
        let note = self.needed_prose();
        let late_because = if self.cell("late_because").is_empty() {
            None
        } else {
            self.needed_line("late_because")
        };
        Some(BackEntry::Done(DoneBefore {
            stream: stream?,
            key: self.cell("duty").to_owned(),
            at: at?,
            channel: channel?,
            by: Some(by?),
            whom: Some(whom?),
            note: Some(note?),
            late_because,
        }))
    }

    fn cell(&self, column: &str) -> &'a str {
        let place = self.columns.get(column);
        place.and_then(|place| self.record.get(*place)).unwrap_or_default()
    }

    fn wrong(&mut self, column: &'static str, mistake: TableMistake) {
        self.read.wrong(self.line, Some(column), mistake);
    }

    fn stream(&mut self) -> Option<String> {
        let number = self.cell("case");
        let known = self.streams.get(number).map(|stream| (*stream).to_owned());
        if known.is_none() {
            self.wrong("case", TableMistake::NoCase(shortened(number)));
        }
        known
    }

    fn channel(&mut self) -> Option<Channel> {
        match self.cell("channel") {
            "oral" | "口头" => Some(Channel::Oral),
            "written" | "书面" => Some(Channel::Written),
            other => {
                self.wrong("channel", TableMistake::NoChannel(shortened(other)));
                None
            }
        }
    }

    fn time(&mut self) -> Option<Timestamp> {
        let text = self.cell("done_at");
        if text.is_empty() {
            self.wrong("done_at", TableMistake::Empty);
            return None;
        }
        let civil: Option<DateTime> = text.replace(' ', "T").parse().ok();
        let at = civil.and_then(|it| it.to_zoned(self.zone.clone()).ok()).map(|it| it.timestamp());
        match at {
            None => self.wrong("done_at", TableMistake::NoTime(shortened(text))),
            Some(at) if at > self.now => self.wrong("done_at", TableMistake::Future),
            Some(at) => return Some(at),
        }
        None
    }

    fn needed_line(&mut self, column: &'static str) -> Option<Line> {
        match self.cell(column).parse() {
            Ok(line) => Some(line),
            Err(fault) => {
                self.wrong(column, out_of_range(fault));
                None
            }
        }
    }

    fn needed_prose(&mut self) -> Option<Prose> {
        match self.cell("note").parse() {
            Ok(prose) => Some(prose),
            Err(fault) => {
                self.wrong("note", out_of_range(fault));
                None
            }
        }
    }
}

/// Every duty of a case, with the case.
fn rows_of(case: &OpenCase) -> impl Iterator<Item = (&OpenCase, &OpenDuty)> {
    case.duties().map(move |(_, duty)| (case, duty))
}

fn out_of_range(fault: TextOutOfRange) -> TableMistake {
    match fault {
        TextOutOfRange::Empty => TableMistake::Empty,
        TextOutOfRange::TooLong { chars_max, .. } => TableMistake::TooLong { chars_max },
        TextOutOfRange::Nul => TableMistake::Nul,
    }
}

fn of_fault(fault: &csv::Error) -> TableMistake {
    match fault.kind() {
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
            TableMistake::Columns { count: *len, wanted: *expected_len }
        }
        csv::ErrorKind::Utf8 { .. }
        | csv::ErrorKind::Deserialize { .. }
        | csv::ErrorKind::Io(_)
        | csv::ErrorKind::Seek
        | csv::ErrorKind::Serialize(_)
        | _ => TableMistake::NotText,
    }
}

/// As much of a cell as a message repeats.
fn shortened(text: &str) -> String {
    text.chars().take(60).collect()
}

fn clock(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M").to_string()
}

fn unreadable_text() -> DeskFault {
    DeskFault::Unreadable("a table that is no text".to_owned())
}

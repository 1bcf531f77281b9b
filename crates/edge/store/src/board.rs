//! Boards: flat tables that follow from the journal, one set of rows per stream.
//!
//! What the columns mean is known to the caller; here they are names and kinds.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;

use crate::fault::StoreFault;
use crate::statement::Bind;

/// One board: a table whose rows belong to streams.
///
/// The table begins with `stream` and `ordinal` (the place of the row among those of its stream);
/// they are not listed here, but filters and orders may name `stream`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Board {
    /// The name of the table: letters in lower case, digits and `_`.
    pub name: &'static str,
    /// The columns after `stream` and `ordinal`.
    pub columns: &'static [Column],
    /// The columns of each index.
    pub indexes: &'static [&'static [&'static str]],
}

/// One column of a board.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    /// The name: letters in lower case, digits and `_`.
    pub name: &'static str,
    /// What it holds.
    pub kind: ColumnKind,
    /// Whether it may be empty.
    pub nullable: bool,
}

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnKind {
    /// A number of 64 bits; times are microseconds since 1970.
    Int,
    /// A text, ordered by its bytes.
    Text,
}

impl Column {
    /// A text that is always there.
    pub const fn text(name: &'static str) -> Self {
        Self { name, kind: ColumnKind::Text, nullable: false }
    }

    /// A text that may be missing.
    pub const fn text_opt(name: &'static str) -> Self {
        Self { name, kind: ColumnKind::Text, nullable: true }
    }

    /// A number that is always there.
    pub const fn int(name: &'static str) -> Self {
        Self { name, kind: ColumnKind::Int, nullable: false }
    }

    /// A number that may be missing.
    pub const fn int_opt(name: &'static str) -> Self {
        Self { name, kind: ColumnKind::Int, nullable: true }
    }
}

impl Board {
    /// The column of a name, `stream` included.
    pub(crate) fn column(&self, name: &str) -> Result<Column, StoreFault> {
        if name == STREAM.name {
            return Ok(STREAM);
        }
        self.columns
            .iter()
            .copied()
            .find(|column| column.name == name)
            .ok_or_else(|| StoreFault::Malformed(format!("{} has no column {name}", self.name)))
    }

    /// What tells this shape of the board from another one.
    pub(crate) fn shape(&self) -> String {
        format!("{:?} {:?}", self.columns, self.indexes)
    }

    /// Whether names can stand in SQL as they are.
    pub(crate) fn is_well_named(&self) -> bool {
        let indexed = self.indexes.iter().flat_map(|columns| columns.iter());
        is_name(self.name)
            && self.columns.iter().all(|column| is_name(column.name))
            && indexed.into_iter().all(|name| self.column(name).is_ok())
    }

    /// Turns one row into what the driver takes, when it fits the columns.
    pub(crate) fn binds(&self, row: &[Value]) -> Result<Vec<Bind>, StoreFault> {
        self.check_width(row)?;
        self.columns.iter().zip(row).map(|(column, value)| self.bind(column, value)).collect()
    }

    /// Whether one row fits the columns.
    pub(crate) fn check(&self, row: &[Value]) -> Result<(), StoreFault> {
        self.check_width(row)?;
        self.columns.iter().zip(row).try_for_each(|(column, value)| self.check_value(column, value))
    }

    fn check_width(&self, row: &[Value]) -> Result<(), StoreFault> {
        if row.len() == self.columns.len() {
            return Ok(());
        }
        let told = format!("{} has {} columns, not {}", self.name, self.columns.len(), row.len());
        Err(StoreFault::Malformed(told))
    }

    fn check_value(&self, column: &Column, value: &Value) -> Result<(), StoreFault> {
        match (column.kind, value) {
            (ColumnKind::Text, Value::Text(text)) if text.contains('\0') => {
                Err(StoreFault::Nul("a column of a board"))
            }
            (ColumnKind::Int, Value::Int(_)) | (ColumnKind::Text, Value::Text(_)) => Ok(()),
            (ColumnKind::Int | ColumnKind::Text, Value::Null) if column.nullable => Ok(()),
            (ColumnKind::Int, Value::Text(_) | Value::Null)
            | (ColumnKind::Text, Value::Int(_) | Value::Null) => Err(StoreFault::Malformed(
                format!("column {} of {} cannot hold {value:?}", column.name, self.name),
            )),
        }
    }

    pub(crate) fn bind(&self, column: &Column, value: &Value) -> Result<Bind, StoreFault> {
        self.check_value(column, value)?;
        Ok(match (column.kind, value) {
            (_, Value::Int(number)) => Bind::Int(Some(*number)),
            (_, Value::Text(text)) => Bind::Text(Some(text.clone())),
            (ColumnKind::Int, Value::Null) => Bind::Int(None),
            (ColumnKind::Text, Value::Null) => Bind::Text(None),
        })
    }
}

/// One value of a board.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Value {
    /// Nothing.
    Null,
    /// A number, or a time in microseconds.
    Int(i64),
    /// A text.
    Text(String),
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Int(number)
    }
}

impl From<u32> for Value {
    fn from(number: u32) -> Self {
        Self::Int(number.into())
    }
}

impl From<bool> for Value {
    fn from(answer: bool) -> Self {
        Self::Int(answer.into())
    }
}

impl From<Timestamp> for Value {
    fn from(time: Timestamp) -> Self {
        Self::Int(time.as_microsecond())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl<T: Into<Self>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// One row of a board, as it is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    pub(crate) stream: String,
    pub(crate) ordinal: i64,
    pub(crate) columns: Arc<BTreeMap<&'static str, usize>>,
    pub(crate) values: Vec<Value>,
}

impl Row {
    /// The stream the row belongs to.
    pub fn stream(&self) -> &str {
        &self.stream
    }

    /// The value of a column.
    pub fn value(&self, column: &str) -> Result<&Value, StoreFault> {
        self.columns
            .get(column)
            .and_then(|index| self.values.get(*index))
            .ok_or_else(|| StoreFault::Malformed(format!("the row has no column {column}")))
    }

    /// The text of a column that always has one.
    pub fn text(&self, column: &str) -> Result<&str, StoreFault> {
        self.opt_text(column)?.ok_or_else(|| empty(column))
    }

    /// The number of a column that always has one.
    pub fn int(&self, column: &str) -> Result<i64, StoreFault> {
        self.opt_int(column)?.ok_or_else(|| empty(column))
    }

    /// The time of a column that always has one.
    pub fn time(&self, column: &str) -> Result<Timestamp, StoreFault> {
        self.opt_time(column)?.ok_or_else(|| empty(column))
    }

    /// The text of a column, when there is one.
    pub fn opt_text(&self, column: &str) -> Result<Option<&str>, StoreFault> {
        match self.value(column)? {
            Value::Text(text) => Ok(Some(text)),
            Value::Null => Ok(None),
            Value::Int(_) => Err(StoreFault::Malformed(format!("column {column} holds numbers"))),
        }
    }

    /// The number of a column, when there is one.
    pub fn opt_int(&self, column: &str) -> Result<Option<i64>, StoreFault> {
        match self.value(column)? {
            Value::Int(number) => Ok(Some(*number)),
            Value::Null => Ok(None),
            Value::Text(_) => Err(StoreFault::Malformed(format!("column {column} holds texts"))),
        }
    }

    /// The time of a column, when there is one.
    pub fn opt_time(&self, column: &str) -> Result<Option<Timestamp>, StoreFault> {
        self.opt_int(column)?.map(time_of).transpose()
    }
}

/// A stored time.
pub(crate) fn time_of(microseconds: i64) -> Result<Timestamp, StoreFault> {
    Timestamp::from_microsecond(microseconds)
        .map_err(|error| StoreFault::Unreadable(error.to_string()))
}

fn empty(column: &str) -> StoreFault {
    StoreFault::Unreadable(format!("column {column} is empty"))
}

fn is_name(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_lowercase())
        && name.len() <= 40
        && name
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
        && !RESERVED.contains(&name)
}

/// The column every board begins with.
pub(crate) const STREAM: Column = Column::text("stream");

/// Names of tables and columns that are the store's own.
const RESERVED: &[&str] = &[
    "stream",
    "ordinal",
    "entry",
    "head",
    "command",
    "claim",
    "blob",
    "blob_chunk",
    "side",
    "sight",
    "board",
    "store",
];

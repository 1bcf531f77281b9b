//! Reading boards: filters, order, pages, and who may see what.
//!
//! [`Sight`] is rendered in one place, so every list is filtered in SQL and nothing is filtered
//! afterwards. Values are never part of the statement's text; names come from the board.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use sqlx::any::AnyRow;

use crate::board::{Board, ColumnKind, Row, Value};
use crate::commit::nul_free;
use crate::fault::StoreFault;
use crate::journal::{column, count};
use crate::statement::{BINDS_MAX, Bind, Statement};
use crate::store::{Store, modelled};

/// What is asked of one board.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Select {
    /// The name of the board.
    pub board: &'static str,
    /// All of these must hold.
    pub filters: Vec<Filter>,
    /// Who asks.
    pub sight: Sight,
    /// The order; rows that are equal in it come in the order of their streams.
    pub order: Vec<(&'static str, Direction)>,
    /// Only rows after this one; see [`Row::cursor`].
    pub after: Option<Cursor>,
    /// At most so many rows.
    pub limit: u32,
}

/// What must hold for a row. Columns are those of the board, and `stream`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Filter {
    /// The column has this value.
    Eq(&'static str, Value),
    /// The column has another value, or none.
    Ne(&'static str, Value),
    /// The column has one of these values.
    In(&'static str, Vec<Value>),
    /// The column is not below this value.
    AtLeast(&'static str, Value),
    /// The column is not above this value.
    AtMost(&'static str, Value),
    /// The column is empty.
    IsNull(&'static str),
    /// The column is not empty.
    NotNull(&'static str),
    /// The column contains this text, letter for letter; fold both beforehand.
    Contains(&'static str, String),
    /// One of these holds.
    AnyOf(Vec<Filter>),
}

/// Which way an order runs. Empty columns come last either way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Small ones first.
    Ascending,
    /// Large ones first.
    Descending,
}

/// What somebody may see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sight {
    /// Every stream.
    Everything,
    /// Streams that show themselves to one of these keys.
    Keys(BTreeSet<String>),
}

/// A place between two rows: where the next page begins. Its text form may stand in a URL's query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor {
    pub(crate) values: Vec<Value>,
    pub(crate) stream: String,
    pub(crate) ordinal: i64,
}

/// A text that is no cursor.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is not a place in a list; begin at the first page")]
pub struct CursorMalformed;

impl Select {
    /// Asks for the first hundred rows of a board.
    pub fn of(board: &Board, sight: Sight) -> Self {
        Self {
            board: board.name,
            filters: Vec::new(),
            sight,
            order: Vec::new(),
            after: None,
            limit: 100,
        }
    }

    /// Adds a condition.
    #[must_use]
    pub fn filter(mut self, filter: Filter) -> Self {
        self.filters.push(filter);
        self
    }

    /// Adds a column to the order.
    #[must_use]
    pub fn order(mut self, column: &'static str, direction: Direction) -> Self {
        self.order.push((column, direction));
        self
    }

    /// Goes on after a row.
    #[must_use]
    pub fn after(mut self, cursor: Option<Cursor>) -> Self {
        self.after = cursor;
        self
    }

    /// Asks for at most so many rows.
    #[must_use]
    pub fn limit(mut self, limit: u32) -> Self {
        self.limit = limit;
        self
    }
}

impl Row {
    /// The place after this row, for the same select.
    pub fn cursor(&self, select: &Select) -> Result<Cursor, StoreFault> {
        let values = select.order.iter().map(|(column, _)| match *column {
            "stream" => Ok(Value::Text(self.stream.clone())),
            other => self.value(other).cloned(),
        });
        Ok(Cursor {
            values: values.collect::<Result<_, _>>()?,
            stream: self.stream.clone(),
            ordinal: self.ordinal,
        })
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let json = |value: &Value| match value {
            Value::Null => serde_json::Value::Null,
            Value::Int(number) => (*number).into(),
            Value::Text(text) => text.as_str().into(),
        };
        let mut parts: Vec<serde_json::Value> = self.values.iter().map(json).collect();
        parts.push(self.stream.as_str().into());
        parts.push(self.ordinal.into());
        write!(out, "{}", serde_json::Value::Array(parts))
    }
}

impl FromStr for Cursor {
    type Err = CursorMalformed;

    fn from_str(text: &str) -> Result<Self, CursorMalformed> {
        let mut values = serde_json::from_str::<Vec<serde_json::Value>>(text)
            .ok()
            .filter(|values| values.len() <= CURSOR_VALUES_MAX)
            .and_then(|values| values.into_iter().map(value_of).collect::<Option<Vec<_>>>())
            .ok_or(CursorMalformed)?;
        match (values.pop(), values.pop()) {
            (Some(Value::Int(ordinal)), Some(Value::Text(stream))) => {
                Ok(Self { values, stream, ordinal })
            }
            (Some(_) | None, Some(_) | None) => Err(CursorMalformed),
        }
    }
}

fn value_of(json: serde_json::Value) -> Option<Value> {
    match json {
        serde_json::Value::Null => Some(Value::Null),
        serde_json::Value::Number(number) => number.as_i64().map(Value::Int),
        serde_json::Value::String(text) => Some(Value::Text(text)),
        serde_json::Value::Bool(_) | serde_json::Value::Array(_) | serde_json::Value::Object(_) => {
            None
        }
    }
}

impl Store {
    /// The rows a select asks for.
    pub async fn rows(&self, select: &Select) -> Result<Vec<Row>, StoreFault> {
        let board = self.board(select.board)?;
        modelled!(self, node => node.rows(board, select).await);
        let form = self.form_of(&select.sight).await?;
        let rows = self.read("read a board", statement(board, select, form)?).await?;
        let columns: Arc<BTreeMap<&'static str, usize>> =
            Arc::new(board.columns.iter().enumerate().map(|(at, it)| (it.name, at)).collect());
        rows.iter().map(|row| row_of(board, row, &columns)).collect()
    }

    /// How many rows a select would find without its limit and its page.
    pub async fn count(&self, select: &Select) -> Result<u64, StoreFault> {
        let board = self.board(select.board)?;
        modelled!(self, node => node.count(board, select).await);
        let mut text = Text::default();
        text.push("SELECT COUNT(*)");
        let form = match self.form_of(&select.sight).await? {
            Form::Probe => Form::Set,
            form @ (Form::Drive | Form::Set) => form,
        };
        visible_rows(&mut text, board.name, &select.sight, form)?;
        conditions(&mut text, board, select)?;
        let rows = self.read("count a board", text.finish()?).await?;
        rows.first().map_or(Ok(0), |row| count(row, 0))
    }

    /// Whether a stream shows itself to somebody.
    pub async fn may_see(&self, stream: &str, sight: &Sight) -> Result<bool, StoreFault> {
        if *sight == Sight::Everything {
            return Ok(true);
        }
        modelled!(self, node => node.may_see(stream, sight).await);
        let mut text = Text::default();
        text.push("SELECT b.stream");
        visible_rows(&mut text, "stream", sight, Form::Probe)?;
        text.push(" AND b.stream = ");
        text.bind(stream.into());
        Ok(!self.read("look up a sight", text.finish()?).await?.is_empty())
    }

    /// Few visible streams are best read one by one; among many, each row is best probed.
    async fn form_of(&self, sight: &Sight) -> Result<Form, StoreFault> {
        let Sight::Keys(keys) = sight else { return Ok(Form::Probe) };
        if keys.is_empty() {
            return Ok(Form::Probe);
        }
        keys.iter().try_for_each(|key| nul_free("sight", key))?;
        let mut text = Text::default();
        text.push("SELECT COUNT(*) FROM (SELECT 1 FROM sight WHERE viewer IN (");
        text.list(keys.iter().map(|key| key.as_str().into()));
        text.push(") LIMIT ");
        text.bind((FEW_MAX + 1).into());
        text.push(") AS seen");
        let rows = self.read("count a sight", text.finish()?).await?;
        let seen: i64 = rows.first().map_or(Ok(0), |row| column(row, 0))?;
        Ok(if seen > FEW_MAX { Form::Probe } else { Form::Drive })
    }
}

/// How visibility is asked for. The answer is the same, the time it takes is not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    /// Goes through the visible streams and reads their rows.
    Drive,
    /// Goes through the rows and looks each one's stream up: best when few rows are wanted.
    Probe,
    /// Collects the visible streams first: best when all rows are gone through.
    Set,
}

fn statement(board: &Board, select: &Select, form: Form) -> Result<Statement, StoreFault> {
    let mut text = Text::default();
    text.push("SELECT b.stream, b.ordinal");
    for column in board.columns {
        text.push(", b.");
        text.name(column.name);
    }
    visible_rows(&mut text, board.name, &select.sight, form)?;
    conditions(&mut text, board, select)?;
    if let Some(cursor) = &select.after {
        text.push(" AND (");
        after(&mut text, board, select, cursor)?;
        text.push(")");
    }
    text.push(" ORDER BY ");
    for (name, direction) in &select.order {
        let nullable = board.column(name)?.nullable;
        text.column(name);
        text.push(match (direction, nullable) {
            (Direction::Ascending, false) => ", ",
            (Direction::Ascending, true) => " NULLS LAST, ",
            (Direction::Descending, false) => " DESC, ",
            (Direction::Descending, true) => " DESC NULLS LAST, ",
        });
    }
    // The tie runs the way of the last column, so that one index serves the whole order.
    text.push(match tie(select) {
        Direction::Ascending => "b.stream, b.ordinal",
        Direction::Descending => "b.stream DESC, b.ordinal DESC",
    });
    text.push(" LIMIT ");
    text.bind(i64::from(select.limit).into());
    text.finish()
}

pub(crate) fn tie(select: &Select) -> Direction {
    select.order.last().map_or(Direction::Ascending, |(_, direction)| *direction)
}

fn conditions(text: &mut Text, board: &Board, select: &Select) -> Result<(), StoreFault> {
    for filter in &select.filters {
        text.push(" AND ");
        condition(text, board, filter, FILTER_DEPTH_MAX)?;
    }
    Ok(())
}

/// The one place where visibility is filtered: rows `b` of a table whose `stream` shows itself to
/// one of the keys. What follows in the statement is more conditions.
fn visible_rows(text: &mut Text, table: &str, sight: &Sight, form: Form) -> Result<(), StoreFault> {
    let keys = match sight {
        Sight::Keys(keys) if !keys.is_empty() => keys,
        Sight::Everything => {
            text.from(table, "WHERE 1 = 1");
            return Ok(());
        }
        Sight::Keys(_) => {
            text.from(table, "WHERE 1 = 0");
            return Ok(());
        }
    };
    keys.iter().try_for_each(|key| nul_free("sight", key))?;
    match form {
        Form::Drive => {
            text.push(" FROM (SELECT b.* FROM (SELECT DISTINCT sight.stream FROM sight");
            text.push(" WHERE sight.viewer IN (");
            text.list(keys.iter().map(|key| key.as_str().into()));
            // SQLite reads the left side of a CROSS JOIN first, whatever it thinks of it; the
            // limit keeps the conditions out of the join, where they would choose a worse index.
            text.push(")) AS seen CROSS JOIN ");
            text.name(table);
            text.push(" AS b WHERE b.stream = seen.stream LIMIT 9223372036854775807)");
            text.push(" AS b WHERE 1 = 1");
            return Ok(());
        }
        Form::Probe => {
            let seen = "EXISTS (SELECT 1 FROM sight WHERE sight.stream = b.stream AND";
            text.from(table, &format!("WHERE {seen} sight.viewer IN ("));
        }
        Form::Set => {
            let seen = "b.stream IN (SELECT sight.stream FROM sight WHERE";
            text.from(table, &format!("WHERE {seen} sight.viewer IN ("));
        }
    }
    text.list(keys.iter().map(|key| key.as_str().into()));
    text.push("))");
    Ok(())
}

fn condition(text: &mut Text, board: &Board, filter: &Filter, depth: u8) -> Result<(), StoreFault> {
    match filter {
        Filter::Eq(name, value) => text.compare(board, name, " = ", value),
        Filter::AtLeast(name, value) => text.compare(board, name, " >= ", value),
        Filter::AtMost(name, value) => text.compare(board, name, " <= ", value),
        Filter::Ne(name, value) => {
            text.push("(");
            text.compare(board, name, " <> ", value)?;
            text.push(" OR ");
            text.column(name);
            text.push(" IS NULL)");
            Ok(())
        }
        Filter::In(name, values) => one_of(text, board, name, values),
        Filter::IsNull(name) => {
            board.column(name)?;
            text.column(name);
            text.push(" IS NULL");
            Ok(())
        }
        Filter::NotNull(name) => {
            board.column(name)?;
            text.column(name);
            text.push(" IS NOT NULL");
            Ok(())
        }
        Filter::Contains(name, part) => {
            let pattern = Value::Text(format!("%{}%", escaped(part)));
            text.compare(board, name, " LIKE ", &pattern)?;
            text.push(" ESCAPE '~'");
            Ok(())
        }
        Filter::AnyOf(filters) => any_of(text, board, filters, depth),
    }
}

fn one_of(text: &mut Text, board: &Board, name: &str, values: &[Value]) -> Result<(), StoreFault> {
    let kind = board.column(name)?;
    if values.is_empty() {
        text.push("1 = 0");
        return Ok(());
    }
    let binds =
        values.iter().map(|value| board.bind(&kind, value)).collect::<Result<Vec<_>, _>>()?;
    text.column(name);
    text.push(" IN (");
    text.list(binds.into_iter());
    text.push(")");
    Ok(())
}

fn any_of(text: &mut Text, board: &Board, filters: &[Filter], depth: u8) -> Result<(), StoreFault> {
    let Some(depth) = depth.checked_sub(1) else {
        return Err(StoreFault::Malformed("filters are nested too deeply".to_owned()));
    };
    text.push("(1 = 0");
    for filter in filters {
        text.push(" OR ");
        condition(text, board, filter, depth)?;
    }
    text.push(")");
    Ok(())
}

/// What comes after a row: equal in the first columns, beyond it in the next.
fn after(text: &mut Text, board: &Board, select: &Select, at: &Cursor) -> Result<(), StoreFault> {
    if at.values.len() != select.order.len() {
        return Err(StoreFault::Malformed("the page belongs to another list".to_owned()));
    }
    nul_free("cursor", &at.stream)?;
    let order = || select.order.iter().zip(&at.values);
    for (place, ((name, direction), value)) in order().enumerate() {
        for ((same, _), value) in order().take(place) {
            equal(text, board, same, value)?;
            text.push(" AND ");
        }
        beyond(text, board, name, *direction, value)?;
        text.push(" OR ");
    }
    for ((same, _), value) in order() {
        equal(text, board, same, value)?;
        text.push(" AND ");
    }
    text.push(match tie(select) {
        Direction::Ascending => "(b.stream, b.ordinal) > (",
        Direction::Descending => "(b.stream, b.ordinal) < (",
    });
    text.list([at.stream.as_str().into(), at.ordinal.into()].into_iter());
    text.push(")");
    Ok(())
}

fn equal(text: &mut Text, board: &Board, name: &str, value: &Value) -> Result<(), StoreFault> {
    if *value == Value::Null {
        text.column(name);
        text.push(" IS NULL");
        return Ok(());
    }
    text.compare(board, name, " = ", value)
}

fn beyond(
    text: &mut Text,
    board: &Board,
    name: &str,
    direction: Direction,
    value: &Value,
) -> Result<(), StoreFault> {
    if *value == Value::Null {
        text.push("1 = 0"); // empty ones come last: nothing is beyond them
        return Ok(());
    }
    text.push("(");
    let sign = match direction {
        Direction::Ascending => " > ",
        Direction::Descending => " < ",
    };
    text.compare(board, name, sign, value)?;
    if board.column(name)?.nullable {
        text.push(" OR ");
        text.column(name);
        text.push(" IS NULL");
    }
    text.push(")");
    Ok(())
}

fn escaped(part: &str) -> String {
    part.replace('~', "~~").replace('%', "~%").replace('_', "~_")
}

fn row_of(
    board: &Board,
    row: &AnyRow,
    columns: &Arc<BTreeMap<&'static str, usize>>,
) -> Result<Row, StoreFault> {
    let value = |(at, it): (usize, &crate::board::Column)| {
        Ok(match it.kind {
            ColumnKind::Int => column::<Option<i64>>(row, at + 2)?.into(),
            ColumnKind::Text => column::<Option<String>>(row, at + 2)?.into(),
        })
    };
    Ok(Row {
        stream: column(row, 0)?,
        ordinal: column(row, 1)?,
        columns: Arc::clone(columns),
        values: board.columns.iter().enumerate().map(value).collect::<Result<_, StoreFault>>()?,
    })
}

/// A statement in the making.
#[derive(Default)]
struct Text {
    sql: String,
    binds: Vec<Bind>,
}

impl Text {
    fn push(&mut self, sql: &str) {
        self.sql.push_str(sql);
    }

    /// A name that was checked when the store was opened.
    fn name(&mut self, name: &str) {
        self.push("\"");
        self.push(name);
        self.push("\"");
    }

    fn from(&mut self, table: &str, rest: &str) {
        self.push(" FROM ");
        self.name(table);
        self.push(" AS b ");
        self.push(rest);
    }

    fn column(&mut self, name: &str) {
        self.push("b.");
        self.name(name);
    }

    fn bind(&mut self, bind: Bind) {
        self.binds.push(bind);
        let place = self.binds.len();
        crate::statement::push_places(&mut self.sql, place, 1);
    }

    fn list(&mut self, binds: impl Iterator<Item = Bind>) {
        for (at, bind) in binds.enumerate() {
            if at > 0 {
                self.push(", ");
            }
            self.bind(bind);
        }
    }

    fn compare(
        &mut self,
        board: &Board,
        name: &str,
        sign: &str,
        value: &Value,
    ) -> Result<(), StoreFault> {
        let bind = board.bind(&board.column(name)?, value)?;
        self.column(name);
        self.push(sign);
        self.bind(bind);
        Ok(())
    }

    fn finish(self) -> Result<Statement, StoreFault> {
        if self.binds.len() > BINDS_MAX {
            return Err(StoreFault::Malformed("too many values to compare with".to_owned()));
        }
        Ok(Statement::of(self.sql, self.binds))
    }
}

/// Visible streams up to which they are read one by one.
const FEW_MAX: i64 = 2_000;

/// How deep conditions may be nested.
pub(crate) const FILTER_DEPTH_MAX: u8 = 4;

/// Values a cursor from outside may have.
const CURSOR_VALUES_MAX: usize = 16;

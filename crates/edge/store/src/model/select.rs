//! Reading boards, with the answers that SQL gives: nothing equals an empty column, and empty ones
//! come last.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::Node;
use super::disk::Disk;
use super::faults::Call;
use crate::board::{Board, Row, STREAM, Value};
use crate::commit::nul_free;
use crate::fault::StoreFault;
use crate::select::{Cursor, Direction, FILTER_DEPTH_MAX, Filter, Select, Sight, tie};

impl Node {
    pub(crate) async fn rows(
        &self,
        board: &Board,
        select: &Select,
    ) -> Result<Vec<Row>, StoreFault> {
        check(board, select)?;
        if let Some(cursor) = &select.after {
            check_cursor(board, select, cursor)?;
        }
        self.call(Call::reads("read a board"), |disk| {
            let mut rows = visible(disk, board, select);
            rows.retain(|row| select.after.as_ref().is_none_or(|at| is_after(row, select, at)));
            rows.sort_by(|one, other| order(select, &key_of(one, select), &key_of(other, select)));
            rows.truncate(usize::try_from(select.limit).unwrap_or(usize::MAX));
            Ok(rows)
        })
        .await
    }

    pub(crate) async fn count(&self, board: &Board, select: &Select) -> Result<u64, StoreFault> {
        check(board, select)?;
        self.call(Call::reads("count a board"), |disk| {
            Ok(u64::try_from(visible(disk, board, select).len()).unwrap_or(u64::MAX))
        })
        .await
    }

    pub(crate) async fn may_see(&self, stream: &str, sight: &Sight) -> Result<bool, StoreFault> {
        check_sight(sight)?;
        self.call(Call::reads("look up a sight"), |disk| Ok(shows(disk, stream, sight))).await
    }
}

/// The rows that somebody may see and that fit, in the order of their streams.
fn visible(disk: &Disk, board: &Board, select: &Select) -> Vec<Row> {
    let columns: Arc<BTreeMap<&'static str, usize>> =
        Arc::new(board.columns.iter().enumerate().map(|(at, it)| (it.name, at)).collect());
    let Some(table) = disk.boards.get(board.name) else { return Vec::new() };
    let mut found = Vec::new();
    for (stream, rows) in &table.rows {
        if !shows_rows(disk, stream, &select.sight) {
            continue;
        }
        for (ordinal, values) in (0..).zip(rows.iter()) {
            let row = Row {
                stream: stream.clone(),
                ordinal,
                columns: Arc::clone(&columns),
                values: values.clone(),
            };
            if select.filters.iter().all(|filter| fits(&row, filter)) {
                found.push(row);
            }
        }
    }
    found
}

fn shows(disk: &Disk, stream: &str, sight: &Sight) -> bool {
    match sight {
        Sight::Everything => true,
        Sight::Keys(_) => disk.streams.contains_key(stream) && shows_rows(disk, stream, sight),
    }
}

fn shows_rows(disk: &Disk, stream: &str, sight: &Sight) -> bool {
    match sight {
        Sight::Everything => true,
        Sight::Keys(keys) => {
            let none = Arc::new(BTreeSet::new());
            !disk.sight.get(stream).unwrap_or(&none).is_disjoint(keys)
        }
    }
}

/// Whatever the databases would refuse is refused, whether or not there is a row.
fn check(board: &Board, select: &Select) -> Result<(), StoreFault> {
    check_sight(&select.sight)?;
    for filter in &select.filters {
        check_filter(board, filter, FILTER_DEPTH_MAX)?;
    }
    select.order.iter().try_for_each(|(name, _)| board.column(name).map(|_| ()))
}

fn check_sight(sight: &Sight) -> Result<(), StoreFault> {
    match sight {
        Sight::Everything => Ok(()),
        Sight::Keys(keys) => keys.iter().try_for_each(|key| nul_free("sight", key)),
    }
}

fn check_filter(board: &Board, filter: &Filter, depth: u8) -> Result<(), StoreFault> {
    let check = |name: &str, value: &Value| {
        let column = board.column(name)?;
        board.bind(&column, value).map(|_| ())
    };
    match filter {
        Filter::Eq(name, value)
        | Filter::Ne(name, value)
        | Filter::AtLeast(name, value)
        | Filter::AtMost(name, value) => check(name, value),
        Filter::In(name, values) => {
            board.column(name)?;
            values.iter().try_for_each(|value| check(name, value))
        }
        Filter::IsNull(name) | Filter::NotNull(name) => board.column(name).map(|_| ()),
        Filter::Contains(name, part) => check(name, &Value::Text(part.clone())),
        Filter::AnyOf(filters) => {
            let nested = || StoreFault::Malformed("filters are nested too deeply".to_owned());
            let depth = depth.checked_sub(1).ok_or_else(nested)?;
            filters.iter().try_for_each(|filter| check_filter(board, filter, depth))
        }
    }
}

fn check_cursor(board: &Board, select: &Select, at: &Cursor) -> Result<(), StoreFault> {
    if at.values.len() != select.order.len() {
        return Err(StoreFault::Malformed("the page belongs to another list".to_owned()));
    }
    nul_free("cursor", &at.stream)?;
    for ((name, _), value) in select.order.iter().zip(&at.values) {
        let column = board.column(name)?;
        if *value != Value::Null {
            board.bind(&column, value)?;
        }
    }
    Ok(())
}

fn value_of(row: &Row, name: &str) -> Value {
    if name == STREAM.name {
        return Value::Text(row.stream.clone());
    }
    row.value(name).cloned().unwrap_or(Value::Null)
}

fn fits(row: &Row, filter: &Filter) -> bool {
    let is_there = |value: &Value| *value != Value::Null;
    match filter {
        Filter::Eq(name, wanted) => is_there(wanted) && value_of(row, name) == *wanted,
        Filter::Ne(name, unwanted) => {
            let value = value_of(row, name);
            !is_there(&value) || is_there(unwanted) && value != *unwanted
        }
        Filter::In(name, wanted) => {
            let value = value_of(row, name);
            is_there(&value) && wanted.contains(&value)
        }
        Filter::AtLeast(name, least) => {
            let value = value_of(row, name);
            is_there(&value) && is_there(least) && value >= *least
        }
        Filter::AtMost(name, most) => {
            let value = value_of(row, name);
            is_there(&value) && is_there(most) && value <= *most
        }
        Filter::IsNull(name) => !is_there(&value_of(row, name)),
        Filter::NotNull(name) => is_there(&value_of(row, name)),
        Filter::Contains(name, part) => match value_of(row, name) {
            Value::Text(text) => text.contains(part),
            Value::Null | Value::Int(_) => false,
        },
        Filter::AnyOf(filters) => filters.iter().any(|filter| fits(row, filter)),
    }
}

/// What a row is ordered by: the columns of the order, then its place.
struct Key {
    values: Vec<Value>,
    stream: String,
    ordinal: i64,
}

fn key_of(row: &Row, select: &Select) -> Key {
    let values = select.order.iter().map(|(name, _)| value_of(row, name)).collect();
    Key { values, stream: row.stream.clone(), ordinal: row.ordinal }
}

fn is_after(row: &Row, select: &Select, at: &Cursor) -> bool {
    let at = Key { values: at.values.clone(), stream: at.stream.clone(), ordinal: at.ordinal };
    order(select, &key_of(row, select), &at) == Ordering::Greater
}

fn order(select: &Select, one: &Key, other: &Key) -> Ordering {
    let columns = select.order.iter().zip(one.values.iter().zip(&other.values));
    for ((_, direction), (one, other)) in columns {
        let ordered = match (one, other) {
            (Value::Null, Value::Null) => Ordering::Equal,
            (Value::Null, Value::Int(_) | Value::Text(_)) => Ordering::Greater,
            (Value::Int(_) | Value::Text(_), Value::Null) => Ordering::Less,
            (one, other) => along(*direction, one.cmp(other)),
        };
        if ordered != Ordering::Equal {
            return ordered;
        }
    }
    let place = (&one.stream, one.ordinal).cmp(&(&other.stream, other.ordinal));
    along(tie(select), place)
}

const fn along(direction: Direction, ordering: Ordering) -> Ordering {
    match direction {
        Direction::Ascending => ordering,
        Direction::Descending => ordering.reverse(),
    }
}

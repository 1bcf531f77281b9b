//! Rebuilding the boards: beside the old ones, compared with them, then put in their place.
//!
//! The caller folds the journal and hands in rows; here they are written in batches. The swap takes
//! place only at the position the caller has read up to, in one transaction.

use std::cmp::Ordering;
use std::collections::{BTreeMap, VecDeque};

use crate::board::{Column, ColumnKind, Value};
use crate::commit::BoardRows;
use crate::engine::Engine;
use crate::fault::{ShadowFault, StoreFault};
use crate::journal::{column, number};
use crate::schema::{indexes_of, sight_table, table_of};
use crate::statement::{Bind, ManyRows, Statement};
use crate::store::{HandedIn, Store};
use crate::writer::{Step, insert_into, rows_of, sight_rows};

/// Boards in the making, beside those in use.
#[derive(Debug)]
pub struct Shadow {
    store: Store,
    held: BTreeMap<&'static str, Vec<Vec<Bind>>>,
    held_rows: usize,
    rows: u64,
    /// What is being written while the caller goes on folding.
    writing: Option<HandedIn>,
}

/// Everything the boards say about one stream.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StreamRows {
    /// The stream.
    pub stream: String,
    /// Its rows.
    pub boards: Vec<BoardRows>,
    /// Who may see it.
    pub sight: Vec<String>,
}

/// How the rebuilt boards differ from those in use.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Comparison {
    /// Rows that were compared.
    pub rows: u64,
    /// How many differ.
    pub different: u64,
    /// The first of them.
    pub differences: Vec<Difference>,
}

/// One row that differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The board, or `sight`.
    pub board: &'static str,
    /// The row in use, when there is one.
    pub live: Option<Vec<Value>>,
    /// The rebuilt row, when there is one.
    pub rebuilt: Option<Vec<Value>>,
}

impl Store {
    /// Begins to rebuild the boards. Those in use stay as they are until the swap.
    pub async fn rebuild(&self) -> Result<Shadow, StoreFault> {
        let mut steps = Vec::new();
        let engine = self.engine();
        for board in self.boards() {
            let name = shadow_of(board.name);
            steps.push(step(format!("DROP TABLE IF EXISTS \"{name}\"")));
            steps.push(step(engine.ddl(&table_of(board, &name))));
        }
        steps.push(step("DROP TABLE IF EXISTS shadow_sight".to_owned()));
        steps.push(step(engine.ddl(&sight_table("shadow_sight"))));
        self.carry_out("make the shadow tables", steps).await?;
        Ok(Shadow {
            store: self.clone(),
            held: BTreeMap::new(),
            held_rows: 0,
            rows: 0,
            writing: None,
        })
    }
}

impl Shadow {
    /// Takes in everything about a stream that was not put before.
    pub async fn put(&mut self, rows: StreamRows) -> Result<(), StoreFault> {
        for given in &rows.boards {
            let board = self.store.board(given.board)?;
            let rows = rows_of(board, &rows.stream, &given.rows)?;
            self.hold(board.name, rows);
        }
        self.hold(SIGHT, sight_rows(&rows.stream, &rows.sight));
        if self.held_rows >= HELD_ROWS_MAX { self.write().await } else { Ok(()) }
    }

    /// Takes in a stream that was put before and has moved on since.
    pub async fn put_again(&mut self, rows: StreamRows) -> Result<(), StoreFault> {
        self.flush().await?;
        let mut steps = Vec::new();
        for name in self.store.boards().iter().map(|board| board.name).chain([SIGHT]) {
            let sql = format!("DELETE FROM \"{}\" WHERE stream = $1", shadow_of(name));
            steps.push(Step::may(Statement::of(sql, vec![rows.stream.as_str().into()])));
        }
        self.store.carry_out("replace a stream in the shadow", steps).await?;
        self.put(rows).await
    }

    /// Rows taken in so far.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Compares with the boards in use, in the order of their keys.
    pub async fn compare(&mut self) -> Result<Comparison, StoreFault> {
        self.flush().await?;
        let mut found = Comparison::default();
        for board in self.store.boards() {
            let mut columns = vec![Column::text("stream"), Column::int("ordinal")];
            columns.extend(board.columns);
            self.compare_tables(board.name, &columns, &mut found).await?;
        }
        let columns = [Column::text("viewer"), Column::text("stream")];
        self.compare_tables(SIGHT, &columns, &mut found).await?;
        Ok(found)
    }

    /// Puts the rebuilt boards in the place of those in use, when the journal is still where the
    /// caller has read up to. Otherwise the streams that moved on are to be put again.
    pub async fn swap(&mut self, position: u64) -> Result<(), ShadowFault> {
        self.flush().await?;
        let here = vec![number(position)?.into()];
        let mut steps = vec![Step::must(Statement::of(STAND_STILL, here))];
        if self.store.engine() == Engine::Postgres {
            steps.push(step("SET LOCAL statement_timeout = 0".to_owned()));
        }
        for board in self.store.boards() {
            steps.extend(take_place(board.name));
            steps.extend(indexes_of(board).into_iter().map(step));
        }
        steps.extend(take_place(SIGHT));
        steps.push(step("CREATE INDEX sight_stream_idx ON sight (stream)".to_owned()));
        steps.push(step("UPDATE board SET stale = 0".to_owned()));
        if self.store.engine() == Engine::Postgres {
            let names = self.store.boards().iter().map(|board| board.name).chain([SIGHT]);
            steps.extend(names.map(|name| step(format!("ANALYZE \"{name}\""))));
        }
        match self.store.carry_out("swap the boards", steps).await? {
            Some(_) => Ok(()),
            None => Err(ShadowFault::MovedOn { position: self.store.head().await?.position }),
        }
    }

    fn hold(&mut self, board: &'static str, rows: Vec<Vec<Bind>>) {
        self.held_rows += rows.len();
        self.held.entry(board).or_default().extend(rows);
    }

    /// Everything taken in is on disk.
    async fn flush(&mut self) -> Result<(), StoreFault> {
        self.write().await?;
        self.written().await
    }

    async fn written(&mut self) -> Result<(), StoreFault> {
        match self.writing.take() {
            Some(writing) => writing.ended().await.map(|_| ()),
            None => Ok(()),
        }
    }

    /// Hands in what is held, once what was handed in before is on disk.
    async fn write(&mut self) -> Result<(), StoreFault> {
        let mut steps = Vec::new();
        for (name, rows) in std::mem::take(&mut self.held) {
            let before = match self.store.boards().iter().find(|board| board.name == name) {
                Some(board) => insert_into(board, &shadow_of(name)),
                None => PUT_SIGHT.to_owned(),
            };
            let many = ManyRows { engine: self.store.engine(), before: &before, after: "" };
            steps.extend(many.statements(rows).into_iter().map(Step::may));
        }
        self.rows += u64::try_from(std::mem::take(&mut self.held_rows)).unwrap_or_default();
        self.written().await?;
        if !steps.is_empty() {
            self.writing = Some(self.store.hand_in("write the shadow tables", steps).await?);
        }
        Ok(())
    }

    async fn compare_tables(
        &self,
        board: &'static str,
        columns: &[Column],
        found: &mut Comparison,
    ) -> Result<(), StoreFault> {
        let mut live = Dump::of(board.to_owned(), columns);
        let mut rebuilt = Dump::of(shadow_of(board), columns);
        loop {
            live.fill(&self.store).await?;
            rebuilt.fill(&self.store).await?;
            let (one, other) = match (live.rows.front(), rebuilt.rows.front()) {
                (None, None) => return Ok(()),
                (Some(_), None) => (live.rows.pop_front(), None),
                (None, Some(_)) => (None, rebuilt.rows.pop_front()),
                (Some(one), Some(other)) => match one.get(..2).cmp(&other.get(..2)) {
                    Ordering::Less => (live.rows.pop_front(), None),
                    Ordering::Greater => (None, rebuilt.rows.pop_front()),
                    Ordering::Equal => (live.rows.pop_front(), rebuilt.rows.pop_front()),
                },
            };
            found.rows += 1;
            if one == other {
                continue;
            }
            found.different += 1;
            if found.differences.len() < DIFFERENCES_MAX {
                found.differences.push(Difference { board, live: one, rebuilt: other });
            }
        }
    }
}

/// A table read page by page in the order of its key, which is its first two columns.
struct Dump<'a> {
    table: String,
    columns: &'a [Column],
    rows: VecDeque<Vec<Value>>,
    after: Option<(Value, Value)>,
    end: End,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Ahead,
    Reached,
}

impl<'a> Dump<'a> {
    fn of(table: String, columns: &'a [Column]) -> Self {
        Self { table, columns, rows: VecDeque::new(), after: None, end: End::Ahead }
    }

    async fn fill(&mut self, store: &Store) -> Result<(), StoreFault> {
        if !self.rows.is_empty() || self.end == End::Reached {
            return Ok(());
        }
        let read = store.read("dump a board", self.page()).await?;
        for row in &read {
            let value = |(at, it): (usize, &Column)| match it.kind {
                ColumnKind::Int => Ok(column::<Option<i64>>(row, at)?.into()),
                ColumnKind::Text => Ok(column::<Option<String>>(row, at)?.into()),
            };
            let values: Vec<Value> =
                self.columns.iter().enumerate().map(value).collect::<Result<_, StoreFault>>()?;
            self.rows.push_back(values);
        }
        match self.rows.back().map(Vec::as_slice) {
            Some([first, second, ..]) => self.after = Some((first.clone(), second.clone())),
            Some(_) | None => self.end = End::Reached,
        }
        Ok(())
    }

    fn page(&self) -> Statement {
        let names: Vec<String> = self.columns.iter().map(|it| format!("\"{}\"", it.name)).collect();
        let key = names.get(..2).unwrap_or_default().join(", ");
        let (beyond, binds) = match &self.after {
            None => (String::new(), vec![]),
            Some((first, second)) => {
                (format!("WHERE ({key}) > ($1, $2)"), vec![bind(first), bind(second)])
            }
        };
        let table = &self.table;
        let names = names.join(", ");
        let sql =
            format!("SELECT {names} FROM \"{table}\" {beyond} ORDER BY {key} LIMIT {PAGE_ROWS}");
        Statement::of(sql, binds)
    }
}

fn bind(value: &Value) -> Bind {
    match value {
        Value::Null => Bind::Text(None),
        Value::Int(number) => (*number).into(),
        Value::Text(text) => text.as_str().into(),
    }
}

fn step(sql: String) -> Step {
    Step::may(Statement::of(sql, vec![]))
}

fn shadow_of(board: &str) -> String {
    format!("shadow_{board}")
}

fn take_place(board: &str) -> [Step; 2] {
    let shadow = shadow_of(board);
    [
        step(format!("DROP TABLE \"{board}\"")),
        step(format!("ALTER TABLE \"{shadow}\" RENAME TO \"{board}\"")),
    ]
}

/// The table of sights among the boards.
const SIGHT: &str = "sight";

const PUT_SIGHT: &str = "INSERT INTO shadow_sight (viewer, stream) VALUES";

/// Locks the head where it is. Affects no row when the journal has moved on.
const STAND_STILL: &str = "UPDATE head SET position = position WHERE position = $1";

/// Rows that are held before they are written together.
const HELD_ROWS_MAX: usize = 8_192;

/// Differences that are told one by one.
const DIFFERENCES_MAX: usize = 100;

/// Rows a page of a dump has.
const PAGE_ROWS: u32 = 2_000;

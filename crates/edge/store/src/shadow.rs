//! Rebuilding the boards: beside the old ones, compared with them, then put in their place.
//!
//! The caller folds the journal and hands in rows; here they are written in batches. The swap takes
//! place only at the position the caller has read up to, in one transaction.

use std::collections::BTreeMap;

use sqlx::any::AnyRow;

use crate::board::{Column, ColumnKind, Value};
use crate::commit::BoardRows;
use crate::engine::Engine;
use crate::fault::{ShadowFault, StoreFault};
use crate::journal::{column, count, number};
use crate::schema::{indexes_of, sight_table, table_of};
use crate::statement::{Bind, ManyRows, Statement};
use crate::store::{HandedIn, Store, modelled};
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
        modelled!(self, node => node.begin_shadow().await.map(|()| Shadow::beside(self)));
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
        Ok(Shadow::beside(self))
    }
}

impl Shadow {
    fn beside(store: &Store) -> Self {
        Self { store: store.clone(), held: BTreeMap::new(), held_rows: 0, rows: 0, writing: None }
    }

    /// Takes in everything about a stream that was not put before.
    pub async fn put(&mut self, rows: StreamRows) -> Result<(), StoreFault> {
        modelled!(self.store, node => node.put_shadow(rows).await.map(|put| self.rows += put));
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
        modelled!(self.store, node => {
            node.drop_from_shadow(&rows.stream).await?;
            node.put_shadow(rows).await.map(|put| self.rows += put)
        });
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
        modelled!(self.store, node => node.compare_shadow().await);
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
        modelled!(self.store, node => node.swap_shadow(position).await);
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

    /// Compares two tables where they are: only rows that differ are brought here.
    async fn compare_tables(
        &self,
        board: &'static str,
        columns: &[Column],
        found: &mut Comparison,
    ) -> Result<(), StoreFault> {
        let pair = Pair::of(board, columns);
        let changed = self.count_rows(&pair.changed("COUNT(*)")).await?;
        let gone = self.count_rows(&pair.gone("COUNT(*)")).await?;
        found.rows +=
            gone + self.count_rows(&format!("SELECT COUNT(*) FROM {}", pair.rebuilt)).await?;
        found.different += changed + gone;
        if changed + gone == 0 {
            return Ok(());
        }
        let mut told = Vec::new();
        for row in self.first_rows(pair.changed(&pair.both)).await? {
            let (rebuilt, live) =
                (values(&row, columns, 0)?, values(&row, columns, columns.len())?);
            let live = live.first().is_some_and(|it| *it != Value::Null).then_some(live);
            told.push(Difference { board, live, rebuilt: Some(rebuilt) });
        }
        for row in self.first_rows(pair.gone(&pair.live_columns)).await? {
            told.push(Difference { board, live: Some(values(&row, columns, 0)?), rebuilt: None });
        }
        told.sort_by(|one, other| one.key().cmp(&other.key()));
        let room = DIFFERENCES_MAX.saturating_sub(found.differences.len());
        found.differences.extend(told.into_iter().take(room));
        Ok(())
    }

    async fn count_rows(&self, sql: &str) -> Result<u64, StoreFault> {
        let rows = self.store.read("compare the boards", Statement::of(sql.to_owned(), vec![]));
        rows.await?.first().map_or(Ok(0), |row| count(row, 0))
    }

    /// The first rows in the order of their key, which is their first two columns.
    async fn first_rows(&self, sql: String) -> Result<Vec<AnyRow>, StoreFault> {
        let sql = format!("{sql} ORDER BY 1, 2 LIMIT {DIFFERENCES_MAX}");
        self.store.read("compare the boards", Statement::of(sql, vec![])).await
    }
}

impl Difference {
    fn key(&self) -> Option<&[Value]> {
        self.rebuilt.as_ref().or(self.live.as_ref()).and_then(|row| row.get(..2))
    }
}

/// A table in use and the one in the making, which have the same columns; the first two are the key.
struct Pair {
    live: String,
    rebuilt: String,
    live_columns: String,
    /// The columns of both, those of the rebuilt table first.
    both: String,
    same_key: String,
    differs: String,
}

impl Pair {
    fn of(board: &str, columns: &[Column]) -> Self {
        let names: Vec<String> = columns.iter().map(|it| format!("\"{}\"", it.name)).collect();
        let each = |one: &dyn Fn(&String) -> String, between: &str| {
            names.iter().map(one).collect::<Vec<_>>().join(between)
        };
        let key = names.iter().take(2).map(|name| format!("live.{name} = rebuilt.{name}"));
        let live_columns = each(&|name| format!("live.{name}"), ", ");
        Self {
            live: format!("\"{board}\""),
            rebuilt: format!("\"{}\"", shadow_of(board)),
            both: format!("{}, {live_columns}", each(&|name| format!("rebuilt.{name}"), ", ")),
            live_columns,
            same_key: key.collect::<Vec<_>>().join(" AND "),
            differs: each(&|name| format!("live.{name} IS DISTINCT FROM rebuilt.{name}"), " OR "),
        }
    }

    /// Rows of the rebuilt table that are not the same in the one in use.
    fn changed(&self, what: &str) -> String {
        let Self { live, rebuilt, same_key, differs, .. } = self;
        format!(
            "SELECT {what} FROM {rebuilt} AS rebuilt LEFT JOIN {live} AS live ON {same_key}
            WHERE {differs}"
        )
    }

    /// Rows of the table in use that the rebuilt one does not have.
    fn gone(&self, what: &str) -> String {
        let Self { live, rebuilt, same_key, .. } = self;
        format!(
            "SELECT {what} FROM {live} AS live LEFT JOIN {rebuilt} AS rebuilt ON {same_key}
            WHERE rebuilt.stream IS NULL"
        )
    }
}

fn values(row: &AnyRow, columns: &[Column], from: usize) -> Result<Vec<Value>, StoreFault> {
    let value = |(at, it): (usize, &Column)| match it.kind {
        ColumnKind::Int => Ok(column::<Option<i64>>(row, at)?.into()),
        ColumnKind::Text => Ok(column::<Option<String>>(row, at)?.into()),
    };
    (from..).zip(columns).map(value).collect()
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
pub(crate) const SIGHT: &str = "sight";

const PUT_SIGHT: &str = "INSERT INTO shadow_sight (viewer, stream) VALUES";

/// Locks the head where it is. Affects no row when the journal has moved on.
const STAND_STILL: &str = "UPDATE head SET position = position WHERE position = $1";

/// Rows that are held before they are written together.
const HELD_ROWS_MAX: usize = 8_192;

/// Differences that are told one by one.
pub(crate) const DIFFERENCES_MAX: usize = 100;

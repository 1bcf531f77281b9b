//! One SQL statement with its values, and many rows as few statements.

use std::borrow::Cow;
use std::fmt::Write as _;

use sqlx::any::AnyRow;
use sqlx::query::Query;
use sqlx::{Any, AnyConnection, AssertSqlSafe};

use crate::engine::Engine;

/// One value for the driver; the kind is known even when the value is missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Bind {
    Int(Option<i64>),
    Text(Option<String>),
    Bytes(Option<Vec<u8>>),
}

impl From<i64> for Bind {
    fn from(number: i64) -> Self {
        Self::Int(Some(number))
    }
}

impl From<&str> for Bind {
    fn from(text: &str) -> Self {
        Self::Text(Some(text.to_owned()))
    }
}

impl From<String> for Bind {
    fn from(text: String) -> Self {
        Self::Text(Some(text))
    }
}

impl From<Vec<u8>> for Bind {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Bytes(Some(bytes))
    }
}

/// A statement and its values. The text is ours: values never become part of it.
#[derive(Clone, Debug)]
pub(crate) struct Statement {
    sql: Cow<'static, str>,
    binds: Vec<Bind>,
}

impl Statement {
    pub(crate) fn of(sql: impl Into<Cow<'static, str>>, binds: Vec<Bind>) -> Self {
        Self { sql: sql.into(), binds }
    }

    /// Runs it and tells how many rows it touched.
    pub(crate) async fn run(self, connection: &mut AnyConnection) -> Result<u64, sqlx::Error> {
        self.query().execute(connection).await.map(|done| done.rows_affected())
    }

    /// Runs it and gives what it returns.
    pub(crate) async fn rows(
        self,
        connection: &mut AnyConnection,
    ) -> Result<Vec<AnyRow>, sqlx::Error> {
        self.query().fetch_all(connection).await
    }

    /// Runs it and gives the first row it returns.
    pub(crate) async fn row(
        self,
        connection: &mut AnyConnection,
    ) -> Result<Option<AnyRow>, sqlx::Error> {
        self.query().fetch_optional(connection).await
    }

    fn query(self) -> Query<'static, Any, sqlx::any::AnyArguments> {
        let mut query = sqlx::query(AssertSqlSafe(self.sql));
        for bind in self.binds {
            query = match bind {
                Bind::Int(number) => query.bind(number),
                Bind::Text(text) => query.bind(text),
                Bind::Bytes(bytes) => query.bind(bytes),
            };
        }
        query
    }
}

/// Many rows for one table: the text before and after the list of rows.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ManyRows<'a> {
    pub(crate) engine: Engine,
    pub(crate) before: &'a str,
    pub(crate) after: &'a str,
}

impl ManyRows<'_> {
    /// The statements that write the rows, in order.
    ///
    /// Their sizes come from a short list, so that the engines meet the same few texts again and
    /// keep them prepared.
    pub(crate) fn statements(self, mut rows: Vec<Vec<Bind>>) -> Vec<Statement> {
        let width = rows.first().map_or(1, Vec::len).max(1);
        let mut statements = Vec::new();
        while !rows.is_empty() {
            let left = rows.len();
            let size = SIZES.into_iter().find(|size| *size <= left && size * width <= BINDS_MAX);
            let rest = rows.split_off(size.unwrap_or(1).min(left));
            statements.push(self.statement(std::mem::replace(&mut rows, rest), width));
        }
        statements
    }

    fn statement(self, rows: Vec<Vec<Bind>>, width: usize) -> Statement {
        let room = self.before.len() + self.after.len() + rows.len() * (width * 6 + 4);
        let mut sql = String::with_capacity(room);
        sql.push_str(self.before);
        for row in 0..rows.len() {
            sql.push_str(if row == 0 { " (" } else { ", (" });
            match self.engine {
                // SQLite looks up each numbered place by its name among all of them; with
                // thousands of places that takes longer than the rows.
                Engine::Sqlite => push_marks(&mut sql, width),
                Engine::Postgres => push_places(&mut sql, row * width + 1, width),
            }
            sql.push(')');
        }
        sql.push(' ');
        sql.push_str(self.after);
        Statement::of(sql, rows.into_iter().flatten().collect())
    }
}

/// Statements with a list of texts in the middle, `… IN ($1, …)`, each within the limits.
pub(crate) fn with_texts(before: &str, texts: &[String], after: &str) -> Vec<Statement> {
    texts
        .chunks(LIST_MAX)
        .map(|chunk| {
            let mut sql = String::from(before);
            sql.push_str(" (");
            push_places(&mut sql, 1, chunk.len());
            sql.push_str(") ");
            sql.push_str(after);
            Statement::of(sql, chunk.iter().map(|text| Bind::from(text.as_str())).collect())
        })
        .collect()
}

/// Appends `$first, …`, so many of them.
pub(crate) fn push_places(sql: &mut String, first: usize, count: usize) {
    for place in first..first + count {
        if place > first {
            sql.push_str(", ");
        }
        if write!(sql, "${place}").is_err() {
            return; // writing to a String does not fail
        }
    }
}

fn push_marks(sql: &mut String, count: usize) {
    for place in 0..count {
        sql.push_str(if place == 0 { "?" } else { ", ?" });
    }
}

/// Rows a statement may have, largest first.
const SIZES: [usize; 10] = [512, 256, 128, 64, 32, 16, 8, 4, 2, 1];

/// Values one statement may have on either engine.
pub(crate) const BINDS_MAX: usize = 30_000;

/// Texts one list may have.
const LIST_MAX: usize = 1_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_become_statements_of_few_sizes() {
        let engine = Engine::Postgres;
        let many = ManyRows { engine, before: "INSERT INTO a (b, c) VALUES", after: "" };
        let rows: Vec<Vec<Bind>> = (0..70).map(|n| vec![Bind::from(n), Bind::from("x")]).collect();
        let statements = many.statements(rows);
        let sizes: Vec<usize> = statements.iter().map(|it| it.binds.len() / 2).collect();
        assert_eq!(sizes, [64, 4, 2]);
        assert_eq!(statements[2].sql, "INSERT INTO a (b, c) VALUES ($1, $2), ($3, $4) ");
        let order: Vec<Bind> = statements.into_iter().flat_map(|it| it.binds).step_by(2).collect();
        assert_eq!(order, (0..70).map(Bind::from).collect::<Vec<_>>());
    }
}

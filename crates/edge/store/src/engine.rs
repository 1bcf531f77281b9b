//! The two engines: how they are reached and what they are told first.
//!
//! Statements go through sqlx's `Any` driver, so that there is one text and one code path. What
//! differs is here: types in the DDL, the statement that begins to write, and the settings.

use std::str::FromStr;
use std::time::Duration;

use sqlx::any::{AnyConnectOptions, AnyPoolOptions};
use sqlx::{AnyConnection, AnyPool, AssertSqlSafe, ConnectOptions, Executor, Row};

use crate::fault::StoreFault;
use crate::settings::Settings;

/// One of the two databases this program works with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Engine {
    Sqlite,
    Postgres,
}

impl Engine {
    pub(crate) fn of(url: &str) -> Result<Self, StoreFault> {
        if url.starts_with("sqlite:") {
            return Ok(Self::Sqlite);
        }
        if url.starts_with("postgres:") || url.starts_with("postgresql:") {
            return Ok(Self::Postgres);
        }
        Err(StoreFault::Malformed(
            "the database URL must begin with sqlite: or postgres:".to_owned(),
        ))
    }

    /// Writes the types and suffixes of this engine into a statement of the schema.
    pub(crate) fn ddl(self, text: &str) -> String {
        let (int, words, bytes, by_key) = match self {
            Self::Sqlite => ("INTEGER", "TEXT", "BLOB", "STRICT, WITHOUT ROWID"),
            Self::Postgres => ("BIGINT", "TEXT COLLATE \"C\"", "BYTEA", ""),
        };
        let strict = match self {
            Self::Sqlite => "STRICT",
            Self::Postgres => "",
        };
        text.replace("{int}", int)
            .replace("{text}", words)
            .replace("{bytes}", bytes)
            .replace("{by_key}", by_key)
            .replace("{strict}", strict)
    }

    /// Begins a transaction that will write. SQLite takes the lock at once, so that it cannot
    /// find out later that it must not.
    pub(crate) fn begin(self) -> &'static str {
        match self {
            Self::Sqlite => "BEGIN IMMEDIATE",
            Self::Postgres => "BEGIN",
        }
    }

    fn settings(self, role: Role) -> &'static [&'static str] {
        match (self, role) {
            (Self::Sqlite, Role::Writer) => &[
                "PRAGMA busy_timeout = 5000",
                "PRAGMA journal_mode = WAL",
                "PRAGMA synchronous = FULL",
                "PRAGMA foreign_keys = OFF",
                "PRAGMA wal_autocheckpoint = 4000",
                "PRAGMA journal_size_limit = 67108864",
                "PRAGMA cache_size = -65536",
                "PRAGMA temp_store = MEMORY",
                // What is deleted is overwritten, in tables and in free pages: erased means erased.
                "PRAGMA secure_delete = ON",
            ],
            (Self::Sqlite, Role::Reader) => &[
                "PRAGMA busy_timeout = 5000",
                "PRAGMA query_only = ON",
                "PRAGMA case_sensitive_like = ON",
                "PRAGMA cache_size = -16384",
                "PRAGMA temp_store = MEMORY",
            ],
            (Self::Postgres, Role::Writer) => &[
                "SET lock_timeout = '5s'",
                "SET statement_timeout = '30s'",
                "SET idle_in_transaction_session_timeout = '10s'",
                "SET synchronous_commit = on",
                "SET client_min_messages = warning",
                "SET application_name = 'fengsui-writer'",
            ],
            (Self::Postgres, Role::Reader) => &[
                "SET lock_timeout = '5s'",
                "SET statement_timeout = '30s'",
                "SET idle_in_transaction_session_timeout = '10s'",
                "SET default_transaction_read_only = on",
                "SET client_min_messages = warning",
                "SET application_name = 'fengsui-reader'",
            ],
        }
    }

    /// Makes sure that a commit is on disk when it returns.
    pub(crate) async fn check_durable(
        self,
        connection: &mut AnyConnection,
    ) -> Result<(), StoreFault> {
        let asked: &[(&'static str, &[&str])] = match self {
            Self::Sqlite => {
                &[("PRAGMA journal_mode", &["wal"]), ("PRAGMA synchronous", &["2", "3"])]
            }
            Self::Postgres => &[
                ("SHOW fsync", &["on"]),
                ("SHOW synchronous_commit", &["on", "remote_write", "remote_apply"]),
                ("SHOW full_page_writes", &["on"]),
            ],
        };
        for (question, safe) in asked {
            let row = connection
                .fetch_one(*question)
                .await
                .map_err(|error| StoreFault::of("read its settings", error))?;
            let told = row
                .try_get::<String, _>(0)
                .or_else(|_| row.try_get::<i64, _>(0).map(|number| number.to_string()))
                .map_err(|error| StoreFault::of("read its settings", error))?;
            if !safe.contains(&told.as_str()) {
                return Err(StoreFault::Unsafe(format!("{question} says {told}")));
            }
        }
        Ok(())
    }
}

/// What a connection is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    Writer,
    Reader,
}

/// Opens connections for one role; the first one is made at once.
pub(crate) async fn connect(
    engine: Engine,
    role: Role,
    settings: &Settings,
) -> Result<AnyPool, StoreFault> {
    sqlx::any::install_default_drivers();
    let fault = |error| StoreFault::of("open it", error);
    let options = AnyConnectOptions::from_str(&url_for(engine, role, &settings.url))
        .map_err(fault)?
        .disable_statement_logging();
    let connections = match role {
        Role::Writer => 1,
        Role::Reader => settings.readers_max.max(1),
    };
    let quota = match (engine, role, settings.bytes_max) {
        (Engine::Sqlite, Role::Writer, Some(bytes)) => Some(bytes),
        (Engine::Sqlite | Engine::Postgres, Role::Writer | Role::Reader, _) => None,
    };
    AnyPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(Duration::from_secs(10))
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(engine == Engine::Postgres)
        .after_connect(move |connection, _| {
            Box::pin(async move {
                for setting in engine.settings(role) {
                    sqlx::raw_sql(AssertSqlSafe(*setting)).execute(&mut *connection).await?;
                }
                if let Some(bytes) = quota {
                    limit(connection, bytes).await?;
                }
                Ok(())
            })
        })
        .connect_with(options)
        .await
        .map_err(fault)
}

/// Keeps the embedded database within its quota.
async fn limit(connection: &mut AnyConnection, bytes: u64) -> Result<(), sqlx::Error> {
    let row = connection.fetch_one("PRAGMA page_size").await?;
    let page = u64::try_from(row.try_get::<i64, _>(0)?).unwrap_or(4_096).max(1);
    let pages = (bytes / page).max(1);
    let limit = format!("PRAGMA max_page_count = {pages}");
    sqlx::raw_sql(AssertSqlSafe(limit)).execute(connection).await.map(|_| ())
}

/// Only the writer may create the file of the embedded database.
fn url_for(engine: Engine, role: Role, url: &str) -> String {
    match (engine, role) {
        (Engine::Sqlite, Role::Writer) if !url.contains('?') => format!("{url}?mode=rwc"),
        (Engine::Sqlite | Engine::Postgres, Role::Writer | Role::Reader) => url.to_owned(),
    }
}

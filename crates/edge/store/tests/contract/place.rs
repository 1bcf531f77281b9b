//! Where a test keeps its store, and the words in which tests speak.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use fengsui_store::{
    AppendFault, Board, BoardRows, Column, Commit, Committed, ModelDisk, NewEntry, NoFaults,
    Settings, Store, StreamCommit, Value,
};
use fengsui_vocabulary::{CommandId, Realm};
use jiff::Timestamp;
use sqlx::{AnyConnection, AssertSqlSafe, Connection};
use tempfile::TempDir;

/// Runs each fact on both engines and on the model of them.
macro_rules! on_every_engine {
    ($($(#[$note:meta])* $fact:ident)*) => {
        mod sqlite {
            $($(#[$note])* #[tokio::test] async fn $fact() {
                super::$fact($crate::place::Place::sqlite()).await;
            })*
        }
        mod postgres {
            $($(#[$note])* #[tokio::test] async fn $fact() {
                if let Some(place) = $crate::place::Place::postgres().await {
                    super::$fact(place).await;
                }
            })*
        }
        mod model {
            $($(#[$note])* #[tokio::test] async fn $fact() {
                super::$fact($crate::place::Place::model()).await;
            })*
        }
    };
}
pub(crate) use on_every_engine;

/// Runs each fact on both engines. It is about SQL, about the process or about the file, none of which
/// a store in memory has.
macro_rules! on_sql {
    ($($(#[$note:meta])* $fact:ident)*) => {
        mod sqlite_alone {
            $($(#[$note])* #[tokio::test] async fn $fact() {
                super::$fact($crate::place::Place::sqlite()).await;
            })*
        }
        mod postgres_alone {
            $($(#[$note])* #[tokio::test] async fn $fact() {
                if let Some(place) = $crate::place::Place::postgres().await {
                    super::$fact(place).await;
                }
            })*
        }
    };
}
pub(crate) use on_sql;

/// A database of its own for one test.
pub(crate) struct Place {
    pub(crate) settings: Settings,
    /// The disk in memory, instead of a database.
    pub(crate) disk: Option<ModelDisk>,
    /// Goes when the test ends.
    pub(crate) folder: Option<TempDir>,
}

impl Place {
    pub(crate) fn sqlite() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let settings = Settings::file(&folder.path().join("fengsui.db"));
        Self { settings, disk: None, folder: Some(folder) }
    }

    pub(crate) fn model() -> Self {
        let disk = Some(ModelDisk::default());
        Self { settings: Settings::at("model:"), disk, folder: None }
    }

    /// `None` when PostgreSQL was left out on purpose.
    pub(crate) async fn postgres() -> Option<Self> {
        let server = std::env::var("FENGSUI_TEST_POSTGRES").expect(
            "FENGSUI_TEST_POSTGRES must name a server: run this under scripts/with-postgres, or \
             set it to `off` to leave PostgreSQL out",
        );
        if server == "off" {
            return None;
        }
        let name = format!("t{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        run(&server, &format!("CREATE DATABASE {name} TEMPLATE template0")).await;
        let (before, _) = server.rsplit_once('/').expect("a URL with a database");
        let settings = Settings::at(format!("{before}/{name}"));
        Some(Self { settings, disk: None, folder: None })
    }

    pub(crate) fn is_sqlite(&self) -> bool {
        self.settings.url.starts_with("sqlite:")
    }

    pub(crate) async fn open(&self) -> Store {
        self.open_with(BOARDS).await
    }

    pub(crate) async fn open_with(&self, boards: &'static [&'static Board]) -> Store {
        let opened = match &self.disk {
            Some(disk) => Store::on_model(disk, &self.settings, boards, Arc::new(NoFaults)).await,
            None => Store::open(&self.settings, boards).await,
        };
        opened.expect("the store opens")
    }

    /// Does to the database what the store would never do.
    pub(crate) async fn tamper(&self, sql: &str) {
        run(&self.settings.url, sql).await;
    }
}

async fn run(url: &str, sql: &str) {
    sqlx::any::install_default_drivers();
    let mut connection = AnyConnection::connect(url).await.expect("a second connection");
    for statement in sql.split(';') {
        sqlx::raw_sql(AssertSqlSafe(statement.to_owned()))
            .execute(&mut connection)
            .await
            .expect("the statement runs");
    }
    connection.close().await.expect("the second connection ends");
}

static NEXT: AtomicU64 = AtomicU64::new(0);

pub(crate) static REPORT: Board = Board {
    name: "board_report",
    columns: &[
        Column::text("number"),
        Column::text("title"),
        Column::text_opt("incident"),
        Column::int("taken_in_at"),
        Column::int_opt("due_at"),
    ],
    indexes: &[&["taken_in_at"], &["incident", "due_at"]],
};

pub(crate) static DUTY: Board = Board {
    name: "board_duty",
    columns: &[Column::text("duty"), Column::int("slot")],
    indexes: &[&["duty"]],
};

pub(crate) static BOARDS: &[&Board] = &[&REPORT, &DUTY];

/// A time of the morning everything happens on, in minutes after 09:00.
pub(crate) fn at(minutes: i64) -> Timestamp {
    Timestamp::from_second(1_790_038_800 + minutes * 60).expect("a time")
}

pub(crate) fn command(number: u128) -> CommandId {
    CommandId::from_bits(number)
}

/// A command that writes nothing yet.
pub(crate) fn commit(number: u128) -> Commit {
    let mut commit = Commit::of(command(number), Realm::Live, "per_lin", at(0));
    commit.answer = format!("answer {number}");
    commit
}

/// A stream that moves on by so many entries.
pub(crate) fn moves(stream: &str, expected: u64, entries: u64) -> StreamCommit {
    StreamCommit {
        stream: stream.to_owned(),
        expected,
        entries: (0..entries).map(|number| entry(&format!("{stream} {number}"))).collect(),
        ..StreamCommit::default()
    }
}

pub(crate) fn entry(payload: &str) -> NewEntry {
    NewEntry {
        kind: "report-received".to_owned(),
        kind_version: 1,
        happened_at: at(-20),
        payload: payload.to_owned(),
        blobs: vec![],
    }
}

/// A command that moves one stream on by one entry.
pub(crate) fn one(number: u128, stream: &str, expected: u64) -> Commit {
    Commit { streams: vec![moves(stream, expected, 1)], ..commit(number) }
}

/// Everything at once, so that it waits together; answers in the order of the commands.
pub(crate) async fn together(
    store: &Store,
    commits: Vec<Commit>,
) -> Vec<Result<Committed, AppendFault>> {
    let mut waiting = tokio::task::JoinSet::new();
    for (place, commit) in commits.into_iter().enumerate() {
        let store = store.clone();
        waiting.spawn(async move { (place, store.append(commit).await) });
    }
    let mut answers = waiting.join_all().await;
    answers.sort_by_key(|(place, _)| *place);
    answers.into_iter().map(|(_, answer)| answer).collect()
}

/// A row of the report board.
pub(crate) fn report_row(
    number: &str,
    title: &str,
    incident: Option<&str>,
    minutes: i64,
    due: Option<i64>,
) -> Vec<Value> {
    vec![number.into(), title.into(), incident.into(), at(minutes).into(), due.map(at).into()]
}

pub(crate) fn report_rows(rows: Vec<Vec<Value>>) -> BoardRows {
    BoardRows { board: REPORT.name, rows }
}

/// The chain is sound; says where it ends.
pub(crate) async fn verified(store: &Store) -> u64 {
    store.verify(&mut |_| {}, &mut |_| Ok(())).await.expect("the chain is sound").position
}

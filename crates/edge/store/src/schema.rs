//! The tables, in one text for both engines with a map of types.
//!
//! `entry` is fixed for ever. Boards come and go with the program: a board of another shape is made
//! anew and empty, and counts as stale until it is rebuilt.

use sqlx::{AnyConnection, AssertSqlSafe, Connection, Row};

use crate::board::{Board, ColumnKind};
use crate::engine::Engine;
use crate::fault::StoreFault;
use crate::statement::Statement;

/// Makes what is missing, in one transaction. A database of a newer program is left as it is.
pub(crate) async fn create(
    connection: &mut AnyConnection,
    engine: Engine,
    boards: &[&Board],
) -> Result<(), StoreFault> {
    if let Some(board) = boards.iter().find(|board| !board.is_well_named()) {
        return Err(StoreFault::Malformed(format!("board {} has a bad name in it", board.name)));
    }
    let fault = |error| StoreFault::of("make the tables", error);
    let mut transaction = connection.begin_with(engine.begin()).await.map_err(fault)?;
    make_version(&mut transaction, engine).await.map_err(fault)?;
    check_version(&mut transaction).await?;
    make_tables(&mut transaction, engine, boards).await.map_err(fault)?;
    transaction.commit().await.map_err(fault)
}

async fn make_version(connection: &mut AnyConnection, engine: Engine) -> Result<(), sqlx::Error> {
    if engine == Engine::Postgres {
        // Two nodes may start at once; CREATE … IF NOT EXISTS alone does not cope with that.
        run(connection, LOCK.to_owned()).await?;
    }
    run(connection, engine.ddl(STORE)).await?;
    Statement::of(FIRST_VERSION, vec![VERSION.into()]).run(connection).await.map(|_| ())
}

async fn make_tables(
    connection: &mut AnyConnection,
    engine: Engine,
    boards: &[&Board],
) -> Result<(), sqlx::Error> {
    for table in TABLES {
        run(connection, engine.ddl(table)).await?;
    }
    run(connection, FIRST_HEAD.to_owned()).await?;
    for board in boards {
        make_board(connection, engine, board).await?;
    }
    Ok(())
}

async fn make_board(
    connection: &mut AnyConnection,
    engine: Engine,
    board: &Board,
) -> Result<(), sqlx::Error> {
    let stored = Statement::of(READ_SHAPE, vec![board.name.into()]).row(connection).await?;
    let shape = stored.map(|row| row.try_get::<String, _>(0)).transpose()?;
    if shape.as_deref() == Some(board.shape().as_str()) {
        return Ok(());
    }
    run(connection, format!("DROP TABLE IF EXISTS \"{}\"", board.name)).await?;
    run(connection, engine.ddl(&table_of(board, board.name))).await?;
    for index in indexes_of(board) {
        run(connection, index).await?;
    }
    let binds = vec![board.name.into(), board.shape().into()];
    Statement::of(WRITE_SHAPE, binds).run(connection).await.map(|_| ())
}

async fn check_version(connection: &mut AnyConnection) -> Result<(), StoreFault> {
    let fault = |error| StoreFault::of("read its version", error);
    let row = Statement::of(READ_VERSION, vec![]).row(connection).await.map_err(fault)?;
    let found = row.map(|row| row.try_get::<i64, _>(0)).transpose().map_err(fault)?;
    match found {
        Some(found) if found > VERSION => Err(StoreFault::Newer { found, known: VERSION }),
        Some(_) => Ok(()),
        None => Err(StoreFault::Unreadable("the database has no version".to_owned())),
    }
}

/// The table of a board, or of its shadow under another name.
pub(crate) fn table_of(board: &Board, name: &str) -> String {
    let mut columns = String::new();
    for column in board.columns {
        let kind = match column.kind {
            ColumnKind::Int => "{int}",
            ColumnKind::Text => "{text}",
        };
        let empty = if column.nullable { "" } else { " NOT NULL" };
        columns.extend(["\"", column.name, "\" ", kind, empty, ", "]);
    }
    format!(
        "CREATE TABLE \"{name}\" (
            stream {{text}} NOT NULL, ordinal {{int}} NOT NULL, {columns}
            PRIMARY KEY (stream, ordinal)
        ) {{by_key}}"
    )
}

/// The indexes of a board. Their names are free again once the table is dropped.
pub(crate) fn indexes_of(board: &Board) -> Vec<String> {
    let index = |(number, columns): (usize, &&[&str])| {
        let quoted: Vec<String> = columns.iter().map(|column| format!("\"{column}\"")).collect();
        format!("CREATE INDEX \"{0}_{number}_idx\" ON \"{0}\" ({1})", board.name, quoted.join(", "))
    };
    board.indexes.iter().enumerate().map(index).collect()
}

/// The table of sights, or its shadow.
pub(crate) fn sight_table(name: &str) -> String {
    format!(
        "CREATE TABLE IF NOT EXISTS {name} (
            viewer {{text}} NOT NULL,
            stream {{text}} NOT NULL,
            PRIMARY KEY (viewer, stream)
        ) {{by_key}}"
    )
}

async fn run(connection: &mut AnyConnection, sql: String) -> Result<(), sqlx::Error> {
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(connection).await.map(|_| ())
}

/// The schema this program writes.
const VERSION: i64 = 1;

/// Any number, as long as it is ours: nodes that start at once make the tables one after another.
const LOCK: &str = "SELECT pg_advisory_xact_lock(7309453)";

const READ_VERSION: &str = "SELECT version FROM store";

const READ_SHAPE: &str = "SELECT shape FROM board WHERE board = $1";

/// A board is stale from the moment it is made until it has been rebuilt; one that is made with an
/// empty journal has nothing to catch up with.
const WRITE_SHAPE: &str = "
    INSERT INTO board (board, shape, stale)
    SELECT $1, $2, CASE WHEN position = 0 THEN 0 ELSE 1 END
    FROM head
    WHERE 1 = 1
    ON CONFLICT (board) DO UPDATE
    SET shape = excluded.shape, stale = excluded.stale
";

const STORE: &str = "
    CREATE TABLE IF NOT EXISTS store (
        singleton {int} NOT NULL PRIMARY KEY,
        version {int} NOT NULL,
        CONSTRAINT store_singleton_check CHECK (singleton = 1)
    ) {strict}
";

const FIRST_VERSION: &str = "
    INSERT INTO store (singleton, version)
    VALUES (1, $1)
    ON CONFLICT DO NOTHING
";

const FIRST_HEAD: &str = "
    INSERT INTO head (singleton, position, recorded_at, hash)
    VALUES (1, 0, 0, NULL)
    ON CONFLICT DO NOTHING
";

const TABLES: &[&str] = &[
    "CREATE TABLE IF NOT EXISTS entry (
        position {int} NOT NULL PRIMARY KEY,
        stream {text} NOT NULL,
        version {int} NOT NULL,
        realm {text} NOT NULL,
        recorded_at {int} NOT NULL,
        happened_at {int} NOT NULL,
        actor {text} NOT NULL,
        on_behalf_of {text},
        command_id {text} NOT NULL,
        kind {text} NOT NULL,
        kind_version {int} NOT NULL,
        payload {text} NOT NULL,
        previous {bytes} NOT NULL,
        hash {bytes} NOT NULL,
        CONSTRAINT entry_stream_version_key UNIQUE (stream, version)
    ) {strict}",
    "CREATE TABLE IF NOT EXISTS head (
        singleton {int} NOT NULL PRIMARY KEY,
        position {int} NOT NULL,
        recorded_at {int} NOT NULL,
        hash {bytes},
        CONSTRAINT head_singleton_check CHECK (singleton = 1)
    ) {strict}",
    "CREATE TABLE IF NOT EXISTS stream (
        stream {text} NOT NULL PRIMARY KEY,
        version {int} NOT NULL
    ) {by_key}",
    "CREATE TABLE IF NOT EXISTS command (
        command_id {text} NOT NULL PRIMARY KEY,
        first_position {int} NOT NULL,
        entries {int} NOT NULL,
        answer {text} NOT NULL
    ) {by_key}",
    "CREATE TABLE IF NOT EXISTS claim (
        series {text} NOT NULL,
        key {text} NOT NULL,
        holder {text} NOT NULL,
        PRIMARY KEY (series, key)
    ) {by_key}",
    "CREATE TABLE IF NOT EXISTS blob (
        blob {text} NOT NULL PRIMARY KEY,
        size {int} NOT NULL,
        key {bytes},
        stored_at {int} NOT NULL,
        used_by {text}
    ) {by_key}",
    "CREATE INDEX IF NOT EXISTS blob_unreferenced_idx ON blob (stored_at) WHERE used_by IS NULL",
    "CREATE TABLE IF NOT EXISTS blob_chunk (
        blob {text} NOT NULL,
        chunk {int} NOT NULL,
        bytes {bytes} NOT NULL,
        PRIMARY KEY (blob, chunk)
    ) {strict}",
    "CREATE TABLE IF NOT EXISTS side (
        kind {text} NOT NULL,
        key {text} NOT NULL,
        value {text} NOT NULL,
        version {int} NOT NULL,
        expires_at {int},
        PRIMARY KEY (kind, key)
    ) {strict}",
    "CREATE INDEX IF NOT EXISTS side_expires_at_idx ON side (expires_at)
        WHERE expires_at IS NOT NULL",
    "CREATE TABLE IF NOT EXISTS sight (
        viewer {text} NOT NULL,
        stream {text} NOT NULL,
        PRIMARY KEY (viewer, stream)
    ) {by_key}",
    "CREATE INDEX IF NOT EXISTS sight_stream_idx ON sight (stream)",
    "CREATE TABLE IF NOT EXISTS board (
        board {text} NOT NULL PRIMARY KEY,
        shape {text} NOT NULL,
        stale {int} NOT NULL
    ) {strict}",
];

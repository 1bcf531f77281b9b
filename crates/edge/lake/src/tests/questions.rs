//! Questions: what may be asked, what it may take, and what is said when it may not.

use std::time::{Duration, Instant};

use arrow::array::AsArray;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use tempfile::{TempDir, tempdir};

use super::ground::{
    DAY, Ground, SPILLING, ask, data_files, in_every_place, number, put, spilling, spilt,
};
use crate::{Ended, Lake, LakeFault, Limits};

async fn filled(ground: &Ground) -> Lake {
    let lake = ground.open().await;
    put(&lake, DAY, "eve", 0..1_000).await.unwrap();
    put(&lake, DAY + 1, "eve", 1_000..2_000).await.unwrap();
    lake
}

async fn lake() -> (TempDir, Lake) {
    let folder = tempdir().unwrap();
    let lake = filled(&Ground::at(folder.path())).await;
    (folder, lake)
}

async fn refused(lake: &Lake, sql: &str, limits: Limits) -> LakeFault {
    match lake.query(sql, limits).await {
        Err(fault) => fault,
        Ok(answer) => answer.collect().await.expect_err(sql),
    }
}

async fn questions_are_answered_over_views_and_dotted_columns(ground: Ground) {
    let lake = filled(&ground).await;
    assert_eq!(number(&lake, "SELECT count(*) FROM records").await, 1_800);
    let one = "SELECT count(*) FROM records WHERE \"source.ip\" = '10.0.30.239'";
    assert_eq!(number(&lake, one).await, 1);
    let top = "WITH t AS (SELECT \"source.ip\" ip, count(*) n FROM everything GROUP BY 1) \
               SELECT max(n) FROM t";
    assert_eq!(number(&lake, top).await, 1);
    let range = "SELECT count(*) FROM everything WHERE \"source.key\" BETWEEN \
                 '00000000000000000000ffff0a000000' AND '00000000000000000000ffff0a00ffff'";
    assert_eq!(number(&lake, range).await, 2_000);
    for sql in ["EXPLAIN SELECT 1", "EXPLAIN ANALYZE SELECT 1", "DESCRIBE records", "VALUES (1)"] {
        assert!(!ask(&lake, sql).await.is_empty(), "{sql}");
    }
}

async fn files_that_cannot_match_are_not_opened(ground: Ground) {
    let lake = filled(&ground).await;
    let asked = [
        ("SELECT count(*) FROM everything WHERE day = '2026-11-02'", 1),
        ("SELECT count(nth) FROM everything WHERE \"time.source\" < '2026-11-01T23:00:00Z'", 1),
        ("SELECT count(nth) FROM everything WHERE \"source.key\" < '0'", 0),
        ("SELECT count(nth) FROM everything", 2),
    ];
    for (sql, files) in asked {
        let mut answer = lake.query(sql, Limits::default()).await.unwrap();
        answer.next().await.unwrap();
        let scanned = answer.work().scanned();
        assert_eq!((scanned.files, scanned.files_all), (files, files), "{sql}");
    }
}

async fn an_answer_is_cut_at_its_rows_and_says_so(ground: Ground) {
    let lake = filled(&ground).await;
    for (rows, all, ended) in
        [(10, 10, Ended::Cut), (0, 0, Ended::Cut), (2_000, 2_000, Ended::Whole)]
    {
        let limits = Limits { rows, ..Limits::default() };
        let mut answer =
            lake.query("SELECT * FROM everything ORDER BY \"offset\"", limits).await.unwrap();
        let mut count = 0;
        while let Some(batch) = answer.next().await.unwrap() {
            count += batch.num_rows();
        }
        assert_eq!((count, answer.ended()), (all, ended));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn statements_that_do_more_than_ask_are_refused() {
    let (folder, lake) = lake().await;
    let before = data_files(folder.path());
    let forbidden = [
        "COPY (SELECT 1) TO '/tmp/stolen.csv'",
        "CREATE EXTERNAL TABLE x STORED AS CSV LOCATION '/etc/passwd'",
        "CREATE TABLE x AS SELECT 1",
        "CREATE VIEW x AS SELECT 1",
        "DROP TABLE everything",
        "INSERT INTO everything SELECT * FROM everything",
        "DELETE FROM everything",
        "UPDATE everything SET nth = 1",
        "SET datafusion.execution.batch_size = 1",
        "RESET datafusion.execution.batch_size",
        "PREPARE p AS SELECT 1",
        "SHOW TABLES",
        "EXPLAIN COPY (SELECT 1) TO '/tmp/stolen.csv'",
        "BEGIN",
        "SELECT 1; SELECT 2",
        "",
    ];
    for sql in forbidden {
        let fault = refused(&lake, sql, Limits::default()).await;
        assert!(matches!(fault, LakeFault::Forbidden { .. }), "{sql}: {fault:?}");
    }
    assert!(!std::path::Path::new("/tmp/stolen.csv").exists());
    assert_eq!(data_files(folder.path()), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_of_the_machine_can_be_read() {
    let (folder, lake) = lake().await;
    let file = folder.path().join("table.csv");
    std::fs::write(&file, "a,b\n1,2\n").unwrap();
    let odd = [
        format!("SELECT * FROM '{}'", file.display()),
        format!("SELECT * FROM 'file://{}'", file.display()),
        format!("SELECT * FROM read_csv('{}')", file.display()),
        format!("SELECT * FROM parquet_metadata('{}')", file.display()),
        "SELECT * FROM information_schema.df_settings".into(),
        "SELECT * FROM information_schema.tables".into(),
        "SELECT repeat('x', 1000000000000)".into(),
        "SELECT lpad('x', 2000000000)".into(),
        "SELECT array_repeat(1, 1000000000000)".into(),
        "SELECT range(1, 1000000000000)".into(),
        "SELECT * FROM everything e SELECT".into(),
        "SELECT 1 INTO x".into(),
        format!("SELECT {}1{}", "(".repeat(10_000), ")".repeat(10_000)),
        format!("SELECT '{}'", "x".repeat(70_000)),
    ];
    for sql in odd {
        let fault = refused(&lake, &sql, Limits::default()).await;
        let told = matches!(fault, LakeFault::Malformed { .. } | LakeFault::Forbidden { .. });
        assert!(told, "{}: {fault:?}", sql.chars().take(80).collect::<String>());
        assert!(
            !fault.to_string().contains(folder.path().to_str().unwrap())
                || sql.contains("table.csv")
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mistake_is_told_with_its_place() {
    let (_folder, lake) = lake().await;
    let fault = refused(&lake, "SELECT *\nFROM records\nWHERE sorce = 1", Limits::default()).await;
    assert!(fault.to_string().contains("sorce") && fault.to_string().contains("line 3"), "{fault}");
    let fault = refused(&lake, "SELECT * FORM records", Limits::default()).await;
    assert!(fault.to_string().to_lowercase().contains("line"), "{fault}");
}

const ENDLESS: [&str; 5] = [
    "SELECT count(*) FROM generate_series(1, 1000000000000)",
    "WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t) SELECT count(*) FROM t",
    "SELECT count(*) FROM generate_series(1, 10000000) a, generate_series(1, 10000000) b \
     WHERE a.value + b.value = -1",
    "SELECT count(*) FROM everything a, everything b, everything c \
     WHERE a.\"offset\" + b.\"offset\" + c.\"offset\" = -1",
    "SELECT sum(length(replace(\"source.ip\", '1', cast(x.value AS varchar)))) \
     FROM everything, generate_series(1, 100000000) x",
];

#[tokio::test(flavor = "multi_thread")]
async fn a_question_that_never_ends_is_ended() {
    let (_folder, lake) = lake().await;
    for sql in ENDLESS {
        let limits = Limits { time: Duration::from_millis(500), ..Limits::default() };
        let began = Instant::now();
        let fault = refused(&lake, sql, limits).await;
        assert!(
            matches!(fault, LakeFault::TooLong { .. } | LakeFault::TooMuch { .. }),
            "{sql}: {fault:?}"
        );
        assert!(began.elapsed() < Duration::from_secs(40), "{sql}: {:?}", began.elapsed());
    }
    assert_eq!(number(&lake, "SELECT count(*) FROM everything").await, 2_000);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_that_needs_too_much_is_ended() {
    let (_folder, lake) = lake().await;
    let time = Duration::from_mins(4);
    let limits = Limits { memory: 8 << 20, spill: 1 << 20, time, ..Limits::default() };
    let greedy = [
        "SELECT a.value, count(*) FROM generate_series(1, 5000000) a GROUP BY 1 ORDER BY 2 DESC, 1",
        "WITH RECURSIVE t(s) AS (SELECT 'aaaaaaaa' UNION ALL SELECT concat(s, s) FROM t) \
         SELECT max(length(s)) FROM t",
        "SELECT length(string_agg(cast(value AS varchar), ',')) FROM generate_series(1, 50000000)",
    ];
    for sql in greedy {
        let fault = refused(&lake, sql, limits).await;
        assert!(matches!(fault, LakeFault::TooMuch { .. }), "{sql}: {fault:?}");
    }
    assert_eq!(number(&lake, "SELECT count(*) FROM everything").await, 2_000);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_that_is_given_up_lets_go_of_memory_disk_and_files() {
    let (folder, lake) = lake().await;
    let spill = folder.path().join("_spill");
    let answer = lake.query(SPILLING, spilling()).await.unwrap();
    while spilt(&spill) == 0 {
        tokio::task::yield_now().await;
    }
    drop(answer);
    lake.idle().await;
    while spilt(&spill) > 0 {
        tokio::task::yield_now().await;
    }
    // Nor does it hold the files of its snapshot.
    lake.compact(crate::Compaction { depth: crate::Depth::Whole, ..Default::default() }, |_| {})
        .await
        .unwrap();
    while lake.vacuum(jiff::SignedDuration::ZERO).await.unwrap().files == 0 {
        tokio::task::yield_now().await;
    }
    drop(lake);
    assert_eq!(data_files(folder.path()).len(), 2);
    // Its last thread takes the folder with it.
    while spill.read_dir().unwrap().count() > 0 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn questions_that_never_end_stop_when_they_are_given_up() {
    let (_folder, lake) = lake().await;
    for sql in ENDLESS {
        let limits = Limits { time: Duration::from_mins(10), ..Limits::default() };
        let mut answer = lake.query(sql, limits).await.unwrap();
        let patience = Duration::from_millis(300);
        let waited = tokio::time::timeout(patience, answer.next()).await;
        assert!(waited.is_err(), "{sql}: {waited:?}");
        drop(answer.into_stream());
        let began = Instant::now();
        lake.idle().await;
        assert!(began.elapsed() < Duration::from_secs(20), "{sql}: {:?}", began.elapsed());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_becomes_a_parquet_file_as_a_whole_or_not_at_all() {
    let (folder, lake) = lake().await;
    let path = folder.path().join("answer.parquet");
    let mut answer =
        lake.query("SELECT \"source.ip\", day FROM records", Limits::default()).await.unwrap();
    assert_eq!(answer.write_parquet(&path).await.unwrap(), 1_800);
    let read =
        ParquetRecordBatchReaderBuilder::try_new(std::fs::File::open(&path).unwrap()).unwrap();
    let read: Vec<_> = read.build().unwrap().map(Result::unwrap).collect();
    assert_eq!(read.iter().map(arrow::array::RecordBatch::num_rows).sum::<usize>(), 1_800);
    assert!(read[0].column(0).as_string::<i32>().value(0).starts_with("10.0."));

    let limits = Limits { time: Duration::from_millis(300), ..Limits::default() };
    let endless = "SELECT * FROM generate_series(1, 1000000000000)";
    let limits = Limits { rows: usize::MAX, ..limits };
    let failed = folder.path().join("failed.parquet");
    let mut answer = lake.query(endless, limits).await.unwrap();
    assert!(matches!(answer.write_parquet(&failed).await, Err(LakeFault::TooLong { .. })));
    assert!(!failed.exists());
}

in_every_place! {
    questions_are_answered_over_views_and_dotted_columns
    files_that_cannot_match_are_not_opened
    an_answer_is_cut_at_its_rows_and_says_so
}

//! Feeds into the lake by the program as it is delivered: read, taken in, killed half-way, asked.

#![expect(clippy::unwrap_used, reason = "a test stops at what it does not expect")]
#![expect(clippy::expect_used, reason = "a test stops at what it does not expect")]
#![expect(clippy::indexing_slicing, reason = "a test stops at what it does not expect")]

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

/// Alerts in the file; every fifth repeats the one before.
const ALERTS: u64 = 40_000;

/// Rows that cannot be read at first.
const PIECES: u64 = 4_000;

#[test]
fn a_file_is_read_as_records_and_what_cannot_be_read_is_counted() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("eve.json");
    let mut bytes = alerts(3).into_bytes();
    bytes.extend_from_slice(b"{\"timestamp\":\"2026-03-14T09:26:53.000000+0000\",\"event_ty\n");
    bytes.extend_from_slice(b"{\"event_type\":\"alert\",\"src_ip\":\"\xff\xfe\"}\n");
    fs::write(&file, bytes).unwrap();
    let output = fengsui(folder.path(), &["watch", "read", "--as", "eve"], &[&file]);
    let records: Vec<Value> = lines(&output.stdout);
    assert_eq!(records.len(), 3, "{output:?}");
    assert_eq!(records[0]["source.ip"], "198.51.100.1");
    assert_eq!(records[0]["signature.name"], "Rule 0");
    let summary = &lines(&output.stderr)[0];
    assert_eq!((&summary["read"], &summary["quarantined"]), (&3.into(), &2.into()), "{summary}");
    assert_eq!(summary["reasons"]["not_json"], 1, "{summary}");
    assert_eq!(summary["reasons"]["not_utf8"], 1, "{summary}");
}

#[test]
fn reports_without_their_schema_are_quarantined_with_that_reason() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("2026-03-14-scan_example.csv");
    fs::write(&file, "timestamp,ip,port\n2026-03-14 00:00:00,203.0.113.1,3389\n").unwrap();
    let output = fengsui(folder.path(), &["watch", "read", "--as", "shadowserver"], &[&file]);
    let summary = &lines(&output.stderr)[0];
    assert_eq!((&summary["read"], &summary["quarantined"]), (&0.into(), &1.into()), "{summary}");
    assert_eq!(summary["reasons"]["no_schema"], 1, "{summary}");
}

#[test]
fn what_is_in_the_lake_is_not_taken_in_again() {
    let folder = tempfile::tempdir().unwrap();
    let (first, renamed) = (folder.path().join("a.json"), folder.path().join("b.json"));
    fs::write(&first, alerts(500)).unwrap();
    fs::copy(&first, &renamed).unwrap();
    let whose = folder.path().join("networks.csv");
    fs::write(
        &whose,
        "network,organisation,district\n203.0.113.0/24,org_00000000000000000000000001,310101\n",
    )
    .unwrap();
    let ingest = ["watch", "ingest", "--quiet", "--as", "eve", "--registry"];
    let ingest: Vec<&str> = ingest.into_iter().chain([whose.to_str().unwrap()]).collect();
    let once = lines(&fengsui(folder.path(), &ingest, &[&first]).stderr);
    assert_eq!(once[0]["read"], 500, "{once:?}");
    let again = lines(&fengsui(folder.path(), &ingest, &[&first, &renamed]).stderr);
    assert_eq!((&again[0]["read"], &again[1]["read"]), (&0.into(), &0.into()), "{again:?}");
    assert_eq!(there(folder.path()), (500, 500));
    let rows = query(
        folder.path(),
        "SELECT organisation, district, count(*) AS records FROM records GROUP BY ALL",
    );
    assert_eq!(rows.len(), 1, "{rows:?}");
    assert_eq!(
        (&rows[0]["organisation"], &rows[0]["district"]),
        (&"org_00000000000000000000000001".into(), &"310101".into())
    );
}

#[test]
fn a_collector_that_is_killed_at_any_moment_loses_and_doubles_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("eve.json");
    fs::write(&file, alerts(ALERTS)).unwrap();
    let mut kills = 0;
    for turn in 1_u64.. {
        let mut child = command(folder.path(), &["watch", "ingest", "--quiet", "--as", "eve"])
            .arg(&file)
            .stderr(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        // Each turn lives a little longer, so that every stage is met and the last one ends.
        if ended_within(&mut child, turn * 40) {
            break;
        }
        child.kill().unwrap();
        child.wait().unwrap();
        kills += 1;
    }
    assert!(kills > 0, "it was never killed half-way");
    assert_eq!(there(folder.path()), (ALERTS, ALERTS));
}

#[test]
fn two_collectors_of_one_file_take_it_in_once() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("eve.json");
    fs::write(&file, alerts(ALERTS)).unwrap();
    let both: Vec<_> = (0..2)
        .map(|_| {
            command(folder.path(), &["watch", "ingest", "--quiet", "--as", "eve"])
                .arg(&file)
                .stdout(Stdio::null())
                .stderr(Stdio::piped())
                .spawn()
                .unwrap()
        })
        .collect();
    for child in both {
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{output:?}");
    }
    assert_eq!(there(folder.path()), (ALERTS, ALERTS));
}

#[test]
fn a_question_can_neither_change_nor_read_anything_else_nor_run_for_ever() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("eve.json");
    fs::write(&file, alerts(10)).unwrap();
    assert!(fengsui(folder.path(), &["watch", "ingest", "--quiet"], &[&file]).status.success());
    let secret = folder.path().join("secret.csv");
    fs::write(&secret, "a\n1\n").unwrap();
    let secret = secret.display();
    for sql in [
        "DELETE FROM everything".to_owned(),
        "DROP VIEW records".to_owned(),
        "SELECT 1; SELECT 2".to_owned(),
        format!("SELECT * FROM '{secret}'"),
        format!("CREATE EXTERNAL TABLE t STORED AS CSV LOCATION '{secret}'"),
        format!("COPY (SELECT 1) TO '{secret}.out'"),
        "SET datafusion.execution.target_partitions = 1".to_owned(),
        "SELECT * FROM records WHERE".to_owned(),
    ] {
        let output = fengsui(folder.path(), &["lake", "query", &sql], &[]);
        assert!(!output.status.success(), "{sql}: {output:?}");
        assert!(output.stderr.starts_with(b"fengsui: "), "{sql}: {output:?}");
    }
    let endless =
        "WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n";
    let output = fengsui(folder.path(), &["lake", "query", "--seconds-max", "1", endless], &[]);
    assert!(!output.status.success(), "{output:?}");
    assert_eq!(there(folder.path()), (10, 10));
}

#[test]
fn reports_are_read_again_once_their_schema_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let fixtures =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../core/formats/fixtures/shadowserver");
    let (schema, report) =
        (fixtures.join("schema.json"), fixtures.join("2026-03-14-scan_lamp-shanghai.csv"));
    let ingest = ["watch", "ingest", "--quiet", "--as", "shadowserver", "--feed", "lamps"];
    let taken = lines(&fengsui(folder.path(), &ingest, &[&report]).stderr);
    assert_eq!(taken[0]["reasons"]["no_schema"], 3, "{taken:?}");

    let schema = schema.to_str().unwrap();
    let reread = ["watch", "reread", "--quiet", "--feed", "lamps", "--shadowserver-schema", schema];
    let without = lines(&fengsui(folder.path(), &["watch", "reread", "--quiet"], &[]).stderr);
    assert_eq!((&without[0]["unchanged"], &without[0]["records"]), (&3.into(), &0.into()));
    let dry: Vec<&str> = reread.iter().copied().chain(["--dry-run"]).collect();
    let tried = lines(&fengsui(folder.path(), &dry, &[]).stderr);
    assert_eq!(
        (&tried[0]["records"], &tried[0]["dry_run"]),
        (&3.into(), &true.into()),
        "{tried:?}"
    );
    let rows = "SELECT kind, count(*) AS rows FROM everything GROUP BY kind ORDER BY kind";
    assert_eq!(query(folder.path(), rows).len(), 1, "trying changes nothing");

    let output = fengsui(folder.path(), &reread, &[]);
    let done = lines(&output.stderr);
    assert!(output.status.success(), "{output:?}");
    assert_eq!((&done[0]["feed"], &done[0]["format"]), (&"lamps".into(), &"shadowserver".into()));
    assert_eq!((&done[0]["records"], &done[0]["unchanged"]), (&3.into(), &0.into()), "{done:?}");
    let said = fengsui(folder.path(), &reread, &[]);
    assert!(String::from_utf8_lossy(&said.stderr).contains("nothing is in quarantine"), "{said:?}");

    let records =
        query(folder.path(), "SELECT \"source.ip\", parser, again FROM records ORDER BY 1");
    assert_eq!(records.len(), 3, "{records:?}");
    let place = records[0]["again"].as_str().unwrap();
    assert!(place.starts_with("file:") && place.ends_with("/0"), "{place}");
    let left = query(folder.path(), "SELECT count(*) AS rows FROM quarantine");
    assert_eq!(left[0]["rows"], 0, "{left:?}");
    let resolved = query(folder.path(), "SELECT count(DISTINCT again) AS rows FROM resolved");
    assert_eq!(resolved[0]["rows"], 3, "{resolved:?}");
}

#[test]
fn reading_again_is_explained_and_a_reason_that_is_none_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let help = fengsui(folder.path(), &["watch", "reread", "--help"], &[]);
    let help = String::from_utf8_lossy(&help.stdout).into_owned();
    assert!(help.contains("fengsui watch reread --dry-run"), "{help}");
    let refused = fengsui(folder.path(), &["watch", "reread", "--reason", "bad_mood"], &[]);
    assert!(!refused.status.success());
    assert!(String::from_utf8_lossy(&refused.stderr).contains("columns_changed"), "{refused:?}");
}

#[test]
fn reading_again_that_is_killed_at_any_moment_loses_and_doubles_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (file, mapping) = (folder.path().join("list.csv"), folder.path().join("partner.toml"));
    let mut rows = "what,address\n".to_owned();
    for number in 0..PIECES {
        writeln!(rows, "scan,10.{}.{}.{}", number / 65_536, number / 256 % 256, number % 256)
            .unwrap();
    }
    fs::write(&file, rows).unwrap();
    fs::write(&mapping, "format = 1\n[[column]]\nfrom = \"address\"\nto = \"source.ip\"\n")
        .unwrap();
    let taken = fengsui(folder.path(), &["watch", "ingest", "--quiet", "--as", "csv"], &[&file]);
    assert_eq!(lines(&taken.stderr)[0]["reasons"]["no_mapping"], PIECES + 1, "{taken:?}");
    let mut kills = 0;
    for turn in 1_u64.. {
        let mut child = command(folder.path(), &["watch", "reread", "--quiet", "--mapping"])
            .arg(&mapping)
            .stderr(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        if ended_within(&mut child, turn * 250) {
            break;
        }
        child.kill().unwrap();
        child.wait().unwrap();
        kills += 1;
    }
    assert!(kills > 0, "it was never killed half-way");
    assert_eq!(there(folder.path()), (PIECES, PIECES));
    let left = query(folder.path(), "SELECT count(*) AS rows FROM quarantine");
    assert_eq!(left[0]["rows"], 0, "{left:?}");
    let resolved = "SELECT count(*) AS rows, count(DISTINCT again) AS places FROM resolved";
    let resolved = query(folder.path(), resolved);
    assert_eq!(
        (&resolved[0]["rows"], &resolved[0]["places"]),
        (&(PIECES + 1).into(), &(PIECES + 1).into())
    );
}

/// Records with what they repeat, and the rows that are told apart by their keys.
fn there(data: &Path) -> (u64, u64) {
    let rows = query(
        data,
        "SELECT count(*) FILTER (WHERE kind = 'record') AS records, \
         coalesce(sum(\"count\") FILTER (WHERE kind = 'suppressed'), 0) AS suppressed, \
         count(DISTINCT (feed || '/' || \"partition\" || '/' || CAST(\"offset\" AS VARCHAR) || '/' || CAST(nth AS VARCHAR))) \
         FILTER (WHERE kind = 'record') AS told_apart FROM everything",
    );
    let number = |name: &str| rows[0][name].as_u64().unwrap();
    (number("records") + number("suppressed"), number("told_apart") + number("suppressed"))
}

fn query(data: &Path, sql: &str) -> Vec<Value> {
    let output = fengsui(data, &["lake", "query", "--print", "json", sql], &[]);
    assert!(output.status.success(), "{output:?}");
    lines(&output.stdout)
}

/// Alerts of a sensor that repeats itself now and then.
fn alerts(count: u64) -> String {
    let mut lines = String::new();
    for number in 0..count {
        let (what, at) = (number - u64::from(number % 5 == 4), number / 1_000);
        writeln!(
            lines,
            "{{\"timestamp\":\"2026-03-14T09:{:02}:{:02}.{:06}+0000\",\"flow_id\":{number},\"event_type\":\"alert\",\"src_ip\":\"198.51.100.{}\",\
\"src_port\":4000,\"dest_ip\":\"203.0.113.{}\",\"dest_port\":443,\"proto\":\"TCP\",\"alert\":{{\"action\":\"allowed\",\"gid\":1,\
\"signature_id\":{},\"rev\":1,\"signature\":\"Rule {what}\",\"category\":\"Web Application Attack\",\"severity\":1}}}}",
            at / 60,
            at % 60,
            number % 1_000,
            1 + what % 200,
            1 + what / 200 % 200,
            9_000_000 + what,
        )
        .unwrap();
    }
    lines
}

fn lines(bytes: &[u8]) -> Vec<Value> {
    let text = std::str::from_utf8(bytes).unwrap();
    text.lines().map(serde_json::from_str).collect::<Result<_, _>>().expect(text)
}

/// Waits so many milliseconds at most for the end of a process.
fn ended_within(child: &mut std::process::Child, milliseconds: u64) -> bool {
    let until = std::time::Instant::now() + std::time::Duration::from_millis(milliseconds);
    while std::time::Instant::now() < until {
        if child.try_wait().unwrap().is_some() {
            return true;
        }
        std::thread::yield_now();
    }
    false
}

fn fengsui(data: &Path, words: &[&str], files: &[&Path]) -> Output {
    command(data, words).args(files).output().unwrap()
}

fn command(data: &Path, words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_fengsui"));
    command.args(words).current_dir(data).env("FENGSUI_DATA", data).env("NO_COLOR", "1");
    command.stdin(Stdio::null());
    command
}

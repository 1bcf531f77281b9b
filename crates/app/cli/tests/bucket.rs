//! The lake in a bucket, by the program as it is delivered; and questions that are interrupted.

#![expect(clippy::unwrap_used, reason = "a test stops at what it does not expect")]

#[expect(dead_code, reason = "the lake's own tests use the rest")]
#[path = "../../../edge/lake/src/tests/storage.rs"]
mod storage;

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use self::storage::{Fault, Storage};

const CONFIGURED: &str = "[watch]\nlake = \"s3://lake/of/records\"\n";
const COUNT: &str = "SELECT count(*) FROM records";

/// A machine that keeps its lake in a bucket.
struct Machine<'a> {
    folder: &'a Path,
    storage: &'a Storage,
}

impl Machine<'_> {
    fn run(&self, words: &[&str]) -> Output {
        let settings = self.storage.settings().into_iter();
        let variables = settings.map(|(name, value)| (name.to_ascii_uppercase(), value));
        fengsui(self.folder, words).envs(variables).output().unwrap()
    }

    fn told(&self, words: &[&str]) -> String {
        told(&self.run(words))
    }
}

#[test]
fn records_are_taken_into_a_bucket_once_and_asked_there() {
    let (storage, folder) = (Storage::begin(), tempfile::tempdir().unwrap());
    let machine = Machine { folder: folder.path(), storage: &storage };
    fs::write(folder.path().join("fengsui.toml"), CONFIGURED).unwrap();
    fs::write(folder.path().join("eve.json"), alerts(500)).unwrap();
    let count = ["lake", "query", "--print", "csv", COUNT];

    let none = machine.run(&count);
    assert!(
        String::from_utf8_lossy(&none.stderr).contains("there is no lake in s3://lake/of/records")
    );
    assert!(storage.names("").is_empty(), "asking makes nothing");
    let ingest = ["watch", "ingest", "--quiet", "--as", "eve", "eve.json"];
    storage.fail("PUT", "00000000000000000001.json", Fault::Lost, 1);
    machine.told(&ingest);
    machine.told(&ingest);
    assert!(machine.told(&count).contains("500"));
    assert!(machine.told(&["lake", "compact"]).contains("500 rows"));
    assert!(machine.told(&["lake", "status"]).contains("rows    500"));
    storage.later(jiff::SignedDuration::from_hours(2));
    assert!(machine.told(&["lake", "vacuum"]).contains("1 files removed"));
    assert!(machine.told(&count).contains("500"));
    assert_eq!(storage.names("/day=").len(), 1);
    assert!(!folder.path().join("fengsui-data/lake").exists(), "nothing of it is in a folder");
}

#[test]
fn keys_may_be_in_a_file_and_are_not_printed() {
    let (storage, folder) = (Storage::begin(), tempfile::tempdir().unwrap());
    let keys = storage.settings();
    let text = format!(
        "[default]\naws_access_key_id = {}\naws_secret_access_key = {}\nendpoint_url = {}\n",
        keys.get("aws_access_key_id").unwrap(),
        keys.get("aws_secret_access_key").unwrap(),
        keys.get("aws_endpoint_url").unwrap(),
    );
    fs::write(folder.path().join("lake.keys"), text).unwrap();
    let configured = format!("{CONFIGURED}lake_keys = \"lake.keys\"\n");
    fs::write(folder.path().join("fengsui.toml"), configured).unwrap();
    let status = ["--log", "debug", "lake", "status"];
    let plain = fengsui(folder.path(), &status).output().unwrap();
    let refusal = String::from_utf8_lossy(&plain.stderr).into_owned();
    assert!(refusal.contains("AWS_ALLOW_HTTP=true"), "{refusal}");
    storage.fail("GET", "", Fault::Denied, 1_000);
    let denied = fengsui(folder.path(), &status).env("AWS_ALLOW_HTTP", "true").output().unwrap();
    let refusal = String::from_utf8_lossy(&denied.stderr).into_owned();
    assert!(refusal.contains("does not let these keys in"), "{refusal}");
    for secret in ["KEY-OF-LIN", "SECRET-OF-LIN", "Signature="] {
        assert!(!refusal.contains(secret), "{refusal}");
    }
}

#[test]
fn an_interrupted_question_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("eve.json"), alerts(2_000)).unwrap();
    told(&run(folder.path(), &["watch", "ingest", "--quiet", "--as", "eve", "eve.json"]));
    let spill = folder.path().join("fengsui-data/lake/_spill");
    let long = "SELECT max(n) FROM (SELECT row_number() OVER (ORDER BY s.value DESC, e.raw) n \
                FROM everything e CROSS JOIN generate_series(1, 1000000) s)";
    let query = ["lake", "query", "--memory-max", "64", "--print", "parquet", "--out", "out", long];
    for signal in ["-INT", "-KILL"] {
        let mut asking = fengsui(folder.path(), &query).stderr(Stdio::null()).spawn().unwrap();
        while bytes_in(&spill) == 0 {
            assert!(asking.try_wait().unwrap().is_none(), "it goes on until it is stopped");
            std::thread::yield_now();
        }
        let told = Command::new("kill").args([signal, &asking.id().to_string()]).status().unwrap();
        assert!(told.success());
        let ended = asking.wait().unwrap();
        if signal == "-INT" {
            assert_eq!(ended.code(), Some(130));
            assert_eq!(bytes_in(&spill), 0, "it cleared up after itself");
            assert!(!folder.path().join("out").exists());
        } else {
            assert!(bytes_in(&spill) > 0, "nobody was there to clear up");
        }
    }
    let count = run(folder.path(), &["lake", "query", "--print", "csv", COUNT]);
    assert!(told(&count).contains("2000"));
    assert_eq!(bytes_in(&spill), 0, "the next start clears up");
}

fn bytes_in(folder: &Path) -> u64 {
    let Ok(entries) = fs::read_dir(folder) else { return 0 };
    let of = |entry: fs::DirEntry| match entry.metadata() {
        Ok(about) if about.is_dir() => bytes_in(&entry.path()),
        Ok(about) => about.len(),
        Err(_) => 0,
    };
    entries.flatten().map(of).sum()
}

/// Alerts of a sensor that never repeats itself.
fn alerts(count: u64) -> String {
    let mut lines = String::new();
    for number in 0..count {
        writeln!(
            lines,
            "{{\"timestamp\":\"2026-03-14T09:26:{:02}.{:06}+0000\",\"flow_id\":{number},\"event_type\":\"alert\",\
             \"src_ip\":\"198.51.{}.{}\",\"src_port\":4000,\"dest_ip\":\"203.0.113.7\",\"dest_port\":443,\
             \"proto\":\"TCP\",\"alert\":{{\"signature_id\":{number},\"signature\":\"Rule {number}\",\"severity\":1}}}}",
            number / 1_000 % 60,
            number,
            number / 200,
            1 + number % 200,
        )
        .unwrap();
    }
    lines
}

fn run(folder: &Path, words: &[&str]) -> Output {
    fengsui(folder, words).output().unwrap()
}

fn told(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// The program, which is told nothing by whoever runs the test.
fn fengsui(folder: &Path, words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_fengsui"));
    command.args(words).current_dir(folder).env_clear().env("HOME", folder).env("NO_COLOR", "1");
    command.stdin(Stdio::null());
    command
}

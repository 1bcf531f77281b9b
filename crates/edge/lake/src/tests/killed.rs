//! Processes that are killed at any moment, and several at one table.
//!
//! The test starts itself as a child: an ignored test that does its work until it is killed, and says on its
//! standard output what has been acknowledged to it.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use jiff::SignedDuration;
use tempfile::tempdir;

use super::ground::{DAY, SPILLING, data_files, exactly, keys, open, rows, spilling, spilt, step};
use crate::{Compaction, Depth, LakeFault};

const FOLDER: &str = "FENGSUI_LAKE_CHILD_FOLDER";
const FEED: &str = "FENGSUI_LAKE_CHILD_FEED";
const END: &str = "FENGSUI_LAKE_CHILD_END";
const ACK: &str = "acknowledged ";
const ROUNDS: u64 = 6;
const COMPACTION: Compaction = Compaction {
    depth: Depth::Whole,
    target_bytes: 1 << 30,
    merge_bytes_max: 1 << 30,
    files_min: 2,
    memory: 64 << 20,
    spill: 1 << 30,
};

/// Starts one of the ignored tests below as a process of its own.
fn child(test: &str, folder: &std::path::Path, feed: &str, end: i64) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", &format!("tests::killed::{test}"), "--ignored", "--nocapture"])
        .env(FOLDER, folder)
        .env(FEED, feed)
        .env(END, end.to_string())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// What a child was given; `None` where the test is not run as one.
fn given() -> Option<(std::path::PathBuf, String, i64)> {
    let folder = std::env::var_os(FOLDER)?;
    Some((folder.into(), std::env::var(FEED).ok()?, std::env::var(END).ok()?.parse().ok()?))
}

#[expect(clippy::print_stdout, reason = "the parent reads it")]
fn acknowledge(end: i64) {
    println!("{ACK}{end}");
}

/// Commits rows of a feed, a few at a time, until it has come to the end; goes on from wherever others got to.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "run as a child by other tests"]
async fn child_that_commits() {
    let Some((folder, feed, end)) = given() else { return };
    let lake = open(&folder).await;
    let app = format!("{feed}/spool");
    loop {
        let reached = lake.reached(&app).await.unwrap();
        let start = reached.unwrap_or(0);
        if start >= end {
            return;
        }
        let next = (start + 7).min(end);
        let files = lake.write(&rows(DAY, &feed, start..next)).unwrap();
        match lake.commit(files, &[step(&app, reached, next)]).await {
            Ok(()) => acknowledge(next),
            Err(LakeFault::Overtaken { .. }) => {}
            Err(fault) => panic!("{fault:?}"),
        }
    }
}

/// Merges and sweeps for ever.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "run as a child by other tests"]
async fn child_that_compacts() {
    let Some((folder, _, _)) = given() else { return };
    let lake = open(&folder).await;
    loop {
        lake.compact(COMPACTION, |_| acknowledge(1)).await.unwrap();
        lake.vacuum(SignedDuration::from_mins(1)).await.unwrap();
    }
}

/// Asks for more than fits into memory, and again.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "run as a child by other tests"]
async fn child_that_asks() {
    let Some((folder, _, _)) = given() else { return };
    let lake = open(&folder).await;
    loop {
        let mut answer = lake.query(SPILLING, spilling()).await.unwrap();
        acknowledge(1);
        while answer.next().await.unwrap().is_some() {}
    }
}

/// Kills a child after it has acknowledged so many times, and a moment that the seed decides.
fn kill_after(child: &mut Child, acknowledged: usize, moment: Duration) -> Option<i64> {
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let (tell, told) = std::sync::mpsc::channel();
    let reader = std::thread::spawn(move || {
        let (mut last, mut told_somebody) = (None, false);
        for line in lines.map_while(Result::ok) {
            // The harness may have begun the line.
            if let Some((_, end)) = line.split_once(ACK) {
                last = end.trim().parse().ok();
                told_somebody |= tell.send(()).is_ok();
            }
        }
        last.filter(|_| told_somebody)
    });
    for _ in 0..acknowledged {
        told.recv_timeout(Duration::from_mins(1)).unwrap();
    }
    // However many more come until the moment, none of them is waited for.
    let until = std::time::Instant::now() + moment;
    while let Some(left) = until.checked_duration_since(std::time::Instant::now()) {
        if told.recv_timeout(left).is_err() {
            break;
        }
    }
    child.kill().unwrap();
    child.wait().unwrap();
    reader.join().unwrap()
}

fn drawn(seed: u64, most: u64) -> u64 {
    let mut state = seed.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    state ^= state >> 31;
    state = state.wrapping_mul(0xbf58_476d_1ce4_e5b9);
    (state >> 33) % most
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_writer_loses_nothing_it_was_told_and_doubles_nothing() {
    let folder = tempdir().unwrap();
    for seed in 0..ROUNDS {
        let mut writer = child("child_that_commits", folder.path(), "eve", i64::MAX);
        let moment = Duration::from_micros(drawn(seed, 60_000));
        let told = kill_after(&mut writer, 3, moment).unwrap();
        let lake = open(folder.path()).await;
        let reached = lake.reached("eve/spool").await.unwrap().unwrap();
        assert!(
            told <= reached && reached <= told + 7,
            "seed {seed}: {told} told, {reached} reached"
        );
        exactly(&keys(&lake).await, "eve", reached);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_compaction_changes_no_rows() {
    let folder = tempdir().unwrap();
    let lake = open(folder.path()).await;
    let mut end = 0;
    for seed in 0..ROUNDS {
        let mut writer = child("child_that_commits", folder.path(), "eve", end + 210);
        let mut compaction = child("child_that_compacts", folder.path(), "", 0);
        let moment = Duration::from_micros(drawn(seed, 150_000));
        kill_after(&mut compaction, 1, moment);
        assert!(writer.wait_with_output_of_success());
        end += 210;
        exactly(&keys(&lake).await, "eve", end);
    }
    lake.compact(COMPACTION, |_| {}).await.unwrap();
    lake.vacuum(SignedDuration::ZERO).await.unwrap();
    assert_eq!(data_files(folder.path()).len(), lake.table().await.unwrap().files);
    exactly(&keys(&open(folder.path()).await).await, "eve", end);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_question_changes_nothing_and_leaves_nothing() {
    let folder = tempdir().unwrap();
    let lake = open(folder.path()).await;
    let spill = folder.path().join("_spill");
    let mut end = 0;
    for seed in 0..ROUNDS {
        let files = lake.write(&rows(DAY, "eve", end..end + 20_000)).unwrap();
        let from = (end > 0).then_some(end);
        end += 20_000;
        lake.commit(files, &[step("eve/spool", from, end)]).await.unwrap();
        let mut asker = child("child_that_asks", folder.path(), "", 0);
        while spilt(&spill) == 0 {
            std::thread::yield_now();
        }
        kill_after(&mut asker, 1, Duration::from_micros(drawn(seed, 100_000)));
        assert!(spilt(&spill) > 0, "seed {seed}: nobody was there to remove it");
        let next = open(folder.path()).await;
        assert_eq!(spilt(&spill), 0, "seed {seed}: the next start does");
        exactly(&keys(&next).await, "eve", end);
    }
    lake.vacuum(SignedDuration::ZERO).await.unwrap();
    assert_eq!(data_files(folder.path()).len(), lake.table().await.unwrap().files);
    exactly(&keys(&open(folder.path()).await).await, "eve", end);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sweep_removes_what_a_killed_question_left_and_nothing_of_a_living_one() {
    let folder = tempdir().unwrap();
    let lake = open(folder.path()).await;
    let spill = folder.path().join("_spill");
    let files = lake.write(&rows(DAY, "eve", 0..20_000)).unwrap();
    lake.commit(files, &[step("eve/spool", None, 20_000)]).await.unwrap();
    let mut asker = child("child_that_asks", folder.path(), "", 0);
    while spilt(&spill) == 0 {
        std::thread::yield_now();
    }
    lake.vacuum(SignedDuration::ZERO).await.unwrap();
    assert!(asker.try_wait().unwrap().is_none() && spill.read_dir().unwrap().count() >= 2);
    kill_after(&mut asker, 1, Duration::from_millis(100));
    assert!(spilt(&spill) > 0);
    lake.vacuum(SignedDuration::ZERO).await.unwrap();
    assert_eq!(spilt(&spill), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_processes_that_take_in_the_same_do_it_once() {
    let folder = tempdir().unwrap();
    let mut same = [
        child("child_that_commits", folder.path(), "eve", 300),
        child("child_that_commits", folder.path(), "eve", 300),
        child("child_that_commits", folder.path(), "zeek", 300),
    ];
    for child in &mut same {
        assert!(child.wait_with_output_of_success());
    }
    let lake = open(folder.path()).await;
    let keys = keys(&lake).await;
    exactly(&keys, "eve", 300);
    exactly(&keys, "zeek", 300);
    lake.vacuum(SignedDuration::ZERO).await.unwrap();
    assert_eq!(data_files(folder.path()).len(), lake.table().await.unwrap().files);
}

trait Ends {
    fn wait_with_output_of_success(&mut self) -> bool;
}

impl Ends for Child {
    /// Reads what it says, so that it never waits for a reader, and waits for its end.
    fn wait_with_output_of_success(&mut self) -> bool {
        let said =
            BufReader::new(self.stdout.take().unwrap()).lines().map_while(Result::ok).count();
        self.wait().unwrap().success() && said > 0
    }
}

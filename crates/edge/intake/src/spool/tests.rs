//! What the spool promises, also to those who were killed.

use std::collections::BTreeMap;
use std::fs::OpenOptions;
use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::fs::FileExt as _;
use std::process::{Command, Stdio};

use proptest::prelude::*;
use tempfile::TempDir;

use super::*;
use crate::carving::Carve;
use crate::offloaded::Blocking as _;
use crate::source::{Delivery, Positions};

fn limits() -> SpoolLimits {
    SpoolLimits {
        bytes_max: 1024 * 1024,
        segment_bytes: 4096,
        entry_bytes_max: 64 * 1024,
        waiting_bytes_max: 1024 * 1024,
    }
}

fn opened(folder: &TempDir) -> Spool {
    Spool::open(folder.path(), limits(), None).unwrap()
}

fn texts(texts: &[&str]) -> Vec<Entry> {
    texts.iter().map(|text| Entry::of(*text)).collect()
}

fn read_after(spool: &Spool, number: i64) -> Vec<(i64, String)> {
    let mut reading = reading::Reading::after(Arc::clone(&spool.inner.shared), number);
    let mut all = Vec::new();
    loop {
        let entries = reading.take(1000).unwrap();
        if entries.is_empty() {
            return all;
        }
        let text = |entry: Entry| String::from_utf8(entry.bytes).unwrap();
        all.extend(entries.into_iter().map(|(number, entry)| (number, text(entry))));
    }
}

fn numbers(spool: &Spool) -> Vec<i64> {
    read_after(spool, 0).into_iter().map(|(number, _)| number).collect()
}

/// Changes the bytes of the segment that holds a number.
fn harm(folder: &TempDir, number: i64, harm: impl FnOnce(&File, u64)) {
    let segments = Segments::list(folder.path()).unwrap();
    let (_, segment) = segments.holding(number).unwrap();
    let file = OpenOptions::new().read(true).write(true).open(&segment.path).unwrap();
    harm(&file, segment.bytes);
}

fn put_aside(folder: &TempDir) -> usize {
    std::fs::read_dir(folder.path().join(ASIDE)).map_or(0, Iterator::count)
}

#[tokio::test]
async fn what_was_kept_is_read_in_its_order() {
    let folder = TempDir::new().unwrap();
    let spool = opened(&folder);
    assert_eq!(spool.append(texts(&["one", "two"])).await.unwrap().number, 2);
    assert_eq!(spool.append(texts(&["three"])).await.unwrap().number, 3);
    let all = [(1, "one".to_owned()), (2, "two".to_owned()), (3, "three".to_owned())];
    assert_eq!(read_after(&spool, 0), all);
    assert_eq!(read_after(&spool, 2), all[2..]);
}

#[tokio::test]
async fn names_and_what_was_shortened_come_back() {
    let folder = TempDir::new().unwrap();
    let entry =
        Entry { name: Some("烽燧.csv".repeat(40)), bytes: b"a,b".to_vec(), shortened: true };
    let spool = opened(&folder);
    spool.append(vec![entry.clone()]).await.unwrap();
    let mut reading = reading::Reading::after(Arc::clone(&spool.inner.shared), 0);
    let (_, found) = reading.take(1).unwrap().remove(0);
    assert!(found.shortened);
    let name = found.name.unwrap();
    assert!(entry.name.unwrap().starts_with(&name) && name.len() > 250, "{name}");
}

#[tokio::test]
async fn numbers_go_on_when_everything_was_forgotten() {
    let folder = TempDir::new().unwrap();
    let spool = opened(&folder);
    let long = "x".repeat(3000);
    for _ in 0..10 {
        spool.append(texts(&[&long])).await.unwrap();
    }
    drop(spool);
    let spool = opened(&folder);
    let before = spool.standing().bytes;
    spool.forget(10).unwrap();
    assert!(spool.standing().bytes < before / 5);
    drop(spool);
    let spool = opened(&folder);
    assert_eq!(spool.append(texts(&["next"])).await.unwrap().number, 11);
    assert_eq!(read_after(&spool, 10), [(11, "next".to_owned())]);
}

#[tokio::test]
async fn numbers_go_on_behind_what_the_lake_has_although_the_folder_is_gone() {
    let folder = TempDir::new().unwrap();
    let spool = Spool::open(folder.path(), limits(), Some(41)).unwrap();
    assert_eq!(spool.append(texts(&["next"])).await.unwrap().number, 42);
    drop(spool);
    let spool = Spool::open(folder.path(), limits(), Some(99)).unwrap();
    assert_eq!(spool.append(texts(&["later"])).await.unwrap().number, 100);
    assert_eq!(numbers(&spool), [42, 100]);
}

#[tokio::test]
async fn what_waits_is_what_nobody_is_known_to_have() {
    let folder = TempDir::new().unwrap();
    let spool = opened(&folder);
    assert_eq!(spool.standing().waiting, 0);
    spool.append(texts(&["one", "two", "three"])).await.unwrap();
    assert_eq!(spool.standing().waiting, 3);
    spool.forget(2).unwrap();
    assert_eq!(spool.standing().waiting, 1);
    drop(spool);
    // How far the lake is counts at once; where that is not one number, what is in the folder waits.
    let spool = Spool::open(folder.path(), limits(), Some(2)).unwrap();
    assert_eq!(spool.standing().waiting, 1);
    drop(spool);
    assert_eq!(opened(&folder).standing().waiting, 3);
    let empty = TempDir::new().unwrap();
    let spool = Spool::open(empty.path(), limits(), Some(41)).unwrap();
    assert_eq!(spool.standing().waiting, 0);
}

#[tokio::test]
async fn only_whole_segments_behind_nobody_are_forgotten() {
    let folder = TempDir::new().unwrap();
    let spool = opened(&folder);
    let long = "x".repeat(1500);
    for _ in 0..7 {
        spool.append(texts(&[&long])).await.unwrap();
    }
    spool.forget(4).unwrap();
    assert_eq!(numbers(&spool), [4, 5, 6, 7]);
}

#[tokio::test]
async fn a_full_spool_tells_to_wait_until_there_is_room() {
    let folder = TempDir::new().unwrap();
    let bounds = SpoolLimits { bytes_max: 10_000, ..limits() };
    let spool = Spool::open(folder.path(), bounds, None).unwrap();
    let long = "x".repeat(3000);
    for _ in 0..3 {
        spool.append(texts(&[&long])).await.unwrap();
    }
    assert!(matches!(spool.append(texts(&[&long])).await, Err(SpoolFault::Full)));
    assert_eq!(spool.standing().refused, 1);
    let waiting = spool.append_in_time(texts(&[&long]));
    tokio::pin!(waiting);
    assert!(futures::poll!(&mut waiting).is_pending());
    spool.forget(2).unwrap();
    assert_eq!(waiting.await.unwrap().number, 4);
}

#[tokio::test]
async fn a_spool_of_which_everything_is_safe_has_room_again() {
    let folder = TempDir::new().unwrap();
    let bounds = SpoolLimits { bytes_max: 1000, segment_bytes: 4096, ..limits() };
    let spool = Spool::open(folder.path(), bounds, None).unwrap();
    let long = "x".repeat(600);
    spool.append(texts(&[&long])).await.unwrap();
    spool.forget(1).unwrap();
    assert_eq!(spool.append(texts(&[&long])).await.unwrap().number, 2);
    assert!(matches!(spool.append(texts(&[&long])).await, Err(SpoolFault::Full)));
    let too_large = spool.append(texts(&[&long, &long])).await;
    assert!(matches!(too_large, Err(SpoolFault::TooLarge { .. })), "{too_large:?}");
}

#[tokio::test]
async fn what_is_too_large_is_refused_at_once() {
    let folder = TempDir::new().unwrap();
    let spool = opened(&folder);
    let large = spool.append(vec![Entry::of(vec![0; 64 * 1024 + 1])]).await;
    assert!(matches!(large, Err(SpoolFault::TooLarge { bytes_max: 65_536, .. })), "{large:?}");
}

#[tokio::test]
async fn a_spool_belongs_to_one_process() {
    let folder = TempDir::new().unwrap();
    let spool = opened(&folder);
    let second = Spool::open(folder.path(), limits(), None);
    assert!(matches!(second, Err(SpoolFault::Taken { .. })), "{second:?}");
    drop(spool);
    opened(&folder);
}

#[tokio::test]
async fn many_writers_are_all_answered_and_all_there() {
    let folder = TempDir::new().unwrap();
    let spool = opened(&folder);
    let mut work = tokio::task::JoinSet::new();
    for writer in 0..50 {
        let spool = spool.clone();
        work.spawn(async move {
            let text = format!("writer {writer}");
            (spool.append(texts(&[&text])).await.unwrap().number, text)
        });
    }
    let told: BTreeMap<i64, String> = work.join_all().await.into_iter().collect();
    assert_eq!(told.into_iter().collect::<Vec<_>>(), read_after(&spool, 0));
    assert_eq!(numbers(&spool), (1..=50).collect::<Vec<_>>());
}

#[tokio::test]
async fn damage_in_the_middle_costs_what_is_damaged_and_nothing_else() {
    let folder = TempDir::new().unwrap();
    let spool = opened(&folder);
    spool.append(texts(&["one", "two", "three"])).await.unwrap();
    let second = wide(2 * frame::HEADER + 3);
    harm(&folder, 1, |file, _| file.write_all_at(b"XXX", second).unwrap());
    assert_eq!(numbers(&spool), [1, 3]);
    assert_eq!((spool.standing().damaged, put_aside(&folder)), (1, 1));
    drop(spool);
    let spool = opened(&folder);
    assert_eq!(spool.append(texts(&["four"])).await.unwrap().number, 4);
    assert_eq!(numbers(&spool), [1, 3, 4]);
}

#[tokio::test]
async fn a_damaged_end_is_put_aside_and_its_numbers_are_not_given_again() {
    let folder = TempDir::new().unwrap();
    let spool = opened(&folder);
    spool.append(texts(&["one", "two", "three"])).await.unwrap();
    drop(spool);
    harm(&folder, 1, |file, length| file.write_all_at(b"X", length - 1).unwrap());
    let spool = opened(&folder);
    assert_eq!(put_aside(&folder), 1);
    assert!(spool.append(texts(&["four"])).await.unwrap().number > 3);
    let read = read_after(&spool, 0);
    let read: Vec<&str> = read.iter().map(|(_, text)| text.as_str()).collect();
    assert_eq!(read, ["one", "two", "four"]);
}

#[tokio::test]
async fn a_length_that_is_damaged_hides_nothing_behind_it() {
    let folder = TempDir::new().unwrap();
    let spool = opened(&folder);
    spool.append(texts(&["one", "two", "three"])).await.unwrap();
    let length = 16;
    for bytes in [[0xff; 4], [0xff, 0, 0, 0], [0; 4]] {
        harm(&folder, 1, |file, _| file.write_all_at(&bytes, length).unwrap());
        assert_eq!(numbers(&spool), [2, 3], "{bytes:?}");
    }
    drop(spool);
    assert_eq!(numbers(&opened(&folder)), [2, 3]);
}

#[tokio::test]
async fn a_spool_of_rubbish_is_opened_and_read_to_its_end() {
    let folder = TempDir::new().unwrap();
    let spool = opened(&folder);
    spool.append(texts(&["one"])).await.unwrap();
    harm(&folder, 1, |file, length| {
        file.write_all_at(&b"FsP1".repeat(1000), 0).unwrap();
        assert!(length < 4000);
    });
    assert_eq!(numbers(&spool), Vec::<i64>::new());
    drop(spool);
    let spool = opened(&folder);
    assert_eq!(numbers(&spool), Vec::<i64>::new());
    let number = spool.append(texts(&["two"])).await.unwrap().number;
    assert!(number > 1);
    assert_eq!(read_after(&spool, 0), [(number, "two".to_owned())]);
}

#[tokio::test]
async fn a_memo_is_kept_with_its_entries_and_through_rotation() {
    let folder = TempDir::new().unwrap();
    let spool = opened(&folder);
    assert_eq!(spool.memo(), None);
    let long = "x".repeat(3000);
    spool.append_with(texts(&[&long]), Some(b"page 1".to_vec())).await.unwrap();
    for _ in 0..5 {
        spool.append(texts(&[&long])).await.unwrap();
    }
    spool.forget(6).unwrap();
    assert_eq!(spool.memo().unwrap(), b"page 1");
    drop(spool);
    let spool = opened(&folder);
    assert_eq!(spool.memo().unwrap(), b"page 1");
    spool.append_with(Vec::new(), Some(b"page 2".to_vec())).await.unwrap();
    drop(spool);
    let spool = opened(&folder);
    assert_eq!(spool.memo().unwrap(), b"page 2");
    assert_eq!(spool.append(texts(&["next"])).await.unwrap().number, 7);
}

#[test]
fn a_spool_as_a_source_hands_on_what_the_lake_lacks() {
    let folder = TempDir::new().unwrap();
    let spool = opened(&folder);
    appended(&spool, texts(&["one", "two", "three"]));
    let mut source = SpoolSource::new(spool.clone(), Content::Messages);
    let after = Positions::from(BTreeMap::from([("spool".to_owned(), 1)]));
    let delivery = source.next(&after).unwrap().unwrap();
    let pieces: Vec<_> = delivery
        .fresh()
        .map(|piece| (piece.offset, delivery.block.piece(piece).to_vec()))
        .collect();
    assert_eq!(pieces, [(2, b"two".to_vec()), (3, b"three".to_vec())]);
    assert_eq!(source.next(&after).unwrap(), None);
}

fn bodies(source: &mut SpoolSource, after: &Positions) -> Vec<Delivery> {
    std::iter::from_fn(|| source.next(after).unwrap()).collect()
}

#[test]
fn bodies_of_a_spool_are_cut_like_files_and_forgotten_when_all_of_them_is_safe() {
    let folder = TempDir::new().unwrap();
    let spool = opened(&folder);
    let body = format!("a\nb\n{}", "x".repeat(5000));
    for _ in 0..3 {
        appended(&spool, texts(&[&body]));
    }
    let carve = Carve::of(fengsui_formats::Framing::Lines);
    let mut source = SpoolSource::new(spool.clone(), Content::Bodies(carve));
    let after = Positions::none();
    let given = bodies(&mut source, &after);
    let ends: Vec<(String, i64)> = given
        .iter()
        .filter(|delivery| delivery.ended)
        .map(|delivery| (delivery.partition.clone(), delivery.block.reached().unwrap()))
        .collect();
    let end = i64::try_from(body.len()).unwrap();
    assert_eq!(ends, [1, 2, 3].map(|number| (format!("spool:{number}"), end)));
    let before = spool.standing().bytes;
    source.committed("spool:1", 4).unwrap();
    source.committed("spool:2", end).unwrap();
    assert_eq!(spool.standing().bytes, before);
    source.committed("spool:1", end).unwrap();
    assert!(spool.standing().bytes < before / 2);
    let known = BTreeMap::from([("spool:3".to_owned(), end)]);
    let mut again = SpoolSource::new(spool, Content::Bodies(carve));
    assert_eq!(bodies(&mut again, &known.into()), []);
}

fn appended(spool: &Spool, entries: Vec<Entry>) {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(spool.append(entries)).unwrap();
}

/// One life of a process: what it appended with what answer, and where it was cut off.
#[derive(Clone, Debug)]
struct Life {
    commits: Vec<Vec<u8>>,
    /// A commit that was written and never synchronised: how much of it is on disk, in thousandths.
    torn: Option<(u8, u16)>,
    forget: bool,
}

fn life() -> impl Strategy<Value = Life> {
    let commits = prop::collection::vec(prop::collection::vec(0_u8..128, 1..5), 0..8);
    let torn = prop::option::of((1_u8..5, 0_u16..1000));
    (commits, torn, any::<bool>()).prop_map(|(commits, torn, forget)| Life {
        commits,
        torn,
        forget,
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn nothing_that_was_acknowledged_is_lost_wherever_it_was_cut_off(
        lives in prop::collection::vec(life(), 1..6),
    ) {
        let folder = TempDir::new().unwrap();
        let small = SpoolLimits { segment_bytes: 600, ..limits() };
        let mut kept: BTreeMap<i64, Vec<u8>> = BTreeMap::new();
        let mut last = 0;
        for life in lives {
            let spool = Spool::open(folder.path(), small, None).unwrap();
            for lengths in &life.commits {
                let entries: Vec<Entry> =
                    lengths.iter().map(|length| Entry::of(vec![*length; (*length).into()])).collect();
                appended(&spool, entries.clone());
                for entry in entries {
                    last += 1;
                    kept.insert(last, entry.bytes);
                }
            }
            prop_assert_eq!(spool.standing().durable, last);
            if life.forget {
                spool.forget(last / 2).unwrap();
            }
            drop(spool);
            if let Some((frames, part)) = life.torn {
                tear(folder.path(), last, frames, part);
            }
        }
        let spool = Spool::open(folder.path(), small, None).unwrap();
        let read: BTreeMap<i64, Vec<u8>> = read_after(&spool, last / 2)
            .into_iter()
            .map(|(number, text)| (number, text.into_bytes()))
            .collect();
        prop_assert_eq!(read, kept.split_off(&(last / 2 + 1)));
        prop_assert_eq!(spool.standing().damaged, 0);
        appended(&spool, texts(&["next"]));
        prop_assert_eq!(spool.standing().durable, last + 1);
    }
}

/// Leaves behind what a commit that was cut off leaves: its beginning, up to any byte.
fn tear(folder: &Path, last: i64, frames: u8, part: u16) {
    let segments = Segments::list(folder).unwrap();
    let (_, segment) = segments.last().unwrap();
    let mut bytes = Vec::new();
    for nth in 1..=frames {
        let number = last + i64::from(nth);
        let rest = u32::from(frames - nth);
        let frame = frame::Frame {
            number,
            rest,
            shortened: false,
            memo: false,
            name: None,
            bytes: b"torn",
        };
        frame.write(segment.salt, &mut bytes);
    }
    let keep = bytes.len() * usize::from(part) / 1000;
    let file = OpenOptions::new().write(true).open(&segment.path).unwrap();
    file.write_all_at(&bytes[..keep], segment.bytes).unwrap();
}

const CHILD: &str = "FENGSUI_SPOOL_OF_A_CHILD";

#[test]
#[ignore = "the child of the test below: it ends only by being killed"]
fn a_child_appends_and_says_what_was_acknowledged() {
    let folder = std::env::var(CHILD).unwrap();
    let spool = Spool::open(Path::new(&folder), limits(), None).unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().unwrap();
    let writers = (0..4).map(|_| {
        let spool = spool.clone();
        runtime.spawn(async move {
            loop {
                let next = spool.standing().durable;
                let text = format!("{next} {}", "x".repeat(usize::try_from(next % 700).unwrap()));
                let number = spool.append(texts(&[&text, &text])).await.unwrap().number;
                writeln!(io::stdout(), "\nkept {number} {text}.").unwrap();
                spool.forget(number - 60).unwrap();
            }
        })
    });
    let writers: Vec<_> = writers.collect();
    runtime.block_on(futures::future::join_all(writers));
}

#[test]
fn a_killed_process_lost_nothing_it_had_acknowledged() {
    let folder = TempDir::new().unwrap();
    for lines in [1, 17, 60, 133] {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--ignored", "--exact", "--nocapture"])
            .arg("spool::tests::a_child_appends_and_says_what_was_acknowledged")
            .env(CHILD, folder.path())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let told = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
        let mut told = told.filter_map(|line| line.strip_prefix("kept ").map(str::to_owned));
        let mut kept: Vec<String> = told.by_ref().take(lines).collect();
        child.kill().unwrap();
        kept.extend(told);
        child.wait().unwrap();
        let spool = opened(&folder);
        let read: BTreeMap<i64, String> = read_after(&spool, 0).into_iter().collect();
        let all: Vec<i64> = read.keys().copied().collect();
        assert_eq!(all, (all[0]..=*all.last().unwrap()).collect::<Vec<_>>());
        let mut checked = 0;
        for line in kept {
            // The last line may be cut off as well.
            let Some((number, text)) = line.strip_suffix('.').and_then(|it| it.split_once(' '))
            else {
                continue;
            };
            let number: i64 = number.parse().unwrap();
            assert!(number <= spool.standing().durable);
            if number >= all[0] {
                assert_eq!(read.get(&number).map(String::as_str), Some(text));
                checked += 1;
            }
        }
        assert!(checked > 0);
        assert_eq!(spool.standing().damaged, 0);
    }
}

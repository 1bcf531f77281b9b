//! What becomes of files, whatever is done to them.

use std::collections::BTreeMap;
use std::fs::OpenOptions;
use std::io::Write as _;
use std::sync::{Arc, Mutex};

use fengsui_formats::{Framing, Reason};
use flate2::Compression;
use flate2::write::GzEncoder;
use tempfile::TempDir;

use super::*;
use crate::unpack::UnpackLimits;

fn carve() -> Carve {
    Carve { block_bytes: 10, ..Carve::of(Framing::Lines) }
}

/// What was taken in: texts by partition, in the order of offsets, and how far.
#[derive(Default)]
struct Taken {
    known: BTreeMap<String, i64>,
    lines: Vec<String>,
    unreadable: Vec<Reason>,
}

impl Taken {
    /// Takes what there is until nothing is left at this tick.
    fn tick(&mut self, files: &mut Files) {
        while let Some(delivery) = files.next(&self.positions()).unwrap() {
            self.take(&delivery);
        }
    }

    fn take(&mut self, delivery: &Delivery) {
        for piece in delivery.fresh() {
            let before = self.known.insert(delivery.partition.clone(), piece.offset);
            assert!(before < Some(piece.offset), "{delivery:?}");
            if let Some(reason) = delivery.unreadable {
                self.unreadable.push(reason);
            } else {
                let text = String::from_utf8_lossy(delivery.block.piece(piece)).into_owned();
                self.lines.push(text);
            }
        }
    }

    fn positions(&self) -> Positions {
        self.known.clone().into()
    }

    fn new_lines(&mut self) -> Vec<String> {
        std::mem::take(&mut self.lines)
    }
}

fn these(paths: &[&Path]) -> Files {
    Files::new(Watching::These(paths.iter().map(|path| (*path).to_owned()).collect()), carve())
}

fn put(folder: &TempDir, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    path
}

fn grow(path: &Path, text: &str) {
    OpenOptions::new()
        .append(true)
        .create(true)
        .open(path)
        .unwrap()
        .write_all(text.as_bytes())
        .unwrap();
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut out = GzEncoder::new(Vec::new(), Compression::fast());
    out.write_all(bytes).unwrap();
    out.finish().unwrap()
}

fn zip(members: &[(&str, &str)], method: zip::CompressionMethod) -> Vec<u8> {
    let mut out = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default().compression_method(method);
    for (name, text) in members {
        out.start_file(*name, options).unwrap();
        out.write_all(text.as_bytes()).unwrap();
    }
    out.finish().unwrap().into_inner()
}

const TEXT: &str = "one\ntwo, which is longer\nthree\nfour without an end";
const LINES: [&str; 4] = ["one", "two, which is longer", "three", "four without an end"];

#[test]
fn a_file_is_read_to_its_end_however_it_is_packed() {
    let folder = TempDir::new().unwrap();
    let stored = zip(&[("a", TEXT)], zip::CompressionMethod::Stored);
    let deflated = zip(&[("a", TEXT)], zip::CompressionMethod::Deflated);
    let zstd = zstd::encode_all(TEXT.as_bytes(), 1).unwrap();
    let two = [gzip(&TEXT.as_bytes()[..20]), gzip(&TEXT.as_bytes()[20..])].concat();
    for bytes in [TEXT.as_bytes().to_vec(), gzip(TEXT.as_bytes()), two, zstd, stored, deflated] {
        let path = put(&folder, "file", &bytes);
        let mut files = these(&[&path]);
        let mut taken = Taken::default();
        taken.tick(&mut files);
        assert_eq!(taken.lines, LINES);
        assert_eq!(taken.known.into_values().collect::<Vec<_>>(), [50]);
        assert!(files.has_ended());
    }
}

#[test]
fn the_same_bytes_under_another_name_give_nothing() {
    let folder = TempDir::new().unwrap();
    let (first, second) = (put(&folder, "a", TEXT), put(&folder, "b", TEXT));
    let mut taken = Taken::default();
    taken.tick(&mut these(&[&first]));
    assert_eq!(taken.new_lines(), LINES);
    taken.tick(&mut these(&[&second, &first]));
    assert_eq!(taken.new_lines(), Vec::<String>::new());
}

#[test]
fn the_same_bytes_twice_are_given_once_before_the_lake_has_them() {
    let folder = TempDir::new().unwrap();
    let (first, second) = (put(&folder, "a", TEXT), put(&folder, "b", TEXT));
    let mut files = these(&[&first, &second]);
    let given = std::iter::from_fn(|| files.next(&Positions::none()).unwrap());
    let pieces: usize = given.map(|delivery| delivery.block.pieces.len()).sum();
    assert_eq!(pieces, LINES.len());
}

#[test]
fn reading_goes_on_where_the_lake_is_and_gives_the_head_once_more() {
    let folder = TempDir::new().unwrap();
    for bytes in [TEXT.as_bytes().to_vec(), gzip(TEXT.as_bytes())] {
        let path = put(&folder, "a", bytes);
        let mut taken = Taken::default();
        taken.tick(&mut these(&[&path]));
        for known in taken.known.values_mut() {
            *known = 25;
        }
        let mut files = these(&[&path]);
        let head = files.next(&taken.positions()).unwrap().unwrap();
        assert_eq!((head.fresh().count(), head.block.pieces.len()), (0, 2));
        taken.lines.clear();
        taken.tick(&mut files);
        assert_eq!(taken.lines, LINES[2..]);
    }
}

#[test]
fn every_member_of_an_archive_is_a_partition_of_its_own() {
    let folder = TempDir::new().unwrap();
    let archive = zip(&[("a", "1\n2\n"), ("b", "3\n")], zip::CompressionMethod::Deflated);
    let path = put(&folder, "a.zip", archive);
    let mut files = these(&[&path]);
    let mut names = Vec::new();
    let mut taken = Taken::default();
    while let Some(delivery) = files.next(&Positions::none()).unwrap() {
        names.push(delivery.name.clone().unwrap());
        taken.take(&delivery);
    }
    names.dedup();
    assert_eq!(
        (taken.lines, names),
        (vec!["1".into(), "2".into(), "3".into()], vec!["a".into(), "b".into()])
    );
    assert_eq!(taken.known.len(), 2);
}

#[test]
fn what_is_broken_or_grows_beyond_measure_is_kept_with_a_reason() {
    let folder = TempDir::new().unwrap();
    let whole = gzip(TEXT.as_bytes());
    let cut_off = whole[..whole.len() - 6].to_vec();
    let zeros = vec![b'x'; 40_000_000];
    let bomb = gzip(&zeros);
    let no_zip = b"PK\x03\x04 is no archive".to_vec();
    let mut tampered = zip(&[("a", "1\n2\n")], zip::CompressionMethod::Stored);
    let at = tampered.iter().position(|byte| *byte == b'1').unwrap();
    tampered[at] = b'9';
    let all = [("cut off", cut_off), ("bomb", bomb), ("no zip", no_zip), ("tampered", tampered)];
    for (what, bytes) in all {
        let path = put(&folder, "a", bytes);
        let unpack = UnpackLimits { ratio_max: 50, ..UnpackLimits::default() };
        let carve = Carve { unpack, ..Carve::of(Framing::Lines) };
        let mut files = Files::new(Watching::These(vec![path.clone()]), carve);
        let mut taken = Taken::default();
        taken.tick(&mut files);
        assert_eq!(taken.unreadable, [Reason::NotDecompressed], "{what}");
        taken.unreadable.clear();
        taken.tick(&mut Files::new(Watching::These(vec![path]), carve));
        assert_eq!(taken.unreadable, []);
    }
}

#[test]
fn a_file_that_is_not_there_is_a_fault_and_the_next_one_is_read() {
    let folder = TempDir::new().unwrap();
    let there = put(&folder, "there", "x\n");
    let mut files = these(&[&folder.path().join("not"), folder.path(), &there]);
    for _ in 0..2 {
        let fault = files.next(&Positions::none());
        assert!(matches!(fault, Err(SourceFault::File { .. })), "{fault:?}");
    }
    let mut taken = Taken::default();
    taken.tick(&mut files);
    assert_eq!(taken.lines, ["x"]);
}

#[test]
fn progress_comes_to_the_end_of_all_files() {
    let folder = TempDir::new().unwrap();
    let (first, second) = (put(&folder, "a", TEXT), put(&folder, "b", gzip(b"other\n")));
    let total = first.metadata().unwrap().len() + second.metadata().unwrap().len();
    let told = Arc::new(Mutex::new(Vec::new()));
    let sink = Arc::clone(&told);
    let mut files = these(&[&first, &second])
        .reporting(move |progress| sink.lock().unwrap().push((progress.bytes, progress.total)));
    Taken::default().tick(&mut files);
    let told = told.lock().unwrap();
    assert!(told.is_sorted() && told.len() > 5, "{told:?}");
    assert_eq!(told.last(), Some(&(total, total)));
}

#[test]
fn a_file_in_a_folder_is_taken_once_when_it_stands_still() {
    let folder = TempDir::new().unwrap();
    let pattern: Pattern = "*.csv".parse().unwrap();
    let mut files = Files::new(Watching::Folder(folder.path().to_owned(), pattern), carve());
    let mut taken = Taken::default();
    put(&folder, "b.txt", "other\n");
    taken.tick(&mut files);
    let path = put(&folder, "a.csv", "1\n");
    taken.tick(&mut files);
    grow(&path, "2\n");
    taken.tick(&mut files);
    assert_eq!(taken.lines, Vec::<String>::new());
    taken.tick(&mut files);
    assert_eq!(taken.new_lines(), ["1", "2"]);
    std::fs::rename(folder.path().join("b.txt"), folder.path().join("b.csv")).unwrap();
    taken.tick(&mut files);
    taken.tick(&mut files);
    taken.tick(&mut files);
    assert_eq!(taken.new_lines(), ["other"]);
    assert!(!files.has_ended());
}

#[test]
fn a_file_that_changes_while_it_is_read_is_not_called_complete() {
    let folder = TempDir::new().unwrap();
    let path = put(&folder, "a", TEXT);
    let mut files = these(&[&path]);
    files.next(&Positions::none()).unwrap().unwrap();
    grow(&path, "more");
    let mut ended = false;
    let fault = loop {
        match files.next(&Positions::none()) {
            Ok(Some(delivery)) => ended |= delivery.ended,
            Ok(None) => break None,
            Err(fault) => break Some(fault),
        }
    };
    assert!(matches!(fault, Some(SourceFault::Changed { .. })) && !ended, "{fault:?}");
}

fn follow(folder: &TempDir) -> Files {
    let watching = Watching::Growing(folder.path().to_owned(), "eve.json*".parse().unwrap());
    Files::new(watching, carve())
}

#[test]
fn a_growing_file_gives_whole_lines_only() {
    let folder = TempDir::new().unwrap();
    let path = put(&folder, "eve.json", "fir");
    let (mut files, mut taken) = (follow(&folder), Taken::default());
    taken.tick(&mut files);
    grow(&path, "st\nsec");
    taken.tick(&mut files);
    assert_eq!(taken.new_lines(), ["first"]);
    grow(&path, "ond\n");
    taken.tick(&mut files);
    assert_eq!(taken.new_lines(), ["second"]);
}

#[test]
fn a_file_is_followed_through_renaming_and_restarts() {
    let folder = TempDir::new().unwrap();
    let path = put(&folder, "eve.json", "first\n");
    let (mut files, mut taken) = (follow(&folder), Taken::default());
    taken.tick(&mut files);
    let rotated = folder.path().join("eve.json.1");
    std::fs::rename(&path, &rotated).unwrap();
    grow(&rotated, "late\n");
    grow(&path, "anew\n");
    taken.tick(&mut files);
    assert_eq!(taken.new_lines(), ["first", "late", "anew"]);
    drop(files);
    grow(&rotated, "later still\n");
    std::fs::rename(&rotated, folder.path().join("eve.json.2")).unwrap();
    let mut files = follow(&folder);
    taken.tick(&mut files);
    assert_eq!(taken.new_lines(), ["later still"]);
}

#[test]
fn what_is_written_after_the_name_is_gone_is_read_to_its_end() {
    let folder = TempDir::new().unwrap();
    let path = put(&folder, "eve.json", "first\n");
    let (mut files, mut taken) = (follow(&folder), Taken::default());
    taken.tick(&mut files);
    let mut writer = OpenOptions::new().append(true).open(&path).unwrap();
    std::fs::remove_file(&path).unwrap();
    taken.tick(&mut files);
    writer.write_all(b"second\nand no end").unwrap();
    for _ in 0..3 {
        taken.tick(&mut files);
    }
    assert_eq!(taken.new_lines(), ["first", "second", "and no end"]);
}

#[test]
fn a_file_that_is_cut_off_and_begins_alike_is_read_anew() {
    let folder = TempDir::new().unwrap();
    let path = put(&folder, "eve.json", "header\nfirst\n");
    let (mut files, mut taken) = (follow(&folder), Taken::default());
    taken.tick(&mut files);
    std::fs::write(&path, "header\nnext\n").unwrap();
    taken.tick(&mut files);
    assert_eq!(taken.new_lines(), ["header", "first", "header", "next"]);
    // Once more, and by the next look it has grown beyond where we were.
    std::fs::write(&path, "header\nlonger than before\n").unwrap();
    taken.tick(&mut files);
    assert_eq!(taken.new_lines(), ["header", "longer than before"]);
    drop(files);
    std::fs::write(&path, "header\nshort\n").unwrap();
    let mut files = follow(&folder);
    taken.tick(&mut files);
    grow(&path, "and on\n");
    taken.tick(&mut files);
    assert_eq!(taken.new_lines(), ["header", "short", "and on"]);
    assert_eq!(taken.known.len(), 4);
}

#[test]
fn packed_files_are_not_followed() {
    let folder = TempDir::new().unwrap();
    put(&folder, "eve.json.2.gz", gzip(b"old\n"));
    let mut taken = Taken::default();
    taken.tick(&mut follow(&folder));
    assert_eq!(taken.lines, Vec::<String>::new());
}

#[test]
fn patterns_fit_names() {
    let fits = |pattern: &str, name: &str| pattern.parse::<Pattern>().unwrap().fits(name);
    assert!(fits("*.json", "eve.json") && fits("eve-?.json*", "eve-1.json.3") && fits("*", "烽燧"));
    assert!(fits("*a*b", "xaxbxb") && !fits("*a*b", "xaxbx"));
    assert!(!fits("*", ".hidden") && fits(".*", ".hidden") && !fits("?", "") && !fits("a", "ab"));
    assert!(!fits(&"*a".repeat(100), &"a".repeat(99)));
    assert!("a/b".parse::<Pattern>().is_err() && "".parse::<Pattern>().is_err());
}

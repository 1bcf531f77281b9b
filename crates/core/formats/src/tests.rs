//! What every reader promises.

use std::sync::Arc;

use proptest::prelude::*;

use super::*;

/// Lines that say nothing in some format: blanks, comments and headers.
fn may_be_silent(format: Format, line: &[u8]) -> bool {
    let text = String::from_utf8_lossy(line);
    let text = text.trim_start_matches('\u{feff}').trim();
    // A first row of nothing but names is the header of a report.
    let is_name = |letter: char| letter.is_ascii_alphanumeric() || "_- ,\"".contains(letter);
    let is_header = format == Format::Shadowserver && text.chars().all(is_name);
    text.is_empty() || text.starts_with(['#', ';', '/', '!']) || is_header
}

fn setting(has_mapping: bool) -> Setting {
    let text =
        "format = 1\ncolumns = [\"a\", \"b\"]\n[[column]]\nfrom = \"a\"\nto = \"source.ip\"\n";
    let mapping = has_mapping.then(|| Arc::new(Mapping::read("feed.toml", text).unwrap()));
    Setting { mapping, ..Setting::default() }
}

#[test]
fn a_source_may_be_taken_up_in_the_middle_once_its_header_is_recalled() {
    for (format, before, after) in [
        (Format::Zeek, "#fields\tid.orig_h\n192.0.2.1\n#fields\tuid\tid.orig_h\n", "C1\t192.0.2.9"),
        (Format::Csv, "b,a\nx,192.0.2.1\n", "y,192.0.2.9"),
    ] {
        assert!(format.has_header());
        let text = "format = 1\n[[column]]\nfrom = \"a\"\nto = \"source.ip\"\n";
        let mapping = Some(Arc::new(Mapping::read("feed.toml", text).unwrap()));
        let mut reader = open(format, &Setting { mapping, ..Setting::default() });
        before.lines().for_each(|line| reader.recall(line.as_bytes()));
        let mut out = Vec::new();
        reader.read(after.as_bytes(), &mut out);
        let [Outcome::Record(record)] = out.as_slice() else { panic!("{out:?}") };
        let address = record.ip(fengsui_records::Column::SourceIp);
        assert_eq!(address, Some([192, 0, 2, 9].into()), "{format}");
    }
}

/// Every piece of a text, read by itself with what was kept beside it, and what it gave in its place.
fn alone_and_in_its_place(
    format: Format,
    setting: &Setting,
    text: &str,
) -> Vec<(Vec<Outcome>, Vec<Outcome>)> {
    let mut reader = open(format, setting);
    let block = Cutter::new(format.framing(), 4_096, 0).push(text.as_bytes());
    let mut all = Vec::new();
    for piece in &block.pieces {
        let piece = block.piece(*piece);
        let before = reader.head();
        let (mut there, mut alone) = (Vec::new(), Vec::new());
        reader.read(piece, &mut there);
        let mut other = open(format, setting);
        match before {
            Head::None => {}
            Head::Pieces(head) => head.iter().for_each(|piece| other.recall(piece.as_bytes())),
            Head::Lost => panic!("{format}: the head is lost"),
        }
        other.read(piece, &mut alone);
        all.push((alone, there));
    }
    all
}

#[test]
fn a_piece_is_read_by_itself_with_the_head_that_is_kept_beside_it() {
    let schema = include_bytes!("../fixtures/shadowserver/schema.json");
    let lamps = include_str!("../fixtures/shadowserver/2026-03-14-scan_lamp-shanghai.csv");
    let mapping = "format = 1\ncomment = \"#\"\n[[column]]\nfrom = \"a\"\nto = \"source.ip\"\n";
    let with = |mapping: Option<&str>| Setting {
        shadowserver: Some(Arc::new(Schema::read(schema).unwrap())),
        mapping: mapping.map(|text| Arc::new(Mapping::read("feed.toml", text).unwrap())),
        name: Some("2026-03-14-scan_lamp-shanghai.csv".to_owned()),
    };
    let zeek = "#separator \\x09\n#path\tconn\n#fields\tid.orig_h\n#open\tnow\n192.0.2.1\n192.0.2.1\tx\n\
                #fields\tuid\tid.orig_h\nC1\t192.0.2.9\nC1\n#close\tnow\n";
    for (format, mapping, text) in [
        (Format::Zeek, None, zeek),
        (Format::Shadowserver, None, lamps),
        (Format::Csv, Some(mapping), "# list\nb,a\nx,192.0.2.1\nx\n# more\nx,192.0.2.2\n"),
        (Format::Csv, Some(mapping), "b,c\nx,192.0.2.1\n"),
        (Format::Csv, None, "# list\nb,a\nx,192.0.2.1\n"),
    ] {
        let read = alone_and_in_its_place(format, &with(mapping), text);
        assert!(read.iter().any(|(_, there)| !there.is_empty()), "{format}");
        for (number, (alone, there)) in read.into_iter().enumerate() {
            assert_eq!(alone, there, "{format}, piece {number}");
        }
    }
}

#[test]
fn what_was_kept_without_a_setting_is_enough_once_there_is_one() {
    let setting = |mapping: &str| Setting {
        mapping: Some(Arc::new(Mapping::read("feed.toml", mapping).unwrap())),
        ..Setting::default()
    };
    let mut reader = open(Format::Csv, &Setting::default());
    let rows = ["# list", "b,a", "x,192.0.2.1", "y,192.0.2.2"];
    for row in rows {
        reader.read(row.as_bytes(), &mut Vec::new());
    }
    let Head::Pieces(head) = reader.head() else { panic!("no head") };
    let mapping = "format = 1\ncomment = \"#\"\n[[column]]\nfrom = \"a\"\nto = \"source.ip\"\n";
    let mut mended = open(Format::Csv, &setting(mapping));
    head.iter().for_each(|piece| mended.recall(piece.as_bytes()));
    let mut out = Vec::new();
    mended.read(b"y,192.0.2.2", &mut out);
    assert!(matches!(out.as_slice(), [Outcome::Record(_)]), "{out:?}");
}

#[test]
fn a_head_that_is_too_long_or_no_text_is_lost_and_said() {
    for head in [vec![b'a'; Head::BYTES_MAX + 1], b"a,\xff".to_vec()] {
        let mut reader = open(Format::Csv, &Setting::default());
        reader.read(&head, &mut Vec::new());
        assert_eq!(reader.head(), Head::Lost);
    }
}

proptest! {
    #[test]
    fn no_reader_panics_or_falls_silent_whatever_comes(
        lines in prop::collection::vec(
            prop_oneof![
                prop::collection::vec(any::<u8>(), 1..60),
                "[{}\\[\\]\":,a-c0-9.|= \t中]{1,40}".prop_map(String::into_bytes),
            ],
            1..4,
        ),
        has_mapping: bool,
    ) {
        for format in Format::ALL {
            let mut reader = open(*format, &setting(has_mapping));
            for line in &lines {
                let mut out = Vec::new();
                reader.read(line, &mut out);
                prop_assert!(!out.is_empty() || may_be_silent(*format, line), "{format}: {line:?}");
            }
        }
    }

    #[test]
    fn a_file_of_any_bytes_is_cut_and_read_to_its_end(
        bytes in prop::collection::vec(any::<u8>(), 0..300),
        piece_max in 8_usize..64,
    ) {
        for format in Format::ALL {
            let mut cutter = Cutter::new(format.framing(), piece_max, 0);
            let mut reader = open(*format, &setting(true));
            let mut out = Vec::new();
            let mut reached = 0;
            for block in [cutter.push(&bytes), cutter.finish()] {
                for piece in &block.pieces {
                    prop_assert!(piece.offset > reached || block.piece(*piece).is_empty());
                    reached = piece.offset;
                    reader.read(block.piece(*piece), &mut out);
                }
            }
            prop_assert_eq!(reached, i64::try_from(bytes.len()).unwrap(), "{}", format);
        }
    }
}

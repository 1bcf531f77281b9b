//! What every reader promises.

use std::sync::Arc;

use proptest::prelude::*;

use super::*;

/// Lines that say nothing in some format: blanks, comments and headers.
fn may_be_silent(line: &[u8]) -> bool {
    let text = String::from_utf8_lossy(line);
    let text = text.trim_start_matches('\u{feff}').trim();
    text.is_empty() || text.starts_with(['#', ';', '/', '!'])
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
                prop_assert!(!out.is_empty() || may_be_silent(line), "{format}: {line:?}");
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

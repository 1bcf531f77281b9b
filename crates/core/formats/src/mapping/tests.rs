//! Mappings: the examples of the documentation, faults and times.

use std::sync::Arc;

use super::*;
use crate::{Cutter, Format, Outcome, Setting, open};

/// The examples of the documentation, so that it cannot tell what does not work.
const BOOK: &str = include_str!("../../../../../docs/mapping.md");

/// The block of the page that follows a line `<!-- name -->`.
fn example(name: &str) -> &'static str {
    let (_, after) = BOOK.split_once(&format!("<!-- {name} -->\n```")).unwrap();
    let (_, body) = after.split_once('\n').unwrap();
    body.split_once("```").unwrap().0
}

fn read(format: Format, mapping: &str, text: &str) -> String {
    let mapping = Mapping::read("feed.toml", mapping).unwrap();
    let setting = Setting { mapping: Some(Arc::new(mapping)), ..Setting::default() };
    let mut reader = open(format, &setting);
    let mut cutter = Cutter::new(format.framing(), 1 << 20, 0);
    let mut out = Vec::new();
    for block in [cutter.push(text.as_bytes()), cutter.finish()] {
        for piece in &block.pieces {
            reader.read(block.piece(*piece), &mut out);
        }
    }
    let lines = out.into_iter().map(|outcome| match outcome {
        Outcome::Record(record) => record.to_json() + "\n",
        Outcome::Quarantined(reason) => format!("{}\n", reason.as_str()),
    });
    lines.collect()
}

#[test]
fn the_examples_of_the_book_give_what_it_says() {
    let csv = read(Format::Csv, example("csv-mapping"), example("csv-feed"));
    assert_eq!(csv, example("csv-records"));
    let json = read(Format::Json, example("json-mapping"), example("json-feed"));
    assert_eq!(json, example("json-records"));
}

#[test]
fn the_book_names_every_column_a_mapping_may_fill() {
    for column in Column::ALL {
        let derived = matches!(column, Column::Taxonomy | Column::Extra | Column::TimeObservation);
        let is_named = BOOK.contains(&format!("`{}`", column.as_str()));
        assert!(is_named || derived, "{} is not in docs/mapping.md", column.as_str());
    }
}

#[test]
fn what_is_wrong_with_a_mapping_is_said_with_its_place() {
    let entry = "[[column]]\nfrom = \"a\"\n";
    for (text, code, line) in [
        ("format = 1\ncolumn = [\n", "not-toml", 2),
        ("format = 2\n[[column]]\nfrom = \"a\"\nto = \"source.ip\"\n", "unknown-format", 1),
        ("format = 1\n", "column-count", 1),
        (&format!("format = 1\n{entry}to = \"ip\"\n"), "unknown-column", 4),
        (&format!("format = 1\n{entry}to = \"extra\"\n"), "derived-column", 4),
        (&format!("format = 1\n{entry}to = \"source.ip\"\ntypo = 1\n"), "not-toml", 5),
        (
            &format!("format = 1\n{entry}to = \"source.ip\"\ntime = \"seconds\"\n"),
            "time-elsewhere",
            5,
        ),
        (
            &format!("format = 1\n{entry}to = \"time.source\"\ntime = \"%Y-%m-%d\"\n"),
            "time-format",
            5,
        ),
        (
            &format!("format = 1\n{entry}to = \"time.source\"\ntime = \"%Q%Q%!\"\n"),
            "time-format",
            5,
        ),
        (&format!("format = 1\n{entry}to = \"time.source\"\nzone = \"Mars\"\n"), "time-format", 5),
        (&format!("format = 1\ndelimiter = \"::\"\n{entry}to = \"source.ip\"\n"), "delimiter", 2),
        (
            &format!("format = 1\n{entry}to = \"source.port\"\nvalues = {{ a = \"b\" }}\n"),
            "wrong-value",
            5,
        ),
        (
            &format!(
                "format = 1\n[constants]\n\"classification.type\" = \"bad\"\n{entry}to = \"source.ip\"\n"
            ),
            "unknown-type",
            3,
        ),
    ] {
        let fault = Mapping::read("feed.toml", text).unwrap_err();
        assert_eq!((fault.code(), fault.place().0), (code, line), "{text}\n{}", fault.render());
    }
    let text = format!("format = 1\n{entry}to = \"ip\"\n");
    insta::assert_snapshot!(Mapping::read("feed.toml", &text).unwrap_err().render(), @r#"
    error[unknown-column]: there is no column `ip`
     --> feed.toml:4:6
     = help: did you mean source.ip or destination.ip?
    "#);
}

#[test]
fn times_are_read_as_the_feed_writes_them() {
    let wanted = "{\"time.source\":\"2026-03-14T01:26:53Z\",\"classification.taxonomy\":\"other\",\"classification.type\":\"undetermined\"}\n";
    for (how, text) in [
        ("", "2026-03-14T09:26:53+08:00"),
        ("zone = \"Asia/Shanghai\"", "2026-03-14 09:26:53"),
        ("time = \"seconds\"", "1773451613"),
        ("time = \"milliseconds\"", "1773451613000"),
        ("time = \"microseconds\"", "1773451613000000"),
        ("time = \"%d/%b/%Y:%H:%M:%S %z\"", "14/Mar/2026:09:26:53 +0800"),
        ("time = \"%Y%m%d %H%M%S\"\nzone = \"Asia/Shanghai\"", "20260314 092653"),
    ] {
        let mapping =
            format!("format = 1\n[[column]]\nfrom = \"when\"\nto = \"time.source\"\n{how}\n");
        assert_eq!(read(Format::Csv, &mapping, &format!("when\n{text}\n")), wanted, "{how}");
        let kept = read(Format::Csv, &mapping, "when\nsoon\n");
        assert!(kept.contains(r#""extra":{"when":"soon"}"#), "{kept}");
    }
}

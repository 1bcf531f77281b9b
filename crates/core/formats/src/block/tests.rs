//! Cutting: what is a piece, what damage costs, and that pushes do not matter.

use proptest::prelude::*;

use super::*;

/// Text, offset and whether it was shortened, of every piece.
type Seen = (Vec<u8>, i64, bool);

fn cut(framing: Framing, piece_max: usize, pushes: &[&[u8]]) -> Vec<Seen> {
    let mut cutter = Cutter::new(framing, piece_max, 0);
    let mut seen = Vec::new();
    for bytes in pushes {
        let block = cutter.push_vec(bytes.to_vec());
        // A byte order mark is waited for, however short a piece may be.
        assert!(cutter.held.len() <= piece_max.max(2), "holds {} bytes", cutter.held.len());
        seen.extend(pieces(&block));
    }
    seen.extend(pieces(&cutter.finish()));
    seen
}

fn pieces(block: &Block) -> Vec<Seen> {
    block
        .pieces
        .iter()
        .map(|piece| (block.piece(*piece).to_vec(), piece.offset, piece.shortened))
        .collect()
}

fn texts(framing: Framing, text: &str) -> Vec<String> {
    cut(framing, 64, &[text.as_bytes()])
        .into_iter()
        .map(|(bytes, _, shortened)| {
            let mark = if shortened { "…" } else { "" };
            format!("{}{mark}", String::from_utf8_lossy(&bytes))
        })
        .collect()
}

#[test]
fn lines_end_with_either_line_end_and_count_it() {
    assert_eq!(
        cut(Framing::Lines, 64, &[b"one\r\n\ntwo\nthr", b"ee"]),
        [
            (b"one".to_vec(), 5, false),
            (b"".to_vec(), 6, false),
            (b"two".to_vec(), 10, false),
            (b"three".to_vec(), 15, false),
        ]
    );
}

#[test]
fn a_cutter_may_begin_in_the_middle_of_a_source() {
    let mut cutter = Cutter::new(Framing::Lines, 64, 1000);
    assert!(cutter.push(b"on").pieces.is_empty());
    assert_eq!(cutter.push(b"e\ntwo").reached(), Some(1004));
    assert_eq!(cutter.finish().reached(), Some(1007));
    assert_eq!(cutter.finish(), Block::default());
}

#[test]
fn of_a_line_too_long_the_beginning_is_left_and_the_next_line_is_whole() {
    let long = "x".repeat(9000);
    let text = format!("a\n{long}\nb\n");
    let seen = cut(Framing::Lines, 5000, &[text.as_bytes()]);
    assert_eq!(seen[1].0.len(), Cutter::BEGINNING_MAX);
    assert_eq!((seen[1].1, seen[1].2), (9003, true));
    assert_eq!(seen[2], (b"b".to_vec(), 9005, false));
}

#[test]
fn a_line_end_within_quotes_ends_no_row() {
    assert_eq!(
        texts(Framing::Table, "a,b\r\n1,\"x\r\ny \"\"z\"\"\n\"\n2,5\" pipe\n3,4\n"),
        ["a,b", "1,\"x\r\ny \"\"z\"\"\n\"", "2,5\" pipe", "3,4"]
    );
    assert_eq!(texts(Framing::Table, "\u{feff}\"a\nb\",c\n"), ["\u{feff}\"a\nb\",c"]);
}

#[test]
fn a_quote_that_is_never_closed_takes_its_own_line_only() {
    let rows = (0..40).map(|row| format!("{row},row\n")).collect::<Vec<_>>().concat();
    let seen = texts(Framing::Table, &format!("a,b\n1,\"open\n{rows}"));
    assert_eq!(seen.len(), 42);
    assert_eq!(seen[1], "1,\"open…");
    assert_eq!(seen[2], "0,row");
    // At the end of a source there is no window to wait for.
    assert_eq!(texts(Framing::Table, "1,\"open\n2,b\n"), ["1,\"open", "2,b"]);
}

#[test]
fn json_values_are_found_however_they_are_laid_out() {
    let wanted = [r#"{"a":"}\""}"#, r#"{"b":[1,{"c":2}]}"#];
    for text in [
        "{\"a\":\"}\\\"\"}\n{\"b\":[1,{\"c\":2}]}\n",
        "{\"a\":\"}\\\"\"}{\"b\":[1,{\"c\":2}]}",
        "[{\"a\":\"}\\\"\"},\n{\"b\":[1,{\"c\":2}]}]",
        "\u{feff}[ {\"a\":\"}\\\"\"} , {\"b\":[1,{\"c\":2}]} ]",
        "\u{1e}{\"a\":\"}\\\"\"}\r\n\u{1e}{\"b\":[1,{\"c\":2}]}",
    ] {
        assert_eq!(texts(Framing::Json, text), wanted, "{text}");
    }
    assert_eq!(
        texts(Framing::Json, "{\n  \"a\": [\n  {\n  }\n ]\n}\n{}"),
        ["{\n  \"a\": [\n  {\n  }\n ]\n}", "{}"]
    );
    assert_eq!(texts(Framing::Json, "[1, \"a,b\", [2, 3]]\n{}"), ["1", "\"a,b\"", "[2, 3]", "{}"]);
}

#[test]
fn a_line_of_json_cut_off_does_not_take_its_successors_with_it() {
    for cut_off in [
        r#"{"a":"text"#,
        r#"{"a":"text\"#,
        r#"{"a":1"#,
        r#"{"a":"#,
        r#"{"a":[1,"#,
        r#"{"a":{"b":1,"#,
        r#"{"a":[{"b":1}"#,
        "garbage",
        "\"text\"",
        "}]",
    ] {
        let text = format!("{cut_off}\n{{\"b\":1}}\n{{\"c\":1}}\n");
        let seen = texts(Framing::Json, &text);
        assert!(seen.contains(&r#"{"b":1}"#.to_owned()), "{cut_off}: {seen:?}");
        assert_eq!(seen.last().map(String::as_str), Some(r#"{"c":1}"#), "{cut_off}: {seen:?}");
    }
}

#[test]
fn a_json_value_too_long_is_passed_over_as_one() {
    let long = "1,".repeat(60);
    let text = format!("{{\"a\":[{long}1]}}\n{{\"b\":1}}\n{{\"a\":[{long}\n{{\"c\":1}}\n");
    let seen = texts(Framing::Json, &text);
    assert_eq!(seen.len(), 4, "{seen:?}");
    assert!(seen[0].ends_with('…') && seen[2].ends_with('…'), "{seen:?}");
    assert_eq!([seen[1].as_str(), seen[3].as_str()], [r#"{"b":1}"#, r#"{"c":1}"#]);
}

#[test]
fn a_source_of_json_is_read_to_its_very_end() {
    for text in ["[{},\n{}\n]\n  \n", "{}\n\n\n", "\n", "[\n]\n"] {
        let seen = cut(Framing::Json, 64, &[text.as_bytes()]);
        assert_eq!(seen.last().map(|piece| piece.1), i64::try_from(text.len()).ok(), "{text:?}");
    }
}

#[test]
fn damage_never_costs_more_than_two_passes() {
    // Were damaged bytes looked at again for every line, these would take hours.
    let rows = "x\",\"\n".repeat(100_000);
    assert!(cut(Framing::Table, 1 << 20, &[rows.as_bytes()]).len() > 50_000);
    let objects = "{\"a\":\n".repeat(100_000);
    assert_eq!(cut(Framing::Json, 1 << 20, &[objects.as_bytes()]).len(), 100_000);
}

fn framing() -> impl Strategy<Value = Framing> {
    prop_oneof![Just(Framing::Lines), Just(Framing::Table), Just(Framing::Json)]
}

/// Texts of the letters that matter.
fn soup() -> impl Strategy<Value = Vec<u8>> {
    let letters = prop_oneof![
        8 => prop::sample::select(b"{}[]\",:\\\n\r a1".to_vec()).prop_map(|byte| vec![byte]),
        2 => prop::sample::select(vec!["\n{\"a\":", "\n{\"a\":1}", "\",\"", "\"\"", "\u{feff}", "{}\n", "\n\n"])
            .prop_map(|text| text.as_bytes().to_vec()),
        1 => any::<u8>().prop_map(|byte| vec![byte]),
    ];
    prop::collection::vec(letters, 0..120).prop_map(|letters| letters.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn however_bytes_are_split_the_pieces_are_the_same(
        framing in framing(),
        bytes in soup(),
        piece_max in 1_usize..40,
        splits in prop::collection::vec(any::<prop::sample::Index>(), 0..8),
    ) {
        let mut places: Vec<usize> =
            splits.iter().map(|split| split.index(bytes.len() + 1)).collect();
        places.sort_unstable();
        let mut pushes = Vec::new();
        let mut from = 0;
        for place in places {
            pushes.push(&bytes[from..place]);
            from = place;
        }
        pushes.push(&bytes[from..]);
        let whole = cut(framing, piece_max, &[&bytes]);
        prop_assert_eq!(cut(framing, piece_max, &pushes), whole.clone());
        let single: Vec<&[u8]> = bytes.chunks(1).collect();
        prop_assert_eq!(cut(framing, piece_max, &single), whole);
    }

    #[test]
    fn pieces_put_together_are_the_source(framing in framing(), bytes in soup()) {
        let mut reached = 0;
        for (text, offset, shortened) in cut(framing, 10_000, &[&bytes]) {
            let next = usize::try_from(offset).unwrap();
            let stretch = &bytes[reached..next];
            prop_assert!(!shortened);
            prop_assert!(text.len() <= stretch.len());
            // Around the text there are separators only.
            let at = stretch.windows(text.len().max(1)).position(|window| window == text);
            let at = if text.is_empty() { 0 } else { at.unwrap() };
            let around = [&stretch[..at], &stretch[at + text.len()..]].concat();
            let separators = match framing {
                Framing::Lines | Framing::Table => &b"\r\n"[..],
                Framing::Json => b" \t\r\n,[]\x1e\xef\xbb\xbf",
            };
            prop_assert!(around.iter().all(|byte| separators.contains(byte)), "{around:?}");
            reached = next;
        }
        prop_assert_eq!(reached, bytes.len());
    }
}

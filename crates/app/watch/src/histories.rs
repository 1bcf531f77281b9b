//! Random histories of the collector: killed, failed, overtaken, delivered again, and then counted.
//!
//! `PROPTEST_CASES=5000` plays more of them.

mod again;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use proptest::prelude::*;

use crate::testing::*;
use crate::*;

fn limits(workers: usize, batch_rows: usize) -> Limits {
    Limits {
        workers,
        round: Duration::from_secs(1),
        round_bytes: 1 << 20,
        batch_bytes: 1 << 20,
        batch_rows,
    }
}

fn collector<'a>(
    shelf: &'a ModelShelf,
    leases: &'a LocalLeases,
    limits: Limits,
    feeds: Vec<Feed>,
) -> Collector<'a, ModelShelf> {
    let enrichment = Arc::new(Enrichment::default());
    let seed = Seed(3, 4);
    Collector::new(Equipment { shelf, leases, enrichment, limits, seed }, feeds)
}

/// Runs a script once, without trouble.
fn play(feed: Feed, scripts: Vec<Script>) -> (ModelShelf, Arc<Counters>) {
    let shelf = ModelShelf::default();
    let leases = LocalLeases::default();
    let counters = {
        let mut collector = collector(&shelf, &leases, limits(2, 100), vec![feed]);
        let mut tap = ScriptTap::new(&shelf, scripts, 2, 3);
        collector.run(&mut tap, &ModelTiming::at(NINE)).expect("a run");
        collector.counters()
    };
    (shelf, counters)
}

/// What a row counts for: one, or as many repeats as it says.
fn weight(row: &BTreeMap<String, String>) -> u64 {
    match row["kind"].as_str() {
        "suppressed" => row["count"].parse().expect("a count"),
        _other => 1,
    }
}

/// The words of a script, each with its place.
fn words_of(script: &Script) -> Vec<(String, String)> {
    let mut words = Vec::new();
    let (mut last, mut nth) = (None, 0);
    for (text, offset) in &script.pieces {
        if last.replace(*offset) != Some(*offset) {
            nth = 0;
        }
        for word in text.split_whitespace().filter(|word| *word != "header") {
            words.push((format!("{offset}.{nth}"), word.to_owned()));
            nth += 1;
        }
    }
    words
}

/// Everything that was delivered is there once, and nothing else; every key is unique.
fn is_complete(shelf: &ModelShelf, scripts: &[Script]) {
    let rows = shelf.shown();
    let keys: BTreeSet<_> =
        rows.iter().map(|row| (&row["feed"], &row["partition"], &row["spot"])).collect();
    assert_eq!(keys.len(), rows.len(), "a key occurs twice");
    for script in scripts {
        let words = words_of(script);
        let spots: BTreeSet<&String> = words.iter().map(|(spot, _)| spot).collect();
        let unreadable: BTreeSet<&String> =
            words.iter().filter(|(_, word)| word == "b").map(|(spot, _)| spot).collect();
        let of: Vec<_> = rows
            .iter()
            .filter(|row| {
                *row["feed"] == *script.feed.as_str() && *row["partition"] == *script.partition
            })
            .collect();
        let counted: u64 = of.iter().map(|row| weight(row)).sum();
        assert_eq!(usize::try_from(counted), Ok(words.len()), "in {}", script.partition);
        assert!(of.iter().all(|row| spots.contains(&row["spot"])), "a row of nothing");
        let quarantined: BTreeSet<&String> =
            of.iter().filter(|row| row["kind"] == "quarantined").map(|row| &row["spot"]).collect();
        assert_eq!(quarantined, unreadable);
    }
}

/// Of what repeats each other, one is kept and the others are counted.
fn is_kept_once(shelf: &ModelShelf, scripts: &[Script]) {
    let hour = |second: i64| (NINE + second).div_euclid(3_600);
    let mut wanted: BTreeMap<(String, i64), u64> = BTreeMap::new();
    for word in
        scripts.iter().flat_map(|script| &script.pieces).flat_map(|(text, _)| text.split(' '))
    {
        if let [_, host, rule, second] = word.split(':').collect::<Vec<_>>()[..] {
            let second: i64 = second.parse().expect("a second");
            *wanted.entry((format!("10.0.0.{host} {rule}"), hour(second))).or_default() += 1;
        }
    }
    let mut kept: BTreeMap<(String, i64), u64> = BTreeMap::new();
    let mut all: BTreeMap<(String, i64), u64> = BTreeMap::new();
    for row in shelf.shown().iter().filter(|row| matches!(&*row["kind"], "record" | "suppressed")) {
        let at: jiff::Timestamp = row["time.source"].parse().expect("an instant");
        let key =
            (format!("{} {}", row["source.ip"], row["signature.id"]), hour(at.as_second() - NINE));
        *all.entry(key.clone()).or_default() += weight(row);
        if row["kind"] == "record" {
            *kept.entry(key).or_default() += 1;
        }
    }
    assert_eq!(all, wanted);
    assert!(kept.values().all(|count| *count == 1), "{kept:?}");
    assert_eq!(kept.len(), wanted.len());
}

#[test]
fn records_repeats_and_what_cannot_be_read_add_up() {
    let pieces = ["r:1:5:0 r:1:5:9", "b", "r:1:5:3599", "r:1:5:3600 r:2:5:1", ""];
    let scripts = vec![script("north", "file:a", &pieces)];
    let (shelf, counters) = play(toy_feed("north", Header::None), scripts.clone());
    is_complete(&shelf, &scripts);
    is_kept_once(&shelf, &scripts);
    assert_eq!(shelf.stands_at("north/file:a"), Some(50));
    let tally = counters.of(&"north".parse().expect("a name"));
    assert_eq!((tally.read, tally.records, tally.suppressed), (6, 3, 2));
    assert_eq!(tally.quarantined, BTreeMap::from([("not_json", 1)]));
    let suppressed: Vec<_> =
        shelf.shown().into_iter().filter(|row| row["kind"] == "suppressed").collect();
    assert!(
        suppressed.iter().all(|row| row["reason"] == "repeat" && row["source.ip"] == "10.0.0.1")
    );
    assert!(suppressed.iter().any(|row| row["extra"] == r#"{"until":"2026-03-14T09:59:59Z"}"#));
}

#[test]
fn pieces_of_one_message_have_one_offset_and_different_keys() {
    let mut parts = script("north", "spool", &["r:1:1:0", "r:2:1:0 b", "r:3:1:0"]);
    for (piece, offset) in parts.pieces.iter_mut().zip([1, 1, 2]) {
        piece.1 = offset;
    }
    let (shelf, _) = play(toy_feed("north", Header::None), vec![parts.clone()]);
    is_complete(&shelf, &[parts]);
}

#[test]
fn a_piece_is_kept_with_its_first_row_and_again_in_quarantine() {
    use arrow::array::{Array, AsArray};
    let scripts = vec![script("north", "file:a", &["r:1:1:0 r:2:1:0 b b"])];
    let (shelf, _) = play(toy_feed("north", Header::None), scripts);
    let batch = &shelf.rows()[0];
    let raw = batch.column_by_name("raw").expect("raw").as_binary::<i32>();
    let kept: Vec<bool> = (0..batch.num_rows()).map(|row| raw.is_valid(row)).collect();
    assert_eq!(kept, [true, false, true, false]);
    assert_eq!(raw.value(2), b"r:1:1:0 r:2:1:0 b b");
}

#[test]
fn what_was_too_long_is_quarantined_unread() {
    let shelf = ModelShelf::default();
    let leases = LocalLeases::default();
    let inbox = Inbox::new(1_000);
    let mut delivery = Delivery {
        feed: "north".parse().expect("a name"),
        partition: "file:a".into(),
        name: None,
        block: fengsui_formats::Block::default(),
        part: Part::Whole,
        unreadable: None,
        again: None,
    };
    delivery.block.push(b"r:1:1:0", 7);
    delivery.block.pieces[0].shortened = true;
    inbox.send(delivery);
    inbox.close();
    let mut collector =
        collector(&shelf, &leases, limits(1, 10), vec![toy_feed("north", Header::None)]);
    let mut tap = Arc::clone(&inbox);
    collector.run(&mut tap, &ModelTiming::at(NINE)).expect("a run");
    assert_eq!(shelf.shown()[0]["reason"], "too_long");
    assert_eq!(inbox.kept("north/file:a"), Some(7));
}

#[test]
fn what_was_kept_before_is_acknowledged_when_it_comes_again() {
    let shelf = ModelShelf::default();
    for life in 0..2 {
        let leases = LocalLeases::default();
        let inbox = Inbox::new(1_000);
        let mut block = fengsui_formats::Block::default();
        block.push(b"r:1:1:0", 7);
        inbox.send(Delivery {
            feed: "north".parse().expect("a name"),
            partition: "stream:a".into(),
            name: None,
            block,
            part: Part::Middle,
            unreadable: None,
            again: None,
        });
        inbox.close();
        let mut collector =
            collector(&shelf, &leases, limits(1, 10), vec![toy_feed("north", Header::None)]);
        let mut tap = Arc::clone(&inbox);
        collector.run(&mut tap, &ModelTiming::at(NINE)).expect("a run");
        assert_eq!(inbox.kept("north/stream:a"), Some(7), "in life {life}");
    }
    assert_eq!(shelf.shown().len(), 1);
}

#[test]
fn what_cannot_be_decompressed_is_quarantined_with_that_reason() {
    let shelf = ModelShelf::default();
    let leases = LocalLeases::default();
    let inbox = Inbox::new(1_000);
    let mut block = fengsui_formats::Block::default();
    block.push(b"r:1:1:0", 7);
    inbox.send(Delivery {
        feed: "north".parse().expect("a name"),
        partition: "file:a".into(),
        name: None,
        block,
        part: Part::Whole,
        unreadable: Some(fengsui_formats::Reason::NotDecompressed),
        again: None,
    });
    inbox.close();
    let mut collector =
        collector(&shelf, &leases, limits(1, 10), vec![toy_feed("north", Header::None)]);
    collector.run(&mut Arc::clone(&inbox), &ModelTiming::at(NINE)).expect("a run");
    assert_eq!(shelf.shown()[0]["reason"], "not_decompressed");
}

#[test]
fn a_sampling_rule_counts_what_it_leaves_out() {
    let words: Vec<String> = (0..200).map(|host| format!("r:{host}:1:0")).collect();
    let pieces: Vec<&str> = words.iter().map(String::as_str).collect();
    let scripts = vec![script("north", "file:a", &pieces)];
    let feed = Feed { one_in: std::num::NonZeroU32::new(4), ..toy_feed("north", Header::None) };
    let (shelf, counters) = play(feed, scripts.clone());
    is_complete(&shelf, &scripts);
    let tally = counters.of(&"north".parse().expect("a name"));
    assert_eq!(tally.records + tally.sampled, 200);
    assert!((25..80).contains(&tally.records), "{}", tally.records);
    let rows = shelf.shown();
    let sampled: Vec<_> = rows.iter().filter(|row| row["kind"] == "suppressed").collect();
    assert!(sampled.iter().all(|row| row["reason"] == "sampled"));
    assert!(sampled.len() < 100, "one row counts many");
}

#[test]
fn a_stalled_shelf_is_waited_for_and_pulls_nothing() {
    let shelf = ModelShelf::default();
    let leases = LocalLeases::default();
    // Calls: reached, read, write, commit. The write finds no room twice.
    let full = |call| Trouble { call, when: When::Before, what: Fate::Full };
    shelf.revive(vec![full(3), full(4)]);
    let mut collector =
        collector(&shelf, &leases, limits(1, 1), vec![toy_feed("north", Header::None)]);
    let scripts = vec![script("north", "file:a", &["r:1:1:0", "r:2:1:0"])];
    let mut tap = ScriptTap::new(&shelf, scripts.clone(), 1, 9);
    let timing = ModelTiming::at(NINE);
    collector.run(&mut tap, &timing).expect("a run");
    is_complete(&shelf, &scripts);
    assert_eq!(collector.counters().stalled(), 2);
}

#[test]
fn a_source_of_another_collector_is_left_alone() {
    let shelf = ModelShelf::default();
    let leases = LocalLeases::default();
    let _held = leases.try_take("north/file:a").expect("a lease");
    let mut collector =
        collector(&shelf, &leases, limits(1, 9), vec![toy_feed("north", Header::None)]);
    let scripts =
        vec![script("north", "file:a", &["r:1:1:0"]), script("north", "file:b", &["r:2:1:0"])];
    let mut tap = ScriptTap::new(&shelf, scripts, 1, 9);
    collector.run(&mut tap, &ModelTiming::at(NINE)).expect("a run");
    assert_eq!(shelf.stands_at("north/file:a"), None);
    assert_eq!(shelf.stands_at("north/file:b"), Some(10));
}

#[test]
fn a_delivery_of_an_unknown_feed_is_a_fault() {
    let shelf = ModelShelf::default();
    let leases = LocalLeases::default();
    let mut collector = collector(&shelf, &leases, limits(2, 9), vec![]);
    let mut tap = ScriptTap::new(&shelf, vec![script("north", "file:a", &["b"])], 1, 9);
    let fault = collector.run(&mut tap, &ModelTiming::at(NINE)).expect_err("a fault");
    assert!(matches!(fault, WatchFault::NoSuchFeed(_)), "{fault}");
}

#[test]
fn a_reader_that_panics_stops_the_others() {
    struct Broken;
    impl fengsui_formats::Reader for Broken {
        fn read(&mut self, _: &[u8], _: &mut Vec<fengsui_formats::Outcome>) {
            panic!("as told");
        }
        fn fork(&self) -> Option<Box<dyn fengsui_formats::Reader>> {
            Some(Box::new(Self))
        }
    }
    let shelf = ModelShelf::default();
    let leases = LocalLeases::default();
    let feed = Feed { open: Arc::new(|_| Box::new(Broken)), ..toy_feed("north", Header::None) };
    let mut collector = collector(&shelf, &leases, limits(3, 9), vec![feed]);
    let mut tap = ScriptTap::new(&shelf, vec![script("north", "file:a", &["b"; 9])], 1, 9);
    let fault = collector.run(&mut tap, &ModelTiming::at(NINE)).expect_err("a fault");
    assert!(matches!(fault, WatchFault::ReaderFailed), "{fault}");
    assert_eq!(shelf.commits(), 0);
}

#[test]
fn a_clock_that_jumps_makes_records_suspect_and_loses_none() {
    let far = format!("r:1:1:{}", 10 * 86_400);
    let back = format!("r:1:1:{}", -900 * 86_400);
    let scripts = vec![script("north", "file:a", &["r:1:1:0", &far, &back, "r:1:1:5"])];
    let (shelf, _) = play(toy_feed("north", Header::None), scripts.clone());
    is_complete(&shelf, &scripts);
    let rows = shelf.shown();
    // All four fall into the hour of their observation, and three of them repeat the first.
    assert_eq!(rows.iter().filter(|row| row["kind"] == "record").count(), 1);
}

/// A list of the toy format: rule 0 at nine for every host, or the rule that is given.
fn list(number: i64, hosts: &[&str]) -> Script {
    let mut script = script("bad", "pull", &[]);
    for (nth, host) in (1..).zip(hosts) {
        script.pieces.push((format!("r:{host}:0:0"), number * 1_000 + nth));
    }
    script
}

fn list_feed(expires_after: Option<SignedDuration>) -> Feed {
    let list = Some(ListRule { expires_after, ..ListRule::default() });
    Feed { list, rule: None, ..toy_feed("bad", Header::None) }
}

/// What the shelf says of each delivery's entries: host, state.
fn states(shelf: &ModelShelf, from: usize) -> Vec<(String, String)> {
    let mut states: Vec<(String, String)> = shelf.shown()[from..]
        .iter()
        .filter(|row| row["kind"] == "record")
        .map(|row| (row["source.ip"].replace("10.0.0.", ""), row["list.state"].clone()))
        .collect();
    states.sort();
    states
}

/// One life of a collector: one delivery of the list, in parts of three.
fn deliver(shelf: &ModelShelf, feed: Feed, list: Script, second: i64) -> Arc<Counters> {
    let leases = LocalLeases::default();
    let mut collector = collector(shelf, &leases, limits(2, 4), vec![feed]);
    let mut tap = ScriptTap::new(shelf, vec![list], 3, 1);
    collector.run(&mut tap, &ModelTiming::at(NINE + second)).expect("a run");
    collector.counters()
}

fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(host, state)| ((*host).to_owned(), (*state).to_owned())).collect()
}

#[test]
fn the_entries_of_a_list_are_new_stay_change_and_go() {
    let shelf = ModelShelf::default();
    deliver(&shelf, list_feed(None), list(1, &["1", "2", "3", "4"]), 0);
    assert_eq!(states(&shelf, 0), pairs(&[("1", "new"), ("2", "new"), ("3", "new"), ("4", "new")]));
    let before = shelf.shown().len();
    // Another life, the clock has not moved; one is gone, one is there twice.
    let counters = deliver(&shelf, list_feed(None), list(2, &["1", "2", "4", "4", "5"]), 0);
    assert_eq!(states(&shelf, before), pairs(&[("3", "delisted"), ("5", "new")]));
    let tally = counters.of(&"bad".parse().expect("a name"));
    assert_eq!((tally.read, tally.records, tally.suppressed, tally.delisted), (5, 1, 4, 1));
    let rows = shelf.shown();
    let stayed: Vec<_> = rows.iter().filter(|row| row["kind"] == "suppressed").collect();
    assert_eq!(stayed.iter().map(|row| weight(row)).sum::<u64>(), 4);
    assert!(stayed.iter().all(|row| row["reason"] == "unchanged"));
    // Something else is said about one, and the one that went comes back.
    let before = rows.len();
    let feed = list_feed(None);
    let open: Opener = Arc::new(|_| Box::new(Severe));
    deliver(&shelf, Feed { open, ..feed }, list(3, &["1", "2", "4", "5", "3"]), 0);
    assert_eq!(states(&shelf, before), pairs(&[("1", "changed"), ("3", "new")]));
    let keys: BTreeSet<String> = shelf.shown().iter().map(|row| row["spot"].clone()).collect();
    assert_eq!(keys.len(), shelf.shown().len());
}

/// Says that host 1 is severe.
struct Severe;

impl fengsui_formats::Reader for Severe {
    fn read(&mut self, piece: &[u8], out: &mut Vec<fengsui_formats::Outcome>) {
        Toy::default().read(piece, out);
        if let Some(fengsui_formats::Outcome::Record(record)) = out.last_mut()
            && piece.starts_with(b"r:1:")
        {
            record.read(fengsui_records::Column::Severity, "high");
        }
    }

    fn fork(&self) -> Option<Box<dyn fengsui_formats::Reader>> {
        Some(Box::new(Self))
    }
}

#[test]
fn a_list_that_is_suddenly_empty_or_half_takes_nobody_off() {
    let hosts: Vec<String> = (0..20).map(|host| host.to_string()).collect();
    let hosts: Vec<&str> = hosts.iter().map(String::as_str).collect();
    let shelf = ModelShelf::default();
    deliver(&shelf, list_feed(None), list(1, &hosts), 0);
    let mut nothing = list(3, &["1"]);
    nothing.pieces[0].0 = String::new();
    for (odd, reason, rows) in
        [(list(2, &hosts[..9]), "list_shrunk", 9), (nothing, "list_empty", 1)]
    {
        let before = shelf.shown().len();
        deliver(&shelf, list_feed(None), odd, 60);
        let after = &shelf.shown()[before..];
        assert_eq!(after.len(), rows, "{reason}");
        let is_aside = |row: &BTreeMap<String, String>| {
            row["kind"] == "quarantined" && row["reason"] == reason
        };
        assert!(after.iter().all(is_aside), "{after:?}");
    }
    let before = shelf.shown().len();
    deliver(&shelf, list_feed(None), list(50, &hosts[..10]), 120);
    assert_eq!(states(&shelf, before).len(), 10, "ten of twenty may go");
}

#[test]
fn a_list_that_is_too_long_is_quarantined_whole() {
    let shelf = ModelShelf::default();
    let feed = list_feed(None);
    let rule = ListRule { bytes_max: 40, ..ListRule::default() };
    let hosts = ["1", "2", "3", "4", "5", "6", "7"];
    deliver(&shelf, Feed { list: Some(rule), ..feed }, list(1, &hosts), 0);
    // Delivered again, in other parts, it is not quarantined again.
    shelf.revive(vec![]);
    let leases = LocalLeases::default();
    let feed = Feed { list: Some(rule), ..list_feed(None) };
    let mut collector = collector(&shelf, &leases, limits(1, 4), vec![feed]);
    let mut tap = ScriptTap::new(&shelf, vec![list(1, &hosts)], 2, 1);
    collector.run(&mut tap, &ModelTiming::at(NINE)).expect("a run");
    let reasons: Vec<String> = shelf.shown().iter().map(|row| row["reason"].clone()).collect();
    assert_eq!(reasons.len(), 7);
    assert!(reasons.iter().all(|reason| reason.starts_with("list_")), "{reasons:?}");
}

#[test]
fn entries_expire_when_a_list_falls_silent() {
    let shelf = ModelShelf::default();
    let hour = SignedDuration::from_hours(1);
    let feed = || list_feed(Some(hour));
    deliver(&shelf, feed(), list(1, &["1", "2"]), 0);
    // Delivered again without a change: it has not been silent.
    deliver(&shelf, feed(), list(2, &["1", "2"]), 3_000);
    let tend = |second| {
        let leases = LocalLeases::default();
        let mut collector = collector(&shelf, &leases, limits(1, 1), vec![feed()]);
        let timing = ModelTiming::at(NINE + second);
        collector.tend(&timing).expect("tended");
        collector.tend(&timing).expect("tended again");
    };
    let before = shelf.shown().len();
    tend(6_000);
    assert_eq!(shelf.shown().len(), before);
    tend(6_600);
    assert_eq!(states(&shelf, before), pairs(&[("1", "expired"), ("2", "expired")]));
    tend(9_000);
    assert_eq!(shelf.shown().len(), before + 2);
}

fn words() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        8 => (0_u8..4, 0_u8..3, 0_u16..9_000).prop_map(|(host, rule, second)| format!("r:{host}:{rule}:{second}")),
        1 => Just("b".to_owned()),
    ];
    proptest::collection::vec(word, 0..4).prop_map(|words| words.join(" "))
}

fn scripts(header: Header) -> impl Strategy<Value = Vec<Script>> {
    let one = proptest::collection::vec((words(), 0_i64..3), 1..25);
    proptest::collection::vec(one, 1..4).prop_map(move |sources| {
        sources
            .into_iter()
            .enumerate()
            .map(|(number, pieces)| {
                let mut offset = 1;
                let mut pieces: Vec<(String, i64)> = pieces
                    .into_iter()
                    .map(|(text, step)| {
                        offset += step;
                        (text, offset)
                    })
                    .collect();
                if header != Header::None {
                    pieces.insert(0, ("header".to_owned(), 0));
                }
                Script {
                    feed: "north".parse().expect("a name"),
                    partition: format!("file:{number}").into(),
                    pieces,
                    at: 0,
                    from_beginning: header != Header::None,
                }
            })
            .collect()
    })
}

fn troubles() -> impl Strategy<Value = Vec<Trouble>> {
    let fate = prop_oneof![3 => Just(Fate::Kill), 1 => Just(Fate::Fail), 1 => Just(Fate::Full)];
    let when = prop_oneof![Just(When::Before), Just(When::After)];
    let one = (1_u64..14, when, fate).prop_map(|(call, when, what)| Trouble { call, when, what });
    proptest::collection::vec(one, 1..4)
}

fn header() -> impl Strategy<Value = Header> {
    prop_oneof![2 => Just(Header::None), 1 => Just(Header::Once), 1 => Just(Header::Often)]
}

fn story() -> impl Strategy<Value = (Header, Vec<Script>)> {
    header().prop_flat_map(|header| (Just(header), scripts(header)))
}

proptest! {
    /// Lives that end anywhere, one after the other, until one is left in peace.
    #[test]
    fn whatever_is_killed_everything_is_there_once(
        (header, scripts) in story(),
        lives in proptest::collection::vec((troubles(), 0_usize..4), 0..6),
        (workers, rows, pieces, deliveries) in (1_usize..4, 1_usize..20, 1_usize..6, 1_usize..6),
    ) {
        let shelf = ModelShelf::default();
        for (plan, back) in lives.into_iter().chain([(vec![], 2)]) {
            shelf.revive(plan);
            let leases = LocalLeases::default();
            let feeds = vec![toy_feed("north", header)];
            let mut collector = collector(&shelf, &leases, limits(workers, rows), feeds);
            let mut resumed = scripts.clone();
            for script in &mut resumed {
                script.resume(shelf.stands_at(&source_of(&script.feed, &script.partition)));
                // A source may deliver what is there already.
                script.at = script.at.saturating_sub(back);
            }
            let mut tap = ScriptTap::new(&shelf, resumed, pieces, deliveries);
            let ended = collector.run(&mut tap, &ModelTiming::at(NINE));
            prop_assert!(matches!(ended, Ok(()) | Err(WatchFault::Stopped)));
        }
        is_complete(&shelf, &scripts);
        is_kept_once(&shelf, &scripts);
    }

    /// Lists that are killed anywhere: in the end it is known of every host whether it is listed, and no row is doubled.
    #[test]
    fn a_list_is_taken_whole_whatever_is_killed(
        deliveries in proptest::collection::vec(proptest::collection::btree_set(0_u8..12, 1..12), 1..6),
        lives in proptest::collection::vec(troubles(), 0..8),
        (rows, pieces) in (1_usize..20, 1_usize..6),
    ) {
        let shelf = ModelShelf::default();
        let lists: Vec<Script> = (1..).zip(&deliveries).map(|(number, hosts)| {
            let hosts: Vec<String> = hosts.iter().map(u8::to_string).collect();
            list(number, &hosts.iter().map(String::as_str).collect::<Vec<_>>())
        }).collect();
        let rule = ListRule { vanished_max: 100, ..ListRule::default() };
        let mut lives = lives.into_iter();
        for list in lists {
            loop {
                shelf.revive(lives.next().unwrap_or_default());
                let leases = LocalLeases::default();
                let feed = Feed { list: Some(rule), ..list_feed(None) };
                let mut collector = collector(&shelf, &leases, limits(2, rows), vec![feed]);
                let mut tap = ScriptTap::new(&shelf, vec![list.clone()], pieces, 2);
                if collector.run(&mut tap, &ModelTiming::at(NINE)).is_ok() {
                    break;
                }
            }
        }
        let rows = shelf.shown();
        let keys: BTreeSet<&String> = rows.iter().map(|row| &row["spot"]).collect();
        prop_assert_eq!(keys.len(), rows.len(), "a key occurs twice");
        let mut last: BTreeMap<String, (jiff::Timestamp, String)> = BTreeMap::new();
        for row in rows.iter().filter(|row| row["kind"] == "record") {
            let observed = row["time.observation"].parse().expect("an instant");
            let said = (observed, row["list.state"].clone());
            let known = last.entry(row["source.ip"].clone()).or_default();
            *known = known.clone().max(said);
        }
        let listed: BTreeSet<String> = last.into_iter()
            .filter(|(_, (_, state))| state == "new")
            .map(|(host, _)| host)
            .collect();
        let wanted: BTreeSet<String> =
            deliveries[deliveries.len() - 1].iter().map(|host| format!("10.0.0.{host}")).collect();
        prop_assert_eq!(listed, wanted);
        let read: u64 = deliveries.iter().map(|hosts| u64::try_from(hosts.len()).expect("few")).sum();
        let counted: u64 = rows.iter().filter(|row| {
            row["kind"] == "suppressed" || row["list.state"] == "new"
        }).map(weight).sum();
        prop_assert_eq!(counted, read);
    }

    /// Two collectors that do not know of each other's leases read the same sources; one of them dies.
    #[test]
    fn two_collectors_double_nothing(
        (header, scripts) in story(),
        turns in proptest::collection::vec(any::<bool>(), 0..60),
        (rows, pieces, deliveries) in (1_usize..20, 1_usize..4, [1_usize..6, 1_usize..6]),
        survivor in 0_usize..2,
    ) {
        let shelf = ModelShelf::default();
        let timing = ModelTiming::at(NINE);
        let leases = [LocalLeases::default(), LocalLeases::default()];
        let mut collectors = leases.each_ref().map(|leases| {
            collector(&shelf, leases, limits(1, rows), vec![toy_feed("north", header)])
        });
        let mut taps = deliveries
            .map(|deliveries| ScriptTap::new(&shelf, scripts.clone(), pieces, deliveries));
        for turn in turns {
            let who = usize::from(turn);
            collectors[who].round(&mut taps[who], &timing).expect("a round");
        }
        // The other one is never heard of again.
        collectors[survivor].run(&mut taps[survivor], &timing).expect("a run");
        is_complete(&shelf, &scripts);
    }
}

#[test]
fn a_collector_that_was_overtaken_lets_go_and_goes_on_from_there() {
    let shelf = ModelShelf::default();
    let timing = ModelTiming::at(NINE);
    let leases = [LocalLeases::default(), LocalLeases::default()];
    let pieces: Vec<String> = (0..8).map(|host| format!("r:{host}:1:0")).collect();
    let pieces: Vec<&str> = pieces.iter().map(String::as_str).collect();
    let scripts = vec![script("north", "file:a", &pieces)];
    let [mut one, mut other] = leases.each_ref().map(|leases| {
        collector(&shelf, leases, limits(1, 9), vec![toy_feed("north", Header::None)])
    });
    let mut ones = ScriptTap::new(&shelf, scripts.clone(), 2, 1);
    let mut others = ScriptTap::new(&shelf, scripts.clone(), 2, 2);
    assert_eq!(one.round(&mut ones, &timing).expect("a round"), Passed::Committed);
    assert_eq!(other.round(&mut others, &timing).expect("a round"), Passed::Committed);
    assert_eq!(shelf.stands_at("north/file:a"), Some(40));
    assert_eq!(one.round(&mut ones, &timing).expect("a round"), Passed::Overtaken);
    assert_eq!(one.round(&mut ones, &timing).expect("a round"), Passed::Committed);
    assert_eq!(shelf.stands_at("north/file:a"), Some(60));
    one.run(&mut ones, &timing).expect("a run");
    other.run(&mut others, &timing).expect("a run");
    is_complete(&shelf, &scripts);
}

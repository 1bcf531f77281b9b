//! What is in quarantine is read again: by a mended reader, killed, by two at once, and then counted.

use super::*;

/// A feed whose reader can do more, or the same.
fn skilled(header: Header, skill: Skill) -> Feed {
    let parser = match skill {
        Skill::Broken => "toy/1",
        Skill::Mended => "toy/2",
        Skill::Full => "toy/3",
    };
    let open: Opener = Arc::new(move |_| Box::new(Toy::skilled(header, skill)));
    Feed { parser, open, ..toy_feed("north", header) }
}

fn north() -> Unresolved {
    Unresolved::of("north".parse().expect("a name"))
}

/// Takes scripts in by a reader that can do little.
fn taken_in(header: Header, scripts: &[Script]) -> ModelShelf {
    let (shelf, _) = play(toy_feed("north", header), scripts.to_vec());
    shelf
}

/// One run of reading again, a day later, without trouble.
fn reread(shelf: &ModelShelf, feed: Feed, asked: Unresolved) -> Tally {
    shelf.revive(vec![]);
    let leases = LocalLeases::default();
    let name = feed.name.clone();
    let mut collector = collector(shelf, &leases, limits(2, 7), vec![feed]);
    let mut tap = AgainTap::new(shelf, asked, 10_000, |_| {}).expect("a tap");
    collector.run(&mut tap, &ModelTiming::at(NINE + 86_400)).expect("a run");
    assert!(tap.untaken().is_none());
    collector.counters().of(&name)
}

fn of_kind(shelf: &ModelShelf, kind: &str) -> Vec<BTreeMap<String, String>> {
    shelf.shown().into_iter().filter(|row| row["kind"] == kind).collect()
}

/// What is in quarantine and not resolved, sorted: which worker wrote first is not told.
fn left(shelf: &ModelShelf) -> Vec<String> {
    let left = in_quarantine(&shelf.rows()).into_iter();
    let mut left: Vec<String> =
        left.map(|(_, piece)| String::from_utf8_lossy(&piece.raw).into_owned()).collect();
    left.sort();
    left
}

/// The words that become records sooner or later, as [`is_kept_once`] reads them.
fn as_read(scripts: &[Script]) -> Vec<Script> {
    let mut scripts = scripts.to_vec();
    for (text, _) in scripts.iter_mut().flat_map(|script| &mut script.pieces) {
        *text = text.replace('q', "r");
    }
    scripts
}

fn every_key_is_unique(shelf: &ModelShelf) {
    let rows = shelf.shown();
    let keys: BTreeSet<_> =
        rows.iter().map(|row| (&row["feed"], &row["partition"], &row["spot"])).collect();
    assert_eq!(keys.len(), rows.len(), "a key occurs twice");
    let resolved: Vec<String> =
        of_kind(shelf, "resolved").iter().map(|row| row["again"].clone()).collect();
    let once: BTreeSet<&String> = resolved.iter().collect();
    assert_eq!(once.len(), resolved.len(), "something is resolved twice");
}

#[test]
fn a_mended_reader_reads_what_is_in_quarantine() {
    let scripts = vec![script("north", "file:a", &["q:1:1:5", "r:2:1:0", "b", "n"])];
    let shelf = taken_in(Header::None, &scripts);
    assert_eq!(left(&shelf), ["b", "n", "q:1:1:5"]);
    let tally = reread(&shelf, skilled(Header::None, Skill::Mended), north());
    assert_eq!((tally.records, tally.resolved, tally.unchanged), (1, 3, 0));
    let record = of_kind(&shelf, "record").into_iter().find(|row| row.contains_key("again"));
    let record = record.expect("a record");
    assert_eq!((&*record["again"], &*record["partition"]), ("file:a/10/0", "again"));
    assert_eq!((&*record["parser"], &*record["source.ip"]), ("toy/2", "10.0.0.1"));
    assert_eq!(record["time.observation"], "2026-03-14T09:00:00Z", "it came when it came first");
    let aside: Vec<_> = of_kind(&shelf, "quarantined");
    let anew: Vec<_> = aside.iter().filter(|row| row.contains_key("again")).collect();
    assert_eq!(anew.len(), 1, "another parser could not read it either");
    assert_eq!((&*anew[0]["again"], &*anew[0]["parser"]), ("file:a/30/0", "toy/2"));
    assert_eq!(left(&shelf), ["b"]);
    every_key_is_unique(&shelf);
}

#[test]
fn what_is_read_again_by_the_same_reader_leaves_no_trace() {
    let scripts = vec![script("north", "file:a", &["q:1:1:5", "b", "b b"])];
    let shelf = taken_in(Header::None, &scripts);
    let before = shelf.shown().len();
    for _ in 0..2 {
        let tally = reread(&shelf, skilled(Header::None, Skill::Broken), north());
        assert_eq!((tally.resolved, tally.unchanged), (0, 3));
    }
    assert_eq!(shelf.shown().len(), before);
}

#[test]
fn what_goes_back_into_quarantine_can_be_read_again_as_well() {
    let scripts = vec![script("north", "file:a", &["q:1:1:5 b", "r:1:1:0 b q:3:1:0"])];
    let shelf = taken_in(Header::None, &scripts);
    let tally = reread(&shelf, skilled(Header::None, Skill::Mended), north());
    assert_eq!((tally.records + tally.suppressed, tally.resolved), (2, 2));
    let tally = reread(&shelf, skilled(Header::None, Skill::Full), north());
    assert_eq!((tally.records, tally.suppressed, tally.resolved), (1, 1, 2));
    assert!(left(&shelf).is_empty());
    let rows = shelf.shown();
    let is_kept =
        |row: &&BTreeMap<String, String>| row["kind"] == "record" || row["kind"] == "suppressed";
    let all: u64 = rows.iter().filter(is_kept).map(weight).sum();
    assert_eq!(all, 5, "{rows:?}");
    every_key_is_unique(&shelf);
}

#[test]
fn a_piece_behind_a_header_is_read_by_itself() {
    let pieces = ["header", "r:1:1:0", "q:2:1:0", "q:3:1:0"];
    for header in [Header::Once, Header::Often] {
        let shelf = taken_in(header, &[script("north", "file:a", &pieces)]);
        let tally = reread(&shelf, skilled(header, Skill::Mended), north());
        assert_eq!((tally.records, tally.resolved), (2, 2));
        assert!(left(&shelf).is_empty());
    }
}

#[test]
fn a_part_of_a_piece_is_not_read_again() {
    let shelf = ModelShelf::default();
    let leases = LocalLeases::default();
    let inbox = Inbox::new(1_000);
    for (partition, unreadable) in
        [("file:a", None), ("file:b", Some(fengsui_formats::Reason::NotThisFormat))]
    {
        let mut block = fengsui_formats::Block::default();
        block.push(b"q:1:1:0", 7);
        block.pieces[0].shortened = unreadable.is_none();
        inbox.send(Delivery {
            feed: "north".parse().expect("a name"),
            partition: partition.into(),
            name: None,
            block,
            part: Part::Whole,
            unreadable,
            again: None,
        });
    }
    inbox.close();
    let feeds = vec![toy_feed("north", Header::None)];
    collector(&shelf, &leases, limits(1, 10), feeds)
        .run(&mut Arc::clone(&inbox), &ModelTiming::at(NINE))
        .expect("a run");
    let tally = reread(&shelf, skilled(Header::None, Skill::Mended), north());
    assert_eq!((tally.resolved, tally.unchanged), (0, 2));
    assert_eq!(left(&shelf).len(), 2);
}

#[test]
fn what_repeats_a_record_of_its_time_is_counted() {
    let scripts = vec![script("north", "file:a", &["r:1:1:5", "q:1:1:9", "q:1:1:10"])];
    let shelf = taken_in(Header::None, &scripts);
    let tally = reread(&shelf, skilled(Header::None, Skill::Mended), north());
    assert_eq!((tally.records, tally.suppressed), (0, 2));
    is_kept_once(&shelf, &as_read(&scripts));
}

#[test]
fn only_what_was_asked_for_is_read_again() {
    let scripts = vec![script("north", "file:a", &["q:1:1:5", "b", "q:2:1:0"])];
    let shelf = taken_in(Header::None, &scripts);
    let full = || skilled(Header::None, Skill::Full);
    let not_json = Unresolved { reason: Some("not_json".to_owned()), ..north() };
    reread(&shelf, full(), not_json);
    assert_eq!(left(&shelf), ["q:1:1:5", "q:2:1:0"]);
    let other = Unresolved { format: Some("eve".to_owned()), ..north() };
    reread(&shelf, full(), other);
    assert_eq!(left(&shelf).len(), 2);
    shelf.revive(vec![]);
    let mut tap = AgainTap::new(&shelf, north(), 1, |_| {}).expect("a tap");
    let delivery = tap.look().expect("an answer").expect("a delivery");
    assert_eq!(try_out(&full(), &delivery).records, 1);
    assert!(tap.look().expect("an answer").is_none(), "one was allowed");
    assert_eq!(left(&shelf).len(), 2, "trying changes nothing");
}

#[test]
fn somebody_who_reads_again_already_is_left_alone() {
    let shelf = taken_in(Header::None, &[script("north", "file:a", &["q:1:1:5"])]);
    let leases = LocalLeases::default();
    let _held = leases.try_take("north/again").expect("a lease");
    let feeds = vec![skilled(Header::None, Skill::Mended)];
    let mut collector = collector(&shelf, &leases, limits(1, 9), feeds);
    let mut tap = AgainTap::new(&shelf, north(), 100, |_| {}).expect("a tap");
    collector.run(&mut tap, &ModelTiming::at(NINE)).expect("a run");
    assert!(matches!(tap.untaken(), Some(Untaken::HeldElsewhere)));
    assert_eq!(left(&shelf).len(), 1);
}

#[test]
fn a_delivery_that_was_looked_up_before_another_was_kept_is_let_go() {
    let pieces = ["q:1:1:5", "q:2:1:5", "q:3:1:5"];
    let shelf = taken_in(Header::None, &[script("north", "file:a", &pieces)]);
    let one = Unresolved { pieces_max: 1, ..north() };
    let (early, _) = look_up(&shelf, &one).expect("an answer").expect("a delivery");
    // Somebody else reads the others first, so that the partition stands behind the early one.
    reread(&shelf, skilled(Header::None, Skill::Mended), north());
    let leases = LocalLeases::default();
    let inbox = Inbox::new(1_000);
    assert_eq!(inbox.offer(early), Some(Sent::Taken));
    let feeds = vec![skilled(Header::None, Skill::Mended)];
    let mut collector = collector(&shelf, &leases, limits(1, 9), feeds);
    let timing = ModelTiming::at(NINE);
    let passed = collector.round(&mut Arc::clone(&inbox), &timing).expect("a round");
    assert_eq!(passed, Passed::Nothing);
    let why = TurnedBack::Overtaken { reached: Some(3) };
    assert_eq!(inbox.hear("north/again", 1, Duration::ZERO), Heard::TurnedBack(why));
    assert_eq!(of_kind(&shelf, "record").len(), 3);
    every_key_is_unique(&shelf);
}

fn pieces() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        3 => (0_u8..4, 0_u8..3, 0_u16..9_000).prop_map(|(host, rule, second)| format!("r:{host}:{rule}:{second}")),
        4 => (0_u8..4, 0_u8..3, 0_u16..9_000).prop_map(|(host, rule, second)| format!("q:{host}:{rule}:{second}")),
        1 => Just("b".to_owned()),
    ];
    proptest::collection::vec(word, 0..4).prop_map(|words| words.join(" "))
}

fn stories() -> impl Strategy<Value = (Header, Vec<Script>)> {
    let sources = proptest::collection::vec(proptest::collection::vec(pieces(), 1..20), 1..4);
    (header(), sources).prop_map(|(header, sources)| {
        let scripts = (0..).zip(sources).map(|(number, mut pieces)| {
            if header != Header::None {
                pieces.insert(0, "header".to_owned());
            }
            let pieces: Vec<&str> = pieces.iter().map(String::as_str).collect();
            script("north", &format!("file:{number}"), &pieces)
        });
        (header, scripts.collect())
    })
}

/// Every word that can be read is there once, and nothing else is in quarantine.
fn is_resolved(shelf: &ModelShelf, scripts: &[Script]) {
    every_key_is_unique(shelf);
    is_kept_once(shelf, &as_read(scripts));
    let bad = |text: &str| text.split_whitespace().any(|word| word == "b");
    let mut wanted: Vec<String> = scripts
        .iter()
        .flat_map(|script| &script.pieces)
        .filter(|(text, _)| bad(text))
        .map(|(text, _)| text.clone())
        .collect();
    wanted.sort();
    assert_eq!(left(shelf), wanted);
}

proptest! {
    /// Lives of reading again that end anywhere, until one is left in peace.
    #[test]
    fn whatever_is_killed_all_is_read_again_once(
        (header, scripts) in stories(),
        lives in proptest::collection::vec(troubles(), 0..6),
        (workers, rows, pieces_max) in (1_usize..4, 1_usize..20, 1_usize..9),
    ) {
        let shelf = taken_in(header, &scripts);
        for plan in lives.into_iter().chain([vec![]]) {
            shelf.revive(plan);
            let leases = LocalLeases::default();
            let feeds = vec![skilled(header, Skill::Mended)];
            let mut collector = collector(&shelf, &leases, limits(workers, rows), feeds);
            let asked = Unresolved { pieces_max, ..north() };
            let Ok(mut tap) = AgainTap::new(&shelf, asked, 10_000, |_| {}) else { continue };
            let ended = collector.run(&mut tap, &ModelTiming::at(NINE + 60));
            prop_assert!(matches!(ended, Ok(()) | Err(WatchFault::Stopped)));
        }
        is_resolved(&shelf, &scripts);
    }

    /// Two who do not know of each other's leases read again; one of them dies.
    #[test]
    fn two_who_read_again_double_nothing(
        (header, scripts) in stories(),
        turns in proptest::collection::vec(any::<bool>(), 0..40),
        (rows, pieces_max) in (1_usize..20, [1_usize..6, 1_usize..6]),
        survivor in 0_usize..2,
    ) {
        let shelf = taken_in(header, &scripts);
        let timing = ModelTiming::at(NINE + 60);
        let leases = [LocalLeases::default(), LocalLeases::default()];
        let mut collectors = leases.each_ref().map(|leases| {
            collector(&shelf, leases, limits(1, rows), vec![skilled(header, Skill::Mended)])
        });
        let mut taps = pieces_max.map(|pieces_max| {
            let asked = Unresolved { pieces_max, ..north() };
            AgainTap::new(&shelf, asked, 10_000, |_| {}).expect("a tap")
        });
        for turn in turns {
            let who = usize::from(turn);
            collectors[who].round(&mut taps[who], &timing).expect("a round");
        }
        // The other one is never heard of again.
        collectors[survivor].run(&mut taps[survivor], &timing).expect("a run");
        is_resolved(&shelf, &scripts);
    }
}

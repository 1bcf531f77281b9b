//! Reading boards: filters, order, pages, and who may see what.

use std::collections::BTreeSet;

use fengsui_store::{
    AppendFault, BoardRows, Commit, Cursor, Direction, Filter, Select, Sight, Store, StoreFault,
    StreamCommit, Value,
};

use crate::place::{
    DUTY, Place, REPORT, at, commit, moves, on_every_engine, report_row, report_rows,
};

on_every_engine! {
    filters_choose_rows
    a_text_is_found_letter_for_letter
    orders_put_empty_columns_last
    pages_follow_one_another_without_a_gap
    a_place_in_a_list_survives_its_text_form
    rows_of_a_stream_are_replaced
    rows_are_as_atomic_as_entries
    nobody_sees_what_is_not_shown_to_them
    many_visible_streams_are_filtered_as_few_are
    sight_changes_with_the_stream
    a_row_that_does_not_fit_is_refused
    a_board_of_another_shape_is_empty_and_stale
}

/// Five reports: number, title, incident, taken in, due, who sees it.
async fn filled(place: &Place) -> Store {
    let store = place.open().await;
    let reports = [
        ("1", "phishing 50% off", None, 1, Some(30), "org:a"),
        ("2", "Ransom_note", Some("inc_1"), 2, None, "org:b"),
        ("3", "ransomXnote", Some("inc_1"), 3, Some(10), "org:a"),
        ("4", "客户数据被窃", Some("inc_2"), 3, None, "org:c"),
        ("5", "tilde ~ here", None, 5, Some(20), "district:310101"),
    ];
    for (place, (number, title, incident, minutes, due, seen_by)) in (1..).zip(reports) {
        let row = report_row(number, title, incident, minutes, due);
        let stream = StreamCommit {
            boards: vec![report_rows(vec![row])],
            sight: Some(vec![seen_by.to_owned(), "role:office".to_owned(), seen_by.to_owned()]),
            ..moves(&format!("report:{number}"), 0, 1)
        };
        store.append(Commit { streams: vec![stream], ..commit(place) }).await.unwrap();
    }
    store
}

fn select() -> Select {
    Select::of(&REPORT, Sight::Everything)
}

async fn numbers(store: &Store, select: &Select) -> String {
    let rows = store.rows(select).await.unwrap();
    if usize::try_from(select.limit).unwrap() > rows.len() && select.after.is_none() {
        assert_eq!(store.count(select).await.unwrap(), u64::try_from(rows.len()).unwrap());
    }
    rows.iter().map(|row| row.text("number").unwrap()).collect()
}

async fn filters_choose_rows(place: Place) {
    let store = filled(&place).await;
    let incident = |name: &str| Value::from(name);
    let cases = [
        (Filter::Eq("number", "3".into()), "3"),
        (Filter::Eq("stream", "report:4".into()), "4"),
        (Filter::Eq("due_at", Value::Null), ""),
        (Filter::Ne("incident", incident("inc_1")), "145"),
        (Filter::In("incident", vec![incident("inc_1"), incident("inc_2")]), "234"),
        (Filter::In("incident", vec![]), ""),
        (Filter::AtLeast("taken_in_at", at(3).into()), "345"),
        (Filter::AtMost("due_at", at(20).into()), "35"),
        (Filter::IsNull("due_at"), "24"),
        (Filter::NotNull("incident"), "234"),
        (
            Filter::AnyOf(vec![
                Filter::Eq("number", "1".into()),
                Filter::AnyOf(vec![Filter::Contains("title", "被窃".to_owned())]),
            ]),
            "14",
        ),
        (Filter::AnyOf(vec![]), ""),
    ];
    for (filter, expected) in cases {
        let told = format!("{filter:?}");
        assert_eq!(numbers(&store, &select().filter(filter)).await, expected, "{told}");
    }
    let both = select()
        .filter(Filter::IsNull("incident"))
        .filter(Filter::AtLeast("taken_in_at", at(2).into()));
    assert_eq!(numbers(&store, &both).await, "5");
    let row = store.rows(&both).await.unwrap().remove(0);
    assert_eq!((row.stream(), row.time("taken_in_at").unwrap()), ("report:5", at(5)));
    assert_eq!(row.opt_text("incident").unwrap(), None);
    assert_eq!(row.opt_int("due_at").unwrap(), Some(at(20).as_microsecond()));
    assert!(row.text("incident").is_err() && row.text("none").is_err());
    let unknown = select().filter(Filter::Eq("none", Value::Int(1)));
    assert!(matches!(store.rows(&unknown).await, Err(StoreFault::Malformed(_))));
}

async fn a_text_is_found_letter_for_letter(place: Place) {
    let store = filled(&place).await;
    for (part, expected) in [
        ("50%", "1"),
        ("%", "1"),
        ("_note", "2"),
        ("ransom", "3"),
        ("Ransom", "2"),
        ("~", "5"),
        ("数据", "4"),
        ("", "12345"),
        ("nothing", ""),
    ] {
        let found = select().filter(Filter::Contains("title", part.to_owned()));
        assert_eq!(numbers(&store, &found).await, expected, "{part}");
    }
}

async fn orders_put_empty_columns_last(place: Place) {
    let store = filled(&place).await;
    let up = select().order("due_at", Direction::Ascending);
    assert_eq!(numbers(&store, &up).await, "35124");
    let down = select().order("due_at", Direction::Descending);
    assert_eq!(numbers(&store, &down).await, "15342");
    let mixed =
        select().order("taken_in_at", Direction::Descending).order("number", Direction::Ascending);
    assert_eq!(numbers(&store, &mixed).await, "53421");
    assert_eq!(numbers(&store, &mixed.limit(2)).await, "53");
}

async fn pages_follow_one_another_without_a_gap(place: Place) {
    use Direction::{Ascending, Descending};

    let store = filled(&place).await;
    let orders: [&[(&'static str, Direction)]; 6] = [
        &[],
        &[("due_at", Ascending)],
        &[("due_at", Descending)],
        &[("incident", Ascending), ("taken_in_at", Descending)],
        &[("incident", Descending), ("due_at", Ascending), ("number", Descending)],
        &[("stream", Descending)],
    ];
    for order in orders {
        let whole = Select { order: order.to_vec(), ..select() };
        for size in 1..4 {
            let pages = paged(&store, whole.clone().limit(size)).await;
            assert_eq!(pages, numbers(&store, &whole).await, "{order:?} by {size}");
        }
    }
}

async fn paged(store: &Store, mut page: Select) -> String {
    let mut numbers = String::new();
    loop {
        let rows = store.rows(&page).await.unwrap();
        let Some(last) = rows.last() else { return numbers };
        page.after = Some(last.cursor(&page).unwrap());
        numbers.extend(rows.iter().map(|row| row.text("number").unwrap()));
    }
}

async fn a_place_in_a_list_survives_its_text_form(place: Place) {
    let store = filled(&place).await;
    let by = select().order("due_at", Direction::Ascending).order("title", Direction::Descending);
    for row in store.rows(&by).await.unwrap() {
        let cursor = row.cursor(&by).unwrap();
        assert_eq!(cursor.to_string().parse::<Cursor>(), Ok(cursor));
    }
    for hostile in ["", "[]", "[1]", "{}", "[\"a\",\"b\"]", "[[],\"a\",1]", "[1.5,\"a\",1]"] {
        assert!(hostile.parse::<Cursor>().is_err(), "{hostile}");
    }
    let foreign = "[\"text\",\"report:1\",0]".parse().unwrap();
    let other = select().order("due_at", Direction::Ascending).after(Some(foreign));
    assert!(matches!(store.rows(&other).await, Err(StoreFault::Malformed(_))));
}

async fn rows_of_a_stream_are_replaced(place: Place) {
    let store = filled(&place).await;
    let duties = |rows: Vec<Vec<Value>>| BoardRows { board: DUTY.name, rows };
    let slot = |duty: &str, slot: i64| -> Vec<Value> { vec![duty.into(), slot.into()] };
    let put = |expected: u64, boards: Vec<BoardRows>| StreamCommit {
        boards,
        ..moves("report:1", expected, 1)
    };
    let three = vec![duties(vec![slot("oral", 1), slot("written", 1), slot("oral", 1)])];
    store.append(Commit { streams: vec![put(1, three)], ..commit(11) }).await.unwrap();
    let all = Select::of(&DUTY, Sight::Everything);
    assert_eq!(store.count(&all).await.unwrap(), 3);

    let one = vec![duties(vec![slot("review", 1)])];
    store.append(Commit { streams: vec![put(2, one)], ..commit(12) }).await.unwrap();
    let rows = store.rows(&all).await.unwrap();
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0].text("duty").unwrap(), "review");
    assert_eq!(numbers(&store, &select()).await, "12345");

    let none = StreamCommit { boards: vec![report_rows(vec![])], ..moves("report:1", 3, 0) };
    store.append(Commit { streams: vec![none], ..commit(13) }).await.unwrap();
    assert_eq!(numbers(&store, &select()).await, "2345");
    assert_eq!(store.version("report:1").await.unwrap(), 3);
}

async fn rows_are_as_atomic_as_entries(place: Place) {
    let store = filled(&place).await;
    let row = report_row("9", "late", None, 9, None);
    let good = StreamCommit { boards: vec![report_rows(vec![row])], ..moves("report:9", 0, 1) };
    let late = Commit { streams: vec![good, moves("report:1", 7, 1)], ..commit(11) };
    assert!(matches!(store.append(late).await, Err(AppendFault::Overtaken { .. })));
    assert_eq!(numbers(&store, &select()).await, "12345");
}

fn keys(keys: &[&str]) -> Sight {
    Sight::Keys(keys.iter().map(|key| (*key).to_owned()).collect())
}

async fn nobody_sees_what_is_not_shown_to_them(place: Place) {
    let store = filled(&place).await;
    let cases = [
        (Sight::Everything, "12345"),
        (keys(&[]), ""),
        (keys(&["org:a"]), "13"),
        (keys(&["org:a", "org:c"]), "134"),
        (keys(&["org:a", "role:office"]), "12345"),
        (keys(&["org:", "org:aa", "%", "' OR 1=1 --"]), ""),
        (keys(&["district:310101"]), "5"),
    ];
    for (sight, expected) in cases {
        let seen = Select::of(&REPORT, sight.clone());
        assert_eq!(numbers(&store, &seen).await, expected, "{sight:?}");
        for number in "12345".chars() {
            let may = store.may_see(&format!("report:{number}"), &sight).await.unwrap();
            assert_eq!(may, expected.contains(number), "{sight:?} {number}");
        }
    }
    let or = Select::of(&REPORT, keys(&["org:a"]))
        .filter(Filter::AnyOf(vec![Filter::Eq("number", "2".into()), Filter::NotNull("number")]));
    assert_eq!(numbers(&store, &or).await, "13");
    assert!(!store.may_see("report:none", &keys(&["org:a"])).await.unwrap());
    let nul = Select::of(&REPORT, keys(&["a\0b"]));
    assert!(matches!(store.count(&nul).await, Err(StoreFault::Nul(_))));
}

/// Few streams are listed and many are probed: the answers must be the same.
async fn many_visible_streams_are_filtered_as_few_are(place: Place) {
    let store = filled(&place).await;
    for batch in 0..3 {
        let streams = (0..1_000).map(|number| StreamCommit {
            boards: vec![report_rows(vec![report_row("x", "many", None, 9, None)])],
            sight: Some(vec!["org:many".to_owned()]),
            ..moves(&format!("report:many-{batch}-{number}"), 0, 1)
        });
        let commit = Commit { streams: streams.collect(), ..commit(100 + batch) };
        store.append(commit).await.unwrap();
    }
    let many = Select::of(&REPORT, keys(&["org:many", "org:a"])).limit(10_000);
    let rows = store.rows(&many).await.unwrap();
    assert_eq!(rows.len(), 3_002);
    assert_eq!(store.count(&many).await.unwrap(), 3_002);
    let streams: BTreeSet<&str> = rows.iter().map(fengsui_store::Row::stream).collect();
    assert!(streams.contains("report:3") && !streams.contains("report:2"));
    let few = many.filter(Filter::Ne("title", "many".into()));
    assert_eq!(numbers(&store, &few).await, "13");
}

async fn sight_changes_with_the_stream(place: Place) {
    let store = filled(&place).await;
    let shown = |expected: u64, sight: Option<Vec<String>>| StreamCommit {
        sight,
        ..moves("report:1", expected, 1)
    };
    let to_b = Some(vec!["org:b".to_owned()]);
    store.append(Commit { streams: vec![shown(1, to_b)], ..commit(11) }).await.unwrap();
    assert_eq!(numbers(&store, &Select::of(&REPORT, keys(&["org:a"]))).await, "3");
    assert_eq!(numbers(&store, &Select::of(&REPORT, keys(&["org:b"]))).await, "12");
    store.append(Commit { streams: vec![shown(2, None)], ..commit(12) }).await.unwrap();
    assert_eq!(numbers(&store, &Select::of(&REPORT, keys(&["org:b"]))).await, "12");
    store.append(Commit { streams: vec![shown(3, Some(vec![]))], ..commit(13) }).await.unwrap();
    assert_eq!(numbers(&store, &Select::of(&REPORT, keys(&["org:b"]))).await, "2");
}

async fn a_row_that_does_not_fit_is_refused(place: Place) {
    let store = place.open().await;
    let good = report_row("1", "a", None, 1, None);
    let bad: [(&str, Vec<Value>); 4] = [
        ("short", good[1..].to_vec()),
        ("null", [vec![Value::Null], good[1..].to_vec()].concat()),
        ("kind", [vec![Value::Int(1)], good[1..].to_vec()].concat()),
        ("nul", [vec!["\0".into()], good[1..].to_vec()].concat()),
    ];
    for (told, row) in bad {
        let rows = vec![report_rows(vec![row])];
        let stream = StreamCommit { boards: rows, ..moves("report:1", 0, 1) };
        let answer = store.append(Commit { streams: vec![stream], ..commit(1) }).await;
        assert!(matches!(answer, Err(AppendFault::Store(_))), "{told}");
    }
    let unknown = vec![BoardRows { board: "board_none", rows: vec![] }];
    let stream = StreamCommit { boards: unknown, ..moves("report:1", 0, 1) };
    assert!(store.append(Commit { streams: vec![stream], ..commit(1) }).await.is_err());
    assert_eq!(store.head().await.unwrap().position, 0);
}

async fn a_board_of_another_shape_is_empty_and_stale(place: Place) {
    static OTHER: fengsui_store::Board = fengsui_store::Board {
        name: "board_report",
        columns: &[fengsui_store::Column::text("number")],
        indexes: &[&["number"]],
    };
    static BOARDS: &[&fengsui_store::Board] = &[&OTHER, &DUTY];
    let store = filled(&place).await;
    assert!(store.stale_boards().await.unwrap().is_empty());
    store.close().await;
    let store = place.open_with(BOARDS).await;
    assert_eq!(store.stale_boards().await.unwrap(), ["board_report"]);
    assert_eq!(store.count(&Select::of(&OTHER, Sight::Everything)).await.unwrap(), 0);
    store.close().await;
    let store = place.open_with(BOARDS).await;
    assert_eq!(store.stale_boards().await.unwrap(), ["board_report"]);
}

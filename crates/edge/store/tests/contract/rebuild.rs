//! Rebuilt boards are identical, and take the place of the others only when they are up to date.

use fengsui_store::{
    Commit, Entry, Filter, Select, ShadowFault, Sight, Store, StreamCommit, StreamRows, Tampering,
};

use crate::place::{Place, REPORT, commit, moves, on_every_engine, report_row, report_rows};

on_every_engine! {
    rebuilt_boards_are_identical
    a_row_that_differs_is_told
    the_swap_waits_for_what_moved_on
    boards_work_after_several_swaps
}

/// What the boards say about a stream follows from its last entry here.
fn project(entry: &Entry) -> StreamRows {
    let title = format!("{} at {}", entry.payload, entry.version);
    StreamRows {
        stream: entry.stream.clone(),
        boards: vec![report_rows(vec![report_row(&entry.stream, &title, None, 1, None)])],
        sight: vec![format!("org:{}", entry.stream), "role:office".to_owned()],
    }
}

async fn append(store: &Store, number: u128, stream: &str, expected: u64) {
    let bare = moves(stream, expected, 1);
    let title = format!("{} at {}", bare.entries[0].payload, expected + 1);
    let rows = vec![report_row(stream, &title, None, 1, None)];
    let stream = StreamCommit {
        boards: vec![report_rows(rows)],
        sight: Some(vec!["role:office".to_owned(), format!("org:{stream}")]),
        ..bare
    };
    store.append(Commit { streams: vec![stream], ..commit(number) }).await.unwrap();
}

async fn filled(place: &Place) -> Store {
    let store = place.open().await;
    for number in 0..200 {
        let stream = format!("report:{}", number % 80);
        append(&store, number, &stream, u64::try_from(number / 80).unwrap()).await;
    }
    store
}

async fn rebuilt(store: &Store) -> fengsui_store::Shadow {
    let mut shadow = store.rebuild().await.unwrap();
    let entries = store.entries_by_stream(("", 0), 10_000).await.unwrap();
    for stream in entries.chunk_by(|one, other| one.stream == other.stream) {
        shadow.put(project(stream.last().unwrap())).await.unwrap();
    }
    shadow
}

async fn rebuilt_boards_are_identical(place: Place) {
    let store = filled(&place).await;
    let mut shadow = rebuilt(&store).await;
    let compared = shadow.compare().await.unwrap();
    assert_eq!((compared.rows, compared.different), (80 + 160, 0), "{compared:?}");
    shadow.swap(200).await.unwrap();
    assert_eq!(store.count(&Select::of(&REPORT, Sight::Everything)).await.unwrap(), 80);
    let mut again = rebuilt(&store).await;
    assert_eq!(again.compare().await.unwrap().different, 0);
}

async fn a_row_that_differs_is_told(place: Place) {
    let store = filled(&place).await;
    forge(&place).await;
    let mut shadow = rebuilt(&store).await;
    let compared = shadow.compare().await.unwrap();
    assert_eq!(compared.different, 3, "{compared:?}");
    assert_eq!(compared.differences[0].board, "board_report");
    assert!(compared.differences[0].live.is_some() && compared.differences[0].rebuilt.is_some());
    assert!(compared.differences[1].live.is_none());
    assert_eq!(compared.differences[2].board, "sight");
    assert!(compared.differences[2].rebuilt.is_none());

    shadow.swap(200).await.unwrap();
    let forged =
        Select::of(&REPORT, Sight::Everything).filter(Filter::Contains("number", "forged".into()));
    assert_eq!(store.count(&forged).await.unwrap(), 0);
    let stranger = Sight::Keys(["org:stranger".to_owned()].into());
    assert_eq!(store.count(&Select::of(&REPORT, stranger)).await.unwrap(), 0);
}

/// A row that says something else, one that is gone, and somebody who sees what is not theirs.
async fn forge(place: &Place) {
    let Some(disk) = &place.disk else {
        return place
            .tamper(
                "UPDATE board_report SET number = 'forged' WHERE stream = 'report:5';
                DELETE FROM board_report WHERE stream = 'report:6';
                INSERT INTO sight (viewer, stream) VALUES ('org:stranger', 'report:7')",
            )
            .await;
    };
    disk.tamper(Tampering::Row(REPORT.name, "report:5".to_owned()));
    disk.tamper(Tampering::RowsGone(REPORT.name, "report:6".to_owned()));
    disk.tamper(Tampering::Seen("org:stranger".to_owned(), "report:7".to_owned()));
}

async fn the_swap_waits_for_what_moved_on(place: Place) {
    let store = filled(&place).await;
    let mut shadow = rebuilt(&store).await;
    append(&store, 500, "report:5", 3).await;
    append(&store, 501, "report:new", 0).await;
    let told = shadow.swap(200).await;
    assert!(matches!(told, Err(ShadowFault::MovedOn { position: 202 })), "{told:?}");

    for entry in store.entries(200, 10).await.unwrap() {
        shadow.put_again(project(&entry)).await.unwrap();
    }
    assert_eq!(shadow.compare().await.unwrap().different, 0);
    shadow.swap(202).await.unwrap();
    assert_eq!(store.count(&Select::of(&REPORT, Sight::Everything)).await.unwrap(), 81);
}

async fn boards_work_after_several_swaps(place: Place) {
    let store = filled(&place).await;
    for number in 0..3 {
        let mut shadow = rebuilt(&store).await;
        shadow.swap(200 + number).await.unwrap();
        append(&store, u128::from(600 + number), &format!("report:again-{number}"), 0).await;
    }
    assert!(store.stale_boards().await.unwrap().is_empty());
    assert_eq!(rebuilt(&store).await.compare().await.unwrap().different, 0);
    store.close().await;
    let store = place.open().await;
    assert_eq!(store.count(&Select::of(&REPORT, Sight::Everything)).await.unwrap(), 83);
}

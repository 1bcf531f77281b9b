//! A process that dies, a disk that is full, a database that is in use.

use std::io::{BufRead, BufReader, Write as _};
use std::process::{Command, Stdio};

use fengsui_store::{AppendFault, NewBlob, Settings, Store, StoreFault};
use fengsui_vocabulary::BlobId;

use crate::place::{BOARDS, Place, at, command, on_every_engine, on_sql, one, together, verified};

on_every_engine! {
    what_was_acknowledged_survives_a_store_that_is_dropped
    two_stores_on_one_database_keep_one_order
}

on_sql! {
    what_was_acknowledged_survives_a_process_that_is_killed
    a_newer_database_is_not_touched
}

async fn what_was_acknowledged_survives_a_store_that_is_dropped(place: Place) {
    let store = place.open().await;
    store.append(one(1, "report:1", 0)).await.unwrap();
    drop(store);
    let store = place.open().await;
    assert_eq!(verified(&store).await, 1);
    store.append(one(2, "report:1", 1)).await.unwrap();
    assert_eq!(verified(&store).await, 2);
}

async fn what_was_acknowledged_survives_a_process_that_is_killed(place: Place) {
    drop(place.open().await); // the tables are there
    for round in 0..3_u64 {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "loss::a_process_that_writes_until_it_is_killed"])
            .args(["--ignored", "--nocapture"])
            .env("FENGSUI_TEST_CHILD_URL", &place.settings.url)
            .env("FENGSUI_TEST_CHILD_ROUND", round.to_string())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut acknowledged = Vec::new();
        for line in lines.map_while(Result::ok) {
            let told = line.split("acknowledged ").nth(1).and_then(|it| it.parse::<u128>().ok());
            acknowledged.extend(told);
            if acknowledged.len() >= 50 {
                child.kill().unwrap();
                break;
            }
        }
        child.wait().unwrap();
        assert!(acknowledged.len() >= 50, "the child wrote nothing");

        let store = place.open().await;
        let head = verified(&store).await;
        assert!(head >= (round + 1) * 50);
        for number in acknowledged {
            let found = store.committed(command(number)).await.unwrap().unwrap();
            assert_eq!(found.entries.len(), 1);
            let again = store.append(one(number, "elsewhere", 0)).await.unwrap();
            assert!(again.repeated);
        }
        assert_eq!(verified(&store).await, head);
        store.close().await;
    }
}

/// Not a test by itself: the process that the test above starts and kills.
#[tokio::test]
#[ignore = "started by another test"]
async fn a_process_that_writes_until_it_is_killed() {
    let Ok(url) = std::env::var("FENGSUI_TEST_CHILD_URL") else { return };
    let round: u128 = std::env::var("FENGSUI_TEST_CHILD_ROUND").unwrap().parse().unwrap();
    let store = Store::open(&Settings::at(url), BOARDS).await.unwrap();
    for batch in 0..10_000 {
        let first = round * 1_000_000 + batch * 8;
        let numbers = first..first + 8;
        let commits = numbers.clone().map(|it| one(it, &format!("report:{it}"), 0)).collect();
        for (number, answer) in numbers.zip(together(&store, commits).await) {
            answer.unwrap();
            writeln!(std::io::stdout(), "acknowledged {number}").unwrap();
        }
    }
}

/// Two nodes on PostgreSQL; on SQLite a server and a command on the same file.
async fn two_stores_on_one_database_keep_one_order(place: Place) {
    let (one_store, other_store) = (place.open().await, place.open().await);
    for round in 0..5_u64 {
        let start = u128::from(round) * 100;
        let commits = |from: u128| {
            (from..from + 20)
                .map(|it| one(it, &format!("report:{}", it % 10), round * 2))
                .collect::<Vec<_>>()
        };
        let (here, there) = tokio::join!(
            together(&one_store, commits(start)),
            together(&other_store, commits(start + 50)),
        );
        let written = here.iter().chain(&there).filter(|answer| answer.is_ok()).count();
        assert_eq!(written, 10, "one winner for each of ten streams");
        for answer in here.iter().chain(&there).filter_map(|answer| answer.as_ref().err()) {
            assert!(matches!(answer, AppendFault::Overtaken { .. }), "{answer:?}");
        }
        for stream in 0..10 {
            let number = start + 90 + stream;
            let next = one(number, &format!("report:{stream}"), round * 2 + 1);
            other_store.append(next).await.unwrap();
        }
    }
    assert_eq!(verified(&one_store).await, 100);
    assert_eq!(verified(&other_store).await, 100);
}

async fn a_newer_database_is_not_touched(place: Place) {
    place.open().await.close().await;
    place.tamper("UPDATE store SET version = 99; DROP TABLE board_duty").await;
    let told = Store::open(&place.settings, BOARDS).await;
    assert!(matches!(told, Err(StoreFault::Newer { found: 99, .. })), "{told:?}");
    place.tamper("CREATE TABLE board_duty (other INTEGER)").await;
}

#[tokio::test]
async fn a_server_that_cut_its_connections_is_reached_again() {
    let Some(place) = Place::postgres().await else { return };
    let store = place.open().await;
    for round in 0..3 {
        store.append(one(u128::from(round), "report:1", round)).await.unwrap();
        place
            .tamper(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                WHERE datname = current_database() AND pid <> pg_backend_pid()",
            )
            .await;
    }
    store.append(one(3, "report:1", 3)).await.unwrap();
    assert_eq!(verified(&store).await, 4);
}

#[tokio::test]
async fn what_waits_is_bounded_in_bytes_too() {
    let place = Place::sqlite();
    let store = place.open().await;
    let large = |number: u128| {
        let mut commit = one(number, &format!("report:{number}"), 0);
        let ids = (0..20).map(|blob| BlobId::from_bits(number * 100 + blob));
        let blob = |id| NewBlob { id, key: vec![1], bytes: vec![0; 1 << 20] };
        commit.blobs = ids.map(blob).collect();
        commit
    };
    let answers = together(&store, (1..10).map(large).collect()).await;
    let busy = answers.iter().filter(|answer| matches!(answer, Err(AppendFault::Busy))).count();
    assert_eq!(busy, 3, "128 MiB hold six times 20 MiB");
    assert_eq!(verified(&store).await, 6);
}

/// Run by hand, since it takes a small disk: `mount -t tmpfs -o size=8m tmpfs DIR`.
#[tokio::test]
#[ignore = "FENGSUI_TEST_SMALL_DISK must name a folder on a disk of a few MiB"]
async fn a_full_disk_says_so_and_recovers_when_there_is_room() {
    let folder = std::path::PathBuf::from(std::env::var("FENGSUI_TEST_SMALL_DISK").unwrap());
    let ballast = folder.join("ballast");
    std::fs::write(&ballast, vec![0; 3 << 20]).unwrap();
    let settings = Settings::file(&folder.join("fengsui.db"));
    let store = Store::open(&settings, BOARDS).await.unwrap();
    let large = |number: u128| {
        let mut commit = one(number, &format!("report:{number}"), 0);
        let id = BlobId::from_bits(number);
        commit.blobs = vec![NewBlob { id, key: vec![1], bytes: vec![2; 30_000] }];
        commit
    };
    let mut number = 0;
    let told = loop {
        number += 8;
        let answers = together(&store, (number..number + 8).map(large).collect()).await;
        if let Some(fault) = answers.into_iter().find_map(Result::err) {
            break fault;
        }
    };
    assert!(matches!(told, AppendFault::Store(StoreFault::Full)), "{told:?}");
    for number in 1_000.. {
        let Err(told) = store.append(large(number)).await else { continue };
        assert!(matches!(told, AppendFault::Store(StoreFault::Full)), "{told:?}");
        break;
    }
    let written = verified(&store).await;
    std::fs::remove_file(&ballast).unwrap();
    store.append(large(2)).await.unwrap();
    assert_eq!(verified(&store).await, written + 1);
}

#[tokio::test]
async fn a_full_database_says_so_keeps_what_it_has_and_recovers() {
    let place = Place::sqlite();
    let settings = Settings { bytes_max: Some(2 << 20), ..place.settings.clone() };
    let store = Store::open(&settings, BOARDS).await.unwrap();
    store.put_blob(BlobId::from_bits(1), b"k", &vec![1; 500_000], at(0)).await.unwrap();
    let mut written = 0;
    let mut number = 100_u128;
    let told = loop {
        let commits = (number..number + 8).map(|it| {
            let mut commit = one(it, &format!("report:{it}"), 0);
            let id = BlobId::from_bits(it);
            commit.blobs = vec![NewBlob { id, key: vec![1], bytes: vec![2; 20_000] }];
            commit.streams[0].entries[0].blobs = vec![id];
            commit
        });
        number += 8;
        let answers = together(&store, commits.collect()).await;
        written += u64::try_from(answers.iter().filter(|answer| answer.is_ok()).count()).unwrap();
        if let Some(fault) = answers.into_iter().find_map(Result::err) {
            break fault;
        }
    };
    assert!(matches!(told, AppendFault::Store(StoreFault::Full)), "{told:?}");
    assert_eq!(verified(&store).await, written, "nothing is half written");
    let again = store.append(one(1, "report:1", 0)).await;
    assert!(!matches!(again, Err(AppendFault::Store(StoreFault::Database { .. }))), "{again:?}");

    store.collect_unreferenced(at(60)).await.unwrap();
    let before = store.head().await.unwrap().position;
    store.append(one(2, "report:2", 0)).await.unwrap();
    assert_eq!(verified(&store).await, before + 1);
}

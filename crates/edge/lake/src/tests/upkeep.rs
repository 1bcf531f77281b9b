//! Compaction, sweeping and retention.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use arrow::array::AsArray;
use futures::StreamExt as _;
use jiff::SignedDuration;
use jiff::civil::date;
use tempfile::tempdir;

use super::ground::{
    DAY, Ground, ask, data_files, exactly, in_every_place, keys, number, open, put, rows, shape,
    step,
};
use crate::disk::{Disk, Room};
use crate::{Compaction, Depth, Lake, LakeFault, Limits, Place};

const WHOLE: Compaction = Compaction {
    depth: Depth::Whole,
    target_bytes: 256 << 20,
    merge_bytes_max: 1 << 30,
    files_min: 2,
    memory: 64 << 20,
    spill: 1 << 30,
};

async fn scattered(lake: &Lake, files: i64, rows: i64) {
    for file in 0..files {
        put(lake, DAY, "eve", file * rows..(file + 1) * rows).await.unwrap();
    }
}

async fn small_files_of_a_day_become_one_in_order(ground: Ground) {
    let lake = ground.open().await;
    scattered(&lake, 12, 50).await;
    put(&lake, DAY + 1, "zeek", 0..10).await.unwrap();

    let heard = std::sync::Mutex::new(vec![]);
    let done = lake.compact(WHOLE, |done| heard.lock().unwrap().push(*done)).await.unwrap();
    assert_eq!((done.files_before, done.files_after, done.rows, done.to_do), (13, 2, 610, 0));
    assert_eq!(heard.into_inner().unwrap().last(), Some(&done));
    assert_eq!(lake.table().await.unwrap().files, 2);
    let keys = keys(&lake).await;
    exactly(&keys, "eve", 600);
    exactly(&keys, "zeek", 10);
    assert_eq!(lake.reached("eve/spool").await.unwrap(), Some(600));

    let in_file =
        ask(&lake, "SELECT \"source.key\" FROM everything WHERE day = '2026-11-01'").await;
    let order: Vec<String> = in_file
        .iter()
        .flat_map(|batch| batch.column(0).as_string::<i32>().iter().flatten().map(str::to_owned))
        .collect();
    assert!(order.is_sorted() && order.len() == 600);
    let again = lake.compact(WHOLE, |_| {}).await.unwrap();
    assert_eq!(again.files_before, 0, "what is in order stays");
}

async fn a_day_that_grows_is_merged_by_size(ground: Ground) {
    let lake = ground.open().await;
    let tiers = Compaction { depth: Depth::Tiers, files_min: 4, ..WHOLE };
    scattered(&lake, 3, 50).await;
    assert_eq!(lake.compact(tiers, |_| {}).await.unwrap().files_before, 0);
    put(&lake, DAY, "eve", 150..200).await.unwrap();
    assert_eq!(lake.compact(tiers, |_| {}).await.unwrap().files_before, 4);
    exactly(&keys(&lake).await, "eve", 200);
}

async fn a_large_merge_is_cut_into_files_that_do_not_overlap(ground: Ground) {
    let lake = ground.open().await;
    scattered(&lake, 4, 20_000).await;
    let small = Compaction { target_bytes: 200_000, ..WHOLE };
    let done = lake.compact(small, |_| {}).await.unwrap();
    assert!(done.files_after > 1, "{done:?}");
    exactly(&keys(&lake).await, "eve", 80_000);
    let one = "SELECT count(*) FROM everything WHERE \"source.ip\" = '10.0.30.239' \
               AND \"source.key\" = '00000000000000000000ffff0a001eef'";
    let mut answer = lake.query(one, Limits::default()).await.unwrap();
    let counted = answer.next().await.unwrap().unwrap();
    let counted = counted.column(0).as_primitive::<arrow::datatypes::Int64Type>().value(0);
    assert!(counted > 0);
    assert!(answer.scanned().files <= 2, "{:?}", answer.scanned());
}

async fn two_that_merge_the_same_neither_lose_nor_double(ground: Ground) {
    let (one, other) = (ground.open().await, ground.open().await);
    scattered(&one, 10, 50).await;
    let writes = async {
        for start in 0..20 {
            put(&one, DAY, "zeek", start..start + 1).await.unwrap();
        }
    };
    let (a, b, ()) = tokio::join!(one.compact(WHOLE, |_| {}), other.compact(WHOLE, |_| {}), writes);
    let (a, b) = (a.unwrap(), b.unwrap());
    assert!(a.files_after + b.files_after > 0, "{a:?} {b:?}");
    let keys = keys(&one).await;
    exactly(&keys, "eve", 500);
    exactly(&keys, "zeek", 20);
    assert!(one.compact(WHOLE, |_| {}).await.is_ok());
    one.vacuum(SignedDuration::ZERO).await.unwrap();
    assert_eq!(ground.data_files().len(), one.table().await.unwrap().files);
}

async fn a_question_keeps_its_files_while_they_are_merged_and_swept(ground: Ground) {
    let lake = ground.open().await;
    scattered(&lake, 10, 2_000).await;
    let limits = Limits { rows: 1_000_000, ..Limits::default() };
    let question = lake.query("SELECT \"offset\" FROM everything", limits).await.unwrap();
    lake.compact(WHOLE, |_| {}).await.unwrap();
    lake.vacuum(SignedDuration::ZERO).await.unwrap();
    put(&lake, DAY, "zeek", 0..10).await.unwrap();

    let batches: Vec<_> = question.into_stream().collect().await;
    let rows: usize = batches.into_iter().map(|batch| batch.unwrap().num_rows()).sum();
    assert_eq!(rows, 20_000);
    // Its threads let the files go a moment after its last row.
    while lake.vacuum(SignedDuration::ZERO).await.unwrap().files == 0 {
        tokio::task::yield_now().await;
    }
    exactly(&keys(&lake).await, "eve", 20_000);
}

async fn only_what_is_old_enough_is_swept(ground: Ground) {
    let lake = ground.open().await;
    scattered(&lake, 5, 10).await;
    lake.compact(WHOLE, |_| {}).await.unwrap();
    let waiting = lake.write(&rows(DAY, "zeek", 0..10)).unwrap();
    drop(lake.write(&rows(DAY, "lost", 0..10)).unwrap());
    let half = ground.leave_half_a_file();
    ground.leave_notes();

    assert_eq!(lake.vacuum(crate::KEPT_AT_LEAST).await.unwrap().files, 0);
    let swept = lake.vacuum(SignedDuration::ZERO).await.unwrap();
    assert_eq!(swept.files, 6 + half, "five merged, one lost, and half ones");
    assert!(ground.names("#123").is_empty() && ground.names("notes.txt").len() == 1);

    lake.commit(waiting, &[step("zeek/spool", None, 10)]).await.unwrap();
    let keys = keys(&ground.open().await).await;
    exactly(&keys, "eve", 50);
    exactly(&keys, "zeek", 10);
}

async fn days_past_their_time_go(ground: Ground) {
    let lake = ground.open().await;
    put(&lake, DAY, "eve", 0..10).await.unwrap();
    put(&lake, DAY + 1, "zeek", 0..5).await.unwrap();
    assert_eq!(lake.expire(date(2026, 11, 1)).await.unwrap().files, 0);
    assert_eq!(lake.expire(date(2026, 11, 2)).await.unwrap().files, 1);
    assert_eq!(number(&lake, "SELECT count(*) FROM everything").await, 5);
    assert_eq!(lake.reached("eve/spool").await.unwrap(), Some(10), "a source does not go back");
    assert_eq!(lake.vacuum(SignedDuration::ZERO).await.unwrap().files, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_fills_during_compaction_changes_nothing() {
    let folder = tempdir().unwrap();
    scattered(&open(folder.path()).await, 8, 200).await;
    let before = data_files(folder.path());
    let mut faults = 0;
    for room in (0..60_000).step_by(3_000) {
        let disk = Disk::with_room(Room { left: Some(Arc::new(AtomicI64::new(room))) });
        let place = Place::Folder(folder.path().to_owned());
        let lake = Lake::open_on(place, shape(), disk).await.unwrap();
        match lake.compact(WHOLE, |_| {}).await {
            Ok(_) => break,
            Err(LakeFault::Full { .. }) => faults += 1,
            Err(fault) => panic!("{fault:?}"),
        }
        assert_eq!(data_files(folder.path()), before, "what was begun is removed");
    }
    assert!(faults > 2);
    let lake = open(folder.path()).await;
    lake.compact(WHOLE, |_| {}).await.unwrap();
    assert_eq!(lake.table().await.unwrap().files, 1);
    exactly(&keys(&lake).await, "eve", 1_600);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_is_full_for_a_while_is_written_again_after() {
    let folder = tempdir().unwrap();
    let left = Arc::new(AtomicI64::new(i64::MAX));
    let disk = Disk::with_room(Room { left: Some(Arc::clone(&left)) });
    let place = Place::Folder(folder.path().to_owned());
    let lake = Lake::open_on(place, shape(), disk).await.unwrap();
    put(&lake, DAY, "eve", 0..10).await.unwrap();
    left.store(100, Ordering::SeqCst);
    assert!(matches!(put(&lake, DAY, "eve", 10..20).await, Err(LakeFault::Full { .. })));
    left.store(i64::MAX, Ordering::SeqCst);
    put(&lake, DAY, "eve", 10..20).await.unwrap();
    exactly(&keys(&lake).await, "eve", 20);
}

async fn sorting_more_than_fits_into_memory_goes_over_the_disk(ground: Ground) {
    let lake = ground.open().await;
    scattered(&lake, 6, 30_000).await;
    let tight = Compaction { memory: 16 << 20, ..WHOLE };
    assert_eq!(lake.compact(tight, |_| {}).await.unwrap().rows, 180_000);
    exactly(&keys(&lake).await, "eve", 180_000);

    put(&lake, DAY, "eve", 180_000..180_010).await.unwrap();
    let none = Compaction { memory: 4 << 20, spill: 1 << 10, ..WHOLE };
    let fault = lake.compact(none, |_| {}).await;
    assert!(matches!(fault, Err(LakeFault::TooMuch { .. })), "{fault:?}");
    exactly(&keys(&lake).await, "eve", 180_010);
}

in_every_place! {
    small_files_of_a_day_become_one_in_order
    a_day_that_grows_is_merged_by_size
    a_large_merge_is_cut_into_files_that_do_not_overlap
    two_that_merge_the_same_neither_lose_nor_double
    a_question_keeps_its_files_while_they_are_merged_and_swept
    only_what_is_old_enough_is_swept
    days_past_their_time_go
    sorting_more_than_fits_into_memory_goes_over_the_disk
}

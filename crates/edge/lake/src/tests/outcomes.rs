//! A bucket whose storage fails: nothing is lost, nothing is doubled, and what is said can be shown to anybody.

use std::sync::Arc;

use arrow::array::{ArrayRef, BinaryArray, RecordBatch};
use jiff::SignedDuration;

use super::ground::{DAY, Ground, exactly, keys, number, put, rows, step};
use super::storage::{Fault, Storage};
use crate::{BucketFault, Compaction, Depth, Lake, LakeFault};

const WHOLE: Compaction = Compaction {
    depth: Depth::Whole,
    target_bytes: 256 << 20,
    merge_bytes_max: 1 << 30,
    files_min: 2,
    memory: 64 << 20,
    spill: 1 << 30,
};
/// More often than a client asks.
const ALWAYS: usize = 10_000;

async fn bucket() -> (Ground, Lake) {
    let ground = Ground::bucket();
    let lake = ground.open().await;
    (ground, lake)
}

fn storage(ground: &Ground) -> &Storage {
    match ground {
        Ground::Bucket(storage, _) => storage,
        Ground::Folder(..) => panic!("this is about buckets"),
    }
}

fn version(number: u64) -> String {
    format!("_delta_log/{number:020}.json")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_whose_answer_got_lost_is_known_again() {
    let (ground, lake) = bucket().await;
    for fault in [Fault::Lost, Fault::Late, Fault::Unavailable, Fault::Conflict] {
        let at = lake.table().await.unwrap().version;
        let from = i64::try_from(at).unwrap() * 10;
        storage(&ground).fail("PUT", &version(at + 1), fault, 1);
        put(&lake, DAY, "eve", from..from + 10).await.unwrap();
        assert_eq!(lake.table().await.unwrap().version, at + 1, "{fault:?}");
    }
    let statuses = storage(&ground).catch_up();
    assert_eq!(statuses, ["412 Precondition Failed"], "what comes late overwrites nothing");
    exactly(&keys(&ground.open().await).await, "eve", 40);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_writer_that_stays_unsure_says_so_and_goes_on_from_what_is_there() {
    let (ground, lake) = bucket().await;
    storage(&ground).fail("PUT", &version(1), Fault::Lost, ALWAYS);
    storage(&ground).fail("GET", &version(1), Fault::Hidden, ALWAYS);
    let files = lake.write(&rows(DAY, "eve", 0..10)).unwrap();
    let steps = [step("eve/spool", None, 10)];
    let unsure = lake.commit(files.clone(), &steps).await;
    assert!(matches!(unsure, Err(LakeFault::Bucket { .. })), "{unsure:?}");
    storage(&ground).heal();
    // It had come to be there: whoever tries again is told so.
    let again = lake.commit(files, &steps).await;
    assert!(matches!(again, Err(LakeFault::Overtaken { reached: Some(10), .. })), "{again:?}");
    exactly(&keys(&lake).await, "eve", 10);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_that_comes_long_after_its_writer_gave_up_does_no_harm() {
    let (ground, lake) = bucket().await;
    storage(&ground).fail("PUT", &version(1), Fault::Late, ALWAYS);
    let unsure = put(&lake, DAY, "eve", 0..10).await;
    assert!(matches!(unsure, Err(LakeFault::Bucket { .. })), "{unsure:?}");
    storage(&ground).heal();
    let statuses = storage(&ground).catch_up();
    assert_eq!(statuses.first(), Some(&"200 OK"));
    assert!(statuses.len() > 1 && statuses.iter().skip(1).all(|status| status.starts_with("412")));
    let again = put(&lake, DAY, "eve", 0..10).await;
    assert!(matches!(again, Err(LakeFault::Overtaken { reached: Some(10), .. })), "{again:?}");
    exactly(&keys(&lake).await, "eve", 10);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_merge_whose_outcome_is_not_known_keeps_what_it_made() {
    let (ground, lake) = bucket().await;
    for start in [0, 10, 20] {
        put(&lake, DAY, "eve", start..start + 10).await.unwrap();
    }
    storage(&ground).fail("PUT", &version(4), Fault::Lost, ALWAYS);
    storage(&ground).fail("GET", &version(4), Fault::Hidden, ALWAYS);
    let unsure = lake.compact(WHOLE, |_| {}).await;
    assert!(matches!(unsure, Err(LakeFault::Bucket { .. })), "{unsure:?}");
    storage(&ground).heal();
    // The table does consist of what was made.
    assert_eq!(lake.table().await.unwrap().files, 1);
    exactly(&keys(&lake).await, "eve", 30);
    lake.vacuum(SignedDuration::ZERO).await.unwrap();
    exactly(&keys(&ground.open().await).await, "eve", 30);
    assert_eq!(ground.data_files().len(), 1);
}

/// What a lake does all day, once.
async fn a_day(ground: &Ground) -> Result<(), LakeFault> {
    let lake = ground.try_open(super::shape()).await?;
    put(&lake, DAY, "eve", 0..10).await?;
    put(&lake, DAY, "eve", 10..20).await?;
    lake.compact(WHOLE, |_| {}).await?;
    lake.vacuum(SignedDuration::ZERO).await.map(|_swept| ())
}

/// Lets every single request of a day go wrong in turn.
async fn at_every_request(fault: Fault) {
    let mut nth = 1;
    loop {
        let ground = Ground::bucket();
        storage(&ground).fail_nth(nth, fault);
        a_day(&ground).await.unwrap_or_else(|error| panic!("{fault:?} {nth}: {error:?}"));
        let is_over = !storage(&ground).heal(); // there are not so many requests
        storage(&ground).catch_up();
        let lake = ground.open().await;
        let table = lake.table().await.unwrap();
        let told = (table.version, table.files, table.rows);
        assert_eq!(told, (3, 1, 20), "{fault:?} {nth}: each change once");
        assert_eq!(lake.reached("eve/spool").await.unwrap(), Some(20));
        if is_over {
            exactly(&keys(&lake).await, "eve", 20);
            break;
        }
        nth += 1;
    }
    assert!(nth > 20, "{nth} requests");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_may_get_lost_at_any_moment() {
    at_every_request(Fault::Lost).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_may_be_carried_out_late_at_any_moment() {
    at_every_request(Fault::Late).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_storage_may_be_busy_at_any_moment() {
    at_every_request(Fault::Unavailable).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_storage_that_overwrites_what_it_is_told_to_keep_is_not_written_to() {
    let ground = Ground::bucket();
    storage(&ground).knows_no_condition();
    let refused = ground.try_open(super::shape()).await;
    assert!(matches!(&refused, Err(LakeFault::Place { why, .. }) if why.contains("If-None-Match")));
    assert!(storage(&ground).names("_delta_log").is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lake_is_asked_by_keys_that_may_not_write() {
    let (ground, lake) = bucket().await;
    put(&lake, DAY, "eve", 0..10).await.unwrap();
    for method in ["PUT", "POST", "DELETE"] {
        storage(&ground).fail(method, "", Fault::Denied, ALWAYS);
    }
    let reader = ground.open().await;
    assert_eq!(number(&reader, "SELECT count(*) FROM everything").await, 10);
    let refused = reader.write(&rows(DAY, "eve", 10..20));
    assert!(matches!(refused, Err(LakeFault::Bucket { source: BucketFault::Denied { .. }, .. })));
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_are_never_shown() {
    let ground = Ground::bucket();
    let storage = storage(&ground);
    storage.fail("GET", "", Fault::Denied, ALWAYS);
    let refused = ground.try_open(super::shape()).await.unwrap_err();
    storage.heal();
    let lake = ground.open().await;
    put(&lake, DAY, "eve", 0..10).await.unwrap();
    storage.fail("GET", "day=", Fault::Denied, ALWAYS);
    let answer = lake.query("SELECT raw FROM everything", crate::Limits::default()).await;
    let unread = answer.unwrap().collect().await.unwrap_err();
    let denied = matches!(refused, LakeFault::Bucket { source: BucketFault::Denied { .. }, .. });
    assert!(denied, "{refused:?}");
    assert!(format!("{unread:?}").contains("does not let these keys in"), "{unread:?}");
    let shown = format!("{refused:?} {unread:?} {unread} {lake:?}");
    for secret in ["KEY-OF-LIN", "SECRET-OF-LIN", "TOKEN-OF-LIN", "Signature="] {
        assert!(!shown.contains(secret), "{shown}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_absent_bucket_and_a_silent_storage_say_what_to_do() {
    let ground = Ground::bucket();
    let refused = ground.open_at("s3://elsewhere/lake").await.unwrap_err();
    let absent = matches!(refused, LakeFault::Bucket { source: BucketFault::NoBucket, .. });
    assert!(absent, "{refused:?}");
    storage(&ground).fail("GET", "", Fault::Late, ALWAYS);
    let refused = ground.try_open(super::shape()).await.unwrap_err();
    let silent = matches!(refused, LakeFault::Bucket { source: BucketFault::Silent, .. });
    assert!(silent, "{refused:?}");
}

/// Rows whose pieces cannot be pressed: so many megabytes.
fn heavy(megabytes: usize) -> RecordBatch {
    let count = i64::try_from(megabytes).unwrap();
    let rows = rows(DAY, "eve", 0..count);
    let mut state = 1u64;
    let mut noise = || {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33).to_le_bytes()[0]
    };
    let pieces = (0..count).map(|_| (0..1 << 20).map(|_| noise()).collect::<Vec<u8>>());
    let pieces: ArrayRef = Arc::new(BinaryArray::from_iter_values(pieces));
    let mut columns = rows.columns().to_vec();
    *columns.last_mut().unwrap() = pieces;
    RecordBatch::try_new(rows.schema(), columns).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_file_goes_in_parts_and_a_lost_end_is_found_out() {
    let (ground, lake) = bucket().await;
    storage(&ground).fail("POST", "day=", Fault::Lost, 2);
    let files = lake.write(&heavy(20)).unwrap();
    assert!(files[0].bytes() > 20 << 20);
    lake.commit(files, &[step("eve/spool", None, 20)]).await.unwrap();
    assert_eq!(storage(&ground).names("day=").len(), 1);
    assert_eq!(
        number(&lake, "SELECT sum(length(encode(raw, 'hex'))) / 2 FROM everything").await,
        20 << 20
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn parts_of_a_file_that_is_given_up_are_cleared_away() {
    let (ground, lake) = bucket().await;
    storage(&ground).fail_nth(storage(&ground).requests() + 3, Fault::Denied);
    let refused = lake.write(&heavy(20));
    assert!(matches!(refused, Err(LakeFault::Bucket { .. })), "{refused:?}");
    while storage(&ground).uploads() > 0 {
        tokio::task::yield_now().await;
    }
    assert!(ground.data_files().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_list_is_read_in_pages() {
    let (ground, lake) = bucket().await;
    storage(&ground).in_pages_of(2);
    for file in 0..7 {
        put(&lake, DAY + i32::try_from(file % 3).unwrap(), "eve", file..file + 1).await.unwrap();
    }
    drop(lake.write(&rows(DAY, "lost", 0..1)).unwrap());
    let lake = ground.open().await;
    exactly(&keys(&lake).await, "eve", 7);
    assert_eq!(lake.vacuum(SignedDuration::ZERO).await.unwrap().files, 1);
    lake.compact(WHOLE, |_| {}).await.unwrap();
    assert_eq!(lake.vacuum(SignedDuration::ZERO).await.unwrap().files, 7);
    exactly(&keys(&lake).await, "eve", 7);
}

#[tokio::test(flavor = "multi_thread")]
async fn ages_are_told_by_the_clock_of_the_storage() {
    let (ground, lake) = bucket().await;
    drop(lake.write(&rows(DAY, "lost", 0..1)).unwrap());
    assert_eq!(lake.vacuum(crate::KEPT_AT_LEAST).await.unwrap().files, 0);
    storage(&ground).later(SignedDuration::from_hours(2));
    assert_eq!(lake.vacuum(crate::KEPT_AT_LEAST).await.unwrap().files, 1);
}

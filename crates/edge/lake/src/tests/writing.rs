//! Writing and committing.

use std::collections::BTreeMap;

use tempfile::tempdir;

use super::ground::{
    DAY, Ground, ask, both, data_files, exactly, in_every_place, keys, number, open, put, rows,
    shape, step,
};
use crate::disk::{Disk, Room};
use crate::{Access, Lake, LakeFault, Place, Shape};

async fn what_is_written_appears_with_its_commit(ground: Ground) {
    let lake = ground.open().await;
    let files = lake.write(&rows(DAY, "eve", 0..100)).unwrap();
    assert_eq!(number(&lake, "SELECT count(*) FROM everything").await, 0);

    lake.commit(files, &[step("eve/spool", None, 100)]).await.unwrap();
    assert_eq!(number(&lake, "SELECT count(*) FROM everything").await, 100);
    assert_eq!(number(&lake, "SELECT count(*) FROM records").await, 90);
    assert_eq!(lake.reached("eve/spool").await.unwrap(), Some(100));
    assert_eq!(lake.reached("eve/other").await.unwrap(), None);
}

async fn a_lake_is_found_again_with_all_its_columns(ground: Ground) {
    put(&ground.open().await, DAY, "eve", 0..100).await.unwrap();

    let lake = ground.open().await;
    assert_eq!(lake.reached("eve/spool").await.unwrap(), Some(100));
    exactly(&keys(&lake).await, "eve", 100);
    let read = ask(&lake, "SELECT * FROM everything ORDER BY \"offset\"").await;
    assert_eq!(read, vec![rows(DAY, "eve", 0..100)]);
}

#[tokio::test]
async fn a_lake_opens_on_a_single_thread_too() {
    for ground in [Ground::folder(), Ground::bucket()] {
        let lake = ground.open().await;
        for commit in 0..70 {
            put(&lake, DAY, "eve", commit..commit + 1).await.unwrap();
        }
        exactly(&keys(&ground.open().await).await, "eve", 70);
    }
}

async fn rows_are_split_by_day(ground: Ground) {
    let lake = ground.open().await;
    let mixed =
        both(&both(&rows(DAY, "eve", 0..5), &rows(DAY + 1, "eve", 5..8)), &rows(DAY, "eve", 8..9));
    let files = lake.write(&mixed).unwrap();
    let split: Vec<_> =
        files.iter().map(|file| (file.path().split('/').next().unwrap(), file.rows())).collect();
    assert_eq!(split, [("day=2026-11-01", 6), ("day=2026-11-02", 3)]);
    assert!(files.iter().all(|file| file.bytes() > 0));

    lake.commit(files, &[]).await.unwrap();
    exactly(&keys(&lake).await, "eve", 9);
    let later = "SELECT count(*) FROM everything WHERE day = '2026-11-02'";
    assert_eq!(number(&lake, later).await, 3);
}

async fn a_step_from_elsewhere_is_refused_and_changes_nothing(ground: Ground) {
    let (one, other) = (ground.open().await, ground.open().await);
    put(&one, DAY, "eve", 0..10).await.unwrap();

    let files = other.write(&rows(DAY, "eve", 0..10)).unwrap();
    let steps = [step("zeek/spool", None, 3), step("eve/spool", None, 10)];
    let refused = other.commit(files, &steps).await;
    assert!(
        matches!(&refused, Err(LakeFault::Overtaken { app, reached: Some(10) }) if app == "eve/spool"),
        "{refused:?}"
    );
    assert_eq!(other.reached("zeek/spool").await.unwrap(), None);
    exactly(&keys(&other).await, "eve", 10);
}

async fn two_lakes_in_one_place_take_turns(ground: Ground) {
    let (one, other) = tokio::join!(ground.open(), ground.open());
    let eve = async {
        for start in 0..30 {
            put(&one, DAY, "eve", start..start + 1).await.unwrap();
        }
    };
    let zeek = async {
        for start in 0..30 {
            put(&other, DAY, "zeek", start..start + 1).await.unwrap();
        }
    };
    tokio::join!(eve, zeek);
    let keys = keys(&one).await;
    exactly(&keys, "eve", 30);
    exactly(&keys, "zeek", 30);
    assert_eq!(one.table().await.unwrap().version, 60);
}

async fn what_checkpoints_stand_for_is_read_from_them(ground: Ground) {
    let (lake, sleeper) = (ground.open().await, ground.open().await);
    put(&lake, DAY, "old", 0..7).await.unwrap();
    for start in 0..70 {
        put(&lake, DAY, "eve", start..start + 1).await.unwrap();
    }
    assert_eq!(ground.names("_delta_log/_last_checkpoint").len(), 1);
    for version in 0..60 {
        ground.lose(&format!("_delta_log/{version:020}.json"));
    }
    for lake in [sleeper, ground.open().await] {
        assert_eq!(lake.reached("old/spool").await.unwrap(), Some(7));
        assert_eq!(lake.reached("eve/spool").await.unwrap(), Some(70));
        exactly(&keys(&lake).await, "eve", 70);
        assert_eq!(lake.table().await.unwrap().rows, 77, "statistics are in the checkpoint");
    }
    put(&ground.open().await, DAY, "eve", 70..71).await.unwrap();
}

async fn a_file_that_is_gone_is_not_committed(ground: Ground) {
    let lake = ground.open().await;
    let files = lake.write(&rows(DAY, "eve", 0..10)).unwrap();
    ground.lose(files[0].path());
    let refused = lake.commit(files, &[step("eve/spool", None, 10)]).await;
    assert!(matches!(refused, Err(LakeFault::Gone { .. })), "{refused:?}");
    assert_eq!(lake.reached("eve/spool").await.unwrap(), None);
}

async fn new_columns_are_added_and_unknown_ones_refused(ground: Ground) {
    put(&ground.open().await, DAY, "eve", 0..10).await.unwrap();

    let mut wider = shape();
    let mut fields = wider.schema.fields().to_vec();
    fields.push(std::sync::Arc::new(arrow::datatypes::Field::new(
        "source.asn",
        arrow::datatypes::DataType::Int64,
        true,
    )));
    wider.schema = std::sync::Arc::new(arrow::datatypes::Schema::new(fields));
    let lake = ground.try_open(wider).await.unwrap();
    let absent = "SELECT count(*) FROM everything WHERE \"source.asn\" IS NULL";
    assert_eq!(number(&lake, absent).await, 10);

    let refused = ground.try_open(shape()).await;
    assert!(matches!(refused, Err(LakeFault::Shape { .. })), "{refused:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shape_must_fit_together() {
    let folder = tempdir().unwrap();
    let odd = [
        Shape { partition: "kind".into(), ..shape() },
        Shape { sort: vec!["source.port".into()], ..shape() },
        Shape { views: vec![("everything".into(), "SELECT 1".into())], ..shape() },
    ];
    for shape in odd {
        let refused = Lake::open(Place::Folder(folder.path().to_owned()), shape).await;
        assert!(matches!(refused, Err(LakeFault::Shape { .. })), "{refused:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_is_a_clean_fault_at_every_byte() {
    let folder = tempdir().unwrap();
    put(&open(folder.path()).await, DAY, "eve", 0..10).await.unwrap();
    let mut ok = 0;
    for room in (0i64..40_000).step_by(1_000) {
        let left = std::sync::Arc::new(std::sync::atomic::AtomicI64::new(room));
        let disk = Disk::with_room(Room { left: Some(left) });
        let place = Place::Folder(folder.path().to_owned());
        let lake = Lake::open_on(place, shape(), disk).await.unwrap();
        let before = lake.reached("eve/spool").await.unwrap().unwrap();
        match put(&lake, DAY, "eve", before..before + 100).await {
            Ok(()) => ok += 1,
            Err(fault) => assert!(matches!(fault, LakeFault::Full { .. }), "{fault:?}"),
        }
    }
    let lake = open(folder.path()).await;
    assert!(ok > 0, "some had room");
    let end = lake.reached("eve/spool").await.unwrap().unwrap();
    assert_eq!(end, 10 + ok * 100);
    exactly(&keys(&lake).await, "eve", end);
    let files = data_files(folder.path());
    assert!(files.iter().all(|file| file.ends_with(".parquet")), "nothing half is left: {files:?}");
    assert!(files.len() <= lake.table().await.unwrap().files + 40);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_may_be_given_as_a_url_and_what_nobody_knows_may_not() {
    let folder = tempdir().unwrap();
    let access = Access { settings: BTreeMap::new(), scratch: folder.path().join("scratch") };
    let url = url::Url::from_directory_path(folder.path()).unwrap();
    put(&Lake::open(Place::Url(url, access.clone()), shape()).await.unwrap(), DAY, "eve", 0..1)
        .await
        .unwrap();
    exactly(&keys(&open(folder.path()).await).await, "eve", 1);
    for elsewhere in ["gs://bucket/lake", "http://127.0.0.1/lake", "s3://", "s3://lin:key@bucket/"]
    {
        let place = Place::Url(elsewhere.parse().unwrap(), access.clone());
        let refused = Lake::open(place, shape()).await;
        assert!(matches!(refused, Err(LakeFault::Place { .. })), "{elsewhere}: {refused:?}");
        assert!(!refused.unwrap_err().to_string().contains("key@"), "keys are not repeated");
    }
}

in_every_place! {
    what_is_written_appears_with_its_commit
    a_lake_is_found_again_with_all_its_columns
    rows_are_split_by_day
    a_step_from_elsewhere_is_refused_and_changes_nothing
    two_lakes_in_one_place_take_turns
    what_checkpoints_stand_for_is_read_from_them
    a_file_that_is_gone_is_not_committed
    new_columns_are_added_and_unknown_ones_refused
}

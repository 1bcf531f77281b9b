//! A copy of the embedded database while it is in use.

use fengsui_store::{Settings, Store, StoreFault};

use crate::place::{BOARDS, Place, one, together, verified};

#[tokio::test]
async fn a_copy_holds_everything_that_was_acknowledged_before_it_began() {
    let place = Place::sqlite();
    let store = place.open().await;
    for number in 1..=20 {
        store.append(one(number, &format!("report:{number}"), 0)).await.unwrap();
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("it's a copy.db");

    let writing = (21..=60).map(|number| one(number, &format!("report:{number}"), 0)).collect();
    let (copied, written) = tokio::join!(store.copy_to(&file), together(&store, writing));
    copied.unwrap();
    assert!(written.into_iter().all(|answer| answer.is_ok()));
    assert_eq!(verified(&store).await, 60);

    let copy = Store::open(&Settings::file(&file), BOARDS).await.unwrap();
    let head = verified(&copy).await;
    assert!((20..=60).contains(&head), "{head}");
    for position in 1..=20 {
        let entry = copy.entries(position - 1, 1).await.unwrap();
        assert_eq!(entry, store.entries(position - 1, 1).await.unwrap());
    }
    copy.append(one(1_000, "report:1000", 0)).await.unwrap();
    assert_eq!(verified(&copy).await, head + 1);
    assert_eq!(verified(&store).await, 60, "the copy is another database");
}

#[tokio::test]
async fn a_copy_does_not_take_the_place_of_a_file() {
    let place = Place::sqlite();
    let store = place.open().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("copy.db");
    std::fs::write(&file, "somebody else's").unwrap();
    assert!(store.copy_to(&file).await.is_err());
    assert_eq!(std::fs::read(&file).unwrap(), b"somebody else's");
}

#[tokio::test]
async fn a_servers_database_is_copied_by_its_own_tools() {
    let Some(place) = Place::postgres().await else { return };
    let store = place.open().await;
    let folder = tempfile::tempdir().unwrap();
    let refused = store.copy_to(&folder.path().join("copy.db")).await;
    assert!(matches!(refused, Err(StoreFault::Malformed(_))), "{refused:?}");
}

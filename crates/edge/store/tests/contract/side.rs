//! Side state: values that change, seen by whoever changes them.

use fengsui_store::{AppendFault, Commit, Expected, SideFault, SideWrite, StoreFault};
use jiff::Timestamp;

use crate::place::{Place, at, command, on_every_engine, one};

on_every_engine! {
    a_value_is_written_read_and_deleted
    of_two_writers_one_is_told
    a_list_gives_the_keys_of_a_prefix
    what_has_expired_is_swept
    side_state_changes_with_a_command_or_not_at_all
}

fn put(key: &str, value: &str, expected: Expected, expires_at: Option<Timestamp>) -> SideWrite {
    SideWrite::Put {
        kind: "session".to_owned(),
        key: key.to_owned(),
        value: value.to_owned(),
        expected,
        expires_at,
    }
}

async fn a_value_is_written_read_and_deleted(place: Place) {
    let store = place.open().await;
    assert_eq!(store.side_get("session", "a").await.unwrap(), None);
    store.side_put(put("a", "一", Expected::Any, Some(at(5)))).await.unwrap();
    store.side_put(put("a", "two", Expected::Any, None)).await.unwrap();
    let side = store.side_get("session", "a").await.unwrap().unwrap();
    assert_eq!((side.value.as_str(), side.version, side.expires_at), ("two", 2, None));
    assert_eq!(store.side_get("draft", "a").await.unwrap(), None);
    assert!(store.side_delete("session", "a").await.unwrap());
    assert!(!store.side_delete("session", "a").await.unwrap());
    let told = store.side_put(put("a\0", "", Expected::Any, None)).await;
    assert!(matches!(told, Err(SideFault::Store(StoreFault::Nul(_)))));
}

async fn of_two_writers_one_is_told(place: Place) {
    let store = place.open().await;
    store.side_put(put("a", "first", Expected::Absent, None)).await.unwrap();
    let told = store.side_put(put("a", "second", Expected::Absent, None)).await;
    assert!(matches!(told, Err(SideFault::Changed)));
    store.side_put(put("a", "mine", Expected::Version(1), None)).await.unwrap();
    let told = store.side_put(put("a", "theirs", Expected::Version(1), None)).await;
    assert!(matches!(told, Err(SideFault::Changed)));
    let told = store.side_put(put("b", "absent", Expected::Version(1), None)).await;
    assert!(matches!(told, Err(SideFault::Changed)));
    assert_eq!(store.side_get("session", "a").await.unwrap().unwrap().value, "mine");
}

async fn a_list_gives_the_keys_of_a_prefix(place: Place) {
    let store = place.open().await;
    for key in ["b", "a/2", "a/1", "a", "a_", "A/1"] {
        store.side_put(put(key, key, Expected::Any, None)).await.unwrap();
    }
    let keys = |prefix: &'static str| {
        let store = store.clone();
        async move {
            let found = store.side_list("session", prefix).await.unwrap();
            found.into_iter().map(|side| side.key).collect::<Vec<_>>().join(" ")
        }
    };
    assert_eq!(keys("a/").await, "a/1 a/2");
    assert_eq!(keys("").await, "A/1 a a/1 a/2 a_ b");
    assert_eq!(keys("c").await, "");
}

async fn what_has_expired_is_swept(place: Place) {
    let store = place.open().await;
    for (key, expires) in [("a", Some(at(5))), ("b", Some(at(6))), ("c", None)] {
        store.side_put(put(key, "", Expected::Any, expires)).await.unwrap();
    }
    assert_eq!(store.side_sweep(at(5)).await.unwrap(), 1);
    assert_eq!(store.side_sweep(at(5)).await.unwrap(), 0);
    assert_eq!(store.side_list("session", "").await.unwrap().len(), 2);
}

async fn side_state_changes_with_a_command_or_not_at_all(place: Place) {
    let store = place.open().await;
    let side = vec![put("a", "1", Expected::Absent, None)];
    store.append(Commit { side: side.clone(), ..one(1, "person:1", 0) }).await.unwrap();
    let told = store.append(Commit { side, ..one(2, "person:1", 1) }).await;
    assert!(matches!(told, Err(AppendFault::SideChanged { key, .. }) if key == "a"));
    assert_eq!(store.version("person:1").await.unwrap(), 1);
    assert!(store.committed(command(2)).await.unwrap().is_none());

    let delete = SideWrite::Delete { kind: "session".to_owned(), key: "a".to_owned() };
    let late = Commit { side: vec![delete.clone()], ..one(3, "person:1", 7) };
    assert!(store.append(late).await.is_err());
    assert!(store.side_get("session", "a").await.unwrap().is_some());
    store.append(Commit { side: vec![delete], ..one(4, "person:1", 1) }).await.unwrap();
    assert!(store.side_get("session", "a").await.unwrap().is_none());
}

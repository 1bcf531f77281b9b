//! Blobs: chunks, keys, what keeps them and what does not.

use fengsui_store::{
    AppendFault, Commit, NewBlob, Scrubbed, Settings, SideWrite, StoreFault, digest,
};
use fengsui_vocabulary::BlobId;

use crate::place::{Place, at, commit, on_every_engine, on_sql, one};

on_every_engine! {
    a_blob_comes_back_as_it_was
    a_blob_that_is_not_finished_is_not_there
    a_blob_written_along_is_there_with_its_entry
    an_entry_cannot_point_at_nothing
    only_old_and_unreferenced_blobs_are_collected
    an_erased_blob_is_gone_with_its_key
}

on_sql! {
    what_points_at_a_text_is_found
    erased_words_are_in_no_file_of_the_database
}

fn id(number: u128) -> BlobId {
    BlobId::from_bits(number)
}

fn points_at(number: u128, blobs: &[BlobId]) -> Commit {
    let mut commit = one(number, &format!("report:{number}"), 0);
    commit.streams[0].entries[0].blobs = blobs.to_vec();
    commit
}

async fn a_blob_comes_back_as_it_was(place: Place) {
    let settings = Settings { chunk_bytes_max: 1_000, ..place.settings.clone() };
    let place = Place { settings, ..place };
    let store = place.open().await;
    let bytes: Vec<u8> = (0..2_500_u32).map(|n| u8::try_from(n * n % 251).unwrap()).collect();
    let mut sink = store.begin_blob(id(1), b"secret", at(0)).await.unwrap();
    for part in bytes.chunks(700) {
        sink.write(part).await.unwrap();
    }
    let stored = sink.finish().await.unwrap();

    assert_eq!((stored.id, stored.size), (id(1), 2_500));
    assert_eq!(stored.digest, digest(b"secret", &bytes));
    assert_eq!(store.read_blob(id(1)).await.unwrap().unwrap(), bytes);
    assert_eq!(store.read_chunk(id(1), 2).await.unwrap().unwrap(), bytes[2_000..]);
    assert_eq!(store.read_chunk(id(1), 3).await.unwrap(), None);
    assert_eq!(store.blob_size(id(1)).await.unwrap(), Some(2_500));
    assert_eq!(store.blob_key(id(1)).await.unwrap().unwrap(), b"secret");

    let empty = store.put_blob(id(2), b"k", b"", at(0)).await.unwrap();
    assert_eq!(empty.size, 0);
    assert_eq!(store.read_blob(id(2)).await.unwrap().unwrap(), b"");
    assert_eq!(store.read_blob(id(3)).await.unwrap(), None);
    let again = store.begin_blob(id(1), b"other", at(0)).await;
    assert!(matches!(again, Err(StoreFault::Malformed(_))));
}

async fn a_blob_that_is_not_finished_is_not_there(place: Place) {
    let store = place.open().await;
    let mut sink = store.begin_blob(id(1), b"k", at(0)).await.unwrap();
    sink.write(b"half").await.unwrap();
    assert_eq!(store.read_blob(id(1)).await.unwrap(), None);
    assert_eq!(store.blob_key(id(1)).await.unwrap(), None);
    let told = store.append(points_at(1, &[id(1)])).await;
    assert!(matches!(told, Err(AppendFault::BlobMissing(missing)) if missing == id(1)));
    drop(sink);
    assert_eq!(store.collect_unreferenced(at(1)).await.unwrap().blobs, 1);
}

async fn a_blob_written_along_is_there_with_its_entry(place: Place) {
    let store = place.open().await;
    let blobs = [(1, b"contact".as_slice()), (2, b"")].map(|(number, bytes)| NewBlob {
        id: id(number),
        key: vec![9; 32],
        bytes: bytes.to_vec(),
    });
    let commit = Commit { blobs: blobs.to_vec(), ..points_at(1, &[id(1), id(2)]) };
    store.append(commit.clone()).await.unwrap();
    assert_eq!(store.read_blob(id(1)).await.unwrap().unwrap(), b"contact");
    assert_eq!(store.read_blob(id(2)).await.unwrap().unwrap(), b"");
    assert_eq!(store.blob_key(id(1)).await.unwrap().unwrap(), [9; 32]);
    assert_eq!(store.collect_unreferenced(at(9_999)).await.unwrap().blobs, 0);
    assert!(store.append(commit).await.unwrap().repeated);

    let large = NewBlob { id: id(3), key: vec![], bytes: vec![0; (1 << 20) + 1] };
    let told = store.append(Commit { blobs: vec![large], ..points_at(2, &[id(3)]) }).await;
    assert!(matches!(told, Err(AppendFault::Store(StoreFault::Malformed(_)))));
}

async fn an_entry_cannot_point_at_nothing(place: Place) {
    let store = place.open().await;
    let told = store.append(points_at(1, &[id(7)])).await;
    assert!(matches!(told, Err(AppendFault::BlobMissing(missing)) if missing == id(7)));
    assert_eq!(store.head().await.unwrap().position, 0);
}

async fn only_old_and_unreferenced_blobs_are_collected(place: Place) {
    let store = place.open().await;
    for (number, minutes) in [(1, 0), (2, 0), (3, 30)] {
        store.put_blob(id(number), b"k", b"content", at(minutes)).await.unwrap();
    }
    store.append(points_at(1, &[id(1)])).await.unwrap();
    assert_eq!(store.collect_unreferenced(at(10)).await.unwrap().blobs, 1);
    assert!(store.read_blob(id(1)).await.unwrap().is_some());
    assert!(store.read_blob(id(2)).await.unwrap().is_none());
    assert!(store.read_chunk(id(2), 0).await.unwrap().is_none());
    assert!(store.read_blob(id(3)).await.unwrap().is_some());
    store.append(points_at(2, &[id(1), id(3)])).await.unwrap();
    assert_eq!(store.collect_unreferenced(at(60)).await.unwrap().blobs, 0);
}

async fn an_erased_blob_is_gone_with_its_key(place: Place) {
    let store = place.open().await;
    let blob = NewBlob { id: id(1), key: vec![1], bytes: b"personal".to_vec() };
    store.append(Commit { blobs: vec![blob], ..points_at(1, &[id(1)]) }).await.unwrap();
    let side = vec![SideWrite::EraseBlob(id(1))];
    store.append(Commit { side, ..one(2, "report:1", 1) }).await.unwrap();
    assert_eq!(store.read_blob(id(1)).await.unwrap(), None);
    assert_eq!(store.read_chunk(id(1), 0).await.unwrap(), None);
    assert_eq!(store.blob_key(id(1)).await.unwrap(), None);
    let again = store.put_blob(id(1), b"k", b"other", at(0)).await;
    assert!(again.is_err(), "the id stays taken");
    store.append(commit(3)).await.unwrap();
}

async fn what_points_at_a_text_is_found(place: Place) {
    let store = place.open().await;
    let blob = |number| NewBlob { id: id(number), key: vec![1], bytes: b"words".to_vec() };
    for number in [1, 2] {
        let mut told = points_at(number, &[id(number)]);
        told.streams[0].entries[0].payload = format!("{{\"blob\":\"{}\"}}", id(number));
        store.append(Commit { blobs: vec![blob(number)], ..told }).await.unwrap();
    }
    let found = |numbers: &[u128]| {
        let (store, ids) = (store.clone(), numbers.iter().copied().map(id).collect());
        async move { store.streams_that_point_at(&ids).await.unwrap() }
    };
    assert_eq!(found(&[2]).await.into_iter().collect::<Vec<_>>(), ["report:2"]);
    assert_eq!(found(&[1, 2]).await.len(), 2);
    assert!(found(&[3]).await.is_empty());
    assert!(found(&[]).await.is_empty());
}

async fn erased_words_are_in_no_file_of_the_database(place: Place) {
    let Some(folder) = place.folder.as_ref().map(|folder| folder.path().to_owned()) else {
        let scrubbed = place.open().await.scrub().await.unwrap();
        assert_eq!(scrubbed, Scrubbed::ByTheEngine);
        return;
    };
    let store = place.open().await;
    let words = b"the-words-that-must-go".repeat(200);
    let blob = NewBlob { id: id(1), key: vec![1], bytes: words.clone() };
    store.append(Commit { blobs: vec![blob], ..points_at(1, &[id(1)]) }).await.unwrap();
    store.put_blob(id(2), b"k", &words, at(0)).await.unwrap();
    assert!(is_in_files(&folder, b"the-words-that-must-go"), "the test can see them");

    let side = vec![SideWrite::EraseBlob(id(1)), SideWrite::EraseBlob(id(2))];
    store.append(Commit { side, ..one(2, "report:1", 1) }).await.unwrap();
    assert_eq!(store.scrub().await.unwrap(), Scrubbed::Clean);
    assert!(!is_in_files(&folder, b"the-words-that-must-go"));
}

fn is_in_files(folder: &std::path::Path, words: &[u8]) -> bool {
    std::fs::read_dir(folder).unwrap().any(|file| {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        bytes.windows(words.len()).any(|window| window == words)
    })
}

//! Verification names the first entry that was changed, removed or moved.

use fengsui_store::{Store, VerifyFault, Why};
use sha2::{Digest, Sha256};

use crate::place::{Place, on_every_engine, on_sql, one, verified};

on_every_engine! {
    an_untouched_journal_verifies
    a_check_of_payloads_is_told_where_it_failed
}

// The model's disk is tampered with in its own words: see `model` below.
on_sql! {
    a_change_of_any_column_is_found_at_its_entry
    a_changed_entry_with_a_hash_to_match_is_found
    a_removed_entry_is_found_at_its_place
    a_removed_entry_is_found_although_the_rest_moved_up
    entries_that_changed_places_are_found_at_the_first
    a_removed_end_is_found
    a_wrong_head_is_found
    an_added_entry_is_found
}

const ENTRIES: u64 = 9;

async fn filled(place: &Place) -> Store {
    let store = place.open().await;
    for number in 0..ENTRIES {
        let stream = format!("report:{}", number % 3);
        store.append(one(number.into(), &stream, number / 3)).await.unwrap();
    }
    store
}

async fn broken(store: &Store) -> (u64, Why) {
    match store.verify(&mut |_| {}, &mut |_| Ok(())).await {
        Err(VerifyFault::Broken(broken)) => (broken.position, broken.why),
        Err(VerifyFault::Store(fault)) => panic!("{fault:?}"),
        Ok(_) => panic!("nothing was found"),
    }
}

async fn an_untouched_journal_verifies(place: Place) {
    let empty = place.open().await;
    assert_eq!(verified(&empty).await, 0);
    let store = filled(&place).await;
    let mut seen = Vec::new();
    let mut told = 0;
    let head = store
        .verify(&mut |progress| told = progress.of, &mut |entry| {
            seen.push(entry.position);
            Ok(())
        })
        .await
        .unwrap();
    assert_eq!(head, store.head().await.unwrap());
    assert_eq!(seen, (1..=ENTRIES).collect::<Vec<_>>());
    assert_eq!(told, ENTRIES);
}

async fn a_change_of_any_column_is_found_at_its_entry(place: Place) {
    let store = filled(&place).await;
    place.tamper("CREATE TABLE kept AS SELECT * FROM entry").await;
    let byte = if place.is_sqlite() { "X'00'" } else { "'\\x00'" };
    let changes = [
        "stream = 'report:7'".to_owned(),
        "version = 70".to_owned(),
        "realm = 'exercise:x'".to_owned(),
        "realm = 'nowhere!'".to_owned(),
        "recorded_at = recorded_at + 1".to_owned(),
        "happened_at = happened_at - 1".to_owned(),
        "actor = 'per_mara'".to_owned(),
        "on_behalf_of = ''".to_owned(),
        "command_id = 'cmd_0000000000000000000000000z'".to_owned(),
        "command_id = 'none'".to_owned(),
        "kind = 'report-declined'".to_owned(),
        "kind_version = 2".to_owned(),
        "payload = payload || ' '".to_owned(),
        format!("previous = {byte}"),
        format!("hash = {byte}"),
    ];
    for change in changes {
        for position in [1, 5, ENTRIES] {
            place.tamper(&format!("UPDATE entry SET {change} WHERE position = {position}")).await;
            assert_eq!(broken(&store).await, (position, Why::Changed), "{change} at {position}");
            place.tamper("DELETE FROM entry; INSERT INTO entry SELECT * FROM kept").await;
            assert_eq!(verified(&store).await, ENTRIES);
        }
    }
    if place.is_sqlite() {
        place.tamper("UPDATE entry SET payload = CAST(X'ff' AS TEXT) WHERE position = 6").await;
        assert_eq!(broken(&store).await, (6, Why::Changed));
    }
}

async fn a_changed_entry_with_a_hash_to_match_is_found(place: Place) {
    let store = filled(&place).await;
    for (position, why) in [(4, Why::Changed), (1, Why::Changed), (ENTRIES, Why::Head)] {
        let entry = store.entry(position).await.unwrap().unwrap();
        let mut bytes = b"fengsui-entry-v1\n".to_vec();
        let mut field = |field: &[u8]| {
            bytes.extend(u64::try_from(field.len()).unwrap().to_be_bytes());
            bytes.extend(field);
        };
        field(&position.to_be_bytes());
        field(entry.stream.as_bytes());
        field(&entry.version.to_be_bytes());
        field(b"live");
        field(&entry.recorded_at.as_microsecond().to_be_bytes());
        field(&entry.happened_at.as_microsecond().to_be_bytes());
        field(entry.actor.as_bytes());
        field(b"per_mara");
        field(entry.command_id.to_string().as_bytes());
        field(entry.kind.as_bytes());
        field(&1_u64.to_be_bytes());
        field(entry.payload.as_bytes());
        field(entry.previous.as_bytes());
        let hash: Vec<String> =
            Sha256::digest(&bytes).iter().map(|it| format!("{it:02x}")).collect();
        let literal = literal(&place, &hash.concat());
        place
            .tamper(&format!(
                "UPDATE entry SET on_behalf_of = 'per_mara', hash = {literal} WHERE position = {position}"
            ))
            .await;
        assert_eq!(broken(&store).await, (position, why));
        let hash = self::literal(&place, &entry.hash.to_string());
        place
            .tamper(&format!(
                "UPDATE entry SET on_behalf_of = NULL, hash = {hash} WHERE position = {position}"
            ))
            .await;
        assert_eq!(verified(&store).await, ENTRIES);
    }
}

async fn a_removed_entry_is_found_at_its_place(place: Place) {
    let store = filled(&place).await;
    place.tamper("DELETE FROM entry WHERE position IN (4, 7)").await;
    assert_eq!(broken(&store).await, (4, Why::Removed));
    place.tamper("DELETE FROM entry WHERE position = 1").await;
    assert_eq!(broken(&store).await, (1, Why::Removed));
}

async fn a_removed_entry_is_found_although_the_rest_moved_up(place: Place) {
    let store = filled(&place).await;
    place.tamper("DELETE FROM entry WHERE position = 4").await;
    for position in 5..=ENTRIES {
        place
            .tamper(&format!(
                "UPDATE entry SET position = position - 1 WHERE position = {position}"
            ))
            .await;
    }
    assert_eq!(broken(&store).await, (4, Why::Removed));
}

async fn entries_that_changed_places_are_found_at_the_first(place: Place) {
    let store = filled(&place).await;
    swap(&place, 3, 4).await;
    assert_eq!(broken(&store).await, (3, Why::Reordered));
    swap(&place, 3, 4).await;
    assert_eq!(verified(&store).await, ENTRIES);
    swap(&place, 2, ENTRIES).await;
    assert_eq!(broken(&store).await, (2, Why::Reordered));
    swap(&place, 2, ENTRIES).await;
    place.tamper("UPDATE entry SET position = 500 WHERE position = 6").await;
    assert_eq!(broken(&store).await, (6, Why::Reordered));
}

async fn a_removed_end_is_found(place: Place) {
    let store = filled(&place).await;
    place.tamper("DELETE FROM entry WHERE position > 7").await;
    assert_eq!(broken(&store).await, (8, Why::Removed));
}

async fn a_wrong_head_is_found(place: Place) {
    let store = filled(&place).await;
    let literal = literal(&place, &"00".repeat(32));
    place.tamper(&format!("UPDATE head SET hash = {literal}")).await;
    assert_eq!(broken(&store).await, (ENTRIES, Why::Head));
}

async fn an_added_entry_is_found(place: Place) {
    let store = filled(&place).await;
    for (from, to, found) in [(2, 100, ENTRIES + 1), (3, -5, ENTRIES + 1)] {
        place
            .tamper(&format!(
                "INSERT INTO entry SELECT {to}, 'copy', {from}, realm, recorded_at, happened_at,
                    actor, on_behalf_of, command_id, kind, kind_version, payload, previous, hash
                FROM entry WHERE position = {from}"
            ))
            .await;
        assert_eq!(broken(&store).await, (found, Why::Head));
        place.tamper(&format!("DELETE FROM entry WHERE position = {to}")).await;
    }
    assert_eq!(verified(&store).await, ENTRIES);
}

async fn a_check_of_payloads_is_told_where_it_failed(place: Place) {
    let store = filled(&place).await;
    let told = store
        .verify(&mut |_| {}, &mut |entry| match entry.position {
            5 => Err("its blob is not what it was".to_owned()),
            _ => Ok(()),
        })
        .await;
    let Err(VerifyFault::Broken(broken)) = told else { panic!("{told:?}") };
    assert_eq!(broken.position, 5);
    assert_eq!(broken.why, Why::Payload("its blob is not what it was".to_owned()));
}

async fn swap(place: &Place, one: u64, other: u64) {
    for (from, to) in [(one, 1_000), (other, one), (1_000, other)] {
        place.tamper(&format!("UPDATE entry SET position = {to} WHERE position = {from}")).await;
    }
}

fn literal(place: &Place, hex: &str) -> String {
    if place.is_sqlite() { format!("X'{hex}'") } else { format!("'\\x{hex}'") }
}

/// What is found on the model's disk.
mod model_disk {
    use fengsui_store::{Tampering, Why};

    use super::{ENTRIES, broken, filled, verified};
    use crate::place::Place;

    #[tokio::test]
    async fn whatever_is_done_to_the_model_is_found_where_it_was_done() {
        let cases = [
            (Tampering::Payload(5), (5, Why::Changed)),
            (Tampering::PayloadAndHash(4), (4, Why::Changed)),
            (Tampering::PayloadAndHash(ENTRIES), (ENTRIES, Why::Head)),
            (Tampering::Remove(4), (4, Why::Removed)),
            (Tampering::Remove(ENTRIES), (ENTRIES, Why::Removed)),
            (Tampering::Swap(3, 4), (3, Why::Reordered)),
            (Tampering::Head, (ENTRIES, Why::Head)),
        ];
        for (tampering, found) in cases {
            let place = Place::model();
            let store = filled(&place).await;
            assert_eq!(verified(&store).await, ENTRIES);
            place.disk.as_ref().unwrap().tamper(tampering.clone());
            assert_eq!(broken(&store).await, found, "{tampering:?}");
        }
    }
}

//! Any mixture of commands leaves a sound journal that agrees with every answer.

use std::collections::BTreeMap;

use fengsui_store::{Claim, Commit, Hash};
use proptest::prelude::*;

use crate::place::{Place, command, commit, moves, together, verified};

/// A command drawn from few ids, streams and keys, so that they meet often.
fn drawn() -> impl Strategy<Value = Commit> {
    let part = (0..6_u8, 0..4_u64, 0..3_u64);
    let parts = prop::collection::btree_map(0..6_u8, part, 0..4);
    (0..24_u128, parts, prop::option::of(0..4_u8)).prop_map(|(number, parts, key)| {
        let streams: Vec<_> = parts
            .into_iter()
            .map(|(stream, (_, expected, entries))| {
                moves(&format!("report:{stream}"), expected, entries.max(u64::from(expected == 0)))
            })
            .collect();
        let claim = |key| Claim {
            series: "receipt".to_owned(),
            key: format!("A-{key}"),
            holder: number.to_string(),
        };
        Commit { streams, claims: key.map(claim).into_iter().collect(), ..commit(number) }
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_journal_agrees_with_every_answer(rounds in prop::collection::vec(prop::collection::vec(drawn(), 1..16), 1..5)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            agrees(Place::sqlite(), rounds.clone()).await;
            agrees(Place::model(), rounds).await;
        });
    }

    /// One after another there is one right answer to each, so the model must give it as well.
    #[test]
    fn the_model_answers_as_a_database_does(commits in prop::collection::vec(drawn(), 1..40)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let on_sqlite = in_turn(Place::sqlite(), &commits).await;
            assert_eq!(in_turn(Place::model(), &commits).await, on_sqlite);
        });
    }
}

/// The answers in words, and the hash of the last entry.
async fn in_turn(place: Place, commits: &[Commit]) -> (Vec<String>, Hash) {
    let store = place.open().await;
    let mut answers = Vec::new();
    for commit in commits {
        answers.push(format!("{:?}", store.append(commit.clone()).await));
    }
    (answers, store.head().await.unwrap().hash)
}

async fn agrees(place: Place, rounds: Vec<Vec<Commit>>) {
    let store = place.open().await;
    let mut accepted = BTreeMap::new();
    for round in rounds {
        let ids: Vec<_> = round.iter().map(|commit| commit.command_id).collect();
        for (id, answer) in ids.into_iter().zip(together(&store, round).await) {
            let Ok(committed) = answer else { continue };
            let first = accepted.entry(id).or_insert_with(|| committed.clone());
            assert_eq!((&first.answer, &first.entries), (&committed.answer, &committed.entries));
        }
    }

    let head = verified(&store).await;
    let entries = store.entries(0, 10_000).await.unwrap();
    assert_eq!(u64::try_from(entries.len()).unwrap(), head);
    let mut versions = BTreeMap::new();
    for entry in &entries {
        let version = versions.entry(entry.stream.as_str()).or_insert(0);
        *version += 1;
        assert_eq!(entry.version, *version);
    }
    for (stream, version) in versions {
        assert_eq!(store.version(stream).await.unwrap(), version);
    }
    let placed: usize = accepted.values().map(|committed| committed.entries.len()).sum();
    assert_eq!(placed, entries.len());
    for number in 0..24 {
        let found = store.committed(command(number)).await.unwrap();
        let told = accepted.get(&command(number));
        assert_eq!(found.map(|it| it.entries), told.map(|it| it.entries.clone()));
    }
}

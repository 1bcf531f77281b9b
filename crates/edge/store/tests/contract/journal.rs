//! Appending: one order, one winner, one answer.

use fengsui_store::{AppendFault, Claim, Commit, NewBlob, Settings, StoreFault, StreamCommit};
use fengsui_vocabulary::{BlobId, Realm};
use tokio::sync::broadcast::error::TryRecvError;

use crate::place::{
    Place, at, command, commit, entry, moves, on_every_engine, one, together, verified,
};

on_every_engine! {
    an_entry_is_read_as_it_was_written
    both_engines_write_the_same_journal
    positions_have_no_gaps_whatever_is_refused
    a_stale_decision_is_overtaken_and_writes_nothing
    of_two_commands_that_wait_together_one_wins_a_stream
    a_new_stream_that_is_there_already_is_overtaken
    a_repeat_gets_the_first_answer
    a_repeat_that_waits_with_the_first_is_written_once
    a_command_without_entries_is_remembered
    what_was_committed_can_be_looked_up
    the_time_of_record_never_runs_backwards
    rows_that_would_no_longer_hold_are_decided_again
    commands_in_order_stand_in_that_order
    a_lost_claim_names_its_holder_and_writes_nothing
    a_claim_may_be_repeated_by_its_holder
    of_two_claims_that_wait_together_one_wins
    commands_that_wait_share_a_transaction
    one_bad_command_does_not_take_the_others_with_it
    a_text_with_nul_is_refused
    a_malformed_commit_is_refused
    a_full_queue_is_told
    what_waits_is_written_before_the_store_closes
    followers_are_told_which_streams_moved
    streams_are_read_one_after_another
}

async fn an_entry_is_read_as_it_was_written(place: Place) {
    let store = place.open().await;
    let realm: Realm = "exercise:spring".parse().unwrap();
    let stream = StreamCommit {
        entries: vec![entry(r#"{"标题":"客户数据被窃"}"#), entry("")],
        ..moves("report:1", 0, 0)
    };
    let written = store
        .append(Commit {
            realm: realm.clone(),
            on_behalf_of: Some("per_mara".to_owned()),
            streams: vec![stream],
            ..commit(1)
        })
        .await
        .unwrap();
    let read = store.stream("report:1", 0, 10).await.unwrap();

    assert_eq!(read.len(), 2);
    assert_eq!(read[0].payload, r#"{"标题":"客户数据被窃"}"#);
    assert_eq!(read[1].payload, "");
    assert_eq!((read[1].position, read[1].version), (2, 2));
    assert_eq!(read[0].realm, realm);
    assert_eq!(read[0].actor, "per_lin");
    assert_eq!(read[0].on_behalf_of.as_deref(), Some("per_mara"));
    assert_eq!(read[0].command_id, command(1));
    assert_eq!((read[0].recorded_at, read[0].happened_at), (at(0), at(-20)));
    assert_eq!((read[0].kind.as_str(), read[0].kind_version), ("report-received", 1));
    assert_eq!(read[1].previous, read[0].hash);
    assert_eq!(written.entries[1].hash, read[1].hash);
    assert_eq!(store.head().await.unwrap().hash, read[1].hash);
    assert_eq!(store.stream("report:1", 1, 10).await.unwrap(), read[1..]);
    assert_eq!(store.version("report:1").await.unwrap(), 2);
    assert_eq!(store.version("report:2").await.unwrap(), 0);
    assert_eq!(store.entry(2).await.unwrap().as_ref(), Some(&read[1]));
    assert_eq!(store.entry(3).await.unwrap(), None);
}

/// The constant is the hash of a chain, so it fixes the format on both engines at once.
async fn both_engines_write_the_same_journal(place: Place) {
    let store = place.open().await;
    store.append(one(1, "report:1", 0)).await.unwrap();
    let behalf = Some("per_mara".to_owned());
    store.append(Commit { on_behalf_of: behalf, ..one(2, "report:1", 1) }).await.unwrap();
    store.append(Commit { now: at(9), ..one(3, "报告:2", 0) }).await.unwrap();
    assert_eq!(
        store.head().await.unwrap().hash.to_string(),
        "c48aa2b1a3f81a894d9b5819c925eeb183d5f9f4c0b3fcde601597972c269bc8"
    );
}

async fn positions_have_no_gaps_whatever_is_refused(place: Place) {
    let store = place.open().await;
    let mut commits = Vec::new();
    for number in 0..60 {
        // Every third is too late, every fifth wants the same key.
        let expected = if number % 3 == 0 { 7 } else { 0 };
        let mut commit = one(number, &format!("report:{number}"), expected);
        if number % 5 == 0 {
            commit.claims = vec![claim("receipt", "A-1", &format!("report:{number}"))];
        }
        commit.streams.push(moves(&format!("incident:{number}"), 0, 2));
        commits.push(commit);
    }
    let answers = together(&store, commits).await;
    let written = answers.iter().filter(|answer| answer.is_ok()).count();

    assert_eq!(written, 40 - 8 + 1);
    let entries = store.entries(0, 1_000).await.unwrap();
    let positions: Vec<u64> = entries.iter().map(|entry| entry.position).collect();
    assert_eq!(positions, (1..=u64::try_from(written * 3).unwrap()).collect::<Vec<_>>());
    assert_eq!(verified(&store).await, u64::try_from(written * 3).unwrap());
}

async fn a_stale_decision_is_overtaken_and_writes_nothing(place: Place) {
    let store = place.open().await;
    store.append(one(1, "incident:1", 0)).await.unwrap();
    let late = Commit {
        streams: vec![moves("a-new-one", 0, 1), moves("incident:1", 0, 1), moves("z", 0, 1)],
        claims: vec![claim("receipt", "A-1", "z")],
        ..commit(2)
    };
    let told = store.append(late).await;

    assert!(matches!(told, Err(AppendFault::Overtaken { stream }) if stream == "incident:1"));
    let later = Commit { streams: vec![moves("incident:1", 4, 1), moves("b", 0, 1)], ..commit(3) };
    assert!(matches!(store.append(later).await, Err(AppendFault::Overtaken { .. })));
    assert_eq!(store.head().await.unwrap().position, 1);
    for stream in ["a-new-one", "z", "b"] {
        assert_eq!(store.version(stream).await.unwrap(), 0);
    }
    assert!(store.committed(command(2)).await.unwrap().is_none());
    let other = Commit { claims: vec![claim("receipt", "A-1", "other")], ..one(4, "other", 0) };
    store.append(other).await.unwrap();
}

async fn of_two_commands_that_wait_together_one_wins_a_stream(place: Place) {
    let store = place.open().await;
    store.append(one(1, "report:1", 0)).await.unwrap();
    let answers = together(&store, (2..12).map(|it| one(it, "report:1", 1)).collect()).await;

    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1);
    let overtaken = |answer: &&Result<_, _>| matches!(answer, Err(AppendFault::Overtaken { .. }));
    assert_eq!(answers.iter().filter(overtaken).count(), 9);
    assert_eq!(verified(&store).await, 2);
}

async fn a_new_stream_that_is_there_already_is_overtaken(place: Place) {
    let store = place.open().await;
    store.append(one(1, "report:1", 0)).await.unwrap();
    let answers = together(&store, vec![one(2, "report:2", 0), one(3, "report:1", 0)]).await;

    assert!(answers[0].is_ok());
    assert!(matches!(&answers[1], Err(AppendFault::Overtaken { stream }) if stream == "report:1"));
    assert_eq!(verified(&store).await, 2);
}

async fn a_repeat_gets_the_first_answer(place: Place) {
    let store = place.open().await;
    let first = store.append(one(1, "report:1", 0)).await.unwrap();
    store.append(one(2, "report:2", 0)).await.unwrap();
    let changed = Commit { answer: "another".to_owned(), ..one(1, "report:9", 0) };
    let again = store.append(changed.clone()).await.unwrap();

    assert!(!first.repeated && again.repeated);
    assert_eq!((&again.answer, &again.entries), (&first.answer, &first.entries));
    assert_eq!(store.version("report:9").await.unwrap(), 0);
    store.close().await;
    let store = place.open().await;
    assert_eq!(store.append(changed).await.unwrap(), again);
    assert_eq!(store.figures().repeats, 1);
    assert_eq!(verified(&store).await, 2);
}

async fn a_repeat_that_waits_with_the_first_is_written_once(place: Place) {
    let store = place.open().await;
    let answers = together(&store, vec![one(1, "report:1", 0); 5]).await;
    let answers: Vec<_> = answers.into_iter().map(Result::unwrap).collect();

    assert_eq!(answers.iter().filter(|answer| !answer.repeated).count(), 1);
    assert!(answers.iter().all(|answer| answer.entries == answers[0].entries));
    assert_eq!(verified(&store).await, 1);
}

async fn a_command_without_entries_is_remembered(place: Place) {
    let store = place.open().await;
    store.append(commit(1)).await.unwrap();
    store.append(one(2, "report:1", 0)).await.unwrap();
    let again = store.append(commit(1)).await.unwrap();
    assert!(again.repeated && again.entries.is_empty());
    assert_eq!(again.answer, "answer 1");
    assert_eq!(verified(&store).await, 1);
}

async fn what_was_committed_can_be_looked_up(place: Place) {
    let store = place.open().await;
    let streams = vec![moves("b", 0, 2), moves("a", 0, 1)];
    let written = store.append(Commit { streams, ..commit(1) }).await.unwrap();
    let found = store.committed(command(1)).await.unwrap().unwrap();

    assert_eq!(found.entries, written.entries);
    let order: Vec<_> = found.entries.iter().map(|it| (it.stream.as_str(), it.version)).collect();
    assert_eq!(order, [("b", 1), ("b", 2), ("a", 1)]);
    assert_eq!(store.committed(command(2)).await.unwrap(), None);
}

async fn the_time_of_record_never_runs_backwards(place: Place) {
    let store = place.open().await;
    for (number, minutes) in [(1, 10), (2, 5), (3, 12), (4, -60)] {
        let commit = one(number, &format!("report:{number}"), 0);
        store.append(Commit { now: at(minutes), ..commit }).await.unwrap();
    }
    let entries = store.entries(0, 10).await.unwrap();
    let recorded: Vec<_> = entries.iter().map(|entry| entry.recorded_at).collect();
    assert_eq!(recorded, [at(10), at(10), at(12), at(12)]);
    assert_eq!(store.head().await.unwrap().recorded_at, at(12));
}

async fn rows_that_would_no_longer_hold_are_decided_again(place: Place) {
    let store = place.open().await;
    store.append(Commit { now: at(10), ..one(1, "report:1", 0) }).await.unwrap();
    let until = |number, minutes| Commit {
        holds_until: Some(at(minutes)),
        now: at(5),
        ..one(number, &format!("report:{number}"), 0)
    };
    let answers = together(&store, vec![until(2, 9), until(3, 11), until(4, 10)]).await;

    assert!(matches!(&answers[0], Err(AppendFault::Overtaken { stream }) if stream == "report:2"));
    assert!(answers[1].is_ok());
    assert!(matches!(&answers[2], Err(AppendFault::Overtaken { .. })), "it holds until, not at");
    assert_eq!(store.version("report:2").await.unwrap(), 0);
    assert_eq!(verified(&store).await, 2);
}

async fn commands_in_order_stand_in_that_order(place: Place) {
    let store = place.open().await;
    store.append(one(1, "report:1", 0)).await.unwrap();
    let commits = [(9, "report:9", 0), (4, "report:1", 3), (2, "report:2", 0)];
    let commits = commits.map(|(number, stream, expected)| one(number, stream, expected));
    let ends = store.append_in_order(commits.to_vec()).await;
    assert!(ends[0].is_ok() && ends[2].is_ok());
    assert!(matches!(&ends[1], Err(AppendFault::Overtaken { .. })), "it was overtaken by itself");
    let streams: Vec<String> =
        store.entries(0, 10).await.unwrap().into_iter().map(|entry| entry.stream).collect();
    assert_eq!(streams, ["report:1", "report:9", "report:2"]);

    let hollow = Commit { streams: vec![moves("a", 0, 0)], ..commit(5) };
    let ends = store.append_in_order(vec![hollow, one(6, "report:6", 0)]).await;
    assert!(matches!(&ends[0], Err(AppendFault::Store(StoreFault::Malformed(_)))));
    assert!(matches!(&ends[1], Err(AppendFault::Busy)), "nothing overtakes what was not taken");
}

async fn a_lost_claim_names_its_holder_and_writes_nothing(place: Place) {
    let store = place.open().await;
    let claims = vec![claim("receipt", "A-1", "report:1")];
    store.append(Commit { claims, ..one(1, "report:1", 0) }).await.unwrap();
    let claims = vec![claim("receipt", "A-2", "report:2"), claim("receipt", "A-1", "report:2")];
    let told = store.append(Commit { claims, ..one(2, "report:2", 0) }).await;

    let Err(AppendFault::ClaimLost { series, key, holder }) = told else { panic!("{told:?}") };
    assert_eq!((series, key, holder), ("receipt".into(), "A-1".into(), "report:1".into()));
    assert_eq!(store.version("report:2").await.unwrap(), 0);
    let claims = vec![claim("receipt", "A-2", "report:3"), claim("account", "A-1", "report:3")];
    store.append(Commit { claims, ..one(3, "report:3", 0) }).await.unwrap();
}

async fn a_claim_may_be_repeated_by_its_holder(place: Place) {
    let store = place.open().await;
    let claims = vec![claim("account", "lin", "person:1")];
    store.append(Commit { claims: claims.clone(), ..one(1, "person:1", 0) }).await.unwrap();
    store.append(Commit { claims, ..one(2, "person:1", 1) }).await.unwrap();
}

async fn of_two_claims_that_wait_together_one_wins(place: Place) {
    let store = place.open().await;
    let wants = |number: u128| {
        let stream = format!("report:{number}");
        let claims = vec![claim("receipt", "A-1", &stream)];
        Commit { claims, ..one(number, &stream, 0) }
    };
    let answers = together(&store, (1..9).map(wants).collect()).await;
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1);
    assert_eq!(verified(&store).await, 1);
}

async fn commands_that_wait_share_a_transaction(place: Place) {
    let store = place.open().await;
    let commits = (1..=128).map(|number| one(number, &format!("report:{number}"), 0)).collect();
    for answer in together(&store, commits).await {
        answer.unwrap();
    }
    let figures = store.figures();
    assert_eq!((figures.commits, figures.entries), (128, 128));
    assert!(figures.batches <= 4, "{figures:?}");
    assert!(figures.flushes >= figures.batches);
    assert_eq!(verified(&store).await, 128);
}

async fn one_bad_command_does_not_take_the_others_with_it(place: Place) {
    let store = place.open().await;
    let id = BlobId::from_bits(1);
    store.put_blob(id, b"key", b"there already", at(0)).await.unwrap();
    let mut commits: Vec<Commit> =
        (1..=32).map(|number| one(number, &format!("report:{number}"), 0)).collect();
    commits[20].blobs = vec![NewBlob { id, key: vec![1], bytes: vec![2] }];
    let answers = together(&store, commits).await;

    for (place, answer) in answers.iter().enumerate() {
        assert_eq!(answer.is_ok(), place != 20, "{place} {answer:?}");
    }
    assert!(matches!(&answers[20], Err(AppendFault::Store(StoreFault::Database { .. }))));
    if place.disk.is_none() {
        assert_eq!(store.figures().halvings, 5); // the model writes one by one
    }
    assert_eq!(verified(&store).await, 31);
    assert_eq!(store.read_blob(id).await.unwrap().unwrap(), b"there already");
}

async fn a_text_with_nul_is_refused(place: Place) {
    let store = place.open().await;
    let mut commit = one(1, "report:1", 0);
    commit.streams[0].entries[0].payload.push('\0');
    let told = store.append(commit).await;
    assert!(matches!(told, Err(AppendFault::Store(StoreFault::Nul("payload")))));
    let claims = vec![claim("receipt", "\0", "report:1")];
    let told = store.append(Commit { claims, ..one(2, "report:1", 0) }).await;
    assert!(matches!(told, Err(AppendFault::Store(StoreFault::Nul("claim")))));
    assert_eq!(store.head().await.unwrap().position, 0);
}

async fn a_malformed_commit_is_refused(place: Place) {
    let store = place.open().await;
    let twice = Commit { streams: vec![moves("a", 0, 1), moves("a", 0, 1)], ..commit(1) };
    let hollow = Commit { streams: vec![moves("a", 0, 0)], ..commit(2) };
    for bad in [twice, hollow] {
        let told = store.append(bad).await;
        assert!(matches!(told, Err(AppendFault::Store(StoreFault::Malformed(_)))), "{told:?}");
    }
}

async fn a_full_queue_is_told(place: Place) {
    let settings = Settings { queue_max: 2, ..place.settings.clone() };
    let place = Place { settings, ..place };
    let store = place.open().await;
    let commits = (1..=10).map(|number| one(number, &format!("report:{number}"), 0)).collect();
    let answers = together(&store, commits).await;

    let busy = answers.iter().filter(|answer| matches!(answer, Err(AppendFault::Busy))).count();
    let written = answers.iter().filter(|answer| answer.is_ok()).count();
    assert_eq!((written, busy), (2, 8));
    store.append(one(11, "report:11", 0)).await.unwrap();
    assert_eq!(verified(&store).await, 3);
}

async fn what_waits_is_written_before_the_store_closes(place: Place) {
    let store = place.open().await;
    let commits: Vec<_> =
        (1..=20).map(|number| one(number, &format!("report:{number}"), 0)).collect();
    let (answers, ()) = tokio::join!(together(&store, commits), async {
        tokio::task::yield_now().await;
        store.close().await;
    });
    let written = answers.iter().filter(|answer| answer.is_ok()).count();
    let refused = |it: &&Result<_, _>| matches!(it, Err(AppendFault::Store(StoreFault::Closed)));
    assert_eq!(written + answers.iter().filter(refused).count(), 20);
    let told = store.append(one(30, "report:30", 0)).await;
    assert!(matches!(told, Err(AppendFault::Store(StoreFault::Closed))));

    let store = place.open().await;
    assert_eq!(verified(&store).await, u64::try_from(written).unwrap());
}

async fn followers_are_told_which_streams_moved(place: Place) {
    let store = place.open().await;
    let mut follower = store.follow();
    let streams = vec![moves("incident:1", 0, 2), moves("report:1", 0, 1)];
    store.append(Commit { streams, ..commit(1) }).await.unwrap();
    let moved = follower.recv().await.unwrap();
    assert_eq!(moved.position, 3);
    assert_eq!(&*moved.streams, ["incident:1", "report:1"]);

    store.append(one(2, "incident:1", 0)).await.unwrap_err();
    store.append(one(1, "incident:1", 0)).await.unwrap();
    assert_eq!(follower.try_recv(), Err(TryRecvError::Empty));
}

async fn streams_are_read_one_after_another(place: Place) {
    let store = place.open().await;
    for (number, stream, expected) in [(1, "b", 0), (2, "a", 0), (3, "b", 1), (4, "C", 0)] {
        store.append(one(number, stream, expected)).await.unwrap();
    }
    let mut order = Vec::new();
    let mut after = (String::new(), 0);
    loop {
        let page = store.entries_by_stream((&after.0, after.1), 1).await.unwrap();
        let Some(last) = page.last() else { break };
        after = (last.stream.clone(), last.version);
        order.push(after.clone());
    }
    let expected = [("C", 1), ("a", 1), ("b", 1), ("b", 2)];
    assert_eq!(order, expected.map(|(stream, version)| (stream.to_owned(), version)));
}

fn claim(series: &str, key: &str, holder: &str) -> Claim {
    Claim { series: series.to_owned(), key: key.to_owned(), holder: holder.to_owned() }
}

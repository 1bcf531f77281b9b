//! A TAXII server on loopback, with manners good and bad.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::Query;
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;
use axum::routing::get;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::*;
use crate::offloaded::Blocking as _;
use crate::pull::tests::{Served, http, served, spool};
use crate::source::Positions;
use crate::spool::{Content, SpoolSource};

/// How a server behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Manner {
    Exclusive,
    Inclusive,
    /// Always gives the first page, each time with another `next`.
    Repeats,
    /// Always gives the same `next`.
    SameToken,
    /// Says that there is more, and nothing else.
    NoToken,
    /// Keeps the place itself: every request with `next` gives what follows the one before.
    Session(usize),
    /// Does not know its own tokens any more from this request on.
    Forgets(usize),
}

/// Objects with the second at which they were added, in that order.
struct Collection {
    manner: Manner,
    objects: Vec<(String, Value)>,
    asked: Vec<BTreeMap<String, String>>,
    accepted: Option<String>,
}

type Shared = Arc<Mutex<Collection>>;

fn time(second: usize) -> String {
    format!("2026-03-14T00:00:{second:02}.000000Z")
}

fn collection(manner: Manner, seconds: &[(usize, usize)]) -> Shared {
    let objects = Vec::new();
    let shared =
        Arc::new(Mutex::new(Collection { manner, objects, asked: Vec::new(), accepted: None }));
    for (second, count) in seconds {
        add(&shared, *second, *count);
    }
    shared
}

fn add(shared: &Shared, second: usize, count: usize) {
    let mut shared = shared.lock().unwrap();
    for _ in 0..count {
        let nth = shared.objects.len();
        shared.objects.push((time(second), json!({"type": "indicator", "id": nth})));
    }
}

fn answer(
    shared: &Shared,
    query: &BTreeMap<String, String>,
    headers: &HeaderMap,
) -> axum::response::Response {
    let mut shared = shared.lock().unwrap();
    shared.accepted = headers.get("accept").map(|value| value.to_str().unwrap().to_owned());
    shared.asked.push(query.clone());
    let manner = shared.manner;
    let limit: usize = query["limit"].parse().unwrap();
    let after = query.get("added_after").cloned().unwrap_or_default();
    let fits = |added: &String| {
        if manner == Manner::Inclusive { *added >= after } else { *added > after }
    };
    let fitting: Vec<&(String, Value)> =
        shared.objects.iter().filter(|(added, _)| fits(added)).collect();
    let is_forgotten = matches!(manner, Manner::Forgets(at) if at == shared.asked.len());
    if is_forgotten && query.contains_key("next") {
        return StatusCode::NOT_FOUND.into_response();
    }
    let from: usize = if manner == Manner::Repeats {
        0
    } else {
        query.get("next").map_or(0, |next| next.parse().unwrap())
    };
    let from = if let Manner::Session(at) = manner
        && query.contains_key("next")
    {
        at
    } else {
        from
    };
    let page: Vec<_> = fitting.iter().skip(from).take(limit).collect();
    let more = from + page.len() < fitting.len();
    let mut body = json!({"objects": page.iter().map(|(_, object)| object).collect::<Vec<_>>()});
    if more {
        body["more"] = json!(true);
        match manner {
            Manner::NoToken => {}
            Manner::SameToken | Manner::Session(_) => body["next"] = json!("0"),
            Manner::Repeats => body["next"] = json!(shared.asked.len().to_string()),
            Manner::Exclusive | Manner::Inclusive | Manner::Forgets(_) => {
                body["next"] = json!((from + page.len()).to_string());
            }
        }
    }
    let (reached, last) = (from + page.len(), page.last().map(|(last, _)| last.clone()));
    if let Manner::Session(at) = &mut shared.manner {
        *at = reached;
    }
    let mut out = HeaderMap::new();
    if let Some(last) = last {
        out.insert("x-taxii-date-added-last", last.parse().unwrap());
    }
    (out, body.to_string()).into_response()
}

async fn serving(shared: &Shared) -> Served {
    let shared = Arc::clone(shared);
    let objects =
        move |Query(query), headers: HeaderMap| async move { answer(&shared, &query, &headers) };
    let discovery = json!({"title": "t", "api_roots": ["/api1/"]}).to_string();
    let list = json!({"collections": [
        {"id": "one", "title": "One", "can_read": true, "can_write": false},
        {"id": "two", "title": "Two", "can_read": false, "can_write": false},
    ]});
    let list = list.to_string();
    served(
        Router::new()
            .route("/taxii2/", get(move || async move { discovery }))
            .route("/api1/collections/", get(move || async move { list }))
            .route("/api1/collections/one/objects/", get(objects)),
    )
    .await
}

fn taxii(server: &Served, folder: &TempDir, page_objects: u32) -> Taxii {
    let setting = TaxiiSetting {
        collection: format!("http://feed.test:{}/api1/collections/one", server.port)
            .parse()
            .unwrap(),
        every: Duration::from_mins(1),
        credential: Some(Credential::Bearer("t".into())),
        page_objects,
        page_bytes_max: 10_000_000,
        pages_max: 1000,
    };
    Taxii::new(http(), setting, spool(folder))
}

fn at(minute: i64) -> Timestamp {
    Timestamp::from_second(1_773_450_000 + minute * 60).unwrap()
}

fn ids(folder: &TempDir) -> Vec<u64> {
    let mut source = SpoolSource::new(spool(folder), Content::Messages);
    let mut ids = Vec::new();
    while let Some(delivery) = source.next(&Positions::none()).unwrap() {
        for piece in delivery.fresh() {
            let bundle: Value = serde_json::from_slice(delivery.block.piece(piece)).unwrap();
            assert_eq!(bundle["type"], "bundle");
            ids.push(bundle["objects"][0]["id"].as_u64().unwrap());
        }
    }
    ids
}

#[tokio::test]
async fn ten_thousand_objects_of_one_time_come_once_from_either_kind_of_server() {
    for manner in [Manner::Exclusive, Manner::Inclusive] {
        let shared = collection(manner, &[(1, 10_000)]);
        let server = serving(&shared).await;
        let folder = TempDir::new().unwrap();
        let mut client = taxii(&server, &folder, 1000);
        assert_eq!(client.poll(at(0)).await.unwrap(), Pulled::Kept(10_000));
        assert_eq!(client.poll(at(1)).await.unwrap(), Pulled::Unchanged, "{manner:?}");
        add(&shared, 2, 3);
        assert_eq!(client.poll(at(2)).await.unwrap(), Pulled::Kept(3), "{manner:?}");
        assert_eq!(client.poll(at(3)).await.unwrap(), Pulled::Unchanged);
        drop(client);
        assert_eq!(ids(&folder), (0..10_003).collect::<Vec<_>>());
        let shared = shared.lock().unwrap();
        assert_eq!(shared.accepted.as_deref(), Some(MEDIA_TYPE));
        assert!(!shared.asked[0].contains_key("added_after"));
        assert_eq!(shared.asked.last().unwrap()["added_after"], time(2));
    }
}

#[tokio::test]
async fn a_run_that_was_broken_off_goes_on_where_it_was() {
    let shared = collection(Manner::Inclusive, &[(1, 4), (2, 4), (3, 4)]);
    let server = serving(&shared).await;
    let folder = TempDir::new().unwrap();
    let mut first = taxii(&server, &folder, 3);
    first.setting.pages_max = 2;
    assert_eq!(first.poll(at(0)).await.unwrap(), Pulled::Kept(6));
    drop(first);
    let mut again = taxii(&server, &folder, 3);
    assert_eq!(again.poll(at(0)).await.unwrap(), Pulled::Kept(6));
    assert_eq!(again.poll(at(1)).await.unwrap(), Pulled::Unchanged);
    drop(again);
    assert_eq!(ids(&folder), (0..12).collect::<Vec<_>>());
    // A `next` is not trusted by whoever did not see its answer.
    let asked = shared.lock().unwrap().asked[2].clone();
    assert_eq!((asked.get("next"), asked["added_after"].clone()), (None, time(1)));
}

#[tokio::test]
async fn what_does_not_fit_into_one_run_comes_with_the_next() {
    let shared = collection(Manner::Exclusive, &[(1, 10)]);
    let server = serving(&shared).await;
    let folder = TempDir::new().unwrap();
    let mut client = taxii(&server, &folder, 3);
    client.setting.pages_max = 2;
    assert_eq!(client.poll(at(0)).await.unwrap(), Pulled::Kept(6));
    assert_eq!(client.poll(at(1)).await.unwrap(), Pulled::Kept(4));
    assert_eq!(shared.lock().unwrap().asked[2]["next"], "6");
    drop(client);
    assert_eq!(ids(&folder), (0..10).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_server_that_keeps_the_place_itself_may_use_one_token() {
    let shared = collection(Manner::Session(0), &[(1, 4), (2, 4), (3, 2)]);
    let server = serving(&shared).await;
    let folder = TempDir::new().unwrap();
    let mut client = taxii(&server, &folder, 3);
    client.setting.pages_max = 2;
    assert_eq!(client.poll(at(0)).await.unwrap(), Pulled::Kept(6));
    drop(client);
    // An answer that did not arrive: the server has moved on, and we were killed.
    shared.lock().unwrap().manner = Manner::Session(9);
    let mut again = taxii(&server, &folder, 3);
    assert_eq!(again.poll(at(1)).await.unwrap(), Pulled::Kept(4));
    drop(again);
    assert_eq!(ids(&folder), (0..10).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_server_that_forgot_where_we_were_is_asked_from_the_beginning_of_the_run() {
    let shared = collection(Manner::Forgets(3), &[(1, 4), (2, 4), (3, 4)]);
    let server = serving(&shared).await;
    let folder = TempDir::new().unwrap();
    let mut client = taxii(&server, &folder, 3);
    assert_eq!(client.poll(at(0)).await.unwrap(), Pulled::Kept(12));
    drop(client);
    assert_eq!(ids(&folder), (0..12).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_server_that_goes_round_in_circles_is_stopped() {
    for manner in [Manner::Repeats, Manner::SameToken, Manner::NoToken] {
        let shared = collection(manner, &[(1, 10)]);
        let server = serving(&shared).await;
        let folder = TempDir::new().unwrap();
        let mut client = taxii(&server, &folder, 4);
        let fault = client.poll(at(0)).await;
        let is_stopped = matches!(fault, Err(PullFault::Protocol { .. }));
        // Without a token the next page is asked for by time; an exclusive server then has nothing left.
        assert!(is_stopped || manner == Manner::NoToken, "{manner:?}: {fault:?}");
        assert!(shared.lock().unwrap().asked.len() < 4);
        drop(client);
        let ids = ids(&folder);
        assert!(ids.is_sorted_by(|left, right| left < right), "{manner:?}: {ids:?}");
    }
}

#[tokio::test]
async fn what_is_not_taxii_is_a_fault_and_moves_nothing() {
    let router = Router::new().route("/api1/collections/one/objects/", get(|| async { "<html>" }));
    let server = served(router).await;
    let folder = TempDir::new().unwrap();
    let mut client = taxii(&server, &folder, 4);
    let fault = client.poll(at(0)).await;
    assert!(matches!(fault, Err(PullFault::Protocol { .. })), "{fault:?}");
    assert_eq!(client.spool.memo(), None);
}

#[tokio::test]
async fn collections_are_found_by_discovery() {
    let server = serving(&collection(Manner::Exclusive, &[])).await;
    let discovery = format!("http://feed.test:{}/taxii2/", server.port).parse().unwrap();
    let found = Taxii::collections(&http(), &discovery, None).await.unwrap();
    let told: Vec<(&str, bool)> = found.iter().map(|it| (it.url.path(), it.can_read)).collect();
    assert_eq!(told, [("/api1/collections/one/", true), ("/api1/collections/two/", false)]);
}

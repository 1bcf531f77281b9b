//! Pushing records: who may, what is answered, and what is refused.

use std::sync::Arc;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use fengsui_desk::Scope;
use fengsui_scenarios::StoryLookout;

use crate::house::{Answer, House};

async fn watched() -> House {
    let house = House::new().await;
    let watch = StoryLookout::of(&house.desk, house.desk.now()).unwrap();
    house.desk.set_lookout(Arc::new(watch));
    house
}

async fn token(house: &House, scope: Scope, login: &str) -> String {
    let account = house.desk.account(login).await.unwrap().unwrap();
    house.desk.make_token_for(scope, account.person, "sensor").await.unwrap()
}

async fn push(house: &House, token: &str, feed: &str, body: Vec<u8>) -> Answer {
    push_as(house, token, feed, (body, &[])).await
}

async fn push_as(
    house: &House,
    token: &str,
    feed: &str,
    (body, encodings): (Vec<u8>, &[&str]),
) -> Answer {
    let mut request = Request::post(format!("/api/v1/watch/feeds/{feed}"))
        .header("authorization", format!("Bearer {token}"));
    for encoding in encodings {
        request = request.header("content-encoding", *encoding);
    }
    house.ask(request.body(Body::from(body)).unwrap()).await
}

fn is_problem(answer: &Answer, status: StatusCode, name: &str) {
    assert_eq!(answer.status, status, "{}", answer.text);
    assert_eq!(answer.json()["type"], format!("urn:fengsui:problem:{name}"));
}

#[tokio::test]
async fn a_push_is_answered_with_its_number_until_the_spool_is_full() {
    let house = watched().await;
    let sensor = token(&house, Scope::Push, "gao").await;
    for number in 1..=3 {
        let pushed = push(&house, &sensor, StoryLookout::PUSHED, b"{}\n\xff".to_vec()).await;
        assert_eq!(pushed.status, StatusCode::ACCEPTED, "{}", pushed.text);
        assert_eq!(pushed.json()["number"], number);
    }
    let full = push(&house, &sensor, StoryLookout::PUSHED, b"{}".to_vec()).await;
    is_problem(&full, StatusCode::SERVICE_UNAVAILABLE, "spool-full");
    assert_eq!(full.headers["retry-after"], "10");
}

#[tokio::test]
async fn a_push_to_no_feed_or_of_too_many_bytes_is_refused() {
    let house = watched().await;
    let sensor = token(&house, Scope::Push, "gao").await;
    for feed in ["suricata-north", "no-such-feed", "No%20Name"] {
        let refused = push(&house, &sensor, feed, b"{}".to_vec()).await;
        is_problem(&refused, StatusCode::NOT_FOUND, "no-such-feed");
    }
    for bytes in [1024 * 1024 + 1, 8 * 1024 * 1024 + 1] {
        let refused = push(&house, &sensor, StoryLookout::PUSHED, vec![b' '; bytes]).await;
        is_problem(&refused, StatusCode::PAYLOAD_TOO_LARGE, "too-large");
    }
}

#[tokio::test]
async fn how_a_push_is_packed_reaches_the_watch_and_what_it_cannot_read_is_told_apart() {
    let house = watched().await;
    let sensor = token(&house, Scope::Push, "gao").await;
    let pushed = async |body: &[u8], encodings: &[&str]| {
        push_as(&house, &sensor, StoryLookout::PUSHED, (body.to_vec(), encodings)).await
    };
    assert_eq!(pushed(b"{}", &["identity"]).await.status, StatusCode::ACCEPTED);
    let broken = pushed(b"{}", &["gzip"]).await;
    is_problem(&broken, StatusCode::BAD_REQUEST, "not-unpacked");
    let empty = pushed(b"", &[]).await;
    is_problem(&empty, StatusCode::BAD_REQUEST, "empty");
    assert!(!empty.headers.contains_key("retry-after"), "it would be empty again");
    for encodings in [&["br"][..], &["gzip", "gzip"], &["gzip, zstd"]] {
        let unknown = pushed(b"{}", encodings).await;
        is_problem(&unknown, StatusCode::UNSUPPORTED_MEDIA_TYPE, "encoding-unknown");
        assert_eq!(unknown.headers["accept-encoding"], "gzip, zstd");
    }
}

#[tokio::test]
async fn a_token_for_one_feed_pushes_to_no_other() {
    let house = watched().await;
    let account = house.desk.account("gao").await.unwrap().unwrap();
    let made = async |feed: &str| {
        let feed = feed.parse().unwrap();
        house.desk.make_push_token(&feed, account.person, "probe").await.unwrap()
    };
    let own = made(StoryLookout::PUSHED).await;
    let pushed = push(&house, &own, StoryLookout::PUSHED, b"{}".to_vec()).await;
    assert_eq!(pushed.status, StatusCode::ACCEPTED, "{}", pushed.text);
    let other = made("suricata-north").await;
    let refused = push(&house, &other, StoryLookout::PUSHED, b"{}".to_vec()).await;
    is_problem(&refused, StatusCode::FORBIDDEN, "not-yours");
    assert!(refused.text.contains("suricata-north"), "{}", refused.text);
    house.desk.revoke_push_tokens("probe", None).await.unwrap();
    let refused = push(&house, &own, StoryLookout::PUSHED, b"{}".to_vec()).await;
    is_problem(&refused, StatusCode::UNAUTHORIZED, "unknown-client");
}

#[tokio::test]
async fn where_no_watch_is_set_up_there_is_no_feed() {
    let house = House::new().await;
    let sensor = token(&house, Scope::Push, "gao").await;
    let refused = push(&house, &sensor, StoryLookout::PUSHED, b"{}".to_vec()).await;
    is_problem(&refused, StatusCode::NOT_FOUND, "no-such-feed");
}

#[tokio::test]
async fn a_token_that_pushes_does_nothing_else_and_not_every_token_pushes() {
    let house = watched().await;
    let sensor = token(&house, Scope::Push, "lin").await;
    for path in ["/api/v1/reports", "/api/v1/incidents", "/api/v1/organisations"] {
        let request = Request::get(path)
            .header("authorization", format!("Bearer {sensor}"))
            .body(Body::empty());
        let refused = house.ask(request.unwrap()).await;
        is_problem(&refused, StatusCode::FORBIDDEN, "not-yours");
    }
    let liaison = token(&house, Scope::Person, "gao").await;
    let refused = push(&house, &liaison, StoryLookout::PUSHED, b"{}".to_vec()).await;
    is_problem(&refused, StatusCode::FORBIDDEN, "not-yours");
    let officer = token(&house, Scope::Person, "lin").await;
    let taken = push(&house, &officer, StoryLookout::PUSHED, b"{}".to_vec()).await;
    assert_eq!(taken.status, StatusCode::ACCEPTED);
    let unknown = push(&house, "fst_0", StoryLookout::PUSHED, b"{}".to_vec()).await;
    is_problem(&unknown, StatusCode::UNAUTHORIZED, "unknown-client");
}

#[tokio::test]
async fn an_administrator_makes_a_token_that_only_pushes() {
    let house = watched().await;
    let admin = house.browser("admin", "zh-CN").await;
    let fields = [("client", "north-sensor"), ("push", "yes")];
    let made = admin.post("/admin/accounts/gao/tokens", &fields).await;
    let token = made.text.split("fst_").nth(1).unwrap().split('<').next().unwrap();
    let token = format!("fst_{token}");
    let pushed = push(&house, &token, StoryLookout::PUSHED, b"{}".to_vec()).await;
    assert_eq!(pushed.status, StatusCode::ACCEPTED, "{}", pushed.text);
}

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
    let request = Request::post(format!("/api/v1/watch/feeds/{feed}"))
        .header("authorization", format!("Bearer {token}"))
        .body(Body::from(body));
    house.ask(request.unwrap()).await
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

//! Webhooks to a program that checks what it receives, as the documentation tells it to.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use fengsui_notices::signature::{IDEMPOTENCY_KEY, SIGNATURE, TIMESTAMP};
use fengsui_notices::{Attempt, Destination, Message, Notices, Outcome, Phrase, Secret, Sender};
use fengsui_outbound::{Dialler, Http, Names, Reach, Trust};
use jiff::Timestamp;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::{message, told};

const HOST: &str = "hook.test";

fn secret() -> Secret {
    Secret::new(*b"one for each destination").unwrap()
}

/// What the listener has taken, and which keys it knows already.
#[derive(Clone, Default)]
struct Listener {
    taken: Arc<Mutex<Vec<serde_json::Value>>>,
    keys: Arc<Mutex<BTreeSet<String>>>,
}

struct Listening {
    port: u16,
    listener: Listener,
    _work: JoinSet<()>,
}

async fn listening() -> Listening {
    let listener = Listener::default();
    let busy = || async { (StatusCode::TOO_MANY_REQUESTS, [("retry-after", "90")], "busy") };
    let router = Router::new()
        .route("/hook", post(take))
        .route("/busy", post(busy))
        .with_state(listener.clone());
    let socket = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let port = socket.local_addr().unwrap().port();
    let mut work = JoinSet::new();
    work.spawn(async move { axum::serve(socket, router).await.unwrap() });
    Listening { port, listener, _work: work }
}

async fn take(
    State(listener): State<Listener>,
    headers: HeaderMap,
    body: String,
) -> (StatusCode, &'static str) {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or("");
    let now: Timestamp = "2026-03-14T01:02:00Z".parse().unwrap();
    let checked = secret().check(header(TIMESTAMP), header(SIGNATURE), body.as_bytes(), now);
    if checked.is_err() {
        return (StatusCode::FORBIDDEN, "not believed");
    }
    if !listener.keys.lock().unwrap().insert(header(IDEMPOTENCY_KEY).to_owned()) {
        return (StatusCode::OK, "known");
    }
    listener.taken.lock().unwrap().push(serde_json::from_str(&body).unwrap());
    (StatusCode::OK, "taken")
}

fn notices() -> Notices {
    let addresses = vec![IpAddr::V4(Ipv4Addr::LOCALHOST)];
    let names = Names::Fixed(BTreeMap::from([(HOST.to_owned(), addresses)]));
    let reach = Reach::public().and(["127.0.0.0/8".parse().unwrap()]);
    Notices::none().calling(Http::new(Dialler::new(names, reach, Trust::nobody())))
}

fn call(port: u16, path: &str, secret: Secret) -> Message {
    let url = format!("http://{HOST}:{port}{path}").parse().unwrap();
    message(1, Destination::Webhook { url, secret, to: Some(Phrase::of("+86 21 0000")) })
}

#[tokio::test]
async fn a_listener_believes_what_is_signed_and_takes_it_once() {
    let listening = listening().await;
    let first = call(listening.port, "/hook", secret());
    assert_eq!(told(&notices().send(&first).await), "delivered: 200 taken");
    let mut again = first;
    again.attempt = Attempt { number: 2, at: "2026-03-14T01:01:00Z".parse().unwrap() };
    assert_eq!(told(&notices().send(&again).await), "delivered: 200 known");
    let taken = listening.listener.taken.lock().unwrap().clone();
    assert_eq!(
        taken,
        [serde_json::json!({
            "id": "ntc_1@desk.test",
            "attempt": 1,
            "written_at": "2026-03-14T01:00:00Z",
            "lang": "zh-CN",
            "to": "+86 21 0000",
            "subject": "【即将到期】口头报告：SH-2026-7 供水平台",
            "text": "截止：2026-03-14 10:30 +08:00\n.\n办理：https://desk.test/",
        })]
    );
}

#[tokio::test]
async fn another_secret_or_an_old_signature_is_not_believed() {
    let listening = listening().await;
    let other = Secret::new(*b"of another destination").unwrap();
    let outcome = notices().send(&call(listening.port, "/hook", other)).await;
    assert_eq!(told(&outcome), "refused: 403 not believed");
    let mut old = call(listening.port, "/hook", secret());
    old.attempt.at = "2026-03-14T00:50:00Z".parse().unwrap();
    assert_eq!(told(&notices().send(&old).await), "refused: 403 not believed");
}

#[tokio::test]
async fn a_busy_listener_says_when_to_come_again() {
    let listening = listening().await;
    let outcome = notices().send(&call(listening.port, "/busy", secret())).await;
    assert_eq!(told(&outcome), "deferred: 429 busy");
    let Outcome::Deferred { retry_after, .. } = outcome else { panic!("{outcome:?}") };
    assert_eq!(retry_after, Some(Duration::from_secs(90)));
}

#[tokio::test]
async fn nothing_of_an_exercise_calls_anybody() {
    let listening = listening().await;
    let mut drill = call(listening.port, "/hook", secret());
    drill.realm = "exercise:spring".parse().unwrap();
    assert!(told(&notices().send(&drill).await).starts_with("refused: this belongs to"));
    assert!(listening.listener.taken.lock().unwrap().is_empty());
}

#[tokio::test]
async fn webhooks_that_are_switched_off_wait() {
    let outcome = Notices::none().send(&call(1, "/hook", secret())).await;
    assert_eq!(told(&outcome), "setting: webhooks are not switched on");
}

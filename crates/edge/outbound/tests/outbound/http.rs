//! Webhooks and reading over HTTP, with a real server and with peers that misbehave.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use axum::Router;
use axum::http::HeaderMap;
use axum::response::Redirect;
use axum::routing::{get, post};
use fengsui_outbound::{
    Dialler, Http, HttpFault, HttpLimits, Names, Outcome, Reach, Request, Trust, Url,
};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::peer::{Peer, Step, dialler, say};
use crate::tls::vouched;

const HOST: &str = "hook.test";
const SHORT: Duration = Duration::from_millis(30);

/// A server on loopback that ends with the test.
struct Served {
    port: u16,
    _work: JoinSet<()>,
}

async fn served(router: Router) -> Served {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let mut work = JoinSet::new();
    work.spawn(async move { axum::serve(listener, router).await.unwrap() });
    Served { port, _work: work }
}

fn http() -> Http {
    Http::new(dialler(HOST, Trust::nobody()))
}

fn url(port: u16, path: &str) -> Url {
    format!("http://{HOST}:{port}{path}").parse().unwrap()
}

async fn posted(http: &Http, port: u16) -> Outcome {
    http.send(Request::post(url(port, "/hook"), b"{}".to_vec())).await
}

#[tokio::test]
async fn what_is_handed_in_arrives_with_its_headers() {
    let hook = |headers: HeaderMap, body: String| async move {
        let header = |name: &str| headers[name].to_str().unwrap().to_owned();
        format!("{} {} {body}", header("host"), header("idempotency-key"))
    };
    let server = served(Router::new().route("/hook", post(hook))).await;
    let request = Request::post(url(server.port, "/hook"), "烽燧".as_bytes().to_vec())
        .with("idempotency-key", "one")
        .unwrap();
    let outcome = http().send(request).await;
    let Outcome::Delivered { answer } = outcome else { panic!("{outcome:?}") };
    assert_eq!(answer.text, format!("{HOST}:{} one 烽燧", server.port));
}

#[tokio::test]
async fn a_header_cannot_carry_a_second_one() {
    let request = Request::post(url(1, "/"), Vec::new());
    assert!(matches!(request.with("x-name", "a\r\nevil: 1"), Err(HttpFault::NotAllowed(_))));
}

#[tokio::test]
async fn a_connection_cut_after_the_request_leaves_it_unknown() {
    let peer = Peer::keeping_to([vec![Step::Hear("POST /hook HTTP/1.1", "HTTP/1.1 2")]]).await;
    let outcome = posted(&http(), peer.address.port()).await;
    assert!(matches!(outcome, Outcome::Unknown { .. }), "{outcome:?}");
    peer.heard().await;
}

#[tokio::test]
async fn silence_after_the_request_leaves_it_unknown() {
    let peer = Peer::keeping_to([vec![Step::FallSilent]]).await;
    let limits = HttpLimits { answer_max: SHORT, ..HttpLimits::default() };
    let outcome = posted(&http().limited(limits), peer.address.port()).await;
    assert!(matches!(outcome, Outcome::Unknown { .. }), "{outcome:?}");
    peer.heard().await;
}

#[tokio::test]
async fn a_good_answer_counts_although_its_body_never_ends() {
    let script = vec![
        say("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n"),
        Step::Flood(b"4\r\nmore\r\n"),
    ];
    let peer = Peer::keeping_to([script]).await;
    let outcome = posted(&http(), peer.address.port()).await;
    assert!(matches!(outcome, Outcome::Delivered { .. }), "{outcome:?}");
    peer.heard().await;
}

#[tokio::test]
async fn a_body_that_never_ends_is_not_read_when_it_was_wanted() {
    let script = vec![
        say("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n"),
        Step::Flood(b"4\r\nmore\r\n"),
    ];
    let peer = Peer::keeping_to([script]).await;
    let limits = HttpLimits { body_bytes_max: 1000, ..HttpLimits::default() };
    let got = http().limited(limits).fetch(Request::read(url(peer.address.port(), "/"))).await;
    assert!(matches!(got, Err(HttpFault::TooLarge { bytes_max: 1000 })), "{got:?}");
    peer.heard().await;
}

#[tokio::test]
async fn a_head_that_never_ends_is_given_up() {
    let script = vec![say("HTTP/1.1 200 OK"), Step::Flood(b"x-more: and more\r\n")];
    let peer = Peer::keeping_to([script]).await;
    let outcome = posted(&http(), peer.address.port()).await;
    assert!(matches!(outcome, Outcome::Unknown { .. }), "{outcome:?}");
    peer.heard().await;
}

#[tokio::test]
async fn what_is_handed_in_does_not_follow_redirects() {
    let elsewhere = || async { Redirect::temporary("/there") };
    let server = served(Router::new().route("/hook", post(elsewhere))).await;
    let outcome = posted(&http(), server.port).await;
    let Outcome::Refused { permanent: true, answer } = outcome else { panic!("{outcome:?}") };
    assert_eq!(answer.code, Some(307));
}

#[tokio::test]
async fn reading_follows_so_many_redirects_and_no_more() {
    let router = Router::new()
        .route("/one", get(|| async { Redirect::temporary("/two") }))
        .route("/two", get(|| async { Redirect::temporary("/three") }))
        .route("/three", get(|| async { "here" }));
    let server = served(router).await;
    let http = http();
    let read = |hops| http.fetch(Request::read(url(server.port, "/one")).following(hops));
    assert_eq!(read(2).await.unwrap().body, b"here");
    assert_eq!(read(1).await.unwrap().status, 307);
    assert_eq!(read(0).await.unwrap().status, 307);
}

#[tokio::test]
async fn what_is_handed_in_is_not_handed_to_another_even_where_redirects_are_followed() {
    let router = Router::new()
        .route("/one", post(|| async { Redirect::temporary("/two") }))
        .route("/two", post(|| async { "taken" }));
    let server = served(router).await;
    let request = Request::post(url(server.port, "/one"), b"{}".to_vec()).following(3);
    assert_eq!(http().fetch(request).await.unwrap().status, 307);
}

#[tokio::test]
async fn a_redirect_to_an_address_out_of_reach_is_not_followed() {
    let hidden = Peer::keeping_to([]).await;
    let elsewhere = format!("http://[::1]:{}/", hidden.address.port());
    let router =
        Router::new().route("/one", get(|| async move { Redirect::temporary(&elsewhere) }));
    let server = served(router).await;
    let got = http().fetch(Request::read(url(server.port, "/one")).following(3)).await;
    let why = got.unwrap_err().to_string();
    assert!(why.contains("[::1] is at ::1, which may not be reached"), "{why}");
}

#[tokio::test]
async fn a_password_does_not_follow_a_redirect_to_another_machine() {
    let told = |headers: HeaderMap| async move {
        if headers.contains_key("authorization") { "with" } else { "without" }
    };
    let second = served(Router::new().route("/", get(told)).route("/same", get(told))).await;
    let elsewhere = url(second.port, "/").to_string();
    let router = Router::new()
        .route("/one", get(|| async move { Redirect::temporary(&elsewhere) }))
        .route("/near", get(|| async { Redirect::temporary("/same") }))
        .route("/same", get(told));
    let first = served(router).await;
    let read = async |path: &str| {
        let request = Request::read(url(first.port, path)).with("authorization", "x").unwrap();
        http().fetch(request.following(1)).await.unwrap().body
    };
    assert_eq!(read("/one").await, b"without");
    assert_eq!(read("/near").await, b"with");
}

/// Names that lead to this machine, and a client without configured networks.
fn strict(addresses: &[&str]) -> Http {
    let addresses: Vec<IpAddr> = addresses.iter().map(|text| text.parse().unwrap()).collect();
    let names = Names::Fixed(BTreeMap::from([(HOST.to_owned(), addresses)]));
    Http::new(Dialler::new(names, Reach::public(), Trust::nobody()))
}

#[tokio::test]
async fn a_name_that_leads_inside_is_refused_before_anything_is_opened() {
    let peer = Peer::keeping_to([]).await;
    let port = peer.address.port();
    for address in ["127.0.0.1", "::ffff:127.0.0.1", "0.0.0.0", "::1"] {
        let outcome = posted(&strict(&[address]), port).await;
        assert!(matches!(outcome, Outcome::Refused { permanent: false, .. }), "{outcome:?}");
    }
}

#[tokio::test]
async fn an_address_in_any_spelling_is_refused() {
    for host in ["127.1", "2130706433", "0x7f000001", "[::ffff:7f00:1]", "0"] {
        let url: Url = format!("https://{host}:1/").parse().unwrap();
        let outcome = strict(&[]).send(Request::post(url, Vec::new())).await;
        assert!(
            matches!(outcome, Outcome::Refused { permanent: false, .. }),
            "{host}: {outcome:?}"
        );
    }
}

#[tokio::test]
async fn one_address_inside_does_not_spoil_the_one_that_may_be_reached() {
    let server = served(Router::new().route("/hook", post(|| async { "here" }))).await;
    let inside: Vec<IpAddr> = vec!["10.0.0.1".parse().unwrap(), "127.0.0.1".parse().unwrap()];
    let names = Names::Fixed(BTreeMap::from([(HOST.to_owned(), inside)]));
    let reach = Reach::public().and(["127.0.0.0/8".parse().unwrap()]);
    let http = Http::new(Dialler::new(names, reach, Trust::nobody()));
    let outcome = posted(&http, server.port).await;
    assert!(matches!(outcome, Outcome::Delivered { .. }), "{outcome:?}");
}

#[tokio::test]
async fn other_schemes_and_passwords_in_the_url_are_refused() {
    for text in ["ftp://hook.test/", "file:///etc/passwd", "http://lin:hunter2@hook.test/"] {
        let outcome = http().send(Request::post(text.parse().unwrap(), Vec::new())).await;
        assert!(
            matches!(outcome, Outcome::Refused { permanent: false, .. }),
            "{text}: {outcome:?}"
        );
    }
}

#[tokio::test]
async fn a_server_with_the_wrong_certificate_gets_nothing() {
    let server = vouched("other.test");
    let trust = Trust::nobody().and_pem(server.authority_pem.as_bytes()).unwrap();
    let peer = Peer::keeping_to([vec![Step::BeginTls(server.acceptor.clone())]]).await;
    let url: Url = format!("https://{HOST}:{}/", peer.address.port()).parse().unwrap();
    let outcome = Http::new(dialler(HOST, trust)).send(Request::post(url, b"{}".to_vec())).await;
    assert!(matches!(outcome, Outcome::Deferred { .. }), "{outcome:?}");
    assert_eq!(peer.heard().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_server_that_the_configured_authority_vouches_for_is_believed() {
    let server = vouched(HOST);
    let trust = Trust::nobody().and_pem(server.authority_pem.as_bytes()).unwrap();
    let script = vec![
        Step::BeginTls(server.acceptor.clone()),
        Step::Hear("POST / HTTP/1.1", "HTTP/1.1 204 No Content\r\n"),
    ];
    let peer = Peer::keeping_to([script]).await;
    let url: Url = format!("https://{HOST}:{}/", peer.address.port()).parse().unwrap();
    let outcome = Http::new(dialler(HOST, trust)).send(Request::post(url, b"{}".to_vec())).await;
    assert!(matches!(outcome, Outcome::Delivered { .. }), "{outcome:?}");
    peer.heard().await;
}

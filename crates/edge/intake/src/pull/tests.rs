//! Pulling from a real server on loopback.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;
use axum::routing::get;
use fengsui_formats::Framing;
use fengsui_outbound::{Dialler, HttpLimits, Names, Reach, Trust};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use super::*;
use crate::carving::Carve;
use crate::offloaded::Blocking as _;
use crate::source::Positions;
use crate::spool::{Content, SpoolLimits, SpoolSource};

/// A server on loopback that ends with the test.
pub(crate) struct Served {
    pub(crate) port: u16,
    _work: JoinSet<()>,
}

pub(crate) async fn served(router: Router) -> Served {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let mut work = JoinSet::new();
    work.spawn(async move { axum::serve(listener, router).await.unwrap() });
    Served { port, _work: work }
}

pub(crate) fn http() -> Http {
    let here: Vec<IpAddr> = vec!["127.0.0.1".parse().unwrap()];
    let names = Names::Fixed(BTreeMap::from([("feed.test".to_owned(), here)]));
    let reach = Reach::public().and(["127.0.0.0/8".parse().unwrap()]);
    Http::new(Dialler::new(names, reach, Trust::nobody()))
}

pub(crate) fn spool(folder: &TempDir) -> Spool {
    Spool::open(folder.path(), SpoolLimits::default(), None).unwrap()
}

fn pull(server: &Served, folder: &TempDir) -> Pull {
    let setting = PullSetting {
        url: format!("http://feed.test:{}/list.csv", server.port).parse().unwrap(),
        every: Duration::from_mins(1),
        credential: Some(Credential::Basic { name: "lin".into(), password: "x".into() }),
        content_bytes_max: 1000,
    };
    Pull::new(http(), setting, spool(folder))
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_773_450_000 + second).unwrap()
}

/// Answers like this for as long as it stays in the cell.
#[derive(Clone, Default)]
struct Shown {
    etag: Option<&'static str>,
    encoding: Option<&'static str>,
    status: Option<u16>,
    body: Vec<u8>,
    asked: Vec<HeaderMap>,
}

fn router(shown: &Arc<Mutex<Shown>>) -> Router {
    let shown = Arc::clone(shown);
    let answer = move |headers: HeaderMap| async move {
        let mut shown = shown.lock().unwrap();
        let wanted = headers.get("if-none-match").cloned();
        shown.asked.push(headers);
        let mut out = HeaderMap::new();
        for (name, value) in [("etag", shown.etag), ("content-encoding", shown.encoding)] {
            if let Some(value) = value {
                out.insert(name, value.parse().unwrap());
            }
        }
        let is_known = wanted.is_some_and(|wanted| Some(wanted.to_str().unwrap()) == shown.etag);
        let status = shown.status.unwrap_or(if is_known { 304 } else { 200 });
        (StatusCode::from_u16(status).unwrap(), out, shown.body.clone()).into_response()
    };
    Router::new().route("/list.csv", get(answer))
}

fn given(folder: &TempDir) -> Vec<(String, String)> {
    let carve = Carve::of(Framing::Table);
    let mut source = SpoolSource::new(spool(folder), Content::Bodies(carve));
    let deliveries = std::iter::from_fn(|| source.next(&Positions::none()).unwrap());
    deliveries
        .filter(|delivery| !delivery.block.bytes.is_empty())
        .map(|delivery| (delivery.name.unwrap(), String::from_utf8(delivery.block.bytes).unwrap()))
        .collect()
}

#[tokio::test]
async fn content_is_kept_once_however_often_it_is_fetched() {
    let shown = Arc::new(Mutex::new(Shown { body: b"a,b\n".to_vec(), ..Shown::default() }));
    let server = served(router(&shown)).await;
    let folder = TempDir::new().unwrap();
    let mut first = pull(&server, &folder);
    assert_eq!(first.poll(at(0)).await.unwrap(), Pulled::Kept(1));
    assert_eq!(first.poll(at(59)).await.unwrap(), Pulled::NotDue);
    assert_eq!(first.poll(at(60)).await.unwrap(), Pulled::Unchanged);
    drop(first);
    let mut again = pull(&server, &folder);
    assert_eq!(again.poll(at(61)).await.unwrap(), Pulled::Unchanged);
    shown.lock().unwrap().body = b"a,b\nc,d\n".to_vec();
    assert_eq!(again.poll(at(200)).await.unwrap(), Pulled::Kept(1));
    drop(again);
    let list = |text: &str| ("list.csv".to_owned(), text.to_owned());
    assert_eq!(given(&folder), [list("a,b\n"), list("a,b\nc,d\n")]);
}

#[tokio::test]
async fn what_the_server_says_of_its_version_is_said_back() {
    let body = b"a\n".to_vec();
    let shown = Arc::new(Mutex::new(Shown { etag: Some("\"1\""), body, ..Shown::default() }));
    let server = served(router(&shown)).await;
    let folder = TempDir::new().unwrap();
    pull(&server, &folder).poll(at(0)).await.unwrap();
    assert_eq!(pull(&server, &folder).poll(at(0)).await.unwrap(), Pulled::Unchanged);
    let asked = shown.lock().unwrap().asked.clone();
    assert_eq!(asked[1]["if-none-match"], "\"1\"");
    assert_eq!(asked[0]["authorization"], "Basic bGluOng=");
}

#[tokio::test]
async fn packed_content_is_unpacked_and_bounded() {
    let packed = |bytes: &[u8]| {
        let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        std::io::Write::write_all(&mut out, bytes).unwrap();
        out.finish().unwrap()
    };
    let (encoding, body) = (Some("gzip"), packed(b"a\n"));
    let shown = Arc::new(Mutex::new(Shown { encoding, body, ..Shown::default() }));
    let server = served(router(&shown)).await;
    let folder = TempDir::new().unwrap();
    assert_eq!(pull(&server, &folder).poll(at(0)).await.unwrap(), Pulled::Kept(1));
    shown.lock().unwrap().body = packed(&[b'x'; 1001]);
    let fault = pull(&server, &folder).poll(at(0)).await;
    assert!(matches!(fault, Err(PullFault::Unpacking { .. })), "{fault:?}");
    assert_eq!(given(&folder).len(), 1);
}

#[tokio::test]
async fn an_answer_that_is_none_or_too_large_is_a_fault_and_is_asked_again_in_time() {
    let shown = Arc::new(Mutex::new(Shown { status: Some(403), ..Shown::default() }));
    let server = served(router(&shown)).await;
    let folder = TempDir::new().unwrap();
    let mut one = pull(&server, &folder);
    let fault = one.poll(at(0)).await;
    assert!(matches!(fault, Err(PullFault::Status { status: 403, .. })), "{fault:?}");
    assert_eq!(one.poll(at(1)).await.unwrap(), Pulled::NotDue);
    *shown.lock().unwrap() = Shown { body: vec![b'x'; 500], ..Shown::default() };
    one.http = http().limited(HttpLimits { body_bytes_max: 100, ..HttpLimits::default() });
    let fault = one.poll(at(60)).await;
    assert!(matches!(fault, Err(PullFault::Unanswered { .. })), "{fault:?}");
}

#[test]
fn a_file_holds_a_token_or_the_whole_value_of_the_header() {
    for (text, value) in [
        ("abc123\n", "Bearer abc123"),
        ("Bearer abc123\n", "Bearer abc123"),
        (" Basic bGluOm1hcmE=\n", "Basic bGluOm1hcmE="),
    ] {
        assert_eq!(Credential::read(text).value(), value);
    }
}

#[test]
fn a_fault_does_not_repeat_the_secrets_of_an_address() {
    let url =
        Url::parse("https://probe:secret@feeds.example:8443/list.txt?key=secret#secret").unwrap();
    let fault = PullFault::Status { url, status: 403 };
    let said = fault.to_string();
    assert!(
        said.starts_with("https://feeds.example:8443/list.txt answers with status 403"),
        "{said}"
    );
    assert!(!said.contains("secret"), "{said}");
}

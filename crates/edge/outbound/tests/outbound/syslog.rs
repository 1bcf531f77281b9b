//! Syslog to a collector on loopback.

use std::net::Ipv4Addr;
use std::time::Duration;

use fengsui_outbound::{
    Facility, Outcome, Severity, Syslog, SyslogLimits, SyslogRecord, SyslogRoute, SyslogWire, Trust,
};
use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::peer::dialler;
use crate::tls::vouched;

const NAME: &str = "collector.test";

fn records(count: u32) -> Vec<SyslogRecord> {
    let record = |number: u32| SyslogRecord {
        facility: Facility::AUDIT,
        severity: Severity::Notice,
        at: "2026-03-14T02:00:00Z".parse().unwrap(),
        host: "desk".to_owned(),
        kind: "report-taken-in".to_owned(),
        data_id: "entry@32473",
        data: vec![("position", number.to_string())],
        text: "报告".to_owned(),
    };
    (1..=count).map(record).collect()
}

fn syslog(port: u16, wire: SyslogWire, trust: Trust) -> Syslog {
    let route = SyslogRoute { host: NAME.to_owned(), port, wire };
    let limits = SyslogLimits { close_max: Duration::from_millis(300), ..SyslogLimits::default() };
    Syslog::new(dialler(NAME, trust), route, limits)
}

/// Takes frames apart by their counts.
fn frames(mut octets: &[u8]) -> Vec<String> {
    let mut frames = Vec::new();
    while let Some(space) = octets.iter().position(|octet| *octet == b' ') {
        let count: usize =
            std::str::from_utf8(octets.get(..space).unwrap()).unwrap().parse().unwrap();
        let frame = octets.get(space + 1..space + 1 + count).unwrap();
        frames.push(String::from_utf8(frame.to_vec()).unwrap());
        octets = octets.get(space + 1 + count..).unwrap();
    }
    assert!(octets.is_empty(), "nothing stands between frames");
    frames
}

fn beside<T: Send + 'static>(work: impl Future<Output = T> + Send + 'static) -> JoinSet<T> {
    let mut set = JoinSet::new();
    set.spawn(work);
    set
}

async fn everything(mut stream: impl AsyncRead + Unpin) -> Vec<u8> {
    let mut octets = Vec::new();
    stream.read_to_end(&mut octets).await.unwrap();
    octets
}

async fn ended<T: 'static>(mut work: JoinSet<T>) -> T {
    work.join_next().await.unwrap().unwrap()
}

async fn collector() -> (u16, JoinSet<Vec<u8>>) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let heard = beside(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut octets = Vec::new();
        stream.read_to_end(&mut octets).await.unwrap();
        octets
    });
    (port, heard)
}

#[tokio::test]
async fn a_batch_arrives_in_order_counted_by_octets() {
    let (port, heard) = collector().await;
    let outcome = syslog(port, SyslogWire::Plain, Trust::nobody()).send(&records(300)).await;
    assert!(matches!(outcome, Outcome::Delivered { .. }), "{outcome:?}");
    let frames = frames(&ended(heard).await);
    assert_eq!(frames.len(), 300);
    assert!(frames.iter().zip(1..).all(|(frame, number)| {
        frame.starts_with("<109>1 ") && frame.contains(&format!("position=\"{number}\""))
    }));
}

#[tokio::test]
async fn a_batch_arrives_under_tls_and_only_at_the_collector_that_was_meant() {
    let vouched = vouched(NAME);
    let trust = Trust::nobody().and_pem(vouched.authority_pem.as_bytes()).unwrap();
    for (trust, is_believed) in [(trust, true), (Trust::nobody(), false)] {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let acceptor = vouched.acceptor.clone();
        let heard = beside(async move {
            let (stream, _) = listener.accept().await.unwrap();
            match acceptor.accept(stream).await {
                Ok(stream) => everything(stream).await,
                Err(_refused) => Vec::new(),
            }
        });
        let outcome = syslog(port, SyslogWire::Tls, trust).send(&records(3)).await;
        assert_eq!(matches!(outcome, Outcome::Delivered { .. }), is_believed, "{outcome:?}");
        assert_eq!(frames(&ended(heard).await).len(), if is_believed { 3 } else { 0 });
    }
}

#[tokio::test]
async fn a_connection_that_breaks_leaves_it_unknown() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let breaking = beside(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut some = [0; 10];
        stream.read_exact(&mut some).await.unwrap();
        // Closing with octets unread resets the connection.
        drop(stream);
    });
    let outcome = syslog(port, SyslogWire::Plain, Trust::nobody()).send(&records(50_000)).await;
    ended(breaking).await;
    assert!(matches!(outcome, Outcome::Unknown { .. }), "{outcome:?}");
}

#[tokio::test]
async fn nobody_there_is_told_apart_from_a_batch_that_may_have_arrived() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let outcome = syslog(port, SyslogWire::Plain, Trust::nobody()).send(&records(1)).await;
    assert!(matches!(outcome, Outcome::Deferred { .. }), "{outcome:?}");
}

//! Streams of a real server, which is killed and deprived of its memory.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, TcpListener};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use super::*;

/// A server on loopback with a store of its own; it ends with the test.
struct Running {
    folder: TempDir,
    port: u16,
    child: Child,
}

impl Running {
    fn start() -> Self {
        let folder = TempDir::new().unwrap();
        let port =
            TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
        let child = child(&folder, port);
        Self { folder, port, child }
    }

    /// Kills it without a word and starts it again on the same store.
    fn kill_and_start(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        self.child = child(&self.folder, self.port);
    }

    fn address(&self) -> String {
        format!("nats://127.0.0.1:{}", self.port)
    }

    async fn context(&self) -> jetstream::Context {
        loop {
            let options = ConnectOptions::new();
            if let Ok(client) = options.connect(self.address()).await
                && client.request("$JS.API.INFO", "".into()).await.is_ok()
            {
                return jetstream::new(client);
            }
            tokio::task::yield_now().await;
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn child(folder: &TempDir, port: u16) -> Child {
    let program = ["/usr/sbin/nats-server", "/usr/bin/nats-server"]
        .map(PathBuf::from)
        .into_iter()
        .find(|path| path.exists())
        .unwrap_or_else(|| PathBuf::from("nats-server"));
    Command::new(program)
        .args(["-a", "127.0.0.1", "-p", &port.to_string(), "-js", "-sd"])
        .arg(folder.path())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("nats-server is not installed; scripts/test installs it")
}

fn config() -> jetstream::stream::Config {
    jetstream::stream::Config {
        name: "eve".to_owned(),
        subjects: vec!["eve.>".to_owned()],
        ..Default::default()
    }
}

async fn publish(context: &jetstream::Context, numbers: std::ops::RangeInclusive<i64>) {
    for number in numbers {
        let subject = format!("eve.{}", number % 2);
        let ack = context.publish(subject, number.to_string().into()).await.unwrap();
        ack.await.unwrap();
    }
}

fn source(server: &Running, subjects: &[&str]) -> Stream {
    Stream::new(StreamSetting {
        server: server.address(),
        credentials: None,
        stream: "eve".to_owned(),
        subjects: subjects.iter().map(|subject| (*subject).to_owned()).collect(),
        message_bytes_max: 1000,
    })
}

/// What the lake would have.
#[derive(Default)]
struct Lake {
    known: BTreeMap<String, i64>,
    texts: Vec<String>,
}

impl Lake {
    fn take(&mut self, delivery: &Delivery) {
        for piece in delivery.fresh() {
            let before = self.known.insert(delivery.partition.clone(), piece.offset);
            assert!(before < Some(piece.offset));
            self.texts.push(String::from_utf8(delivery.block.piece(piece).to_vec()).unwrap());
        }
    }

    /// Takes until so many are there; faults of the way are asked again.
    async fn until(&mut self, stream: &mut Stream, count: usize) {
        while self.texts.len() < count {
            match stream.next(&self.known.clone().into()).await {
                Ok(Some(delivery)) => self.take(&delivery),
                Ok(None) | Err(SourceFault::Unreachable { .. }) => tokio::task::yield_now().await,
                Err(fault) => panic!("{fault}"),
            }
        }
    }

    /// The next thing that is no silence.
    async fn fault(&mut self, stream: &mut Stream) -> SourceFault {
        loop {
            match stream.next(&self.known.clone().into()).await {
                Ok(Some(delivery)) => self.take(&delivery),
                Ok(None) | Err(SourceFault::Unreachable { .. }) => tokio::task::yield_now().await,
                Err(fault) => return fault,
            }
        }
    }
}

fn numbers(range: std::ops::RangeInclusive<i64>) -> Vec<String> {
    range.map(|number| number.to_string()).collect()
}

#[tokio::test]
async fn a_stream_is_read_on_where_the_lake_is() {
    let server = Running::start();
    let context = server.context().await;
    context.create_stream(config()).await.unwrap();
    publish(&context, 1..=5).await;
    let mut lake = Lake::default();
    lake.until(&mut source(&server, &[]), 5).await;
    publish(&context, 6..=8).await;
    let mut stream = source(&server, &[]);
    lake.until(&mut stream, 8).await;
    assert_eq!(lake.texts, numbers(1..=8));
    assert_eq!(stream.next(&lake.known.clone().into()).await.unwrap(), None);
}

#[tokio::test]
async fn only_the_subjects_that_were_asked_for_are_read() {
    let server = Running::start();
    let context = server.context().await;
    context.create_stream(config()).await.unwrap();
    publish(&context, 1..=6).await;
    let mut lake = Lake::default();
    let mut stream = source(&server, &["eve.1"]);
    let delivery = loop {
        if let Some(delivery) = stream.next(&Positions::none()).await.unwrap() {
            break delivery;
        }
    };
    lake.take(&delivery);
    assert_eq!(lake.texts, ["1", "3", "5"]);
    assert_eq!(delivery.name.as_deref(), Some("eve.1"));
}

#[tokio::test]
async fn a_server_that_is_killed_loses_and_doubles_nothing() {
    let mut server = Running::start();
    let context = server.context().await;
    context.create_stream(config()).await.unwrap();
    let mut lake = Lake::default();
    let mut stream = source(&server, &[]);
    let mut sent = 0;
    for _ in 0..4 {
        let context = server.context().await;
        publish(&context, sent + 1..=sent + 50).await;
        sent += 50;
        lake.until(&mut stream, usize::try_from(sent - 25).unwrap()).await;
        server.kill_and_start();
    }
    server.context().await;
    lake.until(&mut stream, usize::try_from(sent).unwrap()).await;
    assert_eq!(lake.texts, numbers(1..=sent));
}

#[tokio::test]
async fn what_was_purged_before_it_was_taken_in_is_told_once() {
    let server = Running::start();
    let context = server.context().await;
    let made = context.create_stream(config()).await.unwrap();
    publish(&context, 1..=3).await;
    let mut lake = Lake::default();
    lake.until(&mut source(&server, &[]), 3).await;
    publish(&context, 4..=6).await;
    made.purge().sequence(6).await.unwrap();
    let mut stream = source(&server, &[]);
    let fault = lake.fault(&mut stream).await;
    assert!(matches!(fault, SourceFault::Missed { after: 3, first: 6, .. }), "{fault:?}");
    lake.until(&mut stream, 4).await;
    assert_eq!(lake.texts, ["1", "2", "3", "6"]);
}

#[tokio::test]
async fn a_stream_that_was_made_anew_is_told_and_read_from_its_beginning() {
    let server = Running::start();
    let context = server.context().await;
    let made = context.create_stream(config()).await.unwrap();
    publish(&context, 1..=3).await;
    let mut lake = Lake::default();
    let mut stream = source(&server, &[]);
    lake.until(&mut stream, 3).await;
    let mut created = made.cached_info().created.unix_timestamp();
    let before = created;
    while created == before {
        context.delete_stream("eve").await.unwrap();
        created =
            context.create_stream(config()).await.unwrap().cached_info().created.unix_timestamp();
    }
    publish(&context, 7..=7).await;
    let fault = lake.fault(&mut stream).await;
    assert!(matches!(fault, SourceFault::Replaced { .. }), "{fault:?}");
    lake.until(&mut stream, 4).await;
    assert_eq!(lake.texts, ["1", "2", "3", "7"]);
}

#[tokio::test]
async fn a_stream_that_ends_before_what_was_committed_is_not_read() {
    let server = Running::start();
    let context = server.context().await;
    let made = context.create_stream(config()).await.unwrap();
    publish(&context, 1..=3).await;
    let partition = format!("stream:eve@{}", made.cached_info().created.unix_timestamp());
    let mut lake = Lake { known: BTreeMap::from([(partition, 9)]), texts: Vec::new() };
    let fault = lake.fault(&mut source(&server, &[])).await;
    assert!(matches!(fault, SourceFault::Rewound { committed: 9, last: 3, .. }), "{fault:?}");
}

#[tokio::test]
async fn a_stream_that_forgets_is_refused() {
    let server = Running::start();
    let context = server.context().await;
    let forgetful = jetstream::stream::Config { retention: RetentionPolicy::WorkQueue, ..config() };
    context.create_stream(forgetful).await.unwrap();
    let fault = Lake::default().fault(&mut source(&server, &[])).await;
    assert!(matches!(fault, SourceFault::Unfit { .. }), "{fault:?}");
}

//! A peer that keeps to a script, line by line, so that its faults come at the same place each time.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use fengsui_outbound::{Dialler, Names, Reach, Trust};
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

/// What the peer does next.
#[derive(Clone)]
pub(crate) enum Step {
    /// Sends these bytes.
    Say(Vec<u8>),
    /// Waits for a line that begins like this, and answers.
    Hear(&'static str, &'static str),
    /// Waits for the line that ends a letter.
    HearLetter,
    /// Sends this again and again, until nobody takes it any more.
    Flood(&'static [u8]),
    /// Says nothing until the client goes away.
    FallSilent,
    /// Begins TLS here.
    BeginTls(TlsAcceptor),
}

/// A peer on loopback; each script is one connection.
pub(crate) struct Peer {
    pub(crate) address: SocketAddr,
    work: JoinSet<Vec<String>>,
}

trait Line: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Line for T {}

type Wire = BufReader<Box<dyn Line>>;

impl Peer {
    pub(crate) async fn keeping_to(scripts: impl IntoIterator<Item = Vec<Step>>) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let scripts: Vec<_> = scripts.into_iter().collect();
        let mut work = JoinSet::new();
        work.spawn(async move {
            let mut heard = Vec::new();
            for script in scripts {
                let (stream, _) = listener.accept().await.unwrap();
                stream.set_nodelay(true).unwrap();
                played(Box::new(stream), script, &mut heard).await;
            }
            heard
        });
        Self { address, work }
    }

    /// What it heard, line by line, when all its scripts are played.
    pub(crate) async fn heard(mut self) -> Vec<String> {
        self.work.join_next().await.unwrap().unwrap()
    }
}

/// A dialler for which the named machine is this one, and loopback may be reached.
pub(crate) fn dialler(name: &str, trust: Trust) -> Dialler {
    let addresses = vec![IpAddr::V4(Ipv4Addr::LOCALHOST)];
    let names = Names::Fixed(BTreeMap::from([(name.to_owned(), addresses)]));
    Dialler::new(names, Reach::public().and(["127.0.0.0/8".parse().unwrap()]), trust)
}

/// Says a line.
pub(crate) fn say(line: &str) -> Step {
    Step::Say(format!("{line}\r\n").into_bytes())
}

async fn played(stream: Box<dyn Line>, script: Vec<Step>, heard: &mut Vec<String>) {
    let mut wire: Wire = BufReader::new(stream);
    for step in script {
        match step {
            Step::Say(bytes) => wire.write_all(&bytes).await.unwrap(),
            Step::Hear(beginning, answer) => {
                let line = line_of(&mut wire).await;
                assert!(line.starts_with(beginning), "heard {line:?} instead of {beginning}");
                heard.push(line);
                wire.write_all(format!("{answer}\r\n").as_bytes()).await.unwrap();
            }
            Step::HearLetter => loop {
                let line = line_of(&mut wire).await;
                let is_end = line == ".";
                heard.push(line);
                if is_end {
                    break;
                }
            },
            Step::Flood(bytes) => while wire.write_all(bytes).await.is_ok() {},
            Step::FallSilent => {
                let mut rest = Vec::new();
                // A client that gives up may reset the connection.
                if wire.read_to_end(&mut rest).await.is_err() {
                    return;
                }
            }
            Step::BeginTls(acceptor) => match acceptor.accept(wire.into_inner()).await {
                Ok(stream) => wire = BufReader::new(Box::new(stream)),
                Err(_refused) => return,
            },
        }
    }
}

async fn line_of(wire: &mut Wire) -> String {
    let mut line = String::new();
    wire.read_line(&mut line).await.unwrap();
    assert!(line.ends_with("\r\n"), "a line ends in CR LF: {line:?}");
    line.trim_end_matches("\r\n").to_owned()
}

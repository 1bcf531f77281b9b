//! Syslog over real sockets on loopback.

use std::net::{Ipv4Addr, SocketAddr};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tempfile::TempDir;
use tokio::io::AsyncWriteExt as _;
use tokio_rustls::TlsConnector;

use super::*;
use crate::offloaded::Blocking as _;
use crate::source::Positions;
use crate::spool::{Content, SpoolLimits, SpoolSource};

const HERE: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 0);

struct Listening {
    _folder: TempDir,
    spool: Spool,
    counts: Box<dyn Fn() -> SyslogCounts>,
    stop: CancellationToken,
    work: JoinSet<()>,
}

async fn listening(
    header: SyslogHeader,
    limits: SyslogLimits,
    spool_limits: SpoolLimits,
    open: impl AsyncFnOnce(&mut Syslog) -> SocketAddr,
) -> (Listening, SocketAddr) {
    let folder = TempDir::new().unwrap();
    let spool = Spool::open(folder.path(), spool_limits, None).unwrap();
    let mut syslog = Syslog::new(spool.clone(), header, limits);
    let address = open(&mut syslog).await;
    let counts = Box::new(syslog.counts());
    let stop = CancellationToken::new();
    let mut work = JoinSet::new();
    work.spawn(syslog.run(stop.clone()));
    (Listening { _folder: folder, spool, counts, stop, work }, address)
}

async fn plainly(open: impl AsyncFnOnce(&mut Syslog) -> SocketAddr) -> (Listening, SocketAddr) {
    listening(SyslogHeader::Kept, SyslogLimits::default(), SpoolLimits::default(), open).await
}

impl Listening {
    async fn until(&self, holds: impl Fn(SyslogCounts) -> bool) -> SyslogCounts {
        loop {
            let counts = (self.counts)();
            if holds(counts) {
                return counts;
            }
            tokio::task::yield_now().await;
        }
    }

    fn kept(&self) -> Vec<String> {
        let mut source = SpoolSource::new(self.spool.clone(), Content::Messages);
        let Some(delivery) = source.next(&Positions::none()).unwrap() else { return Vec::new() };
        delivery
            .fresh()
            .map(|piece| String::from_utf8_lossy(delivery.block.piece(piece)).into_owned())
            .collect()
    }

    async fn ended(mut self) {
        self.stop.cancel();
        while self.work.join_next().await.is_some() {}
    }
}

#[tokio::test]
async fn datagrams_are_kept() {
    let (listening, address) = plainly(async |syslog| syslog.on_udp(HERE).await.unwrap()).await;
    let socket = UdpSocket::bind(HERE).await.unwrap();
    socket.send_to(b"<1>one\n", address).await.unwrap();
    socket.send_to(b"<1>two", address).await.unwrap();
    listening.until(|counts| counts.kept == 2).await;
    assert_eq!(listening.kept(), ["<1>one", "<1>two"]);
    listening.ended().await;
}

#[tokio::test]
async fn datagrams_that_find_no_room_are_counted() {
    let full = SpoolLimits { bytes_max: 100, ..SpoolLimits::default() };
    let (listening, address) =
        listening(SyslogHeader::Kept, SyslogLimits::default(), full, async |syslog| {
            syslog.on_udp(HERE).await.unwrap()
        })
        .await;
    let socket = UdpSocket::bind(HERE).await.unwrap();
    socket.send_to(&[b'x'; 200], address).await.unwrap();
    let counts = listening.until(|counts| counts.dropped > 0).await;
    assert_eq!((counts.kept, counts.dropped), (0, 1));
    listening.ended().await;
}

#[tokio::test]
async fn each_connection_is_heard_in_its_own_framing() {
    let (listening, address) = plainly(async |syslog| syslog.on_tcp(HERE).await.unwrap()).await;
    let mut counted = TcpStream::connect(address).await.unwrap();
    counted.write_all(b"6 <1>one6 <1>two").await.unwrap();
    listening.until(|counts| counts.kept == 2).await;
    let mut lines = TcpStream::connect(address).await.unwrap();
    lines.write_all(b"<1>three\n<1>four").await.unwrap();
    drop(lines);
    listening.until(|counts| counts.kept == 4).await;
    assert_eq!(listening.kept(), ["<1>one", "<1>two", "<1>three", "<1>four"]);
    listening.ended().await;
}

#[tokio::test]
async fn a_full_spool_makes_the_sender_wait_and_loses_nothing() {
    let small = SpoolLimits { bytes_max: 1500, segment_bytes: 300, ..SpoolLimits::default() };
    let (listening, address) =
        listening(SyslogHeader::Kept, SyslogLimits::default(), small, async |syslog| {
            syslog.on_tcp(HERE).await.unwrap()
        })
        .await;
    let mut sender = TcpStream::connect(address).await.unwrap();
    let mut source = SpoolSource::new(listening.spool.clone(), Content::Messages);
    let mut seen = Vec::new();
    for number in 0..40 {
        sender
            .write_all(format!("<1>message {number} {}\n", "x".repeat(80)).as_bytes())
            .await
            .unwrap();
        sender.flush().await.unwrap();
    }
    drop(sender);
    while seen.len() < 40 {
        if let Some(delivery) = source.next(&Positions::none()).unwrap() {
            seen.extend(delivery.fresh().map(|piece| piece.offset));
            source.committed("spool", delivery.block.reached().unwrap()).unwrap();
        }
        tokio::task::yield_now().await;
    }
    assert_eq!(seen, (1..=40).collect::<Vec<_>>());
    assert_eq!((listening.counts)().dropped, 0);
    listening.ended().await;
}

#[tokio::test]
async fn connections_beyond_the_limit_and_malformed_ones_are_closed_and_counted() {
    let limits = SyslogLimits { connections_max: 1, ..SyslogLimits::default() };
    let (listening, address) =
        listening(SyslogHeader::Kept, limits, SpoolLimits::default(), async |syslog| {
            syslog.on_tcp(HERE).await.unwrap()
        })
        .await;
    let mut first = TcpStream::connect(address).await.unwrap();
    first.write_all(b"6 <1>one").await.unwrap();
    listening.until(|counts| counts.kept == 1).await;
    let mut second = TcpStream::connect(address).await.unwrap();
    let mut nothing = Vec::new();
    second.read_to_end(&mut nothing).await.unwrap();
    assert_eq!((listening.counts)().refused, 1);
    first.write_all(b"no number").await.unwrap();
    drop(first.read_to_end(&mut nothing).await);
    assert_eq!((listening.counts)().malformed, 1);
    listening.ended().await;
}

#[tokio::test]
async fn a_connection_that_says_nothing_is_closed() {
    let limits = SyslogLimits { idle_max: Duration::from_millis(5), ..SyslogLimits::default() };
    let (listening, address) =
        listening(SyslogHeader::Kept, limits, SpoolLimits::default(), async |syslog| {
            syslog.on_tcp(HERE).await.unwrap()
        })
        .await;
    let mut silent = TcpStream::connect(address).await.unwrap();
    assert_eq!(silent.read(&mut [0]).await.unwrap(), 0);
    listening.ended().await;
}

struct Vouched {
    authority: String,
    chain: String,
    key: String,
}

fn vouched(name: &str) -> Vouched {
    let mut authority = CertificateParams::new(Vec::new()).unwrap();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let issuer = CertifiedIssuer::self_signed(authority, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let leaf =
        CertificateParams::new(vec![name.to_owned()]).unwrap().signed_by(&key, &issuer).unwrap();
    Vouched { authority: issuer.pem(), chain: leaf.pem(), key: key.serialize_pem() }
}

fn connector(server: &Vouched, client: Option<&Vouched>) -> TlsConnector {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(server.authority.as_bytes()).unwrap()).unwrap();
    let config =
        ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots);
    let config = match client {
        None => config.with_no_client_auth(),
        Some(client) => config
            .with_client_auth_cert(
                vec![CertificateDer::from_pem_slice(client.chain.as_bytes()).unwrap()],
                PrivateKeyDer::from_pem_slice(client.key.as_bytes()).unwrap(),
            )
            .unwrap(),
    };
    TlsConnector::from(Arc::new(config))
}

async fn sent_by(connector: TlsConnector, address: SocketAddr) -> io::Result<()> {
    let stream = TcpStream::connect(address).await?;
    let name = ServerName::try_from("syslog.test").unwrap();
    let mut stream = connector.connect(name, stream).await?;
    stream.write_all(b"6 <1>one").await?;
    stream.shutdown().await?;
    stream.read_to_end(&mut Vec::new()).await.map(|_end| ())
}

#[tokio::test]
async fn over_tls_only_those_are_heard_whose_authority_is_known() {
    let (server, client, stranger) = (vouched("syslog.test"), vouched("north"), vouched("north"));
    let tls = SyslogTls::from_pem(
        server.chain.as_bytes(),
        server.key.as_bytes(),
        Some(client.authority.as_bytes()),
    )
    .unwrap();
    let (listening, address) =
        plainly(async move |syslog: &mut Syslog| syslog.on_tls(HERE, tls).await.unwrap()).await;
    for unknown in [None, Some(&stranger)] {
        assert!(sent_by(connector(&server, unknown), address).await.is_err());
    }
    listening.until(|counts| counts.refused == 2).await;
    sent_by(connector(&server, Some(&client)), address).await.unwrap();
    listening.until(|counts| counts.kept == 1).await;
    assert_eq!(listening.kept(), ["<1>one"]);
    listening.ended().await;
}

#[tokio::test]
async fn over_tls_everybody_is_heard_where_no_authority_is_asked_for() {
    let server = vouched("syslog.test");
    let tls = SyslogTls::from_pem(server.chain.as_bytes(), server.key.as_bytes(), None).unwrap();
    let (listening, address) =
        plainly(async move |syslog: &mut Syslog| syslog.on_tls(HERE, tls).await.unwrap()).await;
    sent_by(connector(&server, None), address).await.unwrap();
    listening.until(|counts| counts.kept == 1).await;
    listening.ended().await;
}

#[test]
fn certificates_that_cannot_be_used_say_so() {
    let good = vouched("syslog.test");
    let fault = |chain: &str, key: &str| {
        SyslogTls::from_pem(chain.as_bytes(), key.as_bytes(), None).unwrap_err().to_string()
    };
    assert!(fault("nothing", &good.key).contains("the certificate of syslog is not PEM"));
    assert!(fault(&good.chain, "nothing").contains("the key of syslog is not PEM"));
    let other = vouched("syslog.test");
    assert!(fault(&good.chain, &other.key).contains("cannot be used together"));
}

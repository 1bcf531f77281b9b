//! A time server that is right, one that is wrong about itself, and one that says nothing.

use std::net::SocketAddr;
use std::time::{Duration, UNIX_EPOCH};

use fengsui_outbound::{Dialler, Names, Reach, TimeFault, TimeServer, Trust};
use tokio::net::UdpSocket;

/// Seconds from 1900 to 1970.
const NTP_TO_UNIX: u64 = 2_208_988_800;

fn server_at(address: SocketAddr, reach: Reach) -> TimeServer {
    let dialler = Dialler::new(Names::System, reach, Trust::public());
    TimeServer::new(dialler, address.ip().to_string(), address.port())
}

fn loopback() -> Reach {
    Reach::public().and(["127.0.0.0/8".parse().unwrap()])
}

/// Answers one request as a server whose clock is so much ahead.
fn answering(ahead: Duration, stratum: u8) -> SocketAddr {
    let socket = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    let address = socket.local_addr().unwrap();
    std::thread::spawn(move || {
        let mut request = [0; 48];
        let (_, from) = socket.recv_from(&mut request).unwrap();
        let time = UNIX_EPOCH.elapsed().unwrap() + ahead;
        let seconds = u32::try_from(time.as_secs() + NTP_TO_UNIX).unwrap();
        let fraction = (u64::from(time.subsec_nanos()) << 32) / 1_000_000_000;
        let mut stamp = [0; 8];
        stamp[..4].copy_from_slice(&seconds.to_be_bytes());
        stamp[4..].copy_from_slice(&u32::try_from(fraction).unwrap().to_be_bytes());
        let mut answer = [0; 48];
        answer[0] = 0b0010_0100; // no leap second, version 4, server
        answer[1] = stratum;
        answer[12..16].copy_from_slice(b"GPS\0");
        answer[24..32].copy_from_slice(&request[40..48]);
        answer[32..40].copy_from_slice(&stamp);
        answer[40..48].copy_from_slice(&stamp);
        socket.send_to(&answer, from).unwrap();
    });
    address
}

#[tokio::test]
async fn a_server_that_is_ahead_says_by_how_much() {
    let address = answering(Duration::from_secs(90), 1);
    let offset = server_at(address, loopback()).offset().await.unwrap();
    assert!((offset.as_secs_f64() - 90.0).abs() < 1.0, "{offset:?}");
}

#[tokio::test]
async fn a_server_that_asks_to_be_left_alone_is_no_answer() {
    let address = answering(Duration::ZERO, 0);
    let fault = server_at(address, loopback()).offset().await.unwrap_err();
    assert!(matches!(fault, TimeFault::NoAnswer { .. }), "{fault}");
}

#[tokio::test]
async fn a_server_that_may_not_be_reached_is_not_asked() {
    let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let fault = server_at(socket.local_addr().unwrap(), Reach::public()).offset().await;
    assert!(matches!(fault, Err(TimeFault::Unreachable { .. })), "{fault:?}");
    assert!(socket.try_recv(&mut [0; 48]).is_err(), "nothing was sent");
}

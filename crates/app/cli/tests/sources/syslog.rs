//! Sensors that speak syslog: datagrams, connections in either framing, TLS.

use std::io::Write;
use std::net::{TcpStream, UdpSocket};
use std::sync::Arc;

use rcgen::{CertificateParams, KeyPair};
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

use crate::rig::{Centre, alerts, free_port, free_udp_port};

fn message(alert: &str) -> String {
    format!("<134>1 2026-03-14T09:26:53Z north suricata 12 - - {alert}")
}

fn send_datagrams(port: u16, alerts: &[String]) {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    for alert in alerts {
        socket.send_to(message(alert).as_bytes(), ("127.0.0.1", port)).unwrap();
    }
}

fn counted(alerts: &[String]) -> String {
    let counted = alerts.iter().map(|alert| message(alert)).map(|it| format!("{} {it}", it.len()));
    counted.collect::<Vec<_>>().concat()
}

#[test]
fn messages_are_in_the_lake_once_although_the_program_is_killed() {
    let (udp, tcp, tls) = (free_udp_port(), free_port(), free_port());
    let centre = Centre::with(&format!(
        "[[watch.feed]]\nname = \"firewalls\"\nformat = \"eve\"\ndedupe = {{ window = \"PT0S\" }}\n\
         source = {{ kind = \"syslog\", udp = \"127.0.0.1:{udp}\", tcp = \"127.0.0.1:{tcp}\", tls = \"127.0.0.1:{tls}\",\
         certificate = \"chain.pem\", key = \"key.pem\" }}\n"
    ));
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new(vec!["logs.test".to_owned()]).unwrap();
    let certificate = params.self_signed(&key).unwrap();
    std::fs::write(centre.path("chain.pem"), certificate.pem()).unwrap();
    std::fs::write(centre.path("key.pem"), key.serialize_pem()).unwrap();
    let mut collecting = centre.collecting();

    send_datagrams(udp, &alerts(0..40));
    let mut lines = TcpStream::connect(("127.0.0.1", tcp)).unwrap();
    for alert in alerts(40..100) {
        writeln!(lines, "{}", message(&alert)).unwrap();
    }
    let mut roots = RootCertStore::empty();
    roots.add(certificate.der().clone()).unwrap();
    let config =
        ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()));
    let config = config.with_safe_default_protocol_versions().unwrap();
    let config = config.with_root_certificates(roots).with_no_client_auth();
    let name = ServerName::try_from("logs.test").unwrap();
    let connection = ClientConnection::new(Arc::new(config), name).unwrap();
    let socket = TcpStream::connect(("127.0.0.1", tls)).unwrap();
    let mut secured = StreamOwned::new(connection, socket);
    secured.write_all(counted(&alerts(100..150)).as_bytes()).unwrap();
    secured.flush().unwrap();
    centre.until("150 messages in the lake", |centre| centre.rows("firewalls") == (150, 150));

    // What is in the spool when it is killed is taken in by the next; what was taken in stays so.
    for turn in 0..3 {
        let (before, first) = (centre.spooled("firewalls"), 150 + turn * 200);
        let mut connection = TcpStream::connect(("127.0.0.1", tcp)).unwrap();
        let batch = counted(&alerts(first..first + 200));
        connection.write_all(batch.as_bytes()).unwrap();
        // The header is stripped and the spool has one of its own, so this is near the end of the batch.
        let bodies: usize = alerts(first..first + 200).iter().map(String::len).sum();
        let wanted = before + u64::try_from(bodies).unwrap();
        centre.until("the batch in the spool", |centre| centre.spooled("firewalls") >= wanted);
        collecting.kill();
        collecting = centre.collecting();
    }
    centre.until("all in the lake", |centre| centre.rows("firewalls") == (750, 750));
    let status = centre.status("firewalls");
    assert_eq!((&status["lost"], &status["quarantined"]), (&0.into(), &0.into()), "{status}");
    centre.until("nothing waits", |centre| centre.status("firewalls")["waiting"] == 0);
    collecting.stop();
}

#[test]
fn datagrams_that_find_no_room_are_told_by_the_status_also_after_a_restart() {
    let udp = free_udp_port();
    let centre = Centre::with(&format!(
        "[[watch.feed]]\nname = \"small\"\nformat = \"eve\"\n\
         source = {{ kind = \"syslog\", udp = \"127.0.0.1:{udp}\", spool_bytes_max = 1000 }}\n"
    ));
    let mut collecting = centre.collecting();
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    for _ in 0..3 {
        // Larger than the whole spool: it never finds room.
        socket.send_to(&[b'x'; 2_000], ("127.0.0.1", udp)).unwrap();
    }
    centre.until("three are lost", |centre| centre.status("small")["lost"] == 3);
    let status = centre.status("small");
    assert_eq!(status["collector_runs"], true, "{status}");
    assert_eq!(status["spool_bytes_max"], 1_000, "{status}");
    let table = centre.told(&["watch", "status", "--lang", "zh"]);
    assert!(table.contains("等待入库") && table.contains("small"), "{table}");
    collecting.kill();
    let collecting = centre.collecting();
    socket.send_to(&[b'x'; 2_000], ("127.0.0.1", udp)).unwrap();
    centre.until("four are lost", |centre| centre.status("small")["lost"] == 4);
    collecting.stop();
}

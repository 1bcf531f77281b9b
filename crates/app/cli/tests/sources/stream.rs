//! A stream of a real NATS server: read on after kills, and a server that is away is said.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::rig::{Centre, alerts, free_port};

/// A server on loopback with a store of its own; it ends with the test.
struct Server {
    _folder: TempDir,
    port: u16,
    child: Child,
}

/// A client that waits for the answer to each request.
struct Client {
    stream: TcpStream,
    answers: BufReader<TcpStream>,
}

impl Server {
    fn start(port: u16) -> Self {
        let folder = TempDir::new().unwrap();
        let program = ["/usr/sbin/nats-server", "/usr/bin/nats-server"]
            .map(PathBuf::from)
            .into_iter()
            .find(|path| path.exists())
            .unwrap_or_else(|| PathBuf::from("nats-server"));
        let child = Command::new(program)
            .args(["-a", "127.0.0.1", "-p", &port.to_string(), "-js", "-sd"])
            .arg(folder.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("nats-server is not installed; scripts/test installs it");
        Self { _folder: folder, port, child }
    }

    fn client(&self, centre: &Centre) -> Client {
        let mut found = None;
        centre.until("the server listens", |_| {
            found = TcpStream::connect(("127.0.0.1", self.port)).ok();
            found.is_some()
        });
        let mut stream = found.unwrap();
        stream.set_nodelay(true).unwrap();
        let answers = BufReader::new(stream.try_clone().unwrap());
        stream.write_all(b"CONNECT {\"verbose\":false}\r\nSUB answer 1\r\n").unwrap();
        Client { stream, answers }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

impl Client {
    fn ask(&mut self, subject: &str, body: &str) -> Value {
        let asked = format!("PUB {subject} answer {}\r\n{body}\r\n", body.len());
        self.stream.write_all(asked.as_bytes()).unwrap();
        loop {
            let mut line = String::new();
            assert_ne!(self.answers.read_line(&mut line).unwrap(), 0, "the server has gone");
            let Some(head) = line.strip_prefix("MSG ") else { continue };
            let length: usize = head.split_whitespace().last().unwrap().parse().unwrap();
            let mut answer = vec![0; length];
            self.answers.read_exact(&mut answer).unwrap();
            return serde_json::from_slice(&answer).unwrap();
        }
    }

    fn publish(&mut self, alerts: &[String]) {
        for alert in alerts {
            let answer = self.ask("eve.north", alert);
            assert!(answer["seq"].as_u64() > Some(0), "{answer}");
        }
    }
}

#[test]
fn a_stream_is_read_on_after_every_kill_and_nothing_twice() {
    let port = free_port();
    let centre = Centre::with(&format!(
        "[[watch.feed]]\nname = \"sensors\"\nformat = \"eve\"\ndedupe = {{ window = \"PT0S\" }}\n\
         source = {{ kind = \"nats\", url = \"nats://127.0.0.1:{port}\", stream = \"EVE\" }}\n"
    ));
    // The collector is there first: that it cannot read is said, and it reads as soon as there is something.
    let mut collecting = centre.collecting();
    centre.until("the trouble is said", |centre| {
        centre.status("sensors")["trouble"].as_str().is_some_and(|it| it.contains("EVE"))
    });
    let server = Server::start(port);
    let mut client = server.client(&centre);
    let stream = json!({"name": "EVE", "subjects": ["eve.>"], "storage": "file"});
    let made = client.ask("$JS.API.STREAM.CREATE.EVE", &stream.to_string());
    assert!(made["error"].is_null(), "{made}");

    client.publish(&alerts(0..300));
    centre.until("300 in the lake", |centre| centre.rows("sensors") == (300, 300));
    centre.until("no trouble any more", |centre| centre.status("sensors")["trouble"].is_null());
    for turn in 1..=3 {
        collecting.kill();
        client.publish(&alerts(turn * 300..turn * 300 + 150));
        collecting = centre.collecting();
        client.publish(&alerts(turn * 300 + 150..turn * 300 + 300));
    }
    centre.until("1200 in the lake", |centre| centre.rows("sensors").0 >= 1_200);
    assert_eq!(centre.rows("sensors"), (1_200, 1_200));
    collecting.stop();
}

//! The program while it serves: its heartbeat, a backup made meanwhile, and the record brought back.

#![expect(clippy::unwrap_used, reason = "a test stops at what it does not expect")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

/// A demonstration that serves until it is dropped, which kills it.
struct Serving {
    child: Child,
    address: String,
}

impl Serving {
    fn begun(folder: &Path) -> Self {
        let mut child = fengsui(folder)
            .args(["demo", "--data", "centre", "--listen", "127.0.0.1:0"])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let address = lines.map_while(Result::ok).find_map(|line| {
            line.split("listening on http://").nth(1).map(|rest| rest.trim().to_owned())
        });
        Self { child, address: address.unwrap() }
    }

    fn get(&self, path: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let request =
            format!("GET {path} HTTP/1.1\r\nhost: desk.test\r\nconnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

fn fengsui(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_fengsui"));
    command.current_dir(folder).env_remove("FENGSUI_DATA").env_remove("FENGSUI_CONFIG");
    command
}

fn run(folder: &Path, arguments: &[&str]) -> Output {
    fengsui(folder).args(arguments).output().unwrap()
}

fn told(output: &Output) -> String {
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{complaint}");
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// Takes one request and answers that all is well.
fn heard(listener: &TcpListener) -> String {
    let (mut stream, _) = listener.accept().unwrap();
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        assert_ne!(reader.read_line(&mut head).unwrap(), 0, "the request ends: {head}");
    }
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse().unwrap())
    });
    let mut body = vec![0; length.unwrap()];
    reader.read_exact(&mut body).unwrap();
    stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").unwrap();
    head + &String::from_utf8(body).unwrap()
}

#[test]
fn a_serving_program_gives_signs_of_life_and_can_be_carried_away_meanwhile() {
    let folder = tempfile::tempdir().unwrap();
    let outside = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/alive", outside.local_addr().unwrap());
    let config = format!(
        "[heartbeat]\nurl = \"{url}\"\nevery = \"PT1S\"\nnetworks = [\"127.0.0.0/8\"]\n\
         [backup]\nto = \"backups\"\n"
    );
    std::fs::write(folder.path().join("fengsui.toml"), config).unwrap();
    let serving = Serving::begun(folder.path());

    let beat = heard(&outside);
    assert!(beat.starts_with("POST /alive "), "{beat}");
    assert!(beat.contains("\"alive\":true"), "{beat}");
    assert!(serving.get("/health").starts_with("HTTP/1.1 200"), "{}", serving.get("/health"));

    let printed = told(&run(folder.path(), &["backup", "--data", "centre", "--to", "elsewhere"]));
    let backup = PathBuf::from(printed.lines().next().unwrap());
    assert!(printed.contains("verified: "), "{printed}");
    drop(serving); // killed, not stopped

    let restore = ["restore", backup.to_str().unwrap(), "--data", "restored"];
    assert!(told(&run(folder.path(), &restore)).contains("nothing goes out"));
    let again = run(folder.path(), &restore);
    assert_eq!(again.status.code(), Some(1), "restored over a record");
    let verified = run(folder.path(), &["journal", "verify", "--data", "restored"]);
    assert!(told(&verified).contains("the journal is whole"));
    let rebuilt = run(folder.path(), &["boards", "rebuild", "--data", "restored"]);
    assert!(told(&rebuilt).contains("identical"));
}

#[test]
fn a_backup_without_a_place_says_how_to_name_one() {
    let folder = tempfile::tempdir().unwrap();
    let output = run(folder.path(), &["backup"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("--to DIR"));
}

#[test]
fn a_watch_that_cannot_be_kept_is_refused_at_the_start() {
    let folder = tempfile::tempdir().unwrap();
    for (config, named) in [
        ("[heartbeat]\nurl = \"somewhere\"\n", "heartbeat.url"),
        ("[time]\nserver = \"ntp.test\"\nevery = \"PT0S\"\n", "time.every"),
        ("[time]\nserver = \"ntp.test\"\nnetworks = [\"10.0.0/8\"]\n", "network"),
        ("[backup]\nto = \"b\"\nevery = \"P1Y\"\n", "every"),
    ] {
        std::fs::write(folder.path().join("fengsui.toml"), config).unwrap();
        let output = run(folder.path(), &["demo", "--data", "centre", "--listen", "127.0.0.1:0"]);
        let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "{complaint}");
        assert!(complaint.contains(named), "{config}\n{complaint}");
    }
}

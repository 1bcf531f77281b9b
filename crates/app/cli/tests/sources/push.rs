//! What programs push over HTTP, with tokens that are made, listed and taken back at the terminal.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::Value;

use crate::rig::{Centre, Running, alerts};

/// A centre with its roles bound, ready to serve.
pub(crate) fn centre(config: &str, organisations: &str) -> Centre {
    let centre = Centre::with(config);
    centre.told(&["init"]);
    let table = format!("name_zh,kind,district,networks\n市委网信办,authority,,\n{organisations}");
    std::fs::write(centre.path("table.csv"), table).unwrap();
    centre.told(&["organisation", "import", "table.csv"]);
    let blocked = centre.run(&["serve", "--listen", "127.0.0.1:0"]);
    let unbound = String::from_utf8(blocked.stderr).unwrap();
    for role in unbound.lines().filter_map(|line| line.strip_prefix("  ")) {
        let role = role.split_whitespace().next().unwrap();
        centre.told(&["role", "bind", role, "市委网信办"]);
    }
    let add =
        ["account", "add", "--login", "lin", "--name", "林越", "--organisation", "市委网信办"];
    centre.told(&add);
    centre
}

pub(crate) fn serving(centre: &Centre) -> (Running, String) {
    let running = centre.started(&["serve", "--listen", "127.0.0.1:0"], "listening on http://");
    let address = running.said.split("http://").nth(1).unwrap().trim().to_owned();
    (running, address)
}

pub(crate) fn issued(centre: &Centre, feed: &str, client: &str) -> String {
    let issue = ["watch", "token", "issue", feed, "--client", client, "--as", "lin"];
    let token = centre.told(&issue).trim().to_owned();
    assert!(token.starts_with("fst_"), "{token}");
    token
}

/// Pushes, and gives the status, the head and the body of the answer.
pub(crate) fn push(
    address: &str,
    (feed, token): (&str, &str),
    (body, headers): (&[u8], &str),
) -> (u16, String, Value) {
    let mut stream = TcpStream::connect(address).unwrap();
    let head = format!(
        "POST /api/v1/watch/feeds/{feed} HTTP/1.1\r\nhost: desk.test\r\nconnection: close\r\n\
         authorization: Bearer {token}\r\ncontent-length: {}\r\n{headers}\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    // A body that is too large is not read to its end.
    drop(stream.write_all(body));
    let mut answer = Vec::new();
    drop(stream.read_to_end(&mut answer));
    let answer = String::from_utf8(answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").expect(&answer);
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    (status, head.to_lowercase(), serde_json::from_str(body).unwrap_or_default())
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

fn body(numbers: std::ops::Range<u32>) -> Vec<u8> {
    alerts(numbers).join("\n").into_bytes()
}

const PUSHED: &str = "[[watch.feed]]\nname = \"partner\"\nformat = \"eve\"\ndedupe = { window = \"PT0S\" }\n\
     source = { kind = \"push\", body_bytes_max = 200_000, unpacked_bytes_max = 400_000 }\n\
     [[watch.feed]]\nname = \"other\"\nformat = \"eve\"\nsource = { kind = \"push\" }\n";

#[test]
fn what_was_acknowledged_is_in_the_lake_once_although_the_program_is_killed() {
    let centre = centre(PUSHED, "");
    let token = issued(&centre, "partner", "probe-7");
    let own = ("partner", token.as_str());
    let (mut running, address) = serving(&centre);

    let (status, _, answer) = push(&address, own, (&body(0..100), ""));
    assert_eq!((status, &answer["number"]), (202, &100.into()), "{answer}");
    let packed = gzip(&body(100..600));
    let (status, _, answer) = push(&address, own, (&packed, "content-encoding: gzip\r\n"));
    assert_eq!((status, &answer["number"]), (202, &600.into()), "{answer}");
    let packed = zstd::encode_all(body(600..1_000).as_slice(), 1).unwrap();
    let (status, _, answer) = push(&address, own, (&packed, "content-encoding: zstd\r\n"));
    assert_eq!((status, &answer["number"]), (202, &1_000.into()), "{answer}");
    // The last was acknowledged a moment ago: it is on disk, and mostly not in the lake yet.
    running.kill();
    let (running, address) = serving(&centre);
    let (status, _, answer) = push(&address, own, (&body(1_000..1_100), ""));
    assert_eq!((status, &answer["number"]), (202, &1_100.into()), "{answer}");
    centre.until("all in the lake", |centre| centre.rows("partner").0 >= 1_100);
    assert_eq!(centre.rows("partner"), (1_100, 1_100));
    centre.until("nothing waits", |centre| centre.status("partner")["waiting"] == 0);
    running.stop();
}

#[test]
fn a_push_is_bounded_as_it_comes_and_once_it_is_unpacked() {
    let centre = centre(PUSHED, "");
    let token = issued(&centre, "partner", "probe-7");
    let own = ("partner", token.as_str());
    let (running, address) = serving(&centre);
    let refused = |body: &[u8], headers: &str| {
        let (status, head, answer) = push(&address, own, (body, headers));
        let name = answer["type"].as_str().unwrap_or_default().rsplit(':').next().unwrap();
        assert!(head.contains("application/problem+json"), "{head}");
        (status, name.to_owned(), answer["detail"].as_str().unwrap_or_default().to_owned())
    };
    let (status, name, detail) = refused(&vec![b' '; 200_001], "");
    assert_eq!((status, name.as_str()), (413, "too-large"));
    assert!(detail.contains("200000 bytes; send it in parts"), "{detail}");
    for (encoding, bomb) in [
        ("gzip", gzip(&vec![b' '; 400_001])),
        ("zstd", zstd::encode_all(vec![b' '; 400_001].as_slice(), 1).unwrap()),
    ] {
        let (status, name, detail) = refused(&bomb, &format!("content-encoding: {encoding}\r\n"));
        assert_eq!((status, name.as_str()), (413, "too-large"), "{encoding}");
        assert!(detail.contains("400000 bytes once it is unpacked"), "{detail}");
    }
    assert_eq!(refused(b"{}", "content-encoding: gzip\r\n").0, 400);
    assert_eq!(refused(b"{}", "content-encoding: br\r\n").0, 415);
    assert_eq!(refused(b"", "").0, 400);
    running.stop();
}

#[test]
fn tokens_for_a_feed_are_issued_listed_and_taken_back_at_the_terminal() {
    let centre = centre(PUSHED, "");
    let nobody =
        centre.run(&["watch", "token", "issue", "partner", "--client", "x", "--as", "nobody"]);
    assert_eq!(nobody.status.code(), Some(1), "{nobody:?}");
    let stray = ["watch", "token", "issue", "no-feed", "--client", "x", "--as", "lin"];
    let stray = centre.run(&stray);
    assert!(
        String::from_utf8(stray.stderr).unwrap().contains("no feed no-feed"),
        "it may come later"
    );
    let token = issued(&centre, "partner", "probe-7");
    let listed = centre.told(&["watch", "token", "list"]);
    let line = listed.lines().find(|line| line.starts_with("probe-7")).unwrap();
    assert!(line.contains("partner") && !listed.contains("fst_"), "{listed}");

    let (running, address) = serving(&centre);
    assert_eq!(push(&address, ("partner", &token), (&body(0..1), "")).0, 202);
    let (status, _, answer) = push(&address, ("other", &token), (&body(0..1), ""));
    assert_eq!(status, 403, "{answer}");
    centre.told(&["watch", "token", "revoke", "--client", "probe-7", "--feed", "partner"]);
    centre.until("the token is refused", |_| {
        push(&address, ("partner", &token), (&body(1..2), "")).0 == 401
    });
    let again = centre.run(&["watch", "token", "revoke", "--client", "probe-7"]);
    assert_eq!(again.status.code(), Some(1), "{again:?}");
    running.stop();
}

#[test]
fn limits_that_cannot_be_kept_are_refused_at_the_start() {
    for limits in
        ["body_bytes_max = 0", "body_bytes_max = 67_108_865", "unpacked_bytes_max = 268_435_457"]
    {
        let centre = Centre::with(&format!(
            "[[watch.feed]]\nname = \"partner\"\nformat = \"eve\"\nsource = {{ kind = \"push\", {limits} }}\n"
        ));
        let refused = centre.run(&["watch", "run"]);
        let complaint = String::from_utf8(refused.stderr).unwrap();
        assert_eq!(refused.status.code(), Some(1), "{complaint}");
        assert!(complaint.contains("body_bytes_max is 1 to 67108864"), "{complaint}");
    }
}

//! Lists that are fetched on a schedule.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use crate::rig::Centre;

/// What the server gives now, and which requests it has heard.
#[derive(Default)]
struct Served {
    list: String,
    heard: Vec<String>,
}

/// A server that gives a list, and says that nothing changed to whoever has it.
fn serve(served: &Arc<Mutex<Served>>) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let served = Arc::clone(served);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let head = head_of(&stream);
            let mut served = served.lock().unwrap();
            let tag = format!("\"{}\"", served.list.len());
            let answer = if head.contains(&tag) {
                "HTTP/1.1 304 Not Modified\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
                    .to_owned()
            } else {
                let list = &served.list;
                format!(
                    "HTTP/1.1 200 OK\r\netag: {tag}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{list}",
                    list.len()
                )
            };
            served.heard.push(head);
            drop(served);
            // Whoever asked may have been killed.
            drop(stream.write_all(answer.as_bytes()));
        }
    });
    port
}

/// A request up to its empty line, or to where it was broken off.
fn head_of(stream: &TcpStream) -> String {
    let lines = BufReader::new(stream.try_clone().unwrap()).lines().map_while(Result::ok);
    lines.take_while(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

/// Addresses of command servers, with a comment as long as such lists have.
fn list(numbers: impl IntoIterator<Item = u32>) -> String {
    let mut list = String::new();
    for number in numbers {
        writeln!(
            list,
            "# {}\n198.18.{}.{}",
            "seen again and again ".repeat(40),
            number / 250,
            number % 250
        )
        .unwrap();
    }
    list
}

#[test]
fn a_list_is_followed_over_kills_and_of_an_unchanged_one_nothing_is_taken_in() {
    let served = Arc::new(Mutex::new(Served { list: list(0..1_500), heard: Vec::new() }));
    assert!(served.lock().unwrap().list.len() > 1_200_000, "larger than an answer is elsewhere");
    let port = serve(&served);
    let centre = Centre::with(&format!(
        "[[watch.feed]]\nname = \"drop\"\nformat = \"blocklist\"\nclassification = \"c2-server\"\n\
         source = {{ kind = \"pull\", url = \"http://127.0.0.1:{port}/drop.txt\", every = \"PT1S\",\
         networks = [\"127.0.0.0/8\"], authorization = \"secret\" }}\n"
    ));
    std::fs::write(centre.path("secret"), "Basic bGluOm1hcmE=\n").unwrap();
    let states = |centre: &Centre| -> BTreeSet<(String, u64)> {
        let rows = centre
            .query("SELECT \"list.state\" AS state, count(*) AS entries FROM records GROUP BY 1");
        let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
        rows.iter().map(|row| (text(&row["state"]), row["entries"].as_u64().unwrap())).collect()
    };
    let is = |wanted: &[(&str, u64)]| -> BTreeSet<(String, u64)> {
        wanted.iter().map(|(state, entries)| ((*state).to_owned(), *entries)).collect()
    };
    let mut collecting = centre.collecting();
    centre.until("the list is in the lake", |centre| states(centre) == is(&[("new", 1_500)]));
    collecting.kill();
    served.lock().unwrap().heard.clear();
    collecting = centre.collecting();
    centre.until("it is asked for again, twice", |_| served.lock().unwrap().heard.len() > 1);
    let heard = served.lock().unwrap().heard.join("\n").to_lowercase();
    assert!(heard.contains("if-none-match"), "{heard}");
    assert!(heard.contains("authorization: basic bgluom1hcme="), "{heard}");
    assert_eq!(states(&centre), is(&[("new", 1_500)]));

    // Ten go, five come.
    served.lock().unwrap().list = list((10..1_500).chain(1_500..1_505));
    centre.until("the change is in the lake", |centre| states(centre).len() > 1);
    assert_eq!(states(&centre), is(&[("delisted", 10), ("new", 1_505)]));
    collecting.stop();
}

#[test]
fn an_address_that_is_not_configured_is_not_connected_to_and_that_is_said() {
    let served = Arc::new(Mutex::new(Served::default()));
    let port = serve(&served);
    let centre = Centre::with(&format!(
        "[[watch.feed]]\nname = \"drop\"\nformat = \"blocklist\"\n\
         source = {{ kind = \"pull\", url = \"http://127.0.0.1:{port}/drop.txt\", every = \"PT1S\" }}\n"
    ));
    let collecting = centre.collecting();
    centre.until("the trouble is said", |centre| {
        centre.status("drop")["trouble"].as_str().is_some_and(|it| it.contains("network"))
    });
    assert!(served.lock().unwrap().heard.is_empty());
    collecting.stop();
}

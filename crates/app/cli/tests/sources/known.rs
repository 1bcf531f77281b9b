//! What is known beside the feeds reaches a running collector: the registry and the warning lists.

use std::fs::{self, File};
use std::io::Write as _;

use serde_json::Value;

use fengsui_desk::{Clock as _, MachineClock};

use crate::push::{centre, issued, push, serving};
use crate::rig::{Centre, alerts};

/// Adds to the log of a sensor that is read while it grows.
fn log(centre: &Centre, numbers: std::ops::Range<u32>) {
    let mut file =
        File::options().create(true).append(true).open(centre.path("logs/eve.json")).unwrap();
    file.write_all((alerts(numbers).join("\n") + "\n").as_bytes()).unwrap();
}

/// How many records have something in a column.
fn with(centre: &Centre, column: &str) -> u64 {
    centre.number(&format!("SELECT count({column}) FROM records"))
}

#[test]
fn an_organisation_that_is_registered_while_the_program_serves_owns_what_comes_next() {
    let config = "[[watch.feed]]\nname = \"partner\"\nformat = \"eve\"\ndedupe = { window = \"PT0S\" }\n\
                  source = { kind = \"push\" }\n";
    let centre = centre(config, "");
    let token = issued(&centre, "partner", "probe");
    let (running, address) = serving(&centre);
    let mut sent = 0;
    // Networks are somebody's from the day on which they are registered.
    let now = MachineClock.now().strftime("%Y-%m-%dT%H:%M:%S.000000+0000").to_string();
    let mut pushed = |count: u32| {
        let of_today = |alert: String| {
            let mut alert: Value = serde_json::from_str(&alert).unwrap();
            alert["timestamp"] = now.clone().into();
            alert.to_string()
        };
        let body: Vec<String> = alerts(sent..sent + count).into_iter().map(of_today).collect();
        sent += count;
        let body = body.join("\n");
        assert_eq!(push(&address, ("partner", &token), (body.as_bytes(), "")).0, 202);
    };
    pushed(10);
    centre.until("ten are there", |centre| centre.rows("partner").0 == 10);
    assert_eq!(with(&centre, "organisation"), 0);

    // Another process changes the registry; the one that serves takes it up.
    fs::write(
        centre.path("more.csv"),
        "name_zh,kind,district,networks\n滨江水务,operator,310101,203.0.113.0/24\n",
    )
    .unwrap();
    centre.told(&["organisation", "import", "more.csv"]);
    centre.until("what comes next has an owner", |centre| {
        pushed(1);
        with(centre, "organisation") > 0
    });
    let rows = centre.query(
        "SELECT district, \"organisation.because\" AS because FROM records WHERE organisation IS NOT NULL",
    );
    assert_eq!(rows[0]["district"], "310101", "{rows:?}");
    assert!(rows[0]["because"].as_str().unwrap().contains("203.0.113.0/24"), "{rows:?}");
    running.stop();
}

#[test]
fn a_warning_list_that_changes_counts_from_then_on_and_a_broken_one_changes_nothing() {
    let centre = Centre::with(
        "[watch]\nwarning_lists = [\"good.json\"]\n\
         [[watch.feed]]\nname = \"north\"\nformat = \"eve\"\ndedupe = { window = \"PT0S\" }\n\
         source = { kind = \"folder\", path = \"logs\", manner = \"tail\" }\n",
    );
    fs::create_dir(centre.path("logs")).unwrap();
    let list = |address: &str| {
        format!(
            "{{\"name\":\"good\",\"type\":\"cidr\",\"version\":1,\"list\":[\"{address}\"],\"matching_attributes\":[\"ip-dst\"]}}"
        )
    };
    fs::write(centre.path("good.json"), list("192.0.2.0/24")).unwrap();
    let collecting = centre.collecting();
    log(&centre, 0..10);
    centre.until("ten are there", |centre| centre.rows("north").0 == 10);
    assert_eq!(with(&centre, "known_good"), 0);

    // Cut off in the middle: what was known stays, and the collector goes on.
    fs::write(centre.path("good.json"), list("198.51.100.0/24").get(..40).unwrap()).unwrap();
    centre.until("the broken list is complained about", |centre| {
        centre.log().contains("a changed file is not taken up")
    });
    log(&centre, 10..20);
    centre.until("twenty are there", |centre| centre.rows("north").0 == 20);
    assert_eq!(with(&centre, "known_good"), 0);

    fs::write(centre.path("good.json"), list("198.51.100.0/24")).unwrap();
    let mut next = 20;
    centre.until("what comes next is known as good", |centre| {
        log(centre, next..next + 1);
        next += 1;
        with(centre, "known_good") > 0
    });
    collecting.stop();
}

//! Reports that come as attachments of mails.

use std::fs;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::rig::{Centre, alerts, files_in};

fn mail(subject: &str, attachment: &str) -> String {
    format!(
        "From: reports@feed.example\r\nTo: cert@centre.example\r\nSubject: {subject}\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/mixed; boundary=\"b\"\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nThe report is attached.\r\n\
         --b\r\nContent-Type: application/octet-stream; name=\"eve.json\"\r\nContent-Transfer-Encoding: base64\r\n\
         Content-Disposition: attachment; filename=\"eve.json\"\r\n\r\n{}\r\n--b--\r\n",
        STANDARD.encode(attachment)
    )
}

#[test]
fn attachments_are_in_the_lake_once_and_their_mails_are_put_away() {
    let centre = Centre::with(
        "[[watch.feed]]\nname = \"mailed\"\nformat = \"eve\"\ndedupe = { window = \"PT0S\" }\n\
         source = { kind = \"mail\", folder = \"inbox\" }\n",
    );
    let new = centre.path("inbox/new");
    fs::create_dir_all(&new).unwrap();
    let report = |first: u32| alerts(first..first + 2_000).join("\n");
    for number in 0..4 {
        fs::write(new.join(format!("{number}.m1")), mail("report", &report(number * 2_000)))
            .unwrap();
    }
    // The same report once more, and one without anything.
    fs::write(new.join("4.m1"), mail("again", &report(0))).unwrap();
    fs::write(new.join("5.m1"), "From: a@b.example\r\nSubject: nothing\r\n\r\nNo attachment.\r\n")
        .unwrap();
    let mut collecting = centre.collecting();
    centre.until("something is in the lake", |centre| centre.rows("mailed").0 > 0);
    collecting.kill();
    let collecting = centre.collecting();
    centre.until("all mails are put away", |centre| files_in(&centre.path("inbox/processed")) == 6);
    let count = |kind: &str| {
        centre.number(&format!("SELECT count(*) FROM everything WHERE kind = '{kind}'"))
    };
    assert_eq!((count("record"), count("quarantined")), (8_000, 1));
    assert_eq!(centre.rows("mailed").1, 8_000);
    assert_eq!(files_in(&new), 0);
    collecting.stop();
}

#[test]
fn a_folder_that_is_not_there_is_said_until_it_is() {
    let centre = Centre::with(
        "[[watch.feed]]\nname = \"mailed\"\nformat = \"eve\"\n\
         source = { kind = \"mail\", folder = \"inbox\" }\n",
    );
    let collecting = centre.collecting();
    centre.until("the trouble is said", |centre| {
        centre.status("mailed")["trouble"].as_str().is_some_and(|it| it.contains("inbox"))
    });
    let table = centre.told(&["watch", "status"]);
    assert!(table.contains("cannot be read") && table.contains("inbox"), "{table}");
    fs::create_dir_all(centre.path("inbox/new")).unwrap();
    centre.until("it is well", |centre| centre.status("mailed")["trouble"].is_null());
    collecting.stop();
    // A collector that was stopped says so itself by saying nothing; the feed stays on the list.
    assert_eq!(centre.status("mailed")["last_seen"], serde_json::Value::Null);
}

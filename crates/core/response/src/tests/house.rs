//! Rules of the house: read, checked, refused with the place.

use jiff::SignedDuration;

use crate::house::{CallOutWhen, House};

#[test]
fn what_ships_is_read_and_tells_people_when_a_duty_arises() {
    let house = House::read(House::SHIPPED).unwrap();
    assert_eq!(house.reminders.before, [0.0, 0.5, 0.8]);
    assert_eq!(house.call_outs.len(), 3);
    assert_eq!(*House::shipped(), house);
    let waiting = house.call_out_after(CallOutWhen::ReportWaiting);
    assert_eq!(waiting, Some(SignedDuration::from_mins(10)));
    assert_eq!(house.call_out_after(CallOutWhen::ByHand), Some(SignedDuration::ZERO));
    assert!(house.self_watch.clock_lag_max.is_some());
}

#[test]
fn nothing_written_is_a_house_without_rules() {
    assert_eq!(House::read("").unwrap(), House::default());
}

#[test]
fn every_mistake_is_told_with_its_place() {
    let text = "[reminders]\nbefore = [0.5, 0.2, 1.0, -0.1]\nafter = [\"PT10M\", \"-PT1M\"]\n\
        [[call_out]]\nwhen = \"duty-missed\"\nafter = \"-PT1S\"\nsteps = [{ who = \"first\", wait = \"PT0S\" }]\n\
        [[call_out]]\nwhen = \"duty-missed\"\nsteps = []\n[retention]\nlogs = \"P180D\"\nmessages = \"PT0S\"\n";
    let mistakes = House::read(text).unwrap_err();
    let places: Vec<_> = mistakes.0.iter().map(|it| (it.line, it.column)).collect();
    let expected = [
        (2, 16),
        (2, 21),
        (2, 26),
        (3, 19),
        (6, 9),
        (7, 34),
        (7, 18),
        (9, 8),
        (10, 9),
        (12, 8),
        (13, 12),
    ];
    assert_eq!(places, expected, "{mistakes}");
    assert!(mistakes.to_string().contains("12:8: logs are kept for at least six months"));
}

#[test]
fn unknown_words_and_what_is_no_toml_are_refused_with_their_place() {
    let words = [
        ("[reminders]\nbefor = [0.5]\n", (2, 1)),
        ("[[call_out]]\nwhen = \"on-fire\"\nsteps = []\n", (2, 8)),
        ("[reminders]\nafter = [\"ten\"]\n", (2, 10)),
        ("[reminders\n", (1, 11)),
    ];
    for (text, place) in words {
        let mistakes = House::read(text).unwrap_err();
        let first = mistakes.0.first().unwrap();
        assert_eq!((first.line, first.column), place, "{text}: {mistakes}");
    }
}

#[test]
fn six_months_may_be_written_in_days_if_they_are_enough() {
    for (logs, is_enough) in
        [("P6M", true), ("P184D", true), ("P183D", false), ("P1Y", true), ("P5M", false)]
    {
        let text = format!("[retention]\nlogs = \"{logs}\"\n");
        assert_eq!(House::read(&text).is_ok(), is_enough, "{logs}");
    }
}

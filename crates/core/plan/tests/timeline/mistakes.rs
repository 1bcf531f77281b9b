//! How every mistake is told.

use std::fmt::Write as _;

use fengsui_plan::{Library, Source, Timeline};
use fengsui_vocabulary::PlanId;

fn told(text: &str) -> String {
    let plan = Library::shipped().plan(&"shanghai-2019".parse::<PlanId>().unwrap()).unwrap();
    let source = Source { name: "timeline.toml".to_owned(), text: text.to_owned() };
    let found = Timeline::read(&source, &[&plan]).expect_err("it has a mistake");
    let mut told = String::new();
    for diagnostic in found {
        writeln!(told, "{}", diagnostic.render()).unwrap();
    }
    told
}

/// One table at ten, with what is said.
fn at_ten(said: &str) -> String {
    told(&format!("[[happened]]\nat = 2026-03-14T10:00:00+08:00\n{said}\n"))
}

#[test]
fn an_empty_timeline_is_refused() {
    insta::assert_snapshot!(told(""), @r#"
    error[missing-key]: `happened` is missing here
     --> timeline.toml:1:1
      |
    1 | 
      | ^
      = help: add `[[happened]]` tables with `at` and `what`
    "#);
    insta::assert_snapshot!(told("happened = []"), @r#"
    error[nothing-happened]: nothing happened in this timeline
     --> timeline.toml:1:1
      |
    1 | happened = []
      | ^
      = help: add a `[[happened]]` table with `at` and `what`
    "#);
}

#[test]
fn an_unknown_word_is_refused_with_the_nearest_one() {
    insta::assert_snapshot!(at_ten("what = \"discoverd\""), @r#"
    error[unknown-word]: `discoverd` is not a word that fits here
     --> timeline.toml:3:8
      |
    3 | what = "discoverd"
      |        ^^^^^^^^^^^
      = help: did you mean `discovered`?
    "#);
}

#[test]
fn a_key_that_does_not_belong_to_what_happened_is_refused() {
    insta::assert_snapshot!(at_ten("what = \"discovered\"\nlevel = \"II\""), @r#"
    error[unknown-key]: unknown key `level`
     --> timeline.toml:4:1
      |
    4 | level = "II"
      | ^^^^^
      = help: allowed here: `at`, `organisation`, `plan`, `recorded_at`, `what`
    "#);
    insta::assert_snapshot!(told("at = 1\n[[happened]]\nat = 2026-03-14T10:00:00+08:00\nwhat = \"occurred\""), @r#"
    error[unknown-key]: unknown key `at`
     --> timeline.toml:1:1
      |
    1 | at = 1
      | ^^
      = help: allowed here: `happened`
    "#);
}

#[test]
fn a_time_needs_its_offset() {
    insta::assert_snapshot!(told("[[happened]]\nat = 2026-03-14T10:00:00\nwhat = \"occurred\""), @r#"
    error[wrong-type]: this is a date or time, which does not fit here
     --> timeline.toml:2:6
      |
    2 | at = 2026-03-14T10:00:00
      |      ^^^^^^^^^^^^^^^^^^^
      = help: write a date and time with its offset: `2026-03-14T10:00:00+08:00`
    "#);
}

#[test]
fn nothing_is_recorded_before_it_happened() {
    insta::assert_snapshot!(at_ten("recorded_at = 2026-03-14T09:59:00+08:00\nwhat = \"occurred\""), @r#"
    error[happened-in-the-future]: this happened after it was recorded
     --> timeline.toml:2:6
      |
    2 | at = 2026-03-14T10:00:00+08:00
      |      ^^^^^^^^^^^^^^^^^^^^^^^^^
      = help: `recorded_at` is `at` or later: nobody records what has not happened yet
    "#);
}

#[test]
fn tables_are_in_order_of_recording() {
    insta::assert_snapshot!(told("[[happened]]\nat = 2026-03-14T10:00:00+08:00\nwhat = \"occurred\"\n[[happened]]\nat = 2026-03-14T09:00:00+08:00\nwhat = \"discovered\"\n"), @r#"
    error[out-of-order]: this was recorded before the table above it
     --> timeline.toml:5:6
      |
    5 | at = 2026-03-14T09:00:00+08:00
      |      ^^^^^^^^^^^^^^^^^^^^^^^^^
      = help: put the tables in the order of `recorded_at` (which is `at` where it is left out)
    "#);
}

#[test]
fn a_misspelt_role_level_duty_or_fact_is_refused() {
    insta::assert_snapshot!(at_ten("what = \"report_received\"\nby = \"cac_ofice\""), @r#"
    error[unknown-word]: no plan here knows `cac_ofice`
     --> timeline.toml:4:6
      |
    4 | by = "cac_ofice"
      |      ^^^^^^^^^^^
      = help: did you mean `cac_office`?
    "#);
    insta::assert_snapshot!(at_ten("what = \"level_decided\"\nlevel = \"IIII\""), @r#"
    error[unknown-word]: no plan here knows the level `IIII`
     --> timeline.toml:4:9
      |
    4 | level = "IIII"
      |         ^^^^^^
      = help: did you mean `III`?
    "#);
    insta::assert_snapshot!(at_ten("what = \"delivered\"\nduty = \"sh-4.1.1-orl\""), @r#"
    error[unknown-duty]: `shanghai-2019` has no duty `sh-4.1.1-orl`
     --> timeline.toml:4:8
      |
    4 | duty = "sh-4.1.1-orl"
      |        ^^^^^^^^^^^^^^
      = help: did you mean `sh-4.1.1-oral`?
    "#);
    insta::assert_snapshot!(at_ten("what = \"facts\"\nfacts = { system_los = \"severe\" }"), @r#"
    error[unknown-fact]: there is no fact `system_los`
     --> timeline.toml:4:11
      |
    4 | facts = { system_los = "severe" }
      |           ^^^^^^^^^^
      = help: did you mean `system_loss`?
    "#);
    insta::assert_snapshot!(at_ten("what = \"facts\"\nfacts = { system_loss = \"bad\" }"), @r#"
    error[fact-value]: fact `system_loss`: `bad` does not fit
     --> timeline.toml:4:25
      |
    4 | facts = { system_loss = "bad" }
      |                         ^^^^^
      = help: allowed: "none", "minor", "considerable", "severe", "extremely_severe"
    "#);
}

#[test]
fn of_several_senders_one_must_be_named() {
    insta::assert_snapshot!(at_ten("what = \"delivered\"\nduty = \"sh-4.1.2-oral\""), @r#"
    error[missing-sender]: `sh-4.1.2-oral` has several senders
     --> timeline.toml:4:8
      |
    4 | duty = "sh-4.1.2-oral"
      |        ^^^^^^^^^^^^^^^
      = help: add `by`: `cac_office`, `linkage_centre`
    "#);
}

#[test]
fn of_several_organisations_one_must_be_named() {
    let text = "[[happened]]\nat = 2026-03-14T10:00:00+08:00\nwhat = \"discovered\"\norganisation = [\"unit-a\", \"unit-b\"]\n\n[[happened]]\nat = 2026-03-14T10:05:00+08:00\nwhat = \"delivered\"\nduty = \"sh-4.1.1-oral\"\n";
    insta::assert_snapshot!(told(text), @r#"
    error[missing-organisation]: each of several organisations owes `sh-4.1.1-oral`
     --> timeline.toml:6:1
      |
    6 | [[happened]]
      | ^^^^^^^^^^^^
      = help: add `organisation`: the one that it was
    "#);
}

#[test]
fn a_time_that_is_no_slot_is_refused() {
    insta::assert_snapshot!(at_ten("what = \"delivered\"\nduty = \"sh-3.5-hourly\"\nslot = 2026-03-14T10:00:00+08:00"), @r#"
    error[unknown-slot]: `sh-3.5-hourly` has no slot that is due at this time
     --> timeline.toml:1:1
      |
    1 | [[happened]]
      | ^^^^^^^^^^^^
      = help: write the slot's number from 1, or exactly the time at which it is due
    "#);
}

#[test]
fn a_number_that_is_no_slot_is_refused() {
    insta::assert_snapshot!(at_ten("what = \"delivered\"\nduty = \"sh-3.5-hourly\"\nslot = 7"), @r#"
    error[unknown-slot]: `sh-3.5-hourly` has no slot of this number
     --> timeline.toml:1:1
      |
    1 | [[happened]]
      | ^^^^^^^^^^^^
      = help: write the slot's number from 1, or exactly the time at which it is due
    "#);
    insta::assert_snapshot!(at_ten("what = \"delivered\"\nduty = \"sh-3.5-hourly\"\nslot = 0"), @r#"
    error[wrong-type]: this is a whole number, which does not fit here
     --> timeline.toml:5:8
      |
    5 | slot = 0
      |        ^
      = help: write the slot's number from 1, or the time at which it is due
    "#);
}

#[test]
fn a_level_or_a_fact_that_no_plan_here_knows_is_refused() {
    insta::assert_snapshot!(at_ten("what = \"level_decided\"\nlevel = \"V\""), @r#"
    error[unknown-word]: no plan here knows the level `V`
     --> timeline.toml:4:9
      |
    4 | level = "V"
      |         ^^^
      = help: write one of: `I`, `II`, `III`, `IV`
    "#);
    insta::assert_snapshot!(at_ten("what = \"facts\"\nfacts = { gossip = true }"), @r#"
    error[unknown-fact]: there is no fact `gossip`
     --> timeline.toml:4:11
      |
    4 | facts = { gossip = true }
      |           ^^^^^^
      = help: `fengsui plan facts` lists the facts there are
    "#);
}

#[test]
fn somebody_who_has_no_part_in_a_duty_is_refused() {
    insta::assert_snapshot!(at_ten("what = \"delivered\"\nduty = \"sh-4.1.2-oral\"\nby = \"management_centre\"\nto = \"press_office\""), @r#"
    error[wrong-sender]: `management_centre` does not owe `sh-4.1.2-oral`
     --> timeline.toml:5:6
      |
    5 | by = "management_centre"
      |      ^^^^^^^^^^^^^^^^^^^
      = help: write one of: `cac_office`, `linkage_centre`

    error[wrong-recipient]: `press_office` is not owed `sh-4.1.2-oral`
     --> timeline.toml:6:6
      |
    6 | to = "press_office"
      |      ^^^^^^^^^^^^^^
      = help: write one of: `commission`, `government_duty_office`, `party_duty_office`
    "#);
}

#[test]
fn a_level_of_a_plan_that_is_not_at_hand_is_left_alone() {
    let plan = Library::shipped().plan(&"shanghai-2019".parse::<PlanId>().unwrap()).unwrap();
    let text = "[[happened]]\nat = 2026-03-14T10:00:00+08:00\nwhat = \"level_decided\"\nplan = \"nis2-2022\"\nlevel = \"significant\"\n";
    let source = Source { name: "timeline.toml".to_owned(), text: text.to_owned() };
    assert!(Timeline::read(&source, &[&plan]).is_ok());
}

#[test]
fn what_is_missing_is_said() {
    insta::assert_snapshot!(told("[[happened]]\nwhat = \"warning_issued\""), @r#"
    error[missing-key]: `at` is missing here
     --> timeline.toml:1:1
      |
    1 | [[happened]]
      | ^^^^^^^^^^^^
      = help: add `at = …`

    error[missing-key]: `colour` is missing here
     --> timeline.toml:1:1
      |
    1 | [[happened]]
      | ^^^^^^^^^^^^
      = help: add `colour = …`: `"red"`, `"orange"`, `"yellow"` or `"blue"`
    "#);
    insta::assert_snapshot!(at_ten("what = \"miss_cleared\"\nduty = \"sh-4.1.1-oral\""), @r#"
    error[missing-key]: `confirmed_by` is missing here
     --> timeline.toml:1:1
      |
    1 | [[happened]]
      | ^^^^^^^^^^^^
      = help: add `confirmed_by = …`: the second person
    "#);
}

#[test]
fn words_of_plans_that_are_not_at_hand_are_left_alone() {
    let plan = Library::shipped().plan(&"shanghai-2019".parse::<PlanId>().unwrap()).unwrap();
    let text = "[[happened]]\nat = 2026-03-14T10:00:00+08:00\nwhat = \"delivered\"\nduty = \"gdpr-33-authority\"\nto = \"supervisory_authority\"\n";
    let source = Source { name: "timeline.toml".to_owned(), text: text.to_owned() };
    assert!(Timeline::read(&source, &[&plan]).is_ok());
}

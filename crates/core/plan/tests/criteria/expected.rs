//! Grades that a pack expects of itself are played by `plan check`.

use super::pack::{PACK, found_with, rendered};

#[test]
fn grades_that_are_met_are_silent_and_need_nothing_else() {
    assert_eq!(rendered(&found(GRADES)), "");
}

#[test]
fn every_grade_that_differs_is_said_at_its_place() {
    for (name, old, new) in [
        ("certain", "certain = \"significant\"", "certain = \"minor\""),
        ("possible", "possible = \"significant\" },\n]", "possible = \"none\" },\n]"),
        ("presumed", "presumed = false", "presumed = true"),
        ("applies", "applies = \"applies\"", "applies = \"does_not_apply\""),
        ("fact", "direct_loss_eur = 600_000", "direct_los_eur = 600_000"),
        ("value", "direct_loss_eur = 600_000", "direct_loss_eur = \"much\""),
        ("nothing", "certain = \"none\", possible = \"significant\" }", "}"),
        ("word", "applies = \"may_apply\"", "applies = \"may\""),
        ("key", "presumed = false", "presumd = false"),
        ("facts_missing", "facts = {}, ", ""),
    ] {
        assert!(GRADES.contains(old), "{old}");
        insta::assert_snapshot!(
            format!("grades_{name}"),
            rendered(&found(&GRADES.replacen(old, new, 1)))
        );
    }
}

#[test]
fn a_scenario_without_grades_still_needs_what_happened() {
    let scenario = "\n[[scenario]]\nid = \"x\"\ntitle = { zh = \"甲\", en = \"a\" }\n";
    let missing: Vec<_> = found(scenario).iter().map(|found| found.what().to_owned()).collect();
    assert_eq!(missing.len(), 3, "{missing:?}");
    let when = "at = 2026-03-14T10:00:00+08:00\nhappened = []\nexpect = []\n";
    assert_eq!(rendered(&found(&format!("{scenario}{when}"))), "");
}

fn found(scenario: &str) -> Vec<fengsui_plan::Diagnostic> {
    let last = "text = { zh = \"评分\", en = \"Score\" }\n";
    assert!(PACK.ends_with(last));
    found_with(last, &format!("{last}{scenario}"))
}

const GRADES: &str = r#"
[[scenario]]
id = "numbers"
title = { zh = "数字", en = "Numbers" }
grades = [
    { facts = { direct_loss_eur = 600_000, entity_kind = "essential" }, certain = "significant", possible = "significant", presumed = false, applies = "applies" },
    { facts = {}, certain = "none", possible = "significant", applies = "may_apply" },
    { facts = { direct_loss_eur = { min = 400_000 } }, certain = "none", possible = "significant" },
]
"#;

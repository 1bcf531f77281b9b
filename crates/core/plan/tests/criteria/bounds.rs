//! A bound that depends on other facts is exact, and says what it asks.

use fengsui_plan::Grade;

use super::pack::{facts, plan, plan_with};

/// The other criteria are certainly not met.
const CALM: &str = r#""users_affected": 0, "functional_impact": "none""#;

#[test]
fn the_lower_of_a_number_and_a_share_decides_to_the_cent() {
    for (loss, turnover, expected) in [
        ("500000", "100000000", None),
        ("500000.01", "100000000", Some("significant")),
        ("50000", "1000000", None),
        ("50000.01", "1000000", Some("significant")),
        ("0.01", "0", Some("significant")),
        ("0", "0", None),
        // Five per cent of 33.33 are 1.6665: 1.66 is not more, 1.67 is.
        ("1.66", "33.33", None),
        ("1.67", "33.33", Some("significant")),
    ] {
        let grade = grade(&format!(
            r#"{{{CALM}, "direct_loss_eur": {loss}, "annual_turnover_eur": {turnover}}}"#
        ));
        assert_eq!(levels(&grade), (expected, expected), "{loss} of {turnover}");
    }
}

#[test]
fn an_unknown_turnover_leaves_only_the_number_certain() {
    for (loss, expected) in [
        ("0", (None, None)),
        ("100000", (None, Some("significant"))),
        ("500000", (None, Some("significant"))),
        ("500000.01", (Some("significant"), Some("significant"))),
    ] {
        let grade = grade(&format!(r#"{{{CALM}, "direct_loss_eur": {loss}}}"#));
        assert_eq!(levels(&grade), expected, "{loss}");
    }
}

#[test]
fn a_turnover_that_could_decide_is_asked_and_said_up_to_where() {
    let grade = grade(&format!(r#"{{{CALM}, "direct_loss_eur": 100000}}"#));
    let [open] = grade.undecided.as_slice() else { panic!("{grade:?}") };
    assert_eq!(open.ask, ["annual_turnover_eur"], "the loss is known");
    let [loss, turnover] = open.margins.as_slice() else { panic!("{open:?}") };
    assert_eq!(loss.needs, "500000.01", "what suffices whatever the turnover is");
    assert_eq!(loss.margin.as_deref(), Some("-400000.01"));
    assert_eq!(turnover.fact, *"annual_turnover_eur");
    // 100000 is more than five per cent of everything below two million.
    assert_eq!((turnover.value.as_deref(), turnover.needs.as_str()), (None, "1999999.99"));
    assert_eq!(turnover.margin, None);
}

#[test]
fn a_turnover_that_cannot_decide_is_not_asked() {
    let known = grade(&format!(
        r#"{{{CALM}, "direct_loss_eur": {{"min": 400000}}, "annual_turnover_eur": {{"min": 20000000}}}}"#
    ));
    let [open] = known.undecided.as_slice() else { panic!("{known:?}") };
    assert_eq!(open.ask, ["direct_loss_eur"], "the number is the lower one for any such turnover");
    assert_eq!(open.margins.len(), 1);
}

#[test]
fn what_met_a_bound_names_the_turnover_only_if_its_share_was_the_bound() {
    let by_number = grade(&format!(r#"{{{CALM}, "direct_loss_eur": 600000}}"#));
    assert_eq!(by_number.matched[0].because.len(), 1);
    assert_eq!(by_number.matched[0].because[0].needs, "500000.01");
    let by_share = grade(&format!(
        r#"{{{CALM}, "direct_loss_eur": 60000, "annual_turnover_eur": {{"max": 1000000}}}}"#
    ));
    let [loss, turnover] = by_share.matched[0].because.as_slice() else { panic!("{by_share:?}") };
    assert_eq!((loss.needs.as_str(), loss.margin.as_deref()), ("50000.01", Some("9999.99")));
    assert_eq!(turnover.value.as_deref(), Some("…1000000"));
    assert_eq!(turnover.needs, "1199999.99");
    assert_eq!(turnover.margin.as_deref(), Some("199999.99"));
}

#[test]
fn with_nothing_known_both_are_asked_and_no_number_is_made_up() {
    let grade = grade(&format!("{{{CALM}}}"));
    let [open] = grade.undecided.as_slice() else { panic!("{grade:?}") };
    assert_eq!(open.ask, ["direct_loss_eur", "annual_turnover_eur"]);
    let needs: Vec<_> = open.margins.iter().map(|margin| margin.needs.as_str()).collect();
    assert_eq!(needs, ["500000.01", "0…"]);
}

#[test]
fn the_higher_of_two_has_no_number_that_suffices_while_one_is_unknown() {
    let grade =
        grade(r#"{"direct_loss_eur": 0, "functional_impact": "none", "users_affected": 5000}"#);
    assert_eq!(levels(&grade), (None, Some("notable")));
    let [open] = grade.undecided.as_slice() else { panic!("{grade:?}") };
    assert_eq!(open.ask, ["users_in_union"]);
    assert_eq!((open.margins[0].needs.as_str(), &open.margins[0].margin), ("1000…", &None));
    assert_eq!(open.margins[1].needs, "100000");
    for (users, all, expected) in [
        (999, 100, None),
        (1_000, 100, Some("notable")),
        (1_000, 20_000, Some("notable")),
        (1_000, 20_001, None),
        (1_001, 20_001, Some("notable")),
    ] {
        let grade = self::grade(&format!(
            r#"{{"direct_loss_eur": 0, "functional_impact": "none", "users_affected": {users}, "users_in_union": {all}}}"#
        ));
        assert_eq!(levels(&grade), (expected, expected), "{users} of {all}");
    }
}

#[test]
fn a_share_may_stand_alone() {
    let plan = plan_with(
        "{ lowest_of = [500_000, { share = 0.05, of = \"annual_turnover_eur\" }] }",
        "{ share = 0.333333333, of = \"annual_turnover_eur\" }",
    );
    let known = facts(r#"{"direct_loss_eur": 1, "annual_turnover_eur": 3}"#);
    assert_eq!(plan.grade(&known).unwrap().certain.unwrap(), *"significant");
}

#[test]
fn the_turnover_is_among_the_facts_asked() {
    let asked: Vec<String> = plan().facts_asked().map(|fact| fact.id.to_string()).collect();
    for fact in ["direct_loss_eur", "annual_turnover_eur", "still_going_on", "entity_kind"] {
        assert!(asked.iter().any(|known| known == fact), "{fact}");
    }
    assert!(!asked.iter().any(|known| known == "staff"), "nothing looks at it");
}

fn grade(json: &str) -> Grade {
    plan().grade(&facts(json)).unwrap()
}

fn levels(grade: &Grade) -> (Option<&str>, Option<&str>) {
    let text = |level: &Option<fengsui_vocabulary::LevelId>| {
        let known = ["significant", "notable", "minor"];
        level.as_ref().and_then(|level| known.into_iter().find(|known| *level == **known))
    };
    (text(&grade.certain), text(&grade.possible))
}

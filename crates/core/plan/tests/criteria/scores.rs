//! A score is compared exactly, and lists what went into it.

use super::pack::{facts, plan, plan_with};

const CALM: &str = r#""direct_loss_eur": 0, "users_affected": 0"#;

#[test]
fn a_weighted_mean_is_compared_without_rounding() {
    for (impact, going_on, bound, is_met) in [
        // (4 × 40 + 2 × 100) / 6 is exactly 60.
        ("some", true, 60, true),
        ("some", true, 61, false),
        // 400 / 6 is 66.66…: more than 66, less than 67.
        ("denial", false, 66, true),
        ("denial", false, 67, false),
        ("denial", true, 100, true),
        ("none", true, 34, false),
        ("none", true, 33, true),
    ] {
        let plan = plan_with("at_least = 60", &format!("at_least = {bound}"));
        let known = facts(&format!(
            r#"{{{CALM}, "functional_impact": "{impact}", "still_going_on": {going_on}}}"#
        ));
        let grade = plan.grade(&known).unwrap();
        assert_eq!(grade.certain.is_some(), is_met, "{impact} {going_on} {bound}");
        assert_eq!(grade.certain, grade.possible);
    }
}

#[test]
fn an_open_score_lists_its_terms_and_asks_what_could_decide() {
    let known = facts(&format!(r#"{{{CALM}, "functional_impact": {{"min": "some"}}}}"#));
    let grade = plan().grade(&known).unwrap();
    assert_eq!(grade.certain, None);
    insta::assert_snapshot!("open_score", serde_json::to_string_pretty(&grade.undecided).unwrap());
}

#[test]
fn a_term_that_cannot_decide_is_not_asked() {
    // Without denial 60 is reached only while it is still going on, and with it without that.
    let known = facts(&format!(
        r#"{{{CALM}, "functional_impact": {{"max": "some"}}, "still_going_on": true}}"#
    ));
    let grade = plan().grade(&known).unwrap();
    assert_eq!(grade.undecided[0].ask, ["functional_impact"]);
    let never = facts(&format!(r#"{{{CALM}, "functional_impact": "none"}}"#));
    assert!(plan().grade(&never).unwrap().undecided.is_empty());
}

#[test]
fn a_score_that_is_reached_says_by_how_much() {
    let known = facts(&format!(r#"{{{CALM}, "functional_impact": "denial"}}"#));
    let grade = plan().grade(&known).unwrap();
    let [score] = grade.matched[0].scores.as_slice() else { panic!("{grade:?}") };
    assert_eq!(score.value, "66.66…100", "never rounded up");
    assert_eq!((score.needs.as_str(), score.margin.as_str()), ("60", "6.66"));
    assert!(grade.matched[0].because.is_empty());
}

#[test]
fn a_grade_with_scores_and_bounds_fits_the_documented_schema() {
    const SCHEMA: &str = include_str!("../../../../../docs/schema/grade.schema.json");
    let schema: serde_json::Value = serde_json::from_str(SCHEMA).unwrap();
    let validator = jsonschema::draft202012::new(&schema).unwrap();
    for known in [
        "{}",
        r#"{"functional_impact": "denial", "direct_loss_eur": 0, "users_affected": {"min": 2000}}"#,
        r#"{"direct_loss_eur": 600000, "annual_turnover_eur": 5}"#,
    ] {
        let grade = serde_json::to_value(plan().grade(&facts(known)).unwrap()).unwrap();
        let faults: Vec<String> =
            validator.iter_errors(&grade).map(|fault| fault.to_string()).collect();
        assert!(faults.is_empty(), "{known}: {faults:?}");
    }
}

#[test]
fn a_plan_lists_its_scores() {
    let plan = plan();
    let scores: Vec<_> = plan.scores().collect();
    assert_eq!(scores.len(), 1);
    assert_eq!(scores[0].terms[0].points, [0, 40, 100]);
}

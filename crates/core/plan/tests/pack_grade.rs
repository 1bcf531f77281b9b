//! The levels that facts give under the shipped Shanghai pack, with the reasons.

use std::sync::Arc;

use fengsui_plan::{FactsRefused, Grade, Library, Plan};
use fengsui_vocabulary::Facts;

#[test]
fn a_threat_of_at_least_some_is_certainly_ordinary_and_possibly_extremely_major() {
    let grade = grade(r#"{"security_threat": {"min": "some"}}"#);
    assert_eq!(levels(&grade), (Some("IV"), Some("I")));
    assert_eq!(grade.matched.len(), 1);
    assert_eq!(grade.matched[0].criterion, *"sh-IV-1");
    assert_eq!(grade.matched[0].because[0].value.as_deref(), Some("some…"));
    let asked: Vec<_> = grade.undecided.iter().flat_map(|open| &open.ask).collect();
    assert!(asked.iter().any(|fact| **fact == *"system_loss"));
    assert!(!grade.presumed);
}

#[test]
fn nothing_known_gives_nothing_certain_and_everything_possible() {
    let grade = grade("{}");
    assert_eq!(levels(&grade), (None, Some("I")));
    assert!(grade.matched.is_empty());
    assert_eq!(grade.undecided.len(), 11);
}

#[test]
fn loss_counts_only_on_important_systems() {
    let all =
        r#""security_threat": "none", "security_impact": "none", "sensitive_data_affected": false"#;
    for (importance, loss, expected) in [
        ("ordinary", "extremely_severe", None),
        ("important", "minor", None),
        ("important", "considerable", Some("III")),
        ("important", "severe", Some("II")),
        ("important", "extremely_severe", Some("I")),
        ("critical_infrastructure", "severe", Some("II")),
    ] {
        let grade = grade(&format!(
            r#"{{{all}, "system_importance": "{importance}", "system_loss": "{loss}"}}"#
        ));
        assert_eq!(levels(&grade), (expected, expected), "{importance} {loss}");
        assert!(grade.undecided.is_empty(), "{importance} {loss}");
    }
}

#[test]
fn a_threat_from_data_counts_only_when_sensitive_data_is_affected() {
    let rest = r#""security_threat": "none", "security_impact": "none", "system_loss": "none""#;
    for (affected, threat, expected) in [
        (false, "extremely_serious", None),
        (true, "none", None),
        (true, "some", Some("IV")),
        (true, "considerable", Some("III")),
        (true, "serious", Some("II")),
        (true, "extremely_serious", Some("I")),
    ] {
        let grade = grade(&format!(
            r#"{{{rest}, "sensitive_data_affected": {affected}, "data_threat": "{threat}"}}"#
        ));
        assert_eq!(levels(&grade), (expected, expected), "{affected} {threat}");
    }
}

#[test]
fn threat_or_impact_suffices_for_the_catch_all() {
    let rest = r#""system_loss": "none", "sensitive_data_affected": false"#;
    for (threat, impact, expected) in [
        ("none", "none", None),
        ("some", "none", Some("IV")),
        ("none", "some", Some("IV")),
        ("considerable", "some", Some("III")),
        ("none", "serious", Some("II")),
        ("extremely_serious", "none", Some("I")),
    ] {
        let grade = grade(&format!(
            r#"{{{rest}, "security_threat": "{threat}", "security_impact": "{impact}"}}"#
        ));
        assert_eq!(levels(&grade), (expected, expected), "{threat} {impact}");
    }
}

#[test]
fn a_part_about_content_is_handed_over_and_the_rest_is_still_graded() {
    let grade = grade(r#"{"content_part": true, "security_impact": "some"}"#);
    assert_eq!(grade.hand_over.len(), 1);
    assert_eq!(grade.hand_over[0].part, "content_part");
    assert_eq!(levels(&grade).0, Some("IV"));
}

#[test]
fn a_grade_as_json_has_the_keys_that_others_build_on() {
    let grade = grade(
        r#"{"system_importance": "important", "system_loss": {"min": "considerable", "max": "severe"}, "content_part": true}"#,
    );
    insta::assert_snapshot!("grade_json", serde_json::to_string_pretty(&grade).unwrap());
}

#[test]
fn facts_that_do_not_fit_are_refused_by_name_with_what_is_allowed() {
    for (name, facts) in [
        ("unknown", r#"{"system_los": "severe"}"#),
        ("word", r#"{"system_loss": "heavy"}"#),
        ("kind", r#"{"people_leaked": "many"}"#),
        ("negative", r#"{"people_leaked": -1}"#),
        ("cents", r#"{"direct_loss_cny": 0.001}"#),
        ("share", r#"{"people_affected_share_city": 30}"#),
        ("duration", r#"{"portal_outage": "6h"}"#),
        ("region", r#"{"place": "Pudong"}"#),
        ("region_code", r#"{"place": "000000"}"#),
        ("flag_range", r#"{"special_circumstances": {"min": true}}"#),
        ("choice_range", r#"{"operator_kind": {"min": "cii"}}"#),
        ("empty_range", r#"{"people_leaked": {}}"#),
        ("swapped", r#"{"system_loss": {"min": "severe", "max": "minor"}}"#),
        ("several", r#"{"system_loss": 3, "place": true}"#),
    ] {
        insta::assert_snapshot!(format!("refused_{name}"), refused(facts).to_string());
    }
}

#[test]
fn values_are_kept_exactly() {
    let catalogue = Library::shipped().catalogue();
    let facts: Facts = serde_json::from_str(
        r#"{"direct_loss_cny": 12.5, "people_affected_share_city": 0.3, "portal_outage": "PT6H",
            "place": "310115", "people_leaked": {"max": 5}, "system_loss": {"min": "severe"}}"#,
    )
    .unwrap();
    let known = catalogue.parse(&facts).unwrap();
    let shown: Vec<_> = known
        .iter()
        .map(|(fact, bounds)| {
            let fact = catalogue.get(fact).unwrap();
            (fact.id.to_string(), fact.written(bounds.mildest), fact.written(bounds.worst))
        })
        .collect();
    let expected = [
        ("direct_loss_cny", "12.5", "12.5"),
        ("people_affected_share_city", "0.3", "0.3"),
        ("people_leaked", "0", "5"),
        ("place", "310115", "310115"),
        ("portal_outage", "PT6H", "PT6H"),
        ("system_loss", "severe", "extremely_severe"),
    ];
    for ((fact, mildest, worst), expected) in shown.iter().zip(expected) {
        assert_eq!((fact.as_str(), mildest.as_str(), worst.as_str()), expected);
    }
    assert_eq!(shown.len(), expected.len());
}

#[test]
fn a_level_asked_without_reasons_is_the_same() {
    for facts in ["{}", r#"{"security_threat": "serious"}"#, r#"{"system_loss": {"min": "minor"}}"#]
    {
        let (plan, facts) = (shanghai(), serde_json::from_str(facts).unwrap());
        let grade = plan.grade(&facts).unwrap();
        let prepared = plan.prepare(&facts).unwrap();
        let (certain, possible) = plan.level_of(&prepared);
        assert_eq!((certain, possible), (grade.certain.as_ref(), grade.possible.as_ref()));
    }
}

fn shanghai() -> Arc<Plan> {
    Library::shipped().plan(&"shanghai-2019".parse().unwrap()).unwrap()
}

fn grade(facts: &str) -> Grade {
    shanghai().grade(&serde_json::from_str(facts).unwrap()).unwrap()
}

fn refused(facts: &str) -> FactsRefused {
    shanghai().grade(&serde_json::from_str(facts).unwrap()).unwrap_err()
}

fn levels(grade: &Grade) -> (Option<&str>, Option<&str>) {
    let text =
        |level: &Option<fengsui_vocabulary::LevelId>| level.clone().map(|level| level.to_string());
    let (certain, possible) = (text(&grade.certain), text(&grade.possible));
    let known = |level: Option<String>| {
        level.map(|level| *["I", "II", "III", "IV"].iter().find(|known| **known == level).unwrap())
    };
    (known(certain), known(possible))
}

//! The levels that facts give under the shipped Shanghai pack, with the reasons.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on must fail loudly; clippy does not see that helpers are tests too"
)]

use std::sync::Arc;

use fengsui_plan::{Diagnostic, FactsRefused, Grade, Library, Plan, Source};
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

#[test]
fn between_two_numbers_the_count_is_what_to_ask() {
    let plan = with_criteria(
        "{ fact = \"people_leaked\", at_least = 1_000_000 }",
        "{ fact = \"people_leaked\", at_least = 100_000 }",
    );
    for (people, expected) in
        [(1_000_000, Some("III")), (999_999, Some("IV")), (100_000, Some("IV")), (99_999, None)]
    {
        let grade = grade_by(&plan, &format!(r#"{{{NONE_ELSE}, "people_leaked": {people}}}"#));
        assert_eq!(levels(&grade), (expected, expected), "{people}");
    }
    let range = r#""people_leaked": {"min": 800000, "max": 1200000}"#;
    let grade = grade_by(&plan, &format!("{{{NONE_ELSE}, {range}}}"));
    assert_eq!(levels(&grade), (Some("IV"), Some("III")));
    assert_eq!(grade.undecided.len(), 1);
    assert_eq!(grade.undecided[0].ask, ["people_leaked"]);
    let margin = &grade.undecided[0].margins[0];
    assert_eq!(margin.value.as_deref(), Some("800000…1200000"));
    assert_eq!((margin.needs.as_str(), margin.margin.as_deref()), ("1000000", Some("-200000")));
    assert_eq!(grade.matched[0].because[0].margin.as_deref(), Some("700000"));
}

#[test]
fn more_than_excludes_its_bound_and_at_least_includes_it() {
    let plan = with_criteria(
        "{ fact = \"direct_loss_cny\", more_than = 100.5 }",
        "{ fact = \"portal_outage\", at_least = \"PT6H\" }",
    );
    for (facts, expected) in [
        (r#""direct_loss_cny": 100.5, "portal_outage": "PT0S""#, None),
        (r#""direct_loss_cny": 100.51, "portal_outage": "PT0S""#, Some("III")),
        (r#""direct_loss_cny": 0, "portal_outage": "PT5H59M59S""#, None),
        (r#""direct_loss_cny": 0, "portal_outage": "PT360M""#, Some("IV")),
    ] {
        let grade = grade_by(&plan, &format!("{{{NONE_ELSE}, {facts}}}"));
        assert_eq!(levels(&grade), (expected, expected), "{facts}");
    }
}

#[test]
fn a_choice_without_order_is_tried_out_completely() {
    let kinds = ["cii", "central_body", "other"]
        .map(|kind| format!("{{ fact = \"operator_kind\", is = \"{kind}\" }}"));
    let plan = with_criteria(
        &format!("{{ any = [{}] }}", kinds.join(", ")),
        "{ fact = \"people_leaked\", at_least = 1 }",
    );
    let grade = grade_by(&plan, &format!("{{{NONE_ELSE}, \"people_leaked\": 5}}"));
    assert_eq!(levels(&grade), (Some("III"), Some("III")), "whichever it is, the level is certain");
    assert_eq!(grade.undecided[0].ask, ["operator_kind"]);
}

#[test]
fn a_level_that_rests_on_normal_numbers_only_is_presumed() {
    let text =
        shanghai().text.replacen("id = \"sh-III-3\"", "id = \"sh-III-3\"\npresumed = true", 1);
    let plan = read(text);
    let presumed = grade_by(&plan, r#"{"security_threat": "considerable"}"#);
    assert!(presumed.presumed);
    let both = r#"{"security_threat": "considerable", "system_importance": "important", "system_loss": "considerable"}"#;
    assert!(!grade_by(&plan, both).presumed);
}

/// Every fact that the untouched criteria look at is known to be harmless.
const NONE_ELSE: &str = r#""system_loss": "none", "sensitive_data_affected": false, "security_threat": "none", "security_impact": "none""#;

/// The Shanghai pack with other tests for its last criteria of III and IV.
fn with_criteria(third: &str, fourth: &str) -> Plan {
    let threat = |least: &str| {
        format!(
            "{{ any = [\n    {{ fact = \"security_threat\", at_least = \"{least}\" }},\n    {{ fact = \"security_impact\", at_least = \"{least}\" }},\n] }}"
        )
    };
    let text = shanghai().text.clone();
    assert!(text.contains(&threat("considerable")) && text.contains(&threat("some")));
    read(text.replacen(&threat("considerable"), third, 1).replacen(&threat("some"), fourth, 1))
}

fn read(text: String) -> Plan {
    let source = Source { name: "pack.toml".into(), text };
    Library::shipped().read(&source).unwrap_or_else(|found| {
        panic!("{}", found.iter().map(Diagnostic::render).collect::<Vec<_>>().join("\n"))
    })
}

fn grade_by(plan: &Plan, facts: &str) -> Grade {
    plan.grade(&serde_json::from_str(facts).unwrap()).unwrap()
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

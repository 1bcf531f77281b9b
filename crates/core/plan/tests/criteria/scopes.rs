//! Whether a plan applies: certainly, possibly, not; and what to ask.

use fengsui_plan::{Applicability, Applies, Library, ScopeStanding};

use super::pack::{facts, plan, plan_with};

#[test]
fn a_plan_applies_where_any_scope_is_certainly_met() {
    for (known, expected) in [
        (r#"{"entity_kind": "essential"}"#, Applies::Applies),
        (r#"{"entity_kind": "important"}"#, Applies::MayApply),
        (r#"{"entity_kind": "important", "direct_loss_eur": 0.01}"#, Applies::Applies),
        (r#"{"entity_kind": "important", "direct_loss_eur": 0}"#, Applies::DoesNotApply),
        (r#"{"entity_kind": "neither"}"#, Applies::DoesNotApply),
        ("{}", Applies::MayApply),
    ] {
        assert_eq!(applicability(known).answer, expected, "{known}");
    }
}

#[test]
fn a_scope_says_where_it_stands_and_what_would_decide() {
    let may = applicability(r#"{"entity_kind": "important"}"#);
    let standings: Vec<_> = may.because.iter().map(|scope| scope.standing).collect();
    assert_eq!(standings, [ScopeStanding::NotMet, ScopeStanding::Undecided]);
    assert!(may.because[0].ask.is_empty());
    assert_eq!(may.because[1].ask, ["direct_loss_eur"]);
    insta::assert_snapshot!("applicability", serde_json::to_string_pretty(&may).unwrap());
}

#[test]
fn a_plan_applies_whichever_choice_it_is_when_every_choice_has_its_scope() {
    let plan = plan_with(
        "when = { fact = \"entity_kind\", is = \"essential\" }",
        "when = { any = [{ fact = \"entity_kind\", is = \"essential\" }, { fact = \"entity_kind\", is = \"neither\" }] }",
    );
    let known = facts(r#"{"direct_loss_eur": 5}"#);
    let applicability = plan.applicability(&known).unwrap();
    assert_eq!(applicability.answer, Applies::Applies);
    assert!(applicability.because.iter().all(|one| one.standing == ScopeStanding::Undecided));
}

#[test]
fn a_scope_without_a_test_is_always_met() {
    let plan = plan_with("when = { fact = \"entity_kind\", is = \"essential\" }\n", "");
    let applicability = plan.applicability(&facts("{}")).unwrap();
    assert_eq!(applicability.answer, Applies::Applies);
    assert_eq!(applicability.because[0].standing, ScopeStanding::Met);
}

#[test]
fn a_plan_without_scopes_applies_to_everything() {
    let shanghai = Library::shipped().plan(&"shanghai-2019".parse().unwrap()).unwrap();
    let applicability = shanghai.applicability(&facts("{}")).unwrap();
    assert_eq!(applicability.answer, Applies::Applies);
    assert!(applicability.because.is_empty());
}

#[test]
fn facts_that_do_not_fit_are_refused() {
    assert!(plan().applicability(&facts(r#"{"entity_kind": "vital"}"#)).is_err());
}

#[test]
fn choices_that_only_scopes_look_at_leave_the_grade_alone() {
    let plan = plan();
    let known = facts(r#"{"direct_loss_eur": 600000}"#);
    let with_kind = facts(r#"{"direct_loss_eur": 600000, "entity_kind": "neither"}"#);
    assert_eq!(plan.grade(&known).unwrap(), plan.grade(&with_kind).unwrap());
    assert_eq!(plan.scopes.len(), 2);
}

fn applicability(known: &str) -> Applicability {
    plan().applicability(&facts(known)).unwrap()
}

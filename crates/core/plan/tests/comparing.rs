//! What changes for whom between two editions of a plan, in rules and in incidents.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on must fail loudly; clippy does not see that helpers are tests too"
)]

use std::sync::Arc;

use fengsui_plan::{
    ChangeKind, Comparison, Diagnostic, Library, Plan, Replay, Source, SubjectKind, canonical,
    compare, replay,
};
use fengsui_vocabulary::PlanId;

const SHANGHAI: &str = include_str!("../../../../plans/shanghai-2019.toml");

fn shanghai() -> Arc<Plan> {
    Library::shipped().plan(&"shanghai-2019".parse::<PlanId>().unwrap()).unwrap()
}

/// The pack with some things changed; its golden scenarios prove the edition before.
fn edition(changes: &[(&str, &str)]) -> Plan {
    let mut text = SHANGHAI.split("[[scenario]]").next().unwrap().to_owned();
    for (old, new) in changes {
        assert!(text.contains(old), "{old}");
        text = text.replacen(old, new, 1);
    }
    let read = Library::shipped().read(&Source { name: "edition.toml".into(), text });
    let told = |found: Vec<Diagnostic>| found.iter().map(Diagnostic::render).collect::<String>();
    read.map_err(told).unwrap()
}

fn told(comparison: &Comparison) -> String {
    let line = |change: &fengsui_plan::Change| {
        let who: Vec<_> = change.who.iter().map(ToString::to_string).collect();
        let clause = change.clause.as_ref().map(ToString::to_string).unwrap_or_default();
        format!(
            "{:?} {:?} {} ({clause}) [{}]\n  {}\n  {}",
            change.kind,
            change.about.kind,
            change.about.id,
            who.join(", "),
            change.text.zh,
            change.text.en
        )
    };
    comparison.changes.iter().map(line).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_plan_does_not_differ_from_itself() {
    assert_eq!(compare(&shanghai(), &shanghai()).changes, []);
    assert_eq!(compare(&shanghai(), &edition(&[])).changes, []);
}

#[test]
fn what_changes_for_whom_is_told_in_both_languages_looser_first() {
    let next = edition(&[
        ("due = { within = \"PT30M\" }", "due = { within = \"PT20M\" }"),
        ("due = { within = \"PT2H\" }", "due = { within = \"PT3H\" }"),
        ("to = [\"city_leaders\"]", "to = [\"commission\"]"),
        (
            "{ fact = \"security_threat\", at_least = \"some\" }",
            "{ fact = \"security_threat\", at_least = \"considerable\" }",
        ),
        (
            "{ fact = \"security_impact\", at_least = \"extremely_serious\" }",
            "{ fact = \"security_impact\", at_least = \"serious\" }",
        ),
        (
            "levels = [\"III\", \"IV\"]\nhow = { joint = [\"cac_office\", \"linkage_centre\"] }",
            "levels = [\"III\", \"IV\"]\nhow = { any = [\"cac_office\"] }",
        ),
        ("id = \"1.1\"\nevidence = \"official\"", "id = \"1.1\"\nevidence = \"secondary\""),
    ]);
    let comparison = compare(&shanghai(), &next);
    insta::assert_snapshot!("next_edition", told(&comparison));
    let kinds: Vec<_> = comparison.changes.iter().map(|change| change.kind).collect();
    assert!(kinds.is_sorted(), "{kinds:?}");
    assert_eq!(kinds.first(), Some(&ChangeKind::Looser));
    assert!(comparison.changes.iter().all(|it| !it.text.zh.is_empty() && !it.text.en.is_empty()));
}

#[test]
fn what_is_stricter_one_way_is_looser_the_other_way() {
    let next = edition(&[
        ("due = { within = \"PT30M\" }", "due = { within = \"PT20M\" }"),
        ("anchor = { received = true }", "anchor = { organisation = \"occurred\" }"),
    ]);
    let kinds = |comparison: Comparison| {
        let duties = comparison.changes.into_iter();
        let mut duties: Vec<_> = duties
            .filter(|change| change.about.kind == SubjectKind::Duty)
            .map(|change| (change.about.id, change.kind))
            .collect();
        duties.sort();
        duties
    };
    let forth = kinds(compare(&shanghai(), &next));
    let back = kinds(compare(&next, &shanghai()));
    let is = |kinds: &[(String, ChangeKind)], duty: &str, kind| {
        kinds.iter().any(|(id, it)| id == duty && *it == kind)
    };
    assert!(is(&forth, "sh-4.1.1-oral", ChangeKind::Stricter));
    assert!(is(&back, "sh-4.1.1-oral", ChangeKind::Looser));
    // Whether receipt comes before or after occurrence as told, nobody can promise.
    assert!(is(&forth, "sh-4.1.2-oral", ChangeKind::Looser));
    assert!(is(&back, "sh-4.1.2-oral", ChangeKind::Looser));
}

#[test]
fn a_comparison_is_data_for_other_programs() {
    let next = edition(&[("due = { within = \"PT30M\" }", "due = { within = \"PT20M\" }")]);
    let written = serde_json::to_value(compare(&shanghai(), &next)).unwrap();
    assert_eq!(written["changes"][0]["kind"], "stricter");
    assert_eq!(written["changes"][0]["about"]["id"], "sh-4.1.1-oral");
    assert_eq!(written["changes"][0]["who"][0], "incident_unit");
}

#[test]
fn incidents_that_happened_are_looked_at_again_under_the_next_edition() {
    let next = edition(&[
        ("due = { within = \"PT30M\" }", "due = { within = \"PT20M\" }"),
        ("to = [\"city_leaders\"]", "to = [\"commission\"]"),
        (
            "{ fact = \"security_impact\", at_least = \"some\" }",
            "{ fact = \"security_impact\", at_least = \"considerable\" }",
        ),
    ]);
    let plan = shanghai();
    let histories: Vec<_> = ["golden-1", "golden-4", "golden-15"]
        .iter()
        .map(|id| {
            let scenario = plan.scenarios.iter().find(|it| it.id == *id).unwrap();
            (id, scenario.history(&plan).unwrap(), scenario.at)
        })
        .collect();
    let incidents: Vec<_> =
        histories.iter().map(|(name, history, at)| Replay { name, history, at: *at }).collect();
    assert_eq!(replay(&plan, &plan, &incidents), []);
    let found = replay(&plan, &next, &incidents);
    let lines: Vec<_> = found
        .iter()
        .map(|it| {
            let duty = it.duty.as_deref().unwrap_or("level");
            format!("{} {duty}\n  {}\n  {}", it.incident, it.text.zh, it.text.en)
        })
        .collect();
    insta::assert_snapshot!("replayed", lines.join("\n"));
}

#[test]
fn packs_that_say_the_same_have_one_canonical_hash() {
    let spaced = SHANGHAI.replace("\n[[duty]]\nid = ", "\n\n# a duty\n[[duty]]\n  id   = ");
    let moved = spaced.replacen("short = \"sh\"\n", "", 1).replacen(
        "edition = \"2019\"\n",
        "edition = \"2019\"\nshort = 'sh'\n",
        1,
    );
    let read = |text: &str| {
        Library::shipped().read(&Source { name: "a.toml".into(), text: text.into() }).unwrap()
    };
    let (one, other) = (shanghai(), read(&moved));
    assert_ne!(one.hash, other.hash);
    assert_eq!(one.canonical_hash, other.canonical_hash);
    assert_ne!(one.canonical_hash, edition(&[]).canonical_hash, "scenarios are part of a pack");
    let form = |text: &str| canonical(&Source { name: "a".into(), text: text.into() }).unwrap();
    assert_eq!(form(SHANGHAI), form(&moved));
}

//! What the program prints for other programs: the documented examples are the real ones.

#![expect(clippy::unwrap_used, reason = "a test stops at what it does not expect")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

fn docs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../docs")
}

/// Types a command in the folder of the examples.
fn fengsui(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_fengsui"))
        .args(arguments)
        .current_dir(docs().join("examples"))
        .env_remove("FENGSUI_DATA")
        .env_remove("FENGSUI_CONFIG")
        .output()
        .unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn complained(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// What is printed is what is documented, and fits its schema.
fn assert_documented(arguments: &[&str], example: &str, schema: &str) {
    let output = fengsui(arguments);
    assert!(output.status.success(), "{}", complained(&output));
    let documented = std::fs::read_to_string(docs().join("examples").join(example)).unwrap();
    assert_eq!(said(&output), documented);
    assert_fits(schema, &said(&output));
}

fn assert_fits(schema: &str, printed: &str) {
    let schema = std::fs::read_to_string(docs().join("schema").join(schema)).unwrap();
    let schema: Value = serde_json::from_str(&schema).unwrap();
    let printed: Value = serde_json::from_str(printed).unwrap();
    let validator = jsonschema::draft202012::new(&schema).unwrap();
    let faults: Vec<String> =
        validator.iter_errors(&printed).map(|fault| fault.to_string()).collect();
    assert_eq!(faults, Vec::<String>::new());
}

#[test]
fn the_documented_comparison_is_the_real_one() {
    let compare = ["plan", "compare", "shanghai-2019", "district.pack.toml", "--format", "json"];
    assert_documented(&compare, "district.compare.json", "compare.schema.json");
}

#[test]
fn every_comparison_of_two_shipped_plans_fits_its_schema() {
    for (a, b) in [("shanghai-2019", "cac-national-2017"), ("nis2-2022", "gdpr-33")] {
        let printed = said(&fengsui(&["plan", "compare", a, b, "--format", "json"]));
        assert_fits("compare.schema.json", &printed);
    }
}

#[test]
fn the_documented_answer_whether_plans_apply_is_the_real_one() {
    let applies = ["plan", "applies", "--plan", "nis2-2022", "--plan", "gdpr-33"];
    let facts = ["--facts", "eu-entity.facts.toml"];
    let applies = [&applies[..], &facts].concat();
    assert_documented(&applies, "eu-entity.applies.json", "applies.schema.json");
    let every = said(&fengsui(&[&["plan", "applies"][..], &facts].concat()));
    assert_fits("applies.schema.json", &every);
}

#[test]
fn a_fact_that_no_plan_asks_for_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let facts = folder.path().join("facts.toml");
    std::fs::write(&facts, "[facts]\nweather = \"bad\"\n").unwrap();
    let output = fengsui(&["plan", "applies", "--facts", facts.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(1));
    assert!(complained(&output).contains("weather"), "{}", complained(&output));
}

#[test]
fn the_documented_walk_is_the_real_one() {
    let walk = ["plan", "taxonomy", "cncert", "--walk", "phishing", "--format", "json"];
    assert_documented(&walk, "phishing.walk.json", "walks.schema.json");
    let text = said(&fengsui(&["plan", "taxonomy", "cncert", "--walk", "phishing"]));
    assert!(text.contains("rsit fraud/phishing"), "{text}");
    assert!(said(&fengsui(&["plan", "taxonomy"])).contains("gbt-20986-2023"));
    let wrong = fengsui(&["plan", "taxonomy", "cncert", "--walk", "fishing"]);
    assert_eq!(wrong.status.code(), Some(1));
}

#[test]
fn a_comparison_in_words_begins_with_what_is_looser_and_can_be_narrowed() {
    let all = said(&fengsui(&["plan", "compare", "shanghai-2019", "cac-national-2017"]));
    assert!(all.starts_with("looser"), "{all}");
    let narrow = ["plan", "compare", "shanghai-2019", "district.pack.toml", "--role"];
    let narrow = |role| fengsui(&[&narrow[..], &[role]].concat());
    let incident_unit = said(&narrow("incident_unit"));
    assert!(incident_unit.contains("20 min") && !incident_unit.contains("Report to the city"));
    assert!(complained(&narrow("mayor")).contains("district_office"));
}

#[test]
fn a_folder_is_checked_although_not_everything_in_it_is_a_pack() {
    let plans = docs().join("../plans");
    let named = |name: &str| plans.join(name).to_str().unwrap().to_owned();
    let files = ["facts.toml", "taxonomies/rsit.toml", "calendars/cn-2026.toml", "cncert.toml"];
    let files = files.map(named);
    let mut check = vec!["plan", "check"];
    check.extend(files.iter().map(String::as_str));
    let output = fengsui(&check);
    assert!(output.status.success(), "{}", complained(&output));
    assert_eq!(said(&output).matches("; skipped").count(), 3, "{}", said(&output));
    assert!(said(&output).contains("cncert.toml: sound"));
}

#[test]
fn comments_do_not_show_in_the_canonical_form() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let (one, other) = (file("a.toml", "a = 1 # why\nb = 2\n"), file("b.toml", "b=2\na=1\n"));
    let canonical = |path: &str| said(&fengsui(&["plan", "canonical", path]));
    assert_eq!(canonical(&one), canonical(&other));
    assert_eq!(canonical(&one).trim_end(), r#"{"a":1,"b":2}"#);
}

#[test]
fn the_deadlines_are_drawn_into_a_new_file_only() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("deadlines.svg");
    let show = ["plan", "show", "shanghai-2019", "--timeline-svg", file.to_str().unwrap()];
    assert!(fengsui(&show).status.success());
    assert!(std::fs::read_to_string(&file).unwrap().starts_with("<svg"));
    let again = fengsui(&show);
    assert_eq!(again.status.code(), Some(1), "a file that is there is left alone");
}

#[test]
fn every_help_of_a_plan_command_has_an_example() {
    for command in ["applies", "compare", "show", "taxonomy", "canonical"] {
        let help = said(&fengsui(&["plan", command, "--help"]));
        assert!(help.contains("Example"), "{command}:\n{help}");
    }
}

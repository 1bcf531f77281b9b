//! One plan on top of another: what it gets, what it replaces, and what it may not do unseen.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on must fail loudly; clippy does not see that helpers are tests too"
)]

use std::fmt::Write as _;
use std::sync::Arc;

use fengsui_plan::{Allowance, Diagnostic, How, Library, Plan, Severity, Source, book_page};
use fengsui_vocabulary::{Lang, PlanId};
use proptest::prelude::*;

const FRONT: &str = r#"format = 1
[plan]
id = "pudong-test"
short = "pd"
extends = "shanghai-2019"
title = { zh = "某区预案", en = "A district's plan" }
issuer = { zh = "某区", en = "A district" }
edition = "1"
source = "made up for tests"
notice = { zh = "仅供测试。", en = "For tests only." }
[settings]
"#;

/// The district wants the call within twenty minutes, and one report of its own.
const DISTRICT: &str = r#"
[[role]]
id = "district_office"
clause = "PD-1"
bound = "deployment"
label = { zh = "区网信办", en = "District office" }

[[clause]]
id = "PD-1"
evidence = "official"
text = { zh = "区网信办二十分钟内接到电话,并书面报告市。", en = "The district office is called within twenty minutes and reports to the city in writing." }

[[duty]]
id = "sh-4.1.1-oral"
clause = "PD-1"
label = { zh = "口头报告(二十分钟内)", en = "Oral report (within 20 minutes)" }
senders = ["incident_unit"]
to = ["cac_duty_room", "linkage_centre", "district_authority", "district_office"]
channel = "oral"
anchor = { organisation = "discovered", assumed = true }
due = { within = "PT20M" }
form = "first-report-oral"

[[duty]]
id = "pd-1-onward"
clause = "PD-1"
label = { zh = "区向市报告", en = "Report to the city" }
senders = ["district_office"]
to = ["cac_duty_room"]
channel = "written"
anchor = { received = true }
due = { within = "PT1H" }

[[authority]]
act = "review"
clause = "PD-1"
how = { any = ["district_office"] }

[[level]]
id = "III"
clause = "4.2.1"
colour = "yellow"
label = { zh = "较大", en = "fairly large" }
"#;

fn source(name: &str, text: &str) -> Source {
    Source { name: name.into(), text: text.into() }
}

fn district() -> String {
    format!("{FRONT}{DISTRICT}")
}

fn read(text: &str) -> Plan {
    let read = Library::shipped().read(&source("pudong-test.toml", text));
    read.map_err(|found| rendered(&found)).unwrap()
}

fn shanghai() -> Arc<Plan> {
    Library::shipped().plan(&"shanghai-2019".parse::<PlanId>().unwrap()).unwrap()
}

fn rendered(found: &[Diagnostic]) -> String {
    found.iter().map(Diagnostic::render).collect::<Vec<_>>().join("\n")
}

fn due<'p>(plan: &'p Plan, duty: &str) -> &'p Allowance {
    &plan.duties.iter().find(|rule| rule.id.as_str() == duty).unwrap().due
}

#[test]
fn a_district_gets_everything_of_the_city_and_its_own() {
    let (child, parent) = (read(&district()), shanghai());
    assert_eq!(child.lineage, std::slice::from_ref(&parent.id));
    assert_eq!(child.duties.len(), parent.duties.len() + 1);
    assert_eq!(child.clauses.len(), parent.clauses.len() + 1);
    assert_eq!(child.criteria().count(), parent.criteria().count());
    assert_eq!(child.settings, parent.settings);
    assert_eq!(child.time_zone, parent.time_zone);
    assert_eq!(child.forms, parent.forms);
    assert_eq!(child.scenarios.len(), 0, "golden scenarios prove the plan they stand in");
    assert!(Library::shipped().check(&source("pudong-test.toml", &district())).is_empty());
    assert!(book_page(&child, Lang::En).contains("pd-1-onward"));
}

#[test]
fn what_the_district_states_takes_the_place_of_what_the_city_states() {
    let (child, parent) = (read(&district()), shanghai());
    assert_eq!(
        due(&child, "sh-4.1.1-oral"),
        &Allowance::Within(jiff::SignedDuration::from_mins(20))
    );
    assert_eq!(due(&child, "sh-4.1.1-written"), due(&parent, "sh-4.1.1-written"));
    let levels: Vec<_> = child.levels.iter().map(|level| level.id.as_str()).collect();
    assert_eq!(levels, ["I", "II", "III", "IV"], "a level stays in its place");
    assert_eq!(child.levels[2].label.en, "fairly large");
    let reviews: Vec<_> =
        child.authorities.iter().filter(|one| one.act == fengsui_plan::Act::Review).collect();
    assert_eq!(reviews.len(), 1);
    assert_eq!(reviews[0].how, How::AnyOf(vec!["district_office".parse().unwrap()]));
}

#[test]
fn an_inherited_clause_was_read_where_the_city_was_read() {
    let (child, parent) = (read(&district()), shanghai());
    let of = |plan: &Plan, clause: &str| plan.clauses.get(clause).unwrap().source.clone();
    assert_eq!(of(&child, "4.1.1"), of(&parent, "4.1.1"));
    assert_eq!(of(&child, "PD-1"), "made up for tests");
}

#[test]
fn the_hash_of_what_it_says_covers_what_it_stands_on() {
    let child = read(&district());
    let spaced = read(&district().replace("[[level]]", "# a comment\n\n[[level]]"));
    assert_ne!(child.hash, spaced.hash);
    assert_eq!(child.canonical_hash, spaced.canonical_hash);
    let other = shanghai().text.replacen("PT1H", "PT2H", 1);
    let text = other.split("[[scenario]]").next().unwrap();
    let below = Library::shipped().read(&source("shanghai-2019.toml", text)).unwrap();
    let library = Library::shipped().with_plans([Arc::new(below)]);
    let moved = library.read(&source("pudong-test.toml", &district())).unwrap();
    assert_eq!(moved.hash, child.hash);
    assert_ne!(moved.canonical_hash, child.canonical_hash);
}

#[test]
fn a_finding_in_what_was_inherited_is_said_in_the_file_where_it_lies() {
    // The district's level leaves no room for the colours of the city's below it.
    let text = district().replace("colour = \"yellow\"", "colour = \"blue\"");
    let found = Library::shipped().check(&source("pudong-test.toml", &text));
    insta::assert_snapshot!("finding_below", rendered(&found));
    assert!(found.iter().any(|found| found.render().contains("shanghai-2019.toml:")));
}

#[test]
fn everything_that_asks_less_is_said_with_both_values() {
    for (name, old, new) in [
        ("longer", "within = \"PT20M\"", "within = \"PT40M\""),
        ("no_number", "within = \"PT20M\"", "undefined = true"),
        ("recipient", "\"linkage_centre\", ", ""),
        ("later_start", "organisation = \"discovered\"", "organisation = \"aware\""),
        (
            "condition",
            "due = { within = \"PT20M\" }",
            "when = { level_at_least = \"II\" }\ndue = { within = \"PT20M\" }",
        ),
        ("channel", "channel = \"oral\"", "channel = \"any\""),
        (
            "replaced",
            "due = { within = \"PT1H\" }",
            "due = { within = \"PT1H\" }\noverrides = [\"sh-4.1.1-oral\"]",
        ),
        ("setting", "[settings]\n", "[settings]\non_lower_level = \"supersede\"\n"),
        ("decision", "form = \"first-report-oral\"", "blocks_closing = false"),
    ] {
        assert!(district().contains(old), "{name}");
        let found = Library::shipped()
            .check(&source("pudong-test.toml", &district().replacen(old, new, 1)));
        let loosens = found.iter().filter(|found| found.code() == "loosens").count();
        assert!(loosens > 0, "{name}: {}", rendered(&found));
        insta::assert_snapshot!(format!("loosens_{name}"), rendered(&found));
    }
}

#[test]
fn a_raised_threshold_an_immediate_duty_weakened_and_a_sender_dropped_are_said() {
    for (name, more) in [
        (
            "threshold",
            "[[criterion]]\nid = \"sh-IV-1\"\nlevel = \"IV\"\nclause = \"A1.2.4\"\nlabel = { zh = \"甲\", en = \"a\" }\nwhen = { any = [{ fact = \"security_threat\", at_least = \"considerable\" }, { fact = \"security_impact\", at_least = \"some\" }] }\n",
        ),
        (
            "presumed",
            "[[criterion]]\nid = \"sh-IV-1\"\nlevel = \"IV\"\nclause = \"A1.2.4\"\nlabel = { zh = \"甲\", en = \"a\" }\npresumed = true\nwhen = { any = [{ fact = \"security_threat\", at_least = \"some\" }, { fact = \"security_impact\", at_least = \"some\" }] }\n",
        ),
        (
            "immediate",
            "[[duty]]\nid = \"sh-4.1.1-immediate\"\nclause = \"4.1.1\"\nlabel = { zh = \"甲\", en = \"a\" }\nsenders = [\"incident_unit\"]\nto = [\"cac_duty_room\", \"linkage_centre\", \"district_authority\"]\nchannel = \"any\"\nanchor = { condition = true }\nwhen = { any = [{ level_at_least = \"III\" }, { flag = \"special_circumstances\" }] }\ndue = { within = \"PT10M\" }\noverrides = [\"sh-4.1.1-oral\", \"sh-4.1.1-written\"]\nform = \"first-report-written\"\n",
        ),
        (
            "sender",
            "[[duty]]\nid = \"sh-4.1.2-oral\"\nclause = \"4.1.2\"\nlabel = { zh = \"甲\", en = \"a\" }\nsenders = [\"cac_office\"]\nto = [\"commission\", \"party_duty_office\", \"government_duty_office\"]\nchannel = \"oral\"\nanchor = { received = true }\nwhen = { level_at_least = \"II\" }\ndue = { within = \"PT1H\" }\nform = \"onward-report-oral\"\n",
        ),
    ] {
        let text = format!("{}\n{more}", district());
        let found = Library::shipped().check(&source("pudong-test.toml", &text));
        assert_eq!(
            found.iter().map(Diagnostic::code).collect::<Vec<_>>(),
            ["loosens"],
            "{name}: {}",
            rendered(&found)
        );
        insta::assert_snapshot!(format!("loosens_{name}"), rendered(&found));
    }
}

#[test]
fn a_lower_threshold_or_more_recipients_loosen_nothing() {
    let more = "[[criterion]]\nid = \"sh-III-3\"\nlevel = \"III\"\nclause = \"A1.2.3(3)\"\nlabel = { zh = \"甲\", en = \"a\" }\nwhen = { any = [{ flag = \"special_circumstances\" }, { fact = \"security_threat\", at_least = \"some\" }, { fact = \"security_impact\", at_least = \"considerable\" }] }\n";
    let found =
        Library::shipped().check(&source("pudong-test.toml", &format!("{}\n{more}", district())));
    assert!(found.iter().all(|found| found.code() != "loosens"), "{}", rendered(&found));
}

#[test]
fn a_chain_that_is_too_long_or_comes_back_is_refused() {
    let mut library = Library::shipped().clone();
    let mut below = "shanghai-2019".to_owned();
    for step in 1..=5 {
        let id = format!("step-{step}");
        let text = FRONT.replacen("pudong-test", &id, 1).replacen("shanghai-2019", &below, 1);
        let read = library.read(&source(&format!("{id}.toml"), &text));
        if step <= 4 {
            let plan = read.map_err(|found| rendered(&found)).unwrap();
            assert_eq!(plan.lineage.len(), step);
            library = library.with_plans([Arc::new(plan)]);
        } else {
            insta::assert_snapshot!("chain_too_long", rendered(&read.unwrap_err()));
        }
        below = id;
    }
    let back = FRONT.replacen("pudong-test", "shanghai-2019", 1).replacen(
        "\"shanghai-2019\"\ntitle",
        "\"step-2\"\ntitle",
        1,
    );
    let back = back.replacen("extends = \"shanghai-2019\"", "extends = \"step-2\"", 1);
    let found = library.read(&source("shanghai-2019.toml", &back)).unwrap_err();
    insta::assert_snapshot!("circle_of_plans", rendered(&found));
}

#[test]
fn a_chain_that_grows_too_large_is_refused() {
    let mut padding = String::new();
    for _ in 0..12_000 {
        writeln!(padding, "# {}", "x".repeat(78)).unwrap();
    }
    let text = format!("{FRONT}{padding}");
    let found = Library::shipped().read(&source("pudong-test.toml", &text)).unwrap_err();
    insta::assert_snapshot!("too_large_together", rendered(&found));
}

#[test]
fn a_plan_says_itself_in_which_format_it_is() {
    let text = district().replacen("format = 1\n", "", 1);
    let found = Library::shipped().read(&source("pudong-test.toml", &text)).unwrap_err();
    assert_eq!(found.iter().map(Diagnostic::code).collect::<Vec<_>>(), ["missing-key"]);
}

#[test]
fn a_plan_that_only_changes_settings_is_a_plan() {
    let plan = read(&FRONT.replacen("[settings]\n", "", 1));
    assert_eq!(plan.settings, shanghai().settings);
    assert_eq!(plan.duties, shanghai().duties);
    assert_eq!(plan.criteria().count(), shanghai().criteria().count());
}

#[test]
fn a_plan_that_stands_on_no_name_is_refused() {
    let text = FRONT.replacen("\"shanghai-2019\"", "7", 1);
    let found = Library::shipped().read(&source("pudong-test.toml", &text)).unwrap_err();
    assert!(found.iter().any(|found| found.code() == "wrong-type"), "{}", rendered(&found));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_pack_lengthens_a_deadline_of_another_without_being_told(minutes in 1_i64..120, due in 0_usize..6) {
        let written = match due {
            0 | 1 => format!("within = \"PT{minutes}M\""),
            2 => format!("days = {minutes}"),
            3 => "immediate = true".to_owned(),
            4 => "on_request = true".to_owned(),
            _ => format!("every = \"PT{}M\", lasting = \"response\"", minutes + 4),
        };
        let text = district().replacen("within = \"PT20M\"", &written, 1);
        let source = source("pudong-test.toml", &text);
        let found = Library::shipped().check(&source);
        prop_assert!(found.iter().all(|found| found.severity() == Severity::Warning));
        let is_told = found.iter().any(|found| found.code() == "loosens");
        // The city allows thirty minutes for the call.
        let is_longer = match due {
            0 | 1 => minutes > 30,
            2 | 4 => true,
            3 => false,
            _ => minutes + 4 > 30,
        };
        prop_assert_eq!(is_told, is_longer, "{}", rendered(&found));
    }
}

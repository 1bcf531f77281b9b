//! Every kind of mistake in a pack is said with its place and how to mend it.
//!
//! Each line of the table breaks the shipped Shanghai pack in one way; what is then said is kept as a
//! snapshot, to be read by whoever changes a message.

use std::collections::BTreeSet;

use proptest::prelude::*;

use fengsui_plan::{Diagnostic, Library, Severity, Source};

/// One way to break the pack: a name, what is replaced (its first occurrence), and by what.
/// With nothing to replace, the new text is added before the levels.
struct Mistake(&'static str, &'static str, &'static str);

#[test]
fn every_kind_of_mistake_is_said_with_its_place_and_how_to_mend_it() {
    let mut codes = BTreeSet::new();
    for mistake in MISTAKES {
        let found = check(&broken(mistake));
        assert!(!found.is_empty(), "{}: nothing was found", mistake.0);
        codes.extend(found.iter().map(Diagnostic::code));
        insta::assert_snapshot!(mistake.0, rendered(&found));
    }
    assert!(codes.len() >= 40, "only {} kinds: {codes:?}", codes.len());
}

#[test]
fn every_mistake_that_is_an_error_keeps_the_pack_from_being_read() {
    for mistake in MISTAKES {
        let source = broken(mistake);
        let found = check(&source);
        let has_errors = found.iter().any(|found| found.severity() == Severity::Error);
        assert_eq!(Library::shipped().read(&source).is_err(), has_errors, "{}", mistake.0);
    }
}

#[test]
fn a_pack_cut_short_anywhere_is_refused_without_a_panic() {
    let text = shanghai();
    let ends: Vec<_> = text.char_indices().map(|(place, _)| place).step_by(1_993).collect();
    for end in ends {
        let source = Source { name: "cut.toml".into(), text: text.get(..end).unwrap().into() };
        let found = check(&source);
        assert!(found.iter().any(|found| found.severity() == Severity::Error), "cut at {end}");
        assert!(found.iter().all(|found| !found.render().is_empty()));
    }
}

#[test]
fn a_pack_with_any_line_missing_gives_no_panic() {
    let text = shanghai();
    let lines: Vec<&str> = text.lines().collect();
    for missing in (0..lines.len()).step_by(13) {
        let mut lines = lines.clone();
        lines.remove(missing);
        let source = Source { name: "gap.toml".into(), text: lines.join("\n") };
        for found in check(&source) {
            assert!(!found.render().is_empty());
        }
    }
}

#[test]
fn a_text_too_large_or_a_list_too_long_is_refused() {
    let large = Source { name: "large.toml".into(), text: "#".repeat(1024 * 1024 + 1) };
    insta::assert_snapshot!("too_large", rendered(&check(&large)));
    let entries = "{ zh = \"甲\", en = \"a\" }, ".repeat(2_001);
    let text = format!("format = 1\nlevel = [{entries}]\n");
    let found = check(&Source { name: "long.toml".into(), text });
    assert!(found.iter().any(|found| found.code() == "too-many"));
}

#[test]
fn a_text_nested_without_end_is_refused() {
    for open in ["[", "{a="] {
        let text = format!("format = 1\nx = {}", open.repeat(100_000));
        let found = check(&Source { name: "deep.toml".into(), text });
        assert!(found.iter().any(|found| found.severity() == Severity::Error));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_pack_with_anything_in_it_gives_diagnostics_and_no_panic(
        place in any::<prop::sample::Index>(),
        length in 0_usize..40,
        noise in "\\PC{0,12}|[\\[\\]{}=\",\n ]{0,8}|true|-1|1e9|2026-01-01|\"\"",
    ) {
        let letters: Vec<char> = shanghai().chars().collect();
        let from = place.index(letters.len());
        let rest = letters.iter().skip(from + length);
        let text: String = letters.iter().take(from).chain(noise.chars().collect::<Vec<_>>().iter()).chain(rest).collect();
        for found in check(&Source { name: "noise.toml".into(), text }) {
            prop_assert!(!found.render().is_empty());
        }
    }
}

#[test]
fn findings_are_not_listed_without_end() {
    let text = format!("format = 1\n{}", "[[level]]\nidd = \"x\"\n".repeat(500));
    let found = check(&Source { name: "many.toml".into(), text });
    assert!(found.iter().any(|found| found.code() == "too-many-findings"));
    assert!(found.len() <= 201);
}

fn check(source: &Source) -> Vec<Diagnostic> {
    Library::shipped().check(source)
}

fn rendered(found: &[Diagnostic]) -> String {
    found.iter().map(Diagnostic::render).collect::<Vec<_>>().join("\n")
}

/// The shipped pack without its golden scenarios, which would repeat every mistake in their own way.
fn shanghai() -> &'static str {
    let text = include_str!("../../../../plans/shanghai-2019.toml");
    text.split("[[scenario]]").next().unwrap_or(text)
}

fn broken(Mistake(name, old, new): &Mistake) -> Source {
    let (old, new) = if old.is_empty() {
        (LEVELS, format!("{new}\n\n{LEVELS}"))
    } else {
        (*old, (*new).to_owned())
    };
    assert!(shanghai().contains(old), "{name}: `{old}` is not in the pack");
    Source { name: "pack.toml".into(), text: shanghai().replacen(old, &new, 1) }
}

const LEVELS: &str = "[[level]]\nid = \"I\"";

const ORAL: &str = "id = \"sh-4.1.1-oral\"\nclause = \"4.1.1\"";

const CLAUSE: &str =
    "\n[[clause]]\nid = \"9\"\nevidence = \"official\"\ntext = { zh = \"甲\", en = \"a\" }";

const MISTAKES: &[Mistake] = &[
    Mistake("syntax", "short = \"sh\"", "short = sh"),
    Mistake("syntax_key_twice", "short = \"sh\"", "short = \"sh\"\nshort = \"sh\""),
    Mistake("unknown_format", "format = 1", "format = 2"),
    Mistake("missing_format", "format = 1\n", ""),
    Mistake("unknown_table", "", "[[dutty]]\nid = \"sh-x\""),
    Mistake("unknown_key_near", "senders = [\"incident_unit\"]", "sender = [\"incident_unit\"]"),
    Mistake("unknown_key_far", "short = \"sh\"", "short = \"sh\"\ncolour_scheme = \"dark\""),
    Mistake("unknown_plan", "short = \"sh\"", "short = \"sh\"\nextends = \"no-such-plan\""),
    Mistake("unknown_plan_near", "short = \"sh\"", "short = \"sh\"\nextends = \"shanghai-2018\""),
    Mistake("plan_on_itself", "short = \"sh\"", "short = \"sh\"\nextends = \"shanghai-2019\""),
    Mistake("unknown_reckoning", "short = \"sh\"", "short = \"sh\"\nreckons_by = \"anchors\""),
    Mistake("unknown_taxonomy", "[\"gbt-20986-2023\"]", "[\"gbt-1\"]"),
    Mistake(
        "jurisdiction_in_one_language",
        "short = \"sh\"",
        "short = \"sh\"\njurisdiction = { zh = \"甲\" }",
    ),
    Mistake("unknown_stage", "stage = \"summary\"", "stage = \"last\""),
    Mistake("unknown_layout", "layout = \"official\"", "layout = \"leter\""),
    Mistake(
        "form_at_unknown_level",
        "stage = \"summary\"",
        "stage = \"summary\"\nlevels = [\"V\"]",
    ),
    Mistake(
        "field_when_unknown",
        "{ id = \"read_back\", label",
        "{ id = \"read_back\", when = { flag = \"ransom\" }, label",
    ),
    Mistake(
        "undefined_without_policy",
        "clause = \"4.2.1\"\nhow = { any = [\"cac_office\"] }",
        "clause = \"4.2.1\"\nhow = { undefined = true }",
    ),
    Mistake(
        "undefined_that_is_false",
        "clause = \"4.2.1\"\nhow = { any = [\"cac_office\"] }",
        "clause = \"4.2.1\"\nhow = { undefined = false }",
    ),
    Mistake(
        "higher_unknown",
        "clause = \"4.2.1\"\nhow = { any = [\"cac_office\"] }",
        "clause = \"4.2.1\"\nhow = { higher = \"national_office\" }",
    ),
    Mistake(
        "idle_role",
        "",
        "[[role]]\nid = \"idle\"\nclause = \"4.5.1\"\nbound = \"deployment\"\nlabel = { zh = \"甲乙\", en = \"Nobody ever\" }",
    ),
    Mistake(
        "converted_from_nobody",
        "converted_from = \"commission\"",
        "converted_from = \"support_teams\"",
    ),
    Mistake(
        "reports_to_itself",
        "to = [\"cac_office\"]\nchannel = \"any\"\nanchor = { warning_issued = {} }",
        "to = [\"management_centre\"]\nform = \"review\"\nchannel = \"any\"\nanchor = { warning_issued = {} }",
    ),
    Mistake("duty_without_sender", "senders = [\"incident_unit\"]\n", ""),
    Mistake(
        "duty_without_recipient",
        "to = [\"cac_duty_room\", \"linkage_centre\", \"district_authority\"]\n",
        "",
    ),
    Mistake(
        "duty_to_nobody",
        "to = [\"cac_duty_room\", \"linkage_centre\", \"district_authority\"]",
        "to = []",
    ),
    Mistake(
        "duty_without_anchor",
        "anchor = { organisation = \"discovered\", assumed = true }\n",
        "",
    ),
    Mistake("duty_without_deadline", "due = { within = \"PT30M\" }\n", ""),
    Mistake("rule_without_clause", ORAL, "id = \"sh-4.1.1-oral\""),
    Mistake(
        "missing_language",
        "label = { zh = \"重大\", en = \"major\" }",
        "label = { zh = \"重大\" }",
    ),
    Mistake(
        "misspelt_language",
        "label = { zh = \"重大\", en = \"major\" }",
        "label = { zh = \"重大\", em = \"major\" }",
    ),
    Mistake("empty_text", "en = \"major\"", "en = \" \""),
    Mistake("wrong_type", "blocks_closing = false", "blocks_closing = \"no\""),
    Mistake("malformed_name", "id = \"commission\"", "id = \"the commission\""),
    Mistake("unknown_word", "channel = \"oral\"", "channel = \"voice\""),
    Mistake("misspelt_word", "channel = \"written\"", "channel = \"writen\""),
    Mistake("unknown_role", "to = [\"cac_duty_room\",", "to = [\"cac_dutyroom\","),
    Mistake(
        "role_named_twice",
        "to = [\"cac_duty_room\",",
        "to = [\"cac_duty_room\", \"cac_duty_room\",",
    ),
    Mistake("unknown_clause", ORAL, "id = \"sh-4.1.1-oral\"\nclause = \"4.1.9\""),
    Mistake("unknown_level", "level = \"II\"", "level = \"V\""),
    Mistake(
        "unknown_fact",
        "{ fact = \"system_loss\", at_least = \"severe\" }",
        "{ fact = \"sytem_loss\", at_least = \"severe\" }",
    ),
    Mistake("unknown_choice", "at_least = \"extremely_severe\"", "at_least = \"extremly_severe\""),
    Mistake(
        "unknown_duty",
        "overrides = [\"sh-4.1.1-oral\", ",
        "overrides = [\"sh-4.1.1-orall\", ",
    ),
    Mistake("unknown_policy", "policy = \"acceptance\"", "policy = \"acceptence\""),
    Mistake("unknown_form", "form = \"first-report-oral\"", "form = \"first-report-by-voice\""),
    Mistake(
        "unknown_calendar",
        "due = { within = \"PT30M\" }",
        "due = { working_days = 10, calendar = \"cn-2019\" }",
    ),
    Mistake(
        "working_days_without_calendar",
        "due = { within = \"PT30M\" }",
        "due = { working_days = 10 }",
    ),
    Mistake("unknown_anchor", "organisation = \"discovered\"", "organisation = \"discoverd\""),
    Mistake("unknown_part", "hands_over = \"content_part\"", "hands_over = \"contents\""),
    Mistake("unknown_time_zone", "time_zone = \"Asia/Shanghai\"", "time_zone = \"Asia/Shangai\""),
    Mistake("unknown_act", "act = \"judge_level\"", "act = \"judge\""),
    Mistake("duplicate_duty", "id = \"sh-4.1.1-written\"", "id = \"sh-4.1.1-oral\""),
    Mistake("duplicate_clause", "id = \"3.1\"\nevidence", "id = \"3.2\"\nevidence"),
    Mistake(
        "duplicate_fact",
        "",
        "[[fact]]\nid = \"system_loss\"\nkind = \"flag\"\nquestion = { zh = \"甲\", en = \"a\" }\nguidance = { zh = \"甲\", en = \"a\" }",
    ),
    Mistake("duplicate_class", "code = \"MI/WI\"", "code = \"MI/CVI\""),
    Mistake("class_without_parent", "code = \"MI/WI\"", "code = \"MX/WI\""),
    Mistake("clause_without_evidence", "id = \"1.1\"\nevidence = \"official\"", "id = \"1.1\""),
    Mistake("clause_without_rule_or_reason", "", CLAUSE),
    Mistake(
        "clause_with_rule_and_reason",
        "id = \"4.2.1\"\nevidence",
        "id = \"4.2.1\"\nno_rule = { zh = \"甲\", en = \"a\" }\nevidence",
    ),
    Mistake(
        "not_monotone",
        "{ fact = \"system_loss\", at_least = \"severe\" }",
        "{ fact = \"system_loss\", at_most = \"severe\" }",
    ),
    Mistake(
        "order_of_a_choice_without_one",
        "{ flag = \"sensitive_data_affected\" }",
        "{ fact = \"operator_kind\", at_least = \"cii\" }",
    ),
    Mistake(
        "comparison_of_a_flag",
        "{ flag = \"sensitive_data_affected\" }",
        "{ fact = \"sensitive_data_affected\", at_least = true }",
    ),
    Mistake(
        "flag_that_is_none",
        "{ flag = \"sensitive_data_affected\" }",
        "{ flag = \"system_loss\" }",
    ),
    Mistake(
        "place_as_criterion",
        "{ flag = \"sensitive_data_affected\" }",
        "{ fact = \"place\", is = \"310115\" }",
    ),
    Mistake(
        "two_comparators",
        "{ fact = \"system_loss\", at_least = \"severe\" }",
        "{ fact = \"system_loss\", at_least = \"severe\", more_than = \"minor\" }",
    ),
    Mistake(
        "no_comparator",
        "{ fact = \"system_loss\", at_least = \"severe\" }",
        "{ fact = \"system_loss\" }",
    ),
    Mistake(
        "stray_comparator",
        "{ flag = \"sensitive_data_affected\" }",
        "{ flag = \"sensitive_data_affected\", is = true }",
    ),
    Mistake(
        "is_in_a_duty_that_could_become_false",
        "{ flag = \"special_circumstances\" }",
        "{ fact = \"system_loss\", is = \"minor\" }",
    ),
    Mistake(
        "always_met",
        "{ fact = \"security_threat\", at_least = \"some\" }",
        "{ fact = \"security_threat\", at_least = \"none\" }",
    ),
    Mistake(
        "never_met",
        "{ fact = \"security_threat\", at_least = \"some\" }",
        "{ fact = \"security_threat\", more_than = \"extremely_serious\" }",
    ),
    Mistake(
        "value_does_not_fit",
        "{ fact = \"security_threat\", at_least = \"some\" }",
        "{ fact = \"people_affected_share_city\", at_least = 30 }",
    ),
    Mistake(
        "never_decides",
        "id = \"sh-III-3\"\nlevel = \"III\"",
        "id = \"sh-III-3\"\nlevel = \"I\"",
    ),
    Mistake(
        "contradiction",
        "{ flag = \"sensitive_data_affected\" },",
        "{ fact = \"operator_kind\", is = \"cii\" }, { fact = \"operator_kind\", is = \"other\" },",
    ),
    Mistake(
        "redundant_criterion",
        "id = \"sh-IV-2\"\nlevel = \"IV\"",
        "id = \"sh-IV-2\"\nlevel = \"III\"",
    ),
    Mistake(
        "unreachable_level",
        "id = \"IV\"\nclause = \"4.2.1\"\ncolour = \"blue\"\nlabel = { zh = \"一般\", en = \"ordinary\" }",
        "id = \"IV\"\nclause = \"4.2.1\"\ncolour = \"blue\"\nlabel = { zh = \"一般\", en = \"ordinary\" }\n\n[[level]]\nid = \"V\"\nclause = \"4.2.1\"\nlabel = { zh = \"轻微\", en = \"slight\" }",
    ),
    Mistake("colours_out_of_order", "colour = \"orange\"", "colour = \"blue\""),
    Mistake(
        "override_of_itself",
        "form = \"first-report-oral\"",
        "form = \"first-report-oral\"\noverrides = [\"sh-4.1.1-immediate\"]",
    ),
    Mistake(
        "circle_of_anchors",
        "anchor = { organisation = \"discovered\", assumed = true }\ndue = { within = \"PT30M\" }",
        "anchor = { delivered = \"sh-4.1.1-oral\" }\ndue = { within = \"PT30M\" }",
    ),
    Mistake(
        "circle_of_roles",
        "bound = \"deployment\"\nlabel = { zh = \"市委网信办\"",
        "bound = \"deployment\"\npart_of = \"cac_duty_room\"\nlabel = { zh = \"市委网信办\"",
    ),
    Mistake("conversion_incomplete", "converted_from = \"commission\"\n", ""),
    Mistake("negative_duration", "within = \"PT30M\"", "within = \"-PT30M\""),
    Mistake("zero_duration", "within = \"PT30M\"", "within = \"PT0S\""),
    Mistake("malformed_duration", "within = \"PT30M\"", "within = \"half an hour\""),
    Mistake("endless_duration", "within = \"PT30M\"", "within = \"PT30000H\""),
    Mistake(
        "every_without_end",
        "due = { every = \"PT1H\", lasting = \"warning_period\" }",
        "due = { every = \"PT1H\" }",
    ),
    Mistake("every_second", "every = \"PT1H\"", "every = \"PT1S\""),
    Mistake(
        "stray_key",
        "due = { within = \"PT30M\" }",
        "due = { within = \"PT30M\", lasting = \"response\" }",
    ),
    Mistake("number_out_of_range", "due = { within = \"PT30M\" }", "due = { months = 0 }"),
    Mistake(
        "two_deadlines",
        "due = { within = \"PT30M\" }",
        "due = { within = \"PT30M\", immediate = true }",
    ),
    Mistake("no_deadline", "due = { within = \"PT30M\" }", "due = {}"),
    Mistake(
        "two_anchors",
        "anchor = { organisation = \"discovered\", assumed = true }",
        "anchor = { organisation = \"discovered\", received = true }",
    ),
    Mistake("marker_that_is_false", "due = { immediate = true }", "due = { immediate = false }"),
    Mistake(
        "condition_without_when",
        "when = { any = [{ level_at_least = \"III\" }, { flag = \"special_circumstances\" }] }\n",
        "",
    ),
    Mistake(
        "empty_condition",
        "when = { any = [{ level_at_least = \"III\" }, { flag = \"special_circumstances\" }] }",
        "when = { any = [] }",
    ),
    Mistake(
        "nested_too_deep",
        "when = { level_at_least = \"II\" }",
        "when = { any = [{ all = [{ any = [{ all = [{ any = [{ all = [{ any = [{ all = [{ level_at_least = \"II\" }] }] }] }] }] }] }] }] }",
    ),
    Mistake(
        "wrong_prefix",
        "",
        "[[duty]]\nid = \"miit-x\"\nclause = \"4.1.1\"\nlabel = { zh = \"甲\", en = \"a\" }\nsenders = [\"incident_unit\"]\nto = [\"cac_office\"]\nchannel = \"any\"\nanchor = { received = true }\ndue = { immediate = true }",
    ),
    Mistake(
        "partial_not_in_form",
        "form = \"first-report-oral\"",
        "form = \"first-report-oral\"\npartial = [\"caler\"]",
    ),
    Mistake("partial_without_form", "form = \"first-report-oral\"", "partial = [\"caller\"]"),
    Mistake("branch_twice", "id = \"sh-4.1.1-written\"\n", "id = \"sh-4.1.1-oral\"\n"),
    Mistake(
        "unknown_moment_of_each",
        "anchor = { received = true }",
        "anchor = { each = [\"report_acepted\"] }",
    ),
    Mistake(
        "condition_at_least_of_a_flag",
        "when = { level_at_least = \"II\" }",
        "when = { fact = \"special_circumstances\", at_least = 1 }",
    ),
    Mistake(
        "step_without_authority",
        "act = \"assess_technical_plan\"\nclause = \"4.4.2\"\n",
        "act = \"assess_technical_plan\"\nclause = \"4.4.2\"\nlevels = [\"I\", \"II\"]\n",
    ),
    Mistake("step_twice", "    \"test_technical_plan\",\n", "    \"draft_technical_plan\",\n"),
    Mistake("owed_by_a_set", "senders = [\"management_centre\"]", "senders = [\"support_teams\"]"),
    Mistake(
        "authority_gap",
        "act = \"start_response\"\nclause = \"4.2.2\"\nlevels = [\"III\", \"IV\"]",
        "act = \"start_response\"\nclause = \"4.2.2\"\nlevels = [\"III\"]",
    ),
    Mistake(
        "authority_twice",
        "act = \"start_response\"\nclause = \"4.2.2\"\nlevels = [\"III\", \"IV\"]",
        "act = \"start_response\"\nclause = \"4.2.2\"\nlevels = [\"II\", \"III\", \"IV\"]",
    ),
    Mistake(
        "joint_of_one",
        "joint = [\"cac_office\", \"linkage_centre\"]",
        "joint = [\"cac_office\"]",
    ),
    Mistake(
        "approves_own_proposal",
        "approve = [\"commission\", \"headquarters\"]",
        "approve = [\"cac_office\"]",
    ),
    Mistake(
        "two_ways_of_authority",
        "how = { any = [\"press_office\"] }",
        "how = { any = [\"press_office\"], joint = [\"cac_office\", \"press_office\"] }",
    ),
    Mistake(
        "unused_policy",
        "",
        "[[policy]]\nid = \"spare\"\nclause = \"5\"\ntext = { zh = \"甲\", en = \"a\" }",
    ),
    Mistake("hand_over_without_flag", "fact = \"content_part\"", "fact = \"people_leaked\""),
    Mistake(
        "dates_swapped",
        "short = \"sh\"",
        "short = \"sh\"\nin_force_from = 2020-02-01\nin_force_until = 2020-01-01",
    ),
    Mistake("date_in_quotes", "short = \"sh\"", "short = \"sh\"\nin_force_from = \"2020-02-01\""),
    Mistake("field_twice", "{ id = \"callee\", required", "{ id = \"caller\", required"),
    Mistake(
        "fact_with_one_choice",
        "",
        "[[fact]]\nid = \"x\"\nkind = \"choice\"\nquestion = { zh = \"甲\", en = \"a\" }\nguidance = { zh = \"甲\", en = \"a\" }\nchoices = [{ id = \"one\", label = { zh = \"甲\", en = \"a\" } }]",
    ),
];

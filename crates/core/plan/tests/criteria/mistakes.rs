//! Every kind of mistake in bounds, scores and scopes is said with its place and how to mend it.

use fengsui_plan::{Library, Severity, Source};

use super::pack::{found_with, rendered, replaced};

/// One way to break the pack: a name, what is replaced, and by what.
struct Mistake(&'static str, &'static str, &'static str);

#[test]
fn the_pack_itself_has_no_mistake() {
    assert_eq!(rendered(&found_with("format = 1", "format = 1")), "");
}

#[test]
fn every_kind_of_mistake_is_said_with_its_place_and_how_to_mend_it() {
    for Mistake(name, old, new) in MISTAKES {
        let found = found_with(old, new);
        assert!(!found.is_empty(), "{name}: nothing was found");
        insta::assert_snapshot!(format!("mistake_{name}"), rendered(&found));
        let has_errors = found.iter().any(|found| found.severity() == Severity::Error);
        let source = Source { name: "pack.toml".into(), text: replaced(old, new) };
        assert_eq!(Library::shipped().read(&source).is_err(), has_errors, "{name}");
    }
}

#[test]
fn too_many_comparisons_are_refused() {
    let leaf = "{ fact = \"direct_loss_eur\", more_than = 7 },";
    let many = format!("when = {{ any = [{}] }}", leaf.repeat(1_500));
    let scopes = each(&["a", "b", "c"], |name| {
        format!("[[scope]]\nid = \"{name}\"\nclause = \"2\"\nlabel = {LABEL}\n{many}\n")
    });
    let found = found_with("[[criterion]]", &format!("{scopes}[[criterion]]"));
    let refused = found.iter().filter(|found| found.code() == "too-many-comparisons");
    assert_eq!(refused.count(), 1);
}

#[test]
fn too_many_combinations_of_choices_are_refused_in_scopes_too() {
    const NAMES: &[&str] = &["a", "b", "c", "d", "e", "f"];
    let choices = each(NAMES, |name| format!("{{ id = \"{name}\", label = {LABEL} }},"));
    let facts = each(NAMES, |name| {
        format!(
            "[[fact]]\nid = \"kind_{name}\"\nkind = \"choice\"\nquestion = {LABEL}\nguidance = {LABEL}\nchoices = [{choices}]\n"
        )
    });
    let tests = each(NAMES, |name| format!("{{ fact = \"kind_{name}\", is = \"a\" }},"));
    let essential = "{ fact = \"entity_kind\", is = \"essential\" }";
    let text = replaced(essential, &format!("{{ any = [{tests}] }}"));
    let text = text.replacen("[[score]]", &format!("{facts}[[score]]"), 1);
    let found = Library::shipped().check(&Source { name: "pack.toml".into(), text });
    let is_refused = found.iter().any(|found| found.code() == "too-many-combinations");
    assert!(is_refused, "{}", rendered(&found));
}

fn each(names: &[&str], text: impl Fn(&str) -> String) -> String {
    names.iter().map(|name| text(name)).collect::<Vec<_>>().concat()
}

const LABEL: &str = "{ zh = \"甲\", en = \"a\" }";

const LOSS: &str =
    "more_than = { lowest_of = [500_000, { share = 0.05, of = \"annual_turnover_eur\" }] }";

const URGENT: &str = "when = { score = \"urgency\", at_least = 60 }";

const POINTS: &str = "points = { none = 0, some = 40, denial = 100 }";

const GOING_ON: &str = "{ fact = \"still_going_on\", weight = 2, points = { no = 0, yes = 100 } }";

const MISTAKES: &[Mistake] = &[
    Mistake(
        "bound_of_another_currency",
        "{ share = 0.05, of = \"annual_turnover_eur\" }",
        "{ share = 0.05, of = \"direct_loss_cny\" }",
    ),
    Mistake(
        "bound_of_another_kind",
        "{ share = 0.05, of = \"annual_turnover_eur\" }",
        "{ share = 0.05, of = \"users_in_union\" }",
    ),
    Mistake("bound_of_another_unit", "of = \"users_in_union\"", "of = \"staff\""),
    Mistake(
        "bound_not_monotone",
        "{ share = 0.05, of = \"annual_turnover_eur\" }",
        "{ share = 0.05, of = \"direct_loss_eur\" }",
    ),
    Mistake(
        "bound_on_milder_fact",
        "{ fact = \"direct_loss_eur\", more_than = { lowest_of",
        "{ fact = \"annual_turnover_eur\", more_than = { lowest_of",
    ),
    Mistake(
        "bound_with_at_most",
        "{ fact = \"direct_loss_eur\", more_than = { lowest_of",
        "{ fact = \"annual_turnover_eur\", less_than = { lowest_of",
    ),
    Mistake(
        "bound_on_choice",
        "{ fact = \"direct_loss_eur\", more_than = { lowest_of",
        "{ fact = \"functional_impact\", more_than = { lowest_of",
    ),
    Mistake("share_above_one", "share = 0.05, of = \"annual", "share = 5, of = \"annual"),
    Mistake("share_of_nothing", "share = 0.05, of = \"annual", "share = 0, of = \"annual"),
    Mistake(
        "share_too_fine",
        "share = 0.05, of = \"annual",
        "share = 0.0500000000001, of = \"annual",
    ),
    Mistake(
        "share_without_of",
        "{ share = 0.05, of = \"annual_turnover_eur\" }",
        "{ share = 0.05 }",
    ),
    Mistake("share_of_unknown", "of = \"annual_turnover_eur\"", "of = \"anual_turnover_eur\""),
    Mistake("bound_without_terms", LOSS, "more_than = { lowest_of = [] }"),
    Mistake(
        "bound_of_too_many_terms",
        LOSS,
        "more_than = { lowest_of = [1, 2, 3, 4, 5, 6, 7, 8, 9] }",
    ),
    Mistake("bound_of_two_kinds", LOSS, "more_than = { lowest_of = [1], highest_of = [2] }"),
    Mistake("bound_misspelt", LOSS, "more_than = { lowest = [1] }"),
    Mistake("bound_value_does_not_fit", LOSS, "more_than = { lowest_of = [0.001] }"),
    Mistake(
        "bound_always_met",
        LOSS,
        "at_least = { lowest_of = [0, { share = 0.05, of = \"annual_turnover_eur\" }] }",
    ),
    Mistake(
        "bound_never_decides",
        "level = \"minor\"\nclause = \"3\"\nlabel = { zh = \"紧迫\", en = \"Urgent\" }\nwhen = { score = \"urgency\", at_least = 60 }",
        "level = \"minor\"\nclause = \"3\"\nlabel = { zh = \"紧迫\", en = \"Urgent\" }\nwhen = { fact = \"direct_loss_eur\", more_than = { highest_of = [600_000, { share = 0.05, of = \"annual_turnover_eur\" }] } }",
    ),
    Mistake(
        "number_never_decides",
        URGENT,
        "when = { fact = \"direct_loss_eur\", more_than = 500_000 }",
    ),
    Mistake(
        "score_never_decides",
        "[[clause]]\nid = \"2\"",
        "[[criterion]]\nid = \"un-more\"\nlevel = \"minor\"\nclause = \"3\"\nlabel = { zh = \"甲\", en = \"a\" }\nwhen = { score = \"urgency\", at_least = 70 }\n\n[[clause]]\nid = \"2\"",
    ),
    Mistake(
        "bound_on_share",
        "[[criterion]]",
        "[[criterion]]\nid = \"un-share\"\nlevel = \"minor\"\nclause = \"3\"\nlabel = { zh = \"甲\", en = \"a\" }\nwhen = { fact = \"people_affected_share_city\", at_least = { lowest_of = [0.5] } }\n\n[[criterion]]",
    ),
    Mistake(
        "score_of_worse_level_never_lets_it_decide",
        "[[clause]]\nid = \"2\"",
        "[[criterion]]\nid = \"un-less\"\nlevel = \"notable\"\nclause = \"3\"\nlabel = { zh = \"甲\", en = \"a\" }\nwhen = { score = \"urgency\", at_least = 50 }\n\n[[clause]]\nid = \"2\"",
    ),
    Mistake(
        "threshold_gap",
        URGENT,
        "when = { any = [{ score = \"urgency\", at_least = 60 }, { fact = \"direct_loss_eur\", at_least = 5 }] }",
    ),
    Mistake("score_unknown", "score = \"urgency\"", "score = \"urgancy\""),
    Mistake("score_unused", URGENT, "when = { flag = \"still_going_on\" }"),
    Mistake("score_with_more_than", URGENT, "when = { score = \"urgency\", more_than = 60 }"),
    Mistake("score_without_bound", URGENT, "when = { score = \"urgency\" }"),
    Mistake("score_bound_too_high", URGENT, "when = { score = \"urgency\", at_least = 101 }"),
    Mistake("score_always_met", POINTS, "points = { none = 100, some = 100, denial = 100 }"),
    Mistake("score_never_met", POINTS, "points = { none = 0, some = 10, denial = 20 }"),
    Mistake("points_fall", POINTS, "points = { none = 0, some = 40, denial = 30 }"),
    Mistake("points_missing", POINTS, "points = { none = 0, denial = 100 }"),
    Mistake("points_of_unknown_answer", POINTS, "points = { none = 0, some = 40, denail = 100 }"),
    Mistake("points_out_of_range", POINTS, "points = { none = 0, some = 40, denial = 101 }"),
    Mistake("points_no_table", POINTS, "points = 7"),
    Mistake(
        "points_of_a_flag",
        GOING_ON,
        "{ fact = \"still_going_on\", weight = 2, points = { false = 0, true = 100 } }",
    ),
    Mistake("weight_of_nothing", "weight = 2", "weight = 0"),
    Mistake(
        "score_of_money",
        GOING_ON,
        "{ fact = \"direct_loss_eur\", weight = 2, points = { no = 0, yes = 100 } }",
    ),
    Mistake(
        "score_term_twice",
        GOING_ON,
        "{ fact = \"functional_impact\", weight = 2, points = { none = 0, some = 1, denial = 2 } }",
    ),
    Mistake("score_without_terms", "terms = [", "terms = []\nothers = ["),
    Mistake(
        "score_twice",
        "[[scope]]",
        "[[score]]\nid = \"urgency\"\nclause = \"5\"\nlabel = { zh = \"甲\", en = \"a\" }\nterms = [{ fact = \"still_going_on\", weight = 1, points = { no = 0, yes = 100 } }]\n\n[[scope]]",
    ),
    Mistake("scope_twice", "id = \"un-important\"", "id = \"un-essential\""),
    Mistake(
        "scope_without_clause",
        "id = \"un-essential\"\nclause = \"2\"",
        "id = \"un-essential\"",
    ),
    Mistake(
        "scope_by_place",
        "when = { fact = \"entity_kind\", is = \"essential\" }",
        "when = { fact = \"place\", is = \"310115\" }",
    ),
    Mistake(
        "scope_by_level",
        "when = { fact = \"entity_kind\", is = \"essential\" }",
        "when = { level_at_least = \"minor\" }",
    ),
];

//! Shared taxonomies and the walks between them: read with the same care as packs.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on must fail loudly; clippy does not see that helpers are tests too"
)]

use fengsui_plan::{Diagnostic, Direction, Evidence, Fit, Library, Source};

const ONE: &str = r#"format = 1
[taxonomy]
id = "one"
title = { zh = "甲", en = "One" }
source = "nowhere"
evidence = "secondary"
version = "1"
replaces = "none"
[[class]]
code = "A"
label = { zh = "甲", en = "a" }
[[class]]
code = "A/1"
label = { zh = "甲一", en = "a one" }
evidence = "unverified"
[[class]]
code = "C"
label = { zh = "丙", en = "content" }
hands_over = "content_part"
"#;

const OTHER: &str = r#"format = 1
[taxonomy]
id = "other"
title = { zh = "乙", en = "Other" }
source = "nowhere"
evidence = "official"
version = "2"
[[class]]
code = "x"
label = { zh = "子", en = "x" }
[[class]]
code = "y"
label = { zh = "丑", en = "y" }
"#;

const WALKS: &str = r#"format = 1
[[walk]]
from = { taxonomy = "one", code = "A" }
to = [{ taxonomy = "other", code = "y", fit = "only_if" }, { taxonomy = "other", code = "x", fit = "same" }]
ask = { zh = "是吗", en = "Is it?" }
evidence = "unverified"
[[walk]]
from = { taxonomy = "other", code = "x" }
to = [{ taxonomy = "one", code = "A/1", fit = "near" }]
evidence = "secondary"
"#;

fn source(name: &str, text: &str) -> Source {
    Source { name: name.into(), text: text.into() }
}

fn library() -> Library {
    let mut library = Library::shipped().clone();
    library.add_taxonomy(&source("one.toml", ONE)).unwrap();
    library.add_taxonomy(&source("other.toml", OTHER)).unwrap();
    library
}

fn rendered(found: &[Diagnostic]) -> String {
    found.iter().map(Diagnostic::render).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_walk_is_found_from_both_ends_the_best_fit_first() {
    let mut library = library();
    library.add_walks(&source("crosswalks.toml", WALKS)).unwrap();
    let walks = library.walks_of("one", &"A".parse().unwrap());
    let seen: Vec<_> =
        walks.iter().map(|walk| (walk.to.code.as_str(), walk.fit, walk.ask.is_some())).collect();
    assert_eq!(seen, [("x", Fit::Same, false), ("y", Fit::OnlyIf, true)]);
    assert_eq!(walks[0].label.en, "x");
    let back = library.walks_of("other", &"x".parse().unwrap());
    let seen: Vec<_> = back
        .iter()
        .map(|walk| (walk.to.code.as_str(), walk.fit, walk.direction, walk.evidence))
        .collect();
    assert_eq!(
        seen,
        [
            ("A", Fit::Same, Direction::Back, Evidence::Unverified),
            ("A/1", Fit::Near, Direction::Forth, Evidence::Secondary),
        ]
    );
    assert!(library.walks_of("one", &"C".parse().unwrap()).is_empty());
    assert!(library.walks_of("nobody", &"A".parse().unwrap()).is_empty());
}

#[test]
fn a_taxonomy_keeps_what_it_says_of_itself_and_of_each_class() {
    let library = library();
    let one = library.taxonomy("one").unwrap();
    assert_eq!((one.version.as_deref(), one.replaces.as_deref()), (Some("1"), Some("none")));
    assert_eq!(one.clause, None);
    let sure: Vec<_> = one.classes.iter().map(|class| class.evidence).collect();
    assert_eq!(sure, [Evidence::Secondary, Evidence::Unverified, Evidence::Secondary]);
    assert_eq!(one.classes[2].hands_over.as_deref(), Some("content_part"));
}

#[test]
fn a_plan_gets_the_taxonomies_it_names_after_its_own() {
    let shanghai = include_str!("../../../../plans/shanghai-2019.toml");
    let text = shanghai.replacen("[\"gbt-20986-2023\"]", "[\"other\", \"one\"]", 1).replacen(
        "content_part",
        "other_part",
        2,
    );
    let text = text.replacen("hands_over = \"content_part\"", "hands_over = \"other_part\"", 1);
    let text = text.replacen("fact = \"other_part\"", "fact = \"content_part\"", 1);
    let plan = library().read(&source("pack.toml", &text));
    let plan = plan.map_err(|found| rendered(&found)).unwrap();
    let ids: Vec<_> = plan.taxonomies.iter().map(|taxonomy| taxonomy.id.as_str()).collect();
    assert_eq!(ids, ["gbz-20986-2007", "other", "one"]);
    // This plan calls its part by another name, so the shared class hands nothing over here.
    assert_eq!(plan.taxonomies[2].classes[2].hands_over, None);
}

#[test]
fn a_taxonomy_is_named_once() {
    let shanghai = include_str!("../../../../plans/shanghai-2019.toml");
    let named = "[\"one\", \"one\", \"gbz-20986-2007\", \"oter\"]";
    let text = shanghai.replacen("[\"gbt-20986-2023\"]", named, 1);
    let mut library = library();
    let same = ONE.replacen("id = \"one\"", "id = \"gbz-20986-2007\"", 1);
    library.add_taxonomy(&source("same.toml", &same)).unwrap();
    let found = library.read(&source("pack.toml", &text)).unwrap_err();
    insta::assert_snapshot!("named_twice", rendered(&found));
}

#[test]
fn every_mistake_in_a_taxonomy_is_said_with_its_place() {
    for (name, old, new) in [
        ("format", "format = 1", "format = 9"),
        ("language", "en = \"a one\"", "em = \"a one\""),
        ("code_twice", "\"A/1\"", "\"A\""),
        ("no_parent", "\"A/1\"", "\"B/1\""),
        ("no_version", "version = \"1\"\n", ""),
        ("no_front", "[taxonomy]", "[taxonomi]"),
        ("evidence", "evidence = \"secondary\"", "evidence = \"hearsay\""),
        ("part", "\"content_part\"", "\"contents_part\""),
        ("key", "label = { zh = \"甲一\"", "lable = 1\nlabel = { zh = \"甲一\""),
    ] {
        assert!(ONE.contains(old), "{name}");
        let text = ONE.replacen(old, new, 1);
        let found = Library::shipped().clone().add_taxonomy(&source("one.toml", &text));
        insta::assert_snapshot!(format!("taxonomy_{name}"), rendered(&found.unwrap_err()));
    }
}

#[test]
fn every_mistake_in_the_walks_is_said_with_its_place() {
    for (name, old, new) in [
        ("unknown_taxonomy", "taxonomy = \"one\"", "taxonomy = \"ones\""),
        ("unknown_code", "code = \"A/1\"", "code = \"A/2\""),
        ("no_question", "ask = { zh = \"是吗\", en = \"Is it?\" }\n", ""),
        ("needless_question", "\"only_if\"", "\"near\""),
        ("fit", "\"near\"", "\"nearly\""),
        ("within", "{ taxonomy = \"other\", code = \"y\"", "{ taxonomy = \"one\", code = \"C\""),
        ("target_twice", "code = \"y\", fit = \"only_if\"", "code = \"x\", fit = \"only_if\""),
        ("nowhere", "to = [{ taxonomy = \"one\", code = \"A/1\", fit = \"near\" }]", "to = []"),
        (
            "start_twice",
            "from = { taxonomy = \"other\", code = \"x\" }\nto = [{ taxonomy = \"one\", code = \"A/1\"",
            "from = { taxonomy = \"one\", code = \"A\" }\nto = [{ taxonomy = \"other\", code = \"y\"",
        ),
        ("no_evidence", "evidence = \"secondary\"\n", ""),
    ] {
        assert!(WALKS.contains(old), "{name}");
        let text = WALKS.replacen(old, new, 1);
        let found = library().add_walks(&source("crosswalks.toml", &text));
        insta::assert_snapshot!(format!("walk_{name}"), rendered(&found.unwrap_err()));
    }
}

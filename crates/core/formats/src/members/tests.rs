//! The grammar of JSON, beside another reader of it.

use proptest::prelude::*;
use serde_json::Value as Json;

use super::*;

fn names(text: &str) -> Result<Vec<String>, Reason> {
    let mut members = Members::of(text)?;
    let mut names = Vec::new();
    while let Some(member) = members.next()? {
        names.push(format!("{}={}", member.unescaped_name(), member.value.as_str()));
    }
    Ok(names)
}

#[test]
fn members_are_found_with_their_values_as_written() {
    let text = " { \"a\" : 1e+5 , \"b\\u0041\":\"x\\\"}\", \"c\":{\"d\":[ ]},\"e\":[true,null] } ";
    assert_eq!(
        names(text.trim()).unwrap(),
        ["a=1e+5", "bA=\"x\\\"}\"", "c={\"d\":[ ]}", "e=[true,null]"]
    );
    assert_eq!(names("{}").unwrap(), Vec::<String>::new());
    let value = Raw(r#"{"a":[{"b":"x"},{"b":"y"}]}"#);
    let found = value.part("a").and_then(|list| list.part("1")).and_then(|last| last.part("b"));
    assert_eq!(found.and_then(Raw::text).as_deref(), Some("y"));
    assert_eq!(value.part("a").and_then(|list| list.part("2")), None);
}

#[test]
fn depth_is_bounded_exactly() {
    let nested = |depth: usize| format!("{{\"a\":{}{}}}", "[".repeat(depth), "]".repeat(depth));
    assert!(names(&nested(63)).is_ok());
    assert_eq!(names(&nested(64)), Err(Reason::TooComplex));
    assert_eq!(names(&"[".repeat(1_000_000)), Err(Reason::TooComplex));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]

    #[test]
    fn it_takes_what_json_is_and_nothing_else(
        text in prop_oneof![
            "[{}\\[\\]\",:\\\\u0dDce1.+\\-tfn \u{1}中]{0,14}".prop_map(|text| format!("{{\"a\":{text}}}")),
            "[ -~]{0,12}".prop_map(|text| format!("{{\"{text}\":1}}")),
            "-?[0-9]{0,3}(\\.[0-9]{0,2})?([eE][+-]?[0-9]{0,3})?".prop_map(|text| format!("{{\"a\":{text}}}")),
        ]
    ) {
        // Halves of pairs and numbers that no machine holds are refused by both.
        let is_json = serde_json::from_str::<Json>(&text).is_ok();
        prop_assert_eq!(names(&text).is_ok(), is_json, "{}", text);
    }
}

//! A text in a form in which only what it says is left: for comparing and for hashes.
//!
//! Comments, white space, the order of keys and the ways to write the same table or number do not
//! show; the order of lists does.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};
use toml::de::{DeTable, DeValue};

use crate::diagnostic::{Diagnostic, Source};
use crate::pack::tree::{Sink, parse};

/// What a TOML text says, as JSON with sorted keys; what is not TOML or too large is refused.
///
/// Dates and numbers that are neither become a table with one key that says what they are.
pub fn canonical(source: &Source) -> Result<String, Vec<Diagnostic>> {
    let sink = Sink::default();
    match parse(source, &sink) {
        Some(tree) => Ok(of_table(tree.get_ref()).to_string()),
        None => Err(sink.into_diagnostics(source)),
    }
}

/// What a tree says.
pub(crate) fn of_table(table: &DeTable<'_>) -> Value {
    let sorted: BTreeMap<&str, Value> =
        table.iter().map(|(key, value)| (&**key.get_ref(), of_value(value.get_ref()))).collect();
    // Sorted here, for a map that keeps the order in which it was filled as well.
    Value::Object(
        sorted.into_iter().map(|(key, value)| (key.to_owned(), value)).collect::<Map<_, _>>(),
    )
}

/// SHA-256 in lower-case hexadecimal digits.
pub(crate) fn sha_256(text: &str) -> String {
    let mut digits = String::with_capacity(64);
    for byte in Sha256::digest(text.as_bytes()) {
        let written = write!(digits, "{byte:02x}");
        debug_assert!(written.is_ok(), "writing to a string cannot fail");
    }
    digits
}

fn of_value(value: &DeValue<'_>) -> Value {
    match value {
        DeValue::String(text) => Value::from(&**text),
        DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix())
            .map_or_else(|_| json!({ "number": number.as_str() }), Value::from),
        DeValue::Float(number) => {
            let parsed: Option<f64> = number.as_str().replace('_', "").parse().ok();
            let finite = parsed.filter(|number| number.is_finite());
            finite.map_or_else(|| json!({ "number": number.as_str() }), Value::from)
        }
        DeValue::Boolean(flag) => Value::from(*flag),
        DeValue::Datetime(time) => json!({ "time": time.to_string() }),
        DeValue::Array(items) => items.iter().map(|item| of_value(item.get_ref())).collect(),
        DeValue::Table(table) => of_table(table),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(text: &str) -> String {
        canonical(&Source { name: "a.toml".into(), text: text.into() }).unwrap()
    }

    #[test]
    fn comments_order_and_ways_of_writing_do_not_show() {
        let one = "b = 16 # why\na.x = \"1\"\n[[c]]\nd = 0.50\nat = 2026-01-01\n";
        let other = "a = { x = '1' }\n\n\nc = [ { at = 2026-01-01, d = 0.5 } ]\nb = 0x10\n";
        assert_eq!(form(one), form(other));
        assert_eq!(
            form(one),
            r#"{"a":{"x":"1"},"b":16,"c":[{"at":{"time":"2026-01-01"},"d":0.5}]}"#
        );
    }

    #[test]
    fn a_value_a_kind_or_the_order_of_a_list_shows() {
        for (one, other) in [
            ("a = 1", "a = 2"),
            ("a = 1", "a = \"1\""),
            ("a = 1", "a = 1.0"),
            ("a = \"2026-01-01\"", "a = 2026-01-01"),
            ("a = [1, 2]", "a = [2, 1]"),
            ("a = 1", "a = 1\nb = 1"),
            ("a = inf", "a = -inf"),
        ] {
            assert_ne!(form(one), form(other), "{one} {other}");
        }
    }

    #[test]
    fn what_is_not_toml_has_no_form() {
        let bad = Source { name: "a.toml".into(), text: "a = ".into() };
        assert_eq!(canonical(&bad).unwrap_err()[0].code(), "syntax");
    }
}

//! What a file of the folder of plans is, if it is no pack.

use fengsui_plan::{Source, canonical};
use serde_json::Value;

/// What a file is instead of a pack; none for a pack, and for what cannot be read at all.
pub(super) fn not_a_pack(source: &Source) -> Option<&'static str> {
    let form: Value = serde_json::from_str(&canonical(source).ok()?).ok()?;
    if form.get("plan").is_some() {
        return None;
    }
    let known = KINDS.iter().find(|(key, _)| form.get(*key).is_some());
    match known {
        Some((_, kind)) => Some(kind),
        // Every pack says its format first; what has neither format nor plan was never meant as one.
        None if form.get("format").is_none() => Some("not a pack"),
        None => None,
    }
}

const KINDS: &[(&str, &str)] = &[
    ("taxonomy", "a taxonomy, not a pack"),
    ("walk", "walks between taxonomies, not a pack"),
    ("worked", "a calendar, not a pack"),
    ("off", "a calendar, not a pack"),
    ("fact", "a catalogue of facts, not a pack"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pack_without_its_plan_is_still_checked_as_one() {
        let kind = |text: &str| not_a_pack(&Source { name: "a.toml".into(), text: text.into() });
        assert_eq!(kind("format = 1\n[[duty]]\nid = \"x\"\n"), None);
        assert_eq!(kind("format = 1\n[plan]\n[[fact]]\n"), None);
        assert_eq!(kind("this is not toml"), None);
        assert_eq!(kind("format = 1\n[[fact]]\n"), Some("a catalogue of facts, not a pack"));
        assert_eq!(kind("[SH-01]\nstate = \"works\"\n"), Some("not a pack"));
    }
}

//! Any event ever written can still be read: each stored payload has its sample.
//!
//! That the samples are read is a test of the response crate; here is only that none is missing.

use std::collections::BTreeSet;

use crate::finding::Finding;
use crate::repository::TextFile;

const FOLDER: &str = "crates/core/response/samples/";

/// Where the tables of kinds are: lines such as `LevelJudged(LevelJudged) = "level-judged", 1;`.
const TABLES: &[&str] = &["crates/core/response/src/event.rs", "crates/core/response/src/event/"];

/// Samples whose name or text is not what the store would hold.
pub(super) fn findings(texts: &[TextFile]) -> Vec<Finding> {
    let samples = texts.iter().filter(|file| file.path.starts_with(FOLDER) && file.is("json"));
    let mut findings = Vec::new();
    let mut kinds: BTreeSet<(&str, u32)> = BTreeSet::new();
    for sample in samples {
        match kind_and_version(sample.name()) {
            Some(kind) => drop(kinds.insert(kind)),
            None => findings.push(Finding::of(&sample.path, "name it <kind>.v<version>.json")),
        }
        if serde_json::from_str::<serde_json::Value>(&sample.text).is_err() {
            findings.push(Finding::of(&sample.path, "this is not JSON"));
        }
    }
    let wanted = written(texts).into_iter().chain(kinds.iter().copied());
    let missing: BTreeSet<(&str, u32)> = wanted
        .flat_map(|(kind, newest)| (1..=newest).map(move |version| (kind, version)))
        .filter(|sample| !kinds.contains(sample))
        .collect();
    findings.extend(
        missing.into_iter().map(|(kind, version)| {
            Finding::of(FOLDER, format!("{kind}.v{version}.json is missing"))
        }),
    );
    findings
}

/// Every kind that the program writes, with its newest version.
fn written(texts: &[TextFile]) -> Vec<(&str, u32)> {
    let tables = texts
        .iter()
        .filter(|file| file.is("rs") && TABLES.iter().any(|table| file.path.starts_with(table)));
    tables.flat_map(|file| file.text.lines()).filter_map(row_of).collect()
}

fn row_of(line: &str) -> Option<(&str, u32)> {
    let (_, row) = line.trim_end().split_once(") = \"")?;
    let (kind, version) = row.strip_suffix(';')?.split_once("\", ")?;
    Some((kind, version.parse().ok()?))
}

fn kind_and_version(name: &str) -> Option<(&str, u32)> {
    let (kind, version) = name.strip_suffix(".json")?.rsplit_once(".v")?;
    let is_kebab = kind.chars().all(|letter| letter.is_ascii_lowercase() || letter == '-');
    let version = version.parse().ok().filter(|version| *version > 0)?;
    (is_kebab && !kind.is_empty()).then_some((kind, version))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(names: &[&str]) -> Vec<String> {
        let texts: Vec<TextFile> = names
            .iter()
            .map(|name| TextFile::planted(&format!("{FOLDER}{name}"), "{\"a\": 1}"))
            .collect();
        findings(&texts).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn samples_of_every_version_are_fine() {
        assert_eq!(told(&["level-judged.v1.json", "level-judged.v2.json"]), Vec::<String>::new());
    }

    #[test]
    fn a_sample_thrown_away_is_found() {
        assert_eq!(
            told(&["level-judged.v2.json"]),
            ["crates/core/response/samples/: level-judged.v1.json is missing"]
        );
    }

    #[test]
    fn a_kind_without_a_sample_is_found() {
        let table = "    /// It was.\n    LevelJudged(LevelJudged) = \"level-judged\", 2;\n";
        let texts = [
            TextFile::planted("crates/core/response/src/event.rs", table),
            TextFile::planted(&format!("{FOLDER}level-judged.v1.json"), "{}"),
        ];
        let told: Vec<String> = findings(&texts).iter().map(ToString::to_string).collect();
        assert_eq!(told, ["crates/core/response/samples/: level-judged.v2.json is missing"]);
    }

    #[test]
    fn a_sample_named_after_a_type_is_found() {
        assert_eq!(
            told(&["LevelJudged.v1.json"]),
            ["crates/core/response/samples/LevelJudged.v1.json: name it <kind>.v<version>.json"]
        );
    }
}

//! Decisions are numbered without a gap, headed by their number, and listed.

use crate::finding::Finding;
use crate::repository::TextFile;

const FOLDER: &str = "docs/decisions/";
const INDEX: &str = "docs/decisions/README.md";

/// Decisions whose number, heading or place in the list is wrong.
pub(super) fn findings(texts: &[TextFile]) -> Vec<Finding> {
    let index = texts.iter().find(|file| file.path == INDEX).map_or("", |file| file.text.as_str());
    let mut decisions: Vec<&TextFile> = texts
        .iter()
        .filter(|file| file.path.starts_with(FOLDER) && file.is("md") && file.path != INDEX)
        .collect();
    decisions.sort_by(|left, right| left.path.cmp(&right.path));
    let numbered = decisions.iter().zip(1_u32..);
    numbered.flat_map(|(file, number)| of_decision(file, number, index)).collect()
}

fn of_decision(file: &TextFile, number: u32, index: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    if !file.name().starts_with(&format!("{number:04}-")) {
        findings.push(Finding::of(&file.path, format!("this is decision {number:04}: name it so")));
    }
    if !file.text.starts_with(&format!("# {number:04} ")) {
        findings.push(Finding::of(&file.path, format!("the heading must begin `# {number:04} `")));
    }
    if !index.contains(file.name()) {
        findings.push(Finding::of(INDEX, format!("{} is not in the list", file.name())));
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gap_in_the_numbers_is_found() {
        let texts = [
            TextFile::planted(INDEX, "0001-journal.md 0003-boards.md"),
            TextFile::planted("docs/decisions/0001-journal.md", "# 0001 Journal\n"),
            TextFile::planted("docs/decisions/0003-boards.md", "# 0002 Boards\n"),
        ];
        let told: Vec<String> = findings(&texts).iter().map(ToString::to_string).collect();
        assert_eq!(told, ["docs/decisions/0003-boards.md: this is decision 0002: name it so"]);
    }

    #[test]
    fn a_decision_that_is_not_listed_is_found() {
        let texts = [TextFile::planted("docs/decisions/0001-journal.md", "# 0001 Journal\n")];
        let told: Vec<String> = findings(&texts).iter().map(ToString::to_string).collect();
        assert_eq!(told, ["docs/decisions/README.md: 0001-journal.md is not in the list"]);
    }

    #[test]
    fn a_heading_without_its_number_is_found() {
        let texts = [
            TextFile::planted(INDEX, "0001-journal.md"),
            TextFile::planted("docs/decisions/0001-journal.md", "# Journal\n"),
        ];
        assert_eq!(findings(&texts).len(), 1);
    }
}

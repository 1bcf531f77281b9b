//! Every source file opens by saying what it is for, briefly, and is short enough to read.

use crate::finding::Finding;
use crate::repository::TextFile;

const DOC_LINES_MAX: usize = 10;
const FILE_LINES_MAX: usize = 1_000;

/// Source files without a module doc, with one too long, too long themselves, or named `mod.rs`.
pub(super) fn findings(texts: &[TextFile]) -> Vec<Finding> {
    texts.iter().filter(|file| file.is("rs")).flat_map(of_file).collect()
}

fn of_file(file: &TextFile) -> Vec<Finding> {
    let mut findings = Vec::new();
    let doc_lines = file.text.lines().take_while(|line| line.starts_with("//!")).count();
    let file_lines = file.text.lines().count();
    if doc_lines == 0 {
        findings.push(Finding::in_line(&file.path, 0, "say first what this module is for (`//!`)"));
    }
    if doc_lines > DOC_LINES_MAX {
        let what = format!("a module doc has at most {DOC_LINES_MAX} lines, this one {doc_lines}");
        findings.push(Finding::in_line(&file.path, 0, what));
    }
    if file_lines > FILE_LINES_MAX {
        let what = format!("a file has at most {FILE_LINES_MAX} lines, this one {file_lines}");
        findings.push(Finding::of(&file.path, what));
    }
    if file.name() == "mod.rs" {
        findings.push(Finding::of(&file.path, "modules are foo.rs and foo/, never mod.rs"));
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(path: &str, text: &str) -> Vec<String> {
        findings(&[TextFile::planted(path, text)]).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_file_that_does_not_say_what_it_is_for_is_found() {
        assert_eq!(
            told("a.rs", "use std::fmt;\n"),
            ["a.rs:1: say first what this module is for (`//!`)"]
        );
    }

    #[test]
    fn a_doc_that_rambles_is_found() {
        let text = "//! word\n".repeat(11);
        assert_eq!(told("a.rs", &text), ["a.rs:1: a module doc has at most 10 lines, this one 11"]);
    }

    #[test]
    fn a_file_too_long_to_read_is_found() {
        let text = format!("//! word\n{}", "\n".repeat(1_000));
        assert_eq!(told("a.rs", &text), ["a.rs: a file has at most 1000 lines, this one 1001"]);
    }

    #[test]
    fn a_mod_rs_is_found() {
        assert_eq!(
            told("a/mod.rs", "//! word\n"),
            ["a/mod.rs: modules are foo.rs and foo/, never mod.rs"]
        );
    }
}

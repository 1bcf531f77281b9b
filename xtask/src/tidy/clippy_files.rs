//! Clippy does not merge its files, so the core's must repeat all of the repository's.

use crate::finding::Finding;
use crate::repository::TextFile;

const HOUSE: &str = "clippy.toml";
const CORE: &str = "crates/core/clippy.toml";

/// Lines of the repository's file that the core's does not have.
pub(super) fn findings(texts: &[TextFile]) -> Vec<Finding> {
    let core: Vec<&str> = lines_of(texts, CORE);
    let missing = lines_of(texts, HOUSE).into_iter().filter(|line| !core.contains(line));
    missing.map(|line| Finding::of(CORE, format!("`{line}` of {HOUSE} is missing"))).collect()
}

fn lines_of<'a>(texts: &'a [TextFile], path: &str) -> Vec<&'a str> {
    let file = texts.iter().find(|file| file.path == path);
    let lines = file.into_iter().flat_map(|file| file.text.lines()).map(str::trim);
    lines.filter(|line| !line.is_empty() && !line.starts_with('#')).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_that_the_core_lacks_is_found() {
        let house = TextFile::planted(HOUSE, "# why\nlines = 70\narguments = 5\n");
        let core = TextFile::planted(CORE, "lines = 70\ntypes = []\n");
        let told: Vec<String> = findings(&[house, core]).iter().map(ToString::to_string).collect();
        assert_eq!(told, ["crates/core/clippy.toml: `arguments = 5` of clippy.toml is missing"]);
    }

    #[test]
    fn a_superset_is_fine() {
        let house = TextFile::planted(HOUSE, "lines = 70\n");
        let core = TextFile::planted(CORE, "lines = 70\ntypes = []\n");
        assert_eq!(findings(&[house, core]), []);
    }
}

//! What a text of the repository must not say: registries' hosts, one machine's folders, odd marks.
//!
//! A checkout builds from whatever registry and in whatever folder its user has.

use crate::finding::Finding;
use crate::repository::TextFile;

/// Hosts of package registries. In two halves, so that this file does not name them either.
const HOSTS: &[(&str, &str)] = &[
    ("crates", ".io"),
    ("static.crates", ".io"),
    ("registry.npmjs", ".org"),
    ("npmjs", ".com"),
    ("pypi", ".org"),
    ("pythonhosted", ".org"),
    ("deb.debian", ".org"),
    ("proxy.golang", ".org"),
    ("repo.maven.apache", ".org"),
];

/// Folders that exist on one machine only.
const MACHINE_FOLDERS: &[&str] = &["work", "root"];

/// Texts that name a registry's host or a machine's folder, or hold a byte-order mark.
pub(super) fn findings(texts: &[TextFile]) -> Vec<Finding> {
    let own = texts.iter().filter(|file| file.path != "Cargo.lock" && file.path != "LICENSE");
    own.flat_map(of_file).collect()
}

fn of_file(file: &TextFile) -> Vec<Finding> {
    let lines = file.text.lines().enumerate();
    lines
        .filter_map(|(index, line)| {
            fault_of(line).map(|what| Finding::in_line(&file.path, index, what))
        })
        .collect()
}

fn fault_of(line: &str) -> Option<String> {
    if line.contains('\u{feff}') {
        return Some("there is a byte-order mark (U+FEFF): remove it".to_owned());
    }
    if HOSTS.iter().any(|(name, end)| line.contains(&format!("{name}{end}"))) {
        return Some("name packages, not the host of a registry".to_owned());
    }
    if MACHINE_FOLDERS.iter().any(|folder| names_folder(line, folder)) {
        return Some("this folder exists on one machine only: use a relative path".to_owned());
    }
    None
}

/// Whether the line has `/folder/` as the beginning of an absolute path.
fn names_folder(line: &str, folder: &str) -> bool {
    let wanted = format!("/{folder}/");
    line.match_indices(&wanted).any(|(at, _)| {
        let before = line.get(..at).and_then(|text| text.chars().next_back());
        !before.is_some_and(|letter| letter.is_alphanumeric() || "._-}/*".contains(letter))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> Vec<String> {
        findings(&[TextFile::planted("a.md", text)]).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_registry_host_is_found() {
        let text = ["see https://registry.npmjs", ".org/x"].concat();
        assert_eq!(told(&text), ["a.md:1: name packages, not the host of a registry"]);
    }

    #[test]
    fn a_folder_of_one_machine_is_found() {
        let text = ["cd ", "/work", "/main"].concat();
        let what = "this folder exists on one machine only: use a relative path";
        assert_eq!(told(&text), [format!("a.md:1: {what}")]);
    }

    #[test]
    fn the_same_word_inside_a_path_is_fine() {
        assert_eq!(told("see docs/work/plan.md and $HOME/root/x"), Vec::<String>::new());
    }

    #[test]
    fn a_byte_order_mark_is_found() {
        assert_eq!(
            told("\u{feff}# Title"),
            ["a.md:1: there is a byte-order mark (U+FEFF): remove it"]
        );
    }
}

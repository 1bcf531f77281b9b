//! Names that say nothing: a thing called after its use as a bag is not yet understood.

use crate::finding::Finding;
use crate::repository::TextFile;

const EMPTY_WORDS: &[&str] =
    &["util", "utils", "common", "helper", "helpers", "manager", "managers", "misc"];

const DECLARATIONS: &[&str] = &["struct", "enum", "trait", "type", "mod", "fn"];

/// Files, folders and declarations named with a word that says nothing.
pub(super) fn findings(texts: &[TextFile]) -> Vec<Finding> {
    let mut findings: Vec<Finding> = texts.iter().filter_map(of_path).collect();
    findings.extend(texts.iter().filter(|file| file.is("rs")).flat_map(of_declarations));
    findings
}

fn of_path(file: &TextFile) -> Option<Finding> {
    let parts = file.path.split(['/', '.', '-', '_']);
    let word = parts.into_iter().find(|part| EMPTY_WORDS.contains(part))?;
    Some(Finding::of(&file.path, says_nothing(word)))
}

fn of_declarations(file: &TextFile) -> Vec<Finding> {
    let declared = file.text.lines().enumerate();
    declared
        .filter_map(|(index, line)| {
            let name = declared_in(line)?;
            let word =
                words_of(name).into_iter().find(|word| EMPTY_WORDS.contains(&word.as_str()))?;
            Some(Finding::in_line(&file.path, index, says_nothing(&word)))
        })
        .collect()
}

fn says_nothing(word: &str) -> String {
    format!("`{word}` says nothing: name what it is")
}

/// The name that a line declares, if it declares one.
fn declared_in(line: &str) -> Option<&str> {
    let code = line.trim_start();
    if code.starts_with("//") {
        return None;
    }
    let mut words = code.split_whitespace();
    words.find(|word| DECLARATIONS.contains(word))?;
    words.next()?.split(|letter: char| !letter.is_alphanumeric() && letter != '_').next()
}

/// `LevelManager` and `level_manager` as `level`, `manager`.
fn words_of(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    for letter in name.chars() {
        if letter == '_' || letter.is_uppercase() {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut() {
            word.extend(letter.to_lowercase().filter(|letter| *letter != '_'));
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(path: &str, text: &str) -> Vec<String> {
        findings(&[TextFile::planted(path, text)]).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn an_empty_word_in_a_path_is_found() {
        let bag = ["src/", "utils.rs"].concat();
        assert_eq!(told(&bag, ""), ["src/utils.rs: `utils` says nothing: name what it is"]);
    }

    #[test]
    fn an_empty_word_in_a_declaration_is_found() {
        let text = ["pub(crate) struct Level", "Manager;\n"].concat();
        assert_eq!(told("a.rs", &text), ["a.rs:1: `manager` says nothing: name what it is"]);
    }

    #[test]
    fn words_that_only_contain_one_are_fine() {
        let text = "fn community() {}\nstruct Commonwealth;\n// a manager may read this\n";
        assert_eq!(told("src/commons.rs", text), Vec::<String>::new());
    }
}

//! Everything the screens say is said in both languages, or in neither.

use std::collections::BTreeSet;

use crate::finding::Finding;
use crate::repository::TextFile;

/// Messages that one language has and the other lacks, and messages written twice.
pub(super) fn findings(texts: &[TextFile]) -> Vec<Finding> {
    let Some(chinese) = texts.iter().find(|file| is_locale(file, "zh-CN")) else {
        return Vec::new();
    };
    let Some(english) = texts.iter().find(|file| is_locale(file, "en")) else {
        return vec![Finding::of(&chinese.path, "there is no English beside it")];
    };
    let mut findings = missing(chinese, english);
    findings.extend(missing(english, chinese));
    findings.extend(repeated(chinese));
    findings.extend(repeated(english));
    findings
}

fn is_locale(file: &TextFile, language: &str) -> bool {
    file.path == format!("crates/app/web/locales/{language}.ftl")
}

fn missing(from: &TextFile, against: &TextFile) -> Vec<Finding> {
    let present: BTreeSet<String> = keys_of(&from.text).into_iter().collect();
    let wanted: BTreeSet<String> = keys_of(&against.text).into_iter().collect();
    let absent = wanted.difference(&present);
    absent.map(|key| Finding::of(&from.path, format!("`{key}` is missing"))).collect()
}

fn repeated(file: &TextFile) -> Vec<Finding> {
    let mut seen = BTreeSet::new();
    let twice = keys_of(&file.text).into_iter().filter(|key| !seen.insert(key.clone()));
    twice.map(|key| Finding::of(&file.path, format!("`{key}` is written twice"))).collect()
}

/// The messages, terms and attributes that a Fluent file defines: `name`, `-term`, `name.part`.
fn keys_of(text: &str) -> Vec<String> {
    let mut message = String::new();
    let mut keys = Vec::new();
    for line in text.lines() {
        let Some(name) = line.split_once('=').map(|(left, _)| left.trim_end()) else {
            continue;
        };
        if is_name(name) {
            name.clone_into(&mut message);
            keys.push(message.clone());
        } else if let Some(part) = name.trim_start().strip_prefix('.')
            && is_name(part)
        {
            keys.push(format!("{message}.{part}"));
        }
    }
    keys
}

fn is_name(word: &str) -> bool {
    let word = word.strip_prefix('-').unwrap_or(word);
    word.starts_with(|letter: char| letter.is_ascii_alphabetic())
        && word.chars().all(|letter| letter.is_ascii_alphanumeric() || "-_".contains(letter))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(chinese: &str, english: &str) -> Vec<String> {
        let texts = [
            TextFile::planted("crates/app/web/locales/zh-CN.ftl", chinese),
            TextFile::planted("crates/app/web/locales/en.ftl", english),
        ];
        findings(&texts).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_message_in_one_language_only_is_found() {
        assert_eq!(
            told("desk = 值班台\nreport = 报告\n", "desk = Desk\n"),
            ["crates/app/web/locales/en.ftl: `report` is missing"]
        );
    }

    #[test]
    fn an_attribute_in_one_language_only_is_found() {
        assert_eq!(
            told("desk = 值班台\n", "desk = Desk\n    .title = a = b\n"),
            ["crates/app/web/locales/zh-CN.ftl: `desk.title` is missing"]
        );
    }

    #[test]
    fn a_message_written_twice_is_found() {
        assert_eq!(
            told("desk = 台\ndesk = 值班台\n", "desk = Desk\n"),
            ["crates/app/web/locales/zh-CN.ftl: `desk` is written twice"]
        );
    }

    #[test]
    fn variants_and_comments_are_not_messages() {
        let chinese = "# a = b\ncount = { $n ->\n    [one] 一 = 1\n   *[other] 多\n }\n";
        assert_eq!(told(chinese, "count = { $n }\n"), Vec::<String>::new());
    }
}

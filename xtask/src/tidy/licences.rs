//! Every package that is built has a licence of the list in deny.toml, and none brings another TLS.
//!
//! `cargo deny` says the same and more; this says it where that program is not installed.

use crate::finding::Finding;
use crate::repository::Repository;

const LIST: &str = "deny.toml";

/// Packages whose licence is not allowed or not stated, that come from elsewhere, or are banned.
pub(super) fn findings(repository: &Repository) -> Vec<Finding> {
    let list = repository.text(LIST).unwrap_or_default();
    let allowed = quoted_after(list, "allow = [");
    let banned = quoted_after(list, "deny = [");
    if allowed.is_empty() {
        return vec![Finding::of(LIST, "there is no list of allowed licences")];
    }
    let mut findings = Vec::new();
    for package in &repository.metadata.packages {
        let place = format!("{} {}", package.name, package.version);
        let stated = package.license.as_deref().unwrap_or("none stated");
        if !is_allowed(stated, &allowed) {
            findings.push(Finding::of(&place, format!("licence not allowed: {stated}")));
        }
        if banned.contains(&package.name.as_str()) {
            findings.push(Finding::of(&place, format!("banned in {LIST}")));
        }
        let source = package.source.as_ref().map_or("", |source| source.repr.as_str());
        if source.starts_with("git+") {
            findings.push(Finding::of(&place, "comes from a repository, not from the registry"));
        }
    }
    findings
}

/// The quoted words between an opening and the next line that closes the bracket.
fn quoted_after<'a>(text: &'a str, opening: &str) -> Vec<&'a str> {
    let list = text.lines().skip_while(|line| !line.starts_with(opening));
    let entries = list.take_while(|line| !line.starts_with(']'));
    entries.filter_map(|line| line.split('"').nth(1)).collect()
}

/// Whether an SPDX expression can be met with allowed licences only.
fn is_allowed(expression: &str, allowed: &[&str]) -> bool {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let mut words: Vec<&str> = spaced.split_whitespace().collect();
    words.reverse();
    any_of(&mut words, allowed) && words.is_empty()
}

/// `a OR b OR …`; `words` is reversed, the next one is last.
fn any_of(words: &mut Vec<&str>, allowed: &[&str]) -> bool {
    let mut is_met = all_of(words, allowed);
    while words.last() == Some(&"OR") {
        words.pop();
        is_met |= all_of(words, allowed);
    }
    is_met
}

fn all_of(words: &mut Vec<&str>, allowed: &[&str]) -> bool {
    let mut is_met = one(words, allowed);
    while words.last() == Some(&"AND") {
        words.pop();
        is_met &= one(words, allowed);
    }
    is_met
}

/// A licence, a licence `WITH` an exception, or an expression in brackets.
fn one(words: &mut Vec<&str>, allowed: &[&str]) -> bool {
    let Some(name) = words.pop() else {
        return false;
    };
    if name == "(" {
        let is_met = any_of(words, allowed);
        return words.pop() == Some(")") && is_met;
    }
    if words.last() == Some(&"WITH") {
        words.pop();
        let exception = words.pop().unwrap_or_default();
        return allowed.contains(&format!("{name} WITH {exception}").as_str());
    }
    allowed.contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALLOWED: &[&str] = &["MIT", "Apache-2.0", "Apache-2.0 WITH LLVM-exception", "ISC"];

    #[test]
    fn one_allowed_choice_is_enough() {
        assert!(is_allowed("GPL-2.0-only OR MIT", ALLOWED));
        assert!(is_allowed("Apache-2.0/GPL-3.0", ALLOWED));
    }

    #[test]
    fn all_parts_of_a_sum_must_be_allowed() {
        assert!(is_allowed("(MIT OR GPL-3.0) AND ISC", ALLOWED));
        assert!(!is_allowed("MIT AND GPL-3.0", ALLOWED));
        assert!(!is_allowed("(MIT OR ISC) AND BSD-4-Clause", ALLOWED));
    }

    #[test]
    fn an_exception_is_part_of_the_licence() {
        assert!(is_allowed("Apache-2.0 WITH LLVM-exception", ALLOWED));
        assert!(!is_allowed("MIT WITH LLVM-exception", ALLOWED));
    }

    #[test]
    fn an_expression_that_cannot_be_read_is_not_allowed() {
        assert!(!is_allowed("MIT ISC", ALLOWED));
        assert!(!is_allowed("(MIT", ALLOWED));
        assert!(!is_allowed("none stated", ALLOWED));
        assert!(!is_allowed("", ALLOWED));
    }

    #[test]
    fn lists_are_read_from_the_file() {
        let text =
            "[licenses]\nallow = [\n    \"MIT\",\n    \"ISC\",\n]\nother = [\n    \"X\",\n]\n";
        assert_eq!(quoted_after(text, "allow = ["), ["MIT", "ISC"]);
    }
}

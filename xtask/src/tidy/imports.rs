//! Imports stand in three blocks: std, then other crates, then the crate itself.
//!
//! The formatter that would do this is not in the stable toolchain. Re-exports (`pub use`) are
//! an interface, not imports, and stand in the order that reads best.

use crate::finding::Finding;
use crate::repository::TextFile;

/// Whose code an import names; the order is that of the blocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Origin {
    Std,
    External,
    Own,
}

/// Imports that stand in the wrong block.
pub(super) fn findings(texts: &[TextFile]) -> Vec<Finding> {
    texts.iter().filter(|file| file.is("rs")).flat_map(of_file).collect()
}

fn of_file(file: &TextFile) -> Vec<Finding> {
    let own_modules: Vec<&str> = file.text.lines().filter_map(module_named).collect();
    let mut findings = Vec::new();
    let mut previous: Option<(usize, Origin)> = None;
    for (index, path) in imports_of(&file.text) {
        let origin = origin_of(path, &own_modules);
        if let Some((line_above, above)) = previous {
            let is_same_block = line_above.saturating_add(1) == index;
            if origin < above {
                findings.push(Finding::in_line(&file.path, index, wrong_order(origin, above)));
            } else if is_same_block && origin != above {
                let what = "an empty line belongs between std, external and own imports";
                findings.push(Finding::in_line(&file.path, index, what));
            }
        }
        previous = Some((end_of(&file.text, index), origin));
    }
    findings
}

/// The imports at the top level: the line where each begins, and its path.
fn imports_of(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines()
        .enumerate()
        .filter_map(|(index, line)| line.strip_prefix("use ").map(|path| (index, path)))
}

/// The line where an import that begins at `index` ends.
fn end_of(text: &str, index: usize) -> usize {
    let mut lines = text.lines().enumerate().skip(index);
    lines.find(|(_, line)| line.trim_end().ends_with(';')).map_or(index, |(end, _)| end)
}

fn module_named(line: &str) -> Option<&str> {
    let rest = line.strip_prefix("pub(crate) ").or(line.strip_prefix("pub ")).unwrap_or(line);
    rest.strip_prefix("mod ")?.split([';', ' ']).next()
}

fn origin_of(path: &str, own_modules: &[&str]) -> Origin {
    let first = path.split([':', ';', ' ', '{']).find(|part| !part.is_empty()).unwrap_or_default();
    match first {
        "std" | "core" | "alloc" => Origin::Std,
        "crate" | "self" | "super" => Origin::Own,
        name if own_modules.contains(&name) => Origin::Own,
        _ => Origin::External,
    }
}

fn wrong_order(origin: Origin, above: Origin) -> String {
    format!("this {} import belongs above the {} ones", origin.name(), above.name())
}

impl Origin {
    fn name(self) -> &'static str {
        match self {
            Self::Std => "std",
            Self::External => "external",
            Self::Own => "own",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> Vec<String> {
        let file = TextFile::planted("a.rs", text);
        findings(&[file]).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn three_blocks_in_order_are_fine() {
        let text = "mod parts;\n\nuse std::fmt;\nuse std::io::{\n    Read,\n    Write,\n};\n\n\
                    use serde::Serialize;\n\nuse crate::a;\nuse parts::B;\n";
        assert_eq!(told(text), Vec::<String>::new());
    }

    #[test]
    fn blocks_that_run_together_are_found() {
        assert_eq!(
            told("use std::fmt;\nuse serde::Serialize;\n"),
            ["a.rs:2: an empty line belongs between std, external and own imports"]
        );
    }

    #[test]
    fn blocks_out_of_order_are_found() {
        assert_eq!(
            told("use crate::a;\n\nuse std::fmt;\n"),
            ["a.rs:3: this std import belongs above the own ones"]
        );
    }

    #[test]
    fn re_exports_and_imports_inside_functions_are_left_alone() {
        assert_eq!(
            told("pub use crate::a;\nfn f() {\n    use std::fmt;\n}\n"),
            Vec::<String>::new()
        );
    }
}

//! The map in ARCHITECTURE.md must be the workspace: no crate missing, nothing drawn that is not.

use std::collections::BTreeSet;

use super::{Member, floors};
use crate::finding::Finding;

const PAGE: &str = "ARCHITECTURE.md";

/// Where the page and the workspace differ. `is_folder` says whether a path exists.
pub(super) fn findings(
    page: &str,
    members: &[Member],
    is_folder: impl Fn(&str) -> bool,
) -> Vec<Finding> {
    let blocks = fenced_blocks(page);
    let tree = blocks.iter().find(|block| block.iter().any(|line| line.starts_with("crates/")));
    let picture = blocks.iter().find(|block| block.iter().any(|line| floor_line(line).is_some()));
    let (Some(tree), Some(picture)) = (tree, picture) else {
        return vec![Finding::of(PAGE, "the map of folders or the picture of floors is missing")];
    };
    let mut findings = of_tree(&paths_of(tree), members, is_folder);
    findings.extend(of_picture(picture));
    findings
}

fn of_tree(
    drawn: &BTreeSet<String>,
    members: &[Member],
    is_folder: impl Fn(&str) -> bool,
) -> Vec<Finding> {
    let undrawn = members.iter().filter(|member| !drawn.contains(&member.folder));
    let mut findings: Vec<Finding> = undrawn
        .map(|member| Finding::of(PAGE, format!("the map does not show {}", member.folder)))
        .collect();
    let absent = drawn.iter().filter(|path| !is_folder(path));
    findings.extend(
        absent.map(|path| Finding::of(PAGE, format!("the map shows {path}, which is absent"))),
    );
    findings
}

fn of_picture(picture: &[&str]) -> Vec<Finding> {
    let drawn: BTreeSet<(String, u8)> = picture
        .iter()
        .filter_map(|line| floor_line(line))
        .flat_map(|(floor, names)| names.into_iter().map(move |name| (name, floor)))
        .collect();
    let table: BTreeSet<(String, u8)> = floors::FLOORS
        .iter()
        .map(|(name, floor)| (name.trim_start_matches("fengsui-").to_owned(), *floor))
        .collect();
    let differing = drawn.symmetric_difference(&table);
    differing
        .map(|(name, floor)| {
            let what =
                format!("picture and table of floors disagree about {name} on floor {floor}");
            Finding::of(PAGE, what)
        })
        .collect()
}

/// `7  cli  (remark)` as the floor and the names on it.
fn floor_line(line: &str) -> Option<(u8, Vec<String>)> {
    let (names, _) = line.split_once('(').unwrap_or((line, ""));
    let mut words = names.split_whitespace();
    let floor = words.next()?.parse().ok()?;
    Some((floor, words.map(str::to_owned).collect()))
}

/// The folders drawn in a tree, from the top: two blanks more are one folder deeper.
fn paths_of(tree: &[&str]) -> BTreeSet<String> {
    let mut above: Vec<&str> = Vec::new();
    let mut paths = BTreeSet::new();
    for line in tree {
        let depth = line.chars().take_while(|letter| *letter == ' ').count() / 2;
        let Some(name) = line.split_whitespace().next().and_then(|word| word.strip_suffix('/'))
        else {
            continue;
        };
        above.truncate(depth);
        above.push(name);
        paths.insert(above.join("/"));
    }
    paths
}

fn fenced_blocks(page: &str) -> Vec<Vec<&str>> {
    let mut blocks = Vec::new();
    let mut open: Option<Vec<&str>> = None;
    for line in page.lines() {
        match (line.trim_start().starts_with("```"), open.as_mut()) {
            (true, None) => open = Some(Vec::new()),
            (true, Some(_)) => blocks.extend(open.take()),
            (false, Some(block)) => block.push(line),
            (false, None) => {}
        }
    }
    blocks
}

#[cfg(test)]
mod tests {
    use super::*;

    const TREE: &str = "
```
crates/
  core/          pure
    plan/        an emergency plan as data
xtask/           checks
```
";

    fn picture() -> String {
        let lines: Vec<String> = floors::FLOORS
            .iter()
            .map(|(name, floor)| format!(" {floor}  {}", name.trim_start_matches("fengsui-")))
            .collect();
        format!("```\n{}\n```\n", lines.join("\n"))
    }

    fn told(page: &str, members: &[Member]) -> Vec<String> {
        let all = findings(page, members, |folder| folder != "xtask");
        all.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_folder_that_is_drawn_and_absent_is_found() {
        let plan = Member::planted("fengsui-plan", "crates/core/plan", &[]);
        assert_eq!(
            told(&format!("{TREE}{}", picture()), &[plan]),
            ["ARCHITECTURE.md: the map shows xtask, which is absent"]
        );
    }

    #[test]
    fn a_crate_that_is_not_drawn_is_found() {
        let web = Member::planted("fengsui-web", "crates/app/web", &[]);
        let told = told(&format!("{TREE}{}", picture()), &[web]);
        assert!(
            told.contains(&"ARCHITECTURE.md: the map does not show crates/app/web".to_owned()),
            "{told:?}"
        );
    }

    #[test]
    fn a_crate_drawn_on_another_floor_is_found() {
        let page = format!("{TREE}{}", picture().replace(" 7  cli", " 6  cli"));
        let told = told(&page, &[]);
        assert_eq!(
            told.get(1..),
            Some(
                &[
                    "ARCHITECTURE.md: picture and table of floors disagree about cli on floor 6"
                        .to_owned(),
                    "ARCHITECTURE.md: picture and table of floors disagree about cli on floor 7"
                        .to_owned(),
                ][..]
            )
        );
    }

    #[test]
    fn a_page_without_a_map_is_found() {
        assert_eq!(
            told("# Words only", &[]),
            ["ARCHITECTURE.md: the map of folders or the picture of floors is missing"]
        );
    }
}

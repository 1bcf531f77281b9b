//! Whether what an entry names is there: rules in the pack, commands and screens, tests.

use super::ledger::Entry;
use super::pack::Pack;
use crate::repository::TextFile;

/// Where a name can be looked up.
pub(super) struct Evidence<'a> {
    pub(super) texts: &'a [TextFile],
    pub(super) packs: &'a [Pack],
}

impl Evidence<'_> {
    /// What an entry names and nothing knows.
    pub(super) fn faults(&self, entry: &Entry, pack: &Pack) -> Vec<String> {
        let by = entry.by.iter().filter(|name| !self.carries(name, pack));
        let tests = entry.tests.iter().filter(|name| !self.is_there(name));
        let owner = entry.owner.iter().filter(|owner| !pack.roles.contains_key(*owner));
        let mut faults: Vec<String> = by.map(|name| format!("nothing here is `{name}`")).collect();
        faults.extend(tests.map(|name| format!("there is no test `{name}`")));
        faults.extend(owner.map(|name| format!("the pack has no role `{name}`")));
        faults
    }

    /// Whether a test is there and is run. A scenario is played only when its pack ships.
    pub(super) fn is_played(&self, test: &str) -> bool {
        let pack = test.strip_prefix("scenario:").and_then(|it| it.split_once('/'));
        self.is_there(test) && pack.is_none_or(|(pack, _)| self.ships(pack))
    }

    fn ships(&self, pack: &str) -> bool {
        self.says(LIBRARY, &format!("\"{pack}.toml\""))
    }

    /// Whether this is a rule of the pack (`criterion:miit-I-*` means some), a command, a screen or
    /// a word of the command line.
    fn carries(&self, name: &str, pack: &Pack) -> bool {
        match name.split_once(':') {
            Some(("command", command)) => self.says(COMMANDS, &format!("=> \"{command}\"")),
            Some(("screen", path)) => self.says(ROUTES, &format!("= \"{path}\";")),
            Some(("cli", words)) => self.says(COMMAND_LINE, &format!("fengsui {words} ")),
            Some(_) => match name.strip_suffix('*') {
                Some(start) => pack.rules.iter().any(|rule| rule.starts_with(start)),
                None => pack.rules.contains(name),
            },
            None => false,
        }
    }

    fn is_there(&self, test: &str) -> bool {
        if let Some(scenario) = test.strip_prefix("scenario:") {
            let known = scenario.split_once('/').is_some_and(|(id, scenario)| {
                let pack = self.packs.iter().find(|pack| pack.id == id);
                pack.is_some_and(|pack| pack.scenarios.contains(scenario))
            });
            return known;
        }
        if let Some(story) = test.strip_prefix("story:") {
            return self.has(&format!("{STORIES}{story}"));
        }
        if let Some(story) = test.strip_prefix("browser:") {
            return self.has(&format!("{BROWSER}{story}"));
        }
        let Some((path, name)) = test.split_once("::") else { return false };
        self.texts.iter().any(|file| file.path == path && file.is("rs") && tests(&file.text, name))
    }

    fn has(&self, path: &str) -> bool {
        self.texts.iter().any(|file| file.path == path)
    }

    /// Whether a file at or below a path says this.
    fn says(&self, path: &str, what: &str) -> bool {
        let files = self.texts.iter().filter(|file| file.path.starts_with(path));
        files.into_iter().any(|file| file.text.contains(what))
    }
}

/// Whether the source has a function of this name that is marked as a test.
fn tests(source: &str, name: &str) -> bool {
    let declared = [format!("fn {name}("), format!("async fn {name}(")];
    let mut is_marked = false;
    for line in source.lines().map(str::trim) {
        if line.starts_with("#[") {
            is_marked |= line.contains("test]") || line.contains("test(");
        } else if declared.iter().any(|it| line.starts_with(it)) {
            return is_marked;
        } else if !line.starts_with("//") {
            is_marked = false;
        }
    }
    false
}

/// The packs that are compiled into the program, and so are played by the tests.
const LIBRARY: &str = "crates/core/plan/src/library.rs";
const COMMANDS: &str = "crates/core/response/src/";
const ROUTES: &str = "crates/app/web/src/routes.rs";
const COMMAND_LINE: &str = "docs/command-line.md";
const STORIES: &str = "scenarios/stories/";
const BROWSER: &str = "tests/browser/stories/";

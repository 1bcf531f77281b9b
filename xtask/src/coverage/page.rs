//! The page: totals, then a table for each text.

use std::fmt::Write as _;

use super::ledger::{Entry, Ledger, State};
use super::pack::Pack;
use super::{Numbered, TEXTS};

/// The page as it should be committed.
pub(super) fn page(ledger: &Ledger, packs: &[Pack]) -> String {
    let mut page = HEAD.to_owned();
    page.push_str(&totals(ledger));
    for (text, pack) in TEXTS.into_iter().zip(packs) {
        page.push_str(&table(text, pack, ledger));
    }
    page
}

fn totals(ledger: &Ledger) -> String {
    let mut table = row(&["numbers", "works", "policy", "data only", "absent", "in all"]);
    table.push_str(&row(&["---", "--:", "--:", "--:", "--:", "--:"]));
    let every: Vec<String> = TEXTS.into_iter().flat_map(Numbered::numbers).collect();
    let lines = TEXTS.into_iter().map(|text| {
        (format!("{}-01…{:02}", text.mark, text.count), text.numbers().collect::<Vec<_>>())
    });
    for (name, numbers) in lines.chain([("all".to_owned(), every)]) {
        let entries: Vec<&Entry> =
            numbers.iter().filter_map(|number| ledger.entries.get(number)).collect();
        let in_state = |state| entries.iter().filter(|entry| entry.state == state).count();
        let mut cells = vec![name];
        cells.extend(State::ALL.map(|state| in_state(state).to_string()));
        cells.push(entries.len().to_string());
        table.push_str(&row(&cells));
    }
    table
}

fn table(text: Numbered, pack: &Pack, ledger: &Ledger) -> String {
    let mut table = format!("\n## {}, `{}`\n\n", pack.title, pack.id);
    table.push_str(&row(&["", "clause", "state", "carried by", "shown by", "note"]));
    table.push_str(&row(&["---"; 6]));
    for number in text.numbers() {
        let Some(entry) = ledger.entries.get(&number) else { continue };
        let clauses = pack.carried.get(&number).map(|it| it.join(", ")).unwrap_or_default();
        let note = entry.note.as_ref();
        table.push_str(&row(&[
            number,
            clauses,
            entry.state.word().to_owned(),
            carried_by(entry, pack),
            list(entry.tests.iter().map(|test| short(test))),
            note.map(|note| format!("{}<br>{}", note.en, note.zh)).unwrap_or_default(),
        ]));
    }
    table
}

fn carried_by(entry: &Entry, pack: &Pack) -> String {
    let owner = entry.owner.as_ref().map(|owner| {
        let label = pack.roles.get(owner).unwrap_or(owner);
        format!("owner: {label}")
    });
    let by = list(entry.by.iter().map(|it| it.replacen(':', " ", 1)));
    let parts = [owner.unwrap_or_default(), by];
    parts.into_iter().filter(|it| !it.is_empty()).collect::<Vec<_>>().join("<br>")
}

/// A test as a reader looks for it: the file's name and the function's.
fn short(test: &str) -> String {
    match test.split_once("::") {
        Some((path, name)) => {
            let file = path.rsplit('/').next().unwrap_or(path);
            format!("{}::{name}", file.trim_end_matches(".rs"))
        }
        None => test.replacen(':', " ", 1),
    }
}

fn list(items: impl Iterator<Item = String>) -> String {
    items.map(|item| format!("`{item}`")).collect::<Vec<_>>().join("<br>")
}

fn row<T: AsRef<str>>(cells: &[T]) -> String {
    let mut row = String::from("|");
    for cell in cells {
        let cell = cell.as_ref().replace('|', "\\|");
        let space = if cell.is_empty() { "" } else { " " };
        // Writing to a text cannot fail.
        write!(row, "{space}{cell} |").unwrap_or_default();
    }
    row.push('\n');
    row
}

const HEAD: &str = "\
# Coverage

What the texts oblige to, number by number, and how far the program carries it out. Written by `cargo xtask coverage`
from `plans/coverage.toml` and the packs; `cargo xtask coverage --check` refuses a number that is
missing, a test that does not exist, and anything that is said to work without one.

| state | means |
|---|---|
| works | the running program carries it out, and a test shows it |
| policy | it obliges people at all times or is left to them: the text is kept with the office that answers for it, and nothing is timed |
| data only | the pack has the rules, to be read and reckoned with; nobody can act on them in the record yet |
| absent | it is meant for the program, and only the clause's text is there |

`scenario` is a golden scenario inside a pack, played by the tests when the pack ships; `story` and `browser` are whole
cases, told to the program and in a real browser.

";

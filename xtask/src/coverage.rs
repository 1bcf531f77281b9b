//! What the texts oblige to, number by number, and whether the program carries it out.
//!
//! People write `plans/coverage.toml`, the packs say which clause carries which number, and
//! `docs/coverage.md` is generated from both. Whether a state is deserved is for people to judge;
//! what can be checked is that no number is missing, that everything named exists, and that nothing
//! is said to work without a test.

mod evidence;
mod ledger;
mod pack;
mod page;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::error::Error;
use std::fs;

use crate::finding::Finding;
use crate::generate::Mode;
use crate::repository::{Repository, TextFile};

use evidence::Evidence;
use ledger::{Entry, Ledger, State};
use pack::Pack;

/// What people write.
const LEDGER: &str = "plans/coverage.toml";

/// What is generated from it.
const PAGE: &str = "docs/coverage.md";

/// A text whose obligations are numbered, and the pack that carries it.
#[derive(Clone, Copy, Debug)]
struct Numbered {
    /// What its numbers begin with.
    mark: &'static str,
    /// How many there are.
    count: u8,
    /// The pack.
    pack: &'static str,
}

/// The numbers are fixed: the obligations that were found when the texts were read.
const TEXTS: [Numbered; 3] = [
    Numbered { mark: "SH", count: 80, pack: "shanghai-2019" },
    Numbered { mark: "MI", count: 11, pack: "miit-2017" },
    Numbered { mark: "CN", count: 16, pack: "cncert" },
];

impl Numbered {
    fn numbers(self) -> impl Iterator<Item = String> {
        (1..=self.count).map(move |number| format!("{}-{number:02}", self.mark))
    }
}

/// Generates the page, or compares it; everything that is wrong with what people wrote.
pub(crate) fn run(repository: &Repository, mode: Mode) -> Result<Vec<Finding>, Box<dyn Error>> {
    let (mut findings, page) = look(&repository.texts);
    if let Some(page) = page.filter(|page| repository.text(PAGE) != Some(page.as_str())) {
        match mode {
            Mode::Write => {
                fs::write(repository.top().join(PAGE), page)?;
                println!("{PAGE}: written");
            }
            Mode::Compare => {
                findings.push(Finding::of(PAGE, "out of date: run `cargo xtask coverage`"));
            }
        }
    }
    Ok(findings)
}

/// What is wrong, and the page, unless something could not be read at all.
fn look(texts: &[TextFile]) -> (Vec<Finding>, Option<String>) {
    let (ledger, packs) = match read(texts) {
        Ok(read) => read,
        Err(finding) => return (vec![finding], None),
    };
    let evidence = Evidence { texts, packs: &packs };
    let mut findings = without_text(&ledger);
    for (text, pack) in TEXTS.into_iter().zip(&packs) {
        findings.extend(of_numbers(text, pack, &ledger));
        findings.extend(of_entries(text, pack, &ledger, &evidence));
    }
    findings.sort();
    (findings, Some(page::page(&ledger, &packs)))
}

fn read(texts: &[TextFile]) -> Result<(Ledger, Vec<Pack>), Finding> {
    let at = |path: &str| {
        let file = texts.iter().find(|file| file.path == path);
        file.map(|file| file.text.as_str())
            .ok_or_else(|| Finding::of(path, "there is no such file"))
    };
    let ledger = Ledger::read(at(LEDGER)?)?;
    let packs = TEXTS.iter().map(|text| {
        let path = format!("plans/{}.toml", text.pack);
        Pack::read(text.pack, at(&path)?).map_err(|what| Finding::of(path, what))
    });
    Ok((ledger, packs.collect::<Result<_, _>>()?))
}

/// Every number has its entry and a clause that carries it; no clause carries a number that is none.
fn of_numbers(text: Numbered, pack: &Pack, ledger: &Ledger) -> Vec<Finding> {
    let place = format!("plans/{}.toml", text.pack);
    let mut findings = Vec::new();
    for number in text.numbers() {
        if !ledger.entries.contains_key(&number) {
            findings.push(Finding::of(LEDGER, format!("{number} is missing: say its state")));
        }
        if !pack.carried.contains_key(&number) {
            findings.push(Finding::of(&place, format!("no clause carries {number}")));
        }
    }
    let known: BTreeSet<String> = text.numbers().collect();
    for (number, clauses) in pack.carried.iter().filter(|(number, _)| !known.contains(*number)) {
        let what = format!("clause {} carries {number}, which is none", clauses.join(", "));
        findings.push(Finding::of(&place, what));
    }
    findings
}

fn without_text(ledger: &Ledger) -> Vec<Finding> {
    let known: BTreeSet<String> = TEXTS.into_iter().flat_map(Numbered::numbers).collect();
    let unknown = ledger.entries.keys().filter(|number| !known.contains(*number));
    unknown.map(|number| ledger.finding(number, "no text has this number")).collect()
}

fn of_entries(
    text: Numbered,
    pack: &Pack,
    ledger: &Ledger,
    evidence: &Evidence<'_>,
) -> Vec<Finding> {
    let entries = text.numbers().filter_map(|number| {
        let entry = ledger.entries.get(&number)?;
        Some((number, of_entry(entry, pack, evidence)))
    });
    let findings = entries
        .flat_map(|(number, faults)| faults.into_iter().map(move |fault| (number.clone(), fault)));
    findings.map(|(number, fault)| ledger.finding(&number, &fault)).collect()
}

/// What one entry lacks, and what it names that does not exist.
fn of_entry(entry: &Entry, pack: &Pack, evidence: &Evidence<'_>) -> Vec<String> {
    let mut faults = evidence.faults(entry, pack);
    if entry.note.is_none() && entry.state != State::Works {
        faults.push("say why in a note, `{ zh = …, en = … }`".to_owned());
    }
    match entry.state {
        State::Works => {
            if !entry.tests.iter().any(|test| evidence.is_played(test)) {
                faults.push("nothing works without a test that is run".to_owned());
            }
            if entry.by.is_empty() {
                faults.push("say in `by` what carries it out".to_owned());
            }
        }
        State::Policy => {
            if entry.owner.is_none() {
                faults.push("a policy needs its owner, a role of the pack".to_owned());
            }
        }
        State::DataOnly => {
            if entry.by.is_empty() {
                faults.push("say in `by` which rules of the pack say it".to_owned());
            }
        }
        State::Absent => {}
    }
    faults
}

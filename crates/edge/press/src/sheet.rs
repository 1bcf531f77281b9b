//! What is on a document, before anybody has thought about pages.

use fengsui_vocabulary::Lang;
use jiff::civil::Date;

use crate::fault::PressFault;

/// One document, complete: whatever the pages show is in here, and nothing of it is markup.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sheet {
    /// The language of the words the press adds: "signed off by", "copies to", the date.
    pub lang: Lang,
    /// How the pages are arranged.
    pub layout: Layout,
    /// Whether the document is in force.
    pub standing: Standing,
    /// The mark at the head of the first page: who speaks.
    pub heading: String,
    /// The number of the document as it was given, hexagonal brackets included.
    pub number: Option<String>,
    /// How urgent it is, in the words of the office.
    pub urgency: Option<String>,
    /// Who signs it off; documents to superiors name this person at their head.
    pub signatory: Option<String>,
    /// What it is about.
    pub title: String,
    /// To whom it goes, first of all first.
    pub addressees: Vec<String>,
    /// What it says.
    pub sections: Vec<Section>,
    /// Who stands below the text.
    pub issuer: String,
    /// The date below the text. It is also the date inside the file.
    pub date: Date,
    /// Who gets a copy.
    pub copies_to: Vec<String>,
    /// The name of the exercise, if it is one: a banner on every page.
    pub exercise: Option<String>,
    /// A small line at the foot of every page: the place in the record, for instance.
    pub footer: Option<String>,
}

/// A part of the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// Its heading, or the name of the value in a table. `Official` numbers it.
    pub label: Option<String>,
    /// Its paragraphs, one a line.
    pub text: String,
}

/// How the pages are arranged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Layout {
    /// A plain letter.
    Letter,
    /// An official document in the manner of GB/T 9704.
    Official,
    /// Names and values in rows.
    Table,
}

/// Whether a document is in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// Not signed off: every page says so.
    Draft,
    /// Signed off.
    Issued,
}

impl Sheet {
    /// Refuses what nobody could find again, and what only keeps the machine busy.
    pub(crate) fn refuse_misshapen(&self) -> Result<(), PressFault> {
        if self.title.trim().is_empty() {
            return Err(PressFault::Untitled);
        }
        within("addressees", self.addressees.len(), RECIPIENTS_MAX)?;
        within("recipients of copies", self.copies_to.len(), RECIPIENTS_MAX)?;
        within("sections", self.sections.len(), SECTIONS_MAX)?;
        for mark in self.marks() {
            within("characters of one mark", mark.chars().count(), MARK_CHARACTERS_MAX)?;
        }
        for line in self.lines() {
            within("characters of one line", line.chars().count(), LINE_CHARACTERS_MAX)?;
        }
        let texts = || self.sections.iter().map(|section| section.text.as_str());
        let characters = texts().map(|text| text.chars().count()).fold(0, usize::saturating_add);
        within("characters of text", characters, TEXT_CHARACTERS_MAX)?;
        let paragraphs = texts().map(|text| text.lines().count()).fold(0, usize::saturating_add);
        within("paragraphs", paragraphs, PARAGRAPHS_MAX)
    }

    /// What stands in the margin or beside something else, where there is little room.
    fn marks(&self) -> impl Iterator<Item = &str> {
        let all = [&self.number, &self.urgency, &self.signatory, &self.exercise];
        all.into_iter().flatten().map(String::as_str)
    }

    fn lines(&self) -> impl Iterator<Item = &str> {
        let always = [&self.heading, &self.title, &self.issuer].into_iter();
        let labels = self.sections.iter().filter_map(|section| section.label.as_ref());
        let lists = self.addressees.iter().chain(&self.copies_to);
        always.chain(&self.footer).chain(labels).chain(lists).map(String::as_str)
    }
}

fn within(what: &'static str, count: usize, count_max: usize) -> Result<(), PressFault> {
    if count > count_max {
        return Err(PressFault::TooMuch { what, count, count_max });
    }
    Ok(())
}

const RECIPIENTS_MAX: usize = 100;
const SECTIONS_MAX: usize = 200;
const MARK_CHARACTERS_MAX: usize = 80;
const LINE_CHARACTERS_MAX: usize = 200;
const TEXT_CHARACTERS_MAX: usize = 60_000;
const PARAGRAPHS_MAX: usize = 2_000;

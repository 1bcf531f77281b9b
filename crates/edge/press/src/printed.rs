//! A sheet as the templates read it: a JSON file beside them, never part of their source.

use fengsui_vocabulary::Lang;
use serde::Serialize;

use crate::fonts::Families;
use crate::sheet::{Layout, Section, Sheet, Standing};
use crate::spelling::{Pieces, Speller};

/// All that the templates know.
#[derive(Serialize)]
pub(crate) struct Printed<'a> {
    lang: &'static str,
    layout: &'static str,
    is_draft: bool,
    fonts: &'a Families,
    heading: Pieces,
    number: Option<Pieces>,
    urgency: Option<Pieces>,
    signatory: Option<Pieces>,
    title: Pieces,
    addressees: Vec<Pieces>,
    sections: Vec<PrintedSection>,
    issuer: Pieces,
    date: PrintedDate,
    copies_to: Vec<Pieces>,
    exercise: Option<Pieces>,
    footer: Option<Pieces>,
}

#[derive(Serialize)]
struct PrintedSection {
    label: Option<Pieces>,
    paragraphs: Vec<Pieces>,
}

#[derive(Serialize)]
struct PrintedDate {
    year: i16,
    month: i8,
    day: i8,
}

impl<'a> Printed<'a> {
    /// Spells a sheet out for the templates.
    pub(crate) fn of(sheet: &Sheet, fonts: &'a Families, speller: &mut Speller) -> Self {
        Self {
            lang: lang_name(sheet.lang),
            layout: layout_name(sheet.layout),
            is_draft: sheet.standing == Standing::Draft,
            fonts,
            heading: speller.line(&sheet.heading),
            number: optional(sheet.number.as_deref(), speller),
            urgency: optional(sheet.urgency.as_deref(), speller),
            signatory: optional(sheet.signatory.as_deref(), speller),
            title: speller.line(&sheet.title),
            addressees: lines(&sheet.addressees, speller),
            sections: sheet.sections.iter().map(|one| section(one, speller)).collect(),
            issuer: speller.line(&sheet.issuer),
            date: PrintedDate {
                year: sheet.date.year(),
                month: sheet.date.month(),
                day: sheet.date.day(),
            },
            copies_to: lines(&sheet.copies_to, speller),
            exercise: optional(sheet.exercise.as_deref(), speller),
            footer: optional(sheet.footer.as_deref(), speller),
        }
    }
}

fn section(section: &Section, speller: &mut Speller) -> PrintedSection {
    PrintedSection {
        label: optional(section.label.as_deref(), speller),
        paragraphs: speller.paragraphs(&section.text),
    }
}

/// A line that may be absent; an empty one is absent too.
fn optional(text: Option<&str>, speller: &mut Speller) -> Option<Pieces> {
    text.map(|text| speller.line(text)).filter(|pieces| !pieces.is_empty())
}

fn lines(texts: &[String], speller: &mut Speller) -> Vec<Pieces> {
    let all = texts.iter().map(|text| speller.line(text));
    all.filter(|pieces| !pieces.is_empty()).collect()
}

fn lang_name(lang: Lang) -> &'static str {
    match lang {
        Lang::Zh => "zh",
        Lang::En => "en",
    }
}

fn layout_name(layout: Layout) -> &'static str {
    match layout {
        Layout::Letter => "letter",
        Layout::Official => "official",
        Layout::Table => "table",
    }
}

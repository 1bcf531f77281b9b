//! Tables that become stacked rows on a phone.

use askama::Template;

use super::{ClauseChip, DueChip, Html, StateBadge};
use crate::lang::Words;

/// A table.
#[derive(Clone, Debug, Template)]
#[template(path = "parts/table.html")]
pub struct Table {
    /// What it shows, for assistive technology; the heading above says it to everybody else.
    pub label: String,
    /// Its columns.
    pub headings: Vec<Heading>,
    /// Its rows.
    pub rows: Vec<Row>,
    /// What to say when there are none.
    pub empty: String,
}

/// The head of a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heading {
    /// Its word.
    pub text: String,
    /// What the column holds.
    pub column: Column,
}

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
    /// What names the row.
    Key,
    /// Words and marks.
    Plain,
    /// Numbers, on the right.
    Numeric,
}

impl Heading {
    /// A column of words and marks.
    pub fn plain(text: impl Into<String>) -> Self {
        Self { text: text.into(), column: Column::Plain }
    }

    /// The column that names the row.
    pub fn key(text: impl Into<String>) -> Self {
        Self { text: text.into(), column: Column::Key }
    }

    /// A column of numbers.
    pub fn numeric(text: impl Into<String>) -> Self {
        Self { text: text.into(), column: Column::Numeric }
    }

    fn class(&self) -> &'static str {
        match self.column {
            Column::Numeric => "numeric",
            Column::Key | Column::Plain => "",
        }
    }

    fn is_key(&self) -> bool {
        self.column == Column::Key
    }
}

/// One row.
#[derive(Clone, Debug)]
pub struct Row {
    /// Its cells, one per heading.
    pub cells: Vec<Html>,
    /// How it wants to be read.
    pub tone: RowTone,
    /// Whether it belongs to the row above.
    pub is_joined: bool,
}

/// How a row wants to be read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RowTone {
    /// Like the others.
    #[default]
    Plain,
    /// Something in it is overdue.
    Over,
    /// Past and done.
    Quiet,
}

impl Row {
    /// A row like the others.
    pub fn new(cells: Vec<Html>) -> Self {
        Self { cells, tone: RowTone::Plain, is_joined: false }
    }

    /// The same with a tone.
    #[must_use]
    pub fn toned(mut self, tone: RowTone) -> Self {
        self.tone = tone;
        self
    }

    fn class(&self) -> &'static str {
        match (self.tone, self.is_joined) {
            (RowTone::Plain, false) => "",
            (RowTone::Plain, true) => "row-joined",
            (RowTone::Over, false) => "row-over",
            (RowTone::Over, true) => "row-over row-joined",
            (RowTone::Quiet, false) => "row-quiet",
            (RowTone::Quiet, true) => "row-quiet row-joined",
        }
    }
}

impl Table {
    /// A table without rows yet.
    pub fn new(label: impl Into<String>, headings: Vec<Heading>, empty: impl Into<String>) -> Self {
        Self { label: label.into(), headings, rows: Vec::new(), empty: empty.into() }
    }

    /// The same with rows.
    #[must_use]
    pub fn with(mut self, rows: impl IntoIterator<Item = Row>) -> Self {
        self.rows.extend(rows);
        self
    }

    fn cells<'a>(&'a self, row: &'a Row) -> impl Iterator<Item = (&'a Heading, &'a Html)> {
        self.headings.iter().zip(&row.cells)
    }
}

/// One duty, as a row: what is owed, by whom to whom, by when, and where it stands.
#[derive(Clone, Debug)]
pub struct DutyLine {
    /// What is owed, perhaps a link.
    pub what: Html,
    /// From whom to whom, and by which channel.
    pub route: Html,
    /// When.
    pub due: DueChip,
    /// Other reckonings, in words: 原文推算 11:00.
    pub also: Option<String>,
    /// Where it stands.
    pub state: StateBadge,
    /// Why.
    pub clause: ClauseChip,
    /// What can be done about it.
    pub act: Html,
}

/// Duties as a table, in the order given: earliest first is the caller's business.
pub fn duty_table(lines: Vec<DutyLine>, words: Words) -> Table {
    let headings = vec![
        Heading::key(words.t("duty-what")),
        Heading::plain(words.t("duty-due")),
        Heading::plain(words.t("duty-state")),
        Heading::plain(words.t("duty-act")),
    ];
    let acts = lines.iter().any(|line| !line.act.is_empty());
    let count = if acts { headings.len() } else { headings.len() - 1 };
    let headings: Vec<Heading> = headings.into_iter().take(count).collect();
    let rows = lines.into_iter().map(|line| {
        let tone = if line.due.is_over() { RowTone::Over } else { RowTone::Plain };
        let also = line.also.map_or_else(Html::nothing, |also| {
            Html(format!("<div class=\"small quiet below\">{}</div>", Html::text(also)))
        });
        let (route, clause) = (line.route, line.clause);
        let what = Html(format!(
            "{}<div class=\"route\">{route}</div><div class=\"route\">{clause}</div>",
            line.what
        ));
        let due = Html(format!("{}{also}", line.due));
        let state = Html::of(&line.state);
        let mut cells = vec![what, due, state, line.act];
        cells.truncate(count);
        Row::new(cells).toned(tone)
    });
    Table::new(words.t("duty-table"), headings, words.t("duty-none")).with(rows)
}

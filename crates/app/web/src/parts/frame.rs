//! What surrounds the content of a screen: headers, tabs, notices, lists, timelines.

use askama::Template;

use super::{ClauseChip, DueChip, Form, Html, Moment, Weight};
use crate::lang::Words;
use crate::page::Place;

/// A link.
#[derive(Clone, Debug, PartialEq, Eq, Template)]
#[template(source = r#"<a href="{{ href }}">{{ text }}</a>"#, ext = "html")]
pub struct Link {
    /// Where to.
    pub href: String,
    /// Its words.
    pub text: String,
}

impl Link {
    /// A link.
    pub fn new(href: impl Into<String>, text: impl Into<String>) -> Self {
        Self { href: href.into(), text: text.into() }
    }
}

/// The head of a screen: where we are, what it is, and the one thing to do.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "parts/header.html")]
pub struct Header {
    /// What the trail is called to assistive technology; filled by [`Header::below`].
    trail: String,
    /// The way here.
    pub crumbs: Vec<Link>,
    /// The heading.
    pub title: String,
    /// A sentence below it.
    pub lead: Option<String>,
    /// Levels, states, due chips.
    pub marks: Vec<Html>,
    /// The one act of this screen.
    pub primary: Option<Primary>,
    /// Lesser ways on.
    pub others: Vec<Link>,
}

/// The one act of a screen.
#[derive(Clone, Debug)]
pub enum Primary {
    /// It leads to a form.
    Go(Link),
    /// It happens at once.
    Post {
        /// Where it posts.
        action: String,
        /// The token of the session.
        csrf: String,
        /// Its words.
        text: String,
    },
}

impl Header {
    /// A heading.
    pub fn new(title: impl Into<String>) -> Self {
        Self { title: title.into(), ..Self::default() }
    }

    /// The same with the way here.
    #[must_use]
    pub fn below(mut self, crumbs: Vec<Link>, words: Words) -> Self {
        self.trail = words.t("nav-trail").into_owned();
        self.crumbs = crumbs;
        self
    }

    /// The same with a sentence.
    #[must_use]
    pub fn lead(mut self, lead: impl Into<String>) -> Self {
        self.lead = Some(lead.into());
        self
    }

    /// The same with the one act.
    #[must_use]
    pub fn primary(mut self, primary: Primary) -> Self {
        self.primary = Some(primary);
        self
    }

    /// The same with a mark.
    #[must_use]
    pub fn mark(mut self, mark: Html) -> Self {
        self.marks.push(mark);
        self
    }
}

/// The tabs of a thing, as links.
#[derive(Clone, Debug, Template)]
#[template(path = "parts/tabs.html")]
pub struct Tabs {
    /// What they are tabs of.
    pub label: String,
    /// The tabs.
    pub tabs: Vec<Tab>,
}

/// One tab.
#[derive(Clone, Debug)]
pub struct Tab {
    /// Where to.
    pub link: Link,
    /// Whether it is open.
    pub place: Place,
    /// How many things are there.
    pub count: Option<usize>,
}

/// A part of a long list.
#[derive(Clone, Debug, Template)]
#[template(path = "parts/pages.html")]
pub struct Pages {
    /// In words: 第 1–50 项,共 312 项.
    pub said: String,
    /// What it is called to assistive technology.
    pub label: String,
    /// The page before.
    pub previous: Option<Link>,
    /// The page after.
    pub next: Option<Link>,
}

/// A box to search in.
#[derive(Clone, Debug, Template)]
#[template(path = "parts/search.html")]
pub struct Search {
    /// Where it asks.
    pub action: String,
    /// What it asks.
    pub label: String,
    /// What was asked.
    pub query: String,
    /// The word on the button.
    pub button: String,
}

/// Something the reader should know first.
#[derive(Clone, Debug, PartialEq, Eq, Template)]
#[template(path = "parts/notice.html")]
pub struct Notice {
    tone: Tone,
    title: String,
    lines: Vec<String>,
    clause: Option<ClauseChip>,
    way: Option<Link>,
}

/// How a notice wants to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// To know.
    Plain,
    /// It was done.
    Done,
    /// It needs somebody.
    Attention,
}

impl Notice {
    /// A notice.
    pub fn new(tone: Tone, title: impl Into<String>) -> Self {
        Self { tone, title: title.into(), lines: Vec::new(), clause: None, way: None }
    }

    /// The same with where it leads.
    #[must_use]
    pub fn leading_to(mut self, way: Link) -> Self {
        self.way = Some(way);
        self
    }

    /// The same with one more line.
    #[must_use]
    pub fn line(mut self, line: impl Into<String>) -> Self {
        self.lines.push(line.into());
        self
    }

    /// The same with the clause it rests on.
    #[must_use]
    pub fn because(mut self, clause: ClauseChip) -> Self {
        self.clause = Some(clause);
        self
    }

    fn class(&self) -> &'static str {
        match self.tone {
            Tone::Plain => "notice",
            Tone::Done => "notice notice-done",
            Tone::Attention => "notice notice-attention",
        }
    }
}

/// Names and values.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "parts/pairs.html")]
pub struct Pairs {
    /// The pairs, in order.
    pub pairs: Vec<(String, Html)>,
}

impl Pairs {
    /// The same with one more pair.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, value: Html) -> Self {
        self.pairs.push((name.into(), value));
        self
    }
}

/// A short list of things with a side.
#[derive(Clone, Debug, Template)]
#[template(path = "parts/items.html")]
pub struct Items {
    /// The things.
    pub items: Vec<Item>,
    /// What to say when there are none.
    pub empty: String,
}

/// One thing of a list.
#[derive(Clone, Debug)]
pub struct Item {
    /// What it is.
    pub title: Html,
    /// A line about it.
    pub text: String,
    /// Its marks, on the right.
    pub side: Html,
}

/// What is due next, large.
#[derive(Clone, Debug, Template)]
#[template(path = "parts/next.html")]
pub struct Next {
    /// What this box is called: 最近到期.
    pub label: String,
    /// When.
    pub due: DueChip,
    /// What.
    pub what: Link,
    /// Who owes it to whom, for which incident.
    pub who: String,
    /// Why.
    pub clause: Option<ClauseChip>,
}

/// The strip above an incident or a report.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "parts/strip.html")]
pub struct Strip {
    /// Its cells.
    pub cells: Vec<StripCell>,
}

/// One cell of a strip.
#[derive(Clone, Debug)]
pub struct StripCell {
    /// What it says.
    pub name: String,
    /// Its values, below each other.
    pub values: Vec<Html>,
}

/// What happened, in order.
#[derive(Clone, Debug, Template)]
#[template(path = "parts/timeline.html")]
pub struct Timeline {
    /// The entries.
    pub entries: Vec<Entry>,
    /// What to say when there are none.
    pub empty: String,
}

/// One thing that happened.
#[derive(Clone, Debug)]
pub struct Entry {
    /// When it happened.
    pub at: Moment,
    /// When it was entered, in words, if that was later: 10:12 补录.
    pub entered: Option<String>,
    /// Who did it, and on whose behalf.
    pub who: String,
    /// What happened.
    pub text: String,
    /// A reason or a remark.
    pub remark: Option<String>,
    /// Levels, states, documents.
    pub marks: Vec<Html>,
    /// Why.
    pub clause: Option<ClauseChip>,
    /// Whether it changed the course of things.
    pub gravity: Gravity,
}

/// How much an entry weighs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Gravity {
    /// One of many.
    #[default]
    Light,
    /// A decision, a change of level or state.
    Weighty,
}

/// One thing that can be done here, folded away until somebody wants it.
#[derive(Clone, Debug, Template)]
#[template(path = "parts/act.html")]
pub struct Act {
    /// What it does.
    pub summary: String,
    /// A sentence before the form.
    pub lead: Option<String>,
    /// The clause that allows or demands it.
    pub clause: Option<ClauseChip>,
    /// The form. A refused form opens the act.
    pub form: Form,
    /// Whether the reader came for it, by the one act of the screen.
    pub is_wanted: bool,
}

impl Act {
    /// An act with its form.
    pub fn new(summary: impl Into<String>, form: Form) -> Self {
        Self { summary: summary.into(), lead: None, clause: None, form, is_wanted: false }
    }

    fn is_open(&self) -> bool {
        self.is_wanted
            || self.form.refused.is_some()
            || self.form.fields.iter().any(|field| field.error.is_some())
            || self.form.weight == Weight::Primary
    }
}

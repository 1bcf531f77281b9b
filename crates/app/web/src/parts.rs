//! The parts screens are made of: small structs of plain words, each with its own template.
//!
//! A part is filled by a handler and written in a template as `{{ part }}`; it escapes what it shows
//! and is safe HTML itself. No part looks anything up or knows a rule of the domain.
//!
//! Start reading at [`Html`], then [`DueChip`], [`LevelBadge`], [`ClauseChip`], [`Form`], [`Table`].

mod form;
mod frame;
mod grade;
mod marks;
mod table;

use std::fmt;

use askama::filters::{self, HtmlSafe};

pub use form::{Consequence, Effect, Field, FieldKind, Form, Need, Opt, Sends, Weight};
pub use frame::{
    Act, Entry, Gravity, Header, Item, Items, Link, Next, Notice, Pages, Pairs, Primary, Search,
    Strip, StripCell, Tab, Tabs, Timeline, Tone,
};
pub use grade::{Grade, Question, Reason};
pub use marks::{
    ClauseChip, Deadline, DueChip, Evidence, LevelBadge, Mood, Moment, Standing, StateBadge,
};
pub use table::{Column, DutyLine, Heading, Row, RowTone, Table, duty_table};

/// A piece of finished HTML: a cell, a mark, the side of an item.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Html(String);

impl Html {
    /// A part, written out.
    pub fn of(part: &impl HtmlSafe) -> Self {
        Self(part.to_string())
    }

    /// A text from anywhere, escaped.
    pub fn text(text: impl AsRef<str>) -> Self {
        match filters::escape(text.as_ref(), filters::Html) {
            Ok(escaped) => Self(escaped.to_string()),
            Err(never) => match never {},
        }
    }

    /// Nothing: an empty cell disappears on phones.
    pub fn nothing() -> Self {
        Self::default()
    }

    /// A link with a text.
    pub fn link(href: &str, text: &str) -> Self {
        Self::of(&Link::new(href, text))
    }

    /// A text with a quieter second line.
    pub fn two_lines(first: &str, second: &str) -> Self {
        let (first, second) = (Self::text(first), Self::text(second));
        Self(format!("<p>{first}</p><p class=\"small quiet\">{second}</p>"))
    }

    /// Several marks in a row that wraps.
    pub fn marks(parts: impl IntoIterator<Item = Self>) -> Self {
        let inner: Vec<String> = parts.into_iter().map(|part| part.0).collect();
        Self(format!("<span class=\"marks\">{}</span>", inner.join(" ")))
    }

    /// Several parts below each other.
    pub fn stacked(parts: impl IntoIterator<Item = Self>) -> Self {
        Self(parts.into_iter().map(|part| format!("<div>{part}</div>")).collect())
    }

    /// Whether there is nothing to show.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Display for Html {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl HtmlSafe for Html {}

/// Their templates escape what they show.
macro_rules! safe {
    ($($part:ty),+ $(,)?) => { $(impl HtmlSafe for $part {})+ };
}

safe!(
    Act, ClauseChip, Consequence, DueChip, Field, Form, Grade, Header, Items, LevelBadge, Link,
    Moment, Next, Notice, Pages, Pairs, Search, StateBadge, Strip, Table, Tabs, Timeline,
);

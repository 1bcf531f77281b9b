//! A drawing made by the plan's own crate: an SVG document without script and style.

use std::fmt;

use askama::filters::HtmlSafe;
use fengsui_plan::{Plan, timeline_svg};
use fengsui_vocabulary::Lang;

/// The deadlines of a plan, drawn.
pub(super) struct Drawing(String);

impl Drawing {
    /// Draws the deadlines; every text in it is escaped there.
    pub(super) fn of(plan: &Plan, lang: Lang) -> Self {
        Self(timeline_svg(plan, lang))
    }
}

impl fmt::Display for Drawing {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "<figure class=\"drawing\" tabindex=\"0\">{}</figure>", self.0)
    }
}

impl HtmlSafe for Drawing {}

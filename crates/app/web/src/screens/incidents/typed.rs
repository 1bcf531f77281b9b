//! What somebody typed into a form of an incident, and what of it must be mended.

use std::collections::BTreeMap;
use std::str::FromStr;

use fengsui_desk::FieldProblem;
use fengsui_plan::Duty;
use fengsui_response::{ReadBack, Tick};
use fengsui_vocabulary::{Line, Prose, RoleId};
use jiff::Timestamp;

use super::sight::Sight;
use crate::upload::Sent;

/// What was typed, by the names of the fields.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Typed(BTreeMap<String, Vec<String>>);

impl From<&Sent> for Typed {
    fn from(sent: &Sent) -> Self {
        Self(sent.names().map(|name| (name.to_owned(), sent.all(name).to_vec())).collect())
    }
}

impl Typed {
    /// The value of a field, without white space around it; empty when it was not sent.
    pub(super) fn one(&self, name: &str) -> &str {
        self.0.get(name).and_then(|values| values.first()).map_or("", |value| value.trim())
    }

    /// Every value of a field that may be chosen more than once.
    pub(super) fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.0.get(name).into_iter().flatten().map(String::as_str).filter(|value| !value.is_empty())
    }

    /// Everything but what belongs to one sending of a form.
    pub(super) fn kept(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .filter(|(name, _)| !["csrf", "command", "version", "read"].contains(&name.as_str()))
            .flat_map(|(name, values)| {
                values.iter().map(move |value| (name.as_str(), value.as_str()))
            })
    }
}

/// What must be mended.
pub(super) type Wrong = Vec<FieldProblem>;

/// Reads a form field by field and notes what is wrong.
pub(super) struct Reading<'r, 'a> {
    pub(super) typed: &'r Typed,
    pub(super) sight: &'r Sight<'a>,
    wrong: Wrong,
}

impl<'r, 'a> Reading<'r, 'a> {
    pub(super) fn of(typed: &'r Typed, sight: &'r Sight<'a>) -> Self {
        Self { typed, sight, wrong: Vec::new() }
    }

    /// Notes a mistake.
    pub(super) fn note(&mut self, name: &str, said: impl Into<String>) {
        self.wrong.push(FieldProblem::new(name, said.into()));
    }

    /// What is wrong in all.
    pub(super) fn wrong(self) -> Wrong {
        self.wrong
    }

    /// Goes on only if nothing is wrong.
    pub(super) fn sound<T>(self, asking: T) -> Result<T, Wrong> {
        if self.wrong.is_empty() { Ok(asking) } else { Err(self.wrong) }
    }

    /// One line that must be there.
    pub(super) fn line(&mut self, name: &str) -> Option<Line> {
        self.needed(name)?;
        self.maybe_line(name)
    }

    /// One line that may be missing.
    pub(super) fn maybe_line(&mut self, name: &str) -> Option<Line> {
        self.bounded(name, 200)
    }

    /// Paragraphs that must be there.
    pub(super) fn prose(&mut self, name: &str) -> Option<Prose> {
        self.needed(name)?;
        self.maybe_prose(name)
    }

    /// Paragraphs that may be missing.
    pub(super) fn maybe_prose(&mut self, name: &str) -> Option<Prose> {
        self.bounded(name, 20_000)
    }

    /// A name out of those that were offered.
    pub(super) fn chosen<T: FromStr>(&mut self, name: &str) -> Option<T> {
        self.needed(name)?;
        self.maybe_chosen(name)
    }

    /// The same, if one was chosen.
    pub(super) fn maybe_chosen<T: FromStr>(&mut self, name: &str) -> Option<T> {
        let text = self.typed.one(name);
        if text.is_empty() {
            return None;
        }
        let chosen = text.parse().ok();
        if chosen.is_none() {
            self.note(name, self.sight.t("error-choice"));
        }
        chosen
    }

    /// One of several words.
    pub(super) fn one_of<T: Copy>(&mut self, name: &str, words: &[(&str, T)]) -> Option<T> {
        let text = self.typed.one(name);
        let found = words.iter().find(|(word, _)| *word == text).map(|(_, value)| *value);
        if found.is_none() {
            self.note(name, self.sight.t("error-choice"));
        }
        found
    }

    /// A time that must be there.
    pub(super) fn time(&mut self, name: &str) -> Option<Timestamp> {
        self.needed(name)?;
        self.maybe_time(name)
    }

    /// A time on the clock of the screen, if one was typed; never later than now.
    pub(super) fn maybe_time(&mut self, name: &str) -> Option<Timestamp> {
        let text = self.typed.one(name);
        if text.is_empty() {
            return None;
        }
        let Some(at) = self.sight.clock.from_field(text) else {
            self.note(name, self.sight.t("error-time"));
            return None;
        };
        if at > self.sight.clock.now {
            self.note(name, self.sight.t("error-time-future"));
            return None;
        }
        Some(at)
    }

    /// Whether a box was ticked.
    pub(super) fn ticked(&self, name: &str) -> bool {
        self.typed.one(name) == "yes"
    }

    /// Whether it was read back.
    pub(super) fn read_back(&self) -> ReadBack {
        if self.ticked("read_back") { ReadBack::Confirmed } else { ReadBack::NotDone }
    }

    /// Notes it when what goes to whom was not read.
    pub(super) fn agreed(&mut self) {
        if !self.ticked("read") {
            self.note("", self.sight.t("inc-read-first"));
        }
    }

    /// The open duties that were chosen; at least one.
    pub(super) fn ticks(&mut self, name: &str) -> Vec<Tick> {
        self.ticks_among(name, &self.sight.open_ticks())
    }

    /// The duties among these that were chosen; at least one.
    pub(super) fn ticks_among(&mut self, name: &str, offered: &[(String, &Duty)]) -> Vec<Tick> {
        let mut ticks = Vec::new();
        for key in self.typed.all(name) {
            let Some((_, duty)) = offered.iter().find(|(offered, _)| offered == key) else {
                self.note(name, self.sight.t("inc-duty-gone"));
                return ticks;
            };
            ticks.push(self.sight.view.incident.tick_of(duty));
        }
        if ticks.is_empty() {
            self.note(name, self.sight.t("inc-choose-one"));
        }
        ticks
    }

    /// The role in which the actor acts, if one was named.
    pub(super) fn role(&mut self) -> Option<RoleId> {
        self.maybe_chosen("role")
    }

    fn needed(&mut self, name: &str) -> Option<()> {
        if self.typed.one(name).is_empty() {
            self.note(name, self.sight.t("inc-needed"));
            return None;
        }
        Some(())
    }

    fn bounded<T: FromStr>(&mut self, name: &str, chars_max: usize) -> Option<T> {
        let text = self.typed.one(name);
        if text.is_empty() {
            return None;
        }
        let bounded = text.parse().ok();
        if bounded.is_none() {
            let said = self.sight.ta("inc-too-long", &[("max", &chars_max.to_string())]);
            self.note(name, said);
        }
        bounded
    }
}

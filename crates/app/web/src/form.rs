//! Reading a form's values as what they should be, and giving a refused form back as it was typed.
//!
//! A handler reads every field with [`Reading`], which gathers what is wrong, and asks at the end
//! whether anything was. What is wrong is put back beside its field by [`Returned`].

use std::str::FromStr;

use axum::http::StatusCode;
use fengsui_desk::{DeskFault, FieldProblem};
use fengsui_vocabulary::{CommandId, Line, Prose, Text, TextOutOfRange};
use jiff::Timestamp;

use crate::error::{WebError, status_of};
use crate::lang::{Clock, Words};
use crate::parts::{Form, Notice, Tone};
use crate::refusal;
use crate::session::Visitor;
use crate::upload::{Flaw, Sent};

/// The field that makes a repeat of the same form the same command.
pub(crate) const COMMAND: &str = "command";

/// Reads the values of one form, and gathers what is wrong.
pub(crate) struct Reading<'a> {
    sent: &'a Sent,
    words: Words,
    clock: &'a Clock,
    problems: Vec<FieldProblem>,
}

impl<'a> Reading<'a> {
    /// Begins with what was wrong before anybody looked at the values.
    pub(crate) fn of(sent: &'a Sent, visitor: &'a Visitor) -> Self {
        let mut reading =
            Self { sent, words: visitor.words(), clock: visitor.clock(), problems: Vec::new() };
        for (field, flaw) in &sent.flaws {
            reading.wrong(field, flaw_key(*flaw));
        }
        reading
    }

    /// Notes what is wrong with a field, by the key of what to say.
    pub(crate) fn wrong(&mut self, field: &str, key: &str) {
        let problem = self.words.t(key).into_owned();
        self.note(field, problem);
    }

    /// Notes which line of a field cannot be read, by the key of what to say.
    pub(crate) fn wrong_line(&mut self, field: &str, key: &str, line: usize) {
        let problem = self.words.ta(key, &[("line", &line.to_string())]);
        self.note(field, problem);
    }

    /// Notes what is wrong with a field, in words.
    pub(crate) fn note(&mut self, field: &str, problem: String) {
        if !self.problems.iter().any(|known| known.field == field) {
            self.problems.push(FieldProblem::new(field, problem));
        }
    }

    /// The value of a field as it was typed.
    pub(crate) fn text(&self, field: &str) -> &'a str {
        self.sent.text(field)
    }

    /// A line that must be there.
    pub(crate) fn line(&mut self, field: &str) -> Option<Line> {
        self.required(field)
    }

    /// A line that may be left empty.
    pub(crate) fn line_or_none(&mut self, field: &str) -> Option<Line> {
        self.optional(field)
    }

    /// Several lines that must be there.
    pub(crate) fn prose(&mut self, field: &str) -> Option<Prose> {
        self.required(field)
    }

    /// A time of the wall in Shanghai that must be there.
    pub(crate) fn time(&mut self, field: &str) -> Option<Timestamp> {
        if self.is_empty(field) {
            self.wrong(field, "error-needed");
            return None;
        }
        self.time_or_none(field)
    }

    /// A time that may be left empty. The future is refused here already, so that it is said at the field.
    pub(crate) fn time_or_none(&mut self, field: &str) -> Option<Timestamp> {
        if self.is_empty(field) {
            return None;
        }
        match self.clock.from_field(self.sent.text(field)) {
            None => self.wrong(field, "error-time"),
            // Fields have no seconds, and clocks differ a little.
            Some(at) if at > self.clock.now => self.wrong(field, "error-time-future"),
            Some(at) => return Some(at),
        }
        None
    }

    /// One of the choices, or anything else with a form of its own, that must be there.
    pub(crate) fn choice<T: FromStr>(&mut self, field: &str) -> Option<T> {
        if self.is_empty(field) {
            self.wrong(field, "error-needed");
            return None;
        }
        self.choice_or_none(field)
    }

    /// One of the choices, or none.
    pub(crate) fn choice_or_none<T: FromStr>(&mut self, field: &str) -> Option<T> {
        let text = self.sent.text(field).trim();
        if text.is_empty() {
            return None;
        }
        let read = text.parse().ok();
        if read.is_none() {
            self.wrong(field, "error-choice");
        }
        read
    }

    /// Every chosen one.
    pub(crate) fn several<T: FromStr>(&mut self, field: &str) -> Vec<T> {
        let mut chosen = Vec::new();
        for text in self.sent.all(field).iter().filter(|text| !text.is_empty()) {
            match text.parse() {
                Ok(one) => chosen.push(one),
                Err(_) => self.wrong(field, "error-choice"),
            }
        }
        chosen
    }

    /// Whether a box is ticked.
    pub(crate) fn is_ticked(&self, field: &str) -> bool {
        self.sent.text(field) == "yes"
    }

    /// The command that this form is: the same for every repeat.
    pub(crate) fn command(&mut self) -> Option<CommandId> {
        let command = self.sent.text(COMMAND).parse().ok();
        if command.is_none() {
            self.wrong(COMMAND, "error-command");
        }
        command
    }

    /// The values, if nothing was wrong.
    pub(crate) fn done<T>(self, values: Option<T>) -> Result<T, WebError> {
        match values {
            Some(values) if self.problems.is_empty() => Ok(values),
            Some(_) | None => Err(WebError::mend(self.problems)),
        }
    }

    fn is_empty(&self, field: &str) -> bool {
        self.sent.text(field).trim().is_empty()
    }

    fn required<const CHARS_MAX: usize>(&mut self, field: &str) -> Option<Text<CHARS_MAX>> {
        match self.sent.text(field).parse() {
            Ok(text) => Some(text),
            Err(fault) => {
                let problem = self.out_of_range(fault);
                self.note(field, problem);
                None
            }
        }
    }

    fn optional<const CHARS_MAX: usize>(&mut self, field: &str) -> Option<Text<CHARS_MAX>> {
        if self.is_empty(field) { None } else { self.required(field) }
    }

    fn out_of_range(&self, fault: TextOutOfRange) -> String {
        match fault {
            TextOutOfRange::Empty => self.words.t("error-needed").into_owned(),
            TextOutOfRange::TooLong { chars, chars_max } => self.words.ta(
                "error-chars",
                &[("chars", &chars.to_string()), ("max", &chars_max.to_string())],
            ),
            TextOutOfRange::Nul => self.words.t("error-nul").into_owned(),
        }
    }
}

/// A form that was turned down, on its way back to whoever typed it.
#[derive(Debug)]
pub(crate) struct Returned {
    /// Which form of the screen.
    form: String,
    sent: Sent,
    problems: Vec<FieldProblem>,
    refused: Option<String>,
    status: StatusCode,
}

impl Returned {
    /// What a form comes back with; errors that no form can mend go on to their own page.
    pub(crate) fn of(
        form: &str,
        sent: Sent,
        error: WebError,
        visitor: &Visitor,
    ) -> Result<Self, WebError> {
        let WebError::Desk(fault) = error else { return Err(error) };
        let words = visitor.words();
        let status = status_of(&fault);
        let (problems, refused) = match &fault {
            DeskFault::Malformed(problems) => (problems.clone(), None),
            DeskFault::Refused(refusal) => {
                let said = refusal::said(refusal, visitor);
                match refusal::field_of(refusal) {
                    Some(field) => (vec![FieldProblem::new(field, said)], None),
                    None => (Vec::new(), Some(said)),
                }
            }
            DeskFault::Overtaken(by) => {
                (Vec::new(), Some(format!("{} {by}", words.t("error-conflict"))))
            }
            DeskFault::Busy => (Vec::new(), Some(words.t("error-busy").into_owned())),
            DeskFault::Store(_) if fault.is_full() => {
                let said = format!("{} {}", words.t("error-full"), words.t("error-full-text"));
                (Vec::new(), Some(said))
            }
            DeskFault::Absent
            | DeskFault::Erased { .. }
            | DeskFault::NotYours
            | DeskFault::Store(_)
            | DeskFault::Unwritable(_)
            | DeskFault::Unreadable(_) => return Err(fault.into()),
        };
        Ok(Self { form: form.to_owned(), sent, problems, refused, status })
    }

    /// The same form with what was typed and what is wrong; other forms stay as they are.
    pub(crate) fn put_back(&self, form: Form) -> Form {
        if form.id != self.form {
            return form;
        }
        let was_sent = self.sent.names().next().is_some();
        let mut form = form.filled(|name| {
            // A box that is not ticked sends nothing.
            self.sent.put_back(name).or_else(|| was_sent.then(String::new))
        });
        for problem in &self.problems {
            form = form.wrong(&problem.field, problem.problem.clone());
        }
        match &self.refused {
            Some(refused) => form.refused(refused.clone()),
            None => form,
        }
    }

    /// Whether it is this form that came back.
    pub(crate) fn is_for(&self, form: &str) -> bool {
        self.form == form
    }

    /// Why it was turned down, for a screen on which the form has no place any more.
    pub(crate) fn notice(&self) -> Notice {
        let mut lines = self.refused.iter().chain(self.problems.iter().map(|it| &it.problem));
        let title = lines.next().cloned().unwrap_or_default();
        lines.fold(Notice::new(Tone::Attention, title), |notice, line| notice.line(line.clone()))
    }

    /// The status of the answer.
    pub(crate) const fn status(&self) -> StatusCode {
        self.status
    }
}

const fn flaw_key(flaw: Flaw) -> &'static str {
    match flaw {
        Flaw::Encoding => "error-text",
        Flaw::FileTooLarge => "error-files-too-large",
        Flaw::TooManyFiles => "error-files-too-many",
        Flaw::CutOff => "error-cut-off",
        Flaw::TooLarge => "error-too-large",
    }
}

//! A parsed TOML text with every place kept, and the ways to take values out of it.
//!
//! Nothing stops at the first mistake: each is noted in the [`Sink`] with its place, and reading
//! goes on. A key that nobody asked for is unknown, and is noted when its table is finished.

use std::cell::{Cell, RefCell};
use std::ops::Range;
use std::str::FromStr;
use std::sync::Arc;

use fengsui_vocabulary::Label;
use jiff::civil::Date;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::diagnostic::{Diagnostic, Finding, Severity, Source};

/// Findings kept at most; more would not be read.
const FINDINGS_MAX: usize = 200;

/// Bytes of a pack, a catalogue or a calendar at most.
pub(crate) const BYTES_MAX: usize = 1024 * 1024;

/// Entries of one list at most.
pub(crate) const ENTRIES_MAX: usize = 2_000;

/// Characters of one text at most.
const TEXT_CHARS_MAX: usize = 4_000;

/// Where findings are noted.
#[derive(Debug, Default)]
pub(crate) struct Sink {
    findings: RefCell<Vec<Finding>>,
    overflowed: Cell<bool>,
}

/// A value with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct At<T> {
    pub(crate) value: T,
    pub(crate) span: Range<usize>,
}

/// One value of the tree.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Node<'a> {
    value: &'a DeValue<'a>,
    start: usize,
    end: usize,
    sink: &'a Sink,
}

/// One table of the tree, remembering which keys were asked for.
#[derive(Debug)]
pub(crate) struct Table<'a> {
    keys: &'a DeTable<'a>,
    span: Range<usize>,
    sink: &'a Sink,
    asked: RefCell<Vec<&'static str>>,
}

impl Sink {
    /// Notes something that forbids the use of the text.
    pub(crate) fn error(
        &self,
        code: &'static str,
        span: Range<usize>,
        what: impl Into<String>,
        help: impl Into<String>,
    ) {
        let (what, help) = (what.into(), help.into());
        self.note(Finding { severity: Severity::Error, code, span, what, help });
    }

    /// Notes something that somebody should look at.
    pub(crate) fn warning(
        &self,
        code: &'static str,
        span: Range<usize>,
        what: impl Into<String>,
        help: impl Into<String>,
    ) {
        let (what, help) = (what.into(), help.into());
        self.note(Finding { severity: Severity::Warning, code, span, what, help });
    }

    /// Whether anything forbids the use of the text.
    pub(crate) fn has_errors(&self) -> bool {
        self.findings.borrow().iter().any(|finding| finding.severity == Severity::Error)
    }

    /// Everything noted, in the order of the text.
    pub(crate) fn into_diagnostics(self, source: &Source) -> Vec<Diagnostic> {
        let text: Arc<str> = source.text.as_str().into();
        let findings = self.into_findings().into_iter();
        findings.map(|finding| Diagnostic::of(&source.name, &text, finding)).collect()
    }

    /// The same before it is known in which file they lie.
    pub(crate) fn into_findings(self) -> Vec<Finding> {
        let mut findings = self.findings.into_inner();
        findings.sort_by(|one, other| {
            (one.span.start, one.severity, one.code).cmp(&(
                other.span.start,
                other.severity,
                other.code,
            ))
        });
        findings.dedup();
        findings
    }

    fn note(&self, finding: Finding) {
        let mut findings = self.findings.borrow_mut();
        if findings.len() < FINDINGS_MAX {
            findings.push(finding);
        } else if !self.overflowed.replace(true) {
            findings.push(Finding {
                severity: Severity::Error,
                code: "too-many-findings",
                span: 0..0,
                what: format!("there are more than {FINDINGS_MAX} findings; the rest is not shown"),
                help: "mend these first, then check again".into(),
            });
        }
    }
}

/// Parses a text into a tree; notes what is wrong with its syntax or its size.
pub(crate) fn parse<'a>(source: &'a Source, sink: &Sink) -> Option<Spanned<DeTable<'a>>> {
    if source.text.len() > BYTES_MAX {
        sink.error(
            "too-large",
            0..0,
            format!("this text has {} bytes; at most {BYTES_MAX} are read", source.text.len()),
            "move parts of it into a plan of its own",
        );
        return None;
    }
    let (tree, faults) = DeTable::parse_recoverable(&source.text);
    for fault in &faults {
        sink.error(
            "syntax",
            fault.span().unwrap_or(0..0),
            format!("this is not TOML: {}", fault.message().replace('\n', " ")),
            "mend the text here; https://toml.io/en/v1.0.0 shows how TOML is written",
        );
    }
    faults.is_empty().then_some(tree)
}

impl<'a> Table<'a> {
    /// The whole text as a table.
    pub(crate) fn root(tree: &'a Spanned<DeTable<'a>>, sink: &'a Sink) -> Self {
        Self::new(tree.get_ref(), 0..1, sink)
    }

    fn new(table: &'a DeTable<'a>, span: Range<usize>, sink: &'a Sink) -> Self {
        Self { keys: table, span, sink, asked: RefCell::default() }
    }

    /// Where this table is.
    pub(crate) fn span(&self) -> Range<usize> {
        self.span.clone()
    }

    /// A value, if the key is there.
    pub(crate) fn optional(&self, key: &'static str) -> Option<Node<'a>> {
        let mut asked = self.asked.borrow_mut();
        if !asked.contains(&key) {
            asked.push(key);
        }
        let value = self.keys.get(key)?;
        Some(Node::new(value, self.sink))
    }

    /// A value that must be there.
    pub(crate) fn required(&self, key: &'static str) -> Option<Node<'a>> {
        let node = self.optional(key);
        if node.is_none() {
            self.sink.error(
                "missing-key",
                self.span(),
                format!("`{key}` is missing here"),
                match key {
                    "happened" => "add `[[happened]]` tables with `at` and `what`".to_owned(),
                    "facts" => {
                        "add `facts = { … }`, or a line `[facts]` and the facts below it".to_owned()
                    }
                    _ => format!("add `{key} = …`{}", example(key)),
                },
            );
        }
        node
    }

    /// The tables of a list; an absent list is empty.
    pub(crate) fn tables(&self, key: &'static str) -> Vec<Table<'a>> {
        self.optional(key).map(Node::tables).unwrap_or_default()
    }

    /// A table that must be there.
    pub(crate) fn table(&self, key: &'static str) -> Option<Table<'a>> {
        self.required(key)?.table()
    }

    /// A name that must be there.
    pub(crate) fn name<T: FromStr>(&self, key: &'static str) -> Option<At<T>> {
        self.required(key)?.name()
    }

    /// A text that must be there.
    pub(crate) fn text(&self, key: &'static str) -> Option<String> {
        self.required(key)?.text()
    }

    /// A text in both languages that must be there.
    pub(crate) fn label(&self, key: &'static str) -> Option<Label> {
        self.required(key)?.label()
    }

    /// A yes or no, with what absence means.
    pub(crate) fn flag_or(&self, key: &'static str, absent: bool) -> Option<bool> {
        match self.optional(key) {
            Some(node) => node.flag(),
            None => Some(absent),
        }
    }

    /// Notes every key that nobody asked for.
    pub(crate) fn finish(&self) {
        let asked = self.asked.borrow();
        for key in self.keys.keys() {
            let name: &str = key.get_ref();
            if asked.contains(&name) {
                continue;
            }
            let allowed = asked.iter().copied();
            let help = match nearest(name, allowed.clone()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("allowed here: {}", listed(allowed)),
            };
            self.sink.error("unknown-key", key.span(), format!("unknown key `{name}`"), help);
        }
    }

    /// The one key that is there of several that exclude each other.
    pub(crate) fn only_one(
        &self,
        keys: &[&'static str],
        what: &str,
    ) -> Option<(&'static str, Node<'a>)> {
        let mut found = keys.iter().filter_map(|key| Some((*key, self.optional(key)?)));
        let first = found.next();
        if first.is_none() {
            self.sink.error(
                "nothing-chosen",
                self.span(),
                format!("this {what} says nothing"),
                format!("write one of: {}", listed(keys.iter().copied())),
            );
        }
        if let Some((second, node)) = found.next() {
            let (chosen, _) = first?;
            self.sink.error(
                "two-at-once",
                node.span(),
                format!("this {what} says both `{chosen}` and `{second}`"),
                "keep one of them, or make two rules of it",
            );
            return None;
        }
        first
    }

    /// The texts of one key in every table of a list, noting nothing: for looking ahead.
    pub(crate) fn glance(&self, list: &str, key: &str) -> Vec<(&'a str, Range<usize>)> {
        let entries = self.keys.get(list).and_then(|list| list.get_ref().as_array());
        let entries = entries.map(|array| array.iter()).into_iter().flatten();
        entries
            .filter_map(|entry| {
                let value = entry.get_ref().as_table()?.get(key)?;
                Some((value.get_ref().as_str()?, value.span()))
            })
            .collect()
    }

    /// As [`Table::glance`], each with the text of another key where that is there as well.
    pub(crate) fn glance_beside(
        &self,
        list: &str,
        key: &str,
        beside: &str,
    ) -> Vec<(&'a str, Option<&'a str>, Range<usize>)> {
        let entries = self.keys.get(list).and_then(|list| list.get_ref().as_array());
        let entries = entries.map(|array| array.iter()).into_iter().flatten();
        entries
            .filter_map(|entry| {
                let table = entry.get_ref().as_table()?;
                let value = table.get(key)?;
                let beside = table.get(beside).and_then(|value| value.get_ref().as_str());
                Some((value.get_ref().as_str()?, beside, value.span()))
            })
            .collect()
    }

    /// A text in a table, noting nothing: for looking back.
    pub(crate) fn glance_at(&self, table: &str, key: &str) -> Option<(&'a str, Range<usize>)> {
        let value = self.keys.get(table)?.get_ref().as_table()?.get(key)?;
        Some((value.get_ref().as_str()?, value.span()))
    }

    /// Where findings about it go.
    pub(crate) fn sink(&self) -> &'a Sink {
        self.sink
    }
}

impl<'a> Node<'a> {
    fn new(value: &'a Spanned<DeValue<'a>>, sink: &'a Sink) -> Self {
        let span = value.span();
        Self { value: value.get_ref(), start: span.start, end: span.end, sink }
    }

    /// Where this value is.
    pub(crate) fn span(self) -> Range<usize> {
        self.start..self.end
    }

    /// The value itself.
    pub(crate) fn value(self) -> &'a DeValue<'a> {
        self.value
    }

    /// A table.
    pub(crate) fn table(self) -> Option<Table<'a>> {
        match self.value.as_table() {
            Some(table) => Some(Table::new(table, self.span(), self.sink)),
            None => self.wrong("a table: `{ key = value }`"),
        }
    }

    /// A list of tables.
    pub(crate) fn tables(self) -> Vec<Table<'a>> {
        self.items().into_iter().filter_map(Node::table).collect()
    }

    /// A list.
    pub(crate) fn items(self) -> Vec<Node<'a>> {
        let Some(array) = self.value.as_array() else {
            return self.wrong("a list: `[…]`").unwrap_or_default();
        };
        if array.len() > ENTRIES_MAX {
            self.sink.error(
                "too-many",
                self.span(),
                format!("this list has {} entries; at most {ENTRIES_MAX} are read", array.len()),
                "split it, or leave out what is not needed",
            );
            return Vec::new();
        }
        array.iter().map(|item| Node::new(item, self.sink)).collect()
    }

    /// Keys and values of a table whose keys are names of the pack; nothing where it is no table.
    pub(crate) fn entries(self) -> Vec<(At<&'a str>, Node<'a>)> {
        let keys = self.value.as_table().map(|table| table.iter()).into_iter().flatten();
        keys.map(|(key, value)| {
            let name: &str = key.get_ref();
            (At { value: name, span: key.span() }, Node::new(value, self.sink))
        })
        .collect()
    }

    /// Words of any kind: not empty, bounded.
    pub(crate) fn text(self) -> Option<String> {
        let Some(text) = self.value.as_str() else {
            return self.wrong("a text in quotes");
        };
        let text = text.trim();
        let chars = text.chars().count();
        if chars == 0 || chars > TEXT_CHARS_MAX {
            self.sink.error(
                "text-length",
                self.span(),
                format!("this text has {chars} characters; 1 to {TEXT_CHARS_MAX} are allowed"),
                "write a sentence or two",
            );
            return None;
        }
        Some(text.to_owned())
    }

    /// A name of some kind.
    pub(crate) fn name<T: FromStr>(self) -> Option<At<T>> {
        let Some(text) = self.value.as_str() else {
            return self.wrong("a name in quotes");
        };
        let Ok(value) = text.parse() else {
            self.sink.error(
                "malformed-name",
                self.span(),
                format!("`{}` is not a name", short(text)),
                "use 1 to 64 letters, digits or any of `- _ . ( ) : /`",
            );
            return None;
        };
        Some(At { value, span: self.span() })
    }

    /// A list of names.
    pub(crate) fn names<T: FromStr>(self) -> Vec<At<T>> {
        self.items().into_iter().filter_map(Node::name).collect()
    }

    /// One of some words.
    pub(crate) fn word<T: Copy>(self, allowed: &[(&'static str, T)]) -> Option<T> {
        let Some(text) = self.value.as_str() else {
            return self.wrong("a word in quotes");
        };
        if let Some((_, value)) = allowed.iter().find(|(word, _)| *word == text) {
            return Some(*value);
        }
        let words = allowed.iter().map(|(word, _)| *word);
        let near = nearest(text, words.clone());
        let help = near.map_or_else(
            || format!("use one of: {}", listed(words)),
            |near| format!("did you mean `{near}`?"),
        );
        let what = format!("`{}` is not a word that fits here", short(text));
        self.sink.error("unknown-word", self.span(), what, help);
        None
    }

    /// A text in both languages.
    pub(crate) fn label(self) -> Option<Label> {
        let table = self.table()?;
        let zh = table.optional("zh").map(Node::text);
        let en = table.optional("en").map(Node::text);
        table.finish();
        for (lang, tongue, text) in [("zh", "Chinese", &zh), ("en", "English", &en)] {
            if text.is_none() {
                self.sink.error(
                    "missing-language",
                    self.span(),
                    format!("the {tongue} text is missing"),
                    format!("add `{lang} = \"…\"`: everything shown has both languages"),
                );
            }
        }
        Some(Label { zh: zh??, en: en?? })
    }

    /// Yes or no.
    pub(crate) fn flag(self) -> Option<bool> {
        match self.value.as_bool() {
            Some(flag) => Some(flag),
            None => self.wrong("`true` or `false`"),
        }
    }

    /// A marker that can only be `true`, such as `immediate = true`.
    pub(crate) fn marker(self) -> Option<()> {
        if self.value.as_bool() == Some(true) {
            return Some(());
        }
        self.wrong("`true`; leave the key out otherwise")
    }

    /// A whole number of at least 1 that fits.
    pub(crate) fn count<T: TryFrom<i64>>(self) -> Option<T> {
        let Some(number) = self.whole() else {
            return self.wrong("a whole number");
        };
        let value = if number >= 1 { T::try_from(number).ok() } else { None };
        if value.is_none() {
            self.sink.error(
                "number-out-of-range",
                self.span(),
                format!("{number} does not fit here"),
                "a deadline counts at least 1 and not more than a few hundred",
            );
        }
        value
    }

    /// A whole number.
    pub(crate) fn whole(self) -> Option<i64> {
        let integer = self.value.as_integer()?;
        i64::from_str_radix(integer.as_str(), integer.radix()).ok()
    }

    /// A date.
    pub(crate) fn date(self) -> Option<Date> {
        let date = self.value.as_datetime().and_then(|written| {
            let date = written.date.filter(|_| written.time.is_none())?;
            let year = i16::try_from(date.year).ok()?;
            let (month, day) = (i8::try_from(date.month).ok()?, i8::try_from(date.day).ok()?);
            Date::new(year, month, day).ok()
        });
        if date.is_none() {
            return self.wrong("a date: `2026-10-01` without quotes");
        }
        date
    }

    /// Notes that something else belongs here.
    pub(crate) fn wrong<T>(self, expected: &str) -> Option<T> {
        self.sink.error(
            "wrong-type",
            self.span(),
            format!("this is {}, which does not fit here", kind_of(self.value)),
            format!("write {expected}"),
        );
        None
    }

    /// Where findings about it go.
    pub(crate) fn sink(self) -> &'a Sink {
        self.sink
    }
}

/// The word nearest to a misspelt one, if it is near enough.
pub(crate) fn nearest<'a>(word: &str, among: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let allowed = match word.chars().count() {
        0..NEAR_CHARS_MIN => 0,
        chars => (chars / 3).clamp(1, 3),
    };
    among
        .map(|candidate| (distance(word, candidate), candidate))
        .filter(|(far, _)| *far <= allowed)
        .min()
        .map(|(_, candidate)| candidate)
}

/// Words as a list for people.
pub(crate) fn listed<'a>(words: impl Iterator<Item = &'a str>) -> String {
    let mut words: Vec<_> = words.collect();
    words.sort_unstable();
    let more = words.len().saturating_sub(LISTED_MAX);
    words.truncate(LISTED_MAX);
    let words: Vec<_> = words.into_iter().map(|word| format!("`{word}`")).collect();
    let mut text = words.join(", ");
    if more > 0 {
        text.push_str(" and more");
    }
    text
}

/// Letters to insert, delete, replace or swap to get from one word to the other.
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().take(NEAR_CHARS_MAX).collect();
    let mut above: Vec<usize> = (0..=other.len()).collect();
    for (row, letter) in one.chars().take(NEAR_CHARS_MAX).enumerate() {
        let mut line = vec![row + 1];
        let mut left = row + 1;
        for (pair, candidate) in above.windows(2).zip(&other) {
            let &[diagonal, up] = pair else { break };
            let replaced = diagonal + usize::from(letter != *candidate);
            left = replaced.min(up + 1).min(left + 1);
            line.push(left);
        }
        above = line;
    }
    above.last().copied().unwrap_or_default()
}

fn kind_of(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a number with a point",
        DeValue::Boolean(_) => "`true` or `false`",
        DeValue::Datetime(_) => "a date or time",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}

fn example(key: &str) -> &'static str {
    match key {
        "label" | "title" | "text" | "to_plan" | "question" | "guidance" => {
            ", for example `{ zh = \"…\", en = \"…\" }`"
        }
        "what" => ": what happened, such as `\"discovered\"`",
        "confirmed_by" => ": the second person",
        "colour" => ": `\"red\"`, `\"orange\"`, `\"yellow\"` or `\"blue\"`",
        "clause" => ", the number of the clause it follows from: every rule has one",
        "evidence" => ": `official`, `secondary` or `unverified`, how sure we are of it",
        "senders" => ": the roles that owe it",
        "to" => ": whom it is owed to",
        "anchor" => ": where its clock starts, for example `{ organisation = \"discovered\" }`",
        "due" => ": how long it allows, for example `{ within = \"PT1H\" }`",
        _ => "",
    }
}

fn short(text: &str) -> String {
    text.chars().take(NEAR_CHARS_MAX).collect()
}

/// Letters that a word needs before another one can be near to it.
const NEAR_CHARS_MIN: usize = 4;

/// Letters of a word that are compared.
const NEAR_CHARS_MAX: usize = 64;

/// Words listed in a help text.
const LISTED_MAX: usize = 12;

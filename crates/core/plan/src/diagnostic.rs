//! What is wrong with a pack, said like a good compiler: file, line, caret, what, how to mend it.
//!
//! [`Diagnostic`] speaks miette's protocol for whoever wants colours; [`Diagnostic::render`] is plain
//! text and the same everywhere.

use std::fmt::{self, Display, Write as _};
use std::ops::Range;
use std::sync::Arc;

use miette::{LabeledSpan, NamedSource, SourceCode};

/// A text with the name it is known by: what a pack is read from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// The name shown in diagnostics, usually the file's.
    pub name: String,
    /// The whole text.
    pub text: String,
}

/// Whether a finding forbids the use of a pack.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The pack cannot be used.
    Error,
    /// The pack can be used, but somebody should look.
    Warning,
}

/// One finding in a pack, a catalogue or a calendar.
#[derive(Clone, Debug)]
pub struct Diagnostic {
    pack: NamedSource<Arc<str>>,
    text: Arc<str>,
    finding: Finding,
}

/// What was found, before it is known in which file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Finding {
    pub(crate) severity: Severity,
    pub(crate) code: &'static str,
    pub(crate) span: Range<usize>,
    pub(crate) what: String,
    pub(crate) help: String,
}

impl Diagnostic {
    pub(crate) fn of(name: &str, text: &Arc<str>, finding: Finding) -> Self {
        Self { pack: NamedSource::new(name, Arc::clone(text)), text: Arc::clone(text), finding }
    }

    /// Whether it forbids the use of the pack.
    pub fn severity(&self) -> Severity {
        self.finding.severity
    }

    /// The kind of finding, a stable word: `unknown-role`.
    pub fn code(&self) -> &'static str {
        self.finding.code
    }

    /// What is wrong.
    pub fn what(&self) -> &str {
        &self.finding.what
    }

    /// How to mend it.
    pub fn help(&self) -> &str {
        &self.finding.help
    }

    /// Line and column, both from 1; columns count characters.
    pub fn place(&self) -> (usize, usize) {
        let spot = Spot::of(&self.text, &self.finding.span);
        (spot.line_number, spot.before.chars().count() + 1)
    }

    /// The finding as plain text of several lines: file, line, caret, what, how to mend it.
    pub fn render(&self) -> String {
        let spot = Spot::of(&self.text, &self.finding.span);
        let word = match self.finding.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        let number = spot.line_number.to_string();
        let margin = " ".repeat(number.len());
        let indent = " ".repeat(width(spot.before));
        let carets = "^".repeat(width(spot.marked).max(1));
        let (line, column) = self.place();
        let mut out = String::new();
        // Writing to a string cannot fail; `and` keeps the first answer only for form.
        let written = writeln!(out, "{word}[{}]: {}", self.finding.code, self.finding.what)
            .and(writeln!(out, "{margin}--> {}:{line}:{column}", self.pack.name()))
            .and(writeln!(out, "{margin} |"))
            .and(writeln!(out, "{number} | {}", spot.line))
            .and(writeln!(out, "{margin} | {indent}{carets}"))
            .and(writeln!(out, "{margin} = help: {}", self.finding.help));
        debug_assert!(written.is_ok(), "writing to a string cannot fail");
        out
    }
}

impl Display for Diagnostic {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.finding.what)
    }
}

impl std::error::Error for Diagnostic {}

impl miette::Diagnostic for Diagnostic {
    fn code<'a>(&'a self) -> Option<Box<dyn Display + 'a>> {
        Some(Box::new(self.finding.code))
    }

    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.finding.severity {
            Severity::Error => miette::Severity::Error,
            Severity::Warning => miette::Severity::Warning,
        })
    }

    fn help<'a>(&'a self) -> Option<Box<dyn Display + 'a>> {
        Some(Box::new(&self.finding.help))
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(&self.pack)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let label = LabeledSpan::underline(self.finding.span.clone());
        Some(Box::new(std::iter::once(label)))
    }
}

/// The first line that a span touches, cut at the span's ends.
struct Spot<'a> {
    line_number: usize,
    line: &'a str,
    before: &'a str,
    marked: &'a str,
}

impl<'a> Spot<'a> {
    fn of(text: &'a str, span: &Range<usize>) -> Self {
        let start = floor(text, span.start);
        let head = text.get(..start).unwrap_or_default();
        let line_start = head.rfind('\n').map_or(0, |newline| newline + 1);
        let tail = text.get(line_start..).unwrap_or_default();
        let line = tail.lines().next().unwrap_or_default();
        let from = (start - line_start).min(line.len());
        let to = floor(text, span.end).saturating_sub(line_start).clamp(from, line.len());
        Self {
            line_number: head.matches('\n').count() + 1,
            line,
            before: line.get(..from).unwrap_or_default(),
            marked: line.get(from..to).unwrap_or_default(),
        }
    }
}

/// The last place not after `index` where a character begins.
fn floor(text: &str, index: usize) -> usize {
    let mut index = index.min(text.len());
    while !text.is_char_boundary(index) {
        index -= 1;
    }
    index
}

/// Columns of a terminal: Chinese letters and punctuation take two.
fn width(text: &str) -> usize {
    text.chars().map(|letter| if is_wide(letter) { 2 } else { 1 }).sum()
}

fn is_wide(letter: char) -> bool {
    matches!(letter, '\u{1100}'..='\u{115f}' | '\u{2e80}'..='\u{a4cf}' | '\u{ac00}'..='\u{d7a3}'
        | '\u{f900}'..='\u{faff}' | '\u{fe30}'..='\u{fe6f}' | '\u{ff00}'..='\u{ff60}' | '\u{20000}'..='\u{3fffd}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_caret_stands_under_the_word_although_chinese_is_wide() {
        let text: Arc<str> = "one = 1\nlabel = { zh = \"重大\", em = \"x\" }\n".into();
        let start = text.find("em").unwrap();
        let finding = Finding {
            severity: Severity::Error,
            code: "unknown-key",
            span: start..start + 2,
            what: "unknown key `em`".into(),
            help: "did you mean `en`?".into(),
        };
        let diagnostic = Diagnostic::of("a.toml", &text, finding);
        assert_eq!(diagnostic.place(), (2, 22));
        insta::assert_snapshot!(diagnostic.render(), @r#"
        error[unknown-key]: unknown key `em`
         --> a.toml:2:22
          |
        2 | label = { zh = "重大", em = "x" }
          |                        ^^
          = help: did you mean `en`?
        "#);
    }

    #[test]
    fn a_span_beyond_the_text_or_inside_a_letter_is_still_shown() {
        let text: Arc<str> = "重".into();
        for span in [0..99, 1..2, 50..60, 3..3] {
            let finding = Finding {
                severity: Severity::Warning,
                code: "x",
                span,
                what: "w".into(),
                help: "h".into(),
            };
            assert!(Diagnostic::of("a", &text, finding).render().contains("a:1:"));
        }
    }
}

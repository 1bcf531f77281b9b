//! What is wrong with a mapping, and where.

use std::fmt;
use std::ops::Range;

use miette::{LabeledSpan, NamedSource, SourceCode};

/// Why a text is no mapping: what is wrong, at which place, and how to mend it.
#[derive(Debug)]
pub struct MappingFault(Box<Placed>);

#[derive(Debug)]
struct Placed {
    file: NamedSource<String>,
    found: Found,
}

/// What was found, before it is known in which file.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) code: &'static str,
    pub(super) span: Range<usize>,
    pub(super) what: String,
    pub(super) help: String,
}

impl MappingFault {
    pub(super) fn of(name: &str, text: &str, found: Found) -> Self {
        Self(Box::new(Placed { file: NamedSource::new(name, text.to_owned()), found }))
    }

    /// The kind of fault, a stable word: `unknown-column`.
    pub fn code(&self) -> &'static str {
        self.0.found.code
    }

    /// Line and column, both from 1; columns count characters.
    pub fn place(&self) -> (usize, usize) {
        let text = self.0.file.inner();
        let mut start = self.0.found.span.start.min(text.len());
        while !text.is_char_boundary(start) {
            start -= 1;
        }
        let before = text.get(..start).unwrap_or_default();
        let line = before.rsplit('\n').next().unwrap_or_default();
        (before.matches('\n').count() + 1, line.chars().count() + 1)
    }

    /// The fault as plain text: what, where, and how to mend it.
    pub fn render(&self) -> String {
        let (line, column) = self.place();
        let found = &self.0.found;
        let (code, name) = (found.code, self.0.file.name());
        format!(
            "error[{code}]: {}\n --> {name}:{line}:{column}\n = help: {}\n",
            found.what, found.help
        )
    }
}

impl fmt::Display for MappingFault {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0.found.what)
    }
}

impl std::error::Error for MappingFault {}

impl miette::Diagnostic for MappingFault {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        Some(Box::new(self.0.found.code))
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        Some(Box::new(&self.0.found.help))
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(&self.0.file)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let label = LabeledSpan::underline(self.0.found.span.clone());
        Some(Box::new(std::iter::once(label)))
    }
}

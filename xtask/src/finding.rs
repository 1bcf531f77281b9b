//! What a check found: where it is and how to mend it.

use std::fmt;

/// One thing to mend.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Finding {
    place: String,
    line: Option<usize>,
    what: String,
}

impl Finding {
    /// Something about a whole file, folder, crate or package.
    pub(crate) fn of(place: impl Into<String>, what: impl Into<String>) -> Self {
        Self { place: place.into(), line: None, what: what.into() }
    }

    /// Something in one line of a file; `index` counts from nought.
    pub(crate) fn in_line(place: impl Into<String>, index: usize, what: impl Into<String>) -> Self {
        Self { place: place.into(), line: Some(index.saturating_add(1)), what: what.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(formatter, "{}:{line}: {}", self.place, self.what),
            None => write!(formatter, "{}: {}", self.place, self.what),
        }
    }
}

//! The members of a JSON object, found in one pass: nothing is built that nobody looks at.
//!
//! Everything is checked on the way (grammar, escapes, depth), so that a value kept as it came is sound
//! JSON. A value is the text it was written as, and costs nothing until it is read.

mod scan;

use std::borrow::Cow;

use fengsui_records::{Column, Kind, Record, Value};
use memchr::{memchr, memmem};
use serde::de::IgnoredAny;

use crate::reading::Reason;
use scan::{Damage, Scan};

/// How deeply a value may be nested.
pub(crate) const DEPTH_MAX: u32 = 64;

/// The members of one object, in their order.
pub(crate) struct Members<'a> {
    text: &'a str,
    scan: Scan<'a>,
}

/// The name of a member, before its value has been looked at.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Name<'a> {
    /// As it is written, without its quotes.
    pub(crate) text: &'a str,
    /// Where it begins.
    start: usize,
}

/// One member of an object.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Member<'a> {
    /// The name as it is written, without its quotes: names known here have no escapes.
    pub(crate) name: &'a str,
    pub(crate) value: Raw<'a>,
    /// Name and value as they are written.
    whole: &'a str,
}

/// A value as it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Raw<'a>(&'a str);

/// The text of a piece, without what surrounds it; `None` where it is blank.
pub(crate) fn text_of(piece: &[u8]) -> Result<Option<&str>, Reason> {
    let text = str::from_utf8(piece).map_err(|_invalid| Reason::NotUtf8)?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text).trim_ascii();
    Ok((!text.is_empty()).then_some(text))
}

impl<'a> Members<'a> {
    /// Begins with an object that is all of a text.
    pub(crate) fn of(text: &'a str) -> Result<Self, Reason> {
        if text.starts_with('{') {
            return Ok(Self { text, scan: Scan::of(text.as_bytes()) });
        }
        Scan::of(text.as_bytes()).whole().map_err(Reason::from)?;
        let is_json = serde_json::from_str::<IgnoredAny>(text).is_ok();
        Err(if is_json { Reason::NotThisFormat } else { Reason::NotJson })
    }

    /// The next member; `None` at the end, if nothing follows the object.
    #[inline]
    pub(crate) fn next(&mut self) -> Result<Option<Member<'a>>, Reason> {
        match self.name()? {
            Some(name) => self.member(name).map(Some),
            None => Ok(None),
        }
    }

    /// The name of the next member, whose value is then taken by `member` or looked into by `inside`.
    #[inline]
    pub(crate) fn name(&mut self) -> Result<Option<Name<'a>>, Reason> {
        let Some(found) = self.scan.member()? else { return Ok(None) };
        let quoted = self.text.get(found.start + 1..found.name_end - 1);
        Ok(Some(Name { start: found.start, text: quoted.ok_or(Reason::NotJson)? }))
    }

    /// The member of a name that has just been read.
    #[inline]
    pub(crate) fn member(&mut self, name: Name<'a>) -> Result<Member<'a>, Reason> {
        let (start, end) = self.scan.over()?;
        let whole = self.text.get(name.start..end).ok_or(Reason::NotJson)?;
        let value = whole.get(start - name.start..).ok_or(Reason::NotJson)?;
        Ok(Member { name: name.text, value: Raw(value), whole })
    }

    /// The members of the object that is the value of the name just read; `None` where it is none.
    /// They are read to their end, and then given to `leave`.
    pub(crate) fn inside(&self) -> Option<Self> {
        let is_object = self.scan.is_at_object();
        is_object.then(|| Self { text: self.text, scan: self.scan.inside() })
    }

    /// Goes on behind an object that has been read to its end.
    pub(crate) fn leave(&mut self, inner: &Self) {
        self.scan.leave(&inner.scan);
    }
}

impl From<Damage> for Reason {
    fn from(damage: Damage) -> Self {
        match damage {
            Damage::NotJson => Self::NotJson,
            Damage::TooDeep => Self::TooComplex,
        }
    }
}

impl<'a> Member<'a> {
    /// The name without escapes, for those who look for names not known here.
    pub(crate) fn unescaped_name(&self) -> Cow<'a, str> {
        let end = self.name.len() + 2;
        let quoted = self.whole.get(..end).filter(|_| self.name.contains('\\'));
        quoted.and_then(|quoted| Raw(quoted).text()).unwrap_or(Cow::Borrowed(self.name))
    }

    /// Keeps the member as it came. One that is null or an empty text says nothing.
    pub(crate) fn keep(&self, record: &mut Record) {
        if !matches!(self.value.0, "null" | "\"\"") {
            record.keep_member(self.whole);
        }
    }

    /// Takes the member into a column that is empty; where that is not possible, it is kept as it came.
    pub(crate) fn put(&self, record: &mut Record, column: Column) {
        let value =
            if record.get(column).is_none() { self.value.typed(column.kind()) } else { None };
        match value {
            Some(value) => record.push(column, value),
            None => self.keep(record),
        }
    }
}

impl<'a> Raw<'a> {
    /// The value as it is written.
    pub(crate) fn as_str(self) -> &'a str {
        self.0
    }

    pub(crate) fn is_null(self) -> bool {
        self.0 == "null"
    }

    pub(crate) fn is_object(self) -> bool {
        self.0.starts_with('{')
    }

    pub(crate) fn is_array(self) -> bool {
        self.0.starts_with('[')
    }

    pub(crate) fn is_number(self) -> bool {
        self.0.starts_with(|letter: char| letter == '-' || letter.is_ascii_digit())
    }

    /// The text of a string.
    pub(crate) fn text(self) -> Option<Cow<'a, str>> {
        let text = self.0.strip_prefix('"')?.strip_suffix('"')?;
        if memchr(b'\\', text.as_bytes()).is_some() {
            return serde_json::from_str(self.0).ok().map(Cow::Owned);
        }
        Some(Cow::Borrowed(text))
    }

    /// A whole number.
    pub(crate) fn integer(self) -> Option<i64> {
        self.0.parse().ok()
    }

    /// The value as a column of that kind takes it.
    pub(crate) fn typed(self, kind: Kind) -> Option<Value> {
        match self.text() {
            Some(text) => kind.read(&text),
            None => self.integer().and_then(|number| kind.take_number(number)),
        }
    }

    /// Whether some letters stand anywhere in it: quicker to find out than what they mean.
    pub(crate) fn mentions(self, letters: &memmem::Finder<'_>) -> bool {
        letters.find(self.0.as_bytes()).is_some()
    }

    /// The members of an object; none where it is something else.
    pub(crate) fn members(self) -> impl Iterator<Item = Member<'a>> {
        let mut members = self.is_object().then(|| Members::of(self.0).ok()).flatten();
        std::iter::from_fn(move || members.as_mut()?.next().ok()?)
    }

    /// The elements of an array; none where it is something else.
    pub(crate) fn elements(self) -> impl Iterator<Item = Self> {
        let mut scan = self.is_array().then(|| Scan::of(self.0.as_bytes()));
        std::iter::from_fn(move || {
            let (start, end) = scan.as_mut()?.element().ok()??;
            self.0.get(start..end).map(Self)
        })
    }

    /// The member of a name, or the element of a number.
    pub(crate) fn part(self, name: &str) -> Option<Self> {
        if self.is_array() {
            return self.elements().nth(name.parse().ok()?);
        }
        self.members().find(|member| member.unescaped_name() == name).map(|member| member.value)
    }
}

#[cfg(test)]
mod tests;

//! The members of one JSON object, read lazily: nothing is built that nobody looks at.
//!
//! What the fast reader does not check (depth, hexadecimal escapes, what follows the object) is
//! checked here first, so that a value kept as it came is sound JSON.

use std::borrow::Cow;

use fengsui_records::{Column, Kind, Record, Value};
use memchr::{memchr, memchr2_iter};
use serde::de::IgnoredAny;
use sonic_rs::{JsonValueTrait, LazyValue, ObjectJsonIter, to_object_iter};

use crate::reading::Reason;

/// How deeply a value may be nested.
pub(crate) const DEPTH_MAX: usize = 64;

/// The members of one object, in their order.
pub(crate) struct Members<'a> {
    text: &'a str,
    members: ObjectJsonIter<'a>,
    /// Where the last member ended.
    end: usize,
}

/// The text of a piece, without what surrounds it; `None` where it is blank.
pub(crate) fn text_of(piece: &[u8]) -> Result<Option<&str>, Reason> {
    let text = str::from_utf8(piece).map_err(|_invalid| Reason::NotUtf8)?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text).trim_ascii();
    Ok((!text.is_empty()).then_some(text))
}

impl<'a> Members<'a> {
    /// Begins with an object that is all of a text.
    pub(crate) fn of(text: &'a str) -> Result<Self, Reason> {
        check_depth(text.as_bytes())?;
        check_escapes(text.as_bytes())?;
        if !text.starts_with('{') {
            let is_json = serde_json::from_str::<IgnoredAny>(text).is_ok();
            return Err(if is_json { Reason::NotThisFormat } else { Reason::NotJson });
        }
        Ok(Self { text, members: to_object_iter(text), end: 1 })
    }

    /// The next member; `None` at the end, if nothing follows the object.
    pub(crate) fn next(&mut self) -> Result<Option<(Cow<'a, str>, LazyValue<'a>)>, Reason> {
        match self.members.next() {
            Some(Ok((name, value))) => {
                let raw = value.as_raw_str();
                let start = raw.as_ptr().addr().wrapping_sub(self.text.as_ptr().addr());
                self.end = start.saturating_add(raw.len());
                Ok(Some((name, value)))
            }
            Some(Err(_not_json)) => Err(Reason::NotJson),
            None => {
                let rest = self.text.get(self.end..).unwrap_or_default();
                let is_end = rest.trim_ascii_start() == "}";
                if is_end { Ok(None) } else { Err(Reason::NotJson) }
            }
        }
    }
}

/// The members of an object within one that has been checked.
pub(crate) fn inner<'a>(
    value: LazyValue<'a>,
) -> impl Iterator<Item = (Cow<'a, str>, LazyValue<'a>)> {
    value.into_object_iter().into_iter().flatten().map_while(Result::ok)
}

/// Keeps a member as it came. One that is null says nothing.
pub(crate) fn keep(record: &mut Record, name: &str, value: &LazyValue<'_>) {
    if !value.is_null() {
        record.keep_json(name, value.as_raw_str());
    }
}

/// Takes a member into a column that is empty; where that is not possible, it is kept as it came.
pub(crate) fn put(record: &mut Record, column: Column, name: &str, value: &LazyValue<'_>) {
    if record.get(column).is_some() {
        return keep(record, name, value);
    }
    match typed(column.kind(), value) {
        Some(value) => record.push(column, value),
        None => keep_unless_blank(record, name, value),
    }
}

fn typed(kind: Kind, value: &LazyValue<'_>) -> Option<Value> {
    if value.is_str() {
        return value.as_str().and_then(|text| kind.read(text));
    }
    let number = value.as_raw_str();
    let is_number = number.starts_with(|letter: char| letter == '-' || letter.is_ascii_digit());
    if is_number { number.parse().ok().and_then(|number| kind.take_number(number)) } else { None }
}

fn keep_unless_blank(record: &mut Record, name: &str, value: &LazyValue<'_>) {
    if value.as_raw_str() != "\"\"" {
        keep(record, name, value);
    }
}

/// Refuses what is nested too deeply, before anything descends into it.
pub(crate) fn check_depth(json: &[u8]) -> Result<(), Reason> {
    // As many brackets as levels are the least that too deep a text has: most have fewer.
    if memchr2_iter(b'[', b'{', json).nth(DEPTH_MAX).is_none() {
        return Ok(());
    }
    let (mut depth, mut is_text, mut is_escaped) = (0_usize, false, false);
    for byte in json {
        if is_text {
            let was_escaped = is_escaped;
            is_escaped = *byte == b'\\' && !was_escaped;
            is_text = *byte != b'"' || was_escaped;
            continue;
        }
        match byte {
            b'"' => is_text = true,
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > DEPTH_MAX {
            return Err(Reason::TooComplex);
        }
    }
    Ok(())
}

/// Refuses `\u` without four digits, and halves of pairs: whoever reads the value later would.
fn check_escapes(json: &[u8]) -> Result<(), Reason> {
    let mut rest = json;
    while let Some(place) = memchr(b'\\', rest) {
        rest = rest.get(place + 1..).unwrap_or_default();
        if rest.first() != Some(&b'u') {
            rest = rest.get(1..).unwrap_or_default();
            continue;
        }
        let unit = code_unit(rest).ok_or(Reason::NotJson)?;
        rest = rest.get(5..).unwrap_or_default();
        if (0xd800..0xdc00).contains(&unit) {
            let second = rest.strip_prefix(b"\\").and_then(code_unit).ok_or(Reason::NotJson)?;
            rest = rest.get(6..).unwrap_or_default();
            if !(0xdc00..0xe000).contains(&second) {
                return Err(Reason::NotJson);
            }
        } else if (0xdc00..0xe000).contains(&unit) {
            return Err(Reason::NotJson);
        }
    }
    Ok(())
}

/// The number of `uXXXX`.
fn code_unit(text: &[u8]) -> Option<u32> {
    let digits = text.get(1..5).filter(|_| text.first() == Some(&b'u'))?;
    digits.iter().try_fold(0, |sum, byte| Some(sum * 16 + char::from(*byte).to_digit(16)?))
}

//! Any JSON, by a mapping: each object is a record.
//!
//! A member at the top that a rule takes whole is not kept besides; one that a rule only looks into is.

use std::borrow::Cow;
use std::sync::Arc;

use fengsui_records::Record;

use crate::Setting;
use crate::mapping::{Mapping, OnNewColumns, Required, Rule};
use crate::members::{Member, Members, Raw, text_of};
use crate::reading::{Outcome, Reader, Reason};

/// Reads it.
#[derive(Clone)]
pub(crate) struct Json {
    mapping: Option<Arc<Mapping>>,
}

impl Json {
    /// Opens it with what it needs.
    pub(crate) fn open(setting: &Setting) -> Self {
        Self { mapping: setting.mapping.clone() }
    }

    fn record_of(&self, piece: &[u8]) -> Result<Option<Record>, Reason> {
        if crate::reading::is_blank(piece) {
            return Ok(None);
        }
        let mapping = self.mapping.as_deref().ok_or(Reason::NoMapping)?;
        let Some(text) = text_of(piece)? else { return Ok(None) };
        let mut members = Members::of(text)?;
        let mut record = Record::with_room(text.len());
        let mut is_there = vec![false; mapping.rules.len()];
        while let Some(member) = members.next()? {
            if mapping.on_new_columns == OnNewColumns::Quarantine
                && !mapping.names(&member.unescaped_name())
            {
                return Err(Reason::ColumnsChanged);
            }
            take(&mut record, mapping, &mut is_there, &member);
        }
        let mut rules = mapping.rules.iter().zip(&is_there);
        if rules
            .any(|(rule, is_there)| !is_there && rule.is_required(Required::WhereTheMappingSaysSo))
        {
            return Err(Reason::ColumnsChanged);
        }
        if record.values().next().is_none() && record.extra_members().is_empty() {
            return Err(Reason::Empty);
        }
        mapping.complete(&mut record);
        Ok(Some(record))
    }
}

impl Reader for Json {
    fn read(&mut self, piece: &[u8], out: &mut Vec<Outcome>) {
        match self.record_of(piece) {
            Ok(None) => {}
            Ok(Some(record)) => out.push(Outcome::Record(record)),
            Err(reason) => out.push(Outcome::Quarantined(reason)),
        }
    }

    fn fork(&self) -> Option<Box<dyn Reader>> {
        Some(Box::new(self.clone()))
    }
}

fn take(record: &mut Record, mapping: &Mapping, is_there: &mut [bool], member: &Member<'_>) {
    let mut is_taken = false;
    let name = member.unescaped_name();
    for (rule, is_there) in mapping.rules.iter().zip(is_there) {
        let Some(text) = text_at(rule, &name, member.value) else { continue };
        *is_there = true;
        is_taken |= rule.from == name || rule.path.len() == 1;
        rule.apply(record, &text);
    }
    if !is_taken {
        member.keep(record);
    }
}

/// The scalar a rule means, if it is in the member of this name.
fn text_at<'a>(rule: &Rule, name: &str, value: Raw<'a>) -> Option<Cow<'a, str>> {
    // A member may bear a name with dots in it; then it is meant itself.
    if rule.from == name {
        return scalar(value);
    }
    let (first, inner) = rule.path.split_first()?;
    if first != name {
        return None;
    }
    scalar(inner.iter().try_fold(value, |value, part| value.part(part))?)
}

fn scalar(value: Raw<'_>) -> Option<Cow<'_, str>> {
    if value.is_null() || value.is_object() || value.is_array() {
        return None;
    }
    value.text().or(Some(Cow::Borrowed(value.as_str())))
}

#[cfg(test)]
mod tests;

//! The text of a mapping, checked word by word.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use fengsui_records::{Classification, Column};
use serde::Deserialize;
use toml::Spanned;

use super::fault::Found;
use super::rule::{Rule, TimeShape};
use super::{Mapping, OnNewColumns};

/// Rules a mapping may have.
const RULES_MAX: usize = 1024;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    format: Spanned<u32>,
    delimiter: Option<Spanned<String>>,
    columns: Option<Vec<String>>,
    comment: Option<String>,
    #[serde(default)]
    on_new_columns: OnNewColumns,
    #[serde(default)]
    known: BTreeSet<String>,
    #[serde(default)]
    constants: BTreeMap<Spanned<String>, Spanned<String>>,
    #[serde(default)]
    column: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    from: Spanned<String>,
    to: Spanned<String>,
    required: Option<bool>,
    #[serde(default)]
    values: BTreeMap<String, Spanned<String>>,
    time: Option<Spanned<String>>,
    zone: Option<Spanned<String>>,
}

/// Reads and checks the whole; the first thing wrong is said.
pub(super) fn read(text: &str) -> Result<Mapping, Found> {
    let file: File = toml::from_str(text).map_err(|error| Found {
        code: "not-toml",
        span: error.span().unwrap_or_default(),
        what: error.message().to_owned(),
        help: "docs/mapping.md shows a whole mapping".to_owned(),
    })?;
    if *file.format.as_ref() != Mapping::FORMAT {
        return Err(found(
            "unknown-format",
            file.format.span(),
            format!("there is no version {} of mappings", file.format.as_ref()),
            format!("write `format = {}`", Mapping::FORMAT),
        ));
    }
    if file.column.is_empty() || file.column.len() > RULES_MAX {
        return Err(found(
            "column-count",
            file.format.span(),
            "a mapping has 1 to 1024 `[[column]]` tables".to_owned(),
            "add one for each column of the feed that goes somewhere".to_owned(),
        ));
    }
    Ok(Mapping {
        delimiter: delimiter(file.delimiter.as_ref())?,
        columns: file.columns,
        comment: file.comment.filter(|comment| !comment.is_empty()),
        on_new_columns: file.on_new_columns,
        known: file.known,
        constants: file.constants.iter().map(constant).collect::<Result<_, _>>()?,
        rules: file.column.into_iter().map(rule).collect::<Result<_, _>>()?,
    })
}

fn found(code: &'static str, span: Range<usize>, what: String, help: String) -> Found {
    Found { code, span, what, help }
}

fn delimiter(text: Option<&Spanned<String>>) -> Result<u8, Found> {
    let Some(text) = text else { return Ok(b',') };
    match text.as_ref().as_bytes() {
        [byte] if byte.is_ascii() && !matches!(byte, b'"' | b'\n' | b'\r') => Ok(*byte),
        _ => Err(found(
            "delimiter",
            text.span(),
            format!("{:?} is no delimiter", text.as_ref()),
            "use one ASCII character that is no quote: \",\", \";\", \"|\" or \"\\t\"".to_owned(),
        )),
    }
}

/// The column of a name, if a feed may fill it.
fn column(name: &Spanned<String>) -> Result<Column, Found> {
    let text = name.as_ref();
    match Column::from_name(text) {
        Some(Column::Taxonomy) => Err(found(
            "derived-column",
            name.span(),
            "`classification.taxonomy` follows from the type".to_owned(),
            "map to `classification.type`".to_owned(),
        )),
        Some(Column::Extra | Column::TimeObservation) => Err(found(
            "derived-column",
            name.span(),
            format!("`{text}` is filled by the watch"),
            "leave it out; what is not mapped is kept in `extra` by itself".to_owned(),
        )),
        Some(column) => Ok(column),
        None => Err(found(
            "unknown-column",
            name.span(),
            format!("there is no column `{text}`"),
            nearest(text),
        )),
    }
}

/// The columns that look most like a name.
fn nearest(text: &str) -> String {
    let last = text.rsplit('.').next().unwrap_or(text);
    let like: Vec<_> = Column::ALL
        .iter()
        .map(|column| column.as_str())
        .filter(|name| !last.is_empty() && name.rsplit('.').next() == Some(last))
        .take(3)
        .collect();
    if like.is_empty() {
        "docs/mapping.md lists the columns".to_owned()
    } else {
        format!("did you mean {}?", like.join(" or "))
    }
}

fn constant(entry: (&Spanned<String>, &Spanned<String>)) -> Result<(Column, String), Found> {
    let (name, value) = entry;
    let column = column(name)?;
    check_value(column, value)?;
    Ok((column, value.as_ref().clone()))
}

/// A value that stands in the mapping must be one of its column.
fn check_value(column: Column, value: &Spanned<String>) -> Result<(), Found> {
    let text = value.as_ref();
    if column == Column::Type && Classification::from_name(text).is_none() {
        return Err(found(
            "unknown-type",
            value.span(),
            format!("`{text}` is no type of the RSIT"),
            "use one of version 1003, such as `infected-system` or `vulnerable-system`".to_owned(),
        ));
    }
    // An empty value takes something away: `values = { "n/a" = "" }`.
    if !text.is_empty() && column.kind().read(text).is_none() {
        return Err(found(
            "wrong-value",
            value.span(),
            format!("`{text}` cannot stand in `{}`", column.as_str()),
            format!("that column holds values of the kind {:?}", column.kind()),
        ));
    }
    Ok(())
}

fn rule(entry: Entry) -> Result<Rule, Found> {
    let to = column(&entry.to)?;
    let from = entry.from.as_ref();
    if from.is_empty() {
        return Err(found(
            "from-empty",
            entry.from.span(),
            "`from` names no column".to_owned(),
            "write the column as the feed's header has it, or the path of a member".to_owned(),
        ));
    }
    for value in entry.values.values() {
        check_value(to, value)?;
    }
    let time = time(to, entry.time.as_ref(), entry.zone.as_ref())?;
    let values = entry.values.into_iter().map(|(from, to)| (from, to.into_inner())).collect();
    Ok(Rule::of(from.clone(), to, entry.required, values, time))
}

fn time(
    to: Column,
    shape: Option<&Spanned<String>>,
    zone: Option<&Spanned<String>>,
) -> Result<Option<TimeShape>, Found> {
    let Some(first) = shape.or(zone) else { return Ok(None) };
    if to.kind() != fengsui_records::Kind::Time {
        return Err(found(
            "time-elsewhere",
            first.span(),
            format!("`{}` is no column of times", to.as_str()),
            "`time` and `zone` belong to `time.source`".to_owned(),
        ));
    }
    let named = zone.map(|zone| zone.as_ref().as_str());
    TimeShape::of(shape.map(|shape| shape.as_ref().as_str()), named).map(Some).map_err(|wrong| {
        let span = if wrong.is_zone { zone.or(shape) } else { shape.or(zone) };
        found("time-format", span.map(Spanned::span).unwrap_or_default(), wrong.what, wrong.help)
    })
}

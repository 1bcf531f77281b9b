//! Reads a calendar: days off besides Saturdays and Sundays, and those that are worked.

use jiff::civil::{Date, Weekday};

use super::tree::{At, Node, Sink, Table, parse};
use crate::diagnostic::{Diagnostic, Source};
use crate::model::{Calendar, Evidence};

/// The words of an evidence state.
pub(super) const EVIDENCE: &[(&str, Evidence)] = &[
    ("official", Evidence::Official),
    ("secondary", Evidence::Secondary),
    ("unverified", Evidence::Unverified),
];

pub(super) fn read(source: &Source) -> Result<Calendar, Vec<Diagnostic>> {
    let sink = Sink::default();
    let calendar = parse(source, &sink).and_then(|tree| {
        let root = Table::root(&tree, &sink);
        super::read_format(&root, &sink);
        let calendar = compile(&root, &sink);
        root.finish();
        calendar
    });
    match calendar {
        Some(calendar) if !sink.has_errors() => Ok(calendar),
        Some(_) | None => Err(sink.into_diagnostics(source)),
    }
}

fn compile(root: &Table<'_>, sink: &Sink) -> Option<Calendar> {
    let id: Option<At<fengsui_vocabulary::PlanId>> = root.name("id");
    let label = root.label("label");
    let evidence = root.required("evidence").and_then(|node| node.word(EVIDENCE));
    let from = root.text("source");
    let first = root.required("first").and_then(Node::date);
    let last = root.required("last").and_then(Node::date);
    let (first, last) = (first?, last?);
    let off = days(root, "off", sink, (first, last));
    let worked = days(root, "worked", sink, (first, last));
    Some(Calendar {
        id: id?.value.to_string(),
        label: label?,
        evidence: evidence?,
        source: from?,
        first,
        last,
        off,
        worked,
    })
}

fn days(root: &Table<'_>, key: &'static str, sink: &Sink, within: (Date, Date)) -> Vec<Date> {
    let nodes = root.required(key).map(Node::items).unwrap_or_default();
    let mut days = Vec::new();
    for node in nodes {
        let Some(day) = node.date() else { continue };
        if !(within.0..=within.1).contains(&day) {
            sink.error(
                "outside-calendar",
                node.span(),
                format!("{day} lies outside {} to {}", within.0, within.1),
                "mend the day, or `first` and `last`",
            );
        }
        let is_weekend = matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
        if is_weekend != (key == "worked") {
            sink.error(
                "needless-day",
                node.span(),
                format!("{day} is {} without being listed", if is_weekend { "off" } else { "worked" }),
                "list working days that are off under `off`, weekends that are worked under `worked`",
            );
        }
        days.push(day);
    }
    days.sort();
    days.dedup();
    days
}

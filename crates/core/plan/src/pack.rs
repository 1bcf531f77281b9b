//! Reads a plan pack: from a text to a [`Plan`], or to everything that is wrong with it.
//!
//! Format 1, declarative only: no code, no patterns, bounded texts, lists and nesting. Every key that
//! the format does not know is refused, every reference must resolve, every rule names its clause.
//!
//! Start reading at [`read`]; the order of things is in `compile`.

mod authority;
mod bar;
mod calendar;
mod compile;
mod condition;
mod criterion;
mod cross;
mod duty;
mod names;
mod papers;
mod scope;
mod score;
pub(crate) mod tree;

use std::collections::BTreeMap;

use crate::catalogue::Catalogue;
use crate::diagnostic::{Diagnostic, Severity, Source};
use crate::model::{Calendar, Plan};
use tree::{Sink, Table};

/// The format that this program reads.
const FORMAT: i64 = 1;

/// Reads a pack; refuses one with an error, and says every one.
pub fn read(
    source: &Source,
    catalogue: &Catalogue,
    calendars: &BTreeMap<String, Calendar>,
) -> Result<Plan, Vec<Diagnostic>> {
    let (plan, diagnostics) = examine(source, catalogue, calendars, Care::Rules);
    let has_errors = diagnostics.iter().any(|found| found.severity() == Severity::Error);
    match plan {
        Some(plan) if !has_errors => Ok(plan),
        Some(_) | None => Err(diagnostics),
    }
}

/// Everything that is wrong with a pack, and what somebody should look at; its golden scenarios are
/// played as well.
pub fn check(
    source: &Source,
    catalogue: &Catalogue,
    calendars: &BTreeMap<String, Calendar>,
) -> Vec<Diagnostic> {
    examine(source, catalogue, calendars, Care::RulesAndScenarios).1
}

/// Reads a calendar of days off and days worked.
pub fn read_calendar(source: &Source) -> Result<Calendar, Vec<Diagnostic>> {
    calendar::read(source)
}

/// How far an examination goes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Care {
    Rules,
    RulesAndScenarios,
}

fn examine(
    source: &Source,
    catalogue: &Catalogue,
    calendars: &BTreeMap<String, Calendar>,
    care: Care,
) -> (Option<Plan>, Vec<Diagnostic>) {
    let sink = Sink::default();
    let plan = tree::parse(source, &sink).and_then(|tree| {
        let root = Table::root(&tree, &sink);
        let plan = compile::plan(&root, source, catalogue, calendars)?;
        if care == Care::RulesAndScenarios && !sink.has_errors() {
            play_scenarios(&plan, &root);
        }
        Some(plan)
    });
    let is_sound = !sink.has_errors();
    let mut diagnostics = sink.into_diagnostics(source);
    if plan.is_none() && is_sound {
        // Unreachable as long as every reader that gives nothing says why; better said than silent.
        let sink = Sink::default();
        sink.error("unreadable", 0..0, "this pack cannot be read", "report this as a fault");
        diagnostics.extend(sink.into_diagnostics(source));
    }
    (plan, diagnostics)
}

/// Notes every expectation of a golden scenario that the rules do not meet.
fn play_scenarios(plan: &Plan, root: &Table<'_>) {
    let places: BTreeMap<&str, _> = root.glance("scenario", "id").into_iter().collect();
    for scenario in &plan.scenarios {
        let place = places.get(scenario.id.as_str()).cloned().unwrap_or(0..0);
        for mismatch in crate::scenario::run(plan, scenario) {
            root.sink().error(
                "scenario-not-met",
                mismatch.span.clone().unwrap_or_else(|| place.clone()),
                mismatch.to_string(),
                "mend the rule that changed, or the expectation if the rule is right",
            );
        }
    }
}

/// Notes a format that this program does not read.
pub(crate) fn read_format(root: &Table<'_>, sink: &Sink) {
    let Some(node) = root.required("format") else { return };
    if node.whole() != Some(FORMAT) {
        sink.error(
            "unknown-format",
            node.span(),
            "this program does not read packs of this format",
            format!("write `format = {FORMAT}`, or use a program that reads the other format"),
        );
    }
}

//! Reads a plan pack: from a text to a [`Plan`], or to everything that is wrong with it.
//!
//! Format 1, declarative only: no code, no patterns, bounded texts, lists and nesting. Every key that
//! the format does not know is refused, every reference must resolve, every rule names its clause.
//!
//! Start reading at [`read`]; the order of things is in `compile`.

mod authority;
mod calendar;
mod compile;
mod condition;
mod criterion;
mod cross;
mod duty;
mod inherit;
mod names;
mod papers;
mod taxonomy;
pub(crate) mod tree;

use std::collections::BTreeMap;
use std::sync::Arc;

use fengsui_vocabulary::PlanId;

use crate::catalogue::Catalogue;
use crate::diagnostic::{Diagnostic, Severity, Source};
use crate::model::{Calendar, Plan, Taxonomy};
use crate::taxonomy::Crosswalk;
use inherit::Lineage;
use tree::{Sink, Table};

/// The format that this program reads.
const FORMAT: i64 = 1;

/// What a pack is read against. A [`Library`](crate::Library) has one.
#[derive(Clone, Copy, Debug)]
pub struct Shelf<'a> {
    /// The facts that every plan shares.
    pub catalogue: &'a Catalogue,
    /// Calendars by id.
    pub calendars: &'a BTreeMap<String, Calendar>,
    /// Shared taxonomies by id.
    pub taxonomies: &'a BTreeMap<String, Taxonomy>,
    /// Plans that another one may stand on.
    pub plans: &'a BTreeMap<PlanId, Arc<Plan>>,
}

/// Reads a pack; refuses one with an error, and says every one.
pub fn read(source: &Source, shelf: Shelf<'_>) -> Result<Plan, Vec<Diagnostic>> {
    let (plan, diagnostics) = examine(source, shelf, Care::Rules);
    let has_errors = diagnostics.iter().any(|found| found.severity() == Severity::Error);
    match plan {
        Some(plan) if !has_errors => Ok(plan),
        Some(_) | None => Err(diagnostics),
    }
}

/// Everything that is wrong with a pack, and what somebody should look at; its golden scenarios are
/// played as well.
pub fn check(source: &Source, shelf: Shelf<'_>) -> Vec<Diagnostic> {
    examine(source, shelf, Care::RulesAndScenarios).1
}

/// Reads a calendar of days off and days worked.
pub fn read_calendar(source: &Source) -> Result<Calendar, Vec<Diagnostic>> {
    calendar::read(source)
}

/// Reads a taxonomy that plans share.
pub fn read_taxonomy(source: &Source, catalogue: &Catalogue) -> Result<Taxonomy, Vec<Diagnostic>> {
    taxonomy::read(source, catalogue)
}

/// Reads the walks between shared taxonomies.
pub(crate) fn read_walks(
    source: &Source,
    known: &BTreeMap<String, Taxonomy>,
) -> Result<Vec<Crosswalk>, Vec<Diagnostic>> {
    taxonomy::read_walks(source, known)
}

/// How far an examination goes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Care {
    Rules,
    RulesAndScenarios,
}

fn examine(source: &Source, shelf: Shelf<'_>, care: Care) -> (Option<Plan>, Vec<Diagnostic>) {
    let sink = Sink::default();
    let lineage = Lineage::of(source, &shelf, &sink);
    let tree = if sink.has_errors() { None } else { lineage.tree(&sink) };
    let plan = tree.and_then(|tree| {
        let root = Table::root(&tree, &sink);
        let mut plan = compile::plan(&root, source, shelf, &lineage)?;
        plan.whole = Arc::new(crate::canonical::of_table(tree.get_ref()));
        plan.canonical_hash = crate::canonical::sha_256(&plan.whole.to_string());
        if !sink.has_errors() {
            lineage
                .parent()
                .into_iter()
                .for_each(|parent| cross::note_loosened(&plan, parent, &root));
        }
        if care == Care::RulesAndScenarios && !sink.has_errors() {
            play_scenarios(&plan, &root);
        }
        Some(plan)
    });
    let is_sound = !sink.has_errors();
    let mut diagnostics = lineage.diagnostics(sink);
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
        for mismatch in crate::scenario::run(plan, scenario) {
            root.sink().error(
                "scenario-not-met",
                places.get(scenario.id.as_str()).cloned().unwrap_or(0..0),
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

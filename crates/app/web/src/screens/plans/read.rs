//! What a pack writes and the plan keeps only compiled: the tests of criteria and scopes.
//!
//! Read again from the pack's text, and from those of the packs it stands on.

use fengsui_plan::{Library, Plan, Source, canonical};
use serde_json::Value;

/// A plan's pack as it is written, the pack itself first, then what it stands on.
#[derive(Debug)]
pub(super) struct Written {
    packs: Vec<Value>,
}

impl Written {
    /// Reads the pack of a plan again.
    pub(super) fn of(plan: &Plan) -> Self {
        let below = plan.lineage.iter().filter_map(|id| Library::shipped().plan(id));
        let below = below.map(|plan| plan.text.clone());
        let texts = std::iter::once(plan.text.clone()).chain(below);
        let read = |text: String| {
            let form = canonical(&Source { name: String::new(), text }).ok()?;
            serde_json::from_str(&form).ok()
        };
        Self { packs: texts.filter_map(read).collect() }
    }

    /// The test of an entry, if it has one: `criterion`, `scope`.
    pub(super) fn test(&self, list: &str, id: &str) -> Option<&Value> {
        let is_it = |entry: &&Value| entry.get("id").and_then(Value::as_str) == Some(id);
        let entry =
            self.packs.iter().find_map(|pack| pack.get(list)?.as_array()?.iter().find(is_it));
        entry?.get("when")
    }
}

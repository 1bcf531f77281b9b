//! What the objects of one bundle say of each other.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::words;
use crate::intelmq::piece;

/// What the objects of one bundle say of each other.
pub(super) struct Index<'a> {
    objects: BTreeMap<&'a str, &'a Map<String, Value>>,
    /// What an object indicates: by the id of the one, the ids of the others.
    indicated: BTreeMap<&'a str, Vec<&'a str>>,
    /// Observables that observed data refer to.
    observed: BTreeSet<&'a str>,
}

impl<'a> Index<'a> {
    /// Goes through a bundle once.
    pub(super) fn of(objects: &'a [Value]) -> Self {
        let mut index = Self {
            objects: BTreeMap::new(),
            indicated: BTreeMap::new(),
            observed: BTreeSet::new(),
        };
        for object in objects.iter().filter_map(Value::as_object) {
            index.objects.insert(text(object, "id"), object);
            match text(object, "type") {
                "relationship" if text(object, "relationship_type") == "indicates" => {
                    let targets = index.indicated.entry(text(object, "source_ref")).or_default();
                    targets.push(text(object, "target_ref"));
                }
                "observed-data" => index.observed.extend(references(object, "object_refs")),
                _ => {}
            }
        }
        index
    }

    /// An object by its id.
    pub(super) fn object(&self, id: &str) -> Option<&'a Map<String, Value>> {
        self.objects.get(id).copied()
    }

    /// Whether observed data hold it, so that it needs no record of its own. Only observables have no `created`.
    pub(super) fn is_observed(&self, object: &Map<String, Value>) -> bool {
        let id = text(object, "id");
        let is_observable = !object.contains_key("created") && !id.starts_with("observed-data--");
        // Of two objects with one id the index knows one; the other needs its record.
        let is_known = self.object(id).is_some_and(|known| std::ptr::eq(known, object));
        is_observable && is_known && self.observed.contains(id)
    }

    /// The objects observed data refer to, each once.
    pub(super) fn referred(
        &self,
        object: &'a Map<String, Value>,
    ) -> Vec<(&'a str, &'a Map<String, Value>)> {
        let ids: BTreeSet<&str> = references(object, "object_refs").collect();
        ids.into_iter().filter_map(|id| Some((id, self.object(id)?))).collect()
    }

    /// The name of an object: of who made something.
    pub(super) fn name(&self, id: &str) -> Option<&'a str> {
        self.object(id).map(|object| text(object, "name")).filter(|name| !name.is_empty())
    }

    /// The first malware or tool an object indicates, or is.
    pub(super) fn malware(&self, id: &str) -> Option<&'a str> {
        let is_malware = |id: &&str| id.starts_with("malware--") || id.starts_with("tool--");
        let targets = self.indicated.get(id).map(Vec::as_slice).unwrap_or_default();
        let mut named = targets.iter().copied().filter(is_malware);
        named.find_map(|target| self.name(target))
    }

    /// The strictest marking an object bears.
    pub(super) fn tlp(&self, object: &'a Map<String, Value>) -> Option<&'static str> {
        let of_one = |id: &'a str| words::marking(id).or_else(|| self.object(id).and_then(defined));
        let marked = references(object, "object_marking_refs").filter_map(of_one);
        marked.max_by_key(|marking| words::strictness(marking))
    }
}

/// The marking a marking definition defines: by TLP 1, by the extension for TLP 2, or by its name.
fn defined(object: &Map<String, Value>) -> Option<&'static str> {
    let by_definition = object.get("definition").and_then(|definition| definition.get("tlp"));
    let by_extension = || {
        let extensions = object.get("extensions")?.as_object()?;
        extensions.values().find_map(|extension| extension.get("tlp_2_0"))
    };
    let said = by_definition.or_else(by_extension).and_then(Value::as_str);
    let named = || Some(text(object, "name")).filter(|name| name.starts_with("TLP"));
    said.or_else(named).and_then(piece::tlp)
}

/// The texts of a list.
pub(super) fn references<'a>(
    object: &'a Map<String, Value>,
    name: &str,
) -> impl Iterator<Item = &'a str> {
    object.get(name).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str)
}

/// A text member; empty where there is none.
pub(super) fn text<'a>(object: &'a Map<String, Value>, name: &str) -> &'a str {
    object.get(name).and_then(Value::as_str).unwrap_or_default()
}

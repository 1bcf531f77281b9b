//! STIX 2.0 and 2.1: a bundle, an envelope of TAXII, or one object alone.
//!
//! Every object gives at least one record: an indicator one for each alternative of its pattern, observed data as
//! many as its addresses need, anything else one whose identifier is `stix:` and its type. What no column holds is
//! kept in `extra`; of several records of one object the first holds it. Observables that observed data
//! refer to are in its records. What other objects of the same bundle say (malware indicated, who made it,
//! markings) is looked up.

mod index;
mod object;
mod observable;
mod pattern;
mod words;

use serde_json::{Map, Value};

use crate::intelmq::piece::{self, Harvest};
use crate::reading::{Outcome, Reader, Reason};
use index::Index;

/// Reads it.
pub(crate) struct Stix;

impl Reader for Stix {
    fn read(&mut self, piece: &[u8], out: &mut Vec<Outcome>) {
        match piece::object(piece).and_then(|tree| tree.map_or(Ok(Vec::new()), read)) {
            Ok(outcomes) => out.extend(outcomes),
            Err(reason) => out.push(Outcome::Quarantined(reason)),
        }
    }

    fn fork(&self) -> Option<Box<dyn Reader>> {
        Some(Box::new(Self))
    }
}

fn read(tree: Map<String, Value>) -> Result<Vec<Outcome>, Reason> {
    let objects = objects(tree)?;
    if objects.is_empty() {
        return Err(Reason::Empty);
    }
    let index = Index::of(&objects);
    let mut harvest = Harvest::new(RECORDS_MAX);
    for object in &objects {
        match object.as_object().filter(|object| is_object(object)) {
            Some(object) => object::read(object, &index, &mut harvest)?,
            None => harvest.refuse(Reason::NotThisFormat)?,
        }
    }
    Ok(harvest.outcomes())
}

fn objects(mut tree: Map<String, Value>) -> Result<Vec<Value>, Reason> {
    let is_bundle = tree.get("type").is_none_or(|kind| kind == "bundle");
    match tree.get_mut("objects").filter(|_| is_bundle).map(Value::take) {
        Some(Value::Array(objects)) => Ok(objects),
        None if tree.get("type").is_some_and(|kind| kind == "bundle") => Err(Reason::Empty),
        None if is_object(&tree) => Ok(vec![Value::Object(tree)]),
        Some(_) | None => Err(Reason::NotThisFormat),
    }
}

/// Whether something says that it is an object of STIX: a type, and an id of that type.
fn is_object(object: &Map<String, Value>) -> bool {
    let text = |name: &str| object.get(name).and_then(Value::as_str).unwrap_or_default();
    let kind = text("type");
    !kind.is_empty() && text("id").strip_prefix(kind).is_some_and(|rest| rest.starts_with("--"))
}

/// Records one bundle may give.
const RECORDS_MAX: usize = 200_000;

#[cfg(test)]
mod tests;

//! MISP's core format: an event, the answer of a server with several, or attributes alone.
//!
//! The event gives one record with whatever it says of itself, and each attribute (of the event, of its
//! objects, proposed ones too) one more. Tags say marking, type and malware: the attribute's own before those of its
//! object and of the event. What no column holds is kept in `extra`.

mod event;
mod kinds;

use serde_json::{Map, Value};

use crate::intelmq::piece::{self, Harvest};
use crate::reading::{Outcome, Reader, Reason};

/// Reads it.
pub(crate) struct Misp;

impl Reader for Misp {
    fn read(&mut self, piece: &[u8], out: &mut Vec<Outcome>) {
        match piece::object(piece).and_then(|tree| tree.map_or(Ok(Vec::new()), |tree| read(&tree)))
        {
            Ok(outcomes) => out.extend(outcomes),
            Err(reason) => out.push(Outcome::Quarantined(reason)),
        }
    }

    fn fork(&self) -> Option<Box<dyn Reader>> {
        Some(Box::new(Self))
    }
}

fn read(tree: &Map<String, Value>) -> Result<Vec<Outcome>, Reason> {
    let mut harvest = Harvest::new(RECORDS_MAX);
    match tree.get("response") {
        Some(Value::Array(events)) => {
            for one in events {
                read_one(one, &mut harvest)?;
            }
        }
        Some(one) => read_one(one, &mut harvest)?,
        None => read_event(tree, &mut harvest)?,
    }
    let outcomes = harvest.outcomes();
    if outcomes.is_empty() { Err(Reason::Empty) } else { Ok(outcomes) }
}

/// One of several: what is no event is refused alone.
fn read_one(one: &Value, harvest: &mut Harvest) -> Result<(), Reason> {
    match one.as_object().map(|one| read_event(one, harvest)) {
        Some(Err(Reason::NotThisFormat)) | None => harvest.refuse(Reason::NotThisFormat),
        Some(result) => result,
    }
}

fn read_event(tree: &Map<String, Value>, harvest: &mut Harvest) -> Result<(), Reason> {
    if let Some(Value::Object(event)) = tree.get("Event") {
        return event::read(event, harvest);
    }
    if tree.get("Attribute").is_some_and(Value::is_object) {
        let mut listed = tree.clone();
        listed.entry("Attribute").and_modify(|one| *one = Value::Array(vec![one.take()]));
        return event::read(&listed, harvest);
    }
    let is_event = ["info", "Attribute", "Object"].iter().any(|name| tree.contains_key(*name));
    if is_event { event::read(tree, harvest) } else { Err(Reason::NotThisFormat) }
}

/// Records one piece may give.
const RECORDS_MAX: usize = 200_000;

#[cfg(test)]
mod tests;

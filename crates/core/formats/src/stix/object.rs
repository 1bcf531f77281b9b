//! One object and its records.

use std::collections::BTreeSet;

use fengsui_records::{Classification, Column, Record};
use serde_json::{Map, Value};

use super::index::{Index, references, text};
use super::observable::{self, Fact, Put};
use super::{pattern, words};
use crate::intelmq::piece::{self, Harvest};
use crate::reading::Reason;

type Object = Map<String, Value>;

/// Reads one object.
pub(super) fn read(
    object: &Object,
    index: &Index<'_>,
    harvest: &mut Harvest,
) -> Result<(), Reason> {
    let id = text(object, "id");
    if index.is_observed(object) {
        return Ok(());
    }
    let base = base(object, index);
    let groups = match text(object, "type") {
        "indicator" => indicated(object),
        "observed-data" => observed(object, index),
        "sighting" | "relationship" => vec![Vec::new()],
        _ => packed(vec![observable::of_object(object, &|id| index.object(id))]),
    };
    for (at, facts) in groups.iter().enumerate() {
        let mut record = base.clone();
        for fact in facts {
            observable::put(fact, &mut record);
        }
        if at == 0 {
            keep_rest(object, index, &mut record);
        }
        piece::set_key(&mut record, id, at);
        harvest.push(record)?;
    }
    Ok(())
}

/// What all records of an object have in common.
fn base<'a>(object: &'a Object, index: &Index<'a>) -> Record {
    let kind = text(object, "type");
    let mut record = Record::new();
    let when = when(kind).iter().find_map(|name| piece::instant(text(object, name)));
    if let Some(at) = when {
        record.set(Column::TimeSource, fengsui_records::Value::Time(at));
    }
    record.classify(classification(object));
    piece::set_readable(&mut record, Column::Identifier, &format!("stix:{kind}"));
    let mut called = references(object, "indicator_types").chain(references(object, "labels"));
    if let Some(first) = called.next().filter(|_| kind == "indicator") {
        piece::set_readable(&mut record, Column::Identifier, first);
    }
    if let Some(maker) = index.name(text(object, "created_by_ref")) {
        piece::set_readable(&mut record, Column::Provider, maker);
    }
    describe(object, &mut record);
    name_malware(object, index, &mut record);
    if let Some(marking) = index.tlp(object) {
        record.set_static(Column::Tlp, marking);
    }
    if object.get("revoked") == Some(&Value::Bool(true)) {
        record.set_static(Column::Status, "revoked");
    }
    if let Some(confidence) = object.get("confidence") {
        piece::take_accuracy(&mut record, confidence);
    }
    for count in ["number_observed", "count"].iter().filter_map(|name| object.get(*name)) {
        piece::take(&mut record, Column::Count, count);
    }
    record
}

fn describe(object: &Object, record: &mut Record) {
    let (name, description) = (text(object, "name"), text(object, "description"));
    if text(object, "type") == "indicator" {
        piece::set_readable(record, Column::SignatureName, name);
    }
    let said = if description.is_empty() { name } else { description };
    piece::set_readable(record, Column::Description, said);
    let references = object.get("external_references").and_then(Value::as_array);
    for reference in references.into_iter().flatten().filter_map(Value::as_object) {
        let (id, url) = (text(reference, "external_id"), text(reference, "url"));
        if id.starts_with("CVE-") && record.get(Column::Vulnerability).is_none() {
            piece::set_readable(record, Column::Vulnerability, id);
        }
        if record.get(Column::DescriptionUrl).is_none() {
            piece::set_readable(record, Column::DescriptionUrl, url);
        }
    }
}

fn name_malware(object: &Object, index: &Index<'_>, record: &mut Record) {
    let seen = text(object, "sighting_of_ref");
    let malware = match text(object, "type") {
        "malware" => Some(text(object, "name")),
        "sighting" if seen.starts_with("malware--") => index.name(seen),
        "sighting" => index.malware(seen),
        _ => index.malware(text(object, "id")),
    };
    if let Some(malware) = malware {
        piece::set_readable(record, Column::MalwareName, &malware.to_lowercase());
    }
}

fn classification(object: &Object) -> Classification {
    let lists = ["labels", "indicator_types", "infrastructure_types"];
    let words = lists.into_iter().flat_map(|list| references(object, list));
    let phases = object.get("kill_chain_phases").and_then(Value::as_array).into_iter().flatten();
    let phases = phases.filter_map(|phase| phase.get("phase_name")).filter_map(Value::as_str);
    words::classification(words.chain(phases))
}

/// The alternatives of an indicator; one that is not simple is one record, its pattern whole.
fn indicated(object: &Object) -> Vec<Vec<Fact>> {
    let language = text(object, "pattern_type");
    let is_ours = language.is_empty() || language == "stix";
    let alternatives = if is_ours { pattern::alternatives(text(object, "pattern")) } else { None };
    let facts = alternatives
        .unwrap_or_default()
        .into_iter()
        .map(|all| all.iter().map(observable::of_comparison).collect::<Vec<_>>());
    let known: Vec<Vec<Fact>> = facts.filter(|facts| is_any_known(facts)).collect();
    if known.is_empty() { vec![Vec::new()] } else { known }
}

fn is_any_known(facts: &[Fact]) -> bool {
    let mut tried = Record::new();
    facts.iter().any(|fact| observable::put(fact, &mut tried) == Put::Taken)
}

/// What was observed: observables by reference (2.1), or within the object by number (2.0).
fn observed<'a>(object: &'a Object, index: &Index<'a>) -> Vec<Vec<Fact>> {
    let parts = parts(object, index);
    let within = object.get("objects").and_then(Value::as_object);
    let resolve = |id: &str| {
        within.and_then(|within| within.get(id)).and_then(Value::as_object).or(index.object(id))
    };
    // What traffic refers to is said by the traffic; it needs no record beside it.
    let spoken_for: BTreeSet<&str> = parts
        .iter()
        .filter(|(_, part)| text(part, "type") == "network-traffic")
        .flat_map(|(_, part)| [text(part, "src_ref"), text(part, "dst_ref")])
        .collect();
    let own = parts.iter().filter(|(id, _)| !spoken_for.contains(id));
    packed(own.map(|(_, part)| observable::of_object(part, &resolve)).collect())
}

fn parts<'a>(object: &'a Object, index: &Index<'a>) -> Vec<(&'a str, &'a Object)> {
    let within = object.get("objects").and_then(Value::as_object).into_iter().flatten();
    let within = within.filter_map(|(key, part)| Some((key.as_str(), part.as_object()?)));
    within.chain(index.referred(object)).collect()
}

/// Puts observables together as long as no two want one column; from there on it is another record.
fn packed(observables: Vec<Vec<Fact>>) -> Vec<Vec<Fact>> {
    let mut groups: Vec<(Record, Vec<Fact>)> = vec![(Record::new(), Vec::new())];
    for facts in observables {
        let Some((held, group)) = groups.last_mut() else { continue };
        let mut tried = held.clone();
        let is_occupied =
            facts.iter().filter(|fact| observable::put(fact, &mut tried) == Put::Occupied).count()
                > 0;
        if is_occupied {
            let mut fresh = Record::new();
            for fact in &facts {
                observable::put(fact, &mut fresh);
            }
            groups.push((fresh, facts));
        } else {
            *held = tried;
            group.extend(facts);
        }
    }
    groups.into_iter().map(|(_, facts)| facts).collect()
}

/// Keeps what no column says as it was said.
fn keep_rest<'a>(object: &'a Object, index: &Index<'a>, record: &mut Record) {
    let kind = text(object, "type");
    let in_columns = |name: &str| match name {
        "id" => true,
        "revoked" => object.get(name).is_some_and(Value::is_boolean),
        "confidence" => record.get(Column::Accuracy).is_some(),
        "count" | "number_observed" => record.get(Column::Count).is_some(),
        "description" => record.text(Column::Description) == Some(text(object, name).trim()),
        "name" => {
            let name = text(object, name).trim();
            [Column::Description, Column::SignatureName]
                .iter()
                .any(|c| record.text(*c) == Some(name))
        }
        "valid_from" | "first_observed" | "last_seen" | "modified" => {
            let at = piece::instant(text(object, name));
            at.is_some() && at == record.time(Column::TimeSource)
        }
        _ => false,
    };
    let rest: Vec<(&String, &Value)> =
        object.iter().filter(|(name, _)| !in_columns(name)).collect();
    for (name, value) in rest {
        piece::keep(record, name, value);
    }
    if kind == "observed-data" {
        let referred = index.referred(object).into_iter();
        let referred = referred.map(|(_, object)| Value::Object(object.clone())).collect();
        observable::keep(record, referred);
    }
}

/// Members that say when, the most telling first.
fn when(kind: &str) -> &'static [&'static str] {
    match kind {
        "indicator" => &["valid_from", "modified", "created"],
        "observed-data" => &["first_observed", "modified", "created"],
        "sighting" => &["last_seen", "first_seen", "modified", "created"],
        _ => &["modified", "created"],
    }
}

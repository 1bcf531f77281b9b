//! One event: what its attributes have in common, and each of them.

use std::borrow::Cow;

use fengsui_records::{Classification, Column, Record, Value as Cell};
use jiff::Timestamp;
use serde_json::{Map, Value};

use super::kinds::{self, Part};
use crate::blocklist::addresses::prefixes;
use crate::intelmq::piece::{self, Harvest};
use crate::reading::Reason;

type Object = Map<String, Value>;

/// Reads one event: a record for itself, where it says anything, and one for each attribute.
pub(super) fn read(event: &Object, harvest: &mut Harvest) -> Result<(), Reason> {
    let scene = Scene::of(event);
    let is_said = event.keys().any(|name| !PARTS.contains(&name.as_str()));
    if is_said {
        harvest.push(scene.own_record(event))?;
    }
    for (attribute, standing) in attributes(event) {
        scene.attribute(attribute, (Holder::Event, standing), harvest)?;
    }
    for object in list(event, "Object") {
        match object.as_object() {
            Some(object) => scene.object(object, harvest)?,
            None => harvest.refuse(Reason::NotThisFormat)?,
        }
    }
    Ok(())
}

/// What all attributes of an event have in common.
struct Scene<'a> {
    event: &'a Object,
    tags: Vec<&'a str>,
    base: Record,
}

/// What an attribute is a part of.
#[derive(Clone, Copy)]
enum Holder<'a> {
    Event,
    /// The first of an object has with it what the object says of itself.
    FirstOf(&'a Object),
    Object(&'a Object),
}

impl<'a> Holder<'a> {
    fn object(self) -> Option<&'a Object> {
        match self {
            Self::Event => None,
            Self::FirstOf(object) | Self::Object(object) => Some(object),
        }
    }
}

/// Whether an attribute is said or only proposed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Standing {
    Said,
    Proposed,
}

impl<'a> Scene<'a> {
    fn of(event: &'a Object) -> Self {
        let mut base = Record::new();
        piece::set_readable(&mut base, Column::Description, text(event, "info"));
        let maker = event.get("Orgc").or_else(|| event.get("Org")).and_then(Value::as_object);
        if let Some(maker) = maker {
            piece::set_readable(&mut base, Column::Provider, text(maker, "name"));
        }
        Self { event, tags: tags(event), base }
    }

    /// The event itself: whatever it says beyond its attributes.
    fn own_record(&self, event: &Object) -> Record {
        let mut record = self.base.clone();
        record.set_static(Column::Identifier, "misp:event");
        set_time(&mut record, &[(event, "timestamp"), (event, "date")]);
        apply_tags(&mut record, [&self.tags]);
        piece::set_key(&mut record, text(event, "uuid"), 0);
        if is_deleted(event) {
            record.set_static(Column::Status, "deleted");
        }
        let info = text(event, "info").trim();
        let is_in_column = |name: &str, value: &Value| {
            has_own_records(name, value)
                || name == "uuid" && record.text(Column::SourceKey) == Some(text(event, name))
                || name == "info" && record.text(Column::Description) == Some(info)
        };
        let rest: Vec<_> =
            event.iter().filter(|(name, value)| !is_in_column(name, value)).collect();
        for (name, value) in rest {
            piece::keep(&mut record, name, value);
        }
        record
    }

    fn object(&self, object: &Object, harvest: &mut Harvest) -> Result<(), Reason> {
        let mut holder = Holder::FirstOf(object);
        for (attribute, standing) in attributes(object) {
            self.attribute(attribute, (holder, standing), harvest)?;
            holder = Holder::Object(object);
        }
        match holder {
            Holder::FirstOf(_) => harvest.push(self.bare_object(object)),
            Holder::Event | Holder::Object(_) => Ok(()),
        }
    }

    fn attribute(
        &self,
        attribute: &Value,
        (holder, standing): (Holder<'_>, Standing),
        harvest: &mut Harvest,
    ) -> Result<(), Reason> {
        let Some(attribute) = attribute.as_object() else {
            return harvest.refuse(Reason::NotThisFormat);
        };
        harvest.push(self.record(attribute, holder, standing))?;
        for proposal in list(attribute, "ShadowAttribute") {
            match proposal.as_object() {
                Some(proposal) => {
                    harvest.push(self.record(proposal, holder, Standing::Proposed))?;
                }
                None => harvest.refuse(Reason::NotThisFormat)?,
            }
        }
        Ok(())
    }

    fn record(&self, attribute: &Object, holder: Holder<'_>, standing: Standing) -> Record {
        let mut record = self.base.clone();
        let kind = text(attribute, "type");
        piece::set_readable(&mut record, Column::Identifier, &format!("misp:{kind}"));
        set_time(
            &mut record,
            &[
                (attribute, "first_seen"),
                (attribute, "timestamp"),
                (self.event, "timestamp"),
                (self.event, "date"),
            ],
        );
        let (own, of_object) = (tags(attribute), self.keep_holder(holder, &mut record));
        apply_tags(&mut record, [&own, &of_object, &self.tags]);
        piece::set_key(&mut record, text(attribute, "uuid"), 0);
        let is_deleted = is_deleted(attribute)
            || holder.object().is_some_and(is_deleted)
            || is_deleted(self.event);
        match (is_deleted, standing) {
            (true, _) => record.set_static(Column::Status, "deleted"),
            (false, Standing::Proposed) => record.set_static(Column::Status, "proposed"),
            (false, Standing::Said) => {}
        }
        let value = take_value(kind, attribute, &mut record);
        keep_rest(attribute, value, &mut record);
        record
    }

    /// Says which event and which object it is of, and gives the tags of that object.
    fn keep_holder<'b>(&self, holder: Holder<'b>, record: &mut Record) -> Vec<&'b str> {
        record.keep_text("event", text(self.event, "uuid"));
        let Some(object) = holder.object() else { return Vec::new() };
        record.keep_text("object", text(object, "name"));
        record.keep_text("object_uuid", text(object, "uuid"));
        if let Holder::FirstOf(_) = holder {
            let rest = object.iter().filter(|(name, value)| !has_own_records(name, value));
            let rest: Object = rest.map(|(name, value)| (name.clone(), value.clone())).collect();
            piece::keep(record, "Object", &Value::Object(rest));
        }
        tags(object)
    }

    /// An object without attributes still says something.
    fn bare_object(&self, object: &Object) -> Record {
        let mut record = self.base.clone();
        record.set_static(Column::Identifier, "misp:object");
        set_time(
            &mut record,
            &[(object, "timestamp"), (self.event, "timestamp"), (self.event, "date")],
        );
        apply_tags(&mut record, [&tags(object), &self.tags]);
        piece::set_key(&mut record, text(object, "uuid"), 0);
        if is_deleted(object) || is_deleted(self.event) {
            record.set_static(Column::Status, "deleted");
        }
        record.keep_text("event", text(self.event, "uuid"));
        for (name, value) in object.iter().filter(|(name, _)| *name != "uuid") {
            piece::keep(&mut record, name, value);
        }
        record
    }
}

/// The attributes of an event or an object, and those that are proposed for it.
fn attributes(holder: &Object) -> impl Iterator<Item = (&Value, Standing)> {
    let said = list(holder, "Attribute").iter().map(|one| (one, Standing::Said));
    said.chain(list(holder, "ShadowAttribute").iter().map(|one| (one, Standing::Proposed)))
}

/// Whether a member of an event or an object is a list whose parts have records of their own.
fn has_own_records(name: &str, value: &Value) -> bool {
    PARTS.contains(&name) && value.is_array()
}

/// Whether the value of an attribute is in columns as a whole.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Taken {
    Whole,
    NotWhole,
}

fn take_value(kind: &str, attribute: &Object, record: &mut Record) -> Taken {
    let number = attribute.get("value").filter(|value| value.is_number()).map(Value::to_string);
    let value = number.as_deref().unwrap_or(text(attribute, "value"));
    let Some(parts) = kinds::parts(kind) else { return Taken::NotWhole };
    let written: Vec<&str> = value.splitn(parts.len(), '|').collect();
    if written.len() != parts.len() {
        return Taken::NotWhole;
    }
    let taken: Vec<bool> = parts
        .iter()
        .zip(written)
        .map(|(part, text)| take_part(*part, text.trim(), record))
        .collect();
    if taken.into_iter().all(|taken| taken) { Taken::Whole } else { Taken::NotWhole }
}

fn take_part(part: Part, text: &str, record: &mut Record) -> bool {
    match part {
        Part::Address => {
            let found = prefixes(text).and_then(|found| <[_; 1]>::try_from(found).ok());
            let is_one = found.is_some();
            if let Some([prefix]) = found {
                prefix.set(record, Column::SourceIp, Column::SourceNetwork);
            }
            is_one
        }
        Part::Hash(column, digits) => {
            let is_hash = text.len() == digits && text.bytes().all(|byte| byte.is_ascii_hexdigit());
            if is_hash {
                piece::set_readable(record, column, &text.to_ascii_lowercase());
            }
            is_hash
        }
        Part::Column(column) => match column.kind().read(text) {
            Some(value) => {
                record.set(column, value);
                true
            }
            None => false,
        },
        Part::Extra(name) => {
            record.keep_text(name, text);
            true
        }
    }
}

fn keep_rest(attribute: &Object, value: Taken, record: &mut Record) {
    let is_in_column = |name: &str| match name {
        "value" => value == Taken::Whole,
        "uuid" => record.text(Column::SourceKey) == Some(text(attribute, name)),
        "ShadowAttribute" => attribute.get(name).is_some_and(Value::is_array),
        _ => false,
    };
    let rest: Vec<_> = attribute.iter().filter(|(name, _)| !is_in_column(name)).collect();
    for (name, value) in rest {
        piece::keep(record, name, value);
    }
}

/// Marking, type and malware: each from the nearest tags that say it.
fn apply_tags<'a, const N: usize>(record: &mut Record, nearest_first: [&Vec<&'a str>; N]) {
    let first = |tags: &[&'a str]| {
        let marks = tags.iter().filter(|tag| tag.to_ascii_lowercase().starts_with("tlp"));
        marks.filter_map(|tag| piece::tlp(tag)).max_by_key(|marking| strictness(marking))
    };
    if let Some(marking) = nearest_first.iter().find_map(|tags| first(tags)) {
        record.set_static(Column::Tlp, marking);
    }
    let all = || nearest_first.iter().flat_map(|tags| tags.iter().copied());
    let classification = all().find_map(kinds::classification);
    record.classify(classification.unwrap_or(Classification::Undetermined));
    if let Some(malware) = all().find_map(kinds::malware) {
        piece::set_readable(record, Column::MalwareName, &malware.to_lowercase());
    }
}

/// How strict a marking is: of several the strictest holds.
fn strictness(marking: &str) -> usize {
    const ORDER: &[&str] = &["CLEAR", "GREEN", "AMBER", "AMBER+STRICT", "RED"];
    ORDER.iter().position(|known| *known == marking).unwrap_or_default()
}

/// Names of tags, as events, attributes and lists of events hold them.
fn tags(holder: &Object) -> Vec<&str> {
    let plain = list(holder, "Tag").iter();
    let joined = list(holder, "EventTag").iter().filter_map(|tag| tag.get("Tag"));
    plain.chain(joined).filter_map(|tag| tag.get("name")).filter_map(Value::as_str).collect()
}

fn set_time(record: &mut Record, places: &[(&Object, &str)]) {
    let said = places.iter().find_map(|(holder, name)| holder.get(*name).and_then(instant));
    if let Some(at) = said {
        record.set(Column::TimeSource, Cell::Time(at));
    }
}

/// An instant: seconds since 1970, or a text. Nought means: never.
fn instant(value: &Value) -> Option<Timestamp> {
    let text: Cow<'_, str> = match value {
        Value::String(text) => Cow::Borrowed(text),
        Value::Number(number) => Cow::Owned(number.to_string()),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => return None,
    };
    match text.trim().parse::<i64>() {
        Ok(0) => None,
        Ok(seconds) => Timestamp::from_second(seconds).ok(),
        Err(_) => piece::instant(&text),
    }
}

fn is_deleted(holder: &Object) -> bool {
    match holder.get("deleted") {
        Some(Value::Bool(deleted)) => *deleted,
        Some(Value::String(text)) => text == "1",
        Some(Value::Number(number)) => number.as_i64() == Some(1),
        Some(Value::Null | Value::Array(_) | Value::Object(_)) | None => false,
    }
}

fn list<'a>(holder: &'a Object, name: &str) -> &'a [Value] {
    holder.get(name).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

fn text<'a>(holder: &'a Object, name: &str) -> &'a str {
    holder.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// Members of an event that have records of their own.
const PARTS: &[&str] = &["Attribute", "Object", "ShadowAttribute"];

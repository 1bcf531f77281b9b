//! An entry as a line of JSON: what is exported, and what a package of evidence holds.
//!
//! The payload stands in it byte for byte, so that whoever has the line can compute its hash.

use fengsui_store::{Entry, Hash};
use fengsui_vocabulary::{CommandId, Realm};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::DeskFault;
use crate::desk::unreadable;

/// The fields of an entry in the order of the alphabet.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct EntryLine<'a> {
    actor: String,
    command_id: CommandId,
    happened_at: Timestamp,
    hash: String,
    kind: String,
    kind_version: u16,
    on_behalf_of: Option<String>,
    #[serde(borrow)]
    payload: &'a RawValue,
    position: u64,
    previous: String,
    realm: Realm,
    recorded_at: Timestamp,
    stream: String,
    version: u64,
}

/// An entry as one line, without its end.
pub(crate) fn exported(entry: &Entry) -> Result<String, DeskFault> {
    let line = EntryLine {
        actor: entry.actor.clone(),
        command_id: entry.command_id,
        happened_at: entry.happened_at,
        hash: entry.hash.to_string(),
        kind: entry.kind.clone(),
        kind_version: entry.kind_version,
        on_behalf_of: entry.on_behalf_of.clone(),
        payload: serde_json::from_str(&entry.payload).map_err(unreadable)?,
        position: entry.position,
        previous: entry.previous.to_string(),
        realm: entry.realm.clone(),
        recorded_at: entry.recorded_at,
        stream: entry.stream.clone(),
        version: entry.version,
    };
    serde_json::to_string(&line).map_err(unreadable)
}

/// Reads such a line.
pub(crate) fn imported(line: &str) -> Result<Entry, serde_json::Error> {
    let line: EntryLine<'_> = serde_json::from_str(line)?;
    let hash = |text: &str| text.parse::<Hash>().map_err(serde::de::Error::custom);
    Ok(Entry {
        position: line.position,
        version: line.version,
        realm: line.realm,
        recorded_at: line.recorded_at,
        happened_at: line.happened_at,
        on_behalf_of: line.on_behalf_of,
        command_id: line.command_id,
        kind_version: line.kind_version,
        payload: line.payload.get().to_owned(),
        previous: hash(&line.previous)?,
        hash: hash(&line.hash)?,
        stream: line.stream,
        actor: line.actor,
        kind: line.kind,
    })
}

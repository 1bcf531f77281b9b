//! Many incidents made of one, so that a benchmark has a full record. No program that serves has this.

use std::ops::Range;

use fengsui_response::Actor;
use fengsui_response::incident::Incident;
use fengsui_store::{Commit, Entry, NewEntry, StreamCommit};
use fengsui_vocabulary::{IncidentId, Realm};
use jiff::{SignedDuration, Timestamp};

use crate::blobs::references;
use crate::desk::unreadable;
use crate::project;
use crate::stream::{ENTRIES_MAX, Loaded, incident_stream};
use crate::{Desk, DeskFault};

/// An incident that is copied.
#[derive(Clone, Debug)]
pub struct IncidentModel {
    incident: IncidentId,
    number: String,
    entries: Vec<Entry>,
}

impl Desk {
    /// Writes copies of an incident in one commit, one for each number: the same entries under another
    /// id and number, so many minutes earlier, and the rows that follow. Says how many entries that were.
    pub async fn copy_incident(
        &self,
        incident: IncidentId,
        numbers: Range<u64>,
        now: Timestamp,
    ) -> Result<u64, DeskFault> {
        let stream = incident_stream(incident);
        let entries = self.store().stream(&stream, 0, ENTRIES_MAX).await?;
        let mut model = Loaded::<Incident>::new(stream);
        entries.iter().try_for_each(|entry| model.fold(entry))?;
        let number = model.state.heading.map(|heading| heading.number).ok_or(DeskFault::Absent)?;
        let person = Actor::PROGRAM.to_string();
        let mut commit = Commit::of(self.command_id(), Realm::Live, person.clone(), now);
        for copy in numbers {
            let id = self.draw_incident();
            let told = |text: &str| {
                text.replace(&incident.to_string(), &id.to_string())
                    .replace(&*number, &format!("2026-{copy:06}"))
            };
            let earlier = SignedDuration::from_mins(i64::try_from(copy).unwrap_or(0));
            let happened: Vec<Entry> = entries
                .iter()
                .map(|entry| Entry {
                    payload: told(&entry.payload),
                    happened_at: entry.happened_at - earlier,
                    recorded_at: now,
                    actor: person.clone(),
                    on_behalf_of: None,
                    ..entry.clone()
                })
                .collect();
            commit.streams.push(self.copied(incident_stream(id), &happened)?);
        }
        let committed = self.append(commit).await?;
        Ok(u64::try_from(committed.entries.len()).unwrap_or(u64::MAX))
    }

    /// An incident as it is now, to be copied later.
    pub async fn incident_model(&self, incident: IncidentId) -> Result<IncidentModel, DeskFault> {
        let stream = incident_stream(incident);
        let entries = self.store().stream(&stream, 0, ENTRIES_MAX).await?;
        let mut loaded = Loaded::<Incident>::new(stream);
        entries.iter().try_for_each(|entry| loaded.fold(entry))?;
        let number = loaded.state.heading.map(|heading| heading.number).ok_or(DeskFault::Absent)?;
        Ok(IncidentModel { incident, number: number.to_string(), entries })
    }

    /// Writes copies of an incident in one commit as if all of it had happened so much later, each with
    /// its own delay; every time in it moves along.
    pub async fn copy_incident_later(
        &self,
        model: &IncidentModel,
        (first, delays): (u64, &[SignedDuration]),
        now: Timestamp,
    ) -> Result<(), DeskFault> {
        let person = Actor::PROGRAM.to_string();
        let mut commit = Commit::of(self.command_id(), Realm::Live, person.clone(), now);
        for (copy, delay) in (first..).zip(delays) {
            let id = self.draw_incident();
            let mut happened = Vec::new();
            for entry in &model.entries {
                let text = entry
                    .payload
                    .replace(&model.incident.to_string(), &id.to_string())
                    .replace(&model.number, &format!("2026-{copy:06}"));
                let mut payload = serde_json::from_str(&text).map_err(unreadable)?;
                delay_times(&mut payload, *delay);
                happened.push(Entry {
                    payload: payload.to_string(),
                    happened_at: entry.happened_at + *delay,
                    recorded_at: now,
                    actor: person.clone(),
                    on_behalf_of: None,
                    ..entry.clone()
                });
            }
            commit.streams.push(self.copied(incident_stream(id), &happened)?);
        }
        self.append(commit).await.map(|_| ())
    }

    fn copied(&self, stream: String, entries: &[Entry]) -> Result<StreamCommit, DeskFault> {
        let mut loaded = Loaded::<Incident>::new(stream.clone());
        entries.iter().try_for_each(|entry| loaded.fold(entry))?;
        let rows = project::incident_rows(&loaded, &self.packs());
        Ok(StreamCommit {
            stream,
            expected: 0,
            entries: entries.iter().map(again).collect(),
            boards: rows.boards,
            sight: Some(rows.sight),
        })
    }
}

/// Every text that is a time becomes a later one.
fn delay_times(value: &mut serde_json::Value, delay: SignedDuration) {
    match value {
        serde_json::Value::String(text) => {
            if let Ok(at) = text.parse::<Timestamp>() {
                *text = (at + delay).to_string();
            }
        }
        serde_json::Value::Array(items) => items.iter_mut().for_each(|it| delay_times(it, delay)),
        serde_json::Value::Object(fields) => {
            fields.values_mut().for_each(|it| delay_times(it, delay));
        }
        serde_json::Value::Null | serde_json::Value::Bool(_) | serde_json::Value::Number(_) => {}
    }
}

fn again(entry: &Entry) -> NewEntry {
    NewEntry {
        kind: entry.kind.clone(),
        kind_version: entry.kind_version,
        happened_at: entry.happened_at,
        blobs: references(&entry.payload).into_iter().map(|reference| reference.blob).collect(),
        payload: entry.payload.clone(),
    }
}

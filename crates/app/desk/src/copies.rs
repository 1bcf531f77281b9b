//! Many incidents made of one, so that a benchmark has a full record. No program that serves has this.

use std::ops::Range;

use fengsui_response::Actor;
use fengsui_response::incident::Incident;
use fengsui_store::{Commit, Entry, NewEntry, StreamCommit};
use fengsui_vocabulary::{IncidentId, Realm};
use jiff::Timestamp;

use crate::blobs::references;
use crate::project;
use crate::stream::{ENTRIES_MAX, Loaded, incident_stream};
use crate::{Desk, DeskFault};

impl Desk {
    /// Writes copies of an incident in one commit, one for each number: the same entries under another
    /// id and number, and the rows that follow. Says how many entries that were.
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
        let mut commit = Commit::of(self.command_id(), Realm::Live, person, now);
        for copy in numbers {
            let id = self.draw_incident();
            let told = |text: &str| {
                text.replace(&incident.to_string(), &id.to_string())
                    .replace(&*number, &format!("2026-{copy:06}"))
            };
            commit.streams.push(self.copied(incident_stream(id), &entries, &told, now)?);
        }
        let committed = self.append(commit).await?;
        Ok(u64::try_from(committed.entries.len()).unwrap_or(u64::MAX))
    }

    fn copied(
        &self,
        stream: String,
        entries: &[Entry],
        told: &impl Fn(&str) -> String,
        now: Timestamp,
    ) -> Result<StreamCommit, DeskFault> {
        let mut loaded = Loaded::<Incident>::new(stream.clone());
        let mut copied = Vec::with_capacity(entries.len());
        for entry in entries {
            let payload = told(&entry.payload);
            copied.push(NewEntry {
                kind: entry.kind.clone(),
                kind_version: entry.kind_version,
                happened_at: entry.happened_at,
                blobs: references(&payload).into_iter().map(|reference| reference.blob).collect(),
                payload: payload.clone(),
            });
            let actor = Actor::PROGRAM.to_string();
            let entry =
                Entry { payload, recorded_at: now, actor, on_behalf_of: None, ..entry.clone() };
            loaded.fold(&entry)?;
        }
        let rows = project::incident_rows(&loaded, &self.packs());
        Ok(StreamCommit {
            stream,
            expected: 0,
            entries: copied,
            boards: rows.boards,
            sight: Some(rows.sight),
        })
    }
}

//! Streams of the journal, read and folded.

use fengsui_response::accountability::{self, Accountability};
use fengsui_response::call_out::{self, CallOut};
use fengsui_response::centre::{self, Centre};
use fengsui_response::custody::{self, Custody};
use fengsui_response::dispatch::{self, Dispatch};
use fengsui_response::incident::{self, Incident};
use fengsui_response::message::{self, Message};
use fengsui_response::organisation::{self, Organisation};
use fengsui_response::person::{self, Person};
use fengsui_response::report::{self, Report};
use fengsui_response::roster::{self, Month, RosterMonth, RosterSettings};
use fengsui_response::shift::{self, Shift};
use fengsui_response::{
    AccountabilityEvent, CallOutEvent, CentreEvent, CustodyEvent, Decided, DispatchEvent,
    IncidentEvent, MessageEvent, OrganisationEvent, PersonEvent, Recorded, ReportEvent,
    RosterEvent, RosterSettingsEvent, ShiftEvent, Stored, Unreadable,
};
use fengsui_store::{Entry, NewEntry, StreamCommit, StreamRows};
use fengsui_vocabulary::{
    AccountabilityId, CallOutId, IncidentId, MessageId, OrganisationId, PersonId, ReportId, ShiftId,
};
use jiff::Timestamp;

use crate::blobs::references;
use crate::clock::microseconds;
use crate::{Desk, DeskFault};

/// Entries of one stream at most; a longer one is a design fault.
pub(crate) const ENTRIES_MAX: u32 = 5_000;

/// The stream of the centre itself.
pub(crate) const CENTRE: &str = "centre";

/// The stream of a report.
pub(crate) fn report_stream(report: ReportId) -> String {
    format!("report:{report}")
}

/// The stream of an incident.
pub(crate) fn incident_stream(incident: IncidentId) -> String {
    format!("incident:{incident}")
}

/// The incident whose stream this is.
pub(crate) fn incident_of(stream: &str) -> Option<IncidentId> {
    stream.strip_prefix("incident:")?.parse().ok()
}

/// The stream of an organisation.
pub(crate) fn organisation_stream(organisation: OrganisationId) -> String {
    format!("organisation:{organisation}")
}

/// The organisation whose stream this is.
pub(crate) fn organisation_of(stream: &str) -> Option<OrganisationId> {
    stream.strip_prefix("organisation:")?.parse().ok()
}

/// The stream of a person.
pub(crate) fn person_stream(person: PersonId) -> String {
    format!("person:{person}")
}

/// The stream of an accountability file.
pub(crate) fn accountability_stream(file: AccountabilityId) -> String {
    format!("accountability:{file}")
}

/// The stream of a message.
pub(crate) fn message_stream(message: MessageId) -> String {
    format!("message:{message}")
}

/// The message whose stream this is.
pub(crate) fn message_of(stream: &str) -> Option<MessageId> {
    stream.strip_prefix("message:")?.parse().ok()
}

/// The stream of sending as a whole.
pub(crate) const DISPATCH: &str = "dispatch";

/// The stream of what holds for all months of the roster.
pub(crate) const ROSTER_SETTINGS: &str = "roster:settings";

/// The stream of a month of the roster.
pub(crate) fn roster_stream(month: Month) -> String {
    format!("roster:{month}")
}

/// The stream of a call-out.
pub(crate) fn call_out_stream(call_out: CallOutId) -> String {
    format!("call_out:{call_out}")
}

/// The stream of the custody of a subject.
pub(crate) fn custody_stream(subject: &str) -> String {
    format!("custody:{subject}")
}

/// The stream of a shift.
pub(crate) fn shift_stream(shift: ShiftId) -> String {
    format!("shift:{shift}")
}

/// A state that is the fold of one stream.
pub(crate) trait Folded: Clone + Default + Send + Sync {
    type Event: Send + Sync;

    fn read(kind: &str, version: u32, payload: &str) -> Result<Self::Event, Unreadable>;
    fn stored(event: &Self::Event) -> Stored;
    fn evolve(&mut self, event: &Recorded<Self::Event>);
}

macro_rules! folded {
    ($state:ty, $event:ty, $evolve:path) => {
        impl Folded for $state {
            type Event = $event;

            fn read(kind: &str, version: u32, payload: &str) -> Result<$event, Unreadable> {
                <$event>::read(kind, version, payload)
            }

            fn stored(event: &$event) -> Stored {
                event.to_stored()
            }

            fn evolve(&mut self, event: &Recorded<$event>) {
                $evolve(self, event);
            }
        }
    };
}

folded!(Report, ReportEvent, report::evolve);
folded!(Incident, IncidentEvent, incident::evolve);
folded!(Organisation, OrganisationEvent, organisation::evolve);
folded!(Accountability, AccountabilityEvent, accountability::evolve);
folded!(Centre, CentreEvent, centre::evolve);
folded!(Message, MessageEvent, message::evolve);
folded!(Dispatch, DispatchEvent, dispatch::evolve);
folded!(Custody, CustodyEvent, custody::evolve);
folded!(Person, PersonEvent, person::evolve);
folded!(CallOut, CallOutEvent, call_out::evolve);
folded!(RosterMonth, RosterEvent, roster::evolve);
folded!(RosterSettings, RosterSettingsEvent, roster::evolve_settings);
folded!(Shift, ShiftEvent, shift::evolve);

/// A stream as it was when a decision looked at it.
#[derive(Clone, Debug)]
pub(crate) struct Loaded<S> {
    pub(crate) stream: String,
    pub(crate) version: u64,
    /// When its last entry was recorded.
    pub(crate) recorded_at: Timestamp,
    pub(crate) state: S,
}

impl<S: Folded> Loaded<S> {
    /// A stream that has no entry yet.
    pub(crate) fn new(stream: String) -> Self {
        Self { stream, version: 0, recorded_at: Timestamp::UNIX_EPOCH, state: S::default() }
    }

    /// Brings the state up to date with one entry of the journal.
    pub(crate) fn fold(&mut self, entry: &Entry) -> Result<(), DeskFault> {
        let event = S::read(&entry.kind, u32::from(entry.kind_version), &entry.payload)
            .map_err(|fault| DeskFault::Unreadable(format!("entry {}: {fault}", entry.position)))?;
        let recorded = Recorded {
            happened_at: entry.happened_at,
            recorded_at: entry.recorded_at,
            actor: entry.actor.parse().unwrap_or(fengsui_response::Actor::PROGRAM),
            on_behalf_of: entry.on_behalf_of.as_deref().and_then(|role| role.parse().ok()),
            event,
        };
        self.state.evolve(&recorded);
        self.version = entry.version;
        self.recorded_at = entry.recorded_at;
        Ok(())
    }

    /// The state after what was decided, as if it were recorded now.
    pub(crate) fn after(
        &self,
        decided: &[Decided<S::Event>],
        now: Timestamp,
        actor: PersonId,
    ) -> Self
    where
        S::Event: Clone,
    {
        let mut after = self.clone();
        for event in decided {
            let mut recorded = event.clone().recorded(now, actor);
            recorded.happened_at = microseconds(recorded.happened_at);
            after.state.evolve(&recorded);
            after.version += 1;
            after.recorded_at = now;
        }
        after
    }

    /// What the journal and the boards gain.
    pub(crate) fn gains(&self, decided: &[Decided<S::Event>], rows: StreamRows) -> StreamCommit {
        StreamCommit {
            stream: self.stream.clone(),
            expected: self.version,
            entries: decided.iter().map(new_entry::<S>).collect(),
            boards: rows.boards,
            sight: Some(rows.sight),
        }
    }
}

fn new_entry<S: Folded>(decided: &Decided<S::Event>) -> NewEntry {
    let stored = S::stored(&decided.event);
    NewEntry {
        kind: stored.kind.to_owned(),
        kind_version: u16::try_from(stored.version).unwrap_or(u16::MAX),
        happened_at: microseconds(decided.happened_at),
        blobs: references(&stored.payload).into_iter().map(|reference| reference.blob).collect(),
        payload: stored.payload,
    }
}

impl Desk {
    /// Reads and folds a stream; one without entries is an empty state of version 0.
    pub(crate) async fn load<S: Folded>(&self, stream: String) -> Result<Loaded<S>, DeskFault> {
        let mut loaded = Loaded::new(stream);
        for entry in self.store().stream(&loaded.stream, 0, ENTRIES_MAX).await? {
            loaded.fold(&entry)?;
        }
        Ok(loaded)
    }

    /// The same, refusing a stream that does not exist.
    pub(crate) async fn load_existing<S: Folded>(
        &self,
        stream: String,
    ) -> Result<Loaded<S>, DeskFault> {
        let loaded = self.load(stream).await?;
        if loaded.version == 0 { Err(DeskFault::Absent) } else { Ok(loaded) }
    }
}

//! One stream of the clock: read, decided, prepared for the journal.

use std::sync::Arc;

use fengsui_response::house::CallOutWhen;
use fengsui_response::incident::Incident;
use fengsui_response::report::Report;
use fengsui_response::{Decided, Packs};
use fengsui_store::{BoardRows, Commit, Filter, Select, Sight, StreamCommit, StreamRows};
use fengsui_vocabulary::{CommandId, Line};
use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::CLOCK_ACTOR;
use super::order::Waiting;
use super::tell::Heard;
use crate::boards::CLOCK;
use crate::commit::{Gains, next_due};
use crate::outgoing::Intents;
use crate::stream::{Folded, Loaded};
use crate::{Desk, DeskFault, project};

/// A stream that the clock looks at.
#[derive(Clone, Debug)]
pub(super) enum Watched {
    Incident(Box<Loaded<Incident>>),
    Report(Box<Loaded<Report>>),
}

/// What one firing writes.
#[derive(Debug)]
pub(super) struct Prepared {
    /// None once it was handed to the journal.
    pub(super) commit: Option<Commit>,
    /// The stream afterwards.
    pub(super) after: Watched,
    /// How many misses.
    pub(super) missed: u64,
    /// How many reminders.
    pub(super) reminded: u64,
}

impl Prepared {
    fn of(commit: Commit, after: Watched, heard: &Heard) -> Self {
        let count = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
        let (missed, reminded) = (count(heard.missed.len()), count(heard.reminded.len()));
        Self { commit: Some(commit), after, missed, reminded }
    }
}

impl Watched {
    pub(super) fn stream(&self) -> &str {
        match self {
            Self::Incident(loaded) => &loaded.stream,
            Self::Report(loaded) => &loaded.stream,
        }
    }
}

impl Desk {
    /// Reads a stream by what kind it is, and says what waits in it. None when it was seen to otherwise: a
    /// kind of stream that records no misses needs no order, so it fires here at once and is done.
    pub(super) async fn wind(
        &self,
        stream: String,
        (fires_at, now): (Timestamp, Timestamp),
    ) -> Result<Option<(Waiting, Watched)>, DeskFault> {
        let packs = self.packs();
        let kind = stream.split_once(':').map(|(kind, _)| kind);
        let (misses, next, watched) = match kind {
            Some("incident") => {
                let loaded = self.load_existing::<Incident>(stream).await?;
                let as_of = now.max(loaded.recorded_at).max(self.recorded_at());
                let duties = loaded.state.worklist(&packs, as_of);
                let misses = loaded.state.clock(&duties, &packs).misses_by(now);
                let next = loaded.state.fires_at(&duties, &packs, as_of);
                (misses, next, Watched::Incident(Box::new(loaded)))
            }
            Some("report") => {
                let loaded = self.load_existing::<Report>(stream).await?;
                let as_of = now.max(loaded.recorded_at).max(self.recorded_at());
                let duties = loaded.state.worklist(&packs, as_of);
                let misses = loaded.state.clock(&duties, &packs).misses_by(now);
                let next = loaded.state.fires_at(&duties, &packs, as_of);
                (misses, next, Watched::Report(Box::new(loaded)))
            }
            Some("call_out") => {
                // A step that is over has nothing to do with the order of misses.
                self.fire_call_out(&stream, now).await?;
                return Ok(None);
            }
            Some(_) | None => {
                return Err(DeskFault::Unreadable(format!("nobody winds the clock of {stream}")));
            }
        };
        if next.is_none_or(|next| next > now) {
            if self.is_still_due(watched.stream(), now).await? {
                self.put_right(&watched, &packs).await?;
            }
            return Ok(None);
        }
        Ok(Some((Waiting { fires_at, misses }, watched)))
    }

    /// What a stream writes when it fires; none when there is nothing.
    pub(super) async fn prepare(
        &self,
        watched: Watched,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Option<Prepared>, DeskFault> {
        match watched {
            Watched::Incident(loaded) => self.fire_incident(*loaded, now, until).await,
            Watched::Report(loaded) => self.fire_report(*loaded, now, until).await,
        }
    }

    async fn fire_incident(
        &self,
        loaded: Loaded<Incident>,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Option<Prepared>, DeskFault> {
        let packs = self.packs();
        let as_of = now.max(loaded.recorded_at).max(self.recorded_at());
        let decided = loaded.state.fire(&packs, as_of, (now, until));
        if decided.is_empty() {
            return Ok(None);
        }
        let heard = Heard::of_incident(&decided);
        let after = loaded.after(&decided, as_of, CLOCK_ACTOR);
        let whole = project::incident_rows(&after, &packs);
        let holds_until = next_due(&whole.boards, as_of);
        let before = project::incident_rows(&loaded, &packs);
        let rows = changed(&before, whole, !heard.missed.is_empty());
        let intents = self.tell_of_incident(&loaded.state, &heard, as_of).await?;
        let commit = Commit { holds_until, ..fired(&loaded, &decided, rows, (as_of, intents)) };
        Ok(Some(Prepared::of(commit, Watched::Incident(Box::new(after)), &heard)))
    }

    async fn fire_report(
        &self,
        loaded: Loaded<Report>,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Option<Prepared>, DeskFault> {
        let packs = self.packs();
        let as_of = now.max(loaded.recorded_at).max(self.recorded_at());
        let decided = loaded.state.fire(&packs, as_of, (now, until));
        if decided.is_empty() {
            return Ok(None);
        }
        let heard = Heard::of_report(&decided);
        let after = loaded.after(&decided, as_of, CLOCK_ACTOR);
        let content = self.content_of(&after.state).await?;
        let whole = project::report_rows(&after, content.as_ref(), &packs);
        let holds_until = next_due(&whole.boards, as_of);
        let before = project::report_rows(&loaded, content.as_ref(), &packs);
        let rows = changed(&before, whole, !heard.missed.is_empty());
        let intents = self.tell_of_report(&loaded.state, &heard, as_of).await?;
        let commit = Commit { holds_until, ..fired(&loaded, &decided, rows, (as_of, intents)) };
        Ok(Some(Prepared::of(commit, Watched::Report(Box::new(after)), &heard)))
    }

    /// Whether the board of the clock still says so: another node may have seen to it by now.
    async fn is_still_due(&self, stream: &str, now: Timestamp) -> Result<bool, DeskFault> {
        let select = Select::of(&CLOCK, Sight::Everything)
            .filter(Filter::Eq("stream", stream.into()))
            .filter(Filter::AtMost("fires_at", now.into()));
        Ok(self.store().count(&select).await? > 0)
    }

    /// Writes the row anew that a stream has on the board of the clock: it stands there without anything
    /// that could happen.
    async fn put_right(&self, watched: &Watched, packs: &Arc<Packs>) -> Result<(), DeskFault> {
        let (stream, version, rows) = match watched {
            Watched::Incident(loaded) => {
                (&loaded.stream, loaded.version, project::incident_rows(loaded, packs))
            }
            Watched::Report(loaded) => {
                let content = self.content_of(&loaded.state).await?;
                let rows = project::report_rows(loaded, content.as_ref(), packs);
                (&loaded.stream, loaded.version, rows)
            }
        };
        tracing::info!(stream, "the clock had a moment for a stream in which nothing happens");
        let mut commit = Commit::of(
            self.command_id(),
            fengsui_vocabulary::Realm::Live,
            CLOCK_ACTOR.to_string(),
            self.now(),
        );
        commit.streams = vec![StreamCommit {
            stream: stream.clone(),
            expected: version,
            entries: Vec::new(),
            boards: rows.boards,
            sight: Some(rows.sight),
        }];
        self.append(commit).await.map(|_| ())
    }

    /// Calls people out because of something in a stream.
    pub(super) async fn call_out_because(
        &self,
        when: CallOutWhen,
        about: &str,
        because: &str,
        now: Timestamp,
    ) -> Result<Intents, DeskFault> {
        let short: String = because.chars().take(LINE_CHARS_MAX).collect();
        let because: Line =
            short.parse().map_err(|fault| DeskFault::Unreadable(format!("{fault}")))?;
        self.call_out_for(when, about, &because, now).await
    }
}

fn fired<S: Folded>(
    loaded: &Loaded<S>,
    decided: &[Decided<S::Event>],
    rows: (Vec<BoardRows>, Option<Vec<String>>),
    (now, intents): (Timestamp, Intents),
) -> Commit {
    let gains = Gains {
        command_id: command_of(&loaded.stream, loaded.version),
        by: CLOCK_ACTOR,
        now,
        blobs: Vec::new(),
        claims: Vec::new(),
        intents,
    };
    let (boards, sight) = rows;
    let stream = loaded.gains(decided, StreamRows::default());
    gains.commit(decided, vec![StreamCommit { boards, sight, ..stream }])
}

/// Only what changed is written again. With a miss that is everything: what is past its time looks
/// different by itself, and nobody may have written that yet.
fn changed(
    before: &StreamRows,
    after: StreamRows,
    is_missed: bool,
) -> (Vec<BoardRows>, Option<Vec<String>>) {
    if is_missed {
        return (after.boards, Some(after.sight));
    }
    let is_new = |rows: &BoardRows| !before.boards.contains(rows);
    let sight = (before.sight != after.sight).then_some(after.sight);
    (after.boards.into_iter().filter(is_new).collect(), sight)
}

/// The same firing of the same stream is the same command, whoever carries it out.
fn command_of(stream: &str, version: u64) -> CommandId {
    let mut hash = Sha256::new();
    hash.update(b"fengsui-clock-v1\n");
    hash.update(stream.as_bytes());
    hash.update(b"\n");
    hash.update(version.to_be_bytes());
    let bits = hash.finalize().into_iter().take(16);
    CommandId::from_bits(bits.fold(0, |bits, byte| bits << 8 | u128::from(byte)))
}

/// Characters of a line at most.
const LINE_CHARS_MAX: usize = 200;

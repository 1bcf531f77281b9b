//! Carrying out commands: load, decide, commit; decide again when somebody else was quicker.

use fengsui_response::incident::{self, Incident, IncidentCommand};
use fengsui_response::report::{self, Report, ReportCommand};
use fengsui_response::{
    Actor, Asked, Capacity, Decided, IncidentEvent, Refusal, RefusalEvent, RefusalRecorded, Scene,
};
use fengsui_store::{
    AppendFault, BoardRows, Claim, Commit, Committed, NewBlob, NewEntry, StreamCommit, StreamRows,
    Value,
};
use fengsui_vocabulary::{CommandId, IncidentId, Line, PersonId, Realm, ReportId};
use jiff::Timestamp;

use crate::boards::DUTY_DUE;
use crate::content::ReportContent;
use crate::outgoing::Intents;
use crate::project;
use crate::stream::{Folded, Loaded, incident_stream, report_stream};
use crate::{Desk, DeskFault};

/// How often a command is decided again at most.
pub(crate) const ATTEMPTS_MAX: usize = 8;

/// The claims that keep the numbers of documents unique over all incidents.
const DOCUMENT_NUMBER: &str = "document-number";

/// What became of a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Done {
    /// The kinds of what was written, in order; empty when nothing had to be.
    pub kinds: Vec<String>,
    /// Whether the same command had been carried out before.
    pub repeated: bool,
}

impl Desk {
    /// Carries out a command on an incident.
    pub async fn act_on_incident(
        &self,
        incident: IncidentId,
        command_id: CommandId,
        asked: Asked<IncidentCommand>,
        blobs: Vec<NewBlob>,
    ) -> Result<Done, DeskFault> {
        if let Some(before) = self.store().committed(command_id).await? {
            return Ok(done_before(&before));
        }
        if !keeps_plans(&asked) {
            self.check_sight(&asked.by, &incident_stream(incident)).await?;
        }
        for _ in 0..ATTEMPTS_MAX {
            let loaded = self.load_existing::<Incident>(incident_stream(incident)).await?;
            let packs = self.packs();
            let now = self.now().max(loaded.recorded_at);
            let decided = match incident::decide(&loaded.state, &asked, &Scene::new(now, &packs)) {
                Ok(decided) => self.with_resolutions(&loaded, decided, now),
                Err(refusal) => {
                    let about = (loaded.stream.as_str(), asked.command.name());
                    let person = asked.by.person;
                    let before =
                        self.refuse_unless_done(command_id, person, about, refusal).await?;
                    return Ok(done_before(&before));
                }
            };
            let after = loaded.after(&decided, now, asked.by.person);
            let rows = project::incident_rows(&after, &packs);
            let claims = claims_of(&asked.command, command_id);
            let blobs = blobs.clone();
            let intents = self.approvals_asked(&loaded.state, &after, now).await?;
            let gains = Gains { command_id, by: asked.by.person, now, blobs, claims, intents };
            match self.commit_one(&loaded, &decided, rows, gains).await {
                Err(DeskFault::Overtaken(_)) => {} // decide again
                Err(DeskFault::Refused(refusal)) => {
                    let about = (loaded.stream.as_str(), asked.command.name());
                    let person = asked.by.person;
                    let before =
                        self.refuse_unless_done(command_id, person, about, refusal).await?;
                    return Ok(done_before(&before));
                }
                done => return done,
            }
        }
        Err(DeskFault::Busy)
    }

    /// What was decided, and who fills the roles that depend on it.
    fn with_resolutions(
        &self,
        loaded: &Loaded<Incident>,
        mut decided: Vec<Decided<IncidentEvent>>,
        now: Timestamp,
    ) -> Vec<Decided<IncidentEvent>> {
        let moves = decided.iter().find(|decided| moves_roles(&decided.event));
        if let Some(at) = moves.map(|decided| decided.happened_at) {
            let after = loaded.after(&decided, now, Actor::PROGRAM);
            decided.extend(self.resolutions(&after.state, at));
        }
        decided
    }

    /// Carries out a command on a report.
    pub async fn act_on_report(
        &self,
        report: ReportId,
        command_id: CommandId,
        asked: Asked<ReportCommand>,
        blobs: Vec<NewBlob>,
    ) -> Result<Done, DeskFault> {
        if let Some(before) = self.store().committed(command_id).await? {
            return Ok(done_before(&before));
        }
        self.check_sight(&asked.by, &report_stream(report)).await?;
        for _ in 0..ATTEMPTS_MAX {
            let loaded = self.load_existing::<Report>(report_stream(report)).await?;
            let packs = self.packs();
            let now = self.now().max(loaded.recorded_at);
            let decided = match report::decide(&loaded.state, &asked, &Scene::new(now, &packs)) {
                Ok(decided) => decided,
                Err(refusal) => {
                    let about = (loaded.stream.as_str(), asked.command.name());
                    let person = asked.by.person;
                    let before =
                        self.refuse_unless_done(command_id, person, about, refusal).await?;
                    return Ok(done_before(&before));
                }
            };
            let after = loaded.after(&decided, now, asked.by.person);
            let content = self.content_of(&after.state).await?;
            let rows = project::report_rows(&after, content.as_ref(), &packs);
            let (blobs, claims) = (blobs.clone(), Vec::new());
            let intents = Intents::default();
            let gains = Gains { command_id, by: asked.by.person, now, blobs, claims, intents };
            match self.commit_one(&loaded, &decided, rows, gains).await {
                Err(DeskFault::Overtaken(_)) => {} // decide again
                done => return done,
            }
        }
        Err(DeskFault::Busy)
    }

    /// Nobody acts on what they may not see. Reporters have proved to hold number and secret, and the
    /// program acts for itself.
    pub(crate) async fn check_sight(&self, by: &Actor, stream: &str) -> Result<(), DeskFault> {
        if by.is_nobody() {
            return Ok(());
        }
        let viewer = self.viewer(by.person).ok_or(DeskFault::NotYours)?;
        let sees = self.store().may_see(stream, &viewer.sight()).await?
            || self.store().may_see(stream, &viewer.own_sight()).await?;
        if sees { Ok(()) } else { Err(DeskFault::Absent) }
    }

    /// What the reporter wrote, unless it was erased.
    pub(crate) async fn content_of(
        &self,
        report: &Report,
    ) -> Result<Option<ReportContent>, DeskFault> {
        match &report.intake {
            Some(intake) => self.json(&intake.content).await,
            None => Ok(None),
        }
    }

    /// Writes what was decided on one stream.
    pub(crate) async fn commit_one<S: Folded>(
        &self,
        loaded: &Loaded<S>,
        decided: &[Decided<S::Event>],
        rows: StreamRows,
        gains: Gains,
    ) -> Result<Done, DeskFault> {
        if decided.is_empty() {
            return Ok(Done { kinds: Vec::new(), repeated: false });
        }
        let commit = gains.commit(decided, vec![loaded.gains(decided, rows)]);
        let kinds: Vec<String> = decided.iter().map(kind_of::<S>).collect();
        let committed = self.append(commit).await?;
        Ok(Done { kinds, repeated: committed.repeated })
    }

    /// Hands a commit to the journal; returns when it is on disk.
    pub(crate) async fn append(&self, mut commit: Commit) -> Result<Committed, DeskFault> {
        let boards = commit.streams.iter().flat_map(|part| &part.boards);
        commit.holds_until = next_due(boards, commit.now);
        match self.store().append(commit).await {
            Ok(committed) => {
                if let Some(last) = committed.entries.last() {
                    self.has_recorded(last.recorded_at);
                }
                Ok(committed)
            }
            Err(AppendFault::Overtaken { stream }) => {
                self.has_recorded(self.store().head().await?.recorded_at);
                Err(DeskFault::Overtaken(stream))
            }
            Err(AppendFault::ClaimLost { series, key, .. }) if series == DOCUMENT_NUMBER => {
                let number = key.parse().map_err(|_malformed| DeskFault::Unreadable(key))?;
                Err(Refusal::NumberTaken { number }.into())
            }
            Err(AppendFault::ClaimLost { key, .. } | AppendFault::SideChanged { key, .. }) => {
                Err(DeskFault::Overtaken(key))
            }
            Err(AppendFault::Busy) => Err(DeskFault::Busy),
            Err(AppendFault::BlobMissing(blob)) => Err(DeskFault::Unreadable(blob.to_string())),
            Err(AppendFault::Store(fault)) => Err(fault.into()),
        }
    }

    /// Refuses a command, unless the same was carried out while this one was decided: then that is the
    /// answer. Two who ask for the same at the same time are told the same.
    pub(crate) async fn refuse_unless_done(
        &self,
        command_id: CommandId,
        person: PersonId,
        about: (&str, &str),
        refusal: Refusal,
    ) -> Result<Committed, DeskFault> {
        match self.store().committed(command_id).await? {
            Some(before) => Ok(before),
            None => Err(self.refuse(person, about, refusal).await),
        }
    }

    /// Keeps a refusal in the stream of whoever was refused, and hands it on.
    pub(crate) async fn refuse(
        &self,
        person: PersonId,
        (subject, command): (&str, &str),
        refusal: Refusal,
    ) -> DeskFault {
        if let Err(fault) = self.keep_refusal(person, subject, command, &refusal).await {
            tracing::warn!(%person, subject, command, %fault, "refusal not kept");
        }
        refusal.into()
    }

    async fn keep_refusal(
        &self,
        person: PersonId,
        subject: &str,
        command: &str,
        refusal: &Refusal,
    ) -> Result<(), DeskFault> {
        if person == Actor::PUBLIC {
            return Ok(()); // anonymous ones are counted, not kept one by one
        }
        let line = |text: &str| -> Result<Line, DeskFault> {
            text.parse().map_err(|fault| DeskFault::Unreadable(format!("{fault}")))
        };
        let event = RefusalEvent::from(RefusalRecorded {
            subject: line(subject)?,
            command: line(command)?,
            refusal: line(refusal.name())?,
        });
        let stored = event.to_stored();
        let now = self.now();
        let stream = format!("refusal:{person}-{}", day_of(now));
        let mut commit = Commit::of(self.command_id(), Realm::Live, person.to_string(), now);
        commit.streams = vec![StreamCommit {
            expected: self.store().version(&stream).await?,
            stream,
            entries: vec![NewEntry {
                kind: stored.kind.to_owned(),
                kind_version: u16::try_from(stored.version).unwrap_or(u16::MAX),
                happened_at: now,
                payload: stored.payload,
                blobs: Vec::new(),
            }],
            boards: Vec::new(),
            sight: None,
        }];
        self.append(commit).await.map(|_| ())
    }
}

/// When rows would look different that were derived as of `now`: a duty that is in time now is missed
/// then.
pub(crate) fn next_due<'r>(
    boards: impl IntoIterator<Item = &'r BoardRows>,
    now: Timestamp,
) -> Option<Timestamp> {
    let boards = boards.into_iter();
    let rows = boards.filter(|rows| rows.board == DUTY_DUE.name).flat_map(|rows| &rows.rows);
    let due = rows.filter_map(|row| match row.first() {
        Some(Value::Int(due_at)) => Timestamp::from_microsecond(*due_at).ok(),
        Some(Value::Null | Value::Text(_)) | None => None,
    });
    due.filter(|due_at| *due_at > now).min()
}

/// Whether roles may become somebody by this: another plan, another place.
const fn moves_roles(event: &IncidentEvent) -> bool {
    matches!(
        event,
        IncidentEvent::PlanApplied(_)
            | IncidentEvent::PlanMigrated(_)
            | IncidentEvent::OrganisationAdded(_)
            | IncidentEvent::OrganisationIdentified(_)
    )
}

/// Whether a keeper of the plans asks about the plans of an incident: that needs no sight of the rest.
fn keeps_plans(asked: &Asked<IncidentCommand>) -> bool {
    let is_about_plans = matches!(
        asked.command,
        IncidentCommand::ApplyPlan { .. }
            | IncidentCommand::SetPlanAside { .. }
            | IncidentCommand::MigratePlan { .. }
            | IncidentCommand::ConfirmMigration { .. }
            | IncidentCommand::WithdrawMigration { .. }
    );
    is_about_plans && asked.by.has(Capacity::PlanOfficer)
}

/// A document's number is its own: not even another document of the same incident has it.
fn claims_of(command: &IncidentCommand, command_id: CommandId) -> Vec<Claim> {
    let IncidentCommand::IssueDocument(document) = command else { return Vec::new() };
    let claim = |number: &Line| Claim {
        series: DOCUMENT_NUMBER.to_owned(),
        key: number.to_string(),
        holder: command_id.to_string(),
    };
    document.number.as_ref().map(claim).into_iter().collect()
}

/// What a commit carries besides its streams.
pub(crate) struct Gains {
    pub(crate) command_id: CommandId,
    pub(crate) by: PersonId,
    pub(crate) now: Timestamp,
    pub(crate) blobs: Vec<NewBlob>,
    pub(crate) claims: Vec<Claim>,
    pub(crate) intents: Intents,
}

impl Gains {
    /// The commit of these streams.
    pub(crate) fn commit<E>(self, decided: &[Decided<E>], streams: Vec<StreamCommit>) -> Commit {
        let mut commit = Commit::of(self.command_id, Realm::Live, self.by.to_string(), self.now);
        let on_behalf = decided.iter().find_map(|event| event.on_behalf_of.as_ref());
        commit.on_behalf_of = on_behalf.map(ToString::to_string);
        commit.streams = streams;
        commit.streams.extend(self.intents.streams);
        commit.blobs = self.blobs;
        commit.blobs.extend(self.intents.blobs);
        commit.claims = self.claims;
        commit
    }
}

/// What a command that was carried out before had written.
pub(crate) fn done_before(_committed: &Committed) -> Done {
    Done { kinds: Vec::new(), repeated: true }
}

fn kind_of<S: Folded>(decided: &Decided<S::Event>) -> String {
    S::stored(&decided.event).kind.to_owned()
}

/// Refusals of one person on one day share a stream, so that streams stay short.
fn day_of(now: Timestamp) -> String {
    now.strftime("%Y%m%d").to_string()
}

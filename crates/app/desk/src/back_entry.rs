//! Entering afterwards what was done on paper while the machine was down: many rows at once, each of them a
//! command of its own.
//!
//! A row's command follows from who enters it and from what it says. The same row entered again, from
//! another page or in another file, is therefore the same command and happens once.

mod table;

use fengsui_plan::Channel;
use fengsui_response::incident::{Incident, IncidentCommand, MeetDuty};
use fengsui_response::report::{Report, ReportCommand};
use fengsui_response::{Actor, Asked, Delivery, ReadBack, Refusal, Tick};
use fengsui_store::NewBlob;
use fengsui_vocabulary::{CommandId, Line, Prose};
use jiff::Timestamp;
use sha2::{Digest, Sha256};

pub use table::{BackEntryTable, TABLE_COLUMNS, TableMistake, TableProblem};

use crate::commit::Done;
use crate::content::{CallRecord, DocumentText};
use crate::open_work::key_of;
use crate::stream::{incident_stream, report_stream};
use crate::{Desk, DeskFault, FieldProblem, NewLogEntry, OpenCase, Viewer};

/// Something that was done or seen while nothing could be entered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BackEntry {
    /// A duty was met.
    Done(DoneBefore),
    /// Something for the duty log.
    Logged(LoggedBefore),
}

/// A duty that was met.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DoneBefore {
    /// The incident or report.
    pub stream: String,
    /// Which duty, as [`crate::OpenDuty::key`] calls it.
    pub key: String,
    /// When it was done.
    pub at: Timestamp,
    /// By which channel.
    pub channel: Channel,
    /// Who did it.
    pub by: Option<Line>,
    /// To or with whom.
    pub whom: Option<Line>,
    /// What was said or sent.
    pub note: Option<Prose>,
    /// Why it was late, if it was.
    pub late_because: Option<Line>,
}

/// Something for the duty log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoggedBefore {
    /// When it happened.
    pub at: Timestamp,
    /// What.
    pub text: Prose,
}

/// What became of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BackEntered {
    /// Done, and its time is not over.
    Done,
    /// Done in time and entered after it: a second person confirms it.
    RecordedLate,
    /// Done after its time.
    Late,
    /// In the duty log.
    Logged,
    /// It had been entered before; nothing was written again.
    Before,
}

/// A duty that was found: its tick, and when it is due.
struct Found {
    tick: Tick,
    due: Option<Timestamp>,
}

impl Desk {
    /// Everything that is open, as far as somebody sees it: what paper lists and what can be entered.
    pub async fn open_cases(&self, viewer: &Viewer) -> Result<Vec<OpenCase>, DeskFault> {
        if !viewer.handles() {
            return Err(DeskFault::Absent);
        }
        self.open_work(&viewer.sight()).await
    }

    /// Enters rows one after the other. One that is refused keeps no other back.
    pub async fn back_enter(
        &self,
        by: &Actor,
        rows: &[BackEntry],
    ) -> Vec<Result<BackEntered, DeskFault>> {
        let mut results = Vec::with_capacity(rows.len());
        for row in rows {
            results.push(self.back_enter_one(by, row).await);
        }
        results
    }

    async fn back_enter_one(&self, by: &Actor, row: &BackEntry) -> Result<BackEntered, DeskFault> {
        let command_id = command_of(by, row);
        match row {
            BackEntry::Done(done) => self.enter_done(by, command_id, done).await,
            BackEntry::Logged(logged) => {
                let on_duty = self.shift_on_duty().await?;
                let shift = on_duty.and_then(|loaded| loaded.state.begun).map(|it| it.shift);
                let shift = shift.ok_or(Refusal::Nothing { what: "shift on duty" })?;
                let entry =
                    NewLogEntry { at: Some(logged.at), text: logged.text.clone(), about: None };
                let done = self.write_log(by, shift, command_id, entry).await?;
                Ok(if done.repeated { BackEntered::Before } else { BackEntered::Logged })
            }
        }
    }

    async fn enter_done(
        &self,
        by: &Actor,
        command_id: CommandId,
        row: &DoneBefore,
    ) -> Result<BackEntered, DeskFault> {
        self.check_sight(by, &row.stream).await?;
        let (act, blobs) = self.act_of(row).await?;
        let (found, done) = match row.stream.split_once(':') {
            Some(("incident", id)) => {
                let id = id.parse().map_err(|_unreadable| DeskFault::Absent)?;
                let loaded = self.load_existing::<Incident>(incident_stream(id)).await?;
                let now = self.now().max(loaded.recorded_at);
                let duties = loaded.state.duties_under(&self.packs(), now);
                let ticks = duties.iter().map(|duty| (loaded.state.tick_of(duty), duty.due));
                let found = found(ticks, &row.key)?;
                let command = IncidentCommand::MeetDuty(met(row, found.tick.clone(), act));
                let asked = asked(by, row, command);
                (found, self.act_on_incident(id, command_id, asked, blobs).await?)
            }
            Some(("report", id)) => {
                let id = id.parse().map_err(|_unreadable| DeskFault::Absent)?;
                let loaded = self.load_existing::<Report>(report_stream(id)).await?;
                let now = self.now().max(loaded.recorded_at);
                let lead = loaded.state.intake.as_ref().map(|intake| intake.lead.clone());
                let packs = self.packs();
                let plan = lead.and_then(|lead| packs.of(&lead).cloned());
                let duties = plan.map(|plan| loaded.state.duties(&plan, now)).unwrap_or_default();
                let ticks = duties.iter().map(|duty| (loaded.state.tick_of(duty), duty.due));
                let found = found(ticks, &row.key)?;
                let command = ReportCommand::MeetDuty(met(row, found.tick.clone(), act));
                let asked = asked(by, row, command);
                (found, self.act_on_report(id, command_id, asked, blobs).await?)
            }
            Some(_) | None => return Err(DeskFault::Absent),
        };
        Ok(self.entered(row, &found, &done))
    }

    fn entered(&self, row: &DoneBefore, found: &Found, done: &Done) -> BackEntered {
        match found.due {
            _ if done.repeated => BackEntered::Before,
            Some(due) if row.at > due => BackEntered::Late,
            Some(due) if self.now() > due => BackEntered::RecordedLate,
            Some(_) | None => BackEntered::Done,
        }
    }

    /// What was done, in the words of the row. Who spoke with whom is personal, so it is beside the journal.
    async fn act_of(&self, row: &DoneBefore) -> Result<(Delivery, Vec<NewBlob>), DeskFault> {
        let mut wrong = Vec::new();
        let mut needed = |field: &str, value: &Option<Line>| {
            if value.is_none() {
                wrong.push(FieldProblem::new(field, "needed"));
            }
            value.clone()
        };
        let (by, whom) = (needed("by", &row.by), needed("whom", &row.whom));
        if row.note.is_none() {
            wrong.push(FieldProblem::new("note", "needed"));
        }
        let (Some(by), Some(whom), Some(note)) = (by, whom, row.note.clone()) else {
            return Err(DeskFault::Malformed(wrong));
        };
        if row.channel == Channel::Oral {
            let record = CallRecord { caller: by, callee: whom, said: note };
            let kept = self.keep_json(&record).await?;
            let act = Delivery::Call { record: kept.reference, read_back: ReadBack::NotDone };
            return Ok((act, kept.new.into_iter().collect()));
        }
        let text = DocumentText {
            title: named("停机期间的书面报送")?,
            stage: named("补录")?,
            addressees: vec![whom],
            sender: by,
            signatory: None,
            fields: Vec::new(),
            body: Some(note),
        };
        let kept = self.keep_json(&text).await?;
        let act = Delivery::Document { text: kept.reference, form: None };
        Ok((act, kept.new.into_iter().collect()))
    }
}

fn named(text: &str) -> Result<Line, DeskFault> {
    text.parse().map_err(|fault| DeskFault::Unreadable(format!("{fault}")))
}

fn asked<C>(by: &Actor, row: &DoneBefore, command: C) -> Asked<C> {
    Asked { by: by.clone(), role: None, happened_at: Some(row.at), command }
}

fn met(row: &DoneBefore, tick: Tick, act: Delivery) -> MeetDuty {
    let late_because = row.late_because.clone();
    MeetDuty { ticks: vec![tick], channel: row.channel, act, late_because }
}

/// The duty of a row, whatever became of it meanwhile: whether it is still open is decided, not guessed.
fn found(
    mut ticks: impl Iterator<Item = (Tick, Option<Timestamp>)>,
    key: &str,
) -> Result<Found, DeskFault> {
    if let Some((tick, due)) = ticks.find(|(tick, _)| key_of(tick) == key) {
        return Ok(Found { tick, due });
    }
    let duty = key.split('/').nth(1).and_then(|duty| duty.parse().ok());
    Err(duty.map_or(DeskFault::Absent, |duty| Refusal::NotOwed { duty }.into()))
}

/// The command that a row is.
fn command_of(by: &Actor, row: &BackEntry) -> CommandId {
    let mut hash = Sha256::new();
    let mut part = |text: &str| {
        hash.update(u64::try_from(text.len()).unwrap_or(u64::MAX).to_be_bytes());
        hash.update(text.as_bytes());
    };
    part("back-entry");
    part(&by.person.to_string());
    match row {
        BackEntry::Done(it) => {
            part("done");
            part(&it.stream);
            part(&it.key);
            part(&it.at.to_string());
            part(if it.channel == Channel::Oral { "oral" } else { "written" });
            for text in [&it.by, &it.whom, &it.late_because] {
                part(text.as_ref().map_or("", |text| text.as_str()));
            }
            part(it.note.as_ref().map_or("", |note| note.as_str()));
        }
        BackEntry::Logged(it) => {
            part("logged");
            part(&it.at.to_string());
            part(it.text.as_str());
        }
    }
    let digest = hash.finalize();
    let bits = digest.iter().take(16).fold(0_u128, |bits, byte| (bits << 8) | u128::from(*byte));
    CommandId::from_bits(bits)
}

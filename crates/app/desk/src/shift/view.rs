//! A shift as somebody sees it who works at the desk.

use fengsui_response::shift::Shift;
use fengsui_store::{Direction, Entry, Row, Select, Sight};
use fengsui_vocabulary::{PersonId, Prose, ShiftId};
use jiff::Timestamp;
use serde::Serialize;

use super::HandOverText;
use super::log::Span;
use crate::boards::SHIFT;
use crate::content::Writing;
use crate::stream::{ENTRIES_MAX, Loaded, shift_stream};
use crate::view::{PAGE_LINES, Page, id_of, parsed, place};
use crate::{Desk, DeskFault, Viewer};

/// One shift.
#[derive(Clone, Debug)]
pub struct ShiftView {
    /// Which.
    pub id: ShiftId,
    /// Everything that was written about it, folded.
    pub shift: Shift,
    /// Where it begins in the journal.
    pub position: u64,
    /// Where it ends there, if it has ended.
    pub ended_at_position: Option<u64>,
    /// What its hand-over says; none when there is none yet, or it was erased.
    pub hand_over: Option<HandOverText>,
    /// The remarks, in order; none where one was erased.
    pub remarks: Vec<Option<Prose>>,
    /// Why the same person went on, if it was so.
    pub alone: Option<Prose>,
    /// What the log gained since the hand-over was prepared.
    pub since_prepared: usize,
    /// When this was read.
    pub now: Timestamp,
}

/// A shift in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ShiftLine {
    /// Which.
    pub shift: ShiftId,
    /// Whether it is on duty.
    pub is_on_duty: bool,
    /// Who is responsible.
    pub officer: PersonId,
    /// Who else stood it.
    pub members: Vec<PersonId>,
    /// When it began.
    pub begun_at: Timestamp,
    /// When it was taken over.
    pub ended_at: Option<Timestamp>,
    /// Entries that people wrote.
    pub entries: i64,
}

/// Steps that are looked through for what changed since a hand-over was prepared.
const WINDOWS_MAX: usize = 4;

/// Changes that are counted at most.
const CHANGES_MAX: usize = 99;

impl Desk {
    /// The shift that is on duty; none before the first has begun, and for whoever sees a part only.
    pub async fn shift_view(&self, viewer: &Viewer) -> Result<Option<ShiftView>, DeskFault> {
        if viewer.sight() != Sight::Everything {
            return Ok(None);
        }
        match self.shift_on_duty().await? {
            Some(loaded) => self.shift_view_of(loaded).await.map(Some),
            None => Ok(None),
        }
    }

    /// One shift.
    pub async fn shift(&self, viewer: &Viewer, id: ShiftId) -> Result<ShiftView, DeskFault> {
        if viewer.sight() != Sight::Everything {
            return Err(DeskFault::Absent);
        }
        let loaded = self.load_existing::<Shift>(shift_stream(id)).await?;
        self.shift_view_of(loaded).await
    }

    /// Shifts, the newest first.
    pub async fn shifts(
        &self,
        viewer: &Viewer,
        after: Option<&str>,
    ) -> Result<Page<ShiftLine>, DeskFault> {
        let select = Select::of(&SHIFT, viewer.sight())
            .order("begun_at", Direction::Descending)
            .after(place(after))
            .limit(PAGE_LINES + 1);
        self.page(&select, shift_line).await
    }

    /// Where a shift begins in the journal.
    pub(crate) async fn shift_beginning(&self, id: ShiftId) -> Result<Entry, DeskFault> {
        let first = self.store().stream(&shift_stream(id), 0, 1).await?;
        first.into_iter().next().ok_or(DeskFault::Absent)
    }

    async fn shift_view_of(&self, loaded: Loaded<Shift>) -> Result<ShiftView, DeskFault> {
        let shift = loaded.state;
        let begun = shift.begun.as_ref().ok_or(DeskFault::Absent)?;
        let entries = self.store().stream(&loaded.stream, 0, ENTRIES_MAX).await?;
        let position = entries.first().map_or(0, |entry| entry.position);
        let end = entries.iter().find(|entry| entry.kind == "shift-taken-over");
        let hand_over = match &shift.hand_over {
            Some(prepared) => self.json::<HandOverText>(&prepared.content).await?,
            None => None,
        };
        let mut remarks = Vec::new();
        for remark in &shift.remarks {
            let writing = self.json::<Writing>(&remark.text).await?;
            remarks.push(writing.map(|writing| writing.text));
        }
        let alone = match shift.end.as_ref().and_then(|end| end.alone.as_ref()) {
            Some(text) => self.json::<Writing>(text).await?.map(|writing| writing.text),
            None => None,
        };
        let since_prepared = match &hand_over {
            Some(text) if shift.is_on_duty() => self.changes_after(text.position).await?,
            Some(_) | None => 0,
        };
        Ok(ShiftView {
            id: begun.shift,
            position,
            ended_at_position: end.map(|entry| entry.position),
            hand_over,
            remarks,
            alone,
            since_prepared,
            now: self.now().max(loaded.recorded_at),
            shift,
        })
    }

    /// What happened since, apart from what belongs to handing over itself.
    async fn changes_after(&self, position: u64) -> Result<usize, DeskFault> {
        let to = self.store().head().await?.position;
        let span = Span { from: position.saturating_add(1), to };
        let page = self.log_of(&Sight::Everything, span, (CHANGES_MAX, WINDOWS_MAX)).await?;
        Ok(page.lines.iter().filter(|line| !line.kind.starts_with("hand-over-")).count())
    }
}

fn shift_line(row: &Row) -> Result<ShiftLine, DeskFault> {
    let members = row.text("members")?.split_whitespace().map(parsed);
    Ok(ShiftLine {
        shift: id_of(row, "shift:")?,
        is_on_duty: row.text("state")? == "on-duty",
        officer: parsed(row.text("officer")?)?,
        members: members.collect::<Result<_, _>>()?,
        begun_at: row.time("begun_at")?,
        ended_at: row.opt_time("ended_at")?,
        entries: row.int("entries")?,
    })
}

//! The duty log: what people wrote down and what the program did, the newest first.
//!
//! It is read from the journal, not kept: an entry of the log is an entry of the journal, and so is what
//! happened. Who does not see a report or an incident does not see that it moved.

use std::collections::{BTreeMap, BTreeSet};

use fengsui_response::shift::Shift;
use fengsui_response::{Actor, IncidentEvent, LogAbout, ReportEvent, ShiftEvent};
use fengsui_store::{Entry, Filter, Select, Sight, Value};
use fengsui_vocabulary::{DutyId, Label, PersonId, PlanId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{LogText, ShiftView, stream_of};
use crate::boards::SEARCH;
use crate::{Desk, DeskFault, Viewer};

/// Entries of the journal looked at in one step.
const WINDOW: u64 = 500;

/// Steps for one page at most: where little of the journal belongs into the log, the page ends early.
const WINDOWS_MAX: usize = 20;

/// Steps for the last lines, which every look at the desk takes.
const LATEST_WINDOWS_MAX: usize = 4;

/// Streams that are asked for at once.
const STREAMS_MAX: usize = 200;

/// The kinds that the log shows of its own accord. A reminder or a look does not belong there: the log says
/// what changed.
pub const LOG_KINDS: &[&str] = &[
    "report-taken-in",
    "report-accepted",
    "report-declined",
    "report-sealed",
    "report-supplemented",
    "question-asked",
    "question-answered",
    "result-told",
    "incident-opened",
    "incident-classified",
    "incident-confirmed",
    "level-judged",
    "first-response-begun",
    "response-started",
    "response-adjusted",
    "response-ended",
    "proposal-submitted",
    "proposal-approved",
    "proposal-returned",
    "headquarters-formed",
    "not-controlled",
    "command-taken",
    "part-handed-over",
    "not-reported",
    "document-issued",
    "instruction-recorded",
    "duty-met",
    "duty-waived",
    "duties-missed",
    "plan-applied",
    "plan-set-aside",
    "plan-migrated",
    "incident-closed",
    "incident-reopened",
    "shift-begun",
    "shift-joined",
    "shift-left",
    "shift-log-written",
    "shift-log-corrected",
    "hand-over-prepared",
    "hand-over-remarked",
    "hand-over-signed",
    "shift-taken-over",
];

/// A line of the duty log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogLine {
    /// Its place in the journal.
    pub position: u64,
    /// When it happened.
    pub at: Timestamp,
    /// When it was recorded.
    pub recorded_at: Timestamp,
    /// Who did it.
    pub by: PersonId,
    /// What happened: the kind of the entry.
    pub kind: String,
    /// What it is about: its stream, if it has a page.
    pub about: Option<String>,
    /// The number and title of that.
    pub title: String,
    /// What exactly: a level, a duty, a person.
    pub detail: Option<Label>,
    /// The number of an entry that somebody wrote.
    pub number: Option<u32>,
    /// The entry that it corrects.
    pub corrects: Option<u32>,
    /// The entry by which it was corrected.
    pub corrected_by: Option<u32>,
    /// What somebody wrote; none when it was erased.
    pub text: Option<LogText>,
}

/// A page of a duty log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogPage {
    /// The lines, the newest first.
    pub lines: Vec<LogLine>,
    /// Before which position the next page begins; none on the last one.
    pub next: Option<u64>,
}

/// A part of the journal: from one position to another, both in it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Span {
    pub(crate) from: u64,
    pub(crate) to: u64,
}

impl Desk {
    /// The duty log of a shift as a viewer sees it, before a position, at most so many lines.
    pub async fn duty_log(
        &self,
        viewer: &Viewer,
        shift: &ShiftView,
        (before, lines_max): (Option<u64>, usize),
    ) -> Result<LogPage, DeskFault> {
        let to = match shift.ended_at_position {
            Some(position) => position,
            None => self.store().head().await?.position,
        };
        let to = before.map_or(to, |before| before.saturating_sub(1).min(to));
        let span = Span { from: shift.position, to };
        self.log_of(&viewer.sight(), span, (lines_max, WINDOWS_MAX)).await
    }

    /// The last lines of the duty log since the shift on duty began, as a viewer sees them; none while
    /// nobody is on duty.
    pub async fn latest_log(
        &self,
        viewer: &Viewer,
        lines_max: usize,
    ) -> Result<Option<Vec<LogLine>>, DeskFault> {
        let on_duty = self.shift_on_duty().await?.and_then(|loaded| loaded.state.begun);
        let Some(begun) = on_duty else { return Ok(None) };
        let from = self.shift_beginning(begun.shift).await?.position;
        let span = Span { from, to: self.store().head().await?.position };
        let limits = (lines_max, LATEST_WINDOWS_MAX);
        Ok(Some(self.log_of(&viewer.sight(), span, limits).await?.lines))
    }

    /// What the log shows of a part of the journal.
    pub(crate) async fn log_of(
        &self,
        sight: &Sight,
        span: Span,
        (lines_max, windows_max): (usize, usize),
    ) -> Result<LogPage, DeskFault> {
        let mut lines = Vec::new();
        let mut to = span.to;
        for _ in 0..windows_max {
            if to < span.from || lines.len() >= lines_max {
                break;
            }
            let after = to.saturating_sub(WINDOW).max(span.from.saturating_sub(1));
            let max = u32::try_from(to - after).unwrap_or(u32::MAX);
            let mut entries = self.store().entries(after, max).await?;
            entries.retain(|entry| LOG_KINDS.contains(&entry.kind.as_str()));
            entries.reverse();
            lines.extend(self.lines_of(sight, &entries).await?);
            to = after;
        }
        let cut = lines.len() > lines_max;
        lines.truncate(lines_max);
        let next = match lines.last() {
            Some(last) if cut => Some(last.position),
            Some(_) | None => (to >= span.from).then_some(to.saturating_add(1)),
        };
        Ok(LogPage { lines, next })
    }

    async fn lines_of(&self, sight: &Sight, entries: &[Entry]) -> Result<Vec<LogLine>, DeskFault> {
        let read = entries.iter().map(Self::read_entry).collect::<Result<Vec<_>, _>>()?;
        let streams: BTreeSet<String> = read.iter().filter_map(|it| it.about.clone()).collect();
        let titles = self.titles_of(sight, &streams).await?;
        let mut shifts: BTreeMap<String, Shift> = BTreeMap::new();
        let mut lines = Vec::new();
        for (entry, mut line) in entries.iter().zip(read) {
            let is_free = entry.stream.starts_with("shift:");
            let title = line.about.as_ref().map(|about| titles.get(about));
            let is_shown = match title {
                // What it is about is for others: then so is what was written about it.
                Some(None) => false,
                Some(Some(_)) => !is_free || *sight == Sight::Everything,
                None => is_free && *sight == Sight::Everything,
            };
            if !is_shown {
                continue;
            }
            line.title = title.flatten().cloned().unwrap_or_default();
            if line.number.is_some() {
                self.fill_in(&mut line, &entry.stream, &mut shifts).await?;
            }
            if let (None, Some(detail)) = (&line.detail, self.detail_of(entry)?) {
                line.detail = Some(detail);
            }
            lines.push(line);
        }
        Ok(lines)
    }

    /// What somebody wrote, and whether it was corrected.
    async fn fill_in(
        &self,
        line: &mut LogLine,
        stream: &str,
        shifts: &mut BTreeMap<String, Shift>,
    ) -> Result<(), DeskFault> {
        if !shifts.contains_key(stream) {
            let shift = self.load::<Shift>(stream.to_owned()).await?.state;
            shifts.insert(stream.to_owned(), shift);
        }
        let entry = line.number.and_then(|number| shifts.get(stream)?.log.get(&number));
        if let Some(entry) = entry {
            line.corrects = entry.corrects;
            line.corrected_by = entry.corrected_by;
            line.text = self.json(&entry.text).await?;
        }
        Ok(())
    }

    fn read_entry(entry: &Entry) -> Result<LogLine, DeskFault> {
        let mut line = LogLine {
            position: entry.position,
            at: entry.happened_at,
            recorded_at: entry.recorded_at,
            by: entry.actor.parse().unwrap_or(Actor::PROGRAM),
            kind: entry.kind.clone(),
            about: Some(entry.stream.clone()),
            title: String::new(),
            detail: None,
            number: None,
            corrects: None,
            corrected_by: None,
            text: None,
        };
        if entry.stream.starts_with("shift:") {
            line.about = None;
            let event = read(entry, ShiftEvent::read)?;
            let (number, about) = written(&event);
            line.number = number;
            line.about = about.map(stream_of);
        }
        Ok(line)
    }

    /// What exactly happened, where the kind alone does not say it.
    fn detail_of(&self, entry: &Entry) -> Result<Option<Label>, DeskFault> {
        match entry.stream.split_once(':').map(|(sort, _)| sort) {
            Some("incident") => Ok(self.of_incident_event(&read(entry, IncidentEvent::read)?)),
            Some("report") => Ok(self.of_report_event(&read(entry, ReportEvent::read)?)),
            Some("shift") => Ok(self.of_shift_event(&read(entry, ShiftEvent::read)?)),
            Some(_) | None => Ok(None),
        }
    }

    fn of_incident_event(&self, event: &IncidentEvent) -> Option<Label> {
        if let IncidentEvent::LevelJudged(it) = event {
            return Some(both(it.level.as_str()));
        }
        if let IncidentEvent::ResponseStarted(it) = event {
            return Some(both(it.level.as_str()));
        }
        if let IncidentEvent::ResponseAdjusted(it) = event {
            return Some(both(it.level.as_str()));
        }
        if let IncidentEvent::DocumentIssued(it) = event {
            return Some(both(it.title.as_str()));
        }
        if let IncidentEvent::PlanApplied(it) = event {
            return self.plan_title(&it.plan.plan);
        }
        if let IncidentEvent::PlanSetAside(it) = event {
            return self.plan_title(&it.plan.plan);
        }
        if let IncidentEvent::NotReported(it) = event {
            return self.plan_title(&it.plan);
        }
        if let IncidentEvent::DutyMet(it) = event {
            return self.duty_label(&it.tick.plan, &it.tick.duty);
        }
        if let IncidentEvent::DutyWaived(it) = event {
            return self.duty_label(&it.tick.plan, &it.tick.duty);
        }
        None
    }

    fn of_report_event(&self, event: &ReportEvent) -> Option<Label> {
        if let ReportEvent::DutyMet(it) = event {
            return self.duty_label(&it.tick.plan, &it.tick.duty);
        }
        None
    }

    fn of_shift_event(&self, event: &ShiftEvent) -> Option<Label> {
        let person = |person: PersonId| {
            both(&self.directory().person_name(person, fengsui_vocabulary::Lang::Zh))
        };
        match event {
            ShiftEvent::Joined(it) => Some(person(it.person)),
            ShiftEvent::Left(it) => Some(person(it.person)),
            ShiftEvent::Begun(_)
            | ShiftEvent::LogWritten(_)
            | ShiftEvent::LogCorrected(_)
            | ShiftEvent::HandOverPrepared(_)
            | ShiftEvent::HandOverRemarked(_)
            | ShiftEvent::HandOverSigned(_)
            | ShiftEvent::TakenOver(_) => None,
        }
    }

    fn plan_title(&self, id: &PlanId) -> Option<Label> {
        let packs = self.packs();
        let plan = packs.all().find(|plan| plan.id == *id)?;
        Some(plan.about.title.clone())
    }

    /// What a duty is called in any edition at hand.
    fn duty_label(&self, plan: &PlanId, duty: &DutyId) -> Option<Label> {
        let packs = self.packs();
        let mut rules = packs.all().filter(|it| it.id == *plan).flat_map(|it| &it.duties);
        Some((*rules.find(|rule| rule.id == *duty)?.label).clone())
    }

    /// Number and title of streams, as far as somebody sees them.
    pub(crate) async fn titles_of(
        &self,
        sight: &Sight,
        streams: &BTreeSet<String>,
    ) -> Result<BTreeMap<String, String>, DeskFault> {
        let wanted: Vec<Value> = streams.iter().map(|stream| stream.as_str().into()).collect();
        let mut titles = BTreeMap::new();
        for wanted in wanted.chunks(STREAMS_MAX) {
            let limit = u32::try_from(wanted.len()).unwrap_or(u32::MAX);
            let select = Select::of(&SEARCH, sight.clone())
                .filter(Filter::In("stream", wanted.to_vec()))
                .limit(limit);
            for row in self.store().rows(&select).await? {
                let title = format!("{} {}", row.text("number")?, row.text("title")?);
                titles.insert(row.stream().to_owned(), title.trim().to_owned());
            }
        }
        Ok(titles)
    }
}

/// The number of an entry that somebody wrote, and what it is about.
fn written(event: &ShiftEvent) -> (Option<u32>, Option<LogAbout>) {
    match event {
        ShiftEvent::LogWritten(it) => (Some(it.number), it.about),
        ShiftEvent::LogCorrected(it) => (Some(it.number), None),
        ShiftEvent::Begun(_)
        | ShiftEvent::Joined(_)
        | ShiftEvent::Left(_)
        | ShiftEvent::HandOverPrepared(_)
        | ShiftEvent::HandOverRemarked(_)
        | ShiftEvent::HandOverSigned(_)
        | ShiftEvent::TakenOver(_) => (None, None),
    }
}

fn read<E>(
    entry: &Entry,
    read: impl Fn(&str, u32, &str) -> Result<E, fengsui_response::Unreadable>,
) -> Result<E, DeskFault> {
    read(&entry.kind, u32::from(entry.kind_version), &entry.payload)
        .map_err(|fault| DeskFault::Unreadable(format!("entry {}: {fault}", entry.position)))
}

/// What is the same in both languages.
fn both(text: &str) -> Label {
    Label::new(text, text)
}

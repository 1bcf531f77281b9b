//! Lines of lists, read from boards.

use fengsui_plan::{Channel, DutyKind, DutyState};
use fengsui_store::{Cursor, Direction, Filter, Row, Select};
use fengsui_vocabulary::{ClauseId, DutyId, IncidentId, Label, LevelId, PlanId, ReportId, RoleId};
use jiff::Timestamp;
use serde::Serialize;

use crate::boards::{DUTY_DUE, INCIDENT, REPORT, SEARCH, WAITING};
use crate::desk::unreadable;
use crate::project::{DutyView, folded};
use crate::stream::organisation_of;
use crate::viewer::role_key;
use crate::{Desk, DeskFault, Viewer};

/// Lines on one page.
pub(crate) const PAGE_LINES: u32 = 50;

/// A page of a list, and where the next one begins.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Page<T> {
    /// The lines.
    pub lines: Vec<T>,
    /// What to ask for the next page; none on the last one.
    pub next: Option<String>,
}

/// A report in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ReportLine {
    /// Which.
    pub report: ReportId,
    /// Its number.
    pub number: String,
    /// `waiting`, `accepted`, `declined`, `sealed`, `split` or `merged`.
    pub state: String,
    /// What it is about: `incident`, `supplement`, …
    pub kind: String,
    /// How it came: `web`, `oral`, …
    pub channel: String,
    /// In a line, as the reporter wrote it.
    pub title: String,
    /// Which role took it in.
    pub taken_in_by: String,
    /// When.
    pub taken_in_at: Timestamp,
    /// The affected organisations, by id or by place in the report.
    pub affected: Vec<String>,
    /// The incident it is part of.
    pub incident: Option<IncidentId>,
    /// Questions that wait for the reporter.
    pub open_questions: i64,
}

/// An incident in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct IncidentLine {
    /// Which.
    pub incident: IncidentId,
    /// Its number.
    pub number: String,
    /// What it is called.
    pub title: String,
    /// Whether it is open.
    pub is_open: bool,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// The leading plan.
    pub plan: PlanId,
    /// The level that is certain.
    pub certain: Option<LevelId>,
    /// The level that is possible.
    pub possible: Option<LevelId>,
    /// The level that was judged.
    pub judged: Option<LevelId>,
    /// `not-started`, `running` or `ended`.
    pub response: String,
    /// The level of the running response.
    pub response_level: Option<LevelId>,
    /// When the next duty is due.
    pub next_due_at: Option<Timestamp>,
    /// Duties that are open.
    pub open_duties: i64,
}

/// A duty in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DutyLine {
    /// The stream it belongs to: a report or an incident.
    pub stream: String,
    /// The plan.
    pub plan: PlanId,
    /// The duty.
    pub duty: DutyId,
    /// The clause.
    pub clause: ClauseId,
    /// What it is.
    pub label: Label,
    /// The affected organisation whose duty it is.
    pub organisation: Option<String>,
    /// Who owes it.
    pub sender: RoleId,
    /// To whom.
    pub recipient: Option<RoleId>,
    /// The slot of a recurring one.
    pub slot: Option<u32>,
    /// By which channel.
    pub channel: Channel,
    /// The kind of its deadline.
    pub kind: DutyKind,
    /// Where it stands now.
    pub state: DutyState,
    /// When it is due.
    pub due: Option<Timestamp>,
    /// When it came to be owed.
    pub arose_at: Timestamp,
    /// When it was done.
    pub done_at: Option<Timestamp>,
    /// Whether its anchor is assumed.
    pub assumed: bool,
}

/// Something that waits for a decision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct WaitingLine {
    /// The incident.
    pub incident: IncidentId,
    /// The role it waits for.
    pub role: RoleId,
    /// `voice`, `endorsement`, `approval`, `confirmation`, `clearance` or `applicability`.
    pub what: String,
    /// Since when.
    pub since: Timestamp,
    /// At which level.
    pub level: Option<LevelId>,
    /// What exactly: a step, a digest, a duty, a plan.
    pub subject: String,
}

/// What a search found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SearchHit {
    /// The stream: `report:…`, `incident:…`, `organisation:…`.
    pub stream: String,
    /// `report`, `incident` or `organisation`.
    pub kind: String,
    /// Its number, where it has one.
    pub number: String,
    /// What it is called.
    pub title: String,
    /// When it came.
    pub at: Timestamp,
}

/// Which reports are asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReportFilter {
    /// Only those that stand so.
    pub state: Option<String>,
    /// From where on, as a page before said.
    pub after: Option<String>,
}

impl Desk {
    /// Reports; those that wait with the oldest first, all others with the newest first.
    pub async fn reports(
        &self,
        viewer: &Viewer,
        filter: &ReportFilter,
    ) -> Result<Page<ReportLine>, DeskFault> {
        let mut select = Select::of(&REPORT, viewer.sight()).limit(PAGE_LINES + 1);
        let is_waiting = filter.state.as_deref() == Some("waiting");
        if let Some(state) = &filter.state {
            select = select.filter(Filter::Eq("state", state.as_str().into()));
        }
        let direction = if is_waiting { Direction::Ascending } else { Direction::Descending };
        select = select.order("taken_in_at", direction).after(place(filter.after.as_deref()));
        self.page(&select, report_line).await
    }

    /// Incidents, the newest first.
    pub async fn incidents(
        &self,
        viewer: &Viewer,
        only_open: OnlyOpen,
        after: Option<&str>,
    ) -> Result<Page<IncidentLine>, DeskFault> {
        let mut select = Select::of(&INCIDENT, viewer.sight())
            .order("opened_at", Direction::Descending)
            .after(place(after))
            .limit(PAGE_LINES + 1);
        if only_open == OnlyOpen::Yes {
            select = select.filter(Filter::Eq("is_open", true.into()));
        }
        self.page(&select, incident_line).await
    }

    /// Open duties, the next due first.
    pub async fn due_next(&self, viewer: &Viewer, limit: u32) -> Result<Vec<DutyLine>, DeskFault> {
        let select = Select::of(&DUTY_DUE, viewer.sight())
            .filter(Filter::Eq("is_open", true.into()))
            .order("sort_at", Direction::Ascending)
            .limit(limit);
        self.duty_lines(&select).await
    }

    /// What waits for a decision of this viewer's roles, the longest wait first.
    pub async fn waiting_for(
        &self,
        viewer: &Viewer,
        limit: u32,
    ) -> Result<Vec<WaitingLine>, DeskFault> {
        let holders = viewer.actor.every_role();
        let holders = holders.map(|(plan, role)| role_key(plan, role).into()).collect();
        let select = Select::of(&WAITING, viewer.sight())
            .filter(Filter::In("holder", holders))
            .order("since", Direction::Ascending)
            .limit(limit);
        let rows = self.store().rows(&select).await?;
        rows.iter().map(waiting_line).collect()
    }

    /// Reports, incidents and organisations whose words contain all of these.
    pub async fn search(&self, viewer: &Viewer, words: &str) -> Result<Vec<SearchHit>, DeskFault> {
        let words = folded(words);
        let words: Vec<&str> = words.split(' ').filter(|word| !word.is_empty()).collect();
        if words.is_empty() || words.len() > 8 {
            return Ok(Vec::new());
        }
        let mut select = Select::of(&SEARCH, viewer.sight())
            .order("at", Direction::Descending)
            .limit(PAGE_LINES);
        for word in words {
            select = select.filter(Filter::Contains("folded", word.to_owned()));
        }
        let rows = self.store().rows(&select).await?;
        let directory = self.directory();
        let mut hits = rows.iter().map(search_hit).collect::<Result<Vec<_>, _>>()?;
        // The board may still show an entry to the district that it left.
        hits.retain(|hit| match organisation_of(&hit.stream) {
            Some(id) => directory.shows(id, viewer),
            None => true,
        });
        Ok(hits)
    }

    pub(crate) async fn duty_lines(&self, select: &Select) -> Result<Vec<DutyLine>, DeskFault> {
        let now = self.now();
        let rows = self.store().rows(select).await?;
        rows.iter().map(|row| duty_line(row, now)).collect()
    }

    pub(crate) async fn page<T>(
        &self,
        select: &Select,
        line: impl Fn(&Row) -> Result<T, DeskFault>,
    ) -> Result<Page<T>, DeskFault> {
        let mut rows = self.store().rows(select).await?;
        let lines_max = usize::try_from(select.limit.saturating_sub(1)).unwrap_or(usize::MAX);
        let mut next = None;
        if rows.len() > lines_max {
            rows.truncate(lines_max);
            next = rows.last().map(|row| row.cursor(select)).transpose()?;
        }
        let lines = rows.iter().map(line).collect::<Result<_, _>>()?;
        Ok(Page { lines, next: next.map(|cursor| cursor.to_string()) })
    }
}

/// Whether only open incidents are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnlyOpen {
    /// Only open ones.
    Yes,
    /// All of them.
    No,
}

pub(crate) fn place(after: Option<&str>) -> Option<Cursor> {
    after.and_then(|after| after.parse().ok())
}

pub(crate) fn report_line(row: &Row) -> Result<ReportLine, DeskFault> {
    Ok(ReportLine {
        report: id_of(row, "report:")?,
        number: row.text("number")?.to_owned(),
        state: row.text("state")?.to_owned(),
        kind: row.text("kind")?.to_owned(),
        channel: row.text("channel")?.to_owned(),
        title: row.text("title")?.to_owned(),
        taken_in_by: row.text("taken_in_by")?.to_owned(),
        taken_in_at: row.time("taken_in_at")?,
        affected: row.text("affected")?.split_whitespace().map(str::to_owned).collect(),
        incident: row.opt_text("incident")?.and_then(|incident| incident.parse().ok()),
        open_questions: row.int("open_questions")?,
    })
}

pub(crate) fn incident_line(row: &Row) -> Result<IncidentLine, DeskFault> {
    let level = |column| -> Result<Option<LevelId>, DeskFault> {
        Ok(row.opt_text(column)?.and_then(|level| level.parse().ok()))
    };
    Ok(IncidentLine {
        incident: id_of(row, "incident:")?,
        number: row.text("number")?.to_owned(),
        title: row.text("title")?.to_owned(),
        is_open: row.int("is_open")? != 0,
        opened_at: row.time("opened_at")?,
        plan: parsed(row.text("plan")?)?,
        certain: level("certain")?,
        possible: level("possible")?,
        judged: level("judged")?,
        response: row.text("response")?.to_owned(),
        response_level: level("response_level")?,
        next_due_at: row.opt_time("next_due_at")?,
        open_duties: row.int("open_duties")?,
    })
}

fn duty_line(row: &Row, now: Timestamp) -> Result<DutyLine, DeskFault> {
    let view: DutyView = serde_json::from_str(row.text("view")?).map_err(unreadable)?;
    let due = row.opt_time("due_at")?;
    let is_past = due.is_some_and(|due| due < now);
    Ok(DutyLine {
        stream: row.stream().to_owned(),
        plan: parsed(row.text("plan")?)?,
        duty: parsed(row.text("duty")?)?,
        clause: view.clause,
        label: view.label,
        organisation: row.opt_text("organisation")?.map(str::to_owned),
        sender: parsed(row.text("sender")?)?,
        recipient: row.opt_text("recipient")?.map(parsed).transpose()?,
        slot: row.opt_int("slot")?.and_then(|slot| u32::try_from(slot).ok()),
        channel: view.channel,
        kind: view.kind,
        state: if view.state.is_open() && is_past { DutyState::Missed } else { view.state },
        due,
        arose_at: view.arose_at,
        done_at: view.done_at,
        assumed: view.assumed,
    })
}

fn waiting_line(row: &Row) -> Result<WaitingLine, DeskFault> {
    Ok(WaitingLine {
        incident: id_of(row, "incident:")?,
        role: parsed(row.text("role")?)?,
        what: row.text("what")?.to_owned(),
        since: row.time("since")?,
        level: row.opt_text("level")?.and_then(|level| level.parse().ok()),
        subject: row.text("subject")?.to_owned(),
    })
}

fn search_hit(row: &Row) -> Result<SearchHit, DeskFault> {
    Ok(SearchHit {
        stream: row.stream().to_owned(),
        kind: row.text("kind")?.to_owned(),
        number: row.text("number")?.to_owned(),
        title: row.text("title")?.to_owned(),
        at: row.time("at")?,
    })
}

pub(crate) fn id_of<I: std::str::FromStr>(row: &Row, prefix: &str) -> Result<I, DeskFault> {
    let stream = row.stream();
    let id = stream.strip_prefix(prefix).and_then(|id| id.parse().ok());
    id.ok_or_else(|| DeskFault::Unreadable(stream.to_owned()))
}

pub(crate) fn parsed<T: std::str::FromStr>(text: &str) -> Result<T, DeskFault> {
    text.parse().map_err(|_malformed| DeskFault::Unreadable(text.to_owned()))
}

//! How punctual organisations, districts and plans were in a period: counted from boards, page by page.
//!
//! What each figure is says [`fengsui_response::accountability::statistics`]. A duty belongs to the period
//! in which it was due; one that is to be done at once, to that in which it arose. Memory grows with the
//! number of lines and of different minutes, not with that of duties.

use std::collections::{BTreeMap, BTreeSet};

use fengsui_plan::{DutyKind, DutyState};
use fengsui_response::Refusal;
use fengsui_response::accountability::statistics::{CountedDuty, RecordState, Tally};
use fengsui_store::{Direction, Filter, Row, Select, Sight, Value};
use fengsui_vocabulary::{Label, OrganisationId, PlanId, RoleId};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::list::{PAGE_LINES, parsed};
use crate::boards::{DUTY_DUE, INCIDENT, REPORT};
use crate::desk::unreadable;
use crate::project::DutyView;
use crate::viewer::Reach;
use crate::{DISTRICTS, Desk, DeskFault, Viewer};

/// Rows read at once.
const SCAN: u32 = 2_000;

/// Rows read for one table at most.
const ROWS_MAX: usize = 1_000_000;

/// Lines of one table at most.
const LINES_MAX: usize = 20_000;

/// Streams asked about at once.
const STREAMS_MAX: usize = 200;

/// By what duties are put together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GroupBy {
    /// Whoever owed them.
    Organisation,
    /// The district where that is registered.
    District,
    /// The plan that imposes them.
    Plan,
    /// The month.
    Month,
}

/// Days in a row, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StatisticsPeriod {
    /// The first.
    pub from: Date,
    /// The last.
    pub until: Date,
}

/// One line of figures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatisticsLine {
    /// What it is about: an id, a code, a month such as `2026-03`, or empty.
    pub key: String,
    /// What that is called.
    pub label: Label,
    /// The figures.
    pub tally: Tally,
}

/// A table of figures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatisticsView {
    /// By what it is put together.
    pub by: GroupBy,
    /// Which days.
    pub period: StatisticsPeriod,
    /// In which zone those are.
    pub zone: String,
    /// The lines, those with most duties first; months in order.
    pub lines: Vec<StatisticsLine>,
    /// All of them.
    pub total: Tally,
}

impl GroupBy {
    /// Every one, in order.
    pub const ALL: [Self; 4] = [Self::Organisation, Self::District, Self::Plan, Self::Month];

    /// The word in addresses.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Organisation => "organisation",
            Self::District => "district",
            Self::Plan => "plan",
            Self::Month => "month",
        }
    }

    /// The one that a word names.
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|by| by.name() == word)
    }
}

impl Desk {
    /// The year so far, in the zone of the leading plan.
    pub fn year_so_far(&self) -> StatisticsPeriod {
        let today = self.day_of(&self.directory());
        StatisticsPeriod { from: today.first_of_year(), until: today }
    }

    /// Figures of a period for whoever answers for organisations, and of one's own.
    pub async fn statistics(
        &self,
        viewer: &Viewer,
        by: GroupBy,
        period: StatisticsPeriod,
    ) -> Result<StatisticsView, DeskFault> {
        let StatisticsPeriod { from, until } = period;
        if until < from {
            return Err(Refusal::PeriodBackwards { from, until }.into());
        }
        let zone = self.lead_plan().map_or(TimeZone::UTC, |plan| plan.time_zone.clone());
        let between = (start_of(from, &zone)?, end_of(until, &zone)?);
        let mut count = Count::of(self, viewer, by, zone.clone());
        for is_open in [true, false] {
            self.count_duties(&mut count, is_open, between).await?;
        }
        if by != GroupBy::Plan {
            self.count_reports(&mut count, between).await?;
        }
        let mut total = Tally::default();
        count.lines.values().for_each(|tally| total.merge(tally));
        let lines = count.named();
        let zone = zone.iana_name().unwrap_or("UTC").to_owned();
        Ok(StatisticsView { by, period, zone, lines, total })
    }

    /// The figures of one organisation, of all time as far as it is kept in boards.
    pub async fn punctuality_of(
        &self,
        viewer: &Viewer,
        organisation: OrganisationId,
    ) -> Result<Tally, DeskFault> {
        let by = GroupBy::Organisation;
        let mut count = Count::of(self, viewer, by, TimeZone::UTC);
        let mut select = Select::of(&DUTY_DUE, own_sight(viewer))
            .filter(Filter::Eq("organisation", organisation.to_string().into()))
            .order("sort_at", Direction::Descending)
            .limit(SCAN);
        // A page at a time, and no more than a long life of reports.
        for _ in 0..PAGE_LINES {
            let rows = self.store().rows(&select).await?;
            self.count_page(&mut count, &rows).await?;
            let Some(last) = rows.last().filter(|_| is_full(&rows)) else { break };
            select.after = Some(last.cursor(&select)?);
        }
        Ok(count.lines.into_values().next().unwrap_or_default())
    }

    async fn count_duties(
        &self,
        count: &mut Count<'_>,
        is_open: bool,
        (from, until): (Timestamp, Timestamp),
    ) -> Result<(), DeskFault> {
        let mut select = Select::of(&DUTY_DUE, own_sight(count.viewer))
            .filter(Filter::Eq("is_open", is_open.into()))
            .filter(Filter::AtLeast("sort_at", from.into()))
            .filter(Filter::AtMost("sort_at", until.into()))
            .order("sort_at", Direction::Ascending)
            .limit(SCAN);
        loop {
            let rows = self.store().rows(&select).await?;
            count.take(rows.len())?;
            self.count_page(count, &rows).await?;
            let Some(last) = rows.last().filter(|_| is_full(&rows)) else { return Ok(()) };
            select.after = Some(last.cursor(&select)?);
        }
    }

    async fn count_page(&self, count: &mut Count<'_>, rows: &[Row]) -> Result<(), DeskFault> {
        let mut duties = Vec::with_capacity(rows.len());
        let mut missed_in: BTreeSet<&str> = BTreeSet::new();
        for row in rows {
            let duty = counted(row, count.now)?;
            if duty.state == DutyState::Missed {
                missed_in.insert(row.stream());
            }
            duties.push((row, duty));
        }
        let closed = self.closed(&missed_in).await?;
        for (row, mut duty) in duties {
            if closed.contains(row.stream()) {
                duty.record = RecordState::Closed;
            }
            count.add(row, &duty)?;
        }
        Ok(())
    }

    /// Those of these streams that are closed incidents.
    async fn closed(&self, streams: &BTreeSet<&str>) -> Result<BTreeSet<String>, DeskFault> {
        let streams: Vec<&str> = streams.iter().copied().collect();
        let mut closed = BTreeSet::new();
        for some in streams.chunks(STREAMS_MAX) {
            let asked = some.iter().map(|stream| Value::from(*stream)).collect();
            let select = Select::of(&INCIDENT, Sight::Everything)
                .filter(Filter::In("stream", asked))
                .filter(Filter::Eq("is_open", false.into()))
                .limit(SCAN);
            let rows = self.store().rows(&select).await?;
            closed.extend(rows.iter().map(|row| row.stream().to_owned()));
        }
        Ok(closed)
    }

    async fn count_reports(
        &self,
        count: &mut Count<'_>,
        (from, until): (Timestamp, Timestamp),
    ) -> Result<(), DeskFault> {
        let mut select = Select::of(&REPORT, count.viewer.sight())
            .filter(Filter::AtLeast("taken_in_at", from.into()))
            .filter(Filter::AtMost("taken_in_at", until.into()))
            .order("taken_in_at", Direction::Ascending)
            .limit(SCAN);
        loop {
            let rows = self.store().rows(&select).await?;
            count.take(rows.len())?;
            for row in &rows {
                count.add_report(row)?;
            }
            let Some(last) = rows.last().filter(|_| is_full(&rows)) else { return Ok(()) };
            select.after = Some(last.cursor(&select)?);
        }
    }
}

/// A table that is being counted.
struct Count<'a> {
    desk: &'a Desk,
    viewer: &'a Viewer,
    by: GroupBy,
    zone: TimeZone,
    now: Timestamp,
    rows: usize,
    lines: BTreeMap<String, Tally>,
    /// For whom this viewer answers, as far as it was asked.
    answered: BTreeMap<OrganisationId, bool>,
}

impl<'a> Count<'a> {
    fn of(desk: &'a Desk, viewer: &'a Viewer, by: GroupBy, zone: TimeZone) -> Self {
        let (lines, answered) = (BTreeMap::new(), BTreeMap::new());
        Self { desk, viewer, by, zone, now: desk.now(), rows: 0, lines, answered }
    }

    /// Refuses what would take too long: a shorter period is asked for instead.
    fn take(&mut self, rows: usize) -> Result<(), DeskFault> {
        self.rows += rows;
        if self.rows > ROWS_MAX {
            let (count, count_max) = (self.rows, ROWS_MAX);
            return Err(Refusal::TooMany { what: "lines of this period", count, count_max }.into());
        }
        Ok(())
    }

    fn add(&mut self, row: &Row, duty: &CountedDuty) -> Result<(), DeskFault> {
        let plan: PlanId = parsed(row.text("plan")?)?;
        let role: RoleId = parsed(row.text("sender")?)?;
        let organisation = match row.opt_text("organisation")? {
            Some(key) => key.parse::<OrganisationId>().ok(),
            None => self.desk.centre_role(&plan, &role),
        };
        if !self.is_theirs(organisation) {
            return Ok(());
        }
        let at = duty.due.unwrap_or(duty.arose_at);
        let key = match self.by {
            GroupBy::Organisation => organisation.map(|id| id.to_string()).unwrap_or_default(),
            GroupBy::District => self.district_of(organisation),
            GroupBy::Plan => plan.to_string(),
            GroupBy::Month => self.month_of(at),
        };
        self.line(key)?.add(duty);
        Ok(())
    }

    fn add_report(&mut self, row: &Row) -> Result<(), DeskFault> {
        let affected = row.text("affected")?.split_whitespace();
        let organisations: Vec<Option<OrganisationId>> =
            affected.map(|key| key.parse().ok()).collect();
        let at = row.time("taken_in_at")?;
        let mut keys = BTreeSet::new();
        for organisation in
            organisations.iter().copied().chain(organisations.is_empty().then_some(None))
        {
            if !self.is_theirs(organisation) {
                continue;
            }
            keys.insert(match self.by {
                GroupBy::Organisation => organisation.map(|id| id.to_string()).unwrap_or_default(),
                GroupBy::District => self.district_of(organisation),
                GroupBy::Month => self.month_of(at),
                GroupBy::Plan => continue,
            });
        }
        for key in keys {
            self.line(key)?.reports += 1;
        }
        Ok(())
    }

    fn is_theirs(&mut self, organisation: Option<OrganisationId>) -> bool {
        let Some(organisation) = organisation else { return self.viewer.reach == Reach::Whole };
        let (desk, viewer) = (self.desk, self.viewer);
        *self.answered.entry(organisation).or_insert_with(|| {
            viewer.organisations.contains(&organisation) || desk.answers_for(viewer, organisation)
        })
    }

    fn line(&mut self, key: String) -> Result<&mut Tally, DeskFault> {
        if self.lines.len() >= LINES_MAX && !self.lines.contains_key(&key) {
            let (count, count_max) = (self.lines.len() + 1, LINES_MAX);
            return Err(Refusal::TooMany { what: "lines", count, count_max }.into());
        }
        Ok(self.lines.entry(key).or_default())
    }

    fn district_of(&self, organisation: Option<OrganisationId>) -> String {
        let directory = self.desk.directory();
        let district = organisation.and_then(|id| directory.details(id)?.district.clone());
        district.map(|code| code.to_string()).unwrap_or_default()
    }

    fn month_of(&self, at: Timestamp) -> String {
        at.to_zoned(self.zone.clone()).strftime("%Y-%m").to_string()
    }

    fn named(self) -> Vec<StatisticsLine> {
        let (desk, by) = (self.desk, self.by);
        let named = |(key, tally): (String, Tally)| {
            let label = desk.label_of(by, &key);
            StatisticsLine { key, label, tally }
        };
        let mut lines: Vec<_> = self.lines.into_iter().map(named).collect();
        if by != GroupBy::Month {
            lines.sort_by(|one, other| {
                other.tally.fallen_due().cmp(&one.tally.fallen_due()).then(one.key.cmp(&other.key))
            });
        }
        lines
    }
}

impl Desk {
    /// The organisation that fills a role of the centre: its offices are punctual or not like everybody.
    fn centre_role(&self, plan: &PlanId, role: &RoleId) -> Option<OrganisationId> {
        self.directory().centre().filled_by(plan, role, None)?.organisation
    }

    fn label_of(&self, by: GroupBy, key: &str) -> Label {
        let directory = self.directory();
        let label = match by {
            GroupBy::Organisation => key.parse().ok().map(|id| directory.name_of(id)),
            GroupBy::District => DISTRICTS
                .iter()
                .find(|district| district.code == key)
                .map(|district| Label::new(district.zh, district.en)),
            GroupBy::Plan => {
                key.parse().ok().and_then(|id| Some(self.plan(&id)?.about.title.clone()))
            }
            GroupBy::Month => Some(Label::new(key, key)),
        };
        match label {
            Some(label) => label,
            None if key.is_empty() => Label::new("未确定", "not known"),
            None => Label::new(key, key),
        }
    }
}

/// What somebody sees of duties: their work, and what is their own.
fn own_sight(viewer: &Viewer) -> Sight {
    let mut sight = viewer.sight();
    if let Sight::Keys(keys) = &mut sight {
        keys.extend(viewer.organisations.iter().map(crate::viewer::own_key));
    }
    sight
}

fn counted(row: &Row, now: Timestamp) -> Result<CountedDuty, DeskFault> {
    let view: DutyView = serde_json::from_str(row.text("view")?).map_err(unreadable)?;
    let due = row.opt_time("due_at")?;
    let is_past = due.is_some_and(|due| due < now) && view.kind != DutyKind::Immediate;
    Ok(CountedDuty {
        kind: view.kind,
        state: if view.state.is_open() && is_past { DutyState::Missed } else { view.state },
        due,
        done_at: view.done_at,
        arose_at: view.arose_at,
        record: RecordState::Open,
    })
}

fn is_full(rows: &[Row]) -> bool {
    rows.len() >= usize::try_from(SCAN).unwrap_or(usize::MAX)
}

fn start_of(day: Date, zone: &TimeZone) -> Result<Timestamp, DeskFault> {
    let start = day.to_zoned(zone.clone()).map(|zoned| zoned.timestamp());
    start.map_err(|fault| DeskFault::Unreadable(fault.to_string()))
}

/// The last microsecond of a day.
fn end_of(day: Date, zone: &TimeZone) -> Result<Timestamp, DeskFault> {
    let next = day.tomorrow().map_err(|fault| DeskFault::Unreadable(fault.to_string()))?;
    let end = start_of(next, zone)?.as_microsecond() - 1;
    Timestamp::from_microsecond(end).map_err(|fault| DeskFault::Unreadable(fault.to_string()))
}

//! Retention: what has been kept long enough by the rules of the house, and erasing it.
//!
//! The journal itself is kept for ever; what may go are texts of reports that were declined and of messages that
//! were delivered, and only when a rule says so. Nothing goes under a hold.

use fengsui_response::custody::Custody;
use fengsui_response::custody::retention::{Retained, kept_since, logs_kept_since};
use fengsui_response::house::Retention;
use fengsui_response::report::{Report, ReportStatus};
use fengsui_response::{Actor, Refusal, ReportEvent};
use fengsui_store::{Board, Direction, Filter, Select, Sight};
use fengsui_vocabulary::Line;
use jiff::Timestamp;

use super::{Erasure, Why, line};
use crate::boards::{MESSAGE, REPORT};
use crate::stream::{Loaded, custody_stream};
use crate::{Desk, DeskFault};

/// Things that one sweep erases at most; the next one goes on.
const ERASED_AT_ONCE: usize = 1_000;

/// Rows of a board that are looked at together.
const ROWS_AT_ONCE: u32 = 500;

/// What a message is called that reached its recipient.
const DELIVERED: &str = "delivered";

/// What has been kept long enough.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RetentionDue {
    /// Each of them, the longest kept first within its rule.
    pub lines: Vec<DueLine>,
    /// Logs from before this time need not be kept: six months at least, whatever the rules say.
    pub logs_kept_since: Option<Timestamp>,
}

/// One thing that has been kept long enough.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DueLine {
    /// Its stream.
    pub subject: String,
    /// The rule, as it is written.
    pub rule: Line,
    /// When it ended.
    pub ended_at: Timestamp,
    /// Texts that are left.
    pub texts: usize,
    /// On what ground it is held, if it is.
    pub held: Option<String>,
}

/// A rule with the time before which things have been kept long enough.
struct Rule {
    of: Retained,
    written: Line,
    since: Timestamp,
}

impl Desk {
    /// What has been kept long enough by the rules of the house.
    pub async fn retention_due(&self) -> Result<RetentionDue, DeskFault> {
        self.retention_due_under(&self.packs().house().retention.clone()).await
    }

    /// What has been kept long enough by these rules.
    pub async fn retention_due_under(&self, rules: &Retention) -> Result<RetentionDue, DeskFault> {
        let (now, zone) = (self.now(), self.zone());
        let logs_kept_since = logs_kept_since(now, rules, &zone);
        let mut due = RetentionDue { lines: Vec::new(), logs_kept_since };
        for of in Retained::ALL {
            let Some(kept_for) = of.kept_for(rules) else { continue };
            let Some(since) = kept_since(now, kept_for, &zone) else { continue };
            let written = line(&format!("{of} = {}", kept_for.0))?;
            self.due_by(&Rule { of, written, since }, &mut due.lines).await?;
        }
        Ok(due)
    }

    /// Erases what has been kept long enough and is not held; tells how many things that were.
    pub async fn erase_due(&self) -> Result<usize, DeskFault> {
        let due = self.retention_due().await?;
        self.erase_these(due.lines).await
    }

    /// Erases what was listed, as far as it is not held by now.
    pub async fn erase_these(&self, due: Vec<DueLine>) -> Result<usize, DeskFault> {
        let mut erased = 0;
        for line in due.into_iter().filter(|line| line.held.is_none()) {
            let erasure = Erasure {
                subject: line.subject,
                command_id: self.command_id(),
                by: Actor::program(),
                why: Why::Rule(line.rule),
            };
            match self.erase(erasure).await {
                Ok(done) if done.kinds.is_empty() => {}
                Ok(_) => erased += 1,
                // Held or needed elsewhere since it was listed: it stays.
                Err(DeskFault::Refused(Refusal::LegalHold { .. } | Refusal::NothingToErase)) => {}
                Err(fault) => return Err(fault),
            }
        }
        Ok(erased)
    }

    async fn due_by(&self, rule: &Rule, due: &mut Vec<DueLine>) -> Result<(), DeskFault> {
        let mut page = match rule.of {
            Retained::DeclinedReports => of_board(&REPORT, "taken_in_at", rule.since)
                .filter(Filter::Eq("state", "declined".into())),
            Retained::Messages => of_board(&MESSAGE, "intended_at", rule.since)
                .filter(Filter::Eq("state", DELIVERED.into())),
        };
        loop {
            let rows = self.store().rows(&page).await?;
            for row in &rows {
                due.extend(self.due_line(rule, row.stream()).await?);
            }
            if due.len() >= ERASED_AT_ONCE {
                return Ok(());
            }
            let is_last = rows.len() < usize::try_from(ROWS_AT_ONCE).unwrap_or(usize::MAX);
            let Some(last) = rows.last().filter(|_| !is_last) else { return Ok(()) };
            let cursor = last.cursor(&page)?;
            page = page.after(Some(cursor));
        }
    }

    async fn due_line(&self, rule: &Rule, subject: &str) -> Result<Option<DueLine>, DeskFault> {
        let entries = self.entries_of(subject).await?;
        let ended_at = match rule.of {
            Retained::DeclinedReports => {
                let mut loaded = Loaded::<Report>::new(subject.to_owned());
                entries.iter().try_for_each(|entry| loaded.fold(entry))?;
                declined_at(&loaded.state)
            }
            Retained::Messages => entries.last().map(|entry| entry.recorded_at),
        };
        let Some(ended_at) = ended_at.filter(|at| *at <= rule.since) else { return Ok(None) };
        let texts = self.texts_left(&entries).await?.len();
        if texts == 0 {
            return Ok(None);
        }
        let custody = self.load::<Custody>(custody_stream(subject)).await?.state;
        let mut held = custody.holds_in_force().next().map(|(_, hold)| hold.ground.to_string());
        for above in self.belongs_to(subject, &entries).await? {
            let custody = self.load::<Custody>(custody_stream(&above)).await?.state;
            let ground = custody.holds_in_force().next().map(|(_, hold)| hold.ground.to_string());
            held = held.or(ground);
        }
        let (subject, rule) = (subject.to_owned(), rule.written.clone());
        Ok(Some(DueLine { subject, rule, ended_at, texts, held }))
    }
}

fn of_board(board: &'static Board, column: &'static str, since: Timestamp) -> Select {
    Select::of(board, Sight::Everything)
        .filter(Filter::AtMost(column, since.into()))
        .order(column, Direction::Ascending)
        .limit(ROWS_AT_ONCE)
}

/// When a report that is declined now was declined, as it was recorded.
fn declined_at(report: &Report) -> Option<Timestamp> {
    if !matches!(report.status, ReportStatus::Declined(_)) {
        return None;
    }
    let is_answer = |event: &ReportEvent| matches!(event, ReportEvent::Declined(_));
    let answer = report.log.iter().rev().find(|recorded| is_answer(&recorded.event))?;
    Some(answer.recorded_at)
}

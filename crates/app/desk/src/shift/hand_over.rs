//! What the program finds for a hand-over: what is open, what was promised, what waits, what changed.
//!
//! It is gathered once and kept as a text: what was signed does not change when the world goes on.

use std::collections::BTreeSet;

use fengsui_plan::{Binding, DutyState};
use fengsui_response::HandOverCounts;
use fengsui_store::{Direction, Entry, Filter, Row, Select, Sight};
use fengsui_vocabulary::{ClauseId, Label, LevelId, PlanId, RoleId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::log::{LogLine, Span};
use crate::boards::{DUTY_DUE, INCIDENT, MESSAGE, REPORT, WAITING};
use crate::view::{DutyLine, parsed};
use crate::{Desk, DeskFault};

/// Lines of each list at most; how many there are besides is said.
const LINES_MAX: u32 = 500;

/// Steps through the journal for what changed.
const WINDOWS_MAX: usize = 200;

/// Where a message stands that nobody has to look after any more.
const SETTLED: [&str; 4] = ["delivered", "seen", "unseen", "given-up"];

/// What a hand-over says, as it stood when it was prepared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HandOverText {
    /// When it was prepared.
    pub prepared_at: Timestamp,
    /// Since when the shift stood.
    pub since: Timestamp,
    /// Up to which entry of the journal it was gathered.
    pub position: u64,
    /// Open duties, the next due first.
    pub duties: Vec<HandOverDuty>,
    /// How many there were in all.
    pub duties_in_all: u64,
    /// What reporters wait for or are asked.
    pub promises: Vec<HandOverPromise>,
    /// What waits for a decision.
    pub waiting: Vec<HandOverWaiting>,
    /// Running incidents.
    pub incidents: Vec<HandOverIncident>,
    /// Messages that nobody is known to have received.
    pub messages: Vec<HandOverMessage>,
    /// How many there were in all.
    pub messages_in_all: u64,
    /// What happened during the shift, the newest first.
    pub changes: Vec<HandOverChange>,
}

/// An open duty.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HandOverDuty {
    /// The incident or report.
    pub stream: String,
    /// Its number and title.
    pub title: String,
    /// What is owed.
    pub label: Label,
    /// The plan.
    pub plan: PlanId,
    /// The clause.
    pub clause: ClauseId,
    /// Who owes it.
    pub from: Label,
    /// To whom.
    pub to: Option<Label>,
    /// By when.
    pub due: Option<Timestamp>,
    /// Since when.
    pub arose_at: Timestamp,
    /// Whether its time was over.
    pub is_over: bool,
}

/// Something that a reporter waits for or is asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HandOverPromise {
    /// The report or incident.
    pub stream: String,
    /// Its number and title.
    pub title: String,
    /// Questions that the reporter has not answered.
    pub questions: u32,
    /// What is owed to the reporter.
    pub owed: Option<Label>,
    /// By when.
    pub due: Option<Timestamp>,
}

/// Something that waits for a decision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HandOverWaiting {
    /// The incident.
    pub stream: String,
    /// Its number and title.
    pub title: String,
    /// What: `approval`, `voice`, …
    pub what: String,
    /// The role it waits for; none where it waits for a capacity.
    pub role: Option<Label>,
    /// Since when.
    pub since: Timestamp,
    /// At which level.
    pub level: Option<LevelId>,
}

/// A running incident.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HandOverIncident {
    /// Which.
    pub stream: String,
    /// Its number and title.
    pub title: String,
    /// Since when.
    pub opened_at: Timestamp,
    /// The leading plan.
    pub plan: PlanId,
    /// The level that was judged.
    pub judged: Option<LevelId>,
    /// The level that is certain from the facts.
    pub certain: Option<LevelId>,
    /// `not-started`, `running` or `ended`.
    pub response: String,
    /// Its level.
    pub response_level: Option<LevelId>,
    /// When its next duty is due.
    pub next_due_at: Option<Timestamp>,
    /// Open duties.
    pub open_duties: u32,
}

/// A message that nobody is known to have received.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HandOverMessage {
    /// What it is about.
    pub about: String,
    /// The number and title of that, if it has one.
    pub title: String,
    /// The occasion: `duty-due`, …
    pub occasion: String,
    /// To whom.
    pub to: Label,
    /// By which way.
    pub way: String,
    /// Where it stands.
    pub state: String,
    /// Since when.
    pub intended_at: Timestamp,
    /// How often it was tried.
    pub attempts: u32,
}

/// Something that happened during the shift.
pub type HandOverChange = LogLine;

impl HandOverText {
    /// How much of what it holds.
    pub fn counts(&self) -> HandOverCounts {
        let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        HandOverCounts {
            duties: u32::try_from(self.duties_in_all).unwrap_or(u32::MAX),
            overdue: count(self.duties.iter().filter(|duty| duty.is_over).count()),
            promises: count(self.promises.len()),
            waiting: count(self.waiting.len()),
            incidents: count(self.incidents.len()),
            messages: u32::try_from(self.messages_in_all).unwrap_or(u32::MAX),
            changes: count(self.changes.len()),
        }
    }
}

impl Desk {
    /// What the program finds for a hand-over of the shift that begins with this entry.
    pub(crate) async fn hand_over_text(&self, begun: Entry) -> Result<HandOverText, DeskFault> {
        let head = self.store().head().await?;
        let (lines, duties_in_all) = self.open_duty_lines().await?;
        let (messages, messages_in_all) = self.undelivered().await?;
        let span = Span { from: begun.position, to: head.position };
        let limits = (usize::try_from(LINES_MAX).unwrap_or(usize::MAX), WINDOWS_MAX);
        let mut changes = self.log_of(&Sight::Everything, span, limits).await?.lines;
        changes.retain(|line| !is_about_shifts(&line.kind));
        let mut text = HandOverText {
            prepared_at: self.now(),
            since: begun.happened_at,
            position: head.position,
            duties: lines.iter().map(|line| self.hand_over_duty(line)).collect(),
            duties_in_all,
            promises: self.promises(&lines).await?,
            waiting: self.hand_over_waiting().await?,
            incidents: self.hand_over_incidents().await?,
            messages,
            messages_in_all,
            changes,
        };
        self.name_streams(&mut text).await?;
        Ok(text)
    }

    async fn open_duty_lines(&self) -> Result<(Vec<DutyLine>, u64), DeskFault> {
        let open = Select::of(&DUTY_DUE, Sight::Everything)
            .filter(Filter::Eq("is_open", true.into()))
            .order("sort_at", Direction::Ascending);
        let in_all = self.store().count(&open).await?;
        Ok((self.duty_lines(&open.limit(LINES_MAX)).await?, in_all))
    }

    fn hand_over_duty(&self, line: &DutyLine) -> HandOverDuty {
        HandOverDuty {
            stream: line.stream.clone(),
            title: String::new(),
            label: line.label.clone(),
            plan: line.plan.clone(),
            clause: line.clause.clone(),
            from: match &line.organisation {
                Some(key) => self.organisation_label(key),
                None => self.role_label(&line.plan, &line.sender),
            },
            to: line.recipient.as_ref().map(|role| self.role_label(&line.plan, role)),
            due: line.due,
            arose_at: line.arose_at,
            is_over: line.state == DutyState::Missed,
        }
    }

    /// What is owed to affected organisations, and what reporters have not answered.
    async fn promises(&self, lines: &[DutyLine]) -> Result<Vec<HandOverPromise>, DeskFault> {
        let owed = lines.iter().filter(|line| {
            line.recipient.as_ref().is_some_and(|role| self.is_affected(&line.plan, role))
        });
        let of_line = |line: &DutyLine| HandOverPromise {
            stream: line.stream.clone(),
            title: String::new(),
            questions: 0,
            owed: Some(line.label.clone()),
            due: line.due,
        };
        let mut promises: Vec<HandOverPromise> = owed.map(of_line).collect();
        let asked = Select::of(&REPORT, Sight::Everything)
            .filter(Filter::AtLeast("open_questions", 1_i64.into()))
            .order("taken_in_at", Direction::Ascending)
            .limit(LINES_MAX);
        for row in self.store().rows(&asked).await? {
            promises.push(HandOverPromise {
                stream: row.stream().to_owned(),
                title: String::new(),
                questions: u32::try_from(row.int("open_questions")?).unwrap_or(0),
                owed: None,
                due: None,
            });
        }
        Ok(promises)
    }

    async fn hand_over_waiting(&self) -> Result<Vec<HandOverWaiting>, DeskFault> {
        let select = Select::of(&WAITING, Sight::Everything)
            .order("since", Direction::Ascending)
            .limit(LINES_MAX);
        let mut waiting = Vec::new();
        for row in self.store().rows(&select).await? {
            let role = row.text("role")?;
            let plan = row.text("holder")?.strip_prefix("role:").and_then(|it| it.split_once('/'));
            let plan = plan.and_then(|(plan, _)| plan.parse::<PlanId>().ok());
            let role = role.parse::<RoleId>().ok();
            waiting.push(HandOverWaiting {
                stream: row.stream().to_owned(),
                title: String::new(),
                what: row.text("what")?.to_owned(),
                role: plan.zip(role).map(|(plan, role)| self.role_label(&plan, &role)),
                since: row.time("since")?,
                level: row.opt_text("level")?.and_then(|level| level.parse().ok()),
            });
        }
        Ok(waiting)
    }

    async fn hand_over_incidents(&self) -> Result<Vec<HandOverIncident>, DeskFault> {
        let select = Select::of(&INCIDENT, Sight::Everything)
            .filter(Filter::Eq("is_open", true.into()))
            .order("opened_at", Direction::Descending)
            .limit(LINES_MAX);
        let rows = self.store().rows(&select).await?;
        rows.iter().map(incident).collect()
    }

    async fn undelivered(&self) -> Result<(Vec<HandOverMessage>, u64), DeskFault> {
        let mut select = Select::of(&MESSAGE, Sight::Everything)
            .filter(Filter::Ne("way", "screen".into()))
            .order("intended_at", Direction::Ascending);
        for state in SETTLED {
            select = select.filter(Filter::Ne("state", state.into()));
        }
        let in_all = self.store().count(&select).await?;
        let rows = self.store().rows(&select.limit(LINES_MAX)).await?;
        let messages =
            rows.iter().map(|row| self.undelivered_message(row)).collect::<Result<_, _>>()?;
        Ok((messages, in_all))
    }

    fn undelivered_message(&self, row: &Row) -> Result<HandOverMessage, DeskFault> {
        Ok(HandOverMessage {
            about: row.text("about")?.to_owned(),
            title: String::new(),
            occasion: row.text("occasion")?.to_owned(),
            to: self.addressee(row.text("addressee")?),
            way: row.text("way")?.to_owned(),
            state: row.text("state")?.to_owned(),
            intended_at: row.time("intended_at")?,
            attempts: u32::try_from(row.int("attempts")?).unwrap_or(0),
        })
    }

    /// What an addressee of a board is called.
    fn addressee(&self, key: &str) -> Label {
        let directory = self.directory();
        if let Ok(person) = key.parse() {
            let name = directory.person_name(person, fengsui_vocabulary::Lang::Zh);
            return Label::new(name.clone(), name);
        }
        match key.parse() {
            Ok(organisation) => directory.name_of(organisation),
            Err(_) => Label::new("报告人", "the reporter"),
        }
    }

    /// Puts number and title beside every stream.
    async fn name_streams(&self, text: &mut HandOverText) -> Result<(), DeskFault> {
        let mut streams: BTreeSet<String> = BTreeSet::new();
        for (stream, _) in titled(text) {
            streams.insert(stream.clone());
        }
        let titles = self.titles_of(&Sight::Everything, &streams).await?;
        for (stream, title) in titled(text) {
            *title = titles.get(stream).cloned().unwrap_or_default();
        }
        Ok(())
    }

    fn organisation_label(&self, key: &str) -> Label {
        match key.parse() {
            Ok(organisation) => self.directory().name_of(organisation),
            Err(_) => Label::new("未识别单位", "organisation not identified yet"),
        }
    }

    fn role_label(&self, plan: &PlanId, role: &RoleId) -> Label {
        let packs = self.packs();
        let editions = packs.all().filter(|it| it.id == *plan);
        let mut labels = editions.filter_map(|it| it.roles.get(role).map(|it| it.label.clone()));
        labels.next().unwrap_or_else(|| Label::new(role.as_str(), role.as_str()))
    }

    fn is_affected(&self, plan: &PlanId, role: &RoleId) -> bool {
        let packs = self.packs();
        let mut editions = packs.all().filter(|it| it.id == *plan);
        editions.any(|it| it.roles.get(role).is_some_and(|it| it.bound == Binding::Affected))
    }
}

/// Every stream in a hand-over with the place of its title.
fn titled(text: &mut HandOverText) -> impl Iterator<Item = (&String, &mut String)> {
    let duties = text.duties.iter_mut().map(|it| (&it.stream, &mut it.title));
    let promises = text.promises.iter_mut().map(|it| (&it.stream, &mut it.title));
    let waiting = text.waiting.iter_mut().map(|it| (&it.stream, &mut it.title));
    let incidents = text.incidents.iter_mut().map(|it| (&it.stream, &mut it.title));
    let messages = text.messages.iter_mut().map(|it| (&it.about, &mut it.title));
    duties.chain(promises).chain(waiting).chain(incidents).chain(messages)
}

/// Who came and who went is on the shift itself.
fn is_about_shifts(kind: &str) -> bool {
    kind.starts_with("hand-over-") || (kind.starts_with("shift-") && !kind.starts_with("shift-log"))
}

fn incident(row: &Row) -> Result<HandOverIncident, DeskFault> {
    let level = |column| -> Result<Option<LevelId>, DeskFault> {
        Ok(row.opt_text(column)?.and_then(|level| level.parse().ok()))
    };
    Ok(HandOverIncident {
        stream: row.stream().to_owned(),
        title: String::new(),
        opened_at: row.time("opened_at")?,
        plan: parsed(row.text("plan")?)?,
        judged: level("judged")?,
        certain: level("certain")?,
        response: row.text("response")?.to_owned(),
        response_level: level("response_level")?,
        next_due_at: row.opt_time("next_due_at")?,
        open_duties: u32::try_from(row.int("open_duties")?).unwrap_or(0),
    })
}

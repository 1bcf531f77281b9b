//! What is open everywhere: the duties of running incidents and of reports that wait, with names and
//! telephones, as paper and back-entry need them.
//!
//! The order is that of the worklist; nothing is added to it and nothing left out.

use std::collections::{BTreeMap, BTreeSet};

use fengsui_plan::{Binding, Channel, Duty, DutyKind, DutyState, Plan};
use fengsui_response::incident::{Incident, Waiting};
use fengsui_response::report::Report;
use fengsui_response::{Packs, Tick};
use fengsui_store::{Direction, Filter, Row, Select, Sight};
use fengsui_vocabulary::{ClauseId, DutyId, Label, LevelId, OrganisationId, PlanId, RoleId};
use jiff::Timestamp;

use crate::boards::{INCIDENT, REPORT};
use crate::content::Contacts;
use crate::view::{Deliverable, Holder, worklist};
use crate::{Desk, DeskFault, Directory};

/// Running incidents, and reports that wait, that are looked at.
const CASES_MAX: u32 = 2_000;

/// An incident or a report with everything that is open in it.
#[derive(Clone, Debug, PartialEq)]
pub struct OpenCase {
    /// Its stream.
    pub stream: String,
    /// Its number.
    pub number: String,
    /// What it is called.
    pub title: String,
    /// Since when it goes on.
    pub since: Timestamp,
    /// The level that was judged under the leading plan, else the one that is certain.
    pub level: Option<LevelId>,
    /// `not-started`, `running` or `ended`; none for a report.
    pub response: Option<String>,
    /// What is owed, the next due first.
    pub groups: Vec<OpenGroup>,
}

/// What is owed by one to one.
#[derive(Clone, Debug, PartialEq)]
pub struct OpenGroup {
    /// Who owes it.
    pub from: Label,
    /// To whom.
    pub to: Option<Label>,
    /// Where the recipient is called.
    pub telephone: Option<String>,
    /// What it is.
    pub deliverable: Deliverable,
    /// The duties that one act may meet, the next due first.
    pub duties: Vec<OpenDuty>,
}

/// One open duty.
#[derive(Clone, Debug, PartialEq)]
pub struct OpenDuty {
    /// What is ticked off.
    pub tick: Tick,
    /// What it is.
    pub label: Label,
    /// The clause.
    pub clause: ClauseId,
    /// By which channel.
    pub channel: Channel,
    /// The kind of its deadline.
    pub kind: DutyKind,
    /// Where it stands.
    pub state: DutyState,
    /// When it is due.
    pub due: Option<Timestamp>,
    /// When it came to be owed.
    pub arose_at: Timestamp,
    /// Whether it was entered after its time, and waits for a second person to confirm it.
    pub is_entered: bool,
}

impl OpenCase {
    /// Every duty of it, in order.
    pub fn duties(&self) -> impl Iterator<Item = (&OpenGroup, &OpenDuty)> {
        self.groups.iter().flat_map(|group| group.duties.iter().map(move |duty| (group, duty)))
    }

    /// The duty with this tick.
    pub fn duty(&self, tick: &Tick) -> Option<&OpenDuty> {
        self.duties().map(|(_, duty)| duty).find(|duty| duty.tick == *tick)
    }
}

impl OpenDuty {
    /// When it comes in a list: by its time, else by when it arose.
    pub fn sorts_at(&self) -> Timestamp {
        self.due.unwrap_or(self.arose_at)
    }

    /// Who is meant among those who owe the same: what a row of a form or a table calls it.
    pub fn key(&self) -> String {
        key_of(&self.tick)
    }
}

/// The name of a tick within its incident, in letters that may stand in a form or a table:
/// `plan/duty/by/to/slot/party`.
pub(crate) fn key_of(tick: &Tick) -> String {
    let to = tick.to.as_ref().map_or("", |to| to.as_str());
    let slot = tick.slot.map(|slot| slot.to_string()).unwrap_or_default();
    let party = tick.party.map(|party| party.to_string()).unwrap_or_default();
    let Tick { plan, duty, by, .. } = tick;
    let (plan, duty, by): (&PlanId, &DutyId, &RoleId) = (plan, duty, by);
    format!("{plan}/{duty}/{by}/{to}/{slot}/{party}")
}

impl Desk {
    /// Everything that is open, as somebody sees it: running incidents in the order in which their next
    /// duty is due, then reports that wait, the oldest first.
    pub(crate) async fn open_work(&self, sight: &Sight) -> Result<Vec<OpenCase>, DeskFault> {
        let mut telephones = Telephones::default();
        let mut cases = Vec::new();
        let running = Select::of(&INCIDENT, sight.clone())
            .filter(Filter::Eq("is_open", true.into()))
            .order("opened_at", Direction::Ascending)
            .limit(CASES_MAX);
        for row in self.store().rows(&running).await? {
            cases.push(self.open_incident(&row, &mut telephones).await?);
        }
        let next = |case: &OpenCase| case.duties().filter_map(|(_, duty)| duty.due).min();
        cases.sort_by_key(|case| next(case).unwrap_or(Timestamp::MAX));
        let waiting = Select::of(&REPORT, sight.clone())
            .filter(Filter::Eq("state", "waiting".into()))
            .order("taken_in_at", Direction::Ascending)
            .limit(CASES_MAX);
        for row in self.store().rows(&waiting).await? {
            cases.push(self.open_report(&row, &mut telephones).await?);
        }
        Ok(cases)
    }

    async fn open_incident(
        &self,
        row: &Row,
        telephones: &mut Telephones,
    ) -> Result<OpenCase, DeskFault> {
        let loaded = self.load::<Incident>(row.stream().to_owned()).await?;
        let (packs, directory) = (self.packs(), self.directory());
        let incident = &loaded.state;
        let duties = incident.duties_under(&packs, self.now().max(loaded.recorded_at));
        let waiting = incident.waiting(&packs, self.now().max(loaded.recorded_at));
        let entered: BTreeSet<&Tick> = waiting.iter().filter_map(unconfirmed).collect();
        let open = |(duty, tick): (Duty, Tick)| open(&duty, tick, &entered);
        let mut groups = Vec::new();
        for group in worklist(incident, &duties, &packs, &directory) {
            let to = group.to.as_ref().map(|it| named(it, &packs, &directory));
            let telephone = match &group.to {
                Some(Holder::Organisation(id)) => self.telephone_of(*id, telephones).await?,
                Some(Holder::Role(..) | Holder::Unidentified(_)) | None => None,
            };
            groups.push(OpenGroup {
                from: named(&group.from, &packs, &directory),
                to,
                telephone,
                deliverable: group.deliverable,
                duties: group.ticks.into_iter().map(open).collect(),
            });
        }
        let level = |column| -> Result<Option<LevelId>, DeskFault> {
            Ok(row.opt_text(column)?.and_then(|level| level.parse().ok()))
        };
        Ok(OpenCase {
            stream: row.stream().to_owned(),
            number: row.text("number")?.to_owned(),
            title: row.text("title")?.to_owned(),
            since: row.time("opened_at")?,
            level: level("judged")?.or(level("certain")?),
            response: Some(row.text("response")?.to_owned()),
            groups,
        })
    }

    async fn open_report(
        &self,
        row: &Row,
        telephones: &mut Telephones,
    ) -> Result<OpenCase, DeskFault> {
        let loaded = self.load::<Report>(row.stream().to_owned()).await?;
        let (packs, directory) = (self.packs(), self.directory());
        let report = &loaded.state;
        let plan = report.intake.as_ref().and_then(|intake| packs.of(&intake.lead));
        let duties = plan.map(|plan| report.owed(plan, self.now().max(loaded.recorded_at)));
        let mut duties = duties.unwrap_or_default();
        duties.retain(|duty| duty.state.is_open());
        duties.sort_by_key(|duty| duty.due.unwrap_or(duty.arose_at));
        let mut groups = Vec::new();
        for (duty, plan) in duties.into_iter().zip(std::iter::repeat(plan)) {
            let Some(plan) = plan else { continue };
            let holder = |role: &RoleId| of_report(report, (plan, role), &duty, &directory);
            let (from, to) = (holder(&duty.actor), duty.to.as_ref().map(holder));
            let telephone = match &to {
                Some(Holder::Organisation(id)) => self.telephone_of(*id, telephones).await?,
                Some(Holder::Role(..) | Holder::Unidentified(_)) | None => None,
            };
            let deliverable = match duty.channel {
                Channel::Oral => Deliverable::Call,
                Channel::Written | Channel::Any => Deliverable::Document(None),
            };
            let tick = report.tick_of(&duty);
            groups.push(OpenGroup {
                from: named(&from, &packs, &directory),
                to: to.map(|it| named(&it, &packs, &directory)),
                telephone,
                deliverable,
                duties: vec![open(&duty, tick, &BTreeSet::new())],
            });
        }
        Ok(OpenCase {
            stream: row.stream().to_owned(),
            number: row.text("number")?.to_owned(),
            title: row.text("title")?.to_owned(),
            since: row.time("taken_in_at")?,
            level: None,
            response: None,
            groups,
        })
    }

    /// Where an organisation is called: its duty telephone, else the first of its people who has one.
    async fn telephone_of(
        &self,
        id: OrganisationId,
        known: &mut Telephones,
    ) -> Result<Option<String>, DeskFault> {
        if let Some(known) = known.0.get(&id) {
            return Ok(known.clone());
        }
        let directory = self.directory();
        let details = directory.details(id);
        let mut telephone =
            details.and_then(|it| it.duty_telephone.as_ref()).map(ToString::to_string);
        if telephone.is_none()
            && let Some(contacts) = details.and_then(|it| it.contacts.as_ref())
        {
            let contacts: Option<Contacts> = self.json(contacts).await?;
            let mut people = contacts.into_iter().flat_map(|it| it.people);
            telephone = people.find_map(|it| it.telephone).map(|it| it.to_string());
        }
        known.0.insert(id, telephone.clone());
        Ok(telephone)
    }
}

/// Telephones that were looked up.
#[derive(Default)]
struct Telephones(BTreeMap<OrganisationId, Option<String>>);

/// What was entered after its time and waits for a second person.
fn unconfirmed(waiting: &Waiting) -> Option<&Tick> {
    if let Waiting::Clearance { tick, .. } = waiting { Some(tick) } else { None }
}

fn open(duty: &Duty, tick: Tick, entered: &BTreeSet<&Tick>) -> OpenDuty {
    OpenDuty {
        is_entered: entered.contains(&tick),
        tick,
        label: (*duty.label).clone(),
        clause: duty.clause.clone(),
        channel: duty.channel,
        kind: duty.kind,
        state: duty.state,
        due: duty.due,
        arose_at: duty.arose_at,
    }
}

/// Who sends or receives, before an incident has resolved it.
fn of_report(
    report: &Report,
    (plan, role): (&Plan, &RoleId),
    duty: &Duty,
    directory: &Directory,
) -> Holder {
    let affected = report.party_of(duty).and_then(|party| report.affected.get(&party));
    let bound = plan.roles.get(role).map(|role| role.bound);
    if bound == Some(Binding::Affected) {
        return match (affected.and_then(|it| it.organisation), &duty.organisation) {
            (Some(organisation), _) => Holder::Organisation(organisation),
            (None, Some(key)) => Holder::Unidentified(key.clone()),
            (None, None) => Holder::Role(plan.id.clone(), role.clone()),
        };
    }
    let district = affected.and_then(|it| it.district.as_ref());
    let found = directory.filled_by(plan, role, district);
    found.map_or_else(|| Holder::Role(plan.id.clone(), role.clone()), Holder::Organisation)
}

/// What somebody who sends or receives is called.
fn named(holder: &Holder, packs: &Packs, directory: &Directory) -> Label {
    match holder {
        Holder::Organisation(id) => directory.name_of(*id),
        Holder::Unidentified(_) => Label::new("未识别单位", "organisation not identified yet"),
        Holder::Role(plan, role) => {
            let editions = packs.all().filter(|it| it.id == *plan);
            let mut labels =
                editions.filter_map(|it| it.roles.get(role).map(|it| it.label.clone()));
            labels.next().unwrap_or_else(|| Label::new(role.as_str(), role.as_str()))
        }
    }
}

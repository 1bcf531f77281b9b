//! What the program suggests that people look at: late, omitted, concealed and false reports.
//!
//! A suggestion accuses nobody. It rests on numbers that a text gives for times that are known: where a
//! text says *at once*, gives none, or the pack assumes where the clock starts, only a named policy of the
//! centre makes lateness of it. What a second person cleared is nobody's lateness.
//!
//! Whether a report is an organisation's own is read from whether it met a duty of that organisation.

use std::collections::{BTreeMap, BTreeSet};

use fengsui_plan::{Binding, Catalogue, Duty, DutyKind, DutyState, FactKind, Plan, Stage};
use fengsui_vocabulary::{DistrictCode, FactId, FactValue, Line, OrganisationId, ReportId};
use jiff::{SignedDuration, Timestamp};

use crate::house::{Accountable, LatenessPolicy};
use crate::incident::{Incident, Met, are_apart};
use crate::{
    AccountabilityKind, CarriedWhat, Ground, IncidentEvent, Matter, Outlook, Packs, Said, SaidBy,
    Tick,
};

/// Something that a person may want to look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggestion {
    /// What it would be about.
    pub matter: Matter,
    /// From when on it holds, if nothing is recorded until then.
    pub since: Timestamp,
    /// What it rests on, each with the time from which it does.
    pub ground: Vec<(Timestamp, Ground)>,
}

impl Suggestion {
    /// What it rests on at a time.
    pub fn ground_at(&self, now: Timestamp) -> Vec<Ground> {
        let holds = |(since, _): &&(Timestamp, Ground)| *since <= now;
        self.ground.iter().filter(holds).map(|(_, ground)| ground.clone()).collect()
    }
}

/// Everything to suggest about an incident, now or when times pass; `duties` are those of all its plans.
pub fn suggestions(
    incident: &Incident,
    duties: &[Duty],
    packs: &Packs,
    catalogue: &Catalogue,
) -> Vec<Suggestion> {
    let case = Case { incident, house: &packs.house().accountability, packs };
    let own = case.own_duties(duties);
    let organisations: BTreeSet<OrganisationId> =
        incident.affected.values().filter_map(|affected| affected.organisation).collect();
    let mut found = Vec::new();
    for organisation in organisations {
        let own: Vec<&Own<'_>> = own.iter().filter(|it| it.organisation == organisation).collect();
        let grounds = [
            (AccountabilityKind::Late, case.late(&own)),
            (AccountabilityKind::Omitted, case.omitted(&own)),
            (AccountabilityKind::Concealed, case.concealed(&own, organisation)),
            (AccountabilityKind::False, case.told(organisation, catalogue)),
        ];
        found.extend(
            grounds.into_iter().filter_map(|(kind, it)| case.suggestion(kind, organisation, it)),
        );
    }
    found
}

/// Whether an entry of an incident bears on a ground: it is named as evidence.
pub fn bears_on(event: &IncidentEvent, ground: &Ground) -> bool {
    match (event, ground) {
        (IncidentEvent::DutyMet(it), Ground::Duty { tick, .. }) => it.tick == *tick,
        (IncidentEvent::MissCleared(it), Ground::Duty { tick, .. }) => it.tick == *tick,
        (IncidentEvent::AnchorRecorded(it), Ground::Duty { tick, .. }) => {
            tick.party == Some(it.party)
        }
        (IncidentEvent::AnchorCorrected(it), Ground::Duty { tick, .. }) => {
            tick.party == Some(it.party)
        }
        (IncidentEvent::ReportJoined(it), Ground::Duty { tick, .. }) => {
            it.carried.iter().any(|carried| is_about(&carried.what, tick))
        }
        (IncidentEvent::ReportJoined(it), Ground::ReportedByOthers { report, .. }) => {
            it.report == *report
        }
        (IncidentEvent::FactsRecorded(it), Ground::Told { fact, said }) => {
            it.facts.contains_key(fact) && said.iter().any(|said| said.by == it.said_by)
        }
        (IncidentEvent::ReportJoined(it), Ground::Told { said, .. }) => {
            said.iter().any(|said| said.by == SaidBy::Report(it.report))
        }
        (_, Ground::Duty { .. } | Ground::ReportedByOthers { .. } | Ground::Told { .. }) => false,
    }
}

fn is_about(carried: &CarriedWhat, tick: &Tick) -> bool {
    match carried {
        CarriedWhat::Met(met) => met.tick == *tick,
        CarriedWhat::Cleared(cleared) => cleared.tick == *tick,
        CarriedWhat::Missed(missed) => missed.tick == *tick,
        CarriedWhat::Anchor { party, .. } | CarriedWhat::AnchorCorrected { party, .. } => {
            tick.party == Some(*party)
        }
        CarriedWhat::Facts(_)
        | CarriedWhat::Received { .. }
        | CarriedWhat::Reminded(_)
        | CarriedWhat::Declined { .. }
        | CarriedWhat::Reopened => false,
    }
}

/// An incident and the policies by which it is looked at.
struct Case<'a> {
    incident: &'a Incident,
    house: &'a Accountable,
    packs: &'a Packs,
}

/// A duty of one affected organisation that is its own.
struct Own<'a> {
    organisation: OrganisationId,
    duty: &'a Duty,
    tick: Tick,
    is_first_report: bool,
    /// From when on it counts as late, and by which policy; none where nothing makes it late.
    limit: Option<(Timestamp, Option<Line>)>,
}

impl<'a> Case<'a> {
    fn own_duties(&self, duties: &'a [Duty]) -> Vec<Own<'a>> {
        duties.iter().filter_map(|duty| self.own(duty)).collect()
    }

    fn own(&self, duty: &'a Duty) -> Option<Own<'a>> {
        let plan = self.packs.of(self.incident.edition(&duty.plan)?)?;
        if plan.roles.get(&duty.actor)?.bound != Binding::Affected {
            return None;
        }
        let party = self.incident.party_of(duty)?;
        Some(Own {
            organisation: self.incident.organisation_of(&party)?,
            duty,
            tick: self.incident.tick_of(duty),
            is_first_report: is_first_report(plan, duty),
            limit: limit(duty, self.house),
        })
    }

    fn late(&self, own: &[&Own<'_>]) -> Vec<(Timestamp, Ground)> {
        let late = |it: &&Own<'_>| {
            let (limit, policy) = it.limit.clone()?;
            let done = match it.duty.state {
                DutyState::Late | DutyState::Elapsed => it.duty.done_at?,
                DutyState::Done
                | DutyState::DoneRecordedLate
                | DutyState::Pending
                | DutyState::Missed
                | DutyState::Waived
                | DutyState::Superseded => return None,
            };
            (done > limit).then(|| self.duty_ground(it, limit, policy, Some(done)))
        };
        own.iter().filter_map(late).collect()
    }

    fn omitted(&self, own: &[&Own<'_>]) -> Vec<(Timestamp, Ground)> {
        let omitted = |it: &&Own<'_>| {
            let (limit, policy) = it.limit.clone()?;
            it.duty.state.is_open().then(|| self.duty_ground(it, limit, policy, None))
        };
        own.iter().filter_map(omitted).collect()
    }

    /// Others reported it, and nothing of its own had come when its first report was due.
    fn concealed(
        &self,
        own: &[&Own<'_>],
        organisation: OrganisationId,
    ) -> Vec<(Timestamp, Ground)> {
        let first: Vec<_> = own.iter().copied().filter(|it| it.is_first_report).collect();
        let owed = |it: &&&Own<'_>| match it.duty.state {
            DutyState::Late | DutyState::Elapsed | DutyState::Pending | DutyState::Missed => true,
            DutyState::Done
            | DutyState::DoneRecordedLate
            | DutyState::Waived
            | DutyState::Superseded => false,
        };
        let limits = first.iter().filter(owed).filter_map(|it| it.limit.as_ref());
        let Some(due) = limits.map(|(limit, _)| *limit).min() else { return Vec::new() };
        let came_at = first.iter().flat_map(|it| self.deliveries(&it.tick)).map(|met| met.at).min();
        if came_at.is_some_and(|at| at <= due) {
            return Vec::new();
        }
        let before_it = |(_, at): &(ReportId, Timestamp)| came_at.is_none_or(|came| *at < came);
        let others: Vec<_> = self.of_others(organisation).into_iter().filter(before_it).collect();
        let Some(others_at) = others.iter().map(|(_, at)| *at).min() else { return Vec::new() };
        let ticks = first.iter().filter(owed).filter_map(|it| {
            let (limit, policy) = it.limit.clone()?;
            let (since, ground) = self.duty_ground(it, limit, policy, it.duty.done_at);
            Some((since.max(others_at), ground))
        });
        let since = after(due).max(others_at);
        let told = others
            .into_iter()
            .map(|(report, at)| (since.max(at), Ground::ReportedByOthers { report, at }));
        ticks.chain(told).collect()
    }

    /// Facts of which submissions of the same organisation say what cannot both be so.
    fn told(
        &self,
        organisation: OrganisationId,
        catalogue: &Catalogue,
    ) -> Vec<(Timestamp, Ground)> {
        let mut told: BTreeMap<&FactId, Vec<Said>> = self.reported(organisation);
        for (fact, said) in self.issued(organisation) {
            told.entry(fact).or_default().extend(said);
        }
        let contradiction = |(fact, mut said): (&FactId, Vec<Said>)| {
            said.sort_by_key(|said| said.at);
            let contradicts = |earlier: &Said, later: &Said| {
                are_apart(catalogue, fact, &earlier.value, &later.value)
                    && !is_development(catalogue, fact, &earlier.value, &later.value)
            };
            let apart = said.iter().enumerate().any(|(index, earlier)| {
                said.iter().skip(index + 1).any(|later| contradicts(earlier, later))
            });
            let since = said.last()?.at;
            apart.then(|| (since, Ground::Told { fact: fact.clone(), said }))
        };
        told.into_iter().filter_map(contradiction).collect()
    }

    /// What each of its reports said last, supplements included: who corrects a report has corrected it, and
    /// what the organisation tells the desk later corrects all it had said.
    fn reported(&self, organisation: OrganisationId) -> BTreeMap<&'a FactId, Vec<Said>> {
        let own = self.own_reports(organisation);
        let is_its = |by: &SaidBy| match by {
            SaidBy::Report(report) => own.contains(report),
            SaidBy::Organisation(said_by) => *said_by == organisation,
            SaidBy::Role(_) => false,
        };
        let mut told: BTreeMap<&FactId, Vec<Said>> = BTreeMap::new();
        for (fact, entries) in &self.incident.facts {
            let observed = entries.iter().filter(|it| it.outlook == Outlook::Observed);
            for entry in observed.filter(|it| is_its(&it.said_by)) {
                let said = told.entry(fact).or_default();
                let corrects_all = matches!(entry.said_by, SaidBy::Organisation(_));
                said.retain(|said| !corrects_all && said.by != entry.said_by);
                let (by, value) = (entry.said_by.clone(), entry.value.clone());
                said.push(Said { by, value, at: entry.at, document: None });
            }
        }
        told
    }

    /// What the last document under each plan told that the organisation issued here, where it is the only
    /// one affected: a document says in which role it was issued, not for whom.
    fn issued(&self, organisation: OrganisationId) -> BTreeMap<&'a FactId, Vec<Said>> {
        let mut told: BTreeMap<&FactId, Vec<Said>> = BTreeMap::new();
        let affected = &self.incident.affected;
        if affected.len() != 1 || affected.values().any(|it| it.organisation != Some(organisation))
        {
            return told;
        }
        let mut last = BTreeMap::new();
        for document in &self.incident.documents {
            let plan = document.plan.as_ref().or_else(|| self.incident.lead().map(|it| &it.plan));
            let edition = plan.and_then(|plan| self.incident.edition(plan));
            let Some(plan) = edition.and_then(|edition| self.packs.of(edition)) else { continue };
            if plan.roles.get(&document.role).is_some_and(|it| it.bound == Binding::Affected) {
                last.insert(plan.id.clone(), document);
            }
        }
        for document in last.into_values() {
            for (fact, value) in document.facts.iter().flatten() {
                told.entry(fact).or_default().push(Said {
                    by: SaidBy::Organisation(organisation),
                    value: value.clone(),
                    at: document.at,
                    document: Some(document.title.clone()),
                });
            }
        }
        told
    }

    fn duty_ground(
        &self,
        own: &Own<'_>,
        limit: Timestamp,
        policy: Option<Line>,
        done: Option<Timestamp>,
    ) -> (Timestamp, Ground) {
        let unconfirmed = |met: &&Met| met.cleared_by.is_none() && met.at <= limit;
        let claimed = self.deliveries(&own.tick).filter(unconfirmed).map(|met| met.recorded_at);
        let ground = Ground::Duty {
            tick: own.tick.clone(),
            clause: own.duty.clause.clone(),
            due: limit,
            done,
            claimed: claimed.min(),
            policy,
        };
        (after(limit), ground)
    }

    fn deliveries<'t>(&'t self, tick: &'t Tick) -> impl Iterator<Item = &'t Met> {
        self.incident.met.iter().filter(move |met| self.is_same(&met.tick, tick))
    }

    /// A report that named an organisation before it was identified met the same tick.
    fn is_same(&self, one: &Tick, other: &Tick) -> bool {
        let key = |tick: &Tick| tick.party.map(|party| self.incident.key(&party));
        (&one.plan, &one.duty, &one.by, &one.to, one.slot)
            == (&other.plan, &other.duty, &other.by, &other.to, other.slot)
            && key(one) == key(other)
    }

    fn own_reports(&self, organisation: OrganisationId) -> BTreeSet<ReportId> {
        let is_own = |what: &CarriedWhat| match what {
            CarriedWhat::Met(met) => met
                .tick
                .party
                .is_some_and(|party| self.incident.organisation_of(&party) == Some(organisation)),
            CarriedWhat::Anchor { .. }
            | CarriedWhat::AnchorCorrected { .. }
            | CarriedWhat::Facts(_)
            | CarriedWhat::Received { .. }
            | CarriedWhat::Cleared(_)
            | CarriedWhat::Reminded(_)
            | CarriedWhat::Missed(_)
            | CarriedWhat::Declined { .. }
            | CarriedWhat::Reopened => false,
        };
        let brought = self.incident.brought().filter(|(_, carried)| is_own(&carried.what));
        brought.map(|(report, _)| report).collect()
    }

    /// Reports that are not this organisation's own, with when they were taken in.
    fn of_others(&self, organisation: OrganisationId) -> Vec<(ReportId, Timestamp)> {
        let own = self.own_reports(organisation);
        let taken_in = |report: ReportId| {
            let of_it = self.incident.brought().filter(|(from, _)| *from == report);
            let received = of_it.filter(|(_, it)| matches!(it.what, CarriedWhat::Received { .. }));
            received.map(|(_, carried)| carried.at).min()
        };
        let others = self.incident.reports.iter().filter(|(report, _)| !own.contains(report));
        others
            .map(|(report, joined)| (*report, taken_in(*report).unwrap_or(joined.joined_at)))
            .collect()
    }

    fn suggestion(
        &self,
        kind: AccountabilityKind,
        organisation: OrganisationId,
        ground: Vec<(Timestamp, Ground)>,
    ) -> Option<Suggestion> {
        let since = ground.iter().map(|(since, _)| *since).min()?;
        let incident = self.incident.id;
        let district = self.district_of(organisation);
        let matter = Matter { kind, organisation, district, incident };
        Some(Suggestion { matter, since, ground })
    }

    fn district_of(&self, organisation: OrganisationId) -> Option<DistrictCode> {
        let affected = self.incident.affected.values();
        affected
            .filter(|affected| affected.organisation == Some(organisation))
            .find_map(|affected| affected.district.clone())
    }
}

/// From when on a duty counts as late, and by which policy.
fn limit(duty: &Duty, house: &Accountable) -> Option<(Timestamp, Option<Line>)> {
    let policy = || house.policies.iter().find(|it| it.plan == duty.plan && it.duty == duty.duty);
    match (duty.kind, duty.due) {
        (DutyKind::Within | DutyKind::Recurring, Some(due)) if !duty.assumed => Some((due, None)),
        (DutyKind::Within | DutyKind::Recurring, Some(due)) => {
            let policy = policy()?;
            let by_policy =
                policy.within.map_or(due, |within| due.max(later(duty.arose_at, within)));
            Some((by_policy, Some(policy.name.clone())))
        }
        (DutyKind::Immediate | DutyKind::Simultaneous | DutyKind::Undefined, _) => {
            let LatenessPolicy { name, within, .. } = policy()?;
            Some((later(duty.arose_at, (*within)?), Some(name.clone())))
        }
        (DutyKind::Within | DutyKind::Recurring, None)
        | (DutyKind::Continuing | DutyKind::OnRequest, _) => None,
    }
}

fn is_first_report(plan: &Plan, duty: &Duty) -> bool {
    let rules = plan.duties.iter().filter(|rule| rule.id == duty.duty);
    let mut forms = rules.filter_map(|rule| plan.forms.get(rule.form.as_ref()?));
    forms.any(|form| form.stage == Some(Stage::First))
}

/// Whether what was said later is only worse: an incident grows, and who says so corrects what was said
/// before. What has no order cannot grow.
fn is_development(
    catalogue: &Catalogue,
    fact: &FactId,
    earlier: &FactValue,
    later: &FactValue,
) -> bool {
    let Some(fact) = catalogue.get(fact) else { return false };
    match &fact.kind {
        FactKind::Choice { .. } | FactKind::Region => false,
        FactKind::Flag
        | FactKind::OrderedChoice { .. }
        | FactKind::Count
        | FactKind::Money { .. }
        | FactKind::Share
        | FactKind::Duration => match (fact.bounds_of(earlier), fact.bounds_of(later)) {
            (Ok(earlier), Ok(later)) => later.mildest > earlier.worst,
            (Err(_), _) | (_, Err(_)) => false,
        },
    }
}

/// The first moment after a time: the journal keeps microseconds.
fn after(time: Timestamp) -> Timestamp {
    later(time, SignedDuration::from_micros(1))
}

fn later(time: Timestamp, by: SignedDuration) -> Timestamp {
    time.checked_add(by).unwrap_or(Timestamp::MAX)
}

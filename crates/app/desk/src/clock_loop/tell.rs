//! Who is told of what the clock recorded: whoever owes it; of a miss also the officers of the centre.
//!
//! One notice an addressee and firing: what fell due together is told together.

use std::collections::{BTreeMap, BTreeSet};

use fengsui_notices::{DutyDue, DutyMissed, Moment, Notice, Phrase, Url};
use fengsui_plan::{Act, Binding, Duty, Plan};
use fengsui_response::house::CallOutWhen;
use fengsui_response::incident::Incident;
use fengsui_response::report::Report;
use fengsui_response::{
    Addressee, Decided, IncidentEvent, Missed, Packs, Reminded, ReminderStep, ReportEvent, Tick,
};
use fengsui_vocabulary::{DistrictCode, OrganisationId, PlanId, RoleId};
use jiff::Timestamp;

use crate::outgoing::{Intents, Outgoing};
use crate::stream::{incident_stream, report_stream};
use crate::{Desk, DeskFault, Directory};

/// What one firing recorded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Heard {
    pub(super) missed: Vec<Missed>,
    pub(super) reminded: Vec<Reminded>,
    /// Since when a report waits because of which people are called out.
    pub(super) left_waiting: Option<Timestamp>,
}

/// What it is about.
struct About {
    stream: String,
    /// Number and title.
    name: String,
    place: Url,
    now: Timestamp,
}

/// One duty of a firing, with who owes it.
struct Told<'a> {
    duty: &'a Duty,
    plan: &'a Plan,
    owing: BTreeSet<Addressee>,
}

/// What somebody is told of several duties at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Missed,
    Due,
}

impl Heard {
    pub(super) fn of_incident(decided: &[Decided<IncidentEvent>]) -> Self {
        let mut heard = Self::default();
        for it in decided {
            if let IncidentEvent::DutiesMissed(it) = &it.event {
                heard.missed.extend(it.missed.iter().cloned());
            }
            if let IncidentEvent::DutiesReminded(it) = &it.event {
                heard.reminded.extend(it.reminded.iter().cloned());
            }
        }
        heard
    }

    pub(super) fn of_report(decided: &[Decided<ReportEvent>]) -> Self {
        let mut heard = Self::default();
        for it in decided {
            if let ReportEvent::DutiesMissed(it) = &it.event {
                heard.missed.extend(it.missed.iter().cloned());
            }
            if let ReportEvent::DutiesReminded(it) = &it.event {
                heard.reminded.extend(it.reminded.iter().cloned());
            }
            if let ReportEvent::LeftWaiting(it) = &it.event {
                heard.left_waiting = Some(it.since);
            }
        }
        heard
    }

    /// The ticks that somebody is told of, and of what kind: once a miss is told, or will be in a
    /// moment, nobody is reminded that the duty will be due.
    fn ticks(
        &self,
        due: impl Fn(&Tick) -> Option<Timestamp>,
        now: Timestamp,
    ) -> Vec<(&Tick, Kind)> {
        let missed: BTreeSet<&Tick> = self.missed.iter().map(|it| &it.tick).collect();
        let is_told = |it: &&Reminded| match it.step {
            ReminderStep::Before(_) => {
                !missed.contains(&it.tick) && due(&it.tick).is_none_or(|due| due >= now)
            }
            ReminderStep::Immediate(_) => true,
            ReminderStep::After(_) => !missed.contains(&it.tick),
            ReminderStep::CallOut => false,
        };
        let reminded: BTreeSet<&Tick> =
            self.reminded.iter().filter(is_told).map(|it| &it.tick).collect();
        let missed = missed.iter().map(|tick| (*tick, Kind::Missed));
        missed.chain(reminded.iter().map(|tick| (*tick, Kind::Due))).collect()
    }

    fn calls_out(&self) -> impl Iterator<Item = &Tick> {
        let is_call_out = |it: &&Reminded| match it.step {
            ReminderStep::CallOut => true,
            ReminderStep::Before(_) | ReminderStep::Immediate(_) | ReminderStep::After(_) => false,
        };
        self.reminded.iter().filter(is_call_out).map(|it| &it.tick)
    }
}

impl Desk {
    /// What a firing of an incident gains so that people are told.
    pub(super) async fn tell_of_incident(
        &self,
        incident: &Incident,
        heard: &Heard,
        now: Timestamp,
    ) -> Result<Intents, DeskFault> {
        let (Some(id), Some(heading)) = (incident.id, &incident.heading) else {
            return Ok(Intents::default());
        };
        let about = About {
            stream: incident_stream(id),
            name: format!("{} {}", heading.number, heading.title),
            place: self.place(&format!("/incidents/{id}")),
            now,
        };
        let (outgoing, called) = {
            let (packs, directory) = (self.packs(), self.directory());
            let duties = incident.worklist(&packs, now);
            let told = told(&duties, |duty| {
                let edition = incident.edition(&duty.plan)?;
                let plan = packs.of(edition)?;
                let party = incident.party_of(duty);
                let affected = party.and_then(|party| incident.affected.get(&party));
                let resolved = incident.resolved.get(&(plan.id.clone(), duty.actor.clone(), party));
                let place = Place {
                    organisation: affected.and_then(|it| it.organisation),
                    district: affected.and_then(|it| it.district.as_ref()),
                    resolved: resolved.copied(),
                };
                let owing = owing(&directory, plan, &duty.actor, &place);
                Some((incident.tick_of(duty), Told { duty, plan, owing }))
            });
            outgoing(&told, heard, (&about, &packs, &directory))
        };
        self.heard_by(&about, heard, (outgoing, called)).await
    }

    /// What a firing of a report gains so that people are told.
    pub(super) async fn tell_of_report(
        &self,
        report: &Report,
        heard: &Heard,
        now: Timestamp,
    ) -> Result<Intents, DeskFault> {
        let Some(intake) = &report.intake else { return Ok(Intents::default()) };
        let about = About {
            stream: report_stream(intake.report),
            name: intake.number.to_string(),
            place: self.place(&format!("/reports/{}", intake.report)),
            now,
        };
        let (outgoing, called) = {
            let (packs, directory) = (self.packs(), self.directory());
            let duties = report.worklist(&packs, now);
            let plan = packs.of(&intake.lead);
            let told = told(&duties, |duty| {
                let plan = plan?;
                let party = report.party_of(duty);
                let affected = party.and_then(|party| report.affected.get(&party));
                let place = Place {
                    organisation: affected.and_then(|it| it.organisation),
                    district: affected.and_then(|it| it.district.as_ref()),
                    resolved: None,
                };
                let owing = owing(&directory, plan, &duty.actor, &place);
                Some((report.tick_of(duty), Told { duty, plan, owing }))
            });
            outgoing(&told, heard, (&about, &packs, &directory))
        };
        self.heard_by(&about, heard, (outgoing, called)).await
    }

    async fn heard_by(
        &self,
        about: &About,
        heard: &Heard,
        (outgoing, called): (Vec<Outgoing>, Option<String>),
    ) -> Result<Intents, DeskFault> {
        let mut intents = self.intents(&outgoing, about.now).await?;
        let waiting = heard.left_waiting.map(|_| about.name.clone());
        let reasons = [(CallOutWhen::DutyMissed, called), (CallOutWhen::ReportWaiting, waiting)];
        for (when, because) in reasons {
            let Some(because) = because else { continue };
            let called = self.call_out_because(when, &about.stream, &because, about.now).await?;
            intents.streams.extend(called.streams);
            intents.blobs.extend(called.blobs);
        }
        Ok(intents)
    }
}

/// Who is told what; and what people are called out for, if they are.
fn outgoing(
    told: &BTreeMap<Tick, Told<'_>>,
    heard: &Heard,
    (about, packs, directory): (&About, &Packs, &Directory),
) -> (Vec<Outgoing>, Option<String>) {
    let own = own_organisations(packs, directory);
    let officers: BTreeSet<Addressee> =
        directory.officers_of(&own).map(Addressee::Person).collect();
    let due = |tick: &Tick| told.get(tick).and_then(|it| it.duty.due);
    let mut groups: BTreeMap<(Addressee, Kind), Vec<&Told<'_>>> = BTreeMap::new();
    for (tick, kind) in heard.ticks(due, about.now) {
        let Some(told) = told.get(tick) else { continue };
        let further = match kind {
            Kind::Missed => Some(&officers),
            Kind::Due => None,
        };
        let to: BTreeSet<Addressee> =
            told.owing.iter().chain(further.into_iter().flatten()).copied().collect();
        for to in to {
            groups.entry((to, kind)).or_default().push(told);
        }
    }
    let outgoing = groups
        .into_iter()
        .map(|((to, kind), told)| Outgoing {
            about: about.stream.clone(),
            to,
            notice: match kind {
                Kind::Missed => missed(&told, about, directory),
                Kind::Due => reminder(&told, about),
            },
        })
        .collect();
    let is_own = |it: &&Told<'_>| it.owing.iter().any(|to| is_of(*to, &own, directory));
    let called = heard.calls_out().filter_map(|tick| told.get(tick)).find(is_own);
    (outgoing, called.map(|it| format!("{}: {}", about.name, it.duty.label.zh)))
}

/// Where somebody who owes something is looked for.
struct Place<'a> {
    organisation: Option<OrganisationId>,
    district: Option<&'a DistrictCode>,
    resolved: Option<OrganisationId>,
}

fn told<'a>(
    duties: &'a [Duty],
    of: impl Fn(&'a Duty) -> Option<(Tick, Told<'a>)>,
) -> BTreeMap<Tick, Told<'a>> {
    duties.iter().filter_map(of).collect()
}

/// The people or the organisation that fill a role; nobody where it is unknown.
fn owing(
    directory: &Directory,
    plan: &Plan,
    role: &RoleId,
    place: &Place<'_>,
) -> BTreeSet<Addressee> {
    let one = |id: Option<OrganisationId>| id.map(Addressee::Organisation).into_iter().collect();
    match plan.roles.get(role).map(|role| role.bound) {
        Some(Binding::Affected) => one(place.organisation),
        Some(Binding::District | Binding::Sector) => one(place
            .resolved
            .or_else(|| directory.authority_for(plan, role, (place.organisation, place.district)))),
        Some(
            Binding::Deployment
            | Binding::Optional
            | Binding::Outside
            | Binding::Set
            | Binding::Converted,
        )
        | None => match directory.centre().filled_by(&plan.id, role, None) {
            Some(bound) if !bound.persons.is_empty() => {
                bound.persons.iter().map(|it| Addressee::Person(*it)).collect()
            }
            Some(bound) => one(bound.organisation),
            None => BTreeSet::new(),
        },
    }
}

/// The organisations that run this centre: those that accept reports under the leading plan.
fn own_organisations(packs: &Packs, directory: &Directory) -> BTreeSet<OrganisationId> {
    let lead = directory.lead_plan().and_then(|lead| packs.of(lead));
    let Some(plan) = lead else { return BTreeSet::new() };
    let accepts = plan.authority(Act::AcceptReport, None);
    let roles = accepts.map(|it| it.how.initiators()).unwrap_or_default();
    roles.iter().filter_map(|role| directory.filled_by(plan, role, None)).collect()
}

fn is_of(to: Addressee, own: &BTreeSet<OrganisationId>, directory: &Directory) -> bool {
    match to {
        Addressee::Organisation(id) => own.contains(&id),
        Addressee::Person(person) => {
            directory.organisation_of(person).is_some_and(|id| own.contains(&id))
        }
        Addressee::Reporter => false,
    }
}

fn missed(told: &[&Told<'_>], about: &About, directory: &Directory) -> Notice {
    Notice::DutyMissed(DutyMissed {
        duty: duties(told),
        clause: clauses(told),
        about: Phrase::of(&about.name),
        owed_by: joined(told.iter().map(|it| owed_by(it, directory))),
        due_at: due_at(told),
        noticed_at: shown(told, about.now),
        place: about.place.clone(),
    })
}

fn reminder(told: &[&Told<'_>], about: &About) -> Notice {
    Notice::DutyDue(DutyDue {
        duty: duties(told),
        clause: clauses(told),
        about: Phrase::of(&about.name),
        recipient: joined(told.iter().filter_map(|it| {
            let to = it.duty.to.as_ref()?;
            Some(role_name(it.plan, to))
        })),
        due_at: due_at(told),
        reminded_at: shown(told, about.now),
        place: about.place.clone(),
    })
}

fn owed_by(told: &Told<'_>, directory: &Directory) -> String {
    let role = role_name(told.plan, &told.duty.actor);
    let names = told.owing.iter().filter_map(|to| match to {
        Addressee::Organisation(id) => Some(directory.name_of(*id).zh),
        Addressee::Person(_) | Addressee::Reporter => None,
    });
    match names.collect::<Vec<_>>().join("、") {
        names if names.is_empty() || names == role => role,
        names => format!("{role}（{names}）"),
    }
}

fn role_name(plan: &Plan, role: &RoleId) -> String {
    plan.roles.get(role).map_or_else(|| role.to_string(), |role| role.label.zh.clone())
}

fn duties(told: &[&Told<'_>]) -> Phrase {
    joined(told.iter().map(|it| it.duty.label.zh.clone()))
}

fn clauses(told: &[&Told<'_>]) -> Phrase {
    let clause = |plan: &PlanId, it: &Told<'_>| format!("{plan} {}", it.duty.clause);
    joined(told.iter().map(|it| clause(&it.plan.id, it)))
}

/// When the first of them is due; what is to be done at once, since it arose.
fn due_at(told: &[&Told<'_>]) -> Moment {
    let first = told.iter().map(|it| it.duty.due.unwrap_or(it.duty.arose_at)).min();
    shown(told, first.unwrap_or_default())
}

fn shown(told: &[&Told<'_>], at: Timestamp) -> Moment {
    let zone = told.first().map_or(jiff::tz::TimeZone::UTC, |it| it.duty.zone.clone());
    Moment(at.to_zoned(zone))
}

/// Each text once, in order, and how many more there are.
fn joined(texts: impl Iterator<Item = String>) -> Phrase {
    let mut shown: Vec<String> = Vec::new();
    for text in texts {
        if !shown.contains(&text) {
            shown.push(text);
        }
    }
    let more = shown.len().saturating_sub(SHOWN_MAX);
    shown.truncate(SHOWN_MAX);
    let shown = shown.join("；");
    Phrase::of(if more > 0 { format!("{shown} (+{more})") } else { shown })
}

/// Texts of one kind in a notice at most.
const SHOWN_MAX: usize = 6;

//! What touches several streams in one commit: accepting, supplementing, splitting, merging reports.

use std::collections::BTreeMap;

use fengsui_plan::{Binding, Plan, Role};
use fengsui_response::accept::{
    AcceptReport, MergeReport, Regrouped, SplitReport, accept, merge, split, supplement,
};
use fengsui_response::incident::Incident;
use fengsui_response::report::{Report, SupplementReport};
use fengsui_response::{
    Actor, Asked, Attachment, Decided, IncidentEvent, Party, PlanRef, ReportEvent, RoleResolved,
    Scene,
};
use fengsui_store::{Claim, Committed, NewBlob, StreamCommit};
use fengsui_vocabulary::{CommandId, Facts, IncidentId, Line, PersonId, ReportId, RoleId};
use jiff::Timestamp;

use crate::commit::{ATTEMPTS_MAX, Gains, done_before};
use crate::content::Addition;
use crate::intake::{ArrivedFile, check_facts};
use crate::outgoing::Intents;
use crate::project;
use crate::stream::{Loaded, incident_of, incident_stream, report_stream};
use crate::{Desk, DeskFault, Directory, Done};

/// Where incident numbers are unique.
const INCIDENT_NUMBER: &str = "incident-number";

/// Roles that each district or sector fills for itself.
fn by_place(plan: &Plan) -> impl Iterator<Item = &RoleId> {
    let differs = |role: &&Role| matches!(role.bound, Binding::District | Binding::Sector);
    plan.roles.values().filter(differs).map(|role| &role.id)
}

/// Who fills a plan's roles of the place and sector of one affected organisation.
fn resolved_at(
    incident: &Incident,
    directory: &Directory,
    (plan, party): (&Plan, Party),
) -> Vec<RoleResolved> {
    let Some(affected) = incident.affected.get(&party) else { return Vec::new() };
    let place = (affected.organisation, affected.district.as_ref());
    let is_lead = incident.lead().is_some_and(|lead| lead.plan == plan.id);
    let key = |role: &RoleId| (plan.id.clone(), role.clone(), Some(party));
    by_place(plan)
        .filter(|role| !incident.resolved.contains_key(&key(role)))
        .filter_map(|role| {
            Some(RoleResolved {
                role: role.clone(),
                party: Some(party),
                organisation: directory.authority_for(plan, role, place)?,
                registry_version: directory.version(),
                plan: (!is_lead).then(|| plan.id.clone()),
            })
        })
        .collect()
}

/// Into what a report is accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Acceptance {
    /// A new incident of this title.
    Open(Line),
    /// An incident that is open already.
    Join(IncidentId),
}

/// Who accepts, and when it happened.
#[derive(Clone, Debug)]
pub struct Accepting {
    /// Who.
    pub by: Actor,
    /// In which role; none lets the plan choose.
    pub role: Option<RoleId>,
    /// When; none means now.
    pub happened_at: Option<Timestamp>,
}

/// What a reporter adds to a report, or answers.
#[derive(Clone, Debug)]
pub struct Added {
    /// What was written.
    pub addition: Addition,
    /// Files, in the order of `addition.file_names`.
    pub files: Vec<ArrivedFile>,
    /// What the reporter knows now.
    pub facts: Facts,
}

/// The incident to which a command wrote: the report may have joined others since.
fn incident_in(committed: &Committed) -> Result<IncidentId, DeskFault> {
    let mut streams = committed.entries.iter().map(|placed| placed.stream.as_str());
    streams.find_map(incident_of).ok_or(DeskFault::Absent)
}

impl Desk {
    /// Accepts a report: opens an incident with it, or joins one, in one commit.
    pub async fn accept(
        &self,
        report: ReportId,
        command_id: CommandId,
        accepting: Accepting,
        into: Acceptance,
    ) -> Result<IncidentId, DeskFault> {
        if let Some(before) = self.store().committed(command_id).await? {
            return incident_in(&before);
        }
        self.check_sight(&accepting.by, &report_stream(report)).await?;
        let new = self.draw_incident();
        for attempt in 0..ATTEMPTS_MAX {
            let loaded = self.load_existing::<Report>(report_stream(report)).await?;
            let command = match &into {
                Acceptance::Join(incident) => AcceptReport::Join { incident: *incident },
                Acceptance::Open(title) => AcceptReport::Open {
                    incident: new,
                    number: self.next_incident_number(attempt).await?,
                    title: title.clone(),
                    plans: self.plans_in_force()?,
                },
            };
            let asked = Asked {
                by: accepting.by.clone(),
                role: accepting.role.clone(),
                happened_at: accepting.happened_at,
                command,
            };
            match self.accept_once(command_id, &loaded, &asked).await {
                Err(DeskFault::Overtaken(_)) => {} // decide again: the answer may differ now
                Err(fault) => return Err(fault),
                Ok(committed) => return incident_in(&committed),
            }
        }
        Err(DeskFault::Busy)
    }

    async fn accept_once(
        &self,
        command_id: CommandId,
        loaded: &Loaded<Report>,
        asked: &Asked<AcceptReport>,
    ) -> Result<Committed, DeskFault> {
        let by = asked.by.person;
        let stream = incident_stream(asked.command.incident());
        let incident = self.load::<Incident>(stream).await?;
        let packs = self.packs();
        let now = self.now().max(loaded.recorded_at).max(incident.recorded_at);
        let scene = Scene::new(now, &packs);
        let accepted = match accept(&loaded.state, &incident.state, asked, &scene) {
            Ok(accepted) => accepted,
            Err(refusal) => {
                let about = (loaded.stream.as_str(), asked.command.name());
                return self.refuse_unless_done(command_id, by, about, refusal).await;
            }
        };
        let mut incident_events = accepted.incident;
        let after = incident.after(&incident_events, now, by);
        let at = asked.happened_at.unwrap_or(now);
        incident_events.extend(self.resolutions(&after.state, at));
        let streams = vec![
            self.report_gains(loaded, &accepted.report, now, by).await?,
            self.incident_gains(&incident, &incident_events, now, by),
        ];
        let gains = Gains {
            command_id,
            by,
            now,
            blobs: Vec::new(),
            claims: Vec::new(),
            intents: Intents::default(),
        };
        let mut commit = gains.commit(&accepted.report, streams);
        if let AcceptReport::Open { incident, number, .. } = &asked.command {
            commit.claims = vec![Claim {
                series: INCIDENT_NUMBER.to_owned(),
                key: number.to_string(),
                holder: incident.to_string(),
            }];
        }
        self.append(commit).await
    }

    /// The editions in force, the leading one first.
    fn plans_in_force(&self) -> Result<Vec<PlanRef>, DeskFault> {
        let directory = self.directory();
        let editions: Vec<PlanRef> = directory.centre().editions().into_iter().cloned().collect();
        if editions.is_empty() { Err(DeskFault::Absent) } else { Ok(editions) }
    }

    /// Who fills the roles that depend on where it happened and to whom, under every plan of the
    /// incident, as the registry has it now. What somebody resolved already stays.
    pub(crate) fn resolutions(
        &self,
        incident: &Incident,
        at: Timestamp,
    ) -> Vec<Decided<IncidentEvent>> {
        let (packs, directory) = (self.packs(), self.directory());
        let plans = incident.plans.iter().filter_map(|edition| packs.of(edition));
        let places = plans.flat_map(|plan| incident.affected.keys().map(move |it| (plan, it)));
        places
            .flat_map(|(plan, party)| resolved_at(incident, &directory, (plan, *party)))
            .map(|resolved| Decided::new(at, resolved))
            .collect()
    }

    /// Takes more from the reporter: into the report, and into each incident it is part of.
    pub async fn supplement(
        &self,
        by: &Actor,
        report: ReportId,
        command_id: CommandId,
        added: Added,
    ) -> Result<Done, DeskFault> {
        if let Some(before) = self.store().committed(command_id).await? {
            return Ok(done_before(&before));
        }
        check_facts(&added.facts)?;
        let mut blobs = Vec::new();
        let attachments = self.keep_files(added.files, &mut blobs).await?;
        let content = self.keep_json(&added.addition).await?;
        blobs.extend(content.new);
        let command =
            SupplementReport { content: content.reference, attachments, facts: added.facts };
        let asked = Asked::now(by.clone(), command);
        for _ in 0..ATTEMPTS_MAX {
            match self.supplement_once(command_id, report, &asked, &blobs).await {
                Err(DeskFault::Overtaken(_)) => {}
                done => return done,
            }
        }
        Err(DeskFault::Busy)
    }

    async fn supplement_once(
        &self,
        command_id: CommandId,
        report: ReportId,
        asked: &Asked<SupplementReport>,
        blobs: &[NewBlob],
    ) -> Result<Done, DeskFault> {
        let by = asked.by.person;
        let loaded = self.load_existing::<Report>(report_stream(report)).await?;
        let mut now = self.now().max(loaded.recorded_at);
        let mut incidents = BTreeMap::new();
        for incident in loaded.state.incidents.keys() {
            let incident_loaded = self.load::<Incident>(incident_stream(*incident)).await?;
            now = now.max(incident_loaded.recorded_at);
            incidents.insert(*incident, incident_loaded);
        }
        let states = incidents.iter().map(|(id, loaded)| (*id, loaded.state.clone())).collect();
        let packs = self.packs();
        let supplemented = match supplement(&loaded.state, &states, asked, &Scene::new(now, &packs))
        {
            Ok(supplemented) => supplemented,
            Err(refusal) => {
                let about = (loaded.stream.as_str(), "supplement-report");
                let before = self.refuse_unless_done(command_id, by, about, refusal).await?;
                return Ok(done_before(&before));
            }
        };
        let mut streams = vec![self.report_gains(&loaded, &supplemented.report, now, by).await?];
        for (id, events) in &supplemented.incidents {
            if let Some(incident) = incidents.get(id) {
                streams.push(self.incident_gains(incident, events, now, by));
            }
        }
        let gains = Gains {
            command_id,
            by,
            now,
            blobs: blobs.to_vec(),
            claims: Vec::new(),
            intents: Intents::default(),
        };
        let kinds = supplemented.report.iter().map(|it| it.event.kind().to_owned()).collect();
        let committed = self.append(gains.commit(&supplemented.report, streams)).await?;
        Ok(Done { kinds, repeated: committed.repeated })
    }

    /// Merges a report into another one that still waits.
    pub async fn merge_reports(
        &self,
        by: &Actor,
        report: ReportId,
        into: ReportId,
        command_id: CommandId,
    ) -> Result<Done, DeskFault> {
        if let Some(before) = self.store().committed(command_id).await? {
            return Ok(done_before(&before));
        }
        let loaded = self.load_existing::<Report>(report_stream(report)).await?;
        let other = self.load_existing::<Report>(report_stream(into)).await?;
        let packs = self.packs();
        let now = self.now().max(loaded.recorded_at).max(other.recorded_at);
        let asked = Asked::now(by.clone(), MergeReport { into });
        let merged = merge(&loaded.state, &other.state, &asked, &Scene::new(now, &packs));
        let regrouped = match merged {
            Ok(regrouped) => regrouped,
            Err(refusal) => {
                let about = (loaded.stream.as_str(), "merge-report");
                let before = self.refuse_unless_done(command_id, by.person, about, refusal).await?;
                return Ok(done_before(&before));
            }
        };
        let others = BTreeMap::from([(into, other)]);
        self.commit_regrouped(command_id, (by.person, now), &regrouped, (&loaded, &others)).await
    }

    /// Splits a report; each part goes on by itself with the receipt of the whole.
    pub async fn split_report(
        &self,
        by: &Actor,
        report: ReportId,
        command_id: CommandId,
        split_report: SplitReport,
    ) -> Result<Done, DeskFault> {
        if let Some(before) = self.store().committed(command_id).await? {
            return Ok(done_before(&before));
        }
        let loaded = self.load_existing::<Report>(report_stream(report)).await?;
        let packs = self.packs();
        let now = self.now().max(loaded.recorded_at);
        let asked = Asked::now(by.clone(), split_report);
        let regrouped = match split(&loaded.state, &asked, &Scene::new(now, &packs)) {
            Ok(regrouped) => regrouped,
            Err(refusal) => {
                let about = (loaded.stream.as_str(), "split-report");
                let before = self.refuse_unless_done(command_id, by.person, about, refusal).await?;
                return Ok(done_before(&before));
            }
        };
        let others = regrouped
            .others
            .keys()
            .map(|id| (*id, Loaded::<Report>::new(report_stream(*id))))
            .collect();
        self.commit_regrouped(command_id, (by.person, now), &regrouped, (&loaded, &others)).await
    }

    async fn commit_regrouped(
        &self,
        command_id: CommandId,
        (by, now): (PersonId, Timestamp),
        regrouped: &Regrouped,
        (loaded, others): (&Loaded<Report>, &BTreeMap<ReportId, Loaded<Report>>),
    ) -> Result<Done, DeskFault> {
        let mut streams = vec![self.report_gains(loaded, &regrouped.report, now, by).await?];
        for (id, events) in &regrouped.others {
            if let Some(other) = others.get(id) {
                streams.push(self.report_gains(other, events, now, by).await?);
            }
        }
        let kinds = regrouped.report.iter().map(|it| it.event.kind().to_owned()).collect();
        let gains = Gains {
            command_id,
            by,
            now,
            blobs: Vec::new(),
            claims: Vec::new(),
            intents: Intents::default(),
        };
        let committed = self.append(gains.commit(&regrouped.report, streams)).await?;
        Ok(Done { kinds, repeated: committed.repeated })
    }

    pub(crate) async fn report_gains(
        &self,
        loaded: &Loaded<Report>,
        decided: &[Decided<ReportEvent>],
        now: Timestamp,
        by: PersonId,
    ) -> Result<StreamCommit, DeskFault> {
        let after = loaded.after(decided, now, by);
        let content = self.content_of(&after.state).await?;
        Ok(loaded.gains(decided, project::report_rows(&after, content.as_ref(), &self.packs())))
    }

    pub(crate) fn incident_gains(
        &self,
        loaded: &Loaded<Incident>,
        decided: &[Decided<IncidentEvent>],
        now: Timestamp,
        by: PersonId,
    ) -> StreamCommit {
        let after = loaded.after(decided, now, by);
        loaded.gains(decided, project::incident_rows(&after, &self.packs()))
    }

    /// Keeps files beside the journal.
    pub async fn keep_files(
        &self,
        files: Vec<ArrivedFile>,
        blobs: &mut Vec<NewBlob>,
    ) -> Result<Vec<Attachment>, DeskFault> {
        let mut attachments = Vec::new();
        for file in files {
            let bytes = u64::try_from(file.bytes.len()).unwrap_or(u64::MAX);
            let kept = self.keep_bytes(file.bytes).await?;
            blobs.extend(kept.new);
            let media_type = file.media_type;
            attachments.push(Attachment { file: kept.reference, bytes, media_type });
        }
        Ok(attachments)
    }

    /// The next number of this year: `2026-0007`. A claim keeps it unique; a taken one is skipped.
    async fn next_incident_number(&self, attempt: usize) -> Result<Line, DeskFault> {
        use fengsui_store::{Filter, Select, Sight};

        let year = self.today().year();
        let after = format!("{year:04}-");
        let of_year = Select::of(&crate::boards::INCIDENT, Sight::Everything)
            .filter(Filter::AtLeast("number", after.into()))
            .filter(Filter::AtMost("number", format!("{year:04}-~").into()));
        let taken = self.store().count(&of_year).await?;
        let next = taken + 1 + u64::try_from(attempt).unwrap_or(0);
        let number = format!("{year:04}-{next:04}");
        number.parse().map_err(|fault| DeskFault::Unreadable(format!("{fault}")))
    }
}

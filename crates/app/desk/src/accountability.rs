//! Holding to account: opening a file or dismissing a suggestion, evidence, hearing, decision.
//!
//! What a suggestion rests on is worked out anew from the record when somebody acts on it: nothing that a
//! form says is believed. Who may hold whom to account is read from the registry and the bindings.

use fengsui_notices::{Notice, Passage, Phrase, Plain};
use fengsui_plan::Library;
use fengsui_response::accountability::{
    self, Accountability, AccountabilityCommand, DismissSuggestion, OpenFile, Suggestion, bears_on,
    suggestions,
};
use fengsui_response::incident::Incident;
use fengsui_response::{
    AccountabilityEvent, AccountabilityKind, Actor, Addressee, Asked, Attachment, Capacity,
    Decided, Evidence, Ground, Matter, Origin, Refusal, Scene,
};
use fengsui_store::{Claim, NewBlob, digest};
use fengsui_vocabulary::{AccountabilityId, CommandId, IncidentId, OrganisationId, ReportId};
use jiff::Timestamp;

use crate::commit::{ATTEMPTS_MAX, Gains, done_before};
use crate::content::Writing;
use crate::outgoing::{Intents, Outgoing};
use crate::stream::{ENTRIES_MAX, Loaded, accountability_stream, incident_stream, report_stream};
use crate::viewer::Reach;
use crate::{ArrivedFile, Desk, DeskFault, Done, Kept, Viewer, project};

/// At most one file for the same organisation, kind and incident.
const MATTER: &str = "accountability";

/// At most one dismissal of the same ground.
const DISMISSED: &str = "accountability-dismissed";

/// What somebody opens a file about, or dismisses.
#[derive(Clone, Debug)]
pub struct NewAccountability {
    /// What the organisation did or left undone.
    pub kind: AccountabilityKind,
    /// Which organisation.
    pub organisation: OrganisationId,
    /// In which incident.
    pub incident: Option<IncidentId>,
    /// Why.
    pub reason: Writing,
}

impl Desk {
    /// Opens a file; where the program suggests the same, it rests on what the program found.
    pub async fn open_accountability(
        &self,
        by: &Actor,
        command_id: CommandId,
        it: NewAccountability,
    ) -> Result<AccountabilityId, DeskFault> {
        if let Some(before) = self.store().committed(command_id).await? {
            return before.answer.parse().map_err(|_malformed| DeskFault::Absent);
        }
        let matter = self.matter(by, &it).await?;
        let ground = self.ground_now(&matter).await?;
        let evidence = self.evidence_of(&matter, &ground).await?;
        let origin = if ground.is_empty() { Origin::ByHand } else { Origin::Suggested };
        let reason = self.write_text(&it.reason).await?;
        let file = AccountabilityId::from_bits(self.draw());
        let claim = self.claim_of(&matter, file);
        let reason_ref = reason.reference;
        let open = OpenFile { file, matter, origin, ground, evidence, reason: reason_ref };
        let command = AccountabilityCommand::Open(Box::new(open));
        let blobs = reason.new.into_iter().collect();
        self.begin(by, command_id, (file, command), (blobs, claim)).await?;
        Ok(file)
    }

    /// Dismisses what the program suggests now: it does not come back for the same ground.
    pub async fn dismiss_suggestion(
        &self,
        by: &Actor,
        command_id: CommandId,
        it: NewAccountability,
    ) -> Result<(), DeskFault> {
        if self.store().committed(command_id).await?.is_some() {
            return Ok(());
        }
        let matter = self.matter(by, &it).await?;
        let ground = self.ground_now(&matter).await?;
        let reason = self.write_text(&it.reason).await?;
        let file = AccountabilityId::from_bits(self.draw());
        let keys: Vec<String> = ground.iter().filter_map(Ground::key).collect();
        let key = format!(
            "{}/{}",
            key_of(&matter),
            digest(MATTER.as_bytes(), keys.join("\n").as_bytes())
        );
        let claim = Claim { series: DISMISSED.to_owned(), key, holder: file.to_string() };
        let reason_ref = reason.reference;
        let dismissed = DismissSuggestion { file, matter, ground, reason: reason_ref };
        let command = AccountabilityCommand::Dismiss(Box::new(dismissed));
        let blobs = reason.new.into_iter().collect();
        self.begin(by, command_id, (file, command), (blobs, Some(claim))).await
    }

    /// Adds to a file what the program has found since.
    pub async fn attach_found(
        &self,
        by: &Actor,
        command_id: CommandId,
        file: AccountabilityId,
    ) -> Result<Done, DeskFault> {
        let loaded = self.load_existing::<Accountability>(accountability_stream(file)).await?;
        let matter = loaded.state.matter.clone().ok_or(DeskFault::Absent)?;
        let known: Vec<String> = loaded.state.ground.iter().filter_map(Ground::key).collect();
        let mut ground = self.ground_now(&matter).await?;
        ground.retain(|ground| ground.key().is_some_and(|key| !known.contains(&key)));
        let evidence = self.evidence_of(&matter, &ground).await?;
        let command = AccountabilityCommand::Attach { evidence, ground, note: None };
        self.act_on_accountability(file, command_id, Asked::now(by.clone(), command), Vec::new())
            .await
    }

    /// Carries out a command on a file.
    pub async fn act_on_accountability(
        &self,
        file: AccountabilityId,
        command_id: CommandId,
        asked: Asked<AccountabilityCommand>,
        blobs: Vec<NewBlob>,
    ) -> Result<Done, DeskFault> {
        if let Some(before) = self.store().committed(command_id).await? {
            return Ok(done_before(&before));
        }
        let stream = accountability_stream(file);
        self.check_sight(&asked.by, &stream).await?;
        for _ in 0..ATTEMPTS_MAX {
            let loaded = self.load_existing::<Accountability>(stream.clone()).await?;
            self.check_jurisdiction(&asked.by, &loaded)?;
            let packs = self.packs();
            let now = self.now().max(loaded.recorded_at);
            let scene = Scene::new(now, &packs);
            let decided = match accountability::decide(&loaded.state, &asked, &scene) {
                Ok(decided) => decided,
                Err(refusal) => {
                    let about = (loaded.stream.as_str(), asked.command.name());
                    return Err(self.refuse(asked.by.person, about, refusal).await);
                }
            };
            let after = loaded.after(&decided, now, asked.by.person);
            let rows = project::accountability_rows(&after);
            let intents = self.told_organisation(&after, &decided, now).await?;
            let (blobs, claims) = (blobs.clone(), Vec::new());
            let gains = Gains { command_id, by: asked.by.person, now, blobs, claims, intents };
            match self.commit_one(&loaded, &decided, rows, gains).await {
                Err(DeskFault::Overtaken(_)) => {} // decide again
                done => return done,
            }
        }
        Err(DeskFault::Busy)
    }

    /// Keeps a file for a command that refers to it.
    pub async fn keep_file(&self, file: ArrivedFile) -> Result<(Attachment, Kept), DeskFault> {
        let bytes = u64::try_from(file.bytes.len()).unwrap_or(u64::MAX);
        let kept = self.keep_bytes(file.bytes).await?;
        let reference = kept.reference.clone();
        Ok((Attachment { file: reference, bytes, media_type: file.media_type }, kept))
    }

    /// What the program would suggest about an organisation in an incident, to whoever answers for it.
    pub async fn found_about(
        &self,
        viewer: &Viewer,
        kind: AccountabilityKind,
        organisation: OrganisationId,
        incident: IncidentId,
    ) -> Result<Vec<Ground>, DeskFault> {
        let stream = incident_stream(incident);
        let is_own = viewer.actor.organisation == Some(organisation);
        if is_own
            || !self.answers_for(viewer, organisation)
            || !self.store().may_see(&stream, &viewer.sight()).await?
        {
            return Err(DeskFault::Absent);
        }
        let matter = Matter { kind, organisation, district: None, incident: Some(incident) };
        self.ground_now(&matter).await
    }

    /// Whether somebody's office answers for an organisation: all of them, those of its district, or those
    /// of which it is the department.
    pub fn answers_for(&self, viewer: &Viewer, organisation: OrganisationId) -> bool {
        let directory = self.directory();
        let district = || directory.details(organisation)?.district.clone();
        match &viewer.reach {
            Reach::Whole => true,
            Reach::District(mine) => district().as_ref() == Some(mine),
            Reach::Own => {
                let packs = self.packs();
                let is_theirs = |plan: &fengsui_plan::Plan, role| {
                    let place = (Some(organisation), None);
                    let authority = directory.authority_for(plan, role, place);
                    authority.is_some() && authority == viewer.actor.organisation
                };
                viewer.actor.every_role().any(|(plan, role)| {
                    packs
                        .in_force()
                        .filter(|edition| edition.plan == *plan)
                        .any(|edition| packs.of(edition).is_some_and(|plan| is_theirs(plan, role)))
                })
            }
        }
    }

    /// Whether somebody may hold an organisation to account: no pack names who does, so it takes an officer
    /// or leader of an office that answers for it.
    pub fn may_hold_to_account(&self, viewer: &Viewer, organisation: OrganisationId) -> bool {
        viewer.is_any(&[Capacity::Officer, Capacity::Leader])
            && viewer.actor.organisation != Some(organisation)
            && self.answers_for(viewer, organisation)
    }

    /// Begins the stream of a file or of a dismissal.
    async fn begin(
        &self,
        by: &Actor,
        command_id: CommandId,
        (file, command): (AccountabilityId, AccountabilityCommand),
        (blobs, claim): (Vec<NewBlob>, Option<Claim>),
    ) -> Result<(), DeskFault> {
        let loaded = Loaded::<Accountability>::new(accountability_stream(file));
        let packs = self.packs();
        let (now, name) = (self.now(), command.name());
        let asked = Asked::now(by.clone(), command);
        let scene = Scene::new(now, &packs);
        let decided = match accountability::decide(&loaded.state, &asked, &scene) {
            Ok(decided) => decided,
            Err(refusal) => {
                return Err(self.refuse(by.person, (&loaded.stream, name), refusal).await);
            }
        };
        let rows = project::accountability_rows(&loaded.after(&decided, now, by.person));
        let (claims, intents) = (claim.into_iter().collect(), Intents::default());
        let gains = Gains { command_id, by: by.person, now, blobs, claims, intents };
        let mut commit = gains.commit(&decided, vec![loaded.gains(&decided, rows)]);
        commit.answer = file.to_string();
        match self.append(commit).await {
            // Its stream is new, so what was lost is the claim.
            Err(DeskFault::Overtaken(_)) => {
                let refusal = Refusal::ExistsAlready;
                Err(self.refuse(by.person, (&loaded.stream, name), refusal).await)
            }
            done => done.map(|_| ()),
        }
    }

    /// What it is about, if the actor may hold that organisation to account and see that incident.
    async fn matter(&self, by: &Actor, it: &NewAccountability) -> Result<Matter, DeskFault> {
        let viewer = self.viewer(by.person).ok_or(DeskFault::NotYours)?;
        if !self.answers_for(&viewer, it.organisation) {
            return Err(DeskFault::NotYours);
        }
        let directory = self.directory();
        let details = directory.details(it.organisation).ok_or(DeskFault::Absent)?;
        if let Some(incident) = it.incident {
            self.load_existing::<Incident>(incident_stream(incident)).await?;
            self.check_sight(by, &incident_stream(incident)).await?;
        }
        Ok(Matter {
            kind: it.kind,
            organisation: it.organisation,
            district: details.district.clone(),
            incident: it.incident,
        })
    }

    fn check_jurisdiction(
        &self,
        by: &Actor,
        loaded: &Loaded<Accountability>,
    ) -> Result<(), DeskFault> {
        let organisation = loaded.state.matter.as_ref().map(|matter| matter.organisation);
        let organisation = organisation.ok_or(DeskFault::Absent)?;
        let viewer = self.viewer(by.person).ok_or(DeskFault::NotYours)?;
        let is_own = by.organisation == Some(organisation);
        if is_own || self.answers_for(&viewer, organisation) {
            Ok(())
        } else {
            Err(DeskFault::NotYours)
        }
    }

    /// What the program would suggest about a matter now, without what was dismissed.
    async fn ground_now(&self, matter: &Matter) -> Result<Vec<Ground>, DeskFault> {
        let Some(incident) = matter.incident else { return Ok(Vec::new()) };
        let loaded = self.load_existing::<Incident>(incident_stream(incident)).await?;
        let packs = self.packs();
        let now = self.now().max(loaded.recorded_at);
        let duties = loaded.state.duties_under(&packs, now);
        let found = suggestions(&loaded.state, &duties, &packs, Library::shipped().catalogue());
        let is_it = |it: &Suggestion| {
            (it.matter.kind, it.matter.organisation) == (matter.kind, matter.organisation)
        };
        let ground = found.iter().find(|it| is_it(it)).map(|it| it.ground_at(now));
        Ok(ground.unwrap_or_default())
    }

    /// The entries of the journal that show what a ground says.
    async fn evidence_of(
        &self,
        matter: &Matter,
        ground: &[Ground],
    ) -> Result<Vec<Evidence>, DeskFault> {
        let Some(incident) = matter.incident.filter(|_| !ground.is_empty()) else {
            return Ok(Vec::new());
        };
        let stream = incident_stream(incident);
        let entries = self.store().stream(&stream, 0, ENTRIES_MAX).await?;
        let mut loaded = Loaded::<Incident>::new(stream);
        entries.iter().try_for_each(|entry| loaded.fold(entry))?;
        let positions = |ground: &Ground| -> Vec<u64> {
            let told = entries.iter().zip(&loaded.state.log);
            let bearing = told.filter(|(_, recorded)| bears_on(&recorded.event, ground));
            bearing.map(|(entry, _)| entry.position).collect()
        };
        let mut evidence = Vec::new();
        for ground in ground {
            let entries = positions(ground);
            evidence.push(match ground {
                Ground::Duty { tick, .. } => {
                    Evidence::Tick { incident, tick: tick.clone(), entries }
                }
                Ground::ReportedByOthers { report, .. } => self.report_as_evidence(*report).await?,
                Ground::Told { .. } => Evidence::Incident { incident, entries },
            });
        }
        Ok(evidence)
    }

    /// A report with the positions of all its entries.
    pub(crate) async fn report_as_evidence(&self, report: ReportId) -> Result<Evidence, DeskFault> {
        let entries = self.store().stream(&report_stream(report), 0, ENTRIES_MAX).await?;
        let entries = entries.iter().map(|entry| entry.position).collect();
        Ok(Evidence::Report { report, entries })
    }

    /// A report or an incident that somebody attaches by its number, if they may see it.
    pub async fn evidence_named(
        &self,
        viewer: &Viewer,
        number: &str,
    ) -> Result<Option<Evidence>, DeskFault> {
        let hits = self.search(viewer, number).await?;
        let Some(hit) = hits.iter().find(|hit| hit.number == number.trim()) else {
            return Ok(None);
        };
        match hit.stream.split_once(':') {
            Some(("report", id)) => match id.parse() {
                Ok(report) => Ok(Some(self.report_as_evidence(report).await?)),
                Err(_) => Ok(None),
            },
            Some(("incident", id)) => match id.parse() {
                Ok(incident) => {
                    let entries = self.store().stream(&hit.stream, 0, ENTRIES_MAX).await?;
                    let entries = entries.iter().map(|entry| entry.position).collect();
                    Ok(Some(Evidence::Incident { incident, entries }))
                }
                Err(_) => Ok(None),
            },
            Some(_) | None => Ok(None),
        }
    }

    /// A matter of an incident is unique; one without, in its year. Contributions may be several.
    fn claim_of(&self, matter: &Matter, file: AccountabilityId) -> Option<Claim> {
        let year = || self.day_of(&self.directory()).year();
        let key = match (matter.incident, matter.kind) {
            (Some(_), _) => key_of(matter),
            (None, AccountabilityKind::Commendation | AccountabilityKind::Dereliction) => {
                return None;
            }
            (None, _) => format!("{}/{}", key_of(matter), year()),
        };
        Some(Claim { series: MATTER.to_owned(), key, holder: file.to_string() })
    }

    /// The organisation is told that it is asked, and what was decided.
    async fn told_organisation(
        &self,
        after: &Loaded<Accountability>,
        decided: &[Decided<AccountabilityEvent>],
        now: Timestamp,
    ) -> Result<Intents, DeskFault> {
        let Some(matter) = &after.state.matter else { return Ok(Intents::default()) };
        let said = decided.iter().find_map(|decided| match decided.event {
            AccountabilityEvent::HearingAsked(_) => Some((
                "请贵单位就问责事项作出陈述 / You are asked to be heard",
                "请登录后查看事项并在期限内陈述。Sign in to read what it is about and to answer in time.",
            )),
            AccountabilityEvent::Decided(_) => Some((
                "问责事项已作出决定 / A file about your organisation was decided",
                "请登录后查看决定。Sign in to read the decision.",
            )),
            AccountabilityEvent::Opened(_)
            | AccountabilityEvent::Dismissed(_)
            | AccountabilityEvent::EvidenceAttached(_)
            | AccountabilityEvent::Heard(_)
            | AccountabilityEvent::HearingLapsed(_)
            | AccountabilityEvent::Withdrawn(_)
            | AccountabilityEvent::Reopened(_) => None,
        });
        let Some((subject, text)) = said.filter(|_| after.state.is_shown_to_organisation()) else {
            return Ok(Intents::default());
        };
        let place = after.state.id.map(|file| self.place(&format!("/accountability/{file}")));
        let place = place.map(|place| place.to_string()).unwrap_or_default();
        let told = Outgoing {
            about: after.stream.clone(),
            to: Addressee::Organisation(matter.organisation),
            notice: Notice::Plain(Plain {
                subject: Phrase::of(subject),
                text: Passage::of(format!("{text}\n\n{place}")),
            }),
        };
        self.intents(&[told], now).await
    }
}

fn key_of(matter: &Matter) -> String {
    let incident = matter.incident.map(|incident| incident.to_string()).unwrap_or_default();
    format!("{}/{}/{incident}", matter.organisation, matter.kind.name())
}

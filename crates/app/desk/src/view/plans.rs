//! Plans as their keepers see them: where each edition stands in its life, what must be done next and by
//! whom, how clauses are read, and how the plans stand to one incident.

use fengsui_plan::Plan;
use fengsui_response::centre::{Centre, DraftState, Life, Policy};
use fengsui_response::incident::{Applicability, Incident, Migration, PlanStanding};
use fengsui_response::{Capacity, PlanRef, SignatureVerdict};
use fengsui_store::{Direction, Filter, Select, Sight};
use fengsui_vocabulary::{
    ClauseId, IncidentId, Label, Lang, Line, PersonId, PlanId, Prose, RoleId,
};
use jiff::Timestamp;
use serde::Serialize;

use super::Page;
use super::list::{PAGE_LINES, id_of, parsed, place};
use crate::boards::{NOT_REPORTED, WAITING};
use crate::content::{Finding, Findings, Writing};
use crate::stream::incident_stream;
use crate::viewer::capacity_key;
use crate::{Desk, DeskFault, Directory, Viewer};

/// One edition of a plan.
#[derive(Clone, Debug)]
pub struct EditionLine {
    /// The edition.
    pub edition: PlanRef,
    /// Its title.
    pub title: Label,
    /// Where it stands in its life.
    pub life: Life,
    /// Whether its plan leads here.
    pub leads: bool,
    /// How it was drafted, where it was.
    pub draft: Option<DraftLine>,
    /// When it was adopted.
    pub adopted_at: Option<Timestamp>,
    /// From when on it is in force, where that was not at once.
    pub in_force_from: Option<Timestamp>,
    /// What must be done next.
    pub next: NextForPack,
}

/// How an edition was drafted.
#[derive(Clone, Debug)]
pub struct DraftLine {
    /// By whom.
    pub by: PersonId,
    /// How the screens call them.
    pub by_name: String,
    /// When.
    pub at: Timestamp,
    /// What its signature is worth.
    pub signature: SignatureVerdict,
    /// How many warnings its check found.
    pub warnings: u32,
    /// Who approved it, and when.
    pub approved: Option<(PersonId, Timestamp)>,
    /// Why it was withdrawn.
    pub withdrawn: Option<Line>,
}

/// What must be done next about an edition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NextForPack {
    /// Nothing.
    Nothing,
    /// A keeper of the plans other than this person approves it.
    Approve {
        /// Whoever drafted it does not.
        not_by: PersonId,
    },
    /// A keeper of the plans adopts it.
    Adopt,
    /// A keeper of the plans says who fills these roles.
    BindRoles(Vec<RoleId>),
}

/// A ruling on a clause.
#[derive(Clone, Debug)]
pub struct RulingView {
    /// Its number.
    pub number: u32,
    /// What was asked; none when it was erased.
    pub question: Option<Prose>,
    /// What holds.
    pub ruling: Option<Prose>,
    /// In which role of the plan.
    pub role: Option<RoleId>,
    /// By whom.
    pub by_name: String,
    /// When.
    pub at: Timestamp,
    /// When and why it was withdrawn.
    pub withdrawn: Option<(Timestamp, Line)>,
}

/// The official wording beside a clause.
#[derive(Clone, Debug)]
pub struct WordingView {
    /// The clause it is of; none for the whole text.
    pub clause: Option<ClauseId>,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// When it was attached.
    pub at: Timestamp,
    /// By whom.
    pub by_name: String,
}

/// How one plan stands to one incident.
#[derive(Clone, Debug)]
pub struct PlanOfIncident {
    /// The edition: the incident's own, else the one in force here.
    pub edition: PlanRef,
    /// Its title.
    pub title: Label,
    /// Whether it leads the incident.
    pub leads: bool,
    /// Whether it governs the incident.
    pub applies: bool,
    /// What the facts give now.
    pub now: Applicability,
    /// What was decided, why, by whom and when; none where nobody and nothing has.
    pub decided: Option<PlanStanding>,
    /// How the screens call whoever decided.
    pub decided_by: Option<String>,
    /// Whether somebody must decide.
    pub is_undecided: bool,
    /// The edition in force here, where the incident runs under another.
    pub newer: Option<PlanRef>,
    /// A proposal to go on under another edition that waits for a second person.
    pub migration: Option<Migration>,
}

/// Something about plans of incidents that waits for their keepers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PlanWaiting {
    /// The incident.
    pub incident: IncidentId,
    /// `applicability` or `migration`.
    pub what: String,
    /// The plan.
    pub plan: PlanId,
    /// Since when.
    pub since: Timestamp,
}

/// A decision not to report under a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NotReportedLine {
    /// The incident.
    pub incident: IncidentId,
    /// Its number.
    pub number: String,
    /// What it is called.
    pub title: String,
    /// The plan.
    pub plan: PlanId,
    /// In which role it was decided.
    pub role: RoleId,
    /// By whom.
    pub by_name: String,
    /// Why.
    pub reason: String,
    /// When.
    pub at: Timestamp,
}

impl Desk {
    /// Every edition known here, by plan, with what must be done next.
    pub fn editions_of_plans(&self) -> Vec<EditionLine> {
        let directory = self.directory();
        let packs = self.packs();
        packs.all().map(|plan| edition_line(&directory, plan)).collect()
    }

    /// What the check of a draft found.
    pub async fn findings(&self, plan: &PlanRef) -> Result<Vec<Finding>, DeskFault> {
        let directory = self.directory();
        let draft = directory.centre().drafts.get(plan).ok_or(DeskFault::Absent)?;
        let Some(checked) = &draft.checked else { return Ok(Vec::new()) };
        let kept = self.json::<Findings>(&checked.findings).await?;
        Ok(kept.unwrap_or_default().findings)
    }

    /// An edition at hand, as it holds here.
    pub fn edition(&self, plan: &PlanRef) -> Option<std::sync::Arc<Plan>> {
        self.packs().of(plan).cloned()
    }

    /// Rulings on a clause, the newest first, withdrawn ones among them.
    pub async fn rulings(
        &self,
        plan: &PlanId,
        clause: &ClauseId,
    ) -> Result<Vec<RulingView>, DeskFault> {
        let directory = self.directory();
        let all = directory.centre().interpretations.values().rev();
        let mut rulings = Vec::new();
        for it in all.filter(|it| it.plan == *plan && it.clause == *clause) {
            let question = self.json::<Writing>(&it.question).await?;
            let ruling = self.json::<Writing>(&it.ruling).await?;
            rulings.push(RulingView {
                number: it.number,
                question: question.map(|writing| writing.text),
                ruling: ruling.map(|writing| writing.text),
                role: it.role.clone(),
                by_name: directory.person_name(it.by, Lang::Zh),
                at: it.at,
                withdrawn: it.withdrawn.as_ref().map(|(_, at, why)| (*at, why.clone())),
            });
        }
        Ok(rulings)
    }

    /// The official wording of a clause of an edition: attached to the clause, else the whole text.
    pub async fn wording(
        &self,
        plan: &PlanRef,
        clause: &ClauseId,
    ) -> Result<Option<WordingView>, DeskFault> {
        let directory = self.directory();
        let wordings = &directory.centre().wordings;
        for clause in [Some(clause.clone()), None] {
            let newest = wordings.get(&(plan.clone(), clause.clone())).and_then(|it| it.last());
            let Some(newest) = newest else { continue };
            let Some(bytes) = self.bytes(newest.wording.blob).await? else { continue };
            let by_name = directory.person_name(newest.by, Lang::Zh);
            return Ok(Some(WordingView { clause, bytes, at: newest.at, by_name }));
        }
        Ok(None)
    }

    /// The policies of this deployment, the newest first.
    pub fn policies(&self) -> Vec<Policy> {
        self.directory().centre().policies.values().rev().cloned().collect()
    }

    /// How every plan stands to an incident: those that govern it, and those in force here. For keepers
    /// of the plans, and for whoever may see the incident.
    pub async fn plans_of_incident(
        &self,
        viewer: &Viewer,
        id: IncidentId,
    ) -> Result<Vec<PlanOfIncident>, DeskFault> {
        let stream = incident_stream(id);
        let sees = viewer.is(Capacity::PlanOfficer)
            || self.store().may_see(&stream, &viewer.sight()).await?;
        if !sees {
            return Err(DeskFault::Absent);
        }
        let incident = self.load_existing::<Incident>(stream).await?.state;
        Ok(self.standings(&incident))
    }

    pub(crate) fn standings(&self, incident: &Incident) -> Vec<PlanOfIncident> {
        let (directory, packs) = (self.directory(), self.packs());
        let mut editions: Vec<&PlanRef> = incident.plans.iter().collect();
        editions.extend(incident.considered.values().map(|it| &it.edition));
        editions.extend(directory.centre().editions());
        let mut seen = std::collections::BTreeSet::new();
        editions.retain(|edition| seen.insert(&edition.plan));
        editions
            .into_iter()
            .filter_map(|edition| Some(standing(incident, packs.of(edition)?, &directory)))
            .collect()
    }

    /// What about plans of incidents waits for their keepers, the longest wait first.
    pub async fn plans_waiting(&self, viewer: &Viewer) -> Result<Vec<PlanWaiting>, DeskFault> {
        if !viewer.is(Capacity::PlanOfficer) {
            return Ok(Vec::new());
        }
        // Only that it waits is shown, nothing of the incident: no sight is needed.
        let select = Select::of(&WAITING, Sight::Everything)
            .filter(Filter::Eq("holder", capacity_key(Capacity::PlanOfficer).into()))
            .order("since", Direction::Ascending)
            .limit(PAGE_LINES);
        let rows = self.store().rows(&select).await?;
        rows.iter()
            .map(|row| {
                Ok(PlanWaiting {
                    incident: id_of(row, "incident:")?,
                    what: row.text("what")?.to_owned(),
                    plan: parsed(row.text("subject")?)?,
                    since: row.time("since")?,
                })
            })
            .collect()
    }

    /// The register of decisions not to report, the newest first; with a plan, only under that one.
    pub async fn not_reported(
        &self,
        viewer: &Viewer,
        plan: Option<&PlanId>,
        after: Option<&str>,
    ) -> Result<Page<NotReportedLine>, DeskFault> {
        let mut select = Select::of(&NOT_REPORTED, viewer.sight())
            .order("at", Direction::Descending)
            .after(place(after))
            .limit(PAGE_LINES + 1);
        if let Some(plan) = plan {
            select = select.filter(Filter::Eq("plan", plan.as_str().into()));
        }
        let directory = self.directory();
        self.page(&select, |row| {
            let person: PersonId = parsed(row.text("person")?)?;
            Ok(NotReportedLine {
                incident: id_of(row, "incident:")?,
                number: row.text("number")?.to_owned(),
                title: row.text("title")?.to_owned(),
                plan: parsed(row.text("plan")?)?,
                role: parsed(row.text("role")?)?,
                by_name: directory.person_name(person, Lang::Zh),
                reason: row.text("reason")?.to_owned(),
                at: row.time("at")?,
            })
        })
        .await
    }
}

fn edition_line(directory: &Directory, plan: &Plan) -> EditionLine {
    let centre = directory.centre();
    let edition = PlanRef::of(plan);
    let life = centre.life(&edition);
    let draft = centre.drafts.get(&edition);
    let adopted = centre.adopted.get(&edition);
    EditionLine {
        title: plan.about.title.clone(),
        life,
        leads: life == Life::InForce && centre.lead.as_ref() == Some(&plan.id),
        draft: draft.map(|draft| DraftLine {
            by: draft.by,
            by_name: directory.person_name(draft.by, Lang::Zh),
            at: draft.at,
            signature: draft.signature.clone(),
            warnings: draft.checked.as_ref().map_or(0, |checked| checked.warnings),
            approved: match &draft.state {
                DraftState::Approved { by, at } => Some((*by, *at)),
                DraftState::Waiting | DraftState::Adopted | DraftState::Withdrawn { .. } => None,
            },
            withdrawn: match &draft.state {
                DraftState::Withdrawn { reason, .. } => Some(reason.clone()),
                DraftState::Waiting | DraftState::Adopted | DraftState::Approved { .. } => None,
            },
        }),
        adopted_at: adopted.map(|adopted| adopted.at),
        in_force_from: adopted.and_then(|adopted| adopted.from),
        next: next_for(centre, plan, life),
        edition,
    }
}

fn next_for(centre: &Centre, plan: &Plan, life: Life) -> NextForPack {
    match life {
        Life::Drafted => centre
            .drafts
            .get(&PlanRef::of(plan))
            .map_or(NextForPack::Nothing, |draft| NextForPack::Approve { not_by: draft.by }),
        Life::Approved => NextForPack::Adopt,
        Life::InForce | Life::Coming => {
            let unbound = centre.unbound_roles(plan);
            if unbound.is_empty() { NextForPack::Nothing } else { NextForPack::BindRoles(unbound) }
        }
        Life::AtHand | Life::Withdrawn | Life::Superseded => NextForPack::Nothing,
    }
}

fn standing(incident: &Incident, plan: &Plan, directory: &Directory) -> PlanOfIncident {
    let edition = PlanRef::of(plan);
    let now = incident.applicability(plan);
    let decided = incident.considered.get(&plan.id).cloned();
    let in_force = directory.centre().edition(&plan.id);
    let applies = incident.plans.contains(&edition);
    PlanOfIncident {
        title: plan.about.title.clone(),
        leads: incident.lead() == Some(&edition),
        applies,
        is_undecided: incident.is_open()
            && decided.as_ref().is_some_and(|it| it.is_open(now.answer)),
        decided_by: decided.as_ref().map(|it| directory.person_name(it.by, Lang::Zh)),
        decided,
        newer: in_force.filter(|it| applies && **it != edition).cloned(),
        migration: incident.migration_waiting(&plan.id).cloned(),
        now,
        edition,
    }
}

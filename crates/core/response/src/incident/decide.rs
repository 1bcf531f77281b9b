//! Deciding what follows from a command to an incident: one file per family of verbs.

mod answer;
mod close;
mod deliver;
mod hand_over;
mod judge;
mod learn;
mod open;
mod plans;
mod record;
mod respond;
mod technical;

use std::collections::BTreeSet;

use fengsui_plan::{Act, Authority, Binding, How, NotAuthorised, Plan};
use fengsui_vocabulary::{LevelId, OrganisationId, PlanId, RoleId};
use jiff::Timestamp;

use super::{Incident, IncidentCommand, OnBehalf, Status};
use crate::{Asked, Decided, Given, IncidentEvent, Party, Refusal, Scene};

pub(crate) use open::opening;
pub(crate) use plans::considered;

type Decision = Result<Vec<Decided<IncidentEvent>>, Refusal>;

/// Decides what follows from a command to an incident. Changes nothing.
pub fn decide(incident: &Incident, asked: &Asked<IncidentCommand>, scene: &Scene<'_>) -> Decision {
    if let IncidentCommand::Open(it) = &asked.command {
        return open::open(incident, it, asked, scene);
    }
    match incident.status {
        Status::Absent => return Err(Refusal::Absent),
        Status::Closed(_) if !is_for_closed(&asked.command) => {
            return Err(Refusal::IncidentClosed);
        }
        Status::Closed(_) | Status::Open => {}
    }
    let plan = incident.lead_plan(scene)?;
    let at = scene.happened_at(asked)?;
    let level = incident.level(plan);
    verb(&Case { incident, asked, scene, plan, level, at })
}

/// Everything that a verb looks at.
struct Case<'a> {
    incident: &'a Incident,
    asked: &'a Asked<IncidentCommand>,
    scene: &'a Scene<'a>,
    /// The leading plan: it says who may do what.
    plan: &'a Plan,
    /// The level in force under it.
    level: Option<LevelId>,
    /// When it happened.
    at: Timestamp,
}

fn verb(case: &Case<'_>) -> Decision {
    match &case.asked.command {
        IncidentCommand::Open(_) => Err(Refusal::ExistsAlready),
        IncidentCommand::AddOrganisation(it) => learn::add(case, it),
        IncidentCommand::IdentifyOrganisation { party, organisation, district } => {
            learn::identify(case, *party, *organisation, district.as_ref())
        }
        IncidentCommand::ResolveRole { plan, role, party, organisation, registry_version } => {
            learn::resolve(case, (plan, role, *party), *organisation, *registry_version)
        }
        IncidentCommand::RecordAnchor { party, anchor, plan, at, offset } => {
            learn::anchor(case, *party, (*anchor, plan.as_ref()), (*at, *offset))
        }
        IncidentCommand::CorrectAnchor { party, anchor, to, reason } => {
            learn::correct(case, *party, (*anchor, *to), reason)
        }
        IncidentCommand::RecordFacts(it) => learn::facts(case, it),
        IncidentCommand::Classify { classes, primary } => learn::classify(case, classes, primary),
        IncidentCommand::ReceiveReport(it) => deliver::receive(case, it),
        IncidentCommand::MeetDuty(it) => deliver::meet(case, it),
        IncidentCommand::ClearMiss { ticks } => deliver::clear(case, ticks),
        IncidentCommand::WaiveDuty { ticks, reason } => deliver::waive(case, ticks, reason),
        IncidentCommand::JudgeLevel { plan, level, reason } => {
            judge::judge(case, plan, level, reason.as_ref())
        }
        IncidentCommand::BeginFirstResponse { note } => respond::begin(case, note.as_ref()),
        IncidentCommand::VoiceDecision(it) => respond::voice(case, it),
        IncidentCommand::SubmitProposal(it) => respond::submit(case, it),
        IncidentCommand::EndorseProposal { digest, meets } => {
            respond::endorse(case, digest, meets.as_ref())
        }
        IncidentCommand::ApproveProposal { digest } => answer::approve(case, digest),
        IncidentCommand::RecordApproval { digest, on_behalf } => {
            answer::record(case, digest, on_behalf)
        }
        IncidentCommand::ConfirmApproval { digest } => answer::confirm(case, digest),
        IncidentCommand::ReturnProposal { digest, reason, on_behalf } => {
            answer::give_back(case, digest, reason, on_behalf.as_ref())
        }
        IncidentCommand::WithdrawProposal { digest, reason } => {
            answer::withdraw(case, digest, reason)
        }
        IncidentCommand::FormHeadquarters(it) => respond::headquarters(case, it),
        IncidentCommand::ReportNotControlled { reason } => respond::not_controlled(case, reason),
        IncidentCommand::TakeCommand { on_behalf } => respond::command(case, on_behalf.as_ref()),
        IncidentCommand::RecordMeasure { measure, note, text, on_behalf } => {
            record::measure(case, measure, (note, text.as_ref()), on_behalf.as_ref())
        }
        IncidentCommand::TakeTechnicalStep(it) => technical::take(case, it),
        IncidentCommand::HandOverPart { part, reason } => hand_over::part(case, part, reason),
        IncidentCommand::DecideNotToReport { plan, reason } => {
            hand_over::not_reported(case, plan, reason)
        }
        IncidentCommand::ApplyPlan { plan, reason } => plans::apply(case, plan, reason.as_ref()),
        IncidentCommand::SetPlanAside { plan, reason } => plans::set_aside(case, plan, reason),
        IncidentCommand::MigratePlan { from, to, reason } => plans::migrate(case, from, to, reason),
        IncidentCommand::ConfirmMigration { from } => plans::confirm(case, from),
        IncidentCommand::WithdrawMigration { from, reason } => plans::withdraw(case, from, reason),
        IncidentCommand::ConfirmIncident { evidence, note } => {
            record::confirm(case, evidence, note)
        }
        IncidentCommand::IssueDocument(it) => record::document(case, it),
        IncidentCommand::WriteNote { text } => record::note(case, text),
        IncidentCommand::RecordInstruction { text, on_behalf } => {
            record::instruction(case, text, on_behalf.as_ref())
        }
        IncidentCommand::Review { text } => close::review(case, text),
        IncidentCommand::Close { note } => close::close(case, note.as_ref()),
        IncidentCommand::Reopen { reason } => close::reopen(case, reason),
        IncidentCommand::Relate { relation, other } => record::relate(case, *relation, *other),
    }
}

impl<'a> Case<'a> {
    /// In which role the actor does this at the level in force.
    fn acting(&self, act: Act) -> Result<RoleId, Refusal> {
        self.acting_at(act, self.level.as_ref()).map(|(role, _)| role)
    }

    /// In which role the actor does this at a level, and by which authority.
    fn acting_at(
        &self,
        act: Act,
        level: Option<&LevelId>,
    ) -> Result<(RoleId, &'a Authority), Refusal> {
        crate::scene::acting(self.asked, self.plan, act, level)
    }

    /// Whether the actor fills a role of a plan here: an affected organisation fills the role of
    /// whoever is affected, and the authority of one district is not that of another.
    fn fills(&self, plan: &Plan, role: &RoleId, party: Option<Party>) -> bool {
        let by = &self.asked.by;
        let holds = || by.roles_under(&plan.id).contains(role);
        let is_theirs = |organisation: Option<OrganisationId>| {
            organisation.is_some() && organisation == by.organisation
        };
        match plan.roles.get(role).map(|role| role.bound) {
            Some(Binding::Affected) => match party {
                Some(party) => is_theirs(self.incident.organisation_of(&party)),
                None => self.incident.affected.values().any(|it| is_theirs(it.organisation)),
            },
            Some(Binding::District | Binding::Sector) => {
                match self.incident.resolved.get(&(plan.id.clone(), role.clone(), party)) {
                    Some(organisation) => is_theirs(Some(*organisation)),
                    None => holds(),
                }
            }
            Some(
                Binding::Deployment
                | Binding::Optional
                | Binding::Outside
                | Binding::Set
                | Binding::Converted,
            )
            | None => holds(),
        }
    }

    /// The roles that the actor fills under the leading plan of this incident.
    fn mine(&self) -> &'a BTreeSet<RoleId> {
        self.asked.by.roles_under(&self.plan.id)
    }

    /// The plans that govern this incident, the leading one first, as far as they are at hand.
    fn plans(&self) -> impl Iterator<Item = &'a Plan> {
        self.incident.plans.iter().filter_map(|edition| self.scene.plan(edition).ok())
    }

    /// One of them by its id.
    fn plan_of(&self, plan: &PlanId) -> Result<&'a Plan, Refusal> {
        let unknown = || Refusal::Unknown { what: "plan of this incident", name: plan.to_string() };
        self.scene.plan(self.incident.edition(plan).ok_or_else(unknown)?)
    }

    /// One event of the actor's own.
    fn happens(&self, event: impl Into<IncidentEvent>) -> Decided<IncidentEvent> {
        Decided::new(self.at, event)
    }

    /// Nothing but one event of the actor's own.
    fn only(&self, event: impl Into<IncidentEvent>) -> Vec<Decided<IncidentEvent>> {
        vec![self.happens(event)]
    }

    /// The role that decides, and how: in person, or written down for somebody else by one who works
    /// on the incident.
    fn deciding(
        &self,
        authority: &Authority,
        on_behalf: Option<&OnBehalf>,
    ) -> Result<(RoleId, Given), Refusal> {
        let by = deciders(&authority.how);
        let refused = |role: &RoleId| {
            Refusal::NotAuthorised(NotAuthorised::Role {
                role: role.to_string(),
                clause: authority.clause.clone(),
                by: by.to_vec(),
            })
        };
        if let Some(on_behalf) = on_behalf {
            self.acting(Act::RecordFacts)?;
            if !by.contains(&on_behalf.role) {
                return Err(refused(&on_behalf.role));
            }
            return Ok((on_behalf.role.clone(), on_behalf.given()));
        }
        if let Some(role) = &self.asked.role {
            crate::scene::holds(self.asked, &self.plan.id, role)?;
            return if by.contains(role) {
                Ok((role.clone(), Given::InPerson))
            } else {
                Err(refused(role))
            };
        }
        let roles = self.mine();
        match roles.iter().find(|role| by.contains(role)).or_else(|| roles.first()) {
            Some(role) if by.contains(role) => Ok((role.clone(), Given::InPerson)),
            Some(role) => Err(refused(role)),
            None => Err(Refusal::NoRole { act: authority.act }),
        }
    }

    /// The authority for an act at a level, or the refusal that the plan names nobody.
    fn authority(&self, act: Act, level: Option<&LevelId>) -> Result<&'a Authority, Refusal> {
        self.plan.authority(act, level).ok_or(Refusal::NotAuthorised(NotAuthorised::Undefined))
    }
}

/// Marks events as decided by somebody else, where they were.
fn for_whom(
    mut events: Vec<Decided<IncidentEvent>>,
    role: &RoleId,
    given: &Given,
) -> Vec<Decided<IncidentEvent>> {
    match given {
        Given::InPerson => {}
        Given::OnBehalf { .. } => {
            for event in &mut events {
                event.on_behalf_of = Some(role.clone());
            }
        }
    }
    events
}

/// Who decides in the end: those who do it, or those who approve it.
pub(super) fn deciders(how: &How) -> &[RoleId] {
    match how {
        How::AnyOf(roles) | How::Joint(roles) => roles,
        How::Approval { approve, .. } => approve,
        How::Higher(role) => std::slice::from_ref(role),
        How::Undefined => &[],
    }
}

/// What may still be asked of a closed incident.
const fn is_for_closed(command: &IncidentCommand) -> bool {
    matches!(
        command,
        IncidentCommand::Reopen { .. }
            | IncidentCommand::WriteNote { .. }
            | IncidentCommand::Relate { .. }
    )
}

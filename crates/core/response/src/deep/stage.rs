//! The scene of a walk: the plan, everybody who plays, an incident that is open.

use std::collections::BTreeSet;

use fengsui_plan::{Act, Channel, DutyRule, Plan};
use fengsui_vocabulary::{IncidentId, ReportId, RoleId};
use jiff::{SignedDuration, Timestamp};

use super::asked::is_about_who;
use super::cast::{Cast, UNIT};
use super::steps::{asked, reason};
use crate::incident::{Incident, IncidentCommand, OpenIncident, decide, evolve};
use crate::{
    Actor, Affected, AnchorKind, AnchorRecorded, Anchors, Asked, IncidentEvent, Packs, Party,
    PlanRef, Recorded, Refusal, ReportJoined, ReportReceived, Scene,
};

/// The plan and everybody who plays.
pub(super) struct Stage<'a> {
    pub(super) plan: &'a Plan,
    pub(super) packs: Packs,
    pub(super) cast: Cast,
}

impl Stage<'_> {
    /// What follows from a command, if it is not refused.
    pub(super) fn after(
        &self,
        incident: &Incident,
        asked: &Asked<IncidentCommand>,
        now: Timestamp,
    ) -> Result<Incident, Refusal> {
        let decided = decide(incident, asked, &Scene::new(now, &self.packs))?;
        let mut after = incident.clone();
        for event in decided {
            evolve(&mut after, &event.recorded(now, asked.by.person));
        }
        forget(&mut after);
        Ok(after)
    }

    /// Whether a command is not refused.
    pub(super) fn may(
        &self,
        incident: &Incident,
        asked: &Asked<IncidentCommand>,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        decide(incident, asked, &Scene::new(now, &self.packs)).map(|_events| ())
    }

    /// Whether somebody fills a role, and is not refused because of who they are.
    pub(super) fn can(
        &self,
        incident: &Incident,
        role: &RoleId,
        command: &IncidentCommand,
        now: Timestamp,
    ) -> bool {
        self.cast.holder(role).is_some_and(|actor| {
            let answer = self.may(incident, &asked(actor, role, command.clone()), now);
            answer.as_ref().err().is_none_or(|refusal| !is_about_who(refusal))
        })
    }

    /// What follows when the first who may does it.
    pub(super) fn by_players(
        &self,
        incident: &Incident,
        act: Act,
        command: &IncidentCommand,
        now: Timestamp,
    ) -> Option<Incident> {
        self.cast.players(self.plan, act).find_map(|(role, actor)| {
            self.after(incident, &asked(actor, role, command.clone()), now).ok()
        })
    }

    /// An incident with a report that everybody has received, or nothing where nobody may open one.
    pub(super) fn opened(&self) -> Option<(Incident, RoleId)> {
        let command = IncidentCommand::Open(opening(self.plan));
        let opened = |(role, actor): (&RoleId, &Actor)| {
            let asked = asked(actor, role, command.clone());
            let incident = self.after(&Incident::default(), &asked, START).ok()?;
            Some((incident, role.clone()))
        };
        let (mut incident, role) =
            self.cast.players(self.plan, Act::AcceptReport).find_map(opened)?;
        let report = ReportId::from_bits(1);
        let joined = ReportJoined { report, number: reason(), carried: Vec::new() };
        tell(&mut incident, joined.into(), START);
        let senders: BTreeSet<&RoleId> =
            self.plan.duties.iter().flat_map(|duty: &DutyRule| &duty.senders).collect();
        for by in senders {
            let channel = Channel::Any;
            let received =
                ReportReceived { by: by.clone(), channel, report: Some(report), plan: None };
            tell(&mut incident, received.into(), START);
        }
        let aware = AnchorRecorded {
            party: Party::Organisation(UNIT),
            anchor: AnchorKind::Aware,
            plan: Some(self.plan.id.clone()),
            at: START,
            offset: None,
        };
        tell(&mut incident, aware.into(), START);
        Some((incident, role))
    }
}

/// Something that nobody here decides happens.
pub(super) fn tell(incident: &mut Incident, event: IncidentEvent, now: Timestamp) {
    let recorded = Recorded {
        happened_at: now,
        recorded_at: now,
        actor: Actor::PROGRAM,
        on_behalf_of: None,
        event,
    };
    evolve(incident, &recorded);
    forget(incident);
}

fn opening(plan: &Plan) -> OpenIncident {
    let anchors =
        Anchors { occurred_at: Some(START), discovered_at: Some(START), informed_at: Some(START) };
    OpenIncident {
        incident: IncidentId::from_bits(1),
        number: reason(),
        title: reason(),
        plans: vec![PlanRef::of(plan)],
        affected: vec![Affected { organisation: Some(UNIT), district: None, anchors }],
    }
}

/// Drops what no decision reads, so that a state costs little.
fn forget(incident: &mut Incident) {
    incident.log.clear();
    let judgements = incident.judgements.len().saturating_sub(1);
    incident.judgements.drain(..judgements);
    let proposals = incident.response.proposals.len().saturating_sub(1);
    incident.response.proposals.drain(..proposals);
}

/// One minute goes by with every command.
pub(super) fn later(at: Timestamp) -> Timestamp {
    at.checked_add(SignedDuration::from_mins(1)).unwrap_or(at)
}

/// A Monday morning: 2026-03-16T01:00:00Z.
pub(super) const START: Timestamp = Timestamp::constant(1_773_622_800, 0);

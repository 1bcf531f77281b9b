//! The response, its approvals, and everything else that people did.

use fengsui_plan::What;

use super::Effect;
use super::knowledge::happens;
use crate::incident::{
    Approval, Document, Endorsement, Headquarters, Incident, Instruction, MeasureTaken, Note,
    Proposal, ProposalState, ResponseState, Status, Voice,
};
use crate::{
    ApprovalConfirmed, CommandTaken, DecisionVoiced, DocumentIssued, HeadquartersFormed,
    IncidentEvent, IncidentReviewed, InstructionRecorded, MeasureRecorded, NotControlled,
    NoteWritten, ProposalApproved, ProposalEndorsed, ProposalLapsed, ProposalReturned,
    ProposalSubmitted, Recorded, ResponseAdjusted, ResponseEnded, ResponseStarted,
};

type Entry = Recorded<IncidentEvent>;

pub(super) fn first_response(incident: &mut Incident, entry: &Entry) -> Effect {
    incident.response.first_response_at.get_or_insert(entry.happened_at);
    Effect::Changed
}

pub(super) fn voiced(incident: &mut Incident, it: &DecisionVoiced, entry: &Entry) -> Effect {
    incident.response.voices.insert(
        it.role.clone(),
        Voice {
            step: it.step,
            level: it.level.clone(),
            scope: it.scope.clone(),
            by: entry.actor,
            at: entry.happened_at,
        },
    );
    Effect::Changed
}

pub(super) fn started(incident: &mut Incident, it: &ResponseStarted, entry: &Entry) -> Effect {
    incident.response.voices.clear();
    incident.response.started_at.get_or_insert(entry.happened_at);
    incident.response.state = ResponseState::Running {
        level: it.level.clone(),
        scope: it.scope.clone(),
        since: entry.happened_at,
        decision: it.decision.clone(),
    };
    happens(incident, None, (entry.happened_at, entry.recorded_at), What::ResponseStarted);
    Effect::Changed
}

pub(super) fn adjusted(incident: &mut Incident, it: &ResponseAdjusted, entry: &Entry) -> Effect {
    incident.response.voices.clear();
    incident.response.state = ResponseState::Running {
        level: it.level.clone(),
        scope: it.scope.clone(),
        since: entry.happened_at,
        decision: it.decision.clone(),
    };
    Effect::Changed
}

pub(super) fn ended(incident: &mut Incident, it: &ResponseEnded, entry: &Entry) -> Effect {
    incident.response.voices.clear();
    incident.response.state = ResponseState::Ended {
        level: it.level.clone(),
        at: entry.happened_at,
        decision: it.decision.clone(),
    };
    let times = (entry.happened_at, entry.recorded_at);
    happens(incident, None, times, What::ResponseEnded);
    happens(incident, None, times, What::HandlingEnded);
    Effect::Changed
}

pub(super) fn submitted(incident: &mut Incident, it: &ProposalSubmitted, entry: &Entry) -> Effect {
    incident.response.proposals.push(Proposal {
        step: it.step,
        level: it.level.clone(),
        scope: it.scope.clone(),
        text: it.text.clone(),
        endorsements: vec![Endorsement {
            role: it.role.clone(),
            by: entry.actor,
            at: entry.happened_at,
        }],
        state: ProposalState::Waiting,
    });
    Effect::Changed
}

pub(super) fn endorsed(
    incident: &mut Incident,
    it: &ProposalEndorsed,
    entry: &Entry,
) -> Option<()> {
    let proposal = incident.response.waiting_mut(&it.digest)?;
    proposal.endorsements.push(Endorsement {
        role: it.role.clone(),
        by: entry.actor,
        at: entry.happened_at,
    });
    Some(())
}

pub(super) fn approved(
    incident: &mut Incident,
    it: &ProposalApproved,
    entry: &Entry,
) -> Option<()> {
    let proposal = incident.response.waiting_mut(&it.digest)?;
    proposal.state = ProposalState::Approved(Approval {
        role: it.role.clone(),
        given: it.given.clone(),
        entered_by: entry.actor,
        at: entry.happened_at,
        confirmed: None,
    });
    Some(())
}

pub(super) fn confirmed(
    incident: &mut Incident,
    it: &ApprovalConfirmed,
    entry: &Entry,
) -> Option<()> {
    let proposals = &mut incident.response.proposals;
    let proposal = proposals.iter_mut().rev().find(|p| p.text.digest == it.digest)?;
    match &mut proposal.state {
        ProposalState::Approved(approval) => {
            approval.confirmed = Some((entry.actor, entry.happened_at));
            Some(())
        }
        ProposalState::Waiting | ProposalState::Returned { .. } | ProposalState::Lapsed { .. } => {
            None
        }
    }
}

pub(super) fn returned(
    incident: &mut Incident,
    it: &ProposalReturned,
    entry: &Entry,
) -> Option<()> {
    incident.response.waiting_mut(&it.digest)?.state = ProposalState::Returned {
        role: it.role.clone(),
        reason: it.reason.clone(),
        at: entry.happened_at,
    };
    Some(())
}

pub(super) fn lapsed(incident: &mut Incident, it: &ProposalLapsed, entry: &Entry) -> Option<()> {
    incident.response.waiting_mut(&it.digest)?.state =
        ProposalState::Lapsed { reason: it.reason.clone(), at: entry.happened_at };
    Some(())
}

pub(super) fn headquarters(
    incident: &mut Incident,
    it: &HeadquartersFormed,
    entry: &Entry,
) -> Effect {
    incident.headquarters = Some(Headquarters {
        formed_at: entry.happened_at,
        role: it.role.clone(),
        given: it.given.clone(),
        commander: it.commander,
        members: it.members.clone(),
        groups: it.groups.clone(),
        seat: it.seat.clone(),
    });
    Effect::Changed
}

pub(super) fn not_controlled(incident: &mut Incident, it: &NotControlled, entry: &Entry) -> Effect {
    incident.not_controlled = Some((entry.happened_at, it.reason.clone()));
    Effect::Changed
}

pub(super) fn command(incident: &mut Incident, it: &CommandTaken) -> Effect {
    incident.command = Some(it.role.clone());
    Effect::Changed
}

pub(super) fn measure(incident: &mut Incident, it: &MeasureRecorded, entry: &Entry) -> Effect {
    incident.measures.push(MeasureTaken {
        measure: it.measure.clone(),
        role: it.role.clone(),
        note: it.note.clone(),
        text: it.text.clone(),
        given: it.given.clone(),
        at: entry.happened_at,
    });
    Effect::Changed
}

pub(super) fn document(incident: &mut Incident, it: &DocumentIssued, entry: &Entry) -> Effect {
    incident.documents.push(Document {
        title: it.title.clone(),
        form: it.form.clone(),
        number: it.number.clone(),
        text: it.text.clone(),
        role: it.role.clone(),
        to: it.to.clone(),
        plan: it.plan.clone(),
        facts: it.facts.clone(),
        at: entry.happened_at,
        by: entry.actor,
    });
    Effect::Changed
}

pub(super) fn note(incident: &mut Incident, it: &NoteWritten, entry: &Entry) -> Effect {
    incident.notes.push(Note { text: it.text.clone(), at: entry.happened_at, by: entry.actor });
    Effect::Changed
}

pub(super) fn instruction(
    incident: &mut Incident,
    it: &InstructionRecorded,
    entry: &Entry,
) -> Effect {
    incident.instructions.push(Instruction {
        role: it.role.clone(),
        given: it.given.clone(),
        text: it.text.clone(),
        at: entry.happened_at,
    });
    Effect::Changed
}

pub(super) fn reviewed(incident: &mut Incident, it: &IncidentReviewed) -> Effect {
    incident.review = Some(it.text.clone());
    Effect::Changed
}

pub(super) fn closed(incident: &mut Incident, entry: &Entry) -> Effect {
    incident.status = Status::Closed(entry.happened_at);
    // Where no response was ever needed, handling ends with the incident.
    if incident.response.state == ResponseState::NotStarted {
        let times = (entry.happened_at, entry.recorded_at);
        happens(incident, None, times, What::HandlingEnded);
    }
    Effect::Changed
}

pub(super) fn reopened(incident: &mut Incident) -> Effect {
    incident.status = Status::Open;
    incident.review = None; // What goes on is reviewed again; the old review stays in the log.
    Effect::Changed
}

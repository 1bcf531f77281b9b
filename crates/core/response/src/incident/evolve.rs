//! Bringing an incident up to date: what happened, happened.

mod handling;
mod knowledge;
mod plans;
mod technical;
mod ticks;

use super::Incident;
use crate::{IncidentEvent, Recorded};

/// Brings an incident up to date with one event. Never fails: an event that refers to something
/// unknown changes nothing, and [`Incident::check`] reports it.
pub fn evolve(incident: &mut Incident, recorded: &Recorded<IncidentEvent>) {
    match apply(incident, recorded) {
        Effect::Changed => {}
        Effect::RefersToUnknown => incident.without_effect.push(incident.log.len()),
    }
    incident.log.push(recorded.clone());
}

/// What an event did.
enum Effect {
    /// It brought the incident up to date.
    Changed,
    /// It refers to something unknown, so it changed nothing.
    RefersToUnknown,
}

impl Effect {
    const fn of(found: Option<()>) -> Self {
        match found {
            Some(()) => Self::Changed,
            None => Self::RefersToUnknown,
        }
    }
}

fn apply(incident: &mut Incident, recorded: &Recorded<IncidentEvent>) -> Effect {
    match &recorded.event {
        IncidentEvent::Opened(it) => knowledge::opened(incident, it, recorded),
        IncidentEvent::OrganisationAdded(it) => knowledge::added(incident, it, recorded),
        IncidentEvent::OrganisationIdentified(it) => {
            Effect::of(knowledge::identified(incident, it))
        }
        IncidentEvent::RoleResolved(it) => Effect::of(knowledge::resolved(incident, it)),
        IncidentEvent::AnchorRecorded(it) => {
            Effect::of(knowledge::anchored(incident, it, recorded))
        }
        IncidentEvent::AnchorCorrected(it) => {
            Effect::of(knowledge::corrected(incident, it, recorded))
        }
        IncidentEvent::ReportJoined(it) => knowledge::joined(incident, it, recorded),
        IncidentEvent::SupplementReceived(it) => Effect::of(knowledge::supplemented(incident, it)),
        IncidentEvent::FactsRecorded(it) => knowledge::learnt(incident, it, recorded),
        IncidentEvent::Classified(it) => knowledge::classified(incident, it),
        IncidentEvent::Confirmed(it) => knowledge::confirmed(incident, it),
        IncidentEvent::Related(it) => knowledge::related(incident, it),
        IncidentEvent::ReportReceived(it) => ticks::received(incident, it, recorded),
        IncidentEvent::DutyMet(it) => ticks::met(incident, it, recorded),
        IncidentEvent::MissCleared(it) => Effect::of(ticks::cleared(incident, it, recorded)),
        IncidentEvent::DutyWaived(it) => ticks::waived(incident, it, recorded),
        IncidentEvent::DutiesReminded(it) => ticks::reminded(incident, it, recorded),
        IncidentEvent::DutiesMissed(it) => ticks::missed(incident, it, recorded),
        IncidentEvent::LevelJudged(it) => ticks::judged(incident, it, recorded),
        IncidentEvent::PartHandedOver(it) => ticks::handed_over(incident, it, recorded),
        IncidentEvent::NotReported(it) => ticks::not_reported(incident, it, recorded),
        IncidentEvent::FirstResponseBegun(_) => handling::first_response(incident, recorded),
        IncidentEvent::DecisionVoiced(it) => handling::voiced(incident, it, recorded),
        IncidentEvent::ResponseStarted(it) => handling::started(incident, it, recorded),
        IncidentEvent::ResponseAdjusted(it) => handling::adjusted(incident, it, recorded),
        IncidentEvent::ResponseEnded(it) => handling::ended(incident, it, recorded),
        IncidentEvent::ProposalSubmitted(it) => handling::submitted(incident, it, recorded),
        IncidentEvent::ProposalEndorsed(it) => {
            Effect::of(handling::endorsed(incident, it, recorded))
        }
        IncidentEvent::ProposalApproved(it) => {
            Effect::of(handling::approved(incident, it, recorded))
        }
        IncidentEvent::ApprovalConfirmed(it) => {
            Effect::of(handling::confirmed(incident, it, recorded))
        }
        IncidentEvent::ProposalReturned(it) => {
            Effect::of(handling::returned(incident, it, recorded))
        }
        IncidentEvent::ProposalLapsed(it) => Effect::of(handling::lapsed(incident, it, recorded)),
        IncidentEvent::HeadquartersFormed(it) => handling::headquarters(incident, it, recorded),
        IncidentEvent::NotControlled(it) => handling::not_controlled(incident, it, recorded),
        IncidentEvent::CommandTaken(it) => handling::command(incident, it),
        IncidentEvent::MeasureRecorded(it) => handling::measure(incident, it, recorded),
        IncidentEvent::TechnicalStepTaken(it) => {
            Effect::of(technical::taken(incident, it, recorded))
        }
        IncidentEvent::DocumentIssued(it) => handling::document(incident, it, recorded),
        IncidentEvent::NoteWritten(it) => handling::note(incident, it, recorded),
        IncidentEvent::InstructionRecorded(it) => handling::instruction(incident, it, recorded),
        IncidentEvent::Reviewed(it) => handling::reviewed(incident, it),
        IncidentEvent::Closed(_) => handling::closed(incident, recorded),
        IncidentEvent::Reopened(_) => handling::reopened(incident),
        IncidentEvent::PlanConsidered(it) => plans::considered(incident, it, recorded),
        IncidentEvent::PlanApplied(it) => plans::applied(incident, it, recorded),
        IncidentEvent::PlanSetAside(it) => Effect::of(plans::set_aside(incident, it, recorded)),
        IncidentEvent::MigrationProposed(it) => plans::proposed(incident, it, recorded),
        IncidentEvent::MigrationWithdrawn(it) => {
            Effect::of(plans::withdrawn(incident, it, recorded))
        }
        IncidentEvent::PlanMigrated(it) => Effect::of(plans::migrated(incident, it, recorded)),
    }
}

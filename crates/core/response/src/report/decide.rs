//! Deciding what follows from a command to a report: one file per family of verbs.

mod anchor;
mod answer;
mod deliver;
mod join;
mod take_in;

use fengsui_plan::{Act, Plan};
use fengsui_vocabulary::RoleId;
use jiff::Timestamp;

use super::{Intake, Report, ReportCommand, ReportStatus};
use crate::scene::acting;
use crate::{Asked, Decided, Refusal, ReportEvent, Scene};

pub(crate) use join::{absorption, acceptance, parts, supplement};

type Decision = Result<Vec<Decided<ReportEvent>>, Refusal>;

/// Decides what follows from a command to a report. Changes nothing.
pub fn decide(report: &Report, asked: &Asked<ReportCommand>, scene: &Scene<'_>) -> Decision {
    if let ReportCommand::TakeIn(it) = &asked.command {
        return take_in::take_in(report, it, asked, scene);
    }
    let case = Case::of(report, asked, scene)?;
    match &asked.command {
        ReportCommand::TakeIn(_) => Err(Refusal::ExistsAlready),
        ReportCommand::IdentifyOrganisation { party, organisation, district } => {
            anchor::identify(&case, *party, *organisation, district.as_ref())
        }
        ReportCommand::RecordAnchor { party, anchor, at } => {
            anchor::record(&case, *party, *anchor, *at)
        }
        ReportCommand::CorrectAnchor { party, anchor, to, reason } => {
            anchor::correct(&case, *party, (*anchor, *to), reason)
        }
        ReportCommand::Receive(it) => deliver::receive(&case, it),
        ReportCommand::MeetDuty(it) => deliver::meet(&case, it),
        ReportCommand::ClearMiss { ticks } => deliver::clear(&case, ticks),
        ReportCommand::Ask { text } => answer::ask(&case, text),
        ReportCommand::Answer { question, text, attachments } => {
            answer::answer(&case, *question, text, attachments)
        }
        ReportCommand::Decline { reason } => answer::decline(&case, reason),
        ReportCommand::Reopen { reason } => answer::reopen(&case, reason),
        ReportCommand::Seal { reason } => answer::seal(&case, reason),
        ReportCommand::TellResult { text } => answer::tell(&case, text),
    }
}

/// Everything that a verb looks at.
pub(crate) struct Case<'a, C> {
    pub(crate) report: &'a Report,
    pub(crate) intake: &'a Intake,
    pub(crate) asked: &'a Asked<C>,
    pub(crate) scene: &'a Scene<'a>,
    /// The leading plan: it says who may do what.
    pub(crate) plan: &'a Plan,
    /// When it happened.
    pub(crate) at: Timestamp,
}

impl<'a, C> Case<'a, C> {
    pub(crate) fn of(
        report: &'a Report,
        asked: &'a Asked<C>,
        scene: &'a Scene<'a>,
    ) -> Result<Self, Refusal> {
        let intake = report.intake.as_ref().ok_or(Refusal::Absent)?;
        let plan = scene.plan(&intake.lead)?;
        let at = scene.happened_at(asked)?;
        Ok(Self { report, intake, asked, scene, plan, at })
    }

    /// In which role the actor does this; a report has no level yet.
    pub(crate) fn acting(&self, act: Act) -> Result<RoleId, Refusal> {
        acting(self.asked, self.plan, act, None).map(|(role, _)| role)
    }

    /// Refuses a report that no longer waits for a decision.
    pub(crate) fn check_waiting(&self) -> Result<(), Refusal> {
        match &self.report.status {
            ReportStatus::Waiting => Ok(()),
            ReportStatus::Absent => Err(Refusal::Absent),
            ReportStatus::Accepted => Err(self.accepted()),
            ReportStatus::Declined(_) => Err(Refusal::ReportDeclined),
            ReportStatus::Sealed(_) => Err(Refusal::ReportSealed),
            ReportStatus::Split(_) | ReportStatus::Merged(_) => Err(Refusal::ReportGoesOnElsewhere),
        }
    }

    /// Refuses a report whose duties are no longer its own; a declined one still has its answer to tell.
    pub(crate) fn check_owing(&self) -> Result<(), Refusal> {
        match &self.report.status {
            ReportStatus::Declined(_) => Ok(()),
            ReportStatus::Waiting
            | ReportStatus::Absent
            | ReportStatus::Accepted
            | ReportStatus::Sealed(_)
            | ReportStatus::Split(_)
            | ReportStatus::Merged(_) => self.check_waiting(),
        }
    }

    /// Refuses a report that nobody may go on with.
    pub(crate) fn check_alive(&self) -> Result<(), Refusal> {
        match &self.report.status {
            ReportStatus::Accepted => Ok(()),
            ReportStatus::Waiting
            | ReportStatus::Absent
            | ReportStatus::Declined(_)
            | ReportStatus::Sealed(_)
            | ReportStatus::Split(_)
            | ReportStatus::Merged(_) => self.check_waiting(),
        }
    }

    /// By whom it was accepted, and into which incident.
    pub(crate) fn accepted(&self) -> Refusal {
        match self.report.incidents.first_key_value() {
            Some((incident, by)) => Refusal::AlreadyAccepted { incident: *incident, by: *by },
            None => Refusal::ReportNotAccepted,
        }
    }

    pub(crate) fn happens(&self, event: impl Into<ReportEvent>) -> Decided<ReportEvent> {
        Decided::new(self.at, event)
    }

    fn only(&self, event: impl Into<ReportEvent>) -> Vec<Decided<ReportEvent>> {
        vec![self.happens(event)]
    }
}

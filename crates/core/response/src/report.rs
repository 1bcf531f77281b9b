//! A report, 报告: taken in once, its own record for ever, whatever becomes of it.
//!
//! Until it is accepted, first reports are owed by its own times under the leading plan; acceptance
//! hands times and ticks to the incident unchanged, see [`crate::accept`].

mod command;
mod decide;
mod evolve;

use std::collections::{BTreeMap, BTreeSet};

use fengsui_plan::{Duty, History, Plan};
use fengsui_vocabulary::{
    DistrictCode, Facts, IncidentId, Line, OrganisationId, PersonId, ReportId, RoleId,
};
use jiff::Timestamp;

use crate::clock::Noticed;
use crate::{
    Anchors, Attachment, BlobRef, Carried, CarriedWhat, IntakeChannel, Party, PlanRef, Recorded,
    ReportEvent, ReportKind, Tick,
};

pub use command::*;
pub use decide::decide;
pub(crate) use decide::{Case, absorption, acceptance, parts, supplement};
pub use evolve::evolve;

/// A report as far as its stream tells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// How it came; none before it is taken in.
    pub intake: Option<Intake>,
    /// Where it stands.
    pub status: ReportStatus,
    /// Whom it happened to.
    pub affected: BTreeMap<Party, ReportedOrganisation>,
    /// What the reporter knows, the newest value of each fact.
    pub facts: Facts,
    /// Supplements, oldest first.
    pub supplements: Vec<Supplement>,
    /// Questions to the reporter, with answers; the first has number 1.
    pub questions: BTreeMap<u32, Question>,
    /// The incidents that it is part of, each with who accepted it there.
    pub incidents: BTreeMap<IncidentId, PersonId>,
    /// The duties met so far.
    pub met: BTreeSet<Tick>,
    /// What the clock recorded about duties.
    pub noticed: Noticed,
    /// Since when it had waited when people were called out because of it.
    pub left_waiting: Option<Timestamp>,
    /// What the reporter was told in the end, newest last.
    pub results: Vec<BlobRef>,
    /// Reports that were merged into this one.
    pub absorbed: BTreeSet<ReportId>,
    /// What moves duties, in order of recording: this is what an incident takes over.
    pub ledger: Vec<Carried>,
    /// Everything that was written to its stream, in order.
    pub log: Vec<Recorded<ReportEvent>>,
}

/// How a report came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Intake {
    /// Which report.
    pub report: ReportId,
    /// Its number.
    pub number: Line,
    /// What it is about.
    pub kind: ReportKind,
    /// How it came.
    pub channel: IntakeChannel,
    /// Which role took it in.
    pub taken_in_by: RoleId,
    /// When.
    pub taken_in_at: Timestamp,
    /// When that was written down.
    pub recorded_at: Timestamp,
    /// Who wrote it down.
    pub entered_by: PersonId,
    /// The earlier report that it goes on from.
    pub follows: Option<ReportId>,
    /// Title, description, who reports.
    pub content: BlobRef,
    /// Files that came with it.
    pub attachments: Vec<Attachment>,
    /// The plan by which first reports are owed until it is accepted.
    pub lead: PlanRef,
}

/// Where a report stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum ReportStatus {
    /// It was never taken in.
    #[default]
    Absent,
    /// It waits for a decision.
    Waiting,
    /// It is part of at least one incident.
    Accepted,
    /// It was declined, for this reason.
    Declined(Line),
    /// It was sealed, for this reason: only the stub is left.
    Sealed(Line),
    /// It goes on in these new reports.
    Split(Vec<ReportId>),
    /// It goes on in that report.
    Merged(ReportId),
}

/// One affected organisation of a report.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReportedOrganisation {
    /// Which, if known.
    pub organisation: Option<OrganisationId>,
    /// Where it is.
    pub district: Option<DistrictCode>,
    /// Its times as they were recorded first.
    pub anchors: Anchors,
}

/// Something that the reporter added.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Supplement {
    /// When.
    pub at: Timestamp,
    /// What.
    pub content: BlobRef,
    /// Files that came with it.
    pub attachments: Vec<Attachment>,
}

/// A question to the reporter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// When it was asked.
    pub asked_at: Timestamp,
    /// The question.
    pub text: BlobRef,
    /// The answer: when, and what.
    pub answer: Option<(Timestamp, BlobRef, Vec<Attachment>)>,
}

impl Report {
    /// What an affected organisation is called in histories: who it is, once that is known.
    pub fn key(&self, party: &Party) -> String {
        let known = self.affected.get(party).and_then(|affected| affected.organisation);
        known.map_or(*party, Party::Organisation).to_string()
    }

    /// Which affected organisation a duty is about.
    pub fn party_of(&self, duty: &Duty) -> Option<Party> {
        let key = duty.organisation.as_deref()?;
        self.affected.keys().find(|party| self.key(party) == key).copied()
    }

    /// What happened so far, as duties see it.
    pub fn history(&self) -> History {
        let happenings = self.ledger.iter().filter_map(Carried::happening);
        let mut happenings: Vec<_> = happenings
            .map(|(party, mut happening)| {
                happening.organisation = party.map(|party| self.key(&party));
                happening
            })
            .collect();
        happenings.sort_by_key(|happening| happening.recorded_at);
        History { happenings }
    }

    /// What happened so far, as another stream takes it over: affected organisations by who they are,
    /// once that is known.
    pub fn carried(&self) -> Vec<Carried> {
        let canonical = |party: &mut Party| {
            let known = self.affected.get(party).and_then(|affected| affected.organisation);
            *party = known.map_or(*party, Party::Organisation);
        };
        let mut ledger = self.ledger.clone();
        for carried in &mut ledger {
            if let Some(party) = carried.party_mut() {
                canonical(party);
            }
        }
        ledger
    }

    /// What is owed because of this report. Nothing once it is accepted (its duties are the incident's
    /// then), sealed, or goes on in another report.
    pub fn duties(&self, plan: &Plan, now: Timestamp) -> Vec<Duty> {
        match self.status {
            ReportStatus::Waiting | ReportStatus::Declined(_) => {
                fengsui_plan::duties_of(plan, &self.history(), now)
            }
            ReportStatus::Absent
            | ReportStatus::Accepted
            | ReportStatus::Sealed(_)
            | ReportStatus::Split(_)
            | ReportStatus::Merged(_) => Vec::new(),
        }
    }

    /// What somebody has to do about it now. Once it is declined that is only what follows from the
    /// answer, such as telling it: nobody is pressed for what was declined.
    pub fn owed(&self, plan: &Plan, now: Timestamp) -> Vec<Duty> {
        self.pressing(self.duties(plan, now))
    }

    /// The same without the reasons.
    pub(crate) fn owed_shortly(&self, plan: &Plan, now: Timestamp) -> Vec<Duty> {
        match self.status {
            ReportStatus::Waiting | ReportStatus::Declined(_) => {
                self.pressing(fengsui_plan::worklist_of(plan, &self.history(), now))
            }
            ReportStatus::Absent
            | ReportStatus::Accepted
            | ReportStatus::Sealed(_)
            | ReportStatus::Split(_)
            | ReportStatus::Merged(_) => Vec::new(),
        }
    }

    fn pressing(&self, mut duties: Vec<Duty>) -> Vec<Duty> {
        if let ReportStatus::Declined(_) = self.status {
            let is_answer = |it: &&Carried| matches!(it.what, CarriedWhat::Declined { .. });
            let declined_at = self.ledger.iter().rev().find(is_answer).map(|it| it.at);
            duties.retain(|duty| declined_at.is_some_and(|at| duty.arose_at >= at));
        }
        duties
    }

    /// When something was last written to its stream: the time as of which boards see it.
    pub fn as_of(&self) -> Option<Timestamp> {
        self.log.last().map(|recorded| recorded.recorded_at)
    }

    /// The tick of a duty.
    pub fn tick_of(&self, duty: &Duty) -> Tick {
        Tick::of(duty, self.party_of(duty))
    }

    /// Whether a decision is still to be made about it.
    pub const fn is_waiting(&self) -> bool {
        matches!(self.status, ReportStatus::Waiting)
    }

    /// Questions without an answer, by number.
    pub fn open_questions(&self) -> impl Iterator<Item = (u32, &Question)> {
        self.questions
            .iter()
            .filter(|(_, question)| question.answer.is_none())
            .map(|(number, question)| (*number, question))
    }

    /// Affected organisations that nobody has identified yet.
    pub fn unidentified(&self) -> impl Iterator<Item = Party> {
        self.affected
            .iter()
            .filter(|(_, affected)| affected.organisation.is_none())
            .map(|(party, _)| *party)
    }
}

//! What tells one state of a walk from another: exactly what decisions about the response look at.
//!
//! Left out are notes, measures, technical plans, documents, headquarters, command and past proposals. One scope stands
//! for all, and one person fills one role, so offices stand for people.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use fengsui_plan::Plan;
use fengsui_vocabulary::{LevelId, RoleId};

use super::words;
use crate::Step;
use crate::incident::{Incident, ResponseState, Status};

/// What tells one state from another.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    pub(super) judged: Option<LevelId>,
    /// The worst level ever judged, as its rank: what arose then may still be owed.
    pub(super) worst: Option<usize>,
    pub(super) response: Going,
    pub(super) voices: BTreeMap<RoleId, (Step, LevelId)>,
    pub(super) proposal: Option<(Step, LevelId, BTreeSet<RoleId>)>,
    /// Whether handling ended once, where a duty hangs on that.
    pub(super) ended: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Going {
    NotStarted,
    Running(LevelId),
    Ended,
}

/// Whether it counts that the handling ended once: where a duty that blocks closing hangs on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ends {
    Count,
    AreAllOne,
}

impl Key {
    /// The state of an incident that came out of another state by one command.
    pub(super) fn of(incident: &Incident, plan: &Plan, before: Option<&Self>, ends: Ends) -> Self {
        let judged = incident.judged(&plan.id).map(|judged| judged.level.clone());
        let rank = judged.as_ref().and_then(|level| plan.rank(level));
        let response = match &incident.response.state {
            ResponseState::NotStarted => Going::NotStarted,
            ResponseState::Running { level, .. } => Going::Running(level.clone()),
            ResponseState::Ended { .. } => Going::Ended,
        };
        let voices = incident.response.voices.iter();
        let has_ended = before.is_some_and(|before| before.ended)
            || response == Going::Ended
            || matches!(incident.status, Status::Closed(_));
        Self {
            judged,
            worst: rank.into_iter().chain(before.and_then(|before| before.worst)).min(),
            response,
            voices: voices.map(|(role, it)| (role.clone(), (it.step, it.level.clone()))).collect(),
            proposal: incident.response.waiting().map(|proposal| {
                let offices = proposal.offices().into_iter().cloned().collect();
                (proposal.step, proposal.level.clone(), offices)
            }),
            ended: ends == Ends::Count && has_ended,
        }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.judged {
            Some(level) => write!(out, "judged {level}")?,
            None => write!(out, "no level judged")?,
        }
        match &self.response {
            Going::NotStarted => write!(out, ", no response")?,
            Going::Running(level) => write!(out, ", the response runs at {level}")?,
            Going::Ended => write!(out, ", the response has ended")?,
        }
        for (role, (step, level)) in &self.voices {
            write!(out, ", {role} spoke for {} at {level}", words::step(*step))?;
        }
        if let Some((step, level, offices)) = &self.proposal {
            let offices: Vec<&str> = offices.iter().map(RoleId::as_str).collect();
            let (what, offices) = (words::step(*step), offices.join(" and "));
            write!(out, ", a proposal by {offices} on {what} at {level} waits")?;
        }
        Ok(())
    }
}

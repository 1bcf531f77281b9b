//! A duty as other programs read it.

use std::fmt;

use fengsui_vocabulary::{ClauseId, DutyId, PlanId, RoleId};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;

use super::{Because, Duty, DutyKind, DutyState};
use crate::model::Channel;

/// One object of `fengsui plan duties`. Times are RFC 3339 with the offset of the plan, or of
/// the anchor where the plan reckons by it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DutyView {
    /// The plan that imposes it.
    pub plan: PlanId,
    /// Its id.
    pub duty: DutyId,
    /// The clause.
    pub clause: ClauseId,
    /// Who owes it.
    pub actor: RoleId,
    /// To whom.
    pub to: Option<RoleId>,
    /// By which channel.
    pub channel: Channel,
    /// The affected organisation whose own it is.
    pub organisation: Option<String>,
    /// When it is due.
    pub due: Option<String>,
    /// When it was done.
    pub done_at: Option<String>,
    /// When it came to be owed.
    pub arose_at: String,
    /// Other reckonings.
    pub also_read_as: Vec<String>,
    /// The kind of its deadline.
    pub kind: DutyKind,
    /// Where its clock starts.
    pub anchor: String,
    /// Whether that start is assumed.
    pub assumed: bool,
    /// The slot of a recurring duty, from 1.
    pub slot: Option<u32>,
    /// Where it stands.
    pub state: DutyState,
    /// Why.
    pub because: Vec<BecauseView>,
}

/// One reason as other programs read it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BecauseView {
    /// The clause it rests on.
    pub clause: ClauseId,
    /// The reason, Chinese first, then English.
    pub text: String,
}

impl DutyView {
    /// Shows a duty on its own clock.
    pub fn of(duty: &Duty) -> Self {
        let show = |at: Timestamp| rfc_3339(at, &duty.zone);
        Self {
            plan: duty.plan.clone(),
            duty: duty.duty.clone(),
            clause: duty.clause.clone(),
            actor: duty.actor.clone(),
            to: duty.to.clone(),
            channel: duty.channel,
            organisation: duty.organisation.clone(),
            due: duty.due.map(show),
            done_at: duty.done_at.map(show),
            arose_at: show(duty.arose_at),
            also_read_as: duty.also_read_as.iter().copied().map(show).collect(),
            kind: duty.kind,
            anchor: duty.anchor.clone(),
            assumed: duty.assumed,
            slot: duty.slot,
            state: duty.state,
            because: duty.because.iter().map(BecauseView::of).collect(),
        }
    }

    /// Shows a worklist, each duty on its own clock.
    pub fn of_worklist(duties: &[Duty]) -> Vec<Self> {
        duties.iter().map(Self::of).collect()
    }
}

/// One line for people: time, state, who owes what to whom.
impl fmt::Display for DutyView {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let due = match (&self.due, self.kind) {
            (Some(due), _) => due.as_str(),
            (None, DutyKind::Immediate) => "at once",
            (
                None,
                DutyKind::Within
                | DutyKind::Simultaneous
                | DutyKind::Recurring
                | DutyKind::Continuing
                | DutyKind::OnRequest
                | DutyKind::Undefined,
            ) => "no time",
        };
        write!(out, "{due:<25}  {:<18}  {:<20}", self.state.name(), self.duty)?;
        if let Some(slot) = self.slot {
            write!(out, " #{slot}")?;
        }
        write!(out, "  {}", self.actor)?;
        if let Some(organisation) = &self.organisation {
            write!(out, " ({organisation})")?;
        }
        if let Some(to) = &self.to {
            write!(out, " -> {to}")?;
        }
        if let Some(done_at) = &self.done_at {
            write!(out, ", done {done_at}")?;
        }
        if !self.also_read_as.is_empty() {
            write!(out, ", by the text {}", self.also_read_as.join(", "))?;
        }
        Ok(())
    }
}

impl BecauseView {
    fn of(because: &Because) -> Self {
        let text = format!("{} / {}", because.text.zh, because.text.en);
        Self { clause: because.clause.clone(), text }
    }
}

fn rfc_3339(at: Timestamp, zone: &TimeZone) -> String {
    at.display_with_offset(zone.to_offset(at)).to_string()
}

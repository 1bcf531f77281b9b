//! What the plan obliges everybody to do, and by when.
//!
//! A duty is a function of the pack, the history and the time: nothing here is stored.
//! What people did about a duty (done, missed, waived) is in the history like everything else.
//!
//! The origin of a clock is frozen when it starts; what is told later is shown beside it.
//!
//! Start reading at [`duties_of`].

mod arise;
mod explain;
mod ground;
mod known;
mod reckon;
mod record;
mod settle;
mod view;
mod warning;
pub(crate) mod words;

use std::cmp::Ordering;
use std::sync::Arc;

use fengsui_vocabulary::{ClauseId, DutyId, Label, LevelId, PlanId, RoleId};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

pub use self::view::{BecauseView, DutyView};
use crate::history::History;
use crate::model::{Channel, Plan};

use self::arise::Holder;
use self::known::Known;
use self::settle::Settled;

/// What one plan obliges everybody to at one time, earliest first.
///
/// Only what was recorded by then counts: the same history gives the same duties for ever.
pub fn duties_of(plan: &Plan, history: &History, at: Timestamp) -> Vec<Duty> {
    owed(plan, history, at, explain::because)
}

/// As [`duties_of`], without the reasons: for lists over many incidents and for boards, which are
/// made again after every act. Reasons are words, and words cost more than the times.
pub fn worklist_of(plan: &Plan, history: &History, at: Timestamp) -> Vec<Duty> {
    owed(plan, history, at, |_, _| Vec::new())
}

/// The reasons of one settled duty.
type Reasons = fn(&Known<'_>, &Settled<'_>) -> Vec<Because>;

fn owed(plan: &Plan, history: &History, at: Timestamp, reasons: Reasons) -> Vec<Duty> {
    let known = Known::at(plan, history, at);
    let arisen = arise::arisen(&known);
    let mut duties: Vec<Duty> = settle::settled(&known, &arisen)
        .into_iter()
        .map(|settled| Duty::of(&known, settled, reasons))
        .collect();
    duties.sort_by(Duty::in_order);
    duties
}

/// What several plans oblige everybody to, as one list, earliest first. No plan moves another's times.
pub fn worklist(plans: &[&Plan], history: &History, at: Timestamp) -> Vec<Duty> {
    let mut duties: Vec<Duty> =
        plans.iter().flat_map(|plan| duties_of(plan, history, at)).collect();
    duties.sort_by(Duty::in_order);
    duties
}

/// The level that moves a plan's duties at one time: the judged one, else the certain one.
pub fn level_in_force(plan: &Plan, history: &History, at: Timestamp) -> Option<LevelId> {
    Known::at(plan, history, at).standing.level().map(|in_force| in_force.level.clone())
}

/// One duty of one sender towards one recipient.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Duty {
    /// The plan that imposes it.
    pub plan: PlanId,
    /// Its id.
    pub duty: DutyId,
    /// Which of the branches that share the id, if it has branches.
    pub branch: Option<String>,
    /// The clause.
    pub clause: ClauseId,
    /// What it is.
    pub label: Arc<Label>,
    /// Who owes it.
    pub actor: RoleId,
    /// To whom; none for a duty without a recipient.
    pub to: Option<RoleId>,
    /// By which channel.
    pub channel: Channel,
    /// The affected organisation, where the duty is one organisation's own.
    pub organisation: Option<String>,
    /// When it is due; none where the text gives no number.
    pub due: Option<Timestamp>,
    /// When it was done.
    pub done_at: Option<Timestamp>,
    /// When it came to be owed.
    pub arose_at: Timestamp,
    /// Other reckonings of the text, or of a corrected anchor.
    pub also_read_as: Vec<Timestamp>,
    /// The kind of its deadline.
    pub kind: DutyKind,
    /// The zone in which it is reckoned and shown.
    pub zone: TimeZone,
    /// The name of its anchor.
    pub anchor: String,
    /// Whether the pack assumes that anchor because the text names none.
    pub assumed: bool,
    /// The slot of a recurring duty, from 1.
    pub slot: Option<u32>,
    /// Where it stands.
    pub state: DutyState,
    /// Why it is owed, and why it stands where it stands; empty where nobody asked for reasons.
    pub because: Vec<Because>,
}

/// The kind of a deadline.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DutyKind {
    /// By a time.
    Within,
    /// At once, without a number.
    Immediate,
    /// In the same act.
    Simultaneous,
    /// Again and again.
    Recurring,
    /// All the time.
    Continuing,
    /// When asked.
    OnRequest,
    /// The text gives no time.
    Undefined,
}

/// Where a duty stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DutyState {
    /// Owed.
    Pending,
    /// Done in time.
    Done,
    /// Done in time, entered after its time, confirmed by a second person.
    DoneRecordedLate,
    /// Done after its time.
    Late,
    /// Past its time and still open.
    Missed,
    /// Waived with a reason.
    Waived,
    /// Replaced by a stricter duty.
    Superseded,
    /// Done, where the text gives no time: only elapsed time is recorded.
    Elapsed,
}

impl Duty {
    fn of(known: &Known<'_>, settled: Settled<'_>, reasons: Reasons) -> Self {
        let because = reasons(known, &settled);
        let Settled { owed, to, state, done_at, .. } = settled;
        let organisation = match owed.holder {
            Holder::Incident | Holder::Organisation(None) => None,
            Holder::Organisation(Some(organisation)) => Some(organisation.to_owned()),
        };
        Self {
            plan: known.plan.id.clone(),
            duty: owed.rule.id.clone(),
            branch: owed.rule.branch.clone(),
            clause: owed.rule.clause.clone(),
            label: Arc::clone(&owed.rule.label),
            actor: owed.sender.clone(),
            to: to.cloned(),
            channel: owed.rule.channel,
            organisation,
            due: owed.due,
            done_at,
            arose_at: owed.arose_at,
            also_read_as: owed.also_read_as,
            kind: owed.kind,
            zone: known.zone_of(owed.origin.seen),
            anchor: owed.origin.name.to_owned(),
            assumed: owed.rule.assumed,
            slot: owed.slot,
            state,
            because,
        }
    }

    /// Earliest first; what has no time stands where it arose.
    fn in_order(&self, other: &Self) -> Ordering {
        let key = |duty: &Self| duty.due.unwrap_or(duty.arose_at);
        key(self)
            .cmp(&key(other))
            .then_with(|| self.plan.cmp(&other.plan))
            .then_with(|| self.duty.cmp(&other.duty))
            .then_with(|| self.organisation.cmp(&other.organisation))
            .then_with(|| self.actor.cmp(&other.actor))
            .then_with(|| self.to.cmp(&other.to))
            .then_with(|| self.slot.cmp(&other.slot))
    }
}

impl DutyState {
    /// Its name in files and on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Done => "done",
            Self::DoneRecordedLate => "done_recorded_late",
            Self::Late => "late",
            Self::Missed => "missed",
            Self::Waived => "waived",
            Self::Superseded => "superseded",
            Self::Elapsed => "elapsed",
        }
    }

    /// Whether something still has to be done.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Pending | Self::Missed)
    }
}

/// One reason, with the clause it rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Because {
    /// The clause.
    pub clause: ClauseId,
    /// The reason in words.
    pub text: Label,
}

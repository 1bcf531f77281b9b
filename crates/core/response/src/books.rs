//! What is owed now and what was owed then: the ground on which a delivery is entered.
//!
//! Shared by reports and incidents, because a call is recorded the same way before and after a report
//! is accepted.

use fengsui_plan::{Channel, Duty, DutyState, Plan};
use fengsui_vocabulary::{Line, RoleId};
use jiff::Timestamp;

use crate::{Delivery, DutyMet, Party, Refusal, Tick};

/// What is owed under one plan, when something is entered that happened at a time.
pub(crate) struct Books<'a> {
    /// The plan.
    pub(crate) plan: &'a Plan,
    /// Its duties as of now, with everything that is known.
    pub(crate) duties: Vec<Duty>,
    /// When it happened.
    pub(crate) at: Timestamp,
    /// What an affected organisation is called in duties.
    pub(crate) key: &'a dyn Fn(&Party) -> String,
    /// Which affected organisation a duty is about.
    pub(crate) party: &'a dyn Fn(&Duty) -> Option<Party>,
}

/// One act by which duties are met.
#[derive(Clone, Copy)]
pub(crate) struct Deed<'a> {
    pub(crate) channel: Channel,
    pub(crate) act: &'a Delivery,
    pub(crate) late_because: Option<&'a Line>,
    pub(crate) lateness: Lateness,
}

/// Whether somebody is there who can say why it is late.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lateness {
    /// A reason is needed.
    NeedsReason,
    /// The program takes it in as it comes.
    MayBeSilent,
}

impl Books<'_> {
    /// Meets each of these duties.
    pub(crate) fn meet(&self, ticks: &[Tick], deed: Deed<'_>) -> Result<Vec<DutyMet>, Refusal> {
        check_count("duties", ticks.len(), TICKS_MAX)?;
        ticks.iter().map(|tick| self.meet_one(tick, deed)).collect()
    }

    /// Duties that are met when `by` receives something by this channel.
    pub(crate) fn met_by_receipt(&self, by: &RoleId, channel: Channel) -> Vec<Tick> {
        let receives_for = self.plan.roles.get(by).and_then(|role| role.part_of.as_ref());
        let is_recipient = |to: &RoleId| to == by || Some(to) == receives_for;
        self.duties
            .iter()
            .filter(|duty| duty.state.is_open() && takes(duty.channel, channel))
            .filter(|duty| duty.to.as_ref().is_some_and(is_recipient))
            .map(|duty| Tick::of(duty, (self.party)(duty)))
            .collect()
    }

    /// Duties of one rule that one sender still owes.
    pub(crate) fn owed_by(&self, duty: &fengsui_vocabulary::DutyId, by: &RoleId) -> Vec<Tick> {
        self.duties
            .iter()
            .filter(|owed| owed.duty == *duty && owed.actor == *by && owed.state.is_open())
            .map(|owed| Tick::of(owed, (self.party)(owed)))
            .collect()
    }

    fn meet_one(&self, tick: &Tick, deed: Deed<'_>) -> Result<DutyMet, Refusal> {
        let duty = self.meetable(tick)?;
        if !takes(duty.channel, deed.channel) {
            return Err(Refusal::WrongChannel { duty: tick.duty.clone(), channel: duty.channel });
        }
        if let Some(due) = duty.due.filter(|due| self.at > *due)
            && deed.lateness == Lateness::NeedsReason
            && deed.late_because.is_none()
        {
            return Err(Refusal::NeedsLateReason { duty: tick.duty.clone(), due });
        }
        Ok(DutyMet {
            tick: tick.clone(),
            channel: deed.channel,
            act: deed.act.clone(),
            late_because: deed.late_because.cloned(),
        })
    }

    /// The duty, if it may be met: it is open, or this happened before a stricter duty replaced it.
    fn meetable(&self, tick: &Tick) -> Result<&Duty, Refusal> {
        let key = tick.party.map(|party| (self.key)(&party));
        let duty = self
            .duties
            .iter()
            .find(|duty| tick.is_of(duty, key.as_deref()))
            .ok_or_else(|| Refusal::NotOwed { duty: tick.duty.clone() })?;
        match duty.state {
            DutyState::Pending | DutyState::Missed => Ok(duty),
            DutyState::Superseded if self.happened_before_it_was_replaced(duty) => Ok(duty),
            DutyState::Superseded => Err(Refusal::DutySuperseded { duty: tick.duty.clone() }),
            DutyState::Done
            | DutyState::DoneRecordedLate
            | DutyState::Late
            | DutyState::Waived
            | DutyState::Elapsed => Err(Refusal::SettledAlready { duty: tick.duty.clone() }),
        }
    }

    fn happened_before_it_was_replaced(&self, replaced: &Duty) -> bool {
        let is_stricter = |stricter: &Duty| {
            let rule = self.plan.duties.iter().find(|rule| rule.id == stricter.duty);
            rule.is_some_and(|rule| rule.overrides.contains(&replaced.duty))
                && (&stricter.actor, &stricter.to, &stricter.organisation)
                    == (&replaced.actor, &replaced.to, &replaced.organisation)
        };
        self.duties.iter().any(|stricter| is_stricter(stricter) && self.at < stricter.arose_at)
    }
}

/// Refuses nothing, and more than fits.
pub(crate) fn check_count(
    what: &'static str,
    count: usize,
    count_max: usize,
) -> Result<(), Refusal> {
    if count == 0 {
        return Err(Refusal::Nothing { what });
    }
    if count > count_max {
        return Err(Refusal::TooMany { what, count, count_max });
    }
    Ok(())
}

/// Whether a duty of one channel is met by another.
fn takes(needed: Channel, used: Channel) -> bool {
    match needed {
        Channel::Any => true,
        Channel::Oral | Channel::Written => needed == used,
    }
}

/// Duties that one act may meet.
const TICKS_MAX: usize = 200;

//! Which slot of a recurring duty a date-time means.

use fengsui_vocabulary::DutyId;
use jiff::Timestamp;

use super::Entry;
use crate::duty::duties_of;
use crate::history::{History, Tick, What};
use crate::model::Plan;
use crate::pack::tree::Sink;

/// The history with every slot as a number; a time that is no slot is noted.
pub(crate) fn resolved(entries: &[Entry], plans: &[&Plan], sink: &Sink) -> History {
    let written =
        History { happenings: entries.iter().map(|entry| entry.happening.clone()).collect() };
    let mut history = written.clone();
    let last = entries.iter().map(|entry| entry.happening.recorded_at).max().unwrap_or_default();
    for (entry, happening) in entries.iter().zip(&mut history.happenings) {
        let recorded_at = happening.recorded_at;
        let Some(tick) = tick_mut(&mut happening.what) else { continue };
        let is_slot = match (entry.slot_at, tick.slot) {
            (Some(slot_at), _) => {
                let known_at = recorded_at.max(slot_at);
                tick.slot = slot_due_at(&tick.duty, slot_at, plans, (&written, known_at));
                tick.slot.is_some()
            }
            (None, Some(number)) => {
                has_slot(&tick.duty, number, plans, (&written, [recorded_at, last]))
            }
            (None, None) => true,
        };
        if !is_slot {
            sink.error(
                "unknown-slot",
                entry.span.clone(),
                match entry.slot_at {
                    Some(_) => format!("`{}` has no slot that is due at this time", tick.duty),
                    None => format!("`{}` has no slot of this number", tick.duty),
                },
                "write the slot's number from 1, or exactly the time at which it is due",
            );
        }
    }
    history
}

fn slot_due_at(
    duty: &DutyId,
    slot_at: Timestamp,
    plans: &[&Plan],
    (history, known_at): (&History, Timestamp),
) -> Option<u32> {
    let of = |plan: &&Plan| plan.duties.iter().any(|rule| rule.id == *duty);
    plans
        .iter()
        .filter(|plan| of(plan))
        .flat_map(|plan| duties_of(plan, history, known_at))
        .find(|owed| owed.duty == *duty && owed.due == Some(slot_at))
        .and_then(|owed| owed.slot)
}

/// Whether a duty of these plans has a slot of this number, when it was recorded or at the end; every
/// duty has a first one.
fn has_slot(
    duty: &DutyId,
    number: u32,
    plans: &[&Plan],
    (history, times): (&History, [Timestamp; 2]),
) -> bool {
    let of = |plan: &&&Plan| plan.duties.iter().any(|rule| rule.id == *duty);
    let asked: Vec<_> = plans.iter().filter(of).collect();
    let is_there = |at: Timestamp| {
        let mut owed = asked.iter().flat_map(|plan| duties_of(plan, history, at));
        owed.any(|owed| owed.duty == *duty && owed.slot == Some(number))
    };
    number == 1 || asked.is_empty() || times.into_iter().any(is_there)
}

/// The tick that a happening names.
pub(super) fn tick_of(what: &What) -> Option<&Tick> {
    if let What::Delivered(tick) | What::MissCleared { tick, .. } | What::Waived { tick, .. } = what
    {
        return Some(tick);
    }
    None
}

fn tick_mut(what: &mut What) -> Option<&mut Tick> {
    if let What::Delivered(tick) | What::MissCleared { tick, .. } | What::Waived { tick, .. } = what
    {
        return Some(tick);
    }
    None
}

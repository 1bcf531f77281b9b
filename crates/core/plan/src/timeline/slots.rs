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
    for (entry, happening) in entries.iter().zip(&mut history.happenings) {
        let (Some(slot_at), Some(tick)) = (entry.slot_at, tick_mut(&mut happening.what)) else {
            continue;
        };
        let known_at = happening.recorded_at.max(slot_at);
        tick.slot = slot_due_at(&tick.duty, slot_at, plans, (&written, known_at));
        if tick.slot.is_none() {
            sink.error(
                "unknown-slot",
                entry.span.clone(),
                format!("`{}` has no slot that is due at this time", tick.duty),
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

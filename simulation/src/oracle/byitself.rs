//! What happens by itself: nothing missed, nothing twice, oldest first; no message lost, and one that
//! arrived twice says so.

use std::collections::{BTreeMap, BTreeSet};

use fengsui_store::Entry;
use jiff::Timestamp;
use serde_json::Value;

use super::boards::{folded, last_written};
use super::{DOUBLED, FIRED_ONCE, Findings, NOTHING_MISSED, OLDEST_FIRST, SENT, Violation};
use crate::Failed;
use crate::byitself::{FIRED, POST, state};
use crate::world::World;

/// One firing, as the journal has it.
struct Fired {
    tick: String,
    due_at: Timestamp,
    looked_at: Timestamp,
    /// Which look at the clock recorded it.
    look: u64,
    stream: String,
}

pub(super) async fn look(
    world: &World,
    entries: &[Entry],
    now: Timestamp,
    found: &mut Findings,
) -> Result<(), Failed> {
    let fired = fired(entries)?;
    let ticks: BTreeSet<&str> = fired.iter().map(|it| it.tick.as_str()).collect();
    once(&fired, found);
    oldest_first(&fired, found);
    for (incident, recorded_at) in last_written(entries) {
        for duty in folded(world, incident, recorded_at).await? {
            let Some(due) = duty.due.filter(|due| *due <= now && duty.state.is_open()) else {
                continue;
            };
            let tick = format!(
                "incident:{incident} {} {} {} {} {} {} {due}",
                duty.plan,
                duty.duty,
                duty.organisation.as_deref().unwrap_or_default(),
                duty.actor,
                duty.to.as_ref().map(ToString::to_string).unwrap_or_default(),
                duty.slot.unwrap_or_default(),
            );
            if !ticks.contains(tick.as_str()) {
                found.push(Violation { rule: NOTHING_MISSED, told: tick });
            }
        }
    }
    sent(world, &fired, found).await
}

fn fired(entries: &[Entry]) -> Result<Vec<Fired>, Failed> {
    let mut fired = Vec::new();
    for entry in entries.iter().filter(|entry| entry.stream.starts_with(FIRED)) {
        let payload: Value = serde_json::from_str(&entry.payload)?;
        let text = |name: &str| payload.get(name).and_then(Value::as_str).unwrap_or_default();
        fired.push(Fired {
            tick: text("tick").to_owned(),
            due_at: text("due_at").parse()?,
            looked_at: text("looked_at").parse()?,
            look: payload.get("look").and_then(Value::as_u64).unwrap_or_default(),
            stream: entry.stream.clone(),
        });
    }
    Ok(fired)
}

fn once(fired: &[Fired], found: &mut Findings) {
    let mut known = BTreeSet::new();
    for it in fired {
        if !known.insert(it.tick.as_str()) {
            found.push(Violation { rule: FIRED_ONCE, told: it.tick.clone() });
            return;
        }
    }
}

/// Each look records what is due then, in its order.
fn oldest_first(fired: &[Fired], found: &mut Findings) {
    let mut last: BTreeMap<u64, Timestamp> = BTreeMap::new();
    for it in fired {
        let before = last.insert(it.look, it.due_at);
        if before.is_some_and(|before| before > it.due_at) || it.due_at > it.looked_at {
            found.push(Violation { rule: OLDEST_FIRST, told: it.tick.clone() });
            return;
        }
    }
}

async fn sent(world: &World, fired: &[Fired], found: &mut Findings) -> Result<(), Failed> {
    let kept = world.observer.model_store().side_list(POST, "").await?;
    let states: BTreeMap<&str, &str> =
        kept.iter().map(|side| (side.key.as_str(), side.value.as_str())).collect();
    let outside = world.clockwork.outside.borrow();
    for it in fired {
        let message = it.stream.as_str();
        let arrived = outside.arrived.get(message).copied().unwrap_or_default();
        let stands = states.get(message).copied().unwrap_or("gone");
        if arrived == 0 {
            let told = format!("{message} is {stands} and never arrived");
            found.push(Violation { rule: SENT, told });
        }
        if arrived > 1 && stands != state::SENT_UNCERTAIN {
            let told = format!("{message} is {stands} and arrived {arrived} times");
            found.push(Violation { rule: DOUBLED, told });
        }
    }
    Ok(())
}

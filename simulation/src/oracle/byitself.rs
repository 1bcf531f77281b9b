//! What happens by itself: nothing missed, nothing twice, oldest first; no message lost, and one that
//! arrived twice says so.

use std::collections::{BTreeMap, BTreeSet};

use fengsui_plan::DutyState;
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
    if world.clockwork.planted.is_none() {
        return misses(world, entries, now, found).await;
    }
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

/// The misses that the desk recorded: each once, none before its time, those of the last look in order,
/// and none left out.
async fn misses(
    world: &World,
    entries: &[Entry],
    now: Timestamp,
    found: &mut Findings,
) -> Result<(), Failed> {
    let mut known = BTreeSet::new();
    let looked = world.looked.get();
    let mut last = None;
    for entry in entries.iter().filter(|entry| entry.kind == "duties-missed") {
        let payload: Value = serde_json::from_str(&entry.payload)?;
        for miss in payload.get("missed").and_then(Value::as_array).into_iter().flatten() {
            let due: Timestamp =
                miss.get("due").and_then(Value::as_str).unwrap_or_default().parse()?;
            let tick = miss.get("tick").cloned().unwrap_or_default();
            let told = format!("{} {tick} due {due}", entry.stream);
            if due > entry.recorded_at {
                found.push(Violation { rule: OLDEST_FIRST, told: format!("{told}, too early") });
            }
            if (looked.0 + 1..=looked.1).contains(&entry.position) {
                let is_in_order = last.is_none_or(|before| before <= due);
                let broken = Violation { rule: OLDEST_FIRST, told: told.clone() };
                found.extend((!is_in_order).then_some(broken));
                last = Some(due);
            }
            if !known.insert((entry.stream.clone(), tick.to_string(), due)) {
                found.push(Violation { rule: FIRED_ONCE, told });
            }
        }
    }
    for (incident, _) in last_written(entries) {
        world.observe_at(now);
        let lin = world.viewer(&world.observer, "lin").ok_or("nobody may look at everything")?;
        let view = world.observer.incident(&lin, incident).await?;
        for duty in view.duties.iter().filter(|duty| duty.state == DutyState::Missed) {
            let Some(due) = duty.due.filter(|due| *due <= now) else { continue };
            let tick = serde_json::to_value(view.incident.tick_of(duty))?.to_string();
            // What was missed before the acceptance is in the stream of its report, and comes along.
            let reports = view.incident.reports.keys().map(|report| format!("report:{report}"));
            let streams = reports.chain([format!("incident:{incident}")]);
            let in_stream = |stream: &String| known.contains(&(stream.clone(), tick.clone(), due));
            let recorded = streams.filter(in_stream).count();
            let told = format!("incident:{incident} {tick} due {due} by {now}: {recorded} times");
            if recorded == 0 {
                found.push(Violation { rule: NOTHING_MISSED, told });
            } else if recorded > 1 && view.incident.reports.len() == 1 {
                found.push(Violation { rule: FIRED_ONCE, told });
            }
        }
    }
    Ok(())
}

//! The journal against what clients were told.

use std::collections::BTreeMap;

use fengsui_store::Entry;
use fengsui_vocabulary::CommandId;

use super::{Findings, NO_GAPS, NOTHING_LOST, ONCE, REFUSED, UNIQUE, Violation};
use crate::deed::Answer;
use crate::world::World;

pub(super) fn look(world: &World, entries: &[Entry], found: &mut Findings) {
    let mut by_command: BTreeMap<CommandId, Vec<&Entry>> = BTreeMap::new();
    for entry in entries {
        by_command.entry(entry.command_id).or_default().push(entry);
    }
    order(entries, found);
    answers(world, &by_command, found);
    once(world, &by_command, found);
    numbers(entries, found);
}

fn order(entries: &[Entry], found: &mut Findings) {
    let mut versions: BTreeMap<&str, u64> = BTreeMap::new();
    let mut recorded_at = None;
    for (position, entry) in (1..).zip(entries) {
        let version = versions.entry(&entry.stream).or_default();
        *version += 1;
        if entry.position != position || entry.version != *version {
            let told = format!("{} of {} at {}", entry.version, entry.stream, entry.position);
            found.push(Violation { rule: NO_GAPS, told });
            return;
        }
        if recorded_at.is_some_and(|before| before > entry.recorded_at) {
            let told = format!("{} was recorded before the one before it", entry.position);
            found.push(Violation { rule: NO_GAPS, told });
            return;
        }
        recorded_at = Some(entry.recorded_at);
    }
}

/// Everybody who was told that something is done finds it in the journal, and nobody who was told no.
fn answers(world: &World, by_command: &BTreeMap<CommandId, Vec<&Entry>>, found: &mut Findings) {
    let heard = world.heard.borrow();
    for (command, (deed, answer)) in &heard.done {
        let entries = by_command.get(command).map(Vec::as_slice).unwrap_or_default();
        if let Some(told) = missing(answer, entries) {
            found.push(Violation { rule: NOTHING_LOST, told: format!("{deed}: {told}") });
        }
    }
    for (command, why) in &heard.refused {
        if by_command.contains_key(command) && !heard.done.contains_key(command) {
            found.push(Violation { rule: REFUSED, told: why.clone() });
        }
    }
}

fn missing(answer: &Answer, entries: &[&Entry]) -> Option<String> {
    match answer {
        Answer::Receipt(receipt) => {
            let stream = format!("report:{}", receipt.report);
            let leaf = entries.iter().find(|entry| entry.position == receipt.position);
            let is_there = leaf.is_some_and(|entry| {
                entry.stream == stream && entry.hash.to_string() == receipt.leaf
            });
            (!is_there).then(|| format!("nothing at {} of the receipt", receipt.position))
        }
        Answer::Incident(incident) => {
            let stream = format!("incident:{incident}");
            let is_there = entries.iter().any(|entry| entry.stream == stream);
            (!is_there).then(|| format!("nothing was written to {stream}"))
        }
        Answer::Done(Some(0)) => None,
        Answer::Done(Some(_) | None) => {
            entries.is_empty().then(|| "nothing was written".to_owned())
        }
    }
}

/// The entries of a command lie side by side, and are those that its record names.
fn once(world: &World, by_command: &BTreeMap<CommandId, Vec<&Entry>>, found: &mut Findings) {
    let carried = world.disk.commands();
    for (command, entries) in by_command {
        let first = entries.first().map_or(0, |entry| entry.position);
        let many = u64::try_from(entries.len()).unwrap_or(u64::MAX);
        let side_by_side =
            (first..).zip(entries).all(|(position, entry)| entry.position == position);
        if !side_by_side || carried.get(command) != Some(&(first, many)) {
            let told = format!("{command} has {many} entries from {first} on");
            found.push(Violation { rule: ONCE, told });
            return;
        }
    }
}

/// The numbers that people read to each other.
fn numbers(entries: &[Entry], found: &mut Findings) {
    let mut held: BTreeMap<(String, String), &str> = BTreeMap::new();
    for entry in entries.iter().filter(|entry| entry.version == 1) {
        let payload: serde_json::Value = serde_json::from_str(&entry.payload).unwrap_or_default();
        let Some(number) = payload.get("number").and_then(|it| it.as_str()) else { continue };
        let other = held.insert((entry.kind.clone(), number.to_owned()), &entry.stream);
        if let Some(other) = other {
            let told = format!("{number} is {other} and {}", entry.stream);
            found.push(Violation { rule: UNIQUE, told });
        }
    }
}

//! Whose a delivery was: of several affected organisations one must be named.

use std::collections::BTreeSet;

use super::Entry;
use super::slots::tick_of;
use crate::history::{Tick, What};
use crate::model::{Binding, Plan};
use crate::pack::tree::Sink;

/// Notes every delivery that could be of any of several organisations: it would count for none.
pub(super) fn check(entries: &[Entry], plans: &[&Plan], sink: &Sink) {
    let mut affected: BTreeSet<Option<&str>> = BTreeSet::new();
    for entry in entries {
        let organisation = entry.happening.organisation.as_deref();
        if is_affecting(&entry.happening.what) {
            affected.insert(organisation);
        }
        let is_unclear = organisation.is_none() && affected.len() > 1 && !affected.contains(&None);
        let Some(tick) = tick_of(&entry.happening.what).filter(|_| is_unclear) else { continue };
        if is_of_each(tick, plans) {
            sink.error(
                "missing-organisation",
                entry.span.clone(),
                format!("each of several organisations owes `{}`", tick.duty),
                "add `organisation`: the one that it was",
            );
        }
    }
}

/// Whether a duty is owed by every affected organisation for itself.
fn is_of_each(tick: &Tick, plans: &[&Plan]) -> bool {
    let rules = plans.iter().flat_map(|plan| plan.duties.iter().map(move |rule| (plan, rule)));
    let mut of_duty = rules.filter(|(_, rule)| rule.id == tick.duty).peekable();
    of_duty.peek().is_some()
        && of_duty.all(|(plan, rule)| {
            let mut senders = rule.senders.iter().filter_map(|sender| plan.roles.get(sender));
            senders.all(|sender| sender.bound == Binding::Affected)
        })
}

fn is_affecting(what: &What) -> bool {
    matches!(what, What::Occurred | What::Discovered | What::Informed | What::Aware)
}

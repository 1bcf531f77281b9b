//! What is owed against what was expected.

use std::fmt::Write as _;

use jiff::Timestamp;

use super::{Expectation, ExpectedTime, Mismatch, Scenario};
use crate::duty::Duty;
use crate::model::Plan;

/// Everything that differs.
pub(super) fn mismatches(plan: &Plan, scenario: &Scenario, duties: &[Duty]) -> Vec<Mismatch> {
    let mut found = Vec::new();
    for expectation in &scenario.expect {
        let meant: Vec<&Duty> = duties.iter().filter(|duty| is_meant(expectation, duty)).collect();
        let enough = match expectation.count {
            Some(count) => meant.len() == count,
            None => !meant.is_empty(),
        };
        if !enough {
            found.push(format!("{} objects match {expectation:?}", meant.len()));
        }
        for duty in meant.iter().filter(|duty| !is_met(expectation, duty)) {
            found.push(format!("{} does not look like {expectation:?}", line(plan, duty)));
        }
    }
    if scenario.exactly {
        found.extend(
            unexpected(scenario, duties)
                .map(|duty| format!("{} is owed, which was not expected", line(plan, duty))),
        );
    }
    let id = &scenario.id;
    found.into_iter().map(|what| Mismatch { scenario: id.clone(), what, span: None }).collect()
}

/// Objects of the duties named that no expectation means.
fn unexpected<'a>(scenario: &'a Scenario, duties: &'a [Duty]) -> impl Iterator<Item = &'a Duty> {
    let named = |duty: &Duty| scenario.expect.iter().any(|expected| expected.duty == duty.duty);
    let meant = |duty: &Duty| scenario.expect.iter().any(|expected| is_meant(expected, duty));
    duties.iter().filter(move |duty| named(duty) && !meant(duty))
}

fn is_meant(expected: &Expectation, duty: &Duty) -> bool {
    expected.duty == duty.duty
        && expected.actor.as_ref().is_none_or(|actor| *actor == duty.actor)
        && expected.to.as_ref().is_none_or(|to| duty.to.as_ref() == Some(to))
        && expected
            .organisation
            .as_ref()
            .is_none_or(|organisation| duty.organisation.as_ref() == Some(organisation))
        && expected.slot.is_none_or(|slot| duty.slot == Some(slot))
}

fn is_met(expected: &Expectation, duty: &Duty) -> bool {
    expected.due.is_none_or(|due| due == ExpectedTime::of(duty.due))
        && expected.state.is_none_or(|state| state == duty.state)
        && expected.done_at.is_none_or(|done_at| done_at == ExpectedTime::of(duty.done_at))
        && expected.arose_at.is_none_or(|arose_at| arose_at == duty.arose_at)
        && expected.also_read_as.as_ref().is_none_or(|also| *also == duty.also_read_as)
        && expected.kind.is_none_or(|kind| kind == duty.kind)
}

/// One duty on one line, times in the plan's own zone.
fn line(plan: &Plan, duty: &Duty) -> String {
    let show = |at: Timestamp| plan.time_zone.to_datetime(at).to_string();
    let mut line = format!("{} by {}", duty.duty, duty.actor);
    let optional = [
        duty.to.as_ref().map(|to| format!(" to {to}")),
        duty.organisation.as_ref().map(|organisation| format!(" of {organisation}")),
        duty.slot.map(|slot| format!(" slot {slot}")),
        duty.due.map(|due| format!(" due {}", show(due))),
        duty.done_at.map(|done_at| format!(" done {}", show(done_at))),
        Some(format!(" arose {} {:?} {:?}", show(duty.arose_at), duty.kind, duty.state)),
    ];
    for part in optional.into_iter().flatten() {
        line.push_str(&part);
    }
    let also: Vec<String> = duty.also_read_as.iter().map(|&at| show(at)).collect();
    if !also.is_empty() {
        let written = write!(line, " also {}", also.join(", "));
        debug_assert!(written.is_ok(), "writing to a string cannot fail");
    }
    line
}

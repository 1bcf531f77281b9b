//! What two plans give in incidents that happened: levels and duties that differ.

use std::collections::BTreeMap;

use fengsui_vocabulary::{Label, LevelId, RoleId};
use jiff::Timestamp;
use serde::Serialize;

use super::words;
use crate::duty::{Duty, DutyKind, duties_of, level_in_force};
use crate::history::History;
use crate::model::Plan;

/// An incident to be looked at under two plans.
#[derive(Clone, Copy, Debug)]
pub struct Replay<'a> {
    /// What it is called.
    pub name: &'a str,
    /// What happened.
    pub history: &'a History,
    /// When it is looked at.
    pub at: Timestamp,
}

/// What differs in one incident.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// The incident.
    pub incident: String,
    /// The duty, its sender, recipient, organisation and slot; none for the level in force.
    pub duty: Option<String>,
    /// Who owes it, or owed it.
    pub who: Option<RoleId>,
    /// The difference in words.
    pub text: Label,
}

/// Levels and duties that differ under two plans, incident by incident.
///
/// What a history says of the first plan alone is taken to be said of the second one.
pub fn replay(a: &Plan, b: &Plan, incidents: &[Replay<'_>]) -> Vec<Difference> {
    incidents.iter().flat_map(|incident| differences(a, b, incident)).collect()
}

/// What a duty is known by under both plans.
type Key = (String, Option<RoleId>, RoleId, Option<String>, Option<u32>);

fn differences(a: &Plan, b: &Plan, incident: &Replay<'_>) -> Vec<Difference> {
    let told = retold(a, b, incident.history);
    let mut found = Vec::new();
    let was = level_in_force(a, incident.history, incident.at);
    let is = level_in_force(b, &told, incident.at);
    let difference = |duty: Option<&Key>, who: Option<&RoleId>, text: Label| Difference {
        incident: incident.name.to_owned(),
        duty: duty.map(spelt),
        who: who.cloned(),
        text,
    };
    if was != is {
        let text =
            words::instead(("等级", "level"), &level(a, was.as_ref()), &level(b, is.as_ref()));
        found.push(difference(None, None, text));
    }
    let mut both: BTreeMap<Key, (Option<Duty>, Option<Duty>)> = BTreeMap::new();
    for duty in duties_of(a, incident.history, incident.at) {
        let key = key(&duty);
        both.entry(key).or_default().0 = Some(duty);
    }
    for duty in duties_of(b, &told, incident.at) {
        let key = key(&duty);
        both.entry(key).or_default().1 = Some(duty);
    }
    for (key, pair) in &both {
        let text = match pair {
            (Some(old), Some(new)) => changed((a, old), (b, new)),
            (Some(old), None) => Some(Label::new(
                format!("{}:不再有", old.label.zh),
                format!("{}: no longer owed", old.label.en),
            )),
            (None, Some(new)) => {
                let due = due(b, new);
                Some(Label::new(
                    format!("{}:新增({})", new.label.zh, due.zh),
                    format!("{}: newly owed ({})", new.label.en, due.en),
                ))
            }
            (None, None) => None,
        };
        found.extend(text.map(|text| difference(Some(key), Some(&key.2), text)));
    }
    found
}

fn changed((a, old): (&Plan, &Duty), (b, new): (&Plan, &Duty)) -> Option<Label> {
    let mut texts = Vec::new();
    if (old.due, old.kind) != (new.due, new.kind) {
        texts.push(words::instead(("时限", "due"), &due(a, old), &due(b, new)));
    }
    if old.state != new.state {
        let (from, to) = (words::plain(old.state.name()), words::plain(new.state.name()));
        texts.push(words::instead(("状态", "state"), &from, &to));
    }
    let text = words::list(&texts, ";", "; ");
    (!texts.is_empty()).then(|| words::about(&new.label, &text))
}

fn due(plan: &Plan, duty: &Duty) -> Label {
    if let Some(due) = duty.due {
        let zone = &plan.time_zone;
        return words::plain(&due.display_with_offset(zone.to_offset(due)));
    }
    match duty.kind {
        DutyKind::Immediate => Label::new("立即", "at once"),
        DutyKind::Simultaneous => Label::new("同时", "in the same act"),
        DutyKind::Continuing => Label::new("持续进行", "all the time"),
        DutyKind::OnRequest => Label::new("应要求", "when asked"),
        DutyKind::Within | DutyKind::Recurring | DutyKind::Undefined => {
            Label::new("无时限", "no time")
        }
    }
}

fn level(plan: &Plan, id: Option<&LevelId>) -> Label {
    id.and_then(|id| plan.level(id)).map_or_else(
        || Label::new("未定", "none"),
        |level| {
            let (id, label) = (&level.id, &level.label);
            Label::new(format!("{id} {}", label.zh), format!("{id} {}", label.en))
        },
    )
}

fn key(duty: &Duty) -> Key {
    (
        duty.duty.to_string(),
        duty.to.clone(),
        duty.actor.clone(),
        duty.organisation.clone(),
        duty.slot,
    )
}

fn spelt((duty, to, by, organisation, slot): &Key) -> String {
    let mut text = format!("{duty} {by}");
    let rest = [
        (" → ", to.as_ref().map(ToString::to_string)),
        (" @ ", organisation.clone()),
        (" #", slot.map(|slot| slot.to_string())),
    ];
    for (sign, more) in rest {
        text.extend(more.map(|more| format!("{sign}{more}")));
    }
    text
}

/// The same history as if what was said of the one plan had been said of the other.
fn retold(a: &Plan, b: &Plan, history: &History) -> History {
    let mut told = history.clone();
    for happening in &mut told.happenings {
        if happening.plan.as_ref() == Some(&a.id) {
            happening.plan = Some(b.id.clone());
        }
    }
    told
}

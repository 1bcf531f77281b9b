//! The due index: one row per tick.

use std::collections::BTreeSet;

use fengsui_plan::{Binding, Channel, Duty, DutyKind, DutyState, Plan};
use fengsui_store::{BoardRows, Value};
use fengsui_vocabulary::{ClauseId, Label, RoleId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::boards::DUTY_DUE;

/// What lists show of a tick besides the columns they sort by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DutyView {
    pub(crate) clause: ClauseId,
    pub(crate) label: Label,
    pub(crate) channel: Channel,
    pub(crate) kind: DutyKind,
    pub(crate) state: DutyState,
    pub(crate) arose_at: Timestamp,
    pub(crate) done_at: Option<Timestamp>,
    pub(crate) assumed: bool,
}

/// The rows of all ticks of one stream.
pub(crate) fn duty_rows(duties: &[Duty]) -> BoardRows {
    BoardRows { board: DUTY_DUE.name, rows: duties.iter().map(row).collect() }
}

/// Roles of this plan that are somebody in particular here and have a part in its duties: they may look.
pub(crate) fn roles_with_a_part<'p>(duties: &'p [Duty], plan: &'p Plan) -> BTreeSet<&'p RoleId> {
    let duties = duties.iter().filter(|duty| duty.plan == plan.id);
    let roles = duties.flat_map(|duty| [Some(&duty.actor), duty.to.as_ref()]).flatten();
    roles.filter(|role| is_one_here(plan, role)).collect()
}

fn is_one_here(plan: &Plan, role: &RoleId) -> bool {
    plan.roles.get(role).is_some_and(|role| match role.bound {
        Binding::Deployment | Binding::Optional | Binding::Outside | Binding::Converted => true,
        Binding::Affected | Binding::District | Binding::Sector | Binding::Set => false,
    })
}

/// Where it stands in a list of what is due next: by its time; at once, by when it arose; without any
/// time in the text, behind everything that has one.
fn sort_at(duty: &Duty) -> Timestamp {
    match duty.kind {
        DutyKind::Within | DutyKind::Immediate | DutyKind::Simultaneous | DutyKind::Recurring => {
            duty.due.unwrap_or(duty.arose_at)
        }
        DutyKind::Continuing | DutyKind::OnRequest | DutyKind::Undefined => Timestamp::MAX,
    }
}

fn row(duty: &Duty) -> Vec<Value> {
    let view = DutyView {
        clause: duty.clause.clone(),
        label: (*duty.label).clone(),
        channel: duty.channel,
        kind: duty.kind,
        state: duty.state,
        arose_at: duty.arose_at,
        done_at: duty.done_at,
        assumed: duty.assumed,
    };
    vec![
        duty.due.into(),
        sort_at(duty).into(),
        duty.plan.as_str().into(),
        duty.duty.as_str().into(),
        duty.organisation.clone().into(),
        duty.actor.as_str().into(),
        duty.to.as_ref().map(RoleId::as_str).into(),
        duty.slot.into(),
        duty.state.is_open().into(),
        serde_json::to_string(&view).unwrap_or_default().into(),
    ]
}

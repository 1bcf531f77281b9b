//! What a walk says.

use fengsui_plan::{Act, Authority, How, Plan};
use fengsui_vocabulary::{Label, LevelId, RoleId};

use super::cast::Cast;
use crate::{Step, Tick};

/// A step in words.
pub(super) const fn step(step: Step) -> &'static str {
    match step {
        Step::Start => "starting the response",
        Step::Adjust => "adjusting the response",
        Step::Escalate => "escalating the response",
        Step::End => "ending the response",
    }
}

const fn step_zh(step: Step) -> &'static str {
    match step {
        Step::Start => "启动响应",
        Step::Adjust => "调整响应",
        Step::Escalate => "升级响应",
        Step::End => "结束响应",
    }
}

/// Nobody can do a step at a level, and why.
pub(super) fn no_step(plan: &Plan, cast: &Cast, it: (Step, Act, &LevelId)) -> Label {
    let (what, act, level) = it;
    let because = because(plan, cast, act, Some(level));
    Label::new(
        format!("{level}级:{}无人能办:{}", step_zh(what), because.zh),
        format!("at {level} nobody can go on with {}: {}", step(what), because.en),
    )
}

/// Nobody can do an act, and why.
pub(super) fn no_act(plan: &Plan, cast: &Cast, act: Act, level: Option<&LevelId>) -> Label {
    let because = because(plan, cast, act, level);
    Label::new(
        format!("`{}` 无人能办:{}", act.name(), because.zh),
        format!("nobody can `{}`: {}", act.name(), because.en),
    )
}

fn because(plan: &Plan, cast: &Cast, act: Act, level: Option<&LevelId>) -> Label {
    let Some(authority) = plan.authority(act, level) else {
        return Label::new(
            format!("预案未将 `{}` 交给任何人", act.name()),
            format!("the plan gives `{}` to nobody", act.name()),
        );
    };
    let clause = &authority.clause;
    if authority.how == How::Undefined {
        return Label::new(
            format!("第{clause}条未明确由谁决定,须先确定本地政策"),
            format!("clause {clause} leaves it open; name a local policy first"),
        );
    }
    let nobody = unfilled(cast, authority);
    if nobody.is_empty() {
        return Label::new(
            format!("第{clause}条所列角色都不能办到"),
            format!("none of the roles of clause {clause} can"),
        );
    }
    Label::new(
        format!("无人担任 {nobody}(第{clause}条)"),
        format!("nobody fills {nobody} (clause {clause})"),
    )
}

fn unfilled(cast: &Cast, authority: &Authority) -> String {
    let how = &authority.how;
    let roles = how.initiators().iter().chain(super::cast::approvers(how));
    names(roles.filter(|role| cast.holder(role).is_none()))
}

fn names<'a>(roles: impl Iterator<Item = &'a RoleId>) -> String {
    roles.map(RoleId::as_str).collect::<Vec<_>>().join(", ")
}

/// A duty that nobody can discharge.
pub(super) fn undischargeable(tick: &Tick) -> Label {
    let to = tick.to.as_ref().map_or("-", |to| to.as_str());
    let (duty, by) = (&tick.duty, &tick.by);
    Label::new(
        format!("义务 {duty}({by} 对 {to})阻止关闭,而无人能履行,也无人能免除"),
        format!(
            "the duty {duty} of {by} to {to} blocks closing; nobody can meet it, nobody may waive it"
        ),
    )
}

/// Something that stands in the way of closing for ever.
pub(super) fn never_closable(what: &str) -> Label {
    Label::new(
        format!("履行全部义务后仍不能关闭:{what}"),
        format!("even after every duty was met it cannot be closed: {what}"),
    )
}

/// A joint decision that one office cannot join.
pub(super) fn no_voice(what: Step, level: &LevelId, office: &RoleId) -> Label {
    Label::new(
        format!("{level}级{}须共同决定,而 {office} 无人能表态", step_zh(what)),
        format!(
            "the joint decision on {} at {level} waits for {office}, for whom nobody can speak",
            step(what)
        ),
    )
}

/// A proposal that one office cannot endorse.
pub(super) fn no_endorsement(what: Step, level: &LevelId, office: &RoleId) -> Label {
    Label::new(
        format!("{level}级{}的建议须由 {office} 联署,而无人能联署", step_zh(what)),
        format!(
            "the proposal on {} at {level} waits for {office}, for whom nobody can endorse it",
            step(what)
        ),
    )
}

/// An approval that nobody but the submitters could give.
pub(super) fn no_approval<'a>(
    what: Step,
    level: &LevelId,
    approve: impl Iterator<Item = &'a RoleId>,
) -> Label {
    let roles = names(approve);
    Label::new(
        format!("{level}级{}的建议待 {roles} 批准,而除提出者外无人能批准", step_zh(what)),
        format!(
            "the proposal on {} at {level} waits for approval by {roles}, which nobody but its submitters could give",
            step(what)
        ),
    )
}

/// An approval that was written down and that nobody can confirm.
pub(super) fn no_confirmation(role: &RoleId, entered: &RoleId) -> Label {
    Label::new(
        format!("{entered} 代录的 {role} 批准无人能确认"),
        format!("an approval by {role} that {entered} wrote down can be confirmed by nobody"),
    )
}

/// No way leads to closing, although every step finds somebody.
pub(super) fn no_way(stuck_at: &str) -> Label {
    Label::new(
        format!("无论怎样处理都到不了关闭:{stuck_at}"),
        format!("no sequence of commands leads to closing: {stuck_at}"),
    )
}

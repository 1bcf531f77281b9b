//! The words that changes are told in.

use fengsui_vocabulary::{Label, RoleId};

use crate::duty::words;
use crate::model::{Anchor, Authority, Channel, Colour, Condition, Evidence, How, Plan};

pub(super) use crate::duty::words::allowance;

/// A text that is the same in both languages.
pub(super) fn plain(text: &(impl ToString + ?Sized)) -> Label {
    Label::new(text.to_string(), text.to_string())
}

/// "due: a instead of b".
pub(super) fn instead(what: (&str, &str), old: &Label, new: &Label) -> Label {
    Label::new(
        format!("{}由“{}”改为“{}”", what.0, old.zh, new.zh),
        format!("{}: {} instead of {}", what.1, new.en, old.en),
    )
}

/// "what: text".
pub(super) fn about(what: &Label, text: &Label) -> Label {
    Label::new(format!("{}:{}", what.zh, text.zh), format!("{}: {}", what.en, text.en))
}

/// Several texts as one.
pub(super) fn list(items: &[Label], zh: &str, en: &str) -> Label {
    let all = |of: fn(&Label) -> &str, between: &str| {
        items.iter().map(of).collect::<Vec<_>>().join(between)
    };
    Label::new(all(|item| &item.zh, zh), all(|item| &item.en, en))
}

/// A role by its name.
pub(super) fn role(plan: &Plan, id: &RoleId) -> Label {
    plan.roles.get(id).map_or_else(|| plain(id), |role| role.label.clone())
}

/// Roles by their names.
pub(super) fn roles(plan: &Plan, ids: &[RoleId]) -> Label {
    let names: Vec<Label> = ids.iter().map(|id| role(plan, id)).collect();
    list(&names, "、", ", ")
}

/// A way of delivery.
pub(super) fn channel(channel: Channel) -> Label {
    match channel {
        Channel::Oral => Label::new("口头", "by voice"),
        Channel::Written => Label::new("书面", "in writing"),
        Channel::Any => Label::new("不限方式", "by either channel"),
    }
}

/// A start of a clock.
pub(crate) fn start(anchor: &Anchor) -> Label {
    match anchor {
        Anchor::Organisation(name) | Anchor::Incident(name) => words::anchor(name.as_str()),
        Anchor::Received => words::anchor("report_received"),
        Anchor::Condition => Label::new("条件成立", "the condition being met"),
        Anchor::WarningIssued { at_least, adjustments } => {
            let from = at_least.map(colour);
            let from = from.map_or_else(
                || plain(""),
                |colour| {
                    Label::new(format!("({}以上)", colour.zh), format!(" ({} or worse)", colour.en))
                },
            );
            let more = if *adjustments { ("或调整", " or adjustment") } else { ("", "") };
            Label::new(
                format!("预警发布{}{}", more.0, from.zh),
                format!("the issue{} of a warning{}", more.1, from.en),
            )
        }
        Anchor::WarningLifted => words::anchor("warning_lifted"),
        Anchor::Delivered(duty) => {
            Label::new(format!("{duty} 送达"), format!("delivery of {duty}"))
        }
        Anchor::FollowUp(duty) => Label::new(
            format!("{duty} 送达后的每次新情况"),
            format!("every new finding after {duty}"),
        ),
        Anchor::Each(names) => {
            let names: Vec<Label> = names.iter().map(|name| words::anchor(name.as_str())).collect();
            list(&names, "或", " or ")
        }
    }
}

/// A colour of warnings.
pub(super) fn colour(colour: Colour) -> Label {
    match colour {
        Colour::Red => Label::new("红色", "red"),
        Colour::Orange => Label::new("橙色", "orange"),
        Colour::Yellow => Label::new("黄色", "yellow"),
        Colour::Blue => Label::new("蓝色", "blue"),
    }
}

/// A condition.
pub(super) fn condition(plan: &Plan, when: &Condition) -> Label {
    let all = |conditions: &[Condition], zh: &str, en: &str| {
        let texts: Vec<Label> = conditions.iter().map(|one| condition(plan, one)).collect();
        list(&texts, zh, en)
    };
    match when {
        Condition::Always => Label::new("无条件", "always"),
        Condition::LevelAtLeast(level) => {
            Label::new(format!("等级不低于 {level}"), format!("level {level} or worse"))
        }
        Condition::Flag(fact) => plain(fact),
        Condition::FactIs(fact, option) => plain(&format!("{fact} = {option}")),
        Condition::FactAtLeast(fact, least) => {
            let written = plan.facts.get(fact).map(|fact| fact.written(*least));
            plain(&format!("{fact} ≥ {}", written.unwrap_or_else(|| least.to_string())))
        }
        Condition::Stated(name) => {
            Label::new(format!("已声明 {name}"), format!("{name} was stated"))
        }
        Condition::Any(conditions) => all(conditions, "或", " or "),
        Condition::All(conditions) => all(conditions, "且", " and "),
    }
}

/// A way of exercising an authority.
pub(super) fn authority(plan: &Plan, authority: &Authority) -> Label {
    let how = match &authority.how {
        How::AnyOf(by) => {
            let names: Vec<Label> = by.iter().map(|id| role(plan, id)).collect();
            list(&names, "或", " or ")
        }
        How::Joint(by) => {
            let names = roles(plan, by);
            Label::new(format!("{}共同", names.zh), format!("{} together", names.en))
        }
        How::Approval { propose, approve } => {
            let (propose, approve) = (roles(plan, propose), roles(plan, approve));
            Label::new(
                format!("{}提出、{}批准", propose.zh, approve.zh),
                format!("proposed by {}, approved by {}", propose.en, approve.en),
            )
        }
        How::Higher(by) => {
            let name = role(plan, by);
            Label::new(
                format!("报请{}决定", name.zh),
                format!("asked of {}, outside this plan", name.en),
            )
        }
        How::Undefined => Label::new("未定", "nobody named"),
    };
    match &authority.policy {
        Some(policy) => Label::new(
            format!("{}(本地做法 {policy})", how.zh),
            format!("{} (local policy {policy})", how.en),
        ),
        None => how,
    }
}

/// How sure we are.
pub(super) fn evidence(evidence: Evidence) -> Label {
    match evidence {
        Evidence::Official => Label::new("官方文本", "official"),
        Evidence::Secondary => Label::new("转述", "secondary"),
        Evidence::Unverified => Label::new("未核实", "unverified"),
    }
}

/// Yes or no.
pub(super) fn yes(is_so: bool) -> Label {
    if is_so { Label::new("是", "yes") } else { Label::new("否", "no") }
}

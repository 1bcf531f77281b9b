//! The words that reasons are made of.

use fengsui_vocabulary::{Label, LevelId, RoleId};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::model::{Allowance, Plan};

/// A plan's own words, and the clock that a duty is reckoned on.
#[derive(Clone, Copy)]
pub(super) struct Words<'a> {
    plan: &'a Plan,
    zone: &'a TimeZone,
}

impl<'a> Words<'a> {
    /// The words of a plan, times on a clock.
    pub(super) const fn of(plan: &'a Plan, zone: &'a TimeZone) -> Self {
        Self { plan, zone }
    }

    /// The plan.
    pub(super) const fn plan(self) -> &'a Plan {
        self.plan
    }

    /// A time on that clock; seconds only where there are some.
    pub(super) fn time(self, at: Timestamp) -> String {
        let time = self.zone.to_datetime(at);
        let (date, hour, minute) = (time.date(), time.hour(), time.minute());
        match time.second() {
            0 => format!("{date} {hour:02}:{minute:02}"),
            second => format!("{date} {hour:02}:{minute:02}:{second:02}"),
        }
    }

    /// A level with its word.
    pub(super) fn level(self, id: &LevelId) -> Label {
        self.plan.level(id).map_or_else(
            || Label::new(id.as_str(), id.as_str()),
            |level| {
                Label::new(format!("{id} {}", level.label.zh), format!("{id} {}", level.label.en))
            },
        )
    }

    /// A role by its name.
    pub(super) fn role(self, id: &RoleId) -> Label {
        let role = self.plan.roles.get(id);
        role.map_or_else(|| Label::new(id.as_str(), id.as_str()), |role| role.label.clone())
    }
}

/// A length of time.
pub(super) fn span(span: SignedDuration) -> Label {
    let (hours, minutes) = (span.as_hours(), span.as_mins() % 60);
    match (hours, minutes, span.as_secs() % 60) {
        (0, 0, seconds) => Label::new(format!("{seconds}秒"), format!("{seconds} s")),
        (0, minutes, _) => Label::new(format!("{minutes}分钟"), format!("{minutes} min")),
        (hours, 0, _) => Label::new(format!("{hours}小时"), format!("{hours} h")),
        (hours, minutes, _) => {
            Label::new(format!("{hours}小时{minutes}分钟"), format!("{hours} h {minutes} min"))
        }
    }
}

/// How long a rule allows.
pub(crate) fn allowance(allowance: &Allowance) -> Label {
    match allowance {
        Allowance::Immediate => Label::new("立即", "at once"),
        Allowance::Simultaneous => Label::new("同时", "in the same act"),
        Allowance::Within(within) => {
            let within = span(*within);
            Label::new(format!("{}内", within.zh), format!("within {}", within.en))
        }
        Allowance::Days(days) => Label::new(format!("{days}日内"), format!("within {days} days")),
        Allowance::CalendarMonths(months) => {
            Label::new(format!("{months}个月内"), format!("within {months} calendar months"))
        }
        Allowance::WorkingDays { days, calendar } => Label::new(
            format!("{days}个工作日内(日历 {calendar})"),
            format!("within {days} working days (calendar {calendar})"),
        ),
        Allowance::Every { period, .. } => {
            let every = span(*period);
            Label::new(format!("每{}一次", every.zh), format!("every {}", every.en))
        }
        Allowance::Continuing(_) => Label::new("持续进行", "all the time"),
        Allowance::OnRequest => Label::new("应要求", "when asked"),
        Allowance::Undefined => Label::new("条文未规定时限", "without a time in the text"),
    }
}

/// The name of a start.
pub(crate) fn anchor(name: &str) -> Label {
    let zh = match name {
        "occurred" => "事件发生",
        "discovered" => "发现",
        "informed" => "获知",
        "aware" => "知悉",
        "facts" => "事实明确",
        "level_decided" => "等级判定",
        "report_received" => "接报",
        "delivered" => "送达",
        "report_accepted" => "受理",
        "report_declined" => "不予受理",
        "report_reopened" => "重新受理",
        "handed_over" => "移交",
        "warning_issued" => "预警发布",
        "warning_adjusted" => "预警调整",
        "warning_lifted" => "预警解除",
        "response_started" => "响应启动",
        "response_ended" => "响应结束",
        "handling_ended" => "处置结束",
        other => other,
    };
    Label::new(zh, name)
}

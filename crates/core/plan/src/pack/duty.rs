//! Duties: who owes what to whom, from when, by when.

use std::sync::Arc;

use fengsui_vocabulary::{AnchorName, DutyId, FactId, FormId};
use jiff::SignedDuration;

use super::compile::{COLOURS, Pack};
use super::names::Kind;
use super::tree::{At, Node, Table, listed};
use crate::catalogue::iso_duration;
use crate::model::{Allowance, Anchor, Channel, Condition, DutyRule, Lasting};

/// The longest time that a plan may allow: more is a mistake of units.
const HOURS_MAX: i64 = 24 * 366;

/// The shortest distance of two slots of a recurring duty.
const PERIOD_MIN: SignedDuration = SignedDuration::from_mins(5);

impl<'a> Pack<'a> {
    /// Reads every duty.
    pub(super) fn duties(&self, root: &Table<'a>) -> Vec<DutyRule> {
        root.tables("duty").iter().filter_map(|table| self.duty(table)).collect()
    }

    fn duty(&self, table: &Table<'_>) -> Option<DutyRule> {
        let id = table.name("id");
        let branch = table.optional("branch").map(Node::name::<FormId>);
        let clause = self.clause(table);
        let label = table.label("label");
        let senders = self.some_roles(table, "senders");
        let to = self.some_roles(table, "to");
        let channel = table.required("channel").and_then(|node| node.word(CHANNELS));
        let anchor = table.required("anchor").and_then(|node| self.anchor(node));
        let when = match table.optional("when") {
            Some(node) => self.condition(node, 0),
            None => Some(Condition::Always),
        };
        let due = table.required("due").and_then(|node| self.allowance(node));
        let overrides = table.optional("overrides");
        let overrides = overrides.map(|node| self.names.resolve_each(Kind::Duty, node));
        let form = table.optional("form").and_then(Node::name);
        let form = form.and_then(|form| self.names.resolve(Kind::Form, form));
        let blocks_closing = table.flag_or("blocks_closing", true);
        let released_by_decision = table.flag_or("released_by_decision", false);
        let partial = table.optional("partial").map(Node::names::<FactId>).unwrap_or_default();
        let same_channel_as = table.optional("same_channel_as").and_then(Node::name);
        let same_channel_as = same_channel_as.and_then(|duty| self.names.resolve(Kind::Duty, duty));
        table.finish();
        let id: At<DutyId> = id?;
        self.refuse_prefix(&id);
        let (anchor, assumed) = anchor?;
        let when = when?;
        self.refuse_condition_without_when(table, &anchor, &when);
        Some(DutyRule {
            id: id.value,
            clause: clause?,
            branch: branch.flatten().map(|branch| branch.value.to_string()),
            label: Arc::new(label?),
            senders: senders?,
            to: to?,
            channel: channel?,
            anchor,
            assumed,
            when,
            due: due?,
            overrides: overrides.unwrap_or_default(),
            form,
            blocks_closing: blocks_closing?,
            released_by_decision: released_by_decision?,
            partial: partial.into_iter().map(|field| field.value.to_string()).collect(),
            same_channel_as,
        })
    }

    fn some_roles(
        &self,
        table: &Table<'_>,
        key: &'static str,
    ) -> Option<Vec<fengsui_vocabulary::RoleId>> {
        let node = table.required(key)?;
        if node.value().as_array().is_some_and(|list| list.is_empty()) {
            self.sink.error(
                "empty-list",
                node.span(),
                format!("`{key}` names nobody"),
                "name at least one role: a duty is owed by somebody to somebody",
            );
            return None;
        }
        Some(self.names.resolve_each(Kind::Role, node))
    }

    fn refuse_prefix(&self, id: &At<DutyId>) {
        let Some(short) = &self.short else { return };
        let is_own = !self.inherited.contains(&id.value);
        if is_own && !id.value.as_str().starts_with(&format!("{short}-")) {
            self.sink.error(
                "wrong-prefix",
                id.span.clone(),
                format!("the duty `{}` does not begin with the pack's short name", id.value),
                format!("call it `{short}-{}`: ids of several plans stand in one list", id.value),
            );
        }
    }

    fn refuse_condition_without_when(&self, table: &Table<'_>, anchor: &Anchor, when: &Condition) {
        if *anchor == Anchor::Condition && *when == Condition::Always {
            self.sink.error(
                "condition-without-when",
                table.span(),
                "this clock starts when the condition becomes true, yet there is no condition",
                "add `when = …`, or choose another anchor",
            );
        }
    }

    fn anchor(&self, node: Node<'_>) -> Option<(Anchor, bool)> {
        let table = node.table()?;
        let chosen = table.only_one(ANCHORS, "anchor");
        let assumed = table.flag_or("assumed", false);
        table.finish();
        let (key, value) = chosen?;
        let anchor = match key {
            "organisation" => Anchor::Organisation(self.moment(value, ORGANISATION_MOMENTS)?),
            "incident" => Anchor::Incident(self.moment(value, INCIDENT_MOMENTS)?),
            "received" => value.marker().map(|()| Anchor::Received)?,
            "condition" => value.marker().map(|()| Anchor::Condition)?,
            "warning_lifted" => value.marker().map(|()| Anchor::WarningLifted)?,
            "each" => Anchor::Each(self.moments(value)?),
            "follow_up" => {
                Anchor::FollowUp(self.names.resolve(Kind::Duty, value.name::<DutyId>()?)?)
            }
            "delivered" => {
                Anchor::Delivered(self.names.resolve(Kind::Duty, value.name::<DutyId>()?)?)
            }
            _ => warning_issued(value)?,
        };
        Some((anchor, assumed?))
    }

    fn moments(&self, node: Node<'_>) -> Option<Vec<AnchorName>> {
        let items = node.items();
        if self.is_empty(node, items.len()) {
            return None;
        }
        items.into_iter().map(|item| self.moment(item, INCIDENT_MOMENTS)).collect()
    }

    fn moment(&self, node: Node<'_>, known: &[&'static str]) -> Option<AnchorName> {
        let name: At<AnchorName> = node.name()?;
        if known.contains(&name.value.as_str()) {
            return Some(name.value);
        }
        let near = super::tree::nearest(name.value.as_str(), known.iter().copied());
        self.sink.error(
            "unknown-anchor",
            name.span,
            format!("no time is called `{}` here", name.value),
            near.map_or_else(
                || format!("use one of: {}", listed(known.iter().copied())),
                |near| format!("did you mean `{near}`?"),
            ),
        );
        None
    }

    fn allowance(&self, node: Node<'_>) -> Option<Allowance> {
        let table = node.table()?;
        let chosen = table.only_one(ALLOWANCES, "deadline");
        let lasting = table.optional("lasting");
        let calendar = table.optional("calendar");
        table.finish();
        let (key, value) = chosen?;
        for (extra, with) in [(lasting, "every"), (calendar, "working_days")] {
            if let Some(extra) = extra.filter(|_| key != with) {
                return self.stray_beside(extra, with);
            }
        }
        match key {
            "within" => Some(Allowance::Within(self.span_of_time(value)?)),
            "immediate" => value.marker().map(|()| Allowance::Immediate),
            "simultaneous" => value.marker().map(|()| Allowance::Simultaneous),
            "days" => value.count().map(Allowance::Days),
            "months" => value.count().map(Allowance::CalendarMonths),
            "working_days" => self.working_days(value, calendar),
            "every" => self.every(value, lasting),
            "continuing" => value.word(STATES).map(Allowance::Continuing),
            "on_request" => value.marker().map(|()| Allowance::OnRequest),
            _ => value.marker().map(|()| Allowance::Undefined),
        }
    }

    fn stray_beside<T>(&self, node: Node<'_>, with: &str) -> Option<T> {
        self.sink.error(
            "stray-key",
            node.span(),
            format!("this fits beside `{with}` only"),
            format!("leave it out, or write `{with}`"),
        );
        None
    }

    fn span_of_time(&self, node: Node<'_>) -> Option<SignedDuration> {
        let text = node.text()?;
        let (code, what) = match iso_duration(&text) {
            Some(span) if span.is_negative() => {
                ("negative-duration", format!("`{text}` lies before its own start"))
            }
            Some(span) if span.is_zero() => {
                ("zero-duration", format!("`{text}` allows no time at all"))
            }
            Some(span) if span > SignedDuration::from_hours(HOURS_MAX) => {
                ("endless-duration", format!("`{text}` is longer than a year"))
            }
            Some(span) => return Some(span),
            None => ("malformed-duration", format!("`{text}` is not a duration")),
        };
        self.sink.error(
            code,
            node.span(),
            what,
            "write hours, minutes, seconds: `PT1H`, `PT30M`; `immediate = true` for at once; `days` and `months` for longer",
        );
        None
    }

    fn working_days(&self, days: Node<'_>, calendar: Option<Node<'_>>) -> Option<Allowance> {
        let Some(calendar) = calendar else {
            self.sink.error(
                "missing-key",
                days.span(),
                "`calendar` is missing here",
                "working days are counted by a calendar: add `calendar = \"cn-2026\"`",
            );
            return None;
        };
        let name = calendar.text()?;
        if !self.calendars.contains_key(&name) {
            self.sink.error(
                "unknown-calendar",
                calendar.span(),
                format!("no calendar is called `{name}`"),
                format!("there are: {}", listed(self.calendars.keys().map(String::as_str))),
            );
            return None;
        }
        Some(Allowance::WorkingDays { days: days.count()?, calendar: name })
    }

    fn every(&self, period: Node<'_>, lasting: Option<Node<'_>>) -> Option<Allowance> {
        let Some(lasting) = lasting else {
            self.sink.error(
                "missing-key",
                period.span(),
                "`lasting` is missing here",
                "say how long it recurs: `lasting = \"warning_period\"` or `\"response\"`",
            );
            return None;
        };
        let span = period.span();
        let period = self.span_of_time(period);
        let lasting = lasting.word(STATES);
        let period = period?;
        if period < PERIOD_MIN {
            self.sink.error(
                "too-often",
                span,
                format!("nobody can do this every {period}"),
                format!("a duty recurs every {PERIOD_MIN} at most"),
            );
            return None;
        }
        Some(Allowance::Every { period, lasting: lasting? })
    }
}

fn warning_issued(node: Node<'_>) -> Option<Anchor> {
    let table = node.table()?;
    let at_least = table.optional("at_least").map(|node| node.word(COLOURS));
    let adjustments = table.flag_or("adjustments", false);
    table.finish();
    let at_least = match at_least {
        Some(colour) => Some(colour?),
        None => None,
    };
    Some(Anchor::WarningIssued { at_least, adjustments: adjustments? })
}

const CHANNELS: &[(&str, Channel)] =
    &[("oral", Channel::Oral), ("written", Channel::Written), ("any", Channel::Any)];

const STATES: &[(&str, Lasting)] =
    &[("warning_period", Lasting::WarningPeriod), ("response", Lasting::Response)];

const ANCHORS: &[&str] = &[
    "organisation",
    "received",
    "condition",
    "incident",
    "warning_issued",
    "warning_lifted",
    "delivered",
    "each",
    "follow_up",
];

const ORGANISATION_MOMENTS: &[&str] = &["occurred", "discovered", "informed", "aware"];

const INCIDENT_MOMENTS: &[&str] = &[
    "response_started",
    "response_ended",
    "handling_ended",
    "report_accepted",
    "report_declined",
    "report_received",
];

const ALLOWANCES: &[&str] = &[
    "within",
    "immediate",
    "simultaneous",
    "days",
    "months",
    "working_days",
    "every",
    "continuing",
    "on_request",
    "undefined",
];

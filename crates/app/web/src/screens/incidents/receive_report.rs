//! Recording that a role received a report, 接报: its own clock starts, and what was owed to it is met.

use std::collections::BTreeSet;

use fengsui_response::Delivery;
use fengsui_response::incident::{IncidentCommand, ReceiveReport};
use fengsui_vocabulary::{ReportId, RoleId};

use super::calls::{call, call_fields};
use super::deliveries::{CHANNELS, channel_options};
use super::sight::Sight;
use super::tabs::Tab;
use super::typed::{Reading, Typed, Wrong};
use super::verb::{Asking, Text, Verb, WhenStale};
use crate::parts::{Act, Field, FieldKind, Opt};

pub(super) const VERB: Verb =
    Verb { name: "receipts", tab: Tab::Duties, when_stale: WhenStale::GoOn, act, read };

fn act(sight: &Sight<'_>) -> Option<Act> {
    let roles = receivers(sight);
    if !sight.is_open() || roles.is_empty() {
        return None;
    }
    let mine = roles.iter().find(|role| sight.viewer.actor.roles.contains(*role));
    let mine = mine.map(ToString::to_string).unwrap_or_default();
    let mut reports = vec![Opt::new("", sight.t("inc-receipt-call"))];
    let known = sight.view.incident.reports.keys().filter(|report| sight.may_see_report(**report));
    reports.extend(known.map(|report| Opt::new(report.to_string(), sight.report(*report))));
    let by = FieldKind::Select(sight.role_options(&roles));
    let mut form = sight
        .form(VERB.name, "report-take-in")
        .with(Field::new("by", sight.t("inc-receipt-by"), by).value(mine))
        .with(
            Field::new("channel", sight.t("channel"), FieldKind::Radio(channel_options(sight)))
                .value("oral"),
        )
        .with(
            Field::new("report", sight.t("inc-receipt-what"), FieldKind::Select(reports))
                .optional(),
        );
    for mut field in call_fields(sight) {
        if ["caller", "callee", "said"].contains(&field.name.as_str()) {
            field = field.optional();
        }
        form = form.with(field);
    }
    form = form.with(sight.late_because());
    let mut act = sight.act(VERB.name, "inc-receipt", form);
    act.lead = Some(sight.t("inc-receipt-lead"));
    Some(act)
}

fn read(typed: &Typed, sight: &Sight<'_>) -> Result<Asking, Wrong> {
    let mut form = Reading::of(typed, sight);
    let by: Option<RoleId> = form.chosen("by");
    let channel = form.one_of("channel", &CHANNELS);
    let report: Option<ReportId> = form.maybe_chosen("report");
    let late_because = form.maybe_line("late_because");
    let read_back = form.read_back();
    let (Some(by), Some(channel)) = (by, channel) else { return Err(form.wrong()) };
    if let Some(report) = report {
        let act = Delivery::Report { report };
        let received =
            ReceiveReport { by, channel, report: Some(report), act, late_because, plan: None };
        return form.sound(Asking::Plain(IncidentCommand::ReceiveReport(received)));
    }
    let Some(record) = call(&mut form) else { return Err(form.wrong()) };
    form.sound(Asking::with(Text::Call(record), move |record| {
        let act = Delivery::Call { record, read_back };
        IncidentCommand::ReceiveReport(ReceiveReport {
            by,
            channel,
            report: None,
            act,
            late_because,
            plan: None,
        })
    }))
}

/// The roles to which reports are owed, and the reader's own.
fn receivers(sight: &Sight<'_>) -> Vec<RoleId> {
    let owed: BTreeSet<&RoleId> = sight
        .view
        .duties
        .iter()
        .filter(|duty| duty.organisation.is_some())
        .filter_map(|duty| duty.to.as_ref())
        .collect();
    let works = sight.works();
    let own = &sight.viewer.actor.roles;
    owed.into_iter().filter(|role| works || own.contains(*role)).cloned().collect()
}

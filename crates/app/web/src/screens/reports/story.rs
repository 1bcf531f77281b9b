//! What happened to a report, with who did it and when it was entered.

use fengsui_desk::ReportView;
use fengsui_desk::content::{Addition, CallRecord, Writing};
use fengsui_plan::DutyRule;
use fengsui_response::{BlobRef, Delivery, DutiesMissed, DutyMet, Recorded, ReportEvent, Tick};

use crate::parts::{ClauseChip, Entry, Gravity, Html, Timeline};
use crate::routes;
use crate::say::{Saying, anchor_label};
use crate::screens::custody::erased_words;

/// The story, the newest first.
pub(super) fn story(saying: Saying<'_>, view: &ReportView) -> Timeline {
    let entries = view.report.log.iter().rev().map(|recorded| entry(saying, view, recorded));
    Timeline { entries: entries.collect(), empty: saying.words.t("story-none").into_owned() }
}

fn entry(saying: Saying<'_>, view: &ReportView, recorded: &Recorded<ReportEvent>) -> Entry {
    let words = saying.words;
    let told = told(saying, view, &recorded.event);
    let is_late = recorded.recorded_at.duration_since(recorded.happened_at).as_mins() >= 1;
    Entry {
        at: saying.moment(recorded.happened_at),
        entered: is_late.then(|| {
            let entered = saying.clock.short(recorded.recorded_at, words);
            words.ta("time-entered-late", &[("t", &entered)])
        }),
        who: saying.person(recorded.actor),
        text: told.text,
        remark: told.remark,
        marks: told.marks,
        clause: told.clause,
        gravity: told.gravity,
    }
}

#[derive(Default)]
struct Told {
    text: String,
    remark: Option<String>,
    marks: Vec<Html>,
    clause: Option<ClauseChip>,
    gravity: Gravity,
}

#[expect(clippy::too_many_lines, reason = "one arm for each thing that happens")]
fn told(saying: Saying<'_>, view: &ReportView, event: &ReportEvent) -> Told {
    let words = saying.words;
    let plain = |key: &str, remark: Option<String>| Told {
        text: words.t(key).into_owned(),
        remark,
        ..Told::default()
    };
    let weighty = |key: &str, remark: Option<String>| Told {
        gravity: Gravity::Weighty,
        ..plain(key, remark)
    };
    let by_role = |key: &str, role| Told {
        text: words.ta(key, &[("role", &saying.role(role))]),
        gravity: Gravity::Weighty,
        ..Told::default()
    };
    let erased =
        |text: &BlobRef| view.erased(text).map(|it| erased_words(saying, it.at, &it.ground));
    let writing = |text: &BlobRef| {
        view.text::<Writing>(text).map(|it| it.text.to_string()).or_else(|| erased(text))
    };
    let addition = |text: &BlobRef| {
        view.text::<Addition>(text).map(|it| it.text.to_string()).or_else(|| erased(text))
    };
    let moved = |key: &str, anchor, at| {
        let at = saying.clock.short(at, words);
        words.ta(key, &[("anchor", &anchor_label(anchor, words)), ("t", &at)])
    };
    match event {
        ReportEvent::TakenIn(it) => by_role("report-story-taken-in", &it.taken_in_by),
        ReportEvent::OrganisationIdentified(it) => {
            let name = saying.organisation(&it.organisation.to_string());
            plain("report-story-identified", Some(name))
        }
        ReportEvent::AnchorRecorded(it) => {
            Told { text: moved("report-story-anchor", it.anchor, it.at), ..Told::default() }
        }
        ReportEvent::AnchorCorrected(it) => Told {
            text: words.ta(
                "report-story-anchor-corrected",
                &[
                    ("anchor", &anchor_label(it.anchor, words)),
                    ("from", &saying.clock.short(it.from, words)),
                    ("t", &saying.clock.short(it.to, words)),
                ],
            ),
            remark: Some(it.reason.to_string()),
            ..Told::default()
        },
        ReportEvent::Received(it) => by_role("report-story-received", &it.by),
        ReportEvent::DutyMet(it) => met(saying, view, it),
        ReportEvent::MissCleared(_) => plain("report-story-cleared", None),
        ReportEvent::DutiesReminded(_) => plain("report-story-reminded", None),
        ReportEvent::DutiesMissed(it) => {
            weighty("report-story-missed", Some(missed(saying, view, it)))
        }
        ReportEvent::LeftWaiting(_) => weighty("report-story-left-waiting", None),
        ReportEvent::Supplemented(it) => {
            weighty("report-story-supplemented", addition(&it.content))
        }
        ReportEvent::QuestionAsked(it) => plain("report-story-asked", writing(&it.text)),
        ReportEvent::QuestionAnswered(it) => plain("report-story-answered", addition(&it.text)),
        ReportEvent::Accepted(it) => Told {
            marks: vec![Html::link(&routes::incident(it.incident), &words.t("incident"))],
            ..by_role("report-story-accepted", &it.role)
        },
        ReportEvent::Declined(it) => weighty("report-story-declined", Some(it.reason.to_string())),
        ReportEvent::Reopened(it) => weighty("report-story-reopened", Some(it.reason.to_string())),
        ReportEvent::Split(it) => Told {
            marks: it.into.iter().map(|part| other(saying, *part)).collect(),
            ..weighty("report-story-split", Some(it.reason.to_string()))
        },
        ReportEvent::Merged(it) => {
            Told { marks: vec![other(saying, it.into)], ..weighty("report-story-merged", None) }
        }
        ReportEvent::Absorbed(it) => {
            Told { marks: vec![other(saying, it.report)], ..plain("report-story-absorbed", None) }
        }
        ReportEvent::Sealed(it) => weighty("report-story-sealed", Some(it.reason.to_string())),
        ReportEvent::ResultTold(it) => weighty("report-story-told", writing(&it.text)),
        ReportEvent::TextsErased(it) => weighty("report-story-erased", Some(it.ground.to_string())),
    }
}

fn other(saying: Saying<'_>, report: fengsui_vocabulary::ReportId) -> Html {
    Html::link(&routes::report(report), &saying.words.t("report"))
}

/// What was not done in time, each with when it was due.
fn missed(saying: Saying<'_>, view: &ReportView, missed: &DutiesMissed) -> String {
    let words = saying.words;
    let texts = missed.missed.iter().map(|it| {
        let what = duty_name(saying, view, &it.tick);
        let to = it.tick.to.as_ref().map(|to| saying.role(to)).unwrap_or_default();
        let due = saying.clock.short(it.due, words);
        words.ta("report-story-missed-one", &[("what", &what), ("to", &to), ("t", &due)])
    });
    texts.collect::<Vec<_>>().join("\n")
}

fn rule_of<'v>(view: &'v ReportView, tick: &Tick) -> Option<&'v DutyRule> {
    view.lead.as_deref()?.duties.iter().find(|rule| rule.id == tick.duty)
}

fn duty_name(saying: Saying<'_>, view: &ReportView, tick: &Tick) -> String {
    let rule = rule_of(view, tick);
    rule.map_or_else(|| tick.duty.to_string(), |rule| rule.label.in_lang(saying.lang()).to_owned())
}

/// A duty that was met: which, towards whom, and by what act.
fn met(saying: Saying<'_>, view: &ReportView, met: &DutyMet) -> Told {
    let words = saying.words;
    let what = duty_name(saying, view, &met.tick);
    let to = met.tick.to.as_ref().map(|to| saying.role(to)).unwrap_or_default();
    let call = match &met.act {
        Delivery::Call { record, .. } => view.text::<CallRecord>(record).map(|call| {
            words.ta(
                "report-story-call",
                &[("caller", &call.caller), ("callee", &call.callee), ("said", &call.said)],
            )
        }),
        Delivery::Other { note } => Some(note.to_string()),
        Delivery::Document { .. } | Delivery::Report { .. } => None,
    };
    let late = met
        .late_because
        .as_ref()
        .map(|because| words.ta("report-story-late", &[("because", because.as_str())]));
    let remark: Vec<String> = [call, late].into_iter().flatten().collect();
    Told {
        text: words.ta("report-story-met", &[("what", &what), ("to", &to)]),
        remark: (!remark.is_empty()).then(|| remark.join(" ")),
        clause: rule_of(view, &met.tick).map(|rule| saying.clause(&met.tick.plan, &rule.clause)),
        ..Told::default()
    }
}

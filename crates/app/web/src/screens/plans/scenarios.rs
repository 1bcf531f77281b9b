//! Golden scenarios as tables to read: what happens, what is then owed, and whether that holds.

use askama::Template;
use askama::filters::HtmlSafe;
use fengsui_plan::{
    Applies, Expectation, ExpectedGrade, ExpectedLevel, ExpectedTime, Scenario, run,
};
use fengsui_vocabulary::Facts;

use super::book::{lines, small};
use super::frame::Frame;
use super::moments::Telling;
use crate::lang::Clock;
use crate::parts::{Heading, Html, Mood, Notice, Row, StateBadge, Table, Tone};

/// One scenario, folded away until somebody wants it.
#[derive(Debug, Template)]
#[template(path = "plans/scenario.html")]
struct Told {
    id: String,
    title: String,
    mark: StateBadge,
    mismatches: Option<Notice>,
    happened: Option<(String, Table)>,
    owed: Option<(String, Table)>,
    graded: Option<(String, Table)>,
    is_open: &'static str,
}

impl HtmlSafe for Told {}

/// Every golden scenario of a plan; those that do not hold are open.
pub(super) fn all(frame: &Frame) -> Html {
    let words = frame.reader.words();
    if frame.plan.scenarios.is_empty() {
        return Html::text(words.t("plan-scenarios-none"));
    }
    let told = frame.plan.scenarios.iter().map(|it| Html::of(&told(frame, it)));
    Html::stacked(told)
}

fn told(frame: &Frame, scenario: &Scenario) -> Told {
    let words = frame.reader.words();
    let mismatches = run(&frame.plan, scenario);
    let mark = if mismatches.is_empty() {
        StateBadge::new(Mood::Done, words.t("plan-scenario-holds"))
    } else {
        StateBadge::new(Mood::Attention, words.t("plan-scenario-fails"))
    };
    let notice = mismatches.iter().fold(None, |notice: Option<Notice>, mismatch| {
        let begun = || Notice::new(Tone::Attention, words.t("plan-scenario-fails"));
        Some(notice.unwrap_or_else(begun).line(mismatch.what.clone()))
    });
    let clock = Clock { now: scenario.at, zone: frame.plan.time_zone.clone() };
    let telling = Telling { wording: frame.wording(), clock: &clock };
    let happened = happened(frame, scenario, telling);
    let asked_at = clock.full(scenario.at, words);
    let owed = words.ta("plan-scenario-owed", &[("t", &asked_at)]);
    Told {
        id: format!("s-{}", scenario.id),
        title: scenario.title.in_lang(words.lang()).to_owned(),
        mark,
        is_open: if mismatches.is_empty() { "" } else { " open" },
        mismatches: notice,
        happened: happened.map(|table| (words.t("plan-scenario-happens").into_owned(), table)),
        owed: (!scenario.expect.is_empty()).then(|| (owed, expected(frame, scenario, &clock))),
        graded: (!scenario.grades.is_empty())
            .then(|| (words.t("plan-scenario-graded").into_owned(), graded(frame, scenario))),
    }
}

fn happened(frame: &Frame, scenario: &Scenario, telling: Telling<'_>) -> Option<Table> {
    let words = frame.reader.words();
    let history = scenario.history(&frame.plan).ok()?;
    if history.happenings.is_empty() {
        return None;
    }
    let headings = vec![Heading::key(words.t("plan-time")), Heading::plain(words.t("plan-event"))];
    let rows = history.happenings.iter().map(|happening| {
        let (at, entered) = telling.times(happening);
        Row::new(vec![
            lines([Html::text(at), small(&entered)]),
            lines([
                Html::text(telling.what(happening)),
                small(happening.organisation.as_deref().unwrap_or_default()),
            ]),
        ])
    });
    Some(Table::new(words.t("plan-scenario-happens"), headings, "").with(rows))
}

/// What must then be owed. What the pack leaves open stays empty.
fn expected(frame: &Frame, scenario: &Scenario, clock: &Clock) -> Table {
    let (words, wording, saying) = (frame.reader.words(), frame.wording(), frame.saying());
    let headings = vec![
        Heading::key(words.t("duty-what")),
        Heading::plain(words.t("duty-route")),
        Heading::plain(words.t("duty-due")),
        Heading::plain(words.t("duty-state")),
        Heading::numeric(words.t("plan-count")),
    ];
    let time = |time: Option<ExpectedTime>| match time {
        None => String::new(),
        Some(ExpectedTime::Absent) => words.t("due-no-time").into_owned(),
        Some(ExpectedTime::At(at)) => clock.short(at, words),
    };
    let row = |wanted: &Expectation| {
        let roles =
            [&wanted.actor, &wanted.to].map(|role| role.as_ref().map(|it| wording.role(it)));
        let route = match roles {
            [Some(from), Some(to)] => words.ta("duty-from-to", &[("from", &from), ("to", &to)]),
            [Some(one), None] => one,
            [None, Some(to)] => format!("→ {to}"),
            [None, None] => String::new(),
        };
        let slot = wanted.slot.map(|it| words.ta("duty-slot", &[("n", &it.to_string())]));
        let state = wanted.state.map(|state| Html::of(&saying.state(state)));
        let count = wanted.count.map(|it| it.to_string()).unwrap_or_default();
        let is_none = wanted.count == Some(0);
        let state = if is_none {
            Html::of(&StateBadge::new(Mood::Quiet, words.t("plan-not-owed")))
        } else {
            state.unwrap_or_default()
        };
        Row::new(vec![
            lines([
                Html::text(wording.duty_label(&wanted.duty)),
                small(&format!("{} {}", wanted.duty, slot.unwrap_or_default())),
            ]),
            lines([Html::text(route), small(wanted.organisation.as_deref().unwrap_or_default())]),
            Html::text(time(wanted.due)),
            state,
            Html::text(count),
        ])
    };
    Table::new(words.t("duty-table"), headings, "").with(scenario.expect.iter().map(row))
}

/// What the plan must make of facts.
fn graded(frame: &Frame, scenario: &Scenario) -> Table {
    let words = frame.reader.words();
    let headings = vec![
        Heading::key(words.t("plan-known")),
        Heading::plain(words.t("grade-certain")),
        Heading::plain(words.t("grade-possible")),
        Heading::plain(words.t("plan-applies")),
    ];
    let level = |level: Option<&ExpectedLevel>| match level {
        None => String::new(),
        Some(ExpectedLevel::Absent) => words.t("level-none").into_owned(),
        Some(ExpectedLevel::Level(level)) => level.to_string(),
    };
    let row = |wanted: &ExpectedGrade| {
        let applies = wanted.applies.map(|it| words.t(applies_key(it)).into_owned());
        let mut certain = level(wanted.certain.as_ref());
        if wanted.presumed == Some(true) {
            certain = format!("{certain} {}", words.t("plan-presumed"));
        }
        Row::new(vec![
            Html::text(facts(frame, &wanted.facts)),
            Html::text(certain),
            Html::text(level(wanted.possible.as_ref())),
            Html::text(applies.unwrap_or_default()),
        ])
    };
    Table::new(words.t("plan-scenario-graded"), headings, "").with(scenario.grades.iter().map(row))
}

/// Facts on one line.
pub(super) fn facts(frame: &Frame, facts: &Facts) -> String {
    super::moments::facts(&frame.plan, facts, frame.reader.words())
}

/// The key of an answer whether a plan applies.
pub(super) const fn applies_key(applies: Applies) -> &'static str {
    match applies {
        Applies::Applies => "plan-applies-yes",
        Applies::MayApply => "plan-applies-maybe",
        Applies::DoesNotApply => "plan-applies-no",
    }
}

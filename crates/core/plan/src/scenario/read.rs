//! Reads `[[scenario]]` tables.

use std::str::FromStr;

use fengsui_vocabulary::{LevelId, RoleId};
use jiff::Timestamp;
use toml::de::DeValue;

use super::grades::APPLIES;
use super::{Expectation, ExpectedGrade, ExpectedLevel, ExpectedTime, Scenario};
use crate::duty::{DutyKind, DutyState};
use crate::pack::tree::{At, Node, Table};
use crate::timeline::{Spelling, entries, facts, moment};

/// Every `[[scenario]]` of a pack.
pub(crate) fn scenarios(root: &Table<'_>) -> Vec<Scenario> {
    root.tables("scenario").iter().filter_map(scenario).collect()
}

fn scenario(table: &Table<'_>) -> Option<Scenario> {
    let id = table.text("id");
    let title = table.label("title");
    let grades = table.optional("grades").map(Node::items);
    // Whoever only expects grades has nothing to tell and no worklist to look at.
    let told = |key| match &grades {
        Some(_) => table.optional(key),
        None => table.required(key),
    };
    let at = match told("at") {
        Some(at) => moment(at),
        None => Some(Timestamp::UNIX_EPOCH),
    };
    let happened = told("happened").map(Node::tables).unwrap_or_default();
    let expect = told("expect").map(Node::tables).unwrap_or_default();
    if !expect.is_empty() && grades.is_some() {
        table.required("at");
    }
    let exactly = table.flag_or("exactly", false);
    table.finish();
    Some(Scenario {
        id: id?,
        title: title?,
        at: at?,
        expect: expect.iter().filter_map(expectation).collect(),
        exactly: exactly?,
        grades: grades.into_iter().flatten().filter_map(grade).collect(),
        entries: entries(&happened, Spelling::of(&[])),
    })
}

fn grade(node: Node<'_>) -> Option<ExpectedGrade> {
    let table = node.table()?;
    let facts = table.required("facts").and_then(facts);
    let certain = table.optional("certain").map(level);
    let possible = table.optional("possible").map(level);
    let presumed = table.optional("presumed").map(Node::flag);
    let applies = table.optional("applies").map(|node| node.word(APPLIES));
    table.finish();
    let is_empty = certain.is_none() && possible.is_none() && applies.is_none();
    if is_empty && presumed.is_none() {
        node.sink().error(
            "nothing-expected",
            node.span(),
            "this says what is known, and not what must follow",
            "add `certain`, `possible`, `presumed` or `applies`",
        );
    }
    Some(ExpectedGrade {
        facts: facts?,
        certain: certain.flatten(),
        possible: possible.flatten(),
        presumed: presumed.flatten(),
        applies: applies.flatten(),
        span: node.span(),
    })
}

/// A level, or `"none"` where there must be none.
fn level(node: Node<'_>) -> Option<ExpectedLevel> {
    if node.value().as_str() == Some("none") {
        return Some(ExpectedLevel::Absent);
    }
    node.name().map(|level: At<LevelId>| ExpectedLevel::Level(level.value))
}

fn expectation(table: &Table<'_>) -> Option<Expectation> {
    let duty = table.name("duty");
    let expectation = Expectation {
        duty: duty.map(|duty: At<_>| duty.value)?,
        actor: name::<RoleId>(table, "actor"),
        to: name::<RoleId>(table, "to"),
        organisation: table.optional("organisation").and_then(Node::text),
        slot: table.optional("slot").and_then(Node::count),
        due: table.optional("due").and_then(time),
        state: table.optional("state").and_then(|node| node.word(STATES)),
        done_at: table.optional("done_at").and_then(time),
        arose_at: table.optional("arose_at").and_then(moment),
        also_read_as: table
            .optional("also_read_as")
            .map(|node| node.items().into_iter().filter_map(moment).collect()),
        kind: table.optional("kind").and_then(|node| node.word(KINDS)),
        count: table.optional("count").and_then(number),
    };
    table.finish();
    Some(expectation)
}

fn name<T: FromStr>(table: &Table<'_>, key: &'static str) -> Option<T> {
    table.optional(key).and_then(Node::name).map(|name: At<T>| name.value)
}

/// A time, or `"none"` where there must be none.
fn time(node: Node<'_>) -> Option<ExpectedTime> {
    match node.value() {
        DeValue::String(word) if word.as_ref() == "none" => Some(ExpectedTime::Absent),
        DeValue::String(_)
        | DeValue::Integer(_)
        | DeValue::Float(_)
        | DeValue::Boolean(_)
        | DeValue::Datetime(_)
        | DeValue::Array(_)
        | DeValue::Table(_) => moment(node).map(ExpectedTime::At),
    }
}

/// How many: none is a number too.
fn number(node: Node<'_>) -> Option<usize> {
    match node.whole().and_then(|number| usize::try_from(number).ok()) {
        Some(number) => Some(number),
        None => node.wrong("a whole number from 0"),
    }
}

const STATES: &[(&str, DutyState)] = &[
    ("pending", DutyState::Pending),
    ("done", DutyState::Done),
    ("done_recorded_late", DutyState::DoneRecordedLate),
    ("late", DutyState::Late),
    ("missed", DutyState::Missed),
    ("waived", DutyState::Waived),
    ("superseded", DutyState::Superseded),
    ("elapsed", DutyState::Elapsed),
];

const KINDS: &[(&str, DutyKind)] = &[
    ("within", DutyKind::Within),
    ("immediate", DutyKind::Immediate),
    ("simultaneous", DutyKind::Simultaneous),
    ("recurring", DutyKind::Recurring),
    ("continuing", DutyKind::Continuing),
    ("on_request", DutyKind::OnRequest),
    ("undefined", DutyKind::Undefined),
];

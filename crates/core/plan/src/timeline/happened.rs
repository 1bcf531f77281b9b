//! One `[[happened]]` table, read strictly.

use std::fmt::Display;
use std::ops::Range;
use std::str::FromStr;

use fengsui_vocabulary::{AnchorName, DutyId, FactId, Facts, LevelId, PlanId, RoleId};
use jiff::Timestamp;
use jiff::tz::Offset;
use toml::de::DeValue;

use super::facts;
use super::spelling::{Named, Side, Spelling};
use crate::history::{Happening, Tick, What};
use crate::model::{Channel, Colour};
use crate::pack::tree::{At, Node, Table};

/// A happening as it was written: its slot may still be a time instead of a number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) happening: Happening,
    pub(crate) slot_at: Option<Timestamp>,
    pub(crate) span: Range<usize>,
}

/// Every table in its order; several organisations, plans, senders or recipients are several.
pub(crate) fn entries(tables: &[Table<'_>], spelling: Spelling<'_>) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    for table in tables {
        let before = entries.last().map(|entry| entry.happening.recorded_at);
        entries.extend(Act { table, spelling }.read(before).unwrap_or_default());
    }
    entries
}

/// An offset date-time.
pub(crate) fn moment(node: Node<'_>) -> Option<Timestamp> {
    told(node).map(|(moment, _)| moment)
}

/// An offset date-time with its offset.
fn told(node: Node<'_>) -> Option<(Timestamp, Offset)> {
    let written = node.value().as_datetime();
    let whole = written.filter(|it| it.date.is_some() && it.time.is_some() && it.offset.is_some());
    let moment = whole.and_then(|it| Timestamp::from_str(&it.to_string()).ok());
    let offset = written.and_then(|it| it.offset).and_then(offset);
    match moment.zip(offset) {
        Some(told) => Some(told),
        None => node.wrong("a date and time with its offset: `2026-03-14T10:00:00+08:00`"),
    }
}

fn offset(written: toml::value::Offset) -> Option<Offset> {
    match written {
        toml::value::Offset::Z => Some(Offset::UTC),
        toml::value::Offset::Custom { minutes } => {
            Offset::from_seconds(i32::from(minutes).checked_mul(60)?).ok()
        }
    }
}

/// One table, while it is read.
#[derive(Clone, Copy)]
struct Act<'t, 'a> {
    table: &'t Table<'a>,
    spelling: Spelling<'t>,
}

impl Act<'_, '_> {
    fn read(self, before: Option<Timestamp>) -> Option<Vec<Entry>> {
        let table = self.table;
        let written_at = table.required("at");
        let word = table.required("what").and_then(|node| node.word(WORDS));
        let (at, offset) = written_at.and_then(told).unzip();
        let recorded_at = match table.optional("recorded_at") {
            Some(node) => moment(node),
            None => at,
        };
        let organisations = some_or_none(table.optional("organisation").map(lines));
        let plans = some_or_none(self.names::<PlanId>("plan", Named::Plan));
        let whats = word.map(|word| self.what(word));
        if let Some(Word::LevelDecided) = word {
            self.check_level(&plans);
        }
        if word.is_some() {
            table.finish(); // with an unknown word every other key would look unknown too
        }
        let (at, recorded_at, (whats, slot_at)) = (at?, recorded_at?, whats?);
        check_order(written_at?, at, recorded_at, before)?;

        let mut entries = Vec::new();
        for what in whats {
            for organisation in &organisations {
                entries.extend(plans.iter().map(|plan| Entry {
                    happening: Happening {
                        at,
                        recorded_at,
                        offset,
                        organisation: organisation.clone(),
                        plan: plan.clone(),
                        what: what.clone(),
                    },
                    slot_at,
                    span: table.span(),
                }));
            }
        }
        Some(entries)
    }

    /// What happened; nothing where a key was missing or wrong, which has been noted.
    fn what(self, word: Word) -> (Vec<What>, Option<Timestamp>) {
        match word {
            Word::Delivered => return self.ticks(&What::Delivered),
            Word::MissCleared => {
                let by = self.table.text("confirmed_by").unwrap_or_default();
                return self.ticks(&|tick| What::MissCleared { tick, confirmed_by: by.clone() });
            }
            Word::Waived => {
                let reason = self.table.text("reason").unwrap_or_default();
                return self.ticks(&|tick| What::Waived { tick, reason: reason.clone() });
            }
            Word::ReportReceived => {
                self.table.required("by");
                let by = self.names("by", Named::Role).unwrap_or_default();
                return (by.into_iter().map(|by| What::ReportReceived { by }).collect(), None);
            }
            Word::Occurred
            | Word::Discovered
            | Word::Informed
            | Word::Aware
            | Word::Facts
            | Word::LevelDecided
            | Word::AnchorCorrected
            | Word::ReportAccepted
            | Word::ReportDeclined
            | Word::ReportReopened
            | Word::HandedOver
            | Word::NotReported
            | Word::WarningIssued
            | Word::WarningAdjusted
            | Word::WarningLifted
            | Word::ResponseStarted
            | Word::ResponseEnded
            | Word::HandlingEnded => {}
        }
        (self.single(word).into_iter().collect(), None)
    }

    /// A happening that is always one.
    fn single(self, word: Word) -> Option<What> {
        let table = self.table;
        let colour = || table.required("colour").and_then(|node| node.word(COLOURS));
        Some(match word {
            Word::Occurred => What::Occurred,
            Word::Discovered => What::Discovered,
            Word::Informed => What::Informed,
            Word::Aware => What::Aware,
            Word::Facts => What::Facts(self.facts(table.required("facts")?)?),
            Word::LevelDecided => {
                let by = self.names("by", Named::Role).unwrap_or_default();
                let level: At<LevelId> = table.name("level")?;
                What::LevelDecided { level: level.value, by }
            }
            Word::AnchorCorrected => {
                let anchor: Option<At<AnchorName>> = table.name("anchor");
                let to = table.required("corrected_to").and_then(moment);
                let reason = table.text("reason");
                What::AnchorCorrected {
                    anchor: anchor?.value.to_string(),
                    to: to?,
                    reason: reason?,
                }
            }
            Word::ReportAccepted => What::ReportAccepted,
            Word::ReportDeclined => What::ReportDeclined { reason: table.text("reason")? },
            Word::ReportReopened => What::ReportReopened,
            Word::HandedOver => {
                let part: FactId = self.name("part", Named::Part)?;
                What::HandedOver { part: part.to_string() }
            }
            Word::NotReported => What::NotReported { reason: table.text("reason")? },
            Word::WarningIssued => What::WarningIssued(colour()?),
            Word::WarningAdjusted => What::WarningAdjusted(colour()?),
            Word::WarningLifted => What::WarningLifted,
            Word::ResponseStarted => What::ResponseStarted,
            Word::ResponseEnded => What::ResponseEnded,
            Word::HandlingEnded => What::HandlingEnded,
            Word::Delivered | Word::MissCleared | Word::Waived | Word::ReportReceived => {
                return None;
            }
        })
    }

    /// One tick for every sender and recipient named.
    fn ticks(self, what: &dyn Fn(Tick) -> What) -> (Vec<What>, Option<Timestamp>) {
        let table = self.table;
        let duty: Option<At<DutyId>> = table.name("duty");
        let senders = some_or_none(self.parties("by", duty.as_ref(), Side::Sender));
        let recipients = some_or_none(self.parties("to", duty.as_ref(), Side::Recipient));
        let channel = table.optional("channel").and_then(|node| node.word(CHANNELS));
        let (slot, slot_at) = table.optional("slot").map(slot).unwrap_or_default();
        let Some(duty) = duty else { return (Vec::new(), None) };
        let named = At { value: duty.value.to_string(), span: duty.span.clone() };
        self.spelling.check_duty(&named, senders.iter().flatten().next(), table.sink());
        let mut whats = Vec::new();
        for by in &senders {
            for to in &recipients {
                let (by, to, duty) = (by.clone(), to.clone(), duty.value.clone());
                whats.push(what(Tick { duty, by, to, channel, slot }));
            }
        }
        (whats, slot_at)
    }

    fn facts(self, node: Node<'_>) -> Option<Facts> {
        let facts = facts(node)?;
        if let Some(table) = node.value().as_table() {
            self.spelling.check_facts(&facts, table, node.sink());
        }
        Some(facts)
    }

    /// A name that must be there.
    fn name<T: FromStr + Display>(self, key: &'static str, named: Named) -> Option<T> {
        let name = self.table.name(key)?;
        self.spell(&name, named);
        Some(name.value)
    }

    /// A name or a list of names, if the key is there.
    fn names<T: FromStr + Display>(self, key: &'static str, named: Named) -> Option<Vec<T>> {
        let list = one_or_several(self.table.optional(key)?);
        for name in &list {
            self.spell(name, named);
        }
        Some(list.into_iter().map(|name| name.value).collect())
    }

    /// Senders or recipients of a duty, if the key is there.
    fn parties(
        self,
        key: &'static str,
        duty: Option<&At<DutyId>>,
        side: Side,
    ) -> Option<Vec<RoleId>> {
        let list: Vec<At<RoleId>> = one_or_several(self.table.optional(key)?);
        for party in &list {
            if let Some(duty) = duty {
                self.spelling.check_party(&duty.value, party, side, self.table.sink());
            }
        }
        Some(list.into_iter().map(|party| party.value).collect())
    }

    fn check_level(self, plans: &[Option<PlanId>]) {
        let Some(node) = self.table.optional("level") else { return };
        if let Some(level) = node.value().as_str() {
            let level = At { value: level.to_owned(), span: node.span() };
            self.spelling.check_level(&level, plans, self.table.sink());
        }
    }

    fn spell<T: Display>(self, name: &At<T>, named: Named) {
        let word = At { value: name.value.to_string(), span: name.span.clone() };
        self.spelling.check(named, &word, self.table.sink());
    }
}

fn check_order(
    node: Node<'_>,
    at: Timestamp,
    recorded_at: Timestamp,
    before: Option<Timestamp>,
) -> Option<()> {
    if recorded_at < at {
        node.sink().error(
            "happened-in-the-future",
            node.span(),
            "this happened after it was recorded",
            "`recorded_at` is `at` or later: nobody records what has not happened yet",
        );
        return None;
    }
    if before.is_some_and(|before| recorded_at < before) {
        node.sink().error(
            "out-of-order",
            node.span(),
            "this was recorded before the table above it",
            "put the tables in the order of `recorded_at` (which is `at` where it is left out)",
        );
        return None;
    }
    Some(())
}

/// The words of `what`.
#[derive(Clone, Copy)]
enum Word {
    Occurred,
    Discovered,
    Informed,
    Aware,
    Facts,
    LevelDecided,
    ReportReceived,
    Delivered,
    MissCleared,
    Waived,
    AnchorCorrected,
    ReportAccepted,
    ReportDeclined,
    ReportReopened,
    HandedOver,
    NotReported,
    WarningIssued,
    WarningAdjusted,
    WarningLifted,
    ResponseStarted,
    ResponseEnded,
    HandlingEnded,
}

const WORDS: &[(&str, Word)] = &[
    ("occurred", Word::Occurred),
    ("discovered", Word::Discovered),
    ("informed", Word::Informed),
    ("aware", Word::Aware),
    ("facts", Word::Facts),
    ("level_decided", Word::LevelDecided),
    ("report_received", Word::ReportReceived),
    ("delivered", Word::Delivered),
    ("miss_cleared", Word::MissCleared),
    ("waived", Word::Waived),
    ("anchor_corrected", Word::AnchorCorrected),
    ("report_accepted", Word::ReportAccepted),
    ("report_declined", Word::ReportDeclined),
    ("report_reopened", Word::ReportReopened),
    ("handed_over", Word::HandedOver),
    ("not_reported", Word::NotReported),
    ("warning_issued", Word::WarningIssued),
    ("warning_adjusted", Word::WarningAdjusted),
    ("warning_lifted", Word::WarningLifted),
    ("response_started", Word::ResponseStarted),
    ("response_ended", Word::ResponseEnded),
    ("handling_ended", Word::HandlingEnded),
];

const COLOURS: &[(&str, Colour)] = &[
    ("red", Colour::Red),
    ("orange", Colour::Orange),
    ("yellow", Colour::Yellow),
    ("blue", Colour::Blue),
];

const CHANNELS: &[(&str, Channel)] =
    &[("oral", Channel::Oral), ("written", Channel::Written), ("any", Channel::Any)];

/// A slot by its number, or by the time at which it is due.
fn slot(node: Node<'_>) -> (Option<u32>, Option<Timestamp>) {
    match node.value() {
        DeValue::Datetime(_) => (None, moment(node)),
        DeValue::String(_)
        | DeValue::Integer(_)
        | DeValue::Float(_)
        | DeValue::Boolean(_)
        | DeValue::Array(_)
        | DeValue::Table(_) => (number_of_slot(node), None),
    }
}

fn number_of_slot(node: Node<'_>) -> Option<u32> {
    let number = node.whole().and_then(|number| u32::try_from(number).ok());
    match number.filter(|number| *number > 0) {
        Some(number) => Some(number),
        None => node.wrong("the slot's number from 1, or the time at which it is due"),
    }
}

/// A name or a list of names.
fn one_or_several<T: FromStr>(node: Node<'_>) -> Vec<At<T>> {
    match node.value().as_str() {
        Some(_) => node.name().into_iter().collect(),
        None => node.names(),
    }
}

/// A text or a list of texts.
fn lines(node: Node<'_>) -> Vec<String> {
    match node.value().as_str() {
        Some(_) => node.text().into_iter().collect(),
        None => node.items().into_iter().filter_map(Node::text).collect(),
    }
}

/// Nothing written means one happening that names nobody.
fn some_or_none<T>(written: Option<Vec<T>>) -> Vec<Option<T>> {
    written.map_or_else(|| vec![None], |list| list.into_iter().map(Some).collect())
}

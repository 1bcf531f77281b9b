//! Golden scenarios inside a pack: what happens, and what must then be owed; what is known, and
//! which level it must give.
//!
//! They are part of the pack, so whoever changes a rule sees at once which expectation it breaks.
//!
//! Start reading at [`run`].

mod compare;
mod grades;
mod read;

use std::ops::Range;

use fengsui_vocabulary::{DutyId, Facts, Label, LevelId, RoleId};
use jiff::Timestamp;

pub(crate) use self::read::scenarios;
use crate::duty::{DutyKind, DutyState, duties_of};
use crate::grade::Applies;
use crate::history::History;
use crate::model::Plan;
use crate::pack::tree::Sink;
use crate::timeline::{Entry, resolved};

/// One golden scenario.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scenario {
    /// Its id.
    pub id: String,
    /// What it shows.
    pub title: Label,
    /// When the worklist is looked at; the epoch where only grades are expected.
    pub at: Timestamp,
    /// What must then be owed.
    pub expect: Vec<Expectation>,
    /// Whether the duties named may have no other object than those expected.
    pub exactly: bool,
    /// What the plan must make of facts.
    pub grades: Vec<ExpectedGrade>,
    pub(crate) entries: Vec<Entry>,
}

/// What a plan must make of facts. What is left out may be anything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpectedGrade {
    /// The facts.
    pub facts: Facts,
    /// The level that must be certain.
    pub certain: Option<ExpectedLevel>,
    /// The level that must be possible.
    pub possible: Option<ExpectedLevel>,
    /// Whether the certain level must rest on normal numbers only.
    pub presumed: Option<bool>,
    /// Whether the plan must apply.
    pub applies: Option<Applies>,
    /// Where it stands in the pack.
    pub(crate) span: Range<usize>,
}

/// A level that is expected, or that there is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExpectedLevel {
    /// There must be none.
    Absent,
    /// It must be this one.
    Level(LevelId),
}

/// What one duty object must look like. What is left out may be anything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expectation {
    /// The duty.
    pub duty: DutyId,
    /// Who owes it.
    pub actor: Option<RoleId>,
    /// To whom.
    pub to: Option<RoleId>,
    /// Of which organisation.
    pub organisation: Option<String>,
    /// Which slot.
    pub slot: Option<u32>,
    /// Its time.
    pub due: Option<ExpectedTime>,
    /// Where it stands.
    pub state: Option<DutyState>,
    /// When it was done.
    pub done_at: Option<ExpectedTime>,
    /// When it arose.
    pub arose_at: Option<Timestamp>,
    /// Its other readings.
    pub also_read_as: Option<Vec<Timestamp>>,
    /// Its kind.
    pub kind: Option<DutyKind>,
    /// How many objects there are; without it at least one.
    pub count: Option<usize>,
}

/// A time that is expected, or that there is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExpectedTime {
    /// There must be none.
    Absent,
    /// It must be this one.
    At(Timestamp),
}

impl ExpectedTime {
    fn of(at: Option<Timestamp>) -> Self {
        at.map_or(Self::Absent, Self::At)
    }
}

/// An expectation that is not met.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("scenario `{scenario}`: {what}")]
pub struct Mismatch {
    /// The scenario.
    pub scenario: String,
    /// What was expected and what is.
    pub what: String,
    /// Where the expectation stands, if it has a place of its own.
    pub(crate) span: Option<Range<usize>>,
}

/// Runs one scenario against its plan.
pub fn run(plan: &Plan, scenario: &Scenario) -> Vec<Mismatch> {
    let mut found = match scenario.history(plan) {
        Ok(history) => {
            let duties = duties_of(plan, &history, scenario.at);
            compare::mismatches(plan, scenario, &duties)
        }
        Err(mismatch) => vec![mismatch],
    };
    found.extend(grades::mismatches(plan, scenario));
    found
}

impl Scenario {
    /// What happens in it; a `slot` written as a time needs the plan to become a number.
    pub fn history(&self, plan: &Plan) -> Result<History, Mismatch> {
        let sink = Sink::default();
        let history = resolved(&self.entries, &[plan], &sink);
        if sink.has_errors() {
            let what = "a `slot` is a time at which nothing is due".to_owned();
            return Err(Mismatch { scenario: self.id.clone(), what, span: None });
        }
        Ok(history)
    }
}

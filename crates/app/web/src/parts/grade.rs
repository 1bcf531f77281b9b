//! The grade and why: computed and possible, decided, what matched, what to ask.

use askama::Template;

use super::{ClauseChip, Html, LevelBadge};
use crate::lang::Words;

/// The grade of one plan.
#[derive(Clone, Debug, Template)]
#[template(path = "parts/grade.html")]
pub struct Grade {
    words: Words,
    /// What is certain from the known facts.
    pub certain: LevelBadge,
    /// What it may be at worst, if that differs.
    pub possible: Option<LevelBadge>,
    /// What was decided.
    pub decided: Option<LevelBadge>,
    /// By whom and when, with the clause.
    pub decided_by: Option<Html>,
    /// Criteria that are met.
    pub reasons: Vec<Reason>,
    /// What would settle the rest.
    pub questions: Vec<Question>,
    /// A remark: parts to hand over, presumed levels.
    pub remarks: Vec<String>,
}

/// One criterion that is met.
#[derive(Clone, Debug)]
pub struct Reason {
    /// The level it gives.
    pub level: LevelBadge,
    /// The criterion in words.
    pub text: String,
    /// The facts that met it, with margins.
    pub facts: Vec<String>,
    /// The clause.
    pub clause: ClauseChip,
}

/// One thing that is not known, and what would change.
#[derive(Clone, Debug)]
pub struct Question {
    /// The question.
    pub ask: String,
    /// What would change: 若超过 1,000,000 人:III.
    pub changes: Vec<String>,
    /// The clause.
    pub clause: Option<ClauseChip>,
}

impl Grade {
    /// A grade with nothing but its computed level.
    pub fn new(certain: LevelBadge, words: Words) -> Self {
        Self {
            words,
            certain,
            possible: None,
            decided: None,
            decided_by: None,
            reasons: Vec::new(),
            questions: Vec::new(),
            remarks: Vec::new(),
        }
    }

    fn t(&self, key: &str) -> String {
        self.words.t(key).into_owned()
    }
}

//! Walks from the classes of one taxonomy to those of another.
//!
//! Taxonomies themselves are [`Taxonomy`](crate::Taxonomy). A walk is written once and found from
//! both of its ends; nothing is concluded from several walks in a row.

use fengsui_vocabulary::{Label, TaxonomyCode};
use serde::{Deserialize, Serialize};

use crate::model::Evidence;

/// A class by its taxonomy and code.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct ClassRef {
    /// The taxonomy.
    pub taxonomy: String,
    /// Its code there.
    pub code: TaxonomyCode,
}

/// How well two classes fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fit {
    /// They mean the same.
    Same,
    /// They mean nearly the same: somebody should look.
    Near,
    /// Only if the question is answered with yes.
    OnlyIf,
}

/// Which way a walk is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// As it was written.
    Forth,
    /// Backwards: the class found is the one it was written from.
    Back,
}

/// Where one class leads in another taxonomy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Walk {
    /// The class it leads to.
    pub to: ClassRef,
    /// The name of that class.
    pub label: Label,
    /// How well it fits.
    pub fit: Fit,
    /// Which way the walk is taken.
    pub direction: Direction,
    /// What to ask where it fits only under a condition.
    pub ask: Option<Label>,
    /// How sure we are of it.
    pub evidence: Evidence,
}

/// Walks from one class, as they are written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Crosswalk {
    pub(crate) from: ClassRef,
    pub(crate) to: Vec<(ClassRef, Fit)>,
    pub(crate) ask: Option<Label>,
    pub(crate) evidence: Evidence,
}

impl Crosswalk {
    /// Where it leads from a class, if it has to do with that class.
    pub(crate) fn leads(&self, from: &ClassRef) -> Vec<(&ClassRef, Fit, Direction)> {
        let is_start = self.from == *from;
        let forth = self.to.iter().filter(|_| is_start);
        let back = self.to.iter().filter(|(class, _)| class == from);
        forth
            .map(|(class, fit)| (class, *fit, Direction::Forth))
            .chain(back.map(|(_, fit)| (&self.from, *fit, Direction::Back)))
            .collect()
    }
}

//! The mapping of a generic CSV or JSON feed: which column or member goes where.
//!
//! It is written by people (see `docs/mapping.md`), so whatever is wrong with it is said with its place.
//! What it does not name is kept in `extra`, or makes the feed wait for somebody, as it says.

mod fault;
mod file;
mod rule;

use std::collections::BTreeSet;

use fengsui_records::{Classification, Column, Record};

pub use fault::MappingFault;
pub(crate) use rule::{Required, Rule};

/// Which column or member of a feed goes where.
#[derive(Debug)]
pub struct Mapping {
    /// Between the cells of a row.
    pub(crate) delimiter: u8,
    /// The columns of a CSV that has no header.
    pub(crate) columns: Option<Vec<String>>,
    /// Rows that begin with it are not read.
    pub(crate) comment: Option<String>,
    /// What happens when the feed has a column more.
    pub(crate) on_new_columns: OnNewColumns,
    /// Columns that are known to be there and go nowhere but into `extra`.
    pub(crate) known: BTreeSet<String>,
    /// Values every record gets.
    constants: Vec<(Column, String)>,
    pub(crate) rules: Vec<Rule>,
}

/// What happens to records with columns the mapping does not name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum OnNewColumns {
    /// They are kept in `extra`.
    #[default]
    Keep,
    /// The records wait until somebody has looked.
    Quarantine,
}

impl Mapping {
    /// The version of the language of mappings.
    pub const FORMAT: u32 = 1;

    /// Reads a mapping file (TOML). `name` is shown where something is wrong with it.
    pub fn read(name: &str, text: &str) -> Result<Self, MappingFault> {
        file::read(text).map_err(|found| MappingFault::of(name, text, found))
    }

    /// Whether a column of the feed is named by the mapping, one way or the other.
    pub(crate) fn names(&self, column: &str) -> bool {
        self.known.contains(column) || self.rules.iter().any(|rule| rule.is_within(column))
    }

    /// Gives a record what every record gets, where its own columns do not say it.
    pub(crate) fn complete(&self, record: &mut Record) {
        for (column, text) in &self.constants {
            if record.get(*column).is_none() {
                rule::fill(record, *column, column.as_str(), text);
            }
        }
        if record.get(Column::Type).is_none() {
            record.classify(Classification::Undetermined);
        }
    }
}

#[cfg(test)]
mod tests;

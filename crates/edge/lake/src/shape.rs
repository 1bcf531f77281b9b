//! How a table is stored: its columns, what it is split and sorted by, and what it is offered as.

use std::sync::Arc;

use arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};

use crate::fault::LakeFault;

/// What a lake has to know of its table.
#[derive(Clone, Debug)]
pub struct Shape {
    /// All columns, the partition column among them.
    pub schema: SchemaRef,
    /// The column that rows are filed under: a day, and never null.
    pub partition: String,
    /// What compaction sorts the rows of one day by.
    pub sort: Vec<String>,
    /// Columns in which single values are looked for: compacted files have Bloom filters of them.
    pub bloom: Vec<String>,
    /// What questions can be asked of beside `everything`: name, and SQL over `everything`.
    pub views: Vec<(String, String)>,
}

/// The table as a whole, as questions call it.
pub(crate) const EVERYTHING: &str = "everything";

impl Shape {
    /// Whether the parts fit together.
    pub(crate) fn check(&self) -> Result<(), LakeFault> {
        let days =
            self.field(&self.partition).is_some_and(|day| day.data_type() == &DataType::Date32);
        if !days {
            return Err(fault(format!("`{}` is not a column of days", self.partition)));
        }
        let mut named = self.sort.iter().chain(&self.bloom);
        if let Some(absent) = named.find(|name| self.stored_field(name).is_none()) {
            return Err(fault(format!("there is no stored column `{absent}`")));
        }
        if let Some((name, _)) = self.views.iter().find(|(name, _)| name == EVERYTHING) {
            return Err(fault(format!("`{name}` is the table itself and cannot be a view")));
        }
        Ok(())
    }

    /// The columns of a data file: all but the partition, which is in the file's entry in the log.
    pub(crate) fn stored(&self) -> SchemaRef {
        let fields = self.schema.fields().iter().filter(|field| *field.name() != self.partition);
        Arc::new(Schema::new(fields.cloned().collect::<Vec<_>>()))
    }

    pub(crate) fn field(&self, name: &str) -> Option<&Field> {
        self.schema.field_with_name(name).ok()
    }

    fn stored_field(&self, name: &str) -> Option<&Field> {
        self.field(name).filter(|field| *field.name() != self.partition)
    }

    /// Columns whose least and greatest values are kept in the log: what is sorted by, and times.
    pub(crate) fn measured(&self) -> Vec<&Field> {
        let stored = self.schema.fields().iter().filter(|field| *field.name() != self.partition);
        stored
            .filter(|field| {
                self.sort.contains(field.name())
                    || matches!(field.data_type(), DataType::Timestamp(TimeUnit::Microsecond, _))
            })
            .map(AsRef::as_ref)
            .collect()
    }

    /// Columns that the table does not have yet, or what makes it another table.
    pub(crate) fn missing_in(&self, table: &Schema) -> Result<Vec<Field>, LakeFault> {
        for column in table.fields() {
            match self.field(column.name()) {
                None => {
                    return Err(fault(format!(
                        "it has a column `{}` that is not known",
                        column.name()
                    )));
                }
                Some(ours) if ours.data_type() != column.data_type() => {
                    let (name, theirs) = (column.name(), column.data_type());
                    return Err(fault(format!("its column `{name}` is of type {theirs}")));
                }
                Some(_) => {}
            }
        }
        let ours = self.schema.fields().iter();
        let missing = ours.filter(|field| table.field_with_name(field.name()).is_err());
        Ok(missing.map(|field| field.as_ref().clone().with_nullable(true)).collect())
    }
}

pub(crate) fn fault(why: String) -> LakeFault {
    LakeFault::Shape { why }
}

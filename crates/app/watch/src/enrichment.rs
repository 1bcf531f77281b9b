//! What the watch adds to a record: whose it is, where it is, and whether it is known to be good.
//!
//! What the source said itself is never replaced.

use fengsui_records::{Column, Record};

use crate::columns::Dated;
use crate::registry::{End, Registry, Side};
use crate::rows::Rows;

/// Everything that is known beside the feeds. Replaced as a whole when something of it changes.
#[derive(Debug, Default)]
pub struct Enrichment {
    /// The constituency.
    pub registry: Registry,
}

impl Enrichment {
    /// Adds to the row that has just been begun for a record.
    pub(crate) fn put(&self, record: &Record, dated: Dated, rows: &mut Rows) {
        let source = Side::of(record, End::Source);
        let destination = Side::of(record, End::Destination);
        if let Some(owned) = self.registry.owner_of(&source, &destination, dated.day()) {
            rows.put_text(Column::Organisation, &owned.owner.organisation);
            rows.put_text(Column::OrganisationBecause, owned.because);
            if let Some(others) = &owned.others {
                rows.put_text(Column::OrganisationOthers, others);
            }
            if let Some(district) = &owned.owner.district {
                rows.put_text(Column::District, district);
            }
            if let Some(sector) = &owned.owner.sector {
                rows.put_text(Column::Sector, sector);
            }
        }
    }
}

//! What the watch adds to a record: whose it is, where it is, and whether it is known to be good.
//!
//! What the source said itself about places and systems is never replaced.

use std::sync::Arc;

use fengsui_records::{Column, Record};

use crate::columns::Dated;
use crate::geo::Geo;
use crate::registry::{End, Registry, Side};
use crate::rows::Rows;
use crate::warning_lists::WarningLists;

/// Everything that is known beside the feeds. Replaced as a whole when something of it changes; what did not change
/// is shared with the one before.
#[derive(Clone, Debug, Default)]
pub struct Enrichment {
    /// The constituency.
    pub registry: Arc<Registry>,
    /// Places and autonomous systems.
    pub geo: Arc<Geo>,
    /// What is known as good.
    pub warning_lists: Arc<WarningLists>,
}

impl Enrichment {
    /// Adds to the row that has just been begun for a record.
    pub(crate) fn put(&self, record: &Record, dated: Dated, rows: &mut Rows) {
        let mut source = Side::of(record, End::Source);
        let mut destination = Side::of(record, End::Destination);
        self.geo.put(record, rows);
        self.put_system(&mut source, End::Source, rows);
        self.put_system(&mut destination, End::Destination, rows);
        if let Some(list) = self.warning_lists.known_good(record, &source) {
            rows.put_text(Column::KnownGood, list);
        }
        let Some(owned) = self.registry.owner_of(&source, &destination, dated.day()) else {
            return;
        };
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

    /// The autonomous system of a side that does not say it.
    fn put_system(&self, side: &mut Side<'_>, end: End, rows: &mut Rows) {
        if side.system.is_some() {
            return;
        }
        let Some(system) = side.ip.and_then(|address| self.geo.system_of(address)) else { return };
        side.system = Some(system.number);
        match end {
            End::Source => {
                rows.put_number(Column::SourceAsn, system.number.into());
                if let Some(name) = &system.name {
                    rows.put_text(Column::SourceAsName, name);
                }
            }
            End::Destination => rows.put_number(Column::DestinationAsn, system.number.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::columns::RowKind;
    use crate::rows::{Origin, Spot, text_of};

    #[test]
    fn a_poisoned_feed_cannot_accuse_a_public_resolver_without_the_mark() {
        let mut warning_lists = WarningLists::default();
        warning_lists.add("resolvers", b"8.8.8.8\n").expect("a list");
        let enrichment =
            Enrichment { warning_lists: warning_lists.finish().into(), ..Enrichment::default() };
        let mut rows = Rows::new();
        let origin = Origin {
            feed: "poisoned".into(),
            partition: "p".into(),
            parser: "blocklist/1",
            observation: 0,
        };
        let dated = Dated { micros: 0, suspect: None };
        for (column, text) in [
            (Column::SourceIp, "8.8.8.8"),
            (Column::SourceIp, "::ffff:8.8.8.8"),
            (Column::SourceNetwork, "8.8.0.0/16"),
            (Column::SourceUrl, "http://8.8.8.8/"),
            (Column::SourceUrl, "http://[::ffff:8.8.8.8]:80/"),
            (Column::SourceIp, "192.0.2.1"),
        ] {
            let mut record = Record::new();
            record.read(column, text);
            rows.begin(RowKind::Record, &origin, Spot { offset: 0, nth: 0 }, dated);
            rows.put_record(&record);
            enrichment.put(&record, dated, &mut rows);
        }
        let batch = rows.finish().expect("a batch");
        let marks: Vec<Option<&str>> =
            (0..batch.num_rows()).map(|row| text_of(&batch, "known_good", row)).collect();
        assert_eq!(marks[..5], [Some("resolvers"); 5]);
        assert_eq!(marks[5], None);
    }
}

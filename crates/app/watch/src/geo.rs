//! Where an address is and in whose autonomous system, from files in the `MaxMind` format.
//!
//! Files are read whole (they may be replaced on disk at any time) and trusted for nothing: a broken one is refused, a broken
//! entry is no answer. What a source says itself is not asked for here.

use std::collections::HashMap;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use fengsui_records::{Column, Record};
use maxminddb::{MaxMindDbError, Reader};
use serde::Deserialize;

use crate::rows::Rows;

/// Places and autonomous systems by address.
#[derive(Debug, Default)]
pub struct Geo {
    places: Option<Table<Place>>,
    systems: Option<Table<System>>,
}

/// Why a file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum GeoFault {
    /// It cannot be read.
    #[error("{} cannot be read; check the path and the permissions", path.display())]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// The cause.
        source: std::io::Error,
    },
    /// Larger than allowed.
    #[error("{} has more than {} bytes; use a smaller edition", path.display(), Geo::FILE_BYTES_MAX)]
    TooLarge {
        /// Which.
        path: PathBuf,
    },
    /// Not in the `MaxMind` format, or cut off.
    #[error("{} is not a MaxMind database, or not all of it; fetch it again", path.display())]
    Broken {
        /// Which.
        path: PathBuf,
        /// The cause.
        source: Box<MaxMindDbError>,
    },
}

/// One file, with the entries that were asked for lately.
#[derive(Debug)]
struct Table<T> {
    reader: Reader<Vec<u8>>,
    /// Entries by their place in the file: many addresses share one.
    entries: Mutex<HashMap<usize, Option<Arc<T>>>>,
}

/// Where an address is.
#[derive(Debug, Default, PartialEq, Eq)]
struct Place {
    country: Option<Box<str>>,
    region: Option<Box<str>>,
    city: Option<Box<str>>,
}

/// An autonomous system.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct System {
    pub(crate) number: u32,
    pub(crate) name: Option<Box<str>>,
}

/// An entry of a file of cities or of countries.
#[derive(Deserialize)]
struct PlaceEntry<'a> {
    #[serde(borrow, default)]
    country: Option<Country<'a>>,
    #[serde(borrow, default)]
    subdivisions: Vec<Named<'a>>,
    #[serde(borrow, default)]
    city: Option<Named<'a>>,
}

#[derive(Deserialize)]
struct Country<'a> {
    iso_code: Option<&'a str>,
}

#[derive(Deserialize)]
struct Named<'a> {
    #[serde(borrow, default)]
    names: Names<'a>,
}

#[derive(Default, Deserialize)]
struct Names<'a> {
    en: Option<&'a str>,
}

/// An entry of a file of autonomous systems.
#[derive(Deserialize)]
struct SystemEntry<'a> {
    autonomous_system_number: Option<u32>,
    autonomous_system_organization: Option<&'a str>,
}

impl Geo {
    /// Bytes of one file.
    pub const FILE_BYTES_MAX: u64 = 256 * 1024 * 1024;
    /// Entries that are kept decoded.
    const ENTRIES_MAX: usize = 64 * 1024;

    /// Opens the files that are given.
    pub fn open(places: Option<&Path>, systems: Option<&Path>) -> Result<Self, GeoFault> {
        Ok(Self {
            places: places.map(Table::open).transpose()?,
            systems: systems.map(Table::open).transpose()?,
        })
    }

    /// Adds where source and destination are, to the row that has just been begun for a record.
    pub(crate) fn put(&self, record: &Record, rows: &mut Rows) {
        let Some(places) = &self.places else { return };
        let says = |column| record.get(column).is_some();
        // A place is taken whole or not at all: no city of one country in another.
        if let Some(address) = record.ip(Column::SourceIp)
            && !says(Column::SourceCountry)
            && let Some(place) = places.find(address)
        {
            put_text(rows, Column::SourceCountry, place.country.as_deref());
            put_text(rows, Column::SourceRegion, place.region.as_deref());
            put_text(rows, Column::SourceCity, place.city.as_deref());
        }
        if let Some(address) = record.ip(Column::DestinationIp)
            && !says(Column::DestinationCountry)
            && let Some(place) = places.find(address)
        {
            put_text(rows, Column::DestinationCountry, place.country.as_deref());
        }
    }

    /// The autonomous system of an address.
    pub(crate) fn system_of(&self, address: IpAddr) -> Option<Arc<System>> {
        self.systems.as_ref()?.find(address)
    }
}

fn put_text(rows: &mut Rows, column: Column, text: Option<&str>) {
    if let Some(text) = text {
        rows.put_text(column, text);
    }
}

/// What is kept of an entry.
trait Entry: Sized {
    fn read(found: &maxminddb::LookupResult<'_, Vec<u8>>) -> Option<Self>;
}

impl Entry for Place {
    fn read(found: &maxminddb::LookupResult<'_, Vec<u8>>) -> Option<Self> {
        let entry: PlaceEntry<'_> = found.decode().ok()??;
        let name = |named: &Named<'_>| named.names.en.map(Into::into);
        Some(Self {
            country: entry.country.and_then(|country| country.iso_code).map(Into::into),
            region: entry.subdivisions.first().and_then(name),
            city: entry.city.as_ref().and_then(name),
        })
    }
}

impl Entry for System {
    fn read(found: &maxminddb::LookupResult<'_, Vec<u8>>) -> Option<Self> {
        let entry: SystemEntry<'_> = found.decode().ok()??;
        let name = entry.autonomous_system_organization.map(Into::into);
        Some(Self { number: entry.autonomous_system_number?, name })
    }
}

impl<T: Entry> Table<T> {
    fn open(path: &Path) -> Result<Self, GeoFault> {
        let unreadable = |source| GeoFault::Unreadable { path: path.to_owned(), source };
        let bytes = std::fs::metadata(path).map_err(unreadable)?.len();
        if bytes > Geo::FILE_BYTES_MAX {
            return Err(GeoFault::TooLarge { path: path.to_owned() });
        }
        let bytes = std::fs::read(path).map_err(unreadable)?;
        let reader = Reader::from_source(bytes).map_err(|source| GeoFault::Broken {
            path: path.to_owned(),
            source: Box::new(source),
        })?;
        Ok(Self { reader, entries: Mutex::default() })
    }

    fn find(&self, address: IpAddr) -> Option<Arc<T>> {
        let found = self.reader.lookup(address).ok()?;
        let offset = found.offset()?;
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        if entries.len() >= Geo::ENTRIES_MAX {
            entries.clear();
        }
        entries.entry(offset).or_insert_with(|| T::read(&found).map(Arc::new)).clone()
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;
    use std::net::Ipv4Addr;

    use super::*;
    use crate::columns::{Dated, RowKind};
    use crate::rows::{Origin, Spot, value_of};
    use crate::testing::mmdb;

    fn file(entries: &[(Ipv4Addr, u8, serde_json::Value)]) -> tempfile::NamedTempFile {
        let mut file = tempfile::NamedTempFile::new().expect("a file");
        file.write_all(&mmdb(entries)).expect("written");
        file
    }

    fn places() -> tempfile::NamedTempFile {
        file(&[
            (
                Ipv4Addr::new(203, 0, 113, 0),
                24,
                serde_json::json!({
                    "country": {"iso_code": "CN"},
                    "subdivisions": [{"names": {"en": "Shanghai"}}],
                    "city": {"names": {"en": "Pudong"}},
                }),
            ),
            (
                Ipv4Addr::new(198, 51, 100, 0),
                24,
                serde_json::json!({"country": {"iso_code": "SE"}}),
            ),
        ])
    }

    fn located(geo: &Geo, cells: &[(Column, &str)]) -> Vec<Option<String>> {
        let mut record = Record::new();
        for (column, text) in cells {
            record.read(*column, text);
        }
        let mut rows = Rows::new();
        let origin =
            Origin { feed: "f".into(), partition: "p".into(), parser: "toy/1", observation: 0 };
        let dated = Dated { micros: 0, suspect: None };
        rows.begin(RowKind::Record, &origin, Spot { offset: 0, nth: 0 }, dated);
        rows.put_record(&record);
        geo.put(&record, &mut rows);
        let batch = rows.finish().expect("a batch");
        [
            Column::SourceCountry,
            Column::SourceRegion,
            Column::SourceCity,
            Column::DestinationCountry,
        ]
        .iter()
        .map(|column| value_of(&batch, *column, 0).map(|value| value.shown().into_owned()))
        .collect()
    }

    #[test]
    fn an_address_gets_its_place_and_what_the_source_says_wins() {
        let file = places();
        let geo = Geo::open(Some(file.path()), None).expect("a table");
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(
            located(
                &geo,
                &[(Column::SourceIp, "203.0.113.7"), (Column::DestinationIp, "198.51.100.1")]
            ),
            [some("CN"), some("Shanghai"), some("Pudong"), some("SE")]
        );
        assert_eq!(
            located(&geo, &[(Column::SourceIp, "203.0.113.7"), (Column::SourceCountry, "JP")]),
            [some("JP"), None, None, None]
        );
        assert_eq!(located(&geo, &[(Column::SourceIp, "192.0.2.1")]), [None, None, None, None]);
        assert_eq!(located(&geo, &[(Column::SourceIp, "2001:db8::1")]), [None, None, None, None]);
    }

    #[test]
    fn an_address_gets_its_autonomous_system() {
        let file = file(&[(
            Ipv4Addr::new(203, 0, 113, 0),
            24,
            serde_json::json!({"autonomous_system_number": 64_500, "autonomous_system_organization": "Example"}),
        )]);
        let geo = Geo::open(None, Some(file.path())).expect("a table");
        let system = geo.system_of("203.0.113.9".parse().expect("an address")).expect("a system");
        assert_eq!((system.number, system.name.as_deref()), (64_500, Some("Example")));
        assert_eq!(geo.system_of("192.0.2.1".parse().expect("an address")), None);
    }

    #[test]
    fn a_missing_or_broken_file_is_said_clearly() {
        let missing = Geo::open(Some(Path::new("/nowhere/city.mmdb")), None).expect_err("a fault");
        assert!(missing.to_string().contains("/nowhere/city.mmdb cannot be read"));
        let whole = std::fs::read(places().path()).expect("bytes");
        for broken in [b"no database".as_slice(), &whole[..whole.len() - 40], b""] {
            let mut file = tempfile::NamedTempFile::new().expect("a file");
            file.write_all(broken).expect("written");
            let fault = Geo::open(Some(file.path()), None).expect_err("a fault");
            assert!(matches!(fault, GeoFault::Broken { .. }), "{fault}");
        }
    }
}

//! A report made out of records of the watch: what they say together, and the records themselves as evidence.
//!
//! Records are told apart by their places and read again when the report is taken in, within the sight of
//! whoever makes it. Nothing is judged here; what the records say is offered, and a person may change it.

use std::collections::{BTreeMap, BTreeSet};

use fengsui_records::{Classification, Column, Hit, Place, Top};
use fengsui_response::{Affected, Anchors, Capacity, IntakeChannel, ReportKind};
use fengsui_vocabulary::{
    CommandId, DistrictCode, FactRange, FactValue, Facts, Lang, Line, OrganisationId, Prose, Scalar,
};
use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::content::{ReportContent, Reporter};
use crate::{Arrival, ArrivedFile, Desk, DeskFault, Directory, NoAnswer, Receipt, Viewer};

/// Records of one report at most.
pub const RECORDS_MAX: usize = 1_000;

/// Affected organisations that a report names; the evidence has all of them.
const AFFECTED_MAX: usize = 50;

/// Bytes of the evidence; records that do not fit are there by their places only.
const EVIDENCE_BYTES_MAX: usize = 16 * 1024 * 1024;

/// The name of the evidence among the files of the report.
const EVIDENCE: &str = "records.ndjson";

/// Records, and what they say together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gathered {
    /// The records, each once.
    pub hits: Vec<Hit>,
    /// When the first of them happened.
    pub first: Option<Timestamp>,
    /// When the last of them happened.
    pub last: Option<Timestamp>,
    /// Registered organisations that they name, those with the most records first.
    pub struck: Vec<Struck>,
}

/// An organisation that records name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Struck {
    /// Which.
    pub organisation: OrganisationId,
    /// How many records name it.
    pub records: u64,
    /// When the first of them happened, if that is not in the future.
    pub first: Option<Timestamp>,
}

/// A report that somebody makes out of records.
#[derive(Clone, Debug)]
pub struct Detected {
    /// The records, by their places.
    pub places: Vec<Place>,
    /// What it is about.
    pub kind: ReportKind,
    /// In a line.
    pub title: Line,
    /// What happened.
    pub description: Prose,
    /// What is known.
    pub facts: Facts,
    /// The language of its texts.
    pub lang: Lang,
}

/// Why records did not become a report.
#[derive(Debug, thiserror::Error)]
pub enum NotGathered {
    /// No watch is set up here.
    #[error("no watch is set up here")]
    NoWatch,
    /// The watch did not answer.
    #[error(transparent)]
    NoAnswer(#[from] NoAnswer),
    /// Some records are not there, or not for this viewer.
    #[error("{missing} of these records are not there any more, or not for you; choose again")]
    Unseen {
        /// How many.
        missing: usize,
    },
    /// The desk says no, or could not do it.
    #[error(transparent)]
    Desk(#[from] DeskFault),
}

impl Gathered {
    /// What records say together, with the organisations that a registry knows.
    fn of(hits: Vec<Hit>, directory: &Directory, now: Timestamp) -> Self {
        let times = || hits.iter().filter_map(happened_at);
        let (first, last) = (times().min(), times().max());
        let mut struck: BTreeMap<OrganisationId, Struck> = BTreeMap::new();
        for hit in &hits {
            let named = hit.columns.get(Column::Organisation.as_str());
            let Some(id) = named.and_then(|id| id.parse::<OrganisationId>().ok()) else { continue };
            if directory.details(id).is_none() {
                continue;
            }
            let at = happened_at(hit).filter(|at| *at <= now);
            let one =
                struck.entry(id).or_insert(Struck { organisation: id, records: 0, first: at });
            one.records += 1;
            one.first = [one.first, at].into_iter().flatten().min();
        }
        let mut struck: Vec<Struck> = struck.into_values().collect();
        struck.sort_by_key(|one| (std::cmp::Reverse(one.records), one.organisation));
        Self { hits, first, last, struck }
    }

    /// The values of a column with the number of records, most frequent first.
    pub fn counts(&self, column: Column) -> Vec<Top> {
        counted(self.hits.iter().filter_map(|hit| hit.columns.get(column.as_str())))
    }

    /// The provinces of sources in China: the regions that geolocation names.
    pub fn provinces(&self) -> Vec<Top> {
        let at_home = |hit: &&Hit| {
            hit.columns.get(Column::SourceCountry.as_str()).is_none_or(|country| country == "CN")
        };
        let regions = self.hits.iter().filter(at_home);
        counted(regions.filter_map(|hit| hit.columns.get(Column::SourceRegion.as_str())))
    }

    /// The addresses that they name as source.
    pub fn addresses(&self) -> usize {
        self.counts(Column::SourceIp).len()
    }

    /// What the records say of the facts by which plans judge; what they cannot say stays unknown.
    ///
    /// Records show what was seen and never how much was not: the scope is a lower bound.
    pub fn facts(&self) -> Facts {
        let mut facts = Facts::new();
        let districts = self.counts(Column::District);
        if let [only] = districts.as_slice()
            && Ok(only.records) == u64::try_from(self.hits.len())
        {
            put(&mut facts, "place", &only.value, FactValue::Exact);
        }
        let is_malware = |hit: &Hit| {
            let kind = hit.columns.get(Column::Type.as_str());
            kind.and_then(|kind| Classification::from_name(kind))
                .is_some_and(|kind| kind.taxonomy() == "malicious-code")
        };
        if self.provinces().len() > 1 && self.hits.iter().all(is_malware) {
            let at_least = |least| FactValue::Range(FactRange { min: Some(least), max: None });
            put(&mut facts, "malware_outbreak_scope", "several_provinces", at_least);
        }
        facts
    }

    /// Whom it happened to: the organisations named, or one that nobody has identified yet.
    fn affected(&self, now: Timestamp) -> Vec<Affected> {
        let since = |first| Anchors { occurred_at: first, ..Anchors::default() };
        if self.struck.is_empty() {
            let first = self.hits.iter().filter_map(happened_at).filter(|at| *at <= now).min();
            let districts = self.counts(Column::District);
            let district = match districts.as_slice() {
                [only] => only.value.parse::<DistrictCode>().ok(),
                _ => None,
            };
            return vec![Affected { organisation: None, district, anchors: since(first) }];
        }
        let named = self.struck.iter().take(AFFECTED_MAX).map(|one| Affected {
            organisation: Some(one.organisation),
            district: None, // the registry knows
            anchors: since(one.first),
        });
        named.collect()
    }

    /// The records as lines of JSON, each with its place.
    fn evidence(&self) -> Vec<u8> {
        let mut lines = Vec::new();
        for hit in &self.hits {
            let line = evidence_line(hit, Fullness::Whole);
            let fits = lines.len() + line.len() < EVIDENCE_BYTES_MAX;
            lines.extend(if fits { line } else { evidence_line(hit, Fullness::Place) });
        }
        lines
    }
}

impl Desk {
    /// Reads records for a report, as far as somebody sees them; some that are not seen spoil the whole.
    pub async fn gather(&self, viewer: &Viewer, places: &[Place]) -> Result<Gathered, NotGathered> {
        let lookout = self.lookout().ok_or(NotGathered::NoWatch)?;
        let wanted: BTreeSet<&Place> = places.iter().take(RECORDS_MAX).collect();
        let places: Vec<Place> = wanted.into_iter().cloned().collect();
        let mut hits = lookout.records(&viewer.sight_of_records(), &places).await?;
        hits.sort_by(|one, other| one.place.cmp(&other.place));
        hits.dedup_by(|one, other| one.place == other.place);
        match places.len().saturating_sub(hits.len()) {
            0 if !hits.is_empty() => Ok(Gathered::of(hits, &self.directory(), self.now())),
            missing => Err(NotGathered::Unseen { missing }),
        }
    }

    /// Takes in a report made out of records, with the records as a file beside it. A repeat of the same
    /// command gives the same receipt.
    pub async fn take_in_detected(
        &self,
        viewer: &Viewer,
        command_id: CommandId,
        detected: Detected,
    ) -> Result<Receipt, NotGathered> {
        if !viewer.is(Capacity::Officer) {
            return Err(DeskFault::NotYours.into());
        }
        let gathered = self.gather(viewer, &detected.places).await?;
        let name = || viewer.name.parse().ok();
        let arrival = Arrival {
            kind: detected.kind,
            channel: IntakeChannel::Detection,
            taken_in_by: None,
            follows: None,
            affected: gathered.affected(self.now()),
            facts: detected.facts,
            content: ReportContent {
                title: detected.title,
                description: detected.description,
                reporter: Reporter { name: name(), telephone: None, mail: None },
                file_names: vec![line(EVIDENCE)?],
                organisation: None,
                lang: detected.lang,
            },
            files: vec![ArrivedFile {
                media_type: line("application/x-ndjson")?,
                bytes: gathered.evidence(),
            }],
            call: None,
            sealed_because: None,
        };
        Ok(self.take_in(&viewer.actor, command_id, arrival, None).await?)
    }
}

/// How much of a record is put into the evidence.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fullness {
    Whole,
    Place,
}

fn evidence_line(hit: &Hit, fullness: Fullness) -> Vec<u8> {
    let mut line = Map::new();
    line.insert("place".to_owned(), Value::String(hit.place.to_string()));
    if fullness == Fullness::Whole {
        let columns = hit.columns.iter();
        line.extend(columns.map(|(name, value)| (name.clone(), Value::String(value.clone()))));
        line.extend(hit.raw.iter().map(|raw| ("raw".to_owned(), Value::String(raw.clone()))));
    }
    let mut text = Value::Object(line).to_string();
    text.push('\n');
    text.into_bytes()
}

/// When it happened, as the source says; else when it was taken in.
fn happened_at(hit: &Hit) -> Option<Timestamp> {
    let time = |column: Column| hit.columns.get(column.as_str())?.parse().ok();
    time(Column::TimeSource).or_else(|| time(Column::TimeObservation))
}

fn counted<'v>(values: impl Iterator<Item = &'v String>) -> Vec<Top> {
    let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
    for value in values {
        *counts.entry(value).or_default() += 1;
    }
    let top = |(value, records): (&str, u64)| Top { value: value.to_owned(), records };
    let mut tops: Vec<Top> = counts.into_iter().map(top).collect();
    tops.sort_by(|one, other| {
        other.records.cmp(&one.records).then_with(|| one.value.cmp(&other.value))
    });
    tops
}

fn put(facts: &mut Facts, fact: &str, word: &str, value: impl Fn(Scalar) -> FactValue) {
    if let (Ok(fact), Ok(word)) = (fact.parse(), word.parse()) {
        facts.insert(fact, value(Scalar::Word(word)));
    }
}

fn line(text: &str) -> Result<Line, DeskFault> {
    text.parse().map_err(|fault| DeskFault::Unreadable(format!("{fault}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hit(offset: i64, columns: &[(Column, &str)]) -> Hit {
        let columns =
            columns.iter().map(|(column, value)| (column.as_str().to_owned(), (*value).to_owned()));
        Hit {
            place: Place {
                feed: "suricata-north".parse().unwrap(),
                partition: "spool".to_owned(),
                offset,
                nth: 0,
            },
            columns: columns.collect(),
            raw: Some("{\"a\":\n1}".to_owned()),
        }
    }

    fn gathered(hits: Vec<Hit>) -> Gathered {
        Gathered::of(hits, &Directory::default(), "2026-03-14T12:00:00Z".parse().unwrap())
    }

    #[test]
    fn records_say_where_and_how_far_only_if_all_of_them_agree() {
        let one = [
            (Column::District, "310115"),
            (Column::Type, "infected-system"),
            (Column::SourceRegion, "上海"),
        ];
        let mut other = one;
        other[2].1 = "江苏";
        let said = gathered(vec![hit(1, &one), hit(2, &other)]).facts();
        let said: Vec<String> =
            said.iter().map(|(fact, value)| format!("{fact} {value}")).collect();
        assert_eq!(said, ["malware_outbreak_scope several_provinces…", "place 310115"]);

        let scan = [(Column::Type, "scanner"), (Column::SourceRegion, "浙江")];
        assert_eq!(
            gathered(vec![hit(1, &one), hit(2, &other), hit(3, &scan)]).facts(),
            Facts::new()
        );
    }

    #[test]
    fn the_regions_of_other_countries_are_no_provinces() {
        let abroad = [(Column::SourceCountry, "DE"), (Column::SourceRegion, "Hessen")];
        let home = [(Column::SourceCountry, "CN"), (Column::SourceRegion, "江苏")];
        let provinces = gathered(vec![hit(1, &abroad), hit(2, &home)]).provinces();
        assert_eq!(provinces, [Top { value: "江苏".to_owned(), records: 1 }]);
    }

    #[test]
    fn evidence_is_a_line_of_json_for_each_record_with_its_place() {
        let gathered = gathered(vec![hit(1, &[(Column::SourceIp, "203.0.113.7")]), hit(2, &[])]);
        let text = String::from_utf8(gathered.evidence()).unwrap();
        let lines: Vec<Value> =
            text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(lines.len(), 2);
        assert_eq!(lines[0]["place"], "suricata-north/spool/1/0");
        assert_eq!(lines[0]["source.ip"], "203.0.113.7");
        assert_eq!(lines[0]["raw"], "{\"a\":\n1}");
    }

    #[test]
    fn a_record_of_the_future_dates_nothing() {
        let now: Timestamp = "2026-03-14T12:00:00Z".parse().unwrap();
        let late = hit(1, &[(Column::TimeSource, "2036-01-01T00:00:00Z")]);
        let affected = gathered(vec![late]).affected(now);
        assert_eq!(affected.len(), 1);
        assert_eq!(affected[0].anchors.occurred_at, None);
    }
}

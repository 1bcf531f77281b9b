//! The records of the stories: what four feeds said about the units in thirty days. All invented.

use std::collections::BTreeMap;
use std::sync::Mutex;

use fengsui_desk::Desk;
use fengsui_records::{Classification, Column, Feed, FeedName, Hit, Intake, Place, Unread};
use jiff::Timestamp;

use super::{Seen, StoryLookout, before};
use crate::{StoryFault, said};

/// Records of the thirty days.
const RECORDS: i64 = 900;

/// The place of a kind of record in [`KINDS`] and how the words of it go.
struct Kind {
    feed: &'static str,
    classification: Classification,
    signature: &'static str,
    malware: &'static str,
    port: &'static str,
}

const KINDS: &[Kind] = &[
    kind(
        "suricata-north",
        Classification::IdsAlert,
        "ET EXPLOIT Apache Log4j RCE Attempt",
        "",
        "8080",
    ),
    kind(
        "suricata-north",
        Classification::Scanner,
        "ET SCAN Suspicious inbound to MSSQL",
        "",
        "1433",
    ),
    kind("suricata-north", Classification::BruteForce, "ET SCAN SSH Brute Force", "", "22"),
    kind("shadowserver", Classification::InfectedSystem, "", "andromeda", "80"),
    kind("shadowserver", Classification::DdosAmplifier, "", "", "123"),
    kind(
        "suricata-north",
        Classification::C2Server,
        "ET MALWARE Cobalt Strike Beacon",
        "cobalt strike",
        "443",
    ),
    kind("honeypot", Classification::Exploit, "GPL WEB_SERVER ../../ traversal <script>", "", "80"),
    kind("zeek-east", Classification::WeakCrypto, "", "", "443"),
];

const fn kind(
    feed: &'static str,
    classification: Classification,
    signature: &'static str,
    malware: &'static str,
    port: &'static str,
) -> Kind {
    Kind { feed, classification, signature, malware, port }
}

/// Where sources are: country, region.
const REGIONS: &[(&str, &str)] =
    &[("CN", "上海"), ("CN", "江苏"), ("US", "Virginia"), ("CN", "浙江"), ("DE", "Hessen")];

/// Whose records are: id and district.
type Unit = (String, Option<String>);

pub(super) fn lookout(desk: &Desk, now: Timestamp) -> Result<StoryLookout, StoryFault> {
    let directory = desk.directory();
    let units: Vec<Unit> = directory
        .organisations()
        .filter(|(_, details)| details.sector.is_some())
        .map(|(id, details)| (id.to_string(), details.district.as_ref().map(ToString::to_string)))
        .collect();
    let mut records = Vec::new();
    for number in 0..RECORDS {
        if let Some(seen) = record(number, &units, now)? {
            records.push(seen);
        }
    }
    records.sort_by_key(|seen| std::cmp::Reverse(seen.at));
    let (feeds, unread) = (feeds(now)?, Mutex::new(unread(now)?));
    Ok(StoryLookout { records, feeds, unread, pushed: Mutex::default() })
}

/// One of the records; those with the low numbers happened last, and more of them by day than by night.
fn record(number: i64, units: &[Unit], now: Timestamp) -> Result<Option<Seen>, StoryFault> {
    let drawn = scattered(number);
    let seconds = if number < 240 { number * 340 + 45 } else { (number - 240) * 3_800 + 86_400 };
    let at = before(now, seconds);
    let (Some(kind), Some((country, region)), Some(unit)) =
        (of(KINDS, drawn), of(REGIONS, drawn / 7), of(units, drawn / 13))
    else {
        return Ok(None);
    };
    let is_silent = kind.feed == "zeek-east" && seconds < 8 * 3_600;
    if is_silent {
        return Ok(None);
    }
    let place = Place {
        feed: said::<FeedName>(kind.feed)?,
        partition: if kind.feed == "shadowserver" { "file:9f2c" } else { "spool" }.to_owned(),
        offset: (RECORDS - number) * 100,
        nth: 0,
    };
    let columns = columns(kind, (country, region), unit, (drawn, at));
    let raw = format!("{{\"event_type\":\"alert\",\"number\":{number},\"payload\":\"<b>&\"}}");
    Ok(Some(Seen { at, hit: Hit { place, columns, raw: Some(raw) } }))
}

fn columns(
    kind: &Kind,
    (country, region): (&str, &str),
    (organisation, district): &Unit,
    (drawn, at): (i64, Timestamp),
) -> BTreeMap<String, String> {
    let is_six = drawn % 11 == 0;
    let source = if is_six {
        format!("2001:db8::{:x}", drawn % 9)
    } else {
        format!("203.0.113.{}", drawn % 23)
    };
    let taken_in = at.to_string();
    let (source_port, destination) =
        ((1_024 + drawn % 60_000).to_string(), format!("198.51.100.{}", drawn % 40));
    let extra = format!(
        "{{\"flow_id\":{drawn},\"http\":{{\"hostname\":\"示例.example\",\"status\":200}}}}"
    );
    let mut columns = BTreeMap::new();
    let mut set = |column: Column, value: &str| {
        if !value.is_empty() {
            columns.insert(column.as_str().to_owned(), value.to_owned());
        }
    };
    set(Column::TimeSource, &taken_in);
    set(Column::TimeObservation, &taken_in);
    set(Column::Taxonomy, kind.classification.taxonomy());
    set(Column::Type, kind.classification.as_str());
    set(Column::SourceIp, &source);
    set(Column::SourcePort, &source_port);
    set(Column::SourceCountry, country);
    set(Column::SourceRegion, region);
    set(Column::DestinationIp, &destination);
    set(Column::DestinationPort, kind.port);
    set(Column::Transport, "tcp");
    set(Column::SignatureName, kind.signature);
    set(Column::MalwareName, kind.malware);
    if kind.signature.is_empty() && kind.malware.is_empty() {
        set(Column::Identifier, "open-service");
    }
    set(Column::Organisation, organisation);
    set(Column::OrganisationBecause, "prefix 198.51.100.0/24");
    set(Column::District, district.as_deref().unwrap_or_default());
    set(Column::Extra, &extra);
    columns
}

fn feeds(now: Timestamp) -> Result<Vec<Feed>, StoryFault> {
    let feed = |name: &str, last: i64, hour: u64, usual: Option<i64>| -> Result<Feed, StoryFault> {
        Ok(Feed {
            name: said(name)?,
            last_hour: hour,
            last_day: hour * 21,
            last_seen: Some(before(now, last)),
            lag_seconds: Some(4),
            suppressed: hour * 3,
            sampled: 0,
            quarantined: 0,
            dropped: 0,
            usual_gap_seconds: usual,
            intake: None,
        })
    };
    let spooled = Intake { at: now, spool_bytes_max: 4 << 30, ..Intake::default() };
    let suricata = feed("suricata-north", 12, 734_112, Some(90))?;
    let zeek = feed("zeek-east", 8 * 3_600, 0, Some(1_200))?;
    let shadowserver = feed("shadowserver", 5 * 3_600, 0, Some(25 * 3_600))?;
    let pushed = feed(StoryLookout::PUSHED, 0, 0, None)?;
    Ok(vec![
        Feed {
            lag_seconds: None,
            last_day: 1_204,
            intake: Some(Intake { lost: 37, spool_bytes: 9 << 20, ..spooled.clone() }),
            ..feed("honeypot", 340, 9, Some(7_200))?
        },
        Feed {
            last_seen: None,
            lag_seconds: None,
            intake: Some(Intake { waiting: 12_480, spool_bytes: 3 << 30, refused: 6, ..spooled }),
            ..pushed
        },
        Feed { lag_seconds: Some(43_200), last_day: 8_411, quarantined: 3, ..shadowserver },
        Feed { quarantined: 41, dropped: 1_982, sampled: 9_000, ..suricata },
        Feed { lag_seconds: None, last_day: 51_022, ..zeek },
    ])
}

fn unread(now: Timestamp) -> Result<Vec<Unread>, StoryFault> {
    let pieces = [
        ("suricata-north", 300, "not_json", "{\"timestamp\":\"2026-03-14T09"),
        ("suricata-north", 900, "not_json", "{\"event_type\":\"al"),
        ("shadowserver", 20_000, "no_schema", "\"timestamp\",\"ip\",\"新列\""),
        ("suricata-north", 30_000, "too_long", "{\"payload\":\"<script>AAAAAAAAAAAA"),
    ];
    let piece = |(number, (feed, ago, reason, beginning)): (i64, (&str, i64, &str, &str))| {
        Ok(Unread {
            place: Place {
                feed: said(feed)?,
                partition: "spool".to_owned(),
                offset: number,
                nth: 0,
            },
            at: before(now, ago),
            reason: reason.to_owned(),
            beginning: beginning.to_owned(),
            bytes: u64::try_from(beginning.len()).unwrap_or_default() * 40,
        })
    };
    (0..).zip(pieces).map(piece).collect()
}

/// One of a list, by a number.
fn of<T>(list: &[T], number: i64) -> Option<&T> {
    let count = i64::try_from(list.len()).ok().filter(|count| *count > 0)?;
    list.get(usize::try_from(number.rem_euclid(count)).ok()?)
}

/// Numbers in a row, scattered: the same for ever.
fn scattered(number: i64) -> i64 {
    let mixed =
        (number + 1).wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888);
    (mixed >> 33).rem_euclid(1 << 30)
}

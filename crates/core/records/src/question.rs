//! What people ask of the records, and what they are answered.
//!
//! The words only: the desk offers them to the screens through a port, the lake answers with SQL.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use fengsui_vocabulary::{DistrictCode, OrganisationId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::classification::Classification;
use crate::feed::FeedName;

/// Which records somebody may see. Part of every question, so that no answer goes beyond it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sight {
    /// All of them: the centre's own people.
    Everything,
    /// Those of these organisations.
    Organisations(BTreeSet<OrganisationId>),
    /// Those of these districts.
    Districts(BTreeSet<DistrictCode>),
}

/// Which records are asked for. Everything that is given must hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Search {
    /// Which the asker may see.
    pub sight: Sight,
    /// From this instant on.
    pub from: Timestamp,
    /// Before this one.
    pub until: Timestamp,
    /// An address or a prefix, on either side: `203.0.113.7`, `2001:db8::/32`.
    pub network: Option<String>,
    /// Whose it is.
    pub organisation: Option<OrganisationId>,
    /// Where that is.
    pub district: Option<DistrictCode>,
    /// Which feed said it.
    pub feed: Option<FeedName>,
    /// Of which type.
    pub classification: Option<Classification>,
    /// Letters that occur in the signature, the identifier, the malware's name or the description.
    pub words: Option<String>,
    /// Exactly this name of a rule.
    pub signature: Option<String>,
    /// Of which country the source is, two capital letters.
    pub country: Option<String>,
    /// To which port.
    pub port: Option<u16>,
}

/// One row of an answer: where the record is, and its columns as they are shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// Where it is: with this it is found again.
    pub place: Place,
    /// Columns by name, those that have a value.
    pub columns: std::collections::BTreeMap<String, String>,
    /// The piece of input it was read from, as far as it can be shown.
    pub raw: Option<String>,
}

/// Records that were found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// At most as many as were asked for, newest first.
    pub hits: Vec<Hit>,
    /// Whether there are more.
    pub more: bool,
}

/// Where a record is: the same for ever, whatever is compacted around it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The feed.
    pub feed: FeedName,
    /// The partition of its source.
    pub partition: String,
    /// Where in it the piece of input ends that the record was read from.
    pub offset: i64,
    /// Which record of that piece, from 0.
    pub nth: i32,
}

/// Why a text names no place.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this names no record; it is written feed/partition/offset/number")]
pub struct PlaceMalformed;

/// How finely a trend is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Bucket {
    /// By minute.
    Minute,
    /// By hour.
    Hour,
    /// By day.
    Day,
}

/// How many records there were, over time; buckets without any are not listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trend {
    /// How finely it is counted.
    pub bucket: Bucket,
    /// Beginning of a bucket and records in it, oldest first.
    pub slices: Vec<Slice>,
}

/// One bucket of a trend.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slice {
    /// Where it begins.
    pub from: Timestamp,
    /// Records in it.
    pub records: u64,
}

/// By what a top list is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TopOf {
    /// By the rule that found it.
    Signature,
    /// By RSIT type.
    Type,
    /// By organisation.
    Organisation,
    /// By district.
    District,
    /// By feed.
    Feed,
    /// By source address.
    Address,
    /// By country of the source.
    Country,
    /// By port of the destination.
    Port,
}

/// One row of a top list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Top {
    /// What it is: the value of the column.
    pub value: String,
    /// Records that bear it.
    pub records: u64,
}

/// How one feed does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Feed {
    /// Its name.
    pub name: FeedName,
    /// Records of the last hour.
    pub last_hour: u64,
    /// Records of the last day.
    pub last_day: u64,
    /// When a record was last taken in; `None` where never.
    pub last_seen: Option<Timestamp>,
    /// Seconds between happening and being taken in, in the middle of the last hour's records.
    pub lag_seconds: Option<i64>,
    /// Repeats that were counted and not kept, of the last day.
    pub suppressed: u64,
    /// Records that a sampling rule left out, of the last day.
    pub sampled: u64,
    /// Pieces that could not be read, of the last day.
    pub quarantined: u64,
    /// Records the sensor itself says it lost, of the last day.
    pub dropped: u64,
    /// The longest time without a record in the last fourteen days before the present silence, in seconds;
    /// `None` where that is not known.
    pub usual_gap_seconds: Option<i64>,
    /// How what comes in of it stands; `None` where no collector has said it.
    pub intake: Option<Intake>,
}

/// How what comes in of one feed stands before it is in the lake, as its collector said it last.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Intake {
    /// When it said so.
    pub at: Timestamp,
    /// Pieces that are on disk and wait for the lake.
    pub waiting: u64,
    /// Bytes of the spool they wait in.
    pub spool_bytes: u64,
    /// Bytes that spool may have; 0 where the feed has none, since its source can be asked again.
    pub spool_bytes_max: u64,
    /// What found no room and is lost, of the last day: datagrams, mostly.
    pub lost: u64,
    /// How often senders were made to wait or turned away, of the last day.
    pub refused: u64,
    /// How often something damaged was put aside, of the last day.
    pub damaged: u64,
    /// Why and since when the source gives nothing although it should.
    pub trouble: Option<Trouble>,
}

/// A source that gives nothing although it should.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trouble {
    /// Since when.
    pub since: Timestamp,
    /// What it says, for whoever mends it.
    pub what: String,
}

/// Whether a feed says something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Nothing was ever heard of it.
    Never,
    /// It is heard as often as usual.
    Heard,
    /// It has been silent for longer than usual, for so many seconds.
    Silent(i64),
}

/// Which pieces that could not be read are asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuarantineSearch {
    /// What the asker may see. Such a piece belongs to nobody yet: whoever does not see everything sees none.
    pub sight: Sight,
    /// Of which feed.
    pub feed: Option<FeedName>,
    /// The code of why it could not be read.
    pub reason: Option<String>,
    /// Taken in at this instant or later.
    pub since: Timestamp,
}

/// Pieces of input that could not be read, and have not been read since.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quarantine {
    /// How many of which feed for which reason, the most frequent first.
    pub counts: Vec<UnreadCount>,
    /// At most as many as were asked for, the newest first.
    pub pieces: Vec<Unread>,
    /// Whether there are more.
    pub more: bool,
}

/// How many pieces of a feed could not be read for one reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnreadCount {
    /// The feed.
    pub feed: FeedName,
    /// The code of why they could not be read.
    pub reason: String,
    /// How many.
    pub pieces: u64,
}

/// What came of reading quarantined pieces again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reread {
    /// Pieces that were looked at.
    pub pieces: u64,
    /// Those of them that are resolved: they could be read, or cannot be read for another reason now.
    pub resolved: u64,
    /// Records that came of them.
    pub records: u64,
    /// Repeats that came of them, and were counted.
    pub suppressed: u64,
    /// Rows that went back into quarantine.
    pub quarantined: u64,
    /// Whether there are more pieces than are read again at once.
    pub more: bool,
}

/// One piece of input that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unread {
    /// Where it is.
    pub place: Place,
    /// When it was taken in.
    pub at: Timestamp,
    /// Why it could not be read.
    pub reason: String,
    /// How it begins, as far as it can be shown.
    pub beginning: String,
    /// How long it is, in bytes.
    pub bytes: u64,
}

impl Search {
    /// Everything that somebody may see of a time.
    pub const fn within(sight: Sight, from: Timestamp, until: Timestamp) -> Self {
        Self {
            sight,
            from,
            until,
            network: None,
            organisation: None,
            district: None,
            feed: None,
            classification: None,
            words: None,
            signature: None,
            country: None,
            port: None,
        }
    }
}

impl Feed {
    /// Whether it says something, or has been silent for longer than usual.
    ///
    /// Where its habit is not known, ten times the mean distance of the last day's records is usual.
    pub fn standing(&self, now: Timestamp) -> Standing {
        let Some(seen) = self.last_seen else { return Standing::Never };
        let silent = now.duration_since(seen).as_secs();
        let usual = self.usual_gap_seconds.unwrap_or_else(|| {
            let records = i64::try_from(self.last_day).unwrap_or(i64::MAX).max(10);
            DAY_SECONDS.saturating_mul(10) / records
        });
        if silent > usual.max(SILENCE_SECONDS_MIN) {
            Standing::Silent(silent)
        } else {
            Standing::Heard
        }
    }
}

impl Intake {
    /// Whether the collector that should say it has said nothing for so long that it cannot be running.
    pub fn is_stale(&self, now: Timestamp) -> bool {
        now.duration_since(self.at).as_secs() > STALE_SECONDS
    }

    /// How full the spool is, in per cent, where something waits in it.
    pub fn filled(&self) -> Option<u64> {
        if self.waiting == 0 {
            return None;
        }
        self.spool_bytes.saturating_mul(100).checked_div(self.spool_bytes_max)
    }
}

const DAY_SECONDS: i64 = 86_400;

/// A collector speaks every few seconds.
const STALE_SECONDS: i64 = 60;

/// A shorter silence is none, however busy the feed is: a collector commits in batches.
const SILENCE_SECONDS_MIN: i64 = 300;

impl TopOf {
    /// All of them, in the order they are offered.
    pub const ALL: &[Self] = &[
        Self::Signature,
        Self::Type,
        Self::Organisation,
        Self::District,
        Self::Feed,
        Self::Address,
        Self::Country,
        Self::Port,
    ];
}

impl fmt::Display for Place {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}/{}/{}/{}", self.feed, self.partition, self.offset, self.nth)
    }
}

impl FromStr for Place {
    type Err = PlaceMalformed;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (feed, rest) = text.split_once('/').ok_or(PlaceMalformed)?;
        let (rest, nth) = rest.rsplit_once('/').ok_or(PlaceMalformed)?;
        let (partition, offset) = rest.rsplit_once('/').ok_or(PlaceMalformed)?;
        Ok(Self {
            feed: feed.parse().map_err(|_malformed| PlaceMalformed)?,
            partition: partition.to_owned(),
            offset: offset.parse().map_err(|_malformed| PlaceMalformed)?,
            nth: nth.parse().map_err(|_malformed| PlaceMalformed)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn feed(last_seen: Option<&str>, last_day: u64, usual: Option<i64>) -> Feed {
        Feed {
            name: "suricata-north".parse().unwrap(),
            last_hour: 0,
            last_day,
            last_seen: last_seen.map(|at| at.parse().unwrap()),
            lag_seconds: None,
            suppressed: 0,
            sampled: 0,
            quarantined: 0,
            dropped: 0,
            usual_gap_seconds: usual,
            intake: None,
        }
    }

    #[test]
    fn a_spool_is_filled_by_what_waits_and_a_collector_that_is_silent_for_a_minute_has_stopped() {
        let at: Timestamp = "2026-03-14T11:00:00Z".parse().unwrap();
        let idle = Intake { at, spool_bytes: 60, spool_bytes_max: 200, ..Intake::default() };
        assert_eq!(idle.filled(), None);
        let busy = Intake { waiting: 1, ..idle.clone() };
        assert_eq!(busy.filled(), Some(30));
        assert_eq!(Intake { spool_bytes_max: 0, ..busy }.filled(), None);
        assert!(!idle.is_stale("2026-03-14T11:01:00Z".parse().unwrap()));
        assert!(idle.is_stale("2026-03-14T11:01:01Z".parse().unwrap()));
    }

    fn standing(feed: &Feed) -> Standing {
        feed.standing("2026-03-14T12:00:00Z".parse().unwrap())
    }

    #[test]
    fn a_feed_is_silent_when_it_has_said_nothing_for_longer_than_usual() {
        let an_hour_ago = Some("2026-03-14T11:00:00Z");
        assert_eq!(standing(&feed(None, 0, Some(60))), Standing::Never);
        assert_eq!(standing(&feed(an_hour_ago, 9, Some(3_599))), Standing::Silent(3_600));
        assert_eq!(standing(&feed(an_hour_ago, 9, Some(3_600))), Standing::Heard);
        assert_eq!(standing(&feed(Some("2026-03-14T11:56:00Z"), 9, Some(1))), Standing::Heard);
    }

    #[test]
    fn a_feed_without_a_known_habit_is_judged_by_its_last_day() {
        let an_hour_ago = Some("2026-03-14T11:00:00Z");
        assert_eq!(standing(&feed(an_hour_ago, 86_400, None)), Standing::Silent(3_600));
        assert_eq!(standing(&feed(an_hour_ago, 24, None)), Standing::Heard);
        assert_eq!(
            standing(&feed(Some("2026-03-01T00:00:00Z"), 0, None)),
            Standing::Silent(1_166_400)
        );
    }

    #[test]
    fn a_place_is_found_again_by_its_text() {
        for text in ["suricata-north/file:ab/12/0", "zeek/stream:a/b/-1/3"] {
            let place: Place = text.parse().unwrap();
            assert_eq!(place.to_string(), text);
        }
        for bad in ["", "a/b/c", "A/b/1/1", "a/b/1/x"] {
            assert_eq!(bad.parse::<Place>(), Err(PlaceMalformed), "{bad}");
        }
    }
}

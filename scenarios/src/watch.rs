//! A watch for stories and tests: the port's answers out of invented records, held in memory.
//!
//! The same desk and the same time give the same records. There is no lake behind it, and nothing that is
//! pushed becomes a record: it is only counted.

mod invented;

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use fengsui_desk::{Desk, Lookout, NoAnswer, NotReread, PushRefused, Pushed};
use fengsui_records::{
    Bucket, Column, Feed, FeedName, Found, Hit, Place, Quarantine, QuarantineSearch, Reread,
    Search, Sight, Slice, Top, TopOf, Trend, Unread, UnreadCount,
};
use fengsui_vocabulary::{DistrictCode, OrganisationId};
use jiff::{SignedDuration, Timestamp};

use crate::StoryFault;

/// Pushes that its spool holds.
const SPOOL_MAX: usize = 3;

/// Bytes of one push.
const PUSH_BYTES_MAX: usize = 1024 * 1024;

/// Records of one question about places.
const PLACES_MAX: usize = 1_000;

/// The watch of every story.
#[derive(Debug)]
pub struct StoryLookout {
    /// Newest first.
    records: Vec<Seen>,
    feeds: Vec<Feed>,
    unread: Mutex<Vec<Unread>>,
    pushed: Mutex<Vec<Vec<u8>>>,
}

/// A record, and what questions compare.
#[derive(Clone, Debug)]
struct Seen {
    at: Timestamp,
    hit: Hit,
}

impl StoryLookout {
    /// The feed that takes pushes.
    pub const PUSHED: &str = "sensor-push";

    /// Records about the organisations of this desk in the thirty days before a time.
    pub fn of(desk: &Desk, now: Timestamp) -> Result<Self, StoryFault> {
        invented::lookout(desk, now)
    }

    /// The place of some record about an organisation.
    pub fn place_of(&self, organisation: OrganisationId) -> Option<Place> {
        let sight = Sight::Organisations([organisation].into());
        self.records.iter().find(|seen| is_seen(&sight, seen)).map(|seen| seen.hit.place.clone())
    }

    fn found<'a>(&'a self, search: &'a Search) -> impl Iterator<Item = &'a Seen> {
        self.records.iter().filter(move |seen| is_seen(&search.sight, seen) && fits(search, seen))
    }
}

impl Seen {
    fn text(&self, column: Column) -> Option<&str> {
        self.hit.columns.get(column.as_str()).map(String::as_str)
    }

    fn has(&self, column: Column, value: &str) -> bool {
        self.text(column) == Some(value)
    }
}

#[async_trait]
impl Lookout for StoryLookout {
    async fn find(&self, search: &Search, skip: usize, most: usize) -> Result<Found, NoAnswer> {
        let mut hits: Vec<Hit> =
            self.found(search).skip(skip).take(most + 1).map(|seen| seen.hit.clone()).collect();
        let more = hits.len() > most;
        hits.truncate(most);
        Ok(Found { hits, more })
    }

    async fn trend(&self, search: &Search, bucket: Bucket) -> Result<Trend, NoAnswer> {
        let seconds = match bucket {
            Bucket::Minute => 60,
            Bucket::Hour => 3_600,
            Bucket::Day => 86_400,
        };
        let mut slices: BTreeMap<i64, u64> = BTreeMap::new();
        for seen in self.found(search) {
            *slices.entry(seen.at.as_second().div_euclid(seconds)).or_default() += 1;
        }
        let slice = |(number, records): (i64, u64)| {
            let from = Timestamp::from_second(number.saturating_mul(seconds)).unwrap_or_default();
            Slice { from, records }
        };
        Ok(Trend { bucket, slices: slices.into_iter().map(slice).collect() })
    }

    async fn top(&self, search: &Search, of: TopOf, most: usize) -> Result<Vec<Top>, NoAnswer> {
        let mut counts: BTreeMap<String, u64> = BTreeMap::new();
        for seen in self.found(search) {
            if let Some(value) = value_of(seen, of) {
                *counts.entry(value).or_default() += 1;
            }
        }
        let mut tops: Vec<Top> =
            counts.into_iter().map(|(value, records)| Top { value, records }).collect();
        tops.sort_by_key(|top| std::cmp::Reverse(top.records));
        tops.truncate(most);
        Ok(tops)
    }

    /// Their collectors are always there, whatever the time of the story.
    async fn feeds(&self, now: Timestamp) -> Result<Vec<Feed>, NoAnswer> {
        let mut feeds = self.feeds.clone();
        for intake in feeds.iter_mut().filter_map(|feed| feed.intake.as_mut()) {
            intake.at = now;
        }
        Ok(feeds)
    }

    async fn records(&self, sight: &Sight, places: &[Place]) -> Result<Vec<Hit>, NoAnswer> {
        if places.len() > PLACES_MAX {
            return Err(NoAnswer::TooMuch);
        }
        let wanted = |seen: &&Seen| is_seen(sight, seen) && places.contains(&seen.hit.place);
        Ok(self.records.iter().filter(wanted).map(|seen| seen.hit.clone()).collect())
    }

    async fn quarantine(
        &self,
        asked: &QuarantineSearch,
        most: usize,
    ) -> Result<Quarantine, NoAnswer> {
        let is_asked = |piece: &&Unread| {
            asked.sight == Sight::Everything
                && asked.feed.as_ref().is_none_or(|feed| piece.place.feed == *feed)
                && asked.reason.as_ref().is_none_or(|reason| piece.reason == *reason)
                && piece.at >= asked.since
        };
        let unread = self.unread.lock().unwrap_or_else(PoisonError::into_inner);
        let mut pieces: Vec<Unread> = unread.iter().filter(is_asked).cloned().collect();
        let mut counts: BTreeMap<(&FeedName, &str), u64> = BTreeMap::new();
        for piece in &pieces {
            *counts.entry((&piece.place.feed, &piece.reason)).or_default() += 1;
        }
        let count = |((feed, reason), pieces): ((&FeedName, &str), u64)| UnreadCount {
            feed: feed.clone(),
            reason: reason.to_owned(),
            pieces,
        };
        let mut counts: Vec<UnreadCount> = counts.into_iter().map(count).collect();
        counts.sort_by_key(|count| std::cmp::Reverse(count.pieces));
        let more = pieces.len() > most;
        pieces.truncate(most);
        Ok(Quarantine { counts, pieces, more })
    }

    async fn reread(
        &self,
        sight: &Sight,
        feed: &FeedName,
        reason: &str,
    ) -> Result<Reread, NotReread> {
        if !self.feeds.iter().any(|known| known.name == *feed) {
            return Err(NotReread::NotCollected);
        }
        if *sight != Sight::Everything {
            return Ok(Reread::default());
        }
        let mut unread = self.unread.lock().unwrap_or_else(PoisonError::into_inner);
        let before = unread.len();
        unread.retain(|piece| piece.place.feed != *feed || piece.reason != reason);
        let pieces = u64::try_from(before - unread.len()).unwrap_or_default();
        Ok(Reread { pieces, resolved: pieces, records: pieces, ..Reread::default() })
    }

    fn push_bytes_max(&self, feed: &FeedName) -> Option<usize> {
        (feed.as_str() == Self::PUSHED).then_some(PUSH_BYTES_MAX)
    }

    /// Nothing is unpacked here.
    async fn push(
        &self,
        feed: &FeedName,
        body: Vec<u8>,
        encoding: Option<&str>,
    ) -> Result<Pushed, PushRefused> {
        let max = self.push_bytes_max(feed).ok_or(PushRefused::NoSuchFeed)?;
        if body.len() > max {
            return Err(PushRefused::TooLarge { max, of: "bytes" });
        }
        match encoding {
            None | Some("identity") => {}
            Some("gzip" | "zstd") => return Err(PushRefused::NotUnpacked),
            Some(other) => return Err(PushRefused::EncodingUnknown(other.to_owned())),
        }
        if body.is_empty() {
            return Err(PushRefused::Empty);
        }
        let mut pushed = self.pushed.lock().unwrap_or_else(PoisonError::into_inner);
        if pushed.len() >= SPOOL_MAX {
            return Err(PushRefused::Full);
        }
        pushed.push(body);
        Ok(Pushed { number: i64::try_from(pushed.len()).unwrap_or(i64::MAX) })
    }
}

fn value_of(seen: &Seen, of: TopOf) -> Option<String> {
    let column = match of {
        TopOf::Signature => Column::SignatureName,
        TopOf::Type => Column::Type,
        TopOf::Organisation => Column::Organisation,
        TopOf::District => Column::District,
        TopOf::Feed => return Some(seen.hit.place.feed.to_string()),
        TopOf::Address => Column::SourceIp,
        TopOf::Country => Column::SourceCountry,
        TopOf::Port => Column::DestinationPort,
    };
    seen.text(column).map(str::to_owned)
}

fn is_seen(sight: &Sight, seen: &Seen) -> bool {
    match sight {
        Sight::Everything => true,
        Sight::Organisations(own) => {
            let id = seen.text(Column::Organisation).and_then(|id| id.parse().ok());
            id.is_some_and(|id: OrganisationId| own.contains(&id))
        }
        Sight::Districts(own) => {
            let code = seen.text(Column::District).and_then(|code| code.parse().ok());
            code.is_some_and(|code: DistrictCode| own.contains(&code))
        }
    }
}

fn fits(search: &Search, seen: &Seen) -> bool {
    let is = |column, wanted: Option<String>| wanted.is_none_or(|wanted| seen.has(column, &wanted));
    (search.from..search.until).contains(&seen.at)
        && search.network.as_deref().is_none_or(|network| {
            [Column::SourceIp, Column::DestinationIp]
                .iter()
                .any(|side| seen.text(*side).is_some_and(|address| is_within(network, address)))
        })
        && is(Column::Organisation, search.organisation.map(|id| id.to_string()))
        && is(Column::District, search.district.as_ref().map(ToString::to_string))
        && is(Column::Type, search.classification.map(|kind| kind.as_str().to_owned()))
        && is(Column::SignatureName, search.signature.clone())
        && is(Column::SourceCountry, search.country.clone())
        && is(Column::DestinationPort, search.port.map(|port| port.to_string()))
        && search.feed.as_ref().is_none_or(|feed| seen.hit.place.feed == *feed)
        && search.words.as_deref().is_none_or(|words| says(seen, words))
}

fn says(seen: &Seen, words: &str) -> bool {
    let words = words.to_lowercase();
    [Column::SignatureName, Column::Identifier, Column::MalwareName, Column::Description]
        .iter()
        .filter_map(|column| seen.text(*column))
        .any(|text| text.to_lowercase().contains(&words))
}

/// Whether an address is in a network; a network without a length is one address.
fn is_within(network: &str, address: &str) -> bool {
    let (base, length) = match network.split_once('/') {
        Some((base, length)) => (base, length.parse::<u32>().ok()),
        None => (network, None),
    };
    let (Ok(base), Ok(address)) = (base.parse::<IpAddr>(), address.parse::<IpAddr>()) else {
        return false;
    };
    let (base, bits) = number(base);
    let (address, others) = number(address);
    let shift = bits.saturating_sub(length.unwrap_or(bits));
    bits == others
        && base.checked_shr(shift).unwrap_or_default()
            == address.checked_shr(shift).unwrap_or_default()
}

fn number(address: IpAddr) -> (u128, u32) {
    match address {
        IpAddr::V4(address) => (u128::from(u32::from(address)), 32),
        IpAddr::V6(address) => (u128::from(address), 128),
    }
}

/// So many seconds before a time.
fn before(now: Timestamp, seconds: i64) -> Timestamp {
    now.saturating_sub(SignedDuration::from_secs(seconds)).unwrap_or(now)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_in_a_network_of_its_own_version_only() {
        assert!(is_within("203.0.113.0/24", "203.0.113.9"));
        assert!(!is_within("203.0.113.0/25", "203.0.113.129"));
        assert!(is_within("2001:db8::/32", "2001:db8:1::1"));
        assert!(!is_within("::/0", "203.0.113.9"));
        assert!(is_within("0.0.0.0/0", "203.0.113.9"));
        assert!(is_within("203.0.113.9", "203.0.113.9"));
    }
}

//! What an address of the watch asks for: filters as they were typed, read, and written into links.

use std::net::IpAddr;

use fengsui_desk::{DISTRICTS, Desk, Directory};
use fengsui_records::{Classification, FeedName, Kind, Search};
use fengsui_vocabulary::{DistrictCode, OrganisationId};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::SEARCH;
use crate::lang::Words;
use crate::page::escaped;
use crate::session::SignedIn;

/// The longest time of one question.
const RANGE_DAYS_MAX: i64 = 400;

/// Characters of a filter.
const CHARS_MAX: usize = 500;

/// Pages of one search; whoever wants more asks more narrowly.
const PAGES_MAX: usize = 200;

/// Filters, as they were typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Asked {
    pub(super) period: Option<String>,
    pub(super) from: Option<String>,
    pub(super) until: Option<String>,
    pub(super) network: Option<String>,
    pub(super) organisation: Option<String>,
    pub(super) district: Option<String>,
    pub(super) feed: Option<String>,
    #[serde(rename = "type")]
    pub(super) kind: Option<String>,
    pub(super) words: Option<String>,
    pub(super) signature: Option<String>,
    pub(super) country: Option<String>,
    pub(super) port: Option<String>,
    pub(super) page: Option<String>,
}

/// How long back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Period {
    Hour,
    Day,
    Week,
    Month,
    /// From a time until another.
    Own,
}

/// What is wrong with which filter.
pub(super) type Problem = (&'static str, String);

impl Period {
    pub(super) const ALL: [Self; 5] = [Self::Hour, Self::Day, Self::Week, Self::Month, Self::Own];

    /// Those that end now.
    pub(super) const PRESETS: [Self; 3] = [Self::Day, Self::Week, Self::Month];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Hour => "1h",
            Self::Day => "24h",
            Self::Week => "7d",
            Self::Month => "30d",
            Self::Own => "own",
        }
    }

    pub(super) const fn key(self) -> &'static str {
        match self {
            Self::Hour => "lookout-period-hour",
            Self::Day => "lookout-period-day",
            Self::Week => "lookout-period-week",
            Self::Month => "lookout-period-month",
            Self::Own => "lookout-period-own",
        }
    }

    pub(super) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|period| period.name() == name)
    }

    /// When it begins, if it ends at a time.
    pub(super) fn before(self, until: Timestamp) -> Timestamp {
        let hours = match self {
            Self::Hour => 1,
            Self::Day | Self::Own => 24,
            Self::Week => 7 * 24,
            Self::Month => 30 * 24,
        };
        until.saturating_sub(SignedDuration::from_hours(hours)).unwrap_or(until)
    }
}

impl Asked {
    /// Everything of a period.
    pub(super) fn of(period: Period) -> Self {
        Self { period: Some(period.name().to_owned()), ..Self::default() }
    }

    /// Whether any filter besides the time is set.
    pub(super) fn is_narrow(&self) -> bool {
        let time = Self {
            period: self.period.clone(),
            from: self.from.clone(),
            until: self.until.clone(),
            page: self.page.clone(),
            ..Self::default()
        };
        self.pairs() != time.pairs()
    }

    /// The filters that say something, by the names in addresses.
    pub(super) fn pairs(&self) -> Vec<(&'static str, &str)> {
        let all = [
            ("period", &self.period),
            ("from", &self.from),
            ("until", &self.until),
            ("network", &self.network),
            ("organisation", &self.organisation),
            ("district", &self.district),
            ("feed", &self.feed),
            ("type", &self.kind),
            ("words", &self.words),
            ("signature", &self.signature),
            ("country", &self.country),
            ("port", &self.port),
            ("page", &self.page),
        ];
        all.into_iter().filter_map(|(name, value)| Some((name, said(value.as_ref())?))).collect()
    }

    /// The search with these filters.
    pub(super) fn href(&self) -> String {
        let query = self.query();
        if query.is_empty() { SEARCH.to_owned() } else { format!("{SEARCH}?{query}") }
    }

    /// These filters as the query of an address.
    pub(super) fn query(&self) -> String {
        let pair = |(name, value): (&str, &str)| format!("{name}={}", escaped(value));
        let pairs: Vec<String> = self.pairs().into_iter().map(pair).collect();
        pairs.join("&")
    }

    /// The same filters with another one, from the first page on.
    pub(super) fn with(&self, change: impl FnOnce(&mut Self)) -> Self {
        let mut changed = Self { page: None, ..self.clone() };
        change(&mut changed);
        changed
    }

    /// The same filters for one part of the time.
    pub(super) fn during(&self, from: String, until: String) -> Self {
        self.with(|asked| {
            asked.period = Some(Period::Own.name().to_owned());
            (asked.from, asked.until) = (Some(from), Some(until));
        })
    }

    /// The same filters on another page.
    pub(super) fn at_page(&self, page: usize) -> Self {
        Self { page: (page > 1).then(|| page.to_string()), ..self.clone() }
    }

    /// Which page, from 1.
    pub(super) fn page_number(&self) -> usize {
        let typed = said(self.page.as_ref()).and_then(|page| page.parse().ok());
        typed.unwrap_or(1).clamp(1, PAGES_MAX)
    }

    /// The question, or everything that must be mended.
    pub(super) fn read(&self, desk: &Desk, reader: &SignedIn) -> Result<Search, Vec<Problem>> {
        let mut reading = Reading { words: reader.words(), problems: Vec::new() };
        let (from, until) = self.time(&mut reading, reader);
        let mut search = Search::within(reader.viewer.sight_of_records(), from, until);
        search.network =
            reading.read("network", self.network.as_ref(), "lookout-bad-network", network);
        search.organisation = reading.read(
            "organisation",
            self.organisation.as_ref(),
            "lookout-bad-organisation",
            |text| organisation(text, &desk.directory(), reader),
        );
        search.district =
            reading.read("district", self.district.as_ref(), "lookout-bad-district", district);
        search.feed = reading.read("feed", self.feed.as_ref(), "lookout-bad-feed", |text| {
            text.parse::<FeedName>().ok()
        });
        search.classification =
            reading.read("type", self.kind.as_ref(), "lookout-bad-type", Classification::from_name);
        search.words = reading.read("words", self.words.as_ref(), "lookout-bad-words", short);
        search.signature =
            reading.read("signature", self.signature.as_ref(), "lookout-bad-words", short);
        search.country =
            reading.read("country", self.country.as_ref(), "lookout-bad-country", country);
        search.port =
            reading.read("port", self.port.as_ref(), "lookout-bad-port", |text| text.parse().ok());
        if reading.problems.is_empty() { Ok(search) } else { Err(reading.problems) }
    }

    fn time(&self, reading: &mut Reading, reader: &SignedIn) -> (Timestamp, Timestamp) {
        let clock = reader.clock();
        let preset = match said(self.period.as_ref()).map(Period::named) {
            Some(None) => {
                reading.wrong("period", "lookout-bad-period");
                Period::Day
            }
            Some(Some(period)) => period,
            None if said(self.from.as_ref()).or(said(self.until.as_ref())).is_some() => Period::Own,
            None => Period::Day,
        };
        if preset != Period::Own {
            return (preset.before(clock.now), clock.now);
        }
        let until = reading
            .read("until", self.until.as_ref(), "lookout-bad-time", |text| clock.from_field(text))
            .unwrap_or(clock.now);
        let from = reading
            .read("from", self.from.as_ref(), "lookout-bad-time", |text| clock.from_field(text))
            .unwrap_or_else(|| Period::Day.before(until));
        let length = until.duration_since(from);
        if reading.problems.is_empty() && length <= SignedDuration::ZERO {
            reading.wrong("until", "lookout-bad-range");
        } else if length > SignedDuration::from_hours(24 * RANGE_DAYS_MAX) {
            reading.wrong("from", "lookout-range-too-long");
        }
        (from, until)
    }
}

/// Reads filters and gathers what is wrong.
struct Reading {
    words: Words,
    problems: Vec<Problem>,
}

impl Reading {
    fn read<T>(
        &mut self,
        name: &'static str,
        typed: Option<&String>,
        key: &str,
        read: impl FnOnce(&str) -> Option<T>,
    ) -> Option<T> {
        let text = said(typed)?;
        let value = read(text);
        if value.is_none() {
            self.wrong(name, key);
        }
        value
    }

    fn wrong(&mut self, name: &'static str, key: &str) {
        self.problems.push((name, self.words.t(key).into_owned()));
    }
}

/// What was typed, if anything was.
fn said(typed: Option<&String>) -> Option<&str> {
    typed.map(|text| text.trim()).filter(|text| !text.is_empty())
}

/// An address or a prefix, as the records hold it.
fn network(text: &str) -> Option<String> {
    let kind = if text.contains('/') { Kind::Network } else { Kind::Ip };
    let read = kind.read(text)?.shown().into_owned();
    let Some((address, length)) = read.split_once('/') else { return Some(read) };
    let address: IpAddr = address.parse().ok()?;
    Some(format!("{address}/{length}"))
}

/// An organisation by id or by either name, if the reader may know of it.
fn organisation(text: &str, directory: &Directory, reader: &SignedIn) -> Option<OrganisationId> {
    let in_english = || {
        let text = text.to_lowercase();
        let mut all = directory.organisations();
        all.find(|(_, details)| details.name.en.to_lowercase() == text).map(|(id, _)| id)
    };
    directory.named(text).or_else(in_english).filter(|id| directory.shows(*id, &reader.viewer))
}

/// A district by its code or either name.
fn district(text: &str) -> Option<DistrictCode> {
    let known = DISTRICTS.iter().find(|it| it.zh == text || it.en.eq_ignore_ascii_case(text));
    known.map_or(text, |known| known.code).parse().ok()
}

fn short(text: &str) -> Option<String> {
    (text.chars().count() <= CHARS_MAX).then(|| text.to_owned())
}

fn country(text: &str) -> Option<String> {
    Kind::Country.read(text).map(|value| value.shown().into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_is_an_address_or_a_prefix_of_either_version() {
        assert_eq!(network("203.0.113.7").as_deref(), Some("203.0.113.7"));
        assert_eq!(network("::ffff:203.0.113.7").as_deref(), Some("203.0.113.7"));
        assert_eq!(network("2001:DB8::/32").as_deref(), Some("2001:db8::/32"));
        for bad in ["203.0.113.0/33", "203.0.113", "2001:db8::/129", "example.cn", "1.2.3.4/", "/8"]
        {
            assert_eq!(network(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_link_keeps_the_other_filters_and_begins_at_the_first_page() {
        let asked = Asked {
            words: Some("<a&b>".to_owned()),
            page: Some("3".to_owned()),
            ..Asked::of(Period::Week)
        };
        let narrower = asked.with(|asked| asked.port = Some("22".to_owned()));
        assert_eq!(narrower.href(), "/watch/search?period=7d&words=%3Ca%26b%3E&port=22");
        assert!(asked.is_narrow() && !Asked::of(Period::Week).is_narrow());
    }
}

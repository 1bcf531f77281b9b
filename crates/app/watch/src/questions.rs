//! Questions as SQL over the views of the lake, and its answers as the words the screens know.
//!
//! Every value is written as a literal by [`quoted`], every question carries its sight.
//! The engine is not here: whoever has one runs the text and hands the rows back.

mod answers;
mod unread;

use std::fmt::Write as _;
use std::net::IpAddr;

use fengsui_records::{Bucket, Column, Place, Search, Sight, TopOf};
use jiff::{SignedDuration, Timestamp, tz::TimeZone};

pub use answers::{feeds_of, hits_of, slices_of, tops_of};
pub use unread::{
    Left, came_of, counts_of, left, left_of, quarantine, quarantine_counts, quarantined_of, reread,
    unread_of, unresolved, unresolved_end,
};

use crate::ranges::Prefix;
use crate::rows::key_of;

/// Why a search is none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SearchFault {
    /// Neither an address nor a prefix.
    #[error("\"{0}\" is neither an address nor a network; write 203.0.113.7 or 2001:db8::/32")]
    Network(String),
    /// It ends before it begins.
    #[error("the time ends before it begins")]
    Reversed,
}

/// How long back the state of feeds is counted.
const FEEDS_LOOK_BACK: SignedDuration = SignedDuration::from_hours(48);

/// The records that are asked for, newest first: one more than `most`, to see whether there are more.
pub fn find(search: &Search, skip: usize, most: usize) -> Result<String, SearchFault> {
    let rows = rows_of(search, "*")?;
    let limit = most.saturating_add(1);
    Ok(format!(
        "SELECT {columns} FROM ({rows}) ORDER BY \"time\" DESC, feed, \"partition\", \"offset\", nth \
         LIMIT {limit} OFFSET {skip}",
        columns = columns()
    ))
}

/// How many records there were, by the beginning of each bucket.
pub fn trend(search: &Search, bucket: Bucket) -> Result<String, SearchFault> {
    let unit = match bucket {
        Bucket::Minute => "minute",
        Bucket::Hour => "hour",
        Bucket::Day => "day",
    };
    let rows = rows_of(search, "\"time\"")?;
    Ok(format!(
        "SELECT date_trunc('{unit}', \"time\") AS begins, count(*) AS records FROM ({rows}) \
         GROUP BY 1 ORDER BY 1"
    ))
}

/// What occurs most often.
pub fn top(search: &Search, of: TopOf, most: usize) -> Result<String, SearchFault> {
    let column = match of {
        TopOf::Signature => "coalesce(\"signature.name\", \"classification.identifier\")",
        TopOf::Type => "\"classification.type\"",
        TopOf::Organisation => "organisation",
        TopOf::District => "district",
        TopOf::Feed => "feed",
        TopOf::Address => "\"source.ip\"",
        TopOf::Country => "\"source.geolocation.cc\"",
        TopOf::Port => "CAST(\"destination.port\" AS VARCHAR)",
    };
    let rows = rows_of(search, &format!("{column} AS value"))?;
    Ok(format!(
        "SELECT value, count(*) AS records FROM ({rows}) WHERE value IS NOT NULL \
         GROUP BY value ORDER BY records DESC, value LIMIT {most}"
    ))
}

/// How each feed does, counted over what was taken in within the last two days, however old it is.
pub fn feeds(now: Timestamp) -> String {
    let since = instant(now - FEEDS_LOOK_BACK);
    let (hour, day) = (
        instant(now - SignedDuration::from_hours(1)),
        instant(now - SignedDuration::from_hours(24)),
    );
    // A sensor counts what it lost since it began: what it lost in a day is the difference.
    let lost = format!(
        "kind = 'record' AND \"classification.identifier\" = 'sensor-stats' \
         AND \"time.observation\" >= {day}"
    );
    format!(
        "WITH counted AS (SELECT feed, \
         count(*) FILTER (WHERE kind = 'record' AND \"time.observation\" >= {hour}) AS last_hour, \
         count(*) FILTER (WHERE kind = 'record' AND \"time.observation\" >= {day}) AS last_day, \
         max(\"time.observation\") FILTER (WHERE kind <> 'resolved') AS last_seen, \
         approx_median(date_part('epoch', \"time.observation\") - date_part('epoch', \"time.source\")) \
         FILTER (WHERE kind = 'record' AND \"time.observation\" >= {hour} AND \"time.source\" IS NOT NULL) AS lag, \
         sum(\"count\") FILTER (WHERE kind = 'suppressed' AND reason <> 'sampled' AND \"time.observation\" >= {day}) AS suppressed, \
         sum(\"count\") FILTER (WHERE kind = 'suppressed' AND reason = 'sampled' AND \"time.observation\" >= {day}) AS sampled, \
         max(\"count\") FILTER (WHERE {lost}) - min(\"count\") FILTER (WHERE {lost}) AS dropped \
         FROM everything WHERE \"time.observation\" >= {since} GROUP BY feed), \
         minutes AS (SELECT DISTINCT feed, date_trunc('minute', \"time.observation\") AS minute \
         FROM everything WHERE \"time.observation\" >= {since} AND kind = 'record'), \
         unread AS (SELECT feed, count(*) AS quarantined FROM quarantine \
         WHERE day >= {since} AND \"time.observation\" >= {day} GROUP BY feed), \
         gaps AS (SELECT feed, date_part('epoch', lead(minute) OVER (PARTITION BY feed ORDER BY minute)) \
         - date_part('epoch', minute) AS gap FROM minutes) \
         SELECT counted.*, unread.quarantined, longest.usual_gap FROM counted \
         LEFT JOIN unread ON counted.feed = unread.feed \
         LEFT JOIN (SELECT feed, max(gap) AS usual_gap FROM gaps GROUP BY feed) AS longest \
         ON counted.feed = longest.feed ORDER BY counted.feed"
    )
}

/// The records at these places, with the pieces they were read from.
pub fn records(sight: &Sight, places: &[Place]) -> String {
    let mut wanted = String::new();
    for place in places {
        let between = if wanted.is_empty() { "" } else { " OR " };
        // Writing to a String cannot fail.
        let _written = write!(
            wanted,
            "{between}(feed = {} AND \"partition\" = {} AND \"offset\" = {} AND nth = {})",
            quoted(place.feed.as_str()),
            quoted(&place.partition),
            place.offset,
            place.nth
        );
    }
    let wanted = if wanted.is_empty() { "false".to_owned() } else { wanted };
    format!(
        "SELECT {columns}, raw FROM records WHERE ({wanted}) AND {sight}",
        columns = columns(),
        sight = within(sight)
    )
}

/// The rows of a search. An address is asked for on each side by itself, so that each side's
/// sorting and filters are used.
fn rows_of(search: &Search, columns: &str) -> Result<String, SearchFault> {
    if search.until < search.from {
        return Err(SearchFault::Reversed);
    }
    let condition = conditions(search);
    let plain = |side: &str| format!("SELECT {columns} FROM records WHERE {condition}{side}");
    let Some(network) = &search.network else { return Ok(plain("")) };
    let is_at = |side: &str| at(side, network.trim());
    let (source, destination) = (is_at("source")?, is_at("destination")?);
    Ok(format!(
        "{} UNION ALL {}",
        plain(&format!(" AND {source}")),
        plain(&format!(" AND {destination} AND ({source}) IS NOT TRUE"))
    ))
}

/// A side of a record lies within a network.
fn at(side: &str, network: &str) -> Result<String, SearchFault> {
    if let Ok(address) = network.parse::<IpAddr>() {
        let address = address.to_canonical();
        return Ok(format!(
            "\"{side}.ip\" = {} AND \"{side}.key\" = {}",
            quoted(&address.to_string()),
            quoted(&key_of(address))
        ));
    }
    let prefix: Prefix =
        network.parse().map_err(|_malformed| SearchFault::Network(network.to_owned()))?;
    let (first, last) = (key_of(prefix.first()), key_of(prefix.last()));
    Ok(format!("\"{side}.key\" BETWEEN {} AND {}", quoted(&first), quoted(&last)))
}

fn conditions(search: &Search) -> String {
    let mut all = vec![
        format!("day >= {}", day_of(search.from)),
        format!("day <= {}", day_of(search.until)),
        format!("\"time\" >= {}", instant(search.from)),
        format!("\"time\" < {}", instant(search.until)),
        within(&search.sight),
    ];
    if let Some(organisation) = &search.organisation {
        all.push(format!("organisation = {}", quoted(&organisation.to_string())));
    }
    if let Some(district) = &search.district {
        all.push(format!("district = {}", quoted(district.as_str())));
    }
    if let Some(feed) = &search.feed {
        all.push(format!("feed = {}", quoted(feed.as_str())));
    }
    if let Some(classification) = search.classification {
        all.push(format!("\"classification.type\" = {}", quoted(classification.as_str())));
    }
    if let Some(signature) = &search.signature {
        all.push(format!("\"signature.name\" = {}", quoted(signature)));
    }
    if let Some(country) = &search.country {
        all.push(format!("\"source.geolocation.cc\" = {}", quoted(country)));
    }
    if let Some(port) = search.port {
        all.push(format!("\"destination.port\" = {port}"));
    }
    let words = search.words.as_deref().map(str::trim).filter(|words| !words.is_empty());
    all.extend(words.map(holds));
    all.join(" AND ")
}

/// The words occur in one of the columns that people read.
fn holds(words: &str) -> String {
    let needle = quoted(&words.to_lowercase());
    let columns = [
        Column::SignatureName,
        Column::Identifier,
        Column::MalwareName,
        Column::Description,
        Column::SourceFqdn,
        Column::DestinationFqdn,
    ];
    let in_one = columns
        .map(|column| format!("contains(lower(coalesce(\"{}\", '')), {needle})", column.as_str()));
    format!("({})", in_one.join(" OR "))
}

/// What the asker may see.
fn within(sight: &Sight) -> String {
    match sight {
        Sight::Everything => "true".to_owned(),
        Sight::Organisations(organisations) => {
            one_of("organisation", organisations.iter().map(ToString::to_string))
        }
        Sight::Districts(districts) => {
            one_of("district", districts.iter().map(|district| district.as_str().to_owned()))
        }
    }
}

/// Nobody sees anything through an empty list.
fn one_of(column: &str, values: impl Iterator<Item = String>) -> String {
    let values: Vec<String> = values.map(|value| quoted(&value)).collect();
    if values.is_empty() {
        return "false".to_owned();
    }
    format!("{column} IN ({})", values.join(", "))
}

/// The columns of an answer, without the piece it was read from.
fn columns() -> String {
    let place = ["feed", "\"partition\"", "\"offset\"", "nth", "parser", "suspect"];
    let place = place.into_iter().map(str::to_owned);
    let named = Column::ALL.iter().map(|column| format!("\"{}\"", column.as_str()));
    place.chain(named).collect::<Vec<_>>().join(", ")
}

/// A text as SQL writes it.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

fn instant(at: Timestamp) -> String {
    format!("TIMESTAMP '{at}'")
}

fn day_of(at: Timestamp) -> String {
    format!("DATE '{}'", at.to_zoned(TimeZone::UTC).date())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn search() -> Search {
        let (from, until) = ("2026-03-01T00:00:00Z", "2026-03-31T00:00:00Z");
        Search::within(Sight::Everything, from.parse().unwrap(), until.parse().unwrap())
    }

    #[test]
    fn an_apostrophe_ends_no_literal() {
        let asked = Search { words: Some("x' OR true --".to_owned()), ..search() };
        let sql = find(&asked, 0, 10).unwrap();
        assert!(sql.contains("'x'' or true --'"), "{sql}");
    }

    #[test]
    fn who_may_see_nothing_is_shown_nothing() {
        let asked =
            Search { sight: Sight::Organisations(std::collections::BTreeSet::new()), ..search() };
        assert!(find(&asked, 0, 10).unwrap().contains("AND false"));
    }

    #[test]
    fn a_network_that_is_none_is_refused_with_its_text() {
        let asked = Search { network: Some("10.0.0.0/40".to_owned()), ..search() };
        assert_eq!(find(&asked, 0, 10), Err(SearchFault::Network("10.0.0.0/40".to_owned())));
    }

    #[test]
    fn an_address_is_asked_for_on_each_side() {
        let asked = Search { network: Some("::ffff:192.0.2.7".to_owned()), ..search() };
        let sql = trend(&asked, Bucket::Day).unwrap();
        assert_eq!(sql.matches("UNION ALL").count(), 1);
        assert!(sql.contains("\"source.ip\" = '192.0.2.7'"), "{sql}");
        assert!(sql.contains("\"destination.ip\" = '192.0.2.7'"), "{sql}");
    }
}

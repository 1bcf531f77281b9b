//! How each feed does: a row for each, and what is silent said first.

use fengsui_records::{Feed, Standing};
use jiff::SignedDuration;

use super::QUARANTINE;
use super::asked::{Asked, Period};
use super::said::number;
use crate::lang::{Words, span};
use crate::parts::{Heading, Html, Moment, Mood, Notice, Row, RowTone, StateBadge, Table, Tone};
use crate::session::SignedIn;

/// The feeds, those that are silent first.
pub(super) fn table(feeds: &[Feed], reader: &SignedIn) -> Table {
    let words = reader.words();
    let headings = vec![
        Heading::key(words.t("lookout-feed")),
        Heading::plain(words.t("lookout-state")),
        Heading::numeric(words.t("lookout-rate")),
        Heading::plain(words.t("lookout-last-seen")),
        Heading::plain(words.t("lookout-lag")),
        Heading::numeric(words.t("lookout-day")),
        Heading::numeric(words.t("lookout-suppressed")),
        Heading::numeric(words.t("lookout-quarantined")),
        Heading::numeric(words.t("lookout-dropped")),
    ];
    let mut feeds: Vec<&Feed> = feeds.iter().collect();
    feeds.sort_by_key(|feed| (!is_silent(feed, reader), feed.name.clone()));
    Table::new(words.t("lookout-feeds"), headings, words.t("lookout-no-feeds"))
        .with(feeds.into_iter().map(|feed| row(feed, reader)))
}

/// What is silent, to be read first.
pub(super) fn silent(feeds: &[Feed], reader: &SignedIn) -> Option<Notice> {
    let words = reader.words();
    let names: Vec<String> =
        feeds.iter().filter(|feed| is_silent(feed, reader)).map(|it| it.name.to_string()).collect();
    let title = words.tn("lookout-silent-title", names.len());
    (!names.is_empty()).then(|| {
        Notice::new(Tone::Attention, title)
            .line(names.join(&words.t("list-and")))
            .line(words.t("lookout-silent-do"))
    })
}

fn is_silent(feed: &Feed, reader: &SignedIn) -> bool {
    match feed.standing(reader.clock().now) {
        Standing::Silent(_) => true,
        Standing::Never | Standing::Heard => false,
    }
}

fn row(feed: &Feed, reader: &SignedIn) -> Row {
    let (words, clock) = (reader.words(), reader.clock());
    let name = feed.name.to_string();
    let search = Asked::of(Period::Day).with(|asked| asked.feed = Some(name.clone()));
    let seen = feed.last_seen.map_or_else(
        || Html::text("–"),
        |at| {
            Html::stacked([
                Html::of(&Moment::new(at, clock, words)),
                Html::text(clock.ago(at, words)),
            ])
        },
    );
    let lag = feed
        .lag_seconds
        .map_or_else(|| "–".to_owned(), |seconds| span(SignedDuration::from_secs(seconds), words));
    let unread = match feed.quarantined {
        0 => Html::text("0"),
        count => Html::link(&format!("{QUARANTINE}?feed={name}"), &number(count)),
    };
    let tone = if is_silent(feed, reader) { RowTone::Over } else { RowTone::Plain };
    Row::new(vec![
        Html::link(&search.href(), &name),
        Html::of(&state(feed, reader)),
        Html::text(rate(feed.last_hour)),
        seen,
        Html::text(lag),
        Html::text(number(feed.last_day)),
        Html::text(number(feed.suppressed)),
        unread,
        dropped(feed.dropped, words),
    ])
    .toned(tone)
}

fn state(feed: &Feed, reader: &SignedIn) -> StateBadge {
    let words = reader.words();
    match feed.standing(reader.clock().now) {
        Standing::Never => StateBadge::new(Mood::Waiting, words.t("lookout-never")),
        Standing::Heard => StateBadge::new(Mood::Active, words.t("lookout-heard")),
        Standing::Silent(seconds) => {
            let time = span(SignedDuration::from_secs(seconds), words);
            StateBadge::new(Mood::Silent, words.ta("lookout-silent", &[("t", &time)]))
        }
    }
}

/// What the sensor itself lost weighs more than what was only counted.
fn dropped(count: u64, words: Words) -> Html {
    if count == 0 {
        return Html::text("0");
    }
    let said = words.ta("lookout-lost", &[("n", &number(count))]);
    Html::of(&StateBadge::new(Mood::Attention, said))
}

/// Records of an hour as records per minute, with one place.
fn rate(last_hour: u64) -> String {
    let tenths = last_hour.saturating_mul(10) / 60;
    if tenths < 1_000 && !tenths.is_multiple_of(10) {
        return format!("{}.{}", tenths / 10, tenths % 10);
    }
    number(tenths / 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_is_read_per_minute() {
        assert_eq!(rate(0), "0");
        assert_eq!(rate(9), "0.1");
        assert_eq!(rate(90), "1.5");
        assert_eq!(rate(734_112), "12,235");
    }
}

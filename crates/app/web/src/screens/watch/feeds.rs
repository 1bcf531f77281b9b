//! How each feed does: a row for each; what is silent, what gives nothing and which collector has stopped is said first.

use fengsui_records::{Feed, Intake, Standing, Trouble};
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
        Heading::numeric(words.t("lookout-waiting")),
        Heading::numeric(words.t("lookout-dropped")),
    ];
    let mut feeds: Vec<&Feed> = feeds.iter().collect();
    feeds.sort_by_key(|feed| (!is_over(feed, reader), feed.name.clone()));
    Table::new(words.t("lookout-feeds"), headings, words.t("lookout-no-feeds"))
        .with(feeds.into_iter().map(|feed| row(feed, reader)))
}

/// What somebody should look at, to be read first: what gives nothing, what has stopped, what is silent.
pub(super) fn noticed(feeds: &[Feed], reader: &SignedIn) -> Vec<Notice> {
    [troubled(feeds, reader), stopped(feeds, reader), silent(feeds, reader)]
        .into_iter()
        .flatten()
        .collect()
}

fn troubled(feeds: &[Feed], reader: &SignedIn) -> Option<Notice> {
    let words = reader.words();
    let troubled: Vec<(&Feed, &Trouble)> =
        feeds.iter().filter_map(|feed| Some((feed, trouble(feed)?))).collect();
    if troubled.is_empty() {
        return None;
    }
    let title = words.tn("lookout-trouble-title", troubled.len());
    let notice = Notice::new(Tone::Attention, title);
    let said = |(feed, trouble): &(&Feed, &Trouble)| {
        words.ta("lookout-trouble-said", &[("feed", feed.name.as_str()), ("what", &trouble.what)])
    };
    let notice = troubled.iter().fold(notice, |notice, one| notice.line(said(one)));
    Some(notice.line(words.t("lookout-trouble-do")))
}

fn stopped(feeds: &[Feed], reader: &SignedIn) -> Option<Notice> {
    let words = reader.words();
    let names: Vec<String> = feeds
        .iter()
        .filter(|it| stale(it, reader).is_some())
        .map(|it| it.name.to_string())
        .collect();
    let title = words.tn("lookout-stopped-title", names.len());
    (!names.is_empty()).then(|| {
        Notice::new(Tone::Attention, title)
            .line(names.join(&words.t("list-and")))
            .line(words.t("lookout-stopped-do"))
    })
}

fn silent(feeds: &[Feed], reader: &SignedIn) -> Option<Notice> {
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

/// Whether somebody should look at it before the others.
fn is_over(feed: &Feed, reader: &SignedIn) -> bool {
    is_silent(feed, reader) || trouble(feed).is_some() || stale(feed, reader).is_some()
}

/// What its collector says is wrong.
fn trouble(feed: &Feed) -> Option<&Trouble> {
    feed.intake.as_ref()?.trouble.as_ref()
}

/// What a collector said last that has said nothing for too long.
fn stale<'f>(feed: &'f Feed, reader: &SignedIn) -> Option<&'f Intake> {
    feed.intake.as_ref().filter(|intake| intake.is_stale(reader.clock().now))
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
    let tone = if is_over(feed, reader) { RowTone::Over } else { RowTone::Plain };
    Row::new(vec![
        Html::link(&search.href(), &name),
        Html::of(&state(feed, reader)),
        Html::text(rate(feed.last_hour)),
        seen,
        Html::text(lag),
        Html::text(number(feed.last_day)),
        suppressed(feed, words),
        unread,
        waiting(feed, words),
        lost(feed, words),
    ])
    .toned(tone)
}

fn state(feed: &Feed, reader: &SignedIn) -> StateBadge {
    let (words, now) = (reader.words(), reader.clock().now);
    let since = |key: &str, at| words.ta(key, &[("t", &span(now.duration_since(at), words))]);
    if let Some(intake) = stale(feed, reader) {
        return StateBadge::new(Mood::Attention, since("lookout-stopped", intake.at));
    }
    if let Some(trouble) = trouble(feed) {
        return StateBadge::new(Mood::Attention, since("lookout-trouble", trouble.since));
    }
    match feed.standing(now) {
        Standing::Never => StateBadge::new(Mood::Waiting, words.t("lookout-never")),
        Standing::Heard => StateBadge::new(Mood::Active, words.t("lookout-heard")),
        Standing::Silent(seconds) => {
            let time = span(SignedDuration::from_secs(seconds), words);
            StateBadge::new(Mood::Silent, words.ta("lookout-silent", &[("t", &time)]))
        }
    }
}

/// Repeats that were counted, and what a sampling rule left out.
fn suppressed(feed: &Feed, words: Words) -> Html {
    let repeats = Html::text(number(feed.suppressed));
    if feed.sampled == 0 {
        return repeats;
    }
    let sampled = words.ta("lookout-sampled", &[("n", &number(feed.sampled))]);
    Html::stacked([repeats, Html::text(sampled)])
}

/// What is on disk and not in the lake yet; nothing is said of a feed that waits nowhere.
fn waiting(feed: &Feed, words: Words) -> Html {
    let Some(intake) = feed.intake.as_ref().filter(|intake| intake.spool_bytes_max > 0) else {
        return Html::text("–");
    };
    let mut lines = vec![Html::text(number(intake.waiting))];
    lines.extend(intake.filled().map(|share| {
        let said = words.ta("lookout-filled", &[("share", &number(share))]);
        if share < FILLED_MUCH { Html::text(said) } else { attention(said) }
    }));
    if intake.refused > 0 {
        let said = words.ta("lookout-made-to-wait", &[("n", &number(intake.refused))]);
        lines.push(attention(said));
    }
    Html::stacked(lines)
}

/// What the sensor says it lost, and what was lost here: either weighs more than what was only counted.
fn lost(feed: &Feed, words: Words) -> Html {
    let intake = feed.intake.as_ref();
    let counts = [
        ("lookout-lost", feed.dropped),
        ("lookout-lost-here", intake.map_or(0, |intake| intake.lost)),
        ("lookout-damaged", intake.map_or(0, |intake| intake.damaged)),
    ];
    let lines: Vec<Html> = counts
        .into_iter()
        .filter(|(_, count)| *count > 0)
        .map(|(key, count)| attention(words.ta(key, &[("n", &number(count))])))
        .collect();
    if lines.is_empty() { Html::text("0") } else { Html::stacked(lines) }
}

fn attention(said: String) -> Html {
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

/// From so many per cent on a spool is said to be full soon.
const FILLED_MUCH: u64 = 50;

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

//! `GET /watch/quarantine`: what could not be read, and why.

use axum::extract::{Query, State};
use axum::response::Response;
use fengsui_desk::Desk;
use fengsui_records::{FeedName, Quarantine, Unread};
use serde::Deserialize;

use super::asked::Period;
use super::{
    QUARANTINE, encoded, instead, lookout, not_set_up, page, said, screen, sees_everything, tabs,
};
use crate::answer::{drawn, drawn_as};
use crate::error::WebError;
use crate::page::Place;
use crate::parts::{Header, Heading, Html, Link, Moment, Row, Tab, Table, Tabs};
use crate::session::SignedIn;
use crate::views::Section;

/// Pieces of one page.
const PIECES: usize = 100;

/// Characters of a piece that are shown.
const BEGINNING_CHARS_MAX: usize = 200;

/// Which pieces.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Wanted {
    feed: Option<String>,
    period: Option<String>,
}

/// `GET /watch/quarantine`
pub(super) async fn show(
    State(desk): State<Desk>,
    reader: SignedIn,
    Query(wanted): Query<Wanted>,
) -> Result<Response, WebError> {
    let watch = lookout(&desk, &reader)?;
    // A piece that cannot be read belongs to nobody yet.
    if !sees_everything(&reader) {
        return Err(WebError::NotForYou);
    }
    let Some(watch) = watch else { return drawn(&not_set_up(&reader, QUARANTINE)) };
    let words = reader.words();
    let period = wanted.period.as_deref().and_then(Period::named);
    let period = period.filter(|it| Period::PRESETS.contains(it)).unwrap_or(Period::Month);
    let feed: Option<FeedName> = wanted.feed.as_deref().and_then(|name| name.parse().ok());
    let since = period.before(reader.clock().now);
    let sight = reader.viewer.sight_of_records();
    let (status, body) = match watch.quarantine(&sight, feed.as_ref(), since, PIECES).await {
        Ok(found) => (axum::http::StatusCode::OK, found_sections(&found, &reader)),
        Err(fault) => {
            let said = Section::new("pieces", words.t("lookout-pieces"), instead(&fault, words));
            (super::no_answer(&fault, words).0, vec![said])
        }
    };
    let title = words.t("lookout-quarantine").into_owned();
    let mut header = Header::new(title.clone()).lead(words.t("lookout-quarantine-lead"));
    if let Some(feed) = &feed {
        let all = Link::new(QUARANTINE, words.t("lookout-all-feeds"));
        header = header.mark(Html::text(feed.as_str())).mark(Html::of(&all));
    }
    let mut sections = vec![periods(period, feed.as_ref(), &reader)];
    sections.extend(body);
    drawn_as(status, &screen(page(&reader, title), header, tabs(&reader, QUARANTINE), sections))
}

fn periods(here: Period, feed: Option<&FeedName>, reader: &SignedIn) -> Section {
    let words = reader.words();
    let feed = feed.map(|feed| format!("&feed={}", encoded(feed.as_str()))).unwrap_or_default();
    let tab = |period: Period| Tab {
        link: Link::new(
            format!("{QUARANTINE}?period={}{feed}", period.name()),
            words.t(period.key()),
        ),
        place: Place::is(&period, &here),
        count: None,
    };
    let tabs = Tabs {
        label: words.t("lookout-period").into_owned(),
        tabs: Period::PRESETS.map(tab).into(),
    };
    Section::new("period", words.t("lookout-period"), Html::of(&tabs))
}

fn found_sections(found: &Quarantine, reader: &SignedIn) -> Vec<Section> {
    let words = reader.words();
    let headings = vec![
        Heading::key(words.t("lookout-reason")),
        Heading::numeric(words.t("lookout-pieces-count")),
    ];
    let reason = |top: &fengsui_records::Top| {
        Row::new(vec![Html::text(&top.value), Html::text(said::number(top.records))])
    };
    let reasons = Table::new(words.t("lookout-reasons"), headings, words.t("lookout-all-read"))
        .with(found.reasons.iter().map(reason));
    let headings = vec![
        Heading::key(words.t("lookout-reason")),
        Heading::plain(words.t("lookout-feed")),
        Heading::plain(words.t("lookout-time")),
        Heading::plain(words.t("lookout-beginning")),
        Heading::numeric(words.t("lookout-bytes")),
    ];
    let pieces = Table::new(words.t("lookout-pieces"), headings, words.t("lookout-all-read"))
        .with(found.pieces.iter().map(|piece| row(piece, reader)));
    let more = found.more.then(|| Html::text(words.t("lookout-more-pieces")));
    let pieces = [Html::of(&pieces)].into_iter().chain(more);
    vec![
        Section::new("reasons", words.t("lookout-reasons"), Html::of(&reasons)),
        Section::new("pieces", words.t("lookout-pieces"), Html::stacked(pieces)),
    ]
}

fn row(piece: &Unread, reader: &SignedIn) -> Row {
    let words = reader.words();
    let beginning: String = piece.beginning.chars().take(BEGINNING_CHARS_MAX).collect();
    let feed = piece.place.feed.as_str();
    Row::new(vec![
        Html::text(&piece.reason),
        Html::link(&format!("{QUARANTINE}?feed={}", encoded(feed)), feed),
        Html::of(&Moment::new(piece.at, reader.clock(), words)),
        Html::code(&beginning),
        Html::text(said::number(piece.bytes)),
    ])
}

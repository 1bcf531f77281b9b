//! `GET /watch/quarantine`: what could not be read, and why. `POST /watch/quarantine/again`: it is read again.

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use fengsui_desk::{Capacity, Desk, FieldProblem, Lookout, NotReread};
use fengsui_records::{
    FeedName, Quarantine, QuarantineSearch, Reason, Reread, Unread, UnreadCount,
};
use serde::Deserialize;

use super::asked::Period;
use super::{
    AGAIN, QUARANTINE, encoded, instead, lookout, not_set_up, page, said, screen, sees_everything,
    tabs,
};
use crate::answer::{drawn, drawn_as};
use crate::error::WebError;
use crate::lang::Words;
use crate::page::Place;
use crate::parts::{
    Form, Header, Heading, Html, Link, Moment, Notice, Row, Tab, Table, Tabs, Tone,
};
use crate::session::SignedIn;
use crate::upload::Sent;
use crate::views::Section;

/// Pieces of one page.
const PIECES: usize = 100;

/// Characters of a piece that are shown.
const BEGINNING_CHARS_MAX: usize = 200;

/// Which pieces.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Wanted {
    feed: Option<String>,
    reason: Option<String>,
    period: Option<String>,
}

/// Which pieces, understood.
#[derive(Clone, Debug)]
struct Chosen {
    feed: Option<FeedName>,
    reason: Option<Reason>,
    period: Period,
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
    shown(watch.as_ref(), &reader, &Chosen::of(&wanted), None).await
}

/// `POST /watch/quarantine/again`
pub(super) async fn reread(
    State(desk): State<Desk>,
    officer: SignedIn,
    sent: Sent,
) -> Result<Response, WebError> {
    let watch = lookout(&desk, &officer)?;
    if !sees_everything(&officer) {
        return Err(WebError::NotForYou);
    }
    let Some(watch) = watch else { return drawn(&not_set_up(&officer, QUARANTINE)) };
    let words = officer.words();
    let feed = sent.text("feed").parse::<FeedName>().ok();
    let reason = Reason::of(sent.text("reason")).filter(|reason| reason.may_be_read_again());
    let (Some(feed), Some(reason)) = (feed, reason) else {
        let problem = words.t("lookout-again-which").into_owned();
        return Err(WebError::mend(vec![FieldProblem::new("reason", problem)]));
    };
    let sight = officer.viewer.sight_of_records();
    let came = watch.reread(&sight, &feed, reason.as_str()).await;
    let wanted = Wanted { period: Some(sent.text("period").to_owned()), ..Wanted::default() };
    let notice = match &came {
        Ok(came) => came_notice(came, words),
        Err(fault) => not_reread(fault, words),
    };
    let title = format!("{} · {}", feed.as_str(), words.t(reason_key(reason)));
    shown(watch.as_ref(), &officer, &Chosen::of(&wanted), Some(notice.line(title))).await
}

async fn shown(
    watch: &dyn Lookout,
    reader: &SignedIn,
    chosen: &Chosen,
    notice: Option<Notice>,
) -> Result<Response, WebError> {
    let words = reader.words();
    let asked = QuarantineSearch {
        sight: reader.viewer.sight_of_records(),
        feed: chosen.feed.clone(),
        reason: chosen.reason.map(|reason| reason.as_str().to_owned()),
        since: chosen.period.before(reader.clock().now),
    };
    let (status, body) = match watch.quarantine(&asked, PIECES).await {
        Ok(found) => (StatusCode::OK, found_sections(&found, chosen, reader)),
        Err(fault) => {
            let said = Section::new("pieces", words.t("lookout-pieces"), instead(&fault, words));
            (super::no_answer(&fault, words).0, vec![said])
        }
    };
    let title = words.t("lookout-quarantine").into_owned();
    let header = chosen.header(title.clone(), words);
    let notice =
        notice.map(|notice| Section::new("came", words.t("lookout-again-came"), Html::of(&notice)));
    let mut sections: Vec<Section> = notice.into_iter().collect();
    sections.push(periods(chosen, words));
    sections.extend(body);
    drawn_as(status, &screen(page(reader, title), header, tabs(reader, QUARANTINE), sections))
}

impl Chosen {
    /// What is not understood is not asked for.
    fn of(wanted: &Wanted) -> Self {
        let period = wanted.period.as_deref().and_then(Period::named);
        let period = period.filter(|it| Period::PRESETS.contains(it));
        Self {
            feed: wanted.feed.as_deref().and_then(|name| name.parse().ok()),
            reason: wanted.reason.as_deref().and_then(Reason::of),
            period: period.unwrap_or(Period::Month),
        }
    }

    fn href(&self) -> String {
        let mut href = format!("{QUARANTINE}?period={}", self.period.name());
        if let Some(feed) = &self.feed {
            href.push_str("&feed=");
            href.push_str(&encoded(feed.as_str()));
        }
        if let Some(reason) = self.reason {
            href.push_str("&reason=");
            href.push_str(reason.as_str());
        }
        href
    }

    fn header(&self, title: String, words: Words) -> Header {
        let mut header = Header::new(title).lead(words.t("lookout-quarantine-lead"));
        if let Some(feed) = &self.feed {
            let all = Self { feed: None, ..self.clone() }.href();
            let all = Link::new(all, words.t("lookout-all-feeds"));
            header = header.mark(Html::text(feed.as_str())).mark(Html::of(&all));
        }
        if let Some(reason) = self.reason {
            let all = Self { reason: None, ..self.clone() }.href();
            let all = Link::new(all, words.t("lookout-all-reasons"));
            header = header.mark(Html::text(words.t(reason_key(reason)))).mark(Html::of(&all));
        }
        header
    }
}

fn periods(chosen: &Chosen, words: Words) -> Section {
    let tab = |period: Period| Tab {
        link: Link::new(Chosen { period, ..chosen.clone() }.href(), words.t(period.key())),
        place: Place::is(&period, &chosen.period),
        count: None,
    };
    let tabs = Tabs {
        label: words.t("lookout-period").into_owned(),
        tabs: Period::PRESETS.map(tab).into(),
    };
    Section::new("period", words.t("lookout-period"), Html::of(&tabs))
}

fn found_sections(found: &Quarantine, chosen: &Chosen, reader: &SignedIn) -> Vec<Section> {
    let words = reader.words();
    let headings = vec![
        Heading::key(words.t("lookout-reason")),
        Heading::plain(words.t("lookout-feed")),
        Heading::numeric(words.t("lookout-pieces-count")),
        Heading::plain(words.t("lookout-again")),
    ];
    let counts = found.counts.iter().enumerate();
    let counts = Table::new(words.t("lookout-reasons"), headings, words.t("lookout-all-read"))
        .with(counts.map(|(number, count)| count_row(count, number, chosen, reader)));
    let headings = vec![
        Heading::key(words.t("lookout-reason")),
        Heading::plain(words.t("lookout-feed")),
        Heading::plain(words.t("lookout-time")),
        Heading::plain(words.t("lookout-beginning")),
        Heading::numeric(words.t("lookout-bytes")),
    ];
    let pieces = Table::new(words.t("lookout-pieces"), headings, words.t("lookout-all-read"))
        .with(found.pieces.iter().map(|piece| row(piece, chosen, reader)));
    let more = found.more.then(|| Html::text(words.t("lookout-more-pieces")));
    let pieces = [Html::of(&pieces)].into_iter().chain(more);
    vec![
        Section::new("reasons", words.t("lookout-reasons"), Html::of(&counts)),
        Section::new("pieces", words.t("lookout-pieces"), Html::stacked(pieces)),
    ]
}

fn count_row(count: &UnreadCount, number: usize, chosen: &Chosen, reader: &SignedIn) -> Row {
    let words = reader.words();
    let feed = Chosen { feed: Some(count.feed.clone()), ..chosen.clone() };
    let only = Reason::of(&count.reason)
        .map(|reason| Chosen { reason: Some(reason), ..feed.clone() }.href());
    let pieces = said::number(count.pieces);
    Row::new(vec![
        reason_said(&count.reason, words),
        Html::link(&feed.href(), count.feed.as_str()),
        only.map_or_else(|| Html::text(&pieces), |href| Html::link(&href, &pieces)),
        again(count, number, chosen, reader).unwrap_or_else(Html::nothing),
    ])
}

/// The button that reads again, for whoever may press it, where it is of use.
fn again(count: &UnreadCount, number: usize, chosen: &Chosen, reader: &SignedIn) -> Option<Html> {
    let words = reader.words();
    let is_of_use = Reason::of(&count.reason).is_some_and(Reason::may_be_read_again);
    if !is_of_use || !reader.viewer.is(Capacity::Officer) {
        return None;
    }
    let submit = words.t("lookout-again-button");
    let mut form = Form::new(&format!("again-{number}"), AGAIN, reader.csrf(), submit, words)
        .hiding("feed", count.feed.as_str())
        .hiding("reason", count.reason.as_str())
        .hiding("period", chosen.period.name());
    form.draft = None;
    Some(Html::of(&form))
}

fn row(piece: &Unread, chosen: &Chosen, reader: &SignedIn) -> Row {
    let words = reader.words();
    let beginning: String = piece.beginning.chars().take(BEGINNING_CHARS_MAX).collect();
    let feed = &piece.place.feed;
    let of_feed = Chosen { feed: Some(feed.clone()), ..chosen.clone() };
    Row::new(vec![
        reason_said(&piece.reason, words),
        Html::link(&of_feed.href(), feed.as_str()),
        Html::of(&Moment::new(piece.at, reader.clock(), words)),
        Html::code(&beginning),
        Html::text(said::number(piece.bytes)),
    ])
}

/// A reason in words, and its code below; a code that is not known here stands alone.
fn reason_said(code: &str, words: Words) -> Html {
    match Reason::of(code) {
        Some(reason) => Html::two_lines(&words.t(reason_key(reason)), code),
        None => Html::code(code),
    }
}

/// The words of a reason. A new one must be given some.
const fn reason_key(reason: Reason) -> &'static str {
    match reason {
        Reason::TooLong => "unread-too-long",
        Reason::NotUtf8 => "unread-not-utf8",
        Reason::NotJson => "unread-not-json",
        Reason::TooComplex => "unread-too-complex",
        Reason::NotThisFormat => "unread-not-this-format",
        Reason::CellsDiffer => "unread-cells-differ",
        Reason::UnknownReport => "unread-unknown-report",
        Reason::NoSchema => "unread-no-schema",
        Reason::NoMapping => "unread-no-mapping",
        Reason::ColumnsChanged => "unread-columns-changed",
        Reason::Empty => "unread-empty",
        Reason::NotDecompressed => "unread-not-decompressed",
        Reason::ListEmpty => "unread-list-empty",
        Reason::ListShrunk => "unread-list-shrunk",
        Reason::ListTooLong => "unread-list-too-long",
        Reason::ListWithoutBeginning => "unread-list-without-beginning",
    }
}

/// What came of it, in numbers.
fn came_notice(came: &Reread, words: Words) -> Notice {
    let tone = if came.resolved > 0 { Tone::Done } else { Tone::Plain };
    let (pieces, records) = (said::number(came.pieces), said::number(came.records));
    let (repeats, back) = (said::number(came.suppressed), said::number(came.quarantined));
    let left = said::number(came.pieces.saturating_sub(came.resolved));
    let title = if came.pieces == 0 {
        words.t("lookout-again-none").into_owned()
    } else {
        words.ta("lookout-again-done", &[("pieces", &pieces), ("records", &records)])
    };
    let mut notice = Notice::new(tone, title);
    if came.suppressed > 0 {
        notice = notice.line(words.ta("lookout-again-repeats", &[("n", &repeats)]));
    }
    if came.quarantined > 0 {
        notice = notice.line(words.ta("lookout-again-back", &[("n", &back)]));
    }
    if came.resolved < came.pieces {
        notice = notice.line(words.ta("lookout-again-left", &[("n", &left)]));
    }
    if came.more {
        notice = notice.line(words.t("lookout-again-more"));
    }
    notice
}

fn not_reread(fault: &NotReread, words: Words) -> Notice {
    let said = match fault {
        NotReread::NotCollected => words.t("lookout-again-not-collected").into_owned(),
        NotReread::List => words.t("lookout-again-list").into_owned(),
        NotReread::Busy => words.t("lookout-again-busy").into_owned(),
        NotReread::UnderWay => words.t("lookout-again-under-way").into_owned(),
        NotReread::NoAnswer(fault) => super::no_answer(fault, words).1,
    };
    Notice::new(Tone::Attention, said)
}

#[cfg(test)]
mod tests {
    use fengsui_vocabulary::Lang;

    use super::*;

    #[test]
    fn every_reason_has_words_of_its_own_in_both_languages() {
        for words in [Lang::Zh, Lang::En].map(Words::of) {
            let said: std::collections::BTreeSet<String> = Reason::ALL
                .iter()
                .map(|reason| words.t(reason_key(*reason)).into_owned())
                .collect();
            assert_eq!(said.len(), Reason::ALL.len(), "{said:?}");
            assert!(said.iter().all(|text| !text.contains('\u{27e6}')), "{said:?}");
        }
    }
}
